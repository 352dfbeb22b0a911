/* SPDX-License-Identifier: MIT */
/*
 * ACPI Platform Error Interfaces (ACPI 6.5, chapter 18): the little programs by
 * which a table tells how firmware's error registers are worked.
 *
 * An action is a list of instructions, each on one register.  Nothing here keeps
 * anything, and registers are reached through an ops table: also runs on the host.
 */
#ifndef DRIVERS_ACPI_TABLE_APEI_H
#define DRIVERS_ACPI_TABLE_APEI_H

#include "drivers/acpi/table/acpi.h"

/* 18.5.1.2 (ERST) and 18.6.2 (EINJ) have the same entries. */
struct apei_entry {
	u8 action;
	u8 instruction;
	u8 flags; /* bit 0: a write keeps the register's bits outside the mask */
	u8 reserved;
	struct acpi_gas reg;
	u64 value, mask;
} __packed;

_Static_assert(sizeof(struct apei_entry) == 32, "ACPI 18.5.1.2");

struct apei_program {
	const struct apei_entry *entries; /* unaligned */
	u32 nr;
	/* `width` is the access size in bits, 8 to 64; 0 or a negative errno. */
	int (*read)(const struct acpi_gas *reg, unsigned int width, u64 *value);
	int (*write)(const struct acpi_gas *reg, unsigned int width, u64 value);
};

/* Where a register is, in memory or ports: [start, end]. */
struct apei_range {
	bool io;
	u64 start, end; /* both inclusive */
};

/*
 * Bits to access a register at once, as its description says or, where it says too
 * little, as it must be; -EINVAL where it makes no sense.
 */
int apei_register_width(const struct acpi_gas *reg);

/*
 * All registers that the program touches, each once, those that adjoin as one: how
 * many, at most `max`, or -EINVAL (a register or an instruction that does not
 * exist), -E2BIG (more than max).
 */
int apei_collect_ranges(const struct apei_program *program, struct apei_range *ranges,
			unsigned int max);

/*
 * Run one action; *result is the value it ended with.  0, -ENOENT (the program has
 * no such action), -EINVAL (an instruction that does not exist, or moves records,
 * which is not done here), -ETIMEDOUT (it loops), or what the register's access said.
 */
int apei_run(const struct apei_program *program, u8 action, u64 *result);

#endif
