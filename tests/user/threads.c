// SPDX-License-Identifier: MIT
/*
 * Threads: futexes between them and between processes, locks of those that die, and vector registers,
 * which each has of its own, over switches, signals and fork.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#define NR_THREADS 4
#define ROUNDS	   2000

static void say(const char *what, long ret)
{
	printf("%s: %s\n", what, ret < 0 ? strerrorname_np(errno) : "0");
}

static long futex(uint32_t *word, int op, uint32_t val, const struct timespec *timeout,
		  uint32_t *word2, uint32_t val3)
{
	return syscall(SYS_futex, word, op, val, timeout, word2, val3);
}

/* ---------------------------------------------------------------- mutexes and conditions */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static unsigned long counter, turn;

static void *count(void *arg)
{
	unsigned long me = (unsigned long)arg;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&mutex);
		counter++;
		pthread_mutex_unlock(&mutex);
	}
	for (unsigned int i = 0; i < 50; i++) {
		pthread_mutex_lock(&mutex);
		while (turn % NR_THREADS != me)
			pthread_cond_wait(&cond, &mutex);
		turn++;
		pthread_cond_broadcast(&cond);
		pthread_mutex_unlock(&mutex);
	}
	return arg;
}

static void threads(void)
{
	pthread_t thread[NR_THREADS];
	unsigned long sum = 0;
	void *ret;

	for (unsigned long i = 0; i < NR_THREADS; i++)
		if (pthread_create(&thread[i], NULL, count, (void *)i))
			printf("no thread\n");
	for (unsigned int i = 0; i < NR_THREADS; i++) {
		pthread_join(thread[i], &ret);
		sum += (unsigned long)ret;
	}
	printf("threads: counter %lu turn %lu sum %lu\n", counter, turn, sum);
}

/* ---------------------------------------------------------------- words that processes share */

static void shared_words(void)
{
	struct timespec second = { 5, 0 }, past = { 1, 0 };
	uint32_t *word =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;

	fflush(stdout);
	if (!fork()) {
		while (futex(word, FUTEX_WAIT, 0, &second, NULL, 0) && errno == EINTR)
			;
		exit(*word == 7 ? 0 : 1);
	}
	usleep(20000);
	*word = 7;
	printf("woken across processes: %ld\n", futex(word, FUTEX_WAKE, 10, NULL, NULL, 0));
	wait(&status);
	printf("child: %d\n", WEXITSTATUS(status));
	say("private words are not shared ones",
	    futex(word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 10, NULL, NULL, 0));
	say("no such value", futex(word, FUTEX_WAIT, 6, NULL, NULL, 0));
	say("a time that is over",
	    futex(word, FUTEX_WAIT_BITSET, 7, &past, NULL, FUTEX_BITSET_MATCH_ANY));
	say("a time of day that is over", futex(word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 7,
						&past, NULL, FUTEX_BITSET_MATCH_ANY));
	past.tv_nsec = 1000000000;
	say("no time", futex(word, FUTEX_WAIT, 7, &past, NULL, 0));
	say("odd", futex((uint32_t *)((char *)word + 1), FUTEX_WAIT, 7, NULL, NULL, 0));
	say("nothing there", futex((uint32_t *)16, FUTEX_WAIT, 7, NULL, NULL, 0));
	say("nothing there, shared", futex((uint32_t *)16, FUTEX_WAKE, 7, NULL, NULL, 0));
	say("the kernel's", futex((uint32_t *)0xffffffff80000000, FUTEX_WAIT, 7, NULL, NULL, 0));
	say("no bits", futex(word, FUTEX_WAIT_BITSET, 7, NULL, NULL, 0));
	say("a clock that is not for it",
	    futex(word, FUTEX_WAIT | FUTEX_CLOCK_REALTIME, 7, NULL, NULL, 0));
	say("compared", futex(word, FUTEX_CMP_REQUEUE, 1, (void *)1, word + 1, 8));
	say("no such operation", futex(word, 77, 1, NULL, NULL, 0));
	munmap(word, 4096);
}

static void nothing(int sig)
{
	(void)sig;
}

/* A signal ends it; the time goes on, or the call does, as the handler's flags say. */
static void interrupted(void)
{
	/* And again, where a slow machine was not in the call yet. */
	struct itimerval soon = { .it_value = { 0, 20000 }, .it_interval = { 0, 20000 } };
	struct itimerval never = { 0 };
	struct sigaction sa = { .sa_handler = nothing };
	struct timespec more = { 1000, 0 };
	uint32_t word = 0;

	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	say("interrupted", futex(&word, FUTEX_WAIT, 0, NULL, NULL, 0));
	setitimer(ITIMER_REAL, &never, NULL);
	sa.sa_flags = SA_RESTART;
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	say("interrupted, with a time", futex(&word, FUTEX_WAIT, 0, &more, NULL, 0));
	setitimer(ITIMER_REAL, &never, NULL);
}

/* ---------------------------------------------------------------- a file that goes */

static uint32_t *map_new_file(int *fd)
{
	*fd = memfd_create("word", 0);
	if (*fd < 0 || ftruncate(*fd, 4096))
		return NULL;
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
}

static void *wait_in_file(void *word)
{
	struct timespec second = { 1, 0 };

	return (void *)(futex(word, FUTEX_WAIT, 0, &second, NULL, 0) ? (long)errno : 0L);
}

/* Somebody still waits in a file that is gone: he takes no wake-up from those that come in its place. */
static void words_of_other_files(void)
{
	long woken = 0;
	pthread_t t;
	uint32_t *word;
	void *ret;
	int fd;

	word = map_new_file(&fd);
	if (!word || pthread_create(&t, NULL, wait_in_file, word))
		return;
	usleep(100000);
	munmap(word, 4096);
	close(fd);
	for (int i = 0; i < 16; i++) {
		word = map_new_file(&fd);
		woken += futex(word, FUTEX_WAKE, 1, NULL, NULL, 0);
		munmap(word, 4096);
		close(fd);
	}
	pthread_join(t, &ret);
	printf("woken of another file: %ld, and the wait: %s\n", woken,
	       strerrorname_np((int)(long)ret));
}

/* ---------------------------------------------------------------- locks whose owner dies */

static void *die_with_it(void *lock)
{
	pthread_mutex_lock(lock);
	return NULL;
}

static void robust(void)
{
	pthread_mutex_t *lock =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_t attr;
	pthread_t thread;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(lock, &attr);
	pthread_create(&thread, NULL, die_with_it, lock);
	pthread_join(thread, NULL);
	printf("a thread died with it: %s\n", strerrorname_np(pthread_mutex_lock(lock)));
	printf("consistent: %d\n", pthread_mutex_consistent(lock));
	pthread_mutex_unlock(lock);
	fflush(stdout);
	if (!fork()) {
		pthread_mutex_lock(lock);
		kill(getpid(), SIGKILL);
	}
	wait(NULL);
	printf("a process was killed with it: %s\n", strerrorname_np(pthread_mutex_lock(lock)));
}

/* A lock as the kernel knows it: its entry in the list, and its word. */
struct lock {
	struct robust_list list;
	uint32_t word;
};

/* A process that dies with a list in a circle, of locks that others wait for and that are not its. */
static void circle(void)
{
	struct lock *l =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	static struct robust_list_head head;
	int status;
	pid_t pid = fork();

	if (!pid) {
		for (int i = 0; i < 3; i++)
			l[i].list.next = &l[(i + 1) % 3].list;
		l[0].word = (uint32_t)getpid();
		l[1].word = (uint32_t)getpid() | FUTEX_WAITERS;
		l[2].word = 1;
		head.list.next = &l[0].list;
		head.futex_offset = offsetof(struct lock, word);
		syscall(SYS_set_robust_list, &head, sizeof(head));
		_exit(3);
	}
	waitpid(pid, &status, 0);
	printf("circle: exit %d, %x %x %x\n", WEXITSTATUS(status), l[0].word, l[1].word, l[2].word);
	munmap(l, 4096);
}

/* ---------------------------------------------------------------- vector registers */

static void set_vectors(uint64_t v)
{
	__asm__ __volatile__("movq %0, %%xmm5; movq %0, %%xmm15; movq %0, %%mm3" ::"r"(v)
			     : "xmm5", "xmm15", "mm3");
}

static int vectors_are(uint64_t v)
{
	uint64_t a, b, c;

	__asm__ __volatile__("movq %%xmm5, %0; movq %%xmm15, %1; movq %%mm3, %2"
			     : "=r"(a), "=r"(b), "=r"(c));
	return a == v && b == v && c == v;
}

static void *keep_vectors(void *arg)
{
	uint64_t v = 0x0101010101010101 * ((uint64_t)(uintptr_t)arg + 1);
	long bad = 0;

	set_vectors(v);
	for (unsigned int i = 0; i < 500; i++) {
		syscall(SYS_sched_yield);
		bad += !vectors_are(v);
	}
	__asm__ __volatile__("emms");
	return (void *)bad;
}

static volatile int handled;

/* It has registers of its own, and may change what the program goes on with. */
static void change_vectors(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	struct _libc_fpstate *fp = uc->uc_mcontext.fpregs;

	(void)sig;
	(void)info;
	set_vectors(99);
	__asm__ __volatile__("emms");
	handled = fp->_xmm[5].element[0] == 0x55555555;
	fp->_xmm[15].element[0] = 0x77777777;
	fp->_xmm[15].element[1] = 0x77777777;
}

static void vectors(void)
{
	struct sigaction sa = { .sa_sigaction = change_vectors, .sa_flags = SA_SIGINFO };
	pthread_t thread[NR_THREADS];
	uint64_t low, other;
	cpu_set_t one;
	long bad = 0;
	void *ret;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one); /* they take turns */
	for (unsigned long i = 0; i < NR_THREADS; i++)
		pthread_create(&thread[i], NULL, keep_vectors, (void *)i);
	for (unsigned int i = 0; i < NR_THREADS; i++) {
		pthread_join(thread[i], &ret);
		bad += (long)ret;
	}
	printf("vectors lost in switches: %ld\n", bad);

	sigaction(SIGUSR1, &sa, NULL);
	set_vectors(0x5555555555555555);
	syscall(SYS_kill, syscall(SYS_getpid), SIGUSR1);
	__asm__ __volatile__("movq %%xmm5, %0; movq %%xmm15, %1" : "=r"(low), "=r"(other));
	__asm__ __volatile__("emms");
	printf("after the handler: %lx, and as it said: %lx; it saw them: %d\n", low, other,
	       handled);

	set_vectors(0x1234567812345678);
	fflush(stdout);
	set_vectors(0x1234567812345678);
	if (!syscall(SYS_fork))
		syscall(SYS_exit, vectors_are(0x1234567812345678));
	__asm__ __volatile__("emms");
	int status;

	wait(&status);
	printf("a child has them: %d\n", WEXITSTATUS(status));
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	threads();
	shared_words();
	interrupted();
	words_of_other_files();
	robust();
	circle();
	vectors();
	return 0;
}
