// SPDX-License-Identifier: MIT
// sources: mm/mtrr.c
/*
 * How a CPU's memory types are changed: by a processor that has lines and translations of the old types as soon as it
 * may cache any, and whose registers must be written while it has neither (SDM 3A, 11.11.8; 11.12.4 for the PAT).
 */
#include "kernel/core/spinlock.h"
static unsigned long mask_interrupts(void);
static void unmask_interrupts(unsigned long flags);
#define local_irq_save()	 mask_interrupts()
#define local_irq_restore(flags) unmask_interrupts(flags)
#include "mm/mtrr_init.c"
#include "mm/pat.c"
#include "tests/host/test.h"

#define PAT	  0x277
#define CAP	  0xfe
#define DEFTYPE	  0x2ff
#define ENABLED	  BIT_ULL(11)
#define CAN_FIXED BIT_ULL(8)
#define SYSCFG	  0xc0010010
#define TOP_MEM2  0xc001001d

struct cpu_info boot_cpu;
struct e820_table e820_table;
DEFINE_PER_CPU(unsigned int, cpu_number);

/* ---- the processor ---- */

static u64 ranges[0x300], syscfg, top_mem2, cr0;
static bool masked, lines, translations; /* of the types that were */
static unsigned int nr_written;

static unsigned long mask_interrupts(void)
{
	bool before = masked;

	masked = true;
	return before;
}

static void unmask_interrupts(unsigned long flags)
{
	masked = flags;
}

u64 rdmsr(u32 msr)
{
	if (msr == SYSCFG)
		return syscfg;
	if (msr == TOP_MEM2)
		return top_mem2;
	EXPECT(msr < ARRAY_SIZE(ranges));
	return ranges[msr];
}

void wrmsr(u32 msr, u64 value)
{
	EXPECT(masked && cr0 & X86_CR0_CD && !(cr0 & X86_CR0_NW));
	EXPECT(!lines && !translations);
	EXPECT(msr < ARRAY_SIZE(ranges) && msr != CAP);
	EXPECT(msr == PAT || msr == DEFTYPE || !(ranges[DEFTYPE] & ENABLED));
	ranges[msr] = value;
	lines = translations = true; /* what the processor read ahead meanwhile */
	nr_written++;
	if (msr != PAT) /* between these it may not use any: 11.11.8, steps 7 to 9 */
		lines = translations = ranges[DEFTYPE] & ENABLED;
}

u64 read_cr0(void)
{
	return cr0;
}

void write_cr0(u64 v)
{
	EXPECT(!(v & X86_CR0_NW) || v & X86_CR0_CD); /* else #GP: SDM 3A, table 11-5 */
	if (cr0 & ~v & X86_CR0_CD)
		EXPECT(!lines && !translations);
	cr0 = v;
	lines = lines || !(v & X86_CR0_CD);
}

void wbinvd(void)
{
	lines = !(cr0 & X86_CR0_CD);
}

void flush_tlb_this_cpu(void)
{
	translations = false;
}

/* ---- who else has a part in it ---- */

static bool said_end_of_ram, wants_no_trim;
static u64 trimmed;

bool __cmdline_has(const char *word)
{
	return !strcmp(word, "disable_mtrr_trim") && wants_no_trim;
}

void e820__say_end_of_ram(void)
{
	said_end_of_ram = true;
}

unsigned long e820__end_of_ram_pfn(void)
{
	return 0x1234;
}

u64 mtrr_trim(const struct mtrr_state *state, struct e820_table *table, u64 end)
{
	EXPECT(state->present && table == &e820_table && end == 0x1234000);
	return trimmed;
}

/* ---- the tests ---- */

/* Firmware's: the processor runs with its caches on, and has used them. */
static void power_on(void)
{
	cr0 = X86_CR0_WP;
	lines = translations = true;
	masked = false;
	nr_written = 0;
}

TEST(table_of_page_attributes)
{
	power_on();
	pat_init(); /* this one has none: the modes that it has, for all */
	EXPECT(!nr_written && cache_mode_bits[_PAGE_CACHE_MODE_WC] == _PAGE_PCD);
	EXPECT(test_log_has("not supported"));
	boot_cpu.pat = true;
	pat_init();
	EXPECT(nr_written == 1 && cr0 == X86_CR0_WP && !masked);
	/* WB WC UC- UC WB WP UC- WT, the lowest first: SDM 3A, table 11-10. */
	EXPECT_EQ(ranges[PAT], 0x0407050600070106);
	EXPECT(test_log_has("[0-7]: WB  WC  UC- UC  WB  WP  UC- WT\n"));
	for (unsigned int mode = 0; mode < ARRAY_SIZE(cache_mode_bits); mode++)
		EXPECT_EQ(protval2cachemode(cache_mode_bits[mode]), mode);
}

/* The boot CPU's, as a machine's firmware left them: two ranges, and the fixed ones. */
static void read_boot_cpu(void)
{
	power_on();
	boot_cpu.mtrr = true;
	boot_cpu.phys_bits = 36;
	ranges[CAP] = 2 | CAN_FIXED;
	ranges[DEFTYPE] = ENABLED | BIT(10) | MTRR_TYPE_UNCACHABLE;
	ranges[0x200] = MTRR_TYPE_WRBACK;
	ranges[0x201] = 0xf80000000 | ENABLED;
	ranges[0x203] = 0;
	ranges[0x250] = 0x0606060606060606;
	mtrr_init();
	EXPECT(!nr_written);
}

TEST(ranges_of_another_cpu)
{
	u64 want[ARRAY_SIZE(ranges)];

	read_boot_cpu();
	memcpy(want, ranges, sizeof(want));
	masked = true;
	mtrr_setup_this_cpu();
	EXPECT(!nr_written && lines && !test_log_has("inconsistent"));
	/* Each of them alone, and what enables all. */
	for (u32 msr = 0x200; msr < ARRAY_SIZE(ranges); msr++) {
		if ((msr > 0x203 && msr < 0x250) || (msr > 0x250 && msr < DEFTYPE && msr != 0x26f))
			continue;
		ranges[msr] ^= msr == DEFTYPE ? ENABLED : 1;
		mtrr_setup_this_cpu();
		EXPECT(!memcmp(ranges, want, sizeof(want)));
		EXPECT(cr0 == X86_CR0_WP && masked);
	}
	EXPECT(test_log_has("your CPUs had inconsistent MTRR settings: CPU 0 has the boot CPU's"));
}

/* AMD APM 2, 7.9.1: the type above 4 GiB is not ours to set. */
TEST(top_of_memory)
{
	boot_cpu.family = 0x17;
	strscpy(boot_cpu.vendor, "AuthenticAMD", sizeof(boot_cpu.vendor));
	syscfg = BIT_ULL(21) | BIT_ULL(22);
	top_mem2 = 0x240000000;
	read_boot_cpu();
	EXPECT_EQ(mtrr_type_lookup(0x200000000, 0x200001000, NULL), MTRR_TYPE_WRBACK);
	EXPECT_EQ(mtrr_type_lookup(0x240000000, 0x240001000, NULL), MTRR_TYPE_UNCACHABLE);
	syscfg = BIT_ULL(21);
	read_boot_cpu();
	EXPECT_EQ(mtrr_type_lookup(0x200000000, 0x200001000, NULL), MTRR_TYPE_UNCACHABLE);
	boot_cpu.vendor[0] = '\0';
	syscfg = BIT_ULL(21) | BIT_ULL(22);
	read_boot_cpu();
	EXPECT_EQ(mtrr_type_lookup(0x200000000, 0x200001000, NULL), MTRR_TYPE_UNCACHABLE);
}

TEST(ram_that_is_left_uncached)
{
	said_end_of_ram = false;
	read_boot_cpu();
	EXPECT(!said_end_of_ram);
	trimmed = PAGE_SIZE;
	read_boot_cpu();
	EXPECT(said_end_of_ram);
	said_end_of_ram = false;
	wants_no_trim = true;
	read_boot_cpu();
	EXPECT(!said_end_of_ram);
}

TEST(no_ranges)
{
	power_on();
	boot_cpu.mtrr = false;
	mtrr_init();
	mtrr_setup_this_cpu();
	EXPECT(!nr_written && test_log_has("this CPU has none"));
}
