// SPDX-License-Identifier: MIT
/*
 * The line editor: keys to actions, and the terminal kept in step.
 *
 * It speaks what every terminal of the VT100 family understands: backspace to
 * go left, CSI K to clear to the end of the line (ECMA-48, 8.3.41).  A change in
 * the middle redraws the rest of the line.  Lines longer than the terminal is
 * wide are edited rightly but may look torn.
 */
#include "kernel/monitor/lineedit.h"

#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/monitor/monitor.h"

#define HISTORY_LINES 200
#define SEARCH_MAX    40 /* bytes that are looked for */
#define LIST_MAX      60 /* candidates that are shown */
#define LIST_WIDTH    78 /* and two blanks */
#define CTRL(c)	      ((c)&0x1f)

enum key {
	KEY_ENTER = CTRL('m'),
	KEY_ESCAPE = 0x1b,
	KEY_RUBOUT = 0x7f,
	/* What escape sequences stand for; no byte has these numbers. */
	KEY_UP = 0x100,
	KEY_DOWN,
	KEY_RIGHT,
	KEY_LEFT,
	KEY_HOME,
	KEY_END,
	KEY_DELETE,
	KEY_NONE,
};

struct editor {
	const char *prompt;
	char *line;
	size_t len, pos;	 /* pos: where the cursor is, 0 .. len */
	unsigned int history_at; /* how many lines back is shown; 0: the new one */
	char draft[LINE_MAX];	 /* the new line, while an old one is shown */
};

/* The monitor is the only user, so there is no lock. */
static char history[HISTORY_LINES][LINE_MAX];
static unsigned int history_count; /* lines ever entered */

/* ---------------------------------------------------------------- the terminal */

static void cursor_left(size_t n)
{
	while (n--)
		console_write("\b", 1);
}

/* Redraw from the cursor on and put the cursor back. */
static void redraw_tail(struct editor *e)
{
	console_write(e->line + e->pos, e->len - e->pos);
	console_write("\033[K", 3);
	cursor_left(e->len - e->pos);
}

static void move_to(struct editor *e, size_t pos)
{
	if (pos < e->pos)
		cursor_left(e->pos - pos);
	else
		console_write(e->line + e->pos, pos - e->pos);
	e->pos = pos;
}

static void redraw_all(struct editor *e)
{
	size_t pos = e->pos;

	sink_printf(&console_sink, "\r%s", e->prompt);
	e->pos = 0;
	redraw_tail(e);
	move_to(e, pos);
}

/* ---------------------------------------------------------------- the text */

static void insert(struct editor *e, const char *s, size_t n)
{
	if (e->len + n >= LINE_MAX) {
		console_write("\a", 1);
		return;
	}
	memmove(e->line + e->pos + n, e->line + e->pos, e->len - e->pos);
	memcpy(e->line + e->pos, s, n);
	e->len += n;
	console_write(s, n);
	e->pos += n;
	if (e->pos < e->len)
		redraw_tail(e);
}

/* Delete [start, end); the cursor goes to start. */
static void delete_range(struct editor *e, size_t start, size_t end)
{
	if (start == end)
		return;
	move_to(e, start);
	memmove(e->line + start, e->line + end, e->len - end);
	e->len -= end - start;
	redraw_tail(e);
}

static void delete_word(struct editor *e)
{
	size_t start = e->pos;

	while (start > 0 && e->line[start - 1] == ' ')
		start--;
	while (start > 0 && e->line[start - 1] != ' ')
		start--;
	delete_range(e, start, e->pos);
}

static void replace_line(struct editor *e, const char *text)
{
	delete_range(e, 0, e->len);
	insert(e, text, strlen(text));
}

/* ---------------------------------------------------------------- history */

static char *history_slot(unsigned int back)
{
	return history[(history_count - back) % HISTORY_LINES];
}

static void remember(const char *line)
{
	if (!*line || (history_count && strcmp(history_slot(1), line) == 0))
		return;
	strscpy(history[history_count % HISTORY_LINES], line, LINE_MAX);
	history_count++;
}

static unsigned int oldest(void)
{
	return min(history_count, (unsigned int)HISTORY_LINES);
}

/* What an old line takes the place of is kept. */
static void keep_draft(struct editor *e)
{
	if (e->history_at)
		return;
	e->line[e->len] = '\0';
	strscpy(e->draft, e->line, LINE_MAX);
}

static void browse(struct editor *e, bool older)
{
	if (older ? e->history_at >= oldest() : e->history_at == 0) {
		console_write("\a", 1);
		return;
	}
	keep_draft(e);
	e->history_at += older ? 1U : -1U;
	replace_line(e, e->history_at ? history_slot(e->history_at) : e->draft);
}

/* ---------------------------------------------------------------- completion */

/* The word that ends at the cursor, and the candidates that begin with it. */
struct completion {
	const char *typed;
	size_t len;
	char first[LINE_MAX];	   /* of the candidates */
	size_t common;		   /* bytes in which all of them agree */
	bool several;		   /* one is not the first */
	char last[LINE_MAX];	   /* that was listed */
	size_t column;		   /* where the list is */
	unsigned int listed, more; /* words */
};

static void meet(const char *word, void *arg)
{
	struct completion *c = arg;

	if (strncmp(word, c->typed, c->len) != 0)
		return;
	if (!*c->first) {
		strscpy(c->first, word, sizeof(c->first));
		c->common = strlen(c->first);
	}
	c->several |= strcmp(word, c->first) != 0;
	while (strncmp(word, c->first, c->common) != 0)
		c->common--;
}

static void list_word(const char *word, void *arg)
{
	struct completion *c = arg;

	if (strncmp(word, c->typed, c->len) != 0 || strcmp(word, c->last) == 0)
		return;
	strscpy(c->last, word, sizeof(c->last));
	if (c->listed == LIST_MAX) {
		c->more++;
		return;
	}
	c->listed++;
	if (c->column && c->column + strlen(word) > LIST_WIDTH) {
		console_write("\n", 1);
		c->column = 0;
	}
	sink_printf(&console_sink, "%s  ", word);
	c->column += strlen(word) + 2;
}

static void list_words(struct editor *e, struct completion *c, complete_t complete, bool first)
{
	console_write("\n", 1);
	complete(first, list_word, c);
	if (c->more)
		sink_printf(&console_sink, "\nand %u more", c->more);
	console_write("\n", 1);
	redraw_all(e);
}

/* Where the word begins that the cursor is behind: blanks part words, but not one behind a backslash. */
static size_t word_start(const struct editor *e)
{
	size_t start = e->pos;

	while (start > 0 && ((e->line[start - 1] != ' ' && e->line[start - 1] != ';') ||
			     (start > 1 && e->line[start - 2] == '\\')))
		start--;
	return start;
}

/* A command stands there: at the start of the line, or behind a semicolon. */
static bool is_command(const struct editor *e, size_t start)
{
	while (start > 0 && e->line[start - 1] == ' ')
		start--;
	return start == 0 || e->line[start - 1] == ';';
}

static void complete_word(struct editor *e, complete_t complete)
{
	static struct completion c; /* too large for the stack; one line is edited at a time */
	size_t start = word_start(e);
	bool first = is_command(e, start);

	if (!complete || (!first && start == e->pos))
		return; /* an empty argument may be any of thousands */
	memset(&c, 0, sizeof(c));
	c.typed = e->line + start;
	c.len = e->pos - start;
	complete(first, meet, &c);
	if (!*c.first)
		console_write("\a", 1);
	else if (c.common > c.len)
		insert(e, c.first + c.len, c.common - c.len);
	else if (c.several)
		list_words(e, &c, complete, first);
}

/* ---------------------------------------------------------------- keys */

/* What stands behind ESC [ or ESC O (ECMA-48 and xterm's function keys). */
static int read_sequence(void)
{
	unsigned int number = 0;
	int c;

	do {
		c = monitor_getchar();
		if (c >= '0' && c <= '9')
			number = min(number * 10 + (unsigned int)(c - '0'), 1000U);
	} while ((c >= '0' && c <= '9') || c == ';');

	switch (c) {
	case 'A':
		return KEY_UP;
	case 'B':
		return KEY_DOWN;
	case 'C':
		return KEY_RIGHT;
	case 'D':
		return KEY_LEFT;
	case 'H':
		return KEY_HOME;
	case 'F':
		return KEY_END;
	case '~':
		return number == 1 || number == 7 ? KEY_HOME :
		       number == 4 || number == 8 ? KEY_END :
		       number == 3		  ? KEY_DELETE :
						    KEY_NONE;
	}
	return KEY_NONE;
}

static int read_key(void)
{
	int c = monitor_getchar();

	if (c != KEY_ESCAPE)
		return c;
	c = monitor_getchar();
	return c == '[' || c == 'O' ? read_sequence() : KEY_NONE;
}

static void handle_motion(struct editor *e, int key)
{
	switch (key) {
	case CTRL('a'):
	case KEY_HOME:
		move_to(e, 0);
		break;
	case CTRL('e'):
	case KEY_END:
		move_to(e, e->len);
		break;
	case CTRL('b'):
	case KEY_LEFT:
		if (e->pos > 0)
			move_to(e, e->pos - 1);
		break;
	case CTRL('f'):
	case KEY_RIGHT:
		if (e->pos < e->len)
			move_to(e, e->pos + 1);
		break;
	case CTRL('p'):
	case KEY_UP:
		browse(e, true);
		break;
	case CTRL('n'):
	case KEY_DOWN:
		browse(e, false);
		break;
	}
}

static void handle_key(struct editor *e, int key)
{
	char c = (char)key;

	switch (key) {
	case CTRL('h'):
	case KEY_RUBOUT:
		if (e->pos > 0)
			delete_range(e, e->pos - 1, e->pos);
		break;
	case CTRL('d'):
	case KEY_DELETE:
		if (e->pos < e->len)
			delete_range(e, e->pos, e->pos + 1);
		break;
	case CTRL('k'):
		delete_range(e, e->pos, e->len);
		break;
	case CTRL('u'):
		delete_range(e, 0, e->pos);
		break;
	case CTRL('w'):
		delete_word(e);
		break;
	case CTRL('l'):
		console_write("\033[H\033[2J", 7);
		redraw_all(e);
		break;
	default:
		if (key >= ' ' && key < KEY_RUBOUT)
			insert(e, &c, 1);
		else
			handle_motion(e, key);
	}
}

/* ---------------------------------------------------------------- searching */

/* The first line with `text` in it, from `back` lines ago on to older ones; 0: none. */
static unsigned int find_older(const char *text, unsigned int back)
{
	for (; back <= oldest(); back++)
		if (strstr(history_slot(back), text))
			return back;
	return 0;
}

/* The text that is looked for has `key` at its end now: the line with it, `at` where there is none. */
static unsigned int lengthen(char *text, int key, unsigned int at)
{
	size_t len = strlen(text);
	unsigned int found = 0;

	if (len < SEARCH_MAX - 1) {
		text[len] = (char)key;
		text[len + 1] = '\0';
		found = find_older(text, at ? at : 1);
		if (!found)
			text[len] = '\0';
	}
	return found;
}

/*
 * ^R: the newest line that has what is typed next; again ^R, an older one.  ^C and ^G leave the line as it was; any
 * other key ends the search, and is given back to do to the line found what it does.
 */
static int search_history(struct editor *e)
{
	char text[SEARCH_MAX] = "";
	unsigned int at = 0, found;
	int key;

	for (;;) {
		sink_printf(&console_sink, "\r(search) %s: %s\033[K", text,
			    at ? history_slot(at) : "");
		key = read_key();
		if (key == CTRL('r'))
			found = find_older(text, at + 1);
		else if (key >= ' ' && key < KEY_RUBOUT)
			found = lengthen(text, key, at);
		else
			break;
		if (found)
			at = found;
		else
			console_write("\a", 1);
	}
	if (key == CTRL('c') || key == CTRL('g')) {
		key = KEY_NONE;
	} else if (at) {
		keep_draft(e);
		e->history_at = at;
		e->len = e->pos = strlen(history_slot(at));
		memcpy(e->line, history_slot(at), e->len);
	}
	redraw_all(e);
	return key;
}

int read_line(const char *prompt, char line[LINE_MAX], complete_t complete)
{
	struct editor e = { .prompt = prompt, .line = line };
	static bool after_return; /* the LF of a CRLF ends no second line */
	int key;

	console_write(prompt, strlen(prompt));
	for (;;) {
		bool second_half = after_return;

		key = read_key();
		if (key == CTRL('r') && complete)
			key = search_history(&e);
		after_return = key == KEY_ENTER;
		if (second_half && key == CTRL('j'))
			continue;
		if (key == KEY_ENTER || key == CTRL('j'))
			break;
		if (key == CTRL('c')) {
			console_write("^C\n", 3);
			return -EAGAIN;
		}
		if (key == CTRL('d') && !e.len) {
			console_write("\n", 1);
			return -ENODATA;
		}
		if (key == CTRL('i'))
			complete_word(&e, complete);
		else
			handle_key(&e, key);
	}
	console_write("\n", 1);
	line[e.len] = '\0';
	if (complete)
		remember(line);
	return (int)e.len;
}
