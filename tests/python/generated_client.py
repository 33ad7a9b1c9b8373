"""Generates a client from the contract and reads answers with it that hold words of tomorrow in every place where a word stands.

usage: generated_client.py CONTRACT

An app in the field is older than the service that it talks to. So whatever the service answers must be read by a client that was
generated from the contract of today, also when an enumeration has grown since: not one schema that an answer is made of may make it
fail. What apps send stays as strict as it was.
"""

import contextlib
import importlib
import io
import pathlib
import sys
import tempfile

import yaml
from openapi_python_client import Config, MetaType, generate
from openapi_python_client.config import ConfigFile
from openapi_python_client.strings import ClassName

SCHEMAS = "#/components/schemas/"
TOMORROW = "a_word_of_tomorrow"
SAMPLES = {
    "date-time": "2026-12-01T10:00:00+00:00",
    "date": "2026-12-01",
    "uuid": "01936f6e-4d00-7000-8000-000000000001",
}


def named(part):
    """The schemas that this part of the contract names."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"].removeprefix(SCHEMAS)
        for value in part.values():
            yield from named(value)
    elif isinstance(part, list):
        for value in part:
            yield from named(value)


def answered(contract):
    """Every schema that some answer is made of."""
    schemas = contract["components"]["schemas"]
    operations = [
        operation
        for path in contract["paths"].values()
        for operation in path.values()
        if isinstance(operation, dict)
    ]
    waiting = [name for operation in operations for name in named(operation.get("responses", {}))]
    reached = set()
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(named(schemas[name]))
    return {name: schemas[name] for name in sorted(reached)}


def sample(schema, schemas, words):
    """Something that fits, with a word of tomorrow wherever a word stands; `words` counts those."""
    if "$ref" in schema:
        return sample(schemas[schema["$ref"].removeprefix(SCHEMAS)], schemas, words)
    for choice in ("oneOf", "anyOf", "allOf"):
        if choice in schema:
            parts = [part for part in schema[choice] if part.get("type") != "null"]
            return sample(parts[0], schemas, words)
    kinds = schema.get("type", "object")
    kind = next(one for one in ([kinds] if isinstance(kinds, str) else kinds) if one != "null")
    if "x-extensible-enum" in schema:
        words.append(schema)
        return TOMORROW
    if kind == "object":
        return {name: sample(field, schemas, words) for name, field in schema.get("properties", {}).items()}
    if kind == "array":
        return [sample(schema["items"], schemas, words)]
    if kind == "string":
        return SAMPLES.get(schema.get("format"), "text")
    return {"integer": schema.get("minimum", 1), "number": 1.5, "boolean": True}[kind]


def main(path):
    contract = yaml.safe_load(pathlib.Path(path).read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        target = pathlib.Path(folder) / "generated"
        settings = Config.from_sources(
            ConfigFile(post_hooks=[]), MetaType.NONE, pathlib.Path(path), "utf-8", False, target
        )
        with contextlib.redirect_stdout(io.StringIO()):
            faults = [fault for fault in generate(config=settings) if fault.level.name == "ERROR"]
        if faults:
            sys.exit(f"no client could be generated: {faults}")
        sys.path.insert(0, folder)
        models = importlib.import_module("generated.models")
        schemas, words, read = contract["components"]["schemas"], [], 0
        for name, schema in answered(contract).items():
            if schema.get("type") != "object":
                continue
            model = getattr(models, ClassName(name, ""))
            given = sample(schema, schemas, words)
            kept = model.from_dict(given).to_dict()
            if kept != given:
                sys.exit(f"{name} does not come back as it was: {kept} instead of {given}")
            read += 1
        sent = getattr(models, "StaffRoleInput")
        try:
            sent(TOMORROW)
        except ValueError:
            pass
        else:
            sys.exit("a client sends words that it does not know")
    if read < 40 or len(words) < 40:
        sys.exit(f"only {read} answers with {len(words)} words were looked at")
    print(f"{read} kinds of answers with {len(words)} unknown words were read")


if __name__ == "__main__":
    main(sys.argv[1])
