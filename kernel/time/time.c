// SPDX-License-Identifier: MIT
/*
 * Time since boot from a counter's ticks.
 *
 * A struct timebase is one instant seen on three clocks: the clocksource's
 * count, the TSC, and the nanoseconds since boot.  ktime_get() adds to it what
 * the clocksource has counted since.  The base is moved forward now and then
 * (advance()), long before a 24-bit counter wraps where somebody asks often
 * enough, and where nobody did, the TSC tells how many wraps were missed.
 *
 * The TSC's rate costs no wait: the first base after a clocksource came is kept,
 * and each advance() measures the TSC over all the time since.  local_clock()
 * extrapolates the base by the TSC and asks the clocksource only every
 * STAMP_SPAN_NS.
 *
 * Readers take no lock: they copy the base under a sequence count and read the
 * counters inside it.  base_lock is for writers, a leaf, always with interrupts
 * off.  A reader that interrupted a writer on its own CPU (an NMI, or a fault)
 * would wait for ever, so tries are bounded and the last result is given then.
 */
#define pr_fmt(fmt) "clocksource: " fmt

#include "kernel/time/time.h"

#include "kernel/core/cmdline.h"
#include "kernel/core/command.h"
#include "kernel/core/printk.h"
#include "kernel/core/spinlock.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

#define RATE_SHIFT     32	     /* ns = ticks * mult >> RATE_SHIFT */
#define TSC_FASTEST_HZ 8000000000ULL /* no TSC ticks faster: waits by it are never short */
#define TSC_SPAN_NS    NSEC_PER_MSEC /* measured over less, the TSC's rate is not believed */
#define STAMP_SPAN_NS  (10 * NSEC_PER_MSEC)
#define MAX_TRIES      1000

struct timebase {
	struct clocksource *cs; /* NULL: the TSC alone */
	u64 mult;		/* ns per tick of cs */
	u64 period_ns;		/* of cs's whole mask */
	u64 cycles;		/* cs's count ... */
	u64 tsc;		/* ... the TSC ... */
	u64 ns;			/* ... and the time, at one instant */
	u64 tsc_mult;		/* ns per tick of the TSC; 0: not known yet */
};

static DEFINE_SPINLOCK(base_lock); /* base, base_seq, first_*, clocksources */
static struct timebase base;
static u32 base_seq;		/* odd while base is being written */
static u64 first_tsc, first_ns; /* where the measurement of the TSC began */
static struct clocksource *clocksources;
static u64 last_ktime, last_stamp; /* atomic: what was given out last */

/* The product has up to 128 bits, so no span overflows. */
static u64 scale(u64 ticks, u64 mult)
{
	return (u64)((unsigned __int128)ticks * mult >> RATE_SHIFT);
}

/* Callers' hz is at least 1; the dividend still fits. */
static u64 mult_of(u64 hz)
{
	return (NSEC_PER_SEC << RATE_SHIFT) / hz;
}

/* What turns `ticks` into `ns`; 0 where there is no such number. */
static u64 measured_mult(u64 ns, u64 ticks)
{
	u64 quotient, rest;

	if (ns >> (64 - RATE_SHIFT) >= ticks)
		return 0;
	/* SDM 2A, DIV: 128 bits by 64, right as long as the quotient fits, as it does now. */
	__asm__("divq %4"
		: "=a"(quotient), "=d"(rest)
		: "a"(ns << RATE_SHIFT), "d"(ns >> (64 - RATE_SHIFT)), "r"(ticks)
		: "cc");
	return quotient;
}

/* Time passed since the base by the TSC; its rate is known. */
static u64 tsc_elapsed(const struct timebase *b, u64 tsc)
{
	s64 ticks = (s64)(tsc - b->tsc); /* another CPU's TSC may be a little behind */

	return ticks > 0 ? scale((u64)ticks, b->tsc_mult) : 0;
}

/* The time at (cycles, tsc), with the wraps that nobody saw. */
static u64 time_at(const struct timebase *b, u64 cycles, u64 tsc)
{
	u64 elapsed, by_tsc;

	if (!b->cs)
		return b->ns + (b->tsc_mult ? tsc_elapsed(b, tsc) :
					      (tsc - b->tsc) / (TSC_FASTEST_HZ / NSEC_PER_SEC));
	elapsed = scale((cycles - b->cycles) & b->cs->mask, b->mult);
	if (b->tsc_mult) {
		by_tsc = tsc_elapsed(b, tsc);
		if (by_tsc > elapsed && by_tsc - elapsed > b->period_ns / 2)
			elapsed +=
				(by_tsc - elapsed + b->period_ns / 2) / b->period_ns * b->period_ns;
	}
	return b->ns + elapsed;
}

static u64 read_cycles(const struct timebase *b)
{
	return b->cs ? b->cs->read(b->cs) : 0;
}

/* Raise *last to `now`, and give the higher of the two: time never goes back. */
static u64 never_back(u64 *last, u64 now)
{
	u64 seen = __atomic_load_n(last, __ATOMIC_RELAXED);

	while (seen < now)
		if (__atomic_compare_exchange_n(last, &seen, now, true, __ATOMIC_RELAXED,
						__ATOMIC_RELAXED))
			return now;
	return seen;
}

/* Write the base: base_lock is held. */
static void set_base(const struct timebase *b)
{
	__atomic_store_n(&base_seq, base_seq + 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	base = *b;
	__atomic_store_n(&base_seq, base_seq + 1, __ATOMIC_RELEASE);
}

/* Copy the base; false where a writer was interrupted. */
static bool get_base(struct timebase *b, u32 *seq)
{
	for (unsigned int i = 0; i < MAX_TRIES; i++) {
		*seq = __atomic_load_n(&base_seq, __ATOMIC_ACQUIRE);
		*b = base;
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (!(*seq & 1) && *seq == __atomic_load_n(&base_seq, __ATOMIC_RELAXED))
			return true;
		cpu_relax();
	}
	return false;
}

/* Move the base to now; base_lock is held. */
static u64 advance_locked(void)
{
	struct timebase b = base;
	u64 cycles, tsc;

	tsc = rdtsc_ordered();
	cycles = read_cycles(&base);
	tsc += (rdtsc_ordered() - tsc) / 2; /* the count was taken about halfway */
	b.ns = time_at(&base, cycles, tsc);
	b.cycles = cycles;
	b.tsc = tsc;
	if (b.cs && !boot_cpu.tsc_hz && b.ns - first_ns >= TSC_SPAN_NS && tsc > first_tsc)
		b.tsc_mult = measured_mult(b.ns - first_ns, tsc - first_tsc);
	set_base(&b);
	return b.ns;
}

/* As advance_locked, unless a writer is at it already: then false. */
static bool try_advance(u64 *ns)
{
	unsigned long flags = local_irq_save();
	bool free = spin_trylock(&base_lock);

	if (free) {
		*ns = advance_locked();
		spin_unlock(&base_lock);
	}
	local_irq_restore(flags);
	return free;
}

u64 ktime_get(void)
{
	struct timebase b;
	u64 cycles, tsc, ns;
	u32 seq;

	do {
		if (!get_base(&b, &seq))
			return __atomic_load_n(&last_ktime, __ATOMIC_RELAXED);
		tsc = rdtsc_ordered();
		cycles = read_cycles(&b);
		/* The base may have moved past the count that was just read. */
	} while (__atomic_load_n(&base_seq, __ATOMIC_ACQUIRE) != seq);

	ns = time_at(&b, cycles, tsc);
	if (b.cs && (ns - b.ns > b.period_ns / 4 || (!b.tsc_mult && ns - b.ns > TSC_SPAN_NS)))
		try_advance(&ns);
	return never_back(&last_ktime, ns);
}

u64 local_clock(void)
{
	struct timebase b;
	u64 ns;
	u32 seq;

	if (!get_base(&b, &seq))
		return __atomic_load_n(&last_stamp, __ATOMIC_RELAXED);
	if (b.tsc_mult)
		ns = b.ns + tsc_elapsed(&b, rdtsc_ordered());
	else
		ns = b.cs ? ktime_get() : 0;
	if (b.cs && b.tsc_mult && ns - b.ns > STAMP_SPAN_NS)
		try_advance(&ns);
	return never_back(&last_stamp, ns);
}

u64 tsc_hz(void)
{
	struct timebase b;
	u32 seq;

	if (boot_cpu.tsc_hz)
		return boot_cpu.tsc_hz;
	if (!get_base(&b, &seq) || !b.tsc_mult)
		return 0;
	return (NSEC_PER_SEC << RATE_SHIFT) / b.tsc_mult;
}

struct wait wait_start(u64 nsec)
{
	return (struct wait){ ktime_get(), rdtsc_ordered(), nsec };
}

bool wait_over(const struct wait *wait)
{
	return ktime_get() - wait->ns >= wait->nsec ||
	       rdtsc_ordered() - wait->tsc >= wait->nsec * (TSC_FASTEST_HZ / NSEC_PER_SEC);
}

void ndelay(u64 nsec)
{
	struct wait wait = wait_start(nsec);

	while (!wait_over(&wait))
		cpu_relax();
}

void udelay(u64 usec)
{
	ndelay(usec * NSEC_PER_USEC);
}

void __init time_init(void)
{
	struct timebase b = { .tsc = rdtsc_ordered() };

	if (boot_cpu.tsc_hz)
		b.tsc_mult = mult_of(boot_cpu.tsc_hz);
	set_base(&b);
	printk_set_clock(local_clock);
}

/* From here on cs supplies the time; base_lock is held. */
static void switch_locked(struct clocksource *cs)
{
	struct timebase b;

	advance_locked();
	b = base;
	b.cs = cs;
	b.mult = mult_of(cs->hz);
	b.period_ns = cs->mask >= ~0ULL / 2 ? ~0ULL / 2 : scale(cs->mask, b.mult);
	if (!b.period_ns)
		b.period_ns = 1;
	b.cycles = cs->read(cs);
	b.tsc = rdtsc_ordered();
	/* A measurement across the switch would mix in the step of two reads. */
	first_tsc = b.tsc;
	first_ns = b.ns;
	set_base(&b);
}

static bool better(const struct clocksource *a, const struct clocksource *b)
{
	bool wanted = cmdline_value_is("clocksource", a->name);

	if (!b || wanted != cmdline_value_is("clocksource", b->name))
		return !b || wanted;
	return a->rating > b->rating;
}

int clocksource_register(struct clocksource *cs)
{
	struct clocksource **link;
	unsigned long flags;
	bool use;

	if (!cs->hz || !cs->read || !cs->mask) {
		pr_err("%s: %llu Hz, mask 0x%llx: refused\n", cs->name, (unsigned long long)cs->hz,
		       (unsigned long long)cs->mask);
		return -EINVAL;
	}
	spin_lock_irqsave(&base_lock, flags);
	for (link = &clocksources; *link && (*link)->rating >= cs->rating; link = &(*link)->next)
		;
	cs->next = *link;
	*link = cs;
	use = better(cs, base.cs);
	if (use)
		switch_locked(cs);
	spin_unlock_irqrestore(&base_lock, flags);

	pr_info("%s: mask: 0x%llx, %llu Hz, rating %d\n", cs->name, (unsigned long long)cs->mask,
		(unsigned long long)cs->hz, cs->rating);
	if (use)
		pr_info("Switched to clocksource %s\n", cs->name);
	return 0;
}

int clocksource_select(const char *name)
{
	struct clocksource *cs;
	unsigned long flags;

	spin_lock_irqsave(&base_lock, flags);
	for (cs = clocksources; cs && strcmp(cs->name, name) != 0; cs = cs->next)
		;
	if (cs)
		switch_locked(cs);
	spin_unlock_irqrestore(&base_lock, flags);
	return cs ? 0 : -ENOENT;
}

const struct clocksource *clocksource_current(void)
{
	return READ_ONCE(base.cs);
}

struct clocksource *clocksource_first(void)
{
	return READ_ONCE(clocksources);
}

static int cmd_clocksource(struct sink *out, int argc, char **argv)
{
	const struct clocksource *cs;
	u64 now;

	if (argc > 2)
		return -EINVAL;
	if (argc == 2 && clocksource_select(argv[1]) != 0) {
		pr_err("no clock is called %s\n", argv[1]);
		return -ENOENT;
	}
	for (cs = clocksource_first(); cs; cs = cs->next)
		sink_printf(out, "%c %-8s rating %3d, %llu Hz, mask 0x%llx\n",
			    cs == clocksource_current() ? '*' : ' ', cs->name, cs->rating,
			    (unsigned long long)cs->hz, (unsigned long long)cs->mask);
	sink_printf(out, "  TSC      %llu Hz, for the stamps of messages\n",
		    (unsigned long long)tsc_hz());
	now = ktime_get();
	sink_printf(out, "  now      %llu.%09llu s since boot\n",
		    (unsigned long long)(now / NSEC_PER_SEC),
		    (unsigned long long)(now % NSEC_PER_SEC));
	return 0;
}
MONITOR_COMMAND(clocksource, "[NAME]", "the clocks and the time, or use another clock",
		cmd_clocksource);
