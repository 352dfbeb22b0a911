// SPDX-License-Identifier: MIT
/*
 * The interpreter's memory: bounded, and all of it given back at the end.
 *
 * Every block is on a list, so that aml_destroy() also finds what AML tied into
 * rings that counting cannot free.  A block whose count fell to zero is buried:
 * one loop empties the grave, because what it held may fall to zero as well,
 * in chains as long as the AML likes, and the CPU's stack is short.
 */
#include "drivers/acpi/aml/interp.h"
#include "kernel/lib/errno.h"
#include "mm/slab.h"

struct aml_block {
	struct list_head link;
	u32 size;
	u32 kind; /* enum aml_block_kind */
};

_Static_assert(sizeof(struct aml_block) % 8 == 0, "what follows is aligned");

static struct aml_block *block_of(void *p)
{
	return (struct aml_block *)p - 1;
}

void *aml_alloc(struct aml *aml, size_t size, enum aml_block_kind kind)
{
	struct aml_block *block;

	if (size > AML_MAX_MEMORY || aml->bytes + size > AML_MAX_MEMORY)
		return NULL;
	block = kzalloc(sizeof(*block) + size, GFP_KERNEL);
	if (!block)
		return NULL;
	block->size = (u32)size;
	block->kind = kind;
	list_add_tail(&block->link, &aml->blocks);
	aml->bytes += size;
	aml->peak = max(aml->peak, aml->bytes);
	return block + 1;
}

void aml_free(struct aml *aml, void *p)
{
	struct aml_block *block = block_of(p);

	list_del_init(&block->link);
	aml->bytes -= block->size;
	kfree(block);
}

void aml_bury(struct aml *aml, void *p)
{
	struct aml_block *block = block_of(p);

	list_del_init(&block->link);
	list_add_tail(&block->link, &aml->dead);
	if (aml->draining)
		return;
	aml->draining = true;
	while (!list_empty(&aml->dead)) {
		block = list_first_entry(&aml->dead, struct aml_block, link);
		if (block->kind == AML_BLOCK_NODE)
			aml_node_finish(aml, (struct aml_node *)(block + 1));
		else
			aml_object_finish(aml, (struct aml_object *)(block + 1));
		aml_free(aml, block + 1);
	}
	aml->draining = false;
}

void aml_free_all(struct aml *aml)
{
	struct aml_block *block, *tmp;

	list_for_each_entry_safe(block, tmp, &aml->blocks, link) {
		list_del_init(&block->link);
		kfree(block);
	}
	aml->bytes = 0;
}
