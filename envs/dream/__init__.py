"""Dreams as worlds: Gymnasium environments of a learned model."""
