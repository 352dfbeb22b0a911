// SPDX-License-Identifier: MIT
// sources: drivers/virtio/virtio_mmio_find.c kernel/core/cmdline.c kernel/core/resource.c kernel/core/region.c kernel/lib/tree.c
/* Which virtio-mmio devices there are: of the namespace, then of the command line, and on which interrupts. */
#include "drivers/acpi/device.h"
#include "drivers/virtio/virtio_mmio.h"
#include "kernel/core/cmdline.h"
#include "kernel/irq/irq.h"
#include "kernel/irq/routing.h"
#include "mm/slab.h"
#include "tests/host/test.h"

struct list_head acpi_devices = LIST_HEAD_INIT(acpi_devices);
struct irq_routing irq_routing;

#define NODE(n) ((struct aml_node *)(0x1000UL + (n)))

/* Nodes below 0x10 are such devices. */
bool acpi_node_matches(struct aml_node *node, const char *const *ids)
{
	EXPECT(!strcmp(ids[0], "LNRO0005") && !ids[1]);
	return node < NODE(0x10);
}

/* Node n has GSI n, level, active low; 9 has none. */
int acpi_device_interrupt(const struct acpi_device *dev, u32 *gsi, bool *level, bool *active_low)
{
	*gsi = (u32)((unsigned long)dev->node - (unsigned long)NODE(0));
	*level = *active_low = true;
	return dev->node == NODE(9) ? -ENOENT : 0;
}

static struct line {
	u32 gsi;
	bool level, active_low;
} line; /* that was asked for last */

int gsi_to_irq(u32 gsi, bool level, bool active_low)
{
	line = (struct line){ gsi, level, active_low };
	return (int)gsi + 100;
}

static struct probed {
	u64 start, end;
	int irq;
	char name[24];
	struct resource *told; /* by the command line: it is in the register */
} probed[8];
static unsigned int nr_probed;

int virtio_mmio_probe(const struct resource *range, int irq)
{
	struct probed *p = &probed[nr_probed++];

	*p = (struct probed){ range->start, range->end, irq, "",
			      range->parent == &iomem_resource ? (struct resource *)range : NULL };
	strscpy(p->name, range->name, sizeof(p->name));
	return 0;
}

static void find(const char *words)
{
	strscpy(boot_command_line, words, COMMAND_LINE_SIZE);
	nr_probed = 0;
	virtio_mmio_init();
	for (unsigned int i = 0; i < nr_probed; i++) {
		if (!probed[i].told)
			continue;
		remove_resource(probed[i].told);
		kfree(probed[i].told); /* it begins the memory that has its name, too */
	}
}

TEST(words_are_read_as_linux_reads_them)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(irq_routing.isa); i++)
		irq_routing.isa[i].gsi = i;
	find("virtio_mmio.device=512@0xfeb00e00:20 quiet virtio_mmio.device=4K@0xd0000000:0x17:7");
	ASSERT(nr_probed == 2);
	EXPECT(probed[0].start == 0xfeb00e00 && probed[0].end == 0xfeb00fff);
	EXPECT(probed[0].told && probed[0].irq == 120);
	EXPECT_STR(probed[0].name, "virtio-mmio.0");
	EXPECT(probed[1].start == 0xd0000000 && probed[1].end == 0xd0000fff);
	EXPECT_EQ(probed[1].irq, 0x17 + 100);
	EXPECT_STR(probed[1].name, "virtio-mmio.1");
	EXPECT(line.level && !line.active_low); /* as Linux has them */
}

/* One that is refused has no number, and costs none of the others. */
TEST(words_that_are_no_device)
{
	static const char *const bad[] = {
		"512",
		"@0x1000:5",
		"512@:5",
		"512@0x1000",
		"512@0x1000:",
		"512@0x1000:5x",
		"0@0x1000:5",
		"2@~0:5",
		"512@0x1000:99999",
		"512:0x1000:5",
		"0x100000@0xfffffffffffffff0:5",
	};
	char words[128];

	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(words, sizeof(words),
			 "virtio_mmio.device=%s virtio_mmio.device=512@0x10000:20", bad[i]);
		find(words);
		ASSERT(nr_probed == 1);
		EXPECT_STR(probed[0].name, "virtio-mmio.0");
		snprintf(words, sizeof(words), "virtio-mmio: %s is not SIZE@BASE:IRQ", bad[i]);
		EXPECT(test_log_has(words));
	}
}

TEST(a_device_across_another_is_refused_by_name)
{
	find("virtio_mmio.device=4K@0x10000:20 virtio_mmio.device=4K@0x10800:21");
	EXPECT_EQ(nr_probed, 1);
	EXPECT(test_log_has("virtio-mmio: virtio-mmio.1 [mem 0x00010800-0x000117ff] cuts across "
			    "virtio-mmio.0 [mem 0x00010000-0x00010fff]"));
}

/* An irq of the ISA bus is where, and as, firmware wired it. */
TEST(isa_interrupts_are_where_they_were_routed)
{
	irq_routing.isa[5] =
		(struct isa_irq_override){ .gsi = 21, .level = true, .active_low = true };
	irq_routing.isa[6].absent = true;
	find("virtio_mmio.device=512@0x10000:5 virtio_mmio.device=512@0x20000:6 virtio_mmio.device=512@0x30000:15");
	ASSERT(nr_probed == 3);
	EXPECT_EQ(probed[0].irq, 121);
	EXPECT_EQ(probed[1].irq, -ENODEV);
	EXPECT_EQ(probed[2].irq, 115);
	EXPECT(line.gsi == 15 && !line.level);
	find("virtio_mmio.device=512@0x10000:5");
	EXPECT(line.level && line.active_low);
	find("virtio_mmio.device=512@0x10000:16"); /* the first that is none of the bus's */
	EXPECT(line.gsi == 16 && line.level && !line.active_low);
}

TEST(devices_of_the_namespace)
{
	struct resource memory[] = {
		{ .name = "a", .start = 0x1000, .end = 0x11ff, .flags = IORESOURCE_MEM },
		{ .name = "b", .start = 0x2000, .end = 0x21ff, .flags = IORESOURCE_MEM },
		{ .name = "port", .start = 0x60, .end = 0x60, .flags = IORESOURCE_IO },
	};
	struct acpi_device devices[] = {
		{ .node = NODE(3), .nr_resources = 1, .resources = &memory[0] },
		{ .node = NODE(0x20), .nr_resources = 1, .resources = &memory[1] }, /* another's */
		{ .node = NODE(4), .nr_resources = 0 },
		{ .node = NODE(5), .nr_resources = 1, .resources = &memory[2] },
		{ .node = NODE(9), .nr_resources = 1, .resources = &memory[1] },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(devices); i++)
		list_add_tail(&devices[i].list, &acpi_devices);
	find("");
	for (unsigned int i = 0; i < ARRAY_SIZE(devices); i++)
		list_del(&devices[i].list);
	ASSERT(nr_probed == 2);
	EXPECT_STR(probed[0].name, "a");
	EXPECT_EQ(probed[0].irq, 103);
	EXPECT_STR(probed[1].name, "b");
	EXPECT_EQ(probed[1].irq, -ENODEV);
}
