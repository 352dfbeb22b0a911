// SPDX-License-Identifier: MIT
/*
 * An interpreter's life: made with the predefined names, fed with tables,
 * asked.
 */
#define pr_fmt(fmt) "AML: " fmt
#include "drivers/acpi/aml/interp.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "mm/slab.h"

struct aml *aml_create(const struct aml_ops *ops)
{
	struct aml *aml = kzalloc(sizeof(*aml), GFP_KERNEL);

	if (!aml)
		return NULL;
	aml->ops = ops;
	INIT_LIST_HEAD(&aml->blocks);
	INIT_LIST_HEAD(&aml->dead);
	aml->steps = AML_STEPS_A_LOOK;
	aml->deadline = ~0ULL;
	aml->top = aml->base = &aml->bottom;
	aml->root = aml_add_child(aml, NULL, AML_NAME('\\', '_', '_', '_'));
	if (!aml->root || aml_add_predefined(aml)) {
		aml_destroy(aml);
		return NULL;
	}
	return aml;
}

void aml_destroy(struct aml *aml)
{
	if (!aml)
		return;
	aml_free_all(aml);
	kfree(aml);
}

/* A call from outside begins with all the time it may take. */
static void enter(struct aml *aml)
{
	if (aml->asks)
		return;
	aml->steps = AML_STEPS_A_LOOK;
	aml->slept = 0;
	aml->deadline = aml->ops->timer() + AML_MAX_SECONDS * 10000000ULL;
	aml->failed_said = false;
}

/* What a method took and did not give back is free again. */
static void leave(struct aml *aml)
{
	struct aml_mutex *mutex;

	if (aml->asks)
		return;
	while ((mutex = aml->held)) {
		aml->held = mutex->held;
		mutex->count = 0;
	}
	aml->sync_level = 0;
	aml->deadline = ~0ULL;
	aml->steps_total += AML_STEPS_A_LOOK - aml->steps;
}

static void name_table(struct aml_table *table, u32 index)
{
	if (index)
		scnprintf(table->name, sizeof(table->name), "%.4s%u", table->header->signature,
			  index);
	else
		scnprintf(table->name, sizeof(table->name), "%.4s", table->header->signature);
}

struct aml_table *aml_add_table(struct aml *aml, const struct acpi_table_header *header)
{
	struct aml_table *table = &aml->tables[aml->nr_tables];

	if (aml->nr_tables == AML_MAX_TABLES)
		return NULL;
	table->header = header;
	name_table(table, aml->nr_tables);
	if (aml->nr_tables++ == 0)
		aml->narrow = header->revision < 2;
	return table;
}

int aml_load_table(struct aml *aml, const struct acpi_table_header *header)
{
	struct aml_table *table = NULL;
	int err;

	enter(aml);
	if (header->length >= sizeof(*header))
		table = aml_add_table(aml, header);
	if (!table) {
		leave(aml);
		pr_err("%.4s+0x%04lx: length 0x%x, or more tables than AML_MAX_TABLES %u\n",
		       header->signature, __builtin_offsetof(struct acpi_table_header, length),
		       header->length, AML_MAX_TABLES);
		return -EINVAL;
	}
	aml->lost = 0;
	err = aml_run_table(aml, table);
	leave(aml);
	if (!err && aml->lost)
		pr_warn("%s: %u terms were passed over\n", table->name, aml->lost);
	return err ? err : aml->lost ? -EINVAL : 0;
}

/* Fields and other data that stand for values, and what a name's reference leads to. */
static int plain_value(struct aml *aml, struct aml_node *node, struct aml_value *out)
{
	int err = aml_node_value(aml, node, out);

	if (err || node->value.type != AML_UNINITIALIZED)
		return err;
	aml_put(aml, out);
	return 0;
}

/* A method that returned a name's reference meant the name's data, where it has any. */
static int data_behind(struct aml *aml, struct aml_value *value)
{
	if (!aml_is_reference(value, AML_REF_NODE) && !aml_is_reference(value, AML_REF_ELEMENT))
		return 0;
	return aml_dereference(aml, value);
}

/* What takes too long again and again is no longer tried. */
static int call_method(struct aml *aml, struct aml_node *node, const struct aml_value *args,
		       u32 nr_args, struct aml_value *out)
{
	int err;

	if (aml->timeouts == AML_MAX_TIMEOUTS)
		return -ETIMEDOUT;
	err = aml_call_node(aml, node, args, nr_args, out);
	if (err == -ETIMEDOUT && !aml->nested && ++aml->timeouts == AML_MAX_TIMEOUTS)
		pr_err("%u evaluations took too long: no method is run any more\n",
		       AML_MAX_TIMEOUTS);
	return err;
}

int aml_evaluate_node(struct aml *aml, struct aml_node *node, const struct aml_value *args,
		      unsigned int nr_args, struct aml_value *result)
{
	struct aml_node *asked = aml->asked;
	struct aml_value value = { 0 };
	int err;

	enter(aml);
	aml->asked = node;
	if (node->value.type != AML_METHOD)
		err = plain_value(aml, node, &value);
	else if (nr_args > aml_method_args(node))
		err = aml_fail(aml, -EINVAL, "%u arguments for a method of %u", nr_args,
			       aml_method_args(node));
	else
		err = call_method(aml, node, args, nr_args, &value);
	if (!err)
		err = data_behind(aml, &value);
	aml->asked = asked;
	leave(aml);
	if (!err && result)
		*result = value;
	else
		aml_put(aml, &value);
	return err;
}

int aml_evaluate(struct aml *aml, struct aml_node *scope, const char *path,
		 const struct aml_value *args, unsigned int nr_args, struct aml_value *result)
{
	struct aml_node *node = path ? aml_find(aml, scope, path) : aml_target(scope);
	int err;

	if (result)
		*result = (struct aml_value){ 0 };
	if (!node)
		return -ENOENT;
	err = aml_evaluate_node(aml, node, args, nr_args, result);
	return err == -ENOENT ? -EINVAL : err; /* -ENOENT is for `path` alone */
}

int aml_evaluate_integer(struct aml *aml, struct aml_node *scope, const char *path, u64 *value)
{
	struct aml_node *asked = aml->asked;
	struct aml_value result;
	int err = aml_evaluate(aml, scope, path, NULL, 0, &result);

	if (err)
		return err;
	aml->asked = path ? aml_find(aml, scope, path) : scope;
	err = aml_to_integer(aml, &result, value);
	aml->asked = asked;
	aml_put(aml, &result);
	return err;
}

int aml_element(struct aml *aml, const struct aml_value *package, u32 i, struct aml_value *out)
{
	int err;

	*out = (struct aml_value){ 0 };
	if (i >= aml_count(package))
		return -EINVAL;
	enter(aml);
	err = aml_element_value(aml, package->object, i, out);
	leave(aml);
	return err;
}

int aml_element_integer(struct aml *aml, const struct aml_value *package, u32 i, u64 *out)
{
	struct aml_value element;
	int err = aml_element(aml, package, i, &element);

	if (err)
		return err;
	if (element.type != AML_INTEGER)
		err = -EINVAL;
	else
		*out = element.integer;
	aml_put(aml, &element);
	return err;
}

void aml_statistics(const struct aml *aml, struct aml_statistics *out)
{
	*out = (struct aml_statistics){
		.nodes = aml->nodes,
		.objects = aml->objects,
		.bytes = aml->bytes,
		.peak_bytes = aml->peak,
		.steps = aml->steps_total,
		.errors = aml->errors,
	};
}
