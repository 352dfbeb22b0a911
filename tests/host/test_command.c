// SPDX-License-Identifier: MIT
// sources: kernel/core/command.c
/* Keys typed while a command runs: ^C is noticed, all else is kept in its order. */
#include "kernel/core/command.h"
#include "tests/host/test.h"

static const char *keys = "";

int console_getchar(void)
{
	return *keys ? (u8)*keys++ : -1;
}

TEST(widths_of_words)
{
	EXPECT_EQ(command_width("md", 4), 4);
	EXPECT_EQ(command_width("md.b", 4), 1);
	EXPECT_EQ(command_width("md.w", 4), 2);
	EXPECT_EQ(command_width("REG.l", 0), 4);
	EXPECT_EQ(command_width("x.q", 1), 8);
	EXPECT_EQ(command_width("md.", 4), 0);
	EXPECT_EQ(command_width("md.x", 4), 0);
	EXPECT_EQ(command_width("md.bb", 4), 0);
}

TEST(keys_are_kept_and_interrupt)
{
	command_begin();
	EXPECT(!command_interrupted());
	keys = "ab";
	EXPECT(!command_interrupted());
	keys = "c\003d\377";
	EXPECT(command_interrupted());
	EXPECT(command_interrupted()); /* until the next begins */
	keys = "e";
	for (const char *want = "abcd\377e"; *want; want++)
		EXPECT_EQ(command_getchar(), (u8)*want);
	EXPECT_EQ(command_getchar(), -1);
	command_begin();
	EXPECT(!command_interrupted());
	EXPECT_EQ(command_getchar(), -1);
	keys = "\003"; /* at the prompt it is a key as any other */
	EXPECT_EQ(command_getchar(), 3);
	EXPECT(!command_interrupted());
}

TEST(no_room_loses_keys_but_no_interrupt)
{
	static char many[1200];

	memset(many, 'x', sizeof(many) - 2);
	many[sizeof(many) - 2] = 3;
	keys = many;
	EXPECT(command_interrupted());
	for (unsigned int i = 0; i < 1024; i++)
		EXPECT_EQ(command_getchar(), 'x');
	EXPECT_EQ(command_getchar(), -1);
}

TEST(a_failure_is_kept)
{
	EXPECT(!command_failed());
	command_end(0);
	EXPECT(!command_failed());
	command_end(-EINTR);
	command_end(0);
	EXPECT(command_failed());
}
