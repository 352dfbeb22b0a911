// SPDX-License-Identifier: MIT
/*
 * Caches of one size of object: made, told of, and taken apart.
 *
 * All caches hang in one list, kmalloc's among them.  A cache can only be
 * destroyed when none of its objects is in use; those that are would dangle, so
 * the cache then stays and the caller is told.
 */
#include "kernel/core/command.h"
#include "kernel/core/fault_inject.h"
#include "kernel/core/json.h"
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/core/smp.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/slab_internal.h"

#define CACHE_LINE 64

static DEFINE_SPINLOCK(caches_lock); /* the list; taken before a cache's lock */
static LIST_HEAD(all_caches);

/*
 * A block of pages for objects of that stride: as small as holds 16 and leaves at
 * most a sixteenth over, within bounds.
 */
static unsigned int choose_order(unsigned long size)
{
	unsigned int order = size > PAGE_SIZE ? ilog2(size - 1) + 1 - PAGE_SHIFT : 0;

	for (; order < SLAB_MAX_ORDER; order++) {
		unsigned long bytes = PAGE_SIZE << order;

		if (bytes / size >= 16 && bytes % size <= bytes / 16)
			break;
	}
	return order;
}

int kmem_cache_setup(struct kmem_cache *c, const char *name, unsigned int size, unsigned int align,
		     void (*ctor)(void *obj))
{
	unsigned long flags;

	c->magazine = alloc_percpu(sizeof(*c->magazine));
	if (!c->magazine)
		return -ENOMEM;
	spin_lock_init(&c->lock);
	c->name = name;
	c->object_size = size;
	c->size = max(ALIGN(size + KASAN_REDZONE, max(align, 8U)), (u32)SLAB_MIN_SIZE);
	c->reciprocal = (u32)(((1ULL << 32) + c->size - 1) / c->size);
	c->order = (u8)choose_order(c->size);
	c->objects = (u16)min((PAGE_SIZE << c->order) / c->size, (unsigned long)SLAB_MAX_OBJECTS);
	c->most_loaded = (u8)min(2 * PAGE_SIZE / c->size, MAGAZINE_SIZE + 0UL);
	c->ctor = ctor;
	INIT_LIST_HEAD(&c->partial);
	spin_lock_irqsave(&caches_lock, flags);
	list_add(&c->list, &all_caches);
	spin_unlock_irqrestore(&caches_lock, flags);
	return 0;
}

/* Small objects share a line evenly, rather than waste one each. */
static unsigned int line_align(unsigned int size, unsigned int align)
{
	unsigned int line = CACHE_LINE;

	while (size <= line / 2)
		line /= 2;
	return max(align, line);
}

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				     unsigned int flags, void (*ctor)(void *obj))
{
	struct kmem_cache *c = NULL;
	char *copy = NULL;

	if (!size || size > PAGE_SIZE * MAX_BLOCK_PAGES || align > PAGE_SIZE ||
	    (align && !is_power_of_2(align))) {
		pr_err("kmem_cache_create %s: no objects of %u bytes aligned to %u, for %pS\n",
		       name, size, align, (void *)_RET_IP_);
		goto failed;
	}
	c = kzalloc(sizeof(*c), GFP_KERNEL);
	copy = kstrdup(name, GFP_KERNEL);
	if (!c || !copy) {
		pr_err("kmem_cache_create %s: no memory for %pS\n", name, (void *)_RET_IP_);
		goto failed;
	}
	if (flags & SLAB_HWCACHE_ALIGN)
		align = line_align(size, align);
	if (!kmem_cache_setup(c, copy, size, align, ctor))
		return c;
failed:
	kfree(copy);
	kfree(c);
	if (flags & SLAB_PANIC)
		panic("kmem_cache_create: %s cannot be had", name);
	return NULL;
}

/* Objects in use.  The cache's lock is held. */
static unsigned long count_active(const struct kmem_cache *c)
{
	unsigned long n = c->nr_slabs * c->objects;
	struct slab *s;

	list_for_each_entry(s, &c->partial, link)
		n -= s->nr_free;
	/* Others go on with their magazines: an object may be in two, one after the other. */
	return n - min(n, slab_loaded(c));
}

unsigned long nr_slab_objects(void)
{
	unsigned long flags, n = 0;
	struct kmem_cache *c;

	spin_lock_irqsave(&caches_lock, flags);
	list_for_each_entry(c, &all_caches, list) {
		spin_lock(&c->lock);
		n += count_active(c);
		spin_unlock(&c->lock);
	}
	spin_unlock_irqrestore(&caches_lock, flags);
	return n;
}

static void unload_this_cpu(void *unused)
{
	struct kmem_cache *c;
	unsigned long flags;

	(void)unused;
	spin_lock_irqsave(&caches_lock, flags);
	list_for_each_entry(c, &all_caches, list)
		slab_unload(c, smp_processor_id());
	spin_unlock_irqrestore(&caches_lock, flags);
}

void kmem_cache_shrink_all(void)
{
	on_each_cpu(unload_this_cpu, NULL, true);
}

void kmem_cache_destroy(struct kmem_cache *c)
{
	unsigned long flags, active;
	unsigned int cpu;

	if (!c)
		return;
	spin_lock_irqsave(&caches_lock, flags);
	for_each_possible_cpu(cpu) slab_unload(c, cpu);
	spin_lock(&c->lock);
	active = count_active(c);
	if (!active)
		list_del_init(&c->list);
	c->spare = NULL;
	while (!active && !list_empty(&c->partial))
		slab_shrink(c, list_first_entry(&c->partial, struct slab, link));
	spin_unlock(&c->lock);
	spin_unlock_irqrestore(&caches_lock, flags);
	if (WARN(active,
		 "kmem_cache_destroy %s: %lu objects are still in use when called from %pS\n",
		 c->name, active, (void *)_RET_IP_))
		return;
	free_percpu(c->magazine, sizeof(*c->magazine));
	kfree(c->name);
	kfree(c);
}

static __always_inline void *alloc_caller(struct kmem_cache *c, gfp_t gfp, unsigned long caller)
{
	void *p;

	if (should_fail(FAULT_SLAB, caller))
		return NULL;
	p = magazine_take(c->magazine);
	if (unlikely(!p))
		p = slab_alloc(c, caller);
	if (p)
		kasan_slab_alloc(c, p, c->object_size, caller);
	return p && gfp & __GFP_ZERO ? memset(p, 0, c->object_size) : p;
}

void *kmem_cache_alloc(struct kmem_cache *c, gfp_t gfp)
{
	return alloc_caller(c, gfp, _RET_IP_);
}

void *kmem_cache_zalloc(struct kmem_cache *c, gfp_t gfp)
{
	return alloc_caller(c, gfp | __GFP_ZERO, _RET_IP_);
}

static noinline void free_slow(struct kmem_cache *c, void *p, unsigned long caller)
{
	struct slab *s;
	const char *wrong;

	if (!p)
		return;
	s = slab_of(p);
	if (WARN(!s || s->cache != c, "kmem_cache_free of %p to %s, but it is of %s, by %pS\n", p,
		 c->name, s ? s->cache->name : "no cache", (void *)caller))
		return;
	wrong = slab_free(s, p, caller);
	WARN(wrong, "kmem_cache_free of %p to %s: it is %s, by %pS\n", p, c->name, wrong,
	     (void *)caller);
}

void kmem_cache_free(struct kmem_cache *c, void *p)
{
	struct slab *s = slab_of_fast(p);

	if (unlikely(!s || s->cache != c || !magazine_give(s, p)))
		free_slow(c, p, _RET_IP_);
}

/* ---- slabinfo ---- */

/* What a line tells, copied so that it can be printed without the locks. */
struct cache_info {
	char name[64];
	unsigned long active, slabs;
	unsigned int size, objects, order;
};

/* The nth cache: false past the last. */
static bool get_cache_info(unsigned int n, struct cache_info *info)
{
	struct kmem_cache *c;
	unsigned long flags;
	bool found = false;

	spin_lock_irqsave(&caches_lock, flags);
	list_for_each_entry(c, &all_caches, list) {
		if (n--)
			continue;
		spin_lock(&c->lock);
		info->active = count_active(c);
		info->slabs = c->nr_slabs;
		spin_unlock(&c->lock);
		info->size = c->size;
		info->objects = c->objects;
		info->order = c->order;
		strscpy(info->name, c->name, sizeof(info->name));
		found = true;
		break;
	}
	spin_unlock_irqrestore(&caches_lock, flags);
	return found;
}

/* Slabs are whole or gone: as in Linux's SLUB all are active, and nothing can be tuned. */
void show_slabinfo(struct sink *out)
{
	struct cache_info c;

	sink_printf(
		out,
		"slabinfo - version: 2.1\n"
		"# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>"
		" : tunables <limit> <batchcount> <sharedfactor>"
		" : slabdata <active_slabs> <num_slabs> <sharedavail>\n");
	for (unsigned int n = 0; get_cache_info(n, &c); n++)
		sink_printf(
			out,
			"%-17s %6lu %6lu %6u %4u %4d : tunables %4u %4u %4u : slabdata %6lu %6lu %6lu\n",
			c.name, c.active, c.slabs * c.objects, c.size, c.objects, 1 << c.order, 0,
			0, 0, c.slabs, c.slabs, 0UL);
}

void describe_slab_object(const void *p, char *buf, size_t size)
{
	static const char *const states[] = {
		[OBJECT_FREE] = "free",
		[OBJECT_USED] = "in use",
		[OBJECT_LOADED] = "free, at hand",
		[OBJECT_NONE] = "none",
	};
	const struct slab *s = virt_to_page(p)->slab;
	const struct kmem_cache *c = s->cache;
	unsigned long n = ((const char *)p - s->base) / c->size;

	if ((const char *)p < s->base || n >= c->objects)
		snprintf(buf, size, "%s, beside its objects", c->name);
	else
		snprintf(buf, size, "%s, object at %#lx, %u bytes, %s", c->name,
			 (unsigned long)(s->base + n * c->size), c->object_size,
			 states[s->state[n]]);
}

static void show_slabinfo_json(struct sink *out)
{
	struct json j = json_to(out);
	struct cache_info c;

	json_open(&j, NULL, '{');
	json_open(&j, "caches", '[');
	for (unsigned int n = 0; get_cache_info(n, &c); n++) {
		json_open(&j, NULL, '{');
		json_string(&j, "name", c.name);
		json_number(&j, "size", c.size);
		json_number(&j, "used", c.active);
		json_number(&j, "objects", c.slabs * c.objects);
		json_number(&j, "pages", c.slabs << c.order);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_end(&j, '}');
}

static int cmd_slabinfo(struct sink *out, int argc, char **argv)
{
	if (argc > 2 || (argc == 2 && strcmp(argv[1], "-j") != 0))
		return -EINVAL;
	if (argc == 2)
		show_slabinfo_json(out);
	else
		show_slabinfo(out);
	return 0;
}
MONITOR_COMMAND(slabinfo, "[-j]", "caches of small objects, as /proc/slabinfo; -j: as JSON",
		cmd_slabinfo);
