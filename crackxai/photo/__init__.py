"""Bytes in, an upright RGB `Photo` out, or a `PhotoError` that says why not; and windows of it."""

from crackxai.photo.box import Box
from crackxai.photo.folders import FolderListing, list_photos
from crackxai.photo.formats import MAX_PIXELS, is_photo
from crackxai.photo.photo import Photo
from crackxai.photo.reading import MAX_BYTES, MIN_SIDE, read_photo

__all__ = [
    "MAX_BYTES",
    "MAX_PIXELS",
    "MIN_SIDE",
    "Box",
    "FolderListing",
    "Photo",
    "is_photo",
    "list_photos",
    "read_photo",
]
