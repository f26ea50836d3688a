"""Scorers with the published metrics' exact definitions, and the commands that print figures."""
