"""Something to look at: 50 products in 5 categories, the same ones each time."""

from __future__ import annotations

import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

CURRENCY = "EUR"
AT_ONCE = 8

_CATALOGUE = {
    "kitchen": "Teapot, Kettle, Saucepan, Bread knife, Cutting board, Whisk, Colander, Grater, "
    "Pepper mill, Mixing bowl",
    "garden": "Watering can, Trowel, Rake, Pruning shears, Flower pot, Bird feeder, Garden hose, "
    "Wheelbarrow, Seed tray, Gloves",
    "books": "Atlas, Cookbook, Dictionary, Field guide, Fairy tales, Travel diary, Poems, "
    "Chess openings, Star charts, Knots",
    "music": "Harmonica, Ukulele, Tambourine, Metronome, Guitar strings, Music stand, Recorder, "
    "Kalimba, Drumsticks, Tuning fork",
    "outdoor": "Tent, Sleeping bag, Compass, Headlamp, Camping stove, Hammock, Water filter, "
    "Rucksack, Rope, Thermos",
}


def products() -> list[dict[str, Any]]:
    """The products, as the API takes them."""
    return [
        {
            "name": name,
            "description": f"{name} from our {category} range.",
            "category": category,
            "price": {"amount": 499 + 350 * position + 100 * row, "currency": CURRENCY},
            "stock": 10 + 5 * ((row + position) % 10),
        }
        for row, (category, names) in enumerate(_CATALOGUE.items())
        for position, name in enumerate(names.split(", "))
    ]


def seed(api_url: str, *, api_key: str, admin_token: str) -> int:
    """Create the products through the API; their number.

    Args:
        api_url: where the stage is.
        api_key: a key of its usage plan.
        admin_token: access token of an admin.

    Raises:
        OSError: the API does not answer, or refuses a product.
    """
    headers = {
        "Authorization": f"Bearer {admin_token}",
        "x-api-key": api_key,
        "Content-Type": "application/json",
    }

    def create(product: dict[str, Any]) -> None:
        request = urllib.request.Request(
            f"{api_url}/v1/products", json.dumps(product).encode(), headers, method="POST"
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            answer.read()

    first, *others = products()
    # The authorizer's answer to the first is kept for the others.
    create(first)
    with ThreadPoolExecutor(AT_ONCE) as executor:
        list(executor.map(create, others))
    return 1 + len(others)
