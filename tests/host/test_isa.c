// SPDX-License-Identifier: MIT
// sources: kernel/core/resource.c kernel/core/region.c kernel/core/cmdline.c kernel/lib/tree.c
/*
 * ROMs below 1 MiB, found by what they begin with (PCI 3.0, 6.3; Linux's rules of what is believed), and
 * the ports of the AT's board.
 */
#include "boot/boot_info.h"
#include "kernel/core/resource.h"
#include "tests/host/test.h"

#undef pr_fmt
#include "drivers/isa/roms.c"

#undef pr_fmt
#define pr_fmt(fmt) "isa: " fmt
#include "drivers/isa/ports.c"

/* ---------------------------------------------------------------- the machine */

static u8 *rom_area; /* of exactly its size */
static u8 bios_data[2];
static bool no_memory;
struct boot_info boot_info;

void *memremap(phys_addr_t phys, size_t size, unsigned long flags)
{
	EXPECT_EQ(flags, MEMREMAP_WB);
	if (no_memory)
		return NULL;
	if (phys == 0x413 && size == 2)
		return bios_data;
	EXPECT_EQ(phys, 0xc0000);
	EXPECT_EQ(size, 0x40000);
	return rom_area;
}

void memunmap(void *addr)
{
	(void)addr;
}

/* A ROM of that length by its third byte, whose bytes add up to `sum`. */
static void put_rom(unsigned long at, u8 units, u8 sum)
{
	u8 *rom = rom_area + (at - ROM_FIRST);

	rom[0] = 0x55;
	rom[1] = 0xaa;
	rom[2] = units;
	rom[3] = (u8)(sum - 0x55 - 0xaa - units);
}

static void begin(void)
{
	if (!rom_area)
		rom_area = test_alloc(0x40000);
	memset(rom_area, 0, 0x40000);
	memset(adapter_roms, 0, sizeof(adapter_roms));
	video_rom.start = 0xc0000;
	video_rom.end = 0xc7fff;
	no_memory = false;
}

static char text[1024];

static void tell(struct resource *parent, int depth)
{
	for (struct resource *res; (res = resource_first_child(parent));) {
		size_t n = strlen(text);

		scnprintf(text + n, sizeof(text) - n, "%*s%05lx-%05lx %s\n", depth, "", res->start,
			  res->end, res->name);
		tell(res, depth + 1);
		release_resource(res);
	}
}

/* What there is, and it is no more. */
static const char *entered(struct resource *root)
{
	text[0] = 0;
	tell(root, 0);
	return text;
}

static const char *roms(void)
{
	probe_roms();
	EXPECT_STR(test_log(), ""); /* nothing meets */
	return entered(&iomem_resource);
}

/* ---------------------------------------------------------------- ROMs */

#define SYSTEM "f0000-fffff System ROM\n"

TEST(a_machine_of_firmware_alone)
{
	begin();
	EXPECT_STR(roms(), SYSTEM);
	no_memory = true;
	EXPECT_STR(roms(), SYSTEM);
	test_free(rom_area);
	rom_area = NULL;
}

TEST(a_video_rom_is_as_long_as_it_says_where_its_sum_holds)
{
	begin();
	put_rom(0xc0000, 76, 0);
	EXPECT_STR(roms(), "c0000-c97ff Video ROM\n" SYSTEM);
	begin();
	put_rom(0xc0000, 76, 1);
	EXPECT_STR(roms(), "c0000-c7fff Video ROM\n" SYSTEM);
	begin();
	put_rom(0xc0000, 0, 0);
	EXPECT_STR(roms(), "c0000-c7fff Video ROM\n" SYSTEM);
	begin();
	put_rom(0xc1000, 8, 0);
	EXPECT_STR(roms(), "c1000-c1fff Video ROM\n" SYSTEM);
	begin();
	put_rom(0xc0400, 8, 0); /* not on a boundary of 2 KiB */
	EXPECT_STR(roms(), SYSTEM);
}

TEST(an_adapter_s_rom_needs_its_sum)
{
	begin();
	put_rom(0xc0000, 64, 0);
	put_rom(0xc8000, 4, 0);
	put_rom(0xc8800, 4, 1); /* memory that looks like one */
	put_rom(0xc9000, 16, 0);
	put_rom(0xca000, 4, 0); /* within the one before */
	put_rom(0xcb000, 0, 0);
	put_rom(0xcb800, 5, 0); /* 2.5 KiB: the next may begin at the boundary behind it */
	put_rom(0xcc800, 4, 0);
	EXPECT_STR(roms(), "c0000-c7fff Video ROM\n"
			   "c8000-c87ff Adapter ROM\nc9000-cafff Adapter ROM\n"
			   "cb800-cc1ff Adapter ROM\ncc800-ccfff Adapter ROM\n" SYSTEM);
}

/* What lies behind a video ROM that is longer than its 32 KiB is no adapter's. */
TEST(adapters_begin_behind_the_video_rom)
{
	begin();
	put_rom(0xc0000, 76, 0);
	put_rom(0xc8000, 4, 0);
	put_rom(0xc9800, 4, 0);
	EXPECT_STR(roms(), "c0000-c97ff Video ROM\nc9800-c9fff Adapter ROM\n" SYSTEM);
}

TEST(a_rom_does_not_reach_into_the_system_s)
{
	begin();
	put_rom(0xef800, 4, 0);
	EXPECT_STR(roms(), "ef800-effff Adapter ROM\n" SYSTEM);
	begin();
	put_rom(0xef800, 8, 0);
	EXPECT_STR(roms(), SYSTEM);
}

TEST(an_extension_rom_is_the_whole_64_k)
{
	begin();
	put_rom(0xe0000, 4, 0);
	put_rom(0xe8000, 4, 0); /* inside it */
	put_rom(0xdf800, 8, 0); /* would reach into it */
	EXPECT_STR(roms(), "e0000-effff Extension ROM\n" SYSTEM);
	begin();
	put_rom(0xe0000, 4, 0);
	rom_area[0xeffff - ROM_FIRST] = 1; /* its own 2 KiB add up, the 64 KiB do not */
	EXPECT_STR(roms(), "e0000-e07ff Adapter ROM\n" SYSTEM);
}

TEST(more_adapters_than_are_entered)
{
	begin();
	for (unsigned long at = 0xd0000; at < 0xd8000; at += 0x800)
		put_rom(at, 4, 0);
	EXPECT_STR(roms(),
		   "d0000-d07ff Adapter ROM\nd0800-d0fff Adapter ROM\nd1000-d17ff Adapter ROM\n"
		   "d1800-d1fff Adapter ROM\nd2000-d27ff Adapter ROM\n"
		   "d2800-d2fff Adapter ROM\n" SYSTEM);
}

TEST(what_firmware_reserved_is_the_parent_and_what_cuts_across_is_said)
{
	struct resource reserved = {
		.name = "Reserved", .start = 0xf0000, .end = 0xfffff, .flags = IORESOURCE_MEM
	};
	struct resource across = {
		.name = "PCI Bus", .start = 0xc4000, .end = 0xcffff, .flags = IORESOURCE_MEM
	};

	begin();
	EXPECT_EQ(request_resource(&iomem_resource, &reserved), 0);
	EXPECT_EQ(request_resource(&iomem_resource, &across), 0);
	put_rom(0xc0000, 64, 0);
	probe_roms();
	EXPECT_STR(test_log(), "isa: Video ROM [mem 0x000c0000-0x000c7fff] meets PCI Bus "
			       "[mem 0x000c4000-0x000cffff]\n");
	EXPECT_STR(entered(&iomem_resource), "c4000-cffff PCI Bus\nf0000-fffff Reserved\n " SYSTEM);
}

/* ---------------------------------------------------------------- ports */

#define BOARD                                                                                      \
	"00000-0001f dma1\n00020-00021 pic1\n00040-00043 timer0\n00050-00053 timer1\n"             \
	"00060-00060 keyboard\n00064-00064 keyboard\n00080-0008f dma page reg\n000a0-000a1 pic2\n" \
	"000c0-000df dma2\n000f0-000ff fpu\n"
#define VGA "003c0-003df vga+\n"

static const char *ports(bool efi, u64 framebuffer, u8 type, u16 kib)
{
	boot_info = (struct boot_info){ .efi = efi };
	boot_info.framebuffer.addr = framebuffer;
	boot_info.framebuffer.type = type;
	memcpy(bios_data, &kib, 2);
	reserve_standard_io_resources();
	return entered(&ioport_resource);
}

/* Linux's list; vga+ where text is drawn. */
TEST(ports_of_the_board)
{
	no_memory = false;
	EXPECT_STR(ports(false, 0xb8000, 2, 639), BOARD VGA);
	EXPECT_STR(ports(false, 0xfd000000, 1, 639), BOARD);
	EXPECT_STR(ports(false, 0, 0, 639), BOARD VGA); /* nobody told: a BIOS */
	EXPECT_STR(ports(false, 0, 0, 256), BOARD VGA); /* whose low byte is 0 */
	EXPECT_STR(ports(false, 0, 0, 0), BOARD);
	EXPECT_STR(ports(true, 0, 0, 639), BOARD);
	EXPECT_STR(ports(true, 0xb8000, 2, 639), BOARD);
	no_memory = true;
	EXPECT_STR(ports(false, 0, 0, 639), BOARD);
}
