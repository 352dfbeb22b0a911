// SPDX-License-Identifier: MIT
// sources: drivers/acpi/table/apei.c
/* The programs of APEI tables, on a machine of eight registers. */
#include "drivers/acpi/table/apei.h"
#include "tests/host/test.h"

#define REGS 0x1000

static u64 regs[8];
static unsigned int reads, changes_at; /* the read that finds the last register changed; 0: none */

static int read_reg(const struct acpi_gas *reg, unsigned int width, u64 *value)
{
	if (++reads == changes_at)
		regs[7]++;
	if (reg->address < REGS || reg->address >= REGS + sizeof(regs))
		return -ENODEV;
	*value = regs[(reg->address - REGS) / 8];
	if (width < 64)
		*value &= BIT_ULL(width) - 1;
	return 0;
}

static int write_reg(const struct acpi_gas *reg, unsigned int width, u64 value)
{
	(void)width;
	if (reg->address < REGS || reg->address >= REGS + sizeof(regs))
		return -ENODEV;
	regs[(reg->address - REGS) / 8] = value;
	return 0;
}

/* An entry on register `n`, 64 bits wide. */
#define ENTRY(action_, instruction_, n, value_)                                                 \
	{                                                                                       \
		.action = (action_), .instruction = (instruction_),                             \
		.reg = { ACPI_SPACE_MEMORY, 64, 0, 4, REGS + 8 * (u64)(n) }, .value = (value_), \
		.mask = ~0ULL,                                                                  \
	}

static int run(const struct apei_entry *entries, u32 nr, u8 action, u64 *result)
{
	const struct apei_program program = { entries, nr, read_reg, write_reg };

	return apei_run(&program, action, result);
}

TEST(ask_and_read_as_qemu_does)
{
	/* QEMU's acpi-erst: write the question, read the answer. */
	const struct apei_entry entries[] = {
		ENTRY(12, 2, 0, 0), ENTRY(13, 3, 0, 0xd), ENTRY(14, 3, 0, 0xe),
		ENTRY(13, 0, 1, 0), ENTRY(14, 0, 2, 0),
	};
	u64 result = 0;

	regs[1] = 0xfebf0000;
	regs[2] = 0x2000;
	EXPECT_EQ(run(entries, ARRAY_SIZE(entries), 13, &result), 0);
	EXPECT_EQ(result, 0xfebf0000);
	EXPECT_EQ(regs[0], 0xd);
	EXPECT_EQ(run(entries, ARRAY_SIZE(entries), 14, &result), 0);
	EXPECT_EQ(result, 0x2000);
	EXPECT_EQ(run(entries, ARRAY_SIZE(entries), 15, &result), -ENOENT);
}

TEST(arithmetic_masks_and_offsets)
{
	struct apei_entry entries[] = {
		ENTRY(1, 5, 1, 0),  /* var1 = r1 */
		ENTRY(1, 6, 2, 0),  /* var2 = r2 */
		ENTRY(1, 8, 0, 0),  /* var1 += var2 */
		ENTRY(1, 7, 3, 0),  /* r3 = var1 */
		ENTRY(1, 3, 4, 5),  /* value = r4 = 5 */
		ENTRY(1, 10, 3, 0), /* r3 += value */
		ENTRY(1, 11, 2, 0), /* r2 -= value */
		ENTRY(1, 1, 2, 2),  /* value = r2 == 2 */
	};
	u64 result = 0;

	regs[1] = 30;
	regs[2] = 7;
	EXPECT_EQ(run(entries, ARRAY_SIZE(entries), 1, &result), 0);
	EXPECT_EQ(result, 1);
	EXPECT_EQ(regs[3], 42);

	/* Bits 4 to 7 alone, the others kept. */
	entries[4].reg.bit_width = 4;
	entries[4].reg.bit_offset = 4;
	entries[4].mask = 0xf;
	entries[4].flags = 1;
	regs[4] = 0xffff;
	EXPECT_EQ(run(entries, 5, 1, &result), 0);
	EXPECT_EQ(regs[4], 0xff5f);
	entries[4].flags = 0;
	EXPECT_EQ(run(entries, 5, 1, &result), 0);
	EXPECT_EQ(regs[4], 0x50);

	/* A register of 32 bits. */
	entries[0] = (struct apei_entry)ENTRY(1, 0, 1, 0);
	entries[0].reg.bit_width = 32;
	entries[0].reg.access_size = 3;
	regs[1] = 0x1122334455667788;
	EXPECT_EQ(run(entries, 1, 1, &result), 0);
	EXPECT_EQ(result, 0x55667788);
}

/* Table 18.24: VAR1 becomes what it was less VAR2, not the other way round. */
TEST(subtraction)
{
	const struct apei_entry entries[] = {
		ENTRY(1, 5, 1, 0), /* var1 = r1 */
		ENTRY(1, 6, 2, 0), /* var2 = r2 */
		ENTRY(1, 9, 0, 0), /* var1 -= var2 */
		ENTRY(1, 7, 3, 0), /* r3 = var1 */
	};
	u64 result;

	regs[1] = 30;
	regs[2] = 7;
	EXPECT_EQ(run(entries, ARRAY_SIZE(entries), 1, &result), 0);
	EXPECT_EQ(regs[3], 23);
}

TEST(a_list_of_many_steps_comes_to_its_end)
{
	static struct apei_entry noops[200];
	u64 result = 1;

	for (unsigned int i = 0; i < ARRAY_SIZE(noops); i++)
		noops[i] = (struct apei_entry)ENTRY(1, 4, 0, 0);
	EXPECT_EQ(run(noops, ARRAY_SIZE(noops), 1, &result), 0);
	EXPECT_EQ(result, 0);
}

TEST(jumps_end_and_loops_are_bounded)
{
	const struct apei_entry skip[] = {
		ENTRY(1, 3, 0, 1),  /* value = r0 = 1 */
		ENTRY(1, 14, 0, 0), /* r0 == value: not the next */
		ENTRY(1, 3, 0, 9),
		ENTRY(1, 0, 0, 0),
	};
	const struct apei_entry forever[] = { ENTRY(1, 3, 0, 0), ENTRY(1, 15, 0, 0) };
	const struct apei_entry leave[] = { ENTRY(1, 3, 0, 1000), ENTRY(1, 15, 0, 0),
					    ENTRY(1, 3, 0, 9) };
	const struct apei_entry stuck[] = { ENTRY(1, 0, 0, 0), ENTRY(1, 13, 0, 0) };
	u64 result = 0;

	EXPECT_EQ(run(skip, ARRAY_SIZE(skip), 1, &result), 0);
	EXPECT_EQ(result, 1);
	EXPECT_EQ(run(forever, ARRAY_SIZE(forever), 1, &result), -ETIMEDOUT);
	EXPECT(test_log_has("action 1: no end after"));
	EXPECT_EQ(run(leave, ARRAY_SIZE(leave), 1, &result), 0);
	EXPECT_EQ(result, 1000);
	EXPECT_EQ(run(stuck, ARRAY_SIZE(stuck), 1, &result), -ETIMEDOUT);
	EXPECT(test_log_has("stays at"));
}

/* ACPI 6.5, table 18.24: STALL by what was read, STALL_WHILE_TRUE by VAR1 between two looks. */
TEST(waits_end_with_what_is_waited_for)
{
	const struct apei_entry wait[] = {
		ENTRY(1, 5, 1, 0),		       /* var1 = r1 */
		ENTRY(1, 0, 7, 0),		       /* value = r7 */
		ENTRY(1, 13, 7, 0), ENTRY(1, 3, 2, 9), /* and then it goes on */
	};
	const struct apei_entry stall[] = { ENTRY(1, 0, 1, 0), ENTRY(1, 12, 0, 0) };
	const struct apei_entry broken[] = { ENTRY(1, 0, 7, 0), ENTRY(1, 13, 8, 0) };
	u64 result = 0;

	regs[1] = 30;
	regs[2] = 0;
	reads = 0;
	changes_at = 6; /* three looks find what it was */
	test_clock_ns = 0;
	EXPECT_EQ(run(wait, ARRAY_SIZE(wait), 1, &result), 0);
	EXPECT_EQ(regs[2], 9);
	EXPECT_EQ(test_clock_ns, 3 * 30000);
	changes_at = 0;
	test_clock_ns = 0;
	EXPECT_EQ(run(stall, ARRAY_SIZE(stall), 1, &result), 0);
	EXPECT_EQ(test_clock_ns, 30000);
	regs[1] = 1000000; /* no longer than Linux waits at once */
	EXPECT_EQ(run(stall, ARRAY_SIZE(stall), 1, &result), 0);
	EXPECT_EQ(test_clock_ns, 80000);
	EXPECT_EQ(run(broken, ARRAY_SIZE(broken), 1, &result), -ENODEV);
}

TEST(what_is_skipped_is_what_is_equal)
{
	struct apei_entry skip[] = {
		ENTRY(1, 3, 0, 1),
		ENTRY(1, 14, 1, 0),
		ENTRY(1, 3, 2, 9),
		ENTRY(1, 3, 3, 8),
	};
	u64 result = 0;

	regs[1] = 2;
	regs[2] = regs[3] = 0;
	EXPECT_EQ(run(skip, ARRAY_SIZE(skip), 1, &result), 0);
	EXPECT(regs[2] == 9 && regs[3] == 8);
	regs[1] = 1;
	regs[2] = regs[3] = 0;
	EXPECT_EQ(run(skip, ARRAY_SIZE(skip), 1, &result), 0);
	EXPECT(regs[2] == 0 && regs[3] == 8);
}

TEST(what_is_not_done_is_said)
{
	const struct apei_entry move[] = { ENTRY(1, 18, 0, 0) };
	const struct apei_entry none[] = { ENTRY(1, 19, 0, 0) };
	const struct apei_entry far[] = { ENTRY(1, 0, 8, 0) };
	struct apei_entry nowhere[] = { ENTRY(1, 3, 0, 5), ENTRY(1, 3, 1, 6) };
	u64 result;

	EXPECT_EQ(run(move, 1, 1, &result), -EINVAL);
	EXPECT(test_log_has("instruction 18 is not done"));
	EXPECT_EQ(run(none, 1, 1, &result), -EINVAL);
	EXPECT_EQ(run(far, 1, 1, &result), -ENODEV);
	/* What cannot be a register is neither written nor, for the bits to be kept, read; nothing follows. */
	nowhere[0].reg.access_size = 0;
	regs[0] = regs[1] = 1;
	EXPECT_EQ(run(nowhere, 2, 1, &result), -EINVAL);
	EXPECT(regs[0] == 1 && regs[1] == 1);
	nowhere[0].instruction = 2;
	EXPECT_EQ(run(nowhere, 1, 1, &result), -EINVAL);
	nowhere[0].instruction = 0;
	EXPECT_EQ(run(nowhere, 1, 1, &result), -EINVAL);
}

TEST(register_widths)
{
	struct acpi_gas reg = { ACPI_SPACE_MEMORY, 32, 0, 3, 0x1000 };

	EXPECT_EQ(apei_register_width(&reg), 32);
	reg.access_size = 1; /* firmware's slip: it is aligned for 32 */
	EXPECT_EQ(apei_register_width(&reg), 32);
	reg.address = 0x1002;
	EXPECT_EQ(apei_register_width(&reg), -EINVAL);
	reg = (struct acpi_gas){ ACPI_SPACE_IO, 8, 0, 1, 0x70 };
	EXPECT_EQ(apei_register_width(&reg), 8);
	reg.bit_offset = 1;
	EXPECT_EQ(apei_register_width(&reg), -EINVAL);
	reg = (struct acpi_gas){ ACPI_SPACE_MEMORY, 64, 0, 5, 0x1000 };
	EXPECT_EQ(apei_register_width(&reg), -EINVAL);
	reg.access_size = 0;
	EXPECT_EQ(apei_register_width(&reg), -EINVAL);
	reg = (struct acpi_gas){ ACPI_SPACE_MEMORY, 0, 64, 4, 0x1000 }; /* no bits, at its end */
	EXPECT_EQ(apei_register_width(&reg), -EINVAL);
	reg = (struct acpi_gas){ 2, 8, 0, 1, 0x1000 }; /* configuration space */
	EXPECT_EQ(apei_register_width(&reg), -EINVAL);
	reg = (struct acpi_gas){ ACPI_SPACE_MEMORY, 8, 0, 1, 0 };
	EXPECT_EQ(apei_register_width(&reg), -EINVAL);
	reg = (struct acpi_gas){ ACPI_SPACE_MEMORY, 8, 0, 4, ~0ULL - 7 }; /* up to the last byte */
	EXPECT_EQ(apei_register_width(&reg), 64);
	reg.address++; /* and over it */
	EXPECT_EQ(apei_register_width(&reg), -EINVAL);
}

TEST(ranges_are_collected_once)
{
	struct apei_entry entries[] = {
		ENTRY(1, 0, 0, 0), ENTRY(2, 0, 2, 0), ENTRY(3, 2, 0, 0),
		ENTRY(3, 4, 7, 0), ENTRY(4, 0, 1, 0), /* joins 0 and 2 */
		ENTRY(5, 0, 5, 0), ENTRY(6, 0, 6, 0),
	};
	struct apei_program program = { entries, ARRAY_SIZE(entries), read_reg, write_reg };
	struct apei_range r[3];

	reads = 0;
	EXPECT_EQ(apei_collect_ranges(&program, r, 3), 2);
	EXPECT_EQ(r[0].start, REGS);
	EXPECT_EQ(r[0].end, REGS + 0x17);
	EXPECT_EQ(r[1].start, REGS + 0x28);
	EXPECT_EQ(r[1].end, REGS + 0x37);
	entries[5].reg.space_id = ACPI_SPACE_IO; /* ports are others */
	EXPECT_EQ(apei_collect_ranges(&program, r, 3), 3);
	EXPECT_EQ(apei_collect_ranges(&program, r, 1), -E2BIG);
	/* At the end of all addresses: twice the same, and one more right below. */
	entries[0].reg.address = entries[2].reg.address = ~0ULL - 7;
	entries[4].reg.address = ~0ULL - 15;
	program.nr = 5;
	EXPECT_EQ(apei_collect_ranges(&program, r, 3), 2);
	EXPECT_EQ(r[1].start, ~0ULL - 15);
	EXPECT_EQ(r[1].end, ~0ULL);
	entries[3].instruction = 77;
	EXPECT_EQ(apei_collect_ranges(&program, r, 3), -EINVAL);
	EXPECT_EQ(reads, 0);
}

static int collect_two(const struct apei_entry *a, u64 address, struct apei_range *ranges)
{
	struct apei_entry entries[2] = { *a, *a };
	struct apei_program program = { entries, 2, read_reg, write_reg };

	entries[1].reg = (struct acpi_gas){ ACPI_SPACE_MEMORY, 8, 0, 1, address };
	return apei_collect_ranges(&program, ranges, 2);
}

/* Eight bytes and one: behind them, before them, at their first and last byte, and further off. */
TEST(ranges_that_share_a_byte_or_adjoin_are_one)
{
	const struct apei_entry eight = ENTRY(1, 0, 0, 0);
	struct apei_range r[2];

	EXPECT_EQ(collect_two(&eight, REGS + 7, r), 1);
	EXPECT(r[0].start == REGS && r[0].end == REGS + 7);
	EXPECT_EQ(collect_two(&eight, REGS, r), 1);
	EXPECT_EQ(collect_two(&eight, REGS + 8, r), 1);
	EXPECT(r[0].start == REGS && r[0].end == REGS + 8);
	EXPECT_EQ(collect_two(&eight, REGS - 1, r), 1);
	EXPECT(r[0].start == REGS - 1 && r[0].end == REGS + 7);
	EXPECT_EQ(collect_two(&eight, REGS + 9, r), 2);
	EXPECT_EQ(collect_two(&eight, REGS - 2, r), 2);
}

TEST(a_table_whose_register_or_instruction_cannot_be_is_refused_by_name)
{
	struct apei_entry entries[] = { ENTRY(1, 0, 0, 0), ENTRY(2, 0, 1, 0) };
	struct apei_program program = { entries, 2, read_reg, write_reg };
	struct apei_range r[2];

	entries[1].reg.access_size = 0;
	EXPECT_EQ(apei_collect_ranges(&program, r, 2), -EINVAL);
	EXPECT(test_log_has(
		"entry 1: no register: space 0, address 0x1008, bits 64 at 0, access size 0"));
	entries[1].instruction = 4; /* but one that uses none may say anything there */
	EXPECT_EQ(apei_collect_ranges(&program, r, 2), 1);
	entries[1].instruction = 19;
	EXPECT_EQ(apei_collect_ranges(&program, r, 2), -EINVAL);
	EXPECT(test_log_has("entry 1: no instruction 19"));
}
