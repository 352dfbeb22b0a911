/* SPDX-License-Identifier: MIT */
/* What the two files of the command `whatis` share.  Nobody else includes this. */
#ifndef MM_WHATIS_H
#define MM_WHATIS_H

#include "mm/pgtable.h"

/* "  label:      text", a line of the answer; the label may be empty. */
void whatis_line(const char *label, const char *fmt, ...) __printf(2, 3);

/* Everything about a physical address. */
void whatis_physical(phys_addr_t phys);

/* Whom a virtual address belongs to: "direct map", "ioremap for hpet_init+0x5/0x9" ... */
void whatis_owner(unsigned long va, char *buf, size_t size);

#endif
