"""Sphinx's settings of the course's website. `make book` brings the pages; they are made from the notebooks."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tools"), str(HERE.parent)]

from course import read_project  # noqa: E402 - found by the lines above

_project = read_project()

project = "From a Neuron to a Network that Hears"
author = "The course's contributors"
copyright = "the course's contributors. Texts and figures CC BY 4.0, code MIT"
release = version = _project.version
language = "en"

extensions = ["myst_nb", "sphinx_book_theme", "course_site"]
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb"}
myst_enable_extensions = ["dollarmath", "amsmath", "attrs_inline"]
myst_heading_anchors = 4
myst_dmath_double_inline = True
html_math_renderer = "mathml"
# The stored outputs are the pages: nothing is executed, and no widget's script is fetched from anywhere.
nb_execution_mode = "off"
nb_ipywidgets_js = {}
nb_merge_streams = True
nb_output_stderr = "error"
nb_render_markdown_format = "myst"
nitpicky = True

html_theme = "sphinx_book_theme"
html_title = project
html_static_path = [str(HERE / "_static")]
html_css_files = ["course.css"]
html_js_files = ["panel.js", "course.js"]
html_copy_source = False
html_show_sourcelink = False
html_favicon = "_static/favicon.svg"
html_last_updated_fmt = None
# The reader's system chooses light or dark until the reader does.
html_context = {"default_mode": "auto"}
html_theme_options = {
    "repository_url": _project.repository,
    "repository_branch": _project.ref,
    "path_to_docs": "",
    "use_repository_button": True,
    "use_issues_button": True,
    "use_download_button": False,
    "launch_buttons": {
        "notebook_interface": "jupyterlab",
        "binderhub_url": "https://mybinder.org",
        "colab_url": "https://colab.research.google.com",
    },
    "show_toc_level": 2,
    # The search stands in the sidebar already.
    "navbar_persistent": [],
    "home_page_in_toc": False,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
