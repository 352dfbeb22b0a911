// SPDX-License-Identifier: MIT
/*
 * Translations are forgotten by all CPUs.  On each other CPU a thread reads through an address
 * in a loop, while this one takes the mapping away, or changes it.  Once the call that does
 * so has returned, no read may find what was there before.
 *
 * `selftest tlb unflushed` is the same with the other CPUs left out: then each test wants its
 * readers to find the old value, for else it would prove nothing.  One test does so always.
 */
#include "mm/tlb.h"
#include "kernel/core/smp.h"
#include "kernel/lib/string.h"
#include "kernel/sched/kthread.h"
#include "kernel/time/time.h"
#include "kernel/trap/nofault.h"
#include "mm/highmem.h"
#include "mm/ioremap.h"
#include "mm/set_memory.h"
#include "mm/vmalloc.h"
#include "mm/vmstat.h"
#include "tests/guest/guest_test.h"

#define OLD	    0x1122334455667788ULL
#define NEW	    0x99aabbccddeeff00ULL
#define FAULT	    0xfa17fa17fa17fa17ULL
#define MAX_READERS 3
#define MANY	    (2 * TLB_SINGLE_PAGES) /* pages: more than are forgotten one by one */

struct reader {
	struct task_struct *task;
	struct mm *mm; /* whose user half it reads, or NULL */
	unsigned long va;
	bool writes; /* it writes what it has read */
	u64 old;
	unsigned long loops, olds; /* all; those that found the old value */
	u64 last;
};

static struct reader readers[MAX_READERS];
static unsigned int nr_readers;

static u64 read_once(const struct reader *r)
{
	u64 value;

	if (nofault_read(r->va, 8, &value, NULL))
		return FAULT;
	if (r->writes && nofault_write(r->va, 8, value, NULL))
		return FAULT;
	return value;
}

static int read_in_a_loop(void *reader)
{
	struct reader *r = reader;

	if (r->mm) {
		preempt_disable();
		switch_mm(&init_mm, r->mm);
	}
	while (!kthread_should_stop()) {
		u64 value = read_once(r);

		WRITE_ONCE(r->last, value);
		if (value == r->old)
			WRITE_ONCE(r->olds, r->olds + 1);
		WRITE_ONCE(r->loops, r->loops + 1);
	}
	if (r->mm) {
		switch_mm(r->mm, &init_mm);
		preempt_enable();
	}
	return 0;
}

/* Each reader has done `n` loops more. */
static bool wait_for_loops(unsigned long n)
{
	for (unsigned int i = 0; i < nr_readers; i++) {
		unsigned long from = READ_ONCE(readers[i].loops);

		if (!poll_timeout(READ_ONCE(readers[i].loops) - from >= n, PATIENCE_USEC))
			return false;
	}
	return true;
}

static void stop_readers(void)
{
	while (nr_readers)
		kthread_stop(readers[--nr_readers].task);
}

/* Readers on other CPUs than this one, where the tests' thread stays, which have read the old value. */
static bool start_readers(const struct reader *what)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
	{
		struct reader *r = &readers[nr_readers];

		if (cpu == raw_smp_processor_id() || nr_readers == MAX_READERS)
			continue;
		*r = *what;
		r->task = kthread_create_on_cpu(read_in_a_loop, r, cpu, "reader/%u", cpu);
		if (IS_ERR(r->task))
			return false;
		wake_up_process(r->task);
		nr_readers++;
	}
	if (!nr_readers)
		guest_skip("there is one CPU");
	return nr_readers && wait_for_loops(10);
}

/* How often the old value was found by reads that began after this moment. */
static unsigned long late_reads(void)
{
	unsigned long before = 0, after = 0;

	EXPECT(wait_for_loops(2)); /* those under way are over */
	for (unsigned int i = 0; i < nr_readers; i++)
		before += READ_ONCE(readers[i].olds);
	EXPECT(wait_for_loops(1000));
	for (unsigned int i = 0; i < nr_readers; i++)
		after += READ_ONCE(readers[i].olds);
	return after - before;
}

static bool unflushed(void)
{
	const char *word = guest_argument(0);

	return word && strcmp(word, "unflushed") == 0;
}

static void change_unflushed(void (*change)(void *arg), void *arg)
{
	tlb_leave_others_out = true;
	change(arg);
	tlb_leave_others_out = false;
}

/* Read `what`, call `change`, and see that nobody finds the old value: how many did. */
static unsigned long watch_flushed(struct reader what, void (*change)(void *arg), void *arg,
				   bool flushed)
{
	unsigned long late = 0;

	what.old = read_once(&what);
	if (what.mm)
		what.old = OLD;
	if (start_readers(&what)) {
		for (unsigned int i = 0; i < nr_readers; i++)
			EXPECT_EQ(readers[i].last, what.old);
		if (flushed)
			change(arg);
		else
			change_unflushed(change, arg);
		late = late_reads();
		if (!flushed)
			flush_tlb_all();
	} else {
		change(arg);
	}
	stop_readers();
	return late;
}

static void watch(struct reader what, void (*change)(void *arg), void *arg)
{
	if (smp_alone() || !unflushed())
		EXPECT_EQ(watch_flushed(what, change, arg, true), 0);
	else
		EXPECT(watch_flushed(what, change, arg, false) > 0);
}

/* ---- mappings that go ---- */

#define SYSTEM_ROM 0xff000 /* its last page: memory, which is not RAM to the kernel */

static void do_iounmap(void *p)
{
	iounmap((void __iomem *)p);
}

static void do_vunmap(void *p)
{
	vunmap(p);
}

static void do_vfree(void *p)
{
	vfree(p);
}

GUEST_TEST(tlb, iounmap)
{
	void __iomem *p = ioremap(SYSTEM_ROM, PAGE_SIZE);

	ASSERT(p);
	watch((struct reader){ .va = (unsigned long)p + 0xff0 }, do_iounmap, (__force void *)p);
}

GUEST_TEST(tlb, iounmap_of_what_is_cached)
{
	void __iomem *p = ioremap_cache(SYSTEM_ROM, PAGE_SIZE);

	ASSERT(p);
	watch((struct reader){ .va = (unsigned long)p + 0xff0 }, do_iounmap, (__force void *)p);
}

/* n pages side by side, each with OLD at its begin; what it takes is the caller's to free. */
static void *vmap_pages(struct page **pages, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		pages[i] = alloc_page(GFP_KERNEL);
		if (!pages[i])
			return NULL;
		*(u64 *)page_address(pages[i]) = OLD;
	}
	return vmap(pages, n, VM_MAP, PAGE_KERNEL);
}

static void free_pages_of(struct page **pages, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		__free_page(pages[i]);
}

GUEST_TEST(tlb, vunmap)
{
	struct page *page;
	void *p = vmap_pages(&page, 1);

	ASSERT(p);
	watch((struct reader){ .va = (unsigned long)p }, do_vunmap, p);
	free_pages_of(&page, 1);
}

/* The addresses are somebody else's at once. */
static void vunmap_and_vmap_another(void *p)
{
	struct page *page = alloc_page(GFP_KERNEL);
	void *again;

	vunmap(p);
	*(u64 *)page_address(page) = NEW;
	again = vmap(&page, 1, VM_MAP, PAGE_KERNEL);
	EXPECT(again == p);
	wait_for_loops(20);
	for (unsigned int i = 0; i < nr_readers; i++)
		EXPECT(unflushed() || READ_ONCE(readers[i].last) == NEW);
	vunmap(again);
	__free_page(page);
}

GUEST_TEST(tlb, the_same_addresses_show_the_new_page)
{
	struct page *page;
	void *p = vmap_pages(&page, 1);

	ASSERT(p);
	watch((struct reader){ .va = (unsigned long)p }, vunmap_and_vmap_another, p);
	free_pages_of(&page, 1);
}

/* Where pages are many they may be forgotten later, all at once: at the latest now. */
static void vunmap_and_purge(void *p)
{
	vunmap(p);
	vm_unmap_aliases();
}

static void touch(void *p, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		READ_ONCE(*(u64 *)(p + i * PAGE_SIZE));
}

GUEST_TEST(tlb, vunmap_of_many_and_a_purge)
{
	struct page *pages[MANY];
	void *p = vmap_pages(pages, MANY);

	ASSERT(p);
	touch(p, MANY);
	watch((struct reader){ .va = (unsigned long)p + 50 * PAGE_SIZE }, vunmap_and_purge, p);
	free_pages_of(pages, MANY);
}

static void *old_vmalloc(unsigned int pages)
{
	u64 *p = vmalloc(pages * PAGE_SIZE);

	for (unsigned long i = 0; p && i < pages; i++)
		p[i * PAGE_SIZE / sizeof(*p)] = OLD;
	return p;
}

GUEST_TEST(tlb, vfree)
{
	void *p = old_vmalloc(1);

	ASSERT(p);
	watch((struct reader){ .va = (unsigned long)p }, do_vfree, p);
}

/* Its pages are given back: these may not wait for a purge. */
GUEST_TEST(tlb, vfree_of_many)
{
	void *p = old_vmalloc(MANY);

	ASSERT(p);
	watch((struct reader){ .va = (unsigned long)p + 50 * PAGE_SIZE }, do_vfree, p);
}

static void do_kunmap(void *page)
{
	kunmap(page);
}

GUEST_TEST(tlb, kunmap)
{
	struct page *page = alloc_page(__GFP_HIGHMEM);
	u64 *p;

	ASSERT(page);
	if (!PageHighMem(page)) {
		guest_skip("no high memory: boot with highmem=64M");
	} else {
		p = kmap(page);
		*p = OLD;
		watch((struct reader){ .va = (unsigned long)p }, do_kunmap, page);
	}
	__free_page(page);
}

/* ---- rights that go ---- */

static void make_read_only(void *p)
{
	EXPECT_EQ(set_memory_ro((unsigned long)p, 1), 0);
}

static void check_read_only(u64 *p)
{
	*p = OLD;
	watch((struct reader){ .va = (unsigned long)p, .writes = true }, make_read_only, p);
	EXPECT_EQ(set_memory_rw((unsigned long)p, 1), 0);
}

GUEST_TEST(tlb, set_memory_of_an_area)
{
	u64 *p = vmalloc(PAGE_SIZE);

	ASSERT(p);
	check_read_only(p);
	vfree(p);
}

/* A piece of a large page, which is split for it and joined after. */
GUEST_TEST(tlb, set_memory_of_the_direct_map)
{
	unsigned long va = __get_free_pages(GFP_KERNEL, 0);

	ASSERT(va);
	check_read_only((u64 *)va);
	free_page(va);
}

/* ---- a user half ---- */

#define USER_VA 0x400000UL

static void unmap_user(void *mm)
{
	unmap_page_range(mm, USER_VA, PAGE_SIZE);
}

GUEST_TEST(tlb, user_half_of_a_root_in_use)
{
	pgprot_t prot = __pgprot(_PAGE_KERNEL_BITS & ~_PAGE_GLOBAL);
	u64 *memory = (u64 *)get_zeroed_page(GFP_KERNEL);
	struct mm *mm = mm_alloc();

	ASSERT(memory && mm);
	*memory = OLD;
	EXPECT_EQ(map_page_range(mm, USER_VA, __pa(memory), PAGE_SIZE, prot, PG_LEVEL_4K), 0);
	watch((struct reader){ .va = USER_VA, .mm = mm }, unmap_user, mm);
	mm_free(mm);
	free_page((unsigned long)memory);
}

/* Who does not use the root is not told. */
GUEST_TEST(tlb, user_half_of_a_root_that_nobody_uses)
{
	pgprot_t prot = __pgprot(_PAGE_KERNEL_BITS & ~_PAGE_GLOBAL);
	unsigned long told = global_page_state(NR_TLB_REMOTE_FLUSH_RECEIVED);
	u64 *memory = (u64 *)get_zeroed_page(GFP_KERNEL);
	struct mm *mm = mm_alloc();

	ASSERT(memory && mm);
	EXPECT_EQ(map_page_range(mm, USER_VA, __pa(memory), PAGE_SIZE, prot, PG_LEVEL_4K), 0);
	unmap_page_range(mm, USER_VA, PAGE_SIZE);
	mm_free(mm);
	free_page((unsigned long)memory);
	EXPECT_EQ(global_page_state(NR_TLB_REMOTE_FLUSH_RECEIVED), told);
}

/* ---- who is told ---- */

/* What nobody has used is in no TLB. */
GUEST_TEST(tlb, nobody_is_told_of_what_was_not_used)
{
	unsigned long told = global_page_state(NR_TLB_REMOTE_FLUSH);
	void __iomem *p;

	for (unsigned int i = 0; i < 10; i++) {
		p = ioremap(SYSTEM_ROM, PAGE_SIZE);
		ASSERT(p);
		iounmap(p);
	}
	EXPECT_EQ(global_page_state(NR_TLB_REMOTE_FLUSH), told);
}

GUEST_TEST(tlb, all_are_told_once)
{
	unsigned long others = num_online_cpus() - 1;
	unsigned long told = global_page_state(NR_TLB_REMOTE_FLUSH);
	unsigned long received = global_page_state(NR_TLB_REMOTE_FLUSH_RECEIVED);
	struct page *pages[10];
	void *p = vmap_pages(pages, 10);

	ASSERT(p);
	touch(p, 10);
	vunmap(p);
	EXPECT_EQ(global_page_state(NR_TLB_REMOTE_FLUSH), told + !!others);
	EXPECT_EQ(global_page_state(NR_TLB_REMOTE_FLUSH_RECEIVED), received + others);
	free_pages_of(pages, 10);
}

/* ---- a table in the place of another ---- */

static struct {
	unsigned long va;
	phys_addr_t pa;
	bool unmap, map, mapped;
} two_tables;

static int unmap_when_told(void *unused)
{
	(void)unused;
	while (!READ_ONCE(two_tables.unmap))
		cpu_relax();
	unmap_page_range(&init_mm, two_tables.va, PAGE_SIZE);
	while (!kthread_should_stop())
		yield();
	return 0;
}

static int map_when_told(void *unused)
{
	(void)unused;
	while (!READ_ONCE(two_tables.map))
		cpu_relax();
	EXPECT_EQ(map_page_range(&init_mm, two_tables.va + PAGE_SIZE, two_tables.pa, PAGE_SIZE,
				 PAGE_KERNEL, PG_LEVEL_4K),
		  0);
	WRITE_ONCE(two_tables.mapped, true);
	while (!kthread_should_stop())
		yield();
	return 0;
}

static bool is_mapped(unsigned long va)
{
	enum pg_level level;

	lookup_address(va, &level);
	return level != PG_LEVEL_NONE;
}

/* This CPU hears of nothing while the table goes: another must not come before it has heard. */
static bool mapped_while_deaf(void)
{
	unsigned long flags = local_irq_save();
	u64 until = ktime_get() + 5 * NSEC_PER_SEC;
	bool mapped;

	WRITE_ONCE(two_tables.unmap, true);
	while (is_mapped(two_tables.va) && ktime_get() < until)
		cpu_relax();
	EXPECT(!is_mapped(two_tables.va));
	WRITE_ONCE(two_tables.map, true);
	until = ktime_get() + 20 * NSEC_PER_MSEC;
	while (ktime_get() < until)
		cpu_relax();
	mapped = READ_ONCE(two_tables.mapped);
	local_irq_restore(flags);
	return mapped;
}

static void check_two_tables(void)
{
	unsigned int first = cpumask_first(&cpu_online_mask), me = raw_smp_processor_id();
	struct task_struct *t[2];

	if (first == me)
		first = cpumask_next(first, &cpu_online_mask);
	t[0] = kthread_create_on_cpu(unmap_when_told, NULL, first, "unmaps");
	do
		first = cpumask_next(first, &cpu_online_mask);
	while (first == me);
	t[1] = kthread_create_on_cpu(map_when_told, NULL, first, "maps");
	ASSERT(!IS_ERR(t[0]) && !IS_ERR(t[1]));
	wake_up_process(t[0]);
	wake_up_process(t[1]);
	EXPECT(!mapped_while_deaf());
	EXPECT(poll_timeout(READ_ONCE(two_tables.mapped), PATIENCE_USEC));
	kthread_stop(t[0]);
	kthread_stop(t[1]);
}

GUEST_TEST(tlb, no_table_in_the_place_of_one_that_is_still_known)
{
	struct vm_struct *vm = get_vm_area_caller(PMD_SIZE, PMD_SIZE, VM_MAP, 0);
	struct page *page = alloc_page(GFP_KERNEL);

	ASSERT(vm && page);
	memset(&two_tables, 0, sizeof(two_tables));
	two_tables.va = (unsigned long)vm->addr;
	two_tables.pa = page_to_phys(page);
	if (num_online_cpus() < 3) {
		guest_skip("there are less than three CPUs");
	} else {
		EXPECT_EQ(map_page_range(&init_mm, two_tables.va, two_tables.pa, PAGE_SIZE,
					 PAGE_KERNEL, PG_LEVEL_4K),
			  0);
		check_two_tables();
	}
	kfree(remove_vm_area(vm->addr));
	__free_page(page);
}

/* ---- the readers do notice ---- */

GUEST_TEST(tlb, without_the_flush_it_would_be_seen)
{
	struct page *page;
	void *p = vmap_pages(&page, 1);
	unsigned long late;

	ASSERT(p);
	late = watch_flushed((struct reader){ .va = (unsigned long)p }, do_vunmap, p, false);
	if (!smp_alone() && !late)
		guest_skip("it was not seen: this machine's hypervisor forgets by itself");
	free_pages_of(&page, 1);
}
