// SPDX-License-Identifier: MIT
/*
 * acpi -r: devices and their _CRS, in words.
 *
 *	\_SB_.PCI0 PNP0A08, PCI Express root bridge
 *	    bus 00-ff, forwarded
 *	    ports 0000-0cf7, forwarded
 *	    memory 000a0000-000bffff, forwarded
 */
#include "drivers/acpi/words.h"

#include "kernel/core/printk.h"
#include "kernel/core/sink.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

/* ACPI 6.5, 5.6.7; Microsoft's list of PNP ids; QEMU's docs/specs. */
const char *acpi_id_words(const char *id)
{
	static const struct {
		const char *id, *words;
	} ids[] = {
		{ "ACPI0003", "power source" },
		{ "ACPI0007", "processor" },
		{ "ACPI0010", "container of processors" },
		{ "ACPI0012", "root of NVDIMMs" },
		{ "ACPI0013", "generic event device" },
		{ "ACPI0016", "CXL host bridge" },
		{ "ACPI0017", "root of CXL" },
		{ "LNRO0005", "virtio-mmio device" },
		{ "MSFT0101", "TPM 2.0" },
		{ "PNP0000", "interrupt controller, 8259" },
		{ "PNP0100", "timer, 8254" },
		{ "PNP0103", "HPET" },
		{ "PNP0200", "DMA controller" },
		{ "PNP0303", "keyboard" },
		{ "PNP0400", "parallel port" },
		{ "PNP0501", "serial port, 16550A" },
		{ "PNP0700", "floppy controller" },
		{ "PNP0800", "speaker" },
		{ "PNP0A03", "PCI root bridge" },
		{ "PNP0A05", "generic container" },
		{ "PNP0A06", "generic container" },
		{ "PNP0A08", "PCI Express root bridge" },
		{ "PNP0B00", "real time clock" },
		{ "PNP0C01", "board" },
		{ "PNP0C02", "board's reserved resources" },
		{ "PNP0C04", "coprocessor" },
		{ "PNP0C08", "ACPI itself" },
		{ "PNP0C09", "embedded controller" },
		{ "PNP0C0A", "battery" },
		{ "PNP0C0B", "fan" },
		{ "PNP0C0C", "power button" },
		{ "PNP0C0D", "lid" },
		{ "PNP0C0E", "sleep button" },
		{ "PNP0C0F", "interrupt link" },
		{ "PNP0C14", "WMI" },
		{ "PNP0C80", "memory" },
		{ "PNP0F13", "mouse, PS/2" },
		{ "QEMU0001", "QEMU's pvpanic" },
		{ "QEMU0002", "QEMU's fw_cfg" },
		{ "QEMUVGID", "VM generation id" },
		{ "VMGENCTR", "VM generation id" },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(ids); i++)
		if (strcmp(ids[i].id, id) == 0)
			return ids[i].words;
	return NULL;
}

static void show_range(struct sink *out, const struct aml_resource *r, const char *what, int digits)
{
	u64 last = r->address_space ? r->max : r->min + r->length - 1;

	if (!r->length) {
		sink_printf(out, "    %s, none assigned", what);
		return;
	}
	sink_printf(out, "    %s %0*lx-%0*lx", what, digits, r->min + r->translation, digits,
		    last + r->translation);
	if (!r->address_space && !r->fixed)
		sink_printf(out, " up to %0*lx", digits, r->max);
	if (r->translation)
		sink_printf(out, ", on the bus %lx", r->min);
	if (r->window)
		sink_printf(out, ", forwarded");
}

static void show_irq(struct sink *out, const struct aml_resource *r)
{
	sink_printf(out, "    irq");
	for (u32 i = 0; i < r->nr; i++)
		sink_printf(out, " %u", r->numbers[i]);
	sink_printf(out, "%s, %s %s%s", r->nr ? "" : " none", r->level ? "level" : "edge",
		    r->active_low ? "low" : "high", r->shared ? ", shared" : "");
}

static void show_memory(struct sink *out, const struct aml_resource *r)
{
	static const char *const caching[] = { "", ", cacheable", ", write-combining",
					       ", prefetchable" };

	show_range(out, r, "memory", 8);
	sink_printf(out, "%s%s", caching[r->caching & 3], r->read_only ? ", read-only" : "");
}

static int show_resource(const struct aml_resource *r, void *arg)
{
	struct sink *out = arg;

	switch (r->type) {
	case AML_RES_IRQ:
		show_irq(out, r);
		break;
	case AML_RES_IO:
		show_range(out, r, "ports", 4);
		if (r->decode == 10)
			sink_printf(out, ", ten bits decoded");
		break;
	case AML_RES_MEMORY:
		show_memory(out, r);
		break;
	case AML_RES_BUS:
		show_range(out, r, "bus", 2);
		break;
	default:
		sink_printf(out, "    descriptor %02x of %u bytes", r->tag, r->size);
		break;
	}
	sink_printf(out, "\n");
	return 0;
}

static bool is_beneath(const struct aml_node *node, const char *top_path)
{
	char path[AML_PATH_MAX];
	size_t n = strlen(top_path);

	aml_node_path(node, path, sizeof(path));
	return strncmp(path, top_path, n) == 0 &&
	       (n == 1 || path[n] == '\0' || path[n] == '.'); /* the root's is "\" */
}

void acpi_show_resources(struct sink *out, struct aml_node *top)
{
	char top_path[AML_PATH_MAX], path[AML_PATH_MAX], id[AML_ID_MAX];
	struct aml_walk walk = { 0 };
	struct aml_node *node;

	aml_node_path(top, top_path, sizeof(top_path));
	while ((node = aml_next_device(acpi_namespace, &walk))) {
		const char *words;

		if (!(walk.status & AML_STA_PRESENT) || !is_beneath(node, top_path))
			continue;
		if (aml_device_hid(acpi_namespace, node, id))
			continue; /* known by its address on a bus: it has no _CRS */
		words = acpi_id_words(id);
		sink_printf(out, "%s %s%s%s\n", aml_node_path(node, path, sizeof(path)), id,
			    words ? ", " : "", words ? words : "");
		aml_walk_resources(acpi_namespace, node, "_CRS", show_resource, out);
	}
}
