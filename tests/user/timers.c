// SPDX-License-Identifier: MIT
/* POSIX timers: timer_create() and its kin. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void *volatile nowhere = (void *)1;

static void say(const char *what, long ret)
{
	if (ret < 0)
		printf("%s: %s\n", what, strerrorname_np(errno));
	else
		printf("%s: %ld\n", what, ret);
	fflush(stdout);
}

static volatile int ncaught, code, value, overrun, timerid, on_thread;

static void catch (int sig, siginfo_t *si, void *uc)
{
	(void)sig;
	(void)uc;
	ncaught++;
	code = si->si_code;
	value = si->si_value.sival_int;
	overrun = si->si_overrun;
	timerid = si->si_timerid;
	on_thread = syscall(SYS_gettid) != getpid();
}

static long create(int clock, struct sigevent *ev, int *id)
{
	return syscall(SYS_timer_create, clock, ev, id);
}

static long set(int id, int flags, long value_ns, long interval_ns)
{
	struct itimerspec its = { { interval_ns / 1000000000, interval_ns % 1000000000 },
				  { value_ns / 1000000000, value_ns % 1000000000 } };

	return syscall(SYS_timer_settime, id, flags, &its, NULL);
}

static void arguments(void)
{
	struct sigevent ev = { .sigev_notify = 9 };
	struct itimerspec its = { .it_value.tv_nsec = 1000000000 };
	int id = 77;

	printf("--- arguments\n");
	for (int clock = -1; clock < 14; clock++) {
		long ret;

		if (clock == CLOCK_REALTIME_ALARM || clock == CLOCK_BOOTTIME_ALARM)
			continue; /* by whether there is an RTC that wakes */
		printf("clock %d ", clock);
		ret = create(clock, NULL, &id);
		say("create", ret);
		if (!ret)
			syscall(SYS_timer_delete, id);
	}
	say("event nowhere", create(CLOCK_MONOTONIC, nowhere, &id));
	say("notify", create(CLOCK_MONOTONIC, &ev, &id));
	ev.sigev_notify = SIGEV_SIGNAL;
	say("signal 0", create(CLOCK_MONOTONIC, &ev, &id));
	ev.sigev_signo = 65;
	say("signal 65", create(CLOCK_MONOTONIC, &ev, &id));
	ev.sigev_signo = SIGUSR1;
	ev.sigev_notify = SIGEV_SIGNAL | SIGEV_THREAD_ID;
	ev._sigev_un._tid = 1;
	say("another's thread", create(CLOCK_MONOTONIC, &ev, &id));
	say("id nowhere", create(CLOCK_MONOTONIC, NULL, nowhere));
	say("none: settime", set(12345, 0, 1, 0));
	say("none: gettime", syscall(SYS_timer_gettime, 12345, &its));
	say("none: getoverrun", syscall(SYS_timer_getoverrun, 12345));
	say("none: delete", syscall(SYS_timer_delete, 12345));
	say("create", create(CLOCK_MONOTONIC, NULL, &id));
	say("settime NULL", syscall(SYS_timer_settime, id, 0, NULL, NULL));
	say("settime nowhere", syscall(SYS_timer_settime, id, 0, nowhere, NULL));
	say("settime nsec", syscall(SYS_timer_settime, id, 0, &its, NULL));
	say("gettime nowhere", syscall(SYS_timer_gettime, id, nowhere));
	say("getoverrun", syscall(SYS_timer_getoverrun, id));
	say("gettime", syscall(SYS_timer_gettime, id, &its));
	printf("%ld.%09ld %ld.%09ld\n", its.it_value.tv_sec, its.it_value.tv_nsec,
	       its.it_interval.tv_sec, its.it_interval.tv_nsec);
	say("settime", set(id, 0, 100000000000, 5000000007));
	syscall(SYS_timer_gettime, id, &its);
	printf("%d %ld.%09ld\n", its.it_value.tv_sec == 99, its.it_interval.tv_sec,
	       its.it_interval.tv_nsec);
	say("stop", set(id, 0, 0, 5));
	syscall(SYS_timer_gettime, id, &its);
	printf("%ld.%09ld %ld.%09ld\n", its.it_value.tv_sec, its.it_value.tv_nsec,
	       its.it_interval.tv_sec, its.it_interval.tv_nsec);
	say("delete", syscall(SYS_timer_delete, id));
	say("delete again", syscall(SYS_timer_delete, id));
}

static void wait_for(int n)
{
	for (int i = 0; i < 2000 && ncaught < n; i++)
		usleep(1000);
}

static void strikes(int clock, const char *name)
{
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL,
			       .sigev_signo = SIGRTMIN,
			       .sigev_value.sival_int = 4711 };
	struct timespec now;
	int id;

	if (create(clock, &ev, &id)) {
		say(name, -1);
		return;
	}
	ncaught = 0;
	set(id, 0, 3000000, 0);
	while (ncaught < 1)
		if (clock < CLOCK_PROCESS_CPUTIME_ID || clock > CLOCK_THREAD_CPUTIME_ID)
			usleep(100);
	printf("%s: code %d value %d own id %d overrun %d\n", name, code, value, timerid == id,
	       overrun);
	ncaught = 0;
	set(id, 0, 2000000, 2000000);
	while (ncaught < 3)
		if (clock < CLOCK_PROCESS_CPUTIME_ID || clock > CLOCK_THREAD_CPUTIME_ID)
			usleep(100);
	set(id, 0, 0, 0);
	ncaught = 0;
	clock_gettime(clock, &now);
	set(id, TIMER_ABSTIME, now.tv_sec * 1000000000L + now.tv_nsec + 2000000, 0);
	while (ncaught < 1)
		if (clock < CLOCK_PROCESS_CPUTIME_ID || clock > CLOCK_THREAD_CPUTIME_ID)
			usleep(100);
	ncaught = 0;
	set(id, TIMER_ABSTIME, 1, 0); /* it has passed */
	while (ncaught < 1)
		if (clock < CLOCK_PROCESS_CPUTIME_ID || clock > CLOCK_THREAD_CPUTIME_ID)
			usleep(100);
	printf("%s: all came\n", name);
	syscall(SYS_timer_delete, id);
}

static void overruns(void)
{
	struct itimerspec its;
	sigset_t set_;
	int id, ret;

	printf("--- overruns\n");
	signal(SIGALRM, SIG_DFL);
	sigemptyset(&set_);
	sigaddset(&set_, SIGALRM);
	sigprocmask(SIG_BLOCK, &set_, NULL);
	create(CLOCK_MONOTONIC, NULL, &id);
	set(id, 0, 1000000, 1000000);
	usleep(50000);
	ret = syscall(SYS_timer_gettime, id, &its);
	printf("left %d\n", !ret && its.it_value.tv_nsec > 0 && its.it_value.tv_nsec <= 1000000);
	{
		siginfo_t si;
		int sig = sigwaitinfo(&set_, &si);

		ret = syscall(SYS_timer_getoverrun, id);
		printf("signal %d code %d value %d overruns %d\n", sig, si.si_code,
		       si.si_value.sival_int == id, ret > 30 && si.si_overrun == ret);
	}
	usleep(5000);
	syscall(SYS_timer_delete, id);
	sigpending(&set_);
	printf("pending after delete %d\n", sigismember(&set_, SIGALRM));
	if (sigismember(&set_, SIGALRM))
		sigwaitinfo(&set_, NULL);
	sigemptyset(&set_);
	sigaddset(&set_, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &set_, NULL);
	/* Ignored, and then not. */
	signal(SIGRTMIN + 1, SIG_IGN);
	{
		struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 1 };
		struct sigaction sa = { .sa_sigaction = catch, .sa_flags = SA_SIGINFO };

		create(CLOCK_MONOTONIC, &ev, &id);
		set(id, 0, 1000000, 1000000);
		usleep(30000);
		ncaught = 0;
		sigaction(SIGRTMIN + 1, &sa, NULL);
		wait_for(3);
		printf("not ignored any more: %d\n", ncaught >= 3);
		syscall(SYS_timer_delete, id);
	}
}

static void *threads(void *unused)
{
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL | SIGEV_THREAD_ID,
			       .sigev_signo = SIGRTMIN };
	int id;

	(void)unused;
	ev._sigev_un._tid = (int)syscall(SYS_gettid);
	say("of a thread", create(CLOCK_MONOTONIC, &ev, &id));
	for (int i = 0; i < 20; i++) {
		ncaught = 0;
		set(id, 0, 500000, 0);
		wait_for(1);
		if (!on_thread)
			printf("it came elsewhere\n");
	}
	syscall(SYS_timer_delete, id);
	ev.sigev_notify = SIGEV_NONE;
	say("none", create(CLOCK_MONOTONIC, &ev, &id));
	set(id, 0, 1000, 0);
	usleep(1000);
	{
		struct itimerspec its;

		syscall(SYS_timer_gettime, id, &its);
		printf("over: %ld.%09ld\n", its.it_value.tv_sec, its.it_value.tv_nsec);
	}
	return NULL;
}

/* Two threads delete the same timers, and each is one's alone. */
static volatile int to_delete = -1, seen = -1;

static void *delete_all(void *deleted)
{
	int last = -1, id;

	while ((id = to_delete) != -2) {
		if (id < 0 || id == last)
			continue;
		seen = last = id;
		*(long *)deleted += syscall(SYS_timer_delete, id) == 0;
	}
	return NULL;
}

static void deleted_by_two(void)
{
	long deleted = 0, others = 0;
	pthread_t t;
	int id;

	pthread_create(&t, NULL, delete_all, &others);
	for (int i = 0; i < 1000; i++) {
		create(CLOCK_MONOTONIC, NULL, &id);
		to_delete = id;
		for (int spins = 0; seen != id && spins < 100000; spins++)
			;
		deleted += syscall(SYS_timer_delete, id) == 0;
	}
	to_delete = -2;
	pthread_join(t, NULL);
	printf("deleted by two: %ld\n", deleted + others);
	fflush(stdout);
}

static void old_settings(void)
{
	struct itimerspec its = { { 0, 0 }, { 50, 0 } }, old = { 0 };
	int id;

	printf("--- old settings\n");
	create(CLOCK_MONOTONIC, NULL, &id);
	set(id, 0, 100000000000, 5000000007);
	say("settime", syscall(SYS_timer_settime, id, 0, &its, &old));
	printf("left %d of %ld.%09ld\n", old.it_value.tv_sec > 80, old.it_interval.tv_sec,
	       old.it_interval.tv_nsec);
	say("to nowhere", syscall(SYS_timer_settime, id, 0, &its, nowhere));
	its.it_value.tv_sec = 0;
	say("stop", syscall(SYS_timer_settime, id, 0, &its, &old));
	printf("left %d of %ld.%09ld\n", old.it_value.tv_sec > 30 && old.it_value.tv_sec < 50,
	       old.it_interval.tv_sec, old.it_interval.tv_nsec);
	say("stop", syscall(SYS_timer_settime, id, 0, &its, &old));
	printf("left %ld.%09ld\n", old.it_value.tv_sec, old.it_value.tv_nsec);
	syscall(SYS_timer_delete, id);
}

/* Each has a signal set aside, of which a user has so many. */
static void limited(void)
{
	struct rlimit r;
	int id[3];

	printf("--- limit\n");
	getrlimit(RLIMIT_SIGPENDING, &r);
	r.rlim_cur = 2;
	setrlimit(RLIMIT_SIGPENDING, &r);
	for (int i = 0; i < 3; i++)
		say("create", create(CLOCK_MONOTONIC, NULL, &id[i]));
	for (int i = 0; i < 100; i++)
		create(CLOCK_MONOTONIC, nowhere, &id[2]);
	syscall(SYS_timer_delete, id[0]);
	say("one is free again", create(CLOCK_MONOTONIC, NULL, &id[0]));
}

/* A new program has no timers, and no signal of any. */
static void replaced(void)
{
	sigset_t set_;
	int id;

	printf("--- another program\n");
	fflush(stdout);
	sigfillset(&set_);
	sigprocmask(SIG_BLOCK, &set_, NULL);
	create(CLOCK_MONOTONIC, NULL, &id);
	set(id, 0, 1000000, 1000000);
	do
		sigpending(&set_);
	while (!sigismember(&set_, SIGALRM));
	execl("/proc/self/exe", "timers", id ? "1" : "0", NULL);
}

static int look_for_timers(int id)
{
	sigset_t set_;

	usleep(10000);
	sigpending(&set_);
	printf("pending %d\n", sigismember(&set_, SIGALRM));
	say("its timer", syscall(SYS_timer_delete, id));
	return 0;
}

/* By the number of a process or a thread: clock_getcpuclockid(3), Linux's <linux/posix-timers.h>. */
#define CPU_CLOCK(pid, which) ((clockid_t)(~(unsigned)(pid) << 3 | (which)))

/* A process's clock may be read by the number of the thread that asks; and by no other thread's, nor for more. */
static void *by_own_thread(void *unused)
{
	pid_t tid = (pid_t)syscall(SYS_gettid), leader = getpid();
	struct timespec ts = { 0, 0 };
	int id = 0;

	say("the process's, by its thread", clock_gettime(CPU_CLOCK(tid, 2), &ts));
	say("the thread's", clock_gettime(CPU_CLOCK(tid, 6), &ts));
	say("another thread's", clock_gettime(CPU_CLOCK(leader, 6), &ts));
	say("resolution by its thread", clock_getres(CPU_CLOCK(tid, 2), &ts));
	say("a timer by its thread", create(CPU_CLOCK(tid, 2), NULL, &id));
	say("set by its thread", clock_settime(CPU_CLOCK(tid, 2), &ts));
	return unused;
}

/* Those of descriptors that are none, and which nobody adjusts. */
static void odd_clocks(void)
{
	struct timex tx = { 0 };
	struct timespec ts;

	say("a descriptor's", clock_gettime(CPU_CLOCK(0, 3), &ts));
	say("its resolution", clock_getres(CPU_CLOCK(0, 3), &ts));
	say("adjust a descriptor's", clock_adjtime(CPU_CLOCK(0, 3), &tx));
	say("adjust our own", clock_adjtime(CPU_CLOCK(0, 2), &tx));
	say("adjust nobody's", clock_adjtime(CPU_CLOCK(999999, 2), &tx));
	say("adjust a clock that only goes", clock_adjtime(CLOCK_MONOTONIC, &tx));
	say("adjust none", clock_adjtime(77, &tx));
}

static void cpu_clocks(void)
{
	pthread_t thread;
	struct timespec ts, before, after;
	pid_t pid = fork();
	clockid_t id;

	if (!pid)
		for (;;)
			pause();
	printf("--- clocks of CPU time\n");
	for (int which = 0; which < 4; which++) {
		say("the child's", clock_gettime(CPU_CLOCK(pid, which), &ts));
		say("of its first thread", clock_gettime(CPU_CLOCK(pid, which | 4), &ts));
		say("our own", clock_gettime(CPU_CLOCK(0, which), &ts));
		say("of our own thread", clock_gettime(CPU_CLOCK(0, which | 4), &ts));
	}
	say("nobody's", clock_gettime(CPU_CLOCK(999999, 2), &ts));
	say("as the library has it", clock_getcpuclockid(pid, &id));
	printf("the same %d\n", id == CPU_CLOCK(pid, 2));
	say("set it", clock_settime(id, &ts));
	say("set nobody's", clock_settime(CPU_CLOCK(999999, 2), &ts));
	say("its resolution", clock_getres(id, &ts));
	pthread_create(&thread, NULL, by_own_thread, NULL);
	pthread_join(thread, NULL);
	odd_clocks();
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
	do
		clock_gettime(CPU_CLOCK(getpid(), 2), &after);
	while (after.tv_sec == before.tv_sec && after.tv_nsec - before.tv_nsec < 2000000);
	clock_gettime(CPU_CLOCK(getpid(), 1), &ts); /* as a user alone */
	printf("user's no more than all: %d\n",
	       ts.tv_sec < after.tv_sec ||
		       (ts.tv_sec == after.tv_sec && ts.tv_nsec <= after.tv_nsec));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static volatile int slept;

static void *burn(void *unused)
{
	while (!slept)
		;
	return unused;
}

/* A handler ends it, and what is left is told of a while; who is stopped and goes on sleeps as long as it was to. */
static void interrupted_cpu_sleep(void)
{
	struct timespec t = { 1000, 0 }, left = { 7, 7 };
	struct sigaction sa = { .sa_sigaction = catch, .sa_flags = SA_SIGINFO | SA_RESTART }, old;

	sigaction(SIGALRM, &sa, &old);
	ualarm(20000, 20000); /* and again, should the first come too early */
	errno = clock_nanosleep(CLOCK_PROCESS_CPUTIME_ID, 0, &t, &left);
	say("interrupted", errno ? -1 : 0);
	printf("left less than all: %d\n", left.tv_sec > 900 && left.tv_sec < 1000);
	left.tv_sec = 7;
	t.tv_sec = 100000;
	errno = clock_nanosleep(CLOCK_PROCESS_CPUTIME_ID, TIMER_ABSTIME, &t, &left);
	say("until then, interrupted", errno ? -1 : 0);
	printf("left %ld\n", left.tv_sec);
	errno = clock_nanosleep(CLOCK_PROCESS_CPUTIME_ID, 0, &t, nowhere);
	say("left is told nowhere", errno ? -1 : 0);
	ualarm(0, 0);
	sigaction(SIGALRM, &old, NULL);
}

/* Who sleeps uses none of its own time, and would never wake. */
static void own_cpu_sleep(void)
{
	struct timespec t = { 0, 1 };
	pid_t tid = (pid_t)syscall(SYS_gettid);

	errno = clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &t, NULL);
	say("by the thread's own", errno ? -1 : 0);
	errno = clock_nanosleep(CPU_CLOCK(0, 6), 0, &t, NULL);
	say("by the caller's own", errno ? -1 : 0);
	errno = clock_nanosleep(CPU_CLOCK(tid, 6), 0, &t, NULL);
	say("by that of its number", errno ? -1 : 0);
	errno = clock_nanosleep(CPU_CLOCK(tid, 4), TIMER_ABSTIME, &t, NULL);
	say("until long ago", errno ? -1 : 0);
	errno = clock_nanosleep(CPU_CLOCK(0, 7), 0, &t, NULL);
	say("by none", errno ? -1 : 0);
}

/* As long as another thread uses the process's time; and a time that has come is not waited for. */
static void cpu_sleep(void)
{
	struct timespec t = { 0, 5000000 }, before, after, left = { 7, 7 }, past = { 0, 1 };
	pthread_t thread;

	printf("--- sleeps by CPU time\n");
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
	pthread_create(&thread, NULL, burn, NULL);
	errno = clock_nanosleep(CLOCK_PROCESS_CPUTIME_ID, 0, &t, &left);
	say("for a while", errno ? -1 : 0);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
	printf("long enough %d, left %ld\n",
	       (after.tv_sec - before.tv_sec) * 1000000000L + after.tv_nsec - before.tv_nsec >=
		       5000000,
	       left.tv_sec);
	t = after;
	t.tv_nsec += 5000000;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	errno = clock_nanosleep(CLOCK_PROCESS_CPUTIME_ID, TIMER_ABSTIME, &t, NULL);
	say("until then", errno ? -1 : 0);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
	printf("late enough %d\n",
	       after.tv_sec > t.tv_sec || (after.tv_sec == t.tv_sec && after.tv_nsec >= t.tv_nsec));
	interrupted_cpu_sleep();
	slept = 1;
	pthread_join(thread, NULL);
	own_cpu_sleep();
	errno = clock_nanosleep(CLOCK_PROCESS_CPUTIME_ID, TIMER_ABSTIME, &past, NULL);
	say("until long ago", errno ? -1 : 0);
	errno = clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &past, NULL);
	say("by the calendar", errno ? -1 : 0);
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_sigaction = catch, .sa_flags = SA_SIGINFO | SA_RESTART };
	pthread_t t;
	int id, st;

	if (argc > 1)
		return look_for_timers(argv[1][0] - '0');
	sigaction(SIGRTMIN, &sa, NULL);
	arguments();
	deleted_by_two();
	printf("--- strikes\n");
	strikes(CLOCK_REALTIME, "realtime");
	strikes(CLOCK_MONOTONIC, "monotonic");
	strikes(CLOCK_BOOTTIME, "boottime");
	strikes(CLOCK_PROCESS_CPUTIME_ID, "process");
	strikes(CLOCK_THREAD_CPUTIME_ID, "thread");
	overruns();
	old_settings();
	cpu_clocks();
	cpu_sleep();
	fflush(stdout);
	if (!fork()) {
		limited();
		replaced();
		_exit(1);
	}
	wait(&st);
	printf("--- threads\n");
	pthread_create(&t, NULL, threads, NULL);
	pthread_join(t, NULL);
	fflush(stdout);
	signal(SIGALRM, SIG_IGN);
	create(CLOCK_MONOTONIC, NULL, &id);
	set(id, 0, 5000000, 5000000);
	if (!fork()) {
		say("not the child's", syscall(SYS_timer_delete, id));
		_exit(0);
	}
	wait(&st);
	return 0;
}
