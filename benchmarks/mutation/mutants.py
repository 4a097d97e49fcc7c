"""Mutants of a module: each changes one operator, constant, condition or member in its syntax tree."""

import ast
import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
}
_SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any"}
Change = Callable[[ast.AST], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """The changed source of a module, with where and what was changed."""

    module: str
    path: Path
    line: int
    was: str
    now: str
    source: str

    def __str__(self) -> str:
        return f"{self.path.name}:{self.line}: {self.was}  ->  {self.now}"


def mutants_of(module: str, root: Path) -> Sequence[Mutant]:
    """Every mutant of a module, in the order of its source."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ValueError(module)
    path = Path(spec.origin)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = []
    for number, node in enumerate(_code(tree)):
        for change in _changes(node):
            changed = copy.deepcopy(tree)
            target = next(one for place, one in enumerate(_code(changed)) if place == number)
            was = ast.unparse(target)
            change(target)
            now = ast.unparse(target)
            if now != was:
                line = getattr(node, "lineno", 0)
                source = ast.unparse(changed)
                found.append(
                    Mutant(module=module, path=path.relative_to(root), line=line, was=was, now=now, source=source)
                )
    return found


def _code(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run: no annotations, docstrings, imports or decorators, which no test can notice."""
    for field, value in ast.iter_fields(tree):
        if field in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_silent(child):
                yield child
                yield from _code(child)


def _is_silent(node: ast.AST) -> bool:
    is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_docstring or isinstance(node, ast.Import | ast.ImportFrom)


def _changes(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.Compare(ops=[op]):
            for other in _COMPARED.get(type(op), ()):
                yield _setting("ops", [other()])
        case ast.BoolOp(op=ast.And()):
            yield _setting("op", ast.Or())
        case ast.BoolOp(op=ast.Or()):
            yield _setting("op", ast.And())
        case ast.BinOp(op=op) if type(op) in _COMPUTED:
            yield _setting("op", _COMPUTED[type(op)]())
        case ast.Constant(value=bool(truth)):
            yield _setting("value", not truth)
        case ast.Constant(value=int(number)):
            yield _setting("value", number + 1)
        case ast.If() | ast.IfExp():
            yield _setting("test", ast.UnaryOp(op=ast.Not(), operand=node.test))
        case ast.comprehension(ifs=[_, *_]):
            yield _setting("ifs", [])
        case ast.Call(func=ast.Name(id=name)) if name in _SWAPPED:
            yield _setting("func", ast.Name(id=_SWAPPED[name], ctx=ast.Load()))
        case ast.Return(value=ast.expr()):
            yield _setting("value", ast.Constant(value=None))


def _setting(attribute: str, value: object) -> Change:
    return lambda target: setattr(target, attribute, value)
