// SPDX-License-Identifier: MIT
/* /sys: its root, and files of one text each. */
#include "drivers/sysfs/sysfs.h"

#include "kernel/core/sink.h"
#include "kernel/lib/string.h"

#define SYSFS_MAGIC 0x62656572 /* statfs(2)'s */
#define PATH_LEN    128

struct dentry *sysfs_root;

int sysfs_parse_number(const char *text, u64 *value)
{
	char number[24];
	size_t n = strnlen(text, sizeof(number));

	if (n && text[n - 1] == '\n')
		n--;
	if (n == sizeof(number))
		return -EINVAL;
	memcpy(number, text, n);
	number[n] = '\0';
	return kstrtoull(number, 0, value) ? -EINVAL : 0;
}

/* The directory of a path from the root, which is made, and where its last name begins. */
static struct dentry *make_directory(const char *path, const char **name)
{
	char folder[PATH_LEN];
	const char *slash = NULL;

	for (const char *s = path; *s; s++)
		if (*s == '/')
			slash = s;
	*name = slash ? slash + 1 : path;
	if (!slash)
		return sysfs_root;
	strscpy(folder, path, min(sizeof(folder), (size_t)(slash - path) + 1));
	return ktree_mkdir_path(sysfs_root, folder, 0755);
}

void sysfs_create(const char *path, umode_t mode, loff_t size, const struct knode_ops *ops,
		  void *private)
{
	const char *name;
	struct dentry *folder = make_directory(path, &name);

	if (!IS_ERR(folder))
		ktree_create(folder, name, mode, size, ops, private);
}

static int show_word(struct sink *out, void *word)
{
	sink_printf(out, "%s\n", (const char *)word);
	return 0;
}

static const struct knode_ops word_ops = { .show = show_word };

void sysfs_create_word(const char *path, const char *word)
{
	sysfs_create(path, 0444, SYSFS_FILE_SIZE, &word_ops, (void *)word);
}

static ssize_t read_bytes(void *private, char *buf, loff_t pos, size_t n)
{
	const struct sysfs_bytes *b = private;

	if ((u64)pos >= b->size)
		return 0;
	n = min(n, b->size - (size_t)pos);
	memcpy(buf, b->bytes + pos, n);
	return (ssize_t)n;
}

static const struct knode_ops bytes_ops = { .read = read_bytes };

void sysfs_create_bytes(const char *path, umode_t mode, const struct sysfs_bytes *bytes)
{
	sysfs_create(path, mode, (loff_t)bytes->size, &bytes_ops, (void *)bytes);
}

void __init sysfs_init(void)
{
	static const char *const folders[] = { "bus",	     "class/block", "class/mem",
					       "class/misc", "class/tty",   "dev/block",
					       "dev/char",   "devices",	    "firmware",
					       "fs",	     "kernel",	    "module",
					       "power" };

	sysfs_root = ktree_register("sysfs", SYSFS_MAGIC);
	for (unsigned int i = 0; i < ARRAY_SIZE(folders); i++)
		ktree_mkdir_path(sysfs_root, folders[i], 0755);
	sysfs_class_init();
	sysfs_block_init();
	sysfs_pci_init();
	sysfs_firmware_init();
	sysfs_system_init();
}
