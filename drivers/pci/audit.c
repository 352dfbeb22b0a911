// SPDX-License-Identifier: MIT
/*
 * audit: PCI functions and what the register has of them; and what BARs' own registers say, for `diff`.
 *
 *	windows	a BAR lies in no window of its bus, or its register does not hold the address that we know
 *	decode	a function decodes memory or ports, of which a BAR has no address
 *	claims	BARs that a driver mapped without a claim, and claims of BARs without a driver
 */
#include "kernel/core/audit.h"
#include "drivers/pci/access.h"
#include "drivers/pci/probe.h"
#include "kernel/core/ksyms.h"
#include "kernel/core/printk.h"
#include "kernel/core/witness.h"
#include "kernel/lib/string.h"
#include "mm/vmalloc.h"

/* What of a function is not there, or is nobody's to move. */
static bool is_beside_the_point(const struct resource *res)
{
	return !res->flags || res->flags & IORESOURCE_PCI_FIXED;
}

static void each_function(struct audit *audit,
			  void (*look)(struct audit *audit, const struct pci_dev *dev))
{
	const struct pci_dev *dev;

	pci_lock_rescan_remove();
	for_each_pci_dev(dev)
		if (pci_device_is_present(dev))
			look(audit, dev);
	pci_unlock_rescan_remove();
}

/* ---------------------------------------------------------------- windows */

static u64 bar_register(const struct pci_dev *dev, int nr)
{
	const struct resource *res = &dev->resource[nr];
	bool io = res->flags & IORESOURCE_IO;
	u32 low, high = 0;

	pci_read_config_dword(dev, PCI_BASE_ADDRESS_0 + 4 * nr, &low);
	if (res->flags & IORESOURCE_MEM_64)
		pci_read_config_dword(dev, PCI_BASE_ADDRESS_0 + 4 * nr + 4, &high);
	return (u64)high << 32 | (low & ~(io ? 0x3U : 0xfU)); /* PCI 3.0, 6.2.5.1 */
}

static void tell_bars(witness_fn fn, void *arg)
{
	const struct pci_dev *dev;

	pci_lock_rescan_remove();
	for_each_pci_dev(dev) {
		for (int nr = PCI_STD_RESOURCES; nr <= PCI_STD_RESOURCE_END; nr++) {
			const struct resource *res = &dev->resource[nr];
			u64 start = is_beside_the_point(res) ? 0 : bar_register(dev, nr);

			if (start)
				fn(res->flags & IORESOURCE_IO ? &ioport_resource : &iomem_resource,
				   start, start + (resource_size(res) - 1), dev->name, arg);
		}
	}
	pci_unlock_rescan_remove();
}
REGISTER_WITNESS(bars, "BAR", tell_bars);

static void look_at_windows(struct audit *audit, const struct pci_dev *dev)
{
	for (int nr = 0; nr < PCI_NUM_RESOURCES; nr++) {
		const struct resource *res = &dev->resource[nr];

		if (is_beside_the_point(res) || !res->parent)
			continue;
		if (!pci_find_parent_resource(dev, res))
			audit_fault(audit, "%s %s %pR lies in no window of bus %02x", dev->name,
				    pci_resource_name(dev, nr), res, dev->bus->number);
		if (nr <= PCI_STD_RESOURCE_END && bar_register(dev, nr) != res->start)
			audit_fault(audit, "%s %s %pR: the register holds %#llx", dev->name,
				    pci_resource_name(dev, nr), res,
				    (unsigned long long)bar_register(dev, nr));
	}
}

static void audit_windows(struct audit *audit)
{
	each_function(audit, look_at_windows);
}
AUDIT_CHECK(windows, audit_windows);

/* ---------------------------------------------------------------- decode */

static void look_at_decode(struct audit *audit, const struct pci_dev *dev)
{
	u16 command;

	pci_read_config_word(dev, PCI_COMMAND, &command);
	for (int nr = PCI_STD_RESOURCES; nr <= PCI_STD_RESOURCE_END; nr++) {
		const struct resource *res = &dev->resource[nr];
		u16 decode = res->flags & IORESOURCE_IO ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;

		if (!is_beside_the_point(res) && !res->parent && command & decode)
			audit_fault(audit, "%s %s %pR has no address, and decode is on", dev->name,
				    pci_resource_name(dev, nr), res);
	}
}

static void audit_decode(struct audit *audit)
{
	each_function(audit, look_at_decode);
}
AUDIT_CHECK(decode, audit_decode);

/* ---------------------------------------------------------------- claims */

struct claim_search {
	unsigned long caller; /* of what was found; 0: nothing */
};

static bool find_claim(const struct resource *res, void *arg)
{
	struct claim_search *s = arg;

	if (!(res->flags & IORESOURCE_BUSY))
		return false;
	s->caller = res->caller;
	return true;
}

/* A driver's way to claim a BAR; others, of chipsets' registers, have no driver of PCI's. */
static bool is_driver_claim(unsigned long caller)
{
	const char *name = ksym_lookup(caller, NULL, NULL);

	return name && strcmp(name, "pci_request_selected_regions") == 0;
}

static bool is_msix_table(const struct pci_dev *dev, phys_addr_t start, phys_addr_t last)
{
	struct resource table;

	return pci_msix_table(dev, &table) && table.start <= last && table.end >= start;
}

/* The kernel maps [start, last], of that BAR: is that said? */
static void look_at_mapping(struct audit *audit, const struct pci_dev *dev, int nr,
			    const struct vm_struct *vm, phys_addr_t last)
{
	phys_addr_t start = vm->phys_addr & PAGE_MASK;
	struct claim_search s = { 0 };

	if (!resource_walk(&iomem_resource, start, last, find_claim, &s) &&
	    !is_msix_table(dev, start, last))
		audit_fault(audit, "%s %s: [mem 0x%08lx-0x%08lx] is mapped for %pS, not claimed",
			    dev->name, pci_resource_name(dev, nr), start, last, (void *)vm->caller);
}

static void look_at_mappings(struct audit *audit, const struct pci_dev *dev, int nr)
{
	const struct resource *res = &dev->resource[nr];
	unsigned long addr = VMALLOC_START;
	struct vm_struct vm;

	while (next_vm_area(addr, &vm)) {
		phys_addr_t last = vm.phys_addr + vm.size - PAGE_SIZE - 1;

		addr = (unsigned long)vm.addr + vm.size;
		if (vm.flags & VM_IOREMAP && vm.phys_addr <= res->end && last >= res->start)
			look_at_mapping(audit, dev, nr, &vm, last);
	}
}

static void look_at_claims(struct audit *audit, const struct pci_dev *dev)
{
	for (int nr = PCI_STD_RESOURCES; nr <= PCI_STD_RESOURCE_END; nr++) {
		const struct resource *res = &dev->resource[nr];
		struct claim_search s = { 0 };

		if (is_beside_the_point(res) || !res->parent)
			continue;
		resource_walk(res->flags & IORESOURCE_IO ? &ioport_resource : &iomem_resource,
			      res->start, res->end, find_claim, &s);
		if (s.caller && !dev->driver && is_driver_claim(s.caller))
			audit_fault(audit, "%s %s %pR is claimed, and has no driver", dev->name,
				    pci_resource_name(dev, nr), res);
		if (res->flags & IORESOURCE_MEM)
			look_at_mappings(audit, dev, nr);
	}
}

static void audit_claims(struct audit *audit)
{
	each_function(audit, look_at_claims);
}
AUDIT_CHECK(claims, audit_claims);
