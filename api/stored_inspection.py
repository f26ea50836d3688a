"""The first look at documents that are stored already."""

from __future__ import annotations

import hashlib
import threading

from api.inspection import inspect
from ocr.errors import DefectError
from ocr.formats import MediaType
from ocr.limits import Limits
from workers.blobs import SOURCE, BlobKey, BlobStore

MAX_INSPECTIONS = 4  # at a time; each holds a whole file in memory


class StoredInspection:
    """Looks at stored documents, not at too many at once.

    Args:
        blobs: where they are.
        limits: on a document.
    """

    def __init__(self, blobs: BlobStore, limits: Limits) -> None:
        self._blobs = blobs
        self._limits = limits
        self._places = threading.BoundedSemaphore(MAX_INSPECTIONS)

    def look(self, job_id: str) -> tuple[MediaType, str]:
        """A document's media type and SHA-256.

        Raises:
            InputError: it is none, or plainly broken; see `api.inspection`.
        """
        with self._places:
            data = self._blobs.read(BlobKey(job_id, SOURCE))
            if data is None:
                raise DefectError("the stored file is gone")
            return inspect(data, self._limits), hashlib.sha256(data).hexdigest()
