"""How the Korean line recogniser is made: PP-OCR's, taught Hangul on rendered lines."""
