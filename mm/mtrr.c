// SPDX-License-Identifier: MIT
/*
 * Reading the memory type range registers.
 *
 *   fixed      the first MiB, in pieces of 64, 16 and 4 KiB; they go before all others
 *   variable   power-of-two blocks: base and mask.  Where several hold, uncachable
 *              wins, write-through wins over write-back; for other mixtures the
 *              manual promises nothing, and uncachable is what never harms
 *   default    everywhere else; on AMD another one above 4 GiB
 *
 * SDM 3A, 11.11.4.1 has the precedences.  Nothing is written here: to change
 * types under running caches is firmware's affair, page tables have the PAT.
 *
 * A question about a range walks from one place where the type may change to the
 * next.  Each register has two of these, so the walk is bounded by their number;
 * only masks with holes have more, and after MAX_STEPS a range counts as mixed.
 */
#include "mm/mtrr.h"
#include "kernel/core/printk.h"
#include "kernel/cpu/cpu.h"

#define MSR_MTRR_PHYSBASE(n) (0x200 + 2 * (n)) /* SDM 4, table 2-2 */
#define MSR_MTRR_PHYSMASK(n) (0x201 + 2 * (n))
#define MSR_MTRR_FIX64K	     0x250
#define MSR_MTRR_FIX16K	     0x258 /* two */
#define MSR_MTRR_FIX4K	     0x268 /* eight */

#define MTRRCAP_VCNT   0xff /* SDM 3A, figure 11-5 */
#define MTRRCAP_FIX    BIT_ULL(8)
#define MTRRDEF_FE     BIT_ULL(10) /* SDM 3A, figure 11-6 */
#define MTRRDEF_E      BIT_ULL(11)
#define PHYSMASK_VALID BIT_ULL(11) /* SDM 3A, figure 11-7 */

#define FOUR_GIB  0x100000000ULL
#define MAX_STEPS 256 /* fixed: 88; variable: two each; default: two */

static u8 checked_type(u64 value, const char *what, unsigned int n)
{
	u8 type = value & 0xff;

	if (type <= MTRR_TYPE_WRBACK && type != 2 && type != 3)
		return type;
	pr_err("mtrr: firmware gave %s %u type %u, which does not exist: taken as uncachable\n",
	       what, n, type);
	return MTRR_TYPE_UNCACHABLE;
}

/* The n-th of the fixed ones, of which each says the types of eight ranges. */
static u32 fixed_msr(unsigned int n)
{
	return n < 1 ? MSR_MTRR_FIX64K : n < 3 ? MSR_MTRR_FIX16K + n - 1 : MSR_MTRR_FIX4K + n - 3;
}

static unsigned int count_var(u64 cap)
{
	return min((unsigned int)(cap & MTRRCAP_VCNT), (unsigned int)MTRR_MAX_VAR);
}

unsigned int mtrr_list_registers(u64 cap, u32 msrs[MTRR_MAX_REGISTERS])
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < count_var(cap); i++) {
		msrs[n++] = MSR_MTRR_PHYSBASE(i);
		msrs[n++] = MSR_MTRR_PHYSMASK(i);
	}
	for (unsigned int i = 0; (cap & MTRRCAP_FIX) && i < MTRR_NR_FIXED / 8; i++)
		msrs[n++] = fixed_msr(i);
	msrs[n++] = MSR_MTRRDEFTYPE;
	return n;
}

static void read_fixed(struct mtrr_state *state, u64 (*rdmsr)(u32 msr))
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < MTRR_NR_FIXED / 8; i++) {
		for (u64 types = rdmsr(fixed_msr(i)), end = n + 8; n < end; n++, types >>= 8)
			state->fixed_types[n] = checked_type(types, "fixed range", n);
	}
}

/* `addresses`: the bits that a page's address can have. */
static void read_var(struct mtrr_state *state, u64 (*rdmsr)(u32 msr), unsigned int n, u64 addresses)
{
	u64 mask = rdmsr(MSR_MTRR_PHYSMASK(n)), base = rdmsr(MSR_MTRR_PHYSBASE(n));
	struct mtrr_var *var = &state->var[state->nr_var];

	if (!(mask & PHYSMASK_VALID))
		return;
	mask &= addresses;
	if (mask) /* firmware that reckons with fewer address bits leaves the upper ones out */
		mask |= addresses & ~((1ULL << ilog2(mask)) - 1);
	var->reg = n;
	var->type = checked_type(base, "register", n);
	var->base = base & mask;
	var->mask = mask;
	var->size = mask ? mask & -mask : (addresses | ~PAGE_MASK) + 1;
	var->holes = mask && mask != (addresses & -var->size);
	if (var->holes)
		pr_warn("mtrr: register %u has a mask with holes: %#lx\n", n, mask);
	state->nr_var++;
}

void mtrr_read(struct mtrr_state *state, u64 (*rdmsr)(u32 msr), unsigned int phys_bits)
{
	u64 cap = rdmsr(MSR_MTRRCAP), def = rdmsr(MSR_MTRRDEFTYPE);

	state->present = true;
	state->enabled = def & MTRRDEF_E;
	state->fixed = (def & MTRRDEF_FE) && (cap & MTRRCAP_FIX);
	state->def_type = checked_type(def, "the default, register", 0);
	state->nr_var = 0;
	if (state->fixed)
		read_fixed(state, rdmsr);
	for (unsigned int n = 0; n < count_var(cap); n++)
		read_var(state, rdmsr, n, ((1ULL << phys_bits) - 1) & PAGE_MASK);
}

/* ---------------------------------------------------------------- types by address */

static enum mtrr_type fixed_type(const struct mtrr_state *state, phys_addr_t addr,
				 phys_addr_t *next)
{
	unsigned int shift = addr < 0x80000 ? 16 : addr < 0xc0000 ? 14 : 12;
	unsigned int n = addr < 0x80000 ? addr >> 16 :
			 addr < 0xc0000 ? 8 + ((addr - 0x80000) >> 14) :
					  24 + ((addr - 0xc0000) >> 12);

	*next = ((addr >> shift) + 1) << shift;
	return state->fixed_types[n];
}

/* Where a register begins or ends to hold, behind addr; ~0 where it never does. */
static phys_addr_t next_edge(const struct mtrr_var *var, phys_addr_t addr, bool inside)
{
	if (var->holes)
		return (addr & -var->size) + var->size;
	if (inside)
		return var->base + var->size;
	return addr < var->base ? var->base : ~0ULL;
}

static enum mtrr_type overlap(enum mtrr_type a, enum mtrr_type b)
{
	if (a == b)
		return a;
	if ((a == MTRR_TYPE_WRBACK && b == MTRR_TYPE_WRTHROUGH) ||
	    (a == MTRR_TYPE_WRTHROUGH && b == MTRR_TYPE_WRBACK))
		return MTRR_TYPE_WRTHROUGH;
	return MTRR_TYPE_UNCACHABLE;
}

static enum mtrr_type default_type(const struct mtrr_state *state, phys_addr_t addr,
				   phys_addr_t *next)
{
	if (!state->tom2 || addr >= state->tom2)
		return state->def_type;
	*next = min(*next, addr < FOUR_GIB ? (phys_addr_t)FOUR_GIB : state->tom2);
	return addr < FOUR_GIB ? (enum mtrr_type)state->def_type : MTRR_TYPE_WRBACK;
}

enum mtrr_type mtrr_type_at(const struct mtrr_state *state, phys_addr_t addr, phys_addr_t *next)
{
	enum mtrr_type type = MTRR_TYPE_UNCACHABLE;
	bool found = false;

	*next = ~0ULL;
	if (!state->present)
		return MTRR_TYPE_WRBACK;
	if (!state->enabled)
		return MTRR_TYPE_UNCACHABLE;
	if (state->fixed && addr < MTRR_FIXED_END)
		return fixed_type(state, addr, next);
	for (unsigned int i = 0; i < state->nr_var; i++) {
		const struct mtrr_var *var = &state->var[i];
		bool inside = (addr & var->mask) == var->base;

		*next = min(*next, next_edge(var, addr, inside));
		if (!inside)
			continue;
		type = found ? overlap(type, var->type) : var->type;
		found = true;
	}
	return found ? type : default_type(state, addr, next);
}

phys_addr_t mtrr_range_run(const struct mtrr_state *state, phys_addr_t start, phys_addr_t end,
			   enum mtrr_type *type)
{
	phys_addr_t next, at;
	enum mtrr_type first = mtrr_type_at(state, start, &at);

	if (type)
		*type = first;
	for (unsigned int step = 0; at < end && step < MAX_STEPS; step++, at = next)
		if (mtrr_type_at(state, at, &next) != first)
			return at;
	return min(at, end);
}

phys_addr_t mtrr_last_edge(const struct mtrr_state *state)
{
	phys_addr_t at = 0, next;

	for (unsigned int step = 0; step < MAX_STEPS; step++, at = next) {
		mtrr_type_at(state, at, &next);
		if (next == ~0ULL)
			return at;
	}
	return ~0ULL;
}

enum mtrr_type mtrr_range_type(const struct mtrr_state *state, phys_addr_t start, phys_addr_t end,
			       bool *uniform)
{
	enum mtrr_type type, part;
	phys_addr_t at = mtrr_range_run(state, start, end, &type);

	if (uniform)
		*uniform = at == end;
	for (unsigned int step = 0; at < end; step++) {
		at = mtrr_range_run(state, at, end, &part);
		if (step == MAX_STEPS)
			return MTRR_TYPE_UNCACHABLE;
		type = overlap(type, part);
	}
	return type;
}

enum page_cache_mode effective_memory_type(enum page_cache_mode mode, enum mtrr_type mtrr)
{
	/* SDM 3A, table 11-7. */
	static const u8 table[][6] = {
#define ROW(wb, wc, uc_minus, uc, wt, wp)                                            \
	{ _PAGE_CACHE_MODE_##wb, _PAGE_CACHE_MODE_##wc, _PAGE_CACHE_MODE_##uc_minus, \
	  _PAGE_CACHE_MODE_##uc, _PAGE_CACHE_MODE_##wt, _PAGE_CACHE_MODE_##wp }
		/* the page's type:            WB  WC  UC- UC  WT  WP */
		[MTRR_TYPE_UNCACHABLE] = ROW(UC, WC, UC, UC, UC, UC),
		[MTRR_TYPE_WRCOMB] = ROW(WC, WC, WC, UC, UC, UC),
		[MTRR_TYPE_WRTHROUGH] = ROW(WT, WC, UC, UC, WT, WP),
		[MTRR_TYPE_WRPROT] = ROW(WP, WC, WC, UC, WT, WP),
		[MTRR_TYPE_WRBACK] = ROW(WB, WC, UC, UC, WT, WP),
#undef ROW
	};

	return table[mtrr][mode];
}

const char *mtrr_type_name(unsigned int type)
{
	static const char *const names[] = {
		"uncachable",	 "write-combining", "?",	  "?",
		"write-through", "write-protect",   "write-back",
	};

	return type < ARRAY_SIZE(names) ? names[type] : "?";
}
