// SPDX-License-Identifier: MIT
/* The character devices that have no hardware: null, zero, full, random, kmsg, and port. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
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

/* The next that is not the kernel's own. */
static void show_next(int fd)
{
	long n;

	do
		n = read(fd, buf, sizeof(buf) - 1);
	while (n > 0 && !memmem(buf, (size_t)n, "chardev", 7));
	show_record(n);
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

static void log_line(const char *text)
{
	int fd = open("/dev/kmsg", O_WRONLY);

	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		say("write", -1);
	close(fd);
}

/* What is no level, what is escaped; each file has its place, which a seek changes and nobody else's read. */
static void records(void)
{
	static const char *const lines[] = {
		"<7>chardev: a level\n",     "<x>chardev: no number\n",
		"<5chardev: no end\n",	     "chardev: a\\b\x7f\xc3\xa9\n",
		"chardev: two\nlines\n\n",   "<2047>chardev: the last facility\n",
		"<2054>chardev: one more\n", "<4294967302>chardev: many more\n"
	};
	int fd = open("/dev/kmsg", O_RDWR | O_NONBLOCK), other;
	struct iovec iov[2] = { { "<6>chardev: one ", 16 }, { "of two\n", 7 } };

	lseek(fd, 0, SEEK_END);
	for (unsigned int i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		log_line(lines[i]);
		show_next(fd);
	}
	say("in two pieces", writev(fd, iov, 2));
	other = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	lseek(other, 0, SEEK_END);
	show_next(fd);
	say("from nowhere", write(fd, nowhere, 10));
	say("to nowhere", read(other, nowhere, 100));
	klogctl(5, NULL, 0);
	log_line("<6>chardev: not cleared\n");
	say("what is not cleared", lseek(fd, 0, SEEK_DATA));
	show_next(fd);
	show_next(other);
	show_next(other);
	lseek(fd, 0, SEEK_SET);
	say("the first is another",
	    read(fd, buf, sizeof(buf)) > 0 && !strstr(buf, "not cleared") ? 0 : -1);
	close(other);
	close(fd);
}

static void drain(void)
{
	while (klogctl(9, NULL, 0) > 0)
		klogctl(2, buf, sizeof(buf));
}

static void interrupted(int sig)
{
	(void)sig;
}

/* Who waits gets the next one, or its signal. */
static void a_reader_waits(void)
{
	int fd = open("/dev/kmsg", O_RDONLY);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct sigaction action = { .sa_handler = interrupted };

	lseek(fd, 0, SEEK_END);
	for (int i = 0; i < 2; i++) {
		if (!fork()) {
			usleep(300000);
			log_line("<6>chardev: waited for\n");
			_exit(0);
		}
		if (i)
			say("poll", poll(&p, 1, -1));
		show_next(fd);
		wait(NULL);
	}
	sigaction(SIGALRM, &action, NULL);
	ualarm(100000, 100000);
	say("interrupted", read(fd, buf, sizeof(buf)));
	drain();
	say("interrupted", klogctl(2, buf, sizeof(buf)));
	ualarm(0, 0);
	close(fd);
}

/* Each line without its time. */
static void show_text(const char *what, long n)
{
	say(what, n < 0 ? n : 0);
	buf[n < 0 ? 0 : n] = '\0';
	for (char *line = strtok(buf, "\n"); line; line = strtok(NULL, "\n"))
		if (strstr(line, "chardev"))
			printf("  %.*s%s\n", (int)strcspn(line, "["), line,
			       strchr(line, ']') ?: "]?");
}

static void texts(void)
{
	int size, unread;

	drain();
	klogctl(5, NULL, 0);
	show_text("all, cleared", klogctl(3, buf, sizeof(buf)));
	log_line("<6>chardev: one\n");
	log_line("<14>chardev: two\nchardev: lines\n");
	log_line("<131>chardev: three\n");
	size = klogctl(3, buf, sizeof(buf));
	unread = klogctl(9, NULL, 0);
	printf("as many are not read: %d\n", unread == size);
	show_text("all", klogctl(3, buf, sizeof(buf)));
	show_text("all that fit", klogctl(3, buf, size - 1));
	show_text("none fits", klogctl(3, buf, 5));
	show_text("all, and clear", klogctl(4, buf, sizeof(buf)));
	show_text("all", klogctl(3, buf, sizeof(buf)));
	printf("still not read: %d\n", klogctl(9, NULL, 0) == unread);
	show_text("the first two", klogctl(2, buf, unread - 1));
	printf("less is not read: %d\n", klogctl(9, NULL, 0) < unread);
	show_text("the rest", klogctl(2, buf, sizeof(buf)));
	say("not read", klogctl(9, NULL, 0));
	say("open", klogctl(1, NULL, 0));
	say("close", klogctl(0, NULL, 0));
	for (int action = 2; action <= 4; action++) {
		say("no memory", klogctl(action, NULL, 10));
		say("nothing", klogctl(action, buf, 0));
		say("less than nothing", klogctl(action, buf, -1));
		say("bad memory", klogctl(action, (char *)(1UL << 63), 100));
	}
	say("no such action", klogctl(11, NULL, 0));
	say("nor this", klogctl(-1, NULL, 0));
}

/* What does not fit comes in pieces, and no other message comes in part behind it. */
static void pieces(void)
{
	int unread, n;

	drain();
	log_line("<6>chardev: in pieces\n");
	log_line("<2047>chardev: the next\n");
	unread = klogctl(9, NULL, 0);
	say("a piece", klogctl(2, buf, 10));
	printf("less is not read: %d\n", unread - klogctl(9, NULL, 0));
	say("another", klogctl(2, buf + 10, 7));
	printf("less is not read: %d\n", unread - klogctl(9, NULL, 0));
	n = klogctl(2, buf + 17, unread - 18);
	show_text("its rest alone", n < 0 ? n : 17 + n);
	show_text("the next", klogctl(2, buf, sizeof(buf)));
	say("not read", klogctl(9, NULL, 0));
}

static void show_level(const char *what, long ret)
{
	int level = -1;
	FILE *f = fopen("/proc/sys/kernel/printk", "r");

	if (!f || fscanf(f, "%d", &level) != 1)
		level = -1;
	fclose(f);
	say(what, ret);
	printf("  level %d\n", level);
}

/* Which are shown on consoles; at the end as it was. */
static void levels(void)
{
	show_level("level 2", klogctl(8, NULL, 2));
	show_level("off", klogctl(6, NULL, 0));
	show_level("off again", klogctl(6, NULL, 0));
	show_level("on", klogctl(7, NULL, 0));
	show_level("on again", klogctl(7, NULL, 0));
	klogctl(6, NULL, 0);
	show_level("off, and level 3", klogctl(8, NULL, 3));
	show_level("on", klogctl(7, NULL, 0));
	show_level("level 0", klogctl(8, NULL, 0));
	show_level("level 8", klogctl(8, NULL, 8));
	show_level("level 9", klogctl(8, NULL, 9));
	klogctl(8, NULL, 1);
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

	drain();
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

/* What a kernel says of itself when it has run for a second or two has been said. */
static void wait_for_silence(void)
{
	struct timespec t;

	while (!clock_gettime(CLOCK_BOOTTIME, &t) && t.tv_sec < 3)
		usleep(50000);
}

int main(void)
{
	setbuf(stdout, NULL);
	wait_for_silence();
	klogctl(8, NULL, 1); /* not on this console */
	null();
	zero();
	full();
	randomness("random");
	randomness("urandom");
	kmsg();
	records();
	a_reader_waits();
	texts();
	pieces();
	levels();
	two_readers();
	port();
	return 0;
}
