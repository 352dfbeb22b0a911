// SPDX-License-Identifier: MIT
/*
 * The page cache.
 *
 * A page is found and held under pages_lock, so that it is not taken out in between.  Who sleeps for a
 * page's lock does so in one of a few queues that all pages share.
 */
#include "kernel/fs/pagemap.h"

#include "kernel/fs/fs.h"
#include "kernel/fs/internal.h"
#include "kernel/fs/iov_iter.h"
#include "kernel/sched/wait.h"
#include "kernel/signal/signal.h"
#include "mm/highmem.h"
#include "mm/slab.h"

static unsigned long file_pages; /* atomic */

void address_space_init(struct address_space *mapping, struct inode *host)
{
	mapping->host = host;
	spin_lock_init(&mapping->pages_lock);
	init_rwsem(&mapping->i_mmap_rwsem);
}

unsigned long nr_file_pages(void)
{
	return READ_ONCE(file_pages);
}

/* ---------------------------------------------------------------- a page's lock */

#define NR_QUEUES 64

static struct page_queue {
	wait_queue_head_t wait;
} page_queues[NR_QUEUES];

static wait_queue_head_t *queue_of(const struct page *page)
{
	return &page_queues[page_to_pfn(page) % NR_QUEUES].wait;
}

bool trylock_page(struct page *page)
{
	return !(__atomic_fetch_or(&page->flags, PG_LOCKED, __ATOMIC_ACQUIRE) & PG_LOCKED);
}

void lock_page(struct page *page)
{
	might_sleep();
	if (!trylock_page(page))
		wait_event(*queue_of(page), trylock_page(page));
}

void unlock_page(struct page *page)
{
	WARN(!PageLocked(page), "unlock_page of page %#lx, which is not locked\n",
	     page_to_pfn(page));
	__atomic_fetch_and(&page->flags, (u16)~PG_LOCKED, __ATOMIC_SEQ_CST);
	if (waitqueue_active(queue_of(page)))
		wake_up(queue_of(page));
}

bool set_page_dirty(struct page *page)
{
	return !(__atomic_fetch_or(&page->flags, PG_DIRTY, __ATOMIC_RELAXED) & PG_DIRTY);
}

static bool clear_page_dirty(struct page *page)
{
	return PageDirty(page) &&
	       __atomic_fetch_and(&page->flags, (u16)~PG_DIRTY, __ATOMIC_RELAXED) & PG_DIRTY;
}

/* ---------------------------------------------------------------- to find */

struct page *find_get_page(struct address_space *mapping, pgoff_t index)
{
	struct page *page;

	spin_lock(&mapping->pages_lock);
	page = radix_lookup(&mapping->pages, index);
	if (page)
		get_page(page);
	spin_unlock(&mapping->pages_lock);
	return page;
}

struct page *find_get_next_page(struct address_space *mapping, pgoff_t index, pgoff_t end)
{
	struct page *page;

	spin_lock(&mapping->pages_lock);
	page = radix_next(&mapping->pages, &index);
	if (page && index > end)
		page = NULL;
	if (page)
		get_page(page);
	spin_unlock(&mapping->pages_lock);
	return page;
}

struct page *find_lock_page(struct address_space *mapping, pgoff_t index)
{
	for (;;) {
		struct page *page = find_get_page(mapping, index);

		if (!page)
			return NULL;
		lock_page(page);
		if (likely(page->mapping == mapping))
			return page;
		unlock_page(page); /* taken out meanwhile */
		put_page(page);
	}
}

/* ---------------------------------------------------------------- to put in and take out */

static void *zalloc_node(size_t size)
{
	return kzalloc(size, GFP_KERNEL);
}

/* One page more of the file system's memory, or none left: -ENOSPC. */
static int charge(struct super_block *sb)
{
	if (!sb->s_max_pages ||
	    __atomic_add_fetch(&sb->s_pages, 1, __ATOMIC_RELAXED) <= sb->s_max_pages)
		return 0;
	__atomic_fetch_sub(&sb->s_pages, 1, __ATOMIC_RELAXED);
	return -ENOSPC;
}

static void uncharge(struct super_block *sb)
{
	if (sb->s_max_pages)
		__atomic_fetch_sub(&sb->s_pages, 1, __ATOMIC_RELAXED);
}

/* The cache's reference is one more than the caller's.  -EEXIST: another one is there. */
static int add_to_cache(struct address_space *mapping, pgoff_t index, struct page *page)
{
	int error = charge(mapping->host->i_sb);

	if (error)
		return error;
	get_page(page);
	page->mapping = mapping;
	page->index = index;
	spin_lock(&mapping->pages_lock);
	error = radix_insert(&mapping->pages, index, page, zalloc_node, kfree);
	mapping->nrpages += !error;
	spin_unlock(&mapping->pages_lock);
	if (error) {
		uncharge(mapping->host->i_sb);
		page->mapping = NULL;
		put_page(page);
	} else {
		__atomic_fetch_add(&file_pages, 1, __ATOMIC_RELAXED);
	}
	return error;
}

/* The page is locked, and is nobody's afterwards but its holders'. */
static void delete_from_cache(struct address_space *mapping, struct page *page)
{
	spin_lock(&mapping->pages_lock);
	radix_delete(&mapping->pages, page->index, kfree);
	mapping->nrpages--;
	page->mapping = NULL;
	spin_unlock(&mapping->pages_lock);
	__atomic_fetch_sub(&file_pages, 1, __ATOMIC_RELAXED);
	uncharge(mapping->host->i_sb);
	clear_page_dirty(page);
	put_page(page);
}

static bool in_memory(const struct address_space *mapping)
{
	return !mapping->a_ops || !mapping->a_ops->read_page;
}

/* Locked; a file's of memory is whole from the beginning.  It is a program's that asks, as any of its pages. */
static struct page *new_page(struct address_space *mapping)
{
	struct page *page = alloc_page(GFP_HIGHUSER | (in_memory(mapping) ? __GFP_ZERO : 0));

	if (!page)
		return NULL;
	page->mapcount = 0;
	page->private = 0;
	page->flags |= PG_LOCKED | (in_memory(mapping) ? PG_UPTODATE : 0); /* nobody else has it */
	return page;
}

struct page *find_or_create_page(struct address_space *mapping, pgoff_t index)
{
	for (;;) {
		struct page *page = find_lock_page(mapping, index);
		int error;

		if (page)
			return page;
		page = new_page(mapping);
		if (!page)
			return ERR_PTR(-ENOMEM);
		error = add_to_cache(mapping, index, page);
		if (!error)
			return page;
		unlock_page(page);
		put_page(page);
		if (error != -EEXIST)
			return ERR_PTR(error);
	}
}

/* The page, which the caller holds, is up to date afterwards; it may have been taken out: -EAGAIN. */
static int fill_page(struct address_space *mapping, struct page *page)
{
	int error = 0;

	lock_page(page);
	if (page->mapping != mapping)
		error = -EAGAIN;
	else if (!PageUptodate(page))
		error = mapping->a_ops->read_page(mapping, page);
	unlock_page(page);
	return error;
}

struct page *read_mapping_page(struct address_space *mapping, pgoff_t index)
{
	for (;;) {
		struct page *page = find_get_page(mapping, index);
		int error;

		if (!page) {
			page = find_or_create_page(mapping, index);
			if (IS_ERR(page))
				return page;
			unlock_page(page);
		}
		if (likely(PageUptodate(page)))
			return page;
		error = fill_page(mapping, page);
		if (!error)
			return page;
		put_page(page);
		if (error != -EAGAIN)
			return ERR_PTR(error);
	}
}

/* ---------------------------------------------------------------- to read and write */

/* Of one page, not beyond i_size: bytes, or -errno. */
static ssize_t read_from_page(struct address_space *mapping, loff_t pos, size_t n,
			      struct iov_iter *to)
{
	size_t offset = pos % PAGE_SIZE, done = 0;
	struct page *page;

	n = min(n, PAGE_SIZE - offset);
	if (in_memory(mapping)) {
		page = find_get_page(mapping, pos / PAGE_SIZE);
		if (!page)
			done = iov_iter_zero(n, to);
	} else {
		page = read_mapping_page(mapping, pos / PAGE_SIZE);
		if (IS_ERR(page))
			return PTR_ERR(page);
	}
	if (page) {
		done = copy_page_to_iter(page, offset, n, to);
		put_page(page);
	}
	return done ? (ssize_t)done : -EFAULT;
}

static ssize_t filemap_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct address_space *mapping = iocb->ki_filp->f_mapping;
	ssize_t done = 0, now = 0;

	while (iov_iter_count(to)) {
		loff_t size = i_size_read(mapping->host);

		if (iocb->ki_pos >= size)
			break;
		now = fatal_signal_pending(current) ?
			      -EINTR :
			      read_from_page(mapping, iocb->ki_pos,
					     min(iov_iter_count(to), (size_t)(size - iocb->ki_pos)),
					     to);
		if (now < 0)
			break;
		iocb->ki_pos += now;
		done += now;
	}
	file_accessed(iocb->ki_filp);
	return done ? done : now;
}

ssize_t generic_file_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct address_space *mapping = iocb->ki_filp->f_mapping;

	if (!iov_iter_count(to))
		return 0;
	if (iocb->ki_flags & IOCB_DIRECT && mapping->a_ops->direct_IO)
		return mapping->a_ops->direct_IO(iocb, to);
	return filemap_read(iocb, to);
}

static ssize_t write_to_page(struct address_space *mapping, loff_t pos, struct iov_iter *from)
{
	size_t offset = pos % PAGE_SIZE, done;
	struct page *page = read_mapping_page(mapping, pos / PAGE_SIZE);

	if (IS_ERR(page))
		return PTR_ERR(page) == -ENOMEM ? -ENOSPC : PTR_ERR(page);
	done = copy_page_from_iter(page, offset, min(iov_iter_count(from), PAGE_SIZE - offset),
				   from);
	if (done && set_page_dirty(page) && mapping->a_ops->read_page) /* a disk's */
		current->oublock += PAGE_SIZE / 512;
	put_page(page);
	return done ? (ssize_t)done : -EFAULT;
}

ssize_t generic_perform_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct address_space *mapping = iocb->ki_filp->f_mapping;
	struct inode *host = mapping->host;
	ssize_t done = 0, now = 0;

	while (iov_iter_count(from)) {
		now = fatal_signal_pending(current) ? -EINTR :
						      write_to_page(mapping, iocb->ki_pos, from);
		if (now < 0)
			break;
		iocb->ki_pos += now;
		done += now;
		if (iocb->ki_pos > host->i_size)
			WRITE_ONCE(host->i_size, iocb->ki_pos);
	}
	return done ? done : now;
}

/* RLIMIT_FSIZE: what is beyond it is cut off, and where all is, a signal tells. */
static int limit_write(const struct kiocb *iocb, struct iov_iter *from)
{
	unsigned long limit = rlimit(RLIMIT_FSIZE);

	if (likely(limit == RLIM_INFINITY))
		return 0;
	if ((u64)iocb->ki_pos >= limit) {
		send_sig(SIGXFSZ, current, 0);
		return -EFBIG;
	}
	iov_iter_truncate(from, limit - iocb->ki_pos);
	return 0;
}

/* Bytes that may be written at the position, or -errno; what is too much is cut off. */
static ssize_t write_checks(struct kiocb *iocb, struct iov_iter *from)
{
	struct inode *inode = iocb->ki_filp->f_mapping->host;

	if (iocb->ki_flags & IOCB_APPEND)
		iocb->ki_pos = i_size_read(inode);
	if (iocb->ki_pos < 0)
		return -EINVAL;
	if (!iov_iter_count(from))
		return 0;
	if (limit_write(iocb, from) || iocb->ki_pos == MAX_LFS_FILESIZE)
		return -EFBIG;
	iov_iter_truncate(from, MAX_LFS_FILESIZE - iocb->ki_pos);
	return iov_iter_count(from);
}

/* The set-user bits stay: it is root who writes. */
ssize_t generic_file_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct address_space *mapping = iocb->ki_filp->f_mapping;
	struct inode *inode = mapping->host;
	ssize_t ret;

	down_write(&inode->i_rwsem);
	ret = write_checks(iocb, from);
	if (ret > 0) {
		inode_update_time(file_inode(iocb->ki_filp));
		ret = generic_perform_write(iocb, from);
	}
	up_write(&inode->i_rwsem);
	return ret;
}

/* ---------------------------------------------------------------- to truncate */

static const struct rmap_ops *rmap; /* NULL: nobody maps files */

void filemap_set_rmap(const struct rmap_ops *ops)
{
	rmap = ops;
}

static void unmap_pages(struct address_space *mapping, pgoff_t first, pgoff_t n, bool even_cows)
{
	if (rmap)
		rmap->unmap(mapping, first, n, even_cows);
}

/* Pages [first, last] leave the cache, whoever maps them. */
static void remove_pages(struct address_space *mapping, pgoff_t first, pgoff_t last)
{
	struct page *page;

	if (READ_ONCE(mapping->nrpages))
		unmap_pages(mapping, first, last - first + 1, true);
	while (first <= last && (page = find_get_next_page(mapping, first, last))) {
		lock_page(page);
		first = page->index;
		if (page->mapping == mapping) {
			/* Mapped again since: who does so holds the lock. */
			unmap_pages(mapping, first, 1, false);
			delete_from_cache(mapping, page);
		}
		unlock_page(page);
		put_page(page);
		if (first++ == ~0UL)
			break;
	}
}

/* Bytes [from, to) of the page, if it is there, are zero. */
static void zero_in_page(struct address_space *mapping, pgoff_t index, size_t from, size_t to)
{
	struct page *page = find_lock_page(mapping, index);
	char *va;

	if (!page)
		return;
	if (PageUptodate(page)) {
		va = kmap_local_page(page);
		memset(va + from, 0, to - from);
		kunmap_local(va);
		set_page_dirty(page);
	}
	unlock_page(page);
	put_page(page);
}

void truncate_inode_pages_range(struct address_space *mapping, loff_t lstart, loff_t lend)
{
	pgoff_t first = DIV_ROUND_UP((u64)lstart, PAGE_SIZE);
	u64 end = (u64)lend + 1;	/* exclusive */
	pgoff_t last = end / PAGE_SIZE; /* exclusive */

	if (!READ_ONCE(mapping->nrpages))
		return;
	if (lstart % PAGE_SIZE)
		zero_in_page(mapping, lstart / PAGE_SIZE, lstart % PAGE_SIZE,
			     min(end - ALIGN_DOWN((u64)lstart, PAGE_SIZE), (u64)PAGE_SIZE));
	if (end % PAGE_SIZE && (last >= first || !(lstart % PAGE_SIZE)))
		zero_in_page(mapping, last, 0, end % PAGE_SIZE);
	if (last > first)
		remove_pages(mapping, first, last - 1);
}

void truncate_inode_pages(struct address_space *mapping, loff_t lstart)
{
	if (READ_ONCE(mapping->nrpages))
		remove_pages(mapping, lstart / PAGE_SIZE, ~0UL >> 12);
}

void truncate_setsize(struct inode *inode, loff_t newsize)
{
	loff_t old = inode->i_size;

	WRITE_ONCE(inode->i_size, newsize);
	if (newsize < old)
		truncate_inode_pages_range(inode->i_mapping, newsize, MAX_LFS_FILESIZE);
}

/* ---------------------------------------------------------------- to reserve */

/* Pages that bear the mark are made undone, unless somebody uses them or has written them. */
static void remove_marked(struct address_space *mapping, pgoff_t first, pgoff_t last, u32 mark)
{
	struct page *page;

	for (; first <= last && (page = find_get_next_page(mapping, first, last)); first++) {
		lock_page(page);
		first = page->index;
		if (page->mapping == mapping && page->private == mark && !PageDirty(page) &&
		    page_count(page) == 2)
			delete_from_cache(mapping, page);
		unlock_page(page);
		put_page(page);
	}
}

static int reserve_page(struct address_space *mapping, pgoff_t index, u32 mark)
{
	struct page *page = find_get_page(mapping, index);

	if (!page) {
		page = signal_pending(current) ? ERR_PTR(-EINTR) :
						 find_or_create_page(mapping, index);
		if (IS_ERR(page))
			return PTR_ERR(page);
		page->private = mark;
		unlock_page(page);
	}
	put_page(page);
	return 0;
}

int filemap_reserve(struct address_space *mapping, pgoff_t first, pgoff_t last)
{
	static u32 marks;
	u32 mark = __atomic_add_fetch(&marks, 1, __ATOMIC_RELAXED);
	int error = 0;

	for (pgoff_t i = first; i <= last && !error; i++)
		error = reserve_page(mapping, i, mark);
	if (error)
		remove_marked(mapping, first, last, mark);
	return error;
}

/* ---------------------------------------------------------------- devices */

/* The page, which is dirty, is written; who maps it and changes it from now on makes it dirty anew. */
static int write_one(struct address_space *mapping, struct page *page)
{
	int error = 0;

	lock_page(page);
	if (page->mapping == mapping && clear_page_dirty(page)) {
		if (rmap)
			rmap->mkclean(mapping, page);
		error = mapping->a_ops->write_page(mapping, page);
	}
	unlock_page(page);
	return error;
}

int filemap_write_and_wait_range(struct address_space *mapping, loff_t lstart, loff_t lend)
{
	pgoff_t index = lstart / PAGE_SIZE, end = lend / PAGE_SIZE;
	struct page *page;

	if (in_memory(mapping))
		return 0;
	while (index <= end && (page = find_get_next_page(mapping, index, end))) {
		int error = PageDirty(page) ? write_one(mapping, page) : 0;

		if (error)
			__atomic_store_n(&mapping->wb_err, error, __ATOMIC_RELAXED);
		index = page->index + 1;
		put_page(page);
	}
	return READ_ONCE(mapping->wb_err) ?
		       __atomic_exchange_n(&mapping->wb_err, 0, __ATOMIC_RELAXED) :
		       0;
}

int invalidate_inode_pages2_range(struct address_space *mapping, pgoff_t start, pgoff_t end)
{
	struct page *page;
	int error = 0;

	while (start <= end && (page = find_get_next_page(mapping, start, end))) {
		lock_page(page);
		start = page->index;
		if (page->mapping == mapping) {
			unmap_pages(mapping, start, 1, false);
			if (PageDirty(page))
				error = -EBUSY;
			else
				delete_from_cache(mapping, page);
		}
		unlock_page(page);
		put_page(page);
		if (start++ == ~0UL)
			break;
	}
	return error;
}

void __init pagemap_init(void)
{
	for (unsigned int i = 0; i < NR_QUEUES; i++)
		init_waitqueue_head(&page_queues[i].wait);
}
