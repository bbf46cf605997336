// A flake.nix and a flake.lock (a line of ===== between them) as a change of the corpus's flake.
#include "tests/fuzz/fuzz.hpp"

#include "agentd/core/fd.hpp"
#include "proposals/flake/check.hpp"
#include "proposals/flake/flake_text.hpp"
#include "proposals/flake/lock_text.hpp"

using namespace agentd;
using namespace agentd::proposals;

namespace {

struct Base {
    std::string nix = core::read_file(AGENTD_CORPUS "/flake/base/flake.nix");
    std::string lock = core::read_file(AGENTD_CORPUS "/flake/base/flake.lock");
};

void hold_declared(const flake::DeclaredInput& input) {
    if (input.place.empty()) {
        return;
    }
    fuzz::hold(flake::same_place(input.place, input.place), "a place is the same as itself");
    static_cast<void>(flake::as_text(input.place));
    static_cast<void>(flake::why_not(input.place));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Base base;
    const auto texts = fuzz::texts_of(fuzz::view_of(data, size));
    const flake::FlakeFiles was{.nix = base.nix, .lock = base.lock};
    const flake::FlakeFiles now{.nix = texts[0],
                                .lock = texts.size() > 1 ? texts[1] : std::string_view(base.lock)};
    fuzz::hold_refusal(flake::check_flake(was, now));
    fuzz::hold_refusal(flake::check_flake(now, was));
    fuzz::hold_refusal(flake::check_flake({}, now));
    const auto read = flake::read_flake(now.nix, "flake.nix");
    fuzz::hold(read.problems.size() <= flake::FlakeText::most_problems, "problems are bounded");
    for (const auto& problem : read.problems) {
        fuzz::hold(!problem.code.empty() && !problem.message.empty(), "a problem says what it is");
    }
    for (const auto& [name, input] : read.inputs) {
        hold_declared(input);
    }
    const auto lock = flake::read_lock(now.lock, "flake.lock");
    fuzz::hold_refusal(lock);
    fuzz::hold(!lock || flake::node_at(*lock, {}) != nullptr, "a lock has its root");
    return 0;
}
