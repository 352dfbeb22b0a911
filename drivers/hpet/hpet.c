// SPDX-License-Identifier: MIT
/*
 * The HPET as a clock: found, claimed, mapped, checked, set counting.
 *
 * One main counter and up to 32 comparators ("timers") live in 1 KiB of
 * memory-mapped registers.  Only the ACPI table tells where: an address that is
 * usual is no proof.  The claim is made before the mapping, among the early chips;
 * hpet_insert_resource() takes it into the register once the things around it are known.  Programs
 * may map the counter all the same, as on Linux (/dev/mem).
 *
 * The counter runs for ever after boot, because time is told by it; clockevent.c sets
 * comparators without touching it.
 */
#define pr_fmt(fmt) "hpet: " fmt
#include "drivers/hpet/hpet.h"

#include "drivers/acpi/table/actbl.h"
#include "drivers/hpet/regs.h"
#include "kernel/core/cmdline.h"
#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/lib/errno.h"
#include "kernel/time/clocksource.h"
#include "mm/ioremap.h"

#define COUNTER_TRIES  3
#define COUNT_ATTEMPTS 10000 /* reads within which a working counter has moved */
#define FSEC_PER_SEC   1000000000000000ULL

void __iomem *hpet_regs;
unsigned int hpet_nr_timers;
u64 hpet_hz;
static bool counter_64bit;
u32 hpet_used = BIT(0) | BIT(1); /* the two of legacy replacement (2.3.5.3) */
phys_addr_t hpet_address;
static u32 period_fs;
static char name[12];
static struct resource hpet_resource = {
	.name = name, .flags = IORESOURCE_MEM | IORESOURCE_BUSY | IORESOURCE_MAPPABLE
};

bool hpet_available(void)
{
	return hpet_regs != NULL;
}

u32 hpet_period_fs(void)
{
	return period_fs;
}

/*
 * An 8-byte read may be split in two by the bus or the emulator and tear where
 * the low half wraps between them, so the halves are read here, and the high
 * one again: if it moved, the low one belongs to an unknown one.
 */
u64 hpet_read_counter(void)
{
	u32 high, low, again;

	if (!counter_64bit)
		return hpet_readl(HPET_COUNTER);
	again = hpet_readl(HPET_COUNTER + 4);
	/* The high half moves once in 40 s or more: a second try is right, a third one breaks. */
	for (unsigned int i = 0; i < COUNTER_TRIES; i++) {
		high = again;
		low = hpet_readl(HPET_COUNTER);
		again = hpet_readl(HPET_COUNTER + 4);
		if (high == again)
			break;
	}
	return (u64)high << 32 | low;
}

static u64 clocksource_read(struct clocksource *cs)
{
	(void)cs;
	return hpet_read_counter();
}

static struct clocksource clocksource_hpet = {
	.name = "hpet",
	.rating = 250,
	.mask = 0xffffffff,
	.read = clocksource_read,
};

/* Halt, silence every timer, clear what is pending, count from 0. */
static void __init reset_hpet(void)
{
	hpet_writel(hpet_readl(HPET_CFG) & ~(HPET_CFG_ENABLE | HPET_CFG_LEGACY), HPET_CFG);
	for (unsigned int n = 0; n < hpet_nr_timers; n++) {
		u32 cfg = hpet_readl(HPET_Tn_CFG(n));

		cfg &= ~(HPET_TN_ENABLE | HPET_TN_LEVEL | HPET_TN_PERIODIC | HPET_TN_FSB |
			 HPET_TN_ROUTE_MASK);
		hpet_writel(cfg, HPET_Tn_CFG(n));
	}
	hpet_writel(0xffffffff, HPET_STATUS); /* 2.3.6: write 1 to clear */
	hpet_writel(0, HPET_COUNTER);	      /* 2.3.7: only while halted */
	hpet_writel(0, HPET_COUNTER + 4);
	hpet_writel(hpet_readl(HPET_CFG) | HPET_CFG_ENABLE, HPET_CFG);
}

static bool __init counts(void)
{
	u64 start = hpet_read_counter();

	for (unsigned int i = 0; i < COUNT_ATTEMPTS; i++)
		if (hpet_read_counter() != start)
			return true;
	return false;
}

/* Believe nothing that the mapped registers say before it is checked. */
static int __init check_registers(void)
{
	u32 id = hpet_readl(HPET_ID);
	u32 period = hpet_readl(HPET_PERIOD);

	if (!(id & HPET_ID_REV_MASK) || period == 0 || period > HPET_MAX_PERIOD_FS) {
		pr_err("id 0x%08x with a period of %u fs makes no sense\n", id, period);
		return -ENODEV;
	}
	period_fs = period;
	counter_64bit = id & HPET_ID_64BIT;
	hpet_nr_timers = (id >> HPET_ID_LAST_SHIFT & HPET_ID_LAST_MASK) + 1;
	if (HPET_Tn_CFG(hpet_nr_timers) > HPET_SIZE)
		hpet_nr_timers = (HPET_SIZE - HPET_Tn_CFG(0)) / 0x20;
	reset_hpet();
	if (!counts()) {
		pr_err("the counter does not count\n");
		return -ENODEV;
	}
	return 0;
}

/* Claim, map, check; all undone on failure. */
static int __init setup_hpet(void)
{
	struct resource *conflict = request_resource_conflict(&early_resource, &hpet_resource);
	int ret = -ENOMEM;

	if (conflict) {
		pr_err("%pR is held by %s\n", &hpet_resource, conflict->name);
		return -EBUSY;
	}
	hpet_regs = ioremap(hpet_resource.start, HPET_SIZE);
	if (hpet_regs)
		ret = check_registers();
	if (!ret)
		return 0;
	iounmap(hpet_regs);
	hpet_regs = NULL;
	release_resource(&hpet_resource);
	return ret;
}

/* The resource from the table: 0, or -ENODEV after a line. */
static int __init find_hpet(void)
{
	const struct acpi_table_header *h = acpi_get_table("HPET", 0);
	phys_addr_t addr = h ? hpet_table_address(h) : 0;

	if (!addr || addr + HPET_SIZE < addr) {
		pr_info("%s\n", h ? "the ACPI table names no usable address" : "none here");
		return -ENODEV;
	}
	scnprintf(name, sizeof(name), "HPET %u", ((const struct acpi_hpet *)h)->number);
	hpet_resource.start = addr;
	hpet_resource.end = addr + HPET_SIZE - 1;
	hpet_address = addr;
	return 0;
}

void __init hpet_init(void)
{
	if (find_hpet())
		return;
	if (cmdline_value_is("hpet", "disable")) {
		pr_info("left alone: hpet=disable\n");
		return;
	}
	if (setup_hpet())
		return;
	pr_info("%pR, %u timers, %u-bit counter, %u fs a tick\n", &hpet_resource, hpet_nr_timers,
		counter_64bit ? 64 : 32, period_fs);
	hpet_hz = clocksource_hpet.hz = (FSEC_PER_SEC + period_fs / 2) / period_fs;
	if (counter_64bit)
		clocksource_hpet.mask = ~0ULL;
	clocksource_register(&clocksource_hpet);
	hpet_clockevent_init();
}

void __init hpet_insert_resource(void)
{
	if (!hpet_resource.start)
		return;
	if (hpet_resource.parent)
		release_resource(&hpet_resource);
	if (insert_resource(&iomem_resource, &hpet_resource))
		pr_err("%pR does not fit into the register\n", &hpet_resource);
}
