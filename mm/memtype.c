// SPDX-License-Identifier: MIT
/*
 * Who maps which physical addresses with which memory type.
 *
 * Two trees (mm/memtype_tree.c).  One holds what ioremap() and its relatives map:
 * a reservation per mapping, all those of one page with one type.  The other holds
 * the ranges of RAM that are not write-back: the direct map, the image and vmalloc
 * areas are views of RAM without a reservation each, so there the range has the
 * type, and set_memory_uc() and the like see to it that all views follow.
 *
 * The memory type range registers have a say too: what they make uncachable does
 * not become write-back by a page table, so such a request is granted as
 * uncached-minus from the start, and whoever comes second is told the truth.
 */
#include "mm/memtype.h"
#include "kernel/core/command.h"
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/core/spinlock.h"
#include "kernel/lib/errno.h"
#include "mm/memtype_tree.h"
#include "mm/mtrr.h"
#include "mm/page_alloc.h"

static DEFINE_SPINLOCK(memtype_lock); /* both trees and all that hangs in them */
static struct memtype_tree io_types, ram_types;

const char *cattr_name(enum page_cache_mode mode)
{
	switch (mode) {
	case _PAGE_CACHE_MODE_UC:
		return "uncached";
	case _PAGE_CACHE_MODE_UC_MINUS:
		return "uncached-minus";
	case _PAGE_CACHE_MODE_WB:
		return "write-back";
	case _PAGE_CACHE_MODE_WC:
		return "write-combining";
	case _PAGE_CACHE_MODE_WT:
		return "write-through";
	case _PAGE_CACHE_MODE_WP:
		return "write-protected";
	}
	return "broken";
}

/* ---------------------------------------------------------------- what is compatible */

/*
 * One who asked for `want` can live with `got`.  Registers that are cached lose
 * accesses and their order; what is to be written through must not linger in a
 * buffer.  The other way round, less caching than was asked for, only costs time.
 */
static bool is_compatible(enum page_cache_mode want, enum page_cache_mode got)
{
	switch (want) {
	case _PAGE_CACHE_MODE_UC:
	case _PAGE_CACHE_MODE_UC_MINUS:
	case _PAGE_CACHE_MODE_WC:
		return got != _PAGE_CACHE_MODE_WB;
	case _PAGE_CACHE_MODE_WT:
		return got != _PAGE_CACHE_MODE_WB && got != _PAGE_CACHE_MODE_WC;
	default:
		return true;
	}
}

/* What there is to be had of `want` where nobody else is. */
static noinline enum page_cache_mode by_mtrr(phys_addr_t start, phys_addr_t end)
{
	return mtrr_type_lookup(start, end, NULL) == MTRR_TYPE_WRBACK ? _PAGE_CACHE_MODE_WB :
									_PAGE_CACHE_MODE_UC_MINUS;
}

static void say_conflict(const struct memtype *m, enum page_cache_mode want,
			 const struct memtype *holder)
{
	pr_err("memtype: [mem 0x%08lx-0x%08lx] cannot be %s for %pS: [mem 0x%08lx-0x%08lx] is %s for %pS\n",
	       m->start, m->end - 1, cattr_name(want), (void *)m->caller, holder->start,
	       holder->end - 1, cattr_name(holder->type), (void *)holder->caller);
}

/* The tree sees to the rest. */
static __always_inline void fill_in(struct memtype *m, phys_addr_t start, phys_addr_t end,
				    enum page_cache_mode type, unsigned long caller)
{
	m->start = start;
	m->end = end;
	m->caller = caller;
	m->type = available_cache_mode(type);
}

/* ---------------------------------------------------------------- addresses that are not RAM */

/*
 * Whether `m`, wanted as m->type, can live with those whom it met, of whom `met` is one:
 * it takes their type where they have one and it is compatible.
 */
static bool come_to_terms(struct memtype *m, const struct memtype *met, enum page_cache_mode want)
{
	bool all = met->start <= m->start && met->end >= m->end; /* then it speaks for all */

	if (met->type != m->type && !is_compatible(want, met->type))
		return false;
	if (!all && memtype_first_other(&io_types, m->start, m->end, met->type))
		return false;
	m->type = met->type;
	return true;
}

/* The lock is held, and is not any more. */
static noinline int refuse_io(struct memtype *m, enum page_cache_mode want)
{
	struct memtype holder = *memtype_first_other(&io_types, m->start, m->end, m->type);

	spin_unlock(&memtype_lock);
	say_conflict(m, want, &holder);
	return -EBUSY;
}

int memtype_add(struct memtype *m, phys_addr_t start, phys_addr_t end, enum page_cache_mode want,
		unsigned long caller)
{
	const struct memtype *met;

	fill_in(m, start, end, want, caller);
	if (want == _PAGE_CACHE_MODE_WB)
		m->type = by_mtrr(start, end);
	spin_lock(&memtype_lock);
	met = memtype_find(&io_types, start, end);
	if (unlikely(met && !come_to_terms(m, met, want)))
		return refuse_io(m, want);
	memtype_insert(&io_types, m, met);
	spin_unlock(&memtype_lock);
	return 0;
}

void memtype_del(struct memtype *m)
{
	spin_lock(&memtype_lock);
	memtype_erase(&io_types, m);
	spin_unlock(&memtype_lock);
}

/* ---------------------------------------------------------------- RAM */

int memtype_reserve_ram(phys_addr_t start, phys_addr_t end, enum page_cache_mode want,
			unsigned long caller)
{
	const struct memtype *met;
	struct memtype *m, holder;

	if (WARN(start >= end || ((start | end) & ~PAGE_MASK) ||
			 pfn_first_hole(PFN_DOWN(start), PFN_DOWN(end)) != PFN_DOWN(end),
		 "memtype: [%#lx, %#lx) is no range of RAM\n", start, end))
		return -EINVAL;
	m = kmalloc(sizeof(*m), GFP_KERNEL);
	if (!m)
		return -ENOMEM;
	fill_in(m, start, end, want, caller);
	spin_lock(&memtype_lock);
	met = memtype_find(&ram_types, start, end);
	if (met)
		holder = *met;
	else
		memtype_insert(&ram_types, m, NULL);
	spin_unlock(&memtype_lock);
	if (!met)
		return 0;
	say_conflict(m, want, &holder);
	kfree(m);
	return -EBUSY;
}

/*
 * Cut [start, end) out of m.  True where nothing of it is left, and it is in no tree.  `spare`
 * becomes the upper part of one that sticks out at both ends.
 */
static bool cut_ram(struct memtype *m, phys_addr_t start, phys_addr_t end, struct memtype *spare)
{
	memtype_erase(&ram_types, m);
	if (m->start >= start && m->end <= end)
		return true;
	if (m->start < start && m->end > end) {
		*spare = *m;
		spare->start = end;
		memtype_insert(&ram_types, spare, NULL);
	}
	if (m->start < start)
		m->end = start;
	else
		m->start = end;
	memtype_insert(&ram_types, m, NULL);
	return false;
}

/* Nothing is allocated or freed under the lock. */
int memtype_free_ram(phys_addr_t start, phys_addr_t end)
{
	struct memtype *spare = NULL, *m;
	bool last, in_two, gone = false;

	do {
		spin_lock(&memtype_lock);
		m = memtype_find(&ram_types, start, end);
		last = !m || (m->start <= start && m->end >= end);
		in_two = m && m->start < start && m->end > end;
		if (m && (!in_two || spare))
			gone = cut_ram(m, start, end, spare);
		spin_unlock(&memtype_lock);
		if (gone)
			kfree(m);
		if (in_two && !spare) { /* once more, with memory */
			spare = kmalloc(sizeof(*spare), GFP_KERNEL);
			if (!spare)
				return -ENOMEM;
			last = false;
		}
	} while (!last);
	return 0;
}

/* ---------------------------------------------------------------- both */

bool memtype_lookup(phys_addr_t phys, enum page_cache_mode *type, unsigned long *holder)
{
	bool ram = pfn_valid(PFN_DOWN(phys));
	const struct memtype *m;

	phys &= PAGE_MASK;
	spin_lock(&memtype_lock);
	m = memtype_first(ram ? &ram_types : &io_types, phys, phys + PAGE_SIZE);
	*type = m ? m->type : _PAGE_CACHE_MODE_WB;
	*holder = m ? m->caller : 0;
	spin_unlock(&memtype_lock);
	return m || ram;
}

unsigned int nr_memtypes(void)
{
	return READ_ONCE(io_types.nr);
}

unsigned int nr_ram_memtypes(void)
{
	return READ_ONCE(ram_types.nr);
}

/* ---------------------------------------------------------------- the command */

static void show_tree(struct sink *out, struct memtype_tree *tree)
{
	const phys_addr_t all = ~0ULL & PAGE_MASK;
	struct memtype *m;

	spin_lock(&memtype_lock);
	for (m = memtype_first(tree, 0, all); m; m = memtype_next(tree, m))
		sink_printf(out, "PAT: [mem 0x%016lx-0x%016lx] %s\n", m->start, m->end,
			    cattr_name(m->type));
	spin_unlock(&memtype_lock);
}

static int cmd_memtype(struct sink *out, int argc, char **argv)
{
	(void)argv;
	if (argc != 1)
		return -EINVAL;
	sink_printf(out, "PAT memtype list:\n");
	show_tree(out, &io_types);
	if (ram_types.nr)
		sink_printf(out, "RAM that is not write-back:\n");
	show_tree(out, &ram_types);
	return 0;
}
MONITOR_COMMAND(memtype, "", "memory types by range, as Linux's pat_memtype_list", cmd_memtype);
