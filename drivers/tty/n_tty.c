// SPDX-License-Identifier: MIT
/* The line discipline: bytes typed, edited, echoed and read. */
#include "drivers/tty/n_tty.h"

#include <asm/signal.h>

#include "kernel/lib/string.h"

#define DISABLED_CHAR 0	  /* what is no character in c_cc, and an EOF in the buffer */
#define ECHO_BATCH    256 /* so many bytes of echo are not kept back */

/* ---------------------------------------------------------------- modes and characters */

static bool local(const struct n_tty *n, tcflag_t flag)
{
	return n->termios.c_lflag & flag;
}

static bool input(const struct n_tty *n, tcflag_t flag)
{
	return n->termios.c_iflag & flag;
}

static bool output(const struct n_tty *n, tcflag_t flag)
{
	return n->termios.c_oflag & flag;
}

static bool is_char(const struct n_tty *n, unsigned int which, u8 c)
{
	return c != DISABLED_CHAR && c == n->termios.c_cc[which];
}

static bool is_control(u8 c)
{
	return c < ' ' || c == 0x7f;
}

/* Letters are those of Latin 1, as in Linux. */
static bool is_upper(u8 c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 0xc0 && c < 0xdf && c != 0xd7);
}

static bool is_lower(u8 c)
{
	return (c >= 'a' && c <= 'z') || (c >= 0xdf && c != 0xf7);
}

static u8 upper(u8 c)
{
	return is_lower(c) ? (u8)(c - 'a' + 'A') : c;
}

static u8 lower(u8 c)
{
	return is_upper(c) ? (u8)(c - 'A' + 'a') : c;
}

static bool is_word(u8 c)
{
	return is_lower(c) || is_upper(c) || (c >= '0' && c <= '9') || c == '_';
}

/* A byte within a character of UTF-8. */
static bool is_continuation(const struct n_tty *n, u8 c)
{
	return input(n, IUTF8) && (c & 0xc0) == 0x80;
}

/* ---------------------------------------------------------------- output */

static size_t put(u8 *out, const char *s, size_t len)
{
	memcpy(out, s, len);
	return len;
}

static size_t output_newline(struct n_tty *n, u8 *out)
{
	if (output(n, ONLRET))
		n->column = 0;
	if (output(n, ONLCR)) {
		n->canon_column = n->column = 0;
		return put(out, "\r\n", 2);
	}
	n->canon_column = n->column;
	return put(out, "\n", 1);
}

static size_t output_return(struct n_tty *n, u8 *out)
{
	if (output(n, ONOCR) && n->column == 0)
		return 0;
	if (output(n, OCRNL)) {
		if (output(n, ONLRET))
			n->canon_column = n->column = 0;
		return put(out, "\n", 1);
	}
	n->canon_column = n->column = 0;
	return put(out, "\r", 1);
}

static size_t output_tab(struct n_tty *n, u8 *out)
{
	size_t spaces = 8 - (n->column & 7);

	n->column += (u32)spaces;
	if ((n->termios.c_oflag & TABDLY) == XTABS)
		return put(out, "        ", spaces);
	return put(out, "\t", 1);
}

/* With OPOST: what becomes of one byte, at most 8. */
static size_t output_byte(struct n_tty *n, u8 c, u8 *out)
{
	switch (c) {
	case '\n':
		return output_newline(n, out);
	case '\r':
		return output_return(n, out);
	case '\t':
		return output_tab(n, out);
	case '\b':
		if (n->column > 0)
			n->column--;
		break;
	default:
		if (is_control(c))
			break;
		if (output(n, OLCUC))
			c = upper(c);
		if (!is_continuation(n, c))
			n->column++;
	}
	*out = c;
	return 1;
}

size_t n_tty_output(struct n_tty *n, const u8 *s, size_t len, u8 *out)
{
	size_t size = 0;

	if (!output(n, OPOST)) {
		memcpy(out, s, len);
		return len;
	}
	for (size_t i = 0; i < len; i++)
		size += output_byte(n, s[i], out + size);
	return size;
}

/* ---------------------------------------------------------------- echo */

static void flush_echo(struct n_tty *n)
{
	if (n_tty_is_stopped(n) || !n->echo_len)
		return;
	n->ops->write(n, n->echo, n->echo_len);
	n->echo_len = 0;
}

/* Room for what one byte may become; while output is stopped there may be none: then it is not shown. */
static bool echo_has_room(struct n_tty *n)
{
	if (n->echo_len + 8 > N_TTY_ECHO_SIZE)
		flush_echo(n);
	return n->echo_len + 8 <= N_TTY_ECHO_SIZE;
}

/* As it is, but for what output does with it; that is nothing with the last byte of all, as in Linux. */
static void echo_raw(struct n_tty *n, u8 c)
{
	if (!echo_has_room(n))
		return;
	if (c == 0xff) {
		n->echo[n->echo_len++] = c;
		n->column++;
	} else {
		n->echo_len += (u32)n_tty_output(n, &c, 1, n->echo + n->echo_len);
	}
}

/* A control character as ^X. */
static void echo_char(struct n_tty *n, u8 c)
{
	if (!local(n, ECHOCTL) || !is_control(c) || c == '\t') {
		echo_raw(n, c);
		return;
	}
	if (!echo_has_room(n))
		return;
	n->echo[n->echo_len++] = '^';
	n->echo[n->echo_len++] = c ^ 0100;
	n->column += 2;
}

static void end_batch(struct n_tty *n)
{
	if (n->echo_len >= ECHO_BATCH)
		flush_echo(n);
}

static void finish_erasing(struct n_tty *n)
{
	if (n->erasing)
		echo_raw(n, '/');
	n->erasing = false;
}

static void echo_typed(struct n_tty *n, u8 c)
{
	if (n->canon_head == n->head)
		n->canon_column = n->column; /* the line begins here */
	echo_char(n, c);
	end_batch(n);
}

/* ---------------------------------------------------------------- the buffer */

static u8 *byte_at(struct n_tty *n, u32 pos)
{
	return &n->buf[pos % N_TTY_BUF_SIZE];
}

static u64 line_end_bit(u32 pos)
{
	return BIT_ULL(pos % 64);
}

static u64 *line_end_word(struct n_tty *n, u32 pos)
{
	return &n->line_ends[pos % N_TTY_BUF_SIZE / 64];
}

static bool is_line_end(struct n_tty *n, u32 pos)
{
	return *line_end_word(n, pos) & line_end_bit(pos);
}

/* Where a line fills the buffer, the place of the byte typed last is taken. */
static void queue_byte(struct n_tty *n, u8 c)
{
	if (n->head - n->tail >= N_TTY_BUF_SIZE)
		n->head--;
	*byte_at(n, n->head) = c;
	n->head++;
}

static void end_line(struct n_tty *n, u8 c)
{
	queue_byte(n, c);
	*line_end_word(n, n->head - 1) |= line_end_bit(n->head - 1);
	n->canon_head = n->head;
}

void n_tty_flush_input(struct n_tty *n)
{
	n->tail = n->canon_head = n->head = 0;
	n->echo_len = 0;
	n->erasing = n->literal_next = n->push = false;
	memset(n->line_ends, 0, sizeof(n->line_ends));
}

/* A line that is not ended fills the buffer: it can be ended still. */
static bool overflows(const struct n_tty *n)
{
	return local(n, ICANON) && n->canon_head == n->tail;
}

/* Bytes of the buffer that are free but for the last one, which a line's end may need. */
static size_t free_bytes(const struct n_tty *n)
{
	s32 room = (s32)(N_TTY_BUF_SIZE - (n->head - n->tail)) - 1;

	if (input(n, PARMRK))
		room = (room + 3) / 3 - 1; /* a byte may become three */
	return room > 0 ? (size_t)room : 0;
}

size_t n_tty_room(const struct n_tty *n)
{
	size_t room = free_bytes(n);

	return room || !overflows(n) ? room : 1;
}

/* ---------------------------------------------------------------- editing */

/* Columns that what is before `pos` takes, back to a tab or to the line's beginning; *after_tab: which. */
static u32 columns_before(struct n_tty *n, u32 pos, bool *after_tab)
{
	u32 columns = 0;

	*after_tab = false;
	while (pos != n->canon_head) {
		u8 c = *byte_at(n, --pos);

		if (c == '\t') {
			*after_tab = true;
			break;
		}
		if (is_control(c))
			columns += local(n, ECHOCTL) ? 2 : 0;
		else if (!is_continuation(n, c))
			columns++;
	}
	return columns;
}

static void erase_tab(struct n_tty *n)
{
	bool after_tab;
	u32 columns = columns_before(n, n->head, &after_tab) & 7, back;

	if (!after_tab)
		columns += n->canon_column;
	for (back = 8 - (columns & 7); back && echo_has_room(n); back--) {
		n->echo[n->echo_len++] = '\b';
		if (n->column > 0)
			n->column--;
	}
}

static void erase_column(struct n_tty *n)
{
	echo_raw(n, '\b');
	echo_raw(n, ' ');
	echo_raw(n, '\b');
}

/* The character at head, `len` bytes, is gone: the terminal is shown that. */
static void echo_erased(struct n_tty *n, u8 c, u32 len, bool one)
{
	if (!local(n, ECHO))
		return;
	if (local(n, ECHOPRT)) {
		if (!n->erasing)
			echo_raw(n, '\\');
		n->erasing = true;
		echo_char(n, c);
		for (u32 i = 1; i < len; i++)
			echo_raw(n, *byte_at(n, n->head + i));
	} else if (one && !local(n, ECHOE)) {
		echo_char(n, n->termios.c_cc[VERASE]);
	} else if (c == '\t') {
		erase_tab(n);
	} else {
		if (is_control(c) && local(n, ECHOCTL))
			erase_column(n);
		if (!is_control(c) || local(n, ECHOCTL))
			erase_column(n);
	}
}

/* Where the last character of the line begins; head itself: it is not whole. */
static u32 last_character(struct n_tty *n)
{
	u32 pos = n->head;

	do
		pos--;
	while (is_continuation(n, *byte_at(n, pos)) && pos != n->canon_head);
	return is_continuation(n, *byte_at(n, pos)) ? n->head : pos;
}

/* One character, a word, or all: `which` is VERASE, VWERASE, VKILL. */
static void erase(struct n_tty *n, unsigned int which)
{
	bool word = false;

	while (n->head != n->canon_head) {
		u32 pos = last_character(n), len = n->head - pos;
		u8 c = *byte_at(n, pos);

		if (!len)
			break;
		if (which == VWERASE) {
			if (is_word(c))
				word = true;
			else if (word)
				break;
		}
		n->head = pos;
		echo_erased(n, c, len, which == VERASE);
		if (which == VERASE)
			break;
	}
	if (n->head == n->canon_head && local(n, ECHO))
		finish_erasing(n);
}

/* The whole line is gone, which is only said, not shown. */
static void kill_quietly(struct n_tty *n)
{
	n->head = n->canon_head;
	if (!local(n, ECHO))
		return;
	finish_erasing(n);
	echo_char(n, n->termios.c_cc[VKILL]);
	if (local(n, ECHOK))
		echo_raw(n, '\n');
}

static void edit(struct n_tty *n, u8 c)
{
	if (n->head == n->canon_head)
		return;
	if (is_char(n, VERASE, c))
		erase(n, VERASE);
	else if (is_char(n, VWERASE, c) && local(n, IEXTEN))
		erase(n, VWERASE);
	else if (local(n, ECHO) && local(n, ECHOK) && local(n, ECHOKE) && local(n, ECHOE))
		erase(n, VKILL);
	else
		kill_quietly(n);
	end_batch(n);
}

static void reprint(struct n_tty *n, u8 c)
{
	finish_erasing(n);
	echo_char(n, c);
	echo_raw(n, '\n');
	for (u32 pos = n->canon_head; pos != n->head; pos++)
		echo_char(n, *byte_at(n, pos));
	end_batch(n);
}

/* In canonical mode: true: that was all about it. */
static bool receive_canonical(struct n_tty *n, u8 c)
{
	bool extended = local(n, IEXTEN);

	if (is_char(n, VERASE, c) || is_char(n, VKILL, c) || (is_char(n, VWERASE, c) && extended)) {
		edit(n, c);
	} else if (is_char(n, VLNEXT, c) && extended) {
		n->literal_next = true;
		if (!local(n, ECHO))
			return true;
		finish_erasing(n);
		if (local(n, ECHOCTL)) {
			echo_raw(n, '^');
			echo_raw(n, '\b');
			end_batch(n);
		}
	} else if (is_char(n, VREPRINT, c) && local(n, ECHO) && extended) {
		reprint(n, c);
	} else if (c == '\n') {
		if (local(n, ECHO) || local(n, ECHONL))
			echo_raw(n, '\n');
		end_batch(n);
		end_line(n, c);
	} else if (is_char(n, VEOF, c)) {
		end_line(n, DISABLED_CHAR);
	} else if (is_char(n, VEOL, c) || (is_char(n, VEOL2, c) && extended)) {
		if (local(n, ECHO))
			echo_typed(n, c);
		if (c == 0xff && input(n, PARMRK))
			queue_byte(n, c);
		end_line(n, c);
	} else {
		return false;
	}
	return true;
}

/* ---------------------------------------------------------------- receiving */

static void start(struct n_tty *n)
{
	if (n->held)
		return;
	n->stopped = false;
	flush_echo(n);
}

void n_tty_hold(struct n_tty *n, bool held)
{
	n->held = held;
	if (!held)
		start(n);
}

static void send_signal(struct n_tty *n, int sig)
{
	n->ops->signal(n, sig);
	if (!local(n, NOFLSH))
		n_tty_flush_input(n);
}

static void receive_signal(struct n_tty *n, int sig, u8 c)
{
	send_signal(n, sig);
	if (input(n, IXON))
		start(n);
	if (local(n, ECHO))
		echo_char(n, c);
	end_batch(n);
}

/* ^S, ^Q, ^C and the like: true: that was all about it. */
static bool receive_control(struct n_tty *n, u8 c)
{
	static const struct {
		unsigned int which;
		int sig;
	} signals[] = { { VINTR, SIGINT }, { VQUIT, SIGQUIT }, { VSUSP, SIGTSTP } };

	if (input(n, IXON) && is_char(n, VSTART, c)) {
		start(n);
		return true;
	}
	if (input(n, IXON) && is_char(n, VSTOP, c)) {
		n->stopped = true;
		return true;
	}
	for (unsigned int i = 0; local(n, ISIG) && i < ARRAY_SIZE(signals); i++) {
		if (is_char(n, signals[i].which, c)) {
			receive_signal(n, signals[i].sig, c);
			return true;
		}
	}
	return false;
}

/* A character that means itself.  `converted`: it is a newline that was none when it was typed. */
static void receive_plain(struct n_tty *n, u8 c, bool converted)
{
	if (local(n, ECHO)) {
		finish_erasing(n);
		if (converted)
			echo_raw(n, c);
		else
			echo_typed(n, c);
	}
	if (c == 0xff && input(n, PARMRK))
		queue_byte(n, c);
	queue_byte(n, c);
}

static void receive_byte(struct n_tty *n, u8 c)
{
	bool converted = false;

	if (input(n, ISTRIP))
		c &= 0x7f;
	if (input(n, IUCLC) && local(n, IEXTEN))
		c = lower(c);
	if (local(n, EXTPROC)) {
		queue_byte(n, c);
		return;
	}
	if (n->literal_next) {
		n->literal_next = false;
		receive_plain(n, c, false);
		return;
	}
	if (receive_control(n, c))
		return;
	if (n->stopped && !n->held && input(n, IXON) && input(n, IXANY))
		start(n);
	if (c == '\r') {
		if (input(n, IGNCR))
			return;
		converted = input(n, ICRNL);
		if (converted)
			c = '\n';
	} else if (c == '\n' && input(n, INLCR)) {
		c = '\r';
	}
	if (!local(n, ICANON) || !receive_canonical(n, c))
		receive_plain(n, c, converted);
}

void n_tty_receive(struct n_tty *n, const u8 *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!n_tty_room(n))
			break;
		receive_byte(n, s[i]);
	}
	flush_echo(n);
}

void n_tty_receive_break(struct n_tty *n)
{
	if (input(n, IGNBRK))
		return;
	if (input(n, BRKINT)) {
		send_signal(n, SIGINT);
		return;
	}
	if (n_tty_room(n) < 1)
		return;
	if (input(n, PARMRK)) {
		queue_byte(n, 0xff);
		queue_byte(n, 0);
	}
	queue_byte(n, 0);
}

/* ---------------------------------------------------------------- reading */

bool n_tty_readable(const struct n_tty *n, size_t min)
{
	if (local(n, ICANON) && !local(n, EXTPROC))
		return n->canon_head != n->tail;
	return n->head - n->tail >= min;
}

size_t n_tty_chars(const struct n_tty *n)
{
	size_t count = 0;

	if (!local(n, ICANON) || local(n, EXTPROC))
		return n->head - n->tail;
	for (u32 pos = n->tail; pos != n->canon_head; pos++) {
		bool end = n->line_ends[pos % N_TTY_BUF_SIZE / 64] & line_end_bit(pos);

		count += !(end && n->buf[pos % N_TTY_BUF_SIZE] == DISABLED_CHAR);
	}
	return count;
}

static size_t read_line(struct n_tty *n, u8 *buf, size_t len, bool *end)
{
	size_t done = 0;

	while (done < len && n->tail != n->canon_head && !*end) {
		u8 c = *byte_at(n, n->tail);

		*end = is_line_end(n, n->tail);
		if (!*end || c != DISABLED_CHAR || n->push)
			buf[done++] = c;
		if (*end) {
			*line_end_word(n, n->tail) &= ~line_end_bit(n->tail);
			n->push = false;
		}
		n->tail++;
	}
	return done;
}

size_t n_tty_read(struct n_tty *n, u8 *buf, size_t len, bool *end)
{
	size_t done = 0;

	*end = false;
	if (local(n, ICANON) && !local(n, EXTPROC))
		return read_line(n, buf, len, end);
	while (done < len && n->tail != n->head)
		buf[done++] = *byte_at(n, n->tail++);
	return done;
}

void n_tty_skip_eof(struct n_tty *n)
{
	if (!local(n, ICANON) || n->tail == n->canon_head || !is_line_end(n, n->tail) ||
	    *byte_at(n, n->tail) != DISABLED_CHAR)
		return;
	*line_end_word(n, n->tail) &= ~line_end_bit(n->tail);
	n->tail++;
}

/* ---------------------------------------------------------------- modes */

/* Lines begin to matter, or cease to: what is there already can be read. */
static void change_canonical(struct n_tty *n)
{
	memset(n->line_ends, 0, sizeof(n->line_ends));
	n->push = local(n, ICANON) && n->head != n->tail;
	n->canon_head = n->push ? n->head : n->tail;
	if (n->push)
		*line_end_word(n, n->head - 1) |= line_end_bit(n->head - 1);
	n->erasing = n->literal_next = false;
}

void n_tty_set_termios(struct n_tty *n, const struct ktermios *termios)
{
	struct ktermios old = n->termios;

	n->termios = *termios;
	if ((old.c_lflag ^ termios->c_lflag) & (ICANON | EXTPROC))
		change_canonical(n);
	if (!input(n, IXON) && old.c_iflag & IXON)
		start(n);
}

void n_tty_init(struct n_tty *n, const struct n_tty_ops *ops, const struct ktermios *termios)
{
	memset(n, 0, sizeof(*n));
	n->ops = ops;
	n->termios = *termios;
}
