/* SPDX-License-Identifier: MIT */
/* What every PC has whether it says so or not: the AT's ports and the ROMs below 1 MiB. */
#ifndef DRIVERS_ISA_ISA_H
#define DRIVERS_ISA_ISA_H

#include "kernel/lib/compiler.h"

/* DMA, interrupt controllers, timers, keyboard, FPU and a text console's VGA ports. */
void reserve_standard_io_resources(void);

/*
 * Find and enter Video, System, Extension and Adapter ROMs between 000c0000 and
 * 000fffff.  After vmalloc_init(); best before e820__reserve_resources(), as on
 * Linux: what firmware reserved then becomes their parent, or loses where it
 * cuts across one.
 */
void probe_roms(void);

#endif
