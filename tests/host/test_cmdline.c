// SPDX-License-Identifier: MIT
// sources: kernel/core/cmdline.c
/* Words, values, quotes, and what does not fit. */
#include "kernel/core/cmdline.h"
#include "tests/host/test.h"

static void set(const char *words)
{
	boot_command_line[0] = 0;
	cmdline_append(words);
}

TEST(append_normalises_blanks)
{
	set("  console=ttyS0\t mem=1G \n");
	EXPECT_STR(boot_command_line, "console=ttyS0 mem=1G");
	cmdline_append("");
	cmdline_append("   ");
	EXPECT_STR(boot_command_line, "console=ttyS0 mem=1G");
	cmdline_append("noapic\n");
	EXPECT_STR(boot_command_line, "console=ttyS0 mem=1G noapic");
}

/* Of the first word, too, which has no blank in front. */
TEST(append_closes_a_quote)
{
	set("run=\"help");
	cmdline_append("mem=1G");
	EXPECT_STR(boot_command_line, "run=\"help\" mem=1G");
	cmdline_append("name=\"a b");
	cmdline_append("noapic");
	EXPECT_STR(boot_command_line, "run=\"help\" mem=1G name=\"a b\" noapic");
}

TEST(has_takes_whole_names)
{
	set("noapic hpet=disable nosmp=");
	EXPECT(cmdline_has("noapic"));
	EXPECT(cmdline_has("hpet"));
	EXPECT(cmdline_has("nosmp"));
	EXPECT(!cmdline_has("noapi"));
	EXPECT(!cmdline_has("noapics"));
	EXPECT(!cmdline_has("disable"));
	EXPECT(!cmdline_has("hpet=disable"));
	EXPECT(!cmdline_has(""));
}

TEST(get_nth)
{
	char buf[16];

	set("memmap=1M$2M memmap memmap=3M#4M other=x memmap=");
	EXPECT_EQ(cmdline_get("memmap", 0, buf, sizeof(buf)), 5);
	EXPECT_STR(buf, "1M$2M");
	EXPECT_EQ(cmdline_get("memmap", 1, buf, sizeof(buf)), 5);
	EXPECT_STR(buf, "3M#4M");
	EXPECT_EQ(cmdline_get("memmap", 2, buf, sizeof(buf)), 0);
	EXPECT_STR(buf, "");
	EXPECT_EQ(cmdline_get("memmap", 3, buf, sizeof(buf)), -ENOENT);
	EXPECT_EQ(cmdline_get("absent", 0, buf, sizeof(buf)), -ENOENT);
}

TEST(get_cuts_off)
{
	char buf[4];

	set("a=123 b=1234");
	EXPECT_EQ(cmdline_get("a", 0, buf, sizeof(buf)), 3);
	EXPECT_STR(buf, "123");
	EXPECT_EQ(cmdline_get("b", 0, buf, sizeof(buf)), -E2BIG);
	EXPECT_STR(buf, "123");
	EXPECT_EQ(cmdline_get("b", 0, buf, 0), -E2BIG);
	EXPECT(test_log_has("b=1234...: too long"));
}

TEST(next_leaves_out_what_is_cut_off)
{
	unsigned int n = 0;
	char buf[4];

	set("b=1234 b=12 a=1 b=123456 b=123");
	EXPECT_EQ(cmdline_next("b", &n, buf, sizeof(buf)), 2);
	EXPECT_STR(buf, "12");
	EXPECT_EQ(cmdline_next("b", &n, buf, sizeof(buf)), 3);
	EXPECT_STR(buf, "123");
	EXPECT_EQ(cmdline_next("b", &n, buf, sizeof(buf)), -ENOENT);
}

TEST(quotes)
{
	char buf[64];

	set("run=\"iomem; poweroff\" \"who=a b\" x=\"\" \"alone\"");
	EXPECT_EQ(cmdline_get("run", 0, buf, sizeof(buf)), 15);
	EXPECT_STR(buf, "iomem; poweroff");
	EXPECT_EQ(cmdline_get("who", 0, buf, sizeof(buf)), 3);
	EXPECT_STR(buf, "a b");
	EXPECT_EQ(cmdline_get("x", 0, buf, sizeof(buf)), 0);
	EXPECT(cmdline_has("alone"));
	EXPECT(!cmdline_has("poweroff"));
	EXPECT(!cmdline_has("b"));
	/* A backslash is a letter, and so is a single quote, as in Linux. */
	set("a=\"x\\\" b='y z'");
	EXPECT_EQ(cmdline_get("a", 0, buf, sizeof(buf)), 2);
	EXPECT_STR(buf, "x\\");
	EXPECT_EQ(cmdline_get("b", 0, buf, sizeof(buf)), 2);
	EXPECT(cmdline_has("z'"));
}

/* An open quote ends with the text that it came in, not in what the next loader adds. */
TEST(open_quote)
{
	char buf[64];

	set("a=1 run=\"iomem; help");
	cmdline_append("mem=64M");
	EXPECT_EQ(cmdline_get("run", 0, buf, sizeof(buf)), 11);
	EXPECT_STR(buf, "iomem; help");
	EXPECT_EQ(cmdline_get("mem", 0, buf, sizeof(buf)), 3);
	set("\"");
	EXPECT(!cmdline_has("anything"));
}

TEST(dash_is_underscore_in_names)
{
	char buf[8];

	set("no-hlt max_cpus=a-b");
	EXPECT(cmdline_has("no_hlt"));
	EXPECT(cmdline_has("no-hlt"));
	EXPECT_EQ(cmdline_get("max-cpus", 0, buf, sizeof(buf)), 3);
	EXPECT_STR(buf, "a-b");
}

TEST(value_is)
{
	set("hpet=forcex,disablex,y");
	EXPECT(!cmdline_value_is("hpet", "force"));
	EXPECT(!cmdline_value_is("hpet", "disable"));
	set("hpet=force,disable pci=nocrs, hpet=verbose quoted=\"a b,c\"");
	EXPECT(cmdline_value_is("hpet", "force"));
	EXPECT(cmdline_value_is("hpet", "disable"));
	EXPECT(cmdline_value_is("hpet", "verbose"));
	EXPECT(!cmdline_value_is("hpet", "disabled"));
	EXPECT(!cmdline_value_is("hpet", "dis"));
	EXPECT(!cmdline_value_is("hpet", "able"));
	EXPECT(cmdline_value_is("pci", "nocrs"));
	EXPECT(!cmdline_value_is("pci", "force"));
	EXPECT(cmdline_value_is("quoted", "a b"));
	EXPECT(cmdline_value_is("quoted", "c"));
	set("hpet");
	EXPECT(!cmdline_value_is("hpet", "disable"));
}

/* Whole words only: half of mem=1024M would be another machine. */
TEST(what_does_not_fit_is_left_out_and_said)
{
	char word[101];
	int i;

	boot_command_line[0] = 0;
	memset(word, 'w', 100);
	word[100] = 0;
	for (i = 0; i < 20; i++) /* 20 * 101 - 1 = 2019 bytes */
		cmdline_append(word);
	EXPECT_STR(test_log(), "");
	cmdline_append("mem=012345678901234567890123 b=1"); /* with a blank and the 0: 2049 */
	EXPECT(test_log_has("cmdline: cut off at \"mem=012345678901234567890123\""));
	EXPECT(!cmdline_has("mem"));
	EXPECT(!cmdline_has("b")); /* what stands behind it is not there either */
	cmdline_append("mem=\"1234567890123456789012"); /* the quote to close it does not fit */
	EXPECT(!cmdline_has("mem"));
	cmdline_append("mem=01234567890123456789012");
	EXPECT_EQ(strlen(boot_command_line), COMMAND_LINE_SIZE - 1);
	EXPECT(cmdline_has("mem"));
	cmdline_append("c");
	EXPECT(!cmdline_has("c"));
}

TEST(cut_word)
{
	char open[] = "a=1 run=\"x; y", one[] = "mem=12", none[] = "  ";

	cmdline_cut_word(open); /* the value is a part of the word */
	EXPECT_STR(open, "a=1 ");
	cmdline_cut_word(one);
	EXPECT_STR(one, "");
	cmdline_cut_word(none);
	EXPECT_EQ(strlen(none) <= 2, 1);
}

/* Any bytes at all: no question reads outside the buffer or finds what is not there. */
TEST(random_bytes)
{
	static const char alphabet[] = "ab=\", -_\t;";
	char text[300], buf[10];
	int i, j;

	for (i = 0; i < 5000; i++) {
		for (j = 0; j < 299; j++)
			text[j] = alphabet[test_random() % (sizeof(alphabet) - 1)];
		text[test_random() % 300] = 0;
		text[299] = 0;
		set(text);
		EXPECT(!cmdline_has("c"));
		EXPECT(cmdline_get("a", test_random() % 5, buf, test_random() % 11) <= 9);
		cmdline_value_is("ab", "b");
	}
}

static const struct cmdline_word known[] = {
	{ "noapic", false },
	{ "mem", true },
	{ "page_poison", true },
};

static const char *check(const char *words)
{
	set(words);
	test_log_clear();
	cmdline_check(known, known + ARRAY_SIZE(known));
	return test_log();
}

TEST(known_words_are_not_mentioned)
{
	EXPECT_STR(check(""), "");
	EXPECT_STR(check("noapic mem=1G page-poison=on noapic=1 \"mem=2G\""), "");
	EXPECT_STR(check("module.parameter=1 module.flag"), "");
}

/* As Linux 6.1: those without a value first, and a dot in a value is none in the name. */
TEST(unknown_words_are_listed_once)
{
	EXPECT_STR(
		check("a=1 noapic b mem=1 run=\"x; y\" ro mem2=5 file=a.b"),
		"Unknown kernel command line parameters \"b ro a=1 run=\"x; y\" mem2=5 file=a.b\", "
		"will be passed to user space.\n");
}

TEST(missing_values_are_said)
{
	EXPECT_STR(check("mem noapic mem=1"), "Malformed early option 'mem'\n");
}
