"""HTTPS: the name is what the certificate is held against, though the connection goes to an address that was checked."""

from __future__ import annotations

import datetime
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schemas.fetching import FetchFailed
from sources.fetch import Fetcher
from tests.sources.site import Site, notice

NAME = "www.yunting.example.cn"


def _certificate(folder: Path) -> Path:
    """A certificate for ``NAME`` that vouches for itself, with its key, as one file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "site.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("cryptography")
    return _certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def secure(certificate: Path) -> Iterator[Site]:
    """The test site, by HTTPS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with Site.serving(tls=context) as served:
        yield served


Make = Callable[..., Fetcher]


def test_a_name_is_asked_by_https_at_its_checked_address(
    secure: Site, fetcher: Make, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    url = secure.publish(notice(1)).replace("127.0.0.1", NAME)
    answer = fetcher(url=url, hosts=[NAME], resolve=lambda host, port: ["127.0.0.1"]).ask(url)
    assert notice(1).title in answer.body.decode("gbk")
    assert secure.log[-1].headers["host"] == f"{NAME}:{secure.port}"


def test_the_certificate_of_another_name_is_refused(
    secure: Site, fetcher: Make, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    url = secure.publish(notice(1)).replace("127.0.0.1", "other.example.cn")
    with pytest.raises(FetchFailed) as failed:
        fetcher(url=url, resolve=lambda host, port: ["127.0.0.1"]).ask(url)
    assert failed.value.cause == "no_connection"
    assert not secure.log


def test_a_certificate_that_nobody_vouches_for_is_refused_at_once(secure: Site, fetcher: Make) -> None:
    url = secure.publish(notice(1)).replace("127.0.0.1", NAME)
    looked_up: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"]

    with pytest.raises(FetchFailed) as failed:
        fetcher(url=url, resolve=resolve, obey_robots=False).ask(url)
    assert failed.value.cause == "no_connection"
    assert "证书" in failed.value.message
    assert "SSL_CERT_FILE" in failed.value.cure
    # A retry would find the same certificate.
    assert looked_up == [NAME]


def test_https_goes_through_a_proxy_by_a_tunnel_with_its_password(
    secure: Site, site: Site, fetcher: Make, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def only_the_proxy(host: str, port: int) -> list[str]:
        if host == "127.0.0.1":
            return [host]
        raise OSError("only the proxy knows it")

    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    url = secure.publish(notice(1)).replace("127.0.0.1", NAME)
    proxy = site.url.replace("http://", "http://user:secret@")
    asking = fetcher(url=url, proxy=proxy, allow_private=False, resolve=only_the_proxy)
    assert notice(1).title in asking.ask(url).body.decode("gbk")
    assert {request.path for request in site.log} == {f"CONNECT {NAME}:{secure.port}"}
    assert site.log[0].headers["proxy-authorization"] == "Basic dXNlcjpzZWNyZXQ="
    assert "proxy-authorization" not in secure.log[-1].headers
