"""MOABB's own evaluation gives the scores that ours gives, on the same trials and folds."""

import numpy as np
import pytest

pytest.importorskip("moabb", reason="the extra `eeg-bench` is not installed")

from neuralbrain.eeg.decoders import decoder
from neuralbrain.eeg.evaluation import evaluate
from neuralbrain.eeg.splits import Fold
from neuralbrain.eeg.trials import Trials

SUBJECTS = 9


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["csp-lda", "fbcsp", "tangent"])
def test_nine_subjects_have_the_same_scores(name, tmp_path, monkeypatch):
    from moabb.evaluations import WithinSessionEvaluation
    from moabb.paradigms import LeftRightImagery
    from sklearn.model_selection import StratifiedKFold

    from neuralbrain.eeg.moabb_dataset import SimulatedImagery

    folds_of: dict[str, list[float]] = {}

    class Unrounded(WithinSessionEvaluation):
        """Keeps each fold's score: a mean is stored in single precision."""

        @staticmethod
        def _aggregate_fold_results(fold_results):
            for fold in fold_results:
                folds_of.setdefault(str(fold["subject"]), []).append(fold["score"])
            return WithinSessionEvaluation._aggregate_fold_results(fold_results)

    monkeypatch.setenv("MNE_DATA", str(tmp_path))
    dataset = SimulatedImagery(SUBJECTS, sessions=1, trials=20)
    paradigm = LeftRightImagery(fmin=4, fmax=40)
    Unrounded(
        paradigm=paradigm, datasets=[dataset], random_state=7, hdf5_path=str(tmp_path), overwrite=True
    ).process({name: decoder(name, 128.0)})
    assert len(folds_of) == SUBJECTS
    for subject in dataset.subject_list:
        signals, labels, table = paradigm.get_data(dataset, [subject])
        trials = Trials(
            signals=signals,
            eyes=np.empty((len(signals), 0, signals.shape[2])),
            labels=np.asarray(labels).astype(str),
            subjects=table["subject"].to_numpy().astype(str),
            sessions=table["session"].to_numpy().astype(str),
            begins=np.arange(len(signals)) * 10.0,
            channels=tuple(map(str, range(signals.shape[1]))),
            sampling_rate=128.0,
        )
        parts = StratifiedKFold(5, shuffle=True, random_state=7).split(signals, labels)
        folds = [Fold(name=str(n), train=train, test=test) for n, (train, test) in enumerate(parts)]
        ours = [score.auc for score in evaluate(trials, name, folds).scores]
        assert ours == pytest.approx(folds_of[str(subject)], abs=1e-9)
