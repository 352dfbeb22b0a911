// SPDX-License-Identifier: MIT
/*
 * Areas, and the faults in them.  See the header.
 *
 * The handler looks for its area without a lock, with interrupts off.  So who takes one out lets all CPUs
 * serve an interrupt, twice.  After the first time nobody handles a fault from before the pages
 * were there again; then the area is found no longer, and after the second nobody uses its alias.
 */
#define pr_fmt(fmt) "iotrace: " fmt
#include "kernel/iotrace/iotrace.h"

#include "kernel/core/percpu.h"
#include "kernel/core/printk.h"
#include "kernel/core/smp.h"
#include "kernel/core/spinlock.h"
#include "kernel/cpu/barrier.h"
#include "kernel/iotrace/insn.h"
#include "kernel/lib/errno.h"
#include "kernel/time/time.h"
#include "mm/io.h"
#include "mm/ioremap.h"
#include "mm/vmalloc.h"

#define MAX_AREAS 32

static DEFINE_SPINLOCK(iotrace_lock);
static struct iotrace_area areas[MAX_AREAS]; /* `size` is written last and cleared first */
static unsigned int nr_areas;

#define MAX_WATCHED 16

static struct {
	phys_addr_t first, last;
} watched[MAX_WATCHED]; /* the first nr_watched */
static unsigned int nr_watched;

/* ---------------------------------------------------------------- in the fault */

static const struct iotrace_area *find(unsigned long address)
{
	for (unsigned int i = 0; i < MAX_AREAS; i++) {
		unsigned long size = smp_load_acquire(&areas[i].size);

		if (size && address - areas[i].start < size)
			return &areas[i];
	}
	return NULL;
}

/* Registers by their numbers in an instruction: SDM 2A, table 2-2 and 2.2.1.2. */
static unsigned long *reg_of(struct pt_regs *regs, u8 number)
{
	unsigned long *const reg[] = {
		&regs->ax,  &regs->cx,	&regs->dx,  &regs->bx,	&regs->sp,  &regs->bp,
		&regs->si,  &regs->di,	&regs->r8,  &regs->r9,	&regs->r10, &regs->r11,
		&regs->r12, &regs->r13, &regs->r14, &regs->r15,
	};

	return reg[number];
}

static u64 width_mask(u8 width)
{
	return ~0ULL >> (64 - 8 * width);
}

/* 32 bits clear the upper half, fewer leave the rest alone: SDM 1, 3.4.1.1. */
static void set_reg(unsigned long *reg, u8 width, u64 value)
{
	*reg = width >= 4 ? value : (*reg & ~width_mask(width)) | value;
}

static u64 load(unsigned long address, u8 width)
{
	const void __iomem *p = (const void __iomem *)address;

	switch (width) {
	case 1:
		return readb(p);
	case 2:
		return readw(p);
	case 4:
		return readl(p);
	default:
		return readq(p);
	}
}

static void store(unsigned long address, u8 width, u64 value)
{
	void __iomem *p = (void __iomem *)address;

	switch (width) {
	case 1:
		return writeb((u8)value, p);
	case 2:
		return writew((u16)value, p);
	case 4:
		return writel((u32)value, p);
	default:
		return writeq(value, p);
	}
}

/*
 * The two halves of one access by the instruction, the device's side of which lies at `alias`.  The other
 * side of MOVS may be traced as well: then that faults in here.
 */
static u64 fetch(struct pt_regs *regs, const struct insn *insn, bool from_rsi, unsigned long alias)
{
	switch (insn->kind) {
	case INSN_LOAD:
		return load(alias, insn->width);
	case INSN_STORE:
		return *reg_of(regs, insn->reg) & width_mask(insn->width);
	case INSN_STOS:
		return regs->ax & width_mask(insn->width);
	default:
		return load(from_rsi ? alias : regs->si, insn->width);
	}
}

static void put(struct pt_regs *regs, const struct insn *insn, bool from_rsi, unsigned long alias,
		u64 value)
{
	if (insn->kind == INSN_LOAD)
		set_reg(reg_of(regs, insn->reg), insn->width, value);
	else
		store(from_rsi ? regs->di : alias, insn->width, value);
}

/* The string instructions go up: nobody sets DF for them. */
static void go_on(struct pt_regs *regs, const struct insn *insn)
{
	if (insn->kind == INSN_MOVS)
		regs->si += insn->width;
	if (insn->kind == INSN_MOVS || insn->kind == INSN_STOS)
		regs->di += insn->width;
	if (insn->rep && --regs->cx)
		return; /* once more, and another fault */
	regs->ip += insn->len;
	regs->flags &= ~(unsigned long)X86_EFLAGS_RF; /* it was for this instruction */
}

extern const char __io_text_start[], __io_text_end[];

/*
 * Whose access it is.  The accessors that are functions are leaves: above what they may have
 * saved, which is no address of code, stands the one that they return to.
 */
static unsigned long caller_of(const struct pt_regs *regs)
{
	const unsigned long *stack = (const unsigned long *)regs->sp;

	if (regs->ip < (unsigned long)__io_text_start || regs->ip >= (unsigned long)__io_text_end)
		return regs->ip;
	for (int i = 0; i < 4; i++)
		if (stack[i] >= (unsigned long)_text && stack[i] < (unsigned long)_etext)
			return stack[i];
	return regs->ip;
}

/* The clock may be a traced device: what it is read for here is not noted. */
static DEFINE_PER_CPU(bool, asks_clock);

static u64 time_now(void)
{
	u64 ns;

	this_cpu(asks_clock) = true;
	ns = local_clock();
	this_cpu(asks_clock) = false;
	return ns;
}

/* Reads are noted behind them, writes in front: what was seen stands behind what it came of. */
static void note(const struct pt_regs *regs, phys_addr_t phys, const struct insn *insn,
		 bool from_rsi, u64 value)
{
	struct iotrace_access access = {
		.phys = phys,
		.value = value,
		.caller = caller_of(regs),
		.cpu = (u16)raw_smp_processor_id(),
		.width = insn->width,
		.write = insn->kind != INSN_LOAD && !from_rsi,
	};

	if (this_cpu(asks_clock))
		return;
	access.ns = time_now();
	iotrace_note(&access);
}

bool iotrace_fault(struct pt_regs *regs, unsigned long address)
{
	const struct iotrace_area *a = READ_ONCE(nr_areas) ? find(address) : NULL;
	unsigned long alias;
	struct insn insn;
	bool from_rsi;
	u64 value;

	if (!a)
		return false;
	if (!insn_decode((const u8 *)regs->ip, &insn)) {
		pr_err("%pS accesses a traced mapping, by none of mm/io.h's instructions\n",
		       (void *)regs->ip);
		return false;
	}
	from_rsi = insn.kind == INSN_MOVS && regs->si == address;
	alias = a->alias + (address - a->start);
	value = fetch(regs, &insn, from_rsi, alias);
	note(regs, a->phys + (address - a->start), &insn, from_rsi, value);
	put(regs, &insn, from_rsi, alias, value);
	go_on(regs, &insn);
	return true;
}

/* ---------------------------------------------------------------- on and off */

static struct iotrace_area *area_at(unsigned long start)
{
	for (unsigned int i = 0; i < MAX_AREAS; i++)
		if (areas[i].size && areas[i].start == start)
			return &areas[i];
	return NULL;
}

static bool is_alias(unsigned long start)
{
	for (unsigned int i = 0; i < MAX_AREAS; i++)
		if (areas[i].size && areas[i].alias == start)
			return true;
	return false;
}

static struct iotrace_area *free_place(void)
{
	for (unsigned int i = 0; i < MAX_AREAS; i++)
		if (!areas[i].size)
			return &areas[i];
	return NULL;
}

static void nothing(void *unused)
{
	(void)unused;
}

static void let_faults_end(void)
{
	on_each_cpu(nothing, NULL, true);
}

/* The area's pages are there again, or nobody has its addresses any more. */
static void take_out(struct iotrace_area *a)
{
	void __iomem *alias = (void __iomem *)a->alias;

	let_faults_end();
	smp_store_release(&a->size, 0);
	WRITE_ONCE(nr_areas, nr_areas - 1);
	let_faults_end();
	iounmap(alias);
}

/* Its owner gives a traced mapping back; nobody finds it any more, and its pages are unmapped. */
static void area_is_gone(const struct vm_struct *vm)
{
	unsigned long start = (unsigned long)vm->addr, size = vm->size - PAGE_SIZE;
	struct iotrace_area *a;

	spin_lock(&iotrace_lock);
	a = area_at(start);
	if (a)
		take_out(a);
	/* iotrace_off() may just have mapped them again. */
	unmap_page_range(&init_mm, start, size);
	spin_unlock(&iotrace_lock);
	if (a)
		pr_info("[mem %#lx-%#lx], mapped for %pS, is unmapped: its trace ends\n",
			vm->phys_addr, vm->phys_addr + size - 1, (void *)vm->caller);
}

/* A copy of the mapping that begins there, which can be traced. */
static int look_at(unsigned long start, struct vm_struct *vm)
{
	if (area_at(start))
		return -EEXIST;
	if (is_alias(start))
		return -EPERM;
	if (!next_vm_area(start, vm) || (unsigned long)vm->addr != start ||
	    !(vm->flags & VM_IOREMAP))
		return -ENOENT;
	return is_cached_mode(vm->memtype.type) ? -EINVAL : 0;
}

/* Where this is the first of all. */
static void begin_anew(void)
{
	if (!nr_areas && !nr_watched)
		iotrace_ring_begin();
}

static int begin(unsigned long start)
{
	struct iotrace_area *a = free_place();
	struct vm_struct vm;
	unsigned long size;
	void __iomem *alias;
	int err = look_at(start, &vm);

	if (err)
		return err;
	if (!a)
		return -ENOSPC;
	if (iotrace_ring_init())
		return -ENOMEM;
	if (!set_vm_traced(start, true))
		return -ENOENT;
	size = vm.size - PAGE_SIZE;
	alias = __ioremap_caller(vm.phys_addr, size, vm.memtype.type, _THIS_IP_);
	if (!alias) {
		set_vm_traced(start, false);
		return -ENOMEM;
	}
	begin_anew();
	*a = (struct iotrace_area){ start,	     0,		vm.phys_addr,
				    vm.memtype.type, vm.caller, (__force unsigned long)alias };
	WRITE_ONCE(nr_areas, nr_areas + 1);
	smp_store_release(&a->size, size);
	unmap_page_range(&init_mm, start, size);
	return 0;
}

int iotrace_on(unsigned long start)
{
	int err;

	spin_lock(&iotrace_lock);
	iounmap_traced = area_is_gone;
	err = begin(start);
	spin_unlock(&iotrace_lock);
	return err;
}

int iotrace_off(unsigned long start)
{
	struct iotrace_area *a;
	int err = -ENOENT;

	spin_lock(&iotrace_lock);
	a = area_at(start);
	if (a)
		err = ioremap_range(a->start, a->phys, a->size, a->mode);
	if (!err) {
		set_vm_traced(start, false); /* or it is about to go: area_is_gone() waits */
		take_out(a);
	}
	spin_unlock(&iotrace_lock);
	return err;
}

bool iotrace_nth(unsigned int n, struct iotrace_area *area)
{
	bool found = false;

	spin_lock(&iotrace_lock);
	for (unsigned int i = 0; i < MAX_AREAS && !found; i++) {
		found = areas[i].size && !n--;
		if (found)
			*area = areas[i];
	}
	spin_unlock(&iotrace_lock);
	return found;
}

/* ---------------------------------------------------------------- watched addresses */

static bool meets(unsigned int n, phys_addr_t first, phys_addr_t last)
{
	return watched[n].first <= last && watched[n].last >= first;
}

/* Its owner does not have it yet. */
static void mapping_is_made(const struct vm_struct *vm)
{
	phys_addr_t last = vm->phys_addr + vm->size - PAGE_SIZE - 1;
	bool wanted = false;
	int err = 0;

	if (spin_is_mine(&iotrace_lock)) /* it is an alias */
		return;
	spin_lock(&iotrace_lock);
	for (unsigned int i = 0; i < nr_watched; i++)
		wanted |= meets(i, vm->phys_addr, last);
	if (wanted && !is_cached_mode(vm->memtype.type))
		err = begin((unsigned long)vm->addr);
	spin_unlock(&iotrace_lock);
	if (err)
		pr_warn("[mem %#lx-%#lx], mapped for %pS, cannot be traced: %s\n", vm->phys_addr,
			last, (void *)vm->caller, error_name(err));
}

static int watch(phys_addr_t first, phys_addr_t last)
{
	for (unsigned int i = 0; i < nr_watched; i++)
		if (watched[i].first == first && watched[i].last == last)
			return 0;
	if (nr_watched == MAX_WATCHED)
		return -ENOSPC;
	if (iotrace_ring_init())
		return -ENOMEM;
	begin_anew();
	watched[nr_watched].first = first;
	watched[nr_watched++].last = last;
	WRITE_ONCE(ioremap_watched, mapping_is_made);
	return 0;
}

int iotrace_watch(phys_addr_t first, phys_addr_t last)
{
	int err;

	spin_lock(&iotrace_lock);
	iounmap_traced = area_is_gone;
	err = watch(first, last);
	spin_unlock(&iotrace_lock);
	return err;
}

void iotrace_unwatch(phys_addr_t first, phys_addr_t last)
{
	spin_lock(&iotrace_lock);
	for (unsigned int i = nr_watched; i-- > 0;)
		if (meets(i, first, last))
			watched[i] = watched[--nr_watched];
	if (!nr_watched)
		WRITE_ONCE(ioremap_watched, NULL);
	spin_unlock(&iotrace_lock);
}

bool iotrace_nth_watched(unsigned int n, phys_addr_t *first, phys_addr_t *last)
{
	bool found;

	spin_lock(&iotrace_lock);
	found = n < nr_watched;
	if (found) {
		*first = watched[n].first;
		*last = watched[n].last;
	}
	spin_unlock(&iotrace_lock);
	return found;
}
