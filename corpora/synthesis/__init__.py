"""Documents made up with known truth: wording, structure, geometry, and on request a picture."""
