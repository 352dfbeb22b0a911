// SPDX-License-Identifier: MIT
/*
 * The command whatis: what a word may mean.
 *
 *	100000			an address, physical or virtual
 *	100000-1fffff		a range of them
 *	kmain, kmain+1c		a symbol, and a place behind it
 *	port:3f8		a port
 *	7:400000		an address in the process of number 7, which is decimal
 *	00:1f.2, 'HPET 0'	a function of PCI, and any other name in the register
 *
 * The first of these that it can be, it is.
 */
#include "kernel/core/command.h"
#include "kernel/core/ksyms.h"
#include "kernel/core/printk.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/monitor/whatis.h"
#include "mm/ptdump.h"

#define WORD_MAX   80 /* bytes: longer ones mean nothing */
#define MAX_RANGES 16 /* of page tables, shown of one range; the others are counted */

static int (*tell_user)(struct sink *out, pid_t pid, unsigned long addr);

void __init whatis_set_user(int (*fn)(struct sink *out, pid_t pid, unsigned long addr))
{
	tell_user = fn;
}

/*
 * Each of these takes a copy of the word, in which it may cut, and answers true when the word is one of its
 * kind.  What is wrong with one that is, is in *err.
 */
typedef bool (*meaning_fn)(struct sink *out, char *word, int *err);

static bool is_number(const char *word, u64 *value)
{
	return kstrtoull(word, COMMAND_BASE, value) == 0;
}

static bool an_address(struct sink *out, char *word, int *err)
{
	u64 addr;

	(void)err;
	if (!is_number(word, &addr))
		return false;
	whatis(out, addr);
	return true;
}

/* ---------------------------------------------------------------- ranges */

static void virtual_range(struct sink *out, unsigned long start, unsigned long last)
{
	unsigned long addr = start, nr = 0;
	struct pt_range r;
	char owner[100];

	sink_printf(out, "virtual range 0x%016lx-0x%016lx\n", start, last);
	do {
		pt_next_range(&init_mm, addr, &r);
		if (r.flags && nr++ < MAX_RANGES) {
			whatis_owner(r.start, owner, sizeof(owner));
			whatis_line(out, nr == 1 ? "mapped" : "", "[%#lx-%#lx] %s %s", r.start,
				    min(r.last, last), r.writable ? "RW" : "ro",
				    r.executable ? "x" : "NX");
			whatis_line(out, "", "  %s", owner);
		}
		addr = r.last + 1;
	} while (addr && addr <= last);
	if (!nr)
		whatis_line(out, "mapped", "nowhere");
	if (nr > MAX_RANGES)
		whatis_line(out, "", "and %lu ranges more", nr - MAX_RANGES);
}

static bool a_range(struct sink *out, char *word, int *err)
{
	char *dash = strchr(word, '-');
	u64 start, last;

	if (!dash)
		return false;
	*dash = '\0';
	if (!is_number(word, &start) || !is_number(dash + 1, &last))
		return false;
	if (last < start || (start < KERNEL_HALF && last >> boot_cpu.phys_bits)) {
		sink_printf(out, "0x%lx-0x%lx is no range of one kind of addresses\n", start, last);
		*err = -ERANGE;
	} else if (start >= KERNEL_HALF) {
		virtual_range(out, start, last);
	} else {
		whatis_physical_range(out, start, last);
	}
	return true;
}

/* ---------------------------------------------------------------- ports, processes */

static bool a_port(struct sink *out, char *word, int *err)
{
	u64 port;

	if (strncmp(word, "port:", 5) != 0 || !is_number(word + 5, &port))
		return false;
	if (port > ioport_resource.end) {
		sink_printf(out, "the last port is %lx\n", ioport_resource.end);
		*err = -ERANGE;
		return true;
	}
	sink_printf(out, "port 0x%04lx\n", port);
	whatis_register(out, &ioport_resource, port, port);
	return true;
}

static bool a_user_address(struct sink *out, char *word, int *err)
{
	char *colon = strchr(word, ':');
	u64 pid, addr;

	if (!colon)
		return false;
	*colon = '\0';
	if (kstrtoull(word, 10, &pid) != 0 || !is_number(colon + 1, &addr))
		return false;
	*err = tell_user && pid <= __INT_MAX__ ? tell_user(out, (pid_t)pid, addr) : -ESRCH;
	if (*err == -ESRCH)
		sink_printf(out, "no process of number %lu has memory of its own\n", pid);
	return true;
}

/* ---------------------------------------------------------------- names */

static bool a_symbol(struct sink *out, char *word, int *err)
{
	char *slash = strchr(word, '/'), *plus;
	u64 offset = 0;
	unsigned long addr;

	(void)err;
	if (slash) /* as backtraces have it: name+0x1/0x2 */
		*slash = '\0';
	plus = strchr(word, '+');
	if (plus)
		*plus = '\0';
	if (plus && !is_number(plus + 1, &offset))
		return false;
	addr = ksym_address(word);
	if (addr)
		whatis(out, addr + offset);
	return addr;
}

#define MAX_NAMED 32 /* ranges of one name */

struct named {
	const char *name;
	unsigned int nr;
	struct {
		resource_size_t start, end;
	} range[MAX_NAMED];
};

static bool note_named(const struct resource *res, void *arg)
{
	struct named *n = arg;

	if (!resource_is_named(res->name, n->name))
		return false;
	n->range[n->nr].start = res->start;
	n->range[n->nr++].end = res->end;
	return n->nr == MAX_NAMED;
}

static bool a_name(struct sink *out, char *word, int *err)
{
	struct resource *const roots[] = { &iomem_resource, &ioport_resource };
	bool any = false;

	(void)err;
	for (unsigned int i = 0; i < ARRAY_SIZE(roots); i++) {
		struct named named = { .name = word };

		resource_walk(roots[i], 0, roots[i]->end, note_named, &named);
		for (unsigned int k = 0; k < named.nr; k++) {
			sink_printf(out, "%s 0x%lx-0x%lx\n", i ? "ports" : "memory",
				    named.range[k].start, named.range[k].end);
			whatis_register(out, roots[i], named.range[k].start, named.range[k].end);
		}
		any |= named.nr;
	}
	return any;
}

static int cmd_whatis(struct sink *out, int argc, char **argv)
{
	static const meaning_fn meanings[] = { an_address,     a_range,	 a_port,
					       a_user_address, a_symbol, a_name };
	char word[WORD_MAX];
	int err = 0;

	if (argc != 2)
		return -EINVAL;
	for (unsigned int i = 0; i < ARRAY_SIZE(meanings); i++)
		if (strscpy(word, argv[1], sizeof(word)) >= 0 && meanings[i](out, word, &err))
			return err;
	sink_printf(out, "whatis: %s is neither a hexadecimal number nor a symbol, nor a name\n",
		    argv[1]);
	return -ENOENT;
}
MONITOR_COMMAND(whatis, "ADDR|ADDR-ADDR|SYMBOL[+OFF]|PID:ADDR|port:PORT|NAME|BB:DD.F (hex)",
		"all about an address, a range, a port or a name", cmd_whatis);
