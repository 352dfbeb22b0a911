// SPDX-License-Identifier: MIT
// sources: mm/reserve_boot.c mm/reserved.c mm/memblock.c
/* What the loader brought is in use, down to its last byte: named, and never the allocator's. */
#include "boot/boot_info.h"
#include "mm/layout.h"
#include "mm/memblock.h"
#include "mm/reserved.h"
#include "tests/host/test.h"

/* What the linker script defines: an image of one byte, wherever it is. */
char _text[1], _end[1];

static const char *name_at(phys_addr_t addr)
{
	const struct reserved_ram *r = reserved_ram_at(addr);

	return r ? r->name : "nobody";
}

static struct boot_info boot;

static bool is_kept(phys_addr_t start, phys_addr_t end, phys_addr_t from, phys_addr_t to)
{
	return from == to || end <= from || start >= to;
}

static unsigned int nr_free;

static void check_free(phys_addr_t start, phys_addr_t end)
{
	nr_free++;
	EXPECT(is_kept(start, end, 0, 0x100000));
	EXPECT(is_kept(start, end, boot.data_start, boot.data_end));
	for (unsigned int i = 0; i < boot.nr_modules; i++)
		EXPECT(is_kept(start, end, boot.modules[i].start, boot.modules[i].end));
}

/*
 * Each byte of what the loader brought has a name, and none of it is handed to the allocator: his
 * data, with the section headers of the image in it, and modules to the last one.
 */
TEST(what_the_loader_brought_is_kept)
{
	memblock_add(0, 0x10000000);
	boot.data_start = 0x3000008;
	boot.data_end = 0x3001238;
	boot.elf = (struct boot_elf){ 0x3000100, 20, 64, 19 };
	boot.nr_modules = BOOT_MAX_MODULES;
	for (unsigned int i = 0; i < BOOT_MAX_MODULES; i++) {
		struct boot_module *m = &boot.modules[i];

		m->start = 0x4000000 + i * 0x3000;
		m->end = m->start + (i == 3 ? 0 : 0x1001);
		snprintf(m->string, sizeof(m->string), "number %u", i);
	}
	mem_reserve_boot(&boot);
	EXPECT_STR(name_at(0xfffff), "the first MiB, firmware's");
	EXPECT_STR(name_at(boot.data_start), "the loader's data");
	EXPECT_STR(name_at(boot.elf.headers), "the loader's data");
	EXPECT_STR(name_at(boot.data_end - 1), "the loader's data");
	EXPECT_STR(name_at(boot.data_end), "nobody");
	EXPECT_STR(name_at(boot.modules[0].start), "module 0 \"number 0\"");
	EXPECT_STR(name_at(boot.modules[15].end - 1), "module 15 \"number 15\"");
	EXPECT_STR(name_at(boot.modules[3].start), "nobody"); /* it is empty */
	EXPECT_STR(name_at((phys_addr_t)__pa(_text)), "the kernel's image");
	memblock_for_each_free(check_free);
	EXPECT(nr_free > BOOT_MAX_MODULES);
}
