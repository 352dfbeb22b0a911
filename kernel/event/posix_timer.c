// SPDX-License-Identifier: MIT
/*
 * POSIX timers: a process has as many as RLIMIT_SIGPENDING allows, each with its own signal.
 *
 * A timer with an interval does not begin anew when it has struck, but when its signal is taken: so one
 * that nobody takes costs nothing, and what was missed meanwhile is counted as overrun.
 *
 * Time is ktime_get()'s, also for a time of day, which is converted when the timer is set; or CPU time,
 * which is looked at now and then as kernel/signal/itimer.c does.
 *
 * All of a timer is under siglock of its process, and who asks for CPU time holds tasklist_lock as well.
 */
#include "kernel/event/posix_timer.h"

#include <linux/time.h>

#include "kernel/core/syscall.h"
#include "kernel/event/clock.h"
#include "kernel/signal/job.h"
#include "kernel/signal/pending.h"
#include "kernel/signal/usage.h"
#include "mm/slab.h"
#include "mm/uaccess.h"

#define LEAST_LOOK_NS (NSEC_PER_SEC / 250)

struct k_itimer {
	struct list_head list; /* signal->posix_timers */
	struct signal_struct *signal;
	int id, clock;
	int notify; /* SIGEV_* */
	pid_t tid;  /* of the thread that gets the signal; 0: any of the process */
	struct task_struct
		*thread; /* held: whose CPU time it is; NULL: the process's, or no CPU time */
	struct sigqueue *q;
	struct hrtimer timer;
	u64 expires, interval; /* ns; 0: not set, once */
	bool active;	       /* it will strike, by itself */
	bool sent;	       /* it begins anew when its signal is taken */
	s64 overrun;	       /* since the last signal was taken, less 1 */
	int overrun_last;      /* timer_getoverrun() */
};

/* ---------------------------------------------------------------- time */

static bool counts_cpu(const struct k_itimer *k)
{
	return is_cpu_clock(k->clock);
}

/* With tasklist_lock held; t is of the timer's process. */
static u64 now_of(const struct k_itimer *k, struct task_struct *t)
{
	struct task_usage used;

	if (!counts_cpu(k))
		return ktime_get();
	if (k->thread)
		thread_usage(k->thread, &used);
	else
		process_usage_locked(t, &used);
	return used.utime + used.stime;
}

/* `expires` is after now: by how many intervals it was moved. */
static u64 forward(struct k_itimer *k, u64 now)
{
	u64 n;

	if (now < k->expires)
		return 0;
	n = (now - k->expires) / k->interval + 1;
	k->expires += n * k->interval;
	return n;
}

static void arm(struct k_itimer *k, u64 now)
{
	u64 left;

	k->active = true;
	if (!counts_cpu(k)) {
		hrtimer_start(&k->timer, k->expires, HRTIMER_MODE_ABS);
		return;
	}
	left = k->expires > now ? k->expires - now : 0;
	hrtimer_start(&k->timer, max(left / k->signal->nr_threads, LEAST_LOOK_NS),
		      HRTIMER_MODE_REL);
}

/* ---------------------------------------------------------------- striking */

/* Its time has come.  siglock of t is held, which is who gets the signal. */
static void strike(struct k_itimer *k, struct task_struct *t, u64 now)
{
	k->active = false;
	if (send_sigqueue(k->q, t, !k->tid)) {
		k->sent = k->interval;
	} else if (k->interval) {
		/* Who ignores it now may not do so later. */
		k->overrun += (s64)forward(k, now + LEAST_LOOK_NS);
		arm(k, now);
	}
}

static enum hrtimer_restart timer_strikes(struct hrtimer *timer)
{
	struct k_itimer *k = container_of(timer, struct k_itimer, timer);
	struct task_struct *t = find_get_task_by_vpid(k->tid ?: k->signal->tgid);
	unsigned long flags;

	if (!t)
		return HRTIMER_NORESTART;
	spin_lock_irqsave(&tasklist_lock, flags);
	if (t->signal == k->signal) {
		u64 now = now_of(k, t);

		spin_acquire(&t->sighand->siglock);
		if (now >= k->expires)
			strike(k, t, now);
		else
			arm(k, now);
		spin_release(&t->sighand->siglock);
	}
	spin_unlock_irqrestore(&tasklist_lock, flags);
	put_task_struct(t);
	return HRTIMER_NORESTART;
}

/* The signal was taken: siglock is held. */
static void signal_taken(struct sigqueue *q, kernel_siginfo_t *info)
{
	struct k_itimer *k = q->owner;
	u64 now = ktime_get();

	if (!k->sent)
		return;
	k->sent = false;
	/* CPU time cannot be asked for under this lock: the next look finds what has passed. */
	if (counts_cpu(k))
		now = k->expires;
	k->overrun += (s64)forward(k, now);
	k->overrun_last = (int)min(k->overrun + info->si_overrun, (s64)__INT_MAX__);
	k->overrun = -1;
	info->si_overrun = k->overrun_last;
	arm(k, now);
}

/* ---------------------------------------------------------------- making and ending */

/* It does not strike any more; siglock is held, its flags are returned. */
static unsigned long lock_quiet(struct k_itimer *k)
{
	unsigned long flags;

	for (;;) {
		spin_lock_irqsave(&current->sighand->siglock, flags);
		if (hrtimer_try_to_cancel(&k->timer) >= 0)
			return flags;
		spin_unlock_irqrestore(&current->sighand->siglock, flags);
	}
}

/* One that nobody finds any more, or yet.  A signal of it that is pending stays so, unless `with_signal`. */
static void destroy(struct k_itimer *k, bool with_signal)
{
	unsigned long flags = lock_quiet(k);
	bool pending = !list_empty(&k->q->list);

	if (pending && with_signal) {
		sigpending_remove(k->tid ? &current->pending : &current->signal->shared_pending,
				  k->q);
		recalc_sigpending();
		pending = false;
	}
	k->q->taken = NULL;
	spin_unlock_irqrestore(&current->sighand->siglock, flags);
	if (!pending)
		sigqueue_free(k->q);
	if (k->thread)
		put_task_struct(k->thread);
	kfree(k);
}

/* With siglock held. */
static struct k_itimer *find(int id)
{
	struct k_itimer *k;

	list_for_each_entry(k, &current->signal->posix_timers, list)
		if (k->id == id)
			return k;
	return NULL;
}

/* The timer is its finder's alone; NULL: there is none, or another thread was faster. */
static struct k_itimer *take_out(int id)
{
	unsigned long flags;
	struct k_itimer *k;

	spin_lock_irqsave(&current->sighand->siglock, flags);
	k = find(id);
	if (k)
		list_del(&k->list);
	spin_unlock_irqrestore(&current->sighand->siglock, flags);
	return k;
}

/* Of threads, the caller is the last. */
void exit_posix_timers(void)
{
	struct list_head *timers = &current->signal->posix_timers;

	while (!list_empty(timers)) {
		struct k_itimer *k = list_first_entry(timers, struct k_itimer, list);

		list_del(&k->list);
		destroy(k, true);
	}
}

/* Who gets what: 0 or -EINVAL. */
static int take_event(struct k_itimer *k, const struct sigevent *event)
{
	k->notify = event->sigev_notify;
	if (k->notify == SIGEV_NONE)
		return 0;
	if (k->notify == (SIGEV_SIGNAL | SIGEV_THREAD_ID)) {
		struct task_struct *t = find_get_task_by_vpid(event->sigev_notify_thread_id);
		bool ours = t && t->tgid == current->tgid;

		if (t)
			put_task_struct(t);
		if (!ours)
			return -EINVAL;
		k->tid = event->sigev_notify_thread_id;
	} else if (k->notify != SIGEV_SIGNAL && k->notify != SIGEV_THREAD) {
		return -EINVAL;
	}
	if (event->sigev_signo <= 0 || event->sigev_signo > _NSIG)
		return -EINVAL;
	k->q->info.si_signo = event->sigev_signo;
	k->q->info.si_value = event->sigev_value;
	return 0;
}

/* 0; -EINVAL: it is no clock; -EOPNOTSUPP: one that nobody waits for. */
static int check_clock(int clock)
{
	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_MONOTONIC:
	case CLOCK_BOOTTIME:
	case CLOCK_TAI:
	case CLOCK_PROCESS_CPUTIME_ID:
	case CLOCK_THREAD_CPUTIME_ID:
		return 0;
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_REALTIME_COARSE:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_REALTIME_ALARM: /* no clock of ours wakes a machine */
	case CLOCK_BOOTTIME_ALARM:
		return -EOPNOTSUPP;
	default:
		return -EINVAL;
	}
}

static struct k_itimer *new_timer(int clock)
{
	struct k_itimer *k = kzalloc(sizeof(*k), GFP_KERNEL);

	if (!k)
		return NULL;
	k->q = sigqueue_alloc(current, true);
	if (!k->q) {
		kfree(k);
		return NULL;
	}
	hrtimer_init(&k->timer, timer_strikes);
	k->signal = current->signal;
	k->clock = clock;
	k->overrun = -1;
	if (clock == CLOCK_THREAD_CPUTIME_ID) {
		k->thread = current;
		get_task_struct(current);
	}
	k->q->taken = signal_taken;
	k->q->owner = k;
	return k;
}

/* It has a number, which no other timer has, and what it says where nothing else is asked for. */
static void number(struct k_itimer *k)
{
	unsigned long flags;

	spin_lock_irqsave(&current->sighand->siglock, flags);
	do {
		k->id = current->signal->next_posix_timer_id;
		current->signal->next_posix_timer_id = (k->id + 1) & __INT_MAX__;
	} while (find(k->id));
	spin_unlock_irqrestore(&current->sighand->siglock, flags);
	k->q->info = (kernel_siginfo_t){ .si_signo = SIGALRM, .si_code = SI_TIMER };
	k->q->info.si_tid = k->id;
	k->q->info.si_value.sival_int = k->id;
	k->notify = SIGEV_SIGNAL;
}

/* All that is to be done of it is: other threads find it from here on. */
static void enlist(struct k_itimer *k)
{
	unsigned long flags;

	spin_lock_irqsave(&current->sighand->siglock, flags);
	list_add(&k->list, &current->signal->posix_timers);
	spin_unlock_irqrestore(&current->sighand->siglock, flags);
}

SYSCALL_DEFINE3(timer_create, int, clock, struct sigevent __user *, uevent, int __user *, uid)
{
	struct sigevent event;
	struct k_itimer *k;
	int err;

	if (uevent && copy_from_user(&event, uevent, sizeof(event)))
		return -EFAULT;
	err = check_clock(clock);
	if (err)
		return err;
	k = new_timer(clock);
	if (!k)
		return -EAGAIN;
	number(k);
	if (uevent)
		err = take_event(k, &event);
	if (!err && put_user(k->id, uid))
		err = -EFAULT;
	if (err)
		destroy(k, false);
	else
		enlist(k);
	return err;
}

SYSCALL_DEFINE1(timer_delete, int, id)
{
	struct k_itimer *k = take_out(id);

	if (!k)
		return -EINVAL;
	destroy(k, false);
	return 0;
}

/* ---------------------------------------------------------------- setting and asking */

/* What is left of it, and its interval.  siglock is held. */
static void get_setting(struct k_itimer *k, struct __kernel_itimerspec *out, u64 now)
{
	bool none = k->notify == SIGEV_NONE;

	memset(out, 0, sizeof(*out));
	out->it_interval = ns_to_kernel_timespec(k->interval);
	if (!k->expires || (!k->interval && !k->active && !none))
		return;
	if (k->interval && (k->sent || none))
		k->overrun += (s64)forward(k, now);
	if (k->expires > now)
		out->it_value = ns_to_kernel_timespec(k->expires - now);
	else if (!none)
		out->it_value.tv_nsec = 1; /* it is about to */
}

static bool timespec_valid(const struct __kernel_timespec *ts)
{
	return ts->tv_sec >= 0 && (u64)ts->tv_nsec < NSEC_PER_SEC;
}

static u64 timespec_ns(const struct __kernel_timespec *ts)
{
	if ((u64)ts->tv_sec >= KTIME_MAX / NSEC_PER_SEC)
		return KTIME_MAX;
	return (u64)ts->tv_sec * NSEC_PER_SEC + (u64)ts->tv_nsec;
}

/* An absolute time, of whatever clock, or one from now, as the timer counts it: never 0. */
static u64 expiry(const struct k_itimer *k, u64 value, bool absolute, u64 now)
{
	if (!absolute)
		return min(now + value, KTIME_MAX);
	if (k->clock == CLOCK_REALTIME || k->clock == CLOCK_TAI) {
		s64 since = (s64)value - wall_clock_offset();

		value = since > 0 ? (u64)since : 1;
	}
	return max(value, (u64)1);
}

static void set_timer(struct k_itimer *k, int flags, const struct __kernel_itimerspec *new, u64 now)
{
	u64 value = timespec_ns(&new->it_value);

	k->active = k->sent = false;
	k->interval = k->expires = 0;
	k->overrun = -1;
	k->overrun_last = 0;
	if (!value)
		return;
	k->interval = timespec_ns(&new->it_interval);
	k->expires = expiry(k, value, flags & TIMER_ABSTIME, now);
	if (k->notify != SIGEV_NONE)
		arm(k, now);
}

/* The caller's timer of that number, with both locks held; NULL: neither is. */
static struct k_itimer *lock_timer(int id, unsigned long *flags)
{
	struct k_itimer *k;

	spin_lock_irqsave(&tasklist_lock, *flags); /* CPU time is counted under it */
	spin_acquire(&current->sighand->siglock);
	k = find(id);
	if (k)
		return k;
	spin_release(&current->sighand->siglock);
	spin_unlock_irqrestore(&tasklist_lock, *flags);
	return NULL;
}

static void unlock_timer(unsigned long flags)
{
	spin_release(&current->sighand->siglock);
	spin_unlock_irqrestore(&tasklist_lock, flags);
}

/* The same of one that does not strike meanwhile. */
static struct k_itimer *lock_quiet_timer(int id, unsigned long *flags)
{
	struct k_itimer *k;

	while ((k = lock_timer(id, flags)) != NULL) {
		if (hrtimer_try_to_cancel(&k->timer) >= 0)
			break;
		unlock_timer(*flags);
	}
	return k;
}

SYSCALL_DEFINE4(timer_settime, int, id, int, tflags, const struct __kernel_itimerspec __user *,
		unew, struct __kernel_itimerspec __user *, uold)
{
	struct __kernel_itimerspec new, old;
	unsigned long flags;
	struct k_itimer *k;
	u64 now;

	if (!unew)
		return -EINVAL;
	if (copy_from_user(&new, unew, sizeof(new)))
		return -EFAULT;
	if (!timespec_valid(&new.it_value) || !timespec_valid(&new.it_interval))
		return -EINVAL;
	k = lock_quiet_timer(id, &flags);
	if (!k)
		return -EINVAL;
	now = now_of(k, current);
	get_setting(k, &old, now);
	set_timer(k, tflags, &new, now);
	unlock_timer(flags);
	return uold && copy_to_user(uold, &old, sizeof(old)) ? -EFAULT : 0;
}

SYSCALL_DEFINE2(timer_gettime, int, id, struct __kernel_itimerspec __user *, usetting)
{
	struct __kernel_itimerspec setting;
	unsigned long flags;
	struct k_itimer *k = lock_timer(id, &flags);

	if (!k)
		return -EINVAL;
	get_setting(k, &setting, now_of(k, current));
	unlock_timer(flags);
	return copy_to_user(usetting, &setting, sizeof(setting)) ? -EFAULT : 0;
}

SYSCALL_DEFINE1(timer_getoverrun, int, id)
{
	unsigned long flags;
	struct k_itimer *k = lock_timer(id, &flags);
	int overrun;

	if (!k)
		return -EINVAL;
	overrun = k->overrun_last;
	unlock_timer(flags);
	return overrun;
}
