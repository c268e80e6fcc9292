"""The published packs of a corpus in its archive: carried as the files they are, looked at before they are taken.

A pack that is there and differs stays; the archive's is said to differ. Drafts are left behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from corpus.durable import make_folder, write_whole
from corpus.transfer.manifest import Manifest, Part
from schemas.bilingual import Both
from schemas.errors import CorpusError, InvalidPack
from schemas.requirement import Pack
from schemas.yaml_files import read_yaml

if TYPE_CHECKING:
    from corpus.transfer.container import Sink, Supply
    from corpus.transfer.take_in import Imported

MAX_BYTES = 2_000_000
MAX_PACKS = 10_000
_CURRENT = re.compile(r"packs/([a-z0-9][a-z0-9-]*)\.yaml")
_EARLIER = re.compile(r"packs/earlier/([a-z0-9][a-z0-9-]*)_([0-9.]+)_[0-9a-f]{8}\.yaml")


def files_of(home: Path) -> list[Path]:
    """The published packs in a corpus folder and the versions before them."""
    there = [*home.glob("packs/*.yaml"), *home.glob("packs/earlier/*.yaml")]
    return sorted(path for path in there if path.is_file() and path.stat().st_size <= MAX_BYTES)


def carry(home: Path, sink: Sink) -> dict[str, Part]:
    """Writes the packs of a corpus folder into an archive.

    Raises:
        CorpusError: one cannot be read.
    """
    carried = {}
    for path in files_of(home):
        name = path.relative_to(home).as_posix()
        if not (_CURRENT.fullmatch(name) or _EARLIER.fullmatch(name)):
            continue
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CorpusError(f"{path}: 无法读取 / cannot be read: {error.strerror}") from error
        with sink.member(name) as file:
            file.write(data)
        carried[name] = Part(rows=1, bytes=len(data), sha256=sha256(data).hexdigest())
    return carried


def examine(supply: Supply, manifest: Manifest) -> None:
    """Looks at every pack of an archive.

    Raises:
        CorpusError: one was changed, is no valid pack, or stands under another name.
    """
    if len(manifest.packs) > MAX_PACKS:
        raise supply.fault(f"要求包超过 {MAX_PACKS} 个", f"more than {MAX_PACKS} packs")
    for name, data in _packs(supply, manifest):
        try:
            pack = Pack.model_validate(read_yaml(data, name, InvalidPack, "a pack").content)
        except (InvalidPack, ValidationError) as error:
            why = Both.of(str(error).splitlines()[0])
            raise supply.fault(f"{name} 不是有效的要求包：{why.zh}", f"{name} is no valid pack: {why.en}") from error
        found = _CURRENT.fullmatch(name) or _EARLIER.fullmatch(name)
        if found is None or found[1] != pack.id or (found.lastindex == 2 and found[2] != pack.version):
            raise supply.fault(
                f"{name} 中是要求包 {pack.id} {pack.version}", f"{name} holds the pack {pack.id} {pack.version}"
            )


def take(home: Path, supply: Supply, manifest: Manifest, result: Imported) -> None:
    """Puts the packs of an examined archive into a corpus folder.

    Raises:
        CorpusError: the archive was changed since, or the folder cannot be written.
    """
    from corpus.transfer.take_in import Conflict

    if not manifest.packs:
        return
    result.added["packs"] = result.present["packs"] = 0
    for name, data in _packs(supply, manifest):
        target = home / name
        try:
            if target.exists():
                result.present["packs"] += 1
                if target.read_bytes() != data:
                    what = "此处的要求包内容不同，保留 / the pack here differs, and stays"
                    result.conflicts.append(Conflict("packs", name, what))
                continue
            make_folder(target.parent)
            write_whole(target, data)
        except OSError as error:
            raise CorpusError(f"{target}: 无法写入：{error.strerror} / cannot be written: {error.strerror}") from error
        result.added["packs"] += 1


def _packs(supply: Supply, manifest: Manifest) -> Iterator[tuple[str, bytes]]:
    for name, part in sorted(manifest.packs.items()):
        data = supply.whole(name, min(part.bytes, MAX_BYTES))
        if len(data) != part.bytes or sha256(data).hexdigest() != part.sha256:
            raise supply.changed(name)
        yield name, data
