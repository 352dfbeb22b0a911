/* SPDX-License-Identifier: MIT */
/* The map of physical memory on the screen: what `iomem -m` draws with characters, in pixels. */
#ifndef DRIVERS_VIDEO_FBMAP_H
#define DRIVERS_VIDEO_FBMAP_H

#include "drivers/video/fb.h"

/*
 * Draw it, and again whenever the register has changed, within a second.  fb and font stay for
 * ever.  How many rows of pixels it takes; -ENOMEM.  Boot, in a thread.
 */
int fbmap_init(const struct framebuffer *fb, const struct font *font);

#endif
