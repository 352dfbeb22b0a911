// SPDX-License-Identifier: MIT
// sources: tests/host/fake_ram.c mm/page_alloc.c mm/page_ref.c mm/page_single.c mm/page_init.c mm/page_poison.c mm/highmem.c mm/fixmap.c kernel/core/fault_inject.c mm/vmstat.c mm/vmemmap.c mm/memblock.c mm/mm.c mm/pcid.c mm/pgtable.c mm/pgmap.c mm/pgunmap.c mm/tlb.c mm/pgattr.c mm/pgwalk.c mm/pat.c mm/slab.c mm/kmalloc.c mm/kmem_cache.c mm/slab_util.c mm/vm_area.c mm/vm_place.c mm/vmalloc.c mm/vmap.c mm/ioremap.c mm/memtype.c mm/memtype_tree.c mm/mtrr.c mm/mtrr_init.c mm/mtrr_trim.c mm/e820.c mm/set_memory.c mm/views.c kernel/lib/tree.c kernel/core/cmdline.c kernel/core/resource.c kernel/core/region.c
/*
 * Half a million random steps of vmalloc, vmap, ioremap, set_memory_* and their undoing,
 * beside a flat model: for each area a list of its pages with what each should map
 * to, its rights and its caching; for each page of RAM whose it is.
 *
 * What is compared is what an access would find, and accesses go through the TLB of any of
 * several CPUs, which remembers translations until it is told to forget them.  So a page that was
 * unmapped, or whose rights were changed, without a flush in time, is found too.
 * A part of the steps runs with allocations that fail: then nothing may have changed.
 */
#include "kernel/core/fault_inject.h"
#include "kernel/core/resource.h"
#include "kernel/cpu/cpu.h"
#include "mm/e820.h"
#include "mm/ioremap.h"
#include "mm/pat.h"
#include "mm/set_memory.h"
#include "mm/vmalloc.h"
#include "mm/vmstat.h"
#include "tests/host/fake_ram.h"
#include "tests/host/test.h"
#include "tests/vm_areas.h"

/* mm/e820_memblock.c's: here no RAM is there for mm/mtrr_trim.c to take. */
unsigned long e820__end_of_ram_pfn(void)
{
	return 0;
}

void e820__say_end_of_ram(void)
{
}

#define MIB(n)	  ((n)*0x100000UL)
#define MAX_AREAS 60
#define MAX_PAGES 300 /* of an area; more, and its array of pages were out of reach here */
#define POOL	  40  /* pages that vmap() gets */

#define CACHE_BITS (_PAGE_PWT | _PAGE_PCD | _PAGE_PAT)

static const struct fake_range ram[] = { { 0, MIB(48) } };

enum kind { VMALLOC, VMAP, IOREMAP };

struct model_page {
	phys_addr_t pa;
	bool rw, nx;
	enum page_cache_mode mode;
};

static struct area {
	enum kind kind;
	unsigned long va;
	unsigned int n; /* pages */
	struct model_page pages[MAX_PAGES];
} areas[MAX_AREAS];
static unsigned int nr_areas;

static struct page *pool[POOL];
static u8 owned[PFN_DOWN(MIB(48))]; /* by a vmalloc area */

/* Run with failures: what is done may come to nothing, but to nothing else. */
static bool arm(void)
{
	struct fault_plan plan = { .sites = FAULT_ALL, .nth = 1 + test_random() % 12 };

	if (test_random() % 4)
		return false;
	plan.onwards = test_random() % 2;
	fault_inject_arm(&plan);
	return true;
}

/* ---- areas ---- */

static struct area *new_area(enum kind kind, void *addr, unsigned int n)
{
	struct area *a = &areas[nr_areas++];

	a->kind = kind;
	a->va = (unsigned long)addr;
	a->n = n;
	for (unsigned int i = 0; i < n; i++)
		a->pages[i] = (struct model_page){ .rw = true, .nx = true };
	return a;
}

static void step_vmalloc(void)
{
	unsigned int n = 1 + test_random() % (test_random() % 8 ? 12 : MAX_PAGES);
	bool failing = arm();
	void *p = vmalloc(n * PAGE_SIZE - test_random() % PAGE_SIZE);
	struct area *a;

	fault_inject_disarm();
	EXPECT(p || failing);
	if (!p)
		return;
	a = new_area(VMALLOC, p, n);
	for (unsigned int i = 0; i < n; i++) {
		struct page *page = vmalloc_to_page((char *)p + i * PAGE_SIZE);

		ASSERT(page);
		EXPECT(!owned[page_to_pfn(page)]);
		owned[page_to_pfn(page)] = 1;
		a->pages[i].pa = page_to_phys(page);
	}
}

static void step_vmap(void)
{
	unsigned int n = 1 + test_random() % 20, first = test_random() % POOL;
	struct page *pages[20];
	bool failing, adjacent = test_random() % 2;
	struct area *a;
	void *p;

	for (unsigned int i = 0; i < n; i++)
		pages[i] = pool[adjacent ? (first + i) % POOL : test_random() % POOL];
	failing = arm();
	p = vmap(pages, n, 0, PAGE_KERNEL);
	fault_inject_disarm();
	EXPECT(p || failing);
	if (!p)
		return;
	a = new_area(VMAP, p, n);
	for (unsigned int i = 0; i < n; i++)
		a->pages[i].pa = page_to_phys(pages[i]);
}

/* Aligned like its size, so that whoever is so physically as well gets large pages. */
static void check_large(unsigned long va, unsigned long size)
{
	enum pg_level level;

	EXPECT(IS_ALIGNED(va, roundup_pow_of_two(size)));
	for (unsigned long offset = 0; offset < size; offset += PMD_SIZE) {
		lookup_address(va + offset, &level);
		EXPECT_EQ(level, PG_LEVEL_2M);
	}
}

/* Each caching in a window of its own: that two types of one page meet is tested elsewhere. */
static void step_ioremap(void)
{
	static void __iomem *(*const maps[])(phys_addr_t phys, unsigned long size) = {
		ioremap,
		ioremap_uc,
		ioremap_wc,
		ioremap_wt,
	};
	static const enum page_cache_mode modes[] = {
		_PAGE_CACHE_MODE_UC_MINUS,
		_PAGE_CACHE_MODE_UC,
		_PAGE_CACHE_MODE_WC,
		_PAGE_CACHE_MODE_WT,
	};
	unsigned int which = test_random() % ARRAY_SIZE(maps), n,
		     offset = test_random() % PAGE_SIZE;
	phys_addr_t base = (1UL << 40) + which * (1UL << 32);
	bool failing, large = test_random() % 32 == 0;
	struct area *a;
	void *p;

	base += large ? PMD_SIZE * (test_random() % 8) : PAGE_SIZE * (test_random() % 5000);
	n = large ? MAX_PAGES : 1 + test_random() % 30;
	failing = arm();
	p = (void *)maps[which](base + offset,
				large ? 3 * PMD_SIZE - offset : n * PAGE_SIZE - offset);
	fault_inject_disarm();
	EXPECT(p || failing);
	if (!p)
		return;
	EXPECT_EQ((unsigned long)p & ~PAGE_MASK, offset);
	a = new_area(IOREMAP, (char *)p - offset, n);
	if (large)
		check_large(a->va, 3 * PMD_SIZE);
	for (unsigned int i = 0; i < n; i++) {
		a->pages[i].pa = base + i * PAGE_SIZE;
		a->pages[i].mode = modes[which];
	}
}

static void step_remove(unsigned int i)
{
	struct area *a = &areas[i];

	switch (a->kind) {
	case VMALLOC:
		for (unsigned int k = 0; k < a->n; k++)
			owned[PFN_DOWN(a->pages[k].pa)] = 0;
		vfree((void *)a->va);
		break;
	case VMAP:
		vunmap((void *)a->va);
		break;
	case IOREMAP:
		iounmap((void __iomem *)(a->va + test_random() % PAGE_SIZE));
	}
	*a = areas[--nr_areas];
}

/* ---- rights and caching ---- */

/* All of the pages are like that. */
static bool all_pages(const struct area *a, unsigned int first, unsigned int n, bool rw, bool nx)
{
	for (unsigned int i = first; i < first + n; i++)
		if (a->pages[i].rw != rw || a->pages[i].nx != nx)
			return false;
	return true;
}

static void step_rights(struct area *a, unsigned int first, unsigned int n)
{
	unsigned long va = a->va + first * PAGE_SIZE;
	bool failing, was_ro = all_pages(a, first, n, false, true) ||
			       all_pages(a, first, n, false, false);
	unsigned int what = test_random() % 4, i;
	int err;

	/* Never writable and executable: made read-only first, or refused. */
	if (what == 1) {
		for (i = first; i < first + n && a->pages[i].nx; i++)
			;
		if (i < first + n)
			return;
	} else if (what == 2 && !was_ro) {
		return;
	}
	failing = arm();
	err = what == 0 ? set_memory_ro(va, (int)n) :
	      what == 1 ? set_memory_rw(va, (int)n) :
	      what == 2 ? set_memory_x(va, (int)n) :
			  set_memory_nx(va, (int)n);
	fault_inject_disarm();
	EXPECT(err == 0 || (failing && err == -ENOMEM));
	for (i = first; !err && i < first + n; i++) {
		if (what < 2)
			a->pages[i].rw = what == 1;
		else
			a->pages[i].nx = what == 3;
	}
}

static void step_caching(struct area *a, unsigned int first, unsigned int n)
{
	unsigned long va = a->va + first * PAGE_SIZE;
	enum page_cache_mode mode = _PAGE_CACHE_MODE_WB;
	bool failing = false, all_wb = true;
	unsigned int i;
	int err;

	for (i = first; i < first + n; i++)
		all_wb &= a->pages[i].mode == _PAGE_CACHE_MODE_WB;
	if (all_wb) {
		mode = test_random() % 2 ? _PAGE_CACHE_MODE_WC : _PAGE_CACHE_MODE_UC_MINUS;
		failing = arm();
		err = mode == _PAGE_CACHE_MODE_WC ? set_memory_wc(va, (int)n) :
						    set_memory_uc(va, (int)n);
	} else {
		err = set_memory_wb(va, (int)n); /* alone may stop half way: not made to fail */
	}
	fault_inject_disarm();
	EXPECT(err == 0 || (failing && err == -ENOMEM));
	for (i = first; !err && i < first + n; i++)
		a->pages[i].mode = mode;
}

/* ---- what an access finds ---- */

static bool pte_is(u64 pte, const struct model_page *p)
{
	return !!(pte & _PAGE_RW) == p->rw && !!(pte & _PAGE_NX) == p->nx &&
	       (pte & CACHE_BITS) == cachemode2protval(p->mode);
}

/* Whoever asks is told the type; of a device's page by whoever reserved it. */
static void check_type(const struct model_page *p)
{
	enum page_cache_mode type = _PAGE_CACHE_MODE_WP;
	unsigned long holder;

	EXPECT(memtype_lookup(p->pa, &type, &holder));
	EXPECT_EQ(type, p->mode);
}

static void check_page(const struct area *a, unsigned int i)
{
	const struct model_page *p = &a->pages[i];
	unsigned long offset = test_random() % PAGE_SIZE;
	struct model_page alias = *p;
	u64 pte = 0;

	cpu_number = test_random() % FAKE_CPUS;
	EXPECT_EQ(fake_access(a->va + i * PAGE_SIZE + offset, &pte), p->pa + offset);
	EXPECT(pte_is(pte, p));
	check_type(p);
	if (a->kind != VMALLOC)
		return;
	/* The direct map's view: as writable, cached the same, never executable. */
	alias.nx = true;
	EXPECT_EQ(fake_access((unsigned long)__va(p->pa) + offset, &pte), p->pa + offset);
	EXPECT(pte_is(pte, &alias));
}

static void check_guard(const struct area *a)
{
	struct vm_struct *vm = find_vm_area((void *)a->va);
	u64 pte;

	ASSERT(vm);
	EXPECT_EQ(fake_access(a->va + vm->size - PAGE_SIZE, &pte), ~0ULL);
}

static void check_pages(const struct area *a, unsigned int first, unsigned int n)
{
	for (unsigned int i = first; i < first + n; i++)
		check_page(a, i);
}

/* TLBs have the pages before, and are asked right after. */
static void step_set_memory(struct area *a)
{
	unsigned int first = test_random() % a->n, n = 1 + test_random() % min(a->n - first, 8U);

	if (a->kind != VMALLOC)
		return;
	check_pages(a, first, n);
	if (test_random() % 2)
		step_rights(a, first, n);
	else
		step_caching(a, first, n);
	check_pages(a, first, n);
}

/* Everything mapped in the region belongs to an area. */
static void count_mapped(unsigned long va, enum pg_level level, pte_t entry, void *arg)
{
	unsigned long *pages = arg;

	(void)entry;
	if (is_vmalloc_addr((void *)va))
		*pages += page_level_size(level) >> PAGE_SHIFT;
}

static void check_all(void)
{
	unsigned long mapped = 0, want = 0;
	unsigned int devices = 0, ram_types = 0;
	struct page_counts census;

	for_each_mapping(&init_mm, count_mapped, &mapped);
	for (unsigned int i = 0; i < nr_areas; i++) {
		struct vm_struct *vm = find_vm_area((void *)areas[i].va);

		ASSERT(vm);
		devices += areas[i].kind == IOREMAP;
		for (unsigned int k = 0; k < areas[i].n; k++)
			ram_types += areas[i].kind == VMALLOC &&
				     areas[i].pages[k].mode != _PAGE_CACHE_MODE_WB;
		want += (vm->size >> PAGE_SHIFT) - 1;
		for (unsigned int k = 0; k < areas[i].n; k++)
			check_page(&areas[i], k);
	}
	EXPECT_EQ(mapped, want);
	EXPECT_EQ(nr_vm_areas(), nr_areas);
	EXPECT_EQ(nr_memtypes(), devices);
	EXPECT(nr_ram_memtypes() <= ram_types && !nr_ram_memtypes() == !ram_types);
	EXPECT_EQ(global_page_state(NR_VMALLOC) + global_page_state(NR_VMAP) +
			  global_page_state(NR_IOREMAP),
		  want);
	EXPECT(page_census(&census));
}

static void random_step(void)
{
	unsigned int i = nr_areas ? test_random() % nr_areas : 0;

	switch (test_random() % 8) {
	case 0:
	case 1:
	case 2:
		if (nr_areas < MAX_AREAS && test_random() % 3 == 0)
			step_vmalloc();
		else if (nr_areas < MAX_AREAS && test_random() % 3 == 0)
			step_vmap();
		else if (nr_areas < MAX_AREAS)
			step_ioremap();
		break;
	case 3:
	case 4:
		if (nr_areas)
			step_remove(i);
		break;
	default:
		if (nr_areas)
			step_set_memory(&areas[i]);
	}
	test_log_clear(); /* refusals without memory say so */
}

TEST(half_a_million_steps)
{
	struct page_counts before, after;

	boot_cpu.pat = true;
	pat_init();
	fake_ram_init(ram, ARRAY_SIZE(ram));
	for (unsigned int i = 0; i < POOL; i++)
		pool[i] = alloc_page(GFP_KERNEL);
	get_page_counts(&before);
	for (unsigned int step = 0; step < 500000; step++) {
		random_step();
		if (nr_areas) {
			const struct area *a = &areas[test_random() % nr_areas];

			check_page(a, test_random() % a->n);
			check_guard(a);
		}
		if (step % 200 == 0)
			check_all();
	}
	while (nr_areas)
		step_remove(0);
	check_all();
	vm_unmap_aliases();
	get_page_counts(&after);
	EXPECT(after.used < before.used + 64); /* what slabs keep, and tables of the direct map */
	EXPECT_EQ(nr_slab_objects(), 0);
}

/* Every second page is free: no two of them are a block. */
TEST(blocks_that_are_not_there_are_asked_for_once)
{
	static struct page *pages[0x20000];
	unsigned long n = 0, calls;
	void *p;

	while ((pages[n] = alloc_page(GFP_KERNEL)))
		EXPECT(++n < ARRAY_SIZE(pages) - 1);
	for (unsigned long i = 0; i < n; i++)
		if (page_to_pfn(pages[i]) % 2)
			__free_page(pages[i]);
	calls = fake_calls;
	p = vmalloc(64 * PAGE_SIZE);
	EXPECT(p);
	EXPECT(fake_calls - calls <= 10);
	vfree(p);
	for (unsigned long i = 0; i < n; i++)
		if (page_to_pfn(pages[i]) % 2 == 0)
			__free_page(pages[i]);
}
