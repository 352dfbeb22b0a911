// SPDX-License-Identifier: MIT
// Logic and comparison.
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	Method (T000) { Return (LAnd (1, 2)) }
	Method (T001) { Return (LAnd (0, 2)) }
	Method (T002) { Return (LOr (0, 2)) }
	Method (T003) { Return (LOr (0, 0)) }
	Method (T004) { Return (LNot (0)) }
	Method (T005) { Return (LNot (5)) }
	Method (T006) { Return (LEqual (5, 5)) }
	Method (T007) { Return (LEqual (5, "5")) }
	Method (T008) { Return (LEqual ("5", 5)) }
	Method (T009) { Return (LEqual ("0000000000000005", 5)) }
	Method (T00A) { Return (LEqual ("00000005", 5)) }
	Method (T00B) { Return (LEqual (0x0201, Buffer () { 1, 2 })) }
	Method (T00C) { Return (LEqual (Buffer () { 1, 2 }, 0x0201)) }
	Method (T00D) { Return (LEqual (Buffer () { 1, 2, 0, 0, 0, 0, 0, 0 }, 0x0201)) }
	Method (T00E) { Return (LEqual ("abc", "abc")) }
	Method (T00F) { Return (LEqual ("abc", "abd")) }
	Method (T010) { Return (LLess ("abc", "abd")) }
	Method (T011) { Return (LLess ("abc", "abcd")) }
	Method (T012) { Return (LGreater ("abcd", "abc")) }
	Method (T013) { Return (LGreater ("b", "abc")) }
	Method (T014) { Return (LGreater (Buffer () { 2 }, Buffer () { 1, 9 })) }
	Method (T015) { Return (LEqual (Buffer () { 0x61, 0x62, 0 }, "ab")) }
	Method (T016) { Return (LEqual ("61 62", Buffer () { 0x61, 0x62 })) }
	Method (T017) { Return (LGreaterEqual (5, 5)) }
	Method (T018) { Return (LLessEqual (6, 5)) }
	Method (T019) { Return (LNotEqual (6, 5)) }
	Method (T01A) { Return (LLess (0xFFFFFFFFFFFFFFFF, 0)) }
	Method (T01B) { Return (LAnd ("1", Buffer () { 1 })) }
	Method (T01C) { Return (LEqual (Package () { 1 }, 1)) }
	Method (T01D) { Local0 = Package () { 1 } Return (LEqual (Local0, 1)) }
	Method (T01E) { Return (LEqual ("", "")) }
	Method (T01F) { Return (LNot ("0")) }
	Method (T020) { Return (LEqual (1, Index (Package () { 1 }, 0))) }
	Method (T021) { Return (LGreater (Buffer () { 0xFF }, 0xFE)) }
	Method (T022) { Return (LLess ("ABC", "abc")) }
	Method (T023) { Return (LEqual (Buffer () { 0x80 }, Buffer () { 0x80, 0 })) }
	Method (T024) { Return (LGreater (Buffer () { 0x80 }, Buffer () { 0x7F })) }
}
