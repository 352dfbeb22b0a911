// SPDX-License-Identifier: MIT
/* Firmware's answers about PCI, from whoever reads them. */
#include "drivers/pci/firmware.h"

#include "kernel/lib/errno.h"

static const struct pci_firmware_ops *firmware;

void __init pci_set_firmware_ops(const struct pci_firmware_ops *ops)
{
	firmware = ops;
}

bool __init pci_board_reserves(u64 start, u64 end)
{
	return firmware && firmware->board_reserves(start, end);
}

int pci_firmware_irq_route(const struct pci_dev *dev, u8 pin, u32 *gsi, bool *level,
			   bool *active_low)
{
	return firmware ? firmware->irq_route(dev, pin, gsi, level, active_low) : -ENOENT;
}

int pci_firmware_irq_look(const struct pci_dev *dev, u8 pin, u32 *gsi)
{
	return firmware ? firmware->irq_look(dev, pin, gsi) : -ENOENT;
}

bool pci_slots_are_firmware_s(const struct pci_bus *bus)
{
	return firmware && firmware->slots_are_firmware_s(bus);
}

bool pci_firmware_can_eject(const struct pci_bus *bus, u8 devfn)
{
	return firmware && firmware->can_eject(bus, devfn);
}

int pci_firmware_eject(const struct pci_bus *bus, u8 devfn)
{
	return firmware ? firmware->eject(bus, devfn) : -ENOENT;
}
