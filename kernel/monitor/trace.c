// SPDX-License-Identifier: MIT
/*
 * trace: what drivers do with device memory (kernel/iotrace).  What is meant by its first word:
 *
 *	ffffc90000010000	an address in a mapping: that mapping
 *	fed00010		a physical address: the mappings of the innermost resource that has it
 *	00:05.0, 'HPET 0'	a function of PCI, and any other name in the register: those of its ranges
 *
 * But for the first of these, mappings that are made later are traced as well.
 * `show` and `replay` select by physical addresses, so that they also tell of mappings that are gone.
 */
#include "kernel/core/command.h"
#include "kernel/core/ksyms.h"
#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/iotrace/iotrace.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/monitor/whatis.h"
#include "kernel/time/time.h"
#include "mm/vmalloc.h"

#define MAX_RANGES 16 /* of one name: a function has six BARs and a ROM */
#define LINE_BYTES 81 /* a line of 80 columns */

struct target {
	const char *word;
	unsigned long mapping; /* the only one that is meant, or 0 */
	unsigned int nr;
	struct {
		phys_addr_t start, last;
	} range[MAX_RANGES];
};

static bool meets(const struct target *t, phys_addr_t start, phys_addr_t last)
{
	for (unsigned int i = 0; i < t->nr; i++)
		if (start <= t->range[i].last && last >= t->range[i].start)
			return true;
	return false;
}

/* ---------------------------------------------------------------- what a word means */

static bool add_range(struct target *t, phys_addr_t start, phys_addr_t last)
{
	t->range[t->nr].start = start;
	t->range[t->nr++].last = last;
	return t->nr == MAX_RANGES;
}

static bool note_named(const struct resource *res, void *arg)
{
	struct target *t = arg;

	return resource_is_named(res->name, t->word) && add_range(t, res->start, res->end);
}

/* The last that is noted is the innermost. */
static bool note_holder(const struct resource *res, void *arg)
{
	struct target *t = arg;

	t->nr = 0;
	add_range(t, res->start, res->end);
	return false;
}

static void take_mapping(struct target *t, unsigned long addr)
{
	struct vm_struct vm;

	if (!next_vm_area(addr, &vm) || (unsigned long)vm.addr > addr || !(vm.flags & VM_IOREMAP))
		return;
	t->mapping = (unsigned long)vm.addr;
	add_range(t, vm.phys_addr, vm.phys_addr + vm.size - PAGE_SIZE - 1);
}

static int take_target(struct sink *out, const char *word, struct target *t)
{
	u64 addr;

	*t = (struct target){ .word = word };
	if (kstrtoull(word, COMMAND_BASE, &addr))
		resource_walk(&iomem_resource, 0, iomem_resource.end, note_named, t);
	else if (addr < KERNEL_HALF)
		resource_walk(&iomem_resource, addr, addr, note_holder, t);
	else
		take_mapping(t, addr);
	if (t->nr)
		return 0;
	sink_printf(out, "trace: %s is no mapping of device memory, and none of memory's names\n",
		    word);
	return -ENOENT;
}

/* ---------------------------------------------------------------- on and off */

static void print_area(struct sink *out, phys_addr_t phys, unsigned long size, unsigned long start,
		       unsigned long caller)
{
	sink_printf(out, "%08lx-%08lx at %016lx for %ps", phys, phys + size - 1, start,
		    (void *)caller);
}

static int watch(struct sink *out, const struct target *t)
{
	int err = 0;

	for (unsigned int i = 0; i < t->nr && !t->mapping && !err; i++)
		err = iotrace_watch(t->range[i].start, t->range[i].last);
	if (err)
		sink_printf(out, "trace: not all mappings to come of %s can be traced\n", t->word);
	return err;
}

static int switch_on(struct sink *out, const struct target *t)
{
	unsigned long addr = t->mapping ? t->mapping : VMALLOC_START;
	int err, ret = watch(out, t);
	unsigned int mapped = 0;
	struct vm_struct vm;
	unsigned long size;

	for (; next_vm_area(addr, &vm); addr = (unsigned long)vm.addr + vm.size) {
		size = vm.size - PAGE_SIZE;
		if (t->mapping && (unsigned long)vm.addr != t->mapping)
			break;
		if (!(vm.flags & VM_IOREMAP) || !meets(t, vm.phys_addr, vm.phys_addr + size - 1))
			continue;
		err = iotrace_on((unsigned long)vm.addr);
		if (err == -EPERM && !t->mapping) /* the trace's own */
			continue;
		mapped++;
		print_area(out, vm.phys_addr, size, (unsigned long)vm.addr, vm.caller);
		sink_printf(out, ": %s\n",
			    !err	   ? "traced" :
			    err == -EEXIST ? "is traced already" :
			    err == -EPERM  ? "is the trace's own" :
			    err == -EINVAL ? "cached, not traced" :
					     error_name(err));
		if (err && err != -EEXIST)
			ret = err == -EINVAL ? -EOPNOTSUPP : err;
	}
	if (!mapped)
		sink_printf(out, "%s is not mapped as yet\n", t->word);
	return ret;
}

static int switch_off(struct sink *out, const struct target *t)
{
	struct iotrace_area a;
	unsigned int n = 0;
	int err = 0;

	for (unsigned int i = 0; i < t->nr && !t->mapping; i++)
		iotrace_unwatch(t->range[i].start, t->range[i].last);
	while (!err && iotrace_nth(n, &a)) {
		n++;
		if (!meets(t, a.phys, a.phys + a.size - 1) || (t->mapping && a.start != t->mapping))
			continue;
		err = iotrace_off(a.start);
		n = 0;		    /* they have moved up */
		if (err == -ENOENT) /* it went by itself just now */
			err = 0;
	}
	if (err)
		sink_printf(out, "trace: %s stays traced\n", t->word);
	return err;
}

/* ---------------------------------------------------------------- show and replay */

static char width_letter(unsigned int width)
{
	return width == 1 ? 'b' : width == 2 ? 'w' : width == 4 ? 'l' : 'q';
}

static void show_one(struct sink *out, const struct iotrace_access *a, void *unused)
{
	unsigned long offset = 0;
	const char *name = ksym_lookup(a->caller, &offset, NULL);
	char line[LINE_BYTES];

	(void)unused;
	scnprintf(line, sizeof(line), "%5llu.%06llu %u %c.%c %08lx %*s%0*lx %s+0x%lx",
		  a->ns / NSEC_PER_SEC, a->ns % NSEC_PER_SEC / NSEC_PER_USEC, a->cpu,
		  a->write ? 'w' : 'r', width_letter(a->width), a->phys, 16 - 2 * a->width, "",
		  2 * a->width, a->value, name ? name : "?", offset);
	sink_printf(out, "%s\n", line);
}

/* Accesses in a row that are the same at the prompt: who polls a register reads it often. */
struct run {
	struct iotrace_access access;
	u64 n;
};

static bool goes_on(const struct run *run, const struct iotrace_access *a)
{
	const struct iotrace_access *b = &run->access;

	return run->n && a->write == b->write && a->width == b->width && a->phys == b->phys &&
	       (!a->write || a->value == b->value);
}

/* A line that does the same in another boot; what was read is read. */
static void replay_run(struct sink *out, const struct run *run)
{
	const struct iotrace_access *a = &run->access;

	if (run->n > 1)
		sink_printf(out, "loop %lx ", run->n);
	if (run->n && a->write)
		sink_printf(out, "mw.%c %lx %lx\n", width_letter(a->width), a->phys, a->value);
	else if (run->n)
		sink_printf(out, "md.%c %lx 1\n", width_letter(a->width), a->phys);
}

static void replay_one(struct sink *out, const struct iotrace_access *a, void *arg)
{
	struct run *run = arg;

	if (!goes_on(run, a)) {
		replay_run(out, run);
		*run = (struct run){ .access = *a };
	}
	run->n++;
}

static void each_access(struct sink *out, const struct target *t,
			void (*fn)(struct sink *out, const struct iotrace_access *a, void *arg),
			void *arg)
{
	u64 lost = iotrace_overwritten();
	struct iotrace_access a;
	u64 at = 0;

	if (lost)
		sink_printf(out, "# %lu earlier accesses are overwritten\n", lost);
	while (iotrace_next(&at, &a) && !command_interrupted())
		if (meets(t, a.phys, a.phys))
			fn(out, &a, arg);
}

static int show(struct sink *out, const struct target *t)
{
	each_access(out, t, show_one, NULL);
	return 0;
}

static int replay(struct sink *out, const struct target *t)
{
	struct run run = { .n = 0 };

	each_access(out, t, replay_one, &run);
	replay_run(out, &run);
	return 0;
}

static int list(struct sink *out)
{
	phys_addr_t first, last;
	struct iotrace_area a;

	for (unsigned int n = 0; iotrace_nth(n, &a); n++) {
		print_area(out, a.phys, a.size, a.start, a.caller);
		sink_printf(out, "\n");
	}
	for (unsigned int n = 0; iotrace_nth_watched(n, &first, &last); n++)
		sink_printf(out, "%08lx-%08lx, mappings to come\n", first, last);
	return 0;
}

static int cmd_trace(struct sink *out, int argc, char **argv)
{
	static const struct {
		const char *word;
		int (*func)(struct sink *out, const struct target *t);
	} actions[] = {
		{ "on", switch_on }, { "off", switch_off }, { "show", show }, { "replay", replay }
	};
	struct target t;
	int err;

	if (argc == 1)
		return list(out);
	for (unsigned int i = 0; i < ARRAY_SIZE(actions) && argc == 3; i++) {
		if (strcmp(argv[2], actions[i].word) != 0)
			continue;
		err = take_target(out, argv[1], &t);
		return err ? err : actions[i].func(out, &t);
	}
	return -EINVAL;
}
MONITOR_COMMAND(trace, "[ADDR|NAME|BB:DD.F on|off|show|replay] (hex)",
		"note each access to device memory, show them, or print them as commands",
		cmd_trace);
