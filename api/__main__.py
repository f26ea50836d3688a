"""`python -m api`: the `docspade` command."""

from __future__ import annotations

from api.cli import main

if __name__ == "__main__":
    main(prog_name="docspade")
