"""The ways in: REST, the web page, the `docspade` command."""
