// SPDX-License-Identifier: MIT
/*
 * Slots of PCI Express ports (PCI Express 5.0, 6.7), where firmware leaves them to us.
 *
 * A slot that has a switch is off while it is empty, and a card in it is silent until it
 * gets power.  The port raises an interrupt when a card comes or goes, its link does, or
 * somebody presses the button to ask for its removal (which QEMU's device_del does).  The
 * handler only collects events; a thread looks at the slot then, as it is at that time:
 *
 *	card	power	functions	button
 *	yes	no			-		on, and look what there is
 *	yes	yes	none		-		look what there is
 *	yes	yes	some		pressed		remove them, off
 *	no		some		-		they are gone
 *
 * A press that comes along with a card is that card's (QEMU's device_add gives both), and
 * asks for nothing: another look may have found its functions by then.
 *
 * The five seconds in which a second press takes the first one back (6.7.1.5) are not kept.
 */
#define pr_fmt(fmt) "pciehp: " fmt
#include "drivers/pci/access.h"
#include "drivers/pci/cap.h"
#include "drivers/pci/hotplug.h"
#include "drivers/pci/pcie.h"
#include "kernel/core/printk.h"
#include "kernel/irq/irq.h"
#include "kernel/lib/errno.h"
#include "kernel/sched/timeout.h"
#include "kernel/sched/workqueue.h"
#include "mm/slab.h"

/* 7.5.3, offsets in the capability, and their bits. */
#define PCI_EXP_LNKCAP	       0x0c
#define PCI_EXP_LNKCAP_DLLLARC BIT(20) /* it tells when the link is up */
#define PCI_EXP_LNKSTA	       0x12
#define PCI_EXP_LNKSTA_DLLLA   BIT(13) /* the link is up */
#define PCI_EXP_SLTCAP_PCP     BIT(1)  /* power can be switched */
#define PCI_EXP_SLTCAP_NCCS    BIT(18) /* commands are done at once, and not reported */
#define PCI_EXP_SLTCTL	       0x18
#define PCI_EXP_SLTCTL_ABPE    BIT(0)  /* interrupts: the attention button was pressed, */
#define PCI_EXP_SLTCTL_PDCE    BIT(3)  /* a card came or went, */
#define PCI_EXP_SLTCTL_DLLSCE  BIT(12) /* its link did; */
#define PCI_EXP_SLTCTL_HPIE    BIT(5)  /* and all of them */
#define PCI_EXP_SLTCTL_AIC     0x00c0U /* attention indicator */
#define PCI_EXP_SLTCTL_AIC_OFF 0x00c0U
#define PCI_EXP_SLTCTL_PIC     0x0300U /* power indicator */
#define PCI_EXP_SLTCTL_PIC_ON  0x0100U
#define PCI_EXP_SLTCTL_PIC_OFF 0x0300U
#define PCI_EXP_SLTCTL_PCC     BIT(10) /* power is off */
#define PCI_EXP_SLTSTA	       0x1a
#define PCI_EXP_SLTSTA_ABP     BIT(0) /* events: write 1 to clear */
#define PCI_EXP_SLTSTA_PDC     BIT(3)
#define PCI_EXP_SLTSTA_CC      BIT(4) /* a command is done */
#define PCI_EXP_SLTSTA_DLLSC   BIT(8)
#define PCI_EXP_SLTSTA_PDS     BIT(6) /* a card is there */

#define COMMAND_USEC   1000000 /* 6.7.3.2: in which a command is done */
#define LINK_USEC      1000000
#define POWER_OFF_MSEC 1000 /* 6.7.1.8: until it can be relied on */
#define SETTLE_MSEC    100  /* 6.6.1: from the link on until a function must answer */
#define MAX_ROUNDS     16   /* of an interrupt: events that never rest must not hold the CPU */

static u16 read16(const struct pci_dev *port, int reg)
{
	u16 v;

	pci_read_config_word(port, port->pcie_cap + reg, &v);
	return v;
}

static u32 read32(const struct pci_dev *port, int reg)
{
	u32 v;

	pci_read_config_dword(port, port->pcie_cap + reg, &v);
	return v;
}

#define NOTICE \
	(PCI_EXP_SLTCTL_ABPE | PCI_EXP_SLTCTL_PDCE | PCI_EXP_SLTCTL_DLLSCE | PCI_EXP_SLTCTL_HPIE)
#define EVENTS (PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_PDC | PCI_EXP_SLTSTA_DLLSC)
#define LOOK   BIT(15) /* none of the port's: look at what there is */

/* A port whose slot is ours: its driver_data. */
struct slot {
	struct list_head node; /* of the slots */
	struct pci_dev *port;
	int irq;
	u16 events; /* since somebody looked; atomic */
};

/*
 * One work looks at all of them, with PCI's mutex, which guards the list: so the work need not be
 * waited for where a port goes, be it in the work itself.
 */
static LIST_HEAD(slots);

/* ---------------------------------------------------------------- power */

static bool slot_is_ours(const struct pci_dev *port)
{
	return port->hotplug_bridge && port->pcie_cap && pci_root_of(port->bus)->hotplug_granted;
}

bool pciehp_has_switch(const struct pci_dev *port)
{
	return slot_is_ours(port) && read32(port, PCI_EXP_SLTCAP) & PCI_EXP_SLTCAP_PCP;
}

/* 6.7.3.2: each write of the slot's control is a command; the next one waits for its end. */
static void command(const struct pci_dev *port, u16 mask, u16 value)
{
	u16 control = (read16(port, PCI_EXP_SLTCTL) & (u16)~mask) | value;

	pci_write_config_word(port, port->pcie_cap + PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_CC);
	pci_write_config_word(port, port->pcie_cap + PCI_EXP_SLTCTL, control);
	if (!(read32(port, PCI_EXP_SLTCAP) & PCI_EXP_SLTCAP_NCCS) &&
	    !poll_sleeping(read16(port, PCI_EXP_SLTSTA) & PCI_EXP_SLTSTA_CC, COMMAND_USEC))
		pci_warn(port, "its slot does not say that %04x of %04x is done\n", value, mask);
}

static void set_power(const struct pci_dev *port, bool on)
{
	command(port, PCI_EXP_SLTCTL_AIC | PCI_EXP_SLTCTL_PIC | PCI_EXP_SLTCTL_PCC,
		PCI_EXP_SLTCTL_AIC_OFF |
			(on ? PCI_EXP_SLTCTL_PIC_ON : PCI_EXP_SLTCTL_PIC_OFF | PCI_EXP_SLTCTL_PCC));
}

static void power_on(const struct pci_dev *port)
{
	pci_info(port, "a card in its slot: power on\n");
	set_power(port, true);
	if (read32(port, PCI_EXP_LNKCAP) & PCI_EXP_LNKCAP_DLLLARC &&
	    !poll_sleeping(read16(port, PCI_EXP_LNKSTA) & PCI_EXP_LNKSTA_DLLLA, LINK_USEC))
		pci_warn(port, "the link does not come up\n");
	msleep(SETTLE_MSEC);
}

void pciehp_power_off(const struct pci_dev *port)
{
	set_power(port, false);
	msleep(POWER_OFF_MSEC);
}

/* A card sits in a slot that is off. */
static bool lacks_power(const struct pci_dev *port)
{
	return pciehp_has_switch(port) && read16(port, PCI_EXP_SLTCTL) & PCI_EXP_SLTCTL_PCC &&
	       read16(port, PCI_EXP_SLTSTA) & PCI_EXP_SLTSTA_PDS;
}

void pciehp_power_on_slots(void)
{
	struct pci_dev *port;

	for_each_pci_dev(port)
		if (lacks_power(port))
			power_on(port);
}

/* ---------------------------------------------------------------- events */

/* The port goes away perhaps while this runs: nothing of it is touched at the end. */
static void look_at_slot(struct pci_dev *port, u16 events)
{
	bool card = read16(port, PCI_EXP_SLTSTA) & PCI_EXP_SLTSTA_PDS;
	struct pci_dev *first = NULL;

	if (port->subordinate && !list_empty(&port->subordinate->devices))
		first = list_first_entry(&port->subordinate->devices, struct pci_dev, bus_list);
	if (card && first && pci_device_is_present(first)) {
		if (events == PCI_EXP_SLTSTA_ABP) {
			pci_info(port, "its slot's button was pressed\n");
			pci_eject_slot(first);
		}
	} else if (card || first) {
		pci_notice();
	}
}

/* One slot, and then perhaps others: what asks for PCI's mutex meanwhile has its turn. */
static void look_at_slots(struct work_struct *work)
{
	struct slot *slot;
	u16 events = 0;

	pci_lock_rescan_remove();
	list_for_each_entry(slot, &slots, node) {
		events = __atomic_exchange_n(&slot->events, 0, __ATOMIC_RELAXED);
		if (events)
			break;
	}
	if (events) {
		schedule_work(work);
		look_at_slot(slot->port, events & EVENTS);
	}
	pci_unlock_rescan_remove();
}

static DECLARE_WORK(slots_work, look_at_slots);

static void report(struct slot *slot, u16 events)
{
	__atomic_or_fetch(&slot->events, events, __ATOMIC_RELAXED);
	schedule_work(&slots_work);
}

/* Until none is left: a message comes with the first event, not with those beside it (6.7.3.4). */
static irqreturn_t pciehp_interrupt(int irq, void *dev_id)
{
	struct slot *slot = dev_id;
	u16 seen = 0, status, events;

	(void)irq;
	for (unsigned int n = 0; n < MAX_ROUNDS; n++) {
		status = read16(slot->port, PCI_EXP_SLTSTA);
		events = status == 0xffff ? 0 : status & EVENTS;
		if (!events)
			break;
		seen |= events;
		pci_write_config_word(slot->port, slot->port->pcie_cap + PCI_EXP_SLTSTA, events);
	}
	if (!seen)
		return IRQ_NONE;
	report(slot, seen);
	return IRQ_HANDLED;
}

/* ---------------------------------------------------------------- the driver */

/* 7.5.3.2: the capability names the MSI-X entry, or the message; of MSI we have the first.  Else the pin. */
static int find_irq(struct pci_dev *port)
{
	unsigned int entry = read16(port, PCI_EXP_FLAGS) >> PCI_EXP_FLAGS_IRQ_SHIFT & 0x1f;

	if (!pci_enable_msix(port, entry + 1))
		return pci_irq_vector(port, entry);
	if (entry == 0 && !pci_enable_msi(port))
		return pci_irq_vector(port, 0);
	return pci_intx_irq(port);
}

static int pciehp_probe(struct pci_dev *port, const struct pci_device_id *id)
{
	struct slot *slot;
	int err;

	(void)id;
	if (!slot_is_ours(port))
		return -ENODEV;
	err = pci_enable_device(port);
	slot = err ? NULL : kzalloc(sizeof(*slot), GFP_KERNEL);
	if (!slot)
		return err ? err : -ENOMEM;
	slot->port = port;
	slot->irq = find_irq(port);
	err = slot->irq < 0 ? slot->irq :
			      request_irq(slot->irq, pciehp_interrupt, IRQF_SHARED, "pciehp", slot);
	if (err) {
		pci_disable_msix(port);
		pci_disable_msi(port);
		kfree(slot);
		return err;
	}
	port->driver_data = slot;
	list_add_tail(&slot->node, &slots);
	pci_set_master(port); /* its messages */
	pci_write_config_word(port, port->pcie_cap + PCI_EXP_SLTSTA, EVENTS);
	command(port, NOTICE, NOTICE);
	report(slot, LOOK); /* what happened before */
	return 0;
}

static void pciehp_remove(struct pci_dev *port)
{
	struct slot *slot = port->driver_data;

	if (pci_device_is_present(port))
		command(port, NOTICE, 0);
	free_irq(slot->irq, slot);
	list_del(&slot->node);
	pci_disable_msix(port);
	pci_disable_msi(port);
	kfree(slot);
}

void __init pciehp_init(void)
{
	static const struct pci_device_id any[] = { { PCI_ANY_ID, PCI_ANY_ID }, { 0, 0 } };
	static struct pci_driver driver = {
		.name = "pcieport", .id_table = any, .probe = pciehp_probe, .remove = pciehp_remove
	};

	pci_register_driver(&driver);
}
