// SPDX-License-Identifier: MIT
/*
 * Poisoned pages.
 *
 * From the moment a page is free until it is given out, it holds PAGE_POISON in
 * each byte; only a fresh block (mm/page_alloc.c) gets it when it is broken up,
 * or else the boot would write all of RAM.  Who had the page last is in each of
 * its struct pages, since a block may come back in other pieces.
 *
 * Off, it costs a test of page_debug.  On, each page is written and read once
 * more: it is for finding out, not for measuring.
 */
#include "mm/page_poison.h"
#include "kernel/core/cmdline.h"
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "mm/highmem.h"

#define POISON_WORD 0xaaaaaaaaaaaaaaaaUL
#define SHOWN	    16 /* bytes of a breach that are printed */

void poison_pages(struct page *page, unsigned int order)
{
	for (unsigned int i = 0; i < 1U << order; i++) {
		void *va = kmap_local_page(page + i), *to = va;
		unsigned long n = PAGE_SIZE / sizeof(unsigned long);

		__asm__ __volatile__("rep stosq" : "+D"(to), "+c"(n) : "a"(POISON_WORD) : "memory");
		kunmap_local(va);
		page[i].owner = page->owner;
	}
}

/* The first byte that is not the pattern, or PAGE_SIZE. */
static unsigned int find_breach(const u8 *p)
{
	unsigned int i = 0;

	while (i < PAGE_SIZE && *(const unsigned long *)(p + i) == POISON_WORD)
		i += sizeof(unsigned long);
	while (i < PAGE_SIZE && p[i] == PAGE_POISON)
		i++;
	return i;
}

static noinline void say_breach(const struct page *page, const u8 *p, unsigned int at,
				unsigned long caller)
{
	char bytes[3 * SHOWN + 1];
	int n = 0;

	for (unsigned int i = at; i < PAGE_SIZE && i < at + SHOWN; i++)
		n += scnprintf(bytes + n, sizeof(bytes) - n, " %02x", p[i]);
	WARN(true,
	     "page_poison: page %#lx was written at %#x after it was freed:%s; owner %pS, "
	     "found for %pS\n",
	     page_to_pfn(page), at, bytes, (void *)page->owner, (void *)caller);
}

void check_poison(struct page *page, unsigned int order, unsigned long caller)
{
	for (unsigned int i = 0; i < 1U << order; i++) {
		u8 *va = kmap_local_page(page + i);
		unsigned int at = find_breach(va);

		if (unlikely(at < PAGE_SIZE))
			say_breach(page + i, va, at, caller);
		kunmap_local(va);
	}
}

void __init page_poison_init(void)
{
	if (!cmdline_value_is("page_poison", "on") && !cmdline_value_is("page_poison", "1"))
		return;
	page_debug |= PAGE_DEBUG_POISON;
	pr_info("page_poison: free pages are filled and checked\n");
}
