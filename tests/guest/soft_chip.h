/* SPDX-License-Identifier: MIT */
/*
 * Interrupts for suites: of a chip that is none and counts what it is told.  The interrupts
 * themselves are real, messages of CPUs to each other, where there is a local APIC.
 */
#ifndef TESTS_GUEST_SOFT_CHIP_H
#define TESTS_GUEST_SOFT_CHIP_H

#include "kernel/irq/irq.h"

/* What the chip was told: an irq's chip_data. */
struct chip_calls {
	unsigned int mask, unmask, eoi; /* eoi: atomic */
};

/* soft_chip's vectors are entered by hand; soft_lapic_chip's interrupts end at the local APIC. */
extern const struct irq_chip soft_chip, soft_lapic_chip;

int move_to(int irq, unsigned int cpu);
/* Have it strike where it is now.  Needs the local APIC. */
void strike_place(int irq);
/* The same, of one of soft_lapic_chip's, and wait until its end has been told: nobody else may. */
void strike_and_settle(int irq);
/* How many came, on all CPUs, to vectors that are nobody's. */
u64 stray_interrupts(void);

#endif
