"""F-1 to F-3: what is taken for a picture, what is made of it, and what it costs to refuse the rest."""

import io
import resource
import time

import pytest
from PIL import Image

from forum.avatars.pictures import BadPicture, squares
from forum.avatars.sizes import FILE_BYTES, SIZES
from tests.avatars.files import (
    GPS_WORDS,
    HTML,
    PRETENDERS,
    TRUNCATED,
    gif_claiming,
    gif_of_many_frames,
    halves,
    picture,
    png_claiming,
    with_exif,
)


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def refused(data: bytes) -> tuple[str, float]:
    began = time.monotonic()
    with pytest.raises(BadPicture) as refusal:
        squares(data)
    return refusal.value.reason, time.monotonic() - began


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_every_kind_becomes_three_webp_squares(kind):
    made = squares(picture(500, 300, kind))
    assert tuple(made) == SIZES
    for size, data in made.items():
        image = opened(data)
        assert (image.format, image.size) == ("WEBP", (size, size))


@pytest.mark.parametrize(
    ("mode", "kind", "colour", "seen"),
    [("1", "PNG", 1, (255, 255, 255)), ("L", "PNG", 100, (100, 100, 100)), ("LA", "PNG", (100, 255), (100, 100, 100)),
     ("P", "PNG", 0, (0, 0, 0)), ("RGBA", "PNG", (10, 20, 30, 255), (10, 20, 30)),
     ("I;16", "PNG", 40000, (156, 156, 156)), ("CMYK", "JPEG", (0, 0, 0, 255), (0, 0, 0))],
)  # fmt: skip
def test_every_kind_of_pixel_keeps_its_colour(mode, kind, colour, seen):
    pixel = opened(squares(picture(200, 200, kind, mode, color=colour))[48]).convert("RGB").getpixel((24, 24))
    assert all(abs(one - other) < 6 for one, other in zip(pixel, seen, strict=True)), pixel


def test_what_can_be_seen_through_still_can():
    image = opened(squares(picture(100, 100, mode="RGBA", color=(1, 2, 3, 0)))[96])
    assert image.mode == "RGBA" and image.getpixel((9, 9))[3] == 0


def test_the_middle_is_cut_out():
    wide = Image.new("RGB", (900, 300), "blue")
    wide.paste("red", (300, 0, 600, 300))
    target = io.BytesIO()
    wide.save(target, "PNG")
    image = opened(squares(target.getvalue())[192]).convert("RGB")
    assert all(image.getpixel(place)[0] > 200 for place in ((4, 4), (187, 4), (96, 96), (4, 187)))


# where the upper, red half of the picture lies once it is set upright
UP = {1: (96, 20), 2: (96, 20), 3: (96, 170), 4: (96, 170), 5: (20, 96), 6: (170, 96), 7: (170, 96), 8: (20, 96)}


@pytest.mark.parametrize("orientation", UP)
def test_it_is_set_upright_as_its_exif_says(orientation):
    image = opened(squares(with_exif(orientation))[192]).convert("RGB")
    red, _green, blue = image.getpixel(UP[orientation])
    assert red > 200 and blue < 60


def test_nothing_but_pixels_is_left():
    sent = with_exif()
    assert GPS_WORDS in sent and b"kumquat-profile" in sent and Image.open(io.BytesIO(sent)).getexif().get_ifd(0x8825)
    for data in squares(sent).values():
        image = opened(data)
        assert b"kumquat" not in data and b"EXIF" not in data and b"ICCP" not in data and b"XMP" not in data
        assert not image.getexif() and "icc_profile" not in image.info


def test_of_a_moving_picture_the_first_frame_is_shown():
    image = opened(squares(gif_of_many_frames(60))[96]).convert("RGB")
    assert (
        image.getpixel((48, 48))[0] > 200 and getattr(opened(squares(gif_of_many_frames(60))[48]), "n_frames", 1) == 1
    )


def test_what_stands_behind_or_inside_a_picture_does_not_come_through():
    polyglots = [
        picture() + HTML,
        picture(kind="GIF") + b"/*" + HTML,
        halves("JPEG", comment=HTML),
        picture(kind="WEBP", exif=b"Exif\0\0" + HTML),
    ]
    for sent in polyglots:
        assert HTML in sent
        assert not any(b"script" in data for data in squares(sent).values())


@pytest.mark.parametrize("name", PRETENDERS)
def test_what_is_no_picture_is_refused_at_once(name):
    reason, seconds = refused(PRETENDERS[name])
    assert reason in ("kind", "broken") and seconds < 1


@pytest.mark.parametrize("kind", TRUNCATED)
def test_half_a_picture_is_refused(kind):
    assert refused(TRUNCATED[kind])[0] == "broken"


FLOODS = {
    "50,000 by 50,000": lambda: png_claiming(50_000, 50_000),
    "one row too many": lambda: png_claiming(8_000, 5_001),
    "a line": lambda: png_claiming(2**31 - 1, 48),
    "gif": lambda: gif_claiming(65_535, 65_535),
    "honest": lambda: picture(6_500, 6_400),  # which takes a second to make
}


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_of_pixels_is_refused_before_it_is_decoded(name):
    flood = FLOODS[name]()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reason, seconds = refused(flood)
    assert reason == "pixels" and seconds < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000, "kilobytes"


def test_a_bomb_inside_a_header_is_refused():
    profile = b"\0" * 60_000_000
    assert refused(picture(icc_profile=profile))[0] == "broken"


def test_the_largest_that_is_taken_costs_this_process_nothing():
    sent = picture(8_000, 5_000, mode="RGBA")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert tuple(squares(sent)) == SIZES
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000, "kilobytes"


def test_sizes_at_the_edge():
    assert squares(picture(48, 48)) and refused(picture(47, 200))[0] == "small"
    padded = picture() + b"\0" * FILE_BYTES
    assert squares(padded[:FILE_BYTES])
    assert refused(padded[: FILE_BYTES + 1])[0] == "large"
    assert refused(b"")[0] == "kind"
