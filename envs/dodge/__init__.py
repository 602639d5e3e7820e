"""A paddle under thrown balls: pure physics and Gymnasium environments."""
