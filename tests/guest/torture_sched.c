// SPDX-License-Identifier: MIT
/* Torture of threads: made, asked, moved, stopped; of locks that sleep; of work. */
#include "kernel/lib/errno.h"
#include "kernel/sched/kthread.h"
#include "kernel/sched/mutex.h"
#include "kernel/sched/rwsem.h"
#include "kernel/sched/timeout.h"
#include "kernel/sched/wait.h"
#include "kernel/sched/workqueue.h"
#include "kernel/time/time.h"
#include "tests/guest/torture.h"

/* ---- threads ---- */

/* It answers each question with a number that follows from it, until it is stopped. */
struct servant {
	struct task_struct *task;
	wait_queue_head_t wake;
	struct completion answered;
	u64 question, answer;
	bool asked, woken;
	unsigned int cpu; /* the only one it may run on; NR_CPUS: any */
	bool elsewhere;	  /* it has run on another */
};

#define STOPPED 0x57

static u64 answer_to(u64 question)
{
	return question * 3 + 1;
}

static int serve(void *servant)
{
	struct servant *s = servant;
	unsigned int cpu;

	for (;;) {
		wait_event_idle(s->wake, READ_ONCE(s->asked) || kthread_should_stop());
		cpu = READ_ONCE(s->cpu);
		s->elsewhere |= cpu != NR_CPUS && raw_smp_processor_id() != cpu;
		if (!s->asked)
			return STOPPED;
		s->answer = answer_to(s->question);
		s->asked = false;
		complete(&s->answered);
	}
}

static bool thread_take(struct torturer *t, void *h)
{
	struct servant *s = h;

	init_waitqueue_head(&s->wake);
	init_completion(&s->answered);
	s->cpu = torture_below(t, 2) ? torture_cpu(t) : NR_CPUS;
	if (s->cpu == NR_CPUS)
		s->task = kthread_create(serve, s, "servant/%u", t->id);
	else
		s->task = kthread_create_on_cpu(serve, s, s->cpu, "servant/%u", t->id);
	if (IS_ERR(s->task))
		return false;
	s->woken = torture_below(t, 4);
	if (s->woken)
		wake_up_process(s->task);
	return true;
}

static void move(struct torturer *t, struct servant *s)
{
	unsigned int cpu = torture_cpu(t);
	struct cpumask mask = cpumask_of_cpu(cpu);

	WRITE_ONCE(s->cpu, NR_CPUS); /* it may be on its way for a while */
	HOLDS(t, set_cpus_allowed(s->task, &mask) == 0);
	set_user_nice(s->task, (int)torture_below(t, 40) - 20);
}

static void thread_look(struct torturer *t, void *h)
{
	struct servant *s = h;

	if (!s->woken)
		wake_up_process(s->task);
	s->woken = true;
	s->question = torture_random(t);
	WRITE_ONCE(s->asked, true);
	wake_up(&s->wake);
	if (torture_below(t, 4) == 0)
		move(t, s);
	wait_for_completion(&s->answered);
	HOLDS(t, s->answer == answer_to(s->question));
	HOLDS(t, !s->elsewhere);
}

static void thread_drop(struct torturer *t, void *h)
{
	struct servant *s = h;
	int result = kthread_stop(s->task);

	/* It may have been woken and not have run yet. */
	HOLDS(t, result == STOPPED || result == -EINTR);
	HOLDS(t, s->woken || result == -EINTR);
	HOLDS(t, !s->elsewhere);
}

const struct torture_op torture_thread = {
	.name = "thread",
	.size = sizeof(struct servant),
	.take = thread_take,
	.look = thread_look,
	.drop = thread_drop,
};

/* ---- a mutex ---- */

static DEFINE_MUTEX(shared_mutex);
static u64 one, two; /* the same for whoever has the mutex */
static struct torturer *inside;

static bool mutex_take(struct torturer *t, void *h)
{
	(void)h;
	if (torture_below(t, 4) == 0 && !mutex_trylock(&shared_mutex))
		return false;
	if (!mutex_is_mine(&shared_mutex))
		mutex_lock(&shared_mutex);
	HOLDS(t, inside == NULL);
	inside = t;
	HOLDS(t, one == two);
	one++;
	if (torture_below(t, 4) == 0)
		yield();
	two++;
	HOLDS(t, one == two && inside == t);
	inside = NULL;
	mutex_unlock(&shared_mutex);
	return false;
}

const struct torture_op torture_mutex = {
	.name = "mutex",
	.take = mutex_take,
};

/* ---- work ---- */

/* Each queueing that is accepted is one run, or was cancelled. */
struct job {
	struct work_struct work;
	struct delayed_work later;
	u32 queued, ran, cancelled;
	u32 later_queued, later_ran, later_cancelled;
	bool naps;
};

static void work_runs(struct work_struct *work)
{
	struct job *j = container_of(work, struct job, work);

	if (j->naps)
		msleep(1);
	WRITE_ONCE(j->ran, j->ran + 1);
}

static void later_work_runs(struct work_struct *work)
{
	struct job *j = container_of(work, struct job, later.work);

	WRITE_ONCE(j->later_ran, j->later_ran + 1);
}

static void queue_some(struct torturer *t, struct job *j)
{
	switch (torture_below(t, 4)) {
	case 0:
		j->queued += schedule_work(&j->work);
		break;
	case 1:
		j->queued += queue_work(&system_unbound_wq, &j->work);
		break;
	case 2:
		j->queued += schedule_work_on(torture_cpu(t), &j->work);
		break;
	default:
		j->later_queued +=
			schedule_delayed_work(&j->later, torture_below(t, 2 * NSEC_PER_MSEC));
	}
}

static bool work_take(struct torturer *t, void *h)
{
	struct job *j = h;

	INIT_WORK(&j->work, work_runs);
	INIT_DELAYED_WORK(&j->later, later_work_runs);
	j->naps = torture_below(t, 8) == 0;
	queue_some(t, j);
	return true;
}

static void work_look(struct torturer *t, void *h)
{
	struct job *j = h;

	switch (torture_below(t, 4)) {
	case 0:
		flush_work(&j->work);
		HOLDS(t, j->ran == j->queued - j->cancelled);
		break;
	case 1:
		j->cancelled += cancel_work_sync(&j->work);
		HOLDS(t, j->ran == j->queued - j->cancelled);
		break;
	case 2:
		j->later_cancelled += cancel_delayed_work_sync(&j->later);
		HOLDS(t, j->later_ran == j->later_queued - j->later_cancelled);
		break;
	}
	queue_some(t, j);
}

static void work_drop(struct torturer *t, void *h)
{
	struct job *j = h;

	j->cancelled += cancel_work_sync(&j->work);
	j->later_cancelled += cancel_delayed_work_sync(&j->later);
	HOLDS(t, j->ran == j->queued - j->cancelled);
	HOLDS(t, j->later_ran == j->later_queued - j->later_cancelled);
	HOLDS(t, !work_pending(&j->work) && !work_pending(&j->later.work));
}

const struct torture_op torture_work = {
	.name = "work",
	.size = sizeof(struct job),
	.take = work_take,
	.look = work_look,
	.drop = work_drop,
};

static long where(void *unused)
{
	(void)unused;
	return raw_smp_processor_id();
}

static bool work_on_cpu_take(struct torturer *t, void *h)
{
	unsigned int cpu = torture_cpu(t);

	(void)h;
	HOLDS(t, work_on_cpu(cpu, where, NULL) == (long)cpu);
	return false;
}

const struct torture_op torture_work_on_cpu = {
	.name = "work_on_cpu",
	.take = work_on_cpu_take,
};

/* ---- a read-write semaphore ---- */

static DECLARE_RWSEM(shared_rwsem);
static u64 left, right; /* the same for whoever has it */

static bool rwsem_take(struct torturer *t, void *h)
{
	(void)h;
	if (torture_below(t, 3)) {
		down_read(&shared_rwsem);
		HOLDS(t, READ_ONCE(left) == READ_ONCE(right));
		if (torture_below(t, 4) == 0)
			yield();
		HOLDS(t, READ_ONCE(left) == READ_ONCE(right));
		up_read(&shared_rwsem);
		return false;
	}
	down_write(&shared_rwsem);
	HOLDS(t, left == right);
	WRITE_ONCE(left, left + 1);
	if (torture_below(t, 4) == 0)
		yield();
	WRITE_ONCE(right, right + 1);
	up_write(&shared_rwsem);
	return false;
}

const struct torture_op torture_rwsem = {
	.name = "rwsem",
	.take = rwsem_take,
};
