// SPDX-License-Identifier: MIT
/*
 * Where the boot's time goes.
 *
 * A mark is a name and the time stamp counter, which counts from the first line of C on; what a stage cost
 * is the distance to the next mark.  Under QEMU's -icount shift=0 a tick is an instruction.  Marks are kept for ever:
 * the command bootstage shows them.
 */
#include "kernel/time/bootstage.h"

#include "kernel/core/command.h"
#include "kernel/core/json.h"
#include "kernel/core/panic.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/time/time.h"

#define MAX_MARKS 40

static struct bootstage {
	const char *name;
	u64 tsc;
} mark[MAX_MARKS];
static unsigned int nr_marks; /* both are written by the boot alone */

void bootstage_mark(const char *name)
{
	if (WARN(nr_marks == MAX_MARKS, "no room for the boot's stage %s\n", name))
		return;
	mark[nr_marks].name = name;
	mark[nr_marks++].tsc = rdtsc();
}

u64 bootstage_total(void)
{
	return mark[nr_marks - 1].tsc - mark[0].tsc;
}

/* Below 2^32 Hz; 0 where the rate is unknown. */
static u64 ticks_to_ns(u64 ticks, u64 hz)
{
	return hz ? ticks / hz * NSEC_PER_SEC + ticks % hz * NSEC_PER_SEC / hz : 0;
}

static void put_ticks(struct json *j, const char *ticks_name, const char *seconds_name, u64 ticks)
{
	u64 hz = tsc_hz();

	json_number(j, ticks_name, ticks);
	if (hz)
		json_seconds(j, seconds_name, ticks_to_ns(ticks, hz));
	else
		json_null(j, seconds_name);
}

static void show_json(struct sink *out)
{
	struct json j = json_to(out);

	json_open(&j, NULL, '{');
	json_number(&j, "hz", tsc_hz());
	put_ticks(&j, "ticks", "seconds", bootstage_total());
	json_open(&j, "stages", '[');
	for (const struct bootstage *m = mark; m + 1 < mark + nr_marks; m++) {
		json_open(&j, NULL, '{');
		json_string(&j, "name", m->name);
		put_ticks(&j, "start_ticks", "start", m->tsc - mark[0].tsc);
		put_ticks(&j, "ticks", "seconds", m[1].tsc - m->tsc);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_end(&j, '}');
}

static void show_line(struct sink *out, const char *name, u64 ticks)
{
	u64 hz = tsc_hz(), us = ticks_to_ns(ticks, hz) / NSEC_PER_USEC;

	sink_printf(out, "%-32s %12lu", name, ticks);
	if (hz)
		sink_printf(out, " %12lu", us);
	sink_printf(out, "\n");
}

static void show_text(struct sink *out)
{
	sink_printf(out, "%-32s %12s%s\n", "Stage", "TSC ticks", tsc_hz() ? " Microseconds" : "");
	for (const struct bootstage *m = mark; m + 1 < mark + nr_marks; m++)
		show_line(out, m->name, m[1].tsc - m->tsc);
	show_line(out, "All of the boot", bootstage_total());
}

static int cmd_bootstage(struct sink *out, int argc, char **argv)
{
	if (argc > 2 || (argc == 2 && strcmp(argv[1], "-j") != 0))
		return -EINVAL;
	if (argc == 2)
		show_json(out);
	else
		show_text(out);
	return 0;
}
MONITOR_COMMAND(bootstage, "[-j]", "where the boot's time went; -j: as JSON", cmd_bootstage);
