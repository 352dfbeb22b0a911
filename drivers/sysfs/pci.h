/* SPDX-License-Identifier: MIT */
/*
 * Between the files that make PCI's part of /sys.
 *
 * A file stands for a place, segment, bus and function, and not for a struct pci_dev: that may go, and
 * another come, while the file is open.  So a place is a number, which a file has as its `private`, together
 * with which file of the function it is; and the function is looked up each time, with pci_bus_sem held.
 */
#ifndef DRIVERS_SYSFS_PCI_H
#define DRIVERS_SYSFS_PCI_H

#include "drivers/pci/pci.h"
#include "drivers/sysfs/sysfs.h"

struct pci_file {
	u16 segment;
	u8 bus, devfn;
	u8 bar;	 /* of resourceN */
	u8 attr; /* which file */
};

static inline void *pci_file_private(struct pci_file f)
{
	return (void *)(BIT_ULL(48) | (u64)f.segment << 32 | (u64)f.attr << 24 | (u64)f.bar << 16 |
			(u64)f.bus << 8 | f.devfn);
}

static inline struct pci_file pci_file_of(const void *private)
{
	u64 n = (u64) private;

	return (struct pci_file){ (u16)(n >> 32), (u8)(n >> 8), (u8)n, (u8)(n >> 16),
				  (u8)(n >> 24) };
}

/* The function at the file's place, or NULL.  pci_bus_sem or PCI's mutex is held. */
struct pci_dev *pci_file_dev(const void *private);

/* The function that is called so in full, or NULL.  The same. */
struct pci_dev *pci_find_by_name(const char *name);

/* `private` of a function's own files. */
void *pci_private_of(const struct pci_dev *dev);

/*
 * Links to functions, in the order of addresses, which is that of positions up to PCI_LINKS_END; `driver` NULL:
 * to all, else to those it drives.  pci_bus_sem is held.
 */
#define PCI_LINKS_END (KTREE_FIRST + 0x100000000LL)
void pci_emit_links(struct dir_context *ctx, const struct pci_driver *driver);
extern const struct knode_ops *const pci_driver_link_ops; /* such a link in a driver's directory */

/* /sys/bus/pci/drivers; msi_irqs/ of a function that has messages. */
extern const struct ktree_dir_ops pci_drivers_dir, pci_msi_irqs_dir;

/* A file of a function's directory. */
struct pci_attr {
	const char *name;
	umode_t mode;
	const struct knode_ops *ops;
	bool (*is_there)(const struct pci_dev *dev); /* NULL: each has it */
	/* A text, with pci_bus_sem or PCI's mutex held; a number that was written, with the mutex.  0 or -errno. */
	int (*show)(struct sink *out, struct pci_dev *dev);
	int (*store)(struct pci_dev *dev, u64 value);
};

extern const struct pci_attr pci_attrs[];
extern const unsigned int nr_pci_attrs;

/* resourceN and resourceN_wc: whether the function has it, and what it is made of. */
bool pci_has_resource_file(const struct pci_dev *dev, unsigned int bar, bool wc);
const struct knode_ops *pci_resource_ops(const struct pci_dev *dev, unsigned int bar, bool wc);

extern const struct knode_ops pci_config_ops, pci_rom_ops;

#endif
