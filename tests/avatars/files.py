"""Pictures as people send them, and files that only pretend to be some."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image, TiffImagePlugin

GPS_WORDS = b"kumquat-camera"


def picture(width: int = 300, height: int = 200, kind: str = "PNG", mode: str = "RGB", **options: Any) -> bytes:
    """Return a picture of one colour; what else is given goes to Pillow's `save`."""
    target = io.BytesIO()
    colour = options.pop("color", 0)
    Image.new(mode, (width, height), colour).save(target, kind, **options)
    return target.getvalue()


def halves(kind: str = "JPEG", **options: Any) -> bytes:
    """Return a square whose upper half is red and whose lower half is blue."""
    image = Image.new("RGB", (400, 400), "blue")
    image.paste("red", (0, 0, 400, 200))
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def with_exif(orientation: int = 1) -> bytes:
    """Return a JPEG that tells where it was taken and by which camera."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = GPS_WORDS.decode()
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", tuple(TiffImagePlugin.IFDRational(part) for part in (48, 51, 29))
    place[3], place[4] = "E", tuple(TiffImagePlugin.IFDRational(part) for part in (2, 17, 40))
    return halves("JPEG", exif=exif, comment=GPS_WORDS, icc_profile=b"kumquat-profile" * 20)


def png_claiming(width: int, height: int, rows: bytes = b"") -> bytes:
    """Return a PNG whose header claims a size; behind it stand only `rows`."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(rows or b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def gif_claiming(width: int, height: int) -> bytes:
    """Return a GIF whose screen claims a size, with one frame as large."""
    screen = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x02\x4c\x01\x00\x3b"
    return screen + frame


def gif_of_many_frames(count: int) -> bytes:
    """Return a moving GIF whose first frame is red and whose others are blue."""
    frames = [Image.new("RGB", (200, 200), "red")]
    frames += [Image.new("RGB", (200, 200), (0, 0, 100 + number % 100)) for number in range(count - 1)]
    target = io.BytesIO()
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:])
    return target.getvalue()


HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PRETENDERS = {
    "html": HTML,
    "svg": SVG,
    "js": b"alert(document.domain)",
    "pdf": b"%PDF-1.7\n1 0 obj<<>>endobj",
    "zip": b"PK\x03\x04" + b"\0" * 200,
    "bmp": picture(kind="BMP"),
    "tiff": picture(kind="TIFF"),
    "ico": b"\0\0\1\0\1\0" + b"\0" * 100,
    "nothing of a png but its beginning": b"\x89PNG\r\n\x1a\n",
    "a png's beginning, then html": b"\x89PNG\r\n\x1a\n" + HTML * 50,
    "a jpeg's beginning, then html": b"\xff\xd8\xff\xe0" + HTML * 50,
    "a gif's beginning, then javascript": b"GIF89a=1;alert(1)//" + b"x" * 500,
    "a webp's beginning": b"RIFF\x10\0\0\0WEBPVP8 " + b"\0" * 100,
    "a wave file": b"RIFF\x10\0\0\0WAVEfmt " + b"\0" * 100,
}
TRUNCATED = {
    kind: picture(600, 400, kind, color=(9, 99, 200))[:-cut]
    for kind, cut in (("PNG", 200), ("JPEG", 2000), ("WEBP", 100))
}
