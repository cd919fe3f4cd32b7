// What a client is told that its quotas do not let in: which limit of whom, how much of it is left, and when
// it refills. Pure.
#pragma once

#include <string>

#include "gateway/accounts/books.hpp"
#include "gateway/surface/error_reply.hpp"

namespace gateway {

// 402 where money is spent; else 429. `waits`: only requests under way are in the way.
ErrorReply quota_refusal(const LimitState& limit, const Amounts& needed, Let let);
// Of the reply to one that was let in, and to one that was not.
std::string quota_fields(const Books::Standing& standing);
std::string limit_fields(const LimitState& limit);
ErrorReply ledger_unavailable();
// "the key `ci` may spend $10 a day"
std::string limit_words(const LimitState& limit);
// "$1.5"
std::string dollars_text(std::int64_t nanos);

}  // namespace gateway
