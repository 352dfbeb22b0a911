// SPDX-License-Identifier: MIT
// sources: kernel/core/resource.c kernel/core/region.c kernel/core/cmdline.c kernel/lib/tree.c
/*
 * The AT's clocks against chips that notice the wrong order, or use the moment: a count of the 8254 that is read
 * without a latch or written by halves, an update of the MC146818 between two reads, a PM timer that is caught while it carries.
 */
#include "kernel/irq/irq.h"
#include "tests/host/fake_device.h"

#define pr_fmt(fmt) fmt
#include "drivers/clock/pit.c"

#undef pr_fmt
#include "drivers/clock/rtc.c"
#undef pr_fmt
#define pr_fmt(fmt) fmt
#include "drivers/clock/pm_timer.c"

/* ---- the chips ---- */

/* A channel of the 8254: its mode, the count, and which byte of it is next. */
static struct channel {
	u8 mode, written[2];
	unsigned int nr_written, nr_latched;
	u16 count, latch;
} channel[3];
static u16 step = 7; /* of the counts, at each latch */

static u8 cmos_index = 0xff;
static u8 cmos[128];
static unsigned int updating,
	update_after; /* so many reads of A show it; and the date moves after so many reads */

static u32 pm_count, pm_glitch; /* the read from now on that is wrong: 0 for none */

static void write_control(u8 value)
{
	if (value >> 6 == 3) { /* read-back: D5 clear, the counts; D3 to D1, of which channels */
		EXPECT_EQ(value & 0x31, 0x10);
		for (unsigned int n = 0; n < 3; n++) {
			struct channel *c = &channel[n];

			if (!(value & 2U << n))
				continue;
			EXPECT_EQ(c->nr_latched, 0); /* the one before was read to its end */
			c->count = (u16)(c->count - step);
			c->latch = c->count;
			c->nr_latched = 2;
		}
		return;
	}
	EXPECT_EQ(value >> 4 & 3, 3); /* low byte, then high byte */
	EXPECT_EQ(channel[value >> 6].nr_written % 2, 0);
	channel[value >> 6].mode = value >> 1 & 7;
	channel[value >> 6].nr_written = 0;
}

static void write_channel(struct channel *c, u8 value)
{
	c->written[c->nr_written++ % 2] = value;
	if (c->nr_written % 2 == 0)
		c->count = (u16)(c->written[0] | c->written[1] << 8);
}

static u8 read_channel(struct channel *c)
{
	EXPECT(c->nr_latched); /* a count that goes on may carry between its bytes */
	if (!c->nr_latched)
		return 0;
	return c->nr_latched-- == 2 ? (u8)c->latch : (u8)(c->latch >> 8);
}

/* Each access selects its register anew: whoever comes in between leaves another. */
static u8 read_cmos(void)
{
	u8 index = cmos_index;

	EXPECT(index < 0x80); /* bit 7 would keep NMIs out */
	cmos_index = 0xff;
	if (index == 0x0a)
		return updating && updating-- ? 0x80 : 0;
	if (index < 0x0a && update_after && !--update_after) {
		cmos[0] = 0; /* 23:59:59 of the last day of the year is over */
		cmos[2] = 0;
		cmos[4] = 0;
		cmos[7] = cmos[8] = 1;
		cmos[9] = 0x25;
	}
	return cmos[index & 0x7f];
}

static u64 device_read(unsigned long addr, unsigned int size)
{
	if (addr == 0x608) {
		u32 value = pm_count;

		EXPECT_EQ(size, 4);
		pm_count += 2;
		if (pm_glitch && !--pm_glitch)
			value -= 0x10000;
		return value;
	}
	EXPECT_EQ(size, 1);
	if (addr == 0x61)
		return 0xff;
	if (addr == 0x71)
		return read_cmos();
	EXPECT(addr >= 0x40 && addr <= 0x42);
	return read_channel(&channel[addr - 0x40]);
}

static u8 speaker;

static void device_write(unsigned long addr, unsigned int size, u64 value)
{
	EXPECT_EQ(size, 1);
	if (addr == 0x61)
		speaker = (u8)value;
	else if (addr == 0x70)
		cmos_index = (u8)value;
	else if (addr == 0x43)
		write_control((u8)value);
	else
		write_channel(&channel[addr - 0x40], (u8)value);
}

/* ---- the rest of the machine ---- */

struct fadt_info acpi_fadt;
static unsigned int registered;
static s64 wall;

int clocksource_register(struct clocksource *cs)
{
	(void)cs;
	registered++;
	return 0;
}

void ktime_set_real(s64 ns)
{
	wall = ns / (s64)NSEC_PER_SEC;
}

bool pnp_find_ports(const char *const ids[], struct resource *ports)
{
	(void)ids;
	*ports = (struct resource){ .start = 0x70, .end = 0x77, .flags = IORESOURCE_IO };
	return true;
}

void __iomem *ioremap(phys_addr_t phys, unsigned long size)
{
	(void)phys;
	(void)size;
	return NULL;
}

const struct clock_event_device *clockevents_device(unsigned int cpu)
{
	(void)cpu;
	return NULL;
}

struct irq_data *irq_get_data(int irq)
{
	(void)irq;
	return NULL;
}

int request_irq(int irq, irq_handler_t handler, unsigned long flags, const char *name, void *dev_id)
{
	(void)irq;
	(void)handler;
	(void)flags;
	(void)name;
	(void)dev_id;
	return 0;
}

void free_irq(int irq, void *dev_id)
{
	(void)irq;
	(void)dev_id;
}

bool clockevents_try_and_register(struct clock_event_device *dev, u64 hz, u64 min_ticks,
				  u64 max_ticks)
{
	(void)dev;
	(void)hz;
	(void)min_ticks;
	(void)max_ticks;
	return true;
}

u64 clockevents_period_ticks(const struct clock_event_device *dev)
{
	(void)dev;
	return 4772;
}

/* ---- the 8254 ---- */

TEST(pit_counts_by_latches)
{
	u64 last;

	channel[0].mode = 2; /* firmware's tick */
	pit_init();
	EXPECT_EQ(registered, 1);
	EXPECT_EQ(speaker, 0x0d); /* the gate; no sound, and NMIs as they were */
	EXPECT_EQ(channel[2].mode, 0);
	EXPECT_EQ(channel[0].mode, 0); /* quiet */
	channel[2].count = 0x0103;
	last = pit_read(NULL);
	EXPECT_EQ(last, (u16) - (0x0103 - 7));
	for (unsigned int i = 0; i < 1000; i++, last += 7)
		EXPECT_EQ(pit_read(NULL), (u16)(last + 7));
}

TEST(pit_takes_low_byte_then_high)
{
	pit_clockevent.set_state_oneshot(&pit_clockevent);
	EXPECT_EQ(channel[0].mode, 4);
	pit_clockevent.set_next_event(0x1234, &pit_clockevent);
	EXPECT_EQ(channel[0].count, 0x1234);
	pit_clockevent.set_next_event(0x00ff, &pit_clockevent);
	EXPECT_EQ(channel[0].count, 0x00ff);
	pit_clockevent.set_state_periodic(&pit_clockevent);
	EXPECT_EQ(channel[0].mode, 2);
	EXPECT_EQ(channel[0].count, 4772);
	EXPECT_EQ(channel[0].nr_written, 2); /* since the mode was written: it counts from there */
	pit_clockevent.set_state_shutdown(&pit_clockevent);
	EXPECT_EQ(channel[0].mode, 0);
}

/* ---- the MC146818 ---- */

static void set_date(void)
{
	static const u8 last_second[10] = { 0x59, 0, 0x59, 0, 0x23, 0, 0, 0x31, 0x12, 0x24 };

	memcpy(cmos, last_second, sizeof(last_second));
	cmos[0x0b] = 2; /* 24 hours, two decimal digits */
	cmos[0x32] = 0x20;
}

#define NEW_YEAR_2025 1735689600LL

/* Wherever between two reads the year ends, the date is of one second or of the next. */
TEST(rtc_is_updated_between_two_reads)
{
	acpi_fadt.century = 0x32;
	set_date();
	rtc_init();
	EXPECT_EQ(wall, NEW_YEAR_2025 - 1);
	for (unsigned int i = 1; i < 20; i++) {
		set_date();
		update_after = i;
		wall = 0;
		set_wall_clock_once();
		EXPECT(wall == NEW_YEAR_2025 || (wall == NEW_YEAR_2025 - 1 && i > 11));
		update_after = 0;
	}
}

TEST(rtc_that_updates_is_waited_for)
{
	set_date();
	updating = 100;
	wall = 0;
	set_wall_clock_once();
	EXPECT_EQ(wall, NEW_YEAR_2025 - 1);
	EXPECT_EQ(updating, 0);
	updating = 1000000; /* for ever */
	wall = 0;
	set_wall_clock_once();
	EXPECT_EQ(wall, 0);
	EXPECT(test_log_has("the clock has no date"));
	updating = 0;
}

/* ---- the PM timer ---- */

TEST(pm_timer_caught_while_it_carries)
{
	acpi_fadt.pm_tmr = (struct acpi_gas){ .space_id = ACPI_SPACE_IO, .address = 0x608 };
	acpi_fadt.pm_tmr_len = 4;
	registered = 0;
	acpi_pm_timer_init();
	EXPECT_EQ(registered, 1);
	for (u64 last = pm_timer_read(&clocksource_acpi_pm), i = 0; i < 100; i++) {
		u64 now;

		pm_glitch = i % 3;
		now = pm_timer_read(&clocksource_acpi_pm);
		EXPECT(((now - last) & 0xffffff) < 100);
		last = now;
	}
}
