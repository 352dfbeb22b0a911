// SPDX-License-Identifier: MIT
// sources: drivers/acpi/aml/arithmetic.c drivers/acpi/aml/control.c drivers/acpi/aml/convert.c drivers/acpi/aml/data.c drivers/acpi/aml/define.c drivers/acpi/aml/device.c drivers/acpi/aml/dump.c drivers/acpi/aml/exec.c drivers/acpi/aml/field.c drivers/acpi/aml/fieldlist.c drivers/acpi/aml/interp.c drivers/acpi/aml/load.c drivers/acpi/aml/memory.c drivers/acpi/aml/message.c drivers/acpi/aml/namespace.c drivers/acpi/aml/object.c drivers/acpi/aml/opcode.c drivers/acpi/aml/parse.c drivers/acpi/aml/pci.c drivers/acpi/aml/predefined.c drivers/acpi/aml/reference.c drivers/acpi/aml/region.c drivers/acpi/aml/resource.c drivers/acpi/aml/routing.c drivers/acpi/aml/run.c drivers/acpi/aml/stack.c drivers/acpi/aml/store.c drivers/acpi/aml/sync.c drivers/acpi/aml/term.c drivers/acpi/table/check.c tests/aml/machine.c
/*
 * The AML interpreter: the input is what stands behind a table's header.  It is loaded, initialized, and all
 * of it evaluated.
 */
#include "drivers/acpi/aml/aml.h"
#include "kernel/core/sink.h"
#include "mm/slab.h"
#include "tests/aml/machine.h"
#include "tests/fuzz/fuzz.h"

static void write_nothing(struct sink *sink, const char *s, size_t n)
{
	(void)sink;
	(void)s;
	(void)n;
}

static int look(const struct aml_resource *res, void *arg)
{
	(void)res;
	(void)arg;
	return 0;
}

static int look_at_prt(const struct aml_prt_entry *entry, void *arg)
{
	(void)entry;
	(void)arg;
	return 0;
}

static void look_at_devices(struct aml *aml)
{
	struct aml_walk walk = { 0 };
	struct aml_node *device;

	while ((device = aml_next_device(aml, &walk))) {
		aml_device_is(aml, device, "PNP0A03");
		aml_walk_resources(aml, device, "_CRS", look, NULL);
		aml_walk_prt(aml, device, look_at_prt, NULL);
		aml_link_set_irq(aml, device, 10);
	}
}

void fuzz(const u8 *data, size_t size)
{
	struct sink no_sink = { .write = write_nothing };
	struct acpi_table_header *table;
	struct aml *aml;

	if (size < 1 || size > 1 << 16)
		return;
	machine_tick = 50000000; /* what does not end may do so soon */
	table = kmalloc(sizeof(*table) + size - 1, 1);
	memcpy(table->signature, "DSDT", 4);
	table->length = (u32)(sizeof(*table) + size - 1);
	table->revision = data[0];
	memcpy(table + 1, data + 1, size - 1);
	aml = aml_create(&machine_ops);
	aml_load_table(aml, table);
	aml_initialize(aml);
	look_at_devices(aml);
	if (size % 4 == 0) /* it takes longer than all else */
		aml_dump(&no_sink, aml, NULL, true);
	machine_call_methods(aml);
	aml_destroy(aml);
	machine_reset();
	kfree(table);
}
