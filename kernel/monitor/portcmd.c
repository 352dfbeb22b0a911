// SPDX-License-Identifier: MIT
/*
 * in and out: one access to a port, numbers hexadecimal.
 *
 * The port is claimed for the access, so what a driver holds is refused with
 * its name.  The PC's standard ports are marked busy on every machine, driver or
 * not: those are accessed without a claim.
 */
#include "kernel/core/command.h"
#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/cpu/port.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

struct access {
	struct sink *out;
	const char *command;
	u16 port;
	unsigned int width; /* bytes: 1, 2, 4 */
	bool write;
	u32 value;
};

static int parse_access(struct access *a, char **argv)
{
	u64 port;

	a->command = argv[0];
	a->width = command_width(argv[0], 1);
	if (kstrtoull(argv[1], 16, &port) != 0)
		return -EINVAL;
	if (port + a->width > 0x10000) {
		sink_printf(a->out, "%s: the last port is ffff\n", argv[0]);
		return -ERANGE;
	}
	a->port = (u16)port;
	return 0;
}

/* What a port meets: a driver's claim, or one of the PC's own. */
struct holding {
	struct resource holder;
	bool standard;
};

static bool note_holder(const struct resource *res, void *arg)
{
	struct holding *h = arg;

	if (!(res->flags & IORESOURCE_BUSY))
		return false;
	if (!(res->flags & IORESOURCE_AUTO)) {
		h->standard = true;
		return false;
	}
	h->holder = *res;
	return true;
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
	struct holding h = { .standard = false };
	bool claim;

	if (resource_walk(&ioport_resource, a->port, end, note_holder, &h)) {
		sink_printf(a->out, "%s: port %04x is held by %s (%04llx-%04llx)\n", a->command,
			    a->port, h.holder.name, (unsigned long long)h.holder.start,
			    (unsigned long long)h.holder.end);
		return -EBUSY;
	}
	claim = !h.standard;
	if (claim && !request_region(a->port, a->width, "monitor"))
		return -EBUSY;
	do_access(a);
	if (claim)
		release_region(a->port, a->width);
	return 0;
}

static int cmd_in(struct sink *out, int argc, char **argv)
{
	struct access a = { .out = out, .write = false };
	int ret;

	if (argc != 2)
		return -EINVAL;
	ret = parse_access(&a, argv);
	if (!ret)
		ret = claim_and_access(&a);
	if (!ret)
		sink_printf(out, "%04x: %0*x\n", a.port, (int)a.width * 2, a.value);
	return ret;
}
MONITOR_COMMAND_WIDTHS(in, "bwl", "PORT", "read a port (hex)", cmd_in);

static int cmd_out(struct sink *out, int argc, char **argv)
{
	struct access a = { .out = out, .write = true };
	u64 value;
	int ret;

	if (argc != 3 || kstrtoull(argv[2], 16, &value) != 0)
		return -EINVAL;
	ret = parse_access(&a, argv);
	if (ret)
		return ret;
	if (value >> (a.width * 8)) {
		sink_printf(out, "%s: 0x%llx has more than %u bytes\n", argv[0],
			    (unsigned long long)value, a.width);
		return -ERANGE;
	}
	a.value = (u32)value;
	return claim_and_access(&a);
}
MONITOR_COMMAND_WIDTHS(out, "bwl", "PORT VALUE", "write a port (hex)", cmd_out);
