// SPDX-License-Identifier: MIT
// For Load: the revision of the DSDT counts, not its own.
DefinitionBlock ("", "PSDT", 1, "TERR", "NARROW", 1)
{
	Name (\WIDE, 0x123456789)
}
