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
