# A scratch folder, and commands in the background that end with the script. Sourced.
folder=$(mktemp -d)
export STATE_DIRECTORY=$folder/state
started=()
clean_up() {
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait
  rm -rf "$folder"
}
trap clean_up EXIT

# Starts a command in the background and waits until its port answers. Sets $pid.
start() {
  local port=$1
  shift
  if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    echo "port $port is taken; end what uses it first" >&2
    exit 1
  fi
  "$@" >"$folder/$port.log" 2>&1 &
  pid=$!
  started+=("$pid")
  for _ in {1..100}; do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  echo "did not start: $*" >&2
  cat "$folder/$port.log" >&2
  exit 1
}
