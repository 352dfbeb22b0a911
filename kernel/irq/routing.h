/* SPDX-License-Identifier: MIT */
/*
 * How interrupts are wired, as firmware tells it: which processors and IOAPICs there
 * are, which pin each ISA irq has.
 *
 * One of two readers of firmware's tables fills it in at boot (MADT, else MP table),
 * before a chip's driver asks; read-only afterwards.
 */
#ifndef KERNEL_IRQ_ROUTING_H
#define KERNEL_IRQ_ROUTING_H

#include "kernel/core/percpu.h"

/* ACPI 6.5, table 5.26, and the same bits in an MP table (MP 1.4, table 4-10). */
#define INTI_POLARITY_MASK 0x3
#define INTI_POLARITY_HIGH 0x1
#define INTI_POLARITY_LOW  0x3
#define INTI_TRIGGER_MASK  0xc
#define INTI_TRIGGER_EDGE  0x4
#define INTI_TRIGGER_LEVEL 0xc

/* ISA irq -> GSI, MADT type 2 (ACPI 6.5, 5.2.12.5) or an MP table's entry. */
struct isa_irq_override {
	u32 gsi;
	bool level, active_low;
	bool given;  /* firmware said so; else it is the bus's default */
	bool absent; /* wired to no pin: another irq has it, or the MP table is silent */
};

struct ioapic_entry {
	u8 id;
	phys_addr_t addr;
	u32 gsi_base;
};

#define MAX_IOAPICS 16
#define NO_LINT	    0xff

/*
 * Interrupt routing as firmware tells it, from the MADT or else the MP table:
 * identity for every ISA irq that has no override.
 */
struct irq_routing {
	phys_addr_t lapic_addr;
	unsigned int nr_cpus;	 /* enabled processors */
	unsigned int nr_hotplug; /* that may be plugged in: none is, here */
	u32 apic_id[NR_CPUS];	 /* of the first nr_cpus, in firmware's order */
	unsigned int nr_ioapics;
	struct ioapic_entry ioapics[MAX_IOAPICS];
	struct isa_irq_override isa[16];
	bool pcat_compat; /* 8259s are there */
	bool imcr;	  /* MP spec 3.6.2.1: the 8259s bypass the APICs until told */
	u8 nmi_lint;	  /* local APIC input that is NMI, or NO_LINT */
	bool nmi_active_low;
	const char *source; /* "MADT", "MP table", NULL: neither */
};

extern struct irq_routing irq_routing;

/* ISA defaults, identity, nothing known: where both decoders start from. */
void irq_routing_reset(struct irq_routing *r);

/* One more processor that is enabled, or one that may be plugged in. */
void irq_routing_add_cpu(struct irq_routing *r, u32 apic_id, bool enabled);

/* "MPS INTI flags" (INTI_ above) against a bus's default. */
void inti_decode(u16 flags, bool default_level, bool default_low, bool *level, bool *active_low);

#endif
