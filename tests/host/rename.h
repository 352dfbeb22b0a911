/* SPDX-License-Identifier: MIT */
/*
 * Put in front of each kernel source and test on the host (-include): names
 * that libc has as well.  See test.h.
 */
#ifndef TESTS_HOST_RENAME_H
#define TESTS_HOST_RENAME_H

#define memcpy	  k_memcpy
#define memmove	  k_memmove
#define memset	  k_memset
#define memcmp	  k_memcmp
#define strlen	  k_strlen
#define strnlen	  k_strnlen
#define strcmp	  k_strcmp
#define strncmp	  k_strncmp
#define strchr	  k_strchr
#define strstr	  k_strstr
#define vsnprintf k_vsnprintf
#define snprintf  k_snprintf

#endif
