"""Run All, whatever is typed: cells that cannot be read, run or trusted, in a real kernel."""

import nbformat
import pytest
from notebook_tools import run

IMPORTS = """\
import sys
sys.path.insert(0, "..")
import matplotlib
import numpy as np
import torch
from torch import nn
from utils import exercise, show
x = torch.ones(3)
_ = torch.manual_seed(1)
# What never returns is waited for here: half a second shows the same as this exercise's five.
import dataclasses
from utils.exercises import get, register
_ = register(dataclasses.replace(get("02.relus_needed"), time_limit=0.5))"""
RIGHT = '@exercise("02.relu_biases")\ndef relu_biases(x_train):\n    return -x_train[:-1]'
# Right, but under another name.
NET = """@exercise("03.mlp")
class Net(nn.Module):
    def __init__(self, n_inputs, hidden, n_outputs, activation):
        super().__init__()
        from utils.models.mlp import find_activation
        parts = []
        for width in hidden:
            parts += [nn.Linear(n_inputs, width), find_activation(activation)]
            n_inputs = width
        self.layers = nn.Sequential(*parts, nn.Linear(n_inputs, n_outputs))

    def forward(self, x):
        return self.layers(x.flatten(1))"""
USE = "print(relu_biases(torch.tensor([1.0, 2.0])))"

# Name -> (cells, words that the last box of the first of them holds, what the second prints).
CELLS = {
    "its name given to something else": (
        '@exercise("02.relu_weights")\ndef relu_weights(slopes):\n    return slopes\nrelu_weights = 5',
        "`relu_weights` has its old value again",
        "print(relu_weights(torch.tensor([1.0, 3.0])))",
        "tensor([1., 2.])",
    ),
    "everything forgotten": (
        f"{RIGHT}\n%reset -f",
        "have their old values again",
        USE,
        "tensor([-1.])",
    ),
    "%%capture": (
        f"%%capture\n{RIGHT}",
        "",
        USE,
        "tensor([-1.])",
    ),
    "a generator seeded by nobody": (
        f"{RIGHT}\nnp.random.seed = torch.manual_seed = None",
        "`torch.manual_seed` was replaced; `numpy.random.seed` was replaced.",
        USE,
        "tensor([-1.])",
    ),
    "nowhere to print": (
        f"{RIGHT}\nimport sys\nsys.stdout = sys.stderr = None",
        "Your code changed this for all: what is printed went elsewhere.",
        USE,
        "tensor([-1.])",
    ),
    "nowhere to find modules": (
        f"{RIGHT}\nimport sys\nsys.path.clear()",
        "Python could no longer find modules in",
        f"import cmd; {USE}",
        "tensor([-1.])",
    ),
    "all of NumPy": (
        f"from numpy import *\n{RIGHT}",
        "have their old values again, since cells below read them. Use other names of your own.",
        f"print(max(1, 2), sum([1, 2])); {USE}",
        "tensor([-1.])",
    ),
    "a function under a name of Python": (
        f"{RIGHT}\ndef max(a, b):\n    return 0",
        "`max` has its old value again",
        f"{USE}; print(max(1, 2))",
        "2",
    ),
    "an error that is no Exception": (
        f"{RIGHT}\nraise BaseException('odd')",
        "line 4, `raise BaseException('odd')`, raised BaseException: odd",
        USE,
        "tensor([-1.])",
    ),
    "the end of a generator": (
        f"{RIGHT}\nraise GeneratorExit",
        "raised GeneratorExit: (no message)",
        USE,
        "tensor([-1.])",
    ),
    "an exit above the answer": (
        f"raise SystemExit(3)\n{RIGHT}",
        "raised SystemExit: 3",
        USE,
        "tensor([-1.])",
    ),
    "Python's own functions replaced": (
        f"import builtins\n{RIGHT}\nbuiltins.len = builtins.isinstance = lambda *_: 1 / 0\ndel builtins.print",
        "Your code changed this for all: `builtins.isinstance` was replaced; `builtins.len` was replaced; "
        "`builtins.print` was replaced.",
        USE,
        "tensor([-1.])",
    ),
    "Python's own functions replaced in an answer": (
        '@exercise("02.relu_biases")\ndef relu_biases(x_train):\n    import builtins\n    builtins.len = lambda _: 0\n'
        "    return -x_train[:-1]",
        "The result is right, but your code replaces `builtins.len` for everybody. Use a name of your own.",
        USE,
        "tensor([-1.])",
    ),
    "a name of the notebook written by an answer": (
        '@exercise("02.relu_biases")\ndef relu_biases(x_train):\n    global x\n    x = -x_train\n    return x[:-1]',
        "It is used from here on.",
        f"{USE}; print(x)",
        "tensor([1., 1., 1.])",
    ),
    "a name written through globals()": (
        '@exercise("02.relu_biases")\ndef relu_biases(x_train):\n    globals()["x"] = 0\n    return -x_train[:-1]',
        "It is used from here on.",
        f"{USE}; print(x)",
        "tensor([1., 1., 1.])",
    ),
    "an array of the notebook changed by an answer": (
        '@exercise("02.relu_biases")\ndef relu_biases(x_train):\n    x[0] = 7\n    return -x_train[:-1]',
        "It is used from here on.",
        f"{USE}; print(x)",
        "tensor([1., 1., 1.])",
    ),
    "a counter of the student's own": (
        "calls_of_mine = 0\n"
        '@exercise("02.relu_biases")\ndef relu_biases(x_train):\n    global calls_of_mine\n    calls_of_mine += 1\n'
        "    return -x_train[:-1]",
        "It is used from here on.",
        f"{USE}; {USE}; print(calls_of_mine)",
        "2",
    ),
    "a missing colon": (
        '@exercise("02.relu_biases")\ndef relu_biases(x_train)\n    return 1',
        "Python cannot read line 2 of this cell: expected ':'.\ndef relu_biases(x_train)\n                        ^",
        USE,
        "tensor([-1.])",
    ),
    "a return too far left": (
        '@exercise("02.relu_biases")\ndef relu_biases(x_train):\n    b = 1\nreturn b',
        "line 4 of this cell: 'return' outside function.\nreturn b\n^",
        USE,
        "tensor([-1.])",
    ),
    "no indentation": (
        '@exercise("02.relu_biases")\ndef relu_biases(x_train):\nreturn 1',
        "line 3 of this cell: expected an indented block",
        USE,
        "tensor([-1.])",
    ),
    "an open bracket": (
        '@exercise("02.relu_biases"\ndef relu_biases(x_train):\n    return 1',
        "line 1 of this cell: '(' was never closed",
        USE,
        "tensor([-1.])",
    ),
    "an open quote": (
        '@exercise("02.relu_biases)\ndef relu_biases(x_train):\n    return 1',
        "line 1 of this cell: unterminated string",
        USE,
        "tensor([-1.])",
    ),
    "another id": (
        '@exercise("02.relu_bias")\ndef relu_biases(x_train):\n    return 1',
        'should be `@exercise("02.relu_biases")`',
        USE,
        "tensor([-1.])",
    ),
    "no id": (
        "@exercise\ndef relu_biases(x_train):\n    return 1",
        'should be `@exercise("02.relu_biases")`',
        USE,
        "tensor([-1.])",
    ),
    "an error in a class": (
        '@exercise("03.mlp")\nclass SpiralMLP(nn.Module):\n    layers = nn.Linear(n_inputs, 3)',
        "line 3, `layers = nn.Linear(n_inputs, 3)`, raised NameError",
        'print(SpiralMLP(2, [3], 1, "relu")(torch.zeros(5, 2)).shape)',
        "torch.Size([5, 1])",
    ),
    "an error in a default": (
        '@exercise("02.relu_biases")\ndef relu_biases(x_train, b=unknown):\n    return 1',
        "raised NameError: name 'unknown' is not defined",
        USE,
        "tensor([-1.])",
    ),
    "another name": (
        NET,
        "You called it `Net`; cells below call it `SpiralMLP`",
        "print(SpiralMLP is Net)",
        "True",
    ),
    "another exercise's name": (
        '@exercise("02.relu_biases")\ndef segment_slopes(x_train):\n    return -x_train[:-1]',
        "You called it `segment_slopes`",
        "a = torch.arange(3.0)\nprint(relu_biases(a), segment_slopes(a, a))",
        "tensor([-0., -1.]) tensor([1., 1.])",
    ),
    "lines that fail below": (
        f"{RIGHT}\nprint('fine')\nrelu_biases(7)",
        "line 5, `relu_biases(7)`, raised TypeError",
        USE,
        "tensor([-1.])",
    ),
    "lines that fail above": (f"import no_such_module\n{RIGHT}", "· correct", USE, "tensor([-1.])"),
    "an exit": (f"{RIGHT}\nsys.exit()", "line 4, `sys.exit()`, raised SystemExit", USE, "tensor([-1.])"),
    "data of the notebook": (
        f"{RIGHT}\nx = torch.rand(5)",
        "`x` has its old value again",
        "print(x)",
        "tensor([1., 1., 1.])",
    ),
    "a state to compare with": ("state = torch.get_rng_state()", "", USE, None),
    "chance": (
        f"{RIGHT}\ntorch.manual_seed(99); torch.rand(7)",
        "· correct",
        "print(torch.equal(torch.get_rng_state(), state))",
        "True",
    ),
    "the look of figures": (
        f"{RIGHT}\nmatplotlib.rcParams['font.size'] = 99",
        "· correct",
        "print(matplotlib.rcParams['font.size'] == 99)",
        "False",
    ),
    "a helper of its own": (
        f"SIGN = -1\ndef turned(v):\n    return SIGN * v\n{RIGHT.replace('-x_train[:-1]', 'turned(x_train[:-1])')}",
        "· correct",
        USE,
        "tensor([-1.])",
    ),
    "the course's names": (
        f"exercise = show = np = torch = None\n{RIGHT}",
        "`exercise` and `show` have their old values again",
        "print(np.__name__, torch.__name__, callable(exercise), callable(show))",
        "numpy torch True True",
    ),
    "the answer's own name": (
        f"{RIGHT}\nrelu_biases = relu_biases(x)",
        "`relu_biases` has its old value again",
        USE,
        "tensor([-1.])",
    ),
    "default types": (
        "torch.set_default_dtype(torch.float64)\ntorch.set_grad_enabled(False)\nnp.seterr(all='raise')\n"
        "import warnings\nwarnings.simplefilter('error')",
        "the default dtype of PyTorch was float64; gradients were switched off in PyTorch; NumPy's treatment of "
        "floating point errors was changed; warnings were turned into errors",
        "print(torch.get_default_dtype(), torch.is_grad_enabled(), np.geterr()['divide'])",
        "torch.float32 True warn",
    ),
    "a replaced function": (
        "torch.relu = lambda x: x",
        "`torch.relu` was replaced",
        "print(torch.relu(torch.tensor(-1.0)))",
        "tensor(0.)",
    ),
    "an unfinished text": (
        '@exercise("02.relu_biases")\ndef relu_biases(x_train):\n    """Text\n    return -x_train[:-1]',
        "line 3 of this cell: unterminated triple-quoted string",
        USE,
        "tensor([-1.])",
    ),
    "no body": (
        '@exercise("02.relu_biases")\ndef relu_biases(x_train):\n    # later',
        "expected an indented block after function definition on line 2",
        USE,
        "tensor([-1.])",
    ),
    "tabs and blanks": (
        '@exercise("02.relu_biases")\ndef relu_biases(x_train):\n\tb = 1\n        return b',
        "line 4 of this cell: inconsistent use of tabs and spaces",
        USE,
        "tensor([-1.])",
    ),
    "a line left over in a class": (
        '@exercise("03.mlp")\nclass SpiralMLP(nn.Module):\n    def forward(self, x)\n        return x',
        "line 3 of this cell: expected ':'.\n    def forward(self, x)\n                        ^",
        USE,
        "tensor([-1.])",
    ),
    "a decorator between": (
        RIGHT.replace("\ndef", "\n@torch.no_grad()\ndef"),
        "· correct",
        USE,
        "tensor([-1.])",
    ),
    "a decorator that is none": (
        RIGHT.replace("\ndef", "\n@decorator\ndef"),
        "line 2, `@decorator`, raised NameError",
        USE,
        "tensor([-1.])",
    ),
    "an await in an ordinary function": (
        '@exercise("02.relu_biases")\ndef relu_biases(x_train):\n    await x_train',
        "line 3 of this cell: 'await' outside async function",
        USE,
        "tensor([-1.])",
    ),
    "an await below": (f"{RIGHT}\nimport asyncio\nawait asyncio.sleep(0)\nprint('slept')", "slept", USE, None),
    "two exercises": (
        f'{RIGHT}\n\n@exercise("02.relu_weights")\ndef relu_weights(slopes):\n    return slopes.clone()',
        "This looks like the slopes themselves",
        "print(relu_biases(torch.tensor([1.0, 2.0])), relu_weights(torch.tensor([1.0, 3.0])))",
        "tensor([-1.]) tensor([1., 2.])",
    ),
    "a timed cell that cannot be read": (
        '%%time\n@exercise("02.relu_biases")\ndef relu_biases(x_train)\n    return 1',
        "Python cannot read line 3 of this cell: expected ':'.\ndef relu_biases(x_train)",
        USE,
        "tensor([-1.])",
    ),
    "no name left": ("del relu_biases", "", USE, "tensor([-1.])"),
    "the end of the kernel, below": (
        f"{RIGHT}\nexit()",
        "raised SystemExit: it would have ended the kernel",
        USE,
        None,
    ),
    "the end of the kernel, above": (f"quit()\n{RIGHT}", "· correct", USE, "tensor([-1.])"),
    "the end of the kernel, inside": (
        '@exercise("02.relu_biases")\ndef relu_biases(x_train):\n    exit()',
        "It raised SystemExit on line 3, `exit()`: it would have ended the kernel",
        USE,
        "tensor([-1.])",
    ),
    "names of Python": (
        f"sum = len = 0\n{RIGHT}\nprint = 3",
        "`sum`, `len` and `print` have their old values again",
        "print(sum([1, 2]), len([1]))",
        "3 1",
    ),
    "a thread that never ends": (
        f"import threading\n{RIGHT}\nthreading.Thread(target=threading.Event().wait, daemon=True).start()",
        "· correct",
        USE,
        "tensor([-1.])",
    ),
    "very much printed": (
        RIGHT.replace("    return", "    print('x' * 10**6)\n    return"),
        "· correct",
        "print(len(str(relu_biases(torch.tensor([1.0, 2.0])))))",
        "13",
    ),
    "printing in a loop": (
        RIGHT.replace("    return", "    for i in range(10**4):\n        print(i)\n    return"),
        "Your code printed: 0 / 1 / 2 / 3 / 4 ...",
        USE,
        "tensor([-1.])",
    ),
    "a magic below": (f"{RIGHT}\n%timeit -n 1 -r 1 relu_biases(x)\n!echo shell", "· correct", USE, None),
    "a last expression": (f"{RIGHT}\nrelu_biases(x)", "tensor([-1., -1.])", USE, None),
    "input": (
        '@exercise("02.relu_biases")\ndef relu_biases(x_train):\n    return input()',
        "It calls `input()` on line 3",
        USE,
        "tensor([-1.])",
    ),
    "a call into C that never returns": (
        '@exercise("02.relus_needed")\ndef relus_needed(length, curvature, tolerance):\n    return sum(range(10**11))',
        "and was stopped; 0.5 seconds are allowed",
        "print(relus_needed(2.0, 1.0, 0.125))",
        "2",
    ),
    "the end of the process": (
        '@exercise("02.relu_biases")\ndef relu_biases(x_train):\n    import os\n    os._exit(1)',
        "It raised SystemExit on line 4, `os._exit(1)`",
        USE,
        "tensor([-1.])",
    ),
}


def text_of(cell):
    return "\n".join(str(output.get("text") or output.get("data", {}).get("text/plain", "")) for output in cell.outputs)


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """One kernel runs all cells; nothing stops it."""
    sources = [IMPORTS]
    for first, _, second, _ in CELLS.values():
        sources += [first, second, RIGHT]
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    run(nb, timeout=120)
    assert not [o for cell in nb.cells for o in cell.outputs if o.output_type == "error"]
    return {name: nb.cells[1 + 3 * number : 3 + 3 * number] for number, name in enumerate(CELLS)}


@pytest.mark.parametrize("name", CELLS)
def test_a_box_tells_and_the_notebook_goes_on(outputs, name):
    _, words, _, printed = CELLS[name]
    first, second = map(text_of, outputs[name])
    assert words in first
    if printed is not None:
        assert printed in second.strip().splitlines()[-1]


def test_an_answer_that_prints_much_does_not_bury_the_cells_below(outputs):
    for name in ("very much printed", "printing in a loop"):
        said = text_of(outputs[name][1])
        assert len(said) < 3000
        assert "(Your answer prints more.)" in said


def test_the_first_cell_says_nothing(outputs):
    assert "Put back" not in "".join(text_of(cells[1]) for cells in outputs.values())


def test_a_box_quotes_the_line_with_a_caret_in_html(outputs):
    (box,) = [o for o in outputs["a missing colon"][0].outputs if "text/html" in o.get("data", {})]
    assert "<pre" in box.data["text/html"]
    assert box.metadata["course"] == {"exercise": "02.relu_biases", "status": "error", "hints": 0}
