// SPDX-License-Identifier: MIT
/* A PCI function's driver lets it go and takes it again; its messages' irqs. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DRIVER "/sys/bus/pci/drivers/virtio-pci"

static char disk[32], dir[128];

static const char *exists(const char *path)
{
	return access(path, F_OK) ? strerrorname_np(errno) : "is there";
}

static void put(const char *file, const char *text)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), DRIVER "/%s", file);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		printf("%s %s: %s\n", file, strcmp(text, disk) ? "another" : "it",
		       strerrorname_np(errno));
	else
		printf("%s: ok\n", file);
	close(fd);
}

static void show_msi(void)
{
	char path[512], text[16];
	struct dirent *e;
	int n = 0, kinds = 0, fd;
	struct stat st;
	DIR *d;

	snprintf(path, sizeof(path), "%s/msi_irqs", dir);
	if (stat(path, &st)) {
		printf("no messages\n");
		return;
	}
	printf("mode %o\n", st.st_mode);
	d = opendir(path);
	while (d && (e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/msi_irqs/%s", dir, e->d_name);
		fd = open(path, O_RDONLY);
		n += fd >= 0 && atoi(e->d_name) > 0;
		kinds += read(fd, text, sizeof(text)) == 5 && !memcmp(text, "msix\n", 5);
		close(fd);
	}
	if (d)
		closedir(d);
	snprintf(path, sizeof(path), "%s/msi_irqs/9999", dir);
	printf("%d irqs, %d of MSI-X; another %s\n", n, kinds, exists(path));
}

static void show(const char *when)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/driver", dir);
	printf("-- %s: driver %s", when, exists(path));
	snprintf(path, sizeof(path), DRIVER "/%s", disk);
	printf(", its link %s, disk %s %s\n", exists(path), exists("/dev/vda"),
	       exists("/sys/block/vda"));
	show_msi();
}

int main(void)
{
	struct dirent *e;
	struct stat st;
	DIR *d = opendir(DRIVER);
	char line[40];

	while (d && (e = readdir(d)))
		if (!strncmp(e->d_name, "0000:", 5))
			snprintf(disk, sizeof(disk), "%.12s", e->d_name);
	snprintf(dir, sizeof(dir), "/sys/bus/pci/devices/%s", disk);
	show("bound");
	printf("bind mode %o\n", stat(DRIVER "/bind", &st) ? 0 : st.st_mode);
	printf("unbind mode %o\n", stat(DRIVER "/unbind", &st) ? 0 : st.st_mode);
	put("bind", disk);
	put("bind", "0000:00:00.0");
	put("bind", "nothing");
	put("unbind", "0000:00:00.0");
	put("unbind", "0000:77:00.0");
	snprintf(line, sizeof(line), "%s\n", disk);
	put("unbind", line);
	show("unbound");
	put("unbind", disk);
	put("bind", disk);
	usleep(300000);
	show("bound again");
	printf("read: %s\n", open("/dev/vda", O_RDONLY) < 0 ? strerrorname_np(errno) : "ok");
	printf("read bind: %s\n",
	       open(DRIVER "/bind", O_RDONLY) < 0 ? strerrorname_np(errno) : "ok");
	return 0;
}
