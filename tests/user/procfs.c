// SPDX-License-Identifier: MIT
/* /proc/PID and /proc/sys: the files' form, and what a process finds of itself and of others. */
#define _GNU_SOURCE
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "slurp.h"

static char buf[65536];

static const char *name_of(int error)
{
	return strerrorname_np(error);
}

static void line(const char *path)
{
	if (slurp(path) < 0)
		printf("%s: %s\n", path, name_of(errno));
	else
		printf("%s: %s", path, buf);
}

/* ---------------------------------------------------------------- stat and status */

static void stat_line(pid_t pid)
{
	char path[64], comm[32], state;
	int ppid, pgrp, session, tty, tpgid, fields = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (slurp(path) < 0) {
		printf("stat: %s\n", name_of(errno));
		return;
	}
	for (char *s = strtok(strdup(buf), " \n"); s; s = strtok(NULL, " \n"))
		fields++;
	sscanf(buf, "%*d %31s %c %d %d %d %d %d", comm, &state, &ppid, &pgrp, &session, &tty,
	       &tpgid);
	printf("%s %c parent %d group %d session %d, %d fields\n", comm, state, ppid == getppid(),
	       pgrp == getpgid(pid), session == getsid(pid), fields);
}

static void status_keys(const char *path)
{
	char *save, *s;

	if (slurp(path) < 0)
		printf("status: %s\n", name_of(errno));
	for (s = strtok_r(buf, "\n", &save); s; s = strtok_r(NULL, "\n", &save)) {
		static const char *const shown[] = { "Name",	  "Umask",  "State",  "Ngid",
						     "TracerPid", "Uid",    "Gid",    "VmSwap",
						     "Threads",	  "SigPnd", "ShdPnd", "SigBlk",
						     "SigIgn",	  "SigCgt", "CapEff", "CapPrm",
						     "NoNewPrivs" };
		char *colon = strchr(s, ':');
		int whole = 0;

		if (!colon)
			continue;
		for (unsigned int i = 0; i < sizeof(shown) / sizeof(*shown); i++)
			whole |= !strncmp(s, shown[i], (size_t)(colon - s)) &&
				 strlen(shown[i]) == (size_t)(colon - s);
		if (!strncmp(s, "Speculation", 11) || !strncmp(s, "Mems", 4))
			continue; /* of the machine */
		printf("%.*s\n", whole ? (int)strlen(s) : (int)(colon - s), s);
	}
}

static void limits(void)
{
	char *s, *save;

	slurp("/proc/self/limits");
	for (s = strtok_r(buf, "\n", &save); s; s = strtok_r(NULL, "\n", &save))
		if (!strstr(s, "processes") && !strstr(s, "pending") && !strstr(s, "open files"))
			printf("%s\n", s);
}

/* ---------------------------------------------------------------- memory */

static char writable[4096] = "before";
static const char constant[4096] __attribute__((aligned(4096))) = "constant";

static void memory(void)
{
	int fd = open("/proc/self/mem", O_RDWR);
	char text[16] = "";

	printf("mem read %ld", (long)pread(fd, text, 7, (off_t)writable));
	printf(" %s\n", text);
	printf("mem write %ld %s\n", (long)pwrite(fd, "after", 6, (off_t)writable), writable);
	printf("mem force %ld", (long)pwrite(fd, "CONST", 5, (off_t)constant));
	printf(" %s\n", *(const char *volatile *)&(const char *){ constant });
	printf("mem nowhere %ld", (long)pread(fd, text, 1, 0x1000));
	printf(" %s\n", name_of(errno));
	close(fd);
}

static void auxv(void)
{
	long n = slurp("/proc/self/auxv");
	Elf64_auxv_t *a = (void *)buf;

	for (; (char *)a < buf + n; a++) {
		if (a->a_type == AT_PAGESZ || a->a_type == AT_CLKTCK || a->a_type == AT_UID ||
		    a->a_type == AT_PHENT || a->a_type == AT_NULL)
			printf("auxv %lu: %lu\n", a->a_type, a->a_un.a_val);
	}
}

static void texts(char **argv)
{
	long n = slurp("/proc/self/cmdline");

	printf("cmdline %d\n", n == (long)strlen(argv[0]) + 1 && !strcmp(buf, argv[0]));
	n = slurp("/proc/self/environ");
	printf("environ %d\n", n > 0 && !buf[n - 1]);
	line("/proc/self/comm");
	prctl(PR_SET_NAME, "another");
	line("/proc/self/comm");
	line("/proc/self/oom_score_adj");
	line("/proc/self/personality");
	n = slurp("/proc/self/statm");
	printf("statm %d\n", n > 0 && sscanf(buf, "%*u %*u %*u %*u 0 %*u 0") >= 0);
}

/* ---------------------------------------------------------------- links and descriptors */

static void link_of(const char *path)
{
	char target[256];
	long n = readlink(path, target, sizeof(target) - 1);

	if (n < 0) {
		printf("%s: %s\n", path, name_of(errno));
		return;
	}
	target[n] = '\0';
	printf("%s -> %s\n", path, target);
}

static void show_mode(const char *path)
{
	struct stat st;

	if (lstat(path, &st))
		printf("%s: %s\n", path, name_of(errno));
	else
		printf("%s: %o %u:%u size %ld\n", path, st.st_mode, st.st_uid, st.st_gid,
		       (long)st.st_size);
}

static void descriptors(void)
{
	int fd = open("/etc", O_RDONLY | O_DIRECTORY | O_CLOEXEC), pipes[2], file;
	char path[64], *s;
	struct stat a, b;

	mkdir("/tmp", 0755);
	file = open("/tmp/procfs", O_RDWR | O_CREAT | O_TRUNC, 0600);
	write(file, "content", 7);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	link_of("/proc/self/cwd");
	link_of("/proc/self/root");
	link_of("/proc/self/exe");
	printf("fd -> %d\n",
	       readlink(path, buf, sizeof(buf)) == 11 && !memcmp(buf, "/tmp/procfs", 11));
	printf("opened anew %d\n", stat(path, &a) || fstat(file, &b) || a.st_ino == b.st_ino);
	unlink("/tmp/procfs");
	buf[readlink(path, buf, sizeof(buf))] = '\0';
	printf("%s\n", buf);
	printf("still opened %d\n", open(path, O_RDONLY) >= 0);
	pipe(pipes);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", pipes[0]);
	buf[readlink(path, buf, sizeof(buf))] = '\0';
	printf("%.6s\n", buf);
	lstat(path, &a);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", pipes[1]);
	lstat(path, &b);
	printf("%o %o\n", a.st_mode, b.st_mode);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", file);
	slurp(path);
	s = strstr(buf, "mnt_id");
	if (s)
		*s = '\0';
	printf("%s", buf);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	slurp(path);
	s = strstr(buf, "mnt_id");
	if (s)
		*s = '\0';
	printf("%s", buf);
	link_of("/proc/self/fd/999");
	link_of("/proc/self/fd/01");
}

/* ---------------------------------------------------------------- others */

static void *sleep_on(void *tid)
{
	*(volatile pid_t *)tid = (pid_t)syscall(SYS_gettid);
	pause();
	return NULL;
}

static int entries(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;
	int n = 0;

	while (d && (e = readdir(d)) != NULL)
		n += e->d_name[0] != '.';
	if (d)
		closedir(d);
	return n;
}

static void threads(void)
{
	volatile pid_t tid = 0;
	pthread_t thread;
	char path[64];
	struct stat st;

	pthread_create(&thread, NULL, sleep_on, (void *)&tid);
	while (!tid)
		usleep(1000);
	printf("threads %d\n", entries("/proc/self/task"));
	stat("/proc/self/task", &st);
	printf("links %lu\n", (unsigned long)st.st_nlink);
	snprintf(path, sizeof(path), "/proc/%d/comm", tid);
	printf("found by number %d, ", slurp(path) > 0);
	snprintf(path, sizeof(path), "/proc/%d/task/%d/comm", getpid(), tid);
	printf("%d\n", slurp(path) > 0);
	snprintf(path, sizeof(path), "/proc/1/task/%d/comm", tid);
	printf("not of another %d\n", slurp(path) < 0);
	snprintf(path, sizeof(path), "/proc/%d/task/%d/task", getpid(), tid);
	show_mode("/proc/self/task/1");
	printf("no threads of threads %d\n", access(path, F_OK) < 0);
}

static void lives(void)
{
	pid_t child = fork();
	char path[64], text[16];
	int fd, oom;

	if (!child) {
		pause();
		_exit(0);
	}
	usleep(50000);
	stat_line(child);
	snprintf(path, sizeof(path), "/proc/%d/comm", child);
	fd = open(path, O_RDWR);
	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", child);
	oom = open(path, O_RDWR);
	kill(child, SIGKILL);
	waitid(P_PID, (id_t)child, NULL, WEXITED | WNOWAIT);
	stat_line(child);
	snprintf(path, sizeof(path), "/proc/%d/cmdline", child);
	printf("cmdline of a zombie %ld\n", slurp(path));
	snprintf(path, sizeof(path), "/proc/%d/exe", child);
	printf("exe of a zombie %d\n", readlink(path, buf, sizeof(buf)) < 0 ? errno : 0);
	snprintf(path, sizeof(path), "/proc/%d/maps", child);
	printf("maps of a zombie %ld\n", slurp(path));
	waitpid(child, NULL, 0);
	printf("read of the dead: %s\n",
	       read(fd, text, sizeof(text)) < 0 ? name_of(errno) : "something");
	printf("write to the dead: %s", write(fd, "name", 4) < 0 ? name_of(errno) : "done");
	printf(" %s\n", write(oom, "5", 1) < 0 ? name_of(errno) : "done");
	snprintf(path, sizeof(path), "/proc/%d", child);
	printf("gone %d\n", access(path, F_OK) < 0);
}

static void refused(const char *what, int failed)
{
	printf("%s: %s\n", what, failed ? name_of(errno) : "done");
}

static void numbers(void)
{
	char path[64];
	DIR *d = opendir("/proc");
	struct dirent *e;
	int self = 0, one = 0, sorted = 1;
	long last = 0;

	while ((e = readdir(d)) != NULL) {
		long n = strtol(e->d_name, NULL, 10);

		if (n <= 0)
			continue;
		self |= n == getpid();
		one |= n == 1;
		sorted &= n > last;
		last = n;
	}
	closedir(d);
	printf("listed: self %d, init %d, sorted %d\n", self, one, sorted);
	snprintf(path, sizeof(path), "%d", getpid());
	buf[readlink("/proc/self", buf, 99)] = '\0';
	printf("self %d, ", !strcmp(buf, path));
	snprintf(path, sizeof(path), "%d/task/%d", getpid(), getpid());
	buf[readlink("/proc/thread-self", buf, 99)] = '\0';
	printf("thread-self %d\n", !strcmp(buf, path));
	show_mode("/proc/0");
	show_mode("/proc/01");
	show_mode("/proc/99999");
	show_mode("/proc/1x");
	show_mode("/proc/1");
	show_mode("/proc/1/stat");
	show_mode("/proc/1/mem");
	show_mode("/proc/1/fd");
	show_mode("/proc/1/exe");
	show_mode("/proc/iomem");
	show_mode("/proc/slabinfo");
	refused("open to write", open("/proc/iomem", O_RDWR) < 0);
	refused("create", open("/proc/new", O_RDWR | O_CREAT, 0644) < 0);
	refused("mkdir", mkdir("/proc/new", 0755) < 0);
	refused("unlink", unlink("/proc/iomem") < 0);
}

static void sysctls(void)
{
	int fd = open("/proc/sys/kernel/hostname", O_RDWR);
	struct utsname uts;

	write(fd, "procfs-host\n", 12);
	close(fd);
	uname(&uts);
	printf("%s\n", uts.nodename);
	line("/proc/sys/kernel/hostname");
	sethostname("(none)", 6); /* as it is found by whoever runs next */
	line("/proc/sys/kernel/ostype");
	line("/proc/sys/kernel/pid_max");
	line("/proc/sys/kernel/cap_last_cap");
	line("/proc/sys/kernel/overflowuid");
	line("/proc/sys/kernel/ngroups_max");
	line("/proc/sys/kernel/random/poolsize");
	line("/proc/sys/vm/overcommit_memory");
	line("/proc/sys/vm/max_map_count");
	line("/proc/sys/vm/mmap_min_addr");
	line("/proc/sys/fs/nr_open");
	line("/proc/sys/fs/pipe-max-size");
	slurp("/proc/sys/kernel/osrelease");
	printf("%d\n", !strncmp(buf, uts.release, strlen(uts.release)));
	printf("uuid %ld", slurp("/proc/sys/kernel/random/uuid"));
	printf(" %c %c%c\n", buf[14], buf[8], buf[23]);
	show_mode("/proc/sys/kernel/ostype");
}

/* ---------------------------------------------------------------- /proc/stat and /proc/uptime */

struct counts {
	unsigned long long user, user_of_cpus, idle, idle_of_cpus; /* in ticks of sysconf()'s */
	unsigned long long system, system_of_cpus;
	unsigned long long intr, intr_by_number, ctxt, processes, running;
	time_t btime;
	int cpus;
};

static void take_cpu(struct counts *c, const char *s, bool sum)
{
	unsigned long long user = 0, system = 0, idle = 0;

	sscanf(s, "%*s %llu %*u %llu %llu", &user, &system, &idle);
	if (sum) {
		c->user = user;
		c->system = system;
		c->idle = idle;
	} else {
		c->user_of_cpus += user;
		c->system_of_cpus += system;
		c->idle_of_cpus += idle;
		c->cpus++;
	}
}

static void take_irqs(struct counts *c, char *s)
{
	c->intr = strtoull(s, &s, 10);
	while (*s == ' ')
		c->intr_by_number += strtoull(s, &s, 10);
}

static struct counts counts(void)
{
	struct counts c = { 0 };
	char *save, *s;

	if (slurp("/proc/stat") < 0)
		return c;
	for (s = strtok_r(buf, "\n", &save); s; s = strtok_r(NULL, "\n", &save)) {
		if (!strncmp(s, "cpu", 3))
			take_cpu(&c, s, s[3] == ' ');
		else if (!strncmp(s, "intr ", 5))
			take_irqs(&c, s + 5);
		sscanf(s, "ctxt %llu", &c.ctxt);
		sscanf(s, "btime %ld", &c.btime);
		sscanf(s, "processes %llu", &c.processes);
		sscanf(s, "procs_running %llu", &c.running);
	}
	return c;
}

static bool about(unsigned long long a, unsigned long long b, int most)
{
	return a < b ? b - a <= (unsigned)most : a - b <= (unsigned)most;
}

/* The names of the lines, and how many numbers stand in those of which that is the same everywhere. */
static void stat_lines(void)
{
	char *save, *s;

	slurp("/proc/stat");
	for (s = strtok_r(buf, "\n", &save); s; s = strtok_r(NULL, "\n", &save)) {
		int numbers = 0;

		for (char *p = s; strncmp(s, "intr", 4) && (p = strchr(p, ' '));
		     p += strspn(p, " "))
			numbers++;
		if (strncmp(s, "cpu", 3) || s[3] == ' ' || s[3] == '0')
			printf("%.*s %d\n", (int)strcspn(s, " "), s, numbers);
	}
}

static void burn(clock_t ticks)
{
	struct tms now;

	times(&now);
	for (clock_t end = now.tms_utime + ticks; now.tms_utime < end;) {
		for (volatile int i = 0; i < 100000; i++)
			;
		times(&now);
	}
}

static void burn_in_kernel(clock_t ticks)
{
	int fd = open("/dev/zero", O_RDONLY);
	struct tms now;

	times(&now);
	for (clock_t end = now.tms_stime + ticks; now.tms_stime < end; times(&now))
		read(fd, buf, sizeof(buf));
	close(fd);
}

static double uptime(double *idle)
{
	double up = 0;

	slurp("/proc/uptime");
	sscanf(buf, "%lf %lf", &up, idle);
	return up;
}

/* /proc/loadavg has it at its end. */
static pid_t last_pid(void)
{
	pid_t pid = 0;

	slurp("/proc/loadavg");
	sscanf(buf, "%*s %*s %*s %*s %d", &pid);
	return pid;
}

static void counters(void)
{
	struct counts a = counts(), b;
	double idle, begun, ended;
	time_t now;
	pid_t pid;

	stat_lines();
	printf("CPUs %d, sums %d %d\n", a.cpus == sysconf(_SC_NPROCESSORS_ONLN),
	       about(a.user, a.user_of_cpus, a.cpus), about(a.idle, a.idle_of_cpus, a.cpus));
	printf("interrupts %d, running %d\n", a.intr >= a.intr_by_number && a.intr_by_number > 0,
	       a.running >= 1);
	if (!(pid = fork())) {
		burn(10);
		_exit(0);
	}
	waitid(P_PID, (id_t)pid, NULL, WEXITED | WNOWAIT);
	b = counts();
	printf("a child: switches %d, processes %d, user time %d, last %d\n", b.ctxt > a.ctxt,
	       b.processes > a.processes, b.user > a.user, last_pid() >= pid);
	a = b;
	wait(NULL);
	b = counts();
	printf("it is gone: user time %d, last %d\n", b.user >= a.user, last_pid() >= pid);
	burn(10);
	a = counts();
	printf("burnt: user time %d\n", a.user > b.user);
	burn_in_kernel(10);
	b = counts();
	printf("in the kernel: system time %d, sum %d\n", b.system >= a.system + 5,
	       about(b.system, b.system_of_cpus, b.cpus));
	begun = uptime(&idle);
	now = time(NULL);
	ended = uptime(&idle);
	printf("booted then %d, idle no longer than up %d\n",
	       now - a.btime + 1 >= (time_t)begun && now - a.btime <= (time_t)ended + 1,
	       idle <= (ended + 1) * a.cpus);
}

/* ---------------------------------------------------------------- /proc/cpuinfo */

/* All but what is measured, what is the firmware's, and words that a kernel adds for itself. */
static void cpuinfo(void)
{
	static const char *const not_told[] = { "microcode", "cpu MHz", "bogomips", "bugs" };
	static const char *const words[] = {
		"fpu", "tsc", "nx", "sse2", "lm", "hypervisor", "avx"
	};
	char *save, *s;
	bool told;

	slurp("/proc/cpuinfo");
	for (s = strtok_r(buf, "\n", &save); s; s = strtok_r(NULL, "\n", &save)) {
		told = true;
		for (size_t i = 0; i < sizeof(not_told) / sizeof(not_told[0]); i++)
			told &= strncmp(s, not_told[i], strlen(not_told[i])) != 0;
		if (!strncmp(s, "flags", 5)) {
			for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
				char word[16];

				snprintf(word, sizeof(word), " %s ", words[i]);
				printf("%s %d\n", words[i], strstr(s, word) != NULL);
			}
		} else if (told) {
			printf("%s\n", s);
		}
	}
}

/* ---------------------------------------------------------------- numbers of a process */

static const char *line_of(const char *key)
{
	static char line[200];
	char *at;

	if (slurp("/proc/self/status") < 0 || !(at = strstr(buf, key)))
		return "none";
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(at, "\n"), at);
	return line;
}

static long number_of(const char *key)
{
	return atol(line_of(key) + strlen(key));
}

static char *map_pages(long pages, int flags)
{
	return mmap(NULL, pages * 4096, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | flags, -1, 0);
}

/* In kB. */
static void sizes(void)
{
	long size, data, anon, shmem, rss;
	char *p, *q;

	slurp("/proc/self/status"); /* what it needs itself is there */
	size = number_of("VmSize:");
	data = number_of("VmData:");
	rss = number_of("VmRSS:");
	anon = number_of("RssAnon:");
	shmem = number_of("RssShmem:");
	p = map_pages(8192, MAP_PRIVATE);
	q = map_pages(4096, MAP_SHARED);
	madvise(p, 32 << 20, MADV_NOHUGEPAGE);
	memset(p, 1, 16 << 20);
	memset(q, 1, 8 << 20);
	mlock(p, 3 * 4096);
	printf("%s\n", line_of("VmLck:"));
	printf("size %ld, data %ld, ", number_of("VmSize:") - size, number_of("VmData:") - data);
	/* Linux counts a thread's pages now and then. */
	printf("resident %ld, anonymous %ld, shared %ld MB\n",
	       (number_of("VmRSS:") - rss + 2048) / 4096 * 4,
	       (number_of("RssAnon:") - anon + 2048) / 4096 * 4,
	       (number_of("RssShmem:") - shmem + 2048) / 4096 * 4);
	munmap(p, 32 << 20);
	munmap(q, 16 << 20);
	printf("the most were %d %d\n", number_of("VmPeak:") - number_of("VmSize:") >= 48 << 10,
	       number_of("VmHWM:") - number_of("VmRSS:") >= 20 << 10);
	printf("%s\n", line_of("VmLck:"));
}

/* stat's fields from the third on, by their numbers in proc(5). */
static const char *fields_of(pid_t pid, unsigned long long v[53])
{
	static char path[64];
	char *s;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	slurp(path);
	s = strrchr(buf, ')') + 4;
	for (int i = 4; i <= 52; i++)
		v[i] = (unsigned long long)strtoll(s, &s, 10);
	return strrchr(buf, ')') + 2;
}

static void touch(long pages)
{
	char *p = map_pages(pages, MAP_PRIVATE);

	madvise(p, pages * 4096, MADV_NOHUGEPAGE);
	memset(p, 1, pages * 4096);
	munmap(p, pages * 4096);
}

static void stat_fields(char **argv)
{
	unsigned long long v[53], w[53];
	double idle, up;

	fields_of(getpid(), v);
	printf("priority %llu nice %llu threads %llu size %d exit signal %llu\n", v[18], v[19],
	       v[20], v[23] == (unsigned long long)number_of("VmSize:") << 10, v[38]);
	printf("pending %llx blocked %llx ignored %llx\n", v[31], v[32], v[33]);
	printf("code %d, stack %d, arguments %d, environment %d, program %d\n",
	       v[26] <= (unsigned long)stat_fields && (unsigned long)stat_fields < v[27],
	       v[28] / (1 << 20) == (unsigned long)argv / (1 << 20),
	       v[48] == (unsigned long)argv[0] && v[49] == v[50],
	       v[50] == (unsigned long)environ[0] && v[51] > v[50],
	       v[45] < v[46] && v[46] <= v[47]);
	up = uptime(&idle);
	printf("begun before now %d\n", v[22] <= up * 100 + 1);
	touch(200);
	fields_of(getpid(), w);
	printf("faults %d, its children's %llu\n", w[10] - v[10] >= 200, w[11] - v[11]);
}

static void groups_and_signals(char **argv)
{
	gid_t groups[20];
	sigset_t set;
	long queued;

	for (int i = 0; i < 20; i++)
		groups[i] = (gid_t)i * 3;
	syscall(SYS_setgroups, 20, groups);
	printf("%s|\n", line_of("Groups:"));
	syscall(SYS_setgroups, 16, groups);
	printf("%s|\n", line_of("Groups:"));
	syscall(SYS_setgroups, 0, groups);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGUSR2, SIG_IGN);
	queued = number_of("SigQ:");
	kill(getpid(), SIGRTMIN);
	kill(getpid(), SIGRTMIN);
	syscall(SYS_tgkill, getpid(), getpid(), SIGUSR1);
	printf("queued %ld\n", number_of("SigQ:") - queued);
	printf("%s", line_of("SigPnd:"));
	printf(" %s", line_of("ShdPnd:"));
	printf(" %s", line_of("SigBlk:"));
	printf(" %s\n", line_of("SigIgn:"));
	stat_fields(argv);
	signal(SIGUSR1, SIG_IGN); /* they are gone with it */
	signal(SIGRTMIN, SIG_IGN);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	signal(SIGUSR1, SIG_DFL);
	signal(SIGUSR2, SIG_DFL);
	signal(SIGRTMIN, SIG_DFL);
}

/* A child that is nice, that has ended or been stopped, and what its parent has of it then. */
static void stat_of_children(void)
{
	unsigned long long v[53], w[53], child[53];
	int status;
	pid_t pid;

	fields_of(getpid(), v);
	pid = fork();
	if (!pid) {
		setpriority(PRIO_PROCESS, 0, 5);
		touch(200);
		burn(5);
		raise(SIGSTOP);
		_exit(3);
	}
	waitpid(pid, &status, WUNTRACED);
	printf("%c", *fields_of(pid, child));
	printf(" priority %llu nice %llu code %llu, younger %d, own faults %d and time %d\n",
	       child[18], child[19], child[52], child[22] >= v[22], child[10] >= 200,
	       child[14] > 0);
	kill(pid, SIGCONT);
	waitid(P_PID, (id_t)pid, NULL, WEXITED | WNOWAIT);
	printf("%c", *fields_of(pid, child));
	printf(" code %llu size %llu resident %llu\n", child[52], child[23], child[24]);
	waitpid(pid, NULL, 0);
	fields_of(getpid(), w);
	printf("its parent's: faults %d, time %d\n", w[11] - v[11] >= 200, w[16] > v[16]);
}

/* ---------------------------------------------------------------- what is written */

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	long n = write(fd, text, strlen(text));

	printf("'%.*s': %s", (int)strcspn(text, "\n"), text, n < 0 ? name_of(errno) : "done");
	printf(n < 0 || n == (long)strlen(text) ? "\n" : " in part\n");
	close(fd);
}

static void stores(void)
{
	static const char *const numbers[] = { " 5\n",	"6 ",	 "+7",	 "8x",	" ", "1001",
					       "-1001", "-1000", "0x10", "010", "0" };
	static const char *const empty[] = { "/proc/self/oom_score_adj",  "/proc/self/comm",
					     "/proc/self/clear_refs",	  "/proc/self/mem",
					     "/proc/sys/kernel/hostname", "/proc/sys/kernel/printk",
					     "/proc/sys/vm/drop_caches",  "/sys/bus/pci/rescan" };
	char path[64], id[64];
	pid_t pid;

	for (unsigned int i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		put("/proc/self/oom_score_adj", numbers[i]);
		line("/proc/self/oom_score_adj");
	}
	put("/proc/self/comm", "a name of more than fifteen");
	line("/proc/self/comm");
	for (unsigned int i = 0; i < sizeof(empty) / sizeof(*empty); i++)
		put(empty[i], "");
	line("/proc/self/comm");
	line("/proc/sys/kernel/hostname");
	pid = fork();
	if (!pid) {
		pause();
		_exit(0);
	}
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	put(path, "other");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	put("/proc/sys/kernel/hostname",
	    "0123456789012345678901234567890123456789012345678901234567890123456789");
	line("/proc/sys/kernel/hostname");
	put("/proc/sys/kernel/hostname", "one\ntwo");
	line("/proc/sys/kernel/hostname");
	sethostname("(none)", 6);
	slurp("/proc/sys/kernel/random/uuid");
	strcpy(id, buf);
	slurp("/proc/sys/kernel/random/uuid");
	printf("another %d", strcmp(id, buf) != 0);
	printf(" variant %d\n", strchr("89ab", buf[19]) != NULL);
	slurp("/proc/sys/kernel/random/boot_id");
	strcpy(id, buf);
	slurp("/proc/sys/kernel/random/boot_id");
	printf("the same %d\n", !strcmp(id, buf));
}

/* ---------------------------------------------------------------- in parts */

static int entries_by(const char *path, unsigned int size)
{
	char records[4096], last[256] = "";
	int fd = open(path, O_RDONLY | O_DIRECTORY), n = 0;
	long got;

	while ((got = syscall(SYS_getdents64, fd, records, size)) > 0) {
		for (long at = 0; at < got;) {
			struct dirent64 *d = (void *)(records + at);

			n += strcmp(d->d_name, last) != 0;
			strcpy(last, d->d_name);
			at += d->d_reclen;
		}
	}
	close(fd);
	return n;
}

static void parts(char **argv)
{
	static const char *const folders[] = { "/proc",
					       "/proc/self",
					       "/proc/self/task",
					       "/proc/thread-self",
					       "/proc/sys/kernel",
					       "/proc/self/map_files" };
	char whole[4096], part[4096];
	long n = 0, got, size;
	int fd;

	for (unsigned int i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		printf("%s: %d\n", folders[i],
		       entries_by(folders[i], 280) == entries_by(folders[i], sizeof(part)));
	size = slurp_to("/proc/self/auxv", whole, sizeof(whole));
	fd = open("/proc/self/auxv", O_RDONLY);
	while ((got = pread(fd, part + n, 24, n)) > 0)
		n += got;
	close(fd);
	printf("auxv %d\n", n == size && !memcmp(whole, part, (size_t)n));
	fd = open("/proc/self/cmdline", O_RDONLY);
	got = pread(fd, part, 100, 2);
	printf("cmdline %d", got == (long)strlen(argv[0]) - 1 && !strcmp(part, argv[0] + 2));
	printf(" %ld\n", (long)pread(fd, part, 100, 100));
	close(fd);
	fd = open("/proc/self/mem", O_RDONLY);
	memcpy(whole, "is here", 8);
	printf("mem %ld", (long)pread(fd, part, 4096, (off_t)whole));
	printf(" %s\n", part);
	got = (long)map_pages(2, MAP_PRIVATE);
	munmap((char *)got + 4096, 4096);
	printf("up to a hole %ld", (long)pread(fd, part, 100, got + 4096 - 10));
	printf(", in it %s\n", pread(fd, part, 1, got + 4096) < 0 ? name_of(errno) : "done");
	close(fd);
}

/* ---------------------------------------------------------------- others' places, and a title */

static void places_of_others(void)
{
	char path[64], text[64];
	int ready[2];
	pid_t pid;

	if (pipe(ready) || mkdir("/tmp/procfs.d", 0755))
		return;
	pid = fork();
	if (!pid) {
		if (!chdir("/tmp/procfs.d") && !chroot("/tmp"))
			(void)!write(ready[1], "r", 1);
		pause();
		_exit(0);
	}
	(void)!read(ready[0], text, 1);
	snprintf(path, sizeof(path), "/proc/%d/cwd", pid);
	text[readlink(path, text, sizeof(text) - 1)] = '\0';
	printf("%s", text);
	snprintf(path, sizeof(path), "/proc/%d/root", pid);
	text[readlink(path, text, sizeof(text) - 1)] = '\0';
	printf(" in %s\n", text);
	do {
		snprintf(path, sizeof(path), "/proc/%d/wchan", pid);
	} while (slurp(path) < 2); /* it waits somewhere, as soon as it does */
	printf("it waits\n");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	rmdir("/tmp/procfs.d");
	close(ready[0]);
	close(ready[1]);
}

/* Written over the end of the arguments, into the environment. */
static void title(char **argv)
{
	size_t len = strlen(argv[0]) + 5;
	long n;

	memset(argv[0], 't', len);
	argv[0][len] = '\0';
	n = slurp("/proc/self/cmdline");
	printf("title %d, %d\n", n == (long)len + 1, strspn(buf, "t") == len);
	argv[0][strlen(argv[0]) - 5] = '\0';
}

int main(int argc, char **argv)
{
	(void)argc;
	setbuf(stdout, NULL);
	stat_line(getpid());
	status_keys("/proc/self/status");
	limits();
	memory();
	auxv();
	groups_and_signals(argv);
	descriptors();
	numbers();
	texts(argv);
	lives();
	threads();
	sysctls();
	counters();
	cpuinfo();
	sizes();
	stat_of_children();
	stores();
	parts(argv);
	places_of_others();
	title(argv);
	return 0;
}
