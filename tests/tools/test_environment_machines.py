"""What the set-up says, before it fetches anything, on a machine for which there is no PyTorch."""

import pytest

import environment
from environment import NEWEST, OLDEST, impossible

LINUX, MAC, WINDOWS = ("linux", "x86_64", 64), ("darwin", "arm64", 64), ("win32", "AMD64", 64)


@pytest.mark.parametrize("machine", [LINUX, MAC, WINDOWS, ("linux", "aarch64", 64)])
@pytest.mark.parametrize("version", [OLDEST, (3, 13), NEWEST])
def test_nothing_stands_in_the_way_of_the_usual_machines(machine, version):
    assert impossible(*machine, version) is None


@pytest.mark.parametrize("version", [OLDEST, NEWEST, (3, 9), (3, 20)])
def test_an_intel_mac_is_never_told_to_take_another_version(version):
    told = impossible("darwin", "x86_64", 64, version)
    assert "no longer made for Intel Macs" in told
    assert "Colab and Binder" in told
    assert "PYTHON=" not in told


def test_windows_on_arm_is_told_what_helps():
    assert "a Python for x64" in impossible("win32", "ARM64", 64, (3, 13))


@pytest.mark.parametrize("machine", [("linux", "armv7l", 32), ("linux", "riscv64", 64), ("freebsd14", "amd64", 64)])
def test_where_no_python_helps_none_is_advised(machine):
    told = impossible(*machine, (3, 13))
    assert "not made for this machine" in told
    assert "Colab and Binder" in told
    assert "Install" not in told


@pytest.mark.parametrize(
    ("version", "words"), [((3, 10), "3.10 is too old"), ((3, 15), "not offered for Python 3.15 yet")]
)
def test_a_python_out_of_range_is_told_the_range(version, words):
    told = impossible(*LINUX, version)
    assert words in told
    assert "3.11 to 3.14 are right" in told


def test_a_python_of_32_bits_is_refused():
    assert "64-bit" in impossible("win32", "AMD64", 32, (3, 13))


@pytest.mark.parametrize("card", [True, False])
def test_the_small_build_is_asked_for_only_where_it_helps(monkeypatch, tmp_path, card, capsys):
    calls = []
    monkeypatch.setattr(environment.sys, "platform", "linux")
    monkeypatch.setattr(environment.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(environment, "has_graphics_card", lambda: card)
    monkeypatch.setattr(environment.subprocess, "call", lambda words, **_: calls.append(words) or len(calls) == 2)
    (tmp_path / "constraints.txt").write_text("numpy==2.0\ntorch==9.9 ; python_version > '3'\n")
    environment.fetch_small_torch(str(tmp_path), str(tmp_path / "constraints.txt"), None)
    if card:
        assert calls == []
        return
    assert calls[1][-2:] == ["--torch-backend=auto", "torch==9.9"]
    assert "the large one does the same" in capsys.readouterr().out


def test_a_refused_certificate_is_no_missing_connection():
    text = "connection broken by 'SSLError(SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED]')"
    (last, told) = [(sign, words) for sign, words in environment.REASONS.items() if sign in text][-1]
    assert last == "CERTIFICATE_VERIFY_FAILED"
    assert "REQUESTS_CA_BUNDLE" in told
