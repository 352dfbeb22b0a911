// SPDX-License-Identifier: MIT
/*
 * A table field by field: offset, bytes, name, value, and what the value means.
 *
 *	070   4  Flags                     000084a5
 *	           WBINVD PROC_C1 SLP_BUTTON ...
 *
 * The layouts are texts (layout.h), read while they are shown.  Whatever lengths a table tells, nothing behind
 * its own end is looked at.
 */
#include "drivers/acpi/table/actbl.h"
#include "drivers/acpi/table/layout.h"
#include "kernel/core/printk.h"
#include "kernel/core/sink.h"
#include "kernel/lib/string.h"

#define WIDTH 80
#define NAME  25 /* columns of a name */

/* One field of a layout. */
struct field {
	const char *name;
	int name_length;
	char kind; /* '\0': a number; 's', 'g' */
	u32 size;
	const char *words; /* behind '{' or '[', NULL: none */
	char bracket;
};

static u32 parse_size(const char **s)
{
	u32 size = 0;

	while (**s >= '0' && **s <= '9')
		size = size * 10 + (u32)(*(*s)++ - '0');
	return size;
}

/* Take the next field from *layout; false at its end. */
static bool next_field(const char **layout, struct field *f)
{
	const char *s = *layout;

	while (*s == ' ')
		s++;
	if (!*s)
		return false;
	*f = (struct field){ .name = s };
	s = strchr(s, ':');
	f->name_length = (int)(s++ - f->name);
	if (*s == 's' || *s == 'g')
		f->kind = *s++;
	f->size = f->kind == 'g' ? sizeof(struct acpi_gas) : parse_size(&s);
	if (*s == '{' || *s == '[') {
		f->bracket = *s++;
		f->words = s;
		s = strchr(s, f->bracket == '{' ? '}' : ']') + 1;
	}
	*layout = s;
	return true;
}

static u32 word_length(const char *s)
{
	u32 n = 0;

	while (s[n] && !strchr(",]}", s[n]))
		n++;
	return n;
}

/* The nth word of a list, from 0; its length, 0: there is none. */
static int word_at(const char *words, u32 n, const char **word)
{
	for (; n; n--) {
		words += word_length(words);
		if (*words++ != ',')
			return 0;
	}
	*word = words;
	return (int)word_length(words);
}

static u64 number_at(const u8 *p, u32 size)
{
	u64 value = 0;

	memcpy(&value, p, min(size, (u32)sizeof(value)));
	return value;
}

/* The set bits' names, in lines of their own; one without a name is told by its number. */
static void show_bits(struct sink *out, const char *words, u64 value)
{
	int column = 0;

	for (u32 bit = 0; bit < 64; bit++) {
		char number[8];
		const char *word;
		int n;

		if (!(value >> bit & 1))
			continue;
		n = word_at(words, bit, &word);
		if (!n) {
			n = scnprintf(number, sizeof(number), "bit%u", bit);
			word = number;
		}
		if (!column || column + 1 + n > WIDTH) {
			sink_printf(out, "\n           ");
			column = 11;
		}
		sink_printf(out, " %.*s", n, word);
		column += 1 + n;
	}
}

static void show_number(struct sink *out, const struct field *f, const u8 *p)
{
	u64 value = number_at(p, f->size);
	const char *word;
	int n;

	sink_printf(out, "%0*lx", 2 * (int)f->size, value);
	if (f->bracket == '{')
		show_bits(out, f->words, value);
	else if (f->bracket == '[' && value < 64 && (n = word_at(f->words, (u32)value, &word)) != 0)
		sink_printf(out, " %.*s", n, word);
}

static void show_text(struct sink *out, const struct field *f, const u8 *p)
{
	sink_printf(out, "\"");
	for (u32 i = 0; i < f->size; i++)
		sink_printf(out, "%c", p[i] >= ' ' && p[i] < 0x7f ? p[i] : '.');
	sink_printf(out, "\"");
}

/* 5.2.3.2 */
static void show_gas(struct sink *out, const u8 *p)
{
	static const char *const spaces[] = { "memory", "io", "pci", "ec", "smbus" };
	const struct acpi_gas *g = (const struct acpi_gas *)p;

	if (g->space_id < ARRAY_SIZE(spaces))
		sink_printf(out, "%s", spaces[g->space_id]);
	else
		sink_printf(out, "space %02x", g->space_id);
	sink_printf(out, " %lx width %02x@%02x access %02x", g->address, g->bit_width,
		    g->bit_offset, g->access_size);
}

/* The fields from *at on that lie before `end`; *at is behind them then. */
static void show_fields(struct sink *out, const u8 *table, u32 *at, u32 end, const char *layout)
{
	struct field f;

	while (next_field(&layout, &f) && f.size <= end - *at) {
		const u8 *p = table + *at;

		sink_printf(out, "%03x %3u  %-*.*s ", *at, f.size, NAME, f.name_length, f.name);
		if (f.kind == 'g')
			show_gas(out, p);
		else if (f.kind == 's')
			show_text(out, &f, p);
		else
			show_number(out, &f, p);
		sink_printf(out, "\n");
		*at += f.size;
	}
}

/* What no layout tells of, to `end`. */
static void show_rest(struct sink *out, const u8 *table, u32 *at, u32 end)
{
	for (; *at < end; *at += min(16U, end - *at)) {
		u32 n = min(16U, end - *at);

		sink_printf(out, "%03x %3u  bytes", *at, n);
		for (u32 i = 0; i < n; i++)
			sink_printf(out, " %02x", table[*at + i]);
		sink_printf(out, "\n");
	}
}

/* VT-d 4.0, 8.3.1: each has a path of device and function, two bytes a step. */
static void show_scopes(struct sink *out, const u8 *table, u32 *at, u32 end)
{
	while (end - *at >= 6 && table[*at + 1] >= 6 && table[*at + 1] <= end - *at) {
		u32 scope_end = *at + table[*at + 1];

		show_fields(out, table, at, scope_end, acpi_scope_layout);
		for (; scope_end - *at >= 2; *at += 2)
			sink_printf(out, "%03x   2  %-*s %02x.%x\n", *at, NAME, "Path", table[*at],
				    table[*at + 1]);
		show_rest(out, table, at, scope_end);
	}
}

static const struct acpi_record *find_record(const struct acpi_record *records, u32 type)
{
	while (records->name && records->type != type)
		records++;
	return records;
}

static void show_records(struct sink *out, const u8 *table, u32 *at, u32 end,
			 const struct acpi_layout *l)
{
	u32 head = 2U * l->type_size;

	while (end - *at >= head) {
		u32 type = (u32)number_at(table + *at, l->type_size);
		u32 length = (u32)number_at(table + *at + l->type_size, l->type_size);
		const struct acpi_record *r = find_record(l->records, type);
		u32 record_end = *at + length;

		if (length < head || length > end - *at) {
			sink_printf(out, "a record of %u bytes cannot be: the walk ends\n", length);
			break;
		}
		sink_printf(out, "\n%s\n", r->name ? r->name : "Record that is not known");
		show_fields(out, table, at, record_end,
			    l->type_size == 1 ? "Type:1 Length:1" : "Type:2 Length:2");
		if (r->name)
			show_fields(out, table, at, record_end, r->layout);
		if (r->scopes)
			show_scopes(out, table, at, record_end);
		show_rest(out, table, at, record_end);
	}
}

static void show_elements(struct sink *out, const u8 *table, u32 *at, u32 end, const char *layout)
{
	u32 before;

	do {
		before = *at;
		if (strchr(layout, ' '))
			sink_printf(out, "\n");
		show_fields(out, table, at, end, layout);
	} while (*at != before && *at != end);
}

void acpi_table_show(struct sink *out, const struct acpi_table_header *h)
{
	const struct acpi_layout *l = acpi_find_layout(h->signature);
	const u8 *table = (const u8 *)h;
	u32 at = 0, end = h->length;

	if (memcmp(h->signature, "FACS", 4) != 0) /* which has no such header */
		show_fields(out, table, &at, end, acpi_header_layout);
	if (l) {
		sink_printf(out, "\n");
		show_fields(out, table, &at, end, l->layout);
	}
	if (l && l->type_size)
		show_records(out, table, &at, end, l);
	else if (l && l->element)
		show_elements(out, table, &at, end, l->element);
	if (at != end &&
	    (l || memcmp(h->signature, "DSDT", 4) == 0 || memcmp(h->signature, "SSDT", 4) == 0))
		sink_printf(out, "\n%u bytes more: acpidump has them\n", end - at);
	else
		show_rest(out, table, &at, end);
}
