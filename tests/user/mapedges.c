// SPDX-License-Identifier: MIT
/*
 * The edges of mmap(), mprotect(), mremap(), brk() and shmctl(): huge pages that nobody has set aside, limits
 * that just suffice, as many mappings as there may be, locked memory that grows, READ_IMPLIES_EXEC, a segment's
 * rights and times.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "slurp.h"

#define PAGE	 4096UL
#define RW	 (PROT_READ | PROT_WRITE)
#define PRIVATE	 (MAP_PRIVATE | MAP_ANONYMOUS)
#define HUGE_LOG (1UL << 26) /* of MAP_HUGE_SHIFT: log2 of the size */

static char buf[65536];

static long say(const char *what, long ret)
{
	if (ret < 0)
		printf("%s: %s\n", what, strerrorname_np(errno));
	else
		printf("%s: %ld\n", what, ret);
	return ret;
}

static char *map(const char *what, void *at, size_t len, int prot, unsigned long flags)
{
	char *p = (char *)syscall(SYS_mmap, at, len, prot, flags, -1, 0);

	say(what, p == MAP_FAILED ? -1 : 0);
	return p;
}

/* The rights of what is mapped at p. */
static void rights(const char *what, const void *p)
{
	unsigned long start, end;
	char r[8], *save, *s;

	slurp("/proc/self/maps");
	for (s = strtok_r(buf, "\n", &save); s; s = strtok_r(NULL, "\n", &save))
		if (sscanf(s, "%lx-%lx %7s", &start, &end, r) == 3 && (unsigned long)p >= start &&
		    (unsigned long)p < end)
			printf("%s: %s\n", what, r);
}

/* Its line of maps: rights and offset, the column in which its name begins, and that; of a file's, whether it is that one. */
static void line_of_maps(const char *what, const void *p, int fd)
{
	unsigned long start, end, ino;
	unsigned int major, minor;
	char *save, *s, *name;
	struct stat st;
	int at;

	slurp("/proc/self/maps");
	for (s = strtok_r(buf, "\n", &save); s; s = strtok_r(NULL, "\n", &save)) {
		if (sscanf(s, "%lx-%lx %n%*s %*x %x:%x %lu", &start, &end, &at, &major, &minor,
			   &ino) != 5 ||
		    (unsigned long)p < start || (unsigned long)p >= end)
			continue;
		name = strpbrk(s, "/[");
		printf("%s: %.13s, column %ld: %s", what, s + at, name ? name - s : 0L,
		       name ? name : "no name");
		if (fd >= 0 && !fstat(fd, &st))
			printf(", it %d", major == major(st.st_dev) && minor == minor(st.st_dev) &&
						  ino == st.st_ino);
		printf("\n");
	}
}

static void lines_of_maps(void)
{
	int fd = open("two\nlines\n", O_RDWR | O_CREAT, 0600);
	char *file = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, PAGE);
	char *none = mmap(NULL, PAGE, PROT_NONE, PRIVATE, -1, 0);
	char *shared = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char *heap = sbrk(PAGE);

	line_of_maps("a file", file, fd);
	unlink("two\nlines\n");
	line_of_maps("a file that is gone", file, fd);
	line_of_maps("what is nobody's", none, -1);
	line_of_maps("what is shared", shared, -1);
	line_of_maps("the heap", heap, -1);
	line_of_maps("the stack", &heap, -1);
	munmap(file, PAGE);
	munmap(none, PAGE);
	munmap(shared, PAGE);
	close(fd);
}

/* A number of /proc/self/status, in kB. */
static long status(const char *key)
{
	char *s;

	slurp("/proc/self/status");
	s = strstr(buf, key);
	return s ? strtol(s + strlen(key), NULL, 10) : -1;
}

static void huge(void)
{
	map("huge", NULL, 2 << 20, RW, PRIVATE | MAP_HUGETLB);
	map("huge, 2 MiB", NULL, 2 << 20, RW, PRIVATE | MAP_HUGETLB | 21 * HUGE_LOG);
	map("huge, 1 GiB", NULL, 2 << 20, RW, PRIVATE | MAP_HUGETLB | 30 * HUGE_LOG);
	map("huge, of another size", NULL, 2 << 20, RW, PRIVATE | MAP_HUGETLB | 22 * HUGE_LOG);
	map("huge, of no length", NULL, 0, RW, PRIVATE | MAP_HUGETLB);
	say("a file's", syscall(SYS_mmap, NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_HUGETLB, 0, 0));
	map("neither shared nor private", NULL, PAGE, RW, MAP_ANONYMOUS);
	map("shared, growing down", NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_GROWSDOWN);
}

static void keys(void)
{
	char *p = map("for keys", NULL, PAGE, RW, PRIVATE);

	say("pkey_alloc", syscall(SYS_pkey_alloc, 0, 0));
	say("pkey_alloc, rights", syscall(SYS_pkey_alloc, 0, 3));
	say("pkey_alloc, wrong", syscall(SYS_pkey_alloc, 1, 0));
	say("pkey_alloc, wrong rights", syscall(SYS_pkey_alloc, 0, 8));
	say("pkey_free", syscall(SYS_pkey_free, 1));
	say("pkey_mprotect, none", syscall(SYS_pkey_mprotect, p, PAGE, PROT_READ, -1));
	say("pkey_mprotect, not given out", syscall(SYS_pkey_mprotect, p, PAGE, PROT_READ, 1));
	rights("protected", p);
	munmap(p, PAGE);
}

static void set_limit(int what, rlim_t soft)
{
	struct rlimit r;

	getrlimit(what, &r);
	r.rlim_cur = soft;
	setrlimit(what, &r);
}

/* What is replaced makes room for what replaces it. */
static void address_space(void)
{
	char *p = map("sixteen pages", NULL, 16 * PAGE, RW, PRIVATE);

	p[0] = 'x';
	munmap(p + 8 * PAGE, PAGE);
	set_limit(RLIMIT_AS, (rlim_t)status("VmSize:") * 1024);
	map("one more", NULL, PAGE, RW, PRIVATE);
	map("in the place of what is there", p, 8 * PAGE, RW, PRIVATE | MAP_FIXED);
	printf("anew: %d\n", p[0]);
	map("with the hole", p, 16 * PAGE, RW, PRIVATE | MAP_FIXED);
	say("grow", (long)mremap(p + 9 * PAGE, 7 * PAGE, 8 * PAGE, MREMAP_MAYMOVE) == -1 ? -1 : 0);
	set_limit(RLIMIT_AS, RLIM_INFINITY);
	munmap(p, 16 * PAGE);
}

/* The `n`th number of /proc/self/stat, as proc(5) counts them. */
static unsigned long stat_number(int n)
{
	char *save, *s;

	slurp("/proc/self/stat");
	s = strtok_r(strrchr(buf, ')') + 2, " ", &save);
	for (int i = 3; s && i < n; i++)
		s = strtok_r(NULL, " ", &save);
	return s ? strtoul(s, NULL, 10) : 0;
}

/* The heap is to end there, behind `end`: where it does. */
static void heap_to(const char *what, const char *end, unsigned long bytes)
{
	long now = syscall(SYS_brk, end + bytes);

	printf("%s: %ld\n", what, now - (long)end);
}

/* A program's data and heap together are within the limit to the byte, even while the heap shrinks. */
static void heap_and_data(char *end)
{
	unsigned long data = stat_number(46) - stat_number(45), heap;

	heap_to("some pages", end, 8 * PAGE + 100);
	heap = (unsigned long)end - stat_number(47) + 8 * PAGE + 100;
	printf("data %d\n", data > 64);
	set_limit(RLIMIT_DATA, heap + data);
	heap_to("a byte more", end, 8 * PAGE + 101);
	heap_to("a byte less", end, 8 * PAGE + 99);
	heap_to("as much as may be", end, 8 * PAGE + 100);
	set_limit(RLIMIT_DATA, heap + data - 2);
	heap_to("too much still", end, 8 * PAGE + 99);
	heap_to("not too much", end, 8 * PAGE + 98);
	set_limit(RLIMIT_DATA, data);
	heap_to("shrink beyond it", end, PAGE);
	set_limit(RLIMIT_DATA, RLIM_INFINITY);
	heap_to("shrink", end, 0);
}

static void heap(void)
{
	char *end = sbrk(0);

	set_limit(RLIMIT_DATA, 0);
	say("brk", (long)sbrk((long)PAGE) == -1 ? -1 : 0);
	set_limit(RLIMIT_DATA, RLIM_INFINITY);
	set_limit(RLIMIT_MEMLOCK, 64 << 20);
	say("mlockall", mlockall(MCL_FUTURE));
	say("brk", (long)sbrk(4 * (long)PAGE) == -1 ? -1 : 0);
	printf("locked %ld kB\n", status("VmLck:"));
	say("shrink", brk(end));
	say("munlockall", munlockall());
	heap_and_data(end);
}

static void locked(void)
{
	char *p = map("locked", NULL, 4 * PAGE, PROT_READ, PRIVATE | MAP_LOCKED);
	unsigned char in[8];

	printf("locked %ld kB\n", status("VmLck:"));
	say("to write", mprotect(p, 4 * PAGE, RW));
	say("cut", munmap(p + 2 * PAGE, 2 * PAGE));
	say("grow in place", mremap(p, 2 * PAGE, 3 * PAGE, 0) == p ? 0 : -1);
	say("mincore", mincore(p, 3 * PAGE, in));
	printf("in memory %d %d %d, locked %ld kB\n", in[0] & 1, in[1] & 1, in[2] & 1,
	       status("VmLck:"));
	p = mremap(p, 3 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);
	printf("moved %d, locked %ld kB\n", p != MAP_FAILED, status("VmLck:"));
	munmap(p, 3 * PAGE);
}

/* A wish is heeded up to the end of memory, and not where a stack may still grow to. */
static void wishes(void)
{
	char *top = (char *)((1UL << 47) - PAGE), *stack, *p;

	p = map("at the end", top - PAGE, PAGE, RW, PRIVATE);
	printf("there: %d\n", p == top - PAGE);
	munmap(p, PAGE);
	p = map("over the end", top - PAGE, 2 * PAGE, RW, PRIVATE);
	printf("there: %d\n", p == top - PAGE);
	munmap(p, 2 * PAGE);
	p = map("much", NULL, 4 << 20, PROT_NONE, PRIVATE);
	munmap(p, 4 << 20);
	stack = map("a stack", p + (3 << 20), PAGE, RW, PRIVATE | MAP_GROWSDOWN | MAP_FIXED);
	p = map("below its gap", stack - 258 * PAGE, PAGE, RW, PRIVATE);
	printf("there: %d\n", p == stack - 258 * PAGE);
	munmap(p, PAGE);
	p = map("just below it", stack - 257 * PAGE, PAGE, RW, PRIVATE);
	printf("there: %d\n", p == stack - 257 * PAGE);
	munmap(p, PAGE);
	p = map("in its gap", stack - 256 * PAGE, PAGE, RW, PRIVATE);
	printf("there: %d\n", p == stack - 256 * PAGE);
	munmap(p, PAGE);
	munmap(stack, PAGE);
}

static long in_huge_pages(void)
{
	slurp("/proc/self/smaps_rollup");
	return atol(strstr(buf, "AnonHugePages:") + 14);
}

/* Where no pages of 2 MiB are wanted there are none. */
static void small_pages(void)
{
	char *p = map("8 MiB", NULL, 8 << 20, RW, PRIVATE);
	long before = in_huge_pages();

	madvise(p, 8 << 20, MADV_NOHUGEPAGE);
	memset(p, 1, 8 << 20);
	printf("in huge pages %ld kB more\n", in_huge_pages() - before);
	munmap(p, 8 << 20);
}

/* Pages of one file, mapped with others between them: one range, as long as they are of one kind. */
static void file_pages(void)
{
	char *p = map("shared", NULL, 8 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS);

	for (int i = 0; i < 8; i++)
		p[(unsigned)i * PAGE] = (char)('a' + i);
	say("remap the third", remap_file_pages(p + 2 * PAGE, PAGE, 0, 6, 0));
	printf("%c\n", p[2 * PAGE]);
	say("remap across it", remap_file_pages(p + PAGE, 3 * PAGE, 0, 4, 0));
	printf("%c%c%c%c%c\n", p[0], p[PAGE], p[2 * PAGE], p[3 * PAGE], p[4 * PAGE]);
	say("protect one", mprotect(p + 2 * PAGE, PAGE, PROT_READ));
	say("across two kinds", remap_file_pages(p + PAGE, 3 * PAGE, 0, 0, 0));
	say("lock", mlock(p + 5 * PAGE, PAGE));
	say("remap what is locked", remap_file_pages(p + 5 * PAGE, PAGE, 0, 0, 0));
	printf("%c, locked %ld kB\n", p[5 * PAGE], status("VmLck:"));
	say("into a hole", munmap(p + 7 * PAGE, PAGE));
	say("across a hole", remap_file_pages(p + 6 * PAGE, 2 * PAGE, 0, 0, 0));
	munmap(p, 8 * PAGE);
}

static void read_implies_exec(void)
{
	int id = shmget(IPC_PRIVATE, PAGE, 0700);
	char *p, *end = sbrk(0);

	say("personality", personality(READ_IMPLIES_EXEC));
	p = map("to read", NULL, PAGE, PROT_READ, PRIVATE);
	rights("to read", p);
	say("to write", mprotect(p, PAGE, PROT_WRITE));
	rights("to write", p);
	say("both", mprotect(p, PAGE, RW));
	rights("both", p);
	munmap(p, PAGE);
	p = shmat(id, NULL, SHM_RDONLY);
	rights("a segment", p);
	shmdt(p);
	say("brk", (long)sbrk((long)(16 * PAGE)) == -1 ? -1 : 0);
	rights("the heap", end + 8 * PAGE);
	brk(end);
	personality(0);
	p = shmat(id, NULL, SHM_EXEC);
	rights("a segment, to run", p);
	shmdt(p);
	shmctl(id, IPC_RMID, NULL);
}

static void segment(void)
{
	int id = shmget(IPC_PRIVATE, PAGE, 0600);
	char *p = shmat(id, NULL, 0);
	struct shmid_ds ds;

	shmctl(id, IPC_STAT, &ds);
	printf("attached %lu then %d, detached then %d, by its maker %d %d\n", ds.shm_nattch,
	       ds.shm_atime > 0, ds.shm_dtime > 0, ds.shm_cpid == getpid(),
	       ds.shm_lpid == getpid());
	if (!fork()) {
		shmdt(p);
		_exit(0);
	}
	wait(NULL);
	shmctl(id, IPC_STAT, &ds);
	printf("attached %lu, detached then %d, by another %d\n", ds.shm_nattch, ds.shm_dtime > 0,
	       ds.shm_lpid != getpid());
	ds.shm_perm.mode = 0107644;
	say("set", shmctl(id, IPC_SET, &ds));
	shmctl(id, IPC_STAT, &ds);
	printf("mode %o\n", ds.shm_perm.mode);
	say("set from nowhere", syscall(SYS_shmctl, id, IPC_SET, 1));
	say("lock", shmctl(id, SHM_LOCK, NULL));
	say("unlock", shmctl(id, SHM_UNLOCK, NULL));
	say("remove", shmctl(id, IPC_RMID, NULL));
	shmdt(p);
	say("it is gone", shmctl(id, IPC_STAT, &ds));
}

/* Each second page gets rights of its own, until there are vm.max_map_count mappings. */
static void most_mappings(void)
{
	size_t len = 70000 * PAGE;
	char *p = mmap(NULL, len, PROT_NONE, PRIVATE | MAP_NORESERVE, -1, 0), *rest = p, *more;

	while (!mprotect(rest, PAGE, PROT_READ))
		rest += 2 * PAGE;
	printf("most mappings: %s, more than 64000: %d\n", strerrorname_np(errno),
	       rest - p > 64000 * (long)PAGE);
	say("a part more with rights of its own", mprotect(rest + PAGE, PAGE, PROT_READ));
	say("a hole in one", munmap(rest + PAGE, PAGE));
	say("a move of a part",
	    mremap(rest + PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE) == MAP_FAILED ? -1 : 0);
	say("the end of one", munmap(p + len - PAGE, PAGE));
	more = map("one more", NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS);
	map("and one", NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS);
	say("the heap", sbrk(PAGE) == MAP_FAILED ? -1 : 0);
	say("none of them", munmap(p, len));
	say("the heap then", sbrk(PAGE) == MAP_FAILED ? -1 : 0);
	munmap(more, PAGE);
}

int main(void)
{
	setbuf(stdout, NULL);
	huge();
	keys();
	address_space();
	heap();
	most_mappings();
	lines_of_maps();
	locked();
	wishes();
	small_pages();
	file_pages();
	read_implies_exec();
	segment();
	return 0;
}
