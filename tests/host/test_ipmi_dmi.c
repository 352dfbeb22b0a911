// SPDX-License-Identifier: MIT
// sources: drivers/firmware/ipmi_dmi.c kernel/lib/tree.c kernel/core/region.c kernel/core/resource.c
/* IPMI interfaces of SMBIOS, as registers. */
#include "drivers/firmware/ipmi_dmi.h"
#include "mm/slab.h"
#include "tests/host/table_builder.h"

static const struct dmi_header *the_structure;

void dmi_walk(void (*fn)(const struct dmi_header *dm, void *arg), void *arg)
{
	fn(the_structure, arg);
}

/* DSP0134 3.6, 7.39; of `length` bytes. */
static const struct dmi_header *ipmi(struct builder *b, u8 length, u8 type, u64 base, u8 modifier)
{
	b->n = 0;
	put(b, 38, 1);
	put(b, length, 1);
	put(b, 0, 2);
	put(b, type, 1);
	put(b, 0x20, 1);
	put(b, 0x20, 1);
	put(b, 0xff, 1);
	put(b, base, 8);
	put(b, modifier, 1);
	put(b, 5, 1);
	return (const struct dmi_header *)b->bytes;
}

TEST(kcs_in_ports_as_qemu_tells)
{
	struct resource r[IPMI_MAX_REGISTERS];
	struct builder b;

	EXPECT_EQ(ipmi_dmi_registers(ipmi(&b, 18, 1, 0xca3, 0x00), r), 2);
	EXPECT_EQ(r[0].start, 0xca2);
	EXPECT_EQ(r[0].end, 0xca2);
	EXPECT_EQ(r[0].flags, (unsigned long)IORESOURCE_IO);
	EXPECT_STR(r[0].name, "IPMI Address 1");
	EXPECT_EQ(r[1].start, 0xca3);
	EXPECT_STR(r[1].name, "IPMI Address 2");
	EXPECT_EQ(ipmi_dmi_registers(ipmi(&b, 18, 3, 0xe5, 0x00), r), 3);
	EXPECT_EQ(r[2].start, 0xe6);
}

TEST(spacing_and_memory)
{
	struct resource r[IPMI_MAX_REGISTERS];
	struct builder b;

	EXPECT_EQ(ipmi_dmi_registers(ipmi(&b, 18, 2, 0xfe000000, 0x50), r), 2);
	EXPECT_EQ(r[0].start, 0xfe000001);
	EXPECT_EQ(r[1].start, 0xfe000005);
	EXPECT_EQ(r[0].flags, (unsigned long)IORESOURCE_MEM);
	EXPECT_EQ(ipmi_dmi_registers(ipmi(&b, 18, 1, 0xfe000000, 0x80), r), 2);
	EXPECT_EQ(r[1].start, 0xfe000010);
	EXPECT_EQ(ipmi_dmi_registers(ipmi(&b, 18, 1, 0xca3, 0xc0), r), 0);
	/* The older form: ports, side by side, whatever lies behind it. */
	EXPECT_EQ(ipmi_dmi_registers(ipmi(&b, 16, 1, 0xca2, 0x90), r), 2);
	EXPECT_EQ(r[0].start, 0xca2);
	EXPECT_EQ(r[1].start, 0xca3);
	EXPECT_EQ(r[0].flags, (unsigned long)IORESOURCE_IO);
}

TEST(what_is_no_interface)
{
	struct resource r[IPMI_MAX_REGISTERS];
	struct builder b;

	EXPECT_EQ(ipmi_dmi_registers(ipmi(&b, 15, 1, 0xca3, 0), r), 0);
	EXPECT_EQ(ipmi_dmi_registers(ipmi(&b, 18, 1, 0, 0), r), 0);
	EXPECT(test_log_has("not one that is known"));
	EXPECT_EQ(ipmi_dmi_registers(ipmi(&b, 18, 4, 0x20, 0), r), 0); /* I2C */
	EXPECT_EQ(ipmi_dmi_registers(ipmi(&b, 18, 9, 0xca3, 0), r), 0);
	ipmi(&b, 18, 1, 0xca3, 0);
	b.bytes[0] = 39;
	EXPECT_EQ(ipmi_dmi_registers((const struct dmi_header *)b.bytes, r), 0);
}

TEST(all_registers_or_none)
{
	struct resource *first, *second;
	struct builder b;

	the_structure = ipmi(&b, 18, 1, 0xffff, 0x40); /* the second would be port 0x10002 */
	ipmi_dmi_init();
	EXPECT(!ioport_resource.children.node);
	EXPECT(test_log_has("cuts across"));

	the_structure = ipmi(&b, 18, 1, 0xca3, 0);
	ipmi_dmi_init();
	first = lookup_resource_deepest(&ioport_resource, 0xca2, 0xca2);
	second = lookup_resource_deepest(&ioport_resource, 0xca3, 0xca3);
	EXPECT_STR(first->name, "IPMI Address 1");
	EXPECT_STR(second->name, "IPMI Address 2");
	EXPECT(!(first->flags & IORESOURCE_BUSY));
	release_resource(first);
	release_resource(second);
	kfree(first);
}
