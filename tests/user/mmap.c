// SPDX-License-Identifier: MIT
/*
 * Each call on memory, with good and bad arguments: what it returns, and what /proc/self/maps shows of
 * a part of the address space that is the test's alone.  Addresses are told as distances in pages
 * from its start.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "written.h"

#define PAGE  4096UL
#define PAGES 4096UL
#define RW    (PROT_READ | PROT_WRITE)
#define ANON  (MAP_PRIVATE | MAP_ANONYMOUS)

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ  22
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MADV_DONTNEED_LOCKED
#define MADV_DONTNEED_LOCKED 24
#endif
#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

static char *arena;
static int file, readonly, writeonly, folder;

static void say(const char *what, long ret)
{
	unsigned long offset = (unsigned long)ret - (unsigned long)arena;

	if (ret < 0 && ret >= -4095)
		printf("%s: %s\n", what, strerrorname_np((int)-ret));
	else if (ret && offset < PAGES * PAGE)
		printf("%s: page %ld\n", what, (long)(offset / PAGE));
	else
		printf("%s: %ld\n", what, ret);
}

#define call(nr, ...) syscall_raw(nr, ##__VA_ARGS__, 0, 0, 0, 0, 0, 0)

static long syscall_raw(long nr, unsigned long a, unsigned long b, unsigned long c, unsigned long d,
			unsigned long e, unsigned long f, ...)
{
	long ret = syscall(nr, a, b, c, d, e, f);

	return ret == -1 ? -errno : ret;
}

static unsigned long at(unsigned long page)
{
	return (unsigned long)arena + page * PAGE;
}

static long map(unsigned long page, unsigned long pages, int prot, int flags, int fd, long off)
{
	return call(SYS_mmap, at(page), pages * PAGE, (unsigned long)prot,
		    (unsigned long)(flags | MAP_FIXED), (unsigned long)fd, (unsigned long)off);
}

/* The arena's lines: pages, rights, offset and name. */
static void maps(const char *title)
{
	FILE *f = fopen("/proc/self/maps", "r");
	unsigned long start, end, offset;
	char line[512], rights[8], name[256];

	printf("-- %s\n", title);
	while (f && fgets(line, sizeof(line), f)) {
		name[0] = '\0';
		if (sscanf(line, "%lx-%lx %7s %lx %*s %*s %255[^\n]", &start, &end, rights, &offset,
			   name) < 4)
			continue;
		if (end <= at(0) || start >= at(PAGES))
			continue;
		printf("%ld-%ld %s %lx %s\n", ((long)start - (long)at(0)) / (long)PAGE,
		       ((long)end - (long)at(0)) / (long)PAGE, rights, offset, name);
	}
	if (f)
		fclose(f);
}

/* One line of smaps of the VMA that holds a page. */
static void smaps(unsigned long page, const char *key)
{
	FILE *f = fopen("/proc/self/smaps", "r");
	unsigned long start, end;
	char line[512];
	int here = 0;

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			here = at(page) >= start && at(page) < end;
		else if (here && !strncmp(line, key, strlen(key)))
			printf("%ld %s", page, line);
	}
	if (f)
		fclose(f);
}

static sigjmp_buf back;

static void caught(int sig, siginfo_t *info, void *context)
{
	(void)context;
	siglongjmp(back, sig << 8 | info->si_code);
}

/* Touch a page: what is there, or the signal. */
static void touch(const char *what, unsigned long page, int with)
{
	volatile char *p = (char *)at(page);
	volatile int value = with;
	int how = sigsetjmp(back, 1);

	if (how) {
		printf("%s %ld: %s code %d\n", what, page,
		       how >> 8 == SIGSEGV ? "SIGSEGV" : "SIGBUS", how & 255);
		return;
	}
	if (value)
		*p = (char)value;
	else
		value = *p;
	printf("%s %ld: %d\n", what, page, value);
}

static void clear(void)
{
	call(SYS_munmap, at(0), PAGES * PAGE);
}

/* ---------------------------------------------------------------- mmap, munmap */

static void bad_mmap(void)
{
	say("mmap length 0", map(0, 0, RW, ANON, -1, 0));
	say("mmap length -1", call(SYS_mmap, 0, -1UL, RW, ANON, -1UL, 0));
	say("mmap too long", call(SYS_mmap, 0, 1UL << 47, RW, ANON, -1UL, 0));
	say("mmap more than RAM", call(SYS_mmap, 0, 1UL << 40, RW, ANON, -1UL, 0));
	say("mmap offset 1", map(0, 1, RW, ANON, -1, 1));
	say("mmap address 1 fixed", call(SYS_mmap, at(0) + 1, PAGE, RW, ANON | MAP_FIXED, -1UL, 0));
	say("mmap high fixed", call(SYS_mmap, 1UL << 47, PAGE, RW, ANON | MAP_FIXED, -1UL, 0));
	say("mmap last fixed",
	    call(SYS_mmap, (1UL << 47) - 2 * PAGE, 2 * PAGE, RW, ANON | MAP_FIXED, -1UL, 0));
	say("mmap kernel fixed", call(SYS_mmap, -1UL << 47, PAGE, RW, ANON | MAP_FIXED, -1UL, 0));
	say("mmap no type", map(0, 1, RW, MAP_ANONYMOUS, -1, 0));
	say("mmap type 3 anonymous", map(0, 1, RW, MAP_ANONYMOUS | 3, -1, 0));
	say("mmap type 4", map(0, 1, RW, 4, file, 0));
	say("mmap no file", map(0, 1, RW, MAP_PRIVATE, -1, 0));
	say("mmap bad file", map(0, 1, RW, MAP_PRIVATE, 1000, 0));
	say("mmap folder", map(0, 1, PROT_READ, MAP_PRIVATE, folder, 0));
	say("mmap shared write of read-only", map(0, 1, RW, MAP_SHARED, readonly, 0));
	say("mmap of write-only", map(0, 1, PROT_READ, MAP_SHARED, writeonly, 0));
	say("mmap private of write-only", map(0, 1, PROT_READ, MAP_PRIVATE, writeonly, 0));
	say("mmap validate with unknown flag",
	    map(0, 1, RW, MAP_SHARED_VALIDATE | 0x2000000, file, 0));
	say("mmap validate noreplace",
	    map(0, 1, RW, MAP_SHARED_VALIDATE | MAP_FIXED_NOREPLACE, file, 0));
	say("mmap shared with unknown flag", map(0, 1, RW, MAP_SHARED | 0x2000000, file, 0));
	say("mmap growsdown file", map(1, 1, RW, MAP_PRIVATE | MAP_GROWSDOWN, file, 0));
	say("mmap growsdown shared",
	    map(1, 1, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0));
	say("mmap offset beyond", map(1, 1, RW, MAP_PRIVATE, file, 0x7ffffffffffff000));
	say("mmap offset wraps", map(1, 2, RW, MAP_PRIVATE, file, (long)-PAGE));
	say("mmap hugetlb file", map(1, 1, RW, MAP_PRIVATE | MAP_HUGETLB, file, 0));
	say("mmap noreplace", call(SYS_mmap, at(0), PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1UL, 0));
	say("mmap prot unknown", map(2, 1, 0x70, ANON, -1, 0));
	say("munmap address 1", call(SYS_munmap, at(0) + 1, PAGE));
	say("munmap length 0", call(SYS_munmap, at(0), 0));
	say("munmap length -1", call(SYS_munmap, at(0), -1UL));
	say("munmap beyond", call(SYS_munmap, (1UL << 47) - PAGE, 2 * PAGE));
	say("munmap nothing", call(SYS_munmap, at(100), PAGE));
	maps("bad mmap");
	clear();
}

static void merges(void)
{
	map(0, 4, RW, ANON, -1, 0);
	map(4, 4, RW, ANON, -1, 0);
	map(8, 4, PROT_READ, ANON, -1, 0);
	maps("two and one");
	map(2, 1, PROT_READ, ANON, -1, 0);
	call(SYS_munmap, at(5), PAGE);
	maps("cut");
	map(5, 1, RW, ANON, -1, 0);
	map(2, 1, RW, ANON, -1, 0);
	maps("filled");
	call(SYS_mprotect, at(8), 2 * PAGE, (unsigned long)RW);
	maps("grows over the next");
	call(SYS_mprotect, at(6), 3 * PAGE, (unsigned long)PROT_READ);
	call(SYS_mprotect, at(9), PAGE, (unsigned long)PROT_READ);
	maps("meets the next");
	touch("write", 0, 1);
	call(SYS_mprotect, at(2), PAGE, (unsigned long)PROT_NONE);
	touch("write", 4, 1);
	call(SYS_mprotect, at(2), PAGE, (unsigned long)RW);
	maps("united after writes");
	clear();
	map(0, 2, RW, MAP_PRIVATE, file, 0);
	map(2, 2, RW, MAP_PRIVATE, file, 2 * (long)PAGE);
	map(4, 2, RW, MAP_PRIVATE, file, 2 * (long)PAGE);
	map(6, 2, RW, MAP_SHARED, file, 4 * (long)PAGE);
	map(8, 2, PROT_READ, MAP_SHARED, readonly, 6 * (long)PAGE);
	map(10, 1, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	map(11, 1, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	map(12, 1, RW, ANON | MAP_NORESERVE, -1, 0);
	map(13, 1, RW, ANON, -1, 0);
	map(14, 1, RW, ANON | MAP_LOCKED, -1, 0);
	map(400, 1, RW, ANON | MAP_GROWSDOWN | MAP_STACK, -1, 0);
	maps("kinds");
	for (unsigned long page = 0; page < 15; page += 2)
		smaps(page, "VmFlags");
	smaps(400, "VmFlags");
	say("mprotect shared of read-only", call(SYS_mprotect, at(8), PAGE, (unsigned long)RW));
	touch("grow", 399, 7);
	touch("grow", 390, 7);
	maps("grown");
	clear();
}

static void places(void)
{
	char *top = mmap(NULL, PAGE, RW, ANON, -1, 0), *p;

	p = mmap(NULL, 3 * PAGE, PROT_READ, ANON, -1, 0);
	printf("below by %ld\n", (top - p) / (long)PAGE);
	munmap(top, PAGE);
	top = mmap(NULL, PAGE, RW, ANON, -1, 0);
	printf("again above by %ld\n", (top - p) / (long)PAGE);
	munmap(p, 3 * PAGE);
	munmap(top, PAGE);
	say("hint", call(SYS_mmap, at(7) + 9, PAGE, RW, ANON, -1UL, 0));
	printf("hint taken elsewhere: %d\n",
	       call(SYS_mmap, at(7), PAGE, RW, ANON, -1UL, 0) != (long)at(7));
	printf("hint low: %lx\n", (unsigned long)call(SYS_mmap, PAGE, PAGE, RW, ANON, -1UL, 0));
	munmap((void *)0x10000, PAGE);
	printf("32 bits: %lx\n",
	       (unsigned long)call(SYS_mmap, 0, PAGE, RW, ANON | MAP_32BIT, -1UL, 0));
	printf("32 bits too long: %ld\n",
	       call(SYS_mmap, 0, 1UL << 31, PROT_NONE, ANON | MAP_32BIT, -1UL, 0));
	munmap((void *)0x40000000, PAGE);
	clear();
}

/* ---------------------------------------------------------------- mprotect */

static void rights(void)
{
	map(0, 3, RW, ANON, -1, 0);
	map(4, 1, RW, ANON, -1, 0);
	say("mprotect address 1", call(SYS_mprotect, at(0) + 1, PAGE, PROT_READ));
	say("mprotect length 0", call(SYS_mprotect, at(100), 0, PROT_READ));
	say("mprotect length 0 prot bad", call(SYS_mprotect, at(100), 0, 0x100));
	say("mprotect length -1", call(SYS_mprotect, at(0), -1UL, PROT_READ));
	say("mprotect prot bad", call(SYS_mprotect, at(0), PAGE, 0x100));
	say("mprotect prot sem", call(SYS_mprotect, at(0), PAGE, 8 | RW));
	say("mprotect nothing", call(SYS_mprotect, at(100), PAGE, PROT_READ));
	say("mprotect growsdown both", call(SYS_mprotect, at(0), PAGE, 0x3000000 | PROT_READ));
	say("mprotect growsdown not", call(SYS_mprotect, at(0), PAGE, 0x1000000 | PROT_READ));
	say("mprotect growsup not", call(SYS_mprotect, at(0), PAGE, 0x2000000 | PROT_READ));
	say("mprotect over a hole", call(SYS_mprotect, at(1), 4 * PAGE, PROT_READ));
	maps("over a hole");
	touch("write", 0, 1);
	touch("write", 1, 1);
	touch("read", 1, 0);
	call(SYS_mprotect, at(0), PAGE, PROT_NONE);
	touch("read", 0, 0);
	call(SYS_mprotect, at(0), PAGE, RW);
	touch("read", 0, 0);
	touch("read", 3, 0);
	say("pkey_mprotect -1", call(SYS_pkey_mprotect, at(0), PAGE, PROT_READ, -1UL));
	say("pkey_mprotect 5", call(SYS_pkey_mprotect, at(0), PAGE, PROT_READ, 5));
	clear();
	map(300, 4, RW, ANON | MAP_GROWSDOWN, -1, 0);
	say("mprotect growsdown", call(SYS_mprotect, at(302), PAGE, 0x1000000 | PROT_READ));
	maps("growsdown");
	clear();
}

/* ---------------------------------------------------------------- mremap */

static long remap(unsigned long page, unsigned long old, unsigned long new, unsigned long flags,
		  unsigned long to)
{
	return call(SYS_mremap, at(page), old * PAGE, new *PAGE, flags, at(to));
}

static void moves(void)
{
	map(0, 4, RW, ANON, -1, 0);
	map(10, 4, RW, ANON, -1, 0);
	touch("write", 0, 11);
	touch("write", 3, 13);
	say("mremap flags", remap(0, 1, 1, 8, 0));
	say("mremap fixed alone", remap(0, 1, 1, MREMAP_FIXED, 20));
	say("mremap dontunmap alone", remap(0, 1, 1, MREMAP_DONTUNMAP, 20));
	say("mremap dontunmap grows", remap(0, 1, 2, MREMAP_DONTUNMAP | MREMAP_MAYMOVE, 20));
	say("mremap address 1", call(SYS_mremap, at(0) + 1, PAGE, PAGE, 0, 0));
	say("mremap new length 0", remap(0, 1, 0, 0, 0));
	say("mremap old length 0", remap(0, 0, 1, MREMAP_MAYMOVE, 0));
	say("mremap nothing", remap(200, 1, 1, MREMAP_MAYMOVE, 0));
	say("mremap over a hole", remap(2, 4, 8, MREMAP_MAYMOVE, 0));
	say("mremap overlaps", remap(0, 4, 4, MREMAP_MAYMOVE | MREMAP_FIXED, 2));
	say("mremap to 1",
	    call(SYS_mremap, at(0), PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, at(50) + 1));
	say("mremap to the kernel",
	    call(SYS_mremap, at(0), PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, -1UL << 47));
	say("mremap same", remap(0, 4, 4, 0, 0));
	say("mremap grows", remap(0, 4, 8, 0, 0));
	maps("grown");
	say("mremap cannot grow", remap(0, 8, 12, 0, 0));
	say("mremap shrinks", remap(0, 8, 5, 0, 0));
	say("mremap grows in the middle", remap(0, 2, 3, 0, 0));
	maps("shrunk");
	say("mremap moves", remap(0, 5, 6, MREMAP_MAYMOVE | MREMAP_FIXED, 30));
	touch("read", 30, 0);
	touch("read", 33, 0);
	touch("read", 35, 0);
	touch("read", 0, 0);
	maps("moved");
	say("mremap moves a part", remap(31, 2, 2, MREMAP_MAYMOVE | MREMAP_FIXED, 40));
	maps("moved a part");
	say("mremap dontunmap",
	    remap(33, 1, 1, MREMAP_MAYMOVE | MREMAP_DONTUNMAP | MREMAP_FIXED, 50));
	touch("read", 33, 0);
	touch("read", 50, 0);
	maps("not unmapped");
	clear();
	map(0, 4, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	touch("write", 1, 42);
	say("mremap duplicates", remap(0, 0, 4, MREMAP_MAYMOVE | MREMAP_FIXED, 60));
	touch("read", 61, 0);
	touch("read", 1, 0);
	maps("twice");
	clear();
	map(0, 4, RW, MAP_PRIVATE, file, 0);
	say("mremap file", remap(1, 2, 3, MREMAP_MAYMOVE | MREMAP_FIXED, 8));
	touch("read", 8, 0);
	maps("file");
	map(20, 4, RW, ANON | MAP_LOCKED, -1, 0);
	say("mremap locked", remap(20, 2, 4, MREMAP_MAYMOVE | MREMAP_FIXED, 30));
	smaps(30, "Locked");
	smaps(30, "VmFlags");
	clear();
}

/* ---------------------------------------------------------------- madvise */

static void advice(void)
{
	static const int all[] = { 0,  1,  2,  3,  4,  5,  8,  9,  10, 11, 12, 13, 14, 15,
				   16, 17, 18, 19, 20, 21, 22, 23, 24, 6,  7,  99, 26, -1 };
	char what[64];

	for (unsigned int i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		clear();
		map(0, 4, RW, ANON, -1, 0);
		map(4, 4, RW, MAP_SHARED, file, 0);
		map(8, 4, RW, MAP_PRIVATE, file, 0);
		map(12, 4, RW, ANON | MAP_LOCKED, -1, 0);
		map(16, 4, PROT_READ, ANON, -1, 0);
		map(20, 4, PROT_NONE, ANON, -1, 0);
		snprintf(what, sizeof(what), "madvise %d address 1", all[i]);
		say(what, call(SYS_madvise, at(0) + 1, PAGE, (unsigned long)all[i]));
		snprintf(what, sizeof(what), "madvise %d length -1", all[i]);
		say(what, call(SYS_madvise, at(0), -1UL, (unsigned long)all[i]));
		snprintf(what, sizeof(what), "madvise %d length 0", all[i]);
		say(what, call(SYS_madvise, at(0), 0, (unsigned long)all[i]));
		for (unsigned long page = 0; page <= 24; page += 4) {
			if (all[i] == 9 && page == 4)
				continue; /* it takes the file's pages away */
			snprintf(what, sizeof(what), "madvise %d of %ld", all[i], page + 1);
			say(what, call(SYS_madvise, at(page + 1), 2 * PAGE, (unsigned long)all[i]));
		}
		snprintf(what, sizeof(what), "madvise %d over a hole", all[i]);
		say(what, call(SYS_madvise, at(23), 3 * PAGE, (unsigned long)all[i]));
		maps("advised");
		smaps(1, "VmFlags");
	}
	clear();
	map(0, 4, RW, ANON, -1, 0);
	touch("write", 1, 9);
	touch("write", 2, 9);
	call(SYS_madvise, at(1), PAGE, MADV_DONTNEED);
	touch("read", 1, 0);
	touch("read", 2, 0);
	call(SYS_madvise, at(0), 4 * PAGE, MADV_POPULATE_WRITE);
	smaps(0, "Rss");
	map(4, 4, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	touch("write", 5, 9);
	call(SYS_madvise, at(4), 4 * PAGE, MADV_DONTNEED);
	touch("read", 5, 0);
	say("madvise remove", call(SYS_madvise, at(4), 4 * PAGE, MADV_REMOVE));
	touch("read", 5, 0);
	map(8, 2, PROT_READ, MAP_SHARED, readonly, 0);
	say("madvise remove read-only", call(SYS_madvise, at(8), PAGE, MADV_REMOVE));
	clear();
}

/* ---------------------------------------------------------------- mincore, msync, mlock */

static void residence(void)
{
	unsigned char vec[16];

	map(0, 8, RW, ANON, -1, 0);
	touch("write", 1, 1);
	touch("read", 3, 0);
	memset(vec, 9, sizeof(vec));
	say("mincore", call(SYS_mincore, at(0), 8 * PAGE, (unsigned long)vec));
	for (unsigned int i = 0; i < 9; i++)
		printf("%d%c", vec[i], i == 8 ? '\n' : ' ');
	say("mincore address 1", call(SYS_mincore, at(0) + 1, PAGE, (unsigned long)vec));
	say("mincore length 0", call(SYS_mincore, at(100), 0, (unsigned long)vec));
	say("mincore nothing", call(SYS_mincore, at(100), PAGE, (unsigned long)vec));
	say("mincore over the end", call(SYS_mincore, at(6), 4 * PAGE, (unsigned long)vec));
	say("mincore kernel", call(SYS_mincore, -1UL << 47, PAGE, (unsigned long)vec));
	say("mincore bad vector", call(SYS_mincore, at(0), PAGE, 8));
	say("mincore kernel vector", call(SYS_mincore, at(0), PAGE, -1UL << 47));
	map(8, 2, PROT_READ, MAP_PRIVATE, file, 0);
	say("mincore file", call(SYS_mincore, at(8), 2 * PAGE, (unsigned long)vec));
	printf("%d %d\n", vec[0], vec[1]);
	map(20, 2, RW, MAP_SHARED, file, 0);
	map(22, 2, RW, ANON | MAP_LOCKED, -1, 0);
	for (unsigned long flags = 0; flags < 9; flags++) {
		char what[32];

		snprintf(what, sizeof(what), "msync %ld", flags);
		say(what, call(SYS_msync, at(20), 2 * PAGE, flags));
		say("  locked", call(SYS_msync, at(22), 2 * PAGE, flags));
		say("  over a hole", call(SYS_msync, at(18), 6 * PAGE, flags));
		say("  in a hole", call(SYS_msync, at(100), PAGE, flags));
		say("  address 1", call(SYS_msync, at(20) + 1, PAGE, flags));
		say("  length 0", call(SYS_msync, at(100), 0, flags));
		say("  length -1", call(SYS_msync, at(20), -2 * PAGE, flags));
	}
	clear();
}

static void locks(void)
{
	map(0, 4, RW, ANON, -1, 0);
	map(4, 2, PROT_NONE, ANON, -1, 0);
	map(8, 2, PROT_READ, MAP_PRIVATE, file, 0);
	say("mlock", call(SYS_mlock, at(1) + 5, 10));
	say("mlock2 onfault", call(SYS_mlock2, at(2), PAGE, 1));
	say("mlock2 bad", call(SYS_mlock2, at(2), PAGE, 2));
	say("mlock none", call(SYS_mlock, at(4), PAGE));
	say("mlock over a hole", call(SYS_mlock, at(5), 4 * PAGE));
	say("mlock nothing", call(SYS_mlock, at(100), PAGE));
	say("mlock length 0", call(SYS_mlock, at(100), 0));
	say("mlock length -1", call(SYS_mlock, at(1), -PAGE));
	say("mlock file", call(SYS_mlock, at(8), PAGE));
	maps("locked");
	smaps(1, "VmFlags");
	smaps(2, "VmFlags");
	smaps(1, "Rss");
	smaps(2, "Rss");
	say("munlock", call(SYS_munlock, at(0), 6 * PAGE));
	say("munlock over a hole", call(SYS_munlock, at(5), 4 * PAGE));
	maps("unlocked");
	say("mlockall 0", call(SYS_mlockall, 0));
	say("mlockall 4", call(SYS_mlockall, 4));
	say("mlockall 8", call(SYS_mlockall, 8));
	say("mlockall future", call(SYS_mlockall, 2));
	map(20, 2, RW, ANON, -1, 0);
	smaps(20, "VmFlags");
	smaps(20, "Rss");
	say("mlockall current onfault", call(SYS_mlockall, 5));
	smaps(0, "VmFlags");
	say("munlockall", call(SYS_munlockall));
	smaps(0, "VmFlags");
	clear();
}

/* ---------------------------------------------------------------- the rest */

static void heap(void)
{
	unsigned long start = (unsigned long)call(SYS_brk, 0), now;

	now = (start + 0x3fff) & ~0xfffUL;
	printf("brk up: %d\n", call(SYS_brk, now + 5) == (long)(now + 5));
	printf("brk down: %d\n", call(SYS_brk, now - PAGE) == (long)(now - PAGE));
	printf("brk too far: %d\n", call(SYS_brk, 1UL << 46) == (long)(now - PAGE));
	printf("brk below: %d\n", call(SYS_brk, 4096) == (long)(now - PAGE));
	call(SYS_mmap, now + 5 * PAGE, PAGE, RW, ANON | MAP_FIXED, -1UL, 0);
	printf("brk into a mapping: %d\n", call(SYS_brk, now + 6 * PAGE) == (long)(now - PAGE));
	printf("brk up to it: %d\n", call(SYS_brk, now + 5 * PAGE) == (long)(now - PAGE));
	printf("brk before it: %d\n", call(SYS_brk, now + 4 * PAGE) == (long)(now + 4 * PAGE));
	call(SYS_munmap, now + 5 * PAGE, PAGE);
	call(SYS_brk, start);
}

static void file_pages(void)
{
	map(0, 8, RW, MAP_SHARED, file, 0);
	say("remap_file_pages", call(SYS_remap_file_pages, at(2), 2 * PAGE, 0, 6, 0));
	touch("read", 2, 0);
	maps("remapped");
	say("remap_file_pages prot", call(SYS_remap_file_pages, at(2), PAGE, 1, 6, 0));
	say("remap_file_pages length 0", call(SYS_remap_file_pages, at(2), 0, 0, 6, 0));
	say("remap_file_pages wraps", call(SYS_remap_file_pages, at(2), 2 * PAGE, 0, -1UL, 0));
	say("remap_file_pages nothing", call(SYS_remap_file_pages, at(100), PAGE, 0, 0, 0));
	say("remap_file_pages over other", call(SYS_remap_file_pages, at(6), 4 * PAGE, 0, 0, 0));
	map(20, 2, RW, ANON, -1, 0);
	say("remap_file_pages private", call(SYS_remap_file_pages, at(20), PAGE, 0, 0, 0));
	touch("beyond the end", 7, 0);
	map(30, 20, RW, MAP_PRIVATE, file, 0);
	touch("beyond the end", 48, 0);
	clear();
}

static void limits(void)
{
	struct rlimit old, limit;
	unsigned long size = 0, brk;
	FILE *f = fopen("/proc/self/statm", "r");

	if (!f || fscanf(f, "%lu", &size) != 1)
		return;
	fclose(f);
	getrlimit(RLIMIT_AS, &old);
	limit = old;
	limit.rlim_cur = (size + 10) * PAGE;
	setrlimit(RLIMIT_AS, &limit);
	say("mmap within AS", map(0, 5, RW, ANON, -1, 0));
	say("mmap beyond AS", map(10, 20, RW, ANON, -1, 0));
	say("mmap in the place of another", map(0, 5, PROT_READ, ANON, -1, 0));
	say("mremap beyond AS", remap(0, 5, 50, MREMAP_MAYMOVE, 0));
	brk = (unsigned long)call(SYS_brk, 0);
	printf("brk beyond AS stays: %d\n", call(SYS_brk, brk + 100 * PAGE) == (long)brk);
	setrlimit(RLIMIT_AS, &old);
	clear();
	getrlimit(RLIMIT_DATA, &old);
	limit = old;
	limit.rlim_cur = 0x100000;
	setrlimit(RLIMIT_DATA, &limit);
	say("mmap beyond DATA", map(0, 1000, RW, ANON, -1, 0));
	say("mmap read-only beyond DATA", map(0, 1000, PROT_READ, ANON, -1, 0));
	say("mprotect beyond DATA", call(SYS_mprotect, at(0), 1000 * PAGE, RW));
	setrlimit(RLIMIT_DATA, &old);
	clear();
}

static void children(void)
{
	int status;

	map(0, 1, RW, ANON, -1, 0);
	map(2, 1, RW, ANON, -1, 0);
	map(4, 1, RW, ANON, -1, 0);
	map(6, 1, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	map(8, 4, RW, ANON | MAP_LOCKED, -1, 0);
	touch("write", 0, 1);
	touch("write", 2, 2);
	touch("write", 4, 4);
	touch("write", 6, 6);
	call(SYS_madvise, at(2), PAGE, MADV_WIPEONFORK);
	call(SYS_madvise, at(4), PAGE, MADV_DONTFORK);
	fflush(stdout);
	if (!fork()) {
		touch("child", 0, 0);
		touch("child", 2, 0);
		touch("child", 4, 0);
		touch("child", 6, 0);
		touch("child", 0, 5);
		touch("child", 6, 7);
		/* What was one and was split is not one again: each is apart from the parent's. */
		call(SYS_mprotect, at(9), PAGE, PROT_READ);
		call(SYS_mprotect, at(9), PAGE, RW);
		maps("child");
		smaps(8, "VmFlags");
		fflush(stdout);
		_exit(0);
	}
	wait(&status);
	touch("parent", 0, 0);
	touch("parent", 2, 0);
	touch("parent", 4, 0);
	touch("parent", 6, 0);
	clear();
}

/* What tells of an address space without showing it. */
struct numbers {
	unsigned long stat[52]; /* by field, from 1 */
	long kb[7];
	unsigned long next, brk;
	int dumpable, barrier;
	char auxv[1024];
};

static void take_stat(struct numbers *n)
{
	char text[1024] = "", *s;
	int fd = open("/proc/self/stat", O_RDONLY), field = 2;

	(void)!read(fd, text, sizeof(text) - 1);
	close(fd);
	s = strrchr(text, ')'); /* behind the second one's name */
	while (s && field < 51 && (s = strchr(s + 1, ' ')))
		n->stat[++field] = strtoul(s + 1, NULL, 10);
}

static const char *const vm_keys[] = { "VmSize:", "VmLck:", "VmPin:", "VmData:",
				       "VmStk:",  "VmExe:", "VmLib:" };

static void take_status(struct numbers *n)
{
	char text[4096] = "", *s;
	int fd = open("/proc/self/status", O_RDONLY);

	(void)!read(fd, text, sizeof(text) - 1);
	close(fd);
	for (int i = 0; i < 7; i++) {
		s = strstr(text, vm_keys[i]);
		n->kb[i] = s ? atol(s + strlen(vm_keys[i])) : -1;
	}
}

static void take_numbers(struct numbers *n)
{
	int fd = open("/proc/self/auxv", O_RDONLY);

	(void)!read(fd, n->auxv, sizeof(n->auxv));
	close(fd);
	take_stat(n);
	take_status(n);
	n->next = (unsigned long)mmap(NULL, PAGE, RW, ANON, -1, 0);
	munmap((void *)n->next, PAGE);
	n->brk = (unsigned long)call(SYS_brk, 0);
	n->dumpable = prctl(PR_GET_DUMPABLE);
	n->barrier = (int)call(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
}

/* A child has all of it, but for what is locked and what is to be locked. */
static void numbers_of_child(void)
{
	struct numbers *n = mmap(NULL, 2 * sizeof(*n), RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;

	map(0, 4, RW, ANON, -1, 0);
	map(8, 1, PROT_READ | PROT_EXEC, ANON, -1, 0);
	call(SYS_mlock, at(0), PAGE);
	call(SYS_mlockall, MCL_FUTURE);
	call(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0);
	prctl(PR_SET_DUMPABLE, 0);
	take_numbers(&n[0]);
	if (!fork()) {
		take_numbers(&n[1]);
		map(20, 2, RW, ANON, -1, 0);
		smaps(20, "Locked");
		fflush(stdout);
		_exit(0);
	}
	wait(&status);
	prctl(PR_SET_DUMPABLE, 1);
	call(SYS_munlockall);
	for (int i = 23; i < 52; i++)
		if ((i <= 28 || i >= 45) && i != 24 /* rss */ && n[0].stat[i] != n[1].stat[i])
			printf("stat %d: %lx, of a child %lx\n", i, n[0].stat[i], n[1].stat[i]);
	for (int i = 0; i < 7; i++)
		if (n[0].kb[i] != n[1].kb[i])
			printf("%s %ld kB less\n", vm_keys[i], n[0].kb[i] - n[1].kb[i]);
	printf("a child's: auxv %d, next place %d, brk %d, dumpable %d, barrier %d\n",
	       memcmp(n[0].auxv, n[1].auxv, sizeof(n->auxv)), n[0].next == n[1].next,
	       n[0].brk == n[1].brk, n[1].dumpable, n[1].barrier);
	munmap(n, 2 * sizeof(*n));
	clear();
}

/* From below upwards, as with ADDR_COMPAT_LAYOUT; that is inherited, too. */
static int upwards(void)
{
	char *first = mmap(NULL, PAGE, RW, ANON, -1, 0),
	     *second = mmap(NULL, PAGE, RW, ANON, -1, 0);
	int status;

	printf("upwards: %ld, from %lx000000 on\n", (second - first) / (long)PAGE,
	       (unsigned long)first >> 24);
	fflush(stdout);
	if (!fork()) {
		printf("of a child: %ld\n",
		       ((char *)mmap(NULL, PAGE, RW, ANON, -1, 0) - first) / (long)PAGE);
		fflush(stdout);
		_exit(0);
	}
	wait(&status);
	return 0;
}

static void run_upwards(char **argv)
{
	int status;

	fflush(stdout);
	if (!fork()) {
		personality(ADDR_NO_RANDOMIZE | ADDR_COMPAT_LAYOUT);
		execl("/proc/self/exe", argv[0], "upwards", NULL);
		_exit(1);
	}
	wait(&status);
}

/* A page that was written to the disk is written again when it has changed since, by way of the same mapping. */
static void disk_page_again(int disk)
{
	volatile char *p = mmap(NULL, PAGE, RW, MAP_SHARED, disk, 8 << 20);

	for (int i = 1; i < 4; i++) {
		long before = written();

		p[0] = (char)i;
		say("written again, fsync", fsync(disk));
		printf("sectors: %ld\n", written() - before);
		before = written();
		say("unchanged, msync", msync((void *)p, PAGE, MS_SYNC));
		printf("sectors: %ld\n", written() - before);
	}
	munmap((void *)p, PAGE);
}

/* What was written to a mapping gets to the disk, also when the mapping has gone by then. */
static void disk_pages(void)
{
	int disk = open("/dev/vda", O_RDWR);
	volatile char *p = mmap(NULL, PAGE, RW, MAP_SHARED, disk, 8 << 20);
	long before;

	printf("--- a disk's\n");
	fsync(disk);
	before = written();
	p[0] = 1;
	say("msync", msync((void *)p, PAGE, MS_SYNC));
	printf("sectors: %ld\n", written() - before);
	before = written();
	p[0] = 2;
	say("munmap", munmap((void *)p, PAGE));
	say("fsync", fsync(disk));
	printf("sectors: %ld\n", written() - before);
	disk_page_again(disk);
	close(disk);
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_sigaction = caught, .sa_flags = SA_SIGINFO | SA_NODEFER };
	static char page[PAGE];

	if (argc > 1)
		return upwards();
	if (!(personality(0xffffffff) & ADDR_NO_RANDOMIZE)) {
		personality(ADDR_NO_RANDOMIZE);
		execv("/proc/self/exe", argv);
	}
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	file = open("/tmp/mmap-test", O_RDWR | O_CREAT | O_TRUNC, 0600);
	for (int i = 0; i < 10; i++) {
		memset(page, i + 1, sizeof(page));
		if (write(file, page, sizeof(page)) != (ssize_t)sizeof(page))
			return 1;
	}
	readonly = open("/tmp/mmap-test", O_RDONLY);
	writeonly = open("/tmp/mmap-test", O_WRONLY);
	folder = open("/tmp", O_RDONLY);
	arena = mmap((void *)0x200000000000, PAGES * PAGE, PROT_NONE, ANON, -1, 0);
	printf("arena: %lx\n", (unsigned long)arena);
	clear();

	bad_mmap();
	merges();
	places();
	rights();
	moves();
	advice();
	residence();
	locks();
	heap();
	file_pages();
	disk_pages();
	limits();
	children();
	numbers_of_child();
	run_upwards(argv);
	unlink("/tmp/mmap-test");
	return 0;
}
