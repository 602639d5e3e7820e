"""The brain regions that NeuralBrain brings with it."""
