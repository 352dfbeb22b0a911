// SPDX-License-Identifier: MIT
/*
 * The monitor's window on disks.
 */
#include "drivers/virtio/virtio_blk.h"
#include "kernel/core/command.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/slab.h"

#define DUMP_WIDTH 16

/* "00000000: 54 45 ...  TE..": offsets within the sector. */
static void dump_sector(struct sink *out, const u8 *data)
{
	for (unsigned int line = 0; line < SECTOR_SIZE; line += DUMP_WIDTH) {
		sink_printf(out, "%08x:", line);
		for (unsigned int i = 0; i < DUMP_WIDTH; i++)
			sink_printf(out, " %02x", data[line + i]);
		sink_printf(out, "  ");
		for (unsigned int i = 0; i < DUMP_WIDTH; i++) {
			u8 c = data[line + i];

			sink_printf(out, "%c", c >= ' ' && c <= '~' ? c : '.');
		}
		sink_printf(out, "\n");
	}
}

/* A sector may be less than the device's block: read the block around it. */
static int dump_lba(struct sink *out, struct virtio_blk *blk, u64 lba)
{
	u32 per_block = blk->bdev.block_size >> SECTOR_SHIFT;
	u8 *block = kmalloc(blk->bdev.block_size, GFP_KERNEL);
	int ret;

	if (!block)
		return -ENOMEM;
	ret = virtio_blk_read(blk, ALIGN_DOWN(lba, per_block), block, per_block);
	if (!ret)
		dump_sector(out, block + lba % per_block * SECTOR_SIZE);
	kfree(block);
	return ret;
}

static int cmd_blk(struct sink *out, int argc, char **argv)
{
	struct virtio_blk *blk;
	u64 lba, disk = 0;
	int ret;

	if (argc < 3 || argc > 4 || strcmp(argv[1], "read") ||
	    kstrtoull(argv[2], COMMAND_BASE, &lba) ||
	    (argc == 4 && kstrtoull(argv[3], COMMAND_BASE, &disk)))
		return -EINVAL;
	blk = disk <= UINT32_MAX ? virtio_blk_get((unsigned int)disk) : NULL;
	if (!blk) {
		sink_printf(out, "blk: no disk %llu\n", (unsigned long long)disk);
		return -ENODEV;
	}
	ret = dump_lba(out, blk, lba);
	virtio_blk_put(blk);
	return ret;
}

MONITOR_COMMAND(blk, "read LBA [DISK] (hex)", "dump a disk's sector of 512 bytes", cmd_blk);
