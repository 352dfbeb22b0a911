// SPDX-License-Identifier: MIT
/* The character devices, in the order of their numbers; and /proc/misc. */
#include "drivers/char/char.h"
#include "drivers/hpet/hpet.h"
#include "drivers/virtio/virtio_rng.h"
#include "kernel/core/sink.h"
#include "kernel/proc/proc.h"

/* Linux's order: the one that came last is the first. */
static void show_misc(struct sink *out)
{
	if (hpet_available())
		sink_printf(out, "228 hpet\n");
	sink_printf(out, "183 hw_random\n");
}

void __init char_dev_init(void)
{
	mem_dev_init();
	null_dev_init();
	random_dev_init();
	kmsg_dev_init();
	hwrng_dev_init();
	hpet_dev_init();
	proc_create_text("misc", 0444, show_misc);
}
