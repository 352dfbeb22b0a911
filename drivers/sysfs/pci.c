// SPDX-License-Identifier: MIT
/*
 * PCI's directories in /sys.
 *
 *	/sys/devices/pci0000:00/0000:00:03.0/	a function, and in it those behind a bridge
 *	/sys/bus/pci/devices/0000:00:03.0	a link to it
 *	/sys/bus/pci/drivers/NAME/		a driver, with links to what it drives
 *
 * All of it is looked up in the tree of buses, at the moment when somebody looks.
 */
#include "drivers/sysfs/pci.h"

#include <linux/fs.h>

#include "drivers/pci/hotplug.h"
#include "drivers/pci/probe.h"
#include "kernel/core/sink.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"

#define NR_BARS	 6
#define NAME_LEN 32
#define DT_DIR	 4 /* getdents(2)'s */
#define DT_REG	 8
#define DT_LNK	 10

static const struct ktree_dir_ops function_dir;

struct pci_dev *pci_file_dev(const void *private)
{
	struct pci_file f = pci_file_of(private);
	struct pci_bus *bus = pci_find_bus(f.segment, f.bus);

	return bus ? pci_get_slot(bus, f.devfn) : NULL;
}

void *pci_private_of(const struct pci_dev *dev)
{
	return pci_file_private((struct pci_file){
		.segment = dev->bus->segment, .bus = dev->bus->number, .devfn = dev->devfn });
}

struct pci_dev *pci_find_by_name(const char *name)
{
	struct pci_dev *dev = pci_get_by_name(name);

	return dev && !strcmp(dev->name, name) ? dev : NULL;
}

static unsigned int depth_of(const struct pci_dev *dev)
{
	unsigned int depth = 1;

	for (; dev->bus->self; dev = dev->bus->self)
		depth++;
	return depth;
}

/* "pci0000:00/0000:00:03.0/0000:01:00.0": where it is below /sys/devices. */
static void show_path(struct sink *out, const struct pci_dev *dev)
{
	unsigned int depth = depth_of(dev);

	sink_printf(out, "pci%04x:%02x", dev->bus->segment, pci_root_of(dev->bus)->number);
	while (depth--) {
		const struct pci_dev *above = dev;

		for (unsigned int up = depth; up--;)
			above = above->bus->self;
		sink_printf(out, "/%s", above->name);
	}
}

/* As many directories up. */
static void show_up(struct sink *out, unsigned int n)
{
	while (n--)
		sink_printf(out, "../");
}

/* ---------------------------------------------------------------- links */

/* A link's text, by the function that `private` tells. */
static int show_link(struct sink *out, void *private,
		     void (*show)(struct sink *out, const struct pci_dev *dev))
{
	const struct pci_dev *dev;
	int ret = 0;

	down_read(&pci_bus_sem);
	dev = pci_file_dev(private);
	if (dev)
		show(out, dev);
	else
		ret = -ENOENT;
	up_read(&pci_bus_sem);
	return ret;
}

static void show_subsystem(struct sink *out, const struct pci_dev *dev)
{
	show_up(out, depth_of(dev) + 2);
	sink_printf(out, "bus/pci");
}

static void show_driver(struct sink *out, const struct pci_dev *dev)
{
	const struct pci_driver *driver = READ_ONCE(dev->driver);

	show_subsystem(out, dev);
	sink_printf(out, "/drivers/%s", driver ? driver->name : "");
}

static void show_from_bus(struct sink *out, const struct pci_dev *dev)
{
	sink_printf(out, "../../../devices/");
	show_path(out, dev);
}

static void show_from_driver(struct sink *out, const struct pci_dev *dev)
{
	sink_printf(out, "../");
	show_from_bus(out, dev);
}

#define LINK_OPS(id)                                          \
	static int id##_link(struct sink *out, void *private) \
	{                                                     \
		return show_link(out, private, show_##id);    \
	}                                                     \
	static const struct knode_ops id##_ops = { .link = id##_link }
LINK_OPS(subsystem);
LINK_OPS(driver);
LINK_OPS(from_bus);
LINK_OPS(from_driver);
const struct knode_ops *const pci_driver_link_ops = &from_driver_ops;

/* ---------------------------------------------------------------- a function's directory */

/*
 * What its n-th entry is: its name, and *entry.  -ENOENT: the function has none such; -ERANGE: there are no
 * more before the functions behind it.
 */
static int describe(const struct pci_dev *dev, unsigned int n, char name[NAME_LEN],
		    struct ktree_entry *entry)
{
	struct pci_file f = pci_file_of(pci_private_of(dev));

	if (n < nr_pci_attrs) {
		const struct pci_attr *attr = &pci_attrs[n];

		if (attr->is_there && !attr->is_there(dev))
			return -ENOENT;
		f.attr = (u8)n;
		scnprintf(name, NAME_LEN, "%s", attr->name);
		*entry = (struct ktree_entry){ .mode = S_IFREG | attr->mode, .ops = attr->ops };
	} else if (n < nr_pci_attrs + 2 * NR_BARS) {
		bool wc = n >= nr_pci_attrs + NR_BARS;

		f.bar = (u8)((n - nr_pci_attrs) % NR_BARS);
		if (!pci_has_resource_file(dev, f.bar, wc))
			return -ENOENT;
		scnprintf(name, NAME_LEN, "resource%u%s", f.bar, wc ? "_wc" : "");
		*entry = (struct ktree_entry){ .mode = S_IFREG | 0600,
					       .ops = pci_resource_ops(dev, f.bar, wc) };
	} else if (n == nr_pci_attrs + 2 * NR_BARS) {
		scnprintf(name, NAME_LEN, "subsystem");
		*entry = (struct ktree_entry){ .mode = S_IFLNK | 0777, .ops = &subsystem_ops };
	} else if (n == nr_pci_attrs + 2 * NR_BARS + 1) {
		if (!READ_ONCE(dev->driver))
			return -ENOENT;
		scnprintf(name, NAME_LEN, "driver");
		*entry = (struct ktree_entry){ .mode = S_IFLNK | 0777, .ops = &driver_ops };
	} else if (n == nr_pci_attrs + 2 * NR_BARS + 2) {
		if (pci_irq_vector(dev, 0) < 0)
			return -ENOENT;
		scnprintf(name, NAME_LEN, "msi_irqs");
		*entry = (struct ktree_entry){ .mode = S_IFDIR | 0755, .dir = &pci_msi_irqs_dir };
	} else {
		return -ERANGE;
	}
	entry->private = pci_file_private(f);
	return 0;
}

static void describe_function(const struct pci_dev *dev, struct ktree_entry *entry)
{
	*entry = (struct ktree_entry){ .mode = S_IFDIR | 0755,
				       .dir = &function_dir,
				       .private = pci_private_of(dev) };
}

static int find_entry(const struct pci_dev *dev, const char *name, struct ktree_entry *entry)
{
	const struct pci_dev *behind;
	char other[NAME_LEN];
	int err = 0;

	for (unsigned int n = 0; err != -ERANGE; n++) {
		err = describe(dev, n, other, entry);
		if (!err && !strcmp(name, other))
			return 0;
	}
	behind = pci_find_by_name(name);
	if (!behind || behind->bus != dev->subordinate)
		return -ENOENT;
	describe_function(behind, entry);
	return 0;
}

static int function_lookup(void *private, const char *name, struct ktree_entry *entry)
{
	const struct pci_dev *dev;
	int ret = -ENOENT;

	down_read(&pci_bus_sem);
	dev = pci_file_dev(private);
	if (dev)
		ret = find_entry(dev, name, entry);
	up_read(&pci_bus_sem);
	return ret;
}

static unsigned int type_of(umode_t mode)
{
	return S_ISLNK(mode) ? DT_LNK : S_ISDIR(mode) ? DT_DIR : DT_REG;
}

/* The functions of a bus, at positions from `base` on by their number in it. */
static void emit_functions(const struct pci_bus *bus, struct dir_context *ctx, loff_t base)
{
	const struct pci_dev *dev;

	list_for_each_entry(dev, &bus->devices, bus_list) {
		if (ctx->pos > base + dev->devfn)
			continue;
		ctx->pos = base + dev->devfn;
		if (!dir_emit(ctx, dev->name, (int)strlen(dev->name), (u64)pci_private_of(dev),
			      DT_DIR))
			return;
		ctx->pos++;
	}
}

static int function_iterate(void *private, struct dir_context *ctx)
{
	const struct pci_dev *dev;
	struct ktree_entry entry;
	char name[NAME_LEN];
	int err = 0;

	down_read(&pci_bus_sem);
	dev = pci_file_dev(private);
	for (; dev; ctx->pos++) {
		err = describe(dev, (unsigned int)(ctx->pos - KTREE_FIRST), name, &entry);
		if (err == -ERANGE)
			break;
		if (!err && !dir_emit(ctx, name, (int)strlen(name), (u64)entry.private,
				      type_of(entry.mode)))
			break;
	}
	if (dev && err == -ERANGE && dev->subordinate)
		emit_functions(dev->subordinate, ctx, KTREE_FIRST + nr_pci_attrs + 2 * NR_BARS + 3);
	up_read(&pci_bus_sem);
	return 0;
}

static const struct ktree_dir_ops function_dir = {
	.lookup = function_lookup,
	.iterate = function_iterate,
};

/* ---------------------------------------------------------------- root buses: /sys/devices */

static struct pci_bus *root_bus(const void *private)
{
	struct pci_file f = pci_file_of(private);

	return pci_find_bus(f.segment, f.bus);
}

static int root_lookup(void *private, const char *name, struct ktree_entry *entry)
{
	const struct pci_dev *dev;
	int ret = -ENOENT;

	down_read(&pci_bus_sem);
	dev = pci_find_by_name(name);
	if (dev && dev->bus == root_bus(private)) {
		describe_function(dev, entry);
		ret = 0;
	}
	up_read(&pci_bus_sem);
	return ret;
}

static int root_iterate(void *private, struct dir_context *ctx)
{
	const struct pci_bus *bus;

	down_read(&pci_bus_sem);
	bus = root_bus(private);
	if (bus)
		emit_functions(bus, ctx, KTREE_FIRST);
	up_read(&pci_bus_sem);
	return 0;
}

static const struct ktree_dir_ops root_dir = { .lookup = root_lookup, .iterate = root_iterate };

/* ---------------------------------------------------------------- /sys/bus/pci/devices */

static int devices_lookup(void *unused, const char *name, struct ktree_entry *entry)
{
	const struct pci_dev *dev;

	(void)unused;
	down_read(&pci_bus_sem);
	dev = pci_find_by_name(name);
	if (dev)
		*entry = (struct ktree_entry){ .mode = S_IFLNK | 0777,
					       .ops = &from_bus_ops,
					       .private = pci_private_of(dev) };
	up_read(&pci_bus_sem);
	return dev ? 0 : -ENOENT;
}

void pci_emit_links(struct dir_context *ctx, const struct pci_driver *driver)
{
	const struct pci_bus *bus;
	const struct pci_dev *dev;

	for (bus = NULL; (bus = pci_next_numbered_bus(bus)) != NULL;) {
		loff_t first = KTREE_FIRST + ((loff_t)bus->segment << 16 | bus->number << 8);

		list_for_each_entry(dev, &bus->devices, bus_list) {
			if (first + dev->devfn < ctx->pos ||
			    (driver && READ_ONCE(dev->driver) != driver))
				continue;
			ctx->pos = first + dev->devfn;
			if (!dir_emit(ctx, dev->name, (int)strlen(dev->name),
				      (u64)pci_private_of(dev), DT_LNK))
				return;
			ctx->pos++;
		}
	}
	ctx->pos = max(ctx->pos, (loff_t)PCI_LINKS_END);
}

static int devices_iterate(void *unused, struct dir_context *ctx)
{
	(void)unused;
	down_read(&pci_bus_sem);
	pci_emit_links(ctx, NULL);
	up_read(&pci_bus_sem);
	return 0;
}

static const struct ktree_dir_ops devices_dir = {
	.lookup = devices_lookup,
	.iterate = devices_iterate,
};

/* ---------------------------------------------------------------- the bus */

static ssize_t rescan_store(void *unused, const char *text, size_t n)
{
	u64 value;

	(void)unused;
	if (sysfs_parse_number(text, &value))
		return -EINVAL;
	if (value) {
		pci_lock_rescan_remove();
		pci_rescan(NULL);
		pci_unlock_rescan_remove();
	}
	return (ssize_t)n;
}

static const struct knode_ops rescan_ops = { .store = rescan_store };

void __init sysfs_pci_init(void)
{
	struct dentry *pci = ktree_mkdir_path(sysfs_root, "bus/pci", 0755);
	struct dentry *devices = ktree_mkdir_path(sysfs_root, "devices", 0755);
	const struct pci_bus *bus;
	char name[NAME_LEN];

	if (IS_ERR(pci) || IS_ERR(devices))
		return;
	ktree_mkdir_dynamic(pci, "devices", 0755, &devices_dir, NULL);
	ktree_mkdir_dynamic(pci, "drivers", 0755, &pci_drivers_dir, NULL);
	ktree_mkdir(pci, "slots", 0755);
	ktree_create(pci, "rescan", 0200, SYSFS_FILE_SIZE, &rescan_ops, NULL);
	list_for_each_entry(bus, &pci_root_buses, node) {
		struct pci_file f = { .segment = bus->segment, .bus = bus->number };

		scnprintf(name, sizeof(name), "pci%04x:%02x", bus->segment, bus->number);
		ktree_mkdir_dynamic(devices, name, 0755, &root_dir, pci_file_private(f));
	}
}
