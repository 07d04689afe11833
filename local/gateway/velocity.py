"""Mapping templates: the part of the Velocity Template Language that our API's templates use.

References (`$name`, `${name}`, properties, methods), `#set`, `#if` / `#elseif` / `#else` / `#end`,
`==`, `!=`, `&&`, `||`, `!`, text, numbers, booleans. Source: "Velocity User Guide" of Apache
Velocity, and "API Gateway mapping template and access logging variable reference" of the API
Gateway developer guide. The two Python ports of Velocity refuse names with hyphens, which header
names have.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any, cast

_NAME = r"[A-Za-z][A-Za-z0-9_-]*"
_PATH = rf"{_NAME}(?:\.{_NAME}(?:\([^()]*\))?)*"
_TOKEN = re.compile(
    rf"\#(?P<directive>set|if|elseif)\s*\(|\#(?P<plain>else|end)\b|\#\#[^\n]*(?:\n|$)"
    rf"|\$!?(?:\{{(?P<braced>{_PATH})\}}|(?P<bare>{_PATH}))"
)
_LEXEME = re.compile(
    rf"""\s*(?:(?P<text>"[^"]*"|'[^']*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>true|false|null)\b"""
    rf"""|\$!?\{{?(?P<reference>{_PATH})\}}?|(?P<operator>==|!=|&&|\|\||!|\(|\)|=))"""
)
_STEP = re.compile(rf"({_NAME})(?:\(([^()]*)\))?")


class TemplateError(Exception):
    """A template uses what API Gateway, or this interpreter, does not know."""


def render(template: str, variables: MutableMapping[str, Any]) -> str:
    """The text of a template.

    Args:
        template: the template.
        variables: by name without `$`; mappings are walked by property, and other values by
            attribute and method. `#set` writes into them.

    Raises:
        TemplateError: the template can't be understood.
    """
    return _Template(template, variables).text()


class _Template:
    def __init__(self, template: str, variables: MutableMapping[str, Any]) -> None:
        self._template = template
        self._variables = variables
        self._position = 0

    def text(self) -> str:
        output: list[str] = []
        ended_by = self._block(output, active=True)
        if ended_by is not None:
            raise TemplateError(f"#{ended_by} without #if")
        return "".join(output)

    def _block(self, output: list[str], *, active: bool) -> str | None:
        """Run to the directive that ends the block, and name it; None at the template's end."""
        while match := _TOKEN.search(self._template, self._position):
            if active:
                output.append(self._template[self._position : match.start()])
            self._position = match.end()
            path = match["braced"] or match["bare"]
            if path:
                if active:
                    value = self._value(path)
                    output.append(match[0] if value is None else _as_text(value))
            elif match["directive"] == "set":
                self._set(active=active)
                self._skip_line_end()
            elif match["directive"] == "if":
                self._if(output, active=active)
            elif match["directive"] == "elseif" or match["plain"]:
                return match["directive"] or match["plain"]
        if active:
            output.append(self._template[self._position :])
        self._position = len(self._template)
        return None

    def _if(self, output: list[str], *, active: bool) -> None:
        taken = self._condition(active=active)
        branch = active and taken
        while True:
            self._skip_line_end()
            ended_by = self._block(output, active=branch)
            if ended_by == "elseif":
                holds = self._condition(active=active and not taken)
                branch = active and holds and not taken
                taken = taken or holds
            elif ended_by == "else":
                branch, taken = active and not taken, True
            elif ended_by == "end":
                self._skip_line_end()
                return
            else:
                raise TemplateError("#if without #end")

    def _condition(self, *, active: bool) -> bool:
        lexemes = self._lexemes()
        return active and _truth(_Expression(lexemes, self._value).value())

    def _set(self, *, active: bool) -> None:
        lexemes = self._lexemes()
        if len(lexemes) < 3 or lexemes[0][0] != "reference" or lexemes[1] != ("operator", "="):
            raise TemplateError("#set takes ($name = value)")
        if not active:
            return
        *parents, name = lexemes[0][1].split(".")
        target: Any = self._variables
        for parent in parents:
            target = cast("MutableMapping[str, Any]", target).setdefault(parent, {})
        target[name] = _Expression(lexemes[2:], self._value).value()

    def _lexemes(self) -> list[tuple[str, str]]:
        """What stands between a directive's parentheses."""
        found: list[tuple[str, str]] = []
        depth = 1
        while match := _LEXEME.match(self._template, self._position):
            self._position = match.end()
            depth += {"(": 1, ")": -1}.get(match["operator"] or "", 0)
            if depth == 0:
                return found
            kind = match.lastgroup
            assert kind is not None
            found.append((kind, match[kind]))
        raise TemplateError(f"can't read {self._template[self._position :][:40]!r}")

    def _skip_line_end(self) -> None:
        """Velocity swallows the line end behind a directive that ends its line."""
        blank = re.compile(r"[ \t]*\n").match(self._template, self._position)
        if blank:
            self._position = blank.end()

    def _value(self, path: str) -> Any:
        value: Any = self._variables
        for name, arguments in _STEP.findall(path):
            if isinstance(value, Mapping):
                value = cast("Mapping[str, Any]", value).get(name)
            else:
                value = getattr(value, name, None)
            if callable(value):
                value = value(*_literals(arguments))
            if value is None:
                return None
        return value


class _Expression:
    """A condition or a value, by precedence: or, and, equality, not, operand."""

    def __init__(self, lexemes: list[tuple[str, str]], value_of: Callable[[str], Any]) -> None:
        self._lexemes = lexemes
        self._value_of = value_of
        self._next = 0

    def value(self) -> Any:
        value = self._or()
        if self._next != len(self._lexemes):
            raise TemplateError(f"unexpected {self._lexemes[self._next][1]}")
        return value

    def _or(self) -> Any:
        value = self._and()
        while self._take("||"):
            other = self._and()
            value = _truth(value) or _truth(other)
        return value

    def _and(self) -> Any:
        value = self._equality()
        while self._take("&&"):
            other = self._equality()
            value = _truth(value) and _truth(other)
        return value

    def _equality(self) -> Any:
        value = self._operand()
        for operator in ("==", "!="):
            if self._take(operator):
                return (value == self._operand()) is (operator == "==")
        return value

    def _operand(self) -> Any:
        if self._take("!"):
            return not _truth(self._operand())
        if self._take("("):
            value = self._or()
            if not self._take(")"):
                raise TemplateError("a parenthesis is not closed")
            return value
        if self._next == len(self._lexemes):
            raise TemplateError("a value is missing")
        kind, text = self._lexemes[self._next]
        self._next += 1
        if kind == "reference":
            return self._value_of(text)
        if kind == "operator":
            raise TemplateError(f"unexpected {text}")
        return _literal(text)

    def _take(self, operator: str) -> bool:
        found = self._lexemes[self._next : self._next + 1] == [("operator", operator)]
        self._next += found
        return found


def _literals(arguments: str) -> list[Any]:
    return [_literal(part.strip()) for part in arguments.split(",")] if arguments.strip() else []


def _literal(text: str) -> Any:
    if text[0] in "\"'":
        return text[1:-1]
    words = {"true": True, "false": False, "null": None}
    if text in words:
        return words[text]
    return float(text) if "." in text else int(text)


def _truth(value: Any) -> bool:
    return value is not None and value is not False


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
