// SPDX-License-Identifier: MIT
/*
 * The way into the kernel and back, an instruction at a time: a breakpoint, or an NMI, upon each one,
 * with any GS base that a program may have.
 */
#include "kernel/core/percpu.h"
#include "kernel/core/smp.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/sched/kthread.h"
#include "kernel/sched/sched.h"
#include "kernel/time/time.h"
#include "kernel/trap/nmi.h"
#include "kernel/trap/traps.h"
#include "mm/layout.h"
#include "tests/guest/guest_test.h"
#include "tests/guest/program.h"

extern char syscall_entry[], syscall_entry_end[], trap_stubs[], trap_common[], trap_common_end[];

#define TRAP_STUB_SIZE 16

/* Nothing, the kernel's own of a CPU, addresses of either half, and one that is none. */
static unsigned long gs_base(unsigned int i)
{
	const unsigned long bases[] = { 0, PROGRAM_DATA, per_cpu_offset[nr_cpu_ids - 1],
					PAGE_OFFSET, ~0UL & ~7UL };

	return bases[i % ARRAY_SIZE(bases)];
}

static unsigned long wanted_base; /* of the program that runs */
static unsigned int wrong_bases;

/* SWAPGS has put the program's there. */
static long sum_of_arguments(unsigned long *args)
{
	wrong_bases += rdmsr(MSR_KERNEL_GS_BASE) != wanted_base;
	return (long)args[0];
}

static void give_base(struct program *p, unsigned int i)
{
	p->gsbase = wanted_base = gs_base(i);
}

/* ---------------------------------------------------------------- breakpoints */

static void set_breakpoint(unsigned long addr)
{
	__asm__ __volatile__("mov %0, %%dr0" ::"r"(addr));
	__asm__ __volatile__(
		"mov %0, %%dr7" ::"r"(0x402UL)); /* G0: on execution (SDM 3B, 17.2.4) */
}

static void clear_breakpoint(void)
{
	__asm__ __volatile__("mov %0, %%dr7" ::"r"(0x400UL));
}

/* A program that makes a call and ends by an exception, with a breakpoint at `addr`: how often it struck. */
static u64 run_to(struct program *p, unsigned long addr)
{
	u64 before = trap_count(X86_TRAP_DB);

	set_breakpoint(addr);
	PROGRAM_RUN(p, calls, 2);
	clear_breakpoint();
	EXPECT_EQ(p->task->trap_nr, X86_TRAP_UD);
	program_drop(p);
	return trap_count(X86_TRAP_DB) - before;
}

/* Each byte of it, of which those where an instruction begins strike. */
static unsigned int walk(const char *begin, const char *end)
{
	unsigned int struck = 0, base = 0;
	struct program p;

	if (!program_make(&p)) {
		guest_fail(__FILE__, __LINE__, "no memory");
		return 0;
	}
	program_call = sum_of_arguments;
	p.cpus = cpumask_of_cpu(raw_smp_processor_id());
	for (const char *at = begin; at < end; at++) {
		/* Not this CPU's own, with which a SWAPGS too many or too few makes no difference. */
		do
			give_base(&p, base++);
		while (p.gsbase == per_cpu_offset[raw_smp_processor_id()]);
		struck += run_to(&p, (unsigned long)at) != 0;
	}
	program_free(&p);
	return struck;
}

static void walk_bound(const char *begin, const char *end, unsigned int least)
{
	struct cpumask here = cpumask_of_cpu(raw_smp_processor_id()), all = current->cpus_mask;
	unsigned int struck;

	ASSERT(set_cpus_allowed(current, &here) == 0);
	wrong_bases = 0;
	struck = walk(begin, end);
	guest_say("%u instructions struck", struck);
	EXPECT_EQ(wrong_bases, 0);
	EXPECT(struck >= least);
	EXPECT_EQ(set_cpus_allowed(current, &all), 0);
}

/* The way by SYSRET alone has some 80. */
GUEST_TEST(user_entry, breakpoint_at_each_instruction_of_a_call)
{
	walk_bound(syscall_entry, syscall_entry_end, 80);
}

/* The stub, 15 pushes, the call, and so on. */
GUEST_TEST(user_entry, breakpoint_at_each_instruction_of_a_trap)
{
	walk_bound(trap_stubs + X86_TRAP_UD * TRAP_STUB_SIZE,
		   trap_stubs + (X86_TRAP_UD + 1) * TRAP_STUB_SIZE, 4);
	walk_bound(trap_common, trap_common_end, 24);
}

/* ---------------------------------------------------------------- NMIs */

#define MAX_ENTRY 1024
static u8 nmi_struck[MAX_ENTRY]; /* by distance from syscall_entry */
static u64 nmis, nmis_in_user;

static bool note_nmi(const struct pt_regs *regs)
{
	unsigned long at = regs->ip - (unsigned long)syscall_entry;

	if (at < MAX_ENTRY)
		nmi_struck[at] = 1;
	nmis_in_user += user_mode(regs);
	/* What is the CPU's own can be had. */
	WRITE_ONCE(nmis, nmis + (raw_smp_processor_id() == current->cpu));
	return true;
}

static int send_nmis(void *cpu)
{
	while (!kthread_should_stop()) {
		u64 before = READ_ONCE(nmis);

		smp_send_nmi((unsigned int)(unsigned long)cpu);
		for (unsigned int i = 0; i < 2000 && READ_ONCE(nmis) == before; i++)
			cpu_relax();
	}
	return 0;
}

static unsigned int count_struck(void)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < MAX_ENTRY; i++)
		n += nmi_struck[i];
	return n;
}

#define NMI_CALLS 2000
#define NMI_LEAST 1000

static void under_nmis(struct program *p, u64 least)
{
	struct wait wait = wait_start(3ULL * PATIENCE_USEC * NSEC_PER_USEC);

	program_call = sum_of_arguments;
	p->cpus = cpumask_of_cpu(0);
	for (unsigned int i = 0; READ_ONCE(nmis) < least && !wait_over(&wait); i++) {
		give_base(p, i);
		PROGRAM_RUN(p, calls, NMI_CALLS);
		EXPECT_EQ(p->task->trap_nr, X86_TRAP_UD);
		program_drop(p);
	}
}

/*
 * Where an emulator looks for interrupts between any two instructions (-singlestep), upon each of
 * them.  The suite's argument: how many NMIs at least.
 */
GUEST_TEST(user_entry, nmis_all_the_time)
{
	struct task_struct *sender;
	u64 least = NMI_LEAST;
	struct program p;

	NEED_CPUS(2);
	NEED_LAPIC();
	if (guest_argument(0))
		ASSERT(kstrtoull(guest_argument(0), 10, &least) == 0);
	ASSERT(program_make(&p));
	memset(nmi_struck, 0, sizeof(nmi_struck));
	nmis = nmis_in_user = wrong_bases = 0;
	nmi_set_handler(note_nmi);
	sender = kthread_create_on_cpu(send_nmis, (void *)0, 1, "nmis");
	ASSERT(!IS_ERR(sender));
	wake_up_process(sender);
	under_nmis(&p, least);
	kthread_stop(sender);
	udelay(10000); /* the last one has come */
	nmi_set_handler(NULL);
	program_free(&p);
	guest_say("%llu NMIs, %llu in user mode, upon %u instructions of the entry code",
		  (unsigned long long)nmis, (unsigned long long)nmis_in_user, count_struck());
	EXPECT(nmis >= least);
	EXPECT_EQ(wrong_bases, 0);
}
