from typing import Any

import pytest

from local.gateway.velocity import TemplateError, render


class Input:
    def params(self, name: str) -> str:
        return {"Origin": "https://a.example"}.get(name, "")


def variables() -> dict[str, Any]:
    return {"input": Input(), "context": {"stage": "dev", "yes": True}, "number": 3}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("plain # text $ 5", "plain # text $ 5"),
        ("$context.stage-x ${context.stage}x", "$context.stage-x devx"),
        ("$nothing.here $context.missing", "$nothing.here $context.missing"),
        ("$input.params('Origin')/$input.params(\"none\")/", "https://a.example//"),
        ("$context.yes $number", "true 3"),
        ("#set($a = 'b')\n$a", "b"),
        ("#if($number == 3)three#else other#end!", "three!"),
        ("#if($number != 3)a#elseif($context.stage == 'dev')b#else c#end", "b"),
        ("#if($missing)a#else b#end", " b"),
        ("#if(!$missing && ($number == 4 || $context.yes))a#end", "a"),
        ("#if($number == 3)\n  #if(false)a#else\nb#end\n#end\nc", "  bc"),
        ("#if(false)#set($number = 4)#end$number", "3"),
        ("## a comment\nb", "b"),
    ],
)
def test_a_template_renders(template: str, text: str) -> None:
    assert render(template, variables()) == text


def test_set_reaches_into_what_is_there() -> None:
    given = variables() | {"context": {"responseOverride": {"header": {}}}}
    template = "#set($context.responseOverride.header.Access-Control-Allow-Origin = $number)"
    assert render(template, given) == ""
    assert given["context"]["responseOverride"]["header"] == {"Access-Control-Allow-Origin": 3}


@pytest.mark.parametrize(
    "template",
    ["#end", "#if($a)", "#if()a#end", "#set($a)", "#if($a ==)b#end", "#if($a > 2)b#end", "#if((1)"],
)
def test_what_is_not_known_is_an_error(template: str) -> None:
    with pytest.raises(TemplateError):
        render(template, variables())
