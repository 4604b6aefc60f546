# Reads a CSV file from standard input with Python's parser and writes its rows as JSON. One argument: the separator.
import csv, io, json, sys

csv.field_size_limit(1 << 24)
text = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", newline="")
json.dump(list(csv.reader(text, delimiter=sys.argv[1], strict=True)), sys.stdout)
