/* SPDX-License-Identifier: MIT */
/* The clocks that every PC has: the PIT, least of those that measure, and the one with the date. */
#ifndef DRIVERS_CLOCK_CLOCK_H
#define DRIVERS_CLOCK_CLOCK_H

#include "kernel/lib/compiler.h"

/* Quiet channel 0, let channel 2 count, and register it as the clocksource "pit". */
void pit_init(void);

/* Channel 0 as the boot CPU's clock event device, where it has none yet.  Preemption is off. */
void pit_clockevent_init(void);

/* The FADT's PM timer as a clocksource, where it is there and counts. */
void acpi_pm_timer_init(void);

/* The clock that keeps the date: its ports are claimed, "rtc0"; `date` asks it. */
void rtc_init(void);

#endif
