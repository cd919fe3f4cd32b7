#include <algorithm>
#include <chrono>

#include "config/forms/leaf.hpp"
#include "config/forms/settings_form.hpp"

namespace config {
namespace {

void body_fits_its_budget(const Node& node, ServingLimits& limits) {
  if (limits.body_budget >= limits.max_body_bytes) return;
  if (!node.has("body_budget")) {
    limits.body_budget = limits.max_body_bytes;
    return;
  }
  node["body_budget"].error("is less than `max_body_bytes`: the largest requests could never be taken",
                            "raise it, or lower `max_body_bytes`");
}

}  // namespace

const Fields<ServingLimits>& limit_fields() {
  using S = ServingLimits;
  using std::chrono::milliseconds;
  const DurationForm<milliseconds> duration{milliseconds(1), std::chrono::hours(24)};
  const DurationForm<milliseconds> may_be_off{milliseconds(0), std::chrono::hours(24)};
  const WholeForm connections{0, 10'000'000};
  static const Fields<S> fields =
      {.meaning = "limits towards clients",
       .list =
           {
               field<S>("max_head_bytes", &S::max_head_bytes, BytesForm{1 << 10, 32 << 10},
                        "The largest head of a request: its line and all its header fields. Larger ones get "
                        "431."),
               field<S>("max_body_bytes", &S::max_body_bytes, BytesForm{1 << 10, 1u << 30},
                        "The largest request. Larger ones get 413."),
               field<S>(
                   "body_budget", &S::body_budget, BytesForm{1 << 20, std::size_t{1} << 40},
                   "Memory for all request bodies under way together, of all workers. What would go beyond "
                   "it gets 503 with Retry-After. Bodies that come with their head, of a few KiB, are not "
                   "counted."),
               field<S>("header_timeout", &S::header_timeout, duration,
                        "For the head of a request to arrive."),
               field<S>("body_timeout", &S::body_timeout, duration,
                        "How long a body may arrive at less than 1 KiB/s before the client is cut off."),
               field<S>("keep_alive", &S::keep_alive, duration,
                        "How long an idle client connection is kept."),
               field<S>("write_idle_timeout", &S::write_idle_timeout, duration,
                        "How long a client may take no byte of its answer."),
               field<S>("deadline", &S::deadline, duration,
                        "For all attempts until the first byte of the answer. A policy may set less."),
               field<S>(
                   "comment_after", &S::comment_after, may_be_off,
                   "After how long without a part of its answer a stream begins with a comment, so that no "
                   "proxy on the way gives it up, and how often it gets another. From then on an error comes "
                   "as an event, not as a status. 0: never."),
               field<S>(
                   "drain_delay", &S::drain_delay, may_be_off,
                   "After the order to stop, how long new connections are still served while /readyz says "
                   "no: as long as a balancer takes to notice. Replies then end their connections."),
               field<S>("drain_timeout", &S::drain_timeout, duration,
                        "How long running requests may take to end after the order to stop."),
               field<S>("queue_timeout", &S::queue_timeout,
                        DurationForm<milliseconds>{milliseconds(0), std::chrono::hours(24)},
                        "How long a request waits while every provider that may take it is at its "
                        "`max_in_flight`. Then it gets 429; who could not begin in that time, by how long "
                        "requests take there and how many are before it, gets it at once."),
               field<S>("max_queued", &S::max_queued, WholeForm{0, 1'000'000},
                        "How many requests of one worker wait so at the same time. Beyond it those whose "
                        "turn would be last get 429 at once."),
               field<S>("max_requests", &S::max_requests, connections,
                        "Requests under way in the whole gateway, those that wait for hosts included. "
                        "Further ones "
                        "wait for up to `queue_timeout`, `normal` ones from 95 % of it on, `batch` ones from "
                        "80 %; "
                        "who could not begin in that time gets 503 with Retry-After before more than its "
                        "head is "
                        "read. 0: no limit but that of connections."),
               field<
                   S>("max_connections", &S::max_connections, connections,
                      "Client connections at the same time, of all workers together. Beyond it idle ones are "
                      "closed, and where there are none new ones get 503. 0: 45 % of the process's file "
                      "limit."),
               field<
                   S>("max_connections_per_ip", &S::max_connections_per_ip, connections,
                      "The same for one address, or one IPv6 network of 64 bits. Neither this machine itself "
                      "nor `trusted_proxies` are counted; the clients those name are, by their requests "
                      "under "
                      "way. 0: no limit of its own."),
           },
       .check = body_fits_its_budget};
  return fields;
}

namespace {

// As a browser sends it: scheme, host and port in lower case, and nothing behind them.
struct OriginForm {
  using Value = std::string;

  std::optional<std::string> read(const Node& node) const {
    constexpr std::string_view wanted = "an origin such as `https://app.example.com`, or `*` for every one";
    const auto text = text_of(node, wanted);
    if (!text) return std::nullopt;
    if (*text == "*") return std::string(*text);
    const std::size_t scheme = text->find("://");
    const bool is_good = scheme != std::string_view::npos && scheme > 0 && scheme + 3 < text->size() &&
                         text->find_first_of("/?#@ *", scheme + 3) == std::string_view::npos &&
                         std::ranges::none_of(*text, [](unsigned char c) {
                           return c <= ' ' || c >= 0x7f || (c >= 'A' && c <= 'Z');
                         });
    if (is_good) return std::string(*text);
    node.refuse(wanted, "browsers send it in lower case, without a path or a slash at its end");
    return std::nullopt;
  }

  JsonMembers schema() const {
    return {{"type", json_string("string")},
            {"pattern", json_string(R"(^(\*|[a-z][a-z0-9+.-]*://[^/?#@A-Z\s*]+)$)")}};
  }
};

}  // namespace

const Fields<CorsSettings>& cors_fields() {
  using S = CorsSettings;
  static const Fields<S> fields = {
      .meaning = "who may call from a browser such as `{origins: [https://app.example.com]}`",
      .list = {
          field<S>("origins", &S::origins,
                   ListOf<OriginForm>{{}, "a list of origins such as `[https://app.example.com]`"},
                   "The origins whose pages may call: scheme, host and port as browsers send them, or `*`. A "
                   "page sends a key like any client, unless none is asked for.",
                   Need::required),
      }};
  return fields;
}

namespace {

enum class Demanded { no, yes };

void check_listener_tls(const Node& node, ListenerTls& tls) {
  if (!tls.client_ca.empty() || !node.has("client_certificate")) return;
  node["client_certificate"].error("there is no `client_ca` that could have signed one",
                                   "name the file of the authority, or remove this");
}

}  // namespace

const Fields<ListenerTls>& listener_tls_fields() {
  using S = ListenerTls;
  const TextForm path{.wanted = "the path of a PEM file", .longest = 4096};
  static const Fields<S> fields = {
      .meaning =
          "TLS towards clients such as `{certificate: /etc/isocost/tls.crt, key: /etc/isocost/tls.key}`",
      .list = {field<S>(
                   "certificate", &S::certificate, path,
                   "The gateway's certificate, followed by those of whoever signed it. Files that change "
                   "are read again within half a minute, and at each reload.",
                   Need::required),
               field<S>("key", &S::key, path, "The certificate's private key.", Need::required),
               field<S>("client_ca", &S::client_ca, path,
                        "The authorities that sign clients' certificates. Clients are asked for one where "
                        "this is said; `certificate` of a key says whose it is."),
               field<S>(
                   "client_certificate",
                   [](S& tls, Demanded demanded) { tls.is_certificate_required = demanded == Demanded::yes; },
                   WordForm<Demanded>{{"optional", "required"}},
                   "Whether a client without one is refused. `required` when left out."),
               field<S>("admin", &S::admin, FlagForm{}, "Whether the address `admin` speaks TLS, too."),
               field<S>(
                   "http2", &S::http2, FlagForm{},
                   "Whether clients that offer HTTP/2 get it: many requests at once over one connection. One "
                   "at a time is more work than in HTTP/1.1, which all others speak.")},
      .check = check_listener_tls};
  return fields;
}

const Fields<RetrySettings>& retry_fields() {
  using S = RetrySettings;
  static const Fields<S> fields = {
      .meaning = "the budget of further attempts",
      .list = {
          field<S>(
              "share", &S::share, ShareForm{},
              "The most further attempts, as a share of the requests. The first one at another host that is "
              "believed healthy is not counted."),
          field<S>("burst", &S::burst, WholeForm{0, 10'000}, "As many more in 10 s."),
          field<S>("per_host", &S::per_host, ShareForm{},
                   "The most of both that one host's failures may use."),
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
      .meaning = "records for explanations and replay",
      .list = {
          field<S>("enabled", &S::enabled, FlagForm{}, "Whether any are kept."),
          field<S>("file", &S::file, TextForm{.wanted = "a path", .longest = 4096},
                   "Where decisions and outcomes are kept, without prompts or answers, for `isocost explain "
                   "--request` and `isocost replay`. In the state directory when left out."),
          field<S>("max_size", &S::max_size, BytesForm{1u << 20, std::size_t{1} << 40},
                   "How large the file may become. The oldest records go first."),
          field<S>("keep", &S::keep, DurationForm<hours>{hours(1), hours(24 * 366)},
                   "How long records are kept."),
      }};
  return fields;
}

}  // namespace config
