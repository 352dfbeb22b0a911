// SPDX-License-Identifier: MIT
/*
 * Where a node is on PCI: by _ADR of each device from the host bridge down,
 * with the bridges' secondary buses read from their configuration space
 * (ACPI 6.5, 6.1.1, 6.5.5, 6.5.6).
 */
#include "drivers/acpi/aml/interp.h"
#include "kernel/lib/errno.h"

#define PCI_HEADER_TYPE	  0x0e /* PCI-to-PCI Bridge 1.2, 3.2 */
#define PCI_SECONDARY_BUS 0x19
#define MAX_BRIDGES	  32 /* behind each other */

static bool is_host_bridge(struct aml *aml, struct aml_node *node)
{
	bool is_bridge = node->value.type == AML_DEVICE && (aml_device_is(aml, node, "PNP0A03") ||
							    aml_device_is(aml, node, "PNP0A08"));

	aml->failed_said = false; /* what asks for the address has its own word */
	return is_bridge;
}

/* 0 where it is missing or, after a line, fails: as in Linux that is no reason to stop. */
static u64 number_of(struct aml *aml, struct aml_node *node, const char *name)
{
	u64 value;

	if (!aml_evaluate_integer(aml, node, name, &value))
		return value;
	aml->failed_said = false;
	return 0;
}

/* From a bridge's own address to the bus behind it; a function that is none leads nowhere new. */
static int cross_bridge(struct aml *aml, struct aml_pci_address *at)
{
	u64 type, bus;
	int err = aml->ops->pci(*at, PCI_HEADER_TYPE, 1, &type, false);

	if (!err && (type & 0x7f) != 1 && (type & 0x7f) != 2)
		return 0;
	if (!err)
		err = aml->ops->pci(*at, PCI_SECONDARY_BUS, 1, &bus, false);
	if (err)
		return aml_fail(aml, err, "the bridge at %04x:%02x:%02x.%x cannot be read",
				at->segment, at->bus, at->device, at->function);
	at->bus = (u8)bus;
	return 0;
}

int aml_pci_address(struct aml *aml, struct aml_node *node, struct aml_pci_address *out)
{
	struct aml_node *path[MAX_BRIDGES];
	u32 depth = 0;
	u64 adr;
	int err = 0;

	for (; node && !is_host_bridge(aml, node); node = node->parent) {
		if (node->value.type != AML_DEVICE || !aml_find(aml, node, "_ADR"))
			continue;
		if (depth == MAX_BRIDGES)
			return aml_fail(aml, -ENODEV, "more than %u bridges above it", MAX_BRIDGES);
		path[depth++] = node;
	}
	*out = (struct aml_pci_address){ 0 };
	if (node) {
		out->segment = (u16)number_of(aml, node, "_SEG");
		out->bus = (u8)number_of(aml, node, "_BBN");
	}
	for (u32 i = depth; !err && i--;) {
		adr = number_of(aml, path[i], "_ADR");
		if (i + 1 < depth) /* the one above is a bridge on the way */
			err = cross_bridge(aml, out);
		out->device = adr >> 16 & 0x1f;
		out->function = adr & 7;
	}
	return err;
}
