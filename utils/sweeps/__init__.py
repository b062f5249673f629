"""Experiments that outgrow a notebook: conditions, tables, processes, and the command that runs them."""
