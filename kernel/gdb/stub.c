// SPDX-License-Identifier: MIT
/*
 * The debugger's place in the kernel: what stops the machine, and how it goes on.
 *
 *   event	something that happened to a CPU: a breakpoint, a step's end, an exception that the
 *		kernel would die of, a panic, or a byte from gdb
 *
 * The CPU with the event becomes chief, all others stop, breakpoints leave the text, and gdb is
 * talked to.  Then breakpoints come back and the CPUs go, all or one (kernel/gdb/cpus.h).
 *
 * What this may rely on: nothing that another CPU could hold, and no memory but its own.  An
 * exception in here is one of an access that may fault (kernel/gdb/memory.h), or of a command of the
 * monitor's that gdb asked for.
 */
#define pr_fmt(fmt) "kgdb: " fmt

#include "kernel/gdb/stub.h"
#include "kernel/core/cmdline.h"
#include "kernel/core/command.h"
#include "kernel/core/printk.h"
#include "kernel/gdb/breakpoints.h"
#include "kernel/gdb/cpus.h"
#include "kernel/gdb/gdb.h"
#include "kernel/gdb/port.h"
#include "kernel/gdb/programs.h"
#include "kernel/gdb/step.h"
#include "kernel/gdb/threads.h"
#include "kernel/irq/irq.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/trap/debugger.h"
#include "kernel/trap/desc.h"
#include "kernel/trap/idt.h"
#include "kernel/trap/traps.h"

static u32 talks;	       /* atomic: the CPU that is in a session + 1 */
static bool wait_for_client;   /* a stop that was asked for from here, not by gdb */
static struct pt_regs *fatal;  /* of what the kernel died of, unseen by gdb */
static struct gdb_resume last; /* how the last session ended: the step's range */

static bool may_sleep; /* of the chief */

static int port_irq;
static bool has_interrupt;		/* bytes of the port's raise one; once it is set up */
static int nmi_cpu = -1;		/* ... or NMIs of this CPU; negative: none */
static unsigned int nmi_bytes;		/* that had been read when its last one came */
static DEFINE_PER_CPU(bool, nmi_early); /* one came while this CPU stood, or was in #DB */

static bool is_talking(void)
{
	return __atomic_load_n(&talks, __ATOMIC_RELAXED) == raw_smp_processor_id() + 1;
}

/* ---------------------------------------------------------------- stopping */

static void say_running(unsigned int cpu)
{
	char text[40];

	snprintf(text, sizeof(text), "CPU %u does not stop\n", cpu);
	gdb_say(text);
}

/* A step's range is not left yet. */
static bool is_in_range(const struct pt_regs *regs)
{
	return last.step && regs->ip >= last.from && regs->ip < last.to;
}

/* Prepare the step that gdb has asked for: false, it is done, and gdb is to know. */
static bool prepare_step(const struct gdb_resume *r, unsigned int *alone)
{
	unsigned int cpu = (unsigned int)gdb_thread_cpu(r->step);

	*alone = r->alone ? cpu : GDB_NO_CPU;
	switch (gdb_step_begin(cpu, per_cpu(gdb_context, cpu).regs)) {
	case GDB_STEP_DONE:
		return false;
	case GDB_STEP_FREE:
		*alone = GDB_NO_CPU;
		return true;
	default:
		return true;
	}
}

/* Talk until something goes; the CPUs that do not go by themselves in *alone. */
static void talk(const struct gdb_stop *stop, unsigned int *alone)
{
	struct gdb_stop again = *stop;

	if (has_interrupt)
		gdb_port_set_interrupt(false);
	__atomic_store_n(&talks, raw_smp_processor_id() + 1, __ATOMIC_RELAXED);
	for (;;) {
		last = *gdb_session(&again);
		*alone = GDB_NO_CPU;
		if (!last.step || prepare_step(&last, alone))
			break;
		again = (struct gdb_stop){ .thread = last.step, .signal = GDB_SIGTRAP };
	}
	__atomic_store_n(&talks, 0, __ATOMIC_RELAXED);
	if (has_interrupt)
		gdb_port_set_interrupt(true);
}

/* What came early is looked at now: gdb wants a stop. */
static bool wanted_early(void)
{
	bool early = this_cpu(nmi_early);

	this_cpu(nmi_early) = false;
	return early && gdb_wants_stop();
}

static u8 stop_here(struct pt_regs *regs, struct gdb_stop *stop);

bool gdb_chief_may_sleep(void)
{
	return may_sleep;
}

static u8 stop_once(struct pt_regs *regs, struct gdb_stop *stop)
{
	bool first = gdb_become_chief(regs);
	unsigned int alone;
	u8 signal;

	/* Who comes to his turn late tries that instruction again: gdb may have changed its mind about it. */
	if (!first && stop->hit && (stop->type == GDB_SOFTWARE || stop->type == GDB_HARDWARE)) {
		gdb_let_go(GDB_NO_CPU);
		gdb_stand(regs);
		return 0;
	}
	stop->thread = gdb_this_thread();
	may_sleep = stop->in_program;
	gdb_stop_others(say_running);
	gdb_step_give_up();
	gdb_disarm_breakpoints();
	talk(stop, &alone);
	signal = last.signal; /* the next chief has another */
	if (!gdb_command_goes())
		gdb_arm_breakpoints();
	gdb_let_go(alone);
	gdb_stand(regs);
	gdb_command_wake();
	if (wanted_early())
		stop_here(regs, &(struct gdb_stop){ .signal = GDB_SIGINT });
	return signal;
}

/* Stop the machine here.  Interrupts are off.  What gdb passes on of `stop`'s signal is returned. */
static u8 stop_here(struct pt_regs *regs, struct gdb_stop *stop)
{
	u8 signal = stop_once(regs, stop);

	while (stop->in_program && gdb_run_held()) {
		stop->hit = false;
		signal = stop_once(regs, stop);
	}
	return signal;
}

/* ---------------------------------------------------------------- events */

static u8 signal_of(unsigned int vector)
{
	switch (vector) {
	case X86_TRAP_DE:
	case X86_TRAP_MF:
	case X86_TRAP_XF:
	case X86_TRAP_NM:
		return GDB_SIGFPE;
	case X86_TRAP_UD:
		return GDB_SIGILL;
	case X86_TRAP_AC:
	case X86_TRAP_MC:
		return GDB_SIGBUS;
	case X86_TRAP_DB:
	case X86_TRAP_BP:
		return GDB_SIGTRAP;
	default:
		return GDB_SIGSEGV;
	}
}

/* INT3: one of gdb's, or gone already, or kgdb_breakpoint()'s; a program's own is its affair. */
static bool on_int3(struct pt_regs *regs)
{
	struct gdb_stop stop = { .signal = GDB_SIGTRAP, .in_program = user_mode(regs) };
	unsigned long addr = regs->ip - 1;

	if (gdb_command_stop(regs)) {
		stop_here(regs, &stop);
		return true;
	}
	if (user_mode(regs)) {
		if (!gdb_program_int3(regs, &stop.hit))
			return false;
		if (!stop.hit)
			return true;
	} else if (gdb_int3_was_ours(addr)) {
		regs->ip = addr;
		if (!gdb_is_software_breakpoint(addr))
			return true;
		stop.hit = true;
		stop.type = GDB_SOFTWARE;
	} else if (!(gdb_is_attached() || wait_for_client)) {
		return false;
	}
	wait_for_client = false;
	stop_here(regs, &stop);
	return true;
}

/* A step of a range is over, and the next one has begun; false: not, and perhaps gdb wants a stop. */
static bool goes_on_stepping(struct pt_regs *regs, u8 *signal)
{
	while (is_in_range(regs)) {
		if (gdb_wants_stop()) {
			*signal = GDB_SIGINT;
			return false;
		}
		switch (gdb_step_begin(raw_smp_processor_id(), regs)) {
		case GDB_STEP_DONE:
			continue;
		case GDB_STEP_FREE:
			gdb_release_others();
			return true;
		default:
			return true;
		}
	}
	return false;
}

/*
 * A #DB of the kernel's has a stack of the IST, which the next one would begin anew: nothing stops, let alone steps,
 * amid it.  What an NMI wants meanwhile is done last, as if it had come upon what was interrupted.  So is what one wants
 * between that and the IRET, at once: the word of an error code, which a #DB has not, says that its time has come.
 */
#define DEBUG_TRAP_OVER (~0UL)

static void end_debug_trap(struct pt_regs *regs)
{
	if (regs == ist_regs(IST_DB))
		WRITE_ONCE(regs->orig_ax, DEBUG_TRAP_OVER);
	gdb_nmi(regs);
	if (wanted_early())
		stop_here(regs, &(struct gdb_stop){ .signal = GDB_SIGINT,
						    .in_program = user_mode(regs) });
}

/* Before its stub's first instruction that word is the last one's. */
static bool is_debug_trap_over(const struct pt_regs *regs)
{
	return ist_regs(IST_DB)->orig_ax == DEBUG_TRAP_OVER && regs->ip != ist_stub(IST_DB);
}

static bool is_in_debug_trap(const struct pt_regs *regs)
{
	return find_stack(regs->sp) == &this_cpu_stacks()[IST_DB];
}

static bool debug_event(struct pt_regs *regs)
{
	struct gdb_stop stop = { .signal = GDB_SIGTRAP, .in_program = user_mode(regs) };
	unsigned long dr6;
	bool stepped, given_up = false;

	__asm__ __volatile__("mov %%dr6, %0" : "=r"(dr6));
	stepped = dr6 & DR6_BS && gdb_step_trap(regs, &given_up);
	if (!gdb_hardware_hit(dr6, &stop) && !stepped)
		return false;
	take_dr6();
	if (stop.hit || !(given_up || goes_on_stepping(regs, &stop.signal)))
		stop_here(regs, &stop);
	return true;
}

static bool on_debug(struct pt_regs *regs)
{
	bool taken = debug_event(regs);

	end_debug_trap(regs);
	return taken;
}

/* True: it is to be tried again; false: the kernel dies of it. */
static bool on_fault(struct pt_regs *regs, unsigned int vector)
{
	struct gdb_stop stop = { .signal = signal_of(vector) };

	if (gdb_command_is_mine()) {
		gdb_command_fail(trap_name(vector));
		gdb_command_stop(regs);
		stop_here(regs, &stop);
		return true;
	}
	if (gdb_is_attached() && !stop_here(regs, &stop))
		return true;
	fatal = regs;
	return false;
}

static bool exception(struct pt_regs *regs, unsigned int vector, u64 cr2)
{
	(void)cr2;
	if (per_cpu(gdb_context, raw_smp_processor_id()).regs && vector == X86_TRAP_BP &&
	    gdb_withdraw_breakpoint(regs->ip - 1)) {
		regs->ip--;
		return true;
	}
	if (is_talking()) {
		gdb_throw_command(trap_name(vector));
		return false; /* it is the stub's own, or the machine's: nobody can be asked */
	}
	switch (vector) {
	case X86_TRAP_BP:
		return on_int3(regs);
	case X86_TRAP_DB:
		return on_debug(regs);
	default:
		return on_fault(regs, vector);
	}
}

bool gdb_is_dead(void)
{
	return fatal;
}

/* `last` bytes had been read when the NMI before this one came. */
static bool on_port_nmi(struct pt_regs *regs, unsigned int last)
{
	struct gdb_stop stop = { .signal = GDB_SIGINT };

	if (per_cpu(gdb_context, raw_smp_processor_id()).regs) {
		this_cpu(nmi_early) = true;
		return true;
	}
	if (gdb_wants_stop() && !gdb_command_goes())
		stop_here(regs, &stop);
	return gdb_port_count() != last;
}

/*
 * Whoever reads a byte reads all that are there: when the next byte's NMI comes, which is one more
 * if this CPU was in one already, it may be gone.  Those of other CPUs are never the port's.
 */
static bool on_nmi(struct pt_regs *regs)
{
	bool may_be_port = (int)raw_smp_processor_id() == nmi_cpu;
	unsigned int last = nmi_bytes;

	if (may_be_port)
		nmi_bytes = gdb_port_count();
	if (is_in_debug_trap(regs)) {
		if (!is_debug_trap_over(regs)) {
			this_cpu(nmi_early) = true;
			return may_be_port;
		}
		regs = ist_regs(IST_DB);
	}
	gdb_nmi(regs);
	return may_be_port && on_port_nmi(regs, last);
}

static void amid_step(struct pt_regs *regs)
{
	if (gdb_step_exception(regs))
		gdb_release_others();
}

static void panicked(struct pt_regs *regs, const char *message)
{
	struct gdb_stop stop = { .signal = GDB_SIGABRT };

	if (is_talking()) {
		gdb_throw_command(message);
		return;
	}
	if (gdb_command_is_mine()) {
		gdb_command_fail(message);
		__asm__ __volatile__("int3"); /* does not come back */
	}
	if (!fatal)
		fatal = regs;
	if (!gdb_is_attached())
		return;
	gdb_say("Kernel panic - not syncing: ");
	gdb_say(message);
	gdb_say("\n");
	stop_here(regs, &stop);
}

/* After its panic the kernel waits for a person, who may as well be gdb's. */
static void poll(void)
{
	struct gdb_stop stop = { .signal = GDB_SIGABRT };

	if (fatal && !is_talking() && gdb_wants_stop())
		stop_here(fatal, &stop);
}

static const struct debugger_ops debugger_ops = {
	.exception = exception,
	.amid_step = amid_step,
	.nmi = on_nmi,
	.panic = panicked,
	.poll = poll,
};

/* ---------------------------------------------------------------- the port's interrupt */

/* What the interrupt came upon: the frame pointers lead to it (kernel/trap/trap_entry.asm). */
static struct pt_regs *interrupted(void)
{
	const unsigned long *frame = __builtin_frame_address(0);

	while (!(*frame & 1))
		frame = (const unsigned long *)*frame;
	return (struct pt_regs *)(*frame & ~1UL);
}

static irqreturn_t port_interrupt(int irq, void *dev_id)
{
	struct gdb_stop stop = { .signal = GDB_SIGINT };

	(void)irq;
	(void)dev_id;
	if (gdb_wants_stop() && !gdb_command_goes())
		stop_here(interrupted(), &stop);
	gdb_console_input();
	return IRQ_HANDLED;
}

void __init gdb_enable_interrupt(int (*as_nmi)(int irq))
{
	static char owner;

	if (!debugger || request_irq(port_irq, port_interrupt, IRQF_NOBALANCING, "kgdb", &owner))
		return;
	/* Keys wake threads, which no NMI may. */
	if (!gdb_console_is_shared())
		nmi_cpu = as_nmi(port_irq);
	has_interrupt = true;
	gdb_port_set_interrupt(true);
	gdb_console_has_interrupt();
}

/* ---------------------------------------------------------------- the beginning */

/* Its own in a backtrace: where it stands is what gdb shows first. */
noinline void kgdb_breakpoint(void)
{
	wait_for_client = true;
	__asm__ __volatile__("int3");
}

/* COM1 to COM4 and their irqs, by convention. */
static const struct {
	u16 base;
	u8 irq;
} ports[] = { { 0x3f8, 4 }, { 0x2f8, 3 }, { 0x3e8, 4 }, { 0x2e8, 3 } };

/* "ttySn[,BAUD]": n, or -EINVAL. */
static int __init parse_port(const char *word, unsigned int *baud)
{
	u64 rate = 115200;
	char *end;
	u64 n;

	if (strncmp(word, "ttyS", 4) != 0)
		return -EINVAL;
	n = simple_strtoull(word + 4, &end, 10);
	if (*end == ',')
		rate = simple_strtoull(end + 1, &end, 10);
	if (end == word + 4 || n >= ARRAY_SIZE(ports) || rate < 2 || rate > 115200)
		return -EINVAL;
	*baud = (unsigned int)rate;
	return (int)n;
}

/* The first UART is the console, unless the last console= names another one. */
static bool __init is_console(int n)
{
	char word[32], name[8];
	bool is = n == 0;

	snprintf(name, sizeof(name), "ttyS%d", n);
	for (unsigned int i = 0; cmdline_next("console", &i, word, sizeof(word)) >= 0;)
		is = strncmp(word, name, 5) == 0;
	return is;
}

static void __init open_port(const char *word)
{
	unsigned int baud;
	int n = parse_port(word, &baud);

	if (n < 0) {
		pr_err("kgdboc=%s: not ttyS0 to ttyS3, nor a baud rate behind a comma\n", word);
		return;
	}
	if (gdb_port_open(ports[n].base, baud))
		return;
	port_irq = ports[n].irq;
	set_debugger(&debugger_ops);
	pr_info("gdb may attach at ttyS%d\n", n);
	if (is_console(n))
		gdb_console_init();
}

bool __init gdb_open(void)
{
	static unsigned int nr_tried __initdata;
	static bool waited __initdata;
	char word[32];

	while (!debugger && cmdline_next("kgdboc", &nr_tried, word, sizeof(word)) >= 0)
		open_port(word);
	if (!debugger || waited || !cmdline_has("kgdbwait"))
		return false;
	wait_for_client = waited = true;
	return true;
}

static int cmd_kgdb(struct sink *out, int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		return -EINVAL;
	if (!debugger) {
		sink_printf(out, "kgdb: there is no port for gdb; kgdboc=ttyS1 gives it one\n");
		return -ENODEV;
	}
	kgdb_breakpoint();
	return 0;
}
MONITOR_COMMAND(kgdb, "", "stop here until gdb, at the port of kgdboc=, lets go", cmd_kgdb);
