#!/usr/bin/env python3
"""Compares our constraint checks with botocore's own validator, where that one checks: presence, types, lower bounds.

    cargo build -p contract --example check_oracle
    python e2e/python/contract_oracle.py --oracle target/debug/examples/check_oracle [--seed N] [--requests N]

The example draws random requests for every operation and says what it thinks of each; botocore's validator is asked
about the same requests. Compared are the places: which members are missing, which are too short or too small, and
whether a JSON type is wrong at all. Upper bounds, patterns and value sets botocore leaves to the service.
The last line is `N passed, N failed`; the exit code is 1 when anything differed.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys

import botocore.loaders
import botocore.model
import botocore.validate

BOTOCORE = "1.44.5"
DIFFERENCES_SHOWN = 20
# Python's booleans are integers, any text may be the bytes of a blob, and times come as text too.
BOTOCORE_IS_LENIENT = ("integer", "integer of 32 bits", "base64 string", "epoch seconds")
LOWER_BOUND = re.compile(r"Member must have (?:length|value) greater than or equal to (-?\d+)")


def main() -> int:
    """Asks both sides about every request and reports."""
    asked = arguments()
    if botocore.__version__ != BOTOCORE:
        print(f"botocore {botocore.__version__} is installed; the contract was taken from {BOTOCORE}")
        return 1
    command = [asked.oracle.resolve(), str(asked.seed), str(asked.requests)]
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout.splitlines()
    services, passed, differences = {}, 0, []
    for line in lines:
        case = json.loads(line)
        service = services.setdefault(case["service"], Service(case["service"]))
        difference = service.compare(case)
        if difference:
            differences.append(difference)
        else:
            passed += 1
    for difference in differences[:DIFFERENCES_SHOWN]:
        print(difference)
    print(f"{passed} passed, {len(differences)} failed")
    return 1 if differences or not passed else 0


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--oracle", required=True, type=pathlib.Path, help="the built example")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--requests", type=int, default=15, help="requests per operation")
    return parser.parse_args()


class Service:
    """A service as botocore knows it."""

    def __init__(self, name: str):
        self.model = botocore.model.ServiceModel(botocore.loaders.Loader().load_service_model(name, "service-2"), name)
        self.validator = botocore.validate.ParamValidator()

    def compare(self, case: dict) -> str:
        """What differs about one request; empty when nothing does."""
        shape = self.model.operation_model(case["operation"]).input_shape
        if shape is None:
            return ""
        # We name members as the wire does, botocore as the model does; they differ in parts of a URL only.
        names = {inner.serialization.get("name", name): name for name, inner in shape.members.items()}
        request = {names.get(name, name): value for name, value in case["request"].items()} \
            if isinstance(case["request"], dict) else case["request"]
        errors = self.validator.validate(request, shape)._errors
        types = sorted(name.lstrip(".") for reason, name, _ in errors if reason == "invalid type")
        where = f"{case['service']} {case['operation']} {json.dumps(case['request'])[:600]}"
        verdict = case["verdict"]
        if "misfit" in verdict:
            excused = types or verdict["misfit"]["expected"] in BOTOCORE_IS_LENIENT
            return "" if excused else f"{where}\n  we refuse {verdict['misfit']}, botocore sees no wrong type"
        if types:
            return f"{where}\n  botocore refuses the type of {types}, we do not"
        if verdict["cut"]:
            return ""
        theirs = {place for error in errors for place in self.places(shape, *error)}
        ours = {self.our_place(shape, violation) for violation in verdict["violations"]} - {None}
        # Rules for plain items are told by their list, all at once, whichever is broken: there only botocore's word can be missing.
        nested = {violation["path"] for violation in verdict["violations"] if "satisfy constraint: [" in violation["constraint"]}
        missing = {place for place in theirs - ours if not (place[1] == "item" and place[0] in nested)}
        invented = ours - theirs
        if missing or invented:
            return f"{where}\n  only botocore: {sorted(missing)}\n  only we: {sorted(invented)}"
        return ""

    @staticmethod
    def our_place(shape, violation: dict):
        """Place and kind of a violation botocore could have found as well."""
        if violation["constraint"] == "Member must not be null":
            return violation["path"], "null"
        if LOWER_BOUND.fullmatch(violation["constraint"]) and not is_map(shape, violation["path"]):
            return violation["path"], "low"
        return None

    def places(self, shape, reason: str, name: str, more: dict):
        """Place and kind of botocore's complaint, in our spelling."""
        if reason == "missing required field":
            yield spelled(shape, f"{name}.{more['required_name']}")[0], "null"
        elif reason in ("invalid length", "invalid range"):
            path, plain_item = spelled(shape, name)
            yield path, "item" if plain_item else "low"
        elif reason not in ("unknown field", "more than one input", "empty input"):  # unions are each operation's own affair
            yield name, reason


def spelled(shape, name: str) -> tuple[str, bool]:
    """`.Schema[0].Name` as `schema.1.member.name`; plain items go by their list or map, which the second value tells."""
    path, plain_item = "", False
    rest = name.split(" (key: ")[0]
    while rest:
        if shape.type_name == "list":
            at, rest = re.match(r"\[(\d+)\](.*)", rest, re.DOTALL).groups()
            step, shape = f".{int(at) + 1}.member", shape.member
        elif shape.type_name == "map":
            # A key may hold anything, dots and brackets too: for plain values it is not part of the place.
            if not holds_structures(shape.value):
                return path, True
            key, rest = re.match(r"\.(.*?)(?=\.[A-Z]|$)(.*)", rest, re.DOTALL).groups()
            step, shape = f".{key}.value", shape.value
        else:
            member, rest = re.match(r"\.(\w+)(.*)", rest, re.DOTALL).groups()
            step, shape = f"{'.' if path else ''}{member[0].lower()}{member[1:]}", shape.members[member]
        if step.endswith(".member") and not holds_structures(shape):
            return path, True
        path += step
    return path, plain_item or " (key: " in name


def is_map(shape, path: str) -> bool:
    """Whether our path leads to a map, whose size botocore does not look at."""
    steps = path.split(".")
    while steps:
        if shape.type_name == "structure":
            members = {f"{name[0].lower()}{name[1:]}": inner for name, inner in shape.members.items()}
            shape, steps = members[steps[0]], steps[1:]
        elif shape.type_name == "list":
            shape, steps = shape.member, steps[2:]
        elif shape.type_name == "map":
            # The key may hold dots: what follows it begins behind the word `value`.
            shape, steps = shape.value, steps[steps.index("value") + 1:]
        else:
            return False
    return shape.type_name == "map"


def holds_structures(shape) -> bool:
    """Whether structures, which have places of their own, lie inside."""
    if shape.type_name == "list":
        return holds_structures(shape.member)
    if shape.type_name == "map":
        return holds_structures(shape.value)
    return shape.type_name == "structure"


if __name__ == "__main__":
    sys.exit(main())
