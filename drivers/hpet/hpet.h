/* SPDX-License-Identifier: MIT */
/* The high precision event timer (IA-PC HPET specification 1.0a). */
#ifndef DRIVERS_HPET_HPET_H
#define DRIVERS_HPET_HPET_H

#include "kernel/lib/compiler.h"

/*
 * Find the HPET in the ACPI table, claim and map it, set it counting, have its
 * periodic interrupt delivered a few times, and register it as the clocksource
 * "hpet".  "hpet=disable" leaves it alone.  Needs ioremap, the IOAPICs, another
 * clock for delays, and interrupts on.
 */
void hpet_init(void);

/* "HPET n" into the register (late, as Linux does). */
void hpet_insert_resource(void);

/* The HPET counts and may be asked. */
bool hpet_available(void);

/* The main counter, whole: 32 or 64 bits.  Any context. */
u64 hpet_read_counter(void);
/* Femtoseconds a tick. */
u32 hpet_period_fs(void);

/* What hpet_tick_run() saw. */
struct hpet_tick_result {
	unsigned int count; /* interrupts that arrived */
	u64 usec;	    /* from before the start to the last of them */
	int irq;	    /* one that was made for the run is no more afterwards */
	u32 gsi, pin;	    /* pin: of the IOAPIC that has the GSI */
};

/* How long a strike may be overdue on a host that has other things to do. */
#define HPET_PATIENCE_USEC 2000000

/*
 * Have a timer strike every `usec` (1 .. 1000000) until `count` (1 .. 1000)
 * interrupts came, or they are `patience_usec` (up to the above) late; then stop
 * it.  The first run looks for a pin that delivers, which takes as long again at
 * the most.  0, -ENODEV (no HPET, or no pin that delivers), -EINVAL, -ETIMEDOUT
 * (fewer came; *result tells).  Interrupts must be on; one at a time.
 */
int hpet_tick_run(u64 usec, u64 count, unsigned int patience_usec, struct hpet_tick_result *result);

/* A run, but for the trial of a pin, ends as if late when `stop` says so.  NULL: nobody does. */
void hpet_tick_set_stop(bool (*stop)(void));

/* Give the pin back; the next run looks for one anew.  For tests: nothing else wants the pin. */
void hpet_tick_release(void);

/* Interrupts of the timer since boot, whoever ran it. */
unsigned int hpet_tick_count(void);

#endif
