/* SPDX-License-Identifier: MIT */
/*
 * The interrupt core: Linux irq numbers, their handlers and their counts.
 *
 * An irq number below NR_GSI_IRQS is a global system interrupt after the MADT's
 * overrides were applied to the 16 ISA ones (ISA irq 0 stays irq 0 even where
 * its pin is GSI 2); numbers above belong to message signalled interrupts.
 * A chip driver (IOAPIC, MSI) gives each irq a vector and an ops table; the core
 * counts, calls the handlers and tells the chip.  Vectors 0x20-0x2f are where
 * the masked 8259s would strike, 0x30 up to FIRST_SYSTEM_VECTOR belong to irqs, and those
 * from there on to what a CPU's local APIC raises itself or other CPUs send.
 *
 * Lock order: irq_lock is a leaf but for the chip's own lock.
 */
#ifndef KERNEL_IRQ_IRQ_H
#define KERNEL_IRQ_IRQ_H

#include "kernel/cpu/vectors.h"
#include "kernel/lib/compiler.h"

#define NR_IRQS		      256
#define NR_ISA_IRQS	      16
#define FIRST_EXTERNAL_VECTOR 0x30

typedef enum { IRQ_NONE, IRQ_HANDLED } irqreturn_t;

/* Runs with interrupts off, on the interrupted stack; must not wait. */
typedef irqreturn_t (*irq_handler_t)(int irq, void *dev_id);

struct irq_data;
struct sink;

/* A chip's verbs.  Each is called with interrupts off.  mask/unmask/eoi are required. */
struct irq_chip {
	const char *name; /* as /proc/interrupts shows it: "IO-APIC", "PCI-MSI" */
	void (*irq_mask)(struct irq_data *d);
	void (*irq_unmask)(struct irq_data *d);
	void (*irq_eoi)(struct irq_data *d);
};

struct irq_data {
	int irq;
	u8 vector;		     /* 0 while none is assigned */
	bool level;		     /* trigger mode, for /proc/interrupts */
	u32 hwirq;		     /* the chip's own number: IOAPIC pin, MSI-X entry */
	const struct irq_chip *chip; /* NULL: no such irq */
	void *chip_data;
};

#define IRQF_SHARED 0x80 /* several handlers, each says whether it was its own */

/*
 * A chip brings irq `irq` (or, with irq < 0, the next free number from
 * `NR_IRQS / 2` up) into being, masked, with a vector.  Returns the irq number,
 * -EBUSY when that number has a chip already, -ENOSPC when numbers or vectors
 * have run out.
 */
int irq_create(int irq, const struct irq_chip *chip, void *chip_data, u32 hwirq, bool level);

/*
 * Undo irq_create(), once no CPU serves the irq any more.  It waits for that: in a thread
 * that may sleep.  -EBUSY while handlers are left, -EINVAL: no such irq, -EDEADLK where
 * it is called from the service of that irq.
 */
int irq_destroy(int irq);

/* The irq's data, the chip's until its irq_destroy(); NULL where no chip has made it.  No lock. */
struct irq_data *irq_get_data(int irq);

/*
 * Add a handler and unmask the irq with the first one.  `name` is shown by
 * interrupts and must outlive the claim.  0, -EINVAL (no such irq, no handler),
 * -EBUSY (taken and not shared by both; the holder's name is printed), -ENOMEM.
 */
int request_irq(int irq, irq_handler_t handler, unsigned long flags, const char *name,
		void *dev_id);

/*
 * Take the handler out again and mask after the last one.  It runs nowhere afterwards:
 * waits as irq_destroy() does.  A WARN, and nothing happens, if it is not there or the
 * caller is the irq's own service.
 */
void free_irq(int irq, void *dev_id);

/* How often the irq has struck: a look at what may change meanwhile, without a lock. */
u64 irq_count(int irq);

/* Vectors from 32 on come here: before idt_setup_traps(). */
void irq_init(void);

/* The local APIC registers its end-of-interrupt write, used for local and stray vectors. */
void irq_set_local_eoi(void (*eoi)(void));

/*
 * A vector from FIRST_SYSTEM_VECTOR on is `handler`'s on every CPU, which runs with interrupts
 * off once the local APIC was told that it is served, so that the next one may come as soon
 * as they are on.  /proc/interrupts shows it as `label` ("LOC") and `text`, literals.  Boot,
 * before the first can strike.
 */
void irq_set_local_vector(u8 vector, const char *label, const char *text, void (*handler)(void));

/* How often that vector has struck on one CPU.  Any context. */
u64 irq_local_count(u8 vector, unsigned int cpu);

/* `before` and the handlers' names, ", " between; nothing where there is none.  In a thread. */
void irq_show_owners(struct sink *out, int irq, const char *before);

/* The text of /proc/interrupts. */
void show_interrupts(struct sink *out);

#endif
