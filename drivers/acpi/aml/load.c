// SPDX-License-Identifier: MIT
/*
 * Tables that AML asks for (ACPI 6.5, 19.6.31 DataTableRegion, .76 Load and .77
 * LoadTable).
 *
 * The bytes that Load was given are copied, and belong to the interpreter: the
 * methods in them run where they stand, so that they stay until aml_destroy().
 * LoadTable's and DataTableRegion's are the firmware's, and are used in place.
 * As ACPI 6.4 wants it the operators give an integer and no handle, so that
 * nothing could be unloaded.
 *
 * Load and LoadTable run twice: the table becomes a call above the operator's
 * frame, which then runs again.  From aml_initialize() on,
 * the table's PCI regions are connected then; but _REG cannot run where an
 * evaluation that another one needs loads a table (AML_MAX_NESTED), and no _INI
 * of its devices is run, as in Linux.
 */
#include "drivers/acpi/aml/ops.h"
#include "drivers/acpi/table/actbl.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

/* ---- the firmware's tables ---- */

static bool is_signature(const u8 *text)
{
	for (u32 i = 0; i < 4; i++)
		if (!aml_is_name_char(text[i], false))
			return false;
	return true;
}

static int make_string(struct aml *aml, struct aml_value *v)
{
	struct aml_value text;
	int err = aml_to_string(aml, v, &text);

	if (err)
		return err;
	aml_put(aml, v);
	*v = text;
	return 0;
}

/* "" fits any; a shorter id than the field is followed by NULs in it. */
static bool has_id(const struct aml_value *v, const char *field, u32 size)
{
	u32 length;
	const u8 *text = aml_bytes(v, &length);
	char id[8] = { 0 };

	memcpy(id, text, min(length, size));
	return id[0] == '\0' || memcmp(id, field, size) == 0;
}

/* By signature, OEM id and OEM table id in three operands; *table is NULL where there is none. */
static int find_table(struct aml *aml, struct aml_value *v, const struct acpi_table_header **table)
{
	const struct acpi_table_header *t;
	const u8 *signature;
	u32 length;
	int err = 0;

	for (u32 i = 0; !err && i < 3; i++)
		err = make_string(aml, &v[i]);
	if (err)
		return err;
	signature = aml_bytes(&v[0], &length);
	if (length < 4 || !is_signature(signature))
		return aml_fail(aml, -EINVAL, "no proper signature of a table");
	if (v[1].object->length > sizeof(t->oem_id) ||
	    v[2].object->length > sizeof(t->oem_table_id))
		return aml_fail(aml, -EINVAL, "an OEM id is too long");
	for (u32 n = 0; (t = aml->ops->table((const char *)signature, n)); n++)
		if (has_id(&v[1], t->oem_id, sizeof(t->oem_id)) &&
		    has_id(&v[2], t->oem_table_id, sizeof(t->oem_table_id)))
			break;
	*table = t;
	return 0;
}

AML_OPERATOR(data_region)
{
	const struct acpi_table_header *table;
	struct aml_region *region;
	int err = find_table(aml, &f->v[1], &table);

	if (err)
		return err;
	if (!table)
		return aml_fail(aml, -ENOENT, "DataTableRegion of a table that is not there");
	region = aml_new_region(aml, AML_SPACE_TABLE, 0, table->length);
	if (region)
		region->bytes = (const u8 *)table;
	return aml_define_object(aml, &f->v[0], region);
}

/* ---- running a table ---- */

/* The very bytes, wherever they are. */
static bool is_loaded(const struct aml *aml, const struct acpi_table_header *header)
{
	for (u32 i = 0; i < aml->nr_tables; i++) {
		const struct acpi_table_header *h = aml->tables[i].header;

		if (h->length == header->length && memcmp(h, header, h->length) == 0)
			return true;
	}
	return false;
}

/* A table of at most `size` bytes, which the AML or the firmware gave. */
static int check_table(struct aml *aml, const struct acpi_table_header *header, u32 size)
{
	if (!is_signature((const u8 *)header->signature))
		return aml_fail(aml, -EINVAL, "no proper signature of a table");
	if (acpi_table_check(header, size))
		return aml_fail(aml, -EINVAL, "%.4s: length or checksum is wrong",
				header->signature);
	if (is_loaded(aml, header))
		return aml_fail(aml, -EEXIST, "%.4s is loaded already", header->signature);
	if (aml->nr_tables == AML_MAX_TABLES)
		return aml_fail(aml, -E2BIG, "%.4s: AML_MAX_TABLES is %u", header->signature,
				AML_MAX_TABLES);
	return aml_charge(aml, header->length / 16);
}

static int run_table(struct aml *aml, struct aml_frame *f, const struct acpi_table_header *header,
		     struct aml_node *scope)
{
	const struct aml_table *table = aml_add_table(aml, header); /* there is room: checked */
	struct aml_frame *call;
	int err;

	aml_say(aml, "%s of 0x%x bytes is loaded\n", table->name, header->length);
	err = aml_push(aml, AML_FRAME_OPERATOR, &call);
	if (!err) {
		f->count++;
		call->node = scope;
		err = aml_enter_call(aml, call, table, (const u8 *)(header + 1),
				     (const u8 *)header + header->length);
	}
	if (err < 0)
		aml->nr_tables--; /* nothing of it was run */
	return err;
}

/* The table has been run. */
static struct aml_value loaded(struct aml *aml)
{
	aml->asks++;
	if (aml->connects)
		aml_connect_pci_regions(aml);
	aml->asks--;
	return aml_integer(aml_ones(aml));
}

/* ---- Load ---- */

/* What Load is given: a region of memory, a buffer, or a field that is long enough to be one. */
static int source_of(struct aml *aml, const struct aml_value *place, struct aml_value *from)
{
	struct aml_node *node;
	int err = aml_load_value(aml, place, from);

	if (err || from->type == AML_BUFFER)
		return err;
	node = aml_reference_node(from);
	if (!node || node->value.type != AML_REGION ||
	    AML_OBJECT(&node->value, region)->space != AML_SPACE_MEMORY) {
		err = aml_fail(aml, -EINVAL, "Load of %s, a buffer or memory is needed",
			       aml_type_name(node ? node->value.type : from->type));
		aml_put(aml, from);
		return err;
	}
	*from = aml_get(&node->value);
	aml_node_put(aml, node);
	return 0;
}

static int read_region(struct aml *aml, struct aml_region *region, u8 *to, u32 length)
{
	u32 n;
	u64 part;
	int err = 0;

	for (u32 at = 0; !err && at < length; at += n) {
		n = length - at >= sizeof(part) ? sizeof(part) : 1;
		err = aml_region_access(aml, region, at, n, &part, false);
		if (!err)
			memcpy(to + at, &part, n);
	}
	return err;
}

static int read_source(struct aml *aml, const struct aml_value *from, void *to, u32 length)
{
	bool is_buffer = from->type == AML_BUFFER;
	u64 size = is_buffer ? from->object->length : AML_OBJECT(from, region)->size;

	if (length > size)
		return aml_fail(aml, -ERANGE, "a table of 0x%x bytes in %s of 0x%lx", length,
				aml_type_name(from->type), size);
	if (!is_buffer)
		return read_region(aml, AML_OBJECT(from, region), to, length);
	memcpy(to, AML_OBJECT(from, data)->bytes, length);
	return 0;
}

/* Copy and check; memory may have changed between header and table. */
static int copy_table(struct aml *aml, const struct aml_value *from, void **copy)
{
	struct acpi_table_header header = { 0 };
	int err = read_source(aml, from, &header, sizeof(header));

	if (err)
		return err;
	if (header.length < sizeof(header) || header.length > AML_MAX_OBJECT)
		return aml_fail(aml, -EINVAL, "Load of a table of 0x%x bytes, AML_MAX_OBJECT is %u",
				header.length, AML_MAX_OBJECT);
	err = aml_charge(aml, header.length / 16);
	if (err)
		return err;
	*copy = aml_alloc(aml, header.length, AML_BLOCK_PLAIN);
	if (!*copy)
		return aml_fail(aml, -ENOMEM, "no memory for a table of 0x%x bytes", header.length);
	err = read_source(aml, from, *copy, header.length);
	if (!err)
		err = check_table(aml, *copy, header.length);
	if (err)
		aml_free(aml, *copy);
	return err;
}

/* Below the root, wherever it is called: so does everybody, whatever 19.6.76 says. */
AML_OPERATOR(load)
{
	struct aml_value from;
	void *table;
	int err;

	if (f->count) {
		*out = loaded(aml);
		return aml_store(aml, out, &f->v[1]);
	}
	err = source_of(aml, &f->v[0], &from);
	if (err)
		return err;
	err = copy_table(aml, &from, &table);
	aml_put(aml, &from);
	return err ? err : run_table(aml, f, table, aml->root);
}

/* ---- LoadTable ---- */

/* A path in an operand: the name, `missing` where it is empty. */
static int path_operand(struct aml *aml, struct aml_value *v, struct aml_node *scope,
			struct aml_node *missing, struct aml_node **node)
{
	int err = make_string(aml, v);

	*node = missing;
	if (err || AML_OBJECT(v, data)->bytes[0] == '\0')
		return err;
	return aml_search(aml, scope, v, node);
}

/* Where the table goes, and in place of its path the name that is given the parameter. */
static int load_table_paths(struct aml *aml, struct aml_frame *f, struct aml_node **root)
{
	struct aml_node *scope = aml->call->scope, *parameter;
	const u8 *path;
	u32 length;
	int err = path_operand(aml, &f->v[3], scope, aml->root, root);

	if (err)
		return err;
	if (!aml_opens_scope(*root))
		return aml_fail(aml, -EINVAL, "LoadTable beneath %s",
				aml_type_name((*root)->value.type));
	path = aml_bytes(&f->v[4], &length);
	if (!path || (*path != '\\' && *path != '^')) /* it is relative to the root path */
		scope = *root;
	err = path_operand(aml, &f->v[4], scope, NULL, &parameter);
	if (err)
		return err;
	aml_put(aml, &f->v[4]);
	f->v[4] = parameter ? aml_make_node_reference(AML_REF_NODE, parameter) :
			      aml_make_reference(AML_REF_NULL, NULL, 0);
	return 0;
}

AML_OPERATOR(load_table)
{
	const struct acpi_table_header *table;
	struct aml_node *root;
	int err;

	if (f->count) {
		*out = loaded(aml);
		return aml_store(aml, &f->v[5], &f->v[4]);
	}
	err = find_table(aml, f->v, &table);
	if (err)
		return err;
	if (!table) {
		*out = aml_integer(0);
		return 0;
	}
	err = load_table_paths(aml, f, &root);
	if (!err)
		err = check_table(aml, table, table->length);
	return err ? err : run_table(aml, f, table, root);
}

/* Gone since ACPI 6.4, with the handles that it took. */
AML_OPERATOR(unload)
{
	return aml_fail(aml, -EOPNOTSUPP, "Unload: tables stay");
}
