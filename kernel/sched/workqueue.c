// SPDX-License-Identifier: MIT
/*
 * Workqueues: queueing, the workers, and waiting for work.
 *
 * Who sets WORK_PENDING owns the work until it is in a pool's list, or its timer runs: nobody else
 * queues it.  To cancel is to become that owner, by setting the bit, or by taking the work out of
 * the list or stopping its timer.  Where it is in neither, somebody is just about to put it there,
 * with interrupts off; or another cancels it, and is waited for.
 */
#define pr_fmt(fmt) "workqueue: " fmt

#include "kernel/sched/workqueue.h"

#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/sched/kthread.h"
#include "kernel/sched/wait.h"
#include "kernel/sched/workpool.h"
#include "mm/slab.h"

struct workqueue_struct {
	bool unbound;
};

struct workqueue_struct system_wq = { .unbound = false };
struct workqueue_struct system_unbound_wq = { .unbound = true };

static DEFINE_PER_CPU(struct work_pool, cpu_pool);
static struct work_pool unbound_pool;

/* One that waits for work to have run; on its stack. */
struct work_flush {
	struct work_flush *next;
	struct completion done;
};

static DECLARE_WAIT_QUEUE_HEAD(cancel_wait); /* for WORK_CANCELLING to go */

/* ---------------------------------------------------------------- queueing */

static bool claim(struct work_struct *work)
{
	return !(__atomic_fetch_or(&work->state, WORK_PENDING, __ATOMIC_SEQ_CST) & WORK_PENDING);
}

static void wake_worker(struct work_pool *pool)
{
	struct worker *worker = pool_start_one(pool);

	if (worker)
		wake_up_process(worker->task);
}

/*
 * The pool, locked, that the work goes to: `pool`, or where it still runs, for it must not run
 * twice.  Interrupts are off.
 */
static struct work_pool *lock_pool_for(struct work_pool *pool, const struct work_struct *work)
{
	struct work_pool *last = work->last;

	if (unlikely(last && last != pool)) {
		spin_acquire(&last->lock);
		if (pool_runs(last, work))
			return last;
		spin_release(&last->lock);
	}
	spin_acquire(&pool->lock);
	return pool;
}

/* By its owner, with interrupts off. */
static void insert(struct work_pool *pool, struct work_struct *work)
{
	pool = lock_pool_for(pool, work);
	pool_add(pool, work);
	wake_worker(pool);
	spin_release(&pool->lock);
}

static struct work_pool *pool_of(const struct workqueue_struct *wq)
{
	return wq->unbound ? &unbound_pool : &per_cpu(cpu_pool, smp_processor_id());
}

bool queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	unsigned long flags = local_irq_save();
	bool queued = claim(work);

	if (queued)
		insert(pool_of(wq), work);
	local_irq_restore(flags);
	preempt_check_resched();
	return queued;
}

bool schedule_work_on(unsigned int cpu, struct work_struct *work)
{
	unsigned long flags = local_irq_save();
	bool queued = claim(work);

	if (queued)
		insert(&per_cpu(cpu_pool, cpu), work);
	local_irq_restore(flags);
	preempt_check_resched();
	return queued;
}

enum hrtimer_restart delayed_work_timer(struct hrtimer *timer)
{
	struct delayed_work *dw = container_of(timer, struct delayed_work, timer);

	insert(pool_of(dw->wq), &dw->work);
	return HRTIMER_NORESTART;
}

bool queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *dw, u64 ns)
{
	unsigned long flags = local_irq_save();
	bool queued = claim(&dw->work);

	if (queued) {
		dw->wq = wq;
		hrtimer_start_range_ns(&dw->timer, ns, SLEEP_SLACK_NS, HRTIMER_MODE_REL);
	}
	local_irq_restore(flags);
	return queued;
}

bool work_pending(const struct work_struct *work)
{
	return READ_ONCE(work->state) & WORK_PENDING;
}

/* ---------------------------------------------------------------- workers */

static int worker_thread(void *data);

/* A new worker, idle in the pool. */
static int add_worker(struct work_pool *pool)
{
	struct worker *worker = kzalloc(sizeof(*worker), GFP_KERNEL);
	unsigned int n = __atomic_fetch_add(&pool->nr_made, 1, __ATOMIC_RELAXED);
	struct task_struct *task;
	unsigned long flags;

	if (!worker)
		return -ENOMEM;
	task = pool->cpu < 0 ? kthread_create(worker_thread, worker, "kworker/u:%u", n) :
			       kthread_create_on_cpu(worker_thread, worker, (unsigned int)pool->cpu,
						     "kworker/%d:%u", pool->cpu, n);
	if (IS_ERR(task)) {
		kfree(worker);
		return (int)PTR_ERR(task);
	}
	worker->pool = pool;
	worker->task = task;
	task->state = TASK_IDLE; /* nothing is wrong while it waits */
	spin_lock_irqsave(&pool->lock, flags);
	pool->nr_running++;
	pool_rest(pool, worker);
	wake_worker(pool);
	spin_unlock_irqrestore(&pool->lock, flags);
	return 0;
}

/* One more waits, for when this one sleeps in its work.  Gives the lock back meanwhile. */
static void have_a_spare(struct work_pool *pool, unsigned long *flags)
{
	static bool said;
	int err;

	spin_unlock_irqrestore(&pool->lock, *flags);
	err = add_worker(pool);
	if (err && !__atomic_exchange_n(&said, true, __ATOMIC_RELAXED))
		pr_warn("no worker can be made: work waits for other work (%s)\n", error_name(err));
	spin_lock_irqsave(&pool->lock, *flags);
}

static void tell_flushers(struct work_flush *flush)
{
	struct work_flush *next;

	for (; flush; flush = next) {
		next = flush->next; /* it is gone once it is told */
		complete(&flush->done);
	}
}

/* The pool is locked, and unlocked while the work runs. */
static noinline void process_one_work(struct worker *worker, struct work_struct *work,
				      unsigned long *flags)
{
	struct work_pool *pool = worker->pool;
	struct work_flush *flush;

	pool_begin(pool, worker, work);
	/* From here on it may be queued again: what it reads comes after what that caller wrote. */
	__atomic_and_fetch(&work->state, ~WORK_PENDING, __ATOMIC_SEQ_CST);
	spin_unlock_irqrestore(&pool->lock, *flags);

	current->worker = worker;
	preempt_check_resched(); /* who waited for the work before may run first */
	worker->func(work);	 /* `work` may be freed */
	might_sleep();		 /* it leaves nothing locked behind */
	current->worker = NULL;

	spin_lock_irqsave(&pool->lock, *flags);
	flush = worker->flush;
	pool_end(worker);
	tell_flushers(flush);
}

/* Idle until somebody has this one start.  False: there are enough, and it is in no list. */
static bool wait_for_start(struct worker *worker, unsigned long *flags)
{
	struct work_pool *pool = worker->pool;

	if (pool->nr_idle >= POOL_KEEPS_IDLE) {
		pool->nr_running--;
		return false;
	}
	pool_rest(pool, worker);
	while (worker->idle) {
		__set_current_state(TASK_IDLE);
		spin_unlock_irqrestore(&pool->lock, *flags);
		schedule();
		spin_lock_irqsave(&pool->lock, *flags);
	}
	return true;
}

/* Born idle, and woken by who has it start. */
static int worker_thread(void *data)
{
	struct worker *worker = data;
	struct work_pool *pool = worker->pool;
	struct work_struct *work;
	unsigned long flags;

	spin_lock_irqsave(&pool->lock, flags);
	do {
		while (pool->nr_running <= pool->nr_cpus && (work = pool_next(pool)) != NULL) {
			if (unlikely(!pool->nr_idle)) {
				have_a_spare(pool, &flags);
				work = pool_next(pool); /* others ran meanwhile */
			}
			if (work)
				process_one_work(worker, work, &flags);
		}
	} while (wait_for_start(worker, &flags));
	spin_unlock_irqrestore(&pool->lock, flags);
	kfree(worker);
	return 0;
}

void wq_worker_sleeping(struct worker *worker)
{
	struct work_pool *pool = worker->pool;
	unsigned long flags;

	if (READ_ONCE(current->state) == TASK_RUNNING)
		return;
	spin_lock_irqsave(&pool->lock, flags);
	worker->asleep = true;
	pool->nr_running--;
	wake_worker(pool);
	spin_unlock_irqrestore(&pool->lock, flags);
}

void wq_worker_running(struct worker *worker)
{
	struct work_pool *pool = worker->pool;
	unsigned long flags;

	if (!worker->asleep)
		return;
	spin_lock_irqsave(&pool->lock, flags);
	worker->asleep = false;
	pool->nr_running++;
	spin_unlock_irqrestore(&pool->lock, flags);
}

/* ---------------------------------------------------------------- waiting for work */

/* The pool that it was queued in last, locked; NULL: it never was. */
static struct work_pool *lock_last_pool(const struct work_struct *work, unsigned long *flags)
{
	struct work_pool *pool;

	while ((pool = READ_ONCE(work->last)) != NULL) {
		spin_lock_irqsave(&pool->lock, *flags);
		if (likely(pool == work->last))
			break;
		spin_unlock_irqrestore(&pool->lock, *flags);
	}
	return pool;
}

/* Where who waits for the work enters himself, or NULL: there is nothing to wait for. */
static struct work_flush **flush_list(struct work_pool *pool, struct work_struct *work)
{
	struct worker *worker;

	if (work->queued == pool)
		return &work->flush;
	worker = pool_runs(pool, work);
	if (!worker || WARN(worker->task == current, "%ps waits for itself\n", (void *)work->func))
		return NULL;
	return &worker->flush;
}

bool flush_work(struct work_struct *work)
{
	struct work_flush flush, **list;
	struct work_pool *pool;
	unsigned long flags;

	might_sleep();
	pool = lock_last_pool(work, &flags);
	if (!pool)
		return false;
	list = flush_list(pool, work);
	if (list) {
		init_completion(&flush.done);
		flush.next = *list;
		*list = &flush;
	}
	spin_unlock_irqrestore(&pool->lock, flags);
	if (list)
		wait_for_completion(&flush.done);
	return list;
}

/* ---------------------------------------------------------------- cancelling */

/* It is in a list, and then is not. */
static bool dequeue(struct work_struct *work)
{
	unsigned long flags;
	struct work_pool *pool = lock_last_pool(work, &flags);
	bool queued;

	if (!pool)
		return false;
	queued = work->queued == pool;
	if (queued) {
		pool_remove(work);
		tell_flushers(work->flush);
		work->flush = NULL;
	}
	spin_unlock_irqrestore(&pool->lock, flags);
	return queued;
}

/* The caller is the work's owner; true where it was pending.  `timer` NULL: it has none. */
static bool take_over(struct work_struct *work, struct hrtimer *timer)
{
	bool pending;

	for (;;) {
		pending = !claim(work);
		if (!pending || (timer && hrtimer_try_to_cancel(timer) > 0) || dequeue(work))
			break;
		if (READ_ONCE(work->state) & WORK_CANCELLING)
			wait_event(cancel_wait, !(READ_ONCE(work->state) & WORK_CANCELLING));
		cpu_relax();
	}
	__atomic_or_fetch(&work->state, WORK_CANCELLING, __ATOMIC_SEQ_CST);
	return pending;
}

static bool cancel(struct work_struct *work, struct hrtimer *timer)
{
	bool pending;

	might_sleep();
	pending = take_over(work, timer);
	flush_work(work);
	__atomic_store_n(&work->state, 0, __ATOMIC_SEQ_CST);
	wake_up(&cancel_wait);
	return pending;
}

bool cancel_work_sync(struct work_struct *work)
{
	return cancel(work, NULL);
}

bool cancel_delayed_work_sync(struct delayed_work *dw)
{
	return cancel(&dw->work, &dw->timer);
}

/* ---------------------------------------------------------------- a call on a CPU */

struct work_for_cpu {
	struct work_struct work;
	long (*fn)(void *arg);
	void *arg;
	long result;
};

static noinline void work_for_cpu_fn(struct work_struct *work)
{
	struct work_for_cpu *wfc = container_of(work, struct work_for_cpu, work);

	wfc->result = wfc->fn(wfc->arg);
}

long work_on_cpu(unsigned int cpu, long (*fn)(void *arg), void *arg)
{
	struct work_for_cpu wfc = { .fn = fn, .arg = arg };

	if (!cpu_online(cpu))
		return -ENODEV;
	INIT_WORK(&wfc.work, work_for_cpu_fn);
	schedule_work_on(cpu, &wfc.work);
	flush_work(&wfc.work);
	return wfc.result;
}

/* ---------------------------------------------------------------- set-up */

static void __init open_pool(struct work_pool *pool, int cpu)
{
	pool_init(pool, cpu);
	if (add_worker(pool))
		panic("no memory for the workers");
}

void __init workqueue_init(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu) open_pool(&per_cpu(cpu_pool, cpu), (int)cpu);
	open_pool(&unbound_pool, -1);
	unbound_pool.nr_cpus = num_online_cpus();
}
