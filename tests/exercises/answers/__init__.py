"""Answers to try on the exercises, one module for each notebook: RIGHT and WRONG, exercise id -> name -> answer."""
