// SPDX-License-Identifier: MIT
/*
 * Accesses to memory that is not to be touched, said where they happen: in a build with KASAN=1 alone.
 *
 * There are two shadows, one of the direct map and one of the image: RAM in which objects and pages lie
 * side by side.  Of the other addresses the page tables say more: behind each area of the vmalloc
 * region, and each stack, is a page that is not mapped, and what was freed there is not either.
 *
 *   globals  the compiler leaves room behind each, and tells of them in constructors
 *   pages    free ones are poisoned, until they are given out
 *   objects  those of slabs that are free, what of one in use was not asked for, and the KASAN_REDZONE bytes
 *            behind each, where it is kept who asked for it and who gave it back
 *
 * An object that is free may be given to somebody else at once, and a stale pointer to it is a good one
 * then.  Local variables are the stack protector's (-strong in this build).
 *
 * The functions that the compiler calls are those of GCC's asan for kernels, one for each size.
 */
#ifdef CONFIG_KASAN
#include "mm/kasan.h"

#include "kernel/core/panic.h"
#include "kernel/core/percpu.h"
#include "kernel/core/printk.h"
#include "kernel/lib/string.h"
#include "mm/layout.h"
#include "mm/memblock.h"
#include "mm/page_alloc.h"
#include "mm/slab_internal.h"

#define GRAIN	  8 /* bytes that a byte of shadow speaks for */
#define PLACES	  256
#define TEXT_SIZE 200

struct shadow {
	unsigned long start, end; /* addresses that it is of; 0, 0: none yet */
	u8 *bytes;
};

static struct shadow direct, image;

/* As the compiler lays it out. */
struct global {
	const void *start;
	size_t size, size_with_redzone;
	const char *name, *module;
	unsigned long has_dynamic_init;
	const void *location;
	unsigned long odr_indicator;
};

extern void (*const __init_array_start[])(void), (*const __init_array_end[])(void);

static DEFINE_PER_CPU(bool, reporting);
static unsigned long places[PLACES]; /* that were reported, by hash */

static u8 *shadow_of(unsigned long addr)
{
	if (addr - image.start < image.end - image.start)
		return image.bytes + (addr - image.start) / GRAIN;
	if (addr - direct.start < direct.end - direct.start)
		return direct.bytes + (addr - direct.start) / GRAIN;
	return NULL;
}

/* Both ends are in the same shadow, or in none. */
static void set_shadow(unsigned long addr, size_t n, u8 value)
{
	u8 *shadow = shadow_of(addr);

	if (shadow)
		memset(shadow, value, DIV_ROUND_UP(n, GRAIN));
}

void kasan_poison(const void *p, size_t n, enum kasan_shadow why)
{
	set_shadow((unsigned long)p, n, (u8)why);
}

void kasan_unpoison(const void *p, size_t n)
{
	u8 *rest = shadow_of((unsigned long)p + n - n % GRAIN);

	if (n >= GRAIN)
		set_shadow((unsigned long)p, n - n % GRAIN, 0);
	if (n % GRAIN && rest)
		*rest = n % GRAIN;
}

/* ---------------------------------------------------------------- slabs */

/* In the last bytes of an object's place. */
struct track {
	unsigned long allocated, freed; /* by whom */
};

_Static_assert(sizeof(struct track) == KASAN_REDZONE,
	       "the red zone is what is known of its object");

static struct track *track_of(const struct kmem_cache *c, const void *object)
{
	return (struct track *)((char *)object + c->size) - 1;
}

void kasan_slab_alloc(const struct kmem_cache *c, void *p, size_t size, unsigned long caller)
{
	*track_of(c, p) = (struct track){ .allocated = caller };
	kasan_poison(p, c->size, KASAN_SLAB_REDZONE);
	kasan_unpoison(p, size);
}

void kasan_slab_free(const struct kmem_cache *c, void *p, unsigned long caller)
{
	track_of(c, p)->freed = caller;
	kasan_poison(p, c->size, KASAN_SLAB_FREE);
}

void kasan_large_alloc(const void *p, size_t size, size_t pages_size)
{
	kasan_poison(p, pages_size, KASAN_PAGE_REDZONE);
	kasan_unpoison(p, size);
}

/* ---------------------------------------------------------------- reports */

/* The object whose place `addr` is in: where, of which cache, whose. */
static void describe_object(unsigned long addr, const struct slab *s, char *text)
{
	const struct kmem_cache *c = s->cache;
	unsigned long n = (addr - (unsigned long)s->base) / c->size;
	const char *object = s->base + n * c->size;
	const struct track *track = track_of(c, object);
	int len;

	len = scnprintf(text, TEXT_SIZE, "byte %lu of an object of %s, allocated by %pS",
			addr - (unsigned long)object, c->name, (void *)track->allocated);
	if (track->freed)
		snprintf(text + len, TEXT_SIZE - (size_t)len, ", freed by %pS",
			 (void *)track->freed);
}

static void describe(unsigned long addr, u8 why, char *text)
{
	const struct slab *s = addr < KERNEL_MAP ? slab_of((void *)addr) : NULL;

	if (why == KASAN_GLOBAL_REDZONE) {
		snprintf(text, TEXT_SIZE, "behind %pS", (void *)addr);
	} else if (s) {
		describe_object(addr, s, text);
	} else if (why == KASAN_PAGE_FREE) {
		snprintf(text, TEXT_SIZE, "page %#lx is free", PFN_DOWN(__pa((void *)addr)));
	} else {
		snprintf(text, TEXT_SIZE, "behind what was asked for of large memory");
	}
}

static const char *kind_of(u8 why)
{
	switch (why) {
	case KASAN_PAGE_FREE:
	case KASAN_SLAB_FREE:
		return "use-after-free";
	case KASAN_GLOBAL_REDZONE:
		return "global-out-of-bounds";
	default:
		return "slab-out-of-bounds";
	}
}

static bool is_news(unsigned long ip)
{
	return __atomic_exchange_n(&places[ip % PLACES], ip, __ATOMIC_RELAXED) != ip;
}

static noinline void report(unsigned long addr, size_t size, bool write, unsigned long ip)
{
	char text[TEXT_SIZE];
	u8 *shadow = shadow_of(addr), why;

	if (this_cpu(reporting) || !is_news(ip))
		return;
	this_cpu(reporting) = true;
	for (unsigned long last = addr + size - 1; !*shadow && addr < last;
	     shadow = shadow_of(addr))
		addr = ALIGN_DOWN(addr, GRAIN) + GRAIN; /* to the first that is wrong */
	why = *shadow < 0x80 ? shadow[1] : *shadow;
	describe(addr, why, text);
	warn_slowpath(__FILE__, __LINE__, ip, "kasan: %s: %s of %zu bytes at %p: %s\n",
		      kind_of(why), write ? "write" : "read", size, (void *)addr, text);
	this_cpu(reporting) = false;
}

/* ---------------------------------------------------------------- what the compiler calls */

/* The last byte of the piece of eight in which `addr` is the last that is used. */
static __always_inline bool is_bad(unsigned long addr)
{
	s8 value = (s8)*shadow_of(addr);

	return unlikely(value) && (s8)(addr % GRAIN) >= value;
}

static __always_inline bool is_watched(unsigned long addr)
{
	return addr - direct.start < direct.end - direct.start ||
	       addr - image.start < image.end - image.start;
}

static __always_inline void check(unsigned long addr, size_t size, bool write, unsigned long ip)
{
	bool bad = false;

	if (!size || !is_watched(addr) || !is_watched(addr + size - 1))
		return;
	for (unsigned long at = addr; at < addr + size && !bad; at = ALIGN_DOWN(at, GRAIN) + GRAIN)
		bad = is_bad(min(ALIGN_DOWN(at, GRAIN) + GRAIN, addr + size) - 1);
	if (unlikely(bad))
		report(addr, size, write, ip);
}

#define ACCESS(kind, bytes, write)                               \
	void __asan_##kind##bytes##_noabort(unsigned long addr); \
	void __asan_##kind##bytes##_noabort(unsigned long addr)  \
	{                                                        \
		check(addr, bytes, write, _RET_IP_);             \
	}
ACCESS(load, 1, false)
ACCESS(load, 2, false)
ACCESS(load, 4, false)
ACCESS(load, 8, false)
ACCESS(load, 16, false)
ACCESS(store, 1, true)
ACCESS(store, 2, true)
ACCESS(store, 4, true)
ACCESS(store, 8, true)
ACCESS(store, 16, true)

void __asan_loadN_noabort(unsigned long addr, size_t size);
void __asan_loadN_noabort(unsigned long addr, size_t size)
{
	check(addr, size, false, _RET_IP_);
}

void __asan_storeN_noabort(unsigned long addr, size_t size);
void __asan_storeN_noabort(unsigned long addr, size_t size)
{
	check(addr, size, true, _RET_IP_);
}

/* Of stacks, which are not ours. */
void __asan_handle_no_return(void);
void __asan_handle_no_return(void)
{
}

void __asan_register_globals(const struct global *globals, unsigned long n);
void __asan_register_globals(const struct global *globals, unsigned long n)
{
	for (const struct global *g = globals; g < globals + n; g++) {
		kasan_poison(g->start, g->size_with_redzone, KASAN_GLOBAL_REDZONE);
		kasan_unpoison(g->start, g->size);
	}
}

/* There are no modules: nothing is taken out. */
void __asan_unregister_globals(const struct global *globals, unsigned long n);
void __asan_unregister_globals(const struct global *globals, unsigned long n)
{
	(void)globals, (void)n;
}

/* ---------------------------------------------------------------- set-up */

static u8 *__init new_shadow(unsigned long bytes)
{
	size_t size = bytes / GRAIN;
	phys_addr_t pa = memblock_phys_alloc_range(size, PAGE_SIZE, 0, direct_map_end);

	if (!pa)
		panic("kasan: no memory for %zu MiB of shadow", size >> 20);
	return memset(__va(pa), 0, size);
}

void __init kasan_init(void)
{
	unsigned long end = ALIGN(min(memblock_end_of_ram(), direct_map_end), PAGE_SIZE * GRAIN);
	unsigned long image_size = ALIGN((unsigned long)(_end - _text), PAGE_SIZE * GRAIN);

	direct.bytes = new_shadow(end);
	image.bytes = new_shadow(image_size);
	direct.start = PAGE_OFFSET;
	direct.end = PAGE_OFFSET + end;
	image.start = (unsigned long)_text;
	image.end = image.start + image_size;
	for (void (*const *init)(void) = __init_array_start; init < __init_array_end; init++)
		(*init)();
	pr_info("KASAN: %lu MiB of shadow\n", (end + image_size) / GRAIN >> 20);
}
#endif
