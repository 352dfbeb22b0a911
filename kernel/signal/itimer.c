// SPDX-License-Identifier: MIT
/*
 * alarm() and setitimer(): a signal once a time has come.
 *
 * ITIMER_REAL is a timer of the clock.  CPU time has no timer: a process cannot use it faster than the
 * clock goes, times its threads; so one of the clock's strikes when it could be used up at the
 * earliest, looks, and is set anew for what is left.
 */
#include "kernel/signal/job.h"
#include "kernel/signal/usage.h"

#include <linux/time.h>
#include <linux/time_types.h>

#include "kernel/core/syscall.h"
#include "kernel/time/time.h"
#include "mm/uaccess.h"

#define LEAST_LOOK_NS (NSEC_PER_SEC / 250) /* Linux looks with each tick */

/* ---------------------------------------------------------------- by the clock */

static enum hrtimer_restart real_timer_strikes(struct hrtimer *timer)
{
	struct signal_struct *signal = container_of(timer, struct signal_struct, real_timer);

	kill_pid_info(SIGALRM, SEND_SIG_PRIV, signal->tgid);
	return HRTIMER_NORESTART;
}

void restart_real_timer(struct signal_struct *signal)
{
	struct hrtimer *timer = &signal->real_timer;

	if (!signal->it_real_incr || hrtimer_active(timer))
		return;
	hrtimer_forward(timer, ktime_get(), signal->it_real_incr);
	hrtimer_start(timer, timer->expires, HRTIMER_MODE_ABS);
}

/* ns until it strikes; 0: it will not. */
static u64 real_left(const struct signal_struct *signal)
{
	u64 now = ktime_get();

	if (!hrtimer_active(&signal->real_timer))
		return 0;
	return signal->real_timer.expires > now ? signal->real_timer.expires - now : NSEC_PER_USEC;
}

/* The old one in *old; ns. */
static void set_real(u64 value, u64 interval, struct cpu_itimer *old)
{
	struct signal_struct *signal = current->signal;
	unsigned long flags;

	for (;;) {
		spin_lock_irqsave(&current->sighand->siglock, flags);
		old->expires = real_left(signal);
		old->incr = signal->it_real_incr;
		if (hrtimer_try_to_cancel(&signal->real_timer) >= 0)
			break;
		/* It strikes just now, and sends: which takes the lock. */
		spin_unlock_irqrestore(&current->sighand->siglock, flags);
	}
	signal->it_real_incr = value ? interval : 0;
	if (value)
		hrtimer_start(&signal->real_timer, value, HRTIMER_MODE_REL);
	spin_unlock_irqrestore(&current->sighand->siglock, flags);
}

/* ---------------------------------------------------------------- by CPU time */

/* What the timer has of it: user time, or all. */
static u64 used_by(int which, const struct task_usage *used)
{
	return which == ITIMER_VIRTUAL ? used->utime : used->utime + used->stime;
}

static u64 look_at_itimers(struct task_struct *t, const struct task_usage *used)
{
	u64 next = KTIME_MAX;

	for (int which = ITIMER_VIRTUAL; which <= ITIMER_PROF; which++) {
		struct cpu_itimer *it = &t->signal->it[which - 1];
		u64 now = used_by(which, used);

		if (it->expires && now >= it->expires) {
			send_signal_locked(which == ITIMER_PROF ? SIGPROF : SIGVTALRM,
					   SEND_SIG_PRIV, t, true);
			it->expires = it->incr ? it->expires + it->incr : 0;
		}
		if (it->expires)
			next = min(next, it->expires > now ? it->expires - now : 0);
	}
	return next;
}

/* RLIMIT_CPU: SIGXCPU in each second beyond the soft limit, SIGKILL beyond the hard one. */
static u64 look_at_rlimit(struct task_struct *t, const struct task_usage *used)
{
	struct rlimit *limit = &t->signal->rlim[RLIMIT_CPU];
	u64 now = used->utime + used->stime, seconds = now / NSEC_PER_SEC;

	if (limit->rlim_cur == RLIM_INFINITY)
		return KTIME_MAX;
	if (seconds >= limit->rlim_max) {
		send_signal_locked(SIGKILL, SEND_SIG_PRIV, t, true);
		return KTIME_MAX;
	}
	if (seconds >= limit->rlim_cur) {
		send_signal_locked(SIGXCPU, SEND_SIG_PRIV, t, true);
		limit->rlim_cur = seconds + 1;
	}
	return limit->rlim_cur * NSEC_PER_SEC - now;
}

static enum hrtimer_restart cpu_timer_strikes(struct hrtimer *timer)
{
	struct signal_struct *signal = container_of(timer, struct signal_struct, cpu_timer);
	struct task_struct *t = find_get_task_by_vpid(signal->tgid);
	struct task_usage used;
	unsigned long flags;
	u64 next = KTIME_MAX;

	if (!t)
		return HRTIMER_NORESTART;
	spin_lock_irqsave(&tasklist_lock, flags);
	if (t->signal == signal) {
		process_usage_locked(t, &used);
		spin_acquire(&t->sighand->siglock);
		next = min(look_at_itimers(t, &used), look_at_rlimit(t, &used));
		if (next != KTIME_MAX)
			hrtimer_start(timer, max(next / signal->nr_threads, LEAST_LOOK_NS),
				      HRTIMER_MODE_REL);
		spin_release(&t->sighand->siglock);
	}
	spin_unlock_irqrestore(&tasklist_lock, flags);
	put_task_struct(t);
	return HRTIMER_NORESTART;
}

void start_cpu_timer(struct signal_struct *signal)
{
	hrtimer_start(&signal->cpu_timer, LEAST_LOOK_NS, HRTIMER_MODE_REL);
}

/* `value` 0 ends it; NULL: only a look.  The old one in *old, with what is left of it. */
static void set_cpu(int which, const struct cpu_itimer *new, struct cpu_itimer *old)
{
	struct cpu_itimer *it = &current->signal->it[which - 1];
	struct task_usage used;
	unsigned long flags;
	u64 now;

	process_usage(current, &used);
	now = used_by(which, &used);
	spin_lock_irqsave(&current->sighand->siglock, flags);
	*old = *it;
	if (old->expires) /* one that is due will come: Linux tells it by one tick */
		old->expires = old->expires > now ? old->expires - now : LEAST_LOOK_NS;
	if (new) {
		it->expires = new->expires ? now + new->expires : 0;
		it->incr = new->incr;
		if (it->expires)
			start_cpu_timer(current->signal);
	}
	spin_unlock_irqrestore(&current->sighand->siglock, flags);
}

void init_signal_timers(struct signal_struct *signal)
{
	hrtimer_init(&signal->real_timer, real_timer_strikes);
	hrtimer_init(&signal->cpu_timer, cpu_timer_strikes);
}

void exit_signal_timers(struct signal_struct *signal)
{
	hrtimer_cancel(&signal->real_timer);
	hrtimer_cancel(&signal->cpu_timer);
}

/* ---------------------------------------------------------------- system calls */

static u64 timeval_to_ns(const struct __kernel_old_timeval *tv)
{
	if ((u64)tv->tv_sec >= KTIME_MAX / NSEC_PER_SEC)
		return KTIME_MAX;
	return (u64)tv->tv_sec * NSEC_PER_SEC + (u64)tv->tv_usec * NSEC_PER_USEC;
}

static struct __kernel_old_timeval ns_to_timeval(u64 ns)
{
	return (struct __kernel_old_timeval){
		.tv_sec = (long)(ns / NSEC_PER_SEC),
		.tv_usec = (long)(ns % NSEC_PER_SEC / NSEC_PER_USEC),
	};
}

static bool timeval_valid(const struct __kernel_old_timeval *tv)
{
	return tv->tv_sec >= 0 && (u64)tv->tv_usec < NSEC_PER_SEC / NSEC_PER_USEC;
}

static int put_old(struct __kernel_old_itimerval __user *to, const struct cpu_itimer *old)
{
	struct __kernel_old_itimerval v = { .it_interval = ns_to_timeval(old->incr),
					    .it_value = ns_to_timeval(old->expires) };

	return copy_to_user(to, &v, sizeof(v)) ? -EFAULT : 0;
}

SYSCALL_DEFINE2(getitimer, int, which, struct __kernel_old_itimerval __user *, value)
{
	struct cpu_itimer old;
	unsigned long flags;

	if (which == ITIMER_REAL) {
		spin_lock_irqsave(&current->sighand->siglock, flags);
		old.expires = real_left(current->signal);
		old.incr = current->signal->it_real_incr;
		spin_unlock_irqrestore(&current->sighand->siglock, flags);
	} else if (which == ITIMER_VIRTUAL || which == ITIMER_PROF) {
		set_cpu(which, NULL, &old);
	} else {
		return -EINVAL;
	}
	return put_old(value, &old);
}

SYSCALL_DEFINE3(setitimer, int, which, struct __kernel_old_itimerval __user *, value,
		struct __kernel_old_itimerval __user *, ovalue)
{
	struct __kernel_old_itimerval v = { 0 };
	struct cpu_itimer new, old;

	if (value && copy_from_user(&v, value, sizeof(v)))
		return -EFAULT;
	if (!timeval_valid(&v.it_value) || !timeval_valid(&v.it_interval))
		return -EINVAL;
	new.expires = timeval_to_ns(&v.it_value);
	new.incr = timeval_to_ns(&v.it_interval);
	if (which == ITIMER_REAL)
		set_real(new.expires, new.incr, &old);
	else if (which == ITIMER_VIRTUAL || which == ITIMER_PROF)
		set_cpu(which, &new, &old);
	else
		return -EINVAL;
	return ovalue ? put_old(ovalue, &old) : 0;
}

SYSCALL_DEFINE1(alarm, unsigned int, seconds)
{
	struct cpu_itimer old;
	u64 left;

	set_real(seconds * NSEC_PER_SEC, 0, &old);
	left = old.expires / NSEC_PER_SEC;
	/* Rounded, but never to 0 while one is set. */
	if ((!left && old.expires) || old.expires % NSEC_PER_SEC >= NSEC_PER_SEC / 2)
		left++;
	return (long)left;
}
