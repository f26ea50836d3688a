"""Labelled documents in one form, whatever data set they come from."""
