// SPDX-License-Identifier: MIT
// sources: drivers/pci/cap.c drivers/pci/cap_names.c drivers/pci/lspci_json.c drivers/pci/lspci_tree.c kernel/core/json.c
/*
 * What a driver and a person ask of one PCI function, which answers as it likes: interrupts by messages, whose table
 * may be said to lie anywhere, its ROM, and all that lspci shows.  Nothing is mapped that is not the function's, no
 * register touched beyond what is mapped, each list ends, and afterwards nothing is left.
 *
 * The input: what the function has, pieces of its configuration space, some registers that read differently from one
 * time to the next; then its ROM.
 */
#include "kernel/core/percpu.h"
#include "kernel/irq/apicid.h"
#include "tests/fuzz/said.h"
#include "tests/host/config_access.h"
#include "tests/host/fake_device.h"

#include "drivers/apic/msi.c"
#include "drivers/pci/lspci.c"
#undef pr_fmt
#include "drivers/pci/msi.c"
#include "drivers/pci/msix.c"
#include "drivers/pci/rom.c"

#define BARS	 6
#define BAR(n)	 (0x3800000000UL + ((u64)(n) << 32))
#define ROM	 0xfeb00000UL
#define MOST_ROM 0x10000UL
#define REGS	 0x1000000UL /* where the table is mapped */

#define BEHIND 64 /* how far a capability at the end may reach */
static u8 config[PCI_CFG_SPACE_EXP_SIZE + BEHIND], rom_image[MOST_ROM], table[2048 * 16];
static unsigned int config_size;
static struct pci_dev dev;
static struct pci_bus bus = { .resource = { NULL } };
LIST_HEAD(pci_devices);
LIST_HEAD(pci_root_buses);
struct rw_semaphore pci_bus_sem;
struct resource iomem_resource;

/* ---- its configuration space ---- */

static struct unsteady {
	int where;
	u8 period, reads, bits;
} unsteady[4];
static unsigned int nr_unsteady;

static u8 config_byte(int where)
{
	u8 value = config[where];

	for (struct unsteady *u = unsteady; u < unsteady + nr_unsteady; u++)
		if (u->where == where && ++u->reads > u->period)
			value ^= u->bits, u->reads = 0;
	return value;
}

static u32 read_config(int where, int size)
{
	u32 value = 0;

	MUST(where >= 0 && where + size <= (int)sizeof(config));
	for (int i = size; i--;)
		value = value << 8 | config_byte(where + i);
	return value;
}

static int write_config(int where, u32 value, int size)
{
	MUST(where >= 0 && where + size <= (int)sizeof(config));
	for (int i = 0; i < size && where + i < (int)config_size; i++)
		config[where + i] = (u8)(value >> (8 * i));
	return 0;
}

static u8 walk_read(const void *d, int where)
{
	(void)d;
	return config_byte(where);
}

u8 pci_find_capability(const struct pci_dev *d, u8 id)
{
	return config[PCI_STATUS] & PCI_STATUS_CAP_LIST ?
		       pci_cap_walk(walk_read, d, PCI_CAPABILITY_LIST, id) :
		       0;
}

u8 pci_find_next_capability(const struct pci_dev *d, u8 pos, u8 id)
{
	return pci_cap_walk(walk_read, d, (u8)(pos + 1), id);
}

int pci_cfg_space_size(const struct pci_dev *d)
{
	(void)d;
	return (int)config_size;
}

/* ---- its memory ---- */

static unsigned long table_size, rom_size; /* mapped; 0: not */

void __iomem *ioremap(phys_addr_t phys, unsigned long size)
{
	const struct resource *rom = &dev.resource[PCI_ROM_RESOURCE];

	MUST(!table_size && !rom_size && size);
	if (phys == rom->start && size == resource_size(rom)) {
		rom_size = size;
		return (void __iomem *)ROM;
	}
	for (unsigned int i = 0; i < BARS; i++) {
		const struct resource *bar = &dev.resource[i];

		if (!bar->parent || !(bar->flags & IORESOURCE_MEM) || phys < bar->start ||
		    phys > bar->end)
			continue;
		MUST(size <= bar->end - phys + 1 && size <= sizeof(table) && size % 16 == 0);
		table_size = size;
		return (void __iomem *)REGS;
	}
	panic("what is mapped at %#lx is not the function's", phys);
}

void iounmap(volatile void __iomem *addr)
{
	MUST(DEVICE_ADDRESS(addr) == ROM ? rom_size : table_size);
	table_size = rom_size = 0;
}

static u64 device_read(unsigned long addr, unsigned int size)
{
	u64 value = 0;

	if (addr >= ROM) {
		MUST(addr - ROM + size <= rom_size);
		memcpy(&value, rom_image + (addr - ROM), size);
	} else {
		MUST(size == 4 && addr % 4 == 0 && addr - REGS < table_size);
		memcpy(&value, table + (addr - REGS), size);
	}
	return value;
}

static void device_write(unsigned long addr, unsigned int size, u64 value)
{
	MUST(size == 4 && addr % 4 == 0 && addr - REGS < table_size);
	memcpy(table + (addr - REGS), &value, size);
}

void memcpy_fromio(void *to, const volatile void __iomem *from, size_t n)
{
	if (!n)
		return;
	MUST(DEVICE_ADDRESS(from) - ROM + n <= rom_size);
	memcpy(to, rom_image + (DEVICE_ADDRESS(from) - ROM), n);
}

/* ---- who else has a part in it ---- */

u32 cpu_apic_id[NR_CPUS] = { 0, 7 };
static struct irq_data made[32];
static int nr_made, most_made;

bool lapic_available(void)
{
	return true;
}

void lapic_irq_eoi(struct irq_data *d)
{
	(void)d;
}

int irq_create(int irq, const struct irq_chip *chip, void *chip_data, u32 hwirq, bool level)
{
	struct irq_data *d = &made[nr_made];

	MUST(irq < 0 && !level);
	if (nr_made == most_made)
		return -ENOSPC;
	*d = (struct irq_data){ ++nr_made, 0, 0x40, level, hwirq, chip, chip_data };
	chip->irq_set_target(d);
	chip->irq_unmask(d);
	return nr_made;
}

int irq_destroy(int irq)
{
	MUST(irq == nr_made);
	made[irq - 1].chip->irq_mask(&made[irq - 1]);
	nr_made--;
	return 0;
}

void pci_lock_rescan_remove(void)
{
}

void pci_unlock_rescan_remove(void)
{
}

unsigned int pci_remove_gone(void)
{
	return 0;
}

struct pci_bus *pci_next_numbered_bus(const struct pci_bus *from)
{
	return from ? NULL : &bus;
}

struct pci_bus *pci_next_bus(struct pci_bus *root, struct pci_bus *from)
{
	return from ? NULL : root;
}

struct pci_dev *pci_next_dev(struct pci_bus *root, struct pci_dev *from)
{
	(void)root;
	return from ? NULL : &dev;
}

const char *pci_short_name(const struct pci_dev *d)
{
	return d->name;
}

u32 pci_irq(const struct pci_dev *d)
{
	return d->irq_line;
}

bool pci_names_find(u16 vendor, u16 device, u16 class_id, struct pci_names *names)
{
	(void)vendor, (void)device, (void)class_id, (void)names;
	return false;
}

int pci_parse_slot(const char *s, u16 *segment, u8 *number, u8 *devfn)
{
	(void)s, (void)segment, (void)number, (void)devfn;
	return -EINVAL;
}

/* ---- an input ---- */

static void set_resource(int nr, u64 start, u64 size, u8 how)
{
	if (how & 1)
		dev.resource[nr] = (struct resource){
			.start = start,
			.end = start + size - 1,
			.flags = how & 2 ? IORESOURCE_IO : IORESOURCE_MEM,
			.parent = how & 4 ? NULL : &iomem_resource,
		};
}

static void build(struct choices *c)
{
	u8 rom;

	config_size = choose8(c) & 1 ? PCI_CFG_SPACE_EXP_SIZE : PCI_CFG_SPACE_SIZE;
	memset(config, 0, config_size);
	memset(config + config_size, 0xff, sizeof(config) - config_size);
	memset(&dev, 0, sizeof(dev));
	dev.bus = &bus;
	dev.devfn = choose8(c);
	dev.pin = choose8(c) % 8;
	strscpy(dev.name, "0000:00:03.0", sizeof(dev.name));
	for (int i = 0; i < BARS; i++) {
		u8 how = choose8(c);

		set_resource(i, BAR(i), 1UL << (4 + (how >> 3)), how);
	}
	rom = choose8(c) % 6;
	set_resource(PCI_ROM_RESOURCE, ROM, 2048UL << rom, choose8(c) | 1);
	dev.rom_base_reg = PCI_ROM_ADDRESS;
	dev.msi_cap = choose8(c) & 0xfc;
	dev.msix_cap = choose8(c) & 0xfc;
	for (unsigned int n = choose8(c) % 32; n; n--) {
		unsigned int at = (unsigned int)choose_bytes(c, 2) % config_size,
			     bytes = 1 + choose8(c) % 16;

		for (; bytes && at < config_size; bytes--)
			config[at++] = choose8(c);
	}
	nr_unsteady = choose8(c) % (ARRAY_SIZE(unsteady) + 1);
	for (struct unsteady *u = unsteady; u < unsteady + nr_unsteady; u++) {
		u->where = (int)choose_bytes(c, 2) % PCI_CFG_SPACE_EXP_SIZE;
		u->period = choose8(c) % 8;
		u->bits = choose8(c);
		u->reads = 0;
	}
	most_made = choose8(c) % (int)ARRAY_SIZE(made);
	INIT_LIST_HEAD(&bus.devices);
	list_add_tail(&dev.bus_list, &bus.devices);
}

/* ---- messages ---- */

static u16 word(int where)
{
	return (u16)(config[where] | config[where + 1] << 8);
}

/* PCI 3.0, 6.8.2: what a function that means what it says gets. */
static int want_msix(unsigned int count)
{
	u64 offset = word(dev.msix_cap + 4) | (u64)word(dev.msix_cap + 6) << 16, bytes;
	const struct resource *bar = &dev.resource[offset & 7];
	unsigned int entries = (word(dev.msix_cap + 2) & 0x7ff) + 1;

	bytes = entries * 16ULL;
	if (!dev.msix_cap || !(config[PCI_COMMAND] & 2))
		return -ENODEV;
	if (!count || count > entries)
		return -ENOSPC;
	if ((offset & 7) > 5 || !bar->parent || !(bar->flags & IORESOURCE_MEM) ||
	    (offset & ~7ULL) + bytes > resource_size(bar))
		return -ENODEV;
	return count > (unsigned int)most_made ? -ENOSPC : 0;
}

static void try_msix(unsigned int count)
{
	int want = want_msix(count), err = pci_enable_msix(&dev, count);
	struct resource range;

	MUST(nr_unsteady || err == want);
	MUST(!err == !!dev.msix && nr_made == (err ? 0 : (int)count) && !table_size == !!err);
	MUST(pci_msix_table(&dev, &range) == !err);
	MUST(err || pci_enable_msi(&dev) == (dev.msi_cap ? -EBUSY : -ENODEV));
	pci_disable_msix(&dev);
	MUST(!dev.msix && !nr_made && !table_size);
}

static void try_msi(void)
{
	int err = pci_enable_msi(&dev);

	MUST(err == (!dev.msi_cap ? -ENODEV : !most_made ? -ENOSPC : 0));
	MUST(nr_made == !err);
	pci_disable_msi(&dev);
	MUST(!nr_made && !dev.msi_irq);
}

/* ---- the ROM ---- */

static unsigned long rom_number(unsigned long at, unsigned int bytes)
{
	unsigned long value = 0;

	while (bytes--)
		value = value << 8 | rom_image[at + bytes];
	return value;
}

/* PCI Firmware 3.3, 5.1: its images; all of it where one would leave it. */
static unsigned long images(unsigned long size)
{
	unsigned long at = 0, data;

	while (at + 26 <= size && rom_number(at, 2) == 0xaa55) {
		data = at + rom_number(at + 24, 2);
		if (data % 4 || data + 24 > size || memcmp(rom_image + data, "PCIR", 4))
			break;
		if (!rom_number(data + 16, 2) || at + rom_number(data + 16, 2) * 512 > size)
			return size;
		at += rom_number(data + 16, 2) * 512;
		if (rom_image[data + 21] & 0x80)
			break;
	}
	return at;
}

static void try_rom(struct choices *c)
{
	const struct resource *rom = &dev.resource[PCI_ROM_RESOURCE];
	u64 pos = choose_bytes(c, 2);
	size_t n = choose8(c), size;
	u8 buf[256];
	ssize_t got;

	memset(rom_image, 0, sizeof(rom_image));
	while (c->left) {
		unsigned long at = choose_bytes(c, 2) << 2;

		for (unsigned int bytes = 1 + choose8(c) % 32; bytes; bytes--)
			rom_image[at++ % MOST_ROM] = choose8(c);
	}
	size = rom->parent ? images(resource_size(rom)) : 0;
	got = pci_read_rom(&dev, buf, pos, n);
	n = pos < size ? min(n, size - (size_t)pos) : 0;
	MUST(got == (size ? (ssize_t)n : -EIO) && !rom_size);
	MUST(!size || !memcmp(buf, rom_image + pos, n));
	MUST(nr_unsteady || !rom->parent || !(config[PCI_ROM_ADDRESS] & 1));
}

/* ---- lspci ---- */

static unsigned int count(const char *text)
{
	unsigned int n = 0;

	for (const char *s = said; (s = strstr(s, text)); s++)
		n++;
	return n;
}

/* PCI 3.0, 6.7, and PCI Express 5.0, 7.6.3; of a list in a circle as much as there could be. */
static unsigned int nr_capabilities(void)
{
	unsigned int n = 0, pos = config[PCI_CAPABILITY_LIST];
	u32 head = 0;

	for (; config[PCI_STATUS] & 0x10 && n < 64 && (pos & 0xfc) >= 0x40 &&
	       config[pos & 0xfc] != 0xff;
	     n++)
		pos = config[(pos & 0xfc) + 1];
	pos = config_size > 256 ? 0x100 : 0;
	for (unsigned int steps = 0; steps < 480 && pos >= 0x100; steps++) {
		memcpy(&head, config + pos, 4);
		if (!head || head == ~0U)
			break;
		n++;
		pos = head >> 20 & 0xffc;
	}
	return n;
}

static void say(char *option)
{
	char *argv[] = { "lspci", option };
	struct sink sink = { keep };

	nr_said = 0;
	MUST(!cmd_lspci(&sink, 2, argv));
}

static void try_lspci(u8 option)
{
	static char *const options[] = { "-v", "-t", "-j", "-xxxx" };

	say(options[option % ARRAY_SIZE(options)]);
	switch (option % ARRAY_SIZE(options)) {
	case 0:
		MUST(nr_unsteady || count("Capabilities: [") == nr_capabilities());
		break;
	case 1:
		MUST(count("\n") == 1);
		break;
	case 2:
		MUST(count("{") == count("}") && count("[") == count("]"));
		break;
	case 3:
		MUST(count("\n") == 2 + config_size / 16);
	}
}

void fuzz(const u8 *data, size_t size)
{
	struct choices c = { data, size };
	u8 messages;

	build(&c);
	if (list_empty(&pci_root_buses))
		list_add_tail(&bus.node, &pci_root_buses);
	messages = choose8(&c);
	try_lspci(messages >> 6);
	try_msix(messages % 64);
	try_msi();
	try_rom(&c);
}
