"""The book of accounts: what it keeps, what it does not, when what it gave ends."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import accounts.attempts
from accounts.attempts import MOST, WITHIN, Attempts
from accounts.book import IDLE, LONGEST, Book
from accounts.passwords import fits, hashed
from schemas.people import InvalidAccount, Person

PASSWORD = "秋水共长天一色2026"


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(tmp_path: Path, clock: Clock, quick_passwords: None) -> Iterator[Book]:
    with Book(tmp_path / "accounts.sqlite", clock) as found:
        found.add("李青", PASSWORD, "inspector")
        found.add("王管", PASSWORD + "a", "administrator")
        yield found


def test_no_secret_stands_in_the_file(book: Book, tmp_path: Path) -> None:
    session = book.sign_in("李青", PASSWORD)
    token = book.give_token("李青", "夜间运行")
    assert session is not None
    book.note("李青", "login")
    kept = b"".join(part.read_bytes() for part in tmp_path.iterdir())
    assert b"$argon2id$" in kept
    for secret in (PASSWORD, session.secret, token, token.removeprefix("dz_")):
        assert secret.encode() not in kept


def test_a_hash_costs_what_rfc_9106_asks_for() -> None:
    kept = hashed(PASSWORD, "李青")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert fits(PASSWORD, kept)
    assert not fits(PASSWORD + "x", kept)
    assert not fits(PASSWORD, "not a hash")


def test_only_its_owner_reads_the_file(book: Book, tmp_path: Path) -> None:
    for part in tmp_path.iterdir():
        assert stat.S_IMODE(part.stat().st_mode) == 0o600, part


def test_the_same_password_of_two_people_is_kept_differently(book: Book, tmp_path: Path) -> None:
    book.add("周岚", PASSWORD, "reader")
    with sqlite3.connect(tmp_path / "accounts.sqlite") as connection:
        kept = dict(connection.execute("SELECT name, password FROM people"))
    assert kept["周岚"] != kept["李青"]


@pytest.mark.parametrize("password", ["", "short", "x" * 257, "李青123456"[:8]])
def test_a_password_that_can_be_guessed_is_refused(book: Book, password: str) -> None:
    with pytest.raises(InvalidAccount):
        book.add("新人", password, "reader")
    assert not book.knows("新人")


def test_a_password_is_not_the_name(book: Book) -> None:
    with pytest.raises(InvalidAccount):
        book.add("zhang.qinglan", "Zhang.Qinglan1", "reader")


@pytest.mark.parametrize("name", ["", "..", ".", "a/b", "a b", "x" * 41, "a\nb", "<b>", "-rf"])
def test_a_name_is_a_name(book: Book, name: str) -> None:
    with pytest.raises(InvalidAccount):
        book.add(name, PASSWORD, "reader")


def test_signing_in_needs_the_name_the_password_and_an_account_that_is_not_disabled(book: Book) -> None:
    assert book.sign_in("李青", PASSWORD) is not None
    assert book.sign_in("李青", PASSWORD + "x") is None
    assert book.sign_in("nobody", PASSWORD) is None
    assert book.sign_in("nobody", "nobody has this password") is None
    book.change("李青", disabled=True)
    assert book.sign_in("李青", PASSWORD) is None
    book.change("李青", disabled=False)
    assert book.sign_in("李青", PASSWORD) is not None


def test_a_password_is_compared_whole(book: Book) -> None:
    book.add("长者", "长" * 256, "reader")
    assert book.sign_in("长者", "长" * 256) is not None
    assert book.sign_in("长者", "长" * 257) is None


def test_a_session_ends_after_a_working_day_without_a_request(book: Book, clock: Clock) -> None:
    session = book.sign_in("李青", PASSWORD)
    assert session is not None
    for _ in range(3):
        clock.now += IDLE - timedelta(minutes=1)
        assert book.session(session.secret) is not None
    clock.now += IDLE + timedelta(seconds=1)
    assert book.session(session.secret) is None
    clock.now -= IDLE
    assert book.session(session.secret) is None, "what has ended does not come back"


def test_a_session_ends_after_a_week_in_any_case(book: Book, clock: Clock) -> None:
    session = book.sign_in("李青", PASSWORD)
    assert session is not None
    end = clock.now + LONGEST
    while clock.now + timedelta(hours=7) <= end:
        clock.now += timedelta(hours=7)
        assert book.session(session.secret) is not None
    clock.now += timedelta(hours=7)
    assert book.session(session.secret) is None


@pytest.mark.parametrize("change", [{"role": "reader"}, {"password": "另一个很长的密码2026"}, {"disabled": True}])
def test_a_change_of_the_account_ends_its_sessions(book: Book, change: dict[str, object]) -> None:
    session, other = book.sign_in("李青", PASSWORD), book.sign_in("王管", PASSWORD + "a")
    assert session is not None
    assert other is not None
    book.change("李青", **change)  # type: ignore[arg-type]
    assert book.session(session.secret) is None
    assert book.session(other.secret) is not None


def test_signing_out_ends_this_session_alone(book: Book) -> None:
    one, two = book.sign_in("李青", PASSWORD), book.sign_in("李青", PASSWORD)
    assert one is not None
    assert two is not None
    assert (one.secret, one.csrf) != (two.secret, two.csrf)
    book.sign_out(one.secret)
    assert book.session(one.secret) is None
    assert book.session(two.secret) is not None


def test_one_administrator_is_left(book: Book) -> None:
    for change in ({"role": "reader"}, {"disabled": True}):
        with pytest.raises(InvalidAccount):
            book.change("王管", **change)  # type: ignore[arg-type]
    assert [(one.role, one.disabled) for one in book.people() if one.name == "王管"] == [("administrator", False)]


def test_a_role_that_there_is_not_is_refused(book: Book) -> None:
    with pytest.raises(InvalidAccount):
        book.change("李青", role="root")  # type: ignore[arg-type]
    with pytest.raises(InvalidAccount):
        book.add("新人", PASSWORD, "root")  # type: ignore[arg-type]


def test_a_token_speaks_for_its_person_until_it_expires_or_is_withdrawn(book: Book, clock: Clock) -> None:
    lasting, short = book.give_token("李青", "夜间"), book.give_token("李青", "试用", days=2)
    assert book.bearer(lasting) == book.bearer(short) == Person("李青", "inspector")
    clock.now += timedelta(days=2)
    assert book.bearer(short) is None
    assert book.bearer(lasting) is not None
    id = next(one.id for one in book.tokens("李青") if one.label == "夜间")
    with pytest.raises(InvalidAccount):
        book.withdraw_token(id, "王管")
    assert book.bearer(lasting) is not None
    book.withdraw_token(id, "李青")
    assert book.bearer(lasting) is None


def test_a_token_has_the_role_of_today_and_none_when_the_account_is_disabled(book: Book) -> None:
    token = book.give_token("李青", "夜间")
    book.change("李青", role="reader")
    assert book.bearer(token) == Person("李青", "reader")
    book.change("李青", disabled=True)
    assert book.bearer(token) is None
    assert book.bearer("dz_" + "x" * 43) is None


def test_a_token_does_no_more_than_it_was_made_for_and_never_more_than_its_person(book: Book) -> None:
    book.add("赵批", PASSWORD, "approver")
    reading, all_of_it = book.give_token("赵批", "夜间", role="reader"), book.give_token("赵批", "夜间")
    above = book.give_token("赵批", "夜间", role="administrator")
    assert [book.bearer(one) for one in (reading, all_of_it, above)] == [
        Person("赵批", "reader"),
        Person("赵批", "approver"),
        Person("赵批", "approver"),
    ]
    assert [one.role for one in book.tokens("赵批")] == ["reader", None, "administrator"]
    with pytest.raises(InvalidAccount):
        book.give_token("赵批", "夜间", role="owner")  # type: ignore[arg-type]


def test_tokens_of_a_book_that_an_earlier_version_made_keep_their_rights(tmp_path: Path, quick_passwords: None) -> None:
    path = tmp_path / "accounts.sqlite"
    with Book(path) as book:
        book.add("李青", PASSWORD, "inspector")
        token = book.give_token("李青", "夜间")
    with sqlite3.connect(path) as earlier:
        earlier.execute("ALTER TABLE tokens DROP COLUMN role")
        earlier.execute("PRAGMA user_version=1")
    for _ in range(2):
        with Book(path) as book:
            assert book.bearer(token) == Person("李青", "inspector")
            assert book.give_token("李青", "白天", role="reader")


def test_ones_own_new_password_needs_the_old_one_and_ends_every_other_session(book: Book) -> None:
    before = book.sign_in("李青", PASSWORD)
    assert before is not None
    assert book.own_password("李青", "wrong" * 3, PASSWORD + "new") is None
    assert book.session(before.secret) is not None
    with pytest.raises(InvalidAccount):
        book.own_password("李青", PASSWORD, "short")
    now = book.own_password("李青", PASSWORD, PASSWORD + "new")
    assert now is not None
    assert book.session(before.secret) is None
    assert book.session(now.secret) is not None
    assert book.sign_in("李青", PASSWORD) is None
    book.change("李青", disabled=True)
    assert book.own_password("李青", PASSWORD + "new", PASSWORD) is None


def test_signing_out_everywhere_ends_ones_own_sessions_and_nobody_elses(book: Book) -> None:
    mine = [book.sign_in("李青", PASSWORD) for _ in range(2)]
    other = book.sign_in("王管", PASSWORD + "a")
    token = book.give_token("李青", "夜间")
    book.sign_out_everywhere("李青")
    assert [one and book.session(one.secret) for one in mine] == [None, None]
    assert other is not None
    assert book.session(other.secret) is not None
    assert book.bearer(token) is not None


def test_a_token_is_for_somebody(book: Book) -> None:
    with pytest.raises(InvalidAccount):
        book.give_token("nobody", "夜间")


def test_whom_a_proxy_vouches_for_has_the_role_here_or_the_one_given(book: Book) -> None:
    known = book.vouched("李青", "reader")
    assert known is not None
    assert known.person.role == "inspector"
    assert book.vouched("新人", None) is None
    stranger = book.vouched("新人", "reader")
    assert stranger is not None
    assert stranger.person == Person("新人", "reader")
    assert book.vouched("../x", "reader") is None
    book.change("李青", disabled=True)
    assert book.vouched("李青", "administrator") is None


def test_the_audit_log_is_only_added_to(book: Book, tmp_path: Path) -> None:
    for number in range(5):
        book.note("李青", "login", str(number))
    with sqlite3.connect(tmp_path / "accounts.sqlite") as connection:
        for statement in ("DELETE FROM acts", "UPDATE acts SET person='x'", "UPDATE acts SET at='' WHERE number=1"):
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(statement)
    assert [act.object for act in book.acts(limit=2)] == ["4", "3"]
    assert [act.object for act in book.acts(before=book.acts(limit=2)[-1].number)] == ["2", "1", "0"]
    assert book.acts(person="nobody") == []


def test_two_processes_have_it_open_at_once(book: Book, tmp_path: Path) -> None:
    with Book(tmp_path / "accounts.sqlite") as other:
        other.add("周岚", PASSWORD, "reader")
        book.note("李青", "login")
        assert book.knows("周岚")
        assert len(other.acts()) == 1


def test_a_book_of_a_later_version_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "accounts.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version=99")
    with pytest.raises(InvalidAccount, match=r"accounts\.sqlite"):
        Book(path)


def test_a_file_that_is_no_book_is_named(tmp_path: Path) -> None:
    path = tmp_path / "accounts.sqlite"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(InvalidAccount, match=r"accounts\.sqlite"):
        Book(path)


# The brake on guessing


def test_after_some_tries_one_has_to_wait_until_the_first_is_old() -> None:
    now = [0.0]
    attempts = Attempts(clock=lambda: now[0])
    for second in range(MOST):
        now[0] = float(second)
        assert attempts.wait("李青") == 0
    assert attempts.wait("李青") == WITHIN - (MOST - 1)
    assert attempts.wait("王管") == 0, "another name does not wait"
    now[0] = WITHIN
    assert attempts.wait("李青") == 1
    now[0] = WITHIN + 0.5
    assert attempts.wait("李青") == 0
    assert attempts.wait("李青") == 1


def test_whoever_signs_in_starts_again_and_their_address_is_forgiven_one_try_alone() -> None:
    attempts = Attempts(most=3, clock=lambda: 0.0)
    for _ in range(3):
        assert attempts.wait("name") == 0
    attempts.forget("name")
    assert attempts.wait("name") == 0
    for _ in range(3):
        assert attempts.wait("address") == 0
    attempts.forgive("address")
    assert attempts.wait("address") == 0
    assert attempts.wait("address") > 0


def test_many_tries_at_once_are_no_way_around() -> None:
    attempts, let = Attempts(clock=lambda: 0.0), []
    threads = [threading.Thread(target=lambda: let.append(attempts.wait("name"))) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert let.count(0) == MOST


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert accounts.attempts.REMEMBERED <= 10_000
    monkeypatch.setattr(accounts.attempts, "REMEMBERED", 200)
    attempts = Attempts(clock=lambda: 0.0)
    for number in range(300):
        attempts.wait(f"name {number}")
    assert attempts.remembered() == 200


@pytest.mark.parametrize("label", ["夜间\x00任务", "夜间\n任务", "\u202e夜间任务"])
def test_a_token_has_a_label_that_can_be_read(book: Book, label: str) -> None:
    book.add("李督学", "一个足够长的密码 2026", "reader")
    with pytest.raises(InvalidAccount, match=r"label: 第 \d 个字.* / .*remove it"):
        book.give_token("李督学", label)
    assert book.tokens() == []
