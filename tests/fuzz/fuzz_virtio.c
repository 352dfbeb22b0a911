// SPDX-License-Identifier: MIT
// sources: drivers/virtio/vring.c drivers/virtio/virtio_pci_cap.c
/*
 * virtio's rings and capabilities as a hostile device writes them.
 *
 * Even first byte: a ring, worked by the driver's calls, while the device uses chains as it should or writes
 * anywhere into the shared memory.  The driver's own list of what is under way says which tokens may come back,
 * how often, with which length, and how many descriptors are free.  Odd: a configuration space.
 */
#include "drivers/virtio/virtio_pci_cap.h"
#include "drivers/virtio/vring.h"
#include "tests/fuzz/fuzz.h"

#define MAX_NUM	   64
#define MAX_CHAINS 256

static struct vring vr;
static struct vring_slot slots[MAX_NUM];
static u8 memory[4096] __aligned(64);
static size_t memory_size;

/* A request of the driver's; its address is the token. */
static struct chain {
	bool under_way;
	unsigned int pieces;
	u64 writable;
	u16 head;
} chains[MAX_CHAINS];
static unsigned int nr_chains;

static unsigned int pieces_under_way(void)
{
	unsigned int sum = 0;

	for (unsigned int i = 0; i < nr_chains; i++)
		sum += chains[i].under_way ? chains[i].pieces : 0;
	return sum;
}

static void add(struct choices *c)
{
	unsigned int out = choose8(c) % 5, in = choose8(c) % 5, n = 0;
	struct chain *chain = &chains[nr_chains];
	struct vring_sg sg[8];
	u64 writable = 0;
	bool empty = false, was_faulty = vr.fault;
	u16 free_before = vr.num_free;
	int ret;

	if (nr_chains == MAX_CHAINS)
		return;
	for (; n < out + in; n++) {
		sg[n] = (struct vring_sg){ 0x1000 * (n + 1), choose8(c) & 1 ? choose32(c) : 512 };
		empty |= !sg[n].len;
		writable += n >= out ? sg[n].len : 0;
	}
	ret = vring_add(&vr, sg, out, in, chain);
	if (was_faulty)
		MUST(ret == -EIO);
	else if (!n || empty || n > vr.num || writable >> 32)
		MUST(ret == -EINVAL);
	else
		MUST(ret == (n > free_before ? -ENOSPC : 0));
	if (ret)
		return;
	/* Published: the head is the entry before the index. */
	chain->head = vr.avail->ring[(u16)(vr.avail_idx - 1) & (vr.num - 1)];
	chain->under_way = true;
	chain->pieces = n;
	chain->writable = writable;
	nr_chains++;
	MUST(chain->head < vr.num && vr.avail->idx == vr.avail_idx);
	for (unsigned int i = 0; i + 1 < nr_chains; i++)
		MUST(!chains[i].under_way || chains[i].head != chain->head);
}

static void get(void)
{
	bool was_faulty = vr.fault, was_pending = vring_pending(&vr);
	struct chain *chain;
	u32 len;

	chain = vring_get(&vr, &len);
	if (!chain) {
		MUST(!was_pending || vr.fault);
		return;
	}
	MUST(!was_faulty && was_pending);
	MUST(chain >= chains && chain < chains + nr_chains && chain->under_way);
	MUST(len <= chain->writable);
	chain->under_way = false;
}

/* The device uses a chain that it has. */
static void use(struct choices *c)
{
	u16 at = vr.used->idx & (vr.num - 1);
	const struct chain *chain = nr_chains ? &chains[choose8(c) % nr_chains] : NULL;

	if (!chain)
		return;
	vr.used->ring[at] =
		(struct vring_used_elem){ chain->head, (u32)min(chain->writable, 512UL) };
	vr.used->idx++;
}

static void ring(struct choices *c)
{
	u16 num = (u16)(1 << choose8(c) % 7), idx = (u16)choose_bytes(c, 2);

	memory_size = vring_bytes(num);
	MUST(memory_size <= sizeof(memory));
	memset(memory, 0, sizeof(memory));
	nr_chains = 0;
	vring_init(&vr, num, memory, slots, choose8(c) & 1);
	vr.avail_idx = vr.kicked_idx = vr.last_used = vr.avail->idx = vr.used->idx = idx;
	while (c->left) {
		u8 what = choose8(c);

		if (what % 8 < 3)
			add(c);
		else if (what % 8 < 5)
			get();
		else if (what % 8 == 5)
			use(c);
		else if (what == 6)
			vring_kick_prepare(&vr);
		else if (what == 7)
			vring_disable_cb(&vr);
		else
			memory[choose_bytes(c, 2) % memory_size] = choose8(c);
		MUST(vr.num_free == vr.num - pieces_under_way());
		MUST(!vr.fault || !vring_pending(&vr));
	}
}

/* ---- capabilities ---- */

static const u8 *space;
static size_t space_size;
static u64 bars[6];
static unsigned int reads;

static u32 space_read(const void *ctx, int where)
{
	u32 value = 0;

	(void)ctx;
	MUST(where >= 0 && where <= 252 && where % 4 == 0 && ++reads < 1000);
	for (unsigned int i = 0; i < 4; i++)
		value |= (u32)((size_t)where + i < space_size ? space[where + i] : 0) << 8 * i;
	return value;
}

static int space_first(const void *ctx)
{
	(void)ctx;
	return space_size > 0x34 ? space[0x34] & 0xfc : 0;
}

static u64 space_bar(const void *ctx, int bar)
{
	(void)ctx;
	MUST(bar >= 0 && bar < 6);
	return bars[bar];
}

static void capabilities(struct choices *c)
{
	struct vp_config_space cs = { "0000:00:02.0", NULL, space_read, space_first, space_bar };
	struct vp_caps caps;
	s64 at;

	for (unsigned int i = 0; i < 6; i++)
		bars[i] = choose_bytes(c, 1) << choose8(c) % 40;
	space = c->at, space_size = c->left;
	reads = 0;
	vp_scan_capabilities(&cs, &caps);
	for (int type = 1; type <= VIRTIO_PCI_CAP_LAST; type++) {
		const struct vp_cap *cap = &caps.type[type].cap;

		MUST(!caps.type[type].err || caps.type[type].err == -ENOENT ||
		     (caps.type[type].err == -EINVAL && strlen(test_log())));
		if (caps.type[type].err)
			continue;
		MUST(cap->cfg_type == type && cap->cap_vndr == 9 && cap->bar < 6);
		MUST(cap->length && (u64)cap->offset + cap->length <= bars[cap->bar]);
		MUST(space_read(NULL, cap->pos + 8) == cap->offset);
		at = vp_notify_offset(cap, (u16)space_read(NULL, 0x20));
		MUST(at == -EINVAL || (at >= 0 && at + 2 <= cap->length));
	}
}

void fuzz(const u8 *data, size_t size)
{
	struct choices c = { data, size };

	if (choose8(&c) & 1)
		capabilities(&c);
	else
		ring(&c);
}
