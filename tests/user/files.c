// SPDX-License-Identifier: MIT
/* Calls on names and attributes of files, with good and bad arguments, and what each answers. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/falloc.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

#include "try.h"

/* ---------------------------------------------------------------- names */

static void new_folders(void)
{
	static char longer[NAME_MAX + 2], path[PATH_MAX + 2];

	memset(longer, 'n', NAME_MAX + 1);
	memset(path, '/', PATH_MAX + 1);
	puts("--- names");
	TRY(mkdir("d", 0777));
	TRY(mkdir("d", 0777));
	TRY(mkdir("d/", 0777));
	TRY(mkdir("e/", 01777));
	TRY(mkdir("none/x", 0777));
	TRY(mkdir("", 0777));
	TRY(mkdir("/", 0777));
	TRY(mkdir(".", 0777));
	TRY(mkdir("..", 0777));
	TRY(mkdir(BAD, 0777));
	TRY(mkdir(longer, 0777));
	TRY(mkdir(path, 0777));
	path[PATH_MAX - 1] = '\0';
	TRY(mkdir(path, 0777));
	close(make("f", "text"));
	TRY(mkdir("f", 0777));
	TRY(mkdir("f/x", 0777));
	TRY(mkdirat(-1, "x", 0777));
	TRY(mkdirat(-1, "/x/y", 0777));
	TRY(mkdirat(0, "x", 0777));
}

static void new_nodes(void)
{
	TRY(mknod("p", S_IFIFO | 0666, 0));
	TRY(mknod("p/", S_IFIFO | 0666, 0));
	TRY(mknod("q/", S_IFIFO | 0666, 0));
	TRY(mknod("s", S_IFSOCK | 0666, makedev(1, 3)));
	TRY(mknod("r", 0666, 0));
	TRY(mknod("c", S_IFCHR | 0666, makedev(1, 3)));
	TRY(mknod("b", S_IFBLK | 0666, makedev(250, 7)));
	TRY(mknod("x", S_IFDIR | 0666, 0));
	TRY(mknod("x", S_IFLNK | 0666, 0));
	TRY(mknod("x", 0150000, 0));
	show("d");
	show("e");
	show("f");
	show("p");
	show("s");
	show("r");
	show("c");
	show("b");
	show(".");
	TRY_OPEN(open("s", O_RDONLY));
	TRY_OPEN(open("b", O_RDONLY));
	TRY_OPEN(open("c", O_RDWR));
	TRY_OPEN(open("c", O_RDWR | O_TRUNC | O_CREAT, 0600));
	TRY_OPEN(open("c", O_RDWR | O_DIRECTORY));
}

static void removals(void)
{
	TRY(rmdir("none"));
	TRY(rmdir("f"));
	TRY(rmdir("f/"));
	TRY(rmdir("e/."));
	TRY(rmdir("e/.."));
	TRY(rmdir("/"));
	TRY(rmdir(""));
	TRY(rmdir("/proc"));
	TRY(rmdir("e/"));
	TRY(unlink("d"));
	TRY(unlink("d/"));
	TRY(unlink("f/"));
	TRY(unlink("none"));
	TRY(unlink("none/"));
	TRY(unlink("/"));
	TRY(unlink("."));
	TRY(unlink(".."));
	TRY(unlinkat(AT_FDCWD, "d", AT_REMOVEDIR));
	TRY(unlinkat(AT_FDCWD, "r", 0x100));
	TRY(unlink("r"));
	TRY(unlink("p"));
	TRY(unlink("s"));
	TRY(unlink("c"));
	TRY(unlink("b"));
	TRY(unlink("f"));
}

static void new_links(void)
{
	puts("--- links");
	close(make("f", "text"));
	TRY(mkdir("d", 0755));
	TRY(link("f", "g"));
	TRY(link("f", "g"));
	TRY(link("none", "h"));
	TRY(link("d", "h"));
	TRY(link("f", "/proc/h"));
	TRY(link("f", "h/"));
	TRY(link("f/", "h"));
	TRY(linkat(AT_FDCWD, "f", AT_FDCWD, "h", 0x1));
	TRY(symlink("f", "l"));
	TRY(symlink("f", "l"));
	TRY(symlink("", "m"));
	TRY(symlink("f", ""));
	TRY(symlink("f", "m/"));
	TRY(symlink("none", "dangling"));
	TRY(symlink("loop", "loop"));
	TRY(symlink("d/", "ld"));
	TRY(linkat(AT_FDCWD, "l", AT_FDCWD, "hl", 0));
	TRY(linkat(AT_FDCWD, "l", AT_FDCWD, "hf", AT_SYMLINK_FOLLOW));
	show("f");
	show("l");
	show("hl");
	show("ld");
	show("ld/");
	show("loop");
}

static void what_links_say(void)
{
	char buf[100];

	TRY(readlink("l", buf, sizeof(buf)));
	TRY(readlink("ld", buf, 1));
	TRY(readlink("ld", buf, 0));
	TRY(readlink("f", buf, 10));
	TRY(readlink("none", buf, 10));
	TRY(readlink("l/", buf, 10));
	TRY(readlink("l", BAD, 10));
	TRY(readlink("", buf, 10));
}

static void opens_of_links(void)
{
	char buf[100];
	int fd;

	TRY_OPEN(open("loop", O_RDONLY));
	TRY_OPEN(open("loop", O_RDONLY | O_NOFOLLOW));
	fd = OPEN(open("l", O_PATH | O_NOFOLLOW));
	TRY(readlinkat(fd, "", buf, sizeof(buf)));
	TRY(read(fd, buf, 1));
	TRY(fchmod(fd, 0600));
	TRY(fchmodat(fd, "", 0600, 0));
	close(fd);
	TRY_OPEN(open("dangling", O_RDONLY));
	TRY_OPEN(open("dangling", O_RDWR | O_CREAT | O_EXCL, 0600));
	TRY_OPEN(open("dangling", O_RDWR | O_CREAT | O_NOFOLLOW, 0600));
	TRY_OPEN(open("dangling", O_RDWR | O_CREAT, 0600));
	show("none");
}

static void removals_of_links(void)
{
	TRY(unlink("ld/"));
	TRY(rmdir("ld"));
	TRY(rmdir("ld/"));
	TRY(unlink("none"));
	TRY(unlink("l"));
	TRY(unlink("hl"));
	TRY(unlink("hf"));
	TRY(unlink("g"));
	TRY(unlink("f"));
	TRY(unlink("ld"));
	TRY(unlink("loop"));
	TRY(unlink("dangling"));
	TRY(rmdir("d"));
}

static void renames(void)
{
	puts("--- renames");
	close(make("f", "f"));
	close(make("g", "gg"));
	TRY(mkdir("d", 0755));
	TRY(mkdir("d/sub", 0755));
	TRY(mkdir("e", 0755));
	TRY(rename("none", "x"));
	TRY(rename("f", ""));
	TRY(rename("", "f"));
	TRY(rename("f", "."));
	TRY(rename(".", "x"));
	TRY(rename("/", "x"));
	TRY(rename("f", "x/"));
	TRY(rename("f/", "x"));
	TRY(rename("f", "none/x"));
	TRY(rename("f", "d"));
	TRY(rename("d", "f"));
	TRY(rename("d", "d/sub/x"));
	TRY(rename("d", "d"));
	TRY(rename("d/sub", "d"));
	TRY(rename("e", "d"));
	TRY(rename("f", "/proc/x"));
	TRY(rename("/proc/self", "x"));
	TRY(syscall(SYS_renameat2, AT_FDCWD, "f", AT_FDCWD, "g", 1));
	TRY(syscall(SYS_renameat2, AT_FDCWD, "f", AT_FDCWD, "g", 3));
	TRY(syscall(SYS_renameat2, AT_FDCWD, "f", AT_FDCWD, "g", 8));
	TRY(syscall(SYS_renameat2, AT_FDCWD, "f", AT_FDCWD, "none", 2));
	TRY(syscall(SYS_renameat2, AT_FDCWD, "f", AT_FDCWD, "d", 2));
	show("f");
	show("d");
	TRY(syscall(SYS_renameat2, AT_FDCWD, "d", AT_FDCWD, "f", 2));
	TRY(syscall(SYS_renameat2, AT_FDCWD, "f", AT_FDCWD, "g", 2));
	show("f");
	show("g");
	TRY(mkdir("a", 0755));
	TRY(mkdir("b", 0755));
	TRY(mkdir("a/x", 0755));
	TRY(mkdir("b/y", 0755));
	TRY(rename("a/x", "b/y"));
	show("a");
	show("b");
	TRY(rename("b/y", "a/z"));
	show("a");
	show("b");
	TRY(rmdir("a/z"));
	show("a");
	TRY(rmdir("a"));
	TRY(rmdir("b"));
	TRY(syscall(SYS_renameat2, AT_FDCWD, "f", AT_FDCWD, ".", 1));
	TRY(rename("f", "g"));
	show("g");
	TRY(rename("d", "e"));
	show("e");
	show("e/sub");
	TRY(rename("e", "h/"));
	show(".");
	TRY(unlink("g"));
	TRY(rmdir("h/sub"));
	TRY(rmdir("h"));
}

/* ---------------------------------------------------------------- limits */

static volatile int signals;

static void on_signal(int sig)
{
	(void)sig;
	signals++;
}

static void limits(void)
{
	struct rlimit limit = { 10, RLIM_INFINITY };
	int fd = make("f", "12345678"), large = make("g", "12345678901234567890");

	puts("--- limits");
	signal(SIGXFSZ, on_signal);
	TRY(setrlimit(RLIMIT_FSIZE, &limit));
	TRY(write(fd, "abcd", 4));
	TRY(write(fd, "abcd", 4));
	TRY(pwrite(fd, "abcd", 4, 100));
	TRY(ftruncate(fd, 10));
	TRY(ftruncate(fd, 11));
	TRY(ftruncate(large, 15)); /* it is no longer than it was */
	TRY(ftruncate(large, 21));
	TRY(signals);
	limit.rlim_cur = RLIM_INFINITY;
	TRY(setrlimit(RLIMIT_FSIZE, &limit));
	show("f");
	show("g");
	close(fd);
	close(large);
	TRY(unlink("f"));
	TRY(unlink("g"));
}

/* ---------------------------------------------------------------- attributes */

static void times_of(const char *name)
{
	struct stat s;

	stat(name, &s);
	printf("  %s: atime %lld.%09ld mtime %lld.%09ld\n", name, (long long)s.st_atim.tv_sec,
	       s.st_atim.tv_nsec, (long long)s.st_mtim.tv_sec, s.st_mtim.tv_nsec);
}

/* One that is of now is told as that. */
static void times_now(const char *name)
{
	struct stat s;

	lstat(name, &s);
	printf("  %s: atime %lld mtime %lld\n", name,
	       s.st_atim.tv_sec > 1000000 ? -1 : (long long)s.st_atim.tv_sec,
	       s.st_mtim.tv_sec > 1000000 ? -1 : (long long)s.st_mtim.tv_sec);
}

static void modes_and_owners(int fd)
{
	TRY(chmod("f", 07777));
	show("f");
	TRY(chmod("f", 0644 | 0170000));
	show("f");
	TRY(fchmod(fd, 0600));
	TRY(fchmod(-1, 0600));
	TRY(chmod("none", 0600));
	TRY(chown("f", 3, 4));
	TRY(chown("f", -1, 5));
	TRY(lchown("l", 6, -1));
	TRY(fchown(fd, 7, -1));
	TRY(fchownat(AT_FDCWD, "l", 8, 8, AT_SYMLINK_NOFOLLOW));
	TRY(fchownat(fd, "", 9, -1, AT_EMPTY_PATH));
	TRY(fchownat(AT_FDCWD, "f", 9, -1, 0x8000));
	show("f");
	show("l");
}

static void times(int fd)
{
	struct timespec t[2] = { { 1, 2 }, { -3, 4 } };
	struct timeval tv[2] = { { 5, 6 }, { 7, 8 } };

	TRY(utimensat(AT_FDCWD, "f", t, 0));
	times_of("f");
	t[0].tv_nsec = UTIME_OMIT;
	t[1] = (struct timespec){ 10000000000, 999999999 };
	TRY(utimensat(AT_FDCWD, "f", t, 0));
	times_of("f");
	t[1].tv_nsec = 1000000000;
	TRY(utimensat(AT_FDCWD, "f", t, 0));
	t[1].tv_nsec = UTIME_OMIT;
	TRY(utimensat(AT_FDCWD, "none", t, 0));
	TRY(syscall(SYS_utimensat, fd, NULL, NULL, 0));
	TRY(syscall(SYS_utimensat, AT_FDCWD, NULL, NULL, 0));
	TRY(syscall(SYS_utimensat, fd, NULL, NULL, AT_SYMLINK_NOFOLLOW));
	TRY(syscall(SYS_utimes, "f", tv));
	times_of("f");
	tv[0].tv_usec = 1000000;
	TRY(syscall(SYS_utimes, "f", tv));
	TRY(syscall(SYS_utime, "f", &(struct utimbuf){ 11, 12 }));
	times_of("f");
	tv[0].tv_usec = 999999;
	tv[1].tv_usec = -1;
	TRY(syscall(SYS_futimesat, AT_FDCWD, "f", tv));
	tv[1].tv_usec = 0;
	TRY(syscall(SYS_futimesat, fd, NULL, tv));
	times_of("f");
	t[0] = (struct timespec){ 13, 14 };
	t[1] = (struct timespec){ 15, UTIME_NOW };
	TRY(utimensat(AT_FDCWD, "f", t, 0));
	times_now("f");
	t[1].tv_nsec = -1;
	TRY(utimensat(AT_FDCWD, "f", t, 0));
	t[1].tv_nsec = 16;
	TRY(utimensat(AT_FDCWD, "l", t, AT_SYMLINK_NOFOLLOW));
	times_now("f");
	times_now("l");
	TRY(utimensat(AT_FDCWD, "l", NULL, 0));
	times_now("f");
	times_now("l");
	TRY(utimensat(fd, "", t, AT_EMPTY_PATH));
	times_of("f");
	t[0].tv_nsec = t[1].tv_nsec = UTIME_OMIT;
	TRY(utimensat(AT_FDCWD, "none", t, 0));
	TRY(utimensat(AT_FDCWD, "f", t, 0x8000));
	TRY(utimensat(AT_FDCWD, "f", NULL, 0x8000));
}

static void stats(int fd)
{
	struct statx x;
	struct stat s;

	TRY(syscall(SYS_stat, "f", BAD));
	TRY(syscall(SYS_newfstatat, AT_FDCWD, "f", &s, 0x8000));
	TRY(syscall(SYS_newfstatat, fd, "", &s, AT_EMPTY_PATH));
	TRY(syscall(SYS_newfstatat, fd, "", &s, 0));
	TRY(syscall(SYS_newfstatat, AT_FDCWD, "", &s, AT_EMPTY_PATH));
	printf("  %o\n", s.st_mode);
	TRY(syscall(SYS_statx, AT_FDCWD, "f", 0, STATX_ALL, &x));
	printf("  mask %x attributes %llx of %llx mode %o size %llu blocks %llu\n",
	       x.stx_mask & 0xfff, x.stx_attributes, x.stx_attributes_mask & 0x202000, x.stx_mode,
	       x.stx_size, x.stx_blocks);
	TRY(syscall(SYS_statx, AT_FDCWD, "/", 0, STATX_ALL, &x));
	printf("  attributes %llx\n", x.stx_attributes);
	TRY(syscall(SYS_statx, AT_FDCWD, "f", AT_STATX_SYNC_TYPE, STATX_ALL, &x));
	TRY(syscall(SYS_statx, AT_FDCWD, "f", 0, 0x80000000, &x));
	TRY(syscall(SYS_statx, AT_FDCWD, "f", 0x8, 0, &x));
	TRY(syscall(SYS_statx, AT_FDCWD, "f", 0, 0, BAD));
}

static void file_systems(void)
{
	struct statfs fs;
	int n;

	TRY(statfs(".", &fs));
	printf("  type %lx bsize %ld namelen %ld frsize %ld flags %lx\n", (long)fs.f_type,
	       (long)fs.f_bsize, (long)fs.f_namelen, (long)fs.f_frsize,
	       (long)fs.f_flags & ~0x1000L);
	TRY(statfs("/proc", &fs));
	printf("  type %lx bsize %ld namelen %ld blocks %ld\n", (long)fs.f_type, (long)fs.f_bsize,
	       (long)fs.f_namelen, (long)fs.f_blocks);
	TRY(statfs("/sys", &fs));
	printf("  type %lx bsize %ld\n", (long)fs.f_type, (long)fs.f_bsize);
	n = OPEN(open(".", O_PATH));
	TRY(fstatfs(n, &fs));
	printf("%d %lx\n", fs.f_frsize == fs.f_bsize, (unsigned long)fs.f_namelen);
	close(n);
	TRY(statfs("none", &fs));
	TRY(statfs(".", BAD));
	TRY(fstatfs(-1, &fs));
	TRY(mkdir("m", 0755));
	TRY(mount("t", "m", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME, "size=40k"));
	TRY(statfs("m", &fs));
	printf("  flags %lx blocks %ld of %ld free, %ld\n", (long)fs.f_flags, (long)fs.f_blocks,
	       (long)fs.f_bfree, (long)fs.f_bavail);
	TRY(mount(NULL, "m", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NODIRATIME, NULL));
	TRY(statfs("m", &fs));
	printf("  flags %lx\n", (long)fs.f_flags);
	TRY(umount("m"));
	TRY(rmdir("m"));
}

/* There are none; but what is asked is looked at. */
static void extended(int fd)
{
	static char name[260] = "user.";
	char buf[10];

	memset(name + 5, 'x', 250);
	TRY(getxattr("f", name, buf, sizeof(buf)));
	name[255] = 'x';
	TRY(getxattr("f", name, buf, sizeof(buf)));
	TRY(fgetxattr(fd, name, buf, sizeof(buf)));
	TRY(fgetxattr(-1, "user.x", buf, sizeof(buf)));
	TRY(setxattr("f", "user.x", BAD, 65537, 0));
	TRY(setxattr("f", "user.x", "1", 1, 4));
	TRY(setxattr("f", "user.x", BAD, 1, 0));
	TRY(setxattr("none", "user.x", BAD, 65537, 0));
	TRY(fsetxattr(fd, "user.x", "1", 1, XATTR_CREATE));
	TRY(symlink("none", "dangling"));
	TRY(getxattr("dangling", "user.x", buf, sizeof(buf)));
	TRY(lgetxattr("dangling", "user.x", buf, sizeof(buf)));
	TRY(lsetxattr("dangling", "user.x", "1", 1, 0));
	TRY(removexattr("dangling", "user.x"));
	TRY(lremovexattr("dangling", "user.x"));
	TRY(fremovexattr(fd, "user.x"));
	TRY(listxattr("dangling", buf, sizeof(buf)));
	TRY(llistxattr("dangling", buf, sizeof(buf)));
	TRY(listxattr("f", buf, sizeof(buf)));
	TRY(flistxattr(fd, buf, sizeof(buf)));
	TRY(flistxattr(-1, buf, sizeof(buf)));
	TRY(unlink("dangling"));
}

static void attributes(void)
{
	int fd = make("f", "text");
	char buf[100];

	puts("--- attributes");
	TRY(symlink("f", "l"));
	modes_and_owners(fd);
	times(fd);
	stats(fd);
	file_systems();
	TRY(getxattr("f", "user.x", buf, sizeof(buf)));
	TRY(setxattr("f", "user.x", "1", 1, 0));
	TRY(removexattr("f", "user.x"));
	TRY(getxattr("f", "", buf, sizeof(buf)));
	TRY(getxattr("none", "user.x", buf, sizeof(buf)));
	extended(fd);
	show("/proc/version");
	close(fd);
	TRY(unlink("l"));
	TRY(unlink("f"));
}

/* ---------------------------------------------------------------- which times change */

static struct stat old_times;

static void set_old(const char *name)
{
	/* As it is after a read: neither change is younger, and no day has gone by. */
	struct timespec now, t[2];

	clock_gettime(CLOCK_REALTIME, &now);
	t[0] = (struct timespec){ now.tv_sec - 1000, 1 };
	t[1] = (struct timespec){ now.tv_sec - 2000, 2 };
	utimensat(AT_FDCWD, name, t, AT_SYMLINK_NOFOLLOW);
	lstat(name, &old_times);
	usleep(20000); /* ctime's clock ticks */
}

static int differs(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec || a->tv_nsec != b->tv_nsec;
}

static void told_times(const char *what, const char *name)
{
	struct stat s;

	lstat(name, &s);
	printf("  %s:%s%s%s\n", what, differs(&s.st_atim, &old_times.st_atim) ? " atime" : "",
	       differs(&s.st_mtim, &old_times.st_mtim) ? " mtime" : "",
	       differs(&s.st_ctim, &old_times.st_ctim) ? " ctime" : "");
}
#define TIMES(name, call)                \
	do {                             \
		set_old(name);           \
		(void)!(call);           \
		told_times(#call, name); \
	} while (0)

/* A read tells of itself where the file has changed since the last one, or a day has gone by. */
static void reads_and_times(void)
{
	struct timespec day[2] = { { 86400, 0 }, { 0, 0 } }, same[2] = { { 0, 0 } };
	char buf[10];
	int fd = open("f", O_RDWR);

	TIMES("f", read(fd, buf, 4)); /* the ctime is younger */
	clock_gettime(CLOCK_REALTIME, &same[0]);
	same[0].tv_sec += 3600;
	same[1] = same[0];
	utimensat(AT_FDCWD, "f", same, 0);
	lstat("f", &old_times);
	pread(fd, buf, 4, 0);
	told_times("read, of which the atime is not older", "f");
	same[1].tv_nsec = same[0].tv_nsec = 5;
	same[0].tv_sec++;
	utimensat(AT_FDCWD, "f", same, 0);
	lstat("f", &old_times);
	pread(fd, buf, 4, 0);
	told_times("read, of which it is younger", "f");
	utimensat(AT_FDCWD, "f", day, 0);
	lstat("f", &old_times);
	pread(fd, buf, 4, 0);
	told_times("read, years ago", "f");
	close(fd);
}

static void writes_and_times(void)
{
	int fd = open("f", O_RDWR);

	TIMES("f", write(fd, "x", 0));
	TIMES("f", write(fd, "x", 1));
	TIMES("f", ftruncate(fd, 5));
	TIMES("f", ftruncate(fd, 5));
	TIMES("f", truncate("f", 3));
	TIMES("f", truncate("f", 3));
	TIMES("f", close(open("f", O_WRONLY | O_TRUNC)));
	TIMES("f", close(open("f", O_WRONLY | O_TRUNC)));
	TIMES("f", close(open("f", O_RDWR | O_CREAT, 0600)));
	(void)!pwrite(fd, "text", 4, 0);
	TIMES("f", close(open("f", O_RDONLY | O_TRUNC)));
	show("f");
	TIMES("f", fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 100));
	TIMES("f", fallocate(fd, 0, 0, 100));
	TIMES("f", fallocate(fd, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, 0, 100));
	TIMES("f", lseek(fd, 0, SEEK_END));
	TIMES("f", fsync(fd));
	close(fd);
}

static void attributes_and_times(void)
{
	TIMES("f", chmod("f", 0600));
	TIMES("f", chown("f", -1, -1));
	TIMES("f", chown("f", 1, -1));
	TIMES("f", link("f", "g"));
	TIMES("f", unlink("g"));
	TIMES("f", rename("f", "g"));
	TIMES("g", rename("g", "f"));
	TIMES("f", setxattr("f", "user.x", "1", 1, 0));
	TIMES("f", utimensat(AT_FDCWD, "f", NULL, 0));
	TIMES("f", access("f", R_OK));
}

static void folders_and_times(void)
{
	char buf[200];
	int fd = open("d", O_RDONLY);

	TIMES("d", close(open("d/f", O_RDWR | O_CREAT, 0600)));
	TIMES("d", close(open("d/f", O_RDWR | O_CREAT, 0600)));
	TIMES("d", link("d/f", "d/g"));
	TIMES("d", rename("d/g", "d/h"));
	TIMES("d", rename("d/h", "h"));
	TIMES("d", rename("h", "d/h"));
	TIMES("d", unlink("d/h"));
	TIMES("d", unlink("d/f"));
	TIMES("d", mkdir("d/sub", 0700));
	TIMES("d", rmdir("d/sub"));
	TIMES("d", symlink("x", "d/l"));
	TIMES("d/l", readlink("d/l", buf, 10));
	TIMES("d/l", access("d/l", F_OK));
	TIMES("d", unlink("d/l"));
	TIMES("d", mkfifo("d/p", 0600));
	TIMES("d", unlink("d/p"));
	TIMES("d", syscall(SYS_getdents64, fd, buf, sizeof(buf)));
	TIMES("d", access("d/none", F_OK));
	TIMES("d", chdir("d"));
	(void)!chdir("..");
	close(fd);
}

/* What a file was made at stays, whatever comes to it. */
static void births(void)
{
	struct timespec t[2] = { { 1, 1 }, { 2, 2 } };
	struct statx a, b;
	int fd = make("b", "text");

	statx(AT_FDCWD, "b", 0, STATX_ALL, &a);
	utimensat(AT_FDCWD, "b", t, 0);
	usleep(20000);
	(void)!write(fd, "x", 1);
	fchmod(fd, 0600);
	statx(AT_FDCWD, "b", 0, STATX_ALL, &b);
	printf("  born %d, and not again %d\n",
	       a.stx_mask & STATX_BTIME && a.stx_btime.tv_sec > 1000 &&
		       a.stx_btime.tv_sec <= a.stx_mtime.tv_sec,
	       a.stx_btime.tv_sec == b.stx_btime.tv_sec &&
		       a.stx_btime.tv_nsec == b.stx_btime.tv_nsec);
	close(fd);
	unlink("b");
}

static void times_that_change(void)
{
	int fd;

	puts("--- times");
	TRY(mkdir("t", 0755));
	TRY(mount("t", "t", "tmpfs", 0, NULL));
	TRY(chdir("t"));
	close(make("f", "text"));
	TRY(mkdir("d", 0755));
	reads_and_times();
	writes_and_times();
	attributes_and_times();
	folders_and_times();
	births();
	TRY(mount("t", "d", "tmpfs", MS_NOATIME, NULL));
	close(make("d/f", "text"));
	fd = open("d/f", O_RDONLY);
	TIMES("d/f", read(fd, (char[4]){ 0 }, 4));
	close(fd);
	TRY(umount("d"));
	TRY(chdir(".."));
	TRY(umount("t"));
	TRY(rmdir("t"));
}

/* ---------------------------------------------------------------- directories */

static void list(int fd, unsigned int size)
{
	char buf[4096];
	long n, total = 0;

	printf("  ");
	while ((n = syscall(SYS_getdents64, fd, buf, size)) > 0)
		for (long at = 0; at < n;) {
			struct dirent64 *d = (void *)(buf + at);

			printf("%s(%d,%d) ", d->d_name, d->d_type, d->d_reclen);
			at += d->d_reclen;
			total++;
		}
	printf("\n  %ld entries, then %ld %s\n", total, n, n < 0 ? strerrorname_np(errno) : "");
}

/* What an entry tells of the next one's place leads there, and to no other. */
static void places(int fd)
{
	char first[4096], buf[4096];
	long n, last = 0;

	TRY(lseek(fd, 0, SEEK_SET));
	n = syscall(SYS_getdents64, fd, first, sizeof(first));
	for (long at = 0; at < n;) {
		struct dirent64 *d = (void *)(first + at),
				*next = (void *)(first + at + d->d_reclen);
		long left;

		lseek(fd, d->d_off, SEEK_SET);
		left = syscall(SYS_getdents64, fd, buf, sizeof(buf));
		at += d->d_reclen;
		if (d->d_off <= last || left != n - at ||
		    (left && strcmp(((struct dirent64 *)buf)->d_name, next->d_name)))
			printf("  behind %s: %ld bytes, not %ld\n", d->d_name, left, n - at);
		last = d->d_off;
	}
}

static void directories(void)
{
	char buf[1000], *half;
	int fd, gone;

	puts("--- directories");
	TRY(mkdir("d", 0755));
	TRY(mkdir("d/sub", 0755));
	close(make("d/one", "1"));
	close(make("d/a name that is rather long", "1"));
	TRY(symlink("x", "d/link"));
	TRY(mkfifo("d/fifo", 0600));
	fd = OPEN(open("d", O_RDONLY));
	list(fd, 4096);
	TRY(lseek(fd, 0, SEEK_CUR));
	TRY(lseek(fd, 0, SEEK_SET));
	list(fd, 60);
	TRY(lseek(fd, 3, SEEK_SET));
	list(fd, 4096);
	places(fd);
	TRY(lseek(fd, 0, SEEK_END));
	TRY(lseek(fd, -1, SEEK_SET));
	TRY(lseek(fd, 0, SEEK_SET));
	TRY(syscall(SYS_getdents64, fd, buf, 10));
	TRY(syscall(SYS_getdents64, fd, BAD, 100));
	/* As many as there is memory for. */
	half = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	TRY(munmap(half + 4096, 4096));
	TRY(syscall(SYS_getdents64, fd, half + 4096 - 60, 1000));
	TRY(syscall(SYS_getdents64, fd, half + 4096 - 8, 1000));
	list(fd, 4096);
	TRY(lseek(fd, 0, SEEK_SET));
	TRY(syscall(SYS_getdents64, -1, buf, 100));
	TRY(syscall(SYS_getdents64, 0, buf, 100));
	TRY(syscall(SYS_getdents, fd, buf, 1000));
	TRY(mkdir("d/gone", 0755));
	gone = OPEN(open("d/gone", O_RDONLY));
	TRY(chdir("d/gone"));
	TRY(rmdir("../gone"));
	TRY(syscall(SYS_getdents64, gone, buf, 100));
	TRY(syscall(SYS_getcwd, buf, 100));
	TRY_OPEN(open("x", O_RDWR | O_CREAT, 0600));
	TRY_OPEN(open(".", O_RDONLY));
	TRY_OPEN(open("..", O_RDONLY));
	TRY(mkdir("x", 0755));
	TRY(fchdir(fd));
	TRY(syscall(SYS_getcwd, buf, 100));
	printf("  %s\n", buf);
	TRY(syscall(SYS_getcwd, buf, 3));
	TRY(syscall(SYS_getcwd, BAD, 100));
	TRY(chdir(".."));
	close(gone);
	close(fd);
	TRY(unlink("d/fifo"));
	TRY(unlink("d/link"));
	TRY(unlink("d/one"));
	TRY(unlink("d/a name that is rather long"));
	TRY(rmdir("d/sub"));
	TRY(rmdir("d"));
}

/* ---------------------------------------------------------------- mounts */

static void mounts(void)
{
	int fd;

	puts("--- mounts");
	TRY(mkdir("m", 0755));
	TRY(mkdir("n", 0755));
	TRY(mount("none", "m", "nofs", 0, NULL));
	TRY(mount("none", "none", "tmpfs", 0, NULL));
	TRY(mount("none", "m", NULL, 0, NULL));
	TRY(mount("none", BAD, "tmpfs", 0, NULL));
	TRY(mount("t", "m", "tmpfs", MS_NOSUID, "mode=700"));
	show("m");
	TRY(mkdir("m/d", 0755));
	close(make("m/d/f", "x"));
	TRY(rename("m/d/f", "f"));
	TRY(link("m/d/f", "f"));
	TRY(rmdir("m"));
	TRY(rename("m", "k"));
	fd = open("m/d/f", O_RDONLY);
	TRY(umount("m"));
	close(fd);
	TRY(mount("m/d", "n", NULL, MS_BIND, NULL));
	show("n/f");
	TRY(umount("n"));
	TRY(mount(NULL, "m", NULL, MS_REMOUNT | MS_RDONLY, NULL));
	TRY_OPEN(open("m/d/f", O_RDWR));
	TRY_OPEN(open("m/d/f", O_RDONLY));
	TRY_OPEN(open("m/d/new", O_RDWR | O_CREAT, 0600));
	TRY(unlink("m/d/f"));
	TRY(chmod("m/d/f", 0600));
	TRY(truncate("m/d/f", 0));
	TRY(utimensat(AT_FDCWD, "m/d/f", NULL, 0));
	TRY(setxattr("m/d/f", "user.x", "1", 1, 0));
	TRY(mkdir("m/x", 0700));
	TRY(access("m/d/f", W_OK));
	TRY(umount2("m", 0x100));
	TRY(umount2("m/d", 0));
	TRY(umount2("m", MNT_DETACH));
	TRY(umount("m"));
	TRY(rmdir("m"));
	TRY(rmdir("n"));
}

/* What stands somewhere is stood elsewhere, with what stands on it; never beneath itself. */
static void moved_mounts(void)
{
	puts("--- moved mounts");
	TRY(mkdir("m", 0755));
	TRY(mkdir("n", 0755));
	TRY(mount("m", "n", NULL, MS_MOVE, NULL));
	TRY(mount("t", "m", "tmpfs", 0, NULL));
	TRY(mkdir("m/in", 0755));
	TRY(mount("t", "m/in", "tmpfs", 0, NULL));
	close(make("m/in/f", "x"));
	TRY(mkdir("m/in/deep", 0755));
	TRY(mount("m", "m/in", NULL, MS_MOVE, NULL));
	TRY(mount("m", "m/in/deep", NULL, MS_MOVE, NULL));
	TRY(mount("m", "m/in/f", NULL, MS_MOVE, NULL));
	TRY(mount("m", "none", NULL, MS_MOVE, NULL));
	TRY(mount("m/in/deep", "n", NULL, MS_MOVE, NULL));
	TRY(mount("m", "n", NULL, MS_MOVE, NULL));
	TRY(access("n/in/f", F_OK));
	TRY(access("m/in", F_OK));
	TRY(umount("m"));
	TRY(umount("n"));
	TRY(mount("n/in", "m", NULL, MS_MOVE, NULL));
	TRY(access("m/f", F_OK));
	TRY(rmdir("n/in"));
	TRY(umount("n"));
	TRY(umount("m"));
	/* Two at one place, and the lower one's name. */
	TRY(mount("t", "m", "tmpfs", 0, NULL));
	close(make("m/lower", "x"));
	TRY(mount("t", "m", "tmpfs", 0, NULL));
	TRY(access("m/lower", F_OK));
	TRY(umount("m"));
	TRY(access("m/lower", F_OK));
	TRY(umount("m"));
	TRY(umount("m"));
	TRY(rmdir("m"));
	TRY(rmdir("n"));
}

/* A lazy umount takes all that stands there with it; who is in it stays in it. */
static void lazy_umount(void)
{
	puts("--- lazy umount");
	TRY(mkdir("m", 0755));
	TRY(mount("t", "m", "tmpfs", 0, NULL));
	TRY(mkdir("m/a", 0755));
	TRY(mount("t", "m/a", "tmpfs", 0, NULL));
	TRY(mkdir("m/a/b", 0755));
	TRY(mount("t", "m/a/b", "tmpfs", 0, NULL));
	close(make("m/a/b/f", "x"));
	TRY(chdir("m/a"));
	TRY(umount("../../m"));
	TRY(umount2("../../m", MNT_DETACH));
	show("b");
	show("b/f"); /* nothing stands on it */
	show("/tmp/files/m/a");
	TRY(mount("t", "b", "tmpfs", 0, NULL));
	TRY(mount("b", "/tmp/files/m", NULL, MS_BIND, NULL));
	TRY(umount2(".", MNT_DETACH));
	TRY(mkdir("c", 0755));
	TRY(chdir("/tmp/files"));
	TRY(rmdir("m"));
}

/* Of the lines about what stands below the folder, those fields that are the same everywhere. */
static void show_table(int proc, const char *name, const char *below, unsigned int fields)
{
	char text[8192], *save, *line;
	int fd = openat(proc, name, O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	close(fd);
	text[n > 0 ? n : 0] = '\0';
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *field, *rest = line;
		bool shown = strstr(line, below) != NULL;

		for (unsigned int i = 0; shown && (field = strsep(&rest, " ")); i++)
			if (fields >> i & 1)
				printf(" %s", field);
		if (shown)
			printf("\n");
	}
}

/* What is mounted, from where and to where, as text; who has another root sees what is below that. */
static void mount_tables(void)
{
	const unsigned int place_and_type = 7, root_place_and_options = 0x38;
	int proc = open("/proc", O_RDONLY), status;

	puts("--- mount tables");
	TRY(mkdir("m", 0755));
	TRY(mkdir("n n", 0755));
	TRY(mount("a\\device #\t", "m", "tmpfs", MS_NOSUID | MS_NOATIME, NULL));
	TRY(mkdir("m/in side", 0755));
	TRY(mkdir("m/in side/deep", 0755));
	TRY(mount("m/in side/deep", "n n", NULL, MS_BIND, NULL));
	show_table(proc, "self/mounts", "/tmp/files", place_and_type);
	show_table(proc, "self/mountinfo", "/tmp/files", root_place_and_options);
	TRY(mount("t", "m/in side", "tmpfs", MS_RDONLY | MS_NODEV | MS_NOEXEC, NULL));
	if (!fork()) {
		if (chroot("m"))
			_exit(1);
		show_table(proc, "self/mounts", "", place_and_type);
		show_table(proc, "self/mountinfo", "", root_place_and_options);
		_exit(0);
	}
	wait(&status);
	TRY(status);
	close(proc);
	TRY(umount("m/in side"));
	TRY(umount("n n"));
	TRY(umount("m"));
	TRY(rmdir("n n"));
	TRY(rmdir("m"));
}

/* Nothing becomes read-only that somebody writes. */
static void writers(void)
{
	int fd;

	puts("--- writers");
	TRY(mkdir("m", 0755));
	TRY(mkdir("n", 0755));
	TRY(mount("t", "m", "tmpfs", 0, NULL));
	TRY(mount("m", "n", NULL, MS_BIND, NULL));
	TRY(mkfifo("m/p", 0600));
	fd = make("m/f", "x");
	TRY(mount(NULL, "m", NULL, MS_REMOUNT | MS_RDONLY, NULL));
	TRY(mount(NULL, "m", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	TRY(mount(NULL, "n", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	TRY_OPEN(open("n/f", O_RDWR));
	TRY_OPEN(open("m/f", O_RDWR));
	TRY(write(fd, "y", 1));
	close(fd);
	fd = open("m/p", O_RDWR);
	TRY(mount(NULL, "m", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	TRY_OPEN(open("m/f", O_WRONLY));
	TRY(mount(NULL, "m", NULL, MS_REMOUNT | MS_BIND, NULL));
	TRY_OPEN(open("m/f", O_WRONLY));
	TRY(mount(NULL, "m", NULL, MS_REMOUNT | MS_RDONLY, NULL));
	close(fd);
	TRY(umount("n"));
	TRY(umount("m"));
	TRY(rmdir("n"));
	TRY(rmdir("m"));
}

int main(void)
{
	if (!begin_in("/tmp/files"))
		return 1;
	new_folders();
	new_nodes();
	removals();
	new_links();
	what_links_say();
	opens_of_links();
	removals_of_links();
	renames();
	limits();
	attributes();
	times_that_change();
	directories();
	mounts();
	moved_mounts();
	lazy_umount();
	writers();
	mount_tables();
	chdir("/");
	return rmdir("/tmp/files");
}
