/* SPDX-License-Identifier: MIT */
/*
 * The interrupt flag of this CPU, and the pause of a loop that spins.
 */
#ifndef KERNEL_CPU_IRQFLAGS_H
#define KERNEL_CPU_IRQFLAGS_H

#include "kernel/lib/compiler.h"

#define X86_EFLAGS_IF BIT(9) /* SDM 1, 3.4.3.3 */

#ifdef __KERNEL__
static inline unsigned long local_irq_save(void)
{
	unsigned long flags;

	__asm__ __volatile__("pushfq; popq %0; cli" : "=r"(flags)::"memory");
	return flags;
}

static inline void local_irq_restore(unsigned long flags)
{
	if (flags & X86_EFLAGS_IF)
		__asm__ __volatile__("sti" ::: "memory");
}

static inline bool irqs_disabled(void)
{
	unsigned long flags;

	__asm__ __volatile__("pushfq; popq %0" : "=r"(flags));
	return !(flags & X86_EFLAGS_IF);
}

static inline void local_irq_enable(void)
{
	__asm__ __volatile__("sti" ::: "memory");
}

static inline void local_irq_disable(void)
{
	__asm__ __volatile__("cli" ::: "memory");
}

/* SDM 2B, PAUSE: tells the processor that this is a spin loop. */
static inline void cpu_relax(void)
{
	__asm__ __volatile__("pause" ::: "memory");
}
#else /* the host's unit tests have one thread and no interrupts */
static inline unsigned long local_irq_save(void)
{
	return 0;
}

static inline void local_irq_restore(unsigned long flags)
{
	(void)flags;
}

static inline bool irqs_disabled(void)
{
	return false;
}

static inline void local_irq_enable(void)
{
}

static inline void local_irq_disable(void)
{
}

static inline void cpu_relax(void)
{
}
#endif

#endif
