// SPDX-License-Identifier: MIT
/*
 * The FADT (ACPI 6.5, table 5.9).  Pure: also runs on the host.
 *
 * It grew with every revision (116 bytes in 1.0, 244 in 2.0, 276 now), and
 * firmware's revision field is no guide to what it holds: a field counts when
 * the table's length covers it.  Offsets are the specification's.
 */
#include "drivers/acpi/table/actbl.h"
#include "kernel/lib/string.h"

#define FADT_TMR_VAL_EXT   BIT(8)
#define FADT_RESET_REG_SUP BIT(10)
#define FADT_HW_REDUCED	   BIT(20)

/* Little endian at any alignment; 0 where the table ends before it. */
static u64 field(const struct acpi_table_header *h, u32 offset, u32 bytes)
{
	const u8 *p = (const u8 *)h + offset;
	u64 value = 0;

	if (offset + bytes > h->length)
		return 0;
	for (u32 i = 0; i < bytes; i++)
		value |= (u64)p[i] << (8 * i);
	return value;
}

static struct acpi_gas gas(const struct acpi_table_header *h, u32 offset)
{
	struct acpi_gas g = { 0 };

	if (offset + sizeof(g) <= h->length)
		memcpy(&g, (const u8 *)h + offset, sizeof(g));
	return g;
}

/* The 64-bit form of a block where it is there, else the 32-bit port with its length. */
static struct acpi_gas block(const struct acpi_table_header *h, u32 x_offset, u32 offset, u8 len)
{
	struct acpi_gas g = gas(h, x_offset);

	if (!g.address) {
		g = (struct acpi_gas){ .space_id = ACPI_SPACE_IO, .bit_width = (u8)(len * 8) };
		g.address = field(h, offset, 4);
	}
	return g;
}

void fadt_decode(const struct acpi_table_header *h, struct fadt_info *f)
{
	u32 flags = (u32)field(h, 112, 4);

	memset(f, 0, sizeof(*f));
	f->facs = field(h, 132, 8);
	if (!f->facs)
		f->facs = field(h, 36, 4);
	f->dsdt = field(h, 140, 8);
	if (!f->dsdt)
		f->dsdt = field(h, 40, 4);
	f->sci_irq = (u16)field(h, 46, 2);
	f->smi_cmd = (u32)field(h, 48, 4);
	f->acpi_enable = (u8)field(h, 52, 1);

	f->pm1_evt_len = (u8)field(h, 88, 1);
	f->pm1_cnt_len = (u8)field(h, 89, 1);
	f->pm2_cnt_len = (u8)field(h, 90, 1);
	f->pm_tmr_len = (u8)field(h, 91, 1);
	f->gpe0_len = (u8)field(h, 92, 1);
	f->gpe1_len = (u8)field(h, 93, 1);
	f->pm1a_evt = block(h, 148, 56, f->pm1_evt_len);
	f->pm1b_evt = block(h, 160, 60, f->pm1_evt_len);
	f->pm1a_cnt = block(h, 172, 64, f->pm1_cnt_len);
	f->pm1b_cnt = block(h, 184, 68, f->pm1_cnt_len);
	f->pm2_cnt = block(h, 196, 72, f->pm2_cnt_len);
	f->pm_tmr = block(h, 208, 76, f->pm_tmr_len);
	f->gpe0 = block(h, 220, 80, f->gpe0_len);
	f->gpe1 = block(h, 232, 84, f->gpe1_len);
	f->duty_offset = (u8)field(h, 104, 1);
	f->duty_width = (u8)field(h, 105, 1);
	f->century = (u8)field(h, 108, 1);

	f->pm_tmr_32bit = flags & FADT_TMR_VAL_EXT;
	f->hw_reduced = flags & FADT_HW_REDUCED;
	f->reset_reg = gas(h, 116);
	f->reset_value = (u8)field(h, 128, 1);
	f->has_reset_reg = (flags & FADT_RESET_REG_SUP) && f->reset_reg.address && h->length > 128;
	f->sleep_control = gas(h, 244);
}
