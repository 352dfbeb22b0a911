// SPDX-License-Identifier: MIT
/*
 * Resource templates (ACPI 6.5, 6.4): a buffer of descriptors, small ones with
 * the length in their tag byte, large ones with 16 bits of length, up to an end
 * tag.  Each that somebody here asks for is decoded into a struct aml_resource;
 * what is left out (DMA, registers, serial buses ...) has its bytes.
 */
#include "drivers/acpi/aml/interp.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

/* Small items: bits 6:3 of the tag; large ones: the tag byte. */
enum tag {
	SMALL_IRQ = 0x04,
	SMALL_START_DEPENDENT = 0x06,
	SMALL_END_DEPENDENT = 0x07,
	SMALL_IO = 0x08,
	SMALL_FIXED_IO = 0x09,
	SMALL_END = 0x0f,
	LARGE_MEMORY24 = 0x81,
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
static void decode_irq(const u8 *p, struct aml_resource *r)
{
	u32 mask = (u32)get(p + 1, 2);
	u8 flags = r->size > 3 ? p[3] : 1;

	r->type = AML_RES_IRQ;
	r->level = !(flags & BIT(0));
	r->active_low = flags & BIT(3);
	r->shared = flags & BIT(4);
	for (u32 i = 0; i < 16; i++)
		if (mask >> i & 1)
			r->numbers[r->nr++] = i;
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

/* 6.4.3.5: five numbers; in an extended one a revision byte and a reserved one come first. */
static void decode_space(const u8 *p, struct aml_resource *r)
{
	u32 width = r->tag == LARGE_WORD_SPACE ? 2 : r->tag == LARGE_DWORD_SPACE ? 4 : 8;
	u32 at = r->tag == LARGE_EXTENDED_SPACE ? 8 : 6;
	u8 type = p[3], general = p[4], specific = p[5];

	r->address_space = true;
	r->window = !(general & BIT(0));
	r->fixed = general & BIT(2) && general & BIT(3);
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
		r->io_sparse = specific & BIT(5);
	}
}

/* 6.4.3.6 */
static void decode_extended_irq(const u8 *p, struct aml_resource *r)
{
	u32 count = p[4];

	r->type = AML_RES_IRQ;
	r->window = !(p[3] & BIT(0));
	r->level = !(p[3] & BIT(1));
	r->active_low = p[3] & BIT(2);
	r->shared = p[3] & BIT(3);
	r->left_out = count > AML_MAX_IRQS ? (u16)(count - AML_MAX_IRQS) : 0;
	for (r->nr = 0; r->nr < count && r->nr < AML_MAX_IRQS; r->nr++)
		r->numbers[r->nr] = (u32)get(p + 5 + 4 * r->nr, 4);
}

#define ANY 0xffff

/*
 * What descriptors there are, and the bytes that each may have, header included; an extended
 * IRQ has four more for each interrupt but the first.  What decodes none is of type OTHER.
 */
static const struct form {
	u8 tag;
	u16 least, most;
	void (*decode)(const u8 *p, struct aml_resource *r);
} forms[] = {
	{ SMALL_IRQ, 3, 4, decode_irq },
	{ 0x05, 3, 3, NULL }, /* DMA */
	{ SMALL_START_DEPENDENT, 1, 2, NULL },
	{ SMALL_END_DEPENDENT, 1, 1, NULL },
	{ SMALL_IO, 8, 8, decode_io },
	{ SMALL_FIXED_IO, 4, 4, decode_io },
	{ 0x0a, 6, 6, NULL },	/* fixed DMA */
	{ 0x0e, 1, ANY, NULL }, /* a vendor's */
	{ SMALL_END, 2, 2, NULL },
	{ LARGE_MEMORY24, 12, 12, decode_memory },
	{ 0x82, 15, 15, NULL }, /* generic register */
	{ 0x84, 3, ANY, NULL }, /* a vendor's */
	{ LARGE_MEMORY32, 20, 20, decode_memory },
	{ LARGE_FIXED_MEMORY32, 12, 12, decode_memory },
	{ LARGE_DWORD_SPACE, 6 + 5 * 4, ANY, decode_space },
	{ LARGE_WORD_SPACE, 6 + 5 * 2, ANY, decode_space },
	{ LARGE_EXTENDED_IRQ, 9, ANY, decode_extended_irq },
	{ LARGE_QWORD_SPACE, 6 + 5 * 8, ANY, decode_space },
	{ LARGE_EXTENDED_SPACE, 8 + 6 * 8, 8 + 6 * 8, decode_space },
	{ 0x8c, 23, ANY, NULL }, /* GPIO */
	{ 0x8d, 18, ANY, NULL }, /* pin function */
	{ 0x8e, 12, ANY, NULL }, /* serial bus */
	{ 0x8f, 20, ANY, NULL }, /* pin configuration */
	{ 0x90, 14, ANY, NULL }, /* pin group */
	{ 0x91, 17, ANY, NULL }, /* pin group's function */
	{ 0x92, 20, ANY, NULL }, /* pin group's configuration */
};

/* The descriptor at p, and its size; NULL: there is none such, or it leaves the buffer. */
static const struct form *form_at(const u8 *p, u32 left, u32 *size)
{
	u8 tag = *p & 0x80 ? *p : *p >> 3;

	if (*p & 0x80 && left < 3)
		return NULL;
	*size = *p & 0x80 ? 3 + (u32)get(p + 1, 2) : 1U + (*p & 7);
	if (*size > left)
		return NULL;
	for (const struct form *form = forms; form < forms + ARRAY_SIZE(forms); form++)
		if (form->tag == tag)
			return *size >= form->least && *size <= form->most &&
					       (tag != LARGE_EXTENDED_IRQ ||
						*size >= 5U + 4U * p[4]) ?
				       form :
				       NULL;
	return NULL;
}

u32 aml_resource_end(const u8 *bytes, u32 length)
{
	const struct form *form;
	u32 at = 0, size;

	if (length == 0)
		return 0;
	for (; at < length; at += size) {
		form = form_at(bytes + at, length - at, &size);
		if (!form)
			break;
		if (form->tag == SMALL_END)
			return at;
	}
	return ~0U;
}

int aml_decode_resources(struct aml *aml, struct aml_node *node, const u8 *bytes, u32 length,
			 int (*fn)(const struct aml_resource *res, void *arg), void *arg)
{
	const struct form *form;
	struct aml_resource r;
	u32 at = 0;
	int err;

	for (; at < length; at += r.size) {
		memset(&r, 0, sizeof(r));
		r.offset = at;
		r.bytes = bytes + at;
		form = form_at(bytes + at, length - at, &r.size);
		if (!form)
			break;
		r.tag = form->tag;
		if (r.tag == SMALL_END)
			return 0;
		r.type = AML_RES_OTHER;
		r.length = r.size;
		if (form->decode)
			form->decode(bytes + at, &r);
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
