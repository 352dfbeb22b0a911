// SPDX-License-Identifier: MIT
/* Pairs of sockets: what is sent, received, shut, closed and asked of them. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
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

static char buf[300000];
static int s[2];
static int pipes_broken;

static void count_sigpipe(int sig)
{
	(void)sig;
	pipes_broken++;
}

static void show_poll(const char *what, int fd)
{
	struct pollfd p = {
		fd, POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM | POLLWRBAND | POLLRDHUP | POLLPRI, 0
	};

	poll(&p, 1, 0);
	printf("poll %s: %x\n", what, p.revents);
}

static void pair(int type)
{
	if (socketpair(AF_UNIX, type, 0, s))
		printf("no pair\n");
}

static void unpair(void)
{
	close(s[0]);
	close(s[1]);
}

/* The number that the next descriptor gets. */
static int lowest(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

/* There is room for one descriptor more, and two are asked for. */
static void one_too_few(void)
{
	struct rlimit old, less;

	getrlimit(RLIMIT_NOFILE, &old);
	less = (struct rlimit){ (rlim_t)lowest() + 1, old.rlim_max };
	setrlimit(RLIMIT_NOFILE, &less);
	SHOW(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	SHOW(pipe(s));
	printf("one is there still: %d\n", lowest() >= 0);
	setrlimit(RLIMIT_NOFILE, &old);
}

static void making(void)
{
	struct stat st;
	char link[64] = "";
	int next = lowest();

	SHOW(socketpair(AF_UNIX, SOCK_STREAM | 0x100, 0, s));
	SHOW(socketpair(AF_UNIX, 4, 0, s));
	SHOW(socketpair(AF_UNIX, 15, 0, s));
	SHOW(socketpair(AF_UNIX, SOCK_STREAM, 2, s));
	SHOW(socketpair(999, SOCK_STREAM, 0, s));
	SHOW(socketpair(AF_UNIX, SOCK_STREAM, 0, BAD));
	one_too_few();
	printf("numbers lost: %d\n", lowest() - next);
	SHOW(socketpair(AF_UNIX, SOCK_RAW, AF_UNIX, s));
	unpair();
	SHOW(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, s));
	printf("flags %x %x\n", fcntl(s[0], F_GETFL), fcntl(s[1], F_GETFD));
	fstat(s[0], &st);
	printf("mode %o size %ld nlink %ld\n", st.st_mode, (long)st.st_size, (long)st.st_nlink);
	snprintf(buf, sizeof(buf), "/proc/self/fd/%d", s[0]);
	(void)!readlink(buf, link, 8);
	printf("%s\n", link);
	SHOW(open(buf, O_RDWR));
	SHOW(lseek(s[0], 0, SEEK_SET));
	SHOW(pread(s[0], buf, 1, 0));
	SHOW(ftruncate(s[0], 0));
	SHOW(fsync(s[0]));
	SHOW(read(s[0], buf, 1));
	unpair();
}

static void stream(void)
{
	int n = 0;

	printf("-- stream\n");
	pair(SOCK_STREAM);
	show_poll("new", s[0]);
	SHOW(write(s[0], "hello", 5));
	SHOW(write(s[0], " world", 6));
	SHOW(write(s[0], "", 0));
	SHOW(ioctl(s[1], FIONREAD, &n));
	printf("%d to read\n", n);
	show_poll("with data", s[1]);
	SHOW(recv(s[1], buf, 8, MSG_PEEK));
	SHOW(read(s[1], buf, 0));
	SHOW(read(s[1], buf, 3));
	SHOW(read(s[1], buf, 100));
	printf("%.8s\n", buf);
	SHOW(recv(s[1], buf, 1, MSG_DONTWAIT));
	SHOW(write(s[1], "back", 4));
	SHOW(read(s[0], buf, 4));
	SHOW(sendto(s[0], "x", 1, 0, (struct sockaddr *)&(struct sockaddr_un){ AF_UNIX, "/x" },
		    sizeof(struct sockaddr_un)));
	SHOW(write(s[0], BAD, 10));
	SHOW(write(s[0], "xyz", 3));
	SHOW(read(s[1], BAD, 10));
	SHOW(read(s[1], buf, 10));
	unpair();
}

static void fill(void)
{
	long sent = 0, got = 0, n;

	pair(SOCK_STREAM | SOCK_NONBLOCK);
	while ((n = write(s[0], buf, sizeof(buf))) > 0)
		sent += n;
	printf("full: %s more than 100000: %d\n", strerrorname_np(errno), sent > 100000);
	show_poll("full", s[0]);
	while ((n = read(s[1], buf, sizeof(buf))) > 0)
		got += n;
	printf("all of it: %d, then %s\n", got == sent, strerrorname_np(errno));
	show_poll("empty", s[0]);
	unpair();
}

static void closing(int type)
{
	printf("-- closing %d\n", type);
	pair(type);
	(void)!write(s[0], "left", 4);
	close(s[0]);
	show_poll("closed, with data", s[1]);
	SHOW(read(s[1], buf, 100));
	SHOW(recv(s[1], buf, 100, MSG_DONTWAIT));
	SHOW(recv(s[1], buf, 100, MSG_DONTWAIT));
	show_poll("closed", s[1]);
	pipes_broken = 0;
	SHOW(write(s[1], "x", 1));
	SHOW(send(s[1], "x", 1, MSG_NOSIGNAL));
	printf("SIGPIPE %d\n", pipes_broken);
	SHOW(getpeername(s[1], (struct sockaddr *)buf, &(socklen_t){ 100 }));
	close(s[1]);

	pair(type);
	(void)!write(s[1], "unread", 6);
	close(s[0]);
	show_poll("closed with unread data", s[1]);
	SHOW(recv(s[1], buf, 1, MSG_DONTWAIT));
	SHOW(recv(s[1], buf, 1, MSG_DONTWAIT));
	SHOW(send(s[1], "x", 1, MSG_NOSIGNAL));
	close(s[1]);
}

static void shutting(int type)
{
	printf("-- shutting %d\n", type);
	pair(type);
	SHOW(shutdown(s[0], 3));
	SHOW(shutdown(s[0], -1));
	(void)!write(s[0], "before", 6);
	SHOW(shutdown(s[0], SHUT_WR));
	pipes_broken = 0;
	SHOW(write(s[0], "x", 1));
	printf("SIGPIPE %d\n", pipes_broken);
	show_poll("it", s[0]);
	show_poll("the other", s[1]);
	SHOW(read(s[1], buf, 100));
	SHOW(recv(s[1], buf, 100, MSG_DONTWAIT));
	SHOW(write(s[1], "still", 5));
	SHOW(read(s[0], buf, 100));
	SHOW(shutdown(s[1], SHUT_RDWR));
	show_poll("both", s[0]);
	SHOW(send(s[1], "x", 1, MSG_NOSIGNAL));
	SHOW(recv(s[0], buf, 1, MSG_DONTWAIT));
	unpair();
	pair(type);
	SHOW(shutdown(s[0], SHUT_RD));
	SHOW(send(s[1], "x", 1, MSG_NOSIGNAL));
	SHOW(recv(s[0], buf, 1, MSG_DONTWAIT));
	show_poll("receives no more", s[0]);
	show_poll("sends no more", s[1]);
	unpair();
}

static void packets(int type)
{
	struct iovec v[2] = { { buf, 2 }, { buf + 10, 2 } };
	struct msghdr msg = { .msg_iov = v, .msg_iovlen = 2 };
	char name[128];
	int n = 0;

	printf("-- packets %d\n", type);
	pair(type);
	SHOW(write(s[0], "one", 3));
	SHOW(write(s[0], "three", 5));
	SHOW(send(s[0], "", 0, 0));
	SHOW(write(s[0], "last", 4));
	SHOW(ioctl(s[1], FIONREAD, &n));
	printf("%d to read\n", n);
	SHOW(recv(s[1], buf, 2, MSG_PEEK));
	SHOW(recv(s[1], buf, 2, MSG_PEEK | MSG_TRUNC));
	SHOW(recv(s[1], buf, 100, MSG_WAITALL));
	SHOW(recv(s[1], buf, 2, MSG_TRUNC));
	SHOW(read(s[1], buf, 100));
	msg.msg_flags = 77;
	msg.msg_name = name;
	msg.msg_namelen = sizeof(name);
	v[1].iov_len = 1;
	SHOW(recvmsg(s[1], &msg, 0));
	printf("flags %x name %d control %d\n", msg.msg_flags, (int)msg.msg_namelen,
	       (int)msg.msg_controllen);
	SHOW(recv(s[1], buf, 1, MSG_DONTWAIT));
	SHOW(send(s[0], buf, 212992 - 32, 0));
	SHOW(recv(s[1], buf, sizeof(buf), 0));
	SHOW(send(s[0], buf, 212992 - 31, 0));
	SHOW(send(s[0], BAD, 10, 0));
	SHOW(send(s[0], "again", 5, 0));
	SHOW(recv(s[1], BAD, 10, 0));
	SHOW(recv(s[1], buf, 10, MSG_DONTWAIT));
	unpair();
}

static void messages(void)
{
	struct iovec v[3] = { { "gat", 3 }, { "", 0 }, { "hered", 5 } };
	struct msghdr msg = { .msg_iov = v, .msg_iovlen = 3 };
	socklen_t len = 100;
	struct sockaddr_un from;

	printf("-- messages\n");
	pair(SOCK_STREAM);
	SHOW(sendmsg(s[0], &msg, 0));
	v[0] = (struct iovec){ buf, 4 };
	v[1] = (struct iovec){ buf + 100, 100 };
	msg.msg_iovlen = 2;
	msg.msg_flags = -1;
	SHOW(recvmsg(s[1], &msg, 0));
	printf("%.4s %.4s %x\n", buf, buf + 100, msg.msg_flags);
	SHOW(sendmsg(s[0], BAD, 0));
	SHOW(recvmsg(s[0], BAD, MSG_DONTWAIT));
	msg.msg_iovlen = 1025;
	SHOW(sendmsg(s[0], &msg, 0));
	msg.msg_iovlen = 1;
	msg.msg_iov = BAD;
	SHOW(sendmsg(s[0], &msg, 0));
	SHOW(send(s[0], "x", 1, 0));
	SHOW(recvfrom(s[1], buf, 10, 0, (struct sockaddr *)&from, &len));
	printf("name %d\n", (int)len);
	SHOW(send(s[0], "x", 1, 0));
	SHOW(recvfrom(s[1], buf, 10, 0, NULL, BAD));
	SHOW(send(0, "x", 1, 0));
	SHOW(send(-1, "x", 1, 0));
	SHOW(recv(999, buf, 1, 0));
	SHOW(shutdown(1, 0));
	unpair();
}

static void options(void)
{
	struct ucred cred;
	struct sockaddr_un name;
	int value = -1;
	socklen_t len = sizeof(value);

	printf("-- options\n");
	pair(SOCK_SEQPACKET);
	SHOW(getsockopt(s[0], SOL_SOCKET, SO_TYPE, &value, &len));
	printf("%d %d\n", value, (int)len);
	SHOW(getsockopt(s[0], SOL_SOCKET, SO_DOMAIN, &value, &len));
	printf("%d\n", value);
	SHOW(getsockopt(s[0], SOL_SOCKET, SO_PROTOCOL, &value, &len));
	printf("%d\n", value);
	SHOW(getsockopt(s[0], SOL_SOCKET, SO_ERROR, &value, &len));
	printf("%d\n", value);
	SHOW(getsockopt(s[0], SOL_SOCKET, SO_ACCEPTCONN, &value, &len));
	printf("%d\n", value);
	SHOW(getsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &value, &len));
	printf("%d\n", value);
	value = 10000;
	SHOW(setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &value, sizeof(value)));
	SHOW(getsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &value, &len));
	printf("%d\n", value);
	value = 1;
	SHOW(setsockopt(s[0], SOL_SOCKET, SO_RCVBUF, &value, sizeof(value)));
	SHOW(getsockopt(s[0], SOL_SOCKET, SO_RCVBUF, &value, &len));
	printf("%d\n", value);
	value = 10000000;
	SHOW(setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &value, sizeof(value)));
	SHOW(getsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &value, &len));
	printf("%d\n", value);
	SHOW(setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &value, 3));
	SHOW(setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, BAD, 4));
	SHOW(setsockopt(s[0], SOL_SOCKET, 9999, &value, 4));
	SHOW(getsockopt(s[0], SOL_SOCKET, 9999, &value, &len));
	SHOW(getsockopt(s[0], 77, SO_TYPE, &value, &len));
	SHOW(setsockopt(s[0], 77, SO_TYPE, &value, 4));
	SHOW(setsockopt(s[0], 77, SO_TYPE, &value, 0));
	SHOW(setsockopt(-1, SOL_SOCKET, SO_SNDBUF, &value, -1));
	SHOW(setsockopt(-1, SOL_SOCKET, SO_SNDBUF, &value, 0));
	len = 2;
	SHOW(getsockopt(s[0], SOL_SOCKET, SO_TYPE, &value, &len));
	printf("%d\n", (int)len);
	len = (socklen_t)-1;
	SHOW(getsockopt(s[0], SOL_SOCKET, SO_TYPE, &value, &len));
	SHOW(getsockopt(s[0], SOL_SOCKET, SO_TYPE, &value, BAD));
	len = sizeof(cred);
	SHOW(getsockopt(s[0], SOL_SOCKET, SO_PEERCRED, &cred, &len));
	printf("%d %d %d\n", cred.pid == getpid(), cred.uid, cred.gid);
	len = sizeof(name);
	SHOW(getsockname(s[0], (struct sockaddr *)&name, &len));
	printf("%d %d\n", (int)len, name.sun_family);
	len = sizeof(name);
	SHOW(getpeername(s[0], (struct sockaddr *)&name, &len));
	printf("%d %d\n", (int)len, name.sun_family);
	SHOW(getsockname(s[0], BAD, &len));
	SHOW(getsockname(1, (struct sockaddr *)&name, &len));
	unpair();
}

/* ---------------------------------------------------------------- waiting */

static void *write_much(void *unused)
{
	static char much[1000000];
	long done = 0, n;

	(void)unused;
	for (unsigned int i = 0; i < sizeof(much); i++)
		much[i] = (char)(i * 7 >> 3);
	while (done < (long)sizeof(much) &&
	       (n = write(s[0], much + done, sizeof(much) - (size_t)done)) > 0)
		done += n;
	close(s[0]);
	return NULL;
}

static void waiting(void)
{
	long got = 0, n, wrong = 0;
	pthread_t t;
	int status;
	pid_t pid;

	printf("-- waiting\n");
	pair(SOCK_STREAM);
	pthread_create(&t, NULL, write_much, NULL);
	while ((n = recv(s[1], buf, 777, MSG_WAITALL)) > 0)
		for (long i = 0; i < n; i++, got++)
			wrong += buf[i] != (char)(got * 7 >> 3);
	pthread_join(t, NULL);
	printf("%ld bytes, %ld of them wrong\n", got, wrong);
	close(s[1]);
	pair(SOCK_SEQPACKET);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		close(s[0]);
		while ((n = read(s[1], buf, 100)) > 0)
			got += n;
		_exit((int)(got - 1000000));
	}
	close(s[1]);
	for (int i = 0; i < 10; i++)
		(void)!write(s[0], "packets", 7);
	close(s[0]);
	waitpid(pid, &status, 0);
	printf("another process: %d\n", WEXITSTATUS(status));
	pair(SOCK_STREAM);
	pid = fork();
	if (!pid) {
		usleep(50000);
		kill(getppid(), SIGUSR1);
		_exit(0);
	}
	SHOW(read(s[0], buf, 1));
	waitpid(pid, &status, 0);
	unpair();
}

static void watched(void)
{
	struct epoll_event e = { EPOLLIN | EPOLLRDHUP | EPOLLET, { 0 } };
	int ep = epoll_create1(0);

	printf("-- epoll\n");
	pair(SOCK_STREAM);
	SHOW(epoll_ctl(ep, EPOLL_CTL_ADD, s[0], &e));
	SHOW(epoll_wait(ep, &e, 1, 0));
	(void)!write(s[1], "x", 1);
	SHOW(epoll_wait(ep, &e, 1, 1000));
	printf("%x\n", e.events);
	SHOW(epoll_wait(ep, &e, 1, 0));
	close(s[1]);
	SHOW(epoll_wait(ep, &e, 1, 1000));
	printf("%x\n", e.events);
	close(s[0]);
	close(ep);
}

/* The other end hears of it when this one is closed, unless a call has kept it. */
#define GIVES_BACK(call)                                                        \
	do {                                                                    \
		long got_;                                                      \
                                                                                \
		pair(SOCK_STREAM);                                              \
		(void)!(call);                                                  \
		close(s[0]);                                                    \
		while ((got_ = recv(s[1], buf, sizeof(buf), MSG_DONTWAIT)) > 0) \
			;                                                       \
		printf("%s: %s\n", #call, got_ ? "kept" : "given back");        \
		close(s[1]);                                                    \
	} while (0)

static int wait_in_other(void *unused)
{
	(void)unused;
	return pause();
}

/* Descriptors are counted where another has them too. */
static void given_back(void)
{
	static char stack[16384];
	pid_t pid = clone(wait_in_other, stack + sizeof(stack), CLONE_FILES | SIGCHLD, NULL);
	struct iovec iov = { buf, 4 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct mmsghdr many = { .msg_hdr = msg };
	socklen_t len = sizeof(int);

	printf("-- given back\n");
	GIVES_BACK(send(s[0], "x", 1, 0));
	GIVES_BACK(send(s[0], BAD, 1, 0));
	GIVES_BACK(recv(s[0], buf, 1, MSG_DONTWAIT));
	GIVES_BACK(sendmsg(s[0], &msg, 0));
	GIVES_BACK(sendmsg(s[0], BAD, 0));
	GIVES_BACK(recvmsg(s[0], &msg, MSG_DONTWAIT));
	GIVES_BACK(recvmsg(s[0], BAD, MSG_DONTWAIT));
	GIVES_BACK(sendmmsg(s[0], &many, 1, 0));
	GIVES_BACK(recvmmsg(s[0], &many, 1, MSG_DONTWAIT, NULL));
	GIVES_BACK(write(s[0], "x", 1));
	GIVES_BACK(shutdown(s[0], SHUT_RD));
	GIVES_BACK(shutdown(s[0], 77));
	GIVES_BACK(getsockopt(s[0], SOL_SOCKET, SO_TYPE, buf, &len));
	GIVES_BACK(getsockopt(s[0], SOL_SOCKET, SO_TYPE, BAD, BAD));
	GIVES_BACK(setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &len, sizeof(len)));
	GIVES_BACK(setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &len, 0));
	GIVES_BACK(getsockname(s[0], (struct sockaddr *)buf, &len));
	GIVES_BACK(getpeername(s[0], (struct sockaddr *)buf, &len));
	GIVES_BACK(bind(s[0], BAD, 1));
	GIVES_BACK(listen(s[0], 1));
	GIVES_BACK(accept(s[0], NULL, NULL));
	GIVES_BACK(connect(s[0], BAD, 1));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

int main(void)
{
	struct sigaction act = { .sa_handler = count_sigpipe };

	setbuf(stdout, NULL);
	sigaction(SIGPIPE, &act, NULL);
	sigaction(SIGUSR1, &act, NULL);
	making();
	stream();
	fill();
	closing(SOCK_STREAM);
	closing(SOCK_SEQPACKET);
	closing(SOCK_DGRAM);
	shutting(SOCK_STREAM);
	shutting(SOCK_SEQPACKET);
	shutting(SOCK_DGRAM);
	packets(SOCK_SEQPACKET);
	packets(SOCK_DGRAM);
	messages();
	options();
	waiting();
	watched();
	given_back();
	return 0;
}
