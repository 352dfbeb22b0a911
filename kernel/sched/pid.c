// SPDX-License-Identifier: MIT
/*
 * The table behind the numbers: pages of slots, each made when its first number is given out, and
 * kept.  A slot is free while nobody uses its number.
 */
#include "kernel/sched/pid.h"

#include "kernel/core/spinlock.h"
#include "kernel/lib/errno.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"

struct pid_slot {
	struct task_struct *task; /* NULL: it is over, or there is none */
	u32 uses;		  /* by the thread, by groups and sessions */
	bool attached;		  /* the thread is found */
	struct list_head group;	  /* tasklist_lock; empty while there are no uses */
};

#define SLOTS (PAGE_SIZE / sizeof(struct pid_slot))

static DEFINE_SPINLOCK(pid_lock);
static struct pid_slot *slots[PID_MAX / SLOTS];
static pid_t last_pid;
static u64 nr_given;
static LIST_HEAD(no_group);

static struct pid_slot *slot_of(pid_t nr)
{
	struct pid_slot *page;

	if (nr < 0 || nr >= PID_MAX)
		return NULL;
	page = READ_ONCE(slots[(unsigned long)nr / SLOTS]);
	return page ? &page[(unsigned long)nr % SLOTS] : NULL;
}

/* The number after the last one that is nobody's: its page may not be there.  0: none.  Locked. */
static pid_t next_free(void)
{
	pid_t nr = last_pid;

	for (int tried = 0; tried < PID_MAX; tried++) {
		struct pid_slot *slot;

		nr = nr + 1 < PID_MAX ? nr + 1 : RESERVED_PIDS;
		slot = slot_of(nr);
		if (!slot || !slot->uses)
			return nr;
	}
	return 0;
}

static int add_page(pid_t nr)
{
	struct pid_slot *page = kzalloc(PAGE_SIZE, GFP_KERNEL);
	struct pid_slot *none = NULL;

	if (!page)
		return -ENOMEM;
	page[0].uses = nr < (pid_t)SLOTS; /* 0 is no thread's, but pid 1's first group */
	for (size_t i = 0; i < SLOTS; i++)
		INIT_LIST_HEAD(&page[i].group);
	if (!__atomic_compare_exchange_n(&slots[(unsigned long)nr / SLOTS], &none, page, false,
					 __ATOMIC_RELEASE, __ATOMIC_RELAXED))
		kfree(page);
	return 0;
}

int alloc_pid(struct task_struct *t)
{
	for (;;) {
		struct pid_slot *slot;
		unsigned long flags;
		pid_t nr;

		spin_lock_irqsave(&pid_lock, flags);
		nr = next_free();
		slot = slot_of(nr);
		if (slot) {
			slot->task = t;
			slot->uses = 1;
			t->pid = (u32)nr;
			last_pid = nr;
			nr_given++;
		}
		spin_unlock_irqrestore(&pid_lock, flags);
		if (slot)
			return 0;
		if (!nr)
			return -EAGAIN;
		if (add_page(nr))
			return -ENOMEM;
	}
}

pid_t last_pid_given(void)
{
	return READ_ONCE(last_pid);
}

u64 pids_given(void)
{
	return READ_ONCE(nr_given);
}

void attach_pid(struct task_struct *t)
{
	unsigned long flags;

	spin_lock_irqsave(&pid_lock, flags);
	slot_of((pid_t)t->pid)->attached = true;
	spin_unlock_irqrestore(&pid_lock, flags);
}

void detach_pid(struct task_struct *t)
{
	struct pid_slot *slot = slot_of((pid_t)t->pid);
	unsigned long flags;

	spin_lock_irqsave(&pid_lock, flags);
	if (slot && slot->task == t) {
		slot->task = NULL;
		slot->attached = false;
		slot->uses--;
	}
	spin_unlock_irqrestore(&pid_lock, flags);
}

void exchange_pids(struct task_struct *a, struct task_struct *b)
{
	unsigned long flags;
	u32 nr = a->pid;

	spin_lock_irqsave(&pid_lock, flags);
	a->pid = b->pid;
	b->pid = nr;
	slot_of((pid_t)a->pid)->task = a;
	slot_of((pid_t)b->pid)->task = b;
	spin_unlock_irqrestore(&pid_lock, flags);
}

static void count_use(pid_t nr, int more)
{
	struct pid_slot *slot = slot_of(nr);
	unsigned long flags;

	spin_lock_irqsave(&pid_lock, flags);
	BUG_ON(!slot || !slot->uses);
	slot->uses += (u32)more;
	spin_unlock_irqrestore(&pid_lock, flags);
}

void hold_pid(pid_t nr)
{
	count_use(nr, 1);
}

void release_pid(pid_t nr)
{
	count_use(nr, -1);
}

struct task_struct *find_get_task_by_vpid(pid_t nr)
{
	struct pid_slot *slot = slot_of(nr);
	struct task_struct *t = NULL;
	unsigned long flags;

	if (!slot)
		return NULL;
	spin_lock_irqsave(&pid_lock, flags);
	if (slot->attached && try_get_task_struct(slot->task))
		t = slot->task;
	spin_unlock_irqrestore(&pid_lock, flags);
	return t;
}

struct task_struct *find_get_task_from(pid_t *nr)
{
	for (pid_t i = max(*nr, 1); i < PID_MAX; i++) {
		struct task_struct *t;

		if (!slot_of(i)) {
			i = (pid_t)(ALIGN((unsigned long)i + 1, SLOTS) - 1);
			continue;
		}
		t = find_get_task_by_vpid(i);
		if (t) {
			*nr = i;
			return t;
		}
	}
	return NULL;
}

struct list_head *pid_group(pid_t nr)
{
	struct pid_slot *slot = slot_of(nr);

	return slot ? &slot->group : &no_group;
}
