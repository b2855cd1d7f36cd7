# What the scripts beside this one share: the program, the sweep, and how two tables are compared.
# shellcheck shell=bash
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
# shellcheck source=../../scripts/setup.sh
source "$ROOT/scripts/setup.sh"

# The program to try: $HOURGLASS, or a release build.
need_program() {
    if [[ -z ${HOURGLASS:-} ]]; then
        need_rust
        cargo build --release --locked --manifest-path "$ROOT/Cargo.toml"
        HOURGLASS=${CARGO_TARGET_DIR:-$ROOT/target}/release/hourglass
    fi
}

# Makes the sweep that every script runs: four code sizes, three seeds of basic-32; with $QUICK two of each, from few
# images.
new_sweep() {
    local size=(--vary code=4,8,16,32 --seeds 3)
    [[ -z ${QUICK:-} ]] || size=(--vary code=4,8 --seeds 2 --set train_samples=640)
    "$HOURGLASS" sweep new basic-32 "${size[@]}" --data "${HOURGLASS_DATA:-pen-digits}" \
        --no-estimate --device cpu --out "$1"
}

# The same sweep, done by `sweep run` on this machine, to compare with; done once for all scripts if $REFERENCE says where.
reference() {
    REFERENCE=${REFERENCE:-$(mktemp -d)/reference}
    [[ -f $REFERENCE/sweep.toml ]] || new_sweep "$REFERENCE"
    "$HOURGLASS" sweep run "$REFERENCE"
    "$HOURGLASS" sweep gather "$REFERENCE"
}

# Fails unless two gathered sweeps are equal to the last digit, times aside.
equal_tables() {
    python3 - "$1/runs.csv" "$2/runs.csv" <<'END'
import csv, sys
times = {"seconds", "judging_seconds", "images_per_second", "device"}
def read(name):
    with open(name, newline="") as file:
        return [{key: value for key, value in row.items() if key not in times} for row in csv.DictReader(file)]
one, other = map(read, sys.argv[1:])
assert one == other, [(a, b) for a, b in zip(one, other) if a != b]
print(f"{len(one)} runs, {len(one[0])} columns: equal to the last digit")
END
}
