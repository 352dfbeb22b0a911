// SPDX-License-Identifier: MIT
// sources: mm/pgattr.c
/*
 * Changing rights in page tables, against a flat array with the rights of each page:
 * splitting and joining never show, tables are as few as they can be, without memory
 * nothing happens, and cpa_lock is held from the first step to the last.
 *
 * The tables are real, in this program's memory; a "physical address" of one is its
 * number in a pool.  8 GiB are mapped, at first by pages of 1 GiB.
 */
#include "kernel/cpu/cpu.h"
#include "mm/pgtable_internal.h"
#include "mm/vmstat.h"
#include "tests/host/test.h"

#define START  PAGE_OFFSET    /* aligned to 512 GiB */
#define OFFSET 0x4000000000UL /* of the physical addresses mapped there */
#define GIBS   8UL
#define PAGES  (GIBS << (PUD_SHIFT - PAGE_SHIFT))

#define POOL_BASE   0x100000000UL
#define POOL_TABLES 8192

static u64 top_table[PTRS_PER_TABLE] __aligned(PAGE_SIZE);
struct mm init_mm = { .pgd = top_table };
spinlock_t pgtable_lock;
bool direct_map_ready; /* so table_at() asks early_table_at() */
struct cpu_info boot_cpu = { .gbpages = true, .phys_bits = 46 };
DEFINE_PER_CPU(struct vm_counters, vm_counters);

static u64 *pool[POOL_TABLES];
static unsigned int nr_tables; /* in use */
static int budget = -1;	       /* tables that alloc_table() still gives; -1: any number */
static u8 model[PAGES];

/*
 * What a held cpa_lock is made to say at the first look under pgtable_lock, which each
 * step takes: who lets go of it, though he takes it again, makes that 0 or 1.
 */
#define KEPT 0x77
static unsigned int looks; /* under pgtable_lock, since the mark */
static bool unwatched;

/* ---------------------------------------------------------------- what pgattr.c asks for */

static void check_cpa_lock(void)
{
	if (unwatched)
		return;
	EXPECT(spin_is_mine(&cpa_lock));
	if (looks++ == 0)
		cpa_lock.taken_at = KEPT;
	EXPECT_EQ(cpa_lock.taken_at, KEPT);
}

u64 *early_table_at(phys_addr_t phys, int level)
{
	(void)level;
	if (spin_is_mine(&pgtable_lock))
		check_cpa_lock();
	if (phys == (__pa(top_table) & PTE_PFN_MASK))
		return top_table;
	return pool[(phys - POOL_BASE) >> PAGE_SHIFT];
}

phys_addr_t alloc_table(int level)
{
	unsigned int i = 0;

	(void)level;
	if (budget == 0)
		return 0;
	if (budget > 0)
		budget--;
	while (pool[i])
		i++;
	pool[i] = test_alloc(PAGE_SIZE);
	memset(pool[i], 0, PAGE_SIZE);
	nr_tables++;
	return POOL_BASE + PFN_PHYS(i);
}

bool table_can_be_freed(phys_addr_t table)
{
	EXPECT(table >= POOL_BASE);
	return true;
}

/* In the order in which they were taken out; there are no struct pages here. */
static phys_addr_t taken[POOL_TABLES];
static unsigned int nr_taken;

void tlb_remove_table(struct mmu_gather *tlb, phys_addr_t table, unsigned long va)
{
	EXPECT(tlb->mm == &init_mm && spin_is_mine(&pgtable_lock));
	taken[nr_taken++] = table;
	tlb_add_page(tlb, va);
}

static unsigned long flushed_from, flushed_to;

void tlb_add_range(struct mmu_gather *tlb, unsigned long start, unsigned long end)
{
	check_cpa_lock();
	flushed_from = start;
	flushed_to = end;
	tlb_add_page(tlb, start);
}

void __tlb_flush_mmu(struct mmu_gather *tlb)
{
	EXPECT(!spin_is_mine(&pgtable_lock));
	/* The small pages' translations go with their table. */
	EXPECT(!nr_taken || tlb->nr_pages > TLB_SINGLE_PAGES);
	while (nr_taken) {
		u64 **slot = &pool[(taken[--nr_taken] - POOL_BASE) >> PAGE_SHIFT];

		test_free(*slot);
		*slot = NULL;
		nr_tables--;
	}
	tlb_gather_mmu(tlb, tlb->mm);
}

/* There is no short way but steps_in_one()'s: the random tests of mm take it. */
struct last_table last_table[TOP_LEVEL] = { [0 ... TOP_LEVEL - 1] = { .region = ~0UL } };

const struct last_table *walk_to_table(int level, unsigned long va)
{
	(void)level, (void)va;
	return NULL;
}

/* A table lies in the pool. */
const char *bad_entry(u64 entry, int level)
{
	if (!entry || (entry & _PAGE_PRESENT && entry_maps(entry, level)))
		return NULL;
	return !(entry & _PAGE_PRESENT) || entry_phys(entry) - POOL_BASE >= PFN_PHYS(POOL_TABLES) ?
		       "is broken" :
		       NULL;
}

/* ---------------------------------------------------------------- under the lock */

static struct mmu_gather tlb;

static int change(unsigned long va, unsigned long size, u64 set, u64 clear)
{
	int err;

	looks = 0;
	err = change_page_attr(&init_mm, va, size, set, clear);
	EXPECT(!spin_is_mine(&cpa_lock));
	return err;
}

static void start_steps(void)
{
	tlb_gather_mmu(&tlb, &init_mm);
	looks = 0;
	spin_lock(&cpa_lock);
}

static void join(unsigned long va, unsigned long size)
{
	join_page_attr(&tlb, va, size);
	tlb_flush_mmu(&tlb);
}

static void end_steps(void)
{
	EXPECT(spin_is_mine(&cpa_lock));
	EXPECT_EQ(cpa_lock.taken_at, KEPT);
	spin_unlock(&cpa_lock);
}

/* ---------------------------------------------------------------- the model */

/* What a page can be, in the array: read-only or not, executable or not, a cache mode. */
#define M_RW   BIT(0)
#define M_NX   BIT(1)
#define M_MODE 2 /* shift */

static u64 model_bits(u8 m)
{
	unsigned int mode = m >> M_MODE;

	return (m & M_RW ? _PAGE_RW | _PAGE_DIRTY : 0) | (m & M_NX ? _PAGE_NX : 0) |
	       (mode & 1 ? _PAGE_PWT : 0) | (mode & 2 ? _PAGE_PCD : 0) | (mode & 4 ? _PAGE_PAT : 0);
}

#define ALL_BITS                                                                                  \
	(_PAGE_RW | _PAGE_DIRTY | _PAGE_NX | _PAGE_PWT | _PAGE_PCD | _PAGE_PAT | _PAGE_ACCESSED | \
	 _PAGE_PRESENT | _PAGE_GLOBAL)
#define FIXED_BITS (_PAGE_PRESENT | _PAGE_ACCESSED | _PAGE_GLOBAL)

static void setup(void)
{
	phys_addr_t table;

	if (top_table[entry_index(START, TOP_LEVEL)])
		return;
	table = alloc_table(PG_LEVEL_1G);
	top_table[entry_index(START, TOP_LEVEL)] = table | _KERNPG_TABLE | GIBS * REF_ONE;
	for (unsigned long i = 0; i < GIBS; i++)
		early_table_at(table, PG_LEVEL_1G)[i] =
			(OFFSET + i * PUD_SIZE) | FIXED_BITS | _PAGE_PSE | model_bits(M_RW | M_NX);
	memset(model, M_RW | M_NX, sizeof(model));
}

/* The entry for a page in its 4 KiB form, and the level it was found at. */
static u64 entry_at(unsigned long page, int *level)
{
	unsigned long va = START + page * PAGE_SIZE, size;
	u64 entry = top_table[entry_index(va, TOP_LEVEL)];

	for (*level = PG_LEVEL_1G;; --*level) {
		entry = *entry_of(entry, *level, va);
		EXPECT(entry & _PAGE_PRESENT);
		if (entry_maps(entry, *level))
			break;
	}
	if (*level == PG_LEVEL_4K)
		return entry;
	size = page_level_size(*level);
	return (((entry & PTE_PFN_MASK) & -size) + (va & (size - 1))) |
	       pgprot_small(entry & ~(PTE_PFN_MASK & -size));
}

static void check_page(unsigned long page)
{
	int level;
	u64 entry = entry_at(page, &level);

	EXPECT_EQ(entry & PTE_PFN_MASK, OFFSET + page * PAGE_SIZE);
	EXPECT_EQ(entry & ~PTE_PFN_MASK & ALL_BITS, FIXED_BITS | model_bits(model[page]));
	EXPECT_EQ(entry & ~PTE_PFN_MASK & ~ALL_BITS, 0);
}

/* All pages of an aligned block are the same in the model. */
static bool uniform(unsigned long page, unsigned long n)
{
	page &= -n;
	for (unsigned long i = 1; i < n; i++)
		if (model[page + i] != model[page])
			return false;
	return true;
}

/* The largest page that may be there is there. */
static void check_level(unsigned long page)
{
	int level;

	entry_at(page, &level);
	EXPECT_EQ(level, uniform(page, 1UL << 18) ? PG_LEVEL_1G :
			 uniform(page, 1UL << 9)  ? PG_LEVEL_2M :
						    PG_LEVEL_4K);
}

static void check_all(void)
{
	unsigned int tables = 1;

	for (unsigned long g = 0; g < PAGES; g += 1UL << 18) {
		if (uniform(g, 1UL << 18)) {
			check_level(g);
			check_page(g + test_random() % (1UL << 18));
			continue;
		}
		tables++;
		for (unsigned long m = g; m < g + (1UL << 18); m += 512) {
			bool one = uniform(m, 512);

			tables += !one;
			for (unsigned long i = m; i < m + 512; i += one ? 511 : 1)
				check_page(i);
		}
	}
	EXPECT_EQ(nr_tables, tables);
}

/* ---------------------------------------------------------------- steps */

struct step {
	unsigned long page, n;
	u64 set, clear;
	u8 mset, mclear;
};

/* Some pages, or large ones, or what cuts two of them. */
static void random_step(struct step *s)
{
	static const u8 choices[][2] = { { M_RW, 0 }, { 0, M_RW }, { M_NX, 0 }, { 0, M_NX } };
	unsigned int kind = test_random() % 64, mode;

	s->n = kind < 50 ? 1 + test_random() % 8 :
	       kind < 60 ? 512 * (1 + test_random() % 3) :
	       kind < 63 ? 1 + test_random() % 2000 :
			   1UL << 18;
	s->page = test_random() % (PAGES - s->n + 1);
	if (kind >= 50 && test_random() % 2)
		s->page &= kind == 63 ? -(1UL << 18) : -512UL;
	if (kind < 50) /* meet again: else nothing would ever be joined */
		s->page = s->page % 64 * 512 + s->page % 16;
	mode = test_random() % 8;
	if (test_random() % 3 == 0) {
		s->mset = mode << M_MODE;
		s->mclear = 7 << M_MODE;
	} else {
		s->mset = choices[mode % 4][0];
		s->mclear = choices[mode % 4][1];
	}
	s->set = model_bits(s->mset);
	s->clear = model_bits(s->mclear);
}

static void do_step(const struct step *s)
{
	unsigned long va = START + s->page * PAGE_SIZE, i;
	unsigned int before = nr_tables;
	bool scarce = test_random() % 8 == 0;
	int err;

	if (scarce)
		budget = test_random() % 3;
	err = change(va, s->n * PAGE_SIZE, s->set, s->clear);
	budget = -1;
	if (err) {
		EXPECT(scarce);
		EXPECT_EQ(err, -ENOMEM);
		EXPECT_EQ(nr_tables, before);
	} else {
		EXPECT(flushed_from <= va && flushed_to >= va + s->n * PAGE_SIZE);
		for (i = s->page; i < s->page + s->n; i++)
			model[i] = (model[i] & ~s->mclear) | s->mset;
	}
	check_page(s->page);
	check_page(s->page + s->n - 1);
	check_page(s->page ? s->page - 1 : 0);
	check_page(min(s->page + s->n, PAGES - 1));
}

TEST(against_an_array)
{
	struct step s;

	setup();
	for (unsigned int n = 0; n < 1000000; n++) {
		random_step(&s);
		if (s.n > 1000 && n % 8) /* large ones cost the model most */
			s.n = 1;
		do_step(&s);
		if (n % 512 == 0)
			check_level(s.page);
		if (n % 50000 == 0)
			check_all();
	}
	check_all();
	/* All the same again: nothing but the first table is left. */
	EXPECT_EQ(change(START, GIBS * PUD_SIZE, 0, ALL_BITS & ~FIXED_BITS & ~(_PAGE_DIRTY)), 0);
	EXPECT_EQ(nr_tables, 1);
	EXPECT_EQ(change(START, GIBS * PUD_SIZE, model_bits(M_RW | M_NX), 0), 0);
	memset(model, M_RW | M_NX, sizeof(model));
	check_all();
}

/* Without pages of 1 GiB in the processor none is made. */
TEST(no_gigabyte_pages)
{
	setup();
	boot_cpu.gbpages = false;
	EXPECT_EQ(change(START + PAGE_SIZE, PAGE_SIZE, 0, _PAGE_RW | _PAGE_DIRTY), 0);
	EXPECT_EQ(nr_tables, 3);
	EXPECT_EQ(change(START + PAGE_SIZE, PAGE_SIZE, _PAGE_RW | _PAGE_DIRTY, 0), 0);
	EXPECT_EQ(nr_tables, 2);
	boot_cpu.gbpages = true;
	EXPECT_EQ(change(START, PAGE_SIZE, 0, 0), 0);
	EXPECT_EQ(nr_tables, 1);
	check_all();
}

TEST(refusals)
{
	setup();
	EXPECT_EQ(change(START, 0, 0, 0), -EINVAL);
	EXPECT_EQ(change(START + 1, PAGE_SIZE, 0, 0), -EINVAL);
	EXPECT_EQ(change(START, PAGE_SIZE, 0, _PAGE_PRESENT), -EINVAL);
	EXPECT_EQ(change(~0UL & PAGE_MASK, 2 * PAGE_SIZE, 0, 0), -EINVAL);
	EXPECT_EQ(change(START + (GIBS - 1) * PUD_SIZE, 2 * PUD_SIZE, 0, _PAGE_RW), -EFAULT);
	EXPECT_EQ(change(START - PAGE_SIZE, 2 * PAGE_SIZE, 0, _PAGE_RW), -EFAULT);
	EXPECT_EQ(nr_tables, 1);
	check_all();
}

/* The entry of that level for START. */
static u64 *first_entry(int level)
{
	u64 *entry = &top_table[entry_index(START, TOP_LEVEL)];

	for (int l = PG_LEVEL_1G; l >= level; l--)
		entry = entry_of(*entry, l, START);
	return entry;
}

/* What somebody wrote over is no page: nothing is changed, at its place or next to it. */
TEST(broken_entries)
{
	static const u64 broken[] = { _PAGE_PRESENT, _PAGE_RW, POOL_BASE,
				      0x200000 | _KERNPG_TABLE };
	u64 *entry, sound;

	setup();
	EXPECT_EQ(change(START, PAGE_SIZE, 0, _PAGE_NX), 0);
	EXPECT_EQ(nr_tables, 3);
	for (int level = PG_LEVEL_2M; level <= PG_LEVEL_1G; level++)
		for (unsigned int i = 0; i < ARRAY_SIZE(broken); i++) {
			entry = first_entry(level);
			sound = *entry;
			*entry = broken[i];
			EXPECT_EQ(change(START, PAGE_SIZE, 0, _PAGE_RW), -EFAULT);
			EXPECT_EQ(change(START + PAGE_SIZE, PUD_SIZE, 0, _PAGE_RW), -EFAULT);
			EXPECT_EQ(*entry, broken[i]);
			*entry = sound;
			EXPECT_EQ(nr_tables, 3);
		}
	EXPECT_EQ(change(START, PAGE_SIZE, _PAGE_NX, 0), 0);
	EXPECT_EQ(nr_tables, 1);
	check_all();
}

/* What was prepared is split, and nothing else; joining undoes it. */
TEST(steps)
{
	int level;

	setup();
	start_steps();
	EXPECT_EQ(prepare_page_attr(&init_mm, START + 3 * PAGE_SIZE, PAGE_SIZE), 0);
	EXPECT_EQ(nr_tables, 3);
	for (unsigned long i = 0; i < 600; i++)
		check_page(i);
	entry_at(3, &level);
	EXPECT_EQ(level, PG_LEVEL_4K);
	join(START + 3 * PAGE_SIZE, PAGE_SIZE);
	EXPECT_EQ(nr_tables, 1);
	end_steps();
	check_all();
}

/* Two steps in one where all is small pages of one table; a large page is left as it is. */
TEST(steps_in_one)
{
	const unsigned long va = START + 3 * PAGE_SIZE;
	u64 *table;

	setup();
	start_steps();
	EXPECT(!change_small_attr(&tlb, va, PAGE_SIZE, 0, _PAGE_RW | _PAGE_DIRTY));
	check_page(3);
	EXPECT_EQ(prepare_page_attr(&init_mm, va, PAGE_SIZE), 0);
	table = first_entry(PG_LEVEL_2M);
	last_table[PG_LEVEL_4K] =
		(struct last_table){ START >> level_shift(PG_LEVEL_2M), table,
				     table_at(entry_phys(*table), PG_LEVEL_4K), (u32)*table };
	EXPECT(!change_small_attr(&tlb, va, PMD_SIZE, 0, _PAGE_RW | _PAGE_DIRTY));
	check_page(3);
	EXPECT_EQ(prepare_page_attr(&init_mm, va + 1, PAGE_SIZE), -EINVAL);
	EXPECT_EQ(prepare_page_attr(&init_mm, va, PAGE_SIZE / 2), -EINVAL);
	EXPECT(change_small_attr(&tlb, va, PAGE_SIZE, 0, _PAGE_RW | _PAGE_DIRTY));
	model[3] &= ~M_RW;
	for (unsigned long i = 0; i < 600; i++)
		check_page(i);
	EXPECT(change_small_attr(&tlb, va, PAGE_SIZE, _PAGE_RW | _PAGE_DIRTY, 0));
	last_table[PG_LEVEL_4K].region = ~0UL; /* as who frees a table does */
	join(va, PAGE_SIZE);
	EXPECT_EQ(nr_tables, 1);
	end_steps();
	memset(model, M_RW | M_NX, sizeof(model));
	check_all();
}

/* A hole in the range, a stack's guard page, is passed over, and keeps its table. */
TEST(steps_over_a_hole)
{
	u64 *entry, sound;

	setup();
	start_steps();
	EXPECT_EQ(prepare_page_attr(&init_mm, START, PAGE_SIZE), 0);
	entry = first_entry(PG_LEVEL_4K);
	sound = *entry;
	*entry = 0;
	EXPECT_EQ(prepare_page_attr(&init_mm, START, PUD_SIZE), 0);
	change_prepared_attr(&tlb, START, PUD_SIZE, 0, _PAGE_RW | _PAGE_DIRTY);
	join(START, PUD_SIZE);
	EXPECT_EQ(*entry, 0);
	EXPECT_EQ(nr_tables, 3);
	*entry = sound & ~(_PAGE_RW | _PAGE_DIRTY);
	for (unsigned long i = 0; i < PUD_SIZE / PAGE_SIZE; i++)
		model[i] &= ~M_RW;
	check_page(0);
	check_page(1);
	check_page(PUD_SIZE / PAGE_SIZE - 1);
	change_prepared_attr(&tlb, START, PUD_SIZE, _PAGE_RW | _PAGE_DIRTY, 0);
	join(START, PUD_SIZE);
	EXPECT_EQ(nr_tables, 1);
	end_steps();
	memset(model, M_RW | M_NX, sizeof(model));
	check_all();
}

/*
 * A join next door, between prepare and change, would take the split back: that is what
 * the lock is for.  Each step says when nobody holds it.
 */
TEST(steps_without_the_lock)
{
	setup();
	start_steps();
	EXPECT_EQ(prepare_page_attr(&init_mm, START + 16 * PAGE_SIZE, PAGE_SIZE), 0);
	join(START + 17 * PAGE_SIZE, PAGE_SIZE);
	EXPECT_EQ(nr_tables, 1);
	end_steps();
	unwatched = true;
	expect_warns(3);
	EXPECT_EQ(prepare_page_attr(&init_mm, START, PUD_SIZE), 0);
	change_prepared_attr(&tlb, START, PUD_SIZE, 0, 0);
	join(START, PUD_SIZE);
	unwatched = false;
	EXPECT(test_log_has("without cpa_lock"));
	check_all();
}
