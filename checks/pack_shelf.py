"""The packs that a corpus knows: those that come with duzheng, and those published into its folder ``packs``.

A published pack takes the place of a built-in one of the same id. Each is a file ``<id>.yaml``, kept byte for byte; the
versions that were published before it stay beside it, in ``packs/earlier``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from checks.pack import MAX_BYTES, Written, builtin, current, parse, read
from schemas.errors import InvalidPack
from schemas.requirement import Pack
from schemas.yaml_files import read_yaml

FOLDER = "packs"
_EARLIER = "earlier"
_SEE = "see docs or `duzheng packs schema` for the fields"


def published(home: Path) -> list[Pack]:
    """The packs in the folder of a corpus, by id; none where there is no such folder.

    Raises:
        InvalidPack: a file is not valid.
    """
    return [parse(read(str(path))) for path in sorted((home / FOLDER).glob("*.yaml"))]


def known(home: Path) -> list[Pack]:
    """Every pack that a corpus knows, by id.

    Raises:
        InvalidPack: a published file is not valid.
    """
    found = {pack.id: pack for pack in (*builtin(), *published(home))}
    return [found[id] for id in sorted(found)]


def applied(home: Path) -> list[Pack]:
    """Those that apply without being named.

    Raises:
        InvalidPack: a published file is not valid.
    """
    return current(known(home))


def written(text: str, name: str) -> Written:
    """A pack as text, not yet validated; ``name`` is what messages call it.

    Raises:
        InvalidPack: it is too large, or no YAML; the message names the line.
    """
    data = text.encode("utf-8")
    if len(data) > MAX_BYTES:
        raise InvalidPack(f"{name}: larger than {MAX_BYTES} bytes (a pack is a small file written by hand)")
    found = read_yaml(data, name, InvalidPack, _SEE)
    return Written(found.name, found.data, found.content, found.places)


def text_of(home: Path, pack: Pack) -> str:
    """The file of a known pack, as it was written."""
    path = home / FOLDER / f"{pack.id}.yaml"
    return read(str(path) if path.is_file() else pack.id).data.decode("utf-8-sig")


def publish(home: Path, text: str) -> Pack:
    """Puts a pack into the folder of a corpus; what it takes the place of is kept in ``packs/earlier``.

    Raises:
        InvalidPack: it is not valid, there is another pack of this id and version, or it cannot be written.
    """
    pack = parse(written(text, "pack"))
    for other in known(home):
        if other.id == pack.id and other.version == pack.version and other.sha256 != pack.sha256:
            raise InvalidPack(
                f"{pack.id} {pack.version}: 这个版本已有，内容不同 / there is another pack of this version (raise `version`)"
            )
    folder = home / FOLDER
    target = folder / f"{pack.id}.yaml"
    part = folder / f".{pack.id}.yaml.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if target.exists():
            _keep(target, parse(read(str(target))))
        part.write_text(text, encoding="utf-8", newline="")
        part.replace(target)
    except OSError as error:
        raise InvalidPack(
            f"{target}: cannot be written: {error.strerror} (check the folder and permissions)"
        ) from error
    return pack


def earlier(home: Path, id: str) -> Sequence[str]:
    """The names of the versions of a pack that were published before, oldest first."""
    return sorted(path.name for path in (home / FOLDER / _EARLIER).glob("*.yaml") if path.name.startswith(f"{id}_"))


def _keep(target: Path, pack: Pack) -> None:
    folder = target.parent / _EARLIER
    folder.mkdir(exist_ok=True)
    (folder / f"{pack.id}_{pack.version}_{pack.sha256[:8]}.yaml").write_bytes(target.read_bytes())
