/* SPDX-License-Identifier: MIT */
/*
 * page_poison=on: what is free holds a pattern, so that a write through a stale
 * pointer is seen when the page is given out again.
 */
#ifndef MM_PAGE_POISON_H
#define MM_PAGE_POISON_H

#include "mm/page_alloc.h"

#define PAGE_POISON 0xaa /* each byte, as in Linux */

/* Fill the block's pages and note in each who had it. */
void poison_pages(struct page *page, unsigned int order);

/* A WARN that names the last owner for each page that does not hold the pattern. */
void check_poison(struct page *page, unsigned int order, unsigned long caller);

/* Read the command line. */
void page_poison_init(void);

#endif
