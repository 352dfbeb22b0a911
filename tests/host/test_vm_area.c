// SPDX-License-Identifier: MIT
// sources: mm/vm_area.c mm/vm_place.c kernel/lib/tree.c
/*
 * The allocator of vmalloc addresses against a flat list: areas never meet, a
 * guard page follows each, a gap of the lowest kind that surely fits is taken, find
 * and remove see exactly what is there, and all space comes back.  Areas that were
 * released are idle: they keep their place until they are used again or let go, none
 * of these before the TLB was flushed where that is due, and there are never more than
 * the bound says.
 */
#include "mm/vmalloc.h"
#include "tests/host/test.h"
#include "tests/vm_areas.h"

#define MAX_AREAS 512

static struct vm_struct *model[MAX_AREAS]; /* by address */
static unsigned int nr_model;
static unsigned long unmapped_va, unmapped_size;

struct mm init_mm;

/* What remove_vm_area() asks of the page tables: while that runs, the area must be hidden. */
void unmap_page_range(struct mm *mm, unsigned long va, unsigned long size)
{
	EXPECT(mm == &init_mm);
	EXPECT(!find_vm_area((void *)va));
	EXPECT(!area_around(va));
	unmapped_va = va;
	unmapped_size = size;
}

/* ---- idle areas: what the page tables are asked, and when ---- */

static struct idle {
	unsigned long start, size; /* guard page included */
	unsigned long flushed_at;  /* the flush from which on it may be used again */
} idle[VM_IDLE_MAX + 1];
static unsigned int nr_idle;
static unsigned long taken_due; /* the latest flushed_at of those whose tables are taken out */
static bool few_used;		/* what unmap_area_range() is to say */

unsigned long tlb_flushes_begun, tlb_flushes_done;

bool unmap_area_range(unsigned long va, unsigned long size)
{
	EXPECT(!find_vm_area((void *)va));
	unmapped_va = va;
	unmapped_size = size;
	return few_used;
}

static unsigned int find_idle(unsigned long start)
{
	unsigned int i = 0;

	while (i < nr_idle && idle[i].start != start)
		i++;
	return i;
}

/* It leaves the idle ones, to be used again or for good. */
static void drop_idle(unsigned int i)
{
	for (nr_idle--; i < nr_idle; i++)
		idle[i] = idle[i + 1];
}

void __tlb_flush_mmu(struct mmu_gather *tlb)
{
	EXPECT(tlb->mm == &init_mm);
	if (tlb->nr_pages > TLB_SINGLE_PAGES)
		tlb_flushes_done = ++tlb_flushes_begun;
	tlb->nr_pages = 0;
}

/* A run of idle areas, side by side, leaves.  Some have tables that go. */
void take_area_tables(unsigned long va, unsigned long size, struct mmu_gather *tlb)
{
	unsigned long end = va + size;

	if (test_random() % 2)
		tlb_add_page(tlb, va);

	while (va < end) {
		unsigned int i = find_idle(va);

		ASSERT(i < nr_idle);
		va += idle[i].size;
		taken_due = max(taken_due, idle[i].flushed_at);
		drop_idle(i);
	}
	EXPECT_EQ(va, end);
}

static void setup(void)
{
	static bool done;

	if (!done) {
		expect_warns(1);
		EXPECT(!get_vm_area(PAGE_SIZE, VM_MAP)); /* too early */
		vmalloc_init();
	}
	done = true;
	EXPECT_EQ(nr_vm_areas(), 0);
}

static struct vm_struct *model_containing(unsigned long addr);

static unsigned long start_of(unsigned int i)
{
	return (unsigned long)model[i]->addr;
}

/* The end of the gap that holds addr, its begin in *from: up to the next area or idle one. */
static unsigned long gap_around(unsigned long addr, unsigned long *from)
{
	unsigned long to = VMALLOC_END;

	*from = VMALLOC_START;
	for (unsigned int i = 0; i < nr_model; i++) {
		if (start_of(i) > addr) {
			to = start_of(i);
			break;
		}
		*from = start_of(i) + model[i]->size;
	}
	for (unsigned int i = 0; i < nr_idle; i++) {
		if (idle[i].start > addr)
			to = min(to, idle[i].start);
		else
			*from = max(*from, idle[i].start + idle[i].size);
	}
	return to;
}

static unsigned int kind_of(unsigned long bytes)
{
	return bytes ? ilog2(bytes / PAGE_SIZE) : 0;
}

/* Whether gaps of a lower kind than `kind` are there whose kind says that `room` fits. */
static bool lower_kind_fits(unsigned int kind, unsigned long room)
{
	unsigned long at = VMALLOC_START, from, to;

	while (at < VMALLOC_END) {
		to = gap_around(at, &from);
		if (from <= at && to > at && kind_of(to - from) < kind &&
		    1UL << kind_of(to - from) >= room / PAGE_SIZE)
			return true;
		at = max(to, at + PAGE_SIZE);
		while (find_idle(at) < nr_idle || model_containing(at)) {
			unsigned int i = find_idle(at);
			struct vm_struct *vm = model_containing(at);

			at = vm ? (unsigned long)vm->addr + vm->size : at + idle[i].size;
		}
	}
	return false;
}

/* A new area, not in the model yet, lies right in a gap, as low as alignment allows. */
static void check_new(const struct vm_struct *vm, unsigned long bytes, unsigned long align)
{
	unsigned long start = (unsigned long)vm->addr, from, to = gap_around(start, &from);

	EXPECT_EQ(vm->size, bytes);
	EXPECT_EQ(start, ALIGN(from, align));
	EXPECT(from <= start && start + bytes <= to);
	EXPECT(test_random() % 16 ||
	       !lower_kind_fits(kind_of(to - from), bytes + align - PAGE_SIZE));
}

static void model_add(struct vm_struct *vm)
{
	unsigned int i = nr_model++;

	for (; i > 0 && start_of(i - 1) > (unsigned long)vm->addr; i--)
		model[i] = model[i - 1];
	model[i] = vm;
}

static struct vm_struct *model_containing(unsigned long addr)
{
	for (unsigned int i = 0; i < nr_model; i++)
		if (addr - start_of(i) < model[i]->size)
			return model[i];
	return NULL;
}

static void add_random(void)
{
	unsigned long size = 1 + test_random() % (16 * PAGE_SIZE);
	unsigned long align = PAGE_SIZE << (test_random() % 4 ? 0 : test_random() % 10);
	unsigned long bytes = PAGE_ALIGN(size) + PAGE_SIZE;
	struct vm_struct *vm = get_vm_area_caller(size, align, VM_MAP, 0);

	ASSERT(vm);
	check_new(vm, bytes, align);
	model_add(vm);
}

static void remove_nth(unsigned int i)
{
	struct vm_struct *vm = model[i];

	nr_model--;
	for (; i < nr_model; i++)
		model[i] = model[i + 1];
	EXPECT(!remove_vm_area_flags(vm->addr, VM_ALLOC));
	EXPECT_EQ(remove_vm_area(vm->addr), vm);
	EXPECT_EQ(unmapped_va, vm->addr);
	EXPECT_EQ(unmapped_size, vm->size - PAGE_SIZE);
	EXPECT(!remove_vm_area(vm->addr));
	kfree(vm);
}

static void check_find(void)
{
	unsigned long addr = VMALLOC_START + test_random() % (MAX_AREAS * 20 * PAGE_SIZE);
	struct vm_struct *vm = model_containing(addr);

	EXPECT_EQ(area_around(addr), vm ? vm->addr : NULL);
	EXPECT_EQ(find_vm_area((void *)addr), vm && vm->addr == (void *)addr ? vm : NULL);
	if (vm)
		EXPECT_EQ(find_vm_area(vm->addr), vm);
}

static void check_walk(void)
{
	unsigned long addr = VMALLOC_START;
	struct vm_struct vm;
	unsigned int i = 0;

	for (; next_vm_area(addr, &vm); addr = (unsigned long)vm.addr + vm.size) {
		ASSERT(i < nr_model);
		EXPECT_EQ(vm.addr, model[i]->addr);
		i++;
	}
	EXPECT_EQ(i, nr_model);
	EXPECT_EQ(nr_vm_areas(), nr_model);
}

TEST(areas_against_a_flat_list)
{
	setup();
	for (int step = 0; step < 100000; step++) {
		/* Long stretches of growing and of shrinking, so that both ends are met. */
		bool grow = step / 1000 % 2 ? test_random() % 3 == 0 : test_random() % 3 != 0;

		if (grow && nr_model < MAX_AREAS)
			add_random();
		else if (!grow && nr_model)
			remove_nth(test_random() % nr_model);
		check_find();
		if (step % 500 == 0)
			check_walk();
	}
	while (nr_model)
		remove_nth(nr_model - 1);
	check_walk();
}

static bool fits(const struct idle *i, unsigned long bytes, unsigned long align)
{
	return i->size == bytes && IS_ALIGNED(i->start, align) && tlb_flushes_done >= i->flushed_at;
}

static unsigned int could_reuse, did_reuse;

static void get_one(void)
{
	unsigned long size = (1 + test_random() % 20) * PAGE_SIZE;
	unsigned long align = PAGE_SIZE << (test_random() % 4 ? 0 : test_random() % 6);
	unsigned long bytes = size + PAGE_SIZE;
	struct vm_struct *vm = get_vm_area_caller(size, align, VM_IOREMAP, 7);
	unsigned int i;

	ASSERT(vm);
	EXPECT(!vm->nr_pages && !vm->pages && !vm->phys_addr && vm->caller == 7);
	for (i = 0; i < nr_idle && !fits(&idle[i], bytes, align);)
		i++;
	could_reuse += i < nr_idle;
	i = find_idle((unsigned long)vm->addr);
	if (i < nr_idle) {
		EXPECT(fits(&idle[i], bytes, align) && vm->size == bytes);
		drop_idle(i);
		did_reuse++;
	} else {
		check_new(vm, bytes, align);
	}
	model_add(vm);
}

static void release_nth(unsigned int i)
{
	struct vm_struct *vm = model[i];

	nr_model--;
	for (; i < nr_model; i++)
		model[i] = model[i + 1];
	few_used = test_random() % 3;
	EXPECT(!detach_vm_area(vm->addr, VM_ALLOC));
	EXPECT(detach_vm_area(vm->addr, VM_IOREMAP) == vm);
	EXPECT_EQ(unmapped_size, vm->size - PAGE_SIZE);
	EXPECT(!find_vm_area(vm->addr) && !area_around(unmapped_va));
	EXPECT(!detach_vm_area(vm->addr, VM_IOREMAP) && !remove_vm_area(vm->addr));
	EXPECT_EQ(nr_vm_areas(), nr_model);
	idle[nr_idle++] = (struct idle){ unmapped_va, vm->size, tlb_flushes_done + !few_used };
	release_vm_area(vm);
	EXPECT(tlb_flushed_until(taken_due));
	EXPECT(nr_idle <= VM_IDLE_MAX);
}

/* No idle area waits for a flush then; all stay, and where none waited nothing was done. */
static void check_flush(void)
{
	unsigned long before = tlb_flushes_done, due = before;
	unsigned int n = nr_idle;

	for (unsigned int i = 0; i < nr_idle; i++)
		due = max(due, idle[i].flushed_at);
	vm_flush_aliases();
	EXPECT(tlb_flushes_done >= due);
	EXPECT(due > before || tlb_flushes_done == before);
	EXPECT_EQ(nr_idle, n);
}

/* A flush that another CPU has begun before the area was unmapped does not count for it. */
TEST(a_flush_that_is_under_way)
{
	const unsigned long size = 3 * PAGE_SIZE;
	struct vm_struct *vm, *other;

	setup();
	vm = get_vm_area_caller(size, PAGE_SIZE, VM_MAP, 0);
	ASSERT(vm);
	tlb_flushes_begun++;
	few_used = false;
	EXPECT(detach_vm_area(vm->addr, VM_MAP) == vm);
	idle[nr_idle++] = (struct idle){ unmapped_va, vm->size, tlb_flushes_begun + 1 };
	release_vm_area(vm);
	tlb_flushes_done = tlb_flushes_begun; /* and now it is over */
	other = get_vm_area_caller(size, PAGE_SIZE, VM_MAP, 0);
	EXPECT(other && other != vm);
	tlb_flushes_done = ++tlb_flushes_begun;
	EXPECT(get_vm_area_caller(size, PAGE_SIZE, VM_MAP, 0) == vm);
	nr_idle = 0;
	kfree(remove_vm_area(vm->addr));
	kfree(remove_vm_area(other->addr));
	EXPECT_EQ(nr_vm_areas(), 0);
}

TEST(idle_areas_against_a_flat_list)
{
	setup();
	for (int step = 0; step < 100000; step++) {
		bool grow = step / 1000 % 2 ? test_random() % 3 == 0 : test_random() % 3 != 0;

		if (grow && nr_model < MAX_AREAS)
			get_one();
		else if (!grow && nr_model && test_random() % 8)
			release_nth(test_random() % nr_model);
		else if (!grow && nr_model)
			remove_nth(nr_model - 1);
		if (test_random() % 100 == 0)
			check_flush();
		if (test_random() % 500 == 0) {
			vm_unmap_aliases();
			EXPECT_EQ(nr_idle, 0);
		}
		check_find();
		if (step % 500 == 0)
			check_walk();
	}
	while (nr_model)
		release_nth(0);
	vm_unmap_aliases();
	EXPECT_EQ(nr_idle, 0);
	EXPECT(did_reuse > could_reuse / 2); /* only the first few of a list are looked at */
	check_walk();
	kfree(remove_vm_area(get_vm_area(PAGE_SIZE, VM_MAP)->addr));
	EXPECT_EQ(unmapped_va, VMALLOC_START);
}

TEST(refusals)
{
	struct vm_struct *vm, copy;

	setup();
	EXPECT(!get_vm_area(0, VM_MAP));
	EXPECT(!get_vm_area(~0UL, VM_MAP));
	EXPECT(!get_vm_area(VMALLOC_SIZE, VM_MAP)); /* no room for the guard page */
	EXPECT(!get_vm_area_caller(PAGE_SIZE, ~0UL ^ (~0UL >> 1), VM_MAP, 0));
	EXPECT(!get_vm_area_caller(PAGE_SIZE, 1, VM_MAP, 0));
	vm = get_vm_area(VMALLOC_SIZE - PAGE_SIZE, VM_MAP); /* all there is */
	ASSERT(vm);
	EXPECT_EQ(vm->addr, VMALLOC_START);
	EXPECT(!get_vm_area(1, VM_MAP));
	EXPECT(!remove_vm_area((void *)VMALLOC_END));
	EXPECT(!area_around(VMALLOC_END));
	kfree(remove_vm_area(vm->addr));
	vm = get_vm_area(PAGE_SIZE, VM_MAP);
	ASSERT(vm);
	EXPECT_EQ(area_around((unsigned long)vm->addr + vm->size - 1), vm->addr);
	EXPECT(!next_vm_area((unsigned long)vm->addr + vm->size, &copy));
	EXPECT(!next_vm_area(VMALLOC_END, &copy));
	EXPECT(!next_vm_area(~0UL, &copy));
	EXPECT(next_vm_area(0, &copy));
	kfree(remove_vm_area(vm->addr));
	EXPECT_EQ(nr_vm_areas(), 0);
}

TEST(no_memory_leaves_nothing)
{
	setup();
	test_fail_kmalloc_after(0);
	EXPECT(!get_vm_area(PAGE_SIZE, VM_MAP));
	test_fail_kmalloc_after(-1);
	EXPECT_EQ(nr_vm_areas(), 0);
}
