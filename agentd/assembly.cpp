#include "agentd/assembly.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/log.hpp"
#include "agentd/machine/options.hpp"
#include "agentd/programs.hpp"
#include "evaluator/isolation.hpp"
#include "evaluator/nix_probe.hpp"

#include <nlohmann/json.hpp>

#include <condition_variable>
#include <grp.h>
#include <pthread.h>
#include <pwd.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace agentd {

namespace {

using core::Failure;
using core::FailureKind;

evaluator::NixSettings nix_settings(const Config& config) {
    evaluator::NixSettings settings;
    settings.scratch = config.state.directory + "/nix-scratch";
    settings.confine = program_path(config.programs.confine, "agentd-confine");
    settings.evaluation_deadline = config.nix.evaluation;
    settings.build_deadline = config.nix.build;
    settings.evaluation_memory = static_cast<std::uint64_t>(config.nix.memory_mb) << 20;
    settings.build_log = static_cast<std::size_t>(config.nix.log_kb) << 10;
    settings.store = config.nix.daemon.empty() ? "" : "unix://" + config.nix.daemon;
    settings.fetch = config.nix.fetch;
    settings.origins = config.flake.origins;
    settings.fetch_deadline = config.nix.fetch_time;
    settings.fetch_bytes = static_cast<std::uint64_t>(config.nix.fetch_mb) << 20;
    if (config.machine.kind == MachineKind::demo) {
        settings.machine_settings = config.machine.root + "/root/run/current-system/etc/nix";
    }
    if (::geteuid() != 0) {
        // Not every kernel lets others than root make an empty network; the Nix daemon still builds
        // in one of its own.
        settings.isolation = sandbox::Need::best_effort;
    }
    return settings;
}

/// Nothing is evaluated or built by a Nix that does not do what it is told.
evaluator::Nix forced_nix(const Config& config) {
    evaluator::Nix nix(
        evaluator::NixInstallation({.nix = config.nix.nix, .nix_store = config.nix.nix_store}),
        nix_settings(config));
    for (const auto purpose : {evaluator::NixPurpose::evaluate, evaluator::NixPurpose::build}) {
        if (const auto taken = evaluator::read_back(nix, purpose); !taken) {
            const auto& problem = taken.problem();
            throw Failure(FailureKind::misconfigured, problem.message + ". " + problem.hint,
                          problem.where);
        }
    }
    return nix;
}

std::optional<std::uint32_t> group_id(const std::string& name) {
    if (name.empty()) {
        return std::nullopt;
    }
    const ::group* found = ::getgrnam(name.c_str());
    if (found == nullptr) {
        throw Failure(FailureKind::misconfigured, "there is no group `" + name + "`",
                      "agentd.toml: sockets.admin_group");
    }
    return found->gr_gid;
}

std::uint32_t user_id(const std::string& name) {
    const ::passwd* found = ::getpwnam(name.c_str());
    if (found == nullptr) {
        throw Failure(FailureKind::misconfigured, "there is no user `" + name + "`",
                      "agentd.toml: web.proxy_user");
    }
    return found->pw_uid;
}

web::ServerOptions server_options(const Config& config) {
    return {.admin_socket = config.sockets.admin,
            .admin_group = group_id(config.sockets.admin_group),
            .http = config.web.enable,
            .address = config.web.address,
            .port = config.web.port,
            .tls_certificate = config.web.tls_certificate,
            .tls_key = config.web.tls_key,
            .proxy_socket = config.web.enable ? config.web.proxy_socket : "",
            .proxy_uid = config.web.proxy_socket.empty() ? 0 : user_id(config.web.proxy_user),
            .identity_header = config.web.proxy_header,
            .router = {
                .guard = {.origins = config.web.origins},
                .entrance = {.host = config.host.str(), .separation = config.programs.separation}}};
}

/// Where proposals are rehearsed, if they are.
rehearsal::Theatre theatre_of(const Config& config) {
    return {.socket = config.rehearse.socket,
            .program = config.rehearse.enable && config.rehearse.socket.empty()
                           ? program_path(config.programs.rehearse, "agentd-rehearse")
                           : "",
            .lent = config.rehearse.lend,
            .patience = config.rehearse.patience};
}

/// Without room the rows cannot even be read; the database would only speak of an I/O error.
void need_room(const std::string& folder) {
    constexpr std::uint64_t least = 512U << 10;
    struct statvfs now {};
    const bool known = ::statvfs(folder.c_str(), &now) == 0;
    const std::uint64_t blocks = ::geteuid() == 0 ? now.f_bfree : now.f_bavail;
    if (known && blocks * now.f_frsize < least) {
        throw Failure(FailureKind::unavailable,
                      "the disk is full: agentd needs 512 KiB for its rows and has " +
                          std::to_string((blocks * now.f_frsize) >> 10U) +
                          " KiB. Make room (journalctl --vacuum-size=100M, nix-collect-garbage), "
                          "then: systemctl restart agentd",
                      folder);
    }
}

/// The state directory is ours alone, and made before anything is kept in it.
const Config& prepared(const Config& config) {
    core::make_directories(config.state.directory, 0700);
    need_room(config.state.directory);
    core::make_directories(config.state.directory + "/gcroots", 0700);
    return config;
}

} // namespace

Assembly::Assembly(Config config)
    : config_(std::move(config)), blobs_(prepared(config_).state.directory + "/blobs"),
      projection_(config_.state.directory + "/projection.db"), nix_(forced_nix(config_)),
      indexes_(nix_, config_.state.directory + "/indexes"),
      ledger_(config_.audit.socket, projection_, events_, clock_), pipeline_(surroundings()),
      watch_(surroundings(), pipeline_), api_(surroundings(), pipeline_, watch_, desks_),
      server_(server_options(config_), api_, events_, clock_) {}

Assembly::~Assembly() {
    // All are asked to end before one is waited for. The sequencer, which the jobs of all others
    // ask, ends last, and nothing that a job of its own uses is gone before.
    watcher_.request_stop();
    follower_.request_stop();
    watch_.stop();
    desks_.stop();
    tests_.stop();
    applies_.stop();
    for (std::jthread* thread : {&watcher_, &follower_}) {
        if (thread->joinable()) {
            thread->join();
        }
    }
    sequencer_.stop();
}

pipeline::Surroundings Assembly::surroundings() {
    return {.config = config_,
            .clock = clock_,
            .blobs = blobs_,
            .nix = nix_,
            .indexes = indexes_,
            .machine = machine::options_from(config_),
            .worker = {.program = program_path(config_.programs.analyze, "agentd-analyze"),
                       .scratch = config_.state.directory + "/analyze"},
            .theatre = theatre_of(config_),
            .events = events_,
            .ledger = ledger_,
            .sequencer = sequencer_,
            .tests = tests_,
            .applies = applies_};
}

void Assembly::run(const std::stop_token& stop) {
    if (::geteuid() != 0 && !evaluator::isolation_of(nix_, stop).network) {
        core::log(core::Level::warning, "evaluation runs without a network namespace of its own: "
                                        "this kernel lets only root make one");
    }
    if (::geteuid() != 0) {
        core::log(core::Level::warning, "what states the hash of its output beforehand is built "
                                        "with the network: only root's builds have none");
    }
    sequencer_.ask([&] {
        ledger_.catch_up();
        ledger_.record("daemon.started", "host:" + config_.host.str(),
                       {{"program", "agentd"}, {"version", AGENTD_VERSION}},
                       {.kind = audit::ActorKind::system, .id = "agentd"});
    });
    pipeline_.recover(stop);
    follower_ = std::jthread([this](const std::stop_token& own) { follow(own); });
    watcher_ = std::jthread([this](const std::stop_token& own) { watch(own); });
    const std::stop_callback stopper(stop, [this] { server_.stop(); });
    server_.run();
    watcher_.request_stop();
    follower_.request_stop();
}

void Assembly::watch(const std::stop_token& stop) {
    ::pthread_setname_np(::pthread_self(), "watch");
    watch_.run(stop);
}

/// What the helper writes to the log reaches rows and page at once, not at the next question.
void Assembly::follow(const std::stop_token& stop) {
    ::pthread_setname_np(::pthread_self(), "follow");
    std::mutex mutex;
    std::condition_variable_any sleeper;
    while (!stop.stop_requested()) {
        try {
            audit::Client client(config_.audit.socket);
            const auto from = sequencer_.ask([&] { return ledger_.queries().next_index(); });
            const auto head = client.head(); // throws while the writer is away
            watch_.log_is_followed(head.has_value());
            const auto done = client.follow(
                from,
                [&](std::uint64_t index, std::string_view) {
                    return sequencer_.post([this, index](const std::stop_token&) {
                        if (ledger_.queries().next_index() <= index) {
                            ledger_.catch_up();
                            watch_.poke(observers::Topic::log); // somebody else wrote it
                        }
                    });
                },
                stop);
            (void)done;
            watch_.log_is_followed(stop.stop_requested());
        } catch (const std::exception& error) {
            if (watch_.log_is_followed(false)) {
                core::log(core::Level::warning,
                          std::string("the log cannot be followed: ") + error.what());
            }
        }
        std::unique_lock lock(mutex);
        sleeper.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
    }
}

} // namespace agentd
