/* SPDX-License-Identifier: MIT */
/* A function's configuration space, as drivers ask for it, of a test that plays it by two functions of its own. */
#ifndef TESTS_HOST_CONFIG_ACCESS_H
#define TESTS_HOST_CONFIG_ACCESS_H

#include "drivers/pci/pci.h"

/* `size` bytes of it, 1, 2 or 4. */
static u32 read_config(int where, int size);
static int write_config(int where, u32 value, int size);

int pci_read_config_byte(const struct pci_dev *d, int where, u8 *value)
{
	(void)d;
	*value = (u8)read_config(where, 1);
	return 0;
}

int pci_read_config_word(const struct pci_dev *d, int where, u16 *value)
{
	(void)d;
	*value = (u16)read_config(where, 2);
	return 0;
}

int pci_read_config_dword(const struct pci_dev *d, int where, u32 *value)
{
	(void)d;
	*value = read_config(where, 4);
	return 0;
}

int pci_write_config_word(const struct pci_dev *d, int where, u16 value)
{
	(void)d;
	return write_config(where, value, 2);
}

int pci_write_config_dword(const struct pci_dev *d, int where, u32 value)
{
	(void)d;
	return write_config(where, value, 4);
}

void pci_clear_and_set_word(const struct pci_dev *d, int where, u16 clear, u16 set)
{
	(void)d;
	write_config(where, (read_config(where, 2) & ~clear) | set, 2);
}

#endif
