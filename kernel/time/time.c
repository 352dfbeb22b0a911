// SPDX-License-Identifier: MIT
/*
 * Time since boot from a counter's ticks.
 *
 * A struct timebase is one instant seen on three clocks: the clock source's
 * count, the TSC, and the nanoseconds since boot.  ktime_get() adds to it what
 * the clock source has counted since.  The base is moved forward now and then
 * (advance()), long before a 24-bit counter wraps where somebody asks often
 * enough, and where nobody did, the TSC tells how many wraps were missed, or, where
 * that is no measure, clocksource.c has a timer that asks.
 *
 * The TSC's rate costs no wait: the first base after a clock source came is kept,
 * and each advance() measures the TSC over all the time since.  A host may take the CPU away
 * between the count and the TSC, so each instant has a blur, and of all measurements the one
 * is believed in which the blur may be the least part of the time.  local_clock()
 * extrapolates the base by the TSC and asks the clock source only every
 * STAMP_SPAN_NS.  Where the TSC itself is the clock source, both are the same.
 *
 * Readers take no lock: they look at the base and the counters under a sequence count,
 * and what a writer was busy with meanwhile is looked at again.  base_lock is for writers,
 * a leaf, always with interrupts off.  A reader that interrupted a writer on its own CPU
 * (an NMI, or a fault) would wait for ever, so tries are bounded and the last result is
 * given then.
 */
#include "kernel/time/time.h"

#include "kernel/core/printk.h"
#include "kernel/core/spinlock.h"
#include "kernel/cpu/cpu.h"
#include "kernel/time/clocksource.h"

#define RATE_SHIFT     32	     /* ns = ticks * mult >> RATE_SHIFT */
#define TSC_FASTEST_HZ 8000000000ULL /* no TSC ticks faster: waits by it are never short */
#define TSC_SPAN_NS    NSEC_PER_MSEC /* measured over less, the TSC's rate is not believed */
#define LOOKS	       5	     /* at a new clock source, for a close one */
#define STAMP_SPAN_NS  (10 * NSEC_PER_MSEC)
#define MAX_TRIES      1000

struct timebase {
	struct clocksource *cs; /* NULL: the TSC, since there is nothing else */
	bool by_tsc;		/* cycles are the TSC's */
	u64 mask, mult;		/* of the cycles; ns a tick */
	u64 period_ns;		/* of the whole mask */
	u64 cycles;		/* the count ... */
	u64 tsc;		/* ... the TSC, give or take the blur ... */
	u64 blur;		/* (ticks of the TSC) */
	u64 ns;			/* ... and the time, at one instant */
	u64 tsc_mult;		/* ns a tick of the TSC; 0: not known, or not to be trusted */
};

static DEFINE_SPINLOCK(base_lock); /* base, base_seq, first_*, tsc_* */
static struct timebase base;
static u32 base_seq;			    /* odd while base is being written */
static u64 first_tsc, first_ns, first_blur; /* where the measurement of the TSC began */
static u64 tsc_rate;			    /* measured, ns a tick; 0: not yet ... */
static u64 tsc_rate_blur = 1;		    /* ... wrong by so many ticks at most ... */
static u64 tsc_rate_ticks;		    /* ... of so many; no blur: it is as good as can be */
static bool tsc_is_bad;
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

/* Ticks of the TSC since the base; another CPU's may be a little behind it. */
static __always_inline u64 tsc_since(u64 before, u64 now)
{
	return now > before ? now - before : 0;
}

/* Time passed since the base by the TSC; its rate is known. */
static __always_inline u64 tsc_elapsed(const struct timebase *b, u64 tsc)
{
	return scale(tsc_since(b->tsc, tsc), b->tsc_mult);
}

/* The whole periods that the TSC saw and the counter cannot tell. */
static u64 missed_wraps(const struct timebase *b, u64 elapsed, u64 tsc)
{
	u64 by_tsc = tsc_elapsed(b, tsc), period = b->period_ns;

	if (by_tsc <= elapsed || by_tsc - elapsed <= period / 2)
		return 0;
	return (by_tsc - elapsed + period / 2) / period * period;
}

/* Time passed since the base, at (cycles, tsc). */
static __always_inline u64 elapsed_at(const struct timebase *b, u64 cycles, u64 tsc)
{
	u64 elapsed;

	if (b->by_tsc)
		return scale(tsc_since(b->cycles, tsc), b->mult);
	elapsed = scale((cycles - b->cycles) & b->mask, b->mult);
	return b->tsc_mult ? elapsed + missed_wraps(b, elapsed, tsc) : elapsed;
}

static __always_inline u64 read_cycles(const struct timebase *b, u64 tsc)
{
	return b->by_tsc ? tsc : b->cs->read(b->cs);
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

/*
 * The TSC's rate over the time since the clock source was switched to: believed where it may be
 * wrong by a smaller part than the rate so far, and the clock source is none that may be wrong
 * itself.
 */
static void measure_tsc_locked(struct timebase *b)
{
	u64 span = b->ns - first_ns, ticks, blur = first_blur + b->blur;

	lockdep_assert_held(&base_lock);
	if (b->by_tsc || b->cs->flags & CLOCK_SOURCE_MUST_VERIFY || boot_cpu.tsc_hz)
		return;
	if (span <= TSC_SPAN_NS || b->tsc <= first_tsc)
		return;
	ticks = b->tsc - first_tsc;
	if ((unsigned __int128)blur * tsc_rate_ticks >= (unsigned __int128)tsc_rate_blur * ticks)
		return;
	tsc_rate = measured_mult(span, ticks);
	tsc_rate_blur = blur;
	tsc_rate_ticks = ticks;
	b->tsc_mult = tsc_is_bad ? 0 : tsc_rate;
}

/* Its clock source's count and the TSC at one instant. */
static void look_at_both(struct timebase *b)
{
	b->tsc = rdtsc_ordered();
	b->cycles = read_cycles(b, b->tsc);
	b->blur = b->by_tsc ? 0 : (rdtsc_ordered() - b->tsc) / 2;
	b->tsc += b->blur; /* the count was taken about halfway */
}

/* The closest look of some: all that is measured later begins here. */
static void look_closely_at_both(struct timebase *b)
{
	struct timebase look = *b;

	look_at_both(b);
	for (unsigned int i = 1; i < LOOKS && b->blur; i++) {
		look_at_both(&look);
		if (look.blur < b->blur)
			*b = look;
	}
}

/* Move the base to now; base_lock is held. */
static u64 advance_locked(void)
{
	struct timebase b = base;

	lockdep_assert_held(&base_lock);
	look_at_both(&b);
	b.ns += elapsed_at(&base, b.cycles, b.tsc);
	measure_tsc_locked(&b);
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

/* It is time to move the base: so long has passed since it was. */
static __always_inline bool base_is_old(u64 elapsed)
{
	return !base.by_tsc && (elapsed > base.period_ns / 4 ||
				(!base.tsc_mult && elapsed > TSC_SPAN_NS && !tsc_is_bad));
}

/* By a counter that is not the TSC, or while the base is being written. */
static noinline u64 ktime_get_slow(void)
{
	u64 tsc, elapsed, ns;
	u32 seq;

	for (unsigned int i = 0; i < MAX_TRIES; i++) {
		seq = __atomic_load_n(&base_seq, __ATOMIC_ACQUIRE);
		tsc = rdtsc_ordered();
		elapsed = elapsed_at(&base, read_cycles(&base, tsc), tsc);
		ns = base.ns + elapsed;
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (!(seq & 1) && seq == __atomic_load_n(&base_seq, __ATOMIC_RELAXED)) {
			if (base_is_old(elapsed))
				try_advance(&ns);
			return never_back(&last_ktime, ns);
		}
		cpu_relax();
	}
	return __atomic_load_n(&last_ktime, __ATOMIC_RELAXED);
}

u64 ktime_get(void)
{
	u32 seq = __atomic_load_n(&base_seq, __ATOMIC_ACQUIRE);
	u64 ns;

	if (likely(base.by_tsc)) {
		ns = base.ns + scale(tsc_since(base.cycles, rdtsc_ordered()), base.mult);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (likely(!(seq & 1) && seq == __atomic_load_n(&base_seq, __ATOMIC_RELAXED)))
			return never_back(&last_ktime, ns);
	}
	return ktime_get_slow();
}

/* By the TSC alone, extrapolated from the base: false where its rate is unknown. */
static bool stamp_by_tsc(u64 *ns)
{
	u64 elapsed;
	u32 seq;

	for (unsigned int i = 0; i < MAX_TRIES; i++) {
		seq = __atomic_load_n(&base_seq, __ATOMIC_ACQUIRE);
		if (!base.tsc_mult)
			return false;
		elapsed = tsc_elapsed(&base, rdtsc_ordered());
		*ns = base.ns + elapsed;
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (!(seq & 1) && seq == __atomic_load_n(&base_seq, __ATOMIC_RELAXED)) {
			if (!base.by_tsc && elapsed > STAMP_SPAN_NS)
				try_advance(ns);
			return true;
		}
		cpu_relax();
	}
	*ns = 0; /* the last one */
	return true;
}

u64 local_clock(void)
{
	u64 ns;

	if (!stamp_by_tsc(&ns))
		ns = READ_ONCE(base.cs) ? ktime_get() : 0;
	return never_back(&last_stamp, ns);
}

u64 tsc_hz(void)
{
	u64 rate = READ_ONCE(tsc_rate);

	if (boot_cpu.tsc_hz)
		return boot_cpu.tsc_hz;
	return rate ? (NSEC_PER_SEC << RATE_SHIFT) / rate : 0;
}

bool tsc_to_boot_ns(u64 tsc, u64 *ns)
{
	u64 hz = tsc_hz(), now = local_clock(), ago;

	if (!hz)
		return false;
	ago = scale(tsc_since(tsc, rdtsc_ordered()), mult_of(hz));
	*ns = now > ago ? now - ago : 0;
	return true;
}

u64 time_max_idle_ns(void)
{
	u64 period = READ_ONCE(base.period_ns);

	if (READ_ONCE(base.by_tsc) || READ_ONCE(base.tsc_mult) || period == KTIME_MAX)
		return KTIME_MAX;
	return period / 4;
}

void time_distrust_tsc(void)
{
	unsigned long flags;
	struct timebase b;

	spin_lock_irqsave(&base_lock, flags);
	tsc_is_bad = true;
	b = base;
	if (!b.by_tsc)
		b.tsc_mult = 0;
	set_base(&b);
	spin_unlock_irqrestore(&base_lock, flags);
}

struct wait wait_start(u64 nsec)
{
	return (struct wait){ ktime_get(), rdtsc_ordered(), nsec };
}

bool wait_over(const struct wait *wait)
{
	return ktime_get() - wait->ns >= wait->nsec ||
	       tsc_since(wait->tsc, rdtsc_ordered()) >=
		       wait->nsec * (TSC_FASTEST_HZ / NSEC_PER_SEC);
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
	u64 now = rdtsc_ordered();
	struct timebase b = { .by_tsc = true, .mask = ~0ULL, .cycles = now, .tsc = now };

	if (boot_cpu.tsc_hz)
		b.tsc_mult = mult_of(boot_cpu.tsc_hz);
	b.mult = b.tsc_mult ? b.tsc_mult : mult_of(TSC_FASTEST_HZ);
	b.period_ns = KTIME_MAX;
	set_base(&b);
	printk_set_clock(local_clock);
}

void timekeeping_use(struct clocksource *cs)
{
	unsigned long flags;
	struct timebase b;

	spin_lock_irqsave(&base_lock, flags);
	advance_locked();
	b = base;
	b.cs = cs;
	b.by_tsc = cs->flags & CLOCK_SOURCE_IS_TSC;
	b.mask = cs->mask;
	b.mult = cs->mult;
	b.period_ns = clocksource_period_ns(cs);
	look_closely_at_both(&b);
	b.ns += tsc_elapsed(&base, b.tsc); /* what looking took, where the TSC can tell */
	if (b.by_tsc) {
		tsc_rate = b.tsc_mult = b.mult;
		tsc_rate_blur = 0;
	}
	if (tsc_is_bad)
		b.tsc_mult = 0;
	/* A measurement across the switch would mix in the step of two reads. */
	first_tsc = b.tsc;
	first_ns = b.ns;
	first_blur = b.blur;
	set_base(&b);
	spin_unlock_irqrestore(&base_lock, flags);
}
