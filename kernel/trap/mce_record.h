/* SPDX-License-Identifier: MIT */
/* What one CPU's banks say of a machine check, and what that means for it.  Pure. */
#ifndef KERNEL_TRAP_MCE_RECORD_H
#define KERNEL_TRAP_MCE_RECORD_H

#include "kernel/trap/mce_meet.h"

/* SDM 4, table 2-2: MCG_STATUS. */
#define MCG_STATUS_RIPV BIT(0) /* what was interrupted can go on */
#define MCG_STATUS_EIPV BIT(1) /* the interrupted instruction has to do with it */
#define MCG_STATUS_LMCE BIT(3) /* it was told to this CPU only */

#define MCE_MAX_BANKS 32 /* their MSRs end where others begin */

struct mce_record {
	u64 global; /* MCG_STATUS */
	u64 status[MCE_MAX_BANKS], address[MCE_MAX_BANKS];
	enum mce_verdict
		verdict; /* MCE_SKIPPED and MCE_DOUBTFUL: while its CPU is in the meeting */
	bool unsaid;	 /* it came to a meeting, and nobody has printed it */
};

bool mce_is_empty(const struct mce_record *r);

/* By the errors that raise a #MC (SDM 3B, 15.3.2.2).  may_fail: it came upon an access that may fail. */
enum mce_verdict mce_judge(const struct mce_record *r, bool may_fail);

/*
 * Each error that makes the one doubtful is in the other as well: same bank, status, and address.  Then it is one error,
 * in a bank that both CPUs have (SDM 3B, 15.3.2).
 */
bool mce_explains(const struct mce_record *r, const struct mce_record *doubtful);

#endif
