// SPDX-License-Identifier: MIT
/*
 * IPMI interfaces of SMBIOS (DSP0134 3.6, 7.39; IPMI 2.0, appendix C1): two or
 * three registers each, in ports or memory, one, four or sixteen bytes apart.
 *
 * They enter the register without being claimed: whoever drives the management
 * processor claims them.
 */
#define pr_fmt(fmt) "ipmi: " fmt
#include "drivers/firmware/ipmi_dmi.h"

#include "kernel/core/printk.h"
#include "kernel/lib/string.h"
#include "mm/slab.h"

#define IPMI_STRUCTURE	 38
#define IPMI_MIN_LENGTH	 16
#define IPMI_VER2_LENGTH 18 /* with alignment and spacing */

enum ipmi_type { IPMI_KCS = 1, IPMI_SMIC, IPMI_BT, IPMI_SSIF };

struct dmi_ipmi {
	struct dmi_header header;
	u8 type, revision, i2c_address, storage;
	u64 base;     /* bit 0: ports */
	u8 modifier;  /* bits 7:6: spacing, bit 4: bit 0 of the address */
	u8 interrupt; /* 0: none */
} __packed;

_Static_assert(sizeof(struct dmi_ipmi) == IPMI_VER2_LENGTH, "DSP0134 7.39");

/* Where the first register is and how far it is to the next; 0: nowhere. */
static resource_size_t first_register(const struct dmi_ipmi *d, unsigned long *type,
				      unsigned int *spacing)
{
	static const u8 spacings[4] = { 1, 4, 16, 0 };

	*type = IORESOURCE_IO;
	*spacing = 1;
	/* The older form has ports only, whatever bit 0 says. */
	if (d->header.length < IPMI_VER2_LENGTH)
		return d->base & 0xfffe;
	*spacing = spacings[d->modifier >> 6];
	if (d->base & 1)
		return (d->base & 0xfffe) | (d->modifier >> 4 & 1);
	*type = IORESOURCE_MEM;
	return d->base | (d->modifier >> 4 & 1);
}

unsigned int ipmi_dmi_registers(const struct dmi_header *dm, struct resource *res)
{
	static const char *const names[IPMI_MAX_REGISTERS] = { "IPMI Address 1", "IPMI Address 2",
							       "IPMI Address 3" };
	struct dmi_ipmi d = { 0 };
	unsigned int spacing, nr, i;
	resource_size_t first;
	unsigned long type;

	if (dm->type != IPMI_STRUCTURE || dm->length < IPMI_MIN_LENGTH)
		return 0;
	memcpy(&d, dm, min((size_t)dm->length, sizeof(d)));
	if (d.type == IPMI_SSIF) /* on an I2C bus */
		return 0;
	first = first_register(&d, &type, &spacing);
	if (!d.base || d.type < IPMI_KCS || d.type > IPMI_SSIF || !spacing) {
		pr_err("interface of type %u at 0x%lx, modifier %#x: not one that is known\n",
		       d.type, d.base, d.modifier);
		return 0;
	}
	nr = d.type == IPMI_BT ? 3 : 2;
	for (i = 0; i < nr; i++) {
		res[i] = (struct resource)DEFINE_RES_NAMED(first + i * spacing, 1, names[i], type);
	}
	return nr;
}

/* All or none: false. */
static bool __init insert_all(struct resource *res, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++) {
		bool io = res[i].flags & IORESOURCE_IO;
		struct resource *conflict =
			insert_resource_conflict(io ? &ioport_resource : &iomem_resource, &res[i]);

		if (!conflict)
			continue;
		pr_warn("%s %pR cuts across %s %pR\n", res[i].name, &res[i], conflict->name,
			conflict);
		while (i-- > 0)
			remove_resource(&res[i]);
		return false;
	}
	return true;
}

/* The resources live for ever, like the register. */
static void __init add_interface(const struct dmi_header *dm, void *arg)
{
	struct resource found[IPMI_MAX_REGISTERS], *res;
	unsigned int nr = ipmi_dmi_registers(dm, found);

	(void)arg;
	if (!nr)
		return;
	res = kcalloc(nr, sizeof(*res), GFP_KERNEL);
	if (!res) {
		pr_err("no memory for %pR\n", &found[0]);
		return;
	}
	memcpy(res, found, nr * sizeof(*res));
	if (!insert_all(res, nr))
		kfree(res);
}

void __init ipmi_dmi_init(void)
{
	dmi_walk(add_interface, NULL);
}
