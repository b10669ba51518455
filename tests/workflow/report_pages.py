"""A report opened in a browser, its controls and its lines."""

from pathlib import Path

MINUS = "\N{MINUS SIGN}"


def opened(browser, file: Path):
    """A report on a wide screen, with what went wrong and what it asked for."""
    page = browser.new_page(viewport={"width": 1100, "height": 900})
    page.wrong, page.asked = [], []
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on("console", lambda said: page.wrong.append(said.text) if said.type == "error" else None)
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(file.as_uri())
    return page


def choose(page, **values) -> None:
    """Set controls, by id, one after the other."""
    for control, value in values.items():
        page.evaluate(
            """([id, value]) => { const control = document.getElementById(id);
            control.value = value; control.dispatchEvent(new Event("input")); }""",
            [control.replace("_", "-"), str(value)],
        )


def line(page, name: str) -> str:
    """Text of a line of the explorer."""
    return page.locator(f'[data-line="{name}"]').text_content()
