// SPDX-License-Identifier: MIT
/*
 * The map: four bands, each a stretch of addresses from left to right.
 *
 * A band shows the first megabyte, all below 4 GiB, the last 32 MiB of that, where a PC has its
 * controllers, or what is above 4 GiB, where each doubling of the address is as wide as any
 * other.  A resource is a box in the colour of its kind, the lower the deeper it lies in the
 * tree.  Its name stands in the box where there is room and nothing else, else below it
 * with a line that leads there, and is left out where names of a higher kind are.
 *
 * The register is copied (kernel/monitor/resource_list.h) and drawn without its lock.
 */
#include "drivers/video/fbmap.h"

#include "kernel/core/printk.h"
#include "kernel/core/sink.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/monitor/iomem.h"
#include "kernel/sched/kthread.h"
#include "kernel/sched/timeout.h"

#define MARGIN	    8	/* pixels */
#define HEAD_WIDTH  112 /* of a band's name */
#define BOX_MARGIN  4	/* of a name in its box, above and below */
#define INSET	    2	/* of a box in its parent's, the same */
#define LABEL_LINES 2
#define BAND_GAP    6
#define SWATCH	    12
#define MAX_INSETS  2
#define MIN_BOX	    2 /* what is smaller is drawn larger, to be seen */
#define LABEL_GAP   4
#define LABEL_MAX   40 /* bytes */
#define MAX_LABELS  64 /* in a line */
#define LEGEND_GAP  12
#define LOOK_NS	    NSEC_PER_SEC

#define FRACTION_BITS 16 /* of a place within an octave */

#define GROUND 0x181d25
#define TEXT   0xc8ccd4
#define FAINT  0x7d8694

static const struct {
	u32 box, text;
} colours[IOMEM_KINDS] = {
	[IOMEM_NOBODY] = { 0x242b36, FAINT },	 [IOMEM_WINDOW] = { 0x35496b, 0xd5deee },
	[IOMEM_ASIDE] = { 0x666d78, 0xffffff },	 [IOMEM_RAM] = { 0x3f8f58, 0xffffff },
	[IOMEM_DEVICE] = { 0x8d5fb0, 0xffffff }, [IOMEM_DRIVEN] = { 0xe0a040, 0x10141a },
	[IOMEM_KERNEL] = { 0x4cc0d8, 0x10141a },
};

static const struct band {
	const char *name;
	resource_size_t start, end;
	resource_size_t unnamed; /* from there on, the next band says what there is */
	bool logarithmic;	 /* from start, a power of two, to the root's end */
} bands[] = {
	{ "first MiB", 0, 0xfffff, ~0UL, false },
	{ "below 4 GiB", 0, 0xffffffff, 0xfe000000, false },
	{ "last 32 MiB", 0xfe000000, 0xffffffff, ~0UL, false },
	{ "above 4 GiB", 0x100000000, 0, ~0UL, true },
};

/* A band as it is drawn. */
struct drawing {
	const struct framebuffer *fb;
	const struct font *font;
	const struct resource_list *list;
	struct band band;
	u32 x, y, width; /* the bar's corner and extent */
	struct labels {
		unsigned int nr;
		struct {
			u32 x, end;
		} taken[MAX_LABELS];
	} labels[LABEL_LINES];
};

/* The fbmap thread's, after the boot. */
static struct {
	const struct framebuffer *fb;
	const struct font *font;
	u64 sum; /* of the register that is on the screen */
} map;

static u32 bar_height(const struct font *font)
{
	return font->height + 2 * BOX_MARGIN;
}

static u32 band_height(const struct font *font)
{
	return bar_height(font) + LABEL_LINES * font->height + BAND_GAP;
}

/* ---------------------------------------------------------------- where */

/* How far right, 0 to width, an address of the band, or the one behind it, lies. */
static u32 place(const struct drawing *d, resource_size_t addr)
{
	resource_size_t start = d->band.start, size = d->band.end - start + 1;
	unsigned int octave, first;

	if (!d->band.logarithmic)
		return (u32)((addr - start) * d->width / size);
	octave = ilog2(addr);
	first = ilog2(start);
	addr = (addr - (1UL << octave)) >> (octave - FRACTION_BITS);
	addr += (resource_size_t)(octave - first) << FRACTION_BITS;
	return (u32)(addr * d->width / (ilog2(d->band.end) + 1 - first) >> FRACTION_BITS);
}

/* The box of a row: false where none of it is in the band. */
static bool box_of(const struct drawing *d, const struct resource_row *row, u32 *x, u32 *end)
{
	if (row->start > d->band.end || row->end < d->band.start)
		return false;
	*x = place(d, max(row->start, d->band.start));
	*end = place(d, min(row->end, d->band.end) + 1);
	*end = min(max(*end, *x + MIN_BOX), d->width);
	return *x < *end;
}

/* ---------------------------------------------------------------- boxes */

static void draw_box(const struct drawing *d, const struct resource_row *row)
{
	u32 inset = min(row->depth - 1, (unsigned int)MAX_INSETS) * INSET, x, end;

	if (!box_of(d, row, &x, &end))
		return;
	end -= end - x > MIN_BOX; /* what is beside it begins behind a line */
	fb_fill(d->fb, d->x + x, d->y + inset, end - x, bar_height(d->font) - 2 * inset,
		colours[iomem_kind_of(row)].box);
}

/* ---------------------------------------------------------------- names */

/* Without what some names say in brackets. */
static u32 name_of(const struct resource_row *row, char name[LABEL_MAX])
{
	char *bracket;

	strscpy(name, row->name, LABEL_MAX);
	bracket = strstr(name, " [");
	if (bracket)
		*bracket = '\0';
	return (u32)strlen(name) * FONT_WIDTH;
}

/* Nothing that lies in the box of row `n` is drawn over [x, end). */
static bool is_clear(const struct drawing *d, unsigned int n, u32 x, u32 end)
{
	u32 a, b;

	for (unsigned int i = n + 1;
	     i < d->list->nr && d->list->row[i].depth > d->list->row[n].depth; i++)
		if (box_of(d, &d->list->row[i], &a, &b) && a < end && b > x)
			return false;
	return true;
}

static bool name_inside(const struct drawing *d, unsigned int n)
{
	const struct resource_row *row = &d->list->row[n];
	enum iomem_kind kind = iomem_kind_of(row);
	char name[LABEL_MAX];
	u32 x, end, width = name_of(row, name);

	if (!box_of(d, row, &x, &end) || end - x < width + 2 * LABEL_GAP ||
	    !is_clear(d, n, x + LABEL_GAP, x + LABEL_GAP + width))
		return false;
	fb_text(d->fb, d->font, d->x + x + LABEL_GAP, d->y + BOX_MARGIN, name, colours[kind].text,
		colours[kind].box);
	return true;
}

static bool is_free(const struct labels *l, u32 x, u32 end)
{
	for (unsigned int i = 0; i < l->nr; i++)
		if (l->taken[i].x < end && l->taken[i].end > x)
			return false;
	return l->nr < MAX_LABELS;
}

static void take(struct labels *l, u32 x, u32 end)
{
	l->taken[l->nr].x = x;
	l->taken[l->nr].end = end;
	l->nr++;
}

/*
 * `width` pixels of a name at `at` of a line, and the line that leads there from the box at x,
 * through the lines of names above.  False: some of that is taken.
 */
static bool take_room(struct drawing *d, unsigned int line, u32 x, u32 at, u32 width)
{
	u32 first = min(x, at), end = max(x, at + width) + LABEL_GAP;

	if (at > d->width || at + width > d->width || !is_free(&d->labels[line], first, end))
		return false;
	for (unsigned int i = 0; i < line; i++)
		if (!is_free(&d->labels[i], x, x + 1))
			return false;
	for (unsigned int i = 0; i < line; i++)
		take(&d->labels[i], x, x + 1);
	take(&d->labels[line], first, end);
	return true;
}

/* Right of the leading line in one of the lines, else left of it; else nowhere. */
static void name_below(struct drawing *d, const struct resource_row *row)
{
	u32 x, end, at, width, bottom = d->y + bar_height(d->font);
	char name[LABEL_MAX];

	if (!box_of(d, row, &x, &end) || row->start >= d->band.unnamed)
		return;
	width = name_of(row, name);
	for (unsigned int way = 0; way < 2 * LABEL_LINES; way++) {
		unsigned int line = way % LABEL_LINES;

		at = way < LABEL_LINES ? x + LABEL_GAP : x - LABEL_GAP - width; /* may wrap */
		if (!take_room(d, line, x, at, width))
			continue;
		fb_fill(d->fb, d->x + x, bottom, 1, (2 * line + 1) * d->font->height / 2 + 2,
			colours[iomem_kind_of(row)].box);
		fb_text(d->fb, d->font, d->x + at, bottom + line * d->font->height, name, TEXT,
			GROUND);
		return;
	}
}

/* By rank; what lies in another before that. */
static void draw_names(struct drawing *d)
{
	for (enum iomem_kind kind = IOMEM_KINDS; kind-- > IOMEM_WINDOW;)
		for (unsigned int i = d->list->nr; --i;)
			if (iomem_kind_of(&d->list->row[i]) == kind && !name_inside(d, i))
				name_below(d, &d->list->row[i]);
}

/* ---------------------------------------------------------------- all of it */

static void draw_band(struct drawing *d)
{
	char text[LABEL_MAX];

	fb_text(d->fb, d->font, MARGIN, d->y + BOX_MARGIN, d->band.name, TEXT, GROUND);
	snprintf(text, sizeof(text), "%08lx to", d->band.start);
	fb_text(d->fb, d->font, MARGIN, d->y + bar_height(d->font), text, FAINT, GROUND);
	snprintf(text, sizeof(text), "%08lx", d->band.end);
	fb_text(d->fb, d->font, MARGIN, d->y + bar_height(d->font) + d->font->height, text, FAINT,
		GROUND);
	fb_fill(d->fb, d->x, d->y, d->width, bar_height(d->font), colours[IOMEM_NOBODY].box);
	for (unsigned int i = 1; i < d->list->nr; i++)
		draw_box(d, &d->list->row[i]);
	draw_names(d);
}

static void draw_legend(const struct framebuffer *fb, const struct font *font)
{
	u32 x = MARGIN;

	for (enum iomem_kind kind = IOMEM_WINDOW; kind < IOMEM_KINDS; kind++) {
		fb_fill(fb, x, MARGIN + (font->height - SWATCH) / 2, SWATCH, SWATCH,
			colours[kind].box);
		x += SWATCH + LABEL_GAP;
		fb_text(fb, font, x, MARGIN, iomem_kinds[kind].text, TEXT, GROUND);
		x += (u32)strlen(iomem_kinds[kind].text) * FONT_WIDTH + LEGEND_GAP;
	}
}

static u32 map_height(const struct font *font)
{
	return MARGIN + font->height + BAND_GAP + ARRAY_SIZE(bands) * band_height(font);
}

static void draw_map(const struct resource_list *list)
{
	static struct drawing d; /* large for a stack; one map is drawn at a time */

	fb_fill(map.fb, 0, 0, map.fb->width, map_height(map.font), GROUND);
	draw_legend(map.fb, map.font);
	for (unsigned int i = 0; i < ARRAY_SIZE(bands); i++) {
		d = (struct drawing){
			.fb = map.fb,
			.font = map.font,
			.list = list,
			.band = bands[i],
			.x = MARGIN + HEAD_WIDTH,
			.y = MARGIN + map.font->height + BAND_GAP + i * band_height(map.font),
			.width = map.fb->width - 2 * MARGIN - HEAD_WIDTH,
		};
		if (d.band.logarithmic)
			d.band.end = list->row->end;
		if (d.band.end > d.band.start)
			draw_band(&d);
	}
	fb_flush();
}

/* What the picture is made of, as one number: FNV-1a's. */
static u64 sum_of(const struct resource_list *list)
{
	u64 sum = 0xcbf29ce484222325;

	for (unsigned int i = 0; i < list->nr; i++) {
		const struct resource_row *row = &list->row[i];
		u64 words[] = { row->start, row->end, row->flags, row->depth };

		for (unsigned int k = 0; k < ARRAY_SIZE(words); k++)
			sum = (sum ^ words[k]) * 0x100000001b3;
		for (const char *c = row->name; *c; c++)
			sum = (sum ^ (u8)*c) * 0x100000001b3;
	}
	return sum;
}

/* Draw it where it is another one than before.  Without memory it stays as it is. */
static int update_map(void)
{
	struct resource_list list;
	u64 sum;

	if (resource_list_take(&list, &iomem_resource))
		return -ENOMEM;
	sum = sum_of(&list);
	if (sum != map.sum)
		draw_map(&list);
	map.sum = sum;
	resource_list_free(&list);
	return 0;
}

static int fbmap_thread(void *unused)
{
	(void)unused;
	while (!kthread_should_stop()) {
		set_current_state(TASK_IDLE);
		schedule_timeout(LOOK_NS);
		update_map();
	}
	return 0;
}

int __init fbmap_init(const struct framebuffer *fb, const struct font *font)
{
	map.fb = fb;
	map.font = font;
	if (update_map() || IS_ERR(kthread_run(fbmap_thread, NULL, "fbmap")))
		return -ENOMEM;
	return (int)map_height(font);
}
