// SPDX-License-Identifier: MIT
// sources: drivers/video/vt.c drivers/video/font.c drivers/input/keyboard.c drivers/tty/n_tty.c
/*
 * What a program writes to the screen, what a keyboard sends, what is typed at a terminal in any mode, and the font
 * that came with the loader.  The input's first byte says which.
 */
#include "drivers/input/keyboard.h"
#include "drivers/tty/n_tty.h"
#include "drivers/video/font.h"
#include "drivers/video/vt.h"
#include "tests/fuzz/fuzz.h"

static struct choices input;
static u8 sum; /* of all bytes that come out, so that each is looked at */

/* ---- the screen: cells are in a block of just their size ---- */

static void screen(void)
{
	unsigned int columns = 1 + choose8(&input) % 100, rows = 1 + choose8(&input) % 40;
	struct vt_cell *cells = test_alloc(sizeof(*cells) * columns * rows);
	struct vt vt;

	vt_init(&vt, cells, columns, rows);
	while (input.left) {
		size_t n = min((size_t)choose8(&input), input.left);

		vt_write(&vt, (const char *)input.at, n, n & 1);
		input.at += n, input.left -= n;
		MUST(vt.x <= columns && vt.y < rows && vt.nr_params <= VT_PARAMS);
	}
	test_free(cells);
}

static void font(void)
{
	struct font f;
	u8 rows = 0;

	if (!font_parse(input.at, input.left, &f))
		return;
	MUST(f.height && f.height <= FONT_MAX_HEIGHT);
	for (unsigned int i = 0; i < FONT_CHARACTERS * f.height; i++)
		rows |= f.glyphs[i];
	MUST(f.glyphs >= input.at &&
	     f.glyphs + FONT_CHARACTERS * f.height <= input.at + input.left);
	sum += rows;
}

static void keyboard(void)
{
	struct keyboard k = { .caps = false };
	char bytes[KEYBOARD_BYTES];

	while (input.left)
		MUST(keyboard_code(&k, choose8(&input), bytes) == strnlen(bytes, KEYBOARD_BYTES) &&
		     strnlen(bytes, KEYBOARD_BYTES) < KEYBOARD_BYTES);
}

/* ---- a terminal's line discipline ---- */

static void write(struct n_tty *n, const u8 *s, size_t len)
{
	(void)n;
	while (len--)
		sum += *s++;
}

static void signal(struct n_tty *n, int sig)
{
	(void)n;
	MUST(sig > 0 && sig < 32);
}

static struct ktermios choose_modes(void)
{
	struct ktermios t = { .c_cc = { 3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23,
					22 } };

	t.c_iflag = (unsigned int)choose_bytes(&input, 2);
	t.c_oflag = choose8(&input);
	t.c_lflag = (unsigned int)choose_bytes(&input, 2);
	if (choose8(&input) & 1)
		t.c_cc[choose8(&input) % sizeof(t.c_cc)] = choose8(&input);
	return t;
}

static void read(struct n_tty *n)
{
	static u8 buf[512];
	size_t wanted = choose_bytes(&input, 2) % sizeof(buf), chars = n_tty_chars(n), got;
	bool end = false, readable = n_tty_readable(n, 1), pushed = n->push;

	if (!readable)
		return;
	got = n_tty_read(n, buf, wanted, &end);
	/* As Linux's: a 0 that a change of modes made the end of a line is read, and not counted. */
	MUST(got <= wanted && got <= chars + pushed && n_tty_chars(n) + got <= chars + pushed);
	if (got == wanted)
		n_tty_skip_eof(n);
}

static void terminal(void)
{
	static const struct n_tty_ops ops = { write, signal };
	static struct n_tty n;
	static u8 out[8 * 256];
	struct ktermios t = choose_modes();

	n_tty_init(&n, &ops, &t);
	while (input.left) {
		u8 what = choose8(&input);
		size_t len = min((size_t)choose8(&input), input.left);

		if (what % 8 < 4 && len <= n_tty_room(&n)) {
			n_tty_receive(&n, input.at, len);
			input.at += len, input.left -= len;
		} else if (what % 8 == 4) {
			MUST(n_tty_output(&n, input.at, len, out) <= 8 * len);
			input.at += len, input.left -= len;
		} else if (what % 8 == 5) {
			t = choose_modes();
			n_tty_set_termios(&n, &t);
		} else if (what % 8 == 6) {
			read(&n);
		} else if (what & 0x80) {
			n_tty_flush_input(&n);
		} else {
			n_tty_hold(&n, what & 0x40);
			n_tty_receive_break(&n);
		}
		MUST(n.head - n.tail <= N_TTY_BUF_SIZE);
		MUST(!(t.c_lflag & ICANON) || n.canon_head - n.tail <= n.head - n.tail);
		MUST(n.echo_len <= N_TTY_ECHO_SIZE);
	}
}

void fuzz(const u8 *data, size_t size)
{
	static void (*const kinds[])(void) = { screen, keyboard, terminal, font };

	input = (struct choices){ data, size };
	kinds[choose8(&input) % ARRAY_SIZE(kinds)]();
}
