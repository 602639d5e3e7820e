"""Learning from rewards: tabular Q-learning over thousands of robots at once, or one robot at a time."""
