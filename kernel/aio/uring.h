/* SPDX-License-Identifier: MIT */
/*
 * io_uring: requests and their results in two rings of memory that the program maps.
 *
 *   ring      struct io_ring, behind the file that io_uring_setup() made: the memory of both rings, and
 *             what is registered (files, buffers, an eventfd)
 *   SQE       a request as the program wrote it.  It is copied before it is looked at, since the
 *             program can change it all the time
 *   request   struct uring_req, from the SQE to its CQE: its result
 *   chain     requests that were linked: each begins when the one in front has ended
 *
 * A request is begun by the thread that calls io_uring_enter().  What cannot be done at once waits for
 * one of four things (`waits`): a drain, for all in front of it to end; a poll, for its file to be
 * ready; a time; or nothing that we know of, a device that calls back.  What ends a wait happens in an
 * interrupt or in whoever makes a file ready; it only has the request's work run, which goes on in
 * the place of its program (`mm`).  Only that work ends a wait, so nobody waits twice or ends twice.
 *
 * A result that finds the CQ ring full waits in its request, and so is never lost.
 *
 * A ring lives until its file is closed and its last request has ended.  Requests of a program that
 * ends are cancelled with its mm: uring_exit_mm().
 *
 * Locks, outermost first: rings_lock (all rings), a ring's uring_lock (both mutexes; who submits or registers),
 * its `lock` (a spinlock, interrupts off), an eventfd's and wait queues'.
 */
#ifndef KERNEL_AIO_URING_H
#define KERNEL_AIO_URING_H

#include <linux/io_uring.h>

#include "kernel/event/poll.h"
#include "kernel/fs/fs.h"
#include "kernel/fs/iov_iter.h"
#include "kernel/sched/mutex.h"
#include "kernel/sched/wait.h"
#include "kernel/sched/workqueue.h"
#include "kernel/signal/signal.h"

#define URING_PENDING (-EIOCBQUEUED) /* a request's issue: the end comes later */

struct eventfd_ctx;
struct mm_struct;

/* The memory of both, as the program is told by io_uring_setup(); the SQ's array lies behind the CQEs. */
struct uring_index {
	u32 head __aligned(64);
	u32 tail __aligned(64);
};

/* struct io_uring_cqe without the room behind it that CQE32 would give it. */
struct uring_cqe {
	u64 user_data;
	s32 res;
	u32 flags;
};

struct uring_shared {
	struct uring_index sq, cq; /* sq.head and cq.tail are ours to move */
	u32 sq_mask, cq_mask, sq_entries, cq_entries;
	u32 sq_dropped, sq_flags, cq_flags, cq_overflow;
	struct uring_cqe cqes[] __aligned(64);
};

/* Pinned memory of a program; held by the ring's table and by each request that uses it. */
struct uring_buffer {
	u32 users;		  /* atomic */
	unsigned long start, end; /* as the program names it; both 0: an empty place in the table */
	unsigned int nr_pages;
	struct bio_vec *bvec; /* one a page */
};

enum uring_waits { WAITS_NOT, WAITS_DRAIN, WAITS_POLL, WAITS_TIME };

/* In a queue of a file; a file has one or two. */
struct uring_poll_entry {
	wait_queue_head_t *head; /* NULL: in none */
	wait_queue_entry_t wait;
};

struct uring_poll {
	__poll_t events;
	bool cancelled;
	bool over; /* it is in no queue any more */
	long res;
	struct uring_poll_entry entries[2];
};

struct uring_timeout {
	struct hrtimer timer;
	struct list_head node; /* ring->timeouts */
	u64 expires;	       /* ns of ktime_get() */
	u32 count, since;      /* it ends too when `count` events have come since; 0: not */
};

struct uring_req {
	struct io_ring *ring;
	struct io_uring_sqe sqe;
	struct mm_struct *mm;	     /* whose addresses it has; see uring_exit_mm() */
	struct file *file;	     /* NULL: none yet */
	struct uring_buffer *buffer; /* READ_FIXED's; NULL */
	struct list_head node;	     /* ring->requests */
	struct list_head queue;	     /* ring->ready, drained or overflow */
	struct uring_req *link;	     /* the next of its chain */
	struct work_struct work;

	/* ring->lock. */
	enum uring_waits waits;
	bool done;     /* its result is known: `res` */
	bool failed;   /* it never was good: `res` */
	bool starting; /* one of ring->starting */
	s32 res;

	struct uring_poll poll; /* also of a read that waits for its file */
	union {
		struct {
			struct kiocb kiocb;
			struct iov_iter iter;
			int bad;			      /* what the memory is: 0 or -errno */
			size_t expected;		      /* bytes; fewer break a chain */
			struct iovec *iov, fast[UIO_FASTIOV]; /* iov: to be freed, or NULL */
		} rw;
		struct uring_timeout timeout;
	};
};

struct io_ring {
	u32 flags; /* IORING_SETUP_* */
	struct list_head rings;
	struct uring_shared *shared;
	u32 *sq_array;
	struct io_uring_sqe *sqes;
	u32 sq_entries, cq_entries;
	unsigned int shared_order, sqes_order;

	struct mutex uring_lock;
	u32 sq_head;
	struct uring_req *chain, *chain_last; /* that is being read in */
	bool drain_next, drain_disabled;
	struct task_struct *issuer; /* SINGLE_ISSUER's, held */
	struct file **files;
	unsigned int nr_files;
	struct uring_buffer **buffers;
	unsigned int nr_buffers;

	spinlock_t lock;
	bool closed; /* the file is */
	u32 cq_tail;
	u32 events;	     /* results of all but timeouts */
	u32 timed_out;	     /* timeouts that struck */
	u32 starting;	     /* whose turn has come, but a worker has not begun them yet */
	unsigned int active; /* requests that have begun, with what is linked to them */
	struct task_struct *submitter; /* somebody who looks at `ready` before he leaves */
	struct eventfd_ctx *eventfd;
	struct list_head requests; /* all */
	struct list_head ready;	   /* to be begun */
	struct list_head drained;  /* that wait for a drain, in order */
	struct list_head overflow; /* ended: results without room */
	struct list_head timeouts;
	wait_queue_head_t cq_wait; /* for events */
	wait_queue_head_t gone;	   /* for requests to have gone */
	struct work_struct free_work;
};

/* An operation: uring_op.c. */
struct uring_op {
	bool needs_file, plug, ioprio, iopoll;
	bool worker; /* it may take its time: not in the program's thread */
	int (*prep)(struct uring_req *req);
	/* Its result, or URING_PENDING.  In a thread that has the request's mm. */
	long (*issue)(struct uring_req *req);
};
extern const struct uring_op uring_ops[IORING_OP_LAST];

/* ---------------------------------------------------------------- uring_req.c: requests */

struct uring_req *uring_req_alloc(struct io_ring *ring);
/* It was never begun. */
void uring_req_free(struct uring_req *req);

/* Begin a chain, from its head, or what ends it at once: uring_lock held. */
void uring_start(struct uring_req *req);
/* Begin what became ready meanwhile.  The submitter. */
void uring_run_ready(struct io_ring *ring);
/* It has ended, and is gone; what is linked to it is begun or cancelled.  Any context. */
void uring_complete(struct uring_req *req, long res);
/* Its work is to run.  Any context. */
void uring_queue_work(struct uring_req *req);

/* ring->lock held: false: it waits for nothing that we could end. */
bool uring_cancel(struct uring_req *req);
/* Those of an mm; and all, since the file is closed: the ring is gone with the last one. */
void uring_cancel_mm(struct io_ring *ring, const struct mm_struct *mm);
void uring_close(struct io_ring *ring);

/* ---------------------------------------------------------------- uring_cq.c: results */

/* ring->lock held.  False: there is no room. */
bool uring_post(struct io_ring *ring, u64 user_data, s32 res);
/* ring->lock held: those who wait for events are told. */
void uring_tell(struct io_ring *ring);
void uring_tell_waiters(struct io_ring *ring); /* without the eventfd */
/* Results that had no room go to the ring: false, some still have none. */
bool uring_flush_overflow(struct io_ring *ring);
/* Sleep until `min` are there: 0, -EINTR, -ETIME, -EBUSY and what a bad argument is. */
int uring_wait(struct io_ring *ring, u32 min, const sigset_t __user *sig, size_t sigsz,
	       const struct __kernel_timespec __user *uts);
__poll_t uring_poll_file(struct file *file, poll_table *wait);

/* ---------------------------------------------------------------- the operations */

int uring_rw_prep(struct uring_req *req);
long uring_read(struct uring_req *req);
long uring_write(struct uring_req *req);
int uring_fsync_prep(struct uring_req *req);
long uring_fsync(struct uring_req *req);
int uring_poll_prep(struct uring_req *req);
long uring_poll_add(struct uring_req *req);
int uring_poll_remove_prep(struct uring_req *req);
long uring_poll_remove(struct uring_req *req);
int uring_timeout_prep(struct uring_req *req);
long uring_timeout(struct uring_req *req);
int uring_timeout_remove_prep(struct uring_req *req);
long uring_timeout_remove(struct uring_req *req);
int uring_cancel_prep(struct uring_req *req);
long uring_async_cancel(struct uring_req *req);

/* uring_poll.c: the request waits until its file is ready for `events`: URING_PENDING. */
long uring_wait_for_file(struct uring_req *req, __poll_t events);
/* Its work ran: true, the wait is over.  res is what happened, or -ECANCELED. */
bool uring_poll_run(struct uring_req *req, long *res);
/* uring_timeout.c: its timer neither is queued nor runs. */
void uring_timeout_stop(struct uring_req *req);
/* ring->lock held; it waits for its time.  That ends with res. */
void uring_end_timeout(struct uring_req *req, int res);
/* ring->lock held: `count` events have come for some. */
void uring_timeouts_counted(struct io_ring *ring);

/* ---------------------------------------------------------------- uring.c, uring_register.c */

/* uring_lock held: what is there, with a reference for the caller; NULL. */
struct file *uring_fixed_file(struct io_ring *ring, unsigned int index);
struct uring_buffer *uring_get_buffer(struct io_ring *ring, unsigned int index);
void uring_put_buffer(struct uring_buffer *buffer);
void uring_unregister_all(struct io_ring *ring);

/* It is a ring's file: its ring. */
struct io_ring *uring_of(const struct file *file);

/* The mm goes: all requests of its program have ended when this returns.  In a thread. */
void uring_exit_mm(struct mm_struct *mm);

#endif
