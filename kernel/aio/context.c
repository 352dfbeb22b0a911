// SPDX-License-Identifier: MIT
/*
 * Contexts of asynchronous I/O: their rings, and the events in them.
 *
 * The ring is private memory of the program like any other, but pinned: what the program does to the
 * mapping does not touch the pages that the kernel writes.  Nothing is believed that the program can
 * write there but `head`, which is taken modulo the ring.
 */
#include "kernel/aio/aio.h"

#include <linux/mman.h>

#include "kernel/aio/timespec.h"
#include "kernel/aio/uring.h"
#include "kernel/core/cpumask.h"
#include "kernel/core/syscall.h"
#include "kernel/lib/errno.h"
#include "kernel/signal/errno.h"
#include "kernel/signal/signal.h"
#include "mm/slab.h"
#include "mm/uaccess.h"
#include "mm/user/gup.h"
#include "mm/user/mmap.h"
#include "mm/vmalloc.h"

#define AIO_MAX_NR 0x10000 /* Linux's aio-max-nr: requests of all contexts */

/* The contexts of an mm; the lists' owner is mm->ioctx_table. */
struct ioctx_table {
	struct mutex lock;
	struct list_head list;
};

static u32 aio_nr; /* requests that all contexts were made for; atomic */

/* ---------------------------------------------------------------- the ring */

static int map_ring(struct kioctx *ctx, unsigned int nr_events)
{
	unsigned long bytes = sizeof(struct aio_ring) + sizeof(struct io_event) * (nr_events + 2UL);
	long got;

	ctx->nr_pages = (unsigned int)PFN_UP(bytes);
	ctx->pages = kcalloc(ctx->nr_pages, sizeof(*ctx->pages), GFP_KERNEL);
	if (!ctx->pages)
		return -ENOMEM;
	ctx->user_id = vm_mmap(NULL, 0, ctx->nr_pages * PAGE_SIZE, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, 0);
	got = IS_ERR_VALUE(ctx->user_id) ?
		      0 :
		      pin_user_pages_unlocked(ctx->user_id, ctx->nr_pages, ctx->pages,
					      FOLL_WRITE | FOLL_LONGTERM);
	if (got != ctx->nr_pages) {
		if (!IS_ERR_VALUE(ctx->user_id))
			vm_munmap(ctx->user_id, ctx->nr_pages * PAGE_SIZE);
		ctx->user_id = 0;
		ctx->nr_pages = got > 0 ? (unsigned int)got : 0; /* what is to be let go */
		return -ENOMEM;
	}
	ctx->ring = vmap(ctx->pages, ctx->nr_pages, VM_MAP, PAGE_KERNEL);
	return ctx->ring ? 0 : -ENOMEM;
}

static void fill_ring(struct kioctx *ctx)
{
	ctx->nr = (unsigned int)((ctx->nr_pages * PAGE_SIZE - sizeof(struct aio_ring)) /
				 sizeof(struct io_event));
	*ctx->ring = (struct aio_ring){ .nr = ctx->nr,
					.id = ~0U,
					.magic = AIO_RING_MAGIC,
					.compat_features = AIO_RING_COMPAT_FEATURES,
					.header_length = sizeof(struct aio_ring) };
}

static void free_ioctx(struct kioctx *ctx)
{
	if (ctx->ring)
		vunmap(ctx->ring);
	if (ctx->pages)
		unpin_user_pages(ctx->pages, ctx->nr_pages);
	kfree(ctx->pages);
	kfree(ctx);
}

/* Events that were not taken, as far as the program lets us know. */
static unsigned int events_there(const struct kioctx *ctx)
{
	unsigned int head = READ_ONCE(ctx->ring->head) % ctx->nr, tail = READ_ONCE(ctx->tail);

	return tail >= head ? tail - head : ctx->nr + tail - head;
}

/* ---------------------------------------------------------------- requests come and go */

bool aio_begin(struct kioctx *ctx)
{
	unsigned long flags;
	bool room;

	spin_lock_irqsave(&ctx->completion_lock, flags);
	room = !ctx->dead && ctx->under_way + events_there(ctx) < ctx->nr - 1;
	ctx->under_way += room;
	spin_unlock_irqrestore(&ctx->completion_lock, flags);
	return room;
}

/* Woken within the lock: who waits for the last one takes the lock before he frees the context. */
void aio_end(struct kioctx *ctx, const struct io_event *event)
{
	unsigned long flags;

	spin_lock_irqsave(&ctx->completion_lock, flags);
	if (event) {
		ctx->ring->events[ctx->tail] = *event;
		WRITE_ONCE(ctx->tail, ctx->tail + 1 == ctx->nr ? 0 : ctx->tail + 1);
		__atomic_store_n(&ctx->ring->tail, ctx->tail, __ATOMIC_RELEASE);
	}
	ctx->under_way--;
	wake_up(&ctx->wait);
	spin_unlock_irqrestore(&ctx->completion_lock, flags);
}

void aio_abort(struct kioctx *ctx)
{
	aio_end(ctx, NULL);
}

/* ---------------------------------------------------------------- life */

static struct ioctx_table *get_table(struct mm_struct *mm)
{
	struct ioctx_table *table = __atomic_load_n(&mm->ioctx_table, __ATOMIC_ACQUIRE),
			   *none = NULL;

	if (table)
		return table;
	table = kmalloc(sizeof(*table), GFP_KERNEL);
	if (!table)
		return NULL;
	mutex_init(&table->lock);
	INIT_LIST_HEAD(&table->list);
	if (__atomic_compare_exchange_n(&mm->ioctx_table, &none, table, false, __ATOMIC_ACQ_REL,
					__ATOMIC_ACQUIRE))
		return table;
	kfree(table);
	return none;
}

struct kioctx *lookup_ioctx(unsigned long ctx_id)
{
	struct ioctx_table *table = __atomic_load_n(&current->mm->ioctx_table, __ATOMIC_ACQUIRE);
	struct kioctx *ctx, *found = NULL;

	if (!table)
		return NULL;
	mutex_lock(&table->lock);
	list_for_each_entry(ctx, &table->list, node)
		if (ctx->user_id == ctx_id)
			found = ctx;
	if (found)
		__atomic_add_fetch(&found->users, 1, __ATOMIC_RELAXED);
	mutex_unlock(&table->lock);
	return found;
}

void put_ioctx(struct kioctx *ctx)
{
	if (!__atomic_sub_fetch(&ctx->users, 1, __ATOMIC_ACQ_REL))
		free_ioctx(ctx);
}

/* In the table: 0, or an errno and it is not. */
static struct kioctx *make_ioctx(unsigned int nr_events)
{
	struct kioctx *ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);
	unsigned int nr = max(nr_events, num_online_cpus() * 4) * 2;
	int ret;

	if (!ctx)
		return ERR_PTR(-ENOMEM);
	ctx->users = 1;
	mutex_init(&ctx->ring_lock);
	spin_lock_init(&ctx->completion_lock);
	INIT_LIST_HEAD(&ctx->active);
	init_waitqueue_head(&ctx->wait);
	ret = map_ring(ctx, nr);
	if (ret) {
		if (ctx->user_id)
			vm_munmap(ctx->user_id, ctx->nr_pages * PAGE_SIZE);
		free_ioctx(ctx);
		return ERR_PTR(ret);
	}
	fill_ring(ctx);
	return ctx;
}

/* Nothing new begins, and what is under way has ended.  Whoever took it out of the table. */
static void drain_ioctx(struct kioctx *ctx)
{
	unsigned long flags;

	spin_lock_irqsave(&ctx->completion_lock, flags);
	ctx->dead = true;
	wake_up(&ctx->wait);
	spin_unlock_irqrestore(&ctx->completion_lock, flags);
	aio_cancel_all(ctx);
	wait_event(ctx->wait, !READ_ONCE(ctx->under_way));
	spin_lock_irqsave(&ctx->completion_lock, flags); /* see aio_end() */
	spin_unlock_irqrestore(&ctx->completion_lock, flags);
	__atomic_sub_fetch(&aio_nr, ctx->max_reqs, __ATOMIC_RELAXED);
	put_ioctx(ctx);
}

int aio_watch_mm(struct mm_struct *mm)
{
	return get_table(mm) ? 0 : -ENOMEM;
}

/* The mm goes, and nobody is in a call any more.  By mm_set_exit_aio(). */
static void exit_aio(struct mm_struct *mm)
{
	struct ioctx_table *table = mm->ioctx_table;
	struct kioctx *ctx, *next;

	list_for_each_entry_safe(ctx, next, &table->list, node)
		drain_ioctx(ctx);
	uring_exit_mm(mm);
	mm->ioctx_table = NULL;
	kfree(table);
}

void __init aio_init(void)
{
	mm_set_exit_aio(exit_aio);
}

/* ---------------------------------------------------------------- calls */

/* Out of the table: the only one who ends it.  NULL: it is not there (any more). */
static struct kioctx *take_ioctx(unsigned long ctx_id)
{
	struct ioctx_table *table = __atomic_load_n(&current->mm->ioctx_table, __ATOMIC_ACQUIRE);
	struct kioctx *ctx, *found = NULL;

	if (!table)
		return NULL;
	mutex_lock(&table->lock);
	list_for_each_entry(ctx, &table->list, node)
		if (ctx->user_id == ctx_id)
			found = ctx;
	if (found)
		list_del(&found->node);
	mutex_unlock(&table->lock);
	return found;
}

static int destroy(unsigned long ctx_id)
{
	struct kioctx *ctx = take_ioctx(ctx_id);

	if (!ctx)
		return -EINVAL;
	vm_munmap(ctx->user_id, ctx->nr_pages * PAGE_SIZE);
	drain_ioctx(ctx);
	return 0;
}

SYSCALL_DEFINE2(io_setup, unsigned int, nr_events, aio_context_t __user *, ctxp)
{
	struct ioctx_table *table;
	struct kioctx *ctx;
	aio_context_t id;

	if (get_user(id, ctxp))
		return -EFAULT;
	if (id || !nr_events || nr_events > 0x10000000U / sizeof(struct io_event) / 2)
		return -EINVAL;
	if (nr_events > AIO_MAX_NR)
		return -EAGAIN;
	table = get_table(current->mm);
	if (!table)
		return -ENOMEM;
	ctx = make_ioctx(nr_events);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	id = ctx->user_id;
	ctx->max_reqs = nr_events;
	if (__atomic_add_fetch(&aio_nr, nr_events, __ATOMIC_RELAXED) > AIO_MAX_NR) {
		vm_munmap(ctx->user_id, ctx->nr_pages * PAGE_SIZE);
		drain_ioctx(ctx);
		return -EAGAIN;
	}
	mutex_lock(&table->lock);
	list_add_tail(&ctx->node, &table->list);
	mutex_unlock(&table->lock);
	if (!put_user(id, ctxp))
		return 0;
	destroy(id);
	return -EFAULT;
}

SYSCALL_DEFINE1(io_destroy, aio_context_t, ctx_id)
{
	return destroy(ctx_id);
}

/* Up to `nr` events to the program: how many, or -EFAULT for the first. */
static long take_events(struct kioctx *ctx, struct io_event __user *events, long nr)
{
	unsigned int head, tail, n;
	long done = 0;

	mutex_lock(&ctx->ring_lock);
	head = READ_ONCE(ctx->ring->head) % ctx->nr;
	tail = __atomic_load_n(&ctx->tail, __ATOMIC_ACQUIRE);
	while (done < nr && head != tail) {
		n = min((unsigned int)min(nr - done, (long)ctx->nr),
			(tail > head ? tail : ctx->nr) - head);
		if (copy_to_user(events + done, &ctx->ring->events[head], n * sizeof(*events))) {
			done = done ? done : -EFAULT;
			break;
		}
		done += n;
		head = (head + n) % ctx->nr;
	}
	WRITE_ONCE(ctx->ring->head, head);
	mutex_unlock(&ctx->ring_lock);
	return done;
}

static long read_events(struct kioctx *ctx, long min_nr, long nr, struct io_event __user *events,
			u64 left)
{
	long done = 0, n;

	for (;;) {
		n = take_events(ctx, events + done, nr - done);
		if (n < 0)
			return done ? done : n;
		done += n;
		if (done >= min_nr || !left || ctx->dead)
			return done;
		n = wait_event_interruptible_timeout(ctx->wait, events_there(ctx) || ctx->dead,
						     left);
		if (n < 0)
			return done;
		left = left == TIMEOUT_FOREVER ? left : (u64)n;
	}
}

static long do_getevents(aio_context_t ctx_id, long min_nr, long nr, struct io_event __user *events,
			 const struct timespec64 *ts)
{
	u64 left = ts ? timespec64_span(ts) : TIMEOUT_FOREVER;
	struct kioctx *ctx = lookup_ioctx(ctx_id);
	long ret = -EINVAL;

	if (!ctx)
		return -EINVAL;
	if (min_nr <= nr && min_nr >= 0)
		ret = read_events(ctx, min_nr, nr, events, left);
	put_ioctx(ctx);
	return ret;
}

SYSCALL_DEFINE5(io_getevents, aio_context_t, ctx_id, long, min_nr, long, nr,
		struct io_event __user *, events, struct __kernel_timespec __user *, timeout)
{
	struct timespec64 ts;
	long ret;

	if (timeout && get_timespec64(&ts, timeout))
		return -EFAULT;
	ret = do_getevents(ctx_id, min_nr, nr, events, timeout ? &ts : NULL);
	return !ret && signal_pending(current) ? -EINTR : ret;
}

/* What io_pgetevents() is given as its last argument; the ABI's. */
struct aio_sigset {
	const sigset_t __user *sigmask;
	size_t sigsetsize;
};

SYSCALL_DEFINE6(io_pgetevents, aio_context_t, ctx_id, long, min_nr, long, nr,
		struct io_event __user *, events, struct __kernel_timespec __user *, timeout,
		const struct aio_sigset __user *, usig)
{
	struct aio_sigset ksig = { 0 };
	struct timespec64 ts;
	bool interrupted;
	long ret;

	if (timeout && get_timespec64(&ts, timeout))
		return -EFAULT;
	if (usig && copy_from_user(&ksig, usig, sizeof(ksig)))
		return -EFAULT;
	ret = ksig.sigmask ? set_user_sigmask(ksig.sigmask, ksig.sigsetsize) : 0;
	if (ret)
		return ret;
	ret = do_getevents(ctx_id, min_nr, nr, events, timeout ? &ts : NULL);
	interrupted = signal_pending(current);
	restore_saved_sigmask_unless(interrupted);
	return interrupted && !ret ? -ERESTARTNOHAND : ret;
}
