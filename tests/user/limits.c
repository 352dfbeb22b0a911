// SPDX-License-Identifier: MIT
/* What a process that is not root's may not exceed: threads of a user, memory locked, hard limits. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096UL
#define USER 1234

static const char *said(long r)
{
	return r == -1 ? strerrorname_np(errno) : "ok";
}

static void limit(int resource, unsigned long soft, unsigned long hard)
{
	struct rlimit r = { soft, hard };

	printf("  limit %d to %ld %ld: %s\n", resource, (long)soft, (long)hard,
	       said(setrlimit(resource, &r)));
}

/* Each case in a child, so that what it becomes is its own. */
static void in_child(const char *name, void (*fn)(void))
{
	int status;
	pid_t pid;

	printf("%s\n", name);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		fn();
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	if (status)
		printf("  status %x\n", (unsigned int)status);
}

/* Children that stay until they are waited for: how many there may be. */
static int forks(int max)
{
	pid_t pid[16];
	int n = 0;

	while (n < max) {
		fflush(stdout);
		pid[n] = fork();
		if (!pid[n])
			_exit(0); /* a zombie counts too */
		if (pid[n] < 0)
			break;
		n++;
	}
	printf("  %d more: %s\n", n, n < max ? strerrorname_np(errno) : "ok");
	for (int i = 0; i < n; i++)
		waitpid(pid[i], NULL, 0);
	return n;
}

static void as_root(void)
{
	limit(RLIMIT_NPROC, 1, 1);
	forks(5);
}

static void as_user(void)
{
	limit(RLIMIT_NPROC, 4, 4);
	printf("  setuid %s\n", said(setuid(USER)));
	forks(8);
	forks(8);
}

static void with_capabilities(void)
{
	limit(RLIMIT_NPROC, 1, 1);
	printf("  real one alone %s\n", said(setresuid(USER, 0, 0)));
	forks(5);
}

static void effective_only(void)
{
	limit(RLIMIT_NPROC, 1, 1);
	printf("  effective one alone %s\n", said(setresuid(0, USER, 0)));
	forks(5);
}

static void *wait_here(void *barrier)
{
	pthread_barrier_wait(barrier);
	return NULL;
}

static void threads(void)
{
	pthread_barrier_t barrier;
	pthread_t t[2];
	int err = 0;

	limit(RLIMIT_NPROC, 3, 3);
	setuid(USER);
	pthread_barrier_init(&barrier, NULL, 3);
	for (int i = 0; i < 2; i++)
		err |= pthread_create(&t[i], NULL, wait_here, &barrier);
	printf("  two threads %d\n", err);
	forks(2);
	pthread_barrier_wait(&barrier);
	for (int i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
}

/* A child of the user's that calls execve() of its own. */
static void exec_as_user(const char *when)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		printf("  %s: setuid %s\n", when, said(setuid(USER)));
		fflush(stdout);
		execl("/bin/true", "true", NULL);
		printf("  execve %s\n", strerrorname_np(errno));
		fflush(stdout);
		_exit(1);
	}
	waitpid(pid, &status, 0);
	printf("  status %d\n", WEXITSTATUS(status));
}

/* setuid() past the limit is heard of in execve(). */
static void exec_after_setuid(void)
{
	int ready[2], end[2];
	pid_t other;
	char c = 0;

	limit(RLIMIT_NPROC, 0, 0);
	exec_as_user("the first");
	if (pipe(ready) || pipe(end))
		return;
	other = fork();
	if (!other) {
		setuid(USER);
		close(end[1]);
		(void)!write(ready[1], &c, 1);
		(void)!read(end[0], &c, 1);
		_exit(0);
	}
	(void)!read(ready[0], &c, 1);
	exec_as_user("the second");
	close(end[1]);
	waitpid(other, NULL, 0);
	exec_as_user("the first again");
}

static void leave_threads(void)
{
	pthread_barrier_t barrier;
	pthread_t t[2];

	setuid(USER);
	pthread_barrier_init(&barrier, NULL, 4);
	for (int i = 0; i < 2; i++)
		pthread_create(&t[i], NULL, wait_here, &barrier);
	_exit(0);
}

/* Threads of a process that was waited for count no more: not for a moment. */
static void threads_gone(void)
{
	int status, failed = 0;

	for (int i = 0; i < 600; i++) {
		fflush(stdout);
		if (!fork())
			leave_threads();
		wait(NULL);
		if (!fork()) {
			setrlimit(RLIMIT_NPROC, &(struct rlimit){ 0, 0 });
			setuid(USER);
			execl("/bin/true", "true", NULL);
			_exit(1);
		}
		wait(&status);
		failed += status != 0;
	}
	printf("  %d failed\n", failed);
}

/* Users are counted each by itself. */
static void other_users(void)
{
	limit(RLIMIT_NPROC, 2, 2);
	for (uid_t uid = USER; uid < USER + 3; uid++) {
		fflush(stdout);
		if (!fork()) {
			setuid(uid);
			forks(3);
			fflush(stdout);
			_exit(0);
		}
		wait(NULL);
	}
}

static void hard_limits(void)
{
	limit(RLIMIT_NOFILE, 10, 20);
	limit(RLIMIT_NOFILE, 10, 30);
	setuid(USER);
	limit(RLIMIT_NOFILE, 15, 30);
	limit(RLIMIT_NOFILE, 15, 31);
	limit(RLIMIT_NOFILE, 31, 30);
	limit(RLIMIT_NOFILE, 5, 15);
	limit(RLIMIT_NOFILE, 5, 30);
	limit(RLIMIT_CORE, 0, 0);
	limit(RLIMIT_CORE, 0, 1);
}

static void *map(size_t pages, int flags)
{
	return mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags,
		    -1, 0);
}

static void show_map(const char *what, void *p)
{
	printf("  %s: %s\n", what, said(p == MAP_FAILED ? -1 : 0));
}

static void locked_memory(void)
{
	char *p = map(16, 0), *q, *old;

	limit(RLIMIT_MEMLOCK, 8 * PAGE, 8 * PAGE);
	printf("  root: %s\n", said(mlock(p, 16 * PAGE)));
	munlock(p, 16 * PAGE);
	setuid(USER);
	printf("  9 pages: %s\n", said(mlock(p, 9 * PAGE)));
	printf("  8 pages: %s\n", said(mlock(p, 8 * PAGE)));
	printf("  the same again: %s\n", said(mlock(p, 8 * PAGE)));
	printf("  four of them and one more: %s\n", said(mlock(p + 4 * PAGE, 5 * PAGE)));
	printf("  one more: %s\n", said(mlock(p + 12 * PAGE, PAGE)));
	show_map("MAP_LOCKED", map(1, MAP_LOCKED));
	printf("  unlock two: %s\n", said(munlock(p, 2 * PAGE)));
	show_map("MAP_LOCKED of 2", q = map(2, MAP_LOCKED));
	show_map("it grows", mremap(q, 2 * PAGE, 3 * PAGE, MREMAP_MAYMOVE));
	munmap(q, 2 * PAGE);
	printf("  a hole: %s\n", said(mlock(q, PAGE)));
	printf("  mlockall now: %s\n", said(mlockall(MCL_CURRENT)));
	munlock(p, 16 * PAGE);
	printf("  mlockall for later: %s\n", said(mlockall(MCL_FUTURE)));
	show_map("8 pages", q = map(8, 0));
	show_map("one more", map(1, 0));
	old = sbrk(0);
	printf("  brk: %s\n", (char *)syscall(SYS_brk, old + 4 * PAGE) == old ? "stays" : "moves");
	munmap(q, 8 * PAGE);
	printf("  brk: %s\n", (char *)syscall(SYS_brk, old + 4 * PAGE) == old ? "stays" : "moves");
}

static void no_locked_memory(void)
{
	char *p = map(1, 0);

	limit(RLIMIT_MEMLOCK, 0, 0);
	printf("  root: %s\n", said(mlock(p, PAGE)));
	printf("  unlock: %s\n", said(munlock(p, PAGE)));
	setuid(USER);
	printf("  mlock: %s\n", said(mlock(p, PAGE)));
	printf("  mlock2: %s\n", said(mlock2(p, PAGE, MLOCK_ONFAULT)));
	printf("  munlock: %s\n", said(munlock(p, PAGE)));
	printf("  mlockall: %s\n", said(mlockall(MCL_FUTURE)));
	show_map("MAP_LOCKED", map(1, MAP_LOCKED));
}

/* Where no core may be written, none is, and nobody says so. */
static void no_core(void)
{
	static const int signals[] = { SIGABRT, SIGSEGV, SIGQUIT, SIGXFSZ, SIGTERM };
	siginfo_t info;
	pid_t pid;

	limit(RLIMIT_CORE, 0, RLIM_INFINITY);
	for (unsigned int i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		int status;

		fflush(stdout);
		pid = fork();
		if (!pid) {
			raise(signals[i]);
			_exit(0);
		}
		waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
		waitpid(pid, &status, 0);
		printf("  signal %d: status %x core %d code %d\n", signals[i], (unsigned)status,
		       !!WCOREDUMP(status), info.si_code);
	}
	printf("  dumpable %d", (int)prctl(PR_GET_DUMPABLE));
	printf(" %s", said(prctl(PR_SET_DUMPABLE, 0)));
	printf(" %d", (int)prctl(PR_GET_DUMPABLE));
	printf(" %s\n", said(prctl(PR_SET_DUMPABLE, 2)));
}

/* Of a kind that is locked already: it counts once. */
static void locked_again(void)
{
	void *p = map(8, 0);

	limit(RLIMIT_MEMLOCK, 8 * PAGE, 8 * PAGE);
	if (setresuid(USER, USER, USER))
		return;
	printf("  on fault: %s\n", said(mlock2(p, 8 * PAGE, MLOCK_ONFAULT)));
	printf("  at once: %s\n", said(mlock(p, 8 * PAGE)));
	printf("  one more: %s\n", said(mlock(map(1, 0), PAGE)));
	printf("  unlock one: %s\n", said(munlock(p, PAGE)));
	printf("  one more: %s\n", said(mlock(map(1, 0), PAGE)));
}

/* Page by page down the stack: as far as the limit, and no further. */
static void stack(void)
{
	static const long depths[] = { 512, 2048 };

	limit(RLIMIT_STACK, 1 << 20, RLIM_INFINITY);
	for (unsigned int i = 0; i < sizeof(depths) / sizeof(*depths); i++) {
		volatile char *p = (char *)__builtin_frame_address(0);
		int status;
		pid_t pid;

		fflush(stdout);
		pid = fork();
		if (!pid) {
			for (long n = 0; n < depths[i] << 10; n += PAGE)
				p[-n] = 1;
			_exit(0);
		}
		waitpid(pid, &status, 0);
		printf("  %ld KiB: status %x\n", depths[i], (unsigned)status);
	}
}

int main(void)
{
	in_child("root forks past its limit", as_root);
	in_child("a user does not", as_user);
	in_child("with root's capabilities it does", with_capabilities);
	in_child("the real uid is whose it is", effective_only);
	in_child("threads count", threads);
	in_child("setuid() past it", exec_after_setuid);
	in_child("threads that have gone", threads_gone);
	in_child("each user for itself", other_users);
	in_child("hard limits", hard_limits);
	in_child("locked memory", locked_memory);
	in_child("no locked memory", no_locked_memory);
	in_child("no core", no_core);
	in_child("locked again", locked_again);
	in_child("a stack", stack);
	return 0;
}
