// SPDX-License-Identifier: MIT
/*
 * The memory of a process, from inside: a thread of the kernel takes an mm and touches its
 * addresses as a system call would, and faults as a program would.
 */
#include <linux/mman.h>

#include "kernel/lib/errno.h"
#include "kernel/sched/sched.h"
#include "kernel/trap/traps.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "mm/uaccess.h"
#include "mm/user/gup.h"
#include "mm/user/mmap.h"
#include "mm/user/tables.h"
#include "mm/vmstat.h"
#include "tests/guest/guest_test.h"

#define RW     (PROT_READ | PROT_WRITE)
#define MIB(n) ((n)*0x100000UL)

/* As user exceptions do it (kernel/user/), without signals and stacks that grow. */
static bool fault(struct pt_regs *regs, u64 cr2)
{
	bool write = regs->orig_ax & X86_PF_WRITE;
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	vm_fault_t ret = VM_FAULT_SIGSEGV;

	local_irq_enable();
	mmap_read_lock(mm);
	vma = vma_lookup(mm, cr2);
	if (vma && vma->vm_flags & (write ? VM_WRITE : VM_READ))
		ret = handle_mm_fault(vma, cr2, FAULT_FLAG_USER | (write ? FAULT_FLAG_WRITE : 0),
				      regs);
	mmap_read_unlock(mm);
	local_irq_disable();
	return !(ret & VM_FAULT_ERROR);
}

static const struct user_trap_ops test_ops = { .page_fault = fault };

static struct completion over;

static void run(void *test)
{
	switch_to_user_mm((struct mm_struct *)mm_create());
	if (current->mm)
		((void (*)(void))test)();
	if (current->mm) {
		struct mm_struct *mm = current->mm;

		switch_to_user_mm(NULL);
		mmput(mm);
	}
	complete(&over);
	thread_exit(0);
}

/* Run the test in a thread with an mm, and see that all memory comes back. */
static void in_process(void (*test)(void))
{
	const struct user_trap_ops *old = trap_set_user_ops(&test_ops);
	unsigned long anon = global_page_state(NR_ANON_MAPPED), tables;

	free_spare_tables();
	tables = global_page_state(NR_PAGETABLE);
	init_completion(&over);
	kernel_thread(run, (void *)test, "user memory");
	wait_for_completion(&over);
	trap_set_user_ops(old);
	free_spare_tables();
	EXPECT_EQ(global_page_state(NR_PAGETABLE), tables);
	EXPECT_EQ(global_page_state(NR_ANON_MAPPED), anon);
	EXPECT_EQ(global_page_state(NR_ANON_THPS), 0);
}

static unsigned long map(unsigned long len, unsigned long prot)
{
	return vm_mmap(NULL, 0, len, prot, MAP_PRIVATE | MAP_ANONYMOUS, 0);
}

static long *at(unsigned long addr)
{
	return (long *)addr;
}

static void anonymous(void)
{
	unsigned long n = 300, addr = map(n * PAGE_SIZE, RW);
	long value;

	ASSERT(!IS_ERR_VALUE(addr));
	EXPECT_EQ(get_user(value, (long __user *)at(addr + 8)), 0);
	EXPECT_EQ(value, 0);
	EXPECT_EQ(get_mm_rss(current->mm), 0); /* the page of zeroes is nobody's */
	for (unsigned long i = 0; i < n; i++)
		EXPECT_EQ(put_user((long)i + 1, (long __user *)at(addr + i * PAGE_SIZE)), 0);
	EXPECT_EQ(get_mm_counter(current->mm, MM_ANONPAGES), n);
	for (unsigned long i = 0; i < n; i++) {
		EXPECT_EQ(get_user(value, (long __user *)at(addr + i * PAGE_SIZE)), 0);
		EXPECT_EQ(value, i + 1);
	}
	/* Given back in the middle, and at once zero again. */
	EXPECT_EQ(vm_munmap(addr + 10 * PAGE_SIZE, 5 * PAGE_SIZE), 0);
	EXPECT_EQ(get_mm_counter(current->mm, MM_ANONPAGES), n - 5);
	EXPECT_EQ(get_user(value, (long __user *)at(addr + 12 * PAGE_SIZE)), -EFAULT);
	EXPECT_EQ(get_user(value, (long __user *)at(addr + 15 * PAGE_SIZE)), 0);
	EXPECT_EQ(value, 16);
	EXPECT_EQ(vm_munmap(addr, n * PAGE_SIZE), 0);
	EXPECT_EQ(get_mm_rss(current->mm), 0);
	EXPECT_EQ(get_user(value, (long __user *)at(addr)), -EFAULT);
}

GUEST_TEST(user_memory, anonymous)
{
	in_process(anonymous);
}

static void huge(void)
{
	unsigned long before = global_page_state(NR_ANON_THPS), addr = map(MIB(6), RW), part;
	long value;

	ASSERT(!IS_ERR_VALUE(addr));
	part = ALIGN(addr, PMD_SIZE) + MIB(2);
	EXPECT_EQ(put_user(7L, (long __user *)at(part + 0x12340)), 0);
	EXPECT_EQ(global_page_state(NR_ANON_THPS), before + 1);
	EXPECT_EQ(get_mm_counter(current->mm, MM_ANONPAGES), 512);
	/* A part of it goes, and the rest stays. */
	EXPECT_EQ(vm_munmap(part, 16 * PAGE_SIZE), 0);
	EXPECT_EQ(global_page_state(NR_ANON_THPS), before);
	EXPECT_EQ(get_mm_counter(current->mm, MM_ANONPAGES), 512 - 16);
	EXPECT_EQ(get_user(value, (long __user *)at(part + 0x12340)), 0);
	EXPECT_EQ(value, 7);
}

GUEST_TEST(user_memory, pages_of_2_MiB)
{
	NEED_MEMORY(MIB(16));
	in_process(huge);
}

/* The thread is the other process from here on. */
static void become(struct mm_struct *mm)
{
	switch_to_user_mm(mm);
}

static void copies(void)
{
	struct mm_struct *parent = current->mm, *child;
	unsigned long n = 20, addr = map(n * PAGE_SIZE, RW);
	long value;

	for (unsigned long i = 0; i < n; i++)
		EXPECT_EQ(put_user((long)i, (long __user *)at(addr + i * PAGE_SIZE)), 0);
	child = dup_mm(current, parent);
	ASSERT(child);
	EXPECT_EQ(put_user(100L, (long __user *)at(addr)), 0);
	become(child);
	EXPECT_EQ(get_mm_counter(child, MM_ANONPAGES), n);
	EXPECT_EQ(get_user(value, (long __user *)at(addr)), 0);
	EXPECT_EQ(value, 0);
	EXPECT_EQ(put_user(200L, (long __user *)at(addr + PAGE_SIZE)), 0);
	EXPECT_EQ(put_user(300L, (long __user *)at(addr)), 0);
	become(parent);
	EXPECT_EQ(get_user(value, (long __user *)at(addr + PAGE_SIZE)), 0);
	EXPECT_EQ(value, 1);
	EXPECT_EQ(get_user(value, (long __user *)at(addr)), 0);
	EXPECT_EQ(value, 100);
	mmput(child);
	/* Nobody else has them now: they are written in place. */
	EXPECT_EQ(put_user(5L, (long __user *)at(addr + 2 * PAGE_SIZE)), 0);
	EXPECT_EQ(get_mm_counter(parent, MM_ANONPAGES), n);
}

GUEST_TEST(user_memory, fork_copies_on_write)
{
	in_process(copies);
}

/* As a device does: by the page, which may be high memory. */
static long device_read(struct page *page, unsigned int word)
{
	long *p = kmap_local_page(page), value = p[word];

	kunmap_local(p);
	return value;
}

static void device_write(struct page *page, unsigned int word, long value)
{
	long *p = kmap_local_page(page);

	WRITE_ONCE(p[word], value);
	kunmap_local(p);
}

static void pins(void)
{
	unsigned long acquired = global_page_state(NR_FOLL_PIN_ACQUIRED);
	unsigned long released = global_page_state(NR_FOLL_PIN_RELEASED);
	struct mm_struct *parent = current->mm, *child;
	unsigned long addr = map(4 * PAGE_SIZE, RW);
	struct page *page[4];
	long value;

	EXPECT_EQ(pin_user_pages_fast(addr, 4, FOLL_WRITE, page), 4);
	EXPECT_EQ(global_page_state(NR_FOLL_PIN_ACQUIRED), acquired + 4);
	child = dup_mm(current, parent);
	ASSERT(child);
	/* The device writes, and the parent sees it, not the child. */
	device_write(page[1], 0, 77);
	EXPECT_EQ(get_user(value, (long __user *)at(addr + PAGE_SIZE)), 0);
	EXPECT_EQ(value, 77);
	/* The parent writes, and the device sees it. */
	EXPECT_EQ(put_user(88L, (long __user *)at(addr + 2 * PAGE_SIZE)), 0);
	EXPECT_EQ(device_read(page[2], 0), 88);
	become(child);
	EXPECT_EQ(get_user(value, (long __user *)at(addr + PAGE_SIZE)), 0);
	EXPECT_EQ(value, 0);
	become(parent);
	mmput(child);
	/* It survives what maps it. */
	EXPECT_EQ(vm_munmap(addr, 4 * PAGE_SIZE), 0);
	EXPECT_EQ(page_pincount(page[2]), 1);
	EXPECT_EQ(page_count(page[2]), 0);
	EXPECT_EQ(device_read(page[2], 0), 88);
	unpin_user_pages_dirty_lock(page, 4, true);
	EXPECT_EQ(global_page_state(NR_FOLL_PIN_RELEASED), released + 4);
	EXPECT_EQ(pin_user_pages_fast(addr, 1, FOLL_WRITE, page), -EFAULT);
}

GUEST_TEST(user_memory, pinned_pages)
{
	in_process(pins);
}

/* ---- several threads of one process, while it forks ---- */

#define THREADS 4
#define PAGES	64
#define ROUNDS	3000

struct crowd {
	struct mm_struct *mm;
	unsigned long addr;	     /* PAGES, in each of which every thread has a word */
	unsigned long volatile_addr; /* PAGES that come and go */
};

struct member {
	struct crowd *crowd;
	unsigned long nr, wrong;
	struct completion over;
};

static unsigned long next_random(unsigned long *seed)
{
	*seed = *seed * 6364136223846793005UL + 1442695040888963407UL;
	return *seed >> 33;
}

/* Its word in a page is what it has written there last, whatever the others do. */
static void write_and_read(struct member *m, unsigned long *seed, long *last)
{
	unsigned long page = next_random(seed) % PAGES;
	long __user *word = (long __user *)at(m->crowd->addr + page * PAGE_SIZE) + m->nr;
	long __user *gone = (long __user *)at(m->crowd->volatile_addr + page * PAGE_SIZE) + m->nr;
	long value = -1;

	m->wrong += get_user(value, word) || value != last[page];
	last[page]++;
	m->wrong += put_user(last[page], word) || get_user(value, word) || value != last[page];
	m->wrong += put_user(last[page], gone) || get_user(value, gone) ||
		    (value && value != last[page]);
}

/* A device writes its own word of a page, and the program reads it. */
static void pin_and_write(struct member *m, unsigned long *seed)
{
	unsigned long va = m->crowd->addr + next_random(seed) % PAGES * PAGE_SIZE;
	long __user *word = (long __user *)at(va) + THREADS + m->nr;
	long value = -1, wrote = (long)next_random(seed);
	struct page *page;

	if (pin_user_pages_fast(va, 1, FOLL_WRITE, &page) != 1) {
		m->wrong++;
		return;
	}
	device_write(page, THREADS + m->nr, wrote);
	m->wrong += get_user(value, word) || value != wrote;
	unpin_user_pages_dirty_lock(&page, 1, true);
}

static void fork_and_zap(struct member *m, unsigned long *seed)
{
	struct mm_struct *child = dup_mm(current, m->crowd->mm);
	struct vm_area_struct *vma;

	if (child)
		mmput(child);
	else
		m->wrong++;
	mmap_read_lock(m->crowd->mm);
	vma = vma_lookup(m->crowd->mm, m->crowd->volatile_addr);
	if (vma)
		zap_page_range(vma, m->crowd->volatile_addr + next_random(seed) % PAGES * PAGE_SIZE,
			       PAGE_SIZE);
	mmap_read_unlock(m->crowd->mm);
}

static void member(void *arg)
{
	struct member *m = arg;
	unsigned long seed = m->nr;
	long last[PAGES] = { 0 };

	switch_to_user_mm(m->crowd->mm);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		write_and_read(m, &seed, last);
		if (i % 8 == 0)
			pin_and_write(m, &seed);
		if (m->nr == 0 && i % 16 == 0)
			fork_and_zap(m, &seed);
	}
	switch_to_user_mm(NULL);
	mmput(m->crowd->mm);
	complete(&m->over);
	thread_exit(0);
}

static void crowd(void)
{
	struct crowd c = { .mm = current->mm };
	struct member m[THREADS];

	c.addr = map(PAGES * PAGE_SIZE, RW);
	c.volatile_addr = map(PAGES * PAGE_SIZE, RW);
	for (unsigned long i = 0; i < THREADS; i++) {
		mmget(c.mm);
		m[i] = (struct member){ .crowd = &c, .nr = i };
		init_completion(&m[i].over);
		kernel_thread(member, &m[i], "user crowd");
	}
	for (unsigned long i = 0; i < THREADS; i++) {
		wait_for_completion(&m[i].over);
		EXPECT_EQ(m[i].wrong, 0);
	}
}

GUEST_TEST(user_memory, threads_while_it_forks)
{
	in_process(crowd);
}
