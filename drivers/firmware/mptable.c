// SPDX-License-Identifier: MIT
/*
 * The walk of the MP table.  See mptable.h.  Pure: also runs on the host.
 *
 * An entry's type gives its length: 20 bytes for a processor, 8 for the other
 * four.  Buses and IOAPICs are collected before interrupts, so their order does
 * not matter.  Here an ISA irq without an entry is wired to nothing: SeaBIOS
 * leaves those out that it gave to PCI.
 */
#include "drivers/firmware/mptable.h"
#include "drivers/acpi/table/actbl.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

enum { MP_PROCESSOR, MP_BUS, MP_IOAPIC, MP_INTSRC, MP_LINTSRC };
enum { MP_INT, MP_NMI, MP_SMI, MP_EXTINT }; /* table 4-10 */

#define MP_APIC_ALL    0xff
#define MP_CPU_ENABLED BIT(0)

struct mp_processor {
	u8 type, apic_id, apic_version, flags; /* MP_CPU_ENABLED */
	u32 signature, features, reserved[2];
} __packed;

struct mp_bus {
	u8 type, id;
	char name[6];
} __packed;

struct mp_ioapic {
	u8 type, id, version, flags; /* bit 0: usable */
	u32 addr;
} __packed;

/* Of an IOAPIC's input (type 3) and of a local APIC's (type 4). */
struct mp_intsrc {
	u8 type, irq_type;
	u16 flags;	 /* as INTI flags */
	u8 bus, bus_irq; /* PCI: slot << 2 | pin */
	u8 apic, input;
} __packed;

_Static_assert(sizeof(struct mp_processor) == 20, "MP 4.3.1");
_Static_assert(sizeof(struct mp_bus) == 8, "MP 4.3.2");
_Static_assert(sizeof(struct mp_ioapic) == 8, "MP 4.3.3");
_Static_assert(sizeof(struct mp_intsrc) == 8, "MP 4.3.4");

enum bus_kind { BUS_UNKNOWN, BUS_ISA, BUS_PCI };

struct walk {
	struct irq_routing *r;
	struct mp_pci_routes *pci;
	unsigned int (*pins)(phys_addr_t addr);
	u8 bus_kind[256];
};

bool mp_float_check(const void *p, size_t size)
{
	const struct mp_float *f = p;

	return size >= MP_FLOAT_SIZE && memcmp(f->signature, "_MP_", 4) == 0 && f->length == 1 &&
	       (f->revision == 1 || f->revision == 4) && byte_sum(p, MP_FLOAT_SIZE) == 0;
}

int mp_table_check(const void *p, size_t size)
{
	const struct mp_table *t = p;

	if (size < sizeof(*t) || memcmp(t->signature, "PCMP", 4) != 0 || t->length < sizeof(*t) ||
	    t->length > size)
		return -EINVAL;
	return byte_sum(p, t->length) ? -EILSEQ : 0;
}

static void add_bus(const struct mp_bus *b, struct walk *w)
{
	if (memcmp(b->name, "ISA   ", 6) == 0 || memcmp(b->name, "EISA  ", 6) == 0)
		w->bus_kind[b->id] = BUS_ISA;
	else if (memcmp(b->name, "PCI   ", 6) == 0)
		w->bus_kind[b->id] = BUS_PCI;
}

static void add_ioapic(const struct mp_ioapic *m, struct walk *w)
{
	struct irq_routing *r = w->r;
	struct ioapic_entry *io = &r->ioapics[r->nr_ioapics];

	if (!(m->flags & 1) || !m->addr)
		return;
	if (r->nr_ioapics == ARRAY_SIZE(r->ioapics)) {
		pr_warn("MPTABLE: IOAPIC id %u left out, MAX_IOAPICS is %d\n", m->id, MAX_IOAPICS);
		return;
	}
	io->id = m->id;
	io->addr = m->addr;
	io->gsi_base = r->nr_ioapics ? io[-1].gsi_base + w->pins(io[-1].addr) : 0;
	r->nr_ioapics++;
}

/* The GSI of an IOAPIC's input: false when no such IOAPIC is known. */
static bool input_gsi(const struct mp_intsrc *m, const struct irq_routing *r, u32 *gsi)
{
	for (unsigned int i = 0; i < r->nr_ioapics; i++)
		if (m->apic == r->ioapics[i].id || m->apic == MP_APIC_ALL) {
			*gsi = r->ioapics[i].gsi_base + m->input;
			return true;
		}
	return false;
}

static void add_isa(const struct mp_intsrc *m, u32 gsi, struct walk *w)
{
	struct isa_irq_override *isa;

	if (m->bus_irq >= ARRAY_SIZE(w->r->isa))
		return;
	isa = &w->r->isa[m->bus_irq];
	isa->gsi = gsi;
	isa->given = true;
	isa->absent = false;
	inti_decode(m->flags, false, false, &isa->level, &isa->active_low);
}

static void add_pci(const struct mp_intsrc *m, u32 gsi, struct walk *w)
{
	struct mp_pci_route *p = &w->pci->route[w->pci->count];

	if (w->pci->count == MP_MAX_PCI) {
		pr_warn("MPTABLE: PCI route of bus %u left out, MP_MAX_PCI is %d\n", m->bus,
			MP_MAX_PCI);
		return;
	}
	p->bus = m->bus;
	p->slot = m->bus_irq >> 2 & 0x1f;
	p->pin = m->bus_irq & 3;
	p->gsi = gsi;
	inti_decode(m->flags, true, true, &p->level, &p->active_low);
	w->pci->count++;
}

static void add_interrupt(const struct mp_intsrc *m, struct walk *w)
{
	u32 gsi;

	if (m->irq_type != MP_INT || !input_gsi(m, w->r, &gsi))
		return;
	if (w->bus_kind[m->bus] == BUS_ISA)
		add_isa(m, gsi, w);
	else if (w->bus_kind[m->bus] == BUS_PCI)
		add_pci(m, gsi, w);
}

static void add_lint(const struct mp_intsrc *m, struct walk *w)
{
	bool level;

	if (m->irq_type != MP_NMI || m->input > 1)
		return;
	w->r->nmi_lint = m->input;
	inti_decode(m->flags, false, false, &level, &w->r->nmi_active_low);
}

static void first_pass(const u8 *p, struct walk *w)
{
	switch (p[0]) {
	case MP_PROCESSOR:
		if (((const struct mp_processor *)p)->flags & MP_CPU_ENABLED)
			irq_routing_add_cpu(w->r, ((const struct mp_processor *)p)->apic_id, true);
		break;
	case MP_BUS:
		add_bus((const struct mp_bus *)p, w);
		break;
	case MP_IOAPIC:
		add_ioapic((const struct mp_ioapic *)p, w);
		break;
	}
}

static void second_pass(const u8 *p, struct walk *w)
{
	switch (p[0]) {
	case MP_INTSRC:
		add_interrupt((const struct mp_intsrc *)p, w);
		break;
	case MP_LINTSRC:
		add_lint((const struct mp_intsrc *)p, w);
		break;
	}
}

/*
 * Give each entry that lies whole in the table to fn().  The length says how many there are, and
 * not the count, which qboot (of QEMU's microvm) leaves 0; Linux does not look at it either.
 */
static int walk_entries(const struct mp_table *t, struct walk *w,
			void (*fn)(const u8 *p, struct walk *w))
{
	const u8 *p = (const u8 *)(t + 1), *end = (const u8 *)t + t->length;

	while (p < end) {
		ssize_t length = p[0] == MP_PROCESSOR ? sizeof(struct mp_processor) : 8;

		if (p[0] > MP_LINTSRC || end - p < length) {
			pr_err("MPTABLE: broken entry of type %u at offset 0x%lx\n", p[0],
			       (unsigned long)(p - (const u8 *)t));
			return -EINVAL;
		}
		fn(p, w);
		p += length;
	}
	return 0;
}

int mp_table_decode(const void *p, struct irq_routing *r, struct mp_pci_routes *pci,
		    unsigned int (*pins)(phys_addr_t addr))
{
	const struct mp_table *t = p;
	struct walk w = { .r = r, .pci = pci, .pins = pins };
	int ret;

	irq_routing_reset(r);
	pci->count = 0;
	r->source = "MP table";
	r->lapic_addr = t->lapic_addr;
	r->pcat_compat = true; /* 3.6.1: PC/AT compatible by definition */
	for (unsigned int i = 0; i < ARRAY_SIZE(r->isa); i++)
		r->isa[i].absent = true;
	ret = walk_entries(t, &w, first_pass);
	if (!ret)
		ret = walk_entries(t, &w, second_pass);
	return ret;
}

int mp_default_config(u8 number, struct irq_routing *r)
{
	if (number < 1 || number > 7)
		return -EINVAL;
	irq_routing_reset(r);
	r->source = "MP default configuration";
	r->lapic_addr = 0xfee00000; /* 5: both addresses are the specification's */
	r->ioapics[0] = (struct ioapic_entry){ .id = 2, .addr = 0xfec00000 };
	r->nr_ioapics = 1;
	irq_routing_add_cpu(r, 0, true); /* 5: their ids are 0 and 1 */
	irq_routing_add_cpu(r, 1, true);
	r->pcat_compat = true;
	r->nmi_lint = 1;
	/* Figure 5-1: the timer is on input 2, where the cascade would be; config 2 has neither. */
	r->isa[0].gsi = 2;
	r->isa[0].given = true;
	r->isa[2].absent = true;
	if (number == 2)
		r->isa[0].absent = r->isa[13].absent = true;
	return 0;
}
