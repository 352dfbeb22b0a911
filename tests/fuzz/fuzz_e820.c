// SPDX-License-Identifier: MIT
// sources: mm/e820.c mm/e820_param.c mm/e820_user.c mm/e820_memblock.c mm/reserved.c kernel/core/cmdline.c
/*
 * A firmware's memory map and a person's words about it, against a flat model: the address space as a list of
 * pieces, cut wherever something begins or ends, each with the set of types that were said of it.
 *
 * The input is a list of decisions: entries, then words (memmap=, mem=, crashkernel=), of which the text is
 * made here, so that the model knows what they mean without reading them.  An odd first byte has the rest
 * given to the readers of words as it is.
 */
#include "kernel/cpu/cpu.h"
#include "mm/crashkernel.c" /* with their static tables: each input starts from nothing */
#include "mm/e820.h"
#include "mm/early_ioremap.h"
#include "mm/layout.h"
#include "mm/memblock.c"
#include "tests/fuzz/fuzz.h"

#define MAX_PIECES     256
#define CRASH_STEP     (16ULL << 20) /* as Linux places it below 4 GiB */
#define MAX_TYPES      32	     /* of as many entries, at the most */
#define GiB	       0x40000000ULL
#define LEAST_FREE_RAM (1ULL << 20) /* less is no machine */

struct resource iomem_resource;

struct resource *insert_resource_conflict(struct resource *parent, struct resource *new)
{
	(void)parent;
	(void)new;
	return NULL;
}

/* ---- the machine: memory is there up to some address, and keeps what is written ---- */

struct cpu_info boot_cpu;

static u64 memory_end;
static u64 memory_word;

/* Where addresses end that the processor has and the direct map. */
static u64 reach(void)
{
	return min(PAGE_OFFSET_SIZE, 1ULL << boot_cpu.phys_bits);
}

void *early_memremap(phys_addr_t phys, unsigned long size)
{
	MUST(phys < 1ULL << boot_cpu.phys_bits && size <= PAGE_SIZE);
	return phys < memory_end ? &memory_word : NULL;
}

void early_memunmap(void *addr, unsigned long size)
{
	(void)addr;
	(void)size;
}

/* ---- the model ---- */

static struct piece {
	u64 first, last;
	unsigned int nr;
	u32 types[MAX_TYPES];
} pieces[MAX_PIECES];
static unsigned int nr_pieces;

/* Some piece begins at `addr`. */
static void cut_at(u64 addr)
{
	unsigned int i = 0;

	while (pieces[i].last < addr)
		i++;
	if (pieces[i].first == addr)
		return;
	MUST(nr_pieces < MAX_PIECES);
	memmove(&pieces[i + 1], &pieces[i], (nr_pieces - i) * sizeof(pieces[0]));
	nr_pieces++;
	pieces[i].last = addr - 1;
	pieces[i + 1].first = addr;
}

static bool take_out(struct piece *p, u32 type)
{
	for (unsigned int i = 0; i < p->nr; i++)
		if (p->types[i] == type) {
			p->types[i] = p->types[--p->nr];
			return true;
		}
	return false;
}

static void put_in(struct piece *p, u32 type)
{
	take_out(p, type);
	MUST(p->nr < MAX_TYPES);
	p->types[p->nr++] = type;
}

static u32 winner(const struct piece *p)
{
	u32 type = 0;

	for (unsigned int i = 0; i < p->nr; i++)
		type = max(type, p->types[i]);
	return type;
}

/* In [first, last] what was of type `from` (0: anything) is of type `to` (0: none) now; 0, `to`: it is added. */
static void model_change(u64 first, u64 last, u32 from, u32 to)
{
	cut_at(first);
	if (last != ~0ULL)
		cut_at(last + 1);
	for (struct piece *p = pieces; p < pieces + nr_pieces; p++) {
		if (p->first < first || p->last > last)
			continue;
		if (!from && !to)
			p->nr = 0;
		else if ((!from || take_out(p, from)) && to)
			put_in(p, to);
	}
}

/* The highest type of each piece remains. */
static void model_sweep(void)
{
	u32 first = winner(pieces);
	/* Of these, neighbours are not merged. */
	bool is_one =
		nr_pieces == 1 || (first != E820_TYPE_PRAM && first != E820_TYPE_SOFT_RESERVED);

	for (struct piece *p = pieces; p < pieces + nr_pieces; p++) {
		u32 type = winner(p);

		p->nr = 0;
		if (type)
			put_in(p, type);
		is_one &= type && type == first;
	}
	if (is_one) { /* 2^64 bytes of one type are no number: the last is given up */
		cut_at(~0ULL);
		pieces[nr_pieces - 1].nr = 0;
	}
}

static u32 type_at(u64 addr)
{
	unsigned int i = 0;

	while (pieces[i].last < addr)
		i++;
	return winner(&pieces[i]);
}

static bool is_all(u64 first, u64 last, u32 type)
{
	for (const struct piece *p = pieces; p < pieces + nr_pieces; p++)
		if (p->last >= first && p->first <= last && (type ? winner(p) != type : !winner(p)))
			return false;
	return true;
}

/* The table says of each address what the model says, in order, and as short as can be. */
static void compare(const struct e820_table *table)
{
	u64 next = 0;

	for (unsigned int i = 0; i < table->nr_entries; i++) {
		const struct e820_entry *e = &table->entries[i];
		u64 last = e->addr + (e->size - 1);

		MUST(e->size && e->type && last >= e->addr && e->addr >= next);
		MUST(!i || next);
		MUST(is_all(e->addr, last, e->type));
		if (i && e->addr == next && e->type == e[-1].type)
			MUST(e->type == E820_TYPE_PRAM || e->type == E820_TYPE_SOFT_RESERVED);
		next = last + 1;
	}
	/* A piece is in one entry, or has no type. */
	for (const struct piece *p = pieces; p < pieces + nr_pieces; p++) {
		unsigned int i = 0;

		while (i < table->nr_entries &&
		       (table->entries[i].addr > p->first ||
			table->entries[i].addr + (table->entries[i].size - 1) < p->last))
			i++;
		MUST((i < table->nr_entries) == (winner(p) != 0));
	}
}

/* ---- the input's decisions ---- */

/* Near to each other, so that they meet, now and then anywhere. */
static u64 choose_address(struct choices *c)
{
	u8 kind = choose8(c);

	switch (kind & 7) {
	case 0:
		return choose64(c);
	case 1:
		return ~0ULL - choose_bytes(c, 2);
	case 2:
		return choose_bytes(c, 2) + (u64)(kind >> 3) * 0x800;
	case 3:
		return choose_bytes(c, 2) << 28;
	case 4:
		return 1ULL << choose_bytes(c, 1) % 64;
	default:
		return choose_bytes(c, 2) * PAGE_SIZE << (kind >> 3) % 12;
	}
}

static u32 choose_type(struct choices *c)
{
	static const u32 types[] = { 1, 1, 1, 2, 3, 4, 5, 7, 12, E820_TYPE_SOFT_RESERVED };
	u8 n = choose8(c);

	return n < 200 ? types[n % ARRAY_SIZE(types)] : n - 200U;
}

static u64 last_of(u64 first, u64 size)
{
	return first + (size - 1) < first ? ~0ULL : first + (size - 1);
}

static void loader_s_map(struct choices *c)
{
	for (unsigned int n = choose8(c) % 24; n; n--) {
		u64 start = choose_address(c), size = choose_address(c);
		u32 type = choose_type(c);

		MUST(!e820__range_add(&e820_table, start, size, type));
		if (size && type)
			model_change(start, last_of(start, size), 0, type);
	}
	MUST(!e820__update_table(&e820_table));
	model_sweep();
	compare(&e820_table);
}

/* A number as a person may write it; its length. */
static int write_number(struct choices *c, char *to, u64 value)
{
	static const char units[] = "KMGTPE";
	unsigned int unit = choose8(c) % 8;

	if (unit < 6 && value && value % (1ULL << 10 * (unit + 1)) == 0)
		return snprintf(to, 32, "%lu%c", value >> 10 * (unit + 1), units[unit]);
	return snprintf(to, 32, unit & 1 ? "%#lx" : "%lu", value);
}

static void write_limit(struct choices *c, char *to, const char *name)
{
	u64 limit = choose_address(c) ?: PAGE_SIZE;

	to += snprintf(to, 16, " %s=", name);
	write_number(c, to, limit);
	if (limit != ~0ULL)
		model_change(limit, ~0ULL - 1, E820_TYPE_RAM,
			     0); /* Linux's, too, spares the last byte */
}

/* nn%ss-old+new */
static void write_retype(struct choices *c, char *to, u64 first, u64 last)
{
	u32 from = choose8(c) & 1 ? choose_type(c) : 0, new = choose8(c) & 1 ? choose_type(c) : 0;

	if (from)
		to += snprintf(to, 16, "-%u", from);
	if (new)
		snprintf(to, 16, "+%u", new);
	model_change(first, last, from, new);
}

static void write_memmap(struct choices *c, char *to)
{
	u64 start = choose_address(c), size = choose_address(c) ?: 1;
	static const char signs[] = "@#$!%";
	static const u32 types[] = { E820_TYPE_RAM, E820_TYPE_ACPI, E820_TYPE_RESERVED,
				     E820_TYPE_PRAM };
	unsigned int sign = choose8(c) % 5;

	if (size == ~0ULL || last_of(start, size) != start + (size - 1))
		return;
	to += snprintf(to, 16, " memmap=");
	to += write_number(c, to, size);
	*to++ = signs[sign];
	to += write_number(c, to, start);
	if (sign == 4)
		write_retype(c, to, start, start + size - 1);
	else
		model_change(start, start + size - 1, 0, types[sign]);
}

static void write_exactmap(char *to)
{
	snprintf(to, 32, " memmap=exactmap");
	for (struct piece *p = pieces; p < pieces + nr_pieces; p++)
		p->nr = 0;
}

/* Where RAM that somebody else than firmware told of does not answer, it is none. */
static void model_false_ram(void)
{
	for (unsigned int i = 0, k; i < nr_pieces; i = k) {
		u64 first, last;

		for (k = i + 1; k < nr_pieces && winner(&pieces[k]) == winner(&pieces[i]); k++)
			;
		first = pieces[i].first + 7, last = pieces[k - 1].last & ~7ULL;
		if (winner(&pieces[i]) != E820_TYPE_RAM || pieces[i].first >= reach())
			continue;
		first &= ~7ULL;
		if (first > last || (first < memory_end && (last >= reach() || last < memory_end)))
			continue;
		for (; i < k; i++) {
			pieces[i].nr = 0;
			put_in(&pieces[i], E820_TYPE_RESERVED);
		}
	}
}

/* mem= counts behind all memmap=: its words stand last here. */
static void person_s_words(struct choices *c)
{
	char *line = boot_command_line;
	unsigned int n = choose8(c) % 6;
	bool any = n;

	for (; n; n--, line += strlen(line)) {
		u8 kind = choose8(c);

		if (kind % 16 == 0)
			write_exactmap(line);
		else if (kind % 16 == 1)
			write_limit(c, line, "memmap");
		else
			write_memmap(c, line);
	}
	if (choose8(c) & 1) {
		write_limit(c, line, "mem");
		any = true;
	}
	e820_take_user_map();
	if (!any || !*boot_command_line)
		return;
	model_sweep();
	model_false_ram();
	MUST(!e820__update_table(&e820_table)); /* as the boot does a few steps on */
	model_sweep();
	compare(&e820_table);
}

static void ask(struct choices *c)
{
	for (unsigned int n = 4; n; n--) {
		u64 first = choose_address(c), last = last_of(first, choose_address(c) ?: 1);
		u32 type = choose_type(c);

		if (type_at(first) == type)
			last = choose8(c) & 1 ? last : first;
		MUST(e820__mapped_all(first, last + 1, type) == is_all(first, last, type));
	}
}

/* ---- what the allocator gets of it ---- */

static u64 model_free_ram(void)
{
	u64 sum = 0;

	/* Whole pages of runs of RAM. */
	for (unsigned int i = 0, k; i < nr_pieces; i = k) {
		u64 first, end;

		for (k = i + 1; k < nr_pieces && winner(&pieces[k]) == winner(&pieces[i]); k++)
			;
		if (winner(&pieces[i]) != E820_TYPE_RAM || pieces[i].first >= reach())
			continue;
		first = PAGE_ALIGN(pieces[i].first);
		end = (min(pieces[k - 1].last, reach() - 1) + 1) & PAGE_MASK;
		sum += first < end ? end - first : 0;
	}
	return sum;
}

static void setup(void *arg)
{
	(void)arg;
	e820__memblock_setup();
}

static bool is_free(u64 start, u64 size)
{
	return start + size <= reach() && is_all(start, start + size - 1, E820_TYPE_RAM) &&
	       start >= PAGE_SIZE;
}

static void crash_kernel(struct choices *c)
{
	u64 size = (1 + choose8(c)) * MiB, base = choose8(c) & 1 ? choose_bytes(c, 2) * MiB : 0, at;
	char *line = boot_command_line;

	line += snprintf(line, 32, "crashkernel=%luM", size >> 20);
	if (base)
		snprintf(line, 32, "@%#lx", base);
	memblock_reserve(0, PAGE_SIZE);
	reserve_crashkernel();
	if (crashk_res.end) {
		MUST(crashk_res.end - crashk_res.start + 1 == size &&
		     is_free(crashk_res.start, size));
		MUST(!base || crashk_res.start == base);
	}
	if (base && base < 4 * GiB) /* above, it is refused without memory below, too */
		MUST(!crashk_res.end == !is_free(base, size));
	for (at = (4 * GiB - size) & ~(CRASH_STEP - 1); !base && at >= CRASH_STEP; at -= CRASH_STEP)
		if (is_free(at, size)) {
			MUST(crashk_res.start == at);
			return;
		}
}

/* ---- words as they come ---- */

static void raw_words(struct choices *c)
{
	static char text[4096];
	struct crash_request r;
	u64 next = 0;

	choose_string(c, text, sizeof(text));
	e820__range_add(&e820_table, 0, 1 << 30, E820_TYPE_RAM);
	test_log_clear();
	if (e820_parse_memmap(&e820_table, text))
		MUST(strlen(test_log()));
	e820_parse_mem(&e820_table, text);
	test_log_clear();
	if (crashkernel_parse(text, "", 1 << 30, &r) ||
	    crashkernel_parse(text, ",high", 1 << 30, &r))
		MUST(strlen(test_log()));
	e820__update_table(&e820_table);
	for (unsigned int i = 0; i < e820_table.nr_entries; i++) {
		const struct e820_entry *e = &e820_table.entries[i];

		MUST(e->size && e->addr + (e->size - 1) >= e->addr && e->addr >= next &&
		     (!i || next));
		next = e->addr + e->size;
	}
}

void fuzz(const u8 *data, size_t size)
{
	struct choices c = { data, size };
	u64 ram;

	e820_table.nr_entries = 0;
	memory.nr = reserved.nr = 0;
	crashk_res.start = crashk_res.end = crashk_low_res.start = crashk_low_res.end = 0;
	boot_command_line[0] = '\0';
	pieces[0] = (struct piece){ .last = ~0ULL };
	nr_pieces = 1;
	if (choose8(&c) & 1) {
		raw_words(&c);
		return;
	}
	boot_cpu.phys_bits = 36 + choose8(&c) % 17;
	memory_end = min(choose_address(&c), 1ULL << boot_cpu.phys_bits);
	loader_s_map(&c);
	person_s_words(&c);
	ask(&c);
	ram = model_free_ram();
	MUST(panics(setup, NULL) == (ram < LEAST_FREE_RAM));
	MUST(memblock_ram_bytes() == ram);
	if (ram >= LEAST_FREE_RAM)
		crash_kernel(&c);
}
