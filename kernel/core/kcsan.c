// SPDX-License-Identifier: MIT
/*
 * Data races, said where they happen: in a build with KCSAN=1 alone.
 *
 *   plain access  one of C's own; the compiler calls us before each, but for those of local variables that
 *                 nobody else can know
 *   marked access READ_ONCE(), WRITE_ONCE() and the __atomic builtins: what is meant to meet others
 *   race          a plain access to bytes that somebody else accesses at that time, one of the two a write;
 *                 a marked one counts where it is a write and the plain one saw the value change
 *   watch         a plain access that is about to be made, in a table for all to see
 *
 * Of a CPU's plain accesses one of some hundred is watched: it is held back for DELAY ticks.  Whoever comes
 * to its bytes meanwhile, another CPU or an interrupt on this one, finds it in the table and leaves his
 * own place there.  The watcher says both, with the value before and after, once for a pair of functions.
 * What is said did happen; what is not said may happen all the same.
 *
 * Not seen: what is done in assembly (a lock's own word), and each CPU's own data, of which the compiler tells
 * us an address without the CPU's distance.  The Makefile names the files that are not looked at: strings'
 * functions, those that run in an NMI or while a debugger has the CPUs standing, and ourselves.
 *
 * The functions that the compiler calls are those of GCC's tsan.
 */
#ifdef CONFIG_KCSAN
#include "kernel/core/kcsan.h"

#include "kernel/core/ksyms.h"
#include "kernel/core/panic.h"
#include "kernel/core/percpu.h"
#include "kernel/core/preempt.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/time/time.h"

#define SKIP	   300	  /* accesses that are not watched: so many, to twice as many */
#define DELAY	   100000 /* ticks of the TSC: some 40 us */
#define NR_WATCHES 64
#define LINE	   64	 /* bytes that share a place in the table; no watch goes over its end */
#define OWN_STACK  16384 /* bytes above our frame: as a rule nobody else knows them */
#define PAIRS	   256

/* What a watch's word says where it is no access: those are of the upper half, and have bit 47. */
enum { FREE, MET, TOLD };

#define ACCESS_WRITE   BIT_ULL(63)
#define ACCESS_SIZE    48 /* the bit where it begins */
#define ACCESS_ADDRESS (BIT_ULL(ACCESS_SIZE) - 1)

struct side {
	unsigned long ip;
	size_t size;
	unsigned int cpu;
	bool write, marked;
};

static struct watch {
	u64 word;	   /* atomic: FREE, an access, MET by another, who is then TOLD */
	struct side other; /* his who met it, from TOLD to FREE the watcher's */
} watches[NR_WATCHES];

extern char __per_cpu_start[], __per_cpu_end[];

static bool on;
static DEFINE_PER_CPU(s32, skip); /* until the next watch */
static DEFINE_PER_CPU(bool, reporting);
static unsigned long pairs[PAIRS]; /* that were reported, by hash */

static struct watch *watch_of(unsigned long addr)
{
	return &watches[addr / LINE % NR_WATCHES];
}

/* ---------------------------------------------------------------- reports */

static unsigned long function_of(unsigned long ip)
{
	unsigned long offset;

	return ksym_lookup(ip, &offset, NULL) ? ip - offset : ip;
}

static bool is_news(const struct side *a, const struct side *b)
{
	unsigned long pair = function_of(a->ip) + function_of(b->ip);

	return __atomic_exchange_n(&pairs[pair % PAIRS], pair, __ATOMIC_RELAXED) != pair;
}

static const char *kind_of(const struct side *s)
{
	return s->marked ? "marked write" : s->write ? "write" : "read";
}

/* The write comes first.  What is called in here is not watched. */
static noinline void report(unsigned long addr, const struct side *a, const struct side *b,
			    u64 before, u64 after)
{
	unsigned long flags, caller = a->ip;

	if (!a->write) {
		const struct side *read = a;

		a = b;
		b = read;
	}
	flags = local_irq_save();
	this_cpu(reporting) = true;
	if (is_news(a, b))
		warn_slowpath(
			__FILE__, __LINE__, caller,
			"kcsan: %pS: %s of %zu bytes by %pS on CPU %u, %s of %zu by %pS on CPU %u: %#llx, then %#llx\n",
			(void *)addr, kind_of(a), a->size, (void *)a->ip, a->cpu, kind_of(b),
			b->size, (void *)b->ip, b->cpu, (unsigned long long)before,
			(unsigned long long)after);
	this_cpu(reporting) = false;
	local_irq_restore(flags);
}

/* ---------------------------------------------------------------- the watcher */

static bool can_be_watched(unsigned long addr, size_t size)
{
	return (long)addr < 0 && size <= sizeof(u64) && addr % LINE + size <= LINE &&
	       addr - (unsigned long)__builtin_frame_address(0) >= OWN_STACK &&
	       addr - (unsigned long)__per_cpu_start >= (size_t)(__per_cpu_end - __per_cpu_start);
}

static u64 value_at(unsigned long addr, size_t size)
{
	switch (size) {
	case 1:
		return *(volatile u8 *)addr;
	case 2:
		return *(volatile u16 *)addr;
	case 4:
		return *(volatile u32 *)addr;
	case 8:
		return *(volatile u64 *)addr;
	default:
		return 0;
	}
}

static void delay(void)
{
	for (u64 start = rdtsc(); rdtsc() - start < DELAY;)
		cpu_relax();
}

/* Give the watch back; true and who it was where somebody came. */
static bool was_met(struct watch *w, u64 mine, struct side *other)
{
	u64 seen = mine;

	if (__atomic_compare_exchange_n(&w->word, &seen, FREE, false, __ATOMIC_ACQUIRE,
					__ATOMIC_RELAXED))
		return false;
	while (__atomic_load_n(&w->word, __ATOMIC_ACQUIRE) != TOLD)
		cpu_relax();
	*other = w->other;
	__atomic_store_n(&w->word, FREE, __ATOMIC_RELEASE);
	return true;
}

/* The caller keeps its CPU, so that reports name it; interrupts go on as they are. */
static noinline void watch(unsigned long addr, const struct side *me)
{
	u64 mine = (addr & ACCESS_ADDRESS) | (u64)me->size << ACCESS_SIZE |
		   (me->write ? ACCESS_WRITE : 0);
	u64 free = FREE, before, after;
	struct watch *w = watch_of(addr);
	struct side other;

	if (!__atomic_compare_exchange_n(&w->word, &free, mine, false, __ATOMIC_ACQ_REL,
					 __ATOMIC_RELAXED))
		return;
	before = value_at(addr, me->size);
	delay();
	after = value_at(addr, me->size);
	if (was_met(w, mine, &other) && (!other.marked || before != after))
		report(addr, me, &other, before, after);
}

static noinline void take_turn(unsigned long addr, size_t size, bool write, unsigned long ip)
{
	struct side me = { ip, size, 0, write, false };

	if (!READ_ONCE(on) || this_cpu(reporting) || !can_be_watched(addr, size)) {
		this_cpu(skip) = 0; /* the next */
		return;
	}
	this_cpu(skip) = SKIP + (s32)(rdtsc() % SKIP);
	preempt_disable();
	me.cpu = raw_smp_processor_id();
	watch(addr, &me);
	preempt_enable();
}

/* ---------------------------------------------------------------- who comes meanwhile */

static bool meets(u64 word, unsigned long addr, size_t size, bool write)
{
	u64 start = word & ACCESS_ADDRESS, length = word >> ACCESS_SIZE & 0xff;

	addr &= ACCESS_ADDRESS;
	return word > TOLD && (write || word & ACCESS_WRITE) && addr < start + length &&
	       start < addr + size;
}

/* An interrupt of ours would keep the watcher waiting. */
static noinline void meet(struct watch *w, u64 word, const struct side *me)
{
	unsigned long flags = local_irq_save();

	if (__atomic_compare_exchange_n(&w->word, &word, MET, false, __ATOMIC_ACQUIRE,
					__ATOMIC_RELAXED)) {
		w->other = *me;
		w->other.cpu = raw_smp_processor_id();
		__atomic_store_n(&w->word, TOLD, __ATOMIC_RELEASE);
	}
	local_irq_restore(flags);
}

/* On the piece of an access in the line of `at`. */
static __always_inline void look(unsigned long addr, unsigned long at, size_t size, bool write,
				 bool marked, unsigned long ip)
{
	struct watch *w = watch_of(at);
	u64 word = __atomic_load_n(&w->word, __ATOMIC_RELAXED);

	if (unlikely(word) && meets(word, addr, size, write))
		meet(w, word, &(struct side){ ip, size, 0, write, marked });
}

static __always_inline void access(unsigned long addr, size_t size, bool write, unsigned long ip)
{
	look(addr, addr, size, write, false, ip);
	if (unlikely(--this_cpu(skip) < 0))
		take_turn(addr, size, write, ip);
}

/* A structure as a whole: it is not watched, but may come upon watches. */
static void access_range(unsigned long addr, size_t size, bool write, unsigned long ip)
{
	for (unsigned long at = ALIGN_DOWN(addr, LINE); at < addr + size; at += LINE)
		look(addr, at, size, write, false, ip);
}

/* ---------------------------------------------------------------- what the compiler calls */

#define PLAIN(kind, bytes, write)                      \
	void __tsan_##kind##bytes(unsigned long addr); \
	void __tsan_##kind##bytes(unsigned long addr)  \
	{                                              \
		access(addr, bytes, write, _RET_IP_);  \
	}
#define MARKED_READ(bytes)                                    \
	void __tsan_volatile_read##bytes(unsigned long addr); \
	void __tsan_volatile_read##bytes(unsigned long addr)  \
	{                                                     \
		(void)addr;                                   \
	}
#define MARKED_WRITE(bytes)                                    \
	void __tsan_volatile_write##bytes(unsigned long addr); \
	void __tsan_volatile_write##bytes(unsigned long addr)  \
	{                                                      \
		look(addr, addr, bytes, true, true, _RET_IP_); \
	}
#define ACCESSES(bytes)           \
	PLAIN(read, bytes, false) \
	PLAIN(write, bytes, true) \
	MARKED_READ(bytes)        \
	MARKED_WRITE(bytes)
ACCESSES(1)
ACCESSES(2)
ACCESSES(4)
ACCESSES(8)
ACCESSES(16)

void __tsan_read_range(unsigned long addr, size_t size);
void __tsan_read_range(unsigned long addr, size_t size)
{
	access_range(addr, size, false, _RET_IP_);
}

void __tsan_write_range(unsigned long addr, size_t size);
void __tsan_write_range(unsigned long addr, size_t size)
{
	access_range(addr, size, true, _RET_IP_);
}

/* From each file's constructor, which nobody calls. */
void __tsan_init(void);
void __tsan_init(void)
{
}

/* The builtins themselves, each in the strongest order. */
#define ATOMIC_RMW(bits, name)                                                              \
	u##bits __tsan_atomic##bits##_##name(u##bits *p, u##bits value, int order);         \
	u##bits __tsan_atomic##bits##_##name(u##bits *p, u##bits value, int order)          \
	{                                                                                   \
		(void)order;                                                                \
		look((unsigned long)p, (unsigned long)p, sizeof(*p), true, true, _RET_IP_); \
		return __atomic_##name(p, value, __ATOMIC_SEQ_CST);                         \
	}
#define ATOMIC_COMPARE_EXCHANGE(bits, strength, is_weak)                                          \
	bool __tsan_atomic##bits##_compare_exchange_##strength(                                   \
		u##bits *p, u##bits *expected, u##bits value, int order, int failure);            \
	bool __tsan_atomic##bits##_compare_exchange_##strength(                                   \
		u##bits *p, u##bits *expected, u##bits value, int order, int failure)             \
	{                                                                                         \
		(void)order, (void)failure;                                                       \
		look((unsigned long)p, (unsigned long)p, sizeof(*p), true, true, _RET_IP_);       \
		return __atomic_compare_exchange_n(p, expected, value, is_weak, __ATOMIC_SEQ_CST, \
						   __ATOMIC_SEQ_CST);                             \
	}
#define ATOMICS(bits)                                                                       \
	u##bits __tsan_atomic##bits##_load(const u##bits *p, int order);                    \
	u##bits __tsan_atomic##bits##_load(const u##bits *p, int order)                     \
	{                                                                                   \
		(void)order;                                                                \
		return __atomic_load_n(p, __ATOMIC_SEQ_CST);                                \
	}                                                                                   \
	void __tsan_atomic##bits##_store(u##bits *p, u##bits value, int order);             \
	void __tsan_atomic##bits##_store(u##bits *p, u##bits value, int order)              \
	{                                                                                   \
		(void)order;                                                                \
		look((unsigned long)p, (unsigned long)p, sizeof(*p), true, true, _RET_IP_); \
		__atomic_store_n(p, value, __ATOMIC_SEQ_CST);                               \
	}                                                                                   \
	u##bits __tsan_atomic##bits##_exchange(u##bits *p, u##bits v, int order);           \
	u##bits __tsan_atomic##bits##_exchange(u##bits *p, u##bits v, int order)            \
	{                                                                                   \
		(void)order;                                                                \
		look((unsigned long)p, (unsigned long)p, sizeof(*p), true, true, _RET_IP_); \
		return __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST);                         \
	}                                                                                   \
	ATOMIC_RMW(bits, fetch_add)                                                         \
	ATOMIC_RMW(bits, fetch_sub)                                                         \
	ATOMIC_RMW(bits, fetch_and)                                                         \
	ATOMIC_RMW(bits, fetch_or)                                                          \
	ATOMIC_RMW(bits, fetch_xor)                                                         \
	ATOMIC_COMPARE_EXCHANGE(bits, strong, false)                                        \
	ATOMIC_COMPARE_EXCHANGE(bits, weak, true)
ATOMICS(8)
ATOMICS(16)
ATOMICS(32)
ATOMICS(64)

void __tsan_atomic_thread_fence(int order);
void __tsan_atomic_thread_fence(int order)
{
	(void)order;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* ---------------------------------------------------------------- set-up */

void __init kcsan_init(void)
{
	WRITE_ONCE(on, true);
}
#endif
