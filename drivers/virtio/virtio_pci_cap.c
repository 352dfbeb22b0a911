// SPDX-License-Identifier: MIT
/*
 * Judge of a virtio-pci function's vendor capabilities.
 *
 * Each says "structure of this type lies at offset .. offset + length of that
 * BAR".  All of it is the device's word: lengths, offsets and the BAR are
 * checked in 64 bits, so that no sum wraps, before anybody maps a byte.  As
 * 4.1.4.1 asks, a longer cap_len is accepted, unknown types and BARs above 5
 * are passed over in silence, and the first usable capability of a type wins.
 */
#include "drivers/virtio/virtio_pci_cap.h"
#include "drivers/pci/cap.h"
#include "drivers/virtio/virtio_pci_regs.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"

#define PCI_CFG_SPACE_SIZE 256
#define VP_NR_BARS	   6

/* What a structure of each type must have at the least. */
static const struct {
	const char *name;
	u8 cap_len;    /* bytes of the capability */
	u8 min_length; /* bytes of the structure */
	u8 align;      /* of its offset: 4.1.4.3.1, 4.1.4.4.1, 4.1.4.5, 4.1.4.6.1 */
} vp_cap_rules[] = {
	[VIRTIO_PCI_CAP_COMMON_CFG] = { "common", 16, VIRTIO_PCI_COMMON_CFG_MIN, 4 },
	[VIRTIO_PCI_CAP_NOTIFY_CFG] = { "notify", 20, 2, 2 },
	[VIRTIO_PCI_CAP_ISR_CFG] = { "isr", 16, 1, 1 },
	[VIRTIO_PCI_CAP_DEVICE_CFG] = { "device", 16, 1, 4 },
};

/* `where` is a multiple of 4. */
static u32 vp_cap_dword(const struct vp_config_space *cs, int where)
{
	return where + 4 <= PCI_CFG_SPACE_SIZE ? cs->read(cs->ctx, where) : 0;
}

/* 4.1.4: struct virtio_pci_cap, whose first dword is `head`; 4.1.4.4: virtio_pci_notify_cap. */
static void vp_cap_decode(const struct vp_config_space *cs, int pos, u32 head, struct vp_cap *cap)
{
	*cap = (struct vp_cap){
		.pos = (u8)pos,
		.cap_vndr = (u8)head,
		.cap_len = (u8)(head >> 16),
		.cfg_type = (u8)(head >> 24),
		.bar = (u8)vp_cap_dword(cs, pos + 4),
		.offset = vp_cap_dword(cs, pos + 8),
		.length = vp_cap_dword(cs, pos + 12),
	};
	if (cap->cfg_type == VIRTIO_PCI_CAP_NOTIFY_CFG && cap->cap_len >= 20)
		cap->notify_off_multiplier = vp_cap_dword(cs, pos + 16);
}

void vp_cap_read(const struct vp_config_space *cs, int pos, struct vp_cap *cap)
{
	vp_cap_decode(cs, pos, vp_cap_dword(cs, pos), cap);
}

const char *vp_cap_window(const struct vp_cap *cap, u64 bar_len, u64 minlen, u32 align, u64 start,
			  u64 size, u64 *offset, u64 *len)
{
	if (cap->bar >= VP_NR_BARS)
		return "reserved BAR";
	if (!bar_len)
		return "BAR absent or without address";
	if ((u64)cap->offset + cap->length > bar_len)
		return "structure reaches beyond the BAR";
	if (start >= cap->length || minlen > cap->length - start)
		return "structure too short";
	if ((cap->offset + start) & (align - 1))
		return "structure not aligned";
	*offset = cap->offset + start;
	*len = min(cap->length - start, size);
	return NULL;
}

/* NULL, or what makes a capability of a known type unusable. */
static const char *vp_cap_fault(const struct vp_config_space *cs, const struct vp_cap *cap)
{
	u32 mult = cap->notify_off_multiplier;
	u8 type = cap->cfg_type;
	u64 offset, len;

	if (cap->cap_vndr != PCI_CAP_ID_VNDR)
		return "not a vendor capability";
	if (cap->cap_len < vp_cap_rules[type].cap_len ||
	    cap->pos + cap->cap_len > PCI_CFG_SPACE_SIZE)
		return "bad capability length";
	/* 4.1.4.4.1: 0 or an even power of two. */
	if (mult && (!is_power_of_2(mult) || mult == 1))
		return "bad notify_off_multiplier";
	return vp_cap_window(cap, cs->bar_len(cs->ctx, cap->bar), vp_cap_rules[type].min_length,
			     vp_cap_rules[type].align, 0, cap->length, &offset, &len);
}

/* A vendor capability of a type that is still sought: take it, or say why not. */
static void vp_cap_consider(const struct vp_config_space *cs, int pos, u32 head,
			    struct vp_caps *caps)
{
	u8 type = (u8)(head >> 24);
	const char *fault;
	struct vp_cap cap;

	vp_cap_decode(cs, pos, head, &cap);
	if (cap.bar >= VP_NR_BARS)
		return;
	fault = vp_cap_fault(cs, &cap);
	if (!fault) {
		caps->type[type].cap = cap;
		caps->type[type].err = 0;
		return;
	}
	pr_warn("virtio-pci %s: %s capability at 0x%x refused: %s "
		"(BAR %u offset 0x%x length 0x%x cap_len %u multiplier 0x%x)\n",
		cs->name, vp_cap_rules[type].name, (unsigned int)pos, fault, cap.bar, cap.offset,
		cap.length, cap.cap_len, cap.notify_off_multiplier);
	caps->type[type].err = -EINVAL;
}

void vp_scan_capabilities(const struct vp_config_space *cs, struct vp_caps *caps)
{
	int pos = cs->first(cs->ctx);
	u64 seen = 0; /* a bit for each dword of the space: a list that loops ends here */

	for (int type = 0; type <= VIRTIO_PCI_CAP_LAST; type++)
		caps->type[type].err = -ENOENT;
	while (pos >= PCI_CAP_FIRST && !(seen & BIT_ULL(pos / 4))) {
		u32 head = vp_cap_dword(cs, pos);
		u8 type = (u8)(head >> 24);

		seen |= BIT_ULL(pos / 4);
		if ((u8)head == PCI_CAP_ID_VNDR && type && type <= VIRTIO_PCI_CAP_LAST &&
		    caps->type[type].err)
			vp_cap_consider(cs, pos, head, caps);
		pos = head >> 8 & 0xfc; /* PCI 3.0, 6.7: low bits are reserved */
	}
}

s64 vp_notify_offset(const struct vp_cap *notify, u16 queue_notify_off)
{
	u64 offset = (u64)queue_notify_off * notify->notify_off_multiplier;

	return offset + sizeof(u16) <= notify->length ? (s64)offset : -EINVAL;
}
