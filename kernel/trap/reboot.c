// SPDX-License-Identifier: MIT
/*
 * The ways out, and the monitor's commands for them.
 */
#include "kernel/trap/reboot.h"

#include "kernel/core/command.h"
#include "kernel/core/printk.h"
#include "kernel/core/spinlock.h"
#include "kernel/cpu/port.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/time/time.h"

/* Keyboard controller, 8042 (ICH9 datasheet, 5.10): pulse the reset line. */
#define KBC_STATUS	0x64
#define KBC_COMMAND	0x64
#define KBC_INPUT_FULL	BIT(1)
#define KBC_PULSE_RESET 0xfe
#define KBC_POLLS	10000

/*
 * QEMU's isa-debug-exit, where -device isa-debug-exit,iobase=0xf4 puts it: a
 * write of N ends QEMU with status 2 * N + 1.  No table tells of it, but it
 * reads 0 and a port that is nobody's reads all ones.
 */
#define DEBUG_EXIT_PORT 0xf4
#define MAX_STATUS	0x7f /* a process ends with a byte */

static void (*restart_handler)(void);
static void (*poweroff_handler)(bool emergency);

void register_restart_handler(void (*restart)(void))
{
	restart_handler = restart;
}

void register_poweroff_handler(void (*poweroff)(bool emergency))
{
	poweroff_handler = poweroff;
}

static void keyboard_controller_reset(void)
{
	for (unsigned int i = 0; i < KBC_POLLS; i++)
		if (!(inb(KBC_STATUS) & KBC_INPUT_FULL))
			break;
	outb(KBC_PULSE_RESET, KBC_COMMAND);
	udelay(10000);
}

/* With no IDT the first exception leads to shutdown, which a PC answers with a reset. */
static void __noreturn triple_fault(void)
{
	const struct {
		u16 limit;
		u64 base;
	} __packed none = { 0, 0 };

	__asm__ __volatile__("lidt %0; int3" ::"m"(none));
	unreachable();
}

void emergency_restart(void)
{
	local_irq_disable();
	keyboard_controller_reset();
	triple_fault();
}

void machine_restart(void)
{
	local_irq_disable();
	if (restart_handler)
		restart_handler();
	emergency_restart();
}

static int take_power_off(bool emergency)
{
	if (!poweroff_handler) {
		pr_err("reboot: nothing here can take the power off\n");
		return -ENODEV;
	}
	poweroff_handler(emergency);
	return -EIO;
}

int machine_power_off(void)
{
	return take_power_off(false);
}

void emergency_power_off(void)
{
	take_power_off(true);
}

static int cmd_reboot(struct sink *out, int argc, char **argv)
{
	(void)out;
	(void)argv;
	if (argc != 1)
		return -EINVAL;
	pr_info("reboot: restarting\n");
	machine_restart();
}
MONITOR_COMMAND(reboot, "", "reset the machine", cmd_reboot);

static int cmd_poweroff(struct sink *out, int argc, char **argv)
{
	(void)out;
	(void)argv;
	if (argc != 1)
		return -EINVAL;
	pr_info("reboot: power off\n");
	return machine_power_off();
}
MONITOR_COMMAND(poweroff, "", "take the power off", cmd_poweroff);

/* As a shell's: without N it tells whether something went wrong. */
static int cmd_exit(struct sink *out, int argc, char **argv)
{
	u64 status = command_failed();

	if (argc > 2 || (argc == 2 && kstrtoull(argv[1], COMMAND_BASE, &status) != 0))
		return -EINVAL;
	if (status > MAX_STATUS) {
		sink_printf(out, "exit: 0x%lx is more than QEMU can tell: 0x%x it is\n", status,
			    MAX_STATUS);
		status = MAX_STATUS;
	}
	if (inl(DEBUG_EXIT_PORT) != 0) {
		sink_printf(out, "exit: no isa-debug-exit at port 0x%x, so the power goes off\n",
			    DEBUG_EXIT_PORT);
		return machine_power_off();
	}
	outl((u32)status, DEBUG_EXIT_PORT);
	return -EIO;
}
MONITOR_COMMAND(exit, "[N] (hex)",
		"end QEMU with status 2 * N + 1 (isa-debug-exit), else power off; no N: 1 where a "
		"command has failed, 0 where none has",
		cmd_exit);
