// SPDX-License-Identifier: MIT
/*
 * The way back from every failure.
 *
 * An operation is run with its first allocation failing, then its second, until
 * none is left to fail; then with all from the first on, from the second on, and
 * so forth; for each kind of allocation alone and for all together.  After each
 * run the kernel must be as before it: pages, objects, tables, areas, mappings and
 * both trees of the register.
 */
#include "mm/fault_inject.h"
#include "drivers/virtio/virtio_pci.h"
#include "kernel/ksyms.h"
#include "kernel/panic.h"
#include "kernel/resource.h"
#include "kernel/string.h"
#include "mm/highmem.h"
#include "mm/ioremap.h"
#include "mm/memremap.h"
#include "mm/set_memory.h"
#include "mm/vmalloc.h"
#include "mm/vmstat.h"
#include "tests/guest/guest_test.h"
#include "tests/guest/hole.h"

#define MOST_CALLS 300 /* no operation here allocates as often */

/* ---- what must be the same afterwards ---- */

struct snapshot {
	unsigned long pages;   /* in use, but not for slabs: these keep some */
	unsigned long objects; /* in slabs */
	unsigned long tables, areas, kmaps, pins;
	u64 mappings, register_lines; /* checksums */
	unsigned int warns;
};

/* FNV-1a. */
static u64 hash(u64 sum, const void *data, size_t n)
{
	const u8 *p = data;

	while (n--)
		sum = (sum ^ *p++) * 0x100000001b3ULL;
	return sum;
}

static void hash_mapping(unsigned long va, enum pg_level level, pte_t entry, void *arg)
{
	const u64 accessed = _PAGE_ACCESSED | _PAGE_DIRTY;
	u64 *sum = arg, item[] = { va, level, pte_val(entry) & ~accessed };

	*sum = hash(*sum, item, sizeof(item));
}

static void hash_line(const char *line, void *arg)
{
	*(u64 *)arg = hash(*(u64 *)arg, line, strlen(line));
}

static void take_snapshot(struct snapshot *s)
{
	struct page_counts c;

	vm_unmap_aliases(); /* areas that were given back are kept for a while */
	*s = (struct snapshot){ .warns = warn_count() };
	get_page_counts(&c);
	s->pages = c.used - global_page_state(NR_SLAB_UNRECLAIMABLE);
	s->objects = nr_slab_objects();
	s->tables = global_page_state(NR_PAGETABLE);
	s->areas = nr_vm_areas();
	s->kmaps = nr_kmaps();
	s->pins = global_page_state(NR_FOLL_PIN_ACQUIRED) - global_page_state(NR_FOLL_PIN_RELEASED);
	for_each_mapping(hash_mapping, &s->mappings);
	resource_dump(&iomem_resource, hash_line, &s->register_lines);
	resource_dump(&ioport_resource, hash_line, &s->register_lines);
}

static const char *difference(const struct snapshot *a, const struct snapshot *b)
{
	return a->pages != b->pages		      ? "pages" :
	       a->objects != b->objects		      ? "objects" :
	       a->tables != b->tables		      ? "page tables" :
	       a->areas != b->areas		      ? "vm areas" :
	       a->kmaps != b->kmaps		      ? "kmaps" :
	       a->pins != b->pins		      ? "references" :
	       a->mappings != b->mappings	      ? "mappings" :
	       a->register_lines != b->register_lines ? "the register" :
	       a->warns != b->warns		      ? "a WARN" :
							NULL;
}

/* ---- the walk ---- */

/* Do it and undo it: true; or false, and nothing has happened. */
typedef bool (*operation_t)(void);

/* One run; true while some call was there to fail. */
static bool run_once(const char *name, operation_t op, const struct fault_plan *plan)
{
	struct snapshot before, after;
	unsigned long failed;
	const char *what;
	bool done;

	take_snapshot(&before);
	fault_inject_arm(plan);
	done = op();
	failed = fault_inject_disarm();
	take_snapshot(&after);
	what = difference(&before, &after);
	if (what)
		guest_fail(__FILE__, __LINE__, "%s, sites %#x, call %lu%s: %s differ", name,
			   plan->sites, plan->nth, plan->onwards ? "+" : "", what);
	if (!failed && !done)
		guest_fail(__FILE__, __LINE__, "%s fails without a reason", name);
	return failed;
}

/* How many calls of these kinds the operation makes. */
static unsigned long walk_sites(const char *name, operation_t op, u32 sites)
{
	struct fault_plan plan = { .sites = sites };

	for (plan.nth = 1; plan.nth < MOST_CALLS && run_once(name, op, &plan); plan.nth++)
		;
	EXPECT(plan.nth < MOST_CALLS);
	plan.onwards = true;
	for (plan.nth = 1; plan.nth < MOST_CALLS && run_once(name, op, &plan); plan.nth++)
		;
	EXPECT(plan.nth < MOST_CALLS);
	return plan.nth - 1;
}

static void walk(const char *name, operation_t op)
{
	unsigned long calls;

	EXPECT(op() && op()); /* slabs and lists now keep what they keep */
	for (unsigned int site = 0; site < NR_FAULT_SITES; site++)
		walk_sites(name, op, BIT(site));
	calls = walk_sites(name, op, FAULT_ALL);
	if (!calls)
		guest_fail(__FILE__, __LINE__, "%s makes no call that could fail", name);
}

/* ---- the operations ---- */

static bool op_pages(void)
{
	struct page *a = alloc_pages(__GFP_HIGHMEM | __GFP_ZERO, 3);
	unsigned long b = a ? get_zeroed_page(GFP_KERNEL) : 0;

	if (a)
		__free_pages(a, 3);
	free_page(b);
	return b;
}

GUEST_TEST(fault_inject, pages)
{
	walk("alloc_pages", op_pages);
}

static bool op_kmalloc(void)
{
	void *small = kmalloc(33, GFP_KERNEL), *large = kzalloc(3 * PAGE_SIZE, GFP_KERNEL);
	char *text = kasprintf(GFP_KERNEL, "%d", 42);
	bool ok = small && large && text;
	void *grown = krealloc(small, 5000, GFP_KERNEL);

	ok = ok && grown;
	kfree(grown ? grown : small);
	kfree(large);
	kfree(text);
	return ok;
}

GUEST_TEST(fault_inject, kmalloc)
{
	walk("kmalloc", op_kmalloc);
}

static bool op_kmem_cache(void)
{
	struct kmem_cache *c = kmem_cache_create("fault", 300, 0, 0, NULL);
	void *p = c ? kmem_cache_alloc(c, GFP_KERNEL) : NULL;

	if (p)
		kmem_cache_free(c, p);
	kmem_cache_destroy(c);
	return p;
}

GUEST_TEST(fault_inject, kmem_cache)
{
	walk("kmem_cache", op_kmem_cache);
}

/* So many that the array of their pages needs an area too, in pieces when a block fails. */
static bool op_vmalloc(void)
{
	void *small = vmalloc(3 * PAGE_SIZE), *large = small ? vzalloc(700 * PAGE_SIZE) : NULL;

	vfree(small);
	vfree(large);
	return large;
}

GUEST_TEST(fault_inject, vmalloc)
{
	walk("vmalloc", op_vmalloc);
}

static bool op_vmap(void)
{
	struct page *pages[5];
	void *va = NULL;
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(pages); n++) {
		pages[n] = alloc_page(__GFP_HIGHMEM);
		if (!pages[n])
			break;
	}
	if (n == ARRAY_SIZE(pages))
		va = vmap(pages, n, 0, PAGE_KERNEL);
	vunmap(va);
	while (n--)
		__free_page(pages[n]);
	return va;
}

GUEST_TEST(fault_inject, vmap)
{
	walk("vmap", op_vmap);
}

static phys_addr_t hole;

static bool have_hole(void)
{
	hole = find_hole(4 * PUD_SIZE);
	if (!hole)
		guest_skip("no hole of the bus that is large enough");
	return hole;
}

static bool op_ioremap(void)
{
	void __iomem *a = ioremap(hole + 5, 1),
		     *b = a ? ioremap_wc(hole + PUD_SIZE, PAGE_SIZE) : NULL;

	iounmap(a);
	iounmap(b);
	return b;
}

GUEST_TEST(fault_inject, ioremap)
{
	if (have_hole())
		walk("ioremap", op_ioremap);
}

/* Pages of all three sizes. */
static bool op_ioremap_large(void)
{
	void __iomem *p = ioremap(hole, PUD_SIZE + PMD_SIZE + PAGE_SIZE);

	iounmap(p);
	return p;
}

GUEST_TEST(fault_inject, ioremap_large)
{
	if (have_hole())
		walk("ioremap_large", op_ioremap_large);
}

static bool op_memremap(void)
{
	void *p = memremap(hole, 3 * PAGE_SIZE, MEMREMAP_WB);

	if (p)
		memunmap(p);
	return p;
}

GUEST_TEST(fault_inject, memremap)
{
	if (have_hole())
		walk("memremap", op_memremap);
}

/* Claim, then map, then use; undo in reverse. */
static bool op_claim_and_map(void)
{
	void __iomem *p = NULL;

	if (!request_mem_region(hole, 2 * PAGE_SIZE, "fault test"))
		return false;
	if (request_mem_region(hole + PMD_SIZE, PAGE_SIZE, "fault test 2")) {
		p = ioremap(hole, 2 * PAGE_SIZE);
		iounmap(p);
		release_mem_region(hole + PMD_SIZE, PAGE_SIZE);
	}
	release_mem_region(hole, 2 * PAGE_SIZE);
	return p;
}

GUEST_TEST(fault_inject, claim_and_map)
{
	if (have_hole())
		walk("claim_and_map", op_claim_and_map);
}

static bool op_split(void)
{
	struct vm_struct *vm = get_vm_area_caller(PMD_SIZE, PMD_SIZE, VM_MAP, _RET_IP_);
	unsigned long va = vm ? (unsigned long)vm->addr : 0;
	bool ok = vm && map_kernel_range(va, hole, PMD_SIZE, PAGE_KERNEL, PG_LEVEL_2M) == 0 &&
		  change_page_attr(va + PAGE_SIZE, PAGE_SIZE, 0, _PAGE_RW) == 0;

	if (vm)
		kfree(remove_vm_area(vm->addr));
	return ok;
}

GUEST_TEST(fault_inject, split_of_a_large_page)
{
	if (have_hole())
		walk("split", op_split);
}

/* Caching first, as that is what splits the direct map. */
static bool op_set_memory(void)
{
	unsigned long va = (unsigned long)vmalloc(5 * PAGE_SIZE);
	bool ok = va && set_memory_wc(va + PAGE_SIZE, 2) == 0;
	bool read_only = ok && set_memory_ro(va, 3) == 0;
	bool code = read_only && set_memory_x(va, 1) == 0;

	fault_inject_disarm(); /* the way back to write-back is its caller's affair */
	EXPECT(!ok || set_memory_wb(va + PAGE_SIZE, 2) == 0);
	vfree((void *)va); /* rights come back by themselves */
	return code;
}

GUEST_TEST(fault_inject, set_memory)
{
	walk("set_memory", op_set_memory);
}

static unsigned int nr_functions;

static unsigned int take_all_away(void)
{
	struct pci_dev *dev;
	unsigned int n = 0;

	for_each_pci_dev(dev) {
		if (dev->driver == &virtio_pci_driver) {
			pci_release_driver(dev);
			n++;
		}
	}
	return n;
}

/* A driver's whole way: claims, mappings, interrupts, rings.  One function less may be bound. */
static bool op_probe(void)
{
	unsigned int bound = (unsigned int)pci_register_driver(&virtio_pci_driver);

	fault_inject_disarm();
	take_all_away();
	return bound == nr_functions;
}

GUEST_TEST(fault_inject, probe_of_drivers)
{
	nr_functions = take_all_away();
	if (!nr_functions) {
		guest_skip("no virtio function");
		return;
	}
	walk("probe", op_probe);
	EXPECT_EQ(pci_register_driver(&virtio_pci_driver), nr_functions);
}

static bool op_kmap(void)
{
	struct page *page = alloc_page(__GFP_HIGHMEM);
	void *va = page ? kmap(page) : NULL;

	if (va)
		kunmap(page);
	if (page)
		__free_page(page);
	return va;
}

GUEST_TEST(fault_inject, kmap)
{
	walk("kmap", op_kmap);
}

/* ---- the injection itself ---- */

GUEST_TEST(fault_inject, counts_as_planned)
{
	struct fault_plan plan = { .sites = BIT(FAULT_SLAB), .nth = 3 };
	void *p[6];

	for (int onwards = 0; onwards < 2; onwards++) {
		plan.onwards = onwards;
		fault_inject_arm(&plan);
		for (unsigned int i = 0; i < 6; i++)
			p[i] = kmalloc(16, GFP_KERNEL);
		EXPECT_EQ(fault_inject_disarm(), onwards ? 4 : 1);
		for (unsigned int i = 0; i < 6; i++) {
			EXPECT_EQ(!p[i], onwards ? i >= 2 : i == 2);
			kfree(p[i]);
		}
	}
	p[0] = kmalloc(16, GFP_KERNEL);
	EXPECT(p[0]);
	kfree(p[0]);
}

static noinline void *one_caller(void)
{
	void *p = kmalloc(16, GFP_KERNEL);

	barrier();
	return p;
}

static noinline void *other_caller(void)
{
	void *p = kmalloc(24, GFP_KERNEL); /* so that the two are not folded into one */

	barrier();
	return p;
}

GUEST_TEST(fault_inject, by_call_site)
{
	struct fault_plan plan = { .sites = BIT(FAULT_SLAB), .nth = 2 };
	void *p, *q;

	plan.start = (unsigned long)one_caller;
	ASSERT(ksym_lookup(plan.start, NULL, &plan.end));
	plan.end += plan.start;
	fault_inject_arm(&plan);
	p = one_caller();
	q = other_caller();
	EXPECT(p && q);
	kfree(p);
	kfree(q);
	q = other_caller();
	p = one_caller();
	EXPECT(!p && q);
	kfree(q);
	EXPECT_EQ(fault_inject_disarm(), 1);
}
