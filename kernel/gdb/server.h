/* SPDX-License-Identifier: MIT */
/*
 * The protocol: a packet of gdb's in, an answer out, and what the machine is to do after it.
 *
 *   target	the machine, as a table of what is asked of it; tests and the fuzzer have another
 *   thread	what gdb calls so, by a number: a thread of the kernel by its pid, an idle thread by
 *		GDB_IDLE_THREAD and its CPU.  0 is none, or any
 *   resume	which CPUs go, and how
 *
 * Pure but for the target.  There is one server, and no lock: who calls it has the machine stopped.
 */
#ifndef KERNEL_GDB_SERVER_H
#define KERNEL_GDB_SERVER_H

#include "kernel/gdb/packet.h"
#include "kernel/gdb/registers.h"

#define GDB_IDLE_THREAD 1000000 /* beyond all pids */
#define GDB_ALL_THREADS (~0U)	/* -1 */

/* Signals by gdb's numbers (gdb/signals.def), which are those of the oldest Unix. */
enum {
	GDB_SIGINT = 2,
	GDB_SIGILL = 4,
	GDB_SIGTRAP = 5,
	GDB_SIGABRT = 6,
	GDB_SIGFPE = 8,
	GDB_SIGBUS = 10,
	GDB_SIGSEGV = 11,
};

/* Kinds of Z and z packets (gdb manual, E.2). */
enum gdb_breakpoint_type {
	GDB_SOFTWARE,
	GDB_HARDWARE,
	GDB_WATCH_WRITE,
	GDB_WATCH_READ,
	GDB_WATCH_ACCESS,
	GDB_NR_BREAKPOINT_TYPES,
};

/* Why the machine stands. */
struct gdb_stop {
	u32 thread;
	u8 signal;
	/* The breakpoint that it came upon; none where `hit` is false. */
	bool hit;
	enum gdb_breakpoint_type type;
	u64 address;	 /* of a watchpoint */
	bool in_program; /* in a trap of a program's, which its thread has not come back from */
};

/* How it goes on.  All CPUs do, unless `alone`. */
struct gdb_resume {
	u32 step;     /* this thread by one instruction; 0: nobody */
	bool alone;   /* and meanwhile all others stay */
	u64 from, to; /* ... again and again while it is in there; from == to: once */
	u8 signal;    /* what stopped it is to be dealt with as if nobody had looked; 0: not */
};

struct gdb_target {
	const struct gdb_stop *(*stop)(void);

	/* The first thread for 0, the one after `thread`; 0 behind the last. */
	u32 (*next_thread)(u32 thread);
	bool (*has_thread)(u32 thread);
	int (*cpu_of)(u32 thread); /* where it runs; -1: it does not */
	void (*name)(struct sink *out, u32 thread);
	void (*describe)(struct sink *out, u32 thread); /* in words */

	/* In the machine's bytes, as many as gdb_register_size(); false: it is not known / not to be set. */
	bool (*read_register)(u32 thread, unsigned int reg, void *value);
	bool (*write_register)(u32 thread, unsigned int reg, const void *value);

	/*
	 * How many bytes from `addr` on could be read: fewer where the next one faults.  An address of the
	 * user half is the thread's.
	 */
	size_t (*read_memory)(u32 thread, u64 addr, void *to, size_t n);

	/* All are written: 0 or -errno; GDB_LATER: the machine has to go for it, as it does for a command. */
	int (*write_memory)(u32 thread, u64 addr, const void *from, size_t n);

	/*
	 * 0; -EOPNOTSUPP: there is no such kind; another -errno: not there.  An address of the user half is
	 * the thread's.  GDB_LATER as above.
	 */
	int (*insert)(u32 thread, enum gdb_breakpoint_type type, u64 addr, unsigned int kind);
	int (*remove)(enum gdb_breakpoint_type type, u64 addr, unsigned int kind);

	/* Objects of qXfer, as the manual has them. */
	void (*write_memory_map)(struct sink *out);
	void (*write_auxv)(struct sink *out);

	/*
	 * Run a command of the monitor: true, it is done; false: it will be, while the machine goes, and
	 * when that stands again gdb_report_command() is the answer.
	 */
	bool (*monitor)(struct sink *out, char *line);
	int (*command_result)(void); /* of what the machine went for: 0 or -errno */
};

#define GDB_LATER 1

enum gdb_outcome { GDB_ANSWER, GDB_SILENT, GDB_RESUME, GDB_COMMAND, GDB_DETACH, GDB_KILL };

struct gdb_server {
	const struct gdb_target *target;
	u32 general; /* the thread of g, m and their like; 0: the one that stopped */
	u32 stepper; /* of c and s, likewise */
	bool no_ack; /* packets are not acknowledged */
	bool raw_x;  /* x is answered in lldb's way */
	struct gdb_resume resume;
	struct gdb_packet answer;
	void (*put)(u8 byte); /* for output in the middle of an answer, through ... */
	struct sink console;
};

/* A new client, with whom nothing is agreed. */
void gdb_server_begin(struct gdb_server *s, const struct gdb_target *target, void (*put)(u8 byte));

/*
 * Do what `packet` asks: `len` bytes and a 0 behind them.  GDB_ANSWER: `answer` is to be sent, and
 * so is that of GDB_DETACH; with GDB_RESUME, as `resume` says, GDB_COMMAND and GDB_KILL there is none.
 */
enum gdb_outcome gdb_serve(struct gdb_server *s, const u8 *packet, size_t len);

/* The answer to what resumed it, now that it stands again. */
void gdb_report_stop(struct gdb_server *s);
void gdb_report_command(struct gdb_server *s);

/* ---- between server.c, query.c and resume.c ---- */

/* "OK", "E01" by errno. */
void gdb_ok(struct gdb_server *s);
void gdb_error(struct gdb_server *s, int error);

/* A thread's number, as "1f", "-1" or "0", at *s. */
bool gdb_parse_thread(const char **s, u32 *thread);
/* What Hg or 0 means. */
u32 gdb_chosen(const struct gdb_server *s, u32 thread);

enum gdb_outcome gdb_query(struct gdb_server *s, const char *packet);  /* q... */
void gdb_transfer(struct gdb_server *s, const char *request);	       /* qXfer: ... */
enum gdb_outcome gdb_vcont(struct gdb_server *s, const char *actions); /* vCont... */

#endif
