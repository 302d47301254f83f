"""The child process that decodes one picture, bounded in time and memory: `python -m forum.avatars.decoder`.

It reads the picture from its input and writes the squares, each after its length in four bytes. It sees neither
Flask nor the database, and none of the parent's settings. Nothing of the file but its pixels gets out.
"""

from __future__ import annotations

import io
import resource
import sys
import warnings
from typing import Any

from PIL import GifImagePlugin, Image, JpegImagePlugin, PngImagePlugin, UnidentifiedImageError, WebPImagePlugin

from forum.avatars.sizes import EXIT, FILE_BYTES, LEAST_SIDE, MOST_PIXELS, SIZES

MEMORY_BYTES = 640 * 1024 * 1024  # 40 megapixels take 160 MB, twice that while their kind of pixel is changed
CPU_SECONDS = 8
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_PLUGINS = (PngImagePlugin, JpegImagePlugin, WebPImagePlugin, GifImagePlugin)  # named here, so that no other is loaded
QUALITY = 85
ROUGHLY = 1536  # pixels of the side from which a picture is scaled well
_REDUCIBLE = ("L", "RGB", "RGBA", "CMYK", "YCbCr")

_ORIENTATION = 0x0112  # the EXIF tag; its values 2 to 8 and what sets them right
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Unfit(Exception):
    """A picture that is refused; `args[0]` is a word of `sizes.EXIT`."""


def main() -> int:
    """Answer once; the exit status says why a picture was refused."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    try:
        squares = made_from(sys.stdin.buffer.read(FILE_BYTES + 1))
    except Unfit as refusal:
        return EXIT[refusal.args[0]]
    for square in squares:
        sys.stdout.buffer.write(len(square).to_bytes(4, "big") + square)
    return 0


def made_from(data: bytes) -> list[bytes]:
    """Return the picture's middle as WebP squares of SIZES; raise `Unfit`."""
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        return _squares(Image.open(io.BytesIO(data), formats=FORMATS))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unfit("pixels") from error
    except UnidentifiedImageError as error:
        raise Unfit("kind") from error
    except Unfit:
        raise
    except Exception as error:  # whatever a decoder stumbles over
        raise Unfit("broken") from error


def _squares(image: Any) -> list[bytes]:
    if image.width * image.height > MOST_PIXELS:
        raise Unfit("pixels")
    if min(image.size) < LEAST_SIDE:
        raise Unfit("small")
    image.draft("RGB", (2 * SIZES[-1], 2 * SIZES[-1]))  # a JPEG is decoded no larger than needed
    image.load()
    turn = _turn(image)
    image = _middle(image)
    if turn is not None:
        image = image.transpose(turn)
    return [_webp(image, size) for size in SIZES]


def _turn(image: Any) -> Any:
    try:
        return _UPRIGHT.get(image.getexif().get(_ORIENTATION))
    except Exception:  # nonsense beside the pixels is no reason to refuse them
        return None


def _middle(image: Any) -> Any:
    """Return the square in the middle, roughly reduced while it is much too large, and in plain pixels."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    box = (left, top, left + side, top + side)
    if image.mode not in _REDUCIBLE and side > ROUGHLY:  # one pixel in several, rather than changing all of them
        return _plain(image.resize((ROUGHLY, ROUGHLY), Image.Resampling.NEAREST, box=box))
    factor = max(1, side // (2 * SIZES[-1]))
    return _plain(image.reduce(factor, box) if factor > 1 and image.mode in _REDUCIBLE else image.crop(box))


def _plain(image: Any) -> Any:
    """Return the picture in RGB, or RGBA where some of it can be seen through."""
    if image.mode.startswith("I"):  # 16 bits of grey: Pillow would cut them off rather than scale them
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    has_holes = "A" in image.getbands() or "transparency" in image.info
    return image.convert("RGBA" if has_holes else "RGB")


def _webp(image: Any, size: int) -> bytes:
    target = io.BytesIO()
    small = image.resize((size, size), Image.Resampling.LANCZOS)
    small.info = {}  # an EXIF or colour profile that the copy still carries would be written otherwise
    small.save(target, "WEBP", quality=QUALITY, method=4, exif=b"", icc_profile=b"", xmp=b"")
    return target.getvalue()


if __name__ == "__main__":
    sys.exit(main())
