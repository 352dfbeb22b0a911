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

/* mapped_at(), built into who calls it. */
static __always_inline struct mapped look_at(unsigned long va, unsigned long most)
{
	enum pg_level level;
	u64 entry = pte_val(lookup_kernel_address(va, &level));
	unsigned long page, offset;

	if (level == PG_LEVEL_NONE)
		return (struct mapped){ .entry = entry };
	page = page_level_size(level);
	offset = va & (page - 1);
	/* A large page's entry has its PAT bit where a PTE has an address bit. */
	return (struct mapped){ min(most, page - offset),
				(entry & PTE_PFN_MASK & ~(page - 1)) + offset, entry };
}

struct mapped mapped_at(unsigned long va, unsigned long most)
{
	return look_at(va, most);
}

static inline struct range view_at(phys_addr_t start, phys_addr_t end, unsigned long offset)
{
	return (struct range){ .start = start + offset, .end = end + offset };
}

/* The views of a run of RAM but the run itself; how many. */
static inline unsigned int other_views(const struct run *run, struct range views[2])
{
	phys_addr_t start = run->pa, end = run->pa + run->size;
	phys_addr_t image = (unsigned long)_text - KERNEL_MAP;
	phys_addr_t image_end = (unsigned long)_end - KERNEL_MAP;
	unsigned int n = 0;

	if (start < direct_map_end && start + PAGE_OFFSET != run->va)
		views[n++] = view_at(start, min(end, direct_map_end), PAGE_OFFSET);
	if (start < image_end && end > image && start + KERNEL_MAP != run->va)
		views[n++] = view_at(max(start, image), min(end, image_end), KERNEL_MAP);
	return n;
}

void get_run(struct run *run, unsigned long va, unsigned long end)
{
	struct mapped m = look_at(va, end - va);
	unsigned long pfn = PFN_DOWN(m.pa), behind;
	struct range views[2];

	run->va = va;
	run->pa = m.pa;
	run->size = m.bytes;
	while (m.bytes && va + run->size != end) {
		m = mapped_at(va + run->size, end - va - run->size);
		if (m.pa != run->pa + run->size)
			break;
		run->size += m.bytes;
	}
	behind = pfn + (run->size >> PAGE_SHIFT);
	run->ram = pfn_first_hole(pfn, behind) == behind;
	run->nr_other = run->ram ? other_views(run, views) : 0;
}

static noinline int walk_other_views(const struct range *r,
				     int (*fn)(unsigned long va, unsigned long size, void *arg),
				     void *arg)
{
	struct range views[2];
	struct run run;
	int err;

	for_each_run(&run, r) {
		if (run.nr_other)
			other_views(&run, views);
		for (unsigned int i = 0; i < run.nr_other; i++) {
			err = fn(views[i].start, views[i].end - views[i].start, arg);
			if (err)
				return err;
		}
	}
	return 0;
}

/* There is no view to be changed but the range.  The usual one is one run of the direct map. */
static inline bool is_only_view(const struct range *r, bool others)
{
	return !others || r->alone;
}

/* walk_views(), built into who calls it. */
static __always_inline int each_view(const struct range *r, bool others,
				     int (*fn)(unsigned long va, unsigned long size, void *arg),
				     void *arg)
{
	int err = fn(r->start, r->end - r->start, arg);

	if (err || is_only_view(r, others))
		return err;
	return walk_other_views(r, fn, arg);
}

int walk_views(const struct range *r, bool others,
	       int (*fn)(unsigned long va, unsigned long size, void *arg), void *arg)
{
	return each_view(r, others, fn, arg);
}

/* ---------------------------------------------------------------- what waits to be joined */

/*
 * To split a large page is to fill a table; to join it is to tell all CPUs to forget
 * everything.  What was changed, as a buffer that a driver takes, gives back and takes again, is mostly
 * changed once more, so the blocks of the direct map that were changed last stay
 * split.  Of other views nothing waits: they can be unmapped.
 */
#define NR_WAITING 8
static unsigned long waiting[NR_WAITING]; /* a ring of addresses, or 0; cpa_lock */
static unsigned int next_waiting;

static inline bool is_waiting(unsigned long block)
{
	for (unsigned int i = 0; i < NR_WAITING; i++)
		if (waiting[i] == block)
			return true;
	return false;
}

/* The block takes the place of the one that waits longest, which is joined. */
static noinline void let_wait(unsigned long block, struct mmu_gather *tlb)
{
	unsigned long *longest = &waiting[next_waiting];

	if (*longest)
		join_page_attr(tlb, *longest, PMD_SIZE);
	*longest = block;
	next_waiting = (next_waiting + 1) % NR_WAITING;
}

static int join_now(unsigned long va, unsigned long size, void *tlb)
{
	join_page_attr(tlb, va, size);
	return 0;
}

/* Only a block that the range covers in part was split. */
static noinline int begin_to_wait(unsigned long va, unsigned long size, struct mmu_gather *tlb)
{
	unsigned long block = ALIGN_DOWN(va, PMD_SIZE);

	if (va - PAGE_OFFSET >= PAGE_OFFSET_SIZE || size > PMD_SIZE)
		return join_now(va, size, tlb);
	for (; block < va + size; block += PMD_SIZE)
		if (!is_waiting(block))
			let_wait(block, tlb);
	return 0;
}

/* Mostly it is within a block that waits already, and so is the direct map's. */
static inline int join_later(unsigned long va, unsigned long size, void *tlb)
{
	unsigned long block = ALIGN_DOWN(va, PMD_SIZE);

	if (likely(va + size <= block + PMD_SIZE && is_waiting(block)))
		return 0;
	return begin_to_wait(va, size, tlb);
}

void join_waiting_views(void)
{
	struct mmu_gather tlb;

	tlb_gather_mmu(&tlb, &init_mm);
	spin_lock(&cpa_lock);
	for (unsigned int i = 0; i < NR_WAITING; i++) {
		if (waiting[i])
			join_page_attr(&tlb, waiting[i], PMD_SIZE);
		waiting[i] = 0;
	}
	tlb_flush_mmu(&tlb);
	spin_unlock(&cpa_lock);
}

/* ---------------------------------------------------------------- what is done to a view */

static int prepare_view(unsigned long va, unsigned long size, void *arg)
{
	(void)arg;
	return prepare_page_attr(&init_mm, va, size);
}

struct change {
	struct mmu_gather *tlb;
	u64 set, clear;
};

static int change_view(unsigned long va, unsigned long size, void *arg)
{
	const struct change *c = arg;

	change_prepared_attr(c->tlb, va, size, c->set, c->clear);
	return 0;
}

void join_views(const struct range *r, bool others, struct mmu_gather *tlb)
{
	each_view(r, others, join_later, tlb);
	tlb_flush_mmu(tlb);
}

static noinline void undo_prepare(const struct range *r, bool others)
{
	struct mmu_gather tlb;

	tlb_gather_mmu(&tlb, &init_mm);
	each_view(r, others, join_now, &tlb);
	tlb_flush_mmu(&tlb);
}

int prepare_views(const struct range *r, bool others)
{
	int err = each_view(r, others, prepare_view, NULL);

	if (unlikely(err))
		undo_prepare(r, others);
	return err;
}

/* Nothing is joined meanwhile: it might have to be split again. */
void commit_views(const struct range *r, bool others, u64 set, u64 clear, struct mmu_gather *tlb)
{
	struct change c = { tlb, set, clear };

	each_view(r, others, change_view, &c);
}

int change_views(const struct range *r, bool others, u64 set, u64 clear, struct mmu_gather *tlb)
{
	int err;

	if (likely(is_only_view(r, others)) &&
	    likely(change_small_attr(tlb, r->start, r->end - r->start, set, clear)))
		return 0;
	err = prepare_views(r, others);
	if (!err)
		commit_views(r, others, set, clear, tlb);
	return err;
}
