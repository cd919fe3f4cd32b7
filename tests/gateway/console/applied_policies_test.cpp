#include "gateway/console/applied_policies.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>

#include "gateway/console/configuration_page.hpp"
#include "tests/support/scratch_directory.hpp"

using namespace gateway;

namespace {

constexpr std::string_view whole =
    "# ours\nlisten: 127.0.0.1:0\npolicies:\n  mine: {value_of_time: 1 $/h}\n\nmodels: {}  # "
    "all\ndefault_policy: mine";

std::string body(std::string_view was, std::string_view text) {
  return boost::json::serialize(boost::json::object{{"was", was}, {"text", text}});
}

struct File {
  File() { write(whole); }
  void write(std::string_view text) const { std::ofstream(path, std::ios::binary) << text; }
  std::string text() const { return text_of_file(path); }
  std::string policies() const { return sections_of(text(), policy_sections()); }
  AppliedPolicies apply(std::string_view was, std::string_view policies, bool is_good = true) const {
    return apply_policies(path, body(was, policies), [is_good](const std::string&) {
      if (is_good) return config::Loaded{.settings = config::Settings{}, .problems = {}};
      return config::Loaded{
          .problems = {{.path = "policies", .message = "is wrong", .suggestion = {}, .excerpt = {}}}};
    });
  }
  const support::ScratchDirectory directory;
  const std::string path = directory.file("isocost.yaml");
};

}  // namespace

TEST_CASE("policies stand where those before stood, and nothing else of the text changes") {
  CHECK(with_policies(whole, "policies:\n  other: {value_of_time: 2 $/h}\ndefault_policy: other") ==
        "# ours\nlisten: 127.0.0.1:0\npolicies:\n  other: {value_of_time: 2 $/h}\ndefault_policy: "
        "other\nmodels: {}  # "
        "all\n");
  CHECK(with_policies(whole, sections_of(whole, policy_sections())).has_value());
  CHECK(with_policies("listen: x", "policies: {}") == "listen: x\npolicies: {}\n");
}

TEST_CASE("an editor of policies writes nothing else, however it is put") {
  for (const char* more : {"keys: []", "\"keys\": []", "? keys\n: []", "policies: {}\n---\nkeys: []", "...",
                           "%YAML 1.2", "{keys: []}", "\tkeys: []", "policies: {}\nproviders: {}"}) {
    CHECK_MESSAGE(!with_policies(whole, more), more);
  }
  CHECK(!with_policies("{\"listen\": 1}", "policies: {}"));
  CHECK(!with_policies("", "policies: {}"));
}

TEST_CASE("nothing of another section changes, whatever lines its policies begin with or leave open") {
  const File file;
  file.write("keys:\n  - {name: ops}\npolicies: {}\nlisten: x  # of us'\n");
  const std::string before = file.text(), was = file.policies();
  for (const char* more : {"  - {name: evil, role: admin}\npolicies: {}\n", "policies: {}\rmodels: {}\n",
                           "policies: {}\n\rmodels: {}\n", "default_policy: 'x\n"}) {
    CAPTURE(more);
    CHECK(file.apply(was, more).status == 409);
    CHECK(file.text() == before);
  }
  // One that nobody can read is mended here, too.
  file.write("listen: x\npolicies: {\n");
  CHECK(file.apply(file.policies(), "# ours\npolicies: {}\n").status == 200);
  CHECK(file.text() == "listen: x\n# ours\npolicies: {}\n");
}

TEST_CASE("what is applied is written as a whole, and the file keeps its mode and its link") {
  const File file;
  ::chmod(file.path.c_str(), 0640);
  const std::string link = file.directory.file("link.yaml");
  std::filesystem::create_symlink(file.path, link);
  const std::string before = file.text(), was = file.policies();
  const auto good = [](const std::string&) {
    return config::Loaded{.settings = config::Settings{}, .problems = {}};
  };
  const AppliedPolicies applied = apply_policies(link, body(was, "policies: {}\n"), good);
  CHECK(applied.status == 200);
  CHECK(applied.before == before);
  CHECK(file.text() == "# ours\nlisten: 127.0.0.1:0\npolicies: {}\nmodels: {}  # all\n");
  CHECK(std::filesystem::is_symlink(link));
  struct stat now {};
  REQUIRE(::stat(file.path.c_str(), &now) == 0);
  CHECK((now.st_mode & 07777) == 0640);
  CHECK(put_back(link, applied));
  CHECK(file.text() == before);
  // Not what somebody else has written meanwhile.
  CHECK(!put_back(link, applied));
  CHECK(file.text() == before);
}

TEST_CASE("nothing is written where somebody else was faster, where it is wrong, or where it cannot be") {
  const File file;
  const std::string before = file.text(), was = file.policies();
  CHECK(file.apply(was + "#", "policies: {}\n").status == 409);
  const AppliedPolicies wrong = file.apply(was, "policies: {}\n", false);
  CHECK(wrong.status == 400);
  CHECK(wrong.text.find("is wrong") != std::string::npos);
  CHECK(file.apply(was, "keys: []\n").status == 409);
  CHECK(apply_policies(file.path, "no JSON", {}).status == 400);
  CHECK(apply_policies("", body(was, ""), {}).status == 409);
  // Somewhere that nothing can be made beside it.
  std::filesystem::create_directory(file.path + ".new");
  const AppliedPolicies closed = file.apply(was, "policies: {}\n");
  CHECK(closed.status == 409);
  CHECK(closed.text.find("download") != std::string::npos);
  CHECK(file.text() == before);
}
