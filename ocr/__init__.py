"""From bytes to pages of words: decoding, righting, reading."""
