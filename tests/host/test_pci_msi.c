// SPDX-License-Identifier: MIT
// sources: kernel/core/resource.c kernel/core/region.c kernel/lib/tree.c
/*
 * MSI, MSI-X and the expansion ROM against a function that notices the wrong order (PCI 3.0,
 * 6.8.1, 6.8.2 and 6.2.5.2): a message that is sent before it is whole, a table written while the function may
 * send, a pin beside messages, a ROM at another's address or left on.
 */
#include "drivers/pci/access.h"
#include "drivers/pci/probe.h"
#include "kernel/core/percpu.h"
#include "kernel/irq/apicid.h"
#include "tests/host/config_access.h"
#include "tests/host/fake_device.h"

#include "drivers/pci/msi.c"
#include "drivers/pci/msix.c"
#include "drivers/pci/rom.c"

#include "drivers/apic/msi.c"

/* ---- a function: its configuration space, its table in BAR 0 and its ROM ---- */

#define MSI	 0x50
#define MSIX	 0x70
#define BAR	 0x3800000000UL /* above 4 GiB, where no MTRR helps */
#define TABLE	 0x2000UL
#define ENTRIES	 4
#define REGS	 0x1000000UL
#define ROM	 0xfeb00000UL
#define ROM_SIZE 2048UL

static u8 config[256];
static u32 table[ENTRIES][4];
static u8 rom_image[ROM_SIZE];
static bool mapped, rom_mapped, unread;
static struct pci_bus bus;
static struct pci_dev dev = { .bus = &bus, .name = "0000:00:03.0" };

static u16 word(int where)
{
	return (u16)(config[where] | config[where + 1] << 8);
}

static u32 dword(int where)
{
	return word(where) | (u32)word(where + 2) << 16;
}

static bool msix_may_send(void)
{
	return (word(MSIX + 2) & 0xc000) == 0x8000;
}

/* With the bits of message control: masked, or a function that does not send. */
static bool msi_may_send(void)
{
	return word(MSI + 2) & 1 && !(word(MSI + 2) & BIT(8) && dword(MSI + 0x10) & 1);
}

static bool msi_is_whole(void)
{
	return dword(MSI + 4) >> 20 == 0xfee && !dword(MSI + 8) && word(MSI + 12) >= 0x20;
}

static bool msix_is_whole(void)
{
	for (unsigned int i = 0; i < ENTRIES; i++)
		if (!(table[i][3] & 1) &&
		    (table[i][0] >> 20 != 0xfee || table[i][1] || table[i][2] < 0x20))
			return false;
	return true;
}

static void config_changed(void)
{
	EXPECT(!msi_may_send() || msi_is_whole());
	EXPECT(!msix_may_send() || msix_is_whole());
	/* 6.8.3.3: no pin while it may send messages. */
	EXPECT(!(word(MSI + 2) & 1) || word(PCI_COMMAND) & PCI_COMMAND_INTX_OFF);
	EXPECT(!msix_may_send() || word(PCI_COMMAND) & PCI_COMMAND_INTX_OFF);
}

/* 6.2.5.2: the ROM decodes with both bits, and then it must be where it was placed. */
static bool rom_decodes(void)
{
	return word(PCI_COMMAND) & PCI_COMMAND_MEMORY && dword(0x30) & 1;
}

static u64 device_read(unsigned long addr, unsigned int size)
{
	u64 value = 0;

	if (addr - ROM < ROM_SIZE) {
		EXPECT(rom_mapped && rom_decodes());
		memcpy(&value, rom_image + (addr - ROM), size);
		return value;
	}
	EXPECT(mapped && size == 4 && addr - REGS < sizeof(table));
	unread = false;
	memcpy(&value, (u8 *)table + (addr - REGS), 4);
	return value;
}

static void device_write(unsigned long addr, unsigned int size, u64 value)
{
	u32 *entry = table[(addr - REGS) / 16];

	EXPECT(mapped && size == 4 && addr - REGS < sizeof(table));
	/* 6.8.3.5: of an entry that is not masked nothing but its mask is changed. */
	EXPECT(addr % 16 == 12 || entry[3] & 1 || word(MSIX + 2) & 0x4000);
	EXPECT(word(PCI_COMMAND) & PCI_COMMAND_MEMORY);
	EXPECT(word(MSIX + 2) & 0x8000);
	entry[addr % 16 / 4] = (u32)value;
	unread = addr % 16 == 12;
	config_changed();
}

void memcpy_fromio(void *to, const volatile void __iomem *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		((u8 *)to)[i] = readb((const volatile u8 __iomem *)from + i);
}

/* Uncached: what was written has reached the table, and no line of it is kept. */
void __iomem *ioremap(phys_addr_t phys, unsigned long size)
{
	if (phys == ROM) {
		EXPECT_EQ(size, ROM_SIZE);
		rom_mapped = true;
		return (void __iomem *)ROM;
	}
	EXPECT_EQ(phys, BAR + TABLE);
	EXPECT_EQ(size, sizeof(table));
	mapped = true;
	return (void __iomem *)REGS;
}

void iounmap(volatile void __iomem *addr)
{
	if (DEVICE_ADDRESS(addr) == ROM)
		EXPECT(!rom_decodes());
	else
		EXPECT(!(word(MSIX + 2) & 0x8000));
	mapped = rom_mapped = false;
}

static u32 read_config(int where, int size)
{
	return size == 4 ? dword(where) : word(where);
}

static int write_config(int where, u32 value, int size)
{
	memcpy(config + where, &value, (size_t)size);
	config_changed();
	return 0;
}

/* ---- the interrupt core ---- */

u32 cpu_apic_id[NR_CPUS] = { 0, 7 };
struct rw_semaphore pci_bus_sem;
static struct irq_data irqs[ENTRIES + 1];
static int nr, most = ENTRIES;

bool lapic_available(void)
{
	return true;
}

void lapic_irq_eoi(struct irq_data *d)
{
	(void)d;
}

int irq_create(int irq, const struct irq_chip *chip, void *chip_data, u32 hwirq, bool level)
{
	struct irq_data *d = &irqs[nr + 1];

	EXPECT(irq < 0 && !level);
	if (nr == most)
		return -ENOSPC;
	*d = (struct irq_data){ ++nr, 0, (u8)(0x40 + nr), level, hwirq, chip, chip_data };
	chip->irq_set_target(d);
	return nr;
}

int irq_destroy(int irq)
{
	EXPECT_EQ(irq, nr);
	EXPECT(!msi_may_send() && !msix_may_send());
	nr--;
	return 0;
}

/* As a boot ROM may leave it: a table full of rubbish, nothing masked. */
static void start(void)
{
	memset(config, 0, sizeof(config));
	nr = 0;
	most = ENTRIES;
	mapped = rom_mapped = false;
	dev.msix = NULL;
	dev.msi_irq = 0;
	dev.msi_cap = MSI;
	dev.msix_cap = MSIX;
	dev.rom_base_reg = 0x30;
	dev.resource[0] = (struct resource){ .start = BAR,
					     .end = BAR + 0x3fff,
					     .flags = IORESOURCE_MEM | IORESOURCE_MEM_64,
					     .parent = &iomem_resource };
	dev.resource[PCI_ROM_RESOURCE] = (struct resource){ .start = ROM,
							    .end = ROM + ROM_SIZE - 1,
							    .flags = IORESOURCE_MEM,
							    .parent = &iomem_resource };
	config[PCI_COMMAND] = PCI_COMMAND_MEMORY;
	config[MSI + 2] = 0x80; /* 64 bits; and the mask, at MSI_MASKED */
	config[MSI + 3] = 0x01;
	memset(config + MSI + 4, 0xa5, 8);
	config[MSIX + 2] = ENTRIES - 1;
	write_config(MSIX + 4, TABLE, 4);
	for (unsigned int i = 0; i < ENTRIES; i++)
		table[i][0] = table[i][1] = table[i][2] = i, table[i][3] = 0;
}

TEST(msix_is_whole_before_it_strikes)
{
	struct irq_data *d;

	start();
	EXPECT_EQ(pci_enable_msix(&dev, 2), 0);
	EXPECT(msix_may_send() && mapped);
	for (unsigned int i = 0; i < ENTRIES; i++)
		EXPECT_EQ(table[i][3], 1);
	d = &irqs[pci_irq_vector(&dev, 1)];
	d->chip->irq_unmask(d);
	EXPECT(!(table[1][3] & 1) && !unread);
	EXPECT_EQ(table[1][0], 0xfee00000);
	EXPECT_EQ(table[1][2], 0x42);
	d->cpu = 1;
	d->vector = 0x77;
	d->chip->irq_set_target(d); /* it is not masked before and after, but meanwhile */
	EXPECT(!(table[1][3] & 1) && !unread);
	EXPECT_EQ(table[1][0], 0xfee07000);
	EXPECT_EQ(table[1][2], 0x77);
	d->chip->irq_mask(d);
	EXPECT(table[1][3] & 1 && !unread);
	pci_disable_msix(&dev);
	EXPECT(!mapped && !nr && !dev.msix);
	EXPECT(!(word(PCI_COMMAND) & PCI_COMMAND_INTX_OFF));
}

/* Half of the irqs cannot be had: nothing is left, and the pin is there. */
TEST(msix_that_fails_is_off)
{
	start();
	most = 1;
	EXPECT_EQ(pci_enable_msix(&dev, 2), (u64)-ENOSPC);
	EXPECT(!mapped && !nr && !dev.msix);
	EXPECT_EQ(word(MSIX + 2) & 0xc000, 0);
	EXPECT(!(word(PCI_COMMAND) & PCI_COMMAND_INTX_OFF));
	config[PCI_COMMAND] = 0;
	EXPECT_EQ(pci_enable_msix(&dev, 1), (u64)-ENODEV);
	EXPECT(!mapped && !(word(MSIX + 2) & 0x8000));
}

TEST(msix_tables_that_lie)
{
	start();
	write_config(MSIX + 4, 0x3fd0, 4); /* 48 of 64 bytes */
	EXPECT_EQ(pci_enable_msix(&dev, 1), (u64)-ENODEV);
	write_config(MSIX + 4, 0xfffffff8, 4);
	EXPECT_EQ(pci_enable_msix(&dev, 1), (u64)-ENODEV);
	write_config(MSIX + 4, 0x100 | 6, 4); /* the ROM, by its number */
	EXPECT_EQ(pci_enable_msix(&dev, 1), (u64)-ENODEV);
	write_config(MSIX + 4, TABLE | 1, 4);
	EXPECT_EQ(pci_enable_msix(&dev, 1), (u64)-ENODEV);
	EXPECT(!mapped && !(word(MSIX + 2) & 0x8000));
}

TEST(msi_is_whole_before_it_strikes)
{
	struct irq_data *d;

	start();
	write_config(MSI + 2, 0x1f0, 2); /* firmware gave it eight messages */
	EXPECT_EQ(pci_enable_msi(&dev), 0);
	EXPECT_EQ(word(MSI + 2), 0x181); /* one */
	EXPECT(dword(MSI + 0x10) & 1);	 /* masked, until somebody wants it */
	d = &irqs[1];
	d->chip->irq_unmask(d);
	EXPECT(!(dword(MSI + 0x10) & 1));
	EXPECT_EQ(dword(MSI + 4), 0xfee00000);
	EXPECT_EQ(word(MSI + 12), 0x41);
	pci_disable_msi(&dev);
	EXPECT(!(word(MSI + 2) & 1) && !nr);
	EXPECT(!(word(PCI_COMMAND) & PCI_COMMAND_INTX_OFF));
}

static void make_rom(void)
{
	memset(rom_image, 0, sizeof(rom_image));
	rom_image[0] = 0x55;
	rom_image[1] = 0xaa;
	rom_image[0x18] = 0x1c;
	memcpy(rom_image + 0x1c, "PCIR", 4);
	rom_image[0x1c + 0x10] = 2;
	rom_image[0x1c + 0x15] = 0x80;
	rom_image[1023] = 0x77;
}

/* At the address that it has in the register, whatever its own holds; and off again. */
TEST(rom_is_on_while_it_is_read)
{
	u8 buf[2048];

	start();
	make_rom();
	write_config(0x30, 0x12345000, 4);
	EXPECT_EQ(pci_read_rom(&dev, buf, 0, sizeof(buf)), 1024);
	EXPECT_EQ(memcmp(buf, rom_image, 1024), 0);
	EXPECT_EQ(dword(0x30), ROM);
	EXPECT(!rom_mapped);
	EXPECT_EQ(pci_read_rom(&dev, buf, 1023, 10), 1);
	EXPECT_EQ(buf[0], 0x77);
	EXPECT_EQ(pci_read_rom(&dev, buf, 1024, 10), 0);
	rom_image[0] = 0; /* no image: off all the same */
	EXPECT_EQ(pci_read_rom(&dev, buf, 0, 10), -EIO);
	EXPECT(!rom_mapped && !rom_decodes());
}

/* What no address is known of is not switched on. */
TEST(rom_without_an_address)
{
	u8 buf[16];

	start();
	make_rom();
	dev.resource[PCI_ROM_RESOURCE].flags |= IORESOURCE_UNSET;
	EXPECT_EQ(pci_read_rom(&dev, buf, 0, 16), -EIO);
	dev.resource[PCI_ROM_RESOURCE].flags = IORESOURCE_MEM;
	dev.resource[PCI_ROM_RESOURCE].parent = NULL;
	EXPECT_EQ(pci_read_rom(&dev, buf, 0, 16), -EIO);
	EXPECT(!rom_decodes() && !rom_mapped);
}
