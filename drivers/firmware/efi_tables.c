// SPDX-License-Identifier: MIT
/*
 * EFI's tables that lie in what the boot services left: without a word they would be given
 * out as RAM.
 *
 * Linux keeps ESRT, for whoever updates firmware, and MOKvar, the keys that the machine's
 * owner enrolled with shim; the pages of both are Reserved in its register, and so in
 * ours, though nobody reads them here.  The picture (BGRT) is drivers/acpi/table's.  None
 * is believed: it lies within one descriptor of EFI's map, and what it says of its length
 * fits in there.
 */
#define pr_fmt(fmt) "efi: " fmt
#include "drivers/firmware/efi.h"

#include "kernel/core/printk.h"
#include "mm/early_ioremap.h"
#include "mm/efi_memmap.h"

/* UEFI 2.10, 23.4: the header, then `count` entries. */
struct esrt {
	u32 count, count_max;
	u64 version;
};

#define ESRT_VERSION 1
#define ESRT_ENTRY   40U
#define ESRT_MAX     128U /* as Linux: no machine has as many parts */

/* shim's: a name that ends in a 0, and the bytes behind it; the last one has neither. */
struct mokvar {
	char name[256];
	u64 data_size;
};

_Static_assert(sizeof(struct esrt) == 16, "UEFI 23.4");
_Static_assert(sizeof(struct mokvar) == 264, "shim's mok.c");

/* The descriptor of a table at `addr`, and the bytes from there to its end; 0, said: none. */
static u64 __init room_of(const char *name, phys_addr_t addr, struct efi_memory_desc *desc)
{
	if (efi_mem_desc_lookup(addr, desc))
		return efi_desc_bytes(desc) - (addr - desc->phys_addr);
	pr_warn("%s at %pa is in no descriptor of EFI's map\n", name, &addr);
	return 0;
}

/* What the runtime services or firmware keep is no RAM anyway. */
static void __init keep(const char *name, phys_addr_t addr, u64 size,
			const struct efi_memory_desc *desc)
{
	phys_addr_t last = addr + size - 1;

	pr_info("%s at [mem %pa-%pa]\n", name, &addr, &last);
	if (desc->type == EFI_BOOT_SERVICES_DATA)
		efi_mem_reserve(addr, size);
}

static void __init reserve_esrt(phys_addr_t addr)
{
	struct efi_memory_desc desc;
	struct esrt t;
	u64 room = addr ? room_of("ESRT", addr, &desc) : 0;

	if (room < sizeof(t) || copy_from_early_mem(&t, addr, sizeof(t)))
		return;
	if (desc.type != EFI_BOOT_SERVICES_DATA && desc.type != EFI_RUNTIME_SERVICES_DATA &&
	    !(desc.attribute & EFI_MEMORY_RT))
		pr_warn("ESRT at %pa is in memory of type %u: ignored\n", &addr, desc.type);
	else if (t.version != ESRT_VERSION || t.count > ESRT_MAX ||
		 t.count * ESRT_ENTRY > room - sizeof(t))
		pr_warn("ESRT at %pa: version %lu, %u entries in %lu bytes: ignored\n", &addr,
			t.version, t.count, room);
	else
		keep("ESRT", addr, sizeof(t) + t.count * ESRT_ENTRY, &desc);
}

/* Bytes, the last entry's included; 0: it does not end within `room`. */
static u64 __init mokvar_size(phys_addr_t addr, u64 room)
{
	struct mokvar t;
	u64 at = 0;

	while (room - at >= sizeof(t) && !copy_from_early_mem(&t, addr + at, sizeof(t))) {
		at += sizeof(t);
		if (!t.name[0])
			return t.data_size ? 0 : at;
		if (t.data_size > room - at)
			break;
		at += t.data_size;
	}
	return 0;
}

static void __init reserve_mokvar(phys_addr_t addr)
{
	struct efi_memory_desc desc;
	u64 room = addr ? room_of("MOKvar", addr, &desc) : 0, size = mokvar_size(addr, room);

	if (size)
		keep("MOKvar", addr, size, &desc);
	else if (room)
		pr_warn("MOKvar at %pa does not end within its descriptor: ignored\n", &addr);
}

void __init efi_reserve_tables(void)
{
	reserve_esrt(efi_tables.esrt);
	reserve_mokvar(efi_tables.mokvar);
}
