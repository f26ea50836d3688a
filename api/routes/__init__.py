"""REST routes, one router a module."""
