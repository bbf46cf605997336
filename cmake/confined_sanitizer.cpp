// A confined program may not trace itself, which the search for leaks needs; all else is looked for there, too.
extern "C" const char* __asan_default_options() { // NOLINT: the sanitizer's own name
    return "detect_leaks=0";
}
