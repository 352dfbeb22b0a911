// SPDX-License-Identifier: MIT
// sources: mm/memtype.c mm/memtype_tree.c kernel/lib/tree.c
/*
 * Memory types against flat lists: a list of reservations for devices, a type per
 * page for RAM.  The machine here: pages 0-127 are a device's, 128-255 are RAM,
 * 256 and up a device's again; the MTRRs have 96-127 uncachable, all else write-back.
 */
#include "mm/memtype.h"
#include "mm/memtype_tree.h"
#include "mm/mtrr.h"
#include "mm/page_alloc.h"
#include "tests/host/test.h"

#define RAM_START 128
#define RAM_END	  256
#define MTRR_UC	  96
#define MAX_LIVE  64

#define PAGE(n) PFN_PHYS(n)

static const enum page_cache_mode modes[] = {
	_PAGE_CACHE_MODE_WB, _PAGE_CACHE_MODE_WC, _PAGE_CACHE_MODE_UC_MINUS,
	_PAGE_CACHE_MODE_UC, _PAGE_CACHE_MODE_WT,
};

/* Each mode has bits of its own, as a PAT gives them. */
u64 cache_mode_bits[] = {
	[_PAGE_CACHE_MODE_WB] = 0,
	[_PAGE_CACHE_MODE_WC] = _PAGE_PWT,
	[_PAGE_CACHE_MODE_UC_MINUS] = _PAGE_PCD,
	[_PAGE_CACHE_MODE_UC] = _PAGE_PCD | _PAGE_PWT,
	[_PAGE_CACHE_MODE_WT] = _PAGE_PAT | _PAGE_PCD | _PAGE_PWT,
	[_PAGE_CACHE_MODE_WP] = _PAGE_PAT | _PAGE_PWT,
};

bool pfn_valid(unsigned long pfn)
{
	return pfn >= RAM_START && pfn < RAM_END;
}

unsigned long max_pfn = RAM_END;

unsigned long __pfn_first_ram(unsigned long start, unsigned long end)
{
	unsigned long pfn = max(start, (unsigned long)RAM_START);

	return pfn < end && pfn < RAM_END ? pfn : end;
}

unsigned long pfn_first_hole(unsigned long start, unsigned long end)
{
	return pfn_valid(start) ? min(end, (unsigned long)RAM_END) : start;
}

enum mtrr_type mtrr_type_lookup(phys_addr_t start, phys_addr_t end, bool *uniform)
{
	EXPECT(!uniform);
	return start < PAGE(RAM_START) && end > PAGE(MTRR_UC) ? MTRR_TYPE_UNCACHABLE :
								MTRR_TYPE_WRBACK;
}

static enum page_cache_mode random_mode(void)
{
	return modes[test_random() % ARRAY_SIZE(modes)];
}

static void random_range(unsigned long limit, unsigned long *start, unsigned long *end)
{
	unsigned long most = test_random() % 8 ? 4 : limit / 2;

	*start = test_random() % limit;
	*end = min(limit, *start + 1 + test_random() % most);
}

/* ---------------------------------------------------------------- one at a time */

static int reserve(struct memtype *m, unsigned long start, unsigned long end,
		   enum page_cache_mode want, enum page_cache_mode *got)
{
	int err = memtype_add(m, PAGE(start), PAGE(end), want, 0x1234);

	*got = m->type;
	return err;
}

/*
 * What Linux grants to the second of two who map one page (is_new_memtype_allowed);
 * but uncached over write-back, which it lets pass, is refused as uncached-minus is.
 */
TEST(second_request)
{
	/* rows: who is there; columns: who asks; both WB WC UC- UC WT */
	static const bool works[5][5] = {
		{ 1, 0, 0, 0, 0 }, /* write-back: nobody else */
		{ 1, 1, 1, 1, 0 }, /* write-combining */
		{ 1, 1, 1, 1, 1 }, { 1, 1, 1, 1, 1 }, { 1, 1, 1, 1, 1 }, /* write-through */
	};

	for (unsigned int there = 0; there < 5; there++) {
		for (unsigned int asks = 0; asks < 5; asks++) {
			/* The same range, a part, what holds it, what leaves it on either side. */
			for (unsigned int shape = 0; shape < 5; shape++) {
				static const u8 shapes[5][2] = {
					{ 10, 20 }, { 12, 13 }, { 9, 21 }, { 5, 11 }, { 19, 30 }
				};
				enum page_cache_mode got;
				struct memtype a, b;
				int err;

				ASSERT(reserve(&a, 10, 20, modes[there], &got) == 0);
				EXPECT_EQ(got, modes[there]);
				err = reserve(&b, shapes[shape][0], shapes[shape][1], modes[asks],
					      &got);
				EXPECT_EQ(err, works[there][asks] ? 0 : -EBUSY);
				if (!err) {
					EXPECT_EQ(got, modes[there]);
					memtype_del(&b);
				}
				EXPECT_EQ(nr_memtypes(), 1);
				memtype_del(&a);
			}
		}
	}
	EXPECT_EQ(nr_memtypes(), 0);
}

TEST(conflict_is_named)
{
	struct memtype a, b;
	enum page_cache_mode got;

	ASSERT(reserve(&a, 16, 32, _PAGE_CACHE_MODE_WB, &got) == 0);
	EXPECT_EQ(memtype_add(&b, PAGE(20), PAGE(21), _PAGE_CACHE_MODE_WC, 0x5678), -EBUSY);
	EXPECT_STR(test_log(),
		   "memtype: [mem 0x00014000-0x00014fff] cannot be write-combining for 0x5678:"
		   " [mem 0x00010000-0x0001ffff] is write-back for 0x1234\n");
	memtype_del(&a);
}

/* Neighbours do not meet; a range over two types is nobody's. */
TEST(between_two_types)
{
	struct memtype a, b, c;
	enum page_cache_mode got;

	ASSERT(reserve(&a, 10, 12, _PAGE_CACHE_MODE_WC, &got) == 0);
	ASSERT(reserve(&b, 14, 16, _PAGE_CACHE_MODE_UC_MINUS, &got) == 0);
	EXPECT_EQ(reserve(&c, 12, 14, _PAGE_CACHE_MODE_WT, &got), 0);
	EXPECT_EQ(got, _PAGE_CACHE_MODE_WT);
	memtype_del(&c);
	EXPECT_EQ(reserve(&c, 11, 15, _PAGE_CACHE_MODE_UC, &got), -EBUSY);
	EXPECT_EQ(reserve(&c, 11, 14, _PAGE_CACHE_MODE_UC, &got), 0);
	EXPECT_EQ(got, _PAGE_CACHE_MODE_WC);
	memtype_del(&c);
	memtype_del(&a);
	memtype_del(&b);
}

/* Of a CPU that has none (SDM 3A, table 11-11) nobody is told that it combines writes: it would not. */
TEST(without_a_pat_what_is_recorded_is_what_is_mapped)
{
	u64 *wc = &cache_mode_bits[_PAGE_CACHE_MODE_WC],
	    *wt = &cache_mode_bits[_PAGE_CACHE_MODE_WT];
	u64 with_pat[] = { *wc, *wt };
	enum page_cache_mode got;
	unsigned long holder;
	struct memtype m;

	*wc = *wt = _PAGE_PCD;
	ASSERT(reserve(&m, 10, 12, _PAGE_CACHE_MODE_WC, &got) == 0);
	EXPECT_EQ(got, _PAGE_CACHE_MODE_UC_MINUS);
	memtype_del(&m);
	ASSERT(reserve(&m, 10, 12, _PAGE_CACHE_MODE_WT, &got) == 0);
	EXPECT_EQ(got, _PAGE_CACHE_MODE_UC_MINUS);
	memtype_del(&m);
	ASSERT(reserve(&m, 10, 12, _PAGE_CACHE_MODE_UC, &got) == 0);
	EXPECT_EQ(got, _PAGE_CACHE_MODE_UC);
	memtype_del(&m);
	ASSERT(memtype_reserve_ram(PAGE(130), PAGE(131), _PAGE_CACHE_MODE_WC, 1) == 0);
	EXPECT(memtype_lookup(PAGE(130), &got, &holder));
	EXPECT_EQ(got, _PAGE_CACHE_MODE_UC_MINUS);
	EXPECT_EQ(memtype_free_ram(PAGE(130), PAGE(131)), 0);
	*wc = with_pat[0];
	*wt = with_pat[1];
}

/* What an MTRR makes uncachable is granted as that, and stays so for who comes later. */
TEST(mtrr_has_a_say)
{
	struct memtype a, b;
	enum page_cache_mode got;

	EXPECT_EQ(reserve(&a, MTRR_UC - 1, MTRR_UC, _PAGE_CACHE_MODE_WB, &got), 0);
	EXPECT_EQ(got, _PAGE_CACHE_MODE_WB);
	memtype_del(&a);
	EXPECT_EQ(reserve(&a, MTRR_UC - 1, MTRR_UC + 1, _PAGE_CACHE_MODE_WB, &got), 0);
	EXPECT_EQ(got, _PAGE_CACHE_MODE_UC_MINUS);
	EXPECT_EQ(reserve(&b, MTRR_UC, MTRR_UC + 1, _PAGE_CACHE_MODE_UC, &got), 0);
	EXPECT_EQ(got, _PAGE_CACHE_MODE_UC_MINUS);
	memtype_del(&a);
	memtype_del(&b);
	EXPECT_EQ(reserve(&a, MTRR_UC, MTRR_UC + 1, _PAGE_CACHE_MODE_WT, &got), 0);
	EXPECT_EQ(got, _PAGE_CACHE_MODE_WT);
	memtype_del(&a);
}

/* Several mappings of one range are one node; any of them may go first. */
TEST(same_range)
{
	struct memtype m[4];
	enum page_cache_mode got;

	for (unsigned int first = 0; first < 4; first++) {
		for (unsigned int i = 0; i < 4; i++)
			ASSERT(reserve(&m[i], 7, 9, _PAGE_CACHE_MODE_UC_MINUS, &got) == 0);
		EXPECT_EQ(nr_memtypes(), 4);
		for (unsigned int i = 0; i < 4; i++) {
			struct memtype other;

			EXPECT_EQ(reserve(&other, 8, 20, _PAGE_CACHE_MODE_WC, &got), 0);
			EXPECT_EQ(got, _PAGE_CACHE_MODE_UC_MINUS);
			memtype_del(&other);
			memtype_del(&m[(first + i) % 4]);
		}
		EXPECT_EQ(nr_memtypes(), 0);
	}
}

/* RAM in part, or in parts of pages, is nothing that a caller may ask for. */
TEST(only_whole_ram)
{
	expect_warns(4);
	EXPECT_EQ(memtype_reserve_ram(PAGE(130), PAGE(130), _PAGE_CACHE_MODE_WC, 1), -EINVAL);
	EXPECT_EQ(memtype_reserve_ram(PAGE(130), PAGE(131) + 1, _PAGE_CACHE_MODE_WC, 1), -EINVAL);
	EXPECT_EQ(memtype_reserve_ram(PAGE(127), PAGE(129), _PAGE_CACHE_MODE_WC, 1), -EINVAL);
	EXPECT_EQ(memtype_reserve_ram(PAGE(255), PAGE(257), _PAGE_CACHE_MODE_WC, 1), -EINVAL);
	test_fail_kmalloc_after(0);
	EXPECT_EQ(memtype_reserve_ram(PAGE(130), PAGE(131), _PAGE_CACHE_MODE_WC, 1), -ENOMEM);
	test_fail_kmalloc_after(-1);
	EXPECT_EQ(nr_ram_memtypes(), 0);
}

TEST(lookup)
{
	enum page_cache_mode type;
	unsigned long holder;
	struct memtype m;

	EXPECT(!memtype_lookup(PAGE(5) + 7, &type, &holder));
	ASSERT(memtype_add(&m, PAGE(4), PAGE(7), _PAGE_CACHE_MODE_WT, 0x77) == 0);
	EXPECT(memtype_lookup(PAGE(5) + 7, &type, &holder));
	EXPECT_EQ(type, _PAGE_CACHE_MODE_WT);
	EXPECT_EQ(holder, 0x77);
	EXPECT(!memtype_lookup(PAGE(7), &type, &holder));
	EXPECT(!memtype_lookup(PAGE(4) - 1, &type, &holder));
	memtype_del(&m);

	EXPECT(memtype_lookup(PAGE(130), &type, &holder));
	EXPECT_EQ(type, _PAGE_CACHE_MODE_WB);
	EXPECT_EQ(holder, 0);
	ASSERT(memtype_reserve_ram(PAGE(129), PAGE(131), _PAGE_CACHE_MODE_UC_MINUS, 0x78) == 0);
	EXPECT(memtype_lookup(PAGE(130), &type, &holder));
	EXPECT_EQ(type, _PAGE_CACHE_MODE_UC_MINUS);
	EXPECT_EQ(holder, 0x78);
	EXPECT_EQ(memtype_free_ram(PAGE(128), PAGE(200)), 0);
	EXPECT_EQ(nr_ram_memtypes(), 0);
}

/* ---------------------------------------------------------------- devices, a million steps */

static struct memtype *live[MAX_LIVE]; /* in the order in which they came */
static unsigned int nr_live;

static bool meets(const struct memtype *m, phys_addr_t start, phys_addr_t end)
{
	return m->start < end && m->end > start;
}

static unsigned int model_types(phys_addr_t start, phys_addr_t end)
{
	unsigned int types = 0;

	for (unsigned int i = 0; i < nr_live; i++)
		if (meets(live[i], start, end))
			types |= BIT(live[i]->type);
	return types;
}

/* What a request should come to: a type, or -EBUSY.  Rules as in Linux, written out. */
static int model_grant(phys_addr_t start, phys_addr_t end, enum page_cache_mode want)
{
	unsigned int types = model_types(start, end);
	enum page_cache_mode got;

	if (!types) {
		if (want != _PAGE_CACHE_MODE_WB)
			return want;
		return end > PAGE(MTRR_UC) ? _PAGE_CACHE_MODE_UC_MINUS : _PAGE_CACHE_MODE_WB;
	}
	if (types & (types - 1))
		return -EBUSY;
	got = ilog2(types);
	if (got == _PAGE_CACHE_MODE_WB && want != _PAGE_CACHE_MODE_WB)
		return -EBUSY;
	if (got == _PAGE_CACHE_MODE_WC && want == _PAGE_CACHE_MODE_WT)
		return -EBUSY;
	return got;
}

static void add_one(void)
{
	struct memtype *m = test_alloc(sizeof(*m));
	enum page_cache_mode want = random_mode();
	unsigned long start, end;
	int grant, err;

	random_range(RAM_START, &start, &end);
	if (nr_live && test_random() % 4 == 0) { /* the same range as another's */
		struct memtype *other = live[test_random() % nr_live];

		start = PFN_DOWN(other->start);
		end = PFN_DOWN(other->end);
	}
	grant = model_grant(PAGE(start), PAGE(end), want);
	err = memtype_add(m, PAGE(start), PAGE(end), want, 1);
	EXPECT_EQ(err, grant < 0 ? grant : 0);
	if (err) {
		test_free(m);
		return;
	}
	EXPECT_EQ(m->type, grant);
	live[nr_live++] = m;
}

static void del_one(unsigned int i)
{
	struct memtype *m = live[i];

	memtype_del(m);
	test_free(m);
	nr_live--;
	for (; i < nr_live; i++)
		live[i] = live[i + 1];
}

static void random_lookup(void)
{
	unsigned long pfn = test_random() % RAM_START, holder;
	unsigned int types = model_types(PAGE(pfn), PAGE(pfn + 1));
	enum page_cache_mode type;

	EXPECT_EQ(memtype_lookup(PAGE(pfn), &type, &holder), types != 0);
	if (types)
		EXPECT_EQ(BIT(type), types); /* one bit: whoever maps the page agrees */
	EXPECT_EQ(nr_memtypes(), nr_live);
}

TEST(devices_against_a_list)
{
	for (int step = 0; step < 1000000; step++) {
		/* Long stretches of growing and of shrinking, so that both ends are met. */
		bool grow = (test_random() % 4 == 0) == (step / 5000 % 2);

		if (grow && nr_live < MAX_LIVE)
			add_one();
		else if (!grow && nr_live)
			del_one(test_random() % nr_live);
		random_lookup();
		if (step % 1000 == 0)
			test_log_clear();
	}
	while (nr_live)
		del_one(nr_live - 1);
	EXPECT_EQ(nr_memtypes(), 0);
}

/* ---------------------------------------------------------------- RAM, a type per page */

static enum page_cache_mode page_types[RAM_END - RAM_START];

static bool all_write_back(unsigned long start, unsigned long end)
{
	for (unsigned long i = start; i < end; i++)
		if (page_types[i] != _PAGE_CACHE_MODE_WB)
			return false;
	return true;
}

static void set_types(unsigned long start, unsigned long end, enum page_cache_mode type)
{
	for (unsigned long i = start; i < end; i++)
		page_types[i] = type;
}

static void reserve_ram_random(void)
{
	static const enum page_cache_mode ram_modes[] = {
		_PAGE_CACHE_MODE_UC_MINUS,
		_PAGE_CACHE_MODE_WC,
		_PAGE_CACHE_MODE_WT,
	};
	enum page_cache_mode want = ram_modes[test_random() % ARRAY_SIZE(ram_modes)];
	unsigned long start, end;
	int err;

	random_range(RAM_END - RAM_START, &start, &end);
	err = memtype_reserve_ram(PAGE(RAM_START + start), PAGE(RAM_START + end), want, 0x79);
	EXPECT_EQ(err, all_write_back(start, end) ? 0 : -EBUSY);
	if (!err)
		set_types(start, end, want);
}

static void free_ram_random(void)
{
	bool no_memory = test_random() % 8 == 0, splits;
	unsigned long start, end;
	int err;

	random_range(RAM_END - RAM_START, &start, &end);
	test_fail_kmalloc_after(no_memory ? 0 : -1);
	err = memtype_free_ram(PAGE(RAM_START + start), PAGE(RAM_START + end));
	test_fail_kmalloc_after(-1);
	/* Ranges of one type that touch may be one or two: which, only the kernel knows. */
	splits = start > 0 && end < RAM_END - RAM_START &&
		 page_types[start] != _PAGE_CACHE_MODE_WB &&
		 page_types[start - 1] == page_types[start] && page_types[end] == page_types[start];
	if (err) {
		EXPECT(no_memory && splits);
		EXPECT_EQ(err, -ENOMEM);
	} else {
		set_types(start, end, _PAGE_CACHE_MODE_WB);
	}
}

static void check_ram(void)
{
	for (unsigned long i = 0; i < RAM_END - RAM_START; i++) {
		enum page_cache_mode type;
		unsigned long holder;

		EXPECT(memtype_lookup(PAGE(RAM_START + i), &type, &holder));
		EXPECT_EQ(type, page_types[i]);
		EXPECT_EQ(holder != 0, type != _PAGE_CACHE_MODE_WB);
	}
}

TEST(ram_against_a_page_array)
{
	for (int step = 0; step < 200000; step++) {
		if (test_random() % 2)
			reserve_ram_random();
		else
			free_ram_random();
		if (step % 16 == 0)
			check_ram();
		if (step % 1000 == 0)
			test_log_clear();
	}
	EXPECT_EQ(memtype_free_ram(PAGE(RAM_START), PAGE(RAM_END)), 0);
	EXPECT_EQ(nr_ram_memtypes(), 0);
}
