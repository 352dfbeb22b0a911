// SPDX-License-Identifier: MIT
/*
 * Where the MP table is (MP 1.4, chapter 4): a pointer structure on a 16-byte
 * boundary in the first KiB of the extended BIOS data area, the last KiB of base
 * memory, or the BIOS ROM.  Looked for only where there is no MADT.
 */
#define pr_fmt(fmt) "MPTABLE: " fmt
#include "drivers/apic/apic.h"
#include "drivers/firmware/bios_scan.h"
#include "drivers/firmware/mptable.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "mm/early_ioremap.h"
#include "mm/ioremap.h"
#include "mm/reserved.h"

static struct mp_float mp_float;
static phys_addr_t mp_float_addr; /* 0: none found */
static struct mp_pci_routes mp_pci;

static int __init check_float(const void *p, size_t size)
{
	return mp_float_check(p, size) ? (int)MP_FLOAT_SIZE : -EINVAL;
}

/* How long the table is; 0 where what lies there is none. */
static u16 __init mp_table_length(void)
{
	const struct mp_table *t = early_memremap_ro(mp_float.table, sizeof(*t));
	u16 length = t ? t->length : 0;
	bool good;

	if (t)
		early_memunmap((void *)t, sizeof(*t));
	if (length < sizeof(*t))
		return 0;
	t = early_memremap_ro(mp_float.table, length);
	if (!t)
		return 0;
	good = mp_table_check(t, length) == 0;
	early_memunmap((void *)t, length);
	return good ? length : 0;
}

void __init mp_find_table(void)
{
	u16 length;

	mp_float_addr = scan_bios_memory("_MP_", check_float, &mp_float, sizeof(mp_float));
	if (!mp_float_addr)
		return;
	pr_info("found SMP MP-table at [mem 0x%08llx-0x%08llx]\n",
		(unsigned long long)mp_float_addr,
		(unsigned long long)mp_float_addr + MP_FLOAT_SIZE - 1);
	reserve_ram(mp_float_addr, MP_FLOAT_SIZE, "MP table's pointer");
	length = mp_float.table ? mp_table_length() : 0;
	if (length)
		reserve_ram(mp_float.table, length, "MP table");
}

static int __init decode_table(struct irq_routing *r)
{
	const struct mp_table *t;
	u16 length;
	int ret;

	t = memremap(mp_float.table, sizeof(*t), MEMREMAP_WB);
	if (!t)
		return -ENOENT;
	length = t->length;
	memunmap((void *)t);
	if (length < sizeof(*t)) {
		pr_err("table of %u bytes is too short\n", length);
		return -ENOENT;
	}
	t = memremap(mp_float.table, length, MEMREMAP_WB);
	if (!t)
		return -ENOENT;
	ret = mp_table_check(t, length);
	if (ret)
		pr_err("table at 0x%08x is broken: %s\n", mp_float.table, error_name(ret));
	else
		ret = mp_table_decode(t, r, &mp_pci, ioapic_count_pins);
	memunmap((void *)t);
	return ret == -EILSEQ || !r->source ? -ENOENT : 0;
}

int __init mp_boot_init(struct irq_routing *r)
{
	struct irq_routing found = { 0 };
	int ret;

	if (!mp_float_addr)
		return -ENOENT;
	if (mp_float.table)
		ret = decode_table(&found);
	else
		ret = mp_default_config(mp_float.default_config, &found);
	if (ret) {
		pr_err("not usable: %s\n", error_name(ret));
		return -ENOENT;
	}
	found.imcr = mp_float.features & 0x80;
	*r = found;
	return 0;
}

int mp_pci_irq(u8 bus, u8 slot, u8 pin, u32 *gsi, bool *level, bool *active_low)
{
	for (unsigned int i = 0; i < mp_pci.count; i++) {
		const struct mp_pci_route *p = &mp_pci.route[i];

		if (p->bus != bus || p->slot != slot || p->pin != pin)
			continue;
		*gsi = p->gsi;
		*level = p->level;
		*active_low = p->active_low;
		return 0;
	}
	return -ENOENT;
}
