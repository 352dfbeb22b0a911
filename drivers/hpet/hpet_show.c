// SPDX-License-Identifier: MIT
/* The command `hpet`: the registers as they are now. */
#include "drivers/hpet/hpet.h"
#include "drivers/hpet/regs.h"
#include "kernel/core/command.h"
#include "kernel/lib/errno.h"

static void show_timer(struct sink *out, unsigned int n)
{
	u32 cfg = hpet_readl(HPET_Tn_CFG(n));

	sink_printf(out,
		    "timer %u: config %08x comparator %08x routes %08x%s%s%s%s, pin %u, %s%s%s%s\n",
		    n, cfg, hpet_readl(HPET_Tn_CMP(n)), hpet_readl(HPET_Tn_ROUTE(n)),
		    cfg & HPET_TN_PERIODIC_CAP ? " periodic-capable" : "",
		    cfg & HPET_TN_64BIT_CAP ? " 64-bit" : "",
		    cfg & HPET_TN_FSB_CAP ? " MSI-capable" : "", cfg & HPET_TN_FSB ? " MSI" : "",
		    (cfg & HPET_TN_ROUTE_MASK) >> HPET_TN_ROUTE_SHIFT,
		    cfg & HPET_TN_LEVEL ? "level" : "edge",
		    cfg & HPET_TN_PERIODIC ? ", periodic" : "",
		    cfg & HPET_TN_32BIT ? ", 32-bit mode" : "",
		    cfg & HPET_TN_ENABLE ? ", enabled" : ", disabled");
}

static void show_registers(struct sink *out)
{
	u32 id = hpet_readl(HPET_ID), cfg = hpet_readl(HPET_CFG);

	sink_printf(out, "id %08x: vendor %04x revision %02x, %u timers, %s counter%s\n", id,
		    id >> 16, id & HPET_ID_REV_MASK, hpet_nr_timers,
		    id & HPET_ID_64BIT ? "64-bit" : "32-bit",
		    id & HPET_ID_LEGACY ? ", legacy replacement" : "");
	sink_printf(out, "period %u fs, config %08x: %s%s, status %08x\n", hpet_period_fs(), cfg,
		    cfg & HPET_CFG_ENABLE ? "counting" : "halted",
		    cfg & HPET_CFG_LEGACY ? ", legacy replacement on" : "",
		    hpet_readl(HPET_STATUS));
	sink_printf(out, "counter %016llx\n", (unsigned long long)hpet_read_counter());
	for (unsigned int n = 0; n < hpet_nr_timers; n++)
		show_timer(out, n);
}

static int cmd_hpet(struct sink *out, int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		return -EINVAL;
	if (hpet_available())
		show_registers(out);
	else
		sink_printf(out, "no HPET is in use\n");
	return 0;
}
MONITOR_COMMAND(hpet, "", "the HPET's registers", cmd_hpet);
