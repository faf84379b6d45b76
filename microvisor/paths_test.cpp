#include "microvisor/paths.h"

#include "microvisor/host_file.h"
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

TEST_CASE("an absolute path is located in the grant with the longest name") {
  LinuxHost host;
  auto root = [&] { return HostFile::grant_root(host, HostFd(), false, ""); };
  auto top = root(), data = root(), deep = root(), relative = root();
  Namespace names;
  names.add("/", top);
  names.add("/data", data);
  names.add("/data//./deep/", deep);
  names.add("here", relative);
  names.add("../up", root());
  auto locate = [&](std::string_view path) { return names.locate(path).take(); };
  CHECK(locate("/x").base == top);
  CHECK(locate("/x").path == "x");
  CHECK(locate("/").path == ".");
  CHECK(locate("/data").base == data);
  CHECK(locate("/data").path == ".");
  CHECK(locate("/database").base == top);
  CHECK(locate("/database").path == "database");
  CHECK(locate("//data/./x//y").path == "./x//y");
  CHECK(locate("/data/deep/../x").base == deep);
  CHECK(locate("/data/deep/../x").path == "../x");
  CHECK(locate("/here/x").base == relative);
  CHECK(locate("/../data").base == top);
  CHECK(locate("/data/").path == ".");
}

TEST_CASE("nothing is visible where nothing is granted") {
  LinuxHost host;
  Namespace names;
  CHECK(names.locate("/").code() == ENOENT);
  names.add("/data", HostFile::grant_root(host, HostFd(), false, ""));
  CHECK(names.locate("/etc/passwd").code() == ENOENT);
  CHECK(names.locate("/dat").code() == ENOENT);
}

}  // namespace linden::microvisor
