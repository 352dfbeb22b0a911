/* SPDX-License-Identifier: MIT */
/*
 * The PC's keyboard.
 *
 *   i8042.c    the controller's ports and its irq
 *   keyboard.c what its codes mean: bytes as a terminal sends them, of an American keyboard
 */
#ifndef DRIVERS_INPUT_KEYBOARD_H
#define DRIVERS_INPUT_KEYBOARD_H

#include "kernel/lib/compiler.h"

#define KEYBOARD_BYTES 5 /* of one key, the terminating 0 included */

struct keyboard {
	bool shift[2], ctrl[2], alt[2]; /* left and right are held */
	bool caps;
	bool extended;	   /* E0 came: the next code is another key */
	unsigned int skip; /* codes of the Pause key that are still to come */
};

/*
 * A code of set 1, as the controller translates them: the bytes that it types into
 * `bytes`, terminated; how many.  No lock: one code after the other.
 */
unsigned int keyboard_code(struct keyboard *k, u8 code, char bytes[KEYBOARD_BYTES]);

/*
 * Have the controller tell of keys by its irq, from which monitor_input() is called.  0;
 * -ENODEV (said): no controller, or it does not answer; what request_irq() says.  Boot, in a thread.
 */
int i8042_init(void);

/* The next byte typed, or -1.  Any context but NMI. */
int keyboard_getchar(void);

#endif
