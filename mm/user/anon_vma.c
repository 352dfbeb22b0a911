// SPDX-License-Identifier: MIT
/*
 * Whose copies on write a VMA has.
 *
 * It takes part in the decision whether two VMAs may be one as it does in Linux, so that
 * /proc/self/maps has the same lines after the same calls.  There each number is a structure to find
 * the mappings of a page by; here nobody looks for those, and the number is all.
 */
#include "mm/user/vma.h"

static unsigned long last_anon_vma; /* atomic */

/* a and b, side by side, differ in nothing but what mprotect() changes. */
static bool anon_vma_compatible(const struct vm_area_struct *a, const struct vm_area_struct *b)
{
	return a->vm_end == b->vm_start && a->vm_file == b->vm_file &&
	       !((a->vm_flags ^ b->vm_flags) & ~(VM_ACCESS_FLAGS | VM_SOFTDIRTY)) &&
	       b->vm_pgoff == linear_page_index(a, b->vm_start);
}

static unsigned long reusable_anon_vma(const struct vm_area_struct *from,
				       const struct vm_area_struct *a,
				       const struct vm_area_struct *b)
{
	return anon_vma_compatible(a, b) && !from->anon_inherited ? READ_ONCE(from->anon_vma) : 0;
}

/* Two faults may come here at a time: the first number stays. */
void __anon_vma_prepare(struct vm_area_struct *vma)
{
	const struct vm_area_struct *prev = vma->vm_prev, *next = vma->vm_next;
	unsigned long id = 0, none = 0;

	if (next)
		id = reusable_anon_vma(next, vma, next);
	if (!id && prev)
		id = reusable_anon_vma(prev, prev, vma);
	if (!id)
		id = __atomic_add_fetch(&last_anon_vma, 1, __ATOMIC_RELAXED);
	__atomic_compare_exchange_n(&vma->anon_vma, &none, id, false, __ATOMIC_RELAXED,
				    __ATOMIC_RELAXED);
}

/* The parent's pages are the child's too, and stay apart from what its neighbours make of theirs. */
void inherit_anon_vma(struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_WIPEONFORK)
		vma->anon_vma = 0;
	if (vma->anon_vma)
		vma->anon_vma = __atomic_add_fetch(&last_anon_vma, 1, __ATOMIC_RELAXED);
	vma->anon_inherited = vma->anon_vma;
}
