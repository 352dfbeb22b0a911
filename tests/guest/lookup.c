// SPDX-License-Identifier: MIT
/* Looking up addresses without a lock, while the tables on the way to them come and go. */
#include "kernel/lib/errno.h"
#include "kernel/sched/kthread.h"
#include "mm/page_alloc.h"
#include "mm/pgtable.h"
#include "mm/set_memory.h"
#include "mm/views.h"
#include "tests/guest/guest_test.h"

static unsigned long looks, wrong_looks;

static int look_up(void *va)
{
	phys_addr_t pa;

	while (!kthread_should_stop()) {
		if (virt_to_phys_walk((unsigned long)va, &pa) || pa != __pa(va))
			WRITE_ONCE(wrong_looks, wrong_looks + 1);
		WRITE_ONCE(looks, looks + 1);
		if (looks % 64 == 0)
			yield();
	}
	return 0;
}

/* Its neighbours in a large page come and go, and with them the table that leads to it. */
GUEST_TEST(tlb, lookups_while_pages_are_split_and_joined)
{
	unsigned long block = __get_free_pages(GFP_KERNEL, 1), rounds = 0;
	struct task_struct *t;

	ASSERT(block);
	looks = wrong_looks = 0;
	t = kthread_run(look_up, (void *)block, "looks up");
	ASSERT(!IS_ERR(t));
	while (rounds++ < 100 || (READ_ONCE(looks) < 1000 && rounds < 100000)) {
		EXPECT_EQ(set_memory_ro(block + PAGE_SIZE, 1), 0);
		EXPECT_EQ(set_memory_rw(block + PAGE_SIZE, 1), 0);
		join_waiting_views();
		yield();
	}
	kthread_stop(t);
	EXPECT(looks > 0);
	EXPECT_EQ(wrong_looks, 0);
	free_pages(block, 1);
}
