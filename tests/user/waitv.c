// SPDX-License-Identifier: MIT
/* futex_waitv(): one of several words. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static uint32_t words[130];
static struct futex_waitv v[130];
static void *volatile bad_address = (void *)8;

static long waitv(const void *waiters, unsigned int n, unsigned int flags,
		  const struct timespec *ts, int clock)
{
	return syscall(SYS_futex_waitv, waiters, n, flags, ts, clock);
}

static void say(const char *what, long ret)
{
	if (ret < 0)
		printf("%s: %s\n", what, strerrorname_np(errno));
	else
		printf("%s: %ld\n", what, ret);
}

/* All words wait for 0. */
static void prepare(uint32_t *w, unsigned int flags)
{
	for (int i = 0; i < 130; i++) {
		w[i] = 0;
		v[i] = (struct futex_waitv){ .val = 0, .uaddr = (uintptr_t)&w[i], .flags = flags };
	}
}

static struct timespec soon(int clock, long ms)
{
	struct timespec t;

	clock_gettime(clock, &t);
	t.tv_nsec += ms * 1000000;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	return t;
}

static void bad_arguments(void)
{
	struct timespec t = { 0, 1000000000 }, zero = { 0 };

	prepare(words, FUTEX_32 | FUTEX_PRIVATE_FLAG);
	say("flags", waitv(v, 1, 1, NULL, 0));
	say("none", waitv(v, 0, 0, NULL, 0));
	say("too many", waitv(v, 129, 0, NULL, 0));
	say("NULL", waitv(NULL, 1, 0, NULL, 0));
	say("bad", waitv(bad_address, 1, 0, NULL, 0));
	say("bad time", waitv(v, 1, 0, bad_address, CLOCK_MONOTONIC));
	say("too many ns", waitv(v, 1, 0, &t, CLOCK_MONOTONIC));
	say("clock", waitv(v, 1, 0, &zero, CLOCK_BOOTTIME));
	words[0] = 1;
	say("a clock for no time", waitv(v, 1, 0, NULL, 77));
	words[0] = 0;
	v[1].flags = 0;
	say("size", waitv(v, 2, 0, &zero, CLOCK_MONOTONIC));
	v[1].flags = FUTEX_32 | 0x100;
	say("unknown flag", waitv(v, 2, 0, &zero, CLOCK_MONOTONIC));
	v[1].flags = FUTEX_32;
	v[1].__reserved = 1;
	say("reserved", waitv(v, 2, 0, &zero, CLOCK_MONOTONIC));
	v[1].__reserved = 0;
	v[1].uaddr++;
	say("not aligned", waitv(v, 2, 0, &zero, CLOCK_MONOTONIC));
	v[1].uaddr = 8;
	say("nothing there", waitv(v, 2, 0, &zero, CLOCK_MONOTONIC));
	v[1].flags |= FUTEX_PRIVATE_FLAG;
	say("nothing there, private", waitv(v, 2, 0, &zero, CLOCK_MONOTONIC));
}

static void *wake_one(void *word)
{
	usleep(30000);
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	return NULL;
}

static void alarm_handler(int sig)
{
	(void)sig;
}

static void times(void)
{
	struct sigaction act = { .sa_handler = alarm_handler };
	struct timespec t;
	pthread_t thread;

	prepare(words, FUTEX_32 | FUTEX_PRIVATE_FLAG);
	t = soon(CLOCK_MONOTONIC, 20);
	say("in time", waitv(v, 128, 0, &t, CLOCK_MONOTONIC));
	t = soon(CLOCK_REALTIME, 20);
	say("by the calendar", waitv(v, 3, 0, &t, CLOCK_REALTIME));
	words[2] = 5;
	say("one differs", waitv(v, 3, 0, NULL, 0));
	for (int i = 0; i < 3; i++)
		say("nobody waits for it",
		    syscall(SYS_futex, &words[i], FUTEX_WAKE_PRIVATE, 9, NULL, NULL, 0));
	v[2].val = 5;
	pthread_create(&thread, NULL, wake_one, &words[2]);
	say("woken", waitv(v, 3, 0, NULL, 0));
	pthread_join(thread, NULL);
	pthread_create(&thread, NULL, wake_one, &words[127]);
	say("the last", waitv(v, 128, 0, NULL, 0));
	pthread_join(thread, NULL);
	v[5] = v[2];
	pthread_create(&thread, NULL, wake_one, &words[2]);
	say("the same twice", waitv(v, 6, 0, NULL, 0));
	pthread_join(thread, NULL);
	sigaction(SIGALRM, &act, NULL);
	ualarm(30000, 0);
	say("a signal", waitv(v, 6, 0, NULL, 0));
	t = soon(CLOCK_MONOTONIC, 1000);
	ualarm(30000, 0);
	say("with a time", waitv(v, 6, 0, &t, CLOCK_MONOTONIC));
	act.sa_flags = SA_RESTART;
	sigaction(SIGALRM, &act, NULL);
	t = soon(CLOCK_MONOTONIC, 60);
	ualarm(20000, 0);
	say("begun again", waitv(v, 6, 0, &t, CLOCK_MONOTONIC));
}

static void between_processes(void)
{
	uint32_t *w = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;

	prepare(w, FUTEX_32);
	fflush(stdout);
	if (!fork()) {
		usleep(30000);
		_exit((int)syscall(SYS_futex, &w[1], FUTEX_WAKE, 9, NULL, NULL, 0));
	}
	say("by another process", waitv(v, 4, 0, NULL, 0));
	wait(&status);
	printf("who woke %d\n", WEXITSTATUS(status));
	say("nobody waits", syscall(SYS_futex, &w[0], FUTEX_WAKE, 9, NULL, NULL, 0));
}

int main(void)
{
	setbuf(stdout, NULL);
	alarm(20);
	bad_arguments();
	times();
	between_processes();
	return 0;
}
