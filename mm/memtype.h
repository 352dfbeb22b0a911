/* SPDX-License-Identifier: MIT */
/*
 * Memory types: which range of physical addresses is mapped with which caching.
 *
 * One page must not be mapped with two types (SDM 3A, 11.12.4).  Whoever is about
 * to map reserves the range first and maps it as it is told; whoever has unmapped
 * it gives it back.
 *
 * RAM is write-back and needs no reservation: only what differs is kept, for
 * set_memory_uc() and set_memory_wc().
 *
 * Lock: memtype_lock, a leaf, but for the command's lines; who looks a type up takes it, too.
 * Any context but an interrupt handler.
 */
#ifndef MM_MEMTYPE_H
#define MM_MEMTYPE_H

#include "kernel/lib/tree.h"
#include "mm/pgtable.h"

/* A reservation.  Who maps embeds it; its fields are mm/memtype.c's. */
struct memtype {
	phys_addr_t start, end; /* whole pages; end exclusive */
	enum page_cache_mode type;
	bool over;	      /* which tree it is for: see mm/memtype_tree.c */
	unsigned long caller; /* who reserved it */
	struct tree_node node;
	phys_addr_t reach; /* where the last of the subtree ends, of `over` */
};

/*
 * Reserve [start, end), whole pages, none of them RAM, for a mapping as `want`, on
 * behalf of `caller`.  m->type is what must be mapped then: `want`, or uncached-minus
 * for write-back where the MTRRs do not have the range as such, and for what the CPU
 * has not without a PAT, or the type that
 * reservations there have already, if it is a compatible one.  -EBUSY, said with
 * ranges, types and holder, where it is not.  `m` is the caller's memory and stays
 * in use until memtype_del().
 *
 * Compatible as in Linux: not write-back for one who wants anything else, nor
 * write-combining for write-through.
 */
int memtype_add(struct memtype *m, phys_addr_t start, phys_addr_t end, enum page_cache_mode want,
		unsigned long caller) __must_check;
void memtype_del(struct memtype *m);

/*
 * The same for RAM, with memory of its own: whole pages that are write-back as yet, and
 * become uncached-minus, write-combining or write-through.  -EBUSY, said with the holder;
 * -ENOMEM; -EINVAL, a WARN, for what is not RAM.
 */
int memtype_reserve_ram(phys_addr_t start, phys_addr_t end, enum page_cache_mode want,
			unsigned long caller) __must_check;

/*
 * All of [start, end), of RAM, is write-back again, whether it was reserved or not.
 * -ENOMEM, and nothing happened, where one range would become two.
 */
int memtype_free_ram(phys_addr_t start, phys_addr_t end);

/*
 * The type that mappings of the page at `phys` have, and who reserved it (0: nobody
 * had to, it is RAM).  false where it is no RAM and not reserved.
 */
bool memtype_lookup(phys_addr_t phys, enum page_cache_mode *type, unsigned long *holder);

/*
 * Reservations of addresses that are not RAM, and ranges of RAM that are not write-back:
 * tests see that they come back.
 */
unsigned int nr_memtypes(void);
unsigned int nr_ram_memtypes(void);

const char *cattr_name(enum page_cache_mode mode); /* "write-back" ..., as Linux names it */

#endif
