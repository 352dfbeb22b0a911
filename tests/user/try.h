/* SPDX-License-Identifier: MIT */
/* A call, and what it answers, as a line; and files to call upon. */
#ifndef TRY_H
#define TRY_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* No memory of ours, and a size that is none; what the compiler would rather warn of. */
__attribute__((unused)) static void *volatile bad_address = (void *)8;
__attribute__((unused)) static volatile size_t huge = (size_t)-1;
#define BAD  ((void *)bad_address)
#define HUGE ((size_t)huge)

static inline long answer(const char *what, long ret)
{
	if (ret == -1)
		printf("%s: %s\n", what, strerrorname_np(errno));
	else
		printf("%s: %ld\n", what, ret);
	return ret;
}
#define TRY(call) answer(#call, (long)(call))

/* A descriptor is told as 0: which number it is is another matter. */
static inline int fd_answer(const char *what, int fd)
{
	answer(what, fd < 0 ? -1 : 0);
	return fd;
}
#define OPEN(call) fd_answer(#call, call)
#define TRY_OPEN(call)                            \
	do {                                      \
		int _fd = fd_answer(#call, call); \
		if (_fd >= 0)                     \
			close(_fd);               \
	} while (0)

static inline int make(const char *name, const char *text)
{
	int fd = open(name, O_CREAT | O_TRUNC | O_RDWR, 0644);

	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		printf("%s cannot be made\n", name);
	return fd;
}

static inline void show(const char *name)
{
	struct stat s;

	if (lstat(name, &s))
		printf("  %s: %s\n", name, strerrorname_np(errno));
	else
		printf("  %s: mode %o links %lu size %lld blocks %lld blksize %ld rdev %x uid %u gid %u\n",
		       name, s.st_mode, (unsigned long)s.st_nlink, (long long)s.st_size,
		       (long long)s.st_blocks, (long)s.st_blksize, (unsigned int)s.st_rdev,
		       s.st_uid, s.st_gid);
}

/* A program's own folder, where its calls find nothing that it has not made: false where there is none. */
static inline int begin_in(const char *folder)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	umask(022);
	mkdir(folder, 0755);
	return !chdir(folder);
}

#endif
