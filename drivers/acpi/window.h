/* SPDX-License-Identifier: MIT */
/*
 * From what a _CRS says to what the register holds; and the windows of a host
 * bridge, made fit for it.  Pure: also runs on the host.
 */
#ifndef DRIVERS_ACPI_WINDOW_H
#define DRIVERS_ACPI_WINDOW_H

#include "drivers/acpi/aml/aml.h"
#include "kernel/core/resource.h"

/* IORESOURCE_BITS of a port range: the device decodes all 16 address bits, sparse translation. */
#define IORESOURCE_IO_16BIT  0x01
#define IORESOURCE_IO_SPARSE 0x02

/*
 * A memory or port descriptor as a resource (start, end, flags; nothing else is
 * touched) and, of a window, what is added to an address on the bus to get ours.
 * False: another kind, no length, reversed, or ports that do not exist.
 */
bool acpi_resource_decode(const struct aml_resource *from, struct resource *to, u64 *offset);

#define MAX_HOST_WINDOWS 64

struct host_window {
	struct resource res;
	u64 offset; /* our address minus the one on the bus */
};

struct host_windows {
	unsigned int nr;
	struct host_window window[MAX_HOST_WINDOWS];
};

/*
 * Make the windows of one type (IORESOURCE_IO or _MEM) such that they can stand
 * beside each other in the register: cut to its end, and those that overlap made
 * one in the place of the first.  All of the other type keep their order among
 * themselves.  What was changed is printed.
 */
void host_windows_validate(struct host_windows *windows, unsigned long type,
			   const struct resource *root);

/* The first goes on into the second: same kind, same offset, no gap. */
bool host_windows_adjoin(const struct host_window *first, const struct host_window *second);

/* Take one out, keeping the order; none may be in the register yet, for they move. */
void host_windows_remove(struct host_windows *windows, unsigned int i);

/* PCI's own configuration ports, which a host bridge uses itself whatever its _CRS says. */
bool host_window_is_config_ports(const struct resource *res);

#endif
