"""No public function without a property test: what stands here is compared with what `utils` offers."""

import ast
import importlib
import inspect
from types import ModuleType

import nbformat
import pytest
from hypothesis import is_hypothesis_test

from course import notebook_paths

PACKAGES = ("utils", "utils.datasets", "utils.models", "utils.training", "utils.plotting", "utils.exercises")
DATASETS, MODELS = "test_properties_datasets.", "test_properties_models."
DISPLAY, EXERCISES = "test_properties_display.", "test_properties_exercises."

# What is public -> the property test of its contract.
TESTED_BY = {
    "Choice": DISPLAY + "TestPanels.test_a_choice_is_one_of_its_options",
    "Scoreboard": EXERCISES + "TestScoreboard.test_a_verdict_is_the_tolerance",
    "Slider": DISPLAY + "TestPanels.test_a_slider_holds_what_lies_on_it_and_nothing_else",
    "SliderPanel": DISPLAY + "TestPanels.test_a_panel_follows_its_values_and_comes_back",
    "Tabs": DISPLAY + "TestPanels.test_tabs_show_every_section_to_a_page_without_a_kernel",
    "Text": DISPLAY + "TestPanels.test_a_text_is_any_text",
    "approx": DISPLAY + "TestNumbers.test_a_rounded_number_is_near_and_marked",
    "exercise": EXERCISES + "TestAnswers.test_what_stands_under_the_name_works_whatever_was_answered",
    "predict": DISPLAY + "TestQuestions.test_a_prediction_is_scored_once_and_explained",
    "progress": DISPLAY + "TestQuestions.test_progress_passes_everything_on",
    "seed_worker": DISPLAY + "TestSeeds.test_a_workers_seed_follows_torchs",
    "set_seed": DISPLAY + "TestSeeds.test_a_seed_decides_every_generator",
    "show": DISPLAY + "TestFigures.test_a_figure_is_shown_once_with_its_words_and_closed",
    "get": EXERCISES + "TestAnswers.test_unknown_ids_are_refused_with_the_known_ones",
    "ids": EXERCISES + "TestAnswers.test_unknown_ids_are_refused_with_the_known_ones",
    "register": EXERCISES + "TestAnswers.test_what_stands_under_the_name_works_whatever_was_answered",
    # Data sets
    "batched_loader": DATASETS + "test_a_loader_gives_every_pair_once",
    "create_spiral_dataset": "test_spiral_data.test_shapes_labels_and_formula",
    "ipd_spikes": DATASETS + "test_spikes_are_zeros_and_ones_and_follow_their_seed",
    "ipd_to_class": DATASETS + "test_a_class_decodes_to_itself",
    "load_v1": DATASETS + "test_a_file_comes_back_as_it_was_saved",
    "random_ipd_dataset": DATASETS + "test_random_sounds_lie_in_range_and_repeat",
    "shuffle_and_split": "test_spiral_data.test_split_keeps_every_pair_once",
    "simulate_v1": DATASETS + "test_simulated_responses_are_centred_and_repeat",
    "spiral_ceiling": DATASETS + "test_ceiling_lies_between_chance_and_one_and_falls_with_noise",
    "spiral_points": DATASETS + "test_spiral_points_lie_on_their_arms",
    "spiral_posterior": DATASETS + "test_posterior_is_a_distribution_and_turns_with_its_arms",
    "split_spirals": DATASETS + "test_split_spirals_are_the_single_ones",
    "time_loader": DATASETS + "test_loading_is_timed_once_an_epoch",
    "tuning_curve": DATASETS + "test_tuning_curve_is_symmetric_and_half_as_high_at_its_half_width",
    "by_seed": DISPLAY + "TestTables.test_a_column_is_arranged_by_seed_without_those_that_are_incomplete",
    "course_provenance": DISPLAY + "TestTables.test_tables_that_are_none_are_refused",
    "course_table": DISPLAY + "TestTables.test_tables_that_are_none_are_refused",
    # Models
    "Condition": MODELS + "TestHearing.test_conditions_that_are_none_are_refused_by_name",
    "DaleSNN": MODELS + "TestHearing.test_signs_hold_and_a_batch_is_its_sounds",
    "MLP": "test_mlp.test_any_shape_counts_its_parameters_and_equals_its_formula",
    "MLPEnsemble": MODELS + "TestPerceptrons.test_an_ensemble_is_its_members",
    "ResponseSpace": MODELS + "TestDecoders.test_a_smaller_space_keeps_products_and_outputs",
    "SpikingMLP": MODELS + "TestConversion.test_rates_approach_the_activations",
    "TwoPathNeuron": "test_all_or_none_neuron.test_trace_is_the_formula",
    "angle_of": MODELS + "TestDecoders.test_points_on_the_circle_come_back_as_their_angle",
    "autograd_rule": "test_all_or_none_neuron.test_chain_rule_by_hand_is_autograd",
    "balanced_thresholds": MODELS + "TestConversion.test_rates_approach_the_activations",
    "best_kinks": MODELS + "TestReluBasis.test_the_best_kinks_are_no_worse_than_any",
    "build_network": MODELS + "TestHearing.test_a_seed_decides_sounds_network_and_training",
    "decode_ridge": MODELS + "TestDecoders.test_ridge_reads_clean_responses_and_counts_in_degrees",
    "descend": "test_all_or_none_neuron.test_descend_is_stochastic_gradient_descent",
    "draw_sounds": MODELS + "TestHearing.test_a_seed_decides_sounds_network_and_training",
    "error_by_neurons": MODELS + "TestDecoders.test_ridge_reads_clean_responses_and_counts_in_degrees",
    "error_by_stimuli": MODELS + "TestDecoders.test_ridge_reads_clean_responses_and_counts_in_degrees",
    "error_curve": MODELS + "TestReluBasis.test_errors_shrink_as_segments_are_halved",
    "evaluate": MODELS + "TestHearing.test_a_seed_decides_sounds_network_and_training",
    "evaluate_classifier": MODELS + "TestPerceptrons.test_probabilities_do_not_depend_on_chunks",
    "find_activation": MODELS + "TestPerceptrons.test_case_and_underscores_do_not_matter",
    "growing_grams": MODELS + "TestDecoders.test_growing_grams_are_products_of_so_many_neurons",
    "hidden_activations": MODELS + "TestConversion.test_rates_approach_the_activations",
    "hidden_rates": MODELS + "TestHearing.test_signs_hold_and_a_batch_is_its_sounds",
    "interpolation_bound": MODELS + "TestReluBasis.test_bound_and_slope_are_powers",
    "lif_rate": MODELS + "TestLeakyNeuron.test_the_closed_form_counts_the_spikes_of_the_simulation",
    "mystery_errors": MODELS + "test_errors_about_the_mystery_neuron_are_relative",
    "mystery_neuron": MODELS + "test_errors_about_the_mystery_neuron_are_relative",
    "observations": MODELS + "TestTwoPaths.test_observations_are_what_was_given",
    "power_law_slope": MODELS + "TestReluBasis.test_bound_and_slope_are_powers",
    "predict_probabilities": MODELS + "TestPerceptrons.test_probabilities_do_not_depend_on_chunks",
    "pulse_responses": MODELS + "TestSquidAxon.test_every_pulse_is_a_run_of_its_own",
    "relu_layers": MODELS + "TestConversion.test_rates_approach_the_activations",
    "retrain_readout": MODELS + "TestHearing.test_a_seed_decides_sounds_network_and_training",
    "ring_means": MODELS + "TestPerceptrons.test_ring_means_add_up_to_the_whole",
    "rms": MODELS + "TestReluBasis.test_root_mean_square_scales_and_lies_below_the_largest",
    "silence_inputs": MODELS + "TestHearing.test_signs_hold_and_a_batch_is_its_sounds",
    "simulate_iaf": MODELS + "TestIntegrateAndFire.test_a_batch_is_its_neurons_and_spikes_are_whole",
    "simulate_lif": MODELS + "TestLeakyNeuron.test_a_batch_is_its_neurons_one_by_one",
    "spike_counts": MODELS + "TestLeakyNeuron.test_counts_of_a_batch_are_those_of_its_traces",
    "spike_times": MODELS + "TestLeakyNeuron.test_the_closed_form_counts_the_spikes_of_the_simulation",
    "split_stimuli": MODELS + "TestDecoders.test_a_split_holds_every_stimulus_once",
    "target_function": MODELS + "TestReluBasis.test_targets_keep_their_curvature_and_formulas_are_functions",
    "train_classifier": MODELS + "TestPerceptrons.test_training_repeats_and_leaves_the_data_alone",
    "train_condition": MODELS + "TestHearing.test_a_seed_decides_sounds_network_and_training",
    "train_over_seeds": MODELS + "TestPerceptrons.test_every_seed_trains_as_if_alone",
    "tuning_share": MODELS + "TestDecoders.test_tuning_share_is_the_variance_of_a_smooth_curve",
}
# What no property of many inputs can be said of, and where its contract is tested instead.
NO_PROPERTY = {
    "Action": "a label and a function; test_widgets runs it",
    "FORMULA": "a constant",
    "PUBLISHED": "a constant",
    "TARGETS": "a constant",
    "prepare": "takes nothing but the surroundings; test_bootstrap",
    "set_device": "takes nothing; test_properties_display tries all three devices",
    "time_workers": "starts processes; test_properties_datasets times them once",
    "use_style": "takes nothing; test_properties_display",
}


def offered():
    """Public names: those that the packages re-export and those that the notebooks take from `utils`, figures apart."""
    names = {name for package in PACKAGES for name in importlib.import_module(package).__all__}
    for path in notebook_paths():
        cells = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        tree = ast.parse("\n".join(cells))
        modules = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("utils"):
                for part in node.names:
                    value = getattr(importlib.import_module(node.module), part.name, None)
                    full = f"{node.module}.{part.name}"
                    if isinstance(value, ModuleType) or (value is None and importlib.import_module(full)):
                        modules[part.asname or part.name] = full
                    else:
                        names.add(part.name)
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                module = modules.get(node.value.id, "utils.plotting")
                if not module.startswith("utils.plotting"):
                    names.add(node.attr)
    return names


def test_every_public_name_has_its_property_test_and_no_other_is_listed():
    assert not set(TESTED_BY) & set(NO_PROPERTY)
    assert set(TESTED_BY) | set(NO_PROPERTY) == offered()


@pytest.mark.parametrize("name", TESTED_BY)
def test_the_test_is_one_of_properties_and_calls_what_it_tests(name):
    file, *path = TESTED_BY[name].split(".")
    test = importlib.import_module(file)
    for part in path:
        test = getattr(test, part)
    assert is_hypothesis_test(test)
    source = inspect.getsource(inspect.getmodule(test))
    function = next(
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef) and node.name == path[-1]
    )
    assert name in {getattr(node, "id", getattr(node, "attr", "")) for node in ast.walk(function)}
