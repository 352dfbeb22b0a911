// SPDX-License-Identifier: MIT
// For Load: terms that fail, and what stands around them.
DefinitionBlock ("", "SSDT", 2, "TERR", "BROKEN", 1)
{
	External (\NONE)
	External (\NODV, DeviceObj)
	Name (\BRK1, 1)
	Name (\COUN, 2)
	Scope (\NODV) { Name (INSD, 1) }
	\NONE = 5
	Name (\BRK2, 2)
}
