// SPDX-License-Identifier: MIT
/*
 * A file system of memory that is full: who writes is told, what could not be had whole is not had in part,
 * and what is removed is there again.  full ramfs: one without a limit, which takes what there is.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/time.h>
#include <unistd.h>

#define PLACE "/tmp/full"
#define MIB   (1L << 20)

static sigjmp_buf back;
static volatile int got;

static void on_signal(int sig)
{
	got = sig;
	if (sig == SIGBUS)
		siglongjmp(back, 1);
}

static void say(const char *what, long result)
{
	printf("%s: %s\n", what, result < 0 ? strerrorname_np(errno) : "done");
}

static void room(const char *when)
{
	struct statfs s;

	statfs(PLACE, &s);
	printf("%s: %ld pages, %ld free\n", when, (long)s.f_blocks, (long)s.f_bfree);
}

static long pages_of(int fd)
{
	struct stat st;

	fstat(fd, &st);
	return st.st_blocks / 8;
}

static void mounted(const char *options)
{
	char line[400], *size;
	FILE *f;

	say(options, mount("none", PLACE, "tmpfs", 0, options));
	f = fopen("/proc/mounts", "r");
	while (fgets(line, sizeof(line), f))
		if (strstr(line, PLACE) && (size = strstr(line, "size=")))
			printf("%s\n", strtok(size, ", "));
	fclose(f);
}

/* Until it is full: bytes. */
static long fill(int fd)
{
	static char buf[65536];
	long done = 0, n;

	memset(buf, 'x', sizeof(buf));
	while ((n = write(fd, buf, sizeof(buf))) > 0)
		done += n;
	say("write more", n);
	return done;
}

static void by_write(void)
{
	int fd = open(PLACE "/a", O_RDWR | O_CREAT, 0644);

	printf("written: %ld\n", fill(fd));
	room("full");
	say("into a page that is there", pwrite(fd, "y", 1, 5));
	say("into one that is not", pwrite(fd, "y", 1, 100 * MIB));
	say("another file", mknod(PLACE "/b", S_IFREG | 0644, 0));
	say("cut", ftruncate(fd, MIB / 2));
	room("half");
	say("longer", ftruncate(fd, 100 * MIB));
	room("half");
	close(fd);
	unlink(PLACE "/a");
	room("empty");
}

static void by_fallocate(void)
{
	int fd = open(PLACE "/a", O_RDWR | O_CREAT, 0644);

	say("a little", fallocate(fd, 0, 3 * 4096, 5 * 4096));
	say("more than there is", fallocate(fd, 0, 0, MIB + 1));
	say("more than there is left", fallocate(fd, 0, 10 * 4096, MIB - 4096));
	printf("pages: %ld\n", pages_of(fd));
	say("all", fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, MIB));
	printf("pages: %ld, bytes: %ld\n", pages_of(fd), (long)lseek(fd, 0, SEEK_END));
	room("full");
	say("a hole", fallocate(fd, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, 4096, 8 * 4096));
	room("hole");
	close(fd);
	unlink(PLACE "/a");
}

static void by_fault(void)
{
	int fd = open(PLACE "/a", O_RDWR | O_CREAT, 0644);
	volatile char *p;
	volatile int touched = 0;

	if (ftruncate(fd, 2 * MIB))
		return;
	p = mmap(NULL, 2 * MIB, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (!sigsetjmp(back, 1))
		for (; touched < 512; touched++)
			p[touched * 4096] = 1;
	printf("touched: %d, then %s\n", touched, strsignal(got));
	munmap((void *)p, 2 * MIB);
	close(fd);
	unlink(PLACE "/a");
	room("empty");
}

static void limited(void)
{
	struct rlimit old, r;
	int fd = open(PLACE "/a", O_RDWR | O_CREAT, 0644);

	getrlimit(RLIMIT_FSIZE, &old);
	r = old;
	r.rlim_cur = 10000;
	setrlimit(RLIMIT_FSIZE, &r);
	got = 0;
	say("beyond the limit", fallocate(fd, 0, 0, 10001));
	printf("%s\n", strsignal(got));
	got = 0;
	say("beyond the limit, size kept", fallocate(fd, FALLOC_FL_KEEP_SIZE, 9000, 5000));
	printf("%s\n", strsignal(got));
	say("within it", fallocate(fd, 0, 0, 10000));
	setrlimit(RLIMIT_FSIZE, &old);
	close(fd);
	unlink(PLACE "/a");
}

/* Much is asked for, and a signal comes; on a busy host it may come too late, some times. */
static void interrupted(void)
{
	struct itimerval t = { { 0, 0 }, { 0, 3000 } };
	int fd = open(PLACE "/a", O_RDWR | O_CREAT, 0644);
	int err;

	for (int i = 0; i < 100; i++) {
		setitimer(ITIMER_REAL, &t, NULL);
		err = fallocate(fd, 0, 0, 200 * MIB);
		if (err)
			break;
		ftruncate(fd, 0);
	}
	say("interrupted", err);
	printf("pages: %ld\n", pages_of(fd));
	close(fd);
	unlink(PLACE "/a");
}

/* What the kernel needs for itself is there, whatever files have taken. */
static void make_names(void)
{
	char name[40];
	int made = 0;

	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), PLACE "/name%d", i);
		made += !mknod(name, S_IFREG | 0644, 0);
	}
	printf("names: %d\n", made);
	while (made--) {
		snprintf(name, sizeof(name), PLACE "/name%d", made);
		unlink(name);
	}
}

static int fill_ramfs(void)
{
	int fd;

	say("mount", mount("none", PLACE, "ramfs", 0, NULL));
	for (int i = 0; i < 2; i++) {
		fd = open(PLACE "/a", O_RDWR | O_CREAT, 0644);
		printf("more than 100 MiB: %d\n", fill(fd) > 100 * MIB);
		make_names();
		say("fallocate", fallocate(fd, 0, 0, 1024 * MIB));
		close(fd);
		unlink(PLACE "/a");
		fd = open(PLACE "/a", O_RDWR | O_CREAT, 0644);
		say("fallocate too much", fallocate(fd, 0, 0, 1024 * MIB));
		printf("pages: %ld\n", pages_of(fd));
		say("fallocate 100 MiB", fallocate(fd, 0, 0, 100 * MIB));
		close(fd);
		unlink(PLACE "/a");
	}
	say("umount", umount(PLACE));
	return 0;
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = on_signal };

	(void)argv;
	setvbuf(stdout, NULL, _IOLBF, 0);
	sigaction(SIGBUS, &sa, NULL);
	sigaction(SIGXFSZ, &sa, NULL);
	sigaction(SIGALRM, &sa, NULL);
	mkdir("/tmp", 0777);
	mkdir(PLACE, 0777);
	if (argc > 1)
		return fill_ramfs();
	mounted("size=1m");
	room("empty");
	by_write();
	by_fallocate();
	by_fault();
	limited();
	umount(PLACE);
	mounted("size=220m,mode=700");
	interrupted();
	room("empty");
	umount(PLACE);
	rmdir(PLACE);
	return 0;
}
