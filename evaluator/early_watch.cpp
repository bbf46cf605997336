#include "evaluator/early_watch.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/digest.hpp"
#include "agentd/core/text.hpp"
#include "evaluator/nix_message.hpp"
#include "evaluator/nix_query.hpp"
#include "evaluator/option_answer.hpp"

#include <nlohmann/json.hpp>

namespace agentd::evaluator {
namespace {

constexpr std::size_t most_warnings = 200;
constexpr std::size_t longest_warning = 2048;

std::optional<EarlyFacts> read(std::string_view text) {
    const auto value = core::parse_json(text, {.bytes = 64U << 10, .depth = 48});
    const auto facts =
        value && value->is_object() ? value->find("facts") : core::Json::const_iterator{};
    if (!value || !value->is_object() || facts == value->end()) {
        return std::nullopt;
    }
    EarlyFacts out{.facts_json = core::canonical(*facts), .hosts = host_names(*value)};
    if (const auto options = value->find("options"); options != value->end()) {
        out.options = option_values_of(*options);
    }
    return out;
}

} // namespace

EarlyWatch::EarlyWatch(const EarlyCallback& tell)
    : tell_(tell), nonce_("agentd-" + core::sha256(core::random_bytes(32)).hex()) {}

void EarlyWatch::line(std::string_view line) {
    const bool ours = line.find(nonce_) != std::string_view::npos;
    if (!ours && (seen_ || line.find("warning: ") == std::string_view::npos)) {
        return;
    }
    const auto message = parse_nix_message(line);
    if (!message) {
        return;
    }
    if (!ours) {
        if (auto warning = warning_of(*message); warning && warnings_.size() < most_warnings) {
            warnings_.push_back(core::shorten(in_repository(*warning), longest_warning));
        }
        return;
    }
    const std::string start = "trace: " + nonce_ + " ";
    if (message->action != NixMessage::Action::message || !message->text.starts_with(start)) {
        return;
    }
    if (seen_) {
        past_toplevel_ = true; // the second of the two lines that we write
        return;
    }
    seen_ = true;
    auto facts = read(std::string_view(message->text).substr(start.size()));
    if (facts && tell_) {
        facts->warnings = warnings_;
        tell_(std::move(*facts));
    }
}

} // namespace agentd::evaluator
