#!/usr/bin/env python3
"""Compares our codecs with botocore's own, for every operation of the contract, in both directions.

    cargo build -p wire --example oracle
    python e2e/python/wire_oracle.py --oracle target/debug/examples/oracle [--seed N] [--seconds N]

Requests: random parameters, serialised and prepared by botocore, read by us, compared.
Answers: random results, written by us, parsed by botocore, compared; their raw form is held against the rules that
botocore is too lenient to check (empty bodies, numeric timestamps, order of members).
Errors: every error an operation declares and some that no model lists, written by us, parsed by botocore.

Every operation is compared in every round; rounds go on until the time is up, at least two. The seed is printed, and
one seed gives one sequence. The last line is `N passed, N failed`; the exit code is 1 when anything differed.
"""

import argparse
import base64
import json
import pathlib
import random
import subprocess
import sys
import time
from urllib.parse import urlsplit

import botocore.loaders
import botocore.model
import botocore.parsers
import botocore.serialize
from botocore.awsrequest import HeadersDict, create_request_object, prepare_request_dict

from wire_values import Draw, spelled

BOTOCORE = "1.44.5"
FRONT_END_ERRORS = {
    "json": ["SerializationException", "UnknownOperationException", "AccessDeniedException", "NotImplementedException"],
    "rest-json": ["SerializationException", "UnknownOperationException", "AccessDeniedException", "NotImplementedException"],
    "query": ["InvalidAction", "MalformedInput"],
}
DIFFERENCES_SHOWN = 20


def main() -> int:
    """Runs the rounds and reports."""
    asked = arguments()
    if botocore.__version__ != BOTOCORE:
        print(f"botocore {botocore.__version__} is installed; the contract was taken from {BOTOCORE}")
        return 1
    print(f"seed {asked.seed}")
    with Oracle(asked.oracle) as oracle:
        services = [Service(name, names, oracle) for name, names in oracle.ask({"do": "operations"}).items()]
        report = Report()
        ends = time.monotonic() + asked.seconds
        rounds = 0
        while rounds < 2 or time.monotonic() < ends:
            for service in services:
                service.compare(random.Random(f"{asked.seed}/{rounds}/{service.name}"), report, first=rounds == 0)
            rounds += 1
    count = sum(len(service.operations) for service in services)
    print(f"{count} operations, {rounds} rounds")
    return report.told()


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--oracle", required=True, type=pathlib.Path, help="the built example")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=20.0, help="rounds are begun for this long")
    return parser.parse_args()


class Oracle:
    """Our side: a process that answers one line for one line."""

    def __init__(self, path: pathlib.Path):
        self.process = subprocess.Popen([path.resolve()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        encoding="utf-8")

    def ask(self, question: dict) -> dict:
        """One question, one answer."""
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"broken": "the oracle has ended"}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=10)


class Report:
    """Counts, and shows the first differences."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, what: str, ours, theirs) -> bool:
        """Whether both sides say the same."""
        same = ours == theirs and json.dumps(ours, sort_keys=True) == json.dumps(theirs, sort_keys=True)
        if same:
            self.passed += 1
        else:
            self.failed += 1
            if self.failed <= DIFFERENCES_SHOWN:
                print(f"DIFFERENT {what}\n  ours:   {ours!r:.2000}\n  theirs: {theirs!r:.2000}")
        return same

    def told(self) -> int:
        """The last line and the exit code."""
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed or not self.passed else 0


class Service:
    """One service of the contract as botocore knows it."""

    def __init__(self, name: str, operations: list, oracle: Oracle):
        self.name = name
        self.oracle = oracle
        description = botocore.loaders.Loader().load_service_model(name, "service-2")
        self.statuses = {name: status_of(shape) for name, shape in description["shapes"].items() if shape.get("exception")}
        self.model = botocore.model.ServiceModel(description)
        self.protocol = self.model.metadata["protocol"]
        self.operations = operations
        self.serializer = botocore.serialize.create_serializer(self.protocol)
        self.parser = botocore.parsers.create_parser(self.protocol)

    def compare(self, rng: random.Random, report: Report, first: bool):
        """One round over all operations."""
        for name in self.operations:
            operation = self.model.operation_model(name)
            self.request(operation, rng, report)
            self.answer(operation, rng, report)
            self.errors(operation, rng, report, everything=first)
            if self.protocol != "query":
                self.wrong_type(operation, rng, report)

    def ask(self, do: str, operation, **more) -> dict:
        """A question about one operation."""
        return self.oracle.ask({"do": do, "service": self.name, "operation": operation.name, **more})

    def request(self, operation, rng: random.Random, report: Report):
        """botocore writes, we read."""
        shape = operation.input_shape
        params = Draw(rng, self.protocol).structure(shape) if shape else {}
        read = self.ask("decode", operation, request=self.prepared(operation, params))
        theirs = spelled(shape, params) if shape else {}
        report.check(f"request {self.name} {operation.name}", read, {"value": theirs})

    def prepared(self, operation, params: dict) -> dict:
        """What botocore would put on the wire, headers and all, but for the signature."""
        serialized = self.serializer.serialize_to_request(params, operation)
        prepare_request_dict(serialized, endpoint_url="http://127.0.0.1:9", context={})
        sent = create_request_object(serialized).prepare()
        url = urlsplit(sent.url)
        body = sent.body if sent.body is not None else b""
        return {
            "method": sent.method,
            "path": url.path,
            "query": url.query,
            "headers": {key.lower(): text(value) for key, value in sent.headers.items()},
            "body": base64.b64encode(body.encode() if isinstance(body, str) else body).decode(),
        }

    def wrong_type(self, operation, rng: random.Random, report: Report):
        """A body member of the wrong JSON type must be refused, not bent."""
        shape = operation.input_shape
        members = {} if shape is None else shape.members
        bodies = [(n, m) for n, m in members.items() if "location" not in m.serialization and not getattr(m, "is_document_type", False)]
        if not bodies:
            return
        name, member = rng.choice(bodies)
        wrong = rng.choice([value for kinds, value in WRONG if member.type_name not in kinds])
        request = self.prepared(operation, Draw(rng, self.protocol).structure(shape))
        request["body"] = base64.b64encode(json.dumps({name: wrong}).encode()).decode()
        answer = self.ask("decode", operation, request=request)
        report.check(f"wrong type {self.name} {operation.name}.{name}={wrong!r}", answer.get("fault", answer), "SerializationException")

    def answer(self, operation, rng: random.Random, report: Report):
        """We write, botocore parses."""
        shape = operation.output_shape
        value = Draw(rng, self.protocol, answer=True).structure(shape) if shape else {}
        reply = self.ask("encode", operation, value=spelled(shape, value) if shape else {})
        what = f"answer {self.name} {operation.name}"
        if "broken" in reply:
            report.check(what, reply, None)
            return
        raw = base64.b64decode(reply["body"])
        parsed = self.parsed(reply, shape)
        metadata = parsed.pop("ResponseMetadata", {})
        report.check(what, spelled(shape, parsed) if shape else parsed, spelled(shape, value) if shape else {})
        report.check(f"{what}: status", reply["status"], operation.http.get("responseCode", 200))
        if self.protocol == "query":
            report.check(f"{what}: request id", metadata.get("RequestId"), reply["request_id"])
        elif shape is None:
            report.check(f"{what}: no output shape, no body", raw.decode(), "")
        elif not shape.members:
            report.check(f"{what}: empty output shape", raw.decode(), "{}")
        else:
            report.check(f"{what}: raw form", raw_faults(shape, json.loads(raw)), [])

    def parsed(self, reply: dict, shape) -> dict:
        """The reply as botocore reads it."""
        headers = HeadersDict({**reply["headers"], "Content-Type": reply["content_type"], "x-amzn-RequestId": reply["request_id"]})
        response = {"status_code": reply["status"], "headers": headers, "body": base64.b64decode(reply["body"])}
        return self.parser.parse(response, shape)

    def errors(self, operation, rng: random.Random, report: Report, everything: bool):
        """Every declared error in the first round, one of them later."""
        declared = operation.error_shapes
        cases = [(s.name, s.error_code if self.protocol == "query" else s.name, self.statuses[s.name]) for s in declared]
        cases += [(name, name, None) for name in FRONT_END_ERRORS[self.protocol]]
        for name, code, status in cases if everything else [rng.choice(cases)]:
            message = Draw(rng, self.protocol, answer=True).text(0, 60)
            reply = self.ask("refuse", operation, error=name, message=message)
            what = f"error {self.name} {operation.name} {name}"
            if "broken" in reply:
                report.check(what, reply, None)
                continue
            error = self.parsed(reply, None)["Error"]
            report.check(what, [error["Code"], error.get("Message") or ""], [code, message])
            if status is not None:
                report.check(f"{what}: status", reply["status"], status)
            if self.protocol == "query":
                report.check(f"{what}: type", error["Type"], "Receiver" if reply["status"] >= 500 else "Sender")
            else:
                body = json.loads(base64.b64decode(reply["body"]))
                report.check(f"{what}: both places", [body["__type"], reply["headers"]["x-amzn-ErrorType"]], [name, f"{name}:"])


WRONG = [
    (("string", "blob"), "text"),
    (("integer", "long", "float", "double", "timestamp"), 5),
    (("integer", "long", "float", "double", "timestamp"), 1.5e300),
    (("boolean",), True),
    (("list",), []),
    (("structure", "map"), {}),
]


def status_of(description: dict) -> int:
    """The model's status of an error; without one, faults are 500 and everything else is 400."""
    return description.get("error", {}).get("httpStatusCode", 500 if description.get("fault") else 400)


def raw_faults(shape, raw, path="") -> list:
    """What is wrong with a JSON answer that a lenient reader would not notice."""
    kind = shape.type_name
    if kind == "structure" and not shape.is_document_type:
        order = [member.serialization.get("name", name) for name, member in shape.members.items()]
        named = dict(zip(order, shape.members.values()))
        found = [] if list(raw) == [name for name in order if name in raw] else [f"{path}: order {list(raw)}"]
        return found + [fault for name, item in raw.items() for fault in raw_faults(named[name], item, f"{path}.{name}")]
    if kind == "list":
        return [fault for item in raw for fault in raw_faults(shape.member, item, f"{path}[]")]
    if kind == "map":
        return [fault for item in raw.values() for fault in raw_faults(shape.value, item, f"{path}{{}}")]
    if kind == "timestamp" and (isinstance(raw, bool) or not isinstance(raw, (int, float))):
        return [f"{path}: timestamp {raw!r}"]
    return []


def text(value) -> str:
    """Header values as text."""
    return value.decode() if isinstance(value, bytes) else str(value)


if __name__ == "__main__":
    sys.exit(main())
