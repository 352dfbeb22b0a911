// SPDX-License-Identifier: MIT
/*
 * The time stamp counter as a clock source: whether, and how fast.
 *
 * The rules are Linux's.  A TSC that ticks at a constant rate is the same on all CPUs; of any
 * other that is only believed on Intel's CPUs, or where there is one CPU.  It has to be
 * verified all the same (kernel/time/watchdog.c), but where it never stops either and the CPU
 * has a register that shows whether firmware has moved it (TSC_ADJUST).
 *
 * Where nobody tells its rate, time.c has measured it since there was another clock, which is
 * good for tsc-early; a second later it is measured anew over that second against the
 * watchdog, and if the two agree within one part in a hundred, "tsc" has the better rate.
 */
#define pr_fmt(fmt) "tsc: " fmt

#include "kernel/time/tsc.h"

#include "kernel/core/cmdline.h"
#include "kernel/core/percpu.h"
#include "kernel/core/printk.h"
#include "kernel/core/smp.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/lib/string.h"
#include "kernel/time/clockevents.h"
#include "kernel/time/clocksource.h"
#include "kernel/time/hrtimer.h"
#include "kernel/time/time.h"

#define REFINE_NS NSEC_PER_SEC
#define CLOSE_NS  (50 * NSEC_PER_USEC) /* 5 * 10^-5 of a second */
#define LOOKS	  5
#define MAX_OFFSET \
	100 /* one part in so many of a second, beyond what looking took: another CPU's TSC */
#define EARLY_MARGIN (32 * NSEC_PER_MSEC) /* as Linux */

static bool unstable; /* set once */
static struct hrtimer refine_timer;

static u64 read_tsc(struct clocksource *cs)
{
	(void)cs;
	return rdtsc_ordered();
}

static void watchdog_found_drift(struct clocksource *cs)
{
	(void)cs;
	if (__atomic_exchange_n(&unstable, true, __ATOMIC_RELAXED))
		return;
	time_distrust_tsc();
	pr_info("Marking TSC unstable due to clocksource watchdog\n");
}

static struct clocksource clocksource_tsc_early = {
	.name = "tsc-early",
	.rating = 299,
	.flags = CLOCK_SOURCE_IS_TSC | CLOCK_SOURCE_MUST_VERIFY,
	.mask = ~0ULL,
	.margin_ns = EARLY_MARGIN,
	.read = read_tsc,
	.mark_unstable = watchdog_found_drift,
};

static struct clocksource clocksource_tsc = {
	.name = "tsc",
	.rating = 300,
	.flags = CLOCK_SOURCE_IS_TSC | CLOCK_SOURCE_MUST_VERIFY,
	.mask = ~0ULL,
	.read = read_tsc,
	.mark_unstable = watchdog_found_drift,
};

void mark_tsc_unstable(const char *reason)
{
	if (__atomic_exchange_n(&unstable, true, __ATOMIC_RELAXED))
		return;
	time_distrust_tsc();
	pr_info("Marking TSC unstable due to %s\n", reason);
	clocksource_mark_unstable(&clocksource_tsc_early);
	clocksource_mark_unstable(&clocksource_tsc);
}

/* ---------------------------------------------------------------- whether */

/* SDM 3B, 17.17: family 15 from model 3 on, family 6 from model 14 on, and who says so. */
static bool constant_rate(void)
{
	const struct cpu_info *cpu = &boot_cpu;

	if (cpu->invariant_tsc)
		return true;
	return strcmp(cpu->vendor, "GenuineIntel") == 0 &&
	       ((cpu->family == 15 && cpu->model >= 3) || (cpu->family == 6 && cpu->model >= 14));
}

static bool unsynchronized(void)
{
	return !constant_rate() && strcmp(boot_cpu.vendor, "GenuineIntel") != 0 && nr_cpu_ids > 1;
}

static bool __init has_tsc_adjust(void)
{
	u32 a, b, c, d;

	cpuid(0, 0, &a, &b, &c, &d);
	if (a < 7)
		return false;
	cpuid(7, 0, &a, &b, &c, &d);
	return b & BIT(1); /* SDM 2A, CPUID */
}

static bool __init needs_no_watchdog(void)
{
	return cmdline_value_is("tsc", "reliable") || cmdline_value_is("tsc", "nowatchdog") ||
	       (boot_cpu.invariant_tsc && constant_rate() && has_tsc_adjust());
}

/* ---------------------------------------------------------------- how fast */

/* The same instant on both; the TSC may be wrong by half of what it took. */
struct reading {
	u64 tsc, ref, took;
};
static struct reading first;
static struct clocksource *reference;

/* The closest reading of some: a host that is busy takes the CPU away meanwhile. */
static void read_both(struct reading *r)
{
	r->took = ~0ULL;
	for (unsigned int i = 0; i < LOOKS; i++) {
		unsigned long flags = local_irq_save();
		u64 before = rdtsc_ordered(), ref = reference->read(reference);
		u64 took = rdtsc_ordered() - before;

		local_irq_restore(flags);
		if (took < r->took)
			*r = (struct reading){ before + took / 2, ref, took };
	}
}

static bool is_close(const struct reading *r)
{
	return clocksource_ns(&clocksource_tsc_early, r->took) <= CLOSE_NS;
}

/* Ticks a second from `first` to `last`, or 0 where it is not within one part in 100 of what was. */
static u64 refined_hz(const struct reading *last)
{
	u64 ns = clocksource_ns(reference, (last->ref - first.ref) & reference->mask);
	u64 hz = tsc_hz(), ticks = last->tsc - first.tsc, refined;

	/* A busy host may have let the reference wrap. */
	if (ns < REFINE_NS / 2 || ticks > ~0ULL / NSEC_PER_SEC)
		return 0;
	refined = ticks * NSEC_PER_SEC / ns;
	return refined > hz - hz / 100 && refined < hz + hz / 100 ? refined : 0;
}

static void register_tsc(u64 hz)
{
	clocksource_tsc.hz = hz;
	clocksource_register(&clocksource_tsc);
	clocksource_unregister(&clocksource_tsc_early);
}

static enum hrtimer_restart refine(struct hrtimer *timer)
{
	struct reading last;
	u64 hz;

	if (unstable)
		return HRTIMER_NORESTART;
	read_both(&last);
	if (!is_close(&first) || !is_close(&last)) {
		if (!is_close(&first))
			first = last; /* a second that began so was none */
		hrtimer_forward(timer, ktime_get(), REFINE_NS);
		return HRTIMER_RESTART;
	}
	hz = refined_hz(&last);
	if (hz) {
		pr_info("Refined TSC clocksource calibration: %llu.%03llu MHz\n",
			(unsigned long long)hz / 1000000, (unsigned long long)hz / 1000 % 1000);
		clockevents_update_tsc_freq(hz);
	}
	register_tsc(hz ? hz : tsc_hz());
	return HRTIMER_NORESTART;
}

/*
 * Time by this CPU's TSC against time by the watchdog, both since the boot CPU's first look.
 * What differs by so much that no busy host and no error of the rate can be the reason is
 * another CPU's count.
 */
static void check_this_cpu(void *unused)
{
	u64 hz = clocksource_tsc_early.hz, by_ref, expected, off;
	struct reading here;

	(void)unused;
	read_both(&here);
	by_ref = clocksource_ns(reference, (here.ref - first.ref) & reference->mask);
	expected = first.tsc + by_ref / NSEC_PER_USEC * hz / 1000000;
	off = here.tsc > expected ? here.tsc - expected : expected - here.tsc;
	if (off > hz / MAX_OFFSET + first.took + here.took)
		mark_tsc_unstable("check_tsc_sync_source failed");
}

static void __init start_refining(void)
{
	reference = clocksource_watchdog();
	if (!reference)
		return;
	read_both(&first);
	on_each_cpu(check_this_cpu, NULL, true);
	hrtimer_init(&refine_timer, refine);
	hrtimer_start(&refine_timer, REFINE_NS, HRTIMER_MODE_REL);
}

void __init tsc_init(void)
{
	u64 hz = tsc_hz();

	if (!boot_cpu.tsc)
		return;
	if (!hz) {
		mark_tsc_unstable("could not calculate TSC khz");
		return;
	}
	pr_info("Detected %llu.%03llu MHz processor\n", (unsigned long long)hz / 1000000,
		(unsigned long long)hz / 1000 % 1000);
	if (cmdline_value_is("tsc", "unstable")) {
		mark_tsc_unstable("boot parameter");
		return;
	}
	if (unsynchronized()) {
		mark_tsc_unstable("TSCs unsynchronized");
		return;
	}
	if (needs_no_watchdog()) {
		clocksource_tsc_early.flags &= ~CLOCK_SOURCE_MUST_VERIFY;
		clocksource_tsc.flags &= ~CLOCK_SOURCE_MUST_VERIFY;
	}
	if (boot_cpu.tsc_hz) {
		register_tsc(hz);
		return;
	}
	clocksource_tsc_early.hz = hz;
	clocksource_register(&clocksource_tsc_early);
	start_refining();
}
