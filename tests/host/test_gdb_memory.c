// SPDX-License-Identifier: MIT
// sources: kernel/gdb/memory.c kernel/core/resource.c kernel/lib/tree.c
/*
 * Memory as gdb reads and writes it: how wide each access is, of RAM and of a device that notices; what is
 * read-only, and where it ends.
 */
#include "kernel/core/resource.h"
#include "kernel/core/sink.h"
#include "kernel/gdb/memory.h"
#include "kernel/trap/nofault.h"
#include "kernel/trap/traps.h"
#include "mm/fixmap.h"
#include "mm/layout.h"
#include "mm/page_alloc.h"
#include "mm/pgtable.h"
#include "tests/host/test.h"

/* One page of each, side by side nowhere. */
#define RAM	    (VMALLOC_START + 0x100000)
#define DEVICE	    (VMALLOC_START + 0x200000)
#define READONLY    (VMALLOC_START + 0x300000)
#define USER	    0x400000UL
#define USER_DEVICE 0x800000UL /* which the process has mapped */
#define SLOT	    fix_to_virt(FIX_TEXT_POKE)

#define RAM_PFN	   0x1000UL
#define DEVICE_PFN 0xfed00UL

static u8 pages[2][PAGE_SIZE]; /* of RAM and of the device */
static char accesses[256];     /* "8 8 1 " */
static size_t nr_text;
static phys_addr_t slot; /* what it maps, 0: nothing */
static u64 slot_cache;
static struct mm process;

/* Where an access goes; NULL, a fault. */
static u8 *byte_of(unsigned long addr, bool write)
{
	unsigned long page = addr & PAGE_MASK, offset = addr & ~PAGE_MASK;

	if (page == (SLOT & PAGE_MASK) && slot)
		return pages[PFN_DOWN(slot) != RAM_PFN] + offset;
	if (page == RAM || (page == READONLY && !write))
		return pages[0] + offset;
	return page == DEVICE ? pages[1] + offset : NULL;
}

static int access_noted(unsigned long addr, unsigned int size, bool write, struct fault_info *fault)
{
	EXPECT_EQ(addr % size, 0);
	if (byte_of(addr, write)) {
		nr_text += (size_t)scnprintf(accesses + nr_text, sizeof(accesses) - nr_text, "%u ",
					     size);
		return 0;
	}
	if (fault)
		*fault = (struct fault_info){ .vector = X86_TRAP_PF,
					      .error_code = (addr & PAGE_MASK) == READONLY ?
								    X86_PF_PROT :
								    0,
					      .address = addr };
	return -EFAULT;
}

int nofault_read(unsigned long addr, unsigned int size, u64 *value, struct fault_info *fault)
{
	int ret = access_noted(addr, size, false, fault);

	*value = 0;
	if (!ret)
		memcpy(value, byte_of(addr, false), size);
	return ret;
}

int nofault_write(unsigned long addr, unsigned int size, u64 value, struct fault_info *fault)
{
	int ret = access_noted(addr, size, true, fault);

	if (!ret)
		memcpy(byte_of(addr, true), &value, size);
	return ret;
}

pte_t lookup_address(unsigned long va, enum pg_level *level)
{
	unsigned long page = va & PAGE_MASK;

	*level = page == RAM || page == DEVICE || page == READONLY ? PG_LEVEL_4K : PG_LEVEL_NONE;
	return __pte(page == DEVICE ? DEVICE_PFN << PAGE_SHIFT | _PAGE_PCD : RAM_PFN << PAGE_SHIFT);
}

pte_t lookup_address_in_mm(const struct mm *mm, unsigned long va, enum pg_level *level)
{
	bool device = (va & PAGE_MASK) == USER_DEVICE;

	EXPECT(mm == &process);
	*level = device || (va & PAGE_MASK) == USER ? PG_LEVEL_4K : PG_LEVEL_NONE;
	return __pte(device ? DEVICE_PFN << PAGE_SHIFT | _PAGE_PCD : RAM_PFN << PAGE_SHIFT);
}

bool pfn_valid(unsigned long pfn)
{
	return pfn == RAM_PFN;
}

void __set_fixmap(enum fixed_addresses idx, phys_addr_t phys, pgprot_t prot)
{
	EXPECT_EQ(idx, FIX_TEXT_POKE);
	EXPECT_EQ(phys & ~PAGE_MASK, 0);
	EXPECT(!slot);
	slot = phys;
	slot_cache = pgprot_val(prot) & (_PAGE_PWT | _PAGE_PCD | _PAGE_PAT);
}

void clear_fixmap(enum fixed_addresses idx)
{
	EXPECT_EQ(idx, FIX_TEXT_POKE);
	EXPECT(slot);
	slot = 0;
}

static void begin(void)
{
	for (unsigned int i = 0; i < PAGE_SIZE; i++)
		pages[0][i] = pages[1][i] = (u8)(i * 7 + 1);
}

/* The widths of one request's accesses; every byte arrived. */
static const char *reading(u64 addr, size_t n)
{
	u8 got[64];

	memset(got, 0, sizeof(got));
	nr_text = 0;
	accesses[0] = 0;
	EXPECT_EQ(gdb_read_memory(&process, addr, got, n), n);
	for (size_t i = 0; i < n; i++)
		EXPECT_EQ(got[i], (u8)((addr + i) % PAGE_SIZE * 7 + 1));
	EXPECT(!slot);
	return accesses;
}

/* ---------------------------------------------------------------- the cases */

TEST(an_aligned_value_is_one_access)
{
	static const char *const one[] = { "1 ", "2 ", "4 ", "8 " };

	begin();
	for (unsigned int i = 0; i < 4; i++) {
		EXPECT_STR(reading(RAM + 64, 1UL << i), one[i]);
		EXPECT_STR(reading(DEVICE + 64, 1UL << i), one[i]);
		EXPECT_STR(reading(USER + 64, 1UL << i), one[i]);
	}
}

/* A block of a device's registers is read as 32 bits each; RAM as wide as can be. */
TEST(a_block_of_registers_is_one_access_each)
{
	begin();
	EXPECT_STR(reading(DEVICE, 16), "4 4 4 4 ");
	EXPECT_STR(reading(DEVICE + 4, 12), "4 4 4 ");
	EXPECT_STR(reading(RAM, 16), "8 8 ");
	EXPECT_STR(reading(RAM + 3, 16), "1 4 8 2 1 ");
	EXPECT_STR(reading(DEVICE + 1, 11), "1 2 4 4 ");
}

TEST(it_ends_where_memory_does)
{
	u8 bytes[32];

	begin();
	EXPECT_EQ(gdb_read_memory(NULL, RAM + PAGE_SIZE - 10, bytes, 32), 10);
	EXPECT_EQ(gdb_write_memory(NULL, RAM + PAGE_SIZE - 10, bytes, 32), 10);
	EXPECT_EQ(gdb_read_memory(NULL, RAM - 1, bytes, 32), 0);
	EXPECT_EQ(gdb_read_memory(&process, USER + PAGE_SIZE - 3, bytes, 32), 3);
	EXPECT_EQ(gdb_read_memory(&process, USER - 1, bytes, 1), 0);
	EXPECT_EQ(gdb_read_memory(NULL, USER, bytes, 1), 0); /* nobody's */
	EXPECT_EQ(gdb_read_memory(NULL, ~0UL - 1, bytes, 8), 0);
	EXPECT_EQ(gdb_read_memory(NULL, RAM, bytes, 0), 0);
}

/* Text: through a mapping of its own, once it is sure that it is there. */
TEST(what_is_read_only_is_written)
{
	begin();
	EXPECT_EQ(gdb_write_memory(NULL, READONLY + 5, "\xcc", 1), 1);
	EXPECT_EQ(pages[0][5], 0xcc);
	EXPECT(!slot);
	EXPECT_EQ(gdb_write_memory(&process, USER + 6, "abc", 3), 3);
	EXPECT_EQ(memcmp(pages[0] + 6, "abc", 3), 0);
	EXPECT_EQ(gdb_write_memory(NULL, RAM + PAGE_SIZE, "x", 1), 0);
	EXPECT(!slot);
}

TEST(a_slot_is_of_the_same_kind_of_memory)
{
	begin();
	EXPECT_EQ(gdb_write_memory(&process, USER, "x", 1), 1);
	EXPECT_EQ(slot_cache, 0);
	EXPECT_EQ(gdb_write_memory(&process, USER_DEVICE, "abcd", 4), 4);
	EXPECT_EQ(slot_cache, _PAGE_PCD);
	EXPECT_EQ(pages[1][0], 'a');
	EXPECT_STR(reading(USER_DEVICE + 8, 16), "4 4 4 4 ");
}

/* Whole pages of RAM, where they are in the direct map; all else as it may be. */
TEST(the_map_names_ram_by_whole_pages)
{
	struct resource ram = { .name = "System RAM",
				.start = 0x1000,
				.end = 0x9fbff,
				.flags = IORESOURCE_SYSTEM_RAM };
	struct resource rom = {
		.name = "System ROM", .start = 0xf0000, .end = 0xfffff, .flags = IORESOURCE_MEM
	};
	struct resource little = { .name = "System RAM",
				   .start = 0x100800,
				   .end = 0x1017ff,
				   .flags = IORESOURCE_SYSTEM_RAM };
	char text[2048];
	struct buffer_sink out;

	EXPECT_EQ(request_resource(&iomem_resource, &ram), 0);
	EXPECT_EQ(request_resource(&iomem_resource, &rom), 0);
	EXPECT_EQ(request_resource(&iomem_resource, &little), 0);
	buffer_sink_init(&out, text, sizeof(text));
	gdb_write_memory_map(&out.sink);
	EXPECT(strstr(text, "start=\"0x200000001000\" length=\"0x9e000\"/>"));
	EXPECT(!strstr(text, "0x2000000f0000"));
	EXPECT(!strstr(text, "0x200000101000"));
	EXPECT(strstr(text, "<memory type=\"ram\" start=\"0x0\" length=\"0xffffffff000\"/>"));
	EXPECT(strstr(text, "start=\"0xffffffff80000000\""));
	release_resource(&ram);
	buffer_sink_init(&out, text, sizeof(text));
	gdb_write_memory_map(&out.sink); /* none known yet: all of the direct map */
	EXPECT(strstr(text, "start=\"0x200000000000\""));
	release_resource(&rom);
	release_resource(&little);
}
