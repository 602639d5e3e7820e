"""EEG: simulated subjects, recordings of others, decoders, and what is wrong with a result.

It is a library apart from brains: `simulation` makes recordings with known truth and `reading` takes those of
others; `quality` looks at them, `cleaning` takes the eyes out, `trials` cuts them; `decoders`, `splits` and
`evaluation` say how well they can be decoded, `check` what is wrong with what was claimed, and `figures`
shows it. It stands on MNE, pyRiemann and scikit-learn, the extra ``eeg``; they are loaded where they are
used.
"""
