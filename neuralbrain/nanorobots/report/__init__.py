"""What a nanorobot's run looks like: paths in space, arrivals over time, doses."""
