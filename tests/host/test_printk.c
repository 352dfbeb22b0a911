// SPDX-License-Identifier: MIT
// sources: kernel/core/printk.c
/*
 * The ring and the consoles.  Both live as long as the program, so the tests
 * build on each other in the order of this file: first there is no console, then
 * one, from `second_console` on two.
 */
#include "kernel/core/spinlock.h"
#include "tests/host/test.h"

/* The ring's own copies, in the middle of which an NMI or a fault may strike. */
static void (*in_copy)(void); /* once, */
static unsigned int copies_before;

static void *copy(void *to, const void *from, size_t n)
{
	void (*strike)(void) = copies_before ? NULL : in_copy;

	if (in_copy && copies_before)
		copies_before--;
	if (strike)
		in_copy = NULL;
	memcpy(to, from, n / 2);
	if (strike)
		strike();
	memcpy((u8 *)to + n / 2, (const u8 *)from + n / 2, n - n / 2);
	return to;
}

#undef memcpy
#define memcpy copy
#include "kernel/core/printk_ring.c"
#undef memcpy
#define memcpy k_memcpy

struct capture {
	struct console con;
	char text[1 << 20];
	size_t len;
	void (*in_write)(struct capture *c); /* a fault strikes in write(): called once */
};

static void capture_write(struct console *con, const char *s, size_t n)
{
	struct capture *c = container_of(con, struct capture, con);
	void (*strike)(struct capture * c) = c->in_write;

	c->in_write = NULL;
	while (n--) {
		c->text[c->len++] = *s++;
		if (strike && n <= 1) {
			strike(c); /* in the middle of a piece */
			strike = NULL;
		}
	}
	c->text[c->len] = 0;
}

static int next_key = -1;

static int capture_getchar(struct console *con)
{
	int key = next_key;

	(void)con;
	next_key = -1;
	return key;
}

static struct capture first = { .con = { "first", capture_write, NULL, NULL } };
static struct capture second = { .con = { "second", capture_write, NULL, capture_getchar, NULL } };

/* What the first console got since the last call. */
static const char *said(void)
{
	static char text[sizeof(first.text)];

	memcpy(text, first.text, first.len + 1);
	first.len = 0;
	first.text[0] = 0;
	return text;
}

TEST(replay_on_register)
{
	test_clock_ns = 0;
	printk(KERN_INFO "before any console\n");
	test_clock_ns = 1500000;
	printk(KERN_DEBUG "too fine for a console\n");
	printk(KERN_WARNING "two\nlines\n");
	printk(KERN_INFO "half");
	test_clock_ns = 12345678901;
	printk(KERN_INFO "%s %d\n", "whole", 42);
	EXPECT_EQ(console_getchar(), -1);
	register_console(&first.con);
	EXPECT_STR(said(), "[    0.000000] before any console\n"
			   "[    0.001500] two\n"
			   "[    0.001500] lines\n"
			   "[    0.001500] half\n"
			   "[   12.345678] whole 42\n");
	register_console(&first.con); /* again: nothing twice */
	EXPECT_STR(said(), "");
}

TEST(continued_lines)
{
	printk(KERN_INFO "a");
	EXPECT_STR(said(), "[    0.000000] a"); /* at once: what comes next may hang */
	printk(KERN_CONT " b");
	EXPECT_STR(said(), " b");
	printk(KERN_CONT " c\n");
	EXPECT_STR(said(), " c\n");
	printk(KERN_CONT "orphan\n"); /* nothing to go on with: a line of its own */
	EXPECT_STR(said(), "[    0.000000] orphan\n");
	printk(KERN_INFO "x");
	printk(KERN_INFO "y\n");
	printk(KERN_CONT "z\n");
	EXPECT_STR(said(), "[    0.000000] x\n[    0.000000] y\n[    0.000000] z\n");
	printk(KERN_INFO "p\nq");
	printk(KERN_CONT "r\ns\n");
	EXPECT_STR(said(), "[    0.000000] p\n[    0.000000] qr\n[    0.000000] s\n");
}

TEST(levels)
{
	printk("no level\n");
	printk(KERN_DEBUG "debug\n");
	printk(KERN_DEBUG "debug");
	printk(KERN_CONT " more\n");
	printk(KERN_EMERG "emerg\n");
	EXPECT_STR(said(), "[    0.000000] no level\n[    0.000000] emerg\n");
	console_set_loglevel(3);
	printk(KERN_WARNING "warning\n");
	printk(KERN_ERR "err\n");
	EXPECT_STR(said(), "[    0.000000] err\n");
	console_set_loglevel(7);
	printk(KERN_DEBUG "debug\n");
	EXPECT_STR(said(), "[    0.000000] debug\n"); /* not those that were held back */
	console_set_loglevel(6);
	EXPECT_EQ(printk(KERN_INFO "%s", ""), 0);
	EXPECT_EQ(printk("%s", ""), 0);
	EXPECT_EQ(printk(KERN_INFO "four\n"), 5);
	said();
}

TEST(command_output)
{
	char text[1100];

	sink_printf(&console_sink, "> ");
	printk(KERN_INFO "an interrupt\n"); /* does not stick to the prompt */
	sink_printf(&console_sink, "%s\n", "done");
	printk(KERN_INFO "next\n");
	EXPECT_STR(said(), "> \n[    0.000000] an interrupt\ndone\n[    0.000000] next\n");
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = 0;
	EXPECT_EQ(sink_printf(&console_sink, "%s", text), 1023);
	EXPECT_EQ(strlen(said()), 1023);
	console_write("\n", 1);
	console_write("", 0);
	EXPECT_STR(said(), "\n");
}

TEST(long_message_is_cut)
{
	char text[1500];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = 0;
	printk(KERN_INFO "%s\n", text);
	printk(KERN_INFO "next\n");
	said();
	printk(KERN_INFO "%.600s", text);
	printk(KERN_CONT "%.600s\n", text); /* does not fit into one record */
	EXPECT_EQ(strlen(said()), 15 + 600 + 1 + 15 + 600 + 1);
}

static void nested_printk(struct capture *c)
{
	(void)c;
	printk(KERN_ERR "fault at %d\n", 7);
	printk(KERN_ERR "half");
	printk(KERN_CONT " and half\n");
}

/* The text gets out before write() goes on: a panic's write() would never do so. */
TEST(message_from_within_write)
{
	first.in_write = nested_printk;
	printk(KERN_INFO "outer text\n");
	EXPECT_STR(said(), "[    0.000000]\n"
			   "[    0.000000] fault at 7\n"
			   "[    0.000000] half and half\n"
			   " outer text\n");
	printk(KERN_INFO "after\n");
	EXPECT_STR(said(), "[    0.000000] after\n");
}

static void nested_command(struct capture *c)
{
	(void)c;
	sink_printf(&console_sink, "<in>");
	dmesg_dump(&console_sink);
}

TEST(command_output_from_within_write)
{
	first.in_write = nested_printk;
	sink_printf(&console_sink, "abc\n");
	EXPECT_STR(said(), "abc\n"
			   "[    0.000000] fault at 7\n"
			   "[    0.000000] half and half\n"
			   "\n");
	first.in_write = nested_command;
	sink_printf(&console_sink, "abc\n");
	EXPECT(strncmp(said(), "abc<in>[    0.000000] before any console\n", 40) == 0);
	console_write("\n", 1);
	said();
}

TEST(second_console)
{
	const char *replayed = second.text;

	printk(KERN_INFO "open");
	register_console(&second.con);
	EXPECT(strncmp(replayed, "[    0.000000] before any console\n", 34) == 0);
	EXPECT(!strstr(replayed, "debug more"));
	EXPECT(strstr(replayed, "fault at 7\n"));
	EXPECT_STR(strstr(replayed, "[    0.000000] after\n"), "[    0.000000] after\n"
							       "[    0.000000] fault at 7\n"
							       "[    0.000000] half and half\n"
							       "[    0.000000] open");
	second.len = 0;
	said();
	printk(KERN_CONT " end\n"); /* the record was closed: two lines, on both */
	EXPECT_STR(said(), "\n[    0.000000]  end\n");
	EXPECT_STR(second.text, "\n[    0.000000]  end\n");
	next_key = 'k';
	EXPECT_EQ(console_getchar(), 'k');
	EXPECT_EQ(console_getchar(), -1);
}

TEST(dmesg_has_all_levels)
{
	static char copy[sizeof(first.text)];
	struct buffer_sink buffer;
	const char *text;

	said();
	dmesg_dump(&console_sink);
	text = said();
	EXPECT(strstr(text, "[    0.000000] before any console\n"
			    "[    0.001500] too fine for a console\n") == text);
	EXPECT(strstr(text, "[    0.000000] debug more\n"));
	EXPECT(strstr(text, "[    0.000000] fault at 7\n"));
	buffer_sink_init(&buffer, copy, sizeof(copy));
	dmesg_dump(&buffer.sink); /* to somewhere else: the same, and nothing on the console */
	EXPECT_STR(copy, text);
	EXPECT_STR(said(), "");
}

static char model[8 << 20];
static size_t model_len;

/* What dmesg writes is the end of the model, from a record's first byte on, and not too short. */
static void check_dmesg(void)
{
	const char *text = first.text;
	size_t len;

	first.len = second.len = 0;
	dmesg_dump(&console_sink);
	len = first.len;
	ASSERT(len > 50000 && len < 80000);
	ASSERT(memcmp(text, model + model_len - len, len) == 0);
	ASSERT(text[0] == '[');
}

static void random_text(char *text, size_t max)
{
	size_t n = test_random() % max;

	text[n] = 0;
	while (n--)
		text[n] = (char)('a' + test_random() % 26);
}

/* Random messages and continuations, many times round the ring. */
TEST(ring_wraps)
{
	char text[400];
	int i, pieces;

	for (i = 0; i < 20000; i++) {
		test_clock_ns = (u64)i * 1000000;
		first.len = second.len = 0;
		random_text(text, test_random() % 2 ? 20 : sizeof(text));
		printk(KERN_INFO "<%s", text);
		for (pieces = test_random() % 4; pieces; pieces--) {
			random_text(text, 60);
			printk(KERN_CONT "%s", text);
		}
		memcpy(model + model_len, first.text, first.len);
		model_len += first.len;
		if (model_len > 100000 && test_random() % 16 == 0)
			check_dmesg();
		printk(KERN_CONT "\n");
		model[model_len++] = '\n';
		if (model_len > sizeof(model) - 2000) {
			memmove(model, model + model_len - 200000, 200000);
			model_len = 200000;
		}
	}
}

static void flood(struct capture *c)
{
	int i;

	for (i = 0; i < 3000; i++)
		printk(KERN_DEBUG "flood %04d from a fault in write(), more than the ring holds\n",
		       i);
	printk(KERN_INFO "the last\n");
	c->len = 0;
}

/* What the ring lost before a console could show it is counted. */
TEST(dropped_messages_are_said)
{
	char *text = first.text;

	first.len = second.len = 0;
	first.in_write = flood;
	printk(KERN_INFO "before\n");
	text[first.len] = 0;
	printk(KERN_INFO "after\n");
	EXPECT(strstr(text, " printk messages dropped **\n"));
	EXPECT(!strstr(text, "flood"));
	EXPECT(strstr(text, "] after\n"));
}

/* As many from another CPU, which leaves them to who has the consoles. */
static void flood_elsewhere(struct capture *c)
{
	(void)c;
	lock_owner_id = 2;
	for (int i = 0; i < 3000; i++)
		printk(KERN_INFO
		       "another CPU's %04d, long enough to be told apart where it is cut\n",
		       i);
	lock_owner_id = 1;
}

/* Where the first part of what was lost had been shown, what remains is shown from its beginning. */
TEST(dropped_in_the_middle_of_a_record)
{
	const char *said_so;

	first.len = second.len = 0;
	first.in_write = flood_elsewhere;
	printk(KERN_INFO "half of a line, whose other half is lost");
	said_so = strstr(first.text, " printk messages dropped **\n");
	ASSERT(said_so);
	EXPECT(strstr(first.text, "told apart") > said_so);
	EXPECT(strncmp(strstr(said_so, "\n"), "\n[", 2) == 0);
	EXPECT(strstr(first.text, "whose other half is lost\n** "));
	EXPECT(strstr(first.text,
		      "another CPU's 2999, long enough to be told apart where it is cut\n"));
}

static void printk_elsewhere(struct capture *c)
{
	(void)c;
	lock_owner_id = 2;
	printk(KERN_INFO "from another CPU\n");
	lock_owner_id = 1;
}

/* It finds the consoles taken and goes: whoever holds them writes its message. */
TEST(message_of_another_cpu_meanwhile)
{
	test_clock_ns = 0;
	said();
	first.in_write = printk_elsewhere;
	printk(KERN_INFO "message\n");
	EXPECT_STR(said(), "[    0.000000] message\n"
			   "[    0.000000] from another CPU\n");
	first.in_write = printk_elsewhere;
	sink_printf(&console_sink, "output\n");
	EXPECT_STR(said(), "output\n"
			   "[    0.000000] from another CPU\n");
	first.in_write = printk_elsewhere;
	dmesg_dump(&console_sink);
	EXPECT(strstr(said(), "] message\n[    0.000000] from another CPU\n"));
}

static void printk_on(unsigned int cpu, const char *text)
{
	cpu_number = cpu;
	lock_owner_id = cpu + 1;
	printk("%s", text);
	cpu_number = 0;
	lock_owner_id = 1;
}

/* A piece belongs to what its own CPU has begun, and to nobody else's. */
TEST(continued_on_two_cpus)
{
	said();
	printk_on(0, KERN_INFO "one: a");
	printk_on(1, KERN_INFO "two: a");
	printk_on(0, KERN_CONT " b\n");
	printk_on(1, KERN_CONT " b\n");
	EXPECT_STR(said(), "[    0.000000] one: a\n[    0.000000] two: a\n"
			   "[    0.000000]  b\n[    0.000000]  b\n");
	printk_on(1, KERN_INFO "two: a");
	printk_on(1, KERN_CONT " b\n");
	EXPECT_STR(said(), "[    0.000000] two: a b\n");
}

/* Records whole, without the newline; one that is open is waited for. */
TEST(records_for_programs)
{
	struct kmsg_record rec;
	u64 pos = kmsg_end();
	u32 number;

	said();
	EXPECT(!kmsg_next(&pos, &rec));
	test_clock_ns = 5000;
	printk(KERN_ERR "one");
	EXPECT(!kmsg_next(&pos, &rec));
	printk(KERN_CONT " and more\n");
	ASSERT(kmsg_next(&pos, &rec));
	number = rec.number;
	EXPECT_EQ(rec.len, strlen("one and more"));
	EXPECT(!memcmp(rec.text, "one and more", rec.len));
	EXPECT_EQ(rec.prio, 3);
	EXPECT_EQ(rec.ns, 5000);
	EXPECT(!kmsg_next(&pos, &rec));
	EXPECT_EQ(pos, kmsg_end());
	said();
	printk_emit(1 << 3 | 7, "user's\n", 7); /* the console's level is of the level alone */
	EXPECT_STR(said(), "");
	printk_emit(255 << 3 | 3, "user's\n", 7);
	EXPECT_STR(said(), "[    0.000005] user's\n");
	ASSERT(kmsg_next(&pos, &rec) && kmsg_next(&pos, &rec));
	EXPECT_EQ(rec.prio, 255 << 3 | 3);
	EXPECT_EQ(rec.number, number + 2);
	EXPECT_EQ(rec.len, 6);
	test_clock_ns = 0;
}

/* What was overwritten is passed over, and missed by its number. */
TEST(records_that_are_lost)
{
	struct kmsg_record rec;
	u64 pos = kmsg_end(), first;
	u32 number;

	printk(KERN_DEBUG "first\n");
	first = pos;
	ASSERT(kmsg_next(&first, &rec));
	number = rec.number;
	for (int i = 0; i < 4000; i++)
		printk(KERN_DEBUG "%d\n", i);
	ASSERT(kmsg_next(&pos, &rec));
	EXPECT(rec.number > number + 1);
	number = rec.number;
	ASSERT(kmsg_next(&pos, &rec));
	EXPECT_EQ(rec.number, number + 1);
	said();
}

static void printk_in_copy(void)
{
	printk(KERN_ERR "from within the ring\n");
	printk(KERN_DEBUG "too fine\n");
}

/* It is written at once, since it may be the last there is, and not kept: the ring is half way. */
static void check_message_from_within_the_ring(void)
{
	struct kmsg_record rec;
	u64 pos = kmsg_end();

	said();
	in_copy = printk_in_copy;
	printk(KERN_INFO "outer\n");
	EXPECT(!in_copy);
	EXPECT_STR(said(), "[    0.000000] from within the ring\n[    0.000000] outer\n");
	ASSERT(kmsg_next(&pos, &rec));
	EXPECT_EQ(rec.len, 5);
	EXPECT(!memcmp(rec.text, "outer", rec.len));
	EXPECT(!kmsg_next(&pos, &rec));
	/* What is read for a console, a piece that is appended, and what is read for dmesg. */
	in_copy = printk_in_copy;
	copies_before = 1;
	printk(KERN_INFO "read\n");
	EXPECT(!in_copy);
	EXPECT_STR(said(), "[    0.000000] from within the ring\n[    0.000000] read\n");
	ASSERT(kmsg_next(&pos, &rec));
	printk(KERN_INFO "begun");
	in_copy = printk_in_copy;
	printk(KERN_CONT " and ended\n");
	EXPECT_STR(said(), "[    0.000000] begun\n[    0.000000] from within the ring\n"
			   "[    0.000000]  and ended\n");
	ASSERT(kmsg_next(&pos, &rec));
	EXPECT_EQ(rec.len, strlen("begun and ended"));
	in_copy = printk_in_copy;
	dmesg_dump(&console_sink);
	EXPECT(strstr(said(), "from within the ring\n"));
	EXPECT(!in_copy);
}

TEST(message_from_within_the_ring)
{
	check_message_from_within_the_ring();
}

TEST(panic_shows_all_levels)
{
	said();
	printk_panic(false);
	printk(KERN_DEBUG "debug\n");
	EXPECT_STR(said(), "[    0.000000] debug\n");
}
