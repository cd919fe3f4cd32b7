#include "gateway/run/open_sessions.hpp"

#include "gateway/http/request_reader.hpp"
#include "gateway/http2/http2_carrier.hpp"
#include "gateway/request/interruption.hpp"

namespace gateway {

std::size_t OpenSessions::give_up_idle(std::size_t most, config::TimePoint now) {
  std::size_t given = 0;
  for (auto next = idle.begin(); next != idle.end() && given < most;) {
    OpenSession& open = *next++;
    const bool is_about_to_ask = open.is_new && now < open.since + time_to_ask;
    if (is_about_to_ask || !open.reader.between_requests() || open.connection->arriving()) continue;
    open.idle.unlink();
    if (open.carrier) open.carrier->leave();
    open.connection->close();
    ++given;
  }
  return given;
}

bool OpenSessions::close_idle(config::TimePoint now) {
  bool all = true;
  for (OpenSession& open : *this) {
    if (!open.reader.between_requests()) continue;
    const bool is_about_to_ask = open.is_new && now < open.since + time_to_ask;
    if (is_about_to_ask || open.connection->arriving()) {
      all = false;
    } else if (open.carrier) {
      open.carrier->drain();
    } else {
      open.connection->close();
    }
  }
  return all;
}

void OpenSessions::break_off() {
  for (auto next = begin(); next != end();) {
    OpenSession& open = *next++;  // it may end here
    if (open.serving) {
      open.serving->stop();
    } else if (open.carrier && !open.carrier->is_idle()) {
      open.carrier->leave();  // its requests are ended one by one
    } else {
      open.connection->close();
    }
  }
}

}  // namespace gateway
