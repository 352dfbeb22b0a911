/* SPDX-License-Identifier: MIT */
/*
 * Local APIC, IOAPICs and the old 8259 pair: who delivers interrupts.
 */
#ifndef DRIVERS_APIC_APIC_H
#define DRIVERS_APIC_APIC_H

#include "kernel/irq/irq.h"

/* Remap the 8259s to vectors 0x20-0x2f and mask every line. */
void i8259_init(void);

/* Enable this CPU's local APIC, in the mode that lapic_init() found; of its inputs only NMI is open. */
void lapic_setup_this_cpu(void);

/* Map and enable the boot CPU's local APIC; "noapic" leaves the IOAPICs alone, not this. */
void lapic_init(void);
/* lapic_init() found one: without it no interrupt can arrive. */
bool lapic_available(void);
/*
 * The irq_eoi of every chip whose interrupts the local APIC takes.  Where it has taken
 * one as level it tells the IOAPICs too, which clears Remote IRR (SDM 3A, 11.8.5).
 */
void lapic_irq_eoi(struct irq_data *d);
u32 lapic_id(void);
/* "Local APIC" into the register, after the board's ranges: they may reserve it once more. */
void lapic_insert_resource(void);

/*
 * The local APIC's timer as each CPU's clock event device.  Its rate is measured from the first
 * call, with the best of the clocks and the boot CPU's local APIC there, to the second; a ms
 * lies between them, or is waited for.  The second may be made again, for nothing.
 */
void lapic_timer_start_measuring(void);
void lapic_timer_init(void);

/* Map each IOAPIC of irq_routing, mask all pins, create the ISA irqs. */
void ioapic_init(void);
/* "IOAPIC n" into the register, after the BARs: a function may have one. */
void ioapic_insert_resources(void);

/* Map the IOAPIC at `addr` for a moment and count its pins; 0 where there is none.  Boot only. */
unsigned int ioapic_count_pins(phys_addr_t addr);

/*
 * Bring a GSI into being as an irq, with that trigger and polarity.  Returns the
 * irq number (a GSI that an ISA irq is routed to gives that irq); a GSI that is
 * there already in another mode is -EBUSY, one that no IOAPIC has -ENODEV.  A
 * mode that was only the ISA bus's default gives way while the pin is masked.
 */
int gsi_to_irq(u32 gsi, bool level, bool active_low);

/*
 * What raises the irq is a NMI from here on, on the CPU that has the irq, whose number is returned: an edge
 * pin whose handler is there, stays there (IRQF_NOBALANCING), and is called no more.  -EINVAL: the pin is another's,
 * or no IOAPIC's, and all is as before.
 */
int ioapic_deliver_as_nmi(int irq);

/* The message that makes a MSI write strike that CPU's vector (SDM 3A, 11.11). */
void msi_compose(unsigned int cpu, u8 vector, u64 *address, u32 *data);

#endif
