// SPDX-License-Identifier: MIT
/*
 * schedule(): from one thread to the next; and waking up, which brings a thread back.
 *
 * A switch has two halves.  __schedule() finds the next thread with the queue's lock held and
 * changes the stack; what goes on there, finish_task_switch(), does the rest for the thread that
 * was left, since only now nobody uses that one's stack: it gives the lock back, moves a thread
 * that may not be here any more, and lets a dead one go.
 *
 * The running thread is not in the tree of its queue.
 */
#include "kernel/sched/sched.h"

#include <linux/sched.h>

#include "kernel/sched/watchdog.h"

#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/core/smp.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/vectors.h"
#include "kernel/irq/irq.h"
#include "kernel/lib/errno.h"
#include "kernel/sched/balance.h"
#include "kernel/sched/workqueue.h"

DEFINE_PER_CPU(struct task_struct *, current_task);
DEFINE_PER_CPU(struct rq, runqueues);

/* ---------------------------------------------------------------- queues */

void sched_charge_all(void)
{
	unsigned long flags;
	unsigned int cpu;

	for_each_online_cpu(cpu)
	{
		spin_lock_irqsave(&cpu_rq(cpu)->lock, flags);
		rq_charge(cpu_rq(cpu));
		spin_unlock_irqrestore(&cpu_rq(cpu)->lock, flags);
	}
}

/* The queue of a thread, locked.  Interrupts are off. */
static struct rq *lock_task_rq(const struct task_struct *t)
{
	struct rq *rq;

	for (;;) {
		rq = cpu_rq(READ_ONCE(t->cpu));
		spin_acquire(&rq->lock);
		if (likely(rq->cpu == t->cpu))
			return rq;
		spin_release(&rq->lock);
	}
}

static void resched_curr(struct rq *rq)
{
	lockdep_assert_held(&rq->lock);
	if (rq == this_rq()) {
		set_need_resched();
	} else if (!rq->resched_sent && cpu_online(rq->cpu)) {
		/* The order of both: wait_for_word() of kernel/sched/idle.c. */
		__atomic_store_n(&rq->resched_sent, true, __ATOMIC_SEQ_CST);
		if (!READ_ONCE(rq->polling))
			smp_send_reschedule(rq->cpu);
	}
}

/* A CPU sets its own timer: another is asked to look, which does so. */
static noinline void begin_slices(struct rq *rq)
{
	if (rq == this_rq())
		slice_arm(rq);
	else
		resched_curr(rq);
}

/* ---------------------------------------------------------------- coming and going */

/* A thread that does not run is ready on the queue. */
static __always_inline void activate(struct rq *rq, struct task_struct *t)
{
	t->on_rq = true;
	fair_add(&rq->fair, &t->se);
	fair_insert(&rq->fair, &t->se);
	if (rq->curr == rq->idle) {
		balance_set_idle(rq->cpu, false); /* the next one that wakes goes elsewhere */
		resched_curr(rq);
		return;
	}
	rq_charge(rq);
	if (fair_preempts(&t->se, &rq->curr->se, sched_ticks.wakeup_gran))
		resched_curr(rq);
	else if (unlikely(!rq->slice_armed))
		begin_slices(rq);
}

static __always_inline void deactivate(struct rq *rq, struct task_struct *t)
{
	WRITE_ONCE(t->on_rq, false);
	fair_sub(&rq->fair, &t->se);
}

/*
 * A thread that is on no queue goes to another CPU, if that is not the one it is of.  `rq` is its
 * queue and locked; the one it is of afterwards is returned, locked instead.  Its state is
 * TASK_RUNNING, so nobody else activates it meanwhile; the CPUs allowed to it may change.
 */
static struct rq *move_task(struct rq *rq, struct task_struct *t, unsigned int cpu)
{
	while (unlikely(cpu != rq->cpu)) {
		t->se.vruntime -= rq->fair.min_vruntime;
		WRITE_ONCE(t->cpu, cpu);
		spin_release(&rq->lock);
		rq = cpu_rq(cpu);
		spin_acquire(&rq->lock);
		t->se.vruntime += rq->fair.min_vruntime;
		if (unlikely(!may_run_on(t, cpu)))
			cpu = balance_select_cpu(t);
	}
	return rq;
}

/*
 * A thread that is ready on `rq`, and neither runs nor is in the tree, goes to a CPU that it may run
 * on.  One that was about to wait has to look again there: else who wakes it meanwhile would make it
 * ready a second time.  Unlocks the queue.
 */
static noinline void send_away(struct rq *rq, struct task_struct *t)
{
	WRITE_ONCE(t->state, TASK_RUNNING);
	deactivate(rq, t);
	rq = move_task(rq, t, balance_select_cpu(t));
	activate(rq, t);
	spin_release(&rq->lock);
}

/* ---------------------------------------------------------------- waking up */

bool wake_up_process(struct task_struct *t)
{
	return wake_up_state(t, TASK_NORMAL);
}

bool wake_up_state(struct task_struct *t, u32 states)
{
	unsigned long flags = local_irq_save();
	struct rq *rq = lock_task_rq(t);
	bool asleep = READ_ONCE(t->state) & states;

	if (asleep) {
		WRITE_ONCE(t->state, TASK_RUNNING);
		/* Where it is on the queue still, it has not left its CPU and will not. */
		if (likely(!t->on_rq)) {
			rq = move_task(rq, t, balance_select_cpu(t));
			fair_place(&rq->fair, &t->se, sched_ticks.latency / 2);
			activate(rq, t);
		}
	}
	spin_release(&rq->lock);
	local_irq_restore(flags);
	preempt_check_resched();
	return asleep;
}

void kick_process(struct task_struct *t)
{
	unsigned int cpu = READ_ONCE(t->cpu);

	if (t != current && READ_ONCE(t->on_cpu))
		smp_send_reschedule(cpu);
}

u64 task_sum_exec(struct task_struct *t)
{
	unsigned long flags = local_irq_save();
	struct rq *rq = lock_task_rq(t);
	u64 ticks;

	if (rq->curr == t)
		rq_charge(rq);
	ticks = t->se.sum_exec;
	spin_release(&rq->lock);
	local_irq_restore(flags);
	return ticks;
}

/* ---------------------------------------------------------------- switching */

/* It may not run on this CPU any more, and nothing keeps it.  Whoever is left, with the lock. */
static __always_inline bool must_leave(const struct rq *rq, const struct task_struct *t,
				       bool has_kmaps)
{
	return unlikely(!may_run_on(t, rq->cpu)) && !has_kmaps;
}

/* What prev could not do for itself.  Its queue is this CPU's, and locked; then it is not. */
static __always_inline void finish_task_switch(struct task_struct *prev)
{
	struct rq *rq = this_rq();
	bool dead = prev->state == TASK_DEAD;

	WRITE_ONCE(prev->on_cpu, false);
	if (unlikely(current->kmap.mapped))
		kmap_local_sched_in(&current->kmap);
	if (prev->on_rq && must_leave(rq, prev, prev->kmap.mapped))
		send_away(rq, prev);
	else
		spin_release(&rq->lock);
	if (unlikely(dead))
		put_task_struct(prev);
}

/* A new thread's first steps. */
void schedule_tail(struct task_struct *prev)
{
	finish_task_switch(prev);
	local_irq_enable();
}

static __always_inline void switch_to(struct rq *rq, struct task_struct *prev,
				      struct task_struct *next)
{
	rq->nr_switches++;
	next->nr_switches++;
	WRITE_ONCE(next->on_cpu, true);
	this_cpu(current_task) = next;
	set_thread_stack(&next->stack);
	if (unlikely(prev->mm || next->mm))
		switch_user(prev, next);
	lockdep_switch_to(next == rq->idle ? NULL : &next->held);
	if (unlikely(kmap_local_in_use()))
		kmap_local_sched_out(&prev->kmap);
	finish_task_switch(__switch_to_asm(prev, next));
}

/* prev does not run any more, or may be next: then true. */
static __always_inline bool put_prev(struct rq *rq, struct task_struct *prev, bool preempted)
{
	if (prev == rq->idle)
		return false;
	if (!preempted && unlikely(signal_pending_state(prev->state, prev)))
		WRITE_ONCE(prev->state, TASK_RUNNING);
	if (!preempted && prev->state != TASK_RUNNING) {
		WRITE_ONCE(prev->slept_at,
			   rq->charged_at); /* first: hung.c looks without the lock */
		deactivate(rq, prev);
		return false;
	}
	if (must_leave(rq, prev, kmap_local_in_use()))
		return false; /* finish_task_switch() has it go elsewhere */
	if (!rq->fair.first)
		return true;
	fair_insert(&rq->fair, &prev->se);
	balance_offer(rq);
	return false;
}

static __always_inline struct task_struct *pick_next(struct rq *rq)
{
	struct task_struct *next;

	if (unlikely(!rq->fair.first) && nr_cpu_ids > 1)
		balance_pull(rq);
	if (!rq->fair.first)
		return rq->idle;
	next = container_of(rq->fair.first, struct task_struct, se);
	fair_remove(&rq->fair, &next->se);
	return next;
}

/*
 * Run who is next.  A thread that is preempted stays ready, whatever it was about to wait for.
 * Interrupts are off; the preempt count is 0.
 */
static noinline void __sched __schedule(bool preempted)
{
	struct rq *rq = this_rq();
	struct task_struct *prev = rq->curr, *next;

	spin_acquire(&rq->lock);
	clear_need_resched();
	rq->resched_sent = false;
	rq_charge(rq);
	next = put_prev(rq, prev, preempted) ? prev : pick_next(rq);
	rq->curr = next;
	next->se.exec_at_pick = next->se.sum_exec;
	if (rq->fair.first && unlikely(!rq->slice_armed))
		slice_arm(rq);
	if (unlikely(next == prev)) {
		if (next == rq->idle)
			balance_set_idle(rq->cpu, true); /* who was to come is elsewhere */
		spin_release(&rq->lock);
		return;
	}
	if (prev == rq->idle || next == rq->idle) {
		balance_set_idle(rq->cpu, next == rq->idle);
		rq->polling = false;
		if (prev == rq->idle)
			watchdog_cpu_busy();
	}
	switch_to(rq, prev, next);
}

void schedule_idle(void)
{
	__schedule(true);
}

void __sched schedule(void)
{
	struct worker *worker = current->worker;

	might_sleep();
	if (unlikely(worker))
		wq_worker_sleeping(worker);
	do {
		local_irq_disable();
		__schedule(false);
		local_irq_enable();
	} while (unlikely(need_resched()));
	if (unlikely(worker))
		wq_worker_running(worker);
}

/* From kernel/core/preempt.c, with the count at 0. */
static void __sched preempt_current(void)
{
	unsigned long flags = local_irq_save();

	do {
		__schedule(true);
	} while (unlikely(need_resched()));
	local_irq_restore(flags);
}

void __sched yield(void)
{
	unsigned long flags = local_irq_save();
	struct rq *rq = this_rq();
	struct fair_queue *q = &rq->fair;

	spin_acquire(&rq->lock);
	rq_charge(rq);
	/* Behind the one who is next: else it were the caller again. */
	if (q->first && vruntime_before(current->se.vruntime, q->first->vruntime))
		current->se.vruntime = q->first->vruntime;
	spin_release(&rq->lock);
	local_irq_restore(flags);
	schedule();
}

void schedule_dead(void)
{
	local_irq_disable();
	WRITE_ONCE(current->state, TASK_DEAD);
	__schedule(false);
	unreachable();
}

/* ---------------------------------------------------------------- what a thread is given */

#define WEIGHT_IDLE 3 /* Linux's */

static u32 weight_of(const struct task_struct *t)
{
	if (t->policy == SCHED_IDLE)
		return WEIGHT_IDLE;
	return nice_weight(t->policy == SCHED_FIFO || t->policy == SCHED_RR ? NICE_MIN : t->nice);
}

static void set_schedule(struct task_struct *t, int nice, unsigned int policy,
			 unsigned int priority)
{
	unsigned long flags = local_irq_save();
	struct rq *rq = lock_task_rq(t);

	rq_charge(rq);
	if (t->on_rq)
		fair_sub(&rq->fair, &t->se);
	t->nice = (s8)max(min(nice, NICE_MAX), NICE_MIN);
	t->policy = (u8)policy;
	t->rt_priority = (u8)priority;
	t->se.weight = weight_of(t);
	if (t->on_rq)
		fair_add(&rq->fair, &t->se);
	spin_release(&rq->lock);
	local_irq_restore(flags);
}

void set_user_nice(struct task_struct *t, int nice)
{
	set_schedule(t, nice, t->policy, t->rt_priority);
}

void sched_set_policy(struct task_struct *t, unsigned int policy, unsigned int priority)
{
	set_schedule(t, t->nice, policy, priority);
}

void sched_inherit(struct task_struct *t)
{
	struct task_struct *parent = current;
	bool reset = parent->sched_reset_on_fork;

	t->cpus_mask = parent->cpus_mask;
	if (!reset)
		set_schedule(t, parent->nice, parent->policy, parent->rt_priority);
	else if (parent->policy == SCHED_NORMAL || parent->policy == SCHED_BATCH)
		set_schedule(t, max((int)parent->nice, 0), parent->policy, 0);
	else
		set_schedule(t, 0, SCHED_NORMAL, 0);
}

int set_cpus_allowed(struct task_struct *t, const struct cpumask *mask)
{
	struct cpumask online;
	unsigned long flags;
	struct rq *rq;

	might_sleep();
	cpumask_and(&online, mask, &cpu_online_mask);
	if (cpumask_empty(&online))
		return -EINVAL;
	flags = local_irq_save();
	rq = lock_task_rq(t);
	t->cpus_mask = *mask;
	if (t->on_rq && t != rq->curr && must_leave(rq, t, t->kmap.mapped)) {
		fair_remove(&rq->fair, &t->se);
		send_away(rq, t);
	} else {
		if (t == rq->curr && !may_run_on(t, rq->cpu))
			resched_curr(rq);
		spin_release(&rq->lock);
	}
	local_irq_restore(flags);
	preempt_check_resched();
	return 0;
}

void sched_fork(struct task_struct *t)
{
	unsigned long flags = local_irq_save();

	t->cpu = this_rq()->cpu;
	t->state = TASK_UNINTERRUPTIBLE;
	t->nice = 0;
	t->se.weight = WEIGHT_NICE0;
	t->se.vruntime = this_rq()->fair.min_vruntime;
	local_irq_restore(flags);
}

void sched_bind_new(struct task_struct *t, unsigned int cpu)
{
	/* Virtual times of two queues have nothing to do with each other. */
	t->se.vruntime += READ_ONCE(cpu_rq(cpu)->fair.min_vruntime) -
			  READ_ONCE(cpu_rq(t->cpu)->fair.min_vruntime);
	t->cpus_mask = cpumask_of_cpu(cpu);
	t->cpu = cpu;
}

/* ---------------------------------------------------------------- the idle threads */

static struct task_struct boot_idle;

static void init_rq(unsigned int cpu, struct task_struct *idle)
{
	struct rq *rq = cpu_rq(cpu);

	spin_lock_init(&rq->lock);
	rq->self = rq;
	rq->cpu = cpu;
	rq->curr = rq->idle = idle;
	rq->charged_at = rdtsc_ordered();
	slice_init(rq);
}

struct task_struct *sched_init_idle(unsigned int cpu)
{
	struct task_struct *t;

	thread_cache_init(cpu);
	t = create_idle_task(cpu);
	if (!t)
		return NULL;
	init_rq(cpu, t);
	per_cpu(current_task, cpu) = t;
	per_cpu(thread_stack, cpu) = &t->stack;
	return t;
}

/* Another CPU has found somebody for this one: the end of the interrupt sees to it. */
static void scheduler_ipi(void)
{
	set_need_resched();
}

void __init sched_init(void)
{
	tasks_init();
	idle_init();
	init_idle_task(&boot_idle, 0);
	init_rq(0, &boot_idle);
	this_cpu(current_task) = &boot_idle;
	preempt_set_schedule(preempt_current);
	irq_set_local_vector(RESCHEDULE_VECTOR, "RES", "Rescheduling interrupts", scheduler_ipi);
}
