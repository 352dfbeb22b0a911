// SPDX-License-Identifier: MIT
/*
 * PCI as this machine has it: both ways to configuration space agree, what is in
 * the register is what the BARs say, claims exclude each other, mappings reach
 * the device, and a device that lies about its MSI-X table is refused.
 *
 * Tests that need a device without a driver take any; QEMU's "edu" device, where
 * there is one, has registers with known answers and an interrupt on command.
 */
#include "drivers/pci/pci.h"
#include "drivers/apic/ioapic.h"
#include "drivers/pci/access.h"
#include "drivers/pci/cap.h"
#include "drivers/pci/pcie.h"
#include "kernel/core/panic.h"
#include "kernel/core/spinlock.h"
#include "kernel/cpu/port.h"
#include "kernel/lib/errno.h"
#include "kernel/time/time.h"
#include "mm/io.h"
#include "mm/iomap.h"
#include "tests/guest/guest_test.h"

/* The port pair by hand, past the code under test. */
static u32 conf1_read(const struct pci_dev *dev, u32 where)
{
	unsigned long flags = local_irq_save();
	u32 v;

	outl(BIT(31) | (u32)dev->bus->number << 16 | (u32)dev->devfn << 8 | where, 0xcf8);
	v = inl(0xcfc);
	local_irq_restore(flags);
	return v;
}

GUEST_TEST(pci, config_space_agrees_with_the_ports)
{
	static const u32 where[] = { 0x00, 0x08, 0x2c, 0x34 };
	const struct pci_dev *dev;
	unsigned int i;
	u32 v;

	for_each_pci_dev(dev)
		for (i = 0; i < ARRAY_SIZE(where); i++) {
			EXPECT_EQ(pci_read_config_dword(dev, (int)where[i], &v), 0);
			EXPECT_EQ(v, conf1_read(dev, where[i]));
		}
}

GUEST_TEST(pci, config_space_widths_and_bounds)
{
	const struct pci_dev *dev;
	u32 l;
	u16 w;
	u8 b;

	for_each_pci_dev(dev) {
		EXPECT_EQ(pci_read_config_word(dev, 0, &w), 0);
		EXPECT_EQ(w, dev->vendor);
		EXPECT_EQ(pci_read_config_word(dev, 2, &w), 0);
		EXPECT_EQ(w, dev->device);
		EXPECT_EQ(pci_read_config_byte(dev, 0xb, &b), 0);
		EXPECT_EQ(b, dev->class >> 16);
		EXPECT_EQ(pci_read_config_dword(dev, 2, &l), (u64)-EINVAL);
		EXPECT_EQ(l, ~0U);
		EXPECT_EQ(pci_read_config_word(dev, 0x1001, &w), (u64)-EINVAL);
		EXPECT_EQ(pci_read_config_dword(dev, 4096, &l), (u64)-EINVAL);
		EXPECT_EQ(pci_write_config_byte(dev, -1, 0), (u64)-EINVAL);
	}
}

GUEST_TEST(pci, extended_space_begins_with_a_capability)
{
	const struct pci_dev *dev;
	u32 v;

	for_each_pci_dev(dev) {
		if (pci_cfg_space_size(dev) == PCI_CFG_SPACE_SIZE)
			continue;
		EXPECT_EQ(pci_read_config_dword(dev, 0x100, &v), 0);
		EXPECT(v != ~0U);
		EXPECT_EQ(pci_read_config_dword(dev, 4092, &v), 0);
	}
}

GUEST_TEST(pci, tree_walk_meets_each_device_once)
{
	unsigned int listed = 0, walked = 0, buses = 0, with_bus = 0;
	struct pci_bus *root, *bus;
	struct pci_dev *dev;

	if (list_empty(&pci_devices)) {
		guest_skip("a machine without PCI");
		return;
	}
	for_each_pci_dev(dev) {
		listed++;
		with_bus += dev->subordinate != NULL;
		EXPECT(pci_get_slot(dev->bus, dev->devfn) == dev);
	}
	list_for_each_entry(root, &pci_root_buses, node) {
		for (dev = NULL; (dev = pci_next_dev(root, dev)) != NULL;)
			walked++;
		for (bus = NULL; (bus = pci_next_bus(root, bus)) != NULL;) {
			buses += bus->self != NULL;
			EXPECT(pci_find_bus(bus->segment, bus->number) == bus);
			EXPECT(!bus->parent || bus->number > bus->parent->number);
		}
	}
	EXPECT_EQ(walked, listed);
	EXPECT_EQ(buses, with_bus);
}

/* What the BAR's register holds now. */
static u64 bar_value(const struct pci_dev *dev, int nr)
{
	const struct resource *res = &dev->resource[nr];
	u32 low, high = 0;

	pci_read_config_dword(dev, PCI_BASE_ADDRESS_0 + 4 * nr, &low);
	if (res->flags & IORESOURCE_MEM_64)
		pci_read_config_dword(dev, PCI_BASE_ADDRESS_0 + 4 * nr + 4, &high);
	return (u64)high << 32 | (low & (res->flags & IORESOURCE_IO ? ~3U : ~0xfU));
}

GUEST_TEST(pci, register_holds_what_the_bars_say)
{
	const struct pci_dev *dev;
	int nr;

	for_each_pci_dev(dev)
		for (nr = 0; nr <= PCI_STD_RESOURCE_END; nr++) {
			const struct resource *res = &dev->resource[nr];

			if (!res->parent || res->flags & IORESOURCE_PCI_FIXED)
				continue;
			EXPECT(is_power_of_2(resource_size(res)));
			EXPECT(IS_ALIGNED(res->start, resource_size(res)));
			EXPECT(resource_contains(res->parent, res));
			EXPECT_EQ(bar_value(dev, nr), res->start);
		}
}

GUEST_TEST(pci, capabilities_are_found_again)
{
	const struct pci_dev *dev;
	unsigned int steps;
	u8 pos, id;

	for_each_pci_dev(dev) {
		EXPECT_EQ(pci_find_capability(dev, PCI_CAP_ID_MSIX), dev->msix_cap);
		EXPECT_EQ(pci_find_capability(dev, PCI_CAP_ID_EXP), dev->pcie_cap);
		pos = pci_find_capability(dev, PCI_CAP_ID_ANY);
		for (steps = 0; pos && steps <= PCI_CAP_MAX_STEPS; steps++) {
			EXPECT(pos >= PCI_CAP_FIRST && IS_ALIGNED(pos, 4));
			pci_read_config_byte(dev, pos, &id);
			EXPECT(pci_find_capability(dev, id) != 0);
			pos = pci_find_next_capability(dev, pos, PCI_CAP_ID_ANY);
		}
		EXPECT(steps <= PCI_CAP_MAX_STEPS);
	}
}

/* A function that nobody drives, with a memory BAR in the register; that BAR in *bar. */
static struct pci_dev *idle_device(int *bar)
{
	struct pci_dev *dev;

	for_each_pci_dev(dev)
		for (*bar = 0; !dev->driver && *bar <= PCI_STD_RESOURCE_END; ++*bar)
			if (dev->resource[*bar].flags & IORESOURCE_MEM &&
			    dev->resource[*bar].parent)
				return dev;
	return NULL;
}

GUEST_TEST(pci, claims_exclude_each_other)
{
	int bar, bars;
	struct pci_dev *dev = idle_device(&bar);

	if (!dev) {
		guest_skip("every function has a driver");
		return;
	}
	bars = pci_select_bars(dev, IORESOURCE_MEM | IORESOURCE_IO);
	EXPECT(bars & (int)BIT(bar));
	ASSERT(!pci_request_selected_regions(dev, bars, "first"));
	EXPECT_EQ(pci_request_selected_regions(dev, (int)BIT(bar), "second"), (u64)-EBUSY);
	pci_release_selected_regions(dev, bars);

	/* All or none: one BAR that is taken leaves the others free. */
	ASSERT(!pci_request_selected_regions(dev, (int)BIT(bar), "one"));
	EXPECT_EQ(pci_request_selected_regions(dev, bars, "all"), (u64)-EBUSY);
	pci_release_selected_regions(dev, (int)BIT(bar));
	ASSERT(!pci_request_selected_regions(dev, bars, "again"));
	pci_release_selected_regions(dev, bars);
}

GUEST_TEST(pci, iomap_keeps_to_the_bar)
{
	unsigned int warns = warn_count();
	int bar;
	struct pci_dev *dev = idle_device(&bar);
	void __iomem *whole, *part;
	resource_size_t len;

	if (!dev) {
		guest_skip("every function has a driver");
		return;
	}
	len = pci_resource_len(dev, bar);
	EXPECT(!pci_iomap_range(dev, bar, len, 0));
	EXPECT(!pci_iomap_range(dev, bar, ~0UL, 1));
	EXPECT(!pci_iomap(dev, -1, 0));
	EXPECT(!pci_iomap(dev, PCI_NUM_RESOURCES, 0));
	ASSERT(!pci_request_selected_regions(dev, (int)BIT(bar), "test"));
	whole = pci_iomap(dev, bar, 4096);
	part = pci_iomap_range(dev, bar, len - 4, 4096);
	EXPECT(whole && part);
	if (whole)
		pci_iounmap(dev, whole);
	if (part)
		pci_iounmap(dev, part);
	pci_release_selected_regions(dev, (int)BIT(bar));
	EXPECT_EQ(warn_count(), warns);
}

GUEST_TEST(pci, iomap_of_ports)
{
	struct pci_dev *dev;
	void __iomem *ports;
	int nr;

	for_each_pci_dev(dev)
		for (nr = 0; nr <= PCI_STD_RESOURCE_END; nr++) {
			if (!(dev->resource[nr].flags & IORESOURCE_IO) ||
			    !pci_resource_len(dev, nr))
				continue;
			ports = pci_iomap(dev, nr, 0);
			EXPECT(is_pio_cookie(ports));
			pci_iounmap(dev, ports);
			return;
		}
	guest_skip("no function has ports");
}

static struct pci_dev *idle_msix_device(void)
{
	struct pci_dev *dev;

	for_each_pci_dev(dev)
		if (dev->msix_cap && !dev->msix && !dev->driver)
			return dev;
	return NULL;
}

GUEST_TEST(pci, msix_makes_irqs_and_takes_them_back)
{
	struct pci_dev *dev = idle_msix_device();
	unsigned int warns = warn_count();
	struct irq_data *d;
	u16 flags;
	int irq, round;

	if (!dev) {
		guest_skip("no function with MSI-X is without a driver");
		return;
	}
	ASSERT(!pci_enable_device(dev));
	EXPECT_EQ(pci_irq_vector(dev, 0), (u64)-EINVAL);
	EXPECT_EQ(pci_enable_msix(dev, 0), (u64)-ENOSPC);
	EXPECT_EQ(pci_enable_msix(dev, 2049), (u64)-ENOSPC);
	for (round = 0; round < 2; round++) {
		ASSERT(!pci_enable_msix(dev, 1));
		EXPECT_EQ(pci_enable_msix(dev, 1), (u64)-EBUSY);
		irq = pci_irq_vector(dev, 0);
		d = irq_get_data(irq);
		EXPECT(d && d->vector >= FIRST_EXTERNAL_VECTOR && !d->level);
		EXPECT_EQ(pci_irq_vector(dev, 1), (u64)-EINVAL);
		pci_read_config_word(dev, dev->msix_cap + 2, &flags);
		EXPECT_EQ(flags & 0xc000, 0x8000); /* enabled, not masked as a whole */
		pci_disable_msix(dev);
		EXPECT(!irq_get_data(irq));
		pci_read_config_word(dev, dev->msix_cap + 2, &flags);
		EXPECT_EQ(flags & 0x8000, 0);
	}
	EXPECT_EQ(warn_count(), warns);
}

/* The device's word is fixed; the BAR's size as we know it is made to contradict it. */
GUEST_TEST(pci, msix_table_beyond_its_bar_is_refused)
{
	struct pci_dev *dev = idle_msix_device();
	struct resource *res;
	resource_size_t end;
	u32 table;

	if (!dev) {
		guest_skip("no function with MSI-X is without a driver");
		return;
	}
	ASSERT(!pci_enable_device(dev));
	pci_read_config_dword(dev, dev->msix_cap + 4, &table);
	ASSERT((table & 7) <= PCI_STD_RESOURCE_END);
	res = &dev->resource[table & 7];
	end = res->end;
	res->end = res->start + (table & ~7U) + 14; /* one byte short of the first entry */
	EXPECT_EQ(pci_enable_msix(dev, 1), (u64)-ENODEV);
	res->end = res->start;
	EXPECT_EQ(pci_enable_msix(dev, 1), (u64)-ENODEV);
	res->end = end;
	EXPECT(!dev->msix);
}

/* QEMU docs/specs/edu.txt. */
#define EDU_VENDOR    0x1234
#define EDU_DEVICE    0x11e8
#define EDU_ID	      0x00
#define EDU_LIVENESS  0x04
#define EDU_IRQ_RAISE 0x60
#define EDU_IRQ_ACK   0x64
#define EDU_ID_VALUE  0x010000edU

static u8 __iomem *edu_regs;

static irqreturn_t edu_interrupt(int irq, void *dev_id)
{
	(void)irq;
	writel(*(const u32 *)dev_id, edu_regs + EDU_IRQ_ACK);
	return IRQ_HANDLED;
}

static struct pci_dev *find_edu(void)
{
	struct pci_dev *dev;

	for_each_pci_dev(dev)
		if (dev->vendor == EDU_VENDOR && dev->device == EDU_DEVICE)
			return dev;
	guest_skip("no edu device");
	return NULL;
}

/* It says so, and then it does. */
static void edu_interrupts(int irq)
{
	static u32 cause = 1;
	u64 before;

	ASSERT(irq >= 0);
	ASSERT(!request_irq(irq, edu_interrupt, IRQF_SHARED, "edu test", &cause));
	before = irq_count(irq);
	writel(cause, edu_regs + EDU_IRQ_RAISE);
	EXPECT(poll_timeout(irq_count(irq) != before, 1000000));
	free_irq(irq, &cause);
}

/* Its driver, drivers/edu, has it back afterwards. */
static bool open_edu(struct pci_dev *dev)
{
	pci_lock_rescan_remove();
	if (dev->driver)
		pci_release_driver(dev);
	pci_unlock_rescan_remove();
	EXPECT(!pci_enable_device(dev));
	EXPECT(!pci_request_selected_regions(dev, 1, "edu test"));
	edu_regs = pci_iomap(dev, 0, 0);
	EXPECT(edu_regs != NULL);
	return edu_regs;
}

static void close_edu(struct pci_dev *dev)
{
	pci_iounmap(dev, edu_regs);
	pci_release_selected_regions(dev, 1);
	pci_lock_rescan_remove();
	pci_attach_driver(dev);
	pci_unlock_rescan_remove();
}

GUEST_TEST(pci, edu_answers_and_interrupts_by_its_pin)
{
	struct pci_dev *dev = find_edu();

	if (!dev)
		return;
	if (!ioapic_get(0)) {
		guest_skip("no IOAPIC: its pin leads nowhere");
		return;
	}
	ASSERT(open_edu(dev));
	EXPECT_EQ(readl(edu_regs + EDU_ID), EDU_ID_VALUE);
	writel(0x12345678, edu_regs + EDU_LIVENESS);
	EXPECT_EQ(readl(edu_regs + EDU_LIVENESS), (u32)~0x12345678);
	edu_interrupts(pci_intx_irq(dev));
	close_edu(dev);
}

/* MSI without a mask of its own: to each CPU, and off again. */
GUEST_TEST(pci, edu_interrupts_by_its_message)
{
	struct pci_dev *dev = find_edu();
	unsigned int cpu;

	if (!dev)
		return;
	NEED_LAPIC();
	ASSERT(open_edu(dev));
	pci_set_master(dev); /* its messages */
	for (unsigned int round = 0; round < 2; round++) {
		int irq;

		ASSERT(!pci_enable_msi(dev));
		EXPECT_EQ(pci_enable_msi(dev), (u64)-EBUSY);
		irq = pci_irq_vector(dev, 0);
		EXPECT_EQ(pci_irq_vector(dev, 1), (u64)-EINVAL);
		for_each_online_cpu(cpu)
		{
			struct cpumask mask = cpumask_of_cpu(cpu);

			EXPECT_EQ(irq_set_affinity(irq, &mask), 0);
			edu_interrupts(irq);
			EXPECT_EQ(irq_get_data(irq)->cpu, cpu);
		}
		pci_disable_msi(dev);
		EXPECT(!irq_get_data(irq));
	}
	close_edu(dev);
}

/* A function that nobody drives, with memory that is in the register; or NULL. */
static struct pci_dev *idle_memory_device(void)
{
	struct pci_dev *dev;

	for_each_pci_dev(dev)
		if (!dev->driver && (dev->resource[0].flags & IORESOURCE_MEM) &&
		    dev->resource[0].parent)
			return dev;
	return NULL;
}

GUEST_TEST(pci, enable_is_undone)
{
	struct pci_dev *dev = idle_memory_device();
	u16 old, off, command;

	if (!dev) {
		guest_skip("no function with memory is without a driver");
		return;
	}
	pci_read_config_word(dev, PCI_COMMAND, &old);
	off = old & (u16) ~(PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	pci_write_config_word(dev, PCI_COMMAND, off);
	if (pci_enable_device(dev) == 0) {
		pci_set_master(dev);
		pci_read_config_word(dev, PCI_COMMAND, &command);
		EXPECT((command & PCI_COMMAND_MEMORY) && (command & PCI_COMMAND_MASTER));
		pci_disable_device(dev);
	}
	pci_read_config_word(dev, PCI_COMMAND, &command);
	EXPECT_EQ(command, off);
	pci_write_config_word(dev, PCI_COMMAND, old);
}
