// SPDX-License-Identifier: MIT
// sources: drivers/firmware/dmi_ident.c kernel/core/cmdline.c drivers/pci/access.c drivers/pci/assign.c drivers/pci/bridge.c drivers/pci/busn.c drivers/pci/cap.c drivers/pci/cardbus.c drivers/pci/distribute.c drivers/pci/iov.c drivers/pci/options.c drivers/pci/pcie.c drivers/pci/probe.c drivers/pci/quirks.c drivers/pci/realign.c drivers/pci/realloc.c drivers/pci/resource.c drivers/pci/room.c drivers/pci/root.c drivers/pci/setup.c drivers/pci/size.c kernel/lib/tree.c kernel/core/region.c kernel/core/resource.c mm/e820.c
/*
 * Real machines: the functions that firmware left behind, and the addresses that Linux gave
 * to what had none, as its log tells.  tests/host/machines/NAME.txt has lines, numbers
 * hexadecimal, ends inclusive:
 *
 *	e820 FIRST-LAST TYPE		the memory map
 *	words WORDS			the command line
 *	window io|mem FIRST LAST	what the host bridge of bus 0 forwards
 *	board io|mem FIRST LAST		what the board's own devices (PNP0C02) hold
 *	fn BUS DEV FUNC			a function, and of it, until the next one:
 *	c OFFSET BYTES			its configuration space
 *	w OFFSET BYTES			which of these bits can be written
 *	assigned BB:DD.F NR FIRST LAST	what Linux gave its resource NR (decimal)
 */
#include "drivers/pci/probe.h"
#include "kernel/core/cmdline.h"
#include "kernel/core/resource.h"
#include "mm/e820.h"
#include "tests/host/fake_pci.h"

/* libc's, whose headers do not go with the kernel's. */
void *fopen(const char *name, const char *mode);
char *fgets(char *line, int size, void *file);
int sscanf(const char *text, const char *fmt, ...);
int fclose(void *file);

#define MAX_RANGES 16

/* Ranges of one kind: they stay in the register. */
struct ranges {
	struct resource res[MAX_RANGES], *list[MAX_RANGES];
	unsigned int nr;
};

static struct ranges windows, board;

static void read_range(struct ranges *ranges, const char *name, const char *words)
{
	struct resource *res = &ranges->res[ranges->nr];
	char kind[4];

	ASSERT(ranges->nr < MAX_RANGES);
	*res = (struct resource){ .name = name };
	ASSERT(sscanf(words, "%3s %lx %lx", kind, &res->start, &res->end) == 3);
	res->flags = kind[0] == 'i' ? IORESOURCE_IO : IORESOURCE_MEM;
	ranges->list[ranges->nr++] = res;
}

static void enter(const struct ranges *ranges)
{
	for (unsigned int i = 0; i < ranges->nr; i++)
		EXPECT_EQ(insert_resource(ranges->list[i]->flags & IORESOURCE_IO ?
						  &ioport_resource :
						  &iomem_resource,
					  ranges->list[i]),
			  0);
}

static void read_bytes(u8 *to, const char *hex)
{
	unsigned int byte;

	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
		*to++ = (u8)byte;
}

static unsigned int read_line(const char *line)
{
	static struct fake_fn *fn;
	unsigned int a, b, c;
	char kind, hex[129];
	u64 first, last;

	if (sscanf(line, "e820 %lx-%lx %x", &first, &last, &a) == 3)
		e820__range_add(&e820_table, first, last - first + 1, a);
	else if (!strncmp(line, "words ", 6))
		strscpy(boot_command_line, line + 6,
			min(strlen(line + 6), (size_t)COMMAND_LINE_SIZE));
	else if (!strncmp(line, "window ", 7))
		read_range(&windows, "PCI Bus 0000:00", line + 7);
	else if (!strncmp(line, "board ", 6))
		read_range(&board, "pnp 00:00", line + 6);
	else if (sscanf(line, "fn %x %x %x", &a, &b, &c) == 3)
		fn = add((u8)a, (u8)b, (u8)c, 0);
	else if (sscanf(line, "%c %x %128s", &kind, &a, hex) == 3 && (kind == 'c' || kind == 'w'))
		read_bytes((kind == 'c' ? fn->config : fn->writable) + a, hex);
	return 0;
}

/* The resource of that function, or NULL. */
static const struct resource *resource_of(const char *function, unsigned int nr)
{
	const struct pci_dev *dev = pci_get_by_name(function);

	return dev && nr < PCI_NUM_RESOURCES ? &dev->resource[nr] : NULL;
}

static unsigned int check_line(const char *line)
{
	const struct resource *res;
	char function[8];
	unsigned int nr;
	u64 first, last;

	if (sscanf(line, "assigned %7s %u %lx %lx", function, &nr, &first, &last) != 4)
		return 0;
	res = resource_of(function, nr);
	if (!res || res->start != first || res->end != last || !res->parent)
		host_fail(__FILE__, __LINE__, "Linux: %sours: %lx-%lx", line, res ? res->start : 0,
			  res ? res->end : 0);
	return 1;
}

/* fn for each line of the file: the sum of what it gives. */
static unsigned int for_each_line(const char *path, unsigned int (*fn)(const char *line))
{
	void *file = fopen(path, "r");
	unsigned int sum = 0;
	char line[200];

	if (!file) {
		host_fail(__FILE__, __LINE__, "no file %s", path);
		return 0;
	}
	while (fgets(line, sizeof(line), file))
		sum += fn(line);
	fclose(file);
	return sum;
}

/* As at boot, up to where all has its place. */
static void run_machine(const char *path)
{
	for_each_line(path, read_line);
	e820__update_table(&e820_table);
	enter(&windows);
	pci_access_setup();
	pci_scan_root_bus(0, 0, 0xff, windows.list, windows.nr, NULL);
	pci_init();
	enter(&board);
	pci_assign_unassigned_resources();
}

/* How many addresses were held against Linux's. */
static unsigned int check_machine(const char *path)
{
	run_machine(path);
	return for_each_line(path, check_line);
}

static void forget_machine(void)
{
	forget();
	windows.nr = board.nr = 0;
	boot_command_line[0] = '\0';
}

/* A board's two ports are in the way of the window that would have come first. */
TEST(supermicro_x8sie)
{
	EXPECT_EQ(check_machine("tests/host/machines/supermicro-x8sie.txt"), 5);
	forget_machine();
}

TEST(thinkpad_t400)
{
	const struct fake_fn *cardbus;

	EXPECT_EQ(check_machine("tests/host/machines/thinkpad-t400.txt"), 9);
	EXPECT_STR(resource_of("15:00.0", PCI_CB_MEM_0_WINDOW)->name, "PCI CardBus 0000:16");
	/* Buses 16 and 17, one of the two that are left; 176 clocks. */
	cardbus = functions[0x15][0];
	EXPECT_EQ(word_at(cardbus, PCI_PRIMARY_BUS), 0xb0171615);
	EXPECT_EQ(word_at(cardbus, 0x1c), 0xf0000000);
	EXPECT_EQ(word_at(cardbus, 0x20), 0xf3fff000); /* a limit's low bits cannot be written */
	EXPECT_EQ(word_at(cardbus, 0x24), 0xc0000000);
	EXPECT_EQ(word_at(cardbus, 0x28), 0xc3fff000);
	EXPECT_EQ(word_at(cardbus, 0x2c), 0x4000);
	EXPECT_EQ(word_at(cardbus, 0x30), 0x40fc);
	EXPECT_EQ(word_at(cardbus, 0x34), 0x4400);
	EXPECT_EQ(word_at(cardbus, 0x38), 0x44fc);
	forget_machine();
}

TEST(clevo_nl4xlu)
{
	EXPECT_EQ(check_machine("tests/host/machines/clevo-nl4xlu.txt"), 1);
	forget_machine();
}
