#include "proposals/attributes.hpp"
#include "tests/support/catch.hpp"

using agentd::proposals::attribute_that_changes;

TEST_CASE("attributes that make git hand out other bytes than are committed are found") {
    CHECK(attribute_that_changes("hosts/*.nix export-subst\n") == "export-subst");
    CHECK(attribute_that_changes("# x\n\n* text=auto\nsecret.nix\texport-ignore -diff\r\n") ==
          "export-ignore");
    CHECK(attribute_that_changes("*.nix working-tree-encoding=UTF-16") ==
          "working-tree-encoding=UTF-16");
    CHECK(attribute_that_changes("*.nix eol=crlf") == "eol=crlf");
    CHECK(attribute_that_changes("*.nix ident") == "ident");
    CHECK(attribute_that_changes("\"a b.nix\" export-ignore") == "export-ignore");
    CHECK(attribute_that_changes("[attr]harmless export-ignore\n") == "export-ignore");
    CHECK(attribute_that_changes("  \t* ident") == "ident");
    CHECK(attribute_that_changes("\xef\xbb\xbf* ident") == "ident");
}

TEST_CASE("ordinary attributes are left alone") {
    for (const char* text : {"* text=auto eol=lf\n", "*.age binary\n", "*.png -text -diff\n",
                             "filter -diff\n", "secrets/** filter=git-crypt diff=git-crypt\n",
                             "*.png filter=lfs diff=lfs merge=lfs -text\n",
                             "[attr]plain -ident -text\n", "flake.lock linguist-generated=true\n",
                             "# export-ignore\n", "*.nix -export-subst !ident\n", ""}) {
        INFO(text);
        CHECK_FALSE(attribute_that_changes(text));
    }
}

TEST_CASE("an attribute right behind a quoted pattern is one to git, and is found") {
    CHECK(attribute_that_changes("\"*.nix\"ident") == "ident");
    CHECK(attribute_that_changes("\"*.nix\"ident note=\"") == "ident");
    CHECK(attribute_that_changes("\"a\\\" b\"export-subst") == "export-subst");
}
