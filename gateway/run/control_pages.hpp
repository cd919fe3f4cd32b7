// What the control loop can tell a client's connection on a data loop. An interface, so that sessions can be
// tested without a second thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "gateway/http/routes.hpp"
#include "gateway/text/table.hpp"
#include "providers/loop/task.hpp"

namespace gateway {

struct Reloaded {
  int status = 200;  // 400 when the new configuration has errors; the one before stays
  std::string body;
};

// Each answer comes on the loop of the one who asks.
class Pages {
 public:
  using Loop = boost::asio::io_context;

  virtual ~Pages() = default;
  virtual providers::Task<std::string> metrics(Loop& asker) = 0;
  virtual providers::Task<std::string> status(Loop& asker) = 0;
  // Loads the configuration again: what came of it, as JSON.
  virtual providers::Task<Reloaded> reload(Loop& asker) = 0;
  // A recorded request, explained as JSON, or as a table for the screen; else why not, as a sentence.
  struct Told {
    int status = 200;  // 404, 503
    std::string text;
  };
  // What happened after `after`, as events of a stream, a second later at most; 0: begins now.
  struct Seen {
    std::shared_ptr<const std::string> text{};  // null: too many watch already
    std::uint64_t next = 0;                     // what to ask for then
  };
  virtual providers::Task<Seen> events(Loop& asker, std::uint64_t after) = 0;
  // A page that takes its time, made where that holds up neither serving nor learning.
  virtual providers::Task<Told> slow_page(Loop& asker, Page page, std::string query, std::string body) = 0;
  // Whether all hosts are simulated ones inside. May be called by every thread.
  virtual bool is_demo() const = 0;
  virtual providers::Task<Told> request(Loop& asker, std::string id, std::optional<Screen> screen) = 0;
};

}  // namespace gateway
