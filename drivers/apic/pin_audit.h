/* SPDX-License-Identifier: MIT */
/*
 * Whether a pin of an IOAPIC is what firmware says of it: trigger and polarity, which no
 * emulator minds and a board does.  Pure: also runs on the host.
 *
 * The MADT (or the MP table) says it of ISA's irqs, the namespace's _PRT of PCI's pins; a pin may
 * be both, or be named by several entries, and then they should say the same.
 */
#ifndef DRIVERS_APIC_PIN_AUDIT_H
#define DRIVERS_APIC_PIN_AUDIT_H

#include "kernel/lib/compiler.h"

/* A mode as a bit, so that a set of them is a byte. */
static inline u8 pin_mode(bool level, bool active_low)
{
	return (u8)BIT(2 * level + active_low);
}

/* "level low". */
const char *pin_mode_text(u8 mode);

struct pin_view {
	u8 mode; /* the one that the driver gave the pin; 0: it is nobody's yet, or only assumed */
	u64 entry; /* of the redirection table */
	u8 madt;   /* 0: it does not speak of the pin */
	u8 prt;	   /* all that _PRTs' entries say */
};

/* " WRONG MODE, STUCK": what is not as it should be, cut off at `size`; how many such things. */
unsigned int pin_audit(const struct pin_view *view, char *text, size_t size);

#endif
