#include "proposals/effects.hpp"
#include "proposals/evidence.hpp"
#include "proposals/proposal.hpp"
#include "proposals/verdict.hpp"

#include "tests/support/catch.hpp"

#include "agentd/core/crypto.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

using namespace agentd;
using namespace agentd::proposals;

namespace {

Effects example() {
    const std::string path = "/nix/store/00000000000000000000000000000000-system";
    return {.from = path + "-1",
            .to = path + "-2",
            .effects = {{.area = "packages",
                         .kind = "package_added",
                         .subject = "htop",
                         .risk = Risk::low,
                         .sentence = "adds htop"},
                        {.area = "network",
                         .kind = "port_opened",
                         .subject = "tcp/8080",
                         .before = std::nullopt,
                         .after = "open",
                         .risk = Risk::high,
                         .sentence = "opens TCP port 8080"}},
            .closure = {.paths_added = 2}};
}

} // namespace

TEST_CASE("effects have one text whatever order they were found in, and are read back from it") {
    Effects a = example();
    Effects b = example();
    std::reverse(b.effects.begin(), b.effects.end());
    CHECK(canonical_bytes(a) == canonical_bytes(b));
    CHECK(digest(a) == digest(b));
    sort(a);
    CHECK(*parse_effects(canonical_bytes(b)) == a);
}

TEST_CASE("effects of an unknown kind, out of order or with spare fields are refused") {
    Effects unknown = example();
    unknown.effects[0].kind = "harmless";
    CHECK(parse_effects(canonical_bytes(unknown)).problem().code == "unknown_kind");
    auto json = to_json(example());
    std::swap(json["effects"][0], json["effects"][1]);
    CHECK(effects_from_json(json).problem().code == "bad_order");
    json = to_json(example());
    json["effects"][0]["extra"] = 1;
    CHECK(effects_from_json(json).problem().code == "unknown_field");
    json = to_json(example());
    json["to"] = "/etc";
    CHECK_FALSE(effects_from_json(json).has_value());
}

TEST_CASE("a cut list of effects is never low risk") {
    CHECK(max_risk(example()) == Risk::high);
    Effects cut = example();
    cut.effects.pop_back();
    cut.truncated = true;
    CHECK(max_risk(cut) == Risk::high);
}

TEST_CASE("effects with bytes that are not UTF-8 still have a text") {
    Effects odd = example();
    odd.effects[0].subject = "\xff";
    CHECK(parse_effects(canonical_bytes(odd)).has_value());
}

TEST_CASE("every known kind stands once in the table") {
    for (const KnownKind& known : known_kinds()) {
        CHECK(find_kind(known.area, known.kind) == &known);
    }
}

TEST_CASE("evidence, verdict and draft are read back as they were written") {
    const auto digest_hex = core::sha256("x");
    const Evidence evidence{.level = EvidenceLevel::build,
                            .status = EvidenceStatus::timed_out,
                            .started = core::Instant{std::chrono::seconds(5)},
                            .duration = std::chrono::milliseconds(7),
                            .summary = "s",
                            .log_blob = digest_hex};
    CHECK(*evidence_from_json(to_json(evidence)) == evidence);
    const Verdict verdict{.level = Level::automatic,
                          .presence = PresenceMethod::ssh,
                          .reasons = {{.rule = "r",
                                       .effect = ReasonEffect::cap,
                                       .level = Level::approve,
                                       .why = "w",
                                       .because = "b"},
                                      {.rule = "d"}},
                          .would_change = {"x"},
                          .policy_sha256 = digest_hex.hex()};
    CHECK(*verdict_from_json(to_json(verdict)) == verdict);
    CHECK(to_json(verdict)["level"] == "auto");
    Draft draft{.number = 1,
                .host = "web",
                .title = "t",
                .proposer = {.id = "root", .kind = "human"},
                .source = Source::operations,
                .goal = "g",
                .revision = Change{.operations =
                                       std::vector{plan::Wish{.kind = plan::WishKind::unset_option,
                                                              .option = *OptionPath::parse("a.b")}},
                                   .base_commit = std::string(40, 'a'),
                                   .base_branch = "main",
                                   .candidate_commit = std::string(40, 'b'),
                                   .candidate_tree = digest_hex.hex(),
                                   .files = {{.path = "a",
                                              .change = ChangeKind::added,
                                              .flags = {{Flag::mode_change, Flag::secrets}}}}}};
    CHECK(*draft_from_json(to_json(draft)) == draft);
    const auto revision = revision_digest(draft);
    draft.title = "other words";
    CHECK(revision_digest(draft) == revision);
    draft.host = "db";
    CHECK(revision_digest(draft) != revision);
    auto spare = to_json(verdict);
    spare["presence"] = "break_glass";
    CHECK_FALSE(verdict_from_json(spare).has_value());
}
