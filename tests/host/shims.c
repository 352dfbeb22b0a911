// SPDX-License-Identifier: MIT
/*
 * The host's side of the kernel, for the pure-logic files: what they call and a
 * test does not link.  Every such function is weak, so the real source replaces
 * it where a test names it.  The texts that printk() gets are kept for the test
 * to look at, and shown when it fails (always with V=1 in the environment).
 *
 * This file alone uses libc; it sees the kernel's snprintf and friends by the
 * names that rename.h gives them.
 */
#define _GNU_SOURCE /* MAP_FIXED_NOREPLACE */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#define __weak __attribute__((weak))

#define MAX_FAILURES_SHOWN 10 /* of one test; the others are counted */
#define MAX_CPU_SECONDS	   40 /* of one test: one that takes more hangs, however busy the host is */

typedef uint64_t u64;
typedef unsigned int gfp_t;
struct console;

struct host_test {
	const char *name;
	void (*func)(void);
	struct host_test *next;
};

int k_vsnprintf(char *buf, size_t size, const char *fmt, va_list args);

u64 test_clock_ns;

static struct host_test *first_test, **last_link = &first_test;
static unsigned int failures_here, warns, warns_expected; /* of the running test */
static int kmalloc_budget = -1;
static char log_text[1 << 20];
static size_t log_len;
static jmp_buf *panic_target;
static u64 random_state;

void host_test_register(struct host_test *test)
{
	*last_link = test;
	last_link = &test->next;
}

static void log_append(const char *fmt, va_list args)
{
	char text[4096];
	const char *s = text;
	int n;

	k_vsnprintf(text, sizeof(text), fmt, args);
	while (s[0] == '\001' && s[1])
		s += 2;
	n = snprintf(log_text + log_len, sizeof(log_text) - log_len, "%s", s);
	if (log_len + n < sizeof(log_text))
		log_len += n;
	if (getenv("V"))
		fputs(s, stderr);
}

const char *test_log(void)
{
	return log_text;
}

void test_log_clear(void)
{
	log_len = 0;
	log_text[0] = 0;
}

bool test_log_has(const char *text)
{
	return strstr(log_text, text) != NULL;
}

void host_fail(const char *file, int line, const char *fmt, ...)
{
	va_list args;
	char text[4096];

	va_start(args, fmt);
	k_vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (++failures_here <= MAX_FAILURES_SHOWN)
		printf("# %s:%d: %s\n", file, line, text);
}

void host_expect_str(const char *file, int line, const char *expr, const char *got,
		     const char *want)
{
	if (got == want || (got && want && strcmp(got, want) == 0))
		return;
	if (++failures_here <= MAX_FAILURES_SHOWN)
		printf("# %s:%d: %s is\n%s\n# expected\n%s\n", file, line, expr,
		       got ? got : "(null)", want ? want : "(null)");
}

void expect_warns(unsigned int n)
{
	warns_expected += n;
}

bool panics(void (*fn)(void *arg), void *arg)
{
	jmp_buf here;
	bool hit = true;

	panic_target = &here;
	if (!setjmp(here)) {
		fn(arg);
		hit = false;
	}
	panic_target = NULL;
	return hit;
}

/* Marsaglia's xorshift64. */
u64 test_random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

void test_fail_kmalloc_after(int n)
{
	kmalloc_budget = n;
}

void *test_alloc(size_t size)
{
	void *p = malloc(size);

	if (!p)
		abort();
	return p;
}

void test_free(void *p)
{
	free(p);
}

/* Zeroed memory at that very address, for the life of the program. */
void test_map(unsigned long addr, size_t size)
{
	void *p = mmap((void *)addr, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);

	if (p != (void *)addr) {
		perror("test_map");
		abort();
	}
}

int libc_snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(buf, size, fmt, args);
	va_end(args);
	return n;
}

/* kernel/core/printk.h */

__weak int printk(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_append(fmt, args);
	va_end(args);
	return 0;
}

__weak void console_write(const char *s, size_t n)
{
	(void)s;
	(void)n;
}

__weak void register_console(struct console *con)
{
	(void)con;
}

__weak int console_getchar(void)
{
	return -1;
}

/* kernel/core/ksyms.h: no symbol is known here. */
__weak int ksym_format(char *buf, size_t size, unsigned long addr, bool with_offset)
{
	(void)with_offset;
	return snprintf(buf, size, "0x%lx", addr);
}

/* kernel/core/panic.h */

__attribute__((noreturn)) void panic(const char *fmt, ...);
__attribute__((noreturn)) __weak void panic(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_append(fmt, args);
	va_end(args);
	if (panic_target)
		longjmp(*panic_target, 1);
	printf("%s\nnot ok - panic\n", log_text);
	fflush(stdout);
	abort();
}

__weak void warn_slowpath(const char *file, int line, unsigned long ip, const char *fmt, ...)
{
	va_list args;

	(void)file;
	(void)line;
	(void)ip;
	va_start(args, fmt);
	log_append(fmt, args);
	va_end(args);
	warns++;
}

__weak unsigned int warn_count(void)
{
	return warns;
}

/* kernel/time/time.h */

__weak u64 ktime_get(void)
{
	return test_clock_ns;
}

__weak u64 local_clock(void)
{
	return test_clock_ns;
}

__weak void ndelay(u64 nsec)
{
	test_clock_ns += nsec;
}

__weak void udelay(u64 usec)
{
	test_clock_ns += usec * 1000;
}

/* As there: it is passed by value. */
struct wait {
	u64 ns, tsc, nsec;
};

__weak struct wait wait_start(u64 nsec)
{
	return (struct wait){ .ns = test_clock_ns, .nsec = nsec };
}

__weak bool wait_over(const struct wait *wait)
{
	return test_clock_ns - wait->ns >= wait->nsec;
}

/* kernel/core/fault_inject.h and mm/vmstat.h: nothing fails on purpose, and nobody reads the counters. */

__weak unsigned int fault_sites;
__weak unsigned long vm_counters[4096] __attribute__((aligned(64)));

__weak bool __should_fail(int site, unsigned long caller)
{
	(void)site;
	(void)caller;
	return false;
}

/* mm/slab.h */

__weak void *kmalloc(size_t size, gfp_t flags)
{
	if (kmalloc_budget == 0)
		return NULL;
	if (kmalloc_budget > 0)
		kmalloc_budget--;
	return flags & 1 ? calloc(1, size) : malloc(size); /* bit 0: __GFP_ZERO */
}

void *kmalloc(size_t size, gfp_t flags);

__weak void *kzalloc(size_t size, gfp_t flags)
{
	return kmalloc(size, flags | 1);
}

__weak void *kcalloc(size_t n, size_t size, gfp_t flags)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		return NULL;
	return kmalloc(bytes, flags | 1);
}

__weak void kfree(const void *p)
{
	free((void *)p);
}

__weak char *kstrdup(const char *s, gfp_t flags)
{
	char *copy = kmalloc(strlen(s) + 1, flags);

	return copy ? strcpy(copy, s) : NULL;
}

__weak char *kasprintf(gfp_t flags, const char *fmt, ...)
{
	va_list args;
	char text[4096];

	va_start(args, fmt);
	k_vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return kstrdup(text, flags);
}

/* kernel/core/percpu.h and spinlock.h: one CPU. */

__weak unsigned int cpu_number, lock_owner_id = 1, nr_cpu_ids = 1;
__weak unsigned int preempt_counter;
static unsigned long no_offset;
__weak unsigned long *per_cpu_offset = &no_offset;

/* kernel/sched/mutex.h: one thread, so a mutex that is not free never will be. */

struct mutex;
static char the_thread;
__weak void *current_task = &the_thread;

__weak int mutex_lock_slow(struct mutex *m, unsigned int state)
{
	(void)m;
	(void)state;
	panic("a mutex is taken twice");
}

__weak void mutex_unlock_slow(struct mutex *m)
{
	(void)m;
	panic("a mutex is given back that is free");
}

/* kernel/sched/rwsem.h: the same thread, which is not looked after. */

struct rw_semaphore;

__weak void down_read(struct rw_semaphore *sem)
{
	(void)sem;
}

__weak void up_read(struct rw_semaphore *sem)
{
	(void)sem;
}

__weak void down_write(struct rw_semaphore *sem)
{
	(void)sem;
}

__weak void up_write(struct rw_semaphore *sem)
{
	(void)sem;
}

struct cpumask {
	u64 bits[4];
};
__weak struct cpumask cpu_online_mask = { { 1 } };

__weak void on_each_cpu_mask(const struct cpumask *mask, void (*func)(void *), void *info,
			     bool wait)
{
	(void)mask;
	(void)wait;
	func(info);
}

__weak void *alloc_percpu(size_t size)
{
	return calloc(1, size);
}

__weak void free_percpu(void *p, size_t size)
{
	(void)size;
	free(p);
}

__weak void spin_lock_contended(void *lock)
{
	(void)lock;
	panic("a lock is taken twice");
}

__attribute__((noreturn)) __weak void spin_unlock_bad(void *lock)
{
	(void)lock;
	panic("a lock is given back that is free");
}

__weak bool spin_lock_by_force(void *lock, unsigned int spins)
{
	unsigned int *owner = lock;

	(void)spins;
	if (*owner)
		return false;
	*owner = lock_owner_id;
	return true;
}

__weak void spin_unlock_forced(void *lock)
{
	*(unsigned int *)lock = 0;
}

/* Services that the kernel's core is given by higher rooms, where a test links their user. */

struct resource_allocator {
	void *(*alloc)(size_t size, gfp_t flags);
	void (*free)(const void *p);
};

__weak void resource_set_allocator(struct resource_allocator allocator)
{
	(void)allocator;
}

__weak void printk_set_clock(u64 (*clock)(void))
{
	(void)clock;
}

void test_supply_allocator(bool there)
{
	const struct resource_allocator none = { NULL, NULL }, host = { kmalloc, kfree };

	resource_set_allocator(there ? host : none);
}

static struct {
	const char *name;
	unsigned int number;
} running;

__weak void __sanitizer_print_stack_trace(void);

/* It waits for nobody, so what it was in the middle of does not matter any more. */
static void say_that_it_hangs(int sig)
{
	(void)sig;
	printf("not ok %u %s: no end in %d s of the processor's time\n", running.number,
	       running.name, MAX_CPU_SECONDS);
	if (__sanitizer_print_stack_trace)
		__sanitizer_print_stack_trace();
	_exit(1);
}

static void limit_time(const struct host_test *test, unsigned int number)
{
	const struct itimerval limit = { .it_value.tv_sec = MAX_CPU_SECONDS };

	running.name = test->name;
	running.number = number;
	signal(SIGPROF, say_that_it_hangs);
	setitimer(ITIMER_PROF, &limit, NULL);
}

static bool run_one(struct host_test *test, unsigned int number)
{
	limit_time(test, number);
	test_log_clear();
	failures_here = 0;
	test_clock_ns = 0;
	kmalloc_budget = -1;
	warns = warns_expected = 0;
	test_supply_allocator(true);
	printk_set_clock(local_clock);
	test->func();
	if (warns != warns_expected)
		host_fail(test->name, 0, "%u WARNs, expected %u", warns, warns_expected);
	if (failures_here > MAX_FAILURES_SHOWN)
		printf("# %u failures in all\n", failures_here);
	if (failures_here && log_len)
		printf("# the kernel said:\n%s\n", log_text);
	printf("%sok %u %s\n", failures_here ? "not " : "", number, test->name);
	return !failures_here;
}

/* Weak: a fuzzer brings its own. */
__weak int main(int argc, char **argv)
{
	const char *seed = getenv("TEST_SEED");
	unsigned int n = 0, bad = 0;
	struct host_test *test;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (test = first_test; test; test = test->next)
		n++;
	printf("KTAP version 1\n1..%u\n", n);
	n = 0;
	for (test = first_test; test; test = test->next) {
		random_state = seed ? strtoull(seed, NULL, 0) | 1 : 0x9e3779b97f4a7c15ULL;
		n++;
		if (argc < 2 || strcmp(argv[1], test->name) == 0)
			bad += !run_one(test, n);
	}
	return bad || !n;
}
