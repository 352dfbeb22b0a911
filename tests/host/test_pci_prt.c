// SPDX-License-Identifier: MIT
// sources: drivers/acpi/pci_irq.c drivers/acpi/pci_link.c
/*
 * Where _PRT and links lead a pin (ACPI 6.5, 6.2.13): what is looked at is what is routed, for each
 * kind of entry, with any GSI of 32 bits.
 */
#include "drivers/acpi/device.h"
#include "drivers/acpi/pci_irq.h"
#include "drivers/pci/pci.h"
#include "kernel/irq/routing.h"
#include "tests/host/test.h"

#define HIGH_GSI 0x80000010 /* above what an int holds */

struct aml_node {
	u32 possible[3]; /* a link: its _PRS; 0: none */
	unsigned int set;
	struct aml_node *child; /* the one device on its bus, of that _ADR, or NULL */
	u64 adr;
	bool silent; /* without _PRT */
};

struct fadt_info acpi_fadt = { .sci_irq = 9 };
struct irq_routing irq_routing;
struct aml *acpi_namespace = (struct aml *)&acpi_fadt;

static struct aml_node root_node, link_node = { .possible = { HIGH_GSI } }, dead_link;
static struct aml_prt_entry prt[4];
static struct pci_bus root = { .acpi_node = &root_node };
static struct pci_dev dev = { .bus = &root, .devfn = PCI_DEVFN(3, 0) };

void acpi_lock(void)
{
}

void acpi_unlock(void)
{
}

void pci_lock_rescan_remove(void)
{
}

void pci_unlock_rescan_remove(void)
{
}

struct pci_bus *pci_next_numbered_bus(const struct pci_bus *bus)
{
	return bus ? NULL : &root;
}

struct aml_node *aml_next_child(struct aml_node *parent, struct aml_node *child)
{
	return child ? NULL : parent->child;
}

enum aml_type aml_node_type(const struct aml_node *node)
{
	(void)node;
	return AML_DEVICE;
}

struct aml_node *aml_find(struct aml *aml, struct aml_node *scope, const char *path)
{
	(void)aml;
	(void)scope;
	(void)path;
	return NULL;
}

char *aml_node_path(const struct aml_node *node, char *buf, size_t size)
{
	(void)node;
	snprintf(buf, size, "\\LNKA");
	return buf;
}

int aml_evaluate(struct aml *aml, struct aml_node *scope, const char *path,
		 const struct aml_value *args, unsigned int nr_args, struct aml_value *result)
{
	(void)aml;
	(void)scope;
	(void)path;
	(void)args;
	(void)nr_args;
	(void)result;
	return -ENOENT;
}

int aml_evaluate_integer(struct aml *aml, struct aml_node *scope, const char *path, u64 *value)
{
	(void)aml;
	EXPECT_STR(path, "_ADR");
	*value = scope->adr;
	return 0;
}

struct aml_value aml_integer(u64 value)
{
	return (struct aml_value){ .type = AML_INTEGER, .integer = value };
}

int aml_walk_resources(struct aml *aml, struct aml_node *device, const char *method,
		       int (*fn)(const struct aml_resource *res, void *arg), void *arg)
{
	struct aml_resource res = { .type = AML_RES_IRQ, .level = true };

	(void)aml;
	if (strcmp(method, "_PRS") == 0)
		while (res.nr < ARRAY_SIZE(device->possible) && device->possible[res.nr]) {
			res.numbers[res.nr] = device->possible[res.nr];
			res.nr++;
		}
	else if (device->set)
		res.numbers[res.nr++] = device->set;
	return res.nr ? fn(&res, arg) : 0;
}

int aml_link_set_irq(struct aml *aml, struct aml_node *link, u32 irq)
{
	(void)aml;
	link->set = irq;
	return 0;
}

int aml_walk_prt(struct aml *aml, struct aml_node *device,
		 int (*fn)(const struct aml_prt_entry *entry, void *arg), void *arg)
{
	int ret = 0;

	(void)aml;
	if (device->silent)
		return -ENOENT;
	for (unsigned int i = 0; i < ARRAY_SIZE(prt) && !ret; i++)
		ret = fn(&prt[i], arg);
	return ret;
}

/* Pin `pin` of the function in slot 3. */
static void tell(u8 pin, struct aml_node *link, u32 gsi)
{
	prt[pin] = (struct aml_prt_entry){ .device = 3, .pin = pin, .link = link, .gsi = gsi };
}

/* A look is silent, and says what a route then does. */
static int look_and_route(u8 pin, u32 *gsi, bool *low)
{
	u32 looked = 0;
	bool level = false;
	int err, look;

	*gsi = 0;
	test_log_clear();
	look = acpi_pci_irq_look(&dev, pin, &looked);
	EXPECT_STR(test_log(), "");
	err = acpi_pci_irq_route(&dev, pin, gsi, &level, low);
	EXPECT_EQ(look, err);
	EXPECT_EQ(looked, *gsi);
	if (!err)
		EXPECT(level);
	return err;
}

static int count_wire(u32 gsi, bool level, bool active_low, void *arg)
{
	unsigned int *n = arg;

	EXPECT(gsi == 17 || gsi == HIGH_GSI);
	EXPECT(level);
	EXPECT_EQ(active_low, (*n)++ < 2);
	return 0;
}

TEST(what_is_looked_at_is_what_is_routed)
{
	static struct acpi_device link = { .node = &link_node }, dead = { .node = &dead_link };
	unsigned int wires = 0;
	bool low;
	u32 gsi;

	acpi_pci_link_add(&link);
	acpi_pci_link_add(&dead);
	tell(0, NULL, 17);
	tell(1, NULL, HIGH_GSI);
	tell(2, &link_node, 0);
	tell(3, &link_node, 1);
	EXPECT_EQ(acpi_pci_irq_look(&dev, 2, &gsi), 0);
	EXPECT_EQ(link_node.set, 0);
	EXPECT_EQ(look_and_route(0, &gsi, &low), 0);
	EXPECT(gsi == 17 && low);
	EXPECT_EQ(look_and_route(1, &gsi, &low), 0);
	EXPECT(gsi == HIGH_GSI && low);
	EXPECT_EQ(look_and_route(2, &gsi, &low), 0);
	EXPECT(gsi == HIGH_GSI && !low);
	EXPECT_EQ(link_node.set, HIGH_GSI);
	/* One descriptor of a link is all there is: no source index but 0. */
	EXPECT_EQ(look_and_route(3, &gsi, &low), -EINVAL);
	EXPECT(test_log_has("interrupt link \\LNKA: no index 1 is known"));
	acpi_pci_walk_wires(count_wire, &wires);
	EXPECT_EQ(wires, 3);
	tell(3, &dead_link, 0);
	EXPECT_EQ(look_and_route(3, &gsi, &low), -ENODEV);
	dev.devfn = PCI_DEVFN(4, 0);
	EXPECT_EQ(look_and_route(0, &gsi, &low), -ENOENT);
}

/* PCI-to-PCI Bridge 1.2, 9.1: without a _PRT of its own bus the pin turns, and the bridge's slot asks. */
TEST(pins_turn_behind_a_bridge)
{
	struct aml_node own = { .adr = 5 << 16 | 1, .silent = true };
	struct pci_dev bridge = { .bus = &root, .devfn = PCI_DEVFN(5, 1) };
	struct pci_bus behind = { .parent = &root, .self = &bridge };
	struct pci_dev far = { .bus = &behind, .devfn = PCI_DEVFN(6, 0) };
	u32 gsi = 0;

	root_node.child = &own;
	tell(3, NULL, 19);
	prt[3].device = 5; /* INTD of the bridge: slot 6's INTB */
	tell(1, NULL, 18);
	prt[1].device = 6; /* nobody's, on the root bus */
	EXPECT_EQ(acpi_pci_irq_look(&far, 1, &gsi), 0);
	EXPECT_EQ(gsi, 19);
	/* The bridge's node, by slot and function, has the word where it has one. */
	own.silent = false;
	EXPECT_EQ(acpi_pci_irq_look(&far, 1, &gsi), 0);
	EXPECT_EQ(gsi, 18);
	/* Another function of the slot is not the bridge. */
	own.adr = 5 << 16;
	EXPECT_EQ(acpi_pci_irq_look(&far, 1, &gsi), 0);
	EXPECT_EQ(gsi, 19);
	root_node.child = NULL;
}

static u32 routed(struct aml_node *node)
{
	bool level, low;
	u32 gsi = 0;

	return acpi_pci_link_route(node, &gsi, &level, &low) ? 0 : gsi;
}

/* The lines of ISA cards are for need alone, and each link goes where fewest are. */
TEST(links_share_out_what_is_possible)
{
	static struct aml_node nodes[] = {
		{ .possible = { 5, 10, 11 } }, { .possible = { 5, 10, 11 } },
		{ .possible = { 5, 10, 11 } }, { .possible = { 1, 2 } },
		{ .possible = { 9 } },	       { .possible = { 5, 10, 11 }, .set = 10 },
	};
	static struct acpi_device links[ARRAY_SIZE(nodes)];

	for (unsigned int i = 0; i < ARRAY_SIZE(nodes); i++) {
		links[i].node = &nodes[i];
		acpi_pci_link_add(&links[i]);
	}
	acpi_pci_link_init();
	EXPECT_EQ(routed(&nodes[5]), 10); /* as firmware had it */
	EXPECT_EQ(routed(&nodes[0]), 11);
	EXPECT_EQ(routed(&nodes[1]), 11); /* of lines with as many links, the last of the list */
	EXPECT_EQ(routed(&nodes[2]), 10);
	EXPECT_EQ(routed(&nodes[0]), 11); /* once for all */
	/* The timer's and the keyboard's never; the SCI's where it is of the same kind. */
	EXPECT_EQ(routed(&nodes[3]), 0);
	EXPECT(test_log_has("no IRQ is possible"));
	EXPECT_EQ(routed(&nodes[4]), 0);
	irq_routing.isa[9].level = irq_routing.isa[9].active_low = true;
	EXPECT_EQ(routed(&nodes[4]), 9);
}
