// SPDX-License-Identifier: MIT
/* See vt.h.  The sequences' names are those of ECMA-48, 8.3. */
#include "drivers/video/vt.h"

#include "kernel/lib/string.h"

#define TAB	  8
#define MAX_PARAM 9999

static u8 current_colour(const struct vt *vt)
{
	u8 c = vt->colour;

	if (vt->bright)
		c |= 8;
	return vt->reverse ? (u8)(c << 4 | c >> 4) : c;
}

/* `n` cells from `at` on are blank. */
static void blank(struct vt *vt, unsigned int at, unsigned int n)
{
	struct vt_cell empty = { ' ', (u8)((vt->colour & 0xf0) | (VT_PLAIN & 0x0f)) };

	while (n--)
		vt->cells[at++] = empty;
}

static void line_feed(struct vt *vt)
{
	if (vt->y + 1 < vt->rows) {
		vt->y++;
		return;
	}
	memmove(vt->cells, vt->cells + vt->columns,
		(vt->rows - 1) * vt->columns * sizeof(*vt->cells));
	blank(vt, (vt->rows - 1) * vt->columns, vt->columns);
}

static void put(struct vt *vt, u8 c)
{
	if (vt->x >= vt->columns) {
		vt->x = 0;
		line_feed(vt);
	}
	vt->cells[vt->y * vt->columns + vt->x] = (struct vt_cell){ c, current_colour(vt) };
	vt->x++;
}

/* ---------------------------------------------------------------- sequences */

/* The n-th parameter; one that is absent, or 0, is `absent`. */
static unsigned int param(const struct vt *vt, unsigned int n, unsigned int absent)
{
	return n < vt->nr_params && vt->param[n] ? vt->param[n] : absent;
}

static void move_to(struct vt *vt, unsigned int x, unsigned int y)
{
	vt->x = min(x, vt->columns - 1);
	vt->y = min(y, vt->rows - 1);
}

/* ED and EL: to the end, from the beginning, all of `size` cells from `start` on. */
static void erase(struct vt *vt, unsigned int start, unsigned int size)
{
	unsigned int here = vt->y * vt->columns + min(vt->x, vt->columns - 1);

	switch (param(vt, 0, 0)) {
	case 0:
		blank(vt, here, start + size - here);
		break;
	case 1:
		blank(vt, start, here + 1 - start);
		break;
	case 2:
		blank(vt, start, size);
		break;
	}
}

/* One parameter of SGR. */
static void set_colour(struct vt *vt, unsigned int p)
{
	if (p == 0) {
		vt->colour = VT_PLAIN;
		vt->bright = vt->reverse = false;
	} else if (p == 1 || p == 22) {
		vt->bright = p == 1;
	} else if (p == 7 || p == 27) {
		vt->reverse = p == 7;
	} else if (p >= 30 && p <= 37) {
		vt->colour = (u8)((vt->colour & 0xf0) | (p - 30));
	} else if (p == 39) {
		vt->colour = (u8)((vt->colour & 0xf0) | (VT_PLAIN & 0x0f));
	} else if (p >= 40 && p <= 47) {
		vt->colour = (u8)((vt->colour & 0x0f) | (p - 40) << 4);
	} else if (p == 49) {
		vt->colour = (u8)((vt->colour & 0x0f) | (VT_PLAIN & 0xf0));
	}
}

/* SGR.  Behind 38 and 48 stand colours of other kinds (ITU T.416, 13.1.8), which there are none of here. */
static void set_colours(struct vt *vt)
{
	for (unsigned int i = 0; i < max(vt->nr_params, 1U); i++) {
		unsigned int p = param(vt, i, 0), kind = param(vt, i + 1, 0);

		if (p == 38 || p == 48)
			i += kind == 5 ? 2 : kind == 2 ? 4 : 0;
		else
			set_colour(vt, p);
	}
}

static void run_sequence(struct vt *vt, char final)
{
	unsigned int n = param(vt, 0, 1), x = min(vt->x, vt->columns - 1);

	switch (final) {
	case 'A': /* CUU */
		move_to(vt, x, vt->y - min(n, vt->y));
		break;
	case 'B': /* CUD */
		move_to(vt, x, vt->y + n);
		break;
	case 'C': /* CUF */
		move_to(vt, x + n, vt->y);
		break;
	case 'D': /* CUB */
		move_to(vt, x - min(n, x), vt->y);
		break;
	case 'G': /* CHA */
		move_to(vt, n - 1, vt->y);
		break;
	case 'd': /* VPA */
		move_to(vt, x, n - 1);
		break;
	case 'H': /* CUP */
	case 'f': /* HVP */
		move_to(vt, param(vt, 1, 1) - 1, n - 1);
		break;
	case 'J': /* ED */
		erase(vt, 0, vt->rows * vt->columns);
		break;
	case 'K': /* EL */
		erase(vt, vt->y * vt->columns, vt->columns);
		break;
	case 'm':
		set_colours(vt);
		break;
	}
}

/*
 * A byte behind CSI: parameters, then what it is.  With anything between (5.4) it is another sequence
 * than the letter alone says, and none that is known here.
 */
static void sequence_byte(struct vt *vt, u8 c)
{
	unsigned int *p = &vt->param[max(vt->nr_params, 1U) - 1];

	if (c >= '0' && c <= '9') {
		vt->nr_params = max(vt->nr_params, 1U);
		*p = min(*p * 10 + (c - '0'), (unsigned int)MAX_PARAM);
	} else if (c == ';') {
		vt->nr_params = min(max(vt->nr_params, 1U) + 1, (unsigned int)VT_PARAMS);
		vt->param[vt->nr_params - 1] = 0;
	} else if (c < '@') {
		vt->state = VT_PRIVATE;
	} else {
		vt->state = VT_TEXT;
		run_sequence(vt, (char)c);
	}
}

static void escape_byte(struct vt *vt, u8 c)
{
	vt->state = VT_TEXT;
	if (c == '[') {
		vt->state = VT_SEQUENCE;
		vt->nr_params = vt->param[0] = 0;
	} else if (c == '(' || c == ')') {
		vt->state = VT_CHARSET;
	}
}

/* ---------------------------------------------------------------- text */

static void control(struct vt *vt, u8 c, bool raw)
{
	switch (c) {
	case '\b':
		vt->x = min(vt->x, vt->columns - 1);
		vt->x -= vt->x > 0;
		break;
	case '\t':
		vt->x = min((vt->x / TAB + 1) * TAB, vt->columns - 1);
		break;
	case '\n':
		if (!raw)
			vt->x = 0;
		line_feed(vt);
		break;
	case '\r':
		vt->x = 0;
		break;
	case 0x1b:
		vt->state = VT_ESCAPE;
		break;
	}
}

/* Controls act within a sequence too. */
static void byte(struct vt *vt, u8 c, bool raw)
{
	if (c < ' ') {
		control(vt, c, raw);
		return;
	}
	switch (vt->state) {
	case VT_TEXT:
		if (c != 0x7f)
			put(vt, c);
		break;
	case VT_ESCAPE:
		escape_byte(vt, c);
		break;
	case VT_CHARSET: /* one that is not there */
		vt->state = VT_TEXT;
		break;
	case VT_SEQUENCE:
		sequence_byte(vt, c);
		break;
	case VT_PRIVATE: /* up to its end */
		vt->state = c >= '@' ? VT_TEXT : VT_PRIVATE;
		break;
	}
}

void vt_write(struct vt *vt, const char *s, size_t n, bool raw)
{
	while (n--)
		byte(vt, (u8)*s++, raw);
}

void vt_init(struct vt *vt, struct vt_cell *cells, unsigned int columns, unsigned int rows)
{
	*vt = (struct vt){ .columns = columns, .rows = rows, .cells = cells, .colour = VT_PLAIN };
	blank(vt, 0, columns * rows);
}
