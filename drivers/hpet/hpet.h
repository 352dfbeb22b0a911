/* SPDX-License-Identifier: MIT */
/* The high precision event timer (IA-PC HPET specification 1.0a). */
#ifndef DRIVERS_HPET_HPET_H
#define DRIVERS_HPET_HPET_H

#include "kernel/lib/compiler.h"

/*
 * Find the HPET in the ACPI table, claim and map it, set it counting, and register it as
 * the clocksource "hpet" and as the clock event devices of drivers/hpet/clockevent.c.
 * "hpet=disable" leaves it alone.  Needs ioremap, the IOAPICs and another clock for delays.
 */
void hpet_init(void);

/*
 * Comparators that can interrupt any CPU become clock event devices of CPUs, as many as there
 * are.  In a thread, once all CPUs are online.
 */
void hpet_fsb_init(void);

/* "HPET n" into the register, after the board's ranges: they may reserve it once more. */
void hpet_insert_resource(void);

/* The HPET counts and may be asked. */
bool hpet_available(void);

/* The main counter, whole: 32 or 64 bits.  Any context. */
u64 hpet_read_counter(void);
/* Femtoseconds a tick. */
u32 hpet_period_fs(void);

#endif
