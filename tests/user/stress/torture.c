// SPDX-License-Identifier: MIT
/*
 * Processes at everything at once: torture SECONDS [SEED [OP...]]
 *
 * Some workers, each a process that does one op after another by its own seed: it makes children
 * and threads, runs programs, maps, protects and unmaps, sends itself signals, and has the disk
 * read and write its memory. An op looks at what it can know: data, exit codes, how many signals
 * came. Now and then a child that does ops of its own is killed in their midst.
 *
 * After a round all have ended, and everything they took must be back: each cache of objects has
 * as many in use, no page is pinned, and free memory, with what caches hold, is what it was after
 * some short rounds at the beginning.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORKERS	 8
#define PAGE	 4096UL
#define SLICE	 (1UL << 20) /* of the disk, a worker's own */
#define MAX_OPS	 16
#define ARRAY(a) (sizeof(a) / sizeof(*(a)))

static struct shared {
	unsigned long done[MAX_OPS];
	volatile bool over;
	volatile int failures;
} * shared;

static uint64_t state;
static int self; /* which worker: its place on the disk, and the name of its file */

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

static void check(bool good, const char *what)
{
	if (good)
		return;
	__atomic_add_fetch(&shared->failures, 1, __ATOMIC_RELAXED);
	fprintf(stderr, "torture: worker %d: %s (%s)\n", self, what, strerror(errno));
	_exit(99);
}

static void *map(size_t bytes, int flags)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | flags, -1, 0);

	check(p != MAP_FAILED, "mmap");
	return p;
}

/* A page's words tell which page of whose it is. */
static void fill(uint64_t *p, size_t bytes, uint64_t what)
{
	for (size_t i = 0; i < bytes / 8; i += 64)
		p[i] = what + i;
}

static bool is_filled(const uint64_t *p, size_t bytes, uint64_t what)
{
	for (size_t i = 0; i < bytes / 8; i += 64)
		if (p[i] != what + i)
			return false;
	return true;
}

static void reap(pid_t pid, int wanted, const char *what)
{
	int status = -1;

	while (waitpid(pid, &status, __WALL) < 0 && errno == EINTR)
		;
	check(status == wanted, what);
}

static pid_t child(void)
{
	pid_t pid = fork();

	check(pid >= 0, "fork");
	if (!pid)
		state += 0x123456789;
	return pid;
}

/* ---------------------------------------------------------------- memory and children */

/* Parent and child each have their own of what was one. */
static void op_fork(void)
{
	size_t bytes = (1 + below(64)) * PAGE;
	uint64_t *p = map(bytes, MAP_PRIVATE), what = rnd();
	pid_t pid;

	fill(p, bytes, what);
	pid = child();
	if (!pid) {
		check(is_filled(p, bytes, what), "a child's copy");
		fill(p, bytes, what + 1);
		_exit(is_filled(p, bytes, what + 1) ? 7 : 8);
	}
	fill(p, bytes / 2, what + 2);
	reap(pid, 7 << 8, "a child's exit code");
	check(is_filled(p, bytes / 2, what + 2), "a parent's copy");
	munmap(p, bytes);
}

static void op_exec(void)
{
	pid_t pid = below(2) ? child() : vfork();

	if (!pid) {
		execl("/proc/self/exe", "torture", NULL);
		_exit(1);
	}
	check(pid > 0, "vfork");
	reap(pid, 5 << 8, "a program's exit code");
}

static void op_map(void)
{
	size_t pages = 8 + below(600), more;
	char *p = map(pages * PAGE, MAP_PRIVATE);

	for (int i = 0; i < 12; i++) {
		size_t from = below(pages), n = 1 + below(pages - from);
		char *at = p + from * PAGE;

		switch (below(5)) {
		case 0:
			munmap(at, n * PAGE);
			mmap(at, n * PAGE, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
			check(!*at, "a page that was unmapped");
			break;
		case 1:
			mprotect(at, n * PAGE, PROT_READ);
			mprotect(at, n * PAGE, PROT_READ | PROT_WRITE);
			break;
		case 2:
			madvise(at, n * PAGE, MADV_DONTNEED);
			check(!*at, "a page that was let go");
			break;
		case 3:
			fill((uint64_t *)at, n * PAGE, from);
			check(is_filled((uint64_t *)at, n * PAGE, from), "a page that was written");
			break;
		default:
			memset(at, 0, n * PAGE);
		}
	}
	more = pages + below(64);
	p = mremap(p, pages * PAGE, more * PAGE, MREMAP_MAYMOVE);
	check(p != MAP_FAILED, "mremap");
	munmap(p, more * PAGE);
}

static const char *file_name(int number)
{
	static char name[32];

	snprintf(name, sizeof(name), "/tmp/torture%d", number);
	return name;
}

/* A file's pages by mapping and by call, until it is cut, and gone. */
static void op_file(void)
{
	size_t bytes = (1 + below(32)) * PAGE;
	uint64_t what = rnd(), word, *p;
	int fd = open(file_name(self), O_RDWR | O_CREAT | O_TRUNC, 0600);
	check(fd >= 0 && !ftruncate(fd, (off_t)bytes), "a file");
	p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	check(p != MAP_FAILED, "mmap of a file");
	fill(p, bytes, what);
	check(pread(fd, &word, 8, 512) == 8 && word == what + 64, "a file's content");
	check(pwrite(fd, &what, 8, 8) == 8 && p[1] == what, "a mapping's content");
	ftruncate(fd, PAGE);
	unlink(file_name(self));
	close(fd);
	check(*p == what, "a file that has no name");
	munmap(p, bytes);
}

/* ---------------------------------------------------------------- signals, threads, pipes */

#define CUT_BYTES (16 * PAGE)

static struct cut {
	int fd;
	volatile uint64_t *places[2];
	volatile bool over;
} cut;
static __thread sigjmp_buf back;

static void on_fault(int sig)
{
	siglongjmp(back, sig);
}

static void *write_where_it_is(void *arg)
{
	for (volatile unsigned int i = 0; !cut.over; i++)
		if (!sigsetjmp(back, 1))
			cut.places[i / 16 % 2][i % 16 * (PAGE / 8)] = i;
	return arg;
}

static void *cut_off(void *arg)
{
	for (int i = 0; i < 40; i++) {
		ftruncate(cut.fd, 0);
		ftruncate(cut.fd, CUT_BYTES);
	}
	return arg;
}

/*
 * A file's mapping is protected and moved while a thread writes to it and another cuts the file: no
 * CPU may go on writing to a page that is somebody else's by then, who would notice.
 */
static void op_cut(void)
{
	struct sigaction fault = { .sa_handler = on_fault };
	char *room = mmap(NULL, 2 * CUT_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *at = room, *other = room + CUT_BYTES, *was;
	pthread_t writer, cutter;

	check(room != MAP_FAILED, "room for a file");
	cut.fd = open(file_name(self), O_RDWR | O_CREAT | O_TRUNC, 0600);
	check(cut.fd >= 0 && !ftruncate(cut.fd, CUT_BYTES), "a file to be cut");
	check(mmap(at, CUT_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, cut.fd, 0) == at,
	      "mmap of it");
	cut.places[0] = (uint64_t *)at;
	cut.places[1] = (uint64_t *)other;
	cut.over = false;
	sigaction(SIGSEGV, &fault, NULL);
	sigaction(SIGBUS, &fault, NULL);
	check(!pthread_create(&writer, NULL, write_where_it_is, NULL), "a writer");
	check(!pthread_create(&cutter, NULL, cut_off, NULL), "a cutter");
	for (int i = 0; i < 40; i++) {
		check(!mprotect(at, CUT_BYTES, PROT_NONE), "nothing may be done");
		check(!mprotect(at, CUT_BYTES, PROT_READ | PROT_WRITE), "all may be done");
		check(mremap(at, CUT_BYTES, CUT_BYTES, MREMAP_MAYMOVE | MREMAP_FIXED, other) ==
			      other,
		      "another place");
		was = at;
		at = other;
		other = was;
	}
	pthread_join(cutter, NULL);
	cut.over = true;
	pthread_join(writer, NULL);
	signal(SIGSEGV, SIG_DFL);
	signal(SIGBUS, SIG_DFL);
	munmap(room, 2 * CUT_BYTES);
	unlink(file_name(self));
	close(cut.fd);
}

static volatile sig_atomic_t came;

static void on_signal(int sig)
{
	came += sig == SIGUSR1;
}

static void op_signal(void)
{
	int n = 1 + (int)below(20);
	pid_t pid;

	came = 0;
	for (int i = 0; i < n; i++)
		raise(SIGUSR1);
	check(came == n, "signals to itself");
	pid = child();
	if (!pid)
		for (;;)
			pause();
	kill(pid, SIGSTOP);
	kill(pid, SIGUSR1);
	kill(pid, SIGCONT);
	kill(pid, SIGKILL);
	reap(pid, SIGKILL, "a child that was killed");
}

static void *thread(void *arg)
{
	uint64_t *p = map(16 * PAGE, MAP_PRIVATE);

	fill(p, 16 * PAGE, (uintptr_t)arg);
	for (int i = 0; i < 20; i++)
		sched_yield();
	check(is_filled(p, 16 * PAGE, (uintptr_t)arg), "a thread's memory");
	munmap(p, 16 * PAGE);
	return arg;
}

static void op_threads(void)
{
	int n = 1 + (int)below(6);
	pthread_t threads[6];
	pthread_attr_t attr;
	void *result;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 << 10);
	for (intptr_t i = 0; i < n; i++)
		check(!pthread_create(&threads[i], &attr, thread, (void *)i), "a thread");
	for (intptr_t i = 0; i < n; i++)
		check(!pthread_join(threads[i], &result) && result == (void *)i, "its end");
	pthread_attr_destroy(&attr);
}

/* Threads are ended by another's execve(), exit or death. */
static void op_threads_end(void)
{
	static const int wanted[] = { 5 << 8, 6 << 8, SIGKILL };
	unsigned int how = (unsigned int)below(3);
	pthread_t t;
	pid_t pid = child();

	if (pid) {
		reap(pid, wanted[how], "a process of threads");
		return;
	}
	for (int i = 0; i < 3; i++)
		pthread_create(&t, NULL, thread, NULL);
	if (how == 0)
		execl("/proc/self/exe", "torture", NULL);
	if (how == 1)
		_exit(6);
	kill(getpid(), SIGKILL);
	pause();
}

static void op_pipe(void)
{
	int there[2], back[2];
	uint64_t word, n = 1 + below(50);
	pid_t pid;

	check(!pipe(there) && !pipe(back), "pipes");
	pid = child();
	if (!pid) {
		close(there[1]);
		while (read(there[0], &word, 8) == 8)
			word++, write(back[1], &word, 8);
		_exit(0);
	}
	close(there[0]);
	for (uint64_t i = 0; i < n; i++)
		check(write(there[1], &i, 8) == 8 && read(back[0], &word, 8) == 8 && word == i + 1,
		      "what came back");
	close(there[1]);
	reap(pid, 0, "the other end");
	close(back[0]);
	close(back[1]);
}

/* ---------------------------------------------------------------- the disk */

static int disk(void)
{
	int fd = open("/dev/vda", O_RDWR | O_DIRECT);

	check(fd >= 0, "/dev/vda");
	return fd;
}

/* Between the disk and pages that a child shares meanwhile. */
static void op_direct(void)
{
	size_t bytes = (1 + below(16)) * PAGE;
	off_t at = (off_t)(self * SLICE + below(64) * PAGE);
	uint64_t *p = map(bytes, MAP_PRIVATE), what = rnd();
	pid_t pid = 0;
	int fd = disk();

	fill(p, bytes, what);
	if (below(2)) {
		pid = child();
		if (!pid) {
			fill(p, bytes, 0);
			_exit(0);
		}
	}
	check(pwrite(fd, p, bytes, at) == (ssize_t)bytes, "a direct write");
	memset(p, 0, bytes);
	check(pread(fd, p, bytes, at) == (ssize_t)bytes, "a direct read");
	check(is_filled(p, bytes, what), "what was read from the disk");
	if (pid)
		reap(pid, 0, "who shared it");
	munmap(p, bytes);
	close(fd);
}

/* The pages are unmapped, or the process ends, while the disk has them. */
static void op_aio(void)
{
	aio_context_t context = 0;
	struct iocb cbs[8], *list[8];
	struct io_event events[8];
	size_t bytes = 8 * PAGE;
	char *p = map(8 * bytes, MAP_PRIVATE);
	int fd = disk();

	check(!syscall(SYS_io_setup, 8, &context), "io_setup");
	for (int i = 0; i < 8; i++) {
		cbs[i] = (struct iocb){ .aio_lio_opcode = IOCB_CMD_PREAD,
					.aio_fildes = (unsigned int)fd,
					.aio_buf = (uintptr_t)(p + i * bytes),
					.aio_nbytes = bytes,
					.aio_offset = (int64_t)(self * SLICE + i * bytes) };
		list[i] = &cbs[i];
	}
	check(syscall(SYS_io_submit, context, 8, list) == 8, "io_submit");
	munmap(p, 8 * bytes);
	if (below(2))
		check(syscall(SYS_io_getevents, context, 8, 8, events, NULL) == 8 &&
			      events[3].res == (int64_t)bytes,
		      "io_getevents");
	if (below(2))
		syscall(SYS_io_destroy, context);
	else
		check(!syscall(SYS_io_destroy, context), "io_destroy");
	close(fd);
}

/* ---------------------------------------------------------------- ops */

static void op_killed(void);

static const struct op {
	const char *name;
	void (*fn)(void);
} ops[] = {
	{ "fork", op_fork }, { "exec", op_exec },	 { "map", op_map },
	{ "file", op_file }, { "signal", op_signal },	 { "threads", op_threads },
	{ "pipe", op_pipe }, { "ends", op_threads_end }, { "direct", op_direct },
	{ "aio", op_aio },   { "killed", op_killed },	 { "cut", op_cut },
};
_Static_assert(ARRAY(ops) <= MAX_OPS, "room for their counts");

static uint32_t wanted; /* a bit an op */

static void do_op(void)
{
	size_t i;

	do
		i = below(ARRAY(ops));
	while (!(wanted & 1U << i));
	ops[i].fn();
	__atomic_add_fetch(&shared->done[i], 1, __ATOMIC_RELAXED);
}

/* In the midst of ops of its own, which are on the same slice of the disk: not direct's. */
static void op_killed(void)
{
	pid_t pid = child();

	if (!pid) {
		setpgid(0, 0);
		wanted &= ~(1U << 8 | 1U << 10);
		while (wanted)
			do_op();
		_exit(0);
	}
	setpgid(pid, pid);
	usleep((useconds_t)below(5000));
	kill(-pid, SIGKILL); /* its own children too */
	waitpid(pid, NULL, 0);
}

static void worker(int number, uint64_t seed)
{
	self = number;
	state = seed * 1000 + (uint64_t)number;
	signal(SIGUSR1, on_signal);
	while (!shared->over)
		do_op();
	exit(0);
}

/* ---------------------------------------------------------------- what is in use */

#define MAX_COUNTS 64

static struct counts {
	long workers;
	int n;
	char name[MAX_COUNTS][40];
	long value[MAX_COUNTS];
} before, after;

/*
 * What a thread of the kernel's own is: its pools have some more in need, and keep them. Of the
 * caches, one object each.
 */
static long worth_of_worker(const char *name)
{
	static const struct {
		const char *name;
		long value;
	} worth[] = {
		{ "stacks", 16 },     { "vmalloc", 4 },	   { "free and slabs", -4 },
		{ "task_struct", 1 }, { "fpu", 1 },	   { "kmalloc-256", 1 },
		{ "kmalloc-64", 1 },  { "kmalloc-32", 1 },
	};

	for (size_t i = 0; i < ARRAY(worth); i++)
		if (!strcmp(worth[i].name, name))
			return worth[i].value;
	return 0;
}

static long count_workers(void)
{
	char path[300], name[32] = "";
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	long n = 0;

	while (proc && (entry = readdir(proc))) {
		int fd;

		snprintf(path, sizeof(path), "/proc/%.255s/comm", entry->d_name);
		fd = open(path, O_RDONLY);
		if (fd < 0)
			continue;
		n += read(fd, name, sizeof(name)) > 7 && !memcmp(name, "kworker", 7);
		close(fd);
	}
	closedir(proc);
	return n;
}

static void add(struct counts *c, const char *name, long value)
{
	if (c->n == MAX_COUNTS)
		return;
	snprintf(c->name[c->n], sizeof(c->name[0]), "%s", name);
	c->value[c->n++] = value - c->workers * worth_of_worker(name);
}

/* A value of a file of "NAME VALUE" lines. */
static long value_of(const char *path, const char *name)
{
	char line[160], word[64];
	long value, found = -1;
	FILE *f = fopen(path, "r");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%63[^: ]%*[: ]%ld", word, &value) == 2 && !strcmp(word, name))
			found = value;
	if (f)
		fclose(f);
	return found;
}

static void count_objects(struct counts *c)
{
	char line[200], name[32];
	FILE *f = fopen("/proc/slabinfo", "r");
	long active;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%31s %ld", name, &active) == 2)
			add(c, name, active);
	if (f)
		fclose(f);
}

/* What is kept to be used again is given back first; files and threads end a little later. */
static void count(struct counts *c)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY);

	write(fd, "2", 1);
	close(fd);
	c->workers = count_workers();
	c->n = 0;
	add(c, "pins",
	    value_of("/proc/vmstat", "nr_foll_pin_acquired") -
		    value_of("/proc/vmstat", "nr_foll_pin_released"));
	add(c, "page tables", value_of("/proc/vmstat", "nr_page_table_pages"));
	add(c, "anonymous", value_of("/proc/vmstat", "nr_anon_pages"));
	add(c, "mapped", value_of("/proc/vmstat", "nr_mapped"));
	add(c, "stacks", value_of("/proc/meminfo", "KernelStack"));
	add(c, "cached", value_of("/proc/meminfo", "Cached"));
	add(c, "vmalloc", value_of("/proc/vmstat", "nr_vmalloc"));
	add(c, "free and slabs",
	    value_of("/proc/vmstat", "nr_free_pages") +
		    value_of("/proc/vmstat", "nr_slab_unreclaimable"));
	count_objects(c);
}

static bool is_same(void)
{
	return before.n == after.n && !memcmp(before.value, after.value, sizeof(before.value));
}

static void say_differences(void)
{
	for (int i = 0; i < after.n; i++)
		if (before.value[i] != after.value[i])
			printf("torture: %s: %ld, were %ld\n", after.name[i], after.value[i],
			       before.value[i]);
}

/* True where all is as it was, at the latest after some seconds. */
static bool is_all_back(void)
{
	for (int i = 0; i < 50; i++) {
		count(&after);
		if (is_same())
			return true;
		usleep(100000);
	}
	say_differences();
	return false;
}

/* ---------------------------------------------------------------- rounds */

static bool one_round(unsigned int milliseconds, uint64_t seed)
{
	pid_t pids[WORKERS];
	bool good = true;
	int status;

	shared->over = false;
	for (int i = 0; i < WORKERS; i++) {
		pids[i] = fork();
		if (!pids[i])
			worker(i, seed);
	}
	usleep(milliseconds * 1000);
	shared->over = true;
	for (int i = 0; i < WORKERS; i++) {
		waitpid(pids[i], &status, 0);
		if (status)
			printf("torture: worker %d ended by %x\n", i, (unsigned int)status);
		good &= !status;
		/* Who was killed left its file. */
		unlink(file_name(i));
	}
	return good;
}

/* Until a round leaves what the one before left. */
static bool warm_up(uint64_t seed)
{
	bool good = true;

	for (int i = 0; i < 5 && good && (i < 2 || !is_same()); i++) {
		before = after;
		good = one_round(500, seed);
		usleep(200000);
		count(&after);
	}
	before = after;
	return good;
}

static void choose_ops(int n, char **names)
{
	for (size_t i = 0; i < ARRAY(ops); i++) {
		bool named = !n;

		for (int k = 0; k < n; k++)
			named |= !strcmp(names[k], ops[i].name);
		wanted |= (uint32_t)named << i;
	}
}

int main(int argc, char **argv)
{
	int seconds = argc > 1 ? atoi(argv[1]) : 0;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	bool good = true;

	if (argc < 2)
		return 5; /* by one of the ops */
	setvbuf(stdout, NULL, _IONBF, 0);
	choose_ops(argc - 3, argv + 3);
	if (!wanted)
		return 2;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	check(!mlockall(MCL_CURRENT | MCL_FUTURE),
	      "mlockall"); /* its own pages are all there, before and after */
	good &= warm_up(seed);
	for (int left = seconds; good && left > 0; left -= 10) {
		good &= one_round((left < 10 ? left : 10) * 1000U, ++seed);
		good &= is_all_back();
	}
	for (size_t i = 0; i < ARRAY(ops); i++)
		printf("torture: %s %lu\n", ops[i].name, shared->done[i]);
	printf("torture: %d s, seed %llu: %s\n", seconds, (unsigned long long)seed,
	       good && !shared->failures ? "nothing is found and nothing is lost" : "FAILED");
	return !good || shared->failures;
}
