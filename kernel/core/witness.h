/* SPDX-License-Identifier: MIT */
/*
 * Who besides the register says what lies where: firmware's tables, and devices' own registers.  Each has
 * its function beside what it reads; the linker collects them, and the command `diff` compares.
 */
#ifndef KERNEL_CORE_WITNESS_H
#define KERNEL_CORE_WITNESS_H

#include "kernel/core/resource.h"

/* Told for each range of `root`; `what` is what it is called there, and is copied. */
typedef void (*witness_fn)(const struct resource *root, resource_size_t start, resource_size_t end,
			   const char *what, void *arg);

struct witness {
	const char *name;
	void (*tell)(witness_fn fn, void *arg); /* may sleep */
};

#define REGISTER_WITNESS(id, title, function)                                        \
	static const struct witness __used __section(".witnesses." #id) __aligned(8) \
		witness_##id = { .name = title, .tell = function }

/* All statements of all witnesses; begin(name), where it is not NULL, comes before each one's.  May sleep. */
void witness_ask(void (*begin)(const char *name, void *arg), witness_fn fn, void *arg);

/* Any of them tells of a range that meets [start, end].  May sleep. */
bool witness_names(const struct resource *root, resource_size_t start, resource_size_t end);

#endif
