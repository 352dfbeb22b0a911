/* SPDX-License-Identifier: MIT */
/*
 * Faults: a program touches an address for which its page tables have nothing, or not the right.
 *
 * What is mapped for it:
 *
 *   anonymous       to read, the page of zeroes, which is everybody's; to write, a page of one's own.
 *                   Where 2 MiB of a VMA are aligned, and none of it is there, one page of 2 MiB
 *   private file    to read, the page cache's page; to write, a copy, anonymous from then on
 *   shared file     the page cache's page, told to page_mkwrite() before it is written
 *   a driver's      what its vm_ops->fault() names, or has inserted
 *
 * Copy on write: an anonymous page is `exclusive` while one mm alone maps it.  fork() maps it in
 * both, read-only, and takes that away; who writes then gets a copy, but for the last one that
 * holds it.  A page that is pinned for a device is not shared by fork: the child has its copy at once,
 * so that the page stays where the device and the parent both know it.
 *
 * A page is in page tables with a reference for each entry.  Entries marked special have none: the
 * page of zeroes, and those of VM_PFNMAP areas, which are bare addresses.
 *
 * What this does not do: reclaim.  Where there is no page to be had, the process that asks is
 * killed (mm/user/oom.c).
 *
 * All of it is for threads that may sleep; mmap_lock is held, as a reader or writer.
 */
#ifndef MM_USER_FAULT_H
#define MM_USER_FAULT_H

#include "kernel/lib/errno.h"
#include "mm/page_alloc.h"
#include "mm/user/mm_struct.h"

struct pt_regs;

/* How a fault ends: Linux's numbers. */
#define VM_FAULT_OOM	  0x000001U
#define VM_FAULT_SIGBUS	  0x000002U
#define VM_FAULT_MAJOR	  0x000004U
#define VM_FAULT_SIGSEGV  0x000040U
#define VM_FAULT_NOPAGE	  0x000100U /* ->fault() has inserted it itself */
#define VM_FAULT_LOCKED	  0x000200U /* ->fault() returns the page locked */
#define VM_FAULT_RETRY	  0x000400U
#define VM_FAULT_FALLBACK 0x000800U /* no 2 MiB page: a small one then */
#define VM_FAULT_DONE_COW 0x001000U

#define VM_FAULT_ERROR (VM_FAULT_OOM | VM_FAULT_SIGBUS | VM_FAULT_SIGSEGV)

/* What was done to the address.  RETRY and KILLABLE may be given and change nothing: mmap_lock stays. */
#define FAULT_FLAG_WRITE	 0x001U
#define FAULT_FLAG_MKWRITE	 0x002U
#define FAULT_FLAG_ALLOW_RETRY	 0x004U
#define FAULT_FLAG_KILLABLE	 0x010U
#define FAULT_FLAG_USER		 0x040U
#define FAULT_FLAG_REMOTE	 0x080U /* another process's thread asks */
#define FAULT_FLAG_INSTRUCTION	 0x100U
#define FAULT_FLAG_INTERRUPTIBLE 0x200U
#define FAULT_FLAG_UNSHARE \
	0x400U /* of a page that is to be pinned: one's own, yet not to be written */
#define FAULT_FLAG_DEFAULT (FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE | FAULT_FLAG_INTERRUPTIBLE)

/* A fault, for vm_ops->fault() and kin. */
struct vm_fault {
	struct vm_area_struct *vma;
	unsigned long pgoff;   /* which page of vma's file */
	unsigned long address; /* of its page */
	unsigned int flags;    /* FAULT_FLAG_* */
	struct page *page;     /* ->fault() names it here, with a reference */
	struct page *cow_page; /* what a private file's page is to be copied to */
};

/*
 * Have `address`, in vma, mapped for what `flags` say; the caller has looked that the VMA allows it.
 * 0, or VM_FAULT_MAJOR, and the access can be tried again; or one of VM_FAULT_ERROR.  After
 * VM_FAULT_OOM the process has a SIGKILL.  `regs` NULL: it was no exception, and is not counted as one.
 */
vm_fault_t handle_mm_fault(struct vm_area_struct *vma, unsigned long address, unsigned int flags,
			   struct pt_regs *regs);

static inline int vm_fault_to_errno(vm_fault_t fault)
{
	return fault & VM_FAULT_OOM ? -ENOMEM : -EFAULT;
}

/* No memory for current: it is killed, with Linux's line. */
void pagefault_out_of_memory(void);

/* ---------------------------------------------------------------- a driver's mmap() */

/*
 * In ->mmap(), mmap_lock held as writer: map [addr, addr + size) of vma to the physical pages from
 * `pfn` on.  The VMA becomes VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP.  The memory type is
 * prot's where the range is nobody's with another (mm/memtype.h); RAM has its own.  0; -EINVAL:
 * not of vma, no pages, or no address that the CPU has; a private VMA that could be written must be
 * mapped whole, or its type is another's, which is said; -ENOMEM.
 */
int remap_pfn_range(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn,
		    unsigned long size, pgprot_t prot) __must_check;
int io_remap_pfn_range(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn,
		       unsigned long size, pgprot_t prot) __must_check;
/* All of vma to the device memory at [start, start + len), from vm_pgoff's page of it on; -EINVAL beyond it. */
int vm_iomap_memory(struct vm_area_struct *vma, phys_addr_t start, unsigned long len) __must_check;

/*
 * In ->fault() of a VM_PFNMAP VMA: one page, cached as the pfn is elsewhere.  VM_FAULT_NOPAGE, also where
 * something is mapped there by now, which stays; VM_FAULT_SIGBUS where addr is not in the VMA or the
 * processor has no such address; VM_FAULT_OOM.
 */
vm_fault_t vmf_insert_pfn(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn);

/* The same protection, cached in another way. */
static inline pgprot_t pgprot_with_mode(pgprot_t prot, enum page_cache_mode mode)
{
	return pgprot_cached(__pgprot(pgprot_val(prot) & ~(_PAGE_PWT | _PAGE_PCD | _PAGE_PAT)),
			     mode);
}

static inline pgprot_t pgprot_noncached(pgprot_t prot)
{
	return pgprot_with_mode(prot, _PAGE_CACHE_MODE_UC_MINUS);
}

static inline pgprot_t pgprot_writecombine(pgprot_t prot)
{
	return pgprot_with_mode(prot, _PAGE_CACHE_MODE_WC);
}

/* For vm_ops->access of a VM_PFNMAP area: through a mapping made for it. */
int generic_access_phys(struct vm_area_struct *vma, unsigned long addr, void *buf, int len,
			int write);

/* The pfn that a VM_IO | VM_PFNMAP area maps at addr: 0 or -EINVAL. */
int follow_pfn(struct vm_area_struct *vma, unsigned long addr, unsigned long *pfn);

/* ---------------------------------------------------------------- files */

/* f_op->mmap of a file with a page cache, also where it has none: sets vm_ops. */
struct file;
int generic_file_mmap(struct file *file, struct vm_area_struct *vma);
extern const struct vm_operations_struct generic_file_vm_ops;
/* vm_ops->fault of such a file, for who has vm_ops of their own. */
vm_fault_t filemap_fault(struct vm_fault *vmf);
void filemap_init(void); /* boot, once there are files */

/*
 * Bytes [start, start + len) of the mapping, to its end for len 0, are in no page table any more;
 * private copies neither with `even_cows`.  No mmap_lock is needed; takes the i_mmap lock.
 */
struct address_space;
void unmap_mapping_range(struct address_space *mapping, s64 start, s64 len, int even_cows);

#endif
