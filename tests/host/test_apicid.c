// SPDX-License-Identifier: MIT
// sources: kernel/irq/apicid.c kernel/irq/routing.c
/* The numbers that processors get, against what Linux 6.1 gives to the same lists. */
#include "kernel/irq/apicid.h"

#include "tests/host/test.h"

#define XAPIC 254U

static struct irq_routing list;

static void begin(void)
{
	irq_routing_reset(&list);
	list.source = "MADT";
}

static void put(u32 first, u32 last)
{
	for (u32 id = first; id <= last; id++)
		irq_routing_add_cpu(&list, id, true);
}

TEST(in_order_of_the_list)
{
	begin();
	put(0, 2);
	put(8, 9);
	EXPECT_EQ(number_cpus(&list, 0, XAPIC, NR_CPUS), 5);
	EXPECT_EQ(cpu_apic_id[2], 2);
	EXPECT_EQ(cpu_apic_id[3], 8);
	EXPECT_EQ(cpu_apic_id[4], 9);
	EXPECT_STR(test_log(), "");
}

/* Linux: logical number 0 is the boot CPU's, the others count from 1. */
TEST(boot_cpu_is_0_wherever_it_stands)
{
	begin();
	put(0, 3);
	EXPECT_EQ(number_cpus(&list, 2, XAPIC, NR_CPUS), 4);
	EXPECT_EQ(cpu_apic_id[0], 2);
	EXPECT_EQ(cpu_apic_id[1], 0);
	EXPECT_EQ(cpu_apic_id[2], 1);
	EXPECT_EQ(cpu_apic_id[3], 3);
}

/* nr_cpus=2 keeps a place for the boot CPU, also where it comes last. */
TEST(limit)
{
	begin();
	put(0, 3);
	EXPECT_EQ(number_cpus(&list, 3, XAPIC, 2), 2);
	EXPECT_EQ(cpu_apic_id[0], 3);
	EXPECT_EQ(cpu_apic_id[1], 0);
	EXPECT_STR(test_log(),
		   "APIC: NR_CPUS/possible_cpus limit of 2 reached.  2 processors ignored.\n");
	EXPECT_EQ(number_cpus(&list, 3, XAPIC, 1), 1);
}

TEST(more_than_there_is_room_for)
{
	begin();
	put(0, 287);
	EXPECT_EQ(list.nr_cpus, 288);
	EXPECT_EQ(number_cpus(&list, 0, ~1U, NR_CPUS), NR_CPUS);
	EXPECT_EQ(cpu_apic_id[NR_CPUS - 1], NR_CPUS - 1);
	EXPECT_STR(test_log(),
		   "APIC: NR_CPUS/possible_cpus limit of 256 reached.  32 processors ignored.\n");
}

/* An id of more than 8 bits, or 255, which means all, is beyond an xAPIC. */
TEST(beyond_the_apic)
{
	begin();
	put(0, 0);
	put(254, 256);
	EXPECT_EQ(number_cpus(&list, 0, XAPIC, NR_CPUS), 2);
	EXPECT_EQ(cpu_apic_id[1], 254);
	EXPECT_STR(test_log(),
		   "APIC: id 0xff is beyond what can be reached: its processor is left out\n"
		   "APIC: id 0x100 is beyond what can be reached: its processor is left out\n");
	EXPECT_EQ(number_cpus(&list, 0, ~1U, NR_CPUS), 4);
}

TEST(twice)
{
	begin();
	put(0, 1);
	put(1, 2);
	put(0, 0);
	EXPECT_EQ(number_cpus(&list, 0, XAPIC, NR_CPUS), 3);
	EXPECT_EQ(cpu_apic_id[2], 2);
	EXPECT_STR(test_log(), "APIC: id 0x1 stands twice in the MADT\n"
			       "APIC: id 0x0 stands twice in the MADT\n");
}

TEST(nobody_is_listed)
{
	begin();
	EXPECT_EQ(number_cpus(&list, 5, XAPIC, NR_CPUS), 1);
	EXPECT_EQ(cpu_apic_id[0], 5);
	EXPECT_STR(test_log(), "");
	put(1, 1);
	EXPECT_EQ(number_cpus(&list, 5, XAPIC, NR_CPUS), 2);
	EXPECT_STR(test_log(), "APIC: Boot CPU (id 5) not listed by BIOS\n");
}
