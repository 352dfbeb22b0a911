// SPDX-License-Identifier: MIT
// sources: tests/host/fake_ram.c mm/page_alloc.c mm/page_ref.c mm/page_single.c mm/page_init.c mm/page_poison.c mm/highmem.c mm/fixmap.c kernel/core/fault_inject.c mm/vmstat.c mm/vmemmap.c mm/memblock.c mm/mm.c mm/pcid.c mm/pgtable.c mm/pgmap.c mm/pgunmap.c mm/tlb.c mm/pgattr.c mm/pgwalk.c mm/pat.c mm/slab.c mm/kmalloc.c mm/kmem_cache.c mm/slab_util.c mm/vm_area.c mm/vm_place.c mm/vmalloc.c mm/vmap.c mm/ioremap.c mm/memtype.c mm/memtype_tree.c mm/mtrr.c mm/mtrr_init.c mm/mtrr_trim.c mm/e820.c mm/set_memory.c mm/views.c kernel/lib/tree.c kernel/core/cmdline.c kernel/core/resource.c kernel/core/region.c
/*
 * What ioremap() asks of others: of the MTRRs where a large page may lie, of the
 * register what else a mapping reaches over.  And what has to be forgotten, by TLBs and caches, where
 * a memory type changes or a cached mapping goes.
 */
#include "kernel/core/resource.h"
#include "kernel/cpu/cpu.h"
#include "mm/e820.h"
#include "mm/ioremap.h"
#include "mm/mtrr.h"
#include "mm/page_alloc.h"
#include "mm/pat.h"
#include "mm/set_memory.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "tests/host/fake_ram.h"
#include "tests/host/test.h"

/* mm/e820_memblock.c's: here no RAM is there for mm/mtrr_trim.c to take. */
unsigned long e820__end_of_ram_pfn(void)
{
	return 0;
}

void e820__say_end_of_ram(void)
{
}

#define MIB(n)	((n)*0x100000UL)
#define GIB(n)	((n)*0x40000000UL)
#define DEVICES (1UL << 40) /* nobody's addresses */

static const struct fake_range ram[] = { { 0, MIB(48) } };

static void set_up(void)
{
	static bool done;

	if (done)
		return;
	done = true;
	boot_cpu.pat = true;
	pat_init();
	fake_ram_init(ram, ARRAY_SIZE(ram));
}

/* ---- the MTRRs: write-back but for what a test sets ---- */

#define MOST_VAR 8

static u64 bases[MOST_VAR], masks[MOST_VAR];

static u64 read_mtrr(u32 msr)
{
	if (msr == MSR_MTRRCAP)
		return MOST_VAR;
	if (msr == MSR_MTRRDEFTYPE)
		return BIT(11) | MTRR_TYPE_WRBACK;
	if (msr < 0x200 || msr >= 0x200 + 2 * MOST_VAR)
		return 0;
	return msr & 1 ? masks[(msr - 0x200) / 2] : bases[(msr - 0x200) / 2];
}

static void clear_mtrrs(void)
{
	memset(masks, 0, sizeof(masks));
	fake_rdmsr = read_mtrr;
	boot_cpu.mtrr = true;
}

/* `size` is a power of two, of which `base` is a multiple. */
static void set_mtrr(unsigned int n, phys_addr_t base, unsigned long size, u8 type)
{
	bases[n] = base | type;
	masks[n] = (-size & ((1UL << boot_cpu.phys_bits) - 1)) | BIT(11);
}

static enum pg_level level_at(const void __iomem *p, unsigned long offset)
{
	enum pg_level level;

	lookup_address((unsigned long)p + offset, &level);
	return level;
}

/* ---- what must be forgotten ---- */

/* An access on each CPU, which finds that type there. */
static void access_everywhere(unsigned long va, unsigned int pages, enum page_cache_mode mode)
{
	u64 pte;

	for (unsigned int i = 0; i < pages; i++) {
		for (cpu_number = 0; cpu_number < FAKE_CPUS; cpu_number++) {
			EXPECT(fake_access(va + i * PAGE_SIZE, &pte) != ~0ULL);
			EXPECT_EQ(protval2cachemode(pte), mode);
		}
	}
	cpu_number = 0;
}

/*
 * Once it is unmapped, its addresses can be had with another type: of a cached mapping no TLB knows
 * anything then, or the processor may bring a line of it back into its cache.
 */
TEST(a_cached_mapping_that_goes_is_forgotten)
{
	static void __iomem *(*const cached[])(phys_addr_t phys,
					       unsigned long size) = { ioremap_cache, ioremap_wt };
	static const enum page_cache_mode modes[] = { _PAGE_CACHE_MODE_WB, _PAGE_CACHE_MODE_WT };
	u64 pte;

	set_up();
	boot_cpu.mtrr = false;
	for (unsigned int i = 0; i < ARRAY_SIZE(cached); i++) {
		for (unsigned long size = PAGE_SIZE; size <= MIB(2); size *= 8) {
			phys_addr_t phys = DEVICES + GIB(8) + i * GIB(1) + size;
			void __iomem *p = cached[i](phys, size);

			ASSERT(p);
			access_everywhere((unsigned long)p, min(size / PAGE_SIZE, 64UL), modes[i]);
			EXPECT(fake_remembers(phys, &pte));
			iounmap(p);
			EXPECT(!fake_remembers(phys, &pte));
		}
	}
}

/* SDM 3A, 11.12.4, for `pages` of RAM at va: every view changes, and nothing cached is left. */
static void change_types(unsigned long va, unsigned int pages)
{
	static int (*const set[])(unsigned long addr, int numpages) = { set_memory_uc,
									set_memory_wc };
	static const enum page_cache_mode modes[] = { _PAGE_CACHE_MODE_UC_MINUS,
						      _PAGE_CACHE_MODE_WC };

	for (unsigned int i = 0; i < 4; i++) {
		access_everywhere(va, pages, _PAGE_CACHE_MODE_WB);
		fake_watch_flushes = true;
		EXPECT_EQ(set[i % 2](va, (int)pages), 0);
		fake_watch_flushes = false;
		access_everywhere(va, pages, modes[i % 2]);
		for (unsigned int n = 0; n < min(pages, 20U); n++) {
			phys_addr_t pa;

			EXPECT_EQ(virt_to_phys_walk(va + n * PAGE_SIZE, &pa), 0);
			access_everywhere((unsigned long)__va(pa), 1, modes[i % 2]);
		}
		EXPECT_EQ(set_memory_wb(va, (int)pages), 0);
	}
	access_everywhere(va, pages, _PAGE_CACHE_MODE_WB);
}

TEST(types_change_with_nothing_left_in_a_cache)
{
	unsigned long va;
	char *area;

	set_up();
	va = __get_free_pages(GFP_KERNEL, 9);
	area = vmalloc(20 * PAGE_SIZE);
	ASSERT(va && area);
	change_types(va, 1);
	change_types(va + PAGE_SIZE, 17);
	change_types(va, 300);		      /* so much that the whole caches are emptied */
	for (unsigned int i = 0; i < 20; i++) /* the direct map's view, too */
		access_everywhere(
			(unsigned long)page_address(vmalloc_to_page(area + i * PAGE_SIZE)), 1,
			_PAGE_CACHE_MODE_WB);
	change_types((unsigned long)area, 20);
	vfree(area);
	free_pages(va, 9);
}

/* Areas that are gone are forgotten lazily; not by who asks for another type of their pages. */
TEST(types_change_behind_an_old_alias)
{
	struct page *page[100]; /* too many to be forgotten one by one */
	void *alias;
	u64 pte;

	set_up();
	page[0] = alloc_page(GFP_KERNEL);
	ASSERT(page[0]);
	for (unsigned int i = 1; i < ARRAY_SIZE(page); i++)
		page[i] = page[0];
	alias = vmap(page, ARRAY_SIZE(page), 0, PAGE_KERNEL);
	ASSERT(alias);
	access_everywhere((unsigned long)alias, ARRAY_SIZE(page), _PAGE_CACHE_MODE_WB);
	vunmap(alias);
	EXPECT(fake_remembers(page_to_phys(page[0]), &pte)); /* or this test is of no use */
	change_types((unsigned long)page_address(page[0]), 1);
	__free_page(page[0]);
}

/* An edge in the middle of a large page: small ones there, on both sides, and only there. */
TEST(edge_inside_a_large_page)
{
	void __iomem *p;

	set_up();
	clear_mtrrs();
	set_mtrr(0, DEVICES + MIB(4), MIB(1), MTRR_TYPE_UNCACHABLE);
	mtrr_init();
	p = ioremap(DEVICES, MIB(16));
	ASSERT(p);
	EXPECT_EQ(level_at(p, MIB(4) - 1), PG_LEVEL_2M);
	EXPECT_EQ(level_at(p, MIB(4)), PG_LEVEL_4K);
	EXPECT_EQ(level_at(p, MIB(5) - 1), PG_LEVEL_4K);
	EXPECT_EQ(level_at(p, MIB(5)), PG_LEVEL_4K);
	EXPECT_EQ(level_at(p, MIB(6) - 1), PG_LEVEL_4K);
	EXPECT_EQ(level_at(p, MIB(6)), PG_LEVEL_2M);
	iounmap(p);
	p = ioremap(DEVICES, GIB(2));
	ASSERT(p);
	EXPECT_EQ(level_at(p, 0), PG_LEVEL_2M); /* not 1 GiB: an edge is in it */
	EXPECT_EQ(level_at(p, MIB(5)), PG_LEVEL_4K);
	EXPECT_EQ(level_at(p, GIB(1) - 1), PG_LEVEL_2M);
	EXPECT_EQ(level_at(p, GIB(1)), PG_LEVEL_1G);
	iounmap(p);
}

/* An edge between large pages costs nothing, but for pages of 1 GiB that it cuts. */
TEST(edge_between_large_pages)
{
	void __iomem *p;

	set_up();
	clear_mtrrs();
	set_mtrr(0, DEVICES + MIB(512), MIB(512), MTRR_TYPE_WRTHROUGH);
	set_mtrr(1, DEVICES + GIB(2), GIB(1), MTRR_TYPE_WRTHROUGH);
	mtrr_init();
	p = ioremap(DEVICES, GIB(4));
	ASSERT(p);
	EXPECT_EQ(level_at(p, 0), PG_LEVEL_2M);
	EXPECT_EQ(level_at(p, MIB(512) - 1), PG_LEVEL_2M);
	EXPECT_EQ(level_at(p, MIB(512)), PG_LEVEL_2M);
	EXPECT_EQ(level_at(p, GIB(1) - 1), PG_LEVEL_2M);
	EXPECT_EQ(level_at(p, GIB(1)), PG_LEVEL_1G);
	EXPECT_EQ(level_at(p, GIB(2)), PG_LEVEL_1G);
	EXPECT_EQ(level_at(p, GIB(3)), PG_LEVEL_1G);
	iounmap(p);
}

static void random_mtrrs(void)
{
	static const u8 types[] = { MTRR_TYPE_UNCACHABLE, MTRR_TYPE_WRTHROUGH, MTRR_TYPE_WRBACK };

	clear_mtrrs();
	for (unsigned int n = 0; n < MOST_VAR; n++) {
		unsigned long size = PAGE_SIZE << test_random() % 19;

		if (test_random() % 2)
			set_mtrr(n, DEVICES + (test_random() % GIB(4) & -size), size,
				 types[test_random() % ARRAY_SIZE(types)]);
	}
	mtrr_init();
}

/* A page of that level at `offset` would lie in the mapping; *split: but over an edge. */
static bool page_fits(unsigned long va, phys_addr_t pa, unsigned long size, unsigned long offset,
		      enum pg_level level, bool *split)
{
	unsigned long bytes = page_level_size(level), into = (va + offset) & (bytes - 1);
	bool uniform;

	if ((va ^ pa) & (bytes - 1) || into > offset || offset - into + bytes > size)
		return false;
	mtrr_type_lookup(pa + offset - into, pa + offset - into + bytes, &uniform);
	*split = !uniform;
	return uniform;
}

/* Everywhere the largest page that lies in the mapping and over no edge; how many edges cut. */
static unsigned int check_levels(const void __iomem *p, phys_addr_t pa, unsigned long size)
{
	unsigned long va = (unsigned long)p, offset = 0;
	unsigned int cuts = 0;

	while (offset < size) {
		enum pg_level best = PG_LEVEL_1G, level = level_at(p, offset);
		bool split = false;

		while (best > PG_LEVEL_4K && !page_fits(va, pa, size, offset, best, &split))
			best--;
		cuts += split;
		if (level != best) {
			host_fail(__FILE__, __LINE__, "%#lx + %#lx: level %d, expected %d", pa,
				  offset, level, best);
			break;
		}
		offset += page_level_size(level);
	}
	return cuts;
}

/* Most begin where large pages can be had; the others are shorter, as they have small ones only. */
TEST(random_edges)
{
	unsigned int cuts = 0;

	set_up();
	for (int round = 0; round < 2000; round++) {
		phys_addr_t pa = DEVICES + test_random() % 2048 * PMD_SIZE;
		unsigned long size = PMD_SIZE + test_random() % GIB(3);
		void __iomem *p;

		random_mtrrs();
		if (test_random() % 4 == 0) {
			pa += test_random() % 512 * PAGE_SIZE;
			size = PMD_SIZE + test_random() % MIB(8);
		}
		if (test_random() % 4 == 0)
			pa = ALIGN_DOWN(pa, PUD_SIZE);
		size &= PAGE_MASK;
		p = ioremap(pa, size);
		ASSERT(p);
		cuts += check_levels(p, pa, size);
		iounmap(p);
	}
	EXPECT(cuts > 10000);
}

/* ---- what is refused, and what a mapping leaves behind ---- */

/* RAM by its struct page: the register has none here. */
TEST(ram_is_refused_before_the_register_knows)
{
	set_up();
	boot_cpu.mtrr = false;
	EXPECT(!ioremap(MIB(16), PAGE_SIZE));
	EXPECT(!ioremap(MIB(48) - 1, PAGE_SIZE)); /* its last byte */
	EXPECT(test_log_has("it is RAM, not in the register yet"));
}

TEST(last_address_of_the_processor)
{
	phys_addr_t end = 1UL << boot_cpu.phys_bits;
	void __iomem *p;

	set_up();
	boot_cpu.mtrr = false;
	p = ioremap(end - PAGE_SIZE, PAGE_SIZE);
	EXPECT(p);
	iounmap(p);
	EXPECT(!ioremap(end - PAGE_SIZE, PAGE_SIZE + 1));
	EXPECT(test_log_has("is beyond the processor's physical addresses"));
}

TEST(refused_type_leaves_nothing)
{
	unsigned long objects;
	void __iomem *p;

	set_up();
	boot_cpu.mtrr = false;
	p = ioremap_cache(DEVICES, PAGE_SIZE);
	ASSERT(p);
	objects = nr_slab_objects();
	for (unsigned int i = 0; i < 3; i++)
		EXPECT(!ioremap(DEVICES, PAGE_SIZE));
	EXPECT_EQ(nr_slab_objects(), objects);
	iounmap(p);
}

#define MANY 64 /* pages: more than are forgotten one by one */

/* Each page of p was used on a CPU, which may know it still. */
static void use_pages(const void __iomem *p, unsigned long n)
{
	u64 pte;

	for (unsigned long i = 0; i < n; i++) {
		cpu_number = i % FAKE_CPUS;
		EXPECT(fake_access((unsigned long)p + i * PAGE_SIZE, &pte) != ~0ULL);
	}
	cpu_number = 0;
}

static void expect_forgotten(const void __iomem *p, unsigned long n)
{
	u64 pte;

	for (unsigned long i = 0; i < n; i++) {
		cpu_number = i % FAKE_CPUS;
		EXPECT_EQ(fake_access((unsigned long)p + i * PAGE_SIZE, &pte), ~0ULL);
	}
	cpu_number = 0;
}

/* Others may have the page uncached at once: no CPU knows the cached mapping any more. */
TEST(cached_mapping_is_forgotten_at_once)
{
	void __iomem *p;

	set_up();
	boot_cpu.mtrr = false;
	p = ioremap_cache(DEVICES, MANY * PAGE_SIZE);
	ASSERT(p);
	use_pages(p, MANY);
	iounmap(p);
	expect_forgotten(p, MANY);
}

/* Tables that only a long mapping of small pages had are given back, after a flush. */
TEST(tables_of_a_long_mapping_come_back)
{
	unsigned long free = 0, n = MIB(8) / PAGE_SIZE;

	set_up();
	boot_cpu.mtrr = false;
	for (unsigned int round = 0; round < 3; round++) {
		void __iomem *p = ioremap(DEVICES + PAGE_SIZE, n * PAGE_SIZE);

		ASSERT(p);
		use_pages(p, n);
		iounmap(p);
		vm_unmap_aliases();
		expect_forgotten(p, n);
		if (!round)
			free = nr_free_pages();
		EXPECT_EQ(nr_free_pages(), free);
	}
}

/* ---- the register ---- */

#define MOST_BARS 9

static unsigned int count(const char *text, const char *what)
{
	unsigned int n = 0;

	for (; *text; text++)
		n += strncmp(text, what, strlen(what)) == 0;
	return n;
}

/* One line for each of the n resources, by its name, and one that says who did it. */
static void expect_lines(unsigned int n)
{
	char line[80];

	EXPECT_EQ(count(test_log(), "which spans more than"), n);
	EXPECT_EQ(count(test_log(), "mapping multiple BARs"), n > 0);
	for (unsigned int i = 0; i < n; i++) {
		unsigned long start = DEVICES + i * PAGE_SIZE;

		snprintf(line, sizeof(line), "which spans more than bar%u [mem %#lx-%#lx]\n", i,
			 start, start + PAGE_SIZE - 1);
		EXPECT_EQ(count(test_log(), line), 1);
	}
}

/*
 * They are copied out from under the lock some at a time: none may be left out or said
 * twice, however many there are.
 */
TEST(spans_more_than_each)
{
	static const char *const names[MOST_BARS] = { "bar0", "bar1", "bar2", "bar3", "bar4",
						      "bar5", "bar6", "bar7", "bar8" };
	struct resource bars[MOST_BARS];

	set_up();
	boot_cpu.mtrr = false;
	for (unsigned int n = 1; n <= MOST_BARS; n++) {
		void __iomem *p;

		bars[n - 1] = (struct resource)DEFINE_RES_NAMED(
			DEVICES + (n - 1) * PAGE_SIZE, PAGE_SIZE, names[n - 1], IORESOURCE_MEM);
		ASSERT(request_resource(&iomem_resource, &bars[n - 1]) == 0);
		test_log_clear();
		p = ioremap(DEVICES, n * PAGE_SIZE);
		ASSERT(p);
		expect_lines(n > 1 ? n : 0);
		iounmap(p);
	}
	for (unsigned int i = 0; i < MOST_BARS; i++)
		release_resource(&bars[i]);
}

#define JUDGED 12 /* resources in a tree */

/* Bytes that are mostly a page's first or last, and sometimes in the middle of one. */
static u64 random_byte(void)
{
	u64 at = DEVICES + test_random() % 16 * PAGE_SIZE;

	switch (test_random() % 3) {
	case 0:
		return at;
	case 1:
		return at + PAGE_SIZE - 1;
	}
	return at + test_random() % PAGE_SIZE;
}

static void random_bytes(u64 *start, u64 *end)
{
	u64 a = random_byte(), b = random_byte();

	*start = min(a, b);
	*end = max(a, b);
}

static void plant_tree(struct resource *r)
{
	static const unsigned long flags[] = {
		IORESOURCE_MEM,
		IORESOURCE_MEM,
		IORESOURCE_MEM | IORESOURCE_BUSY,
		IORESOURCE_SYSTEM_RAM,
		IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY,
		IORESOURCE_SYSRAM, /* a part of the flags: no RAM */
	};
	bool with_ram = test_random() % 2;

	for (unsigned int i = 0; i < JUDGED; i++) {
		u64 start, end;

		random_bytes(&start, &end);
		r[i] = (struct resource){ .start = start, .end = end, .name = "r" };
		r[i].flags = flags[test_random() % (with_ram ? ARRAY_SIZE(flags) : 3)];
		(void)insert_resource(&iomem_resource, &r[i]); /* one that cuts across stays out */
	}
}

struct model_verdict {
	unsigned int ram, spanned; /* resources */
};

/* The same from the definitions, of each resource by itself, wherever in the tree it is. */
static struct model_verdict model_judge(const struct resource *r, u64 start, u64 end)
{
	struct model_verdict v = { 0, 0 };

	for (unsigned int i = 0; i < JUDGED; i++) {
		if (!r[i].parent || r[i].end < start || r[i].start > end)
			continue;
		if ((r[i].flags & IORESOURCE_MEM) && (r[i].flags & IORESOURCE_SYSRAM))
			v.ram++;
		else if (!(r[i].flags & IORESOURCE_BUSY) &&
			 (start / PAGE_SIZE < r[i].start / PAGE_SIZE ||
			  end / PAGE_SIZE > r[i].end / PAGE_SIZE))
			v.spanned++;
	}
	return v;
}

/* A mapping is refused for RAM that the register knows, and told of each that is too small. */
static void check_mapping(const struct resource *r, unsigned int *answers)
{
	struct model_verdict want;
	void __iomem *p;
	u64 start, end;

	random_bytes(&start, &end);
	want = model_judge(r, start, end);
	answers[2 * !!want.ram + !!want.spanned]++;
	test_log_clear();
	p = ioremap(start, end - start + 1);
	EXPECT_EQ(!p, want.ram > 0);
	EXPECT_EQ(count(test_log(), "it is RAM, r "), want.ram > 0);
	EXPECT_EQ(count(test_log(), "which spans more than"), p ? want.spanned : 0);
	EXPECT_EQ(count(test_log(), "mapping multiple BARs"), p && want.spanned);
	iounmap(p);
}

/*
 * RAM that is met and resources that are too small for the mapping's pages, in any
 * depth.  All four answers have to come up often, or the trees are badly chosen.
 */
TEST(judged_against_a_list)
{
	unsigned int answers[4] = { 0 };

	set_up();
	boot_cpu.mtrr = false;
	for (int round = 0; round < 4000; round++) {
		struct resource r[JUDGED];

		plant_tree(r);
		for (int i = 0; i < 20; i++)
			check_mapping(r, answers);
		for (int i = 0; i < JUDGED; i++)
			if (r[i].parent)
				remove_resource(&r[i]);
	}
	EXPECT_EQ(iomem_resource.children.node, 0);
	for (int i = 0; i < 4; i++)
		EXPECT(answers[i] > 2000);
}
