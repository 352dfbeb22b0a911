// SPDX-License-Identifier: MIT
/*
 * Signals to processes at every moment of their lives: while they are made, while they make threads,
 * while they call execve() and while they end.  Each is waited for, and none is left over.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NR_MAKERS  3
#define NR_FORKS   300
#define NR_THREADS 3

/* Shared by all: the number that was given out last, and those that are not to be struck. */
static struct shared {
	volatile pid_t last;
	volatile pid_t spared[NR_MAKERS + 2];
	volatile int over;
} * shared;

static int is_spared(pid_t pid)
{
	for (int i = 0; i < NR_MAKERS + 2; i++)
		if (shared->spared[i] == pid)
			return 1;
	return pid <= 1 || pid <= shared->spared[0];
}

/* ---------------------------------------------------------------- who is struck */

static void *spin(void *arg)
{
	for (int i = 0; i < 1000; i++)
		getppid();
	return arg;
}

static void live_shortly(const char *self, int kind)
{
	pthread_t t[NR_THREADS];

	switch (kind % 4) {
	case 0:
		_exit(0);
	case 1:
		for (int i = 0; i < NR_THREADS; i++)
			pthread_create(&t[i], NULL, spin, NULL);
		_exit(0);
	case 2:
		execl(self, self, "end", NULL);
		_exit(1);
	default:
		/* The others are ended by execve(), of a thread that is not the first. */
		for (int i = 0; i < NR_THREADS; i++)
			pthread_create(&t[i], NULL, spin, NULL);
		execl(self, self, "end", NULL);
		_exit(1);
	}
}

/* How many were made and have ended. */
static int make_and_wait(const char *self)
{
	int ended = 0, status;

	for (int i = 0; i < NR_FORKS; i++) {
		pid_t pid = fork();

		if (!pid)
			live_shortly(self, i);
		if (pid < 0)
			continue;
		shared->last = pid;
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		ended += WIFEXITED(status) || WIFSIGNALED(status);
	}
	return ended;
}

/* ---------------------------------------------------------------- who strikes */

static void strike(void)
{
	static const int signals[] = { SIGKILL, SIGSTOP, SIGCONT, SIGTERM, SIGCONT, SIGUSR1 };
	unsigned int n = 0;

	while (!shared->over) {
		pid_t from = shared->last;

		for (pid_t pid = from; pid < from + 8; pid++)
			if (!is_spared(pid))
				kill(pid, signals[n++ % 6]);
		/* Whoever is stopped goes on. */
		for (pid_t pid = from - 8; pid < from + 8; pid++)
			if (!is_spared(pid))
				kill(pid, SIGCONT);
	}
	_exit(0);
}

/* ---------------------------------------------------------------- all of it */

static pid_t begin(int slot, void (*fn)(void))
{
	int pipefd[2];
	char byte;
	pid_t pid;

	if (pipe(pipefd))
		exit(1);
	pid = fork();
	if (!pid) {
		read(pipefd[0], &byte, 1);
		fn();
	}
	shared->spared[slot] = pid;
	write(pipefd[1], "", 1);
	close(pipefd[0]);
	close(pipefd[1]);
	return pid;
}

static const char *self;

static void maker(void)
{
	_exit(make_and_wait(self) == NR_FORKS ? 0 : 1);
}

int main(int argc, char **argv)
{
	pid_t makers[NR_MAKERS], striker;
	int good = 0, status;

	if (argc > 1)
		return 0;
	self = argv[0];
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	shared->spared[NR_MAKERS + 1] = getpid();
	for (int i = 0; i < NR_MAKERS; i++)
		makers[i] = begin(i + 1, maker);
	striker = begin(0, strike);
	for (int i = 0; i < NR_MAKERS; i++) {
		waitpid(makers[i], &status, 0);
		good += status == 0;
	}
	shared->over = 1;
	waitpid(striker, &status, 0);
	printf("makers that saw all of theirs end: %d of %d\n", good, NR_MAKERS);
	status = waitpid(-1, NULL, WNOHANG);
	printf("left over: %d %s\n", status, strerrorname_np(errno));
	return 0;
}
