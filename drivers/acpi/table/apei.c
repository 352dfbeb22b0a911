// SPDX-License-Identifier: MIT
/*
 * The instructions of an APEI action (ACPI 6.5, table 18.24), interpreted: see
 * apei.h.
 *
 * The state is a value, from which writes take and into which reads put, two
 * variables, and where in the list of the action's entries we are.  An action may
 * jump in its list; how many steps it takes is bounded, and so is each wait.
 */
#define pr_fmt(fmt) "APEI: " fmt
#include "drivers/acpi/table/apei.h"

#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/time/time.h"

#define STEPS_MAX    1000
#define STALL_MAX_US 50UL   /* of one instruction; Linux's bound */
#define WAITS_MAX    20000U /* of STALL_MAX_US at most: a second */

enum apei_instruction {
	READ_REGISTER,
	READ_REGISTER_VALUE,
	WRITE_REGISTER,
	WRITE_REGISTER_VALUE,
	NOOP,
	LOAD_VAR1,
	LOAD_VAR2,
	STORE_VAR1,
	ADD,
	SUBTRACT,
	ADD_VALUE,
	SUBTRACT_VALUE,
	STALL,
	STALL_WHILE_TRUE,
	SKIP_NEXT_IF_TRUE,
	GOTO,
	SET_SRC_ADDRESS_BASE,
	SET_DST_ADDRESS_BASE,
	MOVE_DATA,
	NR_INSTRUCTIONS
};

/* Those that leave the entry's register alone. */
static const u32 without_register = BIT(NOOP) | BIT(ADD) | BIT(SUBTRACT) | BIT(STALL) | BIT(GOTO);

struct state {
	const struct apei_program *program;
	u64 value, var1, var2;
	u64 next; /* place in the action's list of what comes next */
};

int apei_register_width(const struct acpi_gas *reg)
{
	int width;

	if (!reg->address || reg->access_size < 1 || reg->access_size > 4 ||
	    (reg->space_id != ACPI_SPACE_MEMORY && reg->space_id != ACPI_SPACE_IO))
		return -EINVAL;
	width = 1 << (reg->access_size + 2);
	/* Firmware forgets to say so of a register that is aligned for it. */
	if ((reg->bit_width == 32 || reg->bit_width == 64) && !reg->bit_offset &&
	    !(reg->address & (reg->bit_width / 8 - 1)))
		width = max(width, (int)reg->bit_width);
	if (reg->bit_offset >= width || reg->bit_width + reg->bit_offset > width ||
	    reg->address > ~0ULL - ((u64)width / 8 - 1))
		return -EINVAL;
	return width;
}

/* They meet, or one begins right behind the other. */
static bool touch(const struct apei_range *a, const struct apei_range *b)
{
	return a->io == b->io && (a->start <= b->end || a->start - b->end == 1) &&
	       (b->start <= a->end || b->start - a->end == 1);
}

/* Those that meet one more, or touch it, become part of it. */
static int add_range(struct apei_range *ranges, unsigned int nr, unsigned int max,
		     struct apei_range more)
{
	for (unsigned int i = 0; i < nr;) {
		struct apei_range *r = &ranges[i];

		if (!touch(r, &more)) {
			i++;
			continue;
		}
		more.start = min(more.start, r->start);
		more.end = max(more.end, r->end);
		*r = ranges[--nr];
		i = 0; /* it has grown */
	}
	if (nr == max)
		return -E2BIG;
	ranges[nr] = more;
	return (int)nr + 1;
}

int apei_collect_ranges(const struct apei_program *program, struct apei_range *ranges,
			unsigned int max)
{
	int nr = 0;

	for (u32 i = 0; i < program->nr && nr >= 0; i++) {
		const struct apei_entry *entry = &program->entries[i];
		struct acpi_gas reg = entry->reg;
		int width;

		if (entry->instruction >= NR_INSTRUCTIONS) {
			pr_err("entry %u: no instruction %u\n", i, entry->instruction);
			return -EINVAL;
		}
		if (BIT(entry->instruction) & without_register)
			continue;
		width = apei_register_width(&reg);
		if (width < 0) {
			pr_err("entry %u: no register: space %u, address 0x%lx, bits %u at %u, access size %u\n",
			       i, reg.space_id, reg.address, reg.bit_width, reg.bit_offset,
			       reg.access_size);
			return width;
		}
		nr = add_range(ranges, (unsigned int)nr, max,
			       (struct apei_range){ reg.space_id == ACPI_SPACE_IO, reg.address,
						    reg.address + (u64)width / 8 - 1 });
	}
	return nr;
}

static int read_register(const struct state *s, const struct apei_entry *entry, u64 *value)
{
	struct acpi_gas reg = entry->reg;
	int width = apei_register_width(&reg);
	int err = width < 0 ? width : s->program->read(&reg, (unsigned int)width, value);

	if (!err)
		*value = *value >> reg.bit_offset & entry->mask;
	return err;
}

static int write_register(const struct state *s, const struct apei_entry *entry, u64 value)
{
	struct acpi_gas reg = entry->reg;
	int width = apei_register_width(&reg), err;
	u64 old;

	if (width < 0)
		return width;
	value = (value & entry->mask) << reg.bit_offset;
	if (entry->flags & BIT(0)) {
		err = s->program->read(&reg, (unsigned int)width, &old);
		if (err)
			return err;
		value |= old & ~(entry->mask << reg.bit_offset);
	}
	return s->program->write(&reg, (unsigned int)width, value);
}

/* By so much more (or less) than the register holds. */
static int change_register(const struct state *s, const struct apei_entry *entry, u64 change)
{
	u64 value;
	int err = read_register(s, entry, &value);

	return err ? err : write_register(s, entry, value + change);
}

static int wait_for_change(const struct state *s, const struct apei_entry *entry)
{
	for (unsigned int i = 0; i < WAITS_MAX; i++) {
		u64 value;
		int err = read_register(s, entry, &value);

		if (err || value != s->value)
			return err;
		udelay((unsigned long)max(min(s->var1, STALL_MAX_US), 1UL));
	}
	pr_err("register at 0x%lx stays at 0x%lx\n", entry->reg.address, s->value);
	return -ETIMEDOUT;
}

/* *equal: the register holds that value, 1 or 0; left alone after an error. */
static int compare_register(const struct state *s, const struct apei_entry *entry, u64 with,
			    u64 *equal)
{
	u64 value;
	int err = read_register(s, entry, &value);

	if (!err)
		*equal = value == with;
	return err;
}

static int skip_next_if_equal(struct state *s, const struct apei_entry *entry)
{
	u64 equal = 0;
	int err = compare_register(s, entry, s->value, &equal);

	s->next += equal;
	return err;
}

static int step(struct state *s, const struct apei_entry *entry)
{
	switch (entry->instruction) {
	case READ_REGISTER:
		return read_register(s, entry, &s->value);
	case READ_REGISTER_VALUE:
		return compare_register(s, entry, entry->value, &s->value);
	case WRITE_REGISTER:
		return write_register(s, entry, s->value);
	case WRITE_REGISTER_VALUE:
		s->value = entry->value;
		return write_register(s, entry, s->value);
	case NOOP:
		return 0;
	case LOAD_VAR1:
		return read_register(s, entry, &s->var1);
	case LOAD_VAR2:
		return read_register(s, entry, &s->var2);
	case STORE_VAR1:
		return write_register(s, entry, s->var1);
	case ADD:
		s->var1 += s->var2;
		return 0;
	case SUBTRACT:
		s->var1 -= s->var2;
		return 0;
	case ADD_VALUE:
		return change_register(s, entry, s->value);
	case SUBTRACT_VALUE:
		return change_register(s, entry, -s->value);
	case STALL:
		udelay((unsigned long)min(s->value, STALL_MAX_US));
		return 0;
	case STALL_WHILE_TRUE:
		return wait_for_change(s, entry);
	case SKIP_NEXT_IF_TRUE:
		return skip_next_if_equal(s, entry);
	case GOTO:
		s->next = s->value;
		return 0;
	default:
		pr_err("action %u: instruction %u is not done\n", entry->action,
		       entry->instruction);
		return -EINVAL;
	}
}

/* The n-th entry of an action, or NULL. */
static const struct apei_entry *nth_entry(const struct apei_program *program, u8 action, u64 n)
{
	for (u32 i = 0; i < program->nr; i++)
		if (program->entries[i].action == action && n-- == 0)
			return &program->entries[i];
	return NULL;
}

int apei_run(const struct apei_program *program, u8 action, u64 *result)
{
	struct state s = { .program = program };
	const struct apei_entry *entry = nth_entry(program, action, 0);
	int steps = 0, err;

	if (!entry)
		return -ENOENT;
	for (; entry; entry = nth_entry(program, action, s.next)) {
		if (++steps > STEPS_MAX) {
			pr_err("action %u: no end after %d steps\n", action, STEPS_MAX);
			return -ETIMEDOUT;
		}
		s.next++; /* unless the step jumps */
		err = step(&s, entry);
		if (err)
			return err;
	}
	*result = s.value;
	return 0;
}
