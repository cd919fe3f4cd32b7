// What the control loop can tell a client's connection on a data loop. An interface, so that sessions can be
// tested without a second thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/values/settings.hpp"
#include "gateway/generation/drained.hpp"
#include "gateway/generation/generation.hpp"
#include "gateway/http/routes.hpp"
#include "gateway/observe/change_log.hpp"
#include "gateway/text/table.hpp"
#include "providers/loop/task.hpp"

namespace gateway {

struct Reloaded {
  int status = 200;  // 400 when the new configuration has errors; the one before stays
  std::string body;
};

// A call of the pages of keys and money, with all that its answer needs: it may outlive its connection.
struct AdminCall {
  Page page{};
  std::string_view route;  // of the route table
  std::string parameter;   // of the route, read
  Method method{};
  std::string query, body;
  bool has_key = false;  // that asks
  std::string key;       // its name
  config::Role role = config::Role::none;
  const config::KeySettings* settings = nullptr;  // of the key; of `generation`
  std::shared_ptr<const Generation> generation;
};
struct Administered {
  int status = 200;
  std::string body;
  std::string_view content_type = "application/json";
};

// Each answer comes on the loop of the one who asks.
class Pages {
 public:
  using Loop = boost::asio::io_context;

  virtual ~Pages() = default;
  // As they are once it was asked: one page for all who ask at the same moment.
  virtual providers::Task<std::shared_ptr<const std::string>> metrics(Loop& asker) = 0;
  virtual providers::Task<std::string> status(Loop& asker) = 0;
  // Loads the configuration again: what came of it, as JSON.
  virtual providers::Task<Reloaded> reload(Loop& asker) = 0;
  // What keys and money are asked about. Where nothing is kept: that.
  virtual providers::Task<Administered> administer(Loop& asker, AdminCall call);
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
  // No new request goes to a drained endpoint, whatever policies say, until it is resumed or the process
  // ends. What it has under way goes on. JSON, or 404.
  virtual providers::Task<Told> change_service(Loop& asker, ServiceCall call);
  // Likewise, and it stays so over restarts until it is resumed or enabled.
  virtual providers::Task<Told> disable(Loop& asker, ServiceCall call);
  // Asks the endpoint now whether it is as configured, which costs a few tokens. JSON; 404, 503.
  virtual providers::Task<Told> probe(Loop& asker, std::string endpoint, std::string model);
  // What a probe from elsewhere showed of who goes on with a begun answer, as prefills.hpp has it. JSON; 400,
  // 503.
  virtual providers::Task<Told> take_prefills(Loop& asker, std::string body);
  // Writes down what was changed. May be called by every thread; does not wait.
  virtual void note(Change change);
  virtual providers::Task<Told> changes(Loop& asker);
  virtual providers::Task<Told> request(Loop& asker, std::string id, std::optional<Screen> screen) = 0;
};

}  // namespace gateway
