#!/bin/bash
# What keys, six limits and the ledger add to what a proxied request costs in CPU: one gateway without any of them and one
# with all, in front of the same host, beside each other in one run. Bar: 1.05.
#
#   tests/bench/money_cost.sh [ISOCOST, build/release/isocost [SECONDS OF A TURN, 4 [ROUNDS, 5]]]
set -euo pipefail
cd "$(dirname "$0")/../.."
isocost=${1:-build/release/isocost} seconds=${2:-4} rounds=${3:-5}
export PATH=$PATH:/usr/sbin:/sbin
. tests/bench/start.sh

host=9310 plain=9311 paid=9312
cat >"$folder/nginx.conf" <<EOF
daemon off;
worker_processes 1;
error_log stderr;
pid $folder/nginx.pid;
events {}
http {
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path $folder;
  server {
    listen 127.0.0.1:$host;
    location / {
      default_type application/json;
      return 200 '{"id":"c-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hello, how can I help you today?"},"finish_reason":"stop"}],"usage":{"prompt_tokens":250,"completion_tokens":9,"total_tokens":259}}';
    }
  }
}
EOF
models='models:
  m:
    endpoints:
      - {provider: local, host_model: m, context: 1 Mtok, price: {input: 0.55 $/Mtok, output: 2.19 $/Mtok}}'
cat >"$folder/plain.yaml" <<EOF
listen: 127.0.0.1:$plain
workers: 1
state: $folder/plain
records: {enabled: false}
ledger: {enabled: false}
providers: {local: {base_url: "http://127.0.0.1:$host/v1"}}
$models
EOF
cat >"$folder/paid.yaml" <<EOF
listen: 127.0.0.1:$paid
workers: 1
state: $folder/paid
records: {enabled: false}
quota: {dollars: {month: 1000000000 $}}
teams: {search: {quota: {dollars: {day: 100000000 $}}}}
keys:
  - name: bench
    team: search
    sha256: f3abf2a6cc4f00987743db5f544ba345b4899ae31f326d8ee9c4816de153c9e0 # sk-test
    quota: {requests: {minute: 1000000000}, tokens: {minute: 1000000 Mtok}, dollars: {day: 10000000 $}}
    user_quota: {requests: {day: 1000000000}}
providers: {local: {base_url: "http://127.0.0.1:$host/v1"}}
$models
EOF
start $host nginx -p "$folder" -c "$folder/nginx.conf"
start $plain "$isocost" serve --config "$folder/plain.yaml"
plain_pid=$pid
start $paid "$isocost" serve --config "$folder/paid.yaml"
path=v1/chat/completions
python3 tests/bench/proxy_cost.py --rounds "$rounds" --seconds "$seconds" --user ann \
  "without=http://127.0.0.1:$plain/$path,$plain_pid" "money=http://127.0.0.1:$paid/$path,$pid"
