/* SPDX-License-Identifier: MIT */
/*
 * The IOAPICs' registers, for the driver, its monitor command and its tests.
 *
 * ioapic_lock guards each index/window pair; it is a leaf and may be taken
 * under an irq's lock.
 */
#ifndef DRIVERS_APIC_IOAPIC_H
#define DRIVERS_APIC_IOAPIC_H

#include "kernel/core/resource.h"

struct ioapic;

/* One input. */
struct ioapic_pin {
	struct ioapic *io;
	u8 pin;
	bool level, active_low;
	bool assumed; /* the mode is the bus's default, not firmware's word */
	bool unmasked;
	int irq; /* -1: none has been made of it */
};

struct ioapic {
	void __iomem *regs;
	u32 gsi_base;
	unsigned int nr_pins; /* 1 .. 240 */
	u8 id, version;
	char name[12]; /* "IOAPIC 0" */
	struct resource resource;
	struct ioapic_pin *pins;
};

/* The n-th IOAPIC in use, or NULL past the last. */
struct ioapic *ioapic_get(unsigned int n);

/* Which IOAPIC has that GSI; NULL: none. */
struct ioapic_pin *ioapic_find_pin(u32 gsi);

/* A redirection entry; the write masks first and unmasks, if it does, last. */
u64 ioapic_read_rte(struct ioapic *io, unsigned int pin);
void ioapic_write_rte(struct ioapic *io, unsigned int pin, u64 rte);

/*
 * Who knows where PCI's pins are wired calls fn for each such wire: its GSI and what it takes.  A
 * nonzero return ends the walk, and is returned.  In a thread.  Boot, once.
 */
typedef int (*ioapic_wire_fn)(u32 gsi, bool level, bool active_low, void *arg);
void ioapic_set_wires(int (*walk)(ioapic_wire_fn fn, void *arg));
/*
 * How PCI's wire to that GSI is taken, where there is one: false, and nothing is written, else.  For who is
 * to share a pin with PCI.  In a thread.
 */
bool ioapic_wire_mode(u32 gsi, bool *level, bool *active_low);

#endif
