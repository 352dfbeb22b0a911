/* SPDX-License-Identifier: MIT */
/*
 * What the files of the slab allocator share: mm/slab.c, which cuts pages into
 * objects, mm/kmalloc.c, and mm/kmem_cache.c, which makes caches and tells of them.
 * Nobody else includes this.
 */
#ifndef MM_SLAB_INTERNAL_H
#define MM_SLAB_INTERNAL_H

#include "kernel/core/spinlock.h"
#include "mm/kasan.h"
#include "mm/page_alloc.h"

#define SLAB_MAX_OBJECTS 256 /* 4 KiB of the smallest */
#define SLAB_MIN_SIZE	 16
#define SLAB_MAX_ORDER	 3 /* unless one object needs more */
#define MAGAZINE_SIZE	 32

/* Of each object; it lies in the slab's descriptor. */
enum object_state {
	OBJECT_FREE,
	OBJECT_USED,
	OBJECT_LOADED, /* free, in a magazine or in quarantine */
	OBJECT_NONE,   /* there is no such object */
};

/*
 * Free objects that a CPU has at hand.  No lock: only that CPU changes it, by
 * begin_own_change(): an interrupt that comes into the middle goes the long way.
 */
struct magazine {
	u32 n;
	/* Of the n, the last goes first.  In front of the first is NULL, so that none is no case. */
	void *object[1 + MAGAZINE_SIZE];
	u8 *state[1 + MAGAZINE_SIZE];
};

struct kmem_cache {
	u32 size;		  /* bytes from one object to the next */
	u32 reciprocal;		  /* 2^32 / size rounded up: offset to index */
	u16 objects;		  /* in a slab */
	u8 order;		  /* of a slab's block */
	u8 most_loaded;		  /* objects in a magazine */
	spinlock_t lock;	  /* the four below, and its slabs but for the states */
	struct list_head partial; /* slabs with a free object */
	struct slab *spare;	  /* one that is wholly free; also in `partial` */
	unsigned long nr_slabs;
	struct magazine *magazine; /* per CPU */
	struct kasan_quarantine quarantine;

	const char *name;
	u32 object_size;	 /* bytes that were asked for */
	void (*ctor)(void *obj); /* run once for each object of a new slab */
	struct list_head list;	 /* in all_caches, the youngest first: caches_lock */
};

struct slab {
	struct list_head link; /* in cache->partial while nr_free > 0 */
	struct kmem_cache *cache;
	char *base; /* first object */
	u32 nr_free;
	u32 first_free;				 /* no object in front of this one is free */
	u8 state[SLAB_MAX_OBJECTS] __aligned(8); /* enum object_state */
};

/* An object out of this CPU's copy of a magazine, or NULL. */
static __always_inline void *magazine_take(struct magazine *magazine)
{
	struct magazine __percpu_seg *m = &this_cpu(*magazine);
	void *object;
	u64 n;

	if (unlikely(!begin_own_change()))
		return NULL;
	n = m->n;
	object = m->object[n];
	if (likely(object)) {
		this_cpu_add(magazine->n, -1);
		*m->state[n] = OBJECT_USED;
	}
	end_own_change();
	return object;
}

/*
 * Where the slab keeps the state of the object that begins at p; NULL where none does.
 *
 * Indexes are found by multiplying, since to divide costs more than all the rest.
 * With r = 2^32 / size rounded up, offset * r is index * 2^32 and a little more: less
 * than r where the offset is a multiple of size, and r or more where it is not.  That
 * holds as a slab with more than one object has at most 32 KiB.
 */
static __always_inline u8 *object_state(struct slab *s, const void *p)
{
	u32 reciprocal = s->cache->reciprocal;
	u64 product = (u64)((const char *)p - s->base) * reciprocal;

	return likely((u32)product < reciprocal) ? &s->state[product >> 32] : NULL;
}

static __always_inline bool change_state(u8 *state, u8 from, u8 to)
{
	return __atomic_compare_exchange_n(state, &from, to, false, __ATOMIC_RELAXED,
					   __ATOMIC_RELAXED);
}

/* An object in use into the magazine; false, and nothing happened, where that is not so simple. */
static __always_inline bool magazine_give(struct slab *s, void *p)
{
	struct magazine __percpu_seg *m = &this_cpu(*s->cache->magazine);
	u8 *state = object_state(s, p);
	u64 n, most = s->cache->most_loaded;
	bool given = false;

	if (KASAN_HELD || unlikely(!state || !begin_own_change()))
		return false;
	n = m->n;
	if (likely(n < most && change_state(state, OBJECT_USED, OBJECT_LOADED))) {
		m->object[n + 1] = p;
		m->state[n + 1] = state;
		m->n++;
		given = true;
	}
	end_own_change();
	return given;
}

/* The long ways: with the cache's lock, and with the magazine where nobody is amid a change. */

/* An object, or NULL.  `caller` owns the pages of a slab made for it. */
void *slab_alloc(struct kmem_cache *c, unsigned long caller);
/* What was wrong with the pointer, or NULL when the object is free now, given back by `caller`. */
const char *slab_free(struct slab *s, void *p, unsigned long caller);

/*
 * What the CPU's magazine, the quarantine and the spare slab hold goes back to the page allocator, as far as
 * this did not come amid a change.  On that CPU itself, or where nobody uses the cache any more.
 */
void slab_unload(struct kmem_cache *c, unsigned int cpu);
/* Objects in magazines and in quarantine, now. */
unsigned long slab_loaded(const struct kmem_cache *c);
/* Give an empty slab's pages back.  The cache's lock is held. */
void slab_shrink(struct kmem_cache *c, struct slab *s);

/* The slab that p lies in, or NULL. */
static inline struct slab *slab_of(const void *p)
{
	struct page *page = virt_to_ram_page(p);

	return page && page_flags(page) & PG_SLAB ? page->slab : NULL;
}

/* The same where it is found at once; NULL: slab_of() knows more. */
static __always_inline struct slab *slab_of_fast(const void *p)
{
	const struct page *page = virt_to_ram_page_fast(p);

	if (unlikely(!page || page_block_head(page)->flags & PG_FRESH || !(page->flags & PG_SLAB)))
		return NULL;
	return page->slab;
}

/* Fill in what follows from size, and hang the cache up for slabinfo.  0, or -ENOMEM (said). */
int kmem_cache_setup(struct kmem_cache *c, const char *name, unsigned int size, unsigned int align,
		     void (*ctor)(void *obj));

#endif
