/* SPDX-License-Identifier: MIT */
/* Registers of a CPU's local APIC (SDM 3A, chapter 11), shared by the driver's files. */
#ifndef DRIVERS_APIC_LAPIC_H
#define DRIVERS_APIC_LAPIC_H

#include "kernel/lib/compiler.h"

/* Table 11-1: offsets of the registers, 32 bits each, 16 bytes apart. */
#define APIC_ID		 0x020
#define APIC_VERSION	 0x030
#define APIC_TPR	 0x080
#define APIC_EOI	 0x0b0
#define APIC_SPIV	 0x0f0
#define APIC_ISR	 0x100
#define APIC_TMR	 0x180
#define APIC_IRR	 0x200
#define APIC_ESR	 0x280
#define APIC_LVT_CMCI	 0x2f0
#define APIC_ICR	 0x300
#define APIC_ICR2	 0x310 /* xAPIC: who it goes to; in x2APIC mode ICR has 64 bits */
#define APIC_LVT_TIMER	 0x320
#define APIC_LVT_THERMAL 0x330
#define APIC_LVT_PERF	 0x340
#define APIC_LVT_LINT0	 0x350
#define APIC_LVT_LINT1	 0x360
#define APIC_LVT_ERROR	 0x370
#define APIC_TMICT	 0x380 /* the timer: initial count, */
#define APIC_TMCCT	 0x390 /* current count, */
#define APIC_TDCR	 0x3e0 /* and what the bus clock is divided by */

/* Figure 11-8: an entry of the local vector table. */
#define LVT_MASKED	   BIT(16)
#define LVT_TIMER_ONESHOT  (0U << 17)
#define LVT_TIMER_PERIODIC (1U << 17)
#define LVT_TIMER_DEADLINE (2U << 17)

#define TDCR_DIVIDE_BY_16 0x3 /* figure 11-10 */

/* This CPU's, in whichever mode it is; once lapic_init() has found it.  Any context. */
u32 apic_read(u32 reg);
void apic_write(u32 reg, u32 value);

/* All CPUs are in x2APIC mode (11.12), or none is. */
bool lapic_is_x2apic(void);
/* The highest id of a local APIC that interrupts reach in that mode.  Boot. */
u32 lapic_last_id(void);

/* What this CPU sends others, and how it starts them: drivers/apic/ipi.c. */
void ipi_init(void);
/* Strike another CPU, or this one.  Any context. */
void ipi_send(unsigned int cpu, u8 vector);

/* What the interrupt core wants of it: drivers/apic/lapic_irq.c. */
void lapic_irq_init(void);
/* This CPU's, enabled, tells of its errors from now on. */
void lapic_setup_errors(void);
/* The last interrupt of that vector that this CPU accepted was a level one (11.8.4, TMR). */
bool lapic_was_level(u8 vector);

#endif
