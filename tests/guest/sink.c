// SPDX-License-Identifier: MIT
/* Commands into a buffer: the words that the console shows, and no more than there is room for. */
#include "kernel/core/sink.h"

#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/monitor/monitor.h"
#include "mm/vmalloc.h"
#include "tests/guest/guest_test.h"

#define TEXT_BYTES 65536

/* A console that keeps what it is given, while a test listens.  Consoles stay for ever. */
static struct buffer_sink heard;
static bool listening;

static void hear(struct console *con, const char *s, size_t n)
{
	(void)con;
	if (listening)
		sink_write(&heard.sink, s, n);
}

static struct console ear = { .name = "ear", .write = hear };

GUEST_TEST(sink, a_buffer_has_what_the_console_shows)
{
	static const char *const commands[] = {
		"e820", "iomem",    "ioports",	  "mtrr all",
		"help", "md 80000", "md.b zzz 1", "no_such_command"
	};
	char *shown = vzalloc(TEXT_BYTES), *kept = vzalloc(TEXT_BYTES);
	struct buffer_sink buffer;

	ASSERT(shown && kept);
	register_console(&ear);
	for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++) {
		int ret;

		buffer_sink_init(&heard, shown, TEXT_BYTES);
		listening = true;
		ret = monitor_execute(&console_sink, commands[i]);
		listening = false;
		buffer_sink_init(&buffer, kept, TEXT_BYTES);
		EXPECT_EQ(monitor_execute(&buffer.sink, commands[i]), ret);
		EXPECT(heard.len > 0 && heard.lost == 0);
		if (strcmp(kept, shown) != 0)
			guest_fail(__FILE__, __LINE__, "%s differs", commands[i]);
	}
	vfree(shown);
	vfree(kept);
}

GUEST_TEST(sink, a_small_buffer_says_what_is_missing)
{
	struct buffer_sink buffer;
	char text[100];
	size_t all;

	buffer_sink_init(&buffer, text, sizeof(text));
	EXPECT_EQ(monitor_execute(&buffer.sink, "ioports"), 0);
	EXPECT_EQ(buffer.len, sizeof(text) - 1);
	EXPECT_EQ(text[sizeof(text) - 1], '\0');
	EXPECT(buffer.lost > 0);
	all = buffer.len + buffer.lost;
	buffer_sink_init(&buffer, text, 1);
	EXPECT_EQ(monitor_execute(&buffer.sink, "ioports"), 0);
	EXPECT_EQ(buffer.lost, all);
}
