// SPDX-License-Identifier: MIT
// sources:
/* Areas of per-CPU data, of as many CPUs as there is memory for, and what is given out of them at run time. */
#include "tests/host/test.h"

#undef pr_fmt
#include "kernel/core/percpu.c"

__asm__(".data\n"
	".globl __per_cpu_start, __per_cpu_end\n"
	"__per_cpu_start: .skip 4096\n"
	"__per_cpu_end:\n"
	".text");

u32 lock_owner_id;

static u64 gs_base;

void wrmsr(u32 msr, u64 value)
{
	EXPECT_EQ(msr, 0xc0000101); /* IA32_GS_BASE (SDM 4, 2.1) */
	gs_base = value;
}

static unsigned int allocations, max_allocations;
static size_t asked[NR_CPUS + 1];

static void *alloc(size_t size)
{
	static char memory[8][8192] __aligned(64);

	if (allocations == max_allocations)
		return NULL;
	asked[allocations] = size;
	return memory[allocations++ % 8];
}

static void boot(void)
{
	per_cpu_offset = &boot_offset;
	nr_cpu_ids = 1;
	allocations = 0;
	max_allocations = ~0U;
}

TEST(each_cpu_has_an_area)
{
	boot();
	percpu_init(4, alloc);
	EXPECT_EQ(nr_cpu_ids, 4);
	EXPECT_EQ(allocations, 4); /* the table, and three areas: the boot CPU has the linked one */
	EXPECT_EQ(asked[0], 4 * sizeof(unsigned long));
	EXPECT(asked[1] == 4096 && asked[3] == 4096);
	EXPECT_EQ(per_cpu_offset[0], 0);
	for (unsigned int i = 1; i < 4; i++)
		for (unsigned int j = 0; j < i; j++)
			EXPECT(per_cpu_offset[i] != per_cpu_offset[j]);
	EXPECT(test_log_has("percpu: 4096 bytes for each of 4 CPUs"));
	boot();
	percpu_init(1, alloc);
	EXPECT(nr_cpu_ids == 1 && !allocations && per_cpu_offset == &boot_offset);
}

TEST(cpus_without_memory_are_left_out)
{
	boot();
	max_allocations = 2;
	percpu_init(4, alloc);
	EXPECT_EQ(nr_cpu_ids, 2);
	EXPECT(test_log_has("percpu: no memory for the data of 2 of 4 CPUs: they are left out"));
	boot();
	max_allocations = 1;
	percpu_init(3, alloc);
	EXPECT(nr_cpu_ids == 1 && per_cpu_offset == &boot_offset);
	boot();
	max_allocations = 0;
	percpu_init(3, alloc);
	EXPECT(nr_cpu_ids == 1 && per_cpu_offset == &boot_offset);
	boot();
	percpu_init(NR_CPUS + 5, alloc);
	EXPECT_EQ(nr_cpu_ids, NR_CPUS);
	boot();
}

/* Two CPUs, of which the other one's part lies in `other`. */
static u8 other[PERCPU_DYNAMIC];

static void two_cpus(void)
{
	static unsigned long offsets[2];

	offsets[1] = (unsigned long)other - (unsigned long)dynamic;
	per_cpu_offset = offsets;
	nr_cpu_ids = 2;
}

TEST(what_is_given_out_is_zero_for_each_cpu_and_nobody_else_s)
{
	u8 *a, *b, *again;

	two_cpus();
	memset(dynamic, 0xaa, sizeof(dynamic));
	memset(other, 0xaa, sizeof(other));
	a = alloc_percpu(100);
	b = alloc_percpu(1);
	ASSERT(a && b);
	EXPECT(!((unsigned long)a % 64) && !((unsigned long)b % 64));
	EXPECT(b >= a + 100 || a >= b + 1);
	for (unsigned int i = 0; i < 100; i++)
		EXPECT(!a[i] && !(&per_cpu(*a, 1))[i]);
	memset(&per_cpu(*a, 1), 0x55, 100);
	free_percpu(a, 100);
	again = alloc_percpu(100); /* zero again, of both */
	EXPECT(again == a && !again[99] && !(&per_cpu(*again, 1))[99]);
	free_percpu(again, 100);
	free_percpu(b, 1);
	free_percpu(NULL, 5);
	boot();
}

TEST(room_that_is_used_up_and_comes_back)
{
	static u8 *p[NR_UNITS];
	u8 *two;

	boot();
	EXPECT(!alloc_percpu(0));
	EXPECT(!alloc_percpu(PERCPU_DYNAMIC + 1));
	for (unsigned int i = 0; i < NR_UNITS; i++) {
		p[i] = alloc_percpu(UNIT);
		ASSERT(p[i]);
	}
	EXPECT(!alloc_percpu(1));
	EXPECT(test_log_has("percpu: no room for 1 bytes: raise PERCPU_DYNAMIC (32768)"));
	free_percpu(p[3], UNIT);
	free_percpu(p[7], UNIT);
	EXPECT(!alloc_percpu(UNIT + 1)); /* two, and not in a row */
	free_percpu(p[4], UNIT);
	two = alloc_percpu(UNIT + 1);
	EXPECT(two == p[3]);
	p[4] = NULL;
	free_percpu(two, UNIT + 1);
	for (unsigned int i = 0; i < NR_UNITS; i++)
		if (i != 3 && i != 7)
			free_percpu(p[i], UNIT);
	p[0] = alloc_percpu(PERCPU_DYNAMIC);
	EXPECT(p[0]);
	free_percpu(p[0], PERCPU_DYNAMIC);
}

/* Who has a lock, and whether he may be preempted, is told from the first instruction that asks. */
TEST(a_cpu_finds_its_own)
{
	two_cpus();
	percpu_setup_this_cpu(1);
	EXPECT_EQ(gs_base, per_cpu_offset[1]);
	EXPECT(raw_smp_processor_id() == 1 && lock_owner_id == 2);
	EXPECT(!preempt_count() && !need_resched());
	percpu_setup_this_cpu(0);
	EXPECT(gs_base == 0 && raw_smp_processor_id() == 0 && lock_owner_id == 1);
	boot();
}
