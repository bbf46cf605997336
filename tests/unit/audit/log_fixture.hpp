/// @file
/// A small log made in a temporary directory, and its bytes.
#pragma once

#include "agentd/core/fd.hpp"
#include "audit/verify.hpp"
#include "audit/writer.hpp"
#include "tests/support/fixed_clock.hpp"
#include "tests/support/temp_dir.hpp"

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace agentd::test {

inline audit::Draft some_draft(const core::Clock& clock, std::int64_t number) {
    return audit::draft(clock.now(), "observation.opened", "unit:nginx.service",
                        core::Json{{"n", number}, {"detail", "caf\u00e9 \"quoted\"\n"}},
                        {.kind = audit::ActorKind::agent, .id = "agentd", .uid = 7});
}

struct LogFixture {
    FixedClock clock{};
    TempDir temp{};
    std::string directory = temp / "log";
    std::uint64_t segment_leaves = audit::default_segment_leaves;

    audit::WriterOptions options(bool accept_loss = false) const {
        return {.layout = {.directory = directory, .segment_leaves = segment_leaves},
                .origin = "agentd/testhost",
                .accept_loss = accept_loss};
    }
    audit::VerifyReport verify(audit::VerifyOptions wanted = {}) const {
        wanted.segment_leaves = segment_leaves;
        return audit::verify_directory(directory, wanted);
    }
    std::vector<audit::Draft> drafts(std::size_t count) {
        std::vector<audit::Draft> out;
        for (std::size_t i = 0; i < count; ++i) {
            out.push_back(some_draft(clock, static_cast<std::int64_t>(i)));
        }
        return out;
    }
    /// log.opened and 29 more, in groups of 1 to 7.
    void write_thirty() {
        audit::Writer writer(options(), clock);
        for (const std::size_t group : {1U, 7U, 2U, 5U, 6U, 4U, 4U}) {
            clock.advance(std::chrono::seconds(1));
            if (!writer.append(drafts(group))) {
                throw std::runtime_error("cannot append");
            }
        }
    }
    std::string segment(std::uint64_t number = 0) const {
        return directory + "/log/" + audit::Layout::segment_name(number);
    }
    static void overwrite(const std::string& path, std::string_view bytes) {
        const core::Fd fd = core::open_file(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        core::write_all(fd.get(), bytes, path);
    }
};

} // namespace agentd::test
