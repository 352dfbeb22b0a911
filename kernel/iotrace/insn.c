// SPDX-License-Identifier: MIT
/* See the header.  Encodings: SDM 2A, 2.1 and 2.2.1. */
#include "kernel/iotrace/insn.h"

#define PREFIX_WIDTH 0x66
#define PREFIX_REP   0xf3
#define REX_W	     0x08
#define REX_R	     0x04

#define MODRM_MOD(m) ((m) >> 6)
#define MODRM_REG(m) ((m) >> 3 & 7)
#define MODRM_RM(m)  ((m)&7)
#define SIB_BASE(s)  ((s)&7)
#define RM_SIB	     4 /* a SIB byte follows */
#define RM_DISP	     5 /* with mod 0: no base, but 32 bits of displacement */

/* Bytes of ModRM and what belongs to it (SDM 2A, tables 2-2 and 2-3); 0: it names no memory. */
static u8 modrm_len(const u8 *modrm)
{
	u8 mod = MODRM_MOD(*modrm), rm = MODRM_RM(*modrm), len = 1;

	if (mod == 3)
		return 0;
	if (rm == RM_SIB) {
		rm = SIB_BASE(modrm[1]);
		len++;
	}
	if (mod == 1)
		return len + 1;
	return mod == 2 || rm == RM_DISP ? len + 4 : len;
}

/* The low bit of all these opcodes: not one byte wide. */
static bool set_kind(u8 opcode, struct insn *insn)
{
	switch (opcode & 0xfe) {
	case 0x88:
		insn->kind = INSN_STORE;
		return true;
	case 0x8a:
		insn->kind = INSN_LOAD;
		return true;
	case 0xa4:
		insn->kind = INSN_MOVS;
		return true;
	case 0xaa:
		insn->kind = INSN_STOS;
		return true;
	default:
		return false;
	}
}

bool insn_decode(const u8 *code, struct insn *insn)
{
	const u8 *p = code;
	bool narrow = false;
	u8 rex = 0, len;

	insn->rep = false;
	for (; *p == PREFIX_WIDTH || *p == PREFIX_REP; p++) {
		narrow |= *p == PREFIX_WIDTH;
		insn->rep |= *p == PREFIX_REP;
		if (p - code == 2)
			return false;
	}
	if ((*p & 0xf0) == 0x40)
		rex = *p++;
	if (!set_kind(*p, insn))
		return false;
	insn->width = !(*p & 1) ? 1 : rex & REX_W ? 8 : narrow ? 2 : 4;
	p++;
	insn->reg = 0;
	if (insn->kind == INSN_LOAD || insn->kind == INSN_STORE) {
		insn->reg = MODRM_REG(*p) | (rex & REX_R ? 8 : 0);
		len = modrm_len(p);
		/* Without REX these are AH to BH; and REP means nothing here. */
		if (!len || insn->rep || (insn->width == 1 && !rex && insn->reg >= 4))
			return false;
		p += len;
	}
	insn->len = (u8)(p - code);
	return true;
}
