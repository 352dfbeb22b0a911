// SPDX-License-Identifier: MIT
/* in and out: which numbers are ports. */
#include "kernel/core/sink.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/monitor/monitor.h"
#include "tests/guest/guest_test.h"

/* An access that reaches behind the last port is refused, and says why. */
static void expect_beyond(const char *line)
{
	struct buffer_sink text;
	char answer[80];

	buffer_sink_init(&text, answer, sizeof(answer));
	EXPECT_EQ(monitor_execute(&text.sink, line), -ERANGE);
	if (!strstr(answer, ": the last port is ffff\n"))
		guest_fail(__FILE__, __LINE__, "%s: %s", line, answer);
}

/* None is taken for the port that its low bits name. */
GUEST_TEST(portcmd, beyond_the_last_port)
{
	expect_beyond("in 10000");
	expect_beyond("in.w ffff");
	expect_beyond("in.l fffd");
	expect_beyond("in ffffffffffffffff");
	expect_beyond("in.l fffffffffffffffc");
	expect_beyond("out 10080 0");
	expect_beyond("out.w fffffffffffffffe 0");
}
