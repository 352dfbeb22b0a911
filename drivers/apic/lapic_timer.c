// SPDX-License-Identifier: MIT
/*
 * The local APIC's timer (SDM 3A, 11.5.4): each CPU's own clock event device.
 *
 * It counts down from what is written at the rate of a bus that nobody tells, divided by
 * 16 here; where the CPU has it, the TSC deadline mode compares the TSC instead.  The
 * bus's rate is measured against the kernel's clock, and so as not to wait for that, over
 * a time that passes anyhow: the boot CPU's counter is set running as soon as there is a
 * clock that is worth it, and looked at again when the first device is wanted.
 *
 * All CPUs' timers hang on the same bus, so one measurement is for all of them.
 *
 * The timer runs whenever its CPU does not sleep more deeply than in C1, and deeper we do
 * not sleep.  With the rating it is as in Linux: 150 where CPUID says that the timer never
 * stops (ARAT), and else 100, less than an HPET comparator's 110.
 */
#define pr_fmt(fmt) "lapic: " fmt

#include "drivers/apic/apic.h"
#include "drivers/apic/lapic.h"
#include "kernel/core/percpu.h"
#include "kernel/core/printk.h"
#include "kernel/cpu/barrier.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/time/clockevents.h"
#include "kernel/time/time.h"

#define MSR_IA32_TSC_DEADLINE 0x6e0 /* 11.5.4.1 */
#define MIN_TICKS	      0xf   /* as Linux: less may be over before it is written */
#define MAX_COUNT	      0xffffffffU
#define MAX_TICKS	      0x7fffffffU
#define SPAN_NS		      NSEC_PER_MSEC /* measured over less, a rate is not believed */
#define LOOKS		      5		    /* at both clocks, for one close pair of readings */
#define CLOSE_NS	      2000
#define SLOWEST_HZ	      1000000 /* of the divided bus: Linux's bound */

static DEFINE_PER_CPU(struct clock_event_device, lapic_events);
static u64 bus_hz; /* divided by 16; 0: not measured yet, or useless */
static bool has_deadline, always_running;

/* The same instant on both clocks: the time, and ticks that the counter has counted. */
struct reading {
	u64 ns;
	u32 count;
};
static struct reading first;

static struct reading read_both(void)
{
	struct reading best = { 0 };
	u64 closest = ~0ULL;

	for (unsigned int i = 0; i < LOOKS && closest > CLOSE_NS; i++) {
		unsigned long flags = local_irq_save();
		u64 before = ktime_get();
		u32 count = MAX_COUNT - apic_read(APIC_TMCCT);
		u64 took = ktime_get() - before;

		local_irq_restore(flags);
		if (took < closest) {
			best = (struct reading){ before + took / 2, count };
			closest = took;
		}
	}
	return best;
}

/* ---------------------------------------------------------------- the device */

static void set_mode(u32 mode)
{
	apic_write(APIC_LVT_TIMER, mode | LOCAL_TIMER_VECTOR);
	if (mode == LVT_TIMER_DEADLINE)
		mb(); /* 11.5.4.1: the MSR may be written before a write to memory is done */
	else
		apic_write(APIC_TDCR, TDCR_DIVIDE_BY_16);
}

/* What was counting goes on in the new mode, unless it is stopped. */
static void lapic_timer_set_oneshot(struct clock_event_device *dev)
{
	(void)dev;
	set_mode(has_deadline ? LVT_TIMER_DEADLINE : LVT_TIMER_ONESHOT);
	if (!has_deadline)
		apic_write(APIC_TMICT, 0);
}

static void lapic_timer_set_periodic(struct clock_event_device *dev)
{
	set_mode(LVT_TIMER_PERIODIC);
	apic_write(APIC_TMICT, (u32)clockevents_period_ticks(dev));
}

/* Masked would do by the book; some CPUs wake up all the same unless the count is 0 (AMD erratum 411). */
static void lapic_timer_shutdown(struct clock_event_device *dev)
{
	(void)dev;
	apic_write(APIC_LVT_TIMER, apic_read(APIC_LVT_TIMER) | LVT_MASKED);
	if (has_deadline)
		wrmsr(MSR_IA32_TSC_DEADLINE, 0);
	else
		apic_write(APIC_TMICT, 0);
}

static int lapic_next_event(u64 ticks, struct clock_event_device *dev)
{
	(void)dev;
	apic_write(APIC_TMICT, (u32)ticks);
	return 0;
}

/* A deadline that has passed strikes at once. */
static int lapic_next_deadline(u64 ticks, struct clock_event_device *dev)
{
	(void)dev;
	wrmsr(MSR_IA32_TSC_DEADLINE, rdtsc_ordered() + ticks);
	return 0;
}

static struct clock_event_device *this_event_device(void)
{
	return &per_cpu(lapic_events, smp_processor_id());
}

static void lapic_timer_interrupt(void)
{
	clockevents_handle(this_event_device());
}

static void setup_this_cpu(void)
{
	struct clock_event_device *dev = this_event_device();

	*dev = (struct clock_event_device){
		.name = "lapic",
		.features = CLOCK_EVT_FEAT_ONESHOT | CLOCK_EVT_FEAT_PERIODIC,
		.rating = always_running ? 150 : 100,
		.set_next_event = lapic_next_event,
		.set_state_periodic = lapic_timer_set_periodic,
		.set_state_oneshot = lapic_timer_set_oneshot,
		.set_state_shutdown = lapic_timer_shutdown,
	};
	if (has_deadline) {
		dev->name = "lapic-deadline";
		dev->features = CLOCK_EVT_FEAT_ONESHOT | CLOCK_EVT_FEAT_TSC;
		dev->set_next_event = lapic_next_deadline;
	}
	lapic_timer_shutdown(dev);
	if (has_deadline)
		clockevents_config_and_register(dev, tsc_hz(), MIN_TICKS, ~0ULL);
	else
		clockevents_config_and_register(dev, bus_hz, MIN_TICKS, MAX_TICKS);
}

/* ---------------------------------------------------------------- the rate */

static void __init identify(void)
{
	u32 a, b, c, d;

	cpuid(1, 0, &a, &b, &c, &d);
	has_deadline = c & BIT(24); /* SDM 2A, CPUID */
	cpuid(0, 0, &a, &b, &c, &d);
	if (a < 6)
		return;
	cpuid(6, 0, &a, &b, &c, &d);
	always_running = a & BIT(2); /* ARAT */
}

void __init lapic_timer_start_measuring(void)
{
	if (!lapic_available())
		return;
	identify();
	apic_write(APIC_LVT_TIMER, LVT_MASKED | LVT_TIMER_ONESHOT | LOCAL_TIMER_VECTOR);
	apic_write(APIC_TDCR, TDCR_DIVIDE_BY_16);
	apic_write(APIC_TMICT, MAX_COUNT);
	first = read_both();
}

/* The rest of SPAN_NS, where the boot has not taken it, is waited for. */
static u64 __init measure(void)
{
	u64 passed = ktime_get() - first.ns;
	struct reading last;

	if (passed < SPAN_NS)
		ndelay(SPAN_NS - passed);
	last = read_both();
	return (u64)(last.count - first.count) * NSEC_PER_SEC / (last.ns - first.ns);
}

void __init lapic_timer_init(void)
{
	if (!lapic_available() || bus_hz)
		return;
	bus_hz = measure();
	has_deadline = has_deadline && tsc_hz();
	if (!has_deadline && bus_hz < SLOWEST_HZ) {
		pr_warn("APIC frequency too slow, disabling apic timer\n");
		return;
	}
	pr_info("timer: %llu.%03llu MHz, divided by 16%s%s\n", (unsigned long long)bus_hz / 1000000,
		(unsigned long long)bus_hz / 1000 % 1000,
		has_deadline ? ", has the TSC deadline mode" : "",
		always_running ? ", never stops" : "");
	irq_set_local_vector(LOCAL_TIMER_VECTOR, "LOC", "Local timer interrupts",
			     lapic_timer_interrupt);
	clockevents_add_driver(setup_this_cpu);
}
