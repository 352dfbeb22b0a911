// SPDX-License-Identifier: MIT
/*
 * Parents, children and who takes their place: what a process is told of its parent's end, whose a child is
 * then, groups and sessions that it may join, and what execve() changes for those who share something.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SELF "/proc/self/exe"

static void say(const char *what, long ret)
{
	if (ret < 0)
		printf("%s: %s\n", what, strerrorname_np(errno));
	else
		printf("%s: %ld\n", what, ret);
}

static void ended(const char *what, pid_t pid)
{
	int status = 0;

	if (waitpid(pid, &status, 0) != pid)
		say(what, -1);
	else if (WIFSIGNALED(status))
		printf("%s: signal %d\n", what, WTERMSIG(status));
	else
		printf("%s: exit %d\n", what, WEXITSTATUS(status));
}

/* Children write nothing of ours. */
static pid_t fork_clean(void)
{
	fflush(stdout);
	return fork();
}

/* Of a pipe: a process writes its number, and what it found out. */
struct word {
	pid_t pid;
	int value, more;
};

static void tell(int fd, int value, int more)
{
	struct word w = { getpid(), value, more };

	if (write(fd, &w, sizeof(w)) != sizeof(w))
		_exit(99);
}

static struct word hear(int fd)
{
	struct word w = { 0 };

	if (read(fd, &w, sizeof(w)) != sizeof(w))
		memset(&w, 0, sizeof(w));
	return w;
}

/* ---------------------------------------------------------------- the parent ends */

/* A's child waits until A has ended, which is told by a pipe that A alone holds open. */
static void death_signal(int sig)
{
	int words[2], alive[2];
	struct word b;
	pid_t a;

	if (pipe(words) || pipe(alive))
		exit(1);
	a = fork_clean();
	if (!a) {
		pid_t self = getpid();
		char c;

		if (!fork()) {
			struct timespec patience = { 20, 0 };
			siginfo_t info = { 0 };
			sigset_t set;

			close(alive[1]);
			sigfillset(&set);
			sigprocmask(SIG_BLOCK, &set, NULL);
			prctl(PR_SET_PDEATHSIG, sig);
			tell(words[1], 0, 0);
			if (read(alive[0], &c, 1))
				_exit(98);
			if (!sig)
				patience.tv_sec = 0;
			sig = sigtimedwait(&set, &info, &patience);
			tell(words[1], sig, info.si_pid == self && info.si_code == SI_USER);
			_exit(7);
		}
		hear(words[0]);
		_exit(0);
	}
	close(alive[0]);
	close(alive[1]);
	ended("the parent", a);
	b = hear(words[0]);
	printf("its child was told: %d, by it: %d\n", b.value, b.more);
	ended("the child, ours now", b.pid);
	close(words[0]);
	close(words[1]);
}

static void subreaper(void)
{
	int words[2];
	struct word b;
	pid_t a;

	if (pipe(words))
		exit(1);
	a = fork_clean();
	if (!a) {
		pid_t self = getpid();

		if (!fork()) {
			while (getppid() == self)
				sched_yield();
			tell(words[1], getppid(), 0);
			_exit(5);
		}
		_exit(0);
	}
	ended("the parent", a);
	b = hear(words[0]);
	printf("its child is ours: %d\n", b.value == getpid());
	ended("the child", b.pid);
	close(words[0]);
	close(words[1]);
}

/* Its parent's is one that is made with CLONE_PARENT, and tells of its end as its maker does. */
static void of_the_same_parent(void)
{
	int words[2];
	struct word b;
	pid_t a;

	if (pipe(words))
		exit(1);
	a = fork_clean();
	if (!a) {
		pid_t pid = (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGUSR1, 0, 0, 0, 0);

		if (!pid) {
			tell(words[1], getppid(), 0);
			_exit(6);
		}
		_exit(waitpid(pid, NULL, 0) == -1 && errno == ECHILD ? 4 : 1);
	}
	b = hear(words[0]);
	printf("its parent is ours: %d\n", b.value == getpid());
	ended("who made it", a);
	ended("it", b.pid);
	close(words[0]);
	close(words[1]);
}

/* Who waits for a child of vfork() can be killed. */
static void killed_in_vfork(void)
{
	int words[2];
	struct word b;
	pid_t a;

	if (pipe(words))
		exit(1);
	a = fork_clean();
	if (!a) {
		if (!vfork()) {
			tell(words[1], 0, 0);
			for (;;)
				pause();
		}
		_exit(1);
	}
	b = hear(words[0]);
	alarm(20);
	kill(a, SIGTERM);
	kill(a, SIGKILL);
	ended("the parent", a);
	alarm(0);
	kill(b.pid, SIGKILL);
	ended("its child, ours now", b.pid);
	close(words[0]);
	close(words[1]);
}

/* A zombie whose parent ends is pid 1's, who asks for it at once. */
static void zombie_left(void)
{
	int words[2];
	struct word b;
	pid_t a;
	int tries;

	if (pipe(words))
		exit(1);
	a = fork_clean();
	if (!a) {
		siginfo_t info;

		if (!fork()) {
			tell(words[1], 0, 0);
			_exit(5);
		}
		waitid(P_ALL, 0, &info, WEXITED | WNOWAIT); /* it is one */
		_exit(0);
	}
	ended("the parent", a);
	b = hear(words[0]);
	for (tries = 0; tries < 2000 && !kill(b.pid, 0); tries++)
		usleep(10000);
	say("its zombie", kill(b.pid, 0));
	close(words[0]);
	close(words[1]);
}

/* ---------------------------------------------------------------- groups and sessions */

/* A child that says when it runs, and ends with its standard input. */
static int start(pid_t *pid, int own_session, int *in)
{
	int to[2], from[2];
	char c = 0;

	if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC))
		exit(1);
	*pid = fork_clean();
	if (!*pid) {
		dup2(to[0], 0);
		dup2(from[1], 1);
		if (own_session)
			setsid();
		execl(SELF, "family", "wait", NULL);
		_exit(errno);
	}
	close(to[0]);
	close(from[1]);
	*in = to[1];
	if (read(from[0], &c, 1) != 1)
		c = 0;
	close(from[0]);
	return c == 'r' ? 0 : -1;
}

static void groups(void)
{
	pid_t pid;
	int in;

	say("a program runs", start(&pid, 0, &in));
	say("its group is changed", setpgid(pid, pid));
	say("its group is what it was", setpgid(pid, getpgrp()));
	close(in);
	ended("it", pid);
	say("one of its own session runs", start(&pid, 1, &in));
	say("its group is ours", setpgid(pid, getpgrp()));
	say("ours is its", setpgid(0, pid));
	close(in);
	ended("it", pid);
	pid = fork_clean();
	if (!pid) {
		pause();
		_exit(0);
	}
	say("a child is its own group", setpgid(pid, 0));
	printf("it is: %d\n", getpgid(pid) == pid);
	say("and ours again", setpgid(pid, getpgrp()));
	say("of no group that is there", setpgid(pid, 0x3ffffff));
	kill(pid, SIGKILL);
	ended("it", pid);
}

/* ---------------------------------------------------------------- another program */

/* Who shares descriptors with a program that is replaced keeps those that the new one is to be without. */
static void shared_files(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	pid_t pid;

	fflush(stdout);
	pid = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
	if (!pid) {
		execl(SELF, "family", "true", NULL);
		_exit(errno);
	}
	ended("who shares our descriptors", pid);
	say("ours", fcntl(fd, F_GETFD));
	close(fd);
}

/* Scripts whose interpreters are scripts. */
static void scripts(void)
{
	char name[40], text[60];

	mkdir("/tmp", 0777);
	for (int n = 0; n < 8; n++) {
		int fd, status;
		pid_t pid;

		snprintf(name, sizeof(name), "/tmp/family-%d", n);
		if (n)
			snprintf(text, sizeof(text), "#!/tmp/family-%d\n", n - 1);
		else
			snprintf(text, sizeof(text), "#!%s true\n", SELF);
		fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0755);
		if (write(fd, text, strlen(text)) < 0)
			exit(1);
		close(fd);
		pid = fork_clean();
		if (!pid) {
			execl(name, name, NULL);
			_exit(errno);
		}
		waitpid(pid, &status, 0);
		printf("script %d: %s\n", n,
		       WEXITSTATUS(status) ? strerrorname_np(WEXITSTATUS(status)) : "runs");
	}
	for (int n = 0; n < 8; n++) {
		snprintf(name, sizeof(name), "/tmp/family-%d", n);
		unlink(name);
	}
}

static int shared_fd;

/* It leaves what it has with its parent, piece by piece. */
static void leave(void)
{
	char cwd[20] = "";

	say("no such thing", unshare(1));
	say("nothing", unshare(0));
	say("memory", unshare(CLONE_VM));
	close(shared_fd);
	say("folder", unshare(CLONE_FS));
	chdir("/proc");
	umask(077);
	say("descriptors", unshare(CLONE_FILES));
	close(1 + shared_fd);
	say("its own folder", getcwd(cwd, sizeof(cwd)) && !strcmp(cwd, "/proc") ? 0 : -1);
	_exit(0);
}

static void *unshare_here(void *unused)
{
	say("in a thread: memory", unshare(CLONE_VM));
	say("in a thread: signals", unshare(CLONE_SIGHAND));
	say("in a thread: itself", unshare(CLONE_THREAD));
	say("in a thread: folder", unshare(CLONE_FS));
	chdir("/proc");
	return unused;
}

static void left(void)
{
	char cwd[20] = "";
	pthread_t t;
	pid_t pid;

	chdir("/");
	umask(022);
	shared_fd = open("/dev/null", O_RDONLY);
	dup2(shared_fd, shared_fd + 1);
	fflush(stdout);
	pid = (pid_t)syscall(SYS_clone, CLONE_FILES | CLONE_FS | SIGCHLD, 0, 0, 0, 0);
	if (!pid)
		leave();
	ended("who left", pid);
	say("closed while shared", fcntl(shared_fd, F_GETFD));
	say("closed afterwards", fcntl(shared_fd + 1, F_GETFD));
	printf("our mask %o, folder %s\n", umask(022), getcwd(cwd, sizeof(cwd)));
	close(shared_fd + 1);
	pthread_create(&t, NULL, unshare_here, NULL);
	pthread_join(t, NULL);
	printf("our folder %s\n", getcwd(cwd, sizeof(cwd)));
}

static char leader[20], began[20];

/* When a process began, in /proc's ticks. */
static void start_time(char *text)
{
	char line[512] = "";
	int fd = open("/proc/self/stat", O_RDONLY);

	(void)!read(fd, line, sizeof(line) - 1);
	close(fd);
	if (sscanf(line,
		   "%*d %*s %*c %*d %*d %*d %*d %*d %*d %*d %*d %*d %*d %*d %*d %*d %*d %*d %*d %*d %*d %19s",
		   text) != 1)
		strcpy(text, "none");
}

static void *replace(void *unused)
{
	char own[20];

	(void)unused;
	snprintf(own, sizeof(own), "%d", gettid());
	execl("/proc/thread-self/exe", "family", "numbers", leader, own, began,
	      NULL); /* the leader has none any more */
	_exit(errno);
}

static pthread_t first;

static void *replace_behind(void *unused)
{
	pthread_join(first, NULL);
	return replace(unused);
}

/* A thread that is not the first becomes it, which may have ended: it has its number, and its own is nobody's. */
static void by_a_thread(void *(*thread)(void *))
{
	pid_t pid = fork_clean();
	pthread_t t;

	if (!pid) {
		alarm(20);
		snprintf(leader, sizeof(leader), "%d", getpid());
		start_time(began);
		usleep(50000); /* some of its ticks: the thread begins later */
		first = pthread_self();
		pthread_create(&t, NULL, thread, NULL);
		if (thread == replace_behind)
			pthread_exit(NULL);
		pause();
		_exit(1);
	}
	ended("it", pid);
}

static int numbers(char **argv)
{
	pid_t was = atoi(argv[2]), own = atoi(argv[3]);
	char now[20];

	start_time(now);
	printf("it began when it had begun: %d\n", !strcmp(now, argv[4]));
	printf("by a thread: process %d, thread %d\n", getpid() == was, gettid() == was);
	say("the process is there", kill(was, 0));
	say("the thread's number", kill(own, 0));
	say("... in this process", syscall(SYS_tgkill, was, own, 0));
	say("the process's", syscall(SYS_tgkill, was, was, 0));
	return 0;
}

static int wait_for_end(void)
{
	char c;

	if (write(1, "r", 1) != 1)
		return 1;
	while (read(0, &c, 1) > 0)
		;
	return 0;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 1 && !strcmp(argv[1], "wait"))
		return wait_for_end();
	if (argc > 3 && !strcmp(argv[1], "numbers"))
		return numbers(argv);
	if (argc > 1)
		return 0;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	printf("--- the parent ends\n");
	death_signal(SIGUSR1);
	death_signal(SIGTERM);
	death_signal(0);
	printf("--- whose child\n");
	subreaper();
	killed_in_vfork();
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	of_the_same_parent();
	zombie_left();
	printf("--- groups\n");
	groups();
	printf("--- another program\n");
	shared_files();
	left();
	scripts();
	by_a_thread(replace);
	by_a_thread(replace_behind);
	return 0;
}
