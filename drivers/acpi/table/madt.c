// SPDX-License-Identifier: MIT
/*
 * The MADT (ACPI 6.5, 5.2.12): processors, IOAPICs, and how ISA irqs reach
 * their pins.  Pure: also runs on the host.
 *
 * Polarity deserves the care: no emulator models it, so a wrong bit here passes
 * every boot test and fails on the first real machine.  The host tests hold the
 * decode to the specification's table instead.
 */
#include "drivers/acpi/table/actbl.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"

/* Both kinds count in the order in which they stand: so Linux has it. */
static void add_cpu(u32 apic_id, u32 none, u32 flags, struct irq_routing *r)
{
	if (apic_id != none)
		irq_routing_add_cpu(r, apic_id, flags & ACPI_MADT_ENABLED);
}

static void add_ioapic(const struct acpi_madt_io_apic *m, struct irq_routing *r)
{
	struct ioapic_entry *io = &r->ioapics[r->nr_ioapics];

	if (r->nr_ioapics == ARRAY_SIZE(r->ioapics)) {
		pr_warn("ACPI: MADT: IOAPIC id %u left out, MAX_IOAPICS is %d\n", m->id,
			MAX_IOAPICS);
		return;
	}
	if (!m->addr) {
		pr_warn("ACPI: MADT: IOAPIC id %u without an address left out\n", m->id);
		return;
	}
	io->id = m->id;
	io->addr = m->addr;
	io->gsi_base = m->gsi_base;
	r->nr_ioapics++;
}

static void add_override(const struct acpi_madt_override *m, u16 sci, struct irq_routing *r)
{
	struct isa_irq_override *isa;
	bool is_sci = m->source == sci;

	if (m->bus != 0 || m->source >= ARRAY_SIZE(r->isa)) {
		pr_warn("ACPI: MADT: override of bus %u irq %u left out\n", m->bus, m->source);
		return;
	}
	isa = &r->isa[m->source];
	isa->gsi = m->gsi;
	isa->given = true;
	/* 5.2.9: the SCI is level and low where it conforms to its bus. */
	inti_decode(m->flags, is_sci, is_sci, &isa->level, &isa->active_low);
}

static void set_nmi(u8 lint, u16 flags, struct irq_routing *r)
{
	bool level;

	if (lint > 1) {
		pr_warn("ACPI: MADT: NMI on LINT%u left out\n", lint);
		return;
	}
	r->nmi_lint = lint;
	inti_decode(flags, false, false, &level, &r->nmi_active_low);
}

/* One record of `h->length` readable bytes; false when it is too short for its type. */
static bool madt_record(const struct acpi_subtable *h, u16 sci, struct irq_routing *r)
{
	static const u8 least[] = {
		[ACPI_MADT_LOCAL_APIC] = sizeof(struct acpi_madt_local_apic),
		[ACPI_MADT_IO_APIC] = sizeof(struct acpi_madt_io_apic),
		[ACPI_MADT_INTERRUPT_OVERRIDE] = sizeof(struct acpi_madt_override),
		[ACPI_MADT_LOCAL_APIC_NMI] = sizeof(struct acpi_madt_lapic_nmi),
		[ACPI_MADT_LOCAL_APIC_OVERRIDE] = sizeof(struct acpi_madt_lapic_override),
		[ACPI_MADT_LOCAL_X2APIC] = sizeof(struct acpi_madt_x2apic),
		[ACPI_MADT_LOCAL_X2APIC_NMI] = sizeof(struct acpi_madt_x2apic_nmi),
	};

	if (h->type < ARRAY_SIZE(least) && h->length < least[h->type])
		return false;
	switch (h->type) {
	case ACPI_MADT_LOCAL_APIC:
		add_cpu(((const struct acpi_madt_local_apic *)h)->id, ACPI_MADT_NO_ID,
			((const struct acpi_madt_local_apic *)h)->flags, r);
		break;
	case ACPI_MADT_LOCAL_X2APIC:
		add_cpu(((const struct acpi_madt_x2apic *)h)->id, ACPI_MADT_NO_X2ID,
			((const struct acpi_madt_x2apic *)h)->flags, r);
		break;
	case ACPI_MADT_IO_APIC:
		add_ioapic((const struct acpi_madt_io_apic *)h, r);
		break;
	case ACPI_MADT_INTERRUPT_OVERRIDE:
		add_override((const struct acpi_madt_override *)h, sci, r);
		break;
	case ACPI_MADT_LOCAL_APIC_NMI:
		set_nmi(((const struct acpi_madt_lapic_nmi *)h)->lint,
			((const struct acpi_madt_lapic_nmi *)h)->flags, r);
		break;
	case ACPI_MADT_LOCAL_X2APIC_NMI:
		set_nmi(((const struct acpi_madt_x2apic_nmi *)h)->lint,
			((const struct acpi_madt_x2apic_nmi *)h)->flags, r);
		break;
	case ACPI_MADT_LOCAL_APIC_OVERRIDE:
		r->lapic_addr = ((const struct acpi_madt_lapic_override *)h)->addr;
		break;
	}
	return true;
}

/*
 * An identity that nobody gave does not hold where an override took that pin:
 * irq 0 on GSI 2 leaves the cascade, irq 2, without one.
 */
static void mark_displaced(struct irq_routing *r)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(r->isa); i++)
		for (unsigned int j = 0; j < ARRAY_SIZE(r->isa); j++)
			if (!r->isa[i].given && r->isa[j].given && r->isa[j].gsi == r->isa[i].gsi)
				r->isa[i].absent = true;
}

int madt_decode(const struct acpi_table_header *h, u16 sci, struct irq_routing *r)
{
	const struct acpi_madt *madt = (const struct acpi_madt *)h;
	const u8 *p = (const u8 *)(madt + 1);
	const u8 *end = (const u8 *)h + h->length;
	int ret = 0;

	irq_routing_reset(r);
	if (h->length < sizeof(*madt)) {
		pr_err("ACPI: MADT of %u bytes is too short\n", h->length);
		return -EINVAL;
	}
	r->source = "MADT";
	r->lapic_addr = madt->lapic_addr;
	r->pcat_compat = madt->flags & 1;
	if (sci < ARRAY_SIZE(r->isa))
		r->isa[sci].level = r->isa[sci].active_low = true;

	while (p < end) {
		const struct acpi_subtable *rec = (const struct acpi_subtable *)p;

		if (end - p < (ssize_t)sizeof(*rec) || rec->length < sizeof(*rec) ||
		    rec->length > end - p) {
			pr_err("ACPI: MADT: broken record at offset 0x%lx\n",
			       (unsigned long)(p - (const u8 *)h));
			ret = -EINVAL;
			break;
		}
		if (!madt_record(rec, sci, r))
			pr_warn("ACPI: MADT: record of type %u is only %u bytes\n", rec->type,
				rec->length);
		p += rec->length;
	}
	mark_displaced(r);
	return ret;
}
