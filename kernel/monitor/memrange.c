// SPDX-License-Identifier: MIT
/*
 * cmp, cp and find: two ranges of memory compared, one copied, and a pattern looked for.
 *
 * They reach memory as md and mw do (kernel/monitor/memory.h), item by item in the width asked for, a
 * few hundred bytes at a time by way of a buffer: so that a range may be RAM or a device's, and one
 * that cp copies may lie over its target.
 */
#include "kernel/core/command.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/monitor/memory.h"

#define CHUNK	    512 /* bytes; a multiple of each width */
#define PATTERN_MAX 64	/* bytes that find looks for */
#define TEXT	    "text:"

/* The `n` bytes at `offset` of the range, to or from `buf`; the window is closed behind them. */
static int transfer(struct mem_request *r, u64 offset, void *buf, u64 n, bool write)
{
	int ret = 0;

	for (u64 i = 0; i < n && !ret; i += r->width) {
		u64 value = 0;

		memcpy(&value, buf + i, r->width);
		ret = mem_access(r, r->addr + offset + i, n - i, &value, write);
		if (!ret && !write)
			memcpy(buf + i, &value, r->width);
	}
	mem_close(r);
	return ret;
}

static int parse_two(struct mem_request *a, struct mem_request *b, struct sink *out, char **argv)
{
	int ret = mem_parse(a, out, argv[0], argv[1], argv[3], MEM_BYTES);

	return ret ? ret : mem_parse(b, out, argv[0], argv[2], argv[3], MEM_BYTES);
}

/* ---------------------------------------------------------------- cmp */

static u64 item(const u8 *bytes, unsigned int width)
{
	u64 value = 0;

	memcpy(&value, bytes, width);
	return value;
}

/* Prints each item that differs; how many. */
static u64 compare(const struct mem_request *a, const struct mem_request *b, u64 offset,
		   const u8 *x, const u8 *y, u64 n)
{
	int digits = (int)a->width * 2;
	u64 differ = 0;

	for (u64 i = 0; i < n && !command_interrupted(); i += a->width) {
		if (memcmp(x + i, y + i, a->width) == 0)
			continue;
		differ++;
		sink_printf(a->out, "%08lx: %0*lx  %08lx: %0*lx\n", a->addr + offset + i, digits,
			    item(x + i, a->width), b->addr + offset + i, digits,
			    item(y + i, a->width));
	}
	return differ;
}

static int cmd_cmp(struct sink *out, int argc, char **argv)
{
	struct mem_request a, b;
	u8 x[CHUNK], y[CHUNK];
	u64 size, n, differ = 0;
	int ret;

	if (argc != 4)
		return -EINVAL;
	ret = parse_two(&a, &b, out, argv);
	if (ret)
		return ret;
	size = a.count * a.width;
	for (u64 at = 0; at < size && !command_interrupted(); at += n) {
		n = min(size - at, (u64)CHUNK);
		ret = transfer(&a, at, x, n, false);
		if (!ret)
			ret = transfer(&b, at, y, n, false);
		if (ret)
			return ret;
		differ += compare(&a, &b, at, x, y, n);
	}
	sink_printf(out, "%lu of %lu items differ\n", differ, a.count);
	return differ ? -EIO : 0;
}
MONITOR_COMMAND_WIDTHS(cmp, "bwlq", "ADDR ADDR COUNT (hex)", "compare two ranges of memory",
		       cmd_cmp);

/* ---------------------------------------------------------------- cp */

static int cmd_cp(struct sink *out, int argc, char **argv)
{
	struct mem_request from, to;
	u8 buf[CHUNK];
	u64 size, n;
	bool backwards; /* the start of the target lies in what is still to be read */
	int ret;

	if (argc != 4)
		return -EINVAL;
	ret = parse_two(&from, &to, out, argv);
	if (!ret)
		ret = mem_check(&from, false);
	if (!ret)
		ret = mem_check(&to, true);
	if (ret)
		return ret;
	size = from.count * from.width;
	backwards = to.addr - from.addr < size;
	for (u64 done = 0; done < size && !ret && !command_interrupted(); done += n) {
		u64 at;

		n = min(size - done, (u64)CHUNK);
		at = backwards ? size - done - n : done;
		ret = transfer(&from, at, buf, n, false);
		if (!ret)
			ret = transfer(&to, at, buf, n, true);
	}
	return ret;
}
MONITOR_COMMAND_WIDTHS(cp, "bwlq", "FROM TO COUNT (hex)", "copy a range of memory", cmd_cp);

/* ---------------------------------------------------------------- find */

struct pattern {
	u8 bytes[PATTERN_MAX];
	u64 len;
};

static int add_to_pattern(struct mem_request *r, struct pattern *p, const char *word)
{
	const size_t prefix = strlen(TEXT);
	const void *bytes = word + prefix;
	u64 value, n = r->width;
	int ret;

	if (strncmp(word, TEXT, prefix) == 0) {
		n = strlen(bytes);
	} else {
		ret = mem_value(r, word, &value);
		if (ret)
			return ret;
		bytes = &value;
	}
	if (n > PATTERN_MAX - p->len) {
		sink_printf(r->out, "%s: the pattern has more than %u bytes\n", r->command,
			    PATTERN_MAX);
		return -ERANGE;
	}
	memcpy(p->bytes + p->len, bytes, n);
	p->len += n;
	return 0;
}

/* Look through the range; how often it was there, or -errno behind what was found until then. */
static long search(struct mem_request *r, const struct pattern *p)
{
	u8 buf[PATTERN_MAX + CHUNK];
	u64 size = r->count * r->width, have = 0, n, i; /* have: bytes in buf, the last ones read */
	long found = 0;
	int ret;

	for (u64 at = 0; at < size && !command_interrupted(); at += n) {
		n = min(size - at, (u64)CHUNK);
		ret = transfer(r, at, buf + have, n, false);
		if (ret)
			return ret;
		have += n;
		for (i = 0; i + p->len <= have; i += r->width) {
			if (memcmp(buf + i, p->bytes, p->len) != 0)
				continue;
			sink_printf(r->out, "%08lx\n", r->addr + at + n - have + i);
			found++;
		}
		have -= i;
		memmove(buf, buf + i, have);
	}
	return found;
}

static int cmd_find(struct sink *out, int argc, char **argv)
{
	struct pattern p = { .len = 0 };
	struct mem_request r;
	long found;
	int ret;

	if (argc < 4)
		return -EINVAL;
	ret = mem_parse(&r, out, argv[0], argv[1], argv[2], ~0ULL);
	for (int i = 3; i < argc && !ret; i++)
		ret = add_to_pattern(&r, &p, argv[i]);
	if (ret || !p.len)
		return ret ? ret : -EINVAL;
	found = search(&r, &p);
	if (found >= 0)
		sink_printf(out, "found %ld times\n", found);
	return found < 0 ? (int)found : 0;
}
MONITOR_COMMAND_WIDTHS(find, "bwlq", "ADDR COUNT VALUE|text:TEXT... (hex)",
		       "where in a range of memory those items stand, one behind the other",
		       cmd_find);
