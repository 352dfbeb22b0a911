// SPDX-License-Identifier: MIT
// sources: boot/multiboot2.c boot/grub.c kernel/core/cmdline.c
/*
 * The tag walk, on lists as loaders write them and on lists that lie.  Each list
 * is walked in a block of just its size, so that a read beyond it is caught.
 */
#include "boot/multiboot2.h"
#include "mm/early_ioremap.h"
#include "tests/host/test.h"

#define MBI_PHYS 0x9500

static u8 list[8192];
static size_t list_size;
static struct boot_info bi;

static void begin(void)
{
	memset(list, 0, sizeof(list));
	list_size = 8;
}

static void put(const void *bytes, size_t n)
{
	memcpy(list + list_size, bytes, n);
	list_size += n;
}

static void put32(u32 value)
{
	put(&value, sizeof(value));
}

static void put64(u64 value)
{
	put(&value, sizeof(value));
}

/* Head of a tag with `body` bytes behind it; pad() comes after the body. */
static void head(u32 type, u32 body)
{
	put32(type);
	put32(8 + body);
}

static void pad(void)
{
	list_size = ALIGN(list_size, (size_t)8);
}

static void string_tag(u32 type, const char *s)
{
	head(type, strlen(s) + 1);
	put(s, strlen(s) + 1);
	pad();
}

/* One entry of RAM, which every list needs to be taken. */
static void mmap_tag(void)
{
	head(MB2_TAG_MMAP, 8 + 24);
	put32(24);
	put32(0);
	put64(0x100000);
	put64(0x700000);
	put32(1);
	put32(0);
}

static void end_tag(void)
{
	head(MB2_TAG_END, 0);
}

/* ---- memory, where multiboot2_parse() looks for the list ---- */

static phys_addr_t list_at; /* where it lies */
static void *mapped;

int copy_from_early_mem(void *dst, phys_addr_t phys, unsigned long size)
{
	if (phys < list_at || phys - list_at > sizeof(list) - size)
		return -EFAULT;
	memcpy(dst, list + (phys - list_at), size);
	return 0;
}

void *early_memremap_ro(phys_addr_t phys, unsigned long size)
{
	EXPECT_EQ(phys, list_at);
	EXPECT(!mapped);
	if (size > sizeof(list))
		return NULL;
	mapped = test_alloc(size);
	memcpy(mapped, list, size);
	return mapped;
}

void early_memunmap(void *addr, unsigned long size)
{
	(void)size;
	EXPECT(addr == mapped);
	test_free(mapped);
	mapped = NULL;
}

static int parse(phys_addr_t phys, u32 total_size)
{
	memcpy(list, &total_size, sizeof(total_size));
	list_at = phys;
	memset(&bi, 0, sizeof(bi));
	test_log_clear();
	return multiboot2_parse(phys, &bi);
}

/* ---- the tests ---- */

static int walk(void)
{
	u8 *exact = test_alloc(list_size);
	int ret;

	memcpy(exact, list, list_size);
	memset(&bi, 0, sizeof(bi));
	bi.data_start = MBI_PHYS;
	test_log_clear();
	ret = multiboot2_walk(exact, list_size, &bi);
	test_free(exact);
	return ret;
}

TEST(ordinary_list)
{
	begin();
	string_tag(MB2_TAG_CMDLINE, "console=ttyS0 run=\"iomem; exit 0\"");
	string_tag(MB2_TAG_LOADER, "GRUB 2.06");
	mmap_tag();
	end_tag();
	EXPECT_EQ(walk(), 0);
	EXPECT_STR(bi.cmdline, "console=ttyS0 run=\"iomem; exit 0\"");
	EXPECT_STR(bi.loader, "GRUB 2.06");
	EXPECT_EQ(bi.nr_ranges, 1);
	EXPECT_EQ(bi.ranges[0].start, 0x100000);
	EXPECT_EQ(bi.ranges[0].size, 0x700000);
	EXPECT_EQ(bi.ranges[0].type, 1);
	EXPECT(!bi.efi);
}

/* The other way round: what GRUB makes of words (its lib/cmdline.c), to take them from. */
static void grub_quote(const char *const *words, char *out)
{
	for (; *words; words++) {
		bool blank = strchr(*words, ' ') != NULL;

		if (blank)
			*out++ = '"';
		for (const char *p = *words; *p; p++) {
			bool hex = p[0] == '\\' && p[1] == 'x' && p[2] == '4' && p[3] == '1';

			if ((*p == '\\' && !hex) || *p == '\'' || *p == '"')
				*out++ = '\\';
			*out++ = *p;
		}
		if (blank)
			*out++ = '"';
		*out++ = words[1] ? ' ' : '\0';
	}
}

static void through_grub(const char *loader, const char *quoted)
{
	begin();
	string_tag(MB2_TAG_CMDLINE, quoted);
	string_tag(MB2_TAG_LOADER, loader); /* GRUB's order: who it was comes later */
	mmap_tag();
	end_tag();
	EXPECT_EQ(walk(), 0);
}

TEST(grub_s_quotes_are_undone)
{
	static const struct {
		const char *words[4];
		const char *quoted, *want; /* what GRUB 2.06 hands over, and what was meant */
	} lines[] = {
		{ { "run=\"iomem; ioports\"" },
		  "\"run=\\\"iomem; ioports\\\"\"",
		  "run=\"iomem; ioports\"" },
		{ { "mem=1G", "run=\"iomem\"", "quiet" },
		  "mem=1G run=\\\"iomem\\\" quiet",
		  "mem=1G run=\"iomem\" quiet" },
		{ { "run=iomem; ioports", "quiet" },
		  "\"run=iomem; ioports\" quiet",
		  "\"run=iomem; ioports\" quiet" }, /* the quotes group it */
		{ { "mem=1G run=\"a; b\"" }, "\"mem=1G run=\\\"a; b\\\"\"", "mem=1G run=\"a; b\"" },
		{ { "a\\b", "it's", "\\x41" }, "a\\\\b it\\'s \\x41", "a\\b it's \\x41" },
		{ { "\\", "\\\"", "x" }, "\\\\ \\\\\\\" x", "\\ \\\" x" },
		{ { "" }, "", "" },
	};

	for (u32 i = 0; i < ARRAY_SIZE(lines); i++) {
		char quoted[100];

		grub_quote(lines[i].words, quoted);
		EXPECT_STR(quoted, lines[i].quoted);
		through_grub("GRUB 2.06-13+deb12u1", quoted);
		EXPECT_STR(bi.cmdline, lines[i].want);
		through_grub("limine 8", quoted);
		EXPECT_STR(bi.cmdline, quoted); /* nobody else's are touched */
	}
}

TEST(grub_s_quotes_cut_off)
{
	static char words[BOOT_STRING_MAX + 100];

	/* The cut is within the value, which must go whole. */
	memset(words, 'w', sizeof(words) - 1);
	memcpy(words + 20, " \"run=\\\"a; ", 11);
	through_grub("GRUB 2.06", words);
	EXPECT_EQ(strlen(bi.cmdline), 21);
	EXPECT(test_log_has("cut off at"));
	/* The same in a word without quotes of its own: there is no room to close it. */
	memset(words, 'w', sizeof(words) - 1);
	memcpy(words + 20, " \"a ", 4);
	through_grub("GRUB 2.06", words);
	EXPECT_EQ(strlen(bi.cmdline), 21);
	EXPECT_STR(bi.loader, "GRUB 2.06");
	/* Open ends of what no GRUB says. */
	through_grub("GRUB 2.06", "\"a b");
	EXPECT_STR(bi.cmdline, "\"a b");
	through_grub("GRUB 2.06", "a\\");
	EXPECT_STR(bi.cmdline, "a\\");
	through_grub("GRUB 2.06", "\"");
	through_grub("GRUB 2.06", "\"\\");
	through_grub("GRUB 2.06", "\"a b\"c d");
}

TEST(list_in_memory)
{
	begin();
	mmap_tag();
	end_tag();
	EXPECT_EQ(parse(0x1c0ff8, list_size), 0);
	EXPECT_EQ(bi.nr_ranges, 1);
	EXPECT_EQ(bi.data_start, 0x1c0ff8);
	EXPECT_EQ(bi.data_end, 0x1c0ff8 + list_size);
	EXPECT(!mapped);
	EXPECT_EQ(parse(0x1c0ff8, list_size - 1), -EINVAL); /* the walk's error is the answer */
	EXPECT(!mapped);
}

TEST(no_list_can_lie_there)
{
	static const phys_addr_t places[] = { 0, 4, 0x1c0001, 0x1c0ffc };

	begin();
	mmap_tag();
	end_tag();
	for (u32 i = 0; i < ARRAY_SIZE(places); i++) {
		EXPECT_EQ(parse(places[i], list_size), -EINVAL);
		EXPECT(test_log_has("no information can lie at"));
	}
	list_at = MBI_PHYS;
	EXPECT_EQ(multiboot2_parse(0xfffffffffffff000, &bi), -EINVAL);
}

TEST(no_list_has_that_size)
{
	static const u32 sizes[] = { 0, 8, 15, MULTIBOOT2_MAX_SIZE - 0xff7, 0x80000000, ~0U };

	for (u32 i = 0; i < ARRAY_SIZE(sizes); i++) {
		begin();
		mmap_tag();
		end_tag();
		EXPECT_EQ(parse(0x1c0ff8, sizes[i]), -EINVAL);
		EXPECT(test_log_has("the information at"));
	}
	EXPECT_EQ(parse(0x1c0000, MULTIBOOT2_MAX_SIZE),
		  -ENOMEM); /* allowed; here no slot holds it */
}

TEST(entry_size_is_the_stride)
{
	u32 i;

	begin();
	head(MB2_TAG_MMAP, 8 + 3 * 40);
	put32(40);
	put32(0);
	for (i = 0; i < 3; i++) {
		put64(i << 20);
		put64(0x1000 + i);
		put32(i + 1);
		put32(0xdeadbeef);
		put64(~0ULL);
		put64(~0ULL);
	}
	end_tag();
	EXPECT_EQ(walk(), 0);
	EXPECT_EQ(bi.nr_ranges, 3);
	EXPECT_EQ(bi.ranges[2].start, 2 << 20);
	EXPECT_EQ(bi.ranges[2].size, 0x1002);
	EXPECT_EQ(bi.ranges[2].type, 3);
}

TEST(stride_of_odd_size_is_read_too)
{
	begin();
	head(MB2_TAG_MMAP, 8 + 2 * 27);
	put32(27);
	put32(0);
	list_size += 27;
	put64(0x123456789abcULL);
	put64(0x1000);
	put32(2);
	put32(0);
	list_size += 3;
	pad();
	end_tag();
	EXPECT_EQ(walk(), 0);
	EXPECT_EQ(bi.nr_ranges, 2);
	EXPECT_EQ(bi.ranges[1].start, 0x123456789abcULL);
}

TEST(partial_last_entry_is_left_out)
{
	begin();
	head(MB2_TAG_MMAP, 8 + 24 + 23);
	put32(24);
	put32(0);
	list_size += 24 + 23;
	pad();
	end_tag();
	EXPECT_EQ(walk(), 0);
	EXPECT_EQ(bi.nr_ranges, 1);
}

TEST(small_stride_is_refused)
{
	static const u32 strides[] = { 0, 1, 8, 23 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(strides); i++) {
		begin();
		head(MB2_TAG_MMAP, 8 + 48);
		put32(strides[i]);
		put32(0);
		list_size += 48;
		end_tag();
		EXPECT_EQ(walk(), -EINVAL);
		EXPECT(test_log_has("memory map: ignored: entries of"));
	}
}

TEST(huge_stride_gives_no_entry)
{
	begin();
	head(MB2_TAG_MMAP, 8 + 48);
	put32(0xffffffff);
	put32(0);
	list_size += 48;
	end_tag();
	EXPECT_EQ(walk(), -EINVAL);
	EXPECT(test_log_has("no usable memory map"));
}

TEST(more_entries_than_fit)
{
	u32 i;

	begin();
	head(MB2_TAG_MMAP, 8 + 24 * (BOOT_MAX_RANGES + 5));
	put32(24);
	put32(0);
	for (i = 0; i < BOOT_MAX_RANGES + 5; i++) {
		put64(i);
		put64(1);
		put64(1);
	}
	end_tag();
	EXPECT_EQ(walk(), 0);
	EXPECT_EQ(bi.nr_ranges, BOOT_MAX_RANGES);
	EXPECT_EQ(bi.ranges[BOOT_MAX_RANGES - 1].start, BOOT_MAX_RANGES - 1);
	EXPECT(test_log_has("BOOT_MAX_RANGES"));
}

TEST(no_memory_map)
{
	begin();
	string_tag(MB2_TAG_LOADER, "x");
	end_tag();
	EXPECT_EQ(walk(), -EINVAL);
	EXPECT(test_log_has("no usable memory map"));
}

TEST(size_zero_does_not_loop)
{
	u32 size;

	for (size = 0; size < 8; size++) {
		begin();
		mmap_tag();
		put32(MB2_TAG_CMDLINE);
		put32(size);
		put64(0);
		end_tag();
		EXPECT_EQ(walk(), -EINVAL);
		EXPECT(test_log_has("less than its own head"));
		EXPECT(test_log_has("offset 48"));
	}
}

TEST(tag_leaves_the_list)
{
	static const u32 sizes[] = { 17, 4096, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		begin();
		mmap_tag();
		put32(MB2_TAG_CMDLINE);
		put32(sizes[i]);
		put64(0);
		EXPECT_EQ(walk(), -EINVAL);
		EXPECT(test_log_has("but the list ends after 16 bytes"));
	}
}

TEST(end_tag_is_checked_like_any)
{
	begin();
	mmap_tag();
	put32(MB2_TAG_END);
	put32(0);
	EXPECT_EQ(walk(), -EINVAL);
	EXPECT(test_log_has("less than its own head"));
}

TEST(unterminated_list)
{
	begin();
	mmap_tag();
	EXPECT_EQ(walk(), -EINVAL);
	EXPECT(test_log_has("no end tag"));
}

/* The list is cut at each possible byte: never an overrun, never success. */
TEST(truncated_anywhere)
{
	size_t whole, cut;

	begin();
	string_tag(MB2_TAG_CMDLINE, "abc");
	mmap_tag();
	end_tag();
	whole = list_size;
	for (cut = 0; cut < whole; cut++) {
		list_size = cut;
		EXPECT_EQ(walk(), -EINVAL);
	}
}

TEST(what_follows_the_end_is_not_read)
{
	begin();
	mmap_tag();
	end_tag();
	string_tag(MB2_TAG_CMDLINE, "late");
	EXPECT_EQ(walk(), 0);
	EXPECT_STR(bi.cmdline, "");
}

TEST(last_tag_without_padding)
{
	begin();
	mmap_tag();
	head(MB2_TAG_CMDLINE, 3);
	put("ab", 3);
	EXPECT_EQ(walk(), -EINVAL);
	EXPECT(test_log_has("no end tag"));
}

TEST(unterminated_string)
{
	begin();
	head(MB2_TAG_CMDLINE, 8);
	put("abcdefgh", 8);
	head(MB2_TAG_LOADER, 0);
	mmap_tag();
	end_tag();
	EXPECT_EQ(walk(), 0);
	EXPECT_STR(bi.cmdline, "abcdefgh");
	EXPECT_STR(bi.loader, "");
	EXPECT(test_log_has("command line: not terminated"));
}

TEST(long_strings_are_cut)
{
	static char words[BOOT_STRING_MAX + 100];

	memset(words, 'w', sizeof(words) - 1);
	/* The boundary is inside mem=128M, where mem=12 would be left. */
	memcpy(words + BOOT_STRING_MAX - 1 - 7, " mem=128M b", 11);
	begin();
	string_tag(MB2_TAG_CMDLINE, words);
	string_tag(MB2_TAG_LOADER, words);
	mmap_tag();
	end_tag();
	EXPECT_EQ(walk(), 0);
	EXPECT_EQ(strlen(bi.cmdline), BOOT_STRING_MAX - 1 - 6);
	EXPECT_STR(bi.cmdline + BOOT_STRING_MAX - 1 - 10, "www ");
	EXPECT(test_log_has("command line: cut off from"));
	EXPECT(test_log_has("cmdline: cut off at \"mem=12\""));
	EXPECT_EQ(strlen(bi.loader), sizeof(bi.loader) - 1);
	EXPECT(test_log_has("loader name: cut off from"));
}

TEST(second_of_a_kind_is_ignored)
{
	begin();
	string_tag(MB2_TAG_CMDLINE, "first");
	string_tag(MB2_TAG_CMDLINE, "second");
	mmap_tag();
	end_tag();
	EXPECT_EQ(walk(), 0);
	EXPECT_STR(bi.cmdline, "first");
	EXPECT(test_log_has("command line: ignored: a second one"));
}

static void module_tag(u32 start, u32 end, const char *s)
{
	head(MB2_TAG_MODULE, 8 + strlen(s) + 1);
	put32(start);
	put32(end);
	put(s, strlen(s) + 1);
	pad();
}

TEST(modules)
{
	begin();
	module_tag(0x400000, 0x401000, "initrd one");
	module_tag(0x500000, 0x500000, "empty");
	module_tag(0x600000, 0x5fffff, "backwards");
	module_tag(0x700000, 0x700001, "");
	mmap_tag();
	end_tag();
	EXPECT_EQ(walk(), 0);
	EXPECT_EQ(bi.nr_modules, 2);
	EXPECT_EQ(bi.modules[0].start, 0x400000);
	EXPECT_EQ(bi.modules[0].end, 0x401000);
	EXPECT_STR(bi.modules[0].string, "initrd one");
	EXPECT_EQ(bi.modules[1].start, 0x700000);
	EXPECT_STR(bi.modules[1].string, "");
}

TEST(too_many_modules)
{
	u32 i;

	begin();
	for (i = 0; i < BOOT_MAX_MODULES + 1; i++)
		module_tag(0x400000 + i * 0x1000, 0x400800 + i * 0x1000, "m");
	mmap_tag();
	end_tag();
	EXPECT_EQ(walk(), 0);
	EXPECT_EQ(bi.nr_modules, BOOT_MAX_MODULES);
	EXPECT(test_log_has("BOOT_MAX_MODULES"));
}

static void rsdp_tag(u32 type, u32 size, u8 fill)
{
	u8 bytes[64];

	memset(bytes, fill, sizeof(bytes));
	head(type, size);
	put(bytes, size);
	pad();
}

TEST(newer_rsdp_wins_in_either_order)
{
	begin();
	rsdp_tag(MB2_TAG_ACPI_OLD, 20, 1);
	rsdp_tag(MB2_TAG_ACPI_NEW, 36, 2);
	mmap_tag();
	end_tag();
	EXPECT_EQ(walk(), 0);
	EXPECT_EQ(bi.rsdp_size, 36);
	EXPECT_EQ(bi.rsdp[0], 2);

	begin();
	rsdp_tag(MB2_TAG_ACPI_NEW, 40, 2);
	rsdp_tag(MB2_TAG_ACPI_OLD, 20, 1);
	mmap_tag();
	end_tag();
	EXPECT_EQ(walk(), 0);
	EXPECT_EQ(bi.rsdp_size, 36);
	EXPECT_EQ(bi.rsdp[35], 2);
}

TEST(short_rsdp_leaves_the_other)
{
	begin();
	rsdp_tag(MB2_TAG_ACPI_NEW, 35, 2);
	rsdp_tag(MB2_TAG_ACPI_OLD, 20, 1);
	mmap_tag();
	end_tag();
	EXPECT_EQ(walk(), 0);
	EXPECT_EQ(bi.rsdp_size, 20);
	EXPECT_EQ(bi.rsdp[19], 1);
	EXPECT(test_log_has("ACPI 2.0 RSDP: ignored: 43 bytes, needs 44"));
}

TEST(efi_tags)
{
	begin();
	head(MB2_TAG_EFI32, 4);
	put32(0x1000);
	pad();
	head(MB2_TAG_EFI64, 8);
	put64(0x1f5ec018);
	head(MB2_TAG_EFI_MMAP, 8 + 96);
	put32(48);
	put32(1);
	list_size += 96;
	mmap_tag();
	end_tag();
	EXPECT_EQ(walk(), 0);
	EXPECT(bi.efi);
	EXPECT_EQ(bi.efi_system_table, 0x1f5ec018);
	/* List head, two tags of 16 bytes, then the tag's own 16. */
	EXPECT_EQ(bi.efi_memmap, MBI_PHYS + 8 + 16 + 16 + 16);
	EXPECT_EQ(bi.efi_memmap_size, 96);
	EXPECT_EQ(bi.efi_desc_size, 48);
	EXPECT_EQ(bi.efi_desc_version, 1);
}

/* A loader of 32 bits has no other pointer; beside one of 64 bits it does not count, wherever it stands. */
TEST(efi_pointer_of_32_bits)
{
	for (unsigned int both = 0; both < 2; both++) {
		begin();
		if (both) {
			head(MB2_TAG_EFI64, 8);
			put64(0x1f5ec018);
		}
		head(MB2_TAG_EFI32, 4);
		put32(0x1000);
		pad();
		mmap_tag();
		end_tag();
		EXPECT_EQ(walk(), 0);
		EXPECT(bi.efi);
		EXPECT_EQ(bi.efi_system_table, both ? 0x1f5ec018 : 0x1000);
	}
}

TEST(efi_map_with_bad_descriptors)
{
	begin();
	head(MB2_TAG_EFI_MMAP, 8);
	put32(0);
	put32(1);
	mmap_tag();
	end_tag();
	EXPECT_EQ(walk(), 0);
	EXPECT_EQ(bi.efi_memmap, 0);
	EXPECT(test_log_has("EFI memory map: ignored"));
}

TEST(elf_sections)
{
	begin();
	head(MB2_TAG_ELF_SECTIONS, 12 + 128);
	put32(2);
	put32(64);
	put32(1);
	list_size += 128;
	pad();
	mmap_tag();
	end_tag();
	EXPECT_EQ(walk(), 0);
	EXPECT_EQ(bi.elf.headers, MBI_PHYS + 8 + 20);
	EXPECT_EQ(bi.elf.count, 2);
}

TEST(elf_sections_that_do_not_fit)
{
	begin();
	head(MB2_TAG_ELF_SECTIONS, 12);
	put32(0x10000);
	put32(0x10000); /* the product is 0 in 32 bits */
	put32(0);
	pad();
	mmap_tag();
	end_tag();
	EXPECT_EQ(walk(), 0);
	EXPECT_EQ(bi.elf.headers, 0);
	EXPECT(test_log_has("ELF sections: ignored"));
}

TEST(framebuffer)
{
	begin();
	head(MB2_TAG_FRAMEBUFFER, 24);
	put64(0xfd000000);
	put32(4096);
	put32(1024);
	put32(768);
	put32(0x00000120); /* 32 bits a pixel, type 1 */
	mmap_tag();
	end_tag();
	EXPECT_EQ(walk(), 0);
	EXPECT_EQ(bi.framebuffer.addr, 0xfd000000);
	EXPECT_EQ(bi.framebuffer.pitch, 4096);
	EXPECT_EQ(bi.framebuffer.height, 768);
	EXPECT_EQ(bi.framebuffer.bpp, 32);
	EXPECT_EQ(bi.framebuffer.type, 1);
}

/* Every type of the specification, as short as a tag can be, and some of no specification. */
TEST(every_tag_is_told)
{
	u32 type;

	begin();
	mmap_tag();
	for (type = 1; type < MB2_NR_TAGS + 3; type++)
		head(type, 0);
	head(0x80000000, 0);
	end_tag();
	EXPECT_EQ(walk(), 0);
	EXPECT(test_log_has("module: ignored: 8 bytes, needs 16"));
	EXPECT(test_log_has("basic memory information: ignored: 8 bytes, needs 16"));
	EXPECT(test_log_has("network information: ignored"));
	EXPECT(test_log_has("unknown type 22"));
	EXPECT(test_log_has("unknown type 2147483648"));
}

/* Random bytes, and lists whose sizes are right but whose insides are random. */
TEST(random_lists)
{
	u32 round, i;

	for (round = 0; round < 3000; round++) {
		begin();
		while (list_size < 400) {
			u32 body = test_random() % 80;

			head(test_random() % (MB2_NR_TAGS + 2), body);
			for (i = 0; i < body; i++)
				list[list_size + i] = test_random() % 3 ? 0 : test_random();
			list_size += body;
			pad();
		}
		if (round % 4 == 0)
			list[8 + test_random() % 390] ^= 1 << test_random() % 8;
		list_size -= test_random() % 16;
		walk();
		EXPECT(bi.nr_ranges <= BOOT_MAX_RANGES);
		EXPECT(bi.nr_modules <= BOOT_MAX_MODULES);
		EXPECT(strnlen(bi.cmdline, BOOT_STRING_MAX) < BOOT_STRING_MAX);
	}
}
