// SPDX-License-Identifier: MIT
// sources: drivers/pci/stolen.c mm/e820.c
/*
 * Memory that Intel's graphics took: registers as machines had them, with the range that
 * Linux found there, and one example of each generation by the datasheets' register tables.
 */
#include "drivers/pci/early.h"
#include "drivers/pci/pci.h"
#include "kernel/core/cmdline.h"
#include "mm/e820.h"
#include "tests/host/test.h"

#define MIB 0x100000ULL

struct resource iomem_resource = { .end = (1ULL << 36) - 1 };

static u8 bridge[256], bridge1[256], graphics[256];
static bool noearly;

bool __cmdline_value_is(const char *name, const char *word)
{
	return noearly && !strcmp(name, "pci") && !strcmp(word, "noearly");
}

u32 pci_early_read(u8 bus, u8 devfn, int where, int size)
{
	const u8 *space = devfn == PCI_DEVFN(0, 0) ? bridge :
			  devfn == PCI_DEVFN(0, 1) ? bridge1 :
						     graphics;
	u32 value = 0;

	EXPECT_EQ(bus, 0);
	EXPECT(devfn <= 1 || devfn == PCI_DEVFN(2, 0));
	EXPECT(where + size <= 256 && !(where % size));
	memcpy(&value, space + where, size);
	return value;
}

static void put(u8 *space, int where, u32 value, int size)
{
	memcpy(space + where, &value, size);
}

/* A machine with this VGA device at 00:02.0 and no map yet. */
static void machine(u16 id)
{
	memset(bridge, 0, sizeof(bridge));
	memset(bridge1, 0, sizeof(bridge1));
	memset(graphics, 0, sizeof(graphics));
	put(graphics, 0, 0x8086 | (u32)id << 16, 4);
	put(graphics, 0x0a, 0x0300, 2);
	e820_table.nr_entries = 0;
	noearly = false;
}

static void map(u64 first, u64 last, u32 type)
{
	EXPECT_EQ(e820__range_add(&e820_table, first, last - first + 1, type), 0);
}

static void expect_entry(unsigned int i, u64 first, u64 last, u32 type)
{
	const struct e820_entry *e = &e820_table.entries[i];

	EXPECT(i < e820_table.nr_entries);
	EXPECT_EQ(e->addr, first);
	EXPECT_EQ(e->addr + e->size - 1, last);
	EXPECT_EQ(e->type, type);
}

/* What is found of an otherwise empty map. */
static void expect_stolen(u64 base, u64 size)
{
	pci_reserve_stolen();
	EXPECT_EQ(e820_table.nr_entries, 1);
	expect_entry(0, base, base + size - 1, E820_TYPE_RESERVED);
}

static void expect_none(void)
{
	pci_reserve_stolen();
	EXPECT_EQ(e820_table.nr_entries, 0);
}

/* Gigabyte H55M (Clarkdale): Linux added dc000000-dfffffff; its gap for PCI is e0000000-f3ffffff. */
TEST(clarkdale)
{
	machine(0x0042);
	put(bridge, 0x50, 0x03700000, 4);
	put(graphics, 0x5c, 0xdc000000, 4);
	map(0x100000, 0xd77dffff, 1);
	map(0xd77f0000, 0xd77fffff, 2);
	map(0xf4000000, 0xf7ffffff, 2);
	pci_reserve_stolen();
	EXPECT_EQ(e820_table.nr_entries, 4);
	expect_entry(2, 0xdc000000, 0xdfffffff, 2);
	expect_entry(3, 0xf4000000, 0xf7ffffff, 2);
}

/* ThinkPad T400 (GM45): where e820 has it Reserved nothing changes. */
TEST(gm45)
{
	machine(0x2a42);
	put(bridge, 0x50, 0x03500000, 4);
	put(graphics, 0x5c, 0xbd000000, 4);
	map(0xbc800000, 0xbfffffff, 2);
	pci_reserve_stolen();
	EXPECT_EQ(e820_table.nr_entries, 1);
	expect_entry(0, 0xbc800000, 0xbfffffff, 2);
}

/* Chuwi Hi10 (Cherry Trail): Linux added 7ce00000-7edfffff. */
TEST(cherry_trail)
{
	machine(0x22b0);
	put(graphics, 0x50, 1 << 3, 2);
	put(graphics, 0x5c, 0x7ce00001, 4); /* bit 0: locked */
	expect_stolen(0x7ce00000, 32 * MIB);
	machine(0x22b3);
	put(graphics, 0x50, 0x11 << 3, 2);
	put(graphics, 0x5c, 0x7ce00000, 4);
	expect_stolen(0x7ce00000, 8 * MIB);
	machine(0x22b1);
	put(graphics, 0x50, 0x18 << 3, 2);
	put(graphics, 0x5c, 0x7ce00000, 4);
	expect_stolen(0x7ce00000, 40 * MIB);
}

/* System76 Bonobo (Raptor Lake): Linux added 7c800000-803fffff, 60 MiB. */
TEST(raptor_lake)
{
	machine(0xa788);
	put(graphics, 0x50, 0xfe << 8, 2);
	put(graphics, 0xc0, 0x7c800001, 4);
	put(graphics, 0x5c, 0x11100000, 4); /* is something else there */
	expect_stolen(0x7c800000, 60 * MIB);
	machine(0xa788);
	put(graphics, 0x50, 0x02 << 8, 2);
	put(graphics, 0xc0, 0x80000000, 4);
	put(graphics, 0xc4, 0x4, 4); /* above 4 GiB */
	expect_stolen(0x480000000, 64 * MIB);
}

TEST(by_the_end_of_dram)
{
	machine(0x3577); /* 830M: 256 MiB, a TSEG of 1 MiB, 8 MiB for graphics */
	put(bridge, 0x63, 8, 1);
	put(bridge, 0x91, 1 | 2, 1);
	put(bridge, 0x52, 0x40, 2);
	expect_stolen(247 * MIB, 8 * MIB);
	machine(0x3577); /* 128 MiB, 512 KiB and 512 KiB */
	put(bridge, 0x63, 4, 1);
	put(bridge, 0x91, 1, 1);
	put(bridge, 0x52, 0x20, 2);
	expect_stolen(127 * MIB, MIB / 2);
	machine(0x3577); /* 1 is memory of its own */
	put(bridge, 0x63, 4, 1);
	put(bridge, 0x52, 0x10, 2);
	expect_none();
	machine(0x2562); /* 845G: 512 MiB, TSEG of 512 KiB, 1 MiB */
	put(bridge, 0x63, 16, 1);
	put(bridge, 0x9e, 1 | 2 << 1, 1);
	put(bridge, 0x52, 0x30, 2);
	expect_stolen(510 * MIB + MIB / 2, MIB);
	machine(0x3582); /* 855GM: 256 MiB by function 1, TSEG, 16 MiB */
	put(bridge1, 0x43, 8, 1);
	put(bridge, 0x61, 1, 1);
	put(bridge, 0x52, 0x40, 2);
	expect_stolen(239 * MIB, 16 * MIB);
	machine(0x2572); /* 865G: used DRAM ends at 503 MiB, TSEG of 1 MiB, 8 MiB behind */
	put(bridge, 0xc4, 503 * 16, 2);
	put(bridge, 0x9e, 1 | 3 << 1, 1);
	put(bridge, 0x52, 0x30, 2);
	expect_stolen(504 * MIB, 8 * MIB);
	machine(0x2562); /* less DRAM than is taken */
	put(bridge, 0x52, 0x40, 2);
	expect_none();
}

TEST(sizes_of_the_later_ones)
{
	static const u16 gen3_mib[16] = { 0,   1,   4,	8,   16,  32,  48, 64,
					  128, 256, 96, 160, 224, 352, 0,  0 };

	for (unsigned int code = 0; code < 16; code++) {
		machine(0x2a02);
		put(bridge, 0x52, code << 4, 2);
		put(graphics, 0x5c, 0x40000000, 4);
		if (gen3_mib[code])
			expect_stolen(0x40000000, gen3_mib[code] * MIB);
		else
			expect_none();
	}
	machine(0x0116); /* Sandy Bridge: 2 * 32 MiB, GTT size and locks beside */
	put(graphics, 0x50, 2 << 3 | 0x203, 2);
	put(graphics, 0x5c, 0xdba00001, 4);
	expect_stolen(0xdba00000, 64 * MIB);
	machine(0x1616); /* Broadwell */
	put(graphics, 0x50, 0x02c1, 2);
	put(graphics, 0x5c, 0x9e000001, 4);
	expect_stolen(0x9e000000, 64 * MIB);
	machine(0x5917); /* Kaby Lake */
	put(graphics, 0x50, 0x02c1, 2);
	put(graphics, 0x5c, 0x9e000001, 4);
	expect_stolen(0x9e000000, 64 * MIB);
	machine(0x5917);
	put(graphics, 0x50, 0xf0 << 8, 2);
	put(graphics, 0x5c, 0x9e000000, 4);
	expect_stolen(0x9e000000, 4 * MIB);
}

TEST(nothing_to_take)
{
	machine(0x5917);
	put(graphics, 0x5c, 0x9e000000, 4); /* size 0: another card is used */
	expect_none();
	EXPECT_STR(test_log(), "");
	machine(0x5917);
	put(graphics, 0x50, 0x0200, 2); /* no base */
	expect_none();
	machine(0x1111); /* not a graphics device that takes memory */
	put(graphics, 0x50, 0x0200, 2);
	put(graphics, 0x5c, 0x9e000000, 4);
	expect_none();
	machine(0x5917);
	put(graphics, 0x50, 0x0200, 2);
	put(graphics, 0x5c, 0x9e000000, 4);
	put(graphics, 0, 0x1234, 2); /* another maker's */
	expect_none();
	put(graphics, 0, 0x8086, 2);
	put(graphics, 0x0a, 0x0380, 2); /* not the VGA device */
	expect_none();
	put(graphics, 0x0a, 0x0300, 2);
	noearly = true;
	expect_none();
	noearly = false;
	expect_stolen(0x9e000000, 64 * MIB);
	memset(graphics, 0xff, sizeof(graphics)); /* nobody there */
	e820_table.nr_entries = 0;
	expect_none();
}

/* A base that the processor cannot reach is no base. */
TEST(not_believed)
{
	machine(0x9a49);
	put(graphics, 0x50, 0x0200, 2);
	put(graphics, 0xc0, 0x9e000000, 4);
	put(graphics, 0xc4, 0xffffffff, 4);
	expect_none();
	machine(0x9a49);
	put(graphics, 0x50, 0x0200, 2);
	put(graphics, 0xc0, 0xfff00000, 4);
	put(graphics, 0xc4, 0xf, 4);
	expect_none();
}
