// SPDX-License-Identifier: MIT
/*
 * Every system call that takes pointers, each pointer bad in turn while the others are good.
 *
 * A line a pointer says what came of each place of it (the words of `places`, below). Each call
 * has a process of its own, with the same files open. Whoever fails must leave no descriptor
 * behind. Not called: reboot, and rt_sigreturn, whose frame is not an argument (signals.c).
 */
#define _GNU_SOURCE
#include "pointers.h"

#define ARRAY(a)   (sizeof(a) / sizeof(*(a)))
#define FIRST_FREE 3 /* the number of a new descriptor */

/* ---------------------------------------------------------------- places of a pointer */

#define GROUND 0x200000000UL /* a page, and nothing behind it */
#define WALL   0x300000000UL /* a page that may not be written */

enum place { NOTHING, KERNEL, BETWEEN, HOLE, READ_ONLY, CUT, FITS, NR_PLACES };

static const char *const places[] = {
	"NULL", "kernel", "not canonical", "hole", "read-only", "cut", "fits",
};

static void map(uintptr_t at, int prot)
{
	if (mmap((void *)at, PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
	    MAP_FAILED)
		exit(1);
}

/* Where `size` bytes of `data` (zeroes, for NULL) lie, or as much of them as the place has. */
static uintptr_t put(enum place place, const void *data, size_t size)
{
	uintptr_t at = GROUND + PAGE - size;

	switch (place) {
	case NOTHING:
		return 0;
	case KERNEL:
		return 0xffff888000001000;
	case BETWEEN:
		return 1UL << 63;
	case HOLE:
		return GROUND + PAGE;
	case READ_ONLY:
		map(WALL, PROT_READ | PROT_WRITE);
		if (data)
			memcpy((void *)WALL, data, size);
		mprotect((void *)WALL, PAGE, PROT_READ);
		return WALL;
	case CUT:
		at++;
		size--;
		/* fallthrough */
	default:
		map(GROUND, PROT_READ | PROT_WRITE);
		if (data)
			memcpy((void *)at, data, size);
		return at;
	}
}

/* ---------------------------------------------------------------- arguments */

static bool is_pointer(const struct arg *a)
{
	return a->size;
}

/* What is passed: its pointer at `place`. The n-th argument's own memory is where it is good. */
static long make(const struct arg *a, int n, bool asked, enum place place)
{
	uintptr_t at;

	if (a->variable)
		return *a->variable;
	if (!is_pointer(a))
		return a->value;
	at = GOOD + n * 256;
	if (asked)
		at = put(place, a->data, a->size);
	else if (a->data)
		memcpy((void *)at, a->data, a->size);
	if (!a->holder)
		return at;
	memcpy((void *)(HOLDER + n * 256), a->holder, a->holder_size);
	memcpy((void *)(HOLDER + n * 256 + a->offset), &at, sizeof(at));
	return a->value ?: (long)(HOLDER + n * 256);
}

/* ---------------------------------------------------------------- a process of calls */

static void on_signal(int sig)
{
	(void)sig;
}

static int moved(int fd, int to)
{
	if (fd < 0)
		return -1;
	dup2(fd, to);
	close(fd);
	return to;
}

static void open_all(void)
{
	static const struct {
		int fd;
		const char *path;
		int flags;
	} files[] = {
		{ FILE_FD, "old", O_RDWR },
		{ DIR_FD, ".", O_RDONLY },
		{ ZERO, "/dev/zero", O_RDONLY },
		{ NULL_FD, "/dev/null", O_WRONLY },
		{ RANDOM, "/dev/urandom", O_RDWR },
		{ TEXT, "/proc/version", O_RDONLY },
		{ BINARY, "/sys/bus/pci/devices/0000:00:00.0/config", O_RDONLY },
		{ DISK, "/dev/vda", O_RDWR },
		{ DIRECT, "/dev/vda", O_RDWR | O_DIRECT },
		{ TABLE, "/proc/self/pagemap", O_RDONLY },
		{ LINK, "link", O_PATH | O_NOFOLLOW },
		{ HPET, "/dev/hpet", O_RDONLY },
	};
	int fds[2];

	for (size_t i = 0; i < ARRAY(files); i++)
		moved(open(files[i].path, files[i].flags), files[i].fd);
	if (!pipe(fds)) {
		moved(fds[0], PIPE_IN);
		moved(fds[1], PIPE_OUT);
	}
	write(PIPE_OUT, half_kilobyte, sizeof(half_kilobyte));
	if (!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds)) {
		moved(fds[0], SOCKET);
		moved(fds[1], PEER);
	}
	write(PEER, half_kilobyte, sizeof(half_kilobyte));
	moved(syscall(SYS_pidfd_open, own_pid, 0), PIDFD);
	moved(epoll_create1(0), EPOLL);
	moved(eventfd(1, EFD_NONBLOCK), EVENT);
	epoll_ctl(EPOLL, EPOLL_CTL_ADD, EVENT, (struct epoll_event *)&event);
	moved(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK), TIMER);
	moved(syscall(SYS_signalfd4, -1, &set, 8, SFD_NONBLOCK), SIGNAL);
	moved(syscall(SYS_io_uring_setup, 4, &(struct io_uring_params){}), URING);
}

/* All that the calls below are given, as it was before the first of them. */
static void begin(void)
{
	int timer;

	own_pid = getpid();
	map(GOOD, PROT_READ | PROT_WRITE);
	open_all();
	syscall(SYS_io_setup, 8, &aio_context);
	syscall(SYS_timer_create, CLOCK_MONOTONIC, &no_event, &timer);
	timer_id = timer;
	sigprocmask(SIG_BLOCK, (const sigset_t *)&set, NULL);
	signal(SIGUSR1, on_signal);
	signal(SIGUSR2, SIG_IGN);
	sigaction(SIGALRM, &(struct sigaction){ .sa_handler = on_signal }, NULL);
}

static void write_file(const char *path)
{
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0644);

	write(fd, half_kilobyte, sizeof(half_kilobyte));
	close(fd);
}

/* The files that calls make, rename and remove. */
static void renew_files(void)
{
	umount2("folder", MNT_DETACH);
	unlink("new");
	rmdir("new");
	unlink("new2");
	write_file("old");
	write_file("old2");
	unlink("link");
	symlink("old", "link");
	mkdir("folder", 0755);
	mkdir("empty", 0755);
}

/* ---------------------------------------------------------------- one call */

/* Files stand at their beginnings, and what can be read is there. */
static void prepare(const struct call *c, enum place place)
{
	static const struct itimerspec past = { .it_value = { .tv_nsec = 1 } };
	static const struct itimerval again = { { 0, 20000 }, { 0, 20000 } };
	uint64_t count;

	if (c->form == FILES)
		renew_files();
	received = message; /* the kernel writes there */
	lseek(FILE_FD, 0, SEEK_SET);
	lseek(DIR_FD, 0, SEEK_SET);
	read(EVENT, &count, sizeof(count));
	write(EVENT, &word, sizeof(word));
	timerfd_settime(TIMER, TFD_TIMER_ABSTIME, &past, NULL);
	poll(&(struct pollfd){ .fd = TIMER, .events = POLLIN }, 1, 1000);
	if (c->form == WAKE)
		raise(SIGUSR1);
	/* No time may be for ever. */
	if (place == NOTHING)
		setitimer(ITIMER_REAL, &again, NULL);
}

/* In a process of its own, which it may replace: 0 where it did. */
static long run_replacing(const struct call *c, const long *a)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		syscall(c->nr, a[0], a[1], a[2], a[3], a[4], a[5]);
		_exit(errno);
	}
	TEMP_FAILURE_RETRY(waitpid(pid, &status, 0)); /* the timer of prepare() is the parent's */
	errno = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
	return errno ? -1 : 0;
}

static long run(const struct call *c, const long *a)
{
	struct io_event done;
	long ret;

	if (c->form == REPLACE)
		return run_replacing(c, a);
	ret = syscall(c->nr, a[0], a[1], a[2], a[3], a[4], a[5]);
	if (c->form == CHILD && ret == 0)
		_exit(0);
	if (c->form == SUBMIT && ret == 1) {
		syscall(SYS_io_getevents, aio_context, 1, 1, &done, NULL);
		ret = done.res;
		if (ret < 0) {
			errno = -ret;
			ret = -1;
		}
	}
	return ret;
}

static void say(const struct call *c, long ret)
{
	static const char *const kinds[] = {
		[SOME] = "some",
		[NEW_FD] = "a descriptor",
		[CHILD] = "a child",
		[REPLACE] = "replaced",
	};

	if (ret == -1)
		printf("%s", strerrorname_np(errno));
	else if (c->form < ARRAY(kinds) && kinds[c->form])
		printf("%s", kinds[c->form]);
	else
		printf("%ld", ret);
}

static void try_place(const struct call *c, int asked, enum place place)
{
	static const struct itimerval never;
	long a[6], ret;
	int fd;

	for (int i = 0; i < 6; i++)
		a[i] = make(&c->args[i], i, i == asked, place);
	prepare(c, place);
	ret = run(c, a);
	printf("%s %s ", place ? "," : "", places[place]);
	say(c, ret);
	setitimer(ITIMER_REAL, &never, NULL);
	if (c->form == CHILD && ret != -1)
		waitpid(-1, NULL, 0);
	fd = dup(NULL_FD);
	if (ret == -1 && fd != FIRST_FREE)
		printf(" and a descriptor is left");
	close_range(FIRST_FREE, FILE_FD - 1, 0);
}

static void try_call(const struct call *c)
{
	begin();
	for (int i = 0; i < 6; i++) {
		if (!is_pointer(&c->args[i]))
			continue;
		printf("%s %d%s:", c->name, i + 1, c->args[i].holder ? " inside" : "");
		for (int place = 0; place < NR_PLACES; place++)
			try_place(c, i, place);
		printf("\n");
	}
}

int main(void)
{
	int status;

	if (fcntl(LINK, F_GETFD) != -1)
		return 0; /* by one of the calls */
	setvbuf(stdout, NULL, _IOFBF, 65536);
	mkdir("/tmp/pointers", 0755);
	if (chdir("/tmp/pointers"))
		return 1;
	ioctl(1, TCGETS, &terminal);
	ioctl(1, TIOCGWINSZ, &window);
	shm_id = shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0600);
	renew_files();
	for (size_t i = 0; i < ARRAY(calls); i++) {
		pid_t pid = fork();

		if (!pid) {
			try_call(&calls[i]);
			exit(0);
		}
		waitpid(pid, &status, 0);
		if (status)
			printf("%s: ended by %x\n", calls[i].name, status);
		fflush(stdout);
	}
	shmctl(shm_id, IPC_RMID, NULL);
	return 0;
}
