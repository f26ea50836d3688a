"""What a document may cost: the limits that protect the machine from bad or huge input."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ocr.errors import LimitExceededError


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds on one document; the defaults are safe for a machine with 2 GB to spare.

    Attributes:
        max_file_bytes: of the file as uploaded.
        max_pages: of one document (PDF pages, TIFF frames, pages of a words file).
        max_page_pixels: width x height of one decoded page; read from the header before anything
            is decoded. 80 million hold an A3 page at 600 dpi or a 50-megapixel photo.
        max_page_side_px: the longer side of one page; OpenCV's warping ends at 32,767.
        max_words_per_page: of a words file or a PDF's text layer; the spatial model holds a few
            numbers for each pair of words, 100 MB each at 5,000. A dense A4 page has 1,000.
        max_render_side_px: longest side of a rendered PDF page; large sheets get a lower dpi.
    """

    max_file_bytes: int = 64 * 1024 * 1024
    max_pages: int = 200
    max_page_pixels: int = 80_000_000
    max_page_side_px: int = 32_000
    max_words_per_page: int = 5_000
    max_render_side_px: int = 4_000

    def __post_init__(self) -> None:
        """Refuse limits that would refuse everything.

        Raises:
            ValueError: a limit is not positive.
        """
        for name in self.__slots__:
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be positive")

    def lowered(self, max_file_bytes: int | None) -> Limits:
        """The same limits with no more bytes of a file than that; None leaves them as they are."""
        if max_file_bytes is None or max_file_bytes >= self.max_file_bytes:
            return self
        return replace(self, max_file_bytes=max_file_bytes)

    def check_file_bytes(self, n_bytes: int) -> None:
        """Raise LimitExceededError if the file has more bytes than allowed."""
        if n_bytes > self.max_file_bytes:
            raise LimitExceededError(
                f"the file has {n_bytes:,} bytes; max_file_bytes allows {self.max_file_bytes:,}"
            )

    def check_pages(self, n_pages: int, *, at_least: bool = False) -> None:
        """Raise LimitExceededError if the document has more pages than allowed.

        Args:
            n_pages: of the document.
            at_least: the count was broken off at `n_pages`, there may be more.
        """
        if n_pages > self.max_pages:
            count = f"at least {n_pages:,}" if at_least else f"{n_pages:,}"
            raise LimitExceededError(
                f"the document has {count} pages; max_pages allows {self.max_pages:,}"
            )

    def check_page_pixels(self, width: int, height: int) -> None:
        """Raise LimitExceededError if a page of this size has more pixels than allowed."""
        if width * height > self.max_page_pixels:
            raise LimitExceededError(
                f"the page has {width:,} x {height:,} = {width * height:,} pixels; "
                f"max_page_pixels allows {self.max_page_pixels:,}"
            )
        if max(width, height) > self.max_page_side_px:
            raise LimitExceededError(
                f"the page is {width:,} x {height:,} pixels large; "
                f"max_page_side_px allows {self.max_page_side_px:,}"
            )

    def check_words(self, n_words: int, number: int) -> None:
        """Raise LimitExceededError if page `number` has more words than allowed."""
        if n_words > self.max_words_per_page:
            raise LimitExceededError(
                f"page {number} has {n_words:,} words; "
                f"max_words_per_page allows {self.max_words_per_page:,}"
            )
