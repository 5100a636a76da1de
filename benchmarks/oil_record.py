"""Print three replayed episodes of sanctions on oil against the record, with scores."""

from __future__ import annotations

import argparse
import time

from entrepot.study.oil_record import DRAWS, oil_record


def main() -> None:
    """Replay, score, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=DRAWS, help="sets of parameters")
    parser.add_argument("--seed", type=int, default=0, help="of the draws")
    chosen = parser.parse_args()
    start = time.process_time()
    print(oil_record(draws=chosen.draws, seed=chosen.seed).text())
    print(f"Processor time {time.process_time() - start:.0f} s.")


if __name__ == "__main__":
    main()
