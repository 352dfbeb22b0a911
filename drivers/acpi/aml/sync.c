// SPDX-License-Identifier: MIT
/*
 * Mutexes, events and time (ACPI 6.5, 19.6.2 and on).
 *
 * An interpreter has one thread at a time (aml.h), and what that takes it gives back at its
 * end: a mutex is always free or its own, and an event that was not signalled will not be while
 * somebody waits for it.  So to wait is to let the time pass that was asked for.  The rules of
 * order are kept all the same, since AML that breaks them is wrong elsewhere.
 */
#include "drivers/acpi/aml/ops.h"
#include "kernel/lib/errno.h"

#define AML_FOREVER 0xffff /* ms of a Wait or an Acquire */

/* The object of that type which a place names, or a local or argument was given by its name. */
static struct aml_object *behind(struct aml *aml, const struct aml_value *place, u8 type)
{
	struct aml_node *node;
	bool is_slot = aml_is_reference(place, AML_REF_LOCAL);

	if (is_slot)
		place = aml_slot(aml, place->index);
	node = aml_reference_node(place);
	if (!node || node->value.type != type || (is_slot && place->kind != AML_REF_THING)) {
		aml_fail(aml, -EINVAL, "%s is needed", aml_type_name(type));
		return NULL;
	}
	return node->value.object;
}

AML_OPERATOR(acquire)
{
	struct aml_mutex *mutex = (struct aml_mutex *)behind(aml, &f->v[0], AML_MUTEX);

	if (!mutex)
		return -EINVAL;
	*out = aml_integer(0); /* no timeout */
	if (mutex->count) {
		mutex->count++;
		return 0;
	}
	if (mutex->sync_level < aml->sync_level)
		return aml_fail(aml, -EBUSY, "Acquire of sync level %u below the held %u",
				mutex->sync_level, aml->sync_level);
	mutex->count = 1;
	mutex->outer_level = aml->sync_level;
	aml->sync_level = mutex->sync_level;
	mutex->held = aml->held;
	aml->held = mutex;
	return 0;
}

AML_OPERATOR(release)
{
	struct aml_mutex *mutex = (struct aml_mutex *)behind(aml, &f->v[0], AML_MUTEX);

	if (!mutex)
		return -EINVAL;
	if (!mutex->count)
		return aml_fail(aml, -EINVAL, "Release of what is not held");
	if (mutex->sync_level != aml->sync_level)
		return aml_fail(aml, -EBUSY, "Release of sync level %u, %u is held",
				mutex->sync_level, aml->sync_level);
	if (--mutex->count)
		return 0;
	aml->sync_level = mutex->outer_level;
	aml_forget_held(aml, mutex);
	return 0;
}

AML_OPERATOR(signal)
{
	struct aml_event *event = (struct aml_event *)behind(aml, &f->v[0], AML_EVENT);

	if (!event)
		return -EINVAL;
	event->count++;
	return 0;
}

/* Let time pass that is not the evaluation's; `verb` is what asks for it. */
static int sleep(struct aml *aml, const char *verb, u64 msec)
{
	if (msec > AML_MAX_SLEEP - aml->slept)
		return aml_fail(aml, -ETIMEDOUT, "%s of %lu ms, AML_MAX_SLEEP is %u", verb, msec,
				AML_MAX_SLEEP);
	aml->slept += (u32)msec;
	aml->deadline += msec * 10000;
	if (msec)
		aml->ops->sleep(msec);
	return 0;
}

/* Its value is true for a timeout, of up to 65535 ms; that is for ever. */
AML_OPERATOR(wait)
{
	struct aml_event *event = (struct aml_event *)behind(aml, &f->v[0], AML_EVENT);

	if (!event)
		return -EINVAL;
	*out = aml_integer(event->count ? 0 : aml_ones(aml));
	if (!event->count)
		return sleep(aml, "Wait", min(f->v[1].integer, (u64)AML_FOREVER));
	event->count--;
	return 0;
}

AML_OPERATOR(reset)
{
	struct aml_event *event = (struct aml_event *)behind(aml, &f->v[0], AML_EVENT);

	if (!event)
		return -EINVAL;
	event->count = 0;
	return 0;
}

AML_OPERATOR(stall)
{
	u64 usec = f->v[0].integer;

	if (usec > AML_MAX_STALL)
		return aml_fail(aml, -EINVAL, "Stall of %lu us, AML_MAX_STALL is %u", usec,
				AML_MAX_STALL);
	aml->ops->stall(usec);
	return aml_charge(aml, (u32)usec);
}

AML_OPERATOR(sleep)
{
	return sleep(aml, "Sleep", min(f->v[0].integer, (u64)AML_LONGEST_SLEEP));
}

AML_OPERATOR(timer)
{
	*out = aml_integer(aml->ops->timer() & aml_ones(aml));
	return 0;
}

#define AML_REVISION 0x20261120 /* of this interpreter: a date, as AML expects */

AML_OPERATOR(revision)
{
	*out = aml_integer(AML_REVISION);
	return 0;
}
