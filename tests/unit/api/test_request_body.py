"""Names of files as they are shown."""

from __future__ import annotations

import pytest

from api.request_body import shown_name, shown_path


@pytest.mark.parametrize(
    ("given", "path", "name"),
    [
        (None, None, None),
        ("", None, None),
        ("..", None, None),
        ("a.png", "a.png", "a.png"),
        ("../../etc/passwd", "etc/passwd", "passwd"),
        ("C:\\scans\\a.png", "C:/scans/a.png", "a.png"),
        ("/abs//./a\x00\n.png", "abs/a.png", "a.png"),
        ("영수증 1.png", "영수증 1.png", "영수증 1.png"),
        ("x" * 300 + ".png", "x" * 196 + ".png", "x" * 196 + ".png"),
    ],
)
def test_names_are_shown_in_a_harmless_form(
    given: str | None, path: str | None, name: str | None
) -> None:
    assert (shown_path(given), shown_name(given)) == (path, name)
