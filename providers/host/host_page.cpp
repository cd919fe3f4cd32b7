#include "providers/host/host_page.hpp"

namespace providers {
namespace {

// Who asks and is answered, without any words of an API.
class Plain final : public Dialect {
 public:
  config::Format format() const override { return config::Format::chat; }
  std::string_view target(const HostModel&, routing::Delivery, std::string&) const override { return ""; }
};

}  // namespace

Task<HostPage> host_page(HttpProvider& host, Timer& timer, PageWanted wanted) {
  static const Plain dialect;
  HostPage page;
  const std::unique_ptr<Exchange> exchange = host.begin();
  Limit late([&exchange] { exchange->abort(); });
  timer.set(late, timer.now() + wanted.limit);
  OutgoingRequest request{
      .method = "GET", .dialect = &dialect, .target = wanted.target, .body = {}, .traceparent = {}};
  const Result<HostReply> reply = co_await exchange->start(request);
  if (!reply) {
    page.failure = reply.error();
    page.tls = exchange->tls_fault();
    page.why = exchange->why();
    co_return page;
  }
  page.status = reply->status;
  while (page.body.size() < wanted.most_bytes) {
    const Result<std::string_view> piece = co_await exchange->next();
    if (!piece) page.failure = piece.error();
    if (!piece || piece->empty()) break;
    page.body.append(piece->substr(0, wanted.most_bytes - page.body.size()));
  }
  co_return page;
}

}  // namespace providers
