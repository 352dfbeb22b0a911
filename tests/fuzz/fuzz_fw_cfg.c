// SPDX-License-Identifier: MIT
// sources: kernel/core/cmdline.c kernel/core/resource.c kernel/core/region.c kernel/lib/tree.c
/*
 * QEMU's fw_cfg, played by the input: its signature, a directory of any bytes, DMA that works, fails or never ends,
 * memory that is short.  A file is loaded whole and right or not at all, by a search of the directory that is written
 * down again; no port is touched that is not claimed, and nothing stays claimed or allocated but what a transfer that
 * does not end may still write to.
 */
#include "kernel/core/cmdline.h"
#include "kernel/cpu/port.h"
#include "mm/page_alloc.h"
#define inb(port)	       read_port(port)
#define outw(value, port)      select_item(port, value)
#define outl(value, port)      write_dma(port, value)
#define __pa(p)		       ((phys_addr_t)(unsigned long)(p))
#define PageHighMem(page)      is_high(page)
#define lowmem_page_address(p) ((void *)(p)) /* as vmalloc_to_page() has it, below */
static u8 read_port(u16 port);
static void select_item(u16 port, u16 item);
static void write_dma(u16 port, u32 value);
static bool is_high(const void *page);
#include "drivers/firmware/fw_cfg.c"
#include "tests/fuzz/register.h"

#define ENTRY 64 /* of the directory: size, selector, reserved, name (docs/specs/fw_cfg) */

struct cpu_info boot_cpu;

static const u8 *directory;
static size_t directory_size;
static u8 signature_change, high_pages;
static bool few_entries; /* what the directory tells is below 64: many take long */
static bool has_dma, no_memory;
static unsigned long nr_free;
static enum { WORKS, FAILS, HANGS } dma_does;
static unsigned int dma_good; /* so many transfers work all the same */
static bool pending;	      /* one never ended */

/* ---- the device ---- */

static u16 selected;
static u64 offset, dma_at;
static unsigned int nr_accesses;

/* The byte of an item; zero where it has none any more. */
static u8 item_byte(u16 item, u64 at)
{
	if (item == 0)
		return at < 4 ? (u8)("QEMU"[at] ^ (at == 2 ? signature_change : 0)) : 0;
	if (item == 1)
		return at ? 0 : (u8)(1 | has_dma << 1);
	if (item == 0x19 && at < directory_size)
		return few_entries && at < 4 ? (at == 3) * (directory[at] & 63) : directory[at];
	if (item == 0x19)
		return 0;
	return (u8)((item + at) % 23 ? 'a' + (item + at) % 23 : ' ');
}

static void touch(u16 port, unsigned int width)
{
	struct resource *r;

	nr_accesses++;
	if (port == 0x511 && offset) /* of many the first */
		return;
	r = lookup_resource_deepest(&ioport_resource, port, port + width - 1U);
	MUST(boot_cpu.hypervisor && r && !strcmp(r->name, "fw_cfg"));
}

static u8 read_port(u16 port)
{
	touch(port, 1);
	MUST(port == 0x511);
	return item_byte(selected, offset++);
}

static void select_item(u16 port, u16 item)
{
	touch(port, 2);
	MUST(port == 0x510);
	selected = item;
	offset = 0;
}

static u8 *block; /* what vmalloc() gave; NULL: nothing */
static size_t block_size;

static void write_dma(u16 port, u32 value)
{
	struct fw_cfg_dma *dma;
	size_t n, into;

	touch(port, 4);
	MUST(has_dma && (port == 0x514 || port == 0x518));
	dma_at = dma_at << 32 | __builtin_bswap32(value);
	if (port == 0x514)
		return;
	dma = (void *)dma_at;
	n = __builtin_bswap32(dma->length);
	into = __builtin_bswap64(dma->address) - (u64)block;
	MUST(dma->control == __builtin_bswap32(2) && n && n <= PAGE_SIZE && block);
	MUST(into <= block_size && n <= block_size - into &&
	     into / PAGE_SIZE == (into + n - 1) / PAGE_SIZE);
	MUST(!is_high(block + into));
	MUST(!pending);
	if (dma_does != WORKS && !dma_good--) {
		pending = dma_does == HANGS;
		dma->control = __builtin_bswap32(dma_does == FAILS ? 1 : 2);
		return;
	}
	for (size_t i = 0; i < n; i++)
		block[into + i] = item_byte(selected, offset++);
	dma->control = 0;
}

/* ---- who else has a part in it ---- */

static bool is_high(const void *page)
{
	return high_pages >> ((const u8 *)page - block) / PAGE_SIZE % 8 & 1;
}

struct page *vmalloc_to_page(const void *addr)
{
	MUST(block && (size_t)((const u8 *)addr - block) < block_size);
	return (struct page *)addr;
}

void *vmalloc(size_t size)
{
	MUST(!block && size && size / PAGE_SIZE < nr_free);
	if (no_memory)
		return NULL;
	block_size = size;
	return block = test_alloc(size);
}

void vfree(const void *p)
{
	MUST(p == block && !pending);
	test_free(block);
	block = NULL;
}

unsigned long nr_free_pages(void)
{
	return nr_free;
}

bool wait_over(const struct wait *wait)
{
	test_clock_ns += 100000000;
	return test_clock_ns - wait->ns >= wait->nsec;
}

/* ---- the search, once more ---- */

static u32 big_endian(u64 at, unsigned int bytes)
{
	u32 value = 0;

	while (bytes--)
		value = value << 8 | item_byte(0x19, at++);
	return value;
}

/* The first entry of that name that the device says it has; a name that fills its room has no end, and is none. */
static bool find(const char *name, u16 *item, u32 *size)
{
	if (!boot_cpu.hypervisor || signature_change)
		return false;
	for (u64 at = 4; at < directory_size && (at - 4) / ENTRY < min(big_endian(0, 4), 1024U);
	     at += ENTRY) {
		size_t i = 0;

		while (i < strlen(name) + 1 && item_byte(0x19, at + 8 + i) == (u8)name[i])
			i++;
		*size = big_endian(at, 4);
		*item = (u16)big_endian(at + 4, 2);
		if (i > strlen(name))
			return true;
	}
	return false;
}

static bool can_load(u32 size)
{
	unsigned int transfers = 0;

	for (u64 i = 0; i * PAGE_SIZE < size && i < 64; i++)
		transfers += !(high_pages >> i % 8 & 1);
	return size && size / PAGE_SIZE < nr_free / 2 && !no_memory &&
	       (!has_dma || dma_does == WORKS || transfers <= dma_good);
}

static void check_load(bool taken)
{
	size_t size = ~0UL;
	u16 item = 0;
	u32 want = 0;
	bool good = find("opt/terrier/initrd", &item, &want) && !taken && can_load(want);
	u8 *data = fw_cfg_load("opt/terrier/initrd", &size);

	MUST(!!data == good && (!data || size == want));
	MUST(pending ? !data && block : data == block);
	if (pending) { /* it ends after all, by the test's word */
		pending = false;
		vfree(block);
	}
	for (u32 i = 0; data && i < want; i++)
		MUST(data[i] == item_byte(item, i));
	if (data)
		vfree(data);
}

static void check_cmdline(bool taken)
{
	u16 item = 0;
	u32 want = 0;
	bool good = find("opt/terrier/cmdline", &item, &want) && !taken;
	size_t n = 0, first;

	boot_command_line[0] = '\0';
	fw_cfg_append_cmdline("opt/terrier/cmdline");
	MUST(good || !boot_command_line[0]);
	if (!good || item <= 0x19) /* bytes that are no words: fuzz_cmdline */
		return;
	first = item_byte(item, 0) == ' ';
	while (boot_command_line[n]) {
		MUST(first + n < want && (u8)boot_command_line[n] == item_byte(item, first + n));
		n++;
	}
	/* All of it, or up to the blank behind which a word has no room. */
	if (first + n < want)
		MUST(item_byte(item, first + n) == ' ');
	MUST(first + n + 1 >= min(want, COMMAND_LINE_SIZE - 24U));
}

/* ---- an input ---- */

void fuzz(const u8 *data, size_t size)
{
	static struct resource other = { .start = 0x511, .end = 0x511, .name = "other" };
	struct choices c = { data, size };
	u8 how = choose8(&c);
	bool taken = (how & 0x30) == 0x30;

	boot_cpu.hypervisor = (how & 3) != 3;
	signature_change = (how & 0xc) == 0xc;
	has_dma = how & 0x40;
	no_memory = (how & 0x90) == 0x90;
	high_pages = choose8(&c);
	dma_does = choose8(&c) % 3;
	dma_good = choose8(&c);
	few_entries = dma_good < 0xf0;
	dma_good %= 16;
	nr_free = choose8(&c) % (has_dma ? 64U : 16U); /* byte by byte, many would take long */
	directory = c.at, directory_size = c.left;
	nr_accesses = 0;
	other.flags = IORESOURCE_IO | IORESOURCE_BUSY;
	MUST(!taken || !insert_resource(&ioport_resource, &other));
	check_load(taken);
	dma_good = 0;
	check_cmdline(taken);
	MUST(!nr_accesses || (boot_cpu.hypervisor && !taken));
	if (taken)
		remove_resource(&other);
	register_look(&ioport_resource);
	MUST(!block && !nr_registered);
}
