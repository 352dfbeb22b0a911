// SPDX-License-Identifier: MIT
/* reboot(): a program ends everything. */
#define pr_fmt(fmt) "reboot: " fmt

#include <linux/reboot.h>

#include "kernel/core/printk.h"
#include "kernel/core/syscall.h"
#include "kernel/sched/sched.h"
#include "kernel/trap/reboot.h"
#include "kernel/user/process.h"
#include "mm/uaccess.h"

static bool is_magic(int magic1, int magic2)
{
	return (u32)magic1 == LINUX_REBOOT_MAGIC1 &&
	       (magic2 == LINUX_REBOOT_MAGIC2 || magic2 == LINUX_REBOOT_MAGIC2A ||
		magic2 == LINUX_REBOOT_MAGIC2B || magic2 == LINUX_REBOOT_MAGIC2C);
}

static long restart(const char __user *arg)
{
	char command[256];

	if (arg && strncpy_from_user(command, arg, sizeof(command) - 1) < 0)
		return -EFAULT;
	pr_info("Restarting system\n");
	machine_restart();
}

/* Nothing runs on; the person may still look: Linux stops the CPUs. */
static void __noreturn stop_here(void)
{
	pr_info("System halted\n");
	for (;;) {
		set_current_state(TASK_IDLE);
		schedule();
	}
}

SYSCALL_DEFINE4(reboot, int, magic1, int, magic2, unsigned int, cmd, const char __user *, arg)
{
	if (!is_magic(magic1, magic2))
		return -EINVAL;
	switch (cmd) {
	case LINUX_REBOOT_CMD_RESTART:
		return restart(NULL);
	case LINUX_REBOOT_CMD_RESTART2:
		return arg ? restart(arg) : -EFAULT;
	case LINUX_REBOOT_CMD_CAD_ON: /* nobody presses them on a serial line */
	case LINUX_REBOOT_CMD_CAD_OFF:
		return 0;
	case LINUX_REBOOT_CMD_HALT:
		stop_here();
	case LINUX_REBOOT_CMD_POWER_OFF:
		pr_info("Power down\n");
		if (machine_power_off())
			stop_here();
		return 0;
	default:
		return -EINVAL;
	}
}
