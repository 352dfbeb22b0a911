/* SPDX-License-Identifier: MIT */
/* What the two files of the command `whatis` share.  Nobody else includes this. */
#ifndef KERNEL_MONITOR_WHATIS_H
#define KERNEL_MONITOR_WHATIS_H

#include "mm/pgtable.h"

/* All that the kernel knows of an address, virtual or physical, line by line. */
void whatis(u64 addr);

/* Where the answer goes: to the console, or to a test. */
extern void (*whatis_write)(const char *text, size_t n);

/* A line of the answer as it is; and "  label:      text", where the label may be empty. */
void whatis_head(const char *fmt, ...) __printf(1, 2);
void whatis_line(const char *label, const char *fmt, ...) __printf(2, 3);

/* Everything about a physical address. */
void whatis_physical(phys_addr_t phys);

/* Whom a virtual address belongs to: "direct map", "ioremap for hpet_init+0x5/0x9" ... */
void whatis_owner(unsigned long va, char *buf, size_t size);

#endif
