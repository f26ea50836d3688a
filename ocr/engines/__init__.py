"""The OCR engines, one module each, imported only when chosen."""
