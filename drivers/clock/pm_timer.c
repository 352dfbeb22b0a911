// SPDX-License-Identifier: MIT
/*
 * The ACPI PM timer (ACPI 6.5, 4.8.3.3): 3579545 Hz, 24 or 32 bits, counting
 * whatever power state the CPU is in.
 */
#include "drivers/acpi/table/acpi.h"
#include "drivers/clock/clock.h"
#include "kernel/core/printk.h"
#include "kernel/cpu/port.h"
#include "kernel/time/clocksource.h"
#include "mm/io.h"
#include "mm/ioremap.h"

#define PM_TIMER_HZ    3579545
#define COUNT_ATTEMPTS 10000 /* reads within which a working counter has moved */
#define CLOSE_TICKS    16    /* 4.5 us: two reads in a row are not further apart */
#define READ_ATTEMPTS  4

static u16 port;
static void __iomem *regs;

static u64 pm_timer_read(struct clocksource *cs);

static struct clocksource clocksource_acpi_pm = {
	.name = "acpi_pm",
	.rating = 200,
	.mask = 0xffffff,
	.hz = PM_TIMER_HZ,
	.read = pm_timer_read,
};

static u32 read_once(void)
{
	return regs ? readl(regs) : inl(port);
}

/*
 * Early PIIX4s do not latch the count, so a read may catch it half carried
 * (82371AB errata): a value counts when the next one confirms it.
 */
static u64 pm_timer_read(struct clocksource *cs)
{
	u32 before = read_once(), now = before;

	for (unsigned int i = 0; i < READ_ATTEMPTS; i++, before = now) {
		now = read_once();
		if (((now - before) & cs->mask) < CLOSE_TICKS)
			break;
	}
	return now & cs->mask;
}

/* It moves, and only forwards. */
static bool __init counts(void)
{
	struct clocksource *cs = &clocksource_acpi_pm;
	u64 start = cs->read(cs), delta = 0;

	for (unsigned int i = 0; i < COUNT_ATTEMPTS && !delta; i++)
		delta = (cs->read(cs) - start) & cs->mask;
	return delta && delta < cs->mask / 2;
}

static bool __init find_register(const struct acpi_gas *gas)
{
	if (!gas->address || acpi_fadt.pm_tmr_len != 4)
		return false;
	if (gas->space_id == ACPI_SPACE_IO && gas->address <= 0xfffc)
		port = (u16)gas->address;
	else if (gas->space_id == ACPI_SPACE_MEMORY)
		regs = ioremap(gas->address, 4);
	return port || regs;
}

void __init acpi_pm_timer_init(void)
{
	if (!find_register(&acpi_fadt.pm_tmr)) {
		pr_info("acpi_pm: no PM timer\n");
		return;
	}
	if (acpi_fadt.pm_tmr_32bit)
		clocksource_acpi_pm.mask = 0xffffffff;
	if (counts())
		clocksource_register(&clocksource_acpi_pm);
	else
		pr_warn("acpi_pm: the counter at 0x%llx does not count\n",
			(unsigned long long)acpi_fadt.pm_tmr.address);
}
