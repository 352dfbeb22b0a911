// SPDX-License-Identifier: MIT
/*
 * io_uring: the ring as a file, and its system calls.
 *
 * Both rings and the SQEs are whole blocks of pages of the kernel's, which the program maps; nothing
 * that it writes there is believed but as an index within the ring.
 *
 * Left out, as a kernel without them would answer: a thread of the kernel's that submits (SQPOLL), SQEs
 * and CQEs of double size, and the operations that uring_op.c does not name.
 */
#include "kernel/aio/uring.h"
#include "kernel/aio/aio.h"

#include "drivers/block/bio.h"
#include "kernel/core/syscall.h"
#include "kernel/fs/file.h"
#include "kernel/lib/errno.h"
#include "kernel/sched/task.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "mm/uaccess.h"
#include "mm/user/fault.h"
#include "mm/user/mm_struct.h"

#define MAX_ENTRIES    32768U /* Linux's */
#define MAX_CQ_ENTRIES (2 * MAX_ENTRIES)

#define SETUP_FLAGS                                                                      \
	(IORING_SETUP_IOPOLL | IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP |                \
	 IORING_SETUP_R_DISABLED | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_COOP_TASKRUN | \
	 IORING_SETUP_TASKRUN_FLAG | IORING_SETUP_SINGLE_ISSUER)
#define FEATURES                                                                        \
	(IORING_FEAT_SINGLE_MMAP | IORING_FEAT_NODROP | IORING_FEAT_SUBMIT_STABLE |     \
	 IORING_FEAT_RW_CUR_POS | IORING_FEAT_CUR_PERSONALITY | IORING_FEAT_FAST_POLL | \
	 IORING_FEAT_POLL_32BITS | IORING_FEAT_EXT_ARG | IORING_FEAT_NATIVE_WORKERS |   \
	 IORING_FEAT_CQE_SKIP | IORING_FEAT_LINKED_FILE)
#define SQE_FLAGS                                                                              \
	(IOSQE_FIXED_FILE | IOSQE_IO_DRAIN | IOSQE_IO_LINK | IOSQE_IO_HARDLINK | IOSQE_ASYNC | \
	 IOSQE_BUFFER_SELECT | IOSQE_CQE_SKIP_SUCCESS)
#define LINK_FLAGS (IOSQE_IO_LINK | IOSQE_IO_HARDLINK)

static DEFINE_MUTEX(rings_lock);
static LIST_HEAD(rings);

/* ---------------------------------------------------------------- life */

static size_t shared_bytes(const struct io_ring *ring)
{
	return sizeof(struct uring_shared) + ring->cq_entries * sizeof(struct uring_cqe);
}

static void *alloc_block(size_t bytes, unsigned int *order)
{
	*order = ilog2(roundup_pow_of_two(PFN_UP(bytes)));
	return (void *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, *order);
}

static int alloc_rings(struct io_ring *ring)
{
	size_t array = shared_bytes(ring);

	ring->shared = alloc_block(array + ring->sq_entries * sizeof(u32), &ring->shared_order);
	ring->sqes = alloc_block(ring->sq_entries * sizeof(*ring->sqes), &ring->sqes_order);
	if (!ring->shared || !ring->sqes)
		return -ENOMEM;
	ring->sq_array = (u32 *)((char *)ring->shared + array);
	ring->shared->sq_entries = ring->sq_entries;
	ring->shared->cq_entries = ring->cq_entries;
	ring->shared->sq_mask = ring->sq_entries - 1;
	ring->shared->cq_mask = ring->cq_entries - 1;
	return 0;
}

static void free_ring(struct io_ring *ring)
{
	unsigned long flags;

	spin_lock_irqsave(&ring->lock, flags); /* whoever ended its last request has let go */
	spin_unlock_irqrestore(&ring->lock, flags);
	uring_unregister_all(ring);
	if (ring->issuer)
		put_task_struct(ring->issuer);
	if (ring->shared)
		free_pages((unsigned long)ring->shared, ring->shared_order);
	if (ring->sqes)
		free_pages((unsigned long)ring->sqes, ring->sqes_order);
	kfree(ring);
}

static void free_work(struct work_struct *work)
{
	struct io_ring *ring = container_of(work, struct io_ring, free_work);

	mutex_lock(&rings_lock);
	list_del(&ring->rings);
	mutex_unlock(&rings_lock);
	free_ring(ring);
}

static struct io_ring *alloc_ring(const struct io_uring_params *p)
{
	struct io_ring *ring = kzalloc(sizeof(*ring), GFP_KERNEL);

	if (!ring)
		return NULL;
	ring->flags = p->flags;
	ring->sq_entries = p->sq_entries;
	ring->cq_entries = p->cq_entries;
	mutex_init(&ring->uring_lock);
	spin_lock_init(&ring->lock);
	INIT_LIST_HEAD(&ring->requests);
	INIT_LIST_HEAD(&ring->ready);
	INIT_LIST_HEAD(&ring->drained);
	INIT_LIST_HEAD(&ring->overflow);
	INIT_LIST_HEAD(&ring->timeouts);
	init_waitqueue_head(&ring->cq_wait);
	init_waitqueue_head(&ring->gone);
	INIT_WORK(&ring->free_work, free_work);
	return ring;
}

static int uring_release(struct inode *inode, struct file *file)
{
	(void)inode;
	uring_close(uring_of(file));
	return 0;
}

static bool has_requests_of(struct io_ring *ring, const struct mm_struct *mm)
{
	struct uring_req *req;
	unsigned long flags;
	bool found = false;

	spin_lock_irqsave(&ring->lock, flags);
	list_for_each_entry(req, &ring->requests, node)
		found |= req->mm == mm;
	spin_unlock_irqrestore(&ring->lock, flags);
	return found;
}

/* One whose rest is cancelled has others begun, that were linked to it: again, until there are none. */
static void end_requests_of(struct io_ring *ring, struct mm_struct *mm)
{
	while (has_requests_of(ring, mm)) {
		uring_cancel_mm(ring, mm);
		wait_event_timeout(ring->gone, !has_requests_of(ring, mm), 10 * NSEC_PER_MSEC);
	}
}

void uring_exit_mm(struct mm_struct *mm)
{
	struct io_ring *ring;

	mutex_lock(&rings_lock);
	list_for_each_entry(ring, &rings, rings)
		end_requests_of(ring, mm);
	mutex_unlock(&rings_lock);
}

/* ---------------------------------------------------------------- the file */

static int uring_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct io_ring *ring = uring_of(file);
	size_t size = vma->vm_end - vma->vm_start;
	unsigned int order = ring->shared_order;
	void *block = ring->shared;

	switch (vma->vm_pgoff << PAGE_SHIFT) {
	case IORING_OFF_SQ_RING:
	case IORING_OFF_CQ_RING:
		break;
	case IORING_OFF_SQES:
		block = ring->sqes;
		order = ring->sqes_order;
		break;
	default:
		return -ENOMEM; /* as no address would be found for it */
	}
	size = min(size, PAGE_SIZE << order); /* what is behind is SIGBUS */
	return remap_pfn_range(vma, vma->vm_start, PFN_DOWN(__pa(block)), size, vma->vm_page_prot);
}

static const struct file_operations uring_fops = {
	.mmap = uring_mmap,
	.poll = uring_poll_file,
	.release = uring_release,
};

struct io_ring *uring_of(const struct file *file)
{
	return file->f_op == &uring_fops ? file->private_data : NULL;
}

/* ---------------------------------------------------------------- io_uring_setup */

/* How many of both: 0 or -EINVAL. */
static int choose_sizes(u32 entries, struct io_uring_params *p)
{
	bool clamp = p->flags & IORING_SETUP_CLAMP;

	if (!entries || (entries > MAX_ENTRIES && !clamp))
		return -EINVAL;
	p->sq_entries = (u32)roundup_pow_of_two(min(entries, MAX_ENTRIES));
	if (!(p->flags & IORING_SETUP_CQSIZE)) {
		p->cq_entries = 2 * p->sq_entries;
		return 0;
	}
	if (!p->cq_entries || (p->cq_entries > MAX_CQ_ENTRIES && !clamp))
		return -EINVAL;
	p->cq_entries = (u32)roundup_pow_of_two(min(p->cq_entries, MAX_CQ_ENTRIES));
	return p->cq_entries < p->sq_entries ? -EINVAL : 0;
}

static void describe(const struct io_ring *ring, struct io_uring_params *p)
{
	p->sq_off = (struct io_sqring_offsets){
		.head = offsetof(struct uring_shared, sq.head),
		.tail = offsetof(struct uring_shared, sq.tail),
		.ring_mask = offsetof(struct uring_shared, sq_mask),
		.ring_entries = offsetof(struct uring_shared, sq_entries),
		.flags = offsetof(struct uring_shared, sq_flags),
		.dropped = offsetof(struct uring_shared, sq_dropped),
		.array = (u32)shared_bytes(ring),
	};
	p->cq_off = (struct io_cqring_offsets){
		.head = offsetof(struct uring_shared, cq.head),
		.tail = offsetof(struct uring_shared, cq.tail),
		.ring_mask = offsetof(struct uring_shared, cq_mask),
		.ring_entries = offsetof(struct uring_shared, cq_entries),
		.overflow = offsetof(struct uring_shared, cq_overflow),
		.cqes = offsetof(struct uring_shared, cqes),
		.flags = offsetof(struct uring_shared, cq_flags),
	};
	p->features = FEATURES;
}

/* The ring is the file's from here on, also where there is no descriptor for it. */
static int install(struct io_ring *ring)
{
	struct file *file = anon_inode_getfile("[io_uring]", &uring_fops, ring, O_RDWR | O_CLOEXEC);
	int fd;

	if (IS_ERR(file)) {
		free_ring(ring);
		return (int)PTR_ERR(file);
	}
	mutex_lock(&rings_lock);
	list_add_tail(&ring->rings, &rings);
	mutex_unlock(&rings_lock);
	fd = get_unused_fd_flags(O_RDWR | O_CLOEXEC);
	if (fd < 0)
		fput(file);
	else
		fd_install((unsigned int)fd, file);
	return fd;
}

static int create_ring(const struct io_uring_params *p, struct io_uring_params __user *params)
{
	struct io_uring_params told = *p;
	struct io_ring *ring = alloc_ring(p);
	int ret;

	if (!ring)
		return -ENOMEM;
	ret = p->flags & IORING_SETUP_TASKRUN_FLAG && !(p->flags & IORING_SETUP_COOP_TASKRUN) ?
		      -EINVAL :
		      alloc_rings(ring);
	if (!ret && aio_watch_mm(current->mm))
		ret = -ENOMEM;
	if (!ret) {
		describe(ring, &told);
		ret = copy_to_user(params, &told, sizeof(told)) ? -EFAULT : 0;
	}
	if (ret) {
		free_ring(ring);
		return ret;
	}
	if ((p->flags & (IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_R_DISABLED)) ==
	    IORING_SETUP_SINGLE_ISSUER) {
		get_task_struct(current);
		ring->issuer = current;
	}
	return install(ring);
}

SYSCALL_DEFINE2(io_uring_setup, u32, entries, struct io_uring_params __user *, params)
{
	struct io_uring_params p;
	int ret;

	if (copy_from_user(&p, params, sizeof(p)))
		return -EFAULT;
	if (p.resv[0] || p.resv[1] || p.resv[2] || p.flags & ~SETUP_FLAGS)
		return -EINVAL;
	ret = choose_sizes(entries, &p);
	return ret ? ret : create_ring(&p, params);
}

/* ---------------------------------------------------------------- submitting */

/* What of an SQE can be looked at alone: 0 or -errno. */
static int check_sqe(struct uring_req *req)
{
	struct io_ring *ring = req->ring;
	const struct io_uring_sqe *sqe = &req->sqe;
	const struct uring_op *op;

	if (sqe->opcode >= IORING_OP_LAST || !uring_ops[sqe->opcode].issue) {
		req->sqe.opcode = IORING_OP_NOP;
		return -EINVAL;
	}
	op = &uring_ops[sqe->opcode];
	if (sqe->flags & ~SQE_FLAGS)
		return -EINVAL;
	if (sqe->flags & IOSQE_BUFFER_SELECT)
		return -EOPNOTSUPP;
	ring->drain_disabled |= !!(sqe->flags & IOSQE_CQE_SKIP_SUCCESS);
	if (sqe->flags & IOSQE_IO_DRAIN && ring->drain_disabled)
		return -EOPNOTSUPP;
	if ((!op->ioprio && sqe->ioprio) || (!op->iopoll && ring->flags & IORING_SETUP_IOPOLL) ||
	    sqe->personality)
		return -EINVAL;
	return op->prep(req);
}

static void fail(struct uring_req *req, int res)
{
	req->failed = true;
	req->res = res;
}

/* Begin it, or add it to the chain that is being read in: 0, or what is wrong with it. */
static int submit_one(struct io_ring *ring, struct uring_req *req)
{
	int ret = check_sqe(req);

	if (ret) {
		fail(req, ret);
		if (ring->chain && !ring->chain->failed)
			fail(ring->chain, -ECANCELED);
	}
	if (ring->chain)
		ring->chain_last->link = req;
	else
		ring->chain = req;
	ring->chain_last = req;
	if (req->sqe.flags & LINK_FLAGS)
		return 0;
	req = ring->chain;
	ring->chain = NULL;
	uring_start(req);
	return ret;
}

/* The next SQE of the ring, copied: false, and its index is none. */
static bool read_sqe(struct io_ring *ring, struct io_uring_sqe *sqe)
{
	u32 at = READ_ONCE(ring->sq_array[ring->sq_head++ & (ring->sq_entries - 1)]);

	if (at >= ring->sq_entries) {
		WRITE_ONCE(ring->shared->sq_dropped, ring->shared->sq_dropped + 1);
		return false;
	}
	memcpy(sqe, &ring->sqes[at], sizeof(*sqe));
	return true;
}

static int submit_all(struct io_ring *ring, u32 nr)
{
	struct uring_req *req;
	u32 done = 0;
	int ret;

	while (done < nr) {
		req = uring_req_alloc(ring);
		if (!req)
			return done ? (int)done : -EAGAIN;
		if (!read_sqe(ring, &req->sqe)) {
			uring_req_free(req);
			break;
		}
		done++;
		ret = submit_one(ring, req);
		if (ret && !(ring->flags & IORING_SETUP_SUBMIT_ALL))
			break;
	}
	return (int)done;
}

/* uring_lock held: how many were taken, or -EAGAIN. */
static int submit(struct io_ring *ring, u32 nr)
{
	u32 there = __atomic_load_n(&ring->shared->sq.tail, __ATOMIC_ACQUIRE) - ring->sq_head;
	struct blk_plug plug;
	unsigned long flags;
	int ret;

	nr = min(min(nr, there), ring->sq_entries);
	if (!nr)
		return 0;
	spin_lock_irqsave(&ring->lock, flags);
	ring->submitter = current;
	spin_unlock_irqrestore(&ring->lock, flags);
	if (nr > 1)
		blk_start_plug(&plug);
	ret = submit_all(ring, nr);
	if (ring->chain)
		uring_start(ring->chain);
	ring->chain = NULL;
	if (nr > 1)
		blk_finish_plug(&plug);
	uring_run_ready(ring);
	__atomic_store_n(&ring->shared->sq.head, ring->sq_head, __ATOMIC_RELEASE);
	return ret;
}

static long enter_submit(struct io_ring *ring, u32 to_submit)
{
	long ret;

	if (ring->issuer && ring->issuer != current)
		return -EEXIST;
	if (aio_watch_mm(current->mm))
		return -ENOMEM;
	mutex_lock(&ring->uring_lock);
	ret = submit(ring, to_submit);
	mutex_unlock(&ring->uring_lock);
	return ret;
}

static long enter_wait(struct io_ring *ring, u32 min_complete, u32 flags, const void __user *argp,
		       size_t argsz)
{
	struct io_uring_getevents_arg arg = { .sigmask = (u64)argp, .sigmask_sz = (u32)argsz };

	if (flags & IORING_ENTER_EXT_ARG) {
		if (argsz != sizeof(arg))
			return -EINVAL;
		if (copy_from_user(&arg, argp, sizeof(arg)))
			return -EFAULT;
		if (arg.pad)
			return -EINVAL;
		argsz = arg.sigmask_sz;
	}
	return uring_wait(ring, min(min_complete, ring->cq_entries),
			  (const sigset_t __user *)arg.sigmask, argsz,
			  (const struct __kernel_timespec __user *)arg.ts);
}

static long enter(struct io_ring *ring, u32 to_submit, u32 min_complete, u32 flags,
		  const void __user *argp, size_t argsz)
{
	long ret = 0, waited = 0;

	if (READ_ONCE(ring->flags) & IORING_SETUP_R_DISABLED)
		return -EBADFD;
	if (to_submit) {
		ret = enter_submit(ring, to_submit);
		if (ret != to_submit)
			return ret;
	}
	if (flags & IORING_ENTER_GETEVENTS)
		waited = enter_wait(ring, min_complete, flags, argp, argsz);
	return ret ? ret : waited;
}

SYSCALL_DEFINE6(io_uring_enter, unsigned int, fd, u32, to_submit, u32, min_complete, u32, flags,
		const void __user *, argp, size_t, argsz)
{
	struct io_ring *ring;
	struct fd f;
	long ret;

	if (flags & ~(IORING_ENTER_GETEVENTS | IORING_ENTER_SQ_WAKEUP | IORING_ENTER_SQ_WAIT |
		      IORING_ENTER_EXT_ARG | IORING_ENTER_REGISTERED_RING))
		return -EINVAL;
	if (flags & IORING_ENTER_REGISTERED_RING)
		return -EINVAL; /* there are none */
	f = fdget(fd);
	if (!f.file)
		return -EBADF;
	ring = uring_of(f.file);
	ret = ring ? enter(ring, to_submit, min_complete, flags, argp, argsz) : -EOPNOTSUPP;
	fdput(f);
	return ret;
}
