// SPDX-License-Identifier: MIT
/*
 * Pipes, poll, select, epoll, eventfd and timerfd by their system calls, from threads with a
 * program's memory and descriptors and no program.  Answers are Linux's, by its man-pages and source.
 */
#include <asm/ioctls.h>
#include <linux/eventpoll.h>
#include <linux/fcntl.h>
#include <linux/poll.h>
#include <linux/time.h>
#include <linux/timerfd.h>
#include <linux/uio.h>

#include "kernel/core/printk.h"
#include "kernel/core/syscall.h"
#include "kernel/event/clock.h"
#include "kernel/event/eventfd.h"
#include "kernel/event/poll.h"
#include "kernel/event/unix_pair.h"
#include "kernel/fs/file.h"
#include "kernel/fs/iov_iter.h"
#include "kernel/fs/namei.h"
#include "kernel/sched/sched.h"
#include "kernel/sched/timeout.h"
#include "kernel/signal/errno.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "mm/uaccess.h"
#include "tests/guest/guest_test.h"
#include "tests/guest/program.h"

#define BAD   0x5000UL /* no address of the program */
#define MS    NSEC_PER_MSEC
#define MANY  (UIO_FASTIOV + 1) /* pieces: more than have room on the stack */
#define OFTEN 32 /* what would be lost each time is more than what else comes and goes */

static long call6(int nr, unsigned long a, unsigned long b, unsigned long c, unsigned long d,
		  unsigned long e, unsigned long f)
{
	extern syscall_fn sys_call_table[NR_SYSCALLS];

	return sys_call_table[nr](a, b, c, d, e, f);
}
#define CALL_(nr, a, b, c, d, e, f, ...)                                                          \
	call6(nr, (unsigned long)(a), (unsigned long)(b), (unsigned long)(c), (unsigned long)(d), \
	      (unsigned long)(e), (unsigned long)(f))
#define CALL(name, ...) CALL_(__NR_##name, ##__VA_ARGS__, 0, 0, 0, 0, 0, 0)

/* The program's page: the kernel's view at an offset, and the program's. */
static u8 *page;
#define AT(offset)	   PROGRAM_DATA + (offset)
#define VIEW(type, offset) ((type *)(page + (offset)))

/* fn runs in a thread that has descriptors, and leaves nothing behind. */
static void (*test_fn)(void);

static void with_files(struct program *p)
{
	page = p->data;
	EXPECT_EQ(init_files(), 0);
	test_fn();
	exit_files(current);
}

static void run_test(void (*fn)(void))
{
	unsigned long objects;

	test_fn = fn;
	free_spare_threads();
	flush_delayed_fput();
	objects = nr_slab_objects();
	program_run_in_kernel(with_files);
	flush_delayed_fput();
	for (unsigned int i = 0; i < PATIENCE_USEC / 10000 && nr_slab_objects() > objects; i++) {
		msleep(10);
		free_spare_threads();
	}
	EXPECT(nr_slab_objects() <= objects);
}

/* A second thread with the same descriptors and memory: what it got is `result`. */
struct helper {
	struct program thread;
	struct files_struct *files;
	long (*fn)(void);
	long result;
};

static void in_helper(struct program *p)
{
	struct helper *h = container_of(p, struct helper, thread);

	current->files = h->files;
	h->result = h->fn();
	current->files = NULL;
}

static void start_helper(struct helper *h, long (*fn)(void))
{
	*h = (struct helper){ .thread = { .mm = current->mm, .in_kernel = in_helper },
			      .files = current->files,
			      .fn = fn };
	current->files->count++; /* shared: descriptors are taken with references */
	program_start(&h->thread);
}

static bool sleeps(const struct helper *h)
{
	return READ_ONCE(h->thread.task->state) == TASK_INTERRUPTIBLE &&
	       !READ_ONCE(h->thread.task->on_cpu);
}

/* A signal, as it would come. */
static void interrupt(const struct helper *h)
{
	set_tsk_thread_flag(h->thread.task, TIF_SIGPENDING);
	wake_up_state(h->thread.task, TASK_INTERRUPTIBLE);
}

static long end_helper(struct helper *h)
{
	program_wait(&h->thread);
	program_drop(&h->thread);
	current->files->count--;
	return h->result;
}

/* ---------------------------------------------------------------- pipes */

static int ends[2], efd;

static void make_pipe(int flags)
{
	EXPECT_EQ(CALL(pipe2, AT(0), flags), 0);
	ends[0] = VIEW(int, 0)[0];
	ends[1] = VIEW(int, 0)[1];
}

static void close_pipe(void)
{
	EXPECT_EQ(CALL(close, ends[0]), 0);
	EXPECT_EQ(CALL(close, ends[1]), 0);
}

/* Bytes that wait, or an error. */
static long bytes_in(int fd)
{
	struct file *file = fget((unsigned int)fd);
	long ret = file->f_op->unlocked_ioctl(file, FIONREAD, AT(8));

	fput(file);
	return ret ? ret : *VIEW(int, 8);
}

static long write_n(int fd, size_t n)
{
	return CALL(write, fd, AT(2048), n);
}

/* Pieces of the program's memory, all of them the same. */
static void set_iov(unsigned int n, u64 len)
{
	for (unsigned int i = 0; i < n; i++)
		VIEW(struct iovec, 128)[i] = (struct iovec){ (void *)AT(2048), len };
}

static void pipe_bytes(void)
{
	make_pipe(O_NONBLOCK);
	memcpy(page + 2048, "hello, world", 12);
	EXPECT_EQ(CALL(read, ends[0], AT(100), 10), -EAGAIN);
	EXPECT_EQ(write_n(ends[1], 12), 12);
	EXPECT_EQ(bytes_in(ends[0]), 12);
	EXPECT_EQ(CALL(read, ends[0], AT(100), 5), 5);
	EXPECT_EQ(CALL(read, ends[0], AT(105), 100), 7);
	EXPECT(memcmp(page + 100, "hello, world", 12) == 0);
	EXPECT_EQ(CALL(write, ends[0], AT(0), 1), -EBADF);
	EXPECT_EQ(CALL(read, ends[1], AT(0), 1), -EBADF);
	EXPECT_EQ(CALL(lseek, ends[0], 0, 0), -ESPIPE);
	EXPECT_EQ(CALL(write, ends[1], BAD, 1), -EFAULT);
	/* A pipe's bytes are sent to a pipe, as they come, and to nothing else. */
	EXPECT_EQ(write_n(ends[1], 3), 3);
	EXPECT_EQ(CALL(sendfile, ends[1], ends[0], 0, 100), 3);
	efd = (int)CALL(memfd_create, AT(3000), 0);
	EXPECT_EQ(CALL(sendfile, efd, ends[0], 0, 100), -EINVAL);
	EXPECT_EQ(CALL(read, ends[0], AT(100), 100), 3);
	EXPECT_EQ(CALL(close, efd), 0);
	/* Full at 16 pages; what fits not whole is not written in part, up to a page. */
	for (unsigned int i = 0; i < 32; i++)
		EXPECT_EQ(write_n(ends[1], 2048), 2048);
	EXPECT_EQ(write_n(ends[1], 1), -EAGAIN);
	EXPECT_EQ(CALL(read, ends[0], AT(2048), 2000), 2000);
	EXPECT_EQ(write_n(ends[1], 1), -EAGAIN); /* a page is free when it is read whole */
	EXPECT_EQ(CALL(read, ends[0], AT(2048), 2048), 2048);
	EXPECT_EQ(CALL(read, ends[0], AT(2048), 48), 48);
	EXPECT_EQ(write_n(ends[1], 1), 1);
	/* Without writers it ends, without readers it breaks. */
	EXPECT_EQ(CALL(close, ends[1]), 0);
	while (CALL(read, ends[0], AT(2048), 2048) > 0)
		;
	EXPECT_EQ(CALL(read, ends[0], AT(0), 1), 0);
	EXPECT_EQ(CALL(close, ends[0]), 0);
	make_pipe(0);
	EXPECT_EQ(CALL(close, ends[0]), 0);
	EXPECT_EQ(write_n(ends[1], 1), -EPIPE);
	EXPECT_EQ(CALL(close, ends[1]), 0);
	EXPECT_EQ(CALL(pipe2, AT(0), 1), -EINVAL);
	EXPECT_EQ(CALL(pipe2, BAD, 0), -EFAULT);
}

static void pipe_packets(void)
{
	make_pipe(O_DIRECT | O_NONBLOCK);
	EXPECT_EQ(write_n(ends[1], 3), 3);
	EXPECT_EQ(write_n(ends[1], 4), 4);
	EXPECT_EQ(CALL(read, ends[0], AT(0), 2), 2); /* the rest of it is lost */
	EXPECT_EQ(CALL(read, ends[0], AT(0), 100), 4);
	EXPECT_EQ(CALL(read, ends[0], AT(0), 100), -EAGAIN);
	close_pipe();
}

static long read_one(void)
{
	return CALL(read, ends[0], AT(100), 100);
}

static long write_two_pages(void)
{
	return write_n(ends[1], 2048);
}

static void pipe_waits(void)
{
	struct helper h;

	make_pipe(0);
	start_helper(&h, read_one);
	EXPECT(poll_sleeping(sleeps(&h), PATIENCE_USEC));
	EXPECT_EQ(write_n(ends[1], 7), 7);
	EXPECT_EQ(end_helper(&h), 7);
	for (unsigned int i = 0; i < 32; i++)
		EXPECT_EQ(write_n(ends[1], 2048), 2048);
	start_helper(&h, write_two_pages);
	EXPECT(poll_sleeping(sleeps(&h), PATIENCE_USEC));
	EXPECT_EQ(CALL(read, ends[0], AT(0), 2048), 2048);
	EXPECT(poll_sleeping(sleeps(&h), PATIENCE_USEC)); /* no page is free yet */
	EXPECT_EQ(CALL(read, ends[0], AT(0), 2048), 2048);
	EXPECT_EQ(end_helper(&h), 2048);
	while (bytes_in(ends[0]) > 0)
		CALL(read, ends[0], AT(0), 2048);
	start_helper(&h, read_one);
	EXPECT(poll_sleeping(sleeps(&h), PATIENCE_USEC));
	interrupt(&h);
	EXPECT_EQ(end_helper(&h), -ERESTARTSYS);
	start_helper(&h, read_one);
	EXPECT(poll_sleeping(sleeps(&h), PATIENCE_USEC));
	EXPECT_EQ(CALL(close, ends[1]), 0);
	EXPECT_EQ(end_helper(&h), 0);
	EXPECT_EQ(CALL(close, ends[0]), 0);
}

static long open_to_write(void)
{
	return (long)filp_open("/event-fifo", O_WRONLY, 0);
}

static long open_to_read(void)
{
	return (long)filp_open("/event-fifo", O_RDONLY, 0);
}

static void fifos(void)
{
	struct file *r, *w;
	struct helper h;
	loff_t pos = 0;

	EXPECT_EQ(kern_mknod("/event-fifo", S_IFIFO | 0600, 0), 0);
	EXPECT_EQ(PTR_ERR(filp_open("/event-fifo", O_WRONLY | O_NONBLOCK, 0)), -ENXIO);
	start_helper(&h, open_to_write);
	EXPECT(poll_sleeping(sleeps(&h), PATIENCE_USEC));
	r = filp_open("/event-fifo", O_RDONLY, 0);
	w = (struct file *)end_helper(&h);
	EXPECT(!IS_ERR(r) && !IS_ERR(w));
	filp_close(w, NULL);
	filp_close(r, NULL);
	/* Who left off is no writer, and no reader. */
	start_helper(&h, open_to_write);
	EXPECT(poll_sleeping(sleeps(&h), PATIENCE_USEC));
	interrupt(&h);
	EXPECT_EQ(end_helper(&h), -ERESTARTSYS);
	r = filp_open("/event-fifo", O_RDONLY | O_NONBLOCK, 0);
	EXPECT(!IS_ERR(r));
	EXPECT_EQ(kernel_read(r, page + 100, 1, &pos), 0);
	start_helper(&h, open_to_read);
	EXPECT(poll_sleeping(sleeps(&h), PATIENCE_USEC));
	interrupt(&h);
	EXPECT_EQ(end_helper(&h), -ERESTARTSYS);
	w = filp_open("/event-fifo", O_WRONLY, 0);
	EXPECT(!IS_ERR(w));
	filp_close(r, NULL);
	EXPECT_EQ(kernel_write(w, page, 1, &pos), -EPIPE);
	filp_close(w, NULL);
	r = filp_open("/event-fifo", O_RDWR, 0);
	EXPECT(!IS_ERR(r));
	filp_close(r, NULL);
	EXPECT_EQ(kern_unlink("/event-fifo"), 0);
}

/* What is in it stays in its order, wherever it lies in the ring. */
static void pipe_sizes(void)
{
	make_pipe(O_NONBLOCK);
	for (unsigned int i = 0; i < 14; i++) { /* of 16 pages */
		EXPECT_EQ(write_n(ends[1], 2048), 2048);
		EXPECT_EQ(CALL(read, ends[0], AT(2048), 2048), 2048);
	}
	for (unsigned int i = 0; i < 8; i++) {
		memset(page + 2048, 'a' + (int)i, 2048);
		EXPECT_EQ(write_n(ends[1], 2048), 2048);
	}
	EXPECT_EQ(CALL(fcntl, ends[0], F_GETPIPE_SZ, 0), 16 * PAGE_SIZE);
	EXPECT_EQ(CALL(fcntl, ends[0], F_SETPIPE_SZ, 2 * PAGE_SIZE), -EBUSY);
	EXPECT_EQ(CALL(fcntl, ends[0], F_SETPIPE_SZ, 4 * PAGE_SIZE), 4 * PAGE_SIZE);
	EXPECT_EQ(write_n(ends[1], 1), -EAGAIN);
	EXPECT_EQ(CALL(fcntl, ends[1], F_SETPIPE_SZ, 5 * PAGE_SIZE), 8 * PAGE_SIZE);
	EXPECT_EQ(write_n(ends[1], 1), 1);
	for (unsigned int i = 0; i < 8; i++) {
		EXPECT_EQ(CALL(read, ends[0], AT(2048), 2048), 2048);
		EXPECT(page[2048] == 'a' + i && page[4095] == 'a' + i);
	}
	EXPECT_EQ(CALL(read, ends[0], AT(2048), 2048), 1);
	close_pipe();
}

GUEST_TEST(event, pipe_sizes)
{
	run_test(pipe_sizes);
}

/* Of a program's memory and of a file; what does not come takes no page. */
static void splices(void)
{
	unsigned long free;

	make_pipe(O_NONBLOCK);
	set_iov(MANY, 3);
	for (unsigned int i = 0; i < OFTEN; i++) {
		EXPECT_EQ(CALL(vmsplice, ends[1], AT(128), MANY, 0), 3 * MANY);
		EXPECT_EQ(CALL(vmsplice, ends[0], AT(128), MANY, 0), 3 * MANY);
	}
	efd = (int)CALL(memfd_create, AT(3000), 0);
	EXPECT_EQ(CALL(splice, efd, 0, ends[1], 0, 10, 0), 0);
	free = nr_free_pages();
	for (unsigned int i = 0; i < 1000; i++)
		EXPECT_EQ(CALL(splice, efd, 0, ends[1], 0, 10, 0), 0);
	EXPECT(nr_free_pages() + 500 > free);
	EXPECT_EQ(write_n(efd, 10), 10);
	EXPECT_EQ(CALL(lseek, efd, 0, 0), 0);
	EXPECT_EQ(CALL(splice, efd, 0, ends[1], 0, 10, 0), 10);
	EXPECT_EQ(bytes_in(ends[0]), 10);
	EXPECT_EQ(CALL(close, efd), 0);
	close_pipe();
}

GUEST_TEST(event, splices)
{
	run_test(splices);
}

GUEST_TEST(event, pipe_bytes)
{
	run_test(pipe_bytes);
}

GUEST_TEST(event, pipe_packets)
{
	run_test(pipe_packets);
}

GUEST_TEST(event, pipe_waits)
{
	run_test(pipe_waits);
}

GUEST_TEST(event, fifos)
{
	run_test(fifos);
}

/* ---------------------------------------------------------------- pairs of sockets */

/* The ABI's struct msghdr. */
struct msg {
	u64 name, namelen, iov, iovlen, control, controllen, flags;
};

static void set_msg(unsigned int n, u64 len, u64 controllen)
{
	set_iov(n, len);
	*VIEW(struct msg, 64) = (struct msg){
		.iov = AT(128), .iovlen = n, .control = AT(1024), .controllen = controllen
	};
}

static void make_sockets(int type)
{
	EXPECT_EQ(CALL(socketpair, AF_UNIX, type, 0, AT(0)), 0);
	ends[0] = VIEW(int, 0)[0];
	ends[1] = VIEW(int, 0)[1];
}

/* What is received, refused, or left at the end keeps no memory: run_test() counts it. */
static void sockets_of(int type)
{
	make_sockets(type | O_NONBLOCK);
	EXPECT_EQ(CALL(read, ends[1], AT(100), 10), -EAGAIN);
	EXPECT_EQ(write_n(ends[0], 100), 100);
	EXPECT_EQ(CALL(read, ends[1], AT(2048), 100), 100);
	EXPECT_EQ(CALL(write, ends[0], BAD, 10), -EFAULT);
	set_msg(MANY, 10, 0);
	EXPECT_EQ(CALL(sendmsg, ends[0], AT(64), 0), MANY * 10);
	EXPECT_EQ(CALL(recvmsg, ends[1], AT(64), 0), MANY * 10);
	set_msg(1, 10, 16);
	EXPECT_EQ(CALL(sendmsg, ends[0], AT(64), 0), -EOPNOTSUPP); /* nothing beside its bytes */
	EXPECT_EQ(CALL(read, ends[1], AT(2048), 100), -EAGAIN);
	while (write_n(ends[0], 2048) == 2048)
		;
	EXPECT_EQ(write_n(ends[0], 7), -EAGAIN);
	EXPECT_EQ(write_n(ends[1], 7), 7);
	close_pipe();
}

static void socket_pairs(void)
{
	for (unsigned int i = 0; i < OFTEN; i++) {
		sockets_of(SOCK_STREAM);
		sockets_of(SOCK_DGRAM);
		sockets_of(SOCK_SEQPACKET);
	}
	EXPECT_EQ(CALL(socketpair, AF_UNIX, SOCK_STREAM, 0, BAD), -EFAULT);
	EXPECT_EQ(CALL(socketpair, AF_UNIX + 1, SOCK_STREAM, 0, AT(0)), -EAFNOSUPPORT);
	EXPECT_EQ(CALL(socketpair, AF_UNIX, 4, 0, AT(0)), -ESOCKTNOSUPPORT);
}

GUEST_TEST(event, socket_pairs)
{
	run_test(socket_pairs);
}

/* ---------------------------------------------------------------- poll, select */

static void set_pollfd(unsigned int i, int fd, short events)
{
	VIEW(struct pollfd, 512)[i] = (struct pollfd){ fd, events, -1 };
}

static short revents(unsigned int i)
{
	return VIEW(struct pollfd, 512)[i].revents;
}

static long poll_both(void)
{
	return CALL(poll, AT(512), 2, -1);
}

static void polls(void)
{
	struct helper h;
	u64 began;

	make_pipe(0);
	set_pollfd(0, ends[0], POLLIN);
	set_pollfd(1, ends[1], POLLOUT | POLLIN);
	set_pollfd(2, -1, POLLIN);
	set_pollfd(3, 999, POLLIN);
	EXPECT_EQ(CALL(poll, AT(512), 4, 0), 2);
	EXPECT_EQ(revents(0), 0);
	EXPECT_EQ(revents(1), POLLOUT);
	EXPECT_EQ(revents(2), 0);
	EXPECT_EQ(revents(3), POLLNVAL);
	began = ktime_get();
	EXPECT_EQ(CALL(poll, AT(512), 1, 20), 0);
	EXPECT(ktime_get() - began >= 20 * MS);
	set_pollfd(1, ends[1], 0);
	start_helper(&h, poll_both);
	EXPECT(poll_sleeping(sleeps(&h), PATIENCE_USEC));
	EXPECT_EQ(write_n(ends[1], 1), 1);
	EXPECT_EQ(end_helper(&h), 1);
	EXPECT_EQ(revents(0), POLLIN);
	EXPECT_EQ(CALL(close, ends[1]), 0);
	EXPECT_EQ(CALL(poll, AT(512), 1, 0), 1);
	EXPECT_EQ(revents(0), POLLIN | POLLHUP);
	EXPECT_EQ(CALL(close, ends[0]), 0);
	make_pipe(0);
	EXPECT_EQ(CALL(close, ends[0]), 0);
	set_pollfd(0, ends[1], POLLOUT);
	EXPECT_EQ(CALL(poll, AT(512), 1, -1), 1);
	EXPECT_EQ(revents(0), POLLOUT | POLLERR);
	EXPECT_EQ(CALL(close, ends[1]), 0);
	EXPECT_EQ(CALL(poll, BAD, 1, 0), -EFAULT);
	EXPECT_EQ(CALL(poll, AT(512), 0, 0), 0);
	*VIEW(struct __kernel_timespec, 0) = (struct __kernel_timespec){ 0, NSEC_PER_SEC };
	EXPECT_EQ(CALL(ppoll, AT(512), 0, AT(0), 0, 8), -EINVAL);
	*VIEW(struct __kernel_timespec, 0) = (struct __kernel_timespec){ 0, 5 * MS };
	EXPECT_EQ(CALL(ppoll, AT(512), 0, AT(0), 0, 8), 0);
	EXPECT_EQ(VIEW(struct __kernel_timespec, 0)->tv_nsec, 0); /* what was left */
}

static void selects(void)
{
	u64 *in = VIEW(u64, 512), *out = VIEW(u64, 1024);

	make_pipe(0);
	*in = BIT_ULL(ends[0]);
	*out = BIT_ULL(ends[1]);
	*VIEW(struct __kernel_old_timeval, 0) = (struct __kernel_old_timeval){ 5, 0 };
	EXPECT_EQ(CALL(select, 64, AT(512), AT(1024), 0, AT(0)), 1);
	EXPECT_EQ(*in, 0);
	EXPECT_EQ(*out, BIT_ULL(ends[1]));
	EXPECT(VIEW(struct __kernel_old_timeval, 0)->tv_sec == 4);
	EXPECT_EQ(write_n(ends[1], 1), 1);
	*in = BIT_ULL(ends[0]);
	EXPECT_EQ(CALL(select, 64, AT(512), AT(1024), 0, 0), 2);
	EXPECT_EQ(*in, BIT_ULL(ends[0]));
	*in = BIT_ULL(60);
	EXPECT_EQ(CALL(select, 64, AT(512), 0, 0, 0), -EBADF);
	*VIEW(struct __kernel_old_timeval, 0) = (struct __kernel_old_timeval){ 0, 5000 };
	EXPECT_EQ(CALL(select, 10, AT(512), 0, 0, AT(0)), 0); /* what is beyond is not asked for */
	EXPECT_EQ(CALL(select, -1, 0, 0, 0, 0), -EINVAL);
	EXPECT_EQ(CALL(select, 64, BAD, 0, 0, 0), -EFAULT);
	*VIEW(struct __kernel_old_timeval, 0) = (struct __kernel_old_timeval){ -1, 0 };
	EXPECT_EQ(CALL(select, 0, 0, 0, 0, AT(0)), -EINVAL);
	close_pipe();
}

GUEST_TEST(event, polls)
{
	run_test(polls);
}

GUEST_TEST(event, selects)
{
	run_test(selects);
}

/* ---------------------------------------------------------------- epoll */

static int ep;

static long control(int op, int fd, __poll_t events)
{
	*VIEW(struct epoll_event, 256) = (struct epoll_event){ events, 1000 + (u64)fd };
	return CALL(epoll_ctl, ep, op, fd, AT(256));
}

static long wait_ms(int timeout)
{
	return CALL(epoll_wait, ep, AT(512), 8, timeout);
}

static const struct epoll_event *event(unsigned int i)
{
	return &VIEW(struct epoll_event, 512)[i];
}

static void epoll_sets(void)
{
	ep = (int)CALL(epoll_create1, 0);
	EXPECT(ep >= 0);
	make_pipe(0);
	EXPECT_EQ(control(EPOLL_CTL_ADD, ends[0], EPOLLIN), 0);
	EXPECT_EQ(control(EPOLL_CTL_ADD, ends[0], EPOLLIN), -EEXIST);
	EXPECT_EQ(control(EPOLL_CTL_MOD, ends[1], EPOLLIN), -ENOENT);
	EXPECT_EQ(control(EPOLL_CTL_DEL, ends[1], 0), -ENOENT);
	EXPECT_EQ(control(EPOLL_CTL_ADD, 999, 0), -EBADF);
	EXPECT_EQ(control(EPOLL_CTL_ADD, ep, 0), -EINVAL);
	EXPECT_EQ(control(9, ends[1], 0), -EINVAL);
	EXPECT_EQ(CALL(epoll_ctl, ends[0], EPOLL_CTL_ADD, ends[1], AT(256)), -EINVAL);
	EXPECT_EQ(CALL(epoll_ctl, ep, EPOLL_CTL_ADD, ends[1], BAD), -EFAULT);
	EXPECT_EQ(CALL(epoll_wait, ep, AT(512), 0, 0), -EINVAL);
	EXPECT_EQ(CALL(epoll_create, 0), -EINVAL);
	EXPECT_EQ(wait_ms(0), 0);
	EXPECT_EQ(write_n(ends[1], 1), 1);
	for (unsigned int i = 0; i < 2; i++) { /* by level: again and again */
		EXPECT_EQ(wait_ms(-1), 1);
		EXPECT(event(0)->events == EPOLLIN);
		EXPECT_EQ(event(0)->data, 1000 + (u64)ends[0]);
	}
	EXPECT_EQ(CALL(read, ends[0], AT(0), 9), 1);
	EXPECT_EQ(wait_ms(0), 0);
	EXPECT_EQ(control(EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLET), 0);
	EXPECT_EQ(write_n(ends[1], 1), 1);
	EXPECT_EQ(wait_ms(0), 1);
	EXPECT_EQ(wait_ms(0), 0); /* by edge: once */
	EXPECT_EQ(write_n(ends[1], 1), 1);
	EXPECT_EQ(wait_ms(0), 1);
	EXPECT_EQ(control(EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLONESHOT), 0);
	EXPECT_EQ(wait_ms(0), 1);
	EXPECT_EQ(write_n(ends[1], 1), 1);
	EXPECT_EQ(wait_ms(0), 0); /* until it is asked for anew */
	EXPECT_EQ(control(EPOLL_CTL_MOD, ends[0], EPOLLIN), 0);
	EXPECT_EQ(wait_ms(0), 1);
	EXPECT_EQ(CALL(epoll_wait, ep, BAD, 1, 0), -EFAULT);
	EXPECT_EQ(wait_ms(0), 1); /* it is not lost by that */
	EXPECT_EQ(control(EPOLL_CTL_ADD, ends[1], EPOLLOUT), 0);
	EXPECT_EQ(wait_ms(0), 2);
	EXPECT_EQ(CALL(epoll_wait, ep, AT(512), 1, 0), 1);
	EXPECT_EQ(CALL(close, ends[1]), 0); /* its item goes with it */
	EXPECT_EQ(wait_ms(0), 1);
	EXPECT(event(0)->events == (EPOLLIN | EPOLLHUP));
	EXPECT_EQ(control(EPOLL_CTL_DEL, ends[0], 0), 0);
	EXPECT_EQ(wait_ms(0), 0);
	EXPECT_EQ(control(EPOLL_CTL_ADD, ends[0], EPOLLIN), 0);
	EXPECT_EQ(CALL(close, ep), 0); /* with an item in it */
	EXPECT_EQ(CALL(close, ends[0]), 0);
}

static long wait_for_ever(void)
{
	return wait_ms(-1);
}

static void epoll_waits(void)
{
	struct helper h;
	u64 began;

	ep = (int)CALL(epoll_create1, O_CLOEXEC);
	make_pipe(0);
	EXPECT_EQ(control(EPOLL_CTL_ADD, ends[0], EPOLLIN | EPOLLEXCLUSIVE), 0);
	EXPECT_EQ(control(EPOLL_CTL_MOD, ends[0], EPOLLIN), -EINVAL);
	start_helper(&h, wait_for_ever);
	EXPECT(poll_sleeping(sleeps(&h), PATIENCE_USEC));
	EXPECT_EQ(write_n(ends[1], 1), 1);
	EXPECT_EQ(end_helper(&h), 1);
	EXPECT_EQ(CALL(read, ends[0], AT(0), 9), 1);
	began = ktime_get();
	EXPECT_EQ(wait_ms(20), 0);
	EXPECT(ktime_get() - began >= 20 * MS);
	start_helper(&h, wait_for_ever);
	EXPECT(poll_sleeping(sleeps(&h), PATIENCE_USEC));
	interrupt(&h);
	EXPECT_EQ(end_helper(&h), -EINTR);
	EXPECT_EQ(CALL(close, ep), 0);
	close_pipe();
}

/* epoll_ctl(2): of the sets that watch a file with EPOLLEXCLUSIVE one is told, if somebody waits there. */
static void epoll_exclusive(void)
{
	int first, second;
	struct helper h;

	make_pipe(0);
	second = (int)CALL(epoll_create1, 0);
	first = ep = (int)CALL(epoll_create1, 0);
	EXPECT_EQ(control(EPOLL_CTL_ADD, ends[0], EPOLLIN | EPOLLEXCLUSIVE), 0);
	ep = second;
	EXPECT_EQ(control(EPOLL_CTL_ADD, ends[0], EPOLLIN | EPOLLEXCLUSIVE), 0);
	ep = first;
	start_helper(&h, wait_for_ever);
	EXPECT(poll_sleeping(sleeps(&h), PATIENCE_USEC));
	EXPECT_EQ(write_n(ends[1], 1), 1);
	EXPECT_EQ(end_helper(&h), 1);
	ep = second;
	EXPECT_EQ(wait_ms(0), 0);
	EXPECT_EQ(CALL(read, ends[0], AT(0), 9), 1);
	EXPECT_EQ(write_n(ends[1], 1), 1); /* nobody waits: whoever comes first */
	EXPECT_EQ(wait_ms(0), 1);
	EXPECT_EQ(CALL(close, first), 0);
	EXPECT_EQ(CALL(close, second), 0);
	close_pipe();
}

static void epoll_nests(void)
{
	int set[8];

	make_pipe(0);
	for (unsigned int i = 0; i < 8; i++)
		set[i] = (int)CALL(epoll_create1, 0);
	ep = set[0];
	EXPECT_EQ(control(EPOLL_CTL_ADD, ends[0], EPOLLIN), 0);
	ep = set[1];
	EXPECT_EQ(control(EPOLL_CTL_ADD, set[0], EPOLLIN), 0);
	EXPECT_EQ(wait_ms(0), 0);
	EXPECT_EQ(write_n(ends[1], 1), 1);
	EXPECT_EQ(wait_ms(0), 1);
	EXPECT_EQ(event(0)->data, 1000 + (u64)set[0]);
	ep = set[0];
	EXPECT_EQ(control(EPOLL_CTL_ADD, set[1], EPOLLIN), -ELOOP);
	for (unsigned int i = 2; i < 5; i++) {
		ep = set[i];
		EXPECT_EQ(control(EPOLL_CTL_ADD, set[i - 1], EPOLLIN), 0);
	}
	ep = set[0];
	EXPECT_EQ(control(EPOLL_CTL_ADD, set[4], EPOLLIN), -ELOOP);
	ep = set[5]; /* too deep, from the outside and from the inside */
	EXPECT_EQ(control(EPOLL_CTL_ADD, set[4], EPOLLIN), -EINVAL);
	ep = set[0];
	EXPECT_EQ(control(EPOLL_CTL_ADD, set[5], EPOLLIN), -EINVAL);
	ep = set[4];
	EXPECT_EQ(wait_ms(0), 1);
	for (unsigned int i = 0; i < 8; i++)
		EXPECT_EQ(CALL(close, set[i]), 0);
	close_pipe();
}

GUEST_TEST(event, epoll_sets)
{
	run_test(epoll_sets);
}

GUEST_TEST(event, epoll_waits)
{
	run_test(epoll_waits);
}

GUEST_TEST(event, epoll_exclusive)
{
	run_test(epoll_exclusive);
}

GUEST_TEST(event, epoll_nests)
{
	run_test(epoll_nests);
}

/* ---------------------------------------------------------------- eventfd, timerfd */

static long add(u64 value)
{
	*VIEW(u64, 0) = value;
	return CALL(write, efd, AT(0), 8);
}

static u64 take(void)
{
	return CALL(read, efd, AT(8), 8) == 8 ? *VIEW(u64, 8) : 0;
}

static long take_later(void)
{
	return (long)take();
}

static void eventfds(void)
{
	struct eventfd_ctx *ctx;
	struct helper h;

	efd = (int)CALL(eventfd2, 3, O_NONBLOCK);
	EXPECT_EQ(add(4), 8);
	EXPECT_EQ(take(), 7);
	EXPECT_EQ(CALL(read, efd, AT(8), 8), -EAGAIN);
	EXPECT_EQ(CALL(read, efd, AT(8), 7), -EINVAL);
	EXPECT_EQ(add(~0ULL), -EINVAL);
	EXPECT_EQ(add(~1ULL), 8);
	EXPECT_EQ(add(1), -EAGAIN);
	set_pollfd(0, efd, POLLIN | POLLOUT);
	EXPECT_EQ(CALL(poll, AT(512), 1, 0), 1);
	EXPECT_EQ(revents(0), POLLIN);
	EXPECT_EQ(take(), ~1ULL);
	ctx = eventfd_ctx_fdget(efd);
	EXPECT(!IS_ERR(ctx));
	eventfd_signal(ctx);
	eventfd_ctx_put(ctx);
	EXPECT_EQ(take(), 1);
	EXPECT_EQ(CALL(close, efd), 0);
	efd = (int)CALL(eventfd2, 2, 1 /* EFD_SEMAPHORE */);
	EXPECT_EQ(take(), 1);
	EXPECT_EQ(take(), 1);
	start_helper(&h, take_later);
	EXPECT(poll_sleeping(sleeps(&h), PATIENCE_USEC));
	EXPECT_EQ(add(1), 8);
	EXPECT_EQ(end_helper(&h), 1);
	EXPECT_EQ(CALL(close, efd), 0);
	EXPECT_EQ(CALL(eventfd2, 0, 2), -EINVAL);
	EXPECT_EQ(PTR_ERR(eventfd_ctx_fdget(999)), -EBADF);
}

static int tfd;

static long set_timer(int flags, u64 value, u64 interval)
{
	*VIEW(struct __kernel_itimerspec, 0) =
		(struct __kernel_itimerspec){ .it_value = ns_to_kernel_timespec(value),
					      .it_interval = ns_to_kernel_timespec(interval) };
	return CALL(timerfd_settime, tfd, flags, AT(0), AT(64));
}

static u64 left_of_timer(void)
{
	const struct __kernel_itimerspec *its = VIEW(struct __kernel_itimerspec, 128);

	EXPECT_EQ(CALL(timerfd_gettime, tfd, AT(128)), 0);
	return (u64)its->it_value.tv_sec * NSEC_PER_SEC + (u64)its->it_value.tv_nsec;
}

static long read_timer(void)
{
	long ret = CALL(read, tfd, AT(192), 8);

	return ret == 8 ? (long)*VIEW(u64, 192) : ret;
}

static void timerfds(void)
{
	struct helper h;
	u64 began = ktime_get();
	s64 real;

	EXPECT_EQ(CALL(timerfd_create, 2, 0), -EINVAL);
	tfd = (int)CALL(timerfd_create, CLOCK_MONOTONIC, 0);
	EXPECT_EQ(left_of_timer(), 0);
	EXPECT_EQ(set_timer(0, 20 * MS, 0), 0);
	EXPECT(left_of_timer() <= 20 * MS);
	EXPECT_EQ(read_timer(), 1);
	EXPECT(ktime_get() - began >= 20 * MS);
	EXPECT_EQ(left_of_timer(), 0);
	began = ktime_get();
	EXPECT_EQ(set_timer(TFD_TIMER_ABSTIME, began + 5 * MS, 5 * MS), 0);
	msleep(30);
	EXPECT(read_timer() >= 5);
	EXPECT_EQ(set_timer(0, 3600 * NSEC_PER_SEC, 0), 0);
	EXPECT_EQ(VIEW(struct __kernel_itimerspec, 64)->it_interval.tv_nsec, 5 * MS);
	start_helper(&h, read_timer);
	EXPECT(poll_sleeping(sleeps(&h), PATIENCE_USEC));
	EXPECT_EQ(set_timer(TFD_TIMER_ABSTIME, 1, 0), 0); /* it has passed long ago */
	EXPECT_EQ(end_helper(&h), 1);
	EXPECT_EQ(CALL(read, tfd, AT(0), 7), -EINVAL);
	EXPECT_EQ(set_timer(8, 1, 0), -EINVAL);
	EXPECT_EQ(CALL(close, tfd), 0);
	EXPECT_EQ(CALL(timerfd_gettime, 1, AT(0)), -EBADF);
	/* A time of day comes sooner when the clock is set. */
	tfd = (int)CALL(timerfd_create, CLOCK_REALTIME, O_NONBLOCK);
	real = ktime_get_real();
	EXPECT_EQ(set_timer(TFD_TIMER_ABSTIME, (u64)real + 3600 * NSEC_PER_SEC, 0), 0);
	EXPECT_EQ(read_timer(), -EAGAIN);
	EXPECT_EQ(set_wall_clock(real + 3600 * (s64)NSEC_PER_SEC), 0);
	EXPECT(poll_sleeping(read_timer() == 1, PATIENCE_USEC));
	EXPECT_EQ(set_timer(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET,
			    (u64)real + 9999 * NSEC_PER_SEC, 0),
		  0);
	EXPECT_EQ(set_wall_clock(ktime_get_real() - 3600 * (s64)NSEC_PER_SEC), 0);
	EXPECT_EQ(read_timer(), -ECANCELED);
	EXPECT_EQ(read_timer(), -EAGAIN);
	EXPECT_EQ(CALL(close, tfd), 0);
}

GUEST_TEST(event, eventfds)
{
	run_test(eventfds);
}

GUEST_TEST(event, timerfds)
{
	run_test(timerfds);
}

/* ---------------------------------------------------------------- messages */

/* Who is too slow for /dev/kmsg hears of it once, and goes on with the oldest that is there. */
GUEST_TEST(event, messages_that_are_missed)
{
	struct file *file = filp_open("/dev/kmsg", O_RDONLY | O_NONBLOCK, 0);
	static char line[900];
	loff_t pos = 0;

	ASSERT(!IS_ERR(file));
	memset(line, 'x', sizeof(line));
	EXPECT(kernel_read(file, line, sizeof(line), &pos) > 0);
	EXPECT(vfs_poll(file, NULL) == (EPOLLIN | EPOLLRDNORM));
	for (unsigned int i = 0; i < 100; i++) { /* 64 KiB are kept */
		line[sizeof(line) - 1] = '\n';
		printk_emit(1 << 3 | 7, line, sizeof(line));
	}
	EXPECT(vfs_poll(file, NULL) == (EPOLLIN | EPOLLRDNORM | EPOLLERR | EPOLLPRI));
	EXPECT_EQ(kernel_read(file, line, sizeof(line), &pos), -EPIPE);
	EXPECT(vfs_poll(file, NULL) == (EPOLLIN | EPOLLRDNORM));
	EXPECT_EQ(kernel_read(file, line, 10, &pos), -EINVAL); /* it is passed */
	EXPECT_EQ(kernel_read(file, line, 10, &pos), -EINVAL);
	filp_close(file, NULL);
}

/* ---------------------------------------------------------------- clocks */

static s64 clock_ns(int clock)
{
	const struct __kernel_timespec *ts = VIEW(struct __kernel_timespec, 0);

	EXPECT_EQ(CALL(clock_gettime, clock, AT(0)), 0);
	return ts->tv_sec * (s64)NSEC_PER_SEC + ts->tv_nsec;
}

static void clocks(void)
{
	s64 real = clock_ns(CLOCK_REALTIME), mono = clock_ns(CLOCK_MONOTONIC);

	EXPECT(clock_ns(CLOCK_BOOTTIME) - mono < (s64)NSEC_PER_SEC);
	EXPECT(clock_ns(CLOCK_TAI) - real < (s64)NSEC_PER_SEC);
	EXPECT_EQ(CALL(time, 0), real / (s64)NSEC_PER_SEC);
	EXPECT_EQ(CALL(clock_gettime, 10, AT(0)), -EINVAL);
	EXPECT_EQ(CALL(clock_gettime, 12, AT(0)), -EINVAL);
	EXPECT_EQ(CALL(clock_gettime, CLOCK_REALTIME, BAD), -EFAULT);
	EXPECT_EQ(CALL(clock_getres, CLOCK_MONOTONIC, AT(0)), 0);
	EXPECT_EQ(VIEW(struct __kernel_timespec, 0)->tv_nsec, 1);
	EXPECT_EQ(CALL(clock_getres, CLOCK_REALTIME_COARSE, AT(0)), 0);
	EXPECT_EQ(VIEW(struct __kernel_timespec, 0)->tv_nsec, 4000000);
	EXPECT_EQ(CALL(clock_settime, CLOCK_MONOTONIC, AT(0)), -EINVAL);
	*VIEW(struct __kernel_timespec, 0) = (struct __kernel_timespec){ 0, 0 };
	EXPECT_EQ(CALL(clock_settime, CLOCK_REALTIME, AT(0)), -EINVAL); /* before the boot */
	*VIEW(struct __kernel_timespec, 0) = (struct __kernel_timespec){ 1000000000, 7 };
	EXPECT_EQ(CALL(clock_settime, CLOCK_REALTIME, AT(0)), 0);
	EXPECT_EQ(CALL(gettimeofday, AT(0), 0), 0);
	EXPECT(VIEW(struct __kernel_old_timeval, 0)->tv_sec - 1000000000 < 60);
	/* A clock without an RTC began with the boot, before which it cannot be set. */
	EXPECT_EQ(set_wall_clock((s64)ktime_get() + max(real - mono, (s64)NSEC_PER_SEC)), 0);
}

static long sleep_until_tomorrow(void)
{
	s64 real = ktime_get_real() + 24 * 3600 * (s64)NSEC_PER_SEC;

	*VIEW(struct __kernel_timespec, 256) = ns_to_kernel_timespec((u64)real);
	return CALL(clock_nanosleep, CLOCK_REALTIME, TIMER_ABSTIME, AT(256), 0);
}

static long sleep_an_hour(void)
{
	*VIEW(struct __kernel_timespec, 256) = (struct __kernel_timespec){ 3600, 0 };
	return CALL(nanosleep, AT(256), AT(272));
}

static void sleeping(void)
{
	u64 began = ktime_get(), until;
	struct helper h;

	*VIEW(struct __kernel_timespec, 0) = (struct __kernel_timespec){ 0, 20 * MS };
	EXPECT_EQ(CALL(nanosleep, AT(0), 0), 0);
	EXPECT(ktime_get() - began >= 20 * MS);
	until = ktime_get() + 20 * MS;
	*VIEW(struct __kernel_timespec, 0) = ns_to_kernel_timespec(until);
	EXPECT_EQ(CALL(clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, AT(0), 0), 0);
	EXPECT(ktime_get() >= until);
	*VIEW(struct __kernel_timespec, 0) = (struct __kernel_timespec){ 0, -1 };
	EXPECT_EQ(CALL(nanosleep, AT(0), 0), -EINVAL);
	EXPECT_EQ(CALL(nanosleep, BAD, 0), -EFAULT);
	EXPECT_EQ(CALL(clock_nanosleep, 10, 0, AT(0), 0), -EINVAL);
	EXPECT_EQ(CALL(clock_nanosleep, CLOCK_MONOTONIC_RAW, 0, AT(0), 0), -EOPNOTSUPP);
	start_helper(&h, sleep_until_tomorrow); /* which comes when the clock is set */
	EXPECT(poll_sleeping(sleeps(&h), PATIENCE_USEC));
	EXPECT_EQ(set_wall_clock(ktime_get_real() + 25 * 3600 * (s64)NSEC_PER_SEC), 0);
	EXPECT_EQ(end_helper(&h), 0);
	EXPECT_EQ(set_wall_clock(ktime_get_real() - 25 * 3600 * (s64)NSEC_PER_SEC), 0);
	start_helper(&h, sleep_an_hour); /* a signal: what was left is told */
	EXPECT(poll_sleeping(sleeps(&h), PATIENCE_USEC));
	interrupt(&h);
	EXPECT_EQ(end_helper(&h), -ERESTART_RESTARTBLOCK);
	EXPECT_EQ(VIEW(struct __kernel_timespec, 272)->tv_sec, 3599);
}

GUEST_TEST(event, clocks)
{
	run_test(clocks);
}

GUEST_TEST(event, sleeping)
{
	run_test(sleeping);
}

/* `selftest wall_clock T`: the machine's clock said T, seconds since 1970, in hexadecimal, at the power-on. */
GUEST_TEST(wall_clock, is_the_machines)
{
	const char *word = guest_argument(0);
	u64 when;

	if (!word || kstrtoull(word, 16, &when)) {
		guest_skip("needs the time");
		return;
	}
	guest_say("%lld s after it", (long long)(ktime_get_real() / (s64)NSEC_PER_SEC - (s64)when));
	EXPECT((u64)ktime_get_real() / NSEC_PER_SEC - when < 120);
}
