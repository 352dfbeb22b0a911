// SPDX-License-Identifier: MIT
/* See witness.h. */
#include "kernel/core/witness.h"

extern const struct witness __witnesses_start[], __witnesses_end[];

void witness_ask(void (*begin)(const char *name, void *arg), witness_fn fn, void *arg)
{
	for (const struct witness *w = __witnesses_start; w < __witnesses_end; w++) {
		if (begin)
			begin(w->name, arg);
		w->tell(fn, arg);
	}
}

struct question {
	const struct resource *root;
	resource_size_t start, end;
	bool named;
};

static void compare(const struct resource *root, resource_size_t start, resource_size_t end,
		    const char *what, void *arg)
{
	struct question *q = arg;

	(void)what;
	q->named |= root == q->root && start <= q->end && end >= q->start;
}

bool witness_names(const struct resource *root, resource_size_t start, resource_size_t end)
{
	struct question q = { root, start, end, false };

	witness_ask(NULL, compare, &q);
	return q.named;
}
