// SPDX-License-Identifier: MIT
// Fields without bits are the rest of their unit, and those behind them are made.
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	OperationRegion (RA, SystemMemory, 0x2000, 0x10)
	Field (RA, ByteAcc, NoLock, Preserve) { FA, 8, FB, 16 }
	Field (RA, ByteAcc, NoLock, Preserve) { FC, 8, FD, 4, FE, 0, FF, 4 }
	Method (T000) { FC = 0x12 Return (FC) }
	Method (T001) { FF = 5 Return (FF) }
	Method (T002) { Return (CondRefOf (FE)) }
	Method (T003) { FA = 0x34 Return (FA) }
	Method (T004) { Return (FE) }
	Method (T005, 0, Serialized) { Field (RA, ByteAcc, NoLock, Preserve) { XA, 0, XB, 8 } XA = 5 Return (XA) }
	Method (T006, 0, Serialized) { Field (RA, ByteAcc, NoLock, Preserve) { Offset (3), XA, 0, XB, 8} XB = 0xA5 Return (XA) }
	Method (T007, 0, Serialized) { Field (RA, WordAcc, NoLock, Preserve) { Offset (3), XC, 8, XA, 0, XB, 8} XB = 0xA5 Return (XA) }
	Method (T008, 0, Serialized) { Field (RA, DWordAcc, NoLock, Preserve) { Offset (3), XC, 7, XA, 0, XB, 8} XB = 0xA5 Return (XA) }
	Method (T009, 0, Serialized) { Field (RA, ByteAcc, NoLock, Preserve) { Offset (3), XC, 8, Offset (3), XA, 0 } XC = 0xA5 XA = 3 Return (XC) }
	Method (T00A, 0, Serialized) { Field (RA, ByteAcc, NoLock, Preserve) { XC, 8, XA, 0 } Return (XA + 1) }
	Method (T00B, 0, Serialized) { Field (RA, ByteAcc, NoLock, Preserve) { XC, 8, XA, 0 } XC = 5 XA = 0xFF Return (FA) }
	Method (T00C, 0, Serialized) { Field (RA, ByteAcc, NoLock, Preserve) { XC, 8, XA, 0, XD, 8 } XD = 0xF0 XA = 1 Return (XD) }
	Method (T00D, 0, Serialized) { Field (RA, ByteAcc, NoLock, Preserve) { Offset (0x10), XA, 0 } Return (XA) }
}
