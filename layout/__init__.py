"""From pages of words to typed fields: the spatial model, SPADE decoding, values and checks."""
