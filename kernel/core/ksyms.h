/* SPDX-License-Identifier: MIT */
/*
 * Names for addresses in the image: the kernel's own symbol table, which
 * kernel/core/ksyms.py puts into the linked file.  It is there from the first C line,
 * read-only, and complete: functions, data and section bounds.
 *
 * All functions take any number as an address and may be called from any context.
 */
#ifndef KERNEL_CORE_KSYMS_H
#define KERNEL_CORE_KSYMS_H

#include "kernel/lib/compiler.h"

/*
 * Write "symbol+0x1/0x2" (`with_offset`: offset and size of the symbol) or
 * "symbol" for a code address into `buf`, "0x%lx" where no symbol covers it.
 * Terminated; returns the length written.  Any context.
 */
int ksym_format(char *buf, size_t size, unsigned long addr, bool with_offset);

/*
 * The symbol that covers addr: its name, which lives for ever, how far inside
 * addr lies, and how many bytes there are up to the next symbol's address (either
 * pointer may be NULL).  NULL, and nothing written, outside the image.
 */
const char *ksym_lookup(unsigned long addr, unsigned long *offset, unsigned long *size);

/* %pS and %ps give names from here on. */
void ksyms_init(void);

/* The address of the symbol of that exact name, the lowest where several have it; 0: none. */
unsigned long ksym_address(const char *name);

/* The nth name in the order of addresses, from 0; NULL behind the last. */
const char *ksym_nth(unsigned int n);

#endif
