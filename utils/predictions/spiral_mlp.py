"""Notebook 03, the predictions: a multi-layer perceptron on spirals."""

from utils.predictions.prediction import Prediction

PREDICTIONS = (
    Prediction(
        id="03.three_loaders",
        question="An epoch of 3200 points in batches of 128 is loaded in three ways. Which one is the fastest?",
        options=(
            "one sample at a time, by two worker processes side by side",
            "a batch of indices at a time, in this process",
            "one sample at a time, in this process",
        ),
        answer="B",
        shown_in=("loader",),
        because=(
            "A sample here is two numbers. Starting processes, asking for samples one by one and sending them back "
            "costs far more than indexing a tensor once. Workers pay where fetching a sample is real work, such as "
            "decoding a picture."
        ),
    ),
    Prediction(
        id="03.layers_in_a_list",
        question=(
            "A network keeps its only layer in a plain list: self.layers = [nn.Linear(2, 3)]. How many parameters does "
            "network.parameters() hand to the optimiser?"
        ),
        options=(
            "none",
            "the 6 weights",
            "all 9: the weights and the biases",
        ),
        answer="A",
        shown_in=("registered",),
        because=(
            "PyTorch registers a module when it becomes an attribute of another one. It does not look into lists. The "
            "network computes, and training changes nothing, without a word. nn.Sequential and nn.ModuleList are lists "
            "that register what they hold; add_module registers one module under a name of your choice."
        ),
    ),
    Prediction(
        id="03.large_logits",
        question=(
            "Multiply these logits by 100, so that the largest is 1000. What does the formula as it reads return in "
            "float32?"
        ),
        options=(
            "the right loss",
            "0, since the network is sure and right",
            "inf or nan",
        ),
        answer="C",
        shown_in=("overflow", "stable"),
        because=(
            "The largest float32 is about 3.4e38, which is exp(88.7). exp(1000) is rounded to infinity, and so is the "
            "logarithm of the sum, although the loss itself is a harmless number."
        ),
    ),
    Prediction(
        id="03.training_mode",
        question=(
            "You send the same test points 100 times through a trained network with dropout, in training mode and in "
            "evaluation mode. Where do the 100 accuracies differ from each other?"
        ),
        options=(
            "in training mode only",
            "in both modes",
            "in neither: the weights do not change",
        ),
        answer="A",
        shown_in=("modes", "modes-figure"),
        because=(
            "In training mode every pass draws a new mask, so every pass asks another, thinner network. In evaluation "
            "mode all units speak, and the same input gives the same output. Forget to switch, and your test score is "
            "a lottery."
        ),
    ),
    Prediction(
        id="03.no_hidden_layer",
        question=(
            "A network without a hidden layer draws straight borders between classes. How many of the four arms' "
            "points does it get right?"
        ),
        options=(
            "about 25 %, as by guessing",
            "about half",
            "about 90 %",
        ),
        answer="B",
        shown_in=("depth", "width"),
        because=(
            "Four straight-sided sectors catch the part of each arm that happens to lie in its own sector, and lose "
            "the part that has turned into a neighbour's. That is more than chance and far from solving it."
        ),
    ),
    Prediction(
        id="03.twice_the_radius",
        question="At twice the radius of the training data, how do the network's accuracy and its confidence behave?",
        options=(
            "both fall to chance: it does not know, and says so",
            "accuracy falls to chance, confidence stays high",
            "accuracy falls below chance, confidence stays high",
        ),
        answer="C",
        shown_in=("outside-maps", "rings"),
        because=(
            "Far out every ReLU is either on or off for good. The network is then linear along each ray, so its "
            "borders become straight lines, the logits grow with the distance and the softmax saturates. The arms turn "
            "on into the neighbours' sectors, so that the network is not ignorant but wrong."
        ),
    ),
    Prediction(
        id="03.rare_arm",
        question=(
            "One arm has 50 training points, each of the others 1000. Now every arm gets the same say in the loss. "
            "What changes on a test set with equally many points of each arm?"
        ),
        options=(
            "the rare arm is found more often, and nothing else changes",
            "the rare arm is found more often, and its neighbours a little less often",
            "nothing: the network has seen the same points",
        ),
        answer="B",
        shown_in=("confusion",),
        because=(
            "Where arms mix, a point can only be given to one of them. Weights do not add knowledge: they move the "
            "borders as other priors would in Bayes' rule, in favour of the arm that was rare."
        ),
    ),
)
