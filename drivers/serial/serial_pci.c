// SPDX-License-Identifier: MIT
/*
 * UARTs on PCI: QEMU's cards of one, two and four, whose BAR 0 is eight ports for
 * each (QEMU's docs/specs/pci-serial.rst).  They share the card's interrupt pin.
 */
#define pr_fmt(fmt) "serial_pci: " fmt
#include "drivers/pci/pci.h"
#include "drivers/serial/serial8250.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"

#define UART_PORTS 8

static const struct pci_device_id serial_pci_ids[] = {
	{ 0x1b36, 0x0002 },
	{ 0x1b36, 0x0003 },
	{ 0x1b36, 0x0004 },
	{ 0, 0 },
};

static int serial_pci_probe(struct pci_dev *dev, const struct pci_device_id *id)
{
	resource_size_t ports = pci_resource_len(dev, 0), at;
	int err, irq;

	(void)id;
	if (!(pci_resource_flags(dev, 0) & IORESOURCE_IO))
		return -ENODEV;
	err = pci_enable_device(dev);
	if (err)
		return err;
	irq = pci_intx_irq(dev);
	for (at = 0; at + UART_PORTS <= ports; at += UART_PORTS)
		serial8250_add_port((u16)(pci_resource_start(dev, 0) + at), irq);
	return 0;
}

static void serial_pci_remove(struct pci_dev *dev)
{
	resource_size_t ports = pci_resource_len(dev, 0), at;

	for (at = 0; at + UART_PORTS <= ports; at += UART_PORTS)
		serial8250_remove_port((u16)(pci_resource_start(dev, 0) + at));
	pci_disable_device(dev);
}

void __init serial_pci_init(void)
{
	/* A device keeps its driver's name: not boot-only. */
	static struct pci_driver driver = {
		.name = "serial",
		.id_table = serial_pci_ids,
		.probe = serial_pci_probe,
		.remove = serial_pci_remove,
	};

	pci_register_driver(&driver);
	serial8250_setup_late_console();
}
