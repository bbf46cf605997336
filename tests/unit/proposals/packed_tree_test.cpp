#include "proposals/packed_tree.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/repo_map/memory_tree.hpp"

using namespace agentd;
using namespace agentd::proposals;

namespace {

std::string code(std::string_view text) {
    const auto read = PackedTree::open(text);
    return read ? "ok" : read.problem().code;
}

} // namespace

TEST_CASE("a packed tree has the paths and the bytes of the one it was made of") {
    const std::string odd("a\0b\n644 1 1\n", 12);
    const tests::MemoryTree tree(
        {{"flake.nix", "{ }"}, {"a b/c", odd}, {"empty.nix", ""}, {"l", "/etc"}}, {"l"});
    const std::string text = pack(tree, tree.paths()).value();
    const auto read = PackedTree::open(text);
    REQUIRE(read);
    CHECK(read->paths() == std::vector<std::string>{"a b/c", "empty.nix", "flake.nix", "l"});
    CHECK(read->read("a b/c") == odd);
    CHECK(read->read("empty.nix") == "");
    CHECK(read->find("flake.nix")->mode == FileMode::file);
    CHECK(read->find("l")->mode == FileMode::symlink);
    CHECK_FALSE(read->read("l"));
    CHECK_FALSE(read->find("a b"));
    CHECK_FALSE(read->read("other"));
}

TEST_CASE("of what is too large a packed tree has the path alone") {
    const tests::MemoryTree tree({{"a.nix", "12345"}, {"b.nix", "123"}, {"c.txt", "123"}});
    const auto packed = [&](const PackLimits& limits) {
        const std::string text = pack(tree, tree.paths(), limits).value();
        const auto read = PackedTree::open(text);
        REQUIRE(read);
        CHECK(read->paths().size() == 3);
        std::string out;
        for (const auto& path : read->paths()) {
            out += read->read(path) ? "+" : "-";
        }
        return out;
    };
    CHECK(packed({}) == "+++");
    CHECK(packed({.nix_bytes = 4}) == "-++");
    CHECK(packed({.other_bytes = 2}) == "++-");
    CHECK(packed({.total_bytes = 7}) == "+--");
}

TEST_CASE("what is too large to be packed is not read, and packing can be stopped") {
    struct Asked final : TreeReader {
        std::optional<TreeEntry> find(std::string_view) const override { return TreeEntry{}; }
        std::optional<std::string> read(std::string_view) const override {
            FAIL("it is read whole");
            return std::nullopt;
        }
        std::optional<std::string> read_within(std::string_view path,
                                               std::size_t most) const override {
            return path.size() > most ? std::nullopt : std::optional(std::string(path));
        }
    };
    const auto text = pack(Asked{}, {"long.nix", "a.nix"}, {.nix_bytes = 6, .total_bytes = 6});
    REQUIRE(text);
    CHECK(*text == "agentd-tree/1\n100644 8 -\nlong.nix100644 5 5\na.nixa.nix");
    std::stop_source stop;
    stop.request_stop();
    CHECK(pack(Asked{}, {"a"}, {}, stop.get_token()).problem().code == "cancelled");
}

TEST_CASE("a text that is no packed tree is refused") {
    const std::string good = "agentd-tree/1\n100644 1 2\nahi";
    CHECK(code(good) == "ok");
    CHECK(code("agentd-tree/1\n") == "ok");
    for (const char* rest :
         {"100644 1 3\nahi", "100644 9 2\nahi", "100644 0 2\nhi", "100600 1 2\nahi",
          "100644 1\nahi", "100644 1 -2\nahi", "100644 1 99999999999999999999\nahi",
          "100644 -1 2\nahi", "100644 01 2\nahi", "100644 1 02\nahi", "120000 1 2\nahi",
          "160000 1 0\na", "100644 1 2", "100644 1 2\nahi100644 1 2\naho", "100644  1 2\nahi"}) {
        INFO(rest);
        CHECK(code(std::string("agentd-tree/1\n") + rest) == "bad_value");
    }
    CHECK(code("") == "bad_value");
    CHECK(code("agentd-tree/2\n") == "bad_value");
}
