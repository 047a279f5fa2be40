"""Random values for the shapes of botocore's models, and the spelling in which two sides compare them."""

import base64
import datetime
import random

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
# What every dialect must carry: its own delimiters, white space, and letters of one to four bytes.
COMMON = list("aZ09 ._-/:%+&=?#;,'\"<>\\{}[]()|~!@$*`^") + ["%41", "&amp;", "é", "ß", "€", "語", "😀", "\u2028", "\xa0"]
LINES = ["\n", "\t", "\r", "\r\n"]
# JSON alone can carry these; XML 1.0 has no way to write them.
CONTROLS = ["\x00", "\x01", "\x08", "\x0c", "\x1f", "\x7f", "\ufffe", "\uffff"]
LIST_MAX = 4


class Draw:
    """Draws values that botocore's serialisers accept and its parsers can give back."""

    def __init__(self, rng: random.Random, protocol: str, answer: bool = False):
        self.rng = rng
        self.protocol = protocol
        self.answer = answer
        self.letters = COMMON + LINES + (CONTROLS if protocol != "query" else [])
        # Members are left out more often when the shape is wide, so that rounds differ.
        self.presence = rng.choice([0.2, 0.5, 0.9])

    def structure(self, shape, depth: int = 0) -> dict:
        """A structure with its required members and some of the others."""
        names = list(shape.members)
        if getattr(shape, "is_tagged_union", False):
            chosen = [self.rng.choice(names)]
        else:
            required = set(shape.required_members)
            chosen = [n for n in names if n in required or (self.rng.random() < self.presence and depth < 6)]
        # In a form a structure without members leaves no trace, so nested ones get one.
        if not chosen and names and depth and self.protocol == "query":
            chosen = [self.rng.choice(names)]
        return {name: self.member(shape.members[name], depth + 1) for name in chosen}

    def member(self, shape, depth: int):
        """A member, with regard to where it travels."""
        location = shape.serialization.get("location")
        if location == "header" and shape.type_name == "string":
            return "".join(self.rng.choice("abc XYZ09.-_=/{}\"") for _ in range(self.rng.randint(1, 20))).strip() or "x"
        if location == "uri" and shape.type_name == "string":
            return self.text(1, 20)
        return self.value(shape, depth)

    def value(self, shape, depth: int):
        """A value of any shape."""
        kind = shape.type_name
        if kind == "structure":
            return self.document(3) if shape.is_document_type else self.structure(shape, depth)
        if kind == "list":
            # An empty form parameter means an empty list, which is why a form cannot hold a list of nothing else.
            return [self.value(shape.member, depth + 1) for _ in range(self.count(shape, 0, depth))]
        if kind == "map":
            fewest = 1 if self.protocol == "query" and not self.answer else 0
            return {self.key(shape.key): self.value(shape.value, depth + 1) for _ in range(self.count(shape, fewest, depth))}
        if kind in ("integer", "long"):
            return max(self.integer(kind), int(shape.metadata.get("min", -(2**63))))
        if kind in ("float", "double"):
            return self.rng.choice([0.0, -1.5, 1e-7, 1e21, self.rng.random()])
        if kind == "boolean":
            return self.rng.random() < 0.5
        if kind == "timestamp":
            return self.moment()
        if kind == "blob":
            return self.rng.randbytes(self.rng.choice([0, 1, 2, 3, 50]))
        return self.string(shape)

    def count(self, shape, fewest: int, depth: int) -> int:
        """How many items; botocore insists on the model's minimum."""
        fewest = max(fewest, int(shape.metadata.get("min", 0)))
        return self.rng.randint(fewest, max(fewest, LIST_MAX if depth < 6 else 1))

    def string(self, shape) -> str:
        """An allowed value, or any text: codecs do not check patterns."""
        if shape.enum and self.rng.random() < 0.8:
            return self.rng.choice(shape.enum)
        fewest = int(shape.metadata.get("min", 0))
        return self.text(fewest, fewest + 60)

    def key(self, shape) -> str:
        """A key of a map."""
        return self.string(shape) or "k"

    def text(self, fewest: int, most: int) -> str:
        """Text of awkward letters; now and then long."""
        if self.rng.random() < 0.02:
            most = max(most, 5000)
            fewest = most // 2
        return "".join(self.rng.choice(self.letters) for _ in range(self.rng.randint(fewest, most)))

    def integer(self, kind: str) -> int:
        """Any integer of that width, edges often."""
        bits = 31 if kind == "integer" else 63
        return self.rng.choice([0, 1, -1, 2**bits - 1, -(2**bits), self.rng.randint(-(2**bits), 2**bits - 1)])

    def moment(self) -> datetime.datetime:
        """A moment to the millisecond, whole seconds often."""
        millis = self.rng.choice([0, -1, 1_726_784_814_005, 1_726_784_814_598, self.rng.randint(-10**12, 4 * 10**12), self.rng.randint(0, 4 * 10**9) * 1000])
        return EPOCH + datetime.timedelta(milliseconds=millis)

    def document(self, depth: int):
        """Free-form JSON; an object at the top, as the model's document members are."""
        return {self.text(1, 8): self.free(depth) for _ in range(self.rng.randint(0, 3))}

    def free(self, depth: int):
        """Any JSON."""
        kinds = ["text", "integer", "float", "bool", "null"] + (["list", "object"] if depth else [])
        kind = self.rng.choice(kinds)
        if kind == "list":
            return [self.free(depth - 1) for _ in range(self.rng.randint(0, 3))]
        if kind == "object":
            return self.document(depth - 1)
        return {"text": self.text(0, 10), "integer": self.integer("long"), "float": self.rng.random(), "bool": True, "null": None}[kind]


def spelled(shape, value):
    """A value as JSON that says nothing about the wire (`examples/oracle/spelling.rs` is the other side)."""
    kind = shape.type_name
    if kind == "structure":
        if shape.is_document_type:
            return value
        return {name: spelled(shape.members[name], item) for name, item in value.items()}
    if kind == "list":
        return [spelled(shape.member, item) for item in value]
    if kind == "map":
        return {key: spelled(shape.value, item) for key, item in value.items()}
    if kind == "timestamp":
        return round((value - EPOCH) / datetime.timedelta(microseconds=1) / 1000)
    if kind == "blob":
        return base64.b64encode(value).decode()
    return value
