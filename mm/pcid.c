// SPDX-License-Identifier: MIT
#include "mm/pcid.h"

#include "kernel/core/smp.h"
#include "mm/mm.h"
#include "mm/pgtable_internal.h"

#define SLOTS	    6		/* of a CPU: as many as Linux keeps */
#define CR3_NOFLUSH BIT_ULL(63) /* what has the identifier is kept (SDM 3A, 4.10.4.1) */
#define UNKNOWN	    (~0ULL)	/* no count is that high */

/* Each CPU's own, touched by it alone with interrupts off. */
static struct pcid_slots {
	struct {
		u64 owner;   /* a root's number; 0: nobody's */
		u64 flushes; /* that were over when it was left */
	} slot[SLOTS];
	unsigned int next; /* to be given to a newcomer */
} __aligned(64) slots_of[NR_CPUS];

u64 pcid_new_owner(void)
{
	static u64 owners;

	return __atomic_add_fetch(&owners, 1, __ATOMIC_RELAXED);
}

static unsigned int find_slot(const struct pcid_slots *s, u64 owner)
{
	unsigned int i = 0;

	while (i < SLOTS && s->slot[i].owner != owner)
		i++;
	return i;
}

u64 pcid_enter(const struct mm *mm)
{
	struct pcid_slots *s = &slots_of[smp_processor_id()];
	u64 begun = __atomic_load_n(&mm->flushes_begun, __ATOMIC_SEQ_CST);
	unsigned int i;

	if (mm == &init_mm)
		return root_of(mm) | CR3_NOFLUSH;
	i = find_slot(s, mm->pcid_owner);
	if (i < SLOTS && s->slot[i].flushes == begun)
		return root_of(mm) | (i + 1) | CR3_NOFLUSH;
	if (i == SLOTS)
		i = s->next++ % SLOTS;
	s->slot[i].owner = mm->pcid_owner;
	return root_of(mm) | (i + 1);
}

/* What is over is looked at first: if that many had begun by then, none is on its way here. */
void pcid_leave(const struct mm *mm)
{
	struct pcid_slots *s = &slots_of[smp_processor_id()];
	unsigned int i;
	u64 over = __atomic_load_n(&mm->flushes_over, __ATOMIC_SEQ_CST);
	u64 begun = __atomic_load_n(&mm->flushes_begun, __ATOMIC_SEQ_CST);

	if (mm == &init_mm)
		return;
	i = find_slot(s, mm->pcid_owner);
	if (i < SLOTS)
		s->slot[i].flushes = over == begun ? begun : UNKNOWN;
}

void pcid_flush_begins(struct mm *mm)
{
	__atomic_add_fetch(&mm->flushes_begun, 1, __ATOMIC_SEQ_CST);
}

void pcid_flush_is_over(struct mm *mm)
{
	__atomic_add_fetch(&mm->flushes_over, 1, __ATOMIC_SEQ_CST);
}
