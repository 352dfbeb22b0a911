// SPDX-License-Identifier: MIT
// sources: kernel/core/work.c
/*
 * Work: once each, in order, what is scheduled meanwhile the next time; what is cancelled
 * is not run, and who ran may be gone.
 */
#include "kernel/core/work.h"
#include "tests/host/test.h"

struct item {
	struct work_struct work;
	char letter;
	struct item *then, *drop; /* to schedule, to cancel */
	bool free;
};

static char ran[16];

static void run_item(struct work_struct *work)
{
	struct item *item = container_of(work, struct item, work);
	size_t len = strlen(ran);

	ran[len] = item->letter;
	ran[len + 1] = '\0';
	if (item->then)
		schedule_work(&item->then->work);
	if (item->drop)
		cancel_work(&item->drop->work);
	if (item->free)
		test_free(item);
}

static struct item make_item(char letter)
{
	return (struct item){ .work.func = run_item, .letter = letter };
}

TEST(once_and_in_order)
{
	struct item a = make_item('a'), b = make_item('b');

	ran[0] = '\0';
	run_pending_work();
	EXPECT(!work_is_pending());
	EXPECT(schedule_work(&a.work));
	EXPECT(schedule_work(&b.work));
	EXPECT(!schedule_work(&a.work));
	EXPECT(work_is_pending());
	run_pending_work();
	EXPECT_STR(ran, "ab");
	EXPECT(!work_is_pending());
	EXPECT(schedule_work(&a.work)); /* again */
	run_pending_work();
	EXPECT_STR(ran, "aba");
}

TEST(what_it_schedules_and_cancels)
{
	struct item a = make_item('a'), b = make_item('b'), c = make_item('c');

	ran[0] = '\0';
	a.then = &a; /* itself, for ever */
	b.then = &c;
	schedule_work(&a.work);
	schedule_work(&b.work);
	run_pending_work();
	EXPECT_STR(ran, "ab");
	b.drop = &a;
	schedule_work(&b.work); /* behind a, c */
	run_pending_work();
	EXPECT_STR(ran, "abacb");
	run_pending_work(); /* a was dropped */
	EXPECT_STR(ran, "abacbc");
	/* The last of the queue, then another behind it. */
	b.then = b.drop = NULL;
	schedule_work(&b.work);
	schedule_work(&c.work);
	cancel_work(&c.work);
	cancel_work(&c.work);
	a.then = NULL;
	schedule_work(&a.work);
	run_pending_work();
	EXPECT_STR(ran, "abacbcba");
}

TEST(frees_itself)
{
	struct item *item = test_alloc(sizeof(*item));

	ran[0] = '\0';
	*item = make_item('f');
	item->free = true;
	schedule_work(&item->work);
	run_pending_work();
	EXPECT_STR(ran, "f");
}
