// SPDX-License-Identifier: MIT
/* /dev/hpet: its registers mapped, and a comparator that strikes. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/hpet.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static void say(const char *what, long ret)
{
	if (ret < 0)
		printf("%s: %s\n", what, strerrorname_np(errno));
	else
		printf("%s: %ld\n", what, ret);
}

static void info(int fd)
{
	struct hpet_info i = { 0 };

	say("HPET_INFO", ioctl(fd, HPET_INFO, &i));
	printf("%lu Hz, flags %lx, block %u, timer %u\n", i.hi_ireqfreq, i.hi_flags, i.hi_hpet,
	       i.hi_timer);
}

static void registers(int fd)
{
	volatile unsigned int *r = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	unsigned int before;

	if (r == MAP_FAILED) {
		say("mmap", -1);
		return;
	}
	before = r[0xf0 / 4];
	printf("mmap: vendor %x, period %u, counts %d\n", r[0] >> 16, r[1], r[0xf0 / 4] != before);
	say("mmap more", mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED ? -1 : 0);
	say("mmap behind",
	    mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 4096) == MAP_FAILED ? -1 : 0);
	munmap((void *)r, 4096); /* it holds the file */
}

/* Eight strikes at 64 Hz take an eighth of a second, and not much more. */
static void strikes(int fd)
{
	struct timespec a, b;
	unsigned long n, sum = 0;
	long ms;

	clock_gettime(CLOCK_MONOTONIC, &a);
	while (sum < 8 && read(fd, &n, sizeof(n)) == sizeof(n))
		sum += n;
	clock_gettime(CLOCK_MONOTONIC, &b);
	ms = (b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000;
	printf("%s in time %d\n", sum >= 8 ? "strikes" : "none", ms >= 100 && ms < 5000);
}

/* One that is closed while it strikes is as new to whom opens it next. */
static void closed_while_it_strikes(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	unsigned long n;

	say("HPET_IE_ON", ioctl(fd, HPET_IE_ON, 0));
	say("poll", poll(&p, 1, 2000));
	say("close", close(fd));
	fd = open("/dev/hpet", O_RDONLY | O_NONBLOCK);
	say("open anew", fd < 0 ? fd : 0);
	info(fd);
	say("HPET_IRQFREQ", ioctl(fd, HPET_IRQFREQ, 64));
	say("read without waiting", read(fd, &n, sizeof(n)));
	say("HPET_IE_ON", ioctl(fd, HPET_IE_ON, 0));
}

static void run(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	unsigned long n;

	say("HPET_IE_ON", ioctl(fd, HPET_IE_ON, 0));
	say("again", ioctl(fd, HPET_IE_ON, 0));
	strikes(fd);
	say("poll", poll(&p, 1, 2000));
	say("read too little", read(fd, &n, 4));
	say("HPET_IE_OFF", ioctl(fd, HPET_IE_OFF, 0));
	say("again", ioctl(fd, HPET_IE_OFF, 0));
}

int main(void)
{
	int fd, other;
	unsigned long n;

	setbuf(stdout, NULL);
	say("open to write", open("/dev/hpet", O_RDWR));
	fd = open("/dev/hpet", O_RDONLY);
	if (fd < 0) {
		say("open", fd);
		return 1;
	}
	other = open("/dev/hpet", O_RDONLY);
	say("open a second", other < 0 ? other : 0);
	info(fd);
	say("read", read(fd, &n, sizeof(n)));
	say("HPET_IE_ON", ioctl(fd, HPET_IE_ON, 0));
	say("no such", ioctl(fd, 1234, 0));
	say("HPET_INFO to nowhere", ioctl(fd, HPET_INFO, 1));
	say("HPET_IRQFREQ 0", ioctl(fd, HPET_IRQFREQ, 0));
	say("HPET_IRQFREQ", ioctl(fd, HPET_IRQFREQ, 64));
	info(fd);
	registers(fd);
	run(fd);
	say("HPET_EPI", ioctl(fd, HPET_EPI, 0));
	run(fd);
	say("HPET_DPI", ioctl(fd, HPET_DPI, 0));
	closed_while_it_strikes(fd);
	return 0;
}
