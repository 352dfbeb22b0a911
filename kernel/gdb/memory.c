// SPDX-License-Identifier: MIT
/* Reading and writing, whatever is there.  See the header. */
#include "kernel/gdb/memory.h"

#include "kernel/core/resource.h"
#include "kernel/core/sink.h"
#include "kernel/lib/string.h"
#include "kernel/trap/nofault.h"
#include "kernel/trap/traps.h"
#include "mm/fixmap.h"
#include "mm/layout.h"
#include "mm/page_alloc.h"
#include "mm/pgtable.h"

/* Bits of a PTE that are its cache mode. */
#define CACHE_BITS (_PAGE_PWT | _PAGE_PCD | _PAGE_PAT)

/* A piece that one access can have. */
struct access {
	const struct mm *user;
	u64 addr, value;
	unsigned int width;
	bool write;
};

static pte_t entry_of(const struct mm *user, u64 addr, enum pg_level *level)
{
	*level = PG_LEVEL_NONE;
	if (addr >= KERNEL_HALF)
		return lookup_address(addr, level);
	return user && addr < TASK_SIZE_MAX ? lookup_address_in_mm(user, addr, level) : __pte(0);
}

/* What an entry of any level maps addr to. */
static phys_addr_t phys_of(pte_t entry, enum pg_level level, u64 addr)
{
	u64 offset = page_level_size(level) - 1;

	return (pte_val(entry) & PTE_PFN_MASK & ~offset) | (addr & offset);
}

/* Nothing but RAM lies in the image, the direct map and vmemmap; elsewhere the entry tells. */
static bool is_device(const struct mm *user, u64 addr)
{
	enum pg_level level;
	pte_t entry;

	if (addr >= KERNEL_HALF && (addr < VMALLOC_START || addr >= VMALLOC_END) &&
	    addr < FIXADDR_START_LIMIT)
		return false;
	entry = entry_of(user, addr, &level);
	return level != PG_LEVEL_NONE && !pfn_valid(PFN_DOWN(phys_of(entry, level, addr)));
}

/* The widest access at addr, of n bytes at most. */
static unsigned int width_at(u64 addr, size_t n, unsigned int most)
{
	unsigned int width = most;

	while (width > n || !IS_ALIGNED(addr, width))
		width /= 2;
	return width;
}

/*
 * Of a device nobody asks for two registers by one access; of a block 32 bits are the usual width.
 * `left` of n bytes are to be accessed yet.
 */
static unsigned int first_width(const struct mm *user, u64 addr, size_t left, size_t n)
{
	return width_at(addr, left, n > 8 && is_device(user, addr) ? 4 : 8);
}

static bool access_at(unsigned long va, struct access *a, struct fault_info *fault)
{
	return !(a->write ? nofault_write(va, a->width, a->value, fault) :
			    nofault_read(va, a->width, &a->value, fault));
}

/* By a mapping of its own of the page that holds it; the same kind of memory as there. */
static bool access_by_slot(struct access *a)
{
	enum pg_level level;
	pte_t entry = entry_of(a->user, a->addr, &level);
	u64 cache = level == PG_LEVEL_4K ? pte_val(entry) & CACHE_BITS : 0;
	bool done;

	if (level == PG_LEVEL_NONE)
		return false;
	__set_fixmap(FIX_TEXT_POKE, phys_of(entry, level, a->addr) & PAGE_MASK,
		     __pgprot(pgprot_val(PAGE_KERNEL) | cache));
	done = access_at(fix_to_virt(FIX_TEXT_POKE) + (a->addr & ~PAGE_MASK), a, NULL);
	clear_fixmap(FIX_TEXT_POKE);
	return done;
}

static bool access_piece(struct access *a)
{
	struct fault_info fault;

	if (a->addr < KERNEL_HALF)
		return access_by_slot(a); /* SMAP guards it from the other way */
	if (access_at(a->addr, a, &fault))
		return true;
	/* Read-only, and there. */
	return a->write && fault.vector == X86_TRAP_PF && fault.error_code & X86_PF_PROT &&
	       access_by_slot(a);
}

size_t gdb_read_memory(const struct mm *user, u64 addr, void *to, size_t n)
{
	struct access a = { .user = user };
	size_t done;

	for (done = 0; done < n; done += a.width) {
		a.addr = addr + done;
		a.width = first_width(user, a.addr, n - done, n);
		if (a.addr < addr || !access_piece(&a))
			break;
		memcpy((u8 *)to + done, &a.value, a.width);
	}
	return done;
}

size_t gdb_write_memory(const struct mm *user, u64 addr, const void *from, size_t n)
{
	struct access a = { .user = user, .write = true };
	size_t done;

	for (done = 0; done < n; done += a.width) {
		a.addr = addr + done;
		a.width = first_width(user, a.addr, n - done, n);
		a.value = 0;
		memcpy(&a.value, (const u8 *)from + done, a.width);
		if (a.addr < addr || !access_piece(&a))
			break;
	}
	return done;
}

/* ---------------------------------------------------------------- the map */

static void write_region(struct sink *out, u64 start, u64 length)
{
	sink_printf(out, "<memory type=\"ram\" start=\"0x%llx\" length=\"0x%llx\"/>\n",
		    (unsigned long long)start, (unsigned long long)length);
}

/*
 * Whole pages of System RAM have a place in the direct map.  The register is read without its lock: the
 * machine stands, and its holder with it.
 */
static bool write_ram(struct sink *out)
{
	const struct resource *res;
	u64 start, end;
	bool any = false;

	for_each_resource_child(res, &iomem_resource) {
		if ((res->flags & IORESOURCE_SYSTEM_RAM) != IORESOURCE_SYSTEM_RAM)
			continue;
		start = PAGE_ALIGN(res->start);
		end = (res->end + 1) & PAGE_MASK;
		if (start >= end)
			continue;
		write_region(out, PAGE_OFFSET + start, end - start);
		any = true;
	}
	return any;
}

/* gdb takes what is outside for unreadable, so all is named that may be mapped one day. */
void gdb_write_memory_map(struct sink *out)
{
	sink_printf(out, "<?xml version=\"1.0\"?>\n<memory-map>\n");
	write_region(out, 0, TASK_SIZE_MAX);
	if (!write_ram(out))
		write_region(out, PAGE_OFFSET, PAGE_OFFSET_SIZE);
	write_region(out, VMALLOC_START, VMALLOC_SIZE);
	write_region(out, VMEMMAP_START, VMEMMAP_SIZE);
	write_region(out, KERNEL_MAP, KERNEL_MAP_SIZE);
	write_region(out, FIXADDR_START_LIMIT, FIXADDR_TOP - FIXADDR_START_LIMIT);
	sink_printf(out, "</memory-map>\n");
}
