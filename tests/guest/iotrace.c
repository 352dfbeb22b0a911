// SPDX-License-Identifier: MIT
/*
 * Traced mappings: of a display's frame buffer, which holds what is written.  A second mapping, which is
 * not traced, tells what arrived.
 */
#include "kernel/iotrace/iotrace.h"
#include "drivers/pci/pci.h"
#include "kernel/core/fault_inject.h"
#include "kernel/core/smp.h"
#include "kernel/core/spinlock.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/sched/kthread.h"
#include "kernel/sched/sched.h"
#include "kernel/time/time.h"
#include "kernel/trap/debugger.h"
#include "kernel/trap/traps.h"
#include "mm/io.h"
#include "mm/iomap.h"
#include "mm/ioremap.h"
#include "mm/vmalloc.h"
#include "tests/guest/fault_walk.h"
#include "tests/guest/guest_test.h"

#define DISPLAY_CLASS 0x03
#define NEED_BYTES    (2 * PMD_SIZE)

/* Of the first display; 0, and the test is marked as skipped, where there is none. */
static phys_addr_t frame_buffer(void)
{
	const struct pci_dev *dev;

	for_each_pci_dev(dev)
		if (dev->class >> 16 == DISPLAY_CLASS && pci_resource_len(dev, 0) >= NEED_BYTES)
			return pci_resource_start(dev, 0);
	guest_skip("no display with a frame buffer");
	return 0;
}

static unsigned long address_of(const volatile void __iomem *p)
{
	return (unsigned long)(__force const volatile void *)p;
}

/* Two mappings of `size` bytes of it, the first one traced. */
struct pair {
	phys_addr_t phys;
	void __iomem *traced, *plain;
	u64 at; /* of the ring: what was looked at */
};

static bool map_pair(struct pair *p, unsigned long size)
{
	p->phys = frame_buffer();
	if (!p->phys)
		return false;
	p->at = 0;
	p->traced = ioremap(p->phys, size);
	p->plain = ioremap(p->phys, size);
	EXPECT(p->traced && p->plain);
	EXPECT_EQ(iotrace_on(address_of(p->traced)), 0);
	return true;
}

static void unmap_pair(struct pair *p)
{
	EXPECT_EQ(iotrace_off(address_of(p->traced)), 0);
	iounmap(p->traced);
	iounmap(p->plain);
}

/* The next access that was noted is this one, made by code in [from, from + 1 KiB). */
static void expect_access(struct pair *p, const void *from, bool write, u8 width,
			  unsigned long offset, u64 value)
{
	struct iotrace_access a = { .ns = 0 };

	ASSERT(iotrace_next(&p->at, &a));
	EXPECT_EQ(a.write, write);
	EXPECT_EQ(a.width, width);
	EXPECT_EQ(a.phys, p->phys + offset);
	EXPECT_EQ(a.value, value);
	EXPECT_EQ(a.cpu, raw_smp_processor_id());
	EXPECT(a.ns && a.ns <= ktime_get());
	EXPECT(a.caller - (unsigned long)from < 1024);
}

static void expect_no_more(struct pair *p)
{
	struct iotrace_access a;

	EXPECT(!iotrace_next(&p->at, &a));
}

static noinline void make_each_access(void __iomem *p)
{
	writeb(0x11, p);
	writew(0x3322, p + 2);
	writel(0x77665544, p + 4);
	writeq(0xffeeddccbbaa9988, p + 8);
	writel_relaxed(0x01020304, p + 16);
	EXPECT_EQ(readb(p + 3), 0x33);
	EXPECT_EQ(readw(p + 2), 0x3322);
	EXPECT_EQ(readl(p + 8), 0xbbaa9988);
	EXPECT_EQ(readq(p + 8), 0xffeeddccbbaa9988);
	EXPECT_EQ(readw_relaxed(p + 16), 0x0304);
	iowrite16(0xabcd, p + 18);
	EXPECT_EQ(ioread32(p + 16), 0xabcd0304);
}

GUEST_TEST(iotrace, each_accessor_is_noted)
{
	const void *const by = (const void *)make_each_access;
	struct pair p;

	LEAVE_IF(!map_pair(&p, PAGE_SIZE));
	make_each_access(p.traced);
	EXPECT_EQ(readl(p.plain + 4), 0x77665544);
	EXPECT_EQ(readq(p.plain + 8), 0xffeeddccbbaa9988);
	expect_access(&p, by, true, 1, 0, 0x11);
	expect_access(&p, by, true, 2, 2, 0x3322);
	expect_access(&p, by, true, 4, 4, 0x77665544);
	expect_access(&p, by, true, 8, 8, 0xffeeddccbbaa9988);
	expect_access(&p, by, true, 4, 16, 0x01020304);
	expect_access(&p, by, false, 1, 3, 0x33);
	expect_access(&p, by, false, 2, 2, 0x3322);
	expect_access(&p, by, false, 4, 8, 0xbbaa9988);
	expect_access(&p, by, false, 8, 8, 0xffeeddccbbaa9988);
	expect_access(&p, by, false, 2, 16, 0x0304);
	expect_access(&p, by, true, 2, 18, 0xabcd);
	expect_access(&p, by, false, 4, 16, 0xabcd0304);
	expect_no_more(&p);
	unmap_pair(&p);
}

#define BLOCK 21 /* bytes, from an odd address on: 7, one step of 8, 6 */

static noinline void move_blocks(struct pair *p, u8 *back, const u8 *bytes)
{
	memcpy_toio(p->traced + 1, bytes, BLOCK);
	memcpy_fromio(back, p->traced + 1, BLOCK);
	memset_io(p->traced + 1, 0x5a, BLOCK);
}

static void expect_block(struct pair *p, bool write, const u8 *bytes)
{
	const void *const by = (const void *)move_blocks;
	u64 step;

	memcpy(&step, bytes + 7, 8);
	for (unsigned int i = 0; i < 7; i++)
		expect_access(p, by, write, 1, 1 + i, bytes[i]);
	expect_access(p, by, write, 8, 8, step);
	for (unsigned int i = 15; i < BLOCK; i++)
		expect_access(p, by, write, 1, 1 + i, bytes[i]);
}

GUEST_TEST(iotrace, blocks_are_noted_step_by_step)
{
	u8 bytes[BLOCK], back[BLOCK], set[BLOCK];
	struct pair p;

	for (unsigned int i = 0; i < BLOCK; i++)
		bytes[i] = (u8)(0x80 + i);
	memset(set, 0x5a, BLOCK);
	LEAVE_IF(!map_pair(&p, PAGE_SIZE));
	writeb(0x99, p.plain + 1 + BLOCK);
	move_blocks(&p, back, bytes);
	EXPECT_EQ(memcmp(back, bytes, BLOCK), 0);
	memcpy_fromio(back, p.plain + 1, BLOCK);
	EXPECT_EQ(memcmp(back, set, BLOCK), 0);
	EXPECT_EQ(readb(p.plain + 1 + BLOCK), 0x99);
	expect_block(&p, true, bytes);
	expect_block(&p, false, bytes);
	expect_block(&p, true, set);
	expect_no_more(&p);
	unmap_pair(&p);
}

static enum pg_level level_at(const volatile void __iomem *p)
{
	enum pg_level level;

	lookup_address(address_of(p), &level);
	return level;
}

#define FAR_OFF (NEED_BYTES - 4)

static noinline void write_far_off(void __iomem *p, u32 value)
{
	writel(value, p + FAR_OFF);
}

GUEST_TEST(iotrace, large_pages_come_back)
{
	enum pg_level level;
	struct pair p;

	LEAVE_IF(!map_pair(&p, NEED_BYTES));
	level = level_at(p.plain);
	if (IS_ALIGNED(p.phys, PMD_SIZE))
		EXPECT_EQ(level, PG_LEVEL_2M);
	EXPECT_EQ(level_at(p.traced), PG_LEVEL_NONE);
	write_far_off(p.traced, 0x12345678);
	EXPECT_EQ(readl(p.plain + FAR_OFF), 0x12345678);
	EXPECT_EQ(iotrace_off(address_of(p.traced)), 0);
	EXPECT_EQ(level_at(p.traced), level);
	EXPECT_EQ(readl(p.traced + FAR_OFF), 0x12345678);
	expect_access(&p, (const void *)write_far_off, true, 4, FAR_OFF, 0x12345678);
	expect_no_more(&p);
	EXPECT_EQ(iotrace_on(address_of(p.traced)), 0);
	unmap_pair(&p);
}

/* From one traced mapping to another: both sides of each step are noted, the write by the handler. */
GUEST_TEST(iotrace, from_device_to_device)
{
	struct iotrace_access a = { .ns = 0 };
	struct pair p;
	void __iomem *to;

	LEAVE_IF(!map_pair(&p, PAGE_SIZE));
	to = ioremap(p.phys + PAGE_SIZE, PAGE_SIZE);
	ASSERT(to && iotrace_on(address_of(to)) == 0);
	writeq(0x1122334455667788, p.plain);
	memcpy_toio(to, (__force const void *)p.traced, 8);
	EXPECT(iotrace_next(&p.at, &a));
	EXPECT(!a.write && a.width == 8 && a.phys == p.phys && a.value == 0x1122334455667788);
	EXPECT(iotrace_next(&p.at, &a));
	EXPECT(a.write && a.width == 8 && a.phys == p.phys + PAGE_SIZE &&
	       a.value == 0x1122334455667788);
	expect_no_more(&p);
	iounmap(to); /* and its trace with it */
	unmap_pair(&p);
}

GUEST_TEST(iotrace, what_cannot_be_traced)
{
	struct iotrace_area a;
	struct vm_struct vm;
	struct pair p;
	unsigned long at;

	LEAVE_IF(!map_pair(&p, PAGE_SIZE));
	at = address_of(p.traced);
	EXPECT_EQ(iotrace_on(at), -EEXIST);
	ASSERT(iotrace_nth(0, &a) && a.start == at);
	EXPECT_EQ(a.phys, p.phys);
	EXPECT_EQ(iotrace_on(a.alias), -EPERM);
	EXPECT_EQ(iotrace_off(a.alias), -ENOENT);
	EXPECT_EQ(iotrace_on(at + PAGE_SIZE), -ENOENT);
	EXPECT_EQ(iotrace_on((unsigned long)&a), -ENOENT);
	for (at = VMALLOC_START; next_vm_area(at, &vm); at = (unsigned long)vm.addr + vm.size)
		if (vm.flags & VM_IOREMAP && vm.memtype.type == _PAGE_CACHE_MODE_WB)
			EXPECT_EQ(iotrace_on((unsigned long)vm.addr), -EINVAL);
	unmap_pair(&p);
	EXPECT(!iotrace_nth(0, &a));
	EXPECT_EQ(iotrace_off(address_of(p.traced)), -ENOENT);
}

/* What is given back while it is traced is forgotten, and the next mapping is not traced. */
GUEST_TEST(iotrace, ends_with_its_mapping)
{
	struct iotrace_area a;
	struct pair p;

	LEAVE_IF(!map_pair(&p, PAGE_SIZE));
	iounmap(p.traced);
	EXPECT(!iotrace_nth(0, &a));
	p.traced = ioremap(p.phys, PAGE_SIZE);
	EXPECT_EQ(level_at(p.traced), PG_LEVEL_4K);
	writel(1, p.traced);
	EXPECT_EQ(readl(p.plain), 1);
	expect_no_more(&p);
	iounmap(p.traced);
	iounmap(p.plain);
}

/* What is mapped of watched addresses is traced before its owner has it. */
GUEST_TEST(iotrace, mappings_to_come)
{
	phys_addr_t phys = frame_buffer(), first, last;
	void __iomem *p, *beside;
	struct iotrace_area a;

	LEAVE_IF(!phys);
	EXPECT_EQ(iotrace_watch(phys + 8, phys + 11), 0);
	EXPECT_EQ(iotrace_watch(phys + 8, phys + 11), 0); /* once is enough */
	p = ioremap(phys, PAGE_SIZE);
	beside = ioremap(phys + PAGE_SIZE, PAGE_SIZE);
	EXPECT_EQ(level_at(p), PG_LEVEL_NONE);
	EXPECT_EQ(level_at(beside), PG_LEVEL_4K);
	EXPECT(iotrace_nth(0, &a) && a.start == address_of(p) && !iotrace_nth(1, &a));
	iounmap(p);
	EXPECT(!iotrace_nth(0, &a));
	EXPECT(iotrace_nth_watched(0, &first, &last) && first == phys + 8 && last == phys + 11);
	iotrace_unwatch(phys, phys + 8);
	EXPECT(!iotrace_nth_watched(0, &first, &last));
	p = ioremap(phys, PAGE_SIZE);
	EXPECT_EQ(level_at(p), PG_LEVEL_4K);
	iounmap(p);
	iounmap(beside);
}

/* A watch goes on from one mapping to the next, and what was noted of the first is still there. */
GUEST_TEST(iotrace, what_was_noted_outlives_its_mapping)
{
	phys_addr_t phys = frame_buffer();
	struct iotrace_access access;
	void __iomem *p;
	u64 at = 0;

	LEAVE_IF(!phys);
	EXPECT_EQ(iotrace_watch(phys, phys + 3), 0);
	for (u32 n = 1; n <= 2; n++) {
		p = ioremap(phys, PAGE_SIZE);
		writel(n, p);
		iounmap(p);
	}
	for (u32 n = 1; n <= 2; n++)
		EXPECT(iotrace_next(&at, &access) && access.write && access.value == n);
	EXPECT(!iotrace_next(&at, &access));
	iotrace_unwatch(phys, phys + 3);
}

/* Those that meet what is asked for, wherever they stand in the list, and no others. */
GUEST_TEST(iotrace, addresses_that_are_watched_no_more)
{
	phys_addr_t phys = frame_buffer(), first, last;
	struct iotrace_area a;
	void __iomem *p;

	LEAVE_IF(!phys);
	EXPECT_EQ(iotrace_watch(phys, phys + 3), 0);
	EXPECT_EQ(iotrace_watch(phys + PAGE_SIZE, phys + PAGE_SIZE), 0);
	EXPECT_EQ(iotrace_watch(phys + 8, phys + 11), 0);
	EXPECT_EQ(iotrace_watch(phys + PAGE_SIZE - 1, phys + PAGE_SIZE - 1), 0);
	iotrace_unwatch(phys + 3, phys + PAGE_SIZE - 1);
	EXPECT(iotrace_nth_watched(0, &first, &last) && first == phys + PAGE_SIZE);
	EXPECT(!iotrace_nth_watched(1, &first, &last));
	p = ioremap(phys + PAGE_SIZE, PAGE_SIZE);
	EXPECT(iotrace_nth(0, &a) && a.start == address_of(p));
	iounmap(p);
	iotrace_unwatch(0, ~0ULL);
	EXPECT(!iotrace_nth_watched(0, &first, &last));
}

GUEST_TEST(iotrace, watched_addresses_run_out)
{
	phys_addr_t phys = frame_buffer();
	unsigned int n = 0;
	int err;

	LEAVE_IF(!phys);
	while ((err = iotrace_watch(phys + n, phys + n)) == 0 && n < PAGE_SIZE)
		n++;
	EXPECT_EQ(err, -ENOSPC);
	EXPECT(n >= 16);
	EXPECT_EQ(iotrace_watch(phys, phys), 0); /* it is there */
	iotrace_unwatch(0, ~0ULL);
	EXPECT_EQ(iotrace_watch(phys, phys), 0);
	iotrace_unwatch(phys, phys);
}

GUEST_TEST(iotrace, the_ring_keeps_the_last)
{
	struct iotrace_access a;
	u64 first = 0, n = 0;
	struct pair p;

	LEAVE_IF(!map_pair(&p, PAGE_SIZE));
	EXPECT_EQ(iotrace_overwritten(), 0);
	for (u32 i = 0; i < IOTRACE_RING + 10; i++)
		writel(i, p.traced);
	EXPECT_EQ(iotrace_overwritten(), 10);
	while (iotrace_next(&p.at, &a)) {
		first = n ? first : a.value;
		EXPECT_EQ(a.value, first + n);
		n++;
	}
	EXPECT_EQ(n, IOTRACE_RING);
	EXPECT_EQ(first, 10);
	unmap_pair(&p);
	LEAVE_IF(!map_pair(&p, PAGE_SIZE)); /* the first to be on: it begins anew */
	EXPECT_EQ(iotrace_overwritten(), 0);
	expect_no_more(&p);
	unmap_pair(&p);
}

/* ---------------------------------------------------------------- CPUs and interrupts */

#define ROUNDS 100

static void count_up(void *info)
{
	void __iomem *mine = (__force void __iomem *)info + 8 * raw_smp_processor_id();

	for (unsigned int i = 0; i < ROUNDS; i++)
		writel(readl(mine) + 1, mine);
}

/* All at a time, in interrupts but for one: none of the accesses is lost, or done by another. */
GUEST_TEST(iotrace, cpus_do_not_get_through)
{
	static unsigned int seen[NR_CPUS];
	struct iotrace_access a;
	unsigned int cpu;
	struct pair p;

	if (nr_cpu_ids * 2 * ROUNDS > IOTRACE_RING) {
		guest_skip("more CPUs than the ring has room for");
		return;
	}
	memset(seen, 0, sizeof(seen));
	LEAVE_IF(!map_pair(&p, PAGE_SIZE));
	memset_io(p.plain, 0, 8 * nr_cpu_ids);
	on_each_cpu(count_up, (__force void *)p.traced, true);
	for_each_online_cpu(cpu) EXPECT_EQ(readl(p.plain + 8 * cpu), ROUNDS);
	while (iotrace_next(&p.at, &a)) {
		EXPECT_EQ(a.phys, p.phys + 8 * a.cpu);
		EXPECT_EQ(a.value, (seen[a.cpu] + 1) / 2);
		seen[a.cpu]++;
	}
	for_each_online_cpu(cpu) EXPECT_EQ(seen[cpu], 2 * ROUNDS);
	unmap_pair(&p);
}

static int count_until_stopped(void *data)
{
	struct pair *p = data;
	u32 n = 0;

	while (!kthread_should_stop()) {
		writel(readl(p->traced + 4) + 1, p->traced + 4);
		n++;
		cond_resched();
	}
	return (int)n;
}

/* Somebody is at it all the time while the trace comes and goes. */
GUEST_TEST(iotrace, comes_and_goes_under_accesses)
{
	struct task_struct *t;
	struct pair p;
	u32 before;

	NEED_CPUS(2);
	LEAVE_IF(!map_pair(&p, PAGE_SIZE));
	writel(0, p.plain + 4);
	t = kthread_create_on_cpu(count_until_stopped, &p, other_cpu(), "iotrace");
	ASSERT(!IS_ERR(t));
	wake_up_process(t);
	for (unsigned int i = 0; i < 30; i++) {
		before = readl(p.plain + 4);
		EXPECT(poll_timeout(readl(p.plain + 4) > before + 3, PATIENCE_USEC));
		EXPECT_EQ(i % 2 ? iotrace_on(address_of(p.traced)) :
				  iotrace_off(address_of(p.traced)),
			  0);
	}
	EXPECT_EQ(kthread_stop(t), readl(p.plain + 4));
	unmap_pair(&p);
}

/* ---------------------------------------------------------------- steps */

static unsigned long stepped_to;

static bool note_step(struct pt_regs *regs, unsigned int vector, u64 cr2)
{
	(void)cr2;
	if (vector != X86_TRAP_DB || !(take_dr6() & DR6_BS))
		return false;
	stepped_to = regs->ip;
	regs->flags &= ~(unsigned long)X86_EFLAGS_TF;
	return true;
}

static void ignore_step(struct pt_regs *regs)
{
	(void)regs;
}

static bool no_nmi(struct pt_regs *regs)
{
	(void)regs;
	return false;
}

static void no_panic(struct pt_regs *regs, const char *message)
{
	(void)regs;
	(void)message;
}

static void no_poll(void)
{
}

/* How many bytes behind it a step over a read of p ends. */
static noinline unsigned long step_over_read(const volatile void __iomem *p)
{
	static const struct debugger_ops ops = { note_step, ignore_step, no_nmi, no_panic,
						 no_poll };
	const struct debugger_ops *old = debugger;
	unsigned long behind;

	set_debugger(&ops);
	__asm__ __volatile__("pushfq; orq %[tf], (%%rsp); popfq\n\t"
			     "movl (%[p]), %%eax\n"
			     "1:\tnop; nop; nop; leaq 1b(%%rip), %[behind]"
			     : [behind] "=r"(behind)
			     : [p] "r"(p), [tf] "i"(X86_EFLAGS_TF)
			     : "rax", "memory", "cc");
	set_debugger(old);
	return stepped_to - behind;
}

/* The debugger's step ends behind the access, traced or not. */
GUEST_TEST(iotrace, a_step_ends_behind_the_access)
{
	struct pair p;

	LEAVE_IF(!map_pair(&p, PAGE_SIZE));
	EXPECT_EQ(step_over_read(p.plain), 0);
	EXPECT_EQ(step_over_read(p.traced), 0);
	unmap_pair(&p);
}

/* ---------------------------------------------------------------- without memory */

static void __iomem *mapping;

static bool op_trace(void)
{
	unsigned long at = address_of(mapping);
	int err = iotrace_on(at);

	if (err) {
		EXPECT_EQ(err, -ENOMEM);
		EXPECT_EQ(readl(mapping), 0x600d);
		return false;
	}
	err = iotrace_off(at);
	EXPECT_EQ(readl(mapping), 0x600d); /* traced or not */
	if (!err)
		return true;
	EXPECT_EQ(err, -ENOMEM);
	fault_inject_disarm();
	EXPECT_EQ(iotrace_off(at), 0);
	return false;
}

GUEST_TEST(iotrace, without_memory)
{
	phys_addr_t phys = frame_buffer();

	LEAVE_IF(!phys);
	mapping = ioremap(phys, NEED_BYTES);
	ASSERT(mapping);
	writel(0x600d, mapping);
	fault_walk("trace", op_trace);
	iounmap(mapping);
}
