// SPDX-License-Identifier: MIT
/*
 * The tree of names: entering, finding, walking, taking out.
 *
 * Children are on a list in the order of their creation, which is the order in
 * which devices are enumerated, and in one hash over all parents, since a
 * search for a lone name asks every scope up to the root.
 */
#include "drivers/acpi/aml/interp.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

static struct aml_node **bucket(struct aml *aml, const struct aml_node *parent, u32 name)
{
	u64 key = ((u64)parent >> 3) ^ ((u64)name * 0x9e3779b97f4a7c15ULL);

	return &aml->hash[(key ^ key >> 29) % AML_HASH_BUCKETS];
}

/* The child of that name, an alias as it is; NULL. */
static struct aml_node *child(struct aml *aml, struct aml_node *parent, u32 name)
{
	struct aml_node *node = *bucket(aml, parent, name);

	while (node && (node->name != name || node->parent != parent))
		node = node->hash_next;
	return node;
}

struct aml_node *aml_target(struct aml_node *node)
{
	return node && node->alias ? node->value.node : node;
}

struct aml_node *aml_node_get(struct aml_node *node)
{
	node->refs++;
	return node;
}

void aml_node_put(struct aml *aml, struct aml_node *node)
{
	if (node && --node->refs == 0)
		aml_bury(aml, node);
}

void aml_node_finish(struct aml *aml, struct aml_node *node)
{
	aml->nodes--;
	if (node->alias)
		aml_node_put(aml, node->value.node);
	else
		aml_put(aml, &node->value);
	aml_node_put(aml, node->parent);
}

struct aml_node *aml_add_child(struct aml *aml, struct aml_node *parent, u32 name)
{
	struct aml_node *node = aml_alloc(aml, sizeof(*node), AML_BLOCK_NODE);
	struct aml_node **head;

	if (!node)
		return NULL;
	aml->nodes++;
	node->refs = 1;
	node->name = name;
	node->linked = true;
	if (!parent)
		return node;
	node->parent = aml_node_get(parent);
	node->depth = (u16)(parent->depth + 1);
	node->prev = parent->last_child;
	if (node->prev)
		node->prev->next = node;
	else
		parent->children = node;
	parent->last_child = node;
	head = bucket(aml, parent, name);
	node->hash_next = *head;
	*head = node;
	return node;
}

static void unlink_node(struct aml *aml, struct aml_node *node)
{
	struct aml_node **p = bucket(aml, node->parent, node->name);

	while (*p != node)
		p = &(*p)->hash_next;
	*p = node->hash_next;
	if (node->prev)
		node->prev->next = node->next;
	else
		node->parent->children = node->next;
	if (node->next)
		node->next->prev = node->prev;
	else
		node->parent->last_child = node->prev;
	node->linked = false;
	aml_node_put(aml, node);
}

/* Leaves first, without recursion. */
void aml_remove(struct aml *aml, struct aml_node *node)
{
	struct aml_node *leaf;

	if (!node->linked)
		return;
	do {
		for (leaf = node; leaf->children; leaf = leaf->children)
			;
		unlink_node(aml, leaf);
	} while (leaf != node);
}

static struct aml_node *start_of(struct aml *aml, struct aml_node *scope,
				 const struct aml_name *name)
{
	if (name->root)
		return aml->root;
	for (u32 i = 0; i < name->carets && scope; i++)
		scope = scope->parent;
	return scope;
}

static u32 segment(const struct aml_name *name, u32 i)
{
	u32 text;

	memcpy(&text, name->segments + 4 * i, 4);
	return text;
}

static struct aml_node *descend(struct aml *aml, struct aml_node *node, const struct aml_name *name,
				u32 count)
{
	for (u32 i = 0; i < count && node; i++)
		node = aml_target(child(aml, node, segment(name, i)));
	return node;
}

struct aml_node *aml_lookup(struct aml *aml, struct aml_node *scope, const struct aml_name *name)
{
	struct aml_node *node = start_of(aml, scope, name);
	struct aml_node *found;
	u32 lone;

	if (name->count != 1 || name->root || name->carets)
		return descend(aml, node, name, name->count);
	lone = segment(name, 0);
	for (; node; node = node->parent) {
		found = child(aml, node, lone);
		if (found)
			return aml_target(found);
	}
	return NULL;
}

int aml_enter(struct aml *aml, struct aml_node *scope, const struct aml_name *name,
	      struct aml_node **out)
{
	struct aml_node *parent = start_of(aml, scope, name);

	if (name->count == 0)
		return -ENOENT;
	parent = descend(aml, parent, name, name->count - 1U);
	if (!parent)
		return -ENOENT;
	*out = child(aml, parent, segment(name, name->count - 1U));
	if (*out)
		return -EEXIST;
	if (parent->depth == AML_MAX_DEPTH)
		return -E2BIG;
	*out = aml_add_child(aml, parent, segment(name, name->count - 1U));
	return *out ? 0 : -ENOMEM;
}

struct aml_node *aml_root(struct aml *aml)
{
	return aml->root;
}

enum aml_type aml_node_type(const struct aml_node *node)
{
	return node->alias ? node->value.node->value.type : node->value.type;
}

unsigned int aml_method_args(const struct aml_node *node)
{
	return node->value.type == AML_METHOD && !node->alias ?
		       AML_OBJECT(&node->value, method)->args :
		       0;
}

struct aml_node *aml_next_node(struct aml_node *root, struct aml_node *node)
{
	if (!node)
		return root;
	if (node->children)
		return node->children;
	while (node != root && !node->next)
		node = node->parent;
	return node == root ? NULL : node->next;
}

struct aml_node *aml_next_child(struct aml_node *parent, struct aml_node *child)
{
	return child ? child->next : parent->children;
}

/* One segment of a path as people write it, perhaps in small letters; where it ends, or NULL. */
static const char *path_segment(const char *path, u32 *name)
{
	char text[4] = { '_', '_', '_', '_' };
	u32 n = 0;

	for (; *path && *path != '.'; path++) {
		if (n == 4)
			return NULL;
		text[n++] = *path >= 'a' && *path <= 'z' ? *path - 'a' + 'A' : *path;
	}
	memcpy(name, text, 4);
	return n ? path : NULL;
}

struct aml_node *aml_find(struct aml *aml, struct aml_node *scope, const char *path)
{
	struct aml_node *node = scope ? scope : aml->root;
	u32 name;

	if (*path == '\\') {
		node = aml->root;
		path++;
	}
	for (; *path == '^' && node; path++)
		node = node->parent;
	while (*path && node) {
		path = path_segment(path, &name);
		if (!path)
			return NULL;
		node = aml_target(child(aml, node, name));
		if (*path == '.' && *++path == '\0')
			return NULL;
	}
	return node;
}

char *aml_node_path(const struct aml_node *node, char *buf, size_t size)
{
	char text[AML_PATH_MAX];
	size_t at = sizeof(text) - 1;

	text[at] = '\0';
	for (; node->parent && at >= 6; node = node->parent) {
		at -= 4;
		memcpy(text + at, &node->name, 4);
		if (node->parent->parent)
			text[--at] = '.';
	}
	text[--at] = node->parent ? '*' : '\\'; /* '*': the path is longer */
	strscpy(buf, text + at, size);
	return buf;
}

char *aml_name_text(const struct aml_name *name, char *buf, size_t size)
{
	size_t at = 0;

	if (size)
		buf[0] = '\0';
	if (name->root)
		at += (size_t)scnprintf(buf + at, size - at, "\\");
	for (u32 i = 0; i < name->carets; i++)
		at += (size_t)scnprintf(buf + at, size - at, "^");
	for (u32 i = 0; i < name->count; i++)
		at += (size_t)scnprintf(buf + at, size - at, "%s%.4s", i ? "." : "",
					(const char *)name->segments + 4 * i);
	return buf;
}
