// SPDX-License-Identifier: MIT
// sources: boot/pvh.c kernel/core/cmdline.c
/*
 * PVH's start information: the input is memory, with the start information at its beginning and whatever it
 * points to anywhere.  What was taken is what stands there; nothing more was read than that takes.
 */
#include "boot/pvh.h"
#include "mm/early_ioremap.h"
#include "tests/fuzz/fuzz.h"

#define RAM 0x7000UL

static const u8 *ram;
static size_t ram_size;
static unsigned long bytes_read;

int copy_from_early_mem(void *dst, phys_addr_t phys, unsigned long size)
{
	bytes_read += size;
	if (phys < RAM || phys - RAM > ram_size || size > ram_size - (phys - RAM))
		return -EFAULT;
	memcpy(dst, ram + (phys - RAM), size);
	return 0;
}

static void check_ranges(const struct hvm_start_info *si, const struct boot_info *bi)
{
	MUST(bi->nr_ranges && bi->nr_ranges <= BOOT_MAX_RANGES && bi->nr_ranges <= si->nr_memmap);
	for (unsigned int i = 0; i < bi->nr_ranges; i++) {
		struct hvm_memmap_entry e;

		MUST(!copy_from_early_mem(&e, si->memmap + i * sizeof(e), sizeof(e)));
		MUST(e.addr == bi->ranges[i].start && e.size == bi->ranges[i].size &&
		     e.type == bi->ranges[i].type);
	}
}

static void check(const struct boot_info *bi)
{
	struct hvm_start_info si;

	MUST(!copy_from_early_mem(&si, RAM, sizeof(si)));
	check_ranges(&si, bi);
	MUST(strnlen(bi->cmdline, sizeof(bi->cmdline)) < sizeof(bi->cmdline));
	MUST(bi->nr_modules <= BOOT_MAX_MODULES && bi->nr_modules <= si.nr_modules);
	for (unsigned int i = 0; i < bi->nr_modules; i++) {
		MUST(bi->modules[i].start < bi->modules[i].end);
		MUST(strnlen(bi->modules[i].string, 64) < 64);
	}
	MUST(bi->rsdp_size == 0 || bi->rsdp_size == 20 || bi->rsdp_size == BOOT_RSDP_MAX);
	MUST(bi->data_start == bi->data_end);
}

void fuzz(const u8 *data, size_t size)
{
	static struct boot_info bi;
	int ret;

	ram = data;
	ram_size = size;
	bytes_read = 0;
	memset(&bi, 0, sizeof(bi));
	ret = pvh_parse(RAM, &bi);
	MUST(ret == 0 || ret == -EINVAL);
	MUST(bytes_read <=
	     1 << 14); /* all that boot_info holds, and what is read twice of the RSDP */
	if (!ret)
		check(&bi);
}
