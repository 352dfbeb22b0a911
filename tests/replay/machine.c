// SPDX-License-Identifier: MIT
/*
 * The record and its hardware: see machine.h; the lines of a record are in tests/replay/RECORD.md.
 *
 * Physical memory is one mapping of the host's from PAGE_OFFSET on, of which the host gives pages as
 * they are touched, so that the kernel's pointers are pointers.  A bit for each page says whether
 * the record knows it.
 */
#include "tests/replay/machine.h"
#include "boot/boot_info.h"
#include "kernel/core/cmdline.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/early_ioremap.h"
#include "mm/ioremap.h"
#include "mm/layout.h"
#include "mm/slab.h"
#include "tests/replay/host.h"

#define MEMORY_SIZE   (1ULL << 44) /* what there is room for: see mm/layout.h */
#define MAX_FUNCTIONS 2048
#define MAX_WINDOWS   256
#define MAX_ECAMS     16
#define MAX_MSRS      64
#define MAX_PAGES     8192
#define MAX_UNKNOWN   64
#define CONFIG_SIZE   4096
#define CONFIG_PORTS  256 /* bytes of a function that the ports reach */
#define DEFAULT_BITS  46  /* of an address, where the record does not tell */

struct boot_info boot_info;
struct cpu_info boot_cpu = { .phys_bits = DEFAULT_BITS, .family = 6 };

struct function {
	u16 segment;
	u8 bus, devfn;
	u8 value[CONFIG_SIZE], writable[CONFIG_SIZE];
};

struct ecam {
	u64 base; /* of bus 0 */
	u16 segment;
	u8 first, last;
};

static struct function *functions[MAX_FUNCTIONS];
static unsigned int nr_functions;
static u16 by_address[1 << 16]; /* of segment 0: index + 1 */
static struct machine_window windows[MAX_WINDOWS];
static unsigned int nr_windows;
static struct ecam ecams[MAX_ECAMS];
static unsigned int nr_ecams;
static struct {
	u32 index;
	u64 value;
} msrs[MAX_MSRS];
static unsigned int nr_msrs;
static u64 known_pages[MAX_PAGES], unknown_pages[MAX_UNKNOWN];
static u16 unknown_ports[MAX_UNKNOWN];
static unsigned int nr_known, nr_unknown, nr_unknown_ports;

/* ---------------------------------------------------------------- configuration space */

static struct function *find_function(u16 segment, u8 bus, u8 devfn)
{
	if (!segment)
		return by_address[bus << 8 | devfn] ? functions[by_address[bus << 8 | devfn] - 1] :
						      NULL;
	for (unsigned int i = 0; i < nr_functions; i++)
		if (functions[i]->segment == segment && functions[i]->bus == bus &&
		    functions[i]->devfn == devfn)
			return functions[i];
	return NULL;
}

static u64 config_read(const struct function *fn, unsigned int where, unsigned int size)
{
	u64 value = 0;

	for (unsigned int i = 0; i < size; i++)
		value |= (u64)(fn ? fn->value[where + i] : 0xff) << (8 * i);
	return value;
}

static void config_write(struct function *fn, unsigned int where, unsigned int size, u64 value)
{
	for (unsigned int i = 0; fn && i < size; i++) {
		u8 *byte = &fn->value[where + i], mask = fn->writable[where + i];

		*byte = (u8)((*byte & ~mask) | ((value >> (8 * i)) & mask));
	}
}

/* ---------------------------------------------------------------- ports */

static u32 config_address; /* what was written to 0cf8 */

/* PCI 3.0, 3.2.2.3.2. */
static struct function *selected(u16 port, unsigned int *where)
{
	*where = (config_address & 0xfc) + (port & 3U);
	return config_address >> 31 ?
		       find_function(0, (u8)(config_address >> 16), (u8)(config_address >> 8)) :
		       NULL;
}

static bool is_new(u64 value, const u64 *list, unsigned int n)
{
	while (n)
		if (list[--n] == value)
			return false;
	return true;
}

static void note_port(u16 port)
{
	for (unsigned int i = 0; i < nr_unknown_ports; i++)
		if (unknown_ports[i] == port)
			return;
	if (nr_unknown_ports < MAX_UNKNOWN)
		unknown_ports[nr_unknown_ports++] = port;
}

u32 machine_in(u16 port, unsigned int size)
{
	unsigned int where;
	struct function *fn;

	if (port == 0xcf8 && size == 4)
		return config_address;
	if (port >= 0xcfc && port <= 0xcff) {
		fn = selected(port, &where);
		return (u32)config_read(fn, where, size);
	}
	note_port(port);
	return size == 4 ? ~0U : (1U << (8 * size)) - 1;
}

void machine_out(u16 port, unsigned int size, u32 value)
{
	unsigned int where;
	struct function *fn;

	if (port == 0xcf8 && size == 4)
		config_address = value;
	if (port < 0xcfc || port > 0xcff)
		return;
	fn = selected(port, &where);
	config_write(fn, where, size, value);
}

/* ---------------------------------------------------------------- memory */

static bool in_ecam(u64 phys, struct function **fn)
{
	for (unsigned int i = 0; i < nr_ecams; i++) {
		const struct ecam *e = &ecams[i];
		u64 bus = (phys - e->base) >> 20;

		if (phys < e->base || bus < e->first || bus > e->last)
			continue;
		*fn = find_function(e->segment, (u8)bus, (u8)(phys >> 12));
		return true;
	}
	return false;
}

/* Only what the interpreter reads is looked at by pages: tables are read as they lie. */
static void note_page(u64 phys)
{
	u64 page = ALIGN_DOWN(phys, PAGE_SIZE);

	if (is_new(page, known_pages, nr_known) && nr_unknown < MAX_UNKNOWN &&
	    is_new(page, unknown_pages, nr_unknown))
		unknown_pages[nr_unknown++] = page;
}

u64 machine_read(const volatile void *addr, unsigned int size)
{
	u64 phys = __pa(addr), value = 0;
	struct function *fn;

	if (in_ecam(phys, &fn))
		return config_read(fn, phys % CONFIG_SIZE, size);
	note_page(phys);
	memcpy(&value, (const void *)addr, size);
	return value;
}

void machine_write(volatile void *addr, unsigned int size, u64 value)
{
	u64 phys = __pa(addr);
	struct function *fn;

	if (in_ecam(phys, &fn))
		config_write(fn, phys % CONFIG_SIZE, size, value);
	else
		memcpy((void *)addr, &value, size);
}

/* mm/early_ioremap.h, mm/memremap.h and mm/ioremap.h: all is mapped already. */

void *memremap(phys_addr_t phys, size_t size, unsigned long flags)
{
	(void)flags;
	return size && phys < MEMORY_SIZE && size <= MEMORY_SIZE - phys ? __va(phys) : NULL;
}

void memunmap(void *addr)
{
	(void)addr;
}

void *early_memremap(phys_addr_t phys, unsigned long size)
{
	return memremap(phys, size, MEMREMAP_WB);
}

void *early_memremap_ro(phys_addr_t phys, unsigned long size)
{
	return memremap(phys, size, MEMREMAP_WB);
}

void early_memunmap(void *addr, unsigned long size)
{
	(void)addr;
	(void)size;
}

int copy_from_early_mem(void *dst, phys_addr_t phys, unsigned long size)
{
	const void *from = memremap(phys, size, MEMREMAP_WB);

	if (from)
		memcpy(dst, from, size);
	return from ? 0 : -EFAULT;
}

void __iomem *early_ioremap(phys_addr_t phys, unsigned long size)
{
	return memremap(phys, size, MEMREMAP_WB);
}

void early_iounmap(void __iomem *addr, unsigned long size)
{
	(void)addr;
	(void)size;
}

void __iomem *ioremap(phys_addr_t phys, unsigned long size)
{
	return memremap(phys, size, MEMREMAP_WB);
}

void iounmap(volatile void __iomem *addr)
{
	(void)addr;
}

/* ---------------------------------------------------------------- the processor */

u64 rdmsr(u32 index)
{
	for (unsigned int i = 0; i < nr_msrs; i++)
		if (msrs[i].index == index)
			return msrs[i].value;
	return 0;
}

void wrmsr(u32 index, u64 value)
{
	(void)index;
	(void)value;
}

/* ---------------------------------------------------------------- what is asked of it */

const struct machine_window *machine_window(unsigned int n)
{
	return n < nr_windows ? &windows[n] : NULL;
}

unsigned int machine_unknown_pages(void)
{
	return nr_unknown;
}

u64 machine_unknown_page(unsigned int n)
{
	return unknown_pages[n];
}

unsigned int machine_unknown_ports(void)
{
	return nr_unknown_ports;
}

u16 machine_unknown_port(unsigned int n)
{
	return unknown_ports[n];
}

/* ---------------------------------------------------------------- the record */

/* A line that is being taken apart. */
struct line {
	const char *rest;
	unsigned int number;
	bool bad; /* what was asked for was not there */
};

static u64 number(struct line *line, unsigned int base)
{
	char *end;
	u64 value;

	while (*line->rest == ' ')
		line->rest++;
	value = simple_strtoull(line->rest, &end, base);
	if (end == line->rest || (*end && *end != ' ' && *end != '-'))
		line->bad = true;
	line->rest = end;
	return value;
}

static u64 hex(struct line *line)
{
	return number(line, 16);
}

/* "START-LAST" */
static u64 range_last(struct line *line)
{
	if (*line->rest == '-')
		line->rest++;
	else
		line->bad = true;
	return hex(line);
}

static bool next_byte(struct line *line, u8 *byte)
{
	char digits[3] = { 0 };
	char *end;

	while (*line->rest == ' ')
		line->rest++;
	if (!line->rest[0] || !line->rest[1])
		return false;
	memcpy(digits, line->rest, 2);
	*byte = (u8)simple_strtoull(digits, &end, 16);
	line->rest += 2;
	return end == digits + 2;
}

static void take_e820(struct line *line)
{
	u64 start = hex(line), last = range_last(line);
	struct boot_range *r = &boot_info.ranges[boot_info.nr_ranges];

	if (line->bad || boot_info.nr_ranges == BOOT_MAX_RANGES) {
		line->bad = true;
		return;
	}
	*r = (struct boot_range){ .start = start,
				  .size = last - start + 1,
				  .type = (u32)hex(line) };
	boot_info.nr_ranges++;
}

static void take_words(struct line *line)
{
	cmdline_append(line->rest);
}

static void take_memory(struct line *line)
{
	u64 at = hex(line);
	u8 byte;

	if (line->bad || at >= MEMORY_SIZE) {
		line->bad = true;
		return;
	}
	for (; next_byte(line, &byte) && at < MEMORY_SIZE; at++) {
		u64 page = ALIGN_DOWN(at, PAGE_SIZE);

		if (nr_known < MAX_PAGES && is_new(page, known_pages, nr_known))
			known_pages[nr_known++] = page;
		*(u8 *)__va(at) = byte;
	}
}

static struct function *current; /* which `c` and `w` lines are of */
static u16 current_segment;

static void take_root(struct line *line)
{
	hex(line);
	hex(line);
	while (*line->rest == ' ')
		line->rest++;
	current_segment = *line->rest ? (u16)hex(line) : 0;
}

static void take_function(struct line *line)
{
	u8 bus = (u8)hex(line), device = (u8)hex(line), func = (u8)hex(line);
	u8 devfn = (u8)(device << 3 | func);

	current = line->bad || device > 31 || func > 7 ? NULL :
							 find_function(current_segment, bus, devfn);
	if (current)
		return;
	if (line->bad || device > 31 || func > 7 || nr_functions == MAX_FUNCTIONS) {
		line->bad = true;
		return;
	}
	current = kzalloc(sizeof(*current), GFP_KERNEL);
	current->segment = current_segment;
	current->bus = bus;
	current->devfn = devfn;
	functions[nr_functions++] = current;
	if (!current_segment)
		by_address[bus << 8 | devfn] = (u16)nr_functions;
}

static void take_config(struct line *line, bool writable)
{
	u64 at = hex(line);
	u8 byte;

	line->bad |= !current;
	for (; !line->bad && at < CONFIG_SIZE && next_byte(line, &byte); at++)
		*(writable ? &current->writable[at] : &current->value[at]) = byte;
}

static void take_value(struct line *line)
{
	take_config(line, false);
}

static void take_writable(struct line *line)
{
	take_config(line, true);
}

static void take_ecam(struct line *line)
{
	struct ecam *e = &ecams[nr_ecams];

	e->base = hex(line);
	e->segment = (u16)hex(line);
	e->first = (u8)hex(line);
	e->last = (u8)hex(line);
	if (!line->bad && nr_ecams < MAX_ECAMS - 1)
		nr_ecams++;
}

static void take_msr(struct line *line)
{
	u32 index = (u32)hex(line);
	u64 value = hex(line);

	if (line->bad || nr_msrs == MAX_MSRS)
		return;
	msrs[nr_msrs].index = index;
	msrs[nr_msrs++].value = value;
	boot_cpu.mtrr |= index == MSR_MTRRCAP;
}

static void take_bits(struct line *line)
{
	u64 bits = number(line, 10);

	if (bits < 32 || bits > 52)
		line->bad = true;
	else
		boot_cpu.phys_bits = (u8)bits;
}

static void take_efi(struct line *line)
{
	boot_info.efi = true;
	boot_info.efi_system_table = hex(line);
	boot_info.efi_memmap = hex(line);
	boot_info.efi_memmap_size = (u32)hex(line);
	boot_info.efi_desc_size = (u32)hex(line);
	boot_info.efi_desc_version = 1;
	/* EFI's loader hands over the RSDP: nobody looks for one. */
	boot_info.rsdp_size = BOOT_RSDP_MAX;
	memcpy(boot_info.rsdp, memremap(hex(line), BOOT_RSDP_MAX, MEMREMAP_WB), BOOT_RSDP_MAX);
}

static void take_cpu(struct line *line)
{
	while (*line->rest == ' ')
		line->rest++;
	strscpy(boot_cpu.vendor, line->rest, sizeof(boot_cpu.vendor));
	if (!strcmp(boot_cpu.vendor, "AuthenticAMD"))
		boot_cpu.family = 0x10;
}

/* Other words are for tests/replay/replay.py, which has made `mem` lines of some of them. */
static const struct {
	const char *word;
	void (*take)(struct line *line);
} words[] = {
	{ "e820", take_e820 },	    { "words", take_words }, { "mem", take_memory },
	{ "root", take_root },	    { "fn", take_function }, { "c", take_value },
	{ "w", take_writable },	    { "ecam", take_ecam },   { "msr", take_msr },
	{ "phys-bits", take_bits }, { "efi", take_efi },     { "cpu", take_cpu },
};

static bool take_line(char *text, unsigned int number)
{
	struct line line = { .rest = text, .number = number };
	char *blank = (char *)strchr(text, ' ');
	size_t length = blank ? (size_t)(blank - text) : strlen(text);

	for (unsigned int i = 0; i < ARRAY_SIZE(words); i++) {
		if (strlen(words[i].word) != length || strncmp(text, words[i].word, length))
			continue;
		line.rest = text + length;
		words[i].take(&line);
	}
	if (line.bad)
		host_print("line %u of the record cannot be read: %.60s\n", number, text);
	return !line.bad;
}

bool machine_load(char *text)
{
	bool good = true;
	char *next;

	host_map(PAGE_OFFSET, MEMORY_SIZE);
	for (unsigned int n = 1; *text; text = next, n++) {
		next = (char *)strchr(text, '\n');
		if (next)
			*next++ = '\0';
		else
			next = text + strlen(text);
		good = take_line(text, n) && good;
	}
	return good;
}
