// What the control loop can tell a client's connection on a data loop. An interface, so that sessions can be
// tested without a second thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "config/values/settings.hpp"
#include "gateway/generation/generation.hpp"
#include "gateway/http/routes.hpp"
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
  virtual providers::Task<std::string> metrics(Loop& asker) = 0;
  virtual providers::Task<std::string> status(Loop& asker) = 0;
  // Loads the configuration again: what came of it, as JSON.
  virtual providers::Task<Reloaded> reload(Loop& asker) = 0;
  // What keys and money are asked about. Where nothing is kept: that.
  virtual providers::Task<Administered> administer(Loop& asker, AdminCall call);
};

}  // namespace gateway
