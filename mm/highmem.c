// SPDX-License-Identifier: MIT
/*
 * High memory: where the direct map ends, and the slots beyond it.
 *
 *   depth     of a CPU: as many of its slots are in use, up to the highest that is mapped; they
 *             are a stack
 *   slot      a page of the fixmap; setting one is a store, no table is allocated
 *
 * The slots in use are a thread's, which has them taken along (kmap_local_sched_out()), and on top
 * those of an interrupt that came upon it.  A change is made with preemption off.  An interrupt that
 * maps a page pushes onto what it interrupted and has popped again when that goes on, so the
 * stack needs neither a lock nor interrupts off: what says how high it is, is one word, and is the
 * same afterwards.
 *
 * kmap()'s slots are found by page in a hash table of as many chains: a page
 * that is mapped already only counts up.
 *
 * On a 64-bit machine the direct map has room for all RAM, and highmem= is a way to
 * have pages without an address on purpose: code that reaches into a page without
 * asking for its address first breaks here, and not on somebody's 32-bit machine.
 */
#include "mm/highmem.h"
#include "kernel/core/cmdline.h"
#include "kernel/core/fault_inject.h"
#include "kernel/core/panic.h"
#include "kernel/core/preempt.h"
#include "kernel/core/printk.h"
#include "kernel/core/spinlock.h"
#include "kernel/cpu/cpu.h"
#include "mm/memblock.h"
#include "mm/vmstat.h"

#define LEAST_LOW_MEMORY (32UL << 20) /* the image, its tables, slabs; a WARN's worth more */

phys_addr_t direct_map_end = PAGE_OFFSET_SIZE;

void __init highmem_init(void)
{
	const unsigned long unit = PAGE_SIZE * MAX_BLOCK_PAGES;
	char text[32], *end;
	u64 size;

	if (cmdline_get("highmem", 0, text, sizeof(text)) < 0)
		return;
	size = memparse(text, &end);
	if (end == text || *end || size == ~0ULL) {
		pr_err("highmem=%s is no size\n", text);
		return;
	}
	if (size < LEAST_LOW_MEMORY) {
		pr_warn("highmem=%s leaves too little: %lu MiB stay low\n", text,
			LEAST_LOW_MEMORY >> 20);
		size = LEAST_LOW_MEMORY;
	}
	/* A block of pages lies in one zone. */
	direct_map_end = min((u64)ALIGN_DOWN(size, unit), (u64)PAGE_OFFSET_SIZE);
	if (direct_map_end < memblock_end_of_ram())
		pr_info("HighMem: RAM from %pa on is out of the direct map\n", &direct_map_end);
}

/* ---- slots of a CPU ---- */

DEFINE_PER_CPU(struct kmap_ctrl, kmap_ctrl);

static enum fixed_addresses local_slot(unsigned int i)
{
	return FIX_KMAP_BEGIN + raw_smp_processor_id() * KM_MAX_IDX + i;
}

static unsigned int depth_of(u32 mapped)
{
	return mapped ? ilog2(mapped) + 1 : 0;
}

/* Map the next slot of this CPU; NULL where there is none.  Preemption is off. */
static void *push_slot(unsigned long pfn, pgprot_t prot, unsigned long caller)
{
	struct kmap_ctrl *ctrl = &per_cpu(kmap_ctrl, smp_processor_id());
	u32 mapped = READ_ONCE(ctrl->mapped);
	unsigned int i = depth_of(mapped);

	if (WARN(i == KM_MAX_IDX,
		 "kmap_local: all %u slots of CPU %u are in use, the last by %pS; "
		 "pfn %#lx is wanted by %pS\n",
		 KM_MAX_IDX, smp_processor_id(), (void *)ctrl->caller[i - 1], pfn, (void *)caller))
		return NULL;
	WRITE_ONCE(ctrl->mapped, mapped | 1U << i); /* first: an interrupt takes the next */
	barrier();
	ctrl->caller[i] = caller;
	ctrl->phys[i] = PFN_PHYS(pfn);
	ctrl->prot[i] = prot;
	__set_fixmap(local_slot(i), PFN_PHYS(pfn), prot);
	count_vm_event(KMAP_HIGH);
	return (void *)__fix_to_virt(local_slot(i));
}

noinline void *__kmap_local_pfn_prot(unsigned long pfn, pgprot_t prot)
{
	void *addr;

	preempt_disable();
	addr = push_slot(pfn, prot, _RET_IP_);
	preempt_enable();
	return addr;
}

/* The slot of this CPU at addr, or KM_MAX_IDX where it is none. */
static unsigned int local_index(unsigned long addr)
{
	unsigned long first = __fix_to_virt(local_slot(0));

	/* Indexes grow while addresses fall. */
	return min((first - (addr & PAGE_MASK)) >> PAGE_SHIFT, (unsigned long)KM_MAX_IDX);
}

/* Preemption is off. */
static void take_slot_out(unsigned long va, unsigned long caller)
{
	struct kmap_ctrl *ctrl = &per_cpu(kmap_ctrl, smp_processor_id());
	u32 mapped = READ_ONCE(ctrl->mapped);
	unsigned int i = local_index(va), last = depth_of(mapped) - 1;

	if (WARN(!(mapped >> i & 1), "kunmap_local of %p, which is not mapped, by %pS\n",
		 (void *)va, (void *)caller))
		return;
	clear_fixmap(local_slot(i));
	WARN(i != last, "kunmap_local of %p by %pS, while what %pS mapped after it still is\n",
	     (void *)va, (void *)caller, (void *)ctrl->caller[last]);
	barrier();
	WRITE_ONCE(ctrl->mapped, mapped & ~(1U << i));
}

noinline void kunmap_local(const void *addr)
{
	if (likely((unsigned long)addr < FIXADDR_START_LIMIT))
		return;
	preempt_disable();
	take_slot_out((unsigned long)addr, _RET_IP_);
	preempt_enable();
}

void kmap_local_sched_out(struct kmap_ctrl *saved)
{
	struct kmap_ctrl *ctrl = &per_cpu(kmap_ctrl, smp_processor_id());

	*saved = *ctrl;
	ctrl->mapped = 0;
	for (unsigned int i = 0; i < KM_MAX_IDX; i++)
		if (saved->mapped >> i & 1)
			clear_fixmap(local_slot(i));
}

void kmap_local_sched_in(struct kmap_ctrl *saved)
{
	struct kmap_ctrl *ctrl = &per_cpu(kmap_ctrl, smp_processor_id());

	*ctrl = *saved;
	saved->mapped = 0;
	for (unsigned int i = 0; i < KM_MAX_IDX; i++)
		if (ctrl->mapped >> i & 1)
			__set_fixmap(local_slot(i), ctrl->phys[i], ctrl->prot[i]);
}

/* ---- slots for all CPUs ---- */

struct pkmap {
	struct list_head link; /* among the pages of its chain, while they can be found */
	struct page *page;
	unsigned int count; /* of kmap()s; the last one's stays until the slot is free */
	unsigned long caller;
};

static DEFINE_SPINLOCK(kmap_lock); /* all below */
static struct pkmap pkmaps[LAST_PKMAP];
static struct list_head chains[LAST_PKMAP];
static unsigned int nr_used;

static struct list_head *chain_of(const struct page *page)
{
	struct list_head *chain = &chains[page_to_pfn(page) % LAST_PKMAP];

	if (!chain->next)
		INIT_LIST_HEAD(chain);
	return chain;
}

static void *slot_address(const struct pkmap *slot)
{
	return (void *)__fix_to_virt(FIX_PKMAP_BEGIN + (slot - pkmaps));
}

static struct pkmap *find_pkmap(const struct page *page)
{
	struct list_head *chain = chain_of(page);
	struct pkmap *slot;

	list_for_each_entry(slot, chain, link)
		if (slot->page == page)
			return slot;
	return NULL;
}

/* A slot that is free is made the page's; NULL: there is none. */
static struct pkmap *take_pkmap(struct page *page, unsigned long caller)
{
	struct pkmap *slot = pkmaps;

	if (nr_used == LAST_PKMAP || should_fail(FAULT_KMAP, caller))
		return NULL;
	while (slot->count)
		slot++;
	nr_used++;
	slot->page = page;
	slot->caller = caller;
	list_add(&slot->link, chain_of(page));
	set_fixmap(FIX_PKMAP_BEGIN + (slot - pkmaps), page_to_phys(page));
	count_vm_event(KMAP_HIGH);
	return slot;
}

noinline void *kmap(struct page *page)
{
	unsigned long flags, caller = _RET_IP_;
	struct pkmap *slot;

	if (!PageHighMem(page))
		return lowmem_page_address(page);
	spin_lock_irqsave(&kmap_lock, flags);
	slot = find_pkmap(page);
	if (!slot)
		slot = take_pkmap(page, caller);
	if (slot)
		slot->count++;
	spin_unlock_irqrestore(&kmap_lock, flags);
	if (slot)
		return slot_address(slot);
	pr_err("kmap: no slot for page %#lx and %pS: %u of %u are in use, the first by %pS\n",
	       page_to_pfn(page), (void *)caller, nr_used, LAST_PKMAP, (void *)pkmaps[0].caller);
	return NULL;
}

/* The slot, which nobody finds any more, is free once no CPU knows its page. */
static void free_pkmap(struct pkmap *slot)
{
	unsigned long va = (unsigned long)slot_address(slot), flags;

	clear_fixmap(FIX_PKMAP_BEGIN + (slot - pkmaps));
	flush_tlb_kernel_range(va, va + PAGE_SIZE);
	spin_lock_irqsave(&kmap_lock, flags);
	slot->count = 0;
	nr_used--;
	spin_unlock_irqrestore(&kmap_lock, flags);
}

noinline void kunmap(struct page *page)
{
	unsigned long flags;
	struct pkmap *slot;
	bool last;

	if (!PageHighMem(page))
		return;
	spin_lock_irqsave(&kmap_lock, flags);
	slot = find_pkmap(page);
	last = slot && slot->count == 1;
	if (last)
		list_del_init(&slot->link);
	else if (slot)
		slot->count--;
	spin_unlock_irqrestore(&kmap_lock, flags);
	if (last)
		free_pkmap(slot);
	WARN(!slot, "kunmap of page %#lx, which is not mapped, by %pS\n", page_to_pfn(page),
	     (void *)_RET_IP_);
}

void *high_page_address(const struct page *page)
{
	struct pkmap *slot;
	unsigned long flags;

	spin_lock_irqsave(&kmap_lock, flags);
	slot = find_pkmap(page);
	spin_unlock_irqrestore(&kmap_lock, flags);
	return slot ? slot_address(slot) : NULL;
}

unsigned int nr_kmaps(void)
{
	return READ_ONCE(nr_used);
}

/* Without the locks: a look at what may change meanwhile, and lives for ever. */
void describe_kmap_slot(unsigned long slot, char *buf, size_t size)
{
	unsigned long local = slot - FIX_KMAP_BEGIN, shared = slot - FIX_PKMAP_BEGIN, caller;
	unsigned long cpu = local / KM_MAX_IDX, i = local % KM_MAX_IDX;
	bool is_local = slot <= FIX_KMAP_END, used;
	int n;

	if (is_local && cpu >= nr_cpu_ids) {
		snprintf(buf, size, "kmap_local slot %lu of CPU %lu, which is not there", i, cpu);
		return;
	}
	if (is_local) {
		const struct kmap_ctrl *ctrl = &per_cpu(kmap_ctrl, cpu);

		n = scnprintf(buf, size, "kmap_local slot %lu of CPU %lu, ", i, cpu);
		used = ctrl->mapped >> i & 1;
		caller = ctrl->caller[i];
	} else {
		n = scnprintf(buf, size, "kmap slot %lu, ", shared);
		used = pkmaps[shared].count;
		caller = pkmaps[shared].caller;
	}
	if (used)
		snprintf(buf + n, size - n, "for %pS", (void *)caller);
	else
		snprintf(buf + n, size - n, "free");
}
