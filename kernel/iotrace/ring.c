// SPDX-License-Identifier: MIT
/*
 * See the header.
 *
 * An entry's `number` is 0 while it is written, and one more than the access's when it is whole: so
 * who reads it sees whether he has read one and the same.
 */
#include "kernel/iotrace/ring.h"

#include "kernel/cpu/barrier.h"
#include "kernel/lib/errno.h"
#include "mm/vmalloc.h"

struct entry {
	u64 number;
	struct iotrace_access access;
};

static struct entry *ring;
static u64 next;  /* the number of the next access */
static u64 first; /* that counts */

int iotrace_ring_init(void)
{
	if (!ring)
		ring = vzalloc(IOTRACE_RING * sizeof(*ring));
	return ring ? 0 : -ENOMEM;
}

void iotrace_ring_begin(void)
{
	WRITE_ONCE(first, READ_ONCE(next));
}

static struct entry *entry_of_number(u64 number)
{
	return &ring[number % IOTRACE_RING];
}

void iotrace_note(const struct iotrace_access *access)
{
	u64 number = __atomic_fetch_add(&next, 1, __ATOMIC_RELAXED);
	struct entry *e = entry_of_number(number);

	WRITE_ONCE(e->number, 0);
	smp_wmb();
	e->access = *access;
	smp_store_release(&e->number, number + 1);
}

/* The oldest number that can still be there. */
static u64 oldest(void)
{
	u64 end = READ_ONCE(next), begin = READ_ONCE(first);

	return end - begin > IOTRACE_RING ? end - IOTRACE_RING : begin;
}

static bool take(u64 number, struct iotrace_access *access)
{
	const struct entry *e = entry_of_number(number);

	if (smp_load_acquire(&e->number) != number + 1)
		return false;
	*access = e->access;
	smp_rmb();
	return READ_ONCE(e->number) == number + 1;
}

bool iotrace_next(u64 *at, struct iotrace_access *access)
{
	for (u64 number = max(*at, oldest()); ring && number < READ_ONCE(next); number++) {
		*at = number + 1;
		if (take(number, access))
			return true;
	}
	return false;
}

u64 iotrace_overwritten(void)
{
	return oldest() - READ_ONCE(first);
}
