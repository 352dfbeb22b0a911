// SPDX-License-Identifier: MIT
// sources: mm/e820.c mm/e820_param.c mm/e820_user.c mm/e820_memblock.c mm/memblock.c kernel/core/cmdline.c
/*
 * What mem= and memmap= make of firmware's map: RAM that does not answer is none, and RAM that only
 * ends where nobody can reach it is cut there, as without those words.
 */
#include "kernel/core/cmdline.h"
#include "kernel/cpu/cpu.h"
#include "mm/e820.h"
#include "mm/early_ioremap.h"
#include "mm/memblock.h"
#include "tests/host/test.h"

#define BITS 36 /* as of processors with PSE-36 */
#define GiB  (1UL << 30)
#define END  (1UL << BITS)

struct cpu_info boot_cpu = { .phys_bits = BITS };

static u64 memory_end, memory_words[64];
static phys_addr_t asked[64];
static unsigned int nr_asked;
static void *mapped;

void *early_memremap(phys_addr_t phys, unsigned long size)
{
	EXPECT(phys_range_valid(phys, size));
	EXPECT(!mapped); /* there are few slots */
	if (phys >= memory_end)
		return NULL;
	asked[nr_asked % ARRAY_SIZE(asked)] = phys;
	mapped = &memory_words[nr_asked++ % ARRAY_SIZE(memory_words)];
	return mapped;
}

void early_memunmap(void *addr, unsigned long size)
{
	EXPECT(addr == mapped && size == sizeof(u64));
	mapped = NULL;
}

static void take_words(const char *words)
{
	e820_table.nr_entries = 0;
	e820__range_add(&e820_table, 0x100000, 2 * GiB, E820_TYPE_RAM);
	e820__range_add(&e820_table, 4 * GiB, 76 * GiB, E820_TYPE_RAM);
	strscpy(boot_command_line, words, COMMAND_LINE_SIZE);
	e820_take_user_map();
}

/* It has 64 GiB of addresses, and 80 GiB of RAM by its map. */
TEST(ram_that_reaches_too_far_is_cut)
{
	memory_end = ~0UL;
	take_words("memmap=4K$0x1000");
	EXPECT(!test_log_has("is no RAM"));
	e820__memblock_setup();
	EXPECT_EQ(memblock_end_of_ram(), END);
	EXPECT_EQ(memblock_ram_bytes(), 62 * GiB);
	EXPECT(test_log_has(
		"RAM [mem 0x0000001000000000-0x00000013ffffffff] is beyond the processor's addresses"));
}

/* Its first word can be asked, and does not answer. */
TEST(ram_that_is_not_there_is_none)
{
	memory_end = 4 * GiB;
	take_words("memmap=4K$0x1000");
	EXPECT(test_log_has("[mem 0x0000000100000000-0x00000013ffffffff] is no RAM"));
	EXPECT_EQ(e820__end_of_ram_pfn(), (0x100000 + 2 * GiB) >> 12);
}

/* It may hold the loader's modules, the command line, or a log that is to outlive the boot. */
TEST(ram_that_is_asked_keeps_what_it_holds)
{
	memory_end = ~0UL;
	nr_asked = 0;
	for (unsigned int i = 0; i < ARRAY_SIZE(memory_words); i++)
		memory_words[i] = 0x1234567890abcdefUL * i;
	take_words("mem=6G");
	EXPECT_EQ(nr_asked, 4); /* at both ends of two ranges */
	EXPECT_EQ(asked[0], 0x100000);
	EXPECT_EQ(asked[1], 0x100000 + 2 * GiB - 8);
	EXPECT_EQ(asked[2], 4 * GiB);
	EXPECT_EQ(asked[3], 6 * GiB - 8);
	for (unsigned int i = 0; i < nr_asked; i++)
		EXPECT_EQ(memory_words[i], 0x1234567890abcdefUL * i);
}

/* Without a word it is firmware's map, whatever that may be. */
TEST(no_word_no_map_of_a_person_s)
{
	memory_end = 4 * GiB;
	e820_user_map = false;
	take_words("console=ttyS0");
	EXPECT(!e820_user_map);
	EXPECT(!test_log_has("is no RAM"));
	EXPECT_EQ(e820_table.nr_entries, 2);
	take_words("mem=64M");
	EXPECT(e820_user_map);
}

/* Wherever they stand: mem= limits what memmap= adds, too.  The map is in order then, and no two ranges meet. */
TEST(mem_limits_what_memmap_leaves)
{
	memory_end = ~0UL;
	take_words("mem=8G memmap=64K$0x200000 memmap=2G@10G");
	EXPECT_EQ(e820_table.nr_entries, 4);
	EXPECT_EQ(e820_table.entries[0].size, 0x100000);
	EXPECT_EQ(e820_table.entries[1].addr, 0x200000);
	EXPECT_EQ(e820_table.entries[1].size, 0x10000);
	EXPECT_EQ(e820_table.entries[1].type, E820_TYPE_RESERVED);
	EXPECT_EQ(e820_table.entries[2].addr, 0x210000);
	EXPECT_EQ(e820_table.entries[3].addr, 4 * GiB);
	EXPECT_EQ(e820_table.entries[3].size, 4 * GiB);
}

TEST(ram_wholly_out_of_reach_is_not_asked)
{
	memory_end = END;
	take_words("memmap=1G@96G");
	EXPECT(!test_log_has("is no RAM"));
	EXPECT_EQ(e820__end_of_ram_pfn(), END >> 12);
}
