// SPDX-License-Identifier: MIT
/* /proc/self/clear_refs: which pages are soft-dirty afterwards, by what was done to them. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096UL
#define HUGE (2UL << 20)

static int pagemap, clear;

static void soft_clear(void)
{
	if (pwrite(clear, "4", 1, 0) != 1)
		printf("clear_refs: %s\n", strerrorname_np(errno));
}

/* 1 for each page that is. */
static void show(const char *what, const void *p, int pages)
{
	uint64_t word;

	printf("%s: ", what);
	for (int i = 0; i < pages; i++) {
		(void)!pread(pagemap, &word, 8, (off_t)(((uintptr_t)p / PAGE + (unsigned)i) * 8));
		printf("%d%s", (int)(word >> 55 & 1), word >> 63 ? "" : "-");
	}
	printf("\n");
}

/* The same where it depends on the machine which ones are there. */
static void show_one(const char *what, const char *p)
{
	uint64_t word = 0;

	(void)!pread(pagemap, &word, 8, (off_t)((uintptr_t)p / PAGE * 8));
	printf("%s: %d\n", what, (int)(word >> 55 & 1));
}

static char *map(size_t bytes, int flags, int fd)
{
	return mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, fd, 0);
}

static volatile char sink;

static void touch_each(const char *name, char *p)
{
	printf("%s\n", name);
	show(" as mapped", p, 4);
	p[0] = 1;
	sink = p[PAGE];
	p[3 * PAGE] = 1;
	show(" touched", p, 4);
	soft_clear();
	show(" cleared", p, 4);
	sink = p[0];
	sink = p[PAGE];
	show(" read", p, 4);
	p[0] = 2;
	p[PAGE] = 1;
	p[2 * PAGE] = 1;
	show(" written", p, 4);
	soft_clear();
	if (pread(pagemap, p + 3 * PAGE, 8, 0) != 8)
		printf("pread\n");
	show(" by the kernel", p, 4);
	soft_clear();
	madvise(p, PAGE, MADV_DONTNEED);
	show(" dropped", p, 4);
	p[0] = 1;
	show(" and written", p, 4);
}

static void rights(void)
{
	char *p = map(4 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	memset(p, 1, 4 * PAGE);
	soft_clear();
	mprotect(p, 4 * PAGE, PROT_READ);
	mprotect(p, 4 * PAGE, PROT_READ | PROT_WRITE);
	show("rights taken and given", p, 4);
	p[PAGE] = 2;
	show(" written", p, 4);
	mprotect(p, 4 * PAGE, PROT_READ);
	mprotect(p, 4 * PAGE, PROT_READ | PROT_WRITE);
	p[2 * PAGE] = 2;
	show(" again", p, 4);
}

static void move(void)
{
	char *p = map(4 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1), *q;

	memset(p, 1, 4 * PAGE);
	soft_clear();
	q = map(8 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	q = mremap(p, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, q + 2 * PAGE);
	show("moved", q, 4);
}

static void fork_and_write(void)
{
	char *p = map(4 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	memset(p, 1, 4 * PAGE);
	soft_clear();
	p[0] = 2;
	fflush(stdout);
	if (!fork()) {
		pagemap = open("/proc/self/pagemap", O_RDONLY);
		p[PAGE] = 2;
		show("child", p, 4);
		fflush(stdout);
		_exit(0);
	}
	wait(NULL);
	show("parent", p, 4);
	p[2 * PAGE] = 1;
	show("and writes", p, 4);
}

static void huge(void)
{
	char *p = map(2 * HUGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	p = (char *)(((uintptr_t)p + HUGE - 1) & ~(HUGE - 1));
	madvise(p, HUGE, MADV_HUGEPAGE);
	p[0] = 1;
	show_one("2 MiB", p);
	soft_clear();
	show_one(" cleared", p);
	sink = p[0];
	show_one(" read", p);
	p[5] = 1;
	show_one(" written", p);
	soft_clear();
	mprotect(p, PAGE, PROT_READ);
	show_one(" split", p);
	p[PAGE] = 1;
	show_one(" the first", p);
	show_one(" the second, written", p + PAGE);
	show_one(" the third", p + 2 * PAGE);
}

static void referenced(const char *what, const char *write_it)
{
	char line[256];
	FILE *f;
	long kb = 0, n;

	if (*write_it && pwrite(clear, write_it, strlen(write_it), 0) < 0)
		printf("%s\n", strerrorname_np(errno));
	f = fopen("/proc/self/smaps_rollup", "r");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "Referenced: %ld", &n) == 1)
			kb = n;
	if (f)
		fclose(f);
	printf("%s: %s\n", what, kb > 4096 ? "more than 4 MiB" : "less");
}

/* A device may write to what is pinned, which no fault tells: it stays soft-dirty. */
static void pinned(void)
{
	struct io_uring_params params = { 0 };
	int ring = (int)syscall(SYS_io_uring_setup, 1, &params);
	char *p = map(4 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	struct iovec iov = { p + PAGE, 2 * PAGE };

	madvise(p, 4 * PAGE, MADV_NOHUGEPAGE);
	memset(p, 1, 4 * PAGE);
	printf("register: %ld\n",
	       syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS, &iov, 1));
	soft_clear();
	show("two of them pinned", p, 4);
	p[PAGE] = 2;
	p[0] = 2;
	show(" written", p, 4);
	printf("unregister: %ld\n",
	       syscall(SYS_io_uring_register, ring, IORING_UNREGISTER_BUFFERS, NULL, 0));
	soft_clear();
	show(" not any more", p, 4);
	close(ring);
}

static void words(void)
{
	static const char *const all[] = { "0", "6", "x", " 4 ", "4\n", "\t1\n", "1x", "-1", "04" };

	for (unsigned int i = 0; i < sizeof(all) / sizeof(*all); i++) {
		ssize_t n = pwrite(clear, all[i], strlen(all[i]), 0);

		printf("word %u: %s\n", i,
		       n < 0 ? strerrorname_np(errno) :
		       n     ? "taken" :
			       "nothing");
	}
	printf("read: %s\n",
	       open("/proc/self/clear_refs", O_RDONLY) < 0 ? strerrorname_np(errno) : "ok");
}

int main(void)
{
	int file = memfd_create("file", 0), other = memfd_create("other", 0);
	char *big;

	setbuf(stdout, NULL);
	pagemap = open("/proc/self/pagemap", O_RDONLY);
	clear = open("/proc/self/clear_refs", O_WRONLY);
	if (ftruncate(file, 4 * PAGE) || ftruncate(other, 4 * PAGE))
		return 1;
	touch_each("anonymous", map(4 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1));
	touch_each("shared", map(4 * PAGE, MAP_SHARED | MAP_ANONYMOUS, -1));
	touch_each("private file", map(4 * PAGE, MAP_PRIVATE, file));
	touch_each("shared file", map(4 * PAGE, MAP_SHARED, other));
	rights();
	move();
	fork_and_write();
	huge();
	pinned();
	big = map(8 << 20, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1);
	memset(big, 1, 8 << 20);
	referenced("referenced", "");
	referenced("files' pages cleared", "3");
	referenced("anonymous ones cleared", "2");
	memset(big, 1, 8 << 20);
	referenced("touched again", "");
	referenced("all cleared", "1");
	words();
	return 0;
}
