/* SPDX-License-Identifier: MIT */
/* What must hold of the register whatever was done to it: for the targets that enter something. */
#ifndef TESTS_FUZZ_REGISTER_H
#define TESTS_FUZZ_REGISTER_H

#include "kernel/core/resource.h"
#include "tests/fuzz/fuzz.h"

#define MAX_REGISTERED 1024

/* All that register_look() found, parents before children. */
static struct resource *registered[MAX_REGISTERED];
static unsigned int nr_registered;

static void register_look_beneath(struct resource *parent, unsigned int depth)
{
	struct resource *child, *prev = NULL;

	MUST(depth < 300);
	for_each_resource_child(child, parent) {
		MUST(child->parent == parent && child->prev == prev);
		MUST(child->start <= child->end && resource_contains(parent, child));
		MUST(!prev || (prev->sibling == child && prev->end < child->start));
		MUST(nr_registered < MAX_REGISTERED);
		registered[nr_registered++] = child;
		prev = child;
		register_look_beneath(child, depth + 1);
	}
}

/* It is a tree: each within its parent, apart from its neighbours, in order, linked both ways. */
static inline void register_look(struct resource *root)
{
	nr_registered = 0;
	register_look_beneath(root, 0);
}

#endif
