// SPDX-License-Identifier: MIT
/*
 * Interrupt routing: _PRT and the link devices that it names
 * (ACPI 6.5, 6.2.13), and the sleep types of \_Sx (7.4.2).
 */
#include "drivers/acpi/aml/interp.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

/* The source: a link device by reference or by path, or 0 for none. */
static int decode_source(struct aml *aml, struct aml_node *scope, const struct aml_value *package,
			 struct aml_prt_entry *entry)
{
	struct aml_value source;
	int err = aml_element(aml, package, 2, &source);

	if (err)
		return err;
	if (source.type == AML_STRING)
		entry->link = aml_find(aml, scope, (char *)AML_OBJECT(&source, data)->bytes);
	else
		entry->link = aml_reference_node(&source);
	if (entry->link && !entry->link->linked)
		entry->link = NULL; /* made by _PRT itself, and gone with it */
	if (!entry->link && (source.type != AML_INTEGER || source.integer != 0))
		err = -EINVAL;
	aml_put(aml, &source);
	return err;
}

static int decode_entry(struct aml *aml, struct aml_node *scope, const struct aml_value *package,
			struct aml_prt_entry *entry)
{
	u64 address, pin, gsi;

	if (aml_count(package) < 4 || aml_element_integer(aml, package, 0, &address) ||
	    aml_element_integer(aml, package, 1, &pin) ||
	    aml_element_integer(aml, package, 3, &gsi) || pin > 3 || (address >> 16) > 0x1f)
		return -EINVAL;
	*entry = (struct aml_prt_entry){ .device = (u16)(address >> 16),
					 .pin = (u8)pin,
					 .gsi = (u32)gsi };
	return decode_source(aml, scope, package, entry);
}

int aml_walk_prt(struct aml *aml, struct aml_node *device,
		 int (*fn)(const struct aml_prt_entry *entry, void *arg), void *arg)
{
	struct aml_node *node = aml_find(aml, device, "_PRT");
	struct aml_prt_entry entry;
	struct aml_value table, package;
	int err = aml_evaluate(aml, device, "_PRT", NULL, 0, &table);

	if (err)
		return err;
	if (table.type != AML_PACKAGE)
		aml_fail_of(aml, node, 0, "it gave %s", aml_type_name(table.type));
	for (u32 i = 0; !err && i < aml_count(&table); i++) {
		if (aml_element(aml, &table, i, &package) == 0 &&
		    decode_entry(aml, device, &package, &entry) == 0)
			err = fn(&entry, arg);
		else
			aml_fail_of(aml, node, 0, "entry %u is broken", i);
		aml_put(aml, &package);
	}
	aml_put(aml, &table);
	return err;
}

/* What _SRS is given: one interrupt descriptor and the end tag. */
struct link_setting {
	u32 irq;
	u32 size; /* 0: none was found yet */
	u8 bytes[3 + 2 + 4 + 2];
};

static int choose_form(const struct aml_resource *res, void *arg)
{
	struct link_setting *s = arg;
	u32 i = 0;

	if (res->type != AML_RES_IRQ)
		return 0;
	while (i < res->nr && res->numbers[i] != s->irq)
		i++;
	if (i == res->nr)
		return 0;
	if (res->bytes[0] & 0x80) { /* 6.4.3.6 */
		s->bytes[0] = res->bytes[0];
		s->bytes[1] = 6;
		s->bytes[2] = 0;
		s->bytes[3] = res->bytes[3];
		s->bytes[4] = 1;
		memcpy(s->bytes + 5, &s->irq, 4);
		s->size = 9;
	} else { /* 6.4.2.1 */
		u16 mask = (u16)(1U << s->irq);

		s->size = res->size;
		memcpy(s->bytes, res->bytes, res->size);
		memcpy(s->bytes + 1, &mask, 2);
	}
	s->bytes[s->size++] = AML_END_TAG;
	s->bytes[s->size++] = 0; /* its sum, 0: not kept */
	return 1;
}

int aml_link_set_irq(struct aml *aml, struct aml_node *link, u32 irq)
{
	struct link_setting s = { .irq = irq };
	struct aml_value buffer;
	int err;

	if (!aml_find(aml, link, "_SRS"))
		return -ENOENT;
	err = aml_walk_resources(aml, link, "_PRS", choose_form, &s);
	if (err == -ENOENT)
		err = aml_walk_resources(aml, link, "_CRS", choose_form, &s);
	if (!s.size) {
		aml_fail_of(aml, link, 0, "it cannot be set to interrupt %u", irq);
		return err < 0 ? err : -EINVAL;
	}
	err = aml_new_buffer(aml, s.bytes, s.size, &buffer);
	if (err)
		return err;
	err = aml_evaluate(aml, link, "_SRS", &buffer, 1, NULL);
	aml_put(aml, &buffer);
	return err;
}

int aml_sleep_type(struct aml *aml, unsigned int state, u8 *pm1a, u8 *pm1b)
{
	struct aml_value package;
	u64 a = 0, b = 0;
	char name[8];
	int err;

	scnprintf(name, sizeof(name), "\\_S%u_", state);
	err = aml_evaluate(aml, NULL, name, NULL, 0, &package);
	if (err)
		return err;
	err = aml_element_integer(aml, &package, 0, &a);
	if (!err && aml_count(&package) > 1) {
		err = aml_element_integer(aml, &package, 1, &b);
	} else if (!err) { /* old firmware has both in one integer, a byte each */
		b = a >> 8;
		a &= 0xff;
	}
	aml_put(aml, &package);
	if (err || a > 7 || b > 7) /* three bits of PM1_CNT */
		return aml_fail_of(aml, aml_find(aml, NULL, name), -EINVAL,
				   "no package of small integers");
	*pm1a = (u8)a;
	*pm1b = (u8)b;
	return 0;
}
