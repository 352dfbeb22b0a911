// SPDX-License-Identifier: MIT
/* See pin_audit.h. */
#include "drivers/apic/pin_audit.h"

#include "drivers/apic/rte.h"
#include "kernel/core/printk.h"

const char *pin_mode_text(u8 mode)
{
	return mode == pin_mode(false, false) ? "edge high" :
	       mode == pin_mode(false, true)  ? "edge low" :
	       mode == pin_mode(true, false)  ? "level high" :
	       mode == pin_mode(true, true)   ? "level low" :
						"this and that";
}

struct findings {
	char *text;
	size_t size, length;
	unsigned int count;
};

static void __printf(2, 3) find(struct findings *f, const char *fmt, ...)
{
	va_list args;

	f->length += (size_t)scnprintf(f->text + f->length, f->size - f->length, "%s",
				       f->count++ ? ", " : " ");
	va_start(args, fmt);
	f->length += (size_t)vscnprintf(f->text + f->length, f->size - f->length, fmt, args);
	va_end(args);
}

unsigned int pin_audit(const struct pin_view *v, char *text, size_t size)
{
	struct findings f = { .text = text, .size = size };

	text[0] = '\0';
	if (v->mode && v->mode != pin_mode(v->entry & RTE_LEVEL, v->entry & RTE_ACTIVE_LOW))
		find(&f, "WRONG MODE");
	/* Between interrupts Remote IRR is clear: else an end of interrupt got lost. */
	if ((v->entry & RTE_LEVEL) && (v->entry & RTE_REMOTE_IRR))
		find(&f, "STUCK");
	if (v->prt & (v->prt - 1))
		find(&f, "_PRT CONTRADICTS ITSELF");
	else if (v->madt && v->prt && v->madt != v->prt)
		find(&f, "_PRT SAYS %s", pin_mode_text(v->prt));
	/* Of two that differ the MADT is followed: it names the pin. */
	if (v->mode && v->madt && v->mode != v->madt)
		find(&f, "NOT AS TOLD: %s", pin_mode_text(v->madt));
	else if (v->mode && !v->madt && v->prt && !(v->mode & v->prt))
		find(&f, "NOT AS _PRT SAYS: %s", pin_mode_text(v->prt));
	return f.count;
}
