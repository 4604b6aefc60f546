# shellcheck shell=bash disable=SC2034,SC2154 # the files share their globals
# build.sh: sources → $STATE/app (bin/, share/ticketing/). Nothing is copied that has not changed.

build_folder() {
  printf '%s' "${TICKETING_BUILD_DIR:-$STATE/build}"
}

build_all() {
  local folder type
  folder=$(build_folder)
  type=$(setting TICKETING_BUILD_TYPE)
  if [[ $(setting TICKETING_BUILD) == on ]]; then
    mkdir -p "$folder"
    local lock=$folder/.lock
    # Several stacks of the tests may share one build folder.
    (
      flock 8
      build_configure "$folder" "$type"
      build_run "$folder"
    ) 8>>"$lock"
  fi
  build_install "$folder"
}

build_configure() {
  if [[ -f $1/CMakeCache.txt ]] && grep -qx "CMAKE_BUILD_TYPE:STRING=$2" "$1/CMakeCache.txt" &&
    grep -qx "CMAKE_HOME_DIRECTORY:INTERNAL=$CHECKOUT" "$1/CMakeCache.txt"; then
    return 0
  fi
  say "configuring a $2 build"
  rm -f "$1/CMakeCache.txt"
  local -a generator=()
  ! command -v ninja >/dev/null || generator=(-G Ninja)
  cmake -S "$CHECKOUT" -B "$1" "${generator[@]}" -DCMAKE_BUILD_TYPE="$2" -DBUILD_TESTING=OFF >"$1/configure.log" 2>&1 || {
    tail -n 30 "$1/configure.log" >&2
    die "cmake failed; all of its output is in $1/configure.log"
  }
}

# Says so only when there is something to do: that may take a minute.
build_run() {
  if [[ $(cmake --build "$1" -- -n 2>&1) != *'no work to do'* ]]; then
    say "building"
  fi
  if ! cmake --build "$1" >"$1/build.log" 2>&1; then
    grep -E 'error|FAILED|undefined' "$1/build.log" | head -n 30 >&2 || true
    die "the build failed; all of its output is in $1/build.log"
  fi
}

# Copies what differs, each file by an atomic rename: a responder that is being restarted never meets half a program.
build_install() {
  local stage=$STATE/stage share=$APP/share/ticketing
  mkdir -p "$APP/bin" "$share"
  if [[ $(setting TICKETING_BUILD) == on || -f $1/cmake_install.cmake ]]; then
    build_install_programs "$1" "$stage"
  fi
  contract_as_json "$share"
  install_tree "$CHECKOUT/nginx/html" "$share/html"
  decoder_install "$share/made/gate/made"
  build_shells "$share"
  install_tree "$CHECKOUT/seatmaps" "$share/seatmaps"
  install_tree "$CHECKOUT/schema" "$share/schema"
}

# The pages of the API read the contract as JSON. It is made before the YAML is installed, so that one that is older is made again.
contract_as_json() {
  local yaml=$CHECKOUT/nginx/html/docs/openapi.yaml made=$1/made/docs/openapi.json
  if [[ ! -s $made ]] || ! cmp -s "$yaml" "$1/html/docs/openapi.yaml" || [[ $CHECKOUT/nginx/ctl/openapi.py -nt $made ]]; then
    mkdir -p "${made%/*}"
    python3 "$CHECKOUT/nginx/ctl/openapi.py" "$yaml" "$made" || die "openapi.yaml cannot be made JSON"
    chmod 644 "$made"
  fi
}

# What the buyer's service worker (html/sw.js) keeps for the time without a network, and what the gate's (html/gate/sw.js) does.
build_shells() {
  (cd "$1/html" && find buyer shared icon.svg -type f ! -path 'shared/texts/*/*' -o -path 'shared/texts/*/buyer.js' \
    -o -path 'shared/texts/*/shared.js') | build_shell "$1" shell.js
  {
    printf '%s\n' icon.svg
    (cd "$1/html" && find gate -type f ! -name sw.js && find shared -maxdepth 1 -name '*.js' ! -name 'seat-*' ! -name live-seats.js -o -name base.css && find shared/texts -name gate.js \
      -o -name shared.js)
    (cd "$1/made" && find gate/made -type f -name '*.js' ! -name shell.js -o -path 'gate/made/*' -name '*.wasm')
  } | build_shell "$1" gate/made/shell.js
}

# build_shell SHARE NAME, files on stdin: their names, and a version that their contents make.
build_shell() {
  local files version
  files=$(LC_ALL=C sort)
  version=$(while read -r file; do cat "$1/html/$file" 2>/dev/null || cat "$1/made/$file"; done <<<"$files" | sha256sum | cut -c 1-16)
  mkdir -p "$1/made"
  jq -n --arg version "$version" --arg files "$files" \
    '"self.SHELL = " + ({$version, files: ($files | split("\n") | map("/" + .))} | tojson) + ";"' -r >"$1/made/$2.new"
  mv -f "$1/made/$2.new" "$1/made/$2"
}

build_install_programs() {
  local stage=$2 file
  cmake --install "$1" --prefix "$stage" >"$STATE/install.log" 2>&1 ||
    die "installing the build failed; see $STATE/install.log"
  for file in "$stage"/bin/*; do
    install_file "$file" "$APP/bin/${file##*/}" 755
  done
}

install_file() {
  if ! cmp -s "$1" "$2"; then
    install -D -m "$3" "$1" "$2.new"
    mv -f "$2.new" "$2"
  fi
}

install_tree() {
  local file
  if ! diff -rq "$1" "$2" >/dev/null 2>&1; then
    while IFS= read -r -d '' file; do
      install_file "$1/$file" "$2/$file" 644
    done < <(cd "$1" && find . -type f -print0)
    while IFS= read -r -d '' file; do
      [[ -e $1/$file ]] || rm -f "$2/$file"
    done < <(cd "$2" && find . -type f -print0)
  fi
}
