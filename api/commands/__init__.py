"""Subcommands of `docspade`, one a module."""
