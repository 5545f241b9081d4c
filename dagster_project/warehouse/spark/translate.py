"""The models' SQL in Spark's words.

What belongs here: where Spark says the same otherwise than DuckDB, beyond what sqlglot knows. What doesn't: what the
models mean. There is one text of each model, DuckDB's; what Spark runs is always made from it.

Spark 4.2 is meant: it has QUALIFY and recursive queries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import duckdb
from sqlglot import exp, parse_one

SCHEMA_PREFIX = "sla_"
"""Before the name of every schema: a cluster's catalog is shared with others."""
FUNCTIONS_SCHEMA = f"{SCHEMA_PREFIX}raw"
# Functions of one character each, which DuckDB's tables and Java's see otherwise. (Of Korean letters that are written
# in parts, DuckDB makes one as well.)
LETTER_BY_LETTER = {"strip_accents": "strip_accents", "lower": "lower_letters"}
# What follows a backslash in a replacement text; Spark wants a dollar before it.
GROUP_REFERENCE = re.compile(r"\\(?=[0-9])")
NEXT_BOUND = "next_bound"


class TranslationError(ValueError):
    """A query says what there is no translation for; the message names it."""


def spark_sql(query: str) -> str:
    """A query of DuckDB's as Spark's, over schemas whose names begin with SCHEMA_PREFIX.

    Sums of doubles are added in no certain sequence, so that they agree with DuckDB's to 1e-9 only. Raises
    TranslationError for what is not known here, and sqlglot's ParseError for what is no query.
    """
    tree = parse_one(query, read="duckdb")
    for table in list(tree.find_all(exp.Table)):
        _rename(table)
    for join in list(tree.find_all(exp.Join)):
        if join.args.get("method") == "ASOF":
            _replace_asof_join(join)
    for window in list(tree.find_all(exp.Window)):
        if isinstance(window.this, exp.Lead) and not isinstance(
            window.this.args.get("offset"), exp.Literal | None
        ):
            _replace_far_lead(window)
    # From the innermost call to the outermost, so that what is replaced holds nothing that still has to be.
    for call in reversed(list(tree.find_all(exp.Func))):
        replacement = _replacement(call)
        if replacement is not call:
            call.replace(replacement)
    for name in tree.find_all(exp.Identifier):
        name.set("quoted", not re.fullmatch("[a-zA-Z_][a-zA-Z0-9_]*", name.name))
    # sqlglot would gather all common table expressions at the beginning, for Sparks that know no nested ones; names
    # that are used twice would collide. In parentheses it leaves them where they are.
    return exp.Paren(this=tree).sql(dialect="databricks", pretty=True)


def function_statements() -> list[str]:
    """The statements that make functions of Spark's which do to each character what DuckDB's do."""
    statements = []
    for on_duckdb, on_spark in LETTER_BY_LETTER.items():
        changed, into = _letters(on_duckdb)
        statements.append(
            f"create or replace function {FUNCTIONS_SCHEMA}.{on_spark}(text string) returns string "
            f"return translate(text, '{changed}', '{into}')"
        )
    return statements


@cache
def _letters(function: str) -> tuple[str, str]:
    """The characters that a function of DuckDB's changes, and what into: those that it takes away come last."""
    ((changed, into),) = duckdb.execute(
        f"""
        select
            string_agg(character, '' order by changed = '', code),
            string_agg(changed, '' order by changed = '', code)
        from (
            select code, chr(code::int) as character, {function}(character) as changed
            -- all but the halves of pairs, which are no characters
            from (from range(1, 55296) union all from range(57344, 1114112)) as codes(code)
        )
        where changed <> character
        """
    ).fetchall()
    return changed, into


@cache
def _blanks() -> str:
    """The characters that DuckDB's `trim` takes away."""
    ((blanks,),) = duckdb.execute(
        """
        select string_agg(chr(code::int), '' order by code)
        from range(1, 55296) as codes(code)
        where trim(chr(code::int)) = ''
        """
    ).fetchall()
    return str(blanks)


def _rename(table: exp.Table) -> None:
    table.set("catalog", None)
    if table.db:
        table.set("db", exp.to_identifier(SCHEMA_PREFIX + table.db))
        if not table.alias:
            # what is read without another name goes by its own
            table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))


def _replace_asof_join(join: exp.Join) -> None:
    """Of the rows that an `asof` join may take, the one with the latest bound: the one whose next bound lies after.

    Where two have the same bound, one is taken, as in DuckDB. Raises TranslationError where the condition is anything
    but equalities and one `>=` of a column of the joined table.
    """
    table = join.this
    alias = table.alias_or_name
    condition = join.args["on"]
    parts = list(condition.flatten()) if isinstance(condition, exp.And) else [condition]
    bounds = [part for part in parts if isinstance(part, exp.GTE) and part.expression.table == alias]
    keys = [
        side
        for part in parts
        if isinstance(part, exp.EQ)
        for side in (part.left, part.right)
        if isinstance(side, exp.Column) and side.table == alias
    ]
    if len(bounds) != 1 or len(keys) != len(parts) - 1:
        raise TranslationError(
            f"an asof join on {condition.sql(dialect='duckdb')}: equalities and one `>=` of {alias} are expected"
        )
    instant, bound = bounds[0].left, bounds[0].expression
    next_bound = exp.Window(
        this=exp.Lead(this=bound.copy()),
        partition_by=[key.copy() for key in keys],
        order=exp.Order(expressions=[exp.Ordered(this=bound.copy(), nulls_first=False)]),
    )
    bounded = (
        exp.select("*", exp.alias_(next_bound, NEXT_BOUND))
        .from_(table.copy())
        .where(exp.Not(this=exp.Is(this=bound.copy(), expression=exp.null())))
    )
    until = exp.column(NEXT_BOUND, table=alias)
    is_latest = exp.or_(
        exp.Is(this=until, expression=exp.null()), exp.LT(this=instant.copy(), expression=until.copy())
    )
    join.set("method", None)
    if not join.side:
        join.set("kind", "INNER")
    join.set("this", bounded.subquery(alias))
    join.set("on", exp.and_(condition.copy(), is_latest))


def _replace_far_lead(window: exp.Window) -> None:
    """The value so many rows ahead as a row says, which Spark takes for a constant: of the list of those to come.

    It costs the square of a partition's rows, which are those of one rule in one cycle of one person.
    """
    lead = window.this
    ahead = window.copy()
    ahead.set("this", _call("collect_list", lead.this.copy()))
    frame = {"kind": "ROWS", "start": "CURRENT ROW", "end": "UNBOUNDED", "end_side": "FOLLOWING"}
    ahead.set("spec", exp.WindowSpec(**frame))
    offset = exp.cast(lead.args["offset"].copy(), "int", dialect="databricks")
    window.replace(_call("get", ahead, offset))


def _replacement(call: exp.Func) -> exp.Expr:
    """What Spark calls it, or the call itself where sqlglot knows that."""
    match call:
        case exp.Lower():
            return _call(f"{FUNCTIONS_SCHEMA}.{LETTER_BY_LETTER['lower']}", call.this)
        case exp.Trim() if call.args.get("expression") is None:
            return exp.Trim(this=call.this, expression=exp.Literal.string(_blanks()), position="BOTH")
        case exp.UnixToTime():
            return exp.cast(_call("timestamp_micros", call.this), "timestamp_ntz", dialect="databricks")
        case exp.RegexpFullMatch():
            pattern = exp.Literal.string(rf"\A(?:{call.expression.name})\z")
            return exp.RegexpLike(this=call.this, expression=pattern)
        case exp.RegexpReplace():
            if "g" not in call.text("modifiers"):
                raise TranslationError(
                    "regexp_replace without 'g' replaces the first match alone; Spark's, all"
                )
            text = GROUP_REFERENCE.sub("$", call.args["replacement"].name)
            call.set("replacement", exp.Literal.string(text))
        case exp.PercentileCont():
            return _call("percentile", call.this, call.expression)
        case exp.Sum() if isinstance(call.this, exp.Order):
            return exp.Sum(this=call.this.this)
        case exp.Anonymous():
            return _own_function(call)
    return call


def _own_function(call: exp.Anonymous) -> exp.Expr:
    arguments = call.expressions
    match call.name.lower():
        case _ if call.args.get("of_spark"):
            return call
        case "strip_accents":
            return _call(f"{FUNCTIONS_SCHEMA}.{LETTER_BY_LETTER['strip_accents']}", *arguments)
        case "timezone" if arguments[0].name == "UTC":
            return _instant(arguments[1])
        case "epoch_us":
            return _call("unix_micros", _instant(arguments[0]))
        case "hash":
            hashed = _call("xxhash64", *(_row_or_value(argument) for argument in arguments))
            return exp.cast(hashed, "decimal(38, 0)", dialect="databricks")
    raise TranslationError(
        f"the function {call.name} is not known on Spark; say in {__name__} how it is called there"
    )


def _call(name: str, *arguments: exp.Expr) -> exp.Anonymous:
    """A call of a function of Spark's own."""
    return exp.Anonymous(this=name, expressions=list(arguments), of_spark=True)


def _instant(timestamp: exp.Expr) -> exp.Expr:
    """A timestamp without time zone as the instant that it is in UTC, the session's time zone."""
    return exp.cast(timestamp, "timestamp_ltz", dialect="databricks")


def _row_or_value(argument: exp.Expr) -> exp.Expr:
    """A whole row, which goes by its table's name, as what Spark calls one."""
    select = argument.find_ancestor(exp.Select)
    if isinstance(argument, exp.Column) and not argument.table and argument.name in _tables(select):
        return _call("struct", exp.Column(this=exp.Star(), table=exp.to_identifier(argument.name)))
    return argument


def _tables(select: exp.Select | None) -> Iterator[str]:
    for source in select.find_all(exp.Table) if select else ():
        yield source.alias_or_name
