// SPDX-License-Identifier: MIT
/*
 * Accesses to memory that is not to be touched, said where they happen: in a build with KASAN=1 alone.
 *
 * The shadow has a place for all of the kernel's half, one byte for eight (mm/layout.h), and is there only
 * where something is watched:
 *
 *   the image       from the first line of C on, as the boot stack is watched by then
 *   the direct map  from kasan_init() on
 *   vmalloc         of stacks, and of an area's last page where not all of it was asked for.  It is made when it
 *                   is wanted, page by page, and stays.  Of the rest of the region the page tables say
 *                   more: behind each area is a page that is not mapped, and what was freed is not either
 *
 * What is poisoned:
 *
 *   globals  the compiler leaves room behind each, and tells of them in constructors
 *   locals   and around each local variable whose address goes anywhere, and says so as functions begin and
 *            end; it does that itself, so their shadow has to be there.  Of functions that do not end, as a
 *            thread's last ones, kernel/trap/kasan_stack.c says so
 *   pages    free ones, until they are given out
 *   objects  those of slabs that are free, what of one in use was not asked for, and the KASAN_REDZONE bytes
 *            behind each, where it is kept who asked for it and who gave it back
 *
 * What is free may be given to somebody else, and a stale pointer to it is a good one then.  So the last
 * objects of each cache, and single pages of each CPU, that were given back wait in a quarantine.
 *
 * The functions that the compiler calls are those of GCC's asan for kernels, one for each size.
 */
#ifdef CONFIG_KASAN
#include "mm/kasan.h"

#include "kernel/core/panic.h"
#include "kernel/core/percpu.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/layout.h"
#include "mm/memblock.h"
#include "mm/page_alloc.h"
#include "mm/pgtable_internal.h"
#include "mm/slab_internal.h"

#define GRAIN	   8		       /* bytes that a byte of shadow speaks for */
#define CHUNK	   (PAGE_SIZE * GRAIN) /* and a page of it */
#define IMAGE_SIZE (IMAGE_TABLES * PMD_SIZE)
#define PLACES	   256
#define KNOWN	   256
#define TEXT_SIZE  200

#define FRAME_MAGIC 0x41b58ab3 /* GCC, asan.h */

#define SHADOW_OFFSET (KASAN_SHADOW_START - KERNEL_HALF / GRAIN) /* as the Makefile has it */

/* Bytes from KERNEL_MAP and from PAGE_OFFSET on that are watched: 0 for now. */
static unsigned long image_size, direct_size;

static u8 image_shadow[IMAGE_SIZE / GRAIN] __aligned(PAGE_SIZE);

/* What of the vmalloc region has shadow: the last chunks that were looked up.  What is there stays. */
static unsigned long known[KNOWN];

/* Pages for its shadow, so that what threads leave behind is nothing that was missing before. */
static DEFINE_SPINLOCK(shadow_lock); /* these, and making it; around pgtable_lock */
static phys_addr_t pool, pool_end;

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
	return (u8 *)(addr / GRAIN + SHADOW_OFFSET);
}

static noinline bool look_up(unsigned long shadow)
{
	u64 entry = root_of(&init_mm);

	for (int level = TOP_LEVEL; level >= PG_LEVEL_4K; level--) {
		entry = READ_ONCE(*entry_of(entry, level, shadow));
		if (!(entry & _PAGE_PRESENT))
			return false;
	}
	return true;
}

/* Of an address in the vmalloc region. */
static __always_inline bool has_shadow(unsigned long addr)
{
	unsigned long chunk = addr / CHUNK, *slot = &known[chunk % KNOWN];

	if (likely(READ_ONCE(*slot) == chunk))
		return true;
	if (!look_up((unsigned long)shadow_of(addr)))
		return false;
	WRITE_ONCE(*slot, chunk);
	return true;
}

static __always_inline bool is_watched(unsigned long addr)
{
	return addr - PAGE_OFFSET < direct_size || addr - KERNEL_MAP < image_size ||
	       (addr - VMALLOC_START < VMALLOC_SIZE && has_shadow(addr));
}

/* As far as it is watched. */
static void set_shadow(unsigned long addr, size_t n, u8 value)
{
	for (size_t step; n; addr += step, n -= step) {
		step = min(n, CHUNK - addr % CHUNK);
		if (is_watched(addr))
			memset(shadow_of(addr), value, DIV_ROUND_UP(step, GRAIN));
	}
}

void kasan_poison(const void *p, size_t n, enum kasan_shadow why)
{
	set_shadow((unsigned long)p, n, (u8)why);
}

void kasan_unpoison(const void *p, size_t n)
{
	unsigned long rest = (unsigned long)p + n - n % GRAIN;

	set_shadow((unsigned long)p, n - n % GRAIN, 0);
	if (n % GRAIN && is_watched(rest))
		*shadow_of(rest) = n % GRAIN;
}

/* ---------------------------------------------------------------- vmalloc */

/* shadow_lock is held. */
static phys_addr_t shadow_page(void)
{
	phys_addr_t phys = pool;
	struct page *page;

	if (pool < pool_end) {
		pool += PAGE_SIZE;
		return phys;
	}
	page = alloc_page(__GFP_ZERO);
	return page ? page_to_phys(page) : 0;
}

static int make_shadow(unsigned long addr)
{
	unsigned long va = ALIGN_DOWN((unsigned long)shadow_of(addr), PAGE_SIZE);
	phys_addr_t phys;
	int error = 0;

	spin_lock(&shadow_lock);
	if (!has_shadow(addr)) {
		phys = shadow_page();
		error = phys ? map_page_range(&init_mm, va, phys, PAGE_SIZE, PAGE_KERNEL,
					      PG_LEVEL_4K) :
			       -ENOMEM;
	}
	spin_unlock(&shadow_lock);
	return error;
}

int kasan_watch(const void *p, size_t n)
{
	unsigned long start = ALIGN_DOWN((unsigned long)p, CHUNK);
	int error = 0;

	for (unsigned long addr = start; addr < (unsigned long)p + n && !error; addr += CHUNK)
		error = make_shadow(addr);
	return error;
}

int kasan_vmalloc(const void *p, size_t size)
{
	const void *last_page = p + ALIGN_DOWN(size, PAGE_SIZE);
	int error = size % PAGE_SIZE ? kasan_watch(last_page, PAGE_SIZE) : 0;

	if (size % PAGE_SIZE && !error) {
		kasan_poison(last_page, PAGE_SIZE, KASAN_VMALLOC_REDZONE);
		kasan_unpoison(last_page, size % PAGE_SIZE);
	}
	return error;
}

/* ---------------------------------------------------------------- quarantine */

void *kasan_hold(struct kasan_quarantine *q, unsigned int most, void *p)
{
	void *oldest = NULL;

	most = min(most, (unsigned int)KASAN_HELD);
	if (!most)
		return p;
	if (q->n == most)
		oldest = kasan_release(q);
	q->held[(q->first + q->n++) % KASAN_HELD] = p;
	return oldest;
}

void *kasan_release(struct kasan_quarantine *q)
{
	if (!q->n)
		return NULL;
	q->n--;
	return q->held[q->first++ % KASAN_HELD];
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

/* The compiler keeps whose variables they are in the lowest bytes of what lies around them. */
struct frame {
	unsigned long magic;
	const char *variables;
	const void *function;
};

static void describe_local(unsigned long addr, char *text)
{
	const struct frame *f = (const void *)ALIGN_DOWN(addr, GRAIN);
	unsigned int most = PAGE_SIZE / GRAIN;

	while (most-- && is_watched((unsigned long)f) && f->magic != FRAME_MAGIC)
		f = (const void *)((const char *)f - GRAIN);
	if (is_watched((unsigned long)f) && f->magic == FRAME_MAGIC)
		snprintf(text, TEXT_SIZE, "by a local variable of %pS", f->function);
	else
		snprintf(text, TEXT_SIZE, "by a local variable");
}

static bool is_local(u8 why)
{
	return why == KASAN_STACK_LEFT || why == KASAN_STACK_MID || why == KASAN_STACK_RIGHT ||
	       why == KASAN_STACK_SCOPE;
}

static void describe(unsigned long addr, u8 why, char *text)
{
	const struct slab *s = addr - PAGE_OFFSET < direct_size ? slab_of((void *)addr) : NULL;

	if (why == KASAN_GLOBAL_REDZONE) {
		snprintf(text, TEXT_SIZE, "behind %pS", (void *)addr);
	} else if (is_local(why)) {
		describe_local(addr, text);
	} else if (why == KASAN_VMALLOC_REDZONE) {
		snprintf(text, TEXT_SIZE, "behind what was asked for of an area");
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
	case KASAN_VMALLOC_REDZONE:
		return "vmalloc-out-of-bounds";
	case KASAN_STACK_LEFT:
	case KASAN_STACK_MID:
	case KASAN_STACK_RIGHT:
		return "stack-out-of-bounds";
	case KASAN_STACK_SCOPE:
		return "stack-use-after-scope";
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

/* Of a large local variable, as its scope ends and begins. */
void __asan_poison_stack_memory(const void *p, size_t n);
void __asan_poison_stack_memory(const void *p, size_t n)
{
	kasan_poison(p, n, KASAN_STACK_SCOPE);
}

void __asan_unpoison_stack_memory(const void *p, size_t n);
void __asan_unpoison_stack_memory(const void *p, size_t n)
{
	kasan_unpoison(p, n);
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

extern u64 early_top_pgt[]; /* mm/early_pgtable.asm */

static u64 early_pud[PTRS_PER_TABLE] __aligned(PAGE_SIZE);
static u64 early_pmd[PTRS_PER_TABLE] __aligned(PAGE_SIZE);
static u64 early_pte[sizeof(image_shadow) / PAGE_SIZE] __aligned(PAGE_SIZE);

_Static_assert(sizeof(image_shadow) % PMD_SIZE == 0, "its early tables are whole");

void __init kasan_early_init(void)
{
	unsigned long va = (unsigned long)shadow_of(KERNEL_MAP);
	u64 *pmd = &early_pmd[entry_index(va, PG_LEVEL_2M)];

	for (unsigned int i = 0; i < ARRAY_SIZE(early_pte); i++)
		early_pte[i] = (__pa(image_shadow) + i * PAGE_SIZE) | pgprot_val(PAGE_KERNEL);
	for (unsigned int i = 0; i < ARRAY_SIZE(early_pte) / PTRS_PER_TABLE; i++)
		pmd[i] = __pa(early_pte + i * PTRS_PER_TABLE) | _KERNPG_TABLE;
	early_pud[entry_index(va, PG_LEVEL_1G)] = __pa(early_pmd) | _KERNPG_TABLE;
	early_top_pgt[entry_index(va, TOP_LEVEL)] = __pa(early_pud) | _KERNPG_TABLE;
	image_size = IMAGE_SIZE;
}

static void __init map_shadow(unsigned long addr, phys_addr_t phys, size_t size)
{
	if (map_page_range(&init_mm, (unsigned long)shadow_of(addr), phys, size, PAGE_KERNEL,
			   PG_LEVEL_2M))
		panic("kasan: no memory for page tables");
}

void __init kasan_map_image(void)
{
	map_shadow(KERNEL_MAP, __pa(image_shadow), sizeof(image_shadow));
}

/* Of zeros: all may be touched. */
static phys_addr_t __init new_shadow(size_t size, size_t align)
{
	phys_addr_t phys = memblock_phys_alloc_range(size, align, 0, direct_map_end);

	if (!phys)
		panic("kasan: no memory for %zu MiB of shadow", size >> 20);
	memset(__va(phys), 0, size);
	return phys;
}

void __init kasan_init(void)
{
	unsigned long end = ALIGN(min(memblock_end_of_ram(), direct_map_end), CHUNK);
	size_t size = end / GRAIN, pool_size = ALIGN(end / 64, PAGE_SIZE);

	map_shadow(PAGE_OFFSET, new_shadow(size, PMD_SIZE), size);
	pool = new_shadow(pool_size, PAGE_SIZE);
	pool_end = pool + pool_size;
	direct_size = end;
	for (void (*const *init)(void) = __init_array_start; init < __init_array_end; init++)
		(*init)();
	pr_info("KASAN: %lu MiB of shadow\n", (size + pool_size + sizeof(image_shadow)) >> 20);
}
#endif
