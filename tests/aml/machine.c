// SPDX-License-Identifier: MIT
#include "tests/aml/machine.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/slab.h"

#define UNIT	   64U	 /* bytes that are made together */
#define MAX_UNITS  4096U /* then the machine fails */
#define BUCKETS	   1024U
#define MAX_TABLES 64U

enum { MEMORY, PORTS, PCI };

struct unit {
	struct unit *next;
	u64 address;
	u32 space;
	u8 bytes[UNIT];
};

static struct unit *units[BUCKETS];
static u32 nr_units;

void machine_reset(void)
{
	for (u32 i = 0; i < BUCKETS; i++)
		while (units[i]) {
			struct unit *next = units[i]->next;

			kfree(units[i]);
			units[i] = next;
		}
	nr_units = 0;
}

static u8 *byte_at(u32 space, u64 address)
{
	u64 first = address / UNIT * UNIT;
	struct unit **head = &units[(first / UNIT + space * 77) % BUCKETS], *unit;

	for (unit = *head; unit; unit = unit->next)
		if (unit->address == first && unit->space == space)
			return &unit->bytes[address % UNIT];
	if (nr_units == MAX_UNITS)
		return NULL;
	unit = kzalloc(sizeof(*unit), 0);
	if (!unit)
		return NULL;
	nr_units++;
	unit->address = first;
	unit->space = space;
	unit->next = *head;
	*head = unit;
	return &unit->bytes[address % UNIT];
}

static int read(u32 space, u64 address, unsigned int bytes, u64 *value)
{
	*value = 0;
	for (u32 i = 0; i < bytes; i++) {
		u8 *byte = byte_at(space, address + i);

		if (!byte)
			return -ENOMEM;
		*value |= (u64)*byte << (8 * i);
	}
	return 0;
}

static int write(u32 space, u64 address, unsigned int bytes, u64 value)
{
	for (u32 i = 0; i < bytes; i++) {
		u8 *byte = byte_at(space, address + i);

		if (!byte)
			return -ENOMEM;
		*byte = (u8)(value >> (8 * i));
	}
	return 0;
}

static int access(u32 space, u64 address, unsigned int bytes, u64 *value, bool is_write)
{
	return is_write ? write(space, address, bytes, *value) : read(space, address, bytes, value);
}

static int memory(u64 address, unsigned int bytes, u64 *value, bool write)
{
	return access(MEMORY, address, bytes, value, write);
}

static int port(u64 address, unsigned int bytes, u64 *value, bool write)
{
	return access(PORTS, address, bytes, value, write);
}

static u64 pci_place(struct aml_pci_address pci, u32 reg)
{
	return (u64)pci.segment << 28 | (u64)pci.bus << 20 | (u64)pci.device << 15 |
	       (u64)pci.function << 12 | reg;
}

static int pci(struct aml_pci_address at, u32 reg, unsigned int bytes, u64 *value, bool write)
{
	return access(PCI, pci_place(at, reg), bytes, value, write);
}

/* Time passes by being looked at, and by being waited for. */
static u64 now;
u64 machine_tick = 1000000;

static void stall(u64 usec)
{
	now += usec * 10;
}

static void sleep(u64 msec)
{
	now += msec * 10000;
}

static u64 timer(void)
{
	return now += machine_tick;
}

static const struct acpi_table_header *firmware[MAX_TABLES];
static u32 nr_firmware;

void machine_add_table(const struct acpi_table_header *header)
{
	if (nr_firmware < MAX_TABLES)
		firmware[nr_firmware++] = header;
}

static const struct acpi_table_header *table(const char *signature, unsigned int n)
{
	for (u32 i = 0; i < nr_firmware; i++)
		if (memcmp(firmware[i]->signature, signature, 4) == 0 && n-- == 0)
			return firmware[i];
	return NULL;
}

void machine_call_methods(struct aml *aml)
{
	struct aml_value args[7], result;
	struct aml_node *node = NULL;

	for (u32 i = 0; i < ARRAY_SIZE(args); i++)
		args[i] = aml_integer(i);
	aml_new_string(aml, "12", &args[1]);
	aml_new_buffer(aml, "\x79\0", 2, &args[3]);
	while ((node = aml_next_node(aml_root(aml), node))) {
		u32 n = aml_method_args(node);

		if (n && !aml_evaluate(aml, node, NULL, args, n, &result))
			aml_put(aml, &result);
	}
	for (u32 i = 0; i < ARRAY_SIZE(args); i++)
		aml_put(aml, &args[i]);
}

const struct aml_ops machine_ops = {
	.memory = memory,
	.port = port,
	.pci = pci,
	.stall = stall,
	.sleep = sleep,
	.timer = timer,
	.table = table,
};
