"""``eeg``: simulate a recording, say how good one is, decode it, and check a result."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from neuralbrain.cli.runs import AsJson

if TYPE_CHECKING:
    from neuralbrain.eeg.trials import Trials

app = typer.Typer(no_args_is_help=True, help="EEG: simulate, report, decode, and check a result.")

Figures = Annotated[Path | None, typer.Option(help="A folder for figures; none are drawn without it.")]
Line = Annotated[float, typer.Option(help="The mains' frequency, Hz.")]


@app.command()
def simulate(
    out: Annotated[
        Path, typer.Argument(help="The file, like s1_raw.fif; its truth goes beside it, as .json.")
    ],
    seed: Annotated[int, typer.Option(help="Which subject.", min=0)] = 0,
    session: Annotated[int, typer.Option(help="Which session, from 0 on.", min=0)] = 0,
    trials: Annotated[int, typer.Option(help="How many of each class.", min=1)] = 40,
    classes: Annotated[str, typer.Option(help="Some of left, right, rest.")] = "left,right",
    montage: Annotated[str, typer.Option(help="Where electrodes sit.")] = "motor22",
    erd: Annotated[float, typer.Option(help="Share of power that imagery takes away.")] = 0.5,
    snr: Annotated[float, typer.Option(help="How strong the rhythms are against the rest.")] = 0.8,
    cue_glances: Annotated[float, typer.Option(help="Share of cues that the eyes follow.")] = 0.0,
    drift: Annotated[float, typer.Option(help="How much sessions differ.")] = 1.0,
    as_json: AsJson = False,
) -> None:
    """Record a session of motor imagery of a simulated subject."""
    from neuralbrain.cli.terminal import say, say_json
    from neuralbrain.eeg.simulation import simulate as record
    from neuralbrain.eeg.subject import Subject
    from neuralbrain.errors import ConfigurationError
    from neuralbrain.files import write_file
    from neuralbrain.words import as_json as text

    if not out.name.endswith(("_raw.fif", "_eeg.fif")):
        raise ConfigurationError(f"{out} is no name of a recording: let it end in _raw.fif or _eeg.fif")
    subject = Subject(seed=seed, montage=montage, erd=erd, snr=snr, cue_glances=cue_glances, drift=drift)
    made = record(subject, session, trials=trials, classes=classes.split(","))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        made.raw.save(out, overwrite=True, verbose="ERROR")
    except OSError as error:
        raise ConfigurationError(f"{out} cannot be written: {error.strerror or error}") from error
    truth = {
        "labels": [*made.truth.labels],
        "cues": made.truth.cues.tolist(),
        "mu": made.truth.mu,
        "blinks": made.truth.eyes.blinks.tolist(),
        "glances": made.truth.eyes.glances.tolist(),
    }
    write_file(out.with_suffix(".json"), text(truth))
    if as_json:
        say_json(
            {"recording": str(out), "truth": str(out.with_suffix(".json")), "seconds": made.raw.times[-1]}
        )
    else:
        say(out)


@app.command()
def report(
    recording: Annotated[Path, typer.Argument(help="A file that MNE reads.")],
    line: Line = 50.0,
    figures: Figures = None,
    as_json: AsJson = False,
) -> None:
    """Say how good a recording is: channels, hum, blinks, trials that are left."""
    from neuralbrain.cli.terminal import say, say_json
    from neuralbrain.eeg.quality import quality
    from neuralbrain.eeg.reading import read

    raw = read(recording)
    found = quality(raw, line_frequency=line)
    drawn = _drawn(raw, [*found.trials], figures) if figures else []
    if as_json:
        say_json({**found.as_json(), "figures": drawn})
        return
    for each in (*found.lines(), *drawn):
        say(each)


@app.command()
def decode(
    recordings: Annotated[
        list[Path], typer.Argument(help="Files, one a session, or one folder as BIDS has it.")
    ],
    with_: Annotated[str, typer.Option("--decoder", help="csp-lda, fbcsp or tangent.")] = "csp-lda",
    split: Annotated[str, typer.Option(help="within, sessions, subjects or few-shot.")] = "within",
    labels: Annotated[str, typer.Option(help="Annotations that are classes; all by default.")] = "",
    begin: Annotated[float, typer.Option(help="When trials begin after the annotation, s.")] = 0.5,
    end: Annotated[float, typer.Option(help="When they end, s.")] = 3.5,
    permutations: Annotated[int, typer.Option(help="How often labels are permuted.", min=0)] = 0,
    seed: Annotated[int, typer.Option(help="Of whatever is random.", min=0)] = 0,
    figures: Figures = None,
    as_json: AsJson = False,
) -> None:
    """Decode trials, fold by fold, beside what luck reaches."""
    from rich.table import Table

    from neuralbrain.cli.terminal import busy, results, say_json
    from neuralbrain.eeg.evaluation import evaluate
    from neuralbrain.eeg.splits import SPLITS
    from neuralbrain.errors import UnknownNameError

    if split not in SPLITS:
        raise UnknownNameError("split", split, SPLITS)
    trials = _trials(recordings, [name for name in labels.split(",") if name], begin, end)
    with busy(f"decoding {len(trials)} trials", quiet=as_json):
        found = evaluate(trials, with_, SPLITS[split](trials), permutations=permutations, seed=seed)
    if figures:
        from neuralbrain.eeg.figures import confusion

        figures.mkdir(parents=True, exist_ok=True)
        confusion(found, figures / "confusion.png")
    if as_json:
        say_json({"decoder": with_, "split": split, **found.as_json()})
        return
    table = Table("tested", "train", "test", "right", "95 %", "AUC")
    for score in found.scores:
        auc = "" if score.auc is None else f"{score.auc:.3f}"
        span = f"{score.low:.2f} to {score.high:.2f}"
        table.add_row(score.name, str(score.train), str(score.test), f"{score.accuracy:.3f}", span, auc)
    low, high = found.interval
    table.add_row("all", "", str(found.trials), f"{found.accuracy:.3f}", f"{low:.2f} to {high:.2f}", "")
    results().print(table)
    by_luck = f"chance {found.chance:.3f}; luck reaches {found.luck:.3f} once in 20 times"
    results().print(by_luck + (f"; p = {found.p_value:.3f} by permutation" if found.p_value else ""))


@app.command()
def check(
    analysis: Annotated[Path, typer.Argument(help="A description of it (.yaml, .json): see docs/eeg.md.")],
    as_json: AsJson = False,
) -> None:
    """Say what is wrong with a result. Exit status 1 if anything is."""
    from neuralbrain.cli.terminal import say, say_json
    from neuralbrain.eeg.check import check as look
    from neuralbrain.eeg.description import load

    found = look(load(analysis))
    if as_json:
        say_json(found.as_json())
    else:
        for each in found.lines():
            say(each)
    if found.findings:
        raise typer.Exit(1)


def _trials(recordings: list[Path], labels: list[str], begin: float, end: float) -> "Trials":
    """Return the trials of all recordings; each file is a session of one subject, unless BIDS says more."""
    from neuralbrain.eeg import bids
    from neuralbrain.eeg.reading import read
    from neuralbrain.eeg.trials import cut, joined

    parts = []
    if len(recordings) == 1 and recordings[0].is_dir():
        for entry in bids.entries(recordings[0]):
            parts.append(
                cut(
                    bids.load(entry),
                    labels,
                    begin=begin,
                    end=end,
                    subject=entry.subject,
                    session=entry.session,
                )
            )
        return joined(parts)
    for number, path in enumerate(recordings, 1):
        parts.append(cut(read(path), labels, begin=begin, end=end, session=str(number)))
    return joined(parts)


def _drawn(raw: Any, labels: list[str], folder: Path) -> list[str]:
    """Draw how power changes in the trials of each label; return where."""
    from neuralbrain.eeg.figures import draw_change

    folder.mkdir(parents=True, exist_ok=True)
    return [str(path) for label in labels for path in draw_change(raw, label, folder)]
