// SPDX-License-Identifier: MIT
/*
 * The loader's word, whoever he was.
 */
#define pr_fmt(fmt) "boot: " fmt

#include "boot/boot_info.h"
#include "boot/multiboot2.h"
#include "boot/pvh.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"

struct boot_info boot_info __initdata;

int __init boot_info_init(u32 magic, phys_addr_t info)
{
	switch (magic) {
	case MULTIBOOT2_LOADER_MAGIC:
		return multiboot2_parse(info, &boot_info);
	case HVM_START_MAGIC:
		return pvh_parse(info, &boot_info);
	}
	pr_err("no loader's magic is 0x%08x\n", magic);
	return -EINVAL;
}
