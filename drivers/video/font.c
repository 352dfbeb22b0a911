// SPDX-License-Identifier: MIT
/* See font.h. */
#include "drivers/video/font.h"

#define PSF1_MAGIC0 0x36
#define PSF1_MAGIC1 0x04
#define PSF1_HEAD   4

bool font_parse(const void *data, size_t size, struct font *font)
{
	const u8 *head = data;

	if (size < PSF1_HEAD || head[0] != PSF1_MAGIC0 || head[1] != PSF1_MAGIC1)
		return false;
	font->height = head[3];
	font->glyphs = head + PSF1_HEAD;
	return font->height >= 1 && font->height <= FONT_MAX_HEIGHT &&
	       size - PSF1_HEAD >= (size_t)FONT_CHARACTERS * font->height;
}
