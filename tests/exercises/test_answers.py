"""Right answers of many styles are accepted, typical mistakes are not; what is accepted is harmless below."""

import functools
import re
from importlib import import_module

import pytest

from utils._notebooks import NAMES
from utils.exercises import get, ids
from utils.exercises.engine import CORRECT, ERROR, NOT_YET

PACKS = {number: import_module(f"tests.exercises.answers.{name}") for number, name in NAMES.items()}
# Mistakes that are right in value: a known mistake's name would be wrong for them.
RIGHT = {name: answers for pack in PACKS.values() for name, answers in pack.RIGHT.items()}
WRONG = {name: answers for pack in PACKS.values() for name, answers in pack.WRONG.items()}


# A message that names the mistake, or says in its own words what is wrong.
TOLD = re.compile(
    "This looks like|in place|cannot follow|gradient|shape|missing|one parameter too many|`return`|raised|"
    "expected were|is needed|finite"
)


@functools.cache
def verdict_of_mistake(exercise_id, name):
    return get(exercise_id).check(WRONG[exercise_id][name])


@pytest.mark.parametrize("exercise_id", ids())
class TestAnswers:
    def test_there_are_eight_styles_and_eight_mistakes(self, exercise_id):
        assert len(RIGHT[exercise_id]) >= 8
        assert len(WRONG[exercise_id]) >= 8

    def test_every_right_style_is_accepted(self, exercise_id):
        task = get(exercise_id)
        verdicts = {name: task.check(answer) for name, answer in RIGHT[exercise_id].items()}
        assert {name: verdict for name, verdict in verdicts.items() if verdict.status != CORRECT} == {}

    def test_every_mistake_is_refused(self, exercise_id):
        verdicts = {name: verdict_of_mistake(exercise_id, name) for name in WRONG[exercise_id]}
        assert {name: verdict for name, verdict in verdicts.items() if verdict.status not in (NOT_YET, ERROR)} == {}
        untold = [name for name, verdict in verdicts.items() if not TOLD.search(verdict.message)]
        # What nobody foresaw is told by its numbers alone.
        assert len(untold) <= len(verdicts) / 3, untold

    def test_the_tolerance_has_its_reason(self, exercise_id):
        assert len(get(exercise_id).tolerance) > 20


@pytest.mark.parametrize(
    ("exercise_id", "mistake", "name"),
    [
        ("01.loss_gradient", "no factor", "factor 2"),
        ("01.two_path_response", "b_final forgotten", "without b_final"),
        ("01.two_path_response", "weights inside", "multiplied in before"),
        ("02.relu_weights", "wraps at 0", "`slopes[i - 1]` is the last one"),
        ("03.cross_entropy", "log2", "base 2"),
        ("03.cross_entropy", "log10", "base 10"),
        ("03.spiral_arm", "degrees", "degrees"),
        ("03.train_step", "no brackets", "do not move"),
        ("03.train_step", "no backward", "do not move"),
        ("04.gradient_step", "no brackets", "do not move"),
        ("04.gradient_step", "step first", "do not move"),
        ("04.ridge_weights", "no penalty", "ordinary least squares"),
        ("04.ridge_weights", "no penalty, solve", "ordinary least squares"),
        ("04.ridge_weights", "everywhere", "every entry"),
        ("04.ridge_weights", "minus", "wrong sign"),
        ("04.circular_error", "radians", "radians"),
        ("05.lif_step", "dt ignored", "ignores dt"),
        ("05.lif_step", "tau twice", "twice"),
        ("05.refractory_step", "above only", "`>=`"),
        ("05.refractory_step", "one too few", "one step too few"),
        ("05.firing_rate", "log10", "base 10"),
        ("06.decoding_error", "sum", "a sum over the sounds"),
        ("01.closed_form", "ends exchanged", "start and end exchanged"),
        ("01.step_parameters", "bias without slope", "the bias -slope * a"),
        ("02.relu_biases", "midpoints", "halfway"),
        ("02.relus_needed", "rounded", "rounded to the nearest"),
        ("03.shuffle_and_split", "exchanged", "training and test exchanged"),
        ("03.spiral_arm", "no pi", "without pi"),
        ("03.score", "percent", "in percent"),
        ("03.dropout", "times", "a division is meant"),
        ("03.mlp", "softmax", "its loss has one"),
        ("03.untwist", "atan", "half of the circle"),
        ("04.gradient_step", "another loss", "`loss_fn` is the one to call"),
        ("04.train", "momentum", "momentum"),
        ("04.sine_cosine_target", "360", "divide by 360"),
        ("04.backpropagate", "order", "in another order"),
        ("05.lif_step", "tau is R over C", "R / C"),
        ("05.refractory_step", "no reset", "does not reset"),
        ("05.iaf_step", "rounded", "rounded to the nearest"),
        ("05.firing_rate", "threshold of one", "a threshold of 1"),
        ("05.identify", "exchanged", "exchanged"),
        ("06.surrogate_gradient", "slope squared", "the slope squared"),
        ("06.unit_step", "kept by spikes", "multiply by 1 - s"),
        ("06.decoding_error", "upper edge", "upper edge"),
        ("06.log_likelihood", "Poisson", "Poisson"),
        ("06.balanced_scales", "total", "shares of all units"),
        ("06.interneuron_current", "absolute", "without their sign"),
    ],
)
def test_typical_mistakes_are_named(exercise_id, mistake, name):
    message = verdict_of_mistake(exercise_id, mistake).message
    assert "This looks like" in message
    assert name in message.partition("This looks like")[2]


@pytest.mark.parametrize(
    ("exercise_id", "mistake", "words"),
    [
        ("03.dropout", "in place", "changes its input h in place"),
        ("03.mlp", "a plain list", "use `nn.Sequential` or `nn.ModuleList`"),
        ("03.mlp", "reversed widths", "are missing"),
        ("06.without_rows", "through data", "changes its input weights in place"),
        ("06.dale_weights", "no gradient", "cannot follow them back to w"),
        ("04.mean_squared_error", "item", "cannot follow them back to decoded"),
    ],
)
def test_what_is_no_known_mistake_is_not_called_one(exercise_id, mistake, words):
    message = verdict_of_mistake(exercise_id, mistake).message
    assert "This looks like" not in message
    assert words in message
