#include "agentd/core/text.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/audit/log_fixture.hpp"

#include <algorithm>

using namespace agentd;
using namespace agentd::audit;
using test::LogFixture;

namespace {

struct Tampered : LogFixture {
    Tampered() {
        write_thirty();
        bytes = core::read_file(segment());
        for (const auto line : core::lines(bytes)) {
            lines.emplace_back(line);
        }
    }
    VerifyReport with(std::string_view changed) {
        overwrite(segment(), changed);
        return verify();
    }
    VerifyReport with_lines(const std::vector<std::string>& changed) {
        std::string all;
        for (const auto& line : changed) {
            all += line + "\n";
        }
        return with(all);
    }
    static bool is_seal(const std::string& line) { return line.starts_with(seal_prefix); }
    /// Position in `lines` of entry `number`.
    std::ptrdiff_t line_of(std::uint64_t number) const {
        std::uint64_t next = 0;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (!is_seal(lines[i]) && next++ == number) {
                return static_cast<std::ptrdiff_t>(i);
            }
        }
        return -1;
    }

    std::string bytes;
    std::vector<std::string> lines;
};

} // namespace

TEST_CASE("any one byte of the log changed is found, and the right entry or seal is named") {
    Tampered log;
    REQUIRE(log.with(log.bytes).ok());
    std::size_t at = 0;
    std::uint64_t entries = 0;
    for (const auto& line : log.lines) {
        const bool seal = Tampered::is_seal(line);
        const std::uint64_t number = seal ? entries - 1 : entries++;
        for (std::size_t i = 0; i <= line.size(); ++i, ++at) {
            std::string changed = log.bytes;
            changed[at] = static_cast<char>(changed[at] ^ (1 << (at % 8)));
            const auto report = log.with(changed);
            INFO("byte " << at << " of entry or seal " << number);
            REQUIRE_FALSE(report.ok());
            INFO(report.problem->message);
            REQUIRE(report.problem->entry == number);
            REQUIRE((report.problem->flaw == Flaw::seal) == seal);
        }
    }
    CHECK(entries == 30);
}

TEST_CASE("a byte turned into a line end is found in entries and seals") {
    Tampered log;
    for (std::size_t at = 0; at < log.bytes.size(); at += 11) {
        std::string changed = log.bytes;
        if (changed[at] != '\n') {
            changed[at] = '\n';
            INFO("byte " << at);
            REQUIRE_FALSE(log.with(changed).ok());
        }
    }
}

TEST_CASE("the log cut at any length is found") {
    Tampered log;
    for (std::size_t length = 0; length < log.bytes.size();
         length += log.bytes[length] == '\n' || log.bytes[length + 1] == '\n' ? 1 : 4) {
        const auto report = log.with(std::string_view(log.bytes).substr(0, length));
        INFO("cut to " << length);
        REQUIRE_FALSE(report.ok());
    }
    const auto half = log.bytes.find(log.lines[static_cast<std::size_t>(log.line_of(11))]);
    const auto report = log.with(std::string_view(log.bytes).substr(0, half));
    CHECK(report.problem->flaw == Flaw::truncated);
    CHECK(report.problem->entry == 11);
}

TEST_CASE("a line taken out, doubled, moved or put in is found where it happened") {
    Tampered log;
    for (std::uint64_t n = 1; n < 30; ++n) {
        const auto at = log.line_of(n);
        INFO("entry " << n);
        auto changed = log.lines;
        changed.erase(changed.begin() + at);
        auto report = log.with_lines(changed);
        REQUIRE(report.problem);
        INFO(report.problem->message);
        REQUIRE(report.problem->entry == n);

        changed = log.lines;
        changed.insert(changed.begin() + at, changed[static_cast<std::size_t>(at)]);
        report = log.with_lines(changed);
        REQUIRE(report.problem);
        REQUIRE(report.problem->flaw == Flaw::inserted);
        REQUIRE(report.problem->entry == n);

        changed = log.lines;
        std::iter_swap(changed.begin() + at, changed.begin() + log.line_of(n == 29 ? 1 : n + 1));
        REQUIRE_FALSE(log.with_lines(changed).ok());
    }
    for (std::size_t i = 0; i < log.lines.size(); ++i) {
        if (Tampered::is_seal(log.lines[i])) {
            auto changed = log.lines;
            changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
            INFO("without the seal in line " << i);
            const bool last = i + 1 == log.lines.size();
            // Entries that the next seal covers too are still signed for; the last have no next.
            REQUIRE(log.with_lines(changed).ok() == !last);
            changed = log.lines;
            changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(i), changed[i]);
            REQUIRE_FALSE(log.with_lines(changed).ok());
        }
    }
}

TEST_CASE("an entry altered together with its tile is still found, as one of its group") {
    Tampered log;
    std::string changed = log.bytes;
    changed[changed.find("\"n\":4") + 4] = '9';
    std::filesystem::remove_all(log.directory + "/tile");
    const auto report = log.with(changed);
    REQUIRE(report.problem);
    CHECK(report.problem->flaw == Flaw::altered);
    CHECK(report.problem->message.find("one of the entries") != std::string::npos);
}

TEST_CASE("a log written anew with another key does not pass for the old one") {
    Tampered log;
    const auto old = log.verify();
    const auto key = *VerifierKey::parse(old.vkey);
    const Checkpoint anchor{.origin = key.name(), .size = old.size, .root = old.root};
    CHECK(log.verify({.key = key, .anchor = anchor}).ok());
    std::filesystem::remove_all(log.directory);
    log.write_thirty();
    CHECK(log.verify().ok());
    CHECK(log.verify({.key = key}).problem->flaw == Flaw::wrong_key);
}

TEST_CASE("a log restored from an older copy is found against an anchor") {
    Tampered log;
    const auto old = log.verify();
    const auto name = VerifierKey::parse(old.vkey)->name();
    const Checkpoint ahead{.origin = name, .size = 31, .root = old.root};
    CHECK(log.verify({.anchor = ahead}).problem->flaw == Flaw::truncated);
    const Checkpoint fork{.origin = name, .size = 12, .root = old.root};
    CHECK(log.verify({.anchor = fork}).problem->flaw == Flaw::forked);
}

TEST_CASE("an altered tile and an altered checkpoint are told apart from an altered log") {
    Tampered log;
    const std::string tile = log.directory + "/tile/0/000.p/30";
    std::string hashes = core::read_file(tile);
    hashes[17 * 32 + 5] = static_cast<char>(hashes[17 * 32 + 5] ^ 1);
    LogFixture::overwrite(tile, hashes);
    auto report = log.verify();
    CHECK(report.problem->flaw == Flaw::tile);
    CHECK(report.problem->entry == 17);
    LogFixture::overwrite(log.directory + "/checkpoint", "rubbish");
    report = log.verify();
    CHECK(report.problem->flaw == Flaw::checkpoint);
    const Writer writer(log.options(), log.clock);
    CHECK(log.verify().ok());
}
