// SPDX-License-Identifier: MIT
/*
 * A slot of a PCI Express port (PCI Express 5.0, 6.7 and 7.5.3.9 to 7.5.3.11) against one that keeps to
 * the specification: status bits that are cleared by writing 1, commands that are done one after the
 * other, an interrupt that is sent once for whatever is not cleared.
 */
#include "drivers/pci/pci.h"
#include "tests/host/test.h"

#undef pr_fmt /* each source has its own */
#include "drivers/pci/pciehp.c"

#define CAP 0x40

static struct {
	u16 control, status, link;
	u32 slot_cap, link_cap;
	unsigned int busy; /* reads until the command is done */
	bool powered, gone;
	u16 comes; /* an event right behind the next read of the status */
	unsigned int nr_commands;
} hw;

static struct pci_bus root = { .hotplug_granted = true }, behind;
static struct pci_dev port = { .bus = &root,
			       .pcie_cap = CAP,
			       .hotplug_bridge = true,
			       .subordinate = &behind,
			       .name = "port" };
static struct pci_dev card = { .bus = &behind, .name = "card" };
static struct pci_driver *driver;

/* ---- the port ---- */

static u16 status(void)
{
	u16 v = hw.status;

	if (hw.busy && !--hw.busy)
		hw.status |= PCI_EXP_SLTSTA_CC;
	hw.status |= hw.comes;
	hw.comes = 0;
	return v;
}

int pci_read_config_word(const struct pci_dev *dev, int where, u16 *val)
{
	EXPECT(dev == &port);
	switch (where - CAP) {
	case PCI_EXP_FLAGS:
		*val = 0x0142;
		break;
	case PCI_EXP_LNKSTA:
		*val = hw.link;
		hw.link |= hw.powered ? PCI_EXP_LNKSTA_DLLLA : 0;
		break;
	case PCI_EXP_SLTCTL:
		*val = hw.control;
		break;
	default:
		EXPECT_EQ(where - CAP, PCI_EXP_SLTSTA);
		*val = status();
	}
	if (hw.gone)
		*val = 0xffff;
	return 0;
}

int pci_read_config_dword(const struct pci_dev *dev, int where, u32 *val)
{
	EXPECT(dev == &port);
	EXPECT(where == CAP + PCI_EXP_SLTCAP || where == CAP + PCI_EXP_LNKCAP);
	*val = where == CAP + PCI_EXP_SLTCAP ? hw.slot_cap : hw.link_cap;
	return 0;
}

/* 6.7.3.2: a command while the one before is under way is lost. */
static void take_command(u16 value)
{
	EXPECT(!hw.busy);
	EXPECT(!(hw.status &
		 PCI_EXP_SLTSTA_CC)); /* of the one before: it would be taken for this one's */
	hw.powered = !(value & PCI_EXP_SLTCTL_PCC);
	hw.control = value;
	hw.busy = hw.slot_cap & PCI_EXP_SLTCAP_NCCS ? 0 : 3;
	hw.nr_commands++;
}

int pci_write_config_word(const struct pci_dev *dev, int where, u16 val)
{
	EXPECT(dev == &port);
	if (where == CAP + PCI_EXP_SLTCTL)
		take_command(val);
	else if (where == CAP + PCI_EXP_SLTSTA)
		hw.status &= (u16) ~(val & 0x1ff & ~PCI_EXP_SLTSTA_PDS);
	else
		EXPECT(false);
	return 0;
}

/* ---- the rest of the kernel ---- */

static unsigned int notices, ejects, works, msis, slept, handlers;
static irq_handler_t handler;
static void *handler_arg;
static int irq_result;
struct workqueue_struct {
	int unused;
};
struct workqueue_struct system_wq;

bool queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	EXPECT(wq == &system_wq && work == &slots_work);
	works++;
	return true;
}

void pci_notice(void)
{
	notices++;
}

int pci_eject_slot(struct pci_dev *dev)
{
	EXPECT(dev == &card);
	ejects++;
	return 0;
}

bool pci_device_is_present(const struct pci_dev *dev)
{
	return dev == &port ? !hw.gone : hw.status & PCI_EXP_SLTSTA_PDS;
}

const struct pci_bus *pci_root_of(const struct pci_bus *bus)
{
	(void)bus;
	return &root;
}

LIST_HEAD(pci_devices);

int pci_register_driver(struct pci_driver *drv)
{
	driver = drv;
	return 0;
}

int pci_enable_device(struct pci_dev *dev)
{
	(void)dev;
	return 0;
}

void pci_set_master(struct pci_dev *dev)
{
	(void)dev;
	EXPECT_EQ(handlers, 1);
}

int pci_enable_msix(struct pci_dev *dev, unsigned int count)
{
	(void)dev;
	EXPECT_EQ(count, 1);
	return -ENODEV;
}

int pci_enable_msi(struct pci_dev *dev)
{
	(void)dev;
	msis++;
	return 0;
}

void pci_disable_msix(struct pci_dev *dev)
{
	(void)dev;
}

void pci_disable_msi(struct pci_dev *dev)
{
	(void)dev;
	EXPECT(!handlers);
	msis--;
}

int pci_irq_vector(const struct pci_dev *dev, unsigned int entry)
{
	EXPECT(dev == &port && !entry);
	return 33;
}

int pci_intx_irq(struct pci_dev *dev)
{
	(void)dev;
	return -ENODEV;
}

int request_irq(int irq, irq_handler_t fn, unsigned long flags, const char *name, void *dev_id)
{
	EXPECT(irq == 33 && flags == IRQF_SHARED);
	EXPECT_STR(name, "pciehp");
	EXPECT(!(hw.control & PCI_EXP_SLTCTL_HPIE));
	handler = fn;
	handler_arg = dev_id;
	handlers += !irq_result;
	return irq_result;
}

void free_irq(int irq, void *dev_id)
{
	EXPECT(irq == 33 && dev_id == handler_arg);
	EXPECT(hw.gone || !(hw.control & PCI_EXP_SLTCTL_HPIE)); /* it would strike for nobody */
	handlers--;
}

void pci_lock_rescan_remove(void)
{
}

void pci_unlock_rescan_remove(void)
{
}

void msleep(unsigned int ms)
{
	slept += ms;
}

void sleep_ns(u64 ns)
{
	test_clock_ns += ns;
}

/* ---- tests ---- */

static void begin(u32 slot_cap)
{
	memset(&hw, 0, sizeof(hw));
	hw.slot_cap = slot_cap;
	hw.control = PCI_EXP_SLTCTL_PCC | 0x0300;
	notices = ejects = works = slept = irq_result = 0;
	INIT_LIST_HEAD(&behind.devices);
	INIT_LIST_HEAD(&pci_devices);
	list_add(&port.global_list, &pci_devices);
	test_log_clear();
}

static void probe(void)
{
	pciehp_init();
	EXPECT_EQ(driver->probe(&port, &driver->id_table[0]), 0);
	EXPECT_EQ(works, 1); /* what happened before anybody listened */
	works = 0;
	__atomic_store_n(&((struct slot *)port.driver_data)->events, 0, __ATOMIC_RELAXED);
}

static void put_card(bool there)
{
	hw.status = there ? PCI_EXP_SLTSTA_PDS : 0;
	INIT_LIST_HEAD(&behind.devices);
	if (there)
		list_add(&card.bus_list, &behind.devices);
}

/* 6.7.3.2: power and its indicator in one command, and then the link is waited for. */
TEST(a_card_gets_power)
{
	begin(PCI_EXP_SLTCAP_PCP);
	hw.link_cap = PCI_EXP_LNKCAP_DLLLARC;
	hw.status = PCI_EXP_SLTSTA_CC; /* firmware's last command */
	pciehp_power_on_slots();
	EXPECT_EQ(hw.nr_commands, 0); /* it is empty */
	hw.status |= PCI_EXP_SLTSTA_PDS;
	pciehp_power_on_slots();
	EXPECT(hw.powered && hw.nr_commands == 1);
	EXPECT_EQ(hw.control, PCI_EXP_SLTCTL_AIC_OFF | PCI_EXP_SLTCTL_PIC_ON);
	EXPECT(!hw.busy && hw.link & PCI_EXP_LNKSTA_DLLLA);
	EXPECT_EQ(slept, 100); /* 6.6.1: before the first configuration request */
	pciehp_power_on_slots();
	EXPECT_EQ(hw.nr_commands, 1);
	pciehp_power_off(&port);
	EXPECT(!hw.powered);
	EXPECT_EQ(hw.control, PCI_EXP_SLTCTL_AIC_OFF | PCI_EXP_SLTCTL_PIC_OFF | PCI_EXP_SLTCTL_PCC);
	EXPECT_EQ(slept, 1100);		  /* 6.7.1.8: before the card may be pulled */
	EXPECT(!test_log_has("is done")); /* each command ended in time */

	begin(0); /* no switch: nothing to be done */
	hw.status = PCI_EXP_SLTSTA_PDS;
	pciehp_power_on_slots();
	EXPECT_EQ(hw.nr_commands, 0);
}

TEST(interrupts_are_on_once_somebody_listens)
{
	begin(PCI_EXP_SLTCAP_PCP);
	hw.status = EVENTS; /* old ones */
	hw.control = 0x0100;
	probe();
	EXPECT_EQ(hw.control, 0x0100 | NOTICE);
	EXPECT_EQ(hw.status & EVENTS, 0);
	driver->remove(&port);
	EXPECT_EQ(hw.control & NOTICE, 0);
	EXPECT(!handlers && !msis);

	begin(PCI_EXP_SLTCAP_PCP | PCI_EXP_SLTCAP_NCCS);
	irq_result = -EBUSY;
	EXPECT_EQ(driver->probe(&port, &driver->id_table[0]), -EBUSY);
	EXPECT(!msis && !hw.nr_commands);
	root.hotplug_granted = false; /* firmware keeps the slots */
	EXPECT_EQ(driver->probe(&port, &driver->id_table[0]), -ENODEV);
	root.hotplug_granted = true;
}

/* 6.7.3.4: no message comes before all events are cleared; what comes meanwhile must be seen, too. */
TEST(no_event_is_lost)
{
	begin(PCI_EXP_SLTCAP_NCCS);
	probe();
	EXPECT_EQ(handler(33, handler_arg), IRQ_NONE);
	EXPECT_EQ(works, 0);
	hw.status = PCI_EXP_SLTSTA_ABP;
	hw.comes = PCI_EXP_SLTSTA_PDC | PCI_EXP_SLTSTA_CC;
	EXPECT_EQ(handler(33, handler_arg), IRQ_HANDLED);
	EXPECT_EQ(hw.status & EVENTS, 0);
	EXPECT(hw.status & PCI_EXP_SLTSTA_CC); /* who waits for it clears it */
	EXPECT_EQ(works, 1);
	EXPECT_EQ(((struct slot *)handler_arg)->events, PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_PDC);
	hw.status = 0;
	hw.gone = true; /* the port was pulled out: all ones */
	EXPECT_EQ(handler(33, handler_arg), IRQ_NONE);
	driver->remove(&port); /* and nothing is written to it */
	EXPECT_EQ(hw.nr_commands, 1);
	EXPECT(!handlers);
}

static void look(u16 events)
{
	notices = ejects = 0;
	report(port.driver_data, events);
	works = 0;
	look_at_slots(&slots_work);
	EXPECT_EQ(works, 1); /* another slot may wait */
	look_at_slots(&slots_work);
	EXPECT_EQ(works, 1);
}

/* The table at the head of the driver's file. */
TEST(what_a_look_finds)
{
	begin(PCI_EXP_SLTCAP_NCCS);
	probe();
	put_card(true);
	look(PCI_EXP_SLTSTA_ABP);
	EXPECT(ejects == 1 && !notices);
	look(PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_PDC); /* that press is the card's own */
	EXPECT(!ejects && !notices);
	hw.status = 0; /* pulled out */
	look(PCI_EXP_SLTSTA_PDC);
	EXPECT(!ejects && notices == 1);
	put_card(false);
	look(PCI_EXP_SLTSTA_DLLSC); /* empty before and now */
	EXPECT(!ejects && !notices);
	hw.status = PCI_EXP_SLTSTA_PDS; /* a new card */
	look(PCI_EXP_SLTSTA_PDC);
	EXPECT(!ejects && notices == 1);
	driver->remove(&port);
}
