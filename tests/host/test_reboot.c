// SPDX-License-Identifier: MIT
// sources: kernel/core/sink.c
/* The ways out of the machine, with a keyboard controller (ICH9 datasheet, 5.10) that resets nothing. */
#include <setjmp.h>

#include "kernel/core/command.h"
#include "kernel/time/time.h"
#include "tests/host/fake_device.h"

static void waits(unsigned long usec);
#define udelay(usec) waits(usec)
#define pr_fmt(fmt)  fmt
#include "kernel/trap/reboot.c"

static jmp_buf end;		 /* where nothing is left but a triple fault */
static unsigned int busy, looks; /* for so many looks the controller's input is full */
static char order[64];		 /* who was asked: a handler, the controller */

static void note(const char *who)
{
	size_t n = strlen(order);

	snprintf(order + n, sizeof(order) - n, "%s ", who);
}

static void waits(unsigned long usec)
{
	EXPECT(usec >= 1000); /* the line is pulsed for 6 us, and slowly */
	longjmp(end, 1);
}

static bool has_exit, failed; /* isa-debug-exit is there; a command has failed */
static int status;	      /* that QEMU was told; negative: none */

bool command_failed(void)
{
	return failed;
}

static u64 device_read(unsigned long addr, unsigned int size)
{
	if (addr == 0xf4) {
		EXPECT_EQ(size, 4);
		return has_exit ? 0 : ~0U;
	}
	EXPECT(size == 1 && addr == 0x64);
	if (looks == 1000000)
		longjmp(end, 1); /* and nobody has been asked */
	return looks++ < busy ? KBC_INPUT_FULL : 0;
}

static void device_write(unsigned long addr, unsigned int size, u64 value)
{
	if (addr == 0xf4) {
		EXPECT(size == 4 && has_exit);
		status = (int)value;
		return;
	}
	EXPECT(size == 1 && addr == 0x64 && value == 0xfe);
	note("keyboard");
}

static void restart(void)
{
	note("register");
}

static void restart_by(void (*how)(void), unsigned int is_busy)
{
	busy = is_busy;
	looks = 0;
	order[0] = '\0';
	if (!setjmp(end))
		how();
}

TEST(a_controller_that_is_busy_is_waited_for_and_not_for_ever)
{
	restart_by(machine_restart, 0);
	EXPECT_STR(order, "keyboard ");
	EXPECT_EQ(looks, 1);
	restart_by(machine_restart, 100);
	EXPECT_STR(order, "keyboard ");
	EXPECT_EQ(looks, 101);
	restart_by(machine_restart, ~0U); /* there is none: it reads all ones */
	EXPECT_STR(order, "keyboard ");
}

/* A register that the firmware names is there for that; in an emergency nobody's code is trusted. */
TEST(the_register_comes_first)
{
	register_restart_handler(restart);
	restart_by(machine_restart, 0);
	EXPECT_STR(order, "register keyboard ");
	restart_by(emergency_restart, 0);
	EXPECT_STR(order, "keyboard ");
	register_restart_handler(NULL);
}

static int how; /* how power is taken off */

static void power_off(bool emergency)
{
	how = emergency ? 2 : 1;
}

TEST(what_does_not_go_off_says_so)
{
	EXPECT_EQ(machine_power_off(), -ENODEV);
	EXPECT(test_log_has("reboot: nothing here can take the power off"));
	emergency_power_off();
	EXPECT_EQ(how, 0);
	register_poweroff_handler(power_off);
	EXPECT_EQ(machine_power_off(), -EIO); /* it came back */
	EXPECT_EQ(how, 1);
	emergency_power_off();
	EXPECT_EQ(how, 2);
	register_poweroff_handler(NULL);
}

static struct buffer_sink said;
static char memory[128];

static int run_exit(const char *word)
{
	char text[8], *argv[] = { "exit", text, text };

	strscpy(text, word ?: "", sizeof(text));
	status = -1;
	buffer_sink_init(&said, memory, sizeof(memory));
	return cmd_exit(&said.sink, word ? 2 : 1, argv);
}

/* Without a number it is as a shell's: whether something went wrong. */
TEST(exit_tells_what_qemu_ends_with)
{
	char *argv[] = { "exit", "1", "2" };

	has_exit = true;
	run_exit(NULL);
	EXPECT_EQ(status, 0);
	failed = true;
	run_exit(NULL);
	EXPECT_EQ(status, 1);
	run_exit("0");
	EXPECT_EQ(status, 0);
	run_exit("1f"); /* hexadecimal, as all that the monitor reads */
	EXPECT_EQ(status, 0x1f);
	run_exit("7f");
	EXPECT_EQ(status, 0x7f);
	EXPECT_EQ(memory[0], 0);
	run_exit("80");
	EXPECT_EQ(status, 0x7f);
	EXPECT_STR(memory, "exit: 0x80 is more than QEMU can tell: 0x7f it is\n");
	EXPECT_EQ(run_exit("x"), -EINVAL);
	EXPECT_EQ(cmd_exit(&said.sink, 3, argv), -EINVAL);
	EXPECT_EQ(status, -1);
}

/* All ones: the port is nobody's. */
TEST(exit_without_its_device_takes_the_power_off)
{
	has_exit = failed = false;
	how = 0;
	register_poweroff_handler(power_off);
	EXPECT_EQ(run_exit("3"), -EIO);
	EXPECT_EQ(how, 1);
	EXPECT_EQ(status, -1);
	EXPECT_STR(memory, "exit: no isa-debug-exit at port 0xf4, so the power goes off\n");
}
