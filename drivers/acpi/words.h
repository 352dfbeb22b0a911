/* SPDX-License-Identifier: MIT */
/* What the namespace's ids and resources mean, in words. */
#ifndef DRIVERS_ACPI_WORDS_H
#define DRIVERS_ACPI_WORDS_H

#include "drivers/acpi/aml/aml.h"

struct sink;

/* "PCI Express root bridge" for "PNP0A08"; NULL where nothing is known of the id. */
const char *acpi_id_words(const char *id);

/*
 * Of each device at `top` and beneath that is present: its path, its id, and what its _CRS names, a line for each
 * descriptor.  Runs firmware's code.  With the lock of the namespace.
 */
void acpi_show_resources(struct sink *out, struct aml_node *top);

#endif
