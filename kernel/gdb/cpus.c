// SPDX-License-Identifier: MIT
/* CPUs stop and go.  See the header. */
#include "kernel/gdb/cpus.h"

#include "kernel/core/cpumask.h"
#include "kernel/cpu/barrier.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/time/pause.h"
#include "kernel/time/time.h"
#include "kernel/trap/debugger.h"
#include "kernel/trap/nmi.h"

#define STOP_USEC 1000000

static u32 chief;		   /* atomic: CPU + 1; 0: nobody */
static u32 rounds;		   /* the chief's */
static DEFINE_PER_CPU(bool, stay); /* atomic: told by the chief */

static struct pt_regs *standing_at(unsigned int cpu)
{
	return __atomic_load_n(&per_cpu(gdb_context, cpu).regs, __ATOMIC_SEQ_CST);
}

static void set_standing(struct pt_regs *regs)
{
	__atomic_store_n(&per_cpu(gdb_context, raw_smp_processor_id()).regs, regs,
			 __ATOMIC_SEQ_CST);
}

static bool is_to_stay(unsigned int cpu)
{
	return __atomic_load_n(&per_cpu(stay, cpu), __ATOMIC_SEQ_CST);
}

static bool try_to_be_chief(void)
{
	u32 nobody = 0;

	return __atomic_compare_exchange_n(&chief, &nobody, raw_smp_processor_id() + 1, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

static void stand(struct pt_regs *regs)
{
	debug_registers_off();
	gdb_context_save(regs);
	set_standing(regs);
}

static void go(struct pt_regs *regs)
{
	gdb_context_restore(regs);
	set_standing(NULL);
	debug_registers_load();
}

bool gdb_become_chief(struct pt_regs *regs)
{
	u32 round;

	stand(regs);
	round = READ_ONCE(rounds);
	while (!try_to_be_chief())
		cpu_relax();
	return round == rounds;
}

bool gdb_stop_others(void (*say)(unsigned int cpu))
{
	unsigned int cpu, me = raw_smp_processor_id();
	bool all = true;

	time_pause_begin();
	for_each_online_cpu(cpu)
	{
		if (cpu == me)
			continue;
		__atomic_store_n(&per_cpu(stay, cpu), true, __ATOMIC_SEQ_CST);
		if (!standing_at(cpu))
			nmi_send(cpu);
	}
	for_each_online_cpu(cpu)
	{
		if (cpu == me || poll_timeout(standing_at(cpu), STOP_USEC))
			continue;
		say(cpu);
		all = false;
	}
	return all;
}

void gdb_let_go(unsigned int alone)
{
	unsigned int cpu;

	WRITE_ONCE(rounds, rounds + 1);
	if (alone == GDB_NO_CPU)
		time_pause_end();
	for_each_online_cpu(cpu) __atomic_store_n(
		&per_cpu(stay, cpu), alone != GDB_NO_CPU && cpu != alone, __ATOMIC_SEQ_CST);
	__atomic_store_n(&chief, 0, __ATOMIC_SEQ_CST);
}

/* The chief may say `stay` just when this CPU goes: either it sees that one stand, or this one sees the word. */
void gdb_stand(struct pt_regs *regs)
{
	unsigned int me = raw_smp_processor_id();

	for (;;) {
		while (is_to_stay(me))
			cpu_relax();
		go(regs);
		if (!is_to_stay(me))
			return;
		stand(regs);
	}
}

void gdb_nmi(struct pt_regs *regs)
{
	unsigned int me = raw_smp_processor_id();

	if (!is_to_stay(me) || standing_at(me))
		return;
	stand(regs);
	gdb_stand(regs);
}

void gdb_release_others(void)
{
	if (!try_to_be_chief())
		return; /* who has just become it is about to stop this CPU, too */
	gdb_let_go(GDB_NO_CPU);
}
