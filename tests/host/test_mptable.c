// SPDX-License-Identifier: MIT
// sources: drivers/firmware/mptable.c kernel/irq/routing.c
/* The MP table's walk: MultiProcessor Specification 1.4, chapters 4 and 5. */
#include "drivers/firmware/mptable.h"
#include "tests/host/table_builder.h"

static struct mp_pci_routes pci;
static unsigned int asked; /* how often a pin count was asked for */

static unsigned int pins(phys_addr_t addr)
{
	asked++;
	return addr == 0xfec00000 ? 24 : 32;
}

static void begin_mp(struct builder *b)
{
	b->n = 0;
	put_text(b, "PCMP", 4);
	put(b, 0, 2); /* length */
	put(b, 4, 1);
	put(b, 0, 1); /* checksum */
	put_text(b, "BOCHSCPU", 8);
	put_text(b, "0.1", 12);
	put(b, 0, 6);
	put(b, 0, 2); /* entries */
	put(b, 0xfee00000, 4);
	put(b, 0, 4);
}

static void count_entry(struct builder *b)
{
	b->bytes[34]++;
}

static void put_cpu(struct builder *b, u8 id, u8 flags)
{
	put(b, 0, 1);
	put(b, id, 1);
	put(b, 0x14, 1);
	put(b, flags, 1);
	put(b, 0, 16);
	count_entry(b);
}

static void put_bus(struct builder *b, u8 id, const char *name)
{
	put(b, 1, 1);
	put(b, id, 1);
	put_text(b, name, 6);
	count_entry(b);
}

static void put_ioapic(struct builder *b, u8 id, u8 flags, u32 addr)
{
	put(b, 2, 1);
	put(b, id, 1);
	put(b, 0x11, 1);
	put(b, flags, 1);
	put(b, addr, 4);
	count_entry(b);
}

static void put_int(struct builder *b, u8 type, u8 irq_type, u16 flags, u8 bus, u8 irq, u8 apic,
		    u8 input)
{
	put(b, type, 1);
	put(b, irq_type, 1);
	put(b, flags, 2);
	put(b, bus, 1);
	put(b, irq, 1);
	put(b, apic, 1);
	put(b, input, 1);
	count_entry(b);
}

static int decode(struct builder *b, struct irq_routing *r)
{
	int ret;
	u8 *p;

	b->bytes[4] = (u8)b->n;
	b->bytes[5] = (u8)(b->n >> 8);
	set_sum(b->bytes, b->n, 7);
	p = copy_of(b);
	ret = mp_table_check(p, b->n);
	EXPECT_EQ(ret, 0);
	ret = mp_table_decode(p, r, &pci, pins);
	test_free(p);
	return ret;
}

TEST(pointer_structure)
{
	struct builder b = { .n = 0 };

	put_text(&b, "_MP_", 4);
	put(&b, 0xf5b10, 4);
	put(&b, 1, 1);
	put(&b, 4, 1);
	put(&b, 0, 6);
	set_sum(b.bytes, 16, 10);
	EXPECT(mp_float_check(b.bytes, 16));
	EXPECT(!mp_float_check(b.bytes, 15));
	b.bytes[8] = 2;
	set_sum(b.bytes, 16, 10);
	EXPECT(!mp_float_check(b.bytes, 16));
	b.bytes[8] = 1;
	b.bytes[9] = 3; /* no such revision */
	set_sum(b.bytes, 16, 10);
	EXPECT(!mp_float_check(b.bytes, 16));
	b.bytes[9] = 1;
	EXPECT(!mp_float_check(b.bytes, 16)); /* the sum is off now */
}

/* What SeaBIOS writes for a PC whose IDE is slot 1 and a device with INTA in slot 3. */
static void build_seabios(struct builder *b)
{
	begin_mp(b);
	put_cpu(b, 0, 3);
	put_cpu(b, 1, 0);
	put_bus(b, 0, "PCI");
	put_bus(b, 1, "ISA");
	put_ioapic(b, 0, 1, 0xfec00000);
	put_int(b, 3, 0, 1, 0, 3 << 2, 0, 11);
	for (u8 i = 0; i < 16; i++)
		if (i != 2 && i != 11)
			put_int(b, 3, 0, 0, 1, i, 0, i == 0 ? 2 : i);
	put_int(b, 4, 3, 0, 1, 0, 0, 0);
	put_int(b, 4, 1, 0, 1, 0, 0xff, 1);
}

TEST(seabios)
{
	struct irq_routing r;
	struct builder b;

	build_seabios(&b);
	EXPECT_EQ(decode(&b, &r), 0);
	EXPECT_STR(r.source, "MP table");
	EXPECT_EQ(r.nr_cpus, 1);
	EXPECT_EQ(r.apic_id[0], 0);
	EXPECT_EQ(r.lapic_addr, 0xfee00000);
	EXPECT_EQ(r.nr_ioapics, 1);
	EXPECT_EQ(r.ioapics[0].addr, 0xfec00000);
	EXPECT_EQ(asked, 0);
	EXPECT_EQ(r.isa[0].gsi, 2);
	EXPECT(r.isa[2].absent);
	EXPECT(r.isa[11].absent);
	EXPECT(!r.isa[4].absent && !r.isa[4].level && !r.isa[4].active_low);
	EXPECT_EQ(r.nmi_lint, 1);
	EXPECT_EQ(pci.count, 1);
	EXPECT_EQ(pci.route[0].slot, 3);
	EXPECT_EQ(pci.route[0].pin, 0);
	EXPECT_EQ(pci.route[0].gsi, 11);
	EXPECT(pci.route[0].level && !pci.route[0].active_low);
}

/* The second IOAPIC's inputs follow the first one's; buses may come last. */
TEST(two_ioapics_and_any_order)
{
	struct irq_routing r;
	struct builder b;

	begin_mp(&b);
	put_int(&b, 3, 0, 0, 7, 4 << 2 | 3, 9, 5);
	put_int(&b, 3, 0, 0, 7, 5 << 2, 0xff, 5); /* all of them: the first */
	put_int(&b, 3, 0, 0, 7, 6 << 2, 33, 5);	  /* none of them */
	put_int(&b, 3, 2, 0, 7, 7 << 2, 9, 5);	  /* an SMI */
	put_ioapic(&b, 8, 1, 0xfec00000);
	put_ioapic(&b, 7, 0, 0xfec08000); /* not usable */
	put_ioapic(&b, 9, 1, 0xfec10000);
	put_bus(&b, 7, "PCI");
	EXPECT_EQ(decode(&b, &r), 0);
	EXPECT_EQ(r.nr_ioapics, 2);
	EXPECT_EQ(r.ioapics[1].gsi_base, 24);
	EXPECT_EQ(pci.count, 2);
	EXPECT_EQ(pci.route[0].gsi, 29);
	EXPECT_EQ(pci.route[0].pin, 3);
	EXPECT(pci.route[0].level && pci.route[0].active_low); /* PCI's own default */
	EXPECT_EQ(pci.route[1].gsi, 5);
}

TEST(broken_tables)
{
	struct irq_routing r;
	struct builder b;

	build_seabios(&b);
	b.bytes[4] = (u8)b.n;
	b.bytes[5] = (u8)(b.n >> 8);
	set_sum(b.bytes, b.n, 7);
	EXPECT_EQ(mp_table_check(b.bytes, b.n), 0);
	EXPECT_EQ(mp_table_check(b.bytes, b.n - 1), -EINVAL);
	EXPECT_EQ(mp_table_check(b.bytes, 43), -EINVAL);
	b.bytes[50] ^= 1;
	EXPECT_EQ(mp_table_check(b.bytes, b.n), -EILSEQ);
	b.bytes[4] = 43;
	b.bytes[5] = 0;
	EXPECT_EQ(mp_table_check(b.bytes, b.n), -EINVAL);

	begin_mp(&b);
	put_ioapic(&b, 0, 1, 0xfec00000);
	put_int(&b, 5, 0, 0, 0, 0, 0, 0); /* no such type */
	EXPECT_EQ(decode(&b, &r), -EINVAL);
	EXPECT_EQ(r.nr_ioapics, 1);

	/* Cut in each place: entries that do not lie whole in the table are not read. */
	build_seabios(&b);
	for (u32 n = MP_TABLE_MIN; n < b.n; n++) {
		struct builder cut = b;

		cut.n = n;
		decode(&cut, &r);
	}
}

/* qboot's table, as QEMU 7.2's microvm without ACPI has it, counts no entry. */
TEST(count_of_entries_is_not_asked)
{
	struct irq_routing r;
	struct builder b;

	build_seabios(&b);
	b.bytes[34] = b.bytes[35] = 0;
	EXPECT_EQ(decode(&b, &r), 0);
	EXPECT_EQ(r.nr_cpus, 1);
	EXPECT_EQ(r.nr_ioapics, 1);
}

TEST(more_routes_than_fit)
{
	struct irq_routing r;
	struct builder b;

	begin_mp(&b);
	put_bus(&b, 0, "PCI");
	put_ioapic(&b, 0, 1, 0xfec00000);
	for (u32 i = 0; i < 300; i++)
		put_int(&b, 3, 0, 0, 0, (u8)i, 0, 16);
	b.bytes[34] = 302 & 0xff;
	b.bytes[35] = 302 >> 8;
	EXPECT_EQ(decode(&b, &r), 0);
	EXPECT_EQ(pci.count, MP_MAX_PCI);
}

TEST(default_configurations)
{
	struct irq_routing r = { 0 };

	EXPECT_EQ(mp_default_config(0, &r), -EINVAL);
	EXPECT_EQ(mp_default_config(8, &r), -EINVAL);
	EXPECT_EQ(mp_default_config(5, &r), 0);
	EXPECT_EQ(r.nr_ioapics, 1);
	EXPECT_EQ(r.isa[0].gsi, 2);
	EXPECT(!r.isa[0].absent && r.isa[2].absent);
	EXPECT_EQ(mp_default_config(2, &r), 0);
	EXPECT(r.isa[0].absent && r.isa[13].absent);
}

TEST(random_bytes)
{
	struct irq_routing r;

	for (int round = 0; round < 2000; round++) {
		struct builder b;
		u32 n = (u32)(test_random() % 300);

		begin_mp(&b);
		b.bytes[34] = (u8)test_random();
		while (n--)
			put(&b, test_random() % 4 ? test_random() % 6 : test_random(), 1);
		decode(&b, &r);
		EXPECT(r.nr_ioapics <= MAX_IOAPICS && pci.count <= MP_MAX_PCI);
	}
}
