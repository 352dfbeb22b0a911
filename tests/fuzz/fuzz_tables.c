// SPDX-License-Identifier: MIT
// sources: drivers/acpi/table/check.c drivers/acpi/table/fadt.c drivers/firmware/bios_scan.c kernel/core/cmdline.c
/*
 * From the RSDP to ACPI's tables, through memory that the input fills: which are found, mapped and reserved is held
 * to a walk by the specification that is written down again here.
 *
 * The input: how it is booted; the loader's RSDP; then pieces of the first MiB, each a place, a length and bytes, and
 * whether the sum of the table or the RSDP that begins there is made right.  What is not said is zero, what lies
 * beyond is ones.
 */
#include "drivers/acpi/table/tables.c" /* with its list: each input starts from nothing */
#include "mm/memremap.h"
#include "tests/fuzz/fuzz.h"

#define MEMORY	   0x100000UL
#define RAM_END	   0xa0000UL
#define LONGEST	   0x100000UL	 /* of a table: ACPI_TABLE_MAX */
#define EARLY	   (64 * 4096UL) /* what an early slot has */
#define MAX_PIECES 512

struct boot_info boot_info;
struct cpu_info boot_cpu;

static u8 memory[MEMORY + LONGEST];

/* ---- memory, as the kernel maps it: copies of what is asked for, so that no look beyond goes unseen ---- */

static int mapped;
static unsigned int nr_memremaps, unmappable; /* which memremap() fails, from 1 */

static void *copy_of(phys_addr_t phys, u64 size)
{
	u64 there = phys < sizeof(memory) ? min(size, sizeof(memory) - phys) : 0;
	u8 *copy = test_alloc(size);

	MUST(phys && size && phys + (size - 1) >= phys &&
	     !((phys + size - 1) >> boot_cpu.phys_bits));
	if (there)
		memcpy(copy, memory + phys, there);
	memset(copy + there, 0xff, size - there);
	mapped++;
	return copy;
}

static void put_copy(void *copy)
{
	mapped--;
	test_free(copy);
}

void *early_memremap_ro(phys_addr_t phys, unsigned long size)
{
	MUST(mapped < 8 && phys % 4096 + size <= EARLY);
	return copy_of(phys, size);
}

void early_memunmap(void *addr, unsigned long size)
{
	(void)size;
	put_copy(addr);
}

void *memremap(phys_addr_t phys, size_t size, unsigned long flags)
{
	MUST(flags == MEMREMAP_WB && size <= LONGEST);
	return ++nr_memremaps == unmappable ? NULL : copy_of(phys, size);
}

void memunmap(void *addr)
{
	put_copy(addr);
}

bool memblock_is_ram(phys_addr_t addr)
{
	return addr < RAM_END;
}

static struct piece {
	u64 start, size;
} reserved[ACPI_MAX_TABLES];
static unsigned int nr_reserved, nr_mp_searches;

void reserve_ram(phys_addr_t start, u64 size, const char *fmt, ...)
{
	(void)fmt;
	MUST(nr_reserved < ARRAY_SIZE(reserved));
	reserved[nr_reserved++] = (struct piece){ start, size };
}

void mp_find_table(void)
{
	nr_mp_searches++;
}

void acpi_bgrt_reserve(const struct acpi_table_header *h)
{
	MUST(mapped && !memcmp(h->signature, "BGRT", 4));
}

/* ---- the walk, once more ---- */

static struct piece want[ACPI_MAX_TABLES];
static unsigned int nr_want;

static u64 number(u64 at, unsigned int bytes)
{
	u64 value = 0;

	for (unsigned int i = 0; i < bytes; i++)
		value |= (u64)(at + i < sizeof(memory) ? memory[at + i] : 0xff) << (8 * i);
	return value;
}

static bool begins(u64 at, const char *signature)
{
	for (unsigned int i = 0; signature[i]; i++)
		if (number(at + i, 1) != (u8)signature[i])
			return false;
	return true;
}

static bool sum_is_0(u64 at, u64 size)
{
	u8 sum = 0;

	for (u64 i = 0; i < size; i++)
		sum = (u8)(sum + memory[at + i]);
	return !sum;
}

static bool exists(u64 at, u64 size)
{
	return at && at < 1ULL << boot_cpu.phys_bits && size <= (1ULL << boot_cpu.phys_bits) - at;
}

/* 5.2.6: all of it is right but perhaps the sum, which the FACS (5.2.10) has not.  0: no table; else its length. */
static u64 length_at(u64 at)
{
	u64 length = number(at + 4, 4);

	if (!exists(at, 36) || length < (begins(at, "FACS") ? 64 : 36) || length > LONGEST)
		return 0;
	return exists(at, length) ? length : 0;
}

static bool is_right(u64 at)
{
	return begins(at, "FACS") || sum_is_0(at, length_at(at));
}

/* It is listed, and small enough to be followed at once. */
static bool want_table(u64 at, const char *signature)
{
	u64 length = length_at(at);
	bool early = at % 4096 + length <= EARLY;

	if (!length || (signature && !begins(at, signature)) || (early && !is_right(at)))
		return false;
	if (nr_want < ARRAY_SIZE(want))
		want[nr_want++] = (struct piece){ at, length };
	return early;
}

static u64 fadt_field(u64 at, u64 offset, unsigned int bytes)
{
	return offset + bytes <= length_at(at) ? number(at + offset, bytes) : 0;
}

static void want_once(u64 at, const char *signature)
{
	for (unsigned int i = 0; i < nr_want; i++)
		if (want[i].start == at)
			return;
	if (!at || !want_table(at, signature) || !begins(at, "FACP"))
		return;
	/* 5.2.9: the 64-bit address goes before, and without hardware there is no FACS. */
	want_once(fadt_field(at, 140, 8) ?: fadt_field(at, 40, 4), "DSDT");
	if (!(fadt_field(at, 112, 4) & 1 << 20))
		want_once(fadt_field(at, 132, 8) ?: fadt_field(at, 36, 4), "FACS");
}

static bool want_root(u64 at, const char *signature, unsigned int bytes)
{
	if (!at || !want_table(at, signature))
		return false;
	for (u64 i = 36; i + bytes <= length_at(at) && nr_want < ARRAY_SIZE(want); i += bytes)
		want_once(number(at + i, bytes), NULL);
	return true;
}

#define RSDP (sizeof(memory) - BOOT_RSDP_MAX) /* the one that is used, behind all memory */

static bool take_rsdp(const u8 *from, size_t size)
{
	memset(memory + RSDP, 0, BOOT_RSDP_MAX);
	memcpy(memory + RSDP, from, min(size, (size_t)BOOT_RSDP_MAX));
	return size >= 20 && begins(RSDP, "RSD PTR ") && sum_is_0(RSDP, 20);
}

static bool rsdp_between(u64 start, u64 end)
{
	for (u64 at = start; at < end; at += 16)
		if (memory[at] == 'R' && take_rsdp(memory + at, end - at))
			return true;
	return false;
}

/* 5.2.5.1; the last KiB of base memory is where the EBDA is that nobody names. */
static bool rsdp_in_bios(void)
{
	u64 ebda = number(0x40e, 2) << 4;

	return (ebda >= 0x400 && ebda <= 0x9fc00 && rsdp_between(ebda, ebda + 1024)) ||
	       rsdp_between(0x9fc00, 0xa0000) || rsdp_between(0xe0000, 0x100000);
}

/* 5.2.5.3: an extended one that is not right all over is one of ACPI 1.0. */
static bool want_tables(void)
{
	if (!take_rsdp(boot_info.rsdp, boot_info.rsdp_size) && (boot_info.efi || !rsdp_in_bios()))
		return false;
	return (number(RSDP + 15, 1) >= 2 && number(RSDP + 20, 4) == 36 && sum_is_0(RSDP, 36) &&
		want_root(number(RSDP + 24, 8), "XSDT", 8)) ||
	       want_root(number(RSDP + 16, 4), "RSDT", 4);
}

/* ---- what the kernel made of it ---- */

static void check_early(bool found)
{
	unsigned int apics = 0, r = 0;

	MUST(!mapped && acpi_available() == found);
	for (unsigned int i = 0; i < nr_want; i++) {
		struct piece t = want[i];

		apics += begins(t.start, "APIC");
		if (t.start >= RAM_END)
			continue;
		MUST(r < nr_reserved && reserved[r].start == t.start && reserved[r].size == t.size);
		r++;
	}
	MUST(r == nr_reserved && nr_mp_searches == (!found || !apics));
}

static void check_mapped(void)
{
	const struct acpi_table_header *h;
	unsigned int n = 0, same = 0;
	phys_addr_t phys;

	for (unsigned int i = 0; i < nr_want; i++) {
		if (i + 1 == unmappable || !is_right(want[i].start))
			continue;
		h = acpi_table_by_index(n++, &phys);
		MUST(h && phys == want[i].start && h->length == want[i].size);
		MUST(!memcmp(h, memory + phys, h->length));
		same += !memcmp(h->signature, "SSDT", 4);
		MUST(memcmp(h->signature, "SSDT", 4) || acpi_get_table("SSDT", same - 1) == h);
	}
	MUST(!acpi_table_by_index(n, NULL) && !acpi_get_table("SSDT", same) && mapped == (int)n);
	while (n--)
		put_copy((void *)acpi_table_by_index(n, NULL));
}

/* ---- an input ---- */

static void make_sum_right(u64 at, u8 what)
{
	if (what & 1 && length_at(at))
		memory[at + 9] = (u8)(memory[at + 9] - byte_sum(memory + at, length_at(at)));
	if (what & 2 && at + 36 <= MEMORY) {
		memory[at + 8] = (u8)(memory[at + 8] - byte_sum(memory + at, 20));
		memory[at + 32] = (u8)(memory[at + 32] - byte_sum(memory + at, 36));
	}
}

static void begin(struct choices *c)
{
	u8 how = choose8(c);

	boot_info.rsdp_size = how & 1 ? (how & 2 ? 20 : 36) : 0;
	boot_info.efi = how & 4;
	boot_cpu.phys_bits = how & 8 ? 20 : 40;
	unmappable = how >> 4;
	for (unsigned int i = 0; i < boot_info.rsdp_size; i++)
		boot_info.rsdp[i] = choose8(c);
	nr_tables = nr_reserved = nr_mp_searches = nr_want = nr_memremaps = 0;
	available = false;
	mapped = 0;
	memset(memory + MEMORY, 0xff, !memory[MEMORY] * LONGEST);
}

void fuzz(const u8 *data, size_t size)
{
	static struct piece pieces[MAX_PIECES];
	static u8 sums[MAX_PIECES];
	struct choices c = { data, size };
	unsigned int nr = 0;
	bool found;

	begin(&c);
	for (; c.left && nr < MAX_PIECES; nr++) {
		struct piece *p = &pieces[nr];

		sums[nr] = choose8(&c);
		p->start = choose_bytes(&c, 2) << 4 | sums[nr] >> 4;
		p->size = min(min((u64)choose8(&c), (u64)c.left), MEMORY - p->start);
		memcpy(memory + p->start, c.at, p->size);
		c.at += p->size, c.left -= p->size;
	}
	for (unsigned int i = 0; i < nr; i++)
		make_sum_right(pieces[i].start, sums[i]);
	found = want_tables();
	memset(memory + RSDP, 0xff, BOOT_RSDP_MAX);
	acpi_boot_table_init();
	check_early(found);
	acpi_map_tables();
	check_mapped();
	for (unsigned int i = 0; i < nr; i++)
		memset(memory + pieces[i].start, 0, min(MEMORY - pieces[i].start, 300UL));
}
