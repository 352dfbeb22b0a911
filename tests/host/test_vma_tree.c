// SPDX-License-Identifier: MIT
// sources: mm/user/vma_tree.c kernel/lib/tree.c
/*
 * Random VMAs against a flat array of pages: who is found by an address, which gaps there are, and
 * where there is room.  The array is searched page by page.
 */
#include "mm/user/vma_tree.h"
#include "tests/host/test.h"

#define NR_PAGES 3000UL
#define NR_VMAS	 120
#define GUARD	 (STACK_GUARD_GAP / PAGE_SIZE)

static struct mm_struct mm;
static struct vm_area_struct vmas[NR_VMAS];
static bool used[NR_VMAS];
static struct vm_area_struct *at[NR_PAGES]; /* whose a page is */

static unsigned long rand_below(unsigned long n)
{
	static u64 state = 0x9e3779b97f4a7c15ULL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % n;
}

/* A page that nobody may be given: in use, or in the guard gap of a stack above. */
static bool is_kept(unsigned long page)
{
	if (at[page])
		return true;
	for (unsigned long above = page; above < NR_PAGES && above <= page + GUARD; above++)
		if (at[above])
			return at[above]->vm_flags & VM_GROWSDOWN && above - page <= GUARD;
	return false;
}

static void fill(const struct vm_area_struct *vma, struct vm_area_struct *with)
{
	for (unsigned long a = vma->vm_start; a < vma->vm_end; a += PAGE_SIZE)
		at[a >> PAGE_SHIFT] = with;
}

static bool is_free(unsigned long first, unsigned long pages)
{
	if (first + pages > NR_PAGES)
		return false;
	for (unsigned long i = first; i < first + pages; i++)
		if (at[i])
			return false;
	return true;
}

static void insert_one(unsigned int i)
{
	unsigned long first = rand_below(NR_PAGES), pages = 1 + rand_below(30);
	struct vm_area_struct *prev, *vma = &vmas[i];

	if (!is_free(first, pages))
		return;
	*vma = (struct vm_area_struct){
		.vm_start = first * PAGE_SIZE,
		.vm_end = (first + pages) * PAGE_SIZE,
		.vm_flags = rand_below(20) ? 0 : VM_GROWSDOWN,
	};
	find_vma_prev(&mm, vma->vm_start, &prev);
	vma_insert(&mm, vma, prev);
	fill(vma, vma);
	used[i] = true;
}

static void remove_one(unsigned int i)
{
	fill(&vmas[i], NULL);
	vma_remove(&mm, &vmas[i]);
	memset(&vmas[i], 0xaa, sizeof(vmas[i]));
	used[i] = false;
}

/* A page less or more at one end. */
static void resize_one(unsigned int i)
{
	struct vm_area_struct *vma = &vmas[i];
	unsigned long start = vma->vm_start, end = vma->vm_end;

	switch (rand_below(4)) {
	case 0:
		start += PAGE_SIZE;
		break;
	case 1:
		end -= PAGE_SIZE;
		break;
	case 2:
		start -= start && !at[(start >> PAGE_SHIFT) - 1] ? PAGE_SIZE : 0;
		break;
	default:
		end += is_free(end >> PAGE_SHIFT, 1) ? PAGE_SIZE : 0;
	}
	if (start == end)
		return;
	fill(vma, NULL);
	vma->vm_start = start;
	vma->vm_end = end;
	vma_range_changed(vma);
	fill(vma, vma);
}

static struct vm_area_struct *flat_find(unsigned long page)
{
	while (page < NR_PAGES && !at[page])
		page++;
	return page < NR_PAGES ? at[page] : NULL;
}

static void check_lookups(void)
{
	for (unsigned int i = 0; i < 20; i++) {
		unsigned long page = rand_below(NR_PAGES), end = page + 1 + rand_below(9);
		unsigned long addr = page * PAGE_SIZE + rand_below(PAGE_SIZE);
		struct vm_area_struct *want = flat_find(page), *prev, *got;

		EXPECT_EQ(find_vma(&mm, addr), want);
		EXPECT_EQ(vma_lookup(&mm, addr), at[page]);
		got = find_vma_intersection(&mm, page * PAGE_SIZE, end * PAGE_SIZE);
		EXPECT_EQ(got, want && want->vm_start < end * PAGE_SIZE ? want : NULL);
		EXPECT_EQ(find_vma_prev(&mm, addr, &prev), want);
		EXPECT(!prev || prev->vm_next == want);
		EXPECT_EQ(prev ? prev->vm_end <= addr : !mm.mmap || mm.mmap == want, true);
	}
}

static void check_room(void)
{
	unsigned long low = 1 + rand_below(NR_PAGES / 2);
	unsigned long high = low + rand_below(NR_PAGES - low), pages = 1 + rand_below(100);
	unsigned long run = 0, want_low = 0, want_high = 0;

	for (unsigned long i = low; i < high; i++) {
		run = is_kept(i) ? 0 : run + 1;
		if (run >= pages) {
			want_high = i + 1 - pages;
			want_low = want_low ?: want_high;
		}
	}
	EXPECT_EQ(vma_gap_bottomup(&mm, low * PAGE_SIZE, high * PAGE_SIZE, pages * PAGE_SIZE),
		  want_low * PAGE_SIZE);
	EXPECT_EQ(vma_gap_topdown(&mm, low * PAGE_SIZE, high * PAGE_SIZE, pages * PAGE_SIZE),
		  want_high * PAGE_SIZE);
}

/* Gaps and their maxima beneath a node. */
static unsigned long check_gaps(const struct tree_node *node)
{
	const struct vm_area_struct *vma;
	unsigned long gap;

	if (!node)
		return 0;
	vma = tree_entry(node, struct vm_area_struct, node);
	gap = max(check_gaps(node->left), check_gaps(node->right));
	gap = max(gap, vma->gap);
	EXPECT_EQ(vma->subtree_gap, gap);
	return gap;
}

static void check_row(void)
{
	struct vm_area_struct *vma, *prev = NULL;
	unsigned int n = 0;

	for_each_vma(&mm, vma) {
		unsigned long below = prev ? prev->vm_end : 0, top = vm_start_gap(vma);

		EXPECT_EQ(vma->vm_prev, prev);
		EXPECT(below <= vma->vm_start && vma->vm_start < vma->vm_end);
		EXPECT_EQ(vma->gap, top > below ? top - below : 0);
		prev = vma;
		n++;
	}
	EXPECT_EQ(mm.highest, prev);
	EXPECT_EQ(mm.map_count, n);
	check_gaps(mm.vmas.node);
}

TEST(random_vmas_are_found_and_so_is_room)
{
	for (unsigned int round = 0; round < 4000; round++) {
		unsigned int i = (unsigned int)rand_below(NR_VMAS);

		if (!used[i])
			insert_one(i);
		else if (rand_below(3) == 0)
			remove_one(i);
		else
			resize_one(i);
		check_row();
		check_lookups();
		check_room();
	}
}

TEST(nothing_there_has_room_everywhere)
{
	struct mm_struct empty = { 0 };

	EXPECT_EQ(find_vma(&empty, 0), NULL);
	EXPECT_EQ(vma_gap_topdown(&empty, PAGE_SIZE, 9 * PAGE_SIZE, 8 * PAGE_SIZE), PAGE_SIZE);
	EXPECT_EQ(vma_gap_topdown(&empty, PAGE_SIZE, 9 * PAGE_SIZE, 9 * PAGE_SIZE), 0);
	EXPECT_EQ(vma_gap_bottomup(&empty, PAGE_SIZE, 9 * PAGE_SIZE, 8 * PAGE_SIZE), PAGE_SIZE);
	EXPECT_EQ(vma_gap_bottomup(&empty, PAGE_SIZE, 9 * PAGE_SIZE, 9 * PAGE_SIZE), 0);
}
