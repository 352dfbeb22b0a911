/* SPDX-License-Identifier: MIT */
/*
 * The loader's information, by the Multiboot2 specification 2.0, section 3.6:
 * a total size, then tags on 8-byte boundaries up to an end tag.
 */
#ifndef BOOT_MULTIBOOT2_H
#define BOOT_MULTIBOOT2_H

#include "boot/boot_info.h"

#define MULTIBOOT2_LOADER_MAGIC 0x36d76289 /* 3.3: in EAX */

/* No loader needs more; an early_memremap slot holds no more (64 pages). */
#define MULTIBOOT2_MAX_SIZE 0x40000

enum multiboot2_tag {
	MB2_TAG_END = 0,
	MB2_TAG_CMDLINE = 1,
	MB2_TAG_LOADER = 2,
	MB2_TAG_MODULE = 3,
	MB2_TAG_BASIC_MEMINFO = 4,
	MB2_TAG_BOOTDEV = 5,
	MB2_TAG_MMAP = 6,
	MB2_TAG_VBE = 7,
	MB2_TAG_FRAMEBUFFER = 8,
	MB2_TAG_ELF_SECTIONS = 9,
	MB2_TAG_APM = 10,
	MB2_TAG_EFI32 = 11,
	MB2_TAG_EFI64 = 12,
	MB2_TAG_SMBIOS = 13,
	MB2_TAG_ACPI_OLD = 14,
	MB2_TAG_ACPI_NEW = 15,
	MB2_TAG_NETWORK = 16,
	MB2_TAG_EFI_MMAP = 17,
	MB2_TAG_EFI_BS = 18,
	MB2_TAG_EFI32_IH = 19,
	MB2_TAG_EFI64_IH = 20,
	MB2_TAG_LOAD_BASE = 21,
	MB2_NR_TAGS
};

/*
 * Read the tags at physical address `mbi` into bi, which is zeroed, through one
 * early_memremap() slot that is given back.  Every tag gets a printed line: what
 * was used of it, or that it was ignored and why.  0; -EINVAL, after one line: a
 * place or a size that no tag list can have, or a list that multiboot2_walk()
 * refuses; -ENOMEM where it could not be mapped.
 */
int multiboot2_parse(phys_addr_t mbi, struct boot_info *bi);

/*
 * The walk alone.  `tags` is the whole information
 * of `size` bytes, its 8-byte head included, 8-byte aligned; bi is zeroed but
 * for data_start, where the tags lie in physical memory.  0; -EINVAL, after one
 * line that says what is wrong and at which offset: a tag shorter than its own
 * head (it would be walked for ever), a tag that leaves the list, a list without
 * end tag or without memory map.  A single tag that cannot be used (too short
 * for its type, a second one of a kind) costs only itself, and a line.
 */
int multiboot2_walk(const void *tags, size_t size, struct boot_info *bi);

#endif
