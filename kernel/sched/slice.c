// SPDX-License-Identifier: MIT
/*
 * Slices: how long a thread may go on while others wait behind it.
 *
 * A timer of each CPU measures them, and runs only while somebody waits: one thread alone is not
 * disturbed.  What it finds over, it says by need_resched; who comes next begins a new slice.
 */
#include "kernel/core/preempt.h"
#include "kernel/sched/balance.h"
#include "kernel/sched/rq.h"

#define SLICE_LEAST_NS 750000 /* as sched_ticks.slice_least */

/* While the TSC's rate is not known: those of one that ticks each nanosecond. */
struct sched_ticks sched_ticks = { NSEC_PER_SEC, 6000000, 750000, 1000000 };

/* Without a lock: who does so at the same time writes the same. */
static void update_ticks(void)
{
	u64 hz = tsc_hz();

	if (!hz || hz == sched_ticks.hz)
		return;
	sched_ticks.hz = hz;
	sched_ticks.latency = hz * 6 / 1000;
	sched_ticks.slice_least = sched_ticks.latency / 8;
	sched_ticks.wakeup_gran = hz / 1000;
}

/* How long curr may go on while others wait, in ns; 0: not at all. */
static u64 slice_left(const struct rq *rq)
{
	const struct sched_entity *se = &rq->curr->se;
	u64 slice = fair_slice(&rq->fair, se, sched_ticks.latency, sched_ticks.slice_least);
	u64 ran = se->sum_exec - se->exec_at_pick;

	return ran < slice ? (slice - ran) * 1000 / (sched_ticks.hz / 1000000) : 0;
}

static enum hrtimer_restart slice_over(struct hrtimer *timer)
{
	struct rq *rq = this_rq();
	u64 left = 0;

	spin_acquire(&rq->lock);
	rq_charge(rq);
	rq->slice_armed = rq->fair.first && rq->curr != rq->idle;
	if (rq->slice_armed) {
		left = slice_left(rq);
		if (!left)
			set_need_resched(); /* who comes next begins a new one */
		balance_offer(rq);
	}
	spin_release(&rq->lock);
	if (!rq->slice_armed)
		return HRTIMER_NORESTART;
	hrtimer_forward(timer, ktime_get(), left ?: SLICE_LEAST_NS);
	return HRTIMER_RESTART;
}

void slice_arm(struct rq *rq)
{
	rq->slice_armed = true;
	update_ticks();
	hrtimer_start(&rq->slice_timer, slice_left(rq) ?: SLICE_LEAST_NS, HRTIMER_MODE_REL);
}

void slice_init(struct rq *rq)
{
	hrtimer_init(&rq->slice_timer, slice_over);
}
