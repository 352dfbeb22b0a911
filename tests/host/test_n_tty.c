// SPDX-License-Identifier: MIT
// sources: drivers/tty/n_tty.c
/* The line discipline does what Linux's did: tests/host/n_tty_cases.inc, and what a pty cannot show. */
#include "drivers/tty/n_tty.h"

#include "tests/host/test.h"

enum step_kind { CASE, TYPE, WRITE, READ, MODES };

struct step {
	enum step_kind kind;
	unsigned int iflag, oflag, lflag; /* CASE, MODES */
	const char *text;		  /* typed, written, or what the read gave */
	int len;			  /* of it; -1: the read gave nothing yet */
	int want;			  /* READ */
	const char *shown;
	int shown_len;
	unsigned int signals;
};

#define CASE(i, o, l)			     { CASE, i, o, l, "", 0, 0, "", 0, 0 },
#define TYPE(text, len, shown, n, sig)	     { TYPE, 0, 0, 0, text, len, 0, shown, n, sig },
#define WRITE(text, len, shown, n, sig)	     { WRITE, 0, 0, 0, text, len, 0, shown, n, sig },
#define READ(want, text, len, shown, n, sig) { READ, 0, 0, 0, text, len, want, shown, n, sig },
#define MODES(i, o, l, shown, n, sig)	     { MODES, i, o, l, "", 0, 0, shown, n, sig },

static const struct step steps[] = {
#include "tests/host/n_tty_cases.inc"
};

#undef CASE
#undef TYPE
#undef WRITE
#undef READ
#undef MODES

static struct n_tty tty;
static u8 shown[8192];
static size_t nr_shown;
static unsigned int signals;

static void show(struct n_tty *n, const u8 *s, size_t len)
{
	(void)n;
	memcpy(shown + nr_shown, s, len);
	nr_shown += len;
}

static void signal_came(struct n_tty *n, int sig)
{
	(void)n;
	signals |= 1U << sig;
}

static const struct n_tty_ops ops = { show, signal_came };

/* Linux's for a terminal that is opened. */
static struct ktermios standard(void)
{
	return (struct ktermios){
		.c_iflag = ICRNL | IXON,
		.c_oflag = OPOST | ONLCR,
		.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
		.c_cc = { 3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22 }
	};
}

static void set_modes(const struct step *s, bool begin)
{
	struct ktermios t = standard();

	t.c_iflag = s->iflag;
	t.c_oflag = s->oflag;
	t.c_lflag = s->lflag;
	if (begin)
		n_tty_init(&tty, &ops, &t);
	else
		n_tty_set_termios(&tty, &t);
}

/* As a program reads that does not wait: -1: there is nothing. */
static int read_some(u8 *buf, size_t want)
{
	bool end;
	size_t n;

	if (!n_tty_readable(&tty, 1))
		return -1;
	n = n_tty_read(&tty, buf, want, &end);
	if (n == want && !end)
		n_tty_skip_eof(&tty);
	return (int)n;
}

static void do_step(const struct step *s)
{
	u8 buf[4096];
	int len;

	switch (s->kind) {
	case TYPE:
		n_tty_receive(&tty, (const u8 *)s->text, (size_t)s->len);
		break;
	case WRITE:
		if (!n_tty_is_stopped(&tty))
			show(&tty, buf,
			     n_tty_output(&tty, (const u8 *)s->text, (size_t)s->len, buf));
		break;
	case READ:
		len = read_some(buf, (size_t)s->want);
		if (len != s->len || (len > 0 && memcmp(buf, s->text, (size_t)len)))
			host_fail(__FILE__, __LINE__, "step %u: read %d \"%.*s\"",
				  (unsigned int)(s - steps), len, max(len, 0), (const char *)buf);
		break;
	default:
		set_modes(s, s->kind == CASE);
	}
}

TEST(as_linux_does)
{
	unsigned int nr = 0;

	for (const struct step *s = steps; s < steps + ARRAY_SIZE(steps); s++) {
		nr_shown = 0;
		signals = 0;
		do_step(s);
		nr += s->kind == CASE;
		if (nr_shown != (size_t)s->shown_len || memcmp(shown, s->shown, nr_shown) ||
		    signals != s->signals)
			host_fail(__FILE__, __LINE__,
				  "case %u, step %u: shown \"%.*s\", signals %x", nr,
				  (unsigned int)(s - steps), (int)nr_shown, (const char *)shown,
				  signals);
	}
	EXPECT(nr > 100);
}

static void type(const char *s)
{
	n_tty_receive(&tty, (const u8 *)s, strlen(s));
}

/* What a program holds back is no matter of ^Q; it is shown when the program lets it go. */
TEST(held)
{
	struct ktermios t = standard();

	n_tty_init(&tty, &ops, &t);
	nr_shown = 0;
	n_tty_hold(&tty, true);
	type("ab\021");
	EXPECT(n_tty_is_stopped(&tty) && !nr_shown);
	n_tty_hold(&tty, false);
	EXPECT(!n_tty_is_stopped(&tty) && nr_shown == 2);
	type("\023c");
	EXPECT(n_tty_is_stopped(&tty) && nr_shown == 2);
	n_tty_hold(&tty, true);
	n_tty_hold(&tty, false);
	EXPECT(!n_tty_is_stopped(&tty) && nr_shown == 3);
}

/* A line without end fills the buffer: it can be ended, erased and read still; more of a stopped echo is lost. */
TEST(full)
{
	struct ktermios t = standard();
	u8 buf[5000];
	bool end;

	n_tty_init(&tty, &ops, &t);
	tty.stopped = true;
	for (unsigned int i = 0; i < 5000; i++)
		type("x");
	EXPECT(!n_tty_readable(&tty, 1));
	EXPECT_EQ(n_tty_chars(&tty), 0);
	type("\n");
	EXPECT(n_tty_readable(&tty, 1));
	EXPECT_EQ(n_tty_chars(&tty), N_TTY_BUF_SIZE);
	type("lost");
	EXPECT_EQ(n_tty_read(&tty, buf, 4000, &end), 4000);
	EXPECT(!end && buf[3999] == 'x');
	EXPECT_EQ(n_tty_read(&tty, buf, sizeof(buf), &end), 96);
	EXPECT(end && buf[95] == '\n');
	t.c_lflag = 0;
	n_tty_set_termios(&tty, &t);
	for (unsigned int i = 0; i < 5000; i++)
		type("y");
	EXPECT_EQ(n_tty_room(&tty), 0);
	EXPECT_EQ(n_tty_chars(&tty), N_TTY_BUF_SIZE - 1);
	EXPECT(n_tty_readable(&tty, 4095) && !n_tty_readable(&tty, 4096));
}

/* Also of bytes that become two, and of a break's three. */
TEST(full_of_marked_bytes)
{
	struct ktermios t = standard();
	u8 buf[5000];
	bool end;

	t.c_iflag = PARMRK;
	t.c_lflag = ICANON;
	n_tty_init(&tty, &ops, &t);
	type("first");
	for (unsigned int i = 0; i < 5000; i++)
		type("\377");
	n_tty_receive_break(&tty);
	EXPECT(tty.head - tty.tail <= N_TTY_BUF_SIZE);
	type("\n");
	EXPECT_EQ(n_tty_chars(&tty), N_TTY_BUF_SIZE);
	EXPECT_EQ(n_tty_read(&tty, buf, sizeof(buf), &end), N_TTY_BUF_SIZE);
	EXPECT(end && !memcmp(buf, "first", 5) && buf[4095] == '\n');
	EXPECT(!n_tty_readable(&tty, 1));
}

TEST(breaks)
{
	struct ktermios t = standard();
	u8 buf[8];
	bool end;

	t.c_lflag = 0;
	t.c_iflag = BRKINT;
	n_tty_init(&tty, &ops, &t);
	signals = 0;
	n_tty_receive_break(&tty);
	EXPECT_EQ(signals, 1 << 2);
	t.c_iflag = PARMRK;
	n_tty_set_termios(&tty, &t);
	n_tty_receive_break(&tty);
	EXPECT_EQ(n_tty_read(&tty, buf, 8, &end), 3);
	EXPECT(buf[0] == 0xff && !buf[1] && !buf[2]);
	t.c_iflag = IGNBRK | BRKINT;
	n_tty_set_termios(&tty, &t);
	n_tty_receive_break(&tty);
	EXPECT(!n_tty_readable(&tty, 1) && signals == 1 << 2);
}
