// SPDX-License-Identifier: MIT
/* What a process is said to have used: whose it is while it runs, when a thread ends, and when a child was waited for. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGES	 300
#define SWITCHES 20
#define SPIN_NS	 60000000L
/* As user or as kernel: which of them is the clock's to tell. */
#define CPU_NS(ru)                                                     \
	(((ru).ru_utime.tv_sec + (ru).ru_stime.tv_sec) * 1000000000L + \
	 ((ru).ru_utime.tv_usec + (ru).ru_stime.tv_usec) * 1000L)

static struct rusage usage_of(int who)
{
	struct rusage ru;

	getrusage(who, &ru);
	return ru;
}

/* PAGES faults, SPIN_NS on a processor, and SWITCHES sleeps. */
static void *use(void *arg)
{
	char *p = mmap(NULL, PAGES * 4096UL, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);
	struct timespec t;

	madvise(p, PAGES * 4096UL, MADV_NOHUGEPAGE);
	for (int i = 0; i < PAGES; i++)
		p[i * 4096L] = 1;
	munmap(p, PAGES * 4096UL);
	do
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	while (t.tv_sec * 1000000000L + t.tv_nsec < SPIN_NS);
	for (int i = 0; i < SWITCHES; i++)
		usleep(1000);
	return arg;
}

/* Which of the things that use() uses there are more of than before. */
static void tell(const char *what, struct rusage before, struct rusage now)
{
	printf("%s: faults %d, time %d, sleeps %d\n", what,
	       now.ru_minflt - before.ru_minflt >= PAGES,
	       CPU_NS(now) - CPU_NS(before) >= SPIN_NS - 1000,
	       now.ru_nvcsw - before.ru_nvcsw >= SWITCHES);
}

/* It used nothing of that.  Time can pass on a virtual processor that stands still. */
static void tell_none(const char *what, struct rusage before, struct rusage now)
{
	printf("%s: faults %d, sleeps %d\n", what, now.ru_minflt - before.ru_minflt >= PAGES,
	       now.ru_nvcsw - before.ru_nvcsw >= SWITCHES);
}

static long process_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000L + t.tv_nsec;
}

static void *use_and_leave_tid(void *tid)
{
	*(pid_t *)tid = gettid();
	return use(NULL);
}

static void of_a_thread(void)
{
	struct rusage self = usage_of(RUSAGE_SELF), thread = usage_of(RUSAGE_THREAD);
	long clock = process_ns();
	pthread_t t;
	pid_t tid;

	pthread_create(&t, NULL, use_and_leave_tid, &tid);
	pthread_join(t, NULL);
	while (!tgkill(getpid(), tid, 0)) /* who joins is woken before it is gone */
		usleep(1000);
	tell("a thread that has ended, of the process", self, usage_of(RUSAGE_SELF));
	tell_none("of the one that is left", thread, usage_of(RUSAGE_THREAD));
	printf("by the process's clock: %d\n", process_ns() - clock >= SPIN_NS);
}

/* A child that uses, and maybe has one of its own do so. */
static pid_t child(int generations)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	if (generations)
		waitpid(child(generations - 1), NULL, 0);
	else
		use(NULL);
	_exit(0);
}

static void of_a_child(void)
{
	struct rusage self = usage_of(RUSAGE_SELF), children = usage_of(RUSAGE_CHILDREN), ru;
	struct rusage none = { 0 };
	struct tms before, now;
	siginfo_t info;
	pid_t pid = child(0);

	times(&before);
	waitid(P_PID, pid, &info, WEXITED | WNOWAIT);
	tell_none("a child that has ended", children, usage_of(RUSAGE_CHILDREN));
	wait4(pid, NULL, 0, &ru);
	tell("told by wait4", none, ru);
	tell("waited for", children, usage_of(RUSAGE_CHILDREN));
	tell_none("of the process itself", self, usage_of(RUSAGE_SELF));
	times(&now);
	printf("times: %d\n",
	       now.tms_cutime + now.tms_cstime > before.tms_cutime + before.tms_cstime);
	children = usage_of(RUSAGE_CHILDREN);
	wait4(child(1), NULL, 0, &ru);
	tell("a grandchild, by wait4", none, ru);
	tell("and after that", children, usage_of(RUSAGE_CHILDREN));
}

/* Whom nobody waits for is nobody's. */
static void of_an_ignored_child(void)
{
	struct rusage children = usage_of(RUSAGE_CHILDREN);

	signal(SIGCHLD, SIG_IGN);
	child(0);
	wait(NULL);
	tell_none("ignored", children, usage_of(RUSAGE_CHILDREN));
	signal(SIGCHLD, SIG_DFL);
}

/* The most at a time: not a sum, and not what there is in the end. */
static void of_memory(void)
{
	const size_t size = 24 << 20;
	long before = usage_of(RUSAGE_SELF).ru_maxrss,
	     child_before = usage_of(RUSAGE_CHILDREN).ru_maxrss;
	struct rusage ru;
	pid_t pid = fork();
	char *p;

	if (!pid) {
		for (int again = 0; again < 3; again++) {
			p = mmap(NULL, size, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
			munmap(p, size);
		}
		_exit(0);
	}
	wait4(pid, NULL, 0, &ru);
	printf("a child's most: %d, not thrice: %d\n", ru.ru_maxrss >= 24 << 10,
	       ru.ru_maxrss < 48 << 10);
	printf("of the children: %d, was less: %d\n",
	       usage_of(RUSAGE_CHILDREN).ru_maxrss == ru.ru_maxrss, child_before < 24 << 10);
	printf("not the parent's: %d\n", usage_of(RUSAGE_SELF).ru_maxrss - before < 12 << 10);
	waitpid(child(0), NULL, 0);
	printf("a smaller child later: %d\n", usage_of(RUSAGE_CHILDREN).ru_maxrss == ru.ru_maxrss);
}

int main(void)
{
	setbuf(stdout, NULL);
	of_a_thread();
	of_a_child();
	of_an_ignored_child();
	of_memory();
	return 0;
}
