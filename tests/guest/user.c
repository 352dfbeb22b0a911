// SPDX-License-Identifier: MIT
/* Ring 3 itself: programs of a few instructions, without anything around them. */
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/fpu.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/sched/sched.h"
#include "kernel/time/time.h"
#include "kernel/trap/traps.h"
#include "kernel/user/fpu_frame.h"
#include "mm/uaccess.h"
#include "tests/guest/guest_test.h"
#include "tests/guest/program.h"

static long look_at_arguments(unsigned long *args)
{
	unsigned long sum = 0;

	EXPECT(!irqs_disabled() && !preempt_count());
	EXPECT(!(read_cr4() & X86_CR4_SMAP) || boot_cpu.smap);
	for (unsigned int i = 0; i < 6; i++)
		sum = sum * 10 + args[i];
	return (long)sum;
}

GUEST_TEST(user, system_call)
{
	struct program p;

	ASSERT(program_make(&p));
	program_call = look_at_arguments;
	PROGRAM_RUN(&p, syscall, 0);
	EXPECT_EQ(p.task->trap_nr, X86_TRAP_UD);
	program_drop(&p);
	program_free(&p);
}

/* ---------------------------------------------------------------- frames that are refused */

static long spoil_frame(unsigned long *args)
{
	struct pt_regs *regs = current_pt_regs();

	switch (args[0]) {
	case 0:
		regs->ip = BIT_ULL(47); /* the first that is not canonical */
		break;
	case 1:
		regs->ip = regs->cx = 0xffff7fffffffffff; /* and the last */
		break;
	case 2:
		regs->cs = 0x10;
		break;
	case 3:
		regs->ss = 0x18;
		break;
	case 4:
		regs->ip = regs->cx = BIT_ULL(63);
		break;
	}
	return 0;
}

GUEST_TEST(user, frames_that_iret_refuses)
{
	struct program p;

	ASSERT(program_make(&p));
	program_call = spoil_frame;
	for (unsigned long how = 0; how < 5; how++) {
		PROGRAM_RUN(&p, call, how);
		EXPECT_EQ(p.task->trap_nr, X86_TRAP_GP);
		EXPECT_EQ(p.task->error_code, 0);
		program_drop(&p);
	}
	program_free(&p);
}

/* ---------------------------------------------------------------- time */

static long spin_in_kernel(unsigned long *args)
{
	(void)args;
	udelay(20000);
	return 0;
}

/* A host that takes the CPU away adds to either side: one of these runs is free of that. */
#define RUNS 5

/* Half at the least of what it ran, or next to nothing of it, was in user mode. */
GUEST_TEST(user, time_in_user_mode)
{
	bool mostly = false, hardly = false;
	struct program p;

	ASSERT(program_make(&p));
	for (int i = 0; i < RUNS && !mostly; i++) {
		PROGRAM_RUN(&p, spin, 20000000);
		mostly = p.task->user_ticks > p.task->se.sum_exec / 2;
		EXPECT(p.task->user_ticks <= p.task->se.sum_exec);
		program_drop(&p);
	}
	EXPECT(mostly);
	program_call = spin_in_kernel;
	for (int i = 0; i < RUNS && !hardly; i++) {
		PROGRAM_RUN(&p, call, 0);
		hardly = p.task->user_ticks < p.task->se.sum_exec / 4;
		program_drop(&p);
	}
	EXPECT(hardly);
	program_free(&p);
}

/* ---------------------------------------------------------------- memory */

GUEST_TEST(user, no_kernel_memory)
{
	const unsigned long kernel[] = { KERNEL_HALF,	       PAGE_OFFSET + KERNEL_PHYS,
					 VMALLOC_START,	       VMEMMAP_START,
					 (unsigned long)_text, (unsigned long)&program_call,
					 FIXADDR_TOP,	       TASK_SIZE_MAX };
	struct program p;

	ASSERT(program_make(&p));
	for (unsigned int i = 0; i < ARRAY_SIZE(kernel); i++) {
		PROGRAM_RUN(&p, read, kernel[i]);
		EXPECT_EQ(p.task->trap_nr, X86_TRAP_PF);
		EXPECT_EQ(p.task->error_code & ~X86_PF_PROT, X86_PF_USER);
		EXPECT_EQ(p.task->cr2, kernel[i]);
		program_drop(&p);
		PROGRAM_RUN(&p, write, kernel[i]);
		EXPECT_EQ(p.task->error_code & ~X86_PF_PROT, X86_PF_USER | X86_PF_WRITE);
		program_drop(&p);
		PROGRAM_RUN(&p, jump, kernel[i]);
		EXPECT_EQ(p.task->trap_nr, X86_TRAP_PF);
		EXPECT_EQ(p.task->cr2, kernel[i]);
		program_drop(&p);
	}
	PROGRAM_RUN(&p, read, PROGRAM_DATA);
	EXPECT_EQ(p.task->trap_nr, X86_TRAP_UD);
	program_drop(&p);
	program_free(&p);
}

/* ---------------------------------------------------------------- vector registers */

#define NR_VECTOR_PROGRAMS 4
#define VECTOR_CALLS	   100				    /* user_code.asm's `vectors` */
#define VECTORS(i)	   (0x1111111111111111 * ((i) + 1)) /* of the ith */

static unsigned int calls_of[NR_VECTOR_PROGRAMS], last_caller, handed_over;

static bool others_will_call(unsigned int self)
{
	for (unsigned int i = 0; i < NR_VECTOR_PROGRAMS; i++)
		if (i != self && READ_ONCE(calls_of[i]) < VECTOR_CALLS)
			return true;
	return false;
}

/* Until another program has called: it ran meanwhile, with registers of its own. */
static long let_others_run(unsigned long *args)
{
	unsigned int self = (unsigned int)(args[0] / VECTORS(0)) - 1;

	WRITE_ONCE(calls_of[self], calls_of[self] + 1);
	WRITE_ONCE(last_caller, self);
	while (READ_ONCE(last_caller) == self && others_will_call(self))
		yield();
	if (READ_ONCE(last_caller) != self)
		__atomic_fetch_add(&handed_over, 1, __ATOMIC_RELAXED);
	return 0;
}

static bool has_avx(void)
{
	return fpu_config.features & BIT(2);
}

/* SDM 1, 13.2: what the CPU can save of x87, SSE, AVX and AVX-512, programs have. */
GUEST_TEST(user, all_vectors_of_the_cpu_are_there)
{
	const u64 avx = 0x7, avx512 = 0xe7; /* all of it or none */
	u32 a, b, c, d;

	if (!fpu_config.xsave) {
		guest_skip("no XSAVE");
		return;
	}
	cpuid(0xd, 0, &a, &b, &c, &d);
	EXPECT_EQ(fpu_config.features, a & ((a & avx512) == avx512 ? avx512 : avx));
}

/* Threads of several programs on one CPU, and each has its own. */
GUEST_TEST(user, vectors_are_kept_over_switches)
{
	static struct program programs[NR_VECTOR_PROGRAMS];

	memset(calls_of, 0, sizeof(calls_of));
	handed_over = 0;
	program_call = let_others_run;
	for (unsigned int i = 0; i < ARRAY_SIZE(programs); i++) {
		struct program *p = &programs[i];

		ASSERT(program_make(p));
		p->arg2 = has_avx();
		p->cpus = cpumask_of_cpu(0);
		PROGRAM_START(p, vectors, VECTORS(i));
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(programs); i++) {
		program_wait(&programs[i]);
		EXPECT_EQ(programs[i].task->trap_nr, X86_TRAP_UD);
		program_drop(&programs[i]);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(programs); i++)
		program_free(&programs[i]);
	/* All but the calls of the last one, when the others have ended. */
	EXPECT(handed_over >= (NR_VECTOR_PROGRAMS - 1) * VECTOR_CALLS);
}

/* A signal's frame: written, spoilt in the CPU, and read back. */
static long vectors_by_frame(unsigned long *args)
{
	unsigned long size, frame = fpu__alloc_mathframe(PROGRAM_STACK - 256, &size);
	void __user *at = (__force void __user *)(void *)frame;

	(void)args;
	EXPECT(IS_ALIGNED(frame, 64) && frame + size <= PROGRAM_STACK - 256);
	EXPECT(copy_fpstate_to_sigframe(at));
	fpu__clear();
	EXPECT(fpu__restore_sig(at));
	return 0;
}

/* Frames that are refused, or of which the part of FXSAVE counts. */
static long bad_frames(unsigned long *args)
{
	unsigned long size, frame = fpu__alloc_mathframe(PROGRAM_STACK - 256, &size);
	struct xregs_state __user *at = (__force void __user *)(void *)frame;
	u64 features;

	EXPECT(copy_fpstate_to_sigframe(at));
	EXPECT(!fpu__restore_sig((__force void __user *)program_data(PAGE_SIZE - 64)));
	EXPECT(!fpu__restore_sig((__force void __user *)(void *)PAGE_OFFSET));
	EXPECT(!copy_fpstate_to_sigframe((__force void __user *)program_data(PAGE_SIZE - 64)));
	EXPECT(!copy_fpstate_to_sigframe((__force void __user *)(void *)PAGE_OFFSET));
	if (fpu_config.xsave) {
		EXPECT_EQ(put_user(1, &at->header.xcomp_bv), 0);
		EXPECT(!fpu__restore_sig(at));
		EXPECT_EQ(put_user(0, &at->header.xcomp_bv), 0);
		EXPECT_EQ(put_user(7, &at->header.reserved[0]), 0);
		EXPECT(!fpu__restore_sig(at));
		EXPECT_EQ(put_user(0, &at->header.reserved[0]), 0);
		EXPECT_EQ(get_user(features, &at->header.xstate_bv), 0);
		EXPECT_EQ(features & 3, 3);
		EXPECT_EQ(put_user(~0ULL, &at->header.xstate_bv),
			  0); /* features that are not there */
		EXPECT(!fpu__restore_sig(at));
		EXPECT_EQ(put_user(features, &at->header.xstate_bv), 0);
		EXPECT(fpu__restore_sig(at));
		EXPECT_EQ(put_user(0, (u32 __user *)at->i387.sw_reserved),
			  0); /* FP_XSTATE_MAGIC1 */
		EXPECT(fpu__restore_sig(at));
	}
	EXPECT(fpu__restore_sig(at));
	return vectors_by_frame(args);
}

GUEST_TEST(user, vectors_in_frames)
{
	static long (*const calls[])(unsigned long *args) = { vectors_by_frame, bad_frames };
	struct program p;

	for (unsigned int i = 0; i < 2; i++) {
		ASSERT(program_make(&p));
		program_call = calls[i];
		p.arg2 = i == 0 && has_avx();
		PROGRAM_RUN(&p, vectors, 0x1234567812345678);
		EXPECT_EQ(p.task->trap_nr, X86_TRAP_UD);
		program_drop(&p);
		program_free(&p);
	}
}
