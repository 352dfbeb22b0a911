// SPDX-License-Identifier: MIT
/* Torture of the allocators: pages, kmalloc, caches of objects, per-CPU data. */
#include "kernel/core/percpu.h"
#include "mm/highmem.h"
#include "mm/page_alloc.h"
#include "tests/guest/torture.h"

/* ---- pages ---- */

#define PAGES_MAX_ORDER 3

struct pages {
	struct page *page;
	unsigned int order;
	unsigned int references, pins; /* besides the first */
	u64 tag;
};

static void fill_pages(const struct pages *p)
{
	for (unsigned int i = 0; i < 1U << p->order; i++) {
		void *va = kmap_local_page(p->page + i);

		torture_fill(va, PAGE_SIZE, p->tag + i);
		kunmap_local(va);
	}
}

static void look_at_pages(struct torturer *t, const struct pages *p)
{
	for (unsigned int i = 0; i < 1U << p->order; i++) {
		void *va = kmap_local_page(p->page + i);

		HOLDS(t, torture_is_filled(va, PAGE_SIZE, p->tag + i));
		kunmap_local(va);
	}
	HOLDS(t, p->page->order == p->order);
	HOLDS(t, page_count(p->page) == (int)(1 + p->references));
	HOLDS(t, page_pincount(p->page) == (int)p->pins);
}

static bool pages_zeroed(const struct pages *p)
{
	bool zeroed = true;

	for (unsigned int i = 0; i < 1U << p->order; i++) {
		void *va = kmap_local_page(p->page + i);

		zeroed &= torture_is_zero(va, PAGE_SIZE);
		kunmap_local(va);
	}
	return zeroed;
}

static bool pages_take(struct torturer *t, void *h)
{
	static const gfp_t kinds[] = { GFP_KERNEL, GFP_KERNEL, __GFP_ZERO, __GFP_HIGHMEM,
				       GFP_DMA32 };
	gfp_t gfp = kinds[torture_below(t, ARRAY_SIZE(kinds))];
	struct pages *p = h;

	/* Mostly single pages, as everybody's. */
	p->order = torture_below(t, 2) ? 0 : (unsigned int)torture_below(t, PAGES_MAX_ORDER + 1);
	p->tag = torture_random(t);
	p->page = alloc_pages(gfp, p->order);
	if (!p->page)
		return false;
	HOLDS(t, gfp != GFP_DMA32 || !(page_to_phys(p->page) >> 32));
	HOLDS(t, gfp == __GFP_HIGHMEM || !PageHighMem(p->page));
	HOLDS(t, IS_ALIGNED(page_to_pfn(p->page), 1UL << p->order));
	HOLDS(t, !(gfp & __GFP_ZERO) || pages_zeroed(p));
	fill_pages(p);
	return true;
}

static void pages_look(struct torturer *t, void *h)
{
	struct pages *p = h;

	look_at_pages(t, p);
	switch (torture_below(t, 5)) {
	case 0:
		get_page(p->page);
		p->references++;
		break;
	case 1:
		p->pins += pin_page(p->page) == 0;
		break;
	case 2:
		if (p->references) {
			put_page(p->page);
			p->references--;
		}
		break;
	case 3:
		if (p->pins) {
			unpin_page(p->page);
			p->pins--;
		}
		break;
	default:
		p->tag = torture_random(t);
		fill_pages(p);
	}
}

static void pages_drop(struct torturer *t, void *h)
{
	struct pages *p = h;

	look_at_pages(t, p);
	for (; p->references; p->references--)
		put_page(p->page);
	if (p->pins) { /* it stays until the last pin goes */
		__free_pages(p->page, p->order);
		HOLDS(t, page_pincount(p->page) == (int)p->pins);
		for (; p->pins; p->pins--)
			unpin_page(p->page);
	} else {
		__free_pages(p->page, p->order);
	}
}

const struct torture_op torture_pages = {
	.name = "pages",
	.size = sizeof(struct pages),
	.take = pages_take,
	.look = pages_look,
	.drop = pages_drop,
};

/* ---- kmalloc ---- */

struct object {
	void *p;
	size_t size;
	u64 tag;
};

/* Small ones mostly; now and then a block of pages. */
static size_t some_size(struct torturer *t)
{
	u64 kind = torture_below(t, 16);

	return 1 + torture_below(t, kind == 0 ? 4 * PAGE_SIZE : kind < 4 ? KMALLOC_MAX_SLAB : 256);
}

static bool kmalloc_take(struct torturer *t, void *h)
{
	struct object *o = h;
	bool zeroed = torture_below(t, 2);

	o->size = some_size(t);
	o->tag = torture_random(t);
	o->p = zeroed ? kzalloc(o->size, GFP_KERNEL) : kmalloc(o->size, GFP_KERNEL);
	if (!o->p)
		return false;
	HOLDS(t, !zeroed || torture_is_zero(o->p, o->size));
	HOLDS(t, IS_ALIGNED((unsigned long)o->p, 16));
	torture_fill(o->p, o->size, o->tag);
	return true;
}

static void kmalloc_look(struct torturer *t, void *h)
{
	struct object *o = h;
	size_t size = some_size(t), keep = min(size, o->size);
	void *moved;

	HOLDS(t, torture_is_filled(o->p, o->size, o->tag));
	HOLDS(t, ksize(o->p) >= o->size);
	if (torture_below(t, 2))
		return;
	moved = krealloc(o->p, size, GFP_KERNEL);
	if (!moved)
		return;
	HOLDS(t, torture_is_filled(moved, keep, o->tag));
	o->p = moved;
	o->size = size;
	torture_fill(o->p, o->size, o->tag);
}

static void kmalloc_drop(struct torturer *t, void *h)
{
	struct object *o = h;

	HOLDS(t, torture_is_filled(o->p, o->size, o->tag));
	kfree(o->p);
}

const struct torture_op torture_kmalloc = {
	.name = "kmalloc",
	.size = sizeof(struct object),
	.take = kmalloc_take,
	.look = kmalloc_look,
	.drop = kmalloc_drop,
};

/* ---- a cache of objects ---- */

#define CACHE_OBJECTS 8

struct cache {
	struct kmem_cache *cache;
	u32 size;
	u32 tag;
	void *object[CACHE_OBJECTS];
};

static void construct(void *object)
{
	*(u64 *)object = 0xc0de;
}

static bool cache_take(struct torturer *t, void *h)
{
	struct cache *c = h;

	c->size = 8 + (u32)torture_below(t, 600);
	c->tag = (u32)torture_random(t);
	c->cache = kmem_cache_create(t->name, c->size, 8, 0, construct);
	return c->cache;
}

static void give_object(struct torturer *t, struct cache *c, unsigned int i)
{
	HOLDS(t, torture_is_filled(c->object[i], c->size, c->tag + i));
	*(u64 *)c->object[i] = 0xc0de;
	kmem_cache_free(c->cache, c->object[i]);
	c->object[i] = NULL;
}

static void cache_look(struct torturer *t, void *h)
{
	struct cache *c = h;
	unsigned int i = (unsigned int)torture_below(t, CACHE_OBJECTS);

	if (c->object[i]) {
		give_object(t, c, i);
		return;
	}
	c->object[i] = kmem_cache_alloc(c->cache, GFP_KERNEL);
	if (!c->object[i])
		return;
	HOLDS(t, *(u64 *)c->object[i] == 0xc0de);
	torture_fill(c->object[i], c->size, c->tag + i);
}

static void cache_drop(struct torturer *t, void *h)
{
	struct cache *c = h;

	for (unsigned int i = 0; i < CACHE_OBJECTS; i++)
		if (c->object[i])
			give_object(t, c, i);
	kmem_cache_destroy(c->cache);
}

const struct torture_op torture_cache = {
	.name = "cache",
	.size = sizeof(struct cache),
	.take = cache_take,
	.look = cache_look,
	.drop = cache_drop,
};

/* ---- from one torturer to another ---- */

/* What is allocated on one CPU and freed on another: whoever comes changes his for what is there. */
#define HANDOFF_PLACES 16

struct parcel {
	u64 tag;
	size_t size; /* of all of it */
	u8 content[];
};

static struct parcel *places[HANDOFF_PLACES];

static void open_parcel(struct torturer *t, struct parcel *p)
{
	if (!p)
		return;
	HOLDS(t, torture_is_filled(p->content, p->size - sizeof(*p), p->tag));
	kfree(p);
}

static bool handoff_take(struct torturer *t, void *h)
{
	size_t size = sizeof(struct parcel) + some_size(t);
	struct parcel *p = kmalloc(size, GFP_KERNEL);

	(void)h;
	if (!p)
		return false;
	*p = (struct parcel){ .tag = torture_random(t), .size = size };
	torture_fill(p->content, size - sizeof(*p), p->tag);
	p = __atomic_exchange_n(&places[torture_below(t, HANDOFF_PLACES)], p, __ATOMIC_ACQ_REL);
	open_parcel(t, p);
	return false; /* nothing is this torturer's own */
}

void torture_handoff_empty(void)
{
	for (unsigned int i = 0; i < HANDOFF_PLACES; i++) {
		kfree(places[i]);
		places[i] = NULL;
	}
}

const struct torture_op torture_handoff = {
	.name = "handoff",
	.take = handoff_take,
};

/* ---- per-CPU data ---- */

struct percpu {
	u64 *p;
	size_t size;
	u64 tag;
};

static bool percpu_take(struct torturer *t, void *h)
{
	struct percpu *a = h;
	unsigned int cpu;

	a->size = sizeof(u64) * (1 + torture_below(t, 8));
	a->tag = torture_random(t);
	a->p = alloc_percpu(a->size);
	if (!a->p)
		return false;
	for_each_possible_cpu(cpu)
	{
		HOLDS(t, per_cpu(*a->p, cpu) == 0);
		torture_fill(&per_cpu(*a->p, cpu), a->size, a->tag + cpu);
	}
	return true;
}

static void percpu_look(struct torturer *t, void *h)
{
	struct percpu *a = h;
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		HOLDS(t, torture_is_filled(&per_cpu(*a->p, cpu), a->size, a->tag + cpu));
}

static void percpu_drop(struct torturer *t, void *h)
{
	struct percpu *a = h;

	percpu_look(t, h);
	free_percpu(a->p, a->size);
}

const struct torture_op torture_percpu = {
	.name = "percpu",
	.size = sizeof(struct percpu),
	.take = percpu_take,
	.look = percpu_look,
	.drop = percpu_drop,
};
