"""`tierctl report`: the same figures in every form, harmless, the same bytes, something to send."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pypdf
import pytest
from spreadsheet import Spreadsheet

from tierctl.catalog.planned import planned

FOLDER = Path(__file__).resolve().parents[2]
FORMS = ("html", "pdf", "xlsx", "csv", "md")
TIERS = ("minimum", "medium", "enterprise")
HOSTILE = (
    "<script>alert(1)</script>\"' onload=x",
    '=HYPERLINK("http://evil.example","x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "{{ 7*7 }} {% raw %}",
    "](javascript:alert(1)) **x** | y",
    "</svg><b>&amp;</b>",
)
VOID = {"meta", "img", "rect", "br", "link", "input"}


def picture(width: int = 8, height: int = 4) -> bytes:
    """A small red PNG, written by hand."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        whole = kind + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    rows = b"".join(b"\x00" + b"\xcc\x00\x00" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@dataclass
class Page(HTMLParser):
    """A page taken apart: headings, tables, attributes; whether every element is closed."""

    text: str
    open: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self.elements.append((tag, dict(attrs)))
        if tag in {"h1", "h2", "h3", "h4"}:
            self.headings.append(int(tag[1]))
        if tag == "tr":
            self.cells.append([])
        if tag in {"td", "th"} and self.cells:
            self.cells[-1].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """An element ends: it has to be the one that began last."""
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        """Words."""
        if "style" in self.open:
            return
        self.words.append(data)
        if self.cells and {"td", "th"} & set(self.open) and "small" not in self.open:
            self.cells[-1][-1] += data.strip()

    def row(self, *begins: str) -> list[str]:
        """The first row that begins so."""
        return next(row for row in self.cells if row[: len(begins)] == list(begins))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The default report in every form, with a price for an hour's outage."""
    from tierctl.cli.app import App
    from tierctl.cli.main import run

    folder = tmp_path_factory.mktemp("report")
    paths = {}
    for form in FORMS:
        paths[form] = folder / f"report.{form}"
        code = run(["report", "-o", str(paths[form]), "--outage-cost", "500"], App(FOLDER))
        assert code == 0
    return paths


@pytest.fixture(scope="module")
def estimate(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The estimate document of the same tiers."""
    from tierctl.cli.app import App
    from tierctl.cli.main import run

    path = tmp_path_factory.mktemp("estimate") / "estimate.json"
    assert run(["estimate", "--format", "json", "-o", str(path)], App(FOLDER)) == 0
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def cents(figure: str | Decimal) -> str:
    """A figure of a document as the report shows it."""
    return f"${Decimal(figure).quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


def test_csv_has_exactly_the_figures_of_the_estimate(
    written: dict[str, Path], estimate: dict[str, Any]
) -> None:
    """Every component, environment and range of the report is the estimate's, to the last digit."""
    rows = {
        (row["tier"], row["environment"], row["item"]): (row["low"], row["expected"], row["high"])
        for row in csv.DictReader(io.StringIO(written["csv"].read_text(encoding="utf-8")))
        if row["table"] == "cost"
    }
    count = 0
    for subject in estimate["subjects"]:
        for one in subject["estimates"]:
            for part in (*one["components"], {"name": "Total", **one["total"]}):
                found = rows[subject["name"], one["environment"], part["name"]]
                wanted = (part["low"], part["expected"], part["high"])
                assert [Decimal(f) for f in found] == [Decimal(w) for w in wanted]
                count += 1
        total = rows[subject["name"], "all", "Total"]
        assert Decimal(total[1]) == Decimal(subject["total"]["expected"])
    assert count == 3 * 2 * 10


def test_page_shows_the_figures_of_the_estimate(
    written: dict[str, Path], estimate: dict[str, Any]
) -> None:
    """Each cell of the cost table is the estimate's expected figure, rounded to cents."""
    page = Page(written["html"].read_text(encoding="utf-8"))
    for name in [part["name"] for part in estimate["subjects"][0]["estimates"][0]["components"]]:
        wanted = [
            cents(part["expected"])
            for subject in estimate["subjects"]
            for one in subject["estimates"]
            for part in one["components"]
            if part["name"] == name
        ]
        assert page.row(name) == [name, *wanted]
    together = [cents(subject["total"]["expected"]) for subject in estimate["subjects"]]
    years = [cents(Decimal(s["total"]["expected"]) * 12) for s in estimate["subjects"]]
    assert page.row("A month", together[0]) == ["A month", *together]
    assert page.row("A year") == ["A year", *years]


def test_page_is_built_as_a_reader_needs_it(written: dict[str, Path]) -> None:
    """Language, one first heading, no level skipped, captions, scopes; nothing is left open."""
    text = written["html"].read_text(encoding="utf-8")
    page = Page(text)
    assert text.startswith("<!doctype html>")
    assert not page.wrong
    assert not page.open
    assert dict(page.elements)["html"] == {"lang": "en"}
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(page.headings, page.headings[1:], strict=False))
    tags = [tag for tag, _ in page.elements]
    assert tags.count("table") == tags.count("caption") > 8
    heads = [attrs for tag, attrs in page.elements if tag == "th"]
    assert all(a.get("scope") in {"col", "row", "colgroup"} for a in heads)
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids))
    for tag, attrs in page.elements:
        if tag == "svg":
            assert attrs["role"] == "img"
            assert set((attrs["aria-labelledby"] or "").split()) <= set(ids)
        if tag == "a":
            assert (attrs["href"] or "").removeprefix("#") in ids


def test_page_fetches_and_runs_nothing(written: dict[str, Path]) -> None:
    """No script, no link, no address: what is sent is all there is."""
    page = Page(written["html"].read_text(encoding="utf-8"))
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "link", "iframe", "object", "embed", "base", "form", "use"}
    for _, attrs in page.elements:
        assert not any(name.startswith("on") for name in attrs)
        for name in ("src", "href", "xlink:href", "srcset", "action"):
            assert (attrs.get(name) or "#").startswith(("#", "data:image/"))
    style = re.search(r"<style>(.*?)</style>", page.text, re.DOTALL)
    assert style
    assert "url(" not in style[1]
    assert "@import" not in style[1]


def test_colours_can_be_read(written: dict[str, Path]) -> None:
    """Text on each colour used for it has a contrast of 4.5 to 1 or better."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(one: str, other: str) -> float:
        high, low = sorted((light(one), light(other)), reverse=True)
        return (high + 0.05) / (low + 0.05)

    page = Page(written["html"].read_text(encoding="utf-8"))
    bars = {str(a["fill"]) for tag, a in page.elements if tag == "rect"}
    assert len(bars) > 4
    assert all(contrast("#ffffff", bar) >= 4.5 for bar in bars)
    for ink in ("#1b1f24", "#4a5260", "#0b4f8a"):
        assert all(contrast(ink, ground) >= 4.5 for ground in ("#ffffff", "#f4f6f9"))


def test_every_planning_cell_stands_beside_ours(
    written: dict[str, Path], estimate: dict[str, Any]
) -> None:
    """All 54 cells add up to what the issue says, and stand in the page with the computed ones."""
    sums = {name: tier.added for name, tier in planned().addons.items()}
    assert sums == {"minimum": (209, 284), "medium": (267, 388), "enterprise": (390, 718)}
    assert [t.stated for t in planned().addons.values()] == [(150, 250), (200, 350), (300, 700)]
    assert sum(len(tier.cells) for tier in planned().addons.values()) == 54
    page = Page(written["html"].read_text(encoding="utf-8"))
    for subject in estimate["subjects"]:
        cells = planned().addons[subject["name"]].cells
        costs = {
            (part["name"], one["environment"]): cents(part["expected"])
            for one in subject["estimates"]
            for part in one["components"]
        }
        for component in dict.fromkeys(name for name, _ in cells):
            wanted = [component]
            for environment in ("staging", "production"):
                low, high = cells[component, environment]
                wanted += [f"${low}" if low == high else f"${low} – ${high}"]  # noqa: RUF001
                wanted += [costs[component, environment]]
            assert any(row[:5] == wanted and row[5] for row in page.cells), wanted
    words = " ".join(page.words)
    for pair in ("$209 – $284", "$267 – $388", "$390 – $718"):  # noqa: RUF001
        assert f"add up to {pair}" in words


def test_the_return_is_computed(written: dict[str, Path], estimate: dict[str, Any]) -> None:
    """Multiples and break-even follow from our costs and the benchmarks by the stated formulas."""
    page = Page(written["html"].read_text(encoding="utf-8"))
    cost = [Decimal(s["total"]["expected"]) for s in estimate["subjects"]]
    multiples = [f"{(c / cost[0]).quantize(Decimal('0.1'), ROUND_HALF_UP):f}" for c in cost]
    shown = [cell.rstrip("×").rstrip("0").rstrip(".") for cell in page.row("Times the cost")[1:]]  # noqa: RUF001
    assert shown == [m.rstrip("0").rstrip(".") for m in multiples]
    assert page.row("Times the performance")[1:] == ["1×", "6.3×", "28.3×"]  # noqa: RUF001
    users = [str(math.ceil(c * 100 / cost[0])) for c in cost[1:]]
    assert page.row("Pays from so many users, against a full Minimum")[2:] == users
    words = " ".join(page.words)
    assert all(figure in words for figure in ("$550", "$2,200", "5.5×", "22×", "about 500"))  # noqa: RUF001


def test_an_outage_is_priced(written: dict[str, Path]) -> None:
    """Seconds of the plan, times the customer's dollars an hour."""
    rows = [
        row
        for row in csv.DictReader(io.StringIO(written["csv"].read_text(encoding="utf-8")))
        if row["table"] == "upgrade"
    ]
    pairs = list(zip(rows[::2], rows[1::2], strict=True))
    assert len(pairs) == 2
    for downtime, cost in pairs:
        assert Decimal(cost["high"]) == (Decimal(downtime["high"]) / 3600 * 500).quantize(
            Decimal("0.01"), ROUND_HALF_UP
        )


def test_spreadsheet_shows_what_its_formulas_give(written: dict[str, Path]) -> None:
    """Every formula, calculated by a program that is not ours, is the value beside it."""
    book = Spreadsheet(written["xlsx"])
    assert len(book.formulas) > 500
    for sheet, cell in book.formulas:
        stored = book.stored[sheet, cell]
        assert isinstance(stored, float)
        assert book.value(sheet, cell) == pytest.approx(stored, rel=1e-9, abs=1e-9), (sheet, cell)


def test_spreadsheet_holds_the_estimates_totals(
    written: dict[str, Path], estimate: dict[str, Any]
) -> None:
    """The first sheet's totals are the estimate's, and come from single lines."""
    book = Spreadsheet(written["xlsx"])
    row = int(book.find("Summary", "A month")[1:])
    for column, subject in zip("BCD", estimate["subjects"], strict=True):
        wanted = float(subject["total"]["expected"])
        assert book.value("Summary", f"{column}{row}") == pytest.approx(wanted, rel=1e-9)
        assert book.value("Summary", f"{column}{row + 1}") == pytest.approx(wanted * 12, rel=1e-9)


def test_an_assumption_changes_the_spreadsheet(written: dict[str, Path]) -> None:
    """Margin, rate, hours, use and the price of an outage move what rests on them."""
    book = Spreadsheet(written["xlsx"])
    row = int(book.find("Summary", "A month")[1:])
    total = book.value("Summary", f"B{row}")
    sheet = "Assumptions"
    names = {
        "Margin, per cent": 20,
        "One US dollar in USD": 0.5,
        "Hours a month": 365,
        "Use, per cent of what is expected": 300,
    }
    seen = {}
    for name, value in names.items():
        cell = book.find(sheet, name).replace("A", "B")
        book.change(sheet, cell, value)
        seen[name] = book.value("Summary", f"B{row}")
        before = book.stored[sheet, cell]
        assert isinstance(before, float)
        book.change(sheet, cell, before)
    assert seen["Margin, per cent"] == pytest.approx(total * 1.2)
    assert seen["One US dollar in USD"] == pytest.approx(total * 0.5)
    assert total * 0.4 < seen["Hours a month"] < total * 0.7
    assert total < seen["Use, per cent of what is expected"] < total * 1.5
    cost = next(c for s, c in book.formulas if s == "Upgrades" and c.startswith("E"))
    once = book.value("Upgrades", cost)
    book.change(
        sheet, book.find(sheet, "An hour without an answer, US dollars").replace("A", "B"), 1000
    )
    assert book.value("Upgrades", cost) == pytest.approx(once * 2)


def test_pdf_holds_the_totals(written: dict[str, Path], estimate: dict[str, Any]) -> None:
    """Every total and every section can be read out of the PDF; it names its title and language."""
    reader = pypdf.PdfReader(written["pdf"])
    text = " ".join(" ".join(page.extract_text().split()) for page in reader.pages)
    for subject in estimate["subjects"]:
        assert cents(subject["total"]["expected"]) in text
        for one in subject["estimates"]:
            assert cents(one["total"]["expected"]) in text
    for title in ("At a glance", "What moving up returns", "Beside the planning figures"):
        assert title in text
    assert reader.metadata is not None
    assert "three sizes" in str(reader.metadata.title)
    assert reader.trailer["/Root"]["/Lang"] == "en"


def test_markdown_holds_the_totals(written: dict[str, Path], estimate: dict[str, Any]) -> None:
    """The text says the same."""
    text = written["md"].read_text(encoding="utf-8")
    assert text.startswith("# ")
    for subject in estimate["subjects"]:
        assert f"{cents(subject['total']['expected'])} (" in text


def test_nothing_internal_is_said(written: dict[str, Path]) -> None:
    """No path, stack name, resource address, file name or account number is in what is sent."""
    texts = [written[f].read_text(encoding="utf-8") for f in ("html", "csv", "md")]
    book = Spreadsheet(written["xlsx"])
    texts.append(" ".join(str(v) for v in book.stored.values()))
    reader = pypdf.PdfReader(written["pdf"])
    texts.append(" ".join(page.extract_text() for page in reader.pages))
    for text in texts:
        for word in (str(FOLDER), ".yaml", "clients/", "service/web", "app-default", "arn:aws"):
            assert word not in text, word
        assert not re.search(r"(?<![\d.,])\d{12}(?![\d.,])", text)


@pytest.mark.parametrize("form", FORMS)
def test_the_same_inputs_give_the_same_bytes(
    form: str, call: Callable[..., Any], tmp_path: Path
) -> None:
    """Two runs, apart, write the same file."""
    logo = tmp_path / "logo.png"
    logo.write_bytes(picture())
    files = [tmp_path / f"{name}.{form}" for name in ("one", "two")]
    for path in files:
        words = ("--customer", "Société Générale", "--logo", str(logo), "--margin", "12.5")
        answer = call(FOLDER, "report", "-o", str(path), *words)
        assert answer.code == 0, answer.stderr
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize("customer", HOSTILE)
def test_a_customers_words_stay_words(
    customer: str, call: Callable[..., Any], tmp_path: Path
) -> None:
    """Whatever a name looks like, it is no tag, no formula, no template and no link anywhere."""
    for form in FORMS:
        answer = call(
            FOLDER, "report", "minimum", "-o", str(tmp_path / f"r.{form}"), "--customer", customer
        )
        assert answer.code == 0, answer.stderr
    page = Page((tmp_path / "r.html").read_text(encoding="utf-8"))
    assert not page.wrong
    assert not {"script", "b"} & {tag for tag, _ in page.elements}
    assert f"For {customer}" in page.words
    for row in csv.reader(io.StringIO((tmp_path / "r.csv").read_text(encoding="utf-8"))):
        for cell in row:
            assert not cell.startswith(("=", "+", "@", "\t", "\r"))
            assert not cell.startswith("-") or re.fullmatch(r"-\d+(\.\d+)?", cell)
    book = Spreadsheet(tmp_path / "r.xlsx")
    assert f"For {customer}" in book.stored.values()
    assert not any("evil" in f or "cmd" in f for f in book.formulas.values())
    assert not any(b"evil" in part for name, part in book.parts.items() if name.endswith(".rels"))
    line = (tmp_path / "r.md").read_text(encoding="utf-8").splitlines()[2]
    assert "<" not in line
    assert not re.search(r"(?<!\\)[\[\]*|`]", line)
    text = " ".join(
        " ".join(p.extract_text().split()) for p in pypdf.PdfReader(tmp_path / "r.pdf").pages
    )
    assert customer.split(maxsplit=1)[0] in text


def test_controls_and_unknown_letters_do_no_harm(call: Callable[..., Any], tmp_path: Path) -> None:
    """Characters no page may hold are dropped; those the PDF's typeface lacks are told."""
    for form in FORMS:
        answer = call(
            FOLDER, "report", "minimum", "-o", str(tmp_path / f"r.{form}"),
            "--customer", "A\x00\x1b[31mB\u202e 株式会社 \ufffe",
        )  # fmt: skip
        assert answer.code == 0, answer.stderr
    assert (
        "株" in answer.stderr
        or "株"
        in call(
            FOLDER, "report", "minimum", "-o", str(tmp_path / "r.pdf"), "--customer", "株"
        ).stderr
    )
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "\x00" not in page
    assert "\x1b" not in page
    assert "株式会社" in page
    assert "株式会社" in " ".join(map(str, Spreadsheet(tmp_path / "r.xlsx").stored.values()))


def test_terms_change_what_is_shown(
    call: Callable[..., Any], tmp_path: Path, estimate: dict[str, Any]
) -> None:
    """Margin and rate multiply every price; the planning comparison stays in AWS's dollars."""
    path = tmp_path / "r.html"
    answer = call(
        FOLDER, "report", "-o", str(path), "--margin", "25", "--currency", "eur", "--rate", "0.8"
    )
    assert answer.code == 0, answer.stderr
    page = Page(path.read_text(encoding="utf-8"))
    same = [cents(s["total"]["expected"]).replace("$", "€") for s in estimate["subjects"]]
    assert page.row("A month", same[0]) == ["A month", *same]
    words = " ".join(page.words)
    assert "One US dollar is taken as 0.8 EUR." in words
    assert "margin of 25 %" in words
    total = cents(estimate["subjects"][0]["total"]["expected"])
    assert f"computed {total}" in words


def test_a_logo_is_drawn_anew(call: Callable[..., Any], tmp_path: Path) -> None:
    """A PNG goes into page, PDF and spreadsheet without what else was in its file."""
    logo = tmp_path / "logo.png"
    logo.write_bytes(picture() + b"SECRET-TRAILER")
    for form in ("html", "pdf", "xlsx"):
        path = tmp_path / f"r.{form}"
        assert call(FOLDER, "report", "minimum", "-o", str(path), "--logo", str(logo)).code == 0
        assert b"SECRET" not in path.read_bytes()
    page = Page((tmp_path / "r.html").read_text(encoding="utf-8"))
    image = next(attrs for tag, attrs in page.elements if tag == "img")
    assert (image["src"] or "").startswith("data:image/png;base64,")
    assert image["alt"]
    assert any(name.startswith("xl/media/") for name in Spreadsheet(tmp_path / "r.xlsx").parts)
    assert pypdf.PdfReader(tmp_path / "r.pdf").pages[0].images


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-o", "r.docx"), ".html, .pdf, .xlsx, .csv, .md"),
        (("-o", "r"), ".html"),
        ((), "-o"),
        (("-o", "r.html", "--logo", "none.png"), "none.png"),
        (("-o", "r.html", "--margin", "-5"), "not negative"),
        (("-o", "r.html", "--margin", "5000"), "more than"),
        (("-o", "r.html", "--margin", "NaN"), "no amount"),
        (("-o", "r.html", "--currency", "EUR"), "--rate"),
        (("-o", "r.html", "--rate", "0.9"), "--currency"),
        (("-o", "r.html", "--currency", "E", "--rate", "1"), "three letters"),
        (("-o", "r.html", "--currency", "EUR", "--rate", "0"), "free"),
        (("-o", "r.html", "--outage-cost", "lots"), "no amount"),
        (("-o", "r.html", "--region", "mars-north-1"), "mars-north-1"),
        (("-o", "r.html", "--customer", "x" * 201), "201"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else "",
)
def test_mistakes_are_usage_errors(
    words: tuple[str, ...], said: str, call: Callable[..., Any], tmp_path: Path
) -> None:
    """Nothing is written, and the message says what to write instead."""
    paths = [str(tmp_path / w) if w.startswith("r") or w.endswith(".png") else w for w in words]
    answer = call(FOLDER, "report", *paths)
    assert answer.code in {1, 2}
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<svg onload='x'/>", picture()[:30]])
def test_a_file_that_is_no_picture_is_refused(
    data: bytes, call: Callable[..., Any], tmp_path: Path
) -> None:
    """By what it holds, not by what it is called."""
    logo = tmp_path / "logo.png"
    logo.write_bytes(data)
    answer = call(FOLDER, "report", "-o", str(tmp_path / "r.html"), "--logo", str(logo))
    assert answer.code == 2
    assert "PNG or JPEG" in answer.stderr
    assert not (tmp_path / "r.html").exists()


def test_a_client_and_a_region_are_priced(call: Callable[..., Any], tmp_path: Path) -> None:
    """A client's tiers in another region, one tier alone, and a custom tier are written too."""
    for words in (
        ("--client", "globex"),
        ("growth", "--client", "globex", "--region", "eu-central-1"),
        ("medium", "growth"),
        ("--client", "acme", "--outage-cost", "100"),
    ):  # globex demands more than minimum and medium deliver: they are left out, and told
        for form in FORMS:
            answer = call(FOLDER, "report", *words, "-o", str(tmp_path / f"r.{form}"))
            assert answer.code == 0, answer.stderr
        book = Spreadsheet(tmp_path / "r.xlsx")
        for sheet, cell in book.formulas:
            stored = book.stored[sheet, cell]
            assert book.value(sheet, cell) == pytest.approx(stored, rel=1e-9, abs=1e-9)


def test_a_total_that_lacks_something_reads_at_least(
    call: Callable[..., Any], tmp_path: Path
) -> None:
    """An imported network's gateways have no price here: every total that lacks them says so."""
    for form in ("html", "md"):
        path = tmp_path / f"r.{form}"
        assert call(FOLDER, "report", "growth", "--client", "globex", "-o", str(path)).code == 0
    page = Page((tmp_path / "r.html").read_text(encoding="utf-8"))
    estimate = json.loads(
        call(FOLDER, "estimate", "growth", "--client", "globex", "--format", "json").stdout
    )["subjects"][0]
    assert estimate["at_least"]
    assert page.row("A month")[1] == f"at least {cents(estimate['total']['expected'])}"
    for cell, one in zip(page.row("Total a month")[1:], estimate["estimates"], strict=True):
        assert cell.startswith("at least ") == one["at_least"]
    assert "could not be priced" in (tmp_path / "r.md").read_text(encoding="utf-8")


def test_many_sizes_stand_in_several_tables(call: Callable[..., Any], tmp_path: Path) -> None:
    """No table of costs is wider than six figures, however many sizes are asked for."""
    names = ("minimum", "medium", "enterprise", "growth", "hybrid")
    path = tmp_path / "r.html"
    assert call(FOLDER, "report", *names, "-o", str(path)).code == 0
    page = Page(path.read_text(encoding="utf-8"))
    rows = [row for row in page.cells if row and row[0] == "Total a month"]
    assert [len(row) for row in rows] == [7, 5]


def test_help_loads_no_library_for_documents() -> None:
    """`--help` and a plain estimate run where reportlab, xlsxwriter and PIL cannot be loaded."""
    import subprocess
    import sys

    program = (
        "import sys\n"
        "class Blocked:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in {'reportlab', 'xlsxwriter', 'PIL', 'jinja2', 'pypdf'}:\n"
        "            raise ImportError(name)\n"
        "sys.meta_path.insert(0, Blocked())\n"
        "from tierctl.cli.main import run\n"
        "sys.exit(run(sys.argv[1:]))\n"
    )
    for words in (
        ["--help"],
        ["report", "--help"],
        ["optimize", "--help"],
        ["estimate", "minimum"],
    ):
        ended = subprocess.run(
            [sys.executable, "-c", program, *words],
            cwd=FOLDER,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
