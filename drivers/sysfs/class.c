// SPDX-License-Identifier: MIT
/*
 * /sys/class and /sys/dev/char: devices by what they are, and by their numbers.
 *
 *	/sys/devices/virtual/mem/null/	a character device: dev, uevent, subsystem
 *	/sys/class/mem/null		a link to it
 *	/sys/dev/char/1:3		another one
 *
 * All of them are there at boot and stay. A UART, which Linux shows below its place on a bus, stands among
 * the others. Disks are block.c's.
 */
#include "drivers/sysfs/sysfs.h"
#include "kernel/core/sink.h"
#include "kernel/fs/devfs.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "mm/slab.h"

#define PATH_LEN     64
#define DEFAULT_MODE 0600 /* devtmpfs's, which uevent does not tell */

struct class_device {
	struct device_info info;
};

/* Linux's classes, by majors. */
static const char *class_of(dev_t dev)
{
	switch (MAJOR(dev)) {
	case 1:
		return "mem";
	case 4:
	case 5:
		return "tty";
	case 10:
		return "misc";
	default:
		return NULL;
	}
}

/* What Linux calls another thing than its file. */
static const char *name_of(const struct device_info *info)
{
	return strcmp(info->name, "hwrng") ? info->name : "hw_random";
}

static int show_dev(struct sink *out, void *private)
{
	const struct class_device *d = private;

	sink_printf(out, "%u:%u\n", MAJOR(d->info.dev), MINOR(d->info.dev));
	return 0;
}

static int show_uevent(struct sink *out, void *private)
{
	const struct class_device *d = private;

	sink_printf(out, "MAJOR=%u\nMINOR=%u\nDEVNAME=%s\n", MAJOR(d->info.dev), MINOR(d->info.dev),
		    d->info.name);
	if ((d->info.mode & 0777) != DEFAULT_MODE)
		sink_printf(out, "DEVMODE=%#o\n", d->info.mode & 0777);
	return 0;
}

static const struct knode_ops dev_ops = { .show = show_dev };
static const struct knode_ops uevent_ops = { .show = show_uevent };

/* A link to the device from a directory that is two below /sys. */
static void link_from(const char *folder, const char *name, const char *path)
{
	struct dentry *parent = ktree_mkdir_path(sysfs_root, folder, 0755);
	char target[PATH_LEN];

	scnprintf(target, sizeof(target), "../../%s", path);
	if (!IS_ERR(parent))
		ktree_symlink(parent, name, target);
}

static void __init add_device(struct class_device *d, const char *class)
{
	char path[PATH_LEN], other[PATH_LEN], number[24];
	struct dentry *folder;

	scnprintf(path, sizeof(path), "devices/virtual/%s/%s", class, name_of(&d->info));
	folder = ktree_mkdir_path(sysfs_root, path, 0755);
	if (IS_ERR(folder))
		return;
	ktree_create(folder, "dev", 0444, SYSFS_FILE_SIZE, &dev_ops, d);
	ktree_create(folder, "uevent", 0444, SYSFS_FILE_SIZE, &uevent_ops, d);
	scnprintf(other, sizeof(other), "../../../../class/%s", class);
	ktree_symlink(folder, "subsystem", other);
	scnprintf(other, sizeof(other), "class/%s", class);
	link_from(other, name_of(&d->info), path);
	scnprintf(number, sizeof(number), "%u:%u", MAJOR(d->info.dev), MINOR(d->info.dev));
	link_from("dev/char", number, path);
}

void __init sysfs_class_init(void)
{
	struct device_info info = { .dev = 0 };

	for (; next_char_device(&info); info.dev++) {
		const char *class = class_of(info.dev);
		struct class_device *d = class ? kmalloc(sizeof(*d), GFP_KERNEL) : NULL;

		if (!d)
			continue;
		d->info = info;
		add_device(d, class);
	}
}
