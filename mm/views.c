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

/* The views of a run of RAM but the run itself; how many. */
static unsigned int other_views(const struct run *run, struct range views[2])
{
	phys_addr_t start = run->pa, end = run->pa + run->size;
	const struct {
		phys_addr_t start, end;
		unsigned long offset;
	} maps[] = {
		{ start, min(end, direct_map_end), PAGE_OFFSET },
		{ max(start, __pa(_text)), min(end, __pa(_end)), KERNEL_MAP },
	};
	unsigned int n = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(maps); i++)
		if (maps[i].start < maps[i].end && maps[i].start + maps[i].offset != run->va)
			views[n++] = (struct range){ maps[i].start + maps[i].offset,
						     maps[i].end + maps[i].offset };
	return n;
}

int walk_views(const struct range *r, bool others, int (*fn)(const struct range *view, void *arg),
	       void *arg)
{
	struct range views[2];
	unsigned int n;
	struct run run;
	int err = fn(r, arg);

	if (err || !others)
		return err;
	for_each_run(&run, r) {
		n = run_is_ram(&run) ? other_views(&run, views) : 0;
		for (unsigned int i = 0; i < n; i++) {
			err = fn(&views[i], arg);
			if (err)
				return err;
		}
	}
	return 0;
}

/* ---------------------------------------------------------------- what is done to a view */

static int prepare_view(const struct range *view, void *arg)
{
	(void)arg;
	return prepare_page_attr(&init_mm, view->start, view->end - view->start);
}

struct change {
	struct mmu_gather *tlb;
	u64 set, clear;
};

static int change_view(const struct range *view, void *arg)
{
	const struct change *c = arg;

	change_prepared_attr(c->tlb, view->start, view->end - view->start, c->set, c->clear);
	return 0;
}

static int join_view(const struct range *view, void *tlb)
{
	join_page_attr(tlb, view->start, view->end - view->start);
	return 0;
}

void join_views(const struct range *r, bool others, struct mmu_gather *tlb)
{
	walk_views(r, others, join_view, tlb);
	tlb_flush_mmu(tlb);
}

int prepare_views(const struct range *r, bool others)
{
	int err = walk_views(r, others, prepare_view, NULL);
	struct mmu_gather tlb;

	tlb_gather_mmu(&tlb, &init_mm);
	if (err)
		join_views(r, others, &tlb);
	return err;
}

/* Nothing is joined meanwhile: it might have to be split again. */
void commit_views(const struct range *r, bool others, u64 set, u64 clear, struct mmu_gather *tlb)
{
	struct change c = { tlb, set, clear };

	walk_views(r, others, change_view, &c);
}
