// SPDX-License-Identifier: MIT
// sources: drivers/pci/intx.c
/*
 * Where an interrupt pin goes: by the namespace, else the MP table, else the Interrupt
 * Line register, whose ISA irq firmware may have given a mode of its own.
 */
#include "drivers/apic/apic.h"
#include "drivers/firmware/mptable.h"
#include "drivers/pci/firmware.h"
#include "drivers/pci/pci.h"
#include "kernel/irq/routing.h"
#include "kernel/lib/errno.h"
#include "tests/host/test.h"

struct irq_routing irq_routing;

static bool prt_tells;
static u32 mp_gsi, asked_gsi;
static unsigned int mp_bus, mp_slot, mp_pin;
static bool asked_level, asked_low;

int pci_firmware_irq_route(const struct pci_dev *dev, u8 pin, u32 *gsi, bool *level,
			   bool *active_low)
{
	(void)dev;
	if (!prt_tells)
		return -ENOENT;
	*gsi = 20 + pin;
	*level = *active_low = true;
	return 0;
}

int pci_firmware_irq_look(const struct pci_dev *dev, u8 pin, u32 *gsi)
{
	bool level, active_low;

	return pci_firmware_irq_route(dev, pin, gsi, &level, &active_low);
}

int mp_pci_irq(u8 bus, u8 slot, u8 pin, u32 *gsi, bool *level, bool *active_low)
{
	if (!mp_gsi || bus != mp_bus || slot != mp_slot || pin != mp_pin)
		return -ENOENT;
	*gsi = mp_gsi;
	*level = true;
	*active_low = false;
	return 0;
}

int gsi_to_irq(u32 gsi, bool level, bool active_low)
{
	asked_gsi = gsi;
	asked_level = level;
	asked_low = active_low;
	return (int)gsi;
}

static struct pci_bus root, behind = { .parent = &root, .number = 1 };
static struct pci_dev bridge = { .bus = &root, .devfn = PCI_DEVFN(3, 0) };

static struct pci_dev a_device(u8 pin, u8 line)
{
	behind.self = &bridge;
	prt_tells = false;
	mp_gsi = 0;
	memset(&irq_routing, 0, sizeof(irq_routing));
	for (u32 i = 0; i < 16; i++)
		irq_routing.isa[i].gsi = i;
	return (struct pci_dev){ .bus = &behind,
				 .devfn = PCI_DEVFN(6, 0),
				 .pin = pin,
				 .irq_line = line,
				 .name = "dev" };
}

TEST(namespace_first)
{
	struct pci_dev dev = a_device(2, 11);

	prt_tells = true;
	EXPECT_EQ(pci_intx_irq(&dev), 21);
}

/* PCI-to-PCI Bridge 1.2, 9.1: slot 6's INTB is the bridge's INTD. */
TEST(pins_turn_behind_a_bridge)
{
	struct pci_dev dev = a_device(2, 11);

	mp_gsi = 17;
	mp_slot = 3;
	mp_pin = 3;
	EXPECT_EQ(pci_intx_irq(&dev), 17);
}

/* The MP table knows of one segment alone: a pin of another one is not bus 1's there. */
TEST(other_segments_are_not_in_the_mp_table)
{
	struct pci_dev dev = a_device(2, 11);
	struct pci_bus other = { .segment = 1, .number = 1 };

	dev.bus = &other;
	mp_gsi = 17;
	mp_bus = 1;
	mp_slot = 6;
	mp_pin = 1;
	EXPECT_EQ(pci_intx_irq(&dev), 11);
	dev.irq_line = 0;
	EXPECT_EQ(pci_intx_irq(&dev), -ENODEV);
	mp_bus = 0;
}

TEST(line_is_level_and_low)
{
	struct pci_dev dev = a_device(1, 11);

	EXPECT_EQ(pci_intx_irq(&dev), 11);
	EXPECT(asked_level && asked_low);
}

TEST(line_in_the_mode_that_firmware_gives)
{
	struct pci_dev dev = a_device(1, 11);

	irq_routing.isa[11] = (struct isa_irq_override){ .gsi = 18, .level = true, .given = true };
	EXPECT_EQ(pci_intx_irq(&dev), 18);
	EXPECT(asked_level && !asked_low);
}

TEST(nothing_tells)
{
	struct pci_dev dev = a_device(1, 0);

	EXPECT_EQ(pci_intx_irq(&dev), -ENODEV);
	EXPECT(test_log_has("nothing tells where INTA goes"));
	dev.irq_line = 0xff; /* PCI 3.0, 6.2.4: no connection */
	EXPECT_EQ(pci_intx_irq(&dev), -ENODEV);
	dev.irq_line = 11;
	irq_routing.isa[11].absent = true;
	EXPECT_EQ(pci_intx_irq(&dev), -ENODEV);
	dev.pin = 0;
	EXPECT_EQ(pci_intx_irq(&dev), -ENODEV);
}

/* What /sys and lspci call its irq; asked_gsi: nothing is set up for it. */
TEST(irq_that_is_shown)
{
	struct pci_driver driver = { .name = "driver" };
	struct pci_dev dev = a_device(2, 11);

	asked_gsi = 0;
	prt_tells = true;
	EXPECT_EQ(pci_irq(&dev), 11);
	dev.driver = &driver;
	EXPECT_EQ(pci_irq(&dev), 21);
	prt_tells = false;
	irq_routing.isa[11] = (struct isa_irq_override){ .gsi = 18, .given = true };
	EXPECT_EQ(pci_irq(&dev), 18);
	dev.irq_line = 0xff;
	EXPECT_EQ(pci_irq(&dev), 0);
	dev.msi_irq = 33;
	EXPECT_EQ(pci_irq(&dev), 33);
	EXPECT_EQ(asked_gsi, 0);
}
