// SPDX-License-Identifier: MIT
/* Torture of set_memory_*(): rights and types of pages, of vmalloc()'s and the direct map's. */
#include "kernel/lib/errno.h"
#include "kernel/trap/nofault.h"
#include "mm/memtype.h"
#include "mm/page_alloc.h"
#include "mm/set_memory.h"
#include "mm/vmalloc.h"
#include "tests/guest/mapped_mode.h"
#include "tests/guest/torture.h"

/* Single pages, whose neighbours in the same large page others are changing. */
struct changed {
	unsigned long va;
	bool area; /* of vmalloc(), else of the direct map */
	enum { AS_IT_CAME, READ_ONLY, EXECUTABLE, UNCACHED, COMBINING, NR_CHANGES } how;
	u64 tag;
};

static void check_change(struct torturer *t, const struct changed *c)
{
	bool read_only = c->how == READ_ONLY || c->how == EXECUTABLE;
	unsigned long alias = c->va, holder;
	enum page_cache_mode type;
	phys_addr_t pa = 0;
	u64 first = *(volatile u64 *)c->va;

	HOLDS(t, torture_is_filled((void *)c->va, PAGE_SIZE, c->tag));
	HOLDS(t, (nofault_write(c->va, 8, first, NULL) == -EFAULT) == read_only);
	HOLDS(t, torture_writable_elsewhere(t, c->va, first) != read_only);
	if (HOLDS(t, virt_to_phys_walk(c->va, &pa) == 0) && pa < direct_map_end)
		alias = (unsigned long)__va(pa);
	HOLDS(t, (nofault_write(alias, 8, first, NULL) == -EFAULT) == read_only);
	HOLDS(t, torture_writable_elsewhere(t, alias, first) != read_only);
	type = c->how == UNCACHED  ? _PAGE_CACHE_MODE_UC_MINUS :
	       c->how == COMBINING ? _PAGE_CACHE_MODE_WC :
				     _PAGE_CACHE_MODE_WB;
	HOLDS(t, mapped_mode(c->va) == mapped_as(type) && mapped_mode(alias) == mapped_as(type));
	HOLDS(t, memtype_lookup(pa, &type, &holder) && mapped_as(type) == mapped_mode(c->va));
}

/* -ENOMEM, where a large page cannot be split, is no finding: then all is as it was. */
static void change(struct torturer *t, struct changed *c)
{
	int err = 0;

	c->how = AS_IT_CAME + 1 + torture_below(t, NR_CHANGES - 1);
	if (c->how == EXECUTABLE && !c->area)
		c->how = READ_ONLY;
	switch (c->how) {
	case EXECUTABLE:
	case READ_ONLY:
		err = set_memory_ro(c->va, 1);
		if (!err && c->how == EXECUTABLE && !HOLDS(t, set_memory_x(c->va, 1) == 0))
			c->how = READ_ONLY;
		break;
	case UNCACHED:
		err = set_memory_uc(c->va, 1);
		break;
	default:
		err = set_memory_wc(c->va, 1);
	}
	HOLDS(t, err == 0 || err == -ENOMEM);
	if (err)
		c->how = AS_IT_CAME;
}

static void change_back(struct torturer *t, struct changed *c)
{
	switch (c->how) {
	case EXECUTABLE:
		HOLDS(t, set_memory_nx(c->va, 1) == 0);
		HOLDS(t, set_memory_rw(c->va, 1) == 0);
		break;
	case READ_ONLY:
		HOLDS(t, set_memory_rw(c->va, 1) == 0);
		break;
	case UNCACHED:
	case COMBINING:
		HOLDS(t, set_memory_wb(c->va, 1) == 0);
		break;
	default:
		break;
	}
	c->how = AS_IT_CAME;
}

static bool set_memory_take(struct torturer *t, void *h)
{
	struct changed *c = h;

	c->area = torture_below(t, 2);
	c->va = c->area ? (unsigned long)vmalloc(PAGE_SIZE) : __get_free_pages(GFP_KERNEL, 0);
	if (!c->va)
		return false;
	c->tag = torture_random(t);
	torture_fill((void *)c->va, PAGE_SIZE, c->tag);
	change(t, c);
	return true;
}

static void set_memory_look(struct torturer *t, void *h)
{
	struct changed *c = h;

	check_change(t, c);
	change_back(t, c);
	check_change(t, c);
	c->tag = torture_random(t);
	torture_fill((void *)c->va, PAGE_SIZE, c->tag);
	change(t, c);
}

/* vfree() mends by itself what its owner left; a code page has to be no code first. */
static void set_memory_drop(struct torturer *t, void *h)
{
	struct changed *c = h;

	check_change(t, c);
	if (!c->area || c->how == EXECUTABLE || torture_below(t, 2))
		change_back(t, c);
	if (c->area)
		vfree((void *)c->va);
	else
		free_page(c->va);
}

const struct torture_op torture_set_memory = {
	.name = "set_memory",
	.size = sizeof(struct changed),
	.take = set_memory_take,
	.look = set_memory_look,
	.drop = set_memory_drop,
	.waits = true,
};
