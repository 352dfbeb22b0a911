// SPDX-License-Identifier: MIT
// Fields and regions that are declared of what is not there, or too small.
// The names are there all the same; their access fails.
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	External (NONE, FieldUnitObj)
	External (NREG, OpRegionObj)
	Device (DEV0) { }
	Name (BUF0, Buffer (2) { 1, 2 })
	OperationRegion (RA, SystemMemory, NONE, 0x10)
	Field (NREG, ByteAcc, NoLock, Preserve) { FA, 8 }
	CreateDWordField (BUF0, 0, BF0)
	OperationRegion (RD, SystemMemory, DEV0, 0x10)
	Method (T000) { Return (CondRefOf (RA)) }
	Method (T001) { Return (CondRefOf (FA)) }
	Method (T002) { Return (CondRefOf (BF0)) }
	Method (T003) { Return (CondRefOf (RD)) }
	Method (T004) { Return (ObjectType (FA)) }
	Method (T005) { Return (FA) }
	Method (T006) { Return (BF0) }
	Field (DEV0, ByteAcc, NoLock, Preserve) { FB, 8, FC, 8 }
	OperationRegion (RX, SystemMemory, 0x2000, 0x10)
	Field (RX, ByteAcc, NoLock, Preserve) { FX, 8, FY, 8 }
	BankField (NREG, FX, 1, ByteAcc, NoLock, Preserve) { KA, 8 }
	BankField (RX, NONE, 1, ByteAcc, NoLock, Preserve) { KB, 8 }
	IndexField (NONE, FY, ByteAcc, NoLock, Preserve) { IA, 8 }
	IndexField (FX, NONE, ByteAcc, NoLock, Preserve) { IB, 8 }
	Field (RX, ByteAcc, NoLock, Preserve) { FX, 8, FZ, 8, FZ, 8, FW, 8, DEV0, 8, FV, 8 }
	CreateField (BUF0, 0, 0, BA)
	CreateField (BUF0, 15, 2, BB)
	CreateByteField (DEV0, 0, BC)
	Field (RD, ByteAcc, NoLock, Preserve) { FD, 8 }
	Method (T007) { Return (CondRefOf (FB)) }
	Method (T008) { Return (CondRefOf (FC)) }
	Method (T009) { Return (CondRefOf (KA)) }
	Method (T00A) { Return (CondRefOf (KB)) }
	Method (T00B) { Return (CondRefOf (IA)) }
	Method (T00C) { Return (CondRefOf (IB)) }
	Method (T00D) { Return (CondRefOf (FW)) }
	Method (T00E) { Return (CondRefOf (FV)) }
	Method (T00F) { Return (CondRefOf (BA)) }
	Method (T010) { Return (CondRefOf (BB)) }
	Method (T011) { Return (CondRefOf (BC)) }
	Method (T012) { Return (FC) }
	Method (T013) { Return (KA) }
	Method (T014) { Return (KB) }
	Method (T015) { Return (IA) }
	Method (T016) { Return (IB) }
	Method (T017) { Return (BA) }
	Method (T018) { Return (BB) }
	Method (T019) { Return (BC) }
	Method (T01A) { Return (FD) }
	Method (T01B) { Return (ObjectType (FC)) }
	Method (T01C) { Return (ObjectType (KA)) }
	Method (T01D) { Return (ObjectType (IB)) }
	Method (T01E) { Return (ObjectType (BB)) }
	Method (T01F) { Return (ObjectType (RD)) }
	Method (T020) { FW = 3 FV = 5 Return (FW) }
	Method (T021) { FX = 1 FY = 2 Return (FZ) }
	Method (T022) { Local0 = RefOf (FC) Return (1) }
	Method (T023) { IA = 1 Return (1) }
	Method (T024) { CreateField (BUF0, 0, 0, XX) Return (1) }
	Method (T025) { CreateByteField (BUF0, 2, XX) Return (1) }
	Method (T026) { CreateByteField (DEV0, 2, XX) Return (1) }
	Method (T027, 0, Serialized) { Field (NREG, ByteAcc, NoLock, Preserve) { XA, 8 } Return (1) }
	Method (T028, 0, Serialized) { Field (DEV0, ByteAcc, NoLock, Preserve) { XA, 8 } Return (1) }
	Method (T029, 0, Serialized) { Field (RX, ByteAcc, NoLock, Preserve) { XA, 8, XA, 8, XB, 8 } XB = 7 Return (XB) }
	Method (T02A, 0, Serialized) { OperationRegion (RM, SystemMemory, PKG0, 0x10) Return (1) }
	Method (T02B, 0, Serialized) { OperationRegion (RM, SystemMemory, 0xFFFFFFFFFFFFFFFF, 0x10) Return (1) }
	Method (T02C, 0, Serialized) { OperationRegion (RM, SystemMemory, 0xFFFFFFFFFFFFFFF0, 0x100) Return (1) }
	Method (T02D) { Return (SizeOf (FX)) }
	Method (T02E) { Local0 = RefOf (FX) Return (SizeOf (Local0)) }
	Method (T02F) { CreateByteField (BUF0, 0, XX) Return (SizeOf (XX)) }
	Method (T030) { Local0 = RefOf (FX) Return (SizeOf (DerefOf (Local0))) }
}
