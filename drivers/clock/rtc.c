// SPDX-License-Identifier: MIT
/*
 * The AT's clock with its battery (MC146818), which knows the date.
 *
 * Two ports: the first selects a register, the second is its contents.  The
 * namespace tells where they are (PNP0B00) and how many the chip decodes; without
 * it they are where every AT has them, 0070 and 0071.
 *
 * Registers change once a second and may be half changed when read, so a reading
 * counts when a second one is the same (datasheet, "Update cycle").  Register 0b
 * tells whether they are binary or two decimal digits, and 12 or 24 hours.
 *
 * The year has two digits.  Which register has the century is for firmware to say
 * (ACPI 6.5, table 5.9: CENTURY); where it does not, or where that register was never
 * set, this kernel is of the century that is meant.
 */
#define pr_fmt(fmt) "rtc: " fmt
#include "drivers/acpi/device.h"
#include "drivers/acpi/table/acpi.h"
#include "drivers/clock/clock.h"
#include "kernel/core/command.h"
#include "kernel/core/printk.h"
#include "kernel/core/spinlock.h"
#include "kernel/cpu/port.h"
#include "kernel/lib/errno.h"
#include "kernel/time/time.h"
#include "kernel/time/timespec.h"

#define RTC_STATUS_A	 0x0a
#define RTC_UPDATING	 BIT(7)
#define RTC_STATUS_B	 0x0b
#define RTC_BINARY	 BIT(2)
#define RTC_24_HOURS	 BIT(1)
#define RTC_AFTERNOON	 BIT(7) /* of the hours, where they count to 12 */
#define RTC_FIRST_FREE	 0x0e	/* the clock's own registers lie below */
#define RTC_LAST	 0x7f	/* bit 7 of the index is no part of it */
#define FIRST_CENTURY	 19	/* when the first such chip was built */
#define OUR_CENTURY	 20
#define UPDATE_ATTEMPTS	 10000 /* an update takes 2 ms, a port read about 1 us */
#define READING_ATTEMPTS 3
#define DAYS_TO_1970	 719468 /* from the first of March of the year 0 */

/* The register of each, and where the reading goes. */
enum { SECOND, MINUTE, HOUR, DAY, MONTH, YEAR, CENTURY, NR_FIELDS };
static const u8 field_register[CENTURY] = { 0x00, 0x02, 0x04, 0x07, 0x08, 0x09 };
static u8 century_register; /* 0: there is none */

static u16 rtc_port;		  /* 0: there is none */
static DEFINE_SPINLOCK(rtc_lock); /* the index port between its two steps */

static const char *const rtc_ids[] = { "PNP0B00", "PNP0B01", "PNP0B02", NULL };

/* Where nobody describes it: the same two lines as on Linux. */
static struct resource rtc_cmos = {
	.name = "rtc_cmos",
	.start = 0x70,
	.end = 0x71,
	.flags = IORESOURCE_IO,
};

static u8 rtc_read(u8 reg)
{
	unsigned long flags;
	u8 value;

	spin_lock_irqsave(&rtc_lock, flags);
	outb(reg, rtc_port); /* bit 7 clear: NMI stays enabled */
	value = inb(rtc_port + 1);
	spin_unlock_irqrestore(&rtc_lock, flags);
	return value;
}

/* All fields as they are in the chip; -EIO where an update never ends. */
static int read_fields(u8 *fields)
{
	unsigned int i;

	for (i = 0; rtc_read(RTC_STATUS_A) & RTC_UPDATING; i++)
		if (i == UPDATE_ATTEMPTS)
			return -EIO;
	for (i = 0; i < CENTURY; i++)
		fields[i] = rtc_read(field_register[i]);
	fields[CENTURY] = century_register ? rtc_read(century_register) : 0;
	return 0;
}

static bool same(const u8 *a, const u8 *b)
{
	for (unsigned int i = 0; i < NR_FIELDS; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

/* From the chip's form to plain numbers: false where they are no date. */
static bool decode(u8 *fields)
{
	u8 mode = rtc_read(RTC_STATUS_B);
	bool afternoon = !(mode & RTC_24_HOURS) && fields[HOUR] & RTC_AFTERNOON;

	if (afternoon)
		fields[HOUR] &= 0x7f;
	for (unsigned int i = 0; i < NR_FIELDS && !(mode & RTC_BINARY); i++)
		fields[i] = (u8)((fields[i] >> 4) * 10 + (fields[i] & 0xf));
	if (!(mode & RTC_24_HOURS))
		fields[HOUR] = (u8)(fields[HOUR] % 12 + (afternoon ? 12 : 0));
	if (fields[CENTURY] < FIRST_CENTURY || fields[CENTURY] > 99)
		fields[CENTURY] = OUR_CENTURY;
	return fields[SECOND] < 60 && fields[MINUTE] < 60 && fields[HOUR] < 24 &&
	       fields[DAY] >= 1 && fields[DAY] <= 31 && fields[MONTH] >= 1 && fields[MONTH] <= 12 &&
	       fields[YEAR] < 100;
}

static int read_date(u8 *fields)
{
	u8 again[NR_FIELDS];

	for (unsigned int i = 0; i < READING_ATTEMPTS; i++) {
		if (read_fields(fields) || read_fields(again))
			return -EIO;
		if (same(fields, again))
			return decode(fields) ? 0 : -EINVAL;
	}
	return -EIO;
}

static void __init find_century(void)
{
	u8 reg = acpi_fadt.century;

	if (reg >= RTC_FIRST_FREE && reg <= RTC_LAST)
		century_register = reg;
	else if (reg)
		pr_warn("firmware has the century in register 0x%02x, which is none for it\n", reg);
}

/* The Gregorian calendar, its years beginning in March: the day that is added stands at the end. */
static s64 seconds_since_1970(const u8 *fields)
{
	s64 month = (fields[MONTH] + 9) % 12, days;
	s64 year = fields[CENTURY] * 100 + fields[YEAR] - (month >= 10);

	days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 306 + 5) / 10 +
	       fields[DAY] - 1 - DAYS_TO_1970;
	return ((days * 24 + fields[HOUR]) * 60 + fields[MINUTE]) * 60 + fields[SECOND];
}

/* The time of day is what the chip says; it is not asked again. */
static void __init set_wall_clock_once(void)
{
	u8 fields[NR_FIELDS];

	if (read_date(fields) == 0)
		ktime_set_real(seconds_since_1970(fields) * (s64)NSEC_PER_SEC);
	else
		pr_warn("the clock has no date: time is counted from 1970\n");
}

void __init rtc_init(void)
{
	struct resource ports;

	find_century();
	if (!pnp_find_ports(rtc_ids, &ports)) {
		if (insert_resource(&ioport_resource, &rtc_cmos))
			return;
		ports = rtc_cmos;
	}
	if (resource_size(&ports) < 2 ||
	    !request_region(ports.start, resource_size(&ports), "rtc0"))
		return;
	rtc_port = (u16)ports.start;
	set_wall_clock_once();
}

static int cmd_date(struct sink *out, int argc, char **argv)
{
	u8 fields[NR_FIELDS];
	int err;

	(void)argv;
	if (argc != 1)
		return -EINVAL;
	if (!rtc_port)
		return -ENODEV;
	err = read_date(fields);
	if (err)
		return err;
	sink_printf(out, "%02u%02u-%02u-%02u %02u:%02u:%02u\n", fields[CENTURY], fields[YEAR],
		    fields[MONTH], fields[DAY], fields[HOUR], fields[MINUTE], fields[SECOND]);
	return 0;
}
MONITOR_COMMAND(date, "", "what the machine's clock says", cmd_date);
