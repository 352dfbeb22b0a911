// SPDX-License-Identifier: MIT
/* The monitor's edu: what the device computes, and a word there and back through the coherent buffer. */
#include "drivers/edu/edu.h"

#include "kernel/core/command.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

static int show_factorial(struct sink *out, u32 n, bool polled)
{
	u32 result = n;
	int err = edu_factorial(&result, polled);

	if (!err)
		sink_printf(out, "%u! = %u, %s\n", n, result,
			    polled ? "polled" : "told by an interrupt");
	return err;
}

static int show_echo(struct sink *out, const char *word)
{
	char back[64] = "";
	u32 len = (u32)strlen(word) + 1;
	int err = -EINVAL;

	if (len <= sizeof(back))
		err = edu_copy((void *)word, 0, len, EDU_TO_DEVICE);
	if (!err)
		err = edu_copy(back, 0, len, EDU_FROM_DEVICE);
	if (!err)
		sink_printf(out, "the device has: %.63s\n", back);
	return err;
}

static int cmd_edu(struct sink *out, int argc, char **argv)
{
	int err;
	u64 n;

	if (argc != 3)
		return -EINVAL;
	if (!strcmp(argv[1], "echo"))
		return show_echo(out, argv[2]);
	if (strcmp(argv[1], "fact") || kstrtoull(argv[2], COMMAND_BASE, &n) || n > EDU_MAX_N)
		return -EINVAL;
	err = show_factorial(out, (u32)n, true);
	return err ? err : show_factorial(out, (u32)n, false);
}
MONITOR_COMMAND(edu, "fact N|echo WORD (hex)",
		"QEMU's edu device: a factorial, a word there and back", cmd_edu);
