// SPDX-License-Identifier: MIT
/*
 * md, mw and mm: items shown, written, and modified one by one.
 *
 * mw and mm with values ask for their whole range before they write the first byte.  mm without any asks
 * for each: a value is written, nothing keeps what is there, - goes back, and . or ^D ends it.
 */
#include "kernel/core/command.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/monitor/lineedit.h"
#include "kernel/monitor/memory.h"
#include "kernel/monitor/monitor.h"

#define LINE_BYTES 16

static void print_items(const struct mem_request *r, u64 addr, const u8 *bytes, unsigned int n)
{
	struct sink *out = r->out;
	unsigned int items = LINE_BYTES / r->width;
	char text[LINE_BYTES + 1];
	u64 value;

	sink_printf(out, "%08llx:", (unsigned long long)addr);
	for (unsigned int i = 0; i < items; i++) {
		value = 0;
		if (i < n)
			memcpy(&value, bytes + i * r->width, r->width);
		if (i < n)
			sink_printf(out, " %0*llx", (int)r->width * 2, (unsigned long long)value);
		else
			sink_printf(out, " %*s", (int)r->width * 2, "");
	}
	for (unsigned int i = 0; i < n * r->width; i++)
		text[i] = bytes[i] >= ' ' && bytes[i] < 0x7f ? (char)bytes[i] : '.';
	text[n * r->width] = '\0';
	sink_printf(out, "  %s\n", text);
}

static int dump(struct mem_request *r)
{
	u64 left = r->count * r->width, value;
	u64 addr = r->addr;
	u8 bytes[LINE_BYTES];
	unsigned int n;
	int ret = 0;

	while (left && !ret && !command_interrupted()) {
		for (n = 0; n < LINE_BYTES / r->width && left; n++) {
			ret = mem_access(r, addr + n * r->width, left, &value, false);
			if (ret)
				break;
			memcpy(bytes + n * r->width, &value, r->width);
			left -= r->width;
		}
		if (n)
			print_items(r, addr, bytes, n);
		addr += n * r->width;
	}
	mem_close(r);
	return ret;
}

static int cmd_md(struct sink *out, int argc, char **argv)
{
	struct mem_request r;
	int ret;

	if (argc < 2 || argc > 3)
		return -EINVAL;
	ret = mem_parse(&r, out, argv[0], argv[1], argc > 2 ? argv[2] : NULL, MEM_BYTES);
	return ret ? ret : dump(&r);
}
MONITOR_COMMAND_WIDTHS(md, "bwlq", "ADDR [COUNT] (hex)",
		       "show memory at a physical or virtual address", cmd_md);

static int cmd_mw(struct sink *out, int argc, char **argv)
{
	struct mem_request r;
	u64 value, left;
	int ret;

	if (argc < 3 || argc > 4)
		return -EINVAL;
	ret = mem_parse(&r, out, argv[0], argv[1], argc > 3 ? argv[3] : "1", MEM_BYTES);
	if (!ret)
		ret = mem_value(&r, argv[2], &value);
	if (!ret)
		ret = mem_check(&r, true);
	for (left = r.count * r.width; left && !ret && !command_interrupted(); left -= r.width)
		ret = mem_access(&r, r.addr + r.count * r.width - left, left, &value, true);
	mem_close(&r);
	return ret;
}
MONITOR_COMMAND_WIDTHS(mw, "bwlq", "ADDR VALUE [COUNT] (hex)",
		       "write memory at a physical or virtual address", cmd_mw);

/* ---------------------------------------------------------------- mm */

/* `words`, as many as r->count, one behind the other. */
static int write_words(struct mem_request *r, char **words)
{
	u64 value, left = r->count * r->width;
	int ret = 0;

	for (u64 i = 0; i < r->count && !ret; i++)
		ret = mem_value(r, words[i], &value);
	if (!ret)
		ret = mem_check(r, true);
	for (u64 addr = r->addr; left && !ret; addr += r->width, left -= r->width) {
		ret = mem_value(r, *words++, &value);
		if (!ret)
			ret = mem_access(r, addr, left, &value, true);
	}
	return ret;
}

/* Show the item at r->addr and ask.  1: go on, as r->addr says; 0: no more; -errno. */
static int modify_one(struct mem_request *r)
{
	char prompt[48], line[LINE_MAX];
	u64 value;
	int ret = mem_access(r, r->addr, r->width, &value, false);

	if (ret == -EFAULT)
		snprintf(prompt, sizeof(prompt), "%08lx: %*s ? ", r->addr, (int)r->width * 2, "");
	else if (ret)
		return ret;
	else
		snprintf(prompt, sizeof(prompt), "%08lx: %0*lx ? ", r->addr, (int)r->width * 2,
			 value);
	ret = monitor_ask(r->out, prompt, line);
	if (ret < 0)
		return ret == -ENODATA ? 0 : ret;
	if (strcmp(line, ".") == 0)
		return 0;
	if (strcmp(line, "-") == 0) {
		r->addr -= r->width;
		return 1;
	}
	if (*line) {
		ret = mem_value(r, line, &value);
		if (ret == -EINVAL)
			sink_printf(r->out, "%s: %s is no hexadecimal number\n", r->command, line);
		if (ret)
			return 1; /* it is asked for again */
		mem_close(r);	  /* it is claimed while it is open */
		ret = mem_check(r, true);
		if (!ret)
			ret = mem_access(r, r->addr, r->width, &value, true);
		if (ret && ret != -EFAULT)
			return ret;
	}
	r->addr += r->width;
	return 1;
}

static int cmd_mm(struct sink *out, int argc, char **argv)
{
	struct mem_request r;
	int ret;

	if (argc < 2)
		return -EINVAL;
	ret = mem_parse(&r, out, argv[0], argv[1], "1", MEM_BYTES);
	if (ret)
		return ret;
	if (argc > 2) {
		r.count = (u64)argc - 2;
		ret = write_words(&r, argv + 2);
	} else {
		while ((ret = modify_one(&r)) > 0)
			mem_close(&r);
	}
	mem_close(&r);
	return ret;
}
MONITOR_COMMAND_WIDTHS(mm, "bwlq", "ADDR [VALUE...] (hex)",
		       "modify memory item by item: those values, or ones that are asked for",
		       cmd_mm);
