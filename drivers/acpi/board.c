// SPDX-License-Identifier: MIT
/*
 * What the board itself holds, asked before the devices are found.
 *
 * The list of pnp.c would know it, too, but is made by a walk that reads
 * configuration space, and this is asked to learn how that is to be read (PCI
 * Firmware 3.2, 4.1.3: firmware reserves an ECAM window in a PNP0C02 device).
 */
#include "drivers/acpi/board.h"

#include "drivers/acpi/device.h"

struct query {
	u64 first, last; /* both inclusive */
	bool held;
};

/* Those descriptors that Linux looks at here. */
static bool is_counted(const struct aml_resource *res)
{
	switch (res->tag) {
	case 0x86: /* 6.4.3.4: Memory32Fixed */
	case 0x87: /* 6.4.3.5.2: DWordMemory */
	case 0x8a: /* 6.4.3.5.1: QWordMemory */
		return res->type == AML_RES_MEMORY && res->length;
	default:
		return false;
	}
}

static int check_descriptor(const struct aml_resource *res, void *arg)
{
	struct query *q = arg;

	q->held = is_counted(res) && q->first >= res->min && q->last < res->min + res->length;
	return q->held;
}

static bool __init any_of(const char *const *ids, struct query *q)
{
	struct aml_node *node = NULL;

	while (!q->held && (node = aml_next_node(aml_root(acpi_namespace), node)) != NULL) {
		if (aml_node_type(node) != AML_DEVICE || !acpi_node_matches(node, ids) ||
		    !(aml_device_status(acpi_namespace, node) &
		      (AML_STA_PRESENT | AML_STA_FUNCTIONING)))
			continue;
		aml_walk_resources(acpi_namespace, node, "_CRS", check_descriptor, q);
	}
	return q->held;
}

bool __init acpi_board_reserves(u64 start, u64 end)
{
	static const char *const ids[] = { "PNP0C01", "PNP0C02", NULL };
	struct query q = { .first = start, .last = end - 1 };

	return acpi_namespace && any_of(ids, &q);
}
