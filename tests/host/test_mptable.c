// SPDX-License-Identifier: MIT
// sources: drivers/firmware/bios_scan.c drivers/firmware/mpscan.c drivers/firmware/mptable.c kernel/irq/routing.c
/* Where the MP table is, and its walk: MultiProcessor Specification 1.4, chapters 4 and 5. */
#include "drivers/apic/apic.h"
#include "drivers/firmware/mptable.h"
#include "mm/reserved.h"
#include "tests/host/fake_bios.h"
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

/* ---- where it is found ---- */

#define NOWHERE ((phys_addr_t)-1)

static char reserved[128]; /* what is kept out of the allocator's hands */

void reserve_ram(phys_addr_t start, u64 size, const char *fmt, ...)
{
	size_t n = strlen(reserved);

	(void)fmt;
	scnprintf(reserved + n, sizeof(reserved) - n, "%lx+%lx ", start, size);
}

unsigned int ioapic_count_pins(phys_addr_t addr)
{
	(void)addr;
	return 24;
}

static void empty_memory(u16 ebda_segment)
{
	memset(bios_memory, 0, sizeof(bios_memory));
	bios_memory[0x40e] = (u8)ebda_segment;
	bios_memory[0x40f] = (u8)(ebda_segment >> 8);
}

static void place_pointer(phys_addr_t at, u32 table, u8 config, u8 features)
{
	struct mp_float f = { .signature = "_MP_", .table = table, .length = 1, .revision = 4 };

	f.default_config = config;
	f.features = features;
	memcpy(bios_memory + at, &f, sizeof(f));
	set_sum(bios_memory + at, sizeof(f), 10);
}

/* Where the one that is found lies, which is kept. */
static phys_addr_t found_at(void)
{
	char *end;
	u64 at;

	reserved[0] = '\0';
	mp_find_table();
	EXPECT_EQ(nr_mapped, 0);
	at = simple_strtoull(reserved, &end, 16);
	if (end == reserved)
		return NOWHERE;
	EXPECT_STR(end, "+10 ");
	return at;
}

static phys_addr_t looked_for(u16 ebda_segment, phys_addr_t at)
{
	empty_memory(ebda_segment);
	place_pointer(at, 0, 5, 0);
	return found_at();
}

/* 4: the EBDA's first KiB, base memory's last, the BIOS ROM of e0000 to fffff; steps of 16 bytes. */
TEST(pointer_lies_in_one_of_three_places)
{
	EXPECT_EQ(looked_for(0x9f00, 0x9f000), 0x9f000);
	EXPECT_EQ(looked_for(0x9f00, 0x9f3f0), 0x9f3f0);
	EXPECT_EQ(looked_for(0x9f00, 0x9f400), NOWHERE);
	EXPECT_EQ(looked_for(0x9f00, 0x9fc00), 0x9fc00);
	EXPECT_EQ(looked_for(0, 0x9fff0), 0x9fff0);
	EXPECT_EQ(looked_for(0x9fc0, 0x9fff0), 0x9fff0); /* of the two places that are one */
	EXPECT_EQ(looked_for(0, 0x9fbf0), NOWHERE);
	EXPECT_EQ(looked_for(0, 0xdfff0), NOWHERE);
	EXPECT_EQ(looked_for(0, 0xe0000), 0xe0000);
	EXPECT_EQ(looked_for(0, 0xffff0), 0xffff0);
	EXPECT_EQ(looked_for(0, 0xf0008), NOWHERE);
	/* An EBDA in the BIOS's own data or beyond base memory is none. */
	EXPECT_EQ(looked_for(0x003f, 0x3f0), NOWHERE);
	EXPECT_EQ(looked_for(0x0040, 0x500), 0x500);
	EXPECT_EQ(looked_for(0xa000, 0xa0000), NOWHERE);
}

TEST(first_pointer_that_holds_is_taken)
{
	empty_memory(0x9f00);
	place_pointer(0xf5b10, 0, 5, 0);
	place_pointer(0x9f010, 0, 5, 0);
	EXPECT_EQ(found_at(), 0x9f010);
	bios_memory[0x9f010 + 10]++;
	EXPECT_EQ(found_at(), 0xf5b10);
	place_pointer(0xf5b00, 0, 5, 0);
	bios_memory[0xf5b00 + 10]++;
	EXPECT_EQ(found_at(), 0xf5b10);
	bios_memory[0xf5b10] = 'x';
	EXPECT_EQ(found_at(), NOWHERE);
}

static u16 place_table(phys_addr_t at)
{
	struct builder b;

	build_seabios(&b);
	b.bytes[4] = (u8)b.n;
	b.bytes[5] = (u8)(b.n >> 8);
	set_sum(b.bytes, b.n, 7);
	memcpy(bios_memory + at, b.bytes, b.n);
	return (u16)b.n;
}

TEST(table_is_kept_where_it_holds)
{
	char want[64];

	empty_memory(0);
	place_pointer(0xf5b10, 0x9fc00, 0, 0);
	snprintf(want, sizeof(want), "f5b10+10 9fc00+%x ", place_table(0x9fc00));
	reserved[0] = '\0';
	mp_find_table();
	EXPECT_STR(reserved, want);
	bios_memory[0x9fc00 + 50] ^= 1;
	EXPECT_EQ(found_at(), 0xf5b10);
	bios_memory[0x9fc00 + 4] = 43; /* its length */
	bios_memory[0x9fc00 + 5] = 0;
	EXPECT_EQ(found_at(), 0xf5b10);
}

/* ---- what is made of it ---- */

static int boot_init(struct irq_routing *r)
{
	int ret;

	reserved[0] = '\0';
	mp_find_table();
	*r = (struct irq_routing){ .nr_cpus = 77 };
	test_log_clear();
	ret = mp_boot_init(r);
	EXPECT_EQ(nr_mapped, 0);
	EXPECT(!ret || r->nr_cpus == 77);
	return ret;
}

TEST(table_gives_routes)
{
	bool level = false, active_low = true;
	struct irq_routing r;
	u32 gsi = 0;

	empty_memory(0);
	place_table(0xf0100);
	place_pointer(0xf5b10, 0xf0100, 0, 0x80);
	EXPECT_EQ(boot_init(&r), 0);
	EXPECT_EQ(r.nr_cpus, 1);
	EXPECT_EQ(r.nr_ioapics, 1);
	EXPECT(r.imcr);
	EXPECT_EQ(mp_pci_irq(0, 3, 0, &gsi, &level, &active_low), 0);
	EXPECT_EQ(gsi, 11);
	EXPECT(level && !active_low);
	EXPECT_EQ(mp_pci_irq(1, 3, 0, &gsi, &level, &active_low), -ENOENT);
	EXPECT_EQ(mp_pci_irq(0, 2, 0, &gsi, &level, &active_low), -ENOENT);
	EXPECT_EQ(mp_pci_irq(0, 3, 1, &gsi, &level, &active_low), -ENOENT);
}

TEST(default_configuration_needs_no_table)
{
	struct irq_routing r;

	empty_memory(0);
	place_pointer(0xf5b10, 0, 5, 0x7f);
	EXPECT_EQ(boot_init(&r), 0);
	EXPECT_EQ(r.nr_ioapics, 1);
	EXPECT(!r.imcr);
	place_pointer(0xf5b10, 0, 0, 0);
	EXPECT_EQ(boot_init(&r), -ENOENT);
	EXPECT(test_log_has("not usable: EINVAL"));
}

TEST(what_is_broken_is_not_used)
{
	struct irq_routing r;

	empty_memory(0);
	EXPECT_EQ(boot_init(&r), -ENOENT);
	EXPECT_STR(test_log(), "");
	place_pointer(0xf5b10, 0x80000000, 0, 0); /* where nothing can be mapped */
	EXPECT_EQ(boot_init(&r), -ENOENT);
	place_table(0xf0100);
	place_pointer(0xf5b10, 0xf0100, 0, 0);
	bios_memory[0xf0100 + 50] ^= 1;
	EXPECT_EQ(boot_init(&r), -ENOENT);
	EXPECT(test_log_has("table at 0x000f0100 is broken: EILSEQ"));
	bios_memory[0xf0100 + 4] = 43;
	bios_memory[0xf0100 + 5] = 0;
	EXPECT_EQ(boot_init(&r), -ENOENT);
	EXPECT(test_log_has("table of 43 bytes is too short"));
}

/* An entry that is unknown ends the walk, and what came before it holds. */
TEST(unknown_entry_leaves_what_was_read)
{
	struct irq_routing r;
	u16 length;

	empty_memory(0);
	length = place_table(0xf0100);
	place_pointer(0xf5b10, 0xf0100, 0, 0);
	bios_memory[0xf0100 + length - 8] = 99;
	set_sum(bios_memory + 0xf0100, length, 7);
	EXPECT_EQ(boot_init(&r), 0);
	EXPECT_EQ(r.nr_ioapics, 1);
}
