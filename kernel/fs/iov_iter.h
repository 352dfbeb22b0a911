/* SPDX-License-Identifier: MIT */
/*
 * An iov_iter: where data comes from or goes to, and how much of it is left.
 *
 * It runs over one range of user memory (UBUF), several (IOVEC), several of kernel memory (KVEC), or
 * pieces of pages (BVEC).  What was copied is behind it; iov_iter_revert() goes back.  The arrays are
 * the caller's and outlive it.  Copying user memory may sleep; of the others, not.
 */
#ifndef KERNEL_FS_IOV_ITER_H
#define KERNEL_FS_IOV_ITER_H

#include <linux/uio.h>

#include "kernel/lib/compiler.h"

struct page;

struct kvec {
	void *iov_base;
	size_t iov_len;
};

struct bio_vec {
	struct page *bv_page; /* bv_offset + bv_len may go beyond it, into those that follow */
	unsigned int bv_len, bv_offset;
};

enum iter_type { ITER_UBUF, ITER_IOVEC, ITER_KVEC, ITER_BVEC };

#define ITER_DEST   0 /* READ: data goes there */
#define ITER_SOURCE 1 /* WRITE: data comes from there */

struct iov_iter {
	u8 iter_type;
	bool data_source;
	bool nofault;	   /* user memory that is not there is not brought in */
	size_t iov_offset; /* into the first segment */
	size_t count;	   /* bytes left */
	union {
		void __user *ubuf;
		const struct iovec *iov;
		const struct kvec *kvec;
		const struct bio_vec *bvec;
	};
	unsigned long nr_segs; /* those that are left; UBUF: 1 */
};

static __always_inline void iov_iter_ubuf(struct iov_iter *i, unsigned int direction,
					  void __user *buf, size_t count)
{
	i->iter_type = ITER_UBUF;
	i->data_source = direction;
	i->nofault = false;
	i->iov_offset = 0;
	i->count = count;
	i->ubuf = buf;
	i->nr_segs = 1;
}

void iov_iter_init(struct iov_iter *i, unsigned int direction, const struct iovec *iov,
		   unsigned long nr_segs, size_t count);
void iov_iter_kvec(struct iov_iter *i, unsigned int direction, const struct kvec *kvec,
		   unsigned long nr_segs, size_t count);
void iov_iter_bvec(struct iov_iter *i, unsigned int direction, const struct bio_vec *bvec,
		   unsigned long nr_segs, size_t count);

static inline size_t iov_iter_count(const struct iov_iter *i)
{
	return i->count;
}

static inline unsigned int iov_iter_rw(const struct iov_iter *i)
{
	return i->data_source;
}

static inline bool iter_is_ubuf(const struct iov_iter *i)
{
	return i->iter_type == ITER_UBUF;
}

static inline bool iter_is_iovec(const struct iov_iter *i)
{
	return i->iter_type == ITER_IOVEC;
}

static inline bool user_backed_iter(const struct iov_iter *i)
{
	return i->iter_type <= ITER_IOVEC;
}

/* No more than `count` from here on. */
static inline void iov_iter_truncate(struct iov_iter *i, u64 count)
{
	if (i->count > count)
		i->count = count;
}

/* What was cut off is there again. */
static inline void iov_iter_reexpand(struct iov_iter *i, size_t count)
{
	i->count = count;
}

/* Bytes that were copied: fewer than asked for where there are no more, or user memory is bad. */
size_t copy_to_iter(const void *from, size_t bytes, struct iov_iter *i);
size_t copy_from_iter(void *to, size_t bytes, struct iov_iter *i);
/* All or nothing: false, and the iter is where it was. */
bool copy_from_iter_full(void *to, size_t bytes, struct iov_iter *i);
size_t iov_iter_zero(size_t bytes, struct iov_iter *i);
/* To or from a page, from offset on; the page may be any. */
size_t copy_page_to_iter(struct page *page, size_t offset, size_t bytes, struct iov_iter *i);
size_t copy_page_from_iter(struct page *page, size_t offset, size_t bytes, struct iov_iter *i);

void iov_iter_advance(struct iov_iter *i, size_t bytes);
void iov_iter_revert(struct iov_iter *i, size_t bytes);
/* What is left of the first segment. */
size_t iov_iter_single_seg_count(const struct iov_iter *i);
/* All addresses and lengths that are left, or'ed: is it aligned for a device? */
unsigned long iov_iter_alignment(const struct iov_iter *i);
/* Pages that what is left lies in, `maxpages` at the most. */
int iov_iter_npages(const struct iov_iter *i, int maxpages);
/*
 * The first range of user memory that is left, of an iter that is user_backed: its address, and its
 * bytes in *len.  For who pins pages.
 */
void __user *iov_iter_user_range(const struct iov_iter *i, size_t *len);

/*
 * Take in an array of a program's.  *iovp is an array of `fast_segs` to use where that is enough; afterwards
 * what is to be given to kfree(), or NULL.  The bytes, at most MAX_RW_COUNT; -EINVAL, -EFAULT, -ENOMEM.
 */
ssize_t import_iovec(int direction, const struct iovec __user *uvec, unsigned int nr_segs,
		     unsigned int fast_segs, struct iovec **iovp, struct iov_iter *i);
/* One range: 0, or -EFAULT. */
int import_ubuf(int direction, void __user *buf, size_t len, struct iov_iter *i);

#define UIO_FASTIOV 8

#endif
