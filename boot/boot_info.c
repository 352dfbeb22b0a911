// SPDX-License-Identifier: MIT
/*
 * Where the loader's word is fetched from memory: the only place that maps it.
 *
 * The tags may lie anywhere below 4 GiB, also right behind the image inside what
 * the memory map calls usable, so they are copied out of before anything is
 * allocated, and boot_info.data_start/data_end tell what to reserve.
 */
#define pr_fmt(fmt) "multiboot2: " fmt

#include "boot/boot_info.h"
#include "boot/multiboot2.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "mm/early_ioremap.h"
#include "mm/layout.h"

struct boot_info boot_info __initdata;

/* The total size that the tags' head tells, or -EINVAL, -ENOMEM (said). */
static int __init read_total_size(phys_addr_t mbi)
{
	const u32 *head;
	u32 size;

	head = early_memremap_ro(mbi, 8);
	if (!head) {
		pr_err("cannot map the information at %pa\n", &mbi);
		return -ENOMEM;
	}
	size = head[0];
	early_memunmap((void *)head, 8);

	/* Head and end tag are 8 bytes each; one early slot must hold it all. */
	if (size < 16 || size > MULTIBOOT2_MAX_SIZE - (mbi & (PAGE_SIZE - 1))) {
		pr_err("the information at %pa says it has %u bytes: not 16 to %u\n", &mbi, size,
		       MULTIBOOT2_MAX_SIZE);
		return -EINVAL;
	}
	return size;
}

int __init multiboot2_parse(u32 magic, phys_addr_t mbi)
{
	void *tags;
	int size, ret;

	if (magic != MULTIBOOT2_LOADER_MAGIC) {
		pr_err("the loader's magic is 0x%08x, not 0x%08x\n", magic,
		       MULTIBOOT2_LOADER_MAGIC);
		return -EINVAL;
	}
	if (mbi == 0 || !IS_ALIGNED(mbi, 8)) {
		pr_err("no information can lie at %pa\n", &mbi);
		return -EINVAL;
	}
	size = read_total_size(mbi);
	if (size < 0)
		return size;

	boot_info.data_start = mbi;
	boot_info.data_end = mbi + size;
	tags = early_memremap_ro(mbi, size);
	if (!tags) {
		pr_err("cannot map the %d bytes at %pa\n", size, &mbi);
		return -ENOMEM;
	}
	ret = multiboot2_walk(tags, size, &boot_info);
	early_memunmap(tags, size);
	return ret;
}
