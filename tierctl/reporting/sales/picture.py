"""A logo, looked at: PNG or JPEG, of a size that a first page can hold.

In: bytes of somebody's file. Out: a Logo of a picture drawn anew, without what else the file
carried (place, camera, author). May not: trust the file's name.
"""

from __future__ import annotations

import io

from tierctl.reporting.sales.terms import Logo

MOST_BYTES = 2_000_000
MOST_PIXELS = 25_000_000
SIDE = 600
"""Longest side in pixels: twice what the page shows, for fine screens."""


class PictureError(ValueError):
    """The picture cannot be used, and why."""


def read_logo(data: bytes) -> Logo:
    """The picture of a file.

    Raises:
        PictureError: It is no PNG or JPEG, is damaged, or is too large.
    """
    from PIL import Image, UnidentifiedImageError

    if len(data) > MOST_BYTES:
        raise PictureError(f"{len(data):,} bytes are too many; {MOST_BYTES:,} are allowed.")
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise PictureError(f"{width} x {height} pixels are too many.")
            drawn = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, MemoryError) as error:
        if isinstance(error, PictureError):
            raise
        raise PictureError("it is no PNG or JPEG picture, or is damaged.") from error
    drawn.thumbnail((SIDE, SIDE))
    out = io.BytesIO()
    drawn.save(out, "PNG")
    return Logo(data=out.getvalue(), kind="png", width=drawn.width, height=drawn.height)
