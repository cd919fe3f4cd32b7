#include "providers/reports/engine_load.hpp"

#include <doctest/doctest.h>

#include <string>

using config::EngineKind;
using providers::engine_load;
using providers::EngineLoad;

TEST_CASE("vLLM says what runs, what waits and how full its cache is") {
  const EngineLoad load =
      engine_load(EngineKind::vllm,
                  "# HELP vllm:num_requests_running Number of requests in model execution batches.\n"
                  "# TYPE vllm:num_requests_running gauge\n"
                  "vllm:num_requests_running{engine=\"0\",model_name=\"a} b\"} 8.0\n"
                  "vllm:num_requests_waiting{engine=\"0\",model_name=\"a} b\"} 3.0\n"
                  "vllm:num_requests_waiting_by_reason{engine=\"0\",reason=\"capacity\"} 3.0\n"
                  "vllm:kv_cache_usage_perc{engine=\"0\",model_name=\"a} b\"} 0.25\n");
  CHECK(load.running == 8);
  CHECK(load.waiting == 3);
  CHECK(load.cache_use == 0.25);
}

TEST_CASE("engines behind one port add up, and parts of one model do not") {
  const EngineLoad two = engine_load(
      EngineKind::vllm,
      "vllm:num_requests_running{engine=\"0\"} 8\nvllm:num_requests_running{engine=\"1\"} 2\n"
      "vllm:gpu_cache_usage_perc{engine=\"0\"} 0.5\nvllm:gpu_cache_usage_perc{engine=\"1\"} 0.1\n");
  CHECK(two.running == 10);
  CHECK(two.cache_use == 0.5);
  const EngineLoad parts = engine_load(EngineKind::sglang,
                                       "sglang:num_running_reqs{model_name=\"m\",tp_rank=\"0\"} "
                                       "4.0\r\nsglang:num_running_reqs{model_name=\"m\",tp_rank=\"1\"} "
                                       "4.0\r\nsglang:num_queue_reqs{model_name=\"m\",tp_rank=\"0\"} "
                                       "1.0\r\nsglang:token_usage{model_name=\"m\"} 0.28\r\n");
  CHECK(parts.running == 4);
  CHECK(parts.waiting == 1);
  CHECK(parts.cache_use == 0.28);
}

TEST_CASE("llama.cpp says which of its slots work, or gives gauges") {
  const EngineLoad slots = engine_load(
      EngineKind::llamacpp,
      R"([{"id":0,"is_processing":true,"prompt":"say \"is_processing\": true"},{"id":1, "is_processing" : false}])");
  CHECK(slots.slots == 2);
  CHECK(slots.running == 1);
  CHECK(!slots.waiting);
  const EngineLoad gauges =
      engine_load(EngineKind::llamacpp, "llamacpp:requests_processing 2\nllamacpp:requests_deferred 5\n");
  CHECK(gauges.running == 2);
  CHECK(gauges.waiting == 5);
}

TEST_CASE("TGI says how large its batch and its queue are") {
  const EngineLoad load = engine_load(EngineKind::tgi, "tgi_batch_current_size 6\ntgi_queue_size 2\n");
  CHECK(load.running == 6);
  CHECK(load.waiting == 2);
}

TEST_CASE("what is no number of requests says nothing") {
  for (const char* page :
       {"", "\n\n", "<html>vllm:num_requests_running 8</html>", "vllm:num_requests_running",
        "vllm:num_requests_running{", "vllm:num_requests_running NaN", "vllm:num_requests_running -1",
        "vllm:num_requests_running +Inf", "vllm:num_requests_running_total 8", "{\"error\": \"not here\"}"}) {
    CAPTURE(page);
    CHECK(!engine_load(EngineKind::vllm, page).running);
  }
  CHECK(!engine_load(EngineKind::ollama, "vllm:num_requests_running 8").running);
  CHECK(!engine_load(EngineKind::llamacpp, R"([{"is_processing":)").running);
}
