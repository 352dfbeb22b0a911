// SPDX-License-Identifier: MIT
/*
 * What the kernel makes of a machine that is not here: a record on standard input, its map on
 * standard output.
 *
 * The kernel's own files are linked, and run in the order of kernel/main.c: memory's map, ACPI's
 * tables and namespace, host bridges, PCI.  The hardware beneath them is the record (machine.h).
 * Interrupt controllers and timers only claim what the tables say they have (chips.c).
 *
 * Each line of output begins with a word: `log` what the kernel said, `e820 START-LAST TYPE` its map,
 * `iomem` and `ioports` the register's lines, `res SLOT NUMBER KIND START-LAST` what a
 * function has, `unknown-page` and `unknown-port` what AML looked at that no record holds.
 */
#include "boot/boot_info.h"
#include "drivers/acpi/device.h"
#include "drivers/acpi/pm.h"
#include "drivers/acpi/table/acpi.h"
#include "drivers/clock/clock.h"
#include "drivers/firmware/dmi.h"
#include "drivers/firmware/efi.h"
#include "drivers/firmware/ipmi_dmi.h"
#include "drivers/iommu/dmar.h"
#include "drivers/isa/isa.h"
#include "drivers/pci/early.h"
#include "drivers/pci/pci.h"
#include "kernel/core/cmdline.h"
#include "kernel/core/resource.h"
#include "kernel/core/sink.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/string.h"
#include "mm/crashkernel.h"
#include "mm/e820.h"
#include "mm/mtrr.h"
#include "tests/replay/chips.h"
#include "tests/replay/host.h"
#include "tests/replay/machine.h"

static void setup_memory(void)
{
	iomem_resource.end = (1ULL << boot_cpu.phys_bits) - 1;
	e820__memory_setup(&boot_info);
	efi_init();
	pci_reserve_stolen();
	mtrr_init();
	e820__memblock_setup();
	efi_reserve_tables();
	acpi_boot_table_init();
	reserve_crashkernel();
	acpi_map_tables();
}

static void setup_interrupts(void)
{
	acpi_boot_init();
	chips_claim();
}

static void setup_register(void)
{
	probe_roms();
	e820__reserve_resources();
	crashkernel_insert_resources();
	reserve_standard_io_resources();
	reserve_setup();
	dmar_init();
	ivrs_init();
	dmi_scan_machine();
	pci_access_setup();
	acpi_scan_devices();
	ipmi_dmi_init();
	pci_init();
	e820__reserve_resources_late();
	ioapic_insert_resources();
	pnp_init();
	hpet_insert_resource();
	lapic_insert_resource();
	pci_assign_unassigned_resources();
	acpi_reserve_resources();
	rtc_init();
	pci_mmcfg_late_insert_resources();
	e820__insert_hmem_resources();
}

static const char *line_word; /* what a line of the register's dump begins with */

static void write_line(struct sink *sink, const char *s, size_t n)
{
	static bool within;

	(void)sink;
	for (size_t i = 0; i < n; i++) {
		host_print(within ? "%.0s%c" : "%s %c", line_word, s[i]);
		within = s[i] != '\n';
	}
}

static void dump(const char *word, const struct resource *root)
{
	struct sink sink = { .write = write_line };

	line_word = word;
	resource_dump(&sink, root);
}

static void print_functions(void)
{
	const struct pci_dev *dev;

	for_each_pci_dev(dev) {
		host_print("function %s %04x:%04x\n", dev->name, dev->vendor, dev->device);
		for (int nr = 0; nr < PCI_NUM_RESOURCES; nr++) {
			const struct resource *res = &dev->resource[nr];

			if (res->flags)
				host_print("res %s %d %s %lx-%lx%s\n", dev->name, nr,
					   res->flags & IORESOURCE_IO ? "io" : "mem", res->start,
					   res->end, res->parent ? "" : " unclaimed");
		}
	}
}

static void print_all(void)
{
	for (unsigned int i = 0; i < e820_table.nr_entries; i++) {
		const struct e820_entry *e = &e820_table.entries[i];

		host_print("e820 %lx-%lx %x\n", e->addr, e->addr + (e->size - 1), e->type);
	}
	dump("iomem", &iomem_resource);
	dump("ioports", &ioport_resource);
	print_functions();
	for (unsigned int i = 0; i < machine_unknown_pages(); i++)
		host_print("unknown-page %lx\n", machine_unknown_page(i));
	for (unsigned int i = 0; i < machine_unknown_ports(); i++)
		host_print("unknown-port %x\n", machine_unknown_port(i));
}

int main(void)
{
	char *record = host_read_input();

	if (!record || !machine_load(record))
		return 2;
	setup_memory();
	setup_interrupts();
	setup_register();
	print_all();
	return 0;
}
