// SPDX-License-Identifier: MIT
// sources: kernel/core/resource.c kernel/core/region.c kernel/lib/tree.c
/*
 * virtio over MMIO against registers that notice the wrong order or width (virtio 1.2, 4.2.2 and
 * 4.2.3): each behind its selector, a queue's addresses before it is ready, an interrupt that is
 * acknowledged before what it tells of is looked at.
 */
#include "kernel/irq/irq.h"
#include "tests/host/fake_device.h"

#define pr_fmt(fmt) fmt
#include "drivers/virtio/virtio_mmio.c"

#define BASE 0xfeb00000UL
#define SIZE 0x200
#define IRQ  5

/* ---- the device ---- */

static struct {
	u32 magic, version, id, status, selected[2], queue;
	unsigned int resets; /* reads of the status until it is reset */
	bool stuck;
	u64 wanted;
	struct {
		u32 max, num, ready;
		u64 addr[3];
	} queues[2];
	u32 interrupt, generation;
	u64 config;
	unsigned int changes; /* of the configuration, each amid a read of it */
	int notified;
} dev;

static unsigned int callbacks, config_changes, handlers;
static bool strikes_again; /* while the queue is looked at */

static u32 read_config(unsigned int reg)
{
	u32 value = reg == CONFIG ? (u32)dev.config : (u32)(dev.config >> 32);

	if (reg == CONFIG && dev.changes) {
		dev.changes--;
		dev.generation++;
		dev.config += 0x100000001;
	}
	return value;
}

static u64 device_read(unsigned long addr, unsigned int size)
{
	unsigned int reg = (unsigned int)(addr - BASE);

	EXPECT(reg < SIZE && (reg >= CONFIG || (size == 4 && reg % 4 == 0)));
	switch (reg) {
	case MAGIC_VALUE:
		return dev.magic;
	case VERSION:
		return dev.version;
	case DEVICE_ID:
		return dev.id;
	case DEVICE_FEATURES:
		return dev.selected[0] ? 0x80000001 : 0x40000002;
	case QUEUE_NUM_MAX:
		return dev.queue < 2 ? dev.queues[dev.queue].max : 0;
	case QUEUE_READY:
		return dev.queue < 2 ? dev.queues[dev.queue].ready : 0;
	case INTERRUPT_STATUS:
		return dev.interrupt;
	case STATUS:
		if (dev.resets && !--dev.resets)
			dev.status = 0;
		return dev.status;
	case CONFIG_GENERATION:
		return dev.generation;
	default:
		EXPECT(reg >= CONFIG);
		EXPECT(reg % size == 0);
		return size == 4 ? read_config(reg) : (u32)dev.config >> (8 * (reg - CONFIG));
	}
}

static void write_queue(unsigned int reg, u32 value)
{
	unsigned int n = (reg - QUEUE_DESC) / 16, shift = reg % 16 ? 32 : 0;

	EXPECT(n < 3 && !dev.queues[dev.queue].ready);
	dev.queues[dev.queue].addr[n] &= ~(0xffffffffULL << shift);
	dev.queues[dev.queue].addr[n] |= (u64)value << shift;
}

static void device_write(unsigned long addr, unsigned int size, u64 value)
{
	unsigned int reg = (unsigned int)(addr - BASE);

	EXPECT(reg < CONFIG && size == 4 && reg % 4 == 0);
	switch (reg) {
	case DEVICE_FEATURES_SEL:
	case DRIVER_FEATURES_SEL:
		EXPECT(value < 2);
		dev.selected[reg == DRIVER_FEATURES_SEL] = (u32)value;
		break;
	case DRIVER_FEATURES:
		dev.wanted |= value << (dev.selected[1] ? 32 : 0);
		break;
	case QUEUE_SEL:
		dev.queue = (u32)value;
		break;
	case QUEUE_NUM:
		EXPECT(value <= dev.queues[dev.queue].max && !dev.queues[dev.queue].ready);
		dev.queues[dev.queue].num = (u32)value;
		break;
	case QUEUE_READY: /* 4.2.3.2: last of all; and it may strike from now on */
		EXPECT(value == 1 && dev.queues[dev.queue].num && dev.queues[dev.queue].addr[2] &&
		       handlers == 1);
		dev.queues[dev.queue].ready = 1;
		break;
	case QUEUE_NOTIFY:
		dev.notified = (int)value;
		break;
	case INTERRUPT_ACK:
		EXPECT_EQ(value & ~dev.interrupt, 0);
		dev.interrupt &= ~(u32)value;
		break;
	case STATUS:
		if (!value)
			dev.resets = dev.stuck ? 0 : 3;
		else
			dev.status = (u32)value;
		break;
	default:
		write_queue(reg, (u32)value);
	}
}

/* ---- the rest of virtio, and of the kernel ---- */

static struct virtqueue queues[2];
static struct virtio_device *registered;
static int register_result;

int register_virtio_device(struct virtio_device *vdev)
{
	registered = vdev;
	INIT_LIST_HEAD(&vdev->vqs);
	return register_result;
}

const char *virtio_type_name(u16 type)
{
	return type == VIRTIO_ID_RNG ? "rng" : "unknown";
}

void virtio_config_changed(struct virtio_device *vdev)
{
	EXPECT(vdev == registered);
	config_changes++;
}

struct virtqueue *vring_create_virtqueue(struct virtio_device *vdev, u16 index, u16 num,
					 const struct virtqueue_info *info)
{
	struct virtqueue *vq = &queues[index];

	(void)info;
	*vq = (struct virtqueue){ .vdev = vdev, .index = index, .vring.num = num, .irq = -1 };
	list_add_tail(&vq->node, &vdev->vqs);
	return vq;
}

void vring_del_virtqueue(struct virtqueue *vq)
{
	EXPECT(!handlers); /* who looks at it on an interrupt is gone */
	list_del(&vq->node);
}

phys_addr_t virtqueue_desc_addr(const struct virtqueue *vq)
{
	return 0x1234567000 + vq->index;
}

phys_addr_t virtqueue_avail_addr(const struct virtqueue *vq)
{
	return 0x2234567000 + vq->index;
}

phys_addr_t virtqueue_used_addr(const struct virtqueue *vq)
{
	return 0x3234567000 + vq->index;
}

void vring_disable_cb(struct vring *vring)
{
	vring->num |= 0x8000;
}

irqreturn_t vring_interrupt(struct virtqueue *vq)
{
	(void)vq;
	callbacks++;
	if (strikes_again)
		dev.interrupt |= INTERRUPT_QUEUE;
	strikes_again = false;
	return IRQ_HANDLED;
}

static int irq_result;
static irq_handler_t handler;
static void *handler_arg;

int request_irq(int irq, irq_handler_t fn, unsigned long flags, const char *name, void *dev_id)
{
	EXPECT(irq == IRQ && flags == IRQF_SHARED && name);
	handler = fn;
	handler_arg = dev_id;
	handlers += !irq_result;
	return irq_result;
}

void free_irq(int irq, void *dev_id)
{
	EXPECT(irq == IRQ && dev_id == handler_arg);
	handlers--;
}

static unsigned int mapped;

void __iomem *ioremap(phys_addr_t phys, size_t size)
{
	EXPECT(phys == BASE && (size == SIZE || size == CONFIG + 4));
	mapped++;
	return (void __iomem __force *)phys;
}

void iounmap(volatile void __iomem *addr)
{
	EXPECT_EQ(DEVICE_ADDRESS(addr), BASE);
	mapped--;
}

void sleep_ns(u64 ns)
{
	test_clock_ns += ns;
}

/* ---- tests ---- */

static struct resource range = { .start = BASE, .end = BASE + SIZE - 1, .name = "LNRO0005:00" };

static const struct resource *holder(void)
{
	return lookup_resource_deepest(&iomem_resource, BASE, BASE);
}

static bool is_claimed(void)
{
	return holder() != &iomem_resource;
}

static int begin(void)
{
	memset(&dev, 0, sizeof(dev));
	dev.magic = MAGIC;
	dev.version = 2;
	dev.id = VIRTIO_ID_RNG;
	dev.queues[0].max = 64;
	dev.queues[1].max = 1024;
	dev.config = 0x1122334455667788;
	registered = NULL;
	handlers = callbacks = config_changes = 0;
	irq_result = register_result = 0;
	test_log_clear();
	return 0;
}

/* The device goes, as no bus takes it away. */
static void end(void)
{
	const char(*label)[48] = (const void *)holder()->name;

	kfree(container_of(label, struct virtio_mmio_device, label));
	release_mem_region(BASE, SIZE);
	mapped = 0;
}

TEST(what_is_no_device_is_given_back)
{
	for (int i = 0; i < 7; i++) {
		begin();
		dev.magic -= i == 0;
		dev.version = i == 1 ? 0 : i == 2 ? 3 : 2;
		dev.id = i == 3 ? 0 : VIRTIO_ID_RNG;
		register_result = i == 4 ? -EIO : 0;
		range.end = i == 5 ? BASE + CONFIG - 2 : BASE + SIZE - 1;
		if (i == 6)
			EXPECT(request_mem_region(BASE + 0x80, 1, "holder"));
		EXPECT_EQ(virtio_mmio_probe(&range, IRQ), i == 3 ? -ENODEV :
							  i == 4 ? -EIO :
							  i == 6 ? -EBUSY :
								   -EINVAL);
		EXPECT_EQ(is_claimed(), false);
		EXPECT_EQ(mapped, 0);
		if (i == 6)
			release_mem_region(BASE + 0x80, 1);
	}
	range.end = BASE + SIZE - 1;
	begin();
	dev.version = 1;
	EXPECT_EQ(virtio_mmio_probe(&range, IRQ), 0); /* claimed, and left alone */
	EXPECT(!registered && is_claimed());
	EXPECT(test_log_has("rng with the legacy interface only"));
	end();
}

TEST(features_have_two_halves)
{
	begin();
	EXPECT_EQ(virtio_mmio_probe(&range, IRQ), 0);
	EXPECT_EQ(registered->config->get_features(registered), 0x8000000140000002);
	registered->config->set_features(registered, 0x100000020);
	EXPECT_EQ(dev.wanted, 0x100000020);
	registered->config->set_status(registered, 0x0f);
	EXPECT_EQ(registered->config->get_status(registered), 0x0f);
	EXPECT_EQ(registered->config->reset(registered), 0); /* 4.2.2.1: it takes some reads */
	EXPECT_EQ(dev.status, 0);
	end();
}

TEST(a_device_that_does_not_reset)
{
	begin();
	EXPECT_EQ(virtio_mmio_probe(&range, IRQ), 0);
	dev.status = 0x0f;
	dev.stuck = true;
	EXPECT_EQ(registered->config->reset(registered), -EIO);
	EXPECT(test_log_has("does not reset: status 0x0f"));
	end();
}

TEST(queues_are_whole_before_they_are_ready)
{
	static const struct virtqueue_info infos[2];
	struct virtqueue *vqs[2], *vq;

	begin();
	EXPECT_EQ(virtio_mmio_probe(&range, IRQ), 0);
	EXPECT_EQ(registered->config->find_vqs(registered, 2, infos, vqs), 0);
	EXPECT(vqs[0] == &queues[0] && vqs[1] == &queues[1] && handlers == 1);
	EXPECT_EQ(dev.queues[0].num, 64);
	EXPECT_EQ(dev.queues[1].num, VIRTQUEUE_MAX_NUM);
	for (unsigned int i = 0; i < 2; i++) {
		EXPECT_EQ(dev.queues[i].ready, 1);
		EXPECT_EQ(dev.queues[i].addr[0], 0x1234567000 + i);
		EXPECT_EQ(dev.queues[i].addr[1], 0x2234567000 + i);
		EXPECT_EQ(dev.queues[i].addr[2], 0x3234567000 + i);
		EXPECT_EQ(queues[i].irq, IRQ);
	}
	registered->config->notify(vqs[1]);
	EXPECT_EQ(dev.notified, 1);
	registered->config->del_vqs(registered);
	EXPECT_EQ(handlers, 0);
	list_for_each_entry(vq, &registered->vqs, node)
		EXPECT(false);
	registered->config->del_vqs(registered); /* more than once does no harm */
	EXPECT_EQ(handlers, 0);
	end();
}

/* Absent, or still ready: there is none. */
TEST(queues_that_cannot_be)
{
	static const struct virtqueue_info infos[2];
	struct virtqueue *vqs[2];

	for (int i = 0; i < 2; i++) {
		begin();
		EXPECT_EQ(virtio_mmio_probe(&range, IRQ), 0);
		dev.queues[0].max = i ? 3 : 0;
		dev.queues[1].ready = 1;
		EXPECT_EQ(registered->config->find_vqs(registered, 2, infos, vqs), -EINVAL);
		EXPECT(test_log_has(i ? "queue 1 refused: ready after a reset" :
					"queue 0 refused: absent"));
		EXPECT_EQ(dev.queues[0].num, i ? 2 : 0); /* a power of two */
		registered->config->del_vqs(registered);
		end();
	}
}

/* 4.2.2: what came is acknowledged, and nothing else; then it is looked at. */
TEST(interrupts)
{
	static const struct virtqueue_info infos[2];
	struct virtqueue *vqs[2];

	begin();
	EXPECT_EQ(virtio_mmio_probe(&range, IRQ), 0);
	EXPECT_EQ(registered->config->find_vqs(registered, 2, infos, vqs), 0);
	EXPECT_EQ(handler(IRQ, handler_arg), IRQ_NONE); /* somebody else's */
	EXPECT_EQ(callbacks, 0);
	dev.interrupt = INTERRUPT_QUEUE;
	strikes_again = true;
	EXPECT_EQ(handler(IRQ, handler_arg), IRQ_HANDLED);
	EXPECT_EQ(callbacks, 2); /* it does not say which */
	EXPECT_EQ(dev.interrupt, INTERRUPT_QUEUE);
	EXPECT_EQ(handler(IRQ, handler_arg), IRQ_HANDLED);
	EXPECT_EQ(callbacks, 4);
	EXPECT_EQ(config_changes, 0);
	dev.interrupt = INTERRUPT_CONFIG;
	EXPECT_EQ(handler(IRQ, handler_arg), IRQ_HANDLED);
	EXPECT_EQ(config_changes, 1);
	EXPECT(callbacks == 4 && !dev.interrupt);
	registered->config->del_vqs(registered);
	end();
}

TEST(without_an_interrupt_queues_are_polled)
{
	static const struct virtqueue_info infos[1];
	struct virtqueue *vqs[1];

	begin();
	irq_result = -EBUSY;
	EXPECT_EQ(virtio_mmio_probe(&range, IRQ), 0);
	handlers = 1; /* nobody is to be told that it strikes */
	EXPECT_EQ(registered->config->find_vqs(registered, 1, infos, vqs), 0);
	EXPECT(test_log_has("no interrupt (EBUSY): its queues are polled"));
	EXPECT(vqs[0]->irq < 0 && vqs[0]->vring.num & 0x8000);
	handlers = 0;
	registered->config->del_vqs(registered); /* no handler is taken back */
	EXPECT_EQ(handlers, 0);
	end();
}

/* 4.2.2.2: fields of their own width; what is longer than a register is of one generation. */
TEST(configuration)
{
	u64 value = 0;

	begin();
	EXPECT_EQ(virtio_mmio_probe(&range, IRQ), 0);
	EXPECT_EQ(registered->config->get(registered, 0, &value, 1), 0);
	EXPECT_EQ(value, 0x88);
	EXPECT_EQ(registered->config->get(registered, 2, &value, 2), 0);
	EXPECT_EQ(value, 0x5566);
	EXPECT_EQ(registered->config->get(registered, 4, &value, 4), 0);
	EXPECT_EQ(value, 0x11223344);
	dev.changes = 3;
	EXPECT_EQ(registered->config->get(registered, 0, &value, 8), 0);
	EXPECT_EQ(value, 0x112233445566778bULL + 0x300000000);
	dev.changes = 1000;
	EXPECT_EQ(registered->config->get(registered, 0, &value, 8), -EIO);
	EXPECT(test_log_has("configuration field 0x0 never stands still"));
	EXPECT_EQ(registered->config->get(registered, SIZE - CONFIG - 4, &value, 8), -EINVAL);
	EXPECT_EQ(registered->config->get(registered, 0xfffffffc, &value, 4), -EINVAL);
	EXPECT_EQ(registered->config->get(registered, 0, &value, 3), -EINVAL);
	end();
}
