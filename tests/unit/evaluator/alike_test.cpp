// Two systems that differ in the flake's own source alone, and two that differ in something else.
#include "agentd/core/crypto.hpp"
#include "evaluator/alike.hpp"
#include "evaluator/derivation_text.hpp"
#include "evaluator/lock.hpp"

#include "tests/support/catch.hpp"

#include <map>

using namespace agentd;
using evaluator::DerivationText;
using evaluator::Likeness;
using evaluator::MadeHost;

namespace {

std::string hash(char letter) {
    return std::string(32, letter);
}
std::string path(char letter, const std::string& name) {
    return "/nix/store/" + hash(letter) + "-" + name;
}

std::string quoted(const std::string& text) {
    return "\"" + text + "\"";
}

/// `inputs` and `sources` as they stand in the text.
std::string derivation(const std::string& out, const std::string& inputs,
                       const std::string& sources, const std::string& says) {
    return "Derive([(\"out\"," + quoted(out) + ",\"\",\"\")],[" + inputs + "],[" + sources +
           "],\"x86_64-linux\",\"/bin/sh\",[\"-e\",\"a\\\"b\\n\"],[(\"out\"," + quoted(out) +
           "),(\"says\"," + quoted(says) + ")])";
}

/// A system that holds the source in a file of /etc, which says more, beside a tool that is the
/// same on both sides. `a`, `b`, `c`: hashes of the source, of the file and of the system.
struct System {
    char a, b, c;
    std::string commit;
    std::string more = "";
    std::string also = ""; // another path that the file of /etc holds
    std::map<std::string, std::string> texts() const {
        const std::string tool = path('z', "tool.drv");
        const std::string etc = path(static_cast<char>(b - 1), "etc.drv");
        const std::string source = path(a, "source");
        return {{tool, derivation(path('y', "tool"), "", "", "x")},
                {etc, derivation(path(b, "etc"), "",
                                 quoted(source) + (also.empty() ? "" : "," + quoted(also)),
                                 source + "/x " + nar_hash() + " " + commit + " " +
                                     commit.substr(0, 7) + more + also)},
                {path(c, "system.drv"),
                 derivation(path(static_cast<char>(c + 1), "system"),
                            "(" + quoted(etc) + ",[\"out\"]),(" + quoted(tool) + ",[\"out\"])", "",
                            path(b, "etc") + " " + path('y', "tool"))}};
    }
    std::string nar_hash() const {
        const auto bytes = core::sha256(std::string(1, a)).bytes();
        return "sha256-" + core::base64_encode(std::string(bytes.begin(), bytes.end()));
    }
    MadeHost host() const {
        return {.drv = core::StorePath::parse(path(c, "system.drv")).value(),
                .source = path(a, "source"),
                .nar_hash = nar_hash(),
                .revision = commit};
    }
};

Likeness compared(const System& one, const System& other, const std::string& missing = "") {
    auto texts = one.texts();
    texts.merge(other.texts());
    texts.erase(missing);
    return likeness(one.host(), other.host(), [&](const std::string& wanted) {
        const auto found = texts.find(wanted);
        return found == texts.end() ? std::nullopt : std::optional(found->second);
    });
}

const System here{.a = '1', .b = '3', .c = '5', .commit = std::string(40, 'a')};
const System there{.a = '2', .b = 'g', .c = 'i', .commit = std::string(40, 'b')};

} // namespace

TEST_CASE("a derivation is read as Nix writes it, and nothing else is") {
    const auto texts = here.texts();
    const auto system = DerivationText::parse(texts.at(path('5', "system.drv")));
    REQUIRE(system);
    CHECK(system->outputs[0].path == path('6', "system"));
    CHECK(system->inputs.size() == 2);
    CHECK(system->texts[3] == "a\"b\n");
    const std::string good = derivation(path('1', "x"), "", "", "x");
    CHECK(DerivationText::parse(good));
    for (std::size_t size = 0; size < good.size(); ++size) {
        CHECK_FALSE(DerivationText::parse(good.substr(0, size)));
    }
    CHECK_FALSE(DerivationText::parse(good + "x"));
    CHECK_FALSE(DerivationText::parse("DrvWithVersion(\"xp-dyn-drv\"," + good.substr(7)));
}

TEST_CASE(
    "systems that differ only in the source that they hold, its hash and its commit are alike") {
    CHECK(compared(here, there) == Likeness::same);
    CHECK(compared(here, here) == Likeness::same);
}

TEST_CASE(
    "systems in which anything else differs are not alike, and what cannot be read is not known") {
    System other = there;
    other.more = " and more";
    CHECK(compared(here, other) == Likeness::other);
    // Of the same length, and of the same letters.
    System one = here;
    one.more = " ab";
    other.more = " ba";
    CHECK(compared(one, other) == Likeness::other);
    CHECK(compared(here, there, path('z', "tool.drv")) == Likeness::unknown);
    CHECK(compared(here, there, path('i', "system.drv")) == Likeness::unknown);
}

TEST_CASE("what is named like a copy of the source is one only where its hash says so") {
    const auto with = [](System system, const std::optional<core::StorePath>& also) {
        system.also = also.value().str();
        return system;
    };
    const auto copy = [&](const System& system, const std::string& name) {
        return with(system, evaluator::source_path(system.nar_hash(), name));
    };
    const auto named = [&](const System& system, char letter, const std::string& name) {
        return with(system, core::StorePath::parse(path(letter, name)));
    };
    // Nix names a copy by the whole name of the source, where nobody says another.
    const std::string one = hash(here.a) + "-source";
    const std::string other = hash(there.a) + "-source";
    CHECK(compared(copy(here, one), copy(there, other)) == Likeness::same);
    CHECK(compared(copy(here, "all"), copy(there, "all")) == Likeness::same);
    CHECK(compared(copy(here, "all"), copy(there, "none")) == Likeness::other);
    CHECK(compared(named(here, 'v', one), named(there, 'w', other)) == Likeness::other);
    CHECK(compared(named(here, 'v', "all"), named(there, 'w', "all")) == Likeness::other);
    CHECK(compared(copy(here, one), named(there, 'w', other)) == Likeness::other);
}
