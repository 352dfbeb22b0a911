// SPDX-License-Identifier: MIT
/*
 * io_uring by its three calls alone, good and bad, on a disk of zeros, on pipes and on time.  What is printed holds no address and no time: it is the same on Linux.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "result.h"

struct ring {
	int fd;
	struct io_uring_params p;
	char *shared;
	struct io_uring_sqe *sqes;
	unsigned int queued;
};

static char *buf; /* 1 MiB, of pages */
static int disk, plain;

static long setup(unsigned int entries, struct io_uring_params *p)
{
	return call(syscall(SYS_io_uring_setup, entries, p));
}

static long enter(int fd, unsigned int n, unsigned int min, unsigned int flags, const void *arg,
		  size_t size)
{
	return call(syscall(SYS_io_uring_enter, fd, n, min, flags, arg, size));
}

static long reg(int fd, unsigned int op, const void *arg, unsigned int n)
{
	return call(syscall(SYS_io_uring_register, fd, op, arg, n));
}

static unsigned int *word(struct ring *r, unsigned int offset)
{
	return (unsigned int *)(r->shared + offset);
}

static int make(struct ring *r, unsigned int entries, unsigned int flags, unsigned int cqes)
{
	memset(r, 0, sizeof(*r));
	r->p.flags = flags;
	r->p.cq_entries = cqes;
	r->fd = (int)setup(entries, &r->p);
	if (r->fd < 0) {
		say("setup", r->fd);
		return -1;
	}
	r->shared =
		mmap(NULL, r->p.cq_off.cqes + r->p.cq_entries * 16 + r->p.sq_entries * 4 + 64,
		     PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd, IORING_OFF_SQ_RING);
	r->sqes = mmap(NULL, r->p.sq_entries * 64, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd,
		       IORING_OFF_SQES);
	if (r->shared == MAP_FAILED || r->sqes == MAP_FAILED) {
		say("mmap", -errno);
		return -1;
	}
	return 0;
}

static void unmake(struct ring *r)
{
	munmap(r->sqes, r->p.sq_entries * 64);
	munmap(r->shared, r->p.cq_off.cqes + r->p.cq_entries * 16 + r->p.sq_entries * 4 + 64);
	close(r->fd);
}

static struct io_uring_sqe *add(struct ring *r, struct io_uring_sqe sqe)
{
	unsigned int *tail = word(r, r->p.sq_off.tail), at = *tail & (r->p.sq_entries - 1);

	r->sqes[at] = sqe;
	word(r, r->p.sq_off.array)[at] = at;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	r->queued++;
	return &r->sqes[at];
}

static long go(struct ring *r, unsigned int min)
{
	unsigned int n = r->queued;

	r->queued = 0;
	return enter(r->fd, n, min, IORING_ENTER_GETEVENTS, NULL, 8);
}

static int take(struct ring *r, struct io_uring_cqe *cqe)
{
	unsigned int *head = word(r, r->p.cq_off.head);

	if (*head == __atomic_load_n(word(r, r->p.cq_off.tail), __ATOMIC_ACQUIRE))
		return 0;
	*cqe = ((struct io_uring_cqe *)(r->shared +
					r->p.cq_off.cqes))[*head & (r->p.cq_entries - 1)];
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return 1;
}

static int by_data(const void *a, const void *b)
{
	const struct io_uring_cqe *x = a, *y = b;

	return x->user_data < y->user_data ? -1 : x->user_data > y->user_data;
}

/* Submit what is queued, wait for n, and tell all that came: in the order of user_data. */
static void tell(struct ring *r, const char *what, unsigned int n)
{
	struct io_uring_cqe cqe[64];
	unsigned int got = 0;
	long ret = go(r, n);

	while (got < 64 && take(r, &cqe[got]))
		got++;
	qsort(cqe, got, sizeof(cqe[0]), by_data);
	printf("%s: %s:", what, name(ret));
	for (unsigned int i = 0; i < got; i++)
		printf(" %llu=%s%s", (unsigned long long)cqe[i].user_data, name(cqe[i].res),
		       cqe[i].flags ? "!" : "");
	printf("\n");
}

static struct io_uring_sqe sqe(int op, int fd, const void *p, unsigned int n, long long offset)
{
	return (struct io_uring_sqe){ .opcode = (unsigned char)op,
				      .fd = fd,
				      .addr = (uintptr_t)p,
				      .len = n,
				      .off = (unsigned long long)offset,
				      .user_data = 1 };
}

static struct io_uring_sqe with(struct io_uring_sqe s, unsigned int flags, unsigned int data)
{
	s.flags = (unsigned char)flags;
	s.user_data = data;
	return s;
}

#define NOP sqe(IORING_OP_NOP, -1, NULL, 0, 0)

static void one(struct ring *r, const char *what, struct io_uring_sqe s)
{
	add(r, s);
	tell(r, what, 1);
}

static void setups(void)
{
	static const unsigned int flags[] = { 0x80000000U, IORING_SETUP_SQE128 << 16 };
	struct io_uring_params p = { 0 };
	long fd;

	say("setup of 0", setup(0, &p));
	say("setup of too many", setup(32769, &p));
	say("setup to nowhere", setup(1, (void *)8));
	for (unsigned int i = 0; i < 2; i++) {
		p = (struct io_uring_params){ .flags = flags[i] };
		say("setup with a bad flag", setup(1, &p));
	}
	p = (struct io_uring_params){ .resv = { 1 } };
	say("setup with a reserved field", setup(1, &p));
	p = (struct io_uring_params){ .flags = IORING_SETUP_CQSIZE };
	say("no CQEs", setup(4, &p));
	p.cq_entries = 2;
	say("few CQEs", setup(4, &p));
	p.flags = IORING_SETUP_TASKRUN_FLAG;
	say("a flag alone", setup(4, &p));
	p = (struct io_uring_params){ .flags = IORING_SETUP_CLAMP };
	fd = setup(100000, &p);
	printf("clamped: %d, %u, %u\n", fd >= 0, p.sq_entries, p.cq_entries);
	close((int)fd);
	p = (struct io_uring_params){ .flags = IORING_SETUP_CQSIZE, .cq_entries = 33 };
	fd = setup(5, &p);
	printf("sizes: %u, %u, one mmap %d, nodrop %d\n", p.sq_entries, p.cq_entries,
	       !!(p.features & IORING_FEAT_SINGLE_MMAP), !!(p.features & IORING_FEAT_NODROP));
	say("mmap elsewhere",
	    mmap(NULL, 4096, PROT_READ, MAP_SHARED, (int)fd, 4096) == MAP_FAILED ? -errno : 0);
	say("mmap of much",
	    mmap(NULL, 1 << 20, PROT_READ, MAP_SHARED, (int)fd, IORING_OFF_SQES) == MAP_FAILED ?
		    -errno :
		    0);
	say("read it", call(read((int)fd, buf, 1)));
	say("enter with a bad flag", enter((int)fd, 0, 0, 0x100, NULL, 0));
	say("enter no ring", enter(1, 0, 0, 0, NULL, 0));
	say("enter nothing", enter(99, 0, 0, 0, NULL, 0));
	say("register with nothing", reg(99, IORING_REGISTER_PROBE, buf, 1));
	say("register with no ring", reg(1, IORING_REGISTER_PROBE, buf, 1));
	say("register what there is not", reg((int)fd, 1000, buf, 1));
	close((int)fd);
}

static void transfers(struct ring *r)
{
	struct iovec iov[2] = { { buf, 512 }, { buf + 4096, 1024 } };
	struct io_uring_sqe s;

	memset(buf, 'b', 8192);
	one(r, "nop", NOP);
	one(r, "write", sqe(IORING_OP_WRITE, disk, buf, 8192, 0));
	one(r, "read", sqe(IORING_OP_READ, disk, buf + 8192, 4096, 0));
	printf("it is zero: %d\n", !buf[8192]);
	one(r, "writev", sqe(IORING_OP_WRITEV, disk, iov, 2, 65536));
	one(r, "readv", sqe(IORING_OP_READV, disk, iov, 2, 65536));
	one(r, "fsync", sqe(IORING_OP_FSYNC, disk, NULL, 0, 0));
	one(r, "fsync with a buffer", sqe(IORING_OP_FSYNC, disk, buf, 0, 0));
	one(r, "megabyte", sqe(IORING_OP_READ, disk, buf, 1 << 20, 0));
	one(r, "buffered", sqe(IORING_OP_READ, plain, buf, 1000, 3));
	one(r, "unaligned offset", sqe(IORING_OP_READ, disk, buf, 512, 100));
	one(r, "unaligned memory", sqe(IORING_OP_READ, disk, buf + 4, 512, 0));
	one(r, "bad memory", sqe(IORING_OP_READ, disk, (void *)4096, 4096, 0));
	one(r, "kernel's memory", sqe(IORING_OP_READ, disk, (void *)(1UL << 63), 4096, 0));
	one(r, "bad vector", sqe(IORING_OP_READV, disk, (void *)8, 2, 0));
	one(r, "too long a vector", sqe(IORING_OP_READV, disk, iov, 2000, 0));
	one(r, "behind the end", sqe(IORING_OP_READ, disk, buf, 4096, 1LL << 40));
	one(r, "write behind the end", sqe(IORING_OP_WRITE, disk, buf, 4096, 1LL << 40));
	one(r, "negative offset", sqe(IORING_OP_READ, disk, buf, 4096, -4096));
	one(r, "no such file", sqe(IORING_OP_READ, 99, buf, 512, 0));
	one(r, "write to a file for reading", sqe(IORING_OP_WRITE, plain, buf, 512, 0));
	one(r, "no such operation", sqe(200, disk, buf, 512, 0));
	s = sqe(IORING_OP_READ, disk, buf, 512, 0);
	s.rw_flags = 0x8000;
	one(r, "no such flag", s);
	s.rw_flags = RWF_HIPRI;
	one(r, "RWF_HIPRI", s);
	s = sqe(IORING_OP_NOP, 0, NULL, 0, 0);
	s.ioprio = 1;
	one(r, "nop with a priority", s);
	one(r, "a bad flag", with(NOP, 0x80, 1));
	s = NOP;
	s.personality = 7;
	one(r, "a personality", s);
	lseek(plain, 4096, SEEK_SET);
	one(r, "at the file's position", sqe(IORING_OP_READ, plain, buf, 100, -1));
	printf("which moves: %ld\n", (long)lseek(plain, 0, SEEK_CUR));
	one(r, "by a worker", with(sqe(IORING_OP_READ, disk, buf, 4096, 0), IOSQE_ASYNC, 1));
	one(r, "buffered by a worker",
	    with(sqe(IORING_OP_READ, plain, buf, 9000, 1), IOSQE_ASYNC, 1));
	add(r, with(NOP, IOSQE_CQE_SKIP_SUCCESS, 1));
	tell(r, "without its success", 0);
	add(r, with(NOP, 0, 2));
	tell(r, "no more came", 1);
}

static void submissions(struct ring *r)
{
	unsigned int *array = word(r, r->p.sq_off.array), at;

	for (unsigned int i = 0; i < 5; i++)
		add(r, with(i == 2 ? sqe(200, 0, NULL, 0, 0) : NOP, 0, i));
	tell(r, "a bad one in the midst", 3);
	r->queued = 2;
	tell(r, "the rest", 2);
	at = *word(r, r->p.sq_off.tail) & (r->p.sq_entries - 1);
	add(r, NOP);
	array[at] = 1000;
	tell(r, "a bad index", 0);
	printf("dropped: %u\n", *word(r, r->p.sq_off.dropped));
	r->queued = 5;
	tell(r, "more than there are", 0);
	tell(r, "none", 0);
}

static void links(struct ring *r)
{
	const unsigned int L = IOSQE_IO_LINK, H = IOSQE_IO_HARDLINK, D = IOSQE_IO_DRAIN;
	struct io_uring_sqe bad = sqe(IORING_OP_READ, 99, buf, 512, 0),
			    cut = sqe(IORING_OP_READ, plain, buf, 4096, (64 << 20) - 512);

	add(r, with(NOP, L, 1));
	add(r, with(sqe(IORING_OP_WRITE, disk, buf, 512, 0), L, 2));
	add(r, with(sqe(IORING_OP_READ, disk, buf, 512, 0), 0, 3));
	tell(r, "a chain", 3);
	add(r, with(bad, L, 1));
	add(r, with(NOP, L, 2));
	add(r, with(NOP, 0, 3));
	tell(r, "a chain that breaks", 3);
	add(r, with(bad, H, 1));
	add(r, with(NOP, 0, 2));
	tell(r, "a hard one does not", 2);
	add(r, with(cut, L, 1));
	add(r, with(NOP, 0, 2));
	tell(r, "a short read breaks it", 2);
	add(r, with(NOP, L, 1));
	add(r, with(sqe(200, 0, NULL, 0, 0), L, 2));
	add(r, with(NOP, 0, 3));
	tell(r, "a bad one in a chain", 3);
	add(r, with(NOP, L, 1));
	tell(r, "a chain without an end", 1);
	for (unsigned int i = 0; i < 8; i++)
		add(r, with(sqe(IORING_OP_READ, disk, buf, 4096, 0), 0, i));
	add(r, with(NOP, D, 8));
	add(r, with(NOP, 0, 9));
	tell(r, "a drain", 10);
}

static void pipes(struct ring *r)
{
	struct iovec iov = { buf, 4 };
	int p[2];

	if (pipe(p))
		return;
	one(r, "write to a pipe", sqe(IORING_OP_WRITE, p[1], "abcd", 4, 0));
	one(r, "read from it", sqe(IORING_OP_READ, p[0], buf, 100, 0));
	printf("%.4s\n", buf);
	add(r, with(sqe(IORING_OP_READ, p[0], buf, 100, -1), 0, 5));
	tell(r, "read what is not there", 0);
	if (write(p[1], "efg", 3) != 3)
		return;
	tell(r, "it comes", 1);
	printf("%.3s\n", buf);
	add(r, with(sqe(IORING_OP_READV, p[0], &iov, 1, -1), 0, 6));
	add(r, with(sqe(IORING_OP_POLL_ADD, p[0], NULL, 0, 0), 0, 7))->poll32_events = POLLIN;
	tell(r, "wait for more", 0);
	add(r, with(sqe(IORING_OP_ASYNC_CANCEL, -1, (void *)6, 0, 0), 0, 8));
	tell(r, "cancel the read", 2);
	add(r, with(sqe(IORING_OP_POLL_REMOVE, -1, (void *)7, 0, 0), 0, 9));
	tell(r, "remove the poll", 2);
	add(r, with(sqe(IORING_OP_POLL_REMOVE, -1, (void *)7, 0, 0), 0, 9));
	tell(r, "again", 1);
	add(r, with(sqe(IORING_OP_ASYNC_CANCEL, -1, (void *)7, 0, 0), 0, 9));
	tell(r, "cancel what there is not", 1);
	add(r, with(sqe(IORING_OP_POLL_ADD, p[1], NULL, 0, 0), 0, 1))->poll32_events = POLLOUT;
	tell(r, "ready at once", 1);
	add(r, with(sqe(IORING_OP_POLL_ADD, p[0], NULL, 0, 0), IOSQE_IO_LINK, 1))->poll32_events =
		POLLIN;
	add(r, with(sqe(IORING_OP_READ, p[0], buf, 10, 0), 0, 2));
	tell(r, "a poll and its read", 0);
	if (write(p[1], "hij", 3) != 3)
		return;
	tell(r, "they come", 2);
	add(r, with(sqe(IORING_OP_POLL_ADD, p[0], NULL, 0, 1), 0, 1));
	tell(r, "poll with an offset", 1);
	add(r, with(sqe(IORING_OP_POLL_ADD, p[0], NULL, 0, 0), 0, 3))->poll32_events = POLLIN;
	tell(r, "poll for an end", 0);
	close(p[1]);
	tell(r, "it comes", 1);
	one(r, "read the end", sqe(IORING_OP_READ, p[0], buf, 10, 0));
	close(p[0]);
}

static void timeouts(struct ring *r)
{
	struct __kernel_timespec soon = { 0, 20000000 }, late = { 1000, 0 }, bad = { -1, 0 };
	struct io_uring_getevents_arg arg = { .ts = (uintptr_t)&soon };
	struct io_uring_sqe t = sqe(IORING_OP_TIMEOUT, -1, &soon, 1, 0);
	struct io_uring_sqe u = sqe(IORING_OP_TIMEOUT_REMOVE, -1, (void *)4, 0, 0);

	one(r, "a timeout", t);
	t.timeout_flags = IORING_TIMEOUT_ETIME_SUCCESS;
	add(r, with(t, IOSQE_IO_LINK, 1));
	add(r, with(NOP, 0, 2));
	tell(r, "a timeout as a success", 2);
	add(r, with(t, IOSQE_IO_LINK, 0));
	for (unsigned int i = 1; i < 15; i++)
		add(r, with(NOP, IOSQE_IO_LINK, i));
	add(r, with(NOP, 0, 15));
	tell(r, "and many that follow", 16);
	add(r, with(t, IOSQE_IO_LINK, 0));
	add(r, with(sqe(IORING_OP_POLL_ADD, r->fd, NULL, 0, 0), 0, 1))->poll32_events = POLLPRI;
	tell(r, "and one that waits", 3);
	add(r, with(sqe(IORING_OP_POLL_REMOVE, -1, (void *)1, 0, 0), 0, 2));
	tell(r, "which is removed", 2);
	t.timeout_flags = 0;
	add(r, with(t, IOSQE_IO_LINK, 1));
	add(r, with(NOP, 0, 2));
	tell(r, "a timeout as a failure", 2);
	t.addr = (uintptr_t)&late;
	add(r, with(t, 0, 3))->off = 2;
	add(r, with(NOP, 0, 4));
	add(r, with(NOP, 0, 5));
	tell(r, "two events or a time", 3);
	add(r, with(t, 0, 4));
	tell(r, "a late one", 0);
	add(r, with(u, 0, 5));
	tell(r, "is removed", 2);
	add(r, with(u, 0, 5));
	tell(r, "again", 1);
	add(r, with(t, 0, 4));
	u.addr2 = (uintptr_t)&soon;
	u.timeout_flags = IORING_TIMEOUT_UPDATE;
	add(r, with(u, 0, 5));
	tell(r, "is changed", 2);
	t.addr = (uintptr_t)&bad;
	one(r, "a negative time", t);
	t.addr = 8;
	one(r, "a time nowhere", t);
	t.len = 2;
	one(r, "two times", t);
	say("a wait with an end",
	    enter(r->fd, 0, 1, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &arg, sizeof(arg)));
	say("of another size",
	    enter(r->fd, 0, 1, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &arg, 8));
	arg.pad = 1;
	say("with padding",
	    enter(r->fd, 0, 1, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &arg, sizeof(arg)));
	say("nowhere", enter(r->fd, 0, 1, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, (void *)8,
			     sizeof(arg)));
}

static struct __kernel_timespec time_of(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (struct __kernel_timespec){ ts.tv_sec, ts.tv_nsec };
}

/* Times on a clock, not from now on: one that was taken for a span would be decades away. */
static void clocks(struct ring *r)
{
	struct __kernel_timespec real = time_of(CLOCK_REALTIME), boot = time_of(CLOCK_BOOTTIME);
	struct __kernel_timespec soon = { 0, 100000000 }, late = { 1000, 0 };
	struct io_uring_sqe t = sqe(IORING_OP_TIMEOUT, -1, &real, 1, 0);
	struct io_uring_sqe u = sqe(IORING_OP_TIMEOUT_REMOVE, -1, (void *)4, 0, 0);
	struct io_uring_cqe cqe[2];

	t.timeout_flags = IORING_TIMEOUT_ABS | IORING_TIMEOUT_REALTIME;
	one(r, "a time of day that was", t);
	t.addr = (uintptr_t)&boot;
	t.timeout_flags = IORING_TIMEOUT_ABS | IORING_TIMEOUT_BOOTTIME;
	add(r, with(t, 0, 1));
	t.addr = (uintptr_t)&soon;
	t.timeout_flags = 0;
	add(r, with(t, 0, 2));
	for (int i = 0; i < 2; i++) {
		if (!take(r, &cqe[i]) && (go(r, 1), !take(r, &cqe[i])))
			return;
	}
	printf("a time since the boot, and a span: %llu, %llu\n",
	       (unsigned long long)cqe[0].user_data, (unsigned long long)cqe[1].user_data);
	t.timeout_flags = IORING_TIMEOUT_BOOTTIME | IORING_TIMEOUT_REALTIME;
	one(r, "on two clocks", t);
	t.timeout_flags = 0x100;
	one(r, "no such flag", t);
	t.timeout_flags = 0;
	t.addr = (uintptr_t)&late;
	u.timeout_flags = IORING_TIMEOUT_ABS;
	one(r, "removed with a flag of a time's", u);
	u.timeout_flags = IORING_TIMEOUT_UPDATE;
	u.addr2 = (uintptr_t)&late;
	one(r, "changed, and none is there", u);
	u.timeout_flags = IORING_TIMEOUT_UPDATE | IORING_TIMEOUT_ETIME_SUCCESS;
	one(r, "changed with a flag that is none of its", u);
	/* Whose time is changed waits for events no longer. */
	add(r, with(t, 0, 4))->off = 2;
	u.timeout_flags = IORING_TIMEOUT_UPDATE;
	add(r, with(u, 0, 5));
	add(r, with(NOP, 0, 6));
	add(r, with(NOP, 0, 7));
	tell(r, "changed", 3);
	u = sqe(IORING_OP_TIMEOUT_REMOVE, -1, (void *)4, 0, 0);
	add(r, with(u, 0, 8));
	tell(r, "removed", 2);
}

static struct io_uring_sqe poll_of(int fd, unsigned int data)
{
	struct io_uring_sqe s = sqe(IORING_OP_POLL_ADD, fd, NULL, 0, 0);

	s.poll32_events = POLLIN;
	s.user_data = data;
	return s;
}

static struct io_uring_sqe cancel_of(int fd, unsigned long data, unsigned int flags)
{
	struct io_uring_sqe s = sqe(IORING_OP_ASYNC_CANCEL, fd, (void *)data, 0, 0);

	s.cancel_flags = flags;
	s.user_data = 99;
	return s;
}

/* Polls of two empty pipes, some by the same name, and a timeout. */
static void waiting_requests(struct ring *r, int a, int b)
{
	static const struct __kernel_timespec late = { 1000, 0 };

	add(r, poll_of(a, 1));
	add(r, poll_of(a, 1));
	add(r, poll_of(b, 2));
	add(r, poll_of(b, 2));
	add(r, with(sqe(IORING_OP_TIMEOUT, -1, &late, 1, 0), 0, 4));
	tell(r, "some wait", 0);
}

static struct io_uring_sqe remove_of(unsigned long data)
{
	return with(sqe(IORING_OP_POLL_REMOVE, -1, (void *)data, 0, 0), 0, 98);
}

/* The same request twice at once: the second finds none. */
static void twice(struct ring *r, int fd)
{
	static const struct __kernel_timespec late = { 1000, 0 };

	add(r, poll_of(fd, 5));
	tell(r, "one waits", 0);
	add(r, remove_of(5));
	add(r, cancel_of(-1, 5, 0));
	tell(r, "removed and cancelled", 3);
	add(r, poll_of(fd, 5));
	tell(r, "one waits", 0);
	add(r, remove_of(5));
	add(r, with(remove_of(5), 0, 100));
	tell(r, "removed twice", 3);
	add(r, with(sqe(IORING_OP_TIMEOUT, -1, &late, 1, 0), 0, 4));
	tell(r, "a timeout waits", 0);
	add(r, cancel_of(-1, 4, 0));
	add(r, with(cancel_of(-1, 4, 0), 0, 100));
	tell(r, "a timeout twice", 3);
}

static void cancels(struct ring *r)
{
	const unsigned int all = IORING_ASYNC_CANCEL_ALL, any = IORING_ASYNC_CANCEL_ANY,
			   by_fd = IORING_ASYNC_CANCEL_FD, fixed = IORING_ASYNC_CANCEL_FD_FIXED;
	int a[2], b[2];

	if (pipe(a) || pipe(b))
		return;
	waiting_requests(r, a[0], b[0]);
	add(r, cancel_of(-1, 1, 0));
	tell(r, "one by its name", 2);
	add(r, poll_of(a[0], 1));
	add(r, cancel_of(-1, 1, all));
	tell(r, "all of a name", 3);
	add(r, cancel_of(-1, 1, all));
	tell(r, "there are none", 1);
	add(r, cancel_of(b[0], 0, by_fd));
	tell(r, "one of a file's", 2);
	add(r, cancel_of(b[0], 0, by_fd | all));
	tell(r, "the rest of them", 2);
	add(r, cancel_of(a[0], 0, by_fd));
	tell(r, "none is another's", 1);
	add(r, cancel_of(-1, 0, by_fd));
	tell(r, "of no file", 1);
	add(r, cancel_of(-1, 4, 0));
	tell(r, "a timeout", 2);
	twice(r, a[0]);
	waiting_requests(r, a[0], b[0]);
	add(r, cancel_of(-1, 0, any));
	tell(r, "any", 6);
	add(r, cancel_of(a[0], 0, any | by_fd));
	tell(r, "any of a file's", 1);
	add(r, cancel_of(a[0], 0, 0x100));
	tell(r, "no such flag", 1);
	say("files", reg(r->fd, IORING_REGISTER_FILES, b, 2));
	add(r, poll_of(b[0], 1));
	add(r, with(poll_of(0, 2), IOSQE_FIXED_FILE, 2));
	add(r, cancel_of(0, 0, by_fd | fixed | all));
	tell(r, "of a fixed file's", 3);
	add(r, cancel_of(2, 0, by_fd | fixed | all));
	tell(r, "of none", 1);
	say("unregister", reg(r->fd, IORING_UNREGISTER_FILES, NULL, 0));
	close(a[0]);
	close(a[1]);
	close(b[0]);
	close(b[1]);
}

static void on_alarm(int sig)
{
	(void)sig;
}

static void signals(struct ring *r)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	struct __kernel_timespec ts = { 0, 200000000 };
	struct io_uring_getevents_arg arg = { .ts = (uintptr_t)&ts, .sigmask_sz = 8 };
	sigset_t all;
	long ret;

	sigfillset(&all);
	arg.sigmask = (uintptr_t)&all;
	sigaction(SIGALRM, &sa, NULL);
	ualarm(20000, 20000); /* and again, should the first come too early */
	ret = enter(r->fd, 0, 1, IORING_ENTER_GETEVENTS, NULL, 8);
	ualarm(0, 0);
	say("a signal comes", ret);
	ualarm(20000, 0);
	say("it is blocked",
	    enter(r->fd, 0, 1, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &arg, sizeof(arg)));
	say("a mask of 4 bytes", enter(r->fd, 0, 1, IORING_ENTER_GETEVENTS, &all, 4));
}

/* Pages that are pinned, of all programs. */
static long pins(void)
{
	unsigned long acquired = 0, released = 0;
	char line[100];
	FILE *f = fopen("/proc/vmstat", "r");

	while (f && fgets(line, sizeof(line), f)) {
		sscanf(line, "nr_foll_pin_acquired %lu", &acquired);
		sscanf(line, "nr_foll_pin_released %lu", &released);
	}
	if (f)
		fclose(f);
	return (long)(acquired - released);
}

static void refused(struct ring *r)
{
	struct iovec iov = { NULL, 4096 };
	long before = pins();

	iov.iov_base = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, disk, 0);
	say("a file's memory", reg(r->fd, IORING_REGISTER_BUFFERS, &iov, 1));
	munmap(iov.iov_base, 4096);
	iov.iov_base = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	iov.iov_len = 8192;
	munmap((char *)iov.iov_base + 4096, 4096);
	say("memory that ends too soon", reg(r->fd, IORING_REGISTER_BUFFERS, &iov, 1));
	munmap(iov.iov_base, 4096);
	printf("pinned: %ld\n", pins() - before);
}

static void registered_buffers(struct ring *r)
{
	struct iovec iov[2] = { { buf + 512, 65536 }, { NULL, 0 } };
	struct io_uring_sqe s = sqe(IORING_OP_READ_FIXED, disk, buf + 512, 4096, 0);

	one(r, "a fixed buffer before", s);
	say("no buffers", reg(r->fd, IORING_REGISTER_BUFFERS, iov, 0));
	say("buffers nowhere", reg(r->fd, IORING_REGISTER_BUFFERS, (void *)8, 1));
	say("unregister before", reg(r->fd, IORING_UNREGISTER_BUFFERS, NULL, 0));
	say("buffers", reg(r->fd, IORING_REGISTER_BUFFERS, iov, 2));
	say("twice", reg(r->fd, IORING_REGISTER_BUFFERS, iov, 2));
	one(r, "fixed read", s);
	s.opcode = IORING_OP_WRITE_FIXED;
	s.addr = (uintptr_t)buf + 8192;
	s.len = 32768;
	one(r, "fixed write", s);
	s.addr = (uintptr_t)buf;
	one(r, "before the buffer", s);
	s.addr = (uintptr_t)buf + 512 + 65536 - 512;
	one(r, "beyond it", s);
	s.buf_index = 1;
	one(r, "an empty place", s);
	s.buf_index = 2;
	one(r, "no such place", s);
	say("unregister", reg(r->fd, IORING_UNREGISTER_BUFFERS, NULL, 0));
	iov[0] = (struct iovec){ (void *)4096, 4096 };
	say("a bad buffer", reg(r->fd, IORING_REGISTER_BUFFERS, iov, 1));
	iov[0] = (struct iovec){ buf, 0 };
	say("a buffer of nothing", reg(r->fd, IORING_REGISTER_BUFFERS, iov, 1));
}

static void registered_files(struct ring *r)
{
	struct io_uring_files_update up = { .offset = 1 };
	int fds[3] = { disk, -1, plain }, more[1], ring = r->fd;

	say("files", reg(r->fd, IORING_REGISTER_FILES, fds, 3));
	say("twice", reg(r->fd, IORING_REGISTER_FILES, fds, 3));
	one(r, "a fixed file", with(sqe(IORING_OP_READ, 0, buf, 4096, 0), IOSQE_FIXED_FILE, 1));
	one(r, "an empty place", with(sqe(IORING_OP_READ, 1, buf, 4096, 0), IOSQE_FIXED_FILE, 1));
	one(r, "no such place", with(sqe(IORING_OP_READ, 3, buf, 4096, 0), IOSQE_FIXED_FILE, 1));
	more[0] = plain;
	up.fds = (uintptr_t)more;
	say("update", reg(r->fd, IORING_REGISTER_FILES_UPDATE, &up, 1));
	one(r, "it is filled", with(sqe(IORING_OP_READ, 1, buf, 10, 0), IOSQE_FIXED_FILE, 1));
	more[0] = 99;
	say("update with none", reg(r->fd, IORING_REGISTER_FILES_UPDATE, &up, 1));
	more[0] = ring;
	say("update with a ring", reg(r->fd, IORING_REGISTER_FILES_UPDATE, &up, 1));
	up.offset = 3;
	say("update beyond", reg(r->fd, IORING_REGISTER_FILES_UPDATE, &up, 1));
	say("unregister", reg(r->fd, IORING_UNREGISTER_FILES, NULL, 0));
	say("again", reg(r->fd, IORING_UNREGISTER_FILES, NULL, 0));
}

static void registered_eventfd(struct ring *r)
{
	int efd = eventfd(0, EFD_NONBLOCK);
	uint64_t count = 0;

	say("eventfd", reg(r->fd, IORING_REGISTER_EVENTFD, &efd, 1));
	say("twice", reg(r->fd, IORING_REGISTER_EVENTFD, &efd, 1));
	one(r, "a nop", NOP);
	if (read(efd, &count, sizeof(count)) != sizeof(count))
		count = 99;
	printf("it counts %llu\n", (unsigned long long)count);
	*word(r, r->p.cq_off.flags) |= IORING_CQ_EVENTFD_DISABLED;
	one(r, "a nop", NOP);
	say("it is not to count", call(read(efd, &count, sizeof(count))));
	*word(r, r->p.cq_off.flags) &= ~IORING_CQ_EVENTFD_DISABLED;
	say("unregister", reg(r->fd, IORING_UNREGISTER_EVENTFD, NULL, 0));
	say("again", reg(r->fd, IORING_UNREGISTER_EVENTFD, NULL, 0));
	say("no eventfd", reg(r->fd, IORING_REGISTER_EVENTFD, &disk, 1));
	close(efd);
}

static void registered_probe(struct ring *r)
{
	struct io_uring_probe *probe = calloc(1, sizeof(*probe) + 256 * sizeof(probe->ops[0]));

	say("probe", reg(r->fd, IORING_REGISTER_PROBE, probe, 256));
	for (unsigned int i = 0; i < 24; i++)
		if (i <= IORING_OP_POLL_REMOVE || i == IORING_OP_TIMEOUT || i == IORING_OP_READ ||
		    i == IORING_OP_WRITE || i == IORING_OP_ASYNC_CANCEL)
			printf("%u:%u ", i, probe->ops[i].flags);
	printf("\n");
	say("probe not zero", reg(r->fd, IORING_REGISTER_PROBE, probe, 256));
	say("probe of many", reg(r->fd, IORING_REGISTER_PROBE, probe, 257));
	say("enable what is", reg(r->fd, IORING_REGISTER_ENABLE_RINGS, NULL, 0));
	free(probe);
}

static void registered(struct ring *r)
{
	registered_buffers(r);
	registered_files(r);
	registered_eventfd(r);
	registered_probe(r);
}

/* A fork leaves the page with the one who has registered it, whoever writes to it first. */
static void registered_and_forked(struct ring *r)
{
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct iovec iov = { page, 4096 };
	int status, p[2], go[2];
	pid_t pid;

	memcpy(page, "before", 7);
	if (pipe(p) || pipe(go))
		return;
	say("a page", reg(r->fd, IORING_REGISTER_BUFFERS, &iov, 1));
	pid = fork();
	if (!pid) {
		close(go[1]);
		(void)!read(go[0], buf, 1);
		_exit(strcmp(page, "before"));
	}
	page[100] = 1;
	if (write(p[1], "behind", 7) != 7)
		return;
	one(r, "a read into it", sqe(IORING_OP_READ_FIXED, p[0], page, 7, 0));
	close(go[1]);
	waitpid(pid, &status, 0);
	printf("it has what came: %s, the child what was: %d\n", page, !status);
	say("unregister", reg(r->fd, IORING_UNREGISTER_BUFFERS, NULL, 0));
	close(go[0]);
	close(p[0]);
	close(p[1]);
	munmap(page, 4096);
}

/* What comes out of registered memory is what lies where the request says. */
static void fixed_places(struct ring *r)
{
	struct iovec iov = { buf + 1000, 3 * 4096 };
	static const unsigned int at[] = {
		1000, 1001, 4095, 4096, 4097, 9000, 1000 + 3 * 4096 - 50
	};
	char got[50];
	int p[2];

	if (pipe(p))
		return;
	for (int i = 0; i < 16384; i++)
		buf[i] = (char)(i * 7 + i / 256);
	say("a buffer", reg(r->fd, IORING_REGISTER_BUFFERS, &iov, 1));
	for (unsigned int i = 0; i < sizeof(at) / sizeof(*at); i++) {
		one(r, "some of it", sqe(IORING_OP_WRITE_FIXED, p[1], buf + at[i], 50, 0));
		printf("%ld", (long)read(p[0], got, 50));
		printf(", as it is there: %d\n", !memcmp(got, buf + at[i], 50));
	}
	say("unregister", reg(r->fd, IORING_UNREGISTER_BUFFERS, NULL, 0));
	close(p[0]);
	close(p[1]);
}

static void odd_registrations(struct ring *r)
{
	char *shared = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct iovec iov = { buf, (1UL << 30) + 1 };
	struct io_uring_files_update up = { .offset = 1 };
	int fds[3] = { plain, 99, plain }, more[3];
	struct rlimit old, few = { 3, 0 };

	say("a large buffer", reg(r->fd, IORING_REGISTER_BUFFERS, &iov, 1));
	iov = (struct iovec){ (void *)(-8192L), 8192 };
	say("a buffer at the end", reg(r->fd, IORING_REGISTER_BUFFERS, &iov, 1));
	iov = (struct iovec){ NULL, 1 };
	say("a buffer nowhere", reg(r->fd, IORING_REGISTER_BUFFERS, &iov, 1));
	say("many buffers", reg(r->fd, IORING_REGISTER_BUFFERS, &iov, (1 << 14) + 1));
	iov = (struct iovec){ shared, 8192 };
	say("shared memory", reg(r->fd, IORING_REGISTER_BUFFERS, &iov, 1));
	say("unregister with an argument", reg(r->fd, IORING_UNREGISTER_BUFFERS, &iov, 0));
	say("unregister", reg(r->fd, IORING_UNREGISTER_BUFFERS, NULL, 0));
	munmap(shared, 8192);

	say("files, one of which is none", reg(r->fd, IORING_REGISTER_FILES, fds, 3));
	fds[1] = -1;
	say("no files", reg(r->fd, IORING_REGISTER_FILES, fds, 0));
	getrlimit(RLIMIT_NOFILE, &old);
	few.rlim_max = old.rlim_max;
	setrlimit(RLIMIT_NOFILE, &few);
	say("more than there may be", reg(r->fd, IORING_REGISTER_FILES, fds, 4));
	say("as many as there may be", reg(r->fd, IORING_REGISTER_FILES, fds, 3));
	setrlimit(RLIMIT_NOFILE, &old);
	more[0] = plain;
	more[1] = 99;
	more[2] = plain;
	up.fds = (uintptr_t)more;
	say("the second is none", reg(r->fd, IORING_REGISTER_FILES_UPDATE, &up, 2));
	one(r, "the first is there", with(sqe(IORING_OP_READ, 1, buf, 10, 0), IOSQE_FIXED_FILE, 1));
	one(r, "the second is gone", with(sqe(IORING_OP_READ, 2, buf, 10, 0), IOSQE_FIXED_FILE, 1));
	more[0] = IORING_REGISTER_FILES_SKIP;
	more[1] = plain;
	say("one is left as it is", reg(r->fd, IORING_REGISTER_FILES_UPDATE, &up, 2));
	one(r, "it is there", with(sqe(IORING_OP_READ, 1, buf, 10, 0), IOSQE_FIXED_FILE, 1));
	one(r, "so is the other", with(sqe(IORING_OP_READ, 2, buf, 10, 0), IOSQE_FIXED_FILE, 1));
	more[0] = -1;
	say("one is taken out", reg(r->fd, IORING_REGISTER_FILES_UPDATE, &up, 1));
	one(r, "it is gone", with(sqe(IORING_OP_READ, 1, buf, 10, 0), IOSQE_FIXED_FILE, 1));
	say("update nothing", reg(r->fd, IORING_REGISTER_FILES_UPDATE, &up, 0));
	say("update from nowhere", reg(r->fd, IORING_REGISTER_FILES_UPDATE, (void *)8, 1));
	up.offset = ~0U;
	say("update around", reg(r->fd, IORING_REGISTER_FILES_UPDATE, &up, 2));
	up.resv = 1;
	say("update with a reserved field", reg(r->fd, IORING_REGISTER_FILES_UPDATE, &up, 2));
	say("unregister with a number", reg(r->fd, IORING_UNREGISTER_FILES, NULL, 1));
	say("unregister", reg(r->fd, IORING_UNREGISTER_FILES, NULL, 0));
	up.resv = 0;
	say("update of none", reg(r->fd, IORING_REGISTER_FILES_UPDATE, &up, 1));
}

static void odd_files(struct ring *r)
{
	struct io_uring_sqe s = sqe(IORING_OP_FSYNC, disk, NULL, 0, 0);
	int p[2];

	if (pipe(p))
		return;
	s.fsync_flags = 2;
	one(r, "fsync with a flag", s);
	s.fsync_flags = IORING_FSYNC_DATASYNC;
	one(r, "fsync of data", s);
	s.off = (unsigned long long)-4096;
	one(r, "fsync from a negative place", s);
	one(r, "fsync of a pipe", sqe(IORING_OP_FSYNC, p[0], NULL, 0, 0));
	one(r, "read where one writes", sqe(IORING_OP_READ, p[1], buf, 1, 0));
	one(r, "write where one reads", sqe(IORING_OP_WRITE, p[0], buf, 1, 0));
	lseek(plain, 100, SEEK_SET);
	one(r, "elsewhere than the file's position", sqe(IORING_OP_READ, plain, buf, 10, 7));
	printf("which stays: %ld\n", (long)lseek(plain, 0, SEEK_CUR));
	close(p[0]);
	close(p[1]);
}

/* A ring of which some have no results: what fails has one all the same, and nothing drains it. */
static void without_success(void)
{
	const unsigned int S = IOSQE_CQE_SKIP_SUCCESS, L = IOSQE_IO_LINK;
	struct io_uring_sqe bad = sqe(IORING_OP_READ, 99, buf, 512, 0);
	struct ring r;

	if (make(&r, 16, 0, 0))
		return;
	add(&r, with(NOP, L, 1));
	add(&r, with(NOP, IOSQE_IO_DRAIN, 2));
	add(&r, with(NOP, 0, 3));
	tell(&r, "a drain in a chain", 3);
	add(&r, with(bad, S, 1));
	tell(&r, "a failure", 1);
	add(&r, with(NOP, S | L, 1));
	add(&r, with(NOP, S | L, 2));
	add(&r, with(NOP, 0, 3));
	tell(&r, "the last of a chain", 1);
	add(&r, with(bad, S | L, 1));
	add(&r, with(NOP, L, 2));
	add(&r, with(NOP, S, 3));
	add(&r, with(NOP, 0, 4));
	tell(&r, "a chain whose first fails", 2);
	add(&r, with(bad, L, 1));
	add(&r, with(NOP, S | L, 2));
	add(&r, with(NOP, 0, 3));
	tell(&r, "the rest is told", 2);
	add(&r, with(NOP, IOSQE_IO_DRAIN, 1));
	tell(&r, "a drain", 1);
	unmake(&r);
}

static void overflow(void)
{
	struct ring r;
	struct io_uring_cqe cqe;
	unsigned int n = 0, sum = 0;
	struct pollfd pfd = { .events = POLLIN | POLLOUT };

	if (make(&r, 4, IORING_SETUP_CQSIZE, 4))
		return;
	pfd.fd = r.fd;
	poll(&pfd, 1, 0);
	printf("an empty ring: %x\n", pfd.revents);
	for (unsigned int i = 0; i < 12; i++) {
		add(&r, with(NOP, 0, i));
		if (i % 4 == 3) {
			enter(r.fd, 4, 0, 0, NULL, 0);
			r.queued = 0;
		}
	}
	poll(&pfd, 1, 0);
	printf("overflown: %d, %x\n", !!(*word(&r, r.p.sq_off.flags) & IORING_SQ_CQ_OVERFLOW),
	       pfd.revents);
	/* There is room for one now; but others come first. */
	n = (unsigned int)take(&r, &cqe);
	add(&r, with(NOP, 0, 12));
	enter(r.fd, 1, 0, 0, NULL, 0);
	r.queued = 0;
	while (n < 13) {
		while (take(&r, &cqe)) {
			sum = sum * 3 + (unsigned int)cqe.user_data;
			n++;
		}
		if (n < 13 && enter(r.fd, 0, 1, IORING_ENTER_GETEVENTS, NULL, 8) < 0)
			break;
	}
	printf("none is lost: %u, in order: %u\n", n, sum);
	unmake(&r);
}

static void kinds_of_rings(void)
{
	struct ring r;
	int status, pid;

	if (make(&r, 8, IORING_SETUP_R_DISABLED | IORING_SETUP_SINGLE_ISSUER, 0))
		return;
	say("enter a ring that is disabled", enter(r.fd, 0, 0, 0, NULL, 0));
	say("enable", reg(r.fd, IORING_REGISTER_ENABLE_RINGS, NULL, 0));
	one(&r, "a nop", NOP);
	pid = fork();
	if (!pid) {
		add(&r, NOP);
		_exit((int)-enter(r.fd, 1, 0, 0, NULL, 0));
	}
	waitpid(pid, &status, 0);
	say("another issuer", -WEXITSTATUS(status));
	unmake(&r);
	if (make(&r, 8, IORING_SETUP_SUBMIT_ALL | IORING_SETUP_COOP_TASKRUN, 0))
		return;
	for (unsigned int i = 0; i < 4; i++)
		add(&r, with(i == 1 ? sqe(200, 0, NULL, 0, 0) : NOP, 0, i));
	tell(&r, "all are submitted", 4);
	unmake(&r);
	if (make(&r, 8, IORING_SETUP_IOPOLL, 0))
		return;
	one(&r, "where devices are polled: a nop", NOP);
	one(&r, "an fsync", sqe(IORING_OP_FSYNC, disk, NULL, 0, 0));
	unmake(&r);
}

/* Dies with much under way, of all kinds; and a ring that is closed the same way. */
static void killed(void)
{
	struct __kernel_timespec late = { 1000, 0 };
	struct ring r;
	int status, p[2], pid = fork();

	if (!pid) {
		if (make(&r, 64, 0, 0) || pipe(p))
			_exit(1);
		add(&r, sqe(IORING_OP_READ, p[0], buf, 10, 0));
		add(&r, sqe(IORING_OP_POLL_ADD, r.fd, NULL, 0, 0))->poll32_events = POLLPRI;
		add(&r, with(sqe(IORING_OP_TIMEOUT, -1, &late, 1, 0), IOSQE_IO_LINK, 1));
		add(&r, NOP);
		go(&r, 0);
		for (;;) {
			for (int i = 0; i < 32; i++)
				add(&r,
				    sqe(IORING_OP_READ, disk, buf + i * 16384, 16384, i * 16384LL));
			go(&r, 8);
			while (take(&r, &(struct io_uring_cqe){ 0 }))
				;
		}
	}
	usleep(50000);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	printf("killed by %d\n", WTERMSIG(status));
	if (make(&r, 64, 0, 0) || pipe(p))
		return;
	add(&r, sqe(IORING_OP_READ, p[0], buf, 10, 0));
	add(&r, sqe(IORING_OP_TIMEOUT, -1, &late, 1, 0));
	for (int i = 0; i < 32; i++)
		add(&r, sqe(IORING_OP_READ, disk, buf + i * 16384, 16384, i * 16384LL));
	say("submitted", enter(r.fd, 34, 0, 0, NULL, 0));
	unmake(&r);
}

int main(int argc, char **argv)
{
	const char *path = argc > 1 ? argv[1] : "/dev/vda";
	struct ring r;

	setvbuf(stdout, NULL, _IONBF, 0);
	disk = open(path, O_RDWR | O_DIRECT);
	plain = open(path, O_RDONLY);
	buf = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (disk < 0 || plain < 0 || buf == MAP_FAILED) {
		perror(path);
		return 1;
	}
	setups();
	if (make(&r, 16, 0, 0))
		return 1;
	transfers(&r);
	submissions(&r);
	unmake(&r);
	if (make(&r, 16, 0, 0))
		return 1;
	links(&r);
	pipes(&r);
	timeouts(&r);
	clocks(&r);
	cancels(&r);
	signals(&r);
	refused(&r);
	registered(&r);
	registered_and_forked(&r);
	fixed_places(&r);
	odd_registrations(&r);
	odd_files(&r);
	unmake(&r);
	without_success();
	overflow();
	kinds_of_rings();
	killed();
	printf("done\n");
	return 0;
}
