// SPDX-License-Identifier: MIT
/* The way back from every failure of what mm/ does, and of a driver's probe on top of it. */
#include "kernel/core/fault_inject.h"
#include "drivers/virtio/virtio_pci.h"
#include "kernel/core/ksyms.h"
#include "kernel/core/sink.h"
#include "kernel/lib/errno.h"
#include "kernel/monitor/monitor.h"
#include "mm/device_map.h"
#include "mm/highmem.h"
#include "mm/ioremap.h"
#include "mm/memremap.h"
#include "mm/set_memory.h"
#include "mm/vmalloc.h"
#include "tests/guest/fault_walk.h"
#include "tests/guest/guest_test.h"
#include "tests/guest/hole.h"

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
	fault_walk("alloc_pages", op_pages);
}

static bool op_kmalloc(void)
{
	void *small = kmalloc(33, GFP_KERNEL), *large = kzalloc(3 * PAGE_SIZE, GFP_KERNEL);
	char *text = kasprintf(GFP_KERNEL, "%d", 42), *copy = kstrdup("copy", GFP_KERNEL);
	void *array = kmalloc_array(5, 20, GFP_KERNEL), *zeroed = kcalloc(5, 40, GFP_KERNEL);
	bool ok = small && large && text && copy && array && zeroed;
	void *grown = krealloc(small, 5000, GFP_KERNEL);

	ok = ok && grown;
	kfree(grown ? grown : small);
	kfree(large);
	kfree(text);
	kfree(copy);
	kfree(array);
	kfree(zeroed);
	return ok;
}

GUEST_TEST(fault_inject, kmalloc)
{
	fault_walk("kmalloc", op_kmalloc);
}

static bool alloc_of_new_cache(void *(*alloc)(struct kmem_cache *c, gfp_t gfp))
{
	struct kmem_cache *c = kmem_cache_create("fault", 300, 0, 0, NULL);
	void *p = c ? alloc(c, GFP_KERNEL) : NULL;

	if (p)
		kmem_cache_free(c, p);
	kmem_cache_destroy(c);
	return p;
}

static bool op_kmem_cache(void)
{
	return alloc_of_new_cache(kmem_cache_alloc);
}

static bool op_kmem_cache_zeroed(void)
{
	return alloc_of_new_cache(kmem_cache_zalloc);
}

GUEST_TEST(fault_inject, kmem_cache)
{
	fault_walk("kmem_cache", op_kmem_cache);
	fault_walk("kmem_cache, zeroed", op_kmem_cache_zeroed);
}

/* A command that wants memory says so, and is asked again. */
static bool op_page_owner(void)
{
	static char said[4096];
	struct buffer_sink text;
	int err;

	buffer_sink_init(&text, said, sizeof(said));
	err = monitor_execute(&text.sink, "page_owner");
	EXPECT(err == 0 || err == -ENOMEM);
	return !err;
}

GUEST_TEST(fault_inject, page_owner)
{
	fault_walk("page_owner", op_page_owner);
}

static bool op_area(void)
{
	struct vm_struct *vm = get_vm_area(3 * PAGE_SIZE, VM_MAP);

	if (vm)
		kfree(remove_vm_area(vm->addr));
	return vm;
}

GUEST_TEST(fault_inject, area)
{
	fault_walk("get_vm_area", op_area);
}

/* So many that the array of their pages needs an area too, in pieces when a block fails. */
static bool op_vmalloc(void)
{
	void *small = vmalloc(3 * PAGE_SIZE), *large = small ? vzalloc(700 * PAGE_SIZE) : NULL;

	vfree(small);
	vfree(large);
	return large;
}

/* In one piece, or in pages where that fails. */
static bool op_kvmalloc(void)
{
	void *small = kvmalloc(100, GFP_KERNEL),
	     *large = small ? kvzalloc(5 * PAGE_SIZE, GFP_KERNEL) : NULL;
	void *also = large ? kvmalloc(3 * PAGE_SIZE, GFP_KERNEL) : NULL;

	kvfree(small);
	kvfree(large);
	kvfree(also);
	return also;
}

GUEST_TEST(fault_inject, vmalloc)
{
	fault_walk("vmalloc", op_vmalloc);
	fault_walk("kvmalloc", op_kvmalloc);
}

/* Who asks where devices are mapped gets a list. */
static bool op_device_map(void)
{
	struct device_map map;
	int err = device_map_take(&map);

	if (!err)
		device_map_free(&map);
	return !err;
}

GUEST_TEST(fault_inject, device_map)
{
	fault_walk("device_map", op_device_map);
}

/* One page under so many addresses that these need tables of their own. */
static bool op_vmap(void)
{
	static struct page *pages[1100];
	struct page *page = alloc_page(__GFP_HIGHMEM);
	void *va;

	if (!page)
		return false;
	for (unsigned int i = 0; i < ARRAY_SIZE(pages); i++)
		pages[i] = page;
	va = vmap(pages, ARRAY_SIZE(pages), 0, PAGE_KERNEL);
	vunmap(va);
	__free_page(page);
	return va;
}

GUEST_TEST(fault_inject, vmap)
{
	fault_walk("vmap", op_vmap);
}

/* A root, and a page in it that needs a table of each level. */
static bool op_mm(void)
{
	struct mm *mm = mm_alloc();
	int err = mm ? map_page_range(mm, PAGE_SIZE, 0, PAGE_SIZE,
				      __pgprot(_PAGE_KERNEL_BITS & ~_PAGE_GLOBAL), PG_LEVEL_4K) :
		       -ENOMEM;

	if (mm)
		mm_free(mm);
	return !err;
}

GUEST_TEST(fault_inject, mm)
{
	fault_walk("mm", op_mm);
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
		fault_walk("ioremap", op_ioremap);
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
		fault_walk("ioremap_large", op_ioremap_large);
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
		fault_walk("memremap", op_memremap);
}

static struct page *high_page;

static bool op_memremap_high(void)
{
	void *p = memremap(page_to_phys(high_page), PAGE_SIZE, MEMREMAP_WB);

	if (p)
		memunmap(p);
	return p;
}

GUEST_TEST(fault_inject, memremap_of_high_memory)
{
	high_page = alloc_page(__GFP_HIGHMEM);
	ASSERT(high_page);
	if (PageHighMem(high_page))
		fault_walk("memremap_high", op_memremap_high);
	else
		guest_skip("no high memory: boot with highmem=64M");
	__free_page(high_page);
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
		fault_walk("claim_and_map", op_claim_and_map);
}

/* Two pieces around what is claimed already; what was got of them is given back. */
static bool op_split_claim(void)
{
	static const char name[] = "fault test";
	const phys_addr_t pieces[] = { hole, hole + 2 * PAGE_SIZE };
	unsigned int n = 0;

	if (!request_mem_region(hole + PAGE_SIZE, PAGE_SIZE, "fault test 2"))
		return false;
	reserve_region_with_split(&iomem_resource, hole, hole + 3 * PAGE_SIZE - 1, name);
	for (unsigned int i = 0; i < ARRAY_SIZE(pieces); i++) {
		if (lookup_resource_deepest(&iomem_resource, pieces[i], pieces[i])->name != name)
			continue;
		release_mem_region(pieces[i], PAGE_SIZE);
		n++;
	}
	release_mem_region(hole + PAGE_SIZE, PAGE_SIZE);
	return n == ARRAY_SIZE(pieces);
}

GUEST_TEST(fault_inject, claim_in_pieces)
{
	if (have_hole())
		fault_walk("reserve_region_with_split", op_split_claim);
}

static bool op_split(void)
{
	struct vm_struct *vm = get_vm_area_caller(PMD_SIZE, PMD_SIZE, VM_MAP, _RET_IP_);
	unsigned long va = vm ? (unsigned long)vm->addr : 0;
	bool ok = vm &&
		  map_page_range(&init_mm, va, hole, PMD_SIZE, PAGE_KERNEL, PG_LEVEL_2M) == 0 &&
		  change_page_attr(&init_mm, va + PAGE_SIZE, PAGE_SIZE, 0, _PAGE_RW) == 0;

	if (vm)
		kfree(remove_vm_area(vm->addr));
	return ok;
}

GUEST_TEST(fault_inject, split_of_a_large_page)
{
	if (have_hole())
		fault_walk("split", op_split);
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
	fault_walk("set_memory", op_set_memory);
}

#define MOST_FUNCTIONS 8 /* each that is probed once more is so for each call that fails */

static unsigned int nr_functions;

static unsigned int take_all_away(void)
{
	struct pci_dev *dev;
	unsigned int n = 0;

	pci_lock_rescan_remove();
	for_each_pci_dev(dev) {
		if (dev->driver == &virtio_pci_driver) {
			pci_release_driver(dev);
			pci_intx_irq(dev); /* without MSI-X it is used; made once, it stays */
			n++;
		}
	}
	pci_unlock_rescan_remove();
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
	if (nr_functions && nr_functions <= MOST_FUNCTIONS)
		fault_walk("probe", op_probe);
	else
		guest_skip(nr_functions ? "too many virtio functions" : "no virtio function");
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
	fault_walk("kmap", op_kmap);
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
