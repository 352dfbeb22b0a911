// SPDX-License-Identifier: MIT
/* Processes: fork and its kin, exit and wait, groups and sessions, execve, limits and ids. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <linux/securebits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <unistd.h>

static void *volatile nowhere = (void *)1;
static char self[] = "/bin/process";

static void say(const char *what, long ret)
{
	if (ret < 0)
		printf("%s: %s\n", what, strerrorname_np(errno));
	else
		printf("%s: %ld\n", what, ret);
	fflush(stdout);
}

/* A number that differs from run to run: only whether it is what it should be. */
static void same(const char *what, long a, long b)
{
	if (a == b)
		printf("%s: as expected\n", what);
	else
		printf("%s: %ld, expected %ld (%s)\n", what, a, b,
		       a < 0 ? strerrorname_np(errno) : "");
	fflush(stdout);
}

static void status(const char *what, int st)
{
	if (WIFEXITED(st))
		printf("%s: exit %d\n", what, WEXITSTATUS(st));
	else if (WIFSIGNALED(st))
		printf("%s: signal %d core %d\n", what, WTERMSIG(st), !!WCOREDUMP(st));
	else if (WIFSTOPPED(st))
		printf("%s: stopped by %d\n", what, WSTOPSIG(st));
	else if (WIFCONTINUED(st))
		printf("%s: continued\n", what);
	else
		printf("%s: %x\n", what, st);
	fflush(stdout);
}

static pid_t child_that(void (*fn)(void))
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		fn();
		fflush(stdout);
		_exit(0);
	}
	return pid;
}

static void die_by_kill(void)
{
	raise(SIGKILL);
}
static void die_by_segv(void)
{
	*(volatile char *)nowhere = 1;
}
static void die_by_abort(void)
{
	abort();
}
static void exit_300(void)
{
	_exit(300);
}
static void sleep_long(void)
{
	for (;;)
		pause();
}
static void do_nothing(void)
{
}

static void ends(void)
{
	static const struct {
		const char *name;
		void (*fn)(void);
	} ways[] = { { "kill", die_by_kill },
		     { "segv", die_by_segv },
		     { "abort", die_by_abort },
		     { "exit 300", exit_300 } };
	int st;

	printf("--- ends\n");
	for (unsigned int i = 0; i < 4; i++) {
		pid_t pid = child_that(ways[i].fn);

		same("wait", waitpid(pid, &st, 0), pid);
		status(ways[i].name, st);
	}
}

static void show_info(const char *what, long ret, const siginfo_t *si, pid_t pid)
{
	say(what, ret);
	if (!ret)
		printf("  signo %d code %d pid %s uid %d status %d\n", si->si_signo, si->si_code,
		       !si->si_pid	 ? "0" :
		       si->si_pid == pid ? "child" :
					   "?",
		       si->si_uid, si->si_status);
	fflush(stdout);
}

static long waitid_(int which, pid_t nr, siginfo_t *si, int options)
{
	memset(si, 0x55, sizeof(*si));
	return syscall(SYS_waitid, which, nr, si, options, NULL);
}

static void waits(void)
{
	siginfo_t si;
	pid_t pid;
	int st;

	printf("--- waits\n");
	say("no child", waitpid(-1, &st, 0));
	say("no such child", waitpid(1, &st, WNOHANG));
	say("wait4 bad options", syscall(SYS_wait4, -1, &st, 0x40, NULL));
	say("wait4 INT_MIN", syscall(SYS_wait4, INT_MIN, &st, 0, NULL));
	say("waitid no options", waitid_(P_ALL, 0, &si, 0));
	say("waitid bad options", waitid_(P_ALL, 0, &si, WEXITED | 0x100));
	say("waitid bad type", waitid_(9, 0, &si, WEXITED));
	say("waitid pid 0", waitid_(P_PID, 0, &si, WEXITED));
	say("waitid pgid -1", waitid_(P_PGID, -1, &si, WEXITED));
	say("waitid pidfd -1", waitid_(P_PIDFD, -1, &si, WEXITED));
	say("waitid pidfd bad", waitid_(P_PIDFD, 99, &si, WEXITED));
	pid = child_that(sleep_long);
	say("nothing yet", waitpid(pid, &st, WNOHANG));
	show_info("waitid nothing yet", waitid_(P_PID, pid, &si, WEXITED | WNOHANG), &si, pid);
	kill(pid, SIGSTOP);
	show_info("waitid stopped, kept", waitid_(P_PID, pid, &si, WSTOPPED | WNOWAIT), &si, pid);
	same("stopped", waitpid(pid, &st, WUNTRACED), pid);
	status("stopped", st);
	say("told once", waitpid(pid, &st, WUNTRACED | WNOHANG));
	kill(pid, SIGCONT);
	same("continued", waitpid(pid, &st, WCONTINUED), pid);
	status("continued", st);
	say("told once", waitpid(pid, &st, WCONTINUED | WNOHANG));
	kill(pid, SIGSTOP);
	waitpid(pid, &st, WUNTRACED);
	kill(pid, SIGTERM);
	say("stopped: not dead", waitpid(pid, &st, WNOHANG));
	kill(pid, SIGCONT);
	show_info("waitid dead, kept", waitid_(P_PID, pid, &si, WEXITED | WNOWAIT), &si, pid);
	show_info("waitid group", waitid_(P_PGID, 0, &si, WEXITED), &si, pid);
	say("gone", waitpid(pid, &st, 0));
	pid = child_that(exit_300);
	show_info("exited", waitid_(P_ALL, 0, &si, WEXITED), &si, pid);
	pid = child_that(do_nothing);
	waitid_(P_ALL, 0, &si, WEXITED | WNOWAIT);
	say("status to nowhere", syscall(SYS_wait4, pid, nowhere, 0, NULL));
	say("gone all the same", waitpid(pid, &st, 0));
	pid = child_that(do_nothing);
	say("wclone", syscall(SYS_wait4, pid, &st, __WCLONE, NULL));
	same("wall", syscall(SYS_wait4, pid, &st, __WALL, NULL), pid);
	signal(SIGCHLD, SIG_IGN);
	pid = child_that(do_nothing);
	say("ignored", waitpid(pid, &st, 0));
	signal(SIGCHLD, SIG_DFL);
}

/* ---------------------------------------------------------------- groups */

static int pipe_fd[2];

static void tell_signal(int sig)
{
	(void)!write(pipe_fd[1], sig == SIGHUP ? "H" : "C", 1);
}

/* C stops, B ends: C's group has then nobody in its session who could continue it. */
static void be_c(void)
{
	signal(SIGHUP, tell_signal);
	signal(SIGCONT, tell_signal);
	raise(SIGSTOP);
	pause();
	_exit(0);
}

static void be_b(void)
{
	pid_t pid;

	setpgid(0, 0);
	pid = child_that(be_c);
	waitpid(pid, NULL, WUNTRACED);
}

static void be_a(void)
{
	setsid();
	waitpid(child_that(be_b), NULL, 0);
}

static void groups(void)
{
	pid_t pid, me = getpid(), group = getpgrp();
	int st;

	printf("--- groups\n");
	same("getpgid 0", getpgid(0), group);
	same("getpgid self", getpgid(me), group);
	say("getpgid none", getpgid(999999));
	say("getpgid -1", getpgid(-1));
	say("getsid none", getsid(999999));
	say("setpgid -1", setpgid(0, -1));
	say("setpgid none", setpgid(999999, 0));
	say("setpgid not mine", setpgid(1, 0));
	say("setpgid to no group", setpgid(0, 999999));
	pid = child_that(sleep_long);
	say("setpgid child", setpgid(pid, pid));
	same("its group", getpgid(pid), pid);
	say("kill group", kill(-pid, SIGTERM));
	same("wait group", waitpid(-pid, &st, 0), pid);
	status("by group", st);
	say("no such group", kill(-pid, 0));
	fflush(stdout);
	pid = fork();
	if (!pid) {
		pid_t sid = setsid();

		same("setsid", sid, getpid());
		same("getsid", getsid(0), getpid());
		same("getpgrp", getpgrp(), getpid());
		say("setsid again", setsid());
		say("setpgid leader", setpgid(0, 0));
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, &st, 0);
	pid = child_that(sleep_long);
	if (pipe(pipe_fd))
		return;
	{
		pid_t exec = fork();

		if (!exec) {
			dup2(pipe_fd[1], 1);
			execl(self, self, "sleep", NULL);
			_exit(1);
		}
		char c;

		if (read(pipe_fd[0], &c, 1) == 1)
			say("setpgid after exec", setpgid(exec, exec));
		kill(exec, SIGKILL);
		waitpid(exec, &st, 0);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &st, 0);
	close(pipe_fd[0]);
	close(pipe_fd[1]);
}

/* The group's other processes: this one does not heed it. */
static int kill_others(void)
{
	int ret;

	signal(SIGUSR2, SIG_IGN);
	ret = kill(0, SIGUSR2);
	signal(SIGUSR2, SIG_DFL);
	return ret;
}

static void be_father(void)
{
	if (child_that(sleep_long) < 0)
		_exit(1);
}

static void orphans(void)
{
	char c[2] = "";
	pid_t pid;
	int st;

	printf("--- orphans\n");
	if (pipe(pipe_fd))
		return;
	waitpid(child_that(be_a), &st, 0);
	for (int i = 0; i < 2; i++)
		if (read(pipe_fd[0], &c[i], 1) != 1)
			say("pipe", -1);
	printf("the orphan got %d signals\n",
	       (c[0] == 'H' || c[1] == 'H') + (c[0] == 'C' || c[1] == 'C'));
	close(pipe_fd[0]);
	close(pipe_fd[1]);
	say("subreaper", syscall(SYS_prctl, 36, 1, 0, 0, 0));
	pid = child_that(be_father);
	same("the father", waitpid(pid, &st, 0), pid);
	say("no more", waitpid(-1, &st, WNOHANG));
	say("kill the group", kill_others());
	printf("grandchild %d\n", waitpid(-1, &st, 0) > 0);
	status("grandchild", st);
	say("subreaper", syscall(SYS_prctl, 36, 0, 0, 0, 0));
}

/* ---------------------------------------------------------------- clone */

static char stack[65536] __attribute__((aligned(16)));
static volatile int shared;

static int set_shared(void *arg)
{
	shared = (int)(long)arg;
	return 5;
}

/* What it has of a handler, and of what is ignored. */
static void signals_of_child(unsigned long flags)
{
	struct clone_args args = { .exit_signal = SIGCHLD, .flags = flags };
	struct sigaction sa;
	pid_t pid;

	signal(SIGUSR1, tell_signal);
	signal(SIGUSR2, SIG_IGN);
	fflush(stdout);
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (!pid) {
		sigaction(SIGUSR1, NULL, &sa);
		printf("the handler is %s", sa.sa_handler == tell_signal ? "kept" : "not kept");
		sigaction(SIGUSR2, NULL, &sa);
		printf(", what is ignored is %s\n", sa.sa_handler == SIG_IGN ? "so still" : "not");
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	signal(SIGUSR1, SIG_DFL);
	signal(SIGUSR2, SIG_DFL);
}

static void clones(void)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	int st, tid = 0, child_tid = -1;
	pid_t pid;

	printf("--- clone\n");
	say("thread without sighand", syscall(SYS_clone, CLONE_THREAD, 0, 0, 0, 0));
	say("sighand without vm", syscall(SYS_clone, CLONE_SIGHAND, 0, 0, 0, 0));
	say("fs and newns", syscall(SYS_clone, CLONE_FS | CLONE_NEWNS, 0, 0, 0, 0));
	say("pidfd and detached", syscall(SYS_clone, CLONE_PIDFD | CLONE_DETACHED, 0, 0, 0, 0));
	say("clone3 small", syscall(SYS_clone3, &args, 63));
	say("clone3 large", syscall(SYS_clone3, &args, 4097));
	say("clone3 nowhere", syscall(SYS_clone3, nowhere, sizeof(args)));
	args.exit_signal = 65;
	say("clone3 bad signal", syscall(SYS_clone3, &args, sizeof(args)));
	args.exit_signal = 0x1000;
	say("clone3 no signal", syscall(SYS_clone3, &args, sizeof(args)));
	args.exit_signal = SIGCHLD;
	args.stack = 4096;
	say("clone3 stack without size", syscall(SYS_clone3, &args, sizeof(args)));
	args.stack = 0;
	args.stack_size = 4096;
	say("clone3 size without stack", syscall(SYS_clone3, &args, sizeof(args)));
	args.stack_size = 0;
	args.flags = CLONE_DETACHED;
	say("clone3 detached", syscall(SYS_clone3, &args, sizeof(args)));
	args.flags = CLONE_CLEAR_SIGHAND | CLONE_SIGHAND | CLONE_VM;
	say("clone3 two of sighand", syscall(SYS_clone3, &args, sizeof(args)));
	args.flags = CLONE_PARENT_SETTID | CLONE_CHILD_SETTID;
	args.parent_tid = (unsigned long)&tid;
	args.child_tid = (unsigned long)&child_tid;
	fflush(stdout);
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (!pid) {
		same("child's tid", child_tid, syscall(SYS_gettid));
		_exit(3);
	}
	waitpid(pid, &st, 0);
	same("parent's tid", tid, pid);
	same("not the child's", child_tid, -1);
	status("clone3", st);
	signals_of_child(0);
	signals_of_child(CLONE_CLEAR_SIGHAND);
	shared = 0;
	pid = clone(set_shared, stack + sizeof(stack), CLONE_VM | SIGCHLD, (void *)7L);
	waitpid(pid, &st, 0);
	status("clone vm", st);
	say("shared", shared);
	pid = clone(set_shared, stack + sizeof(stack), CLONE_VM, (void *)8L);
	say("no signal: not for wait", waitpid(pid, &st, 0));
	same("but for wclone", waitpid(pid, &st, __WCLONE), pid);
	signal(SIGUSR1, SIG_IGN);
	pid = clone(set_shared, stack + sizeof(stack), SIGUSR1, (void *)9L);
	same("another signal", waitpid(pid, &st, __WALL), pid);
	signal(SIGUSR1, SIG_DFL);
	say("not shared", shared);
	shared = 0;
	pid = vfork();
	if (!pid) {
		shared = 4;
		_exit(6);
	}
	say("after vfork", shared);
	waitpid(pid, &st, 0);
	status("vfork", st);
}

/* ---------------------------------------------------------------- processes as files */

static long pidfd_signal(int fd, int sig, siginfo_t *si, unsigned int flags)
{
	return syscall(SYS_pidfd_send_signal, fd, sig, si, flags);
}

static void pidfds(void)
{
	struct clone_args args = { .flags = CLONE_PIDFD, .exit_signal = SIGCHLD };
	struct pollfd p = { .events = POLLIN };
	int fd = -1, other;
	siginfo_t si = { 0 };
	pid_t pid;

	printf("--- pidfd\n");
	say("open 0", syscall(SYS_pidfd_open, 0, 0));
	say("open flags", syscall(SYS_pidfd_open, getpid(), 1));
	say("open nobody", syscall(SYS_pidfd_open, 999999, 0));
	args.pidfd = (unsigned long)nowhere;
	say("clone3 nowhere", syscall(SYS_clone3, &args, sizeof(args)));
	/* More often than there may be threads: one that failed does not count. */
	for (int i = 0; i < 6000; i++)
		syscall(SYS_clone3, &args, sizeof(args));
	say("clone3 nowhere again", syscall(SYS_clone3, &args, sizeof(args)));
	args.pidfd = (unsigned long)&fd;
	fflush(stdout);
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (!pid)
		sleep_long();
	p.fd = fd;
	say("close on exec", fcntl(fd, F_GETFD));
	say("not ready", poll(&p, 1, 0));
	say("waits not", fcntl(fd, F_SETFL, O_NONBLOCK));
	say("waitid", waitid_(P_PIDFD, fd, &si, WEXITED));
	say("read", read(fd, &si, 1));
	other = syscall(SYS_pidfd_open, pid, 0);
	say("signal flags", pidfd_signal(other, 0, NULL, 1));
	say("signal no pidfd", pidfd_signal(1, 0, NULL, 0));
	say("signal another", pidfd_signal(other, SIGTERM, &(siginfo_t){ .si_signo = 1 }, 0));
	say("signal as user", pidfd_signal(other, SIGTERM, &(siginfo_t){ .si_signo = SIGTERM }, 0));
	say("signal 65", pidfd_signal(other, 65, NULL, 0));
	say("getfd flags", syscall(SYS_pidfd_getfd, fd, 1, 1));
	say("getfd none", syscall(SYS_pidfd_getfd, fd, 99, 0));
	say("getfd", fcntl(syscall(SYS_pidfd_getfd, fd, 1, 0), F_GETFD));
	say("signal", pidfd_signal(other, SIGTERM, NULL, 0));
	say("ready", poll(&p, 1, 5000));
	say("events", p.revents);
	show_info("waitid", waitid_(P_PIDFD, other, &si, WEXITED), &si, pid);
	say("ready still", poll(&p, 1, 0));
	say("signal it", pidfd_signal(other, 0, NULL, 0));
	say("waitid", waitid_(P_PIDFD, other, &si, WEXITED));
	for (int i = 3; i < 10; i++)
		close(i);
}

static void show_fdinfo(int fd, pid_t pid)
{
	char path[40], line[80];
	FILE *f;
	int nr;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "Pid: %d", &nr) == 1)
			printf("Pid: %s\n", nr == pid ? "its" : nr == -1 ? "-1" : "another");
	if (f)
		fclose(f);
}

static int hold_open[2];

static void hold_a_file(void)
{
	close(hold_open[0]);
	pause();
}

/* One that does not wait, one of a thread, and what is left of it when its process is gone. */
static void pidfds_of_others(void)
{
	pid_t pid;
	siginfo_t si;
	int fd, copy;
	char c = 0;

	if (pipe(hold_open))
		return;
	pid = child_that(hold_a_file);
	fd = (int)syscall(SYS_pidfd_open, pid, O_NONBLOCK);
	say("flags", fcntl(fd, F_GETFL));
	say("does not wait", waitid_(P_PIDFD, fd, &si, WEXITED));
	show_fdinfo(fd, pid);
	copy = (int)syscall(SYS_pidfd_getfd, fd, hold_open[1], 0);
	say("its file", write(copy, "x", 1));
	say("is ours", read(hold_open[0], &c, 1));
	close(copy);
	kill(pid, SIGKILL);
	say("waits",
	    waitid_(P_PIDFD, (int)syscall(SYS_dup, fd), &si, WEXITED) == -1 && errno != EAGAIN ?
		    -1 :
		    0);
	waitpid(pid, NULL, 0);
	say("its file", syscall(SYS_pidfd_getfd, fd, 1, 0));
	say("a signal", pidfd_signal(fd, SIGTERM, NULL, 0));
	show_fdinfo(fd, pid);
	for (int i = 3; i < 10; i++)
		close(i);
}

/* ---------------------------------------------------------------- execve */

static void try_exec(const char *what, const char *path, char *const *argv, char *const *envp)
{
	pid_t pid;
	int st;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		syscall(SYS_execve, path, argv, envp);
		printf("%s: %s\n", what, strerrorname_np(errno));
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, &st, 0);
	status(what, st);
}

static void write_file(const char *name, const void *data, size_t n, int mode)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	if (fd < 0 || write(fd, data, n) != (ssize_t)n)
		printf("%s: cannot be written\n", name);
	fchmod(fd, mode);
	close(fd);
}

#define SCRIPT(name, text) write_file(name, text, sizeof(text) - 1, 0755)

static void scripts(void)
{
	char *argv[] = { "name", "one", "two", NULL }, *envp[] = { "A=b", NULL };
	char line[600];

	printf("--- scripts\n");
	SCRIPT("/tmp/s1", "#!/bin/process args\nwhatever\n");
	try_exec("plain", "/tmp/s1", argv, envp);
	SCRIPT("/tmp/s2", "#! /bin/process  args x  y \t\n");
	try_exec("one argument", "/tmp/s2", argv, envp);
	SCRIPT("/tmp/s3", "#!/tmp/s1 z\n");
	try_exec("of a script", "/tmp/s3", argv, envp);
	SCRIPT("/tmp/s4", "#!/tmp/s4\n");
	try_exec("of itself", "/tmp/s4", argv, envp);
	SCRIPT("/tmp/s5", "#!/nowhere\n");
	try_exec("no interpreter", "/tmp/s5", argv, envp);
	SCRIPT("/tmp/s6", "#!\n");
	try_exec("empty", "/tmp/s6", argv, envp);
	SCRIPT("/tmp/s7", "#!/bin/process args");
	try_exec("no newline", "/tmp/s7", argv, envp);
	SCRIPT("/tmp/s8", "echo hello\n");
	try_exec("no line", "/tmp/s8", argv, envp);
	memset(line, 'x', sizeof(line));
	memcpy(line, "#!/bin/process args", 19);
	write_file("/tmp/s9", line, sizeof(line), 0755);
	try_exec("long argument", "/tmp/s9", argv, envp);
	memset(line, '/', 300);
	memcpy(line, "#!", 2);
	write_file("/tmp/s9", line, sizeof(line), 0755);
	try_exec("long name", "/tmp/s9", argv, envp);
}

/* A child runs it, and it is closed. */
static void run_descriptor(int fd, char **argv, char **envp)
{
	fflush(stdout);
	if (!fork()) {
		syscall(SYS_execveat, fd, "", argv, envp, AT_EMPTY_PATH);
		_exit(1);
	}
	wait(NULL);
	close(fd);
}

/* Strings and the pointers to them may take a quarter of the stack's limit, and 128 KiB whatever that is. */
static void exec_with_little_stack(char **many)
{
	static const struct {
		rlim_t stack;
		int args;
	} cases[] = { { 256 << 10, 6000 }, { 256 << 10, 8000 },	  { 1 << 20, 10000 },
		      { 1 << 20, 15000 },  { 1UL << 30, 300000 }, { 1UL << 30, 340000 } };
	char *envp[] = { NULL };
	struct rlimit old, r;

	getrlimit(RLIMIT_STACK, &old);
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *end = many[cases[i].args];

		r = (struct rlimit){ cases[i].stack, old.rlim_max };
		setrlimit(RLIMIT_STACK, &r);
		many[cases[i].args] = NULL;
		try_exec("many args", "/bin/true", many, envp);
		many[cases[i].args] = end;
	}
	setrlimit(RLIMIT_STACK, &old);
}

static void execs(void)
{
	char *argv[] = { "name", "args", "one", NULL }, *envp[] = { "A=b", "C", NULL };
	char *none[] = { NULL }, *bad[] = { "x", NULL, NULL };
	static char huge[200000];
	char **many;
	int fd;

	printf("--- execve\n");
	try_exec("args", self, argv, envp);
	try_exec("no args", self, none, envp);
	try_exec("null args", self, NULL, NULL);
	try_exec("no file", "/nowhere", argv, envp);
	try_exec("empty name", "", argv, envp);
	try_exec("folder", "/bin", argv, envp);
	try_exec("below a file", "/bin/process/x", argv, envp);
	write_file("/tmp/e1", "hello", 5, 0644);
	try_exec("no x", "/tmp/e1", argv, envp);
	write_file("/tmp/e1", "hello", 5, 0755);
	try_exec("no program", "/tmp/e1", argv, envp);
	write_file("/tmp/e1", "", 0, 0755);
	try_exec("empty file", "/tmp/e1", argv, envp);
	try_exec("name nowhere", nowhere, argv, envp);
	try_exec("argv nowhere", self, nowhere, envp);
	bad[1] = nowhere;
	try_exec("arg nowhere", self, bad, envp);
	memset(huge, 'a', sizeof(huge) - 1);
	bad[1] = huge;
	try_exec("a long arg", self, bad, envp);
	huge[131071] = 0;
	bad[0] = "x";
	try_exec("the longest arg", self, bad, envp);
	many = calloc(350001, sizeof(*many));
	for (int i = 0; i < 350000; i++)
		many[i] = "0123456789";
	many[0] = "true";
	try_exec("many args", self, many, envp);
	exec_with_little_stack(many);
	fd = open(self, O_RDONLY);
	say("execveat flags", syscall(SYS_execveat, fd, "", argv, envp, 0x10));
	say("execveat empty", syscall(SYS_execveat, fd, "", argv, envp, 0));
	say("execveat no fd", syscall(SYS_execveat, 99, "", argv, envp, AT_EMPTY_PATH));
	say("execveat relative to a file", syscall(SYS_execveat, fd, "x", argv, envp, 0));
	run_descriptor(fd, argv, envp);
}

/* By a descriptor that is closed on the way a program can be run; a script cannot, for its interpreter. */
static void execs_by_descriptor(void)
{
	char *argv[] = { "name", NULL }, *envp[] = { NULL };
	static const char script[] = "#!/bin/process one\n";
	int fd;

	write_file("/tmp/e2", script, sizeof(script) - 1, 0755);
	fd = open("/tmp/e2", O_RDONLY | O_CLOEXEC);
	say("execveat a script", syscall(SYS_execveat, fd, "", argv, envp, AT_EMPTY_PATH));
	fcntl(fd, F_SETFD, 0);
	run_descriptor(fd, argv, envp);
}

/* Who made a child by vfork goes on once that is another program, and tells it something. */
static void exec_of_a_vfork(void)
{
	char *argv[] = { "reads", "reads", NULL };
	int p[2], st;
	pid_t pid;

	(void)!pipe(p);
	fflush(stdout);
	alarm(10);
	pid = vfork();
	if (!pid) {
		dup2(p[0], 0);
		execve(self, argv, NULL);
		_exit(1);
	}
	alarm(0);
	write(p[1], "x", 1);
	waitpid(pid, &st, 0);
	status("child of a vfork", st);
	close(p[0]);
	close(p[1]);
}

/* Its signals' own stack is nothing to the next program. */
static void exec_on_a_stack(void)
{
	static char memory[65536];
	stack_t ss = { .ss_sp = memory, .ss_size = sizeof(memory) };
	char *argv[] = { "stack", "stack", NULL };

	sigaltstack(&ss, NULL);
	execve(self, argv, NULL);
}

static int show_stack(void)
{
	stack_t ss;

	sigaltstack(NULL, &ss);
	printf("a new program's stack: %p %zu %x\n", ss.ss_sp, ss.ss_size, ss.ss_flags);
	return 0;
}

/* What the new program finds.  In front of argv lies argc, where the stack pointer was (psABI, 3.4.1). */
static int show_args(int argc, char **argv, char **envp)
{
	char comm[16] = "";

	if ((unsigned long)(argv - 1) % 16)
		printf("  the stack is not aligned\n");

	syscall(SYS_prctl, 16, comm, 0, 0, 0);
	printf("  argc %d:", argc);
	for (int i = 0; i < argc; i++)
		if (strlen(argv[i]) > 300)
			printf(" [%zu bytes]", strlen(argv[i]));
		else
			printf(" [%s]", argv[i]);
	printf(" env:");
	for (; *envp; envp++)
		printf(" [%s]", *envp);
	printf(" comm %s\n", strcmp(comm, "3") && strcmp(comm, "4") ? comm : "(fd)");
	return 0;
}

/* ---------------------------------------------------------------- limits and ids */

static void limits(void)
{
	static const char *const names[] = { "cpu",	 "fsize", "data",   "stack",
					     "core",	 "rss",	  "nproc",  "nofile",
					     "memlock",	 "as",	  "locks",  "sigpending",
					     "msgqueue", "nice",  "rtprio", "rttime" };
	struct rlimit r, old;
	struct rusage ru;
	struct tms tms;

	printf("--- limits\n");
	for (int i = 0; i < 16; i++) {
		if (i == RLIMIT_NPROC || i == RLIMIT_SIGPENDING)
			continue; /* by how much memory there is */
		if (getrlimit(i, &r))
			say(names[i], -1);
		else
			printf("%s %lx %lx\n", names[i], r.rlim_cur, r.rlim_max);
	}
	say("getrlimit 16", syscall(SYS_getrlimit, 16, &r));
	say("getrlimit nowhere", syscall(SYS_getrlimit, 0, nowhere));
	say("prlimit nobody", syscall(SYS_prlimit64, 999999, 0, NULL, &r));
	r = (struct rlimit){ 10, 9 };
	say("cur above max", setrlimit(RLIMIT_FSIZE, &r));
	r = (struct rlimit){ 1UL << 21, 1UL << 21 };
	say("nofile beyond", setrlimit(RLIMIT_NOFILE, &r));
	r = (struct rlimit){ 100, 200 };
	say("set", syscall(SYS_prlimit64, 0, RLIMIT_RTTIME, &r, &old));
	getrlimit(RLIMIT_RTTIME, &r);
	printf("%lu %lu was %lx\n", r.rlim_cur, r.rlim_max, old.rlim_cur);
	say("getrusage", getrusage(RUSAGE_SELF, &ru));
	printf("maxrss %d minflt %d\n", ru.ru_maxrss > 100, ru.ru_minflt > 10);
	say("getrusage children", getrusage(RUSAGE_CHILDREN, &ru));
	say("getrusage thread", getrusage(RUSAGE_THREAD, &ru));
	say("getrusage 7", syscall(SYS_getrusage, 7, &ru));
	say("getrusage nowhere", syscall(SYS_getrusage, 0, nowhere));
	printf("times %d\n", times(&tms) > 0);
	say("times nowhere", syscall(SYS_times, nowhere));
}

static void show_ids(const char *what)
{
	uid_t r, e, s;
	gid_t rg, eg, sg;

	getresuid(&r, &e, &s);
	getresgid(&rg, &eg, &sg);
	printf("%s: %d %d %d, %d %d %d\n", what, r, e, s, rg, eg, sg);
	fflush(stdout);
}

/* As many as there may be, the largest first. */
static void all_groups(void)
{
	static gid_t list[65536];
	int n, wrong = 0;

	for (int i = 0; i < 65536; i++)
		list[i] = 200000 - (i ^ 5);
	say("setgroups all", syscall(SYS_setgroups, 65536, list));
	memset(list, 0, sizeof(list));
	n = (int)syscall(SYS_getgroups, 65536, list);
	for (int i = 0; i < n; i++)
		wrong += list[i] != 200000U - 65535 + (unsigned int)i;
	printf("%d groups, %d wrong\n", n, wrong);
}

/* What /proc says of them, by how many there are. */
static void told_groups(int n)
{
	char line[512];
	gid_t list[40];
	FILE *f;

	for (int i = 0; i < n; i++)
		list[i] = 1000 + i;
	say("setgroups", syscall(SYS_setgroups, n, list));
	f = fopen("/proc/self/status", "r");
	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "Groups:", 7))
			printf("%s", line);
	if (f)
		fclose(f);
}

static void change_ids(void)
{
	gid_t list[4] = { 9, 3, 7 };
	struct __user_cap_header_struct h = { .version = 0x20080522 };
	struct __user_cap_data_struct d[2];

	show_ids("first");
	all_groups();
	for (int n = 0; n <= 40; n = n ? n * 4 : 1) /* 0, 1, 4, 16 */
		told_groups(n);
	told_groups(33);
	say("setgroups", syscall(SYS_setgroups, 3, list));
	say("setgroups many", syscall(SYS_setgroups, 70000, list));
	say("setgroups nowhere", syscall(SYS_setgroups, 3, nowhere));
	say("getgroups size", syscall(SYS_getgroups, 0, NULL));
	say("getgroups small", syscall(SYS_getgroups, 2, list));
	say("getgroups", syscall(SYS_getgroups, 4, list));
	printf("%d %d %d\n", list[0], list[1], list[2]);
	say("capget", syscall(SYS_capget, &h, d));
	printf("%x %x %x %x\n", d[0].effective, d[1].effective, d[0].permitted, d[0].inheritable);
	h.version = 1;
	say("capget bad version", syscall(SYS_capget, &h, d));
	printf("%x\n", h.version);
	h.version = 0;
	say("capget which version", syscall(SYS_capget, &h, NULL));
	h.pid = 999999;
	say("capget nobody", syscall(SYS_capget, &h, d));
	say("setuid -1", syscall(SYS_setuid, -1));
	say("setgid -1", syscall(SYS_setgid, -1));
	say("setresgid", syscall(SYS_setresgid, 1, 2, 3));
	show_ids("setresgid");
	say("setregid", syscall(SYS_setregid, -1, 5));
	show_ids("setregid");
	say("setfsuid", syscall(SYS_setfsuid, 4));
	say("setfsuid again", syscall(SYS_setfsuid, -1));
	say("setresuid", syscall(SYS_setresuid, 10, 0, 30));
	show_ids("setresuid");
	say("setreuid", syscall(SYS_setreuid, 11, -1));
	show_ids("setreuid");
	say("setuid", syscall(SYS_setuid, 1000));
	show_ids("setuid");
	h = (struct __user_cap_header_struct){ .version = 0x20080522 };
	say("capget", syscall(SYS_capget, &h, d));
	printf("%x %x %x\n", d[0].effective, d[0].permitted, d[0].inheritable);
}

/* Who is nobody special is one of the three that he is, and no other. */
static void ordinary_ids(void)
{
	gid_t group = 5;

	say("groups before", syscall(SYS_setresgid, 100, 101, 102));
	say("and then", syscall(SYS_setresuid, 1000, 1001, 1002));
	say("setuid 0", syscall(SYS_setuid, 0));
	say("setuid effective", syscall(SYS_setuid, 1001));
	say("setreuid real 0", syscall(SYS_setreuid, 0, -1));
	say("setreuid real saved", syscall(SYS_setreuid, 1002, -1));
	say("setreuid effective 0", syscall(SYS_setreuid, -1, 0));
	say("setresuid saved 0", syscall(SYS_setresuid, -1, -1, 0));
	say("setresuid real 0", syscall(SYS_setresuid, 0, -1, -1));
	say("setfsuid 0", syscall(SYS_setfsuid, 0));
	say("setfsuid again", syscall(SYS_setfsuid, -1));
	say("setfsuid real", syscall(SYS_setfsuid, 1000));
	say("setfsuid is", syscall(SYS_setfsuid, -1));
	show_ids("as before");
	say("turned", syscall(SYS_setresuid, 1002, 1000, 1001));
	show_ids("turned");
	say("setuid saved", syscall(SYS_setuid, 1001));
	show_ids("setuid saved");
	say("setreuid", syscall(SYS_setreuid, -1, 1002));
	show_ids("setreuid");
	say("setgid 0", syscall(SYS_setgid, 0));
	say("setregid 0", syscall(SYS_setregid, 0, -1));
	say("setregid effective 0", syscall(SYS_setregid, -1, 0));
	say("setresgid 0", syscall(SYS_setresgid, -1, -1, 0));
	say("setfsgid 0", syscall(SYS_setfsgid, 0));
	say("setfsgid again", syscall(SYS_setfsgid, -1));
	say("setgroups", syscall(SYS_setgroups, 1, &group));
	say("setgid saved", syscall(SYS_setgid, 102));
	say("setregid real", syscall(SYS_setregid, 102, -1));
	show_ids("groups turned");
	_exit(0);
}

/* A new program has no more than it was given: the saved ids are those in force. */
static void kept_ids(void)
{
	char *argv[] = { "ids", "ids", NULL };

	say("setresgid", syscall(SYS_setresgid, 7, 8, 9));
	say("setresuid", syscall(SYS_setresuid, 10, 11, 0));
	execve(self, argv, NULL);
}

static void less_able(void)
{
	struct __user_cap_header_struct h = { .version = 0x20080522 };
	struct __user_cap_data_struct d[2], all[2];

	syscall(SYS_capget, &h, all);
	memcpy(d, all, sizeof(d));
	d[0].effective &= ~1U;
	say("not in force", syscall(SYS_capset, &h, d));
	say("again", syscall(SYS_capset, &h, all));
	d[0].permitted &= ~1U;
	say("given up", syscall(SYS_capset, &h, d));
	say("taken back", syscall(SYS_capset, &h, all));
	d[0].effective |= 1;
	say("in force, and not permitted", syscall(SYS_capset, &h, d));
	syscall(SYS_capget, &h, d);
	printf("%x %x\n", d[0].effective, d[0].permitted);
	fflush(stdout);
	_exit(0);
}

/* ---------------------------------------------------------------- rights */

#define CAPS(cap) (1U << CAP_##cap)

static void show_caps(const char *what)
{
	struct __user_cap_header_struct h = { .version = 0x20080522 };
	struct __user_cap_data_struct d[2];

	syscall(SYS_capget, &h, d);
	printf("%s: %x %x %x, ambient %d, bits %x, dumpable %d\n", what, d[0].effective,
	       d[0].permitted, d[0].inheritable,
	       prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_CHOWN, 0, 0),
	       prctl(PR_GET_SECUREBITS), prctl(PR_GET_DUMPABLE));
	fflush(stdout);
}

static long set_caps(unsigned int effective, unsigned int permitted, unsigned int inheritable)
{
	struct __user_cap_header_struct h = { .version = 0x20080522 };
	struct __user_cap_data_struct d[2] = { { effective, permitted, inheritable } };

	return syscall(SYS_capset, &h, d);
}

static void exec_shows_caps(void)
{
	char *argv[] = { "caps", "caps", NULL };

	fflush(stdout);
	execve(self, argv, NULL);
}

/* Who is not root any more has none, unless it says that it keeps them: then until the next program. */
static void kept_caps(void)
{
	int sig = -1;

	prctl(PR_SET_PDEATHSIG, SIGUSR1);
	say("keep", prctl(PR_SET_KEEPCAPS, 1));
	say("setresuid", setresuid(1000, 1000, 1000));
	show_caps("kept");
	prctl(PR_GET_PDEATHSIG, &sig);
	printf("at the parent's end: %d\n", sig);
	say("setuid", setuid(0));
	say("in force", set_caps(CAPS(SETUID), CAPS(SETUID) | CAPS(CHOWN), 0));
	say("setuid", setreuid(1001, -1));
	show_caps("another");
	exec_shows_caps();
}

static void no_fixup(void)
{
	say("bits", prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP | SECBIT_KEEP_CAPS_LOCKED));
	say("locked", prctl(PR_SET_KEEPCAPS, 1));
	say("unlock", prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP));
	say("change what is locked",
	    prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS_LOCKED | SECBIT_KEEP_CAPS));
	say("setgid", setgid(7));
	say("setuid", setresuid(1000, 1000, 0));
	show_caps("as before");
	say("setuid", setuid(0));
	exec_shows_caps();
}

static void no_root(void)
{
	say("bits", prctl(PR_SET_SECUREBITS, SECBIT_NOROOT));
	exec_shows_caps();
}

/* An ambient one goes from program to program with who is nobody special. */
static void ambient_caps(void)
{
	say("not inheritable", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0));
	prctl(PR_SET_KEEPCAPS, 1);
	say("inheritable", set_caps(~0U, ~0U, CAPS(CHOWN) | CAPS(KILL)));
	say("raise", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0));
	show_caps("root's");
	say("setresuid", setresuid(1000, 1000, 1000));
	show_caps("nobody's");
	say("raise", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0));
	say("raise, with more", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 1));
	say("clear, with more", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 1, 0, 0));
	say("another", prctl(PR_CAP_AMBIENT, 9, CAP_CHOWN, 0, 0));
	show_caps("raised");
	exec_shows_caps();
}

static void ambient_lowered(void)
{
	set_caps(~0U, ~0U, CAPS(CHOWN) | CAPS(KILL));
	say("raise", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0));
	say("lower another", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, CAP_KILL, 0, 0));
	show_caps("raised");
	say("lower", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, CAP_CHOWN, 0, 0));
	show_caps("lowered");
	say("raise", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0));
	say("not inheritable any more", set_caps(~0U, ~0U, CAPS(KILL)));
	show_caps("gone");
	say("inheritable", set_caps(~0U, ~0U, CAPS(CHOWN)));
	say("bits", prctl(PR_SET_SECUREBITS, SECBIT_NO_CAP_AMBIENT_RAISE));
	say("raise", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0));
}

/* What is out of bounds does not come with a program; and who may not change bounds does not. */
static void bounds(void)
{
	say("drop", prctl(PR_CAPBSET_DROP, CAP_CHOWN));
	say("is there", prctl(PR_CAPBSET_READ, CAP_CHOWN));
	say("another is", prctl(PR_CAPBSET_READ, CAP_KILL));
	say("inheritable", set_caps(~0U, ~0U, CAPS(CHOWN)));
	say("not so able", set_caps(CAPS(KILL), CAPS(KILL) | CAPS(SETPCAP), 0));
	say("drop", prctl(PR_CAPBSET_DROP, CAP_KILL));
	say("drop none", prctl(PR_CAPBSET_DROP, 77));
	say("bits", prctl(PR_SET_SECUREBITS, 0));
	say("inheritable as permitted",
	    set_caps(CAPS(KILL), CAPS(KILL) | CAPS(SETPCAP), CAPS(KILL)));
	say("inheritable beyond", set_caps(CAPS(KILL), CAPS(KILL), CAPS(SETUID)));
	exec_shows_caps();
}

/* Rights over files go and come with the user by whom files are reached: what else is in force stays. */
static void file_caps(void)
{
	say("files by 4", syscall(SYS_setfsuid, 4));
	show_caps("as 4");
	say("files by 5", syscall(SYS_setfsuid, 5));
	say("files by 0", syscall(SYS_setfsuid, 0));
	show_caps("as root");
	say("files by group 4", syscall(SYS_setfsgid, 4));
	show_caps("as that group");
	say("not so able", set_caps(CAPS(SETUID), CAPS(SETUID) | CAPS(CHOWN) | CAPS(KILL), 0));
	say("files by 4", syscall(SYS_setfsuid, 4));
	say("files by 0", syscall(SYS_setfsuid, 0));
	show_caps("as permitted");
}

static void file_caps_stay(void)
{
	say("bits", prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP));
	say("files by 4", syscall(SYS_setfsuid, 4));
	show_caps("without a fix-up");
	say("not so able", set_caps(CAPS(SETUID), ~0U, 0));
	say("files by 0", syscall(SYS_setfsuid, 0));
	show_caps("nor back");
}

static void rights(void)
{
	static void (*const cases[])(
		void) = { kept_caps,	   no_fixup, no_root,	ambient_caps,
			  ambient_lowered, bounds,   file_caps, file_caps_stay };

	printf("--- rights\n");
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		waitpid(child_that(cases[i]), NULL, 0);
}

/* What is no number of reboot()'s ends nothing. */
static void reboots(void)
{
	printf("--- reboot\n");
	say("another first number",
	    syscall(SYS_reboot, 1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_CAD_OFF, NULL));
	say("another second number",
	    syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, 1, LINUX_REBOOT_CMD_CAD_OFF, NULL));
	say("another command",
	    syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, 7, NULL));
	say("with a word nowhere", syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2A,
					   LINUX_REBOOT_CMD_RESTART2, NULL));
	say("keys off", syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2C,
				LINUX_REBOOT_CMD_CAD_OFF, NULL));
}

/* A vector register that no call changes is the child's, too. */
static void registers(void)
{
	const unsigned long value = 0x123456789abcdef0;
	unsigned long now;
	long ret;
	int st = 0;

	fflush(stdout);
	__asm__ volatile("movq %2, %%xmm15\n"
			 "mov %3, %%eax\n"
			 "syscall\n"
			 "movq %%xmm15, %1"
			 : "=&a"(ret), "=&r"(now)
			 : "r"(value), "i"(SYS_fork)
			 : "rcx", "r11", "xmm15", "memory");
	if (!ret)
		_exit(now == value ? 3 : 4);
	waitpid((pid_t)ret, &st, 0);
	printf("--- a child's registers: %d, ours %d\n", WEXITSTATUS(st), now == value);
}

static void ids(void)
{
	int st;
	pid_t pid;

	printf("--- ids\n");
	pid = child_that(change_ids);
	waitpid(pid, &st, 0);
	pid = child_that(ordinary_ids);
	waitpid(pid, &st, 0);
	pid = child_that(kept_ids);
	waitpid(pid, &st, 0);
	pid = child_that(less_able);
	waitpid(pid, &st, 0);
	show_ids("parent");
}

int main(int argc, char **argv, char **envp)
{
	if (argc == 2 && !strcmp(argv[1], "sleep")) {
		write(1, "x", 1);
		sleep_long();
	}
	if (argc == 2 && !strcmp(argv[1], "reads")) {
		alarm(5);
		return read(0, &argc, 1) == 1 ? 7 : 8;
	}
	if (argc == 2 && !strcmp(argv[1], "stack"))
		return show_stack();
	if (argc == 2 && !strcmp(argv[1], "caps")) {
		printf("secure %ld, ", getauxval(AT_SECURE));
		show_caps("a new program");
		return 0;
	}
	if (argc == 2 && !strcmp(argv[1], "ids")) {
		show_ids("a new program");
		return 0;
	}
	if (argc != 1 || (argc && strcmp(argv[0], "process") && strcmp(argv[0], self)))
		return show_args(argc, argv, envp);
	ends();
	waits();
	groups();
	orphans();
	clones();
	pidfds();
	pidfds_of_others();
	execs();
	execs_by_descriptor();
	exec_of_a_vfork();
	waitpid(child_that(exec_on_a_stack), NULL, 0);
	scripts();
	limits();
	reboots();
	registers();
	ids();
	rights();
	return 0;
}
