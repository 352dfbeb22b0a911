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
	char kind; /* '\0': a number; 's', 'g', 'u' */
	bool counts;
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
	if (*s == 's' || *s == 'g' || *s == 'u')
		f->kind = *s++;
	f->size = f->kind == 'g' ? sizeof(struct acpi_gas) : f->kind == 'u' ? 16 : parse_size(&s);
	f->counts = *s == '*';
	s += f->counts;
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

/* The first three parts are numbers (UEFI 2.10, appendix A). */
static void show_guid(struct sink *out, const u8 *p)
{
	sink_printf(out, "%08lx-%04lx-%04lx-", number_at(p, 4), number_at(p + 4, 2),
		    number_at(p + 6, 2));
	for (u32 i = 8; i < 16; i++)
		sink_printf(out, i == 10 ? "-%02x" : "%02x", p[i]);
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

/* The fields from *at on that lie before `end`; *at is behind them then.  What one of them counts, or 0. */
static u32 show_fields(struct sink *out, const u8 *table, u32 *at, u32 end, const char *layout)
{
	struct field f;
	u32 count = 0;

	while (next_field(&layout, &f) && f.size <= end - *at) {
		const u8 *p = table + *at;

		sink_printf(out, "%03x %3u  %-*.*s ", *at, f.size, NAME, f.name_length, f.name);
		if (f.kind == 'g')
			show_gas(out, p);
		else if (f.kind == 's')
			show_text(out, &f, p);
		else if (f.kind == 'u')
			show_guid(out, p);
		else
			show_number(out, &f, p);
		sink_printf(out, "\n");
		if (f.counts)
			count = (u32)number_at(p, f.size);
		*at += f.size;
	}
	return count;
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

		show_fields(out, table, at, scope_end, acpi_device_scopes);
		for (; scope_end - *at >= 2; *at += 2)
			sink_printf(out, "%03x   2  %-*s %02x.%x\n", *at, NAME, "Path", table[*at],
				    table[*at + 1]);
		show_rest(out, table, at, scope_end);
	}
}

/* AMD IOMMU 3.08, 5.2.2.1: four bytes, and what the type says; of a named device, its id's text. */
static void show_device_entries(struct sink *out, const u8 *table, u32 *at, u32 end)
{
	while (end - *at >= 4) {
		const char *more = acpi_device_entry_layout(table[*at]);

		show_fields(out, table, at, end, acpi_device_entries);
		if (more) {
			u32 text = show_fields(out, table, at, end, more);

			show_rest(out, table, at, *at + min(text, end - *at));
		}
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

static const struct acpi_record *find_record(const struct acpi_record *records, u32 type)
{
	while (records->name && records->type != type)
		records++;
	return records;
}

/* Where that field of a layout is; false: it has none, or it is behind `left` bytes. */
static bool find_field(const char *layout, u32 left, bool (*is_it)(const struct field *f), u32 *at,
		       struct field *f)
{
	for (*at = 0; next_field(&layout, f) && f->size <= left - *at; *at += f->size)
		if (is_it(f))
			return true;
	return false;
}

static bool is_length(const struct field *f)
{
	return f->name_length == 6 && memcmp(f->name, "Length", 6) == 0;
}

static bool is_type(const struct field *f)
{
	return f->name_length == 4 && memcmp(f->name, "Type", 4) == 0;
}

static bool is_count(const struct field *f)
{
	return f->counts;
}

/* The number that stands there; 0 where it is not found. */
static u32 number_of(const u8 *p, u32 left, const char *layout,
		     bool (*is_it)(const struct field *f))
{
	struct field f;
	u32 at;

	return find_field(layout, left, is_it, &at, &f) ? (u32)number_at(p + at, f.size) : 0;
}

static u32 layout_size(const char *layout)
{
	struct field f;
	u32 size = 0;

	while (next_field(&layout, &f))
		size += f.size;
	return size;
}

/* As it says; where records do not, what its layout takes, and what is not known the rest. */
static u32 record_length(const u8 *p, u32 left, const char *head, const struct acpi_record *r)
{
	struct field f;
	u32 at, size = layout_size(head);

	if (find_field(head, left, is_length, &at, &f))
		return (u32)number_at(p + at, f.size);
	if (!r->name)
		return left;
	at = size;
	size += layout_size(r->layout);
	if (r->element)
		size += number_of(p + at, left - at, r->layout, is_count) * layout_size(r->element);
	return size;
}

static void show_record(struct sink *out, const u8 *table, u32 *at, u32 end,
			const struct acpi_record *r)
{
	show_fields(out, table, at, end, r->layout);
	if (r->element == acpi_device_scopes)
		show_scopes(out, table, at, end);
	else if (r->element == acpi_device_entries)
		show_device_entries(out, table, at, end);
	else if (r->element && *at != end)
		show_elements(out, table, at, end, r->element);
}

static void show_records(struct sink *out, const u8 *table, u32 *at, u32 end,
			 const struct acpi_layout *l)
{
	u32 head = layout_size(l->element);

	while (end - *at >= head) {
		const u8 *p = table + *at;
		const struct acpi_record *r =
			find_record(l->records, number_of(p, head, l->element, is_type));
		u32 length = record_length(p, end - *at, l->element, r), record_end = *at + length;

		if (length < head || length > end - *at) {
			sink_printf(out, "a record of %u bytes cannot be: the walk ends\n", length);
			break;
		}
		sink_printf(out, "\n%s\n", r->name ? r->name : "Record that is not known");
		show_fields(out, table, at, record_end, l->element);
		if (r->name)
			show_record(out, table, at, record_end, r);
		show_rest(out, table, at, record_end);
	}
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
	if (l && l->records)
		show_records(out, table, &at, end, l);
	else if (l && l->element)
		show_elements(out, table, &at, end, l->element);
	if (at != end &&
	    (l || memcmp(h->signature, "DSDT", 4) == 0 || memcmp(h->signature, "SSDT", 4) == 0))
		sink_printf(out, "\n%u bytes more: acpidump has them\n", end - at);
	else
		show_rest(out, table, &at, end);
}
