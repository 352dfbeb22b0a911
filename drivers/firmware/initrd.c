// SPDX-License-Identifier: MIT
/*
 * The archive of the first files.
 *
 * A loader has put its modules into RAM, which was reserved for them since: what is whole pages of it is
 * free afterwards.
 */
#define pr_fmt(fmt) "initrd: " fmt
#include "drivers/firmware/initrd.h"

#include "boot/boot_info.h"
#include "drivers/firmware/fw_cfg.h"
#include "kernel/core/printk.h"
#include "kernel/fs/cpio.h"
#include "kernel/fs/initramfs.h"
#include "kernel/lib/vsprintf.h"
#include "mm/memremap.h"
#include "mm/page_alloc.h"
#include "mm/vmalloc.h"

#define FILE_NAME "opt/terrier/initrd"

static bool __init meets(const struct boot_module *m, phys_addr_t start, phys_addr_t end)
{
	return m->start < end && start < m->end;
}

/* It lies in RAM that is nobody else's, by the loader's own word. */
static bool __init is_own_ram(unsigned int i)
{
	const struct boot_module *m = &boot_info.modules[i];

	if (ram_share(PFN_DOWN(m->start), PFN_UP(m->end)) != ALL_RAM ||
	    meets(m, __pa(_text), __pa(__bss_stop)))
		return false;
	for (unsigned int k = 0; k < boot_info.nr_modules; k++)
		if (k != i && meets(m, boot_info.modules[k].start, boot_info.modules[k].end))
			return false;
	return true;
}

/* Or meant to be one, which is said. */
static bool __init is_archive(const void *data, size_t size)
{
	return cpio_begins(data, size) || compression_name(data, size);
}

void *__init initrd_map_module(unsigned int i)
{
	const struct boot_module *m = &boot_info.modules[i];

	if (m->end <= m->start || !is_own_ram(i))
		return NULL;
	return memremap(m->start, m->end - m->start, MEMREMAP_WB);
}

static bool __init unpack_module(unsigned int i)
{
	const struct boot_module *m = &boot_info.modules[i];
	char what[96];
	bool archive;
	void *data;

	if (m->end <= m->start)
		return false;
	snprintf(what, sizeof(what), "module %u \"%s\"", i, m->string);
	data = initrd_map_module(i);
	if (!data) {
		pr_err("%s: [mem %#lx-%#lx] is not used: it is no RAM of its own\n", what, m->start,
		       m->end - 1);
		return false;
	}
	archive = is_archive(data, m->end - m->start);
	if (archive)
		initramfs_unpack(data, m->end - m->start, what);
	memunmap(data);
	if (!archive)
		return false;
	free_reserved_area(__va(m->start), __va(m->end), "initrd");
	return true;
}

static bool __init unpack_fw_cfg(void)
{
	size_t size;
	void *data = fw_cfg_load(FILE_NAME, &size);

	if (!data)
		return false;
	initramfs_unpack(data, size, "fw_cfg's " FILE_NAME);
	vfree(data);
	return true;
}

bool __init initrd_load(void)
{
	bool any = false;

	for (unsigned int i = 0; i < boot_info.nr_modules; i++)
		any |= unpack_module(i);
	return unpack_fw_cfg() || any;
}
