// SPDX-License-Identifier: MIT
// sources: mm/e820.c mm/e820_param.c
/*
 * mm/e820.c and mm/e820_param.c: tables as text against literals that follow
 * from Linux's rules, and random ones against a map of one byte an address.
 */
#include "mm/e820.h"
#include "tests/host/test.h"

static struct e820_table t;

static void add(u64 start, u64 size, u32 type)
{
	EXPECT_EQ(e820__range_add(&t, start, size, type), 0);
}

static void start(void)
{
	t.nr_entries = 0;
}

/* "first-last:type" of each entry. */
static const char *text(void)
{
	static char buf[16384];
	int n = 0;

	buf[0] = 0;
	for (unsigned int i = 0; i < t.nr_entries; i++)
		n += scnprintf(buf + n, sizeof(buf) - n, "%s%lx-%lx:%u", i ? " " : "",
			       t.entries[i].addr, t.entries[i].addr + (t.entries[i].size - 1),
			       t.entries[i].type);
	return buf;
}

static const char *sanitised(void)
{
	EXPECT_EQ(e820__update_table(&t), 0);
	return text();
}

TEST(sorted_and_merged)
{
	start();
	add(0x100000, 0x1fee0000, 1);
	add(0xf0000, 0x10000, 2);
	add(0, 0x9fc00, 1);
	add(0x1ffe0000, 0x20000, 2);
	add(0x9fc00, 0x400, 2);
	EXPECT_STR(sanitised(),
		   "0-9fbff:1 9fc00-9ffff:2 f0000-fffff:2 100000-1ffdffff:1 1ffe0000-1fffffff:2");
	start();
	add(0x3000, 0x1000, 1);
	add(0x1000, 0x1000, 1);
	add(0x2000, 0x1000, 1);
	EXPECT_STR(sanitised(), "1000-3fff:1");
	EXPECT_STR(sanitised(), "1000-3fff:1"); /* doing it twice changes nothing */
}

TEST(highest_type_wins)
{
	start();
	add(0, 0x100, 1);
	add(0x40, 0x40, 2);
	EXPECT_STR(sanitised(), "0-3f:1 40-7f:2 80-ff:1");
	start();
	add(0x40, 0x40, 1);
	add(0, 0x100, 3);
	EXPECT_STR(sanitised(), "0-ff:3");
	start();
	add(0, 0x80, 4);
	add(0x40, 0x80, 20); /* a type that nobody knows is a type nevertheless */
	EXPECT_STR(sanitised(), "0-3f:4 40-bf:20");
	start(); /* the same range three times */
	add(0x10, 0x10, 2);
	add(0x10, 0x10, 1);
	add(0x10, 0x10, 3);
	EXPECT_STR(sanitised(), "10-1f:3");
}

/* The picture that stands in Linux's source, one digit a byte, with our own digits. */
TEST(many_layers)
{
	static const char *const layers[] = {
		"    22                  ", "                      4 ", "    1111                ",
		" 44                     ", "11111111                ", "                    33  ",
		"           44           ", "          33333         ", "              22        ",
		"                   2222 ", "         111111111      ", "                     11 ",
		"                 4      ",
	};
	char want[25], got[25];

	start();
	memset(want, ' ', 24);
	for (unsigned int l = 0; l < ARRAY_SIZE(layers); l++) {
		for (unsigned int i = 0, k; i < 24; i = k) {
			for (k = i + 1; k < 24 && layers[l][k] == layers[l][i]; k++)
				;
			if (layers[l][i] != ' ')
				add(i, k - i, layers[l][i] - '0');
		}
		for (unsigned int i = 0; i < 24; i++)
			want[i] = max(want[i], layers[l][i]);
	}
	sanitised();
	memset(got, ' ', 24);
	for (unsigned int i = 0; i < t.nr_entries; i++)
		memset(got + t.entries[i].addr, '0' + t.entries[i].type, t.entries[i].size);
	want[24] = got[24] = 0;
	EXPECT_STR(got, want);
}

TEST(empty_and_wrapping)
{
	start();
	EXPECT_STR(sanitised(), "");
	add(0x1000, 0, 1);
	add(0x5000, 0x1000, 0); /* type 0 is no type */
	EXPECT_STR(sanitised(), "");
	add(~0xfffUL, 0x1000, 2); /* ends at 2^64 */
	EXPECT_STR(sanitised(), "fffffffffffff000-ffffffffffffffff:2");
	add(~0x1fffUL, 0x8000, 1); /* would wrap */
	EXPECT_STR(sanitised(),
		   "ffffffffffffe000-ffffffffffffefff:1 fffffffffffff000-ffffffffffffffff:2");
	add(0, ~0UL, 5);
	EXPECT_STR(sanitised(), "0-fffffffffffffffe:5 ffffffffffffffff-ffffffffffffffff:2");
	start();
	add(0, 1UL << 63, 2);
	add(1UL << 63, 1UL << 63, 2); /* all of it: 2^64 bytes are no number */
	EXPECT_STR(sanitised(), "0-fffffffffffffffe:2");
}

TEST(persistent_memory_is_not_merged)
{
	start();
	add(0x1000, 0x1000, E820_TYPE_PRAM);
	add(0x2000, 0x1000, E820_TYPE_PRAM);
	add(0x3000, 0x1000, E820_TYPE_PMEM);
	add(0x4000, 0x1000, E820_TYPE_PMEM);
	EXPECT_STR(sanitised(), "1000-1fff:12 2000-2fff:12 3000-4fff:7");
	start();
	add(0x1000, 0x1000, E820_TYPE_SOFT_RESERVED);
	add(0x2000, 0x1000, E820_TYPE_SOFT_RESERVED);
	EXPECT_STR(sanitised(), "1000-1fff:4026531839 2000-2fff:4026531839");
}

TEST(result_that_does_not_fit)
{
	start();
	/* Islands of type 2 in a sea of type 1: 2 n + 1 ranges. */
	for (unsigned int i = 0; i < E820_MAX_ENTRIES - 1; i++)
		add(0x1000 + i * 0x100, 0x10, 2);
	add(0, 0x1000000, 1);
	EXPECT_EQ(e820__range_add(&t, 0, 1, 1), -E2BIG);
	EXPECT(test_log_has("raise E820_MAX_ENTRIES"));
	EXPECT_EQ(e820__update_table(&t), -E2BIG);
	EXPECT_EQ(t.nr_entries, E820_MAX_ENTRIES);
	for (unsigned int i = 1; i < t.nr_entries; i++)
		EXPECT(t.entries[i].addr == t.entries[i - 1].addr + t.entries[i - 1].size);
}

TEST(update)
{
	start();
	add(0, 0x1000, 1);
	EXPECT_EQ(e820__range_update(&t, 0x400, 0x100, 1, 2), 0x100);
	EXPECT_STR(sanitised(), "0-3ff:1 400-4ff:2 500-fff:1");
	EXPECT(test_log_has("e820: update [mem 0x00000400-0x000004ff] usable ==> reserved\n"));
	EXPECT_EQ(e820__range_update(&t, 0, 0x450, 1, 3), 0x400);
	EXPECT_STR(sanitised(), "0-3ff:3 400-4ff:2 500-fff:1");
	EXPECT_EQ(e820__range_update(&t, 0x800, ~0UL, 1, 4), 0x800);
	EXPECT_STR(sanitised(), "0-3ff:3 400-4ff:2 500-7ff:1 800-fff:4");
	EXPECT_EQ(e820__range_update(&t, 0, ~0UL, 5, 1), 0);
	EXPECT_EQ(e820__range_update(&t, 0, 0, 3, 1), 0);
}

TEST(remove)
{
	start();
	add(0, 0x1000, 1);
	add(0x2000, 0x1000, 2);
	EXPECT_EQ(e820__range_remove(&t, 0x800, 0x1c00, 1, true), 0x800);
	EXPECT_STR(sanitised(), "0-7ff:1 2000-2fff:2");
	EXPECT(test_log_has("e820: remove [mem 0x00000800-0x000023ff] usable\n"));
	EXPECT_EQ(e820__range_remove(&t, 0x400, 0x1fff, 0, false), 0x400 + 0x3ff);
	EXPECT_STR(sanitised(), "0-3ff:1 23ff-2fff:2");
	EXPECT_EQ(e820__range_remove(&t, 0x10, 0x10, 0, false), 0x10);
	EXPECT_STR(sanitised(), "0-f:1 20-3ff:1 23ff-2fff:2");
}

TEST(printed_as_linux_prints)
{
	start();
	add(0, 0x9fc00, E820_TYPE_RAM);
	add(0x9fc00, 0x400, E820_TYPE_RESERVED);
	add(0x100000, 0x1000, E820_TYPE_ACPI);
	add(0x101000, 0x1000, E820_TYPE_NVS);
	add(0x102000, 0x1000, E820_TYPE_UNUSABLE);
	add(0x103000, 0x1000, E820_TYPE_PMEM);
	add(0x104000, 0x1000, E820_TYPE_PRAM);
	add(0x105000, 0x1000, 20);
	e820__print_table(&t, "BIOS-e820");
	EXPECT_STR(test_log(),
		   "BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable\n"
		   "BIOS-e820: [mem 0x000000000009fc00-0x000000000009ffff] reserved\n"
		   "BIOS-e820: [mem 0x0000000000100000-0x0000000000100fff] ACPI data\n"
		   "BIOS-e820: [mem 0x0000000000101000-0x0000000000101fff] ACPI NVS\n"
		   "BIOS-e820: [mem 0x0000000000102000-0x0000000000102fff] unusable\n"
		   "BIOS-e820: [mem 0x0000000000103000-0x0000000000103fff] persistent (type 7)\n"
		   "BIOS-e820: [mem 0x0000000000104000-0x0000000000104fff] persistent (type 12)\n"
		   "BIOS-e820: [mem 0x0000000000105000-0x0000000000105fff] type 20\n");
	/* As /proc/iomem of Linux 6.1 has them. */
	EXPECT_STR(e820_type_to_string(E820_TYPE_RAM), "System RAM");
	EXPECT_STR(e820_type_to_string(E820_TYPE_RESERVED), "Reserved");
	EXPECT_STR(e820_type_to_string(E820_TYPE_ACPI), "ACPI Tables");
	EXPECT_STR(e820_type_to_string(E820_TYPE_NVS), "ACPI Non-volatile Storage");
	EXPECT_STR(e820_type_to_string(E820_TYPE_UNUSABLE), "Unusable memory");
	EXPECT_STR(e820_type_to_string(E820_TYPE_PMEM), "Persistent Memory");
	EXPECT_STR(e820_type_to_string(E820_TYPE_PRAM), "Persistent Memory (legacy)");
	EXPECT_STR(e820_type_to_string(E820_TYPE_SOFT_RESERVED), "Soft Reserved");
	EXPECT_STR(e820_type_to_string(77), "Unknown E820 type");
}

static void pc_map(void)
{
	start();
	add(0, 0x9fc00, 1);
	add(0x100000, 0x1ff00000, 1);
	add(0xfffc0000, 0x40000, 2);
}

TEST(mem)
{
	pc_map();
	EXPECT_EQ(e820_parse_mem(&t, "128M"), 0);
	EXPECT_STR(sanitised(), "0-9fbff:1 100000-7ffffff:1 fffc0000-ffffffff:2");
	EXPECT_EQ(e820_parse_mem(&t, "0x100000"), 0);
	EXPECT_STR(sanitised(), "0-9fbff:1 fffc0000-ffffffff:2");
	EXPECT_EQ(e820_parse_mem(&t, "0"), -EINVAL);
	EXPECT_EQ(e820_parse_mem(&t, ""), -EINVAL);
	EXPECT_EQ(e820_parse_mem(&t, "12Q"), -EINVAL);
	EXPECT_EQ(e820_parse_mem(&t, "nopentium"), -EINVAL);
	EXPECT_EQ(e820_parse_mem(&t, "16E"), -EINVAL);
	EXPECT_STR(sanitised(), "0-9fbff:1 fffc0000-ffffffff:2");
}

TEST(memmap)
{
	pc_map();
	EXPECT_EQ(e820_parse_memmap(&t, "64K$0x10000,4K#0x8000"), 0);
	EXPECT_STR(sanitised(), "0-7fff:1 8000-8fff:3 9000-ffff:1 10000-1ffff:2 20000-9fbff:1 "
				"100000-1fffffff:1 fffc0000-ffffffff:2");
	pc_map();
	EXPECT_EQ(e820_parse_memmap(&t, "16M!256M"), 0);
	EXPECT_STR(sanitised(), "0-9fbff:1 100000-fffffff:1 10000000-10ffffff:12 "
				"11000000-1fffffff:1 fffc0000-ffffffff:2");
	EXPECT_EQ(e820_parse_memmap(&t, "exactmap,640K@0,255M@1M"), 0);
	EXPECT_STR(sanitised(), "0-9ffff:1 100000-fffffff:1");
	EXPECT_EQ(e820_parse_memmap(&t, "32M"), 0);
	EXPECT_STR(sanitised(), "0-9ffff:1 100000-1ffffff:1");
	pc_map();
	EXPECT_EQ(e820_parse_memmap(&t, "1M%16M-1+12,1M%17M-1+12,1M%20M-2+4"), 0);
	EXPECT_STR(sanitised(), "0-9fbff:1 100000-ffffff:1 1000000-10fffff:12 1100000-11fffff:12 "
				"1200000-1fffffff:1 fffc0000-ffffffff:2");
	EXPECT_EQ(e820_parse_memmap(&t, "1M%16M-12"), 0);		  /* taken away */
	EXPECT_EQ(e820_parse_memmap(&t, "0xff00000%18M"), 0);		  /* whatever it is */
	EXPECT_EQ(e820_parse_memmap(&t, "4K%0x40000000-+0xefffffff"), 0); /* added */
	EXPECT_STR(sanitised(), "0-9fbff:1 100000-ffffff:1 1100000-11fffff:12 "
				"11100000-1fffffff:1 40000000-40000fff:4026531839 "
				"fffc0000-ffffffff:2");
}

TEST(memmap_that_cannot_be_understood)
{
	static const char *const bad[] = {
		"",
		",",
		"@1M",
		"1M@",
		"1M@x",
		"1M@1Mx",
		"1M?1M",
		"0@1M",
		"exactmapp",
		"1M@1M@1M",
		"2M@0xffffffffffffffff",
		"1M@16E",
		"16E$1",
		"16E@0",
		"exact",
		"1M%1M-1+2x",
		"1M%-1+2",
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		pc_map();
		test_log_clear();
		EXPECT_EQ(e820_parse_memmap(&t, bad[i]), -EINVAL);
		EXPECT(test_log_has("ignored"));
		EXPECT_STR(sanitised(), "0-9fbff:1 100000-1fffffff:1 fffc0000-ffffffff:2");
	}
	test_log_clear();
	EXPECT_EQ(e820_parse_memmap(&t, "16E$1"), -EINVAL);
	EXPECT_STR(test_log(), "e820: memmap=16E$1 ignored: the size overflows 64 bits\n");
	pc_map();
	EXPECT_EQ(e820_parse_memmap(&t, "4K$4K,nonsense,4K$8K"), -EINVAL);
	EXPECT_STR(sanitised(), "0-fff:1 1000-2fff:2 3000-9fbff:1 100000-1fffffff:1 "
				"fffc0000-ffffffff:2");
}

TEST(mapped_all)
{
	start();
	add(0x1000, 0x1000, 1);
	add(0x2000, 0x1000, 2);
	add(0x4000, 0x1000, 1);
	add(~0xfffUL, 0x1000, 2);
	sanitised();
	e820_table = t;
	EXPECT(e820__mapped_all(0x1000, 0x2000, 1));
	EXPECT(!e820__mapped_all(0x1000, 0x2001, 1));
	EXPECT(e820__mapped_all(0x1800, 0x3000, 0));
	EXPECT(!e820__mapped_all(0x1800, 0x3001, 0));
	EXPECT(!e820__mapped_all(0xfff, 0x2000, 0));
	EXPECT(e820__mapped_all(~0xfffUL, ~0UL, 2));
}

/* ---- random tables against an oracle that knows only single addresses ---- */

enum { SPACE = 192 };
static unsigned char oracle[SPACE];

static u32 random_type(void)
{
	static const u32 types[] = { 1, 1, 1, 2, 2, 3, 4, 5, 7, 12, 20 };

	return types[test_random() % ARRAY_SIZE(types)];
}

static void check_against_oracle(void)
{
	unsigned char got[SPACE];
	u64 end = 0;

	sanitised();
	memset(got, 0, sizeof(got));
	for (unsigned int i = 0; i < t.nr_entries; i++) {
		const struct e820_entry *e = &t.entries[i];

		EXPECT(e->size && e->addr >= end && e->addr + e->size <= SPACE);
		if (i && e->addr == end) /* neighbours differ, else they would be one */
			EXPECT(e->type != e[-1].type || e->type == E820_TYPE_PRAM);
		end = e->addr + e->size;
		memset(got + e->addr, e->type, e->size);
	}
	EXPECT_EQ(memcmp(got, oracle, SPACE), 0);
}

TEST(random_against_a_byte_map)
{
	for (int round = 0; round < 2000; round++) {
		start();
		memset(oracle, 0, SPACE);
		for (int n = test_random() % 20; n >= 0; n--) {
			u64 a = test_random() % SPACE, size = test_random() % (SPACE - a + 1);
			u32 type = random_type();

			add(a, size, type);
			for (; size--; a++)
				oracle[a] = max((u32)oracle[a], type);
		}
		check_against_oracle();
		for (int n = 0; n < 6; n++) {
			u64 a = test_random() % SPACE, size = test_random() % (SPACE - a + 1);
			u32 from = random_type(), to = random_type();
			bool remove = test_random() & 1, any = remove && (test_random() & 1);
			u64 changed = 0, want = 0;

			if (from == to)
				continue;
			changed = remove ? e820__range_remove(&t, a, size, from, !any) :
					   e820__range_update(&t, a, size, from, to);
			for (; size--; a++)
				if (oracle[a] && (any || oracle[a] == from)) {
					oracle[a] = remove ? 0 : to;
					want++;
				}
			EXPECT_EQ(changed, want);
			check_against_oracle();
		}
	}
}
