#include "microvisor/paths.h"

#include "microvisor/test_support.h"

namespace linden::microvisor {

TEST_CASE("a grant is parsed into host, guest and mode") {
  struct Case {
    const char* text;
    const char* host;
    const char* guest;
    bool read_only;
  };
  for (const Case& c : {Case{".", ".", ".", false}, Case{"/a:ro", "/a", "/a", true},
                        Case{"/a::/b", "/a", "/b", false}, Case{"/a::/b:ro", "/a", "/b", true},
                        Case{"a::ro", "a", "ro", false}, Case{"a:b", "a:b", "a:b", false}}) {
    INFO(c.text);
    auto grant = DirectoryGrant::parse(c.text, nullptr);
    REQUIRE(grant.ok());
    CHECK(grant->host_path == c.host);
    CHECK(grant->guest_path == c.guest);
    CHECK(grant->read_only == c.read_only);
  }
}

TEST_CASE("a malformed grant is refused with a sentence that names it") {
  using namespace std::string_view_literals;
  for (std::string_view text : {""sv, "::/b"sv, "/a::"sv, ":ro"sv, "/a:::ro"sv, "a\0b"sv}) {
    std::string message;
    CHECK(DirectoryGrant::parse(text, &message).code() == EINVAL);
    CHECK(message.find("HOST[::GUEST][:ro]") != std::string::npos);
  }
}

TEST_CASE("opening a grant that isn't a directory says why") {
  test::TemporaryDirectory directory;
  LinuxHost host;
  directory.write("file", "x");
  std::string message;
  CHECK(test::grant(directory / "file").open(host, &message).code() == ENOTDIR);
  CHECK(message.find("Not a directory") != std::string::npos);
  CHECK(test::grant(directory / "missing").open(host, &message).code() == ENOENT);
}

}  // namespace linden::microvisor
