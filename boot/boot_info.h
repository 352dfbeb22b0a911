/* SPDX-License-Identifier: MIT */
/*
 * What a loader told us, without its format: the one thing that later boot code
 * knows of how the kernel was started.
 *
 * Filled by boot/multiboot2.c or boot/pvh.c; __initdata, so it is gone after
 * free_initmem().
 */
#ifndef BOOT_BOOT_INFO_H
#define BOOT_BOOT_INFO_H

#include "kernel/lib/compiler.h"

#define BOOT_MAX_RANGES	 128 /* memory map entries kept */
#define BOOT_MAX_MODULES 16
#define BOOT_STRING_MAX	 2048 /* bytes of a string, the terminating 0 included */
#define BOOT_RSDP_MAX	 36   /* ACPI 6.5, 5.2.5.3: the revision 2 RSDP */

/* A memory map entry as the loader gave it: unsorted, unchecked. */
struct boot_range {
	u64 start;
	u64 size; /* bytes; may be 0 or wrap: e820 sorts that out */
	u32 type; /* the numbers of e820 */
};

struct boot_module {
	phys_addr_t start; /* inclusive */
	phys_addr_t end;   /* exclusive */
	char string[64];
};

struct boot_framebuffer {
	phys_addr_t addr; /* 0: none */
	u32 pitch, width, height;
	u8 bpp, type; /* type 2: EGA text (Multiboot2 3.6.12) */
};

/* Section headers of the image as loaded (ELF-64, chapter 4), in the loader's data. */
struct boot_elf {
	phys_addr_t headers; /* 0: not told */
	u32 count, entry_size, string_index;
};

struct boot_info {
	char cmdline[BOOT_STRING_MAX];
	char loader[64];

	/* Where the loader's own data lies that is looked at later: reserved.  Empty: all was copied. */
	phys_addr_t data_start, data_end; /* end exclusive */

	struct boot_range ranges[BOOT_MAX_RANGES];
	unsigned int nr_ranges;
	struct boot_module modules[BOOT_MAX_MODULES];
	unsigned int nr_modules;

	/* A copy of the RSDP; the newest revision where both tags came. 0 bytes: none. */
	u8 rsdp[BOOT_RSDP_MAX];
	unsigned int rsdp_size;

	struct boot_framebuffer framebuffer;
	struct boot_elf elf;

	bool efi;		      /* an EFI tag came */
	phys_addr_t efi_system_table; /* 0: not told */
	phys_addr_t efi_memmap;	      /* physical address of the copy in the tag; 0: none */
	u32 efi_memmap_size, efi_desc_size, efi_desc_version;
};

extern struct boot_info boot_info;

/*
 * Read what the loader left at physical address `info` into boot_info, in the format
 * that his magic names: MULTIBOOT2_LOADER_MAGIC or HVM_START_MAGIC.  After
 * early_ioremap_setup(), before anything is allocated, since it may lie anywhere.
 * 0; -EINVAL or -ENOMEM, after a line: there is nothing that a kernel can start from.
 */
int boot_info_init(u32 magic, phys_addr_t info);

#endif
