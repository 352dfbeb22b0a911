// SPDX-License-Identifier: MIT
// For Load: a header alone.
DefinitionBlock ("", "SSDT", 2, "TERR", "EMPTY", 1)
{
}
