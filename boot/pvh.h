/* SPDX-License-Identifier: MIT */
/*
 * The other way in: Xen's PVH boot ABI (docs/misc/pvh, public/arch-x86/hvm/start_info.h),
 * which qemu -kernel speaks too.  A struct in memory points to all the rest.
 */
#ifndef BOOT_PVH_H
#define BOOT_PVH_H

#include "boot/boot_info.h"

#define HVM_START_MAGIC 0x336ec578 /* "xEn3", the E's top bit set */

/* Each address is physical, and 0 where there is no such thing. */
struct hvm_start_info {
	u32 magic;
	u32 version;
	u32 flags;
	u32 nr_modules;
	u64 modules; /* struct hvm_module[nr_modules] */
	u64 cmdline; /* a string with a 0 at its end */
	u64 rsdp;
	/* From version 1 on: */
	u64 memmap; /* struct hvm_memmap_entry[nr_memmap] */
	u32 nr_memmap;
	u32 reserved;
};

struct hvm_module {
	u64 start, size;
	u64 string; /* as cmdline */
	u64 reserved;
};

struct hvm_memmap_entry {
	u64 addr, size;
	u32 type; /* the numbers of e820 */
	u32 reserved;
};

/*
 * Copy what the start info at `info` tells into bi, which is zeroed: command line,
 * memory map, modules, RSDP, with a printed line for each.  Nothing of it is needed
 * in place afterwards.  What one pointer hides behind a wrong address costs only
 * that; 0, or -EINVAL after one line: no start info there, or no memory map.
 */
int pvh_parse(phys_addr_t info, struct boot_info *bi);

#endif
