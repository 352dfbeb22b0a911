// SPDX-License-Identifier: MIT
/* See fb.h.  Pixels are made in memory and go out a row at a time, which is what the buffers of the processor are for. */
#include "drivers/video/fb.h"

#include "kernel/lib/string.h"
#include "mm/io.h"

#define CHUNK 64 /* pixels that are filled at a time */

void fb_row(const struct framebuffer *fb, u32 x, u32 y, const u32 *pixels, u32 n)
{
	if (x >= fb->width || y >= fb->height)
		return;
	memcpy_toio(fb->base + (size_t)y * fb->pitch + (size_t)x * sizeof(u32), pixels,
		    min(n, fb->width - x) * sizeof(u32));
}

static void fill_row(const struct framebuffer *fb, u32 x, u32 y, u32 w, const u32 *colour)
{
	for (u32 n; w; x += n, w -= n) {
		n = min(w, (u32)CHUNK);
		fb_row(fb, x, y, colour, n);
	}
}

void fb_fill(const struct framebuffer *fb, u32 x, u32 y, u32 w, u32 h, u32 colour)
{
	u32 row[CHUNK];

	for (unsigned int i = 0; i < CHUNK; i++)
		row[i] = colour;
	for (; h; y++, h--)
		fill_row(fb, x, y, w, row);
}

void fb_text(const struct framebuffer *fb, const struct font *font, u32 x, u32 y, const char *text,
	     u32 colour, u32 ground)
{
	for (; *text; text++, x += FONT_WIDTH) {
		const u8 *glyph = font_glyph(font, (u8)*text);

		for (u32 line = 0; line < font->height; line++) {
			u32 pixels[FONT_WIDTH];

			font_row(glyph[line], colour, ground, pixels);
			fb_row(fb, x, y + line, pixels, FONT_WIDTH);
		}
	}
}

void fb_flush(void)
{
	wmb();
}
