/* SPDX-License-Identifier: MIT */
/*
 * Memory type range registers (SDM 3A, 11.11): which memory type firmware gave
 * to each physical address, and what that makes of a page table's own.
 *
 * They are read once, at boot, and written alone on a CPU whose firmware gave it others than
 * the boot CPU's; no lock.
 */
#ifndef MM_MTRR_H
#define MM_MTRR_H

#include "mm/pgtable.h"

/* SDM 3A, table 11-8; 2, 3 and what is above 6 are reserved. */
enum mtrr_type {
	MTRR_TYPE_UNCACHABLE = 0,
	MTRR_TYPE_WRCOMB = 1,
	MTRR_TYPE_WRTHROUGH = 4,
	MTRR_TYPE_WRPROT = 5,
	MTRR_TYPE_WRBACK = 6,
};

/* Between MSR 0x200 and the first fixed one there is room for 40 pairs (SDM 4, table 2-2). */
#define MTRR_MAX_VAR   40
#define MTRR_NR_FIXED  88	  /* 8 of 64 KiB, 16 of 16 KiB, 64 of 4 KiB */
#define MTRR_FIXED_END 0x100000UL /* what these cover, from 0 */

/* A valid variable register: an address is in it when it agrees with base in all bits of mask. */
struct mtrr_var {
	u8 reg; /* its number */
	u8 type;
	bool holes; /* mask is no single run of bits: many blocks of `size` */
	phys_addr_t base, mask, size;
};

struct mtrr_state {
	bool present; /* the processor has them */
	bool enabled; /* MTRRdefType.E: without it all memory is uncachable */
	bool fixed;   /* there are fixed ones, and they count */
	u8 def_type;
	u8 fixed_types[MTRR_NR_FIXED];
	unsigned int nr_var; /* in var[] */
	struct mtrr_var var[MTRR_MAX_VAR];
	phys_addr_t tom2; /* AMD: from 4 GiB to here the default is write-back; 0: not so */
};

/*
 * Fill `state` from the registers that `rdmsr` reads, on a processor with
 * `phys_bits` bits of physical address; tom2 is left alone.  A type that does not
 * exist is said and taken as uncachable.
 */
void mtrr_read(struct mtrr_state *state, u64 (*rdmsr)(u32 msr), unsigned int phys_bits);

/* All that say types, where MTRRcap reads `cap`, MTRRdefType last; their number. */
#define MTRR_MAX_REGISTERS (2 * MTRR_MAX_VAR + MTRR_NR_FIXED / 8 + 1)
unsigned int mtrr_list_registers(u64 cap, u32 msrs[MTRR_MAX_REGISTERS]);

/* The type of the byte at `addr`, and in *next the first place behind it where it may change. */
enum mtrr_type mtrr_type_at(const struct mtrr_state *state, phys_addr_t addr, phys_addr_t *next);

/*
 * The type of [start, end); of parts that differ what an overlap of their types
 * would have.  *uniform (may be NULL) tells that none do.
 */
enum mtrr_type mtrr_range_type(const struct mtrr_state *state, phys_addr_t start, phys_addr_t end,
			       bool *uniform);

/*
 * Where the run of one type (in *type, may be NULL) that starts at `start` ends,
 * `end` at the latest: a large page must not reach across that (SDM 3A, 11.11.9).
 */
phys_addr_t mtrr_range_run(const struct mtrr_state *state, phys_addr_t start, phys_addr_t end,
			   enum mtrr_type *type);

/* From where on the type never changes again; ~0 where there are too many edges to look at. */
phys_addr_t mtrr_last_edge(const struct mtrr_state *state);

/*
 * RAM of `table`, which ends at `end`, that is uncached by the registers becomes Reserved,
 * with the lines that Linux says; bytes.  Boot.
 */
struct e820_table;
u64 mtrr_trim(const struct mtrr_state *state, struct e820_table *table, u64 end);

/* Type and run by this machine's registers: all write-back where it has none. */
enum mtrr_type mtrr_type_lookup(phys_addr_t start, phys_addr_t end, bool *uniform);
phys_addr_t mtrr_run_end(phys_addr_t start, phys_addr_t end, enum mtrr_type *type);

/* What a mapping as `mode` comes to where the MTRRs say `mtrr` (SDM 3A, table 11-7). */
enum page_cache_mode effective_memory_type(enum page_cache_mode mode, enum mtrr_type mtrr);

const char *mtrr_type_name(unsigned int type); /* as /proc/mtrr has it */

/* Print /proc/mtrr: the variable registers that are in use. */
struct sink;
void show_mtrr(struct sink *out);

/*
 * Read this machine's, and take the RAM that they leave uncached out of e820_table, but
 * with disable_mtrr_trim.  Before e820__memblock_setup().
 */
void mtrr_init(void);

/*
 * This CPU has the boot CPU's from here on; where firmware gave it others, one line says so.  A
 * page's type would depend on who accesses it.  A CPU that starts, interrupts off.
 */
void mtrr_setup_this_cpu(void);

#endif
