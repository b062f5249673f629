"""Settings of the plain tests: figures without a screen, and property tests that find the same on every run."""

import matplotlib
from hypothesis import HealthCheck, settings

matplotlib.use("Agg")

# A deadline would test the machine; a random seed would let a test pass today and fail tomorrow.
settings.register_profile(
    "course", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("course")
