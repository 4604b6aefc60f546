# shellcheck shell=bash disable=SC2034,SC2154 # the files share their globals
# decoder.sh: what the gate page takes from npm (nginx/gate/): a decoder of QR codes, and Ed25519 for browsers without it.

# decoder_install FOLDER: once for each lock file. Without npm, or without its registry, the page says what to install.
decoder_install() {
  local lock=$CHECKOUT/nginx/gate/package-lock.json made=$1 work
  mkdir -p "$made"
  ! cmp -s "$lock" "$made/package-lock.json" || return 0
  if ! command -v npm >/dev/null; then
    say "no npm: the gate page reads codes by camera only where the browser can by itself; with npm installed, run \"up\" again"
    return 0
  fi
  work=$(mktemp -d "$STATE/decoder.XXXXXX")
  cp "$CHECKOUT/nginx/gate/package.json" "$lock" "$work"
  if (cd "$work" && timeout 120 npm ci --ignore-scripts --omit=dev --no-audit --no-fund) >"$STATE/decoder.log" 2>&1; then
    decoder_copy "$work/node_modules" "$made"
    install_file "$lock" "$made/package-lock.json" 644
  else
    say "the gate page's decoder could not be fetched by npm (see $STATE/decoder.log); \"up\" tries again"
  fi
  rm -rf "$work"
}

# Only what the page loads, with the licenses (MIT both).
decoder_copy() {
  local zxing=$1/zxing-wasm noble=$1/@noble/ed25519
  install_file "$zxing/dist/es/share.js" "$2/zxing/share.js" 644
  install_file "$zxing/dist/es/reader/index.js" "$2/zxing/reader/index.js" 644
  install_file "$zxing/dist/reader/zxing_reader.wasm" "$2/zxing/reader/zxing_reader.wasm" 644
  install_file "$zxing/LICENSE" "$2/zxing/LICENSE" 644
  install_file "$noble/index.js" "$2/noble/ed25519.js" 644
  install_file "$noble/LICENSE" "$2/noble/LICENSE" 644
}
