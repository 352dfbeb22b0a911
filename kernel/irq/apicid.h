/* SPDX-License-Identifier: MIT */
/*
 * Which processor is which CPU: numbers as Linux gives them, and the APIC ids behind them.
 *
 * The boot CPU is 0 wherever it stands in firmware's list; the others follow in its order.
 */
#ifndef KERNEL_IRQ_APICID_H
#define KERNEL_IRQ_APICID_H

#include "kernel/irq/routing.h"

/* The id of each CPU's local APIC, below the number of CPUs; read-only after the boot. */
extern u32 cpu_apic_id[NR_CPUS];

/*
 * Number the processors of `r`: the boot CPU's local APIC has the id `boot`, and none that is
 * above `last` can be reached.  At most `limit` CPUs, which is 1 to NR_CPUS.  What is left
 * out is said, by Linux's words for the limit.  Returns how many CPUs there are.
 */
unsigned int number_cpus(const struct irq_routing *r, u32 boot, u32 last, unsigned int limit);

#endif
