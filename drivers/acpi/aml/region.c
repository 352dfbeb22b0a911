// SPDX-License-Identifier: MIT
/*
 * Operation regions (ACPI 6.5, 5.5.2.4): memory, ports, PCI configuration space
 * and tables.  Others belong to drivers that are not here.  Whatever is wrong with a
 * region is found when a field of it is accessed, not when it is declared: firmware
 * declares more than it uses.
 */
#include "drivers/acpi/aml/interp.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

/* Table 5.134. */
static const char *space_name(u16 space)
{
	static const char *const names[] = {
		"SystemMemory",	    "SystemIO", "PCI_Config",
		"EmbeddedControl",  "SMBus",	"SystemCMOS",
		"PciBarTarget",	    "IPMI",	"GeneralPurposeIO",
		"GenericSerialBus", "PCC",	"PlatformRtMechanism",
	};

	return space < ARRAY_SIZE(names) ? names[space] : space < 0x80 ? "reserved" : "of a vendor";
}

static int pci_place(struct aml *aml, struct aml_region *region)
{
	int err;

	aml->asks++;
	err = aml_pci_address(aml, region->scope, &region->pci);
	aml->asks--;
	return err;
}

/* Once a region, when it is accessed first. */
static int prepare(struct aml *aml, struct aml_region *region)
{
	int err = 0;

	if (region->space == AML_SPACE_PCI)
		err = pci_place(aml, region);
	else if (region->space > AML_SPACE_PCI && region->space != AML_SPACE_TABLE)
		err = aml_fail(aml, -EOPNOTSUPP, "address space 0x%02x (%s) is not served",
			       region->space, space_name(region->space));
	region->ready = !err;
	return err;
}

/* The last address that the space has. */
static u64 space_end(u16 space)
{
	if (space == AML_SPACE_IO)
		return 0xffff;
	return space == AML_SPACE_PCI ? 0xfff : ~0ULL; /* PCI Express 5.0, 7.2.2 */
}

static int access(struct aml *aml, struct aml_region *region, u64 offset, u32 bytes, u64 *value,
		  bool write)
{
	const struct aml_ops *ops = aml->ops;
	u64 at = region->address + offset, end = space_end(region->space);

	if (at < offset || at > end || bytes - 1 > end - at)
		return -ERANGE;
	switch (region->space) {
	case AML_SPACE_MEMORY:
		return ops->memory(at, bytes, value, write);
	case AML_SPACE_IO:
		return ops->port(at, bytes, value, write);
	case AML_SPACE_PCI:
		return ops->pci(region->pci, (u32)at, bytes, value, write);
	default: /* AML_SPACE_TABLE */
		*value = 0;
		if (write)
			return -EPERM;
		memcpy(value, region->bytes + offset, bytes);
		return 0;
	}
}

/*
 * The widest access that the space has and that stays inside of the region.  AML may ask for
 * any alignment; memory's devices and configuration space cannot be asked so, and are by bytes.
 */
static u32 part_of(const struct aml_region *region, u64 offset, u32 bytes)
{
	if (bytes == 8 && (region->space == AML_SPACE_IO || region->space == AML_SPACE_PCI))
		bytes = 4;
	while (bytes > region->size - offset)
		bytes /= 2;
	if (region->space != AML_SPACE_IO && !IS_ALIGNED(region->address + offset, bytes))
		return 1;
	return bytes;
}

int aml_region_access(struct aml *aml, struct aml_region *region, u64 offset, u32 bytes, u64 *value,
		      bool write)
{
	u64 all = write ? *value : 0, part;
	u32 n = bytes;
	int err = 0;

	if (!region->ready)
		err = prepare(aml, region);
	if (err)
		return err;
	if (offset >= region->size)
		return aml_fail(aml, -ERANGE, "offset 0x%lx of a region of 0x%lx bytes", offset,
				region->size);
	/* A unit that the region's end cuts off: what is outside reads as zero. */
	for (u32 done = 0; done < bytes && offset + done < region->size; done += n) {
		n = part_of(region, offset + done, min(n, bytes - done));
		part = all >> (8 * done);
		err = access(aml, region, offset + done, n, &part, write);
		if (err)
			return aml_fail(aml, err,
					"access to address space %u, 0x%lx + 0x%lx failed",
					region->space, region->address, offset + done);
		if (!write)
			all |= (n < 8 ? part & ((1ULL << (8 * n)) - 1) : part) << (8 * done);
	}
	*value = all;
	return 0;
}
