// SPDX-License-Identifier: MIT
/* Where things are put in the user half. */
#include "mm/user/place.h"

#include <linux/mman.h>
#include <linux/personality.h>

#include "kernel/core/cmdline.h"
#include "kernel/cpu/random.h"
#include "kernel/signal/signal.h"
#include "mm/user/vma_tree.h"

#define MMAP_RND_PAGES	(1UL << 28)
#define STACK_RND_PAGES (1UL << 22)
#define BRK_RND_SIZE	(1UL << 30)
#define MIN_STACK_GAP	(128UL << 20)

/* MAP_32BIT: for code of the small model, between these, with the start at random within so much. */
#define MAP32_START 0x40000000UL
#define MAP32_END   0x80000000UL
#define MAP32_RND   0x02000000UL

bool mm_randomize(void)
{
	return !(current->personality & ADDR_NO_RANDOMIZE) && !cmdline_has("norandmaps");
}

/* Bytes: whole pages, fewer than so many. */
static unsigned long random_pages(unsigned long below)
{
	return mm_randomize() ? get_random_u64() % below << PAGE_SHIFT : 0;
}

unsigned long arch_mmap_rnd(void)
{
	return random_pages(MMAP_RND_PAGES);
}

unsigned long randomize_stack_top(unsigned long stack_top)
{
	return PAGE_ALIGN(stack_top) - random_pages(STACK_RND_PAGES);
}

unsigned long arch_align_stack(unsigned long sp)
{
	if (mm_randomize())
		sp -= get_random_u64() % 8192;
	return ALIGN_DOWN(sp, 16);
}

unsigned long arch_randomize_brk(const struct mm_struct *mm)
{
	return PAGE_ALIGN(mm->brk) + random_pages(BRK_RND_SIZE >> PAGE_SHIFT);
}

void arch_pick_mmap_layout(struct mm_struct *mm, const struct rlimit *rlim_stack)
{
	unsigned long rnd = arch_mmap_rnd(), gap = rlim_stack->rlim_cur;
	unsigned long pad = STACK_GUARD_GAP;

	if (mm_randomize())
		pad += (STACK_RND_PAGES - 1) << PAGE_SHIFT;
	if (gap + pad > gap) /* RLIM_INFINITY is large enough as it is */
		gap += pad;
	gap = min(max(gap, MIN_STACK_GAP), TASK_SIZE / 6 * 5);
	mm->mmap_legacy_base = TASK_UNMAPPED_BASE + rnd;
	mm->mmap_bottom_up = current->personality & ADDR_COMPAT_LAYOUT;
	mm->mmap_base =
		mm->mmap_bottom_up ? mm->mmap_legacy_base : PAGE_ALIGN(TASK_SIZE - gap - rnd);
}

/* [addr, addr + len) is free, the guard gap of a stack above it as well. */
static bool is_free(struct mm_struct *mm, unsigned long addr, unsigned long len)
{
	const struct vm_area_struct *vma = find_vma(mm, addr);

	return !vma || addr + len <= vm_start_gap(vma);
}

static unsigned long find_bottomup(struct mm_struct *mm, unsigned long addr, unsigned long len,
				   unsigned long flags)
{
	unsigned long begin = mm->mmap_legacy_base, end = TASK_SIZE;

	if (flags & MAP_32BIT) {
		begin = MAP32_START + random_pages(MAP32_RND >> PAGE_SHIFT);
		end = MAP32_END;
	}
	if (len > end)
		return -ENOMEM;
	addr = PAGE_ALIGN(addr);
	if (addr && end - len >= addr && is_free(mm, addr, len))
		return addr;
	return vma_gap_bottomup(mm, begin, end, len) ?: (unsigned long)-ENOMEM;
}

static unsigned long find_topdown(struct mm_struct *mm, unsigned long hint, unsigned long len)
{
	unsigned long addr = hint & PAGE_MASK;

	if (addr && TASK_SIZE - len >= addr && is_free(mm, addr, len))
		return addr;
	return vma_gap_topdown(mm, PAGE_SIZE, mm->mmap_base, len) ?:
								    find_bottomup(mm, hint, len,
										  0); /* a large stack limit and a large mapping */
}

unsigned long get_unmapped_area(struct file *file, unsigned long addr, unsigned long len,
				unsigned long pgoff, unsigned long flags)
{
	struct mm_struct *mm = current->mm;

	(void)file; /* no file here wants a place of its own */
	(void)pgoff;
	if (len > TASK_SIZE)
		return -ENOMEM;
	if (!(flags & MAP_FIXED))
		addr = flags & MAP_32BIT || mm->mmap_bottom_up ?
			       find_bottomup(mm, addr, len, flags) :
			       find_topdown(mm, addr, len);
	if (IS_ERR_VALUE(addr))
		return addr;
	if (addr > TASK_SIZE - len)
		return -ENOMEM;
	if (!IS_ALIGNED(addr, PAGE_SIZE))
		return -EINVAL;
	return addr < MMAP_MIN_ADDR ? (unsigned long)-EPERM : addr;
}
