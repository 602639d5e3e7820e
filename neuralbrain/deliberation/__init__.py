"""What a cortex asks a language model, and what it makes of the answer: nothing of it is trusted."""
