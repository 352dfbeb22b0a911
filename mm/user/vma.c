// SPDX-License-Identifier: MIT
/*
 * VMAs made, cut and united.
 *
 * Uniting is one operation, vma_grow(): a VMA takes over space, and what was there goes or is cut.
 * vma_merge() only decides who grows, and how far: the one before the range, the one behind it,
 * or the one before over both.
 */
#include "mm/user/vma.h"
#include "kernel/fs/fs.h"
#include "mm/slab.h"
#include "mm/user/i_mmap.h"
#include "mm/user/tables.h"

static struct kmem_cache *vma_cache;

void __init vma_cache_init(void)
{
	vma_cache = kmem_cache_create("vm_area_struct", sizeof(struct vm_area_struct), 0,
				      SLAB_PANIC, NULL);
}

struct vm_area_struct *vm_area_alloc(struct mm_struct *mm)
{
	struct vm_area_struct *vma = kmem_cache_zalloc(vma_cache, GFP_KERNEL);

	if (vma)
		vma->vm_mm = mm;
	return vma;
}

struct vm_area_struct *vm_area_dup(const struct vm_area_struct *vma)
{
	struct vm_area_struct *new = kmem_cache_alloc(vma_cache, GFP_KERNEL);

	if (!new)
		return NULL;
	*new = *vma;
	new->vm_memtype = NULL;
	if (new->vm_file)
		get_file(new->vm_file);
	return new;
}

void vm_area_free(struct vm_area_struct *vma)
{
	if (vma->vm_file)
		fput(vma->vm_file);
	kmem_cache_free(vma_cache, vma);
}

void remove_vma(struct vm_area_struct *vma)
{
	might_sleep();
	if (vma->vm_ops && vma->vm_ops->close)
		vma->vm_ops->close(vma);
	vm_area_free(vma);
}

/* ---------------------------------------------------------------- rights */

#define USER_BITS (_PAGE_PRESENT | _PAGE_USER | _PAGE_ACCESSED)
#define PAGE_NONE __pgprot(_PAGE_PROTNONE | _PAGE_ACCESSED)

/*
 * By VM_READ, VM_WRITE, VM_EXEC and VM_SHARED.  What is private is mapped for writing by the fault
 * that has made a page the VMA's own; and the processor knows nothing that can be written or
 * run but not read.
 */
pgprot_t vm_get_page_prot(unsigned long vm_flags)
{
	u64 bits = USER_BITS | _PAGE_NX;

	if (!(vm_flags & VM_ACCESS_FLAGS))
		return PAGE_NONE;
	if ((vm_flags & (VM_WRITE | VM_SHARED)) == (VM_WRITE | VM_SHARED))
		bits |= _PAGE_RW;
	if (vm_flags & VM_EXEC)
		bits &= ~_PAGE_NX;
	return __pgprot(bits);
}

/*
 * The cache mode that a driver chose stays.  Where somebody wants to know of the first write, the owner of a
 * mapping or who has cleared VM_SOFTDIRTY, a fault makes what is shared writable too.
 */
void vma_set_page_prot(struct vm_area_struct *vma)
{
	unsigned long flags = vma->vm_flags;
	u64 cache = pgprot_val(vma->vm_page_prot) & (_PAGE_PWT | _PAGE_PCD | _PAGE_PAT);

	if (!(flags & VM_SOFTDIRTY) ||
	    (vma->vm_ops && (vma->vm_ops->page_mkwrite || vma->vm_ops->pfn_mkwrite)))
		flags &= ~VM_SHARED;
	vma->vm_page_prot = __pgprot(pgprot_val(vm_get_page_prot(flags)) | cache);
}

/* ---------------------------------------------------------------- files */

struct address_space *vma_lock_mapping(const struct vm_area_struct *vma)
{
	struct address_space *mapping = vma->vm_file ? vma->vm_file->f_mapping : NULL;

	if (mapping)
		down_write(&mapping->i_mmap_rwsem);
	return mapping;
}

void vma_unlock_mapping(struct address_space *mapping)
{
	if (mapping)
		up_write(&mapping->i_mmap_rwsem);
}

/* In and out, with the lock held; nothing without a mapping. */
static void enter_mapping(struct address_space *mapping, struct vm_area_struct *vma)
{
	if (mapping)
		i_mmap_insert(&mapping->i_mmap, vma);
}

static void leave_mapping(struct address_space *mapping, struct vm_area_struct *vma)
{
	if (mapping)
		i_mmap_remove(&mapping->i_mmap, vma);
}

/* VMAs through which a file may be written, now or after an mprotect(), are counted. */
static void count_writable(const struct vm_area_struct *vma, u32 n)
{
	if ((vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) == (VM_SHARED | VM_MAYWRITE))
		__atomic_add_fetch(&vma->vm_file->f_mapping->i_mmap_writable, n, __ATOMIC_RELAXED);
}

void vma_link(struct mm_struct *mm, struct vm_area_struct *vma, struct vm_area_struct *prev)
{
	struct address_space *mapping = vma_lock_mapping(vma);

	vma_insert(mm, vma, prev);
	enter_mapping(mapping, vma);
	if (mapping)
		count_writable(vma, 1);
	vma_unlock_mapping(mapping);
}

void unlink_file_vma(struct vm_area_struct *vma)
{
	struct address_space *mapping = vma_lock_mapping(vma);

	leave_mapping(mapping, vma);
	if (mapping)
		count_writable(vma, -1U);
	vma_unlock_mapping(mapping);
}

/* ---------------------------------------------------------------- ranges */

static void set_start(struct vm_area_struct *vma, unsigned long start)
{
	vma->vm_pgoff += (long)(start - vma->vm_start) >> PAGE_SHIFT;
	vma->vm_start = start;
}

/* vma ends, or with new_below begins, at addr, and `new`, its copy, is the rest.  0 or -ENOMEM. */
static int cut_in_two(struct vm_area_struct *vma, struct vm_area_struct *new, unsigned long addr,
		      bool new_below)
{
	struct vm_area_struct *lower = new_below ? new : vma, *upper = new_below ? vma : new;
	unsigned long start = lower->vm_start, end = upper->vm_end;
	int error;

	lower->vm_end = addr;
	set_start(upper, addr);
	error = vma->vm_flags & VM_PAT ? track_pfn_split(vma, new) : 0;
	if (error) {
		set_start(upper, start);
		lower->vm_end = end;
	}
	return error;
}

int __split_vma(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long addr,
		bool new_below)
{
	struct address_space *mapping;
	struct vm_area_struct *new;
	int error = 0;

	if (vma->vm_ops && vma->vm_ops->may_split)
		error = vma->vm_ops->may_split(vma, addr);
	if (error)
		return error;
	new = vm_area_dup(vma);
	if (!new)
		return -ENOMEM;
	mapping = vma_lock_mapping(vma);
	leave_mapping(mapping, vma);
	error = cut_in_two(vma, new, addr, new_below);
	enter_mapping(mapping, vma);
	if (!error) {
		vma_insert(mm, new, new_below ? vma->vm_prev : vma);
		enter_mapping(mapping, new);
		if (mapping)
			count_writable(new, 1);
	}
	vma_unlock_mapping(mapping);
	if (error)
		vm_area_free(new);
	else if (new->vm_ops &&new->vm_ops->open)
		new->vm_ops->open(new);
	return error;
}

int split_vma(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long addr, bool new_below)
{
	if (mm->map_count >= MAX_MAP_COUNT)
		return -ENOMEM;
	return __split_vma(mm, vma, addr, new_below);
}

/* What was `from`'s is, in part or as a whole, vma's: the copies too. */
static void take_anon_vma(struct vm_area_struct *vma, const struct vm_area_struct *from)
{
	if (!vma->anon_vma && from->anon_vma) {
		vma->anon_vma = from->anon_vma;
		vma->anon_inherited = from->anon_inherited;
	}
}

/* What vma grows over, at most two neighbours whole and one in part. */
struct overgrown {
	struct address_space *mapping; /* locked, or NULL */
	struct vm_area_struct *gone[2];
	unsigned int nr_gone;
};

static void swallow(struct overgrown *over, struct vm_area_struct *vma,
		    struct vm_area_struct *other)
{
	take_anon_vma(vma, other);
	vma_remove(vma->vm_mm, other);
	leave_mapping(over->mapping, other);
	if (over->mapping)
		count_writable(other, -1U);
	over->gone[over->nr_gone++] = other;
}

/* `other` keeps [start, end) alone. */
static void cut_back(struct overgrown *over, struct vm_area_struct *vma,
		     struct vm_area_struct *other, unsigned long start, unsigned long end)
{
	take_anon_vma(vma, other);
	leave_mapping(over->mapping, other);
	set_start(other, start);
	other->vm_end = end;
	enter_mapping(over->mapping, other);
}

/* vma has its range first, so that the gap of who goes is never anybody's. */
void vma_grow(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	struct overgrown over = { .mapping = vma_lock_mapping(vma) };
	struct vm_area_struct *other;

	leave_mapping(over.mapping, vma);
	set_start(vma, start);
	vma->vm_end = end;
	enter_mapping(over.mapping, vma);
	while ((other = vma->vm_prev) && other->vm_start >= start)
		swallow(&over, vma, other);
	if (other && other->vm_end > start)
		cut_back(&over, vma, other, other->vm_start, start);
	while ((other = vma->vm_next) && other->vm_end <= end)
		swallow(&over, vma, other);
	if (other && other->vm_start < end)
		cut_back(&over, vma, other, end, other->vm_end);
	vma_range_changed(vma);
	vma_unlock_mapping(over.mapping);
	while (over.nr_gone)
		vm_area_free(over.gone[--over.nr_gone]);
}

/* ---------------------------------------------------------------- merging */

/* A driver that is told when one ends may be counting them. */
static bool same_kind(const struct vm_area_struct *vma, const struct vma_kind *kind)
{
	return !((vma->vm_flags ^ kind->vm_flags) & ~VM_SOFTDIRTY) && vma->vm_file == kind->file &&
	       !(vma->vm_ops && vma->vm_ops->close) &&
	       (vma->anon_vma == kind->anon_vma || (!kind->anon_vma && !vma->anon_inherited));
}

bool can_vma_merge_after(const struct vm_area_struct *vma, const struct vma_kind *kind)
{
	return same_kind(vma, kind) && vma->vm_pgoff + vma_pages(vma) == kind->pgoff;
}

bool can_vma_merge_before(const struct vm_area_struct *vma, const struct vma_kind *kind,
			  unsigned long pages)
{
	return same_kind(vma, kind) && vma->vm_pgoff == kind->pgoff + pages;
}

struct vm_area_struct *vma_merge(struct mm_struct *mm, struct vm_area_struct *prev,
				 unsigned long addr, unsigned long end, const struct vma_kind *kind)
{
	struct vm_area_struct *next = prev ? prev->vm_next : mm->mmap;
	bool merge_prev, merge_next;

	if (kind->vm_flags & VM_SPECIAL)
		return NULL;
	if (next && next->vm_end == end) /* it is the range */
		next = next->vm_next;
	merge_prev = prev && prev->vm_end == addr && can_vma_merge_after(prev, kind);
	merge_next = next && next->vm_start == end &&
		     can_vma_merge_before(next, kind, (end - addr) >> PAGE_SHIFT);
	if (merge_prev && merge_next &&
	    (!prev->anon_vma || !next->anon_vma || prev->anon_vma == next->anon_vma)) {
		vma_grow(prev, prev->vm_start, next->vm_end);
		return prev;
	}
	if (merge_prev) {
		vma_grow(prev, prev->vm_start, end);
		return prev;
	}
	if (merge_next) {
		vma_grow(next, addr, next->vm_end);
		return next;
	}
	return NULL;
}

struct vm_area_struct *vma_modify_flags(struct vm_area_struct *vma, struct vm_area_struct *prev,
					unsigned long start, unsigned long end,
					unsigned long newflags)
{
	struct mm_struct *mm = vma->vm_mm;
	struct vma_kind kind = {
		.vm_flags = newflags,
		.file = vma->vm_file,
		.pgoff = linear_page_index(vma, start),
		.anon_vma = vma->anon_vma,
	};
	struct vm_area_struct *merged = vma_merge(mm, prev, start, end, &kind);
	int error = 0;

	if (merged)
		return merged;
	if (start != vma->vm_start)
		error = split_vma(mm, vma, start, true);
	if (!error && end != vma->vm_end)
		error = split_vma(mm, vma, end, false);
	return error ? ERR_PTR(error) : vma;
}
