// SPDX-License-Identifier: MIT
/* What a program asks about itself and of the scheduler: good arguments and bad ones. */
#define _GNU_SOURCE
#include <asm/prctl.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/membarrier.h>
#include <linux/random.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NOWHERE ((void *)1)

/* <linux/sched/types.h>'s, which the libc's <sched.h> does not go with. */
struct sched_attr {
	__u32 size, sched_policy;
	__u64 sched_flags;
	__s32 sched_nice;
	__u32 sched_priority;
	__u64 sched_runtime, sched_deadline, sched_period;
	__u32 sched_util_min, sched_util_max;
};

static void say(const char *what, long ret)
{
	if (ret < 0 && ret >= -4095)
		printf("%s: %s\n", what, strerrorname_np(errno));
	else
		printf("%s: %ld\n", what, ret);
}
#define SAY(call) say(#call, (call))

/* Those of a name that are not 0, wherever it ends. */
static int bytes_of(const char name[65])
{
	int n = 0;

	for (int i = 0; i < 65; i++)
		n += name[i] != 0;
	return n;
}

static void names(void)
{
	struct utsname u;
	char name[16];

	SAY(uname(&u));
	printf("%s %s %s %s\n", u.sysname, u.nodename, u.machine, u.domainname);
	SAY(uname(NOWHERE));
	SAY(sethostname("a name that is longer than the next one", 39));
	SAY(sethostname("terrier", 7));
	SAY(setdomainname("", 0));
	uname(&u);
	printf("%s '%s', %d and %d bytes\n", u.nodename, u.domainname, bytes_of(u.nodename),
	       bytes_of(u.domainname));
	SAY(syscall(SYS_sethostname, u.release, 65));
	SAY(syscall(SYS_sethostname, u.release, -1));
	SAY(syscall(SYS_setdomainname, u.release, 65));
	SAY(syscall(SYS_sethostname, NOWHERE, 3));
	SAY(sethostname("(none)", 6));
	SAY(setdomainname("(none)", 6));
	SAY(prctl(PR_SET_NAME, "a name that is too long"));
	SAY(prctl(PR_GET_NAME, name));
	printf("%s\n", name);
	SAY(prctl(PR_SET_NAME, NOWHERE));
	SAY(prctl(PR_GET_NAME, NOWHERE));
	SAY(personality(0xffffffff));
	SAY(personality(ADDR_NO_RANDOMIZE));
	SAY(personality(0xffffffff));
	SAY(personality(UNAME26 | PER_LINUX32));
	uname(&u);
	printf("%.7s %s\n", u.release, u.machine);
	SAY(personality(0));
}

static void prctl_of_the_parent(void)
{
	int value = 77;

	SAY(prctl(PR_SET_PDEATHSIG, SIGUSR1));
	SAY(prctl(PR_GET_PDEATHSIG, &value));
	printf("%d\n", value);
	SAY(prctl(PR_SET_PDEATHSIG, 65));
	SAY(prctl(PR_SET_PDEATHSIG, -1L));
	SAY(prctl(PR_SET_PDEATHSIG, 64));
	SAY(prctl(PR_SET_PDEATHSIG, 0));
	SAY(prctl(PR_GET_PDEATHSIG, NOWHERE));
}

static void prctl_of_rights(void)
{
	SAY(prctl(PR_GET_DUMPABLE));
	SAY(prctl(PR_SET_DUMPABLE, 0));
	SAY(prctl(PR_GET_DUMPABLE));
	SAY(prctl(PR_SET_DUMPABLE, 2));
	SAY(prctl(PR_SET_DUMPABLE, 1));
	SAY(prctl(PR_GET_KEEPCAPS));
	SAY(prctl(PR_SET_KEEPCAPS, 1));
	SAY(prctl(PR_GET_KEEPCAPS));
	SAY(prctl(PR_GET_SECUREBITS));
	SAY(prctl(PR_SET_KEEPCAPS, 2));
	SAY(prctl(PR_SET_KEEPCAPS, 0));
	SAY(prctl(PR_SET_SECUREBITS, 0x1000));
}

static void prctl_of_time(void)
{
	int value = 0;

	SAY(prctl(PR_GET_TIMING));
	SAY(prctl(PR_SET_TIMING, 1));
	SAY(prctl(PR_SET_TIMING, 0));
	SAY(prctl(PR_GET_TSC, &value));
	printf("%d\n", value);
	SAY(prctl(PR_GET_TSC, NOWHERE));
	SAY(prctl(PR_SET_TSC, PR_TSC_ENABLE));
	SAY(prctl(PR_SET_TSC, 3));
	SAY(prctl(PR_GET_TIMERSLACK));
	SAY(prctl(PR_SET_TIMERSLACK, 1000));
	SAY(prctl(PR_GET_TIMERSLACK));
	SAY(prctl(PR_SET_TIMERSLACK, 0));
	SAY(prctl(PR_GET_TIMERSLACK));
	SAY(prctl(PR_SET_TIMERSLACK, 1));
	SAY(prctl(PR_GET_TIMERSLACK));
	SAY(prctl(PR_SET_TIMERSLACK, -1L));
	SAY(prctl(PR_GET_TIMERSLACK));
}

static void prctl_of_capabilities(void)
{
	SAY(prctl(PR_CAPBSET_READ, 0));
	SAY(prctl(PR_CAPBSET_READ, CAP_LAST_CAP));
	SAY(prctl(PR_CAPBSET_READ, CAP_LAST_CAP + 1));
	SAY(prctl(PR_CAPBSET_READ, 64));
	SAY(prctl(PR_CAPBSET_READ, -1L));
	SAY(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_KILL, 0, 0));
	SAY(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_LAST_CAP + 1, 0, 0));
	SAY(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, 99, 0, 0));
	SAY(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0));
	SAY(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	SAY(prctl(PR_GET_NO_NEW_PRIVS, 1, 0, 0, 0));
	SAY(prctl(PR_GET_NO_NEW_PRIVS, 0, 1, 0, 0));
	SAY(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 1));
	SAY(prctl(PR_SET_NO_NEW_PRIVS, 2, 0, 0, 0));
	SAY(prctl(PR_SET_NO_NEW_PRIVS, 1, 1, 0, 0));
	SAY(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 1, 0));
	SAY(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	SAY(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
}

static void prctl_of_children(void)
{
	int value = 0;

	SAY(prctl(PR_SET_CHILD_SUBREAPER, 1));
	SAY(prctl(PR_GET_CHILD_SUBREAPER, &value));
	printf("%d\n", value);
	SAY(prctl(PR_GET_CHILD_SUBREAPER, NOWHERE));
	SAY(prctl(PR_SET_CHILD_SUBREAPER, 0));
	SAY(prctl(PR_GET_CHILD_SUBREAPER, &value));
	printf("%d\n", value);
}

static void prctl_of_the_rest(void)
{
	int value = 0, *address = NULL;

	SAY(prctl(PR_GET_SECCOMP));
	SAY(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
	SAY(prctl(PR_GET_THP_DISABLE, 0, 1, 0, 0));
	SAY(prctl(PR_TASK_PERF_EVENTS_DISABLE));
	SAY(prctl(PR_TASK_PERF_EVENTS_ENABLE));
	SAY(prctl(PR_MCE_KILL_GET, 0, 0, 0, 0));
	SAY(prctl(PR_MCE_KILL_GET, 0, 0, 0, 1));
	SAY(prctl(PR_GET_FPEMU, &value));
	syscall(SYS_set_tid_address, &value);
	SAY(prctl(PR_GET_TID_ADDRESS, &address));
	printf("%d\n", address == &value);
	SAY(prctl(PR_GET_TID_ADDRESS, NOWHERE));
	syscall(SYS_set_tid_address, NULL);
	SAY(prctl(12345));
}

static void prctls(void)
{
	prctl_of_the_parent();
	prctl_of_rights();
	prctl_of_time();
	prctl_of_capabilities();
	prctl_of_children();
	prctl_of_the_rest();
}

static void arch(void)
{
	unsigned long value = 0;

	SAY(syscall(SYS_arch_prctl, ARCH_GET_FS, &value));
	printf("fs is %s\n", value == *(unsigned long *)value ? "the thread's" : "another");
	SAY(syscall(SYS_arch_prctl, ARCH_SET_GS, 0x12345678));
	SAY(syscall(SYS_arch_prctl, ARCH_GET_GS, &value));
	printf("%lx\n", value);
	SAY(syscall(SYS_arch_prctl, ARCH_SET_GS, 0x7fffffffefffUL));
	SAY(syscall(SYS_arch_prctl, ARCH_SET_GS, 0x7ffffffff000UL));
	SAY(syscall(SYS_arch_prctl, ARCH_SET_GS, 0xffff888000000000UL));
	SAY(syscall(SYS_arch_prctl, ARCH_SET_FS, 1UL << 47));
	SAY(syscall(SYS_arch_prctl, ARCH_GET_GS, NOWHERE));
	SAY(syscall(SYS_arch_prctl, ARCH_SET_GS, 0));
	SAY(syscall(SYS_arch_prctl, ARCH_GET_CPUID, 0));
	SAY(syscall(SYS_arch_prctl, ARCH_SET_CPUID, 0));
	SAY(syscall(SYS_arch_prctl, 0x9999, 0));
}

static void cpus(void)
{
	unsigned long mask[16] = { 0 };
	unsigned int cpu = 99, node = 99;

	SAY(syscall(SYS_getcpu, &cpu, &node, NULL));
	printf("%u %u\n", cpu, node);
	SAY(syscall(SYS_getcpu, NOWHERE, NULL, NULL));
	SAY(syscall(SYS_getcpu, NULL, NOWHERE, NULL));
	SAY(syscall(SYS_getcpu, NULL, NULL, NULL));
	SAY(syscall(SYS_sched_getaffinity, 0, sizeof(mask), mask));
	printf("%lx\n", mask[0]);
	SAY(syscall(SYS_sched_getaffinity, 0, 0, mask));
	SAY(syscall(SYS_sched_getaffinity, 0, 9, mask));
	SAY(syscall(SYS_sched_getaffinity, 0, 8, NOWHERE));
	SAY(syscall(SYS_sched_getaffinity, 99999, 8, mask));
	mask[0] = 1;
	SAY(syscall(SYS_sched_setaffinity, 0, 8, mask));
	mask[0] = 0;
	SAY(syscall(SYS_sched_setaffinity, 0, 8, mask));
	mask[0] = 0x8000;
	SAY(syscall(SYS_sched_setaffinity, 0, 8, mask));
	SAY(syscall(SYS_sched_setaffinity, 0, 8, NOWHERE));
	SAY(syscall(SYS_sched_setaffinity, 99999, 8, mask));
	SAY(sched_yield());
}

static void policies(void)
{
	struct sched_param p = { .sched_priority = 0 };
	struct sched_attr attr = { .size = sizeof(attr) };

	for (int policy = -1; policy < 8; policy++)
		printf("%d: %d %d\n", policy, sched_get_priority_min(policy),
		       sched_get_priority_max(policy));
	SAY(sched_getscheduler(0));
	SAY(sched_getscheduler(-1));
	SAY(sched_getscheduler(99999));
	SAY(sched_setscheduler(0, SCHED_FIFO, &p));
	p.sched_priority = 10;
	SAY(sched_setscheduler(0, SCHED_FIFO, &p));
	SAY(sched_getscheduler(0));
	p.sched_priority = 0;
	SAY(sched_getparam(0, &p));
	printf("%d\n", p.sched_priority);
	p.sched_priority = 100;
	SAY(sched_setparam(0, &p));
	SAY(syscall(SYS_sched_getattr, 0, &attr, sizeof(attr), 0));
	printf("size %u policy %u flags %llx nice %d priority %u\n", attr.size, attr.sched_policy,
	       (unsigned long long)attr.sched_flags, attr.sched_nice, attr.sched_priority);
	p.sched_priority = 0;
	SAY(sched_setscheduler(0, SCHED_BATCH | SCHED_RESET_ON_FORK, &p));
	SAY(sched_getscheduler(0));
	SAY(sched_setscheduler(0, 77, &p));
	SAY(sched_setscheduler(0, SCHED_OTHER, NULL));
	attr = (struct sched_attr){ .size = sizeof(attr),
				    .sched_policy = SCHED_OTHER,
				    .sched_nice = 7 };
	SAY(syscall(SYS_sched_setattr, 0, &attr, 0));
	SAY(getpriority(PRIO_PROCESS, 0));
	SAY(syscall(SYS_sched_setattr, 0, &attr, 1));
	attr.size = 5000;
	SAY(syscall(SYS_sched_setattr, 0, &attr, 0));
	printf("size %u\n", attr.size);
	SAY(setpriority(PRIO_PROCESS, 0, -30));
	SAY(syscall(SYS_getpriority, PRIO_PROCESS, 0));
	SAY(setpriority(PRIO_PGRP, 0, 5));
	SAY(syscall(SYS_getpriority, PRIO_PGRP, 0));
	SAY(setpriority(PRIO_PROCESS, 99999, 5));
	SAY(setpriority(9, 0, 5));
	SAY(setpriority(PRIO_PROCESS, 0, 0));
}

/* <linux/sched.h>'s, as that of the structure. */
#define FLAG_RESET_ON_FORK 1
#define FLAG_KEEP_POLICY   8
#define FLAG_KEEP_PARAMS   16

static void show_attr(const char *what)
{
	struct sched_attr attr = { 0 };

	syscall(SYS_sched_getattr, 0, &attr, sizeof(attr), 0);
	printf("%s: size %u policy %u flags %llx nice %d priority %u\n", what, attr.size,
	       attr.sched_policy, (unsigned long long)attr.sched_flags, attr.sched_nice,
	       attr.sched_priority);
}

static long set_attr(unsigned int policy, unsigned long long flags, int nice, unsigned int priority)
{
	struct sched_attr attr = { .size = sizeof(attr),
				   .sched_policy = policy,
				   .sched_flags = flags,
				   .sched_nice = nice,
				   .sched_priority = priority };

	return syscall(SYS_sched_setattr, 0, &attr, 0);
}

static void attributes(void)
{
	struct {
		struct sched_attr attr;
		unsigned int more[2];
	} a = { { .size = sizeof(a) }, { 0, 0 } };
	struct sched_param p = { .sched_priority = 4 };
	struct timespec ts;

	SAY(sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &p));
	show_attr("round robin");
	SAY(sched_rr_get_interval(0, &ts));
	printf("%ld.%09ld\n", ts.tv_sec, ts.tv_nsec);
	SAY(sched_rr_get_interval(-1, &ts));
	SAY(sched_rr_get_interval(99999, &ts));
	SAY(syscall(SYS_sched_rr_get_interval, 0, NOWHERE));
	p.sched_priority = 5;
	SAY(sched_setparam(0, &p));
	show_attr("another priority");
	SAY(set_attr(SCHED_OTHER, FLAG_KEEP_POLICY, 0, 6));
	show_attr("kept policy");
	SAY(set_attr(SCHED_RR, FLAG_KEEP_PARAMS | FLAG_RESET_ON_FORK, 0, 9));
	show_attr("kept parameters");
	SAY(set_attr(SCHED_FIFO, 0, 0, 0));
	SAY(set_attr(SCHED_FIFO, 0, 0, 100));
	SAY(set_attr(SCHED_FIFO, 0, 0, 99));
	SAY(sched_rr_get_interval(0, &ts));
	printf("%ld.%09ld\n", ts.tv_sec, ts.tv_nsec);
	SAY(set_attr(SCHED_OTHER, 0, 0, 1));
	SAY(set_attr(77, 0, 0, 0));
	SAY(set_attr(~0U, 0, 0, 0));
	SAY(set_attr(SCHED_OTHER, 1 << 20, 0, 0));
	show_attr("none of these");
	SAY(set_attr(SCHED_BATCH, 0, -100, 0));
	show_attr("the best");
	SAY(set_attr(SCHED_OTHER, 0, 100, 0));
	show_attr("the worst");
	SAY(syscall(SYS_sched_setattr, 0, &a, 0));
	a.more[1] = 1;
	SAY(syscall(SYS_sched_setattr, 0, &a, 0));
	printf("%u\n", a.attr.size);
	a.attr.size = 47;
	SAY(syscall(SYS_sched_setattr, 0, &a, 0));
	a.attr.size = 0;
	SAY(syscall(SYS_sched_setattr, 0, &a, 0));
	SAY(syscall(SYS_sched_getattr, 0, &a, 47, 0));
	SAY(syscall(SYS_sched_getattr, 0, &a, 48, 0));
	printf("%u\n", a.attr.size);
	SAY(syscall(SYS_sched_getattr, 0, &a, sizeof(a), 0));
	printf("%u\n", a.attr.size);
	SAY(syscall(SYS_sched_getattr, 0, &a, 48, 1));
	SAY(syscall(SYS_sched_getattr, -1, &a, 48, 0));
	SAY(syscall(SYS_sched_getattr, 0, NOWHERE, 48, 0));
	SAY(setpriority(PRIO_PROCESS, 0, 0));
}

static pid_t user_of_nice(uid_t uid, int nice)
{
	int ready[2];
	char c;
	pid_t pid;

	if (pipe(ready))
		exit(1);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		setpriority(PRIO_PROCESS, 0, nice);
		if (setuid(uid) || write(ready[1], "x", 1) != 1)
			exit(1);
		for (;;)
			pause();
	}
	if (read(ready[0], &c, 1) != 1)
		puts("no child");
	close(ready[0]);
	close(ready[1]);
	return pid;
}

/* All that are a user's: the best is told, and all are set. */
static void users(void)
{
	pid_t a = user_of_nice(1234, 7), b = user_of_nice(1234, 3), last = user_of_nice(1234, 5),
	      c = user_of_nice(1235, 1);

	SAY(syscall(SYS_getpriority, PRIO_USER, 1234));
	SAY(syscall(SYS_getpriority, PRIO_USER, 4321));
	SAY(setpriority(PRIO_USER, 4321, 1));
	SAY(setpriority(PRIO_USER, 1234, 9));
	printf("%d %d, another's %d\n", getpriority(PRIO_PROCESS, a), getpriority(PRIO_PROCESS, b),
	       getpriority(PRIO_PROCESS, c));
	kill(a, SIGKILL), kill(b, SIGKILL), kill(c, SIGKILL), kill(last, SIGKILL);
	while (wait(NULL) > 0)
		;
}

/* A child has it, or has it not where the parent says so. */
static void inheritance(void)
{
	struct sched_param p = { .sched_priority = 3 };

	setpriority(PRIO_PROCESS, 0, 3);
	fflush(stdout);
	if (!fork()) {
		SAY(getpriority(PRIO_PROCESS, 0));
		exit(0);
	}
	wait(NULL);
	sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &p);
	fflush(stdout);
	if (!fork()) {
		SAY(sched_getscheduler(0));
		exit(0);
	}
	wait(NULL);
	p.sched_priority = 0;
	sched_setscheduler(0, SCHED_OTHER, &p);
	setpriority(PRIO_PROCESS, 0, 0);
}

static void show_handler(const char *what, int sig)
{
	struct sigaction sa;
	stack_t ss;

	sigaction(sig, NULL, &sa);
	sigaltstack(NULL, &ss);
	printf("%s: %s, flags %x, masks SIGUSR1 %d; a stack of its own %d\n", what,
	       sa.sa_handler == SIG_DFL ? "default" :
	       sa.sa_handler == SIG_IGN ? "ignored" :
					  "handled",
	       (unsigned int)sa.sa_flags & 0xf0000000, sigismember(&sa.sa_mask, SIGUSR1),
	       ss.ss_size > 0);
}

static void show_registers(void)
{
	unsigned int mxcsr;
	unsigned short x87;
	unsigned long gs = 1;

	__asm__ volatile("stmxcsr %0; fnstcw %1" : "=m"(mxcsr), "=m"(x87));
	syscall(SYS_arch_prctl, ARCH_GET_GS, &gs);
	printf("mxcsr %x, x87 %x, gs %lx\n", mxcsr, x87, gs);
}

static void set_registers(void)
{
	const unsigned int mxcsr = 0x7f80; /* rounded towards 0 */
	const unsigned short x87 = 0x0f7f; /* so, too */

	__asm__ volatile("ldmxcsr %0; fldcw %1" : : "m"(mxcsr), "m"(x87));
	syscall(SYS_arch_prctl, ARCH_SET_GS, 0x12345678);
}

/* What a process is, of which a child and the next program have some. */
static int show_process(const char *who)
{
	int death = -1, reaper = -1, *address = NULL;
	struct rlimit limit;
	sigset_t set;
	char name[16];

	printf("-- %s\n", who);
	prctl(PR_GET_NAME, name);
	prctl(PR_GET_PDEATHSIG, &death);
	prctl(PR_GET_CHILD_SUBREAPER, &reaper);
	prctl(PR_GET_TID_ADDRESS, &address);
	printf("name %s, slack %d, death %d, subreaper %d, dumpable %d, bits %x\n", name,
	       prctl(PR_GET_TIMERSLACK), death, reaper, prctl(PR_GET_DUMPABLE),
	       prctl(PR_GET_SECUREBITS));
	printf("no new privileges %d, address %d, personality %x\n",
	       prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), address != NULL,
	       (unsigned int)personality(0xffffffff));
	getrlimit(RLIMIT_FSIZE, &limit);
	sigprocmask(SIG_BLOCK, NULL, &set);
	printf("nice %d, limit %lu, mask %o, blocked %d, ", getpriority(PRIO_PROCESS, 0),
	       (unsigned long)limit.rlim_cur, umask(0), sigismember(&set, SIGALRM));
	sigpending(&set);
	printf("pending %d, alarm %d\n", sigismember(&set, SIGALRM), alarm(0) > 0);
	show_handler("USR1", SIGUSR1);
	show_handler("USR2", SIGUSR2);
	show_registers();
	fflush(stdout);
	return 0;
}

static void nothing(int sig)
{
	(void)sig;
}

/* What was its parent's when it began is a child's own usual one. */
static int show_slack(void)
{
	printf("a child's slack %d, ", prctl(PR_GET_TIMERSLACK));
	prctl(PR_SET_TIMERSLACK, 99);
	printf("changed %d, ", prctl(PR_GET_TIMERSLACK));
	prctl(PR_SET_TIMERSLACK, 0);
	printf("as usual %d\n", prctl(PR_GET_TIMERSLACK));
	fflush(stdout);
	return 0;
}

static void become_special(void)
{
	static char stack[65536];
	static int address;
	stack_t ss = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction sa = { .sa_handler = nothing,
				.sa_flags = SA_RESTART | SA_ONSTACK | SA_NODEFER };
	struct rlimit limit = { 12345, RLIM_INFINITY };

	prctl(PR_SET_NAME, "special");
	prctl(PR_SET_TIMERSLACK, 1234);
	prctl(PR_SET_PDEATHSIG, SIGUSR1);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_DUMPABLE, 0);
	prctl(PR_SET_KEEPCAPS, 1);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	personality(ADDR_NO_RANDOMIZE);
	setpriority(PRIO_PROCESS, 0, 2);
	setrlimit(RLIMIT_FSIZE, &limit);
	umask(027);
	sigaltstack(&ss, NULL);
	sigaddset(&sa.sa_mask, SIGUSR1);
	sigaction(SIGUSR1, &sa, NULL);
	sa.sa_handler = SIG_IGN;
	sigaction(SIGUSR2, &sa, NULL);
	sigemptyset(&sa.sa_mask);
	sigaddset(&sa.sa_mask, SIGALRM);
	sigprocmask(SIG_BLOCK, &sa.sa_mask, NULL);
	raise(SIGALRM);
	alarm(1000);
	syscall(SYS_set_tid_address, &address);
	set_registers();
}

/* A child has all but what is of its parent alone; another program what is not of the old one. */
static void kept(void)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		become_special();
		if (!fork())
			exit(show_process("a child"));
		wait(NULL);
		if (!fork())
			exit(show_slack());
		wait(NULL);
		execl("/proc/self/exe", "self", "show", NULL);
		exit(1);
	}
	waitpid(pid, NULL, 0);
}

static void fences(void)
{
	SAY(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE, 0, 0));
	SAY(syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE, 0, 0));
	SAY(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE, 0, 0));
	SAY(syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED, 0, 0));
	SAY(syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL_EXPEDITED, 0, 0));
	SAY(syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 1, 0));
}

static void others(void)
{
	unsigned char bytes[5000] = { 0 };
	unsigned int different = 0;
	struct sysinfo info;

	SAY(sysinfo(&info));
	printf("unit %u, swap %lu, high %lu, some free %d\n", info.mem_unit, info.totalswap,
	       info.totalhigh, info.freeram > 0 && info.freeram < info.totalram);
	SAY(sysinfo(NOWHERE));
	SAY(syscall(SYS_getrandom, bytes, sizeof(bytes), 0));
	for (size_t i = 1; i < sizeof(bytes); i++)
		different += bytes[i] != bytes[i - 1];
	printf("random %d\n", different > 4900);
	SAY(syscall(SYS_getrandom, bytes, 10, GRND_NONBLOCK | GRND_RANDOM));
	SAY(syscall(SYS_getrandom, bytes, 10, GRND_INSECURE | GRND_RANDOM));
	SAY(syscall(SYS_getrandom, bytes, 10, 8));
	SAY(syscall(SYS_getrandom, NOWHERE, 10, 0));
	SAY(syscall(SYS_getrandom, NOWHERE, 0, 0));
	SAY(syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0));
	SAY(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0));
	SAY(syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0));
	SAY(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0));
	SAY(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 1 << 5, 0));
	SAY(syscall(SYS_membarrier, 1 << 20, 0, 0));
	SAY(syscall(511));
	SAY(syscall(512));
	printf("32 bits of a number count: %d\n", syscall(SYS_getpid | 1L << 32) == getpid());
	SAY(syscall(100000));
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 1)
		return show_process(argv[1]);
	names();
	prctls();
	arch();
	cpus();
	policies();
	attributes();
	users();
	inheritance();
	kept();
	fences();
	others();
	return 0;
}
