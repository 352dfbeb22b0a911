// SPDX-License-Identifier: MIT
// sources: drivers/acpi/aml/arithmetic.c drivers/acpi/aml/control.c drivers/acpi/aml/convert.c drivers/acpi/aml/data.c drivers/acpi/aml/define.c drivers/acpi/aml/device.c drivers/acpi/aml/dump.c drivers/acpi/aml/exec.c drivers/acpi/aml/field.c drivers/acpi/aml/fieldlist.c drivers/acpi/aml/interp.c drivers/acpi/aml/load.c drivers/acpi/aml/memory.c drivers/acpi/aml/message.c drivers/acpi/aml/namespace.c drivers/acpi/aml/object.c drivers/acpi/aml/opcode.c drivers/acpi/aml/parse.c drivers/acpi/aml/pci.c drivers/acpi/aml/predefined.c drivers/acpi/aml/reference.c drivers/acpi/aml/region.c drivers/acpi/aml/resource.c drivers/acpi/aml/routing.c drivers/acpi/aml/run.c drivers/acpi/aml/stack.c drivers/acpi/aml/store.c drivers/acpi/aml/sync.c drivers/acpi/aml/term.c drivers/acpi/table/check.c tests/aml/machine.c drivers/acpi/window.c kernel/core/resource.c kernel/lib/tree.c
/*
 * Resource templates (_CRS, _PRS), on to what the register and a host bridge get of them.  The descriptors'
 * sizes are counted again by ACPI 6.5, 6.4; no byte is in two windows unless a third one joined them.
 */
#include "drivers/acpi/aml/interp.h"
#include "drivers/acpi/window.h"
#include "tests/aml/machine.h"
#include "tests/fuzz/fuzz.h"

static const u8 *bytes;
static u32 nr_bytes, next_offset;
static struct host_windows windows;

/* Of the descriptor at `at`: 0 where it leaves the template. */
static u32 size_at(u32 at)
{
	u32 left = nr_bytes - at, size;

	if (!(bytes[at] & 0x80))
		size = 1 + (bytes[at] & 7U);
	else
		size = left < 3 ? left + 1 : 3U + bytes[at + 1] + (bytes[at + 2] << 8);
	return size > left ? 0 : size;
}

static void add_window(const struct aml_resource *r)
{
	struct resource res = { .name = "window" };
	u64 offset = 0;

	if (!acpi_resource_decode(r, &res, &offset))
		return;
	MUST(r->length && res.start <= res.end && resource_size(&res));
	MUST(res.flags & (r->type == AML_RES_IO ? IORESOURCE_IO : IORESOURCE_MEM));
	MUST(r->type != AML_RES_IO || res.end <= 0x10002);
	MUST(!offset || res.flags & IORESOURCE_WINDOW);
	if (windows.nr < MAX_HOST_WINDOWS)
		windows.window[windows.nr++] = (struct host_window){ res, offset };
}

static int look(const struct aml_resource *r, void *arg)
{
	MUST(arg == &windows);
	MUST(r->bytes == bytes + r->offset && r->offset >= next_offset);
	/* What is passed over in between are the borders of dependent functions. */
	for (; next_offset < r->offset; next_offset += size_at(next_offset))
		MUST(bytes[next_offset] >> 3 == 6 || bytes[next_offset] >> 3 == 7);
	MUST(r->size && r->size == size_at(r->offset));
	next_offset += r->size;
	MUST(r->nr <= AML_MAX_IRQS);
	if (r->type == AML_RES_IRQ && !(r->tag & 0x80))
		for (u32 i = 0; i < r->nr; i++)
			MUST(r->numbers[i] < 16 && (!i || r->numbers[i] > r->numbers[i - 1]));
	add_window(r);
	return 0;
}

static bool is_covered(u64 at, unsigned long type)
{
	for (unsigned int i = 0; i < windows.nr; i++) {
		const struct resource *res = &windows.window[i].res;

		if (res->flags & type && res->start <= at && at <= res->end)
			return true;
	}
	return false;
}

static void check_windows(unsigned long type, const struct resource *root)
{
	static struct host_windows before;
	unsigned int others = 0, left = 0;

	before = windows;
	host_windows_validate(&windows, type, root);
	for (unsigned int i = 0; i < windows.nr; i++) {
		const struct resource *res = &windows.window[i].res;

		others += !(res->flags & type);
		if (res->flags & type)
			MUST(res->start < res->end + 1 && res->end <= root->end);
	}
	for (unsigned int i = 0; i < before.nr; i++) {
		const struct resource *res = &before.window[i].res;

		left += !(res->flags & type);
		if (res->flags & type && res->start < min(res->end, root->end))
			MUST(is_covered(res->start, type) &&
			     is_covered(min(res->end, root->end), type));
	}
	MUST(others == left && windows.nr <= before.nr);
}

void fuzz(const u8 *data, size_t size)
{
	static struct aml *aml;
	int err;
	u32 end;

	if (!aml)
		aml = aml_create(&machine_ops); /* for messages */
	iomem_resource.end = (1ULL << 46) - 1;
	bytes = data, nr_bytes = (u32)size;
	next_offset = windows.nr = 0;
	err = aml_decode_resources(aml, aml_root(aml), bytes, nr_bytes, look, &windows);
	MUST(!err || err == -EINVAL);
	end = aml_resource_end(bytes, nr_bytes);
	MUST(!nr_bytes || !err == (end != ~0U));
	if (!err) {
		for (; next_offset < end; next_offset += size_at(next_offset))
			MUST(bytes[next_offset] >> 3 == 6 || bytes[next_offset] >> 3 == 7);
		MUST(next_offset == end && bytes[end] >> 3 == 15);
	}
	check_windows(IORESOURCE_IO, &ioport_resource);
	check_windows(IORESOURCE_MEM, &iomem_resource);
}
