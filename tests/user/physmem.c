// SPDX-License-Identifier: MIT
/* /dev/mem: what may be read, written and mapped of a PC's memory, by what /proc/iomem says. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static char buf[16384];
static char *volatile nowhere = (char *)1;

static void say(const char *what, long ret)
{
	if (ret < 0)
		printf("%s: %s\n", what, strerrorname_np(errno));
	else
		printf("%s: %ld\n", what, ret);
}

/* Where a line of /proc/iomem with that name begins; 0: there is none. */
static unsigned long find(const char *name)
{
	FILE *f = fopen("/proc/iomem", "r");
	unsigned long start, found = 0;
	char line[256], *colon;

	while (f && fgets(line, sizeof(line), f)) {
		colon = strstr(line, " : ");
		line[strcspn(line, "\n")] = '\0';
		if (!found && colon && !strcmp(colon + 3, name) && sscanf(line, "%lx", &start) == 1)
			found = start;
	}
	if (f)
		fclose(f);
	return found;
}

static void map_flags(int fd, const char *what, unsigned long start, size_t size, int prot,
		      int flags)
{
	volatile unsigned int *p = mmap(NULL, size, prot, flags, fd, (off_t)start);
	unsigned int value = 0;

	if (p == MAP_FAILED) {
		printf("map %s: %s\n", what, strerrorname_np(errno));
		return;
	}
	value = *p;
	printf("map %s: 0, %s\n", what, value ? "something" : "zero");
	munmap((void *)p, size);
}

static void map(int fd, const char *what, unsigned long start, size_t size)
{
	map_flags(fd, what, start, size, PROT_READ, MAP_SHARED);
}

/* The ROM's last two pages by way of /proc, as a debugger sees them: the mapping's own content, and its rights. */
static void look_from_outside(int fd)
{
	char *rom = mmap(NULL, 0x2000, PROT_READ, MAP_SHARED, fd, 0xfe000);
	int self = open("/proc/self/mem", O_RDWR);

	if (rom == MAP_FAILED || self < 0)
		return;
	memset(buf, 0, sizeof(buf));
	say("look at the ROM", pread(self, buf, 0x1800, (off_t)rom + 0x400));
	printf("the same %d\n", !memcmp(buf, rom + 0x400, 0x1800));
	say("write to what is read-only", pwrite(self, "never", 5, (off_t)rom));
	close(self);
	munmap(rom, 0x2000);
}

/* A private mapping's writes are its own; of a shared one others write as well. */
static void copy_and_change(int fd)
{
	char *ram = mmap(NULL, 0x2000, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0x5000);
	char *copy = mmap(NULL, 0x2000, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0xfe000);
	char *rom = mmap(NULL, 0x2000, PROT_READ, MAP_SHARED, fd, 0xfe000);
	int self = open("/proc/self/mem", O_RDWR);
	char was;

	if (ram == MAP_FAILED || copy == MAP_FAILED || rom == MAP_FAILED || self < 0)
		return;
	was = copy[0x1000];
	copy[0x1000] ^= 0x5a;
	printf("changed %d, the rest is the same %d, the ROM %d\n",
	       copy[0x1000] == (char)(was ^ 0x5a),
	       !memcmp(copy, rom, 0x1000) && !memcmp(copy + 0x1001, rom + 0x1001, 0xfff),
	       rom[0x1000] == was);
	say("write from outside", pwrite(self, "gone", 4, (off_t)ram + 0xffe));
	printf("%.4s\n", ram + 0xffe);
	close(self);
	munmap(ram, 0x2000);
	munmap(copy, 0x2000);
	munmap(rom, 0x2000);
}

static void transfer(int fd)
{
	memset(buf, 'x', sizeof(buf));
	say("read low RAM", pread(fd, buf, 5000, 0x1800));
	printf("%d %d %c\n", buf[0], buf[4999], buf[5000]);
	say("read the ROM", pread(fd, buf, 16, 0xffff0));
	printf("a jump %d\n", (unsigned char)buf[0] == 0xea);
	say("read up to RAM", pread(fd, buf, 4096, 0xff000));
	say("read into RAM", pread(fd, buf, 8192, 0xff000));
	say("read RAM", pread(fd, buf, 4, 0x100000));
	say("read beyond RAM", pread(fd, buf, 4, 0xfee00000));
	say("read nowhere", pread(fd, buf, 4, 0x8000000000000));
	say("read nothing", pread(fd, buf, 0, 0x1000));
	say("read to nowhere", pread(fd, nowhere, 4, 0x1000));
	say("write low RAM", pwrite(fd, "lost", 4, 0x1800));
	say("write RAM", pwrite(fd, "never", 5, 0x200000));
	say("write beyond RAM", pwrite(fd, "never", 5, 0xfee00000));
	say("lseek", lseek(fd, 0x1000, SEEK_SET));
	say("lseek on", lseek(fd, 0x1000, SEEK_CUR));
	say("lseek end", lseek(fd, 0, SEEK_END));
	say("lseek beyond", lseek(fd, -5, SEEK_SET));
	say("read", read(fd, buf, 4));
	say("where", lseek(fd, 0, SEEK_CUR));
}

int main(void)
{
	int fd = open("/dev/mem", O_RDWR), sync = open("/dev/mem", O_RDWR | O_SYNC);
	unsigned long bar = find("0000:00:01.0"), claimed = find("virtio-pci-modern");

	setbuf(stdout, NULL);
	say("open", fd < 0 ? fd : 0);
	transfer(fd);
	map(fd, "low RAM", 0x1000, 0x1000);
	map(fd, "the ROM", 0xf0000, 0x10000);
	map(fd, "all below 1 MiB", 0, 0x100000);
	map(fd, "into RAM", 0xff000, 0x2000);
	map(fd, "RAM", 0x200000, 0x1000);
	map(fd, "the local APIC", find("Local APIC"), 0x1000);
	map(fd, "the HPET", find("HPET 0"), 0x1000);
	map(fd, "a free BAR", bar, 0x1000);
	map(sync, "a free BAR, uncached", bar, 0x1000);
	map_flags(fd, "a free BAR, privately", bar, 0x1000, PROT_READ, MAP_PRIVATE);
	map_flags(fd, "a free BAR, to write", bar, 0x200000, PROT_READ | PROT_WRITE, MAP_SHARED);
	map_flags(fd, "a free BAR, private copy", bar, 0x1000, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	if (claimed)
		map(fd, "a claimed BAR", claimed, 0x1000);
	map(fd, "what no CPU addresses", 0x10000000000000, 0x1000);
	map(fd, "beyond the last page", 0xfffffffffffff000, 0x2000);
	look_from_outside(fd);
	copy_and_change(fd);
	return 0;
}
