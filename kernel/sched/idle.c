// SPDX-License-Identifier: MIT
/*
 * The idle loop: what a CPU does that has nothing to do.
 *
 *   halt    HLT, until an interrupt comes
 *   mwait   MWAIT, until an interrupt comes or somebody writes to the word that tells that a
 *           thread has come (rq->resched_sent): so no interrupt need be sent for that
 *   poll    a loop that looks at that word, for who wants no delay at any price
 *
 * A CPU that nothing interrupts when a timer's time has come, since there is no local APIC say,
 * looks at its timers meanwhile, whatever it would do else.
 *
 * MWAIT is used where Linux does; idle=halt, nomwait and poll overrule that as there, and
 * idle=mwait uses it wherever there is such an instruction.
 */
#define pr_fmt(fmt) "idle: " fmt

#include "kernel/core/cmdline.h"
#include "kernel/core/printk.h"
#include "kernel/cpu/barrier.h"
#include "kernel/cpu/cpu.h"
#include "kernel/sched/balance.h"
#include "kernel/sched/sched.h"
#include "kernel/time/hrtimer.h"

enum idle_way { IDLE_HALT, IDLE_MWAIT, IDLE_POLL };
static enum idle_way idle_way; /* boot */

#define CPUID_MONITOR	   BIT(3) /* leaf 1, ECX */
#define CPUID_MWAIT_EXTEND BIT(0) /* leaf 5, ECX: EDX tells the states */
#define CPUID_MWAIT_C1	   0xf0	  /* leaf 5, EDX: how many C1 has */

static bool __init has_mwait(void)
{
	u32 a, b, c, d;

	cpuid(0, 0, &a, &b, &c, &d);
	if (a < 5)
		return false;
	cpuid(1, 0, &a, &b, &c, &d);
	return c & CPUID_MONITOR;
}

/* Without the extensions every MWAIT is C1; with them it must be told that there is one. */
static bool __init mwait_has_c1(void)
{
	u32 a, b, c, d;

	cpuid(5, 0, &a, &b, &c, &d);
	return !(c & CPUID_MWAIT_EXTEND) || d & CPUID_MWAIT_C1;
}

void __init idle_init(void)
{
	bool mwait = has_mwait();

	if (cmdline_value_is("idle", "poll"))
		idle_way = IDLE_POLL;
	else if (cmdline_value_is("idle", "halt") || cmdline_value_is("idle", "nomwait"))
		idle_way = IDLE_HALT;
	else if (mwait && (cmdline_value_is("idle", "mwait") || mwait_has_c1()))
		idle_way = IDLE_MWAIT;
	if (idle_way != IDLE_HALT)
		pr_info("CPUs that have nothing to do %s\n",
			idle_way == IDLE_POLL ? "poll" : "wait by MWAIT");
}

/* SDM 2B, MONITOR and MWAIT: no hints; the STI lets an interrupt in with the MWAIT, not before. */
static void mwait_for(const u32 *word)
{
	__asm__ __volatile__("monitor" ::"a"(word), "c"(0), "d"(0));
	if (!READ_ONCE(*word))
		__asm__ __volatile__("sti; mwait" ::"a"(0), "c"(0) : "memory");
}

/* The NOP is for an interrupt to come upon: none does so right behind STI. */
static void look_for_interrupts(void)
{
	__asm__ __volatile__("sti; nop; cli" ::: "memory");
	cpu_relax();
}

/*
 * Who finds a thread for this CPU writes the word first and then looks whether it polls; here it is
 * the other way round.  So one of both sees the other.  An interrupt may end with a switch to a
 * thread, which polls no more.
 */
static void wait_for_word(struct rq *rq)
{
	WRITE_ONCE(rq->polling, true);
	smp_mb();
	if (READ_ONCE(rq->resched_sent))
		set_need_resched();
	else if (idle_way == IDLE_MWAIT)
		mwait_for(&rq->resched_sent);
	else
		look_for_interrupts();
	WRITE_ONCE(rq->polling, false);
}

void cpu_startup_entry(void)
{
	struct rq *rq;

	local_irq_disable();
	rq = this_rq();
	rq->charged_at = rdtsc_ordered();
	set_need_resched(); /* somebody may be bound to this CPU and wait for it */
	balance_set_idle(rq->cpu, true);
	for (;;) {
		if (need_resched())
			schedule_idle();
		else if (hrtimer_poll())
			look_for_interrupts();
		else if (idle_way == IDLE_HALT)
			safe_halt();
		else
			wait_for_word(rq);
		local_irq_disable();
	}
}
