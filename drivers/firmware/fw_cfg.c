// SPDX-License-Identifier: MIT
/*
 * QEMU's fw_cfg by its two ports (QEMU docs/specs/fw_cfg): a 16-bit selector,
 * and a data port that gives the selected item's next byte at each read.
 *
 * The device is known by its signature.  Its ports are held only while a file
 * is read: in the register they belong to the ACPI namespace's device, which
 * names them when it is enumerated.
 */
#define pr_fmt(fmt) "fw_cfg: " fmt

#include "drivers/firmware/fw_cfg.h"
#include "kernel/core/cmdline.h"
#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/port.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

#define FW_CFG_PORT	 0x510
#define FW_CFG_DATA	 0x511
#define FW_CFG_NR_PORTS	 2
#define FW_CFG_SIGNATURE 0x0000
#define FW_CFG_FILE_DIR	 0x0019
#define FW_CFG_NAME_SIZE 56
#define FW_CFG_MAX_FILES 1024 /* far beyond what QEMU has; a broken count ends here */

static void __init fw_cfg_select(u16 item)
{
	outw(item, FW_CFG_PORT);
}

static void __init fw_cfg_read(void *buf, size_t n)
{
	u8 *bytes = buf;

	while (n--)
		*bytes++ = inb(FW_CFG_DATA);
}

/* The next `n` bytes (at most 4) as a big-endian number: so the directory is written. */
static u32 __init fw_cfg_read_be(unsigned int n)
{
	u32 value = 0;

	while (n--)
		value = value << 8 | inb(FW_CFG_DATA);
	return value;
}

static bool __init fw_cfg_present(void)
{
	char signature[4];

	/* On a real PC the write would reach whatever has that port. */
	if (!boot_cpu.hypervisor)
		return false;
	fw_cfg_select(FW_CFG_SIGNATURE);
	fw_cfg_read(signature, sizeof(signature));
	return memcmp(signature, "QEMU", sizeof(signature)) == 0;
}

/* Look `name` up in the directory: its selector, and its size in *size; -ENOENT. */
static int __init fw_cfg_find(const char *name, u32 *size)
{
	char entry[FW_CFG_NAME_SIZE];
	u32 count, i;

	fw_cfg_select(FW_CFG_FILE_DIR);
	count = fw_cfg_read_be(4);
	for (i = 0; i < min(count, (u32)FW_CFG_MAX_FILES); i++) {
		u16 selector;

		*size = fw_cfg_read_be(4);
		selector = fw_cfg_read_be(2);
		fw_cfg_read_be(2); /* reserved */
		fw_cfg_read(entry, sizeof(entry));
		entry[sizeof(entry) - 1] = '\0';
		if (strcmp(entry, name) == 0)
			return selector;
	}
	return -ENOENT;
}

static int __init fw_cfg_read_claimed(const char *name, void *buf, size_t size)
{
	u32 length;
	int item;

	if (!fw_cfg_present())
		return -ENODEV;
	item = fw_cfg_find(name, &length);
	if (item < 0)
		return item;
	if (length > size)
		pr_warn("%s: only %zu of its %u bytes are read\n", name, size, length);
	fw_cfg_select(item);
	fw_cfg_read(buf, min((size_t)length, size));
	return (int)min(length, 0x7fffffffU);
}

/*
 * Copy the file `name` into buf, up to `size` bytes; no 0 is added.  Returns the
 * file's whole length (more than `size`: cut off, and said); -ENODEV where there
 * is no such device, -EBUSY where its ports are taken (said), -ENOENT where it has
 * no such file.
 */
static int __init fw_cfg_read_file(const char *name, void *buf, size_t size)
{
	int ret;

	if (!request_region(FW_CFG_PORT, FW_CFG_NR_PORTS, "fw_cfg"))
		return -EBUSY;
	ret = fw_cfg_read_claimed(name, buf, size);
	release_region(FW_CFG_PORT, FW_CFG_NR_PORTS);
	return ret;
}

void __init fw_cfg_append_cmdline(const char *name)
{
	static char words[COMMAND_LINE_SIZE] __initdata;
	int n = fw_cfg_read_file(name, words, sizeof(words) - 1);

	if (n <= 0)
		return;
	words[min((size_t)n, sizeof(words) - 1)] = '\0';
	if ((size_t)n >= sizeof(words))
		cmdline_cut_word(words);
	cmdline_append(words);
}
