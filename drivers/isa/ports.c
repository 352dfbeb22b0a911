// SPDX-License-Identifier: MIT
/*
 * The ports of the AT's board, which have no register that tells of them.
 *
 * The list and its names are Linux's, since tools know them.  The timer0 range
 * leaves out 0044-004f, the keyboard's are its two ports alone: what lies
 * between may be something else's.
 */
#define pr_fmt(fmt) "isa: " fmt
#include "boot/boot_info.h"
#include "drivers/isa/isa.h"
#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/lib/string.h"
#include "mm/memremap.h"

#define PORTS(first, last, what)                                               \
	{                                                                      \
		.name = what, .start = first, .end = last,                     \
		.flags = IORESOURCE_BUSY | IORESOURCE_UNDRIVEN | IORESOURCE_IO \
	}

static struct resource standard_io_resources[] = {
	PORTS(0x00, 0x1f, "dma1"),	   PORTS(0x20, 0x21, "pic1"),
	PORTS(0x40, 0x43, "timer0"),	   PORTS(0x50, 0x53, "timer1"),
	PORTS(0x60, 0x60, "keyboard"),	   PORTS(0x64, 0x64, "keyboard"),
	PORTS(0x80, 0x8f, "dma page reg"), PORTS(0xa0, 0xa1, "pic2"),
	PORTS(0xc0, 0xdf, "dma2"),	   PORTS(0xf0, 0xff, "fpu"),
};

static struct resource vga_ports = {
	.name = "vga+",
	.start = 0x3c0,
	.end = 0x3df,
	.flags = IORESOURCE_IO,
};

/* Multiboot2 3.6.12: framebuffer type 2 is EGA text; 0 and 1 are pixels. */
#define FRAMEBUFFER_EGA_TEXT 2

#define BDA_BASE_MEMORY 0x413 /* IBM PS/2 and PC BIOS Technical Reference: KiB, a word */

/*
 * The VGA's ports are held by whoever draws text with it.  A BIOS leaves a text
 * mode on, whether there is a display or not, unless the loader changed it; EFI
 * never does.  Where the loader tells nothing of it, as PVH cannot, a BIOS is known by the
 * size of base memory in its data area; firmware that is none, as microvm's, leaves a 0 there.
 */
static bool __init has_text_console(void)
{
	u16 kib = 0;
	void *word;

	if (boot_info.efi)
		return false;
	if (boot_info.framebuffer.addr)
		return boot_info.framebuffer.type == FRAMEBUFFER_EGA_TEXT;
	word = memremap(BDA_BASE_MEMORY, sizeof(kib), MEMREMAP_WB);
	if (word)
		memcpy(&kib, word, sizeof(kib)); /* its address is odd */
	memunmap(word);
	return kib;
}

static void __init reserve_ports(struct resource *res)
{
	struct resource *conflict = request_resource_conflict(&ioport_resource, res);

	if (conflict)
		pr_warn("%s %pR meets %s %pR\n", res->name, res, conflict->name, conflict);
}

void __init reserve_standard_io_resources(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(standard_io_resources); i++)
		reserve_ports(&standard_io_resources[i]);
	if (has_text_console())
		reserve_ports(&vga_ports);
}
