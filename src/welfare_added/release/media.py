"""Extract the text, metadata, drawn marks and embedded data of a published file."""

import base64
import binascii
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ContentStream

PNG_METADATA = {"Source", "dpi"}
PDF_METADATA = {"/Subject"}
EMBEDDED = re.compile(r"data:([\w/+.-]*)((?:;[\w=.-]+)*),([A-Za-z0-9+/=%._~-]*)")
READABLE = (".csv", ".tex", ".html")


@dataclass(frozen=True)
class Passage:
    """Text at a place of a file; ``binary`` if it is decoded bytes rather than words."""

    place: str
    text: str
    binary: bool = False


def texts(path: Path) -> Iterator[Passage]:
    """Every text in a file with its place; raw bytes included.

    Raises
    ------
    ValueError
        If the file cannot be read as its suffix says.

    """
    if path.suffix in READABLE:
        text = path.read_text(encoding="utf-8")
        yield Passage("text", EMBEDDED.sub("data:", text))
        yield from embedded(text)
        return
    yield Passage("bytes", path.read_bytes().decode("latin-1"), binary=True)
    yield from _of_pdf(path) if path.suffix == ".pdf" else _of_png(path)


def embedded(text: str) -> Iterator[Passage]:
    """Content of a page's data URIs."""
    for number, match in enumerate(EMBEDDED.finditer(text), 1):
        content, packed = match[3], "base64" in match[2]
        if packed:
            try:
                content = base64.b64decode(content, validate=True).decode("latin-1")
            except (binascii.Error, ValueError):
                raise ValueError(f"embedded data {number} cannot be read") from None
        yield Passage(f"embedded data {number}", content, binary=match[1].startswith("image/"))


def undeclared(path: Path) -> Iterator[str]:
    """Metadata, attachments and pictures that the project's figures never contain."""
    if path.suffix == ".png":
        with Image.open(path) as image:
            for key in sorted(set(image.info) - PNG_METADATA):
                yield f"metadata {key}"
    elif path.suffix == ".pdf":
        reader = PdfReader(path)
        for key in sorted(set(reader.metadata or {}) - PDF_METADATA):
            yield f"metadata {key}"
        if reader.attachments:
            yield "an attached file"
        if reader.xmp_metadata is not None:
            yield "XMP metadata"
        for number, page in enumerate(reader.pages, 1):
            if any(True for _ in page.images):
                yield f"page {number}: a picture, whose pixels may be persons"


def marks(path: Path) -> int:
    """Number of marks in a PDF; matplotlib draws each by one operator ``Do``."""
    reader = PdfReader(path)
    return sum(
        operator == b"Do"
        for page in reader.pages
        for _, operator in ContentStream(page.get_contents(), reader).operations
    )


def _of_pdf(path: Path) -> Iterator[Passage]:
    try:
        reader = PdfReader(path)
        for key, value in (reader.metadata or {}).items():
            yield Passage(f"metadata {key}", str(value))
        for number, page in enumerate(reader.pages, 1):
            yield Passage(f"page {number}", page.extract_text())
        for number, thing in enumerate(_streams(reader), 1):
            yield Passage(f"stream {number}", thing.decode("latin-1"), binary=True)
    except PyPdfError as error:
        raise ValueError(f"not a PDF that can be read ({error})") from None


def _streams(reader: PdfReader) -> Iterator[bytes]:
    """Every stream of a PDF, unpacked."""
    for number in range(1, reader.trailer["/Size"]):
        thing = reader.get_object(number)
        if hasattr(thing, "get_data"):
            yield thing.get_data()


def _of_png(path: Path) -> Iterator[Passage]:
    try:
        with Image.open(io.BytesIO(path.read_bytes())) as image:
            image.load()
            for key, value in image.info.items():
                yield Passage(f"metadata {key}", str(value))
    except OSError as error:
        raise ValueError(f"not a PNG that can be read ({error})") from None
