/* SPDX-License-Identifier: MIT */
/*
 * The torture suite: many at the same time take, look at and give back whatever can be had.
 *
 *   torturer   a thread that does that; it has a random seed of its own, so that what it
 *              does can be done again
 *   op         a kind of thing, and how it is taken, looked at and given back
 *   holding    one such thing that a torturer has
 *
 * A step is one op on one of the torturer's holdings, at random: it takes what is not there,
 * and of what is there it looks whether it is as it was left, and then keeps it or gives
 * it back.  At the end all is given back, and the account has to be what it was: see
 * tests/guest/torture.c.
 */
#ifndef TESTS_GUEST_TORTURE_H
#define TESTS_GUEST_TORTURE_H

#include "kernel/lib/compiler.h"
#include "mm/layout.h"

#define MOST_TORTURERS	 16
#define HOLDINGS	 4	     /* of each op and torturer */
#define HOLDING_BYTES	 384	     /* the largest */
#define TORTURE_BUS_SIZE (4UL << 20) /* of the bus, for each holding that needs some */

struct task_struct;

struct torturer {
	unsigned int id;
	struct task_struct *task;
	u64 seed, random; /* what it began with, and where it is */
	unsigned long steps;
	char name[16];		     /* "torture/3": it names what it claims */
	const struct torture_op *op; /* that is at work */
	unsigned int holding;	     /* and on which */
};

struct torture_op {
	const char *name;
	size_t size; /* bytes of a holding, HOLDING_BYTES at most */
	bool waits;  /* for other CPUs: it is done less often, as all stand still meanwhile */
	/* Get one; `h` is zeroed.  False: there is none to be had now. */
	bool (*take)(struct torturer *t, void *h);
	/* It is as it was left.  It may be changed. */
	void (*look)(struct torturer *t, void *h);
	/* It is as it was left, and goes back. */
	void (*drop)(struct torturer *t, void *h);
};

/* tests/guest/torture_memory.c, torture_map.c, torture_kernel.c, torture_irq.c, torture_sched.c, torture_time.c */
extern const struct torture_op torture_pages, torture_kmalloc, torture_cache, torture_handoff,
	torture_percpu;
extern const struct torture_op torture_vmalloc, torture_vmap, torture_ioremap, torture_memremap,
	torture_set_memory, torture_kmap;
extern const struct torture_op torture_region, torture_ports, torture_irq, torture_printk,
	torture_call;
extern const struct torture_op torture_thread, torture_mutex, torture_timer, torture_work,
	torture_work_on_cpu, torture_rwsem;

/* Of what is shared by all torturers nothing is left: called when they have come to rest. */
void torture_handoff_empty(void);

/*
 * TORTURE_BUS_SIZE bytes of the bus that nobody has: this holding's own, or such that all
 * share; 0 where there are none.
 */
enum torture_bus { BUS_IOREMAP, BUS_MEMREMAP, BUS_REGION, NR_BUSES };
phys_addr_t torture_bus(const struct torturer *t, enum torture_bus which);
phys_addr_t torture_shared_bus(enum torture_bus which);

/* The next random number; and one below n, which is not 0. */
u64 torture_random(struct torturer *t);
static inline u64 torture_below(struct torturer *t, u64 n)
{
	return torture_random(t) % n;
}

/* Fill, and look at, memory with what follows from `tag`: false where it is anything else. */
void torture_fill(void *p, size_t size, u64 tag);
bool torture_is_filled(const void *p, size_t size, u64 tag);
bool torture_is_zero(const void *p, size_t size);

/* A CPU that is online; it may be this one. */
unsigned int torture_cpu(struct torturer *t);

/*
 * What some CPU reads at p, 8 bytes; false where that faults there.  Whatever it has seen at that
 * address before, it must see what is there now.
 */
bool torture_read_elsewhere(struct torturer *t, const void *p, u64 *value);
/* The same of torture_fill()'s memory, now and then: the word that holds offset `at` of `size` bytes. */
bool torture_filled_elsewhere(struct torturer *t, const void *p, size_t size, u64 tag, size_t at);
/* It can be written there, or cannot: `value` is what is there. */
bool torture_writable_elsewhere(struct torturer *t, unsigned long va, u64 value);

/* A finding: the first ones are kept and told at the end, and everybody stops. */
void torture_found(struct torturer *t, const char *file, int line, const char *what);

/* True where `cond` holds; else that is a finding. */
#define HOLDS(t, cond)                                                 \
	({                                                             \
		bool _holds = !!(cond);                                \
		if (!_holds)                                           \
			torture_found((t), __FILE__, __LINE__, #cond); \
		_holds;                                                \
	})

#endif
