// SPDX-License-Identifier: MIT
// sources: kernel/core/json.c kernel/core/sink.c
/* Where the boot's time goes, by marks at times that the test chooses. */
#include "kernel/core/sink.h"
#include "kernel/time/time.h"
#include "tests/host/test.h"

static u64 now, rate;

#define rdtsc()	 now
#define tsc_hz() rate
#undef pr_fmt
#define pr_fmt(fmt) fmt
#include "kernel/time/bootstage.c"

static const char *show(const char *word)
{
	static char text[4096];
	struct buffer_sink out;
	char option[8], *argv[] = { "bootstage", option, NULL };

	strscpy(option, word ?: "", sizeof(option));
	buffer_sink_init(&out, text, sizeof(text));
	text[0] = '\0';
	EXPECT_EQ(cmd_bootstage(&out.sink, word ? 2 : 1, argv), 0);
	return text;
}

static void boot(void)
{
	nr_marks = 0;
	rate = 3000000000; /* a tick is a third of a nanosecond */
	now = 1000;
	bootstage_mark("first");
	now += 6000000001;
	bootstage_mark("second");
	now += 4500;
	bootstage_mark("monitor");
}

/* A stage is what lies between its mark and the next; the last mark is the end. */
TEST(a_stage_lasts_until_the_next)
{
	boot();
	EXPECT_EQ(bootstage_total(), 6000004501);
	EXPECT_STR(show(NULL), "Stage                               TSC ticks Microseconds\n"
			       "first                              6000000001      2000000\n"
			       "second                                   4500            1\n"
			       "All of the boot                    6000004501      2000001\n");
}

TEST(a_rate_that_is_not_known)
{
	boot();
	rate = 0;
	EXPECT_STR(show(NULL), "Stage                               TSC ticks\n"
			       "first                              6000000001\n"
			       "second                                   4500\n"
			       "All of the boot                    6000004501\n");
	EXPECT(strstr(show("-j"), "\"seconds\": null"));
}

/* Minutes of a fast processor, whose ticks in nanoseconds are more than 64 bits on the way. */
TEST(a_long_boot)
{
	rate = 4294967295;
	EXPECT_EQ(ticks_to_ns(rate * 3600, rate), 3600 * NSEC_PER_SEC);
	EXPECT_EQ(ticks_to_ns(rate * 3600 + rate / 3, rate),
		  3600 * NSEC_PER_SEC + NSEC_PER_SEC / 3);
}

TEST(more_marks_than_there_is_room_for)
{
	char *argv[] = { "bootstage", "-k", "-j" };
	struct sink out;

	nr_marks = 0;
	for (now = 0; now < MAX_MARKS; now++)
		bootstage_mark("one");
	EXPECT_EQ(bootstage_total(), MAX_MARKS - 1);
	expect_warns(1);
	bootstage_mark("more");
	EXPECT_EQ(bootstage_total(), MAX_MARKS - 1);
	EXPECT_EQ(cmd_bootstage(&out, 2, argv), -EINVAL);
	EXPECT_EQ(cmd_bootstage(&out, 3, argv), -EINVAL);
}
