// SPDX-License-Identifier: MIT
/* /sys: PCI's functions, their configuration and BARs, firmware's tables and memory map. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/hdreg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "slurp.h"

#define DEVICES "/sys/bus/pci/devices/"

static unsigned char buf[65536];

static const char *answer(long ret)
{
	static char text[32];

	if (ret < 0)
		return strerrorname_np(errno);
	snprintf(text, sizeof(text), "%ld", ret);
	return text;
}

static const char *path_of(const char *device, const char *file)
{
	static char path[256];

	snprintf(path, sizeof(path), DEVICES "%s/%s", device, file);
	return path;
}

static void link_of(const char *path)
{
	char target[256];
	long n = readlink(path, target, sizeof(target) - 1);

	target[n < 0 ? 0 : n] = '\0';
	printf("%s -> %s\n", path, n < 0 ? strerrorname_np(errno) : target);
}

static void texts(const char *device)
{
	static const char *const files[] = {
		"ari_enabled",
		"boot_vga",
		"class",
		"consistent_dma_mask_bits",
		"device",
		"dma_mask_bits",
		"enable",
		"irq",
		"local_cpus",
		"local_cpulist",
		"modalias",
		"numa_node",
		"power_state",
		"resource",
		"revision",
		"secondary_bus_number",
		"uevent",
		"subsystem_vendor",
		"subsystem_device",
		"vendor",
	};
	struct stat st;

	printf("--- %s\n", device);
	for (unsigned int i = 0; i < sizeof(files) / sizeof(*files); i++) {
		long n = slurp(path_of(device, files[i]));

		if (n < 0)
			printf("%s: %s\n", files[i], answer(n));
		else
			printf("%s: %s", files[i], buf);
	}
	link_of(path_of(device, "subsystem"));
	for (int i = 0; i < 6; i++) {
		char name[32];

		snprintf(name, sizeof(name), "resource%d", i);
		if (!stat(path_of(device, name), &st))
			printf("%s: %o, %ld bytes\n", name, st.st_mode, (long)st.st_size);
		snprintf(name, sizeof(name), "resource%d_wc", i);
		if (!stat(path_of(device, name), &st))
			printf("%s: %o, %ld bytes\n", name, st.st_mode, (long)st.st_size);
	}
	if (!stat(path_of(device, "rom"), &st))
		printf("rom: %o, %ld bytes\n", st.st_mode, (long)st.st_size);
	if (!stat(path_of(device, "vendor"), &st))
		printf("vendor: %o, %ld bytes\n", st.st_mode, (long)st.st_size);
}

static void config(const char *device)
{
	int fd = open(path_of(device, "config"), O_RDWR);
	struct stat st;
	long n;

	fstat(fd, &st);
	n = read(fd, buf, sizeof(buf));
	printf("config: %o, %ld bytes, %s read\n", st.st_mode, (long)st.st_size, answer(n));
	for (int i = 0; i < 64; i++)
		printf("%02x%c", buf[i], i % 16 == 15 ? '\n' : ' ');
	memset(buf, 0, 16);
	printf("odd: %s", answer(pread(fd, buf, 5, 1)));
	printf(" %02x %02x %02x %02x %02x\n", buf[0], buf[1], buf[2], buf[3], buf[4]);
	printf("at the end: %s", answer(pread(fd, buf, 16, st.st_size - 4)));
	printf(", behind: %s\n", answer(pread(fd, buf, 16, st.st_size)));
	pread(fd, buf, 1, 0x3c);
	printf("write: %s", answer(pwrite(fd, "\x2a", 1, 0x3c)));
	pread(fd, buf + 1, 1, 0x3c);
	printf(", reads %02x\n", buf[1]);
	pwrite(fd, buf, 1, 0x3c);
	printf("write behind: %s\n", answer(pwrite(fd, "\x2a", 1, st.st_size)));
	close(fd);
}

static void map(const char *device, const char *file, size_t size, off_t offset)
{
	int fd = open(path_of(device, file), O_RDWR);
	volatile unsigned int *p;

	p = fd < 0 ? MAP_FAILED : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
	if (p == MAP_FAILED) {
		printf("map %s: %s\n", file, answer(-1));
		return;
	}
	p[16] = 0x12345678;
	printf("map %s: %x\n", file, p[16]);
	printf("read %s: %s\n", file, answer(read(fd, buf, 4)));
	munmap((void *)p, size);
	close(fd);
}

static void ports(const char *device, const char *file)
{
	int fd = open(path_of(device, file), O_RDWR);
	struct stat st;

	fstat(fd, &st);
	printf("ports: 1 byte %s", answer(pread(fd, buf, 1, 0)));
	printf(", 2 bytes %s", answer(pread(fd, buf, 2, 0)));
	printf(", 4 bytes %s", answer(pread(fd, buf, 4, 0)));
	printf(", 3 bytes %s", answer(pread(fd, buf, 3, 0)));
	printf(", over the end %s", answer(pread(fd, buf, 4, st.st_size - 2)));
	printf(", behind %s", answer(pread(fd, buf, 1, st.st_size)));
	printf(", mmap %s\n",
	       mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED ? answer(-1) : "done");
	close(fd);
}

static void rom(const char *device)
{
	int fd = open(path_of(device, "rom"), O_RDWR);
	long n;

	printf("rom: %s", answer(read(fd, buf, 512)));
	printf(", enabled %s", answer(pwrite(fd, "1", 1, 0)));
	n = pread(fd, buf, 512, 0);
	printf(", %s", answer(n));
	printf(" %02x %02x", n > 1 ? buf[0] : 0, n > 1 ? buf[1] : 0);
	printf(", disabled %s", answer(pwrite(fd, "0", 1, 0)));
	printf(", %s\n", answer(pread(fd, buf, 512, 0)));
	close(fd);
}

/* As often as it was enabled it is disabled, and masters the bus no more with the last. */
static void enable(const char *device)
{
	static const char *const orders[] = { "0", "1", "0x1\n", "0", "0", "0" };
	int config = open(path_of(device, "config"), O_RDWR);

	for (unsigned int i = 0; i < sizeof(orders) / sizeof(*orders); i++) {
		int fd = open(path_of(device, "enable"), O_WRONLY);

		printf("enable, %.3s: %s", orders[i],
		       answer(write(fd, orders[i], strlen(orders[i]))));
		close(fd);
		slurp(path_of(device, "enable"));
		printf(", %.1s", buf);
		pread(config, buf, 1, 4);
		printf(", command %x\n", buf[0] & 7);
		if (i == 1)
			pwrite(config, "\7", 1, 4);
	}
	close(config);
}

static void refused(void)
{
	printf("open vendor to write: %s\n",
	       answer(open(path_of("0000:00:00.0", "vendor"), O_WRONLY)));
	printf("no such: %s\n", answer(open(DEVICES "0000:00:1e.0/vendor", O_RDONLY)));
	printf("not a name: %s\n", answer(open(DEVICES "00:00.0/vendor", O_RDONLY)));
	printf("enable what is driven: %s\n",
	       answer(write(open(path_of("0000:00:02.0", "enable"), O_WRONLY), "1", 1)));
	printf("enable with a word: %s\n",
	       answer(write(open(path_of("0000:00:1f.2", "enable"), O_WRONLY), "yes", 3)));
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void list(const char *path)
{
	struct dirent **names;
	int n = scandir(path, &names, NULL, by_name);

	printf("--- %s:", path);
	for (int i = 0; i < n; i++)
		if (names[i]->d_name[0] != '.')
			printf(" %s", names[i]->d_name);
	printf("\n");
}

/* All bytes of a table add up to nothing. */
static void table(const char *name)
{
	char path[128];
	unsigned char sum = 0;
	struct stat st;
	long n;

	snprintf(path, sizeof(path), "/sys/firmware/acpi/tables/%s", name);
	n = slurp(path);
	for (long i = 0; i < n; i++)
		sum = (unsigned char)(sum + buf[i]);
	if (!stat(path, &st))
		printf("%s: %o, %ld bytes, read %s, sum %u, %.4s\n", name, st.st_mode,
		       (long)st.st_size, answer(n), sum, buf);
}

static void firmware(void)
{
	char path[128];

	list("/sys/firmware/acpi/tables");
	table("DSDT");
	table("APIC");
	table("HPET");
	table("MCFG");
	printf("DMI: %s, ", answer(slurp("/sys/firmware/dmi/tables/DMI")));
	printf("%d %d\n", buf[0], buf[1]);
	printf("entry point: %s, %.4s\n",
	       answer(slurp("/sys/firmware/dmi/tables/smbios_entry_point")), buf);
	for (int i = 0; i < 20; i++) {
		static const char *const files[] = { "start", "end", "type" };

		for (int k = 0; k < 3; k++) {
			snprintf(path, sizeof(path), "/sys/firmware/memmap/%d/%s", i, files[k]);
			if (slurp(path) > 0)
				printf("%d %s %s", i, files[k], buf);
		}
	}
}

static void words(void)
{
	static const char *const files[] = {
		"/sys/devices/system/cpu/online",
		"/sys/devices/system/cpu/possible",
		"/sys/devices/system/cpu/present",
		"/sys/devices/system/cpu/offline",
		"/sys/devices/system/cpu/isolated",
		"/sys/kernel/mm/transparent_hugepage/hpage_pmd_size",
		"/sys/block/vda/alignment_offset",
		"/sys/block/vda/dev",
		"/sys/block/vda/hidden",
		"/sys/block/vda/range",
		"/sys/block/vda/removable",
		"/sys/block/vda/ro",
		"/sys/block/vda/size",
		"/sys/block/vda/queue/hw_sector_size",
		"/sys/block/vda/queue/logical_block_size",
		"/sys/block/vda/queue/minimum_io_size",
		"/sys/block/vda/queue/optimal_io_size",
		"/sys/block/vda/queue/physical_block_size",
		"/sys/block/vda/queue/rotational",
		"/sys/block/vdb/size",
		"/proc/partitions",
	};

	for (unsigned int i = 0; i < sizeof(files) / sizeof(*files); i++) {
		long n = slurp(files[i]);

		printf("%s: %s", files[i], n < 0 ? "none\n" : (char *)buf);
	}
}

/* What a disk says of itself without /sys. */
static void disk(void)
{
	static const struct {
		const char *name;
		unsigned long cmd;
	} asked[] = {
		{ "64", BLKGETSIZE64 },
		{ "sectors", BLKGETSIZE },
		{ "logical", BLKSSZGET },
		{ "physical", BLKPBSZGET },
		{ "soft", BLKBSZGET },
		{ "least", BLKIOMIN },
		{ "best", BLKIOOPT },
		{ "offset", BLKALIGNOFF },
		{ "read-only", BLKROGET },
		{ "discards", BLKDISCARDZEROES },
		{ "rotational", BLKROTATIONAL },
		{ "most", BLKSECTGET },
		{ "read ahead", BLKRAGET },
		{ "its files'", BLKFRAGET },
		{ "flush", BLKFLSBUF },
		{ "partitions", BLKRRPART },
		{ "what is no disk's", TIOCGPGRP },
	};
	int fd = open("/dev/vda", O_RDONLY);
	struct hd_geometry geo = { 0 };

	printf("disk:");
	for (unsigned int i = 0; i < sizeof(asked) / sizeof(*asked); i++) {
		unsigned long value = 0;

		printf(" %s %s", asked[i].name, answer(ioctl(fd, asked[i].cmd, &value)));
		printf(" %lu,", value);
	}
	printf(" no place for it %s", answer(ioctl(fd, BLKRAGET, NULL)));
	printf(", geometry %s", answer(ioctl(fd, HDIO_GETGEO, &geo)));
	printf(" %d %d %d %ld\n", geo.heads, geo.sectors, geo.cylinders, geo.start);
	close(fd);
}

/* Who has a disk for himself keeps other such ones out, and who looks for partitions; not who only reads. */
static void disk_for_oneself(void)
{
	int fd = open("/dev/vda", O_RDWR | O_EXCL), other, plain;

	printf("a disk for oneself: %s", answer(fd < 0 ? -1 : 0));
	other = open("/dev/vda", O_RDONLY | O_EXCL);
	printf(", another one %s", answer(other < 0 ? -1 : 0));
	plain = open("/dev/vda", O_RDONLY);
	printf(", a reader %s", answer(plain < 0 ? -1 : 0));
	printf(", partitions %s", answer(ioctl(fd, BLKRRPART)));
	printf(", the reader's %s", answer(ioctl(plain, BLKRRPART)));
	close(fd);
	printf(", then %s", answer(ioctl(plain, BLKRRPART)));
	close(plain);
	other = open("/dev/vda", O_RDONLY | O_EXCL);
	printf(", another one %s\n", answer(other < 0 ? -1 : 0));
	close(other);
	fflush(stdout);
	if (!fork()) {
		fd = open("/dev/vda", O_RDONLY);
		printf("nobody's right: %s", answer(setresuid(1, 1, 1)));
		printf(" %s\n", answer(ioctl(fd, BLKRRPART)));
		_exit(0);
	}
	wait(NULL);
}

/* Where names come while memory for them is not there yet: no lock is held then. */
static void list_into_fresh_memory(void)
{
	char *page =
		mmap(NULL, 16 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open(DEVICES, O_RDONLY);

	printf("%d\n", syscall(SYS_getdents64, fd, page + 8 * 4096 - 48, 4096) > 48);
	close(fd);
}

int main(void)
{
	setbuf(stdout, NULL);
	klogctl(8, NULL, 1); /* no messages on this console */
	list("/sys/bus/pci/devices");
	list_into_fresh_memory();
	link_of(DEVICES "0000:00:02.0");
	link_of(path_of("0000:00:02.0", "driver"));
	link_of("/sys/bus/pci/drivers/virtio-pci/0000:00:02.0");
	texts("0000:00:00.0");
	config("0000:00:00.0");
	texts("0000:00:01.0");
	texts("0000:00:02.0");
	texts("0000:00:1f.2");
	config("0000:00:1f.3");
	map("0000:00:01.0", "resource0", 65536, 0);
	map("0000:00:01.0", "resource0_wc", 65536, 4096);
	map("0000:00:01.0", "resource0", 4096, 16777216);
	map("0000:00:01.0", "resource0", 16777216 + 4096, 0);
	map("0000:00:01.0", "resource1", 4096, 0);
	map("0000:00:02.0", "resource4", 4096, 0);
	ports("0000:00:1f.2", "resource4");
	rom("0000:00:01.0");
	enable("0000:00:01.0"); /* no interrupt, which another program may have taken in another way */
	refused();
	firmware();
	words();
	disk();
	disk_for_oneself();
	return 0;
}
