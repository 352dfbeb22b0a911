// SPDX-License-Identifier: MIT
/* Ring 3 itself: programs of a few instructions, without anything around them. */
#define __NR_terrier_test 511
#include "kernel/core/syscall.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/fpu.h"
#include "kernel/sched/rq.h"
#include "kernel/sched/sched.h"
#include "kernel/trap/traps.h"
#include "kernel/user/entry.h"
#include "kernel/user/fpu_frame.h"
#include "mm/page_alloc.h"
#include "mm/pgtable.h"
#include "mm/uaccess.h"
#include "tests/guest/guest_test.h"

#define CODE  0x400000UL
#define DATA  0x600000UL /* a page, and the next one is not there */
#define STACK (DATA + PAGE_SIZE)

#define USER_RX __pgprot(_PAGE_PRESENT | _PAGE_USER | _PAGE_ACCESSED)
#define USER_RW \
	__pgprot(_PAGE_PRESENT | _PAGE_USER | _PAGE_RW | _PAGE_ACCESSED | _PAGE_DIRTY | _PAGE_NX)

struct program {
	struct mm *mm;
	u8 *code, *data;
	void (*in_kernel)(
		struct program *p); /* what the thread does instead of becoming a program */
	unsigned long arg, arg2;    /* its RDI and RSI */
	bool bound;		    /* to cpu_of_all */
	struct task_struct *task;
};

static struct cpumask cpu_of_all;
static long (*test_call)(unsigned long *args);

SYSCALL_DEFINE6(terrier_test, unsigned long, a, unsigned long, b, unsigned long, c, unsigned long,
		d, unsigned long, e, unsigned long, f)
{
	unsigned long args[] = { a, b, c, d, e, f };

	return test_call(args);
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

static bool make_program(struct program *p)
{
	const struct user_trap_ops *old;

	*p = (struct program){ .mm = mm_alloc() };
	old = trap_set_user_ops(&test_ops);
	if (old != &test_ops)
		kernels_ops = old;
	p->code = (u8 *)get_zeroed_page(GFP_KERNEL);
	p->data = (u8 *)get_zeroed_page(GFP_KERNEL);
	return p->mm && p->code && p->data &&
	       map_page_range(p->mm, CODE, __pa(p->code), PAGE_SIZE, USER_RX, PG_LEVEL_4K) == 0 &&
	       map_page_range(p->mm, DATA, __pa(p->data), PAGE_SIZE, USER_RW, PG_LEVEL_4K) == 0;
}

static void free_program(struct program *p)
{
	trap_set_user_ops(kernels_ops);
	leave_mm(p->mm);
	mm_free(p->mm);
	free_page((unsigned long)p->code);
	free_page((unsigned long)p->data);
}

static void become(void *program)
{
	struct program *p = program;

	get_task_struct(current);
	if (p->bound)
		EXPECT_EQ(set_cpus_allowed(current, &cpu_of_all), 0);
	switch_to_user_mm((struct mm_struct *)p->mm);
	if (p->in_kernel) {
		p->in_kernel(p);
		switch_to_user_mm(NULL);
		thread_exit(0);
	}
	start_thread(current_pt_regs(), CODE, STACK);
	current_pt_regs()->di = p->arg;
	current_pt_regs()->si = p->arg2;
}

/* The program's thread runs until its exception, and its task_struct is kept. */
static void run(struct program *p)
{
	p->task = kernel_thread(become, p, "user test");
	wait_for_completion(&p->task->exited);
}

static void run_code(struct program *p, const u8 *code, const u8 *end, unsigned long arg)
{
	memcpy(p->code, code, end - code);
	p->arg = arg;
	run(p);
}

#define RUN(p, name, arg)                                           \
	({                                                          \
		extern const u8 user_##name[], user_##name##_end[]; \
		run_code(p, user_##name, user_##name##_end, arg);   \
	})

static void drop(struct program *p)
{
	put_task_struct(p->task);
	p->task = NULL;
}

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

	ASSERT(make_program(&p));
	test_call = look_at_arguments;
	RUN(&p, syscall, 0);
	EXPECT_EQ(p.task->trap_nr, X86_TRAP_UD);
	drop(&p);
	free_program(&p);
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

	ASSERT(make_program(&p));
	test_call = spoil_frame;
	for (unsigned long how = 0; how < 5; how++) {
		RUN(&p, call, how);
		EXPECT_EQ(p.task->trap_nr, X86_TRAP_GP);
		EXPECT_EQ(p.task->error_code, 0);
		drop(&p);
	}
	free_program(&p);
}

/* ---------------------------------------------------------------- memory */

GUEST_TEST(user, no_kernel_memory)
{
	const unsigned long kernel[] = { KERNEL_HALF,	       PAGE_OFFSET + KERNEL_PHYS,
					 VMALLOC_START,	       VMEMMAP_START,
					 (unsigned long)_text, (unsigned long)&test_call,
					 FIXADDR_TOP,	       TASK_SIZE_MAX };
	struct program p;

	ASSERT(make_program(&p));
	for (unsigned int i = 0; i < ARRAY_SIZE(kernel); i++) {
		RUN(&p, read, kernel[i]);
		EXPECT_EQ(p.task->trap_nr, X86_TRAP_PF);
		EXPECT_EQ(p.task->error_code & ~X86_PF_PROT, X86_PF_USER);
		EXPECT_EQ(p.task->cr2, kernel[i]);
		drop(&p);
		RUN(&p, write, kernel[i]);
		EXPECT_EQ(p.task->error_code & ~X86_PF_PROT, X86_PF_USER | X86_PF_WRITE);
		drop(&p);
		RUN(&p, jump, kernel[i]);
		EXPECT_EQ(p.task->trap_nr, X86_TRAP_PF);
		EXPECT_EQ(p.task->cr2, kernel[i]);
		drop(&p);
	}
	RUN(&p, read, DATA);
	EXPECT_EQ(p.task->trap_nr, X86_TRAP_UD);
	drop(&p);
	free_program(&p);
}

/* ---------------------------------------------------------------- copies */

#define NEAR 40 /* bytes before the page's end, and beyond it */

static void *user_data(unsigned long offset)
{
	return (void *)(DATA + offset);
}

/* Each size at each distance from the page that is not there. */
static void copy_at_the_end(struct program *p)
{
	u8 buffer[2 * NEAR];

	for (unsigned long room = 0; room <= NEAR; room++) {
		for (unsigned long n = 0; n < sizeof(buffer); n++) {
			void __user *at = (__force void __user *)user_data(PAGE_SIZE - room);
			unsigned long good = min(n, room);

			memset(p->data, 0x55, PAGE_SIZE);
			memset(buffer, 0xaa, sizeof(buffer));
			EXPECT_EQ(copy_to_user(at, buffer, n), n - good);
			for (unsigned long i = 0; i <= NEAR; i++)
				EXPECT_EQ(p->data[PAGE_SIZE - 1 - i],
					  i < room && i >= room - good ? 0xaa : 0x55);

			memset(p->data, 0x77, PAGE_SIZE);
			EXPECT_EQ(copy_from_user(buffer, at, n), n - good);
			for (unsigned long i = 0; i < sizeof(buffer); i++)
				EXPECT_EQ(buffer[i], i < good ? 0x77 : i < n ? 0 : 0xaa);

			EXPECT_EQ(clear_user(at, n), n - good);
			for (unsigned long i = 0; i <= NEAR; i++)
				EXPECT_EQ(p->data[PAGE_SIZE - 1 - i],
					  i < room && i >= room - good ? 0 : 0x77);
		}
	}
}

static void run_in_kernel(void (*fn)(struct program *p))
{
	struct program p;

	ASSERT(make_program(&p));
	p.in_kernel = fn;
	run(&p);
	EXPECT_EQ(p.task->result, 0);
	drop(&p);
	free_program(&p);
}

GUEST_TEST(user, copies_end_at_the_byte_that_is_bad)
{
	run_in_kernel(copy_at_the_end);
}

static void copy_kernel(struct program *p)
{
	const unsigned long bad[] = { TASK_SIZE_MAX, TASK_SIZE_MAX - 4,	  BIT_ULL(47),
				      BIT_ULL(63),   KERNEL_HALF,	  (unsigned long)p->data,
				      ~0UL - 7,	     (unsigned long)_text };
	u64 value = 1;

	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		void __user *at = (__force void __user *)(void *)bad[i];

		EXPECT_EQ(copy_to_user(at, &value, 8), 8);
		EXPECT_EQ(copy_from_user(&value, at, 8), 8);
		EXPECT_EQ(value, 0);
		EXPECT_EQ(clear_user(at, 8), 8);
		value = 1;
		EXPECT_EQ(get_user(value, (u64 __user *)at), -EFAULT);
		EXPECT_EQ(value, 0);
		EXPECT_EQ(put_user(value, (u64 __user *)at), -EFAULT);
		EXPECT_EQ(strnlen_user(at, 8), 0);
		EXPECT_EQ(strncpy_from_user((char *)&value, at, 8), -EFAULT);
	}
	/* Nor a length that wraps around. */
	EXPECT_EQ(copy_from_user(&value, (__force void __user *)user_data(0), 0), 0);
	EXPECT(!access_ok(user_data(0), ~0UL));
	EXPECT(!access_ok(user_data(0), ~0UL - DATA + 1));
	EXPECT(access_ok(user_data(0), TASK_SIZE_MAX - DATA));
	EXPECT(!access_ok(user_data(0), TASK_SIZE_MAX - DATA + 1));
}

GUEST_TEST(user, copies_refuse_what_is_not_the_programs)
{
	run_in_kernel(copy_kernel);
}

static void copy_words(struct program *p)
{
	u8 byte;
	u16 word;
	u32 half;
	u64 value;

	*(u64 *)p->data = 0xf1f2f3f4f5f6f7f8;
	EXPECT_EQ(get_user(byte, (u8 __user *)user_data(0)), 0);
	EXPECT_EQ(byte, 0xf8);
	EXPECT_EQ(get_user(word, (u16 __user *)user_data(0)), 0);
	EXPECT_EQ(word, 0xf7f8);
	EXPECT_EQ(get_user(half, (u32 __user *)user_data(0)), 0);
	EXPECT_EQ(half, 0xf5f6f7f8);
	EXPECT_EQ(get_user(value, (u64 __user *)user_data(0)), 0);
	EXPECT_EQ(value, 0xf1f2f3f4f5f6f7f8);
	EXPECT_EQ(put_user(1, (u8 __user *)user_data(7)), 0);
	EXPECT_EQ(put_user(2, (u16 __user *)user_data(4)), 0);
	EXPECT_EQ(*(u64 *)p->data, 0x01f20002f5f6f7f8);
	EXPECT_EQ(put_user(3, (u32 __user *)user_data(0)), 0);
	EXPECT_EQ(*(u64 *)p->data, 0x01f2000200000003);
	EXPECT_EQ(put_user(4, (u64 __user *)user_data(0)), 0);
	EXPECT_EQ(*(u64 *)p->data, 4);
	EXPECT_EQ(put_user(4, (u64 __user *)user_data(PAGE_SIZE - 7)), -EFAULT);
	EXPECT_EQ(get_user(value, (u64 __user *)user_data(PAGE_SIZE - 7)), -EFAULT);
}

GUEST_TEST(user, words)
{
	run_in_kernel(copy_words);
}

/* Strings of each length at each place before the end; the last have no end in the page. */
static void copy_strings(struct program *p)
{
	char buffer[NEAR];

	for (long room = 1; room <= 20; room++) {
		for (long length = 0; length <= room; length++) {
			const char __user *at = (__force void __user *)user_data(PAGE_SIZE - room);
			bool ends = length < room;

			memset(p->data, 'x', PAGE_SIZE);
			if (ends)
				p->data[PAGE_SIZE - room + length] = '\0';
			for (long most = 1; most < NEAR; most++) {
				bool seen = ends && length < most;

				memset(buffer, 'y', sizeof(buffer));
				EXPECT_EQ(strncpy_from_user(buffer, at, most), seen ? length :
									       most <= room ?
										      most :
										      -EFAULT);
				if (seen)
					EXPECT(memcmp(buffer, p->data + PAGE_SIZE - room,
						      length + 1) == 0);
				EXPECT_EQ(buffer[most], 'y');
				EXPECT_EQ(strnlen_user(at, most), seen	       ? length + 1 :
								  most <= room ? most + 1 :
										 0);
			}
		}
	}
}

GUEST_TEST(user, strings)
{
	run_in_kernel(copy_strings);
}

static void copy_structs(struct program *p)
{
	u64 kernel[2];
	void __user *at = (__force void __user *)user_data(0);

	memset(p->data, 0, PAGE_SIZE);
	*(u64 *)p->data = 7;
	kernel[1] = 9;
	EXPECT_EQ(copy_struct_from_user(kernel, 16, at, 8), 0);
	EXPECT(kernel[0] == 7 && kernel[1] == 0);
	EXPECT_EQ(copy_struct_from_user(kernel, 16, at, 64), 0);
	p->data[40] = 1;
	EXPECT_EQ(copy_struct_from_user(kernel, 16, at, 64), -E2BIG);
	EXPECT_EQ(copy_struct_from_user(kernel, 16, at, 2 * PAGE_SIZE), -E2BIG);
	p->data[40] = 0;
	EXPECT_EQ(copy_struct_from_user(kernel, 16, at, 2 * PAGE_SIZE), -EFAULT);
	EXPECT_EQ(copy_from_user_nofault(kernel, at, 16), 0);
	at = (__force void __user *)user_data(PAGE_SIZE - 15);
	EXPECT_EQ(copy_from_user_nofault(kernel, at, 16), -EFAULT);
	EXPECT_EQ(copy_to_user_nofault(at, kernel, 16), -EFAULT);
	EXPECT_EQ(preempt_count(), 0);
}

GUEST_TEST(user, structs)
{
	run_in_kernel(copy_structs);
}

/* ---------------------------------------------------------------- vector registers */

static long let_others_run(unsigned long *args)
{
	(void)args;
	yield();
	return 0;
}

static bool has_avx(void)
{
	return fpu_config.features & BIT(2);
}

/* Threads of several programs on one CPU, and each has its own. */
GUEST_TEST(user, vectors_are_kept_over_switches)
{
	static struct program programs[4];
	u64 switches = 0;
	cpu_of_all = cpumask_of_cpu(0);
	test_call = let_others_run;
	for (unsigned int i = 0; i < ARRAY_SIZE(programs); i++) {
		extern const u8 user_vectors[], user_vectors_end[];
		struct program *p = &programs[i];

		ASSERT(make_program(p));
		memcpy(p->code, user_vectors, user_vectors_end - user_vectors);
		p->arg = 0x1111111111111111 * (i + 1);
		p->arg2 = has_avx();
		p->bound = true;
		p->task = kernel_thread(become, p, "user test");
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(programs); i++) {
		wait_for_completion(&programs[i].task->exited);
		EXPECT_EQ(programs[i].task->trap_nr, X86_TRAP_UD);
		switches += programs[i].task->nr_switches;
		drop(&programs[i]);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(programs); i++)
		free_program(&programs[i]);
	EXPECT(switches > 200);
}

/* A signal's frame: written, spoilt in the CPU, and read back. */
static long vectors_by_frame(unsigned long *args)
{
	unsigned long size, frame = fpu__alloc_mathframe(STACK - 256, &size);
	void __user *at = (__force void __user *)(void *)frame;

	(void)args;
	EXPECT(IS_ALIGNED(frame, 64) && frame + size <= STACK - 256);
	EXPECT(copy_fpstate_to_sigframe(at));
	fpu__clear();
	EXPECT(fpu__restore_sig(at));
	return 0;
}

/* Frames that are refused, or of which the part of FXSAVE counts. */
static long bad_frames(unsigned long *args)
{
	unsigned long size, frame = fpu__alloc_mathframe(STACK - 256, &size);
	struct xregs_state __user *at = (__force void __user *)(void *)frame;
	u32 mxcsr;

	EXPECT(copy_fpstate_to_sigframe(at));
	EXPECT_EQ(get_user(mxcsr, &at->i387.mxcsr), 0);
	EXPECT_EQ(put_user(~0U, &at->i387.mxcsr), 0);
	EXPECT(!fpu__restore_sig(at));
	EXPECT_EQ(put_user(mxcsr, &at->i387.mxcsr), 0);
	EXPECT(!fpu__restore_sig((__force void __user *)user_data(PAGE_SIZE - 64)));
	if (fpu_config.xsave) {
		EXPECT_EQ(put_user(1, &at->header.xcomp_bv), 0);
		EXPECT(!fpu__restore_sig(at));
		EXPECT_EQ(put_user(0, &at->header.xcomp_bv), 0);
		EXPECT_EQ(put_user(~0ULL, &at->header.xstate_bv),
			  0); /* features that are not there */
		EXPECT(fpu__restore_sig(at));
		EXPECT_EQ(put_user(7, &at->header.reserved[3]), 0);
		EXPECT(!fpu__restore_sig(at));
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
		ASSERT(make_program(&p));
		test_call = calls[i];
		p.arg2 = i == 0 && has_avx();
		RUN(&p, vectors, 0x1234567812345678);
		EXPECT_EQ(p.task->trap_nr, X86_TRAP_UD);
		drop(&p);
		free_program(&p);
	}
}
