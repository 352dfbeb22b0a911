// SPDX-License-Identifier: MIT
/* Files of /proc/PID: io, fd, fdinfo, map_files, syscall; a second mount of proc; unshare(). */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096UL

static const char *said(long r)
{
	return r == -1 ? strerrorname_np(errno) : "ok";
}

/* ---------------------------------------------------------------- io */

struct io {
	unsigned long v[7];
};

static struct io get_io(const char *path)
{
	struct io io = { 0 };
	char text[512] = "";
	int fd = open(path, O_RDONLY);

	(void)!read(fd, text, sizeof(text) - 1);
	close(fd);
	sscanf(text,
	       "rchar: %lu\nwchar: %lu\nsyscr: %lu\nsyscw: %lu\nread_bytes: %lu\nwrite_bytes: %lu\n"
	       "cancelled_write_bytes: %lu\n",
	       &io.v[0], &io.v[1], &io.v[2], &io.v[3], &io.v[4], &io.v[5], &io.v[6]);
	return io;
}

static void reads(void)
{
	char buf[4000];
	int zero = open("/dev/zero", O_RDONLY);

	for (int i = 0; i < 3; i++)
		(void)!read(zero, buf, sizeof(buf));
	(void)!pread(zero, buf, 1, 0);
	syscall(SYS_read, zero, 1, 1);
	(void)!read(-1, buf, 1);
	close(zero);
}

static void writes(void)
{
	struct iovec v[2] = { { "ab", 2 }, { "cde", 3 } };
	int null = open("/dev/null", O_WRONLY);

	(void)!write(null, "x", 1);
	(void)!writev(null, v, 2);
	(void)!pwrite(null, "yz", 2, 0);
	(void)!write(null, "", 0);
	close(null);
}

static void child_reads(void)
{
	if (!fork()) {
		reads();
		_exit(0);
	}
	wait(NULL);
}

static void *thread_writes(void *unused)
{
	(void)unused;
	writes();
	return NULL;
}

static void threads(void)
{
	pthread_t t;

	pthread_create(&t, NULL, thread_writes, NULL);
	pthread_join(t, NULL);
}

static void disk(void)
{
	int fd = open("/dev/vda", O_RDWR | O_DIRECT);
	char *buf = aligned_alloc(4096, 8192);

	memset(buf, 0, 8192);
	(void)!pread(fd, buf, 8192, 0);
	(void)!pwrite(fd, buf, 4096, 1 << 20);
	close(fd);
	free(buf);
}

/* How much is read for it is each kernel's own affair. */
static void disk_cached(void)
{
	int fd = open("/dev/vda", O_RDWR);
	char buf[4096] = { 0 };

	(void)!pwrite(fd, buf, sizeof(buf), 2 << 20);
	(void)!pwrite(fd, buf, sizeof(buf), 2 << 20);
	close(fd);
}

/* fn's, without what it costs to look. */
static void io_of(const char *what, const char *path, void (*fn)(void))
{
	struct io before = get_io(path), after;

	if (fn)
		fn();
	after = get_io(path);
	printf("%s:", what);
	for (int i = 0; i < 7; i++) {
		long n = i == 4 && fn == disk_cached ? 0 : (long)(after.v[i] - before.v[i]);

		/* One look is one read, of a length that numbers change. */
		printf(" %ld", i == 0 ? n / 1000 * 1000 : i == 2 ? n - 1 : n);
	}
	printf("\n");
}

static void show_io(void)
{
	struct stat st;

	io_of("nothing", "/proc/self/io", NULL);
	io_of("reads", "/proc/self/io", reads);
	io_of("writes", "/proc/self/io", writes);
	io_of("of a thread that has ended", "/proc/self/io", threads);
	io_of("the main thread's", "/proc/thread-self/io", threads);
	io_of("a child's that was waited for", "/proc/self/io", child_reads);
	io_of("but not the thread's", "/proc/thread-self/io", child_reads);
	io_of("a disk", "/proc/self/io", disk);
	io_of("its cache", "/proc/self/io", disk_cached);
	stat("/proc/self/io", &st);
	printf("mode %o\n", st.st_mode);
}

/* ---------------------------------------------------------------- fd */

static void show_fd(const char *how, int flags)
{
	int fd = open("/dev/null", flags);
	char path[64];
	struct stat st = { 0 };

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	lstat(path, &st);
	printf("%s: mode %o", how, st.st_mode);
	snprintf(path, sizeof(path), "/proc/self/fd/0%d", fd);
	printf(", with a zero in front: %s", said(lstat(path, &st)));
	snprintf(path, sizeof(path), "/proc/self/fdinfo/0%d", fd);
	printf(", fdinfo: %s\n", said(lstat(path, &st)));
	close(fd);
}

/* A look at a file does not keep it. */
static void look_and_close(void)
{
	char path[64], c;
	int p[2], fd;

	if (pipe2(p, O_NONBLOCK))
		return;
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", p[1]);
	fd = open(path, O_RDONLY);
	printf("fdinfo is read: %d", read(fd, path, sizeof(path)) > 0);
	close(fd);
	close(p[1]);
	printf(", and the pipe has no writer: %s\n", said(read(p[0], &c, 1)));
	close(p[0]);
}

static void show_fds(void)
{
	show_fd("for reading", O_RDONLY);
	show_fd("for writing", O_WRONLY);
	show_fd("for both", O_RDWR);
	show_fd("for its name", O_PATH);
	look_and_close();
}

/* ---------------------------------------------------------------- map_files */

static void link_of(unsigned long start, unsigned long end, const char *form)
{
	char name[128], target[256];
	struct stat st;
	ssize_t n;

	snprintf(name, sizeof(name), form, start, end);
	n = readlink(name, target, sizeof(target) - 1);
	if (n < 0) {
		printf("link: %s\n", strerrorname_np(errno));
		return;
	}
	target[n] = 0;
	lstat(name, &st);
	printf("link to %s mode %o size %ld\n", target, st.st_mode, (long)st.st_size);
}

static int count_links(void)
{
	DIR *d = opendir("/proc/self/map_files");
	struct dirent *e;
	int n = 0;

	while (d && (e = readdir(d)))
		n += e->d_name[0] != '.' && e->d_type == DT_LNK;
	if (d)
		closedir(d);
	return n;
}

static void show_map_files(void)
{
	int fd = open("/tmp/mapped", O_RDWR | O_CREAT, 0600), ro = open("/tmp/mapped", O_RDONLY);
	unsigned long at;
	char *p, name[64];
	struct stat st;
	int before = count_links();

	if (ftruncate(fd, 4 * PAGE))
		return;
	p = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	at = (unsigned long)p;
	strcpy(p, "what is in it");
	printf("more links: %d\n", count_links() - before);
	link_of(at, at + 4 * PAGE, "/proc/self/map_files/%lx-%lx");
	link_of(at, at + 3 * PAGE, "/proc/self/map_files/%lx-%lx");
	link_of(at, at + 4 * PAGE, "/proc/self/map_files/0%lx-%lx");
	link_of(at, at + 4 * PAGE, "/proc/self/map_files/%lx -%lx");
	link_of(at, at + 4 * PAGE, "/proc/self/map_files/%lx-%lx-");
	link_of(at, at + 4 * PAGE, "/proc/self/map_files/%lX-%lX");
	mprotect(p + PAGE, PAGE, PROT_READ);
	printf("split: %d\n", count_links() - before);
	link_of(at + PAGE, at + 2 * PAGE, "/proc/self/map_files/%lx-%lx");
	munmap(p + 2 * PAGE, 2 * PAGE);
	p = mmap(p + 2 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, ro, 0);
	link_of(at + 2 * PAGE, at + 3 * PAGE, "/proc/self/map_files/%lx-%lx");
	unlink("/tmp/mapped");
	link_of(at + 2 * PAGE, at + 3 * PAGE, "/proc/self/map_files/%lx-%lx");
	snprintf(name, sizeof(name), "/proc/self/map_files/%lx-%lx", at + 2 * PAGE, at + 3 * PAGE);
	fd = open(name, O_RDONLY);
	printf("opened: %s", said(fd));
	if (fd >= 0 && read(fd, name, 13) == 13)
		printf(", %.13s", name);
	stat("/proc/self/map_files", &st);
	printf("\nmode %o\n", st.st_mode);
}

/* ---------------------------------------------------------------- syscall */

static void show_syscall(void)
{
	unsigned long a, b, c, d, e, f;
	char text[256] = "", name[64];
	int fd = open("/proc/self/syscall", O_RDONLY), nr = 0, p[2];
	pid_t pid;

	if (syscall(SYS_read, fd, text, sizeof(text) - 1) > 0 &&
	    sscanf(text, "%d 0x%lx 0x%lx 0x%lx", &nr, &a, &b, &c) == 4)
		printf("%d %d %d %lu\n", nr, a == (unsigned long)fd, b == (unsigned long)text, c);
	close(fd);
	if (pipe(p))
		return;
	pid = fork();
	if (!pid) {
		close(p[1]);
		_exit((int)syscall(SYS_read, p[0], text, 3));
	}
	usleep(100000);
	snprintf(name, sizeof(name), "/proc/%d/syscall", pid);
	fd = open(name, O_RDONLY);
	memset(text, 0, sizeof(text));
	if (read(fd, text, sizeof(text) - 1) > 0 &&
	    sscanf(text, "%d 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx", &nr, &a, &b, &c, &d, &e, &f) ==
		    7)
		printf("%d %d %d %lu\n", nr, a == (unsigned long)p[0], b > PAGE, c);
	kill(pid, 9);
	wait(NULL);
	close(fd);
	fd = open("/proc/2/syscall", O_RDONLY);
	memset(text, 0, sizeof(text));
	printf("a kernel thread's %s",
	       read(fd, text, sizeof(text) - 1) > 0 ? text : "is not there\n");
	close(fd);
}

/* ---------------------------------------------------------------- mounts */

static void show_mounts(void)
{
	struct stat a, b, c;
	int fd;

	mkdir("/tmp/p1", 0755);
	mkdir("/tmp/p2", 0755);
	printf("mount %s\n", said(mount("proc", "/tmp/p1", "proc", 0, NULL)));
	printf("mount %s\n", said(mount("proc", "/tmp/p2", "proc", 0, "hidepid=1")));
	stat("/proc/meminfo", &a);
	stat("/tmp/p1/meminfo", &b);
	fd = open("/tmp/p2/meminfo", O_RDONLY);
	fstat(fd, &c);
	close(fd);
	printf("other devices: %d %d %d\n", a.st_dev != b.st_dev, b.st_dev != c.st_dev,
	       a.st_dev != c.st_dev);
	printf("once more on it %s\n", said(mount("proc", "/tmp/p1", "proc", 0, NULL)));
	printf("and off %s\n", said(umount("/tmp/p1")));
	printf("bind %s\n", said(mount("/tmp/p2", "/tmp/p2", NULL, MS_BIND, NULL)));
	stat("/tmp/p2/meminfo", &b);
	printf("the same device: %d\n", b.st_dev == c.st_dev);
	printf("off %s", said(umount("/tmp/p2")));
	printf(" %s", said(umount("/tmp/p2")));
	printf(" %s\n", said(umount("/tmp/p1")));
}

/* ---------------------------------------------------------------- unshare */

static volatile int in_thread = -1;

static void *own_files(void *go)
{
	char dir[64] = "";

	printf("files %s fs %s\n", said(unshare(CLONE_FILES)), said(unshare(CLONE_FS)));
	in_thread = open("/dev/null", O_RDONLY);
	(void)!chdir("/tmp");
	(void)!getcwd(dir, sizeof(dir));
	printf("in it %s, %s\n", said(fcntl(in_thread, F_GETFD)), dir);
	printf("with another thread: THREAD %s VM %s SIGHAND %s\n", said(unshare(CLONE_THREAD)),
	       said(unshare(CLONE_VM)), said(unshare(CLONE_SIGHAND)));
	pthread_barrier_wait(go);
	return NULL;
}

static void show_unshare(void)
{
	pthread_barrier_t go;
	pthread_t t;
	char dir[64] = "";

	if (chdir("/"))
		return;
	pthread_barrier_init(&go, NULL, 2);
	pthread_create(&t, NULL, own_files, &go);
	pthread_barrier_wait(&go);
	(void)!getcwd(dir, sizeof(dir));
	printf("outside %s, %s\n", said(fcntl(in_thread, F_GETFD)), dir);
	pthread_join(t, NULL);
	usleep(50000);
	printf("alone: THREAD %s VM %s SIGHAND %s nothing %s\n", said(unshare(CLONE_THREAD)),
	       said(unshare(CLONE_VM)), said(unshare(CLONE_SIGHAND)), said(unshare(0)));
	printf("SYSVSEM %s, another %s\n", said(unshare(CLONE_SYSVSEM)),
	       said(unshare(CLONE_VFORK)));
}

/* ---------------------------------------------------------------- flags */

static unsigned long flags_of(const char *path)
{
	unsigned long flags = 0;
	char comm[32];
	FILE *f = fopen(path, "r");

	if (f && fscanf(f, "%*d (%31[^)]) %*c %*d %*d %*d %*d %*d %lu", comm, &flags) != 2)
		flags = 0;
	if (f)
		fclose(f);
	return flags;
}

int main(void)
{
	setbuf(stdout, NULL);
	show_io();
	show_fds();
	show_map_files();
	show_syscall();
	show_mounts();
	show_unshare();
	printf("kernel threads: %d %d\n", !!(flags_of("/proc/self/stat") & 0x200000),
	       !!(flags_of("/proc/2/stat") & 0x200000));
	return 0;
}
