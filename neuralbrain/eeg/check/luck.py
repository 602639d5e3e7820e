"""Whether luck would have done as well: wrong levels of chance, too few trials, labels that mean nothing."""

from collections.abc import Iterator

import numpy as np

from neuralbrain.eeg.analysis import Analysis
from neuralbrain.eeg.chance import ALPHA, chance_level, interval, luck_bound
from neuralbrain.eeg.check.finding import Finding
from neuralbrain.eeg.rerun import can_rerun, scores
from neuralbrain.eeg.trials import Names
from neuralbrain.words import counted

TOLERANCE = 0.04
"""By so much a level of chance may be off: classes are never quite as frequent as each other."""
WIDEST = 0.15
"""Where luck reaches further than this above chance once in 20, there are too few trials: 40 for two
classes."""
PERMUTATIONS = 20
SIGMAS, LEAST = 3.0, 0.04
"""Shuffled labels are decoded if their mean score is so many standard errors above chance, and by so much."""


def true_chance(analysis: Analysis) -> float:
    """Return what saying always the same reaches, by the claim's measure."""
    tested = analysis.labels[analysis.tested]
    if analysis.claim.measure == "balanced":
        return 1 / len(np.unique(tested))
    return chance_level(tested)


def chance(analysis: Analysis) -> Iterator[Finding]:
    """Find a level of chance that is not what the labels make it."""
    claimed, true = analysis.claim.chance, true_chance(analysis)
    if claimed is not None and abs(claimed - true) > TOLERANCE:
        names, counts = np.unique(analysis.labels[analysis.tested], return_counts=True)
        many = ", ".join(f"{count} {name}" for name, count in zip(names, counts, strict=True))
        yield Finding(
            kind="chance",
            sure=True,
            said=f"Chance is said to be {claimed:.2f}; of {many} it is {true:.2f}.",
            do=f"Compare the score with {true:.2f}, or use the balanced accuracy.",
            evidence={"claimed": claimed, "true": true},
        )


def few_trials(analysis: Analysis) -> Iterator[Finding]:
    """Find tests that are too small, and scores that luck reaches."""
    count, level = analysis.independent, true_chance(analysis)
    bound = luck_bound(count, level)
    evidence = {"trials": count, "chance": level, "luck": bound, "score": analysis.claim.score}
    reached = f"with {counted(count, 'independent trial')} luck reaches {bound:.2f} once in 20 times"
    if bound - level > WIDEST + 1e-9:
        yield Finding(
            kind="few trials",
            sure=True,
            said=f"{reached.capitalize()}.",
            do="Record more trials.",
            evidence=evidence,
        )
    elif analysis.claim.above_chance and analysis.claim.score < bound:
        yield Finding(
            kind="few trials",
            sure=True,
            said=f"The score {analysis.claim.score:.2f} is said to be above chance, and is not: {reached}.",
            do="Claim nothing, or record more trials.",
            evidence=evidence,
        )


def tries(analysis: Analysis) -> Iterator[Finding]:
    """Find a best of many analyses that luck would have found, too."""
    tried = analysis.claim.tried
    if tried < 2:
        return
    bound = luck_bound(analysis.independent, true_chance(analysis), 1 - (1 - ALPHA) ** (1 / tried))
    better = analysis.claim.score >= bound
    yield Finding(
        kind="tries",
        sure=not better,
        said=f"It is the best of {tried} by the score of the test itself: {analysis.claim.score:.2f}; "
        f"the best of so many reaches {bound:.2f} by luck once in 20 times.",
        do="Choose by folds inside those that are learned from, and test once.",
        evidence={"tried": tried, "luck": bound, "score": analysis.claim.score},
    )


def shuffle(analysis: Analysis) -> Iterator[Finding]:
    """Find an analysis that decodes labels which mean nothing."""
    level, claimed = true_chance(analysis), analysis.claim.shuffled
    if claimed is not None and claimed >= luck_bound(analysis.independent, level, 0.01):
        yield Finding(
            kind="shuffle",
            sure=True,
            said=f"By its own account it decodes shuffled labels with {claimed:.2f}; chance is {level:.2f}.",
            do="Look for what train and test share.",
            evidence={"shuffled": claimed, "chance": level},
        )
        return
    if can_rerun(analysis):
        return
    rng = np.random.default_rng(0)
    found = scores(analysis, [_shuffled(analysis, rng) for _ in range(PERMUTATIONS)])
    mean, error = float(np.mean(found)), float(np.std(found, ddof=1) / np.sqrt(PERMUTATIONS))
    if mean > level + max(LEAST, SIGMAS * error):
        yield Finding(
            kind="shuffle",
            sure=True,
            said=f"Shuffled labels are decoded with {mean:.2f}, the mean of {PERMUTATIONS} times; "
            f"chance is {level:.2f}.",
            do="Look for what train and test share: samples, trials, or a step that saw the test's labels.",
            evidence={"shuffled": mean, "chance": level, "standard_error": error},
        )


def _shuffled(analysis: Analysis, rng: np.random.Generator) -> Names:
    """Return labels permuted over the trials of each session; windows of one trial keep one label."""
    windows, parts = analysis.windows, analysis.parts_of
    _, first = np.unique(parts, return_index=True)
    labels = dict(zip(parts[first].tolist(), analysis.labels[first].tolist(), strict=True))
    places: dict[tuple[str, str], list[int]] = {}
    for row in first:
        places.setdefault((windows.subjects[row], windows.sessions[row]), []).append(int(parts[row]))
    for trials in places.values():
        mixed = rng.permutation([labels[trial] for trial in trials])
        labels.update(zip(trials, mixed.tolist(), strict=True))
    return np.array([labels[part] for part in parts.tolist()])


def score(analysis: Analysis) -> Iterator[Finding]:
    """Find a score that does not come out when the analysis is done again."""
    if can_rerun(analysis):
        return
    (found,) = scores(analysis, [analysis.labels])
    count = len(analysis.tested)
    low, high = interval(round(found * count), count)
    if not low <= analysis.claim.score <= high:
        yield Finding(
            kind="score",
            sure=False,
            said=f"The score is said to be {analysis.claim.score:.2f}; done again it is {found:.2f} "
            f"({low:.2f} to {high:.2f}).",
            do="Run it again, and report what comes out.",
            evidence={"claimed": analysis.claim.score, "again": found},
        )
