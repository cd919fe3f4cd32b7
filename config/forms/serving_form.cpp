#include <chrono>

#include "config/forms/leaf.hpp"
#include "config/forms/settings_form.hpp"

namespace config {

const Fields<ServingLimits>& limit_fields() {
  using S = ServingLimits;
  using std::chrono::milliseconds;
  const DurationForm<milliseconds> duration{milliseconds(1), std::chrono::hours(24)};
  const DurationForm<milliseconds> may_be_off{milliseconds(0), std::chrono::hours(24)};
  const WholeForm connections{0, 10'000'000};
  static const Fields<S> fields = {
      .meaning = "limits towards clients",
      .list = {
          field<S>("max_body_bytes", &S::max_body_bytes, BytesForm{1 << 10, 1u << 30},
                   "The largest request. Larger ones get 413."),
          field<S>("header_timeout", &S::header_timeout, duration, "For the head of a request to arrive."),
          field<S>("body_timeout", &S::body_timeout, duration,
                   "How long a body may arrive at less than 1 KiB/s before the client is cut off."),
          field<S>("keep_alive", &S::keep_alive, duration, "How long an idle client connection is kept."),
          field<S>("write_idle_timeout", &S::write_idle_timeout, duration,
                   "How long a client may take no byte of its answer."),
          field<S>("deadline", &S::deadline, duration,
                   "For all attempts until the first byte of the answer. A policy may set less."),
          field<S>("comment_after", &S::comment_after, may_be_off,
                   "After how long without a part of its answer a stream begins with a comment, so that no "
                   "proxy on the way gives it up, and how often it gets another. From then on an error comes "
                   "as an event, not as a status. 0: never."),
          field<S>("drain_timeout", &S::drain_timeout, duration,
                   "How long running requests may take to end after the order to stop."),
          field<S>("max_connections", &S::max_connections, connections,
                   "Client connections at the same time. 0: 45 % of the process's file limit."),
          field<S>("max_connections_per_ip", &S::max_connections_per_ip, connections,
                   "The same for one address. 0: no limit of its own."),
      }};
  return fields;
}

const Fields<LogSettings>& log_fields() {
  using S = LogSettings;
  static const Fields<S> fields = {
      .meaning = "the log of requests",
      .list = {
          field<S>("requests", &S::requests, WordForm<LogRequests>{{"all", "failures", "none"}},
                   "Which requests get a line. Prompts and answers are never logged."),
          field<S>("file", &S::file, TextForm{.wanted = "a path", .longest = 4096},
                   "Where the lines go. Standard output when left out."),
      }};
  return fields;
}

const Fields<RecordsSettings>& records_fields() {
  using S = RecordsSettings;
  using std::chrono::hours;
  static const Fields<S> fields = {
      .meaning = "records for replay",
      .list = {
          field<S>("file", &S::file, TextForm{.wanted = "a path", .longest = 4096},
                   "Where decisions and outcomes are kept, without prompts or answers, for `isocost replay`. "
                   "None are kept when left out."),
          field<S>("max_size", &S::max_size, BytesForm{1u << 20, std::size_t{1} << 40},
                   "How large the file may become. The oldest records go first."),
          field<S>("keep", &S::keep, DurationForm<hours>{hours(1), hours(24 * 366)},
                   "How long records are kept."),
      }};
  return fields;
}

}  // namespace config
