// SPDX-License-Identifier: MIT
/* Programs of a few instructions.  See the header. */
#define __NR_terrier_test 511
#include "tests/guest/program.h"

#include "kernel/core/syscall.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/lib/errno.h"
#include "kernel/sched/rq.h"
#include "kernel/sched/sched.h"
#include "kernel/sched/timeout.h"
#include "kernel/trap/traps.h"
#include "kernel/user/entry.h"
#include "mm/page_alloc.h"
#include "mm/pgtable.h"
#include "mm/slab.h"
#include "mm/user/mm_struct.h"
#include "tests/guest/guest_test.h"

#define USER_RX __pgprot(_PAGE_PRESENT | _PAGE_USER | _PAGE_ACCESSED)
#define USER_RW \
	__pgprot(_PAGE_PRESENT | _PAGE_USER | _PAGE_RW | _PAGE_ACCESSED | _PAGE_DIRTY | _PAGE_NX)

long (*program_call)(unsigned long *args);

SYSCALL_DEFINE6(terrier_test, unsigned long, a, unsigned long, b, unsigned long, c, unsigned long,
		d, unsigned long, e, unsigned long, f)
{
	unsigned long args[] = { a, b, c, d, e, f };

	/* A program of no suite may try numbers. */
	return program_call ? program_call(args) : -ENOSYS;
}

/* In the place of signals: the program ends. */
static void end_program(struct pt_regs *regs, unsigned int vector, u64 cr2)
{
	current->trap_nr = vector;
	current->error_code = regs->orig_ax;
	current->cr2 = cr2;
	EXPECT(irqs_disabled());
	local_irq_enable();
	switch_to_user_mm(NULL);
	thread_exit(-1);
}

static bool no_page(struct pt_regs *regs, u64 cr2)
{
	(void)regs;
	(void)cr2;
	return false;
}

static const struct user_trap_ops test_ops = { .exception = end_program, .page_fault = no_page };
static const struct user_trap_ops *kernels_ops;

bool program_make(struct program *p)
{
	const struct user_trap_ops *old;

	*p = (struct program){ .mm = kzalloc(sizeof(*p->mm), GFP_KERNEL) };
	if (!p->mm || mm_root_init(&p->mm->root))
		return false;
	init_rwsem(&p->mm->mmap_lock);
	old = trap_set_user_ops(&test_ops);
	if (old != &test_ops)
		kernels_ops = old;
	p->code = (u8 *)get_zeroed_page(GFP_KERNEL);
	p->data = (u8 *)get_zeroed_page(GFP_KERNEL);
	return p->code && p->data &&
	       map_page_range(&p->mm->root, PROGRAM_CODE, __pa(p->code), PAGE_SIZE, USER_RX,
			      PG_LEVEL_4K) == 0 &&
	       map_page_range(&p->mm->root, PROGRAM_DATA, __pa(p->data), PAGE_SIZE, USER_RW,
			      PG_LEVEL_4K) == 0;
}

void program_free(struct program *p)
{
	trap_set_user_ops(kernels_ops);
	leave_mm(&p->mm->root);
	unmap_page_range(&p->mm->root, PAGE_SIZE, TASK_SIZE_MAX - PAGE_SIZE);
	mm_root_free(&p->mm->root);
	kfree(p->mm);
	free_page((unsigned long)p->code);
	free_page((unsigned long)p->data);
}

static void become(void *program)
{
	struct program *p = program;

	get_task_struct(current);
	if (!cpumask_empty(&p->cpus))
		EXPECT_EQ(set_cpus_allowed(current, &p->cpus), 0);
	switch_to_user_mm(p->mm);
	if (p->in_kernel) {
		p->in_kernel(p);
		switch_to_user_mm(NULL);
		thread_exit(0);
	}
	start_thread(current_pt_regs(), PROGRAM_CODE, PROGRAM_STACK);
	current->gsbase = p->gsbase;
	wrmsr(MSR_KERNEL_GS_BASE, p->gsbase);
	current_pt_regs()->di = p->arg;
	current_pt_regs()->si = p->arg2;
}

void program_start(struct program *p)
{
	p->task = kernel_thread(become, p, "user test");
}

void program_wait(struct program *p)
{
	wait_for_completion(&p->task->exited);
	EXPECT(poll_sleeping(!READ_ONCE(p->task->on_cpu), PATIENCE_USEC));
}

void program_run(struct program *p)
{
	program_start(p);
	program_wait(p);
}

void program_drop(struct program *p)
{
	put_task_struct(p->task);
	p->task = NULL;
}

void program_run_in_kernel(void (*fn)(struct program *p))
{
	struct program p;

	ASSERT(program_make(&p));
	p.in_kernel = fn;
	program_run(&p);
	EXPECT_EQ(p.task->result, 0);
	program_drop(&p);
	program_free(&p);
}
