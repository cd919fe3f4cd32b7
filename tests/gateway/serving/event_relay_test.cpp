#include "gateway/serving/event_relay.hpp"

#include <doctest/doctest.h>

using namespace gateway;
using providers::AnswerEvent;
using Kind = AnswerEvent::Kind;

TEST_CASE("a picture shows that a host answers, and its bytes are not taken for tokens") {
  const AnswerEvent picture{
      .kind = Kind::image, .text = {"iVBORw0KGgo=", false}, .name = {"image/png", false}};
  const providers::PassedContent content = shown_by(picture);
  CHECK(content.text);
  CHECK(content.decisive());
  CHECK(content.bytes == 0);
  CHECK(shown_by({.kind = Kind::text, .text = {"Hi", false}}).bytes == 2);
}
