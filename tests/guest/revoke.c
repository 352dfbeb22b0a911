// SPDX-License-Identifier: MIT
/*
 * Device memory that a process has mapped, and the device goes: in what order ever the two happen, nothing
 * of it is mapped in the end.
 */
#include <linux/mman.h>

#include "drivers/pci/hotplug.h"
#include "drivers/pci/pci.h"
#include "kernel/fs/fs.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/sched/sched.h"
#include "mm/user/fault.h"
#include "mm/user/mmap.h"
#include "tests/guest/guest_test.h"

#define RW     (PROT_READ | PROT_WRITE)
#define DEVICE 0xb8000UL /* nothing is read or written there */

static void (*test_in_process)(struct mm_struct *mm);

static void run(void *unused)
{
	struct mm_struct *mm = mm_create();

	(void)unused;
	if (mm) {
		switch_to_user_mm(mm);
		test_in_process(mm);
		switch_to_user_mm(NULL);
		mmput(mm);
	}
	thread_exit(0);
}

static void in_process(void (*test)(struct mm_struct *mm))
{
	struct task_struct *task;

	test_in_process = test;
	task = kernel_thread(run, NULL, "revoke test");
	wait_for_completion(&task->exited);
}

static bool is_mapped(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = vma_lookup(mm, addr);
	unsigned long pfn;

	return vma && !follow_pfn(vma, addr, &pfn);
}

/* ---------------------------------------------------------------- a driver's mmap() that comes too late */

static bool goes_meanwhile;

static int device_mmap(struct file *file, struct vm_area_struct *vma)
{
	int error = io_remap_pfn_range(vma, vma->vm_start, PFN_DOWN(DEVICE) + vma->vm_pgoff,
				       vma->vm_end - vma->vm_start,
				       pgprot_noncached(vma->vm_page_prot));

	if (!error && goes_meanwhile)
		unmap_mapping_range(file->f_mapping, 0, 0, 1); /* as another CPU does it now */
	return error;
}

static const struct file_operations device_fops = { .mmap = device_mmap };

static void map_late(struct mm_struct *mm)
{
	struct inode *inode = new_pseudo_inode(S_IFREG | 0600);
	struct file *file;
	unsigned long a, b;

	ASSERT(inode);
	file = alloc_file_pseudo(inode, "device", O_RDWR, &device_fops);
	ASSERT(!IS_ERR(file));
	goes_meanwhile = false;
	a = vm_mmap(file, 0, 2 * PAGE_SIZE, RW, MAP_SHARED, 0);
	ASSERT(!IS_ERR_VALUE(a));
	EXPECT(is_mapped(mm, a) && is_mapped(mm, a + PAGE_SIZE));
	goes_meanwhile = true;
	b = vm_mmap(file, 0, 2 * PAGE_SIZE, RW, MAP_SHARED, 0);
	ASSERT(!IS_ERR_VALUE(b));
	EXPECT(!is_mapped(mm, b) && !is_mapped(mm, b + PAGE_SIZE));
	EXPECT(!is_mapped(mm, a));
	fput(file);
}

GUEST_TEST(revoke, what_goes_while_it_is_mapped)
{
	in_process(map_late);
}

/* ---------------------------------------------------------------- a function of PCI */

static bool mounted(void)
{
	static bool done;

	if (!done)
		done = !kern_mkdir("/r.sys", 0755) &&
		       !kern_mount_at("sysfs", "/r.sys", "sysfs", 0, NULL);
	return done;
}

/* A function that nobody drives, with memory in its first BAR. */
static struct pci_dev *idle_function(void)
{
	struct pci_dev *dev;

	for_each_pci_dev(dev)
		if (!dev->driver && !dev->subordinate && dev->resource[0].parent &&
		    dev->resource[0].flags & IORESOURCE_MEM && !pci_claimed_by_others(dev))
			return dev;
	return NULL;
}

static void map_function(struct mm_struct *mm)
{
	struct pci_dev *dev = idle_function();
	struct resource *bar, *window;
	unsigned long a, b;
	struct file *file;
	char path[96];

	ASSERT(mounted());
	if (!dev) {
		guest_skip("no function with memory is without a driver");
		return;
	}
	bar = &dev->resource[0];
	scnprintf(path, sizeof(path), "/r.sys/bus/pci/devices/%s/resource0", dev->name);
	file = filp_open(path, O_RDWR, 0);
	ASSERT(!IS_ERR(file));
	a = vm_mmap(file, 0, PAGE_SIZE, RW, MAP_SHARED, 0);
	ASSERT(!IS_ERR_VALUE(a));
	EXPECT(is_mapped(mm, a));
	/* Its place is free already, and its mappings go next: no new one comes. */
	window = bar->parent;
	EXPECT_EQ(release_resource(bar), 0);
	EXPECT_EQ(vm_mmap(file, 0, PAGE_SIZE, RW, MAP_SHARED, 0), -EINVAL);
	EXPECT_EQ(insert_resource(window, bar), 0);
	b = vm_mmap(file, 0, PAGE_SIZE, RW, MAP_SHARED, 0);
	EXPECT(is_mapped(mm, b));

	pci_lock_rescan_remove();
	pci_stop_and_remove_bus_device(dev);
	pci_unlock_rescan_remove();
	EXPECT(!is_mapped(mm, a));
	EXPECT(!is_mapped(mm, b));
	EXPECT_EQ(vm_mmap(file, 0, PAGE_SIZE, RW, MAP_SHARED, 0), -ENODEV);
	pci_lock_rescan_remove();
	EXPECT_EQ(pci_rescan(NULL), 1);
	pci_unlock_rescan_remove();
	a = vm_mmap(file, 0, PAGE_SIZE, RW, MAP_SHARED, 0); /* the file is of the place */
	EXPECT(!IS_ERR_VALUE(a) && is_mapped(mm, a));
	filp_close(file, NULL);
}

GUEST_TEST(revoke, a_function_that_is_pulled)
{
	in_process(map_function);
}
