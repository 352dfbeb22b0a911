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
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "try.h"

static void duplicates(void)
{
	struct rlimit limit = { 20, 30 };
	int fd = make("f", "text"), path;

	puts("--- duplicates");
	printf("%d\n", fd);
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
	path = open("f", O_PATH);
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
	TRY(syscall(SYS_close_range, 3, ~0U, 0));
	limit.rlim_cur = 30;
	TRY(setrlimit(RLIMIT_NOFILE, &limit));
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
	close(fd);
	fd = make("f", "text");
	TRY(fcntl(fd, F_GETOWN));
	TRY(fcntl(fd, F_SETOWN, -99999));
	TRY(fcntl(fd, F_GETSIG));
	TRY(fcntl(fd, F_SETSIG, 100));
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

int main(void)
{
	if (!begin_in("/tmp/descriptors"))
		return 1;
	flags();
	locks();
	waits();
	conversions();
	ends();
	many();
	long_text();
	memory_files();
	replaced();
	tables();
	one_position();
	duplicates();
	unlink("f");
	chdir("/");
	return rmdir("/tmp/descriptors");
}
