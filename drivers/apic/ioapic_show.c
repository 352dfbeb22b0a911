// SPDX-License-Identifier: MIT
/* The monitor's view of the IOAPICs: every entry next to what the tables want of it. */
#include "drivers/apic/ioapic.h"
#include "drivers/apic/pin_audit.h"
#include "drivers/apic/rte.h"
#include "kernel/core/audit.h"
#include "kernel/core/command.h"
#include "kernel/core/json.h"
#include "kernel/core/printk.h"
#include "kernel/irq/irq.h"
#include "kernel/irq/routing.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/time/time.h"
#include "mm/slab.h"

/* ", irq 0 (7 times) for hpet, ISA irq 0 by MADT: edge high": who the pin is for. */
static void show_owner(struct sink *out, const struct ioapic_pin *p, u32 gsi)
{
	if (p->irq >= 0) {
		sink_printf(out, ", irq %d (%llu times)", p->irq,
			    (unsigned long long)irq_count(p->irq));
		irq_show_owners(out, p->irq, " for ");
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(irq_routing.isa); i++) {
		const struct isa_irq_override *isa = &irq_routing.isa[i];

		if (!isa->absent && isa->gsi == gsi)
			sink_printf(out, ", ISA irq %u by %s: %s %s", i,
				    isa->given ? irq_routing.source : "default",
				    isa->level ? "level" : "edge",
				    isa->active_low ? "low" : "high");
	}
}

static int (*walk_wires)(ioapic_wire_fn fn, void *arg);

void __init ioapic_set_wires(int (*walk)(ioapic_wire_fn fn, void *arg))
{
	walk_wires = walk;
}

struct wire {
	u32 gsi;
	bool *level, *active_low;
};

static int take_wire(u32 gsi, bool level, bool active_low, void *arg)
{
	const struct wire *wanted = arg;

	if (gsi != wanted->gsi)
		return 0;
	*wanted->level = level;
	*wanted->active_low = active_low;
	return 1;
}

bool ioapic_wire_mode(u32 gsi, bool *level, bool *active_low)
{
	struct wire wanted = { gsi, level, active_low };

	return walk_wires && walk_wires(take_wire, &wanted) == 1;
}

/* What _PRTs say of each GSI, as a set of modes. */
struct wires {
	u32 nr_gsis;
	u8 modes[];
};

static int note_wire(u32 gsi, bool level, bool active_low, void *arg)
{
	struct wires *wires = arg;

	if (gsi < wires->nr_gsis)
		wires->modes[gsi] |= pin_mode(level, active_low);
	return 0;
}

static struct wires *find_wires(void)
{
	struct wires *wires;
	struct ioapic *io;
	u32 nr_gsis = 0;

	for (unsigned int i = 0; (io = ioapic_get(i)); i++)
		nr_gsis = max(nr_gsis, io->gsi_base + io->nr_pins);
	wires = kzalloc(sizeof(*wires) + nr_gsis, GFP_KERNEL);
	if (!wires)
		return NULL;
	wires->nr_gsis = nr_gsis;
	if (walk_wires)
		walk_wires(note_wire, wires);
	return wires;
}

/* What the tables say of an ISA irq that has this pin; 0: nothing. */
static u8 mode_by_madt(u32 gsi)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(irq_routing.isa); i++) {
		const struct isa_irq_override *isa = &irq_routing.isa[i];

		if (!isa->absent && isa->given && isa->gsi == gsi)
			return pin_mode(isa->level, isa->active_low);
	}
	return 0;
}

static struct pin_view look_at(const struct ioapic_pin *p, u32 gsi, u8 prt)
{
	return (struct pin_view){
		.mode = p->irq >= 0 && !p->assumed ? pin_mode(p->level, p->active_low) : 0,
		.entry = ioapic_read_rte(p->io, p->pin),
		.madt = mode_by_madt(gsi),
		.prt = prt,
	};
}

static unsigned int show_pin(struct sink *out, const struct ioapic_pin *p, u32 gsi, u8 prt)
{
	struct pin_view view = look_at(p, gsi, prt);
	unsigned int faults;
	char text[120];

	rte_describe(text, sizeof(text), view.entry);
	sink_printf(out, "%4u: %016llx %s", p->pin, (unsigned long long)view.entry, text);
	show_owner(out, p, gsi);
	if (prt)
		sink_printf(out, ", PCI by _PRT: %s", pin_mode_text(prt));
	faults = pin_audit(&view, text, sizeof(text));
	sink_printf(out, "%s\n", text);
	return faults;
}

static unsigned int show_ioapic(struct sink *out, struct ioapic *io, const struct wires *wires)
{
	unsigned int faults = 0;

	sink_printf(out, "%s: id %u version 0x%02x at %pa, GSI %u-%u\n", io->name, io->id,
		    io->version, &io->resource.start, io->gsi_base, io->gsi_base + io->nr_pins - 1);
	for (unsigned int pin = 0; pin < io->nr_pins; pin++)
		faults += show_pin(out, &io->pins[pin], io->gsi_base + pin,
				   wires->modes[io->gsi_base + pin]);
	return faults;
}

static void put_pin(struct json *j, const struct ioapic_pin *p, u32 gsi, u8 prt)
{
	u64 entry = ioapic_read_rte(p->io, p->pin);
	char text[120];

	rte_describe(text, sizeof(text), entry);
	json_open(j, NULL, '{');
	json_number(j, "pin", p->pin);
	json_number(j, "gsi", gsi);
	json_hex(j, "entry", entry);
	json_string(j, "text", text);
	if (p->irq >= 0)
		json_number(j, "irq", (u64)p->irq);
	json_open(j, "isa", '[');
	for (unsigned int i = 0; i < ARRAY_SIZE(irq_routing.isa); i++)
		if (!irq_routing.isa[i].absent && irq_routing.isa[i].gsi == gsi)
			json_number(j, NULL, i);
	json_close(j, ']');
	json_string(j, "prt", prt ? pin_mode_text(prt) : NULL);
	json_close(j, '}');
}

static void show_json(struct sink *out, const struct wires *wires)
{
	struct json j = json_to(out);
	struct ioapic *io;

	json_open(&j, NULL, '{');
	json_open(&j, "ioapics", '[');
	for (unsigned int i = 0; (io = ioapic_get(i)); i++) {
		json_open(&j, NULL, '{');
		json_string(&j, "name", io->name);
		json_number(&j, "id", io->id);
		json_hex(&j, "address", io->resource.start);
		json_open(&j, "pins", '[');
		for (unsigned int pin = 0; pin < io->nr_pins; pin++)
			put_pin(&j, &io->pins[pin], io->gsi_base + pin,
				wires->modes[io->gsi_base + pin]);
		json_close(&j, ']');
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_end(&j, '}');
}

/* How many faults there are. */
static unsigned int show_text(struct sink *out, const struct wires *wires)
{
	unsigned int faults = 0;
	struct ioapic *io;

	if (!ioapic_get(0))
		sink_printf(out, "no IOAPIC is in use\n");
	for (unsigned int i = 0; (io = ioapic_get(i)); i++)
		faults += show_ioapic(out, io, wires);
	sink_printf(out, "%u fault%s\n", faults, faults == 1 ? "" : "s");
	return faults;
}

static int cmd_ioapic(struct sink *out, int argc, char **argv)
{
	unsigned int faults = 0;
	struct wires *wires;

	if (argc > 2 || (argc == 2 && strcmp(argv[1], "-j") != 0))
		return -EINVAL;
	wires = find_wires();
	if (!wires)
		return -ENOMEM;
	if (argc == 2)
		show_json(out, wires);
	else
		faults = show_text(out, wires);
	kfree(wires);
	return faults ? -EIO : 0;
}
MONITOR_COMMAND(ioapic, "[-j]",
		"redirection entries of the IOAPICs, decoded and checked; -j: as JSON", cmd_ioapic);

/* A level that is being handled has Remote IRR set: what is stuck stays so. */
#define LOOKS	  5
#define LOOK_USEC 1000

static void audit_pin(struct audit *audit, const struct ioapic_pin *p, u32 gsi, u8 prt)
{
	struct pin_view view;
	unsigned int faults = 1;
	char text[120];

	for (unsigned int i = 0; i < LOOKS && faults; i++) {
		if (i)
			udelay(LOOK_USEC);
		view = look_at(p, gsi, prt);
		faults = pin_audit(&view, text, sizeof(text));
	}
	if (faults)
		audit_fault(audit, "%s, pin %u, GSI %u:%s", p->io->name, p->pin, gsi, text);
}

static void audit_pins(struct audit *audit)
{
	struct wires *wires = find_wires();
	struct ioapic *io;

	if (!wires) {
		audit_fault(audit, "no memory to look");
		return;
	}
	for (unsigned int i = 0; (io = ioapic_get(i)); i++)
		for (unsigned int pin = 0; pin < io->nr_pins; pin++)
			audit_pin(audit, &io->pins[pin], io->gsi_base + pin,
				  wires->modes[io->gsi_base + pin]);
	kfree(wires);
}
AUDIT_CHECK(pins, audit_pins);
