// SPDX-License-Identifier: MIT
// Conversions, implicit and explicit.
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	Name (INT, 0)
	Name (STR, "")
	Name (BUF, Buffer (4) { })
	Name (BIG, Buffer (20) { })

	Method (T000) { Return (ToInteger ("123")) }
	Method (T001) { Return (ToInteger ("0x123")) }
	Method (T002) { Return (ToInteger ("0X1aB")) }
	Method (T003) { Local0 = "12a" Return (ToInteger (Local0)) }
	Method (T004) { Return (ToInteger (Buffer () { 1, 2, 3 })) }
	Method (T005) { Return (ToInteger (Buffer () { 1, 2, 3, 4, 5, 6, 7, 8, 9 })) }
	Method (T006) { Return (ToInteger (0x55)) }
	Method (T007) { Local0 = "" Return (ToInteger (Local0)) }
	Method (T008) { Local0 = "18446744073709551616" Return (ToInteger (Local0)) }
	Method (T009) { Local0 = "0x1FFFFFFFFFFFFFFFF" Return (ToInteger (Local0)) }
	Method (T00A) { Local0 = "  42" Return (ToInteger (Local0)) }
	Method (T00B) { Local0 = "\t42" Return (ToInteger (Local0)) }
	Method (T00C) { Local0 = "0" Return (ToInteger (Local0)) }
	Method (T00D) { Local0 = "0x" Return (ToInteger (Local0)) }
	Method (T00E) { Local0 = "-5" Return (ToInteger (Local0)) }
	Method (T00F) { Local0 = "00123" Return (ToInteger (Local0)) }
	Method (T010) { Return (ToHexString (0xABCD)) }
	Method (T011) { Return (ToHexString (0)) }
	Method (T012) { Return (ToHexString ("abc")) }
	Method (T013) { Return (ToHexString (Buffer () { 1, 0xAB, 0 })) }
	Method (T014) { Return (ToHexString (Buffer () { 7 })) }
	Method (T015) { Return (ToDecimalString (0xABCD)) }
	Method (T016) { Return (ToDecimalString (0)) }
	Method (T017) { Return (ToDecimalString (Buffer () { 1, 0xAB, 0, 99 })) }
	Method (T018) { Return (ToDecimalString ("x")) }
	Method (T019) { Return (ToDecimalString (0xFFFFFFFFFFFFFFFF)) }
	Method (T01A) { Return (ToHexString (0xFFFFFFFFFFFFFFFF)) }
	Method (T01B) { Return (ToBuffer (0x1234)) }
	Method (T01C) { Return (ToBuffer ("abc")) }
	Method (T01D) { Return (ToBuffer ("")) }
	Method (T01E) { Return (ToBuffer (Buffer () { 1, 2 })) }
	Method (T01F) { Return (ToString (Buffer () { 0x61, 0x62, 0, 0x63 })) }
	Method (T020) { Return (ToString (Buffer () { 0x61, 0x62, 0x63 }, 2)) }
	Method (T021) { Return (ToString (Buffer () { 0x61, 0x62, 0x63 }, 20)) }
	Method (T022) { Return (ToString (Buffer () { 0x61, 0x62, 0x63 })) }
	Method (T023) { Return (ToString (Buffer () { 0x61, 0x62, 0x63 }, 0)) }
	Method (T024) { Return (ToString (Buffer (3) { })) }
	Method (T025) { INT = "1A" Return (INT) }
	Method (T026) { INT = Buffer () { 1, 2, 3 } Return (INT) }
	Method (T027) { INT = "zz" Return (INT) }
	Method (T028) { STR = 0x123 Return (STR) }
	Method (T029) { STR = Buffer () { 1, 2, 0xFF } Return (STR) }
	Method (T02A) { STR = "long enough a string" Return (STR) }
	Method (T02B) { STR = "ab" Return (STR) }
	Method (T02C) { STR = "ab" Return (SizeOf (STR)) }
	Method (T02D) { BUF = 0x12345678 Return (BUF) }
	Method (T02E) { BUF = "abcdefgh" Return (BUF) }
	Method (T02F) { BUF = "a" Return (BUF) }
	Method (T030) { BUF = Buffer () { 9, 8 } Return (BUF) }
	Method (T031) { BUF = Buffer () { 9, 8, 7, 6, 5, 4 } Return (BUF) }
	Method (T032) { BIG = 0x1122334455667788 Return (BIG) }
	Method (T033) { BIG = "hello" Return (BIG) }
	Method (T034) { STR = Buffer (0) { } Return (STR) }
	Method (T035) { Return (ToInteger ("0x80000000")) }
	Method (T036) { Local0 = 0x12345678 Return (ToBuffer (Local0)) }
	Method (T037) { INT = "123456789" Return (INT) }
	Method (T038) { Local0 = ToHexString (255, STR) Return (STR) }
	Method (T039) { ToInteger ("77", STR) Return (STR) }
	Method (T03A) { ToInteger ("77", Local2) Return (Local2) }
	Method (T03B) { ToBuffer ("77", INT) Return (INT) }
	Method (T03C) { ToDecimalString (1234, BUF) Return (BUF) }
	Method (T03D) { Local0 = "FFFFFFFFFFFFFFFFF" Return (Local0 + 0) }
	Method (T03E) { Local0 = "4294967296" Return (ToInteger (Local0)) }
	Method (T03F) { Local0 = "0x100000000" Return (ToInteger (Local0)) }
	Method (T040) { Local0 = "100000000" Return (Local0 + 0) }
	Method (T041) { INT = Buffer (0) { } Return (INT) }
	Method (T042) { BUF = Buffer (0) { } Return (BUF) }
	Method (T043) { BUF = "" Return (BUF) }
	Method (T044) { INT = Package () { 1 } Return (INT) }
	Method (T045) { Local0 = Package () { 1 } INT = Local0 Return (INT) }
	Method (T046) { Local0 = "1e" INT = Local0 Return (INT) }
	Method (T047) { Return (ToString ("abc", 2)) }
	Method (T048) { Return (ToString (0x616263, 2)) }
	Method (T049) { Return (ToHexString (Buffer (0) { })) }
	Method (T04A) { Return (ToDecimalString (Buffer (0) { })) }
	Name (ST2, "")
	Name (BU2, Buffer (4) { 1, 2, 3, 4 })
	Name (IN2, 0)
	Name (FBC, "")
	Method (T04C) { Add (1, 2, ST2) Return (ST2) }
	Method (T04D) { Add (1, 2, BU2) Return (BU2) }
	Method (T04E) { Concatenate ("1", "2", IN2) Return (IN2) }
	Method (T04F) { BU2 = "" Return (BU2) }
	Method (T050) { ToBCD (99, FBC) Return (FBC) }
	Method (T051) { Mid ("abc", 1, 1, IN2) Return (IN2) }
	Method (T052) { ToString (Buffer () { 0x61 }, Ones, IN2) Return (IN2) }
	Method (T053) { ST2 = Buffer () { 1, 2, 3, 4, 5, 6, 7, 8, 9 } Return (ST2) }
	Method (T054) { Local0 = Buffer (2) { 1, 2 } Local0 = "long string" Return (Local0) }
	Method (T055) { Increment (ST2) Return (ST2) }
	Method (T04B) { Return (ToBuffer (Buffer (0) { })) }
}
