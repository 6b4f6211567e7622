import { defineConfig } from "vite";

// One entry for each kind of page. The server writes the HTML around them (ui/shell.html) and finds the files in manifest.json.
export default defineConfig({
  base: "./",
  publicDir: false,
  esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: true,
    rollupOptions: {
      input: {
        pages: "src/pages/main.tsx",
        account: "src/account/main.tsx",
        home: "src/home/main.tsx",
        console: "src/console/main.tsx",
      },
      output: {
        entryFileNames: "[name]-[hash].js",
        chunkFileNames: "[name]-[hash].js",
        assetFileNames: "[name]-[hash][extname]",
      },
    },
  },
});
