// sources: drivers/acpi/aml/arithmetic.c drivers/acpi/aml/control.c drivers/acpi/aml/convert.c drivers/acpi/aml/data.c drivers/acpi/aml/define.c drivers/acpi/aml/device.c drivers/acpi/aml/dump.c drivers/acpi/aml/exec.c drivers/acpi/aml/field.c drivers/acpi/aml/fieldlist.c drivers/acpi/aml/interp.c drivers/acpi/aml/load.c drivers/acpi/aml/memory.c drivers/acpi/aml/message.c drivers/acpi/aml/namespace.c drivers/acpi/aml/object.c drivers/acpi/aml/opcode.c drivers/acpi/aml/parse.c drivers/acpi/aml/pci.c drivers/acpi/aml/predefined.c drivers/acpi/aml/reference.c drivers/acpi/aml/region.c drivers/acpi/aml/resource.c drivers/acpi/aml/routing.c drivers/acpi/aml/run.c drivers/acpi/aml/stack.c drivers/acpi/aml/store.c drivers/acpi/aml/sync.c drivers/acpi/aml/term.c drivers/acpi/table/check.c tests/aml/machine.c
// SPDX-License-Identifier: MIT
/*
 * Resource templates (ACPI 6.5, 6.4): each descriptor, and what is broken.
 */
#include "tests/host/test_aml_builder.h"

static int see_resource(const struct aml_resource *r, void *arg)
{
	static const char *const types[] = { "irq", "io", "mem", "bus", "oth" };

	(void)arg;
	see("%s", types[r->type]);
	switch (r->type) {
	case AML_RES_IRQ:
		see(" %s %s%s", r->level ? "level" : "edge", r->active_low ? "low" : "high",
		    r->shared ? " shared" : "");
		break;
	case AML_RES_OTHER:
		see(" tag %02x length %lu", r->tag, r->length);
		break;
	default:
		see(" 0x%lx-0x%lx+0x%lx/0x%lx", r->min, r->max, r->length, r->align);
		if (r->translation)
			see(" tra 0x%lx", r->translation);
		see("%s%s%s%s", r->fixed ? " fixed" : "", r->window ? " window" : "",
		    r->read_only ? " ro" : "", r->caching == 3 ? " pref" : "");
		break;
	}
	for (u32 i = 0; i < r->nr; i++)
		see(" %u", r->numbers[i]);
	see("\n");
	return 0;
}

static int decode(const u8 *bytes, u32 n)
{
	struct aml *aml = aml_create(&machine_ops);
	int err = aml_decode_resources(aml, aml_root(aml), bytes, n, see_resource, NULL);

	aml_destroy(aml);
	return err;
}

#define DECODE(...)                                  \
	({                                           \
		const u8 _bytes[] = { __VA_ARGS__ }; \
		see_nothing();                       \
		decode(_bytes, sizeof(_bytes));      \
	})

TEST(small_descriptors)
{
	EXPECT_EQ(DECODE(0x22, 0x20, 0x00,	 /* IRQNoFlags {5} */
			 0x23, 0x00, 0x12, 0x18, /* IRQ (Level, ActiveLow, Shared) {9, 12} */
			 0x2a, 0x06, 0x05,	 /* DMA {1, 2} */
			 0x47, 0x01, 0xf8, 0x0c, 0xff, 0x0c, 0x04, 0x08, /* IO (Decode16) */
			 0x4b, 0x78, 0x03, 0x08,			 /* FixedIO */
			 0x55, 1, 0, 2, 0, 3,				 /* FixedDMA */
			 0x31, 0x00, 0x38, /* dependent functions: passed over */
			 0x73, 1, 2, 3,	   /* vendor */
			 0x79, 0x00),
		  0);
	EXPECT_STR(seen, "irq edge high 5\n"
			 "irq level low shared 9 12\n"
			 "oth tag 05 length 3\n"
			 "io 0xcf8-0xcff+0x8/0x4\n"
			 "io 0x378-0x378+0x8/0x0 fixed\n"
			 "oth tag 0a length 6\n"
			 "oth tag 0e length 4\n");
}

TEST(large_descriptors)
{
	EXPECT_EQ(DECODE(0x81, 9, 0, 0, 0x00, 0x0a, 0xff, 0x0b, 0x00, 0x01, 0x10, 0x00, 0x82, 12, 0,
			 1, 8, 0, 1, 0x08, 0x06, 0, 0, 0, 0, 0, 0, 0x84, 2, 0, 0xaa, 0xbb, 0x85, 17,
			 0, 1, 0, 0, 0, 0xe0, 0xff, 0xff, 0xff, 0xef, 0, 0, 0x10, 0, 0, 0, 0, 1,
			 0x86, 9, 0, 0, 0, 0, 0xd0, 0xfe, 0, 4, 0, 0, 0x89, 10, 0, 0x0d, 2, 5, 0, 0,
			 0, 0x11, 0, 0, 0, 0x89, 6, 0, 0x00, 1, 7, 0, 0, 0, 0x8e, 9, 0, 2, 0, 1, 0,
			 0, 0, 1, 0, 0, 0x79, 0),
		  0);
	EXPECT_STR(seen, "mem 0xa0000-0xbff00+0x1000/0x100 ro\n"
			 "oth tag 82 length 15\n"
			 "oth tag 84 length 5\n"
			 "mem 0xe0000000-0xefffffff+0x1000000/0x100000\n"
			 "mem 0xfed00000-0xfed00000+0x400/0x0 fixed ro\n"
			 "irq level low shared 5 17\n"
			 "irq level high 7\n"
			 "oth tag 8e length 12\n");
}

TEST(address_spaces)
{
	EXPECT_EQ(DECODE(0x88, 13, 0, 2, 0x0c, 0, 0, 0, 0, 0, 0xff, 0, 0, 0, 0,
			 1, /* WordBusNumber */
			 0x88, 13, 0, 1, 0x0c, 3, 0, 0, 0, 0x0d, 0xff, 0xff, 0, 0, 0, 0xf3, 0x87,
			 23, 0, 0, 0x0d, 7, 0, 0, 0, 0, 0, 0, 0, 0xe0, 0xff, 0xff, 0xff, 0xef, 0, 0,
			 0, 0, 0, 0, 0, 0x10, 0x8a, 43, 0, 0, 0x0c, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
			 0, 0, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
			 0, 0, 0, 0, 0, 1, 0, 0, 0, 0x8b, 53, 0, 0, 0x0c, 1, 1, 0, 0, 0, 0, 0, 0, 0,
			 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0xff, 0x0f, 0x10, 0, 0, 0, 0, 0, 0, 0, 0,
			 0, 0, 0, 0, 1, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x88, 13,
			 0, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* a type of its own */
			 0x79, 0),
		  0);
	EXPECT_STR(seen, "bus 0x0-0xff+0x100/0x0 fixed window\n"
			 "io 0xd00-0xffff+0xf300/0x0 fixed window\n"
			 "mem 0xe0000000-0xefffffff+0x10000000/0x0 fixed pref\n"
			 "mem 0x100000000-0x1ffffffff+0x100000000/0x0 fixed window\n"
			 "mem 0x100000-0x100fff+0x1000/0x0 tra 0x100000000000000 fixed window\n"
			 "oth tag 88 length 0\n");
}

TEST(broken_templates)
{
	EXPECT_EQ(DECODE(0x47, 0x01, 0xf8), -EINVAL);
	EXPECT_EQ(DECODE(0x22, 0x20, 0x00), -EINVAL); /* no end tag */
	EXPECT_EQ(DECODE(0x21, 0x20, 0x79, 0), -EINVAL);
	EXPECT_EQ(DECODE(0x86, 0xff, 0xff, 0), -EINVAL);
	EXPECT_EQ(DECODE(0x86, 0x08), -EINVAL);
	EXPECT_EQ(DECODE(0x86, 0, 0, 0x79, 0), -EINVAL);
	EXPECT_EQ(DECODE(0x89, 4, 0, 0, 255, 1, 2, 0x79, 0), -EINVAL);
	EXPECT_EQ(DECODE(0x8a, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
			 0x79),
		  -EINVAL);
	EXPECT_EQ(DECODE(0x79), -EINVAL); /* half an end tag */
	EXPECT_EQ(DECODE(0x78), -EINVAL);
	EXPECT_EQ(DECODE(0x00, 0x79, 0), -EINVAL); /* none that there is */
	EXPECT_EQ(DECODE(0x48, 1, 1, 1, 1, 1, 1, 1, 1, 0x79, 0), -EINVAL);
	EXPECT_EQ(DECODE(0x8c, 1, 0, 0, 0x79, 0), -EINVAL);
	EXPECT(test_log_has("AML: \\: a resource template of 3 bytes is broken at 0"));
	EXPECT(test_log_has("a resource template of 3 bytes is broken at 3"));
}

TEST(random_templates)
{
	u8 bytes[96];

	for (u32 round = 0; round < 20000; round++) {
		u32 n = (u32)(test_random() >> 20) % sizeof(bytes);

		for (u32 i = 0; i < n; i++)
			bytes[i] = (u8)(test_random() >> 13);
		if (n > 2) {
			bytes[0] = (u8)(0x80 | (bytes[0] & 0xf));
			bytes[1] %= sizeof(bytes);
			bytes[2] = 0;
		}
		see_nothing();
		decode(bytes, n);
		test_log_clear();
	}
}
