"""openapi.py YAML JSON: writes the contract, which is kept as YAML, as JSON, which a browser can read.

Scalars are read as YAML 1.2's core schema has them (as the tests do): in YAML 1.1, the default here, `on` is true, `20:00` a number and
`2026-11-28` a date.
"""
import json
import os
import re
import sys

import yaml

CORE = {
    "null": (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "int": (r"[-+]?[0-9]+", "-+0123456789"),
    "float": (r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
}


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    yaml_implicit_resolvers = {}


for kind, (pattern, first) in CORE.items():
    Loader.add_implicit_resolver("tag:yaml.org,2002:" + kind, re.compile("^(?:" + pattern + ")$"), list(first))
# YAML 1.1 takes 010 as octal.
Loader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(loader.construct_scalar(node), 10))

source, target = sys.argv[1:3]
with open(source, encoding="utf-8") as file:
    document = yaml.load(file, Loader)
with open(target + ".new", "w", encoding="utf-8") as file:
    json.dump(document, file, ensure_ascii=False, separators=(",", ":"))
os.replace(target + ".new", target)
