/* SPDX-License-Identifier: MIT */
/*
 * The interrupt core: Linux irq numbers, their handlers and their counts.
 *
 * An irq number below the number of GSIs is a global system interrupt after the MADT's
 * overrides were applied to the 16 ISA ones (ISA irq 0 stays irq 0 even where
 * its pin is GSI 2); numbers above belong to message signalled interrupts.
 * A chip driver (IOAPIC, MSI) makes each irq, with an ops table; the core gives it a place, which
 * is a CPU and a vector of that CPU's, counts, calls the handlers and tells the chip.
 * Vectors 0x20-0x2f are where the masked 8259s would strike, 0x30 up to FIRST_SYSTEM_VECTOR
 * belong to irqs, each CPU's to others, and those from there on to what a CPU's local APIC
 * raises itself or other CPUs send.
 *
 * Lock order: table_lock, an irq's own lock, the chip's lock or vector_lock, which are leaves.
 */
#ifndef KERNEL_IRQ_IRQ_H
#define KERNEL_IRQ_IRQ_H

#include "kernel/core/cpumask.h"
#include "kernel/cpu/vectors.h"

#define NR_IRQS		      4096 /* the most there can be; nr_irqs is how many there are */
#define NR_ISA_IRQS	      16
#define FIRST_EXTERNAL_VECTOR 0x30

typedef enum { IRQ_NONE, IRQ_HANDLED, IRQ_WAKE_THREAD } irqreturn_t;

/*
 * Runs with interrupts off, on the interrupted stack; must not wait.  One irq's handlers run on
 * one CPU at a time.
 */
typedef irqreturn_t (*irq_handler_t)(int irq, void *dev_id);

struct irq_data;
struct sink;

/*
 * A chip's verbs.  Each is called with interrupts off and the irq's lock held.
 * mask/unmask/eoi are required.
 */
struct irq_chip {
	const char *name; /* as /proc/interrupts shows it: "IO-APIC", "PCI-MSI" */
	void (*irq_mask)(struct irq_data *d);
	void (*irq_unmask)(struct irq_data *d);
	void (*irq_eoi)(struct irq_data *d);
	/*
	 * What comes from now on strikes d->vector on d->cpu.  An edge irq is not masked for
	 * it, lest an edge be lost: where vector and CPU take two writes the vector's is the
	 * first, since the CPU that is left knows both vectors.  NULL: nothing has to be told.
	 */
	void (*irq_set_target)(struct irq_data *d);
	/* Of a level irq, masked: an interrupt is on its way or waits for its end.  NULL: cannot be. */
	bool (*irq_in_flight)(struct irq_data *d);
};

struct irq_data {
	int irq;
	unsigned int cpu; /* its place, which the core changes under the irq's lock */
	u8 vector;
	bool level;		     /* trigger mode */
	u32 hwirq;		     /* the chip's own number, which /proc/interrupts shows */
	const struct irq_chip *chip; /* NULL: no such irq */
	void *chip_data;
};

#define IRQF_SHARED	 0x80	/* several handlers, each says whether it was its own */
#define IRQF_NOBALANCING 0x800	/* it stays on its CPU as long as it has this handler */
#define IRQF_ONESHOT	 0x2000 /* disabled until the thread has run: kernel/sched/irq_thread.h */

/* How many irq numbers there are, of which /proc/interrupts shows that many digits. */
extern unsigned int nr_irqs;

/* The IOAPICs have GSIs below `gsi_end`: numbers from there on are free for others.  Boot. */
void irq_set_gsis(unsigned int gsi_end);

/*
 * A chip brings irq `irq` (or, with irq < 0, the next free number that is no GSI's) into being:
 * masked, as the chip has it already, with a place, which irq_set_target() tells before the
 * number is known.  Returns the irq number, -EBUSY when that number has a chip already,
 * -ENOSPC when numbers or vectors have run out, -ENOMEM.  In a thread, or at boot.
 */
int irq_create(int irq, const struct irq_chip *chip, void *chip_data, u32 hwirq, bool level);

/*
 * Undo irq_create(), once no CPU serves the irq any more and nothing of it is on its way.  It
 * waits for that: in a thread that may sleep.  -EBUSY while handlers are left, -EINVAL: no such
 * irq.
 */
int irq_destroy(int irq);

/* The irq's data, the chip's until its irq_destroy(); NULL where no chip has made it.  No lock. */
struct irq_data *irq_get_data(int irq);

/*
 * Add a handler, and with the first one give the irq to the CPU that has the fewest, and unmask
 * it.  `name` is shown by interrupts and must outlive the claim.  0, -EINVAL (no such irq, no
 * handler), -EBUSY (taken and not shared by both; the holder's name is printed), -ENOMEM.  In a
 * thread, or at boot.
 */
int request_irq(int irq, irq_handler_t handler, unsigned long flags, const char *name,
		void *dev_id);

/*
 * Take the handler out again and mask after the last one.  It runs nowhere afterwards, nor does
 * its thread, which is gone: waits as irq_destroy() does.  A WARN, and nothing happens, if it is
 * not there or the caller is the irq's own service.
 */
void free_irq(int irq, void *dev_id);

/*
 * No handler of the irq starts until enable_irq() was called as often.  An edge that comes
 * meanwhile is served then; a level irq tells again by itself.  disable_irq() also waits for those
 * that run, their threads included: in a thread, and not from the irq's own service.  The others:
 * any context but NMI.  enable_irq() without its disable_irq() is a WARN.
 */
void disable_irq_nosync(int irq);
void disable_irq(int irq);
void enable_irq(int irq);

/* Wait until those handlers, and threads of theirs, have returned that run now.  In a thread. */
void synchronize_irq(int irq);

/*
 * The irq strikes one of these CPUs from now on: the one it has where that is among them, else the one
 * with the fewest irqs.  No interrupt is lost, none strikes where nobody expects it; when this
 * returns the CPU it had before has seen the last one.  -EINVAL: none of them is online, or no such irq;
 * -ENOSPC: none has a vector left; -EBUSY, after a line: its last interrupt does not end;
 * -EPERM: it must not be moved.  In a thread that may sleep.
 */
int irq_set_affinity(int irq, const struct cpumask *mask);

/* How often the irq has struck, on all CPUs: a look.  Any context but NMI. */
u64 irq_count(int irq);

/* Vectors from 32 on come here: before idt_setup_traps(). */
void irq_init(void);

/* What the core needs of the local APIC that runs it, beyond what a chip does. */
struct irq_local_ops {
	void (*eoi)(void);	       /* of what has no chip: local and stray vectors */
	bool (*is_pending)(u8 vector); /* it waits to strike this CPU */
	void (*send)(unsigned int cpu,
		     u8 vector); /* have it strike; the CPU is online, or this one */
};

/* The local APIC's driver registers them, before the first irq is made. */
void irq_set_local_ops(const struct irq_local_ops *ops);

/*
 * A vector from FIRST_SYSTEM_VECTOR on is `handler`'s on every CPU, which runs with interrupts
 * off once the local APIC was told that it is served, so that the next one may come as soon
 * as they are on.  /proc/interrupts shows it as `label` ("LOC") and `text`, literals.  Boot,
 * before the first can strike.
 */
void irq_set_local_vector(u8 vector, const char *label, const char *text, void (*handler)(void));

/* How often that vector has struck on one CPU.  Any context. */
u64 irq_local_count(u8 vector, unsigned int cpu);

/* A pin's level interrupt was taken as an edge: counted as Linux's MIS.  Any context. */
void irq_note_mismatch(void);

/* `before` and the handlers' names, ", " between; nothing where there is none.  In a thread. */
void irq_show_owners(struct sink *out, int irq, const char *before);

/* The text of /proc/interrupts. */
void show_interrupts(struct sink *out);

#endif
