// SPDX-License-Identifier: MIT
/*
 * The console on the framebuffer.
 *
 * What is written changes the terminal's cells in memory (vt.h); then the screen is brought up to
 * date.  It is known what each place shows, so scrolling is no copy on the screen: of each line the
 * span in which it differs is drawn, row by row, as long bursts of writes.
 *
 * printk's lock guards all of it: who writes to consoles holds it, or is nested in a holder.
 */
#define pr_fmt(fmt) "fbcon: " fmt

#include "drivers/input/keyboard.h"
#include "drivers/video/video.h"
#include "drivers/video/vt.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/slab.h"

static struct fbcon {
	const struct framebuffer *fb;
	const struct font *font;
	u32 top; /* the first row of pixels */
	struct vt vt;
	struct vt_cell *shown; /* what the screen shows, cursor included */
	u32 *pixels;	       /* one row of the screen */
	bool drawing;	       /* not while all that was said so far is replayed */
} con;

/* By ECMA-48's numbers, the bright ones last: readable on the ground and beside the map. */
static const u32 palette[16] = {
	0x10141a, 0xd0605a, 0x6fb56a, 0xd2a24c, 0x5b8fd6, 0xb37fc4, 0x56b3b4, 0xc8ccd4,
	0x5a626e, 0xf08078, 0x8fdc88, 0xf2c66d, 0x82b1f5, 0xd4a1e6, 0x78d8d8, 0xffffff,
};

/* What is to be seen there: under the cursor with its colours exchanged. */
static struct vt_cell cell_at(unsigned int x, unsigned int y)
{
	struct vt_cell cell = con.vt.cells[y * con.vt.columns + x];

	if (y == con.vt.y && x == min(con.vt.x, con.vt.columns - 1))
		cell.colour = (u8)(cell.colour << 4 | cell.colour >> 4);
	return cell;
}

static bool differs(unsigned int x, unsigned int y)
{
	struct vt_cell new = cell_at(x, y), old = con.shown[y * con.vt.columns + x];

	return new.character != old.character || new.colour != old.colour;
}

/* Cells [first, end) of a line. */
static void draw_span(unsigned int y, unsigned int first, unsigned int end)
{
	for (unsigned int x = first; x < end; x++)
		con.shown[y * con.vt.columns + x] = cell_at(x, y);
	for (u32 row = 0; row < con.font->height; row++) {
		u32 *pixels = con.pixels;

		for (unsigned int x = first; x < end; x++, pixels += FONT_WIDTH) {
			const struct vt_cell *cell = &con.shown[y * con.vt.columns + x];

			font_row(font_glyph(con.font, cell->character)[row],
				 palette[cell->colour & 15], palette[cell->colour >> 4], pixels);
		}
		fb_row(con.fb, first * FONT_WIDTH, con.top + y * con.font->height + row, con.pixels,
		       (u32)(pixels - con.pixels));
	}
}

static void draw_changes(void)
{
	for (unsigned int y = 0; y < con.vt.rows; y++) {
		unsigned int first = 0, end = con.vt.columns;

		while (first < end && !differs(first, y))
			first++;
		while (end > first && !differs(end - 1, y))
			end--;
		if (first < end)
			draw_span(y, first, end);
	}
	fb_flush();
}

static void write_text(const char *s, size_t n, bool raw)
{
	vt_write(&con.vt, s, n, raw);
	if (con.drawing)
		draw_changes();
}

static void fbcon_write(struct console *console, const char *s, size_t n)
{
	(void)console;
	write_text(s, n, false);
}

static void fbcon_write_raw(struct console *console, const char *s, size_t n)
{
	(void)console;
	write_text(s, n, true);
}

static int fbcon_getchar(struct console *console)
{
	(void)console;
	return keyboard_getchar();
}

static struct console console = {
	.name = "tty0",
	.write = fbcon_write,
	.write_raw = fbcon_write_raw,
	.getchar = fbcon_getchar,
};

int __init fbcon_init(const struct framebuffer *fb, const struct font *font, u32 top)
{
	unsigned int columns = fb->width / FONT_WIDTH;
	unsigned int rows = (fb->height - top) / font->height;
	struct vt_cell *cells = kcalloc(rows * columns, sizeof(*cells), GFP_KERNEL);

	con = (struct fbcon){
		.fb = fb,
		.font = font,
		.top = top,
		.shown = kcalloc(rows * columns, sizeof(*cells), GFP_KERNEL),
		.pixels = kmalloc_array(columns * FONT_WIDTH, sizeof(u32), GFP_KERNEL),
	};
	if (!cells || !con.shown || !con.pixels) {
		kfree(cells);
		kfree(con.shown);
		kfree(con.pixels);
		return -ENOMEM;
	}
	vt_init(&con.vt, cells, columns, rows);
	fb_fill(fb, 0, top, fb->width, fb->height - top, palette[0]);
	register_console(&console);
	con.drawing = true;
	pr_info("console tty0: %u columns, %u lines of %u rows\n", columns, rows, font->height);
	return (int)rows;
}
