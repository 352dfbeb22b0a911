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
	thread_exit(0);
}

/* Run the test in a thread with an mm, and see that all memory comes back. */
static void in_process(void (*test)(void))
{
	const struct user_trap_ops *old = trap_set_user_ops(&test_ops);
	unsigned long tables = global_page_state(NR_PAGETABLE);
	unsigned long anon = global_page_state(NR_ANON_MAPPED);
	struct page_counts counts;
	struct task_struct *task;

	task = kernel_thread(run, (void *)test, "user memory");
	wait_for_completion(&task->exited);
	trap_set_user_ops(old);
	EXPECT_EQ(global_page_state(NR_PAGETABLE), tables);
	EXPECT_EQ(global_page_state(NR_ANON_MAPPED), anon);
	EXPECT_EQ(global_page_state(NR_ANON_THPS), 0);
	EXPECT(page_census(&counts));
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
	unsigned long n = 700, addr = map(n * PAGE_SIZE, RW);
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
	*(long *)page_address(page[1]) = 77;
	EXPECT_EQ(get_user(value, (long __user *)at(addr + PAGE_SIZE)), 0);
	EXPECT_EQ(value, 77);
	/* The parent writes, and the device sees it. */
	EXPECT_EQ(put_user(88L, (long __user *)at(addr + 2 * PAGE_SIZE)), 0);
	EXPECT_EQ(*(long *)page_address(page[2]), 88);
	become(child);
	EXPECT_EQ(get_user(value, (long __user *)at(addr + PAGE_SIZE)), 0);
	EXPECT_EQ(value, 0);
	become(parent);
	mmput(child);
	/* It survives what maps it. */
	EXPECT_EQ(vm_munmap(addr, 4 * PAGE_SIZE), 0);
	EXPECT_EQ(page_pincount(page[2]), 1);
	EXPECT_EQ(page_count(page[2]), 0);
	EXPECT_EQ(*(long *)page_address(page[2]), 88);
	unpin_user_pages_dirty_lock(page, 4, true);
	EXPECT_EQ(global_page_state(NR_FOLL_PIN_RELEASED), released + 4);
	EXPECT_EQ(pin_user_pages_fast(addr, 1, FOLL_WRITE, page), -EFAULT);
}

GUEST_TEST(user_memory, pinned_pages)
{
	in_process(pins);
}
