#include "agentd/fetching/inside.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/fetching/own_network.hpp"
#include "evaluator/source_giver.hpp"
#include "evaluator/store_info.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace agentd::fetching {

namespace {

using core::Json;
using core::Problem;

constexpr const char* certificates = "/etc/ssl/certs/ca-certificates.crt";

evaluator::Nix own_nix(std::chrono::seconds seconds, std::uint64_t bytes, const Inside& inside) {
    evaluator::NixSettings settings;
    settings.scratch = inside.folder;
    settings.store = inside.folder + "/store";
    settings.isolation = sandbox::Need::unwanted; // what there is of a network is ours
    settings.fetch = true;
    settings.fetch_deadline = seconds;
    settings.fetch_bytes = bytes;
    settings.evaluation_memory = 4ULL << 30;
    return {evaluator::NixInstallation(inside.programs), std::move(settings)};
}

/// A store of its own, and the one way out, for Nix and the git that it starts.
std::map<std::string, std::string> surroundings(const evaluator::Nix& nix) {
    std::map<std::string, std::string> out{
        {"NIX_REMOTE", nix.settings().store}, {"ALL_PROXY", way_out}, {"all_proxy", way_out}};
    if (::access(certificates, R_OK) == 0) {
        for (const char* name : {"NIX_SSL_CERT_FILE", "SSL_CERT_FILE", "GIT_SSL_CAINFO"}) {
            out[name] = certificates;
        }
    }
    return out;
}

void say(int out, const Json& line) {
    core::write_all(out, core::canonical(line) + "\n", "the answer");
}

/// The store is ours; the path in it is what a NAR is made of.
[[noreturn]] void become_dump(const evaluator::Nix& nix, const std::string& path, int out) {
    ::dup2(out, STDOUT_FILENO);
    const std::string program = nix.installation().programs().nix_store;
    const std::string home = "HOME=" + nix.settings().scratch + "/home";
    const std::string conf = "NIX_CONF_DIR=" + nix.settings().scratch + "/conf";
    const std::array<const char*, 4> words{program.c_str(), "--dump", path.c_str(), nullptr};
    const std::array<const char*, 4> environment{home.c_str(), conf.c_str(),
                                                 "NIX_USER_CONF_FILES=", nullptr};
    ::execve(words.front(), const_cast<char**>(words.data()),
             const_cast<char**>(environment.data())); // execve(2) changes none
    ::_exit(127);
}

} // namespace

int fetch_inside(const Question& question, const Inside& inside, int out) {
    const auto nix = own_nix(question.seconds, question.bytes, inside);
    const evaluator::SourceWanted wanted{
        .name = question.name, .source = question.source, .changed = true};
    const auto given = evaluator::own_source_giver(nix, surroundings(nix))
                           ->give(wanted, question.seconds, std::stop_token());
    if (!given) {
        say(out, {{"error", core::to_json(given.problem())}});
        return 0;
    }
    const auto info = evaluator::path_info(nix, question.source.path);
    if (!info) {
        say(out, {{"error", core::to_json(info.problem())}});
        return 0;
    }
    if (info->nar_size > question.bytes) {
        say(out, {{"error", core::to_json(evaluator::source_too_big(wanted, question.bytes))}});
        return 0;
    }
    say(out, {{"result",
               {{"schema", "agentd.fetched/1"},
                {"path", question.source.path.str()},
                {"nar_bytes", info->nar_size}}}});
    become_dump(nix, inside.folder + "/store" + question.source.path.str(), out);
}

int relock_inside(const LockQuestion& question, const Inside& inside, int out) {
    const auto nix = own_nix(question.seconds, question.bytes, inside);
    const auto made = evaluator::own_lock_maker(nix, surroundings(nix))
                          ->make(question.wanted, question.seconds, std::stop_token());
    if (!made) {
        say(out, {{"error", core::to_json(made.problem())}});
        return 0;
    }
    say(out, {{"result", {{"schema", "agentd.relocked/1"}, {"lock_bytes", made->size()}}}});
    core::write_all(out, *made, "the answer");
    return 0;
}

} // namespace agentd::fetching
