// SPDX-License-Identifier: MIT
/* A process that does not stop making others: it is refused, all of them end, and it may go on. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST 20000

static pid_t child[MOST];

int main(void)
{
	int n = 0, ended = 0;
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
	for (int i = 0; i < n; i++)
		kill(child[i], SIGKILL);
	for (int i = 0; i < n; i++)
		ended += waitpid(child[i], NULL, 0) == child[i];
	printf("all have ended: %d\n", ended == n);
	pid = fork();
	if (!pid)
		_exit(0);
	printf("one more: %d\n", pid > 0 && waitpid(pid, NULL, 0) == pid);
	return 0;
}
