import pytest

from components.shared.reserved_domain import reserved_domain


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("example.com", "example.com"),
        ("mail.Example.NET", "example.net"),
        ("a.b.example.org", "example.org"),
        ("your-company.example", "example"),
        ("app.test", "test"),
        ("invalid", "invalid"),
        ("localhost", "localhost"),
        ("app.localhost", "localhost"),
        ("myexample.com", None),
        ("example.com.acme.io", None),
        ("example.io", None),
        ("latest", None),
        ("test.io", None),
        ("example.com.internal", None),
        ("", None),
    ],
)
def test_a_host_is_in_the_domain_that_it_ends_in(host: str, domain: str | None) -> None:
    assert reserved_domain(host) == domain
