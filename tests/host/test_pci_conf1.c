// SPDX-License-Identifier: MIT
/*
 * Configuration mechanism #1 against one that keeps to PCI 3.0, 3.2.2.3.2: an address is taken by a write of 32 bits
 * alone, and each byte of the data has a port of its own.
 */
#include "drivers/pci/access.h"
#include "kernel/core/resource.h"
#include "kernel/core/spinlock.h"
#include "kernel/cpu/port.h"
#include "tests/host/test.h"

static u32 port_in(u16 port, unsigned int size);
static void port_out(u32 value, u16 port, unsigned int size);
#define inb(port)	  ((u8)port_in(port, 1))
#define inw(port)	  ((u16)port_in(port, 2))
#define inl(port)	  port_in(port, 4)
#define outb(value, port) port_out(value, port, 1)
#define outw(value, port) port_out(value, port, 2)
#define outl(value, port) port_out(value, port, 4)
#undef pr_fmt /* each source has its own */
#include "drivers/pci/conf1.c"

static struct {
	u32 address, data;
	u32 device; /* bits 8 to 23 of the address at which one answers */
	bool absent, held, claimed;
	u32 written; /* 0: nothing was */
	unsigned int written_port;
} hw;

static u32 port_in(u16 port, unsigned int size)
{
	unsigned int shift = port % 4 * 8;
	u32 v = ~0U;

	EXPECT(pci_config_lock.owner); /* the two steps are one access */
	EXPECT(port / 4 == 0xcf8 / 4 || port / 4 == 0xcfc / 4);
	EXPECT(port % 4 + size <= 4);
	if (!hw.absent && port == 0xcf8 && size == 4)
		v = hw.address;
	else if (port >= 0xcfc && hw.address >> 31 && (hw.address & 0xffff00) == hw.device)
		v = (hw.data + (hw.address & 0xfc)) >> shift;
	return size == 4 ? v : v & ((1U << size * 8) - 1);
}

static void port_out(u32 value, u16 port, unsigned int size)
{
	EXPECT(pci_config_lock.owner);
	EXPECT(port / 4 == 0xcf8 / 4 || port / 4 == 0xcfc / 4);
	EXPECT(port % 4 + size <= 4);
	if (port >= 0xcfc) {
		hw.written = value;
		hw.written_port = port;
	} else if (size == 4) {
		hw.address = value & 0x80fffffc;
	}
}

struct resource ioport_resource;

struct resource *__request_region(struct resource *parent, resource_size_t start, resource_size_t n,
				  const char *name, unsigned long flags)
{
	static struct resource res;

	EXPECT(parent == &ioport_resource && start == 0xcf8 && n == 8 && !flags);
	EXPECT_STR(name, "PCI conf1");
	if (hw.held)
		return NULL;
	hw.claimed = true;
	return &res;
}

void __release_region(struct resource *parent, resource_size_t start, resource_size_t n)
{
	EXPECT(parent == &ioport_resource && start == 0xcf8 && n == 8 && hw.claimed);
	hw.claimed = false;
}

static void begin(u32 device, u32 data)
{
	EXPECT(!pci_config_lock.owner);
	memset(&hw, 0, sizeof(hw));
	hw.device = device << 8;
	hw.data = data;
}

static u32 read_of(u8 bus, u8 devfn, int where, int size)
{
	u32 v = 0;

	EXPECT_EQ(conf1_read(0, bus, devfn, where, size, &v), 0);
	return v;
}

TEST(each_byte_of_a_function_is_reached)
{
	begin(0x1234, 0x44332200);
	EXPECT_EQ(read_of(0x12, 0x34, 0, 4), 0x44332200);
	EXPECT_EQ(read_of(0x12, 0x34, 0xfc, 4), 0x443322fc);
	EXPECT_EQ(hw.address, 0x801234fc);
	EXPECT_EQ(read_of(0x12, 0x34, 0x41, 1), 0x22);
	EXPECT_EQ(read_of(0x12, 0x34, 0x43, 1), 0x44);
	EXPECT_EQ(read_of(0x12, 0x34, 0x42, 2), 0x4433);
	EXPECT_EQ(read_of(0x12, 0x33, 0, 4), 0xffffffff);
	EXPECT_EQ(read_of(0x13, 0x34, 0, 2), 0xffff);
	EXPECT_EQ(pci_early_read(0x12, 0x34, 0x41, 1), 0x22);
}

TEST(each_width_is_written_where_it_belongs)
{
	begin(0, 0);
	EXPECT_EQ(conf1_write(0, 1, 0x18, 0x3d, 1, 0x12), 0);
	EXPECT_EQ(hw.address, 0x8001183c);
	EXPECT(hw.written == 0x12 && hw.written_port == 0xcfd);
	EXPECT_EQ(conf1_write(0, 1, 0x18, 0x3e, 2, 0x1234), 0);
	EXPECT(hw.written == 0x1234 && hw.written_port == 0xcfe);
	EXPECT_EQ(conf1_write(0, 1, 0x18, 0x10, 4, 0x12345678), 0);
	EXPECT(hw.written == 0x12345678 && hw.written_port == 0xcfc);
}

/* What it does not reach is not another function's. */
TEST(what_it_does_not_reach_is_refused)
{
	u32 v = 0;

	begin(0, 0);
	EXPECT_EQ(conf1_read(0, 0, 0, 0x100, 4, &v), -EINVAL);
	EXPECT_EQ(v, 0xffffffff);
	v = 0;
	EXPECT_EQ(conf1_read(1, 0, 0, 0, 4, &v), -EINVAL);
	EXPECT_EQ(v, 0xffffffff);
	EXPECT_EQ(conf1_write(0, 0, 0, 0x100, 4, 1), -EINVAL);
	EXPECT_EQ(conf1_write(1, 0, 0, 0, 4, 1), -EINVAL);
	EXPECT(!hw.written && !hw.address);
}

/* As Linux's pci_check_type1() and pci_sanity_check(): what is believed to be PCI. */
TEST(it_is_known_by_what_answers)
{
	begin(0, 0x12378086);
	hw.address = 0x80001230;
	EXPECT(pci_conf1_probe() == &pci_conf1 && hw.claimed);
	begin(0x10, 0x060000f8); /* a host bridge: the class is read from 8 */
	EXPECT(pci_conf1_probe() == &pci_conf1);
	begin(0xff, 0x030000f8); /* the last function that there may be */
	EXPECT(pci_conf1_probe() == &pci_conf1);
	begin(0, 0x12340e11);
	EXPECT(pci_conf1_probe() == &pci_conf1);
	begin(0, 0x12341b36);
	EXPECT(!pci_conf1_probe() && !hw.claimed);
	begin(0x100, 0x12378086); /* not on bus 0 */
	EXPECT(!pci_conf1_probe() && !hw.claimed);
	begin(0, 0x12378086);
	hw.absent = true;
	EXPECT(!pci_conf1_probe() && !hw.claimed);
	begin(0, 0x12378086);
	hw.held = true;
	EXPECT(!pci_conf1_probe());
	EXPECT_EQ(hw.address, 0); /* somebody else is in the midst of an access */
}

TEST(the_address_port_is_left_as_it_was)
{
	begin(0, 0x12378086);
	hw.address = 0x00001230;
	conf1_answers();
	EXPECT_EQ(hw.address, 0x00001230);
}

TEST(a_bus_with_anything_on_it_answers)
{
	begin(0x0200, 0x12348086);
	EXPECT(pci_conf1_bus_answers(2));
	EXPECT(!pci_conf1_bus_answers(1));
	begin(0x02f8, 0x12348086);
	EXPECT(pci_conf1_bus_answers(2));
	begin(0x02f8, 0x12340000); /* no vendor */
	EXPECT(!pci_conf1_bus_answers(2));
	begin(0x02f9, 0x12348086); /* function 0 is not there */
	EXPECT(!pci_conf1_bus_answers(2));
	begin(0xfff8, 0x12348086);
	EXPECT(pci_conf1_bus_answers(0xff));
}
