// SPDX-License-Identifier: MIT
/*
 * The virtio-mmio transport: the core's verbs in terms of registers (virtio 1.2, 4.2.2).
 *
 * All registers are of 32 bits; the configuration lies behind them, to the range's end.
 * Only version 2 is spoken: version 1, the legacy interface, is claimed and left alone.
 */
#include "drivers/virtio/virtio_mmio.h"
#include "drivers/virtio/virtio_ring.h"
#include "kernel/lib/errno.h"
#include "kernel/sched/timeout.h"
#include "mm/io.h"
#include "mm/ioremap.h"
#include "mm/slab.h"

enum {
	MAGIC_VALUE = 0x000,
	VERSION = 0x004,
	DEVICE_ID = 0x008,
	DEVICE_FEATURES = 0x010,
	DEVICE_FEATURES_SEL = 0x014,
	DRIVER_FEATURES = 0x020,
	DRIVER_FEATURES_SEL = 0x024,
	QUEUE_SEL = 0x030,
	QUEUE_NUM_MAX = 0x034,
	QUEUE_NUM = 0x038,
	QUEUE_READY = 0x044,
	QUEUE_NOTIFY = 0x050,
	INTERRUPT_STATUS = 0x060,
	INTERRUPT_ACK = 0x064,
	STATUS = 0x070,
	QUEUE_DESC = 0x080, /* each of two words, the low one first */
	QUEUE_DRIVER = 0x090,
	QUEUE_DEVICE = 0x0a0,
	CONFIG_GENERATION = 0x0fc,
	CONFIG = 0x100,
};

#define MAGIC		      0x74726976 /* "virt" */
#define VERSION_LEGACY	      1
#define VERSION_MODERN	      2
#define INTERRUPT_QUEUE	      BIT(0)
#define INTERRUPT_CONFIG      BIT(1)
#define RESET_USEC	      1000000 /* as virtio-pci's: a device that needs more is gone */
#define GENERATION_LOOP	      16
#define vm_warn(vm, fmt, ...) pr_warn("virtio-mmio %s: " fmt, (vm)->name, ##__VA_ARGS__)

struct virtio_mmio_device {
	struct virtio_device vdev;
	const char *name; /* the range's */
	phys_addr_t start;
	unsigned long size;
	void __iomem *base;
	int irq;	/* below 0: none */
	bool irq_held;	/* our handler is there */
	char label[48]; /* "LNRO0005:00 LNRO0005:00", as Linux names the claim */
};

static struct virtio_mmio_device *to_vm(struct virtio_device *vdev)
{
	return container_of(vdev, struct virtio_mmio_device, vdev);
}

static u32 vm_read(const struct virtio_mmio_device *vm, unsigned int reg)
{
	return readl(vm->base + reg);
}

static void vm_write(struct virtio_mmio_device *vm, unsigned int reg, u32 value)
{
	writel(value, vm->base + reg);
}

static u8 vm_get_status(struct virtio_device *vdev)
{
	return (u8)vm_read(to_vm(vdev), STATUS);
}

static void vm_set_status(struct virtio_device *vdev, u8 status)
{
	vm_write(to_vm(vdev), STATUS, status);
}

static int vm_reset(struct virtio_device *vdev)
{
	struct virtio_mmio_device *vm = to_vm(vdev);

	vm_write(vm, STATUS, 0);
	if (poll_sleeping(vm_read(vm, STATUS) == 0, RESET_USEC))
		return 0;
	vm_warn(vm, "does not reset: status 0x%02x\n", vm_read(vm, STATUS));
	return -EIO;
}

static u64 vm_get_features(struct virtio_device *vdev)
{
	struct virtio_mmio_device *vm = to_vm(vdev);
	u64 features;

	vm_write(vm, DEVICE_FEATURES_SEL, 1);
	features = (u64)vm_read(vm, DEVICE_FEATURES) << 32;
	vm_write(vm, DEVICE_FEATURES_SEL, 0);
	return features | vm_read(vm, DEVICE_FEATURES);
}

static void vm_set_features(struct virtio_device *vdev, u64 features)
{
	struct virtio_mmio_device *vm = to_vm(vdev);

	vm_write(vm, DRIVER_FEATURES_SEL, 1);
	vm_write(vm, DRIVER_FEATURES, (u32)(features >> 32));
	vm_write(vm, DRIVER_FEATURES_SEL, 0);
	vm_write(vm, DRIVER_FEATURES, (u32)features);
}

/* 2.5.3: two halves belong together when the generation stood still around them. */
static int vm_get_u64(struct virtio_mmio_device *vm, unsigned int reg, u64 *value)
{
	for (int i = 0; i < GENERATION_LOOP; i++) {
		u32 generation = vm_read(vm, CONFIG_GENERATION);

		*value = vm_read(vm, reg) | (u64)vm_read(vm, reg + 4) << 32;
		if (vm_read(vm, CONFIG_GENERATION) == generation)
			return 0;
	}
	vm_warn(vm, "configuration field 0x%x never stands still\n", reg - CONFIG);
	return -EIO;
}

static int vm_get(struct virtio_device *vdev, unsigned int offset, void *buf, unsigned int len)
{
	struct virtio_mmio_device *vm = to_vm(vdev);

	if ((u64)CONFIG + offset + len > vm->size) {
		vm_warn(vm, "no configuration field at 0x%x: there are 0x%lx bytes\n", offset,
			vm->size - CONFIG);
		return -EINVAL;
	}
	switch (len) {
	case 1:
		*(u8 *)buf = readb(vm->base + CONFIG + offset);
		return 0;
	case 2:
		*(u16 *)buf = readw(vm->base + CONFIG + offset);
		return 0;
	case 4:
		*(u32 *)buf = vm_read(vm, CONFIG + offset);
		return 0;
	case 8:
		return vm_get_u64(vm, CONFIG + offset, buf);
	}
	return -EINVAL;
}

static irqreturn_t vm_interrupt(int irq, void *dev_id)
{
	struct virtio_mmio_device *vm = dev_id;
	u32 status = vm_read(vm, INTERRUPT_STATUS);
	struct virtqueue *vq;

	(void)irq;
	if (!status)
		return IRQ_NONE; /* whoever shares it */
	vm_write(vm, INTERRUPT_ACK, status);
	if (status & INTERRUPT_CONFIG)
		virtio_config_changed(&vm->vdev);
	if (status & INTERRUPT_QUEUE)
		list_for_each_entry(vq, &vm->vdev.vqs, node)
			vring_interrupt(vq);
	return IRQ_HANDLED;
}

static void vm_queue_address(struct virtio_mmio_device *vm, unsigned int reg, phys_addr_t addr)
{
	vm_write(vm, reg, (u32)addr);
	vm_write(vm, reg + 4, (u32)(addr >> 32));
}

/* 4.2.3.2: one queue, made and told to the device, but not ready yet. */
static struct virtqueue *vm_setup_vq(struct virtio_mmio_device *vm, u16 index,
				     const struct virtqueue_info *info)
{
	struct virtqueue *vq;
	u32 most, num;

	vm_write(vm, QUEUE_SEL, index);
	most = vm_read(vm, QUEUE_NUM_MAX);
	if (!most || vm_read(vm, QUEUE_READY)) {
		vm_warn(vm, "queue %u refused: %s\n", index,
			most ? "ready after a reset" : "absent");
		return NULL;
	}
	for (num = VIRTQUEUE_MAX_NUM; num > most; num /= 2)
		;
	vq = vring_create_virtqueue(&vm->vdev, index, (u16)num, info);
	if (!vq) {
		vm_warn(vm, "no memory for queue %u of %u entries\n", index, num);
		return NULL;
	}
	vm_write(vm, QUEUE_NUM, num);
	vm_queue_address(vm, QUEUE_DESC, virtqueue_desc_addr(vq));
	vm_queue_address(vm, QUEUE_DRIVER, virtqueue_avail_addr(vq));
	vm_queue_address(vm, QUEUE_DEVICE, virtqueue_used_addr(vq));
	return vq;
}

/* The interrupt for all queues; without one they are polled. */
static void vm_request_irq(struct virtio_mmio_device *vm)
{
	struct virtqueue *vq;
	int ret = vm->irq;

	if (ret >= 0)
		ret = request_irq(vm->irq, vm_interrupt, IRQF_SHARED, vm->vdev.name, vm);
	vm->irq_held = ret == 0;
	if (ret)
		vm_warn(vm, "no interrupt (%s): its queues are polled\n", error_name(ret));
	list_for_each_entry(vq, &vm->vdev.vqs, node) {
		if (ret)
			vring_disable_cb(&vq->vring);
		else
			vq->irq = vm->irq;
	}
}

static int vm_find_vqs(struct virtio_device *vdev, unsigned int n,
		       const struct virtqueue_info *info, struct virtqueue **vqs)
{
	struct virtio_mmio_device *vm = to_vm(vdev);

	for (unsigned int i = 0; i < n; i++) {
		vqs[i] = vm_setup_vq(vm, (u16)i, &info[i]);
		if (!vqs[i])
			return -EINVAL;
	}
	vm_request_irq(vm);
	for (unsigned int i = 0; i < n; i++) {
		vm_write(vm, QUEUE_SEL, i);
		vm_write(vm, QUEUE_READY, 1);
	}
	return 0;
}

/* The device has been reset, so nothing is written to what goes here. */
static void vm_del_vqs(struct virtio_device *vdev)
{
	struct virtio_mmio_device *vm = to_vm(vdev);
	struct virtqueue *vq, *next;

	if (vm->irq_held)
		free_irq(vm->irq, vm);
	vm->irq_held = false;
	list_for_each_entry_safe(vq, next, &vdev->vqs, node)
		vring_del_virtqueue(vq);
}

static void vm_notify(struct virtqueue *vq)
{
	vm_write(to_vm(vq->vdev), QUEUE_NOTIFY, vq->index);
}

static const char *vm_bus_name(struct virtio_device *vdev)
{
	return to_vm(vdev)->name;
}

static const struct virtio_config_ops virtio_mmio_config_ops = {
	.get_status = vm_get_status,
	.set_status = vm_set_status,
	.reset = vm_reset,
	.get_features = vm_get_features,
	.set_features = vm_set_features,
	.get = vm_get,
	.find_vqs = vm_find_vqs,
	.del_vqs = vm_del_vqs,
	.notify = vm_notify,
	.bus_name = vm_bus_name,
};

/* Claimed and mapped: what is it? */
static int vm_identify(struct virtio_mmio_device *vm)
{
	u32 magic = vm_read(vm, MAGIC_VALUE), version = vm_read(vm, VERSION);
	u32 id = vm_read(vm, DEVICE_ID);

	if (magic != MAGIC || version < VERSION_LEGACY || version > VERSION_MODERN) {
		vm_warn(vm, "no virtio device: magic 0x%08x, version %u\n", magic, version);
		return -EINVAL;
	}
	if (!id) /* 4.2.2: a place where none is plugged in */
		return -ENODEV;
	vm->vdev.type = (u16)id;
	vm->vdev.config = &virtio_mmio_config_ops;
	if (version == VERSION_MODERN)
		return register_virtio_device(&vm->vdev);
	pr_info("virtio-mmio %s: %s with the legacy interface only: left alone\n", vm->name,
		virtio_type_name(vm->vdev.type));
	return 0;
}

static int vm_map(struct virtio_mmio_device *vm)
{
	if (vm->size < CONFIG) {
		vm_warn(vm, "0x%lx bytes are no virtio device\n", vm->size);
		return -EINVAL;
	}
	snprintf(vm->label, sizeof(vm->label), "%s %s", vm->name, vm->name);
	if (!request_mem_region(vm->start, vm->size, vm->label))
		return -EBUSY;
	vm->base = ioremap(vm->start, vm->size);
	if (vm->base)
		return 0;
	release_mem_region(vm->start, vm->size);
	return -ENOMEM;
}

int virtio_mmio_probe(const struct resource *range, int irq)
{
	struct virtio_mmio_device *vm = kzalloc(sizeof(*vm), GFP_KERNEL);
	int ret;

	if (!vm)
		return -ENOMEM;
	vm->name = range->name;
	vm->start = range->start;
	vm->size = resource_size(range);
	vm->irq = irq;
	ret = vm_map(vm);
	if (ret)
		goto err;
	ret = vm_identify(vm);
	if (!ret)
		return 0;
	iounmap(vm->base);
	release_mem_region(vm->start, vm->size);
err:
	kfree(vm);
	return ret;
}
