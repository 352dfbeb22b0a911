// SPDX-License-Identifier: MIT
/*
 * in and out: one access to a port, numbers hexadecimal.
 *
 * The port is claimed for the access, so what a driver holds is refused with
 * its name.  The PC's standard ports are marked busy on every machine, driver or
 * not: those are accessed without a claim.
 */
#include "kernel/errno.h"
#include "kernel/monitor.h"
#include "kernel/printk.h"
#include "kernel/resource.h"
#include "kernel/string.h"
#include "mm/io.h"

struct access {
	const char *command;
	u16 port;
	unsigned int width; /* bytes: 1, 2, 4 */
	bool write;
	u32 value;
};

static unsigned int parse_width(const char *name)
{
	const char *dot = strchr(name, '.');

	if (!dot || strcmp(dot, ".b") == 0)
		return 1;
	if (strcmp(dot, ".w") == 0)
		return 2;
	return strcmp(dot, ".l") == 0 ? 4 : 0;
}

static int parse_access(struct access *a, char **argv)
{
	u64 port;

	a->command = argv[0];
	a->width = parse_width(argv[0]);
	if (!a->width || kstrtoull(argv[1], 16, &port) != 0)
		return -EINVAL;
	if (port + a->width > 0x10000) {
		cprintf("%s: the last port is ffff\n", argv[0]);
		return -ERANGE;
	}
	a->port = (u16)port;
	return 0;
}

/* The busy resource that [start, end] meets and that is one of the kind asked for, or NULL. */
static const struct resource *find_busy(const struct resource *root, resource_size_t start,
					resource_size_t end, bool driver)
{
	const struct resource *res, *found;

	for_each_resource_child (res, root) {
		if (res->end < start || res->start > end)
			continue;
		if ((res->flags & IORESOURCE_BUSY) && !(res->flags & IORESOURCE_AUTO) == !driver)
			return res;
		found = find_busy(res, start, end, driver);
		if (found)
			return found;
	}
	return NULL;
}

static void do_access(struct access *a)
{
	switch (a->width) {
	case 1:
		if (a->write)
			outb((u8)a->value, a->port);
		else
			a->value = inb(a->port);
		break;
	case 2:
		if (a->write)
			outw((u16)a->value, a->port);
		else
			a->value = inw(a->port);
		break;
	default:
		if (a->write)
			outl(a->value, a->port);
		else
			a->value = inl(a->port);
	}
}

static int claim_and_access(struct access *a)
{
	resource_size_t end = (resource_size_t)a->port + a->width - 1;
	const struct resource *holder = find_busy(&ioport_resource, a->port, end, true);
	bool claim = !find_busy(&ioport_resource, a->port, end, false);

	if (holder) {
		cprintf("%s: port %04x is held by %s (%04llx-%04llx)\n", a->command, a->port,
			holder->name, (unsigned long long)holder->start,
			(unsigned long long)holder->end);
		return -EBUSY;
	}
	if (claim && !request_region(a->port, a->width, "monitor"))
		return -EBUSY;
	do_access(a);
	if (claim)
		release_region(a->port, a->width);
	return 0;
}

static int cmd_in(int argc, char **argv)
{
	struct access a = { .write = false };
	int ret;

	if (argc != 2)
		return -EINVAL;
	ret = parse_access(&a, argv);
	if (!ret)
		ret = claim_and_access(&a);
	if (!ret)
		cprintf("%04x: %0*x\n", a.port, (int)a.width * 2, a.value);
	return ret;
}
MONITOR_COMMAND(in, "[.b|.w|.l] PORT", "read a port (hex)", cmd_in);

static int cmd_out(int argc, char **argv)
{
	struct access a = { .write = true };
	u64 value;
	int ret;

	if (argc != 3 || kstrtoull(argv[2], 16, &value) != 0)
		return -EINVAL;
	ret = parse_access(&a, argv);
	if (ret)
		return ret;
	if (value >> (a.width * 8)) {
		cprintf("%s: 0x%llx has more than %u bytes\n", argv[0], (unsigned long long)value,
			a.width);
		return -ERANGE;
	}
	a.value = (u32)value;
	return claim_and_access(&a);
}
MONITOR_COMMAND(out, "[.b|.w|.l] PORT VALUE", "write a port (hex)", cmd_out);
