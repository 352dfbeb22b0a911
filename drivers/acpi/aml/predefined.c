// SPDX-License-Identifier: MIT
/*
 * The names that are there before any table (ACPI 6.5, 5.3.1 and 5.7): scopes,
 * the global lock, and what AML asks about the system it runs on.
 *
 * Firmware chooses by \_OSI what it offers, and is tested with Windows; so this
 * answers as Linux does: yes to each Windows, no to "Linux".
 */
#include "drivers/acpi/aml/interp.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

static const char *const interfaces[] = {
	"Windows 2000",
	"Windows 2001",
	"Windows 2001 SP1",
	"Windows 2001.1",
	"Windows 2001 SP2",
	"Windows 2001.1 SP1",
	"Windows 2006",
	"Windows 2006.1",
	"Windows 2006 SP1",
	"Windows 2006 SP2",
	"Windows 2009",
	"Windows 2012",
	"Windows 2013",
	"Windows 2015",
	"Windows 2016",
	"Windows 2017",
	"Windows 2017.2",
	"Windows 2018",
	"Windows 2018.2",
	"Windows 2019",
	"Windows 2020",
	"Windows 2021",
	"Module Device",
	"Processor Device",
	"Processor Aggregator Device",
	"Extended Address Space Descriptor",
};

static int run_osi(struct aml *aml, const struct aml_value *args, struct aml_value *result)
{
	if (args[0].type != AML_STRING)
		return aml_fail(aml, -EINVAL, "_OSI of %s", aml_type_name(args[0].type));
	*result = aml_integer(0);
	for (u32 i = 0; i < ARRAY_SIZE(interfaces); i++)
		if (strcmp((const char *)AML_OBJECT(&args[0], data)->bytes, interfaces[i]) == 0)
			*result = aml_integer(aml_ones(aml));
	return 0;
}

static struct aml_node *add(struct aml *aml, u32 name, struct aml_value value)
{
	struct aml_node *node = aml_add_child(aml, aml->root, name);

	if (node)
		node->value = value;
	return node;
}

int aml_add_predefined(struct aml *aml)
{
	const struct aml_value scope = { 0 }, device = { .type = AML_DEVICE };
	struct aml_value os = { 0 };
	struct aml_mutex *lock = aml_object_new(aml, AML_MUTEX, sizeof(*lock));
	struct aml_method *osi = aml_object_new(aml, AML_METHOD, sizeof(*osi));

	if (!lock || !osi || aml_new_string(aml, "Microsoft Windows NT", &os))
		return -ENOMEM;
	osi->args = 1;
	osi->native = run_osi;
	if (!add(aml, AML_NAME('_', 'G', 'P', 'E'), scope) ||
	    !add(aml, AML_NAME('_', 'P', 'R', '_'), scope) ||
	    !add(aml, AML_NAME('_', 'S', 'B', '_'), device) ||
	    !add(aml, AML_NAME('_', 'S', 'I', '_'), scope) ||
	    !add(aml, AML_NAME('_', 'T', 'Z', '_'), device) ||
	    !add(aml, AML_NAME('_', 'R', 'E', 'V'), aml_integer(2)) ||
	    !add(aml, AML_NAME('_', 'O', 'S', '_'), os) ||
	    !add(aml, AML_NAME('_', 'G', 'L', '_'),
		 (struct aml_value){ .type = AML_MUTEX, .object = &lock->base }) ||
	    !add(aml, AML_NAME('_', 'O', 'S', 'I'),
		 (struct aml_value){ .type = AML_METHOD, .object = &osi->base }))
		return -ENOMEM;
	return 0;
}
