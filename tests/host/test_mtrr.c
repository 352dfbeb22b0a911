// SPDX-License-Identifier: MIT
// sources: mm/mtrr.c
/*
 * Reading MTRRs from registers as firmware leaves them, and the types that follow:
 * the examples and tables of SDM 3A, 11.11, and random registers against the
 * manual's rules applied to one address at a time.
 */
#include "mm/mtrr.h"
#include "tests/host/test.h"

#define UC MTRR_TYPE_UNCACHABLE
#define WC MTRR_TYPE_WRCOMB
#define WT MTRR_TYPE_WRTHROUGH
#define WP MTRR_TYPE_WRPROT
#define WB MTRR_TYPE_WRBACK

#define MIB 0x100000ULL
#define GIB 0x40000000ULL

static u64 msrs[0x300]; /* 0xfe: cap; 0x200-0x26f: ranges; 0x2ff: default */

static u64 read_fake(u32 msr)
{
	EXPECT(msr < ARRAY_SIZE(msrs));
	return msrs[msr];
}

static void clear_msrs(unsigned int nr_var, u64 def)
{
	memset(msrs, 0, sizeof(msrs));
	msrs[0xfe] = nr_var | BIT(8) | BIT(10);
	msrs[0x2ff] = def;
}

static void set_var(unsigned int n, u64 base, u64 mask, u8 type)
{
	msrs[0x200 + 2 * n] = base | type;
	msrs[0x201 + 2 * n] = mask | BIT(11);
}

static enum mtrr_type type_at(const struct mtrr_state *state, phys_addr_t addr)
{
	phys_addr_t next;
	enum mtrr_type type = mtrr_type_at(state, addr, &next);

	EXPECT(next > addr);
	return type;
}

/*
 * SDM 3A, example 11-2: 36 bits; 0-64M and 64-96M write-back with a UC hole of 1M
 * below the end, 96-100M write-back, 64-68M uncachable in it, WC at 0xa0000000.
 */
TEST(example_of_the_manual)
{
	struct mtrr_state s = { 0 };
	bool uniform;

	clear_msrs(8, BIT(11) | UC);
	set_var(0, 0x00000000, 0xffc000000, WB);
	set_var(1, 0x04000000, 0xffe000000, WB);
	set_var(2, 0x06000000, 0xfffc00000, WB);
	set_var(3, 0x04000000, 0xfffc00000, UC);
	set_var(4, 0x00f00000, 0xffff00000, UC);
	set_var(5, 0xa0000000, 0xfff800000, WC);
	mtrr_read(&s, read_fake, 36);
	EXPECT(s.enabled && !s.fixed);
	EXPECT_EQ(s.nr_var, 6);
	EXPECT_EQ(s.var[0].size, 64 * MIB);
	EXPECT_EQ(s.var[2].size, 4 * MIB);
	EXPECT_EQ(s.var[5].size, 8 * MIB);
	EXPECT_EQ(type_at(&s, 0), WB);
	EXPECT_EQ(type_at(&s, 15 * MIB - 1), WB);
	EXPECT_EQ(type_at(&s, 15 * MIB), UC);
	EXPECT_EQ(type_at(&s, 16 * MIB), WB);
	EXPECT_EQ(type_at(&s, 64 * MIB), UC); /* two registers: uncachable wins */
	EXPECT_EQ(type_at(&s, 68 * MIB), WB);
	EXPECT_EQ(type_at(&s, 100 * MIB - 1), WB);
	EXPECT_EQ(type_at(&s, 100 * MIB), UC);
	EXPECT_EQ(type_at(&s, 0xa0000000), WC);
	EXPECT_EQ(type_at(&s, 0xa0800000), UC);
	EXPECT_EQ(mtrr_range_type(&s, 16 * MIB, 64 * MIB, &uniform), WB);
	EXPECT(uniform);
	EXPECT_EQ(mtrr_range_type(&s, 0, 64 * MIB, &uniform), UC);
	EXPECT(!uniform);
	EXPECT_EQ(mtrr_range_type(&s, 68 * MIB, 100 * MIB, &uniform), WB); /* over two registers */
	EXPECT(uniform);
	EXPECT_EQ(mtrr_range_run(&s, 68 * MIB, GIB, NULL), 100 * MIB);
}

/* As SeaBIOS leaves a q35 with 40 bits. */
TEST(seabios)
{
	struct mtrr_state s = { 0 };

	clear_msrs(8, BIT(11) | BIT(10) | WB);
	for (unsigned int i = 0; i < 8; i++)
		msrs[0x268 + i] = 0x0505050505050505;
	msrs[0x250] = msrs[0x258] = 0x0606060606060606;
	set_var(0, 0x80000000, 0xff80000000, UC);
	mtrr_read(&s, read_fake, 40);
	EXPECT(s.enabled && s.fixed);
	EXPECT_EQ(s.nr_var, 1);
	EXPECT_EQ(s.var[0].size, 2 * GIB);
	EXPECT_EQ(type_at(&s, 0x9ffff), WB);
	EXPECT_EQ(type_at(&s, 0xa0000), UC);
	EXPECT_EQ(type_at(&s, 0xbffff), UC);
	EXPECT_EQ(type_at(&s, 0xc0000), WP);
	EXPECT_EQ(type_at(&s, 0xfffff), WP);
	EXPECT_EQ(type_at(&s, 0x100000), WB);
	EXPECT_EQ(type_at(&s, 0xfed00000), UC);
	EXPECT_EQ(type_at(&s, 4 * GIB), WB);
	EXPECT_EQ(mtrr_range_run(&s, 0, GIB, NULL), 0xa0000);
	EXPECT_EQ(mtrr_range_run(&s, 0xa0000, GIB, NULL), 0xc0000);
	EXPECT_EQ(mtrr_range_run(&s, 0x100000, 4 * GIB, NULL), 2 * GIB);
	EXPECT_EQ(mtrr_range_type(&s, GIB, 3 * GIB, NULL), UC);
}

/* Each fixed register's each byte holds where figure 11-4 and table 11-9 put it. */
TEST(fixed_ranges)
{
	static const struct {
		u32 msr, base, step;
	} regs[] = {
		{ 0x250, 0x00000, 0x10000 }, { 0x258, 0x80000, 0x4000 }, { 0x259, 0xa0000, 0x4000 },
		{ 0x268, 0xc0000, 0x1000 },  { 0x269, 0xc8000, 0x1000 }, { 0x26a, 0xd0000, 0x1000 },
		{ 0x26b, 0xd8000, 0x1000 },  { 0x26c, 0xe0000, 0x1000 }, { 0x26d, 0xe8000, 0x1000 },
		{ 0x26e, 0xf0000, 0x1000 },  { 0x26f, 0xf8000, 0x1000 },
	};
	struct mtrr_state s = { 0 };

	for (unsigned int r = 0; r < ARRAY_SIZE(regs); r++) {
		for (unsigned int byte = 0; byte < 8; byte++) {
			u32 first = regs[r].base + byte * regs[r].step;
			phys_addr_t next;

			clear_msrs(0, BIT(11) | BIT(10) | UC);
			msrs[regs[r].msr] = (u64)WT << 8 * byte;
			mtrr_read(&s, read_fake, 36);
			EXPECT_EQ(type_at(&s, first), WT);
			EXPECT_EQ(type_at(&s, first + regs[r].step - 1), WT);
			EXPECT_EQ(mtrr_type_at(&s, first + 5, &next), WT);
			EXPECT_EQ(next, first + regs[r].step);
			EXPECT_EQ(type_at(&s, first + regs[r].step), UC);
			if (first)
				EXPECT_EQ(type_at(&s, first - 1), UC);
		}
	}
}

TEST(disabled_or_absent)
{
	struct mtrr_state s = { 0 };

	EXPECT_EQ(type_at(&s, 0x1234), WB); /* no MTRRs at all */
	clear_msrs(8, BIT(10) | WB);	    /* SDM 3A, 11.11.2.1: E clear is UC everywhere */
	set_var(0, 0, 0xfc0000000, WB);
	mtrr_read(&s, read_fake, 36);
	EXPECT_EQ(type_at(&s, 0), UC);
	EXPECT_EQ(type_at(&s, 4 * GIB), UC);
	msrs[0xfe] &= ~BIT(8); /* no fixed ones, though FE is set */
	msrs[0x2ff] |= BIT(11);
	mtrr_read(&s, read_fake, 36);
	EXPECT(!s.fixed);
	EXPECT_EQ(type_at(&s, 0xa0000), WB);
}

/* MTRRCAP says how many there are; more than the MSRs have room for is a lie. */
TEST(number_of_registers)
{
	struct mtrr_state s = { 0 };

	clear_msrs(3, BIT(11) | WB);
	for (unsigned int n = 0; n < MTRR_MAX_VAR; n++)
		set_var(n, n * GIB, 0xfc0000000, UC);
	mtrr_read(&s, read_fake, 36);
	EXPECT_EQ(s.nr_var, 3);
	EXPECT_EQ(type_at(&s, 3 * GIB), WB);
	msrs[0xfe] = 255;
	mtrr_read(&s, read_fake, 36);
	EXPECT_EQ(s.nr_var, MTRR_MAX_VAR);
	msrs[0x203] = 0; /* not valid */
	mtrr_read(&s, read_fake, 36);
	EXPECT_EQ(s.nr_var, MTRR_MAX_VAR - 1);
	EXPECT_EQ(s.var[1].reg, 2);
}

TEST(nonsense_is_said)
{
	struct mtrr_state s = { 0 };

	clear_msrs(2, BIT(11) | 3);
	set_var(0, 0, 0xfc0000000, 7);
	mtrr_read(&s, read_fake, 36);
	EXPECT(test_log_has("register 0 type 7"));
	EXPECT(test_log_has("type 3"));
	EXPECT_EQ(type_at(&s, 0), UC);
	EXPECT_EQ(type_at(&s, GIB), UC);
}

/* Firmware that reckons with 36 bits on a processor with 40. */
TEST(short_mask)
{
	struct mtrr_state s = { 0 };

	clear_msrs(1, BIT(11) | WB);
	set_var(0, 0xc0000000, 0xfc0000000, UC);
	mtrr_read(&s, read_fake, 40);
	EXPECT(!s.var[0].holes);
	EXPECT_EQ(s.var[0].size, GIB);
	EXPECT_EQ(type_at(&s, 0xc0000000), UC);
	EXPECT_EQ(type_at(&s, 0x10c0000000), WB); /* not again at each 64 GiB */
}

/* SDM 3A, 11.11.4: a mask need not be one run of bits. */
TEST(mask_with_holes)
{
	struct mtrr_state s = { 0 };
	phys_addr_t next;
	bool uniform;

	clear_msrs(1, BIT(11) | WB);
	set_var(0, 0x1000, 0xfffff1000, UC); /* bits 13-15 do not count: every odd page of 64 KiB */
	mtrr_read(&s, read_fake, 36);
	EXPECT(s.var[0].holes);
	EXPECT_EQ(mtrr_type_at(&s, 0, &next), WB);
	EXPECT_EQ(next, 0x1000);
	EXPECT_EQ(type_at(&s, 0x1000), UC);
	EXPECT_EQ(type_at(&s, 0x2000), WB);
	EXPECT_EQ(type_at(&s, 0xf000), UC);
	EXPECT_EQ(type_at(&s, 0x11000), WB);
	mtrr_range_type(&s, 0, GIB, &uniform);
	EXPECT(!uniform);
	/* Bounded, also where such a mask has a million edges. */
	set_var(0, 0, 0x800001000, UC);
	mtrr_read(&s, read_fake, 36);
	EXPECT_EQ(mtrr_range_type(&s, 0, 64 * GIB, &uniform), UC);
	EXPECT(!uniform);
}

/* Each kind of edge may be the last there is; who asks behind it is spared the walk. */
TEST(last_edge)
{
	struct mtrr_state s = { 0 };

	EXPECT_EQ(mtrr_last_edge(&s), 0); /* no MTRRs at all */
	clear_msrs(1, BIT(10) | WB);
	mtrr_read(&s, read_fake, 36);
	EXPECT_EQ(mtrr_last_edge(&s), 0); /* disabled */
	msrs[0x2ff] |= BIT(11);
	mtrr_read(&s, read_fake, 36);
	EXPECT_EQ(mtrr_last_edge(&s), MTRR_FIXED_END);
	set_var(0, 0xc0000000, 0xfc0000000, UC);
	mtrr_read(&s, read_fake, 36);
	EXPECT_EQ(mtrr_last_edge(&s), 4 * GIB);
	s.tom2 = 6 * GIB;
	EXPECT_EQ(mtrr_last_edge(&s), 6 * GIB);
	set_var(0, 0, 0x800001000, UC); /* far too many to look at: there may always be one more */
	mtrr_read(&s, read_fake, 36);
	EXPECT_EQ(mtrr_last_edge(&s), ~0ULL);
}

/* AMD APM 2, 7.9.1: only what is there by default changes. */
TEST(tom2)
{
	struct mtrr_state s = { .tom2 = 6 * GIB };

	clear_msrs(2, BIT(11) | UC);
	set_var(0, 0, 0xf80000000, WB);
	set_var(1, 5 * GIB, 0xff0000000, WC);
	mtrr_read(&s, read_fake, 36);
	EXPECT_EQ(type_at(&s, GIB), WB);
	EXPECT_EQ(type_at(&s, 3 * GIB), UC);
	EXPECT_EQ(type_at(&s, 4 * GIB), WB);
	EXPECT_EQ(type_at(&s, 5 * GIB), WC);
	EXPECT_EQ(type_at(&s, 6 * GIB - 1), WB);
	EXPECT_EQ(type_at(&s, 6 * GIB), UC);
	EXPECT_EQ(mtrr_range_run(&s, 2 * GIB, 8 * GIB, NULL), 4 * GIB);
	EXPECT_EQ(mtrr_range_run(&s, 4 * GIB, 8 * GIB, NULL), 5 * GIB);
}

/* SDM 3A, table 11-7, line by line. */
TEST(effective_types)
{
	static const struct {
		enum mtrr_type mtrr;
		const char *uc, *uc_minus, *wc, *wt, *wb, *wp; /* by the page's type */
	} table[] = {
		{ UC, "UC", "UC", "WC", "UC", "UC", "UC" },
		{ WC, "UC", "WC", "WC", "UC", "WC", "UC" },
		{ WT, "UC", "UC", "WC", "WT", "WT", "WP" },
		{ WB, "UC", "UC", "WC", "WT", "WB", "WP" },
		{ WP, "UC", "WC", "WC", "WT", "WP", "WP" },
	};
	static const char *const names[] = {
		[_PAGE_CACHE_MODE_UC] = "UC", [_PAGE_CACHE_MODE_WC] = "WC",
		[_PAGE_CACHE_MODE_WT] = "WT", [_PAGE_CACHE_MODE_WB] = "WB",
		[_PAGE_CACHE_MODE_WP] = "WP", [_PAGE_CACHE_MODE_UC_MINUS] = "UC-",
	};

#define EFFECTIVE(mode) names[effective_memory_type(_PAGE_CACHE_MODE_##mode, table[i].mtrr)]
	for (unsigned int i = 0; i < ARRAY_SIZE(table); i++) {
		EXPECT_STR(EFFECTIVE(UC), table[i].uc);
		EXPECT_STR(EFFECTIVE(UC_MINUS), table[i].uc_minus);
		EXPECT_STR(EFFECTIVE(WC), table[i].wc);
		EXPECT_STR(EFFECTIVE(WT), table[i].wt);
		EXPECT_STR(EFFECTIVE(WB), table[i].wb);
		EXPECT_STR(EFFECTIVE(WP), table[i].wp);
	}
}

/* ---------------------------------------------------------------- random registers */

/* SDM 3A, 11.11.4.1, for one address, straight from the registers. */
static u8 by_the_manual(phys_addr_t addr)
{
	u8 type = 0xff;

	for (unsigned int n = 0; n < (msrs[0xfe] & 0xff); n++) {
		u64 base = msrs[0x200 + 2 * n], mask = msrs[0x201 + 2 * n];
		u8 here = base & 0xff;

		if (!(mask & BIT(11)) || ((addr ^ base) & mask & 0xffffff000))
			continue;
		if (type == 0xff || type == here)
			type = here;
		else if ((type == WB && here == WT) || (type == WT && here == WB))
			type = WT;
		else
			type = UC;
	}
	return type == 0xff ? msrs[0x2ff] & 0xff : type;
}

static void random_registers(struct mtrr_state *s)
{
	static const u8 types[] = { UC, WC, WT, WP, WB, WB, WT };
	unsigned int nr = test_random() % 9;

	clear_msrs(nr, BIT(11) | types[test_random() % ARRAY_SIZE(types)]);
	for (unsigned int n = 0; n < nr; n++) {
		u64 size = PAGE_SIZE << test_random() % 7;
		u64 base = test_random() % 64 * PAGE_SIZE & -size;

		set_var(n, base, -size & 0xffffff000, types[test_random() % ARRAY_SIZE(types)]);
		if (test_random() % 4 == 0)
			msrs[0x201 + 2 * n] = 0;
	}
	mtrr_read(s, read_fake, 36);
}

/* Where the highest register ends: from there on nothing but the default holds. */
static phys_addr_t highest_end(void)
{
	phys_addr_t end = 0;

	for (unsigned int n = 0; n < (msrs[0xfe] & 0xff); n++) {
		u64 base = msrs[0x200 + 2 * n] & PAGE_MASK, mask = msrs[0x201 + 2 * n] & PAGE_MASK;

		if (msrs[0x201 + 2 * n] & BIT(11))
			end = max(end, base + (0x1000000000 - mask));
	}
	return end;
}

/*
 * From the last edge on the type stays, and nowhere sooner may anybody rely on that.  It
 * may be an edge at which the type happens to stay too, where registers agree: true when
 * this is one at which it does not.
 */
static bool check_last_edge(const struct mtrr_state *s)
{
	phys_addr_t edge = mtrr_last_edge(s), below = edge - PAGE_SIZE;
	bool changes = edge && by_the_manual(below) != by_the_manual(edge);

	EXPECT_EQ(edge, highest_end());
	EXPECT_EQ(mtrr_range_run(s, edge, ~0ULL, NULL), ~0ULL);
	for (phys_addr_t p = edge; p < edge + 80 * PAGE_SIZE; p += PAGE_SIZE)
		EXPECT_EQ(type_at(s, p), by_the_manual(edge));
	if (edge)
		EXPECT_EQ(mtrr_range_run(s, below, ~0ULL, NULL), changes ? edge : ~0ULL);
	return changes;
}

TEST(random_against_the_manual)
{
	struct mtrr_state s = { 0 };
	unsigned int edges = 0;

	for (unsigned int round = 0; round < 5000; round++) {
		phys_addr_t at, next, end;
		bool uniform;
		u8 first;

		random_registers(&s);
		edges += check_last_edge(&s);
		for (at = 0; at < 80 * PAGE_SIZE; at += PAGE_SIZE) {
			EXPECT_EQ(mtrr_type_at(&s, at, &next), by_the_manual(at));
			for (phys_addr_t p = at; p < next && p < 80 * PAGE_SIZE; p += PAGE_SIZE)
				EXPECT_EQ(by_the_manual(p), by_the_manual(at));
		}
		at = test_random() % 64 * PAGE_SIZE;
		end = at + (1 + test_random() % 64) * PAGE_SIZE;
		first = mtrr_range_type(&s, at, end, &uniform);
		next = at;
		while (next < end && by_the_manual(next) == by_the_manual(at))
			next += PAGE_SIZE;
		EXPECT_EQ(mtrr_range_run(&s, at, end, NULL), next);
		EXPECT_EQ(uniform, next == end);
		if (uniform)
			EXPECT_EQ(first, by_the_manual(at));
	}
	EXPECT(edges > 2000);
}

/* SDM 4, table 2-2: eight pairs, eleven fixed ones, and the default behind them. */
TEST(registers_of_a_processor)
{
	u32 msrs[MTRR_MAX_REGISTERS];

	ASSERT(mtrr_list_registers(8 | BIT(8), msrs) == 28);
	EXPECT_EQ(msrs[0], 0x200);
	EXPECT_EQ(msrs[15], 0x20f);
	EXPECT_EQ(msrs[16], 0x250);
	EXPECT_EQ(msrs[17], 0x258);
	EXPECT_EQ(msrs[19], 0x268);
	EXPECT_EQ(msrs[26], 0x26f);
	EXPECT_EQ(msrs[27], 0x2ff);
	EXPECT_EQ(mtrr_list_registers(8, msrs), 17);
	EXPECT_EQ(mtrr_list_registers(0xff | BIT(8), msrs), MTRR_MAX_REGISTERS);
}
