// SPDX-License-Identifier: MIT
// For Load: a signature of the vendor.
DefinitionBlock ("", "OEM7", 2, "TERR", "OEM7", 1)
{
	Name (\SEVN, 7)
}
