#include "agentd/core/fd.hpp"
#include "evaluator/index/make_index.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <nlohmann/json.hpp>

#include <thread>

using namespace agentd;
using core::Json;
using evaluator::OptionIndex;
using evaluator::Standing;

namespace {

Json option(const std::string& path, const Json& type, const std::string& says = "") {
    return {{"p", path}, {"t", type},  {"s", says},  {"v", ""},
            {"x", ""},   {"r", false}, {"h", false}, {"w", {"/nix/store/src/nixos/a.nix"}}};
}

Json hidden(const std::string& path, const std::string& says) {
    Json out = option(path, {{"n", "unspecified"}}, says);
    out["h"] = true;
    return out;
}

const Json text{{"n", "str"}}, truth{{"n", "bool"}};

Json answer() {
    const Json texts{{"n", "attrsOf"}, {"c", {{"elemType", text}}}};
    const Json submodules{{"n", "attrsOf"}, {"c", {{"elemType", {{"n", "submodule"}}}}}};
    Json own = option("my.backup.enable", truth, "Nightly copies.");
    own["w"] = {"/nix/store/flake/modules/backup.nix"};
    Json settings = option("services.web.settings", {{"n", "submodule"}});
    settings["f"] = true;
    return {
        {"root", "/nix/store/flake"},
        {"options",
         {option("networking.hostName", text, "The name of the machine."),
          option("services.openssh.enable", truth, "Whether to enable <literal>sshd</literal>."),
          option("services.openssh.passwordAuthentication", truth, "Passwords are taken."),
          option("services.web.enable", truth), settings,
          option("services.web.settings.port", {{"n", "int"}}), option("users.users", submodules),
          option("users.users.<name>.shell", text), option("svc.\"odd.name\".enable", truth),
          option("svc.dest.<name>.size", truth),
          option("svc.dest", {{"n", "attrsOf"}, {"c", {{"elemType", {{"n", "coercedTo"}}}}}}),
          option("boot.kernel.sysctl", texts), own,
          hidden("time.zone", "Alias of {option}`time.timeZone`."),
          option("time.timeZone", {{"n", "nullOr"}, {"c", {{"elemType", text}}}})}},
        {"packages", {{"ripgrep", "ripgrep", "14.1"}, {"vim", "", ""}, {"vimHugeX", "vim", "9"}}}};
}

struct Made {
    test::TempDir folder;
    std::unique_ptr<OptionIndex> index;
    explicit Made(const Json& from = answer()) {
        evaluator::write_index(from, folder.path() + "/one.db");
        index = OptionIndex::open(folder.path() + "/one.db");
    }
};

Standing standing(const OptionIndex& index, const char* path) {
    return index.look_up(*proposals::OptionPath::parse(path)).standing;
}

std::string first(const std::vector<evaluator::IndexedOption>& found) {
    return found.empty() ? "" : found.front().path;
}

} // namespace

TEST_CASE("a path is an option, a place inside one, a set, or nothing") {
    const Made made;
    REQUIRE(made.index);
    const auto& index = *made.index;
    CHECK(standing(index, "networking.hostName") == Standing::declared);
    CHECK(standing(index, "users.users.alice.shell") == Standing::declared);
    CHECK(standing(index, "users.users.alice") == Standing::a_set);
    CHECK(standing(index, "users.users.alice.shel") == Standing::unknown);
    CHECK(standing(index, "services.openssh") == Standing::a_set);
    CHECK(standing(index, "services.ngnix.enable") == Standing::unknown);
    CHECK(standing(index, "boot.kernel.sysctl.\"vm.swappiness\"") == Standing::within);
    CHECK(index.look_up(*proposals::OptionPath::parse("boot.kernel.sysctl.x")).type.name == "str");
    CHECK(standing(index, "boot.kernel.sysctl.x.y") == Standing::unknown);
    CHECK(standing(index, "services.web.settings.port") == Standing::declared);
    CHECK(standing(index, "services.web.settings.other") == Standing::unchecked);
    CHECK(standing(index, "svc.\"odd.name\".enable") == Standing::declared);
    CHECK(standing(index, "svc.odd.name.enable") == Standing::unknown);
    CHECK(standing(index, "services.\"web.enable\"") == Standing::unknown);
    CHECK(standing(index, "svc.dest.x") == Standing::within); // a text may stand for the set
    const auto renamed = index.look_up(*proposals::OptionPath::parse("time.zone"));
    CHECK(renamed.standing == Standing::renamed);
    CHECK(renamed.option->new_name == "time.timeZone");
}

TEST_CASE("what does not exist is answered with what is near") {
    const Made made;
    const auto& index = *made.index;
    CHECK(index.look_up(*proposals::OptionPath::parse("networking.hostname")).nearest.front() ==
          "networking.hostName");
    CHECK(index.look_up(*proposals::OptionPath::parse("users.users.bob.shel")).nearest.front() ==
          "users.users.<name>.shell");
    CHECK(index.show("users.users.<name>.shell")->standing == Standing::declared);
    CHECK(index.show("services.openssh")->below.size() == 2);
    CHECK(index.show("a b").problem().code == "bad_path");
    CHECK(index.nearest_packages("vim").front() == "vimHugeX"); // its pname
    CHECK(index.nearest_packages("rigprep").front() == "ripgrep");
    CHECK(index.nearest_services("openssl").front() == "openssh");
    CHECK(index.has_service("openssh"));
    CHECK_FALSE(index.has_service("settings"));
    CHECK(index.package("ripgrep")->version == "14.1");
    CHECK_FALSE(index.package("emacs"));
}

TEST_CASE("words find options by name, by parts of names, by synonyms and by what they say") {
    const Made made;
    const auto& index = *made.index;
    CHECK(first(index.search("hostname")) == "networking.hostName");
    CHECK(first(index.search("host name")) == "networking.hostName");
    CHECK(first(index.search("ssh password")) == "services.openssh.passwordAuthentication");
    CHECK(first(index.search("ssh")) == "services.openssh.enable");
    CHECK(first(index.search("nightly copies")) == "my.backup.enable");
    CHECK(index.search("").empty());
    CHECK(index.search("\"*)(:^ NOT AND").empty());
    CHECK(index.search("zone").size() == 1); // the renamed one is left out
    CHECK(index.search_packages("vim").size() == 2);
}

TEST_CASE("texts of the flake are kept without colours and markup, its own files by their place") {
    const Made made;
    const auto own = made.index->option("my.backup.enable");
    REQUIRE(own);
    CHECK(own->own);
    CHECK(own->declared == std::vector<std::string>{"./modules/backup.nix"});
    CHECK(made.index->option("services.openssh.enable")->description == "Whether to enable sshd.");
    CHECK(made.index->option("services.openssh.enable")->declared.front() == "nixos/a.nix");
}

TEST_CASE("an answer of another shape makes a smaller index, never a broken one") {
    for (
        const auto* odd :
        {R"([])", R"({})", R"({"options":7,"packages":{}})",
         R"({"options":[7,{},{"p":""},{"p":7},{"p":"a","t":[],"w":[1],"s":{}}],"packages":[[],["x"],[1,2,3]]})"}) {
        INFO(odd);
        const Made made(Json::parse(odd));
        REQUIRE(made.index);
        CHECK(made.index->options() <= 1);
    }
}

TEST_CASE("what does not fit into an index is not called unknown") {
    Json many = Json::array();
    for (int i = 0; i < 131'080; ++i) {
        many.push_back({{"p", "a.x" + std::to_string(i)}});
    }
    const Json all{{"options", std::move(many)}};
    const Made made(all);
    CHECK(standing(*made.index, "zzz") == Standing::unchecked);
}

TEST_CASE("those that make the same index at once do not disturb each other") {
    const test::TempDir folder;
    std::vector<std::jthread> makers;
    for (int i = 0; i < 4; ++i) {
        makers.emplace_back([&] { evaluator::write_index(answer(), folder.path() + "/one.db"); });
    }
    makers.clear();
    CHECK(OptionIndex::open(folder.path() + "/one.db"));
}

TEST_CASE("a damaged file is no index") {
    test::TempDir folder;
    CHECK_FALSE(OptionIndex::open(folder.path() + "/none.db"));
    core::write_file_durably(folder.path() + "/bad.db",
                             "not a database at all, but long enough to be read");
    CHECK_FALSE(OptionIndex::open(folder.path() + "/bad.db"));
}

TEST_CASE("of a word that thousands have, the short names are found wherever they stand") {
    Json many = answer();
    Json& options = many["options"];
    Json& packages = many["packages"];
    for (int n = 0; n < 3000; ++n) {
        const auto number = std::to_string(n);
        options.push_back(option("aaa.widget" + number + ".some.longer.name", truth, "A widget."));
        packages.push_back({"gadget-with-a-longer-name-" + number, "gadget", "1"});
    }
    options.push_back(option("zzz.widget.enable", truth, "Widgets."));
    packages.push_back({"gadget", "gadget", "1"});
    const Made made(many);
    REQUIRE(made.index);
    CHECK(first(made.index->search("widget")) == "zzz.widget.enable");
    CHECK(first(made.index->search("wi")) == "zzz.widget.enable");
    CHECK(first(made.index->search("widget name")) == "aaa.widget0.some.longer.name");
    CHECK(made.index->search_packages("gadget").front().attribute == "gadget");
    CHECK(made.index->options() == 3001 + answer()["options"].size() - 1);
}
