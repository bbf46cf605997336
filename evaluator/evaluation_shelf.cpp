#include "evaluator/evaluation_shelf.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/digest.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/json.hpp"
#include "agentd/core/keep_newest.hpp"
#include "agentd/core/log.hpp"
#include "evaluator/evaluation_shelf_codec.hpp"
#include "evaluator/nix_scripts.hpp"
#include "evaluator/option_answer.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sys/utsname.h>

namespace agentd::evaluator {
namespace {

constexpr std::size_t longest_entry = 32U << 20;
constexpr std::string_view schema = "agentd.evaluated/1";

std::string machine() {
    struct utsname names {};
    return ::uname(&names) == 0 ? names.machine : "";
}

std::string file_of(const std::string& directory, const std::string& key) {
    return directory + "/" + core::sha256(key).hex() + ".json";
}

/// The body of an entry that is whole and was made for this key.
std::optional<std::string> body_of(const std::string& text, const std::string& key) {
    const auto value = core::parse_json(text, {.bytes = longest_entry});
    if (!value) {
        return std::nullopt;
    }
    core::ObjectReader in(*value, "entry");
    in.one_of("schema", {schema});
    const bool ours = in.text("key") == key;
    const auto digest = core::Digest::parse(in.text("sha256", 64));
    auto body = in.text("body", longest_entry);
    return in.finish() && ours && digest && *digest == core::sha256(body)
               ? std::optional(std::move(body))
               : std::nullopt;
}

} // namespace

std::optional<OptionValues> KnownEvaluation::options_for(const OptionWords& wanted) const {
    if (wanted == words) {
        return evaluated.options;
    }
    const bool covered = std::includes(words.begin(), words.end(), wanted.begin(), wanted.end());
    if (!covered || !evaluated.options || is_full(*evaluated.options)) {
        return std::nullopt;
    }
    return restrict_options(*evaluated.options, wanted);
}

EvaluationShelf::EvaluationShelf(const Nix& nix, std::string directory)
    : directory_(std::move(directory)),
      environment_(core::canonical(
          {{"nix", nix.installation().version().text},
           {"machine", machine()},
           {"scripts", core::sha256(std::string(evaluate_script) + std::string(options_script) +
                                    std::string(host_script) + std::string(declared_script))
                           .hex()}})) {
    core::make_directories(directory_, 0700);
}

std::string EvaluationShelf::key(const FlakeSource& source, const core::HostName& host,
                                 std::string_view kind) const {
    // The commit names the whole tree, its lock file too, and what a flake may know of its history.
    return std::string(kind) + " " + source.commit.str() + " " + host.str() + " " + environment_;
}

std::optional<std::string> EvaluationShelf::read(const std::string& key) const try {
    const std::string file = file_of(directory_, key);
    const auto text = core::read_file_if_exists(file, longest_entry);
    if (!text) {
        return std::nullopt;
    }
    auto body = body_of(*text, key);
    if (!body) {
        core::log(core::Level::warning, "a kept evaluation is not what it should be, and is "
                                        "evaluated again: " +
                                            file);
        std::error_code ignored;
        std::filesystem::remove(file, ignored);
    } else {
        core::renew(file);
    }
    return body;
} catch (const core::Failure& failure) {
    core::log(core::Level::warning,
              std::string("a kept evaluation cannot be read: ") + failure.what());
    return std::nullopt;
}

void EvaluationShelf::write(const std::string& key, const std::string& body) try {
    core::write_file_durably(file_of(directory_, key),
                             core::canonical({{"schema", schema},
                                              {"key", key},
                                              {"sha256", core::sha256(body).hex()},
                                              {"body", body}}),
                             0600);
    core::keep_newest(directory_, "", most_entries);
} catch (const core::Failure& failure) { // it costs the next one an evaluation
    core::log(core::Level::warning, std::string("an evaluation cannot be kept: ") + failure.what());
}

std::optional<KnownEvaluation> EvaluationShelf::find(const FlakeSource& source,
                                                     const core::HostName& host) const {
    const auto body = read(key(source, host, "evaluation"));
    return body ? read_known(*body) : std::nullopt;
}

void EvaluationShelf::keep(const FlakeSource& source, const core::HostName& host,
                           const KnownEvaluation& known) {
    write(key(source, host, "evaluation"), write_known(known));
}

std::optional<core::StorePath> EvaluationShelf::find_derivation(const FlakeSource& source,
                                                                const core::HostName& host) const {
    const auto body = read(key(source, host, "derivation"));
    return body ? core::StorePath::parse(*body) : std::nullopt;
}

void EvaluationShelf::keep_derivation(const FlakeSource& source, const core::HostName& host,
                                      const core::StorePath& drv) {
    write(key(source, host, "derivation"), drv.str());
}

} // namespace agentd::evaluator
