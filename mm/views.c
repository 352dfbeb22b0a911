// SPDX-License-Identifier: MIT
/*
 * One memory, several addresses: which they are, and changing all of them.
 *
 * All views are prepared first, which is all that can fail for lack of memory, and
 * only then changed.  Other views than the range, the direct map's and the image's,
 * such as a vmap() of the same page, are their makers' affair, as in Linux.
 */
#include "mm/views.h"
#include "mm/page_alloc.h"

unsigned long mapped_bytes(unsigned long va, unsigned long most, u64 *entry)
{
	enum pg_level level;
	unsigned long page;

	*entry = pte_val(lookup_address(va, &level));
	if (level == PG_LEVEL_NONE)
		return 0;
	page = page_level_size(level);
	return min(most, page - (va & (page - 1)));
}

bool next_run(unsigned long va, unsigned long end, struct run *run)
{
	phys_addr_t pa = 0;
	u64 entry;

	if (va == end || virt_to_phys_walk(va, &run->pa))
		return false;
	run->va = va;
	run->size = mapped_bytes(va, end - va, &entry);
	while (va + run->size != end && virt_to_phys_walk(va + run->size, &pa) == 0 &&
	       pa == run->pa + run->size)
		run->size += mapped_bytes(va + run->size, end - va - run->size, &entry);
	return true;
}

bool run_is_ram(const struct run *run)
{
	unsigned long pfn = PFN_DOWN(run->pa), end = PFN_DOWN(run->pa + run->size);

	return pfn_first_hole(pfn, end) == end;
}

bool other_view(const struct run *run, unsigned int n, unsigned long *va, unsigned long *size)
{
	phys_addr_t start = run->pa, end = run->pa + run->size;

	if (n == 0) {
		end = min(end, direct_map_end);
		*va = (unsigned long)__va(start);
	} else if (n == 1) {
		start = max(start, __pa(_text));
		end = min(end, __pa(_end));
		*va = start + KERNEL_MAP;
	} else {
		return false;
	}
	*size = start < end && *va != run->va ? end - start : 0;
	return true;
}

/* ---------------------------------------------------------------- what is done to a view */

struct change {
	enum { PREPARE, CHANGE, JOIN } step; /* only to prepare can fail */
	u64 set, clear;
};

static int change_piece(unsigned long va, unsigned long size, const struct change *c)
{
	if (c->step == PREPARE)
		return prepare_page_attr(&init_mm, va, size);
	if (c->step == CHANGE)
		change_prepared_attr(&init_mm, va, size, c->set, c->clear);
	else
		join_page_attr(&init_mm, va, size);
	return 0;
}

/* Do it to what is mapped of [va, va + size). */
static int change_mapped(unsigned long va, unsigned long size, const struct change *c)
{
	unsigned long end = va + size, start, bytes;
	u64 entry;
	int err = 0;

	while (va != end && !err) {
		bytes = mapped_bytes(va, end - va, &entry);
		if (!bytes) {
			va += PAGE_SIZE;
			continue;
		}
		for (start = va; va != end && bytes; va += bytes)
			bytes = mapped_bytes(va, end - va, &entry);
		err = change_piece(start, va - start, c);
	}
	return err;
}

static int change_others(const struct range *r, const struct change *c)
{
	unsigned long va, size;
	struct run run;
	int err = 0;

	for_each_run(&run, r) {
		if (!run_is_ram(&run))
			continue;
		for (unsigned int n = 0; !err && other_view(&run, n, &va, &size); n++)
			err = change_mapped(va, size, c);
		if (err)
			break;
	}
	return err;
}

/* The range, and the other views of it too where `others` says so. */
static int change_views(const struct range *r, bool others, const struct change *c)
{
	int err = change_piece(r->start, r->end - r->start, c);

	return err || !others ? err : change_others(r, c);
}

void join_views(const struct range *r, bool others)
{
	const struct change join = { .step = JOIN };

	change_views(r, others, &join);
}

int prepare_views(const struct range *r, bool others)
{
	const struct change prepare = { .step = PREPARE };
	int err = change_views(r, others, &prepare);

	if (err)
		join_views(r, others);
	return err;
}

/* Nothing is joined meanwhile: it might have to be split again. */
void commit_views(const struct range *r, bool others, u64 set, u64 clear)
{
	const struct change c = { .step = CHANGE, .set = set, .clear = clear };

	change_views(r, others, &c);
}
