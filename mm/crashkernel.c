// SPDX-License-Identifier: MIT
/*
 * Memory for a crash kernel: see crashkernel.h.
 *
 * The rules are Linux 6.1's: of several crashkernel= the last of each kind counts; one
 * without ,high goes before one with it.  Without an offset it lies as high as it can
 * below 4 GiB, above where there is no room, and with ,high as high as there is RAM.  A
 * kernel above 4 GiB needs some memory below, for devices that reach no further: 256 MiB,
 * or what ,low says.
 */
#include "mm/crashkernel.h"
#include "kernel/core/cmdline.h"
#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/memblock.h"
#include "mm/reserved.h"

#define MiB	    0x100000ULL
#define CRASH_ALIGN (16 * MiB)
#define FOUR_GIB    0x100000000ULL
#define CRASH_MAX   (1ULL << 46) /* a kernel with four levels of tables starts no higher */
#define LOW_SIZE    (256 * MiB)
#define RAM_GRANULARITY \
	(128 * MiB) /* firmware keeps some: a range's bounds mean what is built in */

/* ---------------------------------------------------------------- what is asked for */

static int __init refuse(const char *value, const char *why)
{
	pr_err("crashkernel=%s ignored: %s\n", value, why);
	return -EINVAL;
}

/* A number at *s, which moves behind it; false: there is none. */
static bool __init take_size(const char **s, u64 *size)
{
	char *end;

	*size = memparse(*s, &end);
	if (end == *s)
		return false;
	*s = end;
	return true;
}

/* start-[end]:size, more of these behind commas; the first that holds `ram` counts. */
static const char *__init parse_ranges(const char *s, u64 ram, u64 *size)
{
	u64 start, end, this_size;

	*size = 0;
	do {
		end = ~0ULL;
		if (!take_size(&s, &start))
			return "a range starts with no size";
		if (*s++ != '-')
			return "no - behind the start of a range";
		if (*s != ':' && !take_size(&s, &end))
			return "a range ends with no size";
		if (end <= start)
			return "a range ends before it starts";
		if (*s++ != ':')
			return "no : behind a range";
		if (!take_size(&s, &this_size))
			return "no size behind the : of a range";
		if (this_size >= ram)
			return "it is no less than all RAM";
		if (ram >= start && ram < end) {
			*size = this_size;
			return NULL;
		}
	} while (*s++ == ',');
	return NULL;
}

int __init crashkernel_parse(const char *value, const char *suffix, u64 ram,
			     struct crash_request *out)
{
	const char *s = value, *why;

	out->base = 0;
	if (strchr(value, ':')) {
		why = parse_ranges(s, ALIGN(ram, RAM_GRANULARITY), &out->size);
		if (why)
			return refuse(value, why);
		if (!out->size)
			pr_info("crashkernel=%s: no range holds %lu MiB of RAM: nothing is set aside\n",
				value, ram >> 20);
		s = strchr(value, '@') ?: "";
	} else {
		if (!take_size(&s, &out->size))
			return refuse(value, "starts with no size");
		if (strncmp(s, suffix, strlen(suffix)) == 0)
			s += strlen(suffix);
	}
	if (*s == '@' && !*suffix) {
		s++;
		if (!take_size(&s, &out->base))
			return refuse(value, "no address behind the @");
	}
	if (*s)
		return refuse(value, "what stands behind the size is not understood");
	return 0;
}

static char value[256] __initdata;

static bool __init ends_in(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

static bool __init is_of_kind(const char *suffix)
{
	return *suffix ? ends_in(value, suffix) :
			 !ends_in(value, ",high") && !ends_in(value, ",low");
}

/* The last crashkernel= with the suffix into `value`; false: there is none. */
static bool __init last_of_kind(const char *suffix)
{
	unsigned int n, found = 0;

	for (n = 0; cmdline_get("crashkernel", n, value, sizeof(value)) != -ENOENT; n++)
		if (is_of_kind(suffix))
			found = n + 1;
	return found && cmdline_get("crashkernel", found - 1, value, sizeof(value)) >= 0;
}

static int __init asked_for(const char *suffix, u64 ram, struct crash_request *out)
{
	out->size = 0;
	return last_of_kind(suffix) ? crashkernel_parse(value, suffix, ram, out) : -ENOENT;
}

/* ---------------------------------------------------------------- where it goes */

#define CRASH_RESOURCE                                                                   \
	{                                                                                \
		.name = "Crash kernel", .flags = IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY \
	}
static struct resource crashk_res = CRASH_RESOURCE, crashk_low_res = CRASH_RESOURCE;

static void __init set_aside(struct resource *res, phys_addr_t base, u64 size)
{
	reserve_ram(base, size, "%s", res->name);
	res->start = base;
	res->end = base + size - 1;
}

/* Why [start, start + size) cannot be had: not RAM, or somebody's. */
static void __init say_holder(phys_addr_t start, u64 size)
{
	const struct reserved_ram *r;

	for (unsigned int n = 0; (r = reserved_ram_nth(n)); n++)
		if (r->start < start + size && r->end > start) {
			pr_err("crashkernel: [mem %#010lx-%#010lx] cannot be set aside: %s is there\n",
			       start, start + size - 1, r->name);
			return;
		}
	pr_err("crashkernel: [mem %#010lx-%#010lx] cannot be set aside: it is not all free RAM%s\n",
	       start, start + size - 1,
	       !(start % MiB) ? "" : ", and does not start at a whole MiB");
}

static phys_addr_t __init find_place(const struct crash_request *r, bool high)
{
	phys_addr_t base = 0;

	if (r->base) {
		base = memblock_find_in_range(r->size, MiB, r->base, r->base + r->size);
		if (base != r->base)
			say_holder(r->base, r->size);
		return base == r->base ? base : 0;
	}
	if (!high)
		base = memblock_find_in_range(r->size, CRASH_ALIGN, CRASH_ALIGN, FOUR_GIB);
	if (!base)
		base = memblock_find_in_range(r->size, CRASH_ALIGN, CRASH_ALIGN, CRASH_MAX);
	if (!base)
		pr_err("crashkernel: %lu MiB of RAM are not free in one piece\n", r->size >> 20);
	return base;
}

/* What a kernel above 4 GiB needs below; false, said: there is no room. */
static bool __init reserve_low(u64 ram)
{
	u64 limit = min(ram, FOUR_GIB);
	struct crash_request low;
	phys_addr_t base;

	if (asked_for(",low", limit, &low))
		low.size = LOW_SIZE;
	if (!low.size)
		return true;
	base = memblock_find_in_range(low.size, CRASH_ALIGN, 0, FOUR_GIB);
	if (!base) {
		pr_err("crashkernel: %lu MiB of RAM are not free in one piece below 4 GiB\n",
		       low.size >> 20);
		return false;
	}
	pr_info("Reserving %luMB of low memory at %luMB for crashkernel (low RAM limit: %luMB)\n",
		low.size >> 20, base >> 20, limit >> 20);
	set_aside(&crashk_low_res, base, low.size);
	return true;
}

void __init reserve_crashkernel(void)
{
	u64 ram = memblock_ram_bytes();
	struct crash_request r;
	phys_addr_t base;
	bool high;

	high = asked_for("", ram, &r) || !r.size;
	if (high && (asked_for(",high", ram, &r) || !r.size))
		return;
	base = find_place(&r, high);
	if (!base || (base >= FOUR_GIB && !reserve_low(ram)))
		return;
	pr_info("Reserving %luMB of memory at %luMB for crashkernel (System RAM: %luMB)\n",
		r.size >> 20, base >> 20, ram >> 20);
	set_aside(&crashk_res, base, r.size);
}

static void __init insert(struct resource *res)
{
	struct resource *conflict =
		res->end ? insert_resource_conflict(&iomem_resource, res) : NULL;

	if (conflict)
		pr_err("%s %pR cannot be entered: %s %pR is in the way\n", res->name, res,
		       conflict->name, conflict);
}

void __init crashkernel_insert_resources(void)
{
	insert(&crashk_low_res);
	insert(&crashk_res);
}
