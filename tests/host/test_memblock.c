// SPDX-License-Identifier: MIT
// sources: kernel/lib/string.c
/*
 * mm/memblock.c: its tables against a map of one byte a page.  The source is
 * included rather than linked, so that each test starts with empty tables.
 */
#include "mm/memblock.c"
#include "tests/host/test.h"

#define PAGE 0x1000UL

static void start(void)
{
	memory.nr = reserved.nr = 0;
	closed = false;
}

/* "base-end " of each region, in hexadecimal pages. */
static const char *text_of(bool (*range)(unsigned int, phys_addr_t *, phys_addr_t *))
{
	static char text[4096];
	phys_addr_t a, b;
	int n = 0;

	text[0] = 0;
	for (unsigned int i = 0; range(i, &a, &b); i++)
		n += scnprintf(text + n, sizeof(text) - n, "%lx-%lx ", a / PAGE, b / PAGE);
	return text;
}

static char free_text[4096];

static void note_free(phys_addr_t a, phys_addr_t b)
{
	size_t n = strlen(free_text);

	scnprintf(free_text + n, sizeof(free_text) - n, "%lx-%lx ", a / PAGE, b / PAGE);
}

static const char *free_pieces(void)
{
	free_text[0] = 0;
	memblock_for_each_free(note_free);
	return free_text;
}

TEST(regions_merge)
{
	start();
	EXPECT_EQ(memblock_add(10 * PAGE, 2 * PAGE), 0);
	EXPECT_EQ(memblock_add(20 * PAGE, 4 * PAGE), 0);
	EXPECT_STR(text_of(memblock_ram_range), "a-c 14-18 ");
	memblock_add(4 * PAGE, 2 * PAGE);
	EXPECT_STR(text_of(memblock_ram_range), "4-6 a-c 14-18 ");
	memblock_add(12 * PAGE, PAGE); /* touches the end */
	EXPECT_STR(text_of(memblock_ram_range), "4-6 a-d 14-18 ");
	memblock_add(9 * PAGE, PAGE); /* touches the start */
	EXPECT_STR(text_of(memblock_ram_range), "4-6 9-d 14-18 ");
	memblock_add(21 * PAGE, PAGE); /* inside */
	EXPECT_STR(text_of(memblock_ram_range), "4-6 9-d 14-18 ");
	memblock_add(5 * PAGE, 16 * PAGE); /* bridges all */
	EXPECT_STR(text_of(memblock_ram_range), "4-18 ");
	memblock_add(30 * PAGE, 0);
	EXPECT_STR(text_of(memblock_ram_range), "4-18 ");
	EXPECT_EQ(memblock_ram_bytes(), 20 * PAGE);
	EXPECT_EQ(memblock_end_of_ram(), 24 * PAGE);
	EXPECT(memblock_is_ram(4 * PAGE) && memblock_is_ram(24 * PAGE - 1));
	EXPECT(!memblock_is_ram(4 * PAGE - 1) && !memblock_is_ram(24 * PAGE));
}

TEST(wrap_is_refused)
{
	start();
	EXPECT_EQ(memblock_reserve(~0UL - PAGE, 2 * PAGE), -EINVAL);
	EXPECT(test_log_has("wraps"));
	EXPECT_STR(text_of(memblock_reserved_range), "");
}

TEST(full_table_says_so)
{
	start();
	for (unsigned int i = 0; i < MAX_REGIONS; i++)
		EXPECT_EQ(memblock_add(2 * i * PAGE, PAGE), 0);
	EXPECT_EQ(memblock_add(2 * MAX_REGIONS * PAGE, PAGE), -ENOSPC);
	EXPECT(test_log_has("raise MAX_REGIONS"));
	EXPECT_EQ(memblock_add(PAGE, PAGE), 0); /* joins two: there is room for that */
	EXPECT_EQ(memory.nr, MAX_REGIONS - 1);
}

TEST(alloc_goes_down)
{
	start();
	memblock_add(PAGE, 99 * PAGE);
	memblock_reserve(90 * PAGE, 5 * PAGE);
	EXPECT_EQ(memblock_phys_alloc_range(PAGE, PAGE, 0, ~0UL), 99 * PAGE);
	EXPECT_EQ(memblock_phys_alloc_range(4 * PAGE, PAGE, 0, ~0UL), 95 * PAGE);
	EXPECT_EQ(memblock_phys_alloc_range(PAGE, PAGE, 0, ~0UL), 89 * PAGE);
	EXPECT_EQ(memblock_phys_alloc_range(PAGE, 16 * PAGE, 0, ~0UL), 80 * PAGE);
	EXPECT_EQ(memblock_phys_alloc_range(8 * PAGE, 8 * PAGE, 0, ~0UL), 72 * PAGE);
	EXPECT_EQ(memblock_phys_alloc_range(PAGE, PAGE, 0, 11 * PAGE), 10 * PAGE);
	EXPECT_EQ(memblock_phys_alloc_range(PAGE, PAGE, 85 * PAGE, 87 * PAGE), 86 * PAGE);
	EXPECT_EQ(memblock_phys_alloc_range(PAGE, PAGE, 86 * PAGE, 87 * PAGE), 0);
	EXPECT_EQ(memblock_phys_alloc_range(100 * PAGE, PAGE, 0, ~0UL), 0);
	EXPECT_EQ(memblock_phys_alloc_range(0, PAGE, 0, ~0UL), 0);
	EXPECT_EQ(memblock_phys_alloc_range(PAGE, 3 * PAGE, 0, ~0UL), 0);
}

TEST(address_0_is_never_given)
{
	start();
	memblock_add(0, 2 * PAGE);
	EXPECT_EQ(memblock_phys_alloc_range(PAGE, PAGE, 0, ~0UL), PAGE);
	EXPECT_EQ(memblock_phys_alloc_range(PAGE, PAGE, 0, ~0UL), 0);
}

TEST(alloc_looks_into_lower_regions)
{
	start();
	memblock_add(10 * PAGE, 10 * PAGE);
	memblock_add(1UL << 40, 2 * PAGE); /* behind a hole of a TiB */
	EXPECT_EQ(memblock_phys_alloc_range(4 * PAGE, PAGE, 0, ~0UL), 16 * PAGE);
	EXPECT_EQ(memblock_phys_alloc_range(2 * PAGE, PAGE, 0, ~0UL), 1UL << 40);
	EXPECT_EQ(memblock_phys_alloc_range(PAGE, PAGE, 0, ~0UL), 15 * PAGE);
}

TEST(free_pieces)
{
	start();
	memblock_add(1 * PAGE, 9 * PAGE);
	memblock_add(20 * PAGE, 10 * PAGE);
	memblock_reserve(0, 2 * PAGE);
	memblock_reserve(4 * PAGE, PAGE);
	memblock_reserve(8 * PAGE, 14 * PAGE); /* from one region into the next */
	memblock_reserve(29 * PAGE, 100 * PAGE);
	EXPECT_STR(free_pieces(), "2-4 5-8 16-1d ");
	EXPECT(memblock_is_closed());
	expect_warns(1);
	EXPECT_EQ(memblock_phys_alloc_range(PAGE, PAGE, 0, ~0UL), 0);
}

TEST(random_against_a_byte_map)
{
	enum { PAGES = 256 };
	unsigned char map[PAGES]; /* bit 0: RAM, bit 1: reserved */
	char want[4096];

	for (int round = 0; round < 300; round++) {
		start();
		memset(map, 0, sizeof(map));
		for (int i = 0; i < 40; i++) {
			unsigned int kind = 1 + (test_random() & 1), p = test_random() % PAGES;
			unsigned int n = test_random() % 24;

			n = min(n, PAGES - p);
			(kind == 1 ? memblock_add : memblock_reserve)(p * PAGE, n * PAGE);
			while (n--)
				map[p++] |= kind;
		}
		for (int i = 0; i < 10; i++) {
			unsigned int n = 1 + test_random() % 6, align = 1 << test_random() % 4;
			phys_addr_t got =
				memblock_phys_alloc_range(n * PAGE, align * PAGE, 0, ~0UL);
			unsigned int p, k = 0;

			for (p = PAGES - n; p > 0; p--) {
				for (k = 0; k < n && map[p + k] == 1; k++)
					;
				if (k == n && p % align == 0)
					break;
			}
			EXPECT_EQ(got, p * PAGE);
			for (k = 0; p && k < n; k++)
				map[p + k] |= 2;
		}
		want[0] = 0;
		for (unsigned int p = 0, q, len = 0; p < PAGES; p = q) {
			for (q = p + 1; q < PAGES && (map[q] == 1) == (map[p] == 1); q++)
				;
			if (map[p] == 1)
				len += scnprintf(want + len, sizeof(want) - len, "%x-%x ", p, q);
		}
		/* Pieces of free RAM that touch come from one region: none is cut. */
		EXPECT_STR(free_pieces(), want);
	}
}
