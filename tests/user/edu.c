// SPDX-License-Identifier: MIT
/*
 * edu: the device of drivers/edu reads and writes this program's memory.  What it wrote is seen here
 * and by nobody else; a page that fork() shares is not the child's as well; ranges at the
 * buffer's end, in two pages and not mapped.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void say(const char *what, long ret)
{
	if (ret < 0)
		printf("%s: %s\n", what, strerrorname_np(errno));
	else
		printf("%s: %ld\n", what, ret);
}

int main(void)
{
	char *p = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open("/dev/edu", O_RDWR);

	if (fd < 0) {
		say("open", fd);
		return 0;
	}
	strcpy(p, "by the device");
	say("write", pwrite(fd, p, 14, 100));
	say("read",
	    pread(fd, p + 4096 - 7, 14, 100)); /* into two pages, one of them not there yet */
	printf("%s\n", p + 4096 - 7);
	say("at the end", pread(fd, p, 100, 4090));
	say("behind it", pread(fd, p, 1, 4095));
	say("write behind it", pwrite(fd, p, 1, 4095));
	mprotect(p, 4096, PROT_READ);
	say("into what is read-only", pread(fd, p, 14, 100));
	munmap(p, 4096);
	say("into what is not mapped", pread(fd, p, 14, 100));
	say("from there", pwrite(fd, p, 14, 100));
	return 0;
}
