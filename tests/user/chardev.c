// SPDX-License-Identifier: MIT
/* The character devices that have no hardware: null, zero, full, random, kmsg, and port. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static char buf[8192];
static char *volatile nowhere = (char *)1;

static void say(const char *what, long ret)
{
	if (ret < 0)
		printf("%s: %s\n", what, strerrorname_np(errno));
	else
		printf("%s: %ld\n", what, ret);
}

static int open_device(const char *name, int flags)
{
	char path[64];
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", name);
	fd = open(path, flags);
	printf("--- %s\n", name);
	if (fd < 0)
		say("open", fd);
	else if (!fstat(fd, &st))
		printf("%o %u:%u size %ld\n", st.st_mode, major(st.st_rdev), minor(st.st_rdev),
		       (long)st.st_size);
	return fd;
}

static int all(char c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (buf[i] != c)
			return 0;
	return 1;
}

static void null(void)
{
	int fd = open_device("null", O_RDWR);

	say("read", read(fd, buf, 100));
	say("write", write(fd, buf, 100));
	say("write from nowhere", write(fd, nowhere, 100));
	say("lseek", lseek(fd, 1000, SEEK_SET));
	say("lseek anyhow", lseek(fd, 1000, 77));
	say("mmap", (long)mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == -1 ? -1 : 0);
	close(fd);
}

static void zero(void)
{
	int fd = open_device("zero", O_RDWR);
	struct iovec iov[2] = { { buf, 10 }, { buf + 4096, 100 } };
	char *shared, *private;

	memset(buf, 'x', sizeof(buf));
	say("read", read(fd, buf, 5000));
	printf("zeroes %d, behind %c\n", all(0, 5000), buf[5000]);
	memset(buf, 'x', sizeof(buf));
	say("readv", readv(fd, iov, 2));
	printf("%d %c %d %c\n", all(0, 10), buf[10], buf[4195], buf[4196]);
	say("read to nowhere", read(fd, nowhere, 100));
	say("write", write(fd, buf, 100));
	say("lseek", lseek(fd, 1000, SEEK_END));
	private = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 4096);
	shared = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	say("mmap", private == MAP_FAILED || shared == MAP_FAILED ? -1 : 0);
	if (!fork()) {
		private[5000] = 'p';
		shared[5000] = 's';
		_exit(0);
	}
	wait(NULL);
	printf("private %d, shared %c\n", private[5000], shared[5000]);
	close(fd);
}

static void full(void)
{
	int fd = open_device("full", O_RDWR);

	memset(buf, 'x', sizeof(buf));
	say("read", read(fd, buf, 100));
	printf("zeroes %d\n", all(0, 100));
	say("write", write(fd, buf, 1));
	say("write nothing", write(fd, buf, 0));
	close(fd);
}

static void randomness(const char *name)
{
	int fd = open_device(name, O_RDWR);

	memset(buf, 0, sizeof(buf));
	say("read", read(fd, buf, 300));
	say("read", read(fd, buf + 1000, 300));
	printf("zeroes %d, the same %d\n", all(0, 300), !memcmp(buf, buf + 1000, 300));
	say("read to nowhere", read(fd, nowhere, 100));
	say("write", write(fd, buf, 100));
	say("lseek", lseek(fd, 1, SEEK_SET));
	close(fd);
}

/* A record without its number and time. */
static void show_record(long n)
{
	char *text = n < 0 ? NULL : memchr(buf, ';', n);

	if (n < 0) {
		say("read", n);
		return;
	}
	buf[n] = '\0';
	printf("%.*s %s", (int)strcspn(buf, ","), buf, text ? text : "?\n");
}

static void kmsg(void)
{
	int fd = open_device("kmsg", O_RDWR | O_NONBLOCK);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	long n;

	say("lseek", lseek(fd, 0, SEEK_END));
	say("read", read(fd, buf, sizeof(buf)));
	say("write", write(fd, "<5>chardev: a\ttab\n", 18));
	say("write", write(fd, "<190>a facility", 15));
	say("write", write(fd, "no level\n", 9));
	say("write", write(fd, "no end", 6));
	say("write too much", write(fd, buf, 2000));
	say("poll", poll(&p, 1, 1000));
	n = read(fd, buf, sizeof(buf));
	show_record(n);
	say("read too little", read(fd, buf, 5));
	n = read(fd, buf, sizeof(buf));
	show_record(n);
	say("read", read(fd, buf, sizeof(buf)));
	say("lseek", lseek(fd, 0, SEEK_SET));
	say("lseek off", lseek(fd, 1, SEEK_SET));
	say("lseek anyhow", lseek(fd, 0, SEEK_CUR));
	close(fd);
}

static void port(void)
{
	int fd = open_device("port", O_RDWR);

	say("read", pread(fd, buf, 1, 0x61));
	say("read at the end", pread(fd, buf, 10, 65530));
	say("read behind", pread(fd, buf, 10, 65536));
	say("read to nowhere", pread(fd, nowhere, 1, 0x61));
	say("write", pwrite(fd, "\0", 1, 0x80));
	say("lseek", lseek(fd, 0x80, SEEK_SET));
	say("lseek on", lseek(fd, 1, SEEK_CUR));
	say("lseek end", lseek(fd, 0, SEEK_END));
	say("lseek beyond", lseek(fd, -1, SEEK_SET));
	close(fd);
}

/* Each message is one reader's, and the other waits on. */
static void two_readers(void)
{
	int fd = open("/dev/kmsg", O_WRONLY), status;

	while (klogctl(9, NULL, 0) > 0)
		klogctl(2, buf, sizeof(buf));
	for (int i = 0; i < 2; i++) {
		if (fork())
			continue;
		alarm(20);
		_exit(klogctl(2, buf, sizeof(buf)) > 0 ? 0 : 1);
	}
	usleep(300000);
	for (int i = 0; i < 2; i++) {
		if (write(fd, "<6>chardev: for one\n", 20) != 20)
			say("write", -1);
		wait(&status);
		printf("a reader of two: %x\n", status);
	}
	close(fd);
}

int main(void)
{
	setbuf(stdout, NULL);
	klogctl(8, NULL, 1); /* not on this console */
	null();
	zero();
	full();
	randomness("random");
	randomness("urandom");
	kmsg();
	two_readers();
	port();
	return 0;
}
