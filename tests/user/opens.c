// SPDX-License-Identifier: MIT
/* open() and its kin, with good and bad arguments, and what each answers. */
#define _GNU_SOURCE
#include <linux/openat2.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "try.h"

static void flags(void)
{
	TRY_OPEN(open("f", O_RDONLY | O_CREAT | O_EXCL, 0600));
	TRY_OPEN(open("f", O_RDONLY | O_DIRECTORY));
	TRY_OPEN(open("f/", O_RDONLY));
	TRY_OPEN(open("f/", O_RDONLY | O_CREAT, 0600));
	TRY_OPEN(open("new/", O_RDONLY | O_CREAT, 0600));
	TRY_OPEN(open("d", O_WRONLY));
	TRY_OPEN(open("d", O_RDONLY | O_TRUNC));
	TRY_OPEN(open("d", O_RDONLY | O_CREAT, 0600));
	TRY_OPEN(open("d/.", O_RDONLY | O_CREAT, 0600));
	TRY_OPEN(open("d/..", O_RDWR | O_CREAT, 0600));
	TRY_OPEN(open("/", O_RDWR | O_CREAT, 0600));
	TRY_OPEN(open("f", O_RDONLY | O_DIRECT));
	TRY_OPEN(open("f", O_WRONLY | O_RDWR));
	TRY_OPEN(open("f", O_RDONLY | 0x80000000));
	TRY_OPEN(open("f", O_RDONLY | O_NOATIME));
}

static void places(void)
{
	TRY_OPEN(open(".", O_TMPFILE | O_RDONLY));
	TRY_OPEN(open(".", O_TMPFILE | O_RDWR, 0600));
	TRY_OPEN(open("f", O_TMPFILE | O_RDWR, 0600));
	TRY_OPEN(open(".", (O_TMPFILE & ~O_DIRECTORY) | O_RDWR, 0600));
	TRY_OPEN(open("/proc", O_TMPFILE | O_RDWR, 0600));
	TRY_OPEN(open("/proc/new", O_RDWR | O_CREAT, 0600));
	TRY_OPEN(open("/sys/new", O_RDWR | O_CREAT, 0600));
	TRY_OPEN(open("/sys/kernel/none", O_RDWR));
	TRY(mkdir("/proc/new", 0755));
	TRY(mkdir("/sys/new", 0755));
	TRY(unlink("/proc/version"));
	TRY(rmdir("/sys/kernel"));
	TRY_OPEN(open("", O_RDONLY));
	TRY_OPEN(open(BAD, O_RDONLY));
	TRY_OPEN(openat(-1, "f", O_RDONLY));
	TRY_OPEN(openat(0, "f", O_RDONLY));
}

static void relative(int dir)
{
	struct open_how how = { .flags = O_RDONLY };

	TRY_OPEN(openat(dir, "up", O_RDONLY));
	TRY_OPEN(openat(dir, "", O_RDONLY));
	TRY_OPEN(syscall(SYS_openat2, dir, "up", &how, sizeof(how)));
	TRY_OPEN(syscall(SYS_openat2, dir, "up", &how, 8));
	TRY_OPEN(syscall(SYS_openat2, dir, "up", &how, 5000));
	TRY_OPEN(syscall(SYS_openat2, dir, "up", BAD, sizeof(how)));
}

static void resolutions(int dir)
{
	struct open_how how = { .flags = O_RDONLY };

	how.resolve = RESOLVE_BENEATH;
	TRY_OPEN(syscall(SYS_openat2, dir, "up", &how, sizeof(how)));
	TRY_OPEN(syscall(SYS_openat2, dir, "abs", &how, sizeof(how)));
	TRY_OPEN(syscall(SYS_openat2, dir, "/f", &how, sizeof(how)));
	TRY_OPEN(syscall(SYS_openat2, dir, "../f", &how, sizeof(how)));
	TRY_OPEN(syscall(SYS_openat2, dir, ".", &how, sizeof(how)));
	how.resolve = RESOLVE_IN_ROOT;
	TRY_OPEN(syscall(SYS_openat2, dir, "up", &how, sizeof(how)));
	TRY_OPEN(syscall(SYS_openat2, dir, "/", &how, sizeof(how)));
	TRY_OPEN(syscall(SYS_openat2, dir, "../../../abs", &how, sizeof(how)));
	how.resolve = RESOLVE_NO_SYMLINKS;
	TRY_OPEN(syscall(SYS_openat2, dir, "up", &how, sizeof(how)));
	TRY_OPEN(syscall(SYS_openat2, dir, "../f", &how, sizeof(how)));
	how.resolve = RESOLVE_NO_MAGICLINKS;
	TRY_OPEN(syscall(SYS_openat2, dir, "/proc/self/exe", &how, sizeof(how)));
	TRY_OPEN(syscall(SYS_openat2, dir, "up", &how, sizeof(how)));
	how.resolve = RESOLVE_NO_XDEV;
	TRY_OPEN(syscall(SYS_openat2, AT_FDCWD, "/proc/version", &how, sizeof(how)));
	TRY_OPEN(syscall(SYS_openat2, dir, "up", &how, sizeof(how)));
}

static void bad_ways(int dir)
{
	struct open_how how = { .flags = O_RDONLY };

	how.resolve = 0x1000;
	TRY_OPEN(syscall(SYS_openat2, dir, "up", &how, sizeof(how)));
	how.resolve = RESOLVE_BENEATH | RESOLVE_IN_ROOT;
	TRY_OPEN(syscall(SYS_openat2, dir, "up", &how, sizeof(how)));
	how = (struct open_how){ .flags = O_RDONLY, .mode = 0600 };
	TRY_OPEN(syscall(SYS_openat2, dir, "up", &how, sizeof(how)));
	how = (struct open_how){ .flags = 1ULL << 40 };
	TRY_OPEN(syscall(SYS_openat2, dir, "up", &how, sizeof(how)));
	how = (struct open_how){ .flags = O_PATH | O_RDWR };
	TRY_OPEN(syscall(SYS_openat2, dir, "up", &how, sizeof(how)));
	how = (struct open_how){ .flags = O_CREAT | O_RDWR, .mode = 010000 };
	TRY_OPEN(syscall(SYS_openat2, dir, "up", &how, sizeof(how)));
}

static void accesses(void)
{
	TRY(access("f", R_OK | W_OK));
	TRY(access("f", X_OK));
	TRY(access("d", X_OK));
	TRY(access("none", F_OK));
	TRY(access("f", 8));
	TRY(access("/proc/version", W_OK));
	TRY(syscall(SYS_faccessat2, AT_FDCWD, "f", R_OK, 0x1));
	TRY(syscall(SYS_faccessat2, AT_FDCWD, "d/up", R_OK, AT_SYMLINK_NOFOLLOW));
	TRY(chdir("f"));
	TRY(chdir("none"));
	TRY(fchdir(-1));
}

/* What a process does not want others to have, and what a mount does not. */
static void masks_and_mounts(void)
{
	mode_t old = umask(027);
	int fd;

	TRY_OPEN(open("masked", O_RDWR | O_CREAT, 0666));
	show("masked");
	TRY(mknod("node", S_IFREG | 0777, 0));
	show("node");
	fd = OPEN(open(".", O_TMPFILE | O_RDWR, 0777));
	TRY(linkat(AT_FDCWD, "/proc/self/fd/none", AT_FDCWD, "x", AT_SYMLINK_FOLLOW));
	close(fd);
	umask(old);
	TRY(mount("none", "d", "tmpfs", MS_NODEV, NULL));
	TRY(mknod("d/null", S_IFCHR | 0666, makedev(1, 3)));
	TRY_OPEN(open("d/null", O_RDWR));
	TRY_OPEN(open("d/null", O_PATH));
	TRY(umount("d"));
	TRY(mount("none", "d", "tmpfs", 0, NULL));
	TRY(mknod("d/null", S_IFCHR | 0666, makedev(1, 3)));
	TRY_OPEN(open("d/null", O_RDWR));
	TRY(umount("d"));
	TRY(unlink("masked"));
	TRY(unlink("node"));
}

/* Where a child stands and looks from is its own; who stands outside its root is told so. */
static void roots(void)
{
	char buf[200];
	int fd, status;

	TRY(umask(07777777));
	TRY(umask(022));
	fd = OPEN(open("d", O_PATH));
	if (!fork()) {
		TRY(fchdir(fd));
		TRY(access("up", F_OK));
		TRY(umask(0));
		TRY(chroot("none"));
		TRY(chroot("/tmp/opens/f"));
		TRY(chroot("/tmp/opens/d"));
		TRY(syscall(SYS_getcwd, buf, sizeof(buf)));
		printf("  %s\n", buf);
		TRY(chdir("/.."));
		TRY(syscall(SYS_getcwd, buf, sizeof(buf)));
		printf("  %s\n", buf);
		TRY(access("/abs", F_OK));
		TRY(access("up", F_OK));
		TRY(fchdir(fd));
		TRY(mkdir("sub", 0777));
		show("sub");
		TRY(chroot("sub"));
		TRY(syscall(SYS_getcwd, buf, sizeof(buf)));
		printf("  %s\n", buf);
		TRY(access("../f", F_OK)); /* who stands outside of it walks up */
		TRY(rmdir("sub"));
		_exit(0);
	}
	wait(&status);
	TRY(status);
	TRY(syscall(SYS_getcwd, buf, sizeof(buf)));
	printf("  %s\n", buf);
	TRY(umask(022));
	close(fd);
	fd = OPEN(open("f", O_PATH));
	TRY(fchdir(fd));
	close(fd);
}

int main(void)
{
	int dir;

	if (!begin_in("/tmp/opens"))
		return 1;
	close(make("f", "text"));
	TRY(mkdir("d", 0755));
	TRY(symlink("../f", "d/up"));
	TRY(symlink("/f", "d/abs"));
	flags();
	places();
	dir = OPEN(open("d", O_RDONLY | O_DIRECTORY));
	relative(dir);
	resolutions(dir);
	bad_ways(dir);
	close(dir);
	accesses();
	masks_and_mounts();
	roots();
	TRY(unlink("d/up"));
	TRY(unlink("d/abs"));
	TRY(rmdir("d"));
	TRY(unlink("f"));
	chdir("/");
	return rmdir("/tmp/opens");
}
