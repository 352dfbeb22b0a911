// SPDX-License-Identifier: MIT
/*
 * ECAM, which Linux calls MMCONFIG: configuration space as memory (PCI Express
 * 5.0, 7.2.2), 1 MiB a bus, 4 KiB a function.
 *
 * The MCFG table (PCI Firmware 3.2, 4.1.2) tells windows, or a chipset does (ecam_chipset.c); firmware gets them
 * wrong often enough that Linux uses a window only where firmware reserved the
 * same addresses a second time, and so do we: a window that RAM or a BAR may share
 * would turn a configuration write into something else.  The memory map is asked
 * first; the board's own resources (4.1.3) can be asked once there is a namespace.
 * Until then configuration space is reached by the ports.  A host bridge that the table leaves out may
 * name a window of its own in _CBA (4.1.3), which is held to the same proof.
 *
 * A bus is mapped when it is first touched: 256 buses would cost 256 MiB of
 * mappings, of which a machine uses a handful.  The window itself enters the
 * register late (pci_mmcfg_late_insert_resources), so that it becomes the
 * parent of what firmware reserved inside it, as on Linux.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/acpi/table/acpi.h"
#include "drivers/pci/access.h"
#include "drivers/pci/firmware.h"
#include "drivers/pci/options.h"
#include "kernel/core/printk.h"
#include "kernel/core/spinlock.h"
#include "kernel/lib/errno.h"
#include "mm/e820.h"
#include "mm/io.h"
#include "mm/ioremap.h"
#include "mm/slab.h"

#define ECAM_BUS_SHIFT	 20 /* bytes a bus, as a power of two */
#define ECAM_DEVFN_SHIFT 12
#define ECAM_BUS_SIZE	 (1UL << ECAM_BUS_SHIFT)
#define MMCFG_MIN_SIZE	 (16ULL << ECAM_BUS_SHIFT) /* less reserved than this is an accident */
#define MMCFG_MAX	 32

struct pci_mmcfg_region {
	u64 address; /* of bus 0, even where start_bus is another */
	u16 segment;
	u8 start_bus, end_bus;
	char name[40];
	struct resource res;
};

static struct pci_mmcfg_region mmcfg_regions[MMCFG_MAX];
static unsigned int nr_mmcfg;

/* The buses of one segment: which window each lies in (NULL: not mappable), where it is mapped. */
struct ecam_segment {
	u16 number;
	struct ecam_segment *next;
	const struct pci_mmcfg_region *cfg[256];
	u8 __iomem *map[256];
};

static struct ecam_segment segment0;
static DEFINE_SPINLOCK(bus_map_lock); /* `map` while a mapping is put in; leaf */

/* Asked at each access, nearly always for segment 0. */
static inline struct ecam_segment *find_segment(u16 number)
{
	struct ecam_segment *segment = &segment0;

	while (unlikely(segment && segment->number != number))
		segment = segment->next;
	return segment;
}

static void __init mmcfg_set_extent(struct pci_mmcfg_region *cfg)
{
	cfg->res.start = cfg->address + ((u64)cfg->start_bus << ECAM_BUS_SHIFT);
	cfg->res.end = cfg->address + ((u64)(cfg->end_bus + 1) << ECAM_BUS_SHIFT) - 1;
	snprintf(cfg->name, sizeof(cfg->name), "PCI MMCONFIG %04x [bus %02x-%02x]", cfg->segment,
		 cfg->start_bus, cfg->end_bus);
}

/* There is no room for one more window, which is said. */
static bool __init mmcfg_is_full(void)
{
	if (nr_mmcfg < MMCFG_MAX)
		return false;
	pr_warn("more than MMCFG_MAX (%d) MMCONFIG windows, the rest is ignored\n", MMCFG_MAX);
	return true;
}

/* The next entry, at nr_mmcfg, where there is room; NULL after a line where it cannot be a window at all. */
static struct pci_mmcfg_region *__init mmcfg_make(u64 base, u16 segment, u8 start_bus, u8 end_bus)
{
	struct pci_mmcfg_region *cfg = &mmcfg_regions[nr_mmcfg];

	if (!base || !IS_ALIGNED(base, ECAM_BUS_SIZE) || end_bus < start_bus ||
	    base + (256ULL << ECAM_BUS_SHIFT) < base) {
		pr_err("MMCONFIG %04x [bus %02x-%02x] at %#lx is not a window, ignored\n", segment,
		       start_bus, end_bus, base);
		return NULL;
	}
	cfg->address = base;
	cfg->segment = segment;
	cfg->start_bus = start_bus;
	cfg->end_bus = end_bus;
	cfg->res.name = cfg->name;
	cfg->res.flags = IORESOURCE_MEM | IORESOURCE_BUSY;
	mmcfg_set_extent(cfg);
	pr_info("MMCONFIG for domain %04x [bus %02x-%02x] at %pR (base %#lx)\n", segment, start_bus,
		end_bus, &cfg->res, base);
	return cfg;
}

static void __init mmcfg_read_table(void)
{
	u64 base;
	u16 segment;
	u8 start_bus, end_bus;

	for (unsigned int n = 0; !acpi_mcfg_entry(n, &base, &segment, &start_bus, &end_bus); n++) {
		if (mmcfg_is_full())
			return;
		if (mmcfg_make(base, segment, start_bus, end_bus))
			nr_mmcfg++;
	}
}

/* What the register says is final, used or not: the namespace is not asked for it. */
static bool __init mmcfg_read_chipset(void)
{
	u64 base = 0;
	unsigned int nr = pci_mmcfg_of_chipset(&base);

	if (nr && mmcfg_make(base, 0, 0, (u8)(nr - 1)))
		nr_mmcfg++;
	return nr != 0;
}

typedef bool (*reserved_fn)(u64 start, u64 end);

static bool __init is_e820_reserved(u64 start, u64 end)
{
	return e820__mapped_all(start, end, E820_TYPE_RESERVED);
}

/*
 * Is the window reserved?  Firmware may reserve less than the table claims: then
 * the window shrinks by halves to what is, down to 16 buses.
 */
static bool __init mmcfg_is_reserved(struct pci_mmcfg_region *cfg, reserved_fn is_reserved,
				     const char *where)
{
	u64 size = resource_size(&cfg->res), old_size = size;

	while (!is_reserved(cfg->res.start, cfg->res.start + size)) {
		size >>= 1;
		if (size < MMCFG_MIN_SIZE) {
			pr_info("MMCONFIG at %pR not reserved in %s\n", &cfg->res, where);
			return false;
		}
	}
	pr_info("MMCONFIG at %pR reserved in %s\n", &cfg->res, where);
	if (size != old_size) {
		cfg->end_bus = (u8)(cfg->start_bus + (size >> ECAM_BUS_SHIFT) - 1);
		mmcfg_set_extent(cfg);
		pr_info("MMCONFIG reduced to %s at %pR\n", cfg->name, &cfg->res);
	}
	return true;
}

/* Once there is a namespace it is asked first. */
static bool __init mmcfg_is_usable(struct pci_mmcfg_region *cfg, bool late)
{
	return (late && mmcfg_is_reserved(cfg, pci_board_reserves, "ACPI motherboard resources")) ||
	       mmcfg_is_reserved(cfg, is_e820_reserved, "E820");
}

/* One wrong entry: none of the table is to be trusted, says Linux. */
static bool __init mmcfg_check_reserved(bool late)
{
	unsigned int i;

	for (i = 0; i < nr_mmcfg; i++) {
		if (mmcfg_is_usable(&mmcfg_regions[i], late))
			continue;
		pr_info("not using MMCONFIG%s\n", late ? "" : " for now");
		nr_mmcfg = 0;
	}
	return nr_mmcfg != 0;
}

/* The bus's 1 MiB, mapped on first use.  Two CPUs may race here: one mapping wins. */
static u8 __iomem *ecam_map_bus(u16 number, u8 bus)
{
	struct ecam_segment *segment = find_segment(number);
	u8 __iomem *map = segment ? READ_ONCE(segment->map[bus]) : NULL;
	const struct pci_mmcfg_region *cfg = segment ? segment->cfg[bus] : NULL;
	unsigned long flags;

	if (map)
		return map;
	if (!cfg)
		return NULL;
	map = ioremap(cfg->address + ((u64)bus << ECAM_BUS_SHIFT), ECAM_BUS_SIZE);
	if (!map) {
		segment->cfg[bus] = NULL; /* why was said */
		return NULL;
	}
	spin_lock_irqsave(&bus_map_lock, flags);
	if (!segment->map[bus]) {
		WRITE_ONCE(segment->map[bus], map);
		map = NULL;
	}
	spin_unlock_irqrestore(&bus_map_lock, flags);
	if (map)
		iounmap(map);
	return segment->map[bus];
}

bool pci_mmcfg_covers(u16 segment, u8 bus)
{
	return ecam_map_bus(segment, bus) != NULL;
}

int pci_mmcfg_last_bus(void)
{
	int last = -1;

	for (unsigned int i = 0; i < nr_mmcfg; i++)
		if (!mmcfg_regions[i].segment)
			last = max(last, (int)mmcfg_regions[i].end_bus);
	return last;
}

static void __iomem *ecam_address(u16 segment, u8 bus, u8 devfn, int where)
{
	u8 __iomem *map = ecam_map_bus(segment, bus);

	return map ? map + ((unsigned int)devfn << ECAM_DEVFN_SHIFT) + where : NULL;
}

static int ecam_read(u16 segment, u8 bus, u8 devfn, int where, int size, u32 *value)
{
	void __iomem *p = ecam_address(segment, bus, devfn, where);

	*value = ~0U;
	if (!p)
		return -EINVAL;
	if (size == 1)
		*value = readb(p);
	else if (size == 2)
		*value = readw(p);
	else
		*value = readl(p);
	return 0;
}

static int ecam_write(u16 segment, u8 bus, u8 devfn, int where, int size, u32 value)
{
	void __iomem *p = ecam_address(segment, bus, devfn, where);

	if (!p)
		return -EINVAL;
	if (size == 1)
		writeb((u8)value, p);
	else if (size == 2)
		writew((u16)value, p);
	else
		writel(value, p);
	return 0;
}

static const struct pci_ops pci_ecam = { "ECAM", ecam_read, ecam_write };

/* The window's buses can be reached: false without memory to note it. */
static bool __init use_window(const struct pci_mmcfg_region *cfg)
{
	struct ecam_segment *segment = find_segment(cfg->segment);

	if (!segment) {
		segment = kzalloc(sizeof(*segment), GFP_KERNEL);
		if (!segment) {
			pr_err("no memory for segment %04x\n", cfg->segment);
			return false;
		}
		segment->number = cfg->segment;
		segment->next = segment0.next;
		segment0.next = segment;
	}
	for (unsigned int bus = cfg->start_bus; bus <= cfg->end_bus; bus++)
		segment->cfg[bus] = cfg;
	return true;
}

const struct pci_ops *__init pci_mmcfg_probe(bool late)
{
	static bool from_chipset __initdata;
	bool usable = false;

	if (!pci_options.use_mmconfig || from_chipset)
		return NULL;
	from_chipset = mmcfg_read_chipset();
	if (!from_chipset)
		mmcfg_read_table();
	if (!mmcfg_check_reserved(late))
		return NULL;
	for (unsigned int i = 0; i < nr_mmcfg; i++)
		usable |= use_window(&mmcfg_regions[i]);
	return usable ? &pci_ecam : NULL;
}

/* The last of the buses up to `end_bus` that have no window yet; `start_bus` has none. */
static u8 __init last_bus_without(const struct ecam_segment *segment, u8 start_bus, u8 end_bus)
{
	unsigned int bus = start_bus;

	while (bus < end_bus && !segment->cfg[bus + 1])
		bus++;
	if (bus < end_bus)
		pr_warn("bus %04x:%02x has a window: the one of bus %02x ends before it\n",
			segment->number, bus + 1, start_bus);
	return (u8)bus;
}

const struct pci_ops *__init pci_mmcfg_insert(u16 segment, u8 start_bus, u8 end_bus, u64 address)
{
	struct ecam_segment *known = find_segment(segment);
	struct pci_mmcfg_region *cfg;

	if (!address || !pci_options.use_mmconfig || (known && known->cfg[start_bus]) ||
	    mmcfg_is_full())
		return NULL;
	if (known)
		end_bus = last_bus_without(known, start_bus, end_bus);
	cfg = mmcfg_make(address, segment, start_bus, end_bus);
	if (!cfg || !mmcfg_is_usable(cfg, true) || !use_window(cfg))
		return NULL;
	nr_mmcfg++;
	return &pci_ecam;
}

void __init pci_mmcfg_late_insert_resources(void)
{
	unsigned int i;

	for (i = 0; i < nr_mmcfg; i++) {
		struct resource *res = &mmcfg_regions[i].res;
		struct resource *conflict = insert_resource_conflict(&iomem_resource, res);

		if (conflict)
			pr_warn("%s %pR cuts across %s %pR\n", res->name, res, conflict->name,
				conflict);
	}
}
