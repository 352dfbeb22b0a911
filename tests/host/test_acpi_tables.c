// SPDX-License-Identifier: MIT
// sources: drivers/acpi/table/check.c drivers/acpi/table/fadt.c kernel/core/cmdline.c
/*
 * Finding tables in memory that firmware filled: early through slots of 256 KiB, then for good.  A table that is
 * too long for a slot is believed no more than the others: its sum is taken when it can be mapped whole.
 */
#include "drivers/acpi/table/tables.c" /* with its list: a test forgets it */
#include "mm/memremap.h"
#include "tests/host/test.h"

#define BASE  0x7ff00000UL /* what is there of physical memory */
#define XSDT  (BASE + 0x100)
#define LONG  (BASE + 0x10ff0) /* its header crosses a page */
#define SIZE  0x60000U	       /* of the long one: more than a slot's 64 pages */
#define OTHER (BASE + 0x1000)

struct boot_info boot_info;
struct cpu_info boot_cpu = { .phys_bits = 40 };

static u8 memory[0x100000];
static int early_maps, maps;
static phys_addr_t unmappable; /* for good */

static void *at(phys_addr_t phys)
{
	return memory + (phys - BASE);
}

static bool is_there(phys_addr_t phys, u64 size)
{
	return phys >= BASE && size <= sizeof(memory) && phys - BASE <= sizeof(memory) - size;
}

void *early_memremap_ro(phys_addr_t phys, unsigned long size)
{
	EXPECT(is_there(phys, size));
	EXPECT(phys % PAGE_SIZE + size <= NR_FIX_BTMAPS * PAGE_SIZE);
	early_maps++;
	return at(phys);
}

void early_memunmap(void *addr, unsigned long size)
{
	(void)addr;
	(void)size;
	early_maps--;
}

void *memremap(phys_addr_t phys, size_t size, unsigned long flags)
{
	EXPECT(is_there(phys, size));
	EXPECT_EQ(flags, MEMREMAP_WB);
	if (phys == unmappable)
		return NULL;
	maps++;
	return at(phys);
}

void memunmap(void *addr)
{
	(void)addr;
	maps--;
}

bool memblock_is_ram(phys_addr_t addr)
{
	return is_there(addr, 1);
}

static unsigned int reserved;

void reserve_ram(phys_addr_t start, u64 size, const char *fmt, ...)
{
	(void)fmt;
	EXPECT(is_there(start, size));
	reserved++;
}

phys_addr_t scan_bios_memory(const char *signature, int (*check)(const void *p, size_t size),
			     void *copy, size_t size)
{
	(void)signature;
	(void)check;
	(void)copy;
	(void)size;
	return 0;
}

void mp_find_table(void)
{
}

void acpi_bgrt_reserve(const struct acpi_table_header *h)
{
	(void)h;
}

static void set_sum(void *p, u32 size, u32 where)
{
	u8 *bytes = p, sum = 0;

	bytes[where] = 0;
	for (u32 i = 0; i < size; i++)
		sum += bytes[i];
	bytes[where] = (u8)-sum;
}

static void make_table(phys_addr_t phys, const char *signature, u32 size)
{
	struct acpi_table_header *h = at(phys);

	memset(h, 0x5a, size);
	memcpy(h->signature, signature, 4);
	h->length = size;
	h->revision = 1;
	set_sum(h, size, offsetof(struct acpi_table_header, checksum));
}

/* An RSDP, an XSDT of these tables, and the tables. */
static void machine(void)
{
	static const u64 tables[] = { LONG, OTHER, OTHER + 0x100 };
	struct acpi_rsdp *rsdp = (struct acpi_rsdp *)boot_info.rsdp;

	memset(memory, 0, sizeof(memory));
	test_log_clear();
	reserved = 0;
	unmappable = 0;
	early_maps = maps = 0;
	boot_info.rsdp_size = sizeof(boot_info.rsdp);
	memset(rsdp, 0, sizeof(*rsdp));
	memcpy(rsdp->signature, "RSD PTR ", 8);
	rsdp->revision = 2;
	rsdp->length = 36;
	rsdp->xsdt_address = XSDT;
	set_sum(rsdp, 20, 8);
	set_sum(rsdp, 36, 32);
	make_table(LONG, "SSDT", SIZE);
	make_table(OTHER, "HPET", 56);
	make_table(OTHER + 0x100, "WAET", 40);
	make_table(XSDT, "XSDT", 36 + sizeof(tables));
	memcpy((u8 *)at(XSDT) + 36, tables, sizeof(tables));
	set_sum(at(XSDT), 36 + sizeof(tables), 9);
}

/* "XSDT SSDT ..." */
static const char *boot(void)
{
	static char text[128];
	const struct acpi_table_header *h;
	int n = 0;

	acpi_boot_table_init();
	EXPECT_EQ(early_maps, 0);
	acpi_map_tables();
	text[0] = '\0';
	for (unsigned int i = 0; (h = acpi_table_by_index(i, NULL)); i++)
		n += scnprintf(text + n, sizeof(text) - (size_t)n, "%.4s ", h->signature);
	return text;
}

static void forget(void)
{
	unsigned int n = 0;

	while (acpi_table_by_index(n, NULL))
		n++;
	EXPECT_EQ(maps, n); /* what is listed is mapped, and nothing else */
	nr_tables = 0;
	available = false;
}

TEST(long_table_is_there)
{
	machine();
	EXPECT_STR(boot(), "XSDT SSDT HPET WAET ");
	EXPECT(acpi_get_table("SSDT", 0) == at(LONG));
	EXPECT_EQ(reserved, 4);
	forget();
}

/* One byte of it is wrong, wherever: then it is no table, and the others are where they were. */
TEST(long_table_with_a_wrong_sum)
{
	static const u32 where[] = { 9, 36, 4096, SIZE / 2, SIZE - 1 };

	for (unsigned int i = 0; i < ARRAY_SIZE(where); i++) {
		machine();
		*(u8 *)at(LONG + where[i]) ^= 0x10;
		EXPECT_STR(boot(), "XSDT HPET WAET ");
		EXPECT(!acpi_get_table("SSDT", 0));
		EXPECT(acpi_get_table("WAET", 0) == at(OTHER + 0x100));
		EXPECT(test_log_has("SSDT at 0x000000007ff10ff0: checksum is wrong"));
		forget();
	}
}

/* Its length grows between the two looks: no more is read than what was reserved. */
TEST(long_table_that_grows)
{
	machine();
	acpi_boot_table_init();
	((struct acpi_table_header *)at(LONG))->length = SIZE + 0x1000;
	set_sum(at(LONG), SIZE + 0x1000, 9);
	acpi_map_tables();
	EXPECT(!acpi_get_table("SSDT", 0));
	EXPECT(acpi_get_table("HPET", 0) != NULL);
	forget();
}

TEST(short_table_with_a_wrong_sum)
{
	machine();
	*(u8 *)at(OTHER + 50) ^= 1;
	EXPECT_STR(boot(), "XSDT SSDT WAET ");
	EXPECT(test_log_has("HPET at 0x000000007ff01000: checksum is wrong"));
	forget();
	machine();
	*(u8 *)at(OTHER + 4) = 20; /* shorter than its header */
	EXPECT_STR(boot(), "XSDT SSDT WAET ");
	forget();
}

TEST(table_that_cannot_be_mapped)
{
	machine();
	unmappable = OTHER;
	EXPECT_STR(boot(), "XSDT SSDT WAET ");
	EXPECT(test_log_has("table at 0x000000007ff01000 cannot be mapped"));
	forget();
}

/* Firmware that lists a table twice, as many do: it is there once. */
TEST(table_that_is_listed_twice)
{
	static const u64 again = OTHER;

	machine();
	memcpy((u8 *)at(XSDT) + 36, &again, sizeof(again));
	set_sum(at(XSDT), 60, 9);
	EXPECT_STR(boot(), "XSDT HPET WAET ");
	EXPECT(!acpi_get_table("HPET", 1));
	EXPECT_EQ(reserved, 3);
	forget();
}

/* What the processor cannot address is not looked at; a length that leads there is none. */
TEST(table_out_of_reach)
{
	u64 entry = 1UL << 40;

	machine();
	memcpy((u8 *)at(XSDT) + 36 + 8, &entry, 8);
	set_sum(at(XSDT), 60, 9);
	EXPECT_STR(boot(), "XSDT SSDT WAET ");
	EXPECT(test_log_has("table at 0x0000010000000000 cannot be reached"));
	forget();
	machine();
	entry = ~0UL - 3;
	memcpy((u8 *)at(XSDT) + 36 + 8, &entry, 8);
	set_sum(at(XSDT), 60, 9);
	EXPECT_STR(boot(), "XSDT SSDT WAET ");
	forget();
	boot_cpu.phys_bits = 31; /* ... or ends there */
	machine();
	((struct acpi_table_header *)at(OTHER))->length = 0x100000;
	EXPECT_STR(boot(), "XSDT SSDT WAET ");
	EXPECT(test_log_has("table at 0x000000007ff01000 is no table: length 0x100000"));
	forget();
	boot_cpu.phys_bits = 40;
}
