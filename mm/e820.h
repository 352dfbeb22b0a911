/* SPDX-License-Identifier: MIT */
/*
 * The firmware's memory map: sanitised, changed by the command line, printed,
 * and entered into the register.  Written at boot, before there is another CPU or thread, and only
 * read afterwards: no lock.
 */
#ifndef MM_E820_H
#define MM_E820_H

#include "kernel/lib/compiler.h"

/*
 * ACPI 6.5, table 15.6; PRAM is the number that Linux and older firmware use, the
 * soft reserved type Linux's own, for what EFI calls specific purpose memory.
 */
enum e820_type {
	E820_TYPE_RAM = 1,
	E820_TYPE_RESERVED = 2,
	E820_TYPE_ACPI = 3,
	E820_TYPE_NVS = 4,
	E820_TYPE_UNUSABLE = 5,
	E820_TYPE_PMEM = 7,
	E820_TYPE_PRAM = 12,
	E820_TYPE_SOFT_RESERVED = 0xefffffff,
};

struct boot_info;

#define E820_MAX_ENTRIES 320
#define E820_TYPE_WORD	 32 /* bytes that hold any type's word */

struct e820_entry {
	u64 addr; /* first byte */
	u64 size; /* bytes, not 0 once sanitised, addr + size <= 2^64 */
	u32 type;
};

struct e820_table {
	unsigned int nr_entries;
	struct e820_entry entries[E820_MAX_ENTRIES];
};

extern struct e820_table e820_table;
/* What the loader said, before anybody changed it: for /sys/firmware/memmap. */
extern struct e820_table e820_table_firmware;

/*
 * Sort by address; where entries overlap the highest type wins; merge neighbours of one
 * type (but PRAM and soft reserved memory, whose bounds mean something); drop what is
 * empty or of type 0, cut what wraps at 2^64.  Boot only, pure: also runs on the host.
 * 0, or -E2BIG when the result did not fit (the rest is dropped, and said).
 */
int e820__update_table(struct e820_table *table);

/*
 * The next three print what they do, as Linux does, and leave a table that wants
 * e820__update_table() afterwards.  A range that would wrap ends at 2^64.
 */

/* Append, without a word; -E2BIG when full (said, with the constant to raise). */
int e820__range_add(struct e820_table *table, u64 start, u64 size, u32 type);

/* Retype the part of [start, start + size) that has `old_type`; bytes changed. */
u64 e820__range_update(struct e820_table *table, u64 start, u64 size, u32 old_type, u32 new_type);

/* Take away [start, start + size) of `old_type` (any type: check_type false). */
u64 e820__range_remove(struct e820_table *table, u64 start, u64 size, u32 old_type,
		       bool check_type);

/*
 * One mem= or memmap= value.  mem=nn[KMG]: no RAM at or above nn.  memmap=, a
 * comma between several: nn@ss RAM, nn#ss ACPI tables, nn$ss reserved, nn!ss
 * persistent memory, nn as mem=, exactmap: forget the firmware's map; nn%ss-old+new
 * retypes what has the type old, without a new one takes it away, without an old one adds.
 * 0, or -EINVAL (said; the words that can be understood are followed).
 */
int e820_parse_mem(struct e820_table *table, const char *value);
int e820_parse_memmap(struct e820_table *table, const char *value);

/* Lay both, where there are some, over e820_table: mem= limits what memmap= leaves.  Said. */
void e820_take_user_map(void);
extern bool e820_user_map; /* there were some.  __initdata */

/* mem= for RAM that is found later: none is taken that ends above.  __initdata. */
extern u64 max_mem_size;

/* Every byte of [start, end) has the type (0: is in the map). `end` exclusive. */
bool e820__mapped_all(u64 start, u64 end, u32 type);

/* Where the direct map ends, or the processor's addresses before: no page table could name what is beyond. */
u64 e820__end_of_reach(void);
/* End of the highest RAM that the direct map could reach, in pages. */
unsigned long e820__end_of_ram_pfn(void);
/* "last_pfn = ...": at boot, and whenever the map's end may have moved. */
void e820__say_end_of_ram(void);

const char *e820_type_to_string(u32 type); /* as /proc/iomem names it */
/* As the boot log names it: "usable", "type 20"; buf serves types without a name. */
const char *e820_type_word(u32 type, char buf[E820_TYPE_WORD]);
void e820__print_table(const struct e820_table *table, const char *who);

/*
 * From the loader's word: sanitise, print, memmap= and then mem=, the image made RAM
 * where the map denies it, page 0 and the hole below 1 MiB trimmed.  Panics
 * without any RAM.
 */
void e820__memory_setup(const struct boot_info *bi);
/* Whole pages of RAM into memblock, up to what the direct map can hold. */
void e820__memblock_setup(void);
/*
 * Entries into iomem_resource: what lies below 1 MiB and what no driver will
 * claim (RAM, ACPI) now and BUSY, the rest late.  After kmalloc works.
 */
void e820__reserve_resources(void);
/* After PCI claimed its own: the rest, grown over partial overlaps, and "RAM buffer". */
void e820__reserve_resources_late(void);
/* After all others: "hmem.0" and on, one for each range of soft reserved memory. */
void e820__insert_hmem_resources(void);

#endif
