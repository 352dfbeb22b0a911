/* SPDX-License-Identifier: MIT */
/* The calls of pointers.c, with arguments that are good; and what these are. */
#ifndef POINTERS_H
#define POINTERS_H

#include <asm/prctl.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/futex.h>
#include <linux/hpet.h>
#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/times.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

#define PAGE 4096UL

#define GOOD   0x400000000UL /* what the other arguments point to, 256 bytes each */
#define HOLDER (GOOD + 8 * 256)

/* ---------------------------------------------------------------- arguments */

/* A number, the value of a variable, or a pointer; which may lie in memory that is pointed to. */
struct arg {
	long value;
	const long *variable;
	const void *data;
	size_t size;
	const void *holder;
	size_t holder_size, offset;
};

#define N(number)                 \
	{                         \
		.value = (number) \
	}
#define VAR(name)                   \
	{                           \
		.variable = &(name) \
	}
#define IN(object)                                        \
	{                                                 \
		.data = &(object), .size = sizeof(object) \
	}
#define STR(text)                                    \
	{                                            \
		.data = (text), .size = sizeof(text) \
	}
#define OUT(bytes)              \
	{                       \
		.size = (bytes) \
	}
#define OF(type) OUT(sizeof(type))
/* What `form`'s pointer at `at` points to is in question. */
#define INSIDE(form, at, ...)                                                               \
	{                                                                                   \
		.holder = &(form), .holder_size = sizeof(form), .offset = (at), __VA_ARGS__ \
	}
#define LISTED(form, at, list, ...)                                             \
	{                                                                       \
		.holder = &(form), .holder_size = sizeof(form), .offset = (at), \
		.value = (long)(list), __VA_ARGS__                              \
	}

/* ---------------------------------------------------------------- what is good */

enum {
	FILE_FD = 10,
	DIR_FD,
	PIPE_IN,
	PIPE_OUT,
	EPOLL,
	EVENT,
	TIMER,
	SIGNAL,
	ZERO,
	NULL_FD,
	RANDOM,
	TEXT,
	BINARY,
	DISK,
	DIRECT,
	URING,
	TABLE,
	LINK,
	HPET,
	PIDFD,
	SOCKET,
	PEER
};

static long aio_context, timer_id, own_pid, shm_id;

/* Linux zeroes whole words or none: what is cut of 17 bytes is two of them. */
static const struct iovec vector = { .iov_len = 16 }, longer = { .iov_len = 17 };
static const uint64_t list[2];
static const char *const words[2] = { "pointers" };
static const uint64_t set = 1UL << (SIGUSR1 - 1), none;
static const struct timespec no_time;
static const struct timeval no_timeval;
static const struct timespec no_such_time = { .tv_nsec = -1 };
static const struct timeval no_such_timeval = { .tv_usec = -1 };
static const struct timespec two_times[2];
static const struct timeval two_timevals[2];
static const struct utimbuf utimes_zero;
static const struct itimerspec no_timer;
static const struct itimerval no_itimer;
static const struct timex no_change;
static const struct rlimit files_limit = { 1024, 4096 };
static const struct pollfd polled = { .fd = EVENT, .events = POLLIN };
static const uint64_t fd_set_of_event = 1UL << EVENT;
static const struct epoll_event event = { .events = EPOLLIN };
static const struct flock lock = { .l_type = F_RDLCK, .l_len = 1 };
static const struct f_owner_ex owner = { F_OWNER_TID, 0 };
static const uint64_t word = 1, zero;
static const uint32_t futex_word;
static const int zero_int;
static const gid_t groups[4] = { 0, 1, 2, 3 };
static const stack_t no_stack = { .ss_flags = SS_DISABLE };
static const uint64_t default_action[4];
static const siginfo_t queued = { .si_code = SI_QUEUE };
static const struct open_how how;
static const struct __user_cap_header_struct caps = { .version = _LINUX_CAPABILITY_VERSION_3 };
static const struct clone_args clone_arguments = { .exit_signal = SIGCHLD };
static const struct clone_args clone_tids = { .exit_signal = SIGCHLD,
					      .flags = CLONE_PARENT_SETTID };
static const struct clone_args clone_pidfd = { .exit_signal = SIGCHLD, .flags = CLONE_PIDFD };
static const struct clone_args clone_set_tid = { .exit_signal = SIGCHLD, .set_tid_size = 1 };
static const struct {
	uint32_t words[12];
} sched_attributes = { { 48 } };
static const struct sigevent no_event = { .sigev_notify = SIGEV_NONE };
static const struct io_uring_params ring;
static const struct iocb to_write = { .aio_lio_opcode = IOCB_CMD_PWRITE,
				      .aio_fildes = FILE_FD,
				      .aio_nbytes = 16 };
static const struct iocb to_read = { .aio_lio_opcode = IOCB_CMD_PREAD,
				     .aio_fildes = FILE_FD,
				     .aio_nbytes = 16 };
static const struct iocb to_readv = { .aio_lio_opcode = IOCB_CMD_PREADV,
				      .aio_fildes = FILE_FD,
				      .aio_nbytes = 1 };
static const struct iocb to_read_disk = { .aio_lio_opcode = IOCB_CMD_PREAD,
					  .aio_fildes = DIRECT,
					  .aio_nbytes = 512 };
static const uint64_t holder_list[2] = { HOLDER + 2 * 256 };
static const struct {
	const void *set;
	size_t size;
} signals_of_wait = { NULL, 8 };
static const struct sockaddr unix_address = { .sa_family = AF_UNIX };
static const int four = 4;
static const struct msghdr message = { .msg_iov = (void *)(HOLDER + 256), .msg_iovlen = 1 };
static const struct msghdr with_name = { .msg_namelen = sizeof(unix_address) };
static const struct futex_waitv waiter = { .val = 1, .flags = FUTEX_32 | FUTEX_PRIVATE_FLAG };
static struct termios terminal;
static struct winsize window;
static struct msghdr received;
static char sixteen[16] = "sixteen bytes..", half_kilobyte[512];

/* ---------------------------------------------------------------- the calls */

enum form {
	NUMBER, /* what it gives back is the same anywhere */
	SOME,	/* it is not */
	NEW_FD,
	CHILD,	 /* it returns twice */
	REPLACE, /* it does not return where it goes well */
	FILES,	 /* it changes files */
	WAKE,	 /* a signal is pending */
	SUBMIT,	 /* its outcome comes later */
};

static const struct call {
	const char *name;
	long nr;
	enum form form;
	struct arg args[6];
} calls[] = {
#define C(name, form, ...)               \
	{                                \
#name, SYS_##name, form, \
		{                        \
			__VA_ARGS__      \
		}                        \
	}
	/* data in and out of each kind of file */
	C(read, NUMBER, N(FILE_FD), OUT(16), N(16)),
	C(read, NUMBER, N(PIPE_IN), OUT(16), N(16)),
	C(read, NUMBER, N(EVENT), OUT(8), N(8)),
	C(read, NUMBER, N(TIMER), OUT(8), N(8)),
	C(read, NUMBER, N(ZERO), OUT(17), N(17)),
	C(read, NUMBER, N(RANDOM), OUT(16), N(16)),
	C(read, NUMBER, N(TEXT), OUT(16), N(16)),
	C(read, NUMBER, N(BINARY), OUT(16), N(16)),
	C(read, NUMBER, N(TABLE), OUT(16), N(16)),
	C(read, NUMBER, N(DISK), OUT(16), N(16)),
	C(read, NUMBER, N(DIRECT), OUT(512), N(512)),
	C(read, NUMBER, N(DIR_FD), OUT(16), N(16)),
	C(write, NUMBER, N(FILE_FD), IN(sixteen), N(16)),
	C(write, NUMBER, N(PIPE_OUT), IN(sixteen), N(16)),
	C(write, NUMBER, N(EVENT), IN(word), N(8)),
	C(write, NUMBER, N(NULL_FD), IN(sixteen), N(16)),
	C(write, NUMBER, N(RANDOM), IN(sixteen), N(16)),
	C(write, NUMBER, N(DISK), IN(sixteen), N(16)),
	C(write, NUMBER, N(DIRECT), IN(half_kilobyte), N(512)),
	C(pread64, NUMBER, N(FILE_FD), OUT(16), N(16), N(8)),
	C(pread64, NUMBER, N(DISK), OUT(16), N(16), N(8)),
	C(pwrite64, NUMBER, N(FILE_FD), IN(sixteen), N(16), N(8)),
	C(readv, NUMBER, N(FILE_FD), IN(vector), N(1)),
	C(readv, NUMBER, N(FILE_FD), INSIDE(vector, 0, .size = 16), N(1)),
	C(readv, NUMBER, N(ZERO), INSIDE(longer, 0, .size = 17), N(1)),
	C(readv, NUMBER, N(PIPE_IN), INSIDE(vector, 0, .size = 16), N(1)),
	C(writev, NUMBER, N(FILE_FD), IN(vector), N(1)),
	C(writev, NUMBER, N(FILE_FD), INSIDE(vector, 0, .size = 16), N(1)),
	C(writev, NUMBER, N(PIPE_OUT), INSIDE(vector, 0, .size = 16), N(1)),
	C(preadv, NUMBER, N(FILE_FD), INSIDE(vector, 0, .size = 16), N(1)),
	C(preadv, NUMBER, N(FILE_FD), IN(vector), N(1)),
	C(pwritev, NUMBER, N(FILE_FD), INSIDE(vector, 0, .size = 16), N(1)),
	C(pwritev, NUMBER, N(FILE_FD), IN(vector), N(1)),
	C(preadv2, NUMBER, N(FILE_FD), INSIDE(vector, 0, .size = 16), N(1)),
	C(preadv2, NUMBER, N(FILE_FD), IN(vector), N(1)),
	C(pwritev2, NUMBER, N(FILE_FD), INSIDE(vector, 0, .size = 16), N(1)),
	C(pwritev2, NUMBER, N(FILE_FD), IN(vector), N(1)),
	C(process_vm_readv, NUMBER, VAR(own_pid), INSIDE(vector, 0, .size = 16), N(1),
	  INSIDE(vector, 0, .size = 16), N(1)),
	C(process_vm_readv, NUMBER, VAR(own_pid), IN(vector), N(1), IN(vector), N(1)),
	C(process_vm_writev, NUMBER, VAR(own_pid), INSIDE(vector, 0, .size = 16), N(1),
	  INSIDE(vector, 0, .size = 16), N(1)),
	C(sendfile, NUMBER, N(PIPE_OUT), N(FILE_FD), IN(zero), N(4)),
	C(copy_file_range, NUMBER, N(FILE_FD), IN(zero), N(FILE_FD), IN(word), N(1)),
	C(getdents, SOME, N(DIR_FD), OUT(200), N(200)),
	C(getdents64, SOME, N(DIR_FD), OUT(200), N(200)),

	/* names */
	C(open, NEW_FD, STR("old"), N(O_RDONLY)),
	C(openat, NEW_FD, N(DIR_FD), STR("old"), N(O_RDONLY)),
	C(openat2, NEW_FD, N(DIR_FD), STR("old"), IN(how), N(sizeof(how))),
	C(creat, NEW_FD, STR("old"), N(0644)),
	C(memfd_create, NEW_FD, STR("name"), N(0)),
	C(access, NUMBER, STR("old"), N(R_OK)),
	C(faccessat, NUMBER, N(DIR_FD), STR("old"), N(R_OK)),
	C(faccessat2, NUMBER, N(DIR_FD), STR("old"), N(R_OK)),
	C(stat, NUMBER, STR("old"), OF(struct stat)),
	C(lstat, NUMBER, STR("old"), OF(struct stat)),
	C(fstat, NUMBER, N(FILE_FD), OF(struct stat)),
	C(newfstatat, NUMBER, N(DIR_FD), STR("old"), OF(struct stat), N(0)),
	C(newfstatat, NUMBER, N(FILE_FD), STR(""), OF(struct stat), N(AT_EMPTY_PATH)),
	C(statx, NUMBER, N(DIR_FD), STR("old"), N(0), N(STATX_BASIC_STATS), OF(struct statx)),
	C(statfs, NUMBER, STR("old"), OF(struct statfs)),
	C(fstatfs, NUMBER, N(FILE_FD), OF(struct statfs)),
	C(truncate, FILES, STR("old"), N(3)),
	C(rename, FILES, STR("old"), STR("new")),
	C(renameat, FILES, N(DIR_FD), STR("old"), N(DIR_FD), STR("new")),
	C(renameat2, FILES, N(DIR_FD), STR("old"), N(DIR_FD), STR("new"), N(0)),
	C(mkdir, FILES, STR("new"), N(0755)),
	C(mkdirat, FILES, N(DIR_FD), STR("new"), N(0755)),
	C(rmdir, FILES, STR("empty")),
	C(link, FILES, STR("old"), STR("new")),
	C(linkat, FILES, N(DIR_FD), STR("old"), N(DIR_FD), STR("new"), N(0)),
	C(unlink, FILES, STR("old")),
	C(unlinkat, FILES, N(DIR_FD), STR("old"), N(0)),
	C(symlink, FILES, STR("old"), STR("new")),
	C(symlinkat, FILES, STR("old"), N(DIR_FD), STR("new")),
	C(readlink, NUMBER, STR("link"), OUT(3), N(16)),
	C(readlinkat, NUMBER, N(DIR_FD), STR("link"), OUT(3), N(16)),
	C(readlinkat, NUMBER, N(LINK), STR(""), OUT(3), N(16)),
	C(chmod, NUMBER, STR("old"), N(0644)),
	C(fchmodat, NUMBER, N(DIR_FD), STR("old"), N(0644)),
	C(chown, NUMBER, STR("old"), N(0), N(0)),
	C(lchown, NUMBER, STR("old"), N(0), N(0)),
	C(fchownat, NUMBER, N(DIR_FD), STR("old"), N(0), N(0), N(0)),
	C(mknod, FILES, STR("new"), N(S_IFIFO | 0644), N(0)),
	C(mknodat, FILES, N(DIR_FD), STR("new"), N(S_IFIFO | 0644), N(0)),
	C(utime, NUMBER, STR("old"), IN(utimes_zero)),
	C(utimes, NUMBER, STR("old"), IN(two_timevals)),
	C(futimesat, NUMBER, N(DIR_FD), STR("old"), IN(two_timevals)),
	C(utimensat, NUMBER, N(DIR_FD), STR("old"), IN(two_times), N(0)),
	C(chdir, NUMBER, STR(".")),
	C(chroot, NUMBER, STR("/")),
	C(getcwd, NUMBER, OUT(14), N(100)),
	C(mount, FILES, STR("none"), STR("folder"), STR("tmpfs"), N(0), STR("")),
	C(umount2, NUMBER, STR("folder"), N(0)),
	C(setxattr, NUMBER, STR("old"), STR("user.a"), IN(sixteen), N(16), N(0)),
	C(getxattr, NUMBER, STR("old"), STR("user.a"), OUT(16), N(16)),
	C(fgetxattr, NUMBER, N(FILE_FD), STR("user.a"), OUT(16), N(16)),
	C(listxattr, NUMBER, STR("old"), OUT(16), N(16)),
	C(removexattr, NUMBER, STR("old"), STR("user.a")),
	C(lsetxattr, NUMBER, STR("old"), STR("user.a"), IN(sixteen), N(16), N(0)),
	C(fsetxattr, NUMBER, N(FILE_FD), STR("user.a"), IN(sixteen), N(16), N(0)),
	C(lgetxattr, NUMBER, STR("old"), STR("user.a"), OUT(16), N(16)),
	C(llistxattr, NUMBER, STR("old"), OUT(16), N(16)),
	C(flistxattr, NUMBER, N(FILE_FD), OUT(16), N(16)),
	C(lremovexattr, NUMBER, STR("old"), STR("user.a")),
	C(fremovexattr, NUMBER, N(FILE_FD), STR("user.a")),
	C(execve, REPLACE, STR("/proc/self/exe"), IN(words), IN(list)),
	C(execve, REPLACE, STR("/proc/self/exe"), INSIDE(list, 0, .data = "a", .size = 2),
	  IN(list)),
	C(execve, REPLACE, STR("/proc/self/exe"), IN(words),
	  INSIDE(list, 0, .data = "A=B", .size = 4)),
	C(execveat, REPLACE, N(DIR_FD), STR("/proc/self/exe"), IN(words), IN(list), N(0)),

	/* descriptors */
	C(pipe, NUMBER, OUT(8)),
	C(pipe2, NUMBER, OUT(8), N(0)),
	C(fcntl, NUMBER, N(FILE_FD), N(F_GETLK), IN(lock)),
	C(fcntl, NUMBER, N(FILE_FD), N(F_SETLK), IN(lock)),
	C(fcntl, NUMBER, N(FILE_FD), N(F_OFD_GETLK), IN(lock)),
	C(fcntl, NUMBER, N(FILE_FD), N(F_SETOWN_EX), IN(owner)),
	C(fcntl, NUMBER, N(FILE_FD), N(F_GETOWN_EX), OF(owner)),
	C(ioctl, NUMBER, N(PIPE_IN), N(FIONREAD), OUT(4)),
	C(ioctl, NUMBER, N(FILE_FD), N(FIONBIO), IN(zero_int)),
	C(ioctl, NUMBER, N(1), N(TCGETS), OUT(36)),
	C(ioctl, NUMBER, N(1), N(TCSETS), { .data = &terminal, .size = 36 }),
	C(ioctl, NUMBER, N(1), N(TIOCGWINSZ), OF(window)),
	C(ioctl, NUMBER, N(1), N(TIOCSWINSZ), IN(window)),
	C(ioctl, NUMBER, N(1), N(TIOCOUTQ), OUT(4)),
	C(ioctl, NUMBER, N(1), N(TIOCGETD), OUT(4)),
	C(ioctl, NUMBER, N(DISK), N(BLKGETSIZE), OUT(8)),
	C(ioctl, NUMBER, N(DISK), N(BLKGETSIZE64), OUT(8)),
	C(ioctl, NUMBER, N(DISK), N(BLKSSZGET), OUT(4)),
	C(ioctl, NUMBER, N(DISK), N(BLKROGET), OUT(4)),
	C(ioctl, NUMBER, N(HPET), N(HPET_INFO), OF(struct hpet_info)),
	C(poll, NUMBER, IN(polled), N(1), N(0)),
	C(ppoll, NUMBER, IN(polled), N(1), IN(no_time), IN(none), N(8)),
	C(select, NUMBER, N(64), IN(fd_set_of_event), IN(zero), IN(zero), IN(no_timeval)),
	C(pselect6, NUMBER, N(64), IN(fd_set_of_event), IN(zero), IN(zero), IN(no_time),
	  INSIDE(signals_of_wait, 0, .data = &none, .size = 8)),
	C(pselect6, NUMBER, N(64), N(0), N(0), N(0), IN(no_time), IN(signals_of_wait)),
	C(epoll_ctl, NUMBER, N(EPOLL), N(EPOLL_CTL_MOD), N(EVENT), IN(event)),
	C(epoll_ctl, NUMBER, N(EPOLL), N(EPOLL_CTL_DEL), N(PIPE_IN), IN(event)),
	C(epoll_wait, NUMBER, N(EPOLL), OF(event), N(1), N(0)),
	C(epoll_pwait, NUMBER, N(EPOLL), OF(event), N(1), N(0), IN(none), N(8)),
	C(epoll_pwait2, NUMBER, N(EPOLL), OF(event), N(1), IN(no_time), IN(none), N(8)),
	C(signalfd, NEW_FD, N(-1), IN(none), N(8)),
	C(signalfd4, NEW_FD, N(-1), IN(none), N(8), N(0)),
	C(timerfd_settime, NUMBER, N(TIMER), N(0), IN(no_timer), OF(no_timer)),
	C(timerfd_gettime, NUMBER, N(TIMER), OF(no_timer)),
	C(pidfd_send_signal, NUMBER, N(PIDFD), N(SIGUSR2), IN(queued), N(0)),

	C(splice, NUMBER, N(FILE_FD), IN(zero), N(PIPE_OUT), N(0), N(4), N(0)),
	C(splice, NUMBER, N(PIPE_IN), N(0), N(FILE_FD), IN(zero), N(4), N(0)),
	C(vmsplice, NUMBER, N(PIPE_OUT), IN(vector), N(1), N(0)),
	C(vmsplice, NUMBER, N(PIPE_IN), INSIDE(vector, 0, .size = 16), N(1), N(0)),
	C(socketpair, NUMBER, N(AF_UNIX), N(SOCK_STREAM), N(0), OUT(8)),
	C(sendto, NUMBER, N(SOCKET), IN(sixteen), N(16), N(0), IN(unix_address),
	  N(sizeof(unix_address))),
	C(sendto, NUMBER, N(SOCKET), IN(sixteen), N(16), N(0), N(0), N(0)),
	C(recvfrom, NUMBER, N(SOCKET), OUT(16), N(16), N(MSG_PEEK), OF(unix_address), IN(four)),
	C(sendmsg, NUMBER, N(SOCKET), IN(message), N(0)),
	C(sendmsg, NUMBER, N(SOCKET), LISTED(vector, 0, &message, .data = sixteen, .size = 16),
	  N(0)),
	C(sendmsg, NUMBER, N(SOCKET),
	  INSIDE(message, offsetof(struct msghdr, msg_iov), .data = &vector, .size = 16), N(0)),
	C(sendmsg, NUMBER, N(SOCKET),
	  INSIDE(with_name, offsetof(struct msghdr, msg_name), .data = &unix_address,
		 .size = sizeof(unix_address)),
	  N(0)),
	C(recvmsg, NUMBER, N(SOCKET), IN(message), N(0)),
	C(recvmsg, NUMBER, N(SOCKET), LISTED(vector, 0, &received, .size = 16), N(MSG_PEEK)),
	C(getsockname, NUMBER, N(SOCKET), OF(unix_address), IN(four)),
	C(getpeername, NUMBER, N(SOCKET), OF(unix_address), IN(four)),
	C(getsockopt, NUMBER, N(SOCKET), N(SOL_SOCKET), N(SO_TYPE), OUT(4), IN(four)),
	C(setsockopt, NUMBER, N(SOCKET), N(SOL_SOCKET), N(SO_SNDBUF), IN(four), N(4)),

	/* asynchronous I/O */
	C(io_setup, NUMBER, N(4), IN(zero)),
	C(io_submit, SUBMIT, VAR(aio_context), N(1), IN(list)),
	C(io_submit, SUBMIT, VAR(aio_context), N(1),
	  INSIDE(list, 0, .data = &to_read, .size = sizeof(to_read))),
	C(io_submit, SUBMIT, VAR(aio_context), N(1),
	  LISTED(to_read, offsetof(struct iocb, aio_buf), holder_list, .size = 16)),
	C(io_submit, SUBMIT, VAR(aio_context), N(1),
	  LISTED(to_write, offsetof(struct iocb, aio_buf), holder_list, .data = sixteen,
		 .size = 16)),
	C(io_submit, SUBMIT, VAR(aio_context), N(1),
	  LISTED(to_readv, offsetof(struct iocb, aio_buf), holder_list, .data = &vector,
		 .size = sizeof(vector))),
	C(io_submit, SUBMIT, VAR(aio_context), N(1),
	  LISTED(to_read_disk, offsetof(struct iocb, aio_buf), holder_list, .size = 512)),
	C(io_cancel, NUMBER, VAR(aio_context), IN(to_read), OF(struct io_event)),
	C(io_getevents, NUMBER, VAR(aio_context), N(0), N(1), OF(struct io_event), IN(no_time)),
	C(io_pgetevents, NUMBER, VAR(aio_context), N(0), N(1), OF(struct io_event), IN(no_time),
	  INSIDE(signals_of_wait, 0, .data = &none, .size = 8)),
	C(io_uring_setup, NEW_FD, N(4), IN(ring)),
	C(io_uring_register, NUMBER, N(URING), N(IORING_REGISTER_BUFFERS), IN(vector), N(1)),
	C(io_uring_register, NUMBER, N(URING), N(IORING_REGISTER_BUFFERS),
	  INSIDE(vector, 0, .size = 16), N(1)),
	C(io_uring_register, NUMBER, N(URING), N(IORING_REGISTER_FILES), IN(zero_int), N(1)),
	C(io_uring_enter, NUMBER, N(URING), N(0), N(0), N(IORING_ENTER_GETEVENTS), IN(none), N(8)),

	/* signals */
	C(rt_sigaction, NUMBER, N(SIGUSR1), IN(default_action), OF(default_action), N(8)),
	C(rt_sigprocmask, NUMBER, N(SIG_BLOCK), IN(none), OUT(8), N(8)),
	C(rt_sigpending, NUMBER, OUT(8), N(8)),
	C(rt_sigtimedwait, NUMBER, IN(set), OF(siginfo_t), IN(no_time), N(8)),
	C(rt_sigtimedwait, WAKE, IN(set), OF(siginfo_t), IN(no_time), N(8)),
	C(rt_sigqueueinfo, NUMBER, VAR(own_pid), N(SIGUSR2), IN(queued)),
	C(rt_tgsigqueueinfo, NUMBER, VAR(own_pid), VAR(own_pid), N(SIGUSR2), IN(queued)),
	C(rt_sigsuspend, WAKE, IN(none), N(8)),
	C(sigaltstack, NUMBER, IN(no_stack), OF(no_stack)),
	C(read, WAKE, N(SIGNAL), OF(struct signalfd_siginfo), N(sizeof(struct signalfd_siginfo))),

	/* time */
	C(nanosleep, NUMBER, IN(no_time), OF(no_time)),
	C(clock_nanosleep, NUMBER, N(CLOCK_MONOTONIC), N(0), IN(no_time), OF(no_time)),
	C(clock_gettime, NUMBER, N(CLOCK_MONOTONIC), OF(no_time)),
	C(clock_getres, NUMBER, N(CLOCK_MONOTONIC), OF(no_time)),
	C(clock_settime, NUMBER, N(CLOCK_REALTIME), IN(no_such_time)),
	C(clock_adjtime, SOME, N(CLOCK_REALTIME), IN(no_change)),
	C(adjtimex, SOME, IN(no_change)),
	C(gettimeofday, NUMBER, OF(no_timeval), OUT(8)),
	C(settimeofday, NUMBER, IN(no_such_timeval), N(0)),
	C(time, SOME, OUT(8)),
	C(times, SOME, OF(struct tms)),
	C(getitimer, NUMBER, N(ITIMER_REAL), OF(no_itimer)),
	C(setitimer, NUMBER, N(ITIMER_REAL), IN(no_itimer), OF(no_itimer)),
	C(timer_create, NUMBER, N(CLOCK_MONOTONIC), IN(no_event), OUT(4)),
	C(timer_settime, NUMBER, VAR(timer_id), N(0), IN(no_timer), OF(no_timer)),
	C(timer_gettime, NUMBER, VAR(timer_id), OF(no_timer)),

	/* processes */
	C(clone, CHILD, N(SIGCHLD | CLONE_PARENT_SETTID), N(0), OUT(4), N(0), N(0)),
	C(clone, CHILD, N(SIGCHLD | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID), N(0), N(0), OUT(4),
	  N(0)),
	C(clone, CHILD, N(SIGCHLD | CLONE_PIDFD), N(0), OUT(4), N(0), N(0)),
	C(clone3, CHILD, IN(clone_arguments), N(sizeof(clone_arguments))),
	C(clone3, CHILD, INSIDE(clone_tids, offsetof(struct clone_args, parent_tid), .size = 4),
	  N(sizeof(clone_tids))),
	C(clone3, CHILD, INSIDE(clone_pidfd, offsetof(struct clone_args, pidfd), .size = 4),
	  N(sizeof(clone_pidfd))),
	C(clone3, CHILD,
	  INSIDE(clone_set_tid, offsetof(struct clone_args, set_tid), .data = &zero_int, .size = 4),
	  N(sizeof(clone_set_tid))),
	C(wait4, NUMBER, N(-1), OUT(4), N(WNOHANG), OF(struct rusage)),
	C(waitid, NUMBER, N(P_ALL), N(0), OF(siginfo_t), N(WNOHANG | WEXITED), OF(struct rusage)),
	C(set_tid_address, SOME, OUT(4)),
	C(set_robust_list, NUMBER, OUT(24), N(24)),
	C(get_robust_list, NUMBER, N(0), OUT(8), OUT(8)),
	C(futex, NUMBER, IN(futex_word), N(FUTEX_WAIT), N(1), IN(no_time)),
	C(futex, NUMBER, IN(futex_word), N(FUTEX_WAIT), N(0), IN(no_time)),
	C(futex, NUMBER, IN(futex_word), N(FUTEX_WAIT_PRIVATE), N(0), IN(no_time)),
	C(futex, NUMBER, IN(futex_word), N(FUTEX_WAKE), N(1)),
	C(futex, NUMBER, IN(futex_word), N(FUTEX_WAKE_PRIVATE), N(1)),
	C(futex, NUMBER, IN(futex_word), N(FUTEX_CMP_REQUEUE), N(1), N(1), IN(futex_word), N(0)),
	C(futex, NUMBER, IN(futex_word), N(FUTEX_WAKE_OP), N(1), N(1), IN(futex_word), N(0)),
	C(futex_waitv, NUMBER, IN(waiter), N(1), N(0), IN(no_time), N(CLOCK_MONOTONIC)),
	C(futex_waitv, NUMBER,
	  INSIDE(waiter, offsetof(struct futex_waitv, uaddr), .data = &futex_word, .size = 4), N(1),
	  N(0), N(0), N(0)),
	C(getrusage, NUMBER, N(RUSAGE_SELF), OF(struct rusage)),
	C(getrlimit, NUMBER, N(RLIMIT_NOFILE), OF(struct rlimit)),
	C(setrlimit, NUMBER, N(RLIMIT_NOFILE), IN(files_limit)),
	C(prlimit64, NUMBER, N(0), N(RLIMIT_NOFILE), IN(files_limit), OF(struct rlimit)),
	C(getresuid, NUMBER, OUT(4), OUT(4), OUT(4)),
	C(getresgid, NUMBER, OUT(4), OUT(4), OUT(4)),
	C(setgroups, NUMBER, N(4), IN(groups)),
	C(getgroups, NUMBER, N(4), OF(groups)),
	C(capget, NUMBER, IN(caps), OUT(24)),
	C(capset, NUMBER, IN(caps), OUT(24)),
	C(prctl, NUMBER, N(PR_SET_NAME), STR("pointers")),
	C(prctl, NUMBER, N(PR_GET_NAME), OUT(16)),
	C(prctl, NUMBER, N(PR_GET_PDEATHSIG), OUT(4)),
	C(prctl, NUMBER, N(PR_GET_TSC), OUT(4)),
	C(prctl, NUMBER, N(PR_GET_CHILD_SUBREAPER), OUT(4)),
	C(arch_prctl, NUMBER, N(ARCH_GET_FS), OUT(8)),
	C(arch_prctl, NUMBER, N(ARCH_GET_GS), OUT(8)),
	C(sched_setparam, NUMBER, N(0), IN(zero_int)),
	C(sched_getparam, NUMBER, N(0), OUT(4)),
	C(sched_setscheduler, NUMBER, N(0), N(0), IN(zero_int)),
	C(sched_rr_get_interval, NUMBER, N(0), OF(no_time)),
	C(sched_setaffinity, NUMBER, N(0), N(8), IN(word)),
	C(sched_getaffinity, NUMBER, N(0), N(8), OUT(8)),
	C(sched_setattr, NUMBER, N(0), IN(sched_attributes), N(0)),
	C(sched_getattr, NUMBER, N(0), OF(sched_attributes), N(48), N(0)),
	C(getcpu, NUMBER, OUT(4), OUT(4), N(0)),

	/* the system */
	C(uname, NUMBER, OF(struct utsname)),
	C(sysinfo, NUMBER, OF(struct sysinfo)),
	C(sethostname, NUMBER, STR("(none)"), N(6)),
	C(setdomainname, NUMBER, STR("(none)"), N(6)),
	C(getrandom, NUMBER, OUT(16), N(16), N(0)),
	C(syslog, SOME, N(3), OUT(400), N(4000)),

	/* memory: places, and what is said of them */
	C(mincore, NUMBER, N(GOOD), N(4096), OUT(1)),
	C(mprotect, NUMBER, OUT(PAGE), N(PAGE), N(PROT_READ)),
	C(madvise, NUMBER, OUT(PAGE), N(PAGE), N(MADV_DONTNEED)),
	C(msync, NUMBER, OUT(PAGE), N(PAGE), N(MS_SYNC)),
	C(mlock, NUMBER, OUT(PAGE), N(PAGE)),
	C(mlock2, NUMBER, OUT(PAGE), N(PAGE), N(0)),
	C(munlock, NUMBER, OUT(PAGE), N(PAGE)),
	C(mremap, SOME, OUT(PAGE), N(PAGE), N(PAGE), N(0)),
	C(munmap, NUMBER, OUT(PAGE), N(PAGE)),
	C(remap_file_pages, NUMBER, OUT(PAGE), N(PAGE), N(0), N(0), N(0)),
	C(shmctl, NUMBER, VAR(shm_id), N(IPC_STAT), OF(struct shmid_ds)),
	C(shmat, SOME, VAR(shm_id), OUT(PAGE), N(0)),
	C(shmdt, NUMBER, OUT(PAGE)),
};

#endif
