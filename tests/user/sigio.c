// SPDX-License-Identifier: MIT
/* SIGIO: which files send it, when, to whom, and with what; and the terminal's old forms. */
#define _GNU_SOURCE
#include <asm/termios.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

int ioctl(int fd, unsigned long cmd, ...);

static const char *said(long r)
{
	return r == -1 ? strerrorname_np(errno) : "ok";
}

/* What has come, and is taken. */
static void taken(const char *what)
{
	struct timespec none = { 0 };
	siginfo_t info;
	sigset_t all;
	int sig;

	printf("%s:", what);
	sigfillset(&all);
	while ((sig = sigtimedwait(&all, &info, &none)) > 0) {
		if (sig == SIGCHLD && info.si_code > 0) /* a child's */
			continue;
		printf(" %d code %d", sig, info.si_code);
		if (info.si_code != SI_KERNEL)
			printf(" band %lx fd %d", (unsigned long)info.si_band, info.si_fd);
	}
	printf("\n");
}

static void async(int fd, int on)
{
	int flags = fcntl(fd, F_GETFL);

	printf("O_ASYNC %d: %s", on,
	       said(fcntl(fd, F_SETFL, on ? flags | O_ASYNC : flags & ~O_ASYNC)));
	printf(", it is %d\n", !!(fcntl(fd, F_GETFL) & O_ASYNC));
}

static void pipes(void)
{
	static const int coded[] = { SIGILL, SIGFPE, SIGBUS, SIGTRAP, SIGCHLD, SIGSYS, SIGWINCH };
	char buf[70000] = { 0 };
	int p[2], copy;

	if (pipe2(p, O_NONBLOCK))
		return;
	(void)!write(p[1], "x", 1);
	taken("without");
	async(p[0], 1);
	(void)!write(p[1], "x", 1);
	taken("nobody owns it");
	printf("owner %s\n", said(fcntl(p[0], F_SETOWN, getpid())));
	(void)!write(p[1], "x", 1);
	taken("a write");
	(void)!write(p[1], "x", 1);
	(void)!write(p[1], "x", 1);
	taken("two");
	printf("F_SETSIG %s\n", said(fcntl(p[0], F_SETSIG, SIGRTMIN)));
	(void)!write(p[1], "x", 1);
	(void)!write(p[1], "x", 1);
	taken("with its number");
	fcntl(p[0], F_SETSIG, SIGIO);
	(void)!write(p[1], "x", 1);
	taken("SIGIO itself");
	fcntl(p[0], F_SETSIG, SIGSEGV);
	(void)!write(p[1], "x", 1);
	taken("one with codes of its own");
	for (unsigned int i = 0; i < sizeof(coded) / sizeof(*coded); i++) {
		fcntl(p[0], F_SETSIG, coded[i]);
		(void)!write(p[1], "x", 1);
		taken("another");
	}
	fcntl(p[0], F_SETSIG, SIGUSR1);
	(void)!write(p[1], "x", 1);
	taken("one without");
	printf("signal 65: %s\n", said(fcntl(p[0], F_SETSIG, 65)));
	(void)!read(p[0], buf, sizeof(buf));
	taken("a read");
	async(p[1], 1);
	fcntl(p[1], F_SETOWN, getpid());
	fcntl(p[1], F_SETSIG, SIGRTMIN + 1);
	(void)!write(p[1], buf, sizeof(buf));
	taken("filled");
	(void)!read(p[0], buf, sizeof(buf));
	taken("emptied");
	(void)!read(p[0], buf, sizeof(buf));
	taken("nothing there");
	async(p[1], 0);
	(void)!write(p[1], "x", 1);
	(void)!read(p[0], buf, 1);
	taken("the reader's alone");
	copy = dup(p[0]);
	close(p[0]);
	(void)!write(p[1], "x", 1);
	taken("through a copy");
	close(copy);
	taken("the reader has closed");
	close(p[1]);
	if (pipe(p))
		return;
	async(p[0], 1);
	fcntl(p[0], F_SETOWN, getpid());
	fcntl(p[0], F_SETSIG, SIGRTMIN);
	close(p[1]);
	taken("the writer has closed");
	close(p[0]);
}

/* ---------------------------------------------------------------- to whom */

static int gate[2];

static void *wait_in_thread(void *tid)
{
	char c;

	*(int *)tid = (int)syscall(SYS_gettid);
	(void)!write(gate[1], "x", 1);
	while (!*(volatile int *)((int *)tid + 1))
		usleep(1000);
	taken("in the thread");
	(void)c;
	return NULL;
}

static void owners(void)
{
	struct f_owner_ex ex;
	int p[2], tid[2] = { 0 }, status;
	pthread_t t;
	pid_t child;
	char c;

	if (pipe2(p, O_NONBLOCK) || pipe(gate))
		return;
	async(p[0], 1);
	fcntl(p[0], F_SETSIG, SIGRTMIN);
	pthread_create(&t, NULL, wait_in_thread, tid);
	(void)!read(gate[0], &c, 1);
	ex = (struct f_owner_ex){ F_OWNER_TID, tid[0] };
	printf("a thread: %s\n", said(fcntl(p[0], F_SETOWN_EX, &ex)));
	(void)!write(p[1], "x", 1);
	taken("not here");
	tid[1] = 1;
	pthread_join(t, NULL);
	child = fork();
	if (!child) {
		setpgid(0, 0);
		(void)!write(gate[1], "x", 1);
		sigset_t set;
		siginfo_t info;

		sigfillset(&set);
		if (sigtimedwait(&set, &info, &(struct timespec){ 2, 0 }) < 0)
			_exit(2);
		_exit(info.si_signo == SIGRTMIN && info.si_code == POLL_IN);
	}
	(void)!read(gate[0], &c, 1);
	printf("a group: %s\n", said(fcntl(p[0], F_SETOWN, -child)));
	(void)!write(p[1], "x", 1);
	waitpid(child, &status, 0);
	printf("its process: %d\n", WEXITSTATUS(status));
	(void)!write(p[1], "x", 1);
	taken("nobody is left");
	printf("no such process: %s\n", said(fcntl(p[0], F_SETOWN, 99999)));
	ex = (struct f_owner_ex){ 7, getpid() };
	printf("no such type: %s\n", said(fcntl(p[0], F_SETOWN_EX, &ex)));
	fcntl(p[0], F_SETOWN, 0);
	(void)!write(p[1], "x", 1);
	taken("given up");
	close(p[0]);
	close(p[1]);
}

/* More than may wait in line: the last of them is told of plainly. */
static void overflow(void)
{
	struct timespec none = { 0 };
	int p[2], queued = 0, plain = 0, sig;
	siginfo_t info;
	sigset_t all;

	if (pipe2(p, O_NONBLOCK))
		return;
	async(p[0], 1);
	fcntl(p[0], F_SETOWN, getpid());
	fcntl(p[0], F_SETSIG, SIGRTMIN);
	syscall(SYS_prlimit64, 0, 11 /* RLIMIT_SIGPENDING */, (unsigned long[2]){ 3, 3 }, NULL);
	for (int i = 0; i < 10; i++)
		(void)!write(p[1], "x", 1);
	sigfillset(&all);
	while ((sig = sigtimedwait(&all, &info, &none)) > 0) {
		queued += sig == SIGRTMIN;
		plain += sig == SIGIO;
	}
	printf("queued %d plain %d\n", queued, plain);
}

/* ---------------------------------------------------------------- which files */

static void files(void)
{
	int on = 1, fd, p[2];

	fd = eventfd(0, 0);
	async(fd, 1);
	printf("FIOASYNC of an eventfd: %s\n", said(ioctl(fd, FIOASYNC, &on)));
	close(fd);
	fd = timerfd_create(CLOCK_MONOTONIC, 0);
	async(fd, 1);
	close(fd);
	fd = open("/dev/null", O_RDWR);
	async(fd, 1);
	close(fd);
	fd = open("/tmp/file", O_RDWR | O_CREAT, 0600);
	async(fd, 1);
	close(fd);
	if (pipe(p))
		return;
	printf("FIOASYNC: %s", said(ioctl(p[0], FIOASYNC, &on)));
	printf(" it is %d", !!(fcntl(p[0], F_GETFL) & O_ASYNC));
	on = 0;
	printf(" off %s", said(ioctl(p[0], FIOASYNC, &on)));
	printf(" it is %d\n", !!(fcntl(p[0], F_GETFL) & O_ASYNC));
	printf("packets of a pipe: %s\n", said(fcntl(p[1], F_SETFL, O_DIRECT)));
	mkfifo("/tmp/fifo", 0600);
	fd = open("/tmp/fifo", O_RDWR | O_NONBLOCK);
	async(fd, 1);
	fcntl(fd, F_SETOWN, getpid());
	(void)!write(fd, "x", 1);
	taken("a fifo of one's own");
	close(fd);
}

/* ---------------------------------------------------------------- the terminal */

static void show_termio(int fd)
{
	struct termio t;

	memset(&t, 0x55, sizeof(t));
	printf("TCGETA %s", said(ioctl(fd, TCGETA, &t)));
	printf(" %x %x %x %x line %d cc", t.c_iflag, t.c_oflag,
	       t.c_cflag & ~CBAUD /* what the boot has chosen */, t.c_lflag, t.c_line);
	for (int i = 0; i < NCC; i++)
		printf(" %d", t.c_cc[i]);
	printf("\n");
}

static void termio(int fd)
{
	struct termios whole, after;
	struct termio t, old;

	ioctl(fd, TCGETS, &whole);
	show_termio(fd);
	ioctl(fd, TCGETA, &old);
	t = old;
	t.c_lflag &= (unsigned short)~(ECHO | ICANON);
	t.c_cc[0] = 5;
	t.c_iflag |= IUCLC;
	printf("TCSETA %s\n", said(ioctl(fd, TCSETA, &t)));
	show_termio(fd);
	ioctl(fd, TCGETS, &after);
	printf("the rest: %d %d %d\n", after.c_cflag == whole.c_cflag,
	       after.c_lflag >> 16 == whole.c_lflag >> 16,
	       !memcmp(after.c_cc + NCC, whole.c_cc + NCC, sizeof(whole.c_cc) - NCC));
	printf("TCSETAF %s\n", said(ioctl(fd, TCSETAF, &old)));
	show_termio(fd);
	printf("TCSETAW %s\n", said(ioctl(fd, TCSETAW, &old)));
	printf("bad %s %s\n", said(ioctl(fd, TCSETA, (void *)8)),
	       said(ioctl(fd, TCGETA, (void *)8)));
	ioctl(fd, TCSETS, &whole);
}

static void typed(int fd)
{
	async(fd, 1);
	fcntl(fd, F_SETSIG, SIGRTMIN);
	printf("of the group in front: %d\n", fcntl(fd, F_GETOWN) == -getpgrp());
	fcntl(fd, F_SETOWN, getpid());
	ioctl(fd, TIOCSTI, "a");
	taken("half a line");
	ioctl(fd, TIOCSTI, "\n");
	taken("a line");
	async(fd, 0);
	ioctl(fd, TIOCSTI, "\n");
	taken("without");
	ioctl(fd, TCFLSH, 2);
}

static void in_session(void)
{
	unsigned int nr = 0;
	int fd, tpgid = 0, ppid, pgrp, session;
	char comm[32], state;
	FILE *f;

	setsid();
	fd = open("/dev/ttyS0", O_RDWR);
	f = fopen("/proc/self/stat", "r");
	if (f && fscanf(f, "%*d (%31[^)]) %c %d %d %d %u %d", comm, &state, &ppid, &pgrp, &session,
			&nr, &tpgid) == 7)
		printf("tty_nr %u in front %d\n", nr, tpgid == getpid());
	termio(fd);
	typed(fd);
	ioctl(fd, TIOCNOTTY, 0);
	rewind(f);
	if (f && fscanf(f, "%*d (%31[^)]) %c %d %d %d %u %d", comm, &state, &ppid, &pgrp, &session,
			&nr, &tpgid) == 7)
		printf("tty_nr %u in front %d\n", nr, tpgid);
}

static void loads(void)
{
	struct sysinfo info;
	double load = 0;
	FILE *f = fopen("/proc/loadavg", "r");

	sysinfo(&info);
	if (f && fscanf(f, "%lf", &load) == 1)
		printf("the same load: %d\n", info.loads[0] / 65536.0 - load < 0.02 &&
						      load - info.loads[0] / 65536.0 < 0.02);
}

int main(void)
{
	sigset_t all;

	setbuf(stdout, NULL);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	pipes();
	owners();
	files();
	loads();
	if (!fork()) {
		overflow();
		_exit(0);
	}
	wait(NULL);
	if (!fork()) {
		in_session();
		_exit(0);
	}
	wait(NULL);
	return 0;
}
