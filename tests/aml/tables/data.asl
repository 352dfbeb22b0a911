// SPDX-License-Identifier: MIT
// For Load: a signature that nobody knows.
DefinitionBlock ("", "DATA", 2, "TERR", "DATA", 1)
{
	Name (\DAT1, 1)
}
