/* SPDX-License-Identifier: MIT */
/*
 * The screen, where a loader has left a framebuffer: the map of physical memory above, the console
 * below.
 *
 *   framebuffer   claimed, mapped write combining, only ever written: fb.h
 *   font          a module of the loader's: font.h
 *   terminal      what programs and messages write becomes rows of characters: vt.h
 *   console       the rows become pixels, of those places alone that have changed: fbcon.c
 *   map           the register becomes boxes: fbmap.h
 *
 * Nobody reads the framebuffer: a read of it waits for the bus, and what it shows is known anyway.
 */
#ifndef DRIVERS_VIDEO_VIDEO_H
#define DRIVERS_VIDEO_VIDEO_H

#include "drivers/video/fb.h"
#include "drivers/video/font.h"

/*
 * Take the framebuffer that boot_info tells of, if any: the console gets the part below the map, the
 * keyboard is its input.  Without one nothing happens, and nothing is said.  Boot, in a thread,
 * once the register is complete.
 */
void video_init(void);

/* The console, in the rows of pixels from `top` on: fbcon.c.  How many lines it has, or -ENOMEM.  Boot. */
int fbcon_init(const struct framebuffer *fb, const struct font *font, u32 top);

#endif
