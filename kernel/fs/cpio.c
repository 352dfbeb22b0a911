// SPDX-License-Identifier: MIT
/* The parser of archives. */
#include "kernel/fs/cpio.h"

#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

#define MAGIC_SIZE  6
#define NR_FIELDS   13
#define FIELD_SIZE  8
#define HEADER_SIZE (MAGIC_SIZE + NR_FIELDS * FIELD_SIZE)
#define NAME_LIMIT  4096 /* as long as a path can be, with its 0 */
#define TRAILER	    "TRAILER!!!"

static int bad(struct cpio *cpio, const char *why)
{
	cpio->wrong = why;
	return -EINVAL;
}

/* The digits of a field, either case; false where one is none. */
static bool parse_field(const char *s, u32 *value)
{
	*value = 0;
	for (unsigned int i = 0; i < FIELD_SIZE; i++) {
		char c = s[i];
		u32 digit;

		if (c >= '0' && c <= '9')
			digit = c - '0';
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			digit = (c | 0x20) - 'a' + 10;
		else
			return false;
		*value = *value << 4 | digit;
	}
	return true;
}

/* In the order of the header; c_check, the last, is not looked at. */
static bool parse_header(const char *s, struct cpio_entry *e, u32 *name_size)
{
	u32 check, *const fields[NR_FIELDS] = { &e->ino,   &e->mode,   &e->uid,	   &e->gid,
						&e->nlink, &e->mtime,  &e->size,   &e->major,
						&e->minor, &e->rmajor, &e->rminor, name_size,
						&check };

	s += MAGIC_SIZE;
	for (unsigned int i = 0; i < NR_FIELDS; i++, s += FIELD_SIZE)
		if (!parse_field(s, fields[i]))
			return false;
	return true;
}

static bool is_magic(const char *s)
{
	return !memcmp(s, "070701", MAGIC_SIZE) || !memcmp(s, "070702", MAGIC_SIZE);
}

/* Zeros between and behind archives. */
static void skip_zeros(struct cpio *cpio)
{
	while (cpio->offset < cpio->size && !cpio->data[cpio->offset])
		cpio->offset++;
}

static int parse_entry(struct cpio *cpio, struct cpio_entry *entry)
{
	size_t left = cpio->size - cpio->offset, body;
	const char *at = cpio->data + cpio->offset;
	u32 name_size;

	if (left < HEADER_SIZE)
		return bad(cpio, "it ends within a header");
	if (!is_magic(at))
		return bad(cpio, "no header is there");
	if (!parse_header(at, entry, &name_size))
		return bad(cpio, "a header has what is no number");
	if (name_size < 2 || name_size > NAME_LIMIT)
		return bad(cpio, "a name is empty or too long");
	if (left < HEADER_SIZE + name_size)
		return bad(cpio, "it ends within a name");
	entry->name = at + HEADER_SIZE;
	if (strnlen(entry->name, name_size) != name_size - 1)
		return bad(cpio, "a name does not end where it should");
	body = ALIGN(cpio->offset + HEADER_SIZE + name_size, 4UL);
	if (entry->size && (body > cpio->size || cpio->size - body < entry->size))
		return bad(cpio, "it ends within a file");
	entry->body = cpio->data + (entry->size ? body : 0);
	cpio->offset = min(ALIGN(body + entry->size, 4UL), cpio->size);
	return 1;
}

int cpio_next(struct cpio *cpio, struct cpio_entry *entry)
{
	for (;;) {
		int ret;

		skip_zeros(cpio);
		if (cpio->offset == cpio->size)
			return 0;
		ret = parse_entry(cpio, entry);
		entry->archive = cpio->ended;
		if (ret < 0 || strcmp(entry->name, TRAILER))
			return ret;
		cpio->ended++;
	}
}

bool cpio_begins(const void *data, size_t size)
{
	return size >= MAGIC_SIZE && is_magic(data);
}

const char *compression_name(const void *data, size_t size)
{
	static const struct {
		const char *magic, *name;
		size_t n;
	} kinds[] = {
		{ "\x1f\x8b", "gzip", 2 },	   { "\xfd\x37\x7a\x58\x5a", "xz", 5 },
		{ "\x28\xb5\x2f\xfd", "zstd", 4 }, { "BZh", "bzip2", 3 },
		{ "\x5d\x00\x00", "lzma", 3 },	   { "\x02\x21\x4c\x18", "lz4", 4 },
		{ "\x89\x4c\x5a\x4f", "lzo", 4 },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++)
		if (size >= kinds[i].n && !memcmp(data, kinds[i].magic, kinds[i].n))
			return kinds[i].name;
	return NULL;
}
