// A table of hostile evaluations: what each tries, and how it ends. Nothing may be read, fetched,
// run or grow.
#include "agentd/core/fd.hpp"
#include "evaluator/evaluation.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/evaluator/nix_fixture.hpp"

#include <filesystem>

using namespace agentd;
using test::NixFixture;

namespace {

struct Case {
    std::string name{};
    std::string value{}; ///< what `networking.hostName` is set to
    std::string code = "evaluation_failed";
};

constexpr const char* secret = "hunter2-that-nobody-may-see";

/// Of each class of the threat catalogue; `@` stands for a file that only we may read.
const std::vector<Case>& cases() {
    static const std::vector<Case> all{
        {"a file by its path", "builtins.readFile @"},
        {"a file by a text", "builtins.readFile \"@\""},
        {"a file up and out of the tree", "builtins.readFile (./. + \"/../../../../../../@\")"},
        {"a file by a link in the tree", "builtins.readFile ./link"},
        {"a folder by a link in the tree",
         "toString (builtins.attrNames (builtins.readDir ./out))"},
        {"a file through a linked folder", "builtins.readFile (./out + \"/secret\")"},
        {"an import through a link", "(import ./link)"},
        {"a link copied with its folder", "builtins.readFile \"${./.}/link\""},
        {"shadow", "builtins.readFile /etc/shadow"},
        {"its own memory", "builtins.readFile /proc/self/environ"},
        {"the hash of a file", "builtins.hashFile \"sha256\" @"},
        {"whether a file is there", "toString (builtins.pathExists @ || throw \"no\")"},
        {"a path of the store that is not its own",
         "builtins.readFile (builtins.storePath "
         "\"/nix/store/00000000000000000000000000000000-x\")"},
        {"a path of the store by a text",
         "builtins.readFile \"/nix/store/00000000000000000000000000000000-x/secret\""},
        {"a search path", "builtins.readFile <nixpkgs/default.nix>"},
        {"a program run", "builtins.exec [ \"/bin/cat\" \"@\" ]"},
        {"native code", "builtins.importNative @ \"f\""},
        {"a build within", "builtins.readFile (derivation { name = \"x\"; system = "
                           "\"x86_64-linux\"; builder = \"/bin/sh\"; })"},
        {"an import of a build", "import (derivation { name = \"x\"; system = \"x86_64-linux\"; "
                                 "builder = \"/bin/sh\"; })"},
        {"the kind of machine", "builtins.currentSystem"},
        {"the time", "toString builtins.currentTime"},
        {"a fetch of a file of ours", "builtins.readFile (builtins.fetchurl \"file://@\")"},
        {"a fetch without a hash",
         "builtins.readFile (builtins.fetchurl \"http://127.0.0.1:9/x\")"},
        {"a mercurial fetch", "toString (builtins.fetchMercurial \"http://127.0.0.1:9/x\")"},
        {"another flake", "toString (builtins.getFlake \"path:/etc\")"},
        {"a flake of a registry", "toString (builtins.getFlake \"nixpkgs\")"},
        {"a store of its own", "toString (builtins.fetchClosure { fromStore = "
                               "\"http://127.0.0.1:9\"; fromPath = \"/nix/store/x\"; })"},
        {"a file written and read",
         "builtins.readFile (builtins.toFile \"x\" (builtins.readFile @))"},
        {"recursion that never ends", "let f = n: f (n + 1) + 1; in toString (f 0)", ""},
        {"a value that asks for itself", "let x = x; in x"},
        {"a list of a thousand million",
         "toString (builtins.length (builtins.genList (n: n) "
         "1000000000))",
         ""},
        {"a text doubled without end",
         "let f = n: s: if n == 0 then s else f (n - 1) (s + s); in f 40 \"0123456789\"",
         "evaluation_limit"},
        {"JSON two hundred thousand deep",
         "toString (builtins.fromJSON (builtins.concatStringsSep \"\" (builtins.genList (_: \"[\") "
         "200000)))",
         ""},
        {"a log without end",
         "builtins.foldl' (a: n: builtins.trace (builtins.concatStringsSep \"\" (builtins.genList "
         "(_: \"flood \") 200)) a) \"web\" (builtins.genList (n: n) 200000)",
         "evaluation_limit"},
        {"a regular expression without end",
         "toString (builtins.match \"((a*)*)*b\" \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\")",
         "evaluation_timeout"},
        {"an abort", "abort \"enough\""},
    };
    return all;
}

std::string with(std::string text, const std::string& file) {
    for (auto at = text.find('@'); at != text.npos; at = text.find('@', at + file.size())) {
        text.replace(at, 1, file);
    }
    return text;
}

} // namespace

TEST_CASE("no hostile evaluation of the table reads, fetches, runs or outgrows its limits") {
    NixFixture fixture;
    const std::string folder = fixture / "private", file = folder + "/secret";
    core::make_directories(folder, 0700);
    core::write_file_durably(file, secret, 0600);
    fixture.head(); // makes the work tree
    std::filesystem::create_symlink(file, fixture / "tree/hosts/web/link");
    std::filesystem::create_symlink(folder, fixture / "tree/hosts/web/out");
    auto settings = fixture.settings();
    settings.evaluation_memory = 1536ULL << 20;
    settings.evaluation_deadline = std::chrono::seconds(20);
    const auto nix = fixture.nix(settings);
    for (const auto& one : cases()) {
        INFO(one.name);
        const auto source =
            fixture.with_module("{ networking.hostName = " + with(one.value, file) + "; }");
        const auto outcome = evaluator::evaluate(nix, source, NixFixture::host());
        const auto* refused = std::get_if<evaluator::EvaluationRefused>(&outcome);
        REQUIRE(refused != nullptr);
        CHECK((one.code.empty() || refused->problem.code == one.code));
        CHECK(refused->log.find(secret) == std::string::npos);
        CHECK(refused->problem.message.find(secret) == std::string::npos);
        CHECK(refused->log.size() <= 65536);
    }
}
