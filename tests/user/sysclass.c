// SPDX-License-Identifier: MIT
/* /sys/class and /sys/dev: devices by what they are and by number, and what each says of itself. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static void show_text(const char *path)
{
	char text[512] = "";
	int fd = open(path, O_RDONLY);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		snprintf(text, sizeof(text), "%d\n", errno);
	close(fd);
	fputs(text, stdout);
}

/* Of the link's target the last names: where a disk or a UART stands below is each kernel's affair. */
static void show_end(const char *path)
{
	char target[PATH_MAX] = "", *last;
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	last = n > 0 ? strrchr(target, '/') : NULL;
	printf("%s\n", last ? last + 1 : "no link");
}

/* It is the device that it says, and is found by its number. */
static void show_device(const char *class, const char *name)
{
	char path[256], real[PATH_MAX] = "", other[PATH_MAX] = "", number[64] = "";
	unsigned int major = 0, minor = 0;
	FILE *f;

	printf("-- %s/%s\n", class, name);
	snprintf(path, sizeof(path), "/sys/class/%s/%s", class, name);
	if (!realpath(path, real))
		printf("no %s\n", path);
	snprintf(path, sizeof(path), "/sys/class/%s/%s/dev", class, name);
	show_text(path);
	f = fopen(path, "r");
	if (f && fscanf(f, "%u:%u", &major, &minor) == 2)
		snprintf(number, sizeof(number), "/sys/dev/%s/%u:%u",
			 strcmp(class, "block") ? "char" : "block", major, minor);
	if (f)
		fclose(f);
	printf("by its number: %d\n", realpath(number, other) && !strcmp(real, other));
	snprintf(path, sizeof(path), "/sys/class/%s/%s/uevent", class, name);
	if (strcmp(class, "block"))
		show_text(path);
	snprintf(path, sizeof(path), "/sys/class/%s/%s/subsystem", class, name);
	if (strcmp(class, "block"))
		show_end(path);
}

int main(void)
{
	static const char *const devices[][2] = {
		{ "mem", "null" },  { "mem", "zero" },	 { "mem", "full" },    { "mem", "mem" },
		{ "mem", "port" },  { "mem", "random" }, { "mem", "urandom" }, { "mem", "kmsg" },
		{ "misc", "hpet" }, { "tty", "tty" },	 { "tty", "console" }, { "tty", "ttyS0" },
		{ "block", "vda" },
	};
	char link[PATH_MAX] = "";

	for (unsigned int i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		show_device(devices[i][0], devices[i][1]);
	(void)!readlink("/sys/class/mem/null", link, sizeof(link) - 1);
	printf("%s\n", link);
	(void)!readlink("/sys/class/mem/null/subsystem", link, sizeof(link) - 1);
	printf("%s\n", link);
	show_end("/sys/class/mem/none");
	show_end("/sys/dev/block/254:1");
	return 0;
}
