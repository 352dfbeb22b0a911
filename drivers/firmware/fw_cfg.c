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
#include "kernel/time/time.h"
#include "mm/page_alloc.h"
#include "mm/vmalloc.h"

#define FW_CFG_PORT	 0x510
#define FW_CFG_DATA	 0x511
#define FW_CFG_DMA	 0x514 /* the address of a struct fw_cfg_dma, big-endian, in two halves */
#define FW_CFG_NR_PORTS	 2
#define FW_CFG_ALL_PORTS 12
#define FW_CFG_SIGNATURE 0x0000
#define FW_CFG_ID	 0x0001
#define FW_CFG_HAS_DMA	 BIT(1)
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

/* A transfer that the device does by itself; all are big-endian. */
struct fw_cfg_dma {
	u32 control;
	u32 length;
	u64 address;
} __aligned(16);
#define FW_CFG_DMA_ERROR BIT(0)
#define FW_CFG_DMA_READ	 BIT(1)

#define DMA_USEC 1000000 /* the host may have other things to do */

/*
 * The next n bytes of the selected item to p, which lies within a page of the direct map.  0; -EIO;
 * -ETIMEDOUT: the device may still write to both, at any time after.
 */
static int __init fw_cfg_dma_read(void *p, size_t n)
{
	static struct fw_cfg_dma dma; /* not __initdata, which is given back */
	phys_addr_t at = __pa(&dma);
	u32 control;

	dma = (struct fw_cfg_dma){
		.control = __builtin_bswap32(FW_CFG_DMA_READ),
		.length = __builtin_bswap32(n),
		.address = __builtin_bswap64(__pa(p)),
	};
	barrier();
	outl(__builtin_bswap32(upper_32_bits(at)), FW_CFG_DMA);
	outl(__builtin_bswap32(lower_32_bits(at)), FW_CFG_DMA + 4);
	if (!poll_timeout(
		    !((control = __builtin_bswap32(READ_ONCE(dma.control))) & ~FW_CFG_DMA_ERROR),
		    DMA_USEC))
		return -ETIMEDOUT;
	return control & FW_CFG_DMA_ERROR ? -EIO : 0;
}

static bool __init fw_cfg_has_dma(void)
{
	u32 id;

	fw_cfg_select(FW_CFG_ID);
	fw_cfg_read(&id, sizeof(id)); /* little-endian */
	return id & FW_CFG_HAS_DMA;
}

/* A page at a time: what the device is given has to lie together. */
static int __init fw_cfg_fill(int item, char *to, size_t size)
{
	bool dma = fw_cfg_has_dma();
	int error = 0;

	fw_cfg_select(item);
	for (size_t done = 0; done < size && !error; done += PAGE_SIZE) {
		struct page *page = vmalloc_to_page(to + done);
		size_t n = min(size - done, (size_t)PAGE_SIZE);

		if (dma && !PageHighMem(page))
			error = fw_cfg_dma_read(lowmem_page_address(page), n);
		else
			fw_cfg_read(to + done, n);
	}
	return error;
}

/* No call takes a transfer back (docs/specs/fw_cfg): what one that does not end may write to is nobody's any more. */
static void __init fw_cfg_give_up(const char *name, void *data, u32 length, int error)
{
	pr_err("%s: cannot be read: %s\n", name, error_name(error));
	if (error == -ETIMEDOUT)
		pr_err("%s: its %u bytes of memory are kept: the device may still write there\n",
		       name, length);
	else
		vfree(data);
}

static void *__init fw_cfg_load_claimed(const char *name, size_t *size)
{
	u32 length;
	void *data;
	int item, error;

	if (!fw_cfg_present())
		return NULL;
	item = fw_cfg_find(name, &length);
	if (item < 0 || !length)
		return NULL;
	data = length / PAGE_SIZE < nr_free_pages() / 2 ? vmalloc(length) : NULL;
	if (!data) {
		pr_err("%s: no memory for its %u bytes\n", name, length);
		return NULL;
	}
	error = fw_cfg_fill(item, data, length);
	if (error) {
		fw_cfg_give_up(name, data, length, error);
		return NULL;
	}
	*size = length;
	return data;
}

void *__init fw_cfg_load(const char *name, size_t *size)
{
	void *data;

	if (!request_region(FW_CFG_PORT, FW_CFG_ALL_PORTS, "fw_cfg")) {
		pr_err("%s: cannot be read: the ports are somebody's\n", name);
		return NULL;
	}
	data = fw_cfg_load_claimed(name, size);
	release_region(FW_CFG_PORT, FW_CFG_ALL_PORTS);
	return data;
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
