// SPDX-License-Identifier: MIT
/*
 * mremap(): a mapping shrinks, grows where it is, or moves with its page tables to another place.
 *
 * A move is made of parts that exist: a VMA of the same kind at the new place, its page tables, and
 * munmap() of the old one.
 */
#include <linux/mman.h>

#include "kernel/core/printk.h"
#include "kernel/core/syscall.h"
#include "kernel/fs/fs.h"
#include "mm/user/account.h"
#include "mm/user/gup.h"
#include "mm/user/mmap.h"
#include "mm/user/tables.h"
#include "mm/user/vma.h"

/* What is to be done: `addr` and `old_len` of a VMA become new_len bytes at new_addr. */
struct move {
	unsigned long addr, old_len, new_len, new_addr;
	unsigned long flags; /* MREMAP_* */
	bool locked;	     /* what is new is to be faulted in */
};

static struct vma_kind kind_at(const struct vm_area_struct *vma, unsigned long addr)
{
	return (struct vma_kind){
		.vm_flags = vma->vm_flags,
		.file = vma->vm_file,
		.pgoff = linear_page_index(vma, addr),
		.anon_vma = vma->anon_vma,
	};
}

/*
 * A VMA for what moves: one of its own, or a neighbour of the new place grows, be it *vma itself
 * or another that swallows it: *vma is that one then.  NULL: no memory.
 */
static struct vm_area_struct *copy_vma(struct vm_area_struct **vma, const struct move *m)
{
	unsigned long end = m->new_addr + m->new_len, start = (*vma)->vm_start;
	struct mm_struct *mm = (*vma)->vm_mm;
	struct vma_kind kind = kind_at(*vma, m->addr);
	struct vm_area_struct *new, *prev;
	bool untouched = vma_is_anonymous(*vma) && !(*vma)->anon_vma;

	if (untouched) /* nothing was put there yet: as if it had been mapped at the new place */
		kind.pgoff = m->new_addr >> PAGE_SHIFT;
	find_vma_prev(mm, m->new_addr, &prev);
	new = untouched && m->flags &MREMAP_DONTUNMAP &&
			      (m->new_addr == (*vma)->vm_end || start == end) ?
		      NULL :
		      vma_merge(mm, prev, m->new_addr, end, &kind);
	if (new) {
		if (start >= new->vm_start && start < new->vm_end)
			*vma = new;
		return new;
	}
	new = vm_area_dup(*vma);
	if (!new)
		return NULL;
	new->vm_start = m->new_addr;
	new->vm_end = end;
	new->vm_pgoff = kind.pgoff;
	if (new->vm_ops &&new->vm_ops->open)
		new->vm_ops->open(new);
	vma_link(mm, new, prev);
	return new;
}

/* Cut vma so that it is the range alone, where it has to be: what is counted or reserved by VMA. */
static int isolate(struct vm_area_struct *vma, const struct move *m)
{
	unsigned long end = m->addr + m->old_len;
	struct mm_struct *mm = vma->vm_mm;
	int error = 0;

	if (vma->vm_ops && vma->vm_ops->may_split) {
		if (vma->vm_start != m->addr)
			error = vma->vm_ops->may_split(vma, m->addr);
		if (!error && vma->vm_end != end)
			error = vma->vm_ops->may_split(vma, end);
	}
	if (error ||
	    !(vma->vm_flags & VM_PAT || (m->flags & MREMAP_DONTUNMAP && vma->vm_flags & VM_LOCKED)))
		return error;
	if (vma->vm_start != m->addr)
		error = split_vma(mm, vma, m->addr, true);
	if (!error && vma->vm_end != end)
		error = split_vma(mm, vma, end, false);
	return error;
}

/* The page tables are moved, and a driver has been told: 0; else they are where they were. */
static int move_tables(struct vm_area_struct *vma, struct vm_area_struct *new, const struct move *m)
{
	unsigned long moved = move_page_tables(vma, m->addr, new, m->new_addr, m->old_len);
	int error = moved < m->old_len ? -ENOMEM : 0;

	if (!error && vma->vm_ops && vma->vm_ops->mremap)
		error = vma->vm_ops->mremap(new);
	if (error)
		move_page_tables(new, m->new_addr, vma, m->addr, moved);
	else if (vma->vm_flags & VM_PAT)
		untrack_pfn_moved(vma, new);
	return error;
}

/* The old place stays, empty: MREMAP_DONTUNMAP. */
static void leave_empty(struct vm_area_struct *vma, const struct move *m)
{
	vma->vm_flags &= ~VM_LOCKED_MASK;
	if (vma->vm_start != m->addr || vma->vm_end != m->addr + m->old_len)
		return;
	vma->anon_vma = 0;
	vma->anon_inherited = false;
	if (vma_is_anonymous(vma) && !vma->vm_file)
		vma->vm_pgoff = vma->vm_start >> PAGE_SHIFT;
}

static unsigned long move_vma(struct vm_area_struct *vma, struct move *m)
{
	bool keep = m->flags & MREMAP_DONTUNMAP;
	unsigned long flags = vma->vm_flags, hiwater;
	unsigned long more = (m->new_len - (keep ? 0 : m->old_len)) >> PAGE_SHIFT;
	struct mm_struct *mm = vma->vm_mm;
	struct vm_area_struct *new;
	int error;

	if (mm->map_count >= MAX_MAP_COUNT - 3)
		return -ENOMEM;
	error = isolate(vma, m);
	if (error)
		return (unsigned long)error;
	if (flags & VM_ACCOUNT && vm_enough_memory(more))
		return -ENOMEM;
	new = copy_vma(&vma, m);
	if (!new) {
		if (flags & VM_ACCOUNT)
			vm_unacct_memory(more);
		return -ENOMEM;
	}
	if (flags & VM_ACCOUNT && !keep) /* both places count until one of them is unmapped */
		vm_acct_memory(m->old_len >> PAGE_SHIFT);
	error = move_tables(vma, new, m);
	hiwater = mm->hiwater_vm;
	vm_stat_account(mm, flags, (long)(m->new_len >> PAGE_SHIFT));
	if (keep && !error) {
		leave_empty(vma, m);
		return m->new_addr;
	}
	/* Where no memory is left to split it, it stays, empty. */
	(void)do_munmap(mm, error ? m->new_addr : m->addr, error ? m->new_len : m->old_len);
	if (flags & VM_LOCKED) {
		mm->locked_vm += m->new_len >> PAGE_SHIFT;
		m->locked = true;
	}
	mm->hiwater_vm = hiwater;
	return error ? (unsigned long)error : m->new_addr;
}

/* The VMA that holds the range, which may become one of new_len; or ERR_PTR. */
static struct vm_area_struct *vma_to_resize(struct mm_struct *mm, const struct move *m)
{
	struct vm_area_struct *vma = vma_lookup(mm, m->addr);
	unsigned long pgoff;

	if (!vma)
		return ERR_PTR(-EFAULT);
	if (!m->old_len && !(vma->vm_flags & (VM_SHARED | VM_MAYSHARE)))
		return ERR_PTR(-EINVAL); /* a second mapping of what is private has no meaning */
	if (m->flags & MREMAP_DONTUNMAP && vma->vm_flags & (VM_DONTEXPAND | VM_PFNMAP))
		return ERR_PTR(-EINVAL);
	if (m->old_len > vma->vm_end - m->addr)
		return ERR_PTR(-EFAULT);
	if (m->new_len == m->old_len)
		return vma;
	pgoff = linear_page_index(vma, m->addr);
	if (pgoff + (m->new_len >> PAGE_SHIFT) < pgoff)
		return ERR_PTR(-EINVAL);
	if (vma->vm_flags & (VM_DONTEXPAND | VM_PFNMAP))
		return ERR_PTR(-EFAULT);
	if (!may_lock(mm, vma->vm_flags, (m->new_len - m->old_len) >> PAGE_SHIFT))
		return ERR_PTR(-EAGAIN);
	if (!may_expand_vm(mm, vma->vm_flags, (m->new_len - m->old_len) >> PAGE_SHIFT))
		return ERR_PTR(-ENOMEM);
	return vma;
}

static unsigned long find_place(struct vm_area_struct *vma, const struct move *m,
				unsigned long addr, unsigned long flags)
{
	if (vma->vm_flags & VM_MAYSHARE)
		flags |= MAP_SHARED;
	return get_unmapped_area(vma->vm_file, addr, m->new_len, linear_page_index(vma, m->addr),
				 flags);
}

/* MREMAP_FIXED and MREMAP_DONTUNMAP. */
static unsigned long mremap_to(struct mm_struct *mm, struct move *m)
{
	struct vm_area_struct *vma;
	unsigned long addr;
	int error = 0;

	if (!IS_ALIGNED(m->new_addr, PAGE_SIZE) || m->new_len > TASK_SIZE ||
	    m->new_addr > TASK_SIZE - m->new_len)
		return -EINVAL;
	if (m->addr + m->old_len > m->new_addr && m->new_addr + m->new_len > m->addr)
		return -EINVAL;
	if (mm->map_count + 2 >= MAX_MAP_COUNT - 3)
		return -ENOMEM;
	if (m->flags & MREMAP_FIXED)
		error = do_munmap(mm, m->new_addr, m->new_len);
	if (!error && m->old_len > m->new_len) {
		error = do_munmap(mm, m->addr + m->new_len, m->old_len - m->new_len);
		m->old_len = m->new_len;
	}
	if (error)
		return (unsigned long)error;
	vma = vma_to_resize(mm, m);
	if (IS_ERR(vma))
		return (unsigned long)PTR_ERR(vma);
	if (m->flags & MREMAP_DONTUNMAP &&
	    !may_expand_vm(mm, vma->vm_flags, m->old_len >> PAGE_SHIFT))
		return -ENOMEM;
	addr = find_place(vma, m, m->new_addr, m->flags & MREMAP_FIXED ? MAP_FIXED : 0);
	if (IS_ERR_VALUE(addr))
		return addr;
	m->new_addr = addr;
	return move_vma(vma, m);
}

/* There is room behind vma. */
static bool is_expandable(struct mm_struct *mm, const struct vm_area_struct *vma,
			  unsigned long bytes)
{
	unsigned long end = vma->vm_end + bytes;

	return end > vma->vm_end && !find_vma_intersection(mm, vma->vm_end, end) &&
	       !IS_ERR_VALUE(
		       get_unmapped_area(NULL, vma->vm_start, end - vma->vm_start, 0, MAP_FIXED));
}

/* vma, which ends with the range, grows where it is. */
static unsigned long expand(struct mm_struct *mm, struct vm_area_struct *vma, struct move *m)
{
	unsigned long pages = (m->new_len - m->old_len) >> PAGE_SHIFT;
	unsigned long start = m->addr + m->old_len, end = m->addr + m->new_len;
	struct vma_kind kind = kind_at(vma, start);

	if (vma->vm_flags & VM_ACCOUNT && vm_enough_memory(pages))
		return -ENOMEM;
	if (vma->vm_ops && vma->vm_ops->close)
		vma_grow(vma, vma->vm_start, end);
	else
		vma = vma_merge(mm, vma, start, end, &kind);
	if (!vma) {
		if (kind.vm_flags & VM_ACCOUNT)
			vm_unacct_memory(pages);
		return -ENOMEM;
	}
	vm_stat_account(mm, vma->vm_flags, (long)pages);
	if (vma->vm_flags & VM_LOCKED) {
		mm->locked_vm += pages;
		m->locked = true;
	}
	m->new_addr = m->addr;
	return m->addr;
}

static unsigned long do_mremap(struct mm_struct *mm, struct move *m)
{
	struct vm_area_struct *vma = vma_lookup(mm, m->addr);
	int error;

	if (!vma)
		return -EFAULT;
	if (m->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP))
		return mremap_to(mm, m);
	if (m->old_len >= m->new_len) {
		error = do_munmap(mm, m->addr + m->new_len, m->old_len - m->new_len);
		return error && m->old_len != m->new_len ? (unsigned long)error : m->addr;
	}
	vma = vma_to_resize(mm, m);
	if (IS_ERR(vma))
		return (unsigned long)PTR_ERR(vma);
	if (m->addr + m->old_len == vma->vm_end && is_expandable(mm, vma, m->new_len - m->old_len))
		return expand(mm, vma, m);
	if (!(m->flags & MREMAP_MAYMOVE))
		return -ENOMEM;
	m->new_addr = find_place(vma, m, 0, 0);
	return IS_ERR_VALUE(m->new_addr) ? m->new_addr : move_vma(vma, m);
}

SYSCALL_DEFINE5(mremap, unsigned long, addr, unsigned long, old_len, unsigned long, new_len,
		unsigned long, flags, unsigned long, new_addr)
{
	struct move m = { addr, PAGE_ALIGN(old_len), PAGE_ALIGN(new_len), new_addr, flags, false };
	struct mm_struct *mm = current->mm;

	if (flags & ~(unsigned long)(MREMAP_FIXED | MREMAP_MAYMOVE | MREMAP_DONTUNMAP) ||
	    (flags & MREMAP_FIXED && !(flags & MREMAP_MAYMOVE)) ||
	    (flags & MREMAP_DONTUNMAP && (!(flags & MREMAP_MAYMOVE) || old_len != new_len)) ||
	    !IS_ALIGNED(addr, PAGE_SIZE) || !m.new_len)
		return -EINVAL;
	old_len = m.old_len;
	mmap_write_lock(mm);
	addr = do_mremap(mm, &m);
	mmap_write_unlock(mm);
	if (!IS_ERR_VALUE(addr) && m.locked && m.new_len > old_len)
		__mm_populate(m.new_addr + old_len, m.new_len - old_len, 1);
	return (long)addr;
}

/* ---------------------------------------------------------------- remap_file_pages() */

/* All of [start, end), from vma on, is of its kind and without a hole. */
static bool is_alike(const struct vm_area_struct *vma, unsigned long end)
{
	const struct vm_area_struct *next = vma;

	while (next->vm_end < end) {
		if (!next->vm_next || next->vm_next->vm_start != next->vm_end)
			return false;
		next = next->vm_next;
		if (next->vm_file != vma->vm_file || next->vm_flags != vma->vm_flags)
			return false;
	}
	return true;
}

/* Other pages of the same file, at the same place: a new mapping there, as Linux has it by now. */
SYSCALL_DEFINE5(remap_file_pages, unsigned long, start, unsigned long, size, unsigned long, prot,
		unsigned long, pgoff, unsigned long, flags)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	unsigned long ret = -EINVAL, populate = 0;
	struct file *file = NULL;

	start &= PAGE_MASK;
	size &= PAGE_MASK;
	if (prot || start + size <= start || pgoff + (size >> PAGE_SHIFT) < pgoff)
		return -EINVAL;
	flags = (flags & MAP_NONBLOCK) | MAP_SHARED | MAP_FIXED | MAP_POPULATE;
	mmap_write_lock(mm);
	vma = vma_lookup(mm, start);
	if (vma && vma->vm_flags & VM_SHARED && is_alike(vma, start + size)) {
		prot = (vma->vm_flags & VM_READ ? PROT_READ : 0) |
		       (vma->vm_flags & VM_WRITE ? PROT_WRITE : 0) |
		       (vma->vm_flags & VM_EXEC ? PROT_EXEC : 0);
		if (vma->vm_flags & VM_LOCKED)
			flags |= MAP_LOCKED;
		file = get_file(vma->vm_file);
		ret = do_mmap(file, start, size, prot, flags, pgoff, &populate);
	}
	mmap_write_unlock(mm);
	if (file)
		fput(file);
	if (populate)
		__mm_populate(ret, populate, 1);
	return IS_ERR_VALUE(ret) ? (long)ret : 0;
}
