// SPDX-License-Identifier: MIT
/*
 * Copies between a buffer and what an iov_iter runs over.
 *
 * One loop goes over the segments and calls a step for each piece that is contiguous; a step says how
 * many of its bytes it did, and fewer end the whole.
 */
#include "kernel/fs/iov_iter.h"

#include "kernel/fs/fs.h"
#include "mm/highmem.h"
#include "mm/uaccess.h"

void iov_iter_init(struct iov_iter *i, unsigned int direction, const struct iovec *iov,
		   unsigned long nr_segs, size_t count)
{
	*i = (struct iov_iter){
		.iter_type = ITER_IOVEC,
		.data_source = direction,
		.iov = iov,
		.count = count,
		.nr_segs = nr_segs,
	};
}

void iov_iter_kvec(struct iov_iter *i, unsigned int direction, const struct kvec *kvec,
		   unsigned long nr_segs, size_t count)
{
	*i = (struct iov_iter){
		.iter_type = ITER_KVEC,
		.data_source = direction,
		.kvec = kvec,
		.count = count,
		.nr_segs = nr_segs,
	};
}

void iov_iter_bvec(struct iov_iter *i, unsigned int direction, const struct bio_vec *bvec,
		   unsigned long nr_segs, size_t count)
{
	*i = (struct iov_iter){
		.iter_type = ITER_BVEC,
		.data_source = direction,
		.bvec = bvec,
		.count = count,
		.nr_segs = nr_segs,
	};
}

/* Length of the n-th segment of those that are left. */
static size_t seg_len(const struct iov_iter *i, unsigned long n)
{
	switch (i->iter_type) {
	case ITER_IOVEC:
		return i->iov[n].iov_len;
	case ITER_KVEC:
		return i->kvec[n].iov_len;
	case ITER_BVEC:
		return i->bvec[n].bv_len;
	default:
		return i->iov_offset + i->count;
	}
}

/* By n segments, forward or back: the array alone. */
static void move_segs(struct iov_iter *i, long n)
{
	switch (i->iter_type) {
	case ITER_IOVEC:
		i->iov += n;
		break;
	case ITER_KVEC:
		i->kvec += n;
		break;
	case ITER_BVEC:
		i->bvec += n;
		break;
	}
	i->nr_segs -= n;
}

void iov_iter_advance(struct iov_iter *i, size_t bytes)
{
	bytes = min(bytes, i->count);
	i->count -= bytes;
	i->iov_offset += bytes;
	if (i->iter_type == ITER_UBUF)
		return;
	while (i->nr_segs && i->iov_offset >= seg_len(i, 0)) {
		i->iov_offset -= seg_len(i, 0);
		move_segs(i, 1);
	}
}

void iov_iter_revert(struct iov_iter *i, size_t bytes)
{
	i->count += bytes;
	while (bytes > i->iov_offset) {
		bytes -= i->iov_offset;
		move_segs(i, -1);
		i->iov_offset = seg_len(i, 0);
	}
	i->iov_offset -= bytes;
}

size_t iov_iter_single_seg_count(const struct iov_iter *i)
{
	return i->nr_segs ? min(i->count, seg_len(i, 0) - i->iov_offset) : 0;
}

/* ---------------------------------------------------------------- copies */

/* What is done to each piece: copy to it, copy from it, or zero it.  `buf` is the other side. */
enum iter_op { COPY_TO, COPY_FROM, ZERO };

/* Bytes done of a piece of user memory. */
static __always_inline size_t user_step(enum iter_op op, void __user *p, void *buf, size_t n)
{
	switch (op) {
	case COPY_TO:
		return n - copy_to_user(p, buf, n);
	case COPY_FROM:
		return n - raw_copy_from_user(buf, p, n); /* `buf` may be a file's page */
	default:
		return n - clear_user(p, n);
	}
}

static size_t kernel_step(enum iter_op op, void *p, void *buf, size_t n)
{
	if (op == COPY_TO)
		memcpy(p, buf, n);
	else if (op == COPY_FROM)
		memcpy(buf, p, n);
	else
		memset(p, 0, n);
	return n;
}

/* A piece that begins `offset` bytes into the first page of a segment. */
static size_t page_step(enum iter_op op, struct page *page, size_t offset, void *buf, size_t n)
{
	size_t done = 0;

	page += offset / PAGE_SIZE;
	offset %= PAGE_SIZE;
	while (done < n) {
		size_t now = min(n - done, PAGE_SIZE - offset);
		char *va = kmap_local_page(page);

		kernel_step(op, va + offset, (char *)buf + done, now);
		kunmap_local(va);
		done += now;
		offset = 0;
		page++;
	}
	return n;
}

/* A piece of the first segment, which has n bytes at least. */
static size_t step(const struct iov_iter *i, enum iter_op op, void *buf, size_t n)
{
	switch (i->iter_type) {
	case ITER_IOVEC:
		return user_step(op, (__force char __user *)i->iov->iov_base + i->iov_offset, buf,
				 n);
	case ITER_KVEC:
		return kernel_step(op, (char *)i->kvec->iov_base + i->iov_offset, buf, n);
	default:
		return page_step(op, i->bvec->bv_page, i->bvec->bv_offset + i->iov_offset, buf, n);
	}
}

static noinline size_t iterate_segs(struct iov_iter *i, enum iter_op op, char *buf, size_t bytes)
{
	size_t done = 0;

	while (done < bytes && i->nr_segs) {
		size_t n = min(bytes - done, iov_iter_single_seg_count(i));
		size_t now = n ? step(i, op, buf + done, n) : 0;

		done += now;
		if (now < n) {
			iov_iter_advance(i, now);
			break;
		}
		i->iov_offset += n;
		i->count -= n;
		if (i->iov_offset == seg_len(i, 0)) {
			move_segs(i, 1);
			i->iov_offset = 0;
		}
	}
	return done;
}

/* One range of a program's is what most are. */
static __always_inline size_t iterate(struct iov_iter *i, enum iter_op op, void *buf, size_t bytes)
{
	size_t done;

	bytes = min(bytes, i->count);
	if (!iter_is_ubuf(i))
		return iterate_segs(i, op, buf, bytes);
	done = user_step(op, (char __user *)i->ubuf + i->iov_offset, buf, bytes);
	i->iov_offset += done;
	i->count -= done;
	return done;
}

size_t copy_to_iter(const void *from, size_t bytes, struct iov_iter *i)
{
	return iterate(i, COPY_TO, (void *)from, bytes);
}

size_t copy_from_iter(void *to, size_t bytes, struct iov_iter *i)
{
	return iterate(i, COPY_FROM, to, bytes);
}

bool copy_from_iter_full(void *to, size_t bytes, struct iov_iter *i)
{
	size_t done = copy_from_iter(to, bytes, i);

	if (done < bytes)
		iov_iter_revert(i, done);
	return done == bytes;
}

size_t iov_iter_zero(size_t bytes, struct iov_iter *i)
{
	return iterate(i, ZERO, NULL, bytes);
}

/* Over pages that follow each other. */
static size_t copy_page(enum iter_op op, struct page *page, size_t offset, size_t bytes,
			struct iov_iter *i)
{
	size_t done = 0;

	page += offset / PAGE_SIZE;
	offset %= PAGE_SIZE;
	while (done < bytes) {
		size_t n = min(bytes - done, PAGE_SIZE - offset), now;
		char *va = kmap_local_page(page);

		now = iterate(i, op, va + offset, n);
		kunmap_local(va);
		done += now;
		if (now < n)
			break;
		offset = 0;
		page++;
	}
	return done;
}

size_t copy_page_to_iter(struct page *page, size_t offset, size_t bytes, struct iov_iter *i)
{
	return copy_page(COPY_TO, page, offset, bytes, i);
}

size_t copy_page_from_iter(struct page *page, size_t offset, size_t bytes, struct iov_iter *i)
{
	return copy_page(COPY_FROM, page, offset, bytes, i);
}

/* ---------------------------------------------------------------- what is left */

/* Where the n-th segment that is left begins, `skip` bytes into it: an address, or an offset in a page. */
static unsigned long seg_start(const struct iov_iter *i, unsigned long n, size_t skip)
{
	switch (i->iter_type) {
	case ITER_IOVEC:
		return (unsigned long)i->iov[n].iov_base + skip;
	case ITER_KVEC:
		return (unsigned long)i->kvec[n].iov_base + skip;
	case ITER_BVEC:
		return i->bvec[n].bv_offset + skip;
	default:
		return (__force unsigned long)i->ubuf + skip;
	}
}

unsigned long iov_iter_alignment(const struct iov_iter *i)
{
	size_t left = i->count, skip = i->iov_offset;
	unsigned long all = 0;

	for (unsigned long n = 0; left && n < i->nr_segs; n++, skip = 0) {
		size_t len = min(left, seg_len(i, n) - skip);

		if (len)
			all |= seg_start(i, n, skip) | len;
		left -= len;
	}
	return all;
}

int iov_iter_npages(const struct iov_iter *i, int maxpages)
{
	size_t left = i->count, skip = i->iov_offset;
	unsigned long pages = 0;

	for (unsigned long n = 0; left && n < i->nr_segs && pages < (unsigned long)maxpages;
	     n++, skip = 0) {
		size_t len = min(left, seg_len(i, n) - skip);

		if (len)
			pages += DIV_ROUND_UP(seg_start(i, n, skip) % PAGE_SIZE + len, PAGE_SIZE);
		left -= len;
	}
	return min(pages, (unsigned long)maxpages);
}

void __user *iov_iter_user_range(const struct iov_iter *i, size_t *len)
{
	size_t skip = i->iov_offset;
	unsigned long n = 0;

	while (i->count && n + 1 < i->nr_segs && seg_len(i, n) == skip) {
		n++;
		skip = 0;
	}
	*len = i->count ? min(i->count, seg_len(i, n) - skip) : 0;
	return (void __user *)seg_start(i, n, skip);
}

/* ---------------------------------------------------------------- from programs */

/* Lengths are sane and their sum is what one call may do: the rest is cut off. */
static ssize_t check_vector(struct iovec *iov, unsigned int nr_segs)
{
	size_t total = 0;

	for (unsigned int n = 0; n < nr_segs; n++) {
		size_t len = iov[n].iov_len;

		if ((ssize_t)len < 0)
			return -EINVAL;
		if (!access_ok((void __user *)iov[n].iov_base, len))
			return -EFAULT;
		iov[n].iov_len = min(len, MAX_RW_COUNT - total);
		total += iov[n].iov_len;
	}
	return total;
}

ssize_t import_iovec(int direction, const struct iovec __user *uvec, unsigned int nr_segs,
		     unsigned int fast_segs, struct iovec **iovp, struct iov_iter *i)
{
	struct iovec *iov = *iovp;
	ssize_t total = -EINVAL;

	*iovp = NULL;
	if (nr_segs > UIO_MAXIOV)
		return -EINVAL;
	if (nr_segs > fast_segs) {
		iov = kmalloc_array(nr_segs, sizeof(*iov), GFP_KERNEL);
		if (!iov)
			return -ENOMEM;
		*iovp = iov;
	}
	if (copy_from_user(iov, uvec, nr_segs * sizeof(*iov)))
		total = -EFAULT;
	else
		total = check_vector(iov, nr_segs);
	if (total < 0) {
		kfree(*iovp);
		*iovp = NULL;
		return total;
	}
	iov_iter_init(i, direction, iov, nr_segs, total);
	return total;
}

int import_ubuf(int direction, void __user *buf, size_t len, struct iov_iter *i)
{
	len = min(len, (size_t)MAX_RW_COUNT);
	if (!access_ok(buf, len))
		return -EFAULT;
	iov_iter_ubuf(i, direction, buf, len);
	return 0;
}
