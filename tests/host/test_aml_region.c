// sources: drivers/acpi/aml/arithmetic.c drivers/acpi/aml/control.c drivers/acpi/aml/convert.c drivers/acpi/aml/data.c drivers/acpi/aml/define.c drivers/acpi/aml/device.c drivers/acpi/aml/dump.c drivers/acpi/aml/exec.c drivers/acpi/aml/field.c drivers/acpi/aml/fieldlist.c drivers/acpi/aml/interp.c drivers/acpi/aml/load.c drivers/acpi/aml/memory.c drivers/acpi/aml/message.c drivers/acpi/aml/namespace.c drivers/acpi/aml/object.c drivers/acpi/aml/opcode.c drivers/acpi/aml/parse.c drivers/acpi/aml/pci.c drivers/acpi/aml/predefined.c drivers/acpi/aml/reference.c drivers/acpi/aml/region.c drivers/acpi/aml/resource.c drivers/acpi/aml/routing.c drivers/acpi/aml/run.c drivers/acpi/aml/stack.c drivers/acpi/aml/store.c drivers/acpi/aml/sync.c drivers/acpi/aml/term.c drivers/acpi/table/check.c tests/aml/machine.c
// SPDX-License-Identifier: MIT
/*
 * Where regions lead: PCI functions behind bridges, other tables, and nowhere.
 */
#include "tests/host/test_aml_builder.h"

static struct code c;

/* ---------------------------------------------------------------- PCI */

static int bridge_access(struct aml_pci_address pci, u32 reg, unsigned int bytes, u64 *value,
			 bool write)
{
	see("%04x:%02x:%02x.%u %02x+%u\n", pci.segment, pci.bus, pci.device, pci.function, reg,
	    bytes);
	if (write)
		return -EPERM;
	*value = reg == 0x0e ? 1 : reg == 0x19 ? pci.bus + 0x10 : 0x5a;
	return 0;
}

/* A host bridge on bus 0x40, a bridge in slot 2, a device behind it with a region. */
TEST(pci_regions_are_found_through_bridges)
{
	struct aml_pci_address where;
	struct aml_ops ops = machine_ops;
	struct aml *aml;

	ops.pci = bridge_access;
	code_start(&c, 2);
	code_device(&c, "PCI0");
	code_eisa_name(&c, "_HID", 0x030ad041);
	code_name(&c, "\x08_BBN");
	OPS(&c, 0x0a, 0x40);
	code_device(&c, "BRDG");
	code_name(&c, "\x08_ADR");
	code_dword(&c, 0x00020000);
	code_device(&c, "DEV0");
	code_method(&c, "_ADR", 0); /* a method, to be run while a field is read */
	OPS(&c, 0xa4);
	code_dword(&c, 0x00030001);
	code_close(&c);
	code_region(&c, "REGN", 2, 0x40, 0x10);
	code_field(&c, "REGN", 0x03); /* DWordAcc, and a field that crosses two of them */
	OPS(&c, 0x00, 0x10);
	code_name(&c, "FLD0");
	OPS(&c, 0x20);
	code_close(&c);
	code_close(&c);
	code_close(&c);
	code_close(&c);
	aml = aml_create(&ops);
	EXPECT_EQ(aml_load_table(aml, code_table(&c)), 0);
	see_nothing();
	EXPECT_STR(value_of(aml, "\\PCI0.BRDG.DEV0.FLD0"), "0x5a0000");
	EXPECT_STR(seen, "0000:40:02.0 0e+1\n0000:40:02.0 19+1\n"
			 "0000:50:03.1 40+4\n0000:50:03.1 44+4\n");
	see_nothing();
	value_of(aml, "\\PCI0.BRDG.DEV0.FLD0"); /* the place is known now */
	EXPECT_STR(seen, "0000:50:03.1 40+4\n0000:50:03.1 44+4\n");
	EXPECT_EQ(aml_pci_address(aml, aml_find(aml, NULL, "PCI0"), &where), 0);
	EXPECT_EQ(where.bus, 0x40);
	EXPECT_EQ(aml_pci_address(aml, aml_find(aml, NULL, "PCI0.BRDG"), &where), 0);
	EXPECT_EQ(where.bus, 0x40);
	EXPECT_EQ(where.device, 2);
	EXPECT_EQ(aml_pci_address(aml, aml_find(aml, NULL, "\\_SB"), &where), 0);
	EXPECT_EQ(where.bus, 0);
	code_end(aml);
}

TEST(a_pci_region_beneath_no_host_bridge)
{
	struct aml_ops ops = machine_ops;
	struct aml *aml;

	ops.pci = bridge_access;
	code_start(&c, 2);
	code_device(&c, "DEV0");
	code_name(&c, "\x08_ADR");
	code_dword(&c, 0x30001);
	code_region(&c, "PCRG", 2, 0, 0x10);
	code_field(&c, "PCRG", 1);
	code_name(&c, "FLD0\x08");
	code_close(&c);
	code_close(&c);
	aml = aml_create(&ops);
	EXPECT_EQ(aml_load_table(aml, code_table(&c)), 0);
	see_nothing();
	value_of(aml, "\\DEV0.FLD0");
	EXPECT_STR(seen, "0000:00:03.1 00+1\n");
	code_end(aml);
}

static int port_access(u64 port, unsigned int bytes, u64 *value, bool write __maybe_unused)
{
	see("port %lx+%u\n", port, bytes);
	*value = 0x5a;
	return 0;
}

/* Only ports are asked for what is not aligned; the rest is by bytes. */
TEST(places_that_are_not_aligned)
{
	struct aml_ops ops = machine_ops;
	struct aml *aml;

	ops.pci = bridge_access;
	ops.port = port_access;
	code_start(&c, 2);
	code_region(&c, "PCRG", 2, 0x42, 0x10);
	code_field(&c, "PCRG", 3); /* DWordAcc */
	code_name(&c, "FLD0\x20");
	code_close(&c);
	code_field(&c, "PCRG", 2); /* WordAcc */
	code_name(&c, "FLD1\x10");
	code_close(&c);
	code_region(&c, "IORG", 1, 0x61, 0x10);
	code_field(&c, "IORG", 2);
	code_name(&c, "FLD2\x10");
	code_close(&c);
	aml = aml_create(&ops);
	EXPECT_EQ(aml_load_table(aml, code_table(&c)), 0);
	see_nothing();
	EXPECT_STR(value_of(aml, "\\FLD0"), "0x5a5a5a5a");
	EXPECT_STR(seen, "0000:00:00.0 42+1\n0000:00:00.0 43+1\n"
			 "0000:00:00.0 44+1\n0000:00:00.0 45+1\n");
	see_nothing();
	EXPECT_STR(value_of(aml, "\\FLD1"), "0x5a");
	EXPECT_STR(value_of(aml, "\\FLD2"), "0x5a");
	EXPECT_STR(seen, "0000:00:00.0 42+2\nport 61+2\n");
	code_end(aml);
}

TEST(regions_that_are_refused)
{
	struct aml *aml;

	code_start(&c, 2);
	code_region(&c, "ECRG", 3, 0, 0x10); /* an embedded controller's */
	code_field(&c, "ECRG", 1);
	code_name(&c, "ECF0\x08");
	code_close(&c);
	code_region(&c, "OERG", 0x81, 0, 0x10);
	code_field(&c, "OERG", 1);
	code_name(&c, "OEF0\x08");
	code_close(&c);
	code_region(&c, "IORG", 1, 0xffff, 0x10); /* the last port, and those behind it */
	code_field(&c, "IORG", 1);
	code_name(&c, "IOF0\x08IOF1\x08");
	code_close(&c);
	code_region(&c, "MERG", 0, 0, 6); /* fields that cross the region's end, and behind it */
	code_field(&c, "MERG", 3);
	code_name(&c, "MEF0\x20MEF1\x20MEF2\x20");
	code_close(&c);
	aml = code_load(&c, 0);
	EXPECT_STR(value_of(aml, "\\ECF0"), "failed -95");
	EXPECT(test_log_has("\\ECF0: address space 0x03 (EmbeddedControl) is not served"));
	EXPECT_STR(value_of(aml, "\\OEF0"), "failed -95");
	EXPECT(test_log_has("address space 0x81 (of a vendor) is not served"));
	EXPECT_STR(value_of(aml, "\\IOF0"), "0x0");
	EXPECT_STR(value_of(aml, "\\IOF1"), "failed -34");
	EXPECT_STR(value_of(aml, "\\MEF0"), "0x0");
	EXPECT_STR(value_of(aml, "\\MEF1"), "0x0");
	EXPECT_STR(value_of(aml, "\\MEF2"), "failed -34");
	code_end(aml);
}

/* ---------------------------------------------------------------- tables */

static struct {
	struct acpi_table_header header;
	u8 bytes[4];
} __packed data_table = { .header = { .signature = { 'O', 'E', 'M', '1' },
				      .length = 40,
				      .oem_id = { 'T', 'E', 'S', 'T' } },
			  .bytes = { 1, 2, 3, 4 } };

static const struct acpi_table_header *find_table(const char *signature, unsigned int n)
{
	return n == 0 && memcmp(signature, "OEM1", 4) == 0 ? &data_table.header : NULL;
}

TEST(data_table_regions)
{
	struct aml_ops ops = machine_ops;
	struct aml *aml;

	ops.table = find_table;
	code_start(&c, 2);
	OPS(&c, 0x5b, 0x88);
	code_name(&c, "DATR");
	code_string(&c, "OEM1");
	code_string(&c, "TEST");
	code_string(&c, "");
	code_field(&c, "DATR", 1);
	OPS(&c, 0x00, 0x40, 0x12); /* the header: 36 bytes */
	code_name(&c, "DAT0\x20");
	code_close(&c);
	code_method(&c, "WRIT", 0);
	OPS(&c, 0x70, 0x01);
	code_name(&c, "DAT0");
	code_close(&c);
	aml = aml_create(&ops);
	EXPECT_EQ(aml_load_table(aml, code_table(&c)), 0);
	EXPECT_STR(value_of(aml, "\\DAT0"), "0x4030201");
	EXPECT_STR(value_of(aml, "\\WRIT"), "failed -1");
	code_end(aml);
}

/* Names of a second table, found by what the first left open. */
TEST(a_second_table)
{
	static struct code ssdt;
	struct aml *aml;

	code_start(&c, 2);
	code_name(&c, "\x08"
		      "PACK");
	OPS(&c, 0x12, 0x06, 0x01);
	code_name(&c, "LATE");
	code_method(&c, "CALL", 0);
	OPS(&c, 0xa4);
	code_name(&c, "LATE");
	code_close(&c);
	aml = code_load(&c, 0);
	EXPECT_STR(value_of(aml, "\\CALL"), "failed -22");
	EXPECT_STR(value_of(aml, "\\PACK"), "[?]");
	code_start(&ssdt, 1); /* its revision says nothing */
	memcpy(ssdt.header.signature, "SSDT", 4);
	code_name(&ssdt, "\x08LATE");
	OPS(&ssdt, 0xff);
	code_name(&ssdt, "\x08PACK"); /* is there already */
	OPS(&ssdt, 0x00);
	EXPECT_EQ(aml_load_table(aml, code_table(&ssdt)), -EINVAL);
	EXPECT(test_log_has("AML: SSDT1+0x002a: \\: cannot make PACK: it is there"));
	EXPECT_STR(value_of(aml, "\\CALL"), "0xffffffffffffffff");
	EXPECT_STR(value_of(aml, "\\PACK"), "[0xffffffffffffffff]");
	code_end(aml);
}
