// SPDX-License-Identifier: MIT
/*
 * The split ring: indices, chains and the checks of what the device says.
 *
 * Three tables lie in memory that both sides see.  The driver writes the
 * descriptors and the available ring, the device writes the used ring.  All
 * indices count modulo 65536 and are masked with num - 1 to find an entry, so
 * "how many" is always a u16 difference.
 *
 * The device is not believed: which descriptors are free, where a chain goes
 * and how much of it may be written is kept in slots[], which it cannot reach,
 * and a used entry is checked against that.  The first lie is final: the ring
 * keeps its reason and takes part in nothing further.
 *
 * Order (2.7.13): descriptors and the ring entry before avail->idx (release);
 * avail->idx before the look at the device's wish for notifications (full);
 * used->idx before the used entry (acquire).  On x86 with write-back memory
 * only the full one costs an instruction.
 *
 * What it does not do: lock, allocate, notify, indirect descriptors.
 */
#include "drivers/virtio/vring.h"
#include "kernel/cpu/barrier.h"
#include "kernel/lib/errno.h"

#define VRING_LINE 64 /* the parts each start a cache line: the two sides write different ones */

size_t vring_avail_offset(u16 num)
{
	return ALIGN(sizeof(struct vring_desc) * num, VRING_LINE);
}

size_t vring_used_offset(u16 num)
{
	size_t avail = sizeof(struct vring_avail) + sizeof(u16) * num + sizeof(u16);

	return ALIGN(vring_avail_offset(num) + avail, VRING_LINE);
}

size_t vring_bytes(u16 num)
{
	return vring_used_offset(num) + sizeof(struct vring_used) +
	       sizeof(struct vring_used_elem) * num + sizeof(u16);
}

/* 2.7.7: the driver's word, behind the available ring. */
static u16 *vring_used_event(struct vring *vr)
{
	return &vr->avail->ring[vr->num];
}

/* 2.7.10: the device's word, behind the used ring. */
static u16 *vring_avail_event(struct vring *vr)
{
	return (u16 *)&vr->used->ring[vr->num];
}

void vring_init(struct vring *vr, u16 num, void *mem, struct vring_slot *slots, bool event_idx)
{
	char *base = mem;

	*vr = (struct vring){
		.num = num,
		.num_free = num,
		.event_idx = event_idx,
		.desc = mem,
		.avail = (struct vring_avail *)(base + vring_avail_offset(num)),
		.used = (struct vring_used *)(base + vring_used_offset(num)),
		.slots = slots,
	};
	for (unsigned int i = 0; i < num; i++)
		slots[i] = (struct vring_slot){ .next = (u16)(i + 1) };
}

/* A request that can be put on the ring at all; *writable gets its writable bytes. */
static bool vring_request_valid(const struct vring *vr, const struct vring_sg *sg, unsigned int out,
				unsigned int in, u32 *writable)
{
	u64 sum = 0;

	if (out > vr->num || in > vr->num || !(out + in) || out + in > vr->num)
		return false;
	for (unsigned int i = 0; i < out + in; i++) {
		if (!sg[i].len)
			return false;
		if (i >= out)
			sum += sg[i].len;
	}
	*writable = (u32)sum;
	return sum <= UINT32_MAX;
}

int vring_add(struct vring *vr, const struct vring_sg *sg, unsigned int out, unsigned int in,
	      void *token)
{
	unsigned int n = out + in;
	u16 head = vr->free_head, i = head;
	u32 writable;

	if (vr->fault)
		return -EIO;
	if (!token || !vring_request_valid(vr, sg, out, in, &writable))
		return -EINVAL;
	if (n > vr->num_free)
		return -ENOSPC;

	for (unsigned int k = 0; k < n; k++) {
		struct vring_desc *d = &vr->desc[i];
		u16 next = vr->slots[i].next;

		d->addr = sg[k].addr;
		d->len = sg[k].len;
		d->flags =
			(k >= out ? VRING_DESC_F_WRITE : 0) | (k + 1 < n ? VRING_DESC_F_NEXT : 0);
		d->next = k + 1 < n ? next : 0;
		i = next;
	}
	vr->free_head = i;
	vr->num_free -= n;
	vr->outstanding++;
	vr->slots[head].token = token;
	vr->slots[head].writable = writable;
	vr->slots[head].count = (u16)n;

	WRITE_ONCE(vr->avail->ring[vr->avail_idx & (vr->num - 1)], head);
	vr->avail_idx++;
	/* 2.7.13.3: the chain and its entry are seen before the index that covers them. */
	virt_store_release(&vr->avail->idx, vr->avail_idx);
	return 0;
}

/* 2.7.10: does the step from `old` to `new` pass the index the other side waits for? */
static bool vring_need_event(u16 event, u16 new, u16 old)
{
	return (u16)(new - event - 1) < (u16)(new - old);
}

bool vring_kick_prepare(struct vring *vr)
{
	u16 old = vr->kicked_idx;

	/*
	 * 2.7.13.4: the index is seen before the device's wish is read.  Without
	 * it both sides could miss the other: it goes to sleep, we do not wake it.
	 */
	virt_mb();
	vr->kicked_idx = vr->avail_idx;
	if (vr->fault || vr->avail_idx == old)
		return false;
	if (vr->event_idx)
		return vring_need_event(READ_ONCE(*vring_avail_event(vr)), vr->avail_idx, old);
	return !(READ_ONCE(vr->used->flags) & VRING_USED_F_NO_NOTIFY);
}

bool vring_pending(const struct vring *vr)
{
	/* Who only looks has no lock: an interrupt may take what is used meanwhile. */
	return !READ_ONCE(vr->fault) &&
	       virt_load_acquire(&vr->used->idx) != READ_ONCE(vr->last_used);
}

static void *vring_set_fault(struct vring *vr, const char *why, u32 value)
{
	vr->fault_value = value;
	WRITE_ONCE(vr->fault, why);
	return NULL;
}

/* Give a chain's descriptors back: its tail, found by its length, leads to the free list. */
static void vring_free_chain(struct vring *vr, u16 head)
{
	u16 tail = head;

	for (unsigned int k = 1; k < vr->slots[head].count; k++)
		tail = vr->slots[tail].next;
	vr->slots[tail].next = vr->free_head;
	vr->free_head = head;
	vr->num_free += vr->slots[head].count;
	vr->outstanding--;
	vr->slots[head].token = NULL;
}

void *vring_get(struct vring *vr, u32 *len)
{
	const struct vring_used_elem *elem = &vr->used->ring[vr->last_used & (vr->num - 1)];
	u32 id, written;
	void *token;
	u16 idx;

	if (vr->fault)
		return NULL;
	/* 2.7.14: the entry is read after the index that covers it. */
	idx = virt_load_acquire(&vr->used->idx);
	if (idx == vr->last_used)
		return NULL;
	if ((u16)(idx - vr->last_used) > vr->outstanding)
		return vring_set_fault(vr, "used index beyond what was given", idx);
	id = READ_ONCE(elem->id); /* once: it might change between check and use */
	written = READ_ONCE(elem->len);
	if (id >= vr->num)
		return vring_set_fault(vr, "used id out of range", id);
	token = vr->slots[id].token;
	if (!token)
		return vring_set_fault(vr, "used id not outstanding", id);
	if (written > vr->slots[id].writable)
		return vring_set_fault(vr, "used length beyond the buffer", written);

	vring_free_chain(vr, (u16)id);
	WRITE_ONCE(vr->last_used, (u16)(vr->last_used + 1));
	if (vr->event_idx && !vr->no_interrupt) {
		WRITE_ONCE(*vring_used_event(vr), vr->last_used);
		/* 2.7.7.1: our wish is seen before the caller looks for more, else both wait. */
		virt_mb();
	}
	*len = written;
	return token;
}

void vring_disable_cb(struct vring *vr)
{
	vr->no_interrupt = true;
	if (vr->event_idx) /* 2.7.7.1: flags stay 0; name the entry that is farthest away */
		WRITE_ONCE(*vring_used_event(vr), (u16)(vr->last_used - 1));
	else
		WRITE_ONCE(vr->avail->flags, VRING_AVAIL_F_NO_INTERRUPT);
}
