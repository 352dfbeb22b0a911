// SPDX-License-Identifier: MIT
/*
 * Direct I/O on block devices.
 *
 *   direct   one read() or write(): what is pinned for it, and how many of its bios are under way
 *   piece    up to PIECE_PAGES pages of it, with the bio that transfers them
 *
 * A page is pinned before the device is told of it and let go when the device is done with it,
 * whatever has become of the program meanwhile.  Nothing is copied.  Memory of the kernel's own
 * (KVEC, BVEC: a registered buffer, whose owner keeps it pinned) is used as it is.
 *
 * The last bio ends it, in an interrupt mostly: a read of the program's pages makes them dirty then,
 * and who waits is woken, or ki_complete() called.
 */
#include "drivers/block/direct.h"

#include "kernel/lib/errno.h"
#include "kernel/sched/completion.h"
#include "mm/pgtable.h"
#include "mm/slab.h"
#include "mm/user/gup.h"

#define PIECE_PAGES    256
#define DMA_ALIGN_MASK (SECTOR_SIZE - 1) /* of memory: what Linux asks for with virtio-blk */

struct direct {
	struct kiocb *iocb;
	struct block_device *bdev;
	enum bio_op op;
	u32 under_way;		 /* pieces, and one while they are made; atomic */
	int error;		 /* of any of them; 0 */
	size_t bytes;		 /* that were begun */
	struct completion *done; /* NULL: ki_complete() tells */
};

struct piece {
	struct direct *direct;
	struct bio bio;
	unsigned int nr_pinned;
	struct page **pages; /* behind the segments */
	struct bio_segment segments[];
};

static void put_direct(struct direct *d)
{
	struct kiocb *iocb = d->iocb;
	ssize_t ret;

	if (__atomic_sub_fetch(&d->under_way, 1, __ATOMIC_ACQ_REL))
		return;
	if (d->done) {
		complete(d->done); /* who waits frees it */
		return;
	}
	ret = d->error ? d->error : (ssize_t)d->bytes;
	if (ret > 0)
		iocb->ki_pos += ret;
	kfree(d);
	iocb->ki_complete(iocb, ret);
}

static void free_piece(struct piece *p, bool dirty)
{
	unpin_user_pages_dirty_lock(p->pages, p->nr_pinned, dirty);
	kfree(p);
}

static void piece_done(struct bio *bio)
{
	struct piece *p = bio->private;
	struct direct *d = p->direct;

	if (bio->status)
		WRITE_ONCE(d->error, bio->status);
	free_piece(p, d->op == BIO_READ);
	put_direct(d);
}

static struct piece *alloc_piece(struct direct *d, unsigned int pages)
{
	struct piece *p = kmalloc(
		sizeof(*p) + pages * (sizeof(p->segments[0]) + sizeof(p->pages[0])), GFP_KERNEL);

	if (!p)
		return NULL;
	p->direct = d;
	p->nr_pinned = 0;
	p->pages = (struct page **)&p->segments[pages];
	p->bio = (struct bio){ .bdev = d->bdev,
			       .op = d->op,
			       .segments = p->segments,
			       .end_io = piece_done,
			       .private = p };
	return p;
}

static void add_segment(struct piece *p, phys_addr_t addr, u32 len)
{
	struct bio_segment *last = &p->segments[p->bio.nr_segments - 1];

	if (p->bio.nr_segments && last->addr + last->len == addr)
		last->len += len;
	else
		p->segments[p->bio.nr_segments++] = (struct bio_segment){ addr, len };
}

/* Pin what comes next of the program's memory, and no more than the piece has room for: bytes or -errno. */
static ssize_t add_user_pages(struct piece *p, struct iov_iter *iter, unsigned int room)
{
	unsigned int gup_flags = p->direct->op == BIO_READ ? FOLL_WRITE : 0;
	size_t len, offset, done = 0;
	unsigned long start = (unsigned long)iov_iter_user_range(iter, &len);
	int n;

	offset = start % PAGE_SIZE;
	len = min(len, room * PAGE_SIZE - offset);
	n = pin_user_pages_fast(start - offset, (int)PFN_UP(offset + len), gup_flags,
				p->pages + p->nr_pinned);
	if (n <= 0)
		return n ? n : -EFAULT;
	len = min(len, (size_t)n * PAGE_SIZE - offset);
	for (int i = 0; i < n; i++) {
		u32 bytes = (u32)min(len - done, PAGE_SIZE - offset);

		add_segment(p, page_to_phys(p->pages[p->nr_pinned++]) + offset, bytes);
		done += bytes;
		offset = 0;
	}
	return (ssize_t)len;
}

/* Kernel memory that the caller keeps: a piece of pages, or what lies in a page of the address. */
static ssize_t add_bvec(struct piece *p, const struct iov_iter *iter)
{
	const struct bio_vec *v = iter->bvec;
	size_t len = min((size_t)v->bv_len - iter->iov_offset, iter->count);

	len = min(len, PIECE_PAGES * PAGE_SIZE);
	add_segment(p, page_to_phys(v->bv_page) + v->bv_offset + iter->iov_offset, (u32)len);
	return (ssize_t)len;
}

static ssize_t add_kvec(struct piece *p, const struct iov_iter *iter)
{
	unsigned long va = (unsigned long)iter->kvec->iov_base + iter->iov_offset;
	size_t len = min(iter->kvec->iov_len - iter->iov_offset, iter->count);
	phys_addr_t pa;

	if (virt_to_phys_walk(va, &pa))
		return -EFAULT;
	len = min(len, PAGE_SIZE - va % PAGE_SIZE);
	add_segment(p, pa, (u32)len);
	return (ssize_t)len;
}

static ssize_t add_memory(struct piece *p, struct iov_iter *iter, unsigned int room)
{
	switch (iter->iter_type) {
	case ITER_BVEC:
		return add_bvec(p, iter);
	case ITER_KVEC:
		return add_kvec(p, iter);
	default:
		return add_user_pages(p, iter, room);
	}
}

/* As much as a piece holds and is whole blocks: bytes, or -errno. */
static ssize_t fill_piece(struct piece *p, struct iov_iter *iter, unsigned int pages)
{
	size_t bytes = 0;
	ssize_t n;

	while (iov_iter_count(iter) && p->nr_pinned < pages && p->bio.nr_segments < pages) {
		n = add_memory(p, iter, pages - p->nr_pinned);
		if (n < 0)
			return bytes && !(bytes % p->direct->bdev->block_size) ? (ssize_t)bytes : n;
		iov_iter_advance(iter, (size_t)n);
		bytes += (size_t)n;
	}
	return (ssize_t)bytes;
}

/* Begin the next piece at `pos`: its bytes, or -errno and nothing of it is left. */
static ssize_t start_piece(struct direct *d, struct iov_iter *iter, loff_t pos)
{
	unsigned int pages = (unsigned int)iov_iter_npages(iter, PIECE_PAGES);
	struct piece *p = alloc_piece(d, pages);
	ssize_t bytes;

	if (!p)
		return -ENOMEM;
	bytes = fill_piece(p, iter, pages);
	if (bytes <= 0) {
		free_piece(p, false);
		return bytes;
	}
	p->bio.sector = (u64)pos >> SECTOR_SHIFT;
	__atomic_add_fetch(&d->under_way, 1, __ATOMIC_RELAXED);
	if (p->bio.op == BIO_WRITE)
		current->oublock += (size_t)bytes >> SECTOR_SHIFT;
	submit_bio(&p->bio);
	return bytes;
}

/* Each piece of memory as the device takes it. */
static bool is_iter_aligned(const struct iov_iter *iter, size_t len_mask)
{
	const struct iovec *iov = iter->iov;
	size_t left = iter->count, offset = iter->iov_offset;

	if (!iter_is_iovec(iter))
		return !(iov_iter_alignment(iter) & DMA_ALIGN_MASK) && !(left & len_mask);
	for (; left; iov++) {
		size_t len = min(iov->iov_len - offset, left);

		if (((unsigned long)iov->iov_base + offset) & DMA_ALIGN_MASK || len & len_mask)
			return false;
		left -= len;
		offset = 0;
	}
	return true;
}

static bool is_aligned(const struct block_device *bdev, const struct kiocb *iocb,
		       const struct iov_iter *iter)
{
	u32 mask = bdev->block_size - 1;

	return !((u64)iocb->ki_pos & mask) && is_iter_aligned(iter, mask);
}

static ssize_t wait_for_direct(struct direct *d, struct completion *done)
{
	ssize_t ret;

	wait_for_completion(done);
	ret = d->error ? d->error : (ssize_t)d->bytes;
	if (ret > 0)
		d->iocb->ki_pos += ret;
	kfree(d);
	return ret;
}

ssize_t blkdev_direct_io(struct block_device *bdev, struct kiocb *iocb, struct iov_iter *iter)
{
	DECLARE_COMPLETION_ONSTACK(done);
	bool sync = is_sync_kiocb(iocb);
	struct direct *d;
	ssize_t n;

	if (!is_aligned(bdev, iocb, iter))
		return -EINVAL;
	if (!iov_iter_count(iter))
		return 0;
	d = kmalloc(sizeof(*d), GFP_KERNEL);
	if (!d)
		return -ENOMEM;
	*d = (struct direct){ .iocb = iocb,
			      .bdev = bdev,
			      .op = iov_iter_rw(iter) == ITER_SOURCE ? BIO_WRITE : BIO_READ,
			      .under_way = 1,
			      .done = sync ? &done : NULL };
	while (iov_iter_count(iter)) {
		n = start_piece(d, iter, iocb->ki_pos + (loff_t)d->bytes);
		if (n <= 0) {
			/* What was begun before counts; the error is of the whole otherwise. */
			if (!d->bytes)
				WRITE_ONCE(d->error, (int)n);
			break;
		}
		d->bytes += (size_t)n;
	}
	put_direct(d);
	return sync ? wait_for_direct(d, &done) : -EIOCBQUEUED;
}
