#include "agentd/applyd/brake.hpp"
#include "agentd/applyd/last_good.hpp"
#include "agentd/applyd/verifier.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/machine/options.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fixed_clock.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <type_traits>
#include <unistd.h>

using namespace agentd;
using applyd::Verifier;
using proposals::PresenceMethod;
using proposals::Statement;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

const std::string old_system = "/nix/store/00000000000000000000000000000000-nixos-system-web";
const std::string new_system = "/nix/store/11111111111111111111111111111111-nixos-system-web";
const std::string third_system = "/nix/store/22222222222222222222222222222222-nixos-system-web";

/// A machine made of links, and a verifier that looks at it.
struct Desk {
    test::TempDir dir;
    test::FixedClock clock;
    Config config = configured();
    applyd::Journal journal{dir / "apply"};
    evaluator::Nix nix{evaluator::NixInstallation(evaluator::NixPrograms{}), settings()};
    machine::Machine machine{machine::options_from(config)};
    applyd::Announcements announced{dir / "apply", clock, "boot"};
    Verifier verifier{config, clock, journal, nix, machine, announced, {}};
    core::Peer peer{.uid = 1000};

    evaluator::NixSettings settings() const {
        evaluator::NixSettings out;
        out.scratch = dir / "scratch";
        return out;
    }
    Config configured() {
        const std::string root = dir / "root";
        core::make_directories(root + "/run");
        core::make_directories(root + "/etc");
        core::make_directories(root + "/profiles");
        core::write_file_durably(root + "/etc/machine-id", std::string(32, 'a') + "\n");
        points("/run/current-system", old_system);
        points("/profiles/system", old_system);
        core::write_file_durably(dir / "approvers", "", 0644);
        core::write_file_durably(dir / "policy.toml", "", 0644);
        Config out{.host = *core::HostName::parse("web")};
        out.machine = {.kind = MachineKind::demo, .root = dir.path()};
        out.apply.profile = "/profiles/system";
        out.apply.approvers = dir / "approvers";
        out.policy.file = dir / "policy.toml";
        return out;
    }
    void points(const std::string& link, const std::string& target) {
        std::filesystem::remove(dir / ("root" + link));
        std::filesystem::create_symlink(target, dir / ("root" + link));
    }
    Statement good() const {
        const std::string digest(64, 'a');
        const std::string hash = "sha256:" + std::string(52, '0');
        return {.proposal = "01ARZ3NDEKTSV4RRFFQ69G5FAV",
                .revision = digest,
                .author = {.id = "alice", .kind = "human", .via = proposals::Via::terminal},
                .base_commit = std::string(40, '0'),
                .candidate_commit = std::string(40, '1'),
                .base_tree_sha256 = digest,
                .candidate_tree_sha256 = digest,
                .host = "web",
                .machine_id = std::string(32, 'a'),
                .from = {.path = old_system, .nar_hash = hash},
                .drv = new_system + ".drv",
                .toplevel = new_system,
                .toplevel_nar_hash = hash,
                .closure_manifest_sha256 = digest,
                .effects_sha256 = digest,
                .page_sha256 = digest,
                .policy_sha256 = digest,
                .required_level = proposals::Level::automatic,
                .told = {.source = "words"},
                .mode = proposals::Mode::switch_,
                .not_before = clock.now() - minutes(1),
                .expires = clock.now() + minutes(30),
                .nonce = std::string(64, '7')};
    }
    Statement going_back() const {
        Statement out = without_commit();
        out.mode = proposals::Mode::rollback;
        out.rollback_to = out.toplevel;
        return out;
    }
    Statement acting(const proposals::Act& act) const {
        Statement out = without_commit();
        out.mode = proposals::Mode::act;
        out.act = proposals::canonical_bytes(act);
        out.toplevel.reset();
        out.toplevel_nar_hash.reset();
        out.closure_manifest_sha256.reset();
        return out;
    }
    Statement without_commit() const {
        Statement out = good();
        out.base_commit.reset();
        out.candidate_commit.reset();
        out.base_tree_sha256.reset();
        out.candidate_tree_sha256.reset();
        out.drv.reset();
        return out;
    }
    std::string code(const Statement& statement,
                     const std::optional<proposals::Presence>& presence = std::nullopt) {
        const auto verified = verifier.verify(
            proposals::canonical_bytes(statement),
            presence ? applyd::Presences{*presence} : applyd::Presences{}, peer, {});
        return verified ? "" : verified.problem().code;
    }
};

} // namespace

TEST_CASE("a statement is refused for the first reason there is, in the order that is promised") {
    Desk desk;
    Statement bad = desk.good();
    bad.host = "db";
    bad.machine_id = std::string(32, 'b');
    bad.not_before = desk.clock.now() + minutes(1);
    bad.expires = desk.clock.now() + hours(100);
    bad.required_level = proposals::Level::approve;
    bad.from.path = third_system;
    (void)desk.journal.spend(bad.nonce, desk.clock.now(), desk.clock.now());
    core::write_file_durably(desk.journal.directory() + "/frozen", "");
    CHECK(desk.code(bad) == "wrong_host");
    bad.host = "web";
    CHECK(desk.code(bad) == "wrong_machine");
    bad.machine_id = std::string(32, 'a');
    CHECK(desk.code(bad) == "not_yet");
    bad.not_before = desk.clock.now();
    CHECK(desk.code(bad) == "expired"); // valid for longer than any statement may be
    bad.expires = desk.clock.now() + minutes(30);
    CHECK(desk.code(bad) == "used");
    bad.nonce = std::string(64, '8');
    CHECK(desk.code(bad) == "frozen");
    std::filesystem::remove(desk.journal.directory() + "/frozen");
    CHECK(desk.code(bad) == "presence"); // nobody signed, and it does not claim to need nobody
    bad.required_level = proposals::Level::automatic;
    CHECK(desk.code(bad) == "from_mismatch");
    bad.from.path = old_system;
    CHECK(desk.code(bad) == "not_a_toplevel");
}

TEST_CASE("a statement ends at its time, to the microsecond") {
    Desk desk;
    Statement statement = desk.good();
    statement.expires = desk.clock.now();
    CHECK(desk.code(statement) == "expired");
    statement.expires = desk.clock.now() + std::chrono::microseconds(1);
    CHECK(desk.code(statement) == "not_a_toplevel");
}

TEST_CASE("bytes that are no canonical statement are refused before anything is looked at") {
    Desk desk;
    const std::string bytes = proposals::canonical_bytes(desk.good());
    for (const std::string& text : {std::string(), bytes + " ", bytes + "\n", bytes.substr(1),
                                    std::string(1U << 20, '{'), "[" + bytes + "]"}) {
        CHECK_FALSE(desk.verifier.verify(text, {}, desk.peer, {}));
    }
}

TEST_CASE("after root broke the glass nothing happens for a week that nobody signed") {
    Desk desk;
    core::make_directories(desk.dir / "apply");
    applyd::Brake(desk.dir / "apply").broke_glass(desk.clock.now());
    Statement statement = desk.good();
    for (const auto level : {proposals::Level::veto, proposals::Level::automatic}) {
        statement.required_level = level;
        CHECK(desk.code(statement) == "glass_broken");
    }
    desk.clock.advance(hours(7 * 24));
    statement.not_before += hours(7 * 24);
    statement.expires += hours(7 * 24);
    CHECK(desk.code(statement) == "not_a_toplevel");
    core::write_file_durably(desk.dir / "apply/glass_broken", "once");
    CHECK(desk.code(statement) == "glass_broken"); // nobody knows when it was
}

TEST_CASE("only root itself breaks the glass") {
    Desk desk;
    const proposals::Presence glass{.method = PresenceMethod::break_glass};
    CHECK(desk.code(desk.good(), glass) == "presence");
    desk.peer.uid = 0;
    CHECK(desk.code(desk.good(), glass) == "not_a_toplevel");
    Statement kept = desk.good();
    kept.expires = desk.clock.now() + hours(2);
    CHECK(desk.code(kept, glass) == "expired");
}

TEST_CASE("without a signature nothing lasts that the next boot would not take anyway") {
    Desk desk;
    desk.points("/profiles/system", third_system); // what runs is on trial
    Statement statement = desk.good();
    CHECK(desk.code(statement) == "presence");
    statement.mode = proposals::Mode::boot;
    CHECK(desk.code(statement) == "presence");
    statement.mode = proposals::Mode::test;
    CHECK(desk.code(statement) == "not_a_toplevel");
    std::filesystem::remove(desk.dir / "root/profiles/system");
    statement.mode = proposals::Mode::boot;
    CHECK(desk.code(statement) == "presence");
}

TEST_CASE("an approvers file that others may write, or in a folder that others may write, is not "
          "believed") {
    Desk desk;
    const proposals::Presence signed_by{.method = PresenceMethod::ssh,
                                        .key_id = "SHA256:x",
                                        .signature = "x",
                                        .signed_digest = std::string(64, 'a')};
    const auto file = desk.config.apply.approvers;
    CHECK(desk.code(desk.good(), signed_by) != "not_a_toplevel");
    using std::filesystem::perms;
    std::filesystem::permissions(file, perms(0666));
    CHECK_THROWS_AS(desk.code(desk.good(), signed_by), core::Failure);
    std::filesystem::permissions(file, perms(0644));
    std::filesystem::permissions(desk.dir.path(), perms(0777));
    CHECK_THROWS_AS(desk.code(desk.good(), signed_by), core::Failure);
    std::filesystem::permissions(desk.dir.path(), perms(0755));
    // As NixOS does in /etc: a link that root made, to a file that root owns.
    std::filesystem::rename(file, desk.dir / "static");
    std::filesystem::create_symlink(desk.dir / "static", file);
    CHECK_NOTHROW(desk.code(desk.good(), signed_by));
}

TEST_CASE(
    "a rollback goes to a generation of this machine or to what was healthy on it, nowhere else") {
    Desk desk;
    const Statement statement = desk.going_back();
    CHECK(desk.code(statement) == "not_ours");
    desk.points("/profiles/system-3-link", new_system);
    CHECK(desk.code(statement) == "not_a_toplevel"); // it is ours, and not there
    std::filesystem::remove(desk.dir / "root/profiles/system-3-link");
    CHECK(desk.code(statement) == "not_ours");
    applyd::LastGood(desk.journal.directory()).remember(*core::StorePath::parse(new_system));
    CHECK(desk.code(statement) == "not_a_toplevel");
}

TEST_CASE("a rollback needs what every statement needs: unsigned it does not outlast a trial") {
    Desk desk;
    applyd::LastGood(desk.journal.directory()).remember(*core::StorePath::parse(new_system));
    Statement statement = desk.going_back();
    desk.points("/profiles/system", third_system);
    CHECK(desk.code(statement) == "presence");
    statement.from.path = third_system;
    CHECK(desk.code(statement) == "from_mismatch");
    statement.host = "db";
    CHECK(desk.code(statement) == "wrong_host");
}

TEST_CASE("an act that is never done is not done for root breaking the glass either") {
    Desk desk;
    desk.peer.uid = 0;
    const proposals::Presence glass{.method = PresenceMethod::break_glass};
    const auto act = [&](const char* unit) {
        return desk.acting(proposals::Act(proposals::RestartUnit{*core::UnitName::parse(unit)}));
    };
    CHECK(desk.code(act("agentd-auditd.service"), glass) == "denied");
    CHECK(desk.code(act("dbus.socket")) == "denied");
    const auto code =
        desk.code(act("nginx.service"), glass); // the system that runs is not in a store
    CHECK(code != "denied");
    CHECK(code != "");
    auto elsewhere = act("nginx.service");
    elsewhere.from.path = third_system;
    CHECK(desk.code(elsewhere, glass) == "from_mismatch");
}

TEST_CASE("nobody but the verifier makes a verified statement") {
    STATIC_REQUIRE_FALSE(std::is_default_constructible_v<applyd::VerifiedStatement>);
    STATIC_REQUIRE_FALSE(std::is_constructible_v<applyd::VerifiedStatement, Statement>);
    STATIC_REQUIRE_FALSE(
        std::is_constructible_v<applyd::VerifiedStatement, Statement, std::string, core::StorePath,
                                core::StorePath, proposals::Effects, std::string>);
}
