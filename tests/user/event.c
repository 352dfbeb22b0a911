// SPDX-License-Identifier: MIT
/* What pipes, poll, epoll, eventfd, timerfd, clocks and terminals answer, with good and bad arguments. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static void *volatile bad_address = (void *)8;
#define BAD bad_address
#define SHOW(call)                                                                         \
	do {                                                                               \
		errno = 0;                                                                 \
		long ret_ = (long)(call);                                                  \
		printf("%s = %ld %s\n", #call, ret_, errno ? strerrorname_np(errno) : ""); \
	} while (0)

static char buf[70000];
static int p[2];

static void pipes(void)
{
	struct stat st;

	SHOW(pipe2(p, 1));
	SHOW(pipe2(BAD, 0));
	SHOW(pipe2(p, O_NONBLOCK));
	SHOW(read(p[0], buf, 10));
	SHOW(read(p[0], buf, 0));
	SHOW(write(p[1], "hello", 5));
	SHOW(ioctl(p[0], FIONREAD, buf));
	SHOW(buf[0]);
	SHOW(read(p[0], BAD, 3));
	SHOW(read(p[0], buf, 3));
	SHOW(write(p[1], BAD, 3));
	SHOW(write(p[0], buf, 1));
	SHOW(read(p[1], buf, 1));
	SHOW(lseek(p[0], 0, SEEK_SET));
	SHOW(pread(p[0], buf, 1, 0));
	SHOW(fcntl(p[0], F_GETPIPE_SZ));
	SHOW(fcntl(p[0], F_SETPIPE_SZ, 5000));
	SHOW(fcntl(p[0], F_SETPIPE_SZ, 0));
	SHOW(fcntl(0, F_GETPIPE_SZ));
	SHOW(write(p[1], buf, 70000));
	SHOW(fcntl(p[0], F_SETPIPE_SZ, 100000));
	SHOW(write(p[1], buf, 70000));
	SHOW(write(p[1], buf, 70000));
	SHOW(fcntl(p[0], F_SETPIPE_SZ, 4096));
	SHOW(ioctl(p[0], 0x1234, 0));
	SHOW(fsync(p[0]));
	SHOW(ftruncate(p[1], 0));
	SHOW(fstat(p[0], &st));
	SHOW(st.st_mode);
	SHOW(sendfile(1, p[0], NULL, 10));
	SHOW(close(p[1]));
	while (read(p[0], buf, sizeof(buf)) > 0)
		;
	SHOW(read(p[0], buf, 1));
	SHOW(close(p[0]));
	SHOW(pipe(p));
	SHOW(close(p[0]));
	signal(SIGPIPE, SIG_IGN);
	SHOW(write(p[1], buf, 1));
	SHOW(write(p[1], buf, 0));
	SHOW(close(p[1]));
	SHOW(pipe2(p, O_DIRECT | O_NONBLOCK));
	SHOW(write(p[1], buf, 3));
	SHOW(write(p[1], buf, 5000));
	SHOW(read(p[0], buf, 2));
	SHOW(read(p[0], buf, 10000));
	SHOW(read(p[0], buf, 10000));
	SHOW(read(p[0], buf, 10000));
	close(p[0]);
	close(p[1]);
	SHOW(mkfifo("/tmp/fifo", 0600));
	SHOW(open("/tmp/fifo", O_WRONLY | O_NONBLOCK));
	SHOW(open("/tmp/fifo", O_RDWR | O_DIRECT));
	SHOW((p[0] = open("/tmp/fifo", O_RDONLY | O_NONBLOCK)) >= 0);
	SHOW(poll(&(struct pollfd){ p[0], POLLIN, 0 }, 1, 0));
	SHOW((p[1] = open("/tmp/fifo", O_WRONLY)) >= 0);
	SHOW(close(p[1]));
	SHOW(poll(&(struct pollfd){ p[0], POLLIN, 0 }, 1, 0));
	SHOW(close(p[0]));
}

/* Pieces of these lengths in turn until the pipe is full: how many there are, and are they what was written? */
static void fill_pipe(size_t even, size_t odd)
{
	int n = 0, same = 0;
	char want[8192];
	size_t len;

	if (pipe2(p, O_NONBLOCK))
		return;
	for (;; n++) {
		len = n % 2 ? odd : even;
		memset(buf, 'a' + n % 26, len);
		if (write(p[1], buf, len) != (ssize_t)len)
			break;
	}
	for (int i = 0; i < n; i++) {
		len = i % 2 ? odd : even;
		memset(want, 'a' + i % 26, len);
		same += read(p[0], buf, len) == (ssize_t)len && !memcmp(buf, want, len);
	}
	printf("%zu and %zu bytes: %d, %d the same, then %ld\n", even, odd, n, same,
	       (long)read(p[0], buf, 1));
	close(p[0]);
	close(p[1]);
}

/* A page's rest takes what fits there whole; all else has a page of its own. */
static void page_ends(void)
{
	fill_pipe(4000, 4000);
	fill_pipe(4000, 96);
	fill_pipe(4000, 97);
	fill_pipe(1, 4096);
}

static void polls(void)
{
	struct pollfd f[3] = { { -1, POLLIN, 7 }, { 99, POLLIN, 7 }, { 0, 0, 7 } };
	struct timeval tv = { 0, 1000000 }, bad = { 0, -1 };
	struct timespec ts = { 0, 1000000000 };
	fd_set set;

	SHOW(pipe(p));
	SHOW(poll(f, 3, 0));
	SHOW(f[0].revents);
	SHOW(f[1].revents);
	SHOW(f[2].revents);
	SHOW(poll(BAD, 1, 0));
	SHOW(poll(BAD, 0, 0));
	SHOW(poll(BAD, 1 << 30, 0));
	SHOW(ppoll(f, 1, &ts, NULL));
	f[0].fd = p[1];
	f[0].events = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM | POLLPRI | POLLRDHUP;
	SHOW(poll(f, 1, -1));
	SHOW(f[0].revents);
	FD_ZERO(&set);
	FD_SET(50, &set);
	SHOW(select(64, &set, NULL, NULL, NULL));
	SHOW(select(-1, NULL, NULL, NULL, NULL));
	SHOW(select(0, NULL, NULL, NULL, &bad));
	SHOW(select(64, BAD, NULL, NULL, &tv));
	FD_ZERO(&set);
	FD_SET(p[1], &set);
	SHOW(select(64, NULL, &set, NULL, &tv));
	SHOW(FD_ISSET(p[1], &set));
	FD_ZERO(&set);
	FD_SET(p[0], &set);
	tv = (struct timeval){ 0, 1000 };
	SHOW(select(64, &set, NULL, NULL, &tv));
	SHOW(FD_ISSET(p[0], &set) || tv.tv_sec || tv.tv_usec);
	alarm(0);
	close(p[0]);
	close(p[1]);
}

static void set_two(fd_set *in, int a, fd_set *out, int b)
{
	FD_ZERO(in);
	FD_ZERO(out);
	FD_SET(a, in);
	FD_SET(b, out);
}

/* What makes a descriptor ready in which set; an answer that cannot be told is none. */
static void selects(void)
{
	fd_set *in = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct timeval soon = { 0, 20000 };
	fd_set other;

	puts("--- select");
	SHOW(pipe(p));
	set_two(in, p[0], &other, p[0]);
	SHOW(write(p[1], "x", 1));
	SHOW(select(64, in, NULL, &other, NULL));
	SHOW(FD_ISSET(p[0], in));
	SHOW(FD_ISSET(p[0], &other));
	SHOW(mprotect(in, 4096, PROT_READ));
	SHOW(select(64, in, NULL, NULL, NULL));
	SHOW(mprotect(in, 4096, PROT_READ | PROT_WRITE));
	SHOW(read(p[0], buf, 1));
	/* Beyond what was asked for nothing is looked at; far behind it is. */
	SHOW(dup2(p[0], 400));
	set_two(in, 400, &other, p[1]);
	SHOW(select(400, in, NULL, NULL, &soon));
	SHOW(FD_ISSET(400, in));
	set_two(in, 400, &other, p[1]);
	SHOW(close(p[1]));
	SHOW(select(401, in, NULL, NULL, NULL));
	SHOW(FD_ISSET(400, in));
	close(400), close(p[0]);
	SHOW(pipe(p));
	set_two(in, p[1], &other, p[1]);
	SHOW(close(p[0]));
	SHOW(select(64, in, &other, NULL, NULL));
	SHOW(FD_ISSET(p[1], in));
	SHOW(FD_ISSET(p[1], &other));
	close(p[1]);
	/* Full, and then broken. */
	SHOW(pipe2(p, O_NONBLOCK));
	while (write(p[1], buf, 4096) > 0)
		;
	set_two(&other, p[1], in, p[1]);
	SHOW(select(64, NULL, in, NULL, &(struct timeval){ 0, 0 }));
	set_two(&other, p[1], in, p[1]);
	SHOW(close(p[0]));
	SHOW(select(64, NULL, in, NULL, &(struct timeval){ 0, 0 }));
	close(p[1]);
	munmap(in, 4096);
}

/* More than have room on a stack, and in a page of a waiter's. */
static void many_polls(void)
{
	static struct pollfd f[300];

	puts("--- many");
	SHOW(pipe(p));
	for (int i = 0; i < 300; i++)
		f[i] = (struct pollfd){ p[0], POLLIN, 7 };
	SHOW(poll(f, 300, 0));
	SHOW(f[299].revents);
	if (!fork()) {
		usleep(50000);
		_exit(write(p[1], "x", 1) != 1);
	}
	SHOW(poll(f, 300, -1));
	SHOW(f[299].revents);
	wait(NULL);
	SHOW(poll(BAD, 1025, 0));
	close(p[0]), close(p[1]);
}

static volatile int handled;

static void count_it(int sig)
{
	(void)sig;
	handled++;
}

/* SIGUSR1 is pending and blocked; the call has another mask: what does it answer, and what is left of that? */
#define MASKED(call)                                                               \
	do {                                                                       \
		sigset_t now_, left_;                                              \
		handled = 0;                                                       \
		raise(SIGUSR1);                                                    \
		SHOW(call);                                                        \
		sigprocmask(SIG_SETMASK, NULL, &now_);                             \
		sigpending(&left_);                                                \
		printf("  handled %d, blocked %d, pending %d\n", handled,          \
		       sigismember(&now_, SIGUSR1), sigismember(&left_, SIGUSR1)); \
	} while (0)

/* For as long as it waits a call has another mask: what comes then ends it, unless there is something to say. */
static void masks(void)
{
	struct epoll_event e = { .events = EPOLLIN };
	int ep = epoll_create1(0);
	sigset_t none, usr1;
	struct timespec zero = { 0, 0 };
	struct pollfd f;

	puts("--- masks");
	signal(SIGUSR1, count_it);
	sigemptyset(&none);
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	SHOW(pipe(p));
	f = (struct pollfd){ p[0], POLLIN, 0 };
	epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &e);
	MASKED(ppoll(&f, 1, NULL, &none));
	MASKED(pselect(0, NULL, NULL, NULL, NULL, &none));
	MASKED(epoll_pwait(ep, &e, 1, -1, &none));
	MASKED(epoll_pwait2(ep, &e, 1, NULL, &none));
	MASKED(ppoll(&f, 1, &zero, &none));
	MASKED(epoll_pwait(ep, &e, 1, 0, &none));
	SHOW(write(p[1], "x", 1));
	MASKED(ppoll(&f, 1, NULL, &none));
	MASKED(pselect(0, NULL, NULL, NULL, &zero, &none));
	MASKED(epoll_pwait(ep, &e, 1, -1, &none));
	MASKED(epoll_pwait2(ep, &e, 1, NULL, &none));
	MASKED(epoll_pwait(ep, BAD, 1, -1, &none));
	MASKED(epoll_pwait(99, &e, 1, -1, &none));
	SHOW(syscall(SYS_ppoll, &f, 1, NULL, &none, 4));
	SHOW(syscall(SYS_epoll_pwait, ep, &e, 1, -1, &none, 4));
	SHOW(syscall(SYS_epoll_pwait2, ep, &e, 1, &(struct timespec){ 0, -1 }, NULL, 8));
	SHOW(syscall(SYS_ppoll, &f, 1, NULL, BAD, 8));
	sigprocmask(SIG_UNBLOCK, &usr1, NULL);
	signal(SIGUSR1, SIG_DFL);
	close(ep), close(p[0]), close(p[1]);
}

/* Of many that stay ready each has its turn; a descriptor that is closed is another matter than its file. */
static void turns(void)
{
	int ep = epoll_create1(0), pipes[3][2], other;
	struct epoll_event e;

	puts("--- turns");
	for (int i = 0; i < 3; i++) {
		e = (struct epoll_event){ .events = EPOLLIN, .data.u64 = (unsigned int)i };
		if (pipe(pipes[i]) || epoll_ctl(ep, EPOLL_CTL_ADD, pipes[i][0], &e))
			puts("no pipe");
	}
	for (int i = 2; i >= 0; i--)
		SHOW(write(pipes[i][1], "x", 1));
	for (int i = 0; i < 6; i++) {
		SHOW(epoll_wait(ep, &e, 1, 0));
		SHOW(e.data.u64);
	}
	SHOW(read(pipes[2][0], buf, 1));
	SHOW(read(pipes[1][0], buf, 1));
	e = (struct epoll_event){ .events = EPOLLIN | EPOLLRDHUP, .data.u64 = 77 };
	SHOW(epoll_ctl(ep, EPOLL_CTL_MOD, pipes[0][0], &e));
	other = dup(pipes[0][0]);
	SHOW(close(pipes[0][0]));
	SHOW(epoll_wait(ep, &e, 1, 0));
	SHOW(e.data.u64);
	SHOW(epoll_ctl(ep, EPOLL_CTL_DEL, pipes[0][0], &e));
	SHOW(close(other));
	SHOW(epoll_wait(ep, &e, 1, 0));
	close(ep), close(pipes[0][1]);
	for (int i = 1; i < 3; i++)
		close(pipes[i][0]), close(pipes[i][1]);
}

static void epolls(void)
{
	struct epoll_event e = { .events = EPOLLIN, .data.u64 = 77 }, got[4];
	int ep, outer, file = open("/tmp/file", O_RDWR | O_CREAT, 0600);

	SHOW(epoll_create(0));
	SHOW(epoll_create1(1));
	ep = epoll_create1(EPOLL_CLOEXEC);
	outer = epoll_create(1);
	SHOW(pipe(p));
	SHOW(epoll_ctl(ep, EPOLL_CTL_ADD, file, &e));
	SHOW(epoll_ctl(ep, EPOLL_CTL_ADD, ep, &e));
	SHOW(epoll_ctl(p[0], EPOLL_CTL_ADD, p[1], &e));
	SHOW(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], BAD));
	SHOW(epoll_ctl(ep, EPOLL_CTL_ADD, 99, &e));
	SHOW(epoll_ctl(99, EPOLL_CTL_ADD, p[0], &e));
	SHOW(epoll_ctl(ep, 7, p[0], &e));
	SHOW(epoll_ctl(ep, EPOLL_CTL_DEL, p[0], NULL));
	SHOW(epoll_ctl(ep, EPOLL_CTL_MOD, p[0], &e));
	SHOW(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &e));
	SHOW(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &e));
	SHOW(epoll_ctl(outer, EPOLL_CTL_ADD, ep, &e));
	SHOW(epoll_ctl(ep, EPOLL_CTL_ADD, outer, &e));
	SHOW(epoll_wait(ep, got, 0, 0));
	SHOW(epoll_wait(p[0], got, 1, 0));
	SHOW(epoll_wait(99, got, 1, 0));
	SHOW(epoll_wait(ep, got, 4, 0));
	SHOW(write(p[1], "x", 1));
	SHOW(epoll_wait(ep, BAD, 1, 0));
	SHOW(epoll_wait(ep, got, 4, -1));
	SHOW(got[0].events);
	SHOW(got[0].data.u64);
	SHOW(epoll_wait(outer, got, 4, 0));
	e.events = EPOLLIN | EPOLLEXCLUSIVE;
	SHOW(epoll_ctl(ep, EPOLL_CTL_MOD, p[0], &e));
	e.events = EPOLLIN | EPOLLEXCLUSIVE | EPOLLONESHOT;
	SHOW(epoll_ctl(ep, EPOLL_CTL_ADD, p[1], &e));
	e.events = EPOLLOUT | EPOLLET;
	SHOW(epoll_ctl(ep, EPOLL_CTL_ADD, p[1], &e));
	SHOW(epoll_wait(ep, got, 4, 0));
	SHOW(epoll_wait(ep, got, 4, 0));
	SHOW(close(p[1]));
	SHOW(epoll_wait(ep, got, 4, 0));
	SHOW(got[0].events);
	SHOW(read(ep, buf, 1));
	close(p[0]);
	close(ep);
	close(outer);
	close(file);
}

static void counters(void)
{
	struct itimerspec its = { .it_value = { 0, 1000000000 } }, old;
	unsigned long long v = ~0ULL;
	int fd;

	SHOW(eventfd(0, 2));
	fd = eventfd(3, EFD_NONBLOCK);
	SHOW(read(fd, &v, 7));
	SHOW(read(fd, &v, 8));
	SHOW(v);
	SHOW(read(fd, &v, 8));
	v = ~0ULL;
	SHOW(write(fd, &v, 8));
	v--;
	SHOW(write(fd, &v, 8));
	SHOW(write(fd, &v, 8));
	SHOW(write(fd, BAD, 8));
	close(fd);
	SHOW(timerfd_create(CLOCK_PROCESS_CPUTIME_ID, 0));
	SHOW(timerfd_create(CLOCK_MONOTONIC, 1));
	fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	SHOW(timerfd_settime(fd, 0, &its, NULL));
	SHOW(timerfd_settime(fd, 8, &its, NULL));
	SHOW(timerfd_settime(fd, 0, BAD, NULL));
	SHOW(timerfd_settime(0, 0, &(struct itimerspec){ 0 }, NULL));
	SHOW(timerfd_settime(99, 0, &(struct itimerspec){ 0 }, NULL));
	its.it_value = (struct timespec){ 0, 1 };
	SHOW(timerfd_settime(fd, TFD_TIMER_ABSTIME, &its, &old));
	SHOW(poll(&(struct pollfd){ fd, POLLIN, 0 }, 1, -1));
	SHOW(read(fd, &v, 4));
	SHOW(read(fd, &v, 8));
	SHOW(v);
	SHOW(read(fd, &v, 8));
	SHOW(write(fd, &v, 8));
	SHOW(timerfd_gettime(fd, &old));
	SHOW(old.it_value.tv_sec || old.it_value.tv_nsec);
	close(fd);
}

/* A child that does this, and is killed where it waits for longer than it has to: how it ended. */
#define CHILD(call)                        \
	({                                 \
		pid_t pid_ = fork();       \
                                           \
		if (!pid_) {               \
			alarm(3);          \
			_exit((call)&255); \
		}                          \
		pid_;                      \
	})

static int ended(pid_t pid)
{
	int status = -1;

	waitpid(pid, &status, 0);
	return status;
}

/* Who waits is woken, and by no more than it takes. */
static void waiters(void)
{
	unsigned long long v = 0, most = ~0ULL - 1;
	pid_t first, second;
	int fd, pages = 0;

	puts("--- waiters");
	fd = eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK);
	SHOW(read(fd, &v, 8));
	SHOW(v);
	SHOW(read(fd, &v, 8));
	SHOW(v);
	SHOW(read(fd, &v, 8));
	close(fd);
	fd = eventfd(0, 0);
	SHOW(write(fd, &most, 8));
	v = 5;
	first = CHILD(write(fd, &v, 8));
	usleep(50000);
	SHOW(read(fd, &v, 8));
	SHOW(v == most);
	SHOW(ended(first));
	close(fd);

	SHOW(pipe(p));
	first = CHILD(read(p[0], buf, 1));
	second = CHILD(read(p[0], buf, 1));
	usleep(100000);
	SHOW(write(p[1], "ab", 2));
	SHOW(ended(first));
	SHOW(ended(second));
	close(p[0]);
	signal(SIGPIPE, SIG_DFL);
	SHOW(ended(CHILD(write(p[1], "a", 1))));
	signal(SIGPIPE, SIG_IGN);
	close(p[1]);

	/* What was read of a page is no room in it. */
	SHOW(pipe2(p, O_NONBLOCK));
	SHOW(write(p[1], buf, 3000));
	SHOW(read(p[0], buf, 2000));
	SHOW(write(p[1], buf, 2000));
	while (write(p[1], buf, 4096) == 4096)
		pages++;
	SHOW(pages);
	close(p[0]);
	close(p[1]);
}

static void clocks(void)
{
	static const struct timespec none, bad = { 0, -1 };
	struct timespec ts;

	for (int clock = -1; clock < 14; clock++) {
		printf("clock %d\n", clock);
		SHOW(clock_gettime(clock, &ts));
		SHOW(clock_getres(clock, &ts));
		SHOW(ts.tv_nsec);
		SHOW(clock_settime(clock, &bad));
		SHOW(clock_nanosleep(clock, 0, &bad, NULL));
		SHOW(clock_nanosleep(clock == 2 ? 1 : clock, TIMER_ABSTIME, &none, NULL));
	}
	SHOW(clock_settime(CLOCK_REALTIME, &none));
	SHOW(nanosleep(&bad, NULL));
	SHOW(nanosleep(BAD, NULL));
	SHOW(nanosleep(&none, BAD));
}

/* A timer by the wall clock goes by it where it is set; one by another does not. */
static void clock_steps(void)
{
	struct itimerspec at = { 0 };
	struct timespec was;
	int wall = timerfd_create(CLOCK_REALTIME, 0),
	    cancelled = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK),
	    other = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	struct pollfd f = { wall, POLLIN, 0 };
	unsigned long long v = 0;

	puts("--- clock steps");
	clock_gettime(CLOCK_REALTIME, &was);
	at.it_value = was;
	at.it_value.tv_sec += 5000;
	SHOW(timerfd_settime(wall, TFD_TIMER_ABSTIME, &at, NULL));
	SHOW(timerfd_settime(cancelled, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &at, NULL));
	at.it_value = (struct timespec){ 5000, 0 };
	SHOW(timerfd_settime(other, 0, &at, NULL));
	SHOW(poll(&f, 1, 0));
	was.tv_sec += 100;
	SHOW(clock_settime(CLOCK_REALTIME, &was));
	SHOW(timerfd_gettime(wall, &at));
	SHOW(at.it_value.tv_sec / 100);
	was.tv_sec += 5900;
	SHOW(clock_settime(CLOCK_REALTIME, &was));
	SHOW(poll(&f, 1, 3000));
	SHOW(read(cancelled, &v, 8));
	SHOW(read(cancelled, &v, 8));
	SHOW(read(other, &v, 8));
	was.tv_sec -= 6000;
	SHOW(clock_settime(CLOCK_REALTIME, &was));
	close(wall);
	close(cancelled);
	close(other);
}

/* A stop is no end of a wait, nor a new beginning. */
/* A time that is to be left alone: then nobody knows how much of it is over, and a wait does not go on. */
static int sticky_wait(int fd)
{
	struct timeval tv = { 5, 0 };
	fd_set set;

	FD_ZERO(&set);
	FD_SET(fd, &set);
	personality(STICKY_TIMEOUTS);
	return select(fd + 1, &set, NULL, NULL, &tv) < 0 ? errno : 0;
}

static int wait_in_parts(int fd)
{
	struct timeval tv = { 0, 300000 };
	fd_set set;

	FD_ZERO(&set);
	FD_SET(fd, &set);
	return select(fd + 1, &set, NULL, NULL, &tv) < 0 ? errno : tv.tv_usec != 0;
}

static void stop_and_continue(pid_t pid)
{
	int status = 0;

	usleep(50000);
	kill(pid, SIGSTOP);
	waitpid(pid, &status, WUNTRACED);
	SHOW(WIFSTOPPED(status));
	kill(pid, SIGCONT);
	SHOW(ended(pid));
}

static void sticky(void)
{
	struct timeval tv = { 0, 1000 };
	struct timespec ts = { 0, 1000000 };

	SHOW(select(0, NULL, NULL, NULL, &tv));
	SHOW(tv.tv_usec);
	SHOW(syscall(SYS_ppoll, NULL, 0, &ts, NULL, 0));
	SHOW(ts.tv_nsec);
	personality(STICKY_TIMEOUTS);
	tv.tv_usec = 1000;
	ts.tv_nsec = 1000000;
	SHOW(select(0, NULL, NULL, NULL, &tv));
	SHOW(tv.tv_usec);
	SHOW(syscall(SYS_ppoll, NULL, 0, &ts, NULL, 0));
	SHOW(ts.tv_nsec);
	personality(0);
}

static void stopped_waits(void)
{
	int p[2];

	puts("--- stopped waits");
	(void)!pipe(p);
	stop_and_continue(CHILD(poll(&(struct pollfd){ p[0], POLLIN, 0 }, 1, 300) + 1));
	stop_and_continue(CHILD(wait_in_parts(p[0])));
	stop_and_continue(CHILD(sticky_wait(p[0])));
	sticky();
	close(p[0]), close(p[1]);
}

static void terminal(void)
{
	struct termios t;
	struct winsize ws = { 30, 100, 0, 0 };
	int fd = open("/dev/ttyS0", O_RDWR | O_NOCTTY | O_NONBLOCK), v = 5;

	SHOW(fd >= 0);
	SHOW(isatty(fd));
	SHOW(open("/dev/tty", O_RDWR));
	SHOW(tcgetattr(fd, &t));
	SHOW(t.c_iflag);
	SHOW(t.c_oflag);
	SHOW(t.c_lflag);
	SHOW(t.c_cc[VMIN] + 1000 * t.c_cc[VEOF]);
	SHOW(ioctl(fd, TIOCSWINSZ, &ws));
	SHOW(ioctl(fd, TIOCGWINSZ, &ws));
	SHOW(ioctl(fd, TIOCGPGRP, &v));
	SHOW(ioctl(fd, TIOCSPGRP, &v));
	SHOW(ioctl(fd, TIOCGSID, &v));
	SHOW(ioctl(fd, TIOCNOTTY, 0));
	SHOW(ioctl(fd, TCFLSH, 3));
	SHOW(ioctl(fd, TCFLSH, TCIOFLUSH));
	SHOW(ioctl(fd, TCXONC, 9));
	SHOW(ioctl(fd, TIOCGETD, &v));
	SHOW(v);
	SHOW(ioctl(fd, FIONREAD, &v));
	SHOW(ioctl(fd, TCGETS, BAD));
	SHOW(ioctl(fd, 0x1234, 0));
	SHOW(read(fd, buf, 1));
	SHOW(lseek(fd, 0, SEEK_SET));
	if (!fork()) {
		setsid();
		SHOW(ioctl(fd, TIOCSCTTY, 0));
		SHOW(ioctl(fd, TIOCSCTTY, 0));
		SHOW(tcgetpgrp(fd) == getpid());
		SHOW(tcgetsid(fd) == getpid());
		SHOW(tcsetpgrp(fd, 999));
		SHOW(tcsetpgrp(fd, 1));
		SHOW(tcsetpgrp(fd, -1));
		SHOW((v = open("/dev/tty", O_RDWR)) >= 0);
		SHOW(ioctl(fd, TIOCNOTTY, 0));
		fflush(stdout);
		_exit(0);
	}
	fflush(stdout);
	wait(NULL);
	close(fd);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	pipes();
	page_ends();
	polls();
	selects();
	many_polls();
	masks();
	turns();
	epolls();
	counters();
	waiters();
	clocks();
	clock_steps();
	stopped_waits();
	terminal();
	return 0;
}
