# SPDX-License-Identifier: GPL-2.0-only
"""Draws suspends as a timeline: one lane a kernel, one colour a step.

Ours from its tracepoints, baseline, which has none, from the function graph.
"""

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402  pylint: disable=wrong-import-position
from matplotlib.patches import Patch  # noqa: E402  pylint: disable=wrong-import-position

from lab import steps  # noqa: E402  pylint: disable=wrong-import-position

COLOURS = dict(zip(steps.STEPS, ["#4c78a8", "#b279a2", "#f58518", "#54a24b", "#eeca3b", "#72b7b2",
                                 "#e45756"]))


def _lane(axis, lane, spans):
    """Draw one suspend; returns how long it took."""
    begin = min(span.begin for span in spans)
    whole = steps.whole(spans)
    for span in spans:
        axis.barh(lane, span.length, left=span.begin - begin, height=0.6,
                  color=COLOURS[span.step], hatch="//" if span.back else None,
                  edgecolor="white", linewidth=0.3)
    axis.text(whole, lane, f" {whole:.1f} ms", va="center", fontsize=9)
    return whole


def _legend(figure):
    handles = [Patch(color=colour, label=step) for step, colour in COLOURS.items()]
    handles += [Patch(facecolor="grey", label="way down"),
                Patch(facecolor="grey", edgecolor="white", hatch="//", label="way back")]
    figure.legend(handles=handles, ncols=len(handles), loc="lower center", fontsize=8,
                  frameon=False)


def timeline(runs, names, folder):
    """Write timeline.svg and timeline.png for Run objects; @names are the operations to draw."""
    figure, axes = pyplot.subplots(len(names), 1, figsize=(11, 2.2 * len(names)), squeeze=False)
    for axis, name in zip(axes[:, 0], names):
        drawn = [run.stories.get(name) or run.suspends.get(name) for run in runs]
        longest = max((_lane(axis, lane, spans) for lane, spans in enumerate(drawn) if spans),
                      default=0)
        axis.set_yticks(range(len(runs)), [run.flavour for run in runs])
        axis.invert_yaxis()
        axis.set_xlim(0, longest * 1.12 or 1)
        axis.set_title(name, loc="left", fontsize=10)
        axis.spines[["top", "right"]].set_visible(False)
    axes[-1, 0].set_xlabel("milliseconds of guest time since the first step began")
    _legend(figure)
    figure.suptitle("What a suspend does, step by step", fontsize=12)
    figure.tight_layout(rect=(0, 0.06, 1, 1))
    paths = [folder / "timeline.svg", folder / "timeline.png"]
    for path in paths:
        figure.savefig(path, dpi=120)
    pyplot.close(figure)
    return paths
