/* SPDX-License-Identifier: MIT */
/*
 * A framebuffer of 32 bits a pixel, 0x00RRGGBB, and what is put there.
 *
 * x and y are pixels, from the upper left corner.  What would lie outside is cut off.  Any context:
 * who draws where is agreed upon, so there is no lock.  What was written may wait in the
 * processor's write combining buffers until fb_flush().
 */
#ifndef DRIVERS_VIDEO_FB_H
#define DRIVERS_VIDEO_FB_H

#include "drivers/video/font.h"

struct framebuffer {
	void __iomem *base;
	u32 width, height; /* pixels */
	u32 pitch;	   /* bytes from one row to the next */
};

/* `n` pixels of one row. */
void fb_row(const struct framebuffer *fb, u32 x, u32 y, const u32 *pixels, u32 n);
/* A box of one colour. */
void fb_fill(const struct framebuffer *fb, u32 x, u32 y, u32 w, u32 h, u32 colour);
/* A line of text. */
void fb_text(const struct framebuffer *fb, const struct font *font, u32 x, u32 y, const char *text,
	     u32 colour, u32 ground);
void fb_flush(void);

#endif
