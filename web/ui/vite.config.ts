import { defineConfig } from "vite";

// Every asset is a file of its own with the hash of its bytes in its name: the content security
// policy allows nothing inline, and the daemon may then let browsers keep the file for ever.
export default defineConfig({
    base: "/",
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    build: {
        target: "es2023",
        assetsInlineLimit: 0,
        modulePreload: false,
        sourcemap: false,
        reportCompressedSize: false,
        emptyOutDir: true,
    },
});
