#!/usr/bin/env python3
"""Writes theatre.json and stadium.json beside this script. Run it after a change here; the files are committed.

Coordinates are those of seatmap.schema.json: one unit is the distance of two neighbouring seats (0.5 m), y points down, and
a zone's own front is -y. The stadium's stands follow the sides of a 105 m x 68 m pitch; its corners turn around the pitch's corners."""
import json
import math
from pathlib import Path

ROW_DEPTH = 1.6  # 0.8 m
PITCH = (210, 136)
STADIUM_SEATS = 40192

# Tier: first block number, rows, distance of the first row from the pitch, prices by kind of block (None: no such blocks).
TIERS = [
    {"name": "Lower", "first": 101, "rows": 21, "distance": 12, "side": 1500000, "end": 900000, "corner": 800000},
    {"name": "Club", "first": 201, "rows": 7, "distance": 52, "side": 3000000, "end": None, "corner": None},
    {"name": "Upper", "first": 301, "rows": 19, "distance": 68, "side": 700000, "end": 500000, "corner": 400000},
]
SIDE_BLOCKS, END_BLOCKS, CORNER_BLOCKS = 6, 4, 2
AISLE = 3  # units between two blocks


def number(value):
    value = round(value, 2)
    return int(value) if value == int(value) else value


def place(x, y):
    return {"x": number(x), "y": number(y)}


def row_name(index):
    """A, B … Z, AA, AB …"""
    return chr(65 + index) if index < 26 else row_name(index // 26 - 1) + chr(65 + index % 26)


def straight_block(tier, width):
    return [{"id": row_name(i), "from": 1, "to": width, "position": place(0, i * ROW_DEPTH)} for i in range(tier["rows"])]


def corner_block(tier, angle):
    rows = []
    for i in range(tier["rows"]):
        radius = tier["distance"] + i * ROW_DEPTH
        seats = int(radius * angle - AISLE)
        if seats >= 4:
            rows.append({"id": row_name(i), "from": 1, "to": seats, "position": place(0, i * ROW_DEPTH), "curve": number(radius)})
    return rows


def stand(tier, outward, length, half, count):
    """Blocks of a straight stand; `outward` is the direction from the pitch in degrees, clockwise from east."""
    pitch_of_blocks = length / count
    for i in range(count):
        along = (i - (count - 1) / 2) * pitch_of_blocks
        across = half + tier["distance"]
        turn = math.radians(outward)
        x = across * math.cos(turn) - along * math.sin(turn)
        y = across * math.sin(turn) + along * math.cos(turn)
        yield place(x, y), outward, straight_block(tier, int(pitch_of_blocks - AISLE))


def corner(tier, outward):
    angle = math.radians(90 / CORNER_BLOCKS)
    centre_x = math.copysign(PITCH[0] / 2, math.cos(math.radians(outward)))
    centre_y = math.copysign(PITCH[1] / 2, math.sin(math.radians(outward)))
    for i in range(CORNER_BLOCKS):
        direction = outward - 45 + (i + 0.5) * 90 / CORNER_BLOCKS
        x = centre_x + tier["distance"] * math.cos(math.radians(direction))
        y = centre_y + tier["distance"] * math.sin(math.radians(direction))
        rows = corner_block(tier, angle)
        front = rows[0]["position"]["y"]  # rows too short to be worth having are left out
        x += front * math.cos(math.radians(direction))
        y += front * math.sin(math.radians(direction))
        for row in rows:
            row["position"] = place(0, row["position"]["y"] - front)
        yield place(x, y), direction, rows


def around(tier):
    """All blocks of a tier, clockwise from the east: kind, compass name, position, outward direction, rows."""
    for outward, compass in ((0, "east"), (45, "south-east"), (90, "south"), (135, "south-west"), (180, "west"),
                             (225, "north-west"), (270, "north"), (315, "north-east")):
        if outward % 90:
            kind, blocks = "corner", corner(tier, outward)
        elif outward % 180:
            kind, blocks = "side", stand(tier, outward, PITCH[0], PITCH[1] / 2, SIDE_BLOCKS)
        else:
            kind, blocks = "end", stand(tier, outward, PITCH[1], PITCH[0] / 2, END_BLOCKS)
        if tier[kind] is not None:
            for position, direction, rows in blocks:
                yield kind, compass, position, direction, rows


def shorten(zones, surplus):
    """Takes seats from the last rows of the upper corners, one a row in turn: that is where the floodlight masts stand."""
    rows = [row for zone in zones if "corner" in zone["kind"] and zone["id"] >= "300" for row in zone["rows"][-8:]]
    for i in range(surplus):
        rows[i % len(rows)]["to"] -= 1


def stadium():
    zones, prices = [], {}
    for tier in TIERS:
        for i, (kind, compass, position, direction, rows) in enumerate(around(tier)):
            block = str(tier["first"] + i)
            prices[block] = tier[kind]
            zones.append({"id": block, "name": f"{tier['name']} {block}, {compass}", "position": position,
                          "rotation": number((direction - 90) % 360), "kind": kind, "rows": rows})
    surplus = sum(row["to"] for zone in zones for row in zone["rows"]) - STADIUM_SEATS
    assert 0 <= surplus < 1500, surplus
    shorten(zones, surplus)
    for zone in zones:
        del zone["kind"]
    pitch = {"position": place(0, 0), "width": PITCH[0], "height": PITCH[1], "name": "Pitch"}
    return {"id": "stadium", "name": "Grand Stadium", "currency": "VND", "format": "ZONE_ROW_NUM", "pitch": pitch,
            "priceTiers": prices, "zones": zones}


def theatre_rows(names, seats, first_radius):
    return [{"id": name, "from": 1, "to": count, "position": place(0, i * 2), "curve": number(first_radius + i * 2)}
            for i, (name, count) in enumerate(zip(names, seats))]


def box(name, side, index):
    x = side * (19 + index)
    return {"id": name, "from": 1, "to": 4, "position": place(x, index * 7), "rotation": -70 * side}


def theatre():
    orchestra = theatre_rows("ABCDEFGH", (18, 19, 20, 21, 22, 23, 24, 25), 24)
    parterre = theatre_rows("JKLMNPQR", (26, 27, 28, 29, 30, 30, 28, 26), 42)
    circle = theatre_rows(("AA", "BB", "CC", "DD", "EE"), (32, 34, 34, 34, 34), 62)
    boxes = [box(f"BOX{'ABCDEFGH'[i]}", -1 if i < 4 else 1, i % 4) for i in range(8)]
    zones = [
        {"id": "ORCHESTRA", "name": "Orchestra", "position": place(0, 8), "rows": orchestra},
        {"id": "PARTERRE", "name": "Parterre", "position": place(0, 26), "rows": parterre},
        {"id": "CIRCLE", "name": "Dress circle", "position": place(0, 46), "rows": circle},
        {"id": "BOXES", "name": "Boxes", "position": place(0, 6), "rows": boxes},
    ]
    stage = {"position": place(0, -2), "width": 24, "height": 10, "name": "Stage"}
    return {"id": "theatre", "name": "City Theatre", "currency": "VND", "format": "ROW_NUM", "stage": stage,
            "priceTiers": {"ORCHESTRA": 900000, "PARTERRE": 600000, "CIRCLE": 400000, "BOXES": 1200000}, "zones": zones}


def write(template):
    """One row of seats a line, so that a difference between two versions can be read."""
    zones = []
    for zone in template["zones"]:
        rows = ",\n".join("      " + json.dumps(row) for row in zone["rows"])
        head = json.dumps({name: value for name, value in zone.items() if name != "rows"})[:-1]
        zones.append(f'    {head}, "rows": [\n{rows}\n    ]}}')
    members = [f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in template.items() if name != "zones"]
    members.append('  "zones": [\n' + ",\n".join(zones) + "\n  ]")
    path = Path(__file__).with_name(template["id"] + ".json")
    path.write_text("{\n" + ",\n".join(members) + "\n}\n", encoding="utf-8")
    print(path.name, sum(row["to"] - row["from"] + 1 for zone in template["zones"] for row in zone["rows"]), "seats")


if __name__ == "__main__":
    write(theatre())
    write(stadium())
