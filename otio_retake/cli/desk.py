"""`desk`: the local page to confirm, watch, compare and pick."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from .options import (
    Budget,
    Codec,
    Color,
    Context,
    CutPath,
    For,
    Handles,
    Maps,
    Markers,
    MediaRoot,
    OutPath,
    ProjectFolder,
    Rate,
    Rehearse,
    Seam,
    Service,
    Strict,
)

if TYPE_CHECKING:
    from ..desk.desk import Desk
    from .session import Session

Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Do not open the browser; say where the link is.")]
Export = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(
        "--export", metavar="FILE.html", help="Write the page as one file for a machine without this program."
    ),
]
Picks = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--picks", metavar="FILE.json", help="Take up the picks that were saved on an exported page."),
]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(rich_help_panel="Do")(desk)


def desk(
    cut: CutPath,
    output: OutPath = None,
    budget: Budget = None,
    service: Service = None,
    rehearse: Rehearse = None,
    context: Context = None,
    handles: Handles = None,
    seam: Seam = None,
    color: Color = None,
    codec: Codec = None,
    for_: For = None,
    strict: Strict = False,
    media_root: MediaRoot = None,
    map_: Maps = None,
    project: ProjectFolder = None,
    markers: Markers = None,
    rate: Rate = None,
    port: Port = 0,
    no_browser: NoBrowser = False,
    export: Export = None,
    picks: Picks = None,
) -> None:
    """Open a page in the browser to confirm what is sent, watch it, compare takes frame by frame, and pick.

    The page is served on this machine alone. Nothing is sent before it is confirmed there. Ctrl-C ends it; orders
    that a service has are brought home by the next `run` or `desk`.

        otio-retake desk cut.otio -o cut-retakes.otio
        otio-retake desk cut.otio --export for-the-director.html
        otio-retake desk cut.otio --picks cut-picks.json
    """
    from .session import Session, amount

    flags: dict[str, Any] = {
        "service": service, "context": context, "handles": handles, "seam": seam, "color": color, "codec": codec,
        "editor": for_, "strict": strict or None, "media_root": tuple(media_root or ()), "map": tuple(map_ or ()),
        "project": project, "budget": amount(budget), "markers": markers, "edl_rate": rate,
    }  # fmt: skip
    with Session(Path(cut), flags, rehearse=rehearse or "") as session:
        if export is not None or picks is not None:
            _once(session, output, export, picks)
            return
        served(session, output, port=port, browser=not no_browser)


def served(
    session: Session,
    output: Path | None,
    *,
    port: int = 0,
    browser: bool = True,
    begin: Callable[[Desk], None] = lambda _desk: None,
) -> None:
    """Serves the desk until Ctrl-C. ``begin`` is called with it before the page is opened."""
    from ..desk.desk import FOLDER, Desk
    from ..desk.serving import serve

    place = _output(session, output)
    made = Desk(session, place)
    try:
        begin(made)
        made.begin()
        folder = session.ledger.project.folder / FOLDER
        serve(made, link_folder=folder, open_browser=browser, port=port, ready=lambda text: typer.echo(text, err=True))
    finally:
        made.close()


def _output(session: Session, output: Path | None) -> Path:
    """Where "Write cut" writes: as said, else beside the cut."""
    from ..turnover import check_output

    ending = session.cut.endings[0]
    place = output or session.cut_path.with_name(f"{session.cut_path.stem}-retakes{ending}")
    if output is not None:
        check_output(session, place, overwrite=False)
    return place


def _once(session: Session, output: Path | None, export: Path | None, picks: Path | None) -> None:
    """Takes up picks, writes the page, and is done."""
    from ..desk.desk import Desk

    made = Desk(session, _output(session, output))
    try:
        if picks is not None:
            _take_up(made, picks)
        if export is not None:
            _export(made, export)
    finally:
        made.close()


def _take_up(made: Desk, path: Path) -> None:
    from ..desk.calls import CALLS, read_call
    from ..errors import CutError, RetakeError
    from ..legible import legible

    try:
        content = path.read_bytes()
    except OSError as error:
        raise CutError(
            f"the picks cannot be read: {(error.strerror or '').lower()}", where=str(path), fix="check it"
        ) from None
    try:
        body = read_call(CALLS["picks"], content)
    except RetakeError as error:
        raise CutError("this is no file of picks", where=f"{path}: {error.where}", fix=error.fix) from None
    if body["cut"] != made.session.cut_path.name:
        typer.echo(f"note: the picks were made for {legible(body['cut'])}", err=True)
    said = made.do("picks", body)
    typer.echo(f"{said['applied']} picks and rejections taken up")
    for name in said["unknown"]:
        typer.echo(f"not known here: {legible(name)}")


def _export(made: Desk, path: Path) -> None:
    from ..durable import written_beside
    from ..errors import CutError

    if path.suffix.lower() != ".html":
        raise CutError("the page is written as .html", where=str(path), fix="give --export a path that ends in .html")
    if path.exists() and not _ours(path):
        raise CutError(
            "there is a file already, and it is no page of ours", where=str(path), fix="give --export another path"
        )
    size = 0
    with written_beside(path) as part, part.open("wb") as file:
        for piece in made.export():
            size += file.write(piece)
    typer.echo(f"written: {path} ({size / 1e6:.1f} MB); it holds footage: give it to those who may see that")


def _ours(path: Path) -> bool:
    """Whether a file is a page that was exported before."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return b"otio-retake-desk" in file.read(4096)
