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
	KASAN_PAGE_FREE = 0xff,
	KASAN_PAGE_REDZONE = 0xfe, /* behind what kmalloc() gave of whole pages */
	KASAN_SLAB_REDZONE = 0xfc,
	KASAN_SLAB_FREE = 0xfb,
	KASAN_GLOBAL_REDZONE = 0xf9,
};

#ifdef CONFIG_KASAN
/* Bytes of a slab's object that are ours, behind those that its user asked for. */
#define KASAN_REDZONE 16

/* From here on accesses are looked at.  memblock gives memory, and init_mem_mapping() has run. */
void kasan_init(void);

/* The n > 0 bytes from p on, a multiple of 8, may not be touched, or may (any n). */
void kasan_poison(const void *p, size_t n, enum kasan_shadow why);
void kasan_unpoison(const void *p, size_t n);

/* An object of the cache is given out, `size` bytes of it asked for by `caller`; and is given back. */
void kasan_slab_alloc(const struct kmem_cache *c, void *p, size_t size, unsigned long caller);
void kasan_slab_free(const struct kmem_cache *c, void *p, unsigned long caller);
/* `size` bytes of the pages that lie behind p are used. */
void kasan_large_alloc(const void *p, size_t size, size_t pages_size);
#else
#define KASAN_REDZONE 0

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
#endif

#endif
