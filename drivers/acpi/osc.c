// SPDX-License-Identifier: MIT
/*
 * _OSC of a host bridge: firmware and kernel agree on who handles what (PCI
 * Firmware 3.3, 4.5; ACPI 6.5, 6.2.11).
 *
 * Firmware may watch hot-plug controllers, power events and errors itself until it
 * is asked to leave them alone.  We ask for the slots of PCI Express ports
 * (drivers/pci/pciehp.c), for standard hot-plug controllers (SHPC), which are silenced
 * then (drivers/pci/shpc.c), and for the capability structures without which nothing is
 * granted.
 */
#define pr_fmt(fmt) "ACPI: " fmt
#include "drivers/acpi/device.h"
#include "drivers/pci/access.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

/* 4.5.1: words of the capabilities buffer, and their bits. */
enum { OSC_STATUS, OSC_SUPPORT, OSC_CONTROL, OSC_WORDS };

#define OSC_QUERY	BIT(0)
#define OSC_FAILED	0x0eU /* failed, unknown UUID, unknown revision */
#define SUPPORT_EXT_CFG BIT(0)
#define SUPPORT_MSI	BIT(4)
#define CONTROL_HOTPLUG BIT(0)
#define CONTROL_SHPC	BIT(1)
#define CONTROL_EXPRESS BIT(4)
#define CONTROL_ALL	(CONTROL_HOTPLUG | CONTROL_SHPC | CONTROL_EXPRESS)

/* 33db4d5b-1ff7-401c-9657-7441c03dd766, as a buffer has it. */
static const u8 pci_uuid[16] __initconst = {
	0x5b, 0x4d, 0xdb, 0x33, 0xf7, 0x1f, 0x1c, 0x40,
	0x96, 0x57, 0x74, 0x41, 0xc0, 0x3d, 0xd7, 0x66,
};

/* Call _OSC with the words and take them back as firmware changed them. */
static int __init call_osc(struct aml_node *root, u32 *words)
{
	struct aml_value args[4] = { { 0 } }, result;
	const u8 *bytes;
	u32 length;
	int err;

	err = aml_new_buffer(acpi_namespace, pci_uuid, sizeof(pci_uuid), &args[0]);
	if (err)
		return err;
	args[1] = aml_integer(1); /* revision */
	args[2] = aml_integer(OSC_WORDS);
	err = aml_new_buffer(acpi_namespace, words, OSC_WORDS * sizeof(*words), &args[3]);
	if (!err)
		err = aml_evaluate(acpi_namespace, root, "_OSC", args, ARRAY_SIZE(args), &result);
	aml_put(acpi_namespace, &args[0]);
	aml_put(acpi_namespace, &args[3]);
	if (err)
		return err;
	bytes = aml_bytes(&result, &length);
	err = bytes && length >= OSC_WORDS * sizeof(*words) ? 0 : -EINVAL;
	if (!err)
		memcpy(words, bytes, OSC_WORDS * sizeof(*words));
	aml_put(acpi_namespace, &result);
	return !err && words[OSC_STATUS] & OSC_FAILED ? -EIO : err;
}

/* The bits of control that firmware grants. */
static u32 __init ask_for_control(struct aml_node *root, u16 segment, u8 bus)
{
	u32 words[OSC_WORDS] = { OSC_QUERY, SUPPORT_EXT_CFG | SUPPORT_MSI, CONTROL_ALL };
	u32 wanted;

	if (!aml_find(acpi_namespace, root, "_OSC") || !pci_mmcfg_covers(segment, bus))
		return 0;
	if (call_osc(root, words))
		return 0;
	wanted = words[OSC_CONTROL] & CONTROL_ALL;
	if (!(wanted & CONTROL_EXPRESS))
		return 0;
	words[OSC_STATUS] = 0; /* no question any more */
	words[OSC_SUPPORT] = SUPPORT_EXT_CFG | SUPPORT_MSI;
	words[OSC_CONTROL] = wanted;
	return call_osc(root, words) ? 0 : words[OSC_CONTROL];
}

void __init acpi_osc_negotiate(struct aml_node *root, u16 segment, u8 bus, bool *hotplug,
			       bool *shpc)
{
	u32 control = ask_for_control(root, segment, bus);

	*hotplug = control & CONTROL_HOTPLUG;
	*shpc = control & CONTROL_SHPC;
}
