// SPDX-License-Identifier: MIT
/*
 * System calls at random, with structure: fuzz SECONDS [SEED [say]]
 *
 * Each argument has a kind (the letters below), and a kind mostly makes what a call would take
 * and now and then what it would not. Rounds of a second: some workers in sessions of their own,
 * each with a pool of open files and of memory; then all are killed and reaped, and what they
 * left is removed; what memory is free then is held against the first rounds'. A worker's seed is
 * the round's and its number. What would end the machine, or the one who looks, is not called:
 * reboot, signals to others, the console's own terminal, writing to RAM or to devices' registers.
 * "say": one worker, each call printed before it is done.
 *
 * It has no opinion on results: the kernel's own reports, a round that does not end and memory
 * that does not come back are what it looks for.
 */
#define _GNU_SOURCE
#include <asm/prctl.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/futex.h>
#include <linux/io_uring.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define WORKERS	  8
#define SEEDS	  100		/* of a round at the most */
#define POOL	  0x100000000UL /* memory that calls are given, and take away */
#define POOL_SIZE (8UL << 20)
#define SETTLED	  8    /* rounds until what is kept for later is kept */
#define SLACK_KB  6000 /* and goes up and down by */
#define NFD	  48
#define ARRAY(a)  (sizeof(a) / sizeof(*(a)))

#define UNUSED __attribute__((unused))

static uint64_t state;
static bool say;
static int fds[NFD];
static int children[8];
static int *forks;		   /* a worker's and its children's, shared */
static unsigned int *well, *badly; /* how often each call was done, shared by all */

static uint64_t rnd(void)
{
	uint64_t z = (state += 0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static uint64_t below(uint64_t n)
{
	return rnd() % n;
}

static bool one_in(uint64_t n)
{
	return below(n) == 0;
}

#define PICK(a) ((a)[below(ARRAY(a))])

/* ---------------------------------------------------------------- kinds of arguments */

static const uint64_t wild[] = {
	0,
	1,
	-1UL,
	-2UL,
	0xfff,
	0x1000,
	0x7fffffff,
	0x80000000,
	0xffffffff,
	0x7fffffffffffffff,
	1UL << 63,
	0x7fffffffe000,
	0x7ffffffff000,
	0x7fffffffffff,
	0x800000000000,
	0xffff800000000000,
	0xffff888000000000,
	0xffffffff80000000,
	0xffffc90000000000,
	0xffffea0000000000,
	0xffffffffff600000,
	-4096UL,
	-8UL,
	-100UL,
	1UL << 32,
	0x100000000000,
	0xdeadbeefcafebabe,
};

static uint64_t flags_of(const uint64_t *set, size_t n)
{
	uint64_t out = 0;

	for (int i = below(4); i >= 0; i--)
		out |= set[below(n)];
	return one_in(30) ? out ^ (1UL << below(64)) : out;
}
#define FLAGS(a) flags_of(a, ARRAY(a))

static const uint64_t opens[] = { O_RDONLY,    O_WRONLY,   O_RDWR,    O_RDWR,	  O_CREAT,
				  O_EXCL,      O_TRUNC,	   O_APPEND,  O_NONBLOCK, O_DIRECT,
				  O_DIRECTORY, O_NOFOLLOW, O_CLOEXEC, O_PATH,	  O_TMPFILE,
				  O_SYNC,      O_NOCTTY };
static const uint64_t types[] = { MAP_PRIVATE, MAP_PRIVATE, MAP_SHARED, MAP_SHARED,
				  MAP_SHARED_VALIDATE };
static const uint64_t maps[] = { 0,
				 0,
				 MAP_ANONYMOUS,
				 MAP_ANONYMOUS,
				 MAP_FIXED,
				 MAP_FIXED,
				 MAP_FIXED_NOREPLACE,
				 MAP_POPULATE,
				 MAP_GROWSDOWN,
				 MAP_STACK,
				 MAP_NORESERVE,
				 MAP_LOCKED,
				 MAP_NONBLOCK,
				 MAP_32BIT,
				 MAP_HUGETLB };
static const uint64_t advices[] = { 0,	1,  2,	3,  4,	4,  4,	8,  8,	9,  10, 11, 12,	 13,
				    14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 100, 101 };
static const uint64_t futexes[] = { 0,	1,  2,	 3,   4,   5,	6,   7,	  8,   9,   10, 11,
				    12, 13, 128, 129, 131, 132, 133, 137, 138, 256, 384 };
static const uint64_t fcntls[] = { F_DUPFD,	 F_DUPFD_CLOEXEC, F_GETFD,     F_SETFD,
				   F_GETFL,	 F_SETFL,	  F_GETLK,     F_SETLK,
				   F_SETLKW,	 F_GETOWN,	  F_SETSIG,    F_GETSIG,
				   F_GETPIPE_SZ, F_SETPIPE_SZ,	  F_ADD_SEALS, F_GET_SEALS,
				   F_SETLEASE,	 F_GETLEASE,	  F_NOTIFY,    F_OFD_SETLK,
				   F_OFD_GETLK,	 F_GETOWN_EX,	  1036,	       1037 };
static const uint64_t ioctls[] = {
	TCGETS,	    TCSETS,	TCSETSW,  TCSETSF,    TCSBRK,	  TCXONC,     TCFLSH,	  TIOCSCTTY,
	TIOCGPGRP,  TIOCSPGRP,	TIOCOUTQ, TIOCSTI,    TIOCGWINSZ, TIOCSWINSZ, FIONREAD,	  TIOCNOTTY,
	TIOCSETD,   TIOCGETD,	FIONBIO,  FIOASYNC,   FIOCLEX,	  FIONCLEX,   TIOCGSID,	  TIOCMGET,
	TIOCMSET,   TIOCEXCL,	0x1260,	  0x1261,     0x1263,	  0x1268,     0x80081272, 0x1277,
	0x127f,	    0x6801,	0x6802,	  0x80186803, 0x6804,	  0x6805,     0x40086806, 0x5413,
	0x80045200, 0x40045201, 0x5206
};
static const uint64_t clocks[] = {
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 16, -2UL, -6UL, -10UL
};
static const uint64_t waits[] = { 0,	   WNOHANG, WNOHANG, WUNTRACED, WCONTINUED,
				  WEXITED, WNOWAIT, __WALL,  __WCLONE,	__WNOTHREAD };
static const uint64_t atflags[] = { 0,
				    0,
				    AT_SYMLINK_NOFOLLOW,
				    AT_REMOVEDIR,
				    AT_EMPTY_PATH,
				    AT_SYMLINK_FOLLOW,
				    AT_NO_AUTOMOUNT,
				    AT_EACCESS,
				    0x2000,
				    0x4000,
				    1,
				    2,
				    4 };
static const uint64_t newfds[] = { 0, 0, O_NONBLOCK, O_CLOEXEC, O_DIRECT, 1, 2, EFD_SEMAPHORE };
static const uint64_t remaps[] = { 0, 1, 1, 3, 3, 4, 5, 7 };
static const uint64_t rwfs[] = { 0, 0, 1, 2, 4, 8, 16 };
static const uint64_t fallocs[] = { 0, 0, 1, 2, 3, 8, 16, 17, 32, 64 };
static const uint64_t prctls[] = { 1,  2,  3,  4,  5,  7,  8,  13, 14, 15, 16, 21, 22,
				   23, 24, 25, 26, 27, 28, 29, 30, 33, 34, 35, 36, 37,
				   38, 39, 40, 41, 42, 47, 50, 51, 52, 53, 59, 62, 0x53564d41 };
static const uint64_t arches[] = { ARCH_GET_FS, ARCH_GET_GS, ARCH_SET_GS, ARCH_GET_FS,
				   0x1011,	0x1012,	     0x1021,	  0x1022 };
static const uint64_t members[] = { 0, 1, 2, 4, 8, 16, 32, 64, 128 };
static const uint64_t clones[] = { 0,
				   0,
				   CLONE_VM,
				   CLONE_FS,
				   CLONE_FILES,
				   CLONE_SIGHAND,
				   CLONE_VFORK,
				   CLONE_PARENT,
				   CLONE_THREAD,
				   CLONE_SYSVSEM,
				   CLONE_PARENT_SETTID,
				   CLONE_CHILD_CLEARTID,
				   CLONE_CHILD_SETTID,
				   CLONE_IO,
				   CLONE_VM | CLONE_SIGHAND | CLONE_THREAD,
				   CLONE_NEWNS,
				   CLONE_DETACHED,
				   CLONE_UNTRACED,
				   CLONE_PIDFD };
static const uint64_t seals[] = { 0, 1, 2, 4, 8 };

static const char *const paths[] = { "a",
				     "b",
				     "c",
				     "d",
				     "d/e",
				     "d/f",
				     "l",
				     "m",
				     ".",
				     "..",
				     "/",
				     "",
				     "a/b",
				     "d/",
				     "/proc/self/maps",
				     "/proc/self/status",
				     "/proc/self/fd",
				     "/proc/self/pagemap",
				     "/proc/meminfo",
				     "/proc/interrupts",
				     "/proc/self/smaps",
				     "/proc/self/auxv",
				     "/proc/iomem",
				     "/proc/slabinfo",
				     "/sys/bus/pci/devices",
				     "/dev/null",
				     "/dev/zero",
				     "/dev/full",
				     "/dev/random",
				     "/proc/thread-self/stat",
				     "/proc/1/maps",
				     "/proc/vmallocinfo",
				     "/dev/ttyS1",
				     "/dev/vda",
				     "/dev/hpet",
				     "/proc/self/cwd",
				     "/proc/stat",
				     "/proc/self/task",
				     "/bin/busybox",
				     "/proc/self/exe" };
static const char *const works[] = { "a", "b", "c", "d",   "d/e", "d/f",
				     "l", "m", ".", "a/b", "d/",  "" };

static uint64_t pool_address(void)
{
	static const uint64_t ends[] = { 0,	    0, 0,  4096 - 1, 4096 - 4, 4096 - 8,
					 4096 - 16, 8, 16, 64,	     512,      2048 };

	return POOL + below(POOL_SIZE / 4096) * 4096 + PICK(ends);
}

static uint64_t number(void)
{
	switch (below(6)) {
	case 0:
		return PICK(wild);
	case 1:
		return 1UL << below(64);
	case 2:
		return below(5000);
	case 3:
		return -below(5000);
	default:
		return below(16);
	}
}

static uint64_t some_fd(void)
{
	if (one_in(20))
		return number();
	return one_in(3) ? 3 + below(64) : (uint64_t)fds[below(NFD)];
}

static int some_pid(void)
{
	switch (below(6)) {
	case 0:
		return 0;
	case 1:
		return getpid();
	case 2:
		return syscall(SYS_gettid);
	case 3:
		return 0x3fffff;
	default:
		return children[below(ARRAY(children))];
	}
}

static int some_signal(void)
{
	static const int quiet[] = { SIGCHLD, SIGURG, SIGWINCH, SIGUSR1, SIGUSR2, SIGIO,
				     SIGCONT, 34,     40,	64,	 0 };

	return one_in(40) ? (int)below(70) : PICK(quiet);
}

/* A buffer in the pool that may be written here: the pool has holes by and by. */
static void *memory(size_t size)
{
	char *p = (char *)pool_address();
	char resident;

	for (size_t offset = 0; offset <= size; offset += 4096)
		if (mincore((void *)((uintptr_t)(p + offset) & -4096UL), 4096, (void *)&resident))
			mmap((void *)((uintptr_t)(p + offset) & -4096UL), 4096,
			     PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
			     0);
	mprotect((void *)((uintptr_t)p & -4096UL), (size + 8191) & -4096UL, PROT_READ | PROT_WRITE);
	return p;
}

static uint64_t word(void)
{
	switch (below(6)) {
	case 0:
		return 0;
	case 1:
		return pool_address();
	case 2:
		return some_fd();
	case 3:
		return below(1 << 20);
	case 4:
		return below(64) | below(64) << 32;
	default:
		return number();
	}
}

static uint64_t words(void)
{
	uint64_t *p = memory(128);

	for (int i = 0; i < 16; i++)
		p[i] = word();
	return (uint64_t)p;
}

static uint64_t times(bool pair)
{
	int64_t *p = memory(32);

	for (int i = 0; i < (pair ? 2 : 1); i++) {
		p[2 * i] = one_in(10) ? number() : 0;
		p[2 * i + 1] = one_in(10) ? number() : below(3000);
	}
	return (uint64_t)p;
}

static uint64_t vectors(void)
{
	struct iovec *v = memory(8 * sizeof(*v));

	for (int i = 0; i < 8; i++) {
		v[i].iov_base = (void *)(one_in(12) ? number() : pool_address());
		v[i].iov_len = one_in(12) ? number() : below(3) ? below(600) : below(8) * 512;
	}
	return (uint64_t)v;
}

static uint64_t path_of(const char *const *set, size_t n)
{
	char *p = memory(64);

	if (one_in(25))
		return number();
	strcpy(p, set[below(n)]);
	return (uint64_t)p;
}

static uint64_t length(void)
{
	switch (below(8)) {
	case 0:
		return number();
	case 1:
		return 512 << below(6);
	case 2:
		return 0;
	case 3:
		return below(64) * 8;
	default:
		return below(9000);
	}
}

static void on_signal(int sig UNUSED)
{
}

static uint64_t action(void)
{
	uint64_t *p = memory(32);
	struct sigaction mine;
	uint64_t kernels[4];

	/* libc's own restorer, as the kernel gives it back */
	mine.sa_handler = on_signal;
	mine.sa_flags = 0;
	sigemptyset(&mine.sa_mask);
	sigaction(SIGURG, &mine, NULL);
	syscall(SYS_rt_sigaction, SIGURG, NULL, kernels, 8);
	memcpy(p, kernels, sizeof(kernels));
	if (one_in(3))
		p[0] = one_in(4) ? number() : below(2);
	p[1] |= 1UL << (below(2) ? below(32) : 28);
	p[3] = rnd() & rnd();
	return (uint64_t)p;
}

static uint64_t argument(char kind)
{
	if (one_in(40) && !strchr("dg", kind))
		return one_in(3) ? rnd() : PICK(wild);
	switch (kind) {
	case 'f':
		return some_fd();
	case 'p':
		return path_of(paths, ARRAY(paths));
	case 'w':
		return path_of(works, ARRAY(works));
	case 'b':
		return one_in(10) ? number() : pool_address();
	case 'n':
		return length();
	case 'i':
		return one_in(8) ? number() : below(8);
	case 'x':
		return number();
	case 'a':
		return one_in(8) ? PICK(wild) : pool_address() & -4096UL;
	case 'l':
		return one_in(8) ? length() : (1 + below(1UL << below(10))) * 4096;
	case 's':
		return one_in(8) ? pool_address() : words();
	case 't':
		return one_in(4) ? 0 : times(false);
	case 'T':
		return times(true);
	case 'v':
		return vectors();
	case 'g':
		return some_signal();
	case 'd':
		return some_pid();
	case 'k':
		return one_in(10) ? number() : 8;
	case 'o':
		return one_in(6) ? number() : below(32) * 512;
	case 'P':
		return one_in(10) ? number() : below(8);
	case 'm':
		return one_in(4) ? number() : 0700 | below(0777);
	case 'A':
		return one_in(2) ? (uint64_t)AT_FDCWD : some_fd();
	case 'c':
		return action();
	case '0':
		return 0;
	case 'O':
		return FLAGS(opens);
	case 'M':
		return PICK(types) | FLAGS(maps);
	case 'D':
		return PICK(advices);
	case 'U':
		return PICK(futexes);
	case 'C':
		return PICK(fcntls);
	case 'I':
		return PICK(ioctls);
	case 'L':
		return PICK(clocks);
	case 'W':
		return FLAGS(waits);
	case 'S':
		return FLAGS(atflags);
	case 'N':
		return FLAGS(newfds);
	case 'Z':
		return PICK(remaps);
	case 'V':
		return PICK(rwfs);
	case 'X':
		return PICK(fallocs);
	case 'G':
		return PICK(prctls);
	case 'Y':
		return PICK(arches);
	case 'B':
		return PICK(members);
	case 'E':
		return FLAGS(seals);
	default:
		return number();
	}
}

/* ---------------------------------------------------------------- the calls */

static const struct call {
	const char *name;
	long nr;
	const char *kinds;
} calls[] = {
#define C(name, kinds)                   \
	{                                \
#name, SYS_##name, kinds \
	}
	C(read, "fbn"),
	C(read, "fbn"),
	C(write, "fbn"),
	C(write, "fbn"),
	C(open, "pOm"),
	C(open, "wOm"),
	C(close, "f"),
	C(stat, "ps"),
	C(fstat, "fs"),
	C(lstat, "ps"),
	C(poll, "sii"),
	C(lseek, "foi"),
	C(mmap, "alPMfo"),
	C(mmap, "alPMfo"),
	C(mmap, "alPMfo"),
	C(mprotect, "alP"),
	C(mprotect, "alP"),
	C(munmap, "al"),
	C(munmap, "al"),
	C(brk, "a"),
	C(rt_sigaction, "gcsk"),
	C(rt_sigprocmask, "issk"),
	C(ioctl, "fIs"),
	C(ioctl, "fIs"),
	C(pread64, "fbno"),
	C(pwrite64, "fbno"),
	C(readv, "fvi"),
	C(writev, "fvi"),
	C(access, "pi"),
	C(pipe, "b"),
	C(select, "isssT"),
	C(sched_yield, ""),
	C(mremap, "allZa"),
	C(mremap, "allZa"),
	C(msync, "ali"),
	C(mincore, "alb"),
	C(madvise, "alD"),
	C(madvise, "alD"),
	C(dup, "f"),
	C(dup2, "ff"),
	C(nanosleep, "tb"),
	C(getitimer, "ib"),
	C(alarm, "i"),
	C(setitimer, "iTb"),
	C(getpid, ""),
	C(sendfile, "ffsn"),
	C(wait4, "dbWb"),
	C(kill, "dg"),
	C(uname, "b"),
	C(fcntl, "fCs"),
	C(fcntl, "fCi"),
	C(flock, "fi"),
	C(fsync, "f"),
	C(fdatasync, "f"),
	C(truncate, "wo"),
	C(ftruncate, "fo"),
	C(getdents, "fbn"),
	C(getcwd, "bn"),
	C(chdir, "w"),
	C(fchdir, "f"),
	C(rename, "ww"),
	C(mkdir, "wm"),
	C(rmdir, "w"),
	C(creat, "wm"),
	C(link, "ww"),
	C(unlink, "w"),
	C(symlink, "pw"),
	C(readlink, "pbn"),
	C(chmod, "wm"),
	C(fchmod, "fm"),
	C(chown, "wii"),
	C(fchown, "fii"),
	C(lchown, "wii"),
	C(umask, "m"),
	C(gettimeofday, "bb"),
	C(getrlimit, "ib"),
	C(getrusage, "ib"),
	C(sysinfo, "b"),
	C(times, "b"),
	C(getuid, ""),
	C(setpgid, "dd"),
	C(getppid, ""),
	C(getpgrp, ""),
	C(setsid, ""),
	C(setreuid, "ii"),
	C(setregid, "ii"),
	C(getgroups, "ib"),
	C(setgroups, "is"),
	C(setresuid, "iii"),
	C(getresuid, "bbb"),
	C(getpgid, "d"),
	C(setfsuid, "i"),
	C(getsid, "d"),
	C(capget, "ss"),
	C(capset, "ss"),
	C(rt_sigpending, "bk"),
	C(rt_sigtimedwait, "sbtk"),
	C(rt_sigqueueinfo, "dgs"),
	C(rt_tgsigqueueinfo, "ddgs"),
	C(rt_sigsuspend, "sk"),
	C(sigaltstack, "sb"),
	C(utime, "ws"),
	C(mknod, "wmi"),
	C(personality, "i"),
	C(statfs, "pb"),
	C(fstatfs, "fb"),
	C(getpriority, "id"),
	C(setpriority, "idi"),
	C(sched_setparam, "ds"),
	C(sched_getparam, "db"),
	C(sched_setscheduler, "dis"),
	C(sched_getscheduler, "d"),
	C(sched_get_priority_max, "i"),
	C(sched_rr_get_interval, "db"),
	C(mlock, "al"),
	C(munlock, "al"),
	C(mlockall, "i"),
	C(munlockall, ""),
	C(prctl, "Gsiii"),
	C(arch_prctl, "Ys"),
	C(adjtimex, "b"),
	C(setrlimit, "is"),
	C(chroot, "w"),
	C(sync, ""),
	C(mount, "pwpis"),
	C(umount2, "wi"),
	C(gettid, ""),
	C(readahead, "foi"),
	C(setxattr, "wpbni"),
	C(getxattr, "pbbn"),
	C(fgetxattr, "fbbn"),
	C(listxattr, "pbn"),
	C(tkill, "dg"),
	C(time, "b"),
	C(futex, "sUitsi"),
	C(futex, "sUitsi"),
	C(sched_setaffinity, "dks"),
	C(sched_getaffinity, "dkb"),
	C(io_setup, "is"),
	C(io_destroy, "s"),
	C(io_getevents, "siist"),
	C(io_submit, "sis"),
	C(io_cancel, "sss"),
	C(remap_file_pages, "aliii"),
	C(getdents64, "fbn"),
	C(set_tid_address, "b"),
	C(restart_syscall, ""),
	C(fadvise64, "fnoi"),
	C(clock_gettime, "Lb"),
	C(clock_getres, "Lb"),
	C(clock_nanosleep, "Litb"),
	C(epoll_create, "i"),
	C(epoll_wait, "fsii"),
	C(epoll_ctl, "fifs"),
	C(epoll_ctl, "fifs"),
	C(tgkill, "ddg"),
	C(utimes, "wT"),
	C(waitid, "idbWb"),
	C(openat, "ApOm"),
	C(openat, "AwOm"),
	C(mkdirat, "Awm"),
	C(mknodat, "Awmi"),
	C(fchownat, "AwiiS"),
	C(futimesat, "AwT"),
	C(newfstatat, "ApbS"),
	C(unlinkat, "AwS"),
	C(renameat, "AwAw"),
	C(linkat, "AwAwS"),
	C(symlinkat, "pAw"),
	C(readlinkat, "Apbn"),
	C(fchmodat, "Awm"),
	C(faccessat, "Api"),
	C(pselect6, "issst0"),
	C(ppoll, "sitsk"),
	C(set_robust_list, "bn"),
	C(get_robust_list, "dbb"),
	C(utimensat, "AwTS"),
	C(epoll_pwait, "fsiisk"),
	C(timerfd_create, "LN"),
	C(eventfd, "i"),
	C(fallocate, "fXon"),
	C(timerfd_settime, "fiTb"),
	C(timerfd_gettime, "fb"),
	C(eventfd2, "iN"),
	C(epoll_create1, "N"),
	C(dup3, "ffN"),
	C(pipe2, "bN"),
	C(preadv, "fvio"),
	C(pwritev, "fvio"),
	C(prlimit64, "disb"),
	C(syncfs, "f"),
	C(getcpu, "bbb"),
	C(process_vm_readv, "dvivi0"),
	C(process_vm_writev, "dvivi0"),
	C(sched_setattr, "dsi"),
	C(sched_getattr, "dbni"),
	C(renameat2, "AwAwi"),
	C(getrandom, "bni"),
	C(memfd_create, "pi"),
	C(execveat, "ApssS"),
	C(membarrier, "Bi"),
	C(mlock2, "ali"),
	C(copy_file_range, "fsfsni"),
	C(preadv2, "fviooV"),
	C(pwritev2, "fviooV"),
	C(pkey_mprotect, "alPi"),
	C(pkey_alloc, "ii"),
	C(pkey_free, "i"),
	C(statx, "ApSib"),
	C(io_pgetevents, "siists"),
	C(io_uring_setup, "is"),
	C(io_uring_enter, "fiiisk"),
	C(io_uring_register, "fisi"),
	C(close_range, "xxi"),
	C(openat2, "Awsn"),
	C(faccessat2, "ApiS"),
	C(epoll_pwait2, "fsitsk"),
	C(sync_file_range, "fooi"),
	C(execve, "pss"),
	C(splice, "fsfsni"),
	C(tee, "ffni"),
	C(vmsplice, "fvii"),
	C(futex_waitv, "siitL"),
	C(unshare, "x"),
	C(socketpair, "iiis"),
	C(socketpair, "iiis"),
	C(sendto, "fbnx00"),
	C(recvfrom, "fbnxss"),
	C(sendmsg, "fsx"),
	C(recvmsg, "fsx"),
	C(shutdown, "fi"),
	C(getsockopt, "fiiss"),
	C(setsockopt, "fiisk"),
	C(getsockname, "fss"),
	/* what is not there, or not yet */
	C(rt_sigreturn, ""),
	C(shmget, "inm"),
	C(socket, "iii"),
	C(ptrace, "idss"),
	C(quotactl, "ipis"),
	C(inotify_init1, "N"),
	C(signalfd4, "fskN"),
	C(pidfd_open, "di"),
	C(pidfd_send_signal, "fgsi"),
	C(userfaultfd, "N"),
	C(bpf, "isn"),
	C(timer_create, "Lss"),
	C(get_mempolicy, "ssiai"),
	C(mbind, "alisii"),
	C(rseq, "snii"),
	C(process_madvise, "fviDi"),
	C(getegid, ""),
};

/* ---------------------------------------------------------------- more than one call */

static void wander(int depth, int n);

struct start {
	int depth;
	int calls;
};

__attribute__((used)) static void begin(struct start *s)
{
	wander(s->depth, s->calls);
	syscall(SYS_exit, 0);
}

/* clone: the child begins on a stack of its own, whether it shares memory or not. */
static long clone_on(uint64_t flags, void *stack_top, void *tid, struct start *s)
{
	long ret;
	uint64_t *top = stack_top;

	top -= 2; /* as a call finds it: aligned, but for its return address */
	*--top = (uint64_t)s;
	asm volatile(
		"mov %[tid], %%r10\n\txor %%r8d, %%r8d\n\tsyscall\n\ttest %%rax, %%rax\n\tjnz 1f\n\t"
		"mov (%%rsp), %%rdi\n\tadd $8, %%rsp\n\txor %%ebp, %%ebp\n\tcall begin\n\tud2\n1:"
		: "=a"(ret)
		: "0"(SYS_clone), "D"(flags), "S"(top), "d"(tid), [tid] "r"(tid)
		: "rcx", "r8", "r10", "r11", "memory");
	return ret;
}

static void do_clone(int depth)
{
	static const int ends[] = { SIGCHLD, SIGCHLD, 0, SIGUSR1, 100 };
	uint64_t flags = FLAGS(clones) | PICK(ends);
	char *stack;
	struct start *s;
	long pid;

	if (depth > 2 || __atomic_add_fetch(forks, 1, __ATOMIC_RELAXED) > 30)
		return;
	stack = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (stack == MAP_FAILED)
		return;
	s = (void *)stack;
	s->depth = depth + 1;
	s->calls = below(40);
	pid = clone_on(flags & ~(uint64_t)(CLONE_SETTLS), stack + 65536, memory(8), s);
	if (pid > 0)
		children[below(ARRAY(children))] = pid;
	if (!(flags & CLONE_VM))
		munmap(stack, 65536);
}

static void do_fork(int depth)
{
	int pid;

	if (depth > 2 || __atomic_add_fetch(forks, 1, __ATOMIC_RELAXED) > 30)
		return;
	pid = fork();
	if (!pid) {
		wander(depth + 1, below(60));
		_exit(0);
	}
	children[below(ARRAY(children))] = pid > 0 ? pid : 0;
}

static void do_aio(int depth UNUSED)
{
	aio_context_t *context = memory(8);
	struct iocb *cbs = memory(4 * sizeof(*cbs)), **list = memory(4 * sizeof(*list));
	struct io_event *events = memory(4 * sizeof(*events));
	static const int ops[] = { 0, 0, 1, 1, 2, 3, 5, 6, 7, 8, 9 };

	*context = 0;
	if (syscall(SYS_io_setup, 1 + below(16), context))
		return;
	for (int i = 0; i < 4; i++) {
		memset(&cbs[i], 0, sizeof(cbs[i]));
		cbs[i].aio_lio_opcode = PICK(ops);
		cbs[i].aio_fildes = some_fd();
		cbs[i].aio_buf = cbs[i].aio_lio_opcode >= 7 ? vectors() : argument('b') & -512UL;
		cbs[i].aio_nbytes = cbs[i].aio_lio_opcode >= 7 ? below(8) : below(16) * 512;
		cbs[i].aio_offset = argument('o');
		if (one_in(4))
			cbs[i].aio_flags = IOCB_FLAG_RESFD, cbs[i].aio_resfd = some_fd();
		if (one_in(10))
			((uint64_t *)&cbs[i])[below(8)] = word();
		list[i] = one_in(20) ? (void *)number() : &cbs[i];
	}
	syscall(SYS_io_submit, *context, below(6), list);
	if (one_in(4))
		syscall(SYS_io_cancel, *context, &cbs[below(4)], events);
	if (one_in(2))
		syscall(SYS_io_getevents, *context, 0, 4, events, times(false));
	if (one_in(2)) /* else the end of the process does it */
		syscall(SYS_io_destroy, *context);
}

static void do_uring(int depth UNUSED)
{
	static const unsigned int setups[] = { 0, 0, 8, 16, 32, 64, 128, 256, 1024, 2048 };
	struct io_uring_params p = { .flags = PICK(setups), .cq_entries = below(64) };
	unsigned int *tail, *mask, *array;
	struct io_uring_sqe *sqes;
	char *ring;
	int fd = syscall(SYS_io_uring_setup, 1 + below(16), &p);

	if (fd < 0)
		return;
	fds[below(NFD)] = fd;
	ring = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, IORING_OFF_SQ_RING);
	sqes = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, IORING_OFF_SQES);
	if (ring == MAP_FAILED || sqes == MAP_FAILED)
		return;
	if (one_in(3))
		syscall(SYS_io_uring_register, fd, below(24), one_in(2) ? vectors() : words(),
			below(8));
	tail = (void *)(ring + p.sq_off.tail);
	mask = (void *)(ring + p.sq_off.ring_mask);
	array = (void *)(ring + p.sq_off.array);
	for (int i = below(6); i >= 0; i--) {
		unsigned int slot = *tail & *mask;
		struct io_uring_sqe *q = &sqes[slot];

		memset(q, 0, sizeof(*q));
		q->opcode = below(one_in(8) ? 256 : 32);
		q->flags = one_in(3) ? below(64) : 0;
		q->fd = some_fd();
		q->off = one_in(3) ? times(false) : argument('o');
		q->addr = q->opcode == IORING_OP_TIMEOUT ? times(false) :
			  one_in(2)			 ? vectors() :
							   argument('b') & -512UL;
		q->len = one_in(3) ? 1 : below(16) * 512;
		q->rw_flags = one_in(4) ? number() : 0;
		q->user_data = below(4);
		if (one_in(10))
			((uint64_t *)q)[below(8)] = word();
		array[slot] = one_in(20) ? number() : slot;
		__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	}
	if (one_in(20))
		memset(ring, rnd(),
		       p.sq_off.array); /* the rings are the program's: it may write nonsense */
	syscall(SYS_io_uring_enter, fd, below(8), one_in(3) ? 1 : 0, below(2), NULL, 8);
	if (one_in(2))
		munmap(sqes, 4096), munmap(ring, 8192);
	if (one_in(3))
		close(fd);
}

static void do_touch(int depth UNUSED)
{
	volatile char *p = (void *)pool_address();

	if (one_in(2))
		(void)*p;
	else
		memset(memory(5000), rnd(), 5000);
}

static void do_call(void)
{
	const struct call *c = &calls[below(ARRAY(calls))];
	uint64_t a[6] = { 0 };
	long ret;

	for (size_t i = 0; c->kinds[i]; i++)
		a[i] = argument(c->kinds[i]);
	if (c->kinds[0] == 'a' && (a[0] < POOL || a[0] + a[1] > POOL + POOL_SIZE) && !one_in(50))
		a[0] = POOL, a[1] %= POOL_SIZE; /* over itself it would soon be dead */
	if (c->nr == SYS_close && a[0] < 3)
		return;
	if (c->nr == SYS_setrlimit && a[0] != RLIMIT_NOFILE && a[0] != RLIMIT_STACK)
		return;
	if (c->nr == SYS_prlimit64 && a[1] == RLIMIT_FSIZE)
		return;
	if (c->nr == SYS_rt_sigreturn && !one_in(10))
		return;
	if (say) {
		char text[160];
		int n = snprintf(text, sizeof(text), "%d: %s(%lx, %lx, %lx, %lx, %lx, %lx)\n",
				 getpid(), c->name, a[0], a[1], a[2], a[3], a[4], a[5]);

		n = write(2, text, n);
	}
	ret = syscall(c->nr, a[0], a[1], a[2], a[3], a[4], a[5]);
	__atomic_add_fetch(&(ret == -1 ? badly : well)[c - calls], 1, __ATOMIC_RELAXED);
	if (ret >= 3 && ret < 1024 && strchr("odepmtu", c->name[0]))
		fds[below(NFD)] = ret;
}

/* A call that waits is ended soon, whatever was done to signals and timers. */
static void alarms(void)
{
	struct itimerval t = { { 0, 20000 }, { 0, 20000 } };
	struct sigaction mine = { .sa_handler = on_signal };
	sigset_t set;

	sigaction(SIGALRM, &mine, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	setitimer(ITIMER_REAL, &t, NULL);
}

static void wander(int depth, int n)
{
	static void (*const more[])(int) = { do_clone, do_fork,	 do_aio,  do_uring,
					     do_touch, do_touch, do_touch };

	while (n-- > 0) {
		if (n % 16 == 0)
			alarms();
		if (one_in(20))
			PICK(more)(depth);
		else
			do_call();
	}
}

/* ---------------------------------------------------------------- a worker */

static void open_pool(void)
{
	static const struct {
		const char *path;
		int flags;
	} files[] = {
		{ "a", O_RDWR | O_CREAT },
		{ "b", O_RDWR | O_CREAT | O_APPEND },
		{ "c", O_RDWR | O_CREAT | O_NONBLOCK },
		{ ".", O_RDONLY },
		{ "d", O_PATH },
		{ "/", O_RDONLY },
		{ "/dev/null", O_RDWR },
		{ "/dev/zero", O_RDWR },
		{ "/dev/full", O_RDWR },
		{ "/dev/random", O_RDONLY },
		{ "/dev/ttyS1", O_RDWR | O_NONBLOCK | O_NOCTTY },
		{ "/proc/self/maps", O_RDONLY },
		{ "/proc/self/pagemap", O_RDONLY },
		{ "/proc/meminfo", O_RDONLY },
		{ "/sys/bus/pci/devices", O_RDONLY },
		{ "/dev/vda", O_RDWR | O_DIRECT },
		{ "/dev/vda", O_RDWR },
		{ "/dev/hpet", O_RDONLY },
		{ "/dev/kmsg", O_RDONLY | O_NONBLOCK },
		{ "/proc/self/smaps", O_RDONLY },
		{ "/proc/self/fd", O_RDONLY },
		{ "/proc", O_RDONLY },
		{ "/bin/busybox", O_RDONLY },
		{ "/proc/self/auxv", O_RDONLY },
		{ "/dev/hwrng", O_RDONLY | O_NONBLOCK },
		{ "/dev/mem", O_RDONLY },
	};
	int n = 0, pair[2];

	mkdir("d", 0755);
	for (size_t i = 0; i < ARRAY(files); i++)
		if ((fds[n] = open(files[i].path, files[i].flags, 0644)) >= 0)
			n++;
	for (int i = 0; i < 3; i++)
		if (!pipe2(pair, i ? O_NONBLOCK : 0))
			fds[n++] = pair[0], fds[n++] = pair[1];
	fds[n++] = eventfd(3, EFD_NONBLOCK);
	fds[n++] = eventfd(0, EFD_SEMAPHORE);
	fds[n++] = epoll_create1(0);
	fds[n++] = epoll_create1(0);
	fds[n++] = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	fds[n++] = memfd_create("fuzz", MFD_ALLOW_SEALING);
	while (n < NFD)
		fds[n++] = AT_FDCWD;
	if (ftruncate(fds[0], 100000) || lseek(fds[0], 0, SEEK_SET))
		return;
}

static void limit(int what, rlim_t n)
{
	struct rlimit r = { n, n };

	setrlimit(what, &r);
}

static void worker(uint64_t seed)
{
	sigset_t none;

	state = seed;
	setsid();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int i = 0; i < (say ? 2 : 3); i++)
		dup2(open("/dev/null", O_RDWR), i);
	limit(RLIMIT_AS, 64UL << 20);
	limit(RLIMIT_FSIZE, 4 << 20);
	limit(RLIMIT_NOFILE, 128);
	limit(RLIMIT_MEMLOCK, 1 << 20);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_RTPRIO, 0);
	open_pool();
	mmap((void *)POOL, POOL_SIZE, PROT_READ | PROT_WRITE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	for (int i = 1; i < 65; i++)
		if (i != SIGSEGV && !one_in(6))
			sigaction(i, &(struct sigaction){ .sa_handler = on_signal }, NULL);
	wander(0, say ? 1000 : 100000);
	_exit(0);
}

/* ---------------------------------------------------------------- the one who looks */

static ino_t last_in_root, last_in_dev; /* before the first round */

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void remove_all(const char *path)
{
	DIR *dir;
	struct dirent *entry;

	while (!umount2(path, MNT_DETACH))
		;
	if (unlink(path) && (dir = opendir(path))) {
		while ((entry = readdir(dir))) {
			char name[600];

			if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
				continue;
			snprintf(name, sizeof(name), "%.300s/%.255s", path, entry->d_name);
			remove_all(name);
		}
		closedir(dir);
		rmdir(path);
	}
}

static ino_t last_inode(const char *probe)
{
	struct stat st = { 0 };

	mkdir(probe, 0755);
	lstat(probe, &st);
	rmdir(probe);
	return st.st_ino;
}

/* A worker goes where it likes: what came into a file system after its inode `last` was its. */
static void remove_new(const char *path, ino_t last)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	struct stat st, above;

	if (!dir)
		return;
	fstat(dirfd(dir), &above);
	while ((entry = readdir(dir))) {
		char name[600];

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		snprintf(name, sizeof(name), "%.300s/%.255s", path, entry->d_name);
		if (!strcmp(name, "//dev") || !strcmp(name, "//proc") || !strcmp(name, "//sys") ||
		    lstat(name, &st))
			continue;
		if (st.st_dev != above.st_dev || st.st_ino > last)
			remove_all(name);
		else if (S_ISDIR(st.st_mode))
			remove_new(name, last);
	}
	closedir(dir);
}

/* What of a worker's outlives it: names and shared memory. */
static void clean_up(void)
{
	struct shm_info info;
	struct shmid_ds ds;
	int last = shmctl(0, SHM_INFO, (void *)&info);

	mount(NULL, "/", NULL, MS_REMOUNT, NULL); /* it may be read-only by now */
	remove_new("/", last_in_root);
	remove_new("/dev", last_in_dev);
	for (int i = 0; i <= last; i++)
		shmctl(shmctl(i, SHM_STAT, &ds), IPC_RMID, NULL);
	chmod("/bin/busybox", 0755); /* open in every pool */
	if (access("/proc/self", F_OK))
		mount("proc", "/proc", "proc", 0, NULL);
}

static long free_kb(void)
{
	struct sysinfo info;

	sysinfo(&info); /* /proc may not be where it was */
	return (long)(info.freeram * info.mem_unit / 1024);
}

/* The memory of all rounds came back: what ends on its own, soon. */
static bool conserved(int round)
{
	static long first;
	long now_free = free_kb();

	if (round < SETTLED)
		first = now_free;
	for (int i = 0; i < 200 && now_free < first - SLACK_KB; i++) {
		usleep(10000);
		now_free = free_kb();
	}
	if (now_free >= first - SLACK_KB)
		return true;
	printf("fuzz: %ld kB of memory did not come back\n", first - now_free);
	return false;
}

/* All that a round began has ended: false where some do not, in ten seconds. */
static bool reap(void)
{
	double until = now() + 10;
	int pid;

	do {
		kill(-1, SIGKILL);
		while ((pid = waitpid(-1, NULL, WNOHANG | __WALL)) > 0)
			;
		if (pid < 0 && errno == ECHILD)
			return true;
		usleep(2000);
	} while (now() < until);
	return false;
}

static void start(int i, uint64_t seed)
{
	char name[32];

	snprintf(name, sizeof(name), "/tmp/fuzz%d", i);
	mkdir(name, 0755);
	if (fork() == 0) {
		forks += i;
		*forks = 0;
		if (chdir(name) == 0)
			worker(seed);
		_exit(1);
	}
}

static bool one_round(uint64_t seed, int workers)
{
	double until = now() + (say ? 4 : 1);
	int next = 0;

	while (next < workers)
		start(next, seed + next), next++;
	while (now() < until && next < SEEDS) {
		usleep(5000);
		while (waitpid(-1, NULL, WNOHANG | __WALL) > 0 && next < SEEDS && !say)
			start(next % workers, seed + next), next++;
	}
	if (!reap())
		return false;
	clean_up();
	return true;
}

static void report(int rounds)
{
	unsigned int ok = 0, not = 0;

	printf("fuzz: never done well:");
	for (size_t i = 0; i < ARRAY(calls); i++) {
		ok += well[i];
		not += badly[i];
		if (!well[i])
			printf(" %s", calls[i].name);
	}
	printf("\nfuzz: %d rounds, %u calls done well, %u not\n", rounds, ok, not );
}

int main(int argc, char **argv)
{
	double until = now() + (argc > 1 ? atof(argv[1]) : 0); /* a worker may exec it */
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	int rounds = 0, workers;
	sigset_t all;

	say = argc > 3;
	workers = say ? 1 : WORKERS;
	setvbuf(stdout, NULL, _IOLBF, 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	sigfillset(&all); /* a child's end may be told by any signal */
	sigprocmask(SIG_BLOCK, &all, NULL);
	forks = mmap(NULL, 4096 * 2, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	well = (unsigned int *)forks + 64;
	badly = well + ARRAY(calls);
	last_in_root = last_inode("/probe");
	last_in_dev = last_inode("/dev/probe");
	for (; now() < until; rounds++, seed += SEEDS) {
		printf("fuzz: seed %lu\n", seed);
		if (!one_round(seed, workers)) {
			printf("fuzz: some do not end\n");
			return 1;
		}
		if (!conserved(rounds))
			return 1;
	}
	report(rounds);
	return 0;
}
