// SPDX-License-Identifier: MIT
/*
 * The torture suite's ground: who takes part, how long, and the account afterwards.
 *
 *   selftest torture [SECONDS [SEED [OP]...]]
 *
 * There are more torturers than CPUs, each of them a thread.  All numbers that decide what one
 * does come from one seed, which is said at the beginning: with the same seed (0: one is
 * chosen) each does the same steps again, though not at the same times.  Named ops are tortured
 * alone, to find out who is to blame.
 *
 * The account (tests/guest/torture_account.h) is taken before anybody has begun and after all
 * have come to rest, and must be the same.
 */
#include "tests/guest/torture.h"

#include "kernel/core/command.h"
#include "kernel/core/cpumask.h"
#include "kernel/core/panic.h"
#include "kernel/core/smp.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/monitor/monitor.h"
#include "kernel/sched/kthread.h"
#include "kernel/sched/timeout.h"
#include "kernel/time/time.h"
#include "kernel/trap/nofault.h"
#include "mm/vmalloc.h"
#include "tests/guest/guest_test.h"
#include "tests/guest/hole.h"
#include "tests/guest/torture_account.h"

#define DEFAULT_MSEC  300 /* among other suites */
#define LEAST_MEMORY  (16UL << 20)
#define MOST_FINDINGS 8
#define LOOK_MSEC     20 /* whether it is over */

static const struct torture_op *const all_ops[] = {
	&torture_pages,	   &torture_kmalloc, &torture_cache,	   &torture_handoff,
	&torture_percpu,   &torture_vmalloc, &torture_vmap,	   &torture_ioremap,
	&torture_memremap, &torture_kmap,    &torture_set_memory,  &torture_region,
	&torture_ports,	   &torture_irq,     &torture_printk,	   &torture_thread,
	&torture_mutex,	   &torture_work,    &torture_work_on_cpu, &torture_rwsem,
	&torture_timer,	   &torture_call,
};

/* Those that take part in this run. */
static const struct torture_op *ops[ARRAY_SIZE(all_ops)];
static unsigned int nr_ops;

/* How often each was taken, by all: that it was at all is no small thing. */
static unsigned long takes[ARRAY_SIZE(all_ops)];

struct holding {
	bool taken;
	u8 what[HOLDING_BYTES] __aligned(8);
};

struct holdings {
	struct holding of[ARRAY_SIZE(all_ops)][HOLDINGS];
};

static struct torturer torturers[MOST_TORTURERS];
static unsigned int nr_torturers;
static struct holdings *holdings; /* nr_torturers */
static phys_addr_t bus;		  /* PUD_SIZE, or 0 */
static bool over;		  /* each comes to rest now */

/* ---------------------------------------------------------------- random numbers, and patterns */

/* Xorshift with a multiplication (Vigna, "An experimental exploration of Marsaglia's xorshift"). */
static u64 next_random(u64 *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dULL;
}

u64 torture_random(struct torturer *t)
{
	return next_random(&t->random) >> 16; /* the upper ones are the better ones */
}

/* The bytes of a counter that begins with `tag`, a word each; the last word may be cut. */
void torture_fill(void *p, size_t size, u64 tag)
{
	size_t i;

	for (i = 0; i + sizeof(tag) <= size; i += sizeof(tag), tag++)
		memcpy(p + i, &tag, sizeof(tag));
	memcpy(p + i, &tag, size - i);
}

bool torture_is_filled(const void *p, size_t size, u64 tag)
{
	size_t i;

	for (i = 0; i + sizeof(tag) <= size; i += sizeof(tag), tag++)
		if (memcmp(p + i, &tag, sizeof(tag)) != 0)
			return false;
	return memcmp(p + i, &tag, size - i) == 0;
}

bool torture_is_zero(const void *p, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (((const u8 *)p)[i])
			return false;
	return true;
}

phys_addr_t torture_bus(const struct torturer *t, enum torture_bus which)
{
	unsigned long place = (t->id * HOLDINGS + t->holding) * NR_BUSES + which;

	return bus ? bus + place * TORTURE_BUS_SIZE : 0;
}

phys_addr_t torture_shared_bus(enum torture_bus which)
{
	return bus ? bus + (MOST_TORTURERS * HOLDINGS * NR_BUSES + which) * TORTURE_BUS_SIZE : 0;
}

_Static_assert((MOST_TORTURERS * HOLDINGS + 1) * NR_BUSES * TORTURE_BUS_SIZE <= PUD_SIZE,
	       "all places are in the hole that is looked for");

/* ---------------------------------------------------------------- other CPUs */

unsigned int torture_cpu(struct torturer *t)
{
	unsigned int nth = (unsigned int)torture_below(t, num_online_cpus());
	unsigned int cpu = cpumask_first(&cpu_online_mask);

	while (nth--)
		cpu = cpumask_next(cpu, &cpu_online_mask);
	return cpu;
}

struct glance {
	unsigned long va;
	u64 value;
	int err;
};

static void read_there(void *glance)
{
	struct glance *g = glance;

	g->err = nofault_read(g->va, 8, &g->value, NULL);
}

static void write_there(void *glance)
{
	struct glance *g = glance;

	g->err = nofault_write(g->va, 8, g->value, NULL);
}

static bool glance(struct torturer *t, smp_call_func_t func, struct glance *g)
{
	return HOLDS(t, smp_call_function_single(torture_cpu(t), func, g, true) == 0) && !g->err;
}

bool torture_read_elsewhere(struct torturer *t, const void *p, u64 *value)
{
	struct glance g = { .va = (unsigned long)p };
	bool read = glance(t, read_there, &g);

	*value = g.value;
	return read;
}

bool torture_writable_elsewhere(struct torturer *t, unsigned long va, u64 value)
{
	struct glance g = { .va = va, .value = value };

	return glance(t, write_there, &g);
}

bool torture_filled_elsewhere(struct torturer *t, const void *p, size_t size, u64 tag, size_t at)
{
	u64 value;

	at = ALIGN_DOWN(at, sizeof(value));
	if (at + sizeof(value) > size || torture_below(t, 4))
		return true;
	return torture_read_elsewhere(t, p + at, &value) && value == tag + at / sizeof(value);
}

/* ---------------------------------------------------------------- findings */

static struct finding {
	const char *torturer, *op, *file, *what;
	unsigned long step;
	int line;
} findings[MOST_FINDINGS];
static unsigned int nr_findings;

void torture_found(struct torturer *t, const char *file, int line, const char *what)
{
	unsigned int n = __atomic_fetch_add(&nr_findings, 1, __ATOMIC_RELAXED);

	if (n < MOST_FINDINGS)
		findings[n] = (struct finding){ t->name, t->op->name, file, what, t->steps, line };
}

static void tell_findings(void)
{
	for (unsigned int i = 0; i < min(nr_findings, (unsigned int)MOST_FINDINGS); i++)
		guest_fail(findings[i].file, findings[i].line, "%s, step %lu, %s: needed %s",
			   findings[i].torturer, findings[i].step, findings[i].op,
			   findings[i].what);
	if (nr_findings > MOST_FINDINGS)
		guest_fail(__FILE__, __LINE__, "and %u more", nr_findings - MOST_FINDINGS);
}

/* ---------------------------------------------------------------- steps */

static void drop(struct torturer *t, const struct torture_op *op, struct holding *h)
{
	op->drop(t, h->what);
	h->taken = false;
}

static unsigned int choose_op(struct torturer *t)
{
	unsigned int n = (unsigned int)torture_below(t, nr_ops);

	if (ops[n]->waits && torture_below(t, 4))
		n = (unsigned int)torture_below(t, nr_ops);
	return n;
}

static void step(struct torturer *t)
{
	unsigned int n = choose_op(t);
	const struct torture_op *op = ops[n];
	struct holding *h;

	t->op = op;
	t->holding = (unsigned int)torture_below(t, HOLDINGS);
	t->steps++;
	h = &holdings[t->id].of[n][t->holding];
	if (!h->taken) {
		memset(h->what, 0, sizeof(h->what));
		h->taken = op->take(t, h->what);
		if (h->taken)
			__atomic_fetch_add(&takes[n], 1, __ATOMIC_RELAXED);
	} else if (torture_below(t, 2)) {
		op->look(t, h->what);
	} else {
		drop(t, op, h);
	}
}

static void drop_all(struct torturer *t)
{
	for (unsigned int n = 0; n < nr_ops; n++) {
		for (unsigned int i = 0; i < HOLDINGS; i++) {
			t->op = ops[n];
			t->holding = i;
			if (holdings[t->id].of[n][i].taken)
				drop(t, ops[n], &holdings[t->id].of[n][i]);
		}
	}
}

/* Until all are over; then it gives all back, and waits to be stopped. */
static int torturer(void *arg)
{
	struct torturer *t = arg;

	while (!READ_ONCE(over)) {
		step(t);
		if (torture_below(t, 8) == 0)
			yield();
	}
	drop_all(t);
	for (;;) {
		set_current_state(TASK_IDLE);
		if (kthread_should_stop())
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

/* ---------------------------------------------------------------- a run */

/* False, said, where one of the named ops is none. */
static bool choose_ops(void)
{
	const char *name;

	nr_ops = 0;
	for (unsigned int arg = 2; (name = guest_argument(arg)); arg++) {
		unsigned int i = 0;

		while (i < ARRAY_SIZE(all_ops) && strcmp(all_ops[i]->name, name) != 0)
			i++;
		if (i == ARRAY_SIZE(all_ops) || nr_ops == ARRAY_SIZE(ops)) {
			guest_fail(__FILE__, __LINE__, "there is no op %s", name);
			return false;
		}
		ops[nr_ops++] = all_ops[i];
	}
	for (unsigned int i = 0; !guest_argument(2) && i < ARRAY_SIZE(all_ops); i++)
		ops[nr_ops++] = all_ops[i];
	return true;
}

static void seed_torturers(u64 seed)
{
	for (unsigned int i = 0; i < nr_torturers; i++) {
		struct torturer *t = &torturers[i];

		*t = (struct torturer){ .id = i, .seed = next_random(&seed) | 1 };
		t->random = t->seed;
		snprintf(t->name, sizeof(t->name), "torture/%u", i);
	}
}

static void start_torturers(void)
{
	WRITE_ONCE(over, false);
	for (unsigned int i = 0; i < nr_torturers; i++) {
		struct task_struct *task = kthread_run(torturer, &torturers[i], torturers[i].name);

		torturers[i].task = IS_ERR(task) ? NULL : task;
		EXPECT(torturers[i].task);
	}
}

static void stop_torturers(void)
{
	WRITE_ONCE(over, true);
	for (unsigned int i = 0; i < nr_torturers; i++)
		if (torturers[i].task)
			kthread_stop(torturers[i].task);
}

static void run(u64 msec)
{
	u64 start = ktime_get(), end = start + msec * NSEC_PER_MSEC, now;

	start_torturers();
	while ((now = ktime_get()) < end && !READ_ONCE(nr_findings) && !command_interrupted()) {
		monitor_progress("torture: %lu/%lu s", (u64)((now - start) / NSEC_PER_SEC),
				 msec / 1000);
		msleep(LOOK_MSEC);
	}
	stop_torturers();
}

static unsigned long count_steps(void)
{
	unsigned long steps = 0;

	for (unsigned int i = 0; i < nr_torturers; i++)
		steps += torturers[i].steps;
	return steps;
}

static void torture(u64 msec, u64 seed)
{
	unsigned int warns = warn_count();
	struct account then, now;

	guest_say("torture: seed %#lx, %u torturers, %u ops, %lu ms", seed, nr_torturers, nr_ops,
		  msec);
	nr_findings = 0;
	memset(takes, 0, sizeof(takes));
	seed_torturers(seed);
	bus = find_hole(PUD_SIZE);
	then = torture_take_account();
	run(msec);
	torture_handoff_empty();
	torture_wait_for_threads(then.threads);
	now = torture_take_account();
	tell_findings();
	torture_compare_accounts(&now, &then);
	EXPECT_EQ(warn_count(), warns);
	torture_check_stamps();
	guest_say("torture: %lu steps", count_steps());
	for (unsigned int n = 0; n < nr_ops; n++)
		if (ops[n]->look)
			guest_say("torture: %s: %lu", ops[n]->name, takes[n]);
}

GUEST_TEST(torture, all)
{
	const char *seconds = guest_argument(0), *given = guest_argument(1);
	u64 seed = given ? simple_strtoull(given, NULL, 0) : 0;

	NEED_MEMORY(LEAST_MEMORY);
	if (!choose_ops())
		return;
	nr_torturers = min(2 * num_online_cpus() + 1, (unsigned int)MOST_TORTURERS);
	holdings = vzalloc(nr_torturers * sizeof(*holdings));
	ASSERT(holdings);
	torture(seconds ? simple_strtoull(seconds, NULL, 10) * 1000 : DEFAULT_MSEC,
		(seed ?: rdtsc_ordered()) | 1);
	vfree(holdings);
}
