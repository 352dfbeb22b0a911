// SPDX-License-Identifier: MIT
/*
 * set_memory_*() without memory: where a large page has to be split, or a range of
 * memory types to be cut in two, and that fails, nothing has changed, neither what was
 * asked for nor anything beside it.
 */
#include "kernel/core/fault_inject.h"
#include "mm/ioremap.h"
#include "mm/set_memory.h"
#include "mm/views.h"
#include "mm/vmalloc.h"
#include "mm/vmstat.h"
#include "tests/guest/fault_walk.h"
#include "tests/guest/guest_test.h"
#include "tests/guest/hole.h"

#define PAGES_2M 512

typedef int (*change_t)(unsigned long addr, int numpages);

/* True; or false, and all is as it was. */
static bool try_change(change_t change, unsigned long va, int pages)
{
	u64 before = state_of_memory();

	if (change(va, pages) == 0)
		return true;
	EXPECT_EQ(state_of_memory(), before);
	return false;
}

/*
 * A part of a large page changes and changes back; then all of it does, and a part of
 * that is changed back.  Whatever failed, in the end it is as it came.
 */
static bool there_and_back(unsigned long va, change_t there, change_t back)
{
	const unsigned long part = va + 3 * PAGE_SIZE;
	bool ok = try_change(there, part, 2) && try_change(back, part, 2) &&
		  try_change(there, va, PAGES_2M) && try_change(back, part, 2);

	fault_inject_disarm();
	EXPECT_EQ(back(va, PAGES_2M), 0);
	return ok;
}

/* 2 MiB of RAM that the direct map has in one page, or one of its own in a larger one. */
static struct page *block;

static bool op_ro(void)
{
	return there_and_back((unsigned long)page_address(block), set_memory_ro, set_memory_rw);
}

static bool op_uc(void)
{
	return there_and_back((unsigned long)page_address(block), set_memory_uc, set_memory_wb);
}

static bool op_wc(void)
{
	return there_and_back((unsigned long)page_address(block), set_memory_wc, set_memory_wb);
}

static void walk_of_ram(const char *name, operation_t op)
{
	NEED_BLOCK(9);
	block = alloc_pages(GFP_KERNEL, 9);
	ASSERT(block);
	fault_walk(name, op);
	__free_pages(block, 9);
}

GUEST_TEST(fault_set_memory, read_only)
{
	walk_of_ram("set_memory_ro, _rw", op_ro);
}

GUEST_TEST(fault_set_memory, uncached)
{
	walk_of_ram("set_memory_uc, _wb", op_uc);
}

GUEST_TEST(fault_set_memory, write_combining)
{
	walk_of_ram("set_memory_wc, _wb", op_wc);
}

/* The direct map is never executable; a device's large page can be, once it is read-only. */
static unsigned long device;

static bool op_x(void)
{
	return there_and_back(device, set_memory_x, set_memory_nx);
}

GUEST_TEST(fault_set_memory, executable)
{
	phys_addr_t hole = find_hole(PUD_SIZE);
	void __iomem *p;

	if (!hole) {
		guest_skip("no hole of the bus that is large enough");
		return;
	}
	p = ioremap(hole, PMD_SIZE);
	ASSERT(p);
	device = (unsigned long)(__force void *)p;
	EXPECT_EQ(set_memory_ro(device, PAGES_2M), 0);
	fault_walk("set_memory_x, _nx", op_x);
	EXPECT_EQ(set_memory_rw(device, PAGES_2M), 0);
	iounmap(p);
}

/* ---- what vfree() cannot undo ---- */

#define HALF (PMD_SIZE / 2)

static unsigned long direct_address(void *area)
{
	return (unsigned long)page_address(vmalloc_to_page(area));
}

static bool are_halves(void *a, void *b)
{
	return (direct_address(a) ^ direct_address(b)) == HALF;
}

/* Two areas whose memory is the two halves of one large page of the direct map. */
static bool take_halves(void **a, void **b)
{
	void *all[8];
	unsigned int n = 0, i;

	*a = *b = NULL;
	while (n < ARRAY_SIZE(all) && (all[n] = vmalloc(HALF))) {
		for (i = 0; i < n && !*a; i++) {
			if (!are_halves(all[i], all[n]))
				continue;
			*a = all[i];
			*b = all[n];
		}
		n++;
	}
	for (i = 0; i < n; i++)
		if (all[i] != *a && all[i] != *b)
			vfree(all[i]);
	return *a;
}

/* Pages in use, but for page tables: joining may save more of these than before. */
static unsigned long used_pages(void)
{
	struct page_counts c;

	get_page_counts(&c);
	return c.used - global_page_state(NR_PAGETABLE);
}

/*
 * Both halves are read-only, and one page again.  When one of them is freed, and that
 * page cannot be split, its memory is lost rather than given away as it is.
 */
GUEST_TEST_WARNS(fault_set_memory, vfree_keeps_what_it_cannot_reset)
{
	struct fault_plan plan = { .sites = BIT(FAULT_TABLE), .nth = 1, .onwards = true };
	unsigned long direct, used;
	void *a, *b;

	NEED_MEMORY(24UL << 20);
	if (nr_free_highpages() || !take_halves(&a, &b)) {
		guest_skip("vmalloc() takes no halves of a page of the direct map");
		return;
	}
	direct = direct_address(a);
	EXPECT_EQ(set_memory_ro((unsigned long)a, PAGES_2M / 2), 0);
	EXPECT_EQ(set_memory_ro((unsigned long)b, PAGES_2M / 2), 0);
	join_waiting_views();
	used = used_pages();
	fault_inject_arm(&plan);
	vfree(a);
	EXPECT_EQ(fault_inject_disarm(), 1);
	EXPECT_EQ(used_pages(), used);
	vfree(b);
	EXPECT_EQ(set_memory_rw(direct, PAGES_2M / 2), 0);
	free_pages(direct, 8);
	EXPECT_EQ(used_pages(), used - PAGES_2M);
}
