// SPDX-License-Identifier: MIT
// Strings and buffers: joining, cutting, searching.
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	Name (PKG, Package () { 1981, 1983, 1985, 1987, 1989, 1990, 1991, 1993, 1995, 1997, 1999, 2001 })
	Name (MIX, Package () { 1, "two", Buffer () { 3 }, "0A", Package () { 5 }, 10 })
	Name (DST, "")
	Device (DEV0) { }
	Mutex (MTX0, 0)

	Method (T000) { Return (Concatenate (1, 2)) }
	Method (T001) { Return (Concatenate ("a", "b")) }
	Method (T002) { Return (Concatenate ("a", 0x1F)) }
	Method (T003) { Return (Concatenate (1, "2")) }
	Method (T004) { Return (Concatenate ("a", Buffer () { 1, 2 })) }
	Method (T005) { Return (Concatenate (Buffer () { 1, 2 }, "a")) }
	Method (T006) { Return (Concatenate (Buffer () { 1, 2 }, Buffer () { 3 })) }
	Method (T007) { Return (Concatenate (Buffer () { 1, 2 }, 3)) }
	Method (T008) { Return (Concatenate ("x", DEV0)) }
	Method (T009) { Return (Concatenate (DEV0, "x")) }
	Method (T00A) { Return (Concatenate (DEV0, MTX0)) }
	Method (T00B) { Return (Concatenate ("", "")) }
	Method (T00C) { Concatenate ("ab", "cd", DST) Return (DST) }
	Method (T00D) { Concatenate ("ab", 1, Local0) Return (SizeOf (Local0)) }
	Method (T00E) { Return (Concatenate (Buffer (0) { }, Buffer () { 1 })) }
	Method (T00F) { Return (Concatenate (1, Buffer () { 2, 3 })) }
	Method (T010) { Return (Mid ("abcdef", 1, 3)) }
	Method (T011) { Return (Mid ("abcdef", 4, 30)) }
	Method (T012) { Return (Mid ("abcdef", 6, 3)) }
	Method (T013) { Return (Mid ("abcdef", 100, 3)) }
	Method (T014) { Return (Mid (Buffer () { 1, 2, 3, 4 }, 1, 2)) }
	Method (T015) { Return (Mid (Buffer () { 1, 2, 3, 4 }, 9, 2)) }
	Method (T016) { Return (Mid (0x123456, 10, 3)) }
	Method (T017) { Return (Mid ("abc", 0, 0)) }
	Method (T019) { Return (Match (PKG, MEQ, 1989, MTR, 0, 0)) }
	Method (T01A) { Return (Match (PKG, MGE, 1990, MLE, 1992, 0)) }
	Method (T01B) { Return (Match (PKG, MGT, 1991, MTR, 0, 8)) }
	Method (T01C) { Return (Match (PKG, MLT, 1900, MTR, 0, 0)) }
	Method (T01D) { Return (Match (MIX, MEQ, "two", MTR, 0, 0)) }
	Method (T01E) { Return (Match (MIX, MEQ, 10, MTR, 0, 0)) }
	Method (T01F) { Return (Match (MIX, MEQ, Buffer () { 3 }, MTR, 0, 0)) }
	Method (T020) { Return (Match (PKG, MTR, 0, MTR, 0, 3)) }
	Method (T021) { Return (Match (PKG, MEQ, 1981, MTR, 0, 50)) }
	Method (T022) { Local0 = "abc" Return (SizeOf (Local0)) }
	Method (T023) { Return (SizeOf (PKG)) }
	Method (T024) { Local0 = Buffer (10) { } Return (SizeOf (Local0)) }
	Method (T025) { Local0 = 5 Return (SizeOf (Local0)) }
	Method (T026) { Return (ConcatenateResTemplate (ResourceTemplate () { IO (Decode16, 1, 1, 1, 1) },
		ResourceTemplate () { IRQNoFlags () { 5 } })) }
	Method (T027) { Local0 = Buffer () { 0x79, 0 } Return (ConcatenateResTemplate (Local0, Local0)) }
	Method (T028) { Local0 = Buffer () { 1, 2, 3 } Return (ConcatenateResTemplate (Local0, Local0)) }
	Method (T029) { Return (Concatenate ("a", PKG)) }
	Method (T02A) { Return (Mid ("abcdef", 2, 3, Local1)) }
	Method (T02B) { Mid ("abcdef", 2, 3, Local1) Return (Local1) }
	Method (T02C) { Return (Concatenate (Concatenate ("a", "b"), Concatenate ("c", Concatenate ("d", "e")))) }
	Method (T02D) { Return (Buffer (5) { 1, 2 }) }
	Method (T02E) { Return (Buffer (2) { 1, 2, 3, 4 }) }
	Method (T02F) { Local0 = 3 Return (Buffer (Local0) { 9 }) }
	Method (T030) { Local0 = Buffer (0) { } Return (ConcatenateResTemplate (Local0, Buffer () { 0x79, 0 })) }
	Method (T031) { Return (SizeOf (DEV0)) }
	Method (T032) { Return ("\x01\x7f\xfe") }
	Method (T033) { Return (Unicode ("ab")) }
	Method (T034) { Return (ToUUID ("33DB4D5B-1FF7-401C-9657-7441C03DD766")) }
	Method (T035) { Return (EisaId ("PNP0A08")) }

	// A resource template's descriptors are known ones, of their proper lengths.
	Method (JOIN, 1) { Return (ConcatenateResTemplate (Buffer () { 0x79, 0 }, Arg0)) }
	Method (T100) { Return (JOIN (Buffer () { 0x79 })) }
	Method (T101) { Return (JOIN (Buffer () { 0x00 })) }
	Method (T102) { Return (JOIN (Buffer () { 0, 0, 0, 0x79, 0 })) }
	Method (T103) { Return (JOIN (Buffer () { 0x2A, 0x10, 5, 0x79 })) }
	Method (T104) { Return (JOIN (Buffer () { 0x2A, 0x10, 5, 0x78 })) }
	Method (T105) { Return (JOIN (Buffer () { 0x2A, 0x10, 5, 0x78, 0x79, 0 })) }
	Method (T106) { Return (JOIN (Buffer () { 0x78 })) }
	Method (T107) { Return (JOIN (Buffer () { 0x7B, 0, 0, 0 })) }
	Method (T108) { Return (JOIN (Buffer () { 0x22, 8, 0, 0x79 })) }
	Method (T109) { Return (JOIN (Buffer () { 0x0A, 8, 0, 0x79, 0 })) }
	Method (T10A) { Return (JOIN (Buffer () { 0x80, 0, 0, 0x79, 0 })) }
	Method (T10B) { Return (JOIN (Buffer () { 0x2B, 1, 2, 3, 0x79, 0 })) }
	Method (T10C) { Return (JOIN (Buffer () { 0x24, 1, 2, 3, 4, 0x79, 0 })) }
	Method (T10D) { Return (JOIN (Buffer () { 0x73, 1, 2, 3, 0x79, 0 })) }
	Method (T10E) { Return (JOIN (Buffer () { 0x84, 1, 0, 3, 0x79, 0 })) }
	Method (T10F) { Return (JOIN (Buffer () { 0x86, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x79, 0 })) }
	Method (T110) { Return (JOIN (Buffer () { 0x86, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0x79, 0 })) }
	Method (T111) { Return (JOIN (Buffer () { 0x89, 6, 0, 1, 1, 2, 0, 0, 0, 0x79, 0 })) }
	Method (T112) { Return (JOIN (Buffer () { 0x89, 2, 0, 1, 0, 0x79, 0 })) }
	Method (T113) { Return (JOIN (Buffer () { 0x93, 2, 0, 1, 0, 0x79, 0 })) }
	Method (T114) { Return (JOIN (Buffer () { 0x30, 0x31, 0, 0x38, 0x79, 0 })) }
	Method (T115) { Return (JOIN (Buffer () { 0x31, 0, 0x39, 0, 0x79, 0 })) }
}
