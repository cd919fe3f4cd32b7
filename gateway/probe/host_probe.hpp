// Asks one endpoint now whether it is as configured, on a thread of its own: one at a time, because each
// costs money. Neither serving nor learning knows of it; what it shows of prefill is for whoever asks.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <thread>

#include "gateway/generation/generation.hpp"
#include "gateway/generation/prefills.hpp"
#include "providers/loop/task.hpp"

namespace gateway {

class HostProbe {
 public:
  struct Answer {
    int status = 200;  // 404, 503
    std::string text;  // JSON, or why not, as a sentence
    Prefills prefills{};
  };

  HostProbe() = default;
  ~HostProbe();
  HostProbe(const HostProbe&) = delete;
  HostProbe& operator=(const HostProbe&) = delete;

  // What was found, as JSON. `model` may be empty where the endpoint's name says it all.
  providers::Task<Answer> run(boost::asio::io_context& asker, std::shared_ptr<const Generation> generation,
                              std::string endpoint, std::string model);
  // While it asks, its thread does not end.
  bool is_busy() const { return is_busy_.load(); }

 private:
  std::atomic<bool> is_busy_{false};
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  std::thread thread_;
};

// The settings with that endpoint alone; nothing where there is none, or several models have it.
std::optional<config::Settings> with_one_endpoint(const config::Settings& settings,
                                                  const std::string& endpoint, const std::string& model);

}  // namespace gateway
