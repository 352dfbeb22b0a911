// SPDX-License-Identifier: MIT
/*
 * RAM that firmware's MTRRs leave uncached.
 *
 * Firmware that sets up more RAM than its registers cover leaves the rest uncachable:
 * each access goes to the bus, and what allocates from there is slower by a hundredfold.
 * Such RAM is taken out of the map, as Linux does it, and only where the registers can be
 * meant so: the default is uncachable, and of the variable registers in use each is
 * write-back or uncachable, and one at least write-back (a virtual machine's may all be
 * blank).  The first MiB is the fixed registers' and is left alone; so is all of it where
 * masks have more holes than are worth a walk.
 */
#include "kernel/core/printk.h"
#include "mm/e820.h"
#include "mm/mtrr.h"

/* The registers tell RAM from what is none. */
static bool __init tells_ram(const struct mtrr_state *state)
{
	bool some = false;

	if (!state->present || !state->enabled || state->def_type != MTRR_TYPE_UNCACHABLE)
		return false;
	for (unsigned int i = 0; i < state->nr_var; i++) {
		if (state->var[i].type != MTRR_TYPE_WRBACK &&
		    state->var[i].type != MTRR_TYPE_UNCACHABLE)
			return false;
		some |= state->var[i].type == MTRR_TYPE_WRBACK;
	}
	if (!some)
		pr_info("CPU MTRRs all blank - virtualized system.\n");
	return some;
}

u64 __init mtrr_trim(const struct mtrr_state *state, struct e820_table *table, u64 end)
{
	u64 limit = max(mtrr_last_edge(state), end), next, stop, sum = 0;
	enum mtrr_type type;

	if (!tells_ram(state) || limit == ~0ULL)
		return 0;
	for (u64 at = MTRR_FIXED_END; at < limit; at = next) {
		next = mtrr_range_run(state, at, limit, &type);
		/* A hole is named whole, whether it has RAM or not; behind the last cached range RAM counts. */
		stop = next < limit ? next : end;
		if (type == MTRR_TYPE_UNCACHABLE && at < stop)
			sum += e820__range_update(table, at, stop - at, E820_TYPE_RAM,
						  E820_TYPE_RESERVED);
	}
	if (!sum)
		return 0;
	pr_warn("BIOS bug: CPU MTRRs don't cover all of memory: %lu MiB of RAM are lost (disable_mtrr_trim keeps them)\n",
		sum >> 20);
	e820__update_table(table);
	pr_info("modified physical RAM map:\n");
	e820__print_table(table, "modified");
	return sum;
}
