"""How the recognisers that ship are made: PP-OCR's own, trained on with lines of text."""
