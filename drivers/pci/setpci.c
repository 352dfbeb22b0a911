// SPDX-License-Identifier: MIT
/*
 * setpci: registers of configuration space read and written by hand, in the words of
 * pciutils' program of that name.
 *
 *	setpci 00:03.0 COMMAND              0507
 *	setpci 00:03.0 COMMAND=4:4          bus mastering on: bits 4 of the value alone
 *	setpci 00:03.0 CAP_EXP+18.w 40.l    a capability's register; an offset with its width
 *
 * All numbers are hexadecimal.  A register must lie inside the function's space and be
 * aligned to its width.  What a write does to the function is between the two: the
 * register (iomem) keeps what was found at boot.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/access.h"
#include "drivers/pci/cap.h"
#include "drivers/pci/pcie.h"
#include "drivers/pci/probe.h"
#include "kernel/core/command.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

struct pci_reg {
	const char *name;
	u16 where;
	u8 size; /* 0: to be given */
};

/* PCI 3.0, 6.1, and PCI-to-PCI Bridge 1.2, 3.2. */
static const struct pci_reg registers[] = {
	{ "VENDOR_ID", 0x00, 2 },
	{ "DEVICE_ID", 0x02, 2 },
	{ "COMMAND", 0x04, 2 },
	{ "STATUS", 0x06, 2 },
	{ "REVISION", 0x08, 1 },
	{ "CLASS_PROG", 0x09, 1 },
	{ "CLASS_DEVICE", 0x0a, 2 },
	{ "CACHE_LINE_SIZE", 0x0c, 1 },
	{ "LATENCY_TIMER", 0x0d, 1 },
	{ "HEADER_TYPE", 0x0e, 1 },
	{ "BIST", 0x0f, 1 },
	{ "BASE_ADDRESS_0", 0x10, 4 },
	{ "BASE_ADDRESS_1", 0x14, 4 },
	{ "BASE_ADDRESS_2", 0x18, 4 },
	{ "BASE_ADDRESS_3", 0x1c, 4 },
	{ "BASE_ADDRESS_4", 0x20, 4 },
	{ "BASE_ADDRESS_5", 0x24, 4 },
	{ "CARDBUS_CIS", 0x28, 4 },
	{ "SUBSYSTEM_VENDOR_ID", 0x2c, 2 },
	{ "SUBSYSTEM_ID", 0x2e, 2 },
	{ "ROM_ADDRESS", 0x30, 4 },
	{ "CAPABILITIES", 0x34, 1 },
	{ "INTERRUPT_LINE", 0x3c, 1 },
	{ "INTERRUPT_PIN", 0x3d, 1 },
	{ "MIN_GNT", 0x3e, 1 },
	{ "MAX_LAT", 0x3f, 1 },
	{ "PRIMARY_BUS", 0x18, 1 },
	{ "SECONDARY_BUS", 0x19, 1 },
	{ "SUBORDINATE_BUS", 0x1a, 1 },
	{ "SEC_LATENCY_TIMER", 0x1b, 1 },
	{ "IO_BASE", 0x1c, 1 },
	{ "IO_LIMIT", 0x1d, 1 },
	{ "SEC_STATUS", 0x1e, 2 },
	{ "MEMORY_BASE", 0x20, 2 },
	{ "MEMORY_LIMIT", 0x22, 2 },
	{ "PREF_MEMORY_BASE", 0x24, 2 },
	{ "PREF_MEMORY_LIMIT", 0x26, 2 },
	{ "PREF_BASE_UPPER32", 0x28, 4 },
	{ "PREF_LIMIT_UPPER32", 0x2c, 4 },
	{ "IO_BASE_UPPER16", 0x30, 2 },
	{ "IO_LIMIT_UPPER16", 0x32, 2 },
	{ "BRIDGE_ROM_ADDRESS", 0x38, 4 },
	{ "BRIDGE_CONTROL", 0x3e, 2 },
};

static const struct {
	const char *name;
	u8 id;
} capabilities[] = {
	{ "CAP_PM", PCI_CAP_ID_PM },	 { "CAP_MSI", PCI_CAP_ID_MSI },
	{ "CAP_VNDR", PCI_CAP_ID_VNDR }, { "CAP_SSVID", PCI_CAP_ID_SSVID },
	{ "CAP_EXP", PCI_CAP_ID_EXP },	 { "CAP_MSIX", PCI_CAP_ID_MSIX },
};

/* "CAP_EXP" or "CAP10": its offset in *where.  -ENOENT: no such word; -ENODEV: after a line. */
static int find_capability(struct sink *out, const struct pci_dev *dev, const char *name,
			   u16 *where)
{
	u64 id = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(capabilities); i++)
		if (!strcmp(name, capabilities[i].name))
			id = capabilities[i].id;
	if (!id && (strncmp(name, "CAP", 3) != 0 || kstrtoull(name + 3, 16, &id) || !id ||
		    id >= PCI_CAP_ID_ANY))
		return -ENOENT;
	*where = pci_find_capability(dev, (u8)id);
	if (*where)
		return 0;
	sink_printf(out, "setpci: %s has no %s\n", dev->name, name);
	return -ENODEV;
}

/* A register's name, a capability's, or an offset. */
static int find_register(struct sink *out, const struct pci_dev *dev, const char *name,
			 struct pci_reg *reg)
{
	u64 where;
	int err;

	for (unsigned int i = 0; i < ARRAY_SIZE(registers); i++) {
		if (!strcmp(name, registers[i].name)) {
			*reg = registers[i];
			return 0;
		}
	}
	err = find_capability(out, dev, name, &reg->where);
	if (err != -ENOENT)
		return err;
	if (kstrtoull(name, 16, &where) || where >= PCI_CFG_SPACE_EXP_SIZE)
		return -EINVAL;
	reg->where = (u16)where;
	return 0;
}

/* Cut `s` at the first `c`: what stands behind it, or NULL where there is none. */
static char *cut(char *s, char c)
{
	char *at = strchr(s, c);

	if (!at)
		return NULL;
	*at = '\0';
	return at + 1;
}

/* REG[+OFF][.bwl], taken apart in place: 0, -EINVAL for the usage line, or after a line. */
static int parse_register(struct sink *out, const struct pci_dev *dev, char *s, struct pci_reg *reg)
{
	char *width = cut(s, '.'), *offset = cut(s, '+');
	u64 add = 0, where;
	int err;

	err = find_register(out, dev, s, reg);
	if (err)
		return err;
	if (offset && kstrtoull(offset, 16, &add))
		return -EINVAL;
	if (width && strcmp(width, "b") && strcmp(width, "w") && strcmp(width, "l"))
		return -EINVAL;
	if (width)
		reg->size = *width == 'b' ? 1 : *width == 'w' ? 2 : 4;
	if (!reg->size) {
		sink_printf(out, "setpci: %s: its width is missing: .b, .w or .l\n", s);
		return -ERANGE;
	}
	where = reg->where + min(add, (u64)PCI_CFG_SPACE_EXP_SIZE);
	if (where % reg->size || where + reg->size > (u64)pci_cfg_space_size(dev)) {
		sink_printf(out, "setpci: %d bytes at %llx: %s\n", reg->size,
			    (unsigned long long)where,
			    where % reg->size ? "not aligned" : "beyond the end of its space");
		return -ERANGE;
	}
	reg->where = (u16)where;
	return 0;
}

/* VALUE[:MASK]: bits outside the mask stay as they are. */
static int write_register(struct sink *out, const struct pci_dev *dev, const struct pci_reg *reg,
			  char *s)
{
	char *mask_text = cut(s, ':');
	const u64 all = BIT_ULL(reg->size * 8) - 1;
	u64 value, mask = all;
	u32 old = 0;

	if (kstrtoull(s, 16, &value) || (mask_text && kstrtoull(mask_text, 16, &mask)))
		return -EINVAL;
	if (value > all || mask > all) {
		sink_printf(out, "setpci: %s does not fit into %d bits\n",
			    value > all ? s : mask_text, reg->size * 8);
		return -ERANGE;
	}
	if (mask != all)
		pci_raw_read(dev->bus->segment, dev->bus->number, dev->devfn, reg->where, reg->size,
			     &old);
	return pci_raw_write(dev->bus->segment, dev->bus->number, dev->devfn, reg->where, reg->size,
			     (u32)((old & ~mask) | (value & mask)));
}

static int read_register(struct sink *out, const struct pci_dev *dev, const struct pci_reg *reg)
{
	u32 value;
	int err = pci_raw_read(dev->bus->segment, dev->bus->number, dev->devfn, reg->where,
			       reg->size, &value);

	if (!err)
		sink_printf(out, "%0*x\n", reg->size * 2, value);
	return err;
}

static int use_registers(struct sink *out, int argc, char **argv)
{
	const struct pci_dev *dev = pci_get_by_name(argv[1]);
	int err = 0;

	if (!dev) {
		sink_printf(out, "setpci: no function %s\n", argv[1]);
		return -ENODEV;
	}
	for (int i = 2; i < argc && !err; i++) {
		char *value = cut(argv[i], '=');
		struct pci_reg reg = { 0 };

		err = parse_register(out, dev, argv[i], &reg);
		if (!err)
			err = value ? write_register(out, dev, &reg, value) :
				      read_register(out, dev, &reg);
	}
	return err;
}

static int cmd_setpci(struct sink *out, int argc, char **argv)
{
	int err;

	if (argc < 3)
		return -EINVAL;
	pci_lock_rescan_remove();
	err = use_registers(out, argc, argv);
	pci_unlock_rescan_remove();
	return err;
}

MONITOR_COMMAND(setpci, "BB:DD.F REG[+OFF][.b|.w|.l][=VALUE[:MASK]]... (hex)",
		"read or write PCI registers", cmd_setpci);
