"""Decoders decode what is there and nothing else; folds hold apart what they say."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("mne", reason="the extra `eeg` is not installed")
pytest.importorskip("pyriemann", reason="the extra `eeg` is not installed")

from neuralbrain.eeg.chance import chance_level, interval, luck_bound
from neuralbrain.eeg.decoders import DECODERS, decoder
from neuralbrain.eeg.evaluation import evaluate, permute
from neuralbrain.eeg.simulation import simulate
from neuralbrain.eeg.splits import across_sessions, across_subjects, few_shot, within
from neuralbrain.eeg.subject import Subject
from neuralbrain.eeg.trials import Trials, cut, joined
from neuralbrain.errors import ConfigurationError, UnknownNameError

CLASSIC = ("csp-lda", "fbcsp", "tangent")


@pytest.fixture(scope="module")
def trials():
    """Two subjects with two sessions each, 16 trials of each hand, strong and without noise of the eyes."""
    return joined(
        [
            cut(simulate(subject, session, trials=16).raw, subject=str(seed), session=str(session))
            for seed in (1, 2)
            for subject in [Subject(seed=seed, montage="motor22", erd=0.6, snr=1.2, drift=0.3)]
            for session in (0, 1)
        ]
    )


@pytest.mark.parametrize("name", CLASSIC)
def test_a_decoder_decodes_what_is_there(trials, name):
    found = evaluate(trials, name, within(trials.take(trials.subjects == "1"), 4))
    assert found.accuracy > (0.65 if name == "fbcsp" else 0.85)  # 36 features of 24 trials are many
    low, high = found.interval
    assert low < found.accuracy <= high and found.luck < found.accuracy
    assert found.trials == 64 and found.confusion.sum(axis=1).tolist() == [32, 32]
    assert np.mean([score.auc for score in found.scores if score.auc is not None]) > 0.7
    fitted = decoder(name, 128).fit(trials.signals, trials.labels)
    assert fitted.predict_proba(trials.signals[:3]).sum(axis=1) == pytest.approx([1, 1, 1])


def test_it_decodes_across_sessions_and_subjects_too(trials):
    for folds, count in ((across_sessions(trials), 4), (across_subjects(trials), 2), (few_shot(trials), 2)):
        assert len(folds) == count
        assert evaluate(trials, "csp-lda", folds).accuracy > 0.6


def test_where_there_is_nothing_it_decodes_nothing():
    nothing = cut(simulate(Subject(erd=0.0, rebound=0.0), trials=30).raw)
    found = evaluate(nothing, "csp-lda", within(nothing), permutations=19)
    assert found.accuracy < 0.68 and found.p_value > 0.05
    assert np.mean(found.permuted) == pytest.approx(0.5, abs=0.06)


def test_true_labels_beat_all_permuted_ones(trials):
    one = trials.take((trials.subjects == "1") & (trials.sessions == "0"))
    found = evaluate(one, "csp-lda", within(one, 4), permutations=19)
    assert found.p_value == 1 / 20
    again = evaluate(one, "csp-lda", within(one, 4), permutations=19)
    assert again.as_json() == found.as_json() and again.permuted == found.permuted


def test_folds_hold_apart_what_they_say(trials):
    for fold in within(trials, 4, seed=1) + within(trials, 4):
        assert not {*fold.train} & {*fold.test}
        assert len({*zip(trials.subjects[fold.test], trials.sessions[fold.test])}) == 1  # noqa: B905
    for fold in within(trials, 4, seed=1):
        assert np.unique(trials.labels[fold.test], return_counts=True)[1].tolist() == [4, 4]
    for fold in within(trials, 4):  # parts lie one after the other
        begins = trials.begins[fold.test]
        others = trials.begins[fold.train]
        assert not ((others > begins.min()) & (others < begins.max())).any()
    for fold in across_sessions(trials):
        assert {*trials.subjects[fold.train]} == {*trials.subjects[fold.test]}
        assert not {*trials.sessions[fold.train]} & {*trials.sessions[fold.test]}
    for fold in across_subjects(trials):
        assert not {*trials.subjects[fold.train]} & {*trials.subjects[fold.test]}
    for fold in few_shot(trials, 3):
        own = {*trials.subjects[fold.test]}
        assert len(own) == 1 and (np.isin(trials.subjects[fold.train], [*own])).sum() == 6
        assert not {*fold.train} & {*fold.test}


def test_labels_are_permuted_inside_sessions(trials):
    permuted = permute(trials, np.random.default_rng(0))
    assert (permuted != trials.labels).any()
    for session in "01":
        here = (trials.subjects == "1") & (trials.sessions == session)
        assert sorted(permuted[here]) == sorted(trials.labels[here])


def test_what_cannot_be_evaluated_is_said(trials):
    one = trials.take((trials.subjects == "1") & (trials.sessions == "0"))
    for wrong, says in (
        (lambda: across_sessions(one), "no trial of 'left' to learn from"),
        (lambda: across_subjects(one), "no trial of 'left' to learn from"),
        (lambda: within(one, 99), "are not parted into 99"),
        (lambda: few_shot(one, 99), "no trial to test with"),
        (lambda: evaluate(one.take(one.labels == "left"), "csp-lda", within(one)), "1 classes"),
        (lambda: decoder("magic", 128), "no decoder 'magic'"),
    ):
        with pytest.raises((ConfigurationError, UnknownNameError), match=says):
            wrong()
    assert {*CLASSIC} <= DECODERS.keys()


@given(st.integers(1, 300), st.floats(0.1, 0.9))
def test_luck_is_rarer_than_said_from_its_bound_on_and_not_before(count, chance):
    def tail(least):
        return sum(
            math.comb(count, right) * chance**right * (1 - chance) ** (count - right)
            for right in range(least, count + 1)
        )

    least = round(luck_bound(count, chance) * count)
    assert tail(least) <= 0.05 + 1e-9 and tail(least - 1) > 0.05 - 1e-9


@given(st.integers(1, 500), st.data())
def test_an_interval_holds_its_share(count, data):
    right = data.draw(st.integers(0, count))
    low, high = interval(right, count)
    assert 0 <= low <= right / count <= high <= 1


def test_chance_is_the_most_frequent_class():
    assert chance_level(["a"] * 3 + ["b"]) == 0.75
    assert chance_level(["a", "b", "c"]) == pytest.approx(1 / 3)


def test_trials_that_do_not_fit_are_refused(trials):
    from dataclasses import replace

    with pytest.raises(ConfigurationError, match="do not fit together"):
        replace(trials, labels=trials.labels[:3])
    broken = trials.signals.copy()
    broken[0, 0, 0] = np.nan
    with pytest.raises(ConfigurationError, match="not finite"):
        replace(trials, signals=broken)
    assert isinstance(trials.take([0, 1]), Trials)


def test_covariances_are_those_of_scikit_learn(trials):
    from sklearn.covariance import oas

    from neuralbrain.eeg.estimators import Covariance

    few = trials.signals[:3]
    for signals in (few, few[:, :2, :5], few[:, :1]):
        wanted = [oas(each.T)[0] for each in signals]
        assert Covariance().transform(signals) == pytest.approx(np.array(wanted), rel=1e-9, abs=1e-9)
