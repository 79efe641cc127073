#!/usr/bin/env bash
# Builds the stand-in and, against it, unmodified pyrfc as PyPI has it.
#   cpp/standin/pyrfc/build.sh [folder]     (build/standin unless given)
# The package lies in python/ of the folder, which belongs on PYTHONPATH; it finds the stand-in by
# itself. Builds only what has changed, and one at a time, as ../build.sh does.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-build/standin}
"$here/../build.sh" "$folder"
folder=$(cd "$folder" && pwd)
stamp=$folder/python/.built
export PATH=${VENV:-$here/../../../.venv}/bin:$PATH

exec 9>"$folder/.pyrfc-lock"
flock 9

built_from=("$here"/*.lock "$here"/../include "$here"/../../rfc/*.h)
if [ -e "$stamp" ] && [ -z "$(find "${built_from[@]}" -newer "$stamp")" ]; then exit 0; fi

rm -rf "$folder/python" "$folder/pyrfc-env"
python -m venv "$folder/pyrfc-env"
export PIP_DISABLE_PIP_VERSION_CHECK=1 SAPNWRFC_HOME=$folder LDFLAGS=-Wl,-rpath,$folder/lib
pip=$folder/pyrfc-env/bin/pip
"$pip" install -q --require-hashes -r "$here/requirements-build.lock"
# No cache: it would hand a pyrfc built against one SDK to who builds against another.
"$pip" install -q --require-hashes --no-build-isolation --no-binary=pyrfc --no-cache-dir --target "$folder/python" \
  -r "$here/requirements.lock"
touch "$stamp"
