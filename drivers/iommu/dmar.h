/* SPDX-License-Identifier: MIT */
/* The IOMMUs that the DMAR table names. */
#ifndef DRIVERS_IOMMU_DMAR_H
#define DRIVERS_IOMMU_DMAR_H

/* Claim and map the registers of each remapping unit as "dmarN"; nothing is switched on. */
void dmar_init(void);

/* The same for AMD's IVRS: "amd_iommu". */
void ivrs_init(void);

#endif
