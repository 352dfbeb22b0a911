// SPDX-License-Identifier: MIT
// For LoadTable: the second of its signature, with ids that fill their fields.
DefinitionBlock ("", "OEM9", 2, "TERRIE", "TERRIERS", 1)
{
	Name (\SECO, 2)
}
