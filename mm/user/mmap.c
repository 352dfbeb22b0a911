// SPDX-License-Identifier: MIT
/*
 * mmap(): what is asked for is checked in Linux's order, since a call that is wrong in two ways gets
 * one of the two answers; then a place is found, what is there goes, and either a neighbour
 * grows or a VMA is made.
 */
#include "mm/user/mmap.h"

#include <linux/mman.h>
#include <linux/personality.h>

#include "kernel/core/printk.h"
#include "kernel/core/syscall.h"
#include "kernel/cpu/cpu.h"
#include "kernel/fs/file.h"
#include "kernel/fs/shmem.h"
#include "mm/user/account.h"
#include "mm/user/fault.h"
#include "mm/user/gup.h"
#include "mm/user/munmap.h"
#include "mm/user/tables.h"
#include "mm/user/vma.h"

/* Flags that MAP_SHARED ignores what it does not know besides, and MAP_SHARED_VALIDATE refuses. */
#define LEGACY_MAP_MASK                                                                          \
	(MAP_SHARED | MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS | MAP_DENYWRITE | MAP_EXECUTABLE | \
	 MAP_GROWSDOWN | MAP_LOCKED | MAP_NORESERVE | MAP_POPULATE | MAP_NONBLOCK | MAP_STACK |  \
	 MAP_HUGETLB | MAP_32BIT | MAP_HUGE_2MB | MAP_HUGE_1GB)

unsigned long vm_data_default_flags(void)
{
	return VM_DATA_DEFAULT_FLAGS |
	       (current->personality & READ_IMPLIES_EXEC ? VM_EXEC : VM_NONE);
}

/* ---------------------------------------------------------------- making a VMA */

int shmem_zero_setup(struct vm_area_struct *vma)
{
	unsigned long size = vma->vm_end - vma->vm_start;
	struct file *file;

	file = shmem_file_setup("dev/zero", (loff_t)size, !(vma->vm_flags & VM_NORESERVE));
	if (IS_ERR(file))
		return (int)PTR_ERR(file);
	if (vma->vm_file)
		fput(vma->vm_file);
	vma->vm_file = file;
	return generic_file_mmap(file, vma);
}

int insert_vm_struct(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct vm_area_struct *prev;

	if (find_vma_intersection(mm, vma->vm_start, vma->vm_end))
		return -ENOMEM;
	if (vma->vm_flags & VM_ACCOUNT && vm_enough_memory(vma_pages(vma)))
		return -ENOMEM;
	if (vma_is_anonymous(vma))
		vma->vm_pgoff = vma->vm_start >> PAGE_SHIFT;
	find_vma_prev(mm, vma->vm_start, &prev);
	vma_link(mm, vma, prev);
	return 0;
}

/* Pages of [addr, end) that are mapped, from vma on. */
static unsigned long mapped_pages(const struct vm_area_struct *vma, unsigned long addr,
				  unsigned long end)
{
	unsigned long bytes = 0;

	for (; vma && vma->vm_start < end; vma = vma->vm_next)
		bytes += min(vma->vm_end, end) - max(vma->vm_start, addr);
	return bytes >> PAGE_SHIFT;
}

/* A neighbour of the free range [addr, end) grows over it, where it is of the same kind. */
static struct vm_area_struct *grow_neighbour(struct vm_area_struct *prev,
					     struct vm_area_struct *next, unsigned long addr,
					     unsigned long end, struct vma_kind *kind)
{
	struct vm_area_struct *vma = NULL;
	unsigned long start = addr;

	if (kind->vm_flags & VM_SPECIAL)
		return NULL;
	if (next && next->vm_start == end &&
	    can_vma_merge_before(next, kind, (end - addr) >> PAGE_SHIFT)) {
		vma = next;
		end = next->vm_end;
		kind->anon_vma = next->anon_vma;
	}
	if (prev && prev->vm_end == addr && can_vma_merge_after(prev, kind)) {
		vma = prev;
		start = prev->vm_start;
	}
	if (vma)
		vma_grow(vma, start, end);
	return vma;
}

/* The limits allow it, what is there goes, and the memory is promised: the flags then, or -errno. */
static long clear_range(struct mm_struct *mm, unsigned long addr, unsigned long len,
			unsigned long flags)
{
	struct vm_area_struct *vma = find_vma_intersection(mm, addr, addr + len);
	unsigned long pages = len >> PAGE_SHIFT;

	if (!may_expand_vm(mm, flags, pages) &&
	    !(vma && may_expand_vm(mm, flags, pages - mapped_pages(vma, addr, addr + len))))
		return -ENOMEM;
	if (vma && do_vma_munmap(mm, vma, addr, addr + len))
		return -ENOMEM;
	if (accountable_mapping(flags)) {
		if (vm_enough_memory(pages))
			return -ENOMEM;
		flags |= VM_ACCOUNT;
	}
	return (long)flags;
}

/* Whose pages they are: the file's, nobody's but shared, or the VMA's own. */
static int set_source(struct vm_area_struct *vma, struct file *file)
{
	if (!file)
		return vma->vm_flags & VM_SHARED ? shmem_zero_setup(vma) : 0;
	vma->vm_file = get_file(file);
	return file->f_op->mmap ? file->f_op->mmap(file, vma) : generic_file_mmap(file, vma);
}

/*
 * What a driver mapped before the VMA was anybody's to see goes, where the file's mappings were taken away
 * meanwhile: the device may have gone after the driver looked.
 */
static void zap_if_revoked(struct vm_area_struct *vma, const struct address_space *mapping,
			   u32 unmaps)
{
	if (unlikely(__atomic_load_n(&mapping->i_unmaps, __ATOMIC_SEQ_CST) != unmaps))
		zap_page_range(vma, vma->vm_start, vma->vm_end - vma->vm_start);
}

/* A VMA of its own, in mm; one behind which it turns out to belong may take it over.  ERR_PTR. */
static struct vm_area_struct *new_vma(struct mm_struct *mm, struct vm_area_struct *prev,
				      unsigned long addr, unsigned long len,
				      const struct vma_kind *kind)
{
	const struct address_space *mapping = kind->file ? kind->file->f_mapping : NULL;
	u32 unmaps = mapping ? __atomic_load_n(&mapping->i_unmaps, __ATOMIC_SEQ_CST) : 0;
	struct vm_area_struct *vma = vm_area_alloc(mm), *merged;
	struct vma_kind as_mapped;
	int error;

	if (!vma)
		return ERR_PTR(-ENOMEM);
	vma->vm_start = addr;
	vma->vm_end = addr + len;
	vma->vm_flags = kind->vm_flags;
	vma->vm_page_prot = vm_get_page_prot(kind->vm_flags);
	vma->vm_pgoff = kind->pgoff;
	error = set_source(vma, kind->file);
	if (error) {
		unmap_region(mm, vma, prev, prev ? prev->vm_next : mm->mmap); /* half way */
		vm_area_free(vma);
		return ERR_PTR(error);
	}
	if (kind->file && vma->vm_flags != kind->vm_flags && prev) {
		as_mapped = (struct vma_kind){ vma->vm_flags, vma->vm_file, vma->vm_pgoff, 0 };
		merged = vma_merge(mm, prev, addr, addr + len, &as_mapped);
		if (merged) {
			vm_area_free(vma);
			return merged;
		}
	}
	vma_link(mm, vma, prev);
	if (mapping)
		zap_if_revoked(vma, mapping, unmaps);
	return vma;
}

static unsigned long mmap_region(struct file *file, unsigned long addr, unsigned long len,
				 unsigned long vm_flags, unsigned long pgoff)
{
	struct mm_struct *mm = current->mm;
	long flags = clear_range(mm, addr, len, vm_flags);
	struct vma_kind kind = { (unsigned long)flags, file, pgoff, 0 };
	struct vm_area_struct *next, *prev, *vma;

	if (flags < 0)
		return (unsigned long)flags;
	next = find_vma_prev(mm, addr, &prev);
	vma = grow_neighbour(prev, next, addr, addr + len, &kind);
	if (!vma) {
		vma = new_vma(mm, prev, addr, len, &kind);
		if (IS_ERR(vma)) {
			if (flags & VM_ACCOUNT)
				vm_unacct_memory(len >> PAGE_SHIFT);
			return (unsigned long)PTR_ERR(vma);
		}
	}
	vm_stat_account(mm, vma->vm_flags, (long)(len >> PAGE_SHIFT));
	if (vma->vm_flags & VM_LOCKED) {
		if (vma->vm_flags & VM_SPECIAL)
			vma->vm_flags &= ~VM_LOCKED_MASK;
		else
			mm->locked_vm += len >> PAGE_SHIFT;
	}
	vma->vm_flags |= VM_SOFTDIRTY;
	vma_set_page_prot(vma);
	return addr;
}

/* ---------------------------------------------------------------- what is asked for */

static unsigned long vm_flags_of(unsigned long prot, unsigned long flags)
{
	return (prot & PROT_READ ? VM_READ : 0) | (prot & PROT_WRITE ? VM_WRITE : 0) |
	       (prot & PROT_EXEC ? VM_EXEC : 0) | (flags & MAP_GROWSDOWN ? VM_GROWSDOWN : 0) |
	       (flags & MAP_LOCKED ? VM_LOCKED : 0) | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
}

/* Offsets of such a file are signed, and all of them; of a driver's there is no end. */
static bool file_mmap_ok(const struct file *file, unsigned long pgoff, unsigned long len)
{
	umode_t mode = file->f_inode->i_mode;
	u64 end = S_ISREG(mode) || S_ISBLK(mode) || S_ISSOCK(mode) ? MAX_LFS_FILESIZE : ~0UL;

	return len <= end && pgoff <= (end - len) >> PAGE_SHIFT;
}

/* What the mapping of a file may do: *vm_flags in the end, and 0; or -errno. */
static int check_file(const struct file *file, unsigned long prot, unsigned long flags,
		      unsigned long *vm_flags)
{
	switch (flags & MAP_TYPE) {
	case MAP_SHARED:
		flags &= LEGACY_MAP_MASK;
		/* fall through */
	case MAP_SHARED_VALIDATE:
		if (flags & ~(unsigned long)LEGACY_MAP_MASK)
			return -EOPNOTSUPP;
		if (prot & PROT_WRITE && !(file->f_mode & FMODE_WRITE))
			return -EACCES;
		*vm_flags |= VM_SHARED | VM_MAYSHARE;
		if (!(file->f_mode & FMODE_WRITE))
			*vm_flags &= ~(VM_MAYWRITE | VM_SHARED);
		/* fall through */
	case MAP_PRIVATE:
		if (!(file->f_mode & FMODE_READ))
			return -EACCES;
		if (!file->f_op->mmap && !(file->f_mapping && file->f_mapping->a_ops))
			return -ENODEV;
		return *vm_flags & VM_GROWSDOWN ? -EINVAL : 0;
	default:
		return -EINVAL;
	}
}

static int check_anonymous(unsigned long flags, unsigned long *vm_flags)
{
	switch (flags & MAP_TYPE) {
	case MAP_SHARED:
		if (*vm_flags & VM_GROWSDOWN)
			return -EINVAL;
		*vm_flags |= VM_SHARED | VM_MAYSHARE;
		return 0;
	case MAP_PRIVATE:
		return 0;
	default:
		return -EINVAL;
	}
}

unsigned long do_mmap(struct file *file, unsigned long addr, unsigned long len, unsigned long prot,
		      unsigned long flags, unsigned long pgoff, unsigned long *populate)
{
	struct mm_struct *mm = current->mm;
	unsigned long vm_flags;
	int error;

	*populate = 0;
	if (!len)
		return -EINVAL;
	if (prot & PROT_READ && current->personality & READ_IMPLIES_EXEC)
		prot |= PROT_EXEC;
	if (flags & MAP_FIXED_NOREPLACE)
		flags |= MAP_FIXED;
	if (!(flags & MAP_FIXED)) {
		addr &= PAGE_MASK;
		if (addr && addr < MMAP_MIN_ADDR)
			addr = MMAP_MIN_ADDR;
	}
	len = PAGE_ALIGN(len);
	if (!len)
		return -ENOMEM;
	if (mm->map_count > MAX_MAP_COUNT)
		return -ENOMEM;
	addr = get_unmapped_area(file, addr, len, pgoff, flags);
	if (IS_ERR_VALUE(addr))
		return addr;
	if (flags & MAP_FIXED_NOREPLACE && find_vma_intersection(mm, addr, addr + len))
		return -EEXIST;

	vm_flags = vm_flags_of(prot, flags) | mm->def_flags;
	if (flags & MAP_LOCKED && !can_do_mlock())
		return -EPERM;
	if (!may_lock(mm, vm_flags, len >> PAGE_SHIFT))
		return -EAGAIN;
	if (file && !file_mmap_ok(file, pgoff, len))
		return -EOVERFLOW;
	error = file ? check_file(file, prot, flags, &vm_flags) : check_anonymous(flags, &vm_flags);
	if (error)
		return error;
	if (!file) /* where a page of one's own was mapped first is its place for ever */
		pgoff = vm_flags & VM_SHARED ? 0 : addr >> PAGE_SHIFT;
	if (flags & MAP_NORESERVE)
		vm_flags |= VM_NORESERVE;
	addr = mmap_region(file, addr, len, vm_flags, pgoff);
	if (!IS_ERR_VALUE(addr) &&
	    (vm_flags & VM_LOCKED || (flags & (MAP_POPULATE | MAP_NONBLOCK)) == MAP_POPULATE))
		*populate = len;
	return addr;
}

unsigned long vm_mmap_pgoff(struct file *file, unsigned long addr, unsigned long len,
			    unsigned long prot, unsigned long flags, unsigned long pgoff)
{
	struct mm_struct *mm = current->mm;
	unsigned long populate;

	mmap_write_lock(mm);
	addr = do_mmap(file, addr, len, prot, flags, pgoff, &populate);
	mmap_write_unlock(mm);
	if (populate)
		__mm_populate(addr, populate, 1);
	return addr;
}

unsigned long vm_mmap(struct file *file, unsigned long addr, unsigned long len, unsigned long prot,
		      unsigned long flags, unsigned long offset)
{
	if (offset + PAGE_ALIGN(len) < offset || !IS_ALIGNED(offset, PAGE_SIZE))
		return -EINVAL;
	return vm_mmap_pgoff(file, addr, len, prot, flags, offset >> PAGE_SHIFT);
}

/* No huge page is set aside: MAP_HUGETLB finds none, as on a Linux that was given none. */
static long anonymous_hugetlb(unsigned long len, unsigned long flags)
{
	unsigned long size = flags >> MAP_HUGE_SHIFT & MAP_HUGE_MASK;
	bool known = !size || size == MAP_HUGE_2MB >> MAP_HUGE_SHIFT ||
		     (size == MAP_HUGE_1GB >> MAP_HUGE_SHIFT && boot_cpu.gbpages);

	return len && known ? -ENOMEM : -EINVAL;
}

SYSCALL_DEFINE6(mmap, unsigned long, addr, unsigned long, len, unsigned long, prot, unsigned long,
		flags, unsigned long, fd, unsigned long, off)
{
	struct file *file;

	if (off & ~PAGE_MASK)
		return -EINVAL;
	if (flags & MAP_ANONYMOUS)
		return flags & MAP_HUGETLB ?
			       anonymous_hugetlb(len, flags) :
			       (long)vm_mmap_pgoff(NULL, addr, len, prot, flags, off >> PAGE_SHIFT);
	file = fget((unsigned int)fd);
	if (!file)
		return -EBADF;
	addr = flags & MAP_HUGETLB ? (unsigned long)-EINVAL :
				     vm_mmap_pgoff(file, addr, len, prot, flags, off >> PAGE_SHIFT);
	fput(file);
	return (long)addr;
}
