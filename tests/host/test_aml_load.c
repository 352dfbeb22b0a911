// sources: drivers/acpi/aml/arithmetic.c drivers/acpi/aml/control.c drivers/acpi/aml/convert.c drivers/acpi/aml/data.c drivers/acpi/aml/define.c drivers/acpi/aml/device.c drivers/acpi/aml/dump.c drivers/acpi/aml/exec.c drivers/acpi/aml/field.c drivers/acpi/aml/fieldlist.c drivers/acpi/aml/interp.c drivers/acpi/aml/load.c drivers/acpi/aml/memory.c drivers/acpi/aml/message.c drivers/acpi/aml/namespace.c drivers/acpi/aml/object.c drivers/acpi/aml/opcode.c drivers/acpi/aml/parse.c drivers/acpi/aml/pci.c drivers/acpi/aml/predefined.c drivers/acpi/aml/reference.c drivers/acpi/aml/region.c drivers/acpi/aml/resource.c drivers/acpi/aml/routing.c drivers/acpi/aml/run.c drivers/acpi/aml/stack.c drivers/acpi/aml/store.c drivers/acpi/aml/sync.c drivers/acpi/aml/term.c drivers/acpi/table/check.c tests/aml/machine.c
// SPDX-License-Identifier: MIT
/*
 * Load and LoadTable where they must refuse, end or give back; what they do
 * otherwise is compared with acpiexec by tests/aml.
 */
#include "drivers/acpi/table/actbl.h"
#include "tests/host/test_aml_builder.h"

#define PLACE 0x2000 /* of the table in memory */

static struct code c, inner;

/* OperationRegion (REGN, SystemMemory, PLACE, 0x80), and LDIT () { Return (Load (REGN, Local0)) } */
static struct aml *loader(u8 revision)
{
	code_start(&c, revision);
	code_region(&c, "REGN", 0, PLACE, 0x80);
	code_method(&c, "LDIT", 0);
	OPS(&c, 0xa4, 0x5b, 0x20);
	code_name(&c, "REGN");
	OPS(&c, 0x60);
	code_close(&c);
	return code_load(&c, 0);
}

/* The inner code as a proper SSDT. */
static const struct acpi_table_header *inner_table(u32 oem_revision)
{
	memcpy(inner.header.signature, "SSDT", 4);
	inner.header.oem_revision = oem_revision;
	code_table(&inner);
	inner.header.checksum = 0;
	inner.header.checksum = (u8)-byte_sum(&inner.header, inner.header.length);
	return &inner.header;
}

static void to_memory(const struct acpi_table_header *table)
{
	for (u32 i = 0; i < table->length; i++) {
		u64 byte = ((const u8 *)table)[i];

		machine_ops.memory(PLACE + i, 1, &byte, true);
	}
}

/* Method (MTHD) { Return (value) } */
static void inner_method(u8 value)
{
	code_start(&inner, 2);
	code_method(&inner, "MTHD", 0);
	OPS(&inner, 0xa4, 0x0a, value);
	code_close(&inner);
}

TEST(a_loaded_table_outlives_its_memory)
{
	struct aml *aml = loader(1);

	inner_method(7);
	to_memory(inner_table(0));
	EXPECT_STR(value_of(aml, "\\LDIT"), "0xffffffff");
	EXPECT(test_log_has("AML: DSDT+0x0039: \\LDIT: SSDT1 of 0x2f bytes is loaded"));
	machine_reset();
	EXPECT_STR(value_of(aml, "\\MTHD"), "0x7");
	code_end(aml);
}

TEST(what_is_no_table_is_refused)
{
	struct aml *aml = loader(2);

	EXPECT_STR(value_of(aml, "\\LDIT"), "failed -22"); /* memory of zeroes */
	EXPECT(test_log_has("AML: DSDT+0x0039: \\LDIT: Load of a table of 0x0 bytes"));
	test_log_clear();
	inner_method(7);
	inner_table(0);
	inner.header.length = 0x81;
	to_memory(&inner.header);
	EXPECT_STR(value_of(aml, "\\LDIT"), "failed -34");
	EXPECT(test_log_has("DSDT+0x0039: \\LDIT: a table of 0x81 bytes in Region of 0x80"));
	test_log_clear();
	inner_table(0);
	inner.header.checksum++;
	to_memory(&inner.header);
	EXPECT_STR(value_of(aml, "\\LDIT"), "failed -22");
	EXPECT(test_log_has("DSDT+0x0039: \\LDIT: SSDT: length or checksum is wrong"));
	test_log_clear();
	inner.header.signature[3] = '\a';
	to_memory(&inner.header);
	EXPECT_STR(value_of(aml, "\\LDIT"), "failed -22");
	EXPECT(test_log_has("DSDT+0x0039: \\LDIT: no proper signature of a table"));
	code_end(aml);
}

TEST(the_number_of_tables_is_bounded)
{
	struct aml *aml = loader(2);
	u32 loaded = 0;

	code_start(&inner, 2);
	for (u32 i = 0; i < 100; i++) {
		to_memory(inner_table(i));
		loaded += strcmp(value_of(aml, "\\LDIT"), "0xffffffffffffffff") == 0;
	}
	EXPECT_EQ(loaded, 63);
	EXPECT(test_log_has("AML: DSDT+0x0039: \\LDIT: SSDT: AML_MAX_TABLES is 64"));
	code_end(aml);
}

/* Terms of the loaded table are passed over when they fail; the method that loads goes on. */
TEST(an_error_in_a_loaded_table_names_that_table)
{
	struct aml *aml = loader(2);

	code_start(&inner, 2);
	OPS(&inner, 0x70, 0x01); /* Store (One, NONE) */
	code_name(&inner, "NONE\x08MORE");
	OPS(&inner, 0x0a, 5);
	to_memory(inner_table(0));
	EXPECT_STR(value_of(aml, "\\LDIT"), "0xffffffffffffffff");
	EXPECT(test_log_has("AML: SSDT1+0x0026: \\: no such name: NONE"));
	EXPECT_STR(value_of(aml, "\\MORE"), "0x5");
	code_end(aml);
}

TEST(a_loaded_table_that_does_not_end)
{
	struct aml *aml = loader(2);

	code_start(&inner, 2);
	OPS(&inner, 0xa2, 0x02, 0x01); /* While (One) { } */
	to_memory(inner_table(0));
	EXPECT_STR(value_of(aml, "\\LDIT"), "failed -110");
	EXPECT(test_log_has("AML: SSDT1+0x0026: \\: more than AML_MAX_SECONDS 30"));
	EXPECT_STR(value_of(aml, "\\LDIT"), "failed -17"); /* it is there all the same */
	EXPECT(test_log_has("AML: DSDT+0x0039: \\LDIT: SSDT is loaded already"));
	code_end(aml);
}

/* LoadTable: the firmware's own table is run where it stands, once. */
TEST(a_firmware_table_is_loaded_in_place)
{
	struct aml *aml;

	code_start(&c, 2);
	code_method(&c, "LDTB", 0);
	OPS(&c, 0xa4, 0x5b, 0x1f);
	code_string(&c, "SSDT");
	for (u32 i = 0; i < 4; i++)
		code_string(&c, "");
	OPS(&c, 0x00);
	code_close(&c);
	aml = code_load(&c, 0);
	EXPECT_STR(value_of(aml, "\\LDTB"), "0x0");
	inner_method(8);
	machine_add_table(inner_table(0));
	EXPECT_STR(value_of(aml, "\\LDTB"), "0xffffffffffffffff");
	EXPECT_STR(value_of(aml, "\\MTHD"), "0x8");
	EXPECT_STR(value_of(aml, "\\LDTB"), "failed -17");
	EXPECT(test_log_has("AML: DSDT+0x002d: \\LDTB: SSDT is loaded already"));
	code_end(aml);
}

TEST(unload_is_refused)
{
	struct aml *aml;

	code_start(&c, 2);
	code_method(&c, "UNLD", 0);
	OPS(&c, 0x70, 0x01, 0x60, 0x5b, 0x2a, 0x60); /* Local0 = 1 Unload (Local0) */
	code_close(&c);
	aml = code_load(&c, 0);
	EXPECT_STR(value_of(aml, "\\UNLD"), "failed -95");
	EXPECT(test_log_has("AML: DSDT+0x002f: \\UNLD: Unload: tables stay"));
	code_end(aml);
}

TEST(loading_without_memory)
{
	u32 failures = 0;

	inner_method(7);
	for (int n = 0; n < 40; n++) {
		struct aml *aml = loader(2);

		to_memory(inner_table(0));
		test_fail_kmalloc_after(n);
		failures += strcmp(value_of(aml, "\\LDIT"), "0xffffffffffffffff") != 0;
		test_fail_kmalloc_after(-1);
		code_end(aml);
	}
	EXPECT(failures >= 3);
	EXPECT(failures < 40);
}

/* Broken AML in tables that pass every check, one after the other in the same interpreter. */
TEST(random_loaded_tables)
{
	static const u8 likely_ops[] = { 0x08, 0x10, 0x14, 0x5b, 0x20, 0x70, 0x12, 0xa0,
					 0xa2, 0xa4, 0x60, 0x0a, 0x0d, 0x71, 0x9d };
	struct aml *aml = NULL;

	for (u32 round = 0; round < 4000; round++) {
		if (round % 20 == 0)
			aml = loader(2);
		code_start(&inner, 2);
		for (u32 i = 0; i < 24; i++) {
			u64 r = test_random();

			if (r & 1)
				OPS(&inner, likely_ops[(r >> 8) % ARRAY_SIZE(likely_ops)]);
			else if (r & 2)
				code_name(&inner, &"AAAAREGNLDIT"[4 * ((r >> 8) % 3)]);
			else
				OPS(&inner, (u8)(r >> 8));
		}
		to_memory(inner_table(round));
		value_of(aml, "\\LDIT");
		value_of(aml, "\\AAAA");
		if (round % 20 == 19)
			code_end(aml);
		test_log_clear();
	}
}
