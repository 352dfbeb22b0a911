/* SPDX-License-Identifier: MIT */
#ifndef DRIVERS_ACPI_BOARD_H
#define DRIVERS_ACPI_BOARD_H

#include "kernel/lib/compiler.h"

/*
 * One memory descriptor of a motherboard's _CRS (PNP0C01, PNP0C02) holds all of
 * [start, end), `end` exclusive.  False without a namespace.  After aml_initialize().
 */
bool acpi_board_reserves(u64 start, u64 end);

#endif
