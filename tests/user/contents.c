// SPDX-License-Identifier: MIT
/* Calls on the contents of files, with good and bad arguments, and what each answers. */
#define _GNU_SOURCE
#include <linux/falloc.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "try.h"
#include "written.h"

/* "f", opened in different ways, and the folder that it is in. */
static int fd, ro, wo, dir;
static char buf[100];

static void reads_and_writes(void)
{
	TRY(read(fd, buf, 5));
	TRY(lseek(fd, 2, SEEK_SET));
	TRY(read(fd, buf, 100));
	TRY(read(fd, buf, 100));
	TRY(read(wo, buf, 1));
	TRY(write(ro, buf, 1));
	TRY(read(dir, buf, 1));
	TRY(read(-1, buf, 1));
	TRY(lseek(fd, 0, SEEK_SET));
	TRY(read(fd, BAD, 4));
	TRY(read(fd, (void *)HUGE, 4));
	TRY(read(fd, buf, HUGE));
	TRY(read(fd, BAD, 0));
	TRY(write(fd, BAD, 4));
	TRY(write(fd, buf, HUGE));
}

static void at_places(void)
{
	int memory;

	TRY(pread(fd, buf, 4, 8));
	TRY(pread(fd, buf, 4, 10));
	TRY(pread(fd, buf, 4, -1));
	TRY(pread(wo, buf, 4, 0));
	TRY(pwrite(fd, "ab", 2, 20));
	TRY(pwrite(wo, "cd", 2, 0));
	TRY(pwrite(fd, "x", 1, 0x7fffffffffffffff));
	TRY(pwrite(fd, "x", 1, 0x7ffffffffffffffe));
	TRY(ftruncate(fd, 24));
	show("f");
	memory = memfd_create("m", 0);
	TRY(pwrite(memory, "ef", 2, 2));
	TRY(pread(memory, buf, 10, 1));
	close(memory);
}

static void vectors(void)
{
	struct iovec v[3] = { { buf, 2 }, { buf + 10, 0 }, { buf + 20, 3 } };

	TRY(readv(fd, v, 3));
	TRY(syscall(SYS_readv, fd, v, -1L));
	TRY(syscall(SYS_readv, fd, v, 1025L));
	TRY(readv(fd, v, 0));
	TRY(readv(fd, BAD, 1));
	TRY(preadv(fd, v, 3, 22));
	TRY(preadv(fd, v, 3, -1));
	TRY(syscall(SYS_preadv2, fd, v, 3L, -1L, -1L, 0));
	TRY(syscall(SYS_preadv2, fd, v, 3L, 0L, 0L, 0x100));
	TRY(syscall(SYS_preadv2, fd, v, 3L, 0L, 0L, RWF_HIPRI));
	TRY(syscall(SYS_pwritev2, fd, v, 3L, 0L, 0L, RWF_DSYNC));
	TRY(syscall(SYS_pwritev2, fd, v, 3L, 0L, 0L, RWF_APPEND));
	show("f");
	v[1].iov_len = (size_t)-1;
	TRY(writev(fd, v, 3));
	v[1].iov_len = 0;
	v[2].iov_base = BAD;
	TRY(lseek(fd, 0, SEEK_SET));
	TRY(writev(fd, v, 3));
	TRY(readv(fd, v, 3));
}

static void seeks(void)
{
	TRY(lseek(fd, 0, SEEK_CUR));
	TRY(lseek(fd, -1, SEEK_SET));
	TRY(lseek(fd, -3, SEEK_END));
	TRY(lseek(fd, 1000, SEEK_CUR));
	TRY(lseek(fd, 0x7fffffffffffffff, SEEK_CUR));
	TRY(lseek(fd, 0, 7));
	TRY(lseek(-1, 0, SEEK_SET));
	TRY(lseek(fd, 1 << 20, SEEK_SET));
	TRY(write(fd, "end", 3));
	show("f");
	TRY(lseek(fd, 0, SEEK_DATA));
	TRY(lseek(fd, (1 << 20) + 1, SEEK_DATA));
	TRY(lseek(fd, 0, SEEK_HOLE));
	TRY(lseek(fd, 5000, SEEK_DATA));
	TRY(lseek(fd, 5000, SEEK_HOLE));
	TRY(lseek(fd, 1 << 20, SEEK_HOLE));
	TRY(lseek(fd, 2 << 20, SEEK_DATA));
	TRY(lseek(fd, 2 << 20, SEEK_HOLE));
	TRY(lseek(fd, -1, SEEK_DATA));
}

static void holes(void)
{
	TRY(fallocate(fd, 0, 0, 8192));
	show("f");
	TRY(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 100, 9000));
	show("f");
	TRY(fallocate(fd, FALLOC_FL_PUNCH_HOLE, 100, 9000));
	TRY(fallocate(fd, FALLOC_FL_KEEP_SIZE, 2 << 20, 4096));
	show("f");
	TRY(fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 0, 4096));
	TRY(fallocate(fd, FALLOC_FL_ZERO_RANGE, 0, 4096));
	TRY(fallocate(fd, 0x400, 0, 4096));
	TRY(fallocate(fd, 0, -1, 1));
	TRY(fallocate(fd, 0, 0, 0));
	TRY(fallocate(ro, 0, 0, 10));
	TRY(fallocate(dir, 0, 0, 10));
}

/* What lies behind the bytes that came keeps what it was, where a buffer ends too soon or is none. */
static void cut_buffers(void)
{
	char *buffer = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char text[64] = "";
	int file;

	munmap(buffer + 4096, 4096);
	memset(buffer, 'b', 4096);
	file = make("cut", "what has been in the file before");
	TRY(pwrite(file, buffer + 4092, 20, 5));
	TRY(pwrite(file, buffer + 4096, 20, 0));
	TRY(pwrite(file, (void *)-1UL, 5, 0));
	pread(file, text, sizeof(text), 0);
	printf("%s\n", text);
	close(file);
	unlink("cut");
	munmap(buffer, 4096);
}

static void sizes(void)
{
	TRY(truncate("f", 5));
	TRY(truncate("f", -1));
	TRY(truncate("none", 5));
	TRY(truncate(".", 5));
	TRY(truncate("/dev/null", 5));
	TRY(ftruncate(ro, 5));
	TRY(ftruncate(fd, -1));
	TRY(ftruncate(dir, 1));
	TRY(ftruncate(fd, 100));
	show("f");
}

static int a_socket(int fds[2])
{
	return socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
}

static int an_eventfd(int fds[2])
{
	fds[0] = eventfd(0, 0);
	fds[1] = dup(fds[0]);
	return 0;
}

static int dev_null(int fds[2])
{
	fds[0] = open("/dev/null", O_RDWR);
	fds[1] = dup(fds[0]);
	return 0;
}

static void try_what_has_no_places(const char *what, int (*open_two)(int fds[2]))
{
	int fds[2];

	printf("%s\n", what);
	open_two(fds);
	TRY(fsync(fds[1]));
	TRY(syncfs(fds[1]));
	TRY(sync_file_range(fds[1], 0, 0, 2));
	TRY(sync_file_range(fds[1], 0, 0, 8));
	TRY(posix_fadvise(fds[1], 0, 0, POSIX_FADV_NORMAL));
	TRY(readahead(fds[0], 0, 10));
	TRY(fallocate(fds[1], 0, 0, 10));
	TRY(ftruncate(fds[1], 10));
	TRY(lseek(fds[1], 0, SEEK_CUR));
	TRY(pread(fds[0], buf, 1, 0));
	TRY(pwrite(fds[1], buf, 1, 0));
	TRY(copy_file_range(fds[0], NULL, fd, NULL, 1, 0));
	TRY(copy_file_range(fd, NULL, fds[1], NULL, 1, 0));
	close(fds[0]);
	close(fds[1]);
}

static void syncs(void)
{
	TRY(fsync(fd));
	TRY(fdatasync(ro));
	TRY(fsync(dir));
	TRY(fsync(-1));
	TRY(syncfs(fd));
	TRY(sync_file_range(fd, 0, 10, 7));
	TRY(sync_file_range(fd, -1, 10, 7));
	TRY(sync_file_range(fd, 0, 10, 8));
	TRY(sync_file_range(fd, 0x7fffffffffffffff, 1, 7));
	TRY(sync_file_range(dir, 0, 0, 7));
	try_what_has_no_places("a pipe", pipe);
	try_what_has_no_places("a socket", a_socket);
	try_what_has_no_places("an eventfd", an_eventfd);
	try_what_has_no_places("/dev/null", dev_null);
	TRY(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
	TRY(posix_fadvise(fd, 0, 0, 9));
	TRY(readahead(fd, 0, 100));
	TRY(readahead(wo, 0, 100));
}

/* Sectors that were written to the disk since the last time. */
static void show_written(const char *what)
{
	static long before;
	long n = written();

	if (what)
		printf("%s: %ld sectors\n", what, n - before);
	before = n;
}

/* Pages 4, 5 and 7 of the disk, and half of 9, are not as it has them. */
static void dirty(int disk)
{
	static char page[4096];

	page[0]++;
	for (int i = 4; i < 8; i++)
		if (i != 6 && pwrite(disk, page, 4096, i * 4096) != 4096)
			printf("page %d cannot be written\n", i);
	TRY(pwrite(disk, page, 2048, 9 * 4096 + 512));
	show_written(NULL);
}

#define ALL (SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER)

static void disk_ranges(int disk)
{
	dirty(disk);
	TRY(sync_file_range(disk, 5 * 4096, 4096, 0));
	show_written("nothing is asked for");
	TRY(sync_file_range(disk, 6 * 4096, 4096, ALL));
	show_written("a page that is clean");
	TRY(sync_file_range(disk, 5 * 4096 + 4095, 1, ALL));
	show_written("the last byte of one");
	TRY(sync_file_range(disk, 5 * 4096, 8193, ALL));
	show_written("a byte of a third");
	TRY(sync_file_range(disk, 0, 4 * 4096, ALL));
	show_written("up to the next");
	TRY(sync_file_range(disk, 8 * 4096, 0, ALL));
	show_written("all that follow");
	TRY(sync_file_range(disk, 0, 0, ALL));
	show_written("all");
	TRY(sync_file_range(disk, 0, 0, ALL));
	show_written("nothing is left");
}

/* Each brings to the disk what is not there, and nothing else does. */
static void disk_syncs(void)
{
	int disk = open("/dev/vda", O_RDWR), other = open("/dev/vda", O_RDONLY);
	static char page[4096];

	fsync(disk);
	disk_ranges(disk);
	dirty(disk);
	TRY(syncfs(fd));
	show_written("syncfs of another file system");
	TRY(fdatasync(other));
	show_written("fdatasync by who only reads");
	dirty(disk);
	sync();
	show_written("sync");
	TRY(pwrite(disk, page, 4096, 4096));
	show_written("a write");
	close(other);
	show_written("another one closes it");
	close(disk);
	show_written("the last one closes it");
	disk = open("/dev/vda", O_RDWR | O_DSYNC);
	TRY(pwrite(disk, page, 512, 2 * 4096 + 4000));
	show_written("O_DSYNC");
	close(disk);
	show_written("and closed");
}

/* To "g". */
static void sendfiles(int out)
{
	loff_t off = 3;

	TRY(sendfile(out, ro, NULL, 10));
	TRY(sendfile(out, ro, &off, 10));
	printf("off %lld\n", (long long)off);
	TRY(sendfile(wo, ro, &off, 10));
	TRY(sendfile(ro, fd, NULL, 10));
	TRY(sendfile(out, wo, NULL, 10));
	TRY(sendfile(out, ro, BAD, 10));
	TRY(sendfile(-1, ro, NULL, 10));
}

static void copies(int out)
{
	loff_t off = 0;

	TRY(copy_file_range(ro, &off, out, NULL, 50, 0));
	TRY(copy_file_range(ro, NULL, out, NULL, 50, 1));
	TRY(copy_file_range(wo, NULL, out, NULL, 50, 0));
	TRY(copy_file_range(ro, NULL, ro, NULL, 50, 0));
	TRY(copy_file_range(ro, NULL, wo, NULL, 50, 0));
	TRY(copy_file_range(dir, NULL, out, NULL, 50, 0));
	off = 10;
	TRY(copy_file_range(fd, &off, fd, &(loff_t){ 15 }, 10, 0));
	TRY(copy_file_range(fd, &off, fd, &(loff_t){ 50 }, 10, 0));
	TRY(copy_file_range(fd, &off, fd, &(loff_t){ 0x7ffffffffffffff0 }, 100, 0));
	TRY(copy_file_range(fd, &(loff_t){ 0x7ffffffffffffff0 }, fd, &off, 100, 0));
	TRY(copy_file_range(fd, &(loff_t){ 0x7ffffffffffffff0 }, fd, &off, 15, 0));
	TRY(copy_file_range(fd, &off, fd, &(loff_t){ 0x7fffffffffffffff }, 10, 0));
	TRY(copy_file_range(fd, &off, fd, &(loff_t){ 40 }, -30UL, 0));
	show("g");
	show("f");
}

/* There is no place in a pipe, and what a full one does not take is still to be sent. */
static void streams(void)
{
	int p[2], text = make("long", ""),
		  sys = open("/sys/bus/pci/devices/0000:00:00.0/class", O_RDONLY);
	struct iovec v = { buf, 4 };

	ftruncate(text, 10000);
	lseek(text, 0, SEEK_SET);
	TRY(pipe2(p, O_NONBLOCK));
	TRY(write(p[1], "text", 4));
	TRY(pread(p[0], buf, 4, 0));
	TRY(pwrite(p[1], buf, 4, 0));
	TRY(preadv(p[0], &v, 1, 0));
	TRY(pwritev(p[1], &v, 1, 0));
	TRY(read(p[0], buf, 100));
	TRY(fcntl(p[1], F_SETPIPE_SZ, 4096));
	TRY(sendfile(p[1], text, NULL, 10000));
	TRY(lseek(text, 0, SEEK_CUR));
	TRY(sendfile(p[1], text, NULL, 10000));
	TRY(sendfile(p[1], text, NULL, HUGE));
	TRY(lseek(text, 0, SEEK_CUR));
	TRY(lseek(sys, 0, SEEK_DATA));
	TRY(lseek(sys, 10, SEEK_HOLE));
	TRY(lseek(sys, 1 << 20, SEEK_HOLE));
	close(p[0]);
	close(p[1]);
	close(text);
	close(sys);
	unlink("long");
}

int main(void)
{
	int out;

	if (!begin_in("/tmp/contents"))
		return 1;
	fd = make("f", "0123456789");
	ro = open("f", O_RDONLY);
	wo = open("f", O_WRONLY | O_APPEND);
	dir = open(".", O_RDONLY);
	reads_and_writes();
	at_places();
	vectors();
	seeks();
	holes();
	cut_buffers();
	sizes();
	syncs();
	disk_syncs();
	close(make("g", ""));
	out = open("g", O_RDWR);
	sendfiles(out);
	copies(out);
	streams();
	close(out);
	close(fd);
	close(ro);
	close(wo);
	close(dir);
	TRY(unlink("f"));
	TRY(unlink("g"));
	chdir("/");
	return rmdir("/tmp/contents");
}
