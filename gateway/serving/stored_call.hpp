// One call about an answer that a host stores: it is asked of that host alone, once, and its own words go
// back but for the names that the client knows.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "gateway/request/interruption.hpp"
#include "gateway/request/services.hpp"
#include "gateway/request/stored_answers.hpp"

namespace gateway {

struct StoredCall {
  std::string_view method;
  std::string behind;                        // the answer in the target, with its slash or question mark
  const config::KeySettings* key = nullptr;  // whose answer it is
  std::string_view id;                       // as the key knows it
  bool is_the_answer = true;                 // whether it is told itself, and no list of what belongs to it
};

// The body, or what went wrong. All must outlive the task.
providers::Task<std::variant<std::string, ErrorReply>> ask_keeper(DecidingServices& services,
                                                                  const Hosts& hosts,
                                                                  const StoredAnswer& stored,
                                                                  const StoredCall& call,
                                                                  Interruption& interruption);

}  // namespace gateway
