// SPDX-License-Identifier: MIT
/*
 * vCont: what each thread is to do (gdb manual, E.2).
 *
 * CPUs are what goes on, not threads: which thread one runs is the scheduler's business.  So of all
 * actions two things count: the thread that is stepped, and whether others go on meanwhile.  To
 * continue one thread alone is to continue all.
 */
#include "kernel/gdb/server.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

struct action {
	char letter;
	u64 signal, from, to;
	u32 thread;
};

/* ";LETTER[SIGNAL|FROM,TO][:THREAD]" */
static bool parse_action(const char **p, struct action *a)
{
	*a = (struct action){ .thread = GDB_ALL_THREADS };
	if (*(*p)++ != ';')
		return false;
	a->letter = *(*p)++;
	if (a->letter == 'C' || a->letter == 'S') {
		if (!gdb_parse_hex(p, &a->signal) || a->signal > 0xff)
			return false;
	} else if (a->letter == 'r') {
		if (!gdb_parse_hex(p, &a->from) || *(*p)++ != ',' || !gdb_parse_hex(p, &a->to))
			return false;
	} else if (a->letter != 'c' && a->letter != 's') {
		return false;
	}
	if (**p != ':')
		return true;
	(*p)++;
	return gdb_parse_thread(p, &a->thread);
}

/* Of several actions for a thread the first is meant. */
static void apply(const struct gdb_server *s, const struct action *a, struct gdb_resume *r)
{
	bool step = a->letter != 'c' && a->letter != 'C';

	if (!step) {
		r->alone = false;
	} else if (!r->step) {
		r->step = gdb_chosen(s, a->thread);
		r->from = a->from;
		r->to = a->to;
	}
	if (!r->signal && gdb_chosen(s, a->thread) == s->target->stop()->thread)
		r->signal = (u8)a->signal;
}

enum gdb_outcome gdb_vcont(struct gdb_server *s, const char *actions)
{
	struct gdb_resume r = { .alone = true };
	struct action a;

	do {
		if (!parse_action(&actions, &a)) {
			gdb_error(s, -EINVAL);
			return GDB_ANSWER;
		}
		apply(s, &a, &r);
	} while (*actions);
	if (r.step && s->target->cpu_of(r.step) < 0) {
		gdb_error(s, -EBUSY); /* it sleeps: its next instruction is the scheduler's */
		return GDB_ANSWER;
	}
	s->resume = r;
	return GDB_RESUME;
}
