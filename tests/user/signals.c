// SPDX-License-Identifier: MIT
/* Signals: actions, masks, what is pending and in which order, frames, stops, timers. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

static void *volatile nowhere = (void *)1;

static void say(const char *what, long ret)
{
	if (ret < 0)
		printf("%s: %s\n", what, strerrorname_np(errno));
	else
		printf("%s: %ld\n", what, ret);
	fflush(stdout);
}

static void status(const char *what, pid_t pid)
{
	int st = 0;

	waitpid(pid, &st, 0);
	if (WIFSIGNALED(st))
		printf("%s: signal %d\n", what, WTERMSIG(st));
	else
		printf("%s: exit %d\n", what, WEXITSTATUS(st));
	fflush(stdout);
}

static pid_t child_that(void (*fn)(void))
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		fn();
		fflush(stdout);
		_exit(0);
	}
	return pid;
}

/* ---------------------------------------------------------------- what was caught */

static struct {
	int sig, code, value;
	pid_t pid;
	void *addr;
	int on_stack;
} caught[64];
static volatile int ncaught;
static char alt[32768];

static void catch (int sig, siginfo_t *si, void *uc)
{
	char here;

	(void)uc;
	if (ncaught == 64)
		return;
	caught[ncaught].sig = sig;
	caught[ncaught].code = si->si_code;
	caught[ncaught].value = si->si_value.sival_int;
	caught[ncaught].pid = si->si_pid;
	caught[ncaught].addr = si->si_addr;
	caught[ncaught].on_stack = &here >= alt && &here < alt + sizeof(alt);
	ncaught++;
}

static void handle(int sig, int flags)
{
	struct sigaction sa = { .sa_sigaction = catch, .sa_flags = SA_SIGINFO | flags };

	sigaction(sig, &sa, NULL);
}

static void show(const char *what)
{
	printf("%s:", what);
	for (int i = 0; i < ncaught; i++)
		printf(" %d(code %d%s)", caught[i].sig, caught[i].code,
		       caught[i].pid == getpid() ? " from me" : "");
	printf("\n");
	fflush(stdout);
	ncaught = 0;
}

static void block(int how, int sig)
{
	sigset_t set;

	sigemptyset(&set);
	if (sig)
		sigaddset(&set, sig);
	else
		sigfillset(&set);
	sigprocmask(how, &set, NULL);
}

/* ---------------------------------------------------------------- arguments */

struct kernel_sigaction {
	void *handler;
	unsigned long flags;
	void *restorer;
	unsigned long mask;
};

static void arguments(void)
{
	struct kernel_sigaction act = { .flags = 0xffffffff, .mask = ~0UL }, old;
	unsigned long set = 0;
	struct timespec ts = { 0, 1000000000 };
	siginfo_t si;
	stack_t ss;

	printf("--- arguments\n");
	say("sigaction size", syscall(SYS_rt_sigaction, SIGUSR1, NULL, &old, 4));
	say("sigaction 0", syscall(SYS_rt_sigaction, 0, NULL, &old, 8));
	say("sigaction 65", syscall(SYS_rt_sigaction, 65, NULL, &old, 8));
	say("sigaction kill", syscall(SYS_rt_sigaction, SIGKILL, &act, &old, 8));
	say("sigaction kill, look", syscall(SYS_rt_sigaction, SIGKILL, NULL, &old, 8));
	say("sigaction nowhere", syscall(SYS_rt_sigaction, SIGUSR1, nowhere, NULL, 8));
	say("sigaction to nowhere", syscall(SYS_rt_sigaction, SIGUSR1, NULL, nowhere, 8));
	say("sigaction flags", syscall(SYS_rt_sigaction, SIGUSR1, &act, NULL, 8));
	say("sigaction look", syscall(SYS_rt_sigaction, SIGUSR1, NULL, &old, 8));
	printf("flags %lx mask %lx\n", old.flags, old.mask);
	signal(SIGUSR1, SIG_DFL);
	say("procmask size", syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 4));
	say("procmask how", syscall(SYS_rt_sigprocmask, 7, &set, NULL, 8));
	say("procmask how, look", syscall(SYS_rt_sigprocmask, 7, NULL, &set, 8));
	say("procmask nowhere", syscall(SYS_rt_sigprocmask, SIG_BLOCK, nowhere, NULL, 8));
	set = ~0UL;
	say("procmask all", syscall(SYS_rt_sigprocmask, SIG_SETMASK, &set, NULL, 8));
	say("procmask look", syscall(SYS_rt_sigprocmask, SIG_SETMASK, NULL, &set, 8));
	printf("%lx\n", set);
	set = 0;
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &set, NULL, 8);
	say("pending size", syscall(SYS_rt_sigpending, &set, 9));
	say("pending", syscall(SYS_rt_sigpending, &set, 8));
	say("suspend size", syscall(SYS_rt_sigsuspend, &set, 4));
	say("timedwait size", syscall(SYS_rt_sigtimedwait, &set, &si, NULL, 4));
	say("timedwait time", syscall(SYS_rt_sigtimedwait, &set, &si, &ts, 8));
	ts.tv_nsec = 1000;
	say("timedwait", syscall(SYS_rt_sigtimedwait, &set, &si, &ts, 8));
	say("kill 65", kill(getpid(), 65));
	say("kill -1 sig", kill(getpid(), -1));
	say("kill nobody", kill(999999, 0));
	say("kill nobody 65", kill(999999, 65));
	say("kill INT_MIN", kill(INT_MIN, 0));
	say("kill 0", kill(getpid(), 0));
	say("tkill 0", syscall(SYS_tkill, 0, 0));
	say("tgkill 0", syscall(SYS_tgkill, 0, getpid(), 0));
	say("tgkill other", syscall(SYS_tgkill, 1, getpid(), 0));
	say("tgkill", syscall(SYS_tgkill, getpid(), getpid(), 0));
	memset(&si, 0, sizeof(si));
	si.si_code = SI_USER;
	say("queue as user to init", syscall(SYS_rt_sigqueueinfo, 1, 0, &si));
	si.si_code = SI_TKILL;
	say("queue as tkill to init", syscall(SYS_rt_sigqueueinfo, 1, 0, &si));
	si.si_code = SI_QUEUE;
	say("queue to init", syscall(SYS_rt_sigqueueinfo, 1, 0, &si));
	say("queue nowhere", syscall(SYS_rt_sigqueueinfo, 1, 0, nowhere));
	si.si_code = -50;
	((char *)&si)[100] = 1;
	say("queue with more", syscall(SYS_rt_sigqueueinfo, 1, 0, &si));
	si.si_code = SI_QUEUE;
	say("tgqueue 0", syscall(SYS_rt_tgsigqueueinfo, 0, 0, 0, &si));
	ss = (stack_t){ .ss_sp = alt, .ss_size = 2047 };
	say("altstack small", syscall(SYS_sigaltstack, &ss, NULL));
	ss.ss_size = sizeof(alt);
	ss.ss_flags = 8;
	say("altstack flags", syscall(SYS_sigaltstack, &ss, NULL));
	say("altstack nowhere", syscall(SYS_sigaltstack, nowhere, NULL));
	say("altstack look", syscall(SYS_sigaltstack, NULL, &ss));
	printf("flags %d size %zu\n", ss.ss_flags, ss.ss_size);
}

/* ---------------------------------------------------------------- order */

static void order(void)
{
	struct rlimit r, old;
	siginfo_t si;
	sigset_t set;

	printf("--- order\n");
	handle(SIGUSR1, 0);
	handle(SIGUSR2, 0);
	handle(SIGRTMIN, 0);
	handle(SIGRTMIN + 1, 0);
	handle(SIGSEGV, 0);
	block(SIG_BLOCK, 0);
	for (int i = 0; i < 3; i++) {
		sigqueue(getpid(), SIGRTMIN + 1, (union sigval){ .sival_int = i });
		sigqueue(getpid(), SIGRTMIN, (union sigval){ .sival_int = 10 + i });
		sigqueue(getpid(), SIGUSR2, (union sigval){ .sival_int = 20 + i });
		kill(getpid(), SIGUSR1);
		raise(SIGUSR1);
	}
	kill(getpid(), SIGSEGV);
	syscall(SYS_rt_sigpending, &set, 8);
	printf("pending %lx\n", *(unsigned long *)&set);
	block(SIG_UNBLOCK, 0);
	printf("values:");
	/* The last that was taken runs first: its frame is on top. */
	for (int i = ncaught; i-- > 0;)
		printf(" %d:%d", caught[i].sig, caught[i].code == SI_QUEUE ? caught[i].value : -1);
	printf("\n");
	show("taken");
	block(SIG_BLOCK, SIGUSR1);
	kill(getpid(), SIGUSR1);
	signal(SIGUSR1, SIG_IGN);
	handle(SIGUSR1, 0);
	block(SIG_UNBLOCK, SIGUSR1);
	show("ignored meanwhile");
	block(SIG_BLOCK, SIGRTMIN);
	sigqueue(getpid(), SIGRTMIN, (union sigval){ .sival_int = 77 });
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	say("sigwaitinfo", sigwaitinfo(&set, &si));
	printf("code %d value %d\n", si.si_code, si.si_value.sival_int);
	getrlimit(RLIMIT_SIGPENDING, &old);
	r = (struct rlimit){ 3, old.rlim_max };
	setrlimit(RLIMIT_SIGPENDING, &r);
	for (int i = 0; i < 4; i++)
		say("queue", sigqueue(getpid(), SIGRTMIN, (union sigval){ .sival_int = i }));
	say("kill beyond", kill(getpid(), SIGUSR2));
	setrlimit(RLIMIT_SIGPENDING, &old);
	block(SIG_UNBLOCK, SIGRTMIN);
	show("beyond the limit");
}

/* ---------------------------------------------------------------- masks */

static unsigned long blocked_now(void)
{
	unsigned long set = 0;

	syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &set, 8);
	return set;
}

static unsigned long pending_now(void)
{
	unsigned long set = 0;

	syscall(SYS_rt_sigpending, &set, 8);
	return set;
}

/* What is in the frame is what is blocked behind it. */
static void block_all_behind(int sig, siginfo_t *si, void *context)
{
	(void)sig, (void)si;
	memset(&((ucontext_t *)context)->uc_sigmask, 0xff, 8);
}

/* Its default would end the process, were it not waited for. */
static void wait_for_alarm(void)
{
	struct itimerval soon = { .it_value.tv_usec = 10000 };
	struct timespec ts = { 2, 0 };
	sigset_t set;

	block(SIG_BLOCK, SIGALRM);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	setitimer(ITIMER_REAL, &soon, NULL);
	say("sigtimedwait", sigtimedwait(&set, NULL, &ts));
}

static void masks(void)
{
	struct sigaction sa = { .sa_sigaction = block_all_behind, .sa_flags = SA_SIGINFO };

	printf("--- masks\n");
	sigaction(SIGUSR1, &sa, NULL);
	raise(SIGUSR1);
	printf("all from a frame: %lx\n", blocked_now());
	raise(SIGTSTP);
	kill(getpid(), SIGTTIN);
	printf("stops are pending: %lx\n", pending_now());
	kill(getpid(), SIGCONT);
	printf("SIGCONT undoes them, and is: %lx\n", pending_now());
	raise(SIGTTOU);
	printf("a stop undoes it: %lx\n", pending_now());
	syscall(SYS_rt_sigtimedwait, &(unsigned long){ 1UL << (SIGTTOU - 1) }, NULL, NULL, 8);
	printf("none: %lx\n", pending_now());
	block(SIG_UNBLOCK, 0);
	status("waits", child_that(wait_for_alarm));
}

/* ---------------------------------------------------------------- which thread */

static volatile int taken_by_other;
static pthread_t other;

static void note_taker(int sig)
{
	(void)sig;
	taken_by_other |= pthread_equal(pthread_self(), other);
}

/* Blocks the other signal: it is for the other thread then. */
static void wait_for_taker(int sig)
{
	(void)sig;
	for (int i = 0; i < 300 && !taken_by_other; i++)
		usleep(1000);
}

static void *take_second(void *unused)
{
	block(SIG_BLOCK, SIGUSR1);
	for (;;)
		pause();
	return unused;
}

static void timer_at(int sig, const struct itimerspec *when)
{
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = sig };
	timer_t timer;

	timer_create(CLOCK_MONOTONIC, &ev, &timer);
	timer_settime(timer, TIMER_ABSTIME, when, NULL);
}

/* The thread that is woken for one takes another first, whose handler blocks the one. */
static void given_on(void)
{
	struct sigaction sa = { .sa_handler = wait_for_taker };
	struct itimerspec when = { 0 };

	sigaddset(&sa.sa_mask, SIGUSR2);
	sigaction(SIGUSR1, &sa, NULL);
	signal(SIGUSR2, note_taker);
	pthread_create(&other, NULL, take_second, NULL);
	clock_gettime(CLOCK_MONOTONIC, &when.it_value);
	when.it_value.tv_sec += when.it_value.tv_nsec >= 950000000;
	when.it_value.tv_nsec = (when.it_value.tv_nsec + 50000000) % 1000000000;
	timer_at(SIGUSR2, &when);
	timer_at(SIGUSR1, &when);
	pause();
	_exit(taken_by_other);
}

static void exit_7(int sig)
{
	(void)sig;
	_exit(7);
}

static void *end_by_signal(void *unused)
{
	pthread_join(*(pthread_t *)unused, NULL);
	kill(getpid(), SIGUSR1);
	usleep(300000);
	_exit(1);
}

/* Its first thread has ended: the other one takes it. */
static void first_is_gone(void)
{
	static pthread_t first;

	first = pthread_self();
	signal(SIGUSR1, exit_7);
	pthread_create(&other, NULL, end_by_signal, &first);
	pthread_exit(NULL);
}

static int hold[2];

static void *exit_9(void *unused)
{
	pthread_join(*(pthread_t *)unused, NULL);
	(void)!read(hold[0], &(char){ 0 }, 1);
	_exit(9);
}

static void others_run(void)
{
	static pthread_t first;

	first = pthread_self();
	pthread_create(&other, NULL, exit_9, &first);
	pthread_exit(NULL);
}

/* It has ended when all of its threads have. */
static void wait_for_all(void)
{
	pid_t pid;

	if (pipe(hold))
		return;
	pid = child_that(others_run);
	usleep(20000);
	say("is it over", waitpid(pid, NULL, WNOHANG));
	(void)!write(hold[1], "x", 1);
	status("it is", pid);
	close(hold[0]);
	close(hold[1]);
}

static volatile int queued_value;

static void take_value(int sig, siginfo_t *si, void *context)
{
	(void)sig, (void)context;
	taken_by_other |= pthread_equal(pthread_self(), other);
	queued_value = si->si_code == SI_QUEUE ? si->si_value.sival_int : -1;
}

/* With a word for a thread of its choice: it is that one's alone. */
static void queued_for_one(void)
{
	struct sigaction sa = { .sa_sigaction = take_value, .sa_flags = SA_SIGINFO };

	alarm(20); /* where it does not come */
	sigaction(SIGUSR2, &sa, NULL);
	pthread_create(&other, NULL, take_second, NULL);
	pthread_sigqueue(other, SIGUSR2, (union sigval){ .sival_int = 7 });
	while (!queued_value)
		usleep(1000);
	_exit(taken_by_other * 10 + queued_value);
}

static void *use_up(void *unused)
{
	while (!taken_by_other)
		;
	return unused;
}

/* The process has used what it may: any thread of it is told so, and it may use a second more. */
static void soft_limit(void)
{
	struct rlimit r = { 0, RLIM_INFINITY };

	alarm(20);
	signal(SIGXCPU, note_taker);
	pthread_create(&other, NULL, use_up, NULL);
	block(SIG_BLOCK, SIGXCPU);
	setrlimit(RLIMIT_CPU, &r);
	pthread_join(other, NULL);
	getrlimit(RLIMIT_CPU, &r);
	_exit(r.rlim_cur > 0 && r.rlim_cur < 20); /* a processor may have stood still meanwhile */
}

static void hard_limit(void)
{
	struct rlimit r = { 0, 0 };

	alarm(20);
	setrlimit(RLIMIT_CPU, &r);
	for (;;)
		;
}

static void takers(void)
{
	printf("--- which thread\n");
	status("with a word", child_that(queued_for_one));
	status("CPU time, soft limit", child_that(soft_limit));
	status("CPU time, hard limit", child_that(hard_limit));
	status("the other's, when it is blocked", child_that(given_on));
	status("who is still there", child_that(first_is_gone));
	wait_for_all();
}

/* ---------------------------------------------------------------- frames */

static volatile int depth, deepest, runs;

static void nest(int sig)
{
	if (++depth > deepest)
		deepest = depth;
	if (++runs < 3)
		raise(sig);
	depth--;
}

static void nesting(int flags)
{
	struct sigaction sa = { .sa_handler = nest, .sa_flags = flags }, now;

	depth = deepest = 0;
	runs = flags & (int)SA_RESETHAND ? 3 : 0; /* a second one would end it */
	sigaction(SIGUSR1, &sa, NULL);
	raise(SIGUSR1);
	sigaction(SIGUSR1, NULL, &now);
	printf("flags %x: depth %d handler %s\n", flags, deepest,
	       now.sa_handler == SIG_DFL ? "default" : "stays");
	fflush(stdout);
}

static void skip(int sig, siginfo_t *si, void *context)
{
	ucontext_t *uc = context;

	if (si->si_addr == (void *)uc->uc_mcontext.gregs[REG_RIP])
		printf("at the instruction: ");
	else
		printf("at %lx: ", (unsigned long)si->si_addr & 0xfff);
	printf("signal %d code %d trap %lld err %llx cr2 %llx oldmask %llx\n", sig, si->si_code,
	       uc->uc_mcontext.gregs[REG_TRAPNO], uc->uc_mcontext.gregs[REG_ERR],
	       uc->uc_mcontext.gregs[REG_CR2] & 0xfff, uc->uc_mcontext.gregs[REG_OLDMASK]);
	fflush(stdout);
	uc->uc_mcontext.gregs[REG_RAX] = 42;
	uc->uc_mcontext.gregs[REG_RIP] = uc->uc_mcontext.gregs[REG_RDX];
}

/* An instruction that faults; the handler goes on behind it with 42 in RAX. */
#define FAULTS(text, ...)                                               \
	({                                                              \
		long ret_;                                              \
		__asm__ volatile("lea 1f(%%rip), %%rdx\n\t" text "\n1:" \
				 : "=a"(ret_)                           \
				 : "a"(0L), ##__VA_ARGS__               \
				 : "rdx", "rcx", "memory");             \
		ret_;                                                   \
	})

/* What a system call would be begun anew by is a number like any other where there was none. */
static void look_at_ax(int sig, siginfo_t *si, void *context)
{
	ucontext_t *uc = context;

	(void)sig;
	printf("ax %lld, %s\n", uc->uc_mcontext.gregs[REG_RAX],
	       si->si_addr == (void *)uc->uc_mcontext.gregs[REG_RIP] ? "at it" : "elsewhere");
	fflush(stdout);
	uc->uc_mcontext.gregs[REG_RIP] += 2;
}

static void no_call(void)
{
	struct sigaction sa = { .sa_sigaction = look_at_ax, .sa_flags = SA_SIGINFO };

	sigaction(SIGILL, &sa, NULL);
	for (long ax = -516; ax <= -512; ax++)
		__asm__ volatile("ud2" ::"a"(ax) : "memory");
	signal(SIGILL, SIG_DFL);
}

static void faults(void)
{
	struct sigaction sa = { .sa_sigaction = skip, .sa_flags = SA_SIGINFO };
	char *ro = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *nx = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open("/tmp/short", O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *beyond = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	printf("--- faults\n");
	no_call();
	for (int i = 1; i < 32; i++)
		if (i == SIGSEGV || i == SIGBUS || i == SIGILL || i == SIGFPE || i == SIGTRAP)
			sigaction(i, &sa, NULL);
	say("read nowhere", FAULTS("mov (%%rsi), %%al", "S"(0x123L)));
	say("write read-only", FAULTS("movb $1, (%%rsi)", "S"(ro + 5)));
	say("write the kernel's", FAULTS("movb $1, (%%rsi)", "S"(0xffffffff81000000L)));
	say("not canonical", FAULTS("movb $1, (%%rsi)", "S"(0x8000000000000000L)));
	say("run data", FAULTS("jmp *%%rsi", "S"(nx + 7)));
	say("beyond the file", FAULTS("movb $1, (%%rsi)", "S"(beyond + 9)));
	say("ud2", FAULTS("ud2"));
	say("int3", FAULTS("int3"));
	say("int 3", FAULTS("int $5"));
	say("hlt", FAULTS("hlt"));
	say("cli", FAULTS("cli"));
	say("in", FAULTS("in $0x80, %%al"));
	say("divide", FAULTS("xor %%ecx, %%ecx; div %%ecx"));
	say("icebp", FAULTS(".byte 0xf1"));
	for (int i = 1; i < 32; i++)
		if (i == SIGSEGV || i == SIGBUS || i == SIGILL || i == SIGFPE || i == SIGTRAP)
			signal(i, SIG_DFL);
}

static int tell_altstack(void *who)
{
	stack_t ss = { 0 };

	sigaltstack(NULL, &ss);
	printf("%s: flags %d size %zu\n", (char *)who, ss.ss_flags, ss.ss_size);
	fflush(stdout);
	return 0;
}

static void *in_thread(void *who)
{
	tell_altstack(who);
	return NULL;
}

/* Who has the same memory has no stack for handlers there, but for the time of a vfork(). */
static void stacks_of_others(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	const int same = CLONE_VM | SIGCHLD;
	pthread_t t;

	fflush(stdout);
	pthread_create(&t, NULL, in_thread, "a thread's");
	pthread_join(t, NULL);
	waitpid(clone(tell_altstack, stack + sizeof(stack), SIGCHLD, "a child's"), NULL, 0);
	waitpid(clone(tell_altstack, stack + sizeof(stack), same, "of the same memory"), NULL, 0);
	waitpid(clone(tell_altstack, stack + sizeof(stack), same | CLONE_VFORK, "of a vfork"), NULL,
		0);
}

/* r8 to r15, di, si, bp, bx, dx, ax, cx, as a frame has them: loaded, looked at by a handler, and stored again. */
#define NR_REGS 15
long probe_registers(long *table);
__asm__("probe_registers:\n"
	"	push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15; push %rdi\n"
	"	mov 0(%rdi), %r8; mov 8(%rdi), %r9; mov 16(%rdi), %r10; mov 24(%rdi), %r11\n"
	"	mov 32(%rdi), %r12; mov 40(%rdi), %r13; mov 48(%rdi), %r14; mov 56(%rdi), %r15\n"
	"	mov 72(%rdi), %rsi; mov 80(%rdi), %rbp; mov 88(%rdi), %rbx; mov 96(%rdi), %rdx\n"
	"	mov 104(%rdi), %rax; mov 112(%rdi), %rcx; mov 64(%rdi), %rdi\n"
	"	ud2\n"
	"	push %rdi; mov 8(%rsp), %rdi\n"
	"	mov %r8, 0(%rdi); mov %r9, 8(%rdi); mov %r10, 16(%rdi); mov %r11, 24(%rdi)\n"
	"	mov %r12, 32(%rdi); mov %r13, 40(%rdi); mov %r14, 48(%rdi); mov %r15, 56(%rdi)\n"
	"	mov %rsi, 72(%rdi); mov %rbp, 80(%rdi); mov %rbx, 88(%rdi); mov %rdx, 96(%rdi)\n"
	"	mov %rax, 104(%rdi); mov %rcx, 112(%rdi); pop %rsi; mov %rsi, 64(%rdi)\n"
	"	pop %rdi; pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
	"	ret\n");

static long registers[NR_REGS];
static int told_wrong;

static void turn_registers(int sig, siginfo_t *si, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;

	(void)sig, (void)si;
	for (int i = 0; i < NR_REGS; i++) {
		told_wrong += regs[i] != registers[i];
		regs[i] = ~regs[i];
	}
	regs[REG_RIP] += 2;
}

/* All that a program has in registers is in the frame, and what the handler leaves there goes on. */
static void all_registers(void)
{
	struct sigaction sa = { .sa_sigaction = turn_registers, .sa_flags = SA_SIGINFO };
	int wrong = 0;

	sigaction(SIGILL, &sa, NULL);
	for (int i = 0; i < NR_REGS; i++)
		registers[i] = 0x0101010101010101 * (i + 1);
	probe_registers(registers);
	for (int i = 0; i < NR_REGS; i++)
		wrong += registers[i] != ~(0x0101010101010101 * (i + 1));
	printf("registers told wrong %d, kept wrong %d\n", told_wrong, wrong);
	signal(SIGILL, SIG_DFL);
}

/*
 * What a function has below its stack pointer is its: psABI, 3.2.2.  At a multiple of 64 a frame without it
 * would have the registers of SSE there, and nothing that is left as it was.
 */
static void red_zone(void)
{
	long near, far, sp;

	signal(SIGUSR1, nest);
	runs = 3;
	__asm__ volatile("movq %%rsp, %2\n\tandq $-64, %%rsp\n\t"
			 "movq $0x1234, -8(%%rsp)\n\tmovq $0x5678, -128(%%rsp)\n\tsyscall\n\t"
			 "movq -8(%%rsp), %0\n\tmovq -128(%%rsp), %1\n\tmovq %2, %%rsp"
			 : "=&r"(near), "=&r"(far), "=&r"(sp)
			 : "a"((long)SYS_kill), "D"((long)getpid()), "S"((long)SIGUSR1)
			 : "rcx", "r11", "memory");
	printf("below the stack: %lx %lx\n", near, far);
}

static void change_stack(int sig)
{
	stack_t now, half = { .ss_sp = alt, .ss_size = sizeof(alt) / 2 };

	(void)sig;
	sigaltstack(NULL, &now);
	printf("in its handler: flags %x size %zu\n", (unsigned)now.ss_flags, now.ss_size);
	say("change it", sigaltstack(&half, NULL));
}

/* It cannot be changed by who runs on it, unless it is none for as long; the frame says what it was. */
static void stack_in_use(unsigned int flags)
{
	stack_t ss = { .ss_sp = alt, .ss_size = sizeof(alt), .ss_flags = (int)flags };
	struct sigaction sa = { .sa_handler = change_stack, .sa_flags = SA_ONSTACK };

	say("altstack", sigaltstack(&ss, NULL));
	sigaction(SIGUSR1, &sa, NULL);
	raise(SIGUSR1);
	sigaltstack(NULL, &ss);
	printf("behind it: flags %x size %zu\n", (unsigned)ss.ss_flags, ss.ss_size);
}

/* What is not blocked by the mask of another's action comes at once, what is comes behind it. */
static volatile int in_first, in_the_midst, came_behind;

static void first_of_two(int sig)
{
	(void)sig;
	in_first = 1;
	raise(SIGUSR2);
	raise(SIGALRM);
	in_first = 0;
}

static void second_of_two(int sig)
{
	int *count = in_first ? (int *)&in_the_midst : (int *)&came_behind;

	*count += sig;
}

static void action_masks(void)
{
	struct sigaction sa = { .sa_handler = first_of_two };

	sigaddset(&sa.sa_mask, SIGUSR2);
	sigaction(SIGUSR1, &sa, NULL);
	signal(SIGUSR2, second_of_two);
	signal(SIGALRM, second_of_two);
	raise(SIGUSR1);
	printf("in the midst %d, behind %d, blocked now %lx\n", in_the_midst, came_behind,
	       blocked_now());
}

static void frames(void)
{
	stack_t ss = { .ss_sp = alt, .ss_size = sizeof(alt) };

	printf("--- frames\n");
	nesting(0);
	nesting(SA_NODEFER);
	nesting((int)SA_RESETHAND);
	say("altstack", sigaltstack(&ss, NULL));
	handle(SIGUSR1, SA_ONSTACK);
	handle(SIGUSR2, 0);
	raise(SIGUSR1);
	raise(SIGUSR2);
	printf("on it: %d %d\n", caught[0].on_stack, caught[1].on_stack);
	ncaught = 0;
	stacks_of_others();
	sigaltstack(NULL, &ss);
	printf("flags %d size %zu\n", ss.ss_flags, ss.ss_size);
	ss.ss_flags = SS_DISABLE;
	say("none", sigaltstack(&ss, NULL));
	stack_in_use(0);
	stack_in_use(1U << 31); /* SS_AUTODISARM */
	ss = (stack_t){ .ss_flags = SS_DISABLE };
	sigaltstack(&ss, NULL);
	action_masks();
	all_registers();
	red_zone();
}

static void no_restorer(void)
{
	struct kernel_sigaction act = { .handler = nest };

	syscall(SYS_rt_sigaction, SIGUSR1, &act, NULL, 8);
	raise(SIGUSR1);
}

static void bad_sigreturn(void)
{
	__asm__ volatile("mov $1, %%rsp\n\tmov $15, %%eax\n\tsyscall" ::: "memory", "rax");
}

static void spoil(int sig, siginfo_t *si, void *context)
{
	(void)sig;
	(void)si;
	((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] = 0x800000000000L;
}

static void bad_ip(void)
{
	struct sigaction sa = { .sa_sigaction = spoil, .sa_flags = SA_SIGINFO };

	sigaction(SIGUSR1, &sa, NULL);
	raise(SIGUSR1);
}

static void spoil_cs(int sig, siginfo_t *si, void *context)
{
	(void)sig;
	(void)si;
	((ucontext_t *)context)->uc_mcontext.gregs[REG_CSGSFS] = 0x10;
}

static void bad_cs(void)
{
	struct sigaction sa = { .sa_sigaction = spoil_cs, .sa_flags = SA_SIGINFO };

	sigaction(SIGUSR1, &sa, NULL);
	raise(SIGUSR1);
}

static void set_flags(int sig, siginfo_t *si, void *context)
{
	(void)sig;
	(void)si;
	((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] |= 0x3202 | 0x400;
}

/* The instruction would strike again and again: no mask and no action keeps the process. */
static void fault_that_is(void (*action)(int), int how)
{
	alarm(20);
	signal(SIGSEGV, action);
	block(how, SIGSEGV);
	*(volatile char *)nowhere = 1;
}

static void fault_blocked(void)
{
	fault_that_is(nest, SIG_BLOCK);
}

static void fault_ignored(void)
{
	fault_that_is(SIG_IGN, SIG_UNBLOCK);
}

/* One that is sent is what the program says. */
static void sent_and_ignored(void)
{
	signal(SIGSEGV, SIG_IGN);
	raise(SIGSEGV);
	block(SIG_BLOCK, SIGSEGV);
	raise(SIGSEGV);
}

static void flags_checked(void)
{
	struct sigaction sa = { .sa_sigaction = set_flags, .sa_flags = SA_SIGINFO };
	unsigned long flags;

	sigaction(SIGUSR1, &sa, NULL);
	raise(SIGUSR1);
	__asm__ volatile("pushf; pop %0; cld" : "=r"(flags));
	printf("iopl %lu direction %lu\n", flags >> 12 & 3, flags >> 10 & 1);
}

static void overflow(void)
{
	static char stack[4096];
	stack_t ss = { .ss_sp = stack, .ss_size = 2048 };

	sigaltstack(&ss, NULL);
	handle(SIGUSR1, SA_ONSTACK);
	raise(SIGUSR1);
	printf("it fits\n");
}

static void stack_is_bad(void)
{
	handle(SIGUSR1, 0);
	__asm__ volatile(
		"mov $64, %%rsp\n\tmov %0, %%edi\n\tmov %1, %%esi\n\tmov $62, %%eax\n\tsyscall" ::
			"r"(getpid()),
		"r"(SIGUSR1)
		: "memory", "rax", "rdi", "rsi");
}

static void bad_frames(void)
{
	printf("--- bad frames\n");
	status("no restorer", child_that(no_restorer));
	status("no frame", child_that(bad_sigreturn));
	status("bad ip", child_that(bad_ip));
	status("bad cs", child_that(bad_cs));
	status("flags", child_that(flags_checked));
	status("small stack", child_that(overflow));
	status("bad stack", child_that(stack_is_bad));
	status("a fault, blocked", child_that(fault_blocked));
	status("a fault, ignored", child_that(fault_ignored));
	status("no fault, ignored", child_that(sent_and_ignored));
}

/* ---------------------------------------------------------------- what a frame has of others */

#define MARK	0xa5
#define FX_SIZE 512 /* of a frame's vector registers; in it, what is nobody's: */

#define NOBODYS 96
static int is_nobodys(int i)
{
	return (i >= 32 && i < 160 && i % 16 >= 10) || (i >= 416 && i < 464);
}

static volatile int marked;

static void mark_frame(int sig, siginfo_t *info, void *context)
{
	unsigned char *fp = (void *)((ucontext_t *)context)->uc_mcontext.fpregs;

	(void)sig, (void)info;
	for (int i = 0; i < FX_SIZE; i++)
		if (is_nobodys(i))
			fp[i] = MARK;
}

static void look_at_frame(int sig, siginfo_t *info, void *context)
{
	const unsigned char *fp = (void *)((ucontext_t *)context)->uc_mcontext.fpregs;

	(void)sig, (void)info;
	for (int i = 0; i < FX_SIZE; i++)
		marked += is_nobodys(i) && fp[i] == MARK;
}

static void take_one(void (*handler)(int, siginfo_t *, void *))
{
	struct sigaction sa = { .sa_flags = SA_SIGINFO, .sa_sigaction = handler };

	sigaction(SIGUSR1, &sa, NULL);
	raise(SIGUSR1);
}

static void give_marked(void)
{
	take_one(mark_frame);
}

static void take_unmarked(void)
{
	take_one(look_at_frame);
	_exit(marked > NOBODYS / 2); /* one or two may be of an address that lay on the stack */
}

/* A thread that ends may leave its room for registers to the next. */
static void leftovers(void)
{
	int seen = 0, st;

	printf("--- leftovers\n");
	for (int i = 0; i < 20; i++) {
		waitpid(child_that(give_marked), NULL, 0);
		waitpid(child_that(take_unmarked), &st, 0);
		seen += WEXITSTATUS(st);
	}
	printf("of others: %d\n", seen);
}

/* ---------------------------------------------------------------- calls that are interrupted */

/* And again, where a slow machine was not in the call yet. */
static void alarm_soon(void)
{
	struct itimerval it = { .it_value.tv_usec = 20000, .it_interval.tv_usec = 20000 };

	setitimer(ITIMER_REAL, &it, NULL);
}

static void no_alarm(void)
{
	struct itimerval it = { 0 };

	setitimer(ITIMER_REAL, &it, NULL);
}

static void say_interrupted(const char *what, long ret)
{
	int error = errno;

	no_alarm();
	errno = error;
	say(what, ret);
}

static void *write_later(void *fd)
{
	usleep(100000);
	(void)!write((int)(long)fd, "x", 1);
	return NULL;
}

static void interrupted(void)
{
	struct timespec ts = { 1000, 0 }, left;
	sigset_t none;
	pthread_t t;
	int fd[2];
	char c;

	printf("--- interrupted\n");
	if (pipe(fd))
		return;
	handle(SIGALRM, 0);
	alarm_soon();
	say_interrupted("read", read(fd[0], &c, 1));
	handle(SIGALRM, SA_RESTART);
	pthread_create(&t, NULL, write_later, (void *)(long)fd[1]);
	block(SIG_BLOCK, SIGALRM);
	pthread_join(t, NULL);
	(void)!read(fd[0], &c, 1);
	block(SIG_UNBLOCK, SIGALRM);
	pthread_create(&t, NULL, write_later, (void *)(long)fd[1]);
	alarm_soon();
	say_interrupted("read with restart", read(fd[0], &c, 1));
	pthread_join(t, NULL);
	alarm_soon();
	say_interrupted("pause with restart", pause());
	sigemptyset(&none);
	block(SIG_BLOCK, SIGALRM);
	alarm_soon();
	say_interrupted("sigsuspend", sigsuspend(&none));
	sigprocmask(SIG_BLOCK, NULL, &none);
	say("the mask is back", sigismember(&none, SIGALRM));
	block(SIG_UNBLOCK, SIGALRM);
	alarm_soon();
	say_interrupted("nanosleep", nanosleep(&ts, &left));
	printf("left %d\n", left.tv_sec > 500 && left.tv_sec < 1000);
	signal(SIGALRM, SIG_IGN);
	alarm_soon();
	ts = (struct timespec){ 0, 50000000 };
	say_interrupted("nanosleep, ignored", nanosleep(&ts, &left));
	handle(SIGALRM, 0);
	alarm_soon();
	say_interrupted("wait", waitpid(child_that((void (*)(void))pause), NULL, 0));
	kill(0, 0);
	close(fd[0]);
	close(fd[1]);
	printf("caught each: %d\n", ncaught >= 6);
	ncaught = 0;
}

static volatile int in_fork, anew, done_first;

static bool is_syscall(const unsigned char *p)
{
	return p[0] == 0x0f && p[1] == 0x05;
}

/* The call is to be begun anew, or it is done and the child is there. */
static void look_where(int sig, siginfo_t *info, void *context)
{
	const greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
	const unsigned char *ip = (void *)regs[REG_RIP];

	(void)sig, (void)info;
	anew += in_fork && is_syscall(ip);
	done_first += in_fork && is_syscall(ip - 2) && regs[REG_RAX] > 0;
}

/* An alarm that comes while it lasts is taken when it is done: it goes on however fast a timer is. */
static void long_fork(void)
{
	struct sigaction sa = { .sa_flags = SA_SIGINFO | SA_RESTART, .sa_sigaction = look_where };
	struct itimerval soon = { .it_value.tv_usec = 200 };
	const size_t size = 100 << 20;
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	printf("--- a fork, and an alarm\n");
	fflush(stdout);
	madvise(p, size, MADV_NOHUGEPAGE);
	memset(p, 1, size);
	sigaction(SIGALRM, &sa, NULL);
	for (int i = 0; i < 8; i++) {
		in_fork = 1;
		setitimer(ITIMER_REAL, &soon, NULL);
		pid = syscall(SYS_fork);
		if (!pid)
			syscall(SYS_exit_group, 0);
		in_fork = 0;
		waitpid(pid, NULL, 0);
	}
	printf("mostly not begun anew: %d\n", anew <= done_first);
	munmap(p, size);
}

static volatile int came;

static void count_it(int sig)
{
	(void)sig;
	came++;
}

/* Sends a signal to the group of its parent a moment after each byte. */
static void send_to_group(int fd)
{
	char c;

	setpgid(0, 0);
	while (read(fd, &c, 1) == 1) {
		usleep(300);
		kill(-getppid(), SIGUSR1);
	}
	_exit(0);
}

/* What comes to the group in the midst of a fork comes to both: before there are two, or to each of them. */
static void group_fork(void)
{
	const size_t size = 32 << 20;
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), c;
	int go[2], done[2], st, missed = 0;
	pid_t pid, other;

	printf("--- a fork, and a signal to the group\n");
	fflush(stdout);
	setpgid(0, 0);
	if (pipe(go) || pipe(done))
		return;
	other = fork();
	if (!other) {
		close(go[1]);
		send_to_group(go[0]);
	}
	madvise(p, size, MADV_NOHUGEPAGE);
	memset(p, 1, size);
	signal(SIGUSR1, count_it);
	for (int i = 0; i < 6; i++) {
		came = 0;
		(void)!write(go[1], "x", 1);
		pid = syscall(SYS_fork);
		if (!pid) {
			(void)!read(done[0], &c, 1);
			syscall(SYS_exit_group, came);
		}
		while (!came)
			;
		(void)!write(done[1], "x", 1);
		waitpid(pid, &st, 0);
		missed += !WEXITSTATUS(st);
	}
	close(go[1]);
	waitpid(other, NULL, 0);
	printf("missed by one: %d\n", missed);
}

/* ---------------------------------------------------------------- children */

static volatile int cld_code[8], cld_status[8], ncld;

static void on_child(int sig, siginfo_t *si, void *uc)
{
	(void)sig;
	(void)uc;
	if (ncld < 8) {
		cld_code[ncld] = si->si_code;
		cld_status[ncld++] = si->si_status;
	}
}

static void wait_for_children(int n)
{
	usleep(20000);
	while (ncld < n)
		usleep(1000);
}

static void sleep_long(void)
{
	for (;;)
		pause();
}

static void stop_and_go(const char *what, int flags)
{
	struct sigaction sa = { .sa_sigaction = on_child, .sa_flags = SA_SIGINFO | flags };
	pid_t pid;

	ncld = 0;
	sigaction(SIGCHLD, &sa, NULL);
	pid = child_that(sleep_long);
	kill(pid, SIGTSTP); /* its group has a parent in the session? */
	kill(pid, SIGSTOP);
	waitpid(pid, NULL, WUNTRACED);
	wait_for_children(flags ? 0 : 1); /* it has stopped, and tells it then */
	kill(pid, SIGCONT);
	waitpid(pid, NULL, WCONTINUED);
	wait_for_children(flags ? 0 : 2); /* the child tells it when it runs */
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	printf("%s:", what);
	for (int i = 0; i < ncld; i++)
		printf(" %d/%d", cld_code[i], cld_status[i]);
	printf("\n");
	fflush(stdout);
}

#define WORKERS 3
static volatile unsigned long *worked; /* by each; shared */

static void *work(void *mine)
{
	for (;;)
		++*(volatile unsigned long *)mine;
	return mine;
}

static void work_all(void)
{
	pthread_t t;

	for (int i = 1; i < WORKERS; i++)
		pthread_create(&t, NULL, work, (void *)&worked[i]);
	work((void *)&worked[0]);
}

/* How many of them do something, in a while. */
static int working(int at_least)
{
	unsigned long before[WORKERS];
	int n = 0;

	for (int i = 0; i < WORKERS; i++)
		before[i] = worked[i];
	for (int tries = 0; tries < 1000 && n <= at_least; tries++) {
		usleep(at_least ? 1000 : 100);
		n = 0;
		for (int i = 0; i < WORKERS; i++)
			n += worked[i] != before[i];
		if (at_least && n >= at_least)
			break;
	}
	return n;
}

/* A stop is of all threads, and so is what ends it. */
static void stop_threads(void)
{
	pid_t pid;
	int st;

	worked = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid = child_that(work_all);
	printf("working %d,", working(WORKERS));
	for (int i = 0; i < 2; i++) {
		kill(pid, SIGSTOP);
		waitpid(pid, &st, WUNTRACED);
		printf(" stopped by %d %d,", WSTOPSIG(st), working(0));
		kill(pid, SIGCONT);
		printf(" again %d,", working(WORKERS));
	}
	printf(" continued %d\n", waitpid(pid, &st, WCONTINUED) == pid && WIFCONTINUED(st));
	kill(pid, SIGKILL);
	status("its end", pid);
}

static void exit_as_user(void)
{
	(void)!setuid(1234);
	_exit(9);
}

/* Who it was, by whom it was run, and how it ended. */
static void word_of_a_child(void)
{
	sigset_t set;
	siginfo_t si;
	pid_t pid;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	pid = child_that(exit_as_user);
	sigwaitinfo(&set, &si);
	printf("pid %d uid %d status %d code %d\n", si.si_pid == pid, si.si_uid, si.si_status,
	       si.si_code);
	waitid(P_PID, (id_t)pid, &si, WEXITED);
	printf("pid %d uid %d status %d code %d\n", si.si_pid == pid, si.si_uid, si.si_status,
	       si.si_code);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void children(void)
{
	pid_t pid;

	printf("--- children\n");
	stop_threads();
	word_of_a_child();
	stop_and_go("all", 0);
	stop_and_go("no stops", SA_NOCLDSTOP);
	signal(SIGCHLD, SIG_DFL);
	{
		struct sigaction sa = { .sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT };

		sigaction(SIGCHLD, &sa, NULL);
		pid = child_that(alarm_soon);
		say("no zombies", waitpid(pid, NULL, 0));
		ncaught = 0;
		handle(SIGCHLD, SA_NOCLDWAIT | SA_RESTART);
		pid = child_that(alarm_soon);
		say("nor with a handler", waitpid(pid, NULL, 0));
		printf("which is called: %d\n", ncaught);
		ncaught = 0;
		signal(SIGCHLD, SIG_DFL);
	}
	pid = child_that(sleep_long);
	kill(pid, SIGSTOP);
	waitpid(pid, NULL, WUNTRACED);
	kill(pid, SIGTERM);
	kill(pid, SIGKILL);
	status("killed while stopped", pid);
}

/* ---------------------------------------------------------------- timers */

static void timers(void)
{
	struct itimerval it = { .it_value = { 100, 5 }, .it_interval = { 3, 4 } }, old;
	clock_t end;

	printf("--- timers\n");
	say("getitimer 3", getitimer(3, &it));
	say("setitimer 3", setitimer(3, &it, NULL));
	it.it_value.tv_usec = 1000000;
	say("setitimer usec", setitimer(ITIMER_REAL, &it, NULL));
	it.it_value.tv_usec = 5;
	say("setitimer nowhere", syscall(SYS_setitimer, ITIMER_REAL, nowhere, NULL));
	say("setitimer", setitimer(ITIMER_REAL, &it, NULL));
	say("getitimer", getitimer(ITIMER_REAL, &old));
	printf("%d, every %ld.%06ld\n", old.it_value.tv_sec >= 99, old.it_interval.tv_sec,
	       old.it_interval.tv_usec);
	say("alarm", alarm(7));
	getitimer(ITIMER_REAL, &old);
	printf("every %ld.%06ld\n", old.it_interval.tv_sec, old.it_interval.tv_usec);
	say("alarm off", alarm(0));
	say("alarm off again", alarm(0));
	handle(SIGALRM, 0);
	it = (struct itimerval){ .it_value.tv_usec = 2000, .it_interval.tv_usec = 2000 };
	setitimer(ITIMER_REAL, &it, NULL);
	while (ncaught < 5)
		pause();
	memset(&it, 0, sizeof(it));
	setitimer(ITIMER_REAL, &it, NULL);
	printf("five times\n");
	ncaught = 0;
	handle(SIGVTALRM, 0);
	handle(SIGPROF, 0);
	it.it_value.tv_usec = 30000;
	for (int which = ITIMER_VIRTUAL; which <= ITIMER_PROF; which++) {
		setitimer(which, &it, NULL);
		end = clock() + CLOCKS_PER_SEC * 3;
		while (!ncaught && clock() < end)
			;
		show("cpu time");
	}
}

/* ---------------------------------------------------------------- signals that are read */

static void show_read(int fd)
{
	struct signalfd_siginfo si[4] = { 0 };
	long n = read(fd, si, sizeof(si));

	say("read", n);
	for (int i = 0; i < n / (long)sizeof(si[0]); i++)
		printf("  %u code %d pid %d int %d ptr %llx status %d addr %llx tid %u\n",
		       si[i].ssi_signo, si[i].ssi_code, si[i].ssi_pid == (unsigned int)getpid(),
		       si[i].ssi_int, (unsigned long long)si[i].ssi_ptr & 0xffff, si[i].ssi_status,
		       (unsigned long long)si[i].ssi_addr, si[i].ssi_tid);
	fflush(stdout);
}

static void same_fd(int got, int want)
{
	printf("%s\n", got == want ? "the same" : "another");
}

static void *raise_later(void *unused)
{
	usleep(20000);
	kill(getpid(), SIGUSR2);
	return unused;
}

static void *read_one_signal(void *fd)
{
	struct signalfd_siginfo si = { 0 };

	return (void *)(long)(read(*(int *)fd, &si, sizeof(si)) == sizeof(si) ? si.ssi_signo : 0);
}

/* Who waits for some takes others once the set is another; a timer's word comes too; what is cut off is lost. */
static void other_signals(void)
{
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL,
			       .sigev_signo = SIGRTMIN + 2,
			       .sigev_value.sival_int = 4711 };
	struct itimerspec soon = { { 0, 0 }, { 0, 1000000 } };
	struct signalfd_siginfo si;
	struct timespec patience;
	sigset_t set;
	timer_t timer;
	pthread_t t;
	void *sig;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	say("close on exec", fcntl(fd, F_GETFD));
	kill(getpid(), SIGUSR2);
	pthread_create(&t, NULL, read_one_signal, &fd);
	usleep(50000);
	sigaddset(&set, SIGUSR2);
	same_fd(signalfd(fd, &set, 0), fd);
	clock_gettime(CLOCK_REALTIME, &patience);
	patience.tv_sec += 20;
	if (pthread_timedjoin_np(t, &sig, &patience)) {
		kill(getpid(), SIGUSR1);
		pthread_join(t, &sig);
	}
	say("the other one", (long)sig);
	sigaddset(&set, SIGRTMIN + 2);
	sigaddset(&set, SIGKILL);
	signalfd(fd, &set, 0);
	timer_create(CLOCK_MONOTONIC, &ev, &timer); /* whose number may be 0 */
	timer_create(CLOCK_MONOTONIC, &ev, &timer);
	timer_settime(timer, 0, &soon, NULL);
	say("read", read(fd, &si, sizeof(si)));
	printf("  %u code %d int %d overrun %u own %d\n", si.ssi_signo, si.ssi_code, si.ssi_int,
	       si.ssi_overrun, si.ssi_tid == (unsigned int)(long)timer);
	timer_delete(timer);
	close(fd);
}

static void signalfds(void)
{
	struct pollfd p = { .events = POLLIN | POLLOUT };
	struct epoll_event ev = { .events = EPOLLIN };
	sigset_t set;
	pthread_t t;
	int fd, ep;
	char text[256];
	FILE *f;

	printf("--- signalfd\n");
	for (int i = 1; i < 32; i++)
		signal(i, SIG_DFL);
	sigfillset(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	say("size", syscall(SYS_signalfd4, -1, &set, 4, 0));
	say("nowhere", syscall(SYS_signalfd4, -1, nowhere, 8, 0));
	say("flags", syscall(SYS_signalfd4, -1, &set, 8, 1));
	say("no fd", syscall(SYS_signalfd4, 99, &set, 8, 0));
	say("not such a fd", syscall(SYS_signalfd4, 1, &set, 8, 0));
	fd = signalfd(-1, &set, SFD_NONBLOCK);
	p.fd = fd;
	say("poll", poll(&p, 1, 0));
	say("read", read(fd, text, sizeof(text)));
	say("read less", read(fd, text, 127));
	say("write", write(fd, text, 128));
	sigqueue(getpid(), SIGRTMIN, (union sigval){ .sival_ptr = (void *)0x4711 });
	kill(getpid(), SIGUSR1);
	say("poll", poll(&p, 1, 0));
	say("events", p.revents);
	show_read(fd);
	ep = epoll_create1(0);
	say("epoll", epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev));
	say("nothing", epoll_wait(ep, &ev, 1, 0));
	pthread_create(&t, NULL, raise_later, NULL);
	say("epoll_wait", epoll_wait(ep, &ev, 1, 2000));
	pthread_join(t, NULL);
	show_read(fd);
	fcntl(fd, F_SETFL, 0);
	pthread_create(&t, NULL, raise_later, NULL);
	show_read(fd);
	pthread_join(t, NULL);
	if (!fork())
		_exit(7);
	show_read(fd);
	wait(NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	same_fd(signalfd(fd, &set, 0), fd);
	snprintf(text, sizeof(text), "/proc/self/fdinfo/%d", fd);
	f = fopen(text, "r");
	while (f && fgets(text, sizeof(text), f))
		if (!strncmp(text, "sigmask", 7))
			printf("%s", text);
	close(ep);
	close(fd);
	other_signals();
}

static void stay(void)
{
	block(SIG_BLOCK, SIGWINCH);
	kill(getppid(), SIGUSR1);
	if (syscall(SYS_rt_sigtimedwait, &(unsigned long){ 1UL << (SIGWINCH - 1) }, NULL,
		    &(struct timespec){ 20, 0 }, 8) != SIGWINCH)
		_exit(1);
	_exit(7);
}

/* All but the caller's own process hear it: those that want to. */
static void everybody(void)
{
	pid_t pid[3];
	sigset_t set;

	printf("--- everybody\n");
	handle(SIGUSR1, 0);
	handle(SIGWINCH, 0);
	block(SIG_BLOCK, SIGUSR1);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	for (int i = 0; i < 3; i++) {
		pid[i] = child_that(stay);
		sigwaitinfo(&set, NULL);
	}
	say("nothing", kill(-1, 0));
	say("all", kill(-1, SIGWINCH));
	for (int i = 0; i < 3; i++)
		status("one of three", pid[i]);
	show("itself");
	block(SIG_UNBLOCK, SIGUSR1);
}

/* Each of a process's three timers keeps its interval, and tells of it whoever asks or sets another. */
static void intervals(void)
{
	static const char *const names[] = { "real", "virtual", "prof" };
	struct itimerval none = { 0 }, old;

	printf("--- intervals\n");
	for (int which = ITIMER_REAL; which <= ITIMER_PROF; which++) {
		struct itimerval it = { { 100 + which, 5000 }, { 2000, 0 } };

		say(names[which], setitimer(which, &it, NULL));
		getitimer(which, &old);
		printf("every %ld s %ld us, soon %d\n", (long)old.it_interval.tv_sec,
		       (long)old.it_interval.tv_usec, old.it_value.tv_sec < 1000);
		memset(&old, 0xff, sizeof(old));
		setitimer(which, &none, &old);
		printf("every %ld s %ld us, soon %d\n", (long)old.it_interval.tv_sec,
		       (long)old.it_interval.tv_usec, old.it_value.tv_sec < 1000);
		getitimer(which, &old);
		printf("every %ld s, left %ld\n", (long)old.it_interval.tv_sec,
		       (long)old.it_value.tv_sec);
	}
}

/* For the kernel's log: as many as it would say something of, and more. */
static int bad_lines(void)
{
	for (int i = 0; i < 200; i++)
		waitpid(child_that(bad_sigreturn), NULL, 0);
	return 0;
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		return bad_lines();
	arguments();
	order();
	masks();
	takers();
	frames();
	faults();
	bad_frames();
	leftovers();
	interrupted();
	waitpid(child_that(long_fork), NULL, 0);
	waitpid(child_that(group_fork), NULL, 0);
	children();
	everybody();
	timers();
	intervals();
	signalfds();
	return 0;
}
