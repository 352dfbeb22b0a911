// SPDX-License-Identifier: MIT
/* See pager.h. */
#define pr_fmt(fmt) "pager: " fmt

#include "kernel/monitor/pager.h"

#include "kernel/core/cmdline.h"
#include "kernel/core/command.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/monitor/monitor.h"
#include "kernel/time/time.h"
#include "mm/vmalloc.h"

#define MORE	    "-- more --"
#define ERASE	    "\r\033[K" /* ECMA-48, 8.3.41 */
#define MIN_LINES   2
#define MAX_LINES   1000
#define ROOM	    0x40000 /* bytes of output that are kept */
#define PATIENCE_NS (2 * NSEC_PER_SEC)
#define CTRL_C	    3

static struct {
	unsigned int lines; /* of a page and the question below it; 0: off */
	unsigned int limit; /* of the screen, 0: it has none */
	enum { PASS, KEEP, LIVE } state;
	unsigned int left; /* lines that this page still has room for */
	u64 since;	   /* the command began */
	char *kept;
	size_t size, shown; /* bytes of it */
	bool noted;	    /* the last line is a note */
} pager;

bool pager_is_on(void)
{
	return pager.lines != 0;
}

void pager_limit(unsigned int lines)
{
	pager.limit = lines;
}

/* 0, -EINVAL, -ENOMEM. */
static int set_lines(u64 lines)
{
	if (lines && (lines < MIN_LINES || lines > MAX_LINES))
		return -EINVAL;
	if (lines && !pager.kept)
		pager.kept = vmalloc(ROOM);
	if (lines && !pager.kept)
		return -ENOMEM;
	if (pager.limit)
		lines = min(lines, (u64)pager.limit);
	pager.lines = (unsigned int)lines;
	pager.state = LIVE;
	return 0;
}

void pager_init(void)
{
	char text[16];
	u64 lines;

	if (cmdline_get("lines", 0, text, sizeof(text)) < 0)
		return;
	if (kstrtoull(text, 10, &lines) || set_lines(lines))
		pr_warn("lines=%s: not 0 nor %d to %d\n", text, MIN_LINES, MAX_LINES);
}

/* ---------------------------------------------------------------- what is said */

static void erase_note(void)
{
	if (pager.noted)
		console_write(ERASE, strlen(ERASE));
	pager.noted = false;
}

void pager_note(const char *text)
{
	console_write(ERASE, strlen(ERASE));
	console_write(text, strlen(text));
	pager.noted = true;
}

/* As much of it as the page has room for: how many bytes. */
static size_t page_part(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && pager.left)
		pager.left -= s[i++] == '\n';
	return i;
}

/* All that is kept, without a question. */
static void let_go(void)
{
	console_write(pager.kept + pager.shown, pager.size - pager.shown);
	pager.size = pager.shown = 0;
}

static void keep(const char *s, size_t n)
{
	if (n > ROOM - pager.size || ktime_get() - pager.since > PATIENCE_NS) {
		let_go();
		pager.state = LIVE;
		console_write(s, n);
		return;
	}
	memcpy(pager.kept + pager.size, s, n);
	pager.size += n;
}

void pager_write(const char *s, size_t n)
{
	size_t part = 0;

	erase_note();
	if (pager.state == LIVE) {
		console_write(s, n);
		return;
	}
	if (pager.state == PASS) {
		part = page_part(s, n);
		console_write(s, part);
	}
	if (part < n) {
		pager.state = KEEP;
		keep(s + part, n - part);
	}
}

/* ---------------------------------------------------------------- what is asked */

/* The key that says what to show next, which is in pager.left then. */
static int ask(void)
{
	int key;

	console_write(MORE, strlen(MORE));
	do {
		key = monitor_getchar();
		pager.left = key == ' ' ? pager.lines - 1 : key == '\r' || key == '\n';
	} while (!pager.left && key != 'q' && key != CTRL_C);
	console_write(ERASE, strlen(ERASE));
	return key;
}

/* Show what is kept, page by page: the last key, 0: nothing was asked. */
static int show_kept(void)
{
	int key = 0;

	while (pager.shown < pager.size) {
		size_t part;

		if (!pager.left)
			key = ask();
		if (!pager.left)
			break;
		part = page_part(pager.kept + pager.shown, pager.size - pager.shown);
		console_write(pager.kept + pager.shown, part);
		pager.shown += part;
	}
	pager.size = pager.shown = 0;
	return key;
}

void pager_line(void)
{
	pager.left = pager.lines ? pager.lines - 1 : 0;
}

void pager_begin(void)
{
	pager.state = pager_is_on() ? PASS : LIVE;
	pager.since = ktime_get();
}

bool pager_show(void)
{
	int key;

	erase_note();
	key = pager.state == KEEP ? show_kept() : 0;
	pager_line();
	pager_begin();
	return key != CTRL_C;
}

bool pager_end(void)
{
	int key = 0;

	erase_note();
	if (pager.state == KEEP && !command_interrupted())
		key = show_kept();
	if (key == 'q')
		pager_line(); /* the next command of the line has a page of its own */
	pager.size = pager.shown = 0;
	pager.state = LIVE;
	return key != CTRL_C;
}

static int cmd_page(struct sink *out, int argc, char **argv)
{
	u64 lines = 0;

	if (argc > 2 || (argc == 2 && strcmp(argv[1], "off") != 0 &&
			 (kstrtoull(argv[1], 10, &lines) || !lines)))
		return -EINVAL;
	if (argc == 2)
		return set_lines(lines);
	if (pager_is_on())
		sink_printf(out, "a page has %u lines\n", pager.lines);
	else
		sink_printf(out, "output does not wait\n");
	return 0;
}
MONITOR_COMMAND(page, "[LINES|off]", "long output waits after so many lines (decimal); does it?",
		cmd_page);
