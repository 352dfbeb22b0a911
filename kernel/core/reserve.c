// SPDX-License-Identifier: MIT
/*
 * reserve=: ranges that a person keeps everybody from, of ports and of memory.
 *
 * The word is Linux's: reserve=0x300,32 is 32 ports, since it lies below 64 Ki, and
 * reserve=0xf0000000,4096 memory; more of them behind commas.  They stand as "reserved",
 * BUSY, before any device is looked for.  Four at the most, as there.
 */
#include "kernel/core/cmdline.h"
#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

#define MAX_RESERVE 4
#define NR_PORTS    0x10000ULL

static struct resource reserved[MAX_RESERVE];
static unsigned int nr_reserved;

static void __init reserve_range(u64 start, u64 size)
{
	struct resource *res = &reserved[nr_reserved], *conflict;
	bool ports = start < NR_PORTS;

	if (nr_reserved == MAX_RESERVE) {
		pr_warn("reserve=%#lx,%#lx ignored: there are %d already\n", start, size,
			MAX_RESERVE);
		return;
	}
	if (!size || start + (size - 1) < start) {
		pr_warn("reserve=%#lx,%#lx ignored: no such range\n", start, size);
		return;
	}
	*res = (struct resource){ .name = "reserved", .start = start, .end = start + (size - 1) };
	res->flags = (ports ? IORESOURCE_IO : IORESOURCE_MEM) | IORESOURCE_BUSY;
	conflict = request_resource_conflict(ports ? &ioport_resource : &iomem_resource, res);
	if (conflict)
		pr_warn("reserve: %pR ignored: %s %pR is there\n", res, conflict->name, conflict);
	else
		nr_reserved++;
}

/* A number at *s, which moves behind it; false: there is none. */
static bool __init take_number(const char **s, u64 *value)
{
	char *end;

	*value = simple_strtoull(*s, &end, 0);
	if (end == *s)
		return false;
	*s = end;
	return true;
}

/* start,size and more of these. */
static void __init parse(const char *value)
{
	const char *s = value;
	u64 start, size;

	while (take_number(&s, &start) && *s++ == ',' && take_number(&s, &size)) {
		reserve_range(start, size);
		if (!*s)
			return;
		if (*s++ != ',')
			break;
	}
	pr_warn("reserve=%s: not start,size and so on to its end\n", value);
}

void __init reserve_setup(void)
{
	char value[128];

	for (unsigned int n = 0; cmdline_next("reserve", &n, value, sizeof(value)) >= 0;)
		parse(value);
}
