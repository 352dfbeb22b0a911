// SPDX-License-Identifier: MIT
/*
 * What CPUs ask each other by NMI.  See the header.
 *
 * The question stands in the asked CPU's data before the NMI is sent, and the CPU takes it
 * out.  NMIs are not counted by a CPU: two that come while it is in one are one more.  So no second
 * question sends one while one is on its way: each that comes takes that mark off first and
 * then looks at all questions.  A stop does not go by the mark, which may be stuck on a CPU that hangs: one NMI
 * too many finds nobody who is surprised.  Of one that is stopped the registers lie on its NMI stack, which it never
 * leaves; so the CPU that panics can look along its stack at leisure, and print for all of them.
 */
#define pr_fmt(fmt) "NMI: " fmt

#include "kernel/trap/nmi.h"

#include "kernel/core/cpumask.h"
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/core/smp.h"
#include "kernel/cpu/barrier.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errno.h"
#include "kernel/time/time.h"
#include "kernel/trap/backtrace.h"
#include "kernel/trap/nofault.h"

#define ANSWER_USEC 10000000 /* a backtrace goes over a serial line */
#define STOP_USEC   1000000

enum nmi_request { NMI_NONE, NMI_BACKTRACE, NMI_STOP };

static DEFINE_PER_CPU(bool, on_its_way);		   /* atomic */
static DEFINE_PER_CPU(u32, nmi_request);		   /* atomic */
static DEFINE_PER_CPU(const struct pt_regs *, stopped_at); /* of one that is stopped */

/* ---------------------------------------------------------------- where a CPU is */

/* It waits for an interrupt: what came before RIP is HLT, or MWAIT (SDM 2A and 2B). */
static bool is_halted(const struct pt_regs *regs)
{
	u64 word;

	if (!is_kernel_text(regs->ip - 3) || nofault_read(regs->ip - 3, 4, &word, NULL) != 0)
		return false;
	return (word >> 16 & 0xff) == 0xf4 || (word & 0xffffff) == 0xc9010f;
}

static void show_place(unsigned int cpu, const struct pt_regs *regs)
{
	unsigned long flags = report_begin();

	if (is_halted(regs)) {
		pr_err("backtrace for cpu %u skipped: idling at %pS\n", cpu, (void *)regs->ip);
	} else {
		pr_err("backtrace for cpu %u\n", cpu);
		show_backtrace(regs);
	}
	report_end(flags);
}

/* ---------------------------------------------------------------- the CPU that is asked */

static void __noreturn stop(const struct pt_regs *regs)
{
	unsigned int cpu = smp_processor_id();

	cpumask_clear_cpu(cpu, &cpu_online_mask);
	smp_store_release(&this_cpu(stopped_at), regs);
	for (;;)
		halt(); /* interrupts are off, and NMIs wait for an IRET */
}

bool nmi_take(void)
{
	return __atomic_exchange_n(&per_cpu(on_its_way, smp_processor_id()), false,
				   __ATOMIC_SEQ_CST);
}

static bool (*other_handler)(const struct pt_regs *regs);

void nmi_set_handler(bool (*handler)(const struct pt_regs *regs))
{
	WRITE_ONCE(other_handler, handler);
}

bool nmi_serve(const struct pt_regs *regs)
{
	bool (*other)(const struct pt_regs *regs) = READ_ONCE(other_handler);
	u32 request = __atomic_load_n(&per_cpu(nmi_request, smp_processor_id()), __ATOMIC_ACQUIRE);

	if (request == NMI_STOP)
		stop(regs);
	if (request != NMI_BACKTRACE)
		return other && other(regs);
	show_place(smp_processor_id(), regs);
	/* A wish that it stops may have come meanwhile: it has a NMI of its own. */
	__atomic_compare_exchange_n(&per_cpu(nmi_request, smp_processor_id()), &request, NMI_NONE,
				    false, __ATOMIC_RELEASE, __ATOMIC_RELAXED);
	return true;
}

/* ---------------------------------------------------------------- the CPU that asks */

void nmi_send(unsigned int cpu)
{
	if (!__atomic_exchange_n(&per_cpu(on_its_way, cpu), true, __ATOMIC_SEQ_CST))
		smp_send_nmi(cpu);
}

int nmi_backtrace(unsigned int cpu)
{
	u32 *request = &per_cpu(nmi_request, cpu), none = NMI_NONE;

	if (!cpu_online(cpu))
		return -ENXIO;
	if (cpu == smp_processor_id()) {
		pr_err("backtrace for cpu %u, which asks\n", cpu);
		show_backtrace(NULL);
		return 0;
	}
	if (!__atomic_compare_exchange_n(request, &none, NMI_BACKTRACE, false, __ATOMIC_ACQ_REL,
					 __ATOMIC_RELAXED)) {
		pr_err("cpu %u is asked already, and has not answered\n", cpu);
		return -EBUSY;
	}
	nmi_send(cpu);
	if (poll_timeout(__atomic_load_n(request, __ATOMIC_ACQUIRE) == NMI_NONE, ANSWER_USEC))
		return 0;
	pr_err("cpu %u does not answer\n", cpu); /* and is asked no more: it may be later */
	return -ETIMEDOUT;
}

static bool is_stopped(unsigned int cpu)
{
	return smp_load_acquire(&per_cpu(stopped_at, cpu));
}

static unsigned int count_stopped(void)
{
	unsigned int cpu, n = 0;

	for_each_possible_cpu(cpu) n += is_stopped(cpu);
	return n;
}

bool nmi_stop_others(void)
{
	unsigned int me = smp_processor_id(), cpu, n = 0;
	struct cpumask others = cpu_online_mask;

	cpumask_clear_cpu(me, &others);
	for_each_cpu(cpu, &others)
	{
		__atomic_store_n(&per_cpu(nmi_request, cpu), NMI_STOP, __ATOMIC_SEQ_CST);
		smp_send_nmi(cpu); /* whatever the mark says: see above */
		n++;
	}
	if (poll_timeout(count_stopped() == n, STOP_USEC))
		return true;
	for_each_cpu(cpu, &others) if (!is_stopped(cpu)) pr_err("cpu %u does not stop\n", cpu);
	return false;
}

void nmi_show_stopped(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) if (is_stopped(cpu)) show_place(cpu, per_cpu(stopped_at, cpu));
}
