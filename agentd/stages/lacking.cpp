#include "agentd/stages/lacking.hpp"

#include "agentd/core/text.hpp"

#include <fmt/format.h>

namespace agentd::stages {

namespace {

std::string who_built(const evaluator::Builder& builder) {
    return builder.daemon.empty()
               ? ""
               : (builder.machine ? "built by the machine's Nix daemon"
                                  : "built by agentd's own Nix daemon") +
                     (builder.version ? fmt::format(", {}.{}.{}", builder.version->major,
                                                    builder.version->minor, builder.version->patch)
                                      : std::string(", which does not tell its version"));
}

} // namespace

std::string amount(std::uint64_t bytes) {
    return bytes >> 20 == 0 ? fmt::format("{} KiB", (bytes + 1023) >> 10)
                            : fmt::format("{:.1f} MiB", static_cast<double>(bytes) / 1048576);
}

std::string many(std::size_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

Lacking::Lacking(evaluator::Fetched fetched, const evaluator::Builder& builder)
    : log(std::move(fetched.log.text)), nix(fetched.nix_time) {
    std::string from;
    for (const auto& each : fetched.caches) {
        from += fmt::format("{}{} ({}) from {}", from.empty() ? "fetched " : ", ",
                            many(each.paths, "path"), amount(each.bytes),
                            each.cache.empty() ? "the machine's caches" : each.cache);
    }
    before = from.empty() ? "" : from + ", ";
    if (!fetched.silent.empty()) {
        after = "; no answer from " + core::join(fetched.silent, ", ");
    }
    if (const auto who = who_built(builder); !who.empty()) {
        log += who + "\n";
    }
    if (!builder.open.empty()) {
        after += "; less shut in than agentd would: " + core::join(builder.open, ", ");
    }
}

} // namespace agentd::stages
