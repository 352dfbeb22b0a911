// SPDX-License-Identifier: MIT
/*
 * The split ring against an honest device, and against each lie it can tell; and against one that does something at
 * the very moment that a barrier is there for.
 */
#include "drivers/virtio/vring.h"
#include "kernel/cpu/barrier.h"
#include "tests/host/test.h"

/* What the device does at the next full barrier, in front of the next release, and at the next acquire. */
static void (*at_mb)(void), (*at_release)(void), (*at_acquire)(void);

static void strike(void (**what)(void))
{
	void (*now)(void) = *what;

	*what = NULL;
	if (now)
		now();
}

#undef virt_mb
#undef virt_store_release
#undef virt_load_acquire
#define virt_mb() strike(&at_mb)
#define virt_store_release(p, v)     \
	do {                         \
		strike(&at_release); \
		WRITE_ONCE(*(p), v); \
	} while (0)
#define virt_load_acquire(p)         \
	({                           \
		strike(&at_acquire); \
		READ_ONCE(*(p));     \
	})
#include "drivers/virtio/vring.c"

#define NUM 8

static struct vring_slot slots[NUM];
static char memory[1024] __aligned(64);
static char marker[65536]; /* addresses in it serve as tokens */

static struct vring fresh(bool event_idx)
{
	struct vring vr;

	EXPECT(vring_bytes(NUM) <= sizeof(memory));
	memset(memory, 0, sizeof(memory));
	vring_init(&vr, NUM, memory, slots, event_idx);
	return vr;
}

/* A ring that has run for a while: all its indices stand at `idx`. */
static struct vring worn(u16 idx)
{
	struct vring vr = fresh(false);

	vr.avail_idx = vr.kicked_idx = vr.last_used = idx;
	vr.avail->idx = vr.used->idx = idx;
	return vr;
}

static const struct vring_sg three[3] = { { 0x1000, 16 }, { 0x2000, 512 }, { 0x3000, 1 } };

static int add(struct vring *vr, unsigned int out, unsigned int in, unsigned int token)
{
	return vring_add(vr, three, out, in, &marker[token]);
}

/* The device: use a chain. */
static void use(struct vring *vr, u32 id, u32 len)
{
	vr->used->ring[vr->used->idx & (NUM - 1)] = (struct vring_used_elem){ id, len };
	vr->used->idx++;
}

/* The device: the head that stands `back` entries before the newest. */
static u16 head(const struct vring *vr, u16 back)
{
	return vr->avail->ring[(u16)(vr->avail->idx - 1 - back) & (NUM - 1)];
}

static void expect_fault(struct vring *vr, const char *why, u32 value)
{
	u32 len;

	EXPECT(!vring_get(vr, &len));
	EXPECT_STR(vr->fault, why);
	EXPECT_EQ(vr->fault_value, value);
	EXPECT_EQ(add(vr, 1, 0, 0), -EIO);
	EXPECT(!vring_pending(vr));
	EXPECT(!vring_kick_prepare(vr));
}

TEST(layout)
{
	EXPECT_EQ(vring_avail_offset(128), 2048);
	EXPECT_EQ(vring_used_offset(128), 2368);
	EXPECT(vring_bytes(128) <= 4096);
	/* 2.7: alignments of 16, 2 and 4, and no part in another */
	for (u32 num = 1; num <= VRING_MAX_NUM; num *= 2) {
		EXPECT(vring_avail_offset((u16)num) >= 16 * num);
		EXPECT(vring_used_offset((u16)num) >= vring_avail_offset((u16)num) + 6 + 2 * num);
		EXPECT_EQ(vring_bytes((u16)num), vring_used_offset((u16)num) + 6 + 8 * num);
		EXPECT_EQ(vring_used_offset((u16)num) % 4, 0);
	}
}

TEST(chain)
{
	struct vring vr = fresh(false);
	u16 h, i;
	u32 len;

	EXPECT_EQ(add(&vr, 1, 2, 7), 0);
	EXPECT_EQ(vr.avail->idx, 1);
	EXPECT_EQ(vr.num_free, NUM - 3);
	h = head(&vr, 0);
	EXPECT_EQ(vr.desc[h].addr, 0x1000);
	EXPECT_EQ(vr.desc[h].flags, VRING_DESC_F_NEXT);
	i = vr.desc[h].next;
	EXPECT_EQ(vr.desc[i].addr, 0x2000);
	EXPECT_EQ(vr.desc[i].len, 512);
	EXPECT_EQ(vr.desc[i].flags, VRING_DESC_F_NEXT | VRING_DESC_F_WRITE);
	i = vr.desc[i].next;
	EXPECT_EQ(vr.desc[i].addr, 0x3000);
	EXPECT_EQ(vr.desc[i].flags, VRING_DESC_F_WRITE);

	EXPECT(!vring_get(&vr, &len));
	EXPECT(!vr.fault);
	use(&vr, h, 513);
	EXPECT(vring_pending(&vr));
	EXPECT(vring_get(&vr, &len) == &marker[7]);
	EXPECT_EQ(len, 513);
	EXPECT(!vring_pending(&vr));
	EXPECT_EQ(vr.num_free, NUM);
}

TEST(refused_requests)
{
	struct vring vr = fresh(false);
	struct vring_sg many[NUM + 1] = { { 0x1000, 1 } };
	struct vring_sg empty = { 0x1000, 0 };
	struct vring_sg huge[2] = { { 0x1000, UINT32_MAX }, { 0x2000, 1 } };

	EXPECT_EQ(add(&vr, 0, 0, 0), -EINVAL);
	EXPECT_EQ(vring_add(&vr, many, NUM, 1, marker), -EINVAL);
	EXPECT_EQ(vring_add(&vr, many, UINT32_MAX, 2, marker), -EINVAL);
	EXPECT_EQ(vring_add(&vr, &empty, 1, 0, marker), -EINVAL);
	EXPECT_EQ(vring_add(&vr, huge, 0, 2, marker), -EINVAL);
	EXPECT_EQ(vring_add(&vr, huge, 1, 1, marker), 0);
	EXPECT_EQ(vring_add(&vr, three, 1, 1, NULL), -EINVAL);
	EXPECT_EQ(vr.num_free, NUM - 2);
}

TEST(full)
{
	struct vring vr = fresh(false);
	u16 first;
	u32 len;

	EXPECT_EQ(add(&vr, 1, 2, 1), 0);
	first = head(&vr, 0);
	EXPECT_EQ(add(&vr, 1, 2, 2), 0);
	EXPECT_EQ(add(&vr, 1, 2, 3), -ENOSPC); /* two descriptors are left */
	EXPECT_EQ(add(&vr, 1, 1, 3), 0);
	EXPECT_EQ(vr.num_free, 0);
	EXPECT_EQ(add(&vr, 1, 0, 4), -ENOSPC);
	EXPECT_EQ(vr.avail->idx, 3);
	use(&vr, first, 0);
	EXPECT(vring_get(&vr, &len) == &marker[1]);
	EXPECT_EQ(add(&vr, 1, 2, 4), 0);
	EXPECT_EQ(vr.num_free, 0);
}

TEST(whole_ring_of_one)
{
	static char small[256] __aligned(64);
	struct vring_slot slot;
	struct vring vr;
	u32 len;

	vring_init(&vr, 1, small, &slot, false);
	EXPECT_EQ(vring_add(&vr, three, 0, 1, marker), 0);
	EXPECT_EQ(vring_add(&vr, three, 0, 1, marker), -ENOSPC);
	vr.used->ring[0] = (struct vring_used_elem){ 0, 16 };
	vr.used->idx = 1;
	EXPECT(vring_get(&vr, &len) == marker);
}

TEST(wrap_at_65536)
{
	struct vring vr = worn(65533);
	u32 len;

	for (unsigned int i = 0; i < 10; i++) {
		EXPECT_EQ(add(&vr, 1, 2, i), 0);
		EXPECT_EQ(vr.avail->idx, (u16)(65534 + i));
		use(&vr, head(&vr, 0), 100 + i);
		EXPECT(vring_get(&vr, &len) == &marker[i]);
		EXPECT_EQ(len, 100 + i);
	}
	EXPECT_EQ(vr.last_used, 7);
	EXPECT(!vr.fault);
}

/* A hundred thousand requests, up to the ring full, used in any order. */
TEST(random_order)
{
	struct vring vr = fresh(false);
	u16 heads[NUM];
	unsigned int n = 0, next = 0, done = 0;
	bool outstanding[65536] = { false };
	char *token;
	u32 len;

	while (done < 100000) {
		if (test_random() % 2 && add(&vr, 1, test_random() % 3, next % 65536) == 0) {
			heads[n++] = head(&vr, 0);
			outstanding[next++ % 65536] = true;
		} else if (n) {
			unsigned int pick = test_random() % n;

			use(&vr, heads[pick], 0);
			heads[pick] = heads[--n];
			token = vring_get(&vr, &len);
			ASSERT(token && outstanding[token - marker]);
			outstanding[token - marker] = false;
			done++;
		}
		ASSERT(!vr.fault && vr.outstanding == n);
	}
	while (n) {
		use(&vr, heads[--n], 0);
		EXPECT(vring_get(&vr, &len) != NULL);
	}
	EXPECT_EQ(vr.num_free, NUM);
}

TEST(lie_id_out_of_range)
{
	struct vring vr = fresh(false);

	add(&vr, 1, 2, 0);
	use(&vr, NUM, 0);
	expect_fault(&vr, "used id out of range", NUM);

	vr = fresh(false);
	add(&vr, 1, 2, 0);
	use(&vr, 0x10000, 0); /* its low half is outstanding */
	expect_fault(&vr, "used id out of range", 0x10000);
}

TEST(lie_id_not_outstanding)
{
	struct vring vr = fresh(false);
	u16 h;
	u32 len;

	add(&vr, 1, 2, 0);
	use(&vr, vr.desc[head(&vr, 0)].next, 0); /* in the chain, but not its head */
	expect_fault(&vr, "used id not outstanding", 1);

	vr = fresh(false);
	add(&vr, 1, 1, 0);
	h = head(&vr, 0);
	add(&vr, 1, 1, 1);
	use(&vr, h, 0);
	EXPECT(vring_get(&vr, &len) == &marker[0]);
	use(&vr, h, 0); /* the same once more */
	expect_fault(&vr, "used id not outstanding", h);
}

TEST(lie_length)
{
	struct vring vr = fresh(false);
	u32 len;

	add(&vr, 1, 2, 0);
	use(&vr, head(&vr, 0), 514);
	expect_fault(&vr, "used length beyond the buffer", 514);

	vr = fresh(false);
	add(&vr, 3, 0, 0); /* nothing may be written */
	use(&vr, head(&vr, 0), 1);
	expect_fault(&vr, "used length beyond the buffer", 1);

	vr = fresh(false);
	add(&vr, 1, 2, 0);
	use(&vr, head(&vr, 0), 513);
	EXPECT(vring_get(&vr, &len) != NULL);
}

TEST(lie_index_jumps)
{
	struct vring vr = fresh(false);

	add(&vr, 1, 2, 0);
	vr.used->idx = 2;
	expect_fault(&vr, "used index beyond what was given", 2);

	vr = worn(65535);
	add(&vr, 1, 2, 0);
	vr.used->idx = 65534; /* backwards */
	expect_fault(&vr, "used index beyond what was given", 65534);

	vr = fresh(false);
	vr.used->idx = 1; /* nothing was given at all */
	expect_fault(&vr, "used index beyond what was given", 1);
}

/* What the device scribbles over descriptors and available ring does not reach our records. */
TEST(scribble)
{
	struct vring vr = fresh(false);
	u16 first, second;
	u32 len;

	add(&vr, 1, 2, 0);
	first = head(&vr, 0);
	add(&vr, 1, 2, 1);
	second = head(&vr, 0);
	memset(vr.desc, 0xff, sizeof(*vr.desc) * NUM);
	memset(vr.avail, 0xff, 6 + 2 * NUM);
	use(&vr, second, 0);
	use(&vr, first, 0);
	EXPECT(vring_get(&vr, &len) == &marker[1]);
	EXPECT(vring_get(&vr, &len) == &marker[0]);
	EXPECT_EQ(vr.num_free, NUM);
	EXPECT_EQ(add(&vr, 1, 2, 2), 0);
	EXPECT_EQ(vr.avail->idx, 3);
}

TEST(no_notify)
{
	struct vring vr = fresh(false);

	EXPECT(!vring_kick_prepare(&vr)); /* nothing new */
	add(&vr, 1, 0, 0);
	EXPECT(vring_kick_prepare(&vr));
	EXPECT(!vring_kick_prepare(&vr));
	vr.used->flags = VRING_USED_F_NO_NOTIFY;
	add(&vr, 1, 0, 1);
	EXPECT(!vring_kick_prepare(&vr));
	vr.used->flags = 0;
	add(&vr, 1, 0, 2);
	EXPECT(vring_kick_prepare(&vr));
	vring_disable_cb(&vr);
	EXPECT_EQ(vr.avail->flags, VRING_AVAIL_F_NO_INTERRUPT);
}

TEST(event_index)
{
	struct vring vr = fresh(true);
	u16 *used_event = &vr.avail->ring[NUM];
	u16 *avail_event = (u16 *)&vr.used->ring[NUM];
	u32 len;

	add(&vr, 1, 0, 0); /* entry 0: the device waits for just that */
	EXPECT(vring_kick_prepare(&vr));
	*avail_event = 3;
	add(&vr, 1, 0, 1);
	add(&vr, 1, 0, 2);
	EXPECT(!vring_kick_prepare(&vr));
	add(&vr, 1, 0, 3);
	EXPECT(vring_kick_prepare(&vr));

	EXPECT_EQ(*used_event, 0);
	use(&vr, head(&vr, 3), 0);
	EXPECT(vring_get(&vr, &len) == &marker[0]);
	EXPECT_EQ(*used_event, 1); /* the next one */
	vring_disable_cb(&vr);
	EXPECT_EQ(vr.avail->flags, 0);
	EXPECT_EQ(*used_event, 0); /* 65535 entries away */
	use(&vr, head(&vr, 2), 0);
	EXPECT(vring_get(&vr, &len) == &marker[1]);
	EXPECT_EQ(*used_event, 0);
}

TEST(event_index_wraps)
{
	struct vring vr = fresh(true);
	u16 *avail_event = (u16 *)&vr.used->ring[NUM];

	vr.avail_idx = vr.kicked_idx = vr.last_used = vr.avail->idx = vr.used->idx = 65534;
	*avail_event = 0;
	add(&vr, 1, 0, 0); /* 65534 */
	EXPECT(!vring_kick_prepare(&vr));
	add(&vr, 1, 0, 0); /* 65535 */
	add(&vr, 1, 0, 0); /* 0 */
	EXPECT(vring_kick_prepare(&vr));
}

/* ---- what a barrier is there for ---- */

static struct vring *ring; /* whose device it is */

static void wait_for_the_newest(void)
{
	*vring_avail_event(ring) = (u16)(ring->avail->idx - 1);
}

static void want_no_kick(void)
{
	ring->used->flags = VRING_USED_F_NO_NOTIFY;
}

static void want_kicks(void)
{
	ring->used->flags = 0;
}

/*
 * 2.7.13.4: the device goes to sleep between our index and our look at what it waits for.  A look in front of
 * the barrier finds that it does not want to be woken, and both sides wait for ever.
 */
TEST(device_moves_avail_event_in_between)
{
	struct vring vr = fresh(true);

	ring = &vr;
	add(&vr, 1, 0, 0);
	EXPECT(vring_kick_prepare(&vr));
	*vring_avail_event(&vr) = 100; /* it is awake, and looks by itself */
	add(&vr, 1, 0, 1);
	at_mb = wait_for_the_newest;
	EXPECT(vring_kick_prepare(&vr));
	EXPECT(!at_mb);

	vr = fresh(false);
	add(&vr, 1, 0, 0);
	EXPECT(vring_kick_prepare(&vr));
	want_no_kick();
	add(&vr, 1, 0, 1);
	at_mb = want_kicks;
	EXPECT(vring_kick_prepare(&vr));
}

static void all_is_there(void)
{
	u16 head = ring->avail->ring[ring->avail->idx & (NUM - 1)];
	const struct vring_desc *d = &ring->desc[head];

	EXPECT_EQ(d->addr, 0x1000);
	EXPECT_EQ(d->len, 16);
	EXPECT_EQ(d->flags, VRING_DESC_F_NEXT);
	d = &ring->desc[d->next];
	EXPECT_EQ(d->addr, 0x2000);
	EXPECT_EQ(d->flags, VRING_DESC_F_WRITE);
}

/* 2.7.13.3: once the device sees the index it reads the entry and the chain. */
TEST(chain_is_there_before_its_index)
{
	struct vring vr = worn(65535);

	ring = &vr;
	memset(vr.desc, 0xff, NUM * sizeof(*vr.desc));
	vr.avail->ring[NUM - 1] = 0xffff;
	at_release = all_is_there;
	EXPECT_EQ(add(&vr, 1, 1, 0), 0);
	EXPECT(!at_release);
	EXPECT_EQ(vr.avail->idx, 0);
}

static void use_newest(void)
{
	use(ring, head(ring, 0), 7);
}

/* 2.7.14: the entry is read once the index covers it; before that the device may be writing it. */
TEST(entry_is_read_behind_its_index)
{
	struct vring vr = fresh(false);
	u32 len = 0;

	ring = &vr;
	add(&vr, 0, 2, 5);
	vr.used->ring[0] = (struct vring_used_elem){ 3, 0xffffffff }; /* what was there before */
	at_acquire = use_newest;
	EXPECT(vring_get(&vr, &len) == &marker[5]);
	EXPECT_EQ(len, 7);
	EXPECT(!at_acquire && !vr.fault);
}

static bool told; /* the device raises an interrupt for what it uses now */

static void use_quietly(void)
{
	told = *vring_used_event(ring) == ring->used->idx;
	use(ring, head(ring, 0), 0);
}

/* 2.7.7.1: what is used from the barrier on strikes, what was used before is found by who looks again. */
TEST(used_event_is_told_before_the_next_look)
{
	struct vring vr = fresh(true);
	u32 len;

	ring = &vr;
	add(&vr, 1, 0, 0);
	use(&vr, head(&vr, 0), 0);
	add(&vr, 1, 0, 1);
	at_mb = use_quietly;
	EXPECT(vring_get(&vr, &len) == &marker[0]);
	EXPECT(!at_mb && told);
	EXPECT(vring_get(&vr, &len) == &marker[1]);
}
