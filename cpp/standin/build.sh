#!/usr/bin/env bash
# Builds the stand-in for SAP's SDK, laid out as the SDK is: lib/ and include/ in the folder.
#   cpp/standin/build.sh [folder]     (build/standin unless given)
# Builds only what has changed. Several may run at a time: one builds, the others wait.
set -euo pipefail
sources=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mkdir -p "${1:-build/standin}" && cd "${1:-build/standin}" && pwd)
export PATH=${VENV:-$sources/../.venv}/bin:$PATH

exec 9>"$folder/.lock"
flock 9

cmake -S "$sources" -B "$folder/tree" -G Ninja -DERP_STANDIN=ON -DERP_SANITIZE="${ERP_SANITIZE:-OFF}" >/dev/null
cmake --build "$folder/tree" >&2
cmake --install "$folder/tree" --prefix "$folder" >/dev/null
