// SPDX-License-Identifier: MIT
// sources: drivers/virtio/virtio_pci_cap.c
/*
 * The registers of a modern virtio-pci function against one that notices the wrong order (virtio 1.2, 4.1.4.3 and
 * 4.1.5.1): a selector that is stale, a queue that is enabled before all of it is told or changed after that, vectors before
 * MSI-X is on or not read back, a reset that is not waited for, halves of two generations.
 */
#include "drivers/virtio/virtio_pci.h"
#include "drivers/virtio/virtio_ring.h"
#include "mm/iomap.h"
#include "tests/host/test.h"

#include "drivers/virtio/virtio_pci_irq.c"
#include "drivers/virtio/virtio_pci_modern.c"
#include "drivers/virtio/virtio_pci_modern_dev.c"

/* ---- the function ---- */

#define COMMON	  0x1000000UL
#define CONFIG	  0x1001000UL
#define AT(field) offsetof(struct virtio_pci_common_cfg, field)
#define QUEUES	  2

static struct queue {
	u16 size, vector;
	bool enabled;
	u32 address[6]; /* desc, driver, device: low and high */
	bool told[6];
} queues[QUEUES];

static struct {
	u32 select[2]; /* of the device's features, and of the driver's */
	u64 features, accepted;
	u16 queue, config_vector, vectors; /* as many has MSI-X, as the device takes it */
	u8 status, busy;		   /* so many reads after a reset show it */
	bool msix, unread;		   /* a vector was written and not read back */
	u8 generation;
	u64 config;
	bool moving; /* config changes between two reads */
} fn;

static struct queue *selected(void)
{
	static struct queue none;

	return fn.queue < QUEUES ? &queues[fn.queue] : &none;
}

static u32 read_config(unsigned long offset)
{
	u32 half = (u32)(fn.config >> offset * 8);

	if (fn.moving) {
		fn.config += 0x100000001;
		fn.generation++;
		fn.moving = false;
	}
	return half;
}

static u64 read_register(unsigned long addr, unsigned int size)
{
	if (addr >= CONFIG)
		return read_config(addr - CONFIG);
	switch (addr - COMMON) {
	case AT(device_feature):
		EXPECT_EQ(size, 4);
		return (u32)(fn.features >> fn.select[0] * 32);
	case AT(num_queues):
		return QUEUES;
	case AT(device_status):
		EXPECT_EQ(size, 1);
		if (fn.busy && !--fn.busy)
			fn.status = 0;
		return fn.status;
	case AT(config_generation):
		return fn.generation;
	case AT(config_msix_vector):
		fn.unread = false;
		return fn.config_vector;
	case AT(queue_msix_vector):
		fn.unread = false;
		return selected()->vector;
	case AT(queue_size):
		return selected()->size;
	case AT(queue_enable):
		return selected()->enabled;
	}
	EXPECT_EQ(addr - COMMON, AT(queue_notify_off));
	return 0;
}

/* 4.1.5.1.2.1: one that it has no room for reads back as none. */
static u16 vector(u32 value)
{
	EXPECT(fn.msix && !fn.unread);
	fn.unread = true;
	return value < fn.vectors ? (u16)value : VIRTIO_MSI_NO_VECTOR;
}

static void enable(struct queue *q)
{
	EXPECT(!q->enabled && !fn.unread);
	for (unsigned int i = 0; i < 6; i++)
		EXPECT(q->told[i]);
	EXPECT(!fn.msix || q->vector != VIRTIO_MSI_NO_VECTOR);
	q->enabled = true;
}

static void write_register(u32 value, unsigned long addr, unsigned int size)
{
	struct queue *q = selected();
	unsigned long reg = addr - COMMON;

	if (reg >= AT(queue_size))
		EXPECT(!q->enabled); /* all else is fixed by it */
	if (reg >= AT(queue_desc_lo)) {
		EXPECT_EQ(size, 4); /* 4.1.3.1 */
		q->address[(reg - AT(queue_desc_lo)) / 4] = value;
		q->told[(reg - AT(queue_desc_lo)) / 4] = true;
		return;
	}
	switch (reg) {
	case AT(device_feature_select):
		fn.select[0] = value;
		return;
	case AT(driver_feature_select):
		fn.select[1] = value;
		return;
	case AT(driver_feature):
		fn.accepted |= (u64)value << fn.select[1] * 32;
		return;
	case AT(device_status):
		EXPECT_EQ(size, 1);
		fn.status = value ? (u8)value : fn.status;
		fn.busy = value ? 0 : 4;
		return;
	case AT(config_msix_vector):
		fn.config_vector = vector(value);
		return;
	case AT(queue_select):
		fn.queue = (u16)value;
		return;
	case AT(queue_size):
		q->size = (u16)value;
		return;
	case AT(queue_msix_vector):
		q->vector = vector(value);
		return;
	}
	EXPECT_EQ(reg, AT(queue_enable));
	EXPECT_EQ(value, 1);
	enable(q);
}

#define DEFINE_ACCESS(bits, type)                                              \
	type ioread##bits(const volatile void __iomem *addr)                   \
	{                                                                      \
		return (type)read_register((unsigned long)addr, sizeof(type)); \
	}                                                                      \
	void iowrite##bits(type value, volatile void __iomem *addr)            \
	{                                                                      \
		write_register((u32)value, (unsigned long)addr, sizeof(type)); \
	}
DEFINE_ACCESS(8, u8)
DEFINE_ACCESS(16, u16)
DEFINE_ACCESS(32, u32)

/* ---- the rest of the machine ---- */

static struct pci_dev pci_dev = { .name = "0000:00:03.0", .msix_cap = 0x98 };
static struct virtio_pci_device vp;
static struct virtqueue vqs_made[QUEUES];
static unsigned int made, handlers, masters;

bool pci_device_is_present(const struct pci_dev *dev)
{
	return dev == &pci_dev;
}

void pci_report_gone(const struct pci_dev *dev)
{
	(void)dev;
}

void pci_clear_master(struct pci_dev *dev)
{
	(void)dev;
	masters--;
}

void sleep_ns(u64 ns)
{
	test_clock_ns += ns;
}

void __iomem *pci_iomap_range(struct pci_dev *dev, int nr, unsigned long offset, unsigned long max)
{
	(void)dev;
	(void)nr;
	(void)offset;
	(void)max;
	return NULL;
}

void pci_iounmap(struct pci_dev *dev, void __iomem *addr)
{
	(void)dev;
	(void)addr;
}

int pci_request_selected_regions(struct pci_dev *dev, int mask, const char *name)
{
	(void)dev;
	(void)mask;
	(void)name;
	return 0;
}

void pci_release_selected_regions(struct pci_dev *dev, int mask)
{
	(void)dev;
	(void)mask;
}

u8 pci_find_capability(const struct pci_dev *dev, u8 id)
{
	(void)dev;
	(void)id;
	return 0;
}

int pci_read_config_dword(const struct pci_dev *dev, int where, u32 *value)
{
	(void)dev;
	(void)where;
	*value = 0;
	return 0;
}

int pci_enable_msix(struct pci_dev *dev, unsigned int count)
{
	(void)dev;
	(void)count;
	fn.msix = true;
	return 0;
}

void pci_disable_msix(struct pci_dev *dev)
{
	(void)dev;
	EXPECT_EQ(handlers, 0);
	fn.msix = false;
}

int pci_irq_vector(const struct pci_dev *dev, unsigned int n)
{
	(void)dev;
	return 40 + (int)n;
}

int pci_intx_irq(struct pci_dev *dev)
{
	(void)dev;
	return 11;
}

int request_irq(int irq, irq_handler_t handler, unsigned long flags, const char *name, void *dev_id)
{
	(void)irq;
	(void)flags;
	EXPECT(handler && name && dev_id);
	handlers++;
	return 0;
}

void free_irq(int irq, void *dev_id)
{
	(void)irq;
	(void)dev_id;
	handlers--;
}

void virtio_config_changed(struct virtio_device *vdev)
{
	(void)vdev;
}

irqreturn_t vring_interrupt(struct virtqueue *vq)
{
	(void)vq;
	return IRQ_HANDLED;
}

void vring_disable_cb(struct vring *vr)
{
	(void)vr;
}

struct virtqueue *vring_create_virtqueue(struct virtio_device *vdev, u16 index, u16 num,
					 const struct virtqueue_info *info)
{
	struct virtqueue *vq = &vqs_made[made++];

	*vq = (struct virtqueue){ .vdev = vdev, .index = index, .info = *info, .irq = -1 };
	vq->vring.num = num;
	vq->msix_vector = VIRTIO_MSI_NO_VECTOR;
	list_add_tail(&vq->node, &vdev->vqs);
	return vq;
}

void vring_del_virtqueue(struct virtqueue *vq)
{
	EXPECT_EQ(handlers, 0); /* nobody is told of it any more */
	list_del_init(&vq->node);
}

phys_addr_t virtqueue_desc_addr(const struct virtqueue *vq)
{
	return 0x100001000 + vq->index;
}

phys_addr_t virtqueue_avail_addr(const struct virtqueue *vq)
{
	return 0x200002000 + vq->index;
}

phys_addr_t virtqueue_used_addr(const struct virtqueue *vq)
{
	return 0x300003000 + vq->index;
}

static const struct virtqueue_info infos[QUEUES] = { { "one", NULL }, { "two", NULL } };

/* A function after its reset, with as many vectors. */
static void prepare(u16 vectors)
{
	memset(&fn, 0, sizeof(fn));
	memset(queues, 0, sizeof(queues));
	memset(&vp, 0, sizeof(vp));
	vp.pci_dev = vp.mdev.pci_dev = &pci_dev;
	vp.mdev.common = (void *)COMMON;
	vp.mdev.device = (void *)CONFIG;
	vp.mdev.device_len = 64;
	vp.mdev.notify_base = (void *)0x1002000UL;
	vp.mdev.notify_cap.length = 0x1000;
	vp.intx_irq = -1;
	INIT_LIST_HEAD(&vp.vdev.vqs);
	made = handlers = 0;
	masters = 1;
	fn.vectors = vectors;
	fn.config_vector = VIRTIO_MSI_NO_VECTOR;
	fn.queue = 7; /* somebody's before */
	for (unsigned int i = 0; i < QUEUES; i++)
		queues[i] = (struct queue){ .size = 256, .vector = VIRTIO_MSI_NO_VECTOR };
}

static int find(void)
{
	struct virtqueue *vqs[QUEUES];

	return virtio_pci_config_ops.find_vqs(&vp.vdev, QUEUES, infos, vqs);
}

static int start(u16 vectors)
{
	prepare(vectors);
	return find();
}

/* All is given back. */
static void finish(void)
{
	virtio_pci_config_ops.del_vqs(&vp.vdev);
	EXPECT(handlers == 0 && !fn.msix && list_empty(&vp.vdev.vqs));
}

/* Each queue is whole when it is enabled: the function itself looks on. */
static void check_queues(void)
{
	for (unsigned int i = 0; i < QUEUES; i++) {
		const u32 want[6] = { 0x1000 + i, 1, 0x2000 + i, 2, 0x3000 + i, 3 };

		EXPECT(queues[i].enabled);
		EXPECT_EQ(memcmp(queues[i].address, want, sizeof(want)), 0);
		EXPECT(queues[i].size <= VIRTQUEUE_MAX_NUM);
		EXPECT_EQ(queues[i].size, vqs_made[i].vring.num);
	}
}

TEST(queues_with_a_vector_each)
{
	EXPECT_EQ(start(8), 0);
	check_queues();
	EXPECT_EQ(fn.config_vector, 0);
	EXPECT_EQ(queues[0].vector, 1);
	EXPECT_EQ(queues[1].vector, 2);
	EXPECT_EQ(handlers, 3);
	finish();
}

/* A vector that is refused: one for all; and where that is, too, the pin. */
TEST(vectors_that_are_refused)
{
	EXPECT_EQ(start(2), 0);
	check_queues();
	EXPECT_EQ(handlers, 1);
	EXPECT_EQ(queues[0].vector, 0);
	EXPECT_EQ(queues[1].vector, 0);
	finish();
	EXPECT_EQ(start(0), 0);
	check_queues();
	EXPECT_EQ(handlers, 1);
	EXPECT(!fn.msix && vp.intx_irq == 11);
	finish();
}

TEST(features_by_halves)
{
	start(8);
	fn.features = 0x123456789abcdef0;
	fn.select[0] = fn.select[1] = 5;
	EXPECT_EQ(virtio_pci_config_ops.get_features(&vp.vdev), fn.features);
	virtio_pci_config_ops.set_features(&vp.vdev, 0xfedcba9876543210);
	EXPECT_EQ(fn.accepted, 0xfedcba9876543210);
	finish();
}

/* It is over when the status reads 0, and not when that was written. */
TEST(reset_is_waited_for)
{
	start(8);
	fn.status = 0xf;
	EXPECT_EQ(virtio_pci_config_ops.reset(&vp.vdev), 0);
	EXPECT_EQ(fn.status, 0);
	EXPECT_EQ(fn.busy, 0);
	EXPECT_EQ(masters, 1);
	finish();
}

TEST(a_field_of_two_halves)
{
	u64 value;

	start(8);
	fn.config = 0x5ffffffff;
	fn.moving = true;
	EXPECT_EQ(virtio_pci_config_ops.get(&vp.vdev, 0, &value, 8), 0);
	EXPECT_EQ(value, 0x700000000);
	EXPECT_EQ(value, fn.config);
	finish();
}

/* A queue that is on after a reset writes to somebody's memory; one of an odd size, or of none, is no ring. */
TEST(queues_that_cannot_be)
{
	prepare(8);
	queues[1].enabled = true;
	EXPECT_EQ(find(), -EINVAL);
	EXPECT(!queues[0].enabled);
	finish();
	for (u16 size = 0; size <= 768; size += 384) {
		prepare(8);
		queues[0].size = size;
		EXPECT_EQ(find(), -EINVAL);
		finish();
	}
}
