// SPDX-License-Identifier: MIT
/*
 * pci=resource_alignment=[ORDER@]DEVICE[;...]: memory BARs that are to be aligned more than
 * they need, so that no two share a page, say.
 *
 * A DEVICE is a place, [DOMAIN:]BUS:DEV.FUNC, with further /DEV.FUNC on the way down from a
 * bridge; or pci:VENDOR:DEVICE[:SUBVENDOR:SUBDEVICE], where 0 is any.  ORDER is a power of
 * two; without it, a page.  A BAR that is smaller becomes that big, and is assigned anew
 * wherever firmware put it; a bridge's memory windows are closed and made anew.
 *
 * It happens while the device is found, before anything is claimed.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/access.h"
#include "drivers/pci/options.h"
#include "drivers/pci/probe.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/layout.h"

#define NR_IDS		4
#define MAX_ALIGN_ORDER 62

/* "DEV.FUNC": 0 or -EINVAL. */
static int parse_devfn(const char *s, u8 *devfn)
{
	char *end;
	u64 slot = simple_strtoull(s, &end, 16), func;

	if (end == s || *end != '.' || slot > 0x1f || kstrtoull(end + 1, 16, &func) || func > 7)
		return -EINVAL;
	*devfn = PCI_DEVFN(slot, func);
	return 0;
}

static char *last_slash(char *s)
{
	char *last = NULL;

	while ((s = strchr(s, '/')) != NULL)
		last = s++;
	return last;
}

/* From the last place up to the bus that is named.  1: that one, 0, or -EINVAL. */
static int matches_path(const struct pci_dev *dev, char *path)
{
	char *slash;
	u16 segment;
	u8 bus, devfn;

	while ((slash = last_slash(path)) != NULL) {
		if (parse_devfn(slash + 1, &devfn))
			return -EINVAL;
		if (dev->devfn != devfn || !dev->bus->self)
			return 0;
		dev = dev->bus->self;
		*slash = '\0';
	}
	if (pci_parse_slot(path, &segment, &bus, &devfn))
		return -EINVAL;
	return dev->bus->segment == segment && dev->bus->number == bus && dev->devfn == devfn;
}

static int matches_ids(const struct pci_dev *dev, const char *s)
{
	const u16 own[NR_IDS] = { dev->vendor, dev->device, dev->subsystem_vendor,
				  dev->subsystem_device };
	bool match = true;
	char *end;
	int n = 0;

	for (;; s = end + 1) {
		u64 id = simple_strtoull(s, &end, 16);

		if (end == s || id > 0xffff || n == NR_IDS)
			return -EINVAL;
		match &= !id || id == own[n];
		n++;
		if (*end != ':')
			break;
	}
	return *end || (n != 2 && n != NR_IDS) ? -EINVAL : match;
}

/* One item of the list: the alignment that it asks for this device, 0, or -EINVAL. */
static s64 alignment_of(const struct pci_dev *dev, char *item)
{
	u64 order = PAGE_SHIFT;
	char *end;
	u64 n = simple_strtoull(item, &end, 10);
	int err;

	if (end != item && *end == '@') {
		if (n <= MAX_ALIGN_ORDER)
			order = n;
		else
			pr_err("resource_alignment: no alignment of order %lu\n", n);
		item = end + 1;
	}
	err = strncmp(item, "pci:", 4) ? matches_path(dev, item) : matches_ids(dev, item + 4);
	return err <= 0 ? err : (s64)1 << order;
}

/* What the first item that means the device asks for; 0: none does. */
static u64 requested_alignment(const struct pci_dev *dev)
{
	char list[PCI_ALIGNMENTS_MAX], *item = list, *next;

	strscpy(list, pci_options.resource_alignment, sizeof(list));
	for (; item; item = next) {
		s64 align;

		next = strchr(item, ';');
		if (next)
			*next++ = '\0';
		align = alignment_of(dev, item);
		if (align > 0)
			return (u64)align;
		if (align < 0) {
			pr_err("resource_alignment: cannot understand %s\n", item);
			return 0;
		}
	}
	return 0;
}

static void realign(struct pci_dev *dev, int nr, u64 align)
{
	struct resource *res = &dev->resource[nr];

	if (!(res->flags & IORESOURCE_MEM) || resource_size(res) >= align)
		return;
	if (res->flags & IORESOURCE_PCI_FIXED) {
		pci_info(dev, "%s %pR: cannot be aligned to %#lx\n", pci_resource_name(dev, nr),
			 res, align);
		return;
	}
	pci_info(dev, "%s %pR: to be aligned to %#lx\n", pci_resource_name(dev, nr), res, align);
	res->start = 0;
	res->end = align - 1;
	res->flags |= IORESOURCE_UNSET;
}

void pci_realign_device(struct pci_dev *dev)
{
	u64 align = pci_options.resource_alignment[0] ? requested_alignment(dev) : 0;

	if (!align)
		return;
	if (dev->hdr_type == PCI_HEADER_NORMAL && dev->class >> 8 == PCI_CLASS_BRIDGE_HOST) {
		pci_warn(dev, "a host bridge's BARs stay where they are\n");
		return;
	}
	pci_clear_and_set_word(dev, PCI_COMMAND, PCI_COMMAND_MEMORY, 0);
	for (int nr = 0; nr <= PCI_ROM_RESOURCE; nr++)
		realign(dev, nr, align);
	if (dev->hdr_type != PCI_HEADER_BRIDGE)
		return;
	/* Nothing was read from them yet: closed. */
	pci_write_bridge_window(dev, PCI_BRIDGE_MEM_WINDOW);
	pci_write_bridge_window(dev, PCI_BRIDGE_PREF_WINDOW);
}
