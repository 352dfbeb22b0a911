/* SPDX-License-Identifier: MIT */
/*
 * A machine made of bytes: what drivers/pci, which is as it is, finds by what stands for conf1.
 * Included by the one file of a test, with drivers/pci/bus.c.
 */
#ifndef TESTS_HOST_FAKE_PCI_H
#define TESTS_HOST_FAKE_PCI_H

#include "drivers/pci/access.h"
#include "drivers/pci/bus.c" /* with its static table: a test takes the tree apart again */
#include "mm/e820.h"
#include "tests/host/test.h"

/* A function of the machine: its registers, and which of their bits can be written. */
struct fake_fn {
	u8 config[4096], writable[4096];
};

static struct fake_fn *functions[256][256]; /* of segment 0 */
static struct fake_fn *others[256];	    /* bus 0 of segment 1 */
static bool noise;			    /* every read is random, every write is lost */

/* Of a test that has them: a register's answer, and who looks on once one is written. */
static u32 (*fake_answer)(const struct fake_fn *fn, int where, u32 value);
static void (*fake_written)(struct fake_fn *fn, int where, u32 value);

/* Seven in eight slots of noise are empty; the rest have a header of a known type. */
static u32 noise_at(int where)
{
	u32 v = (u32)test_random();

	if (where == PCI_VENDOR_ID)
		return v % 8 ? ~0U : v;
	return where == PCI_HEADER_TYPE ? v & 0x83 : v;
}

static struct fake_fn *function_at(u16 segment, u8 bus, u8 devfn)
{
	return segment == 0 ? functions[bus][devfn] : segment == 1 && !bus ? others[devfn] : NULL;
}

static int fake_read(u16 segment, u8 bus, u8 devfn, int where, int size, u32 *value)
{
	const struct fake_fn *fn = function_at(segment, bus, devfn);
	u32 v = 0;
	int i;

	EXPECT(where + size <= 4096);
	for (i = size - 1; i >= 0; i--)
		v = v << 8 | (fn && where + i < 4096 ? fn->config[where + i] : 0xff);
	if (noise)
		v = noise_at(where) & (size == 4 ? ~0U : (1U << size * 8) - 1);
	*value = fn && fake_answer ? fake_answer(fn, where, v) : v;
	return 0;
}

static int fake_write(u16 segment, u8 bus, u8 devfn, int where, int size, u32 value)
{
	struct fake_fn *fn = function_at(segment, bus, devfn);
	u32 rest = value;
	int i;

	for (i = 0; fn && i < size && where + i < 4096; i++, rest >>= 8) {
		u8 mask = fn->writable[where + i];

		fn->config[where + i] = (u8)((fn->config[where + i] & ~mask) | (rest & mask));
	}
	if (fn && fake_written)
		fake_written(fn, where, value);
	return 0;
}

static const struct pci_ops fake_ops = { "fake", fake_read, fake_write };

const struct pci_ops *pci_conf1_probe(void)
{
	return &fake_ops;
}

bool pci_conf1_bus_answers(u8 bus)
{
	unsigned int slot;

	for (slot = 0; slot < 32; slot++)
		if (functions[bus][slot << 3])
			return true;
	return false;
}

const struct pci_ops *pci_mmcfg_probe(bool late)
{
	(void)late;
	return &fake_ops;
}

const struct pci_ops *pci_mmcfg_insert(u16 segment, u8 start_bus, u8 end_bus, u64 address)
{
	(void)segment;
	(void)start_bus;
	(void)end_bus;
	(void)address;
	return NULL;
}

bool pci_mmcfg_covers(u16 segment, u8 bus)
{
	(void)bus;
	return segment == 1;
}

/* ---- who shows the tree holds this lock: it changes under it alone ---- */

static unsigned long tree_seen; /* as the last to change it left it */
static bool tree_locked;

/* Of what is in it, and where; 0: nothing. */
static unsigned long tree_sum(void)
{
	const struct pci_segment *segment;
	const struct pci_dev *dev;
	unsigned long sum = 0;

	list_for_each_entry(dev, &pci_devices, global_list)
		sum = sum * 31 + (unsigned long)dev + (unsigned long)dev->subordinate * 7 +
		      (unsigned long)dev->bus_list.next * 5;
	for (segment = &segment0; segment; segment = segment->next)
		for (unsigned int i = 0; i < 256; i++)
			if (segment->bus[i])
				sum = sum * 31 + (unsigned long)segment->bus[i]->node.next;
	return sum;
}

void down_write(struct rw_semaphore *sem)
{
	EXPECT(sem == &pci_bus_sem && !tree_locked);
	EXPECT_EQ(tree_sum(), tree_seen);
	tree_locked = true;
}

void up_write(struct rw_semaphore *sem)
{
	EXPECT(sem == &pci_bus_sem && tree_locked);
	tree_seen = tree_sum();
	tree_locked = false;
}

/* Nobody has an irq by hand. */
void pci_irq_take_back(struct pci_dev *dev, const char *why)
{
	(void)dev;
	(void)why;
}

/* The cards of this machine have power. */
void pciehp_power_on_slots(void)
{
}

static int last_bus = 0xff;

int pci_mmcfg_last_bus(void)
{
	return last_bus;
}

static void put(struct fake_fn *fn, int where, int size, u32 value, u32 writable)
{
	for (; size--; where++, value >>= 8, writable >>= 8) {
		fn->config[where] = (u8)value;
		fn->writable[where] = (u8)writable;
	}
}

static struct fake_fn *add(u8 bus, u8 slot, u8 func, u32 class)
{
	struct fake_fn *fn = test_alloc(sizeof(*fn));

	memset(fn, 0, sizeof(*fn));
	put(fn, PCI_VENDOR_ID, 4, 0x12341af4, 0);
	put(fn, PCI_COMMAND, 2, PCI_COMMAND_IO | PCI_COMMAND_MEMORY, 0xffff);
	put(fn, PCI_CLASS_REVISION, 4, class << 8, 0);
	functions[bus][PCI_DEVFN(slot, func)] = fn;
	return fn;
}

static u32 word_at(const struct fake_fn *fn, int where)
{
	return (u32)(fn->config[where] | fn->config[where + 1] << 8 | fn->config[where + 2] << 16) |
	       (u32)fn->config[where + 3] << 24;
}

static void forget_buses(struct pci_segment *segment)
{
	for (int i = 0; i < 256; i++) {
		kfree(segment->bus[i]);
		segment->bus[i] = NULL;
	}
}

/* Take everything apart again. */
static void forget(void)
{
	struct pci_dev *dev, *tmp;
	unsigned int i, j;

	EXPECT_EQ(tree_sum(), tree_seen);
	list_for_each_entry_safe(dev, tmp, &pci_devices, global_list)
		kfree(dev);
	INIT_LIST_HEAD(&pci_devices);
	INIT_LIST_HEAD(&pci_root_buses);
	forget_buses(&segment0);
	while (segment0.next) {
		struct pci_segment *segment = segment0.next;

		forget_buses(segment);
		segment0.next = segment->next;
		kfree(segment);
	}
	for (i = 0; i < 256; i++) {
		test_free(others[i]);
		others[i] = NULL;
		for (j = 0; j < 256; j++) {
			test_free(functions[i][j]);
			functions[i][j] = NULL;
		}
	}
	noise = false;
	fake_answer = NULL;
	fake_written = NULL;
	iomem_resource.children = (struct tree_root){ NULL };
	ioport_resource.children = (struct tree_root){ NULL };
	e820_table.nr_entries = 0;
	tree_seen = 0;
}

#endif
