/* SPDX-License-Identifier: MIT */
/*
 * The kernel's scalar types.
 *
 * Three kinds of address exist and are never mixed: phys_addr_t is what the
 * memory bus sees, unsigned long is a virtual address held as a number, and a
 * pointer is a virtual address that may be dereferenced, unless it is marked
 * __iomem: then only the accessors of mm/io.h may touch it; or __user, an address that
 * a program gave: then only mm/uaccess.h may.
 */
#ifndef KERNEL_LIB_TYPES_H
#define KERNEL_LIB_TYPES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

typedef long ssize_t;
typedef u64 phys_addr_t;     /* an address on the memory bus */
typedef u64 resource_size_t; /* an address or port number in a resource tree */
typedef unsigned long pfn_t; /* a physical address in units of pages */

/* Of files and processes, in the kernel's own width; the ABI's are in <linux/...> and <asm/...>. */
typedef s64 loff_t;
typedef unsigned long pgoff_t; /* an offset in a file, in units of pages */
typedef unsigned short umode_t;
typedef u32 dev_t;   /* MKDEV(major, minor): kernel/fs/fs.h */
typedef u32 fmode_t; /* FMODE_* */
typedef s32 pid_t;
typedef u32 uid_t;
typedef u32 gid_t;

#endif
