// SPDX-License-Identifier: MIT
// sources: drivers/acpi/osc.c drivers/acpi/pci_plug.c drivers/pci/shpc.c drivers/pci/slot.c
/*
 * PCI's slots between firmware and kernel: who handles what (_OSC), controllers that nobody will answer, what
 * firmware tells of a slot (Notify), and letting a card go.
 */
#include "drivers/acpi/device.h"
#include "drivers/acpi/gpe.h"
#include "drivers/acpi/pci_irq.h"
#include "drivers/pci/access.h"
#include "drivers/pci/cap.h"
#include "drivers/pci/firmware.h"
#include "drivers/pci/hotplug.h"
#include "drivers/pci/pcie.h"
#include "kernel/sched/workqueue.h"
#include "mm/ioremap.h"
#include "tests/host/note.h"
#include "tests/host/test.h"

struct aml_node {
	const char *path;
	bool silent; /* without _ADR */
	bool gone;
};

struct aml *acpi_namespace = (struct aml *)"the namespace";
LIST_HEAD(pci_devices);
LIST_HEAD(pci_root_buses);

static struct aml_node root_node = { .path = "\\_SB_.PCI0", .silent = true };
static struct aml_node slot_node = { .path = "\\_SB_.PCI0.S18_" };
static struct aml_node empty_node = { .path = "\\_SB_.PCI0.S20_" };
static struct aml_node button_node = { .path = "\\_SB_.PWRB", .silent = true };

/* ---- the namespace ---- */

#define MAX_VALUES 8

static struct {
	u8 bytes[16];
	u32 n;
} values[MAX_VALUES];
static unsigned int nr_values, nr_put, value_fails; /* the nth, from 1; 0: none */

static struct {
	u32 grants, status, second_status, length;
	unsigned int calls;
	bool absent;
} osc;

int aml_new_buffer(struct aml *aml, const void *bytes, u32 length, struct aml_value *out)
{
	(void)aml;
	*out = (struct aml_value){ 0 };
	if (nr_values + 1 == value_fails || nr_values == MAX_VALUES || length > 16)
		return -ENOMEM;
	memcpy(values[nr_values].bytes, bytes, length);
	values[nr_values].n = length;
	*out = (struct aml_value){ .type = AML_BUFFER, .integer = nr_values++ };
	return 0;
}

struct aml_value aml_integer(u64 value)
{
	return (struct aml_value){ .type = AML_INTEGER, .integer = value };
}

void aml_put(struct aml *aml, struct aml_value *value)
{
	(void)aml;
	nr_put += value->type == AML_BUFFER;
	*value = (struct aml_value){ 0 };
}

const u8 *aml_bytes(const struct aml_value *value, u32 *length)
{
	*length = value->type == AML_BUFFER ? values[value->integer].n : 0;
	return value->type == AML_BUFFER ? values[value->integer].bytes : NULL;
}

/* What is granted is asked first and wanted then, of a firmware that was told what we know. */
static int answer_osc(const struct aml_value *args, struct aml_value *result)
{
	static const u8 uuid[] = { 0x5b, 0x4d, 0xdb, 0x33, 0xf7, 0x1f, 0x1c, 0x40,
				   0x96, 0x57, 0x74, 0x41, 0xc0, 0x3d, 0xd7, 0x66 };
	u32 words[3];
	int err;

	EXPECT_EQ(memcmp(values[args[0].integer].bytes, uuid, sizeof(uuid)), 0);
	EXPECT_EQ(args[1].integer, 1);
	EXPECT_EQ(args[2].integer, 3);
	EXPECT_EQ(values[args[3].integer].n, sizeof(words));
	memcpy(words, values[args[3].integer].bytes, sizeof(words));
	EXPECT_EQ(words[0], osc.calls++ ? 0 : 1);
	EXPECT_EQ(words[1], 0x11); /* extended configuration space, MSI */
	if (words[0])
		EXPECT_EQ(words[2], 0x13);
	else
		EXPECT_EQ(words[2], osc.grants & 0x13);
	words[0] = osc.calls == 1 ? osc.status : osc.second_status;
	words[2] = osc.calls == 1 ? osc.grants : words[2] & osc.grants;
	err = aml_new_buffer(NULL, words, sizeof(words), result);
	if (!err)
		values[result->integer].n = osc.length;
	return err;
}

static bool acpi_locked, pci_locked;
static bool ejects_again; /* _EJ0 asks for itself */
static void (*notify)(struct aml_node *node, u64 value);

int aml_evaluate(struct aml *aml, struct aml_node *scope, const char *path,
		 const struct aml_value *args, unsigned int nr_args, struct aml_value *result)
{
	(void)aml;
	if (strcmp(path, "_OSC") == 0) {
		EXPECT(scope == &root_node && nr_args == 4);
		return answer_osc(args, result);
	}
	EXPECT_STR(path, "_EJ0");
	EXPECT(acpi_locked && pci_locked && nr_args == 1 && args->integer == 1);
	note("_EJ0 ");
	if (ejects_again)
		notify(scope, 3);
	return 0;
}

struct aml_node *aml_find(struct aml *aml, struct aml_node *scope, const char *path)
{
	struct aml_node *const all[] = { &slot_node, &empty_node };

	(void)aml;
	if (scope) {
		if (strcmp(path, "_OSC") == 0)
			return osc.absent ? NULL : scope;
		EXPECT_STR(path, "_ADR");
		return scope->silent ? NULL : scope;
	}
	EXPECT(acpi_locked);
	for (unsigned int i = 0; i < ARRAY_SIZE(all); i++)
		if (strcmp(all[i]->path, path) == 0 && !all[i]->gone)
			return all[i];
	return NULL;
}

char *aml_node_path(const struct aml_node *node, char *buf, size_t size)
{
	strscpy(buf, node->path, size);
	return buf;
}

/* ---- _OSC: PCI Firmware 3.3, 4.5; ACPI 6.5, 6.2.11 ---- */

static bool covered;

bool pci_mmcfg_covers(u16 segment, u8 bus)
{
	return covered && segment == 2 && bus == 0x40;
}

/* "hotplug shpc", as far as they are ours. */
static const char *negotiate(void)
{
	bool hotplug = true, shpc = true;

	nr_values = nr_put = osc.calls = 0;
	acpi_osc_negotiate(&root_node, 2, 0x40, &hotplug, &shpc);
	EXPECT_EQ(nr_put, nr_values);
	return hotplug ? shpc ? "hotplug shpc" : "hotplug" : shpc ? "shpc" : "";
}

static void grant(u32 control)
{
	memset(&osc, 0, sizeof(osc));
	osc.grants = control;
	osc.length = 12;
	covered = true;
}

TEST(what_firmware_grants_is_ours)
{
	grant(0x1f);
	EXPECT_STR(negotiate(), "hotplug shpc");
	EXPECT_EQ(osc.calls, 2);
	grant(0x11);
	osc.status = 0x10; /* some were masked: no failure */
	EXPECT_STR(negotiate(), "hotplug");
	grant(0x12);
	EXPECT_STR(negotiate(), "shpc");
	grant(0x10);
	EXPECT_STR(negotiate(), "");
}

/* Without the capability structures nothing else may be asked for (4.5.1). */
TEST(without_capability_structures_nothing_is_asked_for)
{
	grant(0x03);
	EXPECT_STR(negotiate(), "");
	EXPECT_EQ(osc.calls, 1);
}

TEST(what_fails_grants_nothing)
{
	for (u32 bit = 2; bit <= 8; bit <<= 1) {
		grant(0x1f);
		osc.status = bit;
		EXPECT_STR(negotiate(), "");
		EXPECT_EQ(osc.calls, 1);
		grant(0x1f);
		osc.second_status = bit;
		EXPECT_STR(negotiate(), "");
		EXPECT_EQ(osc.calls, 2);
	}
	grant(0x1f);
	osc.length = 11;
	EXPECT_STR(negotiate(), "");
	for (value_fails = 1; value_fails <= 6; value_fails++) {
		grant(0x1f);
		EXPECT_STR(negotiate(), "");
	}
	value_fails = 0;
}

TEST(what_cannot_be_used_is_not_asked_for)
{
	grant(0x1f);
	osc.absent = true;
	EXPECT_STR(negotiate(), "");
	grant(0x1f);
	covered = false;
	EXPECT_STR(negotiate(), "");
	EXPECT_EQ(osc.calls, 0);
}

/* ---- a machine: a root bus, a bridge with slots, a port with one ---- */

static struct pci_bus root, behind_bridge, behind_port;
static struct pci_dev bridge = { .bus = &root, .subordinate = &behind_bridge, .name = "bridge" };
static struct pci_dev port = { .bus = &root, .subordinate = &behind_port, .name = "port" };
static struct pci_dev cards[4];
static struct resource claim = { .name = "driver" };
static const struct pci_dev *claimed;
static bool has_switch, firmware_ejects, slots_are_firmware_s;
static int eject_result;

static void add_card(unsigned int n, struct pci_bus *bus, u8 devfn)
{
	cards[n] = (struct pci_dev){ .bus = bus, .devfn = devfn };
	snprintf(cards[n].name, sizeof(cards[n].name), "%u", n);
	list_add_tail(&cards[n].bus_list, &bus->devices);
	list_add_tail(&cards[n].global_list, &pci_devices);
}

/* Two functions in slot 3 behind the bridge, one in slot 4; one behind the port, far from slot 0. */
static void begin(void)
{
	struct pci_bus *const buses[] = { &root, &behind_bridge, &behind_port };

	for (unsigned int i = 0; i < ARRAY_SIZE(buses); i++) {
		*buses[i] = (struct pci_bus){ .shpc_granted = true, .acpi_node = &root_node };
		INIT_LIST_HEAD(&buses[i]->devices);
	}
	behind_bridge.self = &bridge;
	behind_port.self = &port;
	behind_bridge.parent = behind_port.parent = &root;
	INIT_LIST_HEAD(&pci_devices);
	INIT_LIST_HEAD(&pci_root_buses);
	list_add_tail(&root.node, &pci_root_buses);
	bridge.hdr_type = port.hdr_type = PCI_HEADER_BRIDGE;
	list_add_tail(&bridge.global_list, &pci_devices);
	list_add_tail(&port.global_list, &pci_devices);
	add_card(0, &behind_bridge, PCI_DEVFN(3, 0));
	add_card(1, &behind_bridge, PCI_DEVFN(3, 1));
	add_card(2, &behind_bridge, PCI_DEVFN(4, 0));
	add_card(3, &behind_port, PCI_DEVFN(1, 2));
	claimed = NULL;
	has_switch = slots_are_firmware_s = ejects_again = false;
	firmware_ejects = true;
	eject_result = 0;
	slot_node.gone = false;
	noted[0] = '\0';
	test_log_clear();
}

bool pcie_leads_to_one_slot(const struct pci_dev *dev)
{
	return dev == &port;
}

const struct resource *pci_claimed_by_others(struct pci_dev *dev)
{
	return dev == claimed ? &claim : NULL;
}

void pci_stop_and_remove_bus_device(struct pci_dev *dev)
{
	note("-%s ", dev->name);
	list_del(&dev->bus_list);
	list_del(&dev->global_list);
	memset(dev, 0xee, sizeof(*dev)); /* it is freed */
}

bool pciehp_has_switch(const struct pci_dev *dev)
{
	return has_switch && dev == &port;
}

void pciehp_power_off(const struct pci_dev *dev)
{
	EXPECT(dev == &port);
	note("off");
}

bool pci_firmware_can_eject(const struct pci_bus *bus, u8 devfn)
{
	(void)bus;
	(void)devfn;
	return firmware_ejects;
}

int pci_firmware_eject(const struct pci_bus *bus, u8 devfn)
{
	note("firmware %u:%x", bus == &behind_bridge, devfn);
	return eject_result;
}

/* ---- letting a card go ---- */

TEST(all_functions_of_a_slot_go_and_then_its_power)
{
	begin();
	EXPECT_EQ(pci_eject_slot(&cards[1]), 0);
	EXPECT_STR(noted, "-0 -1 firmware 1:19");
	begin();
	eject_result = -EIO;
	EXPECT_EQ(pci_eject_slot(&cards[2]), -EIO);
	EXPECT_STR(noted, "-2 firmware 1:20");
	begin();
	has_switch = true;
	add_card(0, &behind_port, PCI_DEVFN(0, 0));
	firmware_ejects = false;
	EXPECT_EQ(pci_eject_slot(&cards[3]), 0);
	EXPECT_STR(noted, "-3 -0 off");
}

TEST(a_card_that_somebody_holds_stays)
{
	begin();
	claimed = &cards[0];
	EXPECT_EQ(pci_eject_slot(&cards[1]), -EBUSY);
	EXPECT_STR(noted, "");
	EXPECT(test_log_has("pci 0: driver holds"));
	EXPECT_EQ(pci_eject_slot(&cards[2]), 0); /* it is in another slot */
	EXPECT_STR(noted, "-2 firmware 1:20");
}

TEST(a_card_that_nobody_can_let_go_stays)
{
	begin();
	firmware_ejects = false;
	EXPECT_EQ(pci_eject_slot(&cards[0]), -EOPNOTSUPP);
	EXPECT_STR(noted, "");
}

/* ---- Notify: ACPI 6.5, table 5.181 ---- */

static struct work_struct *work;

struct workqueue_struct {
	int unused;
};
struct workqueue_struct system_wq;

bool queue_work(struct workqueue_struct *wq, struct work_struct *w)
{
	EXPECT(wq == &system_wq);
	work = w;
	return true;
}

void acpi_set_notify_handler(void (*handler)(struct aml_node *node, u64 value))
{
	notify = handler;
}

/* PCI's mutex is the outer one. */
void pci_lock_rescan_remove(void)
{
	EXPECT(!pci_locked && !acpi_locked);
	pci_locked = true;
}

void pci_unlock_rescan_remove(void)
{
	pci_locked = false;
}

void acpi_lock(void)
{
	EXPECT(!acpi_locked);
	acpi_locked = true;
}

void acpi_unlock(void)
{
	acpi_locked = false;
}

void pci_notice(void)
{
	EXPECT(pci_locked && !acpi_locked);
	note("look ");
}

struct aml_node *acpi_pci_ejecting_node(const struct pci_bus *bus, u8 devfn)
{
	return bus == &behind_bridge && PCI_SLOT(devfn) == 3 ? &slot_node : NULL;
}

static void listen(void)
{
	begin();
	acpi_pci_plug_init();
	work = NULL;
}

/* What the thread does once the method is over. */
static const char *worked(void)
{
	noted[0] = '\0';
	EXPECT(work);
	if (work)
		work->func(work);
	EXPECT(!pci_locked && !acpi_locked);
	return noted;
}

/* A host bridge may have no _ADR. */
TEST(a_card_that_comes_is_looked_for_once)
{
	listen();
	notify(&slot_node, 1);
	notify(&slot_node, 1);
	notify(&root_node, 0);
	EXPECT_STR(worked(), "look ");
	EXPECT_STR(worked(), "");
	notify(&root_node, 1);
	EXPECT_STR(worked(), "look ");
}

TEST(a_card_that_is_to_go_is_ejected)
{
	listen();
	notify(&slot_node, 1);
	notify(&slot_node, 3);
	notify(&empty_node, 3);
	EXPECT_STR(worked(), "-0 -1 firmware 1:18_EJ0 look ");
	EXPECT_STR(worked(), "");
	slot_node.gone = true;
	notify(&slot_node, 3);
	EXPECT_STR(worked(), "");
	EXPECT(test_log_has("\\_SB_.PCI0.S18_: to be ejected, and is gone"));
}

TEST(requests_are_bounded)
{
	listen();
	for (unsigned int n = 0; n < 32; n++)
		notify(&empty_node, 3);
	EXPECT_STR(test_log(), "");
	notify(&empty_node, 3);
	EXPECT(test_log_has("\\_SB_.PCI0.S20_: Notify 0x3: nobody does that now"));
	EXPECT_EQ(strlen(worked()), 32 * strlen("_EJ0 "));
	ejects_again = true;
	notify(&empty_node, 3);
	EXPECT_EQ(strlen(worked()), 32 * strlen("_EJ0 ")); /* and the next is for another time */
	ejects_again = false;
	EXPECT_STR(worked(), "_EJ0 ");
}

TEST(what_is_not_of_pci_is_not_looked_at)
{
	listen();
	button_node.silent = true;
	notify(&button_node, 0x80);
	EXPECT(!work);
	EXPECT_STR(test_log(), "");
	notify(&slot_node, 0x81);
	EXPECT(test_log_has("\\_SB_.PCI0.S18_: Notify 0x81: nobody does that now"));
	EXPECT_STR(worked(), "");
}

/* ---- SHPC 1.0, 4.1 and 4.2 ---- */

#define CAP	0x40
#define BAR	0xfe000000UL
#define BAR_LEN 0x80U
#define OFFSET	0x40U
#define WORDS	(0x24 / 4)

static u32 regs[BAR_LEN / 4], slot_config, base_offset;
static u8 selected;
static unsigned int nr_maps;
static bool unmappable, held;

u8 pci_find_capability(const struct pci_dev *dev, u8 id)
{
	EXPECT_EQ(id, 0x0c);
	return dev == &bridge ? CAP : 0;
}

int pci_write_config_byte(const struct pci_dev *dev, int where, u8 val)
{
	EXPECT(dev == &bridge);
	EXPECT_EQ(where, CAP + 2);
	selected = val;
	return 0;
}

int pci_read_config_dword(const struct pci_dev *dev, int where, u32 *val)
{
	EXPECT(dev == &bridge);
	EXPECT_EQ(where, CAP + 4);
	*val = selected == 0 ? base_offset : selected == 3 ? slot_config : ~0U;
	return 0;
}

int pci_enable_device(struct pci_dev *dev)
{
	EXPECT(dev == &bridge);
	return 0;
}

bool pci_slots_are_firmware_s(const struct pci_bus *bus)
{
	EXPECT(bus == &behind_bridge || bus == &behind_port);
	return slots_are_firmware_s;
}

const struct pci_bus *pci_root_of(const struct pci_bus *bus)
{
	EXPECT(bus == &root);
	return bus;
}

struct resource iomem_resource;

struct resource *__request_region(struct resource *parent, resource_size_t start, resource_size_t n,
				  const char *name, unsigned long flags)
{
	static struct resource res;

	EXPECT(parent == &iomem_resource && !flags && !strcmp(name, "shpchp"));
	if (held)
		return NULL;
	note("%lx+%lx", start - BAR, n);
	return &res;
}

void __release_region(struct resource *parent, resource_size_t start, resource_size_t n)
{
	(void)parent;
	note(" released %lx+%lx", start - BAR, n);
}

void __iomem *ioremap(phys_addr_t phys, unsigned long size)
{
	EXPECT(phys >= BAR && phys - BAR + size <= BAR_LEN);
	if (unmappable)
		return NULL;
	nr_maps++;
	return (u8 *)regs + (phys - BAR);
}

void iounmap(volatile void __iomem *addr)
{
	EXPECT(addr == (u8 *)regs + OFFSET);
	nr_maps--;
}

/* What was claimed, of a controller with so many slots. */
static const char *silence(u32 slots)
{
	begin();
	bridge.resource[0] = (struct resource){ BAR, BAR + BAR_LEN - 1, .flags = IORESOURCE_MEM };
	memset(regs, 0xff, sizeof(regs));
	base_offset = OFFSET;
	slot_config = 0xffffffe0 | slots;
	root.shpc_granted = true;
	pci_shpc_init();
	EXPECT_EQ(nr_maps, 0);
	return noted;
}

/* 4.2.8 and 4.2.9: what masks is set, what is cleared by writing 1 is written 0, the rest stays. */
TEST(a_controller_that_is_ours_is_silenced)
{
	const u32 *all = regs + OFFSET / 4;

	EXPECT_STR(silence(2), "40+2c");
	EXPECT_EQ(all[WORDS - 2], 0xffffffff);
	EXPECT_EQ(all[WORDS - 1], 0x0003ffff);
	EXPECT_EQ(all[WORDS], 0x7fe0ffff);
	EXPECT_EQ(all[WORDS + 1], 0x7fe0ffff);
	EXPECT_EQ(all[WORDS + 2], 0xffffffff);
	EXPECT(test_log_has("pci bridge: hot-plug controller with 2 slots: silenced"));
	EXPECT_STR(silence((BAR_LEN - OFFSET) / 4 - WORDS), "40+40"); /* to the end of the BAR */
}

static bool untouched(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(regs); i++)
		if (regs[i] != ~0U)
			return false;
	return true;
}

TEST(a_controller_that_cannot_be_reached_is_left_alone)
{
	EXPECT_STR(silence(0), "");
	EXPECT_STR(silence((BAR_LEN - OFFSET) / 4 - WORDS + 1), "");
	EXPECT(untouched());
	held = true;
	EXPECT_STR(silence(2), "");
	held = false;
	unmappable = true;
	EXPECT_STR(silence(2), "40+2c released 40+2c");
	unmappable = false;
	EXPECT(untouched());
}

TEST(a_controller_that_is_firmware_s_is_left_alone)
{
	silence(2);
	memset(regs, 0xff, sizeof(regs));
	root.shpc_granted = false;
	pci_shpc_init();
	root.shpc_granted = true;
	slots_are_firmware_s = true;
	pci_shpc_init();
	EXPECT(untouched());
	slots_are_firmware_s = false;
	base_offset = BAR_LEN + 4;
	pci_shpc_init();
	EXPECT(untouched());
}
