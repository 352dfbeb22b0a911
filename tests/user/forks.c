// SPDX-License-Identifier: MIT
/* A process that does not stop making others: it is refused, all of them end and leave nothing, and it may go on. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST 20000

static pid_t child[MOST];

/* kB; the kernel has its threads' stacks in it. */
static long vmalloc_used(void)
{
	FILE *f = fopen("/proc/meminfo", "r");
	char line[256];
	long used = 0;

	while (f && fgets(line, sizeof(line), f))
		sscanf(line, "VmallocUsed: %ld", &used);
	if (f)
		fclose(f);
	return used;
}

/* Nobody ends meanwhile.  Linux does it a little later. */
static int stacks_are_free(long before, long peak)
{
	int tries = 50;

	while (vmalloc_used() - before > (peak - before) / 4 && tries--)
		usleep(100000);
	return tries >= 0;
}

int main(void)
{
	long before = vmalloc_used(), peak;
	int n = 0, ended = 0;
	siginfo_t info;
	pid_t pid;

	while (n < MOST) {
		pid = fork();
		if (!pid)
			for (;;)
				pause();
		if (pid < 0)
			break;
		child[n++] = pid;
	}
	printf("fork: %s\n", pid < 0 ? strerrorname_np(errno) : "no end");
	printf("more than 500: %d\n", n > 500);
	peak = vmalloc_used();
	for (int i = 0; i < n; i++)
		kill(child[i], SIGKILL);
	for (int i = 0; i < n; i++) /* all are zombies before the first is waited for */
		waitid(P_PID, (id_t)child[i], &info, WEXITED | WNOWAIT);
	for (int i = 0; i < n; i++)
		ended += waitpid(child[i], NULL, 0) == child[i];
	printf("all have ended: %d\n", ended == n);
	printf("their stacks are free: %d\n", peak > before && stacks_are_free(before, peak));
	pid = fork();
	if (!pid)
		_exit(0);
	printf("one more: %d\n", pid > 0 && waitpid(pid, NULL, 0) == pid);
	return 0;
}
