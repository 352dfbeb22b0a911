// SPDX-License-Identifier: MIT
/*
 * Who holds a block of pages.
 *
 *   reference   somebody needs what is in it; alloc_pages() gives the first one
 *   pin         a device has its address, and reads or writes there whatever we do:
 *               the block must not be anybody else's until the device was stopped
 *
 * A block is free when it has neither.  So a pin also holds what its owner has given
 * back, by mistake or on the way out of an error.  Pins are counted by the page in
 * vmstat, and by the block here: page_census() holds the two against each other.
 *
 * Both numbers live in one word, references below and pins above, for whoever frees
 * to see with one comparison that there is nobody else.  They do not run into each
 * other: what would is refused, as is giving back what one has not got.
 */
#include "kernel/core/panic.h"
#include "kernel/lib/errno.h"
#include "mm/vmstat.h"
#include "mm/zone.h"

#define MOST_PINS 0x7fff /* the word has a sign */

noinline void thaw_reserved(struct page *page)
{
	struct page *head = page_block_head(page);
	struct zone *zone = page_zone(head);
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	if (in_fresh_reserved(head))
		thaw_block(head);
	spin_unlock_irqrestore(&zone->lock, flags);
}

static noinline void warn_page(const struct page *page, const char *verb, const char *wrong,
			       unsigned long caller)
{
	WARN(true, "%s of page %#lx, flags %#x, order %u, owner %pS, by %pS: %s\n", verb,
	     page_to_pfn(page), page_flags(page), page->order, (void *)page->owner, (void *)caller,
	     wrong);
}

/* False, after a WARN, where the page is in a fresh block that is free. */
static bool can_count(struct page *page, const char *verb, unsigned long caller)
{
	if (in_fresh_block(page)) /* its head speaks for it: to be counted it has to itself */
		thaw_reserved(page);
	if (likely(!(page_flags(page) & PG_FRESH)))
		return true;
	WARN(true, "%s of page %#lx, in a free block, by %pS\n", verb, page_to_pfn(page),
	     (void *)caller);
	return false;
}

/* One more of `unit`, which is 1 or PIN_BIAS.  NULL; or why not, and nothing has changed. */
static const char *count_up(struct page *page, s32 unit)
{
	s32 old = READ_ONCE(page->refcount);

	do {
		if (!old)
			return "without a reference";
		if (unit == 1 ? (old & REF_MASK) == REF_MASK : old / PIN_BIAS == MOST_PINS)
			return "too many";
	} while (!__atomic_compare_exchange_n(&page->refcount, &old, old + unit, false,
					      __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return NULL;
}

/* One less; *left is what remains. */
static const char *count_down(struct page *page, s32 unit, s32 *left)
{
	s32 old = READ_ONCE(page->refcount);

	do {
		if (unit == 1 ? !(old & REF_MASK) : old < PIN_BIAS)
			return unit == 1 ? "without a reference" : "without a pin";
		if (old == unit && page->flags & PG_RESERVED)
			return "the last of a reserved page";
		*left = old - unit;
	} while (!__atomic_compare_exchange_n(&page->refcount, &old, *left, false, __ATOMIC_ACQ_REL,
					      __ATOMIC_RELAXED));
	return NULL;
}

void get_page(struct page *page)
{
	const char *wrong;

	if (!can_count(page, "get_page", _RET_IP_))
		return;
	page = compound_head(page);
	wrong = count_up(page, 1);
	if (unlikely(wrong))
		warn_page(page, "get_page", wrong, _RET_IP_);
}

void put_page_caller(struct page *page, unsigned long caller)
{
	const char *wrong;
	s32 left = 0;

	if (!can_count(page, "put_page", caller))
		return;
	page = compound_head(page);
	wrong = count_down(page, 1, &left);
	if (unlikely(wrong))
		warn_page(page, "put_page", wrong, caller);
	else if (!left)
		free_block(page, page->order);
}

void put_page(struct page *page)
{
	put_page_caller(page, _RET_IP_);
}

void split_page(struct page *page, unsigned int order)
{
	const struct page first = *page;
	bool compound = first.flags & PG_COMPOUND;

	if (WARN(READ_ONCE(page->refcount) != 1, "split_page of page %#lx with others' counts\n",
		 page_to_pfn(page)))
		return;
	for (unsigned long i = 0; i < 1UL << order; i++) {
		page[i].mapping = NULL;
		page[i].mapcount = compound ? page[i].mapcount : 0;
		page[i].private = 0;
		page[i].owner = first.owner;
		page[i].flags = first.flags & PG_USER_BITS;
		page[i].order = 0;
		page[i].refcount = 1;
	}
}

int pin_page(struct page *page)
{
	const char *wrong;

	if (!can_count(page, "pin_page", _RET_IP_))
		return -ENOMEM;
	page = compound_head(page);
	wrong = count_up(page, PIN_BIAS);
	if (unlikely(wrong)) {
		warn_page(page, "pin_page", wrong, _RET_IP_);
		return -ENOMEM;
	}
	count_vm_events(NR_FOLL_PIN_ACQUIRED, pages_pinned(page));
	return 0;
}

void unpin_page(struct page *page)
{
	unsigned long pages; /* it may be gone afterwards */
	const char *wrong;
	s32 left = 0;

	if (!can_count(page, "unpin_page", _RET_IP_))
		return;
	page = compound_head(page);
	pages = pages_pinned(page);
	wrong = count_down(page, PIN_BIAS, &left);
	if (unlikely(wrong)) {
		warn_page(page, "unpin_page", wrong, _RET_IP_);
		return;
	}
	count_vm_events(NR_FOLL_PIN_RELEASED, pages);
	if (!left)
		free_block(page, page->order);
}
