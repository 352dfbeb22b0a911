// SPDX-License-Identifier: MIT
/*
 * /dev/mem: physical memory, for programs; and /dev/port, ports byte by byte.
 *
 * What may be reached kernel/core/devmem.h says.  Reading and writing goes up to the end of RAM, as on
 * Linux; what lies above is for those who map it.  RAM below 1 MiB reads as zeroes, and may be mapped.
 *
 * All mappings are of one address_space, in which a page's index is its physical address, and so are those
 * of a BAR in /sys: when a driver claims a range, they are taken away, and the next access faults.
 */
#include "drivers/char/mem.h"

#include <linux/fs.h>

#include "drivers/char/char.h"
#include "kernel/core/devmem.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/port.h"
#include "kernel/fs/devfs.h"
#include "kernel/fs/iov_iter.h"
#include "kernel/sched/sched.h"
#include "mm/memremap.h"
#include "mm/page_alloc.h"
#include "mm/user/fault.h"

#define NR_PORTS 65536

static struct inode *iomem_inode;

static void revoke_iomem(resource_size_t start, resource_size_t size, bool claimed)
{
	resource_size_t first = start & PAGE_MASK, last = (start + (size - 1)) | ~PAGE_MASK;

	if (claimed && devmem_range_is_allowed(first, last - first + 1))
		return;
	unmap_mapping_range(iomem_inode->i_mapping, (loff_t)first, (loff_t)(last - first + 1), 1);
}

struct address_space *iomem_get_mapping(void)
{
	resource_set_revoke(revoke_iomem); /* from the first on who may map some */
	return iomem_inode->i_mapping;
}

/* ---------------------------------------------------------------- /dev/mem */

/* To the end of RAM; beyond, nobody knows what a read would do. */
static bool may_be_read(phys_addr_t p, size_t count)
{
	return p + count - 1 <= PFN_PHYS(max_pfn) - 1;
}

static size_t size_inside_page(phys_addr_t p, size_t count)
{
	return min(PAGE_SIZE - (p & ~PAGE_MASK), count);
}

/* `n` bytes that lie in one page: 0 or -errno.  A write to RAM that may be mapped is lost. */
static int transfer(phys_addr_t p, size_t n, struct iov_iter *iter, bool write)
{
	enum devmem_access access = devmem_is_allowed(PFN_DOWN(p));
	size_t done = n;
	u8 *page;

	if (access == DEVMEM_REFUSED)
		return -EPERM;
	if (access == DEVMEM_ZEROES) {
		if (write)
			iov_iter_advance(iter, n);
		else
			done = iov_iter_zero(n, iter);
		return done == n ? 0 : -EFAULT;
	}
	page = memremap(p & PAGE_MASK, PAGE_SIZE, MEMREMAP_WB);
	if (!page)
		return -EFAULT;
	done = write ? copy_from_iter(page + (p & ~PAGE_MASK), n, iter) :
		       copy_to_iter(page + (p & ~PAGE_MASK), n, iter);
	memunmap(page);
	return done == n ? 0 : -EFAULT;
}

static bool should_stop(void)
{
	cond_resched();
	return signal_pending(current);
}

/* A read that fails says so even where some of it was done; a write says how much was. */
static ssize_t transfer_all(struct kiocb *iocb, struct iov_iter *iter, bool write)
{
	phys_addr_t p = (phys_addr_t)iocb->ki_pos;
	size_t n, count = iov_iter_count(iter);
	int err;

	if (!may_be_read(p, count))
		return -EFAULT;
	while (iov_iter_count(iter)) {
		n = size_inside_page(p, iov_iter_count(iter));
		err = transfer(p, n, iter, write);
		if (err && (!write || err == -EPERM || p == (phys_addr_t)iocb->ki_pos))
			return err;
		if (err)
			break;
		p += n;
		if (should_stop())
			break;
	}
	n = (size_t)(p - (phys_addr_t)iocb->ki_pos);
	iocb->ki_pos = (loff_t)p;
	return (ssize_t)n;
}

static ssize_t read_mem(struct kiocb *iocb, struct iov_iter *to)
{
	return transfer_all(iocb, to, false);
}

static ssize_t write_mem(struct kiocb *iocb, struct iov_iter *from)
{
	return transfer_all(iocb, from, true);
}

static const struct vm_operations_struct mmap_mem_ops = {
	.access = generic_access_phys,
};

static int mmap_mem(struct file *file, struct vm_area_struct *vma)
{
	phys_addr_t start = PFN_PHYS(vma->vm_pgoff);
	size_t size = vma->vm_end - vma->vm_start;

	if (PFN_DOWN(start) != vma->vm_pgoff || start + size - 1 < start ||
	    (start + size - 1) >> boot_cpu.phys_bits)
		return -EINVAL;
	if (!devmem_range_is_allowed(start, size))
		return -EPERM;
	vma->vm_page_prot = pgprot_with_mode(vma->vm_page_prot, file->f_flags & O_DSYNC ?
									_PAGE_CACHE_MODE_UC_MINUS :
									_PAGE_CACHE_MODE_WB);
	vma->vm_ops = &mmap_mem_ops;
	return remap_pfn_range(vma, vma->vm_start, vma->vm_pgoff, size, vma->vm_page_prot) ?
		       -EAGAIN :
		       0;
}

/* Any position but those that would look like an errno. */
static loff_t memory_lseek(struct file *file, loff_t offset, int whence)
{
	if (whence != SEEK_SET && whence != SEEK_CUR)
		return -EINVAL;
	if (whence == SEEK_CUR)
		offset = (loff_t)((u64)offset + (u64)file->f_pos);
	if ((u64)offset >= (u64)-MAX_ERRNO)
		return -EOVERFLOW;
	return file->f_pos = offset;
}

static int open_mem(struct inode *inode, struct file *file)
{
	(void)inode;
	file->f_mapping = iomem_get_mapping();
	return 0;
}

static const struct file_operations mem_fops = {
	.llseek = memory_lseek,
	.read_iter = read_mem,
	.write_iter = write_mem,
	.mmap = mmap_mem,
	.open = open_mem,
};

/* ---------------------------------------------------------------- /dev/port */

static ssize_t read_port(struct kiocb *iocb, struct iov_iter *to)
{
	u64 port = (u64)iocb->ki_pos;

	for (; iov_iter_count(to) && port < NR_PORTS; port++) {
		u8 value = inb((u16)port);

		if (copy_to_iter(&value, 1, to) != 1)
			return -EFAULT;
	}
	port -= (u64)iocb->ki_pos;
	iocb->ki_pos += (loff_t)port;
	return (ssize_t)port;
}

static ssize_t write_port(struct kiocb *iocb, struct iov_iter *from)
{
	u64 port = (u64)iocb->ki_pos;
	u8 value;

	for (; iov_iter_count(from) && port < NR_PORTS; port++) {
		if (copy_from_iter(&value, 1, from) != 1) {
			if (port == (u64)iocb->ki_pos)
				return -EFAULT;
			break;
		}
		outb(value, (u16)port);
	}
	port -= (u64)iocb->ki_pos;
	iocb->ki_pos += (loff_t)port;
	return (ssize_t)port;
}

static const struct file_operations port_fops = {
	.llseek = memory_lseek,
	.read_iter = read_port,
	.write_iter = write_port,
};

void __init mem_dev_init(void)
{
	devmem_init();
	iomem_inode = new_pseudo_inode(S_IFREG);
	if (!iomem_inode)
		return;
	dev_create("mem", S_IFCHR | 0600, MKDEV(MEM_MAJOR, 1), &mem_fops, NULL);
	dev_create("port", S_IFCHR | 0600, MKDEV(MEM_MAJOR, 4), &port_fops, NULL);
}
