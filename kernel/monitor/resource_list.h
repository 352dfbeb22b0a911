/* SPDX-License-Identifier: MIT */
/*
 * A register as it was at one instant: rows that can be looked at without its lock.
 *
 * The first row is the root; the others follow in the order of the dump, parents before their
 * children.  For the thread that runs commands.
 */
#ifndef KERNEL_MONITOR_RESOURCE_LIST_H
#define KERNEL_MONITOR_RESOURCE_LIST_H

#include "kernel/core/resource.h"

struct sink;

#define RESOURCE_NAME 120 /* bytes of a name that are kept, the terminating one among them */

struct resource_row {
	resource_size_t start, end;
	unsigned long flags, caller;
	u64 since;	    /* by the TSC */
	unsigned int depth; /* 0: the root */
	char name[RESOURCE_NAME];
};

struct resource_list {
	struct resource_row *row;
	unsigned int nr;
	int width; /* digits of an address */
};

/* 0, and resource_list_free() is due; -ENOMEM. */
int resource_list_take(struct resource_list *list, const struct resource *root);
void resource_list_free(struct resource_list *list);

/* The first row beneath `row` and the next one beside it, or NULL. */
const struct resource_row *resource_row_child(const struct resource_list *list,
					      const struct resource_row *row);
const struct resource_row *resource_row_sibling(const struct resource_list *list,
						const struct resource_row *row);

/* The nth word of what `flags` say, from 0: "mem", "busy" ...; NULL behind the last. */
const char *resource_flag(unsigned long flags, unsigned int n);

/* "  fed00000-fed003ff : HPET 0", as the dump has it, and a newline. */
void resource_row_print(struct sink *out, const struct resource_list *list,
			const struct resource_row *row);

#endif
