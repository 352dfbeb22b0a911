// SPDX-License-Identifier: MIT
/* Calls on descriptors, with good and bad arguments, and what each answers. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/fs.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "try.h"

static void duplicates_by_number(int fd)
{
	TRY(dup(fd));
	TRY(dup(-1));
	TRY(dup(1000));
	TRY(dup2(fd, 10));
	TRY(dup2(fd, fd));
	TRY(dup2(99, 99));
	TRY(dup2(fd, -1));
	TRY(dup2(fd, 1 << 20));
	TRY(dup3(fd, 11, O_CLOEXEC));
	TRY(dup3(fd, fd, 0));
	TRY(dup3(fd, 12, O_NONBLOCK));
	TRY(fcntl(11, F_GETFD));
	TRY(fcntl(10, F_GETFD));
	TRY(fcntl(fd, F_DUPFD, 0));
	TRY(fcntl(fd, F_DUPFD, 13));
	TRY(fcntl(fd, F_DUPFD_CLOEXEC, 11));
	TRY(fcntl(12, F_GETFD));
	TRY(fcntl(fd, F_DUPFD, -1));
	TRY(fcntl(fd, F_DUPFD, 1 << 20));
	TRY(fcntl(12, F_SETFD, 0));
	TRY(fcntl(12, F_GETFD));
	TRY(fcntl(12, F_SETFD, 3));
	TRY(fcntl(12, F_GETFD));
	TRY(lseek(fd, 2, SEEK_SET));
	TRY(lseek(13, 0, SEEK_CUR));
	TRY(close(13));
	TRY(close(13));
	TRY(close(-1));
	TRY(fcntl(fd, F_DUPFD_CLOEXEC, 30)); /* the next of that number is another */
	TRY(close(30));
	TRY(fcntl(fd, F_DUPFD, 30));
	TRY(fcntl(30, F_GETFD));
	TRY(dup3(fd, 30, O_CLOEXEC));
	TRY(dup2(fd, 30));
	TRY(fcntl(30, F_GETFD));
	TRY(close(30));
}

/* The limit, and all between two numbers. */
static void duplicates_to_the_limit(int fd)
{
	struct rlimit limit = { 20, 30 };

	TRY(setrlimit(RLIMIT_NOFILE, &limit));
	TRY(fcntl(fd, F_DUPFD, 19));
	TRY(fcntl(fd, F_DUPFD, 20));
	TRY(dup2(fd, 20));
	for (int i = 0; i < 40; i++)
		if (dup(fd) < 0)
			break;
	TRY(dup(fd));
	TRY(open("f", O_RDONLY));
	TRY(syscall(SYS_close_range, 14, 18, 0));
	TRY(dup(fd));
	TRY(syscall(SYS_close_range, 18, 14, 0));
	TRY(syscall(SYS_close_range, 4, 5, 0x100));
	TRY(syscall(SYS_close_range, 10, ~0U, CLOSE_RANGE_CLOEXEC));
	TRY(fcntl(10, F_GETFD));
	TRY(syscall(SYS_close_range, 4, ~0U, CLOSE_RANGE_UNSHARE));
	TRY(dup(3));
}

static void path_only(void)
{
	int path = open("f", O_PATH), limit;

	TRY(fcntl(path, F_GETFL));
	TRY(fcntl(path, F_SETFL, 0));
	TRY(fcntl(path, F_GETFD));
	TRY(fcntl(path, F_GETOWN));
	TRY(ioctl(path, FIONREAD, &limit));
	TRY(lseek(path, 0, SEEK_SET));
	TRY(fchmod(path, 0600));
	TRY(fsync(path));
	TRY(flock(path, LOCK_SH));
	TRY(dup(path));
}

static void duplicates(void)
{
	struct rlimit limit = { 30, 30 };
	int fd = make("f", "text");

	puts("--- duplicates");
	printf("%d\n", fd);
	duplicates_by_number(fd);
	duplicates_to_the_limit(fd);
	path_only();
	TRY(syscall(SYS_close_range, 3, ~0U, 0));
	TRY(setrlimit(RLIMIT_NOFILE, &limit));
}

/* A group is there as long as somebody is in it, though its leader has gone. */
static int group_without_leader(void)
{
	int leader = fork();

	if (!leader) {
		setpgid(0, 0);
		if (!fork())
			pause();
		_exit(0);
	}
	waitpid(leader, NULL, 0);
	return leader;
}

static void owners(int fd)
{
	struct f_owner_ex owner = { F_OWNER_TID, getpid() };
	int group = group_without_leader();

	TRY(fcntl(fd, F_SETOWN, -2147483647 - 1));
	TRY(fcntl(fd, F_SETOWN, 99999));
	TRY(fcntl(fd, F_SETOWN, group));
	TRY(fcntl(fd, F_SETOWN, -group));
	TRY(fcntl(fd, F_GETOWN) + group);
	TRY(fcntl(fd, F_SETOWN_EX, &owner));
	owner = (struct f_owner_ex){ F_OWNER_PGRP, 1 };
	TRY(fcntl(fd, F_GETOWN_EX, &owner));
	printf("  type %d, %s\n", owner.type, owner.pid == getpid() ? "this" : "another");
	owner = (struct f_owner_ex){ F_OWNER_PGRP, -group };
	TRY(fcntl(fd, F_SETOWN_EX, &owner));
	owner.pid = group;
	TRY(fcntl(fd, F_SETOWN_EX, &owner));
	TRY(fcntl(fd, F_GETOWN_EX, BAD));
	TRY(fcntl(fd, F_GETOWN) + group);
	owner.pid = 0;
	TRY(fcntl(fd, F_SETOWN_EX, &owner));
	TRY(fcntl(fd, F_SETOWN, 0));
	kill(-group, SIGKILL);
}

static void flags(void)
{
	struct f_owner_ex owner = { F_OWNER_PGRP, 77 };
	int fd = make("f", "text"), n;

	puts("--- flags");
	TRY(fcntl(fd, F_GETFL));
	TRY(fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK | O_RDONLY | O_CREAT | O_SYNC));
	TRY(fcntl(fd, F_GETFL));
	TRY(fcntl(fd, F_SETFL, O_DIRECT));
	TRY(fcntl(fd, F_SETFL, 0));
	TRY(fcntl(fd, F_GETFL));
	close(fd);
	fd = open("f", O_WRONLY | O_CLOEXEC | O_SYNC | O_TRUNC | O_CREAT, 0600);
	TRY(fcntl(fd, F_GETFL));
	TRY(fcntl(fd, F_SETFL, O_APPEND));
	TRY(fcntl(fd, F_GETFL)); /* O_SYNC is for life */
	close(fd);
	fd = make("f", "text");
	owners(fd);
	TRY(fcntl(fd, F_GETOWN));
	TRY(fcntl(fd, F_SETOWN, -99999));
	TRY(fcntl(fd, F_GETSIG));
	TRY(fcntl(fd, F_SETSIG, 100));
	TRY(fcntl(fd, F_SETSIG, 65));
	TRY(fcntl(fd, F_SETSIG, 64));
	TRY(fcntl(fd, F_GETSIG));
	TRY(fcntl(fd, F_SETSIG, -1));
	TRY(fcntl(fd, F_SETSIG, SIGUSR1));
	TRY(fcntl(fd, F_GETSIG));
	TRY(fcntl(fd, F_SETOWN_EX, BAD));
	owner.type = 7;
	TRY(fcntl(fd, F_SETOWN_EX, &owner));
	TRY(fcntl(fd, F_GETLEASE));
	TRY(fcntl(fd, F_GETPIPE_SZ));
	TRY(fcntl(fd, 999));
	TRY(fcntl(-1, F_GETFL));
	TRY(ioctl(fd, FIONREAD, &n));
	printf("%d\n", n);
	TRY(lseek(fd, 1, SEEK_SET));
	TRY(ioctl(fd, FIONREAD, &n));
	printf("%d\n", n);
	TRY(ioctl(fd, FIONREAD, BAD));
	n = 1;
	TRY(ioctl(fd, FIONBIO, &n));
	TRY(fcntl(fd, F_GETFL));
	n = 0;
	TRY(ioctl(fd, FIONBIO, &n));
	TRY(fcntl(fd, F_GETFL));
	TRY(ioctl(fd, FIONBIO, BAD));
	TRY(ioctl(fd, FIOCLEX));
	TRY(fcntl(fd, F_GETFD));
	TRY(ioctl(fd, FIONCLEX));
	TRY(fcntl(fd, F_GETFD));
	TRY(ioctl(fd, FIGETBSZ, &n));
	printf("%d\n", n);
	TRY(ioctl(fd, 0x12345678, &n));
	TRY(ioctl(-1, FIONREAD, &n));
	close(fd);
}

/* ---------------------------------------------------------------- locks */

static void show_lock(struct flock *l)
{
	printf("  type %d whence %d start %lld len %lld pid %s\n", l->l_type, l->l_whence,
	       (long long)l->l_start, (long long)l->l_len,
	       l->l_pid == getppid() ? "the parent's" :
	       l->l_pid == -1	     ? "-1" :
				       "other");
}

static void get_lock(int fd, int cmd, int type, long start, long len)
{
	struct flock l = { .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = len };

	if (fcntl(fd, cmd, &l))
		printf("  %s\n", strerrorname_np(errno));
	else
		show_lock(&l);
}

static int set_lock(int fd, int cmd, int type, long start, long len)
{
	struct flock l = { .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = len };

	return fcntl(fd, cmd, &l);
}

/* What a child sees. */
#define CHILD(body)               \
	do {                      \
		if (!fork()) {    \
			body;     \
			_exit(0); \
		}                 \
		wait(NULL);       \
	} while (0)

static void on_alarm(int sig)
{
	(void)sig;
}

static void locks(void)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	int fd = make("f", "0123456789"), ro = open("f", O_RDONLY), fd2;
	struct flock l = { .l_type = F_WRLCK, .l_whence = 7 };

	puts("--- locks");
	TRY(fcntl(fd, F_SETLK, &l));
	TRY(fcntl(fd, F_SETLK, BAD));
	l = (struct flock){ .l_type = 9 };
	TRY(fcntl(fd, F_SETLK, &l));
	l = (struct flock){ .l_type = F_WRLCK, .l_start = -1 };
	TRY(fcntl(fd, F_SETLK, &l));
	l = (struct flock){ .l_type = F_WRLCK, .l_start = 5, .l_len = 0x7fffffffffffffff };
	TRY(fcntl(fd, F_SETLK, &l));
	l = (struct flock){ .l_type = F_WRLCK, .l_start = 5, .l_len = -6 };
	TRY(fcntl(fd, F_SETLK, &l));
	TRY(set_lock(ro, F_SETLK, F_WRLCK, 0, 1));
	TRY(set_lock(ro, F_SETLK, F_RDLCK, 0, 1));
	TRY(set_lock(-1, F_SETLK, F_RDLCK, 0, 1));
	TRY(set_lock(fd, F_SETLK, F_UNLCK, 0, 0));
	TRY(set_lock(fd, F_SETLK, F_WRLCK, 10, 20));
	CHILD(get_lock(fd, F_GETLK, F_RDLCK, 0, 0));
	TRY(set_lock(fd, F_SETLK, F_RDLCK, 15, 5));
	CHILD(get_lock(fd, F_GETLK, F_RDLCK, 15, 5));
	CHILD(get_lock(fd, F_GETLK, F_WRLCK, 15, 5));
	CHILD(get_lock(fd, F_GETLK, F_WRLCK, 12, 5));
	CHILD(get_lock(fd, F_GETLK, F_WRLCK, 21, 1));
	TRY(set_lock(fd, F_SETLK, F_WRLCK, 15, 5));
	CHILD(get_lock(fd, F_GETLK, F_RDLCK, 29, 1));
	TRY(set_lock(fd, F_SETLK, F_UNLCK, 16, 2));
	CHILD(get_lock(fd, F_GETLK, F_RDLCK, 0, 0));
	CHILD(get_lock(fd, F_GETLK, F_RDLCK, 16, 0));
	CHILD(TRY(set_lock(fd, F_SETLK, F_WRLCK, 10, 1));
	      TRY(set_lock(fd, F_SETLK, F_WRLCK, 16, 2)));
	get_lock(fd, F_GETLK, F_RDLCK, 0, 0);
	get_lock(fd, F_GETLK, F_UNLCK, 0, 0);
	sigaction(SIGALRM, &sa, NULL);
	CHILD(alarm(1); TRY(set_lock(fd, F_SETLKW, F_WRLCK, 10, 1)));
	fd2 = open("f", O_RDWR);
	TRY(set_lock(fd2, F_OFD_SETLK, F_WRLCK, 0, 5));
	TRY(set_lock(fd, F_OFD_SETLK, F_WRLCK, 4, 2));
	TRY(set_lock(fd, F_SETLK, F_WRLCK, 4, 2));
	get_lock(fd, F_OFD_GETLK, F_WRLCK, 0, 3);
	l = (struct flock){ .l_type = F_WRLCK, .l_pid = 1 };
	TRY(fcntl(fd, F_OFD_SETLK, &l));
	close(dup(fd2)); /* the locks of the process go, those of the open file stay */
	CHILD(get_lock(ro, F_GETLK, F_RDLCK, 10, 0));
	CHILD(get_lock(ro, F_GETLK, F_RDLCK, 0, 0));
	close(fd2);
	CHILD(get_lock(ro, F_GETLK, F_RDLCK, 0, 0));
	TRY(flock(fd, 99));
	TRY(flock(-1, LOCK_EX));
	TRY(flock(fd, LOCK_SH));
	TRY(flock(ro, LOCK_SH | LOCK_NB));
	TRY(flock(ro, LOCK_EX | LOCK_NB));
	TRY(flock(fd, LOCK_UN));
	TRY(flock(ro, LOCK_EX | LOCK_NB));
	TRY(flock(fd, LOCK_SH | LOCK_NB));
	CHILD(alarm(1); TRY(flock(fd, LOCK_EX)));
	close(ro);
	TRY(flock(fd, LOCK_EX | LOCK_NB));
	close(fd);
	unlink("f");
}

/* Who waits for a lock gets it when it is let go. */
static void waits(void)
{
	int fd = make("f", ""), other;

	puts("--- waits");
	TRY(set_lock(fd, F_SETLK, F_WRLCK, 0, 0));
	TRY(flock(fd, LOCK_EX));
	if (!fork()) {
		other = open("f", O_RDWR);
		TRY(set_lock(other, F_SETLKW, F_WRLCK, 0, 0));
		TRY(flock(other, LOCK_EX));
		_exit(0);
	}
	usleep(100000);
	/* It goes on at once, and may be first: the parent says no more. */
	puts("let go");
	set_lock(fd, F_SETLK, F_UNLCK, 0, 0);
	usleep(100000);
	puts("let go");
	flock(fd, LOCK_UN);
	wait(NULL);
	close(fd);
	unlink("f");
}

/* As many as there may be: a table, and what poll() and select() take. */
static void many(void)
{
	struct rlimit limit = { 1 << 20, 1 << 20 }, old;
	struct pollfd *fds = calloc((1 << 20) + 1, sizeof(*fds));
	int fd = make("f", "text"), last = (1 << 20) - 1;
	fd_set *set = calloc(1, 1 << 17);

	puts("--- many");
	getrlimit(RLIMIT_NOFILE, &old);
	TRY(setrlimit(RLIMIT_NOFILE, &limit));
	TRY(dup2(fd, last));
	TRY(fcntl(fd, F_DUPFD, last));
	TRY(fcntl(fd, F_DUPFD, last - 1));
	for (int i = 0; i < 1 << 20; i++)
		fds[i].fd = -1;
	fds[last] = (struct pollfd){ .fd = last, .events = POLLIN };
	TRY(poll(fds, 1 << 20, 0));
	printf("%d\n", fds[last].revents);
	TRY(poll(fds, (1 << 20) + 1, 0));
	((unsigned long *)set)[last / 64] = 1UL << last % 64;
	TRY(select(1 << 20, set, NULL, NULL, NULL));
	CHILD(TRY(fcntl(last, F_GETFD)));
	TRY(close(last));
	TRY(close(last - 1));
	TRY(setrlimit(RLIMIT_NOFILE, &old));
	free(set);
	free(fds);
	close(fd);
	unlink("f");
}

/* A text of more than four million bytes. */
static void long_text(void)
{
	const long page = 4096, nr = 60000;
	char *at = mmap(NULL, nr * page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), buf[65536];
	int fd = make("f", "text"), maps;
	long bytes = 0;
	ssize_t n;

	puts("--- long text");
	for (long i = 0; i < nr; i += 2)
		if (mmap(at + i * page, page, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0) ==
		    MAP_FAILED)
			printf("%ld cannot be mapped\n", i);
	maps = open("/proc/self/maps", O_RDONLY);
	while ((n = read(maps, buf, sizeof(buf))) > 0)
		bytes += n;
	printf("%s, %s\n", n ? strerrorname_np(errno) : "all", bytes > 4000000 ? "long" : "short");
	close(maps);
	munmap(at, nr * page);
	close(fd);
	unlink("f");
}

/* Both have it shared, and both want it alone: who asks first has let his share go, and so on. */
static void conversions(void)
{
	int fd = make("f", "0123456789"), other, turn[2];
	char c;

	puts("--- conversions");
	if (pipe(turn))
		return;
	TRY(flock(fd, LOCK_SH));
	if (!fork()) {
		other = open("f", O_RDWR);
		TRY(flock(other, LOCK_SH));
		if (write(turn[1], "c", 1) != 1)
			_exit(1);
		flock(other, LOCK_EX); /* until the parent's share goes */
		flock(other, LOCK_UN);
		_exit(0);
	}
	if (read(turn[0], &c, 1) != 1)
		return;
	usleep(100000);
	flock(fd, LOCK_EX); /* one of them is the first */
	flock(fd, LOCK_UN);
	wait(NULL);
	puts("each was alone");
	/* What is refused has let go what was there. */
	other = open("f", O_RDWR);
	TRY(flock(fd, LOCK_SH));
	TRY(flock(other, LOCK_SH));
	TRY(flock(fd, LOCK_EX | LOCK_NB));
	TRY(flock(other, LOCK_EX | LOCK_NB));
	close(other);

	/* Two who wait for each other's range. */
	TRY(set_lock(fd, F_SETLK, F_WRLCK, 0, 1));
	if (!fork()) {
		TRY(set_lock(fd, F_SETLK, F_WRLCK, 5, 1));
		if (write(turn[1], "c", 1) != 1)
			_exit(1);
		set_lock(fd, F_SETLKW, F_WRLCK, 0, 1); /* until the parent lets go */
		puts("mine");
		_exit(0);
	}
	if (read(turn[0], &c, 1) != 1)
		return;
	usleep(100000);
	TRY(set_lock(fd, F_SETLK, F_WRLCK, 5, 1));
	TRY(set_lock(fd, F_SETLKW, F_WRLCK, 5, 1));
	TRY(set_lock(fd, F_SETLKW, F_WRLCK, 0, 10));
	puts("let go");
	set_lock(fd, F_SETLK, F_UNLCK, 0, 1);
	set_lock(fd, F_SETLKW, F_WRLCK, 5, 1); /* the child has ended, and waits for nobody */
	puts("both");
	wait(NULL);
	close(turn[0]);
	close(turn[1]);
	close(fd);
	unlink("f");
}

/* It sleeps: where it waits for nothing but what it was left with. */
static void until_asleep(pid_t pid)
{
	char path[64], state = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	while (state != 'S') {
		FILE *f = fopen(path, "r");

		if (!f || fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
			state = 'S';
		if (f)
			fclose(f);
	}
}

/* Three, each of whom waits for the next one's: the last to ask is told. */
static void ring_of_three(void)
{
	int fd = make("f", "0123456789"), held[2], go[2], left;
	pid_t pid[2];
	char c;

	puts("--- a ring of three");
	if (pipe(held) || pipe(go))
		return;
	TRY(set_lock(fd, F_SETLK, F_WRLCK, 2, 1));
	for (int i = 0; i < 2; i++) {
		pid[i] = fork();
		if (pid[i])
			continue;
		set_lock(fd, F_SETLK, F_WRLCK, i, 1);
		(void)!write(held[1], "h", 1);
		(void)!read(go[0], &c, 1);
		_exit(set_lock(fd, F_SETLKW, F_WRLCK, i + 1, 1) != 0);
	}
	(void)!read(held[0], &c, 1);
	(void)!read(held[0], &c, 1);
	(void)!write(go[1], "gg", 2);
	while (!ioctl(go[0], FIONREAD, &left) && left)
		usleep(1000);
	until_asleep(pid[0]);
	until_asleep(pid[1]);
	TRY(set_lock(fd, F_SETLKW, F_WRLCK, 0, 1));
	TRY(set_lock(fd, F_SETLK, F_UNLCK, 2, 1));
	for (int i = 0; i < 2; i++) {
		int status;

		waitpid(pid[i], &status, 0);
		printf("%x\n", (unsigned int)status);
	}
	for (int i = 0; i < 2; i++) {
		close(held[i]);
		close(go[i]);
	}
	close(fd);
	unlink("f");
}

/* Places at which numbers end. */
static void ends(void)
{
	struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_CUR, .l_start = 0x7fffffffffffffff };
	int fd = make("f", "0123456789");

	puts("--- ends");
	TRY(fcntl(fd, F_SETLK, &l));
	l.l_whence = SEEK_END;
	TRY(fcntl(fd, F_SETLK, &l));
	l.l_start = -11;
	TRY(fcntl(fd, F_SETLK, &l));
	l.l_start = -10;
	l.l_len = 0x7fffffffffffffff;
	TRY(fcntl(fd, F_SETLK, &l));
	l.l_start = -9;
	TRY(fcntl(fd, F_SETLK, &l));
	l.l_start = -8;
	TRY(fcntl(fd, F_SETLK, &l));
	l = (struct flock){ .l_type = F_WRLCK, .l_len = (-0x7fffffffffffffff - 1) };
	TRY(fcntl(fd, F_SETLK, &l));
	l.l_start = 0x7fffffffffffffff;
	TRY(fcntl(fd, F_SETLK, &l));
	l.l_len = -0x7fffffffffffffff;
	TRY(fcntl(fd, F_SETLK, &l));
	close(fd);
	unlink("f");
}

static void memory_files(void)
{
	char name[300], buf[300];
	int fd;

	puts("--- memory files");
	memset(name, 'm', 250);
	name[250] = '\0';
	TRY(memfd_create(name, 0));
	name[249] = '\0';
	fd = memfd_create(name, 0);
	TRY(close(fd));
	TRY(memfd_create("x", 0x100));
	TRY(memfd_create(BAD, 0));
	fd = memfd_create("a name", MFD_CLOEXEC);
	TRY(fcntl(fd, F_GETFD));
	TRY(fcntl(fd, F_GETFL));
	TRY(write(fd, "text", 4));
	TRY(pread(fd, buf, 10, 2));
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	printf("%.*s\n", (int)TRY(readlink(name, buf, sizeof(buf))), buf);
	TRY(lseek(fd, 0, SEEK_END));
	TRY(ftruncate(fd, 100));
	close(fd);
}

/* What is put in the place of another is not closed because that would have been. */
static void replaced(void)
{
	int fd = make("f", "text"), other = open("f", O_RDONLY | O_CLOEXEC);

	puts("--- replaced");
	TRY(fcntl(other, F_GETFD));
	TRY(dup2(fd, other) == other);
	TRY(fcntl(other, F_GETFD));
	TRY(dup3(fd, other, O_CLOEXEC) == other);
	TRY(fcntl(other, F_GETFD));
	close(fd);
	close(other);
}

/* A child with this one's descriptors leaves them, and closes its own. */
static void tables(void)
{
	int fd = make("f", "text");
	pid_t pid;

	puts("--- tables");
	fflush(stdout);
	pid = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
	if (!pid)
		_exit(syscall(SYS_close_range, fd, fd, CLOSE_RANGE_UNSHARE) ||
		      fcntl(fd, F_GETFD) != -1);
	waitpid(pid, &pid, 0);
	printf("child %x\n", pid);
	TRY(fcntl(fd, F_GETFD));
	fflush(stdout);
	pid = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
	if (!pid)
		_exit(syscall(SYS_close_range, fd, fd, 0) != 0);
	waitpid(pid, &pid, 0);
	printf("child %x\n", pid);
	TRY(fcntl(fd, F_GETFD));
}

/* Two processes write behind each other, also while one waits for a disk to have the bytes it writes. */
static void one_position(void)
{
	int disk = open("/dev/vda", O_RDONLY), fd = open("f", O_RDWR | O_CREAT | O_TRUNC, 0600),
	    status;
	char *slow = mmap(NULL, 1 << 20, PROT_READ, MAP_SHARED, disk, 1 << 20);
	long written = 1 << 20;
	struct stat st;
	pid_t pid;

	puts("--- one position");
	fflush(stdout);
	pid = fork();
	if (!pid)
		_exit(write(fd, slow, 1 << 20) != 1 << 20);
	while (!waitpid(pid, &status, WNOHANG))
		written += write(fd, "x", 1);
	fstat(fd, &st);
	printf("child %x, lost %ld, behind %ld\n", status, written - (long)st.st_size,
	       written - (long)lseek(fd, 0, SEEK_CUR));
	munmap(slow, 1 << 20);
	close(disk);
	close(fd);
}

/* ---------------------------------------------------------------- given back */

/* Another who opens the file has its lock once the one before is closed, and no call has kept it. */
static void given_back(const char *call, const char *name)
{
	int fd = open(name, O_RDONLY);

	printf("%s: %s\n", call, flock(fd, LOCK_EX | LOCK_NB) ? "kept" : "given back");
	close(fd);
}
#define GIVES_BACK(name, flags, call)       \
	do {                                \
		int fd = open(name, flags); \
                                            \
		flock(fd, LOCK_EX);         \
		(void)!(call);              \
		close(fd);                  \
		given_back(#call, name);    \
	} while (0)

static void calls_that_wait(void)
{
	struct epoll_event e = { .events = EPOLLIN };
	struct pollfd p = { .events = POLLIN };
	int ep = epoll_create1(0);
	fd_set set;

	FD_ZERO(&set);
	GIVES_BACK("f", O_RDWR, select(fd + 1, (FD_SET(fd, &set), &set), NULL, NULL, NULL));
	GIVES_BACK("f", O_RDWR, poll((p.fd = fd, &p), 1, 0));
	GIVES_BACK("f", O_RDWR, epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e));
	GIVES_BACK("f", O_RDWR, epoll_ctl(fd, EPOLL_CTL_ADD, ep, &e));
	GIVES_BACK("f", O_RDWR, epoll_wait(fd, &e, 1, 0));
	close(ep);
}

static void calls_that_move_data(void)
{
	struct iovec iov = { (char[4]){ 0 }, 4 };
	int ends[2];

	(void)!pipe(ends);
	GIVES_BACK("f", O_RDWR, read(fd, iov.iov_base, 4));
	GIVES_BACK("f", O_RDWR, write(fd, "text", 4));
	GIVES_BACK("f", O_RDONLY, write(fd, "text", 4));
	GIVES_BACK("f", O_RDWR, pread(fd, iov.iov_base, 4, 0));
	GIVES_BACK("f", O_RDWR, pwrite(fd, "text", 4, 0));
	GIVES_BACK("f", O_RDWR, readv(fd, &iov, 1));
	GIVES_BACK("f", O_RDWR, writev(fd, &iov, 1));
	GIVES_BACK("f", O_RDWR, preadv2(fd, &iov, 1, 0, 0));
	GIVES_BACK("f", O_RDWR, pwritev2(fd, &iov, 1, 0, 0));
	GIVES_BACK("f", O_RDWR, sendfile(ends[1], fd, NULL, 1));
	GIVES_BACK("f", O_RDWR, splice(fd, NULL, ends[1], NULL, 1, 0));
	GIVES_BACK("f", O_RDWR, splice(ends[0], NULL, fd, NULL, 1, 0));
	GIVES_BACK("f", O_RDWR, tee(fd, ends[1], 1, 0));
	GIVES_BACK("f", O_RDWR, tee(ends[0], fd, 1, 0));
	GIVES_BACK("f", O_RDWR, vmsplice(fd, &iov, 1, 0));
	close(ends[0]);
	close(ends[1]);
}

static void calls_of_a_file(void)
{
	struct flock lock = { .l_type = F_RDLCK };
	char buf[4] = { 0 };
	struct statfs fs;
	struct statx sx;
	struct stat st;

	GIVES_BACK("f", O_RDWR, lseek(fd, 0, SEEK_END));
	GIVES_BACK("f", O_RDWR, ftruncate(fd, 4));
	GIVES_BACK("f", O_RDONLY, ftruncate(fd, 4));
	GIVES_BACK("f", O_RDWR, fallocate(fd, 0, 0, 4));
	GIVES_BACK("f", O_RDWR, posix_fadvise(fd, 0, 4, POSIX_FADV_NORMAL));
	GIVES_BACK("f", O_RDWR, readahead(fd, 0, 4));
	GIVES_BACK("f", O_RDWR, fsync(fd));
	GIVES_BACK("f", O_RDWR, sync_file_range(fd, 0, 4, 0));
	GIVES_BACK("f", O_RDWR, syncfs(fd));
	GIVES_BACK("f", O_RDWR, fstat(fd, &st));
	GIVES_BACK("f", O_RDWR, statx(fd, "", AT_EMPTY_PATH, 0, &sx));
	GIVES_BACK("f", O_RDWR, fstatfs(fd, &fs));
	GIVES_BACK("f", O_RDWR, fchmod(fd, 0600));
	GIVES_BACK("f", O_RDWR, fchown(fd, 0, 0));
	GIVES_BACK("f", O_RDWR, fchownat(fd, "", 0, 0, AT_EMPTY_PATH));
	GIVES_BACK("f", O_RDWR, futimens(fd, NULL));
	GIVES_BACK("f", O_RDWR, fchdir(fd));
	GIVES_BACK("f", O_RDWR, syscall(SYS_getdents64, fd, &sx, sizeof(sx)));
	GIVES_BACK("f", O_RDWR, openat(fd, "f", O_RDONLY));
	GIVES_BACK("f", O_RDWR, fgetxattr(fd, "user.x", buf, 4));
	GIVES_BACK("f", O_RDWR, fsetxattr(fd, "user.x", "x", 1, 0));
	GIVES_BACK("f", O_RDWR, ioctl(fd, FIONREAD, buf));
	GIVES_BACK("f", O_RDWR, ioctl(fd, TCGETS, &sx));
	GIVES_BACK("f", O_RDWR, fcntl(fd, F_GETFL));
	GIVES_BACK("f", O_RDWR, fcntl(fd, F_SETLK, &lock));
	GIVES_BACK("f", O_RDWR, fcntl(fd, F_SETOWN, getpid()));
	GIVES_BACK("f", O_RDWR, flock(fd, 77));
	GIVES_BACK("f", O_RDWR, close(dup(fd)));
	GIVES_BACK("f", O_RDWR, munmap(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0), 4096));
	GIVES_BACK("f", O_RDWR, (int)(long)mmap(NULL, 4096, PROT_READ, 0, fd, 0));
	GIVES_BACK("f", O_RDWR, listen(fd, 1));
	GIVES_BACK("f", O_RDWR, timerfd_gettime(fd, (void *)&sx));
	GIVES_BACK("f", O_RDWR, signalfd(fd, (void *)&sx, 0));
}

static void calls_of_a_folder(void)
{
	struct stat st;
	char buf[512];

	GIVES_BACK(".", O_RDONLY, fchdir(fd));
	GIVES_BACK(".", O_RDONLY, syscall(SYS_getdents64, fd, buf, sizeof(buf)));
	GIVES_BACK(".", O_RDONLY, fstatat(fd, "f", &st, 0));
	GIVES_BACK(".", O_RDONLY, mkdirat(fd, "f", 0700));
	GIVES_BACK(".", O_RDONLY, unlinkat(fd, "none", 0));
	GIVES_BACK(".", O_RDONLY, read(fd, buf, 4));
}

static int wait_in_other(void *unused)
{
	(void)unused;
	return pause();
}

/* Descriptors are counted where another has them too: a call that does not give one back keeps the file for good. */
static void given_back_by_all(void)
{
	static char stack[16384];
	pid_t pid = clone(wait_in_other, stack + sizeof(stack), CLONE_FILES | SIGCHLD, NULL);

	puts("--- given back");
	calls_that_wait();
	calls_that_move_data();
	calls_of_a_file();
	calls_of_a_folder();
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

int main(void)
{
	if (!begin_in("/tmp/descriptors"))
		return 1;
	flags();
	locks();
	waits();
	conversions();
	ring_of_three();
	ends();
	many();
	long_text();
	memory_files();
	replaced();
	tables();
	one_position();
	given_back_by_all();
	duplicates();
	unlink("f");
	chdir("/");
	return rmdir("/tmp/descriptors");
}
