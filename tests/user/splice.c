// SPDX-License-Identifier: MIT
/* splice(), tee() and vmsplice(), with good and bad arguments. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static void *volatile bad_address = (void *)8;
#define BAD bad_address
#define SHOW(call)                                                                         \
	do {                                                                               \
		errno = 0;                                                                 \
		long ret_ = (long)(call);                                                  \
		printf("%s = %ld %s\n", #call, ret_, errno ? strerrorname_np(errno) : ""); \
	} while (0)

static int p[2], q[2], file, out;
static char buf[100000], big[100000];

static void fresh(void)
{
	close(p[0]), close(p[1]), close(q[0]), close(q[1]);
	if (pipe2(p, O_NONBLOCK) || pipe2(q, O_NONBLOCK))
		printf("no pipes\n");
}

static int waiting(int fd)
{
	int n = -1;

	ioctl(fd, FIONREAD, &n);
	return n;
}

static void files(void)
{
	off_t at = 10, none = -1;
	int append = open("/tmp/out", O_WRONLY | O_APPEND), null = open("/dev/null", O_RDWR);

	fresh();
	lseek(file, 0, SEEK_SET);
	SHOW(splice(file, NULL, p[1], NULL, 5, 0));
	printf("position %ld\n", (long)lseek(file, 0, SEEK_CUR));
	SHOW(splice(file, &at, p[1], NULL, 20, 0));
	printf("at %ld position %ld\n", (long)at, (long)lseek(file, 0, SEEK_CUR));
	SHOW(read(p[0], buf, 100));
	printf("%.25s\n", buf);
	at = sizeof(big) - 3;
	SHOW(splice(file, &at, p[1], NULL, 100, 0));
	SHOW(splice(file, &at, p[1], NULL, 100, 0));
	SHOW(splice(p[0], NULL, out, NULL, 2, 0));
	at = 100;
	SHOW(splice(p[0], NULL, out, &at, 100, 0));
	printf("at %ld\n", (long)at);
	SHOW(splice(p[0], NULL, out, NULL, 100, 0));
	at = 0;
	SHOW(splice(file, &at, p[1], NULL, 80000, 0));
	printf("%d wait\n", waiting(p[0]));
	SHOW(splice(file, &at, p[1], NULL, 10, 0));
	SHOW(splice(p[0], NULL, out, NULL, 70000, 0));
	SHOW(pread(out, buf, sizeof(buf), 2));
	printf("the same: %d\n", !memcmp(buf, big, 65536));
	SHOW(splice(p[0], NULL, null, NULL, 20000, 0));
	SHOW(write(p[1], "abc", 3));
	SHOW(splice(p[0], NULL, append, NULL, 3, 0));
	SHOW(splice(p[0], NULL, out, &none, 3, 0));
	SHOW(splice(p[0], &at, out, NULL, 3, 0));
	SHOW(splice(p[0], BAD, out, NULL, 3, 0));
	SHOW(splice(p[0], NULL, out, BAD, 3, 0));
	SHOW(splice(file, NULL, out, NULL, 3, 0));
	SHOW(splice(file, &at, p[1], &at, 3, 0));
	SHOW(splice(p[0], NULL, out, NULL, 0, 99));
	SHOW(splice(p[0], NULL, out, NULL, 3, 99));
	SHOW(splice(-1, NULL, out, NULL, 3, 0));
	SHOW(splice(p[0], NULL, 99, NULL, 3, 0));
	SHOW(splice(p[1], NULL, out, NULL, 3, 0));
	SHOW(splice(file, NULL, p[0], NULL, 3, 0));
	SHOW(splice(p[0], NULL, file, NULL, 3, 0));
	close(p[1]);
	SHOW(splice(p[0], NULL, out, NULL, 100, 0));
	SHOW(splice(p[0], NULL, out, NULL, 100, 0));
	close(append), close(null);
}

static void pipes(void)
{
	off_t at = 0;

	fresh();
	SHOW(splice(p[0], NULL, q[1], NULL, 10, 0));
	SHOW(splice(p[0], NULL, p[1], NULL, 10, 0));
	SHOW(splice(p[0], &at, q[1], NULL, 10, 0));
	SHOW(write(p[1], "hello world", 11));
	SHOW(tee(p[0], q[1], 5, 0));
	SHOW(tee(p[0], q[1], 100, 0));
	SHOW(read(q[0], buf, 100));
	printf("%.16s\n", buf);
	SHOW(splice(p[0], NULL, q[1], NULL, 6, 0));
	SHOW(splice(p[0], NULL, q[1], NULL, 100, 0));
	SHOW(read(q[0], buf, 100));
	printf("%.11s, %d left\n", buf, waiting(p[0]));
	SHOW(write(p[1], "more", 4));
	SHOW(write(q[1], "before ", 7));
	SHOW(splice(p[0], NULL, q[1], NULL, 100, 0));
	SHOW(write(q[1], " after", 6));
	SHOW(read(q[0], buf, 100));
	printf("%.17s\n", buf);
	SHOW(tee(p[0], p[1], 5, 0));
	SHOW(tee(p[0], q[1], 0, 0));
	SHOW(tee(p[0], q[1], 5, 99));
	SHOW(tee(p[0], q[1], 5, 0));
	SHOW(tee(file, q[1], 5, 0));
	SHOW(tee(p[1], q[1], 5, 0));
	SHOW(tee(-1, q[1], 5, 0));
	while (write(q[1], big, 4096) > 0)
		;
	SHOW(write(p[1], "x", 1));
	SHOW(splice(p[0], NULL, q[1], NULL, 1, 0));
	SHOW(tee(p[0], q[1], 1, 0));
	close(q[0]);
	SHOW(splice(p[0], NULL, q[1], NULL, 1, 0));
	SHOW(tee(p[0], q[1], 1, 0));
	close(p[1]);
	SHOW(read(p[0], buf, 5));
	close(q[1]);
	(void)!pipe2(q, O_NONBLOCK);
	SHOW(splice(p[0], NULL, q[1], NULL, 1, 0));
	SHOW(tee(p[0], q[1], 1, 0));
}

static void memory(void)
{
	struct iovec v[2] = { { "one ", 4 }, { "two", 3 } };

	fresh();
	SHOW(vmsplice(p[1], v, 2, 0));
	SHOW(read(p[0], buf, 100));
	printf("%.7s\n", buf);
	SHOW(write(p[1], "012345", 6));
	v[0].iov_base = buf, v[0].iov_len = 2;
	v[1].iov_base = buf + 50, v[1].iov_len = 3;
	SHOW(vmsplice(p[0], v, 2, 0));
	printf("%.2s %.3s\n", buf, buf + 50);
	SHOW(vmsplice(p[0], v, 0, 0));
	SHOW(vmsplice(p[0], v, 1, 99));
	SHOW(vmsplice(p[0], v, 1025, 0));
	SHOW(vmsplice(file, v, 1, 0));
	SHOW(vmsplice(-1, v, 1, 0));
	SHOW(vmsplice(p[1], BAD, 1, 0));
	SHOW(vmsplice(p[0], v, 1, SPLICE_F_NONBLOCK));
	SHOW(vmsplice(p[0], v, 1, SPLICE_F_NONBLOCK));
}

/* Who waits is woken. */
static void wait_for_it(void)
{
	int a[2], b[2], status;
	pid_t pid;

	if (pipe(a) || pipe(b))
		return;
	pid = fork();
	if (!pid) {
		usleep(30000);
		(void)!write(a[1], "late", 4);
		_exit(0);
	}
	SHOW(splice(a[0], NULL, out, NULL, 10, SPLICE_F_NONBLOCK));
	SHOW(splice(a[0], NULL, b[1], NULL, 10, 0));
	SHOW(read(b[0], buf, 10));
	waitpid(pid, &status, 0);
	pid = fork();
	if (!pid) {
		usleep(30000);
		(void)!write(a[1], "later", 5);
		_exit(0);
	}
	SHOW(tee(a[0], b[1], 10, 0));
	SHOW(splice(a[0], NULL, out, NULL, 10, 0));
	waitpid(pid, &status, 0);
}

int main(void)
{
	setbuf(stdout, NULL);
	signal(SIGPIPE, SIG_IGN);
	alarm(20);
	for (unsigned int i = 0; i < sizeof(big); i++)
		big[i] = (char)('a' + i % 26);
	file = open("/tmp/in", O_RDWR | O_CREAT, 0600);
	(void)!write(file, big, sizeof(big));
	close(file);
	file = open("/tmp/in", O_RDONLY);
	out = open("/tmp/out", O_RDWR | O_CREAT | O_TRUNC, 0600);
	files();
	pipes();
	memory();
	wait_for_it();
	return 0;
}
