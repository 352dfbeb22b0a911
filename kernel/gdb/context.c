// SPDX-License-Identifier: MIT
/* Registers of CPUs and of threads.  See the header. */
#include "kernel/gdb/context.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/fpu.h"
#include "kernel/gdb/registers.h"
#include "kernel/lib/string.h"
#include "kernel/sched/task.h"

DEFINE_PER_CPU(struct gdb_context, gdb_context);

#define DEFINE_READ_SEGMENT(name)                                       \
	static u16 read_##name(void)                                    \
	{                                                               \
		u16 v;                                                  \
		__asm__ __volatile__("movw %%" #name ", %0" : "=r"(v)); \
		return v;                                               \
	}
DEFINE_READ_SEGMENT(ds)
DEFINE_READ_SEGMENT(es)
DEFINE_READ_SEGMENT(fs)
DEFINE_READ_SEGMENT(gs)

static u64 read_cr8(void)
{
	u64 v;

	__asm__ __volatile__("mov %%cr8, %0" : "=r"(v));
	return v;
}

/* The thread that runs here has such registers in the CPU. */
static struct task_struct *user_of(unsigned int cpu)
{
	struct task_struct *t = per_cpu(current_task, cpu);

	return t && t->mm && t->fpu ? t : NULL;
}

void gdb_context_save(const struct pt_regs *regs)
{
	unsigned int cpu = raw_smp_processor_id();
	struct gdb_context *c = &per_cpu(gdb_context, cpu);
	struct task_struct *user = user_of(cpu);
	u64 mine = rdmsr(MSR_GS_BASE), other = rdmsr(MSR_KERNEL_GS_BASE);

	c->cr0 = read_cr0();
	c->cr2 = read_cr2();
	c->cr3 = read_cr3();
	c->cr4 = read_cr4();
	c->cr8 = read_cr8();
	c->efer = rdmsr(MSR_EFER);
	c->fs_base = rdmsr(MSR_FS_BASE);
	c->gs_base = user_mode(regs) ? other : mine; /* SWAPGS came in between */
	c->k_gs_base = user_mode(regs) ? mine : other;
	c->ds = read_ds();
	c->es = read_es();
	c->fs = read_fs();
	c->gs = read_gs();
	c->bases_changed = c->fpu_changed = false;
	if (user)
		fpu_save(user->fpu);
}

void gdb_context_restore(const struct pt_regs *regs)
{
	unsigned int cpu = raw_smp_processor_id();
	const struct gdb_context *c = &per_cpu(gdb_context, cpu);
	struct task_struct *user = user_of(cpu);
	u64 user_gs_base = user_mode(regs) ? c->gs_base : c->k_gs_base;

	write_cr2(c->cr2);
	if (c->bases_changed) {
		wrmsr(MSR_FS_BASE, c->fs_base);
		wrmsr(MSR_KERNEL_GS_BASE, user_gs_base);
	}
	if (c->bases_changed && user) { /* whoever switches to it takes them from there */
		user->fsbase = c->fs_base;
		user->gsbase = user_gs_base;
	}
	if (c->fpu_changed && user)
		fpu_load(user->fpu);
}

/* ---------------------------------------------------------------- general, segment, control */

/* Where struct pt_regs has one of the general registers; NULL: it is none of them. */
static unsigned long *general(struct pt_regs *r, unsigned int reg)
{
	unsigned long *const places[] = {
		[GDB_RAX] = &r->ax,  [GDB_RBX] = &r->bx,  [GDB_RCX] = &r->cx,
		[GDB_RDX] = &r->dx,  [GDB_RSI] = &r->si,  [GDB_RDI] = &r->di,
		[GDB_RBP] = &r->bp,  [GDB_RSP] = &r->sp,  [GDB_R8] = &r->r8,
		[GDB_R9] = &r->r9,   [GDB_R10] = &r->r10, [GDB_R11] = &r->r11,
		[GDB_R12] = &r->r12, [GDB_R13] = &r->r13, [GDB_R14] = &r->r14,
		[GDB_R15] = &r->r15, [GDB_RIP] = &r->ip,  [GDB_EFLAGS] = &r->flags,
		[GDB_CS] = &r->cs,   [GDB_SS] = &r->ss,
	};

	return reg < ARRAY_SIZE(places) ? places[reg] : NULL;
}

static bool read_special(const struct gdb_context *c, unsigned int reg, u64 *value)
{
	switch (reg) {
	case GDB_DS:
		*value = c->ds;
		return true;
	case GDB_ES:
		*value = c->es;
		return true;
	case GDB_FS:
		*value = c->fs;
		return true;
	case GDB_GS:
		*value = c->gs;
		return true;
	case GDB_FS_BASE:
		*value = c->fs_base;
		return true;
	case GDB_GS_BASE:
		*value = c->gs_base;
		return true;
	case GDB_K_GS_BASE:
		*value = c->k_gs_base;
		return true;
	case GDB_CR0:
		*value = c->cr0;
		return true;
	case GDB_CR2:
		*value = c->cr2;
		return true;
	case GDB_CR3:
		*value = c->cr3;
		return true;
	case GDB_CR4:
		*value = c->cr4;
		return true;
	case GDB_CR8:
		*value = c->cr8;
		return true;
	case GDB_EFER:
		*value = c->efer;
		return true;
	default:
		return false;
	}
}

/* ---------------------------------------------------------------- x87 and SSE */

/* FXSAVE has a bit for each register of the stack, 1: not empty; gdb two, 3: empty (SDM 1, 8.1.7). */
static u32 full_tag(const struct fxregs_state *f)
{
	u32 tag = 0;

	for (unsigned int i = 0; i < 8; i++)
		if (!(f->twd & BIT(i)))
			tag |= 3U << 2 * i;
	return tag;
}

static u32 float_control(const struct fxregs_state *f, unsigned int reg)
{
	switch (reg) {
	case GDB_FCTRL:
		return f->cwd;
	case GDB_FSTAT:
		return f->swd;
	case GDB_FTAG:
		return full_tag(f);
	case GDB_FISEG:
		return (u32)(f->rip >> 32);
	case GDB_FIOFF:
		return (u32)f->rip;
	case GDB_FOSEG:
		return (u32)(f->rdp >> 32);
	case GDB_FOOFF:
		return (u32)f->rdp;
	default:
		return f->fop;
	}
}

/* SDM 1, 13.7: a part that is as after reset may not be written at all, and is zero. */
static const void *part_or_zero(const struct xregs_state *area, u64 part, const void *p)
{
	static const u8 zero[GDB_REGISTER_BYTES];

	return fpu_config.xsave && !(area->header.xstate_bv & part) ? zero : p;
}

static bool read_float(const struct xregs_state *area, unsigned int reg, void *value)
{
	const struct fxregs_state *f = &area->i387;
	u32 word;

	if (reg >= GDB_ST0 && reg < GDB_FCTRL) {
		memcpy(value, part_or_zero(area, BIT(0), f->st + 16 * (reg - GDB_ST0)), 10);
		return true;
	}
	if (reg >= GDB_XMM0 && reg < GDB_MXCSR) {
		memcpy(value, part_or_zero(area, BIT(1), f->xmm + 16 * (reg - GDB_XMM0)), 16);
		return true;
	}
	if (reg > GDB_MXCSR)
		return false;
	word = reg == GDB_MXCSR ? f->mxcsr : float_control(f, reg);
	memcpy(value, &word, sizeof(word));
	return true;
}

/* The vector registers alone; the rest of x87's state nobody has to set from here. */
static bool write_float(struct xregs_state *area, unsigned int reg, const void *value)
{
	u32 word;

	if (reg >= GDB_XMM0 && reg < GDB_MXCSR) {
		if (fpu_config.xsave && !(area->header.xstate_bv & BIT(1)))
			memset(area->i387.xmm, 0, sizeof(area->i387.xmm));
		area->header.xstate_bv |= BIT(1);
		memcpy(area->i387.xmm + 16 * (reg - GDB_XMM0), value, 16);
		return true;
	}
	memcpy(&word, value, sizeof(word));
	if (reg != GDB_MXCSR || word & ~fpu_config.mxcsr_mask)
		return false;
	area->i387.mxcsr = word;
	return true;
}

static bool is_float(unsigned int reg)
{
	return reg >= GDB_ST0 && reg <= GDB_MXCSR;
}

/* ---------------------------------------------------------------- by number */

bool gdb_read_context(unsigned int cpu, unsigned int reg, void *value)
{
	const struct gdb_context *c = &per_cpu(gdb_context, cpu);
	const unsigned long *place = c->regs ? general(c->regs, reg) : NULL;
	u64 word;

	if (!c->regs)
		return false;
	if (is_float(reg))
		return user_of(cpu) && read_float(user_of(cpu)->fpu, reg, value);
	if (place)
		word = *place;
	else if (!read_special(c, reg, &word))
		return false;
	memcpy(value, &word, gdb_register_size(reg));
	return true;
}

bool gdb_write_context(unsigned int cpu, unsigned int reg, const void *value)
{
	struct gdb_context *c = &per_cpu(gdb_context, cpu);
	unsigned long *place = c->regs ? general(c->regs, reg) : NULL;
	u64 word = 0;

	if (!c->regs || reg == GDB_CS || reg == GDB_SS)
		return false;
	if (is_float(reg)) {
		if (!user_of(cpu) || !write_float(user_of(cpu)->fpu, reg, value))
			return false;
		c->fpu_changed = true;
		return true;
	}
	memcpy(&word, value, gdb_register_size(reg));
	if (place)
		*place = word;
	else if (reg == GDB_CR2)
		c->cr2 = word;
	else if (reg == GDB_FS_BASE)
		c->fs_base = word;
	else if (reg == GDB_GS_BASE && user_mode(c->regs))
		c->gs_base = word;
	else
		return false;
	c->bases_changed |= reg == GDB_FS_BASE || reg == GDB_GS_BASE;
	return true;
}

bool gdb_read_sleeping(const struct task_struct *t, unsigned int reg, void *value)
{
	struct switch_frame frame;
	u64 word;

	if (is_float(reg))
		return t->mm && t->fpu && read_float(t->fpu, reg, value);
	if (!get_switch_frame(t, &frame))
		return false;
	switch (reg) {
	case GDB_RBX:
		word = frame.bx;
		break;
	case GDB_RBP:
		word = frame.bp;
		break;
	case GDB_RSP:
		word = t->sp + sizeof(frame);
		break;
	case GDB_R12:
		word = frame.r12;
		break;
	case GDB_R13:
		word = frame.r13;
		break;
	case GDB_R14:
		word = frame.r14;
		break;
	case GDB_R15:
		word = frame.r15;
		break;
	case GDB_RIP:
		word = frame.ip;
		break;
	default:
		return false;
	}
	memcpy(value, &word, gdb_register_size(reg));
	return true;
}
