/* SPDX-License-Identifier: MIT */
/*
 * PCI: configuration space, the tree of buses, BARs in the register, and what a
 * driver of a PCI device calls.  Names and meanings are Linux's.
 */
#ifndef DRIVERS_PCI_PCI_H
#define DRIVERS_PCI_PCI_H

#include "kernel/core/resource.h"
#include "kernel/irq/irq.h"
#include "kernel/lib/list.h"
#include "kernel/sched/rwsem.h"
#include "mm/slab.h"

#define PCI_DEVFN(slot, func) ((u8)((slot) << 3 | (func))) /* slot 0-31, func 0-7 */
#define PCI_SLOT(devfn)	      (0x1f & (devfn) >> 3)
#define PCI_FUNC(devfn)	      (0x07 & (devfn))
#define PCI_ANY_ID	      0xffffffffU

/* IORESOURCE_BITS of a PCI resource beside a BAR's own low bits (which a ROM has none of). */
#define IORESOURCE_ROM_ENABLE 0x01 /* the ROM BAR decodes: PCI 3.0, 6.2.5.2 */
#define IORESOURCE_ROM_SHADOW 0x02 /* firmware's copy in RAM stands for the ROM */
#define IORESOURCE_PCI_FIXED  0x10 /* no register moves it: legacy IDE, PM ports */

/*
 * Resources of a device: six BARs, the ROM, the BARs of its virtual functions (all of
 * them as one range), then a bridge's windows (or fixed port regions).  A CardBus bridge
 * has two windows of ports and two of memory.
 */
enum {
	PCI_STD_RESOURCES = 0,
	PCI_STD_RESOURCE_END = 5,
	PCI_ROM_RESOURCE = 6,
	PCI_IOV_RESOURCES = 7,
	PCI_IOV_RESOURCE_END = 12,
	PCI_BRIDGE_RESOURCES = 13,
	PCI_BRIDGE_IO_WINDOW = 13,
	PCI_BRIDGE_MEM_WINDOW = 14,
	PCI_BRIDGE_PREF_WINDOW = 15,
	PCI_CB_IO_0_WINDOW = 13,
	PCI_CB_IO_1_WINDOW = 14,
	PCI_CB_MEM_0_WINDOW = 15,
	PCI_CB_MEM_1_WINDOW = 16,
	PCI_BRIDGE_RESOURCE_END = 16,
	PCI_NUM_RESOURCES = 17,
};

struct pci_dev;
struct pci_driver;

/* Configuration access: 0 or -EINVAL; size is 1, 2 or 4, `where` aligned to it. */
struct pci_ops {
	const char *name;
	int (*read)(u16 segment, u8 bus, u8 devfn, int where, int size, u32 *value);
	int (*write)(u16 segment, u8 bus, u8 devfn, int where, int size, u32 value);
};

#define PCI_BUS_WINDOWS 64 /* a bridge has four of its own, a host bridge what its _CRS names */

struct aml_node;

struct pci_bus {
	struct pci_bus *parent;			  /* NULL: a root bus */
	struct pci_dev *self;			  /* the bridge that leads here; NULL: a root bus */
	u16 segment;				  /* buses of each are numbered for themselves */
	u8 number;				  /* this bus */
	u8 busn_end;				  /* highest bus that is forwarded to it */
	bool settled;				  /* known since an earlier scan */
	struct list_head devices, children, node; /* devices in the order of devfn */
	/*
	 * Where this bus's devices may lie: a bridge's windows, then, where it is
	 * transparent, those of the bus above that were open when it was found; or for a
	 * root bus what its host bridge forwards, in the order in which the
	 * namespace names it (the whole of both registers, where none does).  NULL ends them.
	 */
	struct resource *resource[PCI_BUS_WINDOWS + 1];
	struct aml_node *acpi_node; /* of a root bus: its host bridge in the namespace, or NULL */
	bool hotplug_granted; /* of a root bus: firmware leaves slots of PCI Express ports to us */
	bool shpc_granted;    /* ... and SHPCs */
	char name[20];	      /* "PCI Bus 0000:01", "PCI CardBus 0000:02" */
};

struct pci_dev {
	struct pci_bus *bus;
	struct pci_bus *subordinate; /* what a bridge leads to */
	u8 devfn, hdr_type, revision, pin, irq_line;
	u8 rom_base_reg; /* offset of the ROM BAR, 0: none */
	bool multifunction;
	bool transparent;    /* a bridge that forwards what nobody else takes, too */
	bool hotplug_bridge; /* its slot may get a card later */
	bool ari;	     /* of a port: what is behind it has a list of functions, no slots */
	u8 pcie_type;	     /* kind of port, 0: none (PCI Express 5.0, 7.5.3.2) */
	u16 vendor, device, subsystem_vendor, subsystem_device;
	u32 class;		       /* base class, subclass, interface: 24 bits */
	unsigned long window_flags[3]; /* of a bridge: the kinds of its windows, 0: has none such */
	struct resource resource[PCI_NUM_RESOURCES];
	resource_size_t fw_addr[PCI_IOV_RESOURCE_END + 1]; /* a BAR's that could not be claimed */
	struct pci_driver *driver;
	void *driver_data;
	u8 msi_cap, msix_cap, pcie_cap; /* offset in configuration space, 0: none */
	u16 sriov_cap;			/* the same of the extended capability SR-IOV */
	u8 vf_buses; /* so many further bus numbers its virtual functions reach */
	resource_size_t vf_bar_size[PCI_IOV_RESOURCE_END - PCI_IOV_RESOURCES + 1]; /* of one */
	struct msix_state *msix;
	int msi_irq;		   /* 0: MSI is off */
	bool rom_readable;	   /* a program has asked for its ROM */
	struct pcim_note *managed; /* what is taken back from its driver, the last one first */
	unsigned int
		enabled_by_hand; /* how often programs had it enabled, and did not take that back */
	u16 enabled;		 /* command bits that pci_enable_device() set */
	struct list_head bus_list, global_list;
	char name[16]; /* "0000:00:1f.2" */
};

/*
 * One mutex guards the tree, the list of drivers, and who drives what: whoever changes any of
 * that, walks it or looks something up has it, once drivers are registered; the thread that boots
 * is alone before that.  A driver's probe() and remove() are called with it, in a worker on behalf
 * of who holds it, and must not wait for work that takes it.  A handler of interrupts never looks
 * at the tree: it leaves that to work.  It is outer to all other locks.
 */
void pci_lock_rescan_remove(void);
void pci_unlock_rescan_remove(void);

/*
 * Also held, to write, while a function or a bus gets its place in the tree or leaves it.  Who only
 * looks for one, and for the time that he looks, may hold this to read instead of the mutex: also where files
 * are looked up, which drivers make under the mutex.  Nothing else is taken under it.
 */
extern struct rw_semaphore pci_bus_sem;

extern struct list_head pci_devices; /* all, in the order they were found */
extern struct list_head pci_root_buses;

/* The resources of all devices on a bus; the windows in which these may lie. */
#define for_each_pci_resource(dev, nr, bus)                 \
	list_for_each_entry(dev, &(bus)->devices, bus_list) \
		for (nr = 0; nr < PCI_NUM_RESOURCES; nr++)

#define for_each_pci_window(window, bus) \
	for (struct resource *const *_w = (bus)->resource; ((window) = *_w) != NULL; _w++)

/* The bus of that number or NULL; the function in that place or NULL. */
struct pci_bus *pci_find_bus(u16 segment, u8 number);
struct pci_dev *pci_get_slot(const struct pci_bus *bus, u8 devfn);
const struct pci_bus *pci_root_of(const struct pci_bus *bus);

/*
 * The tree without recursion, for it may be 255 deep.  Start with NULL, which
 * gives `root` itself or its first device; NULL at the end.  Buses come before
 * the buses beneath them; a bridge comes before the devices behind it, and
 * these before its neighbours.
 */
struct pci_bus *pci_next_bus(struct pci_bus *root, struct pci_bus *bus);

/* All buses in the order of their segments and numbers: that behind `bus`, NULL at the end; first with NULL. */
struct pci_bus *pci_next_numbered_bus(const struct pci_bus *bus);
struct pci_dev *pci_next_dev(struct pci_bus *root, struct pci_dev *dev);

#define for_each_pci_dev(dev) list_for_each_entry(dev, &pci_devices, global_list)

int pci_read_config_byte(const struct pci_dev *dev, int where, u8 *val);
int pci_read_config_word(const struct pci_dev *dev, int where, u16 *val);
int pci_read_config_dword(const struct pci_dev *dev, int where, u32 *val);
int pci_write_config_byte(const struct pci_dev *dev, int where, u8 val);
int pci_write_config_word(const struct pci_dev *dev, int where, u16 val);
int pci_write_config_dword(const struct pci_dev *dev, int where, u32 val);

/* Bits of `clear` off, then those of `set` on, by one at a time; written where that changes something.  Not from NMIs. */
void pci_clear_and_set_word(const struct pci_dev *dev, int where, u16 clear, u16 set);

/* Offset of the first / next capability of that id, 0 where there is none.  Bounded to 48 steps. */
u8 pci_find_capability(const struct pci_dev *dev, u8 id);
u8 pci_find_next_capability(const struct pci_dev *dev, u8 pos, u8 id);

/*
 * From here to pci_intx_irq(): what drivers are promised, as they know it from Linux, whether
 * one of ours needs it (pci_select_bars, pci_iomap: none does) or not.
 */
struct pci_device_id {
	u32 vendor, device; /* PCI_ANY_ID: any */
};

struct pci_driver {
	const char *name;
	const struct pci_device_id *id_table; /* ends with vendor 0 */
	int (*probe)(struct pci_dev *dev, const struct pci_device_id *id);
	/* Undo it, but for what pcim_*() gave; driver_data is still there.  The device may be gone: reads give all ones. */
	void (*remove)(struct pci_dev *dev);
	struct list_head node; /* PCI's; zeroes until it is registered */
};

/*
 * Offer every device that has no driver yet to this one, and from now on each that is
 * plugged in; how many it took.  A driver that is known already is only offered them.
 * Takes PCI's mutex.
 */
int pci_register_driver(struct pci_driver *drv);

/* The drivers by number, in the order in which they registered; NULL: no more.  Takes pci_bus_sem. */
struct pci_driver *pci_nth_driver(unsigned int n);

/* The device to that driver: 0, -ENODEV: it is none for it, -EBUSY: it has one, or probe()'s.  With the mutex. */
int pci_bind_driver(struct pci_dev *dev, struct pci_driver *drv);

/* Offer a device without driver to the drivers, in the order in which they registered.  With the mutex. */
void pci_attach_driver(struct pci_dev *dev);

/*
 * The function still answers as the one that was found: false once it was pulled, or
 * another sits in its place.  Any context.
 */
bool pci_device_is_present(const struct pci_dev *dev);

/* A driver found that it is not: a thread will take it out, the driver's remove() included. */
void pci_report_gone(const struct pci_dev *dev);

/* Take the device from its driver; pci_register_driver() offers it anew.  With the mutex. */
void pci_release_driver(struct pci_dev *dev);

/*
 * A bridge passes on what lies in its windows, and what devices behind it ask of memory
 * (PCI-to-PCI Bridge 1.2, 3.2.4.3): firmware may have left either off.
 */
void pci_enable_bridge(const struct pci_dev *bridge);
/*
 * Memory and I/O decode on, the pin may interrupt, and the bridges on the way too.  -EINVAL where a memory BAR has
 * no place in the register; where only ports have none, they stay off.
 */
int pci_enable_device(struct pci_dev *dev);
/* Decode as pci_enable_device() found it; bus mastering off. */
void pci_disable_device(struct pci_dev *dev);
/* The device may access memory of its own accord (DMA, MSI), or no longer. */
void pci_set_master(struct pci_dev *dev);
void pci_clear_master(struct pci_dev *dev);

#define pci_resource_start(dev, bar) ((dev)->resource[bar].start)
#define pci_resource_flags(dev, bar) ((dev)->resource[bar].flags)

/* Bytes of a BAR, 0 where it is absent or has no address. */
static inline resource_size_t pci_resource_len(const struct pci_dev *dev, int bar)
{
	const struct resource *res = &dev->resource[bar];

	return res->flags && !(res->flags & IORESOURCE_UNSET) ? resource_size(res) : 0;
}

/* Claim the BARs of the mask under `name`, all or none: 0 or -EBUSY (the holder is printed). */
int pci_request_selected_regions(struct pci_dev *dev, int bars, const char *name);
void pci_release_selected_regions(struct pci_dev *dev, int bars);
/*
 * Bytes of the images in the function's ROM from `pos` on, which decodes for that time: how many, or -EIO where
 * it has no address or no image.  In a thread; with the mutex.
 */
ssize_t pci_read_rom(struct pci_dev *dev, void *buf, u64 pos, size_t n);
/* The mask of BARs that have any of `flags`. */
int pci_select_bars(const struct pci_dev *dev, unsigned long flags);

/*
 * Map part of a BAR: `offset` into it, at most `maxlen` bytes (0: to its end).
 * A memory BAR through ioremap, an I/O BAR through ioport_map.  NULL on failure.
 */
void __iomem *pci_iomap_range(struct pci_dev *dev, int bar, unsigned long offset,
			      unsigned long maxlen);
void __iomem *pci_iomap(struct pci_dev *dev, int bar, unsigned long maxlen);
void pci_iounmap(struct pci_dev *dev, void __iomem *addr);

/*
 * The same for a driver that need not undo it: what these did is taken back, the last one first, when its
 * probe() has failed or its remove() has come back (drivers/pci/managed.c).  In probe().
 */
typedef void (*pcim_action_t)(struct pci_dev *dev, void *data);

/* Have that called then: 0, or -ENOMEM and it was called right away. */
int pcim_add_action(struct pci_dev *dev, pcim_action_t action, void *data);
void *pcim_kzalloc(struct pci_dev *dev, size_t size, gfp_t flags); /* or NULL */
int pcim_enable_device(struct pci_dev *dev);
/* A BAR claimed under `name` and mapped, all of it: or an error pointer, -EBUSY (said) or -ENOMEM. */
void __iomem *pcim_iomap_region(struct pci_dev *dev, int bar, const char *name);
/* The function's one message: its irq, or the error of pci_enable_msi() or request_irq(). */
int pcim_request_msi(struct pci_dev *dev, irq_handler_t handler, const char *name, void *data);

/*
 * MSI-X: map the table, mask all entries, enable, and make an irq for each of the
 * first `count` entries.  0, -ENOSPC (fewer entries or irqs), -ENODEV (no table, or no local
 * APIC that would take the messages), -EBUSY, -ENOMEM;
 * all undone on failure.
 */
int pci_enable_msix(struct pci_dev *dev, unsigned int count);
void pci_disable_msix(struct pci_dev *dev); /* the irqs' handlers are gone by then */

/* MSI: an irq for the one message that the function gets.  0, or -ENODEV, -EBUSY, -ENOSPC, -ENOMEM. */
int pci_enable_msi(struct pci_dev *dev);
void pci_disable_msi(
	struct pci_dev *dev); /* its handler is gone by then; nothing where it is off */

/* Where its MSI-X table lies; false while MSI-X is off.  With the mutex. */
bool pci_msix_table(const struct pci_dev *dev, struct resource *range);

/* irq of entry or message nr, -EINVAL.  Its driver, or who has pci_bus_sem. */
int pci_irq_vector(const struct pci_dev *dev, unsigned int nr);

/*
 * The INTx pin's irq: from the MP table or the namespace where they tell, else
 * the Interrupt Line register.  -ENODEV without a pin or where nothing tells, or the
 * error of gsi_to_irq() after a line.
 */
int pci_intx_irq(struct pci_dev *dev);
/* The GSI that this irq would be, and nothing else happens: 0, -ENODEV or -ENOENT, *gsi is as it was. */
int pci_intx_gsi(const struct pci_dev *dev, u32 *gsi);

/*
 * What Linux calls the function's irq, in /sys and lspci: its message's; of one that is driven the GSI of its pin; of
 * others what firmware wrote into Interrupt Line; 0: none.  With PCI's mutex: it may ask firmware.
 */
u32 pci_irq(const struct pci_dev *dev);

/* A line about one function, named as Linux names it. */
#define pci_info(dev, fmt, ...) printk(KERN_INFO "pci %s: " fmt, (dev)->name, ##__VA_ARGS__)
#define pci_warn(dev, fmt, ...) printk(KERN_WARNING "pci %s: " fmt, (dev)->name, ##__VA_ARGS__)

/* Choose ECAM or conf1: configuration space can be read. */
void pci_access_setup(void);
/* Find the buses that no host bridge of the namespace led to; then enter BARs and windows. */
void pci_init(void);
/*
 * What a host bridge leads to: buses from `number` on, at most to `last`, and all that
 * is on them.  `windows` are in the register and stay (NULL: it forwards everything); `node`
 * is the bridge's, or NULL.
 * The highest number that is taken; 0 where nothing can be looked at, or after a line.
 */
unsigned int pci_scan_root_bus(u16 segment, u8 number, u8 last, struct resource **windows,
			       unsigned int nr_windows, struct aml_node *node);
/* After e820's late reservations: ROMs, and addresses for BARs that firmware gave none. */
void pci_assign_unassigned_resources(void);
/* Slots of PCI Express ports that are ours tell when cards come and go. */
void pciehp_init(void);
/* Hot-plug controllers that are ours are silenced; after all addresses are assigned. */
void pci_shpc_init(void);
/* ECAM that was not trusted before: once more, now that the namespace is loaded. */
void pci_mmcfg_late_init(void);
/* A host bridge with those buses says (_CBA) that its configuration space lies at `address`, of bus 0. */
void pci_add_root_window(u16 segment, u8 bus, u8 last_bus, u64 address);
/* "PCI MMCONFIG ..." above e820's Reserved (late, as Linux does). */
void pci_mmcfg_late_insert_resources(void);

#endif
