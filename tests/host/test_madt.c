// SPDX-License-Identifier: MIT
// sources: drivers/acpi/table/madt.c drivers/apic/rte.c kernel/irq/routing.c
/* The MADT's walk, and what an IOAPIC pin is programmed to in consequence. */
#include "drivers/acpi/table/actbl.h"
#include "drivers/apic/rte.h"
#include "tests/host/table_builder.h"

static void begin_madt(struct builder *b)
{
	begin_table(b, "APIC", 1);
	put(b, 0xfee00000, 4);
	put(b, 1, 4);
}

static void put_lapic(struct builder *b, u8 id, u32 flags)
{
	put(b, 0, 1);
	put(b, 8, 1);
	put(b, id, 1);
	put(b, id, 1);
	put(b, flags, 4);
}

static void put_x2apic(struct builder *b, u32 id, u32 flags)
{
	put(b, 9, 1);
	put(b, 16, 1);
	put(b, 0, 2);
	put(b, id, 4);
	put(b, flags, 4);
	put(b, id, 4);
}

static void put_ioapic(struct builder *b, u8 id, u32 addr, u32 gsi_base)
{
	put(b, 1, 1);
	put(b, 12, 1);
	put(b, id, 2);
	put(b, addr, 4);
	put(b, gsi_base, 4);
}

static void put_override(struct builder *b, u8 bus, u8 irq, u32 gsi, u16 flags)
{
	put(b, 2, 1);
	put(b, 10, 1);
	put(b, bus, 1);
	put(b, irq, 1);
	put(b, gsi, 4);
	put(b, flags, 2);
}

static void put_nmi(struct builder *b, u8 uid, u16 flags, u8 lint)
{
	put(b, 4, 1);
	put(b, 6, 1);
	put(b, uid, 1);
	put(b, flags, 2);
	put(b, lint, 1);
}

static int decode(struct builder *b, u16 sci, struct irq_routing *r)
{
	struct acpi_table_header *h = finish_table(b);
	int ret = madt_decode(h, sci, r);

	test_free(h);
	return ret;
}

/* The MADT of QEMU's pc and q35, with four CPUs of which one may only be plugged. */
TEST(qemu)
{
	struct irq_routing r;
	struct builder b;

	begin_madt(&b);
	for (u8 i = 0; i < 3; i++)
		put_lapic(&b, i, 1);
	put_lapic(&b, 3, 2);
	put_ioapic(&b, 0, 0xfec00000, 0);
	put_override(&b, 0, 0, 2, 0);
	put_override(&b, 0, 5, 5, 0x0d);
	put_override(&b, 0, 9, 9, 0x0d);
	put_override(&b, 0, 10, 10, 0x0d);
	put_override(&b, 0, 11, 11, 0x0d);
	put_nmi(&b, 0xff, 0, 1);
	EXPECT_EQ(decode(&b, 9, &r), 0);

	EXPECT_STR(r.source, "MADT");
	EXPECT_EQ(r.lapic_addr, 0xfee00000);
	EXPECT(r.pcat_compat);
	EXPECT_EQ(r.nr_cpus, 3);
	EXPECT_EQ(r.nr_hotplug, 1);
	EXPECT_EQ(r.apic_id[2], 2);
	EXPECT_EQ(r.nr_ioapics, 1);
	EXPECT_EQ(r.ioapics[0].addr, 0xfec00000);
	EXPECT_EQ(r.isa[0].gsi, 2);
	EXPECT(r.isa[0].given && !r.isa[0].level && !r.isa[0].active_low);
	EXPECT(r.isa[2].absent); /* its pin went to irq 0 */
	EXPECT_EQ(r.isa[1].gsi, 1);
	EXPECT(!r.isa[1].given && !r.isa[1].absent && !r.isa[1].level && !r.isa[1].active_low);
	for (unsigned int i = 0; i < 16; i++) {
		bool level = i == 5 || i == 9 || i == 10 || i == 11;

		EXPECT_EQ(r.isa[i].level, level);
		EXPECT(!r.isa[i].active_low);
	}
	EXPECT_EQ(r.nmi_lint, 1);
	EXPECT(!r.nmi_active_low);
}

/* As QEMU lists more than 255: both kinds count where they stand; ids that are none do not. */
TEST(processors_of_both_kinds)
{
	struct irq_routing r;
	struct builder b;

	begin_madt(&b);
	put_x2apic(&b, 0x101, 1);
	put_lapic(&b, 7, 1);
	put_lapic(&b, 0xff, 1);
	put_x2apic(&b, 0xffffffff, 1);
	put_x2apic(&b, 0xff, 1);
	put_x2apic(&b, 0x102, 2);
	EXPECT_EQ(decode(&b, 9, &r), 0);
	EXPECT_EQ(r.nr_cpus, 3);
	EXPECT_EQ(r.nr_hotplug, 1);
	EXPECT_EQ(r.apic_id[0], 0x101);
	EXPECT_EQ(r.apic_id[1], 7);
	EXPECT_EQ(r.apic_id[2], 0xff);
}

TEST(more_processors_than_there_is_room_for)
{
	struct irq_routing r;
	struct builder b;

	begin_madt(&b);
	for (u32 n = 0; n < NR_CPUS + 2; n++)
		put_lapic(&b, n < NR_CPUS ? 1 : 2, 1);
	EXPECT_EQ(decode(&b, 9, &r), 0);
	EXPECT_EQ(r.nr_cpus, NR_CPUS + 2);
	EXPECT_EQ(r.apic_id[NR_CPUS - 1], 1);
}

/* ACPI 6.5, table 5.26, all 16 values, for an ISA irq and for a PCI pin. */
TEST(flags_by_the_specification)
{
	static const struct {
		u16 flags;
		bool isa_level, isa_low, pci_level, pci_low;
	} want[] = {
		{ 0x0, false, false, true, true },  { 0x1, false, false, true, false },
		{ 0x2, false, false, true, true },  { 0x3, false, true, true, true },
		{ 0x4, false, false, false, true }, { 0x5, false, false, false, false },
		{ 0x6, false, false, false, true }, { 0x7, false, true, false, true },
		{ 0x8, false, false, true, true },  { 0x9, false, false, true, false },
		{ 0xa, false, false, true, true },  { 0xb, false, true, true, true },
		{ 0xc, true, false, true, true },   { 0xd, true, false, true, false },
		{ 0xe, true, false, true, true },   { 0xf, true, true, true, true },
	};
	bool level, low;

	for (unsigned int i = 0; i < ARRAY_SIZE(want); i++) {
		inti_decode(want[i].flags, false, false, &level, &low);
		EXPECT_EQ(level, want[i].isa_level);
		EXPECT_EQ(low, want[i].isa_low);
		inti_decode(want[i].flags | 0xfff0, true, true, &level, &low);
		EXPECT_EQ(level, want[i].pci_level);
		EXPECT_EQ(low, want[i].pci_low);
	}
}

/* ACPI 6.5, 5.2.9: the SCI is level and low, unless an override says otherwise. */
TEST(sci_default)
{
	struct irq_routing r;
	struct builder b;

	begin_madt(&b);
	EXPECT_EQ(decode(&b, 9, &r), 0);
	EXPECT(r.isa[9].level && r.isa[9].active_low && !r.isa[9].given);

	begin_madt(&b);
	put_override(&b, 0, 9, 20, 0);
	EXPECT_EQ(decode(&b, 9, &r), 0);
	EXPECT_EQ(r.isa[9].gsi, 20);
	EXPECT(r.isa[9].level && r.isa[9].active_low);

	begin_madt(&b);
	put_override(&b, 0, 9, 9, 0x5);
	EXPECT_EQ(decode(&b, 9, &r), 0);
	EXPECT(!r.isa[9].level && !r.isa[9].active_low);
}

/* 82093AA datasheet, 3.2.4: what ends up in the redirection entry. */
TEST(redirection_entry)
{
	char text[80];

	EXPECT_EQ(rte_make(0x31, false, false, 0), 0x0000000000010031ULL);
	EXPECT_EQ(rte_make(0x31, false, true, 0), 0x0000000000012031ULL);
	EXPECT_EQ(rte_make(0x31, true, false, 0), 0x0000000000018031ULL);
	EXPECT_EQ(rte_make(0x31, true, true, 0), 0x000000000001a031ULL);
	EXPECT_EQ(rte_make(0xef, false, false, 0x1f), 0x1f000000000100efULL);
	/* KVM's extended destination: bits 8 to 14 of the id in bits 49 to 55. */
	EXPECT_EQ(rte_make(0xef, false, false, 0x102), 0x02020000000100efULL);
	rte_describe(text, sizeof(text), 0x1f0000000000e8efULL);
	EXPECT_STR(text, "vector ef fixed logical 31 level low remote-IRR");
	rte_describe(text, sizeof(text), 0x02020000000100efULL);
	EXPECT_STR(text, "vector ef fixed dest 258 edge high masked");
	rte_describe(text, sizeof(text), 0x0000000000010730ULL);
	EXPECT_STR(text, "vector 30 ExtINT dest 0 edge high masked");
}

TEST(x2apic_records)
{
	struct irq_routing r;
	struct builder b;

	begin_madt(&b);
	put(&b, 9 | 16 << 8, 4); /* type, length, reserved */
	put(&b, 300, 4);
	put(&b, 1, 4);
	put(&b, 300, 4);
	put(&b, 10 | 12 << 8 | 0x0fU << 16, 4);
	put(&b, 0xffffffff, 4);
	put(&b, 0, 4); /* LINT0, three reserved */
	put(&b, 5 | 12 << 8, 4);
	put(&b, 0x1fee00000ULL, 8);
	EXPECT_EQ(decode(&b, 9, &r), 0);
	EXPECT_EQ(r.nr_cpus, 1);
	EXPECT_EQ(r.nmi_lint, 0);
	EXPECT(r.nmi_active_low);
	EXPECT_EQ(r.lapic_addr, 0x1fee00000ULL);
}

TEST(nonsense_is_left_out)
{
	struct irq_routing r;
	struct builder b;

	begin_madt(&b);
	put_override(&b, 1, 3, 7, 0xf);	  /* no ISA bus */
	put_override(&b, 0, 16, 17, 0xf); /* no ISA irq */
	put_override(&b, 0, 255, 17, 0xf);
	put_nmi(&b, 0xff, 0, 7);
	put_ioapic(&b, 1, 0, 24);  /* nowhere */
	put(&b, 0x80 | 5 << 8, 5); /* a type of the future */
	put_ioapic(&b, 2, 0xfec00000, 0);
	EXPECT_EQ(decode(&b, 9, &r), 0);
	EXPECT_EQ(r.isa[3].gsi, 3);
	EXPECT(!r.isa[3].given);
	EXPECT_EQ(r.nmi_lint, NO_LINT);
	EXPECT_EQ(r.nr_ioapics, 1);
	EXPECT_EQ(r.ioapics[0].id, 2);
}

TEST(more_ioapics_than_fit)
{
	struct irq_routing r;
	struct builder b;

	begin_madt(&b);
	for (u32 i = 0; i < MAX_IOAPICS + 3; i++)
		put_ioapic(&b, (u8)i, 0xfec00000 + i * 0x1000, i * 24);
	EXPECT_EQ(decode(&b, 9, &r), 0);
	EXPECT_EQ(r.nr_ioapics, MAX_IOAPICS);
	EXPECT(test_log_has("MAX_IOAPICS"));
}

/* A record length of 0 would walk for ever, one beyond the end would leave the table. */
TEST(record_lengths_that_lie)
{
	static const u8 lengths[] = { 0, 1, 13, 255 };
	struct irq_routing r;

	for (u32 i = 0; i < ARRAY_SIZE(lengths); i++) {
		struct builder b;

		begin_madt(&b);
		put_ioapic(&b, 1, 0xfec00000, 0);
		put(&b, 1 | lengths[i] << 8, 2);
		put(&b, 0, 10);
		EXPECT_EQ(decode(&b, 9, &r), -EINVAL);
		EXPECT_EQ(r.nr_ioapics, 1); /* what came before is kept */
	}
}

TEST(records_too_short_for_their_type)
{
	static const u8 whole[] = {
		[0] = 8, [1] = 12, [2] = 10, [4] = 6, [5] = 12, [9] = 16, [10] = 12
	};
	struct irq_routing r;

	for (u8 type = 0; type < ARRAY_SIZE(whole); type++)
		for (u8 length = 2; length < whole[type]; length++) {
			struct builder b;

			begin_madt(&b);
			put(&b, type | length << 8, length);
			EXPECT_EQ(decode(&b, 9, &r), 0);
			EXPECT(test_log_has("is only"));
			test_log_clear();
		}
}

TEST(cut_anywhere)
{
	struct irq_routing r;
	struct builder b;

	begin_table(&b, "APIC", 1);
	for (u32 n = b.n; n < b.n + 8; n++) { /* without its own header */
		struct builder cut = b;

		put(&cut, 0, n - b.n);
		EXPECT_EQ(decode(&cut, 9, &r), -EINVAL);
		EXPECT(!r.source);
	}
	begin_madt(&b);
	put_lapic(&b, 0, 1);
	put_override(&b, 0, 0, 2, 0);
	for (u32 n = 44; n < b.n; n++) {
		struct builder cut = b;

		cut.n = n;
		EXPECT_EQ(decode(&cut, 9, &r), n == 44 || n == 52 ? 0 : -EINVAL);
	}
}

TEST(random_bytes)
{
	struct irq_routing r;

	for (int round = 0; round < 2000; round++) {
		struct builder b;
		u32 n = (u32)(test_random() % 300);

		begin_madt(&b);
		while (n--)
			put(&b, test_random() % 4 ? test_random() % 16 : test_random(), 1);
		decode(&b, (u16)(test_random() % 32), &r);
		EXPECT(r.nr_ioapics <= MAX_IOAPICS);
	}
}
