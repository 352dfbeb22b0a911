/* SPDX-License-Identifier: MIT */
/*
 * Asynchronous I/O as libaio knows it: io_setup() and its like.
 *
 *   kioctx     a context: a ring of events and the requests that will be there
 *   ring       struct aio_ring in memory of the program, which its libraries read by themselves; its
 *              address is the context's name.  It is pinned: the kernel writes events there, also out
 *              of an interrupt
 *   aio_kiocb  one request, from io_submit() to its event (kernel/aio/aio.c)
 *
 * A context belongs to an mm and goes with it at the latest, after all that is under way has ended.
 * Each call that is at work on it holds it; a request does not, but is waited for.
 *
 * Locks, outermost first: an mm's table of contexts, a context's ring_lock (both mutexes), its
 * completion_lock (a spinlock, interrupts off).
 */
#ifndef KERNEL_AIO_AIO_H
#define KERNEL_AIO_AIO_H

#include <linux/aio_abi.h>

#include "kernel/sched/mutex.h"
#include "kernel/sched/wait.h"

struct aio_kiocb;
struct mm_struct;
struct page;

/* The ABI's: what libaio finds at a context's address; events lie behind it. */
struct aio_ring {
	u32 id;
	u32 nr;	  /* events there is room for */
	u32 head; /* of those not taken: moved by the program, too */
	u32 tail;
	u32 magic;
	u32 compat_features, incompat_features;
	u32 header_length; /* bytes */
	struct io_event events[];
};
#define AIO_RING_MAGIC		 0xa10a10a1
#define AIO_RING_COMPAT_FEATURES 1

struct kioctx {
	struct list_head node; /* in its mm's table, whose lock guards `dead`, too */
	u32 users;	       /* atomic */
	bool dead;
	unsigned long user_id; /* the ring's address */
	struct page **pages;   /* the ring's, pinned */
	unsigned int nr_pages;
	struct aio_ring *ring; /* the same, where the kernel has it */
	unsigned int max_reqs; /* what io_setup() was asked for */
	unsigned int nr;       /* ring->nr, which the program can write */

	struct mutex ring_lock; /* who takes events */
	spinlock_t completion_lock;
	unsigned int tail;	 /* ring->tail, the same; completion_lock */
	unsigned int under_way;	 /* requests; completion_lock */
	struct list_head active; /* those that can be cancelled; completion_lock */
	wait_queue_head_t wait;	 /* for events, and for the end of what is under way */
};

/* current's context of that name, held, or NULL; and let it go.  Threads. */
struct kioctx *lookup_ioctx(unsigned long ctx_id);
void put_ioctx(struct kioctx *ctx);

/* A request more is under way: false, the ring might have no room for its event. */
bool aio_begin(struct kioctx *ctx);
/* It never was. */
void aio_abort(struct kioctx *ctx);
/* It has ended with this event, if it has one.  Any context; ctx may be gone afterwards. */
void aio_end(struct kioctx *ctx, const struct io_event *event);

/* The end of the mm, which is current's, is to be told to us: 0 or -ENOMEM. */
int aio_watch_mm(struct mm_struct *mm);

/* From here on it is told.  Boot. */
void aio_init(void);

/* Cancel all that can be cancelled, of a context that goes; kernel/aio/aio.c. */
void aio_cancel_all(struct kioctx *ctx);

#endif
