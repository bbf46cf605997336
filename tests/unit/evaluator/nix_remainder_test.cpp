#include "evaluator/remainder.hpp"
#include "tests/support/catch.hpp"

using namespace agentd;

TEST_CASE("a derivation says of itself whether it is a source, and whether a cache may have it") {
    using evaluator::nature_of;
    const auto outputs = [](const std::string& output) {
        return *nature_of(R"drv(Derive([("out",)drv" + output +
                          R"drv()],[],[],"x86_64-linux","/bin/sh",[],[("name","x")]))drv");
    };
    CHECK_FALSE(outputs(R"("/nix/store/x","","")").fixed_output);
    CHECK(outputs(R"("/nix/store/x","sha256","ab")").fixed_output);
    CHECK(outputs(R"("/nix/store/x","r:sha256","ab")").fixed_output);
    // Known by its content once it is built, and not before.
    CHECK_FALSE(outputs(R"("","r:sha256","")").fixed_output);
    const auto environment = [](const std::string& entry) {
        return *nature_of(R"drv(Derive([("out","/nix/store/x","","")],[],[],"s","b",[],[)drv" +
                          entry + "])");
    };
    CHECK(environment(R"drv(("allowSubstitutes",""))drv").never_cached);
    CHECK(environment(R"drv(("__json","{\"allowSubstitutes\":false}"))drv").never_cached);
    CHECK_FALSE(environment(R"drv(("allowSubstitutes","1"))drv").never_cached);
    CHECK(environment(R"drv(("preferLocalBuild","1"))drv").never_cached);
    CHECK(environment(R"drv(("__json","{\"preferLocalBuild\":true}"))drv").never_cached);
    CHECK_FALSE(environment(R"drv(("preferLocalBuild",""))drv").never_cached);
    CHECK_FALSE(
        environment(R"drv(("allowSubstitutes","1"),("preferLocalBuild","1"))drv").never_cached);
    // Sources say so as well, and are had from caches.
    CHECK_FALSE(nature_of(R"drv(Derive([("out","/nix/store/x","sha256","ab")],[],[],"s","b",[],)drv"
                          R"drv([("preferLocalBuild","1")]))drv")
                    ->never_cached);
    // What cannot be read is told apart: nobody knows what it would do.
    CHECK(evaluator::unreadable(
              {core::StorePath::parse("/nix/store/00000000000000000000000000000000-no.drv")
                   .value()}) == std::vector<std::string>{"no"});
    // In the text of a script it says nothing.
    CHECK_FALSE(environment(R"drv(("s","(\"allowSubstitutes\",\"\")"))drv").never_cached);
    for (const char* odd : {"", "Derive([(", "Derive([(\"out\",\"", "something else",
                            R"(DrvWithVersion("xp-dyn-drv",[("out","/nix/store/x","","")]))"}) {
        CHECK_FALSE(nature_of(std::string_view(odd)));
    }
}
