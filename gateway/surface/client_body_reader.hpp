// Reads a client's body: the members that all of OpenAI's APIs have in common, those for the router, and what
// an API has of its own. Belongs to one request.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/surface/body_walk.hpp"
#include "gateway/surface/client_body.hpp"
#include "gateway/surface/offered_tool.hpp"

namespace gateway {

class ClientBodyReader {
 public:
  // Fills `request`.
  ClientBodyReader(std::string_view body, providers::JsonTokens& tokens, ClientBody& request)
      : body_(body), walk_(tokens, body), request_(request) {}
  virtual ~ClientBodyReader() = default;

  std::optional<BodyFault> read();

  // Whether a top-level member is for the router, in bodies of whichever API, and not sent to hosts.
  static bool is_routers(std::string_view name);

 protected:
  static constexpr std::int64_t most_tokens = 100'000'000;

  // Reads a member of the API's own; nothing where it is none.
  virtual std::optional<bool> own_member(std::string_view name, const Path& path) = 0;
  // Of a member of the API's own that was read: whether hosts are not sent it.
  virtual bool is_for_router(std::string_view /*name*/) const { return false; }
  // Of one that hosts are sent: whether it says how much is to be thought.
  virtual bool is_of_thinking(std::string_view /*name*/) const { return false; }
  // At the end: whether all is there that must be.
  virtual bool is_complete(const Path& top) = 0;
  virtual void complete() = 0;
  virtual bool needs_model() const { return true; }
  // Of a member of a tool: whether it says that the host runs it. Of those with a `type` that is known.
  virtual bool runs_at_host(const providers::JsonString& /*key*/) const { return false; }

  // A list of tools as hosts of the API take them; its place goes to ClientBody::tools.
  bool tools(const Path& path);

  // Of what is in the list.
  void offers(const OfferedTool& tool);

  // The form that the answer is asked to have, in the words of all APIs but Google's: its type, and a schema.
  bool output_form(const Path& path);

  // A bound of the answer's tokens; `name` is static.
  bool output_bound(const Path& path, std::string_view name, std::optional<std::int64_t>& tokens);

  // How much is to be thought: a word, or a number of tokens.
  void asks_effort(std::string_view word) { request_.effort = routing::effort_of_word(word); }
  void asks_budget(std::int64_t tokens) { request_.effort = routing::effort_of_budget(tokens); }
  void need(config::Feature feature) { request_.needs.set(static_cast<std::size_t>(feature)); }

  std::string_view body_;
  BodyWalk walk_;
  ClientBody& request_;

 private:
  // What one of the top-level members is to us.
  struct Known {
    std::string_view key;
    bool (ClientBodyReader::*read)(const Path&);
    enum class Reader { hosts, router } for_whom = Reader::hosts;
  };
  static const std::array<Known, 19> known_;

  bool member(const providers::JsonString& key, const Path& path);
  bool value(std::string_view name, const Path& path, bool& is_ours);
  void note_place(std::string_view name, std::size_t key_begin, bool is_ours);
  void end_place(std::size_t next);
  bool finished(const Path& top);

  bool skip(const Path&) { return walk_.json.skip(); }
  bool model(const Path& path);
  bool stream(const Path& path) { return walk_.boolean(path, stream_); }
  bool stream_options(const Path& path);
  bool choices(const Path& path) { return walk_.integer(path, 1, 128, choices_); }
  bool user(const Path& path) { return walk_.string(path, request_.user, 512); }
  // Of hosts and routers; only their form is looked at.
  bool session(const Path& path) { return walk_.string(path, unused_); }
  bool cache_key(const Path& path) { return walk_.string(path, unused_, 1'024); }
  bool service_tier(const Path& path);
  bool speed(const Path& path);
  bool models(const Path& path) { return walk_.strings(path, request_.models, 16); }
  bool preset(const Path& path) { return walk_.string(path, request_.preset); }
  bool plugins(const Path& path);
  bool transforms(const Path& path);
  bool provider(const Path& path);
  bool debug(const Path& path);

  std::size_t before_ = 0;        // where the member before ends
  MemberPlace* place_ = nullptr;  // of the last member, where it was noted
  std::string unused_;
  std::optional<bool> stream_, include_usage_;
  std::optional<std::int64_t> choices_;
};

}  // namespace gateway
