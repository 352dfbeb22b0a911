// SPDX-License-Identifier: MIT
/*
 * /proc/self/smaps, smaps_rollup and pagemap: what pages of each kind are counted as, alone and shared, before
 * and after they are written, and what a whole process has more when it has them.  And the counters of
 * /proc/self/status and what all were promised, which nobody counts anew: they go up and down again.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#include "slurp.h"

#define PAGE 4096UL
#define RW   (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static char buf[65536];
static int pagemap;

/* ---------------------------------------------------------------- showing */

/* What is not 0 of a line of smaps; sizes of pages are the machine's. */
static void show_line(const char *line)
{
	const char *colon = strchr(line, ':'), *value = colon + 1 + strspn(colon + 1, " ");

	if (!strncmp(value, "0", 1) || strstr(line, "PageSize"))
		return;
	printf(" %.*s %.*s", (int)(colon - line), line, (int)strcspn(value, "\n"), value);
}

/* p's part of smaps, in a line. */
static void show(const char *what, const void *p)
{
	unsigned long start, end;
	bool here = false;
	char *save, *s;

	slurp("/proc/self/smaps");
	printf("%s:", what);
	for (s = strtok_r(buf, "\n", &save); s; s = strtok_r(NULL, "\n", &save)) {
		if (sscanf(s, "%lx-%lx ", &start, &end) == 2)
			here = (unsigned long)p >= start && (unsigned long)p < end;
		else if (here)
			show_line(s);
	}
	printf("\n");
}

/* Present, of a file, mapped once, soft-dirty: a word for each page. */
static void bits(const char *what, const char *p, size_t pages)
{
	uint64_t word;

	printf("%s:", what);
	for (size_t i = 0; i < pages; i++) {
		(void)!pread(pagemap, &word, 8, (off_t)(((uintptr_t)p / PAGE + i) * 8));
		printf(" %c%c%c%c", word >> 63 ? 'p' : '-', word >> 61 & 1 ? 'f' : '-',
		       word >> 56 & 1 ? 'x' : '-', word >> 55 & 1 ? 's' : '-');
	}
	printf("\n");
}

/* ---------------------------------------------------------------- a child that shares it */

static int to_child[2], to_parent[2];
static pid_t child;

/* fn, which may be NULL, is done in it; it stays until it is let go. */
static void share(void (*fn)(char *), char *p)
{
	char c = 0;

	if (pipe(to_child) || pipe(to_parent))
		exit(1);
	fflush(stdout);
	child = fork();
	if (!child) {
		if (fn)
			fn(p);
		(void)!write(to_parent[1], &c, 1);
		close(to_child[1]);
		(void)!read(to_child[0], &c, 1);
		_exit(0);
	}
	(void)!read(to_parent[0], &c, 1);
}

static void let_go(void)
{
	for (int i = 0; i < 2; i++) {
		close(to_child[i]);
		close(to_parent[i]);
	}
	waitpid(child, NULL, 0);
}

static void write_first(char *p)
{
	p[0] = 'c';
}

/* ---------------------------------------------------------------- the kinds */

static char *map(size_t pages, int prot, int flags, int fd)
{
	return mmap(NULL, pages * PAGE, prot, flags, fd, 0);
}

static void read_all(const char *p, size_t pages)
{
	for (size_t i = 0; i < pages; i++)
		(void)*(volatile const char *)(p + i * PAGE);
}

static void anonymous(void)
{
	char *p = map(8, RW, ANON, -1);

	show("nothing yet", p);
	p[0] = p[2 * PAGE] = p[7 * PAGE] = 'a';
	read_all(p, 2);
	show("three written, one of zeroes", p);
	bits("pages", p, 4);
	mprotect(p, 8 * PAGE, PROT_NONE);
	show("out of reach", p);
	mprotect(p, 8 * PAGE, RW);
	share(NULL, p);
	show("a child's as well", p);
	bits("pages", p, 4);
	let_go();
	share(write_first, p);
	show("the first is ours", p);
	bits("pages", p, 4);
	let_go();
	show("all are", p);
	munmap(p, 8 * PAGE);
}

static void locked(void)
{
	char *p = map(4, RW, ANON | MAP_LOCKED, -1);

	show("locked", p);
	share(NULL, p);
	show("by one of two", p);
	let_go();
	munmap(p, 4 * PAGE);
}

static void shared(const char *what, int flags, int fd)
{
	char *p = map(4, RW, flags, fd), *q;

	printf("%s\n", what);
	read_all(p, 4);
	show(" read", p);
	bits(" pages", p, 4);
	p[PAGE] = 'b';
	show(" the second written", p);
	q = mremap(p, 0, 2 * PAGE, MREMAP_MAYMOVE);
	if (flags & MAP_SHARED && q != MAP_FAILED) {
		read_all(q, 2);
		show(" two of them elsewhere as well", p);
		bits(" pages", p, 4);
		munmap(q, 2 * PAGE);
	}
	munmap(p, 4 * PAGE);
}

static void referenced(void)
{
	char *p = map(4, RW, ANON, -1);
	int clear = open("/proc/self/clear_refs", O_WRONLY);

	memset(p, 'a', 4 * PAGE);
	(void)!write(clear, "1", 1);
	show("not used since", p);
	share(NULL, p); /* so that no CPU remembers its entries */
	let_go();
	read_all(p + PAGE, 2);
	show("two are", p);
	close(clear);
	munmap(p, 4 * PAGE);
}

/* ---------------------------------------------------------------- the whole */

#define MOST 32

struct sums {
	int n;
	char key[MOST][24];
	long kb[MOST];
};

static void take_sums(struct sums *sums)
{
	char *save, *s;

	sums->n = 0;
	slurp("/proc/self/smaps_rollup");
	for (s = strtok_r(buf, "\n", &save); s && sums->n < MOST; s = strtok_r(NULL, "\n", &save))
		if (sscanf(s, "%23[A-Za-z_]: %ld kB", sums->key[sums->n], &sums->kb[sums->n]) == 2)
			sums->n++;
}

/* What there is more of than before. */
static void show_more(const char *what, const struct sums *before)
{
	static struct sums now;

	take_sums(&now);
	printf("%s:", what);
	for (int i = 0; i < now.n; i++)
		if (now.kb[i] != before->kb[i])
			printf(" %s %+ld", now.key[i], now.kb[i] - before->kb[i]);
	printf(", %d lines\n", now.n);
}

static void whole(int fd, int disk)
{
	static struct sums before;
	char *p;

	take_sums(&before); /* touches what it needs itself */
	take_sums(&before);
	show_more("nothing more", &before);
	take_sums(&before);
	p = map(4, RW, ANON, -1);
	memset(p, 'a', 4 * PAGE);
	show_more("anonymous", &before);
	munmap(p, 4 * PAGE);
	p = map(4, RW, ANON | MAP_LOCKED, -1);
	show_more("locked", &before);
	munmap(p, 4 * PAGE);
	p = map(4, RW, MAP_SHARED | MAP_ANONYMOUS, -1);
	memset(p, 'a', 4 * PAGE);
	show_more("shared", &before);
	munmap(p, 4 * PAGE);
	p = map(4, PROT_READ, MAP_PRIVATE, fd);
	read_all(p, 4);
	show_more("a file's", &before);
	munmap(p, 4 * PAGE);
	p = map(4, PROT_READ, MAP_SHARED, disk);
	read_all(p, 4);
	show_more("a disk's", &before);
	munmap(p, 4 * PAGE);
	show_more("again nothing", &before);
}

/* ---------------------------------------------------------------- counters */

#define MIB   (1024L * 1024)
#define LARGE (16 * MIB / (long)PAGE)
#define SMALL (4 * MIB / (long)PAGE) /* of a disk, which takes its time */

static const char *const counters[] = { "VmPeak:", "VmSize:",  "VmLck:",       "VmHWM:",
					"VmRSS:",  "RssAnon:", "RssFile:",     "RssShmem:",
					"VmData:", "VmStk:",   "Committed_AS:" };
#define COUNTERS (sizeof(counters) / sizeof(*counters))

static void take_counters(long *kb)
{
	long n = slurp("/proc/self/status");

	slurp_to("/proc/meminfo", buf + n, sizeof(buf) - (size_t)n);
	for (size_t i = 0; i < COUNTERS; i++) {
		const char *s = strstr(buf, counters[i]);

		kb[i] = s ? atol(s + strlen(counters[i])) : -1;
	}
}

static long first[COUNTERS];

/* Linux notes what a thread's faults have mapped at each 64th of them: so many are made here. */
static void settle(void)
{
	char *p = map(80, RW, ANON, -1);

	madvise(p, 80 * PAGE, MADV_NOHUGEPAGE); /* nor with what it lies beside */
	memset(p, 's', 80 * PAGE);
	munmap(p, 80 * PAGE);
}

/* In MiB, two at a time: the last few faults are not in it. */
static void count(const char *what)
{
	long now[COUNTERS];

	settle();
	take_counters(now);
	printf("%s:", what);
	for (size_t i = 0; i < COUNTERS; i++) {
		long more = (now[i] - first[i] + (now[i] < first[i] ? -1024 : 1024)) / 2048 * 2;

		if (more)
			printf(" %s %+ld", counters[i], more);
	}
	printf("\n");
}

static void count_in_child(char *p)
{
	take_counters(first);
	memset(p, 'c', (size_t)LARGE * PAGE / 2);
	count("a child writes a half");
	munmap(p, (size_t)LARGE * PAGE);
	count("and gives it back");
	fflush(stdout);
}

static void count_anonymous(void)
{
	size_t bytes = LARGE * PAGE;
	char *p, *q;

	take_counters(first);
	p = map(LARGE, RW, ANON, -1);
	count("16 MiB promised");
	memset(p, 'a', bytes);
	count("written");
	share(count_in_child, p);
	count("a child has it as well");
	let_go();
	count("it has ended");
	if (!fork())
		_exit(0);
	wait(NULL);
	count("so has one that kept it");
	mprotect(p, bytes, PROT_READ);
	count("read-only");
	mprotect(p, bytes, RW);
	q = map(LARGE, PROT_NONE, ANON | MAP_NORESERVE, -1);
	p = mremap(p, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, q);
	count("moved");
	madvise(p, bytes / 2, MADV_DONTNEED);
	count("a half dropped");
	mlock(p, bytes);
	count("locked");
	munmap(p + bytes / 2, bytes / 2);
	count("a half goes");
	p = mremap(p, bytes / 2, bytes, MREMAP_MAYMOVE);
	count("and comes again");
	munmap(p, bytes);
	count("all goes");
}

/* Memory of a file without a place is promised with the file, and as long as that is there. */
static void count_shared(size_t bytes)
{
	int zero = open("/dev/zero", O_RDWR), id;
	char *p = map(LARGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1);

	count("shared");
	memset(p, 'a', bytes);
	count("written");
	munmap(p + bytes / 2, bytes / 2);
	count("a half gone");
	munmap(p, bytes / 2);
	count("gone");
	p = map(LARGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1);
	count("shared, to be read");
	munmap(p, bytes);
	p = map(LARGE, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1);
	count("without a promise");
	munmap(p, bytes);
	p = map(LARGE, RW, MAP_SHARED, zero);
	count("zeros");
	munmap(p, bytes);
	close(zero);
	id = shmget(IPC_PRIVATE, bytes, 0600);
	count("a segment");
	p = shmat(id, NULL, 0);
	count("attached");
	shmctl(id, IPC_RMID, NULL);
	count("removed");
	shmdt(p);
	count("and detached");
	id = shmget(IPC_PRIVATE, bytes, 0600 | SHM_NORESERVE);
	count("a segment without a promise");
	shmctl(id, IPC_RMID, NULL);
}

static void count_others(int disk)
{
	size_t bytes = LARGE * PAGE;
	int clear = open("/proc/self/clear_refs", O_WRONLY);
	char *p;

	(void)!write(clear, "5", 1);
	close(clear);
	take_counters(first);
	p = map(LARGE, RW, ANON | MAP_NORESERVE, -1);
	count("no promise");
	munmap(p, bytes);
	count_shared(bytes);
	p = map(SMALL, RW, MAP_PRIVATE, disk);
	read_all(p, SMALL);
	count("a disk's");
	memset(p, 'a', SMALL * PAGE / 2);
	count("a half is a copy");
	munmap(p, SMALL * PAGE);
	p = map(SMALL, PROT_READ, MAP_PRIVATE, disk);
	mprotect(p, SMALL * PAGE, RW);
	count("writable afterwards");
	munmap(p, SMALL * PAGE);
	p = map(LARGE, RW, ANON | MAP_GROWSDOWN | MAP_STACK, -1);
	count("a stack");
	munmap(p, bytes);
	count("all goes");
}

/* Page tables' kB, more than `before`, in 64 at a time: those above are a few more. */
static long tables(long before)
{
	slurp("/proc/self/status");
	return (atol(strstr(buf, "VmPTE:") + 6) - before + 32) / 64 * 64;
}

static void count_tables(void)
{
	const size_t reach = 2 * MIB, n = 128;
	char *p = map(n * reach / PAGE, PROT_READ, ANON | MAP_NORESERVE, -1);
	long before;

	slurp("/proc/self/status");
	before = atol(strstr(buf, "VmPTE:") + 6);
	for (size_t i = 0; i < n; i++)
		(void)*(volatile char *)(p + i * reach);
	printf("a table for each 2 MiB: %+ld", tables(before));
	munmap(p + n / 2 * reach, n / 2 * reach);
	printf(", half of it gone: %+ld", tables(before));
	munmap(p, n / 2 * reach);
	printf(", all: %+ld kB\n", tables(before));
}

int main(void)
{
	char page[PAGE] = "";
	int fd = open("/tmp/smaps.data", O_RDWR | O_CREAT | O_TRUNC, 0600);
	int disk = open("/dev/vda", O_RDWR);

	for (int i = 0; i < 4; i++)
		(void)!write(fd, page, sizeof(page));
	mlockall(MCL_CURRENT); /* all of the program is there from now on */
	munlockall();
	pagemap = open("/proc/self/pagemap", O_RDONLY);
	anonymous();
	locked();
	shared("a file's, privately", MAP_PRIVATE, fd);
	shared("a file's", MAP_SHARED, fd);
	shared("a disk's", MAP_SHARED, disk);
	shared("memory", MAP_SHARED | MAP_ANONYMOUS, -1);
	whole(fd, disk);
	referenced();
	count_anonymous();
	count_others(disk);
	count_tables();
	unlink("/tmp/smaps.data");
	return 0;
}
