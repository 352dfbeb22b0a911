// SPDX-License-Identifier: MIT
/*
 * /sys/bus/pci/drivers/NAME: links to what a driver drives, and the files by which a program has it let a
 * function go (unbind), or take one (bind).
 */
#include "drivers/sysfs/pci.h"
#include "kernel/lib/string.h"

#define NAME_LEN 32
#define DT_DIR	 4 /* getdents(2)'s */
#define DT_REG	 8
#define DT_LNK	 10

/* ---------------------------------------------------------------- bind, unbind */

/* The function that was written, a newline behind it or not; NULL: there is none.  PCI's mutex is held. */
static struct pci_dev *written_function(const char *text)
{
	char name[NAME_LEN];
	size_t len;

	strscpy(name, text, sizeof(name));
	len = strlen(name);
	if (len && name[len - 1] == '\n')
		name[len - 1] = '\0';
	return pci_find_by_name(name);
}

static ssize_t unbind_store(void *driver, const char *text, size_t n)
{
	struct pci_dev *dev;
	int err = -ENODEV;

	pci_lock_rescan_remove();
	dev = written_function(text);
	if (dev && dev->driver == driver) {
		pci_release_driver(dev);
		err = 0;
	}
	pci_unlock_rescan_remove();
	return err ?: (ssize_t)n;
}

static ssize_t bind_store(void *driver, const char *text, size_t n)
{
	struct pci_dev *dev;
	int err = -ENODEV;

	pci_lock_rescan_remove();
	dev = written_function(text);
	if (dev)
		err = pci_bind_driver(dev, driver);
	pci_unlock_rescan_remove();
	return err ?: (ssize_t)n;
}

static const struct knode_ops bind_ops = { .store = bind_store };
static const struct knode_ops unbind_ops = { .store = unbind_store };

static const struct {
	const char *name;
	const struct knode_ops *ops;
} files[] = { { "bind", &bind_ops }, { "unbind", &unbind_ops } };

/* ---------------------------------------------------------------- a driver's directory */

/* `private` is the driver, which stays for ever. */
static int driver_lookup(void *private, const char *name, struct ktree_entry *entry)
{
	const struct pci_dev *dev;
	int ret = -ENOENT;

	for (unsigned int i = 0; i < ARRAY_SIZE(files); i++) {
		if (strcmp(files[i].name, name))
			continue;
		*entry = (struct ktree_entry){ .mode = S_IFREG | 0200,
					       .ops = files[i].ops,
					       .private = private };
		return 0;
	}
	down_read(&pci_bus_sem);
	dev = pci_find_by_name(name);
	if (dev && READ_ONCE(dev->driver) == private) {
		*entry = (struct ktree_entry){ .mode = S_IFLNK | 0777,
					       .ops = pci_driver_link_ops,
					       .private = pci_private_of(dev) };
		ret = 0;
	}
	up_read(&pci_bus_sem);
	return ret;
}

/* Its links have the positions of their functions; the files stand behind them. */
static int driver_iterate(void *private, struct dir_context *ctx)
{
	unsigned int i;

	down_read(&pci_bus_sem);
	pci_emit_links(ctx, private);
	up_read(&pci_bus_sem);
	for (; ctx->pos >= PCI_LINKS_END; ctx->pos++) {
		i = (unsigned int)(ctx->pos - PCI_LINKS_END);
		if (i >= ARRAY_SIZE(files) ||
		    !dir_emit(ctx, files[i].name, (int)strlen(files[i].name), (u64) private + 1 + i,
			      DT_REG))
			break;
	}
	return 0;
}

static const struct ktree_dir_ops driver_dir = {
	.lookup = driver_lookup,
	.iterate = driver_iterate,
};

static int drivers_lookup(void *unused, const char *name, struct ktree_entry *entry)
{
	struct pci_driver *driver;

	(void)unused;
	for (unsigned int n = 0; (driver = pci_nth_driver(n)) != NULL; n++)
		if (!strcmp(driver->name, name))
			break;
	if (!driver)
		return -ENOENT;
	*entry = (struct ktree_entry){ .mode = S_IFDIR | 0755,
				       .dir = &driver_dir,
				       .private = driver };
	return 0;
}

static int drivers_iterate(void *unused, struct dir_context *ctx)
{
	const struct pci_driver *driver;

	(void)unused;
	while ((driver = pci_nth_driver((unsigned int)(ctx->pos - KTREE_FIRST))) != NULL) {
		if (!dir_emit(ctx, driver->name, (int)strlen(driver->name), (u64)driver, DT_DIR))
			break;
		ctx->pos++;
	}
	return 0;
}

const struct ktree_dir_ops pci_drivers_dir = {
	.lookup = drivers_lookup,
	.iterate = drivers_iterate,
};
