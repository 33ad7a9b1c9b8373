"""Says what the service answered while it was fuzzed, and fails if the fuzzer never came in.

A fuzzer whose token is refused finds no fault, because it only ever sees 401. So a run counts only if something was
accepted and at most half of the answers were 401.

usage: fuzz_answers.py RECORDING.har
"""

import collections
import json
import sys


def main() -> int:
    with open(sys.argv[1], encoding="utf-8") as file:
        entries = json.load(file)["log"]["entries"]
    answers = collections.Counter(entry["response"]["status"] for entry in entries)
    print(f"{len(entries)} requests:", ", ".join(f"{count} x {status}" for status, count in sorted(answers.items())))
    accepted = sum(count for status, count in answers.items() if 200 <= status < 300)
    if accepted == 0:
        print("nothing was accepted: is the token good?", file=sys.stderr)
        return 1
    if answers[401] * 2 > len(entries):
        print("most answers were 401: is the token good?", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
