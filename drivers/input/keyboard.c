// SPDX-License-Identifier: MIT
/*
 * See keyboard.h.  Codes are those of the IBM PC and AT (IBM PS/2 Hardware Interface Technical
 * Reference, "Keyboard", scan code set 1): a key's number when it goes down, with bit 7 set when
 * it comes up; keys that the AT's keyboard did not have send E0 before it.
 */
#include "drivers/input/keyboard.h"

#include "kernel/lib/string.h"

#define RELEASED 0x80
#define EXTENDED 0xe0
#define PAUSE	 0xe1 /* and then two codes when it goes down, two more with bit 7 as it comes up */

enum {
	KEY_CTRL = 0x1d,
	KEY_SHIFT_LEFT = 0x2a,
	KEY_SLASH = 0x35,
	KEY_SHIFT_RIGHT = 0x36,
	KEY_ALT = 0x38,
	KEY_CAPS = 0x3a,
	KEY_PAD_FIRST = 0x47,
	KEY_PAD_LAST = 0x53,
	KEY_PAD_ENTER = 0x1c,
};

/* By code, from 0: without and with shift; a blank stands for a key that types nothing, but for the space bar's. */
static const char plain[] = " \0331234567890-=\177\tqwertyuiop[]\r asdfghjkl;'` \\zxcvbnm,./ *  ";
static const char shifted[] = " \033!@#$%^&*()_+\177\tQWERTYUIOP{}\r ASDFGHJKL:\"~ |ZXCVBNM<>? *  ";
static const char pad[] = "789-456+1230.";

#define KEY_SPACE 0x39

/* What a terminal sends for the keys that have E0 and a number of the pad: xterm's. */
static const char *const motions[KEY_PAD_LAST - KEY_PAD_FIRST + 1] = {
	"\033[H", "\033[A", "\033[5~", NULL,	  "\033[D",  NULL,	"\033[C",
	NULL,	  "\033[F", "\033[B",  "\033[6~", "\033[2~", "\033[3~",
};

/* Keys that are held; false: it is none of them. */
static bool modifier(struct keyboard *k, unsigned int key, bool extended, bool down)
{
	switch (key) {
	case KEY_SHIFT_LEFT:
	case KEY_SHIFT_RIGHT:
		if (!extended) /* with E0 the keyboard makes them up around a motion */
			k->shift[key == KEY_SHIFT_RIGHT] = down;
		return true;
	case KEY_CTRL:
		k->ctrl[extended] = down;
		return true;
	case KEY_ALT:
		k->alt[extended] = down;
		return true;
	case KEY_CAPS:
		k->caps ^= down;
		return true;
	}
	return false;
}

/* The character of a key without E0, or 0. */
static char character(const struct keyboard *k, unsigned int key)
{
	bool shift = k->shift[0] || k->shift[1];
	char c;

	if (key >= KEY_PAD_FIRST && key <= KEY_PAD_LAST)
		return pad[key - KEY_PAD_FIRST];
	if (key >= sizeof(plain) - 1)
		return 0;
	c = plain[key];
	if (c == ' ' && key != KEY_SPACE)
		return 0;
	if (k->caps && c >= 'a' && c <= 'z')
		shift = !shift;
	if (shift)
		c = shifted[key];
	/* ASCII's controls are the characters from @ to _, and small letters, less 0x40 and 0x60. */
	if ((k->ctrl[0] || k->ctrl[1]) && c >= '@' && c < 0x7f)
		c &= 0x1f;
	return c;
}

static unsigned int type_key(const struct keyboard *k, unsigned int key, bool extended, char *bytes)
{
	char c = 0, *to = bytes;

	if (extended && key >= KEY_PAD_FIRST && key <= KEY_PAD_LAST) {
		const char *motion = motions[key - KEY_PAD_FIRST];

		return motion ? (unsigned int)strscpy(bytes, motion, KEYBOARD_BYTES) : 0;
	}
	if (!extended)
		c = character(k, key);
	else if (key == KEY_SLASH || key == KEY_PAD_ENTER)
		c = plain[key];
	if (!c)
		return 0;
	if (k->alt[0] || k->alt[1])
		*to++ = 0x1b;
	*to++ = c;
	*to = '\0';
	return (unsigned int)(to - bytes);
}

unsigned int keyboard_code(struct keyboard *k, u8 code, char bytes[KEYBOARD_BYTES])
{
	bool extended = k->extended, down = !(code & RELEASED);
	unsigned int key = code & ~RELEASED;

	bytes[0] = '\0';
	if (k->skip) {
		k->skip--;
		return 0;
	}
	k->extended = code == EXTENDED;
	if (code == PAUSE)
		k->skip = 2;
	if (code == EXTENDED || code == PAUSE || modifier(k, key, extended, down) || !down)
		return 0;
	return type_key(k, key, extended, bytes);
}
