// SPDX-License-Identifier: MIT
/*
 * High memory: slots nest, run out, and are given back in reverse; what was given
 * back faults; a page without an address is reached through each of the family.
 *
 * Slots can be tried on any page.  What needs a high page is skipped unless
 * highmem= made some.
 */
#include "mm/highmem.h"
#include "kernel/core/fault_inject.h"
#include "kernel/core/panic.h"
#include "kernel/core/percpu.h"
#include "kernel/core/smp.h"
#include "kernel/lib/errno.h"
#include "kernel/time/hrtimer.h"
#include "kernel/time/time.h"
#include "kernel/trap/nofault.h"
#include "mm/vmalloc.h"
#include "tests/guest/guest_test.h"

static bool readable(const void *p)
{
	u64 value;

	return nofault_read((unsigned long)p, 1, &value, NULL) == 0;
}

static struct page *alloc_highpage(void)
{
	struct page *page = alloc_page(__GFP_HIGHMEM);

	if (page && PageHighMem(page))
		return page;
	if (page)
		__free_page(page);
	guest_skip("no high memory: boot with highmem=64M");
	return NULL;
}

GUEST_TEST(highmem, slots_show_their_page)
{
	struct page *a = alloc_page(GFP_KERNEL), *b = alloc_page(GFP_KERNEL);
	volatile u32 *va, *vb;

	ASSERT(a && b);
	va = kmap_local_pfn(page_to_pfn(a));
	vb = kmap_local_pfn(page_to_pfn(b));
	ASSERT(va && vb && va != vb);
	va[3] = 0xa;
	vb[1023] = 0xb;
	EXPECT_EQ(((u32 *)page_address(a))[3], 0xa);
	EXPECT_EQ(((u32 *)page_address(b))[1023], 0xb);
	kunmap_local((void *)(vb + 1023)); /* any address in it will do */
	EXPECT(!readable((void *)vb));
	EXPECT_EQ(va[3], 0xa);
	kunmap_local((void *)va);
	EXPECT(!readable((void *)va));
	__free_page(a);
	__free_page(b);
}

GUEST_TEST_WARNS(highmem, slots_run_out_and_nest)
{
	struct page *page = alloc_page(GFP_KERNEL);
	unsigned int warns = warn_count();
	void *va[KM_MAX_IDX];

	ASSERT(page);
	for (unsigned int i = 0; i < KM_MAX_IDX; i++) {
		va[i] = kmap_local_pfn(page_to_pfn(page));
		ASSERT(va[i]);
		for (unsigned int j = 0; j < i; j++)
			EXPECT(va[i] != va[j]);
	}
	EXPECT_EQ(warn_count(), warns);
	EXPECT(!kmap_local_pfn(page_to_pfn(page)));
	EXPECT_EQ(warn_count(), ++warns);
	for (unsigned int i = KM_MAX_IDX; i-- > 0;) {
		EXPECT(readable(va[i]));
		kunmap_local(va[i]);
		EXPECT(!readable(va[i]));
	}
	EXPECT_EQ(warn_count(), warns);
	__free_page(page);
}

GUEST_TEST_WARNS(highmem, out_of_order_is_noticed_and_heals)
{
	unsigned long pfn = page_to_pfn(virt_to_page(_text));
	unsigned int warns = warn_count();
	void *a = kmap_local_pfn(pfn), *b = kmap_local_pfn(pfn), *c = kmap_local_pfn(pfn);

	ASSERT(a && b && c);
	kunmap_local(a);
	EXPECT_EQ(warn_count(), ++warns);
	EXPECT(!readable(a) && readable(b) && readable(c));
	kunmap_local(a); /* a second time */
	EXPECT_EQ(warn_count(), ++warns);
	kunmap_local(c);
	EXPECT_EQ(warn_count(), warns);
	kunmap_local(b); /* and the first with it */
	EXPECT_EQ(warn_count(), warns);
	EXPECT_EQ(kmap_local_pfn(pfn), a);
	kunmap_local(a);
	kunmap_local(a); /* nothing is mapped */
	EXPECT_EQ(warn_count(), ++warns);
	kunmap_local((void *)FIXADDR_START_LIMIT); /* no slot */
	EXPECT_EQ(warn_count(), ++warns);
}

static unsigned long mapped_in_interrupts;

static enum hrtimer_restart map_in_interrupt(struct hrtimer *timer)
{
	kunmap_local(kmap_local_pfn(page_to_pfn(virt_to_page(_text))));
	mapped_in_interrupts++;
	hrtimer_forward(timer, ktime_get(), 20 * NSEC_PER_USEC);
	return HRTIMER_RESTART;
}

/* An interrupt that maps a page may come between any two instructions of one who maps another. */
GUEST_TEST(highmem, interrupts_use_slots_in_the_middle)
{
	unsigned long pfn = page_to_pfn(virt_to_page(_text));
	unsigned int warns = warn_count();
	u64 until = ktime_get() + 10 * NSEC_PER_SEC;
	struct hrtimer timer;

	NEED_TIMERS();
	hrtimer_init(&timer, map_in_interrupt);
	mapped_in_interrupts = 0;
	preempt_disable(); /* the timer's CPU is this one */
	hrtimer_start(&timer, 20 * NSEC_PER_USEC, HRTIMER_MODE_REL);
	while (READ_ONCE(mapped_in_interrupts) < 2000 && ktime_get() < until &&
	       warn_count() == warns)
		for (unsigned int i = 0; i < 100; i++)
			kunmap_local(kmap_local_pfn(pfn));
	preempt_enable();
	hrtimer_cancel(&timer);
	EXPECT(mapped_in_interrupts > 100);
	EXPECT_EQ(warn_count(), warns);
	EXPECT(!kmap_local_in_use());
}

GUEST_TEST(highmem, low_pages_have_their_address)
{
	struct page *page = alloc_page(GFP_KERNEL);
	unsigned int kmaps = nr_kmaps();

	ASSERT(page);
	EXPECT(!PageHighMem(page));
	EXPECT_EQ(page_address(page), __va(page_to_phys(page)));
	EXPECT_EQ(kmap(page), page_address(page));
	EXPECT_EQ(nr_kmaps(), kmaps);
	kunmap(page);
	EXPECT_EQ(kmap_local_page(page), page_address(page));
	kunmap_local(page_address(page));
	__free_page(page);
}

GUEST_TEST(highmem, only_who_asks_gets_it)
{
	unsigned long high = nr_free_highpages();
	struct page *page;
	void *p;

	page = alloc_highpage();
	if (!page)
		return;
	EXPECT(!page_address(page));
	EXPECT(!readable(__va(page_to_phys(page)))); /* not in the direct map */
	EXPECT(nr_free_highpages() < high);
	__free_page(page);
	EXPECT_EQ(nr_free_highpages(), high);

	for (unsigned int order = 0; order < MAX_ORDER; order++) {
		page = alloc_pages(GFP_KERNEL, order);
		ASSERT(page);
		EXPECT(!PageHighMem(page) && !PageHighMem(page + (1UL << order) - 1));
		__free_pages(page, order);
	}
	p = kmalloc(100, GFP_KERNEL);
	ASSERT(p);
	EXPECT(!PageHighMem(virt_to_page(p)));
	kfree(p);
	p = kmalloc(3 * PAGE_SIZE, __GFP_HIGHMEM); /* who wants an address gets one */
	ASSERT(p);
	EXPECT(!PageHighMem(virt_to_page(p)));
	kfree(p);
	p = (void *)__get_free_pages(__GFP_HIGHMEM, 1);
	ASSERT(p);
	EXPECT(!PageHighMem(virt_to_page(p)));
	free_pages((unsigned long)p, 1);
	EXPECT_EQ(nr_free_highpages(), high);
}

GUEST_TEST_WARNS(highmem, kmap)
{
	struct page *page = alloc_highpage();
	unsigned int kmaps = nr_kmaps(), warns = warn_count();
	volatile u32 *va, *local;

	if (!page)
		return;
	va = kmap(page);
	ASSERT(va);
	EXPECT_EQ(page_address(page), va);
	EXPECT_EQ(kmap(page), va); /* the same until as many kunmap */
	EXPECT_EQ(nr_kmaps(), kmaps + 1);
	va[5] = 55;
	local = kmap_local_page(page);
	EXPECT(local != va);
	EXPECT_EQ(local[5], 55);
	kunmap_local((void *)local);
	kunmap(page);
	EXPECT_EQ(va[5], 55);
	kunmap(page);
	EXPECT(!page_address(page));
	EXPECT(!readable((void *)va));
	EXPECT_EQ(nr_kmaps(), kmaps);
	EXPECT_EQ(warn_count(), warns);
	kunmap(page);
	EXPECT_EQ(warn_count(), ++warns);
	__free_page(page);
}

struct stale {
	struct page *pages[2];
	u32 *va;
	u32 value;
};

static void read_slot(void *arg)
{
	struct stale *s = arg;

	s->value = *(volatile u32 *)s->va;
}

/* A slot that has another page now: no CPU reads the one of before. */
GUEST_TEST(highmem, kmap_is_forgotten_everywhere)
{
	struct stale s;

	NEED_CPUS(2);
	for (u32 i = 0; i < 2; i++) {
		s.pages[i] = alloc_highpage();
		if (!s.pages[i])
			return;
		s.va = kmap(s.pages[i]);
		*s.va = i;
		kunmap(s.pages[i]);
	}
	for (u32 i = 0; i < 8; i++) {
		s.va = kmap(s.pages[i % 2]);
		smp_call_function_single(other_cpu(), read_slot, &s, true);
		EXPECT_EQ(s.value, i % 2);
		kunmap(s.pages[i % 2]);
	}
	__free_page(s.pages[0]);
	__free_page(s.pages[1]);
}

GUEST_TEST(highmem, kmap_runs_out)
{
	static struct page *pages[LAST_PKMAP + 1];
	unsigned int kmaps = nr_kmaps();

	ASSERT(kmaps == 0);
	for (unsigned int i = 0; i <= LAST_PKMAP; i++) {
		pages[i] = alloc_highpage();
		if (!pages[i])
			return;
	}
	for (unsigned int i = 0; i < LAST_PKMAP; i++) {
		u32 *va = kmap(pages[i]);

		ASSERT(va);
		*va = i;
	}
	EXPECT(!kmap(pages[LAST_PKMAP]));
	EXPECT(kmap(pages[7])); /* is mapped: only counts */
	kunmap(pages[7]);
	for (unsigned int i = 0; i < LAST_PKMAP; i++) {
		EXPECT_EQ(*(u32 *)page_address(pages[i]), i);
		if (i % 2)
			kunmap(pages[i]);
	}
	EXPECT(kmap(pages[LAST_PKMAP]));
	kunmap(pages[LAST_PKMAP]);
	for (unsigned int i = 0; i < LAST_PKMAP; i += 2)
		kunmap(pages[i]);
	EXPECT_EQ(nr_kmaps(), 0);
	for (unsigned int i = 0; i <= LAST_PKMAP; i++)
		__free_page(pages[i]);
}

GUEST_TEST(highmem, zeroed_and_copied)
{
	struct page *from = alloc_highpage(), *to;
	u8 *va;

	if (!from)
		return;
	to = alloc_pages(__GFP_HIGHMEM | __GFP_ZERO, 1);
	ASSERT(to);
	va = kmap_local_page(to + 1);
	for (unsigned int i = 0; i < PAGE_SIZE; i += 64)
		EXPECT_EQ(va[i], 0);
	kunmap_local(va);
	va = kmap_local_page(from);
	memset(va, 0x77, PAGE_SIZE);
	kunmap_local(va);
	copy_highpage(to + 1, from);
	va = kmap_local_page(to + 1);
	EXPECT(va[0] == 0x77 && va[PAGE_SIZE - 1] == 0x77);
	kunmap_local(va);
	clear_highpage(to + 1);
	va = kmap_local_page(to + 1);
	EXPECT(va[0] == 0 && va[PAGE_SIZE - 1] == 0);
	kunmap_local(va);
	__free_page(from);
	__free_pages(to, 1);
}

/* vmalloc() takes what has no address of its own, and gives it one. */
GUEST_TEST(highmem, vmalloc_uses_it)
{
	unsigned long high = nr_free_highpages(), pages = (6UL << 20) / PAGE_SIZE;
	unsigned int *p;

	if (high < 2 * pages) {
		guest_skip("no high memory: boot with highmem=64M");
		return;
	}
	p = vzalloc(pages * PAGE_SIZE);
	ASSERT(p);
	EXPECT(nr_free_highpages() <= high - pages);
	for (unsigned long i = 0; i < pages; i++) {
		struct page *page = vmalloc_to_page((char *)p + i * PAGE_SIZE);
		u32 *local;

		ASSERT(page && PageHighMem(page));
		p[i * PAGE_SIZE / sizeof(*p)] += i;
		local = kmap_local_page(page);
		EXPECT_EQ(*local, i);
		kunmap_local(local);
	}
	vfree(p);
	EXPECT_EQ(nr_free_highpages(), high);
}
