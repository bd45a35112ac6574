# SPDX-License-Identifier: GPL-2.0-only
"""Tell what takes its time: a spinner on a terminal, plain lines elsewhere."""

import contextlib
import sys
import time


def _clock():
    return time.strftime("%H:%M:%S")


def say(text):
    """Print one line of progress to stderr."""
    print(f"{_clock()} {text}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def step(text):
    """Show @text while the block runs, and how long it took once it is over."""
    begin = time.monotonic()
    with contextlib.ExitStack() as stack:
        if sys.stderr.isatty():
            _spin(stack, text)
        else:
            say(f"{text} ...")
        try:
            yield
        except BaseException:
            stack.close()
            say(f"{text}: failed after {time.monotonic() - begin:.1f} s")
            raise
    say(f"{text}: {time.monotonic() - begin:.1f} s")


def _spin(stack, text):
    """Put a line with a spinner and the elapsed time on the terminal."""
    # pylint: disable=import-outside-toplevel
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    bar = Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(),
                   console=Console(stderr=True), transient=True)
    stack.enter_context(bar)
    bar.add_task(text, total=None)
