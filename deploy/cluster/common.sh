# Sourced by the servers' scripts: where a server keeps what it keeps, and as whom it runs.
# NAME is the server's name, CITY_STORE the directory of all that the city keeps.
set -euo pipefail

# Root's servers run as other users, who do not get into a checkout under a closed directory such as /root. The AppHost's own servers go the same way.
store=$CITY_STORE
if [ "$(id -u)" = 0 ] && ! setpriv --reuid=nobody --clear-groups test -x "$store"; then
  store=/var/lib/smartcity/$(printf %s "$CITY_STORE" | sha256sum | cut -c1-12)
fi
cluster=$store/cluster
home=$cluster/$NAME

# own USER: the server's directory, closed to others; "${as_owner[@]}" COMMAND then runs as that user and ends when its parent does. For us who are not
# root, everything is ours.
own() {
  user=$1 as_owner=(setpriv --pdeathsig TERM)
  mkdir -p -m 711 "$cluster"
  if [ "$(id -u)" = 0 ]; then
    as_owner+=(--reuid="$user" --regid="$(id -gn "$user")" --init-groups)
    install -d -m 700 -o "$user" -g "$(id -gn "$user")" "$home"
  else
    install -d -m 700 "$home"
  fi
  as_owner+=(--)
}

# keep VARIABLE...: what the server was started with, for who starts it later or asks it.
keep() { export -p | grep -E "^declare -x ($(IFS='|'; echo "$*"))=" | place settings; }

# place FILE: what is read becomes the file, for the server's eyes only.
place() {
  (umask 077 && cat >"$home/$1.new")
  [ "$(id -u)" != 0 ] || chown "$user" "$home/$1.new"
  mv "$home/$1.new" "$home/$1"
}
