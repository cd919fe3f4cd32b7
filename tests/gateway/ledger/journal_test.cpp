#include "gateway/ledger/journal.hpp"

#include <doctest/doctest.h>
#include <zlib.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <random>

#include "tests/support/scratch_directory.hpp"

using gateway::Journal;

namespace {

struct World {
  support::ScratchDirectory directory;
  std::string path = directory.file("journal.0");
  std::string why;
  std::unique_ptr<Journal> journal = Journal::make(path, 1 << 20, 7, why);

  Journal::Left left() const {
    Journal::Left found;
    CHECK(Journal::read_left(path, found));
    return found;
  }
  std::vector<std::string> read(std::size_t most = 1'000) {
    std::vector<std::string> entries;
    journal->read(most, [&](std::uint64_t, std::string_view bytes) { entries.emplace_back(bytes); });
    return entries;
  }
};

}  // namespace

TEST_CASE("what was under way and what ended is found by the next process") {
  World world;
  REQUIRE(world.journal);
  const auto first = world.journal->open("first", 100), second = world.journal->open("second", 200);
  world.journal->sent(second);
  const auto third = world.journal->open("third", 300);
  CHECK(world.journal->close(third, "the entry of the third"));
  const Journal::Left left = world.left();
  CHECK(left.epoch == 7);
  REQUIRE(left.entries.size() == 1);
  CHECK(left.entries[0].second == "the entry of the third");
  REQUIRE(left.open.size() == 2);
  CHECK(left.open[0].note == "first");
  CHECK_FALSE(left.open[0].was_sent);
  CHECK(left.open[1].note == "second");
  CHECK(left.open[1].was_sent);
  CHECK(left.open[1].nanos == 200);
  CHECK(first != second);
}

TEST_CASE("what was read and released is not found again, what was only read is") {
  World world;
  for (int i = 0; i < 3; ++i) world.journal->close(Journal::nowhere, "entry " + std::to_string(i));
  CHECK(world.read(2) == std::vector<std::string>{"entry 0", "entry 1"});
  CHECK(world.left().entries.size() == 3);
  world.journal->release();
  CHECK(world.left().entries.size() == 1);
  CHECK(world.read() == std::vector<std::string>{"entry 2"});
  world.journal->unread();
  CHECK(world.read() == std::vector<std::string>{"entry 2"});
  CHECK_FALSE(world.journal->has_unread());
}

TEST_CASE("what the ledger has does not stay in the file, and a kill while it is wiped loses nothing else") {
  World world;
  const auto text = [&] {
    std::ifstream file(world.path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  world.journal->close(world.journal->open("of ann", 100), "what ann spent");
  world.journal->close(Journal::nowhere, "what bob spent");
  CHECK(text().find("what ann spent") != std::string::npos);
  CHECK(text().find("of ann") == std::string::npos);
  CHECK(world.read(1).size() == 1);
  world.journal->release();
  CHECK(text().find("what ann spent") == std::string::npos);
  REQUIRE(world.left().entries.size() == 1);
  CHECK(world.left().entries[0].second == "what bob spent");

  // As it stands when a kill comes after the next one is wiped, and before its room is given back.
  world.journal->close(Journal::nowhere, "what eve spent");
  constexpr std::uint64_t frame = 32, wiped_at = 136, ring_at = 4096 + 512 * Journal::most_open;
  std::fstream file(world.path, std::ios::binary | std::ios::in | std::ios::out);
  const std::uint64_t wiped = 2 * frame;
  file.seekp(wiped_at).write(reinterpret_cast<const char*>(&wiped), sizeof wiped);
  file.seekp(ring_at + frame).write(std::string(frame, '\0').data(), frame);
  file.flush();
  const Journal::Left left = world.left();
  CHECK_FALSE(left.is_damaged);
  REQUIRE(left.entries.size() == 1);
  CHECK(left.entries[0].second == "what eve spent");
}

TEST_CASE("a ring that is read as it is written never ends, and one that is not says that it is full") {
  World world;
  std::mt19937 draw(1);
  std::uint64_t expected = 0;
  for (int round = 0; round < 2'000; ++round) {
    for (int i = 0; i < 8; ++i) {
      REQUIRE(world.journal->close(Journal::nowhere, std::string(1 + draw() % 900, 'x')));
    }
    world.journal->read(100, [&](std::uint64_t number, std::string_view) { REQUIRE(number == ++expected); });
    world.journal->release();
  }
  CHECK(expected == 16'000);
  int taken = 0;
  while (world.journal->close(Journal::nowhere, std::string(900, 'y'))) ++taken;
  CHECK(taken > 1'000);
  CHECK_FALSE(world.journal->has_room());
  CHECK(world.left().entries.size() == static_cast<std::size_t>(taken));
  world.read(5'000);
  world.journal->release();
  CHECK(world.journal->has_room());
}

TEST_CASE("what an older gateway left, with checks of its own, is taken up") {
  World world;
  const std::string entry = "the entry of an older one";
  world.journal->close(Journal::nowhere, entry);
  world.journal.reset();
  std::fstream file(world.path, std::ios::in | std::ios::out | std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(file), {});
  // Its frames: size, check, number, then the entry.
  const std::size_t at = bytes.find(entry) - 16;
  const std::uint64_t number = 1;
  const auto* text = reinterpret_cast<const Bytef*>(entry.data());
  const uLong seed = crc32(0, reinterpret_cast<const Bytef*>(&number), sizeof number);
  const auto check = static_cast<std::uint32_t>(crc32(seed, text, static_cast<uInt>(entry.size())));
  std::memcpy(bytes.data() + at + 4, &check, sizeof check);
  std::memcpy(bytes.data(), "isojrnl1", 8);
  file.seekp(0);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  const Journal::Left left = world.left();
  CHECK_FALSE(left.is_damaged);
  REQUIRE(left.entries.size() == 1);
  CHECK(left.entries[0] == std::pair<std::uint64_t, std::string>(1, entry));
}

TEST_CASE("a torn end is left out, and what stands before it is kept") {
  World world;
  world.journal->close(Journal::nowhere, "whole");
  world.journal->close(Journal::nowhere, "torn apart");
  world.journal.reset();
  std::string bytes;
  {
    std::ifstream file(world.path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(file), {});
  }
  bytes[bytes.find("torn")] = '?';
  std::ofstream(world.path, std::ios::binary) << bytes;
  const Journal::Left left = world.left();
  CHECK(left.is_damaged);
  REQUIRE(left.entries.size() == 1);
  CHECK(left.entries[0].second == "whole");
}

TEST_CASE("a file that is no journal is none, and a directory that is not there is named") {
  World world;
  std::ofstream(world.path, std::ios::trunc) << "something else";
  Journal::Left left;
  CHECK_FALSE(Journal::read_left(world.path, left));
  CHECK_FALSE(Journal::make(world.directory.file("nowhere/journal.0"), 1 << 20, 7, world.why));
  CHECK(world.why.find("/nowhere/journal.0") != std::string::npos);
}

TEST_CASE("another process reads what is still written, and gives its room back") {
  World world;
  const auto running = world.journal->open("running", 100);
  world.journal->close(Journal::nowhere, "entry 0");
  CHECK(Journal::is_held(world.path));
  {
    const auto followed = Journal::follow(world.path);
    REQUIRE(followed);
    CHECK(followed->epoch() == 7);
    REQUIRE(followed->open_ones().size() == 1);
    CHECK(followed->open_ones()[0].note == "running");
    std::vector<std::string> entries;
    const auto read = [&] {
      followed->read(100, [&](std::uint64_t, std::string_view bytes) { entries.emplace_back(bytes); });
      followed->release();
    };
    read();
    CHECK(world.journal->close(running, "entry 1"));
    read();
    CHECK(entries == std::vector<std::string>{"entry 0", "entry 1"});
    CHECK(followed->open_ones().empty());
    // More than its ring holds: the room is given back over and over.
    for (int i = 0; i < 4'000; ++i) {
      REQUIRE(world.journal->close(Journal::nowhere, std::string(1'000, 'x')));
      read();
    }
  }
  CHECK(world.left().entries.empty());
  world.journal.reset();
  CHECK_FALSE(Journal::is_held(world.path));
}

TEST_CASE("what is no journal is not followed") {
  support::ScratchDirectory directory;
  const std::string path = directory.file("journal.0");
  CHECK_FALSE(Journal::follow(path));
  std::ofstream(path) << "something else";
  CHECK_FALSE(Journal::follow(path));
}
