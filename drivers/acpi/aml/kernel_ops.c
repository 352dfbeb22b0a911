// SPDX-License-Identifier: MIT
/*
 * The interpreter of this machine, and how it reaches memory, ports and PCI.
 *
 * Memory regions are reached by pages: RAM where it is mapped anyway, other
 * pages through a few mappings that are kept, the oldest given up for the next.
 * As in Linux they are mapped write-back, and the MTRRs make device memory
 * uncached; so what the AML shares with the firmware's tables has one type.
 */
#define pr_fmt(fmt) "AML: " fmt
#include "drivers/acpi/aml/aml.h"
#include "drivers/pci/access.h"
#include "kernel/core/printk.h"
#include "kernel/cpu/port.h"
#include "kernel/lib/errno.h"
#include "kernel/sched/mutex.h"
#include "kernel/sched/timeout.h"
#include "kernel/time/time.h"
#include "mm/io.h"
#include "mm/layout.h"
#include "mm/memremap.h"

#define KEPT_PAGES 16

struct kept_page {
	phys_addr_t phys;
	void __iomem *virt; /* NULL: free */
};

/* Behind acpi_lock(), as whatever AML does. */
static struct kept_page kept[KEPT_PAGES];
static unsigned int next_kept;

struct aml *acpi_namespace;
static DEFINE_MUTEX(acpi_mutex);

void acpi_lock(void)
{
	mutex_lock(&acpi_mutex);
}

void acpi_unlock(void)
{
	mutex_unlock(&acpi_mutex);
}

static void __iomem *page_at(phys_addr_t phys)
{
	struct kept_page *page;

	for (unsigned int i = 0; i < KEPT_PAGES; i++)
		if (kept[i].virt && kept[i].phys == phys)
			return kept[i].virt;
	page = &kept[next_kept];
	next_kept = (next_kept + 1) % KEPT_PAGES;
	memunmap((__force void *)page->virt);
	page->phys = phys;
	page->virt = (__force void __iomem *)memremap(phys, PAGE_SIZE, MEMREMAP_WB);
	return page->virt;
}

static u64 read_width(const void __iomem *at, unsigned int bytes)
{
	switch (bytes) {
	case 1:
		return readb(at);
	case 2:
		return readw(at);
	case 4:
		return readl(at);
	default:
		return readq(at);
	}
}

static void write_width(void __iomem *at, unsigned int bytes, u64 value)
{
	switch (bytes) {
	case 1:
		writeb((u8)value, at);
		break;
	case 2:
		writew((u16)value, at);
		break;
	case 4:
		writel((u32)value, at);
		break;
	default:
		writeq(value, at);
		break;
	}
}

static int mem_access(u64 address, unsigned int bytes, u64 *value, bool write)
{
	u8 __iomem *at = page_at(ALIGN_DOWN(address, PAGE_SIZE));

	if (!at)
		return -EFAULT;
	at += address % PAGE_SIZE;
	if (write)
		write_width(at, bytes, *value);
	else
		*value = read_width(at, bytes);
	return 0;
}

static int port_access(u64 port, unsigned int bytes, u64 *value, bool write)
{
	u16 at = (u16)port;

	if (!write)
		*value = bytes == 1 ? inb(at) : bytes == 2 ? inw(at) : inl(at);
	else if (bytes == 1)
		outb((u8)*value, at);
	else if (bytes == 2)
		outw((u16)*value, at);
	else
		outl((u32)*value, at);
	return 0;
}

static int config_access(struct aml_pci_address pci, u32 reg, unsigned int bytes, u64 *value,
			 bool write)
{
	u8 devfn = (u8)(pci.device << 3 | pci.function);
	u32 part = 0;
	int err;

	if (write)
		return pci_raw_write(pci.segment, pci.bus, devfn, (int)reg, (int)bytes,
				     (u32)*value);
	err = pci_raw_read(pci.segment, pci.bus, devfn, (int)reg, (int)bytes, &part);
	*value = part;
	return err;
}

static void sleep(u64 msec)
{
	msleep((unsigned int)msec);
}

static u64 timer(void)
{
	return ktime_get() / 100;
}

static void (*notify_handler)(struct aml_node *node, u64 value);

void acpi_set_notify_handler(void (*handler)(struct aml_node *node, u64 value))
{
	notify_handler = handler;
}

static void notify(struct aml_node *node, u64 value)
{
	if (notify_handler)
		notify_handler(node, value);
}

static const struct aml_ops kernel_ops = {
	.memory = mem_access,
	.port = port_access,
	.pci = config_access,
	.stall = udelay,
	.sleep = sleep,
	.timer = timer,
	.table = acpi_get_table,
	.notify = notify,
};

int __init acpi_namespace_init(void)
{
	const struct acpi_table_header *t = acpi_get_table("DSDT", 0);
	struct aml_statistics s;
	unsigned int n = 0;
	struct aml *aml;

	if (!acpi_available() || !t)
		return -ENODEV;
	aml = aml_create(&kernel_ops);
	if (!aml)
		return -ENOMEM;
	for (; t; t = acpi_get_table("SSDT", n++))
		if (aml_load_table(aml, t) == -ENOMEM) {
			aml_destroy(aml);
			return -ENOMEM;
		}
	aml_statistics(aml, &s);
	pr_info("%u tables, %u names, %lu bytes, %u errors\n", n, s.nodes, s.bytes, s.errors);
	acpi_namespace = aml;
	return 0;
}
