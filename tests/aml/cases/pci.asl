// SPDX-License-Identifier: MIT
// PCI configuration space, with and without a bridge; address spaces whose drivers are not here.
DefinitionBlock ("", "DSDT", 2, "TERR", "CASES", 1)
{
	Device (\_SB.PCI0)
	{
		Name (_HID, EisaId ("PNP0A03"))
		Name (_BBN, 0)
		OperationRegion (HOST, PCI_Config, 0x40, 0x10)
		Field (HOST, ByteAcc, NoLock, Preserve) { H040, 8, H041, 4, H412, 12, H043, 8 }
		Device (ISA)
		{
			Name (_ADR, 0x001F0000)
			OperationRegion (PCIC, PCI_Config, 0x60, 0x40)
			Field (PCIC, ByteAcc, NoLock, Preserve) { PIRA, 8, PIRB, 8, Offset (8), P068, 64, LONG, 96, Offset (0x20), W080, 16, D082, 32 }
			Field (PCIC, DWordAcc, NoLock, Preserve) { D060, 32, D064, 5, D065, 30 }
			Field (PCIC, WordAcc, NoLock, WriteAsOnes) { Offset (0x28), W088, 3, W089, 20 }
			Field (PCIC, QWordAcc, NoLock, Preserve) { Offset (0x30), Q090, 64 }
			Field (PCIC, AnyAcc, NoLock, Preserve) { Offset (0x38), A098, 9, A099, 20 }
			Field (PCIC, ByteAcc, NoLock, Preserve) { Offset (0x28), R088, 64, R090, 64 }
			Field (PCIC, ByteAcc, NoLock, Preserve) { Offset (0x3C), BANK, 8, INDX, 8, DATA, 8 }
			IndexField (INDX, DATA, ByteAcc, NoLock, Preserve) { I000, 8, I001, 16 }
			BankField (PCIC, BANK, 2, ByteAcc, NoLock, Preserve) { Offset (0x3F), K03F, 8 }
		}
	}
	Device (\_SB.ALON) {
		OperationRegion (CONF, PCI_Config, 0x80, 8)
		Field (CONF, ByteAcc, NoLock, Preserve) { F080, 8 }
	}
	Device (\_SB.ALO2) {
		Name (_ADR, 0x10000)
		OperationRegion (CONF, PCI_Config, 0x90, 8)
		Field (CONF, ByteAcc, NoLock, Preserve) { F090, 8 }
	}
	OperationRegion (CONF, PCI_Config, 0xA0, 8)
	Field (CONF, ByteAcc, NoLock, Preserve) { F0A0, 8 }
	Scope (\_SB) {
		OperationRegion (CON2, PCI_Config, 0xB0, 8)
		Field (CON2, ByteAcc, NoLock, Preserve) { F0B0, 8 }
	}
	OperationRegion (CMOS, SystemCMOS, 0, 0x40)
	Field (CMOS, ByteAcc, NoLock, Preserve) { CMS0, 8 }
	OperationRegion (ECRG, EmbeddedControl, 0, 0x40)
	Field (ECRG, ByteAcc, NoLock, Preserve) { ECR0, 8 }
	OperationRegion (BART, PciBarTarget, 0, 0x40)
	Field (BART, ByteAcc, NoLock, Preserve) { BAR0, 8 }
	OperationRegion (VEND, 0x80, 0, 0x40)
	Field (VEND, ByteAcc, NoLock, Preserve) { VEN0, 8 }
	OperationRegion (VENX, 0x99, 0, 0x40)
	Field (VENX, ByteAcc, NoLock, Preserve) { VEN9, 8 }
	Method (T000) { \_SB.PCI0.H040 = 0x12 Return (\_SB.PCI0.H040) }
	Method (T001) { \_SB.PCI0.H041 = 0xF \_SB.PCI0.H412 = 0xABC Return (\_SB.PCI0.H412) }
	Method (T002) { \_SB.PCI0.ISA.PIRA = 0x11 \_SB.PCI0.ISA.PIRB = 0x22 Return (\_SB.PCI0.ISA.D060) }
	Method (T003) { \_SB.PCI0.ISA.P068 = 0x1122334455667788 Return (\_SB.PCI0.ISA.P068) }
	Method (T004) { \_SB.PCI0.ISA.LONG = Buffer () { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 } Return (\_SB.PCI0.ISA.LONG) }
	Method (T005) { \_SB.PCI0.ISA.D064 = 0x15 \_SB.PCI0.ISA.D065 = 0x2AAAAAAA Return (\_SB.PCI0.ISA.D065) }
	Method (T006) { \_SB.PCI0.ISA.R088 = 0 \_SB.PCI0.ISA.W089 = 0x12345 Return (\_SB.PCI0.ISA.R088) }
	Method (T007) { \_SB.PCI0.ISA.Q090 = 0xCAFEBABEDEADBEEF Return (\_SB.PCI0.ISA.R090) }
	Method (T008) { \_SB.PCI0.ISA.A098 = 0x1FF \_SB.PCI0.ISA.A099 = 0xABCDE Return (\_SB.PCI0.ISA.A099) }
	Method (T009) { \_SB.PCI0.ISA.I001 = 0x3344 Return (\_SB.PCI0.ISA.INDX) }
	Method (T00A) { Return (\_SB.PCI0.ISA.DATA) }
	Method (T00B) { \_SB.PCI0.ISA.K03F = 7 Return (\_SB.PCI0.ISA.BANK) }
	Method (T00C) { \_SB.PCI0.ISA.D082 = 0x01020304 \_SB.PCI0.ISA.W080 = 0x0506 Return (\_SB.PCI0.ISA.D082) }
	Method (T010) { \_SB.ALON.F080 = 5 Return (\_SB.ALON.F080) }
	Method (T011) { \_SB.ALO2.F090 = 5 Return (\_SB.ALO2.F090) }
	Method (T012) { F0A0 = 5 Return (F0A0) }
	Method (T013) { \_SB.F0B0 = 5 Return (\_SB.F0B0) }
	Method (T014) { CMS0 = 5 Return (CMS0) }
	Method (T015) { ECR0 = 5 Return (ECR0) }
	Method (T016) { BAR0 = 5 Return (BAR0) }
	Method (T017) { VEN0 = 5 Return (VEN0) }
	Method (T018) { VEN9 = 5 Return (VEN9) }
}
