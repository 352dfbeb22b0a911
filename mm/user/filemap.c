// SPDX-License-Identifier: MIT
/*
 * Files that are mapped: faults take the pages of the page cache.
 *
 * A page is mapped while it is locked, still the file's, and within the file's size; truncation takes it
 * out of the page tables under the same lock (kernel/fs/pagemap.h).
 */
#include "kernel/fs/fs.h"
#include "mm/user/i_mmap.h"
#include "mm/user/pte.h"

static bool is_within_file(const struct address_space *mapping, unsigned long pgoff)
{
	return pgoff < DIV_ROUND_UP((u64)i_size_read(mapping->host), PAGE_SIZE);
}

static vm_fault_t error_of(const struct page *page)
{
	return PTR_ERR(page) == -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
}

/* The page, up to date and held, where there is one in the file; *major: a device had to be asked. */
static struct page *page_of_file(struct address_space *mapping, unsigned long pgoff, bool *major)
{
	struct page *page = find_get_page(mapping, pgoff);

	if (likely(page && PageUptodate(page)))
		return page;
	if (page)
		put_page(page);
	*major = !is_in_memory(mapping);
	return read_mapping_page(mapping, pgoff);
}

vm_fault_t filemap_fault(struct vm_fault *vmf)
{
	struct address_space *mapping = vmf->vma->vm_file->f_mapping;
	bool major = false;
	struct page *page;

	for (;;) {
		if (unlikely(!is_within_file(mapping, vmf->pgoff)))
			return VM_FAULT_SIGBUS;
		page = page_of_file(mapping, vmf->pgoff, &major);
		if (IS_ERR(page))
			return error_of(page);
		lock_page(page);
		if (likely(page->mapping == mapping && is_within_file(mapping, vmf->pgoff)))
			break;
		unlock_page(page); /* truncated meanwhile */
		put_page(page);
	}
	vmf->page = page;
	return VM_FAULT_LOCKED | (major ? VM_FAULT_MAJOR : 0);
}

/* A write to a shared file's page is told before it happens: its times change. */
static vm_fault_t filemap_page_mkwrite(struct vm_fault *vmf)
{
	struct address_space *mapping = vmf->vma->vm_file->f_mapping;

	inode_update_time(mapping->host);
	lock_page(vmf->page);
	if (vmf->page->mapping == mapping)
		return VM_FAULT_LOCKED;
	unlock_page(vmf->page);
	return VM_FAULT_NOPAGE;
}

const struct vm_operations_struct generic_file_vm_ops = {
	.fault = filemap_fault,
	.page_mkwrite = filemap_page_mkwrite,
};

/* A file of memory has no device to be told of. */
static const struct vm_operations_struct memory_file_vm_ops = {
	.fault = filemap_fault,
};

int generic_file_mmap(struct file *file, struct vm_area_struct *vma)
{
	touch_atime(&file->f_path);
	vma->vm_ops =
		file->f_mapping->a_ops->read_page ? &generic_file_vm_ops : &memory_file_vm_ops;
	return 0;
}

/* ---- a file's pages, wherever they are mapped ---- */

static void unmap_mapping_pages(struct address_space *mapping, pgoff_t first, pgoff_t n,
				bool even_cows)
{
	pgoff_t last = n && first + n - 1 >= first ? first + n - 1 : ~0UL;
	struct vm_area_struct *vma;

	__atomic_add_fetch(&mapping->i_unmaps, 1, __ATOMIC_SEQ_CST);
	down_read(&mapping->i_mmap_rwsem);
	for_each_i_mmap(vma, &mapping->i_mmap, first, last) {
		pgoff_t from = max(first, vma->vm_pgoff);
		pgoff_t to = min(last, vma->vm_pgoff + vma_pages(vma) - 1);

		zap_vma_range(vma, vma->vm_start + ((from - vma->vm_pgoff) << PAGE_SHIFT),
			      vma->vm_start + ((to + 1 - vma->vm_pgoff) << PAGE_SHIFT), !even_cows);
	}
	up_read(&mapping->i_mmap_rwsem);
}

/* vma's entry for the page at `va`, if it has one, lets nobody write. */
static void write_protect_entry(struct vm_area_struct *vma, unsigned long va,
				const struct page *page)
{
	struct mm_struct *mm = vma->vm_mm;
	u64 *pmd, *pte = NULL, old = 0;

	spin_lock(&mm->page_table_lock);
	pmd = find_pmd(mm, va);
	if (pmd && *pmd && !is_huge(*pmd))
		pte = find_pte(pmd, va);
	if (pte && *pte && !(*pte & _PAGE_SPECIAL) && entry_page(*pte) == page)
		old = __atomic_fetch_and(pte, ~(_PAGE_RW | _PAGE_DIRTY), __ATOMIC_SEQ_CST);
	if (old & _PAGE_RW && may_be_cached(old))
		flush_user_page(mm, va);
	spin_unlock(&mm->page_table_lock);
}

static void page_mkclean(struct address_space *mapping, struct page *page)
{
	struct vm_area_struct *vma;

	down_read(&mapping->i_mmap_rwsem);
	for_each_i_mmap(vma, &mapping->i_mmap, page->index, page->index)
		if (vma->vm_flags & VM_SHARED)
			write_protect_entry(
				vma, vma->vm_start + ((page->index - vma->vm_pgoff) << PAGE_SHIFT),
				page);
	up_read(&mapping->i_mmap_rwsem);
}

/* At boot: truncation and who writes pages to a device know how from here on. */
void __init filemap_init(void)
{
	static const struct rmap_ops ops = { .unmap = unmap_mapping_pages,
					     .mkclean = page_mkclean };

	filemap_set_rmap(&ops);
}

void unmap_mapping_range(struct address_space *mapping, s64 start, s64 len, int even_cows)
{
	pgoff_t first = (u64)start >> PAGE_SHIFT;
	pgoff_t n = ((u64)start % PAGE_SIZE + (u64)len + PAGE_SIZE - 1) >> PAGE_SHIFT;

	unmap_mapping_pages(mapping, first, len ? n : 0, even_cows);
}
