/* SPDX-License-Identifier: MIT */
/*
 * A terminal: bytes written become rows of characters with their colours.
 *
 * It knows of ECMA-48 and of the VT102 what the line editor, busybox and its vi use: the cursor's
 * motions, erasing, colours; ECMA-48's other sequences are taken and mean nothing.  A character in the
 * last column leaves the cursor there until the next one, which begins a line (VT102's autowrap).
 * No lock and no allocation: a call that interrupts another may put a character in the wrong
 * place, but always on the screen.
 */
#ifndef DRIVERS_VIDEO_VT_H
#define DRIVERS_VIDEO_VT_H

#include "kernel/lib/compiler.h"

#define VT_PARAMS 8

struct vt_cell {
	u8 character;
	u8 colour; /* the ground's number in the upper half, 0 to 15 */
};

#define VT_COLOUR(ground, text) ((u8)((ground) << 4 | (text)))
#define VT_PLAIN		VT_COLOUR(0, 7)

struct vt {
	unsigned int columns, rows;
	struct vt_cell *cells; /* rows * columns */
	unsigned int x, y;     /* the cursor; x == columns: behind the last */
	u8 colour;	       /* of what comes, but for `reverse` */
	bool bright, reverse;
	enum { VT_TEXT, VT_ESCAPE, VT_CHARSET, VT_SEQUENCE, VT_PRIVATE } state;
	unsigned int param[VT_PARAMS], nr_params;
};

/* An empty screen; `cells` has room for rows * columns, and neither is 0. */
void vt_init(struct vt *vt, struct vt_cell *cells, unsigned int columns, unsigned int rows);

/* `raw`: an LF does not bring the cursor to the line's beginning as well. */
void vt_write(struct vt *vt, const char *s, size_t n, bool raw);

#endif
