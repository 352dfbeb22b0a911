// SPDX-License-Identifier: MIT
/*
 * Devices: which are there, what they are called, and how they are initialized
 * (ACPI 6.5, 6.1, 6.3.7 and 6.5.1).
 */
#include "drivers/acpi/aml/interp.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

/* What an object of a device gave is not what it should be. */
static int wrong_type(struct aml *aml, struct aml_node *device, const char *name,
		      const struct aml_value *v)
{
	return aml_fail_of(aml, aml_find(aml, device, name), -EINVAL, "it gave %s",
			   aml_type_name(v->type));
}

/*
 * No _STA means all of it; so does one that misses a name, as in Linux, which
 * does not tell the two apart.  An answer that is no integer is none.
 */
static int read_status(struct aml *aml, struct aml_node *device, u32 *status)
{
	struct aml_node *node = aml_find(aml, device, "_STA");
	struct aml_value v = { 0 };
	int err = node ? aml_evaluate_node(aml, node, NULL, 0, &v) : -ENOENT;

	*status = err == -ENOENT ? AML_STA_DEFAULT : 0;
	if (err)
		return err == -ENOENT ? 0 : err;
	if (v.type == AML_INTEGER)
		*status = (u32)v.integer;
	else
		err = wrong_type(aml, device, "_STA", &v);
	aml_put(aml, &v);
	return err;
}

static bool is_beneath(const struct aml_node *node, const struct aml_node *above)
{
	while (node && node != above)
		node = node->parent;
	return node;
}

/* Processors and thermal zones may have an _INI, too. */
static bool is_visited(const struct aml_node *node, bool for_init)
{
	u8 type = node->value.type;

	return !node->alias &&
	       (type == AML_DEVICE || (for_init && (type == AML_PROCESSOR || type == AML_THERMAL)));
}

bool aml_processor_block(const struct aml_node *node, u64 *address, u32 *length)
{
	if (node->alias || node->value.type != AML_PROCESSOR)
		return false;
	*address = node->value.integer;
	*length = node->value.index >> 8;
	return *address != 0;
}

struct aml_node *aml_next_device(struct aml *aml, struct aml_walk *walk)
{
	int err;

	do {
		walk->node = aml_next_node(aml->root, walk->node);
		if (!walk->node)
			return NULL;
	} while (!is_visited(walk->node, walk->for_init));
	if (walk->absent && is_beneath(walk->node, walk->absent))
		return walk->node;
	err = read_status(aml, walk->node, &walk->status);
	walk->absent =
		walk->status & (AML_STA_PRESENT | AML_STA_FUNCTIONING) || (err && walk->for_init) ?
			NULL :
			walk->node;
	if (walk->absent)
		walk->status = 0;
	return walk->node;
}

/* 19.3.4: three letters of five bits and four hexadecimal digits, bytes swapped. */
void aml_eisa_id(u32 value, char *id)
{
	u32 v = __builtin_bswap32(value);

	scnprintf(id, 8, "%c%c%c%04X", '@' + (v >> 26 & 0x1f), '@' + (v >> 21 & 0x1f),
		  '@' + (v >> 16 & 0x1f), v & 0xffff);
}

/* An _HID or an element of _CID. */
static int id_text(struct aml *aml, struct aml_node *device, const char *name,
		   const struct aml_value *v, char *id)
{
	if (v->type == AML_INTEGER)
		aml_eisa_id((u32)v->integer, id);
	else if (v->type == AML_STRING)
		scnprintf(id, AML_ID_MAX, "%s", AML_OBJECT(v, data)->bytes);
	else
		return wrong_type(aml, device, name, v);
	return 0;
}

int aml_device_hid(struct aml *aml, struct aml_node *device, char *id)
{
	struct aml_value v;
	int err = aml_evaluate(aml, device, "_HID", NULL, 0, &v);

	if (!err)
		err = id_text(aml, device, "_HID", &v, id);
	aml_put(aml, &v);
	return err;
}

/* One id, or a package of them. */
int aml_device_cid(struct aml *aml, struct aml_node *device, unsigned int n, char *id)
{
	struct aml_value v, element;
	int err = aml_evaluate(aml, device, "_CID", NULL, 0, &v);

	if (err)
		return err;
	if (v.type != AML_PACKAGE) {
		err = n ? -ENOENT : id_text(aml, device, "_CID", &v, id);
	} else if (n >= aml_count(&v)) {
		err = -ENOENT;
	} else {
		err = aml_element(aml, &v, n, &element);
		if (!err)
			err = id_text(aml, device, "_CID", &element, id);
		aml_put(aml, &element);
	}
	aml_put(aml, &v);
	return err;
}

#define MAX_CIDS 16

bool aml_device_is(struct aml *aml, struct aml_node *device, const char *id)
{
	char have[AML_ID_MAX];

	if (aml_device_hid(aml, device, have) == 0 && strcmp(have, id) == 0)
		return true;
	for (unsigned int n = 0; n < MAX_CIDS && !aml_device_cid(aml, device, n, have); n++)
		if (strcmp(have, id) == 0)
			return true;
	return false;
}

/* ---- initialization ---- */

static void run_ini(struct aml *aml, struct aml_node *scope, unsigned int *failed)
{
	int err = aml_evaluate(aml, scope, "_INI", NULL, 0, NULL);

	*failed += err && err != -ENOENT;
}

static bool is_new_pci_region(const struct aml_node *node)
{
	const struct aml_region *region = AML_OBJECT(&node->value, region);

	return node->value.type == AML_REGION && !node->alias && region->space == AML_SPACE_PCI &&
	       !region->connected;
}

/* 6.5.4: PCI configuration space can be reached; memory and ports need no such word. */
unsigned int aml_connect_pci_regions(struct aml *aml)
{
	struct aml_value args[2] = { aml_integer(AML_SPACE_PCI), aml_integer(1) };
	struct aml_node *node = NULL;
	unsigned int failed = 0;
	int err;

	while ((node = aml_next_node(aml->root, node))) {
		if (!is_new_pci_region(node))
			continue;
		AML_OBJECT(&node->value, region)->connected = true;
		err = aml_evaluate(aml, node->parent, "_REG", args, 2, NULL);
		failed += err && err != -ENOENT;
		aml->failed_said = false; /* who loaded a table goes on */
	}
	return failed;
}

unsigned int aml_initialize(struct aml *aml)
{
	struct aml_node *system_bus = aml_find(aml, NULL, "\\_SB"), *node;
	struct aml_walk walk = { .for_init = true };
	unsigned int failed = 0;

	run_ini(aml, aml->root, &failed);
	run_ini(aml, system_bus, &failed); /* firmware wants it before any _REG */
	aml->connects = true;
	failed += aml_connect_pci_regions(aml);
	while ((node = aml_next_device(aml, &walk)))
		if (walk.status & AML_STA_PRESENT && node != system_bus)
			run_ini(aml, node, &failed);
	return failed;
}
