# SPDX-License-Identifier: MIT
"""Is a value of JSON what a schema says?  Of JSON Schema, the words that ours use."""

import re

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None),
         "number": (int, float)}


def check(value, schema, root=None, at="$"):
    """Raise AssertionError, with the place, where it is not."""
    root = root or schema
    if "$ref" in schema:
        check(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, at)
    if "type" in schema:
        wanted = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        assert any(isinstance(value, TYPES[t]) for t in wanted), f"{at} is no {wanted}: {value!r}"
    if "enum" in schema:
        assert value in schema["enum"], f"{at}: {value!r} is none of {schema['enum']}"
    if "pattern" in schema:
        assert re.search(schema["pattern"], value), f"{at}: {value!r}"
    if isinstance(value, dict):
        missing = set(schema.get("required", ())) - set(value)
        assert not missing, f"{at} lacks {missing}"
        known = schema.get("properties", {})
        assert schema.get("additionalProperties", True) or not set(value) - set(known), f"{at}: {value}"
        for name in set(value) & set(known):
            check(value[name], known[name], root, f"{at}.{name}")
    if isinstance(value, list):
        for i, item in enumerate(value):
            check(item, schema.get("items", {}), root, f"{at}[{i}]")
