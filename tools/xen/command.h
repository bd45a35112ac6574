/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands. */
#ifndef XEN_SUSPENDCTL_COMMAND_H
#define XEN_SUSPENDCTL_COMMAND_H

#include "options.h"
#include "output.h"

/* Does what the options ask for; all there is to say of it is in @result. */
void command_run(const struct options *options, struct result *result);

bool command_exists(const char *name);

#endif
