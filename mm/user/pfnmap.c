// SPDX-License-Identifier: MIT
/*
 * A driver's mmap(): physical addresses, or pages of its own, in a program.
 *
 * Bare pfns are in special entries of VM_PFNMAP areas and are not counted: whoever mapped them sees
 * to it that they are there.  What type they are mapped with: mm/user/track_pfn.c.
 */
#include "kernel/core/panic.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/highmem.h"
#include "mm/user/pte.h"

/* The entry of a pfn, by what its VMA or its driver says of rights; the flags are the CPU's to set. */
static u64 pfn_entry(unsigned long pfn, pgprot_t prot, enum page_cache_mode mode)
{
	u64 bits = pgprot_val(pgprot_with_mode(prot, mode));

	return PFN_PHYS(pfn) | (bits & ~(u64)(_PAGE_ACCESSED | _PAGE_DIRTY)) | _PAGE_SPECIAL;
}

/* The pfns from *pfn on, of 2 MiB at most and up to `end`, at addr. */
static int map_pfns(struct vm_area_struct *vma, unsigned long addr, unsigned long end,
		    unsigned long pfn, pgprot_t prot)
{
	struct mm_struct *mm = vma->vm_mm;
	enum page_cache_mode mode;
	bool one_mode = vma_has_one_mode(vma, &mode);
	u64 *pmd, *pte = NULL;
	int err = 0;

	spin_lock(&mm->page_table_lock);
	pmd = alloc_pmd(mm, addr);
	if (pmd)
		pte = alloc_pte(mm, pmd, addr);
	for (; pte && addr != end && !err; addr += PAGE_SIZE, pfn++, pte++) {
		if (!one_mode)
			mode = pfn_cache_mode(pfn);
		if (WARN(*pte, "remap_pfn_range: something is mapped at %#lx\n", addr))
			err = -EBUSY;
		else
			WRITE_ONCE(*pte, pfn_entry(pfn, prot, mode));
	}
	spin_unlock(&mm->page_table_lock);
	return pte ? err : -ENOMEM;
}

static bool is_mappable(const struct vm_area_struct *vma, unsigned long addr, unsigned long pfn,
			unsigned long size)
{
	unsigned long last = pfn + (size >> PAGE_SHIFT) - 1;

	return size && !((addr | size) & ~PAGE_MASK) && addr >= vma->vm_start &&
	       size <= vma->vm_end - addr && last >= pfn &&
	       !(last >> (boot_cpu.phys_bits - PAGE_SHIFT));
}

int remap_pfn_range(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn,
		    unsigned long size, pgprot_t prot)
{
	unsigned long at = addr, end, next;
	bool whole;
	int err = 0;

	size = PAGE_ALIGN(size);
	end = addr + size;
	whole = addr == vma->vm_start && end == vma->vm_end;
	/* A copy on write finds what it copies by vm_pgoff alone. */
	if (!is_mappable(vma, addr, pfn, size) || (is_cow_mapping(vma->vm_flags) && !whole))
		return -EINVAL;
	if (is_cow_mapping(vma->vm_flags))
		vma->vm_pgoff = pfn;
	/* Whatever is the matter, Linux says -EINVAL. */
	if (whole && track_pfn_remap(vma, pfn, protval2cachemode(pgprot_val(prot)), _RET_IP_))
		return -EINVAL;
	vma->vm_flags |= VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP;
	for (; at != end && !err; at = next) {
		next = pmd_end(at, end);
		err = map_pfns(vma, at, next, pfn + ((at - addr) >> PAGE_SHIFT), prot);
	}
	if (!err)
		return 0;
	zap_vma_range(vma, addr, end, false);
	if (whole)
		untrack_pfn(vma);
	return err;
}

int io_remap_pfn_range(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn,
		       unsigned long size, pgprot_t prot)
{
	return remap_pfn_range(vma, addr, pfn, size, prot);
}

int vm_iomap_memory(struct vm_area_struct *vma, phys_addr_t start, unsigned long len)
{
	unsigned long pages = PFN_UP((start & ~PAGE_MASK) + len);

	if (start + len < start || vma->vm_pgoff > pages || vma_pages(vma) > pages - vma->vm_pgoff)
		return -EINVAL;
	return io_remap_pfn_range(vma, vma->vm_start, PFN_DOWN(start) + vma->vm_pgoff,
				  vma->vm_end - vma->vm_start, vma->vm_page_prot);
}

/* Put it where nothing is: 0, -EBUSY or -ENOMEM. */
static int insert_entry(struct mm_struct *mm, unsigned long addr, u64 entry)
{
	u64 *pmd, *pte = NULL;
	int err = -ENOMEM;

	spin_lock(&mm->page_table_lock);
	pmd = alloc_pmd(mm, addr);
	if (pmd)
		pte = alloc_pte(mm, pmd, addr);
	if (pte)
		err = *pte ? -EBUSY : 0;
	if (!err)
		WRITE_ONCE(*pte, entry);
	spin_unlock(&mm->page_table_lock);
	return err;
}

vm_fault_t vmf_insert_pfn(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn)
{
	u64 entry = pfn_entry(pfn, vma->vm_page_prot, pfn_cache_mode(pfn));

	if (WARN(!(vma->vm_flags & VM_PFNMAP), "vmf_insert_pfn: no VM_PFNMAP area\n") ||
	    addr < vma->vm_start || addr >= vma->vm_end || pfn >> (boot_cpu.phys_bits - PAGE_SHIFT))
		return VM_FAULT_SIGBUS;
	return insert_entry(vma->vm_mm, addr & PAGE_MASK, entry) == -ENOMEM ? VM_FAULT_OOM :
									      VM_FAULT_NOPAGE;
}

/* ---- looking through it ---- */

/* The entry that maps addr in a VM_IO or VM_PFNMAP area; 0: none. */
static u64 follow_entry(struct vm_area_struct *vma, unsigned long addr)
{
	struct mm_struct *mm = vma->vm_mm;
	u64 *pmd, *pte = NULL, entry;

	if (!(vma->vm_flags & (VM_IO | VM_PFNMAP)))
		return 0;
	spin_lock(&mm->page_table_lock);
	pmd = find_pmd(mm, addr);
	if (pmd && !is_huge(*pmd))
		pte = find_pte(pmd, addr);
	entry = pte ? *pte : 0;
	spin_unlock(&mm->page_table_lock);
	return entry;
}

int follow_pfn(struct vm_area_struct *vma, unsigned long addr, unsigned long *pfn)
{
	u64 entry = follow_entry(vma, addr);

	if (!entry)
		return -EINVAL;
	*pfn = entry_pfn(entry);
	return 0;
}

int generic_access_phys(struct vm_area_struct *vma, unsigned long addr, void *buf, int len,
			int write)
{
	u64 entry = follow_entry(vma, addr), cache = entry & (_PAGE_PWT | _PAGE_PCD | _PAGE_PAT);
	unsigned long offset = addr & ~PAGE_MASK;
	u8 *at;

	if (!entry || (write && !(entry & _PAGE_RW)))
		return -EINVAL;
	len = min(len, (int)(PAGE_SIZE - offset));
	at = __kmap_local_pfn_prot(entry_pfn(entry), __pgprot(pgprot_val(PAGE_KERNEL) | cache));
	if (write)
		memcpy(at + offset, buf, (size_t)len);
	else
		memcpy(buf, at + offset, (size_t)len);
	kunmap_local(at);
	return len;
}
