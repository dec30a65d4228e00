"""Prices from an address: only https, bounded, and only when asked for. No test leaves this machine."""

from __future__ import annotations

import io
import socket
import urllib.error
import urllib.request
from email.message import Message

import pytest

from isocost.cli import main
from isocost.files import FileError
from isocost.files.imports import fetching
from isocost.files.imports.fetching import FetchError, checked_address, fetch_prices

ADDRESS = "https://prices.example.org/catalogs/v8/aws/vms.csv"
TABLE = (
    b"InstanceType,AcceleratorName,AcceleratorCount,Price,SpotPrice,Region\n"
    b"p5.48xlarge,H100,8,54.24,19.92,us-east-1\n"
)


class Answer(io.BytesIO):
    def __init__(self, data: bytes, address: str = ADDRESS) -> None:
        super().__init__(data)
        self.address = address

    def geturl(self) -> str:
        return self.address


class Opener:
    """Answers without a network, and remembers what was asked."""

    def __init__(self, answer: object) -> None:
        self.answer, self.asked = answer, []

    def open(self, request, *, timeout):
        self.asked.append((request, timeout))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_what_is_fetched_is_read_as_a_file_of_its_folder_and_says_where_from():
    opener = Opener(Answer(TABLE))
    found = fetch_prices(f"  {ADDRESS} ", opener)
    assert [each.provider for each in found.prices.prices] == ["aws", "aws"]
    assert found.prices.name == ADDRESS
    assert ADDRESS in found.said()
    (request, timeout) = opener.asked[0]
    assert request.full_url == ADDRESS
    assert set(request.headers) == {"User-agent", "Accept"}
    assert 0 < timeout <= 30


@pytest.mark.parametrize(
    "address",
    [
        "http://prices.example.org/vms.csv",
        "ftp://prices.example.org/vms.csv",
        "file:///etc/passwd",
        "https://",
        "https:///vms.csv",
        "https://user:secret@prices.example.org/vms.csv",
        "https://prices.example.org:port/vms.csv",
        "https://[::1/vms.csv",
        "https://a b/vms.csv",
        "https://a/\nb",
        "https://a/" + "x" * 5000,
        "vms.csv",
        "",
    ],
)
def test_no_other_address_is_asked(address):
    opener = Opener(Answer(TABLE))
    with pytest.raises(FetchError) as problem:
        fetch_prices(address, opener)
    assert not opener.asked
    assert "secret" not in str(problem.value)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (urllib.error.HTTPError(ADDRESS, 404, "Not Found", Message(), None), "answers 404"),
        (urllib.error.URLError(TimeoutError()), "does not answer"),
        (urllib.error.URLError(socket.gaierror(-2, "Name or service not known")), "name or service"),
        (ConnectionResetError(104, "Connection reset by peer"), "reset"),
        (Answer(TABLE, "http://elsewhere.example.org/vms.csv"), "https"),
    ],
)
def test_what_goes_wrong_is_a_sentence(answer, says):
    with pytest.raises(FetchError, match=says):
        fetch_prices(ADDRESS, Opener(answer))


def test_an_answer_is_bounded_in_size_and_time(monkeypatch):
    monkeypatch.setattr(fetching, "LARGEST", 1000)
    with pytest.raises(FetchError, match="larger than"):
        fetch_prices(ADDRESS, Opener(Answer(b"x" * 5000)))
    times = iter(range(0, 10_000, 50))
    with pytest.raises(FetchError, match="longer than"):
        fetch_prices(ADDRESS, Opener(Answer(TABLE * 3)), clock=lambda: float(next(times) * 2))


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"<html>sign in</html>", b"loss,step\n1,2\n", b""])
def test_nothing_but_prices_is_taken(data):
    with pytest.raises(FileError, match="came back"):
        fetch_prices(ADDRESS, Opener(Answer(data)))


def test_a_redirection_to_anything_but_https_is_not_followed():
    handler = fetching._Redirects()
    request = urllib.request.Request(ADDRESS)
    followed = handler.redirect_request(request, io.BytesIO(), 302, "Found", Message(), ADDRESS + "?again")
    assert followed is not None
    for elsewhere in ("http://prices.example.org/", "file:///etc/passwd", "ftp://a/b"):
        with pytest.raises(FetchError):
            handler.redirect_request(request, io.BytesIO(), 302, "Found", Message(), elsewhere)


def test_the_command_fetches_only_with_its_flag_and_says_what(monkeypatch, capsys, tmp_path):
    opener = Opener(Answer(TABLE))
    monkeypatch.setattr(fetching, "_opener", lambda: opener)
    assert main(["import", ADDRESS]) == 2
    assert "--fetch" in capsys.readouterr().err
    assert not opener.asked
    plan = tmp_path / "plan.yaml"
    assert main(["import", ADDRESS, "--fetch", "--plan", "new", "-o", str(plan)]) == 0
    written = capsys.readouterr()
    assert f"fetching {ADDRESS}" in written.err
    assert "2 prices of 1 accelerator put into the plan." in written.out
    assert ADDRESS in plan.read_text()
    assert checked_address(ADDRESS) == ADDRESS
