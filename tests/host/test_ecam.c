// SPDX-License-Identifier: MIT
// sources: kernel/core/resource.c kernel/core/region.c kernel/lib/tree.c
/*
 * ECAM's windows: those of the MCFG table, and one more that a host bridge names.
 */
#include "drivers/pci/ecam.c"
#include "tests/host/test.h"

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

static void begin(void)
{
	nr_mcfg = nr_mmcfg = 0;
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
	(void)end;
	return true;
}

bool e820__mapped_all(u64 start, u64 end, u32 type)
{
	(void)start;
	(void)end;
	(void)type;
	return true;
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
