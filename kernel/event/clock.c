// SPDX-License-Identifier: MIT
/*
 * The clocks that programs read and set: clock_gettime() and those before it.
 *
 * MONOTONIC, MONOTONIC_RAW and BOOTTIME are one: nobody corrects its rate, and the machine never
 * sleeps.  The coarse ones are as fine as the others, and said to tick as Linux's do.  TAI is the time
 * of day, as long as nobody has told the difference.
 */
#include "kernel/event/clock.h"

#include <linux/time.h>
#include <linux/timex.h>

#include "kernel/core/syscall.h"
#include "kernel/event/deadline.h"
#include "kernel/sched/mutex.h"
#include "kernel/signal/signal.h"
#include "mm/uaccess.h"

#define PHASE_LIMIT_US	   16000000 /* how wrong a clock may be of which nothing is known */
#define COARSE_NS	   4000000  /* a tick of Debian's Linux */
#define SETTOD_MAX	   ((s64)(KTIME_MAX / NSEC_PER_SEC) - 30 * 365 * 24 * 3600LL) /* Linux's */
#define CPUCLOCK_MAX	   2 /* what of a CPU clock's number says which: profile, virtual, scheduled */
#define CPUCLOCK_PERTHREAD 4
#define CPUCLOCK_SCHED	   2
#define CLOCKFD_MASK	   7
#define CLOCKFD		   3 /* of that: a descriptor's, of which none is a clock */

u32 wall_clock_changes;
DECLARE_WAIT_QUEUE_HEAD(wall_clock_wait);

static DEFINE_MUTEX(set_mutex);
static struct timezone sys_tz;

s64 wall_clock_offset(void)
{
	s64 before, now;

	/* Two clocks that are read one after the other: of the same moment, to a microsecond. */
	do {
		before = (s64)ktime_get();
		now = ktime_get_real();
	} while ((s64)ktime_get() - before > 1000000);
	return now - before;
}

int set_wall_clock(s64 now)
{
	s64 step;

	if (now < (s64)ktime_get())
		return -EINVAL;
	mutex_lock(&set_mutex);
	step = now - ktime_get_real();
	ktime_set_real(now);
	mutex_unlock(&set_mutex);
	__atomic_add_fetch(&wall_clock_changes, 1, __ATOMIC_SEQ_CST);
	timerfd_clock_was_set(step);
	wake_up_all(&wall_clock_wait);
	return 0;
}

/* ---------------------------------------------------------------- CPU time */

/* Of the whole process or of a thread, ns. */
static u64 cpu_time(struct task_struct *t, bool thread, unsigned int which)
{
	struct task_usage usage;

	if (thread)
		thread_usage(t, &usage);
	else
		process_usage(t, &usage);
	return which == 1 ? usage.utime : usage.utime + usage.stime;
}

/*
 * A clock of a number below 0: the process's or thread's whose number is in it.  Held, or NULL.  To be read,
 * a process's may be called by the number of its thread that asks.
 */
static struct task_struct *cpu_clock_task(int clockid, bool read)
{
	bool thread = clockid & CPUCLOCK_PERTHREAD;
	pid_t pid = ~(clockid >> 3);
	struct task_struct *t;

	if ((clockid & 3) > CPUCLOCK_MAX)
		return NULL;
	t = find_get_task_by_vpid(pid ? pid : thread ? (pid_t)current->pid : (pid_t)current->tgid);
	if (t && t->signal &&
	    (thread ? t->tgid == current->tgid : thread_group_leader(t) || (read && t == current)))
		return t;
	if (t)
		put_task_struct(t);
	return NULL;
}

bool is_cpu_clock(int clockid)
{
	return clockid < 0 || clockid == CLOCK_PROCESS_CPUTIME_ID ||
	       clockid == CLOCK_THREAD_CPUTIME_ID;
}

static int read_cpu_clock(int clockid, bool read, u64 *ns)
{
	struct task_struct *t;

	if (clockid >= 0) {
		*ns = cpu_time(current, clockid == CLOCK_THREAD_CPUTIME_ID, CPUCLOCK_SCHED);
		return 0;
	}
	t = cpu_clock_task(clockid, read);
	if (!t)
		return -EINVAL;
	*ns = cpu_time(t, clockid & CPUCLOCK_PERTHREAD, clockid & 3);
	put_task_struct(t);
	return 0;
}

int cpu_clock_get(int clockid, u64 *ns)
{
	return read_cpu_clock(clockid, false, ns);
}

bool is_own_cpu_clock(int clockid)
{
	pid_t pid = ~(clockid >> 3);

	return clockid < 0 && clockid & CPUCLOCK_PERTHREAD && (!pid || pid == task_pid_nr(current));
}

/* ---------------------------------------------------------------- reading */

/* `read`: it is to be read, and not only to be there. */
static int clock_get(int clockid, bool read, struct __kernel_timespec *ts)
{
	struct timespec64 real;
	u64 ns = 0;
	int err = 0;

	switch (clockid) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
	case CLOCK_REALTIME_ALARM:
	case CLOCK_TAI:
		ktime_get_real_ts64(&real);
		*ts = (struct __kernel_timespec){ .tv_sec = real.tv_sec, .tv_nsec = real.tv_nsec };
		return 0;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_BOOTTIME:
	case CLOCK_BOOTTIME_ALARM:
		ns = ktime_get();
		break;
	default:
		err = is_cpu_clock(clockid) ? read_cpu_clock(clockid, read, &ns) : -EINVAL;
	}
	*ts = ns_to_kernel_timespec(ns);
	return err;
}

SYSCALL_DEFINE2(clock_gettime, int, clockid, struct __kernel_timespec __user *, tp)
{
	struct __kernel_timespec ts;
	int err = clock_get(clockid, true, &ts);

	if (err)
		return err;
	return copy_to_user(tp, &ts, sizeof(ts)) ? -EFAULT : 0;
}

SYSCALL_DEFINE2(clock_getres, int, clockid, struct __kernel_timespec __user *, tp)
{
	struct __kernel_timespec ts;
	int err = clock_get(clockid, false, &ts);

	if (err)
		return err;
	ts = (struct __kernel_timespec){ .tv_nsec = 1 };
	if (clockid == CLOCK_REALTIME_COARSE || clockid == CLOCK_MONOTONIC_COARSE)
		ts.tv_nsec = COARSE_NS;
	return tp && copy_to_user(tp, &ts, sizeof(ts)) ? -EFAULT : 0;
}

SYSCALL_DEFINE2(gettimeofday, struct __kernel_old_timeval __user *, tv, struct timezone __user *,
		tz)
{
	struct __kernel_old_timeval now;
	struct timespec64 ts;

	if (tv) {
		ktime_get_real_ts64(&ts);
		now.tv_sec = ts.tv_sec;
		now.tv_usec = ts.tv_nsec / (long)NSEC_PER_USEC;
		if (copy_to_user(tv, &now, sizeof(now)))
			return -EFAULT;
	}
	return tz && copy_to_user(tz, &sys_tz, sizeof(sys_tz)) ? -EFAULT : 0;
}

SYSCALL_DEFINE1(time, long __user *, tloc)
{
	struct timespec64 ts;

	ktime_get_real_ts64(&ts);
	return tloc && put_user((long)ts.tv_sec, tloc) ? -EFAULT : (long)ts.tv_sec;
}

/* ---------------------------------------------------------------- setting */

static int set_time(s64 sec, s64 nsec)
{
	if (sec < 0 || (u64)nsec >= NSEC_PER_SEC || sec >= SETTOD_MAX)
		return -EINVAL;
	return set_wall_clock(sec * (s64)NSEC_PER_SEC + nsec);
}

SYSCALL_DEFINE2(clock_settime, int, clockid, const struct __kernel_timespec __user *, tp)
{
	struct __kernel_timespec ts;

	if (clockid != CLOCK_REALTIME && clockid >= 0)
		return -EINVAL;
	if (copy_from_user(&ts, tp, sizeof(ts)))
		return -EFAULT;
	if (clockid < 0) {
		int err = clock_get(clockid, false, &ts);

		return err ? err : -EPERM; /* CPU time is what it is */
	}
	return set_time(ts.tv_sec, ts.tv_nsec);
}

SYSCALL_DEFINE2(settimeofday, struct __kernel_old_timeval __user *, tv, struct timezone __user *,
		tz)
{
	struct __kernel_old_timeval now;
	struct timezone zone;

	if (tv) {
		if (copy_from_user(&now, tv, sizeof(now)))
			return -EFAULT;
		if (now.tv_usec < 0 || now.tv_usec >= (long)1000000)
			return -EINVAL;
	}
	if (tz && copy_from_user(&zone, tz, sizeof(zone)))
		return -EFAULT;
	if (tv && (now.tv_sec < 0 || now.tv_sec >= SETTOD_MAX))
		return -EINVAL;
	if (tz) {
		if (zone.tz_minuteswest > 15 * 60 || zone.tz_minuteswest < -15 * 60)
			return -EINVAL;
		sys_tz = zone;
	}
	return tv ? set_time(now.tv_sec, now.tv_usec * (s64)NSEC_PER_USEC) : 0;
}

/* ---------------------------------------------------------------- adjusting */

/* What ntp's programs are told: nobody corrects this clock. */
static void tell_timex(struct __kernel_timex *tx)
{
	struct timespec64 ts;

	ktime_get_real_ts64(&ts);
	*tx = (struct __kernel_timex){
		.modes = tx->modes,
		.maxerror = PHASE_LIMIT_US,
		.esterror = PHASE_LIMIT_US,
		.status = STA_UNSYNC,
		.constant = 2,
		.precision = 1,
		.tolerance = 500L << 16, /* ppm, of which 2^16 are one */
		.tick = 10000,
		.time = { .tv_sec = ts.tv_sec, .tv_usec = ts.tv_nsec / (long)NSEC_PER_USEC },
	};
}

static int step_time(const struct __kernel_timex *tx)
{
	s64 nsec = tx->modes & ADJ_NANO ? tx->time.tv_usec : tx->time.tv_usec * 1000;

	if (nsec < 0 || (u64)nsec >= NSEC_PER_SEC)
		return -EINVAL;
	return set_wall_clock(ktime_get_real() + tx->time.tv_sec * (s64)NSEC_PER_SEC + nsec);
}

/* Steps are made; a rate is not: then it is said that this clock cannot. */
static long do_adjtimex(struct __kernel_timex *tx)
{
	unsigned int modes = tx->modes & ~(unsigned int)(ADJ_NANO | ADJ_MICRO);
	int err = 0;

	if (tx->modes & ADJ_SETOFFSET)
		err = step_time(tx);
	else if (modes && !(modes & 0x8000 && modes & 0x2000)) /* ADJ_OFFSET_SS_READ only looks */
		err = -EOPNOTSUPP;
	if (err)
		return err;
	tell_timex(tx);
	return TIME_ERROR; /* as long as STA_UNSYNC is set */
}

/* Of that number, or of CPU time, whoever's. */
static bool is_clock(int clockid)
{
	struct __kernel_timespec ts;

	return clockid < 0 ? (clockid & CLOCKFD_MASK) != CLOCKFD : !clock_get(clockid, false, &ts);
}

static long adjtime(int clockid, struct __kernel_timex __user *utx)
{
	struct __kernel_timex tx;
	long ret;

	if (copy_from_user(&tx, utx, sizeof(tx)))
		return -EFAULT;
	if (clockid != CLOCK_REALTIME)
		return is_clock(clockid) ? -EOPNOTSUPP : -EINVAL;
	ret = do_adjtimex(&tx);
	return ret >= 0 && copy_to_user(utx, &tx, sizeof(tx)) ? -EFAULT : ret;
}

SYSCALL_DEFINE2(clock_adjtime, int, clockid, struct __kernel_timex __user *, utx)
{
	return adjtime(clockid, utx);
}

SYSCALL_DEFINE1(adjtimex, struct __kernel_timex __user *, utx)
{
	return adjtime(CLOCK_REALTIME, utx);
}
