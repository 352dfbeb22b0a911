// SPDX-License-Identifier: MIT
/* Names, sizes and types of registers, and the target description.  See the header. */
#include "kernel/gdb/registers.h"

/* Registers that follow each other and are alike. */
struct run {
	const char *feature; /* NULL: as the one before */
	const char *names;   /* parted by blanks */
	const char *type, *group;
	u16 bits;
};

static const struct run runs[] = {
	{ "org.gnu.gdb.i386.core", "rax rbx rcx rdx rsi rdi", "int64", NULL, 64 },
	{ NULL, "rbp rsp", "data_ptr", NULL, 64 },
	{ NULL, "r8 r9 r10 r11 r12 r13 r14 r15", "int64", NULL, 64 },
	{ NULL, "rip", "code_ptr", NULL, 64 },
	{ NULL, "eflags", "eflags", NULL, 32 },
	{ NULL, "cs ss ds es fs gs", "int32", NULL, 32 },
	{ NULL, "st0 st1 st2 st3 st4 st5 st6 st7", "i387_ext", NULL, 80 },
	{ NULL, "fctrl fstat ftag fiseg fioff foseg fooff fop", "int", "float", 32 },
	{ "org.gnu.gdb.i386.sse",
	  "xmm0 xmm1 xmm2 xmm3 xmm4 xmm5 xmm6 xmm7 xmm8 xmm9 xmm10 xmm11 xmm12 xmm13 xmm14 xmm15",
	  "vec128", NULL, 128 },
	{ NULL, "mxcsr", "int", "vector", 32 },
	{ "org.gnu.gdb.i386.segments", "fs_base gs_base", "int64", NULL, 64 },
	{ "org.terrier.control", "k_gs_base cr0 cr2 cr3 cr4 cr8 efer", "int64", "system", 64 },
};

/* Types of gdb's own need no definition; these do. */
static const char eflags_type[] =
	"<flags id=\"eflags\" size=\"4\">"
	"<field name=\"CF\" start=\"0\" end=\"0\"/><field name=\"\" start=\"1\" end=\"1\"/>"
	"<field name=\"PF\" start=\"2\" end=\"2\"/><field name=\"AF\" start=\"4\" end=\"4\"/>"
	"<field name=\"ZF\" start=\"6\" end=\"6\"/><field name=\"SF\" start=\"7\" end=\"7\"/>"
	"<field name=\"TF\" start=\"8\" end=\"8\"/><field name=\"IF\" start=\"9\" end=\"9\"/>"
	"<field name=\"DF\" start=\"10\" end=\"10\"/><field name=\"OF\" start=\"11\" end=\"11\"/>"
	"<field name=\"NT\" start=\"14\" end=\"14\"/><field name=\"RF\" start=\"16\" end=\"16\"/>"
	"<field name=\"VM\" start=\"17\" end=\"17\"/><field name=\"AC\" start=\"18\" end=\"18\"/>"
	"<field name=\"VIF\" start=\"19\" end=\"19\"/><field name=\"VIP\" start=\"20\" end=\"20\"/>"
	"<field name=\"ID\" start=\"21\" end=\"21\"/></flags>\n";
static const char vec128_type[] =
	"<vector id=\"v4f\" type=\"ieee_single\" count=\"4\"/>"
	"<vector id=\"v2d\" type=\"ieee_double\" count=\"2\"/>"
	"<vector id=\"v16i8\" type=\"int8\" count=\"16\"/>"
	"<vector id=\"v8i16\" type=\"int16\" count=\"8\"/>"
	"<vector id=\"v4i32\" type=\"int32\" count=\"4\"/>"
	"<vector id=\"v2i64\" type=\"int64\" count=\"2\"/>"
	"<union id=\"vec128\">"
	"<field name=\"v4_float\" type=\"v4f\"/><field name=\"v2_double\" type=\"v2d\"/>"
	"<field name=\"v16_int8\" type=\"v16i8\"/><field name=\"v8_int16\" type=\"v8i16\"/>"
	"<field name=\"v4_int32\" type=\"v4i32\"/><field name=\"v2_int64\" type=\"v2i64\"/>"
	"<field name=\"uint128\" type=\"uint128\"/></union>\n";

static unsigned int count_names(const char *names)
{
	unsigned int n = 1;

	for (; *names; names++)
		n += *names == ' ';
	return n;
}

unsigned int gdb_register_size(unsigned int reg)
{
	for (const struct run *r = runs; r < runs + ARRAY_SIZE(runs); r++) {
		unsigned int n = count_names(r->names);

		if (reg < n)
			return r->bits / 8;
		reg -= n;
	}
	return 0;
}

static void write_registers(struct sink *out, const struct run *r)
{
	const char *name = r->names, *end;

	for (; *name; name = *end ? end + 1 : end) {
		for (end = name; *end && *end != ' '; end++)
			;
		sink_printf(out, "<reg name=\"%.*s\" bitsize=\"%u\" type=\"%s\"", (int)(end - name),
			    name, r->bits, r->type);
		if (r->group)
			sink_printf(out, " group=\"%s\"", r->group);
		sink_printf(out, "/>\n");
	}
}

void gdb_write_features(struct sink *out)
{
	sink_printf(out, "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n"
			 "<target><architecture>i386:x86-64</architecture>\n");
	for (unsigned int i = 0; i < ARRAY_SIZE(runs); i++) {
		if (runs[i].feature) {
			sink_printf(out, "%s<feature name=\"%s\">\n", i ? "</feature>\n" : "",
				    runs[i].feature);
			if (i == 0)
				sink_write(out, eflags_type, sizeof(eflags_type) - 1);
			else if (runs[i].bits == 128)
				sink_write(out, vec128_type, sizeof(vec128_type) - 1);
		}
		write_registers(out, &runs[i]);
	}
	sink_printf(out, "</feature></target>\n");
}
