// SPDX-License-Identifier: MIT
// sources: kernel/core/cmdline.c kernel/core/resource.c kernel/core/region.c kernel/lib/tree.c
/*
 * The HPET's driver against a device that notices what the specification (IA-PC HPET 1.0a)
 * forbids: a counter that is written while it counts, a comparator that is on before it has a time, a
 * 64-bit counter whose halves move between two reads.
 */
#include "kernel/irq/irq.h"
#include "tests/host/fake_device.h"

#include "drivers/hpet/hpet.c"

#undef pr_fmt
#include "drivers/hpet/clockevent.c"

/* ---- the device ---- */

#define REGS   0x1000000UL
#define TIMERS 3
#define ID     (0x80860001U | (TIMERS - 1) << 8 | HPET_ID_64BIT | HPET_ID_LEGACY)
#define PERIOD 69841279U

static struct {
	u32 cfg, status;
	u64 counter;
	u64 step;     /* that the counter makes from one access to the next, while it is on */
	u64 steps[8]; /* ... the next ones, before that */
	unsigned int nr_steps;
	u32 tn_cfg[TIMERS], cmp[TIMERS], period[TIMERS];
	bool set_value[TIMERS]; /* the next write to the comparator is its time, not the period */
	u32 id;
} hpet;

static void tick(void)
{
	if (!(hpet.cfg & HPET_CFG_ENABLE))
		return;
	if (!hpet.nr_steps) {
		hpet.counter += hpet.step;
		return;
	}
	hpet.counter += hpet.steps[0];
	memmove(hpet.steps, hpet.steps + 1, --hpet.nr_steps * sizeof(hpet.steps[0]));
}

static u64 device_read(unsigned long addr, unsigned int size)
{
	u32 reg = (u32)(addr - REGS), n = (reg - 0x100) / 0x20;

	EXPECT_EQ(size, 4);
	tick();
	switch (reg) {
	case HPET_ID:
		return hpet.id;
	case HPET_PERIOD:
		return PERIOD;
	case HPET_CFG:
		return hpet.cfg;
	case HPET_STATUS:
		return hpet.status;
	case HPET_COUNTER:
		return (u32)hpet.counter;
	case HPET_COUNTER + 4:
		return hpet.counter >> 32;
	}
	EXPECT(n < TIMERS);
	if (reg == HPET_Tn_CFG(n))
		return hpet.tn_cfg[n];
	EXPECT_EQ(reg, HPET_Tn_CMP(n));
	return hpet.cmp[n];
}

static void write_timer_cfg(u32 n, u32 value)
{
	/* 2.3.8: what it is to do is set before it does it; and it has a time in the future then. */
	if (value & HPET_TN_ENABLE && !(hpet.tn_cfg[n] & HPET_TN_ENABLE)) {
		EXPECT_EQ((value ^ hpet.tn_cfg[n]) & ~HPET_TN_ENABLE, 0);
		EXPECT((s32)(hpet.cmp[n] - (u32)hpet.counter) >
			       (value & HPET_TN_PERIODIC ? 0 : 0x10000) ||
		       hpet.step > 10000);
		EXPECT(!(value & HPET_TN_PERIODIC) || hpet.period[n]);
	}
	if (value & hpet.tn_cfg[n] & HPET_TN_ENABLE)
		EXPECT_EQ(value, hpet.tn_cfg[n]);
	if (value & HPET_TN_SETVAL)
		hpet.set_value[n] = true;
	hpet.tn_cfg[n] = value & ~HPET_TN_SETVAL; /* 2.3.8: reads as 0 */
}

static void write_comparator(u32 n, u32 value)
{
	bool periodic = hpet.tn_cfg[n] & HPET_TN_PERIODIC;

	EXPECT(hpet.tn_cfg[n] & HPET_TN_32BIT); /* the upper half is not written */
	if (!periodic || hpet.set_value[n])
		hpet.cmp[n] = value;
	else
		hpet.period[n] = value;
	hpet.set_value[n] = false;
}

static void device_write(unsigned long addr, unsigned int size, u64 value)
{
	u32 reg = (u32)(addr - REGS), n = (reg - 0x100) / 0x20;

	EXPECT_EQ(size, 4);
	tick();
	if (reg == HPET_CFG) {
		/* Nothing is left of what firmware did when the counter starts. */
		if (value & ~hpet.cfg & HPET_CFG_ENABLE) {
			EXPECT(!(value & HPET_CFG_LEGACY));
			EXPECT_EQ(hpet.status, 0);
			for (n = 0; n < TIMERS; n++)
				EXPECT_EQ(hpet.tn_cfg[n] & (HPET_TN_ENABLE | HPET_TN_FSB |
							    HPET_TN_PERIODIC | HPET_TN_LEVEL),
					  0);
		}
		hpet.cfg = (u32)value;
	} else if (reg == HPET_STATUS) {
		hpet.status &= ~(u32)value;
	} else if (reg == HPET_COUNTER || reg == HPET_COUNTER + 4) {
		EXPECT(!(hpet.cfg & HPET_CFG_ENABLE)); /* 2.3.7 */
		memcpy((u8 *)&hpet.counter + (reg - HPET_COUNTER), &value, 4);
	} else if (n < TIMERS && reg == HPET_Tn_CFG(n)) {
		write_timer_cfg(n, (u32)value);
	} else {
		EXPECT(n < TIMERS && reg == HPET_Tn_CMP(n));
		write_comparator(n, (u32)value);
	}
}

/* ---- the rest of the machine ---- */

static bool mapped;

void __iomem *ioremap(phys_addr_t phys, unsigned long size)
{
	EXPECT_EQ(phys, 0xfed00000);
	EXPECT_EQ(size, HPET_SIZE);
	mapped = true;
	return (void __iomem *)REGS;
}

void iounmap(volatile void __iomem *addr)
{
	EXPECT_EQ(DEVICE_ADDRESS(addr), REGS);
	mapped = false;
}

static const struct acpi_hpet table = { .header = { .signature = "HPET", .length = 56 } };

const struct acpi_table_header *acpi_get_table(const char *signature, unsigned int n)
{
	EXPECT(!strcmp(signature, "HPET") && n == 0);
	return &table.header;
}

phys_addr_t hpet_table_address(const struct acpi_table_header *h)
{
	EXPECT(h == &table.header);
	return 0xfed00000;
}

static const struct clocksource *clock_source;

int clocksource_register(struct clocksource *cs)
{
	clock_source = cs;
	return 0;
}

struct irq_data *irq_get_data(int irq)
{
	static struct irq_data data;

	EXPECT_EQ(irq, 0);
	return &data;
}

static unsigned int handlers;

int request_irq(int irq, irq_handler_t handler, unsigned long flags, const char *name, void *dev_id)
{
	EXPECT_EQ(irq, 0);
	EXPECT(handler == hpet_event_interrupt && flags == IRQF_NOBALANCING && name && dev_id);
	EXPECT(!(hpet.cfg & HPET_CFG_LEGACY)); /* it strikes from there on */
	handlers++;
	return 0;
}

void free_irq(int irq, void *dev_id)
{
	EXPECT(irq == 0 && dev_id);
	EXPECT(!(hpet.cfg & HPET_CFG_LEGACY));
	handlers--;
}

static struct clock_event_device *event_device;
static bool strikes;

bool clockevents_try_and_register(struct clock_event_device *dev, u64 hz, u64 min_ticks,
				  u64 max_ticks)
{
	EXPECT(hz && min_ticks && max_ticks);
	EXPECT(hpet.cfg & HPET_CFG_LEGACY);
	event_device = dev;
	return strikes;
}

void clockevents_config_and_register(struct clock_event_device *dev, u64 hz, u64 min_ticks,
				     u64 max_ticks)
{
	clockevents_try_and_register(dev, hz, min_ticks, max_ticks);
}

u64 clockevents_period_ticks(const struct clock_event_device *dev)
{
	(void)dev;
	return 57274;
}

/* As firmware may leave it: counting, and every timer set up for something. */
static void start(void)
{
	boot_command_line[0] = '\0';
	if (hpet_resource.parent)
		release_resource(&hpet_resource);
	hpet_regs = NULL;
	memset(&hpet, 0, sizeof(hpet));
	hpet.id = ID;
	hpet.cfg = HPET_CFG_ENABLE | HPET_CFG_LEGACY;
	hpet.status = 7;
	hpet.counter = 0x123456789;
	hpet.step = 3;
	for (unsigned int n = 0; n < TIMERS; n++)
		hpet.tn_cfg[n] = HPET_TN_ENABLE | HPET_TN_PERIODIC | HPET_TN_LEVEL | HPET_TN_FSB |
				 HPET_TN_PERIODIC_CAP;
	strikes = true;
	handlers = 0;
	clock_source = NULL;
	hpet_init();
}

TEST(set_up_in_order)
{
	start();
	EXPECT(hpet_available() && mapped && handlers == 1);
	EXPECT(clock_source && clock_source->mask == ~0ULL);
	EXPECT(hpet.counter < 1000);
	EXPECT_EQ(hpet.cfg, HPET_CFG_ENABLE | HPET_CFG_LEGACY);
	EXPECT_EQ(hpet_nr_timers, TIMERS);
	EXPECT(hpet_resource.parent == &early_resource);
	hpet_insert_resource();
	EXPECT(hpet_resource.parent == &iomem_resource);
}

/* Nothing comes on irq 0: it has its old device again. */
TEST(no_interrupt)
{
	start();
	strikes = false;
	hpet.cfg &= ~HPET_CFG_LEGACY;
	hpet_clockevent_init();
	EXPECT_EQ(handlers, 1);
	EXPECT_EQ(hpet.cfg, HPET_CFG_ENABLE);
}

/* What does not count, or makes no sense, is given back. */
TEST(no_hpet)
{
	start();
	release_resource(&hpet_resource);
	hpet_regs = NULL;
	hpet.step = 0;
	hpet_init();
	EXPECT(!hpet_available() && !mapped && !hpet_resource.parent);
	hpet.id = 0;
	hpet_init();
	EXPECT(!hpet_available() && !mapped && !hpet_resource.parent);
}

/* Steps of the counter from the first read of hpet_read_counter() on; what it says then. */
static u64 read_with(u64 counter, u64 a, u64 b, u64 c)
{
	start();
	hpet.counter = counter;
	hpet.step = 0;
	hpet.steps[0] = a;
	hpet.steps[1] = b;
	hpet.steps[2] = c;
	hpet.nr_steps = 3;
	return hpet_read_counter();
}

/* The halves are of one time, wherever between the reads the low one wraps. */
TEST(counter_that_wraps_between_two_reads)
{
	EXPECT_EQ(read_with(0x1ffffffff, 0, 0, 0), 0x1ffffffff);
	EXPECT_EQ(read_with(0x1ffffffff, 1, 0, 0), 0x200000000);
	EXPECT_EQ(read_with(0x1ffffffff, 0, 1, 0), 0x200000000);
	EXPECT_EQ(read_with(0x1ffffffff, 0, 0, 1), 0x200000000);
	EXPECT_EQ(read_with(0x1fffffffe, 1, 1, 1), 0x200000001);
	start();
	hpet.step = 0x40000001; /* it never stands still: no end all the same, and no way back */
	for (u64 last = 0, now, i = 0; i < 1000; i++, last = now) {
		now = hpet_read_counter();
		EXPECT(now > last);
	}
}

TEST(counter_of_32_bits)
{
	start();
	hpet_regs = NULL;
	release_resource(&hpet_resource);
	hpet.id &= ~HPET_ID_64BIT;
	hpet_init();
	hpet.counter = 0x512345678;
	hpet.step = 0;
	EXPECT_EQ(hpet_read_counter(), 0x12345678);
}

/* The device itself looks on: see write_timer_cfg(). */
TEST(a_comparator_is_on_once_it_has_a_time)
{
	u32 now;

	start();
	hpet.counter = 0xfffffff0;
	hpet.cmp[0] = 5; /* near, from before */
	event_device->set_state_oneshot(event_device);
	EXPECT_EQ(hpet.tn_cfg[0] & (HPET_TN_ENABLE | HPET_TN_PERIODIC | HPET_TN_LEVEL),
		  HPET_TN_ENABLE);
	EXPECT(hpet.cmp[0] - (u32)hpet.counter > 0x70000000);
	now = (u32)hpet.counter;
	EXPECT_EQ(event_device->set_next_event(1000, event_device), 0);
	EXPECT(hpet.cmp[0] - now >= 1000 && hpet.cmp[0] - now < 1020);
	hpet.step = 600; /* it has passed by the time that it is written */
	EXPECT_EQ(event_device->set_next_event(1000, event_device), -ETIME);
	hpet.step = 3;
	hpet.period[0] = 0;
	event_device->set_state_periodic(event_device);
	EXPECT_EQ(hpet.tn_cfg[0] & (HPET_TN_ENABLE | HPET_TN_PERIODIC | HPET_TN_LEVEL),
		  HPET_TN_ENABLE | HPET_TN_PERIODIC);
	EXPECT_EQ(hpet.period[0], 57274);
	EXPECT(hpet.cmp[0] - (u32)hpet.counter <= 57274);
	/* Slow: the first strike would be missed, and is set again with more lead. */
	hpet.step = 30000;
	event_device->set_state_periodic(event_device);
	event_device->set_state_shutdown(event_device);
	EXPECT_EQ(hpet.tn_cfg[0] & HPET_TN_ENABLE, 0);
	EXPECT((s32)(hpet.cmp[0] - (u32)hpet.counter) > -3 * (s32)hpet.step);
}
