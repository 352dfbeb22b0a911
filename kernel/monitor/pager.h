/* SPDX-License-Identifier: MIT */
/*
 * Pages: long output of a typed command waits for the person who typed it.
 *
 * What a command says is passed on up to a page, and kept from there on; once the command has ended,
 * "-- more --" asks before each further page: a blank for one, Enter for a line, q for no more.  So
 * nobody waits with a lock held or with half of a table read.  Who is still at it after two seconds is
 * watched, not read: what was kept is shown at once then, and pages are over for that command.
 *
 * Off unless the word lines= or the command page says how long a page is.  For the thread that
 * runs commands, but for pager_write(), which may be called where a sink may.
 */
#ifndef KERNEL_MONITOR_PAGER_H
#define KERNEL_MONITOR_PAGER_H

#include "kernel/lib/compiler.h"

/* The word lines=.  Once, in a thread. */
void pager_init(void);
/* The screen has so many lines: no page is longer.  Boot, before that. */
void pager_limit(unsigned int lines);
/* Somebody is there, and reads pages. */
bool pager_is_on(void);

/* A line was typed, of one command or more: the first page begins. */
void pager_line(void);
/* A command of it begins. */
void pager_begin(void);
void pager_write(const char *s, size_t n);
/* How far it is: shown below what it has said, until it says more or ends. */
void pager_note(const char *text);
/* It asks for something: first all is shown that it has said.  False: no more of it is wanted. */
bool pager_show(void);
/* It has ended.  False: ^C, and no other command of the line is wanted. */
bool pager_end(void);

#endif
