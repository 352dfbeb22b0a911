// SPDX-License-Identifier: MIT
/*
 * Pages cut into objects of one size, for kmalloc and for the caches that
 * mm/kmem_cache.c makes.
 *
 *   cache     one size of object; a list of slabs that have room
 *   slab      a block of pages cut into objects, described by a struct slab that
 *             lies elsewhere; each of its pages points to it
 *   object    what a caller gets; holds nothing of ours, free or not
 *   magazine  some free objects of a cache, for one CPU: the last one in is the
 *             first one out, without a lock
 *
 * What an object is, free, in use or in a magazine, stands in the descriptor.  So a
 * write through a stale pointer cannot lead the allocator astray, and whoever frees
 * knows for certain that a pointer is the start of an object and that this one is in
 * use: a double or foreign free is named and changes nothing.
 *
 * The short ways, with the magazine alone, are in mm/slab_internal.h.  An empty one is
 * loaded from the first slab that has room; of a full one the older three
 * quarters go back, as who gives back many at a time goes on.
 * A magazine belongs to its CPU; an interrupt that comes in the middle of a change
 * goes the long way, with the lock.
 *
 * A slab with room is in its cache's list, and allocation takes from the first.
 * One empty slab is kept per cache, so that a single object that comes and goes
 * does not move pages; a second one is given back.  Descriptors are cut from
 * pages that stay theirs.
 *
 * What it does not do: redzones, but in a build with KASAN=1 (mm/kasan.h).
 */
#include "kernel/core/panic.h"
#include "kernel/lib/string.h"
#include "mm/slab_internal.h"
#include "mm/vmstat.h"

/* Descriptors that describe nothing, linked through `link`; guarded by its lock. */
static DEFINE_SPINLOCK(descriptor_lock);
static LIST_HEAD(descriptors);

/* A page of new descriptors; false when there is none.  The lock is held. */
static bool more_descriptors(void)
{
	struct page *page = alloc_page(GFP_KERNEL);
	struct slab *s;
	unsigned int i;

	if (!page)
		return false;
	mod_page_state(NR_SLAB_UNRECLAIMABLE, 1);
	s = page_address(page);
	for (i = 0; i < PAGE_SIZE / sizeof(*s); i++)
		list_add_tail(&s[i].link, &descriptors);
	return true;
}

static struct slab *get_descriptor(void)
{
	struct slab *s = NULL;
	unsigned long flags;

	spin_lock_irqsave(&descriptor_lock, flags);
	if (!list_empty(&descriptors) || more_descriptors()) {
		s = list_first_entry(&descriptors, struct slab, link);
		list_del_init(&s->link);
	}
	spin_unlock_irqrestore(&descriptor_lock, flags);
	return s;
}

static void put_descriptor(struct slab *s)
{
	unsigned long flags;

	spin_lock_irqsave(&descriptor_lock, flags);
	list_add(&s->link, &descriptors);
	spin_unlock_irqrestore(&descriptor_lock, flags);
}

/* Nothing of it is in use. */
static void reset_states(struct slab *s)
{
	s->nr_free = s->cache->objects;
	s->first_free = 0;
	memset(s->state, OBJECT_FREE, s->cache->objects);
	memset(s->state + s->cache->objects, OBJECT_NONE, SLAB_MAX_OBJECTS - s->cache->objects);
}

/* A new slab for the cache, all free, first in its list.  The cache's lock is held. */
static noinline struct slab *grow(struct kmem_cache *c, unsigned long caller)
{
	struct slab *s = get_descriptor();
	struct page *page;
	unsigned int i;

	if (!s)
		return NULL;
	page = alloc_pages_caller(GFP_KERNEL, c->order, caller);
	if (!page) {
		put_descriptor(s);
		return NULL;
	}
	s->cache = c;
	s->base = page_address(page);
	reset_states(s);
	for (i = 0; i < 1U << c->order; i++) {
		page[i].flags |= PG_SLAB;
		page[i].slab = s;
	}
	mod_page_state(NR_SLAB_UNRECLAIMABLE, 1L << c->order);
	for (i = 0; c->ctor && i < c->objects; i++)
		c->ctor(s->base + i * c->size);
	kasan_poison(s->base, PAGE_SIZE << c->order, KASAN_SLAB_FREE);
	list_add(&s->link, &c->partial);
	c->nr_slabs++;
	return s;
}

noinline void slab_shrink(struct kmem_cache *c, struct slab *s)
{
	struct page *page = virt_to_page(s->base);
	unsigned int i;

	list_del_init(&s->link);
	c->nr_slabs--;
	for (i = 0; i < 1U << c->order; i++)
		page[i].flags &= ~PG_SLAB;
	mod_page_state(NR_SLAB_UNRECLAIMABLE, -(1L << c->order));
	__free_pages(page, c->order);
	put_descriptor(s);
}

/* The first free object of a slab that has one.  The cache's lock is held, here and below. */
static unsigned int take_first(struct slab *s)
{
	const u64 ones = 0x0101010101010101ULL;
	unsigned int word = s->first_free / 8, i;
	u64 zeros;

	/* The lowest bit that is set is that of the lowest byte that is 0, OBJECT_FREE. */
	do {
		u64 states = READ_ONCE(((const u64 *)s->state)[word]);

		zeros = (states - ones) & ~states & ones << 7;
		word++;
	} while (!zeros);
	i = (word - 1) * 8 + (unsigned int)__builtin_ctzll(zeros) / 8;
	s->first_free = i + 1;
	if (unlikely(--s->nr_free == 0))
		list_del_init(&s->link);
	return i;
}

/* Load an empty magazine with half of what it holds, as far as the slab has that. */
static void load(struct kmem_cache *c, struct magazine *m, struct slab *s)
{
	unsigned int n = min(s->nr_free, c->most_loaded / 2U), i = s->first_free;

	m->n = n;
	s->nr_free -= n;
	/* From the last on, so that they are used in the order of their addresses. */
	for (; n; i++) {
		if (READ_ONCE(s->state[i]) != OBJECT_FREE)
			continue;
		s->state[i] = OBJECT_LOADED;
		m->object[n] = s->base + i * c->size;
		m->state[n--] = &s->state[i];
	}
	s->first_free = i;
	if (s->nr_free == 0)
		list_del_init(&s->link);
}

void *slab_alloc(struct kmem_cache *c, unsigned long caller)
{
	struct magazine *m;
	unsigned long flags;
	struct slab *s;
	void *p = NULL;
	unsigned int i;

	spin_lock_irqsave(&c->lock, flags);
	m = &per_cpu(*c->magazine, smp_processor_id());
	if (likely(!list_empty(&c->partial)))
		s = list_first_entry(&c->partial, struct slab, link);
	else if (!(s = grow(c, caller)))
		goto out;
	if (unlikely(s == c->spare))
		c->spare = NULL;
	i = take_first(s);
	s->state[i] = OBJECT_USED;
	p = s->base + i * c->size;
	if (!in_own_change() && !m->n)
		load(c, m, s);
out:
	spin_unlock_irqrestore(&c->lock, flags);
	return p;
}

/* An object that is free now goes back into its slab. */
static void give_back(struct kmem_cache *c, struct slab *s, u8 *state)
{
	s->first_free = min(s->first_free, (u32)(state - s->state));
	if (unlikely(s->nr_free++ == 0))
		list_add(&s->link, &c->partial);
	if (likely(s->nr_free < c->objects))
		return;
	if (c->spare)
		slab_shrink(c, s);
	else
		c->spare = s;
}

/* Put the `n` objects that are in the magazine for longest back. */
static void unload(struct kmem_cache *c, struct magazine *m, unsigned int n)
{
	for (unsigned int i = 1; i <= n; i++) {
		*m->state[i] = OBJECT_FREE;
		give_back(c, virt_to_page(m->object[i])->slab, m->state[i]);
	}
	m->n -= n;
	memmove(m->object + 1, m->object + 1 + n, m->n * sizeof(m->object[0]));
	memmove(m->state + 1, m->state + 1 + n, m->n * sizeof(m->state[0]));
}

static void give_back_held(struct kmem_cache *c, void *p)
{
	struct slab *s = virt_to_page(p)->slab;
	u8 *state = object_state(s, p);

	*state = OBJECT_FREE;
	give_back(c, s, state);
}

/* It waits, and who waited for longest goes back: not many bytes of each cache. */
static void hold(struct kmem_cache *c, void *p, u8 *state)
{
	*state = OBJECT_LOADED;
	p = kasan_hold(&c->quarantine, 16 * PAGE_SIZE / c->size, p);
	if (p)
		give_back_held(c, p);
}

const char *slab_free(struct slab *s, void *p, unsigned long caller)
{
	struct kmem_cache *c = s->cache;
	struct magazine *m;
	u8 *state = object_state(s, p);
	const char *wrong = NULL;
	unsigned long flags;

	if (!state || *state == OBJECT_NONE)
		return "not the start of an object";
	spin_lock_irqsave(&c->lock, flags);
	m = &per_cpu(*c->magazine, smp_processor_id());
	if (!change_state(state, OBJECT_USED, OBJECT_FREE)) {
		wrong = "free already";
	} else {
		kasan_slab_free(c, p, caller);
		if (!in_own_change() && m->n == c->most_loaded)
			unload(c, m, m->n - m->n / 4);
		if (KASAN_HELD)
			hold(c, p, state);
		else
			give_back(c, s, state);
	}
	spin_unlock_irqrestore(&c->lock, flags);
	return wrong;
}

void slab_unload(struct kmem_cache *c, unsigned int cpu)
{
	struct magazine *m = &per_cpu(*c->magazine, cpu);
	unsigned long flags;

	spin_lock_irqsave(&c->lock, flags);
	if (!in_own_change())
		unload(c, m, m->n);
	for (void *p; (p = kasan_release(&c->quarantine));)
		give_back_held(c, p);
	if (c->spare)
		slab_shrink(c, c->spare);
	c->spare = NULL;
	spin_unlock_irqrestore(&c->lock, flags);
}

unsigned long slab_loaded(const struct kmem_cache *c)
{
	unsigned long n = kasan_nr_held(&c->quarantine);
	unsigned int cpu;

	for_each_possible_cpu(cpu) n += READ_ONCE(per_cpu(*c->magazine, cpu).n);
	return n;
}
