"""A line to try an answer (`x = torch.tensor([1.0])`) must not change what cells below compute."""

import ast
import symtable

import pytest
from notebook_tools import code_cells, exercise_cells, read_all

NOTEBOOKS = read_all()


def names_read(table):
    """Global names that a function or class inside of a cell reads when it is called."""
    found = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global() and symbol.is_referenced()}
    return found.union(*map(names_read, table.get_children()))


def steps(source):
    """For each statement of a cell: the global names that it reads, and those that it sets."""
    for node in ast.parse(source).body:
        table = symtable.symtable(ast.unparse(node), "cell", "exec")
        symbols = table.get_symbols()
        read = {symbol.get_name() for symbol in symbols if symbol.is_referenced()}.union(
            *map(names_read, table.get_children())
        )
        written = {symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()}
        # A loop or a block sets its names before it reads them.
        is_block = isinstance(node, ast.For | ast.With | ast.If | ast.While)
        yield (read - written if is_block else read), written


def parameters(node):
    return {part.arg for part in ast.walk(node) if isinstance(part, ast.arg)} - {"self"}


def offenders(nb):
    """(exercise, parameter, cell that would read what a trial line left in it)."""
    cells = dict(code_cells(nb))
    for exercise_id, (place, node) in exercise_cells(nb).items():
        waiting = parameters(node)
        for number in (n for n in cells if n > place):
            for read, written in steps(cells[number].source):
                yield from ((exercise_id, name, cells[number].get("id")) for name in read & waiting)
                waiting -= read | written


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_global_of_a_cell_below_bears_a_parameters_name(path):
    assert list(offenders(NOTEBOOKS[path])) == []
