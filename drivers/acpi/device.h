/* SPDX-License-Identifier: MIT */
/*
 * The devices of the namespace: found once, in its order, and given to whom they
 * concern.  See device.c.
 */
#ifndef DRIVERS_ACPI_DEVICE_H
#define DRIVERS_ACPI_DEVICE_H

#include "drivers/acpi/aml/aml.h"
#include "kernel/core/resource.h"
#include "kernel/lib/list.h"

enum acpi_device_kind {
	ACPI_DEV_PLATFORM, /* nobody's: its resources are entered under its own name */
	ACPI_DEV_PCI_ROOT,
	ACPI_DEV_PCI_LINK,
	ACPI_DEV_MEMORY,
	ACPI_DEV_PNP,	/* of the boards before ACPI: see pnp.c */
	ACPI_DEV_OTHER, /* holds nothing that the register shows */
};

/* A device that has an id; one that is known by its address on a bus alone has none. */
struct acpi_device {
	struct list_head list; /* acpi_devices */
	struct aml_node *node;
	char id[AML_ID_MAX];   /* the first: _HID, or else of _CID */
	unsigned int instance; /* how many of that id came before */
	u32 status;	       /* _STA; 0 also where a device above is absent */
	enum acpi_device_kind kind;
	bool has_hid;
	unsigned int nr_resources;
	struct resource *resources; /* ACPI_DEV_PLATFORM: what is in the register */
	char name[AML_ID_MAX + 4];  /* "PNP0103:00" */
};

/*
 * In the order of the namespace.  acpi_scan_devices() makes it, on the one CPU that runs
 * then; it does not change after that, so it needs no lock.
 */
extern struct list_head acpi_devices;

#define for_each_acpi_device(dev) list_for_each_entry(dev, &acpi_devices, list)

/*
 * Once PCI's configuration space can be reached: load the namespace, switch to
 * ACPI mode, run the devices' _INI, find the devices and give them out: host
 * bridges are scanned, links kept, others' resources entered.  Nothing without ACPI.
 */
void acpi_scan_devices(void);

/* _HID or one of _CID is in the list, which ends with NULL; 'X' in it is any digit. */
bool acpi_node_matches(struct aml_node *node, const char *const *ids);

/* All of a device's memory and port ranges in _CRS, a kmalloc()ed array: how many, or an errno. */
int acpi_device_resources(const struct acpi_device *dev, struct resource **out);

/*
 * The device's first interrupt in _CRS, as a global system interrupt with its mode.
 * 0, or -ENOENT: it has none.
 */
int acpi_device_interrupt(const struct acpi_device *dev, u32 *gsi, bool *level, bool *active_low);

/* A host bridge: its windows into the register, its buses scanned. */
void acpi_pci_root_add(struct acpi_device *dev);
/*
 * Firmware was asked what it leaves to us beneath this host bridge, whose first bus is
 * `bus`: slots of PCI Express ports, standard hot-plug controllers.
 */
void acpi_osc_negotiate(struct aml_node *root, u16 segment, u8 bus, bool *hotplug, bool *shpc);
/* An interrupt link (PNP0C0F): what it can do and does; switched off until it is needed. */
void acpi_pci_link_add(struct acpi_device *dev);
/* A memory device (PNP0C80): its ranges into the register, where the map has not told them. */
void acpi_memory_device_add(const struct acpi_device *dev);
/* Links that were added; after all. */
void acpi_pci_link_init(void);

/*
 * Route a link: the irq it has or the best it can have, set by _SRS.  Its GSI in *gsi and 0, or a
 * negative errno, after a line.
 */
int acpi_pci_link_route(struct aml_node *link, u32 *gsi, bool *level, bool *active_low);
/* The same of the GSI that it has, or would get now, and nothing is set nor said; -ENODEV: none. */
int acpi_pci_link_look(const struct aml_node *link, u32 *gsi, bool *level, bool *active_low);

/*
 * One memory descriptor of a motherboard's _CRS (PNP0C01, PNP0C02) holds all of
 * [start, end), `end` exclusive.  False without a namespace.  Once the devices are listed.
 */
bool acpi_board_reserves(u64 start, u64 end);
/* "wdat_wdt": the watchdog's registers, by its table.  Before any device is entered. */
void acpi_watchdog_insert(void);
/* "EC data" and "EC cmd", beneath the controllers' own lines. */
void acpi_ec_claim(void);
/* "ACPI CPU throttle", as late as Linux's driver of processors starts. */
void acpi_processor_claim(void);
/* "pnp 00:05": what boards reserve (PNP0C01, PNP0C02), between PCI's claims and assignments. */
void pnp_init(void);
/* The first ports of the first such device that is present and enabled: true. */
bool pnp_find_ports(const char *const *ids, struct resource *ports);

#endif
