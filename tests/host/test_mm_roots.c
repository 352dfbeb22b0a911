// SPDX-License-Identifier: MIT
// sources: tests/host/fake_ram.c mm/page_alloc.c mm/page_ref.c mm/page_single.c mm/page_init.c mm/page_poison.c mm/highmem.c mm/fixmap.c kernel/core/fault_inject.c mm/vmstat.c mm/vmemmap.c mm/memblock.c mm/mm.c mm/pcid.c mm/pgtable.c mm/pgmap.c mm/pgunmap.c mm/tlb.c mm/pgattr.c mm/pgwalk.c mm/slab.c mm/kmalloc.c mm/kmem_cache.c mm/slab_util.c mm/vm_area.c mm/vm_place.c kernel/lib/tree.c kernel/core/cmdline.c
/*
 * Several roots: random steps of mapping, unmapping and changing rights in the user
 * halves of some and in the kernel's half, against a flat model of each.  No root ever
 * answers for another, what the kernel maps is in all of them at once, and what its
 * caches remember is its own.  Accesses go through the root and the TLB of one of several
 * CPUs, another than that which changed something.
 */
#include "kernel/core/fault_inject.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errno.h"
#include "mm/page_alloc.h"
#include "mm/pgtable_internal.h"
#include "mm/vmstat.h"
#include "tests/host/fake_ram.h"
#include "tests/host/test.h"

#define MIB(n)	  ((n)*0x100000UL)
#define ROOTS	  9 /* the last one is the kernel's, the others are more than a CPU has slots for */
#define WINDOW	  1200 /* pages, over more than two tables of the lowest level */
#define WINDOWS	  3
#define KERNEL	  (ROOTS - 1)
#define TARGET	  (1UL << 40) /* what is mapped: no RAM, only numbers */
#define USER_PROT __pgprot((_PAGE_KERNEL_BITS & ~_PAGE_GLOBAL) | _PAGE_USER)

static const struct fake_range ram[] = { { 0, MIB(48) } };

/* The lowest addresses, the highest, and across a border of tables of all levels. */
static const unsigned long user_windows[] = {
	PAGE_SIZE,
	3 * (1UL << PGDIR_SHIFT) - 700 * PAGE_SIZE,
	TASK_SIZE_MAX - WINDOW *PAGE_SIZE,
};
/* In top-level entries that nobody has used before. */
static const unsigned long kernel_windows[] = {
	VMALLOC_START + 5 * (1UL << PGDIR_SHIFT),
	VMALLOC_START + 9 * (1UL << PGDIR_SHIFT) - 700 * PAGE_SIZE,
	VMALLOC_START + 20 * (1UL << PGDIR_SHIFT) + PUD_SIZE - 700 * PAGE_SIZE,
};

static struct mm *roots[ROOTS];
static struct model {
	phys_addr_t pa; /* 0: not mapped */
	bool rw;
} model[ROOTS][WINDOWS][WINDOW];

static unsigned long window_start(unsigned int root, unsigned int window)
{
	return root == KERNEL ? kernel_windows[window] : user_windows[window];
}

static pgprot_t prot_of(unsigned int root)
{
	return root == KERNEL ? PAGE_KERNEL : USER_PROT;
}

static struct mm *used[FAKE_CPUS] = { [0 ... FAKE_CPUS - 1] = &init_mm };

/* That CPU runs from here on, with that root. */
static void use_root(unsigned int cpu, struct mm *mm)
{
	cpu_number = cpu;
	if (used[cpu] != mm) /* else what is cached stays */
		switch_mm(used[cpu], mm);
	used[cpu] = mm;
}

static void use_kernel_root(void)
{
	for (unsigned int cpu = 0; cpu < FAKE_CPUS; cpu++)
		use_root(cpu, &init_mm);
}

/* ---- what is so ---- */

static void check_page(unsigned int owner, unsigned int window, unsigned int page)
{
	unsigned long va = window_start(owner, window) + page * PAGE_SIZE;
	const struct model *m = &model[owner][window][page];
	enum pg_level level;
	phys_addr_t pa;
	u64 entry, pte;

	for (unsigned int r = 0; r < ROOTS; r++) {
		const struct model *want = owner == KERNEL ? m :
					   r == KERNEL	   ? NULL :
							     &model[r][window][page];

		entry = pte_val(lookup_address_in_mm(roots[r], va, &level));
		EXPECT_EQ(level, want && want->pa ? PG_LEVEL_4K : PG_LEVEL_NONE);
		if (want && want->pa) {
			EXPECT_EQ(entry_phys(entry), want->pa);
			EXPECT_EQ(!!(entry & _PAGE_RW), want->rw);
			EXPECT_EQ(!!(entry & _PAGE_USER), owner != KERNEL);
			EXPECT_EQ(!!(entry & _PAGE_GLOBAL), owner == KERNEL);
		}
		if (test_random() % 8)
			continue;
		use_root(test_random() % FAKE_CPUS, roots[r]);
		pa = fake_access(va, &pte);
		EXPECT_EQ(pa, want && want->pa ? want->pa : ~0ULL);
		if (want && want->pa)
			EXPECT_EQ(!!(pte & _PAGE_RW), want->rw);
	}
}

static void count_half(unsigned long va, enum pg_level level, pte_t entry, void *arg)
{
	unsigned long *pages = arg;

	(void)level, (void)entry;
	pages[va >= KERNEL_HALF]++;
}

static void check_all(void)
{
	unsigned long kernel[2] = { 0, 0 };

	EXPECT_EQ(for_each_mapping(&init_mm, count_half, kernel), 0);
	EXPECT_EQ(kernel[0], 0);
	for (unsigned int r = 0; r < KERNEL; r++) {
		unsigned long pages[2] = { 0, 0 }, want = 0;

		EXPECT_EQ(for_each_mapping(roots[r], count_half, pages), 0);
		for (unsigned int i = 0; i < WINDOWS * WINDOW; i++)
			want += !!model[r][i / WINDOW][i % WINDOW].pa;
		EXPECT_EQ(pages[0], want);
		EXPECT_EQ(pages[1], kernel[1]);
	}
	for (unsigned int r = 0; r < ROOTS; r++)
		for (unsigned int i = 0; i < WINDOWS * WINDOW; i++)
			check_page(r, i / WINDOW, i % WINDOW);
}

/* ---- what is done ---- */

struct span {
	unsigned int root, window, first, n;
	unsigned long va, size;
	bool empty, full; /* nothing, all of it is mapped */
};

static struct span random_span(void)
{
	struct span s = { .root = test_random() % ROOTS, .window = test_random() % WINDOWS };

	s.n = 1 + test_random() % (test_random() % 4 ? 8 : WINDOW);
	s.first = test_random() % (WINDOW - s.n + 1);
	s.va = window_start(s.root, s.window) + s.first * PAGE_SIZE;
	s.size = s.n * PAGE_SIZE;
	s.empty = s.full = true;
	for (unsigned int i = s.first; i < s.first + s.n; i++) {
		s.empty &= !model[s.root][s.window][i].pa;
		s.full &= !!model[s.root][s.window][i].pa;
	}
	return s;
}

static void step_map(const struct span *s, bool failing)
{
	/* An odd distance between the addresses: no large page is ever made of small ones. */
	phys_addr_t pa = TARGET + PFN_PHYS(test_random() % 0x10000 * 2 + !(PFN_DOWN(s->va) & 1));
	int err = map_page_range(roots[s->root], s->va, pa, s->size, prot_of(s->root), PG_LEVEL_4K);

	EXPECT(!err || (failing && err == -ENOMEM));
	for (unsigned int i = 0; i < s->n && !err; i++)
		model[s->root][s->window][s->first + i] =
			(struct model){ .pa = pa + i * PAGE_SIZE, .rw = true };
}

static void step_change(const struct span *s)
{
	bool rw = test_random() % 2;
	int err = change_page_attr(roots[s->root], s->va, s->size, rw ? _PAGE_RW : 0,
				   rw ? 0 : _PAGE_RW);

	EXPECT_EQ(err, s->full ? 0 : -EFAULT);
	for (unsigned int i = 0; i < s->n && !err; i++)
		model[s->root][s->window][s->first + i].rw = rw;
}

static void step_unmap(const struct span *s)
{
	unmap_page_range(roots[s->root], s->va, s->size);
	for (unsigned int i = 0; i < s->n; i++)
		model[s->root][s->window][s->first + i].pa = 0;
}

/* What a CPU that uses the root and has read the page before finds now. */
static void check_cached(unsigned int cpu, const struct span *s)
{
	const struct model *m = &model[s->root][s->window][s->first];
	u64 pte;

	cpu_number = cpu;
	EXPECT_EQ(fake_access(s->va, &pte), m->pa ? m->pa : ~0ULL);
	if (m->pa)
		EXPECT_EQ(!!(pte & _PAGE_RW), m->rw);
}

static void random_step(void)
{
	struct fault_plan plan = { .sites = FAULT_ALL, .nth = 1 + test_random() % 3 };
	struct span s = random_span();
	bool failing = test_random() % 4 == 0;
	unsigned int reader = test_random() % FAKE_CPUS;
	u64 pte;

	use_root(reader, roots[s.root]);
	fake_access(s.va, &pte);
	cpu_number = test_random() % FAKE_CPUS;
	if (failing)
		fault_inject_arm(&plan);
	if (test_random() % 4 == 0) {
		step_change(&s);
	} else if (s.empty) {
		step_map(&s, failing);
	} else {
		step_unmap(&s);
	}
	if (failing)
		fault_inject_disarm();
	check_cached(reader, &s);
	check_page(s.root, s.window, s.first);
	check_page(s.root, s.window, s.first + s.n - 1);
	check_page(s.root, s.window, test_random() % WINDOW);
}

static void take_roots(void)
{
	for (unsigned int r = 0; r < KERNEL; r++)
		ASSERT((roots[r] = mm_alloc()));
	roots[KERNEL] = &init_mm;
}

/* A root goes with all that it maps, and another comes and sees what the kernel has. */
static void one_for_another(void)
{
	use_kernel_root();
	mm_free(roots[0]);
	memset(model[0], 0, sizeof(model[0]));
	ASSERT((roots[0] = mm_alloc()));
}

static void give_roots_back(void)
{
	use_kernel_root();
	for (unsigned int r = 0; r < KERNEL; r++)
		mm_free(roots[r]);
	for (unsigned int w = 0; w < WINDOWS; w++)
		unmap_page_range(&init_mm, kernel_windows[w], WINDOW * PAGE_SIZE);
	memset(model, 0, sizeof(model));
}

TEST(roots_against_arrays)
{
	unsigned long tables, pinned = 0, top = 0;

	fake_ram_init(ram, ARRAY_SIZE(ram));
	tables = global_page_state(NR_PAGETABLE);
	for (unsigned int i = 0; i < PTRS_PER_TABLE; i++)
		top += !!init_mm.pgd[i];
	take_roots();
	for (unsigned int i = 0; i < 200000; i++) {
		random_step();
		if (i % 20000 == 0)
			check_all();
	}
	check_all();
	one_for_another();
	check_all();
	give_roots_back();
	/* What is left: a table for each top-level entry that the kernel's half got. */
	for (unsigned int i = 0; i < PTRS_PER_TABLE; i++)
		pinned += !!init_mm.pgd[i];
	EXPECT(pinned > top);
	EXPECT_EQ(global_page_state(NR_PAGETABLE), tables + pinned - top);
}

static void identifiers_on(void)
{
	for (cpu_number = 0; cpu_number < FAKE_CPUS; cpu_number++)
		write_cr4(read_cr4() | X86_CR4_PCIDE);
	cpu_number = 0;
	boot_cpu.pcid = true;
}

/* The same on CPUs that keep what they know of a root while they use another. */
TEST(identifiers_keep_nothing_stale)
{
	identifiers_on();
	take_roots();
	for (unsigned int i = 0; i < 200000; i++) {
		random_step();
		if (i % 2000 == 0)
			one_for_another();
	}
	check_all();
	give_roots_back();
}

TEST(identifiers_keep_what_was_left)
{
	struct mm *a = mm_alloc(), *b = mm_alloc();
	unsigned long va = user_windows[0], walks;
	u64 pte;

	ASSERT(a && b);
	identifiers_on();
	EXPECT_EQ(map_page_range(a, va, TARGET, PAGE_SIZE, USER_PROT, PG_LEVEL_4K), 0);
	use_root(0, a);
	EXPECT_EQ(fake_access(va, &pte), TARGET);
	walks = fake_walks;
	use_root(0, b);
	use_root(0, a);
	EXPECT_EQ(fake_access(va, &pte), TARGET);
	EXPECT_EQ(fake_walks, walks);
	use_root(0, b);
	unmap_page_range(a, va, PAGE_SIZE); /* nobody is told */
	use_root(0, a);
	EXPECT_EQ(fake_access(va, &pte), ~0ULL);
	use_kernel_root();
	mm_free(a);
	mm_free(b);
}

/* Each root has one half to map in, and nothing of the user's is global. */
TEST(only_in_its_own_half)
{
	struct mm *mm = mm_alloc();
	unsigned long kernel = kernel_windows[0];
	pgprot_t global = __pgprot(pgprot_val(USER_PROT) | _PAGE_GLOBAL);

	ASSERT(mm);
	expect_warns(8);
	EXPECT_EQ(map_page_range(mm, kernel, TARGET, PAGE_SIZE, USER_PROT, PG_LEVEL_4K), -EINVAL);
	EXPECT_EQ(map_page_range(mm, 0, TARGET, PAGE_SIZE, USER_PROT, PG_LEVEL_4K), -EINVAL);
	EXPECT_EQ(map_page_range(mm, TASK_SIZE_MAX, TARGET, PAGE_SIZE, USER_PROT, PG_LEVEL_4K),
		  -EINVAL);
	EXPECT_EQ(map_page_range(mm, PAGE_SIZE, TARGET, PAGE_SIZE, global, PG_LEVEL_4K), -EINVAL);
	EXPECT_EQ(map_page_range(&init_mm, PAGE_SIZE, TARGET, PAGE_SIZE, PAGE_KERNEL, PG_LEVEL_4K),
		  -EINVAL);
	EXPECT_EQ(map_page_range(&init_mm, KERNEL_HALF - PAGE_SIZE, TARGET, PAGE_SIZE, PAGE_KERNEL,
				 PG_LEVEL_4K),
		  -EINVAL);
	unmap_page_range(mm, kernel, PAGE_SIZE);
	unmap_page_range(&init_mm, PAGE_SIZE, PAGE_SIZE);
	EXPECT_EQ(change_page_attr(mm, kernel, PAGE_SIZE, 0, _PAGE_RW), -EINVAL);
	EXPECT_EQ(change_page_attr(&init_mm, PAGE_SIZE, PAGE_SIZE, 0, _PAGE_RW), -EINVAL);
	mm_free(mm);
}
