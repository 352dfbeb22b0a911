// SPDX-License-Identifier: MIT
/* The HPET: it counts, at the rate that it says.  Its comparators: tests/guest/clockevents.c. */
#include "drivers/hpet/hpet.h"

#include "drivers/acpi/table/acpi.h"
#include "drivers/hpet/regs.h"
#include "kernel/core/resource.h"
#include "kernel/cpu/port.h"
#include "kernel/lib/string.h"
#include "kernel/time/clocksource.h"
#include "kernel/time/time.h"
#include "tests/guest/guest_test.h"

#define PM_TIMER_HZ 3579545ULL
#define SPAN_USEC   10000
#define CLOSE_USEC  20	/* both clocks are read within this, or read again */
#define TOLERANCE   100 /* one part in this many */

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
	EXPECT(hpet_readl(HPET_CFG) & HPET_CFG_ENABLE);
	EXPECT(clocksource_current()->rating >= 250);
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
