"""What is planted is found, with its figures; what is clean is called so."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("mne", reason="the extra `eeg` is not installed")
pytest.importorskip("pyriemann", reason="the extra `eeg` is not installed")

from neuralbrain.eeg.analysis import Analysis, Cell, Claim, Step, sliding
from neuralbrain.eeg.check import check, confounds, leaks, luck
from neuralbrain.eeg.check.outputs import differing, numbers
from neuralbrain.eeg.evaluation import evaluate
from neuralbrain.eeg.rerun import scores
from neuralbrain.eeg.simulation import simulate
from neuralbrain.eeg.splits import Fold, across_sessions, across_subjects, within
from neuralbrain.eeg.subject import Subject
from neuralbrain.eeg.trials import cut, joined
from neuralbrain.errors import ConfigurationError


def steps(*said):
    return [Step(does=name, fitted_on=where, settings=dict(settings)) for name, where, *settings in said]


CSP = steps(("band", "nothing"), ("csp", "train"), ("lda", "train"))
POWER = steps(("band", "nothing"), ("power", "nothing"), ("lda", "train"))


def analysis(trials, folds=None, does=CSP, parts=None, **changes):
    """Describe an analysis whose claim is what comes out."""
    made = Analysis(
        windows=trials,
        parts_of=np.arange(len(trials)) if parts is None else parts,
        folds=within(trials) if folds is None else folds,
        steps=does,
        claim=Claim(score=0.5),
    )
    (score,) = scores(made, [trials.labels])
    return replace(made, claim=Claim(**{"score": score, "chance": 0.5, **changes}))


def mixed(windows, seed=0, folds=5):
    """Return folds of windows at random, whatever they share."""
    order = np.random.default_rng(seed).permutation(len(windows))
    parts = np.array_split(order, folds)
    return [
        Fold(name=str(number), train=np.setdiff1d(order, test), test=test)
        for number, test in enumerate(parts)
    ]


@pytest.fixture(scope="module")
def one():
    """A session of 24 trials of each hand."""
    return cut(simulate(Subject(seed=5, montage="ten-twenty19", sampling_rate=64.0), trials=24).raw)


@pytest.fixture(scope="module")
def several():
    """Two people with two sessions each of 12 trials of each hand."""
    return joined(
        [
            cut(
                simulate(Subject(seed=seed, montage="motor3", snr=1.5), session, trials=12).raw,
                subject=str(seed),
                session=str(session),
            )
            for seed in (1, 2)
            for session in (1, 2)
        ]
    )


@pytest.fixture(scope="module")
def nothing():
    """A session without anything to decode."""
    return cut(simulate(Subject(seed=6, erd=0.0, rebound=0.0, sampling_rate=64.0), trials=25).raw)


def test_clean_analyses_are_called_clean(one, several, nothing):
    windows, parts = sliding(one, 1.0, 0.5)
    by_trial = [
        Fold(
            name=fold.name,
            train=np.nonzero(np.isin(parts, fold.train))[0],
            test=np.nonzero(np.isin(parts, fold.test))[0],
        )
        for fold in within(one)
    ]
    for made in (
        analysis(one),
        analysis(
            one, does=steps(("normalise", "window"), ("band", "nothing"), ("csp", "train"), ("lda", "train"))
        ),
        analysis(
            one,
            does=steps(("band", "nothing"), ("normalise", "train"), ("power", "nothing"), ("svm", "train")),
        ),
        analysis(windows, by_trial, parts=parts),
        analysis(several, across_sessions(several), across="sessions"),
        analysis(several, across_subjects(several), across="subjects"),
    ):
        report = check(made)
        assert report.kinds == (), report.lines()
        assert len(report.passed) >= 9
    assert check(analysis(nothing)).kinds == ()


def test_windows_that_overlap_are_found(one):
    windows, parts = sliding(one, 1.0, 0.25)
    report = check(analysis(windows, mixed(windows), parts=parts))
    assert {"overlap", "same trial"} <= {*report.kinds}
    (finding,) = (each for each in report.findings if each.kind == "overlap")
    assert finding.sure and finding.evidence["shared"] > 0.9 * finding.evidence["tested"]


def test_windows_of_one_trial_on_both_sides_are_found(one):
    windows, parts = sliding(one, 1.0, 1.0)
    assert "same trial" in check(analysis(windows, mixed(windows), parts=parts)).kinds


def test_one_recording_under_two_names_is_found(several):
    twice = several.subjects == "1"
    copied = joined([several.take(twice), replace(several.take(twice), subjects=np.full(twice.sum(), "9"))])
    report = check(analysis(copied, across_subjects(copied), across="subjects"))
    assert "overlap" in report.kinds


def test_sessions_and_people_in_both_are_found(several):
    (finding,) = leaks.shared_origin(analysis(several, across="sessions"))
    assert finding.kind == "same session"
    report = check(analysis(several, across_sessions(several), across="subjects"))
    assert report.kinds == ("same subject",)


@pytest.mark.parametrize(
    "does",
    [
        steps(("band", "nothing"), ("normalise", "all"), ("power", "nothing"), ("lda", "train")),
        steps(("ica", "all", ("parts", 3)), ("band", "nothing"), ("power", "nothing"), ("lda", "train")),
        steps(("band", "nothing"), ("csp", "all"), ("lda", "train")),
        steps(("band", "nothing"), ("normalise", "test"), ("power", "nothing"), ("lda", "train")),
    ],
)
def test_steps_that_learned_from_the_test_are_found(one, does):
    short, _ = sliding(one, 1.0, 3.0)
    report = check(analysis(short, does=does))
    (finding,) = (each for each in report.findings if each.kind == "fitted on test")
    assert {"as_described", "inside_folds"} == {*finding.evidence}


def test_features_chosen_outside_folds_decode_shuffled_labels(nothing):
    does = steps(("samples", "nothing", ("parts", 12)), ("select", "all", ("keep", 8)), ("lda", "train"))
    report = check(analysis(nothing, does=does))
    assert {"fitted on test", "shuffle"} <= {*report.kinds}
    (finding,) = (each for each in report.findings if each.kind == "fitted on test")
    assert finding.evidence["as_described"] > finding.evidence["inside_folds"] + 0.05


def test_a_leak_that_is_not_described_is_found_by_shuffled_labels(nothing):
    def leaks(signals, labels, train, test):
        """Learn from the test, too."""
        from sklearn.neighbors import KNeighborsClassifier

        flat = signals.reshape(len(signals), -1)
        return KNeighborsClassifier(1).fit(flat, labels).predict(flat[test])

    made = Analysis(
        windows=nothing,
        parts_of=np.arange(len(nothing)),
        folds=within(nothing),
        predict=leaks,
        claim=Claim(score=1.0),
    )
    report = check(made)
    assert report.kinds == ("shuffle",)
    assert report.skipped["no step learned from the test"] == "its steps are not described"


@pytest.mark.parametrize("eye_channels", [True, False])
def test_eyes_that_follow_the_cue_are_found(eye_channels):
    subject = Subject(
        seed=7,
        sampling_rate=64.0,
        montage="ten-twenty19",
        erd=0.0,
        rebound=0.0,
        cue_glances=0.9,
        eye_channels=eye_channels,
    )
    trials = cut(simulate(subject, trials=25).raw, begin=0.2)
    does = steps(("samples", "nothing"), ("lda", "train"))
    report = check(analysis(trials, does=does))
    (finding,) = (each for each in report.findings if each.kind == "eyes")
    assert finding.sure and finding.evidence["eyes_alone"] > 0.8
    assert finding.evidence["eyes_regressed_out"] < finding.evidence["as_described"] - 0.1


def test_a_wrong_level_of_chance_is_found(one):
    report = check(analysis(one, chance=0.33))
    assert report.kinds == ("chance",)
    uneven = one.take(
        np.concatenate([np.nonzero(one.labels == "left")[0], np.nonzero(one.labels == "right")[0][:12]])
    )
    (finding,) = luck.chance(analysis(uneven, mixed(uneven)))
    assert finding.evidence["true"] == pytest.approx(24 / 36)
    assert [*luck.chance(analysis(uneven, mixed(uneven), measure="balanced"))] == []


def test_few_trials_are_found_however_many_windows_they_are_cut_into(one):
    few = one.take(np.arange(16))
    (finding,) = luck.few_trials(analysis(few, within(few, 4)))
    windows, parts = sliding(few, 1.0, 0.1)
    folds = [
        Fold(
            name=f.name,
            train=np.nonzero(np.isin(parts, f.train))[0],
            test=np.nonzero(np.isin(parts, f.test))[0],
        )
        for f in within(few, 4)
    ]
    (finding,) = luck.few_trials(analysis(windows, folds, parts=parts))
    assert finding.evidence["trials"] == 16 and finding.sure


def test_a_score_that_luck_reaches_is_found_where_more_is_claimed(nothing):
    (finding,) = luck.few_trials(analysis(nothing, score=0.58, above_chance=True))
    assert finding.sure and finding.evidence["luck"] > 0.58


def test_the_best_of_many_is_found(nothing):
    (finding,) = luck.tries(analysis(nothing, score=0.62, tried=40))
    assert finding.sure and finding.evidence["luck"] > 0.62


def test_a_channel_that_knows_the_labels_is_found(one):
    signals = one.signals.copy()
    signals[:, one.channels.index("T7")] += 30.0 * (one.labels == "left")[:, None]
    (finding,) = confounds.channel(analysis(replace(one, signals=signals)))
    assert "T7 alone" in finding.said
    named = replace(one, channels=tuple("trigger" if name == "T7" else name for name in one.channels))
    signals = one.signals.copy()
    signals[:, one.channels.index("T7")] = (one.labels == "left")[:, None] * 100.0 + signals[:, 0]
    (finding,) = confounds.channel(analysis(replace(named, signals=signals)))
    assert "trigger alone" in finding.said


def test_a_score_that_does_not_come_out_is_found(one):
    report = check(analysis(one, score=0.2))
    assert "score" in report.kinds


def test_numbers_that_do_not_come_out_again_are_found(one):
    well = Cell(output="score 0.81 in 3.2 s at 0x7f12", again="score 0.81 in 4.9 s at 0x8f00")
    wrong = Cell(output="score 0.81", again="score 0.79")
    made = analysis(one)
    assert differing([well]) == []
    report = check(replace(made, cells=[well, wrong]))
    assert report.kinds == ("notebook",) and "0.81 became 0.79" in report.findings[0].said
    assert differing([Cell(output="1 2", again="1")]) == [(1, "2", "nothing")]
    assert numbers("AUC=.5 p<1e-3 C3 n=20, 2026-01-02 10:11:12") == ["1e-3", "20"]


def test_a_self_told_shuffle_and_unknown_steps_are_told(one):
    assert "shuffle" in check(analysis(one, shuffled=0.8)).kinds
    made = replace(analysis(one), steps=[Step(does="my-own-net", fitted_on="all")])
    report = check(made)
    assert report.kinds == ("fitted on test",)
    assert report.skipped["shuffled labels are not decoded"] == "no step 'my-own-net' is known"


def test_an_analysis_that_does_not_fit_together_is_refused(one):
    made = analysis(one)
    with pytest.raises(ConfigurationError, match="as many numbers as windows"):
        replace(made, parts_of=made.parts_of[:3])
    with pytest.raises(ConfigurationError, match="is empty or names a window"):
        replace(made, folds=[Fold(name="a", train=np.array([0]), test=np.array([999]))])
    with pytest.raises(ConfigurationError, match="do not fit trials"):
        sliding(one, 9.0, 1.0)


def test_done_again_it_is_what_is_evaluated(one):
    made = analysis(one, does=steps(("csp-lda", "train")))
    assert made.claim.score == evaluate(one, "csp-lda", within(one)).accuracy
