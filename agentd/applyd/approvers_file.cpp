#include "agentd/applyd/approvers_file.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "proposals/approvers.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace agentd::applyd {

namespace {

using namespace std::chrono;

constexpr const char* marker = "# paired: lines below are kept; take one out to revoke it\n";
constexpr std::size_t longest = 256U << 10;

core::Fd lock_of(const std::string& path) {
    const auto patience = steady_clock::now() + seconds(10);
    for (;;) {
        if (auto lock = core::try_lock_file(path + ".lock")) {
            return std::move(*lock);
        }
        if (steady_clock::now() >= patience) {
            throw core::Failure(core::FailureKind::busy, "somebody else writes it", path);
        }
        std::this_thread::sleep_for(milliseconds(20));
    }
}

std::string whole_lines(std::string text) {
    if (!text.empty() && text.back() != '\n') {
        text += '\n';
    }
    return text;
}

} // namespace

void ApproversFile::declare(const std::string& text) {
    const core::Fd lock = lock_of(path_);
    std::string paired =
        whole_lines(core::read_file_if_exists(path_, longest).value_or(std::string()));
    if (const auto at = ("\n" + paired).find(std::string("\n") + marker); at != std::string::npos) {
        paired.erase(0, at + std::string_view(marker).size());
    }
    core::write_file_durably(path_, whole_lines(text) + marker + paired, 0644);
}

void ApproversFile::add(const std::string& key_id, const std::string& line) {
    const core::Fd lock = lock_of(path_);
    const std::string text =
        whole_lines(core::read_file_if_exists(path_, longest).value_or(std::string()));
    const auto known = proposals::parse_approvers(text).approvers;
    if (std::none_of(known.begin(), known.end(),
                     [&](const auto& approver) { return approver.key_id == key_id; })) {
        core::write_file_durably(path_, text + line + "\n", 0644);
    }
}

} // namespace agentd::applyd
