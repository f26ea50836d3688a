"""Measures the service from outside: by HTTP, and by what becomes of its processes."""
