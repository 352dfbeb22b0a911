// SPDX-License-Identifier: MIT
// The same program for Linux and for us: what user space pays for each call, in
// TSC ticks.  Under qemu -icount shift=0 one tick is one guest instruction.
//
//   userbench              instructions a call, "bench NAME N" (under -icount shift=0)
//   userbench disk DEVICE  reads a second, "disk NAME N" (without -icount)
//
// Build: gcc -O2 -static -o userbench userbench.c
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static unsigned long long t0;
static inline unsigned long long tsc(void)
{
	unsigned int lo, hi;

	__asm__ __volatile__("lfence; rdtsc" : "=a"(lo), "=d"(hi)::"memory");
	return (unsigned long long)hi << 32 | lo;
}
#define START() (t0 = tsc())
#define STOP(name, n)                                             \
	do {                                                      \
		unsigned long long t1 = tsc();                    \
		printf("bench %s %llu\n", name, (t1 - t0) / (n)); \
		fflush(stdout);                                   \
	} while (0)
#define N 1000

static void calls(void)
{
	char c;
	int fd = open("/dev/zero", O_RDONLY), i;

	START();
	for (i = 0; i < N; i++)
		syscall(SYS_getppid);
	STOP("user_getppid", N);
	if (fd >= 0) {
		START();
		for (i = 0; i < N; i++)
			if (read(fd, &c, 1) != 1)
				return;
		STOP("user_read_zero_1", N);
		close(fd);
	}
	START();
	for (i = 0; i < N; i++) {
		fd = open("/dev/null", O_WRONLY);
		close(fd);
	}
	STOP("user_open_close", N);
}

static void memory(void)
{
	static char *live[1000];
	char *p;
	int i, k;

	START();
	for (i = 0; i < N; i++) {
		p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		munmap(p, 4096);
	}
	STOP("user_mmap_munmap_4K", N);
	START();
	for (i = 0; i < 200; i++) {
		p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		*p = 1;
		munmap(p, 4096);
	}
	STOP("user_mmap_touch_munmap_4K", 200);
	p = mmap(NULL, 1000 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	madvise(p, 1000 * 4096, MADV_NOHUGEPAGE);
	START();
	for (i = 0; i < 1000; i++)
		p[i * 4096] = 1;
	STOP("user_page_fault", 1000);
	START();
	for (i = 0; i < 200; i++) {
		mprotect(p, 4096, PROT_READ);
		mprotect(p, 4096, PROT_READ | PROT_WRITE);
	}
	STOP("user_mprotect_pair", 200);
	munmap(p, 1000 * 4096);
	for (k = 0; k < 1000; k++) /* 1,000 areas live, kept apart by their rights */
		live[k] = mmap(NULL, 4096, k & 1 ? PROT_READ : PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	START();
	for (i = 0; i < N; i++) {
		p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		munmap(p, 4096);
	}
	STOP("user_mmap_munmap_4K_among_1000", N);
	for (k = 0; k < 1000; k++)
		munmap(live[k], 4096);
}

static void processes(const char *self)
{
	int a[2], b[2], i, status;
	char c = 0;
	pid_t pid;

	START();
	for (i = 0; i < 50; i++) {
		pid = fork();
		if (pid == 0)
			_exit(0);
		waitpid(pid, &status, 0);
	}
	STOP("user_fork_exit_wait", 50);
	START();
	for (i = 0; i < 20; i++) {
		pid = fork();
		if (pid == 0) {
			execl(self, self, "exit", (char *)0);
			_exit(127);
		}
		waitpid(pid, &status, 0);
	}
	STOP("user_fork_exec_wait", 20);
	if (pipe(a) || pipe(b))
		return;
	pid = fork();
	if (pid == 0) {
		for (i = 0; i < N; i++)
			if (read(a[0], &c, 1) != 1 || write(b[1], &c, 1) != 1)
				_exit(1);
		_exit(0);
	}
	START();
	for (i = 0; i < N; i++)
		if (write(a[1], &c, 1) != 1 || read(b[0], &c, 1) != 1)
			break;
	STOP("user_pipe_pingpong", N);
	waitpid(pid, &status, 0);
}

static volatile sig_atomic_t caught;
static void on_signal(int n)
{
	caught += n != 0;
}

static void signals(void)
{
	int i;

	signal(SIGUSR1, on_signal);
	START();
	for (i = 0; i < 200; i++)
		kill(getpid(), SIGUSR1);
	STOP("user_signal_self", 200);
}

/* The device's time is no instruction of ours: reads a second by the wall clock, without -icount. */
static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec;
}

#define RATE(name, n, from) \
	(printf("disk %s %.0f\n", name, (n) / (seconds() - (from))), fflush(stdout))

static void aio(int fd, char *buf)
{
	struct iocb cb[32], *cbs[32];
	struct io_event ev[32];
	aio_context_t ctx = 0;
	double from;
	int i, k;

	if (syscall(SYS_io_setup, 32, &ctx))
		return;
	from = seconds();
	for (i = 0; i < 300; i++) {
		for (k = 0; k < 32; k++) {
			memset(&cb[k], 0, sizeof(cb[k]));
			cb[k].aio_fildes = fd;
			cb[k].aio_lio_opcode = IOCB_CMD_PREAD;
			cb[k].aio_buf = (unsigned long)buf + k * 4096;
			cb[k].aio_nbytes = 4096;
			cb[k].aio_offset = ((long)k * 37 + i) % 256 * 4096;
			cbs[k] = &cb[k];
		}
		if (syscall(SYS_io_submit, ctx, 32, cbs) != 32)
			return;
		if (syscall(SYS_io_getevents, ctx, 32, 32, ev, NULL) != 32)
			return;
	}
	RATE("aio_read_4K_depth32_per_second", 300 * 32, from);
}

static void disk(const char *name)
{
	int fd = open(name, O_RDONLY | O_DIRECT), i;
	double from;
	char *buf;

	if (fd < 0 || posix_memalign((void **)&buf, 4096, 1 << 20))
		return;
	memset(buf, 0, 1 << 20);
	from = seconds();
	for (i = 0; i < 3000; i++)
		if (pread(fd, buf, 4096, (off_t)(i % 256) * 4096) != 4096)
			return;
	RATE("direct_read_4K_per_second", 3000, from);
	from = seconds();
	for (i = 0; i < 500; i++)
		if (pread(fd, buf, 1 << 20, (off_t)(i % 8) << 20) != 1 << 20)
			return;
	RATE("direct_read_1M_per_second", 500, from);
	aio(fd, buf);
}

static void device_map(void)
{
	int fd = open("/dev/mem", O_RDWR | O_SYNC), i;
	volatile unsigned int *p;

	if (fd < 0)
		return;
	START();
	for (i = 0; i < 200; i++) {
		p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0xfebf0000);
		if (p == MAP_FAILED)
			return;
		(void)p[0];
		munmap((void *)p, 4096);
	}
	STOP("user_devmem_map_read_unmap", 200);
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "exit"))
		return 0;
	if (argc > 1 && !strcmp(argv[1], "now")) {
		printf("tsc %llu\n", (unsigned long long)tsc());
		return 0;
	}
	if (argc > 2 && !strcmp(argv[1], "disk")) {
		disk(argv[2]);
		return 0;
	}
	calls();
	memory();
	processes(argv[0]);
	signals();
	device_map();
	printf("bench end 0\n");
	return 0;
}
