// SPDX-License-Identifier: MIT
/*
 * pinned DISK: while reads of a slow disk are under way, the pages that they go to are pinned, as many
 * as there are, and after them none more than before.  munmap() in between changes nothing of that.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NR    8
#define BYTES 65536

/* Pages that are pinned now, by /proc/vmstat. */
static long pins(void)
{
	FILE *f = fopen("/proc/vmstat", "r");
	char name[64];
	long n, acquired = 0, released = 0;

	while (f && fscanf(f, "%63s %ld", name, &n) == 2) {
		if (!strcmp(name, "nr_foll_pin_acquired"))
			acquired = n;
		if (!strcmp(name, "nr_foll_pin_released"))
			released = n;
	}
	if (f)
		fclose(f);
	return acquired - released;
}

static void reads(int fd, char *buf, int unmap)
{
	struct iocb cb[NR], *list[NR];
	struct io_event events[NR];
	aio_context_t ctx = 0;
	long before, during, done;

	if (syscall(SYS_io_setup, NR, &ctx))
		return;
	before = pins();
	for (int i = 0; i < NR; i++) {
		cb[i] = (struct iocb){ .aio_fildes = (unsigned int)fd,
				       .aio_lio_opcode = IOCB_CMD_PREAD,
				       .aio_buf = (uintptr_t)buf + i * BYTES,
				       .aio_nbytes = BYTES,
				       .aio_offset = i * BYTES };
		list[i] = &cb[i];
	}
	done = syscall(SYS_io_submit, ctx, NR, list);
	during = pins();
	if (unmap)
		munmap(buf, NR * BYTES);
	printf("%ld begun, %ld pages pinned, ", done, during - before);
	done = syscall(SYS_io_getevents, ctx, NR, NR, events, NULL);
	printf("%ld ended, %ld pinned\n", done, pins() - before);
	syscall(SYS_io_destroy, ctx);
}

int main(int argc, char **argv)
{
	int fd = argc > 1 ? open(argv[1], O_RDONLY | O_DIRECT) : -1;
	char *buf =
		mmap(NULL, NR * BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (argc < 2)
		return 0; /* there need be no slow disk */
	if (fd < 0 || buf == MAP_FAILED) {
		perror(argv[1]);
		return 1;
	}
	reads(fd, buf, 0);
	reads(fd, buf, 1);
	return 0;
}
