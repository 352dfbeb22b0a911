// SPDX-License-Identifier: MIT
// Ports and addresses that end behind their space's end, and are accessed before it.
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	OperationRegion (RP, SystemIO, 0x800, 0xFFFF)
	Field (RP, ByteAcc, NoLock, Preserve) { FP, 8 }
	Method (T000) { FP = 0x21 Return (FP) }
	Method (T001, 0, Serialized) { OperationRegion (RM, SystemIO, 0x10000, 0x100) Field (RM, ByteAcc, NoLock, Preserve) { XA, 8} Return (1) }
	Method (T002, 0, Serialized) { OperationRegion (RM, SystemIO, 0xFFFE, 0x100) Field (RM, ByteAcc, NoLock, Preserve) { XA, 8, XB, 8, XC, 8} XB = 3 Return (XB) }
	Method (T003, 0, Serialized) { OperationRegion (RM, SystemIO, 0xFFFE, 0x100) Field (RM, WordAcc, NoLock, Preserve) { XA, 16, XB, 16} XB = 3 Return (XB) }
	Method (T004, 0, Serialized) { OperationRegion (RM, SystemIO, 0xFFFE, 0x100) Field (RM, ByteAcc, NoLock, Preserve) { XA, 8, XB, 8, XC, 8} XC = 3 Return (XC) }
	Method (T005, 0, Serialized) { OperationRegion (RM, SystemMemory, 0xFFFFFFFFFFFFFFF0, 0x100) Field (RM, ByteAcc, NoLock, Preserve) { XA, 8 } Return (1) }
}
