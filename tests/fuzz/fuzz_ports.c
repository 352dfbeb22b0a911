// SPDX-License-Identifier: MIT
// sources: kernel/monitor/access.c kernel/core/cmdline.c kernel/core/command.c kernel/core/resource.c kernel/core/region.c kernel/lib/tree.c
/*
 * in, out and setpci, by the words that a person types: which port or register is touched, how wide and with what,
 * what is refused and what is said, by a reading of the words that is written down again here.
 *
 * The input: which command; its suffix, or whether the function has an extended space; iomem=relaxed or not; then the
 * words with blanks between.
 */
#include "kernel/cpu/port.h"
#define inb(port)	  ((u8)port_access(port, 1, false, 0))
#define inw(port)	  ((u16)port_access(port, 2, false, 0))
#define inl(port)	  ((u32)port_access(port, 4, false, 0))
#define outb(value, port) ((void)port_access(port, 1, true, value))
#define outw(value, port) ((void)port_access(port, 2, true, value))
#define outl(value, port) ((void)port_access(port, 4, true, value))
#include "tests/fuzz/register.h"
#include "tests/fuzz/said.h"
static u32 port_access(u16 port, unsigned int width, bool write, u32 value);
#undef pr_fmt
#include "drivers/pci/setpci.c"
#include "kernel/core/cmdline.h"
#include "kernel/monitor/portcmd.c"

#define MAX_ARGS 8

/* ---- ports ---- */

static struct resource held = { .start = 0x3f8, .end = 0x3ff, .name = "held" },
		       undriven = { .start = 0x60, .end = 0x64, .name = "undriven" };
static struct {
	unsigned int port, width, nr;
	bool write;
	u32 value;
} access;

static bool meets(const struct resource *r, u64 port, unsigned int width)
{
	return port <= r->end && port + width > r->start;
}

static u32 port_access(u16 port, unsigned int width, bool write, u32 value)
{
	struct resource *r = lookup_resource_deepest(&ioport_resource, port, port + width - 1);

	MUST(meets(&held, port, width) || meets(&undriven, port, width) ||
	     !strcmp(r->name, "monitor"));
	access.port = port, access.width = width, access.write = write, access.value = value;
	access.nr++;
	return (u32)(0x89abcdefUL & ((1ULL << width * 8) - 1));
}

bool pfn_valid(unsigned long pfn)
{
	(void)pfn;
	MUST(false);
}

void whatis_page_use(phys_addr_t phys, char *buf, size_t size)
{
	(void)phys, (void)buf, (void)size;
	MUST(false);
}

static void check_ports(bool write, unsigned int width, bool relaxed, int argc, char **argv,
			int ret)
{
	u64 port, value = 0;
	char line[32];
	int want = -EINVAL;
	bool good;

	if (argc == (write ? 3 : 2) && !kstrtoull(argv[1], 16, &port) &&
	    (!write || !kstrtoull(argv[2], 16, &value)))
		want = port > 0xffff || port + width > 0x10000 || value >> width * 8 ? -ERANGE :
		       !relaxed && meets(&held, port, width)			     ? -EPERM :
										       0;
	good = !want;
	MUST(ret == want && access.nr == good);
	if (good) {
		MUST(access.port == port && access.width == width && access.write == write &&
		     access.value == value);
		snprintf(line, sizeof(line), "%04lx: %0*lx\n", port, (int)width * 2,
			 0x89abcdefUL & ((1UL << width * 8) - 1));
		MUST(!strcmp(said, write ? "" : line));
	}
	register_look(&ioport_resource);
	MUST(nr_registered == 2);
}

/* ---- configuration space ---- */

static u8 space[4096], want[4096];
static char expected[sizeof(said)];
static unsigned int space_size;
static int locked;

static struct pci_bus bus;
static struct pci_dev function = { .bus = &bus };

void pci_lock_rescan_remove(void)
{
	locked++;
}

void pci_unlock_rescan_remove(void)
{
	locked--;
}

struct pci_dev *pci_get_by_name(const char *s)
{
	MUST(locked == 1);
	return strcmp(s, "0") ? NULL : &function;
}

int pci_cfg_space_size(const struct pci_dev *dev)
{
	MUST(dev == &function);
	return (int)space_size;
}

static u16 capability_at(u64 id)
{
	return id == 1 ? 0x40 : id == 5 ? 0x4a : id == 9 ? 0xfc : id == 0x10 ? 0x60 : 0;
}

u8 pci_find_capability(const struct pci_dev *dev, u8 id)
{
	MUST(dev == &function && id && id != 0xff);
	return (u8)capability_at(id);
}

static u8 *register_at(u8 devfn, int where, int size)
{
	MUST(locked == 1 && !devfn && (size == 1 || size == 2 || size == 4));
	MUST(where >= 0 && where % size == 0 && (unsigned int)(where + size) <= space_size);
	return space + where;
}

int pci_raw_read(u16 segment, u8 number, u8 devfn, int where, int size, u32 *value)
{
	(void)segment, (void)number;
	*value = 0;
	memcpy(value, register_at(devfn, where, size), (size_t)size);
	return 0;
}

int pci_raw_write(u16 segment, u8 number, u8 devfn, int where, int size, u32 value)
{
	(void)segment, (void)number;
	memcpy(register_at(devfn, where, size), &value, (size_t)size);
	return 0;
}

/* pciutils' names for the fields of PCI 3.0, figure 6-1 and of bridges 1.2, figure 3-1. */
static bool known_register(const char *name, u64 *where, unsigned int *size)
{
	static const struct {
		const char *name;
		u8 where, size;
	} known[] = {
		{ "VENDOR_ID", 0, 2 },
		{ "DEVICE_ID", 2, 2 },
		{ "COMMAND", 4, 2 },
		{ "STATUS", 6, 2 },
		{ "REVISION", 8, 1 },
		{ "CLASS_PROG", 9, 1 },
		{ "CLASS_DEVICE", 10, 2 },
		{ "CACHE_LINE_SIZE", 12, 1 },
		{ "LATENCY_TIMER", 13, 1 },
		{ "HEADER_TYPE", 14, 1 },
		{ "BIST", 15, 1 },
		{ "BASE_ADDRESS_0", 16, 4 },
		{ "BASE_ADDRESS_1", 20, 4 },
		{ "BASE_ADDRESS_2", 24, 4 },
		{ "BASE_ADDRESS_3", 28, 4 },
		{ "BASE_ADDRESS_4", 32, 4 },
		{ "BASE_ADDRESS_5", 36, 4 },
		{ "CARDBUS_CIS", 40, 4 },
		{ "SUBSYSTEM_VENDOR_ID", 44, 2 },
		{ "SUBSYSTEM_ID", 46, 2 },
		{ "ROM_ADDRESS", 48, 4 },
		{ "CAPABILITIES", 52, 1 },
		{ "INTERRUPT_LINE", 60, 1 },
		{ "INTERRUPT_PIN", 61, 1 },
		{ "MIN_GNT", 62, 1 },
		{ "MAX_LAT", 63, 1 },
		{ "PRIMARY_BUS", 24, 1 },
		{ "SECONDARY_BUS", 25, 1 },
		{ "SUBORDINATE_BUS", 26, 1 },
		{ "SEC_LATENCY_TIMER", 27, 1 },
		{ "IO_BASE", 28, 1 },
		{ "IO_LIMIT", 29, 1 },
		{ "SEC_STATUS", 30, 2 },
		{ "MEMORY_BASE", 32, 2 },
		{ "MEMORY_LIMIT", 34, 2 },
		{ "PREF_MEMORY_BASE", 36, 2 },
		{ "PREF_MEMORY_LIMIT", 38, 2 },
		{ "PREF_BASE_UPPER32", 40, 4 },
		{ "PREF_LIMIT_UPPER32", 44, 4 },
		{ "IO_BASE_UPPER16", 48, 2 },
		{ "IO_LIMIT_UPPER16", 50, 2 },
		{ "BRIDGE_ROM_ADDRESS", 56, 4 },
		{ "BRIDGE_CONTROL", 62, 2 },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(name, known[i].name)) {
			*where = known[i].where, *size = known[i].size;
			return true;
		}
	return false;
}

static bool known_capability(const char *name, u64 *where)
{
	static const struct {
		const char *name;
		u8 id; /* PCI Code and ID Assignment 1.11, chapter 2 */
	} known[] = { { "CAP_PM", 1 },	   { "CAP_MSI", 5 },  { "CAP_VNDR", 9 },
		      { "CAP_SSVID", 13 }, { "CAP_EXP", 16 }, { "CAP_MSIX", 17 } };
	u64 id = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(name, known[i].name))
			id = known[i].id;
	if (!id && (strncmp(name, "CAP", 3) || kstrtoull(name + 3, 16, &id)))
		return false;
	*where = capability_at(id);
	return *where != 0;
}

/* Up to one of `ends` from *s on, which is left there; "" where nothing is. */
static char *word_up_to(const char **s, const char *ends, char *to)
{
	char *at = to;

	while (**s && !strchr(ends, **s))
		*at++ = *(*s)++;
	*at = '\0';
	return to;
}

/* One word of setpci's: what it does to want[] and says in expected[]; false: it is refused. */
static bool read_word(const char *s)
{
	char name[256], text[256];
	unsigned int size = 0;
	u64 where, add = 0, value = 0, mask, old = 0, all;

	word_up_to(&s, "+.=", name);
	if (!known_register(name, &where, &size) && !known_capability(name, &where) &&
	    (kstrtoull(name, 16, &where) || where >= 4096))
		return false;
	if (*s == '+' && (s++, kstrtoull(word_up_to(&s, ".=", text), 16, &add)))
		return false;
	if (*s == '.') {
		s++;
		word_up_to(&s, "=", text);
		size = !strcmp(text, "b") ? 1 : !strcmp(text, "w") ? 2 : !strcmp(text, "l") ? 4 : 0;
	}
	if (!size || add >= 4096 || (where + add) % size || where + add + size > space_size)
		return false;
	where += add;
	all = mask = (1ULL << size * 8) - 1;
	memcpy(&old, want + where, size);
	if (*s != '=') {
		scnprintf(expected + strlen(expected), sizeof(expected) - strlen(expected),
			  "%0*lx\n", (int)size * 2, old);
		return true;
	}
	s++;
	if (kstrtoull(word_up_to(&s, ":", text), 16, &value))
		return false;
	if (*s == ':' && kstrtoull(s + 1, 16, &mask))
		return false;
	if (value > all || mask > all)
		return false;
	value = (value & mask) | (old & ~mask);
	memcpy(want + where, &value, size);
	return true;
}

static void check_setpci(struct sink *sink, int argc, char **argv)
{
	bool good = argc >= 3 && !strcmp(argv[1], "0");
	int ret;

	for (unsigned int i = 0; i < sizeof(space); i++)
		space[i] = want[i] = (u8)(i ^ i >> 4);
	expected[0] = '\0';
	for (int i = 2; i < argc && good; i++)
		good = read_word(argv[i]);
	ret = cmd_setpci(sink, argc, argv);
	MUST((ret == 0) == good && !locked && !memcmp(space, want, sizeof(space)));
	MUST(!strncmp(said, expected, strlen(expected)));
	MUST(!good || !strcmp(said, expected));
}

/* ---- an input ---- */

static void fill(void)
{
	held.flags = IORESOURCE_IO | IORESOURCE_BUSY;
	undriven.flags = IORESOURCE_IO | IORESOURCE_BUSY | IORESOURCE_UNDRIVEN;
	MUST(!insert_resource(&ioport_resource, &held));
	MUST(!insert_resource(&ioport_resource, &undriven));
}

void fuzz(const u8 *data, size_t size)
{
	static const char *const suffixes[] = { "", ".b", ".w", ".l" };
	struct sink sink = { keep };
	struct choices c = { data, size };
	char text[256], name[16], *argv[MAX_ARGS + 1] = { name };
	unsigned int which = choose8(&c) % 3, suffix = choose8(&c) % 4;
	bool relaxed = choose8(&c) & 1;
	int argc;

	if (!held.parent)
		fill();
	snprintf(name, sizeof(name), "%s%s", which == 1 ? "in" : "out", suffixes[suffix]);
	strscpy(boot_command_line, relaxed ? "iomem=relaxed" : "", COMMAND_LINE_SIZE);
	argc = choose_words(&c, text, sizeof(text), argv, MAX_ARGS);
	nr_said = access.nr = access.value = 0;
	said[0] = '\0';
	space_size = suffix ? 256 : 4096;
	if (which == 0)
		check_setpci(&sink, argc, argv);
	else
		check_ports(which == 2,
			    suffix == 3 ? 4 :
			    suffix	?:
					  1,
			    relaxed, argc, argv,
			    which == 1 ? cmd_in(&sink, argc, argv) : cmd_out(&sink, argc, argv));
}
