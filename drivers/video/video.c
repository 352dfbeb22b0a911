// SPDX-License-Identifier: MIT
/*
 * The screen: from what the loader said to a map and a console.
 *
 * A loader that has set a graphics mode says where the pixels are (Multiboot2 3.6.12); one that has
 * not, or speaks PVH, which cannot say it, leaves the screen as it is.  The range is claimed as Linux
 * claims it, by its efifb, which is beneath the BAR of the display's device.
 */
#define pr_fmt(fmt) "video: " fmt

#include "drivers/video/video.h"

#include "boot/boot_info.h"
#include "drivers/firmware/initrd.h"
#include "drivers/input/keyboard.h"
#include "drivers/video/fbmap.h"
#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/monitor/pager.h"
#include "mm/ioremap.h"
#include "mm/slab.h"

#define FRAMEBUFFER_RGB 1 /* Multiboot2 3.6.12 */
#define MIN_WIDTH	640
#define MAX_SIDE	8192
#define MIN_LINES	4 /* of the console, below the map */

static struct framebuffer screen;
static struct font font;

/* The loader is not trusted: what it says must be one screen of pixels as we write them. */
static bool __init is_usable(const struct boot_framebuffer *fb)
{
	return fb->bpp == 32 && fb->width >= MIN_WIDTH && fb->width <= MAX_SIDE &&
	       fb->height <= MAX_SIDE && fb->pitch / sizeof(u32) >= fb->width &&
	       fb->pitch % sizeof(u32) == 0 && fb->pitch <= MAX_SIDE * sizeof(u32) &&
	       fb->addr % sizeof(u32) == 0;
}

static const u8 *__init keep_glyphs(const struct font *found)
{
	size_t size = FONT_CHARACTERS * found->height;
	u8 *glyphs = kmalloc(size, GFP_KERNEL);

	return glyphs ? memcpy(glyphs, found->glyphs, size) : NULL;
}

/* The first of the loader's modules that is a font, copied. */
static bool __init load_font(void)
{
	for (unsigned int i = 0; i < boot_info.nr_modules && !font.glyphs; i++) {
		const struct boot_module *m = &boot_info.modules[i];
		void *data = initrd_map_module(i);
		struct font found;

		if (data && font_parse(data, m->end - m->start, &found)) {
			font.height = found.height;
			font.glyphs = keep_glyphs(&found);
		}
		memunmap(data);
	}
	return font.glyphs;
}

static bool __init map_screen(const struct boot_framebuffer *fb)
{
	size_t size = (size_t)fb->pitch * fb->height;

	if (!request_mem_region(fb->addr, size, "efifb"))
		return false;
	screen = (struct framebuffer){
		.base = ioremap_wc(fb->addr, size),
		.width = fb->width,
		.height = fb->height,
		.pitch = fb->pitch,
	};
	if (!screen.base)
		release_mem_region(fb->addr, size);
	return screen.base;
}

static void __init start_screen(void)
{
	int top = fbmap_init(&screen, &font), lines;

	if (top < 0 || (u32)top + MIN_LINES * font.height > screen.height) {
		pr_err("no memory, or no room for a console\n");
		return;
	}
	lines = fbcon_init(&screen, &font, (u32)top);
	if (lines < 0) {
		pr_err("no memory for the console\n");
		return;
	}
	pager_limit((unsigned int)lines);
	i8042_init();
}

void __init video_init(void)
{
	const struct boot_framebuffer *fb = &boot_info.framebuffer;

	if (!fb->addr || fb->type != FRAMEBUFFER_RGB)
		return;
	if (!is_usable(fb))
		pr_warn("the framebuffer is not used: %ux%u, %u bytes a line, %u bits a pixel\n",
			fb->width, fb->height, fb->pitch, fb->bpp);
	else if (!load_font())
		pr_info("the framebuffer is not used: no module of the loader's is a font (PSF 1)\n");
	else if (map_screen(fb))
		start_screen();
}
