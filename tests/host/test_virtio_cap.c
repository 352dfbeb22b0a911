// SPDX-License-Identifier: MIT
// sources: drivers/virtio/virtio_pci_cap.c
/* Vendor capabilities of virtio-pci functions, honest ones and others. */
#include "drivers/virtio/virtio_pci_cap.h"
#include "tests/host/test.h"

/* A function: its configuration space and its BARs. */
struct function {
	u8 space[256];
	u64 bar[6];
	int last; /* offset of the pointer to the next capability */
};

static u32 space_read(const void *ctx, int where)
{
	const struct function *f = ctx;
	u32 value = 0;

	EXPECT(where >= 0 && where <= 252 && where % 4 == 0);
	memcpy(&value, &f->space[where & 0xfc], 4);
	return value;
}

static int space_first(const void *ctx)
{
	const struct function *f = ctx;
	int pos = 0x34;

	for (int i = 0; i < 48; i++) {
		pos = f->space[i ? pos + 1 : 0x34] & 0xfc;
		if (pos < 0x40 || f->space[pos] == 9)
			return pos;
	}
	return 0;
}

static u64 space_bar(const void *ctx, int bar)
{
	EXPECT(bar >= 0 && bar < 6);
	return ((const struct function *)ctx)->bar[bar];
}

static struct function empty(void)
{
	struct function f = { .last = 0x34 };

	f.bar[4] = 0x4000;
	return f;
}

static void put32(struct function *f, int where, u32 value)
{
	memcpy(&f->space[where], &value, 4);
}

/* Append struct virtio_pci_cap. */
static void put(struct function *f, u8 pos, u8 type, u8 bar, u32 offset, u32 length)
{
	f->space[f->last] = pos;
	f->last = pos + 1;
	f->space[pos] = 9;
	f->space[pos + 2] = type == VIRTIO_PCI_CAP_NOTIFY_CFG ? 20 : 16;
	f->space[pos + 3] = type;
	f->space[pos + 4] = bar;
	put32(f, pos + 8, offset);
	put32(f, pos + 12, length);
}

/* Scan and look at one type. */
static int find(const struct function *f, u8 type, struct vp_cap *cap)
{
	struct vp_config_space cs = { "0000:00:02.0", f, space_read, space_first, space_bar };
	struct vp_caps caps;

	vp_scan_capabilities(&cs, &caps);
	*cap = caps.type[type].cap;
	return caps.type[type].err;
}

/* One common capability with these values is refused with this text. */
static void refused(u8 bar, u32 offset, u32 length, const char *why)
{
	struct function f = empty();
	struct vp_cap cap;

	put(&f, 0x40, VIRTIO_PCI_CAP_COMMON_CFG, bar, offset, length);
	test_log_clear();
	EXPECT_EQ(find(&f, VIRTIO_PCI_CAP_COMMON_CFG, &cap), -EINVAL);
	EXPECT(test_log_has(why));
	EXPECT(test_log_has("virtio-pci 0000:00:02.0: common capability at 0x40 refused"));
}

/* As QEMU 7.2 lays it out: the list's order is not the types'. */
TEST(qemu)
{
	struct function f = empty();
	struct vp_cap cap;

	f.space[f.last] = 0x98; /* MSI-X first */
	f.space[0x98] = 0x11;
	f.last = 0x99;
	put(&f, 0x84, 5, 0, 0, 0);
	put(&f, 0x70, VIRTIO_PCI_CAP_NOTIFY_CFG, 4, 0x3000, 0x1000);
	put32(&f, 0x80, 4);
	put(&f, 0x60, VIRTIO_PCI_CAP_DEVICE_CFG, 4, 0x2000, 0x1000);
	put(&f, 0x50, VIRTIO_PCI_CAP_ISR_CFG, 4, 0x1000, 0x1000);
	put(&f, 0x40, VIRTIO_PCI_CAP_COMMON_CFG, 4, 0, 0x1000);

	EXPECT_EQ(find(&f, VIRTIO_PCI_CAP_COMMON_CFG, &cap), 0);
	EXPECT_EQ(cap.pos, 0x40);
	EXPECT_EQ(cap.length, 0x1000);
	EXPECT_EQ(find(&f, VIRTIO_PCI_CAP_ISR_CFG, &cap), 0);
	EXPECT_EQ(cap.offset, 0x1000);
	EXPECT_EQ(find(&f, VIRTIO_PCI_CAP_DEVICE_CFG, &cap), 0);
	EXPECT_EQ(cap.offset, 0x2000);
	EXPECT_EQ(find(&f, VIRTIO_PCI_CAP_NOTIFY_CFG, &cap), 0);
	EXPECT_EQ(cap.notify_off_multiplier, 4);
	EXPECT_EQ(vp_notify_offset(&cap, 3), 12);
	EXPECT_STR(test_log(), "");
}

TEST(absent)
{
	struct function f = empty();
	struct vp_cap cap;

	EXPECT_EQ(find(&f, VIRTIO_PCI_CAP_COMMON_CFG, &cap), -ENOENT);
	put(&f, 0x40, 8, 4, 0, 0x1000); /* shared memory and a type of the future */
	put(&f, 0x50, 77, 4, 0, 0xffffffff);
	EXPECT_EQ(find(&f, VIRTIO_PCI_CAP_COMMON_CFG, &cap), -ENOENT);
	EXPECT_STR(test_log(), "");
}

TEST(beyond_bar)
{
	refused(4, 0x3fd0, 0x38, "beyond the BAR");
	refused(4, 0x4000, 0x38, "beyond the BAR");
	refused(4, 0, 0x4001, "beyond the BAR");
	refused(4, 0xffffffc8, 0x38, "beyond the BAR"); /* wraps in 32 bits */
	refused(4, 0xfffffffc, 0xffffffff, "beyond the BAR");
	refused(2, 0, 0x38, "BAR absent");
}

TEST(too_short)
{
	refused(4, 0, 0x37, "too short");
	refused(4, 0, 0, "too short");
}

TEST(misaligned)
{
	refused(4, 2, 0x38, "not aligned");
	refused(4, 0x1001, 0x38, "not aligned");
}

TEST(ends_with_the_bar)
{
	struct function f = empty();
	struct vp_cap cap;

	put(&f, 0x40, VIRTIO_PCI_CAP_COMMON_CFG, 4, 0x3fc8, 0x38);
	EXPECT_EQ(find(&f, VIRTIO_PCI_CAP_COMMON_CFG, &cap), 0);
}

/* The first usable one counts; reserved BARs are passed over in silence. */
TEST(first_usable)
{
	struct function f = empty();
	struct vp_cap cap;

	put(&f, 0x40, VIRTIO_PCI_CAP_COMMON_CFG, 6, 0, 0x38);
	put(&f, 0x50, VIRTIO_PCI_CAP_COMMON_CFG, 255, 0, 0x38);
	EXPECT_EQ(find(&f, VIRTIO_PCI_CAP_COMMON_CFG, &cap), -ENOENT);
	EXPECT_STR(test_log(), "");
	put(&f, 0x60, VIRTIO_PCI_CAP_COMMON_CFG, 4, 0x5000, 0x38);
	put(&f, 0x70, VIRTIO_PCI_CAP_COMMON_CFG, 4, 0x100, 0x38);
	put(&f, 0x80, VIRTIO_PCI_CAP_COMMON_CFG, 4, 0x200, 0x38);
	EXPECT_EQ(find(&f, VIRTIO_PCI_CAP_COMMON_CFG, &cap), 0);
	EXPECT_EQ(cap.pos, 0x70);
	EXPECT(test_log_has("at 0x60 refused"));
}

TEST(capability_length)
{
	struct function f = empty();
	struct vp_cap cap;

	put(&f, 0x40, VIRTIO_PCI_CAP_COMMON_CFG, 4, 0, 0x38);
	f.space[0x42] = 15;
	EXPECT_EQ(find(&f, VIRTIO_PCI_CAP_COMMON_CFG, &cap), -EINVAL);
	f.space[0x42] = 40; /* longer than we know: 4.1.4.1 */
	EXPECT_EQ(find(&f, VIRTIO_PCI_CAP_COMMON_CFG, &cap), 0);
	f.space[0x42] = 255; /* beyond the space */
	EXPECT_EQ(find(&f, VIRTIO_PCI_CAP_COMMON_CFG, &cap), -EINVAL);
}

/* At the very end of the space: what is not there reads as 0 and is never fetched. */
TEST(end_of_space)
{
	struct function f = empty();
	struct vp_cap cap;

	f.space[0x34] = 0xf8;
	f.space[0xf8] = 9;
	f.space[0xfa] = 16;
	f.space[0xfb] = VIRTIO_PCI_CAP_COMMON_CFG;
	f.space[0xfc] = 4;
	EXPECT_EQ(find(&f, VIRTIO_PCI_CAP_COMMON_CFG, &cap), -EINVAL);
	EXPECT(test_log_has("bad capability length"));
}

TEST(loops)
{
	struct function f = empty();
	struct vp_cap cap;

	put(&f, 0x40, VIRTIO_PCI_CAP_COMMON_CFG, 4, 0x5000, 0x38);
	put(&f, 0x50, VIRTIO_PCI_CAP_ISR_CFG, 4, 0, 1);
	f.space[0x51] = 0x40;
	EXPECT_EQ(find(&f, VIRTIO_PCI_CAP_DEVICE_CFG, &cap), -ENOENT);
	test_log_clear();
	EXPECT_EQ(find(&f, VIRTIO_PCI_CAP_COMMON_CFG, &cap), -EINVAL);
	EXPECT(strstr(test_log(), "refused") == strstr(test_log(), "refused: structure reaches"));
	EXPECT(!strstr(strstr(test_log(), "refused") + 1, "refused")); /* once, not 48 times */
}

TEST(notify_multiplier)
{
	static const u32 bad[] = { 1, 3, 6, 0x1001, 0xffffffff };
	static const u32 good[] = { 0, 2, 4, 0x1000, 0x80000000 };
	struct function f = empty();
	struct vp_cap cap;

	put(&f, 0x40, VIRTIO_PCI_CAP_NOTIFY_CFG, 4, 0x3000, 0x1000);
	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		put32(&f, 0x50, bad[i]);
		EXPECT_EQ(find(&f, VIRTIO_PCI_CAP_NOTIFY_CFG, &cap), -EINVAL);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(good); i++) {
		put32(&f, 0x50, good[i]);
		EXPECT_EQ(find(&f, VIRTIO_PCI_CAP_NOTIFY_CFG, &cap), 0);
	}
	f.space[0x42] = 16; /* no room for the multiplier */
	EXPECT_EQ(find(&f, VIRTIO_PCI_CAP_NOTIFY_CFG, &cap), -EINVAL);
}

TEST(notify_offset)
{
	struct vp_cap cap = { .length = 0x1000, .notify_off_multiplier = 4 };

	EXPECT_EQ(vp_notify_offset(&cap, 0), 0);
	EXPECT_EQ(vp_notify_offset(&cap, 1023), 0xffc);
	EXPECT_EQ(vp_notify_offset(&cap, 1024), -EINVAL);
	EXPECT_EQ(vp_notify_offset(&cap, 65535), -EINVAL);
	cap.notify_off_multiplier = 0x80000000; /* 65535 times that has 47 bits */
	EXPECT_EQ(vp_notify_offset(&cap, 2), -EINVAL);
	EXPECT_EQ(vp_notify_offset(&cap, 65535), -EINVAL);
	cap = (struct vp_cap){ .length = 4, .notify_off_multiplier = 0 }; /* modern-pio-notify=on */
	EXPECT_EQ(vp_notify_offset(&cap, 65535), 0);
	cap.length = 1;
	EXPECT_EQ(vp_notify_offset(&cap, 0), -EINVAL);
}

/* Parts of a structure: page-per-vq maps two bytes of megabytes. */
TEST(window)
{
	struct vp_cap cap = { .bar = 4, .offset = 0x3000, .length = 0x400000 };
	u64 offset, len;

	EXPECT_STR(vp_cap_window(&cap, 0x800000, 2, 2, 0x2000, 2, &offset, &len), NULL);
	EXPECT_EQ(offset, 0x5000);
	EXPECT_EQ(len, 2);
	EXPECT_STR(vp_cap_window(&cap, 0x800000, 2, 2, 0x3ffffe, 2, &offset, &len), NULL);
	EXPECT(vp_cap_window(&cap, 0x800000, 2, 2, 0x3fffff, 2, &offset, &len) != NULL);
	EXPECT(vp_cap_window(&cap, 0x800000, 2, 2, 0x400000, 2, &offset, &len) != NULL);
	EXPECT(vp_cap_window(&cap, 0x800000, 2, 2, ~0ULL, 2, &offset, &len) != NULL);
	EXPECT(vp_cap_window(&cap, 0x402fff, 2, 2, 0, 2, &offset, &len) != NULL);
	EXPECT(vp_cap_window(&cap, 0, 2, 2, 0, 2, &offset, &len) != NULL);
	cap.bar = 6;
	EXPECT(vp_cap_window(&cap, 0x800000, 2, 2, 0, 2, &offset, &len) != NULL);
	/* a device structure is mapped up to a page of it, whatever its length */
	cap = (struct vp_cap){ .bar = 0, .offset = 0x10, .length = 0x22 };
	EXPECT_STR(vp_cap_window(&cap, 0x100, 1, 4, 0, 4096, &offset, &len), NULL);
	EXPECT_EQ(len, 0x22);
}

/* Any bytes at all: nothing is read outside the space and what is accepted lies in its BAR. */
TEST(noise)
{
	unsigned int found = 0;

	for (int round = 0; round < 20000; round++) {
		struct function f;
		struct vp_cap cap;

		for (unsigned int i = 0; i < 256; i++)
			f.space[i] = (u8)test_random();
		for (unsigned int i = 0; i < 6; i++)
			f.bar[i] = test_random() % 3 ? 1ULL << (test_random() % 34) : 0;
		f.space[0x34] = 0x40;
		for (unsigned int pos = 0x40; pos < 0xf0; pos += 16) { /* make finds likely */
			f.space[pos] = 9;
			f.space[pos + 1] = test_random() % 8 ? (u8)(pos + 16) : f.space[pos + 1];
			f.space[pos + 2] %= 32;
			f.space[pos + 3] %= 6;
			f.space[pos + 4] %= 7;
			f.space[pos + 8] &= 0xfc;
			f.space[pos + 10] = f.space[pos + 11] = 0;
			f.space[pos + 14] = f.space[pos + 15] = 0;
		}
		test_log_clear();
		for (u8 type = 1; type <= 4; type++) {
			if (find(&f, type, &cap))
				continue;
			found++;
			ASSERT(cap.cfg_type == type && cap.bar < 6 && cap.cap_vndr == 9);
			ASSERT((u64)cap.offset + cap.length <= f.bar[cap.bar]);
		}
	}
	EXPECT(found > 1000);
}
