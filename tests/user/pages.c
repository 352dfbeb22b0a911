// SPDX-License-Identifier: MIT
/*
 * What is in the pages of a process: after fork, of files that are mapped while they are cut
 * off, and in the hands of another process.  `pages hog KIND` takes all the memory there is, in
 * large pages (0), small ones (1) or page tables (2).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096UL
#define RW   (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static void say(const char *what, long value)
{
	if (value < 0)
		printf("%s: %s\n", what, strerrorname_np(errno));
	else
		printf("%s: %ld\n", what, value);
	fflush(stdout);
}

/* How a child that does that ends: its exit code, or the signal. */
static void in_child(const char *what, void (*fn)(void))
{
	int status = 0;

	fflush(stdout);
	if (fork() == 0) {
		fn();
		fflush(stdout);
		_exit(0);
	}
	wait(&status);
	if (WIFSIGNALED(status))
		printf("%s: %s\n", what, sigabbrev_np(WTERMSIG(status)));
	else
		printf("%s: exit %d\n", what, WEXITSTATUS(status));
}

/* ---- fork ---- */

static char *private_page, *shared_page, *large;

static void child_writes(void)
{
	say("child reads private", private_page[0]);
	say("child reads shared", shared_page[0]);
	say("child reads large", large[700 * PAGE]);
	private_page[0] = 50;
	shared_page[0] = 60;
	large[700 * PAGE] = 70;
	large[701 * PAGE] = 71;
}

static void test_fork(void)
{
	private_page = mmap(NULL, PAGE, RW, ANON, -1, 0);
	shared_page = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	large = mmap(NULL, 1500 * PAGE, RW, ANON, -1, 0);
	private_page[0] = 1;
	shared_page[0] = 2;
	memset(large, 3, 1500 * PAGE);
	in_child("child", child_writes);
	say("private", private_page[0]);
	say("shared", shared_page[0]);
	say("large", large[700 * PAGE] + large[701 * PAGE] + large[1499 * PAGE]);
	say("a part of it goes", munmap(large + 600 * PAGE, 200 * PAGE));
	say("the rest", large[599 * PAGE] + large[800 * PAGE]);
}

/* ---- files ---- */

static int file;
static char *map;

static void touch_first(void)
{
	say("first byte", map[0]);
}

static void touch_second(void)
{
	say("second page", map[PAGE]);
}

static void test_files(void)
{
	char buf[8] = "";
	char *copy;

	file = open("/tmp/pages.data", O_RDWR | O_CREAT | O_TRUNC, 0600);
	say("write", write(file, "hello", 5));
	map = mmap(NULL, 2 * PAGE, RW, MAP_SHARED, file, 0);
	copy = mmap(NULL, PAGE, RW, MAP_PRIVATE, file, 0);
	map[1] = 'E';
	copy[2] = 'L';
	say("pread", pread(file, buf, 5, 0));
	printf("the file: %s, the copy: %.5s\n", buf, copy);
	say("behind the end, in its page", map[4095]);
	in_child("behind the end", touch_second);
	say("ftruncate", ftruncate(file, 2 * PAGE));
	in_child("it is longer", touch_second);
	say("ftruncate", ftruncate(file, 0));
	in_child("it is empty", touch_first);
	say("ftruncate", ftruncate(file, PAGE));
	in_child("zeroes", touch_first);
	say("pwrite", pwrite(file, "x", 1, 0));
	say("seen", map[0]);
	say("read into a map of itself", pread(file, map + 100, 50, 0));
	say("seen", map[100]);
	close(file);
	unlink("/tmp/pages.data");
}

/* ---- another process's ---- */

static char ours[3 * PAGE] __attribute__((aligned(4096))), local[3 * PAGE];
static const char constant[] = "constant";
static char far[40 * PAGE] __attribute__((aligned(4096))), far_local[40 * PAGE], *edge;

static void reach_parent(void)
{
	struct iovec l[2] = { { local, 5 }, { local + 5, 9000 } };
	struct iovec r[2] = { { ours + 10, 7000 }, { ours, 3 } };
	struct iovec bad = { NULL, 10 }, to_constant = { (void *)constant, 3 };
	pid_t pid = getppid();

	say("read", process_vm_readv(pid, l, 2, r, 2, 0));
	say("first", local[0]);
	say("last", local[7002]);
	l[1].iov_len = 2;
	say("read less", process_vm_readv(pid, l, 2, r, 2, 0));
	memset(local, 9, sizeof(local));
	say("write", process_vm_writev(pid, l, 1, r, 1, 0));
	say("flags", process_vm_readv(pid, l, 1, r, 1, 1));
	say("nobody", process_vm_readv(999999, l, 1, r, 1, 0));
	say("nothing of nobody", process_vm_readv(999999, l, 1, r, 0, 0));
	say("nothing there", process_vm_readv(pid, l, 1, &bad, 1, 0));
	say("nothing here", process_vm_readv(pid, &bad, 1, r, 1, 0));
	say("not writable", process_vm_writev(pid, l, 1, &to_constant, 1, 0));
	say("too many", process_vm_readv(pid, l, 1, r, 1025, 0));
}

/* More than is got at once (the parent's, of which a child has a copy), from and to odd places; and what ends in a hole, or in the midst of something. */
static void reach_far(void)
{
	struct iovec l[2] = { { far_local + 3, 20 * PAGE },
			      { far_local + 3 + 20 * PAGE, 19 * PAGE } };
	struct iovec r = { far + 100, 37 * PAGE }, many[1024],
		     hole[2] = { { edge, 3 * PAGE }, { far, 5 } };
	struct iovec constants = { (void *)constant, sizeof(constant) }, wrong = { far, -1UL };
	struct iovec cut = { edge + PAGE, 3 * PAGE };
	pid_t pid = getppid();

	say("read far", process_vm_readv(pid, l, 2, &r, 1, 0));
	say("as it is there", memcmp(far_local + 3, far + 100, 37 * PAGE));
	say("and no more", far_local[2] | far_local[3 + 37 * PAGE]);
	for (int i = 0; i < 1024; i++)
		many[i] = (struct iovec){ far + 7 * i, 3 };
	say("read of many", process_vm_readv(pid, l, 1, many, 1024, 0));
	say("the last", far_local[3 + 3 * 1023 + 1] == far[7 * 1023 + 1]);
	say("read a constant", process_vm_readv(pid, l, 1, &constants, 1, 0));
	printf("%s\n", far_local + 3);
	say("read up to a hole", process_vm_readv(pid, l, 1, hole, 2, 0));
	say("a hole, and then something",
	    process_vm_readv(pid, l, 1, (struct iovec[]){ { NULL, 5 }, { far, 5 } }, 2, 0));
	say("something, and then a hole",
	    process_vm_readv(pid, l, 1, (struct iovec[]){ { far, 5 }, { NULL, 5 }, { far, 5 } }, 3,
			     0));
	say("of a negative length", process_vm_readv(pid, l, 1, &wrong, 1, 0));
	say("to less than there is", process_vm_readv(pid, &cut, 1, &r, 1, 0));
	say("to nowhere",
	    process_vm_readv(pid, &(struct iovec){ edge + 2 * PAGE, PAGE }, 1, &r, 1, 0));
	say("write from less", process_vm_writev(pid, &cut, 1, &r, 1, 0));
}

/* /proc/PID/mem: over pages, and up to what is not there. */
static void reach_by_file(void)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", getppid());
	fd = open(path, O_RDWR);
	memset(far_local, 0, sizeof(far_local));
	say("read the file", pread(fd, far_local, 3 * PAGE, (off_t)(far + 4000)));
	say("as it is there", memcmp(far_local, far + 4000, 3 * PAGE));
	say("no more", far_local[3 * PAGE]);
	say("up to a hole", pread(fd, far_local, 3 * PAGE, (off_t)(edge + 10)));
	say("write over pages", pwrite(fd, "over pages", 10, (off_t)(edge + PAGE - 4)));
	say("write up to a hole", pwrite(fd, far_local, PAGE, (off_t)(edge + 2 * PAGE - 7)));
	close(fd);
}

static void test_far(void)
{
	edge = mmap(NULL, 4 * PAGE, RW, ANON, -1, 0);
	munmap(edge + 2 * PAGE, 2 * PAGE);
	for (size_t i = 0; i < sizeof(far); i++)
		far[i] = (char)(i / 100);
	in_child("far", reach_far);
	in_child("by file", reach_by_file);
	printf("%.10s\n", edge + PAGE - 4);
}

static void test_other(void)
{
	memset(ours, 4, sizeof(ours));
	in_child("reacher", reach_parent);
	say("written", ours[10] + ours[14]);
	say("not written", ours[15]);
}

static int hog(int kind)
{
	size_t size = kind == 2 ? 1UL << 45 : 1UL << 33, step = kind == 2 ? 1UL << 21 : PAGE;
	char *p = mmap(NULL, size, kind == 2 ? PROT_READ : RW, ANON | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return 1;
	if (kind == 1)
		madvise(p, size, MADV_NOHUGEPAGE);
	for (size_t n = 0; n < size; n += step) {
		if (kind == 2)
			(void)*(volatile char *)(p + n);
		else
			p[n] = 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 2 && !strcmp(argv[1], "hog"))
		return hog(atoi(argv[2]));
	test_fork();
	test_files();
	test_other();
	test_far();
	return 0;
}
