/* SPDX-License-Identifier: MIT */
/* The PIT: the least of the clocks, and the one that every PC has. */
#ifndef DRIVERS_CLOCK_CLOCK_H
#define DRIVERS_CLOCK_CLOCK_H

#include "kernel/compiler.h"

/* Quiet channel 0, let channel 2 count, and register it as the clocksource "pit". */
void pit_init(void);

#endif
