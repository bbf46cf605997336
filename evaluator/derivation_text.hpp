/// @file
/// A derivation as its file in the store has it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator {

struct DerivationText {
    static constexpr std::size_t most_bytes = 16U << 20;

    struct Output {
        std::string name{};
        std::string path{}; ///< "" where it is only known once it was built
        std::string rest{}; ///< what its content is said to be
    };
    struct Input {
        std::string path{}; ///< of another derivation
        std::vector<std::string> outputs{};
    };
    std::vector<Output> outputs{};
    std::vector<Input> inputs{};
    std::vector<std::string> sources{};
    std::vector<std::string> texts{}; ///< system, builder, arguments and environment, in order

    /// `Derive(…)`, as Nix writes it; nullopt for anything else (dynamic derivations among it).
    static std::optional<DerivationText> parse(std::string_view text);
};

} // namespace agentd::evaluator
