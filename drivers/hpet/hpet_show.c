// SPDX-License-Identifier: MIT
/* The command `hpet`: the registers as they are now, or a run of its periodic interrupt. */
#include "drivers/hpet/hpet.h"
#include "drivers/hpet/regs.h"
#include "kernel/core/command.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

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

static int run_from_monitor(struct sink *out, int argc, char **argv)
{
	struct hpet_tick_result r;
	u64 usec = 1000, count = 10;
	int ret;

	if (argc > 4 || (argc > 2 && kstrtoull(argv[2], COMMAND_BASE, &usec)) ||
	    (argc > 3 && kstrtoull(argv[3], COMMAND_BASE, &count)))
		return -EINVAL;
	hpet_tick_set_stop(command_interrupted);
	ret = hpet_tick_run(usec, count, HPET_PATIENCE_USEC, &r);
	hpet_tick_set_stop(NULL);
	if (ret == -EINVAL)
		return ret;
	if (ret == -ENODEV)
		sink_printf(out, "no periodic timer reaches an IOAPIC pin\n");
	else
		sink_printf(out, "%u interrupts in %llu us on IOAPIC pin %u, irq %d\n", r.count,
			    (unsigned long long)r.usec, r.pin, r.irq);
	return ret;
}

static int cmd_hpet(struct sink *out, int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "tick") != 0)
		return -EINVAL;
	if (!hpet_available()) {
		sink_printf(out, "no HPET is in use\n");
		return argc > 1 ? -ENODEV : 0;
	}
	if (argc > 1)
		return run_from_monitor(out, argc, argv);
	show_registers(out);
	return 0;
}
MONITOR_COMMAND(hpet, "[tick [USEC [COUNT]]] (hex)",
		"the HPET's registers, or its periodic interrupt", cmd_hpet);
