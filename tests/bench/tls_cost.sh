#!/bin/bash
# CPU per request with a host that is reached over TLS, beside nginx with the same host: sessions resumed and
# the certificate verified by both. Loopback only, ports 8080, 9001, 9443. Needs nginx, wrk, openssl.
#
#   tests/bench/tls_cost.sh [--rounds N] [--seconds S] [--body-kib K] [NAME=BINARY ...]
#     NAME=BINARY   gateways to compare, isocost=build/release/isocost where there is none
set -euo pipefail
cd "$(dirname "$0")/../.."

arguments=() gateways=()
while [ $# -gt 0 ]; do
  case $1 in
    --rounds | --seconds | --body-kib) arguments+=("$1" "$2"); shift 2 ;;
    *=*) gateways+=("$1"); shift ;;
    *) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
done
[ ${#gateways[@]} -gt 0 ] || gateways=(isocost=build/release/isocost)

. tests/bench/start.sh
export PATH=$PATH:/usr/sbin

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost -keyout "$folder/key.pem" -out "$folder/cert.pem" 2>/dev/null

# What both nginx need of scratch space, in folders of their own.
common() {
  mkdir -p "$folder/$1"
  echo "worker_processes 1; daemon off; pid $folder/$1/pid; error_log $folder/$1/errors;
    events { worker_connections 4096; }"
}
http_common() {
  echo "access_log off; keepalive_requests 100000000; keepalive_timeout 600s; client_body_buffer_size 1m;
    client_body_temp_path $folder/$1/body; proxy_temp_path $folder/$1/proxy;
    fastcgi_temp_path $folder/$1/fastcgi; uwsgi_temp_path $folder/$1/uwsgi; scgi_temp_path $folder/$1/scgi;"
}
content=$(printf 'Hello! How can I help? %.0s' {1..8})
answer='{"id": "chatcmpl-1", "object": "chat.completion", "created": 1700000000, "model": "m", "choices": [{"index": 0, "message": {"role": "assistant", "content": "'$content'"}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 19, "completion_tokens": 48, "total_tokens": 67}}'
cat >"$folder/host.conf" <<CONF
$(common host)
http {
  $(http_common host)
  server {
    listen 127.0.0.1:9443 ssl backlog=4096;
    ssl_certificate $folder/cert.pem;
    ssl_certificate_key $folder/key.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    default_type application/json;
    location / { return 200 '$answer'; }
  }
}
CONF
cat >"$folder/proxy.conf" <<CONF
$(common proxy)
http {
  $(http_common proxy)
  upstream host { server 127.0.0.1:9443; keepalive 512; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:9001 backlog=4096;
    location / {
      proxy_pass https://host;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_ssl_protocols TLSv1.2 TLSv1.3;
      proxy_ssl_name localhost;
      proxy_ssl_server_name on;
      proxy_ssl_verify on;
      proxy_ssl_trusted_certificate $folder/cert.pem;
      proxy_ssl_session_reuse on;
    }
  }
}
CONF

start 9443 nginx -c "$folder/host.conf"
start 9001 nginx -c "$folder/proxy.conf"
path=v1/chat/completions
proxies=("nginx=http://127.0.0.1:9001/$path,$pid")
port=8080
for gateway in "${gateways[@]}"; do
  name=${gateway%%=*}
  sed -e "s#127.0.0.1:8080#127.0.0.1:$port#" -e "s#http://127.0.0.1:9000/v1#https://localhost:9443/v1#" \
    -e "s#^  local:#  local:\n    ca_file: $folder/cert.pem#" tests/bench/one_host.yaml >"$folder/$name.yaml"
  mkdir "$folder/state-$name"
  STATE_DIRECTORY="$folder/state-$name" start $port "${gateway#*=}" serve --config "$folder/$name.yaml"
  proxies+=("$name=http://127.0.0.1:$port/$path,$pid")
  port=$((port + 1))
done
python3 tests/bench/proxy_cost.py "${arguments[@]}" "${proxies[@]}"
