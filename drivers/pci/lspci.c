// SPDX-License-Identifier: MIT
/*
 * lspci: the functions that were found, in the order of their addresses.
 *
 * Without an option one line each, as `lspci -n` prints it.  With -x and more
 * the configuration space in hexadecimal, in the form that `lspci -F FILE`
 * reads; -xxxx is all of it, 4096 bytes where there are so many.  -t draws the tree, -j
 * tells it to programs.  Functions that answer no more are taken out first.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/access.h"
#include "drivers/pci/cap.h"
#include "drivers/pci/hotplug.h"
#include "drivers/pci/ids.h"
#include "drivers/pci/pcie.h"
#include "drivers/pci/probe.h"
#include "kernel/core/command.h"
#include "kernel/core/printk.h"
#include "kernel/core/words.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

struct lspci_options {
	bool verbose, tree, json;
	unsigned int hex; /* bytes of configuration space to print */
	bool one;	  /* only the function named by bus and devfn */
	u16 segment;
	u8 bus, devfn;
};

/* "64", "16K", "1M": as pciutils prints a size. */
static void print_size(struct sink *out, resource_size_t size)
{
	static const char units[] = { '\0', 'K', 'M', 'G', 'T' };
	unsigned int unit = 0;

	while (unit < ARRAY_SIZE(units) - 1 && size >= 1024 && size % 1024 == 0) {
		size /= 1024;
		unit++;
	}
	sink_printf(out, " [size=%lu", size);
	if (units[unit])
		sink_printf(out, "%c", units[unit]);
	sink_printf(out, "]\n");
}

static void print_resource(struct sink *out, const struct resource *res, const char *memory,
			   const char *ports)
{
	bool io = res->flags & IORESOURCE_IO;

	sink_printf(out, "\t%s at ", io ? ports : memory);
	if (res->flags & IORESOURCE_UNSET || (!res->parent && !(res->flags & IORESOURCE_PCI_FIXED)))
		sink_printf(out, "<unassigned>");
	else
		sink_printf(out, io ? "%04lx" : "%08lx", res->start);
	if (!io)
		sink_printf(out, " (%s, %sprefetchable)",
			    res->flags & IORESOURCE_MEM_64 ? "64-bit" : "32-bit",
			    res->flags & IORESOURCE_PREFETCH ? "" : "non-");
	print_size(out, resource_size(res));
}

static void print_bridge(struct sink *out, const struct pci_dev *dev)
{
	static const char *const windows[] = {
		"I/O behind bridge",
		"Memory behind bridge",
		"Prefetchable memory behind bridge",
	};
	const struct pci_bus *child = dev->subordinate;
	unsigned int i;

	if (!child)
		return;
	sink_printf(out, "\tBus: primary=%02x, secondary=%02x, subordinate=%02x\n",
		    dev->bus->number, child->number, child->busn_end);
	for (i = 0; i < ARRAY_SIZE(windows); i++) {
		const struct resource *res = child->resource[i];

		if (!res->flags)
			continue;
		sink_printf(out, "\t%s: %08lx-%08lx", windows[i], res->start, res->end);
		print_size(out, resource_size(res));
	}
}

static void print_capability(struct sink *out, u32 pos, u32 id, const char *name)
{
	if (name)
		sink_printf(out, "\tCapabilities: [%02x] %s\n", pos, name);
	else
		sink_printf(out, "\tCapabilities: [%02x] id %02x\n", pos, id);
}

/* The list again, bounded like every walk, in the order in which the device chains it. */
static void print_capabilities(struct sink *out, const struct pci_dev *dev)
{
	u8 pos = pci_find_capability(dev, PCI_CAP_ID_ANY);
	unsigned int steps;
	u8 id;

	for (steps = 0; pos && steps < PCI_CFG_SPACE_SIZE / 4; steps++) {
		pci_read_config_byte(dev, pos, &id);
		print_capability(out, pos, id, pci_cap_name(id));
		pos = pci_find_next_capability(dev, pos, PCI_CAP_ID_ANY);
	}
}

/* PCI Express 5.0, 7.6.3: id, version, and where the next one is. */
static void print_extended_capabilities(struct sink *out, const struct pci_dev *dev)
{
	u32 pos = PCI_EXT_CAP_FIRST, head;

	if (pci_cfg_space_size(dev) == PCI_CFG_SPACE_SIZE)
		return;
	for (unsigned int steps = 0; pos >= PCI_EXT_CAP_FIRST && steps < PCI_EXT_CAP_STEPS;
	     steps++) {
		pci_read_config_dword(dev, (int)pos, &head);
		if (!head || head == ~0U)
			return;
		print_capability(out, pos, head & 0xffff, pci_ext_cap_name(head & 0xffff));
		pos = head >> 20 & 0xffc;
	}
}

/* Where the archive of programs has a pci.ids. */
static void print_names(struct sink *out, const struct pci_dev *dev)
{
	struct pci_names names;

	if (!pci_names_find(dev->vendor, dev->device, (u16)(dev->class >> 8), &names))
		return;
	if (names.class_name[0])
		sink_printf(out, "\tClass: %s\n", names.class_name);
	if (names.vendor[0])
		sink_printf(out, "\tVendor: %s\n", names.vendor);
	if (names.device[0])
		sink_printf(out, "\tDevice: %s\n", names.device);
}

static void print_details(struct sink *out, const struct pci_dev *dev)
{
	u16 command;
	int nr;

	print_names(out, dev);
	if (dev->subsystem_vendor)
		sink_printf(out, "\tSubsystem: %04x:%04x\n", dev->subsystem_vendor,
			    dev->subsystem_device);
	pci_read_config_word(dev, PCI_COMMAND, &command);
	sink_printf(out, "\tControl: I/O%c Mem%c BusMaster%c DisINTx%c\n",
		    command & PCI_COMMAND_IO ? '+' : '-', command & PCI_COMMAND_MEMORY ? '+' : '-',
		    command & PCI_COMMAND_MASTER ? '+' : '-',
		    command & PCI_COMMAND_INTX_OFF ? '+' : '-');
	if (dev->pin >= 1 && dev->pin <= 4)
		sink_printf(out, "\tInterrupt: pin %c routed to IRQ %u\n", 'A' + dev->pin - 1,
			    pci_irq(dev));
	for (nr = 0; nr <= PCI_ROM_RESOURCE; nr++)
		if (dev->resource[nr].flags)
			print_resource(out, &dev->resource[nr],
				       nr == PCI_ROM_RESOURCE ? "Expansion ROM" : "Memory",
				       "I/O ports");
	for (; nr <= PCI_IOV_RESOURCE_END; nr++)
		if (dev->resource[nr].flags)
			print_resource(out, &dev->resource[nr], "Virtual functions' memory", "");
	for (; nr < PCI_NUM_RESOURCES && dev->hdr_type != PCI_HEADER_BRIDGE; nr++)
		if (dev->resource[nr].flags && pci_is_cardbus(dev))
			print_resource(out, &dev->resource[nr], "Memory window", "I/O window");
		else if (dev->resource[nr].flags)
			print_resource(out, &dev->resource[nr], "Fixed memory", "Fixed I/O ports");
	print_bridge(out, dev);
	print_capabilities(out, dev);
	print_extended_capabilities(out, dev);
	if (dev->driver)
		sink_printf(out, "\tKernel driver in use: %s\n", dev->driver->name);
}

/* "00: 86 80 c0 29 ...", sixteen bytes a line. */
static void print_hex(struct sink *out, const struct pci_dev *dev, unsigned int size)
{
	unsigned int where, i;
	u32 v = 0;

	size = min(size, (unsigned int)pci_cfg_space_size(dev));
	for (where = 0; where < size; where += 16) {
		sink_printf(out, "%02x:", where);
		for (i = 0; i < 16; i++, v >>= 8) {
			if (i % 4 == 0)
				pci_read_config_dword(dev, (int)(where + i), &v);
			sink_printf(out, " %02x", v & 0xff);
		}
		sink_printf(out, "\n");
	}
}

static void print_device(struct sink *out, const struct pci_dev *dev,
			 const struct lspci_options *opt)
{
	sink_printf(out, "%s Class %04x: %04x:%04x", pci_short_name(dev), dev->class >> 8,
		    dev->vendor, dev->device);
	if (dev->revision)
		sink_printf(out, " (rev %02x)", dev->revision);
	if (opt->verbose && dev->class & 0xff)
		sink_printf(out, " (prog-if %02x)", dev->class & 0xff);
	sink_printf(out, "\n");
	if (opt->verbose)
		print_details(out, dev);
	if (opt->hex)
		print_hex(out, dev, opt->hex);
	if (opt->verbose || opt->hex)
		sink_printf(out, "\n");
}

static int parse_options(int argc, char **argv, struct lspci_options *opt)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-v"))
			opt->verbose = true;
		else if (!strcmp(argv[i], "-t"))
			opt->tree = true;
		else if (!strcmp(argv[i], "-j"))
			opt->json = true;
		else if (!strcmp(argv[i], "-x"))
			opt->hex = 64;
		else if (!strcmp(argv[i], "-xxx"))
			opt->hex = PCI_CFG_SPACE_SIZE;
		else if (!strcmp(argv[i], "-xxxx"))
			opt->hex = PCI_CFG_SPACE_EXP_SIZE;
		else if (strcmp(argv[i], "-s") || ++i == argc ||
			 pci_parse_slot(argv[i], &opt->segment, &opt->bus, &opt->devfn))
			return -EINVAL;
		else
			opt->one = true;
	}
	return 0;
}

static int cmd_lspci(struct sink *out, int argc, char **argv)
{
	struct lspci_options opt = { 0 };
	const struct pci_bus *bus = NULL;
	const struct pci_dev *dev;

	if (parse_options(argc, argv, &opt))
		return -EINVAL;
	pci_lock_rescan_remove();
	pci_remove_gone();
	if (opt.json)
		lspci_json(out);
	else if (opt.tree)
		lspci_tree(out);
	while (!opt.tree && !opt.json && (bus = pci_next_numbered_bus(bus)) != NULL) {
		if (opt.one && (bus->segment != opt.segment || bus->number != opt.bus))
			continue;
		list_for_each_entry(dev, &bus->devices, bus_list)
			if (!opt.one || dev->devfn == opt.devfn)
				print_device(out, dev, &opt);
	}
	pci_unlock_rescan_remove();
	return 0;
}

MONITOR_COMMAND(lspci, "[-j] [-t] [-v] [-x|-xxx|-xxxx] [-s BB:DD.F]",
		"PCI functions; -t: as a tree; -j: as JSON; -xxxx: as lspci -F reads", cmd_lspci);

/* "00:1f.2", for all that name a function. */
static void each_function(word_fn fn, void *arg)
{
	struct pci_dev *dev;

	pci_lock_rescan_remove();
	for_each_pci_dev(dev)
		fn(pci_short_name(dev), arg);
	pci_unlock_rescan_remove();
}
COMMAND_WORDS(pci, each_function);
