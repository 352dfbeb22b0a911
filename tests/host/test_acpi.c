// SPDX-License-Identifier: MIT
// sources: drivers/acpi/table/check.c drivers/acpi/table/fadt.c drivers/acpi/table/blocks.c
/* ACPI tables: what is believed, and what firmware's mistakes cost. */
#include "drivers/acpi/table/actbl.h"
#include "tests/host/table_builder.h"

static void build_rsdp(struct builder *b, u8 revision)
{
	b->n = 0;
	put_text(b, "RSD PTR ", 8);
	put(b, 0, 1);
	put_text(b, "BOCHS ", 6);
	put(b, revision, 1);
	put(b, 0x1ffe1d7c, 4);
	if (revision >= 2) {
		put(b, 36, 4);
		put(b, 0x1ffe1c00, 8);
		put(b, 0, 4);
	}
	set_sum(b->bytes, 20, 8);
	if (revision >= 2)
		set_sum(b->bytes, 36, 32);
}

TEST(rsdp_of_both_revisions)
{
	struct builder b;
	void *p;

	build_rsdp(&b, 0);
	p = copy_of(&b);
	EXPECT_EQ(acpi_rsdp_check(p, 20), 20);
	EXPECT_EQ(acpi_rsdp_check(p, 19), -EINVAL);
	test_free(p);

	build_rsdp(&b, 2);
	p = copy_of(&b);
	EXPECT_EQ(acpi_rsdp_check(p, 36), 36);
	EXPECT_EQ(acpi_rsdp_check(p, 35), 20); /* cut off: the first part still holds */
	test_free(p);
}

TEST(rsdp_that_is_broken)
{
	struct builder b;

	build_rsdp(&b, 0);
	b.bytes[16] ^= 1;
	EXPECT_EQ(acpi_rsdp_check(b.bytes, 20), -EINVAL);
	build_rsdp(&b, 0);
	b.bytes[0] = 'r';
	EXPECT_EQ(acpi_rsdp_check(b.bytes, 20), -EINVAL);

	build_rsdp(&b, 2);
	b.bytes[24] ^= 1; /* the XSDT's address is under the second sum alone */
	EXPECT_EQ(acpi_rsdp_check(b.bytes, 36), 20);
	build_rsdp(&b, 2);
	b.bytes[20] = 20; /* a length that leaves out what it must hold */
	EXPECT_EQ(acpi_rsdp_check(b.bytes, 36), 20);
	build_rsdp(&b, 2);
	b.bytes[23] = 0x80;
	EXPECT_EQ(acpi_rsdp_check(b.bytes, 36), 20);
}

TEST(table_lengths_and_sums)
{
	struct builder b;
	struct acpi_table_header *h;

	begin_table(&b, "TEST", 1);
	put(&b, 0x11223344, 4);
	h = finish_table(&b);
	EXPECT_EQ(acpi_table_check(h, 40), 0);
	EXPECT_EQ(acpi_table_check(h, 41), 0);
	EXPECT_EQ(acpi_table_check(h, 39), -EINVAL);
	EXPECT_EQ(acpi_table_check(h, 35), -EINVAL);
	((u8 *)h)[39] ^= 0x40;
	EXPECT_EQ(acpi_table_check(h, 40), -EILSEQ);

	h->length = 35;
	EXPECT_EQ(acpi_header_check(h), -EINVAL);
	h->length = 0;
	EXPECT_EQ(acpi_header_check(h), -EINVAL);
	h->length = 0xffffffff;
	EXPECT_EQ(acpi_header_check(h), -EINVAL);
	h->length = ACPI_TABLE_MAX + 1;
	EXPECT_EQ(acpi_header_check(h), -EINVAL);
	h->length = ACPI_TABLE_MAX;
	EXPECT_EQ(acpi_header_check(h), 0);
	memcpy(h->signature, "FACS", 4);
	h->length = 63;
	EXPECT_EQ(acpi_header_check(h), -EINVAL);
	test_free(h);
}

TEST(a_facs_has_no_checksum)
{
	struct builder b = { .n = 0 };

	put_text(&b, "FACS", 4);
	put(&b, 64, 4);
	while (b.n < 64)
		put(&b, 0x5a, 1);
	EXPECT_EQ(acpi_table_check((struct acpi_table_header *)b.bytes, 64), 0);
}

TEST(listed_as_linux_lists_them)
{
	struct builder b;
	struct acpi_table_header *h;
	char text[80];

	begin_table(&b, "FACP", 3);
	while (b.n < 244)
		put(&b, 0, 1);
	h = finish_table(&b);
	acpi_table_describe(text, sizeof(text), h, 0x1ffe1b38);
	EXPECT_STR(text,
		   "FACP 0x000000001FFE1B38 0000F4 (v03 BOCHS  BXPC     00000001 BXPC 00000001)");
	h->oem_id[0] = '\033'; /* a terminal must not be steered by firmware */
	acpi_table_describe(text, sizeof(text), h, 0x1ffe1b38);
	EXPECT_STR(text,
		   "FACP 0x000000001FFE1B38 0000F4 (v03 ?OCHS  BXPC     00000001 BXPC 00000001)");
	memcpy(h->signature, "FACS", 4);
	acpi_table_describe(text, sizeof(text), h, 0x1ffe0000);
	EXPECT_STR(text, "FACS 0x000000001FFE0000 0000F4");
	test_free(h);

	build_rsdp(&b, 0);
	acpi_rsdp_describe(text, sizeof(text), (struct acpi_rsdp *)b.bytes, 20, 0xf52a0);
	EXPECT_STR(text, "RSDP 0x00000000000F52A0 000014 (v00 BOCHS )");
}

/* Table 5.9 up to `length` bytes: what QEMU's q35 has, each field with a value of its own. */
static struct acpi_table_header *build_fadt(struct builder *b, u32 length)
{
	static const u8 lengths[] = { 4, 2, 0, 4, 16, 0 };

	begin_table(b, "FACP", 3);
	put(b, 0x1ffe0000, 4); /* 36 FIRMWARE_CTRL */
	put(b, 0x1ffe0040, 4); /* 40 DSDT */
	put(b, 0, 2);
	put(b, 9, 2);	 /* 46 SCI_INT */
	put(b, 0xb2, 4); /* 48 SMI_CMD */
	put(b, 2, 1);	 /* 52 ACPI_ENABLE */
	put(b, 3, 1);
	put(b, 0, 2);
	put(b, 0x600, 4); /* 56 PM1a_EVT */
	put(b, 0, 4);
	put(b, 0x604, 4); /* 64 PM1a_CNT */
	put(b, 0, 4);
	put(b, 0, 4);
	put(b, 0x608, 4); /* 76 PM_TMR */
	put(b, 0x620, 4); /* 80 GPE0 */
	put(b, 0, 4);
	for (u32 i = 0; i < sizeof(lengths); i++)
		put(b, lengths[i], 1);
	while (b->n < 108)
		put(b, 0, 1);
	put(b, 0x32, 1); /* 108 CENTURY */
	while (b->n < 112)
		put(b, 0, 1);
	put(b, 1U << 10 | 1U << 8, 4); /* RESET_REG_SUP, TMR_VAL_EXT */
	put(b, 1, 1);		       /* 116 RESET_REG: I/O 0xcf9 */
	put(b, 0x000008, 3);
	put(b, 0xcf9, 8);
	put(b, 0x0f, 1); /* 128 RESET_VALUE */
	while (b->n < 140)
		put(b, 0, 1);
	put(b, 0x7fffffff0ULL, 8); /* 140 X_DSDT */
	put(b, 1, 1);		   /* 148 X_PM1a_EVT: memory would be 0 */
	put(b, 0x000020, 3);
	put(b, 0xb000, 8);
	while (b->n < 276)
		put(b, 0, 1);
	b->n = length;
	return finish_table(b);
}

TEST(fadt_of_acpi_1)
{
	struct builder b;
	struct acpi_table_header *h = build_fadt(&b, 116);
	struct fadt_info f;

	fadt_decode(h, &f);
	EXPECT_EQ(f.sci_irq, 9);
	EXPECT_EQ(f.dsdt, 0x1ffe0040);
	EXPECT_EQ(f.facs, 0x1ffe0000);
	EXPECT_EQ(f.pm1a_evt.address, 0x600);
	EXPECT_EQ(f.pm1a_evt.space_id, ACPI_SPACE_IO);
	EXPECT_EQ(f.pm1a_cnt.address, 0x604);
	EXPECT_EQ(f.pm1_evt_len, 4);
	EXPECT_EQ(f.pm1_cnt_len, 2);
	EXPECT_EQ(f.pm_tmr.address, 0x608);
	EXPECT_EQ(f.pm_tmr_len, 4);
	EXPECT_EQ(f.gpe0.address, 0x620);
	EXPECT_EQ(f.gpe0_len, 16);
	EXPECT_EQ(f.pm1b_evt.address, 0);
	EXPECT_EQ(f.smi_cmd, 0xb2);
	EXPECT_EQ(f.acpi_enable, 2);
	EXPECT_EQ(f.century, 0x32);
	EXPECT(f.pm_tmr_32bit);
	EXPECT(!f.has_reset_reg); /* the flag says so, but the table ends before it */
	test_free(h);
}

TEST(fadt_of_acpi_2_and_later)
{
	struct builder b;
	struct acpi_table_header *h = build_fadt(&b, 276);
	struct fadt_info f;

	fadt_decode(h, &f);
	EXPECT_EQ(f.dsdt, 0x7fffffff0ULL);
	EXPECT_EQ(f.facs, 0x1ffe0000);	       /* X_FIRMWARE_CTRL is 0 */
	EXPECT_EQ(f.pm1a_evt.address, 0xb000); /* the 64-bit form wins */
	EXPECT_EQ(f.pm1a_cnt.address, 0x604);  /* where it is there */
	EXPECT(f.has_reset_reg);
	EXPECT_EQ(f.reset_reg.address, 0xcf9);
	EXPECT_EQ(f.reset_value, 0x0f);
	/* ACPI 6.5, 5.2.9: without RESET_REG_SUP what stands there is no register. */
	((u8 *)h)[113] &= (u8)~BIT(10 - 8);
	fadt_decode(h, &f);
	EXPECT(!f.has_reset_reg);
	test_free(h);
}

/* Every length there can be: nothing behind the end is read. */
TEST(fadt_cut_anywhere)
{
	struct fadt_info f;

	for (u32 length = ACPI_TABLE_MIN; length <= 276; length++) {
		struct builder b;
		struct acpi_table_header *h = build_fadt(&b, length);

		fadt_decode(h, &f);
		if (length < 40)
			EXPECT_EQ(f.facs, 0);
		if (length < 109)
			EXPECT_EQ(f.century, 0);
		if (length < 129)
			EXPECT(!f.has_reset_reg);
		if (length < 160)
			EXPECT_EQ(f.pm1a_evt.address, length < 60 ? 0 : 0x600);
		test_free(h);
	}
}

static void put_mcfg(struct builder *b, u64 base, u16 segment, u8 start, u8 end)
{
	put(b, base, 8);
	put(b, segment, 2);
	put(b, start, 1);
	put(b, end, 1);
	put(b, 0, 4);
}

TEST(mcfg_entries)
{
	struct builder b;
	struct acpi_mcfg_allocation a;
	struct acpi_table_header *h;

	begin_table(&b, "MCFG", 1);
	put(&b, 0, 8);
	put_mcfg(&b, 0xb0000000, 0, 0, 255);
	put_mcfg(&b, 0, 0, 0, 255);			/* no address */
	put_mcfg(&b, 0xb0000800, 0, 0, 255);		/* not aligned */
	put_mcfg(&b, 0xc0000000, 0, 9, 8);		/* ends before it starts */
	put_mcfg(&b, 0xffffffffff000000ULL, 0, 0, 255); /* wraps */
	put_mcfg(&b, 0x4000000000ULL, 7, 16, 31);
	put(&b, 0xc0000000, 8); /* half an entry */
	h = finish_table(&b);
	EXPECT(mcfg_entry(h, 0, &a));
	EXPECT_EQ(a.base, 0xb0000000);
	EXPECT_EQ(a.end_bus, 255);
	EXPECT(mcfg_entry(h, 1, &a));
	EXPECT_EQ(a.base, 0x4000000000ULL);
	EXPECT_EQ(a.segment, 7);
	EXPECT_EQ(a.start_bus, 16);
	EXPECT(!mcfg_entry(h, 2, &a));
	test_free(h);

	begin_table(&b, "MCFG", 1);
	h = finish_table(&b);
	EXPECT(!mcfg_entry(h, 0, &a));
	test_free(h);
}

static void put_dmar(struct builder *b, u16 type, u16 length, u64 address)
{
	put(b, type, 2);
	put(b, length, 2);
	put(b, 1, 1);
	put(b, 0, 1);
	put(b, 0, 2);
	put(b, address, 8);
}

TEST(dmar_units)
{
	struct builder b;
	struct acpi_dmar_drhd d;
	struct acpi_table_header *h;

	begin_table(&b, "DMAR", 1);
	put(&b, 38, 1);
	put(&b, 0, 11);
	put_dmar(&b, 0, 24, 0xfed90000);
	put(&b, 0x0801, 8); /* a device scope */
	put_dmar(&b, 1, 16, 0x1000);
	put_dmar(&b, 0, 16, 0xfed91800); /* not on a page */
	put_dmar(&b, 0, 16, 0xfed92000);
	h = finish_table(&b);
	EXPECT(dmar_drhd(h, 0, &d));
	EXPECT_EQ(d.address, 0xfed90000);
	EXPECT(dmar_drhd(h, 1, &d));
	EXPECT_EQ(d.address, 0xfed92000);
	EXPECT(!dmar_drhd(h, 2, &d));
	test_free(h);
}

TEST(dmar_with_lengths_that_lie)
{
	static const u16 lengths[] = { 0, 1, 3, 4, 15, 17, 0xffff };
	struct acpi_dmar_drhd d;

	for (u32 i = 0; i < ARRAY_SIZE(lengths); i++) {
		struct builder b;
		struct acpi_table_header *h;

		begin_table(&b, "DMAR", 1);
		put(&b, 0, 12);
		put_dmar(&b, 0, lengths[i], 0xfed90000);
		h = finish_table(&b);
		EXPECT(!dmar_drhd(h, 0, &d));
		test_free(h);
	}
}

static struct acpi_table_header *build_hpet(struct builder *b, u8 space, u64 address)
{
	begin_table(b, "HPET", 1);
	put(b, 0x8086a201, 4);
	put(b, space, 4);
	put(b, address, 8);
	put(b, 0, 4);
	return finish_table(b);
}

TEST(hpet_address)
{
	struct builder b;
	struct acpi_table_header *h = build_hpet(&b, ACPI_SPACE_MEMORY, 0xfed00000);

	EXPECT_EQ(hpet_table_address(h), 0xfed00000);
	h->length = 55;
	EXPECT_EQ(hpet_table_address(h), 0);
	test_free(h);
	h = build_hpet(&b, ACPI_SPACE_IO, 0xfed00000);
	EXPECT_EQ(hpet_table_address(h), 0);
	test_free(h);
}
