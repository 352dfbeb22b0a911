// SPDX-License-Identifier: MIT
// sources: drivers/apic/rte.c kernel/core/resource.c kernel/core/region.c kernel/core/cmdline.c kernel/lib/tree.c
/*
 * IOAPIC and 8259 against devices that notice the wrong order: a mode that changes while its pin is
 * not masked (82093AA, 3.2.4), a pin that strikes before it is all set, a mask that may be on its way
 * yet, an interrupt left without its end, initialization words out of their order (8259A, figure 6), a message
 * to a CPU in the place of one that is on its way.
 */
#include "kernel/irq/apicid.h"
#include "kernel/irq/irq.h"
#include "tests/host/fake_device.h"

#include "drivers/apic/ioapic.c"

#undef pr_fmt
#define pr_fmt(fmt) fmt
#include "drivers/apic/i8259.c"

#include "kernel/cpu/barrier.h"
static unsigned int fences; /* MFENCE 1, LFENCE behind it 2 */
#undef mb
#undef rmb
#define mb()  (fences = 1)
#define rmb() (fences |= fences << 1)
#include "drivers/apic/ipi.c"

/* ---- an IOAPIC ---- */

#define REGS 0x1000000UL
#define PINS 24

static struct {
	u32 index, version;
	u64 rte[PINS];
	bool irr[PINS]; /* Remote IRR: a level interrupt waits for its end */
	int unread;	/* a pin masked or moved by the last write, which may be posted; -1: none */
	bool quiet;	/* no pin may be unmasked now */
	const struct irq_data *moving; /* its target changes, unmasked as it is */
	unsigned int writes;
} io;

static u64 read_rte(unsigned int pin)
{
	return io.rte[pin] | (io.irr[pin] ? RTE_REMOTE_IRR : 0);
}

#define MODE ((u32)(RTE_DELIVERY_MASK | RTE_LOGICAL | RTE_ACTIVE_LOW | RTE_LEVEL))

static void write_low(unsigned int pin, u32 value)
{
	u32 old = (u32)io.rte[pin];

	if (!(old & RTE_MASKED))
		EXPECT_EQ((value ^ old) & MODE, 0);
	if (!(value & RTE_MASKED)) {
		EXPECT_EQ((value ^ old) & MODE, 0); /* it is set before it is unmasked */
		EXPECT((u8)value >= 0x20);
		EXPECT(!io.quiet || !(old & RTE_MASKED));
	}
	if (!(value & RTE_LEVEL) && io.version < 0x20)
		io.irr[pin] = false;
	if (value & RTE_MASKED && !(old & RTE_MASKED))
		io.unread = (int)pin;
	io.rte[pin] = (io.rte[pin] & ~0xffffffffULL) | (value & ~(u32)RTE_REMOTE_IRR);
}

/* The destination: of a pin that is unmasked only where it moves, with its new vector. */
static void write_high(unsigned int pin, u32 value)
{
	if (!(io.rte[pin] & RTE_MASKED)) {
		EXPECT(io.moving && io.moving->hwirq == pin);
		EXPECT(io.moving && io.moving->vector == (u8)io.rte[pin]);
		io.unread = (int)pin;
	}
	io.rte[pin] = (u32)io.rte[pin] | (u64)value << 32;
}

static void end_of_interrupt(u8 vector)
{
	EXPECT(io.version >= 0x20); /* the register is there from then on */
	for (unsigned int pin = 0; pin < PINS; pin++)
		if ((u8)io.rte[pin] == vector && io.rte[pin] & RTE_LEVEL)
			io.irr[pin] = false;
}

/* ---- two 8259s: what is written to each after ICW1, until four words have come ---- */

static struct {
	u8 words[4];
	unsigned int nr; /* of them; 4: it is set up */
	u8 mask;
	bool absent;
} pic[2];
static u8 imcr;

static void write_pic(unsigned int n, bool data, u8 value)
{
	if (!data) {
		EXPECT(value & 0x10); /* ICW1 */
		pic[n].words[0] = value;
		pic[n].nr = 1;
		pic[n].mask = 0; /* "the interrupt mask register is cleared" */
	} else if (pic[n].nr && pic[n].nr < 4) {
		pic[n].words[pic[n].nr++] = value;
	} else {
		pic[n].mask = value;
	}
}

/* ---- the accesses ---- */

static u64 device_read(unsigned long addr, unsigned int size)
{
	if (addr == 0x21)
		return pic[0].absent ? 0xff : pic[0].mask;
	EXPECT_EQ(size, 4);
	EXPECT_EQ(addr, REGS + 0x10);
	if (io.index == 1)
		return (PINS - 1) << 16 | io.version;
	EXPECT(io.index >= 0x10 && io.index < 0x10 + 2 * PINS);
	if (io.unread == (int)(io.index - 0x10) / 2)
		io.unread = -1;
	return (u32)(read_rte((io.index - 0x10) / 2) >> (io.index & 1) * 32);
}

static void device_write(unsigned long addr, unsigned int size, u64 value)
{
	unsigned int pin = (io.index - 0x10) / 2;

	if (addr == 0x22) {
		EXPECT_EQ(value, 0x70);
	} else if (addr == 0x23) {
		imcr = (u8)value;
	} else if (addr < 0x100) {
		write_pic(addr >= 0xa0, addr & 1, (u8)value);
	} else if (addr == REGS + 0x40) {
		end_of_interrupt((u8)value);
	} else if (addr == REGS) {
		io.index = (u32)value;
	} else {
		EXPECT_EQ(size, 4);
		EXPECT_EQ(addr, REGS + 0x10);
		ASSERT(io.index >= 0x10 && pin < PINS);
		io.writes++;
		if (io.index & 1)
			write_high(pin, (u32)value);
		else
			write_low(pin, (u32)value);
	}
}

/* ---- the rest of the machine ---- */

struct irq_routing irq_routing;
u32 cpu_apic_id[NR_CPUS] = { 0, 5 };
unsigned int nr_irqs = 256;
static struct irq_data irqs[256];
static bool was_level = true;
static unsigned int ends, mismatches;
static int mapped; /* IOAPICs, by now */

void __iomem *ioremap(phys_addr_t phys, unsigned long size)
{
	EXPECT((phys == 0xfec00000 || phys == 0xfec01000) && size == 0x400);
	mapped++;
	return (void __iomem *)REGS;
}

void iounmap(volatile void __iomem *addr)
{
	(void)addr;
	mapped--;
}

bool lapic_available(void)
{
	return true;
}

void lapic_irq_eoi(struct irq_data *d)
{
	(void)d;
	ends++;
}

bool lapic_was_level(u8 vector)
{
	(void)vector;
	return was_level;
}

void irq_note_mismatch(void)
{
	mismatches++;
}

void irq_set_gsis(unsigned int end)
{
	(void)end;
}

struct irq_data *irq_get_data(int irq)
{
	return irqs[irq].chip ? &irqs[irq] : NULL;
}

int irq_create(int irq, const struct irq_chip *chip, void *chip_data, u32 hwirq, bool level)
{
	struct irq_data *d = &irqs[irq < 0 ? 200 : irq];

	EXPECT(!d->chip);
	*d = (struct irq_data){ irq, 0, (u8)(0x30 + irq), level, hwirq, chip, chip_data };
	chip->irq_set_target(d);
	return irq;
}

/* ---- a local APIC's command register: two halves, or one of an MSR ---- */

static struct {
	bool x2apic;
	u32 high, sent_to, command;
	unsigned int busy; /* so many reads show the last message on its way */
	unsigned int sent;
} icr;

bool lapic_is_x2apic(void)
{
	return icr.x2apic;
}

u32 lapic_last_id(void)
{
	return 0xfe;
}

u32 lapic_id(void)
{
	return 0;
}

void lapic_setup_this_cpu(void)
{
}

u32 apic_read(u32 reg)
{
	EXPECT_EQ(reg, 0x300);
	if (icr.busy)
		icr.busy--;
	return icr.busy ? BIT(12) : 0;
}

void apic_write(u32 reg, u32 value)
{
	EXPECT(!icr.x2apic);
	EXPECT_EQ(icr.busy, 0); /* 10.6.1: what is written over a message that is pending is lost */
	if (reg == 0x310) {
		icr.high = value;
		return;
	}
	EXPECT_EQ(reg, 0x300); /* this half sends */
	icr.sent_to = icr.high >> 24;
	icr.high = 0xee000000; /* whoever relies on what was there before */
	icr.command = value;
	icr.busy = 3;
	icr.sent++;
}

void wrmsr(u32 msr, u64 value)
{
	EXPECT(icr.x2apic);
	EXPECT_EQ(msr, 0x830);
	EXPECT_EQ(fences, 3); /* 10.12.3: else it overtakes what the receiver is to read */
	fences = 0;
	icr.sent_to = (u32)(value >> 32);
	icr.command = (u32)value;
	icr.sent++;
}

static const struct smp_ops *ipi_ops;
static const struct cpu_starter *ipi_starter;

void smp_set_ops(const struct smp_ops *ops)
{
	ipi_ops = ops;
}

void smp_set_starter(const struct cpu_starter *starter_)
{
	ipi_starter = starter_;
}

void smp_call_interrupt(void)
{
}

void irq_set_local_vector(u8 vector, const char *name, const char *what, void (*handler)(void))
{
	(void)vector;
	(void)name;
	(void)what;
	(void)handler;
}

/* As firmware may leave them: pin 2 unmasked, 3 an SMI, 9 a level interrupt without its end. */
static void start(u32 version)
{
	memset(irqs, 0, sizeof(irqs));
	if (nr_ioapics) {
		kfree(ioapics[0].pins);
		release_resource(&ioapics[0].resource);
	}
	nr_ioapics = 0;
	boot_command_line[0] = '\0';
	io.version = version;
	io.unread = -1;
	for (unsigned int pin = 0; pin < PINS; pin++)
		io.rte[pin] = RTE_MASKED | 0x30;
	io.rte[2] = 0x31;
	io.rte[3] = RTE_DELIVERY_SMI;
	io.rte[9] = 0x41 | RTE_LEVEL | RTE_ACTIVE_LOW;
	io.irr[9] = true;
	memset(&irq_routing, 0, sizeof(irq_routing));
	irq_routing.nr_ioapics = 1;
	irq_routing.ioapics[0] = (struct ioapic_entry){ 2, 0xfec00000, 0 };
	for (u32 i = 0; i < 16; i++)
		irq_routing.isa[i] = (struct isa_irq_override){ .gsi = i, .absent = i == 3 };
	io.quiet = true;
	ioapic_init();
	io.quiet = false;
}

TEST(all_pins_are_quiet)
{
	for (u32 version = 0x11; version <= 0x20; version += 0xf) {
		start(version);
		EXPECT_EQ(nr_ioapics, 1);
		for (unsigned int pin = 0; pin < PINS; pin++) {
			EXPECT(pin == 3 || io.rte[pin] & RTE_MASKED);
			EXPECT(!io.irr[pin]);
		}
		EXPECT_EQ(io.rte[3], RTE_DELIVERY_SMI); /* firmware's own */
	}
}

/* Nobody, one whose pins are another's, one without memory for them: no claim and no mapping stays. */
TEST(one_that_cannot_be_used_leaves_nothing)
{
	mapped = 0;
	start(0);
	EXPECT_EQ(nr_ioapics, 0);
	EXPECT_EQ(mapped, 0);
	EXPECT(!resource_first_child(&early_resource));
	EXPECT(test_log_has("id 2 at 0x00000000fec00000 cannot be used: ENODEV\n"));
	test_fail_kmalloc_after(0);
	start(0x20);
	test_fail_kmalloc_after(-1);
	EXPECT_EQ(nr_ioapics, 0);
	EXPECT_EQ(mapped, 0);
	EXPECT(!resource_first_child(&early_resource));
	EXPECT(test_log_has("cannot be used: ENOMEM\n"));
	for (u32 gsi_base = PINS; gsi_base >= PINS - 1; gsi_base--) {
		start(0x20);
		EXPECT_EQ(mapped, 1);
		irq_routing.nr_ioapics = 1;
		irq_routing.ioapics[0] = (struct ioapic_entry){ 3, 0xfec01000, gsi_base };
		memset(irqs, 0, sizeof(irqs)); /* as if asked once more */
		ioapic_init();
		EXPECT_EQ(nr_ioapics, gsi_base == PINS ? 2 : 1);
		EXPECT_EQ(mapped, gsi_base == PINS ? 2 : 1);
		if (nr_ioapics == 2) {
			EXPECT(ioapic_find_pin(2 * PINS - 1) == &ioapics[1].pins[PINS - 1]);
			EXPECT(!ioapic_find_pin(2 * PINS));
			kfree(ioapics[1].pins);
			EXPECT_EQ(release_resource(&ioapics[1].resource), 0);
		}
		EXPECT(resource_first_child(&early_resource) == &ioapics[0].resource);
		EXPECT(!ioapics[0].resource.sibling);
		mapped = 0;
	}
}

TEST(an_entry_is_written_masked)
{
	u64 low_level = rte_make(0x55, true, true, 5) & ~RTE_MASKED;

	start(0x11);
	ioapic_write_rte(&ioapics[0], 5, low_level);
	EXPECT_EQ(io.rte[5], low_level);
	ioapic_write_rte(&ioapics[0], 5, rte_make(0x56, false, false, 0) & ~RTE_MASKED);
	EXPECT_EQ(io.rte[5], rte_make(0x56, false, false, 0) & ~RTE_MASKED);
	ioapic_write_rte(&ioapics[0], 5, rte_make(0x57, false, true, 0));
	EXPECT_EQ(io.rte[5], rte_make(0x57, false, true, 0));
	EXPECT_EQ(ioapic_read_rte(&ioapics[0], 5), io.rte[5]);
}

/* Once irq_mask() has returned no interrupt comes: a posted write has been read back. */
TEST(a_mask_has_arrived)
{
	struct irq_data *d;

	start(0x11);
	d = irq_get_data(gsi_to_irq(10, true, true));
	ASSERT(d);
	d->chip->irq_unmask(d);
	EXPECT(!(io.rte[10] & RTE_MASKED));
	d->chip->irq_mask(d);
	EXPECT(io.rte[10] & RTE_MASKED);
	EXPECT_EQ(io.unread, -1);
}

/* The vector is the first, the mask stays, and there is a read behind them. */
TEST(a_target_changes_in_two_writes)
{
	struct irq_data *d;
	unsigned int before;

	start(0x11);
	d = irq_get_data(gsi_to_irq(10, false, false));
	ASSERT(d);
	d->chip->irq_unmask(d);
	d->vector = 0x66;
	d->cpu = 1;
	before = io.writes;
	io.moving = d;
	d->chip->irq_set_target(d);
	io.moving = NULL;
	EXPECT_EQ(io.unread, -1); /* nothing goes the old way any more */
	EXPECT_EQ(io.writes, before + 2);
	EXPECT_EQ(io.rte[10], (rte_make(0x66, false, false, 5) & ~RTE_MASKED));
	d->chip->irq_mask(d);
	d->chip->irq_set_target(d);
	EXPECT(io.rte[10] & RTE_MASKED);
}

/* What was taken as an edge is ended by hand, by either way; the pin is as it was. */
TEST(a_lost_end)
{
	for (u32 version = 0x11; version <= 0x20; version += 0xf) {
		struct irq_data *d;

		start(version);
		d = irq_get_data(gsi_to_irq(11, true, true));
		ASSERT(d);
		ends = mismatches = 0;
		d->chip->irq_unmask(d);
		io.irr[11] = true;
		d->chip->irq_eoi(d);
		EXPECT(io.irr[11]); /* the local APIC tells it */
		was_level = false;
		d->chip->irq_eoi(d);
		was_level = true;
		EXPECT(!io.irr[11]);
		EXPECT_EQ(ends, 2);
		EXPECT_EQ(mismatches, 1);
		EXPECT(!(io.rte[11] & RTE_MASKED));
		EXPECT(io.rte[11] & RTE_LEVEL);
	}
}

TEST(pics_are_moved_and_masked)
{
	static const u8 want[2][4] = { { 0x11, 0x20, 4, 1 }, { 0x11, 0x28, 2, 1 } };

	irq_routing.imcr = true;
	i8259_init();
	for (unsigned int n = 0; n < 2; n++) {
		EXPECT_EQ(pic[n].nr, 4);
		EXPECT_EQ(memcmp(pic[n].words, want[n], 4), 0);
		EXPECT_EQ(pic[n].mask, 0xff);
	}
	EXPECT_EQ(imcr, 1);
	memset(pic, 0, sizeof(pic));
	pic[0].absent = true;
	i8259_init();
	EXPECT_EQ(pic[0].nr + pic[1].nr, 0);
}

/* One message for each, whole, to whom it is for, and none while another is on its way. */
TEST(messages_between_cpus)
{
	struct cpumask both = { { 3 } };

	ipi_init();
	for (unsigned int mode = 0; mode < 2; mode++) {
		memset(&icr, 0, sizeof(icr));
		icr.x2apic = mode;
		ipi_ops->send_ipi(1, 0x45);
		EXPECT(icr.sent == 1 && icr.sent_to == 5 && icr.command == 0x4045);
		ipi_ops->send_ipi_mask(&both, 0x46);
		EXPECT(icr.sent == 3 && icr.sent_to == 5 && icr.command == 0x4046);
		ipi_ops->send_nmi(1);
		EXPECT(icr.sent == 4 && icr.sent_to == 5 && icr.command == 0x4400);
		ipi_starter->send_init(9);
		EXPECT(icr.sent == 5 && icr.sent_to == 9 && icr.command == 0x4500);
		ipi_starter->send_startup(9, 0x9a);
		EXPECT(icr.sent == 6 && icr.sent_to == 9 && icr.command == 0x469a);
	}
}
