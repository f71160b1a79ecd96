"""How many events a second the Close action's default mapping can take, here and in Segment's own package.

Run it with ``python tests/benchmarks/mapping_benchmark.py``. To compare in the same run, install Segment's
packages in a scratch folder (``npm install @segment/actions-core liquidjs``) and pass that folder as
``--segment-packages FOLDER``; Node must be on the path. Each side runs alone, on one core, best of several
rounds; both map the same identify event with the same mapping and must agree on the result first.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.segment import close_destination, mapping, triggers

ROUNDS = 7
TRANSFORMS_PER_ROUND = 100_000

EVENT = {
    "type": "identify",
    "messageId": "benchmark-1",
    "userId": "usr_1041",
    "anonymousId": "0aebec6c-c89d-4ead",
    "traits": {
        "name": "Maren Oakes",
        "email": "maren.oakes@bramble.example",
        "phone": "+44 20 7946 0011",
        "title": "Head of Operations",
        "website": "https://bramble.example",
        "company": {"id": "co_9917", "name": "Bramble & Co", "employee_count": 41},
    },
    "context": {"library": {"name": "analytics.js"}},
    "timestamp": "2026-03-04T09:15:00.850Z",
}

SEGMENT_SIDE = """
const kit = require.resolve('@segment/actions-core/mapping-kit', { paths: [process.argv[1]] });
const { transform } = require(kit);
const { mapping, event, rounds, count } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
let best = Infinity;
for (let round = 0; round < rounds; round++) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < count; i++) transform(mapping, event);
  best = Math.min(best, Number(process.hrtime.bigint() - start) / 1e9);
}
console.log(JSON.stringify({ rate: count / best, result: transform(mapping, event) }));
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--segment-packages", type=Path, help="folder that holds Segment's node_modules")
    folder = parser.parse_args().segment_packages
    default_mapping = close_destination.default_mapping()
    run = mapping.compile(default_mapping)
    ours = rate_of(lambda: run(EVENT))
    print(f"compiled mapping   {ours:>12,.0f} transforms/s")
    matches = triggers.compile(close_destination.ACTION.default_trigger)
    print(f"compiled trigger   {rate_of(lambda: matches(EVENT)):>12,.0f} events/s")
    if folder is None or shutil.which("node") is None:
        print("Segment's package  not measured: needs Node and --segment-packages")
        return
    theirs = segment_rate(folder, default_mapping, run(EVENT))
    print(f"Segment's package  {theirs:>12,.0f} transforms/s")
    print(f"ratio              {ours / theirs:>12.2f}")


def rate_of(call: Callable[[], object]) -> float:
    """Calls a second, best round."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(TRANSFORMS_PER_ROUND):
            call()
        best = min(best, time.perf_counter() - start)
    return TRANSFORMS_PER_ROUND / best


def segment_rate(folder: Path, default_mapping: object, expected: object) -> float:
    work = {"mapping": default_mapping, "event": EVENT, "rounds": ROUNDS, "count": TRANSFORMS_PER_ROUND}
    answer = subprocess.run(
        ["node", "-e", SEGMENT_SIDE, str(folder.resolve())],
        input=json.dumps(work),
        capture_output=True,
        text=True,
        check=True,
    )
    measured = json.loads(answer.stdout)
    if measured["result"] != expected:
        raise SystemExit(f"The results differ: {measured['result']} and {expected}")
    return float(measured["rate"])


if __name__ == "__main__":
    main()
