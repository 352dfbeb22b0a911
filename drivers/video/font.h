/* SPDX-License-Identifier: MIT */
/*
 * A font of the console's: PSF, version 1 (as Debian's console-setup has them).
 *
 * The file is a head of four bytes (36 04, mode, height) and then, for each of 256 or 512
 * characters, a byte for each row, whose highest bit is the leftmost pixel.  What may follow says
 * which characters of Unicode those are; the first 128 are taken for ASCII's.
 */
#ifndef DRIVERS_VIDEO_FONT_H
#define DRIVERS_VIDEO_FONT_H

#include "kernel/lib/compiler.h"

#define FONT_WIDTH	8
#define FONT_CHARACTERS 256
#define FONT_MAX_HEIGHT 32

struct font {
	u32 height;	  /* rows of a character, 1 to FONT_MAX_HEIGHT */
	const u8 *glyphs; /* FONT_CHARACTERS of them */
};

/* `glyphs` will point into data.  False: it is no such font, or cut off. */
bool font_parse(const void *data, size_t size, struct font *font);

static inline const u8 *font_glyph(const struct font *font, u8 character)
{
	return font->glyphs + (size_t)character * font->height;
}

/* One row of a character as FONT_WIDTH pixels. */
static inline void font_row(u8 bits, u32 colour, u32 ground, u32 *pixels)
{
	u32 differ = colour ^ ground;

	for (unsigned int i = 0; i < FONT_WIDTH; i++)
		pixels[i] = ground ^ (differ & -(u32)(bits >> (FONT_WIDTH - 1 - i) & 1));
}

#endif
