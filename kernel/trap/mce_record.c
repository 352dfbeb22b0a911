// SPDX-License-Identifier: MIT
/* Records of machine checks, judged and compared.  See the header. */
#include "kernel/trap/mce_record.h"

#include "kernel/trap/mce_words.h"

bool mce_is_empty(const struct mce_record *r)
{
	for (unsigned int i = 0; i < MCE_MAX_BANKS; i++)
		if (r->status[i] & MCi_STATUS_VAL)
			return false;
	return true;
}

static bool raises(u64 status)
{
	const u64 raising = MCi_STATUS_VAL | MCi_STATUS_UC | MCi_STATUS_EN;

	return (status & raising) == raising;
}

enum mce_verdict mce_judge(const struct mce_record *r, bool may_fail)
{
	enum mce_verdict verdict = MCE_BYSTANDER;

	if (!(r->global & MCG_STATUS_RIPV))
		return MCE_FATAL;
	for (unsigned int i = 0; i < MCE_MAX_BANKS; i++) {
		if (!raises(r->status[i]))
			continue;
		if (r->status[i] & MCi_STATUS_PCC || (r->global & MCG_STATUS_EIPV && !may_fail))
			return MCE_FATAL;
		verdict = may_fail ? MCE_SKIPPED : MCE_DOUBTFUL;
	}
	return verdict;
}

bool mce_explains(const struct mce_record *r, const struct mce_record *doubtful)
{
	for (unsigned int i = 0; i < MCE_MAX_BANKS; i++)
		if (raises(doubtful->status[i]) &&
		    (doubtful->status[i] != r->status[i] || doubtful->address[i] != r->address[i]))
			return false;
	return true;
}
