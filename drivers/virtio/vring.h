/* SPDX-License-Identifier: MIT */
/*
 * The split ring of virtio 1.2, section 2.7, as arithmetic over memory: no
 * locks, no devices, no printing, so that the host's tests can play the device.
 */
#ifndef DRIVERS_VIRTIO_VRING_H
#define DRIVERS_VIRTIO_VRING_H

#include "kernel/lib/compiler.h"

#define VRING_MAX_NUM 32768 /* 2.7: queue size, a power of two */

/* 2.7.5: a piece of a buffer. */
struct vring_desc {
	u64 addr; /* guest physical */
	u32 len;
	u16 flags;
	u16 next;
};
#define VRING_DESC_F_NEXT  BIT(0)
#define VRING_DESC_F_WRITE BIT(1) /* the device writes it */

/* 2.7.6: the driver's heads; behind ring[num] lies used_event (2.7.7). */
struct vring_avail {
	u16 flags;
	u16 idx;
	u16 ring[];
};
#define VRING_AVAIL_F_NO_INTERRUPT BIT(0)

/* 2.7.8: what the device is done with; behind ring[num] lies avail_event (2.7.10). */
struct vring_used_elem {
	u32 id;
	u32 len; /* bytes it wrote */
};
struct vring_used {
	u16 flags;
	u16 idx;
	struct vring_used_elem ring[];
};
#define VRING_USED_F_NO_NOTIFY BIT(0)

_Static_assert(sizeof(struct vring_desc) == 16, "virtio 2.7.5");
_Static_assert(sizeof(struct vring_used_elem) == 8, "virtio 2.7.8");

/* One physically contiguous piece of a request. */
struct vring_sg {
	phys_addr_t addr;
	u32 len;
};

/* The driver's own record of a descriptor: never read back from shared memory. */
struct vring_slot {
	void *token;  /* of the chain whose head this is; NULL: not outstanding */
	u32 writable; /* head: bytes the device may write */
	u16 count;    /* head: descriptors in the chain */
	u16 next;     /* in the chain, or in the free list */
};

struct vring {
	u16 num;
	u16 num_free; /* descriptors */
	u16 free_head;
	u16 outstanding; /* chains the device has */
	u16 avail_idx;	 /* as published; counts modulo 65536 */
	u16 kicked_idx;	 /* avail_idx at the last look whether to notify */
	u16 last_used;	 /* used entries taken, modulo 65536 */
	bool event_idx;	 /* VIRTIO_RING_F_EVENT_IDX was negotiated */
	bool no_interrupt;
	const char *fault; /* the lie that was caught; NULL: none.  Final. */
	u32 fault_value;   /* the value that was one */
	struct vring_desc *desc;
	struct vring_avail *avail;
	struct vring_used *used;
	struct vring_slot *slots;
};

/* Where the parts lie in one block of memory, in bytes; `num` is a power of two. */
size_t vring_avail_offset(u16 num);
size_t vring_used_offset(u16 num);
size_t vring_bytes(u16 num);

/* `mem` is zeroed, 64-byte aligned and vring_bytes(num) long; `slots` has num entries. */
void vring_init(struct vring *vr, u16 num, void *mem, struct vring_slot *slots, bool event_idx);

/*
 * Hand a chain to the device: first `out` pieces it reads, then `in` it writes.
 * The token comes back from vring_get(); it is not NULL.  0, -ENOSPC (not now),
 * -EINVAL (no piece, an empty one, more than the ring holds, 4 GiB or more to
 * write), -EIO after a fault.
 */
int vring_add(struct vring *vr, const struct vring_sg *sg, unsigned int out, unsigned int in,
	      void *token);

/* Must the device be told of what was added since the last call?  Has a full barrier. */
bool vring_kick_prepare(struct vring *vr);

/* The device has used something that vring_get() has not taken. */
bool vring_pending(const struct vring *vr);

/*
 * Take one used chain: its token and the bytes written.  NULL when there is
 * none or the device lied; then vr->fault says how.
 */
void *vring_get(struct vring *vr, u32 *len);

/*
 * Ask for no more interrupts (after vring_init one comes with each used entry);
 * only a hint to the device.
 */
void vring_disable_cb(struct vring *vr);

#endif
