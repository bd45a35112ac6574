/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's names for its integers, which printf() takes without macros. */
#ifndef XEN_SUSPEND_TYPES_H
#define XEN_SUSPEND_TYPES_H

typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long s64;

#endif
