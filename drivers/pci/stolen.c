// SPDX-License-Identifier: MIT
/*
 * Memory that Intel's graphics took for itself ("stolen", "DSM").
 *
 * Firmware sets it aside below the top of RAM and often says so nowhere: in e820 there
 * is a hole, where a BAR would find the graphics' own pages.  The registers know.  How
 * much it is stands in the host bridge's graphics control (GMCH Control, GGC at 52h;
 * since Sandy Bridge the device's copy at 50h), where it lies in the device's base of
 * stolen memory (BSM, BDSM); before the 915 it ends where usable DRAM does, with the
 * system-management segment (TSEG) behind it.
 *
 * Names of registers are those of Intel's datasheets of the 845G, 855GM, 865G and 915G
 * memory controllers and of the Core processors, volume 2.  All these devices are
 * function 00:02.0, and say so while they are the machine's VGA device; which of them
 * there are is a list, as it is in Linux 6.1.
 */
#include "drivers/pci/access.h"
#include "drivers/pci/early.h"
#include "kernel/core/cmdline.h"
#include "kernel/core/printk.h"
#include "mm/e820.h"

#define MiB 0x100000ULL

#define BRIDGE	 PCI_DEVFN(0, 0)
#define GRAPHICS PCI_DEVFN(2, 0)

static u32 __init read_bridge(int where, int size)
{
	return pci_early_read(0, BRIDGE, where, size);
}

static u32 __init read_graphics(int where, int size)
{
	return pci_early_read(0, GRAPHICS, where, size);
}

/* ---------------------------------------------------------------- how much */

/* 830M, 845G: GMCH Control at 52h, bits 6:4; 1 is memory of the device's own. */
static u64 __init i830_size(void)
{
	static const u16 kib[8] = { [2] = 512, [3] = 1024, [4] = 8192 };

	return (u64)kib[read_bridge(0x52, 2) >> 4 & 7] << 10;
}

/* 855GM to Ironlake: the same register, bits 7:4. */
static u64 __init gen3_size(void)
{
	static const u16 mib[16] = { 0, 1, 4, 8, 16, 32, 48, 64, 128, 256, 96, 160, 224, 352 };

	return mib[read_bridge(0x52, 2) >> 4 & 15] * MiB;
}

/* Sandy Bridge to Haswell, Bay Trail: GGC at 50h of the device, bits 7:3. */
static u32 __init gen6_code(void)
{
	return read_graphics(0x50, 2) >> 3 & 0x1f;
}

static u64 __init gen6_size(void)
{
	return gen6_code() * 32 * MiB;
}

/* Cherry Trail: the same, with finer steps above. */
static u64 __init chv_size(void)
{
	u32 code = gen6_code();

	if (code < 0x11)
		return code * 32 * MiB;
	return code < 0x17 ? (code - 0x11) * 4 * MiB + 8 * MiB : (code - 0x17) * 4 * MiB + 36 * MiB;
}

/* Broadwell: bits 15:8. */
static u32 __init gen8_code(void)
{
	return read_graphics(0x50, 2) >> 8 & 0xff;
}

static u64 __init gen8_size(void)
{
	return gen8_code() * 32 * MiB;
}

/* Skylake and later. */
static u64 __init gen9_size(void)
{
	u32 code = gen8_code();

	return code < 0xf0 ? code * 32 * MiB : (code - 0xf0) * 4 * MiB + 4 * MiB;
}

/* ---------------------------------------------------------------- where */

#define TSEG_ENABLE BIT(0)

/* ESMRAMC of the 830M at 91h: bit 1 tells 1 MiB from 512 KiB. */
static u64 __init i830_tseg(void)
{
	u32 esmramc = read_bridge(0x91, 1);

	return !(esmramc & TSEG_ENABLE) ? 0 : esmramc & BIT(1) ? MiB : MiB / 2;
}

/* ESMRAMC of the 845G and 865G at 9eh, bits 2:1. */
static u64 __init i845_tseg(void)
{
	u32 esmramc = read_bridge(0x9e, 1), code = esmramc >> 1 & 3;

	if (!(esmramc & TSEG_ENABLE))
		return 0;
	if (code < 2)
		pr_warn("pci: ESMRAMC %#x: no size of a segment: taken as none\n", esmramc);
	return code == 2 ? MiB / 2 : code == 3 ? MiB : 0;
}

/* DRB3, the end of the last row of DRAM, in 32 MiB. */
static u64 __init i830_base(u64 size)
{
	return read_bridge(0x63, 1) * 32 * MiB - i830_tseg() - size;
}

static u64 __init i845_base(u64 size)
{
	return read_bridge(0x63, 1) * 32 * MiB - i845_tseg() - size;
}

/* The 855GM has DRB3 in function 1, and ESMRAMC at 61h; a segment is 1 MiB. */
static u64 __init i85x_base(u64 size)
{
	u64 tseg = read_bridge(0x61, 1) & TSEG_ENABLE ? MiB : 0;

	return pci_early_read(0, PCI_DEVFN(0, 1), 0x43, 1) * 32 * MiB - tseg - size;
}

/* 865G: behind TOUD, the top of used DRAM, in 64 KiB, and the segment. */
static u64 __init i865_base(u64 size)
{
	(void)size;
	return read_bridge(0xc4, 2) * (MiB / 16) + i845_tseg();
}

/* BSM at 5ch of the device, bits 31:20. */
static u64 __init gen3_base(u64 size)
{
	(void)size;
	return read_graphics(0x5c, 4) & 0xfff00000;
}

/* BDSM at c0h, 64 bits. */
static u64 __init gen11_base(u64 size)
{
	(void)size;
	return (read_graphics(0xc0, 4) & 0xfff00000) | (u64)read_graphics(0xc4, 4) << 32;
}

/* ---------------------------------------------------------------- which */

static const u16 i830_ids[] __initconst = { 0x3577 };
static const u16 i845_ids[] __initconst = { 0x2562 };
static const u16 i85x_ids[] __initconst = { 0x3582, 0x358e };
static const u16 i865_ids[] __initconst = { 0x2572 };
/* 915 to Ironlake */
static const u16 gen3_ids[] __initconst = {
	0x0042, 0x0046, 0x2582, 0x258a, 0x2592, 0x2772, 0x27a2, 0x27ae, 0x2972,
	0x2982, 0x2992, 0x29a2, 0x29b2, 0x29c2, 0x29d2, 0x2a02, 0x2a12, 0x2a42,
	0x2e02, 0x2e12, 0x2e22, 0x2e32, 0x2e42, 0x2e92, 0xa001, 0xa011,
};
/* Sandy Bridge, Ivy Bridge, Haswell, Bay Trail */
static const u16 gen6_ids[] __initconst = {
	0x0102, 0x0106, 0x010a, 0x0112, 0x0116, 0x0122, 0x0126, 0x0152, 0x0156, 0x015a, 0x0162,
	0x0166, 0x016a, 0x0402, 0x0406, 0x040a, 0x040b, 0x040e, 0x0412, 0x0416, 0x041a, 0x041b,
	0x041e, 0x0422, 0x0426, 0x042a, 0x042b, 0x042e, 0x0a02, 0x0a06, 0x0a0a, 0x0a0b, 0x0a0e,
	0x0a12, 0x0a16, 0x0a1a, 0x0a1b, 0x0a1e, 0x0a22, 0x0a26, 0x0a2a, 0x0a2b, 0x0a2e, 0x0c02,
	0x0c06, 0x0c0a, 0x0c0b, 0x0c0e, 0x0c12, 0x0c16, 0x0c1a, 0x0c1b, 0x0c1e, 0x0c22, 0x0c26,
	0x0c2a, 0x0c2b, 0x0c2e, 0x0d02, 0x0d06, 0x0d0a, 0x0d0b, 0x0d0e, 0x0d12, 0x0d16, 0x0d1a,
	0x0d1b, 0x0d1e, 0x0d22, 0x0d26, 0x0d2a, 0x0d2b, 0x0d2e, 0x0f30, 0x0f31, 0x0f32, 0x0f33,
};
/* Broadwell */
static const u16 gen8_ids[] __initconst = {
	0x1602, 0x1606, 0x160a, 0x160b, 0x160d, 0x160e, 0x1612, 0x1616,
	0x161a, 0x161b, 0x161d, 0x161e, 0x1622, 0x1626, 0x162a, 0x162b,
	0x162d, 0x162e, 0x1632, 0x1636, 0x163a, 0x163b, 0x163d, 0x163e,
};
/* Cherry Trail, Braswell */
static const u16 chv_ids[] __initconst = {
	0x22b0,
	0x22b1,
	0x22b2,
	0x22b3,
};
/* Skylake to Comet Lake, Cannon Lake, Apollo Lake, Gemini Lake */
static const u16 gen9_ids[] __initconst = {
	0x0a84, 0x1902, 0x1906, 0x190a, 0x190b, 0x190e, 0x1912, 0x1913, 0x1915, 0x1916, 0x1917,
	0x191a, 0x191b, 0x191d, 0x191e, 0x1921, 0x1923, 0x1926, 0x1927, 0x192a, 0x192b, 0x192d,
	0x1932, 0x193a, 0x193b, 0x193d, 0x1a84, 0x1a85, 0x3184, 0x3185, 0x3e90, 0x3e91, 0x3e92,
	0x3e93, 0x3e94, 0x3e96, 0x3e98, 0x3e99, 0x3e9a, 0x3e9b, 0x3e9c, 0x3ea0, 0x3ea1, 0x3ea2,
	0x3ea3, 0x3ea4, 0x3ea5, 0x3ea6, 0x3ea7, 0x3ea8, 0x3ea9, 0x5902, 0x5906, 0x5908, 0x590a,
	0x590b, 0x590e, 0x5912, 0x5913, 0x5915, 0x5916, 0x5917, 0x591a, 0x591b, 0x591c, 0x591d,
	0x591e, 0x5921, 0x5923, 0x5926, 0x5927, 0x593b, 0x5a40, 0x5a41, 0x5a42, 0x5a44, 0x5a49,
	0x5a4a, 0x5a4c, 0x5a50, 0x5a51, 0x5a52, 0x5a54, 0x5a59, 0x5a5a, 0x5a5c, 0x5a84, 0x5a85,
	0x87c0, 0x87ca, 0x9b21, 0x9b41, 0x9ba2, 0x9ba4, 0x9ba5, 0x9ba8, 0x9baa, 0x9bac, 0x9bc2,
	0x9bc4, 0x9bc5, 0x9bc6, 0x9bc8, 0x9bca, 0x9bcc, 0x9be6, 0x9bf6,
};
/* Ice Lake to Raptor Lake, Elkhart Lake, Jasper Lake */
static const u16 gen11_ids[] __initconst = {
	0x4541, 0x4551, 0x4555, 0x4557, 0x4571, 0x4626, 0x4628, 0x462a, 0x4680, 0x4682, 0x4688,
	0x468a, 0x468b, 0x4690, 0x4692, 0x4693, 0x46a0, 0x46a1, 0x46a2, 0x46a3, 0x46a6, 0x46a8,
	0x46aa, 0x46b0, 0x46b1, 0x46b2, 0x46b3, 0x46c0, 0x46c1, 0x46c2, 0x46c3, 0x46d0, 0x46d1,
	0x46d2, 0x4c80, 0x4c8a, 0x4c8b, 0x4c8c, 0x4c90, 0x4c9a, 0x4e51, 0x4e55, 0x4e57, 0x4e61,
	0x4e71, 0x8a50, 0x8a51, 0x8a52, 0x8a53, 0x8a54, 0x8a56, 0x8a57, 0x8a58, 0x8a59, 0x8a5a,
	0x8a5b, 0x8a5c, 0x8a5d, 0x8a70, 0x8a71, 0x9a40, 0x9a49, 0x9a59, 0x9a60, 0x9a68, 0x9a70,
	0x9a78, 0x9ac0, 0x9ac9, 0x9ad9, 0x9af8, 0xa720, 0xa721, 0xa780, 0xa781, 0xa782, 0xa783,
	0xa788, 0xa789, 0xa78a, 0xa78b, 0xa7a0, 0xa7a1, 0xa7a8, 0xa7a9,
};

#define GENERATION(ids, size, base)                  \
	{                                            \
		ids, ARRAY_SIZE(ids), (size), (base) \
	}
static const struct generation {
	const u16 *ids;
	unsigned int nr_ids;
	u64 (*size)(void); /* bytes; 0: none */
	u64 (*base)(u64 size);
} generations[] __initconst = {
	GENERATION(i830_ids, i830_size, i830_base), GENERATION(i845_ids, i830_size, i845_base),
	GENERATION(i85x_ids, gen3_size, i85x_base), GENERATION(i865_ids, gen3_size, i865_base),
	GENERATION(gen3_ids, gen3_size, gen3_base), GENERATION(gen6_ids, gen6_size, gen3_base),
	GENERATION(gen8_ids, gen8_size, gen3_base), GENERATION(chv_ids, chv_size, gen3_base),
	GENERATION(gen9_ids, gen9_size, gen3_base), GENERATION(gen11_ids, gen9_size, gen11_base),
};

static const struct generation *__init find_generation(u16 id)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(generations); i++)
		for (unsigned int n = 0; n < generations[i].nr_ids; n++)
			if (generations[i].ids[n] == id)
				return &generations[i];
	return NULL;
}

void __init pci_reserve_stolen(void)
{
	u32 id = read_graphics(PCI_VENDOR_ID, 4);
	const struct generation *g;
	u64 base, size;

	if ((u16)id != 0x8086 || read_graphics(PCI_CLASS_REVISION + 2, 2) != PCI_CLASS_DISPLAY_VGA)
		return;
	g = find_generation((u16)(id >> 16));
	if (!g || cmdline_value_is("pci", "noearly"))
		return;
	size = g->size();
	base = g->base(size);
	if (!size || !base)
		return;
	if (base > iomem_resource.end || size - 1 > iomem_resource.end - base) {
		pr_warn("pci 0000:00:02.0: %#lx bytes of graphics memory at %#lx cannot be: ignored\n",
			size, base);
		return;
	}
	pr_info("Reserving Intel graphics memory at [mem %#010lx-%#010lx]\n", base,
		base + size - 1);
	e820__range_add(&e820_table, base, size, E820_TYPE_RESERVED);
	e820__update_table(&e820_table);
}
