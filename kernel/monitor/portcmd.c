// SPDX-License-Identifier: MIT
/*
 * in and out: one access to a port, numbers hexadecimal.
 *
 * The port is claimed for the access where nobody holds it; what may be accessed
 * kernel/monitor/access.h says.
 */
#include "kernel/core/command.h"
#include "kernel/core/resource.h"
#include "kernel/cpu/port.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/monitor/access.h"

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
	if (kstrtoull(argv[1], COMMAND_BASE, &port) != 0)
		return -EINVAL;
	if (port > 0x10000 - a->width) {
		sink_printf(a->out, "%s: the last port is ffff\n", argv[0]);
		return -ERANGE;
	}
	a->port = (u16)port;
	return 0;
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
	struct resource range = DEFINE_RES_NAMED(a->port, a->width, a->command, IORESOURCE_IO);
	bool claim;
	int ret = may_access(a->out, a->command, &range, a->write, &claim);

	if (ret)
		return ret;
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
MONITOR_COMMAND_WIDTHS(in, "bwl", "PORT (hex)", "read a port", cmd_in);

static int cmd_out(struct sink *out, int argc, char **argv)
{
	struct access a = { .out = out, .write = true };
	u64 value;
	int ret;

	if (argc != 3 || kstrtoull(argv[2], COMMAND_BASE, &value) != 0)
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
MONITOR_COMMAND_WIDTHS(out, "bwl", "PORT VALUE (hex)", "write a port", cmd_out);
