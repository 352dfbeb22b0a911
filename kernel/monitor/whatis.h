/* SPDX-License-Identifier: MIT */
/* All that the kernel knows of one address: the command `whatis`, and whom others ask. */
#ifndef KERNEL_MONITOR_WHATIS_H
#define KERNEL_MONITOR_WHATIS_H

#include <linux/types.h>

#include "kernel/core/resource.h"
#include "kernel/core/sink.h"
#include "mm/pgtable.h"

/* All that the kernel knows of an address, from KERNEL_HALF on virtual, else physical, line by line. */
void whatis(struct sink *out, u64 addr);

/* "  label:      text", where the label may be empty. */
void whatis_line(struct sink *out, const char *label, const char *fmt, ...) __printf(3, 4);

/* What a page of RAM is used for, and by whom: "page table, allocated by new_table+0x5/0x9". */
void whatis_page_use(phys_addr_t phys, char *buf, size_t size);

/* Everything about a physical address. */
void whatis_physical(struct sink *out, phys_addr_t phys);

/* All of [start, last], physical: firmware's word, the register, and where the kernel maps it. */
void whatis_physical_range(struct sink *out, phys_addr_t start, phys_addr_t last);

/*
 * Who tells of an address in a process: 0, or -ESRCH where there is none of that number with memory of its
 * own, or another error after it has said what is wrong.  Boot.
 */
void whatis_set_user(int (*fn)(struct sink *out, pid_t pid, unsigned long addr));

/* `name` of a resource is meant by `word`: "00:1f.2" is short for "0000:00:1f.2", a function's BARs. */
bool resource_is_named(const char *name, const char *word);

/* Who has [start, end] of a register, who a part of it, and what lies on both sides. */
void whatis_register(struct sink *out, struct resource *root, resource_size_t start,
		     resource_size_t end);

/* Whom a virtual address belongs to: "direct map", "ioremap for hpet_init+0x5/0x9" ... */
void whatis_owner(unsigned long va, char *buf, size_t size);

#endif
