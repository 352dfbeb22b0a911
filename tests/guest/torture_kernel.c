// SPDX-License-Identifier: MIT
/* Torture of the register, of printk, and of calls to other CPUs. */
#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/core/smp.h"
#include "kernel/lib/string.h"
#include "tests/guest/torture.h"

/* ---- claims ---- */

#define CLAIM_UNITS 16 /* of what all share: so few that they meet often */

struct claim {
	struct resource *root;
	resource_size_t start, size;
};

struct wanted {
	const struct claim *claim;
	const char *name;
};

static bool is_ours(const struct resource *res, void *arg)
{
	const struct wanted *w = arg;

	return res->name == w->name && res->start == w->claim->start &&
	       resource_size(res) == w->claim->size && (res->flags & IORESOURCE_BUSY);
}

static bool is_in_register(const struct torturer *t, const struct claim *c)
{
	struct wanted w = { c, t->name };

	return resource_walk(c->root, c->start, c->start + c->size - 1, is_ours, &w);
}

/* A place of our own is to be had; of what all share it may be somebody's. */
static bool claim(struct torturer *t, struct claim *c, bool own)
{
	struct resource *res = __request_region(c->root, c->start, c->size, t->name, 0);

	HOLDS(t, res || !own);
	return res;
}

static void claim_look(struct torturer *t, void *h)
{
	HOLDS(t, is_in_register(t, h));
}

static void claim_drop(struct torturer *t, void *h)
{
	struct claim *c = h;

	HOLDS(t, is_in_register(t, c));
	__release_region(c->root, c->start, c->size);
}

static bool region_take(struct torturer *t, void *h)
{
	bool own = torture_below(t, 2);
	phys_addr_t bus = own ? torture_bus(t, BUS_REGION) : torture_shared_bus(BUS_REGION);
	struct claim *c = h;

	if (!bus)
		return false;
	c->root = &iomem_resource;
	c->start = bus + PAGE_SIZE * torture_below(t, CLAIM_UNITS);
	c->size = PAGE_SIZE * (1 + torture_below(t, 4));
	return claim(t, c, own);
}

const struct torture_op torture_region = {
	.name = "region",
	.size = sizeof(struct claim),
	.take = region_take,
	.look = claim_look,
	.drop = claim_drop,
};

#define PORTS_START 0xe000 /* above what firmware gives to devices; a claim there says so */

static bool ports_take(struct torturer *t, void *h)
{
	struct claim *c = h;

	c->root = &ioport_resource;
	c->start = PORTS_START + 4 * torture_below(t, CLAIM_UNITS);
	c->size = 4 * (1 + torture_below(t, 4));
	return claim(t, c, false);
}

const struct torture_op torture_ports = {
	.name = "ports",
	.size = sizeof(struct claim),
	.take = ports_take,
	.look = claim_look,
	.drop = claim_drop,
};

/* ---- printk ---- */

/* Into the ring alone: what is written there is looked at when all have come to rest. */
static bool printk_take(struct torturer *t, void *h)
{
	(void)h;
	if (torture_below(t, 4) == 0) {
		printk(KERN_DEBUG "%s: step", t->name);
		printk(KERN_CONT " %lu of %s\n", t->steps, t->name);
	} else {
		printk(KERN_DEBUG "%s: step %lu%.*s\n", t->name, t->steps,
		       (int)torture_below(t, 40), " and so on, with more or less to be said");
	}
	return false;
}

const struct torture_op torture_printk = {
	.name = "printk",
	.take = printk_take,
};

/* ---- calls ---- */

/* Each CPU that is online runs it once, and has done so when the call returns. */
struct roll {
	u64 answered[CPUMASK_WORDS]; /* by number */
	unsigned int twice;
};

static void answer(void *roll)
{
	unsigned int cpu = smp_processor_id();
	u64 bit = BIT_ULL(cpu % 64);
	struct roll *r = roll;

	if (__atomic_fetch_or(&r->answered[cpu / 64], bit, __ATOMIC_RELAXED) & bit)
		__atomic_add_fetch(&r->twice, 1, __ATOMIC_RELAXED);
}

static bool call_take(struct torturer *t, void *h)
{
	struct roll r = { .twice = 0 };
	unsigned int cpu = torture_cpu(t);
	struct cpumask some = cpumask_of_cpu(cpu);

	(void)h;
	switch (torture_below(t, 3)) {
	case 0:
		on_each_cpu(answer, &r, true);
		HOLDS(t, memcmp(r.answered, cpu_online_mask.bits, sizeof(r.answered)) == 0);
		break;
	case 1:
		cpumask_set_cpu(torture_cpu(t), &some);
		on_each_cpu_mask(&some, answer, &r, true);
		HOLDS(t, memcmp(r.answered, some.bits, sizeof(r.answered)) == 0);
		break;
	default:
		HOLDS(t, smp_call_function_single(cpu, answer, &r, true) == 0);
		HOLDS(t, memcmp(r.answered, some.bits, sizeof(r.answered)) == 0);
	}
	HOLDS(t, r.twice == 0);
	return false;
}

const struct torture_op torture_call = {
	.name = "call",
	.take = call_take,
	.waits = true,
};
