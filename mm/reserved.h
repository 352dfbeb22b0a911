/* SPDX-License-Identifier: MIT */
/*
 * RAM that boot keeps from the allocator, and for whom: memblock merges what it is told,
 * so the names are kept here.  Written by boot alone, read for ever.
 */
#ifndef MM_RESERVED_H
#define MM_RESERVED_H

#include "kernel/lib/compiler.h"

struct reserved_ram {
	phys_addr_t start, end; /* end exclusive */
	char name[96];
};

/*
 * memblock_reserve(start, size), and remember the name for people; one that has no room
 * is said and reserved all the same.  Nothing for size 0.  Before memblock is closed.
 */
void reserve_ram(phys_addr_t start, u64 size, const char *fmt, ...) __printf(3, 4);

/*
 * What must not be given out: the first MiB, the image, the loader's data (in which ELF section
 * headers and EFI's map lie, if any) and each module.  Before anything is allocated.
 */
struct boot_info;
void mem_reserve_boot(const struct boot_info *bi);

/* The n-th by address, and the smallest that holds addr; NULL: none. */
const struct reserved_ram *reserved_ram_nth(unsigned int n);
const struct reserved_ram *reserved_ram_at(phys_addr_t addr);

#endif
