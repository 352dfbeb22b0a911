// SPDX-License-Identifier: MIT
/* The start of the other CPUs.  See the header. */
#define pr_fmt(fmt) "smp: " fmt

#include "kernel/sched/smpboot.h"

#include "boot/trampoline.h"
#include "kernel/core/cmdline.h"
#include "kernel/core/cpumask.h"
#include "kernel/core/printk.h"
#include "kernel/core/stack_protector.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/fpu.h"
#include "kernel/cpu/random.h"
#include "kernel/irq/apicid.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/sched/sched.h"
#include "kernel/time/clockevents.h"
#include "kernel/time/time.h"
#include "kernel/trap/desc.h"
#include "kernel/trap/idt.h"
#include "kernel/trap/mce.h"
#include "mm/mtrr.h"
#include "mm/pat.h"
#include "mm/slab.h"
#include "mm/tlb.h"
#include "mm/vmalloc.h"

#define INIT_USEC    10000 /* SDM 3A, 8.4.4.1: from INIT to the first start-up message, */
#define STARTUP_USEC 200   /* and from that to the second */
#define SMP_PATIENCE (10 * NSEC_PER_SEC)

/* struct secondary's. */
enum { CPU_AWAITED, CPU_CAME, CPU_GIVEN_UP };

static const struct cpu_starter *starter;
static struct secondary *cpus __initdata;

void __init smp_set_starter(const struct cpu_starter *cpu_starter)
{
	starter = cpu_starter;
}

/* ---------------------------------------------------------------- how many */

/* The word's number where it has one below `most`. */
static unsigned int __init lower_limit(int len, const char *word, unsigned int most)
{
	u64 n;

	return len > 0 && kstrtoull(word, 10, &n) == 0 ? (unsigned int)min(n, (u64)most) : most;
}

static unsigned int __init cpu_limit(void)
{
	unsigned int limit = NR_CPUS;
	char word[12];

	if (cmdline_has("nosmp"))
		return 1;
	limit = lower_limit(cmdline_get("nr_cpus", 0, word, sizeof(word)), word, limit);
	limit = lower_limit(cmdline_get("maxcpus", 0, word, sizeof(word)), word, limit);
	return max(limit, 1U);
}

void __init smp_prepare_cpus(void)
{
	unsigned int nr = 1;

	if (starter)
		nr = number_cpus(&irq_routing, starter->boot_id, starter->last_id, cpu_limit());
	percpu_init(nr, vzalloc);
	/* Linux's words.  None can be plugged in here. */
	printk(KERN_INFO "smpboot: Allowing %u CPUs, 0 hotplug CPUs\n", nr_cpu_ids);
}

/* ---------------------------------------------------------------- the CPU that comes */

/* Between the two words that decide: "I came" and "you are given up". */
static bool __init change_state(unsigned int cpu, u32 to)
{
	u32 from = CPU_AWAITED;

	return __atomic_compare_exchange_n(&cpus[cpu].state, &from, to, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_ACQUIRE);
}

static void __init __noreturn stay_away(void)
{
	for (;;) {
		local_irq_disable();
		halt();
	}
}

/* Boot may be over, and its code gone, a moment after the CPU counts as online. */
static noinline void __noreturn enter_service(unsigned int cpu)
{
	cpumask_set_cpu(cpu, &cpu_online_mask);
	flush_tlb_this_cpu(); /* what was unmapped before others knew whom to tell */
	cpu_startup_entry();
}

/* From the trampoline, on the stack of the CPU's idle thread, with interrupts off. */
static void __init __noreturn start_secondary(unsigned int cpu)
{
	percpu_setup_this_cpu(cpu);
	this_cpu(stack_canary) = get_random_canary();
	desc_setup_this_cpu();
	idt_setup_this_cpu();
	if (!cpu_is_like_boot_cpu())
		stay_away();
	cpu_setup_this_cpu();
	fpu_setup_this_cpu();
	pat_setup_this_cpu();
	mtrr_setup_this_cpu();
	mce_setup_this_cpu();
	starter->setup_this_cpu();
	if (!change_state(cpu, CPU_CAME))
		stay_away();
	clockevents_setup_this_cpu();
	enter_service(cpu);
}

/* ---------------------------------------------------------------- the CPU that starts it */

static int __init prepare(unsigned int cpu)
{
	const struct task_struct *idle = sched_init_idle(cpu);

	if (!idle)
		return -ENOMEM;
	cpus[cpu].apic_id = cpu_apic_id[cpu];
	cpus[cpu].stack_top = idle->stack.top;
	return desc_prepare_cpu(cpu);
}

/* How many CPUs can be started, the boot CPU among them. */
static unsigned int __init prepare_all(void)
{
	unsigned int cpu = 1;

	cpus = kzalloc(nr_cpu_ids * sizeof(*cpus), GFP_KERNEL);
	while (cpus && cpu < nr_cpu_ids && prepare(cpu) == 0)
		cpu++;
	if (cpu < nr_cpu_ids)
		pr_err("no memory for CPU %u and those after it: they stay off\n", cpu);
	return cpu;
}

static void __init start_all(unsigned int nr, u8 page)
{
	for (unsigned int cpu = 1; cpu < nr; cpu++)
		starter->send_init(cpus[cpu].apic_id);
	udelay(INIT_USEC);
	for (unsigned int message = 0; message < 2; message++) {
		for (unsigned int cpu = 1; cpu < nr; cpu++)
			if (!cpu_online(cpu))
				starter->send_startup(cpus[cpu].apic_id, page);
		udelay(STARTUP_USEC);
	}
}

static void __init wait_for_all(unsigned int nr)
{
	unsigned int seen = num_online_cpus(), now;
	struct wait wait = wait_start(SMP_PATIENCE);

	while ((now = num_online_cpus()) < nr && !wait_over(&wait)) {
		if (now != seen)
			wait = wait_start(SMP_PATIENCE);
		seen = now;
		cpu_relax();
	}
}

/* It may still come to the trampoline, which will not be there: so it waits for a start-up again. */
static void __init give_up(unsigned int cpu)
{
	starter->send_init(cpus[cpu].apic_id);
	pr_err("CPU %u (APIC id 0x%x) does not come: it is left out\n", cpu, cpus[cpu].apic_id);
}

/* It has come, and is in code of the boot, which may not go before it is online. */
static void __init wait_for_service(unsigned int cpu)
{
	while (!cpu_online(cpu))
		cpu_relax();
}

void __init smp_init(void)
{
	u64 began = ktime_get();
	unsigned int nr = nr_cpu_ids > 1 ? prepare_all() : 1;
	phys_addr_t page = nr > 1 ? trampoline_open() : 0;

	if (nr > 1 && !page)
		pr_err("no RAM below 1 MiB for the trampoline: the other CPUs stay off\n");
	if (!page)
		return;
	trampoline_args = (struct trampoline_args){ cpus, nr, read_cr3(), start_secondary };
	start_all(nr, (u8)(page >> PAGE_SHIFT));
	wait_for_all(nr);
	for (unsigned int cpu = 1; cpu < nr; cpu++) {
		if (change_state(cpu, CPU_GIVEN_UP))
			give_up(cpu);
		else
			wait_for_service(cpu);
	}
	trampoline_close(page);
	pr_info("Brought up 1 node, %u CPUs in %llu us\n", num_online_cpus(),
		(unsigned long long)((ktime_get() - began) / NSEC_PER_USEC));
}
