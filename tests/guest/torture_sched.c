// SPDX-License-Identifier: MIT
/* Torture of threads: made, asked, moved, stopped; and of mutexes. */
#include "kernel/lib/errno.h"
#include "kernel/sched/kthread.h"
#include "kernel/sched/mutex.h"
#include "kernel/sched/wait.h"
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
	struct cpumask mask = { { 0 } };
	unsigned int cpu = torture_cpu(t);

	cpumask_set_cpu(cpu, &mask);
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
