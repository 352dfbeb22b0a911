// SPDX-License-Identifier: MIT
/*
 * A function's configuration space, its BARs and its ROM, as files.
 *
 * config is read and written in the widest accesses that offset and length allow.  resourceN of memory is mapped
 * only, uncached, and resourceN_wc write-combining, as long as no driver holds it; of ports it is read and written,
 * one access a call.  rom is read once "1" was written to it.
 */
#include "drivers/char/mem.h"
#include "drivers/pci/access.h"
#include "drivers/pci/pcie.h"
#include "drivers/sysfs/pci.h"
#include "kernel/core/devmem.h"
#include "kernel/cpu/port.h"
#include "kernel/lib/string.h"
#include "mm/io.h"
#include "mm/ioremap.h"
#include "mm/user/fault.h"

/* ---------------------------------------------------------------- config */

/* How many bytes an access at `where` has, of `left` that are wanted. */
static int access_size(loff_t where, size_t left)
{
	if (!(where & 3) && left >= 4)
		return 4;
	return !(where & 1) && left >= 2 ? 2 : 1;
}

/* What of `n` bytes from `pos` on lies in the function's space. */
static size_t in_space(const struct pci_dev *dev, loff_t pos, size_t n)
{
	size_t size = (size_t)pci_cfg_space_size(dev);

	return (u64)pos >= size ? 0 : min(n, size - (size_t)pos);
}

static void read_config(const struct pci_dev *dev, char *buf, loff_t pos, size_t n)
{
	for (int size; n; pos += size, buf += size, n -= (size_t)size) {
		u32 value;

		size = access_size(pos, n);
		pci_raw_read(dev->bus->segment, dev->bus->number, dev->devfn, (int)pos, size,
			     &value);
		memcpy(buf, &value, (size_t)size);
	}
}

static void write_config(const struct pci_dev *dev, const char *buf, loff_t pos, size_t n)
{
	for (int size; n; pos += size, buf += size, n -= (size_t)size) {
		u32 value = 0;

		size = access_size(pos, n);
		memcpy(&value, buf, (size_t)size);
		pci_raw_write(dev->bus->segment, dev->bus->number, dev->devfn, (int)pos, size,
			      value);
	}
}

static ssize_t config_read(void *private, char *buf, loff_t pos, size_t n)
{
	const struct pci_dev *dev;

	down_read(&pci_bus_sem);
	dev = pci_file_dev(private);
	n = dev ? in_space(dev, pos, n) : 0;
	if (n)
		read_config(dev, buf, pos, n);
	up_read(&pci_bus_sem);
	return dev ? (ssize_t)n : -ENODEV;
}

static ssize_t config_write(void *private, const char *buf, loff_t pos, size_t n)
{
	const struct pci_dev *dev;

	down_read(&pci_bus_sem);
	dev = pci_file_dev(private);
	n = dev ? in_space(dev, pos, n) : 0;
	if (n)
		write_config(dev, buf, pos, n);
	up_read(&pci_bus_sem);
	return dev ? (ssize_t)n : -ENODEV;
}

static loff_t config_size(void *private)
{
	const struct pci_dev *dev;
	loff_t size;

	down_read(&pci_bus_sem);
	dev = pci_file_dev(private);
	size = dev ? pci_cfg_space_size(dev) : 0;
	up_read(&pci_bus_sem);
	return size;
}

const struct knode_ops pci_config_ops = {
	.read = config_read,
	.write = config_write,
	.size = config_size,
};

/* ---------------------------------------------------------------- resourceN */

static loff_t bar_size(void *private)
{
	struct pci_dev *dev;
	loff_t size = 0;

	down_read(&pci_bus_sem);
	dev = pci_file_dev(private);
	if (dev)
		size = (loff_t)pci_resource_len(dev, pci_file_of(private).bar);
	up_read(&pci_bus_sem);
	return size;
}

/* The BAR's address, in *start, where `vma` lies within it; once it has left the register, nobody may map it. */
static int find_mapped(const struct pci_dev *dev, int bar, const struct vm_area_struct *vma,
		       phys_addr_t *start)
{
	const struct resource *res = &dev->resource[bar];
	unsigned long pages;

	if (!(res->flags & IORESOURCE_MEM) || !pci_resource_len(dev, bar) || !res->parent ||
	    iomem_is_exclusive(res->start))
		return -EINVAL;
	pages = ((pci_resource_len(dev, bar) - 1) >> PAGE_SHIFT) + 1;
	if (vma->vm_pgoff >= pages || vma_pages(vma) > pages - vma->vm_pgoff)
		return -EINVAL;
	*start = res->start;
	return 0;
}

static const struct vm_operations_struct bar_vm_ops = {
	.access = generic_access_phys,
};

/* A function that is pulled from here on has its mappings revoked, this one too. */
static int map_bar(struct vm_area_struct *vma, void *private, bool wc)
{
	struct pci_dev *dev;
	phys_addr_t start;
	int ret = -ENODEV;

	down_read(&pci_bus_sem);
	dev = pci_file_dev(private);
	if (dev)
		ret = find_mapped(dev, pci_file_of(private).bar, vma, &start);
	up_read(&pci_bus_sem);
	if (ret)
		return ret;
	vma->vm_page_prot =
		wc ? pgprot_writecombine(vma->vm_page_prot) : pgprot_noncached(vma->vm_page_prot);
	vma->vm_pgoff += PFN_DOWN(start);
	vma->vm_ops = &bar_vm_ops;
	return io_remap_pfn_range(vma, vma->vm_start, vma->vm_pgoff, vma->vm_end - vma->vm_start,
				  vma->vm_page_prot);
}

static int bar_mmap(struct file *file, struct vm_area_struct *vma, void *private)
{
	(void)file;
	return map_bar(vma, private, false);
}

static int bar_mmap_wc(struct file *file, struct vm_area_struct *vma, void *private)
{
	(void)file;
	return map_bar(vma, private, true);
}

/* The port of `n` bytes at pos in the BAR: in *port.  0: there is none at all. */
static ssize_t find_port(void *private, loff_t pos, size_t n, u16 *port)
{
	const struct resource *res;
	const struct pci_dev *dev;
	ssize_t ret = (ssize_t)n;

	down_read(&pci_bus_sem);
	dev = pci_file_dev(private);
	if (!dev) {
		ret = -ENODEV;
	} else {
		res = &dev->resource[pci_file_of(private).bar];
		*port = (u16)(res->start + (u64)pos);
		if ((u64)pos > res->end - res->start)
			ret = 0;
		else if (n - 1 > res->end - *port || (n != 1 && n != 2 && n != 4))
			ret = -EINVAL;
	}
	up_read(&pci_bus_sem);
	return ret;
}

static ssize_t ports_read(void *private, char *buf, loff_t pos, size_t n)
{
	u16 port;
	ssize_t ret = find_port(private, pos, n, &port);
	u32 value;

	if (ret <= 0)
		return ret;
	value = n == 1 ? inb(port) : n == 2 ? inw(port) : inl(port);
	memcpy(buf, &value, n);
	return ret;
}

static ssize_t ports_write(void *private, const char *buf, loff_t pos, size_t n)
{
	u16 port;
	ssize_t ret = find_port(private, pos, n, &port);
	u32 value = 0;

	if (ret <= 0)
		return ret;
	memcpy(&value, buf, n);
	if (n == 1)
		outb((u8)value, port);
	else if (n == 2)
		outw((u16)value, port);
	else
		outl(value, port);
	return ret;
}

static const struct knode_ops memory_ops = {
	.mmap = bar_mmap,
	.mapping = iomem_get_mapping,
	.size = bar_size,
};
static const struct knode_ops memory_wc_ops = {
	.mmap = bar_mmap_wc,
	.mapping = iomem_get_mapping,
	.size = bar_size,
};
static const struct knode_ops ports_ops = {
	.read = ports_read,
	.write = ports_write,
	.size = bar_size,
};

bool pci_has_resource_file(const struct pci_dev *dev, unsigned int bar, bool wc)
{
	return pci_resource_len(dev, (int)bar) &&
	       (!wc || dev->resource[bar].flags & IORESOURCE_PREFETCH);
}

const struct knode_ops *pci_resource_ops(const struct pci_dev *dev, unsigned int bar, bool wc)
{
	if (dev->resource[bar].flags & IORESOURCE_IO)
		return &ports_ops;
	return wc ? &memory_wc_ops : &memory_ops;
}

/* ---------------------------------------------------------------- rom */

static ssize_t rom_write(void *private, const char *buf, loff_t pos, size_t n)
{
	struct pci_dev *dev;

	(void)pos;
	if (!n || (*buf != '0' && *buf != '1'))
		return -EINVAL;
	pci_lock_rescan_remove();
	dev = pci_file_dev(private);
	if (dev)
		dev->rom_readable = *buf == '1';
	pci_unlock_rescan_remove();
	return dev ? (ssize_t)n : -ENODEV;
}

static ssize_t rom_read(void *private, char *buf, loff_t pos, size_t n)
{
	struct pci_dev *dev;
	ssize_t ret = -ENODEV;

	pci_lock_rescan_remove();
	dev = pci_file_dev(private);
	if (dev)
		ret = dev->rom_readable ? pci_read_rom(dev, buf, (u64)pos, n) : -EINVAL;
	pci_unlock_rescan_remove();
	return ret;
}

static loff_t rom_size(void *private)
{
	struct pci_dev *dev;
	loff_t size = 0;

	down_read(&pci_bus_sem);
	dev = pci_file_dev(private);
	if (dev)
		size = (loff_t)pci_resource_len(dev, PCI_ROM_RESOURCE);
	up_read(&pci_bus_sem);
	return size;
}

const struct knode_ops pci_rom_ops = { .read = rom_read, .write = rom_write, .size = rom_size };
