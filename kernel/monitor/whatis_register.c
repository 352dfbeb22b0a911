// SPDX-License-Identifier: MIT
/* Whose an address or a port is: the path down to it in the register, and what lies on both sides. */
#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/lib/string.h"
#include "kernel/monitor/whatis.h"

bool resource_is_named(const char *name, const char *word)
{
	return name && (strcmp(name, word) == 0 ||
			(strncmp(name, "0000:", 5) == 0 && strcmp(name + 5, word) == 0));
}

#define MAX_PATH   16 /* levels of the register: deeper ones are not shown */
#define MAX_INSIDE 8  /* of a range: the others are counted */

/* Copies, taken under the register's lock; whose they are may go while they are printed. */
struct place {
	resource_size_t start, end;
	const struct resource *deepest; /* only to be compared */
	struct resource path[MAX_PATH]; /* from the top down: what holds the whole range */
	unsigned int n;
	struct resource inside[MAX_INSIDE]; /* right beneath: what has only a part of it */
	unsigned int nr_inside;
	struct resource below, above; /* in `deepest`; no name: none */
};

static bool note_path(const struct resource *res, void *arg)
{
	struct place *p = arg;

	if (res->start > p->start || res->end < p->end)
		return false;
	p->path[p->n++] = *res;
	p->deepest = res;
	return p->n == MAX_PATH;
}

static bool note_beside(const struct resource *res, void *arg)
{
	struct place *p = arg;

	if (res->parent != p->deepest)
		return false;
	if (res->end < p->start) {
		p->below = *res;
	} else if (res->start > p->end) {
		if (!p->above.name)
			p->above = *res;
	} else if (p->nr_inside++ < MAX_INSIDE) {
		p->inside[p->nr_inside - 1] = *res;
	}
	return false;
}

static void print_place(struct sink *out, const struct place *p)
{
	if (!p->n)
		whatis_line(out, "register", p->nr_inside ? "no one has all of it" : "nobody");
	for (unsigned int i = 0; i < p->n; i++)
		whatis_line(out, i ? "" : "register", "%*s%s %pR%s", (int)i * 2, "",
			    p->path[i].name, &p->path[i],
			    p->path[i].flags & IORESOURCE_BUSY ? ", held" : "");
	if (p->n)
		whatis_line(out, "", "%*sby %ps", 2 * (int)p->n, "",
			    (void *)p->path[p->n - 1].caller);
	for (unsigned int i = 0; i < p->nr_inside && i < MAX_INSIDE; i++)
		whatis_line(out, "", "inside is %s %pR", p->inside[i].name, &p->inside[i]);
	if (p->nr_inside > MAX_INSIDE)
		whatis_line(out, "", "and %u more", p->nr_inside - MAX_INSIDE);
	if (p->below.name)
		whatis_line(out, "", "below is %s %pR", p->below.name, &p->below);
	if (p->above.name)
		whatis_line(out, "", "above is %s %pR", p->above.name, &p->above);
}

void whatis_register(struct sink *out, struct resource *root, resource_size_t start,
		     resource_size_t end)
{
	struct place p = { .start = start, .end = end, .deepest = root };

	resource_walk(root, start, end, note_path, &p);
	resource_walk(root, root->start, root->end, note_beside, &p);
	print_place(out, &p);
}
