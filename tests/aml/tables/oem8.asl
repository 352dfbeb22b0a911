// SPDX-License-Identifier: MIT
// For LoadTable: its ids end in blanks, as those of some firmware do.
DefinitionBlock ("", "OEM8", 2, "TERR  ", "BLANKS  ", 1)
{
	Name (\BLAN, 8)
}
