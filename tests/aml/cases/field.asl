// SPDX-License-Identifier: MIT
// Fields over memory, ports and buffers.
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	OperationRegion (MEM, SystemMemory, 0x100000, 0x100)
	Field (MEM, ByteAcc, NoLock, Preserve) { B000, 8, B001, 3, B002, 5, B003, 16, Offset (8), B008, 64, B016, 1, , 6, B017, 1, Offset (0x20), LONG, 100, TAIL, 4 }
	Field (MEM, DWordAcc, NoLock, Preserve) { D000, 32, D001, 7, D002, 40, Offset (0x40), D040, 32 }
	Field (MEM, WordAcc, NoLock, WriteAsOnes) { Offset (0x50), W050, 3, W051, 20 }
	Field (MEM, WordAcc, NoLock, WriteAsZeros) { Offset (0x58), Z058, 4, Z059, 8 }
	Field (MEM, QWordAcc, NoLock, Preserve) { Offset (0x60), Q060, 64, Q068, 10 }
	Field (MEM, AnyAcc, NoLock, Preserve) { Offset (0x70), A070, 32, A074, 12, A075, 33 }
	Field (MEM, ByteAcc, NoLock, Preserve) { Offset (0x50), R050, 64, R058, 64, R060, 64 }
	OperationRegion (PRT, SystemIO, 0x400, 0x20)
	Field (PRT, ByteAcc, NoLock, Preserve) { IDX, 8, DAT, 8 }
	Field (PRT, ByteAcc, NoLock, Preserve) { Offset (4), WIDX, 16, WDAT, 32 }
	IndexField (IDX, DAT, ByteAcc, NoLock, Preserve) { I000, 8, I001, 8, Offset (0x10), I010, 16, I012, 4 }
	IndexField (WIDX, WDAT, DWordAcc, NoLock, Preserve) { V000, 32, V004, 32 }
	Field (PRT, ByteAcc, NoLock, Preserve) { Offset (0x10), BNK, 8 }
	BankField (PRT, BNK, 3, ByteAcc, NoLock, Preserve) { Offset (0x14), K003, 8, K004, 16 }
	BankField (PRT, BNK, 5, ByteAcc, NoLock, Preserve) { Offset (0x14), K503, 8 }
	Field (MEM, ByteAcc, NoLock, Preserve) { Offset (0x90), AccessAs (WordAcc, 0), X090, 16, AccessAs (DWordAcc, 0), X092, 8 }
	OperationRegion (SML, SystemMemory, 0x200000, 5)
	Field (SML, DWordAcc, NoLock, Preserve) { S000, 32, S004, 8 }
	Field (SML, ByteAcc, NoLock, Preserve) { Offset (3), S003, 16, S005, 8 }
	Name (BUF, Buffer (24) { })
	CreateBitField (BUF, 3, BBIT)
	CreateByteField (BUF, 1, BBYT)
	CreateWordField (BUF, 2, BWRD)
	CreateDWordField (BUF, 4, BDWD)
	CreateQWordField (BUF, 8, BQWD)
	CreateField (BUF, 130, 13, BFLD)
	CreateField (BUF, 64, 80, BLNG)

	Method (T000) { B000 = 0x12 Return (B000) }
	Method (T001) { B001 = 0xFF B002 = 0 Return (B001) }
	Method (T002) { B002 = 0x15 Return (D000) }
	Method (T003) { B003 = 0xABCD Return (D000) }
	Method (T004) { B008 = 0x1122334455667788 Return (B008) }
	Method (T005) { B016 = 1 B017 = 1 Return (B016) }
	Method (T006) { LONG = Buffer () { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 } Return (LONG) }
	Method (T007) { Return (TAIL) }
	Method (T008) { TAIL = 0xA Return (LONG) }
	Method (T009) { LONG = "hello" Return (LONG) }
	Method (T00A) { LONG = 0x1234 Return (LONG) }
	Method (T00B) { D001 = 0x55 D002 = 0x123456789A Return (D002) }
	Method (T00C) { Return (D001) }
	Method (T00D) { D040 = "12" Return (D040) }
	Method (T00E) { D040 = Buffer () { 1, 2, 3, 4, 5, 6 } Return (D040) }
	Method (T00F) { D040 = Buffer () { 7 } Return (D040) }
	Method (T010) { R050 = 0 W050 = 2 Return (R050) }
	Method (T011) { R050 = 0 W051 = 0x12345 Return (R050) }
	Method (T012) { R058 = 0xFFFFFFFFFFFFFFFF Z058 = 5 Return (R058) }
	Method (T013) { R058 = 0xFFFFFFFFFFFFFFFF Z059 = 0 Return (R058) }
	Method (T014) { Q060 = 0xCAFEBABEDEADBEEF Q068 = 0x3FF Return (R060) }
	Method (T015) { Return (Q068) }
	Method (T016) { A070 = 0x89ABCDEF A074 = 0x765 A075 = 0x1FFFFFFFF Return (A074) }
	Method (T017) { Return (A075) }
	Method (T018) { I000 = 0x11 I001 = 0x22 Return (IDX) }
	Method (T019) { Return (DAT) }
	Method (T01A) { I010 = 0x3344 Return (IDX) }
	Method (T01B) { I012 = 7 Return (DAT) }
	Method (T01C) { DAT = 0x5A Return (I010) }
	Method (T01D) { V004 = 0x12345678 Return (WIDX) }
	Method (T01E) { Return (WDAT) }
	Method (T01F) { K003 = 0x66 Return (BNK) }
	Method (T020) { K503 = 0x77 Return (BNK) }
	Method (T021) { Return (K004) }
	Method (T022) { Return (BNK) }
	Method (T023) { X090 = 0x1234 X092 = 0x56 Return (X092) }
	Method (T024) { S000 = 0x01020304 Return (S000) }
	Method (T026) { Return (S005) }
	Method (T027) { BBIT = 1 Return (BUF) }
	Method (T028) { BBYT = 0x1FF Return (BUF) }
	Method (T029) { BWRD = 0x1234 BDWD = 0x89ABCDEF BQWD = 0x1122334455667788 Return (BUF) }
	Method (T02A) { BFLD = 0x1ABC Return (BUF) }
	Method (T02B) { Return (BFLD) }
	Method (T02C) { Return (BLNG) }
	Method (T02D) { BLNG = Buffer () { 0xFF, 0xFE, 0xFD } Return (BUF) }
	Method (T02E) { BLNG = "0123456789abcdef" Return (BUF) }
	Method (T02F) { BQWD = "12" Return (BQWD) }
	Method (T030) { Local0 = Buffer (4) { 1, 2, 3, 4 } CreateWordField (Local0, 1, LWRD) LWRD = 0xBEEF Return (Local0) }
	Method (T031) { CreateDWordField (BUF, 21, OUTB) Return (OUTB) }
	Method (T032) { CreateField (BUF, 10, 0, ZERB) Return (ZERB) }
	Method (T033) { Return (ObjectType (BBIT)) }
	Method (T034) { Return (ObjectType (B000)) }
	Method (T035) { Return (ObjectType (I000)) }
	Method (T036) { Return (ObjectType (MEM)) }
	Method (T037) { Return (SizeOf (BUF)) }
	Method (T038) { BBYT = 5 BBYT++ Return (BBYT) }
	Method (T039) { B000 = 5 B000++ Return (B000) }
	Method (T03A) { Add (B000, 1, B003) Return (B003) }
	Method (T03B) { Local0 = RefOf (B000) Return (DerefOf (Local0)) }
	Method (T03C) { Return (Concatenate (B000, BBYT)) }
	Method (T03D) { BUF = Buffer () { 1, 2, 3, 4, 5 } Return (BDWD) }
	Method (T03E, 0, Serialized) { OperationRegion (DYN, SystemMemory, 0x300000, 16) Field (DYN, ByteAcc, NoLock, Preserve) { DYN0, 8 } DYN0 = 0x3C Return (DYN0) }
	Method (T03F, 0, Serialized) { OperationRegion (DYN, SystemMemory, 0x300000, 16) Field (DYN, ByteAcc, NoLock, Preserve) { DYN0, 8 } Return (DYN0) }
	Method (T040) { Local0 = 0x100 Return (BUF [Local0]) }
	Method (T041) { CreateByteField (BUF, 0, TMP0) TMP0 = 0x44 Return (BUF) }
	Method (T042) { B008 = "FF" Return (B008) }
	Method (T043) { B008 = Buffer () { 1, 2, 3 } Return (B008) }
	Method (T044) { Return (LONG == Buffer () { 0x34, 0x12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }) }
	Method (T045) { Local0 = Package () { 1 } B008 = Local0 Return (B008) }
	Method (T046) { CopyObject (0x77, B000) Return (ObjectType (B000)) }
	CreateField (BUF, 0, 64, BF64)
	CreateField (BUF, 3, 8, BF08)
	Method (T048) { BF64 = 0x1122 Return (BF64) }
	Method (T049) { BF08 = 0xFF Return (BF08) }
	Method (T04A) { Return (ToInteger (BF08)) }
	Method (T04B) { Return (BF08 + 1) }
	Method (T047) { Return (B000) }
}
