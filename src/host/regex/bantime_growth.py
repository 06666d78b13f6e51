"""How long the ban of an address lasts that comes back: the options `bantime.*` as fail2ban 1.0.2 takes them
(server/jail.py, setBanTimeExtra). fail2ban runs the factor and the formula as code of its own; here only their
arithmetic is worked out, by the nodes of their syntax tree, and nothing else in them is ever run."""

import ast
import math
import operator

MOST_NODES = 200
# A number of so many bits is far beyond any length of a ban, and is worked out in no time.
MOST_BITS = 4096
# fail2ban's own, where none is written.
FORMULA = "ban.Time * (1<<(ban.Count if ban.Count<20 else 20)) * banFactor"


class NotWorkedOut(Exception):
    """There is more in it than arithmetic."""


def power(base, exponent):
    if isinstance(base, int) and isinstance(exponent, int) and exponent > 0:
        bounded(base.bit_length() * exponent)
    return base**exponent


def shifted(number, by):
    bounded(by + number.bit_length() if isinstance(by, int) and isinstance(number, int) else 0)
    return number << by


def bounded(bits):
    # What fail2ban, too, would make of a length of a ban that is out of all bounds.
    if bits > MOST_BITS:
        raise OverflowError("too large")


BINARY = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: power,
    ast.LShift: shifted,
    ast.RShift: operator.rshift,
}
UNARY = {ast.UAdd: operator.pos, ast.USub: operator.neg, ast.Not: operator.not_}
COMPARED = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
CALLED = {
    "abs": (abs, 1, 1),
    "float": (float, 1, 1),
    "int": (int, 1, 1),
    "max": (max, 2, 9),
    "min": (min, 2, 9),
    "pow": (power, 2, 2),
    "round": (round, 1, 1),
}
CALLED |= {f"math.{name}": (getattr(math, name), 1, 1) for name in ("ceil", "exp", "floor", "log10", "log2", "sqrt")}
CALLED |= {"math.log": (math.log, 1, 2), "math.pow": (math.pow, 2, 2)}


def arithmetic(text, names):
    """A function that takes a number for each of the names. NotWorkedOut for what is more; SyntaxError as Python has it."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (ValueError, RecursionError, MemoryError) as error:
        raise SyntaxError(str(error)) from None
    if sum(1 for _ in ast.walk(tree)) > MOST_NODES:
        raise NotWorkedOut("is too long")
    return built(tree.body, {*names, "math.pi", "math.e"})


def dotted(node):
    """`ban.Time`, `math.exp`; None for what is no such name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return None


CONSTANTS = {"math.pi": math.pi, "math.e": math.e}


def built(node, names):
    def of(part):
        return built(part, names)

    name = dotted(node)
    if name in CONSTANTS:
        return lambda _: CONSTANTS[name]
    if name in names:
        return lambda known: known[name]
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        bounded(node.value.bit_length() if type(node.value) is int else 0)
        return lambda _: node.value
    if isinstance(node, ast.BinOp) and type(node.op) in BINARY:
        work, left, right = BINARY[type(node.op)], of(node.left), of(node.right)
        return lambda known: checked(work(left(known), right(known)))
    if isinstance(node, ast.UnaryOp) and type(node.op) in UNARY:
        work, operand = UNARY[type(node.op)], of(node.operand)
        return lambda known: work(operand(known))
    if isinstance(node, ast.IfExp):
        test, body, other = of(node.test), of(node.body), of(node.orelse)
        return lambda known: body(known) if test(known) else other(known)
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARED:
        work, left, right = COMPARED[type(node.ops[0])], of(node.left), of(node.comparators[0])
        return lambda known: work(left(known), right(known))
    if isinstance(node, ast.Call) and not node.keywords and dotted(node.func) in CALLED:
        work, least, most = CALLED[dotted(node.func)]
        parts = [of(part) for part in node.args]
        if least <= len(parts) <= most:
            return lambda known: checked(work(*(part(known) for part in parts)))
    raise NotWorkedOut("holds more than arithmetic")


def checked(number):
    bounded(number.bit_length() if isinstance(number, int) else 0)
    return number


def growth(increase):
    """What fail2ban calls `evformula`. Half of `rndtime` stands for what fail2ban adds of it at random.
    NotWorkedOut says why it cannot be told; ValueError and SyntaxError are those at which fail2ban refuses the option."""
    factor = arithmetic(increase["factor"] or "1", set())({})
    multipliers = [int(one) for one in increase["multipliers"].split(" ")] if increase["multipliers"] else []
    formula = arithmetic(increase["formula"] or FORMULA, {"ban.Time", "ban.Count", "banFactor"})

    def grown(ban):
        if multipliers:
            return ban.Time * factor * multipliers[ban.Count if ban.Count < len(multipliers) else -1]
        return max(ban.Time, formula({"ban.Time": ban.Time, "ban.Count": ban.Count, "banFactor": factor}))

    longest, random = increase["maxSeconds"], increase["randomSeconds"] or 0
    limited = grown if longest is None else lambda ban: min(grown(ban), longest)
    return lambda ban: limited(ban) + random / 2
