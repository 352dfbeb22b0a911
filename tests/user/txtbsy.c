// SPDX-License-Identifier: MIT
/*
 * Who runs a file holds off who would write it, and the other way round: ETXTBSY.  What names, modes and
 * times a file has is another thing, and so are a script, an ELF interpreter and a memfd.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAM "/tmp/txtbsy-copy"
#define SCRIPT	"/tmp/txtbsy-script"

static void say(const char *what, long result)
{
	printf("%s: %s\n", what, result < 0 ? strerrorname_np(errno) : "yes");
}

static void opened(const char *what, const char *name, int flags)
{
	int fd = open(name, flags, 0755);

	say(what, fd);
	if (fd >= 0)
		close(fd);
}

static void try_all(const char *when, const char *name)
{
	printf("-- %s\n", when);
	opened("read", name, O_RDONLY);
	opened("path", name, O_PATH);
	opened("write", name, O_WRONLY);
	opened("read and write", name, O_RDWR);
	opened("append, create", name, O_WRONLY | O_APPEND | O_CREAT);
	opened("create, not there yet", name, O_WRONLY | O_CREAT | O_EXCL);
	say("truncate to its size", truncate(name, 0x7fffffff) ? -1 : 0);
	say("access", access(name, W_OK));
	say("mode", chmod(name, 0755));
}

/* The program itself: it says that it runs, and ends with its standard input. */
static int wait_for_end(void)
{
	char c;

	if (write(1, "r", 1) != 1)
		return 1;
	while (read(0, &c, 1) > 0)
		;
	return 0;
}

struct running {
	pid_t pid;
	int in; /* closed: it ends */
};

/* 0: it runs. */
static int start(struct running *r, const char *name)
{
	int in[2], out[2];
	char c = 0;

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		exit(1);
	r->pid = fork();
	if (!r->pid) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		execl(name, name, "wait", NULL);
		_exit(errno);
	}
	close(in[0]);
	close(out[1]);
	r->in = in[1];
	if (read(out[0], &c, 1) != 1)
		c = 0;
	close(out[0]);
	return c == 'r' ? 0 : -1;
}

static int end(struct running *r)
{
	int status;

	close(r->in);
	waitpid(r->pid, &status, 0);
	return WEXITSTATUS(status);
}

/* This program's file; its size. */
static off_t copy_self(int to)
{
	int from = open("/proc/self/exe", O_RDONLY);
	static char buf[65536];
	off_t size = 0;
	ssize_t n;

	while ((n = read(from, buf, sizeof(buf))) > 0) {
		if (write(to, buf, n) != n)
			exit(1);
		size += n;
	}
	close(from);
	return size;
}

static void run_it(void)
{
	struct running r, second;

	printf("runs: %d\n", start(&r, PROGRAM));
	try_all("while it runs", PROGRAM);
	opened("truncating open to read", PROGRAM, O_RDONLY | O_TRUNC);
	say("another name", link(PROGRAM, PROGRAM "2"));
	opened("write by the other name", PROGRAM "2", O_WRONLY);
	say("renamed", rename(PROGRAM "2", PROGRAM "3"));
	opened("write by the new name", PROGRAM "3", O_WRONLY);
	say("removed", unlink(PROGRAM "3"));
	printf("runs twice: %d\n", start(&second, PROGRAM));
	printf("first ends: %d\n", end(&r));
	opened("write, one is left", PROGRAM, O_WRONLY);
	printf("second ends: %d\n", end(&second));
	opened("write, none is left", PROGRAM, O_WRONLY);
}

static void write_it(void)
{
	static char *const name[] = { PROGRAM, NULL };
	struct running r;
	void *map;
	int fd = open(PROGRAM, O_WRONLY), other = open(PROGRAM, O_RDONLY);

	printf("-- while it is open to be written\n");
	printf("runs: %d\n", start(&r, PROGRAM));
	printf("%s\n", strerrorname_np(end(&r)));
	say("by its descriptor", syscall(SYS_execveat, other, "", name, NULL, AT_EMPTY_PATH));
	say("truncate", truncate(PROGRAM, 0x7fffffff) ? -1 : 0);
	close(other);
	close(fd);
	fd = open(PROGRAM, O_RDONLY);
	printf("open to be read, runs: %d\n", start(&r, PROGRAM));
	printf("ends: %d\n", end(&r));
	close(fd);
	other = open(PROGRAM, O_RDWR);
	map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, other, 0);
	close(other);
	printf("mapped shared from a file that might be written: %d\n", start(&r, PROGRAM));
	printf("%s\n", strerrorname_np(end(&r)));
	munmap(map, 4096);
}

/* A child is the same program; execve() lets go of the old one. */
static void fork_it(void)
{
	int fds[2];
	pid_t pid;
	char c;

	printf("-- of this program itself\n");
	opened("write", "/proc/self/exe", O_WRONLY);
	opened("truncate", "/proc/self/exe", O_RDONLY | O_TRUNC);
	if (pipe(fds))
		exit(1);
	pid = fork();
	if (!pid) {
		if (fork() == 0) {
			close(fds[0]);
			usleep(20000); /* the parent has ended */
			opened("write, in a child", "/proc/self/exe", O_WRONLY);
		}
		fflush(stdout);
		_exit(0);
	}
	close(fds[1]);
	waitpid(pid, NULL, 0);
	if (read(fds[0], &c, 1)) /* both have */
		exit(1);
	close(fds[0]);
}

static void script(void)
{
	static const char text[] = "#!" PROGRAM " wait\n";
	int fd = open(SCRIPT, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	struct running r;

	printf("-- a script\n");
	if (write(fd, text, sizeof(text) - 1) != sizeof(text) - 1)
		exit(1);
	printf("open to be written, runs: %d\n", start(&r, SCRIPT));
	printf("%s\n", strerrorname_np(end(&r)));
	close(fd);
	printf("runs: %d\n", start(&r, SCRIPT));
	opened("write", SCRIPT, O_RDWR);
	opened("write its interpreter", PROGRAM, O_RDWR);
	printf("ends: %d\n", end(&r));
	opened("write its interpreter", PROGRAM, O_RDWR);
}

static void memfd(void)
{
	int fd = memfd_create("program", 0);
	off_t size = copy_self(fd);
	char name[40];
	struct running r;

	printf("-- a memfd\n");
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	printf("runs: %d\n", start(&r, name));
	say("cut by its descriptor", ftruncate(fd, size + 5));
	opened("write by another", name, O_RDWR);
	printf("ends: %d\n", end(&r));
	opened("write by another", name, O_RDWR);
}

/* An open that the mount refuses leaves nothing behind: the file is not as if it were written. */
static void on_a_mount(void)
{
	static const char dir[] = "/tmp/txtbsy-mount", name[] = "/tmp/txtbsy-mount/copy";
	struct running r;
	int fd;

	printf("-- on a mount to be read alone\n");
	mkdir(dir, 0755);
	say("mount", mount("t", dir, "tmpfs", 0, NULL));
	fd = open(name, O_WRONLY | O_CREAT, 0755);
	copy_self(fd);
	close(fd);
	say("again", mount(NULL, dir, NULL, MS_REMOUNT | MS_RDONLY, NULL));
	opened("write", name, O_WRONLY);
	opened("read and write", name, O_RDWR);
	opened("truncating open to read", name, O_RDONLY | O_TRUNC);
	printf("runs: %d\n", start(&r, name));
	opened("write", name, O_WRONLY);
	printf("ends: %d\n", end(&r));
	say("to be written again", mount(NULL, dir, NULL, MS_REMOUNT, NULL));
	opened("write", name, O_WRONLY);
	printf("runs: %d\n", start(&r, name));
	opened("write", name, O_WRONLY);
	printf("ends: %d\n", end(&r));
	say("umount", umount(dir));
	rmdir(dir);
}

int main(int argc, char **argv)
{
	int fd;

	(void)argv;
	if (argc > 1)
		return wait_for_end();
	setvbuf(stdout, NULL, _IOLBF, 0);
	mkdir("/tmp", 0777);
	fd = open(PROGRAM, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	copy_self(fd);
	close(fd);
	run_it();
	write_it();
	fork_it();
	script();
	memfd();
	on_a_mount();
	unlink(SCRIPT);
	unlink(PROGRAM);
	return 0;
}
