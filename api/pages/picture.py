"""A picture for the camera of a phone (QR), drawn here as SVG: the secret in it goes to nobody else."""

import io

import segno
from markupsafe import Markup


def picture_of(text: str) -> Markup:
    """The picture, to stand within a page; the text stands beside it for who has no camera."""
    drawn = io.BytesIO()
    segno.make(text, error="m").save(
        drawn, kind="svg", xmldecl=False, svgns=False, omitsize=True, dark="#000", light="#fff", border=4
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704 - drawn from modules alone; the text is not in it
