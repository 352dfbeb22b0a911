// SPDX-License-Identifier: MIT
/* The HPET: it counts, at the rate that it says, and its interrupts arrive. */
#include "drivers/hpet/hpet.h"

#include "drivers/acpi/table/acpi.h"
#include "drivers/apic/apic.h"
#include "drivers/apic/ioapic.h"
#include "drivers/hpet/regs.h"
#include "kernel/core/resource.h"
#include "kernel/core/spinlock.h"
#include "kernel/cpu/port.h"
#include "kernel/irq/irq.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/time/time.h"
#include "tests/guest/guest_test.h"

#define PM_TIMER_HZ 3579545ULL
#define MASKED_USEC 20000 /* silence for as long shows that nothing comes */
#define DEAD_USEC   400000
#define SPAN_USEC   10000
#define TICK_USEC   1000 /* a slow virtual machine must keep up */
#define CLOSE_USEC  20	 /* both clocks are read within this, or read again */
#define TOLERANCE   100	 /* one part in this many */

static bool have_hpet(void)
{
	if (hpet_available())
		return true;
	guest_skip("no HPET is in use");
	return false;
}

static u64 ticks_to_usec(u64 ticks)
{
	return ticks * hpet_period_fs() / 1000000000;
}

GUEST_TEST(hpet, registers_make_sense)
{
	if (!have_hpet())
		return;
	EXPECT(hpet_period_fs() > 0 && hpet_period_fs() <= HPET_MAX_PERIOD_FS);
	EXPECT_EQ(hpet_readl(HPET_PERIOD), hpet_period_fs());
	EXPECT(hpet_nr_timers >= 1 && hpet_nr_timers <= 32);
	EXPECT_EQ(hpet_readl(HPET_CFG) & (HPET_CFG_ENABLE | HPET_CFG_LEGACY), HPET_CFG_ENABLE);
	EXPECT(strcmp(clocksource_current()->name, "hpet") == 0);
}

GUEST_TEST(hpet, counter_never_goes_back)
{
	u64 first, last, now;

	if (!have_hpet())
		return;
	first = last = hpet_read_counter();
	for (unsigned int i = 0; i < 10000; i++, last = now) {
		now = hpet_read_counter();
		ASSERT(now >= last);
	}
	EXPECT(last > first);
}

/* Both clocks at one instant, bracketed by the HPET; false when the host is too busy. */
static bool read_both(u64 *hpet, u32 *pm)
{
	for (unsigned int i = 0; i < 1000; i++) {
		u64 before = hpet_read_counter();

		*pm = inl((u16)acpi_fadt.pm_tmr.address);
		*hpet = hpet_read_counter();
		if (ticks_to_usec(*hpet - before) < CLOSE_USEC)
			return true;
	}
	return false;
}

GUEST_TEST(hpet, agrees_with_the_pm_timer)
{
	u64 hpet0, hpet1, usec, pm_usec;
	u32 pm0, pm1;

	if (!have_hpet())
		return;
	if (!acpi_fadt.pm_tmr.address || acpi_fadt.pm_tmr.space_id != ACPI_SPACE_IO) {
		guest_skip("no PM timer port");
		return;
	}
	ASSERT(read_both(&hpet0, &pm0));
	udelay(SPAN_USEC);
	ASSERT(read_both(&hpet1, &pm1));
	usec = ticks_to_usec(hpet1 - hpet0);
	pm_usec = ((pm1 - pm0) & 0xffffff) * 1000000ULL / PM_TIMER_HZ;
	EXPECT(usec >= SPAN_USEC);
	EXPECT((usec > pm_usec ? usec - pm_usec : pm_usec - usec) <
	       usec / TOLERANCE + 2 * CLOSE_USEC);
}

GUEST_TEST(hpet, periodic_interrupts_arrive)
{
	struct hpet_tick_result r;
	u64 before, after;
	int ret;

	if (!have_hpet())
		return;
	ret = hpet_tick_run(TICK_USEC, 1, HPET_PATIENCE_USEC, &r);
	if (ret == -ENODEV) {
		guest_skip("no pin delivers");
		return;
	}
	EXPECT_EQ(ret, 0);
	if (!irq_get_data(r.irq)) {
		guest_skip("the pin is held only during a run");
		return;
	}
	before = irq_count(r.irq);
	EXPECT_EQ(hpet_tick_run(TICK_USEC, 10, HPET_PATIENCE_USEC, &r), 0);
	after = irq_count(r.irq);
	EXPECT(r.count >= 10);
	EXPECT(after - before >= 10);
	EXPECT(r.usec >= 10 * TICK_USEC); /* late they may be on a busy host, but never early */
	EXPECT(strcmp(irq_get_data(r.irq)->chip->name, "IO-APIC") == 0);
	EXPECT_EQ(irq_get_data(r.irq)->hwirq, r.pin);
	EXPECT(ioapic_find_pin(r.gsi) && ioapic_find_pin(r.gsi)->irq == r.irq);
}

static bool timers_are_off(void)
{
	for (unsigned int n = 0; n < hpet_nr_timers; n++)
		if (hpet_readl(HPET_Tn_CFG(n)) & HPET_TN_ENABLE)
			return false;
	return true;
}

GUEST_TEST(hpet, stopped_means_stopped)
{
	struct hpet_tick_result r;
	unsigned int count;

	if (!have_hpet())
		return;
	if (hpet_tick_run(TICK_USEC, 5, HPET_PATIENCE_USEC, &r) == -ENODEV) {
		guest_skip("no pin delivers");
		return;
	}
	count = hpet_tick_count();
	udelay(2000);
	EXPECT_EQ(hpet_tick_count(), count);
	EXPECT(timers_are_off());
}

/* Runs behind the driver's own handler, before anything that was interrupted. */
static struct {
	unsigned int last; /* the strike that ends the run */
	bool came, off;
} watch;

static irqreturn_t watch_last_strike(int irq, void *dev_id)
{
	(void)irq;
	(void)dev_id;
	if (hpet_tick_count() == watch.last) {
		watch.came = true;
		watch.off = timers_are_off();
	}
	return IRQ_NONE;
}

/* Strikes may leave no time to whoever counts them, so it is the last one that stops the timer. */
GUEST_TEST(hpet, last_strike_stops_the_timer)
{
	struct hpet_tick_result r;

	if (!have_hpet())
		return;
	if (hpet_tick_run(TICK_USEC, 1, HPET_PATIENCE_USEC, &r) == -ENODEV) {
		guest_skip("no pin delivers");
		return;
	}
	if (!irq_get_data(r.irq)) {
		guest_skip("the pin is held only during a run");
		return;
	}
	ASSERT(request_irq(r.irq, watch_last_strike, IRQF_SHARED, "watch", &watch) == 0);
	watch = (__typeof__(watch)){ .last = hpet_tick_count() + 3 };
	EXPECT_EQ(hpet_tick_run(TICK_USEC, 3, HPET_PATIENCE_USEC, &r), 0);
	EXPECT(watch.came);
	EXPECT(watch.off);
	free_irq(r.irq, &watch);
}

/* So short a lead that the counter may be past it before the timer is on. */
GUEST_TEST(hpet, shortest_period_is_not_missed)
{
	struct hpet_tick_result r;

	if (!have_hpet())
		return;
	if (hpet_tick_run(1, 1, HPET_PATIENCE_USEC, &r) == -ENODEV)
		guest_skip("no pin delivers");
	else
		EXPECT(r.count >= 1);
}

static irqreturn_t nobody(int irq, void *dev_id)
{
	(void)irq;
	(void)dev_id;
	return IRQ_NONE;
}

/* A pin that the mask promises and that is dead, as with KVM's IOAPIC: another is found. */
GUEST_TEST(hpet, dead_pin_is_left)
{
	struct hpet_tick_result r;
	struct irq_data *d;
	bool made;
	u32 dead;
	int ret;

	if (!have_hpet())
		return;
	if (hpet_tick_run(TICK_USEC, 1, HPET_PATIENCE_USEC, &r) == -ENODEV) {
		guest_skip("no pin delivers");
		return;
	}
	hpet_tick_release();
	dead = r.gsi;
	ASSERT(ioapic_find_pin(dead)->irq < 0 || !ioapic_find_pin(dead)->unmasked);
	made = ioapic_find_pin(dead)->irq < 0;
	ret = gsi_to_irq(dead, false, false);
	ASSERT(ret >= 0);
	d = irq_get_data(ret);
	ASSERT(request_irq(d->irq, nobody, IRQF_SHARED, "dead pin", &r) == 0);
	d->chip->irq_mask(d);
	ret = hpet_tick_run(TICK_USEC, 2, DEAD_USEC, &r);
	EXPECT(ret == -ENODEV || (ret == 0 && r.gsi != dead));
	EXPECT(r.count >= 2 || ret != 0);
	hpet_tick_release();
	free_irq(d->irq, &r);
	if (made)
		gsi_free_irq(dead);
	EXPECT_EQ(hpet_tick_run(TICK_USEC, 2, HPET_PATIENCE_USEC, &r), 0);
}

/* The pin's mask is in the way of the interrupt, so it is that pin that brings it. */
GUEST_TEST(hpet, masked_pin_brings_none)
{
	struct hpet_tick_result r;
	struct irq_data *d;
	unsigned long flags;

	if (!have_hpet())
		return;
	if (hpet_tick_run(TICK_USEC, 1, HPET_PATIENCE_USEC, &r) == -ENODEV) {
		guest_skip("no pin delivers");
		return;
	}
	d = irq_get_data(r.irq);
	if (!d) {
		guest_skip("the pin is held only during a run");
		return;
	}
	flags = local_irq_save();
	d->chip->irq_mask(d);
	local_irq_restore(flags);
	EXPECT_EQ(hpet_tick_run(TICK_USEC, 3, MASKED_USEC, &r), -ETIMEDOUT);
	EXPECT_EQ(r.count, 0);
	flags = local_irq_save();
	d->chip->irq_unmask(d);
	local_irq_restore(flags);
	EXPECT_EQ(hpet_tick_run(TICK_USEC, 3, HPET_PATIENCE_USEC, &r), 0);
}

GUEST_TEST(hpet, refuses_nonsense)
{
	struct hpet_tick_result r;

	EXPECT_EQ(hpet_tick_run(0, 1, HPET_PATIENCE_USEC, &r), -EINVAL);
	EXPECT_EQ(hpet_tick_run(1, 0, HPET_PATIENCE_USEC, &r), -EINVAL);
	EXPECT_EQ(hpet_tick_run(2000000, 1, HPET_PATIENCE_USEC, &r), -EINVAL);
	EXPECT_EQ(hpet_tick_run(1, 100000, HPET_PATIENCE_USEC, &r), -EINVAL);
	EXPECT_EQ(hpet_tick_run(1, 1, HPET_PATIENCE_USEC + 1, &r), -EINVAL);
}

/* Its lines in the register: how many, and the last one's size. */
static unsigned int count_lines(const struct resource *parent, resource_size_t *size)
{
	const struct resource *res;
	unsigned int lines = 0;

	for_each_resource_child(res, parent) {
		if (strncmp(res->name, "HPET ", 5) == 0) {
			*size = resource_size(res);
			lines++;
		}
		lines += count_lines(res, size);
	}
	return lines;
}

GUEST_TEST(hpet, stands_in_the_register_once)
{
	resource_size_t size = 0;

	if (!have_hpet())
		return;
	EXPECT_EQ(count_lines(&iomem_resource, &size), 1);
	EXPECT_EQ(size, HPET_SIZE);
}
