/* SPDX-License-Identifier: MIT */
/*
 * Which bytes of memory may be touched: in a build with KASAN=1 alone; elsewhere all this is nothing.
 *
 * A byte of shadow speaks for eight of memory: 0, all may be touched; 1 to 7, so many from the first
 * on; from 0x80 on none, and why.  The compiler calls us before each access.
 *
 * All of it: any context.
 */
#ifndef MM_KASAN_H
#define MM_KASAN_H

#include "kernel/lib/compiler.h"

struct kmem_cache;

enum kasan_shadow {
	/* The compiler's own, of local variables: in front, between, behind, and out of scope. */
	KASAN_STACK_LEFT = 0xf1,
	KASAN_STACK_MID = 0xf2,
	KASAN_STACK_RIGHT = 0xf3,
	KASAN_STACK_SCOPE = 0xf8,

	KASAN_PAGE_FREE = 0xff,
	KASAN_PAGE_REDZONE = 0xfe, /* behind what kmalloc() gave of whole pages */
	KASAN_VMALLOC_REDZONE = 0xfd,
	KASAN_SLAB_REDZONE = 0xfc,
	KASAN_SLAB_FREE = 0xfb,
	KASAN_GLOBAL_REDZONE = 0xf9,
};

#ifdef CONFIG_KASAN
/* Bytes of a slab's object that are ours, behind those that its user asked for. */
#define KASAN_REDZONE 16
/* The most that wait in a quarantine. */
#define KASAN_HELD    32

struct kasan_quarantine {
	void *held[KASAN_HELD];
	unsigned int first, n;
};

/* The image is watched from here on: before any function that has local variables in memory. */
void kasan_early_init(void);
/* The same in the final tables, which are being made. */
void kasan_map_image(void);
/* And the direct map.  memblock gives memory, and init_mem_mapping() has run. */
void kasan_init(void);

/* The n > 0 bytes from p on, a multiple of 8, may not be touched, or may (any n). */
void kasan_poison(const void *p, size_t n, enum kasan_shadow why);
void kasan_unpoison(const void *p, size_t n);

/* An object of the cache is given out, `size` bytes of it asked for by `caller`; and is given back. */
void kasan_slab_alloc(const struct kmem_cache *c, void *p, size_t size, unsigned long caller);
void kasan_slab_free(const struct kmem_cache *c, void *p, unsigned long caller);
/* `size` bytes of the pages that lie behind p are used. */
void kasan_large_alloc(const void *p, size_t size, size_t pages_size);

/* The n bytes from p on, in the vmalloc region, have shadow from here on: 0 or -ENOMEM.  A thread. */
int kasan_watch(const void *p, size_t n) __must_check;
/* `size` bytes of an area that begins at p were asked for.  A thread. */
int kasan_vmalloc(const void *p, size_t size) __must_check;

/*
 * p, which is free, waits in the quarantine, of which `most` wait at a time: who waited for longest goes, or
 * p itself where `most` is 0; NULL: nobody.  And any one of those that wait, the oldest first, or NULL.  The
 * quarantine is the caller's to lock.
 */
void *kasan_hold(struct kasan_quarantine *q, unsigned int most, void *p);
void *kasan_release(struct kasan_quarantine *q);
static inline unsigned int kasan_nr_held(const struct kasan_quarantine *q)
{
	return q->n;
}
#else
#define KASAN_REDZONE 0
#define KASAN_HELD    0

struct kasan_quarantine {
};

static inline void kasan_early_init(void)
{
}
static inline void kasan_map_image(void)
{
}
static inline void kasan_init(void)
{
}
static inline void kasan_poison(const void *p, size_t n, enum kasan_shadow why)
{
	(void)p, (void)n, (void)why;
}
static inline void kasan_unpoison(const void *p, size_t n)
{
	(void)p, (void)n;
}
static inline void kasan_slab_alloc(const struct kmem_cache *c, void *p, size_t size,
				    unsigned long caller)
{
	(void)c, (void)p, (void)size, (void)caller;
}
static inline void kasan_slab_free(const struct kmem_cache *c, void *p, unsigned long caller)
{
	(void)c, (void)p, (void)caller;
}
static inline void kasan_large_alloc(const void *p, size_t size, size_t pages_size)
{
	(void)p, (void)size, (void)pages_size;
}
static inline int kasan_watch(const void *p, size_t n)
{
	(void)p, (void)n;
	return 0;
}
static inline int kasan_vmalloc(const void *p, size_t size)
{
	(void)p, (void)size;
	return 0;
}
static inline void *kasan_hold(struct kasan_quarantine *q, unsigned int most, void *p)
{
	(void)q, (void)most;
	return p;
}
static inline void *kasan_release(struct kasan_quarantine *q)
{
	(void)q;
	return NULL;
}
static inline unsigned int kasan_nr_held(const struct kasan_quarantine *q)
{
	(void)q;
	return 0;
}
#endif

#endif
