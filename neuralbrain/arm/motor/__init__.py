"""What the arm can do: kinematics, trajectories, skills and the tree that strings them together."""
