// SPDX-License-Identifier: MIT
/*
 * What system calls do to the VMAs of a process, as /proc shows it: a thread of the kernel takes an mm
 * and calls them by their numbers.  Lines, addresses and flags are those that Linux 6.1 gives for the
 * same calls without random addresses.
 */
#include <linux/mman.h>
#include <linux/personality.h>
#include <linux/resource.h>

#include "kernel/core/sink.h"
#include "kernel/core/syscall.h"
#include "kernel/fs/fs.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/sched/sched.h"
#include "mm/commit.h"
#include "mm/slab.h"
#include "mm/user/mmap.h"
#include "mm/user/procmap.h"
#include "tests/guest/guest_test.h"

#define RW   (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static long call(unsigned long nr, unsigned long a, unsigned long b, unsigned long c,
		 unsigned long d)
{
	for (const struct syscall *s = __syscalls_start; s < __syscalls_end; s++)
		if (s->nr == nr)
			return s->fn(a, b, c, d, -1UL, 0);
	return -ENOSYS;
}

static void run(void *test)
{
	static const struct rlimit stack = { 8UL << 20, RLIM_INFINITY };
	struct mm_struct *mm = mm_create();

	current->personality |= ADDR_NO_RANDOMIZE;
	if (mm) {
		switch_to_user_mm(mm);
		arch_pick_mmap_layout(mm, &stack);
		((void (*)(struct mm_struct *))test)(mm);
		switch_to_user_mm(NULL);
		mmput(mm);
	}
	current->personality = 0;
	thread_exit(0);
}

/* The test in a thread that has an mm; what was promised is taken back in the end. */
static void in_process(void (*test)(struct mm_struct *mm))
{
	unsigned long promised = nr_committed();
	struct task_struct *task = kernel_thread(run, (void *)test, "mmap test");

	wait_for_completion(&task->exited);
	EXPECT_EQ(nr_committed(), promised);
}

/* What `show` writes of mm begins with, or is, this. */
static void expect_text(int (*show)(struct sink *, struct mm_struct *), struct mm_struct *mm,
			const char *want, bool all)
{
	char *text = kmalloc(4096, GFP_KERNEL);
	struct buffer_sink sink;

	ASSERT(text);
	buffer_sink_init(&sink, text, 4096);
	EXPECT_EQ(show(&sink.sink, mm), 0);
	if (all ? strcmp(text, want) : strncmp(text, want, strlen(want)))
		guest_fail(__FILE__, __LINE__, "%s\n  in the place of\n%s", text, want);
	kfree(text);
}

static void maps(struct mm_struct *mm)
{
	unsigned long a = vm_mmap(NULL, 0, 4 * PAGE_SIZE, RW, ANON, 0);
	char want[128];

	/* 0x7ffffffff000 less 128 MiB; no stack's limit and guard gap are more. */
	EXPECT_EQ(a, 0x7ffff7fff000 - 4 * PAGE_SIZE);
	EXPECT_EQ(vm_mmap(NULL, 0x10000000, PAGE_SIZE, PROT_READ | PROT_EXEC,
			  MAP_SHARED | MAP_ANONYMOUS, 0),
		  0x10000000);
	EXPECT_EQ(call(__NR_mprotect, a + PAGE_SIZE, PAGE_SIZE, PROT_NONE, 0), 0);
	snprintf(want, sizeof(want),
		 "10000000-10001000 r-xs 00000000 00:01 %-34lu "
		 "/dev/zero (deleted)\n",
		 mm->mmap->vm_file->f_inode->i_ino);
	expect_text(show_maps, mm, want, false);
	EXPECT_EQ(vm_munmap(0x10000000, PAGE_SIZE), 0);
	expect_text(show_maps, mm,
		    "7ffff7ffb000-7ffff7ffc000 rw-p 00000000 00:00 0 \n"
		    "7ffff7ffc000-7ffff7ffd000 ---p 00000000 00:00 0 \n"
		    "7ffff7ffd000-7ffff7fff000 rw-p 00000000 00:00 0 \n",
		    true);
	EXPECT_EQ(call(__NR_mprotect, a, 4 * PAGE_SIZE, RW, 0), 0);
	expect_text(show_maps, mm, "7ffff7ffb000-7ffff7fff000 rw-p 00000000 00:00 0 \n", true);
}

GUEST_TEST(mmap, maps)
{
	in_process(maps);
}

static void smaps(struct mm_struct *mm)
{
	unsigned long a = vm_mmap(NULL, 0, 2 * PAGE_SIZE, RW, ANON | MAP_LOCKED, 0);
	u64 words[2];

	EXPECT(!IS_ERR_VALUE(a));
	expect_text(show_smaps, mm,
		    "7ffff7ffd000-7ffff7fff000 rw-p 00000000 00:00 0 \n"
		    "Size:                  8 kB\n"
		    "KernelPageSize:        4 kB\n"
		    "MMUPageSize:           4 kB\n"
		    "Rss:                   8 kB\n"
		    "Pss:                   8 kB\n"
		    "Pss_Dirty:             8 kB\n"
		    "Shared_Clean:          0 kB\n"
		    "Shared_Dirty:          0 kB\n"
		    "Private_Clean:         0 kB\n"
		    "Private_Dirty:         8 kB\n"
		    "Referenced:            8 kB\n"
		    "Anonymous:             8 kB\n"
		    "LazyFree:              0 kB\n"
		    "AnonHugePages:         0 kB\n"
		    "ShmemPmdMapped:        0 kB\n"
		    "FilePmdMapped:         0 kB\n"
		    "Shared_Hugetlb:        0 kB\n"
		    "Private_Hugetlb:       0 kB\n"
		    "Swap:                  0 kB\n"
		    "SwapPss:               0 kB\n"
		    "Locked:                8 kB\n"
		    "THPeligible:    0\n"
		    "VmFlags: rd wr mr mw me lo ac sd \n",
		    true);
	expect_text(show_smaps_rollup, mm,
		    "7ffff7ffd000-7ffff7fff000 ---p 00000000 00:00 0                          "
		    "[rollup]\n"
		    "Rss:                   8 kB\n",
		    false);
	EXPECT_EQ(pagemap_read(mm, (char *)words, (loff_t)(a / PAGE_SIZE * 8), sizeof(words)), 16);
	EXPECT_EQ(words[0] >> 55, 0x103); /* present, of this process alone, not reset since */
	EXPECT_EQ(words[1] >> 55, 0x103);
	EXPECT(words[0] << 9 != words[1] << 9);
	EXPECT_EQ(pagemap_read(mm, (char *)words, (loff_t)(TASK_SIZE / PAGE_SIZE * 8), 8), 0);
	EXPECT_EQ(pagemap_read(mm, (char *)words, 4, 8), -EINVAL);
	EXPECT_EQ(call(__NR_munlock, a, 2 * PAGE_SIZE, 0, 0), 0);
	EXPECT_EQ(mm->locked_vm, 0);
}

/* Memory is promised before the file is asked: of one that refuses nothing stays promised. */
static void refused(struct mm_struct *mm)
{
	struct file *file = filp_open("/dev/mem", O_RDWR, 0);
	unsigned long before = nr_committed();

	ASSERT(!IS_ERR(file));
	EXPECT_EQ(vm_mmap(file, 0, PAGE_SIZE, RW, MAP_PRIVATE, __pa((void *)mm) & PAGE_MASK),
		  -EPERM);
	EXPECT_EQ(nr_committed(), before);
	EXPECT_EQ(mm->total_vm, 0);
	filp_close(file, NULL);
}

GUEST_TEST(mmap, refused_by_the_file)
{
	in_process(refused);
}

GUEST_TEST(mmap, smaps_and_pagemap)
{
	in_process(smaps);
}

static void heap_and_stack(struct mm_struct *mm)
{
	static const struct rlimit limit = { 8UL << 20, RLIM_INFINITY };
	struct vm_area_struct *stack;

	mm->start_brk = mm->brk = 0x555555559000;
	EXPECT_EQ(call(__NR_brk, 0, 0, 0, 0), 0x555555559000);
	EXPECT_EQ(call(__NR_brk, 0x55555557a001, 0, 0, 0), 0x55555557a001);
	EXPECT_EQ(call(__NR_brk, 0x7fffffffe000, 0, 0, 0), 0x55555557a001); /* more than there is */
	ASSERT(!exec_stack_create(mm, &stack));
	EXPECT_EQ(stack->vm_end, STACK_TOP);
	EXPECT_EQ(setup_arg_pages(mm, stack, STACK_TOP - 100, EXSTACK_DISABLE_X, &limit), 0);
	expect_text(show_maps, mm,
		    "555555559000-55555557b000 rw-p 00000000 00:00 0                          "
		    "[heap]\n"
		    "7ffffffde000-7ffffffff000 rw-p 00000000 00:00 0                          "
		    "[stack]\n",
		    true);
	EXPECT_EQ(call(__NR_brk, 0x55555555a000, 0, 0, 0), 0x55555555a000);
	/* It grows to an address below, but not into the guard gap of what lies there. */
	EXPECT_EQ(vm_mmap(NULL, 0x7fffffe00000, PAGE_SIZE, RW, ANON | MAP_FIXED, 0),
		  0x7fffffe00000);
	mmap_read_lock(mm);
	EXPECT_EQ(expand_stack(mm, 0x7ffffff50123), stack);
	EXPECT_EQ(stack->vm_start, 0x7ffffff50000);
	EXPECT_EQ(expand_stack(mm, 0x7fffffe80000), NULL);
	EXPECT(!rwsem_is_locked(&mm->mmap_lock));
	EXPECT_EQ(mm->stack_vm, 0xaf);
}

GUEST_TEST(mmap, heap_and_stack)
{
	in_process(heap_and_stack);
}

static void fork_keeps_what_it_may(struct mm_struct *mm)
{
	unsigned long a = vm_mmap(NULL, 0, 3 * PAGE_SIZE, RW, ANON | MAP_POPULATE | MAP_LOCKED, 0);
	struct mm_struct *child;

	EXPECT_EQ(call(__NR_madvise, a, PAGE_SIZE, MADV_DONTFORK, 0), 0);
	EXPECT_EQ(call(__NR_madvise, a + PAGE_SIZE, PAGE_SIZE, MADV_WIPEONFORK, 0), 0);
	child = dup_mm(current, mm);
	ASSERT(child);
	expect_text(show_maps, child,
		    "7ffff7ffd000-7ffff7ffe000 rw-p 00000000 00:00 0 \n"
		    "7ffff7ffe000-7ffff7fff000 rw-p 00000000 00:00 0 \n",
		    true);
	EXPECT_EQ(child->total_vm, 2);
	EXPECT_EQ(child->locked_vm, 0);
	EXPECT_EQ(get_mm_rss(child), 1);
	mmput(child);
	EXPECT_EQ(get_mm_rss(mm), 3);
}

GUEST_TEST(mmap, fork_keeps_what_it_may)
{
	in_process(fork_keeps_what_it_may);
}
