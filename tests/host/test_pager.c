// SPDX-License-Identifier: MIT
// sources: kernel/monitor/pager.c
/* Pages: what is shown before which key, and that nothing is lost, shown twice or waited for in vain. */
#include "kernel/monitor/pager.h"

#include "kernel/core/command.h"
#include "kernel/monitor/monitor.h"
#include "mm/vmalloc.h"
#include "tests/host/test.h"

#define SCREEN 0x50000
#define MORE   "-- more --\r\033[K"

static char screen[SCREEN + 1];
static size_t used;
static const char *keys;
static bool interrupted;
static const char *lines_word = "4"; /* lines= on the command line */

void console_write(const char *s, size_t n)
{
	ASSERT(n <= SCREEN - used);
	memcpy(screen + used, s, n);
	used += n;
	screen[used] = '\0';
}

int monitor_getchar(void)
{
	EXPECT(*keys); /* else nobody is there, and it waits for ever */
	return *keys ? (unsigned char)*keys++ : 'q';
}

bool command_interrupted(void)
{
	return interrupted;
}

void *vmalloc(unsigned long size)
{
	static char room[0x40000];

	EXPECT_EQ(size, sizeof(room));
	return room;
}

int __cmdline_get(const char *name, unsigned int n, char *buf, size_t size)
{
	EXPECT_STR(name, "lines");
	EXPECT_EQ(n, 0);
	return (int)strscpy(buf, lines_word, size);
}

static void begin(const char *typed)
{
	pager_limit(0);
	pager_init(); /* three lines and the question */
	used = 0;
	screen[0] = '\0';
	keys = typed;
	interrupted = false;
	pager_line();
	pager_begin();
}

static void say(const char *s)
{
	pager_write(s, strlen(s));
}

TEST(off_without_the_word)
{
	EXPECT(!pager_is_on());
	keys = "";
	pager_line();
	pager_begin();
	for (unsigned int i = 0; i < 100; i++)
		say("line\n");
	EXPECT_EQ(used, 500);
	EXPECT(pager_end());
}

TEST(what_fits_is_not_asked_about)
{
	begin("");
	EXPECT(pager_is_on());
	say("1\n2\n");
	say("3\n");
	EXPECT(pager_end());
	EXPECT_STR(screen, "1\n2\n3\n");
}

TEST(a_blank_shows_a_page)
{
	begin("  ");
	say("1\n2\n3\n4\n5\n");
	EXPECT_STR(screen, "1\n2\n3\n");
	say("6\n7\n8");
	EXPECT_STR(screen, "1\n2\n3\n");
	EXPECT(pager_end());
	EXPECT_STR(screen, "1\n2\n3\n" MORE "4\n5\n6\n" MORE "7\n8");
}

TEST(enter_shows_a_line_and_other_keys_nothing)
{
	begin("x\r\033\nq");
	say("1\n2\n3\n4\n5\n6\n");
	EXPECT(pager_end());
	EXPECT_STR(screen, "1\n2\n3\n" MORE "4\n" MORE "5\n" MORE);
}

TEST(the_next_command_goes_on_with_the_page)
{
	begin(" ");
	say("1\n2\n3\n");
	EXPECT(pager_end());
	pager_begin();
	say("a\nb\n");
	EXPECT(pager_end());
	EXPECT_STR(screen, "1\n2\n3\n" MORE "a\nb\n");
}

TEST(no_more_of_one_is_not_the_end_of_the_line)
{
	begin("q");
	say("1\n2\n3\n4\n");
	EXPECT(pager_end());
	pager_begin();
	say("a\nb\nc\n");
	EXPECT(pager_end());
	EXPECT_STR(screen, "1\n2\n3\n" MORE "a\nb\nc\n");
}

TEST(control_c)
{
	begin("\003");
	say("1\n2\n3\n4\n");
	EXPECT(!pager_end());
	EXPECT_STR(screen, "1\n2\n3\n" MORE);

	begin(""); /* while it ran: whoever runs it says so */
	say("1\n2\n3\n4\n");
	interrupted = true;
	pager_end();
	EXPECT_STR(screen, "1\n2\n3\n");
}

TEST(who_is_at_it_for_long_is_watched)
{
	begin("");
	say("1\n2\n3\n4\n");
	test_clock_ns += 2000000001;
	EXPECT_STR(screen, "1\n2\n3\n");
	say("5\n");
	EXPECT_STR(screen, "1\n2\n3\n4\n5\n");
	say("6\n7\n8\n9\n");
	EXPECT(pager_end());
	EXPECT_STR(screen, "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
}

TEST(more_than_can_be_kept_is_shown)
{
	begin("");
	for (unsigned int i = 0; i < 0x9000; i++)
		say("1234567\n");
	EXPECT(pager_end());
	EXPECT_EQ(used, 0x9000 * 8);
}

TEST(a_question_of_the_command_comes_after_its_text)
{
	begin(" \003");
	say("1\n2\n3\n4\n");
	EXPECT(pager_show());
	EXPECT_STR(screen, "1\n2\n3\n" MORE "4\n");
	say("a\nb\nc\nd\n");
	EXPECT(!pager_show());
	EXPECT_STR(screen, "1\n2\n3\n" MORE "4\na\nb\nc\n" MORE);
	EXPECT(pager_end());
}

/* What is no length is said, and changes nothing. */
TEST(lengths_of_the_command_line)
{
	static const struct {
		const char *word;
		bool good, on;
	} words[] = {
		{ "4", true, true },	  { "1", false, true },	  { "0", true, false },
		{ "1001", false, false }, { "1000", true, true }, { "x", false, true },
		{ "2", true, true },
	};

	pager_limit(0);
	for (unsigned int i = 0; i < ARRAY_SIZE(words); i++) {
		lines_word = words[i].word;
		test_log_clear();
		pager_init();
		EXPECT_EQ(test_log_has("not 0 nor 2 to 1000"), !words[i].good);
		EXPECT_EQ(pager_is_on(), words[i].on);
	}
	lines_word = "4";
}

TEST(no_page_is_longer_than_the_screen)
{
	begin("q");
	pager_limit(3);
	pager_init();
	pager_line();
	pager_begin();
	say("1\n2\n3\n");
	EXPECT(pager_end());
	EXPECT_STR(screen, "1\n2\n" MORE);
}

TEST(how_far_it_is_goes_away)
{
	begin("");
	say("1\n");
	pager_note("1/3 a");
	pager_note("2/3 b");
	say("2\n");
	pager_note("3/3 c");
	EXPECT(pager_end());
	EXPECT_STR(screen, "1\n\r\033[K1/3 a\r\033[K2/3 b\r\033[K2\n\r\033[K3/3 c\r\033[K");
}
