// SPDX-License-Identifier: MIT
/* CPUs that take no interrupts.  See the header. */
#define pr_fmt(fmt) "watchdog: " fmt

#include "kernel/sched/watchdog.h"

#include "kernel/core/cmdline.h"
#include "kernel/core/cpumask.h"
#include "kernel/core/printk.h"
#include "kernel/core/smp.h"
#include "kernel/core/spinlock.h"
#include "kernel/cpu/vectors.h"
#include "kernel/irq/irq.h"
#include "kernel/lib/string.h"
#include "kernel/sched/rq.h"
#include "kernel/time/pause.h"
#include "kernel/trap/nmi.h"

#define DEFAULT_THRESH 10ULL /* seconds */

/* What is known of a CPU; watch_lock. */
struct patient {
	u64 asked_at; /* when it was sent what it has not taken; 0: nothing */
	u64 calls;    /* how many reschedule calls it had taken then */
	bool said;
};

/* Held for a round; a CPU that finds it taken leaves the round to that one.  With interrupts off. */
static DEFINE_SPINLOCK(watch_lock);
static DEFINE_PER_CPU(struct patient, patient);
static u64 last_asked; /* watch_lock */
static u32 pauses;     /* watch_lock; those that are known */

static u64 thresh_ns, period_ns; /* 0: no watchdog; boot */
DEFINE_PER_CPU(bool, watch_is_set);
static DEFINE_PER_CPU(bool, watch_is_new); /* it has not struck since it was set */
static DEFINE_PER_CPU(struct hrtimer, watch);

static bool has_answered(const struct patient *p, unsigned int cpu)
{
	return !p->asked_at || irq_local_count(RESCHEDULE_VECTOR, cpu) != p->calls;
}

static void ask(struct patient *p, unsigned int cpu, u64 now)
{
	*p = (struct patient){ .asked_at = now, .calls = irq_local_count(RESCHEDULE_VECTOR, cpu) };
	smp_send_reschedule(cpu);
}

static void report(struct patient *p, unsigned int cpu, u64 now)
{
	p->said = true;
	pr_err("Watchdog detected hard LOCKUP on cpu %u: no interrupt taken for %llu s\n", cpu,
	       (unsigned long long)((now - p->asked_at) / NSEC_PER_SEC));
	nmi_backtrace(cpu);
}

/* Look who has answered, and ask those again where `ask_again`.  True: somebody may still answer. */
static bool make_round(u64 now, bool ask_again)
{
	bool awaited = false, kept = time_was_paused(&pauses);
	unsigned int cpu, me = smp_processor_id();

	for_each_online_cpu(cpu)
	{
		struct patient *p = &per_cpu(patient, cpu);

		if (cpu == me)
			continue;
		if (has_answered(p, cpu)) {
			p->asked_at = 0;
			if (ask_again)
				ask(p, cpu, now);
		} else if (kept) { /* by a debugger: its time begins anew */
			p->asked_at = now;
		} else if (!p->said && now - p->asked_at >= thresh_ns) {
			report(p, cpu, now);
		}
		awaited |= p->asked_at && !p->said;
	}
	return awaited;
}

static enum hrtimer_restart strike(struct hrtimer *timer)
{
	bool busy = this_rq()->curr != this_rq()->idle, awaited = false;
	bool ask_again = busy || this_cpu(watch_is_new);
	u64 now = ktime_get();

	if (spin_trylock(&watch_lock)) {
		ask_again =
			ask_again && now - last_asked >= period_ns / 2; /* another has, just now */
		if (ask_again)
			last_asked = now;
		awaited = make_round(now, ask_again);
		spin_unlock(&watch_lock);
	}
	this_cpu(watch_is_new) = false;
	this_cpu(watch_is_set) = busy || awaited;
	if (!this_cpu(watch_is_set))
		return HRTIMER_NORESTART;
	hrtimer_forward(timer, now, period_ns);
	return HRTIMER_RESTART;
}

void watchdog_set_watch(void)
{
	if (!period_ns)
		return;
	this_cpu(watch_is_set) = true;
	this_cpu(watch_is_new) = true;
	hrtimer_start_range_ns(&per_cpu(watch, smp_processor_id()), period_ns, period_ns / 4,
			       HRTIMER_MODE_REL);
}

void __init watchdog_init(void)
{
	u64 thresh = DEFAULT_THRESH;
	unsigned long flags;
	unsigned int cpu;
	char word[8];

	if (cmdline_get("watchdog_thresh", 0, word, sizeof(word)) > 0 &&
	    (kstrtoull(word, 10, &thresh) || thresh > 60))
		thresh = DEFAULT_THRESH;
	if (cmdline_has("nowatchdog") || smp_alone())
		thresh = 0;
	for_each_possible_cpu(cpu)
	{
		hrtimer_init(&per_cpu(watch, cpu), strike);
		per_cpu(watch_is_set, cpu) = thresh == 0; /* so nobody ever asks for it */
	}
	thresh_ns = thresh * NSEC_PER_SEC;
	WRITE_ONCE(period_ns, thresh_ns * 2 / 5); /* as Linux */
	flags = local_irq_save();
	watchdog_cpu_busy(); /* the thread that boots has been at it for long */
	local_irq_restore(flags);
}
