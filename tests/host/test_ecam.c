// SPDX-License-Identifier: MIT
// sources: kernel/core/resource.c kernel/core/region.c kernel/lib/tree.c
/*
 * ECAM's windows: those of the MCFG table, and one more that a host bridge names.
 */
#include "tests/host/fake_device.h"

#include "drivers/pci/ecam.c"

struct pci_options pci_options = { .use_mmconfig = true };

static struct {
	u64 base;
	u16 segment;
	u8 start_bus, end_bus;
} mcfg[40];
static unsigned int nr_mcfg;

int acpi_mcfg_entry(unsigned int n, u64 *base, u16 *segment, u8 *start_bus, u8 *end_bus)
{
	if (n >= nr_mcfg)
		return -ENOENT;
	*base = mcfg[n].base;
	*segment = mcfg[n].segment;
	*start_bus = mcfg[n].start_bus;
	*end_bus = mcfg[n].end_bus;
	return 0;
}

/* What firmware reserves ends there. */
static u64 board_end = ~0ULL, e820_end = ~0ULL;

static void begin(void)
{
	nr_mcfg = nr_mmcfg = 0;
	board_end = e820_end = ~0ULL;
}

static void tell(u64 base, u16 segment, u8 start_bus, u8 end_bus)
{
	mcfg[nr_mcfg].base = base;
	mcfg[nr_mcfg].segment = segment;
	mcfg[nr_mcfg].start_bus = start_bus;
	mcfg[nr_mcfg++].end_bus = end_bus;
}

unsigned int pci_mmcfg_of_chipset(u64 *base)
{
	(void)base;
	return 0;
}

bool pci_board_reserves(u64 start, u64 end)
{
	(void)start;
	return end <= board_end;
}

bool e820__mapped_all(u64 start, u64 end, u32 type)
{
	(void)start;
	EXPECT_EQ(type, E820_TYPE_RESERVED);
	return end <= e820_end;
}

/* ---- accesses ---- */

static struct {
	unsigned long addr;
	unsigned int size, reads, writes;
	u64 value;
} last;

static u64 device_read(unsigned long addr, unsigned int size)
{
	u64 value = 0;

	last.addr = addr;
	last.size = size;
	last.reads++;
	memcpy(&value, (const void *)addr, size);
	return value;
}

static void device_write(unsigned long addr, unsigned int size, u64 value)
{
	last.addr = addr;
	last.size = size;
	last.writes++;
	last.value = value;
}

/* Each mapping is one page that begins with the address, in MiB. */
void __iomem *ioremap(phys_addr_t phys, unsigned long size)
{
	u32 *page = test_alloc(4096);

	EXPECT_EQ(size, 1 << 20);
	*page = (u32)(phys >> 20);
	return page;
}

void iounmap(volatile void __iomem *addr)
{
	(void)addr;
}

/* Which megabyte bus 0 of the bus's window would be. */
static u32 window_of(const struct pci_ops *ops, u16 segment, u8 bus)
{
	u32 value;

	EXPECT_EQ(ops->read(segment, bus, 0, 0, 4, &value), 0);
	return value - bus;
}

TEST(table_of_too_many)
{
	const char *line = "more than MMCFG_MAX (32)";

	begin();
	for (u16 i = 0; i < 40; i++)
		tell(0x1000000000 + ((u64)i << 28), (u16)(100 + i), 0, 0xff);
	EXPECT(pci_mmcfg_probe(false));
	EXPECT(pci_mmcfg_covers(131, 0));
	EXPECT(!pci_mmcfg_covers(132, 0));
	EXPECT(test_log_has(line));
	EXPECT(!strstr(strstr(test_log(), line) + 1, line));
}

/* PCI Firmware 3.3, 4.1.3: _CBA is for a host bridge that the table leaves out; buses of another are not its own. */
TEST(a_bridge_s_own_window_leaves_the_table_s)
{
	const struct pci_ops *ops;

	begin();
	tell(0xb0000000, 0, 0x80, 0xff);
	EXPECT(pci_mmcfg_probe(false));
	ops = pci_mmcfg_insert(0, 0, 0xff, 0x4000000000);
	ASSERT(ops);
	EXPECT_EQ(window_of(ops, 0, 0), 0x40000);
	EXPECT_EQ(window_of(ops, 0, 0x7f), 0x40000);
	EXPECT_EQ(window_of(ops, 0, 0x80), 0xb00);
	EXPECT_EQ(window_of(ops, 0, 0xff), 0xb00);
	EXPECT(test_log_has("PCI: bus 0000:80 has a window: the one of bus 00 ends before it\n"));
	EXPECT_EQ(mmcfg_regions[1].res.end, 0x4007ffffff);
}

TEST(a_bridge_whose_bus_has_a_window_needs_none)
{
	begin();
	tell(0xc0000000, 1, 0, 0xff);
	EXPECT(pci_mmcfg_probe(false));
	EXPECT(!pci_mmcfg_insert(1, 0x10, 0x1f, 0x4000000000));
	EXPECT(pci_mmcfg_insert(2, 0, 0xff,
				0x5000000000)); /* a segment that the table leaves out */
	EXPECT(!test_log_has("has a window"));
}

/* A register's neighbours are left alone: each access has the width that was asked for, at its place. */
TEST(accesses_have_their_width)
{
	const struct pci_ops *ops;
	unsigned long page;
	u32 value;

	begin();
	tell(0xd0000000, 7, 0, 0xff);
	ops = pci_mmcfg_probe(false);
	ASSERT(ops);
	EXPECT_EQ(window_of(ops, 7, 0x12), 0xd00);
	page = last.addr;
	memcpy((void *)(page + 0x40), "\x11\x22\x33\x44", 4);
	for (int size = 1; size <= 4; size *= 2) {
		last.reads = last.writes = 0;
		EXPECT_EQ(ops->read(7, 0x12, 0, 0x40, size, &value), 0);
		EXPECT_EQ(value, 0x44332211 & (u32)(~0ULL >> (64 - 8 * size)));
		EXPECT(last.reads == 1 && !last.writes);
		EXPECT(last.addr == page + 0x40 && last.size == (unsigned int)size);
		EXPECT_EQ(ops->write(7, 0x12, 0, 0x44, size, 0xaabbccdd), 0);
		EXPECT(last.reads == 1 && last.writes == 1);
		EXPECT(last.addr == page + 0x44 && last.size == (unsigned int)size);
		EXPECT_EQ((u32)last.value << (32 - 8 * size), 0xaabbccdd << (32 - 8 * size));
	}
	last.reads = 0;
	EXPECT_EQ(ops->read(99, 0, 0, 0, 4, &value), -EINVAL); /* a segment that is not there */
	EXPECT_EQ(value, ~0U);
	EXPECT_EQ(last.reads, 0);
}

/* A window that firmware did not reserve may be RAM, or a BAR: by halves what it did, 16 buses at the least. */
TEST(a_window_is_as_long_as_it_is_reserved)
{
	begin();
	tell(0xe0000000, 8, 0, 0xff);
	e820_end = 0xe4000000;
	EXPECT(pci_mmcfg_probe(false));
	EXPECT_EQ(mmcfg_regions[0].end_bus, 0x3f);
	EXPECT_EQ(mmcfg_regions[0].res.end, 0xe3ffffff);
	EXPECT(pci_mmcfg_covers(8, 0x3f));
	EXPECT(!pci_mmcfg_covers(8, 0x40));
	begin();
	tell(0xe0000000, 9, 0, 0xff);
	e820_end = 0xe0ffffff;
	EXPECT(!pci_mmcfg_probe(false));
	EXPECT(test_log_has("PCI: not using MMCONFIG for now\n"));
	EXPECT(!pci_mmcfg_covers(9, 0));
	begin();
	tell(0xe0000000, 9, 0, 0xff);
	e820_end = 0;
	EXPECT(pci_mmcfg_probe(true)); /* the namespace reserves it */
	EXPECT(pci_mmcfg_covers(9, 0xff));
}

/* One entry that is wrong, and none of the table is believed. */
TEST(a_table_with_a_wrong_window)
{
	begin();
	tell(0x80000000, 10, 0, 0x3f);
	tell(0xf0000000, 11, 0, 0xff);
	tell(0x90000000, 12, 0, 0x3f);
	board_end = e820_end = 0xa0000000;
	EXPECT(!pci_mmcfg_probe(false));
	EXPECT(!pci_mmcfg_covers(10, 0));
	EXPECT(!pci_mmcfg_covers(11, 0));
	EXPECT(!pci_mmcfg_covers(12, 0));
}
