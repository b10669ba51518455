"""What a published file says beside its numbers: text, metadata, drawn marks, embedded data."""

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

PNG_SAYS = {"Source", "dpi"}
PDF_SAYS = {"/Subject"}
EMBEDDED = re.compile(r"data:([\w/+.-]*)((?:;[\w=.-]+)*),([A-Za-z0-9+/=%._~-]*)")
READABLE = (".csv", ".tex", ".html")


@dataclass(frozen=True)
class Said:
    """What stands at a place of a file; ``binary`` if it is bytes rather than words."""

    place: str
    text: str
    binary: bool = False


def texts(path: Path) -> Iterator[Said]:
    """Every place of a file where text may stand, and the text; raw bytes included.

    Raises
    ------
    ValueError
        If the file is not what its ending says.

    """
    if path.suffix in READABLE:
        text = path.read_text(encoding="utf-8")
        yield Said("text", EMBEDDED.sub("data:", text))
        yield from embedded(text)
        return
    yield Said("bytes", path.read_bytes().decode("latin-1"), binary=True)
    yield from _of_pdf(path) if path.suffix == ".pdf" else _of_png(path)


def embedded(text: str) -> Iterator[Said]:
    """What data URIs of a page hold."""
    for number, match in enumerate(EMBEDDED.finditer(text), 1):
        content, packed = match[3], "base64" in match[2]
        if packed:
            try:
                content = base64.b64decode(content, validate=True).decode("latin-1")
            except (binascii.Error, ValueError):
                raise ValueError(f"embedded data {number} cannot be read") from None
        yield Said(f"embedded data {number}", content, binary=match[1].startswith("image/"))


def undeclared(path: Path) -> Iterator[str]:
    """Metadata, attachments and pictures that our own figures do not have."""
    if path.suffix == ".png":
        with Image.open(path) as image:
            for key in sorted(set(image.info) - PNG_SAYS):
                yield f"metadata {key}"
    elif path.suffix == ".pdf":
        reader = PdfReader(path)
        for key in sorted(set(reader.metadata or {}) - PDF_SAYS):
            yield f"metadata {key}"
        if reader.attachments:
            yield "an attached file"
        if reader.xmp_metadata is not None:
            yield "XMP metadata"
        for number, page in enumerate(reader.pages, 1):
            if any(True for _ in page.images):
                yield f"page {number}: a picture, whose pixels may be persons"


def marks(path: Path) -> int:
    """Number of marks that a PDF draws one by one, each a stamp of the same small drawing."""
    reader = PdfReader(path)
    return sum(
        operator == b"Do"
        for page in reader.pages
        for _, operator in ContentStream(page.get_contents(), reader).operations
    )


def _of_pdf(path: Path) -> Iterator[Said]:
    try:
        reader = PdfReader(path)
        for key, value in (reader.metadata or {}).items():
            yield Said(f"metadata {key}", str(value))
        for number, page in enumerate(reader.pages, 1):
            yield Said(f"page {number}", page.extract_text())
        for number, thing in enumerate(_streams(reader), 1):
            yield Said(f"stream {number}", thing.decode("latin-1"), binary=True)
    except PyPdfError as error:
        raise ValueError(f"not a PDF that can be read ({error})") from None


def _streams(reader: PdfReader) -> Iterator[bytes]:
    """Every stream of a PDF, unpacked."""
    for number in range(1, reader.trailer["/Size"]):
        thing = reader.get_object(number)
        if hasattr(thing, "get_data"):
            yield thing.get_data()


def _of_png(path: Path) -> Iterator[Said]:
    try:
        with Image.open(io.BytesIO(path.read_bytes())) as image:
            image.load()
            for key, value in image.info.items():
                yield Said(f"metadata {key}", str(value))
    except OSError as error:
        raise ValueError(f"not a PNG that can be read ({error})") from None
