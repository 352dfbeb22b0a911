// SPDX-License-Identifier: MIT
// sources: kernel/core/reserve.c kernel/core/cmdline.c kernel/lib/tree.c kernel/core/region.c kernel/core/resource.c
/* reserve=: ports and memory, as Linux 6.1 enters them, and what cannot be. */
#include "kernel/core/cmdline.h"
#include "kernel/core/resource.h"
#include "tests/host/test.h"

static char dump[1024];

static const char *lines(struct resource *root)
{
	struct buffer_sink text;

	buffer_sink_init(&text, dump, sizeof(dump));
	resource_dump(&text.sink, root);
	return dump;
}

static void boot(const char *words)
{
	boot_command_line[0] = 0;
	cmdline_append(words);
	test_log_clear();
	reserve_setup();
}

/* Four in all, so one boot after the other. */
TEST(reserve)
{
	request_region(0x60, 1, "keyboard");
	boot("reserve=0x300,32,0xf0000000,4096");
	EXPECT_STR(test_log(), "");
	EXPECT_STR(lines(&ioport_resource), "0060-0060 : keyboard\n0300-031f : reserved\n");
	EXPECT_STR(lines(&iomem_resource), "f0000000-f0000fff : reserved\n");
	EXPECT(!request_region(0x310, 4, "a driver"));
	boot("reserve=0x60,4 reserve=0x330");
	EXPECT(test_log_has("keyboard"));
	EXPECT(test_log_has("not start,size"));
	boot("reserve=0x400,0,0xffffffffffffffff,2");
	EXPECT(test_log_has("0x400,0 ignored"));
	EXPECT(test_log_has("0xffffffffffffffff,0x2 ignored"));
	boot("reserve=0x340,1,junk");
	EXPECT(test_log_has("junk"));
	boot("reserve=768K,1");
	EXPECT(test_log_has("not start,size"));
	boot("reserve=" /* what is too long is said, and hides nothing behind it */
	     "0x350,2,0x360,2,0x360,2,0x360,2,0x360,2,0x360,2,0x360,2,0x360,2,0x360,2,0x360,2,0x360,2,"
	     "0x360,2,0x360,2,0x360,2,0x360,2,0x360,2,0x360,2 reserve=junk");
	EXPECT(test_log_has("reserve=0x350,2,0x360,2,0x360,2,0x360,2,...: too long"));
	EXPECT(test_log_has("reserve=junk: "));
	boot("reserve=0x350,2 reserve=0x360,1");
	EXPECT(test_log_has("there are 4 already"));
	EXPECT_STR(lines(&ioport_resource), "0060-0060 : keyboard\n0300-031f : reserved\n"
					    "0340-0340 : reserved\n0350-0351 : reserved\n");
}
