/* SPDX-License-Identifier: MIT */
/* Interrupt controllers and timers as their drivers claim them, without registers to look at. */
#ifndef TESTS_REPLAY_CHIPS_H
#define TESTS_REPLAY_CHIPS_H

#include "kernel/lib/compiler.h"

/* Early, at the top: what MADT and HPET tell.  After acpi_boot_init(). */
void chips_claim(void);

/* Late, in depth: the drivers' names (drivers/apic, drivers/hpet). */
void ioapic_insert_resources(void);
void lapic_insert_resource(void);
void hpet_insert_resource(void);

#endif
