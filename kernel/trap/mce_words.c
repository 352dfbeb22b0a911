// SPDX-License-Identifier: MIT
/*
 * Error codes of machine checks (SDM 3B, 15.9): a number that means one thing, or a pattern whose fields
 * say where it was and during what.  Bit 12 only says how it is counted.
 */
#include "kernel/trap/mce_words.h"

#include "kernel/lib/string.h"

#define CODE_FILTERED BIT(12) /* SDM 3B, 15.9.2.1 */

static const char *const levels[] = { "level 0", "level 1", "level 2", "of any level" };
static const char *const kinds[] = { "instructions", "data", "anything", "reserved" };

/* RRRR, SDM 3B, table 15-13. */
static const char *request_of(unsigned int code)
{
	static const char *const words[] = { "some request", "read",	   "write",
					     "data read",    "data write", "instruction fetch",
					     "prefetch",     "eviction",   "snoop" };
	unsigned int n = code >> 4 & 0xf;

	return n < ARRAY_SIZE(words) ? words[n] : "reserved";
}

/* SDM 3B, table 15-9. */
static const char *simple_error(unsigned int code)
{
	static const char *const words[] = { "none",
					     "unclassified",
					     "parity of the microcode ROM",
					     "another processor's, from outside",
					     "functional redundancy check",
					     "internal parity",
					     "code outside SMRAM in SMM" };

	if (code < ARRAY_SIZE(words))
		return words[code];
	if (code == 0x400)
		return "internal timer";
	if (code == 0xe0b)
		return "I/O";
	return (code & 0xfc00) == 0x400 ? "internal, unclassified" : NULL;
}

/* 1PPT RRRR IILL */
static void describe_bus(struct sink *out, unsigned int code)
{
	static const char *const roles[] = { "asked for here", "answered here", "seen here",
					     "by anybody" };
	static const char *const targets[] = { "memory", "reserved", "I/O", "other" };

	sink_printf(out, "bus, %s: %s, %s, %s%s", targets[code >> 2 & 3], request_of(code),
		    roles[code >> 9 & 3], levels[code & 3], code & BIT(8) ? ", timed out" : "");
}

/* 1MMM CCCC */
static void describe_memory(struct sink *out, unsigned int code)
{
	static const char *const words[] = { "some request",	   "read",	"write",
					     "address or command", "scrubbing", "reserved",
					     "reserved",	   "reserved" };

	sink_printf(out, "memory controller: %s", words[code >> 4 & 7]);
	if ((code & 0xf) != 0xf)
		sink_printf(out, ", channel %u", code & 0xf);
}

/* SDM 3B, table 15-10. */
static bool describe_compound(struct sink *out, unsigned int code)
{
	if (code & BIT(11))
		describe_bus(out, code);
	else if (code >> 7 == 1 || code >> 7 == 5)
		describe_memory(out, code);
	else if (code >> 8 == 1)
		sink_printf(out, "cache %s, %s: %s", levels[code & 3], kinds[code >> 2 & 3],
			    request_of(code));
	else if (code >> 4 == 1)
		sink_printf(out, "TLB %s, %s", levels[code & 3], kinds[code >> 2 & 3]);
	else if (code >> 2 == 3)
		sink_printf(out, "cache %s", levels[code & 3]);
	else
		return false;
	return true;
}

void mce_describe(struct sink *out, u64 status)
{
	unsigned int code = (unsigned int)status & 0xffff;
	const char *simple = simple_error(code);

	sink_printf(out,
		    "%s error, code 0x%04x: ", status & MCi_STATUS_UC ? "uncorrected" : "corrected",
		    code);
	if (simple)
		sink_printf(out, "%s", simple);
	else if (code >> 13 || !describe_compound(out, code & ~(unsigned int)CODE_FILTERED))
		sink_printf(out, "not in the manual");
	if (status & MCi_STATUS_OVER)
		sink_printf(out, "; another one was lost");
	if (status & MCi_STATUS_PCC)
		sink_printf(out, "; the processor's state is lost");
}
