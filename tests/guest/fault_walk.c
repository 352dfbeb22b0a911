// SPDX-License-Identifier: MIT
/*
 * Walking all ways in which an operation can fail for lack of memory.
 *
 * It is run with its first allocation failing, then its second, until none is left
 * to fail; then with all from the first on, from the second on, and so forth; for
 * each kind of allocation alone, for all together, and for each caller alone.  After each run the kernel
 * must be as before it: pages, objects, tables, areas, mappings and both trees of
 * the register.
 */
#include "tests/guest/fault_walk.h"
#include "kernel/core/fault_inject.h"
#include "kernel/core/panic.h"
#include "kernel/core/resource.h"
#include "kernel/lib/string.h"
#include "kernel/sched/task.h"
#include "mm/highmem.h"
#include "mm/views.h"
#include "mm/vmalloc.h"
#include "mm/vmstat.h"
#include "tests/guest/guest_test.h"
#include "tests/vm_areas.h"

#define MOST_CALLS   300 /* no operation here allocates as often */
#define MOST_CALLERS 64	 /* nor from so many places */

/* ---- what must be the same afterwards ---- */

struct snapshot {
	unsigned long pages;   /* in use, but not for slabs: these keep some */
	unsigned long objects; /* in slabs */
	unsigned long tables, areas, kmaps, pins, memtypes;
	u64 mappings, resources; /* checksums; of mappings, those of stacks left out */
	unsigned int warns;
};

/* FNV-1a. */
static u64 hash(u64 sum, const void *data, size_t n)
{
	const u8 *p = data;

	while (n--)
		sum = (sum ^ *p++) * 0x100000001b3ULL;
	return sum;
}

/* The same by words: the low bits, into which alone a product carries nothing, get the high ones. */
static u64 hash_word(u64 sum, u64 word)
{
	sum = (sum ^ word) * 0x100000001b3ULL;
	return sum ^ (sum >> 32);
}

/* Where threads have their stacks: as workers begin and end, these are now here, now there. */
static struct {
	unsigned long bottom[256];
	unsigned int n;
} stacks;

static bool note_stack(struct task_struct *t, void *arg)
{
	(void)arg;
	stacks.bottom[stacks.n++] = t->stack.bottom;
	return stacks.n < ARRAY_SIZE(stacks.bottom);
}

static bool is_in_stack(unsigned long va)
{
	unsigned int i = 0;

	while (i < stacks.n && va - stacks.bottom[i] >= THREAD_SIZE)
		i++;
	return i < stacks.n;
}

static void hash_mapping(unsigned long va, enum pg_level level, pte_t entry, void *arg)
{
	const u64 accessed = _PAGE_ACCESSED | _PAGE_DIRTY;
	bool of_area = va >= VMALLOC_START && va < VMALLOC_END; /* the direct map is long */
	u64 *sum = arg;

	if (of_area && is_in_stack(va))
		return;
	*sum = hash_word(*sum, va | level);
	*sum = hash_word(*sum, pte_val(entry) & ~accessed);
}

/* A root and all beneath it; no tree here is deeper than buses are. */
static u64 hash_resources(u64 sum, const struct resource *res)
{
	const struct resource *child;

	sum = hash_word(sum, res->start);
	sum = hash_word(sum, res->end);
	sum = hash_word(sum, res->flags);
	sum = hash(sum, res->name, strlen(res->name));
	for_each_resource_child(child, res)
		sum = hash_resources(sum, child);
	return hash_word(sum, 0);
}

static void take_snapshot(struct snapshot *s)
{
	struct page_counts c;

	vm_unmap_aliases();   /* areas that were given back are kept for a while, */
	join_waiting_views(); /* and so are large pages that were split */
	*s = (struct snapshot){ .warns = warn_count() };
	EXPECT(page_census(&c)); /* RAM = free + used + reserved, also in between */
	s->pages = c.used - global_page_state(NR_SLAB_UNRECLAIMABLE);
	s->objects = nr_slab_objects();
	s->tables = global_page_state(NR_PAGETABLE);
	s->areas = nr_vm_areas();
	s->kmaps = nr_kmaps();
	s->pins = c.pinned;
	s->memtypes = nr_memtypes() + nr_ram_memtypes();
	stacks.n = 0;
	for_each_task(note_stack, NULL);
	for_each_mapping(&init_mm, hash_mapping, &s->mappings);
	s->resources = hash_resources(hash_resources(0, &iomem_resource), &ioport_resource);
}

u64 state_of_memory(void)
{
	struct snapshot s;

	take_snapshot(&s);
	return hash(0, &s, offsetof(struct snapshot, warns) + sizeof(s.warns));
}

static const char *difference(const struct snapshot *a, const struct snapshot *b)
{
	return a->pages != b->pages	    ? "pages" :
	       a->objects != b->objects	    ? "objects" :
	       a->tables != b->tables	    ? "page tables" :
	       a->areas != b->areas	    ? "vm areas" :
	       a->kmaps != b->kmaps	    ? "kmaps" :
	       a->pins != b->pins	    ? "pins" :
	       a->memtypes != b->memtypes   ? "memory types" :
	       a->mappings != b->mappings   ? "mappings" :
	       a->resources != b->resources ? "the register" :
	       a->warns != b->warns	    ? "a WARN" :
					      NULL;
}

/* ---- the walk ---- */

struct outcome {
	unsigned long failed; /* calls */
	bool done;
	const char *what; /* differs afterwards */
};

/* As it was seen last: after one run is before the next. */
static struct snapshot now;

static struct outcome run_plan(operation_t op, const struct fault_plan *plan)
{
	const struct snapshot before = now;
	struct outcome run;

	fault_inject_arm(plan);
	run.done = op();
	run.failed = fault_inject_disarm();
	take_snapshot(&now);
	run.what = difference(&before, &now);
	if (run.what) {
		guest_settle(); /* a worker that could not be made for want of memory is now */
		take_snapshot(&now);
		run.what = difference(&before, &now);
	}
	return run;
}

/*
 * One run; true while some call was there to fail.  A worker may begin or end meanwhile: what is lost
 * is lost again.
 */
static bool run_once(const char *name, operation_t op, const struct fault_plan *plan)
{
	struct outcome run = run_plan(op, plan);

	for (unsigned int again = 0; run.what && again < 2; again++) {
		guest_settle();
		take_snapshot(&now);
		run = run_plan(op, plan);
	}
	if (run.what)
		guest_fail(__FILE__, __LINE__, "%s, sites %#x, call %lu%s: %s differ", name,
			   plan->sites, plan->nth, plan->onwards ? "+" : "", run.what);
	if (!run.failed && !run.done)
		guest_fail(__FILE__, __LINE__, "%s fails without a reason", name);
	return run.failed;
}

/* Each call of the plan alone, then all from each on: how many there are of it. */
static unsigned long walk_plan(const char *name, operation_t op, struct fault_plan plan)
{
	for (plan.nth = 1; plan.nth < MOST_CALLS && run_once(name, op, &plan); plan.nth++)
		;
	EXPECT(plan.nth < MOST_CALLS);
	plan.onwards = true;
	for (plan.nth = 1; plan.nth < MOST_CALLS && run_once(name, op, &plan); plan.nth++)
		;
	EXPECT(plan.nth < MOST_CALLS);
	return plan.nth - 1;
}

/* The callers that the operation's allocations have, `most` at most; how many. */
static unsigned int find_callers(const char *name, operation_t op, unsigned long *callers,
				 unsigned int most)
{
	struct fault_plan plan = { .sites = FAULT_ALL, .nth = 1 };
	unsigned int n = 0, i;

	for (; plan.nth < MOST_CALLS && run_once(name, op, &plan); plan.nth++) {
		for (i = 0; i < n && callers[i] != last_fault_caller; i++)
			;
		if (i < most)
			callers[i] = last_fault_caller;
		n = max(n, min(i + 1, most));
	}
	EXPECT(n < most);
	return n;
}

void fault_walk(const char *name, operation_t op)
{
	unsigned long callers[MOST_CALLERS];
	unsigned int n, again = 0;

	watch_faults();
	EXPECT(op() && op()); /* slabs and lists now keep what they keep */
	take_snapshot(&now);
	for (unsigned int site = 0; site < NR_FAULT_SITES; site++)
		walk_plan(name, op, (struct fault_plan){ .sites = BIT(site) });
	if (!walk_plan(name, op, (struct fault_plan){ .sites = FAULT_ALL }))
		guest_fail(__FILE__, __LINE__, "%s makes no call that could fail", name);
	n = find_callers(name, op, callers, ARRAY_SIZE(callers));
	for (unsigned int i = 0; i < n; i++) {
		const struct fault_plan plan = {
			.sites = FAULT_ALL,
			.start = callers[i],
			.end = callers[i] + 1,
		};

		again += walk_plan(name, op, plan) != 0;
	}
	/* Not all: whether a large page has to be split hangs on which pages are given. */
	if (!again)
		guest_fail(__FILE__, __LINE__, "%s: no caller makes its call again", name);
}
