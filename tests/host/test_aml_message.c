// sources: drivers/acpi/aml/arithmetic.c drivers/acpi/aml/control.c drivers/acpi/aml/convert.c drivers/acpi/aml/data.c drivers/acpi/aml/define.c drivers/acpi/aml/device.c drivers/acpi/aml/dump.c drivers/acpi/aml/exec.c drivers/acpi/aml/field.c drivers/acpi/aml/fieldlist.c drivers/acpi/aml/interp.c drivers/acpi/aml/load.c drivers/acpi/aml/memory.c drivers/acpi/aml/message.c drivers/acpi/aml/namespace.c drivers/acpi/aml/object.c drivers/acpi/aml/opcode.c drivers/acpi/aml/parse.c drivers/acpi/aml/pci.c drivers/acpi/aml/predefined.c drivers/acpi/aml/reference.c drivers/acpi/aml/region.c drivers/acpi/aml/resource.c drivers/acpi/aml/routing.c drivers/acpi/aml/run.c drivers/acpi/aml/stack.c drivers/acpi/aml/store.c drivers/acpi/aml/sync.c drivers/acpi/aml/term.c drivers/acpi/table/check.c tests/aml/machine.c
// SPDX-License-Identifier: MIT
/*
 * What is said of an error: table, offset and path of what is to blame, also
 * where no AML runs any more or another table's has run in between.
 */
#include "tests/host/test_aml_builder.h"

static struct code c, other;

/* Name (NAME, "text") */
static void text_name(const char *name)
{
	OPS(&c, 0x08);
	code_name(&c, name);
	code_string(&c, "text");
}

TEST(a_method_of_another_table_has_run)
{
	struct aml *aml;

	code_start(&c, 2);
	code_method(&c, "USER", 0);
	OPS(&c, 0xa3, 0x83); /* Noop DerefOf (NONE ()) */
	code_name(&c, "NONE");
	code_close(&c);
	code_start(&other, 2);
	code_method(&other, "NONE", 0);
	OPS(&other, 0xa3, 0xa3, 0xa3);
	code_close(&other);
	aml = code_load(&c, 0);
	memcpy(other.header.signature, "SSDT", 4);
	EXPECT_EQ(aml_load_table(aml, code_table(&other)), 0);
	EXPECT_STR(value_of(aml, "\\USER"), "failed -22");
	EXPECT(test_log_has("AML: DSDT+0x002d: \\USER: DerefOf of Integer"));
	code_end(aml);
}

/* No method runs: what was asked for is named, and where the table makes it. */
TEST(what_is_read_from_outside)
{
	struct aml_value package, element;
	struct aml *aml;
	u64 value;

	code_start(&c, 2);
	code_region(&c, "ECRG", 3, 0, 8); /* EmbeddedControl */
	code_field(&c, "ECRG", 1);
	code_name(&c, "ECFL\x08");
	code_close(&c);
	code_name(&c, "\x08"
		      "PACK");
	code_package(&c, 2);
	code_name(&c, "ECFLNONE");
	code_close(&c);
	aml = code_load(&c, 0);
	EXPECT_STR(value_of(aml, "\\ECFL"), "failed -95");
	EXPECT(test_log_has("AML: DSDT+0x0039: \\ECFL: address space 0x03"));
	test_log_clear();
	EXPECT_EQ(aml_evaluate_integer(aml, NULL, "PACK", &value), -EINVAL);
	EXPECT(test_log_has("AML: DSDT+0x003f: \\PACK: an integer is needed, not Package"));
	test_log_clear();
	EXPECT_EQ(aml_evaluate(aml, NULL, "PACK", NULL, 0, &package), 0);
	EXPECT_EQ(aml_element(aml, &package, 0, &element), -EOPNOTSUPP);
	EXPECT(test_log_has("AML: DSDT+0x0039: \\ECFL: address space 0x03"));
	EXPECT_EQ(aml_element(aml, &package, 1, &element), -ENOENT);
	EXPECT(test_log_has("AML: DSDT+0x004b: \\: no such name: NONE"));
	aml_put(aml, &package);
	code_end(aml);
}

/* What cannot be read for Debug, or for a region's place, does not silence what comes after. */
TEST(errors_that_are_passed_over)
{
	struct aml *aml;

	code_start(&c, 2);
	code_region(&c, "ECRG", 3, 0, 8);
	code_field(&c, "ECRG", 1);
	code_name(&c, "ECFL\x08");
	code_close(&c);
	code_name(&c, "\x08"
		      "PACK");
	code_package(&c, 1);
	code_name(&c, "ECFL");
	code_close(&c);
	code_method(&c, "USER", 0);
	OPS(&c, 0x70); /* Debug = PACK */
	code_name(&c, "PACK");
	OPS(&c, 0x5b, 0x31, 0x70); /* Local0 = NONE */
	code_name(&c, "NONE");
	OPS(&c, 0x60);
	code_close(&c);
	code_device(&c, "DEV0");
	code_method(&c, "_HID", 0);
	OPS(&c, 0xa4);
	code_name(&c, "NOID");
	code_close(&c);
	code_region(&c, "PCIR", 2, 0, 8);
	code_field(&c, "PCIR", 1);
	code_name(&c, "PCIF\x08");
	code_close(&c);
	code_method(&c, "USER", 0);
	OPS(&c, 0x70); /* Local0 = PCIF */
	code_name(&c, "PCIF");
	OPS(&c, 0x60, 0x70); /* Local0 = NIX_ */
	code_name(&c, "NIX_");
	OPS(&c, 0x60);
	code_close(&c);
	code_close(&c);
	aml = code_load(&c, 0);
	EXPECT_STR(value_of(aml, "\\USER"), "failed -22");
	EXPECT(test_log_has("\\USER: address space 0x03"));
	EXPECT(test_log_has("\\USER: no such name: NONE"));
	EXPECT_STR(value_of(aml, "\\DEV0.USER"), "failed -22");
	EXPECT(test_log_has("\\DEV0._HID: no such name: NOID"));
	EXPECT(test_log_has("\\DEV0.USER: no such name: NIX_"));
	code_end(aml);
}

static int take_nothing(const struct aml_resource *res, void *arg)
{
	(void)res;
	(void)arg;
	return 0;
}

static int take_no_entry(const struct aml_prt_entry *entry, void *arg)
{
	(void)entry;
	(void)arg;
	return 0;
}

TEST(what_a_device_gives_is_of_the_wrong_type)
{
	struct aml_node *device;
	struct aml *aml;
	char id[AML_ID_MAX];
	u8 a, b;

	code_start(&c, 2);
	code_device(&c, "DEV0");
	text_name("_STA");
	text_name("_CRS");
	text_name("_PRT");
	OPS(&c, 0x08);
	code_name(&c, "_HID");
	OPS(&c, 0x12, 0x02, 0x00); /* an empty package */
	code_close(&c);
	text_name("_S5_");
	aml = code_load(&c, 0);
	device = aml_find(aml, NULL, "DEV0");
	EXPECT_EQ(status_of(aml, device), 0);
	EXPECT(test_log_has("AML: DSDT+0x002d: \\DEV0._STA: it gave String"));
	EXPECT_EQ(aml_walk_resources(aml, device, "_CRS", take_nothing, NULL), -EINVAL);
	EXPECT(test_log_has("AML: DSDT+0x0038: \\DEV0._CRS: it gave String"));
	EXPECT_EQ(aml_walk_prt(aml, device, take_no_entry, NULL), 0);
	EXPECT(test_log_has("AML: DSDT+0x0043: \\DEV0._PRT: it gave String"));
	EXPECT_EQ(aml_device_hid(aml, device, id), -EINVAL);
	EXPECT(test_log_has("AML: DSDT+0x004e: \\DEV0._HID: it gave Package"));
	EXPECT_EQ(aml_sleep_type(aml, 5, &a, &b), -EINVAL);
	EXPECT(test_log_has("AML: DSDT+0x0056: \\_S5_: no package of small integers"));
	code_end(aml);
}

/* Extended interrupt, 6.4.3.6: 33 of them. */
TEST(too_many_interrupts)
{
	u8 bytes[3 + 2 + 4 * 33 + 2] = { 0x89, 2 + 4 * 33, 0, 0, 33 };
	struct aml *aml = aml_create(&machine_ops);

	bytes[sizeof(bytes) - 2] = 0x79;
	EXPECT_EQ(
		aml_decode_resources(aml, aml_root(aml), bytes, sizeof(bytes), take_nothing, NULL),
		0);
	EXPECT(test_log_has("AML: \\: 33 interrupts at 0, AML_MAX_IRQS is 32"));
	code_end(aml);
}

TEST(a_table_that_is_too_short)
{
	struct aml *aml = aml_create(&machine_ops);
	struct acpi_table_header header = { .signature = { 'S', 'S', 'D', 'T' }, .length = 35 };

	EXPECT_EQ(aml_load_table(aml, &header), -EINVAL);
	EXPECT(test_log_has("AML: SSDT+0x0004: length 0x23"));
	code_end(aml);
}
