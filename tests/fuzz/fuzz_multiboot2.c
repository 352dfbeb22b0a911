// SPDX-License-Identifier: MIT
// sources: boot/multiboot2.c boot/grub.c kernel/core/cmdline.c
/*
 * A loader's tags: the input is the whole information.  What comes out is within what went in: places
 * inside the list, strings that end, counts that fit.
 */
#include "boot/multiboot2.h"
#include "mm/early_ioremap.h"
#include "tests/fuzz/fuzz.h"

#define MBI_PHYS 0x9500

static const u8 *list;
static size_t list_size;
static unsigned int mapped;

int copy_from_early_mem(void *dst, phys_addr_t phys, unsigned long size)
{
	if (phys < MBI_PHYS || phys - MBI_PHYS > list_size || size > list_size - (phys - MBI_PHYS))
		return -EFAULT;
	memcpy(dst, list + (phys - MBI_PHYS), size);
	return 0;
}

/* As the kernel's: to whom it does not matter what lies behind the list. */
void *early_memremap_ro(phys_addr_t phys, unsigned long size)
{
	void *copy;

	MUST(phys == MBI_PHYS);
	if (size > list_size)
		return NULL;
	copy = test_alloc(size);
	memcpy(copy, list, size);
	mapped++;
	return copy;
}

void early_memunmap(void *addr, unsigned long size)
{
	(void)size;
	mapped--;
	test_free(addr);
}

static bool is_inside(phys_addr_t start, u64 size)
{
	return start >= MBI_PHYS && start - MBI_PHYS <= list_size &&
	       size <= list_size - (start - MBI_PHYS);
}

static void check(const struct boot_info *bi)
{
	MUST(strnlen(bi->cmdline, sizeof(bi->cmdline)) < sizeof(bi->cmdline));
	MUST(strnlen(bi->loader, sizeof(bi->loader)) < sizeof(bi->loader));
	MUST(bi->nr_ranges && bi->nr_ranges <= BOOT_MAX_RANGES);
	MUST(bi->nr_modules <= BOOT_MAX_MODULES);
	for (unsigned int i = 0; i < bi->nr_modules; i++) {
		const struct boot_module *m = &bi->modules[i];

		MUST(m->start < m->end);
		MUST(strnlen(m->string, sizeof(m->string)) < sizeof(m->string));
	}
	MUST(bi->rsdp_size == 0 || bi->rsdp_size == 20 || bi->rsdp_size == BOOT_RSDP_MAX);
	if (bi->elf.headers)
		MUST(is_inside(bi->elf.headers, (u64)bi->elf.count * bi->elf.entry_size));
	if (bi->efi_memmap) {
		MUST(bi->efi && bi->efi_desc_size >= 40);
		MUST(is_inside(bi->efi_memmap, bi->efi_memmap_size));
	}
	MUST(is_inside(bi->data_start, bi->data_end - bi->data_start));
}

void fuzz(const u8 *data, size_t size)
{
	static struct boot_info bi;
	int ret;

	list = data;
	list_size = size;
	memset(&bi, 0, sizeof(bi));
	ret = multiboot2_parse(MBI_PHYS, &bi);
	MUST(!mapped);
	MUST(ret == 0 || ret == -EINVAL || ret == -ENOMEM);
	if (!ret)
		check(&bi);
	else
		MUST(strlen(test_log()));
}
