"""Round trips: documents made from a model, rendered as counties render them, and read back into the model."""
