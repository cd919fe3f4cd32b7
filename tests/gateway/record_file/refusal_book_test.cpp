#include "gateway/record_file/refusal_book.hpp"

#include <doctest/doctest.h>

#include "gateway/record_file/record_reader.hpp"
#include "gateway/record_file/record_writer.hpp"
#include "tests/support/recorded_world.hpp"
#include "tests/support/scratch_directory.hpp"

using namespace gateway;
using support::ScratchDirectory;
using support::wall_at;

namespace {

RefusedRequest over_budget(int number, config::WallTime wall = wall_at(0)) {
  return {.id = "req_" + std::to_string(number),
          .path = "/v1/chat/completions",
          .model = "m",
          .asked = "m:fast",
          .key = "ci",
          .team = "search",
          .policy = "fast",
          .error = "budget_exceeded",
          .told = "The team `search` may spend $1.00 a day; $0.00 is left.",
          .limit = "team dollars_day",
          .wall = wall,
          .status = 402,
          .total = std::chrono::milliseconds(3)};
}

std::unique_ptr<RecordReader> opened(const std::string& path) {
  auto result = RecordReader::open(path);
  if (const auto* why = std::get_if<std::string>(&result)) FAIL(*why);
  return std::move(std::get<std::unique_ptr<RecordReader>>(result));
}

}  // namespace

TEST_CASE("a refused request is found by its id, with all that its client was told") {
  const ScratchDirectory directory;
  const std::string path = directory.file("records.db");
  {
    RecordWriter writer(path, {});
    for (int i = 0; i < 20; ++i) writer.add(over_budget(i));
    writer.commit(wall_at(1));
  }
  const auto reader = opened(path);
  const auto found = reader->find_refused("req_7");
  REQUIRE(found);
  const RefusedRequest said = over_budget(7);
  CHECK(found->id == said.id);
  CHECK(found->asked == said.asked);
  CHECK(found->key == said.key);
  CHECK(found->team == said.team);
  CHECK(found->error == said.error);
  CHECK(found->told == said.told);
  CHECK(found->limit == said.limit);
  CHECK(found->wall == said.wall);
  CHECK(found->status == said.status);
  CHECK(found->total == said.total);
  CHECK(!reader->find_refused("req_77"));
  CHECK(!reader->next());  // nothing that was decided
}

TEST_CASE("of a flood of refusals so many are kept until the next commit, and the newest in all") {
  const ScratchDirectory directory;
  const std::string path = directory.file("records.db");
  constexpr std::size_t room_for_a_hundred = 100 * (16 << 10);
  {
    RecordWriter writer(path, {.max_size = room_for_a_hundred});
    for (int i = 0; i < 1'000; ++i) writer.add(over_budget(i));
    writer.commit(wall_at(1));
    for (int i = 2'000; i < 2'010; ++i) writer.add(over_budget(i));
    writer.commit(wall_at(1));
  }
  const auto reader = opened(path);
  int kept = 0;
  for (int i = 0; i < 3'000; ++i) kept += reader->find_refused("req_" + std::to_string(i)) ? 1 : 0;
  CHECK(kept == 100);
  CHECK(reader->find_refused("req_2009"));
  CHECK(!reader->find_refused("req_999"));
}

TEST_CASE("refusals are kept no longer than decisions are") {
  const ScratchDirectory directory;
  const std::string path = directory.file("records.db");
  {
    RecordWriter writer(path, {.keep = std::chrono::minutes(10)});
    writer.add(over_budget(1, wall_at(0)));
    writer.commit(wall_at(1));
    writer.add(over_budget(2, wall_at(11)));
    writer.commit(wall_at(11));
  }
  const auto reader = opened(path);
  CHECK(!reader->find_refused("req_1"));
  CHECK(reader->find_refused("req_2"));
}

TEST_CASE("a file that was begun before refusals were kept has none, and gets them when it is written on") {
  const ScratchDirectory directory;
  const std::string path = directory.file("records.db");
  { RecordWriter writer(path, {}); }
  Database(path, Database::Mode::write).run("DROP TABLE refusal");
  CHECK(!opened(path)->find_refused("req_1"));
  {
    RecordWriter writer(path, {});
    writer.add(over_budget(1));
    writer.commit(wall_at(0));
  }
  CHECK(opened(path)->find_refused("req_1"));
}

TEST_CASE("of a record only what its client was told of the gateway makes a refusal") {
  Record record;
  record.id = "req_1", record.error = "model_not_found", record.status = 404;
  CHECK(!refused(record));
  record.told = "The model `x` does not exist here.";
  record.limit_hit =
      LimitHit{.of = LimitHit::Of::team, .measure = config::Measure::dollars, .period = config::Period::day};
  const auto found = refused(record);
  REQUIRE(found);
  CHECK(found->told == record.told);
  CHECK(found->limit == "team dollars_day");
}
