"""The tests are tested: most small mistakes in `utils` are noticed, and the tool that counts them does not flatter."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

import mutation
from course import ROOT
from mutation import KILLED, SURVIVED, UNCERTAIN, Mutant, draw_mutants, shares_that_fit
from tests_of import likely_tests, mentions, public_names

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked, which Windows cannot do")

MODULE = '''\
"""A module."""

LIMIT = 3


def _half(x):
    return x / 2


def middle(a, b):
    if a > b:
        raise ValueError(f"{a} is above {b}, by" + str(a - b))
    return a + _half(b - a)


def count(n):
    while n > 0:
        n -= 1
    return LIMIT
'''
GOOD_TESTS = """\
import pytest
from utils.numbers import count, middle


def test_middle():
    assert middle(2, 6) == 4
    assert middle(3, 3) == 3
    with pytest.raises(ValueError):
        middle(2, 1)


@pytest.mark.timeout(1)
def test_count():
    assert count(2) == 3
"""
BROKEN_TEST = """
@pytest.mark.timeout(1)
def test_broken():
    middle(1, 2)
    assert count(1) == 7

"""
# It sees nothing, and leaves a process behind as a kernel that goes round in circles is left.
LEFT_BEHIND = "import time; time.sleep(600)  # left by a blind test"
BLIND_TESTS = f"""\
import subprocess
import sys
from utils.numbers import middle


def test_nothing():
    assert middle
    subprocess.Popen([sys.executable, "-c", {LEFT_BEHIND!r}], start_new_session=True)
"""
ENDING = 'CODE = 2\n\nif __name__ == "__main__":\n    raise SystemExit(CODE)\n'
# Name of a course -> its module, its tests, and how many mutants are judged.
COURSES = {
    "good": (MODULE, GOOD_TESTS, 10),
    "blind": (MODULE, BLIND_TESTS, 4),
    "broken": (MODULE, GOOD_TESTS.replace("\ndef test_middle", f"{BROKEN_TEST}\ndef test_middle", 1), 4),
    "ending": (ENDING, "from utils.numbers import CODE\n\n\ndef test_code():\n    assert CODE == 2\n", 6),
}
JUDGE = """\
import sys
from pathlib import Path
from mutation import draw_mutants, judge
for place in sys.argv[1:]:
    root, n = Path(place.partition("=")[0]), int(place.partition("=")[2])
    for mutant in judge(draw_mutants(n, 0, root), 2, 20, root):
        print(root.name, mutant.verdict, mutant.line, mutant.change, mutant.test, sep="|")
"""


def make_course(root, module, tests=""):
    """A course of one module."""
    (root / "utils").mkdir(parents=True)
    (root / "tests").mkdir()
    (root / "utils" / "numbers.py").write_text(module)
    (root / "tests" / "test_numbers.py").write_text(tests)
    # As the course has it; with doctests.
    options = "addopts = --import-mode=importlib --doctest-modules"
    (root / "pytest.ini").write_text(f"[pytest]\npythonpath = .\nmarkers = slow\n{options}\n")
    return root


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """Name of a course -> verdict, line, change and test of some mutants; one process imports for all of them."""
    folder = tmp_path_factory.mktemp("courses")
    for name, (module, tests, _) in COURSES.items():
        make_course(folder / name, module, tests)
    command = [sys.executable, "-c", JUDGE, *(f"{folder / name}={n}" for name, (_, _, n) in COURSES.items())]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "tools"), "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=250)
    assert run.returncode == 0, run.stderr
    assert {(folder / name / "utils" / "numbers.py").read_text() for name in COURSES} == {MODULE, ENDING}
    lines = [line.split("|") for line in run.stdout.splitlines()]
    return {name: [rest for course, *rest in lines if course == name] for name in COURSES}


def test_a_seed_decides_the_mutants_and_every_one_is_a_change():
    first, again = draw_mutants(8, 5), draw_mutants(8, 5)
    assert first == again != draw_mutants(8, 6)
    assert len({(mutant.module, mutant.change, mutant.line) for mutant in first}) == 8
    for mutant in first:
        assert mutant.module.parts[0] == "utils"
        assert mutant.source != (ROOT / mutant.module).read_text(encoding="utf-8")


def test_what_no_test_can_judge_is_left_alone(tmp_path):
    module = (
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    x = 1\n\n\ndef f(a):\n"
        '    raise ValueError("got" + str(a + 1))\n'
    )
    changes = {mutant.change for mutant in draw_mutants(1, 0, make_course(tmp_path / "course", module))}
    assert changes == {'`raise ValueError("got" + str(a + 1))` becomes `pass`'}


def test_names_lead_from_a_helper_to_what_tests_know():
    lines = MODULE.splitlines()
    assert public_names(MODULE, lines.index("    return x / 2") + 1) == {"_half", "middle"}
    assert public_names(MODULE, lines.index("LIMIT = 3") + 1) == {"LIMIT", "count"}
    assert public_names(MODULE, lines.index("    return LIMIT") + 1) == {"count"}
    assert mentions(test_names_lead_from_a_helper_to_what_tests_know, "", {"_half"})
    assert mentions(len, "test_exercise[count]", {"count"})
    assert not mentions(len, "test_exercise[other]", {"count"})


@pytest.mark.parametrize(
    ("module", "nearest"),
    [
        ("models/iaf.py", "test_iaf.py"),
        ("datasets/sound.py", "test_sound.py"),
        ("seeding.py", "test_seeding.py"),
        ("exercises/spiral_mlp.py", "test_exercises.py"),
        ("plotting/style.py", "test_style.py"),
    ],
)
def test_the_module_s_own_tests_are_the_nearest(module, nearest):
    ranks = likely_tests(ROOT / "utils" / module)
    assert nearest in [path.name for path in ranks[0]]
    everywhere = [path for files in ranks for path in files]
    assert len(everywhere) == len(set(everywhere))


@pytest.mark.parametrize(
    ("noticed", "n", "low", "high"),
    # Computed by hand from Wilson's formula.
    [(17, 24, 0.508, 0.851), (54, 60, 0.799, 0.953), (0, 10, 0, 0.278), (10, 10, 0.722, 1)],
)
def test_a_small_sample_says_little(noticed, n, low, high):
    assert shares_that_fit(noticed, n) == pytest.approx((low, high), abs=1e-3)


@pytest.mark.parametrize(("noticed", "code"), [(24, 0), (17, 0), (10, 1)])
def test_it_fails_where_the_share_is_surely_below(noticed, code, monkeypatch, capsys):
    mutants = [Mutant(Path("utils/a.py"), 1, "", "", verdict=KILLED if n < noticed else SURVIVED) for n in range(24)]
    monkeypatch.setattr(mutation, "draw_mutants", lambda n, seed: mutants[:n])
    monkeypatch.setattr(mutation, "judge", lambda mutants, jobs, seconds: iter(mutants))
    monkeypatch.setattr(sys, "argv", ["mutation.py", "--mutants", "24", "--least", "0.8"])
    with pytest.raises(SystemExit) as ended:
        mutation.main()
    # Anything but a number or a truth value would be printed, and pass for a failure.
    assert type(ended.value.code) in (bool, int)
    assert ended.value.code == code
    assert f"{noticed / 24:.1%} of 24 mutants were noticed" in capsys.readouterr().out


@pytest.mark.slow
class TestJudging:
    def test_good_tests_notice_what_matters_and_loops_end(self, judged):
        assert len(judged["good"]) == 10
        survivors = [change for verdict, _, change, _ in judged["good"] if verdict == "survived"]
        # What makes no difference: counting from below zero, or one step more.
        assert len(survivors) <= 2
        assert all("n" in change for change in survivors)

    def test_tests_that_see_nothing_let_everything_live(self, judged):
        assert [verdict for verdict, *_ in judged["blind"]] == ["survived"] * 4

    def test_nothing_that_a_test_has_started_is_left(self, judged):
        running = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
        assert [command for command in running if LEFT_BEHIND in command] == []

    def test_a_test_that_always_fails_notices_nothing(self, judged):
        broken = [verdict for verdict, _, _, test in judged["broken"] if test.endswith("test_broken")]
        assert broken == [UNCERTAIN] * 4

    def test_a_module_that_ends_the_program_when_imported_is_noticed(self, judged):
        verdicts = {change: verdict for verdict, _, change, _ in judged["ending"]}
        assert verdicts["`__name__ == \"__main__\"` becomes `(__name__ != '__main__')`"] == "crashed"
        assert "killed" in verdicts.values()
