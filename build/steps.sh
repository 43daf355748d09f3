# Sourced by ./run and ./test: what both need before they can start.

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

need_sdk() {
  [ -x "$HOME/.dotnet/dotnet" ] && PATH="$HOME/.dotnet:$PATH"
  if ! command -v dotnet >/dev/null || ! dotnet --list-sdks | grep -q '^10\.'; then
    fail "The .NET SDK 10 is missing. Either install your distribution's package dotnet-sdk-10.0, or, without being root:
  curl -fsSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0
then start this again."
  fi
  export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
}

has_postgresql() {
  local program
  for program in /usr/lib/postgresql/*/bin/postgres; do
    [ -x "$program" ] && [ "$(basename "${program%/bin/postgres}")" -ge 15 ] && return
  done
  return 1
}

has_rabbitmq-server() {
  local program
  for program in /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server; do
    [ -x "$program" ] && printf '3.10\n%s\n' "$(basename "${program%/sbin/rabbitmq-server}" | cut -d- -f2)" | sort -CV && return
  done
  return 1
}

has_chromium() { [ -x /usr/bin/chromium ]; }

has_zbar-tools() { command -v zbarimg >/dev/null; }

has_libxml2-utils() { command -v xmllint >/dev/null; }

has_fonts-wqy-microhei() { fc-list :lang=zh 2>/dev/null | grep -q .; }

has_patroni() { command -v patroni >/dev/null; }

has_etcd-server() { command -v etcd >/dev/null; }

has_haproxy() { [ -x /usr/sbin/haproxy ]; }

has_prometheus() { command -v promtool >/dev/null; }

# need_packages NAME... : Debian packages, each with a function has_NAME that knows whether it is there. Installs what is missing, by apt
# where that is allowed, and starts no system service by it: the city runs private servers from the installed programs.
need_packages() {
  local missing=() package become=()
  for package in "$@"; do "has_$package" || missing+=("$package"); done
  [ ${#missing[@]} = 0 ] && return

  if [ "$(id -u)" != 0 ]; then become=(sudo -n); fi
  if ! command -v apt-get >/dev/null || ! "${become[@]}" true 2>/dev/null; then
    fail "Missing: ${missing[*]} (PostgreSQL 15 or later, RabbitMQ 3.10 or later). On Debian or Ubuntu, as root:
  apt-get install --no-install-recommends ${missing[*]}
then start this again. Their system services need not run."
  fi

  say "Installing ${missing[*]} ..."
  local log policy=/usr/sbin/policy-rc.d own_policy=no
  log=$(mktemp)
  if [ ! -e "$policy" ]; then
    own_policy=yes
    printf '#!/bin/sh\nexit 101\n' | "${become[@]}" tee "$policy" >/dev/null
    "${become[@]}" chmod 755 "$policy"
    # shellcheck disable=SC2064 # the values of now
    trap "${become[*]} rm -f $policy" EXIT
  fi
  local apt=("${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
  if ! { "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    fail "apt could not install ${missing[*]}."
  fi
  if [ "$own_policy" = yes ]; then
    "${become[@]}" rm -f "$policy"
    trap - EXIT
  fi
  if [ -d /run/systemd/system ]; then
    "${become[@]}" systemctl --quiet disable "${missing[@]}" 2>/dev/null || true
  fi
  rm -f "$log"
  for package in "${missing[@]}"; do
    "has_$package" || fail "apt installed $package, but not in a version that is new enough."
  done
}

# build PROJECT : with build servers of its own, so that nothing of it stays behind and nobody else's are touched.
build() {
  local started=$SECONDS result=0
  say "Building $1 ..."
  SharedCompilationId="smartcity-$$" MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 \
    dotnet build "$1" -v m --nologo -clp:NoSummary || result=$?
  pkill -f -- "-pipename:smartcity-$$" || true
  [ "$result" = 0 ] || fail "The build failed."
  say "Built in $((SECONDS - started)) s."
}
