/* SPDX-License-Identifier: MIT */
/*
 * What the files of the slab allocator share: mm/slab.c, which gives objects out
 * and takes them back, and mm/kmem_cache.c, which makes caches and tells of them.
 * Nobody else includes this.
 */
#ifndef MM_SLAB_INTERNAL_H
#define MM_SLAB_INTERNAL_H

#include "kernel/spinlock.h"
#include "mm/page_alloc.h"

#define SLAB_MAX_OBJECTS  256 /* 4 KiB of the smallest */
#define SLAB_BITMAP_WORDS (SLAB_MAX_OBJECTS / 64)
#define SLAB_MIN_SIZE	  16
#define SLAB_MAX_ORDER	  3 /* unless one object needs more */

struct kmem_cache {
	const char *name;
	u32 size;		  /* bytes from one object to the next */
	u32 reciprocal;		  /* 2^32 / size rounded up: offset to index */
	u8 order;		  /* of a slab's block */
	u16 objects;		  /* in a slab */
	spinlock_t lock;	  /* all below, and its slabs */
	struct list_head partial; /* slabs with a free object */
	struct slab *spare;	  /* one that is wholly free; also in `partial` */
	unsigned long nr_slabs;

	u32 object_size;	 /* bytes that were asked for */
	void (*ctor)(void *obj); /* run once for each object of a new slab */
	struct list_head list;	 /* in all_caches, the youngest first: caches_lock */
};

struct slab {
	struct list_head link; /* in cache->partial while nr_free > 0 */
	struct kmem_cache *cache;
	char *base; /* first object */
	u32 nr_free;
	u64 free[SLAB_BITMAP_WORDS]; /* bit n: object n is free */
};

/* An object, or NULL.  `caller` owns the pages of a slab made for it. */
void *slab_alloc(struct kmem_cache *c, unsigned long caller);
/* What was wrong with the pointer, or NULL when the object is free now. */
const char *slab_free(struct slab *s, const char *p);
/* The slab that p lies in, or NULL. */
struct slab *slab_of(const void *p);
/* Give an empty slab's pages back.  The cache's lock is held. */
void slab_shrink(struct kmem_cache *c, struct slab *s);

/* Fill in what follows from size, and hang the cache up for slabinfo. */
void kmem_cache_setup(struct kmem_cache *c, const char *name, unsigned int size, unsigned int align,
		      void (*ctor)(void *obj));

#endif
