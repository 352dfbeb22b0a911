// SPDX-License-Identifier: MIT
/* md and mw by virtual addresses: they count by what they are mapped to. */
#include "kernel/core/cmdline.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/monitor/monitor.h"
#include "mm/vmalloc.h"
#include "tests/guest/guest_test.h"

static char answer[256];

static int ask(const char *command, const volatile void *address, const char *rest)
{
	struct buffer_sink text;
	char line[80];

	snprintf(line, sizeof(line), "%s %lx %s", command, (unsigned long)address, rest);
	buffer_sink_init(&text, answer, sizeof(answer));
	return monitor_execute(&text.sink, line);
}

GUEST_TEST(memcmd, vmalloc_address_is_ram)
{
	volatile u64 *v = vmalloc(2 * PAGE_SIZE);

	if (cmdline_value_is("iomem", "relaxed")) {
		guest_skip("iomem=relaxed lets RAM be written");
		return;
	}
	ASSERT(v);
	v[0] = 0x1122334455667788;
	EXPECT_EQ(ask("md.q", v, "1"), 0);
	EXPECT(strstr(answer, ": 1122334455667788 "));
	EXPECT_EQ(ask("mw.q", v, "0"), -EPERM);
	EXPECT_EQ(v[0], 0x1122334455667788);
	EXPECT(strstr(answer, "is System RAM, "));
	EXPECT(strstr(answer, "allocated by "));
	EXPECT(strstr(answer, "iomem=relaxed"));
	EXPECT_EQ(ask("mm.q", v, "1 2"), -EPERM);
	EXPECT_EQ(ask("mm.q", v, "1 x"),
		  -EINVAL); /* all are looked at before the first is written */
	EXPECT_EQ(v[0], 0x1122334455667788);
	EXPECT_EQ(ask("md.q", v + PAGE_SIZE / 8 - 1, "2"), 0); /* over a border of pages */
	EXPECT_EQ(ask("md.b", (char *)v + 2 * PAGE_SIZE - 1, "2"),
		  -EFAULT); /* into the guard page */
	EXPECT(strstr(answer, "is mapped nowhere"));
	vfree((const void *)v);
}
