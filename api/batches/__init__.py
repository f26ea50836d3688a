"""Batches: many documents handed in together, and what became of them."""
