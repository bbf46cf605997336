#include "proposals/proposer.hpp"

#include "proposals/names.hpp"

#include "agentd/core/digest.hpp"

#include <nlohmann/json.hpp>

namespace agentd::proposals {

namespace {
constexpr Names<Via, 5> via_names{"unknown", "terminal", "socket", "page", "program"};
}

std::string_view to_string(Via via) noexcept {
    return name_of(via_names, via);
}

core::Json to_json(const Proposer& proposer) {
    return {{"id", proposer.id},
            {"kind", proposer.kind},
            {"via", to_string(proposer.via)},
            {"binding", proposer.binding ? core::Json(*proposer.binding) : core::Json()}};
}

core::Result<Proposer> proposer_from_json(const core::Json& value) {
    core::ObjectReader in(value, "proposer");
    Proposer proposer{.id = in.text("id", 128),
                      .kind = in.one_of("kind", {"human", "agent", "system", "planner"})};
    if (in.has("via")) {
        proposer.via = value_of(via_names, in.one_of("via", {"unknown", "terminal", "socket",
                                                             "page", "program"}))
                           .value_or(Via::unknown);
    }
    proposer.binding = in.optional_text("binding", 64);
    if (proposer.binding && !core::Digest::parse(*proposer.binding)) {
        in.refuse("binding", "is not a SHA-256");
    }
    if (auto done = in.finish(); !done) {
        return done.problem();
    }
    return proposer;
}

} // namespace agentd::proposals
