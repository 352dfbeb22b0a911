// SPDX-License-Identifier: MIT
/*
 * /sys/block: what programs ask of disks, /sys/block/vda/size first of all; and /proc/partitions, /proc/diskstats.
 *
 * A disk is a number here, and looked up anew each time: it may be pulled while a file of it is open.
 */
#include "drivers/block/blkdev.h"
#include "drivers/sysfs/sysfs.h"
#include "kernel/core/sink.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/proc/proc.h"

#define MAX_DISKS   16
#define BLOCK_MAJOR 254
#define MINORS	    16
#define DT_DIR	    4 /* getdents(2)'s */
#define DT_REG	    8
#define DT_LNK	    10
#define NAME_LEN    32

/* A file, by its disk and its place in the table below. */
static void *private_of(unsigned int disk, unsigned int file)
{
	return (void *)(1UL << 32 | (unsigned long)file << 8 | disk);
}

static unsigned int disk_of(const void *private)
{
	return (unsigned long)private & 0xff;
}

static unsigned int file_of(const void *private)
{
	return (unsigned long)private >> 8 & 0xff;
}

typedef void (*show_fn)(struct sink *out, const struct block_device *bdev, unsigned int disk);

#define SHOW(id, format, value)                                                  \
	static void show_##id(struct sink *out, const struct block_device *bdev, \
			      unsigned int disk)                                 \
	{                                                                        \
		(void)bdev;                                                      \
		(void)disk;                                                      \
		sink_printf(out, format "\n", value);                            \
	}
SHOW(size, "%llu", (unsigned long long)READ_ONCE(bdev->capacity))
SHOW(ro, "%d", bdev->read_only)
SHOW(block_size, "%u", bdev->block_size)
SHOW(zero, "%d", 0)
SHOW(one, "%d", 1)
SHOW(range, "%d", MINORS)

static void show_dev(struct sink *out, const struct block_device *bdev, unsigned int disk)
{
	(void)bdev;
	sink_printf(out, "%d:%u\n", BLOCK_MAJOR, disk * MINORS);
}

static void show_uevent(struct sink *out, const struct block_device *bdev, unsigned int disk)
{
	sink_printf(out, "MAJOR=%d\nMINOR=%u\nDEVNAME=%s\nDEVTYPE=disk\n", BLOCK_MAJOR,
		    disk * MINORS, bdev->name);
}

static const struct disk_file {
	const char *name;
	show_fn show;
	bool queue; /* it stands in queue/ */
} files[] = {
	{ "alignment_offset", show_zero, false },
	{ "dev", show_dev, false },
	{ "hidden", show_zero, false },
	{ "range", show_range, false },
	{ "removable", show_zero, false },
	{ "ro", show_ro, false },
	{ "size", show_size, false },
	{ "uevent", show_uevent, false },
	{ "hw_sector_size", show_block_size, true },
	{ "logical_block_size", show_block_size, true },
	{ "minimum_io_size", show_block_size, true },
	{ "optimal_io_size", show_zero, true },
	{ "physical_block_size", show_block_size, true },
	{ "rotational", show_one, true }, /* nobody has said that it is not */
};

static int show_file(struct sink *out, void *private)
{
	struct block_device *bdev = nth_block_device(disk_of(private));

	if (!bdev)
		return -ENODEV;
	files[file_of(private)].show(out, bdev, disk_of(private));
	put_block_device(bdev);
	return 0;
}

static loff_t text_size(void *private)
{
	(void)private;
	return SYSFS_FILE_SIZE;
}

static const struct knode_ops file_ops = { .show = show_file, .size = text_size };

/* ---------------------------------------------------------------- vda/ and vda/queue/ */

static int find_file(void *private, const char *name, bool queue, struct ktree_entry *entry)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(files); i++) {
		if (files[i].queue != queue || strcmp(files[i].name, name))
			continue;
		*entry = (struct ktree_entry){ .mode = S_IFREG | 0444,
					       .ops = &file_ops,
					       .private = private_of(disk_of(private), i) };
		return 0;
	}
	return -ENOENT;
}

static bool list_files(void *private, bool queue, struct dir_context *ctx)
{
	for (; ctx->pos - KTREE_FIRST < (loff_t)ARRAY_SIZE(files); ctx->pos++) {
		unsigned int i = (unsigned int)(ctx->pos - KTREE_FIRST);

		if (files[i].queue == queue &&
		    !dir_emit(ctx, files[i].name, (int)strlen(files[i].name),
			      (u64)private_of(disk_of(private), i), DT_REG))
			return false;
	}
	return true;
}

static int queue_lookup(void *private, const char *name, struct ktree_entry *entry)
{
	return find_file(private, name, true, entry);
}

static int queue_iterate(void *private, struct dir_context *ctx)
{
	list_files(private, true, ctx);
	return 0;
}

static const struct ktree_dir_ops queue_dir = { .lookup = queue_lookup, .iterate = queue_iterate };

static int disk_lookup(void *private, const char *name, struct ktree_entry *entry)
{
	if (strcmp(name, "queue"))
		return find_file(private, name, false, entry);
	*entry = (struct ktree_entry){ .mode = S_IFDIR | 0755,
				       .dir = &queue_dir,
				       .private = private };
	return 0;
}

static int disk_iterate(void *private, struct dir_context *ctx)
{
	const loff_t end = KTREE_FIRST + (loff_t)ARRAY_SIZE(files);

	if (list_files(private, false, ctx) && ctx->pos == end &&
	    dir_emit(ctx, "queue", 5, (u64)private_of(disk_of(private), 0xff), DT_DIR))
		ctx->pos++;
	return 0;
}

static const struct ktree_dir_ops disk_dir = { .lookup = disk_lookup, .iterate = disk_iterate };

/* ---------------------------------------------------------------- all of them */

static int block_lookup(void *unused, const char *name, struct ktree_entry *entry)
{
	struct block_device *bdev;
	int ret = -ENOENT;

	(void)unused;
	for (unsigned int i = 0; i < MAX_DISKS && ret; i++) {
		bdev = nth_block_device(i);
		if (!bdev)
			continue;
		if (!strcmp(bdev->name, name)) {
			*entry = (struct ktree_entry){ .mode = S_IFDIR | 0755,
						       .dir = &disk_dir,
						       .private = private_of(i, 0) };
			ret = 0;
		}
		put_block_device(bdev);
	}
	return ret;
}

static int block_iterate(void *unused, struct dir_context *ctx)
{
	struct block_device *bdev;
	bool room = true;

	(void)unused;
	for (; room && ctx->pos - KTREE_FIRST < MAX_DISKS; ctx->pos += room) {
		unsigned int i = (unsigned int)(ctx->pos - KTREE_FIRST);

		bdev = nth_block_device(i);
		if (!bdev)
			continue;
		room = dir_emit(ctx, bdev->name, (int)strlen(bdev->name), (u64)private_of(i, 0xfe),
				DT_DIR);
		put_block_device(bdev);
	}
	return 0;
}

static const struct ktree_dir_ops block_dir = { .lookup = block_lookup, .iterate = block_iterate };

/* ---------------------------------------------------------------- links by class and number */

static int link_to_disk(struct sink *out, void *private)
{
	struct block_device *bdev = nth_block_device(disk_of(private));

	if (!bdev)
		return -ENOENT;
	sink_printf(out, "../../block/%s", bdev->name);
	put_block_device(bdev);
	return 0;
}

static const struct knode_ops disk_link_ops = { .link = link_to_disk };

/* What a disk's link is called: its name in class/block, in dev/block its number. */
static void link_name(char *name, const struct block_device *bdev, unsigned int disk, bool number)
{
	if (number)
		scnprintf(name, NAME_LEN, "%d:%u", BLOCK_MAJOR, disk * MINORS);
	else
		strscpy(name, bdev->name, NAME_LEN);
}

static bool get_link_name(char *name, unsigned int disk, bool number)
{
	struct block_device *bdev = nth_block_device(disk);

	if (!bdev)
		return false;
	link_name(name, bdev, disk, number);
	put_block_device(bdev);
	return true;
}

static int find_link(const char *wanted, bool number, struct ktree_entry *entry)
{
	char name[NAME_LEN];

	for (unsigned int i = 0; i < MAX_DISKS; i++) {
		if (!get_link_name(name, i, number) || strcmp(name, wanted))
			continue;
		*entry = (struct ktree_entry){ .mode = S_IFLNK | 0777,
					       .ops = &disk_link_ops,
					       .private = private_of(i, 0) };
		return 0;
	}
	return -ENOENT;
}

static int list_links(bool number, struct dir_context *ctx)
{
	char name[NAME_LEN];

	for (; ctx->pos - KTREE_FIRST < MAX_DISKS; ctx->pos++) {
		unsigned int i = (unsigned int)(ctx->pos - KTREE_FIRST);

		if (get_link_name(name, i, number) &&
		    !dir_emit(ctx, name, (int)strlen(name), (u64)private_of(i, 0xfd - number),
			      DT_LNK))
			break;
	}
	return 0;
}

static int class_lookup(void *unused, const char *name, struct ktree_entry *entry)
{
	(void)unused;
	return find_link(name, false, entry);
}

static int class_iterate(void *unused, struct dir_context *ctx)
{
	(void)unused;
	return list_links(false, ctx);
}

static int number_lookup(void *unused, const char *name, struct ktree_entry *entry)
{
	(void)unused;
	return find_link(name, true, entry);
}

static int number_iterate(void *unused, struct dir_context *ctx)
{
	(void)unused;
	return list_links(true, ctx);
}

static const struct ktree_dir_ops class_dir = { .lookup = class_lookup, .iterate = class_iterate };
static const struct ktree_dir_ops number_dir = { .lookup = number_lookup,
						 .iterate = number_iterate };

static void __init make_links(const char *path, const struct ktree_dir_ops *dir)
{
	struct dentry *folder = ktree_find(sysfs_root, path);

	if (folder)
		ktree_set_dynamic(folder, dir, NULL);
}

void __init sysfs_block_init(void)
{
	make_links("class/block", &class_dir);
	make_links("dev/block", &number_dir);
	ktree_mkdir_dynamic(sysfs_root, "block", 0755, &block_dir, NULL);
	proc_create_text("partitions", 0444, show_partitions);
	proc_create_text("diskstats", 0444, show_diskstats);
}
