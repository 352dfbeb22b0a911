// SPDX-License-Identifier: MIT
/*
 * IOAPICs (82093AA datasheet): pins in, interrupt messages out.
 *
 * A pin is a global system interrupt (GSI) less its IOAPIC's base.  Each GSI
 * that somebody asks for becomes an irq of the chip "IO-APIC"; the 16 ISA irqs
 * are made at boot, as irq_routing says, and stay masked until a driver
 * requests them.
 *
 * Registers are reached through an index and a window, each by 32-bit accesses
 * alone.  Three orders matter: every pin is masked before anything else; the
 * high half of an entry, which holds the destination, is written before the low
 * half unmasks it; and trigger or polarity change only while masked, because the
 * change itself may look like an edge.
 */
#define pr_fmt(fmt) "IOAPIC: " fmt
#include "drivers/apic/ioapic.h"

#include "drivers/apic/apic.h"
#include "drivers/apic/lapic.h"
#include "drivers/apic/rte.h"
#include "kernel/core/cmdline.h"
#include "kernel/core/printk.h"
#include "kernel/core/spinlock.h"
#include "kernel/irq/apicid.h"
#include "kernel/lib/errno.h"
#include "mm/io.h"
#include "mm/ioremap.h"
#include "mm/slab.h"

#define IOAPIC_SIZE 0x400 /* bytes that Linux claims; the registers end at 0x44 */

/* 82093AA, 3.1 and 3.2 */
#define IOREGSEL    0x00
#define IOWIN	    0x10
#define IOAPICVER   0x01
#define IOREDTBL(n) (0x10 + 2 * (n)) /* low half; the high half follows */
#define MAX_PINS    240		     /* 3.2.2: the last index is at most 239 */

/* ICH9 datasheet, 13.5.4: a vector written there is an end of interrupt, as the local APIC's. */
#define IOEOI		 0x40
#define VERSION_WITH_EOI 0x20

static DEFINE_SPINLOCK(ioapic_lock);
static struct ioapic ioapics[MAX_IOAPICS];
static unsigned int nr_ioapics;
static u32 gsi_end; /* one past the highest GSI */

static u32 reg_read(void __iomem *regs, u32 index)
{
	writel(index, regs + IOREGSEL);
	return readl(regs + IOWIN);
}

static void reg_write(void __iomem *regs, u32 index, u32 value)
{
	writel(index, regs + IOREGSEL);
	writel(value, regs + IOWIN);
}

struct ioapic *ioapic_get(unsigned int n)
{
	return n < nr_ioapics ? &ioapics[n] : NULL;
}

struct ioapic_pin *ioapic_find_pin(u32 gsi)
{
	for (unsigned int i = 0; i < nr_ioapics; i++)
		if (gsi - ioapics[i].gsi_base < ioapics[i].nr_pins)
			return &ioapics[i].pins[gsi - ioapics[i].gsi_base];
	return NULL;
}

u64 ioapic_read_rte(struct ioapic *io, unsigned int pin)
{
	unsigned long flags;
	u32 low, high;

	spin_lock_irqsave(&ioapic_lock, flags);
	low = reg_read(io->regs, IOREDTBL(pin));
	high = reg_read(io->regs, IOREDTBL(pin) + 1);
	spin_unlock_irqrestore(&ioapic_lock, flags);
	return (u64)high << 32 | low;
}

void ioapic_write_rte(struct ioapic *io, unsigned int pin, u64 rte)
{
	u32 low = lower_32_bits(rte);
	unsigned long flags;

	spin_lock_irqsave(&ioapic_lock, flags);
	/* Mask with the mode as it is, then change the mode, then unmask. */
	reg_write(io->regs, IOREDTBL(pin), reg_read(io->regs, IOREDTBL(pin)) | (u32)RTE_MASKED);
	reg_write(io->regs, IOREDTBL(pin) + 1, upper_32_bits(rte));
	reg_write(io->regs, IOREDTBL(pin), low | (u32)RTE_MASKED);
	if (!(low & RTE_MASKED))
		reg_write(io->regs, IOREDTBL(pin), low);
	spin_unlock_irqrestore(&ioapic_lock, flags);
}

static void pin_set_mask(struct ioapic_pin *p, bool masked)
{
	u32 index = IOREDTBL(p->pin);
	unsigned long flags;
	u32 low;

	spin_lock_irqsave(&ioapic_lock, flags);
	low = reg_read(p->io->regs, index) & ~(u32)RTE_MASKED;
	reg_write(p->io->regs, index, masked ? low | (u32)RTE_MASKED : low);
	if (masked) /* a write may be posted: once this has been read, no more interrupts come */
		reg_read(p->io->regs, index);
	p->unmasked = !masked;
	spin_unlock_irqrestore(&ioapic_lock, flags);
}

static void ioapic_irq_mask(struct irq_data *d)
{
	pin_set_mask(d->chip_data, true);
}

static void ioapic_irq_unmask(struct irq_data *d)
{
	pin_set_mask(d->chip_data, false);
}

/*
 * The vector, then the CPU, the mask as it is: each is one write, and between them the old CPU gets
 * the new vector.  The read sees to it that no more interrupts go the old way.
 */
static void ioapic_irq_set_target(struct irq_data *d)
{
	struct ioapic_pin *p = d->chip_data;
	u32 index = IOREDTBL(p->pin);
	unsigned long flags;
	u32 low;

	spin_lock_irqsave(&ioapic_lock, flags);
	low = reg_read(p->io->regs, index);
	if ((u8)low != d->vector)
		reg_write(p->io->regs, index, (low & ~(u32)RTE_VECTOR_MASK) | d->vector);
	reg_write(p->io->regs, index + 1, upper_32_bits(rte_dest(cpu_apic_id[d->cpu])));
	reg_read(p->io->regs, index);
	spin_unlock_irqrestore(&ioapic_lock, flags);
}

/*
 * Clear Remote IRR of a pin whose end of interrupt got lost, with the pin masked or not: by the register
 * that is there for it, else by making an edge pin of it for a moment, masked.
 */
static void end_by_hand(struct ioapic *io, unsigned int pin, u64 rte)
{
	u32 low = lower_32_bits(rte) | (u32)RTE_MASKED;
	unsigned long flags;

	spin_lock_irqsave(&ioapic_lock, flags);
	if (io->version >= VERSION_WITH_EOI) {
		writel(low & RTE_VECTOR_MASK, io->regs + IOEOI);
	} else {
		reg_write(io->regs, IOREDTBL(pin), low);
		reg_write(io->regs, IOREDTBL(pin), low & ~(u32)RTE_LEVEL);
		reg_write(io->regs, IOREDTBL(pin), low);
		reg_write(io->regs, IOREDTBL(pin), lower_32_bits(rte));
	}
	spin_unlock_irqrestore(&ioapic_lock, flags);
}

/*
 * Of a level pin the local APIC tells the IOAPICs the end; but some chipsets forget now and
 * then that it is one, and what was taken as an edge is told to nobody (Linux's MIS).
 */
static void ioapic_irq_eoi(struct irq_data *d)
{
	struct ioapic_pin *p = d->chip_data;
	bool mismatch = d->level && !lapic_was_level(d->vector);

	lapic_irq_eoi(d);
	if (!mismatch)
		return;
	irq_note_mismatch();
	end_by_hand(p->io, p->pin, ioapic_read_rte(p->io, p->pin));
}

/* Not yet accepted by a local APIC, or accepted and not yet ended. */
static bool ioapic_irq_in_flight(struct irq_data *d)
{
	const struct ioapic_pin *p = d->chip_data;

	return ioapic_read_rte(p->io, p->pin) & (RTE_PENDING | RTE_REMOTE_IRR);
}

static const struct irq_chip ioapic_chip = {
	.name = "IO-APIC",
	.irq_mask = ioapic_irq_mask,
	.irq_unmask = ioapic_irq_unmask,
	.irq_eoi = ioapic_irq_eoi,
	.irq_set_target = ioapic_irq_set_target,
	.irq_in_flight = ioapic_irq_in_flight,
};

/*
 * The number that a GSI's irq gets, or -1 for the next free one.  A number below
 * 16 means the ISA irq, wherever its pin is; a GSI that would clash with one of
 * those moves behind the last GSI, as in Linux.
 */
static int gsi_irq_number(u32 gsi)
{
	u32 number = gsi;

	for (int i = 0; i < NR_ISA_IRQS; i++)
		if (!irq_routing.isa[i].absent && irq_routing.isa[i].gsi == gsi)
			return i;
	if (gsi < NR_ISA_IRQS && !irq_routing.isa[gsi].absent)
		number = gsi_end + gsi;
	return number < nr_irqs && !irq_get_data((int)number) ? (int)number : -1;
}

static int create_pin_irq(struct ioapic_pin *p, u32 gsi, bool level, bool active_low)
{
	int irq;

	/* Masked, in its mode; then the irq's place comes into it. */
	ioapic_write_rte(p->io, p->pin, rte_make(0, level, active_low, 0));
	irq = irq_create(gsi_irq_number(gsi), &ioapic_chip, p, p->pin, level);
	if (irq < 0)
		return irq;
	p->level = level;
	p->active_low = active_low;
	p->irq = irq;
	return irq;
}

static int change_mode(struct ioapic_pin *p, u32 gsi, bool level, bool active_low)
{
	struct irq_data *d = irq_get_data(p->irq);

	if (!p->assumed || p->unmasked) {
		pr_err("GSI %u is irq %d, %s %s: not to be had as %s %s\n", gsi, p->irq,
		       p->level ? "level" : "edge", p->active_low ? "low" : "high",
		       level ? "level" : "edge", active_low ? "low" : "high");
		return -EBUSY;
	}
	p->level = d->level = level;
	p->active_low = active_low;
	p->assumed = false;
	ioapic_write_rte(p->io, p->pin,
			 rte_make(d->vector, level, active_low, cpu_apic_id[d->cpu]));
	return p->irq;
}

int __init ioapic_deliver_as_nmi(int irq)
{
	struct irq_data *d = irq_get_data(irq);
	struct ioapic_pin *p = d && d->chip == &ioapic_chip ? d->chip_data : NULL;

	if (!p || p->level || !p->unmasked)
		return -EINVAL;
	ioapic_write_rte(p->io, p->pin, ioapic_read_rte(p->io, p->pin) | RTE_DELIVERY_NMI);
	return (int)d->cpu;
}

int gsi_to_irq(u32 gsi, bool level, bool active_low)
{
	struct ioapic_pin *p = ioapic_find_pin(gsi);

	if (!p) {
		pr_err("no IOAPIC has GSI %u\n", gsi);
		return -ENODEV;
	}
	if (p->irq < 0)
		return create_pin_irq(p, gsi, level, active_low);
	if (p->level == level && p->active_low == active_low)
		return p->irq;
	return change_mode(p, gsi, level, active_low);
}

/* Pins that the version register tells of; 0 when it makes no sense. */
static unsigned int __init read_pins(void __iomem *regs, u8 *version)
{
	u32 ver = reg_read(regs, IOAPICVER);
	unsigned int pins = (ver >> 16 & 0xff) + 1;

	*version = (u8)ver;
	return ver == 0xffffffff || !*version || pins > MAX_PINS ? 0 : pins;
}

unsigned int __init ioapic_count_pins(phys_addr_t addr)
{
	void __iomem *regs = ioremap(addr, IOAPIC_SIZE);
	unsigned int pins;
	u8 version;

	if (!regs)
		return 0;
	pins = read_pins(regs, &version);
	iounmap(regs);
	return pins;
}

/*
 * Pins in SMI mode are firmware's own and must stay (as Linux leaves them).  An interrupt that nobody
 * has ended is ended now: once the vector has changed no end would be for it.
 */
static void __init mask_all_pins(struct ioapic *io)
{
	for (unsigned int pin = 0; pin < io->nr_pins; pin++) {
		u64 rte = ioapic_read_rte(io, pin);

		if ((rte & RTE_DELIVERY_MASK) == RTE_DELIVERY_SMI)
			continue;
		ioapic_write_rte(io, pin, rte | RTE_MASKED);
		if ((rte & RTE_LEVEL) && (rte & RTE_REMOTE_IRR))
			end_by_hand(io, pin, rte | RTE_MASKED);
		ioapic_write_rte(io, pin, RTE_MASKED);
	}
}

static int __init make_pins(struct ioapic *io)
{
	io->pins = kcalloc(io->nr_pins, sizeof(*io->pins), GFP_KERNEL);
	if (!io->pins)
		return -ENOMEM;
	for (unsigned int i = 0; i < io->nr_pins; i++) {
		io->pins[i].io = io;
		io->pins[i].pin = (u8)i;
		io->pins[i].irq = -1;
	}
	return 0;
}

static bool __init gsis_overlap(const struct ioapic *io)
{
	for (unsigned int i = 0; i < nr_ioapics; i++)
		if (io->gsi_base < ioapics[i].gsi_base + ioapics[i].nr_pins &&
		    ioapics[i].gsi_base < io->gsi_base + io->nr_pins)
			return true;
	return false;
}

/* Read what the mapped IOAPIC is and quiet it. */
static int __init setup_mapped(struct ioapic *io)
{
	int ret;

	io->nr_pins = read_pins(io->regs, &io->version);
	if (!io->nr_pins || gsis_overlap(io) || io->gsi_base + io->nr_pins < io->gsi_base)
		return -ENODEV;
	ret = make_pins(io);
	if (!ret)
		mask_all_pins(io);
	return ret;
}

static int __init setup_ioapic(struct ioapic *io, const struct ioapic_entry *entry)
{
	struct resource *conflict;
	int ret;

	scnprintf(io->name, sizeof(io->name), "IOAPIC %u", nr_ioapics);
	io->id = entry->id;
	io->gsi_base = entry->gsi_base;
	io->resource = (struct resource)DEFINE_RES_NAMED(entry->addr, IOAPIC_SIZE, io->name,
							 IORESOURCE_MEM | IORESOURCE_BUSY);
	conflict = request_resource_conflict(&early_resource, &io->resource);
	if (conflict) {
		pr_err("%pR is held by %s\n", &io->resource, conflict->name);
		return -EBUSY;
	}
	io->regs = ioremap(entry->addr, IOAPIC_SIZE);
	ret = io->regs ? setup_mapped(io) : -ENOMEM;
	if (!ret)
		return 0;
	iounmap(io->regs);
	release_resource(&io->resource);
	return ret;
}

static void __init create_isa_irqs(void)
{
	for (unsigned int i = 0; i < NR_ISA_IRQS; i++) {
		const struct isa_irq_override *isa = &irq_routing.isa[i];
		struct ioapic_pin *p = isa->absent ? NULL : ioapic_find_pin(isa->gsi);

		if (!p)
			continue;
		if (gsi_to_irq(isa->gsi, isa->level, isa->active_low) >= 0)
			p->assumed = !isa->given;
	}
}

void __init ioapic_init(void)
{
	irq_set_gsis(0);
	if (cmdline_has("noapic")) {
		pr_info("left alone: noapic\n");
		return;
	}
	for (unsigned int i = 0; lapic_available() && i < irq_routing.nr_ioapics; i++) {
		const struct ioapic_entry *entry = &irq_routing.ioapics[i];
		struct ioapic *io = &ioapics[nr_ioapics];
		int ret = setup_ioapic(io, entry);

		if (ret) {
			pr_err("id %u at %pa cannot be used: %s\n", entry->id, &entry->addr,
			       error_name(ret));
			continue;
		}
		pr_info("%u: id %u, version 0x%02x, address %pa, GSI %u-%u\n", nr_ioapics, io->id,
			io->version, &entry->addr, io->gsi_base, io->gsi_base + io->nr_pins - 1);
		gsi_end = max(gsi_end, io->gsi_base + io->nr_pins);
		nr_ioapics++;
	}
	irq_set_gsis(gsi_end);
	create_isa_irqs();
}

void __init ioapic_insert_resources(void)
{
	for (unsigned int i = 0; i < nr_ioapics; i++) {
		struct resource *res = &ioapics[i].resource;

		release_resource(res);
		if (insert_resource(&iomem_resource, res))
			pr_err("%pR does not fit into the register\n", res);
	}
}
