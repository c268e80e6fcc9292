"""Published packs go with their corpus: into archives and backups and out of them again; nothing hostile comes in that way."""

from __future__ import annotations

import json
import shutil
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from checks import pack_shelf
from corpus.backup.restore import restore
from corpus.corpus import Corpus
from corpus.transfer.take_whole import take_whole
from schemas.errors import CorpusError

PACK = "packs/own-2026.yaml"


def _text(version: str) -> str:
    text = pack_shelf.find("henan-2025", None).data.decode()
    return text.replace("id: henan-2025", "id: own-2026", 1).replace("version: ", f"version: {version} # ", 1)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus with a pack that was published twice."""
    folder = tmp_path_factory.mktemp("packs") / "corpus"
    Corpus.open(folder, create=True).close()
    for version in ("1.0.0", "1.1.0"):
        pack_shelf.publish(folder, _text(version))
    return folder


@pytest.fixture(scope="module")
def archive(home: Path) -> Path:
    path = home.parent / "all.zip"
    with Corpus.open(home) as corpus:
        corpus.write_archive(path)
    return path


def _files(home: Path) -> dict[str, bytes]:
    return {str(path.relative_to(home)): path.read_bytes() for path in home.glob("packs/**/*.yaml")}


def test_an_archive_carries_every_published_version(home: Path, archive: Path, tmp_path: Path) -> None:
    result = take_whole(tmp_path / "new", archive)
    assert result.added["packs"] == 2
    assert _files(tmp_path / "new") == _files(home)
    assert [pack.version for pack, _ in pack_shelf.versions(tmp_path / "new", "own-2026")] == ["1.0.0", "1.1.0"]


def test_a_pack_that_is_there_and_differs_stays_and_that_is_said(archive: Path, tmp_path: Path) -> None:
    Corpus.open(tmp_path / "mine", create=True).close()
    pack_shelf.publish(tmp_path / "mine", _text("2.0.0"))
    with Corpus.open(tmp_path / "mine", write=True) as corpus:
        result = corpus.take_archive(archive)
    assert [(one.what, one.key) for one in result.conflicts] == [("packs", PACK)]
    assert pack_shelf.load("own-2026", tmp_path / "mine").version == "2.0.0"


@pytest.mark.parametrize("harm", ["changed", "invalid", "misnamed", "outside"])
def test_an_archive_with_a_pack_that_is_none_is_refused_whole(archive: Path, tmp_path: Path, harm: str) -> None:
    with zipfile.ZipFile(archive) as source:
        members = {name: source.read(name) for name in source.namelist()}
    manifest = json.loads(members["manifest.json"])
    if harm in ("changed", "invalid"):
        members[PACK] = b"id: own-2026\n"
    if harm == "misnamed":
        members["packs/other.yaml"] = members.pop(PACK)
        manifest["packs"]["packs/other.yaml"] = manifest["packs"].pop(PACK)
    if harm == "outside":
        members["packs/../../evil.yaml"] = members[PACK]
        manifest["packs"]["packs/../../evil.yaml"] = manifest["packs"][PACK]
    if harm == "invalid":
        manifest["packs"][PACK] |= {"bytes": len(members[PACK]), "sha256": sha256(members[PACK]).hexdigest()}
    members["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as target:
        for name, data in members.items():
            target.writestr(name, data)
    with pytest.raises(CorpusError):
        take_whole(tmp_path / "new", tmp_path / "bad.zip")
    assert not (tmp_path / "new").exists()
    assert not list(tmp_path.rglob("evil.yaml"))


def test_a_backup_brings_packs_and_drafts_back(home: Path, tmp_path: Path) -> None:
    own = Path(shutil.copytree(home, tmp_path / "own"))
    (own / "packs" / "drafts").mkdir()
    (own / "packs" / "drafts" / "a.json").write_text("{}")
    with Corpus.open(own) as corpus:
        corpus.write_backup(tmp_path / "backups")
    restore(tmp_path / "backups", tmp_path / "again")
    assert _files(tmp_path / "again") == _files(home)
    assert (tmp_path / "again" / "packs" / "drafts" / "a.json").read_text() == "{}"
