/* SPDX-License-Identifier: MIT */
/*
 * The final page tables, and what of the image is given back after boot.
 */
#ifndef MM_INIT_H
#define MM_INIT_H

#include "kernel/lib/compiler.h"

/*
 * Build the final tables and change to them: the image with each section's own
 * rights, the direct map of memblock's RAM, the fixmap as it is.  The identity of
 * physical and virtual addresses is over; __va() works.  Panics without memory.
 */
void init_mem_mapping(void);

/* "Kernel code", "rodata", "data" and "bss" into the register, inside their RAM. */
void image_insert_resources(void);

/*
 * Give back what only the boot used.  __init code and data are gone afterwards;
 * the caller must not be __init.  Ends with check_wx_pages().
 */
void free_initmem(void);
bool initmem_is_free(void);

/* Walk all tables for pages both writable and executable, say what was found; their number. */
int check_wx_pages(void);

#endif
