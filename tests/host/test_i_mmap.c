// SPDX-License-Identifier: MIT
// sources: mm/user/i_mmap.c kernel/lib/tree.c
/* Random VMAs of one file: who shows a page of a range, against a look at all of them. */
#include "mm/user/i_mmap.h"
#include "tests/host/test.h"

#define NR_VMAS	 60
#define NR_PAGES 200UL

static struct tree_root root;
static struct vm_area_struct vmas[NR_VMAS];
static bool used[NR_VMAS];

static unsigned long rand_below(unsigned long n)
{
	static u64 state = 0x2545f4914f6cdd1dULL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % n;
}

static void flip(unsigned int i)
{
	if (used[i]) {
		i_mmap_remove(&root, &vmas[i]);
		memset(&vmas[i], 0xaa, sizeof(vmas[i]));
	} else {
		vmas[i] = (struct vm_area_struct){
			.vm_end = (1 + rand_below(20)) * PAGE_SIZE,
			.vm_pgoff = rand_below(NR_PAGES),
		};
		i_mmap_insert(&root, &vmas[i]);
	}
	used[i] = !used[i];
}

static void check(unsigned long first, unsigned long last)
{
	unsigned int want = 0, got = 0;
	unsigned long order = 0;
	struct vm_area_struct *vma;
	bool met[NR_VMAS] = { false };

	for (unsigned int i = 0; i < NR_VMAS; i++)
		if (used[i] && vmas[i].vm_pgoff <= last &&
		    vmas[i].vm_pgoff + vma_pages(&vmas[i]) > first)
			want++;
	for_each_i_mmap(vma, &root, first, last) {
		EXPECT(used[vma - vmas] && !met[vma - vmas]);
		EXPECT(vma->vm_pgoff <= last && vma->vm_pgoff + vma_pages(vma) > first);
		EXPECT(vma->vm_pgoff >= order);
		order = vma->vm_pgoff;
		met[vma - vmas] = true;
		got++;
	}
	EXPECT_EQ(got, want);
}

TEST(who_maps_a_range_of_pages_is_found)
{
	check(0, ~0UL);
	for (unsigned int round = 0; round < 20000; round++) {
		unsigned long first = rand_below(NR_PAGES + 30);

		flip((unsigned int)rand_below(NR_VMAS));
		check(first, first + rand_below(10));
		check(first, ~0UL);
	}
}
