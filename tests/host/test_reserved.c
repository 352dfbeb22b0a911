// SPDX-License-Identifier: MIT
// sources: mm/reserved.c mm/memblock.c
/* Names of what boot keeps: their order, who holds a byte, and a table that is full. */
#include "mm/memblock.h"
#include "mm/reserved.h"
#include "tests/host/test.h"

static const char *name_at(phys_addr_t addr)
{
	const struct reserved_ram *r = reserved_ram_at(addr);

	return r ? r->name : "nobody";
}

TEST(by_address_and_by_size)
{
	phys_addr_t start, end;

	EXPECT(!reserved_ram_nth(0));
	EXPECT_STR(name_at(0), "nobody");
	memblock_add(0, 0x10000000);
	reserve_ram(0x400000, 0x1000, "module %d \"%s\"", 1, "b");
	reserve_ram(0x200000, 0x800, "module %d \"%s\"", 0, "a");
	reserve_ram(0, 0x100000, "the first MiB");
	reserve_ram(0x9000, 0x100, "a table");
	reserve_ram(0x5000, 0, "nothing");
	EXPECT_STR(reserved_ram_nth(0)->name, "the first MiB");
	EXPECT_STR(reserved_ram_nth(1)->name, "a table");
	EXPECT_STR(reserved_ram_nth(2)->name, "module 0 \"a\"");
	EXPECT_STR(reserved_ram_nth(3)->name, "module 1 \"b\"");
	EXPECT(!reserved_ram_nth(4));
	EXPECT_STR(name_at(0x8fff), "the first MiB");
	EXPECT_STR(name_at(0x9000), "a table");
	EXPECT_STR(name_at(0x90ff), "a table");
	EXPECT_STR(name_at(0x9100), "the first MiB");
	EXPECT_STR(name_at(0x2007ff), "module 0 \"a\"");
	EXPECT_STR(name_at(0x200800), "nobody");
	/* memblock knows of it as well. */
	EXPECT(memblock_reserved_range(1, &start, &end));
	EXPECT_EQ(start, 0x200000);
	EXPECT_EQ(end, 0x200800);
}

TEST(what_wraps_is_not_listed)
{
	unsigned int n = 0;

	while (reserved_ram_nth(n))
		n++;
	reserve_ram(~0ULL - 0xfff, 0x2000, "wraps");
	EXPECT(!reserved_ram_nth(n));
}

TEST(more_than_fit)
{
	phys_addr_t start, end;
	unsigned int n;

	for (n = 0; n < 200; n++)
		reserve_ram(0x1000000 + n * 0x1000, 0x1000, "piece %u", n);
	for (n = 0; reserved_ram_nth(n); n++)
		;
	EXPECT(n < 200);
	EXPECT(test_log_has("is kept, but not listed"));
	EXPECT(memblock_reserved_range(3, &start, &end));
	EXPECT_EQ(end, 0x1000000 + 200 * 0x1000); /* kept all the same */
}
