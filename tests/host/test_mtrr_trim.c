// SPDX-License-Identifier: MIT
// sources: mm/mtrr_trim.c mm/mtrr.c mm/e820.c
/*
 * RAM that MTRRs leave uncached: registers and maps of real machines, with what Linux
 * said and made of them.
 */
#include "mm/e820.h"
#include "mm/mtrr.h"
#include "tests/host/test.h"

#define UC 0
#define WP 5
#define WB 6

static u64 msrs[0x300];
static struct mtrr_state state;

static u64 read_fake(u32 msr)
{
	return msr < ARRAY_SIZE(msrs) ? msrs[msr] : 0;
}

/* MTRRdefType with the fixed ones on, and no variable one yet. */
static void machine(u8 def_type)
{
	memset(msrs, 0, sizeof(msrs));
	memset(&state, 0, sizeof(state));
	msrs[0xfe] = 8 | BIT(8);
	msrs[0x2ff] = BIT(10) | BIT(11) | def_type;
	e820_table.nr_entries = 0;
	test_log_clear();
}

static void var(unsigned int n, u64 base, u64 mask, u8 type)
{
	msrs[0x200 + 2 * n] = base | type;
	msrs[0x201 + 2 * n] = mask | BIT(11);
}

static void map(u64 first, u64 last, u32 type)
{
	EXPECT_EQ(e820__range_add(&e820_table, first, last - first + 1, type), 0);
}

static u64 trim(unsigned int phys_bits, u64 tom2, u64 end)
{
	mtrr_read(&state, read_fake, phys_bits);
	state.tom2 = tom2;
	return mtrr_trim(&state, &e820_table, end);
}

static void expect_type(u64 first, u64 last, u32 type)
{
	for (unsigned int i = 0; i < e820_table.nr_entries; i++)
		if (e820_table.entries[i].addr == first) {
			EXPECT_EQ(e820_table.entries[i].addr + e820_table.entries[i].size - 1,
				  last);
			EXPECT_EQ(e820_table.entries[i].type, type);
			return;
		}
	EXPECT(!"an entry that starts there");
}

/* Gigabyte GA-970A-UD3 with 16 GiB: Linux lost 13040 MiB of them. */
TEST(all_above_4g)
{
	machine(UC);
	var(0, 0x000000000000, 0xffff80000000, WB);
	var(1, 0x000080000000, 0xffffc0000000, WB);
	var(2, 0x0000c0000000, 0xfffff0000000, WB);
	var(3, 0x0000cfe00000, 0xffffffe00000, UC);
	map(0x1000, 0x99fff, 1);
	map(0x9f800, 0x9ffff, 2);
	map(0xf0000, 0xfffff, 2);
	map(0x100000, 0xcfd9ffff, 1);
	map(0xcfda0000, 0xcfdd0fff, 4);
	map(0xcfdd1000, 0xcfdfffff, 3);
	map(0xcfe00000, 0xcfefffff, 2);
	map(0xe0000000, 0xefffffff, 2);
	map(0xfec00000, 0xffffffff, 2);
	map(0x100000000, 0x42effffff, 1);
	EXPECT_EQ(trim(48, 0, 0x42f000000) >> 20, 13040);
	EXPECT(test_log_has("e820: update [mem 0xcfe00000-0x42effffff] usable ==> reserved"));
	EXPECT(test_log_has("13040 MiB of RAM are lost"));
	EXPECT(test_log_has("modified: [mem 0x00000000fec00000-0x000000042effffff] reserved"));
	expect_type(0x100000, 0xcfd9ffff, 1);
	expect_type(0xfec00000, 0x42effffff, 2);
	EXPECT_EQ(e820_table.nr_entries, 9);
}

/* The same with TOP_MEM2 and its write-back default, as later firmware has it: nothing is lost. */
TEST(tom2)
{
	machine(UC);
	var(0, 0, 0xffff80000000, WB);
	map(0x100000, 0x7fffffff, 1);
	map(0x100000000, 0x42effffff, 1);
	EXPECT_EQ(trim(48, 0x430000000, 0x42f000000), 0);
	EXPECT(test_log_has("e820: update [mem 0x80000000-0xffffffff] usable ==> reserved"));
	EXPECT(!test_log_has("lost"));
	EXPECT_EQ(e820_table.nr_entries, 2);
}

/* Intel DG45ID: once as firmware set them, nothing lost; once write-back ones alone, 64 MiB. */
TEST(holes_and_the_top)
{
	machine(UC);
	var(0, 0x000000000, 0xe00000000, WB);
	var(1, 0x200000000, 0xfc0000000, WB);
	var(2, 0x0cc000000, 0xffc000000, UC);
	var(3, 0x0d0000000, 0xff0000000, UC);
	var(4, 0x0e0000000, 0xfe0000000, UC);
	var(5, 0x22c000000, 0xffc000000, UC);
	var(6, 0x230000000, 0xff0000000, UC);
	map(0xcbe90000, 0xcbffffff, 1);
	map(0xff000000, 0xffffffff, 2);
	map(0x100000000, 0x22bffffff, 1);
	EXPECT_EQ(trim(36, 0, 0x22c000000), 0);
	EXPECT_STR(test_log(), "e820: update [mem 0xcc000000-0xffffffff] usable ==> reserved\n");
	machine(UC);
	var(0, 0x000000000, 0xf80000000, WB);
	var(1, 0x080000000, 0xfc0000000, WB);
	var(2, 0x0c0000000, 0xff8000000, WB);
	var(3, 0x0c8000000, 0xffc000000, WB);
	var(4, 0x100000000, 0xf00000000, WB);
	var(5, 0x200000000, 0xfe0000000, WB);
	var(6, 0x220000000, 0xff8000000, WB);
	map(0xcbe90000, 0xcbffffff, 1);
	map(0xff000000, 0xffffffff, 2);
	map(0x100000000, 0x22bffffff, 1);
	EXPECT_EQ(trim(36, 0, 0x22c000000) >> 20, 64);
	EXPECT(test_log_has("e820: update [mem 0xcc000000-0xffffffff] usable ==> reserved"));
	EXPECT(test_log_has("e820: update [mem 0x228000000-0x22bffffff] usable ==> reserved"));
	expect_type(0x100000000, 0x227ffffff, 1);
	expect_type(0x228000000, 0x22bffffff, 2);
}

/* An AMI BIOS with 4 GiB: three uncachable ones side by side are one hole. */
TEST(one_hole)
{
	machine(UC);
	var(0, 0x000000000, 0xf00000000, WB);
	var(1, 0x100000000, 0xfc0000000, WB);
	var(2, 0x0c0000000, 0xfc0000000, UC);
	var(3, 0x0b7e00000, 0xfffe00000, UC);
	var(4, 0x0b8000000, 0xff8000000, UC);
	map(0x100000, 0xb7cfffff, 1);
	map(0x100000000, 0x13fffffff, 1);
	EXPECT_EQ(trim(36, 0, 0x140000000), 0);
	EXPECT_STR(test_log(), "e820: update [mem 0xb7e00000-0xffffffff] usable ==> reserved\n");
}

/* HPE DL325 Gen10: write-protected ones are in use, so nothing is told of RAM. */
TEST(other_types_in_use)
{
	machine(UC);
	var(0, 0x000000000000, 0xffff80000000, WB);
	var(1, 0x0000e4000000, 0xfffffc000000, WP);
	var(2, 0x000078000000, 0xfffff8000000, UC);
	var(7, 0x0000ff000000, 0xffffff000000, WP);
	map(0x100000, 0x7fffffff, 1);
	EXPECT_EQ(trim(48, 0x1080000000, 0x80000000), 0);
	EXPECT_STR(test_log(), "");
	EXPECT_EQ(e820_table.nr_entries, 1);
}

TEST(not_meant_so)
{
	machine(WB); /* QEMU: the default is write-back */
	var(0, 0x80000000, 0xff80000000, UC);
	map(0x100000, 0xffffffff, 1);
	EXPECT_EQ(trim(40, 0, 0x100000000), 0);
	EXPECT_STR(test_log(), "");
	machine(UC); /* blank */
	map(0x100000, 0xffffffff, 1);
	EXPECT_EQ(trim(40, 0, 0x100000000), 0);
	EXPECT(test_log_has("CPU MTRRs all blank"));
	machine(UC); /* disabled: all would go */
	msrs[0x2ff] = UC;
	var(0, 0, 0xff80000000, WB);
	map(0x100000, 0xffffffff, 1);
	EXPECT_EQ(trim(40, 0, 0x100000000), 0);
	memset(&state, 0, sizeof(state)); /* a processor without them */
	EXPECT_EQ(mtrr_trim(&state, &e820_table, 0x100000000), 0);
	EXPECT_EQ(e820_table.nr_entries, 1);
}
