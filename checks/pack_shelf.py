"""The packs that a corpus knows: those that come with duzheng, and those published into its folder ``packs``.

A published pack takes the place of a built-in one of the same id. Each is a file ``<id>.yaml``, kept byte for byte; the
versions that were published before it stay beside it, in ``packs/earlier``. What was published once as a version stays that
version for ever: a changed pack needs a higher one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from checks.pack import MAX_BYTES, SEE, Written, builtin, current, parse, read
from schemas.errors import InvalidPack
from schemas.requirement import Pack
from schemas.yaml_files import read_yaml

FOLDER = "packs"
_EARLIER = "earlier"
_NAMED = re.compile(r"([a-z0-9][a-z0-9-]*)(?:@([0-9]+\.[0-9]+\.[0-9]+))?")


def published(home: Path) -> list[Pack]:
    """The packs in the folder of a corpus, by id; none where there is no such folder.

    Raises:
        InvalidPack: a file is not valid.
    """
    return [_pack(path) for path in sorted((home / FOLDER).glob("*.yaml"))]


def known(home: Path | None) -> list[Pack]:
    """Every pack that a corpus knows, by id; without a corpus the built-in ones.

    Raises:
        InvalidPack: a published file is not valid.
    """
    found = {pack.id: pack for pack in (*builtin(), *(published(home) if home else ()))}
    return [found[id] for id in sorted(found)]


def applied(home: Path | None) -> list[Pack]:
    """Those that apply without being named.

    Raises:
        InvalidPack: a published file is not valid.
    """
    return current(known(home))


def find(name: str, home: Path | None) -> Written:
    """A pack by the name that people give it, not yet validated.

    Args:
        name: ``henan-2025`` as the corpus has it now, ``henan-2025@1.0.0`` in that version, or the path of a file.
        home: the corpus folder, which need not be there; None for the built-in packs alone.

    Raises:
        InvalidPack: there is none, or it cannot be read.
    """
    named = _NAMED.fullmatch(name)
    if named and named[2]:
        there = versions(home, named[1])
        for pack, place in there:
            if pack.version == named[2]:
                return read(place)
        has = "、".join(pack.version for pack, _ in there) or "无 none"
        raise InvalidPack(f"{name}: 没有这个版本 / no such version of {named[1]} (有 {has} / there is {has})")
    if named and home is not None and (path := home / FOLDER / f"{named[1]}.yaml").is_file():
        return read(str(path))
    return read(name, [pack.id for pack in published(home)] if home and not Path(name).exists() else ())


def load(name: str, home: Path | None) -> Pack:
    """The same, validated.

    Raises:
        InvalidPack: there is no such pack or file, or it is not valid.
    """
    return parse(find(name, home))


def version_of(home: Path, id: str, version: str) -> Pack | None:
    """A pack in one of its versions, or None where the corpus has no such one.

    Raises:
        InvalidPack: a file of them is not valid.
    """
    return next((pack for pack, _ in versions(home, id) if pack.version == version), None)


def versions(home: Path | None, id: str) -> list[tuple[Pack, str]]:
    """Every version of a pack that the corpus has, the lowest first: the built-in one and all that were published.

    Returns: each with what ``checks.pack.read`` knows it by.

    Raises:
        InvalidPack: a file of them is not valid.
    """
    found = {pack.version: (pack, place) for pack, place in _of(home, id) if pack.id == id}
    return [found[version] for version in sorted(found, key=_order)]


def written(text: str, name: str) -> Written:
    """A pack as text, not yet validated; ``name`` is what messages call it.

    Raises:
        InvalidPack: it is too large, or no YAML; the message names the line.
    """
    data = text.encode("utf-8")
    if len(data) > MAX_BYTES:
        raise InvalidPack(
            f"{name}: 大于 {MAX_BYTES} 字节 / larger than {MAX_BYTES} bytes "
            "(要求包是手写的小文件 / a pack is a small file written by hand)"
        )
    found = read_yaml(data, name, InvalidPack, SEE)
    return Written(found.name, found.data, found.content, found.places)


def text_of(home: Path, pack: Pack) -> str:
    """The file of a known pack, as it was written."""
    return find(f"{pack.id}@{pack.version}", home).data.decode("utf-8-sig")


def refused(home: Path, pack: Pack) -> str | None:
    """Why a valid pack cannot be published, or None where it can."""
    if pack.status == "draft":
        return f"{pack.id} {pack.version}: 状态仍为草稿 / its status is still draft (set `status` to active 有效)"
    have = [one for one, _ in versions(home, pack.id)]
    for one in have:
        if one.version == pack.version and one.sha256 != pack.sha256:
            return f"{pack.id} {pack.version}: 这个版本已有，内容不同 / there is another pack of this version (raise `version`)"
    if have and _order(pack.version) < _order(have[-1].version):
        return f"{pack.id} {pack.version}: 已有更高的版本 / there is {have[-1].version} already (raise `version`)"
    return None


def next_version(home: Path, id: str) -> str | None:
    """The first version above those that a pack has; None of a pack that there is not yet."""
    have = versions(home, id)
    if not have:
        return None
    major, minor, _ = _order(have[-1][0].version)
    return f"{major}.{minor + 1}.0"


def publish(home: Path, text: str) -> Pack:
    """Puts a pack into the folder of a corpus; what it takes the place of is kept in ``packs/earlier``.

    Raises:
        InvalidPack: it is not valid or ``refused``, or it cannot be written.
    """
    pack = parse(written(text, "pack"))
    if why := refused(home, pack):
        raise InvalidPack(why)
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
            f"{target.name}: 无法写入 / cannot be written: {error.strerror} (请核对语料库文件夹和权限 / check the corpus folder and permissions)"
        ) from error
    return pack


def earlier(home: Path, id: str) -> Sequence[str]:
    """The names of the versions of a pack that were published before, oldest first."""
    return sorted(path.name for path in (home / FOLDER / _EARLIER).glob("*.yaml") if path.name.startswith(f"{id}_"))


def _of(home: Path | None, id: str) -> Iterator[tuple[Pack, str]]:
    yield from ((pack, id) for pack in builtin() if pack.id == id)
    if home is not None:
        paths = [home / FOLDER / _EARLIER / name for name in earlier(home, id)]
        path = home / FOLDER / f"{id}.yaml"
        yield from ((_pack(path), str(path)) for path in (*paths, *([path] if path.is_file() else ())))


def _pack(path: Path) -> Pack:
    """A published file; it is parsed once, as it does not change without becoming another."""
    return _parsed(str(path), _digest(path))


def _digest(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InvalidPack(
            f"{path.name}: 无法读取 / cannot be read: {error.strerror} (请核对路径和权限 / check the path and permissions)"
        ) from error


@lru_cache(maxsize=128)
def _parsed(path: str, digest: str) -> Pack:
    return parse(read(path))


def _order(version: str) -> tuple[int, int, int]:
    major, minor, patch = (int(part) for part in version.split("."))
    return major, minor, patch


def _keep(target: Path, pack: Pack) -> None:
    folder = target.parent / _EARLIER
    folder.mkdir(exist_ok=True)
    (folder / f"{pack.id}_{pack.version}_{pack.sha256[:8]}.yaml").write_bytes(target.read_bytes())
