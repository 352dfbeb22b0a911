// SPDX-License-Identifier: MIT
// sources: kernel/iotrace/insn.c kernel/iotrace/ring.c
/* The instructions that access device memory, as the assembler writes them; and the accesses that are kept. */
#include "kernel/iotrace/insn.h"
#include "kernel/iotrace/ring.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "tests/host/test.h"

#define RAX 0
#define RSP 4
#define RDI 7
#define R8  8
#define R15 15
#define REP true

/* The assembler's bytes of one instruction, with others behind it. */
#define CODE(text)                                                                    \
	({                                                                            \
		struct {                                                              \
			const u8 *start, *end;                                        \
		} _c;                                                                 \
		__asm__(".pushsection .rodata\n1: " text "\n2: .fill 15, 1, 0x90\n\t" \
			".popsection\n\tlea 1b(%%rip), %0\n\tlea 2b(%%rip), %1"       \
			: "=r"(_c.start), "=r"(_c.end));                              \
		_c;                                                                   \
	})

#define EXPECT_INSN(text, kind_, width_, reg_, rep_)               \
	do {                                                       \
		__auto_type _code = CODE(text);                    \
		struct insn _i = { .len = 0 };                     \
		EXPECT(insn_decode(_code.start, &_i));             \
		EXPECT_EQ(_i.len, (u64)(_code.end - _code.start)); \
		EXPECT_EQ(_i.kind, (unsigned int)(kind_));         \
		EXPECT_EQ(_i.width, (width_));                     \
		EXPECT_EQ(_i.reg, (reg_));                         \
		EXPECT_EQ(_i.rep, (rep_));                         \
	} while (0)

#define EXPECT_NONE(text)                                    \
	do {                                                 \
		struct insn _i;                              \
		EXPECT(!insn_decode(CODE(text).start, &_i)); \
	} while (0)

TEST(moves_have_their_width_and_register)
{
	EXPECT_INSN("movb %%al, (%%rdi)", INSN_STORE, 1, RAX, false);
	EXPECT_INSN("movw %%ax, (%%rdi)", INSN_STORE, 2, RAX, false);
	EXPECT_INSN("movl %%eax, (%%rdi)", INSN_STORE, 4, RAX, false);
	EXPECT_INSN("movq %%rax, (%%rdi)", INSN_STORE, 8, RAX, false);
	EXPECT_INSN("movb (%%rsi), %%dil", INSN_LOAD, 1, RDI, false);
	EXPECT_INSN("movw (%%rsi), %%di", INSN_LOAD, 2, RDI, false);
	EXPECT_INSN("movl (%%rsi), %%edi", INSN_LOAD, 4, RDI, false);
	EXPECT_INSN("movq (%%rsi), %%rdi", INSN_LOAD, 8, RDI, false);
	EXPECT_INSN("movb %%r8b, (%%r9)", INSN_STORE, 1, R8, false);
	EXPECT_INSN("movw (%%r9), %%r15w", INSN_LOAD, 2, R15, false);
	EXPECT_INSN("movl (%%r9), %%r15d", INSN_LOAD, 4, R15, false);
	EXPECT_INSN("movq %%r15, (%%r9)", INSN_STORE, 8, R15, false);
	EXPECT_INSN("movq (%%rdi), %%rsp", INSN_LOAD, 8, RSP, false);
}

TEST(every_form_of_an_address_has_its_length)
{
	EXPECT_INSN("movl (%%rsp), %%eax", INSN_LOAD, 4, RAX, false);
	EXPECT_INSN("movl (%%rbp), %%eax", INSN_LOAD, 4, RAX, false);
	EXPECT_INSN("movl (%%r12), %%eax", INSN_LOAD, 4, RAX, false);
	EXPECT_INSN("movl (%%r13), %%eax", INSN_LOAD, 4, RAX, false);
	EXPECT_INSN("movl 0x7f(%%rdi), %%eax", INSN_LOAD, 4, RAX, false);
	EXPECT_INSN("movl 0x7f(%%rsp), %%eax", INSN_LOAD, 4, RAX, false);
	EXPECT_INSN("movl 0x80(%%rdi), %%eax", INSN_LOAD, 4, RAX, false);
	EXPECT_INSN("movl 0x80(%%r12), %%eax", INSN_LOAD, 4, RAX, false);
	EXPECT_INSN("movl (%%rdi,%%rsi,4), %%eax", INSN_LOAD, 4, RAX, false);
	EXPECT_INSN("movl (%%rbp,%%rsi,4), %%eax", INSN_LOAD, 4, RAX, false);
	EXPECT_INSN("movl 0x12345678(%%rbp,%%r9,8), %%eax", INSN_LOAD, 4, RAX, false);
	EXPECT_INSN("movl 0x1000(,%%rsi,8), %%eax", INSN_LOAD, 4, RAX, false);
	EXPECT_INSN("movl 0x1000(%%rip), %%eax", INSN_LOAD, 4, RAX, false);
}

TEST(string_instructions)
{
	EXPECT_INSN("movsb", INSN_MOVS, 1, 0, false);
	EXPECT_INSN("rep movsb", INSN_MOVS, 1, 0, REP);
	EXPECT_INSN("rep movsw", INSN_MOVS, 2, 0, REP);
	EXPECT_INSN("rep movsl", INSN_MOVS, 4, 0, REP);
	EXPECT_INSN("rep movsq", INSN_MOVS, 8, 0, REP);
	EXPECT_INSN("stosl", INSN_STOS, 4, 0, false);
	EXPECT_INSN("rep stosb", INSN_STOS, 1, 0, REP);
	EXPECT_INSN("rep stosq", INSN_STOS, 8, 0, REP);
}

TEST(all_others_are_refused)
{
	EXPECT_NONE("movb %%ah, (%%rdi)");
	EXPECT_NONE("movb (%%rdi), %%bh");
	EXPECT_NONE("movl %%eax, %%edi");
	EXPECT_NONE("movl $1, (%%rdi)");
	EXPECT_NONE("movzbl (%%rdi), %%eax");
	EXPECT_NONE("addl %%eax, (%%rdi)");
	EXPECT_NONE("lock xaddl %%eax, (%%rdi)");
	EXPECT_NONE("repne scasb");
	EXPECT_NONE("lodsl");
	EXPECT_NONE("movaps (%%rdi), %%xmm0");
	EXPECT_NONE("movl %%fs:(%%rdi), %%eax");
	EXPECT_NONE("movl (%%edi), %%eax");
	EXPECT_NONE(".byte 0x66, 0x66, 0xf3, 0x66, 0xf3, 0xa4");
}

/* Whatever the bytes are: no more than the longest are looked at, and none is said to be longer. */
TEST(any_bytes)
{
	struct insn insn;
	u8 code[INSN_BYTES];
	u32 seed = 1;

	for (unsigned int n = 0; n < 2000000; n++) {
		for (unsigned int i = 0; i < INSN_BYTES; i++) {
			seed = seed * 1664525 + 1013904223;
			code[i] = (u8)(seed >> 24);
		}
		if (n % 2)
			code[n / 2 % 4] = (u8)(0x88 + n / 8 % 4);
		if (insn_decode(code, &insn)) {
			EXPECT(insn.len >= 1 && insn.len <= INSN_BYTES);
			EXPECT(insn.reg < 16);
		}
	}
}

/* ---- the ring ---- */

static bool no_memory;

void *vzalloc(size_t size)
{
	return no_memory ? NULL : kzalloc(size, GFP_KERNEL);
}

/* Each access has its own value, from `first` on. */
static void note_some(u64 first, unsigned int n)
{
	while (n--) {
		struct iotrace_access access = { .value = first++, .width = 4 };

		iotrace_note(&access);
	}
}

/* All from *at on: the values of the first and the last, and how many. */
static unsigned int read_all(u64 *at, u64 *first, u64 *last)
{
	struct iotrace_access access;
	unsigned int n = 0;

	for (; iotrace_next(at, &access); n++) {
		if (!n)
			*first = access.value;
		EXPECT(!n || access.value == *last + 1);
		*last = access.value;
	}
	return n;
}

TEST(without_memory_there_is_no_ring)
{
	struct iotrace_access access;
	u64 at = 0;

	no_memory = true;
	EXPECT_EQ(iotrace_ring_init(), -ENOMEM);
	EXPECT(!iotrace_next(&at, &access));
	no_memory = false;
	EXPECT_EQ(iotrace_ring_init(), 0);
	no_memory = true;
	EXPECT_EQ(iotrace_ring_init(), 0); /* it is there */
}

TEST(accesses_are_read_in_order_and_once)
{
	u64 at = 0, first = 0, last = 0;

	iotrace_ring_begin();
	note_some(100, 3);
	EXPECT_EQ(read_all(&at, &first, &last), 3);
	EXPECT(first == 100 && last == 102);
	EXPECT_EQ(read_all(&at, &first, &last), 0);
	note_some(103, 2);
	EXPECT_EQ(read_all(&at, &first, &last), 2);
	EXPECT(first == 103 && last == 104);
	EXPECT_EQ(iotrace_overwritten(), 0);
}

TEST(the_oldest_are_overwritten_and_counted)
{
	u64 at = 0, first = 0, last = 0;

	iotrace_ring_begin();
	note_some(0, IOTRACE_RING);
	EXPECT_EQ(iotrace_overwritten(), 0);
	note_some(IOTRACE_RING, 5);
	EXPECT_EQ(iotrace_overwritten(), 5);
	EXPECT_EQ(read_all(&at, &first, &last), IOTRACE_RING);
	EXPECT(first == 5 && last == IOTRACE_RING + 4);
}

/* What was noted before a trace begins is not of it. */
TEST(a_trace_begins_empty)
{
	u64 at = 0, first = 0, last = 0;

	note_some(0, 7);
	iotrace_ring_begin();
	EXPECT_EQ(read_all(&at, &first, &last), 0);
	EXPECT_EQ(iotrace_overwritten(), 0);
	note_some(50, 2);
	at = 0;
	EXPECT_EQ(read_all(&at, &first, &last), 2);
	EXPECT_EQ(first, 50);
}
