// SPDX-License-Identifier: MIT
/* /proc/PID/pagemap: a word of 64 bits for each page of the user half. */
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/user/procmap.h"
#include "mm/user/tables.h"

/* Linux's Documentation/admin-guide/mm/pagemap.rst; bits 0 to 54 are the page's number. */
#define PM_SOFT_DIRTY	  BIT_ULL(55)
#define PM_MMAP_EXCLUSIVE BIT_ULL(56)
#define PM_FILE		  BIT_ULL(61)
#define PM_PRESENT	  BIT_ULL(63)

struct pagemap {
	u64 *words;
	unsigned long start, end; /* what they are for */
	u64 vma_bits;		  /* of each page of the VMA at hand */
};

static int note_page(const struct user_page *p, void *arg)
{
	const struct pagemap *pm = arg;
	u64 bits = pm->vma_bits | PM_PRESENT;
	unsigned long end = min(p->va + p->size, pm->end);

	if (p->soft_dirty)
		bits |= PM_SOFT_DIRTY;
	if (p->file)
		bits |= PM_FILE;
	if (p->page && page_mapcount(p->page) == 1)
		bits |= PM_MMAP_EXCLUSIVE;
	for (unsigned long va = max(p->va, pm->start); va < end; va += PAGE_SIZE)
		pm->words[(va - pm->start) >> PAGE_SHIFT] =
			bits | (p->pfn + ((va - p->va) >> PAGE_SHIFT));
	return 0;
}

static void read_vma(struct pagemap *pm, struct vm_area_struct *vma)
{
	unsigned long start = max(vma->vm_start, pm->start), end = min(vma->vm_end, pm->end);

	pm->vma_bits = vma->vm_flags & VM_SOFTDIRTY ? PM_SOFT_DIRTY : 0;
	for (unsigned long va = start; va < end; va += PAGE_SIZE)
		pm->words[(va - pm->start) >> PAGE_SHIFT] = pm->vma_bits;
	walk_page_vma(vma, start, end, note_page, pm);
}

ssize_t pagemap_read(struct mm_struct *mm, char *buf, loff_t pos, size_t n)
{
	struct pagemap pm = { .words = (u64 *)buf };
	unsigned long first = (unsigned long)pos / 8;
	struct vm_area_struct *vma;

	if (pos < 0 || pos % 8 || n % 8)
		return -EINVAL;
	if (first >= TASK_SIZE >> PAGE_SHIFT)
		return 0;
	n = min(n, ((TASK_SIZE >> PAGE_SHIFT) - first) * 8);
	pm.start = first << PAGE_SHIFT;
	pm.end = pm.start + (n / 8 << PAGE_SHIFT);
	memset(buf, 0, n);
	mmap_read_lock(mm);
	for (vma = find_vma(mm, pm.start); vma && vma->vm_start < pm.end; vma = vma->vm_next)
		read_vma(&pm, vma);
	mmap_read_unlock(mm);
	return (ssize_t)n;
}
