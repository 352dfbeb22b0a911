/* SPDX-License-Identifier: MIT */
/*
 * Items of memory at an address that a person gave, in U-Boot's manner: what md, mw and their kin
 * are made of.  One of the kernel's half is virtual, and stands for the physical one that it is mapped to.
 *
 * RAM is reached as any page is.  Anything else is claimed where nobody holds it, mapped,
 * accessed in the exact width and given back, piece by piece; every access may fault without
 * harm.  What may be accessed kernel/monitor/access.h says.
 *
 * For the thread that runs commands.  What goes wrong is one line to `out`, and -errno: -EFAULT for what
 * faults or is mapped nowhere, -EPERM for what may not be accessed.
 */
#ifndef KERNEL_MONITOR_MEMORY_H
#define KERNEL_MONITOR_MEMORY_H

#include "kernel/lib/types.h"
#include "mm/iomap.h"

struct sink;

#define MEM_COUNT 0x40	   /* items where no number says */
#define MEM_BYTES 0x100000 /* of one command that shows or writes */

/* A piece of memory that can be accessed now. */
struct mem_window {
	u64 addr; /* as it was asked for */
	phys_addr_t start;
	u64 size; /* bytes; 0: closed */
	unsigned long va;
	void __iomem *map; /* NULL: RAM, by kmap_local_page() */
	bool claimed;
};

struct mem_request {
	struct sink *out;
	const char *command; /* as it was typed */
	u64 addr;
	unsigned int width; /* bytes of an item: 1, 2, 4, 8 */
	u64 count;	    /* items */
	struct mem_window window;
};

/*
 * The address and the count of items, hexadecimal words, and the width of `name`; -EINVAL, without a line:
 * one is no number.  No count: MEM_COUNT.  At most `limit` bytes, none of them behind the last address.
 */
int mem_parse(struct mem_request *r, struct sink *out, const char *name, const char *addr,
	      const char *count, u64 limit);

/* `word` is a value that an item can have. */
int mem_value(const struct mem_request *r, const char *word, u64 *value);

/* Access the item at addr, `left` bytes from there on being wanted; mem_close() is due. */
int mem_access(struct mem_request *r, u64 addr, u64 left, u64 *value, bool write);
void mem_close(struct mem_request *r);

/* All of it may be read, or written, so that nothing is written where a part may not. */
int mem_check(const struct mem_request *r, bool write);

#endif
