/* SPDX-License-Identifier: MIT */
#ifndef BOOT_GRUB_H
#define BOOT_GRUB_H

#include "kernel/lib/compiler.h"

/*
 * Undo, in place, what GRUB made of the words of a command line when it joined them: each
 * is again as it stood in grub.cfg after the shell's own quotes.  A word with blanks and
 * no quotes of its own keeps GRUB's, which hold it together.
 */
void grub_unquote(char *cmdline);

#endif
