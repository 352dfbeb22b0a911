// SPDX-License-Identifier: MIT
/*
 * Resource templates (ACPI 6.5, 6.4): a buffer of descriptors, small ones with
 * the length in their tag byte, large ones with 16 bits of length, up to an end
 * tag.  Each is decoded into a struct aml_resource.
 */
#include "drivers/acpi/aml/interp.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

/* Small items: bits 6:3 of the tag; large ones: the tag byte. */
enum tag {
	SMALL_IRQ = 0x04,
	SMALL_DMA = 0x05,
	SMALL_START_DEPENDENT = 0x06,
	SMALL_END_DEPENDENT = 0x07,
	SMALL_IO = 0x08,
	SMALL_FIXED_IO = 0x09,
	SMALL_FIXED_DMA = 0x0a,
	SMALL_VENDOR = 0x0e,
	SMALL_END = 0x0f,
	LARGE_MEMORY24 = 0x81,
	LARGE_REGISTER = 0x82,
	LARGE_VENDOR = 0x84,
	LARGE_MEMORY32 = 0x85,
	LARGE_FIXED_MEMORY32 = 0x86,
	LARGE_DWORD_SPACE = 0x87,
	LARGE_WORD_SPACE = 0x88,
	LARGE_EXTENDED_IRQ = 0x89,
	LARGE_QWORD_SPACE = 0x8a,
	LARGE_EXTENDED_SPACE = 0x8b,
};

static u64 get(const u8 *p, u32 bytes)
{
	u64 value = 0;

	memcpy(&value, p, bytes);
	return value;
}

/* 6.4.2.1: a mask of ISA interrupts; without the third byte edge, high, exclusive. */
static void decode_irq(const u8 *p, u32 size, struct aml_resource *r)
{
	u32 mask = (u32)get(p + 1, 2);
	u8 flags = size > 3 ? p[3] : 1;

	r->type = AML_RES_IRQ;
	r->level = !(flags & BIT(0));
	r->active_low = flags & BIT(3);
	r->shared = flags & BIT(4);
	r->wake = flags & BIT(5);
	for (u32 i = 0; i < 16; i++)
		if (mask >> i & 1)
			r->numbers[r->nr++] = i;
}

/* 6.4.2.2: a mask of channels. */
static void decode_dma(const u8 *p, struct aml_resource *r)
{
	r->type = AML_RES_DMA;
	r->dma_flags = p[2];
	for (u32 i = 0; i < 8; i++)
		if (p[1] >> i & 1)
			r->numbers[r->nr++] = i;
}

/* 6.4.2.9: a request line, and the channel it asks for. */
static void decode_fixed_dma(const u8 *p, struct aml_resource *r)
{
	r->type = AML_RES_DMA;
	r->fixed = true;
	r->numbers[0] = (u32)get(p + 1, 2);
	r->numbers[1] = (u32)get(p + 3, 2);
	r->nr = 2;
	r->dma_width = p[5];
}

/* 6.4.2.5 and 6.4.2.6 */
static void decode_io(const u8 *p, struct aml_resource *r)
{
	r->type = AML_RES_IO;
	if (r->tag == SMALL_FIXED_IO) {
		r->decode = 10;
		r->fixed = true;
		r->min = r->max = get(p + 1, 2) & 0x3ff;
		r->length = p[3];
		return;
	}
	r->decode = p[1] & 1 ? 16 : 10;
	r->min = get(p + 2, 2);
	r->max = get(p + 4, 2);
	r->align = p[6];
	r->length = p[7];
	r->fixed = r->min == r->max;
}

/* 6.4.3.1: bits 23:8 of the addresses, length in units of 256 bytes. */
static void decode_memory24(const u8 *p, struct aml_resource *r)
{
	r->min = get(p + 4, 2) << 8;
	r->max = get(p + 6, 2) << 8;
	r->align = get(p + 8, 2);
	if (!r->align)
		r->align = 0x10000;
	r->length = get(p + 10, 2) << 8;
}

/* 6.4.3.3 and 6.4.3.4 */
static void decode_memory(const u8 *p, struct aml_resource *r)
{
	r->type = AML_RES_MEMORY;
	r->read_only = !(p[3] & 1);
	if (r->tag == LARGE_MEMORY24) {
		decode_memory24(p, r);
	} else if (r->tag == LARGE_MEMORY32) {
		r->min = get(p + 4, 4);
		r->max = get(p + 8, 4);
		r->align = get(p + 12, 4);
		r->length = get(p + 16, 4);
	} else {
		r->min = r->max = get(p + 4, 4);
		r->length = get(p + 8, 4);
		r->fixed = true;
	}
	r->fixed |= r->min == r->max;
}

/* 6.4.3.5: the five numbers are `width` bytes each, from `at` on. */
static void decode_space(const u8 *p, u32 at, u32 width, struct aml_resource *r)
{
	u8 type = p[3], general = p[4], specific = p[5];

	r->address_space = true;
	r->window = !(general & BIT(0));
	r->subtractive = general & BIT(1);
	r->min_fixed = general & BIT(2);
	r->max_fixed = general & BIT(3);
	r->fixed = r->min_fixed && r->max_fixed;
	r->align = get(p + at, width);
	r->min = get(p + at + width, width);
	r->max = get(p + at + 2 * width, width);
	r->translation = get(p + at + 3 * width, width);
	r->length = get(p + at + 4 * width, width);
	r->type = type == 0 ? AML_RES_MEMORY : type == 1 ? AML_RES_IO : AML_RES_BUS;
	if (type > 2)
		r->type = AML_RES_OTHER;
	if (type == 0) {
		r->read_only = !(specific & BIT(0));
		r->caching = specific >> 1 & 3;
	} else if (type == 1) {
		r->decode = 16;
		r->io_translated = specific & BIT(4);
		r->io_sparse = specific & BIT(5);
	}
}

/* 6.4.3.6 */
static int decode_extended_irq(const u8 *p, u32 size, struct aml_resource *r)
{
	u32 count = p[4];

	r->type = AML_RES_IRQ;
	r->window = !(p[3] & BIT(0));
	r->level = !(p[3] & BIT(1));
	r->active_low = p[3] & BIT(2);
	r->shared = p[3] & BIT(3);
	r->wake = p[3] & BIT(4);
	if (5 + 4 * count > size)
		return -EINVAL;
	r->left_out = count > AML_MAX_IRQS ? (u16)(count - AML_MAX_IRQS) : 0;
	for (r->nr = 0; r->nr < count && r->nr < AML_MAX_IRQS; r->nr++)
		r->numbers[r->nr] = (u32)get(p + 5 + 4 * r->nr, 4);
	return 0;
}

/* 6.4.3.7 */
static void decode_register(const u8 *p, struct aml_resource *r)
{
	r->type = AML_RES_REGISTER;
	r->space_id = p[3];
	r->bit_width = p[4];
	r->bit_offset = p[5];
	r->access_size = p[6];
	r->min = r->max = get(p + 7, 8);
	r->length = DIV_ROUND_UP(r->bit_offset + r->bit_width, 8);
	r->fixed = true;
}

/* Bytes that a descriptor must have, header included. */
static u32 least_size(u8 tag)
{
	switch (tag) {
	case SMALL_IRQ:
	case SMALL_DMA:
		return 3;
	case SMALL_IO:
		return 8;
	case SMALL_FIXED_IO:
		return 4;
	case SMALL_FIXED_DMA:
		return 6;
	case LARGE_MEMORY24:
	case LARGE_FIXED_MEMORY32:
		return 12;
	case LARGE_REGISTER:
		return 15;
	case LARGE_MEMORY32:
		return 20;
	case LARGE_WORD_SPACE:
		return 6 + 5 * 2;
	case LARGE_DWORD_SPACE:
		return 6 + 5 * 4;
	case LARGE_QWORD_SPACE:
		return 6 + 5 * 8;
	case LARGE_EXTENDED_SPACE:
		return 8 + 6 * 8;
	case LARGE_EXTENDED_IRQ:
		return 5;
	default:
		return 1;
	}
}

static int decode(const u8 *p, u32 size, struct aml_resource *r)
{
	switch (r->tag) {
	case SMALL_IRQ:
		decode_irq(p, size, r);
		return 0;
	case SMALL_DMA:
		decode_dma(p, r);
		return 0;
	case SMALL_FIXED_DMA:
		decode_fixed_dma(p, r);
		return 0;
	case SMALL_IO:
	case SMALL_FIXED_IO:
		decode_io(p, r);
		return 0;
	case LARGE_MEMORY24:
	case LARGE_MEMORY32:
	case LARGE_FIXED_MEMORY32:
		decode_memory(p, r);
		return 0;
	case LARGE_WORD_SPACE:
		decode_space(p, 6, 2, r);
		return 0;
	case LARGE_DWORD_SPACE:
		decode_space(p, 6, 4, r);
		return 0;
	case LARGE_QWORD_SPACE:
		decode_space(p, 6, 8, r);
		return 0;
	case LARGE_EXTENDED_SPACE: /* a revision byte and a reserved one come first */
		decode_space(p, 8, 8, r);
		return 0;
	case LARGE_EXTENDED_IRQ:
		return decode_extended_irq(p, size, r);
	case LARGE_REGISTER:
		decode_register(p, r);
		return 0;
	case SMALL_VENDOR:
	case LARGE_VENDOR:
		r->type = AML_RES_VENDOR;
		break;
	default:
		r->type = AML_RES_OTHER;
		break;
	}
	r->length = size;
	return 0;
}

/* The descriptor at p: its tag and size, 0 where it leaves the buffer. */
static u32 descriptor_size(const u8 *p, u32 left, u8 *tag)
{
	u32 size;

	if (*p & 0x80) {
		if (left < 3)
			return 0;
		*tag = *p;
		size = 3 + (u32)get(p + 1, 2);
	} else {
		*tag = *p >> 3;
		size = 1 + (*p & 7);
	}
	return size > left ? 0 : size;
}

u32 aml_resource_end(const u8 *bytes, u32 length)
{
	u32 at = 0, size;
	u8 tag;

	if (length == 0)
		return 0;
	for (; at < length; at += size) {
		size = descriptor_size(bytes + at, length - at, &tag);
		if (!size)
			break;
		if (tag == SMALL_END)
			return at;
	}
	return ~0U;
}

int aml_decode_resources(struct aml *aml, struct aml_node *node, const u8 *bytes, u32 length,
			 int (*fn)(const struct aml_resource *res, void *arg), void *arg)
{
	struct aml_resource r;
	u32 at = 0;
	int err;

	for (; at < length; at += r.size) {
		memset(&r, 0, sizeof(r));
		r.offset = at;
		r.bytes = bytes + at;
		r.size = descriptor_size(bytes + at, length - at, &r.tag);
		if (r.tag == SMALL_END)
			return 0;
		if (r.size < least_size(r.tag) || decode(bytes + at, r.size, &r))
			break;
		if (r.left_out)
			aml_fail_of(aml, node, 0, "%u interrupts at %u, AML_MAX_IRQS is %u",
				    r.nr + r.left_out, at, AML_MAX_IRQS);
		if (r.tag == SMALL_START_DEPENDENT || r.tag == SMALL_END_DEPENDENT)
			continue;
		err = fn(&r, arg);
		if (err)
			return err;
	}
	return aml_fail_of(aml, node, -EINVAL, "a resource template of %u bytes is broken at %u",
			   length, at);
}

int aml_walk_resources(struct aml *aml, struct aml_node *device, const char *method,
		       int (*fn)(const struct aml_resource *res, void *arg), void *arg)
{
	struct aml_node *node = aml_find(aml, device, method);
	struct aml_value v;
	int err = aml_evaluate(aml, device, method, NULL, 0, &v);

	if (err)
		return err;
	if (v.type == AML_BUFFER)
		err = aml_decode_resources(aml, node, AML_OBJECT(&v, data)->bytes, v.object->length,
					   fn, arg);
	else
		err = aml_fail_of(aml, node, -EINVAL, "it gave %s", aml_type_name(v.type));
	aml_put(aml, &v);
	return err;
}
