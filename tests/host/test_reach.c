// SPDX-License-Identifier: MIT
// sources: mm/early_ioremap.c mm/fixmap.c mm/e820.c mm/e820_memblock.c mm/memblock.c drivers/acpi/table/bgrt.c
/*
 * What the processor cannot address is neither mapped nor RAM, whoever names it: an entry with
 * such an address has reserved bits set (SDM 3A, 4.7), and ends the boot at the first access.
 */
#include "drivers/acpi/table/acpi.h"
#include "drivers/acpi/table/bgrt.h"
#include "kernel/cpu/cpu.h"
#include "mm/e820.h"
#include "mm/early_ioremap.h"
#include "mm/efi_memmap.h"
#include "mm/fixmap.h"
#include "mm/memblock.h"
#include "tests/host/test.h"

#define BITS   40
#define BEYOND (1UL << BITS)

struct cpu_info boot_cpu = { .phys_bits = BITS };
u64 level1_fixmap_pgt[4096], cache_mode_bits[8];
bool e820_user_map;

void invlpg(unsigned long va)
{
	(void)va;
}

int virt_to_phys_walk(unsigned long va, phys_addr_t *phys)
{
	(void)va;
	(void)phys;
	return -EFAULT;
}

int efi_mem_reserve(phys_addr_t addr, u64 size)
{
	host_fail(__FILE__, __LINE__, "%#lx, %#lx bytes, are reserved", addr, size);
	return 0;
}

static unsigned int entries(void)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(level1_fixmap_pgt); i++)
		n += level1_fixmap_pgt[i] != 0;
	return n;
}

TEST(a_range_is_judged_by_its_last_byte)
{
	EXPECT(phys_range_valid(0, 1));
	EXPECT(phys_range_valid(BEYOND - 1, 1));
	EXPECT(phys_range_valid(0, BEYOND));
	EXPECT(!phys_range_valid(0, 0));
	EXPECT(!phys_range_valid(5, 0));
	EXPECT(!phys_range_valid(BEYOND, 1));
	EXPECT(!phys_range_valid(BEYOND - 1, 2));
	EXPECT(!phys_range_valid(~0UL, 1));
	EXPECT(!phys_range_valid(~0UL, 2));
	EXPECT(!phys_range_valid(1, ~0UL));
}

TEST(a_slot_of_the_fixmap_stays_empty)
{
	__set_fixmap(FIX_PTE, BEYOND - PAGE_SIZE, PAGE_KERNEL);
	EXPECT_EQ(entries(), 1);
	expect_warns(1);
	__set_fixmap(FIX_PTE, BEYOND, PAGE_KERNEL);
	EXPECT_EQ(entries(), 0);
}

TEST(early_mappings_end_where_the_processor_does)
{
	void *p;

	early_ioremap_setup();
	p = early_memremap(BEYOND - 1, 1);
	EXPECT(p);
	EXPECT_EQ(entries(), 1);
	early_memunmap(p, 1);
	EXPECT_EQ(entries(), 0);
	expect_warns(4);
	EXPECT(!early_memremap(BEYOND, 1));
	EXPECT(!early_memremap_ro(BEYOND - 1, 2));
	EXPECT(!early_ioremap(1UL << 51, 8));
	EXPECT(!early_memremap(PAGE_OFFSET, 8));
	EXPECT_EQ(entries(), 0);
	EXPECT_EQ(early_ioremap_used(), 0);
	early_ioremap_shutdown();
}

/* ACPI 6.5, table 5.83: a bitmap at `address`. */
static void take_picture(u64 address)
{
	struct {
		struct acpi_table_header header;
		u16 version;
		u8 status, type;
		u64 address;
		u32 x, y;
	} __packed bgrt = { .header = { .signature = "BGRT", .length = sizeof(bgrt) },
			    .version = 1,
			    .address = address };

	test_log_clear();
	acpi_bgrt_reserve(&bgrt.header);
}

/* Neither a WARN, since firmware broke the promise, nor a mapping. */
TEST(a_picture_out_of_reach_is_none)
{
	early_ioremap_setup();
	take_picture(BEYOND);
	EXPECT(test_log_has("no picture at 0x10000000000"));
	take_picture(BEYOND - 2);
	EXPECT(test_log_has("no picture at 0xfffffffffe"));
	take_picture(~0UL);
	EXPECT(test_log_has("no picture at 0xffffffffffffffff"));
	EXPECT_EQ(entries(), 0);
	early_ioremap_shutdown();
}

TEST(ram_ends_where_the_processor_does)
{
	e820_table.nr_entries = 0;
	e820__range_add(&e820_table, 0x100000, 0x1000000, E820_TYPE_RAM);
	e820__range_add(&e820_table, BEYOND - 0x100000, 0x200000, E820_TYPE_RAM);
	e820__range_add(&e820_table, BEYOND + 0x10000000, 0x100000, E820_TYPE_RAM);
	EXPECT_EQ(e820__end_of_ram_pfn(), BEYOND >> 12);
	e820__memblock_setup();
	EXPECT_EQ(memblock_end_of_ram(), BEYOND);
	EXPECT_EQ(memblock_ram_bytes(), 0x1100000);
	EXPECT(test_log_has("RAM [mem 0x0000010000000000-0x00000100000fffff] is beyond"));
	EXPECT(test_log_has("RAM [mem 0x0000010010000000-0x00000100100fffff] is beyond"));
}
