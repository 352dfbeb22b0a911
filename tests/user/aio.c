// SPDX-License-Identifier: MIT
/*
 * libaio's calls, good and bad, on a disk of zeros, on a pipe and on nothing.
 * What is printed holds no address and no time: it is the same on Linux.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "result.h"

static aio_context_t ctx;
static char *buf; /* 1 MiB, of pages */

#define setup(nr, p)		 call(syscall(SYS_io_setup, nr, p))
#define destroy(c)		 call(syscall(SYS_io_destroy, c))
#define submit(c, n, l)		 call(syscall(SYS_io_submit, c, n, l))
#define getevents(c, m, n, e, t) call(syscall(SYS_io_getevents, c, m, n, e, t))
#define cancel(c, i, e)		 call(syscall(SYS_io_cancel, c, i, e))

static struct iocb request(int op, int fd, void *p, size_t n, long long offset)
{
	return (struct iocb){ .aio_lio_opcode = op,
			      .aio_fildes = fd,
			      .aio_buf = (uintptr_t)p,
			      .aio_nbytes = n,
			      .aio_offset = offset,
			      .aio_data = 77 };
}

/* Submit one, and its event if there is to be one. */
static void one(const char *what, struct iocb cb)
{
	struct iocb *list[1] = { &cb };
	struct io_event e;
	long ret = submit(ctx, 1, list);

	printf("%s: submit %s", what, name(ret));
	if (ret == 1) {
		ret = getevents(ctx, 1, 1, &e, NULL);
		printf(", event %s: res %s, data %llu, ours %d", name(ret), name((long)e.res),
		       (unsigned long long)e.data, e.obj == (uintptr_t)&cb);
	}
	printf("\n");
}

static void contexts(void)
{
	aio_context_t c = 0;

	say("setup of 0", setup(0, &c));
	c = 5;
	say("setup where one is", setup(1, &c));
	say("setup to nowhere", setup(1, (void *)8));
	c = 0;
	say("setup of too many", setup(0x10001, &c));
	say("setup of absurdly many", setup(0x20000000, &c));
	say("setup", setup(64, &c));
	say("destroy", destroy(c));
	say("destroy again", destroy(c));
	say("destroy of none", destroy(0));
	say("submit to none", submit(c, 0, NULL));
	say("events of none", getevents(c, 0, 1, NULL, NULL));
}

static void transfers(int fd, int plain)
{
	struct iovec iov[2] = { { buf, 512 }, { buf + 4096, 1024 } };

	memset(buf, 'a', 8192);
	one("pwrite", request(IOCB_CMD_PWRITE, fd, buf, 8192, 0));
	one("pread", request(IOCB_CMD_PREAD, fd, buf + 8192, 4096, 0));
	one("pwritev", request(IOCB_CMD_PWRITEV, fd, iov, 2, 65536));
	one("preadv", request(IOCB_CMD_PREADV, fd, iov, 2, 65536));
	one("fsync", request(IOCB_CMD_FSYNC, fd, NULL, 0, 0));
	one("fdsync", request(IOCB_CMD_FDSYNC, fd, NULL, 0, 0));
	one("fsync with a buffer", request(IOCB_CMD_FSYNC, fd, buf, 0, 0));
	one("megabyte", request(IOCB_CMD_PREAD, fd, buf, 1 << 20, 0));
	one("unaligned offset", request(IOCB_CMD_PREAD, fd, buf, 512, 100));
	one("unaligned length", request(IOCB_CMD_PREAD, fd, buf, 100, 0));
	one("unaligned memory", request(IOCB_CMD_PREAD, fd, buf + 4, 512, 0));
	one("bad memory", request(IOCB_CMD_PREAD, fd, (void *)4096, 4096, 0));
	one("kernel's memory", request(IOCB_CMD_PREAD, fd, (void *)(1UL << 63), 4096, 0));
	one("behind the end", request(IOCB_CMD_PREAD, fd, buf, 4096, 1LL << 40));
	one("write behind the end", request(IOCB_CMD_PWRITE, fd, buf, 4096, 1LL << 40));
	one("negative offset", request(IOCB_CMD_PREAD, fd, buf, 4096, -4096));
	one("negative length", request(IOCB_CMD_PREAD, fd, buf, -1UL, 0));
	one("nothing", request(IOCB_CMD_PREAD, fd, buf, 0, 0));
	one("no such operation", request(99, fd, buf, 512, 0));
	one("no such file", request(IOCB_CMD_PREAD, 99, buf, 512, 0));
	one("buffered pread", request(IOCB_CMD_PREAD, plain, buf, 1000, 3));
	one("write to a file for reading", request(IOCB_CMD_PWRITE, plain, buf, 512, 0));
}

static void fields(int fd)
{
	struct iocb cb = request(IOCB_CMD_PREAD, fd, buf, 4096, 0);
	int efd = eventfd(0, EFD_NONBLOCK);
	uint64_t count = 0;

	cb.aio_reserved2 = 1;
	one("reserved field", cb);
	cb.aio_reserved2 = 0;
	cb.aio_flags = IOCB_FLAG_RESFD;
	cb.aio_resfd = fd;
	one("no eventfd", cb);
	cb.aio_resfd = 99;
	one("no such eventfd", cb);
	cb.aio_resfd = efd;
	one("eventfd", cb);
	if (read(efd, &count, sizeof(count)) != sizeof(count))
		count = 0;
	printf("it counts %llu\n", (unsigned long long)count);
	cb.aio_flags = 0;
	cb.aio_rw_flags = 0x8000;
	one("no such flag", cb);
	cb.aio_rw_flags = RWF_HIPRI;
	one("RWF_HIPRI", cb);
	close(efd);
}

static void many(int fd)
{
	enum { N = 32 };
	struct iocb cb[N], *list[N + 1];
	struct io_event e[N];
	struct timespec soon = { 0, 1000000 }, none = { 0, 0 };
	long sum = 0, n = 0, got;

	for (int i = 0; i < N; i++) {
		cb[i] = request(IOCB_CMD_PREAD, fd, buf + i * 4096, 4096, i * 4096LL);
		cb[i].aio_data = (unsigned int)i;
		list[i] = &cb[i];
	}
	say("many", submit(ctx, N, list));
	while (n < N && (got = getevents(ctx, 1, N, e, NULL)) > 0) {
		n += got;
		for (int i = 0; i < got; i++)
			sum += (long)(e[i].data * 1000 + (e[i].res == 4096));
	}
	printf("they end: %ld, %ld\n", n, sum);
	list[1] = (void *)8;
	say("a bad one behind a good one", submit(ctx, 2, list));
	say("its event", getevents(ctx, 1, N, e, NULL));
	say("a bad one", submit(ctx, 1, list + 1));
	say("a bad list", submit(ctx, 1, (void *)8));
	say("none", submit(ctx, 0, list));
	say("negatively many", submit(ctx, -1L, list));
	say("no event, no wait", getevents(ctx, 0, 1, e, &none));
	say("no event, a wait", getevents(ctx, 1, 1, e, &soon));
	say("more than there is room for", getevents(ctx, 2, 1, e, &none));
	say("negative minimum", getevents(ctx, -1, 1, e, &none));
	say("a bad time", getevents(ctx, 0, 1, e, (void *)8));
	submit(ctx, 1, list);
	usleep(50000);
	say("to nowhere", getevents(ctx, 1, 1, (void *)8, NULL));
	say("it is still there", getevents(ctx, 1, 1, e, NULL));
}

/* No more than there is room for the results of: an event too many would look like none. */
static void full_ring(void)
{
	struct io_event e[64];
	struct iocb cb, *list[1] = { &cb };
	struct timespec none = { 0, 0 };
	aio_context_t c = 0;
	long in = 0, out = 0, n;
	int p[2];

	if (pipe(p) || setup(1, &c))
		return;
	cb = request(IOCB_CMD_POLL, p[1], (void *)POLLOUT, 0, 0);
	while ((n = submit(c, 1, list)) == 1 && in < 100000)
		in++;
	printf("a ring is full: %s", name(n));
	while ((n = getevents(c, 0, 64, e, &none)) > 0)
		out += n;
	printf(", lost: %ld, some: %d\n", in - out, in > 1);
	say("then there is room", submit(c, 1, list));
	destroy(c);
	close(p[0]);
	close(p[1]);
}

static void polls(void)
{
	struct io_event e;
	struct iocb cb, *list[1] = { &cb };
	struct timespec none = { 0, 0 };
	int p[2];

	if (pipe(p))
		return;
	one("poll for writing", request(IOCB_CMD_POLL, p[1], (void *)POLLOUT, 0, 0));
	one("poll with a length", request(IOCB_CMD_POLL, p[1], (void *)POLLOUT, 1, 0));
	one("poll for what there is not", request(IOCB_CMD_POLL, p[1], (void *)0x10000, 0, 0));
	cb = request(IOCB_CMD_POLL, p[0], (void *)POLLIN, 0, 0);
	say("poll for reading", submit(ctx, 1, list));
	say("nothing yet", getevents(ctx, 0, 1, &e, &none));
	if (write(p[1], "x", 1) != 1)
		return;
	say("written", getevents(ctx, 1, 1, &e, NULL));
	printf("res %llx\n", (unsigned long long)e.res);
	if (read(p[0], buf, 1) != 1)
		return;
	say("poll again", submit(ctx, 1, list));
	usleep(20000);
	say("cancel", cancel(ctx, &cb, &e));
	say("its event", getevents(ctx, 1, 1, &e, NULL));
	printf("res %s\n", name((long)e.res));
	say("cancel what is over", cancel(ctx, &cb, &e));
	cb.aio_key = 1;
	say("cancel by another key", cancel(ctx, &cb, &e));
	say("cancel nowhere", cancel(ctx, (void *)8, &e));
	say("poll that stays", submit(ctx, 1, list));
	close(p[0]);
	close(p[1]);
}

/* What a device writes is the reader's alone. */
static void forked_page(int fd)
{
	int status, go[2], pid;

	memset(buf, 'a', 4096);
	if (pipe(go))
		return;
	pid = fork();
	if (!pid) {
		close(go[1]);
		_exit(read(go[0], buf + 4096, 1) == 0 && buf[0] == 'a');
	}
	say("a read after a fork", call(pread(fd, buf, 4096, 0)));
	close(go[1]);
	waitpid(pid, &status, 0);
	printf("ours %d, the child's as it was: %d\n", buf[0], WEXITSTATUS(status));
	close(go[0]);
}

static void odd_vectors(int fd)
{
	struct iovec iov[2] = { { buf, 512 }, { buf + 4096 + 4, 512 } };

	say("the second is not aligned", call(preadv(fd, iov, 2, 0)));
	iov[1] = (struct iovec){ buf + 4096, 100 };
	say("nor is its length", call(preadv(fd, iov, 2, 0)));
	iov[0].iov_base = buf + 4;
	iov[1].iov_len = 512;
	say("the first is not", call(preadv(fd, iov, 2, 0)));
}

/* A signal ends a wait; one that is blocked during it does not. */
static void on_alarm(int sig)
{
	(void)sig;
}

static void signals(void)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	struct io_event e;
	struct timespec ts = { 0, 200000000 };
	struct {
		sigset_t *mask;
		size_t size;
	} sig;
	sigset_t all;
	long ret;

	sigaction(SIGALRM, &sa, NULL);
	ualarm(20000, 20000); /* and again, should the first come too early */
	ret = getevents(ctx, 1, 1, &e, NULL);
	ualarm(0, 0);
	say("a signal comes", ret);
	sigfillset(&all);
	sig.mask = &all;
	sig.size = 8;
	ualarm(20000, 0);
	say("it is blocked", call(syscall(SYS_io_pgetevents, ctx, 1, 1, &e, &ts, &sig)));
	sigemptyset(&all);
	ualarm(20000, 20000);
	ret = call(syscall(SYS_io_pgetevents, ctx, 1, 1, &e, NULL, &sig));
	ualarm(0, 0);
	say("it is not", ret);
	sig.size = 4;
	say("a mask of 4 bytes", call(syscall(SYS_io_pgetevents, ctx, 1, 1, &e, NULL, &sig)));
}

/* A read that waits is ended by a signal: nobody begins it anew. */
static void interrupted(void)
{
	struct iocb cb, *list[1] = { &cb };
	struct io_event e;
	int p[2];
	long ret;

	if (pipe(p))
		return;
	cb = request(IOCB_CMD_PREAD, p[0], buf, 1, 0);
	ualarm(20000, 20000);
	ret = submit(ctx, 1, list);
	ualarm(0, 0);
	say("a read that waits", ret);
	say("its event", getevents(ctx, 1, 1, &e, NULL));
	printf("res %s\n", name((long)e.res));
	cb = request(IOCB_CMD_PWRITE, p[0], buf, 1, 0);
	say("a write where one reads", submit(ctx, 1, list));
	close(p[0]);
	close(p[1]);
}

static void *poke(void *fd)
{
	usleep(50000);
	return (void *)(long)write((int)(long)fd, "xy", 2);
}

/* Who waits for two is not content with the first. */
static void two_events(void)
{
	struct iocb cb[2], *list[2] = { &cb[0], &cb[1] };
	struct timespec none = { 0, 0 };
	struct io_event e[2];
	pthread_t t;
	int p[2];

	if (pipe(p))
		return;
	cb[0] = request(IOCB_CMD_POLL, p[1], (void *)POLLOUT, 0, 0);
	cb[1] = request(IOCB_CMD_POLL, p[0], (void *)POLLIN, 0, 0);
	say("two polls", submit(ctx, 2, list));
	pthread_create(&t, NULL, poke, (void *)(long)p[1]);
	say("both, one of which comes later", getevents(ctx, 2, 2, e, NULL));
	pthread_join(t, NULL);
	say("two more", submit(ctx, 2, list));
	say("at the least one, at the most one", getevents(ctx, 1, 1, e, NULL));
	say("the other", getevents(ctx, 0, 2, e, &none));
	close(p[0]);
	close(p[1]);
}

/* A context counts as long as it is there, and is its process's alone. */
static void all_there_may_be(void)
{
	aio_context_t c = 0, other = 0;
	struct timespec none = { 0, 0 };
	int status;

	for (int i = 0; i < 2; i++) {
		c = 0;
		say("as many as there may be", setup(0x10000 - 128, &c));
		say("one more", setup(1, &other));
		say("destroy", destroy(c));
	}
	if (!fork()) {
		say("a child does not have its parent's", getevents(ctx, 0, 1, NULL, &none));
		c = 0;
		_exit(setup(0x10000 - 128, &c) != 0);
	}
	wait(&status);
	c = 0;
	say("a child's are gone with it", setup(0x10000 - 128, &c));
	say("destroy", destroy(c));
}

/* Dies with much under way. */
static void killed(int fd)
{
	enum { N = 64 };
	struct iocb cb[N], *list[N];
	int status, pid = fork();

	if (!pid) {
		aio_context_t c = 0;

		setup(N, &c);
		for (;;) {
			for (int i = 0; i < N; i++) {
				cb[i] = request(IOCB_CMD_PREAD, fd, buf + i * 16384, 16384,
						i * 16384LL);
				list[i] = &cb[i];
			}
			submit(c, N, list);
			getevents(c, 1, 1, &(struct io_event){ 0 }, NULL);
		}
	}
	usleep(30000);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	printf("killed by %d\n", WTERMSIG(status));
}

int main(int argc, char **argv)
{
	const char *disk = argc > 1 ? argv[1] : "/dev/vda";
	int fd = open(disk, O_RDWR | O_DIRECT), plain = open(disk, O_RDONLY);

	setvbuf(stdout, NULL, _IONBF, 0);
	buf = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (fd < 0 || plain < 0 || buf == MAP_FAILED) {
		perror(disk);
		return 1;
	}
	contexts();
	say("setup", setup(128, &ctx));
	say("memory at an odd address", pread(fd, buf + 3, 512, 0) < 0 ? -errno : 0);
	say("memory amid a sector", pwrite(fd, buf + 256, 512, 0) < 0 ? -errno : 0);
	mprotect(buf, 4096, PROT_READ);
	say("memory to be read alone", pread(fd, buf, 512, 0) < 0 ? -errno : 0);
	mprotect(buf, 4096, PROT_READ | PROT_WRITE);
	say("memory at a sector", pread(fd, buf + 512, 512, 0) < 0 ? -errno : 0);
	forked_page(fd);
	odd_vectors(fd);
	transfers(fd, plain);
	fields(fd);
	many(fd);
	full_ring();
	polls();
	signals();
	interrupted();
	two_events();
	all_there_may_be();
	killed(fd);
	say("destroy", destroy(ctx));
	printf("done\n");
	return 0;
}
