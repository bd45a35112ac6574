// SPDX-License-Identifier: GPL-2.0-only
/* libxl's call in a process of its own, see child.h. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "clock.h"
#include "interrupt.h"

enum { READ, WRITE };

/* False if nobody is told what became of the call. */
static bool serve(int go, int answer, struct host *host, unsigned int domid)
{
	struct child_answer done;
	char byte;

	if (!host_forked(host) || read(go, &byte, 1) != 1)
		return false;
	memset(&done, 0, sizeof(done));
	done.rc = domain_suspend(host, domid);
	done.when = clock_ns();
	return write(answer, &done, sizeof(done)) == sizeof(done);
}

static int make_pipes(int go[2], int answer[2])
{
	int err;

	if (pipe2(go, O_CLOEXEC))
		return errno;
	if (!pipe2(answer, O_CLOEXEC))
		return 0;
	err = errno;
	close(go[READ]);
	close(go[WRITE]);
	return err;
}

int child_start(struct child *child, struct host *host, unsigned int domid)
{
	pid_t parent = getpid();
	int go[2], answer[2], err;

	err = make_pipes(go, answer);
	if (err)
		return err;

	fflush(NULL);
	child->pid = fork();
	if (!child->pid) {
		close(go[WRITE]);
		close(answer[READ]);
		interrupt_leave();
		/* Nobody would know what became of it. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(getppid() != parent || !serve(go[READ], answer[WRITE], host, domid));
	}
	err = child->pid < 0 ? errno : 0;
	child->go = go[WRITE];
	child->answer = answer[READ];
	close(go[READ]);
	close(answer[WRITE]);
	if (err) {
		close(child->go);
		close(child->answer);
	}
	return err;
}

bool child_go(struct child *child)
{
	return write(child->go, "", 1) == 1;
}

bool child_read(struct child *child, struct child_answer *answer)
{
	return read(child->answer, answer, sizeof(*answer)) == sizeof(*answer);
}

void child_end(struct child *child)
{
	close(child->go);
	close(child->answer);
	kill(child->pid, SIGTERM);
	while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
		;
}
