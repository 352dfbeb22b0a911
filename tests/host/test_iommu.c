// SPDX-License-Identifier: MIT
// sources: drivers/acpi/table/blocks.c kernel/core/resource.c kernel/core/region.c kernel/core/cmdline.c kernel/lib/tree.c
/*
 * IOMMUs that DMAR and IVRS name: how long the register sets are (VT-d 4.0, 11.4.2 and 11.4.3; AMD I/O
 * Virtualization 3.07, 5.2.2), and what is claimed where one is short, absent or another's.
 */
#include "drivers/acpi/table/acpi.h"
#include "mm/ioremap.h"
#include "tests/host/fake_device.h"
#include "tests/host/table_builder.h"

#include "drivers/iommu/dmar.c"

#undef pr_fmt
#define pr_fmt(fmt)    "IVRS: " fmt
#define registers_size ivrs_registers_size
#include "drivers/iommu/ivrs.c"

/* ---------------------------------------------------------------- the machine */

#define UNIT(n)	   (0xfed90000UL + (n)*0x10000UL)
#define FRO(bytes) ((u64)(bytes) / 16 << 24) /* CAP: fault recording at that offset */
#define NFR(n)	   ((u64)((n)-1) << 40)	     /* CAP: so many of them */
#define IRO(bytes) ((u64)(bytes) / 16 << 8)  /* ECAP: IOTLB registers at that offset */

static struct {
	u64 cap, ecap;
} unit[3];

static const void *table;
static struct builder b;
static unsigned int mapped; /* pages */
static phys_addr_t unmappable;

const struct acpi_table_header *acpi_get_table(const char *signature, unsigned int n)
{
	(void)n;
	return table && memcmp(table, signature, 4) == 0 ? table : NULL;
}

/* Physical and virtual are one here. */
void __iomem *ioremap(phys_addr_t phys, unsigned long size)
{
	if (phys == unmappable)
		return NULL;
	mapped += size / PAGE_SIZE;
	return (void __iomem *)phys;
}

void iounmap(volatile void __iomem *addr)
{
	EXPECT(mapped);
	mapped--; /* of one page: nothing longer goes */
	(void)addr;
}

static u64 device_read(unsigned long addr, unsigned int size)
{
	unsigned int n = (unsigned int)((addr - UNIT(0)) / 0x10000);

	n = min(n, 2U); /* all that follow are like the third */
	switch (addr % 0x10000) {
	case 0x00:
		EXPECT_EQ(size, 4);
		return 0x10;
	case 0x08:
		EXPECT_EQ(size, 8);
		return unit[n].cap;
	case 0x10:
		EXPECT_EQ(size, 8);
		return unit[n].ecap;
	default:
		host_fail(__FILE__, __LINE__, "a read of %lx", addr);
		return 0;
	}
}

static __maybe_unused void device_write(unsigned long addr, unsigned int size, u64 value)
{
	host_fail(__FILE__, __LINE__, "a write to %lx: %u, %lx", addr, size, value);
}

/* What is claimed, one after the other; it is free after that. */
static const char *claims(void)
{
	static char text[512];
	size_t n = 0;

	text[0] = 0;
	for (struct resource *res; (res = resource_first_child(&iomem_resource));) {
		n += (size_t)scnprintf(text + n, sizeof(text) - n, "%lx-%lx %s\n", res->start,
				       res->end, res->name);
		release_mem_region(res->start, resource_size(res));
	}
	return text;
}

/* ---------------------------------------------------------------- DMAR */

static void begin_dmar(void)
{
	mapped = nr_units = 0;
	begin_table(&b, "DMAR", 1);
	put(&b, 0x26, 1); /* 39 bits */
	put(&b, 0, 11);
}

static void put_drhd(u64 address)
{
	put(&b, 0, 2);
	put(&b, 16, 2);
	put(&b, 0, 4);
	put(&b, address, 8);
}

static void run(void (*init)(void))
{
	void *whole = finish_table(&b);

	table = whole;
	init();
	table = NULL;
	test_free(whole);
}

TEST(a_unit_of_one_page)
{
	unit[0].cap = FRO(0x200) | NFR(1);
	unit[0].ecap = IRO(0x500);
	begin_dmar();
	put_drhd(UNIT(0));
	run(dmar_init);
	EXPECT_STR(claims(), "fed90000-fed90fff dmar0\n");
	EXPECT_EQ(mapped, 1);
	EXPECT_STR(test_log(), "DMAR: dmar0: reg_base_addr fed90000 ver 1:0 cap 20000000 "
			       "ecap 5000\n");
}

/* The set ends where the last of both does: to the byte. */
TEST(a_unit_is_claimed_to_its_last_register)
{
	unit[0].cap = FRO(0xf00) | NFR(16); /* ends at 0x1000 */
	unit[0].ecap = IRO(0xff0);	    /* likewise */
	unit[1].cap = FRO(0xf00) | NFR(17);
	unit[1].ecap = 0;
	unit[2].cap = FRO(0x200) | NFR(1);
	unit[2].ecap = IRO(0x1000);
	begin_dmar();
	for (unsigned int n = 0; n < 3; n++)
		put_drhd(UNIT(n));
	run(dmar_init);
	EXPECT_STR(claims(), "fed90000-fed90fff dmar0\nfeda0000-feda1fff dmar1\n"
			     "fedb0000-fedb1fff dmar2\n");
	EXPECT_EQ(mapped, 5);
	unit[0].cap = FRO(0x3ff0) | NFR(256);
	unit[0].ecap = IRO(0x3ff0);
	begin_dmar();
	put_drhd(UNIT(0));
	run(dmar_init);
	EXPECT_STR(claims(), "fed90000-fed94fff dmar0\n");
}

TEST(a_unit_that_cannot_be_had_is_said_and_leaves_nothing)
{
	unit[0].cap = unit[0].ecap = ~0ULL; /* nobody answers there */
	unit[1].cap = FRO(0x1000) | NFR(1);
	unit[2].cap = FRO(0x200) | NFR(1);
	begin_dmar();
	for (unsigned int n = 0; n < 3; n++)
		put_drhd(UNIT(n));
	EXPECT(request_mem_region(UNIT(1) + PAGE_SIZE, PAGE_SIZE, "another"));
	unit[1].ecap = unit[2].ecap = 0;
	run(dmar_init);
	EXPECT_STR(claims(), "feda1000-feda1fff another\nfedb0000-fedb0fff dmar2\n");
	EXPECT_EQ(mapped, 1);
	EXPECT(test_log_has("dmar0 at 0x00000000fed90000 cannot be used: ENODEV\n"));
	EXPECT(test_log_has("dmar1 at 0x00000000feda0000 cannot be used: EBUSY\n"));
	EXPECT(test_log_has("dmar2: reg_base_addr fedb0000"));
	EXPECT_EQ(nr_units, 1);
	begin_dmar();
	put_drhd(UNIT(1));
	unmappable = UNIT(1);
	run(dmar_init);
	unmappable = 0;
	EXPECT_STR(claims(), "");
	EXPECT(test_log_has("dmar0 at 0x00000000feda0000 cannot be used: ENOMEM\n"));
}

TEST(more_units_than_there_is_room_for_and_none)
{
	unit[0].cap = unit[1].cap = unit[2].cap = FRO(0x200);
	unit[0].ecap = unit[1].ecap = unit[2].ecap = 0;
	begin_dmar();
	for (unsigned int n = 0; n < 20; n++)
		put_drhd(UNIT(n));
	run(dmar_init);
	EXPECT_EQ(nr_units, 16);
	EXPECT_EQ(mapped, 16);
	claims();
	dmar_init();
	ivrs_init();
	EXPECT_STR(claims(), "");
}

/* ---------------------------------------------------------------- IVRS */

static void begin_ivrs(void)
{
	begin_table(&b, "IVRS", 2);
	put(&b, 0, 12);
}

static void put_ivhd(u8 type, u64 base, u32 features, u64 efr)
{
	put(&b, type, 1);
	put(&b, 0, 1);
	put(&b, type == 0x10 ? 24 : 40, 2);
	put(&b, 2, 2);
	put(&b, 0x40, 2);
	put(&b, base, 8);
	put(&b, 0, 4);
	put(&b, features, 4);
	if (type != 0x10) {
		put(&b, efr, 8);
		put(&b, 0, 8);
	}
}

TEST(an_iommu_of_amd_has_its_counters_behind_it)
{
	begin_ivrs();
	put_ivhd(0x10, 0xfeb80000, 1U << 13 | 1U << 17, 0);
	put_ivhd(0x10, 0xfdc00000, 0xfU << 13, 0); /* banks without counters are none */
	put_ivhd(0x10, 0, 0, 0);
	run(ivrs_init);
	EXPECT_STR(claims(), "fdc00000-fdc03fff amd_iommu\nfeb80000-febfffff amd_iommu\n");
	begin_ivrs();
	put_ivhd(0x11, 0xfeb80000, 0, BIT(9));
	put_ivhd(0x11, 0xfdc00000, 0xfU << 13 | 1U << 17, 0);
	run(ivrs_init);
	EXPECT_STR(claims(), "fdc00000-fdc03fff amd_iommu\nfeb80000-febfffff amd_iommu\n");
}

/* The same unit in blocks of each age: the newest form that there is counts. */
TEST(the_newest_description_counts)
{
	begin_ivrs();
	put_ivhd(0x10, 0xfeb80000, 1U << 13 | 1U << 17, 0);
	put_ivhd(0x11, 0xfeb80000, 0, 0);
	put_ivhd(0x99, 0xfdc00000, 0, 0); /* from another time */
	run(ivrs_init);
	EXPECT_STR(claims(), "feb80000-feb83fff amd_iommu\n");
	EXPECT_STR(test_log(), "IVRS: IOMMU at 0xfeb80000\n");
}

TEST(a_block_whose_length_lies_is_the_last)
{
	for (u32 length = 0; length < 64; length += length < 24 ? 1 : 13) {
		begin_ivrs();
		put_ivhd(0x10, 0xfeb80000, 0, 0);
		put_ivhd(0x10, 0xfdc00000, 0, 0);
		b.bytes[48 + 24 + 2] = (u8)length;
		run(ivrs_init);
		EXPECT_STR(claims(), length == 24 ? "fdc00000-fdc03fff amd_iommu\n"
						    "feb80000-feb83fff amd_iommu\n" :
						    "feb80000-feb83fff amd_iommu\n");
	}
	begin_ivrs();
	put_ivhd(0x11, 0xfeb80000, 0, BIT(9));
	b.bytes[48 + 2] = 24; /* without the field that tells of counters, and nothing behind it */
	b.n = 48 + 24;
	run(ivrs_init);
	EXPECT_STR(claims(), "feb80000-feb83fff amd_iommu\n");
	begin_ivrs();
	b.n -= 5; /* not even a header */
	run(ivrs_init);
	EXPECT_STR(claims(), "");
}
