// SPDX-License-Identifier: MIT
/* The count that keeps a CPU, and the way to the scheduler once it is gone. */
#include "kernel/core/preempt.h"

#include "kernel/cpu/irqflags.h"

DEFINE_PER_CPU(u32, preempt_counter);

static void (*schedule_other)(void);

void __init preempt_set_schedule(void (*schedule)(void))
{
	schedule_other = schedule;
}

/* From preempt_enable() by way of slow_entry.asm. */
void preempt_schedule(void)
{
	if (!irqs_disabled())
		schedule_other();
}

void preempt_schedule_irq(void)
{
	schedule_other();
}
