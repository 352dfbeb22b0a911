// SPDX-License-Identifier: MIT
/*
 * Each kind of access that a build with KASAN=1 tells of, once for each place in the code.  What
 * is said is tests/qemu/on_sanitizer.py's.
 */
#ifdef CONFIG_KASAN
#include "mm/kasan.h"
#include "kernel/core/panic.h"
#include "kernel/core/smp.h"
#include "kernel/sched/kthread.h"
#include "kernel/time/time.h"
#include "kernel/trap/nmi.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "tests/guest/guest_test.h"

static volatile u64 sum;
static char before[13], after[8];

/* The compiler does not know where that leads. */
static noinline char *at(void *start, long offset)
{
	char *p = start;

	OPTIMIZER_HIDE_VAR(p);
	return p + offset;
}

#define EXPECT_REPORTS(n, access)                        \
	do {                                             \
		unsigned int warnings = warn_count();    \
                                                         \
		access;                                  \
		EXPECT_EQ(warn_count(), warnings + (n)); \
	} while (0)

/* The first byte that was not asked for, also where the object's place has room for it. */
GUEST_TEST_WARNS(kasan, behind_an_object)
{
	char *small = kmalloc(50, GFP_KERNEL), *whole = kmalloc(64, GFP_KERNEL);

	ASSERT(small && whole);
	EXPECT_REPORTS(0, *at(small, 49) = *at(whole, 63) = 0);
	EXPECT_REPORTS(1, *at(small, 50) = 0);
	EXPECT_REPORTS(1, sum += *(u64 *)at(whole, 60));
	EXPECT_REPORTS(1, sum += *(u64 *)at(whole, 64));
	kfree(whole);
	kfree(small);
}

GUEST_TEST_WARNS(kasan, behind_large_memory)
{
	char *p = kmalloc(3 * PAGE_SIZE - 24, GFP_KERNEL);

	ASSERT(p);
	EXPECT_REPORTS(0, *at(p, 3 * PAGE_SIZE - 25) = 0);
	EXPECT_REPORTS(1, *at(p, 3 * PAGE_SIZE - 24) = 0);
	kfree(p);
}

GUEST_TEST_WARNS(kasan, freed_object)
{
	struct kmem_cache *c = kmem_cache_create("kasan", 100, 0, 0, NULL);
	char *p = kmalloc(24, GFP_KERNEL), *object = c ? kmem_cache_alloc(c, GFP_KERNEL) : NULL;

	ASSERT(p && object);
	kfree(p);
	EXPECT_REPORTS(1, *at(p, 8) = 0);
	kmem_cache_free(c, object);
	EXPECT_REPORTS(1, sum += *(u32 *)at(object, 96));
	kmem_cache_destroy(c);
}

/* As many others may come and go first, and no more. */
GUEST_TEST_WARNS(kasan, freed_object_waits)
{
	char *stale = kmalloc(40, GFP_KERNEL), *p = NULL;

	ASSERT(stale);
	kfree(stale);
	for (unsigned int i = 1; i < KASAN_HELD; i++) {
		p = kmalloc(40, GFP_KERNEL);
		EXPECT(p && p != stale);
		kfree(p);
	}
	EXPECT_REPORTS(1, *at(stale, 39) = 0);
	for (unsigned int i = 0; i < 1000 && p != stale; i++) {
		p = kmalloc(40, GFP_KERNEL);
		kfree(p);
	}
	EXPECT_EQ((unsigned long)p, (unsigned long)stale);
}

GUEST_TEST_WARNS(kasan, freed_page_waits)
{
	char *stale = (char *)__get_free_pages(GFP_KERNEL, 0);
	unsigned long free, va;

	ASSERT(stale);
	preempt_disable(); /* each CPU has its own */
	free_pages((unsigned long)stale, 0);
	free = nr_free_pages();
	for (unsigned int i = 1; i < KASAN_HELD; i++) {
		va = __get_free_pages(GFP_KERNEL, 0);
		EXPECT(va && va != (unsigned long)stale);
		free_pages(va, 0);
	}
	EXPECT_REPORTS(1, *at(stale, 8) = 0);
	EXPECT_EQ(nr_free_pages(), free);
	preempt_enable();
}

GUEST_TEST_WARNS(kasan, freed_page)
{
	char *single = (char *)__get_free_pages(GFP_KERNEL, 0);
	char *block = (char *)__get_free_pages(GFP_KERNEL, 3);

	ASSERT(single && block);
	free_pages((unsigned long)single, 0);
	EXPECT_REPORTS(1, *at(single, PAGE_SIZE - 1) = 0);
	free_pages((unsigned long)block, 3);
	EXPECT_REPORTS(1, sum += *(u64 *)at(block, 7 * PAGE_SIZE));
}

/* Where it lies is anybody's afterwards, all of it. */
GUEST_TEST_WARNS(kasan, behind_an_area)
{
	char *p = vmalloc(PAGE_SIZE + 5), *whole;

	ASSERT(p);
	EXPECT_REPORTS(0, *at(p, PAGE_SIZE + 4) = 0);
	EXPECT_REPORTS(1, *at(p, PAGE_SIZE + 5) = 0);
	EXPECT_REPORTS(1, sum += *at(p, 2 * PAGE_SIZE - 1));
	vfree(p);
	whole = vmalloc(2 * PAGE_SIZE);
	EXPECT_EQ((unsigned long)whole, (unsigned long)p);
	EXPECT_REPORTS(0, *at(whole, 2 * PAGE_SIZE - 1) = 0);
	vfree(whole);
}

/* ---------------------------------------------------------------- stacks */

GUEST_TEST_WARNS(kasan, behind_a_local_variable)
{
	char first[13], second[40];

	EXPECT_REPORTS(0, *at(first, 12) = *at(second, 0) = 0);
	EXPECT_REPORTS(1, *at(first, 13) = 0);
	EXPECT_REPORTS(1, sum += *at(second, -1));
	EXPECT_REPORTS(1, sum += *at(second, 40));
}

GUEST_TEST_WARNS(kasan, local_variable_out_of_scope)
{
	char *p;

	{
		u64 inner[2];

		p = at(inner, 8);
		*p = 1;
	}
	EXPECT_REPORTS(1, sum += *p);
}

/* Whatever lies below is nobody's.  A place of its own for each who calls it. */
static __always_inline void use_stack(void)
{
	char all[3 * PAGE_SIZE];

	for (unsigned long i = 0; i < sizeof(all); i++)
		*at(all, (long)i) = 0;
}

/* `end` does not return. */
static noinline void go_down(unsigned int frames, void (*end)(void))
{
	char local[100];

	*at(local, 0) = 0;
	if (frames)
		go_down(frames - 1, end);
	else
		end();
	sum += local[0];
}

static void *way_back[5];

static void jump_back(void)
{
	__builtin_longjmp(way_back, 1);
}

static noinline void use_frames(void)
{
	use_stack();
}

GUEST_TEST_WARNS(kasan, frames_that_were_left)
{
	if (!__builtin_setjmp(way_back))
		go_down(20, jump_back);
	EXPECT_REPORTS(0, use_frames());
}

static void end_thread(void)
{
	thread_exit(0);
}

static int end_amid_frames(void *unused)
{
	(void)unused;
	go_down(20, end_thread);
	return 0;
}

static int use_all(void *unused)
{
	(void)unused;
	use_stack();
	return 0;
}

/* A stack that is used again is that of a thread that ended amid functions. */
GUEST_TEST_WARNS(kasan, stack_of_a_thread_that_ended)
{
	unsigned int warnings = warn_count();
	struct task_struct *t;

	for (unsigned int i = 0; i < 8; i++) {
		t = kthread_create(i % 2 ? use_all : end_amid_frames, NULL, "kasan");
		ASSERT(!IS_ERR(t));
		get_task_struct(t);
		wake_up_process(t);
		wait_for_completion(&t->exited);
		put_task_struct(t);
	}
	EXPECT_EQ(warn_count(), warnings);
}

static noinline void overrun_in_call(void *unused)
{
	char local[8];

	(void)unused;
	*at(local, 8) = 0;
}

GUEST_TEST_WARNS(kasan, stack_of_another_cpu)
{
	NEED_CPUS(2);
	EXPECT_REPORTS(1, smp_call_function_single(other_cpu(), overrun_in_call, NULL, true));
}

static unsigned int nmis;

static bool overrun_in_nmi(const struct pt_regs *regs)
{
	char local[8];

	(void)regs;
	*at(local, 8) = 0;
	WRITE_ONCE(nmis, nmis + 1);
	return true;
}

static bool overrun_in_other_nmi(const struct pt_regs *regs)
{
	char local[8];

	(void)regs;
	sum += *at(local, 9);
	WRITE_ONCE(nmis, nmis + 1);
	return true;
}

static void nmi_to(unsigned int cpu, bool (*handler)(const struct pt_regs *regs))
{
	nmis = 0;
	nmi_set_handler(handler);
	smp_send_nmi(cpu);
	EXPECT(poll_timeout(READ_ONCE(nmis), PATIENCE_USEC));
	nmi_set_handler(NULL);
}

/* The boot CPU's lie in the image, others' in areas. */
GUEST_TEST_WARNS(kasan, stacks_of_the_ist)
{
	NEED_CPUS(2);
	NEED_LAPIC();
	EXPECT_REPORTS(1, nmi_to(0, overrun_in_nmi));
	EXPECT_REPORTS(1, nmi_to(1, overrun_in_other_nmi));
}

/* ---------------------------------------------------------------- the rest */

GUEST_TEST_WARNS(kasan, global)
{
	EXPECT_REPORTS(0, *at(before, sizeof(before) - 1) = *at(after, 0) = 0);
	EXPECT_REPORTS(1, *at(before, sizeof(before)) = 0);
	EXPECT_REPORTS(1, sum += *at(after, sizeof(after)));
}

/* Each place is said once. */
GUEST_TEST_WARNS(kasan, once)
{
	EXPECT_REPORTS(1, for (int i = 0; i < 3; i++) * at(after, sizeof(after) + 1) = 0);
}
#endif
