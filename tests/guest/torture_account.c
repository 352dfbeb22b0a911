// SPDX-License-Identifier: MIT
/*
 * The torture suite's account: what there was to be had before and after, and what was said
 * meanwhile.
 *
 * Pages that the slab allocator keeps for its descriptors, and tables that stay, are not lost:
 * they are counted as such, and the three together may not change.
 */
#include "tests/guest/torture_account.h"

#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/irq/irq.h"
#include "kernel/lib/string.h"
#include "kernel/sched/sched.h"
#include "kernel/time/time.h"
#include "mm/highmem.h"
#include "mm/memtype.h"
#include "mm/user/tables.h"
#include "mm/vmalloc.h"
#include "mm/vmstat.h"
#include "tests/guest/guest_test.h"
#include "tests/vm_areas.h"

static bool count_resource(const struct resource *res, void *arg)
{
	(void)res;
	++*(u64 *)arg;
	return false;
}

static u64 count_resources(void)
{
	u64 n = 0;

	resource_walk(&iomem_resource, 0, ~0ULL, count_resource, &n);
	resource_walk(&ioport_resource, 0, ~0ULL, count_resource, &n);
	return n;
}

static u64 count_irqs(void)
{
	u64 n = 0;

	for (int irq = 0; irq < NR_IRQS; irq++)
		n += irq_get_data(irq) != NULL;
	return n;
}

static u64 pages_given_out(void)
{
	u64 n = 0;

	for (enum vm_stat_item zone = PGALLOC_DMA; zone <= PGALLOC_HIGH; zone++)
		n += global_page_state(zone);
	return n - global_page_state(PGFREE);
}

static bool count_task(struct task_struct *t, void *n)
{
	(void)t;
	++*(u64 *)n;
	return true;
}

static u64 count_threads(void)
{
	u64 n = 0;

	for_each_task(count_task, &n);
	return n;
}

static bool say_task(struct task_struct *t, void *unused)
{
	(void)unused;
	guest_say("torture: there is %s, %d", t->comm, t->pid);
	return true;
}

/* Who has been stopped has still to leave its stack; a CPU of an emulator may stand for long. */
void torture_wait_for_threads(u64 n)
{
	u64 end = ktime_get() + 10 * NSEC_PER_SEC;

	while (count_threads() > n && ktime_get() < end)
		yield();
}

struct account torture_take_account(void)
{
	free_spare_threads();
	free_spare_tables();
	vm_unmap_aliases();
	kmem_cache_shrink_all();
	return (struct account){
		.pages = nr_free_pages() + global_page_state(NR_SLAB_UNRECLAIMABLE) +
			 global_page_state(NR_PAGETABLE),
		.handed = pages_given_out() - global_page_state(NR_SLAB_UNRECLAIMABLE) -
			  global_page_state(NR_PAGETABLE),
		.objects = nr_slab_objects(),
		.areas = nr_vm_areas(),
		.kmaps = nr_kmaps(),
		.memtypes = nr_memtypes(),
		.ram_memtypes = nr_ram_memtypes(),
		.resources = count_resources(),
		.irqs = count_irqs(),
		.threads = count_threads(),
		.pinned = global_page_state(NR_FOLL_PIN_ACQUIRED) -
			  global_page_state(NR_FOLL_PIN_RELEASED),
		.vmalloc_pages = global_page_state(NR_VMALLOC),
		.vmap_pages = global_page_state(NR_VMAP),
		.ioremap_pages = global_page_state(NR_IOREMAP),
	};
}

void torture_compare_accounts(const struct account *now, const struct account *then)
{
	EXPECT_EQ(now->pages, then->pages);
	EXPECT_EQ(now->handed, then->handed);
	EXPECT_EQ(now->objects, then->objects);
	EXPECT_EQ(now->areas, then->areas);
	EXPECT_EQ(now->kmaps, then->kmaps);
	EXPECT_EQ(now->memtypes, then->memtypes);
	EXPECT_EQ(now->ram_memtypes, then->ram_memtypes);
	EXPECT_EQ(now->resources, then->resources);
	EXPECT_EQ(now->irqs, then->irqs);
	if (now->threads != then->threads)
		for_each_task(say_task, NULL);
	EXPECT_EQ(now->threads, then->threads);
	EXPECT_EQ(now->pinned, then->pinned);
	EXPECT_EQ(now->vmalloc_pages, then->vmalloc_pages);
	EXPECT_EQ(now->vmap_pages, then->vmap_pages);
	EXPECT_EQ(now->ioremap_pages, then->ioremap_pages);
}

/* ---- what the ring holds ---- */

/* The stamps in front of its lines: "[    1.234567] ". */
struct stamps {
	struct sink sink;
	u64 last;
	unsigned int backwards;
};

static void read_stamp(struct sink *sink, const char *s, size_t n)
{
	struct stamps *stamps = container_of(sink, struct stamps, sink);
	char *end;
	u64 usec;

	if (n < 15 || s[0] != '[' || s[n - 2] != ']')
		return;
	for (s++; *s == ' '; s++)
		;
	usec = simple_strtoull(s, &end, 10) * 1000000;
	if (*end != '.')
		return;
	usec += simple_strtoull(end + 1, &end, 10);
	stamps->backwards += usec < stamps->last;
	stamps->last = usec;
}

/* Messages lie in the ring in the order of their times, whichever CPU they are from. */
void torture_check_stamps(void)
{
	struct stamps stamps = { .sink.write = read_stamp };

	dmesg_dump(&stamps.sink);
	EXPECT(stamps.last);
	EXPECT_EQ(stamps.backwards, 0);
}
