/* SPDX-License-Identifier: MIT */
/*
 * The page cache: the pages of a file's content, by their index in it.
 *
 *   address_space   those of one inode, and the VMAs that map it
 *   in the cache    page->mapping is the address_space, page->index its place; the cache holds a
 *                   reference.  A page that was truncated has mapping NULL, and is its holders'
 *
 * A file of memory (a_ops->read_page NULL) has its content here and nowhere else: a page that is not
 * there is zeros, and what is there is never given back but by truncation.
 *
 * PG_LOCKED: one at a time fills the page, or takes it out.  Who maps a page locks it, sees that its
 * mapping is still the same and that it lies within i_size, puts it into the page table, and unlocks:
 * truncation unmaps and takes out under the same lock.  Reading and writing the content needs
 * a reference alone.  PG_UPTODATE: the content is the file's.  PG_DIRTY: it is newer than the device's, as
 * is each page of a device's that an entry lets a program write.
 *
 * Locks, outermost first: a page's, i_mmap_rwsem, pages_lock (a leaf, not for interrupts).  None of them
 * is held while user memory is copied.
 *
 * Those who map pages are above: they set rmap_ops and keep i_mmap.
 */
#ifndef KERNEL_FS_PAGEMAP_H
#define KERNEL_FS_PAGEMAP_H

#include "kernel/core/spinlock.h"
#include "kernel/lib/radix.h"
#include "kernel/lib/tree.h"
#include "kernel/sched/rwsem.h"
#include "mm/page_alloc.h"

struct address_space;
struct file;
struct inode;
struct iov_iter;
struct kiocb;

struct address_space_operations {
	/*
	 * Fill the page, which is locked and in the cache, with the file's content: 0, and it is PG_UPTODATE;
	 * or -errno.  It is still locked afterwards.  May sleep.  NULL: a file of memory.
	 */
	int (*read_page)(struct address_space *mapping, struct page *page);
	/* Bring the page, which is locked and no longer PG_DIRTY, to the device: 0 or -errno, when it is there. */
	int (*write_page)(struct address_space *mapping, struct page *page);
	/* Without the cache: IOCB_DIRECT.  Absent: O_DIRECT is -EINVAL at open(). */
	ssize_t (*direct_IO)(struct kiocb *iocb, struct iov_iter *iter);
};

struct address_space {
	struct inode *host;
	struct radix_tree pages; /* pages_lock */
	spinlock_t pages_lock;
	unsigned long nrpages; /* pages_lock; a look without */
	const struct address_space_operations *a_ops;
	struct tree_root i_mmap; /* VMAs, mm/user's; i_mmap_rwsem */
	struct rw_semaphore i_mmap_rwsem;
	u32 i_mmap_writable; /* VMAs that are VM_SHARED and may write; atomic */
	u32 i_unmaps; /* how often mappings were taken away, counted before that begins; atomic */
	int wb_err;   /* what a write_page failed with last, until an fsync() has told it; atomic */
	void *private_data; /* the host's */
};

/* Empty, of `host`, a file of memory.  All that it needs to be freed again is truncate_inode_pages(m, 0). */
void address_space_init(struct address_space *mapping, struct inode *host);

/* PG_LOCKED, PG_UPTODATE and PG_DIRTY are changed by these alone, atomically. */
static inline bool PageUptodate(const struct page *page)
{
	return __atomic_load_n(&page->flags, __ATOMIC_ACQUIRE) & PG_UPTODATE;
}

static inline bool PageDirty(const struct page *page)
{
	return READ_ONCE(page->flags) & PG_DIRTY;
}

static inline bool PageLocked(const struct page *page)
{
	return READ_ONCE(page->flags) & PG_LOCKED;
}

static inline void SetPageUptodate(struct page *page)
{
	__atomic_or_fetch(&page->flags, PG_UPTODATE, __ATOMIC_RELEASE);
}

/* The page's content was changed: true, it was not dirty.  Any context. */
bool set_page_dirty(struct page *page);

/* Its lock; lock_page() sleeps. */
bool trylock_page(struct page *page);
void lock_page(struct page *page);
void unlock_page(struct page *page);

/*
 * The page at `index`, with a reference for the caller; NULL.  find_lock_page: locked, and still there.  May
 * sleep, but find_get_page().
 */
struct page *find_get_page(struct address_space *mapping, pgoff_t index);
struct page *find_lock_page(struct address_space *mapping, pgoff_t index);
/* The first at index or behind, up to `end` inclusive; its place is page->index.  Does not sleep. */
struct page *find_get_next_page(struct address_space *mapping, pgoff_t index, pgoff_t end);

/* The same, made where it is not there: zeroed and up to date for a file of memory, else neither;
 * ERR_PTR(-ENOMEM), or -ENOSPC where the file system has all that it may have. */
struct page *find_or_create_page(struct address_space *mapping, pgoff_t index); /* locked */
/*
 * Up to date, with a reference, not locked; ERR_PTR(-ENOMEM, -ENOSPC, or what read_page says).  A hole in a file of
 * memory gets a page.  i_size is not looked at.
 */
struct page *read_mapping_page(struct address_space *mapping, pgoff_t index);

/*
 * All of pages [first, last] are there, or -ENOMEM, -ENOSPC or, for a signal, -EINTR: what this has made and
 * nobody has written is gone again then.  The host's i_rwsem is written.
 */
int filemap_reserve(struct address_space *mapping, pgoff_t first, pgoff_t last);

/* What f_op of a file with a cache has for reading and writing. */
ssize_t generic_file_read_iter(struct kiocb *iocb, struct iov_iter *to);
ssize_t generic_file_write_iter(struct kiocb *iocb, struct iov_iter *from);
/* The same within i_rwsem, position and count checked: bytes, or -errno. */
ssize_t generic_perform_write(struct kiocb *iocb, struct iov_iter *from);

/*
 * The pages from lstart (a multiple of PAGE_SIZE) are unmapped and out of the cache; of lend (inclusive)
 * the rest of the page stays.  The _range form zeroes the edges that lie within a page.  i_rwsem is written.
 */
void truncate_inode_pages(struct address_space *mapping, loff_t lstart);
void truncate_inode_pages_range(struct address_space *mapping, loff_t lstart, loff_t lend);
/* The file ends at newsize: its size, its pages, and the rest of the last one is zero. */
void truncate_setsize(struct inode *inode, loff_t newsize);

/* Dirty pages of bytes [lstart, lend] are at the device: 0, or the error that was not told yet. */
int filemap_write_and_wait_range(struct address_space *mapping, loff_t lstart, loff_t lend);
/* Pages [start, end], which are clean, leave the cache, mapped ones too: 0; -EBUSY: one was dirty, and stays. */
int invalidate_inode_pages2_range(struct address_space *mapping, pgoff_t start, pgoff_t end);

/* Who maps pages: what is done in all VMAs of i_mmap. */
struct rmap_ops {
	/* Pages [first, first + n) are taken out, copies for MAP_PRIVATE too where even_cows.  n 0: all behind. */
	void (*unmap)(struct address_space *mapping, pgoff_t first, pgoff_t n, bool even_cows);
	/* The page, which is locked, is not written any more without page_mkwrite() having been asked. */
	void (*mkclean)(struct address_space *mapping, struct page *page);
};
void filemap_set_rmap(const struct rmap_ops *ops); /* boot */

/* Pages that are in a cache, of all files: /proc/meminfo's Cached; tests see that it comes back. */
unsigned long nr_file_pages(void);

#endif
