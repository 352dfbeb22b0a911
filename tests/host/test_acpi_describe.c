// SPDX-License-Identifier: MIT
// sources: drivers/acpi/table/describe.c drivers/acpi/table/layout.c
/*
 * Tables shown field by field, whose lengths and records are not as they should be: nothing behind
 * a table's own end is read, which the sanitizer sees, and the walk ends.
 */
#include "drivers/acpi/table/actbl.h"
#include "drivers/acpi/table/layout.h"
#include "mm/slab.h"
#include "tests/host/test.h"

static char said[65536];

/* Shown out of a copy that has no byte more. */
static const char *show(const void *table, u32 length)
{
	struct acpi_table_header *copy = kmalloc(length, GFP_KERNEL);
	struct buffer_sink text;

	memcpy(copy, table, length);
	copy->length = length;
	buffer_sink_init(&text, said, sizeof(said));
	acpi_table_show(&text.sink, copy);
	kfree(copy);
	return said;
}

TEST(a_field_that_is_cut_off_is_not_shown)
{
	u8 fadt[276] = "FACP";

	for (u32 length = ACPI_TABLE_MIN; length <= sizeof(fadt); length++)
		show(fadt, length);
	EXPECT(strstr(said, "10c   8  Hypervisor_Vendor_Identity 0000000000000000\n"));
	show(fadt, 116); /* revision 1 ends behind the flags */
	EXPECT(strstr(said, "070   4  Flags ") && !strstr(said, "RESET_REG"));
}

/* ACPI 6.5, 5.2.3.2: where a register lies. */
TEST(addresses)
{
	static const char *const spaces[] = { "memory", "io", "pci", "ec", "smbus", "space 05" };
	u8 fadt[276] = "FACP";
	char line[96];

	for (u8 space = 0; space < ARRAY_SIZE(spaces); space++) {
		static const u8 reg[12] = { 0, 8, 2, 3, 0xf9, 0x0c, 0, 0, 0, 0, 0, 0x80 };

		memcpy(fadt + 116, reg, sizeof(reg));
		fadt[116] = space;
		show(fadt, sizeof(fadt));
		snprintf(
			line, sizeof(line),
			"074  12  RESET_REG                 %s 8000000000000cf9 width 08@02 access 03\n",
			spaces[space]);
		EXPECT(strstr(said, line));
	}
}

/* AMD's IOMMU specification, 5.2.2: entries of 4 bytes below type 64, and of 8 from there on. */
TEST(entries_of_devices)
{
	static const u8 block[] = { 0x10, 0,	40,   0,    2,	  0,	0x40, 0,    0,	  0,
				    0xd8, 0xfe, 0,    0,    0,	  0,	0,    0,    0,	  0,
				    0,	  0,	0,    0,    2,	  0x34, 0x12, 0xd7, 0x46, 8,
				    0,	  0,	0x78, 0x56, 0x34, 0x12, 4,    0xff, 0xff, 0 };
	u8 table[48 + sizeof(block)] = "IVRS";

	memcpy(table + 48, block, sizeof(block));
	show(table, sizeof(table));
	EXPECT(strstr(said, "049   2  Device_ID                 1234\n"));
	EXPECT(strstr(said, "050   4  Extended_DTE_Setting      12345678\n"));
	EXPECT(strstr(said, "055   2  Device_ID                 ffff\n"));
	EXPECT(!strstr(strstr(said, "Extended") + 1, "Extended"));
	EXPECT(!strstr(said, "cannot be"));
}

TEST(records_that_cannot_be_end_the_walk)
{
	u8 madt[60] = "APIC";

	madt[44] = 1; /* an I/O APIC of 12 bytes */
	madt[45] = 12;
	madt[56] = 77; /* unknown, with two bytes of its own */
	madt[57] = 4;
	show(madt, sizeof(madt));
	EXPECT(strstr(said, "034   4  GSI_Base ") && strstr(said, "Record that is not known\n"));
	EXPECT(strstr(said, "03a   2  bytes 00 00\n"));
	madt[57] = 1;
	show(madt, sizeof(madt));
	EXPECT(strstr(said, "a record of 1 bytes cannot be: the walk ends\n"));
	madt[57] = 5;
	show(madt, sizeof(madt));
	EXPECT(strstr(said, "a record of 5 bytes cannot be: the walk ends\n"));
	madt[45] = 4; /* shorter than its layout */
	show(madt, sizeof(madt));
	EXPECT(!strstr(said, "GSI_Base"));
}

/* A table that iasl has no template of (ACPI 6.5, 5.2.32): a PCI range behind a virtio-iommu on PCI. */
TEST(viot)
{
	static const u8 range[24] = { 1, 0, 24, 0, 0, 1, 0, 0, 0, 0, 0, 0, 8, 0, 0xff, 0, 72, 0 };
	static const u8 iommu[16] = { 3, 0, 16, 0, 0, 0, 0x10, 0 };
	u8 table[88] = "VIOT";

	table[36] = 2; /* nodes, from byte 48 on */
	table[38] = 48;
	memcpy(table + 48, range, sizeof(range));
	memcpy(table + 72, iommu, sizeof(iommu));
	show(table, sizeof(table));
	EXPECT(strstr(said, "024   2  Node_Count                0002\n"));
	EXPECT(strstr(said, "034   4  Endpoint_Start            00000100\n"));
	EXPECT(strstr(said, "03e   2  BDF_End                   00ff\n"));
	EXPECT(strstr(said, "040   2  Output_Node               0048\n"));
	EXPECT(strstr(said, "virtio-iommu on PCI\n"));
	EXPECT(strstr(said, "04e   2  BDF                       0010\n"));
}

/* Records that tell no length take what their layout takes, and what it counts. */
TEST(banks_are_counted)
{
	u8 table[40 + 40 + 2 * 28 + 20] = "HEST";

	table[36] = 2;
	table[40 + 32] = 2;	 /* banks of a machine check's record */
	table[40 + 40 + 28] = 7; /* the second one's number */
	table[40 + 40 + 56] = 2; /* an NMI's record, 20 bytes, to the end */
	show(table, sizeof(table));
	EXPECT(strstr(said, "06c   1  Bank                      07\n"));
	EXPECT(strstr(said, "098   4  Max_Raw_Data_Length       00000000\n"));
	EXPECT(!strstr(said, "cannot be"));
	table[40 + 32] = 200;
	show(table, sizeof(table));
	EXPECT(strstr(said, "a record of 5640 bytes cannot be: the walk ends\n"));
}

TEST(random_bytes_are_survived)
{
	static const char *const signatures[] = { "APIC", "DMAR", "SRAT", "SLIT", "MCFG", "ERST",
						  "FACP", "FACS", "SPCR", "HPET", "HEST", "HMAT",
						  "IVRS", "NFIT", "VIOT", "ZZZZ" };
	u8 table[300];

	for (unsigned int round = 0; round < 20000; round++) {
		for (unsigned int i = 0; i < sizeof(table); i++)
			table[i] = (u8)(test_random() & (round % 2 ? 0xff : 0x0f));
		memcpy(table, signatures[round % ARRAY_SIZE(signatures)], 4);
		show(table,
		     ACPI_TABLE_MIN + (u32)(test_random() % (sizeof(table) - ACPI_TABLE_MIN)));
	}
}
